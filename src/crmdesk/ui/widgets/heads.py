"""What stands above content: page headers, breadcrumbs, segments, tabs; and what stands there when there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from crmdesk.i18n import grouped, tr
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, Chip, ElidedText, Picture, PressedByEnter, Text, column, row
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.ui.widgets.basics import Role


SPACE = 10
LEAST_TITLE, NARROWEST_TITLE = 220, 60


class PageHeader(QWidget):
    """The head of a page: title, a muted note or count beside it, chips, and buttons at the end.

    header = PageHeader(tr("Contacts"))
    header.set_note(tr("{shown} of {all}", shown=91, all=100_412))
    header.add(Button(tr("Import"), self.import_file, icon="upload"))
    """

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__()
        self.title = ElidedText(title, 700, size="title")
        self.note = Text(note, "muted")
        if not note:
            self.note.hide()  # showing it before it has a parent would open a window
        self._beside = QHBoxLayout()
        self._beside.setSpacing(8)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE)
        layout = row(self.title, self.note, self._beside, None, self._buttons, space=SPACE)
        self.setLayout(layout)
        self.set_title(title)
        self.setMinimumHeight(theme.CONTROL)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_title(self, title: str) -> None:
        """Show another title."""
        self.title.set_text(title)
        self._fit()

    def set_note(self, note: str) -> None:
        """Show a muted note beside the title, such as a count; an empty one hides it."""
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def beside(self, *parts: QWidget) -> None:
        """Put chips or a drop-down next to the title."""
        for part in parts:
            if isinstance(part, Chip):  # the title gives way sooner
                part.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._beside.addWidget(part)

    def add(self, *parts: QWidget) -> None:
        """Put buttons at the end, the main one last."""
        for part in parts:
            self._buttons.addWidget(part)

    def wanted_width(self, *, with_words: bool = True) -> int:
        """Return how wide all that is shown wants to be, the buttons with their words or as they are."""
        parts = [part for part in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly) if not part.isHidden()]
        return sum(part.width_wanted() if with_words and isinstance(part, Button) else part.sizeHint().width() for part in parts) + SPACE * (len(parts) - 1)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Leave out words of buttons where there is too little room, of those that say what is shown and of the main one last; then the title gives way."""
        buttons = [part for part in _widgets(self._buttons) if isinstance(part, Button) and not part.isHidden()]
        whole = self.title.sizeHint().width()
        least = min(LEAST_TITLE, whole)
        leave_out_words(buttons, self.wanted_width() - whole + least - self.width())
        left = self.width() - (self.wanted_width(with_words=False) - whole)
        self.title.setMinimumWidth(max(min(NARROWEST_TITLE, least), min(least, left)))


def _widgets(layout: QHBoxLayout) -> list[QWidget]:
    items = [layout.itemAt(place) for place in range(layout.count())]
    return [widget for item in items if item is not None and (widget := item.widget()) is not None]


def leave_out_words(buttons: Sequence[Button], missing: int) -> None:
    """Let buttons show their icons alone until so many pixels are spared, those that say what is chosen and the main one, which comes last, at the end."""
    for button in sorted(buttons, key=lambda one: (one is buttons[-1], one.has_trailing())):
        button.set_bare(missing > 0)
        missing -= button.width_wanted() - button.width_wanted(bare=True) if missing > 0 else 0


