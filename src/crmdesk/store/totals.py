"""Totals of quotes: one reading of the stored lines, calculated by the one calculator and kept beside them.

The door calls `complete_totals` before every commit, so a cache of totals is right whoever wrote the lines: a form, an import, an undo.
Totals of an issued quote come from what was frozen with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from crmdesk.documents.calculator import AllowanceCharge, Document, Line, Tax, TaxProfile, calculate, check_identities
from crmdesk.documents.parse import read_taxes
from crmdesk.documents.written import read_totals, totals_record
from crmdesk.errors import UserError
from crmdesk.fields import RATE_SCALE, from_minor, from_scaled, to_minor
from crmdesk.i18n import tr
from crmdesk.store.connections import Connection, rows
from crmdesk.store.numbers import ALLOWANCE_CHARGE, QUOTE, QUOTE_LINE
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.schema import INSERT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmdesk.documents.calculator import Totals
    from crmdesk.documents.currencies import Rounding
    from crmdesk.store.settings import Settings

CHUNK = 500
_CALCULATED_FROM = ("currency", "tax_inclusive", "prepaid", "rounding", "rounding_mode", "rounding_level", "exchange_rate", "frozen", "deleted_at")


class Ask(Protocol):
    """Runs a query and returns its rows, as `Reader.rows` does."""

    def __call__(self, sql: str, parameters: Sequence[Any] = ..., /) -> list[tuple[Any, ...]]:
        """Return the rows."""
        ...


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line with its ids and the net amount that is kept with it, in minor units."""

    id: bytes
    product_id: bytes | None
    line: Line
    net: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The totals that are kept in a quote's own columns; amounts in minor units."""

    net: int
    tax: int
    payable: int
    totals: str
    line_nets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A quote's document as it is stored, and the totals kept with it."""

    id: bytes
    document: Document
    lines: tuple[StoredLine, ...]
    kept: tuple[Any, ...]
    exchange_rate: Decimal | None
    amount_base: int | None
    frozen: str | None

    def totals(self) -> Totals:
        """Return the totals: as frozen of an issued quote, else calculated, checked against one another.

        Raises:
            UserError: an amount is too large to be stored.
        """
        if self.frozen:
            return frozen_totals(self.frozen)
        totals = calculate(self.document)
        check_identities(totals)
        return totals


def frozen_totals(frozen: str) -> Totals:
    """Return the totals that were frozen when a quote was issued.

    Raises:
        UserError: this is not what issuing writes.
    """
    try:
        return read_totals(json.loads(frozen)["totals"])
    except (ValueError, KeyError, TypeError, InvalidOperation):
        raise UserError(tr("The content of an issued quote is written by the program only."), field="frozen") from None


def kept_totals(totals: Totals) -> Kept:
    """Return the columns in which totals are kept with a quote and its lines."""
    minor = partial(to_minor, currency=totals.currency)
    record = json.dumps(totals_record(totals), ensure_ascii=False, separators=(",", ":"))
    return Kept(minor(totals.tax_exclusive), minor(totals.tax_total), minor(totals.payable), record, tuple(minor(net) for net in totals.line_nets))


# -- reading ---------------------------------------------------------------------------------------------------------------------

_HEADER = f"""SELECT id, currency, tax_inclusive, prepaid, rounding, rounding_mode, rounding_level, net, tax, payable, totals, exchange_rate, amount_base, frozen
    FROM quote WHERE id {IN_IDS} AND deleted_at IS NULL"""
_LINES = f"""SELECT l.quote_id, l.id, l.kind, l.product_id, p.code, l.description, l.details, l.quantity, l.unit, l.unit_price, l.price_base_quantity, l.tax_category,
    l.tax_rate, l.taxes, l.optional, l.net FROM quote_line l LEFT JOIN product p ON p.id = l.product_id
    WHERE l.quote_id {IN_IDS} AND l.deleted_at IS NULL ORDER BY l.position, l.id"""
_ALLOWANCES = f"""SELECT quote_id, line_id, charge, amount, percent, base_amount, reason, tax_category, tax_rate FROM allowance_charge
    WHERE quote_id {IN_IDS} AND deleted_at IS NULL ORDER BY position, id"""


def stored_documents(ask: Ask, ids: Iterable[bytes], settings: Settings) -> Iterator[StoredDocument]:
    """Yield the documents of live quotes: three queries, whatever their number."""
    wanted = id_list(ids)
    allowances: dict[tuple[bytes, bytes | None], list[AllowanceCharge]] = {}
    for quote, line, *values in ask(_ALLOWANCES, (wanted,)):
        allowances.setdefault((quote, line), []).append(_allowance(values, of_line=line is not None))
    lines: dict[bytes, list[StoredLine]] = {}
    for quote, line, *values in ask(_LINES, (wanted,)):
        lines.setdefault(quote, []).append(_line(line, values, tuple(allowances.get((quote, line), ()))))
    for quote, currency, inclusive, prepaid, rounding, mode, level, net, tax, payable, totals, rate, amount_base, frozen in ask(_HEADER, (wanted,)):
        code = currency or settings.currency
        its = tuple(lines.get(quote, ()))
        document = Document(
            code, tuple(line.line for line in its), tuple(allowances.get((quote, None), ())), bool(inclusive), from_minor(prepaid or 0, code), from_minor(rounding or 0, code),
            _profile(mode or settings.rounding_mode, level or settings.rounding_level),
        )  # fmt: skip
        yield StoredDocument(quote, document, its, (net, tax, payable, totals), None if rate is None else from_scaled(rate, RATE_SCALE), amount_base, frozen)


