"""The accountant's workbook: the documents of a period with lines, taxes and customers, and a page of control totals with formulas beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk import __version__
from crmdesk.clock import now
from crmdesk.documents.currencies import decimals_of
from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES
from crmdesk.operations import workbooks
from crmdesk.queries import ledger
from crmdesk.queries.ledger_changes import changes_since, exports
from crmdesk.reports.cells import Formula, SheetColumn, shown_width
from crmdesk.reports.workbook import Head, NumberHead, WorkbookFile
from crmdesk.reports.workbook_parts import MOST_ROWS
from crmdesk.store.issued import closed_until
from crmdesk.store.pace import no_garbage
from crmdesk.store.rights import authorize
from crmdesk.store.unfinished import unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from crmdesk.queries.ledger import Customer, LedgerDocument, Period
    from crmdesk.store import Reader, Store

# (label, kind) of the columns; formulas name them by their place.
_DOCUMENT = (
    (mark("Document"), "text"), (mark("Number"), "text"), (mark("Date"), "date"), (mark("Customer"), "text"), (mark("Customer number"), "text"), (mark("VAT ID"), "text"),
    (mark("Country"), "text"), (mark("Currency"), "text"),
)  # fmt: skip
_AMOUNTS = (
    (mark("Net"), "money"), (mark("Tax amount"), "money"), (mark("Prepaid"), "money"), (mark("Cash rounding"), "money"), (mark("Amount due"), "money"), (mark("Difference"), "money"),
    (mark("Exchange rate"), "decimal"), (mark("Amount due in {currency}"), "money"), (mark("Status"), "text"), (mark("Your reference"), "text"),
    (mark("Sum of lines"), "money"), (mark("Discount"), "money"), (mark("Surcharge"), "money"), (mark("Date of the exchange rate"), "date"),
    (mark("Prices include tax"), "flag"),
)  # fmt: skip
_LINE = (
    (mark("Line"), "integer"), (mark("Product code"), "text"), (mark("Description"), "text"), (mark("Quantity"), "decimal"), (mark("Unit"), "text"), (mark("Unit price"), "decimal"),
    (mark("Net"), "money"), (mark("Tax category"), "text"), (mark("Tax rate (%)"), "decimal"), (mark("Optional"), "flag"), (mark("Prices include tax"), "flag"),
)  # fmt: skip
_TAX = (
    (mark("Tax category"), "text"),
    (mark("Tax rate (%)"), "decimal"),
    (mark("Name of the tax"), "text"),
    (mark("Taxable"), "money"),
    (mark("Tax amount"), "money"),
)
_CUSTOMER = (
    (mark("Name"), "text"), (mark("Customer number"), "text"), (mark("VAT ID"), "text"), (mark("Street"), "text"), (mark("Postal code"), "text"), (mark("City"), "text"),
    (mark("Country"), "text"), (mark("Payment term (days)"), "integer"), (mark("Documents"), "integer"),
)  # fmt: skip
MOST_LISTED = 200
_USUAL_WIDTHS = (34, 18, 18, 20, 20, 20, 20, 20, 20)
LONGEST_CODE = len(" EUR")
ROOM = len("-.") + 3  # what counted digits leave out, and air
CURRENCY_AT, NET_AT, TAX_AT, TOTAL_AT = 8, 9, 10, 13
CATEGORY_AT, RATE_AT, TAXABLE_AT, GROUP_TAX_AT = 9, 10, 12, 13


@dataclass(frozen=True)
class WorkbookResult:
    """What the workbook holds; `cut` texts were longer than a cell may be."""

    file: str
    documents: int
    quotes: int
    gaps: int
    cut: int
    totals: tuple[tuple[str, str, Decimal, Decimal, Decimal], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command line prints it."""
        sums = [{"sheet": sheet, "currency": code, "net": f"{net:f}", "tax": f"{tax:f}", "total": f"{total:f}"} for sheet, code, net, tax, total in self.totals]
        return {"file": self.file, "documents": self.documents, "quotes": self.quotes, "gaps": self.gaps, "cut": self.cut, "totals": sums}


