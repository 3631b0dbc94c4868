"""The rows of a file and what becomes of each: a list by outcome, and old beside new for the one that is looked at, where it can be decided otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crmdesk.exchange.preview import MOST_ROWS
from crmdesk.exchange.rows.outcomes import CHANGES, KNOWN, NEW, REFUSED, SAME
from crmdesk.i18n import grouped, mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui.importing.columns import FieldBox
from crmdesk.ui.importing.questions import Strip
from crmdesk.ui.page import Tall, scrolled
from crmdesk.ui.widgets.basics import Button, Card, Picture, Text, column, row
from crmdesk.ui.widgets.heads import Segmented
from crmdesk.ui.widgets.record_table import Ask, Cell, Column, RecordTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from crmdesk.exchange.preview import ValuePreview
    from crmdesk.ui import theme
    from crmdesk.ui.background import Job
    from crmdesk.ui.importing.work import Look, Row

OUTCOMES: tuple[tuple[str, str, theme.Tone], ...] = (
    (NEW, mark("New"), "success"), (CHANGES, mark("Changes"), "info"), (SAME, mark("Same"), "muted"), (KNOWN, mark("Known"), "muted"), (REFUSED, mark("Refused"), "danger"),
)  # fmt: skip
LIKELY = "likely"
"""Not an outcome of its own: new rows that may be records all the same, and those of which the user said that they are."""
LABELS = {LIKELY: mark("May be known"), **{name: label for name, label, _ in OUTCOMES}}
TONES = {name: tone for name, _, tone in OUTCOMES}
LEAST_DETAILS, DETAILS_HEIGHT, LABEL_WIDTH, CHOICE_WIDTH = 80, 172, 150, 250
IF_KNOWN = (("fill", mark("Fill empty fields")), ("overwrite", mark("Overwrite")), ("skip", mark("Leave as it is")), ("add", mark("Add another record")))
IF_LIKELY = (
    ("", mark("Not the same: add it")), ("fill", mark("The same: fill empty fields")), ("overwrite", mark("The same: overwrite")), ("skip", mark("The same: leave as it is")),
)  # fmt: skip


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
        self.records.renew()


class Details(Tall):
    """One row: what stands in the file, what it is known as and why, each value before and after, and what shall become of it.

    Signals:
        decided: the row, what the user says becomes of it (see `exchange.decisions`), and the record that it is.
        opened: the record that the row is or may be shall be shown.
    """

    decided = Signal(object, str, object)
    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._row: Row | None = None
        self._mode = ""
        self.title, self.known, self.reason = Text("", "strong"), Text("", "caption", wrap=True), Text("", wrap=True)
        self.choice = FieldBox()
        self.choice.setAccessibleName(tr("What becomes of this row"))
        self.choice.setMinimumWidth(CHOICE_WIDTH)
        self.choice.activated.connect(self._chosen)
        self.open_button = Button(tr("Look at the record"), self._open, "flat", "external-link")
        self.changes = QVBoxLayout()
        self.changes.setSpacing(4)
        head = row(self.title, space=10)
        head.addWidget(self.known, 1)
        layout = column(head, self.reason, row(self.choice, self.open_button, None, space=8), self.changes, None, space=6, margins=(16, 10, 16, 12))
        self.setLayout(layout)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._row = None
        self._show("", "", "")
        self.choice.hide()
        self.open_button.hide()

    def show_row(self, one: Row, mode: str) -> None:
        """Show a row; `mode` is what becomes of known ones."""
        if (one, mode) == (self._row, self._mode):
            return
        self._mode = mode
        seen = one.seen
        known = tr("Known as {name}: {why}", name=seen.known_as, why=seen.why) if seen.known_as else seen.why
        self._show(seen.title or tr("Line {line}", line=seen.line), known, seen.reason)
        self._row = one
        self.reason.set_tone("danger" if seen.what == REFUSED else "")
        self._offer(one, mode)
        for value in seen.changes:
            self._add_change(value)
        for name, text in seen.cells:
            self._add_cell(name, text, name == seen.column)

    def _offer(self, one: Row, mode: str) -> None:
        """Offer what can become of the row."""
        choices = choices_of(one)
        value = one.decision.mode if one.decision else "" if one.may_be else mode
        self.choice.clear()
        for key, label in choices:
            self.choice.addItem(tr(label), key)
        self.choice.setCurrentIndex(max(0, self.choice.findData(value)))
        self.choice.setVisible(bool(choices))
        self.open_button.setVisible((one.seen.record or one.may_be) is not None)

    def _add_change(self, value: ValuePreview) -> None:
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

    def _add_cell(self, name: str, text: str, is_wrong: bool) -> None:
        label, value = Text(name, "caption"), Text(text, "danger" if is_wrong else "", wrap=True, selectable=True)
        label.setFixedWidth(LABEL_WIDTH)
        label.setToolTip(name)
        box = QWidget()
        box.setAccessibleName(tr("{field}: {value}", field=name, value=text))
        line = row(label, space=10)
        line.addWidget(value, 1)
        box.setLayout(line)
        self.changes.addWidget(box)

    @Slot()
    def _chosen(self) -> None:
        one = self._row
        if one is not None:
            mode = str(self.choice.currentData())
            self.decided.emit(one, mode, one.may_be if mode and one.may_be else None)

    def _open(self) -> None:
        if self._row is not None:
            self.opened.emit(self._row)

    def _show(self, title: str, known: str, reason: str) -> None:
        for part, text in ((self.title, title), (self.known, known), (self.reason, reason)):
            part.setText(text)
            part.setVisible(bool(text))
        while item := self.changes.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


def choices_of(one: Row) -> tuple[tuple[str, str], ...]:
    """Return what can become of a row, by mode; nothing of one that is simply new, refused, or the same as a row further up."""
    if one.may_be:
        return IF_LIKELY
    is_known = one.seen.record is not None and one.seen.what in {CHANGES, SAME, KNOWN}
    return IF_KNOWN if is_known or (one.decision is not None and one.seen.what == NEW) else ()


class RowsView(QWidget):
    """What becomes of the rows, the first ones of each outcome.

    Args:
        among: the outcomes that are shown; with more than one they can be filtered.

    Signals:
        chosen: the number of the row that the user has moved to.
        decided: the row, what becomes of it, and the record that it is.
        all_decided: all rows that may be records are these.
        opened: the record of a row shall be shown.
    """

    chosen = Signal(int)
    decided = Signal(object, str, object)
    all_decided = Signal()
    opened = Signal(object)

    def __init__(self, name: str, among: Sequence[str], with_outcome: bool) -> None:
        super().__init__()
        self._among = tuple(among)
        self._with_outcome, self._mode = with_outcome, ""
        self._rows: tuple[Row, ...] = ()
        self._at: tuple[str, int] | None = None
        self._one: Row | None = None
        choices = [("", tr("All")), *((outcome, tr(LABELS[outcome])) for outcome in among)]
        self.filter = Segmented(*choices, name=tr("Show"))
        self.filter.chosen.connect(self._filtered)
        columns = [
            Column("line", mark("Row"), "integer", 60), Column("file", mark("File"), "text", 140, is_shown=False),
            Column("what", mark("Outcome"), "text", 116, "chip", is_shown=with_outcome),
            Column("title", mark("In the file"), "text", 160, "strong"), Column("known", mark("Known as"), "text", 170 if with_outcome else 130),
            Column("more", mark("What happens"), "text", 120, "muted"),
        ]  # fmt: skip
        self.table = FixedTable(columns, name)
        self.table.peeked.connect(self._peeked)
        self.table.opened.connect(self._to_choice)
        self.nothing = Text("", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.details = Details()
        self.details.decided.connect(self.decided)
        self.details.opened.connect(self.opened)
        self.likely_strip = Strip("circle-alert")
        self.all_button = self.likely_strip.add_button(tr("They are the same"), self.all_decided.emit)
        side = Card(padding=0)
        side.setAccessibleName(tr("The chosen row"))
        side.add(scrolled(self.details))
        self._side = side
        main = Card(padding=0)
        main.add(self.table, self.nothing)
        self.setLayout(column(self.likely_strip, self.filter, main, side, space=10))
        self.nothing.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedHeight(max(LEAST_DETAILS, min(DETAILS_HEIGHT, self.height() * 2 // 5)))

    def show_look(self, look: Look | None, nothing: str, mode: str) -> None:
        """Show what would come; `nothing` stands there if there is no row, `mode` is what becomes of known ones."""
        rows = look.rows if look is not None else ()
        self._mode = mode
        self._rows = tuple(one for one in rows if one.seen.what in self._among or self._is(one, LIKELY))
        self.nothing.setText(nothing)
        exact = {NEW: look.count("added"), REFUSED: look.count("rejected")} if look is not None else {}
        for outcome in self._among:
            count = sum(1 for one in self._rows if self._is(one, outcome))
            most = exact.get(outcome, count) if count >= MOST_ROWS else count
            self.filter.set_label(outcome, tr("{label} {count}", label=tr(LABELS[outcome]), count=_number(most, outcome not in exact)))
        self._show_likely()
        has_files = any(one.file for one in self._rows)
        shown = [
            name for name in ("line", "file", "what", "title", "known", "more") if (name != "file" or has_files) and (name != "what" or self._with_outcome)
        ]
        self.table.show_columns(shown)
        self._filtered(self.filter.value())

    def _show_likely(self) -> None:
        """Say that some new rows may be records that are there."""
        found = [one for one in self._rows if one.may_be]
        left = sum(1 for one in found if one.decision is None)
        text = ntr(
            "{count} new row looks like a record that is there. Is it the same?", "{count} new rows look like records that are there. Are they the same?", left
        )
        self.likely_strip.say(text if left else "")
        self.all_button.setText(ntr("It is the same", "They are the same", left))
        self.filter.set_visible(LIKELY, bool(found))
        self.filter.setVisible(self._with_outcome or bool(found))

    def _is(self, one: Row, outcome: str) -> bool:
        return one.may_be is not None if outcome == LIKELY else one.seen.what == outcome

    def shown(self) -> tuple[Row, ...]:
        """Return the rows that the filter lets through."""
        wanted = self.filter.value()
        return tuple(one for one in self._rows if not wanted or self._is(one, wanted))

    @Slot(str)
    def _filtered(self, outcome: str) -> None:
        rows = self.shown()
        self.table.show_rows([_cells(one) for one in rows])
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self._side.setVisible(any(one.seen.changes or one.seen.cells or one.seen.reason or one.seen.why for one in rows))
        self._show_details(next((one for one in rows if one.place == self._at), rows[0] if rows else None))

    def _show_details(self, one: Row | None) -> None:
        """Show a row's values, which are many small widgets: not before they are seen."""
        self._one = one
        if one is None:
            self.details.clear()
        elif self.isVisible():
            self.details.show_row(one, self._mode)

    def showEvent(self, event: QShowEvent) -> None:
        self._show_details(self._one)
        super().showEvent(event)

    @Slot(object)
    def _peeked(self, number: Any) -> None:
        rows = self.shown()
        if isinstance(number, int) and number < len(rows):
            self._at = rows[number].place
            self._show_details(rows[number])
            self.chosen.emit(rows[number].number)

    @Slot(object, bool)
    def _to_choice(self, number: Any, beside: bool) -> None:
        """Go from a row to what becomes of it."""
        self._peeked(number)
        if not self.details.choice.isHidden():
            self.details.choice.setFocus(Qt.FocusReason.OtherFocusReason)


def _number(count: int, is_part: bool) -> str:
    text = grouped(count)
    return tr("{count} and more", count=text) if is_part and count >= MOST_ROWS else text


def _cells(one: Row) -> list[str | Cell]:
    seen = one.seen
    label, tone = tr(LABELS[seen.what]), TONES[seen.what]
    if seen.what == NEW and seen.likely_as:
        known = tr("{name}?", name=seen.likely_as)
    elif seen.what in {KNOWN, SAME, CHANGES} and seen.known_as:
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
    if seen.what != NEW:
        return text
    added = tr("{what} ({kind})", what=text, kind=tr(entity_class(seen.entity).entity.label))
    return tr("{what}. {reason}", what=added, reason=seen.reason) if seen.reason else added
