"""The documents of a period as accountants want them: as stored, with their lines, taxes, customers and numbers.

A period is one of document dates; drafts are no documents yet. Invoices and credit notes count as tax documents; offers stand apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk.documents.written import read_totals
from crmdesk.fields import RATE_SCALE, from_minor, from_scaled
from crmdesk.models.base import ENTITIES
from crmdesk.queries.finding import visible
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmdesk.documents.calculator import TaxTotal
    from crmdesk.store.reader import Reader

TAX_DOCUMENTS = ("invoice", "credit_note")
OFFERS = ("quote",)
BLOCK = 500


@dataclass(frozen=True)
class Period:
    """Days from and to, both included; None is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerDocument:
    """A document as it is stored, its customer by the name that stands on it.

    Discounts and charges are those on the whole document, `lines` less them plus these is `net`.
    """

    id: bytes
    entity: str
    number: str
    day: date | None
    status: str
    company_id: bytes | None
    customer: str | None
    reference: str | None
    currency: str
    net: Decimal
    tax: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal
    exchange_rate: Decimal | None
    rate_day: date | None
    base: Decimal | None
    taxes: tuple[TaxTotal, ...]
    lines: Decimal
    discounts: Decimal
    charges: Decimal
    includes_tax: bool

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        """Return all amounts that stand on it, and its total in the store's currency."""
        own = (self.net, self.tax, self.prepaid, self.rounding, self.payable, self.lines, self.discounts, self.charges)
        return own if self.base is None else (*own, self.base)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of a document; `net` is what it adds to the document, none for texts and optional lines."""

    document: LedgerDocument
    place: int
    kind: str
    product: str | None
    description: str
    quantity: Decimal | None
    unit: str | None
    unit_price: Decimal | None
    net: Decimal | None
    tax_category: str | None
    tax_rate: Decimal | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Customer:
    """Who documents were made out to."""

    id: bytes
    name: str
    number: str | None
    vat_id: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: str | None
    payment_days: int | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one series and year in the period; `missing` and `withdrawn` are those that no document bears."""

    entity: str
    year: int | None
    count: int
    first: str
    last: str
    missing: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


def known(names: Sequence[str]) -> list[str]:
    """Return those of the document entities that this version of the program has."""
    return [name for name in names if name in ENTITIES]


# ---- documents ----


def documents(reader: Reader, entity: str, period: Period) -> list[LedgerDocument]:
    """Return the documents of a period that the viewer may see, by date and number."""
    cls = ENTITIES[entity]
    seen = visible(cls, reader)
    where, parameters = _within(period)
    sql = (
        "SELECT t.id, t.number, t.date, t.status, t.company_id, t.reference, t.currency, t.net, t.tax, t.prepaid, t.rounding, t.payable, "  # noqa: S608
        "t.exchange_rate, t.exchange_rate_on, t.amount_base, t.totals, t.tax_inclusive, json_extract(t.frozen, '$.document.company') "
        f'FROM "{entity}" t WHERE {seen.sql} AND {where} ORDER BY t.date, t.number, t.id'
    )
    return [_document(reader, entity, row) for row in reader.each(sql, (*seen.parameters, *parameters))]


def _within(period: Period) -> tuple[str, tuple[Any, ...]]:
    where, parameters = ["ifnull(t.status, 'draft') <> 'draft'"], []
    for sign, day in ((">=", period.first), ("<=", period.last)):
        if day is not None:
            where.append(f"t.date {sign} ?")
            parameters.append(day.isoformat())
    return " AND ".join(where), tuple(parameters)


