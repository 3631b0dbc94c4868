"""The columns of a file beside the fields that they go to: one line each, with the first value and a word on its state."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter, QVBoxLayout, QWidget

from crmdesk.exchange.columns.chosen import parse_target
from crmdesk.exchange.columns.column_words import names_of
from crmdesk.exchange.values.layouts import ADDRESS_PARTS, RELATED, VIRTUAL, Target
from crmdesk.i18n import language, mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui import theme
from crmdesk.ui.page import scrolled
from crmdesk.ui.widgets.basics import Button, Card, Chip, ElidedText, Line, Picture, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.preview import ColumnPreview, Preview
    from crmdesk.exchange.values.layouts import Layout

VIRTUAL_LABELS = {
    "name": mark("Full name"), "middle_name": mark("Middle name"), "suffix": mark("Name suffix"), "nickname": mark("Nickname"), "birth_day": mark("Day of birth"),
    "birth_month": mark("Month of birth"), "birth_year": mark("Year of birth"), "website": mark("Website"), "close_on": mark("Close date"), "discount": mark("Discount"),
    "product_quantity": mark("Quantity of the product"),
    "picture": mark("Picture"), "record_kind": mark("Person or company"), "people": mark("People"), "author": mark("From"), "files": mark("Files"), "id": mark("Id"),
    "description": mark("First message"), "salutation": mark("Salutation"), "title": mark("Title"), "given_name": mark("Given name"), "family_name": mark("Family name"),
}  # fmt: skip
MORE_ADDRESS = {
    "house_number": mark("House number"), "street2": mark("Street, second line"), "street3": mark("Street, third line"), "po_box": mark("PO box"),
    "extended": mark("Address addition"), "formatted": mark("Whole address"),
}  # fmt: skip
LABELLED = {"phone": ("", "work", "mobile", "home", "fax"), "email": ("", "work", "private")}
WORDS = {"work": mark("work"), "mobile": mark("mobile"), "home": mark("home"), "fax": mark("fax"), "private": mark("private")}
DATE_ORDERS = {"dmy": mark("day first"), "mdy": mark("month first"), "ymd": mark("year first")}
OWN_KINDS = {
    "text": mark("text"), "long_text": mark("long text"), "integer": mark("whole number"), "decimal": mark("number"), "date": mark("date"), "flag": mark("yes or no"),
    "choice": mark("choice"), "money": mark("amount"), "moment": mark("date and time"),
}  # fmt: skip
LEFT_OUT, OWN = 0, 1
BEFORE = 2
"""So many entries stand before the fields: leave out, own field."""
LEAST = (90, 150, 50)
SHARES = (22, 33, 25)
"""How the names in the file, the fields and the first values share the width."""
SIDE, ARROW, STATE = 12, 26, 200
HEAD, EDGE = 38, 9
UNSURE = 0.75
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
    """Chooses a field and says what becomes of the first value; the wheel belongs to the page unless the box has the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(16)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)  # else all entries are measured for each column
        self._note = ""

    def note(self) -> str:
        """Return what stands behind the field."""
        return self._note

    def set_note(self, text: str) -> None:
        """Show something behind the field, such as “→ +49 30 0074321”."""
        self._note = text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self).width() - 4
        whole = f"{self.currentText()} {self._note}".strip()
        option.currentText = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Line(QWidget):
    """One column of the file: its name, the field, its first value, a word on its state."""

    def __init__(self, header: str, model: QStandardItemModel) -> None:
        super().__init__()
        self.name, self.box, self.first, self.chip = ElidedText(header, 500), FieldBox(), ElidedText("", token="muted"), Chip("", "muted")
        self.make = Button(tr("New field"), kind="link")
        self.make.setAccessibleName(tr("Make a field of {column}", column=header))
        self.make.hide()
        self.name.setToolTip(header)
        arrow = QWidget()
        arrow.setFixedWidth(ARROW)
        arrow.setLayout(row(Picture("arrow-right", "text", 14), None, margins=(0, 0, 0, 0)))
        self.box.setModel(model)
        self.box.setAccessibleName(tr("Field for {column}", column=header))
        state = QWidget()
        state.setFixedWidth(STATE)
        state.setLayout(row(self.chip, self.make, None, space=6, margins=(10, 0, 0, 0)))
        self.setFixedHeight(theme.ROW - 1)
        self.setLayout(_spread((self.name, self.box, self.first), arrow, state, 0))


