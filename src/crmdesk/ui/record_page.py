"""The page of one customer, company or contact: figures, details, everything that happened, people, next steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from crmdesk import clock
from crmdesk.documents import formats
from crmdesk.errors import Cancelled, UserError
from crmdesk.fields import show_money
from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import activities, attachments, tasks
from crmdesk.operations import records as deeds
from crmdesk.queries import records, uniqueness
from crmdesk.queries import tasks as task_queries
from crmdesk.queries import timeline as story
from crmdesk.queries.finding import Condition
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.composer import Composer, Said
from crmdesk.ui.dates import day_text, moment_text
from crmdesk.ui.details import Details
from crmdesk.ui.dialogs.bulk import OwnerDialog, TagDialog
from crmdesk.ui.dialogs.log_activity import About, ActivityDialog
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.drafts import Draft
from crmdesk.ui.files import FileList
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import Changed, Frame, Page, Place, Tall, scrolled
from crmdesk.ui.records import EntitySource, columns_of, given
from crmdesk.ui.widgets.basics import Avatar, Button, Card, Chip, Clickable, ElidedText, FlowLayout, IconButton, Line, Text, column, row
from crmdesk.ui.widgets.figures import Bar, Tile
from crmdesk.ui.widgets.heads import Breadcrumb, EmptyState, Tab, Tabs
from crmdesk.ui.widgets.record_table import RecordTable
from crmdesk.ui.widgets.timeline import Entry, TimelineView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from crmdesk.queries.company import Person
    from crmdesk.queries.money import Sum
    from crmdesk.queries.quality import Quality
    from crmdesk.queries.tasks import TaskRow
    from crmdesk.store import Reader
    from crmdesk.ui.editors import Named
    from crmdesk.ui.records import Tones

DETAILS, DETAILS_WIDE, SIDE, SIDE_CLOSE, NARROW, CLOSE, ROOMY = 300, 340, 240, 220, 1000, 1120, 1400
MOST_PEOPLE = 8
FIRST_ENTRIES = 40
ACTIVITY_KINDS = ("call", "mail", "meeting", "visit", "chat", "note")
PARTS = frozenset({"phone", "email", "handle", "address", "memo", "record_tag", "tag", "member"})
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "deals": ("deal", ("name", "stage", "amount", "expected_close_on")),
    "quotes": ("quote", ("number", "subject", "status", "payable")),
    "tickets": ("ticket", ("number", "subject", "status", "opened_at")),
}
TABLE_TONES: Tones = {
    "status": {
        "draft": "muted", "issued": "info", "accepted": "success", "declined": "danger", "expired": "warning", "superseded": "muted",
        "new": "info", "open": "accent", "waiting": "warning", "resolved": "success", "closed": "muted",
    },
    "priority": {"urgent": "danger", "high": "warning"},
}  # fmt: skip


@dataclass(frozen=True)
class TileText:
    """What a tile says; `tab` is shown when it is pressed."""

    label: str
    figure: str
    note: str = ""
    tone: theme.Tone | None = None
    tab: str = ""


@dataclass(frozen=True)
class Shown:
    """Everything that the page shows, from one read.

    Attributes:
        about: what stands under the name. link: the record it belongs to, as (words before, entity, id, name).
        values: plain values by field; said: words for some of them that fit better.
        people: contacts, with the heading of their card. others: more records, such as subsidiaries.
    """

    id: UUID
    name: str
    about: tuple[str, ...]
    link: tuple[str, str, UUID, str] | None
    chips: tuple[tuple[str, theme.Tone], ...]
    tiles: tuple[TileText, ...]
    values: Mapping[str, Any]
    said: Mapping[str, str]
    people: tuple[Person, ...]
    people_count: int
    steps: tuple[TaskRow, ...]
    counts: Mapping[str, int]
    quality: Quality | None
    timeline: story.Timeline
    others: tuple[tuple[UUID, str], ...] = field(default=())


class CustomerPage(Page):
    """One company or contact.

    Attributes:
        entity: `company` or `contact`. home: the page of the list.
        details: the fields of the details, in order. behind: those of them that stand behind “More fields”.
        people_title, others_title: headings of the cards at the end.
    """

    entity = ""
    home = ""
    details: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    people_title = ""
    others_title = ""
    tile_count = 4

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.watches = frozenset(
            {self.entity, "company", "contact", "deal", "stage", "quote", "ticket", "task", "activity", "attachment", "custom_field", *PARTS}
        )
        self.record: UUID | None = None
        self.shown: Shown | None = None
        self._cls = entity_class(self.entity)
        self._kinds: frozenset[str] = frozenset(story.KIND_LABELS)
        self._before: story.Cursor | None = None
        self._draft: Draft | None = None
        self._tables: dict[str, RecordTable] = {}
        self._is_narrow = False
        self.crumbs = Breadcrumb()
        self.column.addWidget(self.crumbs)
        self.column.addLayout(self._head())
        self.tiles = [Tile("", run=partial(self._press_tile, number)) for number in range(self.tile_count)]
        self.column.addLayout(row(*self.tiles, space=10))
        self._columns = QHBoxLayout()
        self._columns.setSpacing(12)
        self._columns.addWidget(self._left())
        self._columns.addWidget(self._middle(), 1)
        self._side = self._right()
        self._columns.addWidget(self._side)
        self.column.addLayout(self._columns, 1)
        self._gone = EmptyState(self._cls.entity.icon, tr("This {entity} does not exist or was deleted.", entity=tr(self._cls.entity.label)))
        self._gone.hide()
        self.column.addWidget(self._gone, 1)

    # --- what it is made of -----------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        self.avatar = Avatar("", 44)
        self.name = ElidedText("", 700, size="title")
        self.about = QWidget()
        self._about_line = FlowLayout(6)
        self.about.setLayout(self._about_line)
        words = column(self.name, self.about, space=2)
        self.call_button = Button(tr("Log call"), lambda: self.log("call"), icon="phone")
        self.note_button = Button(tr("Note"), self.write_note, icon="sticky-note")
        self.quote_button = Button(tr("Quote"), self.new_quote, icon="file-plus")
        self.more_button = IconButton("ellipsis", tr("More"), self._show_menu)
        line = row(self.avatar, space=10)
        line.addLayout(words, 1)
        for button in (self.call_button, self.note_button, self.quote_button, self.more_button):
            line.addWidget(button)
        return line

    def _left(self) -> QWidget:
        fields = [self._cls.fields[name] for name in self.details]
        from crmdesk.ui.dialogs.new_customer import making

        self.form = Details(fields, making(self.frame), self._save, self.behind)
        self.form.link_opened.connect(self._open_record)
        self.quality_text = Text("", "strong")
        self.quality_bar = Bar(0, tr("Data quality"))
        self.missing = Text("", "muted", wrap=True)
        card = Card(tr("Details"))
        self.own = OwnFields(self.frame, self._cls.entity.name)
        card.add(self.form, self.own, self.quality_text, self.quality_bar, self.missing)
        card.body.setSpacing(6)
        card.body.insertSpacing(card.body.indexOf(self.quality_text), 8)
        inner = Tall()
        self._left_column = column(card, None, space=12)
        inner.setLayout(self._left_column)
        self._left_area = scrolled(inner)
        self._left_area.setFixedWidth(DETAILS)
        return self._left_area

    def _middle(self) -> QWidget:
        self.tabs = Tabs(self._tab_list({}))
        self.tabs.chosen.connect(self.show_tab)
        self.composer = Composer(self.frame.store.settings.tz)
        self.composer.looked.connect(self._find_person)
        self.composer.submitted.connect(self._submit)
        self.filter_button = IconButton("list-filter", tr("Filter the timeline"), self._choose_kinds, "muted")
        self.filter_button.setFixedSize(theme.CONTROL, theme.CONTROL)
        self.timeline = TimelineView()
        self.timeline.opened.connect(self._open_entry)
        self.timeline.more_wanted.connect(self._load_more)
        self.silent = EmptyState("message-circle", tr("Nothing happened yet."), hint=tr("Log a call or write a note: it shows here."))
        top = QWidget()
        write = row(space=8, margins=(16, 10, 12, 10))
        write.addWidget(self.composer, 1)
        write.addWidget(self.filter_button, 0, Qt.AlignmentFlag.AlignTop)
        top.setLayout(write)
        happened = QWidget()
        self._happened = QStackedWidget()
        self._happened.addWidget(self.timeline)
        self._happened.addWidget(self.silent)
        happened.setLayout(column(top, Line(), self._happened, space=0))
        self.history = TimelineView()
        self.history.setAccessibleName(tr("History"))
        self.history.setToolTip(tr("Enter or a double click takes a change back."))
        self.history.opened.connect(self._take_back)
        self.files = FileList(self.frame)
        self.stack = QStackedWidget()
        self._bodies: dict[str, QWidget] = {"timeline": happened, "files": self.files, "history": self.history}
        for body in self._bodies.values():
            self.stack.addWidget(body)
        card = Card(padding=0, space=0)
        card.add(self.tabs, self.stack)
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        return card

    def _right(self) -> QWidget:
        self.people_card, self._people = self._list_card(tr(self.people_title), tr("Add contact"), self.add_contact)
        self.steps_card, self._steps = self._list_card(tr("Next steps"), tr("Add task"), self.add_task)
        self.others_card, self._others = self._list_card(tr(self.others_title), "", None)
        self.others_card.hide()
        inner = Tall()
        self._side_column = column(None, space=12)
        inner.setLayout(self._side_column)
        area = scrolled(inner)
        area.setFixedWidth(SIDE)
        self._arrange_side(self._side_column)
        return area

    def _arrange_side(self, into: QVBoxLayout) -> None:
        """Put the cards of the side into a column, above its stretch."""
        for card in (self.people_card, self.steps_card, self.others_card):
            into.insertWidget(into.count() - 1, card)

    def _list_card(self, title: str, add: str, run: Callable[[], object] | None) -> tuple[Card, QVBoxLayout]:
        card = Card()
        card.setAccessibleName(title)
        card.body.setContentsMargins(16, 10, 10, 12)
        head = row(Text(title, "strong"), None)
        if run is not None:
            button = IconButton("plus", add, run, "muted")
            button.setFixedSize(26, 26)
            head.addWidget(button)
        else:
            head.addSpacing(26)
        lines = column(space=2)
        card.add(head, lines)
        return card, lines

    # --- asking -----------------------------------------------------------------------------------------------------

    def look(self, reader: Reader, record: UUID) -> Shown:
        """Read everything that the page shows; runs on a reader thread."""
        raise NotImplementedError

    def timeline_of(self, record: UUID) -> dict[str, Any]:
        """Return whose timeline it is, as `queries.timeline` wants it."""
        return {f"{self.entity}_id": record}

    def arrive(self, place: Place) -> None:
        if place.record is None:
            return
        if place.record != self.record:
            self.record, self.shown = place.record, None
            self.form.close_all()
            self.timeline.show_entries(())
            self.tabs.choose("timeline")
            self.stack.setCurrentWidget(self._bodies["timeline"])
            self._kinds = frozenset(story.KIND_LABELS)
            self._begin_draft()
            self.files.show_files(self.entity, place.record, ())
        self._ask()

    def refresh(self, changed: Changed) -> None:
        if self.record is not None:
            self._ask()

    def focus_first(self) -> None:
        self.composer.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin_draft(self) -> None:
        """Keep what is typed under this record's name."""
        if self._draft is not None:
            self._draft.keep()
            self._draft.deleteLater()
            self._draft = None
        self.composer.clear()
        self._draft = Draft(self.composer.line, self.frame.store, f"note/{self.record}")

    def _ask(self) -> None:
        record = self.record
        assert record is not None
        self.frame.ask(self, lambda reader: self.look(reader, record), self._show, self._not_found, key="page")
        self._ask_tab(self.tabs.value())

    def first_entries(self, reader: Reader, record: UUID) -> story.Timeline:
        """Return the newest part of the timeline, as it is filtered."""
        return story.timeline(reader, **self.timeline_of(record), limit=FIRST_ENTRIES, kinds=self._kinds)

    def _not_found(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, UserError):
            self.frame.show_error(error)
            return
        self._set_there(False)
        self._gone.set_sentence(error.message)

    def _set_there(self, there: bool) -> None:
        for number in range(self.column.count()):
            item = self.column.itemAt(number)
            for widget in _widgets(item):
                if widget not in (self._gone, self.crumbs):
                    widget.setVisible(there)
        self._gone.setVisible(not there)
        if there:
            self.others_card.setVisible(bool(self.shown and self.shown.others))

    # --- showing ----------------------------------------------------------------------------------------------------

    def _show(self, found: Shown) -> None:
        was_gone, self.shown = self._gone.isVisibleTo(self), found
        if was_gone:
            self._set_there(True)
        self.frame.set_title(found.name)
        label = tr(self._cls.entity.plural)
        self.crumbs.set_steps((label, lambda: self.frame.open_page(self.home)), (found.name, None))
        self.avatar.set_name(found.name)
        self.name.set_text(found.name)
        self._show_about(found)
        for tile, said in zip(self.tiles, found.tiles, strict=True):
            tile.set_label(said.label)
            tile.show_figure(said.figure, said.note, said.tone)
        self.form.show_record(found.values, found.said)
        if self.record is not None:
            self.own.show_record(self.record)
        self._show_quality(found.quality)
        self.tabs.set_tabs(self._tab_list(found.counts))
        self._show_people(found)
        self._show_steps(found)
        self._show_others(found)
        self._show_timeline(found.timeline)

    def _tab_list(self, counts: Mapping[str, int]) -> list[Tab]:
        return [
            Tab("timeline", tr("Timeline")), Tab("deals", tr("Deals"), counts.get("deals")), Tab("quotes", tr("Quotes"), counts.get("quotes")),
            Tab("tickets", tr("Tickets"), counts.get("tickets")), Tab("files", tr("Files"), counts.get("files")), Tab("history", tr("History")),
        ]  # fmt: skip

    def _show_about(self, found: Shown) -> None:
        self._about_line.clear()
        words = " · ".join(part for part in (*found.about, found.link[0] if found.link else "") if part)
        if words:
            line = Text(words, "muted")
            line.setMinimumHeight(22)
            self._about_line.addWidget(line)
        if found.link is not None:
            _, entity, record, name = found.link
            self._about_line.addWidget(Button(name, partial(self._open_record, entity, record), "link"))
        for word, tone in found.chips:
            self._about_line.addWidget(Chip(word, tone))
        self.about.updateGeometry()

    def _show_quality(self, found: Quality | None) -> None:
        """Say how good the data is and what is wrong, one problem a line."""
        for part in (self.quality_text, self.quality_bar):
            part.setVisible(found is not None)
        self.missing.setVisible(found is not None and bool(found.problems))
        if found is None:
            return
        self.quality_text.setText(tr("Data quality {percent}%", percent=found.percent))
        is_low = found.percent < self.frame.store.settings.quality_threshold
        self.quality_bar.set_share(found.percent / 100, "warning" if is_low else "accent")
        self.missing.setText("\n".join(tr(rule.label) for rule in found.problems))

    def _show_people(self, found: Shown) -> None:
        _empty(self._people)
        for person in found.people[:MOST_PEOPLE]:
            line = Clickable(tr("Open {label}", label=person.name))
            words = column(ElidedText(person.name), *([ElidedText(person.role, token="muted", size="caption")] if person.role else []), space=0)
            inner = row(Avatar(person.name), space=8, margins=(0, 4, 0, 4))
            inner.addLayout(words, 1)
            line.setLayout(inner)
            line.clicked.connect(partial(self._open_record, "contact", person.id))
            self._people.addWidget(line)
        if not found.people:
            self._people.addWidget(Text(tr("Nobody yet."), "muted"))
        if found.people_count > MOST_PEOPLE:
            self._people.addWidget(Button(tr("All {count}", count=found.people_count), self._show_all_people, "link"))

    def _show_all_people(self) -> None:
        menu = QMenu(self)
        for person in self.shown.people if self.shown else ():
            menu.addAction(person.name, partial(self._open_record, "contact", person.id))
        menu.exec(self.people_card.mapToGlobal(QPoint(0, self.people_card.height())))

    def _show_steps(self, found: Shown) -> None:
        _empty(self._steps)
        today = clock.today(self.frame.store.settings.tz)
        for step in found.steps:
            tick = IconButton("circle", tr("Complete {task}", task=step.subject), partial(self._complete, step.id), "muted")
            tick.setFixedSize(24, 24)
            line = QWidget()
            inner = row(tick, space=4)
            inner.addWidget(ElidedText(step.subject), 1)
            if step.due_on is not None:
                tone: theme.Tone = "danger" if step.state == "overdue" else "accent" if step.state == "today" else "muted"
                inner.addWidget(Chip(day_text(step.due_on, today), tone))
            line.setLayout(inner)
            line.setToolTip(tr(task_queries.GROUPS.get(step.state, "")))
            self._steps.addWidget(line)
        if not found.steps:
            self._steps.addWidget(Text(tr("No next step is planned."), "muted", wrap=True))

    def _show_others(self, found: Shown) -> None:
        _empty(self._others)
        for record, name in found.others:
            self._others.addWidget(Button(name, partial(self._open_record, self.entity, record), "link"))
        self.others_card.setVisible(bool(found.others))

    # --- timeline ---------------------------------------------------------------------------------------------------

    def _show_timeline(self, page: story.Timeline) -> None:
        self._before = page.before
        zone = self.frame.store.settings.tz
        self.timeline.show_entries([entry_of(one, zone) for one in page.entries], page.before is None)
        self._happened.setCurrentWidget(self.timeline if page.entries else self.silent)

    @Slot()
    def _load_more(self) -> None:
        record, before, kinds = self.record, self._before, self._kinds
        if record is None or before is None:
            return

        def question(reader: Reader) -> story.Timeline:
            return story.timeline(reader, **self.timeline_of(record), limit=FIRST_ENTRIES, before=before, kinds=kinds)

        self.frame.ask(self, question, self._add_entries, key="more")

    def _add_entries(self, page: story.Timeline) -> None:
        self._before = page.before
        zone = self.frame.store.settings.tz
        self.timeline.add([entry_of(one, zone) for one in page.entries], page.before is None)

    def _choose_kinds(self) -> None:
        menu = QMenu(self)
        everything = frozenset(story.KIND_LABELS)
        whole = menu.addAction(tr("Everything"), lambda: self.filter_timeline(everything))
        whole.setCheckable(True)
        whole.setChecked(self._kinds == everything)
        menu.addSeparator()
        for kind, label in story.KIND_LABELS.items():
            entry = menu.addAction(tr(label), partial(self._turn_kind, kind))
            entry.setCheckable(True)
            entry.setChecked(kind in self._kinds)
        menu.exec(self.filter_button.mapToGlobal(QPoint(0, self.filter_button.height() + 4)))

    def _turn_kind(self, kind: str) -> None:
        everything = frozenset(story.KIND_LABELS)
        wanted = frozenset({kind}) if self._kinds == everything else self._kinds ^ {kind}
        self.filter_timeline(wanted or everything)

    def filter_timeline(self, kinds: frozenset[str]) -> None:
        """Show only some kinds of entries."""
        self._kinds = kinds
        is_whole = kinds == frozenset(story.KIND_LABELS)
        self.filter_button.setIcon(theme.icon("list-filter", "muted" if is_whole else "accent"))
        record = self.record
        if record is not None:
            self.frame.ask(self, lambda reader: self.first_entries(reader, record), self._show_timeline, key="timeline")

    @Slot(object)
    def _open_entry(self, entry: Entry) -> None:
        if entry.record is None:
            return
        if entry.entity == "activity":
            ActivityDialog(self.frame, self.about_record(), record=entry.record).open()
        elif entry.record != self.record:
            self._open_record(entry.entity, entry.record)

    # --- tabs -------------------------------------------------------------------------------------------------------

    def _press_tile(self, number: int) -> None:
        if self.shown is not None and self.shown.tiles[number].tab:
            self.show_tab(self.shown.tiles[number].tab)

    @Slot(str)
    def show_tab(self, name: str) -> None:
        """Show what a tab holds."""
        self.tabs.choose(name)
        if name in TABLES and name not in self._tables:
            self._tables[name] = self._make_table(name)
            self._bodies[name] = self._tables[name]
            self.stack.addWidget(self._tables[name])
        self.stack.setCurrentWidget(self._bodies[name])
        self._ask_tab(name)

    def _make_table(self, name: str) -> RecordTable:
        entity, shown = TABLES[name]
        table = RecordTable(columns_of(entity, shown, TABLE_TONES, edit=False), self.source_of(name), tr(entity_class(entity).entity.plural))
        table.opened.connect(lambda record, beside: self.frame.open_record(entity, _uuid(record), beside))
        table.records.failed.connect(self.frame.show_error)
        table.head().setSectionHidden(0, True)
        return table

    def source_of(self, name: str) -> EntitySource:
        """Return the rows of a tab."""
        entity = TABLES[name][0]
        return EntitySource(self.frame.store, entity, (Condition(self.entity, "=", str(self.record)),), TABLE_TONES)

    def _ask_tab(self, name: str) -> None:
        record = self.record
        if record is None or name == "timeline":
            return
        if name in self._tables:
            self._tables[name].records.source = self.source_of(name)
            self._tables[name].records.renew()
        elif name == "files":
            self.frame.ask(
                self,
                lambda reader: attachments.files(reader, self.entity, record),
                lambda found: self.files.show_files(self.entity, record, found),
                key="files",
            )
        elif name == "history":
            self.frame.ask(self, lambda reader: records.history(reader, self.entity, record), self._show_history, key="history")

    def _show_history(self, found: Sequence[records.Entry]) -> None:
        zone = self.frame.store.settings.tz
        icons = {"insert": "plus", "update": "pencil", "purge": "trash-2"}
        self.history.show_entries(
            [Entry(icons[one.operation], one.label, self._changes_text(one), moment_text(one.at, zone), one.member, transaction=one.tx) for one in found],
            is_complete=True,
        )

    @Slot(object)
    def _take_back(self, entry: Entry) -> None:
        """Undo a deed of the history, be it days old, after asking: it may have changed other records as well."""
        if entry.transaction is None:
            return
        hint = tr("Everything that was changed together with it is taken back too; later changes stay.")
        if self.frame.confirm(tr("Take back “{label}” of {moment}?", label=entry.title, moment=entry.when), tr("Take back"), hint):
            store, transaction = self.frame.store, entry.transaction
            background.write(
                self, tr("Undo"), lambda job: store.undo(transaction), lambda what: self.frame.say(tr("Undone: {what}", what=what)), self.frame.show_error
            )

    def _changes_text(self, one: records.Entry) -> str:
        lines = []
        for name, (old, new) in one.changes.items():
            if name == "deleted":
                lines.append(tr("Deleted") if new else tr("Taken out of the bin"))
                continue
            known = self._cls.fields.get(name) or self.own.named(name)
            if known is None:
                continue
            before, after = records.shown(known, old), records.shown(known, new)
            lines.append(tr("{label}: {text}", label=tr(known.label), text=tr("{old} → {new}", old=before or "–", new=after or "–")))
        return " · ".join(lines)

    # --- deeds ------------------------------------------------------------------------------------------------------

    def commands(self) -> list[Action]:
        label = tr(self._cls.entity.label)
        return [
            Action("record.call", mark("Log call"), lambda: self.log("call"), "phone", "Ctrl+Shift+P", "record", words=mark("phone telephone")),
            Action("record.activity", mark("Log activity"), lambda: self.log("meeting"), "calendar-check", "", "record"),
            Action("record.note", mark("Write a note"), self.write_note, "sticky-note", "Ctrl+Shift+N", "record"),
            Action("record.task", mark("Add task"), self.add_task, "square-check-big", "Ctrl+Shift+T", "record"),
            Action("record.deal", mark("New deal"), self.new_deal, "square-kanban", "", "record"),
            Action("record.quote", mark("New quote"), self.new_quote, "file-plus", "", "record"),
            Action("record.ticket", mark("New ticket"), self.new_ticket, "life-buoy", "", "record"),
            Action("record.tag", mark("Add tag"), self.tag, "tag", "", "record"),
            Action("record.assign", mark("Assign owner"), self.assign, "user-check", "", "record"),
            Action("record.file", mark("Add file"), self.files.choose, "paperclip", "", "record"),
            Action(
                "record.delete",
                mark("Delete"),
                self.delete,
                "trash-2",
                "",
                "record",
                title=lambda: tr("Delete {name}", name=self.shown.name if self.shown else label),
            ),
        ]

    def about_record(self) -> About:
        """Return whom activities of this page are about."""
        raise NotImplementedError

    def links(self) -> dict[str, UUID]:
        """Return company and contact that new records get, by field name."""
        raise NotImplementedError

    def log(self, kind: str) -> None:
        """Write down what happened."""
        if self.shown is not None:
            ActivityDialog(self.frame, self.about_record(), kind).open()

    def write_note(self) -> None:
        """Put the keyboard where a note is written."""
        self.show_tab("timeline")
        self.composer.setFocus(Qt.FocusReason.OtherFocusReason)

    def new_quote(self) -> None:
        """Begin a quote and open it."""
        self.frame.do(deeds.add, "quote", self.links(), done=lambda record: self._open_record("quote", record))

    def new_deal(self) -> None:
        """Ask for a new deal."""
        title = tr("New deal")
        NewRecordDialog(
            self.frame,
            "deal",
            ("name", "amount", "expected_close_on", "stage"),
            title,
            tr("Add"),
            lambda _: self.frame.say(tr("Deal added"), undo=True),
            hidden=self.links(),
        ).open()

    def new_ticket(self) -> None:
        """Ask for a new ticket."""
        NewRecordDialog(
            self.frame, "ticket", ("subject", "priority", "queue", "channel"), tr("New ticket"), tr("Add"), lambda record: self._open_record("ticket", record),
            hidden=self.links(),
        ).open()  # fmt: skip

    def add_task(self) -> None:
        """Ask for something to do."""
        NewRecordDialog(
            self.frame,
            "task",
            ("subject", "due_on", "owner"),
            tr("New task"),
            tr("Add"),
            lambda _: self.frame.say(tr("Task added"), undo=True),
            hidden=self.links(),
        ).open()

    def add_contact(self) -> None:
        """Ask for one more person."""
        from crmdesk.ui.dialogs.new_customer import ask_new

        shown = self.shown
        if shown is not None:
            company = self.company_named()
            ask_new(self.frame, "contact", values={"company": company} if company else {})

    def company_named(self) -> Named | None:
        """Return the company that new people belong to."""
        raise NotImplementedError

    def tag(self) -> None:
        """Give the record tags."""
        dialog = TagDialog(self.frame, self, self.entity, 1)
        if self.record is not None and dialog.exec():
            self.frame.do(deeds.tag, self.entity, [self.record], dialog.names(), said=tr("Tagged"))

    def assign(self) -> None:
        """Give the record another owner."""
        dialog = OwnerDialog(self.frame, self, 1)
        if self.record is not None and dialog.exec() and dialog.owner() is not None:
            self.frame.do(deeds.edit, self.entity, [self.record], {"owner": dialog.owner()}, said=tr("Assigned"))

    def delete(self) -> None:
        """Put the record into the bin and go back."""
        if self.record is not None and self.shown is not None:
            said = tr("{name} deleted", name=self.shown.name)
            self.frame.do(deeds.delete, self.entity, [self.record], said=said, done=lambda _: self.frame.open_page(self.home))

    def _complete(self, task: UUID) -> None:
        self.frame.do(tasks.done, [task], said=tr("Task completed"))

    def _show_menu(self) -> None:
        menu = QMenu(self)
        self.frame.registry.fill(menu, "record")
        menu.exec(self.more_button.mapToGlobal(QPoint(0, self.more_button.height() + 4)))

    @Slot(str, object)
    def _open_record(self, entity: str, record: UUID) -> None:
        try:
            self.frame.open_record(entity, record)
        except LookupError:  # no page shows such records, or its area is not there
            return

    def _save(self, name: str, value: Any, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        def refused(error: Exception) -> None:
            failed(error)
            if not isinstance(error, UserError | Cancelled):
                self.frame.show_error(error)

        if self.record is not None:
            values = {name: given(self._cls.fields[name], value)}
            self.frame.do(deeds.edit, self.entity, [self.record], values, done=lambda _: self._saved_field(done), failed=refused)

    def _saved_field(self, done: Callable[[], None]) -> None:
        """Say what the record now has in common with another, where a rule only warns."""
        done()
        record = self.record
        if record is not None and uniqueness.rules(self.frame.store.settings, self.entity):
            self.frame.ask(self, lambda reader: uniqueness.of_stored(reader, self.entity, record), self._warn, key="unique")

    def _warn(self, clashes: Sequence[uniqueness.Clash]) -> None:
        if clashes:
            first = clashes[0]
            self.frame.say(first.said, undo=True, more=[(tr("Show"), lambda: self.frame.open_record(self.entity, first.record))])

    # --- the line ---------------------------------------------------------------------------------------------------

    @Slot(str)
    def _find_person(self, words: str) -> None:
        company = self.links().get("company")
        self.frame.ask(self.composer, lambda reader: task_queries.person_meant(reader, words, company), self.composer.show_person, key="person")

    @Slot(object)
    def _submit(self, said: Said) -> None:
        links: dict[str, Any] = {f"{name}_id": record for name, record in self.links().items()}
        if said.person is not None:
            links["contact_id"] = said.person[0]
        if said.is_task:
            self.frame.do(tasks.add, said.subject, due_on=said.on, due_at=said.at, **links, said=tr("Task added"), done=self._submitted)
        else:
            self.frame.do(activities.log, "note", said.subject, body=said.body, **links, said=tr("Note added"), done=self._submitted)

    def _submitted(self, record: object) -> None:
        self.composer.clear()
        if self._draft is not None:
            self._draft.done()

    # --- narrow windows ---------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._left_area.setFixedWidth(DETAILS_WIDE if self.width() >= ROOMY or self.width() < NARROW else DETAILS)
        self._side.setFixedWidth(SIDE_CLOSE if self.width() < CLOSE else SIDE + 40 if self.width() >= ROOMY else SIDE)
        narrow = self.width() < NARROW
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            self._side.setVisible(not narrow)
            self._arrange_side(self._left_column if narrow else self._side_column)


def entry_of(one: story.Entry, zone: tzinfo) -> Entry:
    """Turn an entry of the query into one that the timeline draws."""
    return Entry(one.icon, one.title, one.subtitle, moment_text(one.at, zone, one.day_only), one.member, entity=one.entity, record=one.id)


def rating(csat: float | None) -> str:
    """Return how satisfied customers were, in words; empty if nobody was asked."""
    return tr("rated {csat} of 5", csat=formats.number(Decimal(str(round(csat, 1))))) if csat else ""


def money_text(total: Sum) -> str:
    """Return a sum without decimals, with what has no exchange rate beside it."""
    base, *apart = total.moneys
    return " + ".join(show_money(money, whole=True) for money in (base, *apart) if money.amount or not apart)


def _uuid(record: bytes) -> UUID:
    from uuid import UUID

    return UUID(bytes=record)


def _widgets(item: Any) -> list[QWidget]:
    """Return the widgets in a layout's item, in layouts within too."""
    if item is None:
        return []
    if item.widget() is not None:
        return [item.widget()]
    inner = item.layout()
    return [widget for number in range(inner.count()) for widget in _widgets(inner.itemAt(number))] if inner is not None else []


def _empty(layout: QVBoxLayout) -> None:
    """Take everything out of a layout and delete it."""
    while item := layout.takeAt(0):
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
