"""Records side by side: what each of them says, field by field, and which value a merge is to take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)  # fmt: skip

from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.queries import records
from crmdesk.queries.finding import field_for
from crmdesk.ui.records import shown
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Text, column, row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtGui import QPaintEvent

    from crmdesk.fields import Field
    from crmdesk.store import Reader

INDICATOR = 24


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