@dataclass
class _Written:
    """What the control page must know of one set of sheets."""

    entities: list[str]
    documents: list[LedgerDocument]
    sheet: str = ""
    tax_sheet: str = ""
    tax_rows: int = 0
    groups: dict[tuple[str, str, Decimal, str], tuple[Decimal, Decimal]] = field(default_factory=dict)


def accountants_workbook(store: Store, path: Path, period: Period, origin: str = "cli", *, replaces: bool = False) -> WorkbookResult:
    """Write the documents of a period to a workbook.

    Args:
        replaces: a file that is there already gives way once the workbook is whole.

    Raises:
        NotAllowed: the role may not export.
        UserError: the file exists or can't be written, its ending is another, or the period ends before it begins.
    """
    authorize(store.viewer, "export.write")
    if path.suffix.lower() != ".xlsx":
        raise UserError(tr("“{file}” has no ending that can be written.", file=path.name), hint=tr("Use one of: {options}.", options=".xlsx"))
    if period.first and period.last and period.last < period.first:
        raise UserError(tr("The period ends before it begins."), field="to")
    if path.exists() and not replaces:
        raise UserError(tr("{path} exists already.", path=path), hint=tr("Choose another name; nothing was changed."))
    with unfinished(path, "part") as half:
        with no_garbage(), store.read() as reader, WorkbookFile(half, reader.settings.tz, letter=reader.settings.paper == "Letter") as book:
            result = _Maker(reader, book, period, store.path.name).write(path)
        store.run_from(origin, workbooks.note_workbook, path.name, period.first, period.last, result.documents + result.quotes)
        half.replace(path)
    return result