class ButtonLine(QWidget):
    """Buttons in a line, which leave out their words where there is too little room; None is a gap that grows."""

    def __init__(self, *parts: Button | None) -> None:
        super().__init__()
        self._buttons = [part for part in parts if part is not None]
        self.setLayout(row(*parts, space=8))
        self.setMinimumWidth(0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            shown = [button for button in self._buttons if not button.isHidden()]
            leave_out_words(shown, sum(button.width_wanted() + 8 for button in shown) - 8 - self.width())
        return super().event(event)


class Breadcrumb(QWidget):
    """The way to here: `Companies › Alfreds Futterkiste`; every step but the last can be pressed."""

    def __init__(self, *steps: tuple[str, Callable[[], object] | None]) -> None:
        super().__init__()
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(6)
        self.set_steps(*steps)

    def set_steps(self, *steps: tuple[str, Callable[[], object] | None]) -> None:
        """Show another way: label and what pressing it does, None for where we are."""
        empty(self._line)
        for number, (label, run) in enumerate(steps):
            if number:
                side = "chevron-left" if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else "chevron-right"
                self._line.addWidget(Picture(side, "muted", 12))
            self._line.addWidget(_Step(label, run) if run else Text(label, "muted"))
        self._line.addStretch(1)


class _Step(Button):
    def __init__(self, label: str, run: Callable[[], object]) -> None:
        super().__init__(label, run, "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _ink(self) -> theme.Token:
        return "text" if self.underMouse() or self.hasFocus() else "muted"


class EmptyState(QWidget):
    """What a page shows when there is nothing: an icon, one sentence, one main action, and lesser ones.

    EmptyState("users", tr("No contacts yet."), Button(tr("New contact"), self.add, "primary"), Button(tr("Import"), …))
    """

    def __init__(self, icon: str, sentence: str, *buttons: QWidget, hint: str = "") -> None:
        super().__init__()
        self.sentence, self.hint = _Sentence(sentence, "strong"), _Sentence(hint, "muted")
        self._lesser = buttons[1:]
        self.setAccessibleName(sentence)
        if buttons:
            self.setFocusProxy(buttons[0])
        if not hint:
            self.hint.hide()
        inner = QWidget()
        inner.setMaximumWidth(560)
        inner.setLayout(column(row(None, Picture(icon, "muted", 28), None), self.sentence, self.hint, 4, space=8))
        inner_layout = inner.layout()
        assert isinstance(inner_layout, QVBoxLayout)
        inner_layout.addLayout(row(None, *buttons, None, space=8))
        layout = column(None, row(None, inner, None), None)
        self.setLayout(layout)

    def set_sentence(self, sentence: str, hint: str = "") -> None:
        """Say something else, such as that nothing matches the filter."""
        self.sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    def show_lesser(self, shown: bool) -> None:
        """Show the lesser actions, or the main one alone: sample data is for who has nothing at all."""
        for button in self._lesser:
            button.setVisible(shown)


class _Sentence(Text):
    """Words in the middle, as wide as a line where there is room for it; by itself Qt would set them in a narrow column."""

    def __init__(self, text: str, role: Role) -> None:
        super().__init__(text, role, wrap=True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def sizeHint(self) -> QSize:
        wide = min(HINT_WIDTH, paint.text_width(self.text(), theme.font("body", 600)) + 4)
        return QSize(wide, self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(LEAST_HINT, self.sizeHint().width()), super().minimumSizeHint().height())


WIDTH = 280
HINT_WIDTH, LEAST_HINT = 340, 160


class SearchField(QLineEdit):
    """A field that filters while typing, 150 ms after the last key; Esc empties it.

    Signals:
        searched: the text, after the pause or at once with Enter.
        left: Down or Enter was pressed; the list should take the focus.
    """

    searched = Signal(str)
    left = Signal()

    def __init__(self, hint: str, icon: str = "search", wait_ms: int = 150) -> None:
        super().__init__()
        self.setProperty("kind", "search")
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.addAction(theme.icon(icon, "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.setClearButtonEnabled(False)
        self.setMaximumWidth(WIDTH)
        self.setMinimumWidth(96)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(wait_ms)
        self._timer.timeout.connect(self._tell)
        self._told = ""
        self.textChanged.connect(self._wait)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, super().sizeHint().height())

    @Slot()
    def _wait(self) -> None:
        self._timer.start()

    @Slot()
    def _tell(self) -> None:
        self._timer.stop()
        if self.text() != self._told:
            self._told = self.text()
            self.searched.emit(self._told)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._tell()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self._tell()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Segmented(QWidget):
    """A few choices beside one another of which one is on: Board | Table.

    Signals:
        chosen: the value of the choice that was pressed.
    """

    chosen = Signal(str)

    def __init__(self, *choices: tuple[str, str] | tuple[str, str, str], name: str = "") -> None:
        """Make it from (value, label) or (value, label, icon)."""
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _Segment] = {}
        self._line = row(space=2)
        self.setLayout(self._line)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for choice in choices:
            value, label, icon = (*choice, "")[:3]
            button = _Segment(value, label, icon)
            self._group.addButton(button)
            self._buttons[value] = button
            self._line.addWidget(button)
            button.clicked.connect(self._tell)
        if choices:
            self.choose(choices[0][0])

    def value(self) -> str:
        """Return the value that is on."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, value: str) -> None:
        """Switch one on without telling anybody."""
        self._buttons[value].setChecked(True)

    def clear(self) -> None:
        """Switch all of them off, while something else is shown."""
        self._group.setExclusive(False)
        for button in self._buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)

    def set_label(self, value: str, label: str) -> None:
        """Show another label, such as one with a count."""
        button = self._buttons[value]
        button.setText(label)
        button.setAccessibleName(label)
        button.updateGeometry()

    def set_visible(self, value: str, is_visible: bool) -> None:
        """Show a choice or hide it; the first one takes over from one that was on and is hidden."""
        button = self._buttons[value]
        button.setVisible(is_visible)
        if not is_visible and button.isChecked():
            self.choose(next(iter(self._buttons)))

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.value())


class _OneOfSome(PressedByEnter, QAbstractButton):
    """A button of a row of which one is on."""

    def __init__(self, label: str, upright: QSizePolicy.Policy) -> None:
        super().__init__()
        self.setText(label)
        self.setAccessibleName(label)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, upright)
        self.toggled.connect(self._give_way)

    @Slot()
    def _give_way(self) -> None:
        """Let Tab lead to the one that is on, from either side; Qt sees to it only once the row has had the keyboard. With none on, it leads to each."""
        group = self.group()
        chosen = group.checkedButton() if group is not None else None
        for button in group.buttons() if group is not None else ():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if chosen in (None, button) else Qt.FocusPolicy.NoFocus)


class _Segment(_OneOfSome):
    def __init__(self, value: str, label: str, icon: str) -> None:
        super().__init__(label, QSizePolicy.Policy.Fixed)
        self.value, self._icon = value, icon

    def sizeHint(self) -> QSize:
        width = paint.text_width(self.text(), theme.relative(500))
        return QSize(width + 26 + (24 if self._icon else 0), theme.CONTROL)

    def minimumSizeHint(self) -> QSize:
        return QSize(42, theme.CONTROL) if self._icon else self.sizeHint()

    def _is_short(self) -> bool:
        """Return whether there is no room for all words of the choice, so that icons stand alone."""
        whole = self.parentWidget()
        return bool(self._icon) and whole is not None and whole.width() < whole.sizeHint().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.isChecked():
            paint.rounded(painter, self.rect(), theme.RADIUS_CONTROL, theme.colour("surface"), theme.colour("border"))
        elif self.underMouse():
            paint.rounded(painter, self.rect(), theme.RADIUS_CONTROL, theme.colour("sunken"), None)
        ink: theme.Token = "text" if self.isChecked() or self._icon else "muted"
        area, is_short = self.rect().adjusted(13, 0, -12, 0), self._is_short()
        self.setToolTip(self.text() if is_short else "")
        if is_short:
            middle = self.rect().center() - QPoint(7, 7)
            painter.drawPixmap(middle, theme.pixmap(self._icon, ink, 16, self.devicePixelRatioF()))
        elif self._icon:
            at = paint.mirrored(QRect(13, (self.height() - 16) // 2, 16, 16), self.rect(), self.layoutDirection())
            painter.drawPixmap(at.topLeft(), theme.pixmap(self._icon, ink, 16, self.devicePixelRatioF()))
            area = paint.mirrored(self.rect().adjusted(37, 0, -12, 0), self.rect(), self.layoutDirection())
        if not is_short:
            paint.line(painter, area, self.text(), theme.relative(500), theme.colour(ink))
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme.RADIUS_CONTROL)


@dataclass(frozen=True)
class Tab:
    """One tab: what it is called inside, its label, and how many things it holds (None shows no number)."""

    value: str
    label: str
    count: int | None = None


AIR, LEAST_AIR, TAB_MARGIN = 14, 8, 16


class Tabs(QWidget):
    """Tabs as an underlined row: Timeline · Deals 2 · Quotes 4.

    Signals:
        chosen: the value of the tab that was pressed.
    """

    chosen = Signal(str)

    def __init__(self, tabs: Sequence[Tab] = ()) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._is_short = False
        self._line = row(space=AIR, margins=(TAB_MARGIN, 0, TAB_MARGIN, 0))
        self._line.addStretch(1)
        self.setLayout(self._line)
        self._buttons: dict[str, _TabButton] = {}
        self.setFixedHeight(39)
        self.set_tabs(tabs)

    def set_tabs(self, tabs: Sequence[Tab]) -> None:
        """Show other tabs or other counts; what was on stays on where it still exists."""
        before = self.value()
        for button in self._buttons.values():
            self._line.removeWidget(button)
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for number, tab in enumerate(tabs):
            button = _TabButton(tab.label, "" if tab.count is None else grouped(tab.count))
            button.is_short = self._is_short
            button.clicked.connect(self._tell)
            self._group.addButton(button)
            self._line.insertWidget(number, button)
            self._buttons[tab.value] = button
        if tabs:
            self.choose(before if before in self._buttons else tabs[0].value)
        self._draw_together()

    def value(self) -> str:
        """Return the value of the tab that is on."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, value: str) -> None:
        """Switch to a tab without telling anybody."""
        self._buttons[value].setChecked(True)

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.value())

    def _draw_together(self) -> None:
        """Leave less air between the tabs where there is too little room for all their words, and leave out the numbers where that is not enough."""
        count = len(self._buttons)
        least = (count - 1) * LEAST_AIR + TAB_MARGIN
        self._is_short = sum(button.wanted_width() for button in self._buttons.values()) + least > self.width()
        for button in self._buttons.values():
            button.show_short(self._is_short)
        wide = sum(button.sizeHint().width() for button in self._buttons.values())
        spare = self.width() - wide - 2 * TAB_MARGIN
        air = max(LEAST_AIR, min(AIR, spare // max(1, count)))
        margin = TAB_MARGIN if spare >= count * LEAST_AIR else TAB_MARGIN // 2
        if air != self._line.spacing() or margin != self._line.contentsMargins().left():
            self._line.setSpacing(air)
            self._line.setContentsMargins(margin, 0, margin, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_together()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint.hairline(QPainter(self), 0, self.width(), self.height() - 1)


class _TabButton(_OneOfSome):
    def __init__(self, label: str, count: str) -> None:
        super().__init__(f"{label} {count}" if count else label, QSizePolicy.Policy.Expanding)
        self._label, self.is_short = label, False

    def wanted_width(self) -> int:
        """Return how wide it is with all it says."""
        return paint.text_width(self.text(), theme.relative(600)) + 2

    def show_short(self, is_short: bool) -> None:
        """Show the label without its number, or with it again."""
        if is_short != self.is_short:
            self.is_short = is_short
            self.setToolTip(self.text() if is_short else "")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(paint.text_width(self._label, theme.relative(600)) + 2 if self.is_short else self.wanted_width(), 38)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        ink: theme.Token = "text" if on or self.underMouse() else "muted"
        paint.line(
            painter, self.rect(), self._label if self.is_short else self.text(), theme.relative(600 if on else 400), theme.colour(ink),
            Qt.AlignmentFlag.AlignCenter,
        )  # fmt: skip
        if on:
            painter.fillRect(0, self.height() - 2, self.width(), 2, theme.colour("accent"))
        if self.hasFocus():
            paint.focus_ring(painter, self.rect().adjusted(0, 4, 0, -4), 4)


def count_note(shown: int, total: int) -> str:
    """Return what a list's header says about its length: `91 of 100,412`, or `91` when nothing is filtered out."""
    if shown == total:
        return grouped(total)
    return tr("{shown} of {total}", shown=grouped(shown), total=grouped(total))
