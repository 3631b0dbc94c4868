"""Why this total: every step from the lines to the amount to be paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QWidget

from crmdesk.documents import formats
from crmdesk.documents.explain import explain
from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.page import Tall, scrolled
from crmdesk.ui.widgets.basics import Button, Line, Text, column, row

if TYPE_CHECKING:
    from crmdesk.documents.calculator import Document
    from crmdesk.documents.explain import Step


WIDTH, MOST_HEIGHT, AROUND = 640, 560, 128


class WhyDialog(QDialog):
    """Explains the totals of a document in words."""

    def __init__(self, parent: QWidget | None, document: Document) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Why this total?"))
        steps = column(space=8)
        self.steps = explain(document)
        for step in self.steps:
            if step.kind == "total":
                steps.addWidget(Line())
            steps.addWidget(_StepLine(step, document.currency))
        steps.addStretch(1)
        inner = Tall()
        inner.setLayout(steps)
        close = Button(tr("Close"), self.accept, "primary")
        close.setDefault(True)
        self.setLayout(column(Text(tr("Why this total?"), "dialog"), scrolled(inner), row(None, close), space=12, margins=(24, 20, 24, 20)))
        wanted = QSize(WIDTH, min(MOST_HEIGHT, steps.totalHeightForWidth(WIDTH - 48) + AROUND))
        self.resize(wanted.boundedTo(self.screen().availableSize() - QSize(40, 60)))


class _StepLine(QWidget):
    """One step: what it is, how the amount came about, and by which rule."""

    def __init__(self, step: Step, currency: str) -> None:
        super().__init__()
        strong = step.kind == "total"
        amount = Text(formats.plain_amount(step.amount, currency), "strong" if strong else "")
        amount.setFont(theme.tabular("body", 600 if strong else 400))
        words = [Text(step.label, "strong" if strong else "", wrap=True)]
        for text in (step.calculation, step.rule):
            if text:
                words.append(Text(text, "caption", wrap=True, selectable=True))
        line = row(column(*words, space=0), amount, space=16, margins=(20 * step.level, 0, 8, 0))
        line.setStretch(0, 1)
        line.setAlignment(amount, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