class _Maker:
    """Writes the sheets one after the other; the control page comes last, since it points to all of them."""

    def __init__(self, reader: Reader, book: WorkbookFile, period: Period, store: str) -> None:
        self._reader, self._book, self._period, self._store = reader, book, period, store
        self._base = reader.settings.currency

    def write(self, path: Path) -> WorkbookResult:
        """Write all sheets and return what they hold."""
        tax, offers = (_Written(known, self._documents(known)) for known in (ledger.known(ledger.TAX_DOCUMENTS), ledger.known(ledger.OFFERS)))
        customers = ledger.customers(self._reader, [*tax.documents, *offers.documents])
        self._sheets(tax, customers, (tr("Documents"), tr("Lines"), tr("Tax summary")))
        self._customers(tax, offers, customers)
        self._sheets(offers, customers, (tr("Quotes"), tr("Quote lines"), tr("Quote taxes")))
        series = [series for written in (tax, offers) for entity in written.entities for series in self._numbers(entity, written)]
        totals = self._control(tax, offers, series)
        gaps = sum(len(one.missing) for one in series)
        return WorkbookResult(str(path), len(tax.documents), len(offers.documents), gaps, self._book.cut, tuple(totals))

    def _documents(self, entities: Sequence[str]) -> list[LedgerDocument]:
        found = [document for entity in entities for document in ledger.documents(self._reader, entity, self._period)]
        if len(found) >= MOST_ROWS:
            raise UserError(tr("A sheet holds at most {count} rows.", count=MOST_ROWS - 1), hint=tr("Choose a shorter period."))
        return found

    def _numbers(self, entity: str, written: _Written) -> list[ledger.Numbers]:
        return ledger.numbers(self._reader, entity, [document for document in written.documents if document.entity == entity])

    # ---- tables ----

    def _sheets(self, written: _Written, customers: dict[bytes, Customer], names: tuple[str, str, str]) -> None:
        heads = {document.id: _head(document, customers) for document in written.documents}
        wide, money = _head_widths(list(heads.values())), _money_width(amount for document in written.documents for amount in document.amounts)
        rows = (self._document(place, heads[each.id], each) for place, each in enumerate(written.documents, 2))
        self._book.sheet(names[0], self._columns(_DOCUMENT + _AMOUNTS), rows, [*wide, *_widths(_AMOUNTS, {"money": money})], beside=2)
        written.sheet = self._book.last_name
        quantity, price, net = (longest + ROOM for longest in ledger.widest(self._reader, written.documents))
        of_lines = _widths(_LINE, {"Quantity": quantity, "Unit price": price, "Net": net + LONGEST_CODE})
        self._book.sheet(names[1], self._columns(_DOCUMENT + _LINE), self._lines(written, heads), [*wide, *of_lines], beside=2)
        taxes = self._taxes(written, heads)
        written.tax_rows = self._book.sheet(names[2], self._columns(_DOCUMENT + _TAX), taxes, [*wide, *_widths(_TAX, {"money": money})], beside=2)
        written.tax_sheet = self._book.last_name

    def _columns(self, columns: Sequence[tuple[str, str]]) -> list[SheetColumn]:
        return [SheetColumn(tr(label, currency=self._base) if "{currency}" in label else tr(label), kind) for label, kind in columns]

    def _document(self, row: int, head: list[Any], document: LedgerDocument) -> list[Any]:
        code = document.currency
        status = ENTITIES[document.entity].fields["status"].choice(document.status)
        check = document.net + document.tax - document.prepaid + document.rounding - document.payable
        formula = f"ROUND(I{row}+J{row}-K{row}+L{row}-M{row},{decimals_of(code)})"
        amounts = [(amount, code) for amount in (document.net, document.tax, document.prepaid, document.rounding, document.payable)]
        base = None if document.base is None else (document.base, self._base)
        parts = [(amount, code) for amount in (document.lines, document.discounts, document.charges)]
        return [
            *head,
            *amounts,
            Formula(formula, (check, code)),
            document.exchange_rate,
            base,
            status,
            document.reference,
            *parts,
            document.rate_day,
            document.includes_tax or None,
        ]

    def _lines(self, written: _Written, heads: dict[bytes, list[Any]]) -> Iterator[list[Any]]:
        for line in ledger.lines(self._reader, written.documents):
            net = None if line.net is None else (line.net, line.document.currency)
            yield [
                *heads[line.document.id], line.place, line.product, line.description, line.quantity, line.unit, line.unit_price, net, line.tax_category, line.tax_rate,
                line.optional or None, line.document.includes_tax or None,
            ]  # fmt: skip

    def _taxes(self, written: _Written, heads: dict[bytes, list[Any]]) -> Iterator[list[Any]]:
        for document in written.documents:
            for tax in document.taxes:
                code = document.currency
                key = (code, tax.tax_category, tax.tax_rate, tax.name)
                taxable, amount = written.groups.get(key, (Decimal(0), Decimal(0)))
                written.groups[key] = (taxable + tax.taxable, amount + tax.tax)
                yield [*heads[document.id], tax.tax_category, tax.tax_rate, tax.name or None, (tax.taxable, code), (tax.tax, code)]

    def _customers(self, tax: _Written, offers: _Written, customers: dict[bytes, Customer]) -> None:
        counts: dict[bytes | None, int] = {}
        for document in (*tax.documents, *offers.documents):
            counts[document.company_id] = counts.get(document.company_id, 0) + 1
        rows = (
            [each.name, each.number, each.vat_id, each.street, each.postal_code, each.city, each.country, each.payment_days, counts[record]]
            for record, each in customers.items()
        )
        self._book.sheet(tr("Customers"), self._columns(_CUSTOMER), rows, [36, 12, 18, 32, 10, 22, 18, 11, 11])

    # ---- control ----

    def _control(self, tax: _Written, offers: _Written, series: Sequence[ledger.Numbers]) -> list[tuple[str, str, Decimal, Decimal, Decimal]]:
        page: list[list[Any]] = [*self._about(tax, offers), []]
        totals = self._sums(page, (tax, offers))
        self._rates(page, (tax, offers))
        _series(page, series)
        self._changes(page, [*tax.documents, *offers.documents])
        self._book.page(tr("Control"), page, _page_widths(page))
        return totals

    def _about(self, tax: _Written, offers: _Written) -> Iterator[list[Any]]:
        reader, period = self._reader, self._period
        transaction, digest = ledger.journal_head(reader)
        member = reader.value("SELECT name FROM member WHERE id = ?", (reader.viewer.member_id.bytes,)) if reader.viewer.member_id else None
        closed = closed_until(reader)
        yield [Head(tr("Accountant's workbook"))]
        yield [Head(tr("From")), period.first or tr("the beginning")]
        yield [Head(tr("To")), period.last or tr("the end")]
        yield [Head(tr("Documents")), len(tax.documents)]
        yield [Head(tr("Quotes")), len(offers.documents)]
        yield [Head(tr("Period")), tr("by the date of the document; drafts are left out")]
        yield [Head(tr("Closed until")), closed or tr("nothing is closed")]
        yield [Head(tr("Made on")), now()]
        yield [Head(tr("Made by")), str(member or "")]
        yield [Head(tr("Store")), self._store]
        yield [Head(tr("Program")), f"CRMDesk {__version__}"]
        yield [Head(tr("Head of the journal")), transaction, digest]
        for label, said in self._book.cut_notes():
            yield [Head(label), said]

    def _sums(self, page: list[list[Any]], sets: Sequence[_Written]) -> list[tuple[str, str, Decimal, Decimal, Decimal]]:
        """Put the totals by currency: as the database adds them up, and as the sheets do."""
        heads = (
            tr("Totals by currency"), tr("Currency"), tr("Number of documents"), tr("Net"), tr("Net of the sheet"), tr("Tax amount"), tr("Tax of the sheet"), tr("Amount due"),
            tr("Amount due of the sheet"),
        )  # fmt: skip
        page.append(_heads(heads, (2, 3, 4, 5, 6, 7, 8)))
        totals = []
        for written in sets:
            for code, (count, *stored) in self._stored(written).items():
                row = len(page) + 1
                net, tax, total = stored
                totals.append((written.sheet, code, net, tax, total))
                cells: list[Any] = [written.sheet, code, count]
                for amount, place, name in zip(stored, (NET_AT, TAX_AT, TOTAL_AT), ("net", "tax", "payable"), strict=True):
                    listed = sum((getattr(document, name) for document in written.documents if document.currency == code), Decimal(0))
                    cells += [(amount, code), self._added_up(written.sheet, len(written.documents), place, [(CURRENCY_AT, f"$B{row}")], listed, code)]
                page.append(cells)
        page.append([])
        return totals

    def _stored(self, written: _Written) -> dict[str, tuple[int, Decimal, Decimal, Decimal]]:
        sums: dict[str, tuple[int, Decimal, Decimal, Decimal]] = {}
        for entity in written.entities:
            for code, (count, *amounts) in ledger.stored_sums(self._reader, entity, self._period).items():
                before = sums.get(code, (0, Decimal(0), Decimal(0), Decimal(0)))
                sums[code] = (before[0] + count, before[1] + amounts[0], before[2] + amounts[1], before[3] + amounts[2])
        return sums

    def _rates(self, page: list[list[Any]], sets: Sequence[_Written]) -> None:
        """Put the totals by tax rate and currency."""
        heads = (
            tr("Totals by tax rate"), tr("Currency"), tr("Tax category"), tr("Tax rate (%)"), tr("Name of the tax"), tr("Taxable"), tr("Taxable of the sheet"), tr("Tax amount"),
            tr("Tax of the sheet"),
        )  # fmt: skip
        page.append(_heads(heads, (3, 5, 6, 7, 8)))
        for written in sets:
            by_rate: dict[tuple[str, str, Decimal], tuple[set[str], Decimal, Decimal]] = {}
            for (code, category, rate, name), (taxable, tax) in written.groups.items():
                names, before, amount = by_rate.get((code, category, rate), (set(), Decimal(0), Decimal(0)))
                by_rate[code, category, rate] = (names | {name}, before + taxable, amount + tax)
            for (code, category, rate), (names, taxable, tax) in sorted(by_rate.items()):
                row = len(page) + 1
                # An empty cell is no criterion: it counts as 0, which no category is.
                by = [(CURRENCY_AT, f"$B{row}"), (CATEGORY_AT, f"$C{row}" if category else '"="'), (RATE_AT, f"$D{row}")]
                page.append([
                    written.tax_sheet, code, category, rate, ", ".join(sorted(name for name in names if name)) or None,
                    (taxable, code), self._added_up(written.tax_sheet, written.tax_rows, TAXABLE_AT, by, taxable, code),
                    (tax, code), self._added_up(written.tax_sheet, written.tax_rows, GROUP_TAX_AT, by, tax, code),
                ])  # fmt: skip
        page.append([])

    def _added_up(self, sheet: str, rows: int, place: int, by: Sequence[tuple[int, str]], value: Decimal, code: str) -> Formula:
        """Return the formula that adds up a column of a sheet where other columns meet criteria: cells of this page that they equal, or "=" for empty ones."""
        conditions = ",".join(f"{self._book.reference(column, rows, sheet)},{criterion}" for column, criterion in by)
        return Formula(f"ROUND(SUMIFS({self._book.reference(place, rows, sheet)},{conditions}),{decimals_of(code)})", (value, code))

    def _changes(self, page: list[list[Any]], found: Sequence[LedgerDocument]) -> None:
        made = exports(self._reader, self._period)
        last = made[0] if made else None
        page.append([Head(tr("Changes since the last export")), last.at if last else tr("this is the first one"), last.file if last else None])
        if last is None:
            return
        changes = changes_since(self._reader, found, made, self._period)
        page += [[each.number, each.at, each.member, tr("Undone: {what}", what=tr(each.label)) if each.is_undo else tr(each.label)] for each in changes] or [
            [tr("none")]
        ]


