"""Colours are readable, icons are there and follow the scheme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QTextLayout
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPlainTextEdit, QPushButton, QRadioButton, QWidget

import crmdesk.ui
from crmdesk.resources import resource
from crmdesk.ui import theme
from crmdesk.ui.theme.tokens import DARK, LIGHT, TONES, Tokens
from crmdesk.ui.widgets.basics import row

SOURCES = sorted(Path(crmdesk.ui.__file__).parent.rglob("*.py"))

READ_ON: list[tuple[theme.Token, theme.Token]] = [
    *[("text", ground) for ground in ("canvas", "surface", "sunken", "accent_soft", "hover")],  # type: ignore[list-item]
    *[("muted", ground) for ground in ("canvas", "surface", "hover")],  # type: ignore[list-item]
    *[("muted_on_tint", ground) for ground in ("sunken", "accent_soft", "canvas")],  # type: ignore[list-item]
    *[(ink, "surface") for ink in ("accent", "danger", "warning", "success", "info")],  # type: ignore[list-item]
    ("accent", "canvas"), ("danger", "canvas"), ("on_accent", "accent"), ("on_accent", "accent_hover"),
    ("on_tip", "tip"),
    *[(ink, ground) for ink in ("danger", "on_warning_soft", "success") for ground in ("canvas", "hover")],  # type: ignore[list-item]
    *[(ink, ground) for ground, ink in TONES.values()],
]  # fmt: skip
SEEN_ON: list[tuple[theme.Token, theme.Token]] = [
    ("accent", "canvas"), ("accent", "surface"), ("accent", "sunken"), ("outline", "surface"), ("outline", "canvas"),
]  # fmt: skip


def luminance(name: str) -> float:
    """Return the relative luminance of a colour. Source: WCAG 2.1."""
    colour = QColor(name)
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ_ON)
def test_text_can_be_read(tokens: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SEEN_ON)
def test_focus_rings_and_outlines_can_be_seen(tokens: Tokens, mark: str, ground: str) -> None:
    assert contrast(getattr(tokens, mark), getattr(tokens, ground)) >= 3


def test_only_the_theme_knows_a_colour() -> None:
    named = re.compile(r"""["']#[0-9A-Fa-f]{3,8}["']|QColor\(\s*\d|Qt\.GlobalColor\.(?!transparent)""")
    strays = [path.name for path in SOURCES if "theme" not in path.parts and named.search(path.read_text("utf-8"))]
    assert strays == []


def test_every_icon_that_is_named_is_there() -> None:
    named = re.compile(r"""(?:icon|pixmap|Picture|IconButton)(?:=|\()\s*"([a-z0-9-]+)\"""")
    wanted = {name for path in SOURCES for name in named.findall(path.read_text("utf-8"))}
    assert {name for name in wanted if not resource(f"icons/{name}.svg").is_file()} == set()


def looks(button: QPushButton) -> QImage:
    return button.icon().pixmap(QSize(16, 16), 1.0).toImage()


def darkest(picture: QImage) -> QColor:
    inks = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    return max(inks, key=lambda ink: ink.alpha())


def test_an_icon_follows_light_and_dark_without_being_set_again(app: QApplication) -> None:
    button = QPushButton()
    button.setIcon(theme.icon("phone"))
    assert abs(darkest(looks(button)).lightness() - QColor(LIGHT.text).lightness()) < 12
    theme.use("dark")
    assert abs(darkest(looks(button)).lightness() - QColor(DARK.text).lightness()) < 12


def test_an_icon_is_as_sharp_as_the_screen(app: QApplication) -> None:
    picture = theme.icon("phone").pixmap(QSize(16, 16), 2.0)
    assert picture.size() == QSize(32, 32)
    assert picture.devicePixelRatio() == 2.0


def test_switching_the_scheme_changes_the_palette_and_tells_the_widgets(app: QApplication, qtbot) -> None:  # noqa: ANN001
    with qtbot.waitSignal(theme.changes().changed):
        theme.use("dark")
    assert app.palette().window().color() == QColor(DARK.canvas)
    assert DARK.accent in app.styleSheet()
    theme.use("light")
    assert app.palette().window().color() == QColor(LIGHT.canvas)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_hint_in_an_empty_field_can_be_read(app: QApplication, scheme: str) -> None:
    theme.use(scheme)  # type: ignore[arg-type]  # the two that there are
    for field in (QLineEdit(), QPlainTextEdit()):
        field.setPlaceholderText("Filter this list")
        field.ensurePolished()
        assert contrast(field.palette().color(QPalette.ColorRole.PlaceholderText).name(), theme.tokens().surface) >= 4.5


@pytest.mark.parametrize("make", [QCheckBox, QRadioButton])
@pytest.mark.parametrize("is_on", [False, True])
def test_a_box_without_words_shows_that_the_keyboard_is_on_it(app: QApplication, make: type[QCheckBox | QRadioButton], is_on: bool) -> None:
    window = QWidget()
    boxes = [make(), make()]
    window.setLayout(row(*boxes))
    for box in boxes:
        box.setAutoExclusive(False)
        box.setChecked(is_on)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    boxes[1].setFocus()
    without, focused = (box.grab().toImage() for box in boxes)
    assert without != focused
    window.close()


@pytest.mark.parametrize("text", ["上海明德贸易有限公司", "株式会社サクラ", "김하나"])
def test_names_in_any_script_are_readable_on_a_computer_without_such_letters(app: QApplication, text: str) -> None:
    """A font's first glyph is the box that stands for a letter which it does not have."""
    layout = QTextLayout(text, theme.font("body"))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    assert 0 not in [glyph for run in layout.glyphRuns() for glyph in run.glyphIndexes()]


def test_what_stands_out_does_so_in_any_script(app: QApplication) -> None:
    def ink(weight: int) -> int:
        picture = QImage(200, 40, QImage.Format.Format_Grayscale8)
        picture.fill(Qt.GlobalColor.white)
        painter = QPainter(picture)
        painter.setFont(theme.font("dialog", weight))
        painter.drawText(picture.rect(), "上海明德贸易有限公司")
        painter.end()
        return sum(255 - byte for byte in bytes(picture.constBits()))

    assert ink(600) > ink(400)
