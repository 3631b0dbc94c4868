"""Records that may be there twice: looked for, put side by side, merged or told apart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QSplitter,
    QStackedWidget,
    QWidget,
)  # fmt: skip

from crmdesk.errors import Cancelled
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import merging
from crmdesk.operations.merging import MERGED
from crmdesk.queries import records
from crmdesk.queries.duplicates import told_apart
from crmdesk.ui import background
from crmdesk.ui.actions import Action
from crmdesk.ui.page import Changed, Frame, Page, Place, scrolled
from crmdesk.ui.pages.duplicates.comparison import Comparison, beside
from crmdesk.ui.widgets.basics import Button, Card, Chip, ElidedText, Text
from crmdesk.ui.widgets.heads import ButtonLine, EmptyState, PageHeader, Segmented
from crmdesk.ui.widgets.layouts import FlowLayout
from crmdesk.ui.widgets.messages import ProgressPanel
from crmdesk.ui.widgets.record_table import Cell, Column, RecordTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.insights.duplicates import Lookalikes
    from crmdesk.store import Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.pages.duplicates.comparison import Beside
    from crmdesk.ui.widgets.record_table import Ask

MOST_BESIDE = 5
SHOWN_REASONS = 8
_COLUMNS = [
    Column("score", mark("Alike"), width=62, can_sort=False, look="muted"),
    Column("first", mark("Record"), width=140, look="strong", can_sort=False),
    Column("others", mark("May be the same"), width=140, can_sort=False),
    Column("why", mark("Why"), width=150, look="muted", can_sort=False),
]
_SEGMENTS = ("contact", "company", "lead")


class _Items:
    """The rows of the list of items; a row's id is the item itself."""

    def __init__(self, store: Store, entity: str, items: Sequence[Lookalikes], *, are_chosen: bool = False) -> None:
        self._store, self._entity, self._items, self._are_chosen = store, entity, items, are_chosen

    def ids(self, job: Job, ask: Ask) -> Sequence[Lookalikes]:
        """Leave out what was merged, deleted or told apart since; undoing that brings it back."""
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            apart = set() if self._are_chosen else told_apart(reader, self._entity)
            titles = records.titles(reader, self._entity, {member for item in self._items for member in item.members})
        there = {record for record, (_title, is_gone) in titles.items() if not is_gone}
        return [left for item in self._items if (left := item.left(there, apart)) is not None]

    def rows(self, job: Job, ids: Sequence[Lookalikes], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        """Return the cells of these items."""
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            titles = records.titles(reader, self._entity, {member for item in ids for member in item.members})
        named = {key: title for key, (title, _gone) in titles.items()}
        return [[self._cell(name, item, named) for name in columns] for item in ids]

    def _cell(self, name: str, item: Lookalikes, named: dict[bytes, str]) -> str:
        match name:
            case "score":
                return tr("{percent}%", percent=int(item.score * 100))
            case "first":
                return named.get(item.members[0].bytes, "")
            case "others":
                return ", ".join(named.get(member.bytes, "") for member in item.members[1:])
            case _:
                return ", ".join(reason.text for reason in item.reasons if reason.weight > 0)


class DuplicatesPage(Page):
    """The list of what may be there twice, and beside it the records to compare.

    `place.view` is the entity. With ids behind it (`contact:0192…,0193…`) only these records are compared, which somebody has chosen: there is no list of others.
    """

    watches = frozenset({*MERGED, "not_same"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.entity = "contact"
        self._looked: dict[str, list[Lookalikes]] = {}
        self._chosen: tuple[UUID, ...] = ()
        self._job: Job | None = None
        self._asked: Lookalikes | None = None
        self._current: Lookalikes | None = None
        self.header = PageHeader(tr("Duplicates"))
        self.segments = Segmented(*((name, tr(entity_class(name).entity.plural)) for name in _SEGMENTS), name=tr("Whose duplicates"))
        self.segments.chosen.connect(self.look_at)
        self.header.beside(self.segments)
        self.again_button = Button(tr("Look again"), self.look, icon="refresh-cw")
        self.header.add(self.again_button)
        self.panel = ProgressPanel()
        self.panel.hide()
        self.table = RecordTable(_COLUMNS, _Items(frame.store, self.entity, ()), tr("Possible duplicates"))
        self.table.setColumnHidden(0, True)
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self.table.records.loaded.connect(self._counted)
        self.nothing = EmptyState(
            "circle-check", tr("Nothing is here twice."), hint=tr("Records are compared by names, mail addresses, phones, addresses and birthdays.")
        )
        self.stack = QStackedWidget()
        self.waiting = QWidget()
        self.stack.addWidget(self.waiting)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.table)
        self.column.addWidget(self.header)
        self.column.addWidget(self.panel)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(12)
        self.listed = Card(padding=0).add(self.stack)
        halves.addWidget(self.listed)
        halves.addWidget(self._review())
        halves.setSizes([520, 560])
        halves.setStretchFactor(0, 4)
        halves.setStretchFactor(1, 5)
        self.column.addWidget(halves, 1)

    def _review(self) -> QWidget:
        self.title = ElidedText("", 600)
        self.chips = FlowLayout(6)
        self.comparison = Comparison()
        self.more = Text("", "caption", wrap=True)
        self.more.hide()
        self.merge_button = Button(tr("Merge"), self.merge, "primary", "merge", tip=tr("Everything that belongs to the others moves to the one that stays."))
        self.apart_button = Button(tr("Not the same"), self.tell_apart, icon="split")
        self.open_button = Button(tr("Open record"), self._open_kept, "flat", "external-link")
        card = Card()
        card.add(self.title, self.chips, scrolled(self.comparison), self.more, ButtonLine(self.open_button, self.apart_button, None, self.merge_button))
        card.body.setStretch(2, 1)
        card.setVisible(False)
        self.card = card
        return card

    # --- looking ----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        entity, _, ids = place.view.partition(":")
        chosen = tuple(UUID(one) for one in ids.split(",")) if ids else ()
        was_chosen, self._chosen = bool(self._chosen), chosen
        for part in (self.listed, self.segments, self.again_button):
            part.setVisible(not chosen)
        if chosen:
            self._compare_chosen(entity, chosen)
            return
        current = self.entity if self.entity in _SEGMENTS else _SEGMENTS[0]
        wanted = entity if entity in _SEGMENTS else current
        if was_chosen or wanted != self.entity or wanted not in self._looked:
            self.look_at(wanted)

    def _compare_chosen(self, entity: str, members: tuple[UUID, ...]) -> None:
        """Put records side by side that were ticked in a list."""
        self.entity = entity
        self.header.set_title(tr("Merge duplicates"))
        self.apart_button.setVisible(entity in _SEGMENTS)
        self._show_items([])
        from crmdesk.insights.duplicates import chosen as put_together

        def show(item: Lookalikes) -> None:
            if self._chosen == members:
                self._show_items([item])

        self.frame.ask(self, lambda reader: put_together(reader, entity, members), show, key="chosen")

    def leave(self) -> bool:
        if self._job is not None:
            self._job.cancel()
        return True

    @Slot(str)
    def look_at(self, entity: str) -> None:
        """Show the duplicates of an entity; they are looked for if they were not yet."""
        self.entity = entity
        self.header.set_title(tr("Duplicates"))
        self.apart_button.show()
        self.segments.choose(entity)
        if entity in self._looked:
            self._show_items(self._looked[entity])
        else:
            self._show_items([])
            self.look()

    def look(self) -> None:
        """Compare all records anew."""
        from crmdesk.insights.duplicates import sweep, to_decide

        entity, store = self.entity, self.frame.store
        if self._job is not None:
            self._job.cancel()
        self.header.set_note(tr("Comparing"))

        def compare(job: Job) -> tuple[str, list[Lookalikes]]:
            def tell(done: int, total: int) -> None:
                job.check_cancelled()
                job.progress(done, total)

            return entity, to_decide(sweep(store, entity, tell=tell))

        self._job = background.read(self, compare, self._found, self._stopped, key="sweep")
        self.panel.follow(self._job)

    def _found(self, answer: tuple[str, list[Lookalikes]]) -> None:
        entity, items = answer
        self._job = None
        self.panel.hide()
        self._looked[entity] = items
        if entity == self.entity and not self._chosen:
            self._show_items(items)

    def _stopped(self, error: Exception) -> None:
        self._job = None
        self.panel.hide()
        self.header.set_note("")
        if not isinstance(error, Cancelled):
            self.frame.show_error(error)

    def _show_items(self, items: list[Lookalikes]) -> None:
        self._current = None
        self.card.hide()
        self.table.records.source = _Items(self.frame.store, self.entity, items, are_chosen=bool(self._chosen))
        self.table.records.renew()

    def refresh(self, changed: Changed) -> None:
        is_about_these = not changed.keys().isdisjoint({*_SEGMENTS, "not_same", self.entity})
        if is_about_these and (self._chosen or self.entity in self._looked):
            self.table.records.renew()

    @Slot()
    def _counted(self) -> None:
        count = self.table.records.rowCount()
        self.header.set_note("" if self._chosen else ntr("{count} to decide", "{count} to decide", count) if self._job is None else tr("Comparing"))
        self.stack.setCurrentWidget(self.table if count else self.nothing if self._job is None else self.waiting)
        if not count:
            self.card.hide()
        elif not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.records.index(0, 1))
        if self._chosen:
            return
        if QApplication.focusWidget() is self and (count or self._job is None):  # the page itself shows no focus
            (self.table if count else self.again_button).setFocus(Qt.FocusReason.OtherFocusReason)

    # --- one item ---------------------------------------------------------------------------------------------------

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not current.isValid():
            return
        item, entity = self.table.records.id_at(current.row()), self.entity
        self._asked = item
        members = item.members[:MOST_BESIDE]
        self.frame.ask(self, lambda reader: (item, beside(reader, entity, members)), self._show_item, key="beside")

    def _show_item(self, answer: tuple[Lookalikes, Beside]) -> None:
        item, found = answer
        if item is not self._asked:
            return
        self._current = item
        self.title.set_text(" · ".join(found.titles))
        self.chips.clear()
        for reason in item.reasons[:SHOWN_REASONS]:
            speaks_for = reason.weight > 0
            self.chips.addWidget(Chip(reason.text, "success" if speaks_for else "warning", icon="check" if speaks_for else "x"))
        self.comparison.show_records(item.members[:MOST_BESIDE], found)
        rest = len(item.members) - MOST_BESIDE
        if rest > 0:
            self.more.setText(
                ntr("{count} more may be the same; it comes when these are merged.", "{count} more may be the same; they come when these are merged.", rest)
            )
        self.more.setVisible(rest > 0)
        self.card.show()
        if self._chosen and QApplication.focusWidget() in (None, self):  # the page itself shows no focus
            self.merge_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def merge(self) -> None:
        """Merge the records into the one that stays."""
        item = self._current
        if item is None:
            return
        kept, members = self.comparison.kept(), item.members[:MOST_BESIDE]
        others = [member for member in members if member != kept]
        said = ntr("{count} record merged", "{count} records merged", len(members))
        is_last = len(item.members) <= MOST_BESIDE
        self.frame.do(merging.merge, self.entity, kept, others, self.comparison.choices(), said=said, done=lambda _: self._decided(item) if is_last else None)

    def tell_apart(self) -> None:
        """Remember that they are not the same."""
        item = self._current
        if item is not None:
            said = tr("They will not be compared again")
            self.frame.do(merging.tell_all_apart, self.entity, item.members, said=said, done=lambda _: self._decided(item))

    def _decided(self, item: Lookalikes) -> None:
        """Go back to the list from which the records were chosen."""
        if self._chosen and set(item.members) <= set(self._chosen) and self.isVisible():
            self.frame.go_back()

    def _open_kept(self) -> None:
        if self._current is not None:
            self.frame.open_record(self.entity, self.comparison.kept())

    def commands(self) -> list[Action]:
        has_item, can_tell = partial(self._has_item), partial(self._can_tell)
        return [
            Action("duplicates.merge", mark("Merge"), self.merge, "merge", "Ctrl+M", "record", has_item),
            Action("duplicates.apart", mark("Not the same"), self.tell_apart, "split", "Ctrl+Shift+M", "record", can_tell),
            Action("duplicates.look", mark("Look for duplicates again"), self.look, "refresh-cw", "", "view", lambda: not self._chosen),
        ]

    def _has_item(self) -> bool:
        return self._current is not None and self.card.isVisible()

    def _can_tell(self) -> bool:
        return self._has_item() and self.entity in _SEGMENTS

    def focus_first(self) -> None:
        (self.merge_button if self._chosen else self.table).setFocus()