def _heads(texts: Sequence[str], numbers: Sequence[int]) -> list[Head]:
    """Return the heads of a part of the control page; those of numbers stand at the right as these do."""
    return [NumberHead(text) if place in numbers else Head(text) for place, text in enumerate(texts)]


def _page_widths(page: Sequence[Sequence[Any]]) -> list[int]:
    """Return the widths of the control page's columns: as usual, or as wide as its heads and amounts."""
    return [max(width, *(_cell_width(row[place]) for row in page if len(row) > place)) for place, width in enumerate(_USUAL_WIDTHS)]


def _cell_width(value: Any) -> int:
    value = value.value if isinstance(value, Formula) else value
    return shown_width(value) + 3 if isinstance(value, Head) else _money_width([value[0]]) if isinstance(value, tuple) else 0


def _money_width(amounts: Iterable[Decimal]) -> int:
    """Return how wide a column is that shows these amounts with their currencies."""
    return max((len(f"{amount:,f}") for amount in amounts), default=0) + LONGEST_CODE + 3


def _series(page: list[list[Any]], series: Sequence[ledger.Numbers]) -> None:
    """Put first and last numbers, and what is missing between them."""
    heads = (tr("Numbers"), tr("Year"), tr("Number of documents"), tr("First number"), tr("Last number"), tr("Missing"), tr("Withdrawn"))
    page.append(_heads(heads, (2,)))
    for one in series:
        year = str(one.year) if one.year is not None else tr("from elsewhere")
        label = tr(ENTITIES[one.entity].entity.plural)
        page.append([label, year, one.count, one.first, one.last, _listed(one.missing), _listed(one.withdrawn)])
    page.append([])


