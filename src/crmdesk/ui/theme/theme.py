"""Turn the tokens into a palette, a style sheet, fonts and icons, and change them while the program runs."""

from __future__ import annotations

import logging
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import shiboken6
from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer

from crmdesk.resources import resource
from crmdesk.ui.theme.style import pictures, style_sheet
from crmdesk.ui.theme.tokens import DARK, LIGHT, TEXT_SIZES, Token, Tokens

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QApplication, QWidget

Choice = Literal["light", "dark", "system"]

log = logging.getLogger(__name__)


class _Changes(QObject):
    """Tells widgets that paint for themselves that colours have changed.

    Signals:
        changed: emitted on the GUI thread after palette and style sheet are in force.
    """

    changed = Signal()

    @Slot()
    def follow_system(self) -> None:
        if _state.choice == "system":
            _apply()


class _State:
    tokens: Tokens = LIGHT
    choice: Choice = "system"
    app: QApplication | None = None
    changes: _Changes | None = None
    folder: TemporaryDirectory[str] | None = None
    applied: Tokens | None = None
    sheet: str = ""
    dressed: tuple[QWidget, ...] = ()
    strong: int = 600


_state = _State()


def start(app: QApplication, choice: Choice = "system") -> None:
    """Give the program its look; called once, before the first widget."""
    app.setStyle("Fusion")
    _state.app = app
    _state.applied = None
    if _state.changes is None:
        _state.changes = _Changes()
        QGuiApplication.styleHints().colorSchemeChanged.connect(_state.changes.follow_system)
    _lend_letters()
    app.setFont(font("body"))
    use(choice)


def _lend_letters() -> None:
    """Show Chinese, Japanese and Korean with the font of the PDFs where the system has none, as a bare Linux: names were rows of boxes."""
    if sys.platform == "linux" and not QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
        QFontDatabase.addApplicationFont(str(resource("fonts/wqy-microhei.ttc")))
        _state.strong = 700  # it has no bold of its own, and Qt thickens letters from here on: beside them figures alone stood out


def use(choice: Choice) -> None:
    """Switch to light, dark or the system's scheme at once."""
    _state.choice = choice
    hints = QGuiApplication.styleHints()
    if choice == "system":
        hints.unsetColorScheme()
    else:
        hints.setColorScheme(Qt.ColorScheme.Dark if choice == "dark" else Qt.ColorScheme.Light)
    _apply()


def choice() -> Choice:
    """Return what was chosen, which may be `system`."""
    return _state.choice


def tokens() -> Tokens:
    """Return the colours in force."""
    return _state.tokens


def colour(token: Token) -> QColor:
    """Return one colour of the scheme in force; ask for it while painting, never keep it."""
    return QColor(getattr(_state.tokens, token))


def blend(ink: Token, ground: Token, share: float) -> QColor:
    """Return a colour between two of the scheme; `share` 1 is all ink. For the lighter bars of a chart."""
    a, b = colour(ink), colour(ground)
    parts = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    red, green, blue = (round(one * share + other * (1 - share)) for one, other in parts)
    return QColor(red, green, blue)


def changes() -> _Changes:
    """Return the object whose signal `changed` tells that the scheme has changed."""
    if _state.changes is None:
        _state.changes = _Changes()
    return _state.changes


def _apply() -> None:
    app = _state.app
    if app is None:
        return
    dark = _state.choice == "dark" or (_state.choice == "system" and QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    _state.tokens = DARK if dark else LIGHT
    if _state.applied is _state.tokens:
        return
    _state.applied = _state.tokens
    app.setPalette(_palette(_state.tokens))
    _state.sheet = style_sheet(_state.tokens, _picture_folder(_state.tokens), _points, _state.strong)
    _state.dressed = tuple(widget for widget in _state.dressed if shiboken6.isValid(widget))
    for widget in _state.dressed:
        widget.setStyleSheet(_state.sheet)
    app.setStyleSheet("" if _state.dressed else _state.sheet)
    changes().changed.emit()


def dress(widget: QWidget) -> None:
    """Give a window the style sheet in the place of the whole program; what is made in it or opens over it inherits the look.

    A sheet of the program is worked into a widget, and into all within it, each time it is put into another: making a page took 20 to 66 ms.
    This way it happens once, when the finished page is put into the window: 6 to 14 ms.
    """
    _state.dressed = (*(each for each in _state.dressed if shiboken6.isValid(each)), widget)
    if _state.app is not None and _state.applied is not None:
        widget.setStyleSheet(_state.sheet)
        if _state.app.styleSheet():
            _state.app.setStyleSheet("")


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, name in (
        (role.Window, t.canvas),
        (role.WindowText, t.text),
        (role.Base, t.surface),
        (role.AlternateBase, t.canvas),
        (role.Text, t.text),
        (role.Button, t.surface),
        (role.ButtonText, t.text),
        (role.BrightText, t.on_accent),
        (role.ToolTipBase, t.tip),
        (role.ToolTipText, t.on_tip),
        (role.PlaceholderText, t.muted),
        (role.Highlight, t.accent),
        (role.HighlightedText, t.on_accent),
        (role.Link, t.accent),
        (role.LinkVisited, t.accent),
        (role.Accent, t.accent),
        (role.Light, t.surface),
        (role.Midlight, t.hover),
        (role.Mid, t.border),
        (role.Dark, t.outline),
        (role.Shadow, t.border),
    ):
        palette.setColor(where, QColor(name))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(t.disabled))
    return palette


