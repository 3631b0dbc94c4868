"""A whole list: quick filter, filter chips, columns, the table, totals, bulk actions."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QSizePolicy, QStackedWidget, QWidget

from crmdesk.i18n import ntr, tr
from crmdesk.queries.finding import Condition
from crmdesk.ui import background, theme
from crmdesk.ui.lists.filters import FilterBar
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, Card, PopupCard, Text, column, row
from crmdesk.ui.widgets.heads import EmptyState, SearchField, leave_out_words
from crmdesk.ui.widgets.layouts import empty
from crmdesk.ui.widgets.record_table import Ask, Column, Id, RecordTable, Sort, Source

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from crmdesk.fields import Field
    from crmdesk.ui.background import Job
    from crmdesk.ui.editors import Context

MANY = 50

Totals = Callable[["Job", Ask], Sequence[tuple[str, str]]]
"""Figures for the footer, on a reader thread: (label, text) each."""


@dataclass(frozen=True)
class BulkAction:
    """Something that is done to all checked rows; `run` gets their ids.

    Attributes:
        asks: gets the number and returns the question before more than 50 rows; the verb is `text`.
        least: how many rows have to be checked for it to be offered.
        most: how many rows can be checked for it to be pressed; `too_many` says so.
    """

    text: str
    run: Callable[[list[Id]], object]
    icon: str = ""
    asks: Callable[[int], str] | None = None
    least: int = 1
    most: int = sys.maxsize
    too_many: str = ""


@dataclass(frozen=True)
class Definition:
    """What a saved view keeps of a list."""

    columns: tuple[str, ...] = ()
    widths: Mapping[str, int] | None = None
    sort: tuple[Sort, ...] = ()
    conditions: tuple[Condition, ...] = ()
    names: Mapping[str, str] | None = None

    def to_json(self) -> str:
        """Return it as the text that is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> Definition:
        """Read a stored one; what a newer program has added is left out."""
        raw: dict[str, Any] = json.loads(text)
        return Definition(
            tuple(raw.get("columns", ())),
            raw.get("widths"),
            tuple(Sort(s["column"], s["is_descending"]) for s in raw.get("sort", ())),
            tuple(Condition(c["field"], c["operator"], c["value"], tuple(c["values"])) for c in raw.get("conditions", ())),
            raw.get("names"),
        )


