"""The smallest parts: text, buttons, cards, chips, avatars, and layouts without ceremony."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from crmdesk.ui import theme
from crmdesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Callable

Role = Literal["", "title", "dialog", "figure", "strong", "muted", "caption", "danger", "success", "warning"]
Kind = Literal["", "primary", "flat", "danger", "link"]


class PressedByEnter(QAbstractButton if TYPE_CHECKING else object):  # type: ignore[misc]  # at run time the button's own class brings Qt's
    """Makes of a button one that Enter presses as Space does, in a dialog too, where Enter would press another one else."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties that the style sheet looks at, and let it look again."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def column(*parts: QWidget | QLayout | int | None, space: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Return a vertical layout; a number is a gap in pixels, None takes the space that is left."""
    layout = QVBoxLayout()
    _fill(layout, parts, space, margins)
    return layout


def row(*parts: QWidget | QLayout | int | None, space: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Return a horizontal layout; a number is a gap in pixels, None takes the space that is left."""
    layout = QHBoxLayout()
    _fill(layout, parts, space, margins)
    return layout


def _fill(
    layout: QBoxLayout,
    parts: tuple[QWidget | QLayout | int | None, ...],
    space: int,
    margins: tuple[int, int, int, int],
) -> None:
    layout.setSpacing(space)
    layout.setContentsMargins(*margins)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)


class Text(QLabel):
    """A piece of text in one of the design's roles; always shown as it is, never read as HTML.

    Args:
        role: title, dialog, figure, strong, muted, caption, danger, success, warning; empty is body text.
        wrap: break into lines instead of asking for width.
        selectable: let the user mark and copy it, by mouse and keyboard.
    """

    def __init__(self, text: str = "", role: Role = "", wrap: bool = False, selectable: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(wrap)
        if role:
            self.setProperty("role", role)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)

        self._lead()

    def _lead(self) -> None:
        """Begin at the window's leading edge, whatever the language of the text: Qt looks at the text's first letter."""
        align = self.alignment()
        if align & Qt.AlignmentFlag.AlignHCenter or not align & (Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute):
            return
        leading = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
        self.setAlignment(leading | Qt.AlignmentFlag.AlignAbsolute | align & Qt.AlignmentFlag.AlignVertical_Mask)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._lead()

    def set_tone(self, tone: str) -> None:
        """Colour a caption: danger, success, warning or none."""
        restyle(self, tone=tone)


class ElidedText(QWidget):
    """One line of text that is cut with an ellipsis and tells the rest in its tip."""

    def __init__(self, text: str = "", weight: int = 400, token: theme.Token = "text", size: str = "body") -> None:
        super().__init__()
        self._text, self._weight, self._token, self._size = text, weight, token, size
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font(self._size, self._weight))
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.line(painter, self.rect(), self._text, theme.font(self._size, self._weight), theme.colour(self._token))
        self.setToolTip(self._text if self.sizeHint().width() > self.width() else "")


