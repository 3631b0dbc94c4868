"""How large everything is drawn: as large as the texts of the system, or as somebody chose, so that nothing in the window is cut off by it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from crmdesk import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

STEPS = (1.0, 1.25, 1.5, 1.75, 2.0)
USUAL_PIXELS = 13.5  # Windows has 12, macOS 13, GNOME 14.7 unless somebody asks for more
LEAST_ROOM = QSize(720, 480)
_FACTOR = "QT_SCALE_FACTOR"


def application(arguments: Sequence[str]) -> QApplication:
    """Start the window system with everything as large as is wanted.

    What the system wants is only known once it is started, so it is started anew where that has changed since the last time.
    """
    if _FACTOR in os.environ:  # somebody knows better
        return QApplication(list(arguments))
    kept = settings.read()
    factor = kept.get("drawn_at", 1.0)
    app = _started(arguments, factor)
    screen = app.primaryScreen()
    of_system = of_font(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont), screen.logicalDotsPerInch())
    wanted = fitting(kept.get("zoom") or of_system, screen.availableSize() * factor)
    if wanted == factor:
        return app
    settings.write(drawn_at=wanted)
    app.shutdown()
    return _started(arguments, wanted)


def of_font(font: QFont, dots: float) -> float:
    """Return how large everything is where the system's texts have this font, on a screen with so many dots per inch."""
    pixels = font.pointSizeF() * dots / 72 if font.pointSizeF() > 0 else font.pixelSize()
    return min(STEPS, key=lambda step: abs(step - pixels / USUAL_PIXELS))


def fitting(wanted: float, room: QSize) -> float:
    """Return the largest step up to the wanted one at which the smallest window still fits on the screen."""
    fits = (step for step in STEPS if step <= wanted and LEAST_ROOM.width() * step <= room.width() and LEAST_ROOM.height() * step <= room.height())
    return max(fits, default=STEPS[0])


def _started(arguments: Sequence[str], factor: float) -> QApplication:
    os.environ[_FACTOR] = str(factor)
    try:
        return QApplication(list(arguments))
    finally:
        del os.environ[_FACTOR]  # not for the programs that this one starts
