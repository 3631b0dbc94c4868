"""The quote as a PDF, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from crmdesk.documents.calculator import allowance_amount
from crmdesk.documents.explain import tax_label
from crmdesk.documents.formats import long_date, money, number, percent, plain_amount, unit_price
from crmdesk.documents.words import rmb_capitals
from crmdesk.i18n import mark, speaking, tr
from crmdesk.reports.canvas import FAINT, INK, MM, MUTED, Paper, page_size
from crmdesk.reports.flow import Block, Cell, Row, Space, fitted
from crmdesk.reports.letter import Frame, Letter, Letterhead, LetterPaper
from crmdesk.reports.pictures import Picture, read_picture
from crmdesk.reports.text import Style, lay_out, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from crmdesk.documents.calculator import AllowanceCharge, Document, Line, Totals
    from crmdesk.reports.text import TextLine

Column = Literal["position", "product", "description", "quantity", "unit", "unit_price", "discount", "tax", "amount"]

COLUMNS: dict[Column, str] = {
    "position": mark("No."),
    "product": mark("Product no."),
    "description": mark("Item"),
    "quantity": mark("Qty"),
    "unit": mark("Unit"),
    "unit_price": mark("Price {currency}"),
    "discount": mark("Discount"),
    "tax": mark("VAT"),
    "amount": mark("Amount {currency}"),
}
# Where prices include tax the heads say so.
_GROSS_COLUMNS: dict[Column, str] = {
    "unit_price": mark("Gross price {currency}"),
    "amount": mark("Gross amount {currency}"),
}
_RIGHT = frozenset(("quantity", "unit_price", "discount", "tax", "amount"))

# Known labels of the letterhead's rows, so that they are translated into the document's language.
ROW_LABELS = (
    mark("Phone"),
    mark("Email"),
    mark("Website"),
    mark("Bank"),
    mark("Account"),
    mark("IBAN"),
    mark("BIC"),
    mark("VAT ID"),
    mark("Tax number"),
    mark("Taxpayer ID"),
    mark("Commercial register"),
    mark("Managing director"),
    mark("Customer no."),
    mark("Replaces"),
    mark("Your VAT ID"),
    mark("Your contact"),
    mark("Payment terms"),
    mark("Delivery"),
)

EXEMPTIONS = {
    "AE": mark("Reverse charge: the recipient of the supply owes the tax."),
    "K": mark("Tax-exempt intra-community supply."),
    "G": mark("Tax-exempt export."),
    "E": mark("Exempt from VAT."),
    "O": mark("Not subject to VAT."),
}

BODY = Style(size=9.2, spacing=1.45)
TITLE = Style(size=14.5, bold=True, spacing=1.3)
CELL = Style(size=8.6, spacing=1.4)
CELL_BOLD = replace(CELL, bold=True)
CELL_MUTED = replace(CELL, colour=MUTED)
DETAIL = Style(size=7.8, colour=MUTED, spacing=1.4)
HEAD = Style(size=7.8, colour=MUTED, spacing=1.4)
TOTAL = Style(size=11, bold=True, spacing=1.4)
NOTE = Style(size=8.2, colour=MUTED, spacing=1.45)

GAP = 4 * MM
LEAST_DESCRIPTION = 52 * MM
NARROWEST_DESCRIPTION = 30 * MM
WIDEST_WORD = 15 * MM
ROW_PADDING = 4.2


@dataclass(frozen=True)
class QuotePage:
    """All that stands on a quote.

    Without number it is a draft and marked as one. `info` are more rows beside the address: a label, translated if it is
    a known one, and a value. Without `columns` those are shown that say something. `exemption_texts` (category, text) take
    the place of the usual ones. Dates and numbers are written as in the writer's `region`.
    """

    letterhead: Letterhead
    recipient: tuple[str, ...]  # lines of the address field, in the order of the country
    document: Document
    totals: Totals
    number: str | None = None
    quoted_on: date | None = None
    valid_until: date | None = None
    reference: str = ""
    info: tuple[tuple[str, str], ...] = ()
    title: str = ""
    salutation: str = ""
    intro: str = ""
    terms: str = ""
    closing: str = ""
    columns: tuple[Column, ...] = ()
    exemption_texts: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    page_size: str = "A4"
    region: str = ""
    customer: str = ""


@dataclass(frozen=True)
class Rendered:
    """A finished PDF, and the characters that no font has: they stand in it as boxes."""

    pdf: bytes
    missing: tuple[str, ...]


def render_quote(page: QuotePage) -> Rendered:
    """Make the PDF of a quote. The same page gives the same bytes.

    Raises:
        UserError: logo or seal is not a picture.
    """
    with speaking(page.language, page.region):
        title = tr("Quote {number}", number=page.number) if page.number else tr("Quote (draft)")
        subject = " · ".join(part for part in (page.title, page.customer) if part)
        paper = Paper(page_size(page.page_size), title, page.letterhead.name, page.language, subject, page.quoted_on)
        letter = LetterPaper(paper, _letter(page, title))
        frame = letter.frame
        letter.draw(frame.pages(_Body(page, frame, letter.accent).blocks()))
        return Rendered(paper.pdf(), tuple(paper.missing))


def _letter(page: QuotePage, title: str) -> Letter:
    info = [
        (tr("Quote no."), page.number or tr("Draft")),
        (tr("Date"), long_date(page.quoted_on) if page.quoted_on else ""),
        (tr("Valid until"), long_date(page.valid_until) if page.valid_until else ""),
        (tr("Your reference"), page.reference),
        *((tr(label), value) for label, value in page.info),
    ]
    running = [title, long_date(page.quoted_on) if page.quoted_on else ""]
    return Letter(
        head=page.letterhead,
        recipient=page.recipient,
        info=tuple(info),
        running=" · ".join(part for part in running if part),
        draft=page.number is None,
    )


class _Body:
    """Sets the text of a quote into blocks."""

    def __init__(self, page: QuotePage, frame: Frame, accent: str) -> None:
        self.page = page
        self.document = page.document
        self.totals = page.totals
        self.currency = page.document.currency
        self.frame = frame
        self.accent = accent
        self.exemptions = self._exemptions()
        # Where there are several reasons why no tax is charged, the rates of the lines point to theirs.
        self.marks = dict(zip(self.exemptions, "¹²³⁴⁵⁶⁷⁸⁹", strict=False)) if len(self.exemptions) > 1 else {}

    def _exemptions(self) -> dict[str, str]:
        """Return by tax category why no tax is charged."""
        own = dict(self.page.exemption_texts)
        texts = {tax.tax_category: own.get(tax.tax_category) or tr(EXEMPTIONS.get(tax.tax_category, "")) for tax in self.totals.taxes}
        return {category: text for category, text in texts.items() if text}

    def blocks(self) -> list[Block]:
        """Return everything from the title to the seal."""
        page = self.page
        title = page.title or (tr("Quote {number}", number=page.number) if page.number else tr("Quote"))
        blocks: list[Block] = [*self._paragraphs(title, TITLE), Space(5, keep=True)]
        for text in (page.salutation, page.intro):
            if text.strip():
                blocks += [*self._paragraphs(text, BODY), Space(6, keep=True)]
        blocks += [Space(4, keep=True), *_Table(self).rows(), Space(9, keep=True), *self._totals()]
        if page.terms.strip():
            blocks += [Space(14), *self._paragraphs(page.terms, BODY)]
        if ending := self._ending():
            # Neither signature nor seal stands alone on a page.
            blocks[-1:] = [_kept(blocks[-1]), Space(14, keep=True), *ending]
        return blocks

    def _ending(self) -> list[Block]:
        """Set what closes the letter: the closing words, in China beside the seal."""
        if self.page.letterhead.seal:
            return [self._signed(self.page.letterhead.seal)]
        return self._paragraphs(self.page.closing, BODY) if self.page.closing.strip() else []

    def _paragraphs(self, text: str, style: Style) -> list[Block]:
        """Set a text; its lines are a row each, so that it may break anywhere but after its first or before its last."""
        lines = lay_out(text, style, self.frame.width)
        last = len(lines) - 1
        return [Row((Cell((line,), self.frame.left, self.frame.width),), keep=index in {0, last - 1} and index != last) for index, line in enumerate(lines)]

    def shown(self, amount: Decimal) -> str:
        """Write an amount without its currency, which stands in the table's head."""
        return plain_amount(amount, self.currency)

    def change(self, amount: Decimal) -> str:
        """Write by how much a discount or surcharge changes a line, always with its sign."""
        return f"+{self.shown(amount)}" if amount > 0 else self.shown(amount)

    def money(self, amount: Decimal) -> str:
        """Write an amount with its currency."""
        return money(amount, self.currency)

    # ---- totals ----

    def _totals(self) -> list[Block]:
        """Set the totals and what explains them, all on one page."""
        rows = self._inclusive_rows() if self.document.tax_inclusive else self._exclusive_rows()
        blocks: list[Block] = [*self._two_columns(rows), *self._notes()]
        return [*(_kept(block) for block in blocks[:-1]), blocks[-1]]

    def _exclusive_rows(self) -> list[_Sum]:
        totals = self.totals
        rows = self._before_tax(totals.line_total)
        rows.append(_Sum(tr("Net amount"), self.money(totals.tax_exclusive)))
        several = len(totals.taxes) > 1
        for tax in totals.taxes:
            label = tax_label(tax.tax_category, tax.tax_rate, tax.name)
            if several:
                label = tr("{tax} on {base}", tax=label, base=self.money(tax.taxable))
            rows.append(_Sum(label, self.money(tax.tax)))
        # In Chinese the plain word is also that for sums without tax.
        label = tr("Total including VAT") if self.page.language == "zh" else tr("Total")
        rows.append(_Sum(label, self.money(totals.tax_inclusive), strong=True))
        return rows + self._after_total()

    def _inclusive_rows(self) -> list[_Sum]:
        totals = self.totals
        pairs = zip(self.document.lines, totals.line_amounts, strict=True)
        rows = self._before_tax(sum((amount for line, amount in pairs if line.counts), Decimal(0)))
        rows.append(_Sum(tr("Total including VAT"), self.money(totals.tax_inclusive), strong=True))
        for tax in totals.taxes:
            label = tax_label(tax.tax_category, tax.tax_rate, tax.name)
            if len(totals.taxes) > 1:
                label = tr("{tax} included, on {base}", tax=label, base=self.money(tax.taxable))
            else:
                label = tr("{tax} included", tax=label)
            rows.append(_Sum(label, self.money(tax.tax), quiet=True))
        rows.append(_Sum(tr("Net amount"), self.money(totals.tax_exclusive), quiet=True))
        return rows + self._after_total()

    def _before_tax(self, items: Decimal) -> list[_Sum]:
        """Return the sum of the items and the document's discounts and charges, if there are any."""
        if not self.document.allowance_charges:
            return []
        rows = [_Sum(tr("Sum of items"), self.money(items))]
        for each, amount in zip(self.document.allowance_charges, self.totals.allowance_amounts, strict=True):
            rows.append(_Sum(_reason(each), self.money(amount if each.charge else -amount)))
        return rows

    def _after_total(self) -> list[_Sum]:
        totals = self.totals
        rows = []
        if totals.prepaid:
            rows.append(_Sum(tr("Already paid"), self.money(-totals.prepaid)))
        if totals.rounding:
            rows.append(_Sum(tr("Rounding difference"), self.money(totals.rounding)))
        if rows:
            rows.append(_Sum(tr("Amount due"), self.money(totals.payable), strong=True))
        return rows

    def _two_columns(self, rows: Sequence[_Sum]) -> list[Block]:
        """Set sums at the right edge: labels and amounts."""
        values = [one_line(row.value, row.style) for row in rows]
        labels = [one_line(row.label, row.style) for row in rows]
        value_width = max(line.width for line in values)
        label_width = max(line.width for line in labels) + 8 * MM
        width = min(max(label_width + value_width, 72 * MM), self.frame.width)
        left = self.frame.left + self.frame.width - width
        blocks: list[Block] = []
        for index, (row, value) in enumerate(zip(rows, values, strict=True)):
            label = lay_out(row.label, row.style, width - value_width - 4 * MM)
            cells = (Cell(tuple(label), left, width - value_width), Cell((value,), left, width, "right"))
            space = 4.0 if row.strong else 1.6
            # Above the first stands the table's own line.
            rule = INK if row.strong and index else ""
            blocks.append(Row(cells, above=space, below=space, rule_above=rule, rule_x=left, rule_width=width))
            if row.strong:
                blocks.append(Row((), above=2))
        return blocks

    def _notes(self) -> list[Block]:
        """Say the total in words where that is the custom, why no tax is charged, and what stands outside."""
        texts = []
        if self.page.language == "zh" and self.currency == "CNY":
            words = rmb_capitals(self.totals.tax_inclusive)
            texts.append(tr("Total in words: {words}", words=f"人民币{words}"))
        texts += [f"{self.marks[category]} {text}" if self.marks else text for category, text in self.exemptions.items()]
        if any(line.optional for line in self.document.lines):
            texts.append(tr("Optional items are not part of the total."))
        style = replace(NOTE, colour=INK)
        cells = [Cell(tuple(lay_out(text, style, self.frame.width)), self.frame.left, self.frame.width) for text in texts]
        return [Row((cell,), above=3 if index else 9) for index, cell in enumerate(cells)]

    def _signed(self, seal: bytes) -> Block:
        """Set the closing at the left, and at the right the seal over name and date, as is the custom in China."""
        picture = read_picture(seal)
        width, height = picture.fit(38 * MM, 38 * MM)
        half = self.frame.width / 2
        closing = lay_out(self.page.closing, BODY, half - GAP) if self.page.closing.strip() else []
        name = lay_out(self.page.letterhead.name, BODY, half)
        day = lay_out(long_date(self.page.quoted_on), BODY, half) if self.page.quoted_on else []
        return _Signed(
            Cell(tuple(closing), self.frame.left, half - GAP),
            Cell((*name, *day), self.frame.left + half, half, "centre"),
            picture,
            (width, height),
        )


