"""Everything is as large as the texts of the system, or as somebody chose."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont

from crmdesk import settings
from crmdesk.ui.zoom import fitting, of_font

if TYPE_CHECKING:
    from pathlib import Path

STARTED = """
from crmdesk.ui.zoom import application
app = application(["crmdesk"])
from PySide6.QtWidgets import QLabel
label = QLabel("Large")
label.show()
app.processEvents()
import os
print(app.primaryScreen().devicePixelRatio(), label.grab().devicePixelRatio(), os.environ.get("QT_SCALE_FACTOR"))
"""


@pytest.mark.parametrize(
    ("points", "dots", "factor"), [(9, 96, 1), (11, 96, 1), (13, 72, 1), (12, 96, 1.25), (14, 96, 1.5), (16, 96, 1.5), (18, 96, 1.75), (30, 96, 2)]
)
def test_large_texts_of_the_system_make_everything_larger(app: object, points: int, dots: int, factor: float) -> None:
    assert of_font(QFont("Sans", points), dots) == factor


def test_nothing_gets_so_large_that_the_window_does_not_fit_on_the_screen() -> None:
    assert fitting(2.0, QSize(1440, 900)) == 1.75
    assert fitting(1.5, QSize(1440, 900)) == 1.5
    assert fitting(1.5, QSize(640, 480)) == 1.0


def drawn(tmp_path: Path, **more: str) -> str:
    screen = {"name": "a", "x": 0, "y": 0, "width": 2560, "height": 1600, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": [screen]}))
    found = {name: value for name, value in os.environ.items() if name != "QT_SCALE_FACTOR"}
    surroundings = {**found, "QT_QPA_PLATFORM": f"offscreen:configfile={config}", **more}
    done = subprocess.run([sys.executable, "-c", STARTED], env=surroundings, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()


def test_the_program_starts_as_large_as_was_chosen_and_follows_the_system_otherwise(tmp_path: Path) -> None:
    settings.write(zoom=1.5)
    assert drawn(tmp_path) == "1.5 1.5 None"
    assert settings.read()["drawn_at"] == 1.5
    settings.write(zoom=None)
    assert drawn(tmp_path) == "1.0 1.0 None"
    assert drawn(tmp_path, QT_SCALE_FACTOR="2") == "2.0 2.0 2"