class RecordList(QWidget):
    """A table of records with everything around it.

    list = RecordList(columns_of("contact", (...)), EntitySource(store, "contact"), fields, context, tr("Contacts"))
    list.opened.connect(lambda record, beside: frame.open_record("contact", UUID(bytes=record), beside))
    list.reload()

    Args:
        fields: those one can filter by, by name.
        confirm: asks before many rows are changed: question, verb; such as `frame.confirm`.
        totals: figures for the footer.

    Signals:
        opened: id, and whether a window of its own is wanted.
        peeked: the id that the user has moved to, after a short rest.
        counted: the number of rows.
        edited: whether filter, order or columns differ from the view that was applied.
        view_wanted: the user wants to save the view: `save`, `save_as`.
    """

    opened = Signal(object, bool)
    peeked = Signal(object)
    counted = Signal(int)
    edited = Signal(bool)
    view_wanted = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column],
        source: Source,
        fields: Mapping[str, Field],
        context: Context,
        name: str,
        confirm: Callable[[str, str], bool],
        totals: Totals | None = None,
    ) -> None:
        super().__init__()
        self._confirm, self._totals = confirm, totals
        self._bulk: list[BulkAction] = []
        self._standard = Definition(tuple(c.name for c in columns if c.is_shown))
        self._applied = self._standard
        self._has_view = False
        self.table = RecordTable(columns, source, name)
        self.search = SearchField(tr("Filter this list"), "list-filter")
        self.filters = FilterBar(fields, context)
        self.columns_button = Button(tr("Columns"), self.choose_columns, "flat", "columns-3")
        self.save_button = Button(tr("Save view"), self._save_menu, "flat", "bookmark")
        self.bar = _Bar(self.search, self.filters, self.columns_button, self.save_button)
        card = Card(padding=0)
        card.add(self.table)
        self.nothing = EmptyState("inbox", tr("Nothing here yet."))
        self.no_match = EmptyState("search", tr("No record matches the filter."), Button(tr("Remove filter"), self.reset))
        self._stack = QStackedWidget()
        for page in (card, self.nothing, self.no_match):
            self._stack.addWidget(page)
        self.foot = _Foot()
        self.setLayout(column(self.bar, self._stack, self.foot, space=10))
        self._peek_timer = QTimer(self)
        self._peek_timer.setSingleShot(True)
        self._peek_timer.setInterval(120)
        self._peek_timer.timeout.connect(self._peek)
        self._connect()

    def _connect(self) -> None:
        self.table.opened.connect(self.opened)
        self.table.peeked.connect(self._peek_soon)
        self.table.menu_wanted.connect(self._choose_columns_at)
        self.table.sort_changed.connect(self._tell_edited)
        self.table.columns_changed.connect(self._tell_edited)
        self.table.records.loaded.connect(self._loaded)
        self.table.records.failed.connect(self.failed)
        self.table.records.checked_changed.connect(self._draw_foot)
        self.search.searched.connect(self.reload)
        self.search.left.connect(self.focus_first)
        self.filters.changed.connect(self._filtered)

    # --- what is shown ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask for the rows anew."""
        sort = self.table.records.ask.sort
        self.table.load(Ask(sort, self.filters.conditions(), self.search.text()))
        self._ask_totals()

    def renew(self, changed: Any = None) -> None:
        """Ask again after a change; ids (16 bytes) of changed records, or None if any may have changed."""
        self.table.records.renew(changed)
        self._ask_totals()

    def is_filtered(self) -> bool:
        """Return whether anything is filtered out by the user."""
        return bool(self.filters.conditions() or self.search.text().strip())

    def set_bulk(self, *actions: BulkAction) -> None:
        """Offer these for checked rows."""
        self._bulk = list(actions)
        self._draw_foot()

    def set_empty(self, state: EmptyState) -> None:
        """Show this when there is no record at all."""
        self._stack.removeWidget(self.nothing)
        self.nothing.deleteLater()
        self.nothing = state
        self._stack.insertWidget(1, state)

    @Slot()
    def focus_first(self) -> None:
        """Put the keyboard into the table, or to what is shown in its place."""
        shown = (self.table, self.nothing, self.no_match)[self._stack.currentIndex()]
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- views ------------------------------------------------------------------------------------------------------

    def definition(self) -> Definition:
        """Return what a saved view would keep."""
        widths = self.table.widths()
        sort, names = self.table.records.ask.sort, self.filters.names
        return Definition(tuple(self.table.shown_columns()), widths, sort, self.filters.conditions(), names)

    def apply(self, definition: Definition | None, has_view: bool = False) -> None:
        """Show a saved view, or the standard with None."""
        wanted = definition or self._standard
        self._applied, self._has_view = wanted, has_view
        self.table.show_columns(wanted.columns or self._standard.columns)
        self.table.set_widths(dict(wanted.widths or {}))
        self.filters.names.update(wanted.names or {})
        self.filters.set_conditions(wanted.conditions)
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        known = {column.name for column in self.table.records.columns}
        self.table.load(Ask(tuple(key for key in wanted.sort if key.column in known), self.filters.conditions(), ""))
        self._ask_totals()
        self._tell_edited()

    def set_own(self, columns: Sequence[Column], fields: Mapping[str, Field]) -> None:
        """Offer the user's own fields as columns and in the filter; a view that names one that came or went is shown anew."""
        before = {column.name for column in self.table.records.own_columns()}
        if self.table.set_own_columns(columns):
            self.filters.set_own(fields)
            own, sort = before | {*fields}, (*self._applied.sort, *self.table.records.ask.sort)
            asked = (*self._applied.conditions, *self.table.records.ask.conditions)
            if own & {*self._applied.columns, *(key.column for key in sort), *(condition.field for condition in asked)}:
                self.apply(self._applied, self._has_view)

    def is_edited(self) -> bool:
        """Return whether filter, order or columns differ from the view that was applied."""
        now, before = self.definition(), self._applied
        return (now.columns, now.sort, now.conditions) != (before.columns, before.sort, before.conditions)

    @Slot()
    def reset(self) -> None:
        """Go back to the view that was applied, without its changes."""
        self.apply(self._applied if self._applied.conditions or self._has_view else None, self._has_view)

    @Slot()
    def _tell_edited(self) -> None:
        is_edited = self.is_edited()
        self.save_button.setText(tr("Edited") if is_edited and self._has_view else tr("Save view"))
        self.edited.emit(is_edited)

    def _save_menu(self) -> None:
        if not self._has_view:
            self.view_wanted.emit("save_as")
            return
        menu = QMenu(self)
        save = menu.addAction(tr("Save"), lambda: self.view_wanted.emit("save"))
        save.setEnabled(self.is_edited())
        menu.addAction(tr("Save as"), lambda: self.view_wanted.emit("save_as"))
        menu.addAction(tr("Reset"), self.reset).setEnabled(self.is_edited())
        menu.exec(self.save_button.mapToGlobal(QPoint(0, self.save_button.height() + 4)))

    # --- columns ----------------------------------------------------------------------------------------------------

    def choose_columns(self) -> None:
        """Show the list of columns beneath its button."""
        self._choose_columns_at(self.columns_button.mapToGlobal(QPoint(0, self.columns_button.height() + 4)))

    @Slot(QPoint)
    def _choose_columns_at(self, at: QPoint) -> None:
        popup = ColumnPopup(self, self.table)
        popup.changed.connect(self._tell_edited)
        popup.adjustSize()
        right = self.window().mapToGlobal(QPoint(self.window().width(), 0)).x()
        popup.move(min(at.x(), right - popup.width() - 16), at.y())
        popup.show()
        popup.focus_first()

    # --- signals ----------------------------------------------------------------------------------------------------

    @Slot()
    def _filtered(self) -> None:
        self.reload()
        self._tell_edited()

    @Slot(int)
    def _loaded(self, count: int) -> None:
        page = 0 if count else (2 if self.is_filtered() else 1)
        focused = self.window().focusWidget()
        had_keyboard = focused is not None and self._stack.isAncestorOf(focused)
        self._stack.setCurrentIndex(page)
        if had_keyboard and focused is not None and not focused.isVisibleTo(self):
            self.focus_first()
        self.foot.hints.setVisible(count > 0)
        self.counted.emit(count)
        self._draw_foot()

    @Slot(object)
    def _peek_soon(self, record: Id) -> None:
        self._peek_timer.start()

    @Slot()
    def _peek(self) -> None:
        record = self.table.current_id()
        if record is not None:
            self.peeked.emit(record)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_F and control:
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        else:
            super().keyPressEvent(event)

    # --- foot -------------------------------------------------------------------------------------------------------

    def _ask_totals(self) -> None:
        if self._totals is None:
            return
        totals, ask = self._totals, Ask((), self.filters.conditions(), self.search.text())
        background.read(self, lambda job: totals(job, ask), self.foot.set_totals, key="totals")

    @Slot()
    def _draw_foot(self) -> None:
        count = len(self.table.records.checked)
        self.foot.show_bulk(count, self._bulk, self._run_bulk)

    def _run_bulk(self, action: BulkAction) -> None:
        ids = self.table.chosen_ids()
        question = action.asks(len(ids)) if action.asks is not None and len(ids) > MANY else ""
        if question and not self._confirm(question, action.text):
            return
        action.run(ids)