@dataclass(frozen=True)
class _Sum:
    label: str
    value: str
    strong: bool = False
    quiet: bool = False

    @property
    def style(self) -> Style:
        return TOTAL if self.strong else CELL_MUTED if self.quiet else CELL


def _kept(block: Block) -> Block:
    return replace(block, keep=True)  # type: ignore[type-var] # every block is a dataclass


def _reason(each: AllowanceCharge) -> str:
    """Name a discount or charge: its reason, and the percentage if it is one."""
    reason = each.reason or (tr("Surcharge") if each.charge else tr("Discount"))
    return tr("{reason} ({percent})", reason=reason, percent=percent(each.percent)) if each.percent else reason


@dataclass(frozen=True)
class _Signed:
    """Closing words beside a seal."""

    closing: Cell
    name: Cell
    seal: Picture
    size: tuple[float, float]
    keep: bool = False
    head: Block | None = None

    @property
    def height(self) -> float:
        return max(self.size[1], self.closing.height, self.name.height)

    @property
    def least(self) -> float:
        return self.height

    def cut(self, room: float) -> tuple[Block, Block] | None:
        return None

    def draw(self, paper: Paper, y: float) -> None:
        self.closing.draw(paper, y)
        width, height = self.size
        self.name.draw(paper, y + max(height - self.name.height, 0) / 2)
        paper.picture(self.seal, self.name.x + (self.name.width - width) / 2, y, width, height)


