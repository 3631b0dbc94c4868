"""The columns of a file beside the fields that they go to: one line each, with the first value and a word on its state."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from crmdesk.exchange.mapping import ADDRESS_PARTS, RELATED, VIRTUAL, Target, names_of, parse_target
from crmdesk.exchange.table import shown
from crmdesk.i18n import language, mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui import theme
from crmdesk.ui.page import scrolled
from crmdesk.ui.widgets.basics import Card, Chip, ElidedText, Line, Picture, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.exchange.mapping import Column, Layout
    from crmdesk.exchange.table import Table

VIRTUAL_LABELS = {
    "name": mark("Full name"), "middle_name": mark("Middle name"), "suffix": mark("Name suffix"), "nickname": mark("Nickname"), "birth_day": mark("Day of birth"),
    "birth_month": mark("Month of birth"), "birth_year": mark("Year of birth"), "website": mark("Website"), "close_on": mark("Close date"), "discount": mark("Discount"),
    "picture": mark("Picture"), "record_kind": mark("Person or company"), "people": mark("People"), "author": mark("From"), "files": mark("Files"), "id": mark("Id"),
    "description": mark("First message"), "salutation": mark("Salutation"), "title": mark("Title"), "given_name": mark("Given name"), "family_name": mark("Family name"),
}  # fmt: skip
MORE_ADDRESS = {
    "house_number": mark("House number"), "street2": mark("Street, second line"), "street3": mark("Street, third line"), "po_box": mark("PO box"),
    "extended": mark("Address addition"), "formatted": mark("Whole address"),
}  # fmt: skip
LABELLED = {"phone": ("", "work", "mobile", "home", "fax"), "email": ("", "work", "private")}
WORDS = {"work": mark("work"), "mobile": mark("mobile"), "home": mark("home"), "fax": mark("fax"), "private": mark("private")}
LEFT_OUT = 0
CELLS = (230, 26, 280)
HEAD = 38
AT_ONCE, PER_TURN = 6, 4


def label_of(entity: str, target: Target) -> str:
    """Return a target as people read it, such as `Phone (mobile)`, `City`, `Company: Website`."""
    of = {"line": "quote_line", "message": "message"}.get(target.of, target.of)
    owner = of or entity
    fields = entity_class(owner).fields
    known = fields.get(target.field)
    if target.field == "address" and target.part:
        inner = entity_class("address").fields.get(target.part)
        text = tr(inner.label if inner else MORE_ADDRESS.get(target.part, target.part))
    elif known is not None:
        text = tr(known.label)
    else:
        text = tr(VIRTUAL_LABELS[target.field]) if target.field in VIRTUAL_LABELS else target.field
    label = "" if target.label.startswith("#") else tr(WORDS.get(target.label, "")) or target.label
    if label:
        text = tr("{field} ({label})", field=text, label=label)
    return tr("{entity}: {field}", entity=tr(entity_class(of).entity.label), field=text) if of else text


def targets(entity: str) -> list[Target]:
    """Return where the columns of a file may go, by name."""
    return list(_targets(entity, language()))


@lru_cache(maxsize=32)
def _targets(entity: str, spoken: str) -> tuple[Target, ...]:
    cls = entity_class(entity)
    texts: list[str] = []
    for name in dict.fromkeys((*VIRTUAL.get(entity, ()), *names_of(entity).values())):
        field = cls.fields.get(name)
        if field is not None and field.kind == "parts" and field.target == "address":
            texts += [f"address.{part}" for part in ADDRESS_PARTS]
        elif field is not None and field.kind == "parts" and name in LABELLED:
            texts += [f"{name}.{label}".rstrip(".") for label in LABELLED[name]]
        else:
            texts.append(name)
    if "company" in RELATED.get(entity, ()):
        texts += ["company.website", "company.industry"]
    found = [parse_target(entity, text) for text in texts]
    return tuple(sorted(dict.fromkeys(found), key=lambda target: label_of(entity, target).casefold()))


class FieldBox(QComboBox):
    """Chooses a field; the wheel belongs to the page unless the box has the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(16)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ColumnsView(Card):
    """The mapping of a file.

    Signals:
        changed: the user has chosen another field; `layout_now` has it.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=0, space=0)
        head = row(space=0, margins=(12, 9, 12, 9))
        for text, width in zip((tr("Column in the file"), "", tr("Field")), CELLS, strict=True):
            cell = Text(text, "caption")
            cell.setFixedWidth(width)
            head.addWidget(cell)
        head.addSpacing(24)
        head.addWidget(Text(tr("First value"), "caption"), 1)
        head.addSpacing(150)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        inner = QWidget()
        inner.setLayout(column(self._rows, None, space=0))
        self.add(head, Line(), scrolled(inner))
        self.boxes: list[FieldBox] = []
        self.chips: list[Chip] = []
        self._layout: Layout | None = None
        self._table: Table | None = None
        self._targets: list[Target] = []
        self._model = QStandardItemModel(self)
        self._unclear: Mapping[str, int] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._build_more)

    def show_layout(self, table: Table, layout: Layout) -> None:
        """Show the columns of a file and what they mean."""
        self._table, self._layout = table, layout
        while item := self._rows.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.boxes, self.chips = [], []
        known = targets(layout.entity)
        used = [one.target for one in layout.columns if one.target is not None]
        self._targets = [*known, *(target for target in dict.fromkeys(used) if target not in known)]
        model = QStandardItemModel(self)
        model.appendRow(QStandardItem(tr("— leave out —")))
        for target in self._targets:
            model.appendRow(QStandardItem(label_of(layout.entity, target)))
        self._model, self._unclear = model, {}
        self._build_more(AT_ONCE)
        self.setMaximumHeight(HEAD + theme.ROW * len(layout.columns))

    @Slot()
    def _build_more(self, count: int = PER_TURN) -> None:
        """Build the next lines; those of a file with a hundred columns come bit by bit, so that the window stays alive."""
        assert self._layout is not None
        for one in self._layout.columns[len(self.boxes) : len(self.boxes) + count]:
            self._rows.addWidget(self._line(one, self._model))
            self._rows.addWidget(Line())
        if len(self.boxes) < len(self._layout.columns):
            self._timer.start()

    def _line(self, one: Column, model: QStandardItemModel) -> QWidget:
        assert self._table is not None
        name, box, chip = ElidedText(one.header, 500), FieldBox(), Chip("", "muted")
        name.setFixedWidth(CELLS[0])
        arrow = QWidget()
        arrow.setFixedWidth(CELLS[1])
        arrow.setLayout(row(Picture("arrow-right", "text", 14), None, margins=(0, 0, 0, 0)))
        box.setModel(model)
        box.setFixedWidth(CELLS[2])
        box.setAccessibleName(tr("Field for {column}", column=one.header))
        box.setCurrentIndex(self._targets.index(one.target) + 1 if one.target is not None else LEFT_OUT)
        box.activated.connect(partial(self._chosen, len(self.boxes)))
        values = self._table.values(one.index)
        first = ElidedText(shown(values[0]).replace("\n", " ") if values else "", token="muted")
        state = QWidget()
        state.setFixedWidth(150)
        state.setLayout(row(chip, None))
        line = QWidget()
        line.setFixedHeight(theme.ROW - 1)
        inner = row(name, arrow, box, space=0, margins=(12, 0, 12, 0))
        inner.addSpacing(24)
        inner.addWidget(first, 1)
        inner.addWidget(state)
        line.setLayout(inner)
        self.boxes.append(box)
        self.chips.append(chip)
        self._show_state(len(self.chips) - 1, one)
        return line

    def layout_now(self) -> Layout:
        """Return the mapping as it is chosen."""
        assert self._layout is not None
        return self._layout

    def _chosen(self, position: int, index: int) -> None:
        """Take a choice; another column that went to the same place is left out."""
        assert self._layout is not None
        target = self._targets[index - 1] if index != LEFT_OUT else None
        columns = list(self._layout.columns)
        for other, one in enumerate(columns):
            if other != position and target is not None and one.target == target and target.field not in LABELLED:
                columns[other] = replace(one, target=None, why="user")
                if other < len(self.boxes):
                    self.boxes[other].setCurrentIndex(LEFT_OUT)
        columns[position] = replace(columns[position], target=target, why="user")
        self._layout = replace(self._layout, columns=tuple(columns))
        self.show_problems({})
        self.changed.emit()

    def show_problems(self, unclear: Mapping[str, int]) -> None:
        """Say at the columns how many rows are not understood; by the column's or the field's name."""
        self._unclear = unclear
        for position, one in enumerate(self.layout_now().columns[: len(self.chips)]):
            self._show_state(position, one)

    def _show_state(self, position: int, one: Column) -> None:
        assert self._table is not None
        chip = self.chips[position]
        unclear = self._unclear.get(one.header, 0) or (self._unclear.get(one.target.field, 0) if one.target else 0)
        if one.target is None:
            chip.show_as(tr("skipped"), "muted")
        elif unclear:
            chip.show_as(ntr("{count} row unclear", "{count} rows unclear", unclear), "warning")
        elif not self._table.values(one.index):
            chip.show_as(tr("empty"), "muted")
        else:
            chip.show_as(tr("ready"), "success")


def mapped(layout: Layout) -> list[str | None]:
    """Return a mapping as texts, to be kept."""
    return [str(one.target) if one.target is not None else None for one in layout.columns]


def with_mapping(layout: Layout, kept: Sequence[str | None]) -> Layout:
    """Return a layout with a mapping that was kept; fields that are gone are left out."""
    known = {str(target): target for target in (*targets(layout.entity), *(one.target for one in layout.columns if one.target))}
    if len(kept) != len(layout.columns):
        return layout
    columns = tuple(replace(one, target=known.get(text) if text else None, why="user") for one, text in zip(layout.columns, kept, strict=True))
    return replace(layout, columns=columns)