def stored_document(ask: Ask, quote_id: bytes, settings: Settings) -> StoredDocument:
    """Return the document of one live quote.

    Raises:
        UserError: there is none.
    """
    found = next(stored_documents(ask, [quote_id], settings), None)
    if found is None:
        raise UserError(tr("This quote does not exist or was deleted."))
    return found


def _profile(mode: str, level: str) -> TaxProfile:
    return TaxProfile(rounding_mode(mode), "line" if level == "line" else "document")


def rounding_mode(mode: str) -> Rounding:
    """Return a stored rounding mode as the calculator knows it."""
    match mode:
        case "half_even" | "down":
            return mode
        case _:
            return "half_up"


def _scaled(stored: int | None) -> Decimal | None:
    return None if stored is None else from_scaled(stored)


def _allowance(values: Sequence[Any], of_line: bool) -> AllowanceCharge:
    charge, amount, percent, base, reason, category, rate = values
    if of_line:
        category = None
    return AllowanceCharge(
        bool(charge), _scaled(amount), _scaled(percent), _scaled(base), reason or "", category, None if category is None else _scaled(rate) or Decimal(0)
    )


def _line(line_id: bytes, values: Sequence[Any], allowances: tuple[AllowanceCharge, ...]) -> StoredLine:
    kind, product, code, description, details, quantity, unit, price, base, category, rate, taxes, optional, net = values
    per = _scaled(base)
    line = Line(
        description="\n".join(text for text in (description, details) if text),
        quantity=Decimal(1) if quantity is None else from_scaled(quantity),
        unit_price=from_scaled(price or 0),
        price_base_quantity=per if per is not None and per > 0 else Decimal(1),
        allowance_charges=allowances,
        tax_category=category or ("S" if rate else "Z"),
        tax_rate=from_scaled(rate or 0),
        taxes=_taxes(taxes) if taxes else (),
        optional=bool(optional),
        kind=kind or "item",
        unit=unit or "",
        product=code or "",
    )
    return StoredLine(line_id, product, line, net)


def _taxes(text: str) -> tuple[Tax, ...]:
    try:
        found = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise UserError(tr("The taxes of a line can't be read."), field="taxes") from None
    return read_taxes(found)


# -- completing a transaction ----------------------------------------------------------------------------------------------------


def complete_totals(connection: Connection, before: int, tables: set[int], settings: Settings) -> None:
    """Bring the kept totals of quotes up to date with what the open transaction changed in these tables."""
    touched = _touched(connection, before, tables)
    ask = partial(rows, connection)
    for start in range(0, len(touched), CHUNK):
        quotes: list[tuple[Any, ...]] = []
        lines: list[tuple[Any, ...]] = []
        for stored in stored_documents(ask, touched[start : start + CHUNK], settings):
            kept = kept_totals(stored.totals())
            base = settings.to_base(kept.payable, stored.document.currency, stored.exchange_rate)
            values = (kept.net, kept.tax, kept.payable, kept.totals)
            if values != stored.kept or base != stored.amount_base:
                quotes.append((*values, base, stored.id))
            if len(kept.line_nets) == len(stored.lines):
                lines += [(net, line.id) for net, line in zip(kept.line_nets, stored.lines, strict=True) if net != line.net]
        connection.executemany("UPDATE quote SET net = ?, tax = ?, payable = ?, totals = ?, amount_base = ? WHERE id = ?", quotes)
        connection.executemany("UPDATE quote_line SET net = ? WHERE id = ?", lines)


def _touched(connection: Connection, before: int, tables: set[int]) -> list[bytes]:
    """Return the quotes whose totals may have changed."""
    found: set[bytes] = set()
    if QUOTE in tables:
        keys = ", ".join(f"'{name}'" for name in _CALCULATED_FROM)
        found |= {row for (row,) in rows(
            connection, f"SELECT row FROM journal j WHERE id > ? AND +tbl = ? AND (op = ? OR EXISTS (SELECT 1 FROM json_each(j.changes) c WHERE c.key IN ({keys})))",
            (before, QUOTE, INSERT),
        )}  # fmt: skip
    for number, table in ((QUOTE_LINE, "quote_line"), (ALLOWANCE_CHARGE, "allowance_charge")):
        if number in tables:
            sql = f"""SELECT DISTINCT t.quote_id, unhex(json_extract(j.changes, '$.quote_id[0]')) FROM journal j JOIN "{table}" t ON t.id = j.row
                WHERE j.id > ? AND +j.tbl = ?"""  # noqa: S608
            found |= {quote for pair in rows(connection, sql, (before, number)) for quote in pair if quote}
    return sorted(found)