class _Table:
    """Sets the lines of a quote as rows of a table."""

    def __init__(self, body: _Body) -> None:
        self.body = body
        self.page = body.page
        self.lines = body.document.lines
        self.columns = self._columns()
        self.texts = self._texts()
        self.x, self.widths = self._places()
        self.head = self._head()

    def rows(self) -> list[Block]:
        """Return a row for each line."""
        rows: list[Row] = []
        for index, line in enumerate(self.lines):
            row = self._row(index, line)
            if line.kind == "subtotal" and rows:
                rows[-1] = replace(rows[-1], keep=True)
            rows.append(row)
        if not rows:
            return [self.head]
        # The last line goes with the totals, so that these never stand alone on a page.
        rows[-1] = replace(rows[-1], keep=True, rule_below=INK)
        return list(rows)

    def _columns(self) -> tuple[Column, ...]:
        if self.page.columns:
            wanted = tuple(dict.fromkeys(self.page.columns))
            return wanted if "description" in wanted else ("description", *wanted)
        items = [line for line in self.lines if line.kind == "item"]
        shown: dict[Column, bool] = {
            "position": True,
            "description": True,
            "quantity": True,
            "unit": any(line.unit for line in items),
            "unit_price": True,
            "discount": any(line.allowance_charges for line in items),
            "tax": len({line.tax_group for line in items}) > 1,
            "amount": True,
        }
        return tuple(column for column, is_shown in shown.items() if is_shown)

    def _texts(self) -> list[dict[Column, str]]:
        """Return what stands in each cell but the description."""
        writers: dict[Column, Callable[[int, Line], str]] = {
            "product": lambda _, line: line.product,
            "quantity": lambda _, line: number(line.quantity),
            "unit": lambda _, line: line.unit,
            "unit_price": lambda _, line: self._price(line),
            "discount": self._discount,
            "tax": lambda _, line: self._tax(line),
            "amount": self._amount,
        }
        texts: list[dict[Column, str]] = []
        position = 0
        for index, line in enumerate(self.lines):
            if line.kind != "item":
                texts.append({})
                continue
            position += 1
            row = {column: writers[column](index, line) for column in self.columns if column in writers}
            texts.append({**row, "position": str(position)} if "position" in self.columns else row)
        return texts

    def _price(self, line: Line) -> str:
        price = unit_price(line.unit_price, self.body.currency)
        if line.price_base_quantity == 1:
            return price
        return tr("{price} per {quantity}", price=price, quantity=number(line.price_base_quantity))

    def _discount(self, index: int, line: Line) -> str:
        if not line.allowance_charges:
            return ""
        only = line.allowance_charges[0]
        if len(line.allowance_charges) == 1 and only.percent and not only.charge and only.base_amount is None:
            return percent(-only.percent)
        return self.body.change(self.body.totals.line_amounts[index] - self.body.totals.line_gross[index])

    def _tax(self, line: Line) -> str:
        taxes = line.tax_group.taxes
        return " + ".join(percent(tax.rate) for tax in taxes) + self.body.marks.get(line.tax_group.category, "")

    def _amount(self, index: int, line: Line) -> str:
        amount = self.body.shown(self.body.totals.line_amounts[index])
        return f"({amount})" if line.optional else amount

    def _title(self, column: Column) -> str:
        titles = {**COLUMNS, **_GROSS_COLUMNS} if self.body.document.tax_inclusive else COLUMNS
        return tr(titles[column], currency=self.body.currency)

    def _places(self) -> tuple[dict[Column, float], dict[Column, float]]:
        """Give each column the width of its widest text, and the rest to the description."""
        others: list[Column] = [column for column in self.columns if column != "description"]
        wishes: dict[Column, float] = {column: self._widest(column) for column in others}
        room = self.body.frame.width - LEAST_DESCRIPTION
        widths = wishes if sum(wishes.values()) <= room else self._narrowed(wishes, room)
        widths = {**widths, "description": self.body.frame.width - sum(widths.values())}
        places, x = {}, self.body.frame.left
        for column in self.columns:
            places[column] = x
            x += widths[column]
        return places, widths

    def _widest(self, column: Column, *, in_words: bool = False) -> float:
        """Return how wide a column is whose texts stay on one line, or break between words only."""
        texts = {row.get(column, "") for row in self.texts} | self._subtotals(column)
        found = [(text, CELL_BOLD if column == "amount" else CELL) for text in texts]
        found.append((self._title(column), HEAD))
        return max(one_line(part, style).width for text, style in found for part in (text.split(" ") if in_words else [text])) + GAP

    def _narrowed(self, wishes: dict[Column, float], room: float) -> dict[Column, float]:
        """Narrow the columns so that they break between words; where that is not enough, the description gives way, at last all do."""
        least = {column: self._widest(column, in_words=True) for column in wishes}
        # A word that would take the room of numbers is broken.
        least = {column: width if column in _RIGHT else min(width, WIDEST_WORD) for column, width in least.items()}
        most = max(room, min(sum(least.values()), self.body.frame.width - NARROWEST_DESCRIPTION))
        return dict(zip(wishes, fitted(list(wishes.values()), list(least.values()), most), strict=True))

    def _subtotals(self, column: Column) -> set[str]:
        if column != "amount":
            return set()
        pairs = zip(self.lines, self.body.totals.line_amounts, strict=True)
        return {self.body.shown(amount) for line, amount in pairs if line.kind == "subtotal"}

    def _cell(self, column: Column, text: str, style: Style) -> Cell:
        """Set a cell; the gap between columns is at the left of numbers and at the right of text, around units."""
        room = self.widths[column] - GAP
        x = self.x[column] + (GAP if column in _RIGHT else GAP / 2 if column == "unit" else 0)
        lines = lay_out(text, style, room + 0.1)
        return Cell(tuple(lines), x, room, "right" if column in _RIGHT else "left")

    def _head(self) -> Row:
        cells = tuple(self._cell(column, self._title(column), HEAD) for column in self.columns)
        return self._edged(Row(cells, above=3, below=4, rule_below=INK, keep=True))

    def _edged(self, row: Row) -> Row:
        return replace(row, rule_x=self.body.frame.left, rule_width=self.body.frame.width)

    def _row(self, index: int, line: Line) -> Row:
        if line.kind == "text":
            return self._text_row(index, line)
        if line.kind == "subtotal":
            return self._subtotal_row(index, line)
        cells = [self._cell(column, text, self._style(column, line)) for column, text in self.texts[index].items() if text]
        cells.append(self._description(index, line))
        return self._padded(Row(tuple(cells)))

    def _padded(self, row: Row) -> Row:
        return self._edged(replace(row, above=ROW_PADDING, below=ROW_PADDING, rule_below=row.rule_below or FAINT, head=self.head))

    def _style(self, column: Column, line: Line) -> Style:
        if line.optional:
            return CELL_MUTED
        return CELL_MUTED if column in {"position", "unit", "tax"} else CELL

    def _description(self, index: int, line: Line) -> Cell:
        """Set what is sold: its name, then details, whether it is optional, and reasons of discounts."""
        name, _, details = line.description.partition("\n")
        width = self.widths["description"] - GAP
        lines: list[TextLine] = lay_out(name, CELL, width)
        if details.strip():
            lines += lay_out(details.strip("\r\n"), DETAIL, width)
        if line.optional:
            lines += lay_out(tr("Optional"), replace(DETAIL, colour=self.body.accent), width)
        for text in self._reasons(index, line):
            lines += lay_out(text, DETAIL, width)
        return Cell(tuple(lines), self.x["description"], width)

    def _reasons(self, index: int, line: Line) -> list[str]:
        """Return the discounts and charges of a line that have a reason, with their amounts."""
        gross = self.body.totals.line_gross[index]
        texts = []
        for each in line.allowance_charges:
            if each.reason:
                amount = allowance_amount(self.body.document, each, gross)
                texts.append(tr("{reason}: {amount}", reason=_reason(each), amount=self.body.change(amount if each.charge else -amount)))
        return texts

    def _text_row(self, index: int, line: Line) -> Row:
        """Set a text across the table; a short one is a heading and goes with the line below it."""
        x = self.x["description"]
        width = self.body.frame.left + self.body.frame.width - x
        is_heading = len(line.description) <= 80 and "\n" not in line.description
        lines = lay_out(line.description, CELL_BOLD if is_heading else CELL, width)
        has_more = index + 1 < len(self.lines)
        return self._padded(Row((Cell(tuple(lines), x, width),), keep=is_heading and has_more))

    def _subtotal_row(self, index: int, line: Line) -> Row:
        label = line.description or tr("Subtotal")
        amount = self.body.shown(self.body.totals.line_amounts[index])
        x = self.x["description"]
        has_amount = "amount" in self.columns
        end = self.x["amount"] if has_amount else self.body.frame.left + self.body.frame.width
        cells = [Cell(tuple(lay_out(label, CELL_BOLD, end - x - GAP)), x, end - x - GAP)]
        if has_amount:
            cells.append(self._cell("amount", amount, CELL_BOLD))
        return self._padded(Row(tuple(cells)))