def _spread(cells: Sequence[QWidget], arrow: QWidget | int, state: QWidget | int, edge: int) -> QHBoxLayout:
    """Lay the parts of a line out, so that those of all lines stand below one another at any width."""
    line = row(space=0, margins=(SIDE, edge, SIDE, edge))
    for cell, least, share, after in zip(cells, LEAST, SHARES, (arrow, 24, state), strict=True):
        cell.setMinimumWidth(least)
        cell.setSizePolicy(QSizePolicy.Policy.Ignored, cell.sizePolicy().verticalPolicy())
        line.addWidget(cell, share)
        if isinstance(after, int):
            line.addSpacing(after)
        else:
            line.addWidget(after)
    return line


class ColumnsView(Card):
    """The mapping of a file.

    Signals:
        changed: the user has chosen another field; `layout_now` and `own_fields` have it.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=0, space=0)
        self.heads = [Text(text, "caption") for text in (tr("Column in the file"), tr("Field"), tr("First value"))]
        self._head = _spread(self.heads, ARROW, STATE, EDGE)
        self._rows = QVBoxLayout()
        self._area = scrolled(QWidget())
        self._area.viewport().installEventFilter(self)
        self.add(self._head, Line(), self._area)
        self._lines: list[_Line] = []
        self._layout: Layout | None = None
        self._own: tuple[str, ...] = ()
        self._shown: tuple[ColumnPreview, ...] = ()
        self._seen: Preview | None = None
        self._targets: list[Target] = []
        self._model = QStandardItemModel(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._build_more)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the heads above their columns, which give way to the bar when they scroll."""
        if event.type() == QEvent.Type.Resize and watched is self._area.viewport():
            within = self._area.viewport().geometry()
            self._head.setContentsMargins(SIDE + within.left(), EDGE, SIDE + self._area.width() - within.right() - 1, EDGE)
        return super().eventFilter(watched, event)

    @property
    def boxes(self) -> list[FieldBox]:
        """The fields, column by column."""
        return [line.box for line in self._lines]

    @property
    def chips(self) -> list[Chip]:
        """The words on the columns' states."""
        return [line.chip for line in self._lines]

    @property
    def makers(self) -> list[Button]:
        """The buttons that make a field of a column."""
        return [line.make for line in self._lines]

    def begin(self, seen: Preview, own: tuple[str, ...] = (), said: Layout | None = None) -> None:
        """Show the columns of a file and what they seem to mean.

        Args:
            own: those that become fields of the user's own. said: what the user said that they mean, if that is not in `seen` yet.
        """
        # All lines go at once: hidden one by one, each would hand the keyboard on to the next.
        inner = QWidget()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        inner.setLayout(column(self._rows, None, space=0))
        self._area.setWidget(inner)
        inner.setAutoFillBackground(False)  # the card's ground shows, not the page's
        self._lines, self._own = [], own
        layout = said or seen.layout
        known = targets(layout.entity)
        used = [one.target for one in layout.columns if one.target is not None and one.why != "fresh"]
        self._targets = [*known, *(target for target in dict.fromkeys(used) if target not in known)]
        model = QStandardItemModel(self)
        model.appendRow(QStandardItem(tr("— leave out —")))
        model.appendRow(QStandardItem(tr("— new field of your own —")))
        for target in self._targets:
            model.appendRow(QStandardItem(label_of(layout.entity, target)))
        self._model = model
        self._take(seen)
        if said is not None:
            self._layout = said
            self._shown = tuple(replace(one, column=now) for one, now in zip(self._shown, said.columns, strict=True))
        self._build_more(AT_ONCE)
        self.setMaximumHeight(HEAD + theme.ROW * len(layout.columns) - 1)

    def show_look(self, seen: Preview) -> None:
        """Show how the columns are understood now; their fields are those that were chosen."""
        self._take(seen)
        for position in range(len(self._lines)):
            self._show(position)

    def _take(self, seen: Preview) -> None:
        self._seen, self._shown, self._layout = seen, seen.columns, seen.layout

    @Slot()
    def _build_more(self, count: int = PER_TURN) -> None:
        """Build the next lines; those of a file with a hundred columns come bit by bit, so that the window stays alive."""
        for one in self._shown[len(self._lines) : len(self._lines) + count]:
            line = _Line(one.column.header, self._model)
            position = len(self._lines)
            line.box.activated.connect(partial(self._chosen, position))
            line.make.clicked.connect(partial(self._make_field, position))
            self._lines.append(line)
            if position:
                self._rows.addWidget(Line())
            self._rows.addWidget(line)
            self._show(position)
        if len(self._lines) < len(self._shown):
            self._timer.start()

    def layout_now(self) -> Layout:
        """Return the mapping as it is chosen."""
        assert self._layout is not None
        return self._layout

    def own_fields(self) -> tuple[str, ...]:
        """Return the columns that become fields of the user's own."""
        return self._own

    # --- choosing ---------------------------------------------------------------------------------------------------

    @Slot()
    def _make_field(self, position: int, checked: bool = False) -> None:
        self._chosen(position, OWN)

    def _chosen(self, position: int, index: int) -> None:
        """Take a choice; another column that went to the same place is left out."""
        layout = self.layout_now()
        columns = list(layout.columns)
        header = columns[position].header
        self._own = tuple(name for name in self._own if name != header)
        if index == OWN:
            if self._shown[position].offer is None and columns[position].why != "fresh" and columns[position].target is None:
                self._show(position)  # an empty column says nothing about its kind
                return
            self._own = (*self._own, header)
        target = self._targets[index - BEFORE] if index >= BEFORE else None
        for other, one in enumerate(columns):
            if other != position and target is not None and one.target == target and target.field not in LABELLED:
                columns[other] = replace(one, target=None, why="user", reason="")
        columns[position] = replace(columns[position], target=target, why="user", confidence=1.0, reason=tr("As you said.") if target else "")
        self._layout = replace(layout, columns=tuple(columns))
        self._shown = tuple(replace(one, column=now, understood="", unclear=0) for one, now in zip(self._shown, columns, strict=True))
        for place in range(len(self._lines)):
            self._show(place)
        self.changed.emit()

    # --- showing ----------------------------------------------------------------------------------------------------

    def _show(self, position: int) -> None:
        line, one = self._lines[position], self._shown[position]
        target, header = one.column.target, one.column.header
        if header in self._own or one.column.why == "fresh":
            line.box.setCurrentIndex(OWN)
        else:
            line.box.setCurrentIndex(self._targets.index(target) + BEFORE if target in self._targets else LEFT_OUT)
        line.first.set_text(one.first)
        note = self._note(one)
        line.box.set_note(note)
        line.make.setVisible(one.offer is not None and target is None and header not in self._own)
        if one.offer is not None:
            line.make.setToolTip(tr("A new field of your own, kind: {kind}", kind=tr(OWN_KINDS.get(one.offer.kind, one.offer.kind))))
        self._show_state(line, one)
        how = tr("{percent}% sure", percent=round(100 * one.column.confidence)) if target is not None else ""
        why = " ".join(part for part in (one.column.reason, how) if part)
        for part in (line.box, line.chip, line):
            part.setToolTip(why)
        first = tr("First value: {value}.", value=one.first) if one.first else ""
        line.box.setAccessibleDescription(" ".join(part for part in (note, first, f"{line.chip.text()}.", why) if part))

    def _show_state(self, line: _Line, one: ColumnPreview) -> None:
        if one.column.target is None and one.column.header not in self._own:
            line.chip.show_as(tr("skipped"), "muted")
        elif one.unclear:
            line.chip.show_as(ntr("{count} row unclear", "{count} rows unclear", one.unclear), "warning")
        elif not one.first:
            line.chip.show_as(tr("empty"), "muted")
        elif one.column.confidence and one.column.confidence < UNSURE:
            line.chip.show_as(tr("please check"), "info")
        else:
            line.chip.show_as(tr("ready"), "success")

    def _note(self, one: ColumnPreview) -> str:
        """Return what becomes of the first value, where that is another text; of links, how many records it means."""
        target, seen = one.column.target, self._seen
        if target is None or seen is None:
            return ""
        if one.column.why == "fresh":
            kind = next((own.kind for own in seen.plan.own_fields.values() if own.name == target.field), "text")
            return f"· {tr(OWN_KINDS.get(kind, kind))}"
        if linked := self._linked(target):
            return linked
        if any(question.index == one.column.index and not question.assumed for question in seen.questions):
            return tr("· day or month first?")
        hints = seen.plan.hints.get(one.column.index)
        order = tr(DATE_ORDERS[hints.date_order]) if hints is not None and hints.date_order in DATE_ORDERS else ""
        if order:
            return f"· {order}"
        return f"→ {one.understood}" if one.understood and one.understood != one.first else ""

    def _linked(self, target: Target) -> str:
        seen = self._seen
        item = entity_class(self.layout_now().entity).fields.get(target.field) if not target.of else None
        if seen is None or item is None or item.kind != "link" or not item.target:
            return ""
        made, there = seen.created.get(item.target, 0), seen.linked.get(item.target, 0)
        if made and there:
            return tr("(creates {made}, links {there})", made=made, there=there)
        if made:
            return tr("(creates {count})", count=made)
        return tr("(links {count})", count=there) if there else ""


def is_kept_from_last_time(layout: Layout) -> bool:
    """Say whether some column goes where it went last time."""
    return any(one.why == "kept" for one in layout.columns)
