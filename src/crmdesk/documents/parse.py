"""Read the quote document, the JSON that `quote add` takes, strictly: a wrong value is named with its line and key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, NoReturn

from crmdesk.documents.calculator import AllowanceCharge, Document, Line, Tax, TaxProfile, plain
from crmdesk.documents.currencies import check_currency, decimals_of
from crmdesk.documents.explain import TAX_CATEGORIES
from crmdesk.errors import UserError
from crmdesk.i18n import LANGUAGES, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST_NUMBER = Decimal(10) ** 12  # quantities and prices are stored in 64 bits as millionths
MOST_LINES = 10_000
LONGEST_TEXT = 100_000
ALIKE = 0.75  # from here on an unknown key is taken for a known one that was misspelt
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # JSON can name one, UTF-8 can't hold it
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)

_DOCUMENT_KEYS = frozenset(
    "currency company contact deal language date valid_until reference intro terms tax_inclusive lines allowance_charges prepaid rounding".split()
)
_LINE_KEYS = frozenset("description product quantity unit unit_price price_base_quantity allowance_charges tax_category tax_rate taxes optional kind".split())
_ALLOWANCE_KEYS = frozenset("charge amount percent base_amount reason tax_category tax_rate".split())
_TAX_KEYS = frozenset(("name", "rate", "base"))
# Everyday words that stand for a key; passed over, they would give a wrong total without a word.
_MEANT = {
    "qty": "quantity",
    "price": "unit_price",
    "vat": "tax_rate",
    "vat_rate": "tax_rate",
    "tax": "tax_rate",
    "discount": "allowance_charges",
    "discounts": "allowance_charges",
}
# What such files carry beside the document: where it is from and what must come out.
_IGNORED = frozenset(("expected", "expected_net", "source", "kind"))
_NO_TAX = frozenset(("E", "Z", "O", "AE", "K", "G"))


@dataclass(frozen=True)
class Header:
    """What the quote document says beside its lines. Links are names or numbers as written."""

    company: str | None = None
    contact: str | None = None
    deal: str | None = None
    language: str | None = None
    dated_on: date | None = None
    valid_until: date | None = None
    reference: str = ""
    intro: str = ""
    terms: str = ""


@dataclass(frozen=True)
class QuoteDocument:
    """A quote document: its header, and what the calculator needs."""

    header: Header
    document: Document


@dataclass(frozen=True)
class _Place:
    """Where in the document a value stands, to say it in an error."""

    line: int | None = None
    allowance: int | None = None
    tax: int | None = None

    def says(self, key: str) -> str:
        parts = []
        if self.line is not None:
            parts.append(tr("line {position}", position=self.line + 1))
        if self.allowance is not None:
            parts.append(tr("discount or charge {position}", position=self.allowance + 1))
        if self.tax is not None:
            parts.append(tr("tax {position}", position=self.tax + 1))
        return ", ".join([*parts, key])

    def refuse(self, key: str, message: str, hint: str | None = None) -> NoReturn:
        raise UserError(message, field=self.says(key), hint=hint)


TOP = _Place()


def parse_document(
    source: object,
    profile: TaxProfile | None = None,
    product_defaults: Callable[[str], Mapping[str, object]] | None = None,
    default_tax: tuple[str, Decimal] = ("Z", Decimal(0)),
    default_language: str = "en",
) -> QuoteDocument:
    """Turn a quote document into header and lines.

    Args:
        source: what `json.load` returned.
        profile: how to round; the standard rounding if there is none.
        product_defaults: returns for a product's number the keys of a line that the document may leave out
            (description, unit, unit_price, tax_category, tax_rate).
        default_tax: category and rate of a line that names no tax.
        default_language: of a document that names none; in Chinese ones prices include tax unless it is said otherwise.
    Raises:
        UserError: something is missing, unknown or not what it should be; the field names line and key.
    """
    table = _table(source, TOP, tr("document"))
    _only(table, _DOCUMENT_KEYS, TOP)
    currency = _text(table, "currency", TOP)
    if not currency:
        TOP.refuse("currency", tr("The currency is missing."), tr("Use a code such as EUR or USD."))
    decimals = decimals_of(check_currency(currency))
    if table.get("lines") is None:
        TOP.refuse("lines", tr("The lines are missing."))
    rows = _list(table, "lines", TOP)
    if len(rows) > MOST_LINES:
        TOP.refuse("lines", tr("A document has at most {count} lines.", count=MOST_LINES))
    header = _header(table)
    in_chinese = (header.language or default_language) == "zh"
    document = Document(
        currency=currency,
        lines=tuple(_line(_with_defaults(row, _Place(index), product_defaults), _Place(index), decimals, default_tax) for index, row in enumerate(rows)),
        allowance_charges=_allowances(table, TOP, decimals),
        tax_inclusive=_flag(table, "tax_inclusive", TOP, default=in_chinese),
        prepaid=_amount(table, "prepaid", TOP, decimals) or Decimal(0),
        rounding=_amount(table, "rounding", TOP, decimals) or Decimal(0),
        profile=profile or TaxProfile(),
    )
    return QuoteDocument(header, document)


def _header(table: Mapping[str, object]) -> Header:
    language = _text(table, "language", TOP) or None
    if language is not None and language not in LANGUAGES:
        TOP.refuse("language", tr("“{value}” is not a language of documents.", value=language), tr("Use en, de or zh."))
    return Header(
        company=_text(table, "company", TOP) or None,
        contact=_text(table, "contact", TOP) or None,
        deal=_text(table, "deal", TOP) or None,
        language=language,
        dated_on=_date(table, "date"),
        valid_until=_date(table, "valid_until"),
        reference=_text(table, "reference", TOP),
        intro=_text(table, "intro", TOP),
        terms=_text(table, "terms", TOP),
    )


def _with_defaults(row: object, at: _Place, product_defaults: Callable[[str], Mapping[str, object]] | None) -> Mapping[str, object]:
    """Return a line's table, filled up with what its product says."""
    table = _table(row, at, tr("line"))
    _only(table, _LINE_KEYS, at)
    product = _text(table, "product", at)
    if not product or not product_defaults:
        return table
    given = {key: value for key, value in table.items() if value is not None}
    defaults = dict(product_defaults(product))
    if "taxes" in given or "tax_category" in given or "tax_rate" in given:
        for key in ("taxes", "tax_category", "tax_rate"):
            defaults.pop(key, None)
    return {**defaults, **given}


