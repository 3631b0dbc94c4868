"""Programs whose export files are recognised by their columns, and what those columns mean that their names alone don't tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.exchange.words.choices import bare
from crmdesk.models.names import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Product:
    """A sort of file that a program writes.

    Attributes:
        entity: what its rows are.
        needs: groups of columns, one of which must be there whole.
        fields: where columns go whose names don't say so, as `mapping.parse_target` reads it; empty leaves the column out, a `#` at the end
            says that the cells are the program's own ids.
        cut: what is cut off the cells of a column before they are looked up, as a pattern.
    """

    name: str
    entity: str
    needs: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    cut: Mapping[str, str] = field(default_factory=dict)


def _pairs(text: str) -> dict[str, str]:
    """Read `column = target` pairs, one a line or divided by `;`."""
    pieces = (piece.partition("=") for piece in text.replace("\n", ";").split(";") if piece.strip())
    return {bare(column): target.strip() for column, _, target in pieces}


# HubSpot writes linked records as “Acme (acme.example)” and several of them with a semicolon between.
_HUBSPOT_LINK = r"\s*\([^()]*\)\s*(?:;.*)?$|\s*;.*$"
_HUBSPOT_CUT = {bare(column): _HUBSPOT_LINK for column in ("Associated Company", "Associated Contact", "Associated Deal")}
_HUBSPOT_LINKS = "Associated Company = company; Associated Contact = contact; Associated Company IDs = ; Associated Contact IDs = ; Associated Deal IDs ="

# The most particular ones first: Zoho's columns are HubSpot's and more.
_PRODUCTS = (
    Product("Google Contacts", "contact", (
        "first name|last name|labels|e-mail 1 - value", "given name|family name|e-mail 1 - value", "given name|family name|phone 1 - value",
        "first name|labels|phone 1 - value",
    ), _pairs("Photo =; Phonetic First Name =; Phonetic Last Name =; File As = nickname")),
    Product("Outlook", "contact", (
        "first name|last name|business street|e-mail address", "first name|last name|e-mail address|business phone", "first name|last name|e-mail 1 address|business phone",
    ), _pairs("Profession = role; Manager's Name = reports_to")),
    Product("Outlook", "contact", ("vorname|nachname|straße geschäftlich|e-mail-adresse", "vorname|nachname|telefon geschäftlich"), _pairs(
        "Weiteres/e Land/Region = address.other.country; Rückmeldung = phone.callback; Telefon Firma = company.phone.main; Telefon für Hörbehinderte = phone.tty; Ort =;"
        "Name des/der Vorgesetzten = reports_to; Beruf = role; Weiteres Land = address.other.country"
    )),
    Product("Outlook", "contact", ("prénom|nom|rue (bureau)", "prénom|nom|téléphone (bureau)"), _pairs(
        "Titre = salutation; Suffixe = suffix; Téléphone de l'assistant(e) = phone.assistant; Téléphone société = company.phone.main; RNIS = phone.isdn;"
        "Récepteur de radiomessagerie = phone.pager; B.P. professionnelle = address.work.po_box; Responsable = reports_to; Profession = role"
    )),
    Product("Outlook", "contact", ("имя|фамилия|улица (раб. адрес)", "имя|фамилия|рабочий телефон"), _pairs(
        "Обращение = salutation; Обратный вызов = phone.callback; Телефон в машине = phone.car; Основной телефон организации = company.phone.main;"
        "Телетайп/телефон с титрами = phone.tty; Веб-страница = website; Почтовый ящик (дом. адрес) = address.home.po_box; Руководитель = reports_to;"
        "Почтовый ящик (раб. адрес) = address.work.po_box; Профессия = role; Почтовый код (дом.) = address.home.postal_code"
    )),
    Product("Outlook", "contact", ("名|姓|商务地址 街道", "名|姓|商务电话"), _pairs(
        "称谓 = salutation; 助理的电话 = phone.assistant; 回电话 = phone.callback; 单位主要电话 = company.phone.main; 职业 = role; 经理姓名 = reports_to"
    )),
    Product("DATEV", "contact", ("konto|name (adressattyp unternehmen)|name (adressattyp natürl. person)",), _pairs(
        "Konto = company.customer_number; Name (Adressattyp Unternehmen) = company; Name (Adressattyp natürl. Person) = family_name; Unternehmensgegenstand = company.industry;"
        "Vorname (Adressattyp natürl. Person) = given_name; Titel/Akad. Grad = title; Debitoren-Ziel 1 in Tagen = company.payment_days; Kurzbezeichnung ="
    )),
    Product("Outlook", "activity", ("subject|start date|start time|end date|end time", "betreff|beginnt am|beginnt um|endet am|endet um"), _pairs(
        "Start Date = at; Start Time = at_time; Beginnt am = at; Beginnt um = at_time; End Date =; End Time =; Endet am =; Endet um =; Reminder Date =; Reminder Time =;"
        "Erinnerungsdatum =; Erinnerungszeit =; Priority =; Priorität =; Show time as =; Zeitspanne zeigen als =; Mileage =; Private =; Privat ="
    )),
    Product("Zoho", "lead", ("record id|lead owner.id|lead owner", "record id|lead owner|created time|modified time"), _pairs(
        "Lead Owner.id =; Skype ID = handle.skype; Salutation = salutation"
    )),
    Product("Zoho", "deal", ("record id|deal owner.id", "record id|deal owner|closing date|created time"), _pairs(
        "Deal Owner.id =; Account Name.id =; Contact Name.id =; Expected Revenue =; Campaign Source ="
    )),
    Product("Zoho", "contact", ("record id|contact owner.id", "record id|contact owner|created time|modified time"), _pairs(
        "Title = role; Contact Owner.id =; Account Name.id =; Asst Phone = phone.assistant; Skype ID = handle.skype; Reporting To = reports_to; Lead Source ="
    )),
    Product("Zoho", "company", ("record id|account owner.id", "record id|account owner|created time|modified time"), _pairs(
        "Account Owner.id =; Parent Account.id =; Billing Code = address.billing.postal_code; Shipping Code = address.shipping.postal_code; Account Site ="
    )),
    Product("Zoho", "contact", ("record id|created time|modified time",)),
    Product("HubSpot", "deal", ("record id|deal name|deal stage", "deal name|deal stage|deal owner"), _pairs(
        f"{_HUBSPOT_LINKS}; Deal owner = owner; Original Traffic Source = origin; Close Date = close_on; Forecast amount =; Weighted amount ="
    ), _HUBSPOT_CUT),
    Product("HubSpot", "ticket", ("ticket id|ticket name|ticket status", "record id|ticket name"), _pairs(
        f"{_HUBSPOT_LINKS}; Record ID = number; Create date = opened_at; Ticket owner = owner; Close date = closed_at; Pipeline =; Category = queue;"
        "First agent email response date = first_replied_at; Last Activity Date ="
    ), _HUBSPOT_CUT),
    Product("HubSpot", "company", ("record id|company name|company owner", "record id|company name|create date", "record id|company name|company domain name"), _pairs(
        "LinkedIn Company Page = handle.linkedin; Associated Contact IDs =; Type ="
    )),
    Product("HubSpot", "contact", ("record id|first name|last name|lifecycle stage", "record id|first name|email|contact owner"), _pairs(
        "Associated Company IDs =; Associated Deal IDs =; Lead Status ="
    ), _HUBSPOT_CUT),
    Product("Pipedrive", "deal", ("deal - title|deal - value|deal - stage", "deal - title|deal - stage|deal - status"), _pairs(
        "Deal - Currency of Value = currency; Deal - Status = outcome; Deal - Won time = closed_on; Deal - Lost time = closed_on; Deal - Deal closed on = closed_on;"
        "Deal - Source channel = origin; Deal - Organization = company; Deal - Contact person = contact; Deal - Creation date = opened_on; Deal - Closed on = closed_on;"
        "Deal - Pipedrive System ID = external_id; Deal - Product name = product; Deal - Product quantity = product_quantity; Deal - Product amount ="
    )),
    Product("Pipedrive", "contact", ("person - name",), _pairs(
        "Person - Organization = company; Person - Postal address = address.formatted; Person - Im =; Note - Content = note"
    )),
    Product("Pipedrive", "company", ("organization - name",), _pairs(
        "Organization - Address = address.formatted; Organization - City/town/village/locality of Address = address.city; Organization - State/county of Address = address.state;"
        "Organization - Street/road name of Address = address.street; Organization - House number of Address = address.house_number;"
        "Organization - Apartment/suite no of Address = address.extended; Organization - Full/combined address of Address = address.formatted;"
        "Organization - Region of Address =; Organization - District/sublocality of Address ="
    )),
    Product("Pipedrive", "activity", ("activity - subject",), _pairs(
        "Activity - Contact person = contact; Activity - Organization = company; Activity - Assigned to user = owner; Activity - Deal = deal; Activity - Due time = at_time;"
        "Activity - Done = is_done"
    )),
    Product("Pipedrive",
        "activity", ("note - content",), _pairs("Note - Content = body; Note - Contact person = contact; Note - Organization = company; Note - Deal = deal; Note - User = owner;"
        "Note - Creation date = at; Note - Add time = at"
    )),
    Product("Pipedrive", "lead", ("lead - title",), _pairs(
        "Lead - Title = note; Contact person = name; Lead - Contact person = name; Organization = company_name; Lead - Organization = company_name; Person - Name = name;"
        "Organization - Name = company_name; Lead - Source channel = origin; Lead - Source channel ID =; Lead - Lead created = arrived_at; Lead - Creation date = arrived_at;"
        "Lead - Value = amount; Lead - Currency of value = currency; Lead - Labels = tags; Person - Email = email; Person - Phone = phone"
    )),
    Product("Pipedrive", "product", ("product - name",), _pairs("Product - Unit prices =; Product - Owner =")),
    Product("Pipedrive", "deal", ("deal - title",)),
    Product("LinkedIn", "contact", ("first name|last name|connected on", "first name|last name|position|connected on"), _pairs("URL = handle.linkedin")),
    Product("Odoo", "deal", ("opportunity|customer|expected revenue|salesperson", "opportunity|stage|sales team"), _pairs(
        "Created on = opened_on; Email = contact.email; Phone = contact.phone; Contact Name = contact"
    )),
    Product("Odoo", "deal", ("chance|kunde|erwarteter umsatz|vertriebsmitarbeiter", "chance|phase|vertriebsteam", "verkaufschance|kunde|erwarteter umsatz"), _pairs(
        "Externe ID = external_id; Chance = name; Verkaufschance = name; Kunde = company; Kontaktname = contact; Erwarteter Umsatz = amount; Phase = stage; Stufe = stage;"
        "Vertriebsmitarbeiter = owner; Verkäufer = owner; Erwarteter Abschluss = expected_close_on; Voraussichtlicher Abschluss = expected_close_on; Angelegt am = opened_on;"
        "Erstellt am = opened_on;"
        "Abschlussdatum = closed_on; Verlustgrund = lost_reason; Stichwörter = tags; Notizen = note; E-Mail = contact.email; Telefon = contact.phone"
    )),
    Product("Odoo", "deal", ("opportunité|client|revenu espéré|vendeur", "opportunité|étape|équipe commerciale", "opportunité|client|chiffre d'affaires espéré"), _pairs(
        "ID externe = external_id; Opportunité = name; Client = company; Nom du contact = contact; Revenu espéré = amount; Chiffre d'affaires espéré = amount;"
        "Revenus espérés = amount; Étape = stage;"
        "Vendeur = owner; Clôture prévue = expected_close_on; Date de clôture prévue = expected_close_on; Créé le = opened_on; Date de clôture = closed_on; Motif de perte = lost_reason;"
        "Raison de la perte = lost_reason; Étiquettes = tags; Notes = note; E-mail = contact.email; Courriel = contact.email; Téléphone = contact.phone"
    )),
    Product("Odoo", "product", ("internal reference|sales price|product category", "name|internal reference|sales price"), _pairs(
        "Internal Reference = code; Sales Description = note; Barcode ="
    )),
    Product("Odoo", "contact", ("name|company type|related company", "name|is a company|related company", "name|company type|street2|zip"), _pairs(
        "Job Position = role; Company Name =; Reference =; Tax ID = company.vat_id; Company Type = record_kind"
    )),
    Product("Odoo", "contact", ("name|ist ein unternehmen|zugehöriges unternehmen", "name|ist ein unternehmen|straße", "name|zugehöriges unternehmen|plz",
        "name|unternehmenstyp|zugehöriges unternehmen"), _pairs(
        "Externe ID = external_id; Ist ein Unternehmen = record_kind; Unternehmenstyp = record_kind; Zugehöriges Unternehmen = company; Stelle = role; Stellenbezeichnung = role;"
        "Arbeitsstelle = role;"
        "Straße2 = address.street2; Straße 2 = address.street2; Bundesland = address.state; Mobil = phone.mobile; Vertriebsmitarbeiter = owner; Verkäufer = owner; Stichwörter = tags;"
        "Steuernummer = company.vat_id;"
        "USt-ID = company.vat_id; Umsatzsteuer-ID = company.vat_id; USt-IdNr. = company.vat_id; Notizen = note; Referenz =; Anrede = salutation; Titel = title; Sprache = language;"
        "Firmenname =; Name des Unternehmens ="
    )),
    Product("Odoo", "contact", ("nom|est une société|société liée", "nom|est une société|rue", "nom|société liée|code postal", "nom|type de société|société liée"), _pairs(
        "ID externe = external_id; Nom = name; Est une société = record_kind; Type de société = record_kind; Société liée = company; Poste occupé = role; Fonction = role;"
        "Rue = address.street; Rue 2 = address.street2;"
        "Rue2 = address.street2; Ville = address.city; État = address.state; Région = address.state; Code postal = address.postal_code; Pays = address.country; Téléphone = phone;"
        "Mobile = phone.mobile;"
        "E-mail = email; Courriel = email; Site web = website; Site Web = website; Étiquettes = tags; Vendeur = owner; N° TVA = company.vat_id; Numéro de TVA = company.vat_id;"
        "Numéro d'identification fiscale = company.vat_id; TVA = company.vat_id; Notes = note; Référence =; Langue = language; Titre = title; Civilité = salutation; Nom de la société ="
    )),
    Product("Odoo", "contact", ("name|is_company|parent_id", "name|is_company|country_id", "name|company_type|parent_id", "name|is_company|parent_id/id"), _pairs(
        "parent_id = company; parent_id/id = company#; function = role; state_id = address.state; country_id = address.country; category_id = tags; lang = language;"
        "user_id = owner; company_type = record_kind; parent_name =; vat = company.vat_id; ref ="
    )),
    Product("Mailchimp", "contact", (
        "email address|first name|last name|member_rating", "email address|optin_time|leid", "email address|member_rating|optin_time", "email address|leid|euid",
    ), _pairs("Address = address.formatted; CC = address.country; REGION = address.state; Birthday =")),  # a birthday there has no year
    Product("Thunderbird", "contact", ("first name|last name|display name|primary email|screen name",)),
    Product("Salesforce", "deal", ("opportunity name|stage|account name|close date", "opportunity name|stage|close date", "accountid|stagename|closedate|name"), _pairs(
        "Amount Currency = currency; Expected Revenue =; Expected Revenue Currency =; CURRENCYISOCODE = currency; Opportunity Owner = owner"
    )),
    Product("Salesforce", "lead", ("lead owner|lead status|company / account", "isconverted|leadsource|lastname|status"), _pairs(
        "Company / Account = company_name; Create Date = arrived_at; Converted ="
    )),
    Product("Salesforce", "ticket", ("case number|case owner", "case number|case origin|status", "casenumber|isclosed|origin"), _pairs(
        "Case Owner = owner; Date/Time Opened = opened_at; Date/Time Closed = closed_at; Closed =; Open =; Case Origin = channel; Age =; CASENUMBER = number;"
        "CREATEDDATE = opened_at; CLOSEDDATE = closed_at; ORIGIN = channel; ID = external_id"
    )),
    Product("Salesforce", "task", ("assigned|subject|priority|company / account", "assigned|subject|date|status|task", "whoid|whatid|activitydate|subject",
        "activity id|subject|assigned"), _pairs(
        "Assigned = owner; Company / Account = company; Account Name = company; Opportunity = deal; Date = due_on; Due Date = due_on; ACTIVITYDATE = due_on; Status = is_done;"
        "STATUS = is_done;"
        "Full Comments = body; Comments = body; DESCRIPTION = body; Activity ID = external_id; ID = external_id; Lead =; Task =; WHOID = contact#; WHATID =; ACCOUNTID = company#;"
        "OWNERID = owner#; Created Date =;"
        "Completed Date = done_at; COMPLETEDDATETIME = done_at"
    )),
    # With its sort in it, it says by itself which rows are to-dos.
    Product("Salesforce", "activity", ("assigned|subject|priority|company / account", "assigned|subject|date|status|task", "activity id|subject|assigned",
        "assigned|subject|priority|company / account|task subtype", "assigned|subject|date|status|task|task subtype", "activity id|subject|assigned|task subtype",
        "whoid|whatid|activitydate|subject|tasksubtype"), _pairs(
        "Assigned = owner; Company / Account = company; Account Name = company; Opportunity = deal; Date = at; Due Date = at; ACTIVITYDATE = at; Full Comments = body; Comments = body;"
        "DESCRIPTION = body; Task Subtype = kind; TASKSUBTYPE = kind; TYPE =; Status = is_done; Task =; Lead =; Activity ID = external_id; ID = external_id; WHOID = contact#; WHATID =;"
        "ACCOUNTID = company#; OWNERID = owner#; Created Date =; Completed Date =; COMPLETEDDATETIME =; CALLDURATIONINSECONDS ="
    )),
    Product("Salesforce", "contact", (
        "first name|last name|account name|mailing street", "first name|last name|account name|account owner", "first name|last name|account name|contact owner",
        "account owner|last activity|first name", "lastname|firstname|accountid|mailingstreet", "lastname|firstname|accountid|isdeleted",
    ), _pairs("Title = role; Contact Owner = owner; Lead Source =; NAME =")),
    Product("Salesforce", "company", ("account name|billing street", "account name|account owner|type", "id|isdeleted|billingstreet|name"), _pairs(
        "YEARSTARTED = founded; Account Site =; Type ="
    )),
    Product("Salesforce", "", ("id|isdeleted|systemmodstamp",)),
)  # fmt: skip


@lru_cache(maxsize=1)
def _needs() -> tuple[tuple[frozenset[str], Product], ...]:
    return tuple((frozenset(_plain(column) for column in need.split("|")), product) for product in _PRODUCTS for need in product.needs)


def _plain(column: str) -> str:
    """Return a column as programs are told by it: `Deal - Title` is Pipedrive's, `deal_title` may be anybody's."""
    return " ".join(folded(column).replace("*", "").split())


@lru_cache(maxsize=1)
def product_names() -> frozenset[str]:
    """Return what ids of other programs can belong to, other than the name of a file: programs, and formats with ids of their own."""
    return frozenset({*(product.name for product in _PRODUCTS), "vCard", "iCalendar", "Mail"})


def recognise(columns: Sequence[str], entity: str = "") -> Product | None:
    """Return the sort of file that has these columns.

    Args:
        entity: what the rows are to become; a sort whose rows are just that is taken before others of the same program.
    """
    present = {_plain(column) for column in columns}
    found = [(need, product) for need, product in _needs() if need <= present]
    if not found:
        return None
    of_one = [(need, product) for need, product in found if product.name == found[0][1].name]
    fitting = [product for _, product in of_one if entity and product.entity == entity]
    return fitting[0] if fitting else max(of_one, key=lambda pair: (bool(pair[1].entity), len(pair[0])))[1]
