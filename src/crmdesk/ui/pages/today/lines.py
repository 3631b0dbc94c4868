"""One line of Today: a first step, or something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QSizePolicy

from crmdesk.i18n import tr
from crmdesk.ui.widgets.basics import Chip, Clickable, IconButton, Picture, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.queries.today import ToDo
    from crmdesk.ui import theme
    from crmdesk.ui.pages.today.facts import First

STATE_TONES: dict[str, theme.Tone] = {"overdue": "danger", "today": "warning", "soon": "muted"}
ICONS = {"ticket": "life-buoy", "quote": "file-text", "birthday": "calendar"}


class FirstLine(Clickable):
    """One of the first steps, ticked when it is done."""

    def __init__(self, first: First, run: Callable[[], object]) -> None:
        super().__init__(first.words)
        words = Text(first.words, "muted" if first.is_done else "", wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        icon = Picture("circle-check" if first.is_done else "circle", "success" if first.is_done else "muted")
        self.setAccessibleDescription(tr("Done") if first.is_done else tr("Not done yet"))
        self.setLayout(row(icon, words, space=10, margins=(0, 5, 0, 5)))
        self.clicked.connect(lambda: run())


class ToDoLine(Clickable):
    """One thing to do: a circle to tick it off, or an icon, what and with whom, and how soon."""

    def __init__(self, item: ToDo, run: Callable[[], object], tick: Callable[[], object] | None) -> None:
        is_overdue = item.state == "overdue"
        super().__init__(", ".join(part for part in (item.title, item.subtitle, tr("Overdue") if is_overdue else "", item.chip) if part))
        title = Text(item.title, wrap=True)
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words: list[Any] = [title]
        if item.subtitle:
            words.append(Text(item.subtitle, "caption", wrap=True))
        if tick is not None:
            first = column(IconButton("circle", tr("Complete {task}", task=item.title), tick, "muted"), None)
        else:  # as wide as a button, so that what is said begins at the same place
            first = column(5, row(5, Picture(ICONS.get(item.kind, "circle"), "muted", 18), 6, space=0), None, space=0)
        chip = Chip(item.chip, STATE_TONES.get(item.state, "muted"), icon="circle-alert" if is_overdue else "")
        said = column(*words, None, space=1, margins=(0, 4, 0, 0))  # the first line stands level with circle and chip, also alone
        line = row(first, said, column(3, chip, None, space=0) if item.chip else None, space=8, margins=(0, 6, 0, 10))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.clicked.connect(lambda: run())
