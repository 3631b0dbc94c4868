"""The store's settings: what all members share, each a row of `setting` with a JSON value."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field, fields, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crmdesk.documents import mail_texts
from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Choice, Field, Reading, complaint, currency_code, from_minor, read_number, to_minor, unknown_currency
from crmdesk.i18n import LANGUAGES, date_order, locale_of, mark, tr
from crmdesk.models.calendar import calendar_of
from crmdesk.models.countries import region_of, unknown_region

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

NAMESPACE = uuid.UUID("6f1a3c52-5f1e-5b7e-9a47-6d2c0e8c1f5a")


ROUNDINGS, LEVELS = ("half_up", "half_even", "down"), ("document", "line")
QUOTE_MAILS = tuple(f"quote_mail_{part}_{language}" for language in LANGUAGES for part in ("subject", "body"))


def named_id(kind: str, key: str) -> uuid.UUID:
    """Return the id of a record that has a natural key, the same on every computer."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{key}")


QUOTE_COLUMNS = ("position", "product", "description", "quantity", "unit", "unit_price", "discount", "tax", "amount")
AREAS = {
    "today": mark("Today"), "contacts": mark("Contacts"), "companies": mark("Companies"), "leads": mark("Leads"), "pipeline": mark("Pipeline"), "tickets": mark("Tickets"),
    "quotes": mark("Quotes"), "tasks": mark("Tasks"), "reports": mark("Reports"),
}  # fmt: skip
"""The pages that can be switched off, with what people call them."""


def _say(label: str, kind: str = "text", **more: Any) -> Any:
    return {"label": label, "kind": kind, **more}


def _among(*values: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, value) for value in values)


def _language(code: str) -> str | None:
    return None if code in LANGUAGES else tr("CRMDesk does not speak “{language}”.", language=code)


def _zone(name: str) -> str | None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return tr("There is no time zone “{zone}”.", zone=name)
    return None


def _colour(text: str) -> str | None:
    return None if re.fullmatch("#[0-9A-Fa-f]{6}", text) else tr("“{text}” is no colour such as #0F766E.", text=text)


def _percent(text: str) -> str:
    return f"{read_number(text).normalize():f}"


def _tax_rate(text: str) -> str | None:
    return complaint(Field("tax_rate", "decimal", mark("Usual tax rate (%)"), least=0, most=100), read_number(text)) if text else None


def _hours(hours: Sequence[Sequence[str]]) -> str | None:
    if len(hours) != 7:
        return tr("Working hours are given for seven days.")
    calendar_of(hours, UTC)
    return None


def _rules(rules: Sequence[Sequence[str]]) -> str | None:
    return tr("A rule says entity, fields and what to do.") if any(len(rule) != 3 for rule in rules) else None


def _mail(text: str) -> str | None:
    mail_texts.check(text)
    return None