def _listed(numbers: Sequence[str]) -> str:
    if len(numbers) > MOST_LISTED:
        return tr("{numbers} and {count} more", numbers=", ".join(numbers[:MOST_LISTED]), count=len(numbers) - MOST_LISTED)
    return ", ".join(numbers) or tr("none")


_WIDTHS = {"text": 12, "date": 11, "integer": 6, "decimal": 11, "flag": 8, "money": 15}
_OWN_WIDTHS = {"Description": 42, "Your reference": 18, "Name of the tax": 16}


def _widths(columns: Sequence[tuple[str, str]], needed: Mapping[str, int]) -> list[int]:
    """Return how wide columns are: as is usual for their label or kind, or as is needed there."""
    return [max(_OWN_WIDTHS.get(label, _WIDTHS[kind]), needed.get(label, 0), needed.get(kind, 0)) for label, kind in columns]


def _head_widths(heads: Sequence[Sequence[Any]]) -> list[int]:
    """Return how wide the columns are that begin each sheet: as their texts need, within reason."""
    return [
        11 if kind == "date" else min(max((shown_width(str(head[place])) for head in heads if head[place]), default=0) + 2, 36)
        for place, (_, kind) in enumerate(_DOCUMENT)
    ]


def _head(document: LedgerDocument, customers: dict[bytes, Customer]) -> list[Any]:
    customer = customers.get(document.company_id) if document.company_id else None
    label = tr(ENTITIES[document.entity].entity.label)
    known = [customer.number, customer.vat_id, customer.country] if customer else [None] * 3
    name = document.customer or (customer.name if customer else None)
    return [label, document.number, document.day, name, *known, document.currency]


__all__ = ["WorkbookResult", "accountants_workbook"]
