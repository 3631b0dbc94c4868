"""Customers: companies, contacts, and the phones, mails, handles, addresses, notes and tags that they own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.i18n import mark
from crmdesk.models.base import Entity, Index, Record, choices, currency_column, parts, sort_key_column, stored
from crmdesk.models.checks import MOST_DAYS, check_credit_code, check_mail, check_vat_id, check_website, next_year, tomorrow
from crmdesk.models.names import display_name, folded, name_sort_key, sort_key
from crmdesk.models.phones import phone_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

LIFECYCLE = choices(("potential", mark("Potential")), ("active", mark("Active")), ("dormant", mark("Dormant")), ("lost", mark("Lost customer")))
TIERS = choices(("a", mark("A")), ("b", mark("B")), ("c", mark("C")))
DOCUMENT_LANGUAGES = choices(("en", mark("English")), ("de", mark("German")), ("zh", mark("Chinese")))
SALUTATIONS = choices(("ms", mark("Ms")), ("mr", mark("Mr")), ("mx", mark("Mx")))


class Company(Record):
    """An organisation: customer, prospect, supplier or partner."""

    entity = Entity(
        "company", mark("Company"), mark("Companies"), 2, icon="building-2", subtitle=("industry", "city"), derive=name_sort_key,
    )  # fmt: skip

    name: Mapped[str | None] = stored(
        "text",
        mark("Name"),
        required=True,
        in_list=True,
        search=3,
        aliases=(
            "company",
            "company name",
            "account",
            "account name",
            "organization",
            "organisation",
            "firma",
            "unternehmen",
            "kunde",
            "公司",
            "公司名称",
            "客户",
            "customer",
            "business name",
        ),
    )
    customer_number: Mapped[str | None] = stored(
        "text", mark("Customer number"), in_list=True, search=2, index=True, aliases=("customer no", "account number", "kundennummer", "客户编号")
    )
    parent_id: Mapped[UUID | None] = stored(
        "link",
        mark("Parent company"),
        target="company",
        in_list=True,
        index=True,
        aliases=("parent", "subsidiary of", "parent account", "muttergesellschaft", "母公司"),
    )
    industry: Mapped[str | None] = stored("text", mark("Industry"), in_list=True, search=1, aliases=("sector", "branche", "行业", "gics sector"))
    employees: Mapped[int | None] = stored(
        "integer", mark("Employees"), least=0, in_list=True, aliases=("number of employees", "size", "mitarbeiter", "员工人数")
    )
    revenue: Mapped[int | None] = stored("money", mark("Annual revenue"), aliases=("annual revenue", "umsatz", "年收入"), group="revenue")
    currency: Mapped[str | None] = currency_column("revenue")
    founded: Mapped[int | None] = stored(
        "integer", mark("Founded"), least=500, most=next_year, aliases=("year established", "year founded", "gegründet", "成立年份")
    )
    website: Mapped[str | None] = stored(
        "text",
        mark("Website"),
        in_list=True,
        search=1,
        check=check_website,
        aliases=("web", "url", "homepage", "web page", "domain", "webseite", "网站", "company domain name"),
    )
    vat_id: Mapped[str | None] = stored(
        "text", mark("VAT ID"), search=2, check=check_vat_id, aliases=("vat", "vat number", "tax id", "ust-id", "ust-idnr", "税号")
    )
    credit_code: Mapped[str | None] = stored(
        "text", mark("Unified social credit code"), search=2, check=check_credit_code, aliases=("uscc", "统一社会信用代码")
    )
    owner_id: Mapped[UUID | None] = stored(
        "link",
        mark("Owner"),
        target="member",
        in_list=True,
        index=True,
        aliases=("account owner", "company owner", "besitzer", "betreuer", "负责人", "salesperson"),
    )
    lifecycle: Mapped[str | None] = stored("choice", mark("Lifecycle stage"), choices=LIFECYCLE, in_list=True, aliases=("lifecycle stage",))
    tier: Mapped[str | None] = stored("choice", mark("Value tier"), choices=TIERS, in_list=True, aliases=("value tier", "rating"))
    language: Mapped[str | None] = stored("choice", mark("Document language"), choices=DOCUMENT_LANGUAGES, aliases=("document language", "sprache", "语言"))
    payment_days: Mapped[int | None] = stored(
        "integer", mark("Payment term (days)"), least=0, most=MOST_DAYS, aliases=("payment terms", "zahlungsziel", "付款期限")
    )
    last_contact_at: Mapped[datetime | None] = stored("moment", mark("Last contact"), derived=True, in_list=True)
    sort_key: Mapped[str | None] = sort_key_column()
    phone = parts(
        "phone", mark("Phone"), in_list=True, search=2, sensitivity="personal", aliases=("phones", "tel", "telephone", "telefon", "电话", "phone number")
    )
    email = parts("email", mark("Email"), in_list=True, search=2, sensitivity="personal", aliases=("emails", "mail", "e-mail", "邮箱", "电子邮件"))
    handle = parts("handle", mark("Chat handle"), search=1, sensitivity="personal")
    address = parts("address", mark("Address"), in_list=True, search=1, sensitivity="personal")
    tags = parts("record_tag", mark("Tags"), in_list=True, search=1, aliases=("tag", "labels", "categories", "groups", "标签", "kategorien"))
    note = parts("memo", mark("Note"), search=1, aliases=("notes", "description", "comment", "notiz", "notizen", "beschreibung", "备注"))


def _derive_contact(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    given, family = values.get("given_name"), values.get("family_name")
    name = display_name(given, family)
    return {"name": name, "sort_key": sort_key(name)}


def _needs_a_name(values: Mapping[str, Any]) -> tuple[str, str] | None:
    return None if (values.get("given_name") or values.get("family_name")) else ("family_name", mark("A contact needs a name."))


class Contact(Record):
    """A person, usually of a company."""

    entity = Entity(
        "contact", mark("Contact"), mark("Contacts"), 3, icon="user", subtitle=("role", "company"), derive=_derive_contact, rule=_needs_a_name,
    )  # fmt: skip

    name: Mapped[str | None] = stored(
        "text",
        mark("Name"),
        derived=True,
        in_list=True,
        search=3,
        aliases=("full name", "contact name", "display name", "contact", "vollständiger name", "姓名", "customer name"),
    )
    given_name: Mapped[str | None] = stored(
        "text", mark("Given name"), sensitivity="personal", aliases=("first name", "firstname", "vorname", "名", "名字", "forename")
    )
    family_name: Mapped[str | None] = stored(
        "text", mark("Family name"), sensitivity="personal", aliases=("last name", "lastname", "surname", "nachname", "姓", "姓氏", "family name")
    )
    salutation: Mapped[str | None] = stored("choice", mark("Salutation"), choices=SALUTATIONS, aliases=("anrede", "称呼", "gender"))
    title: Mapped[str | None] = stored("text", mark("Academic title"), aliases=("titel", "name prefix", "prefix", "honorific"))
    role: Mapped[str | None] = stored(
        "text",
        mark("Job title"),
        in_list=True,
        search=1,
        aliases=("job title", "jobtitle", "position", "contact title", "beruf", "职位", "职务", "organization title"),
    )
    department: Mapped[str | None] = stored("text", mark("Department"), aliases=("abteilung", "部门"))
    company_id: Mapped[UUID | None] = stored(
        "link",
        mark("Company"),
        target="company",
        in_list=True,
        index=True,
        aliases=("company name", "account name", "account", "organization", "organisation", "firma", "公司", "organization name", "associated company"),
    )
    reports_to_id: Mapped[UUID | None] = stored("link", mark("Reports to"), target="contact", aliases=("manager's name", "reports to"))
    birthday: Mapped[date | None] = stored(
        "date",
        mark("Birthday"),
        may_lack_year=True,
        least=date(1850, 1, 1),
        most=tomorrow,
        sensitivity="personal",
        aliases=("birth date", "date of birth", "geburtstag", "生日"),
    )
    language: Mapped[str | None] = stored("choice", mark("Letter language"), choices=DOCUMENT_LANGUAGES, aliases=("letter language", "preferred language"))
    owner_id: Mapped[UUID | None] = stored(
        "link", mark("Owner"), target="member", in_list=True, index=True, aliases=("contact owner", "besitzer", "负责人", "salesperson")
    )
    lifecycle: Mapped[str | None] = stored("choice", mark("Lifecycle stage"), choices=LIFECYCLE)
    last_contact_at: Mapped[datetime | None] = stored("moment", mark("Last contact"), derived=True, in_list=True)
    sort_key: Mapped[str | None] = sort_key_column()
    phone = parts(
        "phone",
        mark("Phone"),
        in_list=True,
        search=2,
        sensitivity="personal",
        aliases=("phones", "tel", "telephone", "phone number", "telefon", "telefonnummer", "电话"),
    )
    email = parts(
        "email",
        mark("Email"),
        in_list=True,
        search=2,
        sensitivity="personal",
        aliases=("emails", "mail", "e-mail", "e-mail address", "email address", "e-mail-adresse", "邮箱", "电子邮件"),
    )
    handle = parts("handle", mark("Chat handle"), search=1, sensitivity="personal")
    address = parts("address", mark("Address"), in_list=True, search=1, sensitivity="personal")
    tags = parts("record_tag", mark("Tags"), in_list=True, search=1, aliases=("tag", "labels", "categories", "group membership", "kategorien", "标签"))
    note = parts("memo", mark("Note"), search=1, aliases=("notes", "description", "comment", "notiz", "notizen", "备注"))


Contact.indexes.append(Index("contact_by_birthday", ("birthday",), "birthday IS NOT NULL"))

OWNERS = ("company", "contact", "lead", "deal", "product", "member")


class WayToReach:
    """What phones, mails, chat handles and addresses have alike: to whom they belong, what they are for, and their order."""

    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", index=True)
    company_id: Mapped[UUID | None] = stored("link", mark("Company"), target="company", index=True)
    lead_id: Mapped[UUID | None] = stored("link", mark("Lead"), target="lead", index=True)
    label: Mapped[str | None] = stored("text", mark("Label"))
    position: Mapped[int | None] = stored("integer", mark("Position"))


def _derive_phone(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    return phone_key(values.get("number") or "", values.get("region") or getattr(settings, "region", None) or "")


class Phone(WayToReach, Record):
    """A phone number as typed, with its E.164 form and extension where it has them."""

    entity = Entity(
        "phone", mark("Phone"), mark("Phones"), 4, icon="phone", title="number", value="number", owned_by=("contact", "company", "lead"), derive=_derive_phone
    )

    number: Mapped[str | None] = stored("text", mark("Phone number"), required=True, search=2, sensitivity="personal")
    region: Mapped[str | None] = stored("text", mark("Country"))
    e164: Mapped[str | None] = stored("text", mark("International number"), derived=True, sensitivity="personal", index=True)
    extension: Mapped[str | None] = stored("text", mark("Extension"), derived=True, sensitivity="personal")


def _derive_email(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    return {"key": (values.get("address") or "").strip().lower()}


class Email(WayToReach, Record):
    """A mail address."""

    entity = Entity(
        "email", mark("Email"), mark("Emails"), 5, icon="mail", title="address", value="address", owned_by=("contact", "company", "lead"), derive=_derive_email
    )

    address: Mapped[str | None] = stored("text", mark("Address"), required=True, search=2, sensitivity="personal", check=check_mail)
    key: Mapped[str | None] = stored("text", mark("Normal form"), derived=True, sensitivity="personal", index=True)


class Handle(WayToReach, Record):
    """A name in a chat service such as WeChat."""

    entity = Entity(
        "handle", mark("Chat handle"), mark("Chat handles"), 6, icon="message-circle", title="handle", value="handle", owned_by=("contact", "company", "lead")
    )

    label: Mapped[str | None] = stored("text", mark("Chat service"))
    handle: Mapped[str | None] = stored("text", mark("Handle"), required=True, search=2, sensitivity="personal")


def _derive_address(values: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    return {"city_key": folded(values.get("city") or "")}


class Address(WayToReach, Record):
    """A postal address."""

    entity = Entity(
        "address",
        mark("Address"),
        mark("Addresses"),
        7,
        icon="map-pin",
        title="city",
        value="city",
        owned_by=("contact", "company", "lead"),
        derive=_derive_address,
    )

    street: Mapped[str | None] = stored(
        "text", mark("Street"), search=1, sensitivity="personal", group="address", aliases=("address", "street address", "strasse", "straße", "街道", "地址")
    )
    postal_code: Mapped[str | None] = stored(
        "text", mark("Postal code"), search=1, group="address", aliases=("zip", "zip code", "postcode", "plz", "postleitzahl", "邮编")
    )
    city: Mapped[str | None] = stored("text", mark("City"), search=1, group="address", aliases=("town", "ort", "stadt", "城市", "office location"))
    state: Mapped[str | None] = stored("text", mark("State"), group="address", aliases=("region", "province", "bundesland", "省", "state/province"))
    country: Mapped[str | None] = stored("text", mark("Country"), group="address", aliases=("country/region", "land", "国家"))
    city_key: Mapped[str | None] = stored("text", mark("Normal form"), derived=True)


# With the contact behind, contacts come in the order of their cities from the index alone.
Address.indexes.append(Index("address_by_city_key", ("city_key", "contact_id")))


class Memo(Record):
    """The long note of a record; in a table of its own so that lists stay quick."""

    entity = Entity("memo", mark("Note"), mark("Notes"), 8, icon="sticky-note", title="text", value="text", owned_by=OWNERS)

    company_id: Mapped[UUID | None] = stored("link", mark("Company"), target="company", index=True)
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", index=True)
    lead_id: Mapped[UUID | None] = stored("link", mark("Lead"), target="lead", index=True)
    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", index=True)
    product_id: Mapped[UUID | None] = stored("link", mark("Product"), target="product", index=True)
    member_id: Mapped[UUID | None] = stored("link", mark("Member"), target="member", index=True)
    label: Mapped[str | None] = stored("text", mark("Label"))
    position: Mapped[int | None] = stored("integer", mark("Position"))
    text: Mapped[str | None] = stored("long_text", mark("Text"), required=True, search=1)


class Tag(Record):
    """A word that marks records; its id comes from group and name, so that two computers make the same one."""

    entity = Entity("tag", mark("Tag"), mark("Tags"), 9, icon="tag", derive=name_sort_key)

    name: Mapped[str | None] = stored("text", mark("Name"), required=True, in_list=True, search=3)
    group: Mapped[str | None] = stored("text", mark("Group"), in_list=True)
    tone: Mapped[str | None] = stored(
        "choice",
        mark("Colour"),
        choices=choices(("muted", mark("Grey")), ("accent", mark("Green")), ("info", mark("Blue")), ("warning", mark("Yellow")), ("danger", mark("Red"))),
    )
    sort_key: Mapped[str | None] = sort_key_column()


class RecordTag(Record):
    """That a record bears a tag."""

    entity = Entity(
        "record_tag", mark("Tag"), mark("Tags"), 10, icon="tag", title="tag", value="tag",
        owned_by=("company", "contact", "lead", "deal", "product", "ticket"), joins=True,
    )  # fmt: skip

    tag_id: Mapped[UUID | None] = stored("link", mark("Tag"), target="tag", required=True, index=True)
    company_id: Mapped[UUID | None] = stored("link", mark("Company"), target="company", index=True)
    contact_id: Mapped[UUID | None] = stored("link", mark("Contact"), target="contact", index=True)
    lead_id: Mapped[UUID | None] = stored("link", mark("Lead"), target="lead", index=True)
    deal_id: Mapped[UUID | None] = stored("link", mark("Deal"), target="deal", index=True)
    product_id: Mapped[UUID | None] = stored("link", mark("Product"), target="product", index=True)
    ticket_id: Mapped[UUID | None] = stored("link", mark("Ticket"), target="ticket", index=True)
    position: Mapped[int | None] = stored("integer", mark("Position"))