@dataclass(frozen=True)
class Settings:
    """The settings of a store; the defaults are those of a new one.

    Attributes:
        hours: working hours per weekday, Monday first: `(("09:00", "17:00"), …)`; an empty tuple is a free day.
        areas: the pages that are shown.
    """

    currency: str = field(default="EUR", metadata=_say(mark("Currency"), clean=currency_code, check=unknown_currency))
    region: str = field(default="DE", metadata=_say(mark("Country of phone numbers and dates"), check=unknown_region))
    language: str = field(default="en", metadata=_say(mark("Language"), check=_language))
    zone: str = field(default="Europe/Berlin", metadata=_say(mark("Time zone"), check=_zone))
    company_name: str = field(default="", metadata=_say(mark("Own company")))
    company_address: str = field(default="", metadata=_say(mark("Own address")))
    company_phone: str = field(default="", metadata=_say(mark("Own phone")))
    company_email: str = field(default="", metadata=_say(mark("Own mail address")))
    company_website: str = field(default="", metadata=_say(mark("Own website")))
    company_vat_id: str = field(default="", metadata=_say(mark("Own VAT ID")))
    company_tax_number: str = field(default="", metadata=_say(mark("Own tax number")))
    company_register: str = field(default="", metadata=_say(mark("Commercial register")))
    company_directors: str = field(default="", metadata=_say(mark("Managing directors")))
    company_bank: str = field(default="", metadata=_say(mark("Bank")))
    company_iban: str = field(default="", metadata=_say(mark("IBAN")))
    company_bic: str = field(default="", metadata=_say(mark("BIC")))
    letter_colour: str = field(default="#0F766E", metadata=_say(mark("Letterhead colour"), check=_colour))
    letter_footer: str = field(default="", metadata=_say(mark("Footer")))
    logo_id: str = field(default="", metadata=_say(mark("Logo"), "link", target="attachment"))
    seal_id: str = field(default="", metadata=_say(mark("Seal"), "link", target="attachment"))
    quote_columns: tuple[str, ...] = field(
        default=tuple(column for column in QUOTE_COLUMNS if column != "product"), metadata=_say(mark("Columns of a quote"), choices=_among(*QUOTE_COLUMNS))
    )
    quote_valid_days: int = field(default=30, metadata=_say(mark("Quotes are valid (days)"), "integer", least=0, most=3650))
    quote_intro: str = field(default="", metadata=_say(mark("Introduction of a quote")))
    quote_terms: str = field(default="", metadata=_say(mark("Terms of a quote")))
    quote_mail_subject_en: str = field(default="", metadata=_say(mark("Subject, English"), check=_mail))
    quote_mail_body_en: str = field(default="", metadata=_say(mark("Text, English"), check=_mail))
    quote_mail_subject_de: str = field(default="", metadata=_say(mark("Subject, German"), check=_mail))
    quote_mail_body_de: str = field(default="", metadata=_say(mark("Text, German"), check=_mail))
    quote_mail_subject_zh: str = field(default="", metadata=_say(mark("Subject, Chinese"), check=_mail))
    quote_mail_body_zh: str = field(default="", metadata=_say(mark("Text, Chinese"), check=_mail))
    payment_days: int = field(default=30, metadata=_say(mark("Payment term (days)"), "integer", least=0, most=3650))
    tax_rate: str = field(default="19", metadata=_say(mark("Usual tax rate (%)"), clean=_percent, check=_tax_rate))
    tax_inclusive: bool = field(default=False, metadata=_say(mark("Prices include tax"), "flag"))
    rounding_mode: str = field(default="half_up", metadata=_say(mark("Rounding"), choices=_among(*ROUNDINGS)))
    rounding_level: str = field(default="document", metadata=_say(mark("Tax is rounded"), choices=_among(*LEVELS)))
    hours: tuple[tuple[str, ...], ...] = field(default=(("09:00", "17:00"),) * 5 + ((), ()), metadata=_say(mark("Working hours"), check=_hours))
    service_level: str = field(default="", metadata=_say(mark("Usual service level"), "link", target="service_level"))
    areas: tuple[str, ...] = field(
        default=("today", "contacts", "companies", "pipeline", "quotes", "tasks"),
        metadata=_say(mark("Areas"), choices=tuple(Choice(*area) for area in AREAS.items())),
    )
    pipeline: str = field(default="", metadata=_say(mark("Usual pipeline"), "link", target="pipeline"))
    quality_threshold: int = field(default=70, metadata=_say(mark("Warn when the data quality falls below (%)"), "integer", least=0, most=100))
    uniqueness: tuple[tuple[str, str, str], ...] = field(
        default=(), metadata=_say(mark("Only once: entity, fields, and whether to warn, block or ask for a reason"), check=_rules)
    )
    lock_after_minutes: int = field(default=15, metadata=_say(mark("Lock after (minutes)"), "integer", least=0, most=24 * 60))

    export_reason_from: int = field(default=1000, metadata=_say(mark("Ask for a reason when exporting at least this many records"), "integer", least=0))

    @property
    def tz(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.zone)

    @property
    def paper(self) -> str:
        """The paper that everything is printed on, A4 or Letter: that of the country in the last line of the own address, else of the store's."""
        lines = self.company_address.strip().splitlines()
        country = region_of(lines[-1]) if lines else ""
        return "Letter" if (country or self.region) in LETTER_REGIONS else "A4"

    @property
    def names_region(self) -> str:
        """The country whose order of given and family name holds where nothing else is known."""
        return "CN" if self.language == "zh" else self.region

    @property
    def reading(self) -> Reading:
        """What reading a person's text depends on here."""
        return Reading(self.currency, self.region, date_order(locale_of(self.language, self.region)), self.tz)

    def asks_reason(self, rows: int) -> bool:
        """Whether so many records are exported with a reason only."""
        return rows >= self.export_reason_from

    def to_base(self, minor: int | None, currency: str | None, rate: Decimal | None) -> int | None:
        """Turn an amount into the store's currency, in minor units; None where no rate is known (it is shown apart then).

        Args:
            minor: the amount in the smallest unit of `currency`.
            rate: what one unit of `currency` is worth in the store's currency.
        """
        if minor is None:
            return None
        if not currency or currency == self.currency:
            return minor
        return None if rate is None else to_minor(from_minor(minor, currency) * rate, self.currency)

    def changed(self, values: dict[str, Any]) -> Settings:
        """Return settings with other values, checked and in the form in which they are kept.

        Raises:
            UserError: an unknown setting or a value that can't be.
        """
        for key in values:
            if key not in FIELDS:
                raise UserError(tr("There is no setting “{key}”.", key=key))
        return replace(self, **{key: _checked(FIELDS[key], _frozen(value)) for key, value in values.items()})