class Button(PressedByEnter, QPushButton):
    """A button with a verb on it.

    Args:
        kind: empty = bordered, `primary` = the one main action of a page, `flat`, `danger`, `link`.
        icon: a Lucide name.
        run: called when it is pressed.
        tip: shown on hover; also the accessible description.
        trailing: an icon behind the text, such as `chevron-down` for a menu.
    """

    GAP = 8

    def __init__(
        self,
        text: str,
        run: Callable[[], object] | None = None,
        kind: Kind = "",
        icon: str = "",
        tip: str = "",
        trailing: str = "",
    ) -> None:
        super().__init__(text)
        self._icon, self._trailing, self._kind = icon, trailing, kind
        self._is_bare = False
        self.setAccessibleName(text)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if kind:
            self.setProperty("kind", kind)
        if tip:
            self.setToolTip(tip)
            self.setAccessibleDescription(tip)
        if run is not None:
            self.clicked.connect(lambda: run())

    def set_icon(self, icon: str) -> None:
        """Show another icon before the text."""
        self._icon = icon
        self.update()

    def setText(self, text: str) -> None:
        """Show another text, for the eye and for a screen reader."""
        super().setText(text)
        self.setAccessibleName(text)
        if self._is_bare:
            self.setToolTip(text)
        self.updateGeometry()

    def has_trailing(self) -> bool:
        """Return whether an icon stands behind the text, as where the button says what is chosen."""
        return bool(self._trailing)

    def set_bare(self, bare: bool) -> None:
        """Show only the icon where there is no room for the words, which are in the tip then."""
        if bare != self._is_bare and self._icon:
            self._is_bare = bare
            self.setToolTip(self.text() if bare else self.accessibleDescription())
            self.updateGeometry()

    def width_wanted(self, bare: bool = False) -> int:
        """Return how wide the button is with its words, or without."""
        text = "" if bare and self._icon else self.text()
        width = paint.text_width(text, theme.relative(500))
        icons = (theme.ICON if self._icon else 0) + (14 if self._trailing else 0)
        gaps = self.GAP * (bool(self._icon) + bool(self._trailing)) if text else self.GAP // 2 * bool(self._icon and self._trailing)
        return width + icons + gaps + (1 if self._kind == "link" else 18 if self._kind == "flat" else 26)

    def sizeHint(self) -> QSize:
        # A link ends where what stands above it ends.
        return QSize(self.width_wanted(self._is_bare), 22 if self._kind == "link" else theme.CONTROL)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _ink(self) -> theme.Token:
        if not self.isEnabled():
            return "disabled"
        inks: dict[str, theme.Token] = {"primary": "on_accent", "danger": "danger", "link": "accent"}
        return inks.get(self._kind, "text")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        ink, ratio = self._ink(), self.devicePixelRatioF()
        font = theme.relative(500)
        if self._kind == "link" and (self.underMouse() or self.hasFocus()):
            font = theme.relative(500).__class__(font)
            font.setUnderline(True)
        text, edge = "" if self._is_bare else self.text(), 1 if self._kind == "link" else 18 if self._kind == "flat" else 26
        text_width = min(paint.text_width(text, font), self.width() - (0 if self._kind == "link" else 8))
        x = 0 if self._kind == "link" else max(4, (self.width() - self.width_wanted(self._is_bare) + edge) // 2)
        direction = self.layoutDirection()
        if self._icon:
            at = paint.mirrored(QRect(x, (self.height() - 16) // 2, 16, 16), self.rect(), direction)
            painter.drawPixmap(at.topLeft(), theme.pixmap(self._icon, ink, 16, ratio))
            x += 16 + self.GAP
        area = paint.mirrored(QRect(x, 0, text_width + 1, self.height()), self.rect(), direction)
        paint.line(painter, area, text, font, theme.colour(ink))
        if self._trailing:
            x += text_width + self.GAP if text else -(self.GAP // 2) if self._icon else 0
            at = paint.mirrored(QRect(x, (self.height() - 14) // 2, 14, 14), self.rect(), direction)
            painter.drawPixmap(at.topLeft(), theme.pixmap(self._trailing, ink, 14, ratio))


class IconButton(PressedByEnter, QToolButton):
    """A button that is only an icon; its name is said in the tip and to screen readers."""

    def __init__(self, icon: str, name: str, run: Callable[[], object] | None = None, token: theme.Token = "text") -> None:
        super().__init__()
        self.setProperty("kind", "icon")
        self.setIcon(theme.icon(icon, token))
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if run is not None:
            self.clicked.connect(lambda: run())


class Card(QFrame):
    """A box with rounded corners on the canvas; put content into `body`.

    Args:
        title: shown in semi-bold at the top.
        padding: 16 for cards with text, 0 for lists and tables that reach the edge.
        sunken: the darker kind, for board columns.
    """

    def __init__(self, title: str = "", padding: int = 16, sunken: bool = False, space: int = 8) -> None:
        super().__init__()
        self.setProperty("card", "sunken" if sunken else "true")
        layout = QVBoxLayout(self)
        edge = padding if padding else 1
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(space)
        self.title: Text | None = None
        if title:
            self.title = Text(title, "strong")
            if not padding:
                self.title.setContentsMargins(16, 12, 16, 8)
            layout.addWidget(self.title)
            self.setAccessibleName(title)
        self.body: QVBoxLayout = layout

    def add(self, *parts: QWidget | QLayout) -> Card:
        """Add parts below one another; returns the card."""
        for part in parts:
            if isinstance(part, QWidget):
                self.body.addWidget(part)
            else:
                self.body.addLayout(part)
        return self


class PopupCard(QFrame):
    """A card that lies over the window beneath a button, until the user looks elsewhere."""

    def __init__(self, parent: QWidget, width: int) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setFixedWidth(width)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint.rounded(QPainter(self), self.rect(), theme.RADIUS_CARD, theme.colour("surface"), theme.colour("border"))


class Line(QFrame):
    """A hairline across."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("line", "true")
        self.setFixedHeight(1)


class Chip(PressedByEnter, QAbstractButton):
    """A short word on a tinted ground; the word tells what the colour means.

    Args:
        tone: danger, warning, success, info, accent or muted.
        run: makes it a button.
        icon: a Lucide name, drawn before the word.
    """

    def __init__(self, text: str, tone: theme.Tone = "muted", run: Callable[[], object] | None = None, icon: str = "") -> None:
        super().__init__()
        self._tone: theme.Tone = tone
        self._icon = icon
        self._is_strong = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if run else Qt.FocusPolicy.NoFocus)
        if run is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.clicked.connect(lambda: run())
        else:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_as(self, text: str, tone: theme.Tone) -> None:
        """Change word and tone."""
        self._tone = tone
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_strong(self, is_strong: bool) -> None:
        """Write the word in bold, for the one chip of a row that is meant."""
        self._is_strong = is_strong
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(paint.chip_width(self.text(), self._icon, self._is_strong), paint.CHIP_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(48, self.sizeHint().width()), paint.CHIP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.chip(painter, QPoint(0, 0), self.text(), self._tone, self.width(), self._icon, self._is_strong)
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), 10)


class Avatar(QWidget):
    """The initials of a person or company in a disc; the name is in the tip."""

    def __init__(self, name: str, size: int = 22) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Show somebody else."""
        self._name = name
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        paint.avatar(QPainter(self), self.rect(), self._name)


class Kbd(QLabel):
    """A key or combination, drawn like a key cap."""

    def __init__(self, keys: str) -> None:
        super().__init__(keys)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(6, 0, 6, 0)
        self.setFixedHeight(18)
        self.setProperty("role", "caption")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rounded(painter, self.rect(), 4, theme.colour("surface"), theme.colour("border"))
        painter.end()
        super().paintEvent(event)


class Picture(QWidget):
    """An icon that is only looked at."""

    def __init__(self, icon: str, token: theme.Token = "muted", size: int = 16) -> None:
        super().__init__()
        self._icon, self._token, self._size = icon, token, size
        self.setFixedSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        picture: QPixmap = theme.pixmap(self._icon, self._token, self._size, self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, picture)


class Clickable(PressedByEnter, QAbstractButton):
    """A row or box that holds other parts and acts as one button: by click, Enter and Space, and for a screen reader.

    Signals:
        clicked: the user wants what it stands for.
    """

    clicked = Signal()  # Qt's own one of that name, without the state that a row does not have

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)  # its parts say how large it is
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.property("card"):
            paint.rounded(painter, self.rect(), theme.RADIUS_CARD, theme.colour("surface"), theme.colour("border"))
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme.RADIUS_CONTROL)