def _document(reader: Reader, entity: str, row: tuple[Any, ...]) -> LedgerDocument:
    record, number, day, status, company, reference, currency, *amounts, rate, rate_day, base, totals, includes_tax, customer = row
    code = currency or reader.settings.currency
    net, tax, prepaid, rounding, payable = (from_minor(amount or 0, code) for amount in amounts)
    known = read_totals(json.loads(totals)) if totals else None
    return LedgerDocument(
        record, entity, number or "", date.fromisoformat(day) if day else None, status or "", company, customer, reference, code, net, tax, prepaid, rounding, payable,
        None if rate is None else from_scaled(rate, RATE_SCALE), date.fromisoformat(rate_day) if rate_day else None,
        None if base is None else from_minor(base, reader.settings.currency), known.taxes if known else (),
        known.line_total if known else net, known.allowance_total if known else Decimal(0), known.charge_total if known else Decimal(0), bool(includes_tax),
    )  # fmt: skip


def stored_sums(reader: Reader, entity: str, period: Period) -> dict[str, tuple[int, Decimal, Decimal, Decimal]]:
    """Return by currency how many documents there are and the sums of net, tax and total, added up by the database."""
    seen = visible(ENTITIES[entity], reader)
    where, parameters = _within(period)
    sql = (
        f"SELECT ifnull(t.currency, ?) AS code, count(*), sum(ifnull(t.net, 0)), sum(ifnull(t.tax, 0)), sum(ifnull(t.payable, 0)) "  # noqa: S608
        f'FROM "{entity}" t WHERE {seen.sql} AND {where} GROUP BY code ORDER BY code'
    )
    found = reader.rows(sql, (reader.settings.currency, *seen.parameters, *parameters))
    return {code: (count, from_minor(net, code), from_minor(tax, code), from_minor(payable, code)) for code, count, net, tax, payable in found}


# ---- lines ----


def lines(reader: Reader, found: Sequence[LedgerDocument]) -> Iterator[LedgerLine]:
    """Yield the lines of documents, in the order of both."""
    for start in range(0, len(found), BLOCK):
        block = found[start : start + BLOCK]
        by_owner: dict[bytes, list[tuple[Any, ...]]] = {}
        for entity in {document.entity for document in block}:
            sql = (
                f'SELECT l."{entity}_id", l.kind, p.code, l.description, l.quantity, l.unit, l.unit_price, l.net, l.tax_category, l.tax_rate, l.optional '  # noqa: S608
                f'FROM "{entity}_line" l LEFT JOIN product p ON p.id = l.product_id WHERE l."{entity}_id" {IN_IDS} AND l.deleted_at IS NULL ORDER BY l.position, l.id'
            )
            for owner, *values in reader.rows(sql, (id_list(document.id for document in block if document.entity == entity),)):
                by_owner.setdefault(owner, []).append(tuple(values))
        for document in block:
            for place, (kind, code, description, quantity, unit, price, net, category, rate, optional) in enumerate(by_owner.get(document.id, ()), 1):
                is_counted = kind in (None, "item") and not optional
                yield LedgerLine(
                    document, place, kind or "item", code, description or "", _scaled(quantity), unit, _scaled(price),
                    from_minor(net, document.currency) if net is not None and is_counted else None, category, _scaled(rate), bool(optional),
                )  # fmt: skip


_SHOWN = "length(printf('%,d', abs({0}) / 1000000)) + length(rtrim(printf('%06d', abs({0}) % 1000000), '0'))"
_WIDEST = f"max({_SHOWN.format('quantity')}), max({_SHOWN.format('unit_price')}), max(length(printf('%,d', abs(net))))"


def widest(reader: Reader, found: Sequence[LedgerDocument]) -> tuple[int, int, int]:
    """Return how many characters the longest quantity, unit price and net amount of the documents' lines take, without sign, point and currency."""
    longest = (0, 0, 0)
    for start in range(0, len(found), BLOCK):
        block = found[start : start + BLOCK]
        for entity in {document.entity for document in block}:
            sql = f'SELECT {_WIDEST} FROM "{entity}_line" WHERE "{entity}_id" {IN_IDS} AND deleted_at IS NULL'  # noqa: S608
            (row,) = reader.rows(sql, (id_list(document.id for document in block if document.entity == entity),))
            longest = (max(longest[0], row[0] or 0), max(longest[1], row[1] or 0), max(longest[2], row[2] or 0))
    return longest