FIELDS = {item.name: Field(item.name, **item.metadata) for item in fields(Settings)}
"""What each setting is called, which values it takes, and of links the records that it names."""

_LISTS = {"hours": 2, "uniqueness": 2, "areas": 1, "quote_columns": 1}
"""How deep the texts of a setting that is a list lie."""


def _checked(field: Field, value: Any) -> Any:
    """Return a value in the form in which it is kept; complain about one that nothing could work with."""
    try:
        said = _misfit(field, value)
        if not said:
            value = field.clean(value) if field.clean and value else value
            said = complaint(field, value)
    except UserError as error:
        error.field = field.name
        raise
    if said:
        raise UserError(said, field=field.name)
    return value


def _misfit(field: Field, value: Any) -> str | None:
    """Say what a value is not: of the setting's type, or one of its choices."""
    usual = getattr(Settings(), field.name)
    if depth := _LISTS.get(field.name, 0):
        if not _is_list_of_texts(value, depth):
            raise UserError(tr("This list can't be read."), hint=tr("Write it as “show setting {name}” tells it.", name=field.name))
    elif type(value) is not type(usual):
        return tr("“{text}” can't be read.", text=value)
    for part in (value if isinstance(value, tuple) else (value,)) if field.choices else ():
        if part not in {choice.value for choice in field.choices}:
            options = ", ".join(choice.value for choice in field.choices)
            raise UserError(tr("“{text}” is not one of the choices.", text=part), hint=tr("Choose one of: {options}.", options=options))
    return None


def _is_list_of_texts(value: Any, depth: int) -> bool:
    return isinstance(value, str) if depth == 0 else isinstance(value, tuple) and all(_is_list_of_texts(part, depth - 1) for part in value)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value


def typed(key: str, text: str) -> Any:
    """Read a setting as it is typed on the command line: texts as they are, numbers, yes and no, lists as JSON.

    Raises:
        UserError: an unknown setting, or a value that can't be read.
    """
    usual = {item.name: item.default for item in fields(Settings)}
    if key not in usual:
        raise UserError(tr("There is no setting “{key}”.", key=key), hint=tr("Settings: {names}.", names=", ".join(sorted(usual))))
    if isinstance(usual[key], str):
        return text
    if isinstance(usual[key], bool | int):
        item = Field(key, "flag" if isinstance(usual[key], bool) else "integer", key)
        try:
            return KINDS[item.kind].read(text, item, Reading())
        except UserError as error:
            raise UserError(error.message, field=key) from None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise UserError(tr("“{text}” is no list in JSON.", text=text), field=key)
    return found


def from_rows(rows: list[tuple[str, str]]) -> Settings:
    """Make settings of (key, JSON) rows; keys of newer programs are left alone."""
    known = {item.name for item in fields(Settings)}
    return replace(Settings(), **{key: _frozen(json.loads(value)) for key, value in rows if key in known and value is not None})


LETTER_REGIONS = frozenset("BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split())  # Source: CLDR, paper sizes
ZONES = {
    "DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "CN": "Asia/Shanghai", "GB": "Europe/London", "US": "America/New_York", "FR": "Europe/Paris",
    "IT": "Europe/Rome", "ES": "Europe/Madrid", "NL": "Europe/Amsterdam", "SE": "Europe/Stockholm", "JP": "Asia/Tokyo", "HK": "Asia/Hong_Kong", "SG": "Asia/Singapore",
    "AU": "Australia/Sydney", "CA": "America/Toronto", "IN": "Asia/Kolkata", "PL": "Europe/Warsaw", "IE": "Europe/Dublin", "BE": "Europe/Brussels",
}  # fmt: skip
TAX_RATES = {"DE": "19", "AT": "20", "CH": "8.1", "CN": "13", "GB": "20", "US": "0", "FR": "20", "IT": "22", "ES": "21", "NL": "21", "SE": "25", "PL": "23"}


def for_region(region: str, currency: str, language: str) -> dict[str, Any]:
    """Return the settings that a new store in a country starts with."""
    code = region.strip().upper()
    return {
        "region": code, "currency": currency.strip().upper(), "language": language, "zone": ZONES.get(code, "UTC"), "tax_rate": TAX_RATES.get(code, "0"),
        "tax_inclusive": code == "CN",
    }  # fmt: skip