def _picture_folder(t: Tokens) -> str:
    """Write the few pictures a style sheet can only take from files, and return their folder."""
    if _state.folder is None:
        _state.folder = TemporaryDirectory(prefix="crmdesk-theme-")  # goes when the program ends
    start = f"{Path(_state.folder.name).as_posix()}/{'dark' if t.is_dark else 'light'}"
    for name, svg in pictures(t).items():
        Path(f"{start}-{name}.svg").write_text(svg, encoding="utf-8")
    return start


# --- type -----------------------------------------------------------------------------------------------------------


def _points(pixels: float) -> float:
    screen = QGuiApplication.primaryScreen()
    dots = screen.logicalDotsPerInch() if screen else 96.0
    return round(pixels * 72 / dots, 2)


@lru_cache(maxsize=32)
def font(size: str = "body", weight: int = 400) -> QFont:
    """Return the system's UI font in a size of the design: body, caption, dialog, title, figure.

    Args:
        weight: 400 for text, 500 for buttons, 600 for what stands out, 700 for titles.
    """
    chosen = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    chosen.setPointSizeF(_points(TEXT_SIZES[size]))
    chosen.setWeight(QFont.Weight(max(weight, _state.strong) if weight >= 600 else weight))
    return chosen


@lru_cache(maxsize=32)
def tabular(size: str = "body", weight: int = 400) -> QFont:
    """Return the font with digits of equal width, for columns of numbers."""
    chosen = QFont(font(size, weight))
    chosen.setFeature(QFont.Tag("tnum"), 1)
    return chosen


def relative(weight: int) -> QFont:
    """Return the body font in another weight."""
    return font("body", weight)


# --- icons ----------------------------------------------------------------------------------------------------------


def icon(name: str, token: Token = "text", active: Token | None = None) -> QIcon:
    """Return an icon that is drawn in a colour of the scheme in force, sharp at any scale.

    The icon follows light and dark by itself; nothing needs to be set again.

    Args:
        name: a Lucide name, such as `life-buoy`; the file is `resources/icons/NAME.svg`.
        token: the colour it is drawn in.
        active: the colour when checked or on, if another one.
    """
    return QIcon(_Engine(name, token, active or token))


def pixmap(name: str, token: Token = "text", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a picture, for painting; `ratio` is the device's pixel ratio."""
    return _drawn(name, getattr(_state.tokens, token), size, ratio)


@lru_cache(maxsize=256)
def _source(name: str) -> str | None:
    path = resource(f"icons/{name}.svg")
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        log.error("There is no icon named %s", name)
        return None


@lru_cache(maxsize=1024)
def _drawn(name: str, colour_name: str, size: int, ratio: float) -> QPixmap:
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    svg = _source(name)
    if svg is not None:
        renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour_name).encode()))
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, picture.width(), picture.height()))
        painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


class _Engine(QIconEngine):
    """Draws one icon in the colour that is in force when it is drawn."""

    def __init__(self, name: str, token: Token, active: Token) -> None:
        super().__init__()
        self._name, self._token, self._active = name, token, active

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return _state.tokens.disabled
        token = self._active if state == QIcon.State.On else self._token
        return str(getattr(_state.tokens, token))

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        device = painter.device()
        ratio = device.devicePixelRatio() if device else 1.0
        size = min(rect.width(), rect.height())
        picture = _drawn(self._name, self._colour(mode, state), size, ratio)
        painter.drawPixmap(rect.x() + (rect.width() - size) // 2, rect.y() + (rect.height() - size) // 2, picture)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return _drawn(self._name, self._colour(mode, state), min(size.width(), size.height()), scale)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._token, self._active)
