"""Records that may be there twice: looked for, put side by side, merged or told apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QGridLayout,
    QRadioButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)  # fmt: skip

from crmdesk.errors import Cancelled
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import merging
from crmdesk.queries import records
from crmdesk.queries.duplicates import told_apart
from crmdesk.queries.finding import field_for
from crmdesk.ui import background
from crmdesk.ui.actions import Action
from crmdesk.ui.page import Changed, Frame, Page, Place, scrolled
from crmdesk.ui.records import shown
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, Card, Chip, ElidedText, Text, column, row
from crmdesk.ui.widgets.heads import ButtonLine, EmptyState, PageHeader, Segmented
from crmdesk.ui.widgets.layouts import FlowLayout
from crmdesk.ui.widgets.messages import ProgressPanel
from crmdesk.ui.widgets.record_table import Cell, Column, RecordTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtGui import QPaintEvent

    from crmdesk.fields import Field
    from crmdesk.insights.duplicates import Sweep
    from crmdesk.matching import Reason
    from crmdesk.store import Reader, Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.widgets.record_table import Ask

MOST_BESIDE = 5
SHOWN_REASONS = 8
INDICATOR = 24
_COLUMNS = [
    Column("score", mark("Alike"), width=62, can_sort=False, look="muted"),
    Column("first", mark("Record"), width=140, look="strong", can_sort=False),
    Column("others", mark("May be the same"), width=140, can_sort=False),
    Column("why", mark("Why"), width=150, look="muted", can_sort=False),
]
_SEGMENTS = ("contact", "company", "lead")


@dataclass(frozen=True)
class Item:
    """Records that may all be the same: two, or a group of which every one is near every other."""

    members: tuple[UUID, ...]
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Line:
    """One field of the records side by side.

    Attributes:
        texts: what each of them says; `choosable` if one of them has to be chosen.
    """

    name: str
    label: str
    texts: tuple[str, ...]
    choosable: bool


@dataclass(frozen=True)
class Beside:
    """Everything that is needed to compare the records of an item."""

    titles: tuple[str, ...]
    belongs: tuple[str, ...]
    lines: tuple[Line, ...]


def items_of(found: Sweep) -> list[Item]:
    """Put the pairs of a sweep together to what is decided at once: groups first where they are as sure as the pairs in them."""
    by_pair = {frozenset((pair.a, pair.b)): pair for pair in found.pairs}
    items, grouped = list[Item](), set[frozenset["UUID"]]()
    for group in found.groups:
        if len(group) < 3:
            continue
        inside = [by_pair[pair] for pair in map(frozenset, combinations(group, 2)) if pair in by_pair]
        grouped.update(map(frozenset, combinations(group, 2)))
        if inside:
            surest = max(inside, key=lambda pair: pair.score)
            items.append(Item(group, min(pair.score for pair in inside), surest.reasons))
    items += [Item((pair.a, pair.b), pair.score, pair.reasons) for pair in found.pairs if frozenset((pair.a, pair.b)) not in grouped]
    return sorted(items, key=lambda item: -item.score)


class _Items:
    """The rows of the list of items; a row's id is the item itself."""

    def __init__(self, store: Store, entity: str, items: Sequence[Item]) -> None:
        self._store, self._entity, self._items = store, entity, items

    def ids(self, job: Job, ask: Ask) -> Sequence[Item]:
        """Leave out what was merged, deleted or told apart since; undoing that brings it back."""
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            apart = told_apart(reader, self._entity)
            titles = records.titles(reader, self._entity, {member for item in self._items for member in item.members})
        there = {record for record, (_title, is_gone) in titles.items() if not is_gone}
        return [left for item in self._items if (left := _left_of(item, there, apart)) is not None]

    def rows(self, job: Job, ids: Sequence[Item], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        """Return the cells of these items."""
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            titles = records.titles(reader, self._entity, {member for item in ids for member in item.members})
        named = {key: title for key, (title, _gone) in titles.items()}
        return [[self._cell(name, item, named) for name in columns] for item in ids]

    def _cell(self, name: str, item: Item, named: dict[bytes, str]) -> str:
        match name:
            case "score":
                return tr("{percent}%", percent=int(item.score * 100))
            case "first":
                return named.get(item.members[0].bytes, "")
            case "others":
                return ", ".join(named.get(member.bytes, "") for member in item.members[1:])
            case _:
                return ", ".join(reason.text for reason in item.reasons if reason.weight > 0)


def _left_of(item: Item, there: set[bytes], apart: set[tuple[bytes, bytes]]) -> Item | None:
    """Return what is still to be decided of an item: without those that are gone; None if nothing is."""
    members = tuple(member for member in item.members if member.bytes in there)
    if len(members) < 2 or any(pair in apart for pair in combinations(sorted(member.bytes for member in members), 2)):
        return None
    return item if members == item.members else replace(item, members=members)


def beside(reader: Reader, entity: str, members: Sequence[UUID]) -> Beside:
    """Read what is put side by side: every field that one of the records has, and how much belongs to each."""
    cls = entity_class(entity)
    names = [name for name in records.all_columns(cls, reader) if name not in {"source", "external_id"}]
    rows = {found.id: found.values for found in records.rows(reader, entity, members, names)}
    lines = []
    for name in names:
        field, _inner, custom = field_for(cls, name, reader)
        if name == cls.entity.title and field.derived:
            continue
        values = [rows[member].get(name) if member in rows else None for member in members]
        texts = tuple(_said(field, value, reader) for value in values)
        if any(texts):
            can_choose = field.kind != "parts" and not field.derived and len({text for text in texts if text}) > 1
            lines.append(Line(f"custom.{custom}" if custom else name, tr(field.label), texts, can_choose))
    titles = records.titles(reader, entity, members)
    return Beside(
        tuple(titles.get(member.bytes, ("", True))[0] for member in members), tuple(_belongs(reader, entity, member) for member in members), tuple(lines)
    )


def _said(field: Field, value: Any, reader: Reader) -> str:
    if isinstance(value, list):
        return "\n".join(str(part.value) for part in value)
    return shown(field, value, reader.settings.tz)


def _belongs(reader: Reader, entity: str, member: UUID) -> str:
    counts = records.related_counts(reader, entity, member)
    pieces = [tr("{what}: {count}", what=tr(entity_class(name).entity.plural), count=count) for name, count in counts.items()]
    return " · ".join(pieces) or tr("Nothing belongs to it yet")


class Comparison(QWidget):
    """Records side by side, field by field; one of them stays, and every value that differs can be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._keep = QButtonGroup(self)
        self._choices: dict[str, QButtonGroup] = {}
        self._members: Sequence[UUID] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)

    def show_records(self, members: Sequence[UUID], found: Beside) -> None:
        """Put records side by side; the first one stays unless the user says otherwise."""
        self._clear()
        self._members = members
        self._keep = QButtonGroup(self)
        self._grid.addWidget(Text(tr("Stays"), "caption"), 0, 0, Qt.AlignmentFlag.AlignTop)
        for place, (title, belongs) in enumerate(zip(found.titles, found.belongs, strict=True)):
            button = _Choice(title)
            button.setAccessibleName(tr("{name} stays", name=title))
            self._keep.addButton(button, place)
            about = Text(belongs, "caption", wrap=True)
            cell = QWidget()
            cell.setLayout(column(button, about, space=2))
            self._grid.addWidget(cell, 0, place + 1, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(place + 1, 1)
        self._keep.button(0).setChecked(True)
        self._keep.idClicked.connect(self._follow)
        for number, line in enumerate(found.lines, 1):
            label = Text(line.label, "caption", wrap=True)
            label.setContentsMargins(0, 6 if line.choosable else 1, 0, 0)  # beside the value's text
            self._grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            self._add_values(number, line)
        self._grid.setRowStretch(len(found.lines) + 1, 1)

    def _add_values(self, number: int, line: Line) -> None:
        if not line.choosable:
            for place, text in enumerate(line.texts, 1):
                shown = paint.breakable(text)
                label = Text(shown or "–", "" if text else "muted", wrap=True, selectable=shown == text != "")
                self._grid.addWidget(label, number, place, Qt.AlignmentFlag.AlignTop)
            return
        group = QButtonGroup(self)
        for place, text in enumerate(line.texts):
            button = _Choice(text or "–")
            button.setAccessibleName(tr("{field}: {value}", field=line.label, value=text or tr("empty")))
            group.addButton(button, place)
            self._grid.addWidget(button, number, place + 1, Qt.AlignmentFlag.AlignTop)
        group.button(next(place for place, text in enumerate(line.texts) if text)).setChecked(True)
        self._choices[line.name] = group

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 0)
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 0)
        self._choices = {}

    @Slot(int)
    def _follow(self, place: int) -> None:
        """Take the values of the record that stays, where it has any."""
        for group in self._choices.values():
            button = group.button(place)
            if button.text() != "–":
                button.setChecked(True)

    def kept(self) -> UUID:
        """Return the record that stays."""
        return self._members[max(0, self._keep.checkedId())]

    def choices(self) -> dict[str, UUID]:
        """Return by field whose value is taken."""
        return {name: self._members[group.checkedId()] for name, group in self._choices.items()}


class _Choice(QRadioButton):
    """A choice whose text takes as many lines as it needs: where two long names differ only at their ends, both are read in full."""

    def __init__(self, text: str) -> None:
        super().__init__(text.replace("&", "&&"))
        label = Text(paint.breakable(text), wrap=True)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setLayout(row(label, margins=(INDICATOR, 4, 0, 4)))
        self.setMinimumWidth(80)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else super().heightForWidth(width)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def hitButton(self, at: QPoint) -> bool:
        return self.rect().contains(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.rect = QRect(0, 0, self.width(), min(self.height(), self.fontMetrics().height() + 8))
        painter.drawControl(QStyle.ControlElement.CE_RadioButton, option)


class DuplicatesPage(Page):
    """The list of what may be there twice, and beside it the records to compare; `place.view` is the entity."""

    watches = frozenset({*_SEGMENTS, "not_same"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.entity = "contact"
        self._looked: dict[str, list[Item]] = {}
        self._job: Job | None = None
        self._asked: Item | None = None
        self._current: Item | None = None
        self.header = PageHeader(tr("Duplicates"))
        self.segments = Segmented(*((name, tr(entity_class(name).entity.plural)) for name in _SEGMENTS), name=tr("Whose duplicates"))
        self.segments.chosen.connect(self.look_at)
        self.header.beside(self.segments)
        self.header.add(Button(tr("Look again"), self.look, icon="refresh-cw"))
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
        halves.addWidget(Card(padding=0).add(self.stack))
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
        card.add(self.title, self.chips, scrolled(self.comparison), self.more, ButtonLine(self.apart_button, self.open_button, None, self.merge_button))
        card.body.setStretch(2, 1)
        card.setVisible(False)
        self.card = card
        return card

    # --- looking ----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        wanted = place.view if place.view in _SEGMENTS else self.entity
        if wanted != self.entity or wanted not in self._looked:
            self.look_at(wanted)

    def leave(self) -> bool:
        if self._job is not None:
            self._job.cancel()
        return True

    @Slot(str)
    def look_at(self, entity: str) -> None:
        """Show the duplicates of an entity; they are looked for if they were not yet."""
        self.entity = entity
        self.segments.choose(entity)
        if entity in self._looked:
            self._show_items(self._looked[entity])
        else:
            self._show_items([])
            self.look()

    def look(self) -> None:
        """Compare all records anew."""
        from crmdesk.insights.duplicates import sweep

        entity, store = self.entity, self.frame.store
        if self._job is not None:
            self._job.cancel()
        self.header.set_note(tr("Comparing"))

        def compare(job: Job) -> tuple[str, list[Item]]:
            def tell(done: int, total: int) -> None:
                job.check_cancelled()
                job.progress(done, total)

            return entity, items_of(sweep(store, entity, tell=tell))

        self._job = background.read(self, compare, self._found, self._stopped, key="sweep")
        self.panel.follow(self._job)

    def _found(self, answer: tuple[str, list[Item]]) -> None:
        entity, items = answer
        self._job = None
        self.panel.hide()
        self._looked[entity] = items
        if entity == self.entity:
            self._show_items(items)

    def _stopped(self, error: Exception) -> None:
        self._job = None
        self.panel.hide()
        self.header.set_note("")
        if not isinstance(error, Cancelled):
            self.frame.show_error(error)

    def _show_items(self, items: list[Item]) -> None:
        self._current = None
        self.card.hide()
        self.table.records.source = _Items(self.frame.store, self.entity, items)
        self.table.records.renew()

    def refresh(self, changed: Changed) -> None:
        if self.entity in self._looked:
            self.table.records.renew()

    @Slot()
    def _counted(self) -> None:
        count = self.table.records.rowCount()
        self.header.set_note(ntr("{count} to decide", "{count} to decide", count) if self._job is None else tr("Comparing"))
        self.stack.setCurrentWidget(self.table if count else self.nothing if self._job is None else self.waiting)
        if not count:
            self.card.hide()
        elif not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.table.records.index(0, 1))
        if count and QApplication.focusWidget() is self:
            self.table.setFocus()

    # --- one item ---------------------------------------------------------------------------------------------------

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not current.isValid():
            return
        item, entity = self.table.records.id_at(current.row()), self.entity
        self._asked = item
        members = item.members[:MOST_BESIDE]
        self.frame.ask(self, lambda reader: (item, beside(reader, entity, members)), self._show_item, key="beside")

    def _show_item(self, answer: tuple[Item, Beside]) -> None:
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

    def merge(self) -> None:
        """Merge the records into the one that stays."""
        item = self._current
        if item is None:
            return
        kept, members = self.comparison.kept(), item.members[:MOST_BESIDE]
        others = [member for member in members if member != kept]
        said = ntr("{count} record merged", "{count} records merged", len(members))
        self.frame.do(merging.merge, self.entity, kept, others, self.comparison.choices(), said=said)

    def tell_apart(self) -> None:
        """Remember that they are not the same."""
        item = self._current
        if item is not None:
            self.frame.do(merging.tell_all_apart, self.entity, item.members, said=tr("They will not be compared again"))

    def _open_kept(self) -> None:
        if self._current is not None:
            self.frame.open_record(self.entity, self.comparison.kept())

    def commands(self) -> list[Action]:
        has_item = partial(self._has_item)
        return [
            Action("duplicates.merge", mark("Merge"), self.merge, "merge", "Ctrl+M", "record", has_item),
            Action("duplicates.apart", mark("Not the same"), self.tell_apart, "split", "Ctrl+Shift+M", "record", has_item),
            Action("duplicates.look", mark("Look for duplicates again"), self.look, "refresh-cw", "", "view"),
        ]

    def _has_item(self) -> bool:
        return self._current is not None and self.card.isVisible()

    def focus_first(self) -> None:
        self.table.setFocus()


__all__ = ["Comparison", "DuplicatesPage", "beside", "items_of"]
