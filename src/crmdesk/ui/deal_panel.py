"""One deal beside the board: its next steps, its fields, its products and people, its quotes; everything is saved when it is left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from crmdesk import clock
from crmdesk.i18n import language, tr
from crmdesk.models import quick_entry
from crmdesk.models.deal import Deal
from crmdesk.operations import records as record_operations
from crmdesk.operations import tasks
from crmdesk.queries import deals, quality, records
from crmdesk.queries.finding import Condition
from crmdesk.queries.records import Link
from crmdesk.ui.dates import short_day
from crmdesk.ui.deal_parts import DealParts, parts_of
from crmdesk.ui.dialogs.files import FilesDialog
from crmdesk.ui.drafts import Draft, next_draft, put_back
from crmdesk.ui.form import Form
from crmdesk.ui.happened import DetailsAndHappened
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import at_field_or_window, scrolled
from crmdesk.ui.quality import RecordQuality
from crmdesk.ui.records import context, for_form, given
from crmdesk.ui.widgets.basics import Button, Card, Chip, Clickable, ElidedText, IconButton, Line, Text, column, row
from crmdesk.ui.widgets.layouts import empty, made_anew
from crmdesk.ui.widgets.steps import StepLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from crmdesk.queries.deals import StageFacts
    from crmdesk.store import Reader
    from crmdesk.ui import theme
    from crmdesk.ui.page import Frame

FIELDS = ("name", "company", "contact", "amount", "expected_close_on", "owner", "origin", "lost_reason", "tags", "note")
WIDTH, LEAST, ROOMY = 372, 300, 800


@dataclass(frozen=True)
class Step:
    """An open task of the deal."""

    id: UUID
    subject: str
    due_on: date | None


@dataclass(frozen=True)
class DealFacts:
    """What the panel shows."""

    id: UUID
    values: dict[str, Any]
    stage: StageFacts | None
    steps: tuple[Step, ...]
    quotes: tuple[records.Row, ...]
    products: tuple[records.Row, ...]
    people: tuple[records.Row, ...]
    quality: quality.Quality | None


def facts(reader: Reader, deal_id: UUID) -> DealFacts | None:
    """Return what the panel shows of a deal; None if it is gone."""
    found = records.rows(reader, "deal", [deal_id], [*FIELDS, "stage"])
    if not found:
        return None
    values = found[0].values
    link = values["stage"]
    stage = next((one for one in deals.stages(reader) if isinstance(link, Link) and one.id == link.id), None)
    of_deal = Condition("deal", "=", str(deal_id))
    open_tasks = records.ids(reader, "task", [of_deal, Condition("done_at", "empty")])
    steps = [Step(row.id, row.values["subject"] or "", row.values["due_on"]) for row in records.rows(reader, "task", open_tasks, ["subject", "due_on"])]
    quotes = records.rows(reader, "quote", records.ids(reader, "quote", [of_deal], limit=5), ["number", "subject", "status", "payable"])
    products, people = parts_of(reader, "deal_product", deal_id), parts_of(reader, "deal_contact", deal_id)
    return DealFacts(deal_id, values, stage, tuple(steps), tuple(quotes), products, people, quality.of_record(reader, "deal", deal_id))


class DealPanel(Card):
    """The panel.

    Signals:
        closed: the user has closed it.
        stage_wanted: the user wants another stage; where on the screen to ask.
        outcome_wanted: `won`, `lost` or `open`.
        quote_wanted: the user wants to write a quote for the deal.
    """

    closed = Signal()
    stage_wanted = Signal(object)
    outcome_wanted = Signal(str)
    quote_wanted = Signal()

    def __init__(self, frame: Frame) -> None:
        super().__init__(padding=0, space=0)
        self.frame = frame
        self.deal: UUID | None = None
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Deal"))
        self.name = ElidedText("", 600)
        self.stage = Chip("", "accent", self._ask_stage)
        self.won = Button(tr("Won"), lambda: self.outcome_wanted.emit("won"), icon="trophy")
        self.lost = Button(tr("Lost"), lambda: self.outcome_wanted.emit("lost"), icon="x")
        self.again = Button(tr("Reopen"), lambda: self.outcome_wanted.emit("open"), icon="rotate-ccw")
        close = IconButton("x", tr("Close panel"), self.close_panel, "muted")
        head = column(row(self.name, close, space=4), row(self.stage, None, self.won, self.lost, self.again, space=6), space=6, margins=(16, 10, 10, 12))
        self.body.addLayout(head)
        self.steps, self._steps = QWidget(), column(space=2)
        self.steps.setLayout(self._steps)
        self.next_step = QLineEdit()
        self.next_step.setPlaceholderText(tr("Next step, such as “call tomorrow 10:00”"))
        self.next_step.setAccessibleName(tr("Next step"))
        self.next_step.returnPressed.connect(self._add_step)
        self.understood = Chip("", "accent")
        self.understood.hide()
        self.next_step.textChanged.connect(self._show_understood)
        self._draft: Draft | None = None
        self.form = Form([Deal.fields[name] for name in FIELDS], context(frame.store, quiet=True), self._save, label_width=104)
        self.own = OwnFields(frame, "deal")
        self.form.link_opened.connect(self._open_link)
        self.products = DealParts(frame, "deal_product", tr("Add a product"))
        self.people = DealParts(frame, "deal_contact", tr("Add a person"))
        self.quality = RecordQuality(frame, "deal")
        self._quotes = column(space=2)
        self._quote_head = Text(tr("Quotes"), "strong")
        new_quote = Button(tr("New quote"), self.quote_wanted.emit, "link", "plus")
        self.files_button = Button(tr("Files"), self.show_files, "link", "paperclip")
        inner = QWidget()
        inner.setLayout(
            column(
                Text(tr("Next steps"), "strong"), self.steps, self.next_step, row(self.understood, None), 4, Line(), 4, self.form, self.own, 4, Line(), 4,
                self.products, 4, Line(), 4, self.people, 4, Line(), 4, row(self._quote_head, None, new_quote), self._quotes,
                4, Line(), 4, row(self.files_button, None), self.quality, None, space=6, margins=(16, 12, 12, 16),
            )
        )  # fmt: skip
        self.told = DetailsAndHappened(frame, "deal", scrolled(inner))
        self.body.addWidget(self.told, 1)
        self.setFrameShape(QFrame.Shape.NoFrame)

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_deal(self, deal_id: UUID) -> None:
        """Show a deal."""
        if deal_id != self.deal:
            self._draft = next_draft(self._draft, self.next_step, self.frame.store, f"step/{deal_id}")
        self.deal = deal_id
        self.frame.ask(self, lambda reader: facts(reader, deal_id), self._show, key="deal")

    def refresh(self) -> None:
        """Ask again."""
        if self.deal is not None:
            self.show_deal(self.deal)

    def show_files(self) -> None:
        """Show the files of the deal."""
        if self.deal is not None:
            FilesDialog(self.frame, "deal", self.deal).open()

    def close_panel(self) -> None:
        """Close the panel."""
        self.deal = None
        self.hide()
        self.closed.emit()

    def _show(self, found: DealFacts | None) -> None:
        if found is None:
            self.close_panel()
            return
        if found.id != self.deal:
            return
        outcome = found.stage.outcome if found.stage else "open"
        self.name.set_text(found.values["name"] or "")
        tones: dict[str, theme.Tone] = {"won": "success", "lost": "muted"}
        self.stage.show_as(found.stage.name if found.stage else tr("No stage"), tones.get(outcome, "accent"))
        for button, shown in ((self.won, outcome == "open"), (self.lost, outcome == "open"), (self.again, outcome != "open")):
            button.setVisible(shown)
        self.form.set_values(for_form(found.values), found.id)
        self.form.show_field("lost_reason", outcome == "lost")
        self.own.show_record(found.id)
        self.told.show_record(found.id)
        amount = found.values["amount"]
        self.products.show_parts(found.id, found.products, amount.currency if amount is not None else self.frame.store.settings.currency)
        self.people.show_parts(found.id, found.people)
        self.quality.show_quality(found.quality)
        with made_anew(self.steps, self.next_step):
            self._show_steps(found)
        self._show_quotes(found)

    def _show_steps(self, found: DealFacts) -> None:
        empty(self._steps)
        today = clock.today(self.frame.store.settings.tz)
        for step in found.steps:
            tone: theme.Tone = "muted"
            word = tr("No day")
            if step.due_on is not None:
                tone = "danger" if step.due_on < today else "accent" if step.due_on == today else "muted"
                word = (
                    tr("Overdue {day}", day=short_day(step.due_on)) if step.due_on < today else tr("Today") if step.due_on == today else short_day(step.due_on)
                )
            self._steps.addWidget(StepLine(step.subject, Chip(word, tone), self._completer(step.id), self._opener("task", step.id)))
        if not found.steps:
            self._steps.addWidget(Text(tr("No next step is planned."), "muted"))

    def _show_quotes(self, found: DealFacts) -> None:
        empty(self._quotes)
        for quote in found.quotes:
            number = quote.values["number"] or tr("Draft")
            line = Clickable(tr("Open quote {number}", number=number))
            amount = records.shown(_quote_fields()["payable"], quote.values["payable"])
            status = _quote_fields()["status"].choice(quote.values["status"] or "draft")
            line.setLayout(row(Text(number), Chip(status, "info"), None, Text(amount), space=8, margins=(4, 4, 4, 4)))
            line.clicked.connect(self._opener("quote", quote.id))
            self._quotes.addWidget(line)
        if not found.quotes:
            self._quotes.addWidget(Text(tr("No quote yet."), "muted"))

    # --- doing --------------------------------------------------------------------------------------------------------

    def _opener(self, entity: str, record: UUID) -> Callable[[], None]:
        return lambda: self.frame.open_record(entity, record)

    @Slot(str, object)
    def _open_link(self, entity: str, record: UUID) -> None:
        self.frame.open_record(entity, record)

    def _completer(self, task: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(tasks.done, [task], said=tr("Task completed"))

    def _ask_stage(self) -> None:
        self.stage_wanted.emit(self.stage.mapToGlobal(self.stage.rect().bottomLeft()))

    def _save(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        if self.deal is not None:
            self.frame.do(
                record_operations.edit, "deal", [self.deal], {name: given(Deal.fields[name], value)}, done=lambda _: saved(), failed=at_field_or_window(self.frame, refused)
            )  # fmt: skip

    def _entry(self) -> quick_entry.Entry:
        today = clock.today(self.frame.store.settings.tz)
        return quick_entry.read(self.next_step.text(), today, language())

    def _show_understood(self) -> None:
        entry = self._entry()
        self.understood.setVisible(entry.on is not None)
        if entry.on is not None:
            at = f" {entry.at:%H:%M}" if entry.at else ""
            self.understood.show_as(tr("Due {day}", day=short_day(entry.on) + at), "accent")

    def _add_step(self) -> None:
        from datetime import datetime

        entry = self._entry()
        subject = entry.subject or entry.text.strip()
        if not subject or self.deal is None:
            return
        due_at = datetime.combine(entry.on, entry.at, self.frame.store.settings.tz) if entry.on and entry.at else None
        refused = partial(self._step_refused, self.deal, self.next_step.text())
        self.next_step.setText("")  # at once, so that a second Enter stores nothing twice; Undo takes the deed back, not the typing
        if self._draft is not None:
            self._draft.done()
        self.frame.do(tasks.add, subject, due_on=entry.on, due_at=due_at, deal_id=self.deal, failed=refused)

    def _step_refused(self, deal: UUID, text: str, error: Exception) -> None:
        """Give back what could not be stored."""
        self.frame.show_error(error)
        if deal == self.deal and not self.next_step.text():
            self.next_step.setText(text)
        else:
            put_back(self, self.frame.store, f"step/{deal}", text)

    def event(self, event: QEvent) -> bool:
        parent = self.parentWidget()
        if event.type() == QEvent.Type.ParentChange and parent is not None:
            parent.installEventFilter(self)
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the board some room in a narrow window."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget) and watched is self.parentWidget():
            self.setFixedWidth(WIDTH if watched.width() >= ROOMY else LEAST)
        return super().eventFilter(watched, event)


def _quote_fields() -> dict[str, Any]:
    from crmdesk.models.quote import Quote

    return Quote.fields