def _line(table: Mapping[str, object], at: _Place, decimals: int, default_tax: tuple[str, Decimal]) -> Line:
    kind = _kind(table, at)
    taxes = read_taxes(table.get("taxes"), at)
    if taxes and (table.get("tax_category") is not None or table.get("tax_rate") is not None):
        at.refuse("taxes", tr("A line has either several taxes or one category and rate."))
    category, rate = _category(table, at)
    return Line(
        description=_text(table, "description", at),
        quantity=_number(table, "quantity", at, default=Decimal(1)),
        unit_price=_number(table, "unit_price", at, default=None if kind == "item" else Decimal(0)),
        price_base_quantity=_base_quantity(table, at),
        allowance_charges=_allowances(table, at, decimals),
        tax_category=category if category is not None else default_tax[0],
        tax_rate=(rate or Decimal(0)) if category is not None else default_tax[1],
        taxes=taxes,
        optional=_flag(table, "optional", at),
        kind=kind,
        unit=_text(table, "unit", at),
        product=_text(table, "product", at),
    )


def _kind(table: Mapping[str, object], at: _Place) -> Literal["item", "text", "subtotal"]:
    match _text(table, "kind", at):
        case "" | "item":
            return "item"
        case "text":
            return "text"
        case "subtotal":
            return "subtotal"
        case other:
            at.refuse("kind", _unknown(other), tr("Use item, text or subtotal."))


def _base_quantity(table: Mapping[str, object], at: _Place) -> Decimal:
    base = _number(table, "price_base_quantity", at, default=Decimal(1))
    if base <= 0:
        at.refuse("price_base_quantity", tr("The quantity that the price is for must be above zero."))
    return base


def read_taxes(source: object, at: _Place = TOP) -> tuple[Tax, ...]:
    """Read the list of a line's several taxes.

    Raises:
        UserError: something is missing, unknown or not what it should be, or a tax is named twice.
    """
    taxes = tuple(_tax(row, _Place(at.line, tax=index)) for index, row in enumerate(_list({"taxes": source}, "taxes", at)))
    seen: set[str] = set()
    for tax in taxes:
        if (name := " ".join(tax.name.casefold().split())) in seen:
            at.refuse(
                "taxes", tr("The tax “{name}” is named twice on this line.", name=tax.name), tr("Name each tax once, or give the second one a name of its own.")
            )
        seen.add(name)
    return taxes


def _tax(row: object, at: _Place) -> Tax:
    table = _table(row, at, tr("tax"))
    _only(table, _TAX_KEYS, at)
    name = _text(table, "name", at)
    if not name:
        at.refuse("name", tr("The tax has no name."))
    rate = _rate(table, "rate", at)
    if rate is None:
        at.refuse("rate", tr("A number is missing."))
    match _text(table, "base", at):
        case "" | "net":
            return Tax(name, rate, "net")
        case "cumulative":
            return Tax(name, rate, "cumulative")
        case other:
            at.refuse("base", _unknown(other), tr("Use net or cumulative."))


def _category(table: Mapping[str, object], at: _Place) -> tuple[str | None, Decimal | None]:
    """Read category and rate; a rate without category is the standard one."""
    category = _text(table, "tax_category", at) or None
    rate = _rate(table, "tax_rate", at)
    if category is not None and category not in TAX_CATEGORIES:
        at.refuse("tax_category", _unknown(category), tr("Use one of {codes}.", codes=", ".join(TAX_CATEGORIES)))
    if category in _NO_TAX and rate:
        at.refuse("tax_rate", tr("Tax category {category} goes with a rate of 0 only.", category=category))
    if category is not None and category not in _NO_TAX and rate is None:
        at.refuse("tax_rate", tr("Tax category {category} needs a rate.", category=category))
    if category is None and rate is not None:
        category = "S"
    return category, rate


