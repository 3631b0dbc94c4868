"""A next step: an open task beside its customer or deal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QWidget

from crmdesk.i18n import tr
from crmdesk.ui.widgets.basics import Chip, Clickable, IconButton, Text, row

if TYPE_CHECKING:
    from collections.abc import Callable


class StepLine(QWidget):
    """A circle to tick the task off, what it is, which opens it, and when it is due."""

    def __init__(self, subject: str, due: Chip | None, tick: Callable[[], object], run: Callable[[], object]) -> None:
        super().__init__()
        circle = IconButton("circle", tr("Complete {task}", task=subject), tick, "muted")
        circle.setFixedSize(24, 24)
        words = Text(subject, wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        task = Clickable(tr("Open {label}", label=subject))
        task.setLayout(row(words, margins=(4, 4, 4, 4)))
        task.clicked.connect(lambda: run())
        line = row(circle, task, *([due] if due is not None else []), space=2)
        line.setStretch(1, 1)
        self.setLayout(line)