def _scaled(stored: int | None) -> Decimal | None:
    return None if stored is None else from_scaled(stored)


# ---- customers ----


def customers(reader: Reader, found: Sequence[LedgerDocument]) -> dict[bytes, Customer]:
    """Return the customers of documents by id, in the order of their names; those in the bin too."""
    wanted = id_list({document.company_id for document in found if document.company_id})
    places: dict[bytes, tuple[str | None, str | None, str | None, str | None]] = {}
    sql = f"SELECT company_id, street, postal_code, city, country FROM address WHERE company_id {IN_IDS} AND deleted_at IS NULL ORDER BY position DESC, id DESC"
    for owner, street, postal_code, city, country in reader.rows(sql, (wanted,)):
        places[owner] = street, postal_code, city, country
    rows = reader.rows(f"SELECT id, name, customer_number, vat_id, payment_days FROM company WHERE id {IN_IDS} ORDER BY sort_key, id", (wanted,))
    return {
        record: Customer(record, name or "", number, vat_id, *places.get(record, (None, None, None, None)), days) for record, name, number, vat_id, days in rows
    }


# ---- numbers ----


def numbers(reader: Reader, entity: str, found: Sequence[LedgerDocument]) -> list[Numbers]:
    """Return first and last number of each year, and which no document bears; numbers that came from elsewhere have no series.

    A number that no document bears belongs to the period of the next one that is borne, the last ones of a year to that of the one before:
    so each stands in a workbook, wherever periods end.
    """
    spent = {
        number: (year, value, bool(withdrawn))
        for number, year, value, withdrawn in reader.rows("SELECT number, year, value, withdrawn FROM spent_number WHERE about = ?", (entity,))
    }
    borne = {number for (number,) in reader.rows(f'SELECT number FROM "{entity}" WHERE number IS NOT NULL AND deleted_at IS NULL')}  # noqa: S608
    by_year: dict[int | None, list[str]] = {}
    for document in found:
        year, value, _ = spent.get(document.number, (None, None, False))
        by_year.setdefault(year if value is not None else None, []).append(document.number)
    result = []
    for year, listed in sorted(by_year.items(), key=lambda item: (item[0] is None, item[0] or 0)):
        if year is None:
            listed.sort(key=_natural)
            result.append(Numbers(entity, None, len(listed), listed[0], listed[-1]))
            continue
        listed.sort(key=lambda number: spent[number][1])
        of_year = {value: (number, withdrawn) for number, (its, value, withdrawn) in spent.items() if its == year and value is not None}
        gone = _not_borne(of_year, borne, {spent[number][1] for number in listed})
        withdrawn = tuple(of_year[value][0] for value in gone if value in of_year and of_year[value][1])
        missing = tuple(of_year[value][0] if value in of_year else str(value) for value in gone if value not in of_year or not of_year[value][1])
        result.append(Numbers(entity, year, len(listed), listed[0], listed[-1], missing, withdrawn))
    return result


def _not_borne(of_year: dict[int, tuple[str, bool]], borne: set[str], listed: set[int]) -> list[int]:
    """Return the values of a series that no document bears and that belong to those listed."""
    first, last = min(listed), max(listed)
    belongs_to = max((value for value, (number, _) in of_year.items() if number in borne), default=None)
    gone = []
    for value in range(max(of_year), min(of_year) - 1, -1):
        if value in of_year and of_year[value][0] in borne:
            belongs_to = value
        elif belongs_to in listed or first < value < last:
            gone.append(value)
    return gone[::-1]


def _natural(number: str) -> tuple[int, str]:
    digits = "".join(c for c in number if c.isdigit())
    return int(digits or 0), number


# ---- the journal ----


def journal_head(reader: Reader) -> tuple[int, str]:
    """Return number and hash of the newest transaction: against it, whoever holds the workbook sees whether the journal was rewritten."""
    row = reader.one("SELECT id, hash FROM journal_tx ORDER BY id DESC LIMIT 1")
    return (int(row[0]), bytes(row[1]).hex()) if row else (0, "")
