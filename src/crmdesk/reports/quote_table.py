"""The lines of a quote as rows of a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.documents.calculator import allowance_amount
from crmdesk.documents.formats import number, percent, unit_price
from crmdesk.i18n import tr
from crmdesk.reports.canvas import FAINT, INK, MM
from crmdesk.reports.flow import Block, Cell, Row, fitted
from crmdesk.reports.quote_page import COLUMNS, GROSS_COLUMNS
from crmdesk.reports.quote_style import CELL, CELL_BOLD, CELL_MUTED, DETAIL, GAP, HEAD, reason_of
from crmdesk.reports.text import lay_out, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.documents.calculator import Line
    from crmdesk.reports.quote_page import Column
    from crmdesk.reports.quote_style import Setting
    from crmdesk.reports.text import Style, TextLine

_RIGHT = frozenset(("quantity", "unit_price", "discount", "tax", "amount"))
LEAST_DESCRIPTION = 52 * MM
NARROWEST_DESCRIPTION = 30 * MM
WIDEST_WORD = 15 * MM
ROW_PADDING = 4.2


class Table:
    """Sets the lines of a quote as rows of a table."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.lines = setting.document.lines
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
        if self.setting.page.columns:
            wanted = tuple(dict.fromkeys(self.setting.page.columns))
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
        price = unit_price(line.unit_price, self.setting.currency)
        if line.price_base_quantity == 1:
            return price
        return tr("{price} per {quantity}", price=price, quantity=number(line.price_base_quantity))

    def _discount(self, index: int, line: Line) -> str:
        if not line.allowance_charges:
            return ""
        only = line.allowance_charges[0]
        if len(line.allowance_charges) == 1 and only.percent and not only.charge and only.base_amount is None:
            return percent(-only.percent)
        return self.setting.change(self.setting.totals.line_amounts[index] - self.setting.totals.line_gross[index])

    def _tax(self, line: Line) -> str:
        taxes = line.tax_group.taxes
        return " + ".join(percent(tax.rate) for tax in taxes) + self.setting.marks.get(line.tax_group.category, "")

    def _amount(self, index: int, line: Line) -> str:
        amount = self.setting.shown(self.setting.totals.line_amounts[index])
        return f"({amount})" if line.optional else amount

    def _title(self, column: Column) -> str:
        titles = {**COLUMNS, **GROSS_COLUMNS} if self.setting.document.tax_inclusive else COLUMNS
        return tr(titles[column], currency=self.setting.currency)

    def _places(self) -> tuple[dict[Column, float], dict[Column, float]]:
        """Give each column the width of its widest text, and the rest to the description."""
        others: list[Column] = [column for column in self.columns if column != "description"]
        wishes: dict[Column, float] = {column: self._widest(column) for column in others}
        room = self.setting.frame.width - LEAST_DESCRIPTION
        widths = wishes if sum(wishes.values()) <= room else self._narrowed(wishes, room)
        widths = {**widths, "description": self.setting.frame.width - sum(widths.values())}
        places, x = {}, self.setting.frame.left
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
        most = max(room, min(sum(least.values()), self.setting.frame.width - NARROWEST_DESCRIPTION))
        return dict(zip(wishes, fitted(list(wishes.values()), list(least.values()), most), strict=True))

    def _subtotals(self, column: Column) -> set[str]:
        if column != "amount":
            return set()
        pairs = zip(self.lines, self.setting.totals.line_amounts, strict=True)
        return {self.setting.shown(amount) for line, amount in pairs if line.kind == "subtotal"}

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
        return replace(row, rule_x=self.setting.frame.left, rule_width=self.setting.frame.width)

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
            lines += lay_out(tr("Optional"), replace(DETAIL, colour=self.setting.accent), width)
        for text in self._reasons(index, line):
            lines += lay_out(text, DETAIL, width)
        return Cell(tuple(lines), self.x["description"], width)

    def _reasons(self, index: int, line: Line) -> list[str]:
        """Return the discounts and charges of a line that have a reason, with their amounts."""
        gross = self.setting.totals.line_gross[index]
        texts = []
        for each in line.allowance_charges:
            if each.reason:
                amount = allowance_amount(self.setting.document, each, gross)
                texts.append(tr("{reason}: {amount}", reason=reason_of(each), amount=self.setting.change(amount if each.charge else -amount)))
        return texts

    def _text_row(self, index: int, line: Line) -> Row:
        """Set a text across the table; a short one is a heading and goes with the line below it."""
        x = self.x["description"]
        width = self.setting.frame.left + self.setting.frame.width - x
        is_heading = len(line.description) <= 80 and "\n" not in line.description
        lines = lay_out(line.description, CELL_BOLD if is_heading else CELL, width)
        has_more = index + 1 < len(self.lines)
        return self._padded(Row((Cell(tuple(lines), x, width),), keep=is_heading and has_more))

    def _subtotal_row(self, index: int, line: Line) -> Row:
        label = line.description or tr("Subtotal")
        amount = self.setting.shown(self.setting.totals.line_amounts[index])
        x = self.x["description"]
        has_amount = "amount" in self.columns
        end = self.x["amount"] if has_amount else self.setting.frame.left + self.setting.frame.width
        cells = [Cell(tuple(lay_out(label, CELL_BOLD, end - x - GAP)), x, end - x - GAP)]
        if has_amount:
            cells.append(self._cell("amount", amount, CELL_BOLD))
        return self._padded(Row(tuple(cells)))
