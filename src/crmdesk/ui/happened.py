"""What happened with a customer, and the line in which notes and tasks are written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from crmdesk.i18n import tr
from crmdesk.operations import activities, tasks
from crmdesk.queries import tasks as task_queries
from crmdesk.queries import timeline as story
from crmdesk.ui import theme
from crmdesk.ui.composer import Composer, Said
from crmdesk.ui.dates import moment_text
from crmdesk.ui.dialogs.log_activity import About, ActivityDialog
from crmdesk.ui.drafts import Draft, next_draft, put_back
from crmdesk.ui.widgets.basics import IconButton, Line, column, row
from crmdesk.ui.widgets.heads import EmptyState, Tab, Tabs
from crmdesk.ui.widgets.timeline import Entry, TimelineView

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo
    from uuid import UUID

    from crmdesk.store import Reader
    from crmdesk.ui.page import Frame

FIRST_ENTRIES = 40
EVERYTHING = frozenset(story.KIND_LABELS)
KINDS_OF = {"deal": EVERYTHING, "lead": EVERYTHING - story.NOT_OF_LEADS}
T = TypeVar("T")


class Happened(QWidget):
    """The timeline of a record beneath the line.

    Answers that come after the page has gone on to another record are dropped.

    Args:
        whose: returns whose timeline it is, as `queries.timeline` wants it; called on reader threads too.
        links: returns the links that notes and tasks get, such as company and contact, by field name.
        offered: the kinds of entries that there can be.

    Signals:
        opened: the `Entry` that the user wants to see.
    """

    opened = Signal(object)

    def __init__(
        self, frame: Frame, whose: Callable[[UUID], dict[str, Any]], links: Callable[[], dict[str, UUID]], offered: frozenset[str] = EVERYTHING
    ) -> None:
        super().__init__()
        self._frame, self._whose, self._links, self._offered = frame, whose, links, offered
        self._record: UUID | None = None
        self._kinds = EVERYTHING
        self._before: story.Cursor | None = None
        self._draft: Draft | None = None
        self.composer = Composer(frame.store.settings.tz)
        self.composer.looked.connect(self._find_person)
        self.composer.submitted.connect(self._submit)
        self.filter_button = IconButton("list-filter", tr("Filter the timeline"), self._choose_kinds, "muted")
        self.filter_button.setFixedSize(theme.CONTROL, theme.CONTROL)
        self.timeline = TimelineView()
        self.timeline.opened.connect(self.opened)
        self.timeline.more_wanted.connect(self._load_more)
        self.silent = EmptyState("message-circle", tr("Nothing happened yet."), hint=tr("Log a call or write a note: it shows here."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.timeline)
        self._stack.addWidget(self.silent)
        write = row(space=8, margins=(16, 10, 12, 10))
        write.addWidget(self.composer, 1)
        write.addWidget(self.filter_button, 0, Qt.AlignmentFlag.AlignTop)
        top = QWidget()
        top.setLayout(write)
        self.setLayout(column(top, Line(), self._stack, space=0))

    def begin(self, record: UUID) -> None:
        """Go on to another record: nothing is shown yet, and what was half typed for it comes back."""
        self._record, self._before, self._kinds = record, None, EVERYTHING
        self.filter_button.setIcon(theme.icon("list-filter", "muted"))
        self.timeline.show_entries(())
        self._draft = next_draft(self._draft, self.composer.line, self._frame.store, f"note/{record}")

    def first_entries(self, reader: Reader, record: UUID) -> story.Timeline:
        """Return the newest part of the timeline, as it is filtered; runs on a reader thread."""
        return story.timeline(reader, **self._whose(record), limit=FIRST_ENTRIES, kinds=self._kinds)

    def _ask(self, question: Callable[[Reader], T], done: Callable[[T], object], key: str) -> None:
        record = self._record
        self._frame.ask(self, question, lambda found: done(found) if self._record == record else None, key=key)

    # --- entries ----------------------------------------------------------------------------------------------------

    def show_entries(self, page: story.Timeline) -> None:
        """Show the newest part of the timeline."""
        self._before = page.before
        zone = self._frame.store.settings.tz
        self.timeline.show_entries([entry_of(one, zone) for one in page.entries], page.before is None)
        self._stack.setCurrentWidget(self.timeline if page.entries else self.silent)

    @Slot()
    def _load_more(self) -> None:
        record, before, kinds = self._record, self._before, self._kinds
        if record is None or before is None:
            return

        def question(reader: Reader) -> story.Timeline:
            return story.timeline(reader, **self._whose(record), limit=FIRST_ENTRIES, before=before, kinds=kinds)

        self._ask(question, self._add_entries, "more")

    def _add_entries(self, page: story.Timeline) -> None:
        self._before = page.before
        zone = self._frame.store.settings.tz
        self.timeline.add([entry_of(one, zone) for one in page.entries], page.before is None)

    def _choose_kinds(self) -> None:
        menu = QMenu(self)
        whole = menu.addAction(tr("Everything"), lambda: self.filter(EVERYTHING))
        whole.setCheckable(True)
        whole.setChecked(self._kinds == EVERYTHING)
        menu.addSeparator()
        for kind, label in ((kind, label) for kind, label in story.KIND_LABELS.items() if kind in self._offered):
            entry = menu.addAction(tr(label), partial(self.turn_kind, kind))
            entry.setCheckable(True)
            entry.setChecked(kind in self._kinds)
        menu.exec(self.filter_button.mapToGlobal(QPoint(0, self.filter_button.height() + 4)))

    def turn_kind(self, kind: str) -> None:
        """Show one more kind of entries or one less; the first one chosen is shown alone."""
        wanted = frozenset({kind}) if self._kinds == EVERYTHING else self._kinds ^ {kind}
        self.filter(wanted or EVERYTHING)

    def filter(self, kinds: frozenset[str]) -> None:
        """Show only some kinds of entries."""
        self._kinds = kinds
        is_whole = kinds == EVERYTHING
        self.filter_button.setIcon(theme.icon("list-filter", "muted" if is_whole else "accent"))
        self.ask()

    def ask(self) -> None:
        """Ask for the newest part of the timeline."""
        record = self._record
        if record is not None:
            self._ask(lambda reader: self.first_entries(reader, record), self.show_entries, "timeline")

    # --- the line ---------------------------------------------------------------------------------------------------

    @Slot(str)
    def _find_person(self, words: str) -> None:
        company = self._links().get("company")
        self._ask(lambda reader: task_queries.person_meant(reader, words, company), lambda person: self.composer.show_person(words, person), "person")

    @Slot(object)
    def _submit(self, said: Said) -> None:
        links: dict[str, Any] = {f"{name}_id": record for name, record in self._links().items()}
        if said.person is not None:
            links["contact_id"] = said.person[0]
        text, draft = self.composer.line.text(), self._draft
        self.composer.clear()  # at once, so that a second Enter stores nothing twice
        done, failed = partial(self._submitted, draft), partial(self._refused, draft, text)
        if said.is_task:
            self._frame.do(tasks.add, said.subject, due_on=said.on, due_at=said.at, **links, said=tr("Task added"), done=done, failed=failed)
        else:
            self._frame.do(activities.log, "note", said.subject, body=said.body, **links, said=tr("Note added"), done=done, failed=failed)

    def _submitted(self, draft: Draft | None, stored: object) -> None:
        if draft is not None and draft is self._draft:
            draft.keep()

    def _refused(self, draft: Draft | None, text: str, error: Exception) -> None:
        """Give back what could not be stored; it is half typed again, be it for a record that is no longer shown."""
        self._frame.show_error(error)
        if draft is not None and draft is not self._draft:
            put_back(self, self._frame.store, draft.key, text)
        elif not self.composer.line.text():
            self.composer.line.setText(text)


class DetailsAndHappened(QWidget):
    """The details of a deal or a lead and, on a second tab, what happened with it.

    Args:
        details: what stands on the first tab.
    """

    def __init__(self, frame: Frame, entity: str, details: QWidget) -> None:
        super().__init__()
        self._frame, self._entity = frame, entity
        self._record: UUID | None = None
        self.tabs = Tabs([Tab("details", tr("Details")), Tab("timeline", tr("Timeline"))])
        self.tabs.chosen.connect(self.show_tab)
        self.happened = Happened(frame, lambda record: {f"{entity}_id": record}, lambda: {entity: self._record} if self._record else {}, KINDS_OF[entity])
        self.happened.opened.connect(self._open)
        self._stack = QStackedWidget()
        self._stack.addWidget(details)
        self._stack.addWidget(self.happened)
        self.setLayout(column(self.tabs, self._stack, space=0))

    def show_record(self, record: UUID) -> None:
        """Go on to another record, or look again at the one that is shown."""
        if record != self._record:
            self._record = record
            self.happened.begin(record)
        self.look_again()

    def look_again(self) -> None:
        """Ask again what happened, if that is what is shown."""
        if self.tabs.value() == "timeline":
            self.happened.ask()

    @Slot(str)
    def show_tab(self, value: str) -> None:
        """Show the details or the timeline."""
        self.tabs.choose(value)
        self._stack.setCurrentIndex(int(value == "timeline"))
        self.look_again()

    @Slot(object)
    def _open(self, entry: Entry) -> None:
        if entry.record is not None and entry.record != self._record:
            open_entry(self._frame, entry.entity, entry.record, About(deal=self._record) if self._entity == "deal" else About(lead=self._record))


def open_entry(frame: Frame, entity: str, record: UUID, about: About) -> None:
    """Show what an entry of a timeline is about; an activity is corrected in its dialog."""
    if entity == "activity":
        ActivityDialog(frame, about, record=record).open()
    else:
        frame.open_record(entity, record)


def entry_of(one: story.Entry, zone: tzinfo) -> Entry:
    """Turn an entry of the query into one that the timeline draws."""
    return Entry(one.icon, one.title, one.subtitle, moment_text(one.at, zone, one.day_only), one.member, entity=one.entity, record=one.id)
