"""The rows of a file and what becomes of each: a list by outcome, and old beside new for the one that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crmdesk.exchange.outcomes import CHANGES, KNOWN, NEW, REFUSED, SAME
from crmdesk.exchange.preview import MOST_ROWS
from crmdesk.i18n import locale, mark, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui.page import scrolled
from crmdesk.ui.widgets.basics import Card, Picture, Text, column, row
from crmdesk.ui.widgets.heads import Segmented
from crmdesk.ui.widgets.record_table import Ask, Cell, Column, RecordTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.ui import theme
    from crmdesk.ui.background import Job
    from crmdesk.ui.import_work import Look, Row

OUTCOMES: tuple[tuple[str, str, theme.Tone], ...] = (
    (NEW, mark("New"), "success"), (CHANGES, mark("Changes"), "info"), (SAME, mark("Same"), "muted"), (KNOWN, mark("Known"), "muted"), (REFUSED, mark("Refused"), "danger"),
)  # fmt: skip
LABELS = {name: label for name, label, _ in OUTCOMES}
TONES = {name: tone for name, _, tone in OUTCOMES}
DETAILS_HEIGHT, LABEL_WIDTH = 128, 150


class Number(int):
    """A count that is written as people write it here, its thousands apart."""

    def __format__(self, spec: str) -> str:
        from babel.numbers import format_decimal

        return str(format_decimal(int(self), locale=locale()))


class Fixed:
    """Rows that are there already, as a `RecordTable` wants them; the ids are their numbers."""

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[str | Cell]]) -> None:
        self._names, self._rows = tuple(names), tuple(rows)

    def ids(self, job: Job, ask: Ask) -> Sequence[Any]:
        """Return the numbers of all rows in the order that is asked for."""
        order = list(range(len(self._rows)))
        for sort in reversed(ask.sort):
            place = self._names.index(sort.column)
            order.sort(key=lambda number: _order(self._rows[number][place]), reverse=sort.is_descending)
        return order

    def rows(self, job: Job, ids: Sequence[Any], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        """Return the cells of these rows."""
        places = [self._names.index(name) for name in columns]
        return [[self._rows[number][place] for place in places] for number in ids]


def _order(cell: str | Cell) -> tuple[bool, Any]:
    value = cell.value if isinstance(cell, Cell) else cell
    return (False, value) if isinstance(value, int) else (True, str(cell.text if isinstance(cell, Cell) else cell).casefold())


class FixedTable(RecordTable):
    """A table of rows that are there already: nothing to tick, nothing to change."""

    def __init__(self, columns: Sequence[Column], name: str) -> None:
        super().__init__(columns, Fixed([one.name for one in columns], ()), name)
        self.head().setSectionHidden(0, True)
        self.head().setStretchLastSection(True)
        self.set_compact(True)

    def show_rows(self, rows: Sequence[Sequence[str | Cell]]) -> None:
        """Show these rows, each with a cell for every column."""
        self.records.source = Fixed([one.name for one in self.records.columns], rows)
        self.load(Ask(self.records.ask.sort))


class Details(QWidget):
    """One row: what it is in the file, what it is known as and why, and each value before and after."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.known, self.reason = Text("", "strong"), Text("", "caption"), Text("", "danger", wrap=True)
        self.changes = QVBoxLayout()
        self.changes.setSpacing(4)
        self.setLayout(column(row(self.title, self.known, None, space=10), self.reason, self.changes, None, space=6, margins=(16, 12, 16, 12)))
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._show("", "", "")

    def show_row(self, one: Row) -> None:
        """Show a row."""
        seen = one.seen
        known = tr("Known as {name}: {why}", name=seen.known_as, why=seen.why) if seen.known_as else seen.why
        self._show(seen.title or tr("Line {line}", line=seen.line), known, seen.reason)
        for value in seen.changes:
            label, before, after = (
                Text(value.label, "caption"),
                Text(value.before or tr("empty"), "muted"),
                Text(value.after or tr("empty"), wrap=True, selectable=True),
            )
            label.setFixedWidth(LABEL_WIDTH)
            if value.before:
                font = before.font()
                font.setStrikeOut(True)
                before.setFont(font)
            box = QWidget()
            box.setAccessibleName(tr("{field}: {before} becomes {after}", field=value.label, before=before.text(), after=after.text()))
            line = row(label, before, Picture("arrow-right", "muted", 14), space=10)
            line.addWidget(after, 1)
            box.setLayout(line)
            self.changes.addWidget(box)

    def _show(self, title: str, known: str, reason: str) -> None:
        for part, text in ((self.title, title), (self.known, known), (self.reason, reason)):
            part.setText(text)
            part.setVisible(bool(text))
        while item := self.changes.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