class _Bar(QWidget):
    """The line above the table: search, conditions, and buttons that leave out their words where there is too little room."""

    def __init__(self, search: SearchField, filters: FilterBar, *buttons: Button) -> None:
        super().__init__()
        self._parts, self._buttons = (search, filters), buttons
        top = Qt.AlignmentFlag.AlignTop
        line = row(space=8)
        line.addWidget(search, 0, top)
        line.addWidget(filters, 1)
        for button in buttons:
            line.addWidget(button, 0, top)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def _least(self, bare: bool) -> int:
        """Return how narrow the line can be with the words of its buttons, or without."""
        parts = sum(max(part.minimumSizeHint().width(), part.minimumWidth()) + 8 for part in self._parts)
        return parts + sum(button.width_wanted(bare) + 8 for button in self._buttons) - 8

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least(bare=True), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            leave_out_words(self._buttons, self._least(bare=False) - self.width())
        return super().event(event)


class Hints(QWidget):
    """Keys that work just now, at the end of a line: as many of them, the first ones first, as have room as a whole."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self._keys = keys.split(" · ")
        self.setAccessibleName(keys)

    def shown(self) -> str:
        """Return the keys that have room."""
        fitting = (" · ".join(self._keys[:count]) for count in range(len(self._keys), 0, -1))
        return next((text for text in fitting if paint.text_width(text, theme.font()) <= self.width()), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        trailing = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        paint.line(QPainter(self), self.rect(), self.shown(), theme.font(), theme.colour("muted"), trailing)


class _Foot(QWidget):
    """The line beneath the table: totals, or what can be done to the checked rows; and the keys."""

    def __init__(self) -> None:
        super().__init__()
        self._totals = Text("", "muted")
        self._chosen = Text("", "muted")
        self._actions = row(space=6)
        line = row(self._totals, self._chosen, self._actions, space=10)
        self.hints = Hints(tr("↑↓ move · Enter open · Space select · E edit · Del delete"))
        line.addWidget(self.hints, 1)
        self.setLayout(line)
        self.setFixedHeight(22)
        self._chosen.hide()
        self._shown: tuple[int, tuple[tuple[str, bool], ...]] = (-1, ())

    def set_totals(self, totals: Sequence[tuple[str, str]]) -> None:
        """Show figures."""
        self._totals.setText(" · ".join(f"{label} {text}".strip() for label, text in totals))

    def show_bulk(self, count: int, actions: Sequence[BulkAction], run: Callable[[BulkAction], object]) -> None:
        """Show how many rows are checked, and what can be done to them."""
        self._chosen.setText(ntr("{count} selected", "{count} selected", count))
        self._chosen.setVisible(count > 0)
        self._totals.setVisible(count == 0)
        offered = [action for action in actions if count >= action.least]
        wanted = (min(count, 1), tuple((action.text, count <= action.most) for action in offered))
        if wanted == self._shown:
            return
        self._shown = wanted
        empty(self._actions)
        for action in offered:
            is_possible = count <= action.most
            button = Button(action.text, partial(run, action), "link", action.icon, "" if is_possible else action.too_many)
            button.setEnabled(is_possible)
            self._actions.addWidget(button)


class _ColumnNames(QListWidget):
    def __init__(self, move: Callable[[int], None]) -> None:
        super().__init__()
        self._move = move

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class ColumnPopup(PopupCard):
    """The columns with a box each; drag, or Alt+↑↓, changes their order; changes show at once.

    Signals:
        changed: other columns are shown, or in another order.
    """

    changed = Signal()

    def __init__(self, parent: QWidget, table: RecordTable) -> None:
        super().__init__(parent, 260)
        self._table = table
        self._list = _ColumnNames(self.move_current)
        self._list.setAccessibleName(tr("Columns"))
        self._list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        shown = table.shown_columns()
        rest = [c.name for c in table.records.columns if c.name not in shown]
        labels = {c.name: tr(c.label) for c in table.records.columns}
        for name in [*shown, *rest]:
            item = QListWidgetItem(labels[name])
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, 28))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if name in shown else Qt.CheckState.Unchecked)
            self._list.addItem(item)
        self._list.setFixedHeight(min(12, self._list.count()) * 28 + 8)
        self._list.itemChanged.connect(self._apply)
        self._list.model().rowsMoved.connect(self._apply)
        self.setLayout(column(self._list, Text(tr("Drag or Alt+↑↓ to order"), "caption"), space=6, margins=(8, 8, 8, 10)))

    def focus_first(self) -> None:
        """Put the keyboard into the list."""
        self._list.setCurrentRow(0)
        self._list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)

    def move_current(self, step: int) -> None:
        """Move the current column up or down."""
        at = self._list.currentRow()
        if 0 <= at + step < self._list.count():
            item = self._list.takeItem(at)
            self._list.insertItem(at + step, item)
            self._list.setCurrentRow(at + step)
            self._apply()

    @Slot()
    def _apply(self) -> None:
        items = [self._list.item(n) for n in range(self._list.count())]
        names = [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked]
        if names:
            self._table.show_columns(names)
            self.changed.emit()
