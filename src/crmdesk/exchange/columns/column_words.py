"""The words by which columns are called in other programs, in many languages, beyond the fields' own names, labels and aliases."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.exchange.columns.chinese_words import CHINESE
from crmdesk.exchange.columns.japanese_words import JAPANESE
from crmdesk.exchange.values.entries import title_of, virtual_names
from crmdesk.exchange.values.layouts import PART_FIELDS
from crmdesk.exchange.words.choices import bare
from crmdesk.i18n import speaking, tr
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from crmdesk.fields import Field


_TAX_RATE = "tax|vat|tax %|vat %|tax rate|vat rate|mwst|mwst satz|mwst %|ust|ust satz|ust %|mehrwertsteuer|umsatzsteuer|steuersatz|税率"

# Names beyond the fields' own aliases.
_NAMES: dict[str, dict[str, str]] = {
    "contact": {
        "middle_name": "middle name|additional name|weitere vornamen|deuxième prénom|отчество|中间名|second name", "suffix": "suffix|name suffix|generation|суффикс|后缀",
        "nickname": "nickname|nick|spitzname|file as|short name", "title": "name prefix|honorific|akademischer titel|akad titel|обращение|称谓|titre de civilité|title of courtesy",
        "given_name": "first|given|prénom|имя|fname|given names", "family_name": "last|nom|nom de famille|фамилия|sname|lname",
        "name": "person|person name|nom complet|полное имя|fullname|contact person|ansprechpartner",
        "salutation": "sex|geschlecht|sexe|пол|性别|civilité",
        "role": "position|title|fonction|profession|должность|职务|occupation|stelle|funktion|job|organization title|organization 1 title",
        "department": "service|отдел|organization department|organization 1 department",
        "company": "firmenname|firma 1|employer|entreprise|société|организация|单位|company organization|organization 1 name|related company|associated company|azienda|empresa|"
        "company account|works for",
        "birthday": "anniversaire|день рождения|bday|dob|birth|geburtsdatum|geb datum|geb|geb am", "note": "附注|заметки|annotations|memo|remarks|bemerkungen|notes content|description",
        "tags": "labels|catégories|категории|类别|tag list|group membership|keywords|label",
        "owner": "account owner|person owner|contact owner|assigned to|assigned user|owner name",
        "reports_to": "managers name|manager name|经理姓名|name des vorgesetzten", "record_kind": "company type|is company|is a company|contact type|record type",
        "birth_day": "birth day", "birth_month": "birth month", "birth_year": "birth year",
    },
    "company": {
        "name": "name|firmenname|firma 1|name 1|kunde|firm|business|security|entreprise|société|organization name|организация|公司名|account name|client|client name|lieferant|supplier|"
        "supplier name|site name", "parent": "subsidiary of|parent company|parent organization|muttergesellschaft|konzern",
        "note": "remarks|bemerkungen", "tags": "label|labels|groups", "website": "website url|site internet|company domain name|domain name|web site",
        "owner": "owner name|assigned to|organization owner|company owner",
        "founded": "founded|founding year|gründungsjahr", "industry": "gics sub industry|gics sector|naics|category",
        "employees": "number of employees|employee count|people count|headcount|mitarbeiterzahl", "record_kind": "company type|is company|is a company",
        "revenue": "revenue|turnover|annual turnover|jahresumsatz", "customer_number": "customer number|client number|debitor|debitorennummer|account number|kd nr|kdnr|kunden nr|kundennr",
    },
    "lead": {
        "middle_name": "middle name", "suffix": "suffix", "given_name": "first|given|prénom", "family_name": "last|nom",
        "company_name": "organization|organisation|employer|company organization|entreprise", "role": "title|designation|job title|position",
        "origin": "campaign|channel|herkunft", "arrived_at": "created time|created at|create date|created date|creation date|date",
        "owner": "assigned to|owner name", "note": "notes|comments", "tags": "tag|labels|label", "amount": "deal value|annual value|estimated value|budget|wert|auftragswert",
        "salutation": "salutation|anrede", "name": "name|person name|contact name|full name|ansprechpartner|kontaktperson",
    },
    "deal": {
        "name": "name|deal|deal title|subject|topic|opportunity title|bezeichnung|projekt|project|projektname|project name",
        "close_on": "close date|closing date|closed on|won time|close time|actual close date|abschluss",
        "expected_close_on": "expected close|expected closing date|expected closing|erw abschluss|erwarteter abschluss|voraussichtlicher abschluss|vorauss abschluss",
        "opened_on": "created date|created time|creation date|start date|opened|add time|deal created|engage date",
        "closed_on": "closed date|won lost time", "stage": "stage|status|deal status|pipeline stage",
        "company": "organization name|customer|client|account name|company name|associated company|customer id|kunde|kundenname|auftraggeber",
        "contact": "contact person|person name|primary contact|contact name|ansprechpartner|kontaktperson",
        "amount": "amount|deal amount|expected revenue|total amount|wert|volumen|auftragswert|auftragsvolumen|auftragssumme|angebotssumme|price",
        "lost_reason": "lost reason|closed lost reason|reason for loss",
        "owner": "owner name|assigned to|agent|sales rep|salesperson|rep|owner", "pipeline": "pipeline|sales process", "origin": "original source",
        "product": "product name|product", "product_quantity": "product quantity|menge|stückzahl|quantity|qty|数量",
        "note": "notes|comments|deal description|next step", "tags": "label|labels|tag",
    },
    "product": {"name": "title|item name|article|description short|bezeichnung", "code": "code|item number|part number|productcode|item code|art nr|artnr|artikel nr|artikelnr|artikelnummer",
    "price": "retail price|net price|unit cost|verkaufspreis|rate|vk|vk netto|vk preis|nettopreis|preis netto|listenpreis",
    "cost": "standard cost|einkaufspreis|purchase price|ek|ek netto|ek preis",
                "note": "long description|comment",
                "category": "product category|group|warengruppe|produktgruppe|artikelgruppe|family", "tax_rate": _TAX_RATE,
    "unit": "uom|unit of measure|usage unit|quantity per unit|mengeneinheit", "is_active": "active|product active|enabled"},
    "member": {"name": "name|user|user name|username|display name|employee|agent name", "given_name": "first name|given name|vorname|prénom",
    "family_name": "last name|surname|nachname|nom", "middle_name": "middle name", "email": "email address|work email",
    "region": "territory|team|regional office", "manager": "manager|reports to|supervisor"},
    "ticket": {"subject": "title|summary|betreff|issue|ticket subject|ticket name",
    "description": "description|ticket description|body|message|details|text|problem|beschreibung|content", "status": "state|ticket status",
    "contact": "customer|client|requester name|customer name|reporter|kunde|contact name|ansprechpartner|anfragender|melder", "company": "account|organization|company name|account name",
               "opened_at": "created time|created date|creation date|opened|opened on|date|ticket created|reported at|received|geöffnet|geöffnet am|eröffnet|eröffnet am",
               "first_replied_at": "first reply time|first response|first response at|initial response time",
               "resolved_at": "resolution time|resolved at|resolved on|resolved time|date resolved",
               "closed_at": "closed at|closed date|closed time|date closed",
               "queue": "category|type|department|group|team|queue|issue type|kategorie", "product": "product name|product",
               "csat": "satisfaction|satisfaction rating|csat score|satisfaction score", "resolution": "solution|resolution notes|answer",
               "channel": "source|via|origin", "tags": "labels|tag", "priority": "urgency|severity|prio"},
    "quote": {"number": "order reference|auftragsreferenz|référence de la commande|订单编号|"
    "quote no|quote id|offer number|order number|order no|invoice number|document number|reference number|auftragsnummer|bestellnummer",
    "date": "order date|invoice date|document date|created|creation date|issue date|issued on|created date|auftragsdatum|bestelldatum|angebotsdatum|belegdatum",
    "valid_until": "valid to|expires|expiry|valid until|expiration|expiration date|ablauf|ablaufdatum",
    "company": "customer name|client|account name|bill to|company name|customer|buyer",
              "contact": "contact name|contact person", "owner": "sales rep|employee id|employee name|assigned to|seller|agent|verkäufer|vertriebsmitarbeiter",
              "status": "quote status|order status|state|stage", "reference": "your reference|po number|customer reference|purchase order",
              "deal": "opportunity|opportunity name|deal name", "terms": "terms and conditions|conditions",
              "leads_deal": "leads deal|leading quote of its deal|führendes angebot seines deals|商机的主报价单"},
    "quote_line": {"quote": "quote|quote number|quote id|order number|order no|document|document number|invoice number|invoice no|invoiceno|angebotsnummer|auftragsnummer|bestellnummer",
    "description": "product name|item name|name|line description|stock description|text|bezeichnung",
    "product": "product|sku|stock code|item code|article|product code|artikel", "quantity": "count|units|amount ordered|anzahl|stück|ordered qty|ordered quantity|bestellmenge",
    "unit_price": "unit price|price each|sales price|list price|einzelpreis|preis pro einheit|stückpreis|rate",
                   "discount": "disc %|discount|discount percent|discount %|rabatt|rabatt %|折扣|discount rate", "unit": "uom|unit|einheit|unit of measure|mengeneinheit",
                   "tax_rate": _TAX_RATE, "position": "line number|line|pos|position"},
    "activity": {"kind": "activity type|type|channel|typ", "subject": "summary|name|activity subject|call title|meeting title|email subject|thema",
    "at": "date|start|start time|activity date|when|created|created at|timestamp|created time|due date",
    "body": "content|notes|comments|details|message|text|call notes|meeting notes|note body|email body|inhalt|gesprächsnotiz|nachricht", "direction": "call direction|email direction",
    "owner": "user|activity assigned to|assigned to|logged by|created by|author|mitarbeiter|bearbeiter|autor|verfasser|benutzer|ersteller|erstellt von",
    "company": "account|organization|organization name|company name|company / account|associated company|customer|related to account|kunde|kundenname",
                 "contact": "contact name|person|person name|contact person|associated contact|with|ansprechpartner|kontaktperson", "deal": "deal title|opportunity|deal name",
                 "minutes": "duration minutes|duration (min)|length|dauer|dauer min|dauer in minuten",
                 "at_time": "due time|start time|time|uhrzeit|beginnt um", "is_done": "done|is done|task status|erledigt"},
    "task": {"subject": "name|summary|activity subject|to do|todo|aufgabe", "due_on": "deadline|due date|date|end date|faellig am|fällig am",
    "body": "notes|description|details|comments", "owner": "assignee|assigned user|responsible|assigned|assigned to|assigned to user|task owner",
    "company": "account|organization|organization name|company name|company / account|customer|associated company|kunde|kundenname",
    "contact": "contact name|person name|contact person|person|associated contact|ansprechpartner|kontaktperson", "deal": "deal title|opportunity",
    "done_at": "completed at|date completed|completed on|completed date|completion date|marked as done time|closed time|erledigt am",
             "is_done": "done|completed|status|task status|state|is done|erledigt|percent complete|% complete", "due_time": "due time|time|fällig um"},
    "article": {"title": "question|subject|name", "body": "answer|content|text|article"},
    "deal_product": {"quantity": "count|units|amount ordered|anzahl|stück|qty|menge|数量", "unit_price": "price|list price|sales price|einzelpreis|preis|单价",
    "product_code": "code|sku|item code|article number"},
    "deal_contact": {"contact": "person|name|contact name|contact person", "role": "contact role|buying role|function"},
    "message": {"ticket_number": "ticket no|case number|case no", "at": "date|time|created|created at|created time|sent|sent at|timestamp",
    "body": "message|comment|content|description|note|reply|nachricht", "member": "author|agent|user|created by|from", "kind": "direction|type"},
}  # fmt: skip

# What German programs and lists call the same in all entities.
_REMARKS = "bem|notiz|notizen|bemerkung|bemerkungen|anmerkung|anmerkungen|kommentar|kommentare|beschreibung|freitext"
_BEGUN = "erstellt am|angelegt am|erfasst am|eingang am|eingegangen am"
_EVERYWHERE = {
    "note": _REMARKS, "body": _REMARKS, "arrived_at": _BEGUN, "opened_on": _BEGUN, "opened_at": _BEGUN, "resolved_at": "solved at|gelöst am|erledigt am", "closed_at": "geschlossen am",
    "owner": "verantwortlich|verantwortlicher|verantwortlicher nutzer|verantwortlicher mitarbeiter|zuständiger|zuständiger mitarbeiter|betreuer|kundenbetreuer|sachbearbeiter|bearbeiter|"
    "außendienst|außendienstmitarbeiter|vertreter|besitzer|zugewiesen an|record manager",
    "vat_id": "umssteuer id nr|ust id nr|ust idnr|ustid|umsatzsteuer id|umsatzsteuer identifikationsnummer",
    "payment_days": "zahlungsziel|zahlungsziel tage|zahlungsfrist|zahlungsfrist tage", "tags": "schlagworte|schlagwörter|stichworte|kundengruppe|kategorien",
}  # fmt: skip

# Words by which programs call the records of an entity, for columns such as `order_id`.
CALLED: dict[str, str] = {
    "company": "company account customer client organization organisation firm supplier partner shipper kunde firma lieferant entity",
    "contact": "contact person customer people partner client kontakt", "deal": "deal opportunity",
    "product": "product item article produkt artikel", "quote": "quote order offer invoice salesorder angebot auftrag bestellung",
    "quote_line": "line lineitem orderline", "ticket": "ticket case issue request", "member": "member employee agent user owner rep salesrep", "lead": "lead",
    "activity": "activity event call meeting", "task": "task todo activity", "stage": "stage", "pipeline": "pipeline", "article": "article", "tag": "tag",
}  # fmt: skip


@lru_cache(maxsize=128)
def names_of(entity: str) -> dict[str, str]:
    """Return the field that each known column name means, by the bare name; earlier sources win over later ones."""
    fields = {name: item for name, item in entity_class(entity).fields.items() if can_be_given(item)}
    known: dict[str, str] = {}

    def learn(text: str, name: str) -> None:
        known.setdefault(bare(text), name)

    for name, item in fields.items():
        learn(name, name)
        for language in ("en", "de", "zh"):
            with speaking(language):
                learn(tr(item.label), name)
    for name, (link, column) in virtual_names(entity).items():
        learn(name, name)
        for language in ("en", "de", "zh"):
            with speaking(language):
                learn(title_of(entity, link, column), name)
    for words in (_NAMES, CHINESE, JAPANESE):
        for name, texts in words.get(entity, {}).items():
            for text in texts.split("|"):
                learn(text, name)
    for name, item in fields.items():
        for alias in item.aliases:
            learn(alias, name)
    for name, texts in _EVERYWHERE.items():
        for text in texts.split("|") if name in fields else ():
            learn(text, name)
    known.pop("", None)
    # What our own exports call a column wins over the label of another field; “company” of a lead is more often its name, though.
    known.update({bare(name): name for name, item in fields.items() if item.kind != "link"})
    if entity == "deal":
        known.update({bare(text): "close_on" for text in _NAMES["deal"]["close_on"].split("|") if bare(text) not in {bare(name) for name in fields}})
    return known


def can_be_given(item: Field) -> bool:
    """Say whether a column can fill a field."""
    if item.kind == "parts":
        return item.name in PART_FIELDS
    return item.name not in {"sort_key", "name_key", "amount_base", "source"} and (not item.derived or item.name == "name")


@lru_cache(maxsize=256)
def labels_of(entity: str, name: str) -> frozenset[str]:
    """Return what we call a field in all languages, as bare names."""
    found = set()
    for language in ("en", "de", "zh"):
        with speaking(language):
            found.add(bare(tr(entity_class(entity).fields[name].label)))
    return frozenset(found)
