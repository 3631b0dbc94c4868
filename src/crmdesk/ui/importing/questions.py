"""What a file leaves open, asked once in place, and the lines that say something about its columns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Field, read_date
from crmdesk.i18n import mark, tr
from crmdesk.ui.widgets.basics import Button, Card, Picture, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.exchange.rows.plan import ImportOptions
    from crmdesk.exchange.values.survey import Question

ORDERS = {"dmy": mark("Day first: {date}"), "mdy": mark("Month first: {date}"), "ymd": mark("Year first: {date}")}
SIGNS = {".": mark("Point before the decimals"), ",": mark("Comma before the decimals")}


class Strip(Card):
    """One line about the file, with what can be done about it; hidden while it says nothing."""

    def __init__(self, icon: str) -> None:
        super().__init__(padding=10)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.words = Text("", wrap=True)
        self._line = row(Picture(icon, "muted", 16), space=10)
        self._line.addWidget(self.words, 1)
        self.add(self._line)
        self.hide()

    def add_button(self, text: str, run: Callable[[], object]) -> Button:
        """Add something that can be done."""
        button = Button(text, run)
        self._line.addWidget(button)
        return button

    def add_widget(self, part: QWidget) -> None:
        """Put something behind the words."""
        self._line.addWidget(part)

    def say(self, text: str) -> None:
        """Say something; nothing hides it."""
        self.words.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class Questions(QWidget):
    """The questions that the cells of a file leave open, each asked once for all columns of its sort.

    Signals:
        answered: what it is about, `dates` or `numbers`, and the answer.
    """

    answered = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[str, Question] = {}
        self._strips: list[Strip] = []
        self._buttons: dict[str, dict[str, Button]] = {}
        self._answers: dict[str, str] = {}
        self._lines = column(space=8)
        self.setLayout(self._lines)
        self.hide()

    def clear(self) -> None:
        """Forget all questions."""
        self._asked, self._answers = {}, {}
        self._build()

    def ask(self, questions: Sequence[Question], options: ImportOptions) -> None:
        """Ask what is open; what was answered stays, so that the answer can be changed."""
        self._answers = {about: answer for about, answer in (("dates", options.dates), ("numbers", options.decimal)) if answer}
        now = {question.about: question for question in reversed(questions)}
        answered = {about: question for about, question in self._asked.items() if about in self._answers}
        wanted = {**answered, **now}
        if wanted != self._asked:
            self._asked = wanted
            self._build()
        for about, buttons in self._buttons.items():
            value = self._answers.get(about) or self._asked[about].assumed
            for answer, button in buttons.items():
                button.set_icon("check" if answer == value else "")
                button.updateGeometry()
                button.setAccessibleDescription(tr("Chosen") if answer == value else "")

    def unanswered(self) -> Question | None:
        """Return the first question without whose answer nothing can be imported."""
        return next((question for about, question in self._asked.items() if not question.assumed and about not in self._answers), None)

    def first(self) -> QWidget | None:
        """Return where the keyboard goes for the first open answer."""
        question = self.unanswered()
        return next(iter(self._buttons[question.about].values())) if question is not None else None

    def choices(self, about: str) -> dict[str, Button]:
        """Return the answers that are offered."""
        return self._buttons[about]

    def _build(self) -> None:
        for strip in self._strips:
            strip.hide()
            self._lines.removeWidget(strip)
            strip.deleteLater()
        self._strips, self._buttons = [], {}
        for about, question in self._asked.items():
            strip = Strip("circle-help")
            self._lines.addWidget(strip)
            strip.say(_words(question))
            self._buttons[about] = {
                answer: strip.add_button(_label(question, answer), partial(self.answered.emit, about, answer)) for answer in question.answers
            }
            for button in self._buttons[about].values():
                button.setAccessibleName(f"{_words(question)} {button.text()}")
            self._strips.append(strip)
        self.setVisible(bool(self._strips))


def _words(question: Question) -> str:
    if question.about == "dates":
        return tr("“{text}” in column “{column}” can be read in two ways. Which is meant?", text=question.example, column=question.header)
    return tr("“{text}” in column “{column}”: which sign stands before the decimals?", text=question.example, column=question.header)


def _label(question: Question, answer: str) -> str:
    if question.about != "dates":
        return tr(SIGNS[answer])
    try:
        day = KINDS["date"].show(read_date(question.example.split()[0].split("T")[0], answer), Field("at", "date", ""))
    except UserError:
        day = question.example
    return tr(ORDERS[answer], date=day)