class RowsView(QWidget):
    """What becomes of the rows, the first ones of each outcome.

    Args:
        among: the outcomes that are shown; with more than one they can be filtered.

    Signals:
        chosen: the number of the row that the user has moved to.
    """

    chosen = Signal(int)

    def __init__(self, name: str, among: Sequence[str], with_outcome: bool) -> None:
        super().__init__()
        self._among = tuple(among)
        self._rows: tuple[Row, ...] = ()
        choices = [("", tr("All")), *((outcome, tr(LABELS[outcome])) for outcome in among)]
        self.filter = Segmented(*choices, name=tr("Show"))
        self.filter.chosen.connect(self._filtered)
        columns = [
            Column("line", mark("Row"), "integer", 70), Column("file", mark("File"), "text", 140, is_shown=False),
            Column("what", mark("Outcome"), "text", 100, "chip", is_shown=with_outcome),
            Column("title", mark("In the file"), "text", 190, "strong"), Column("known", mark("Known as"), "text", 220), Column("more", mark("What happens"), "text", 380, "muted"),
        ]  # fmt: skip
        self.table = FixedTable(columns, name)
        self.table.peeked.connect(self._peeked)
        self.nothing = Text("", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.details = Details()
        side = Card(padding=0)
        side.setFixedHeight(DETAILS_HEIGHT)
        side.setAccessibleName(tr("The chosen row"))
        side.add(scrolled(self.details))
        self._side = side
        main = Card(padding=0)
        main.add(self.table, self.nothing)
        self.setLayout(column(self.filter, main, side, space=10))
        self.nothing.hide()
        if not with_outcome:
            self.filter.hide()

    def show_look(self, look: Look | None, nothing: str) -> None:
        """Show what would come; `nothing` stands there if there is no row."""
        rows = look.rows if look is not None else ()
        self._rows = tuple(one for one in rows if one.seen.what in self._among)
        self.nothing.setText(nothing)
        exact = {NEW: look.count("added"), REFUSED: look.count("rejected")} if look is not None else {}
        for outcome in self._among:
            count = sum(1 for one in self._rows if one.seen.what == outcome)
            self.filter.set_label(outcome, tr("{label} {count}", label=tr(LABELS[outcome]), count=_number(exact.get(outcome, count), outcome not in exact)))
        has_files = any(one.file for one in self._rows)
        shown = [
            name
            for name in ("line", "file", "what", "title", "known", "more")
            if (name != "file" or has_files) and (name != "what" or self.filter.isVisibleTo(self))
        ]
        self.table.show_columns(shown)
        self._filtered(self.filter.value())

    def shown(self) -> tuple[Row, ...]:
        """Return the rows that the filter lets through."""
        wanted = self.filter.value()
        return tuple(one for one in self._rows if not wanted or one.seen.what == wanted)

    @Slot(str)
    def _filtered(self, outcome: str) -> None:
        rows = self.shown()
        self.details.clear()
        self.table.show_rows([_cells(one) for one in rows])
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self._side.setVisible(any(one.seen.changes or one.seen.reason or one.seen.why for one in rows))
        if rows:
            self.details.show_row(rows[0])

    @Slot(object)
    def _peeked(self, number: Any) -> None:
        rows = self.shown()
        if isinstance(number, int) and number < len(rows):
            self.details.show_row(rows[number])
            self.chosen.emit(rows[number].number)


def _number(count: int, is_part: bool) -> str:
    text = f"{Number(count)}"
    return tr("{count} and more", count=text) if is_part and count >= MOST_ROWS else text


def _cells(one: Row) -> list[str | Cell]:
    seen = one.seen
    label, tone = tr(LABELS[seen.what]), TONES[seen.what]
    if seen.what in {KNOWN, SAME, CHANGES} and seen.known_as:
        known = seen.why if seen.known_as == seen.title else tr("{name} ({why})", name=seen.known_as, why=seen.why)
    else:
        known = seen.why
    return [Cell(str(seen.line), value=seen.line), one.file, Cell(label, tone), seen.title or "–", known, _what_happens(one)]


def _what_happens(one: Row) -> str:
    seen = one.seen
    if seen.what == REFUSED:
        return seen.reason
    if seen.changes:
        values = [
            tr("{field}: {before} → {after}", field=value.label, before=value.before or tr("empty"), after=value.after or tr("empty")) for value in seen.changes
        ]
        return " · ".join(" ".join(value.split()) for value in values)
    texts: Mapping[str, str] = {NEW: tr("is added"), SAME: tr("has all of it already"), KNOWN: tr("stays as it is")}
    text = texts.get(seen.what, "")
    return tr("{what} ({kind})", what=text, kind=tr(entity_class(seen.entity).entity.label)) if text and seen.what == NEW else text