def _allowances(table: Mapping[str, object], at: _Place, decimals: int) -> tuple[AllowanceCharge, ...]:
    rows = _list(table, "allowance_charges", at)
    return tuple(_allowance(row, _Place(at.line, index), decimals) for index, row in enumerate(rows))


def _allowance(row: object, at: _Place, decimals: int) -> AllowanceCharge:
    table = _table(row, at, tr("discount or charge"))
    _only(table, _ALLOWANCE_KEYS, at)
    charge = _flag(table, "charge", at)
    amount = _amount(table, "amount", at, decimals)
    percentage = _optional_number(table, "percent", at, 4)
    if amount is None and percentage is None:
        at.refuse("amount", tr("Neither an amount nor a percentage is given."))
    if amount is None and percentage is not None and not 0 <= percentage <= (1000 if charge else 100):
        at.refuse("percent", tr("{value} is not a possible percentage.", value=plain(percentage)))
    category, rate = _category(table, at)
    if at.line is not None and category is not None:
        at.refuse("tax_category", tr("A discount or charge on a line has the line's own tax."))
    return AllowanceCharge(
        charge=charge,
        amount=amount,
        percent=percentage,
        base_amount=_amount(table, "base_amount", at, decimals),
        reason=_text(table, "reason", at),
        tax_category=category,
        tax_rate=(rate or Decimal(0)) if category is not None else None,
    )


# ---- values ----


def _table(value: object, at: _Place, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        at.refuse(what, tr("An object with names and values is expected here."))
    return value


def _only(table: Mapping[str, object], known: frozenset[str], at: _Place) -> None:
    """Refuse keys that are misspelt; other unknown ones are for other readers."""
    for key in table:
        if key in known or key in _IGNORED:
            continue
        if _MEANT.get(str(key).lower()) in known or get_close_matches(str(key), known, 1, ALIKE):
            at.refuse(str(key)[:60], tr("This is not known here."), tr("Known are {keys}.", keys=", ".join(sorted(known))))


def _list(table: Mapping[str, object], key: str, at: _Place) -> list[object]:
    value = table.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        at.refuse(key, tr("A list is expected here."))
    return value


def _text(table: Mapping[str, object], key: str, at: _Place) -> str:
    value = table.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        at.refuse(key, tr("A text in quotation marks is expected here."))
    if _LONE_SURROGATE.search(value):
        at.refuse(key, tr("The text has half of a character in it."))
    if len(value) > LONGEST_TEXT:
        at.refuse(key, tr("The text has more than {count} characters.", count=LONGEST_TEXT))
    return value


def _flag(table: Mapping[str, object], key: str, at: _Place, default: bool = False) -> bool:
    value = table.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        at.refuse(key, tr("Only true or false is possible here."))
    return value


def _date(table: Mapping[str, object], key: str) -> date | None:
    text = _text(table, key, TOP)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        TOP.refuse(key, _no_date(text), tr("Write dates as 2026-12-20."))
    try:
        return date.fromisoformat(text)
    except ValueError:
        TOP.refuse(key, _no_date(text), tr("Write dates as 2026-12-20."))


def _number(table: Mapping[str, object], key: str, at: _Place, default: Decimal | None) -> Decimal:
    """Read a quantity or price, up to six decimals; it must be there if it has no default."""
    value = _optional_number(table, key, at, 6)
    if value is None and default is None:
        at.refuse(key, tr("A number is missing."))
    return default if value is None and default is not None else value or Decimal(0)


def _amount(table: Mapping[str, object], key: str, at: _Place, decimals: int) -> Decimal | None:
    return _optional_number(table, key, at, decimals)


def _rate(table: Mapping[str, object], key: str, at: _Place) -> Decimal | None:
    rate = _optional_number(table, key, at, 4)
    if rate is not None and not 0 <= rate <= 100:
        at.refuse(key, tr("{value} is not a possible tax rate.", value=plain(rate)))
    return rate


def _optional_number(table: Mapping[str, object], key: str, at: _Place, decimals: int) -> Decimal | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        at.refuse(key, tr("This is not a number."), tr('Write numbers in quotation marks, such as "89.00".'))
    text = _written(value)
    if not _NUMBER.fullmatch(text[:100]):
        at.refuse(key, tr("“{value}” is not a number.", value=text[:40]), tr("Write numbers such as 1234.50."))
    if len(text) > 60 or abs(Decimal(text)) >= LARGEST_NUMBER:
        at.refuse(key, tr("The number is too large."))
    number = Decimal(text)
    if -int(number.normalize().as_tuple().exponent) > decimals:
        at.refuse(key, tr("{value} has more than {count} decimals.", value=plain(number), count=decimals))
    return number


def _written(value: str | int | Decimal) -> str:
    """Return a number as text; of one that is out of bounds anyway something short that says so."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() and value.adjusted() < 60 else str(value)
    return str(value) if abs(value) < LARGEST_NUMBER else f"{LARGEST_NUMBER:f}"


def _unknown(value: str) -> str:
    return tr("“{value}” is not known here.", value=value[:40])


def _no_date(value: str) -> str:
    return tr("“{value}” is not a date.", value=value[:40])
