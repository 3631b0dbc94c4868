"""The page itself: figures and details, what happened, people, next steps, and what can be done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from crmdesk.errors import Cancelled, UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import records as deeds
from crmdesk.operations import tasks
from crmdesk.queries import timeline as story
from crmdesk.queries import uniqueness
from crmdesk.queries.finding import Condition
from crmdesk.ui.actions import Action
from crmdesk.ui.details import Details
from crmdesk.ui.dialogs.bulk import OwnerDialog, TagDialog
from crmdesk.ui.dialogs.log_activity import About, ActivityDialog
from crmdesk.ui.dialogs.new_deal import ask_new_deal
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.happened import Happened, open_entry
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import Changed, Frame, Page, Place, Tall, at_field_or_window, scrolled
from crmdesk.ui.quality import RecordQuality
from crmdesk.ui.record_page.belongings import TABLE_TONES, TABLES, Belongings
from crmdesk.ui.record_page.side import Side
from crmdesk.ui.records import EntitySource, given
from crmdesk.ui.widgets.basics import Avatar, Button, Card, Chip, ElidedText, IconButton, Text, column, row
from crmdesk.ui.widgets.figures import Tile
from crmdesk.ui.widgets.heads import Breadcrumb, EmptyState, Tab, Tabs
from crmdesk.ui.widgets.layouts import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from crmdesk.store import Reader
    from crmdesk.ui.editors import Named
    from crmdesk.ui.record_page.shown import Shown
    from crmdesk.ui.widgets.timeline import Entry

DETAILS, DETAILS_WIDE, DETAILS_LEAST, SIDE, SIDE_CLOSE = 300, 340, 264, 240, 220
LEAST, NARROW, CLOSE, ROOMY = 760, 1000, 1120, 1400
PARTS = frozenset({"phone", "email", "handle", "address", "memo", "record_tag", "tag", "member"})


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
        card = Card(tr("Details"))
        self.own = OwnFields(self.frame, self._cls.entity.name)
        self.quality = RecordQuality(self.frame, self._cls.entity.name)
        card.add(self.form, self.own, self.quality)
        card.body.setSpacing(6)
        inner = Tall()
        self._left_column = column(card, None, space=12)
        inner.setLayout(self._left_column)
        self._left_area = scrolled(inner)
        self._left_area.setFixedWidth(DETAILS)
        return self._left_area

    def _middle(self) -> QWidget:
        self.tabs = Tabs(self._tab_list({}))
        self.tabs.chosen.connect(self.show_tab)
        self.happened = Happened(self.frame, self.timeline_of, self.links)
        self.happened.opened.connect(self.open_entry)
        self.belongings = Belongings(self.frame, self.entity, self.happened, self.source_of)
        card = Card(padding=0, space=0)
        card.add(self.tabs, self.belongings)
        card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        return card

    def _right(self) -> QWidget:
        self.side = Side(self.frame, self.entity, tr(self.people_title), tr(self.others_title))
        self.side.opened.connect(self._open_record)
        self.side.completed.connect(self.complete)
        self.side.contact_wanted.connect(self.add_contact)
        self.side.task_wanted.connect(self.add_task)
        inner = Tall()
        self._side_column = column(self.side, None, space=12)
        inner.setLayout(self._side_column)
        area = scrolled(inner)
        area.setFixedWidth(SIDE)
        return area

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
            self.tabs.choose("timeline")
            self.happened.begin(place.record)
            self.belongings.begin(place.record)
        self._ask()

    def refresh(self, changed: Changed) -> None:
        if self.record is not None:
            self._ask()

    def focus_first(self) -> None:
        self.happened.composer.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self) -> None:
        record = self.record
        assert record is not None
        self.frame.ask(self, lambda reader: self.look(reader, record), self._show, self._not_found, key="page")
        self.belongings.ask(self.tabs.value())

    def first_entries(self, reader: Reader, record: UUID) -> story.Timeline:
        """Return the newest part of the timeline, as it is filtered."""
        return self.happened.first_entries(reader, record)

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
            self._side.setVisible(not self._is_narrow)
            self.side.others_card.setVisible(bool(self.shown and self.shown.others))

    # --- showing ----------------------------------------------------------------------------------------------------

    def _show(self, found: Shown) -> None:
        was_gone, self.shown = self._gone.isVisibleTo(self), found
        if was_gone:
            self._set_there(True)
        self.name_window(found.name)
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
        self.quality.show_quality(found.quality)
        self.tabs.set_tabs(self._tab_list(found.counts))
        self.side.show_record(found)
        self.happened.show_entries(found.timeline)

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
        self.about.setVisible(self._about_line.count() > 0)
        self.about.updateGeometry()

    # --- tabs -------------------------------------------------------------------------------------------------------

    def _press_tile(self, number: int) -> None:
        if self.shown is not None and self.shown.tiles[number].tab:
            self.show_tab(self.shown.tiles[number].tab)

    @Slot(str)
    def show_tab(self, name: str) -> None:
        """Show what a tab holds."""
        self.tabs.choose(name)
        self.belongings.show_tab(name)

    def source_of(self, name: str) -> EntitySource:
        """Return the rows of a tab."""
        entity = TABLES[name][0]
        return EntitySource(self.frame.store, entity, (Condition(self.entity, "=", str(self.record)),), TABLE_TONES)

    @Slot(object)
    def open_entry(self, entry: Entry) -> None:
        """Show what an entry of the timeline is about."""
        if entry.record is not None and entry.record != self.record:
            open_entry(self.frame, entry.entity, entry.record, self.about_record())

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
            Action("record.file", mark("Add file"), self.belongings.files.choose, "paperclip", "", "record"),
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
        self.happened.composer.setFocus(Qt.FocusReason.OtherFocusReason)

    def new_quote(self) -> None:
        """Begin a quote and open it."""
        self.frame.do(deeds.add, "quote", self.links(), done=lambda record: self._open_record("quote", record))

    def new_deal(self) -> None:
        """Ask for a new deal."""
        ask_new_deal(self.frame, self.links())

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

    @Slot(object)
    def complete(self, task: UUID) -> None:
        """Tick a task off."""
        self.frame.do(tasks.done, [task], said=tr("Task completed"))

    def _show_menu(self) -> None:
        menu = QMenu(self)
        self.registry.fill(menu, "record")
        menu.exec(self.more_button.mapToGlobal(QPoint(0, self.more_button.height() + 4)))

    @Slot(str, object)
    def _open_record(self, entity: str, record: UUID) -> None:
        try:
            self.frame.open_record(entity, record)
        except LookupError:  # no page shows such records, or its area is not there
            return

    def _save(self, name: str, value: Any, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        if self.record is not None:
            values = {name: given(self._cls.fields[name], value)}
            self.frame.do(deeds.edit, self.entity, [self.record], values, done=lambda _: self._saved_field(done), failed=at_field_or_window(self.frame, failed))

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

    # --- narrow windows ---------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= ROOMY or LEAST <= self.width() < NARROW
        self._left_area.setFixedWidth(DETAILS_WIDE if is_wide else DETAILS if self.width() >= LEAST else DETAILS_LEAST)
        self._side.setFixedWidth(SIDE_CLOSE if self.width() < CLOSE else SIDE + 40 if self.width() >= ROOMY else SIDE)
        narrow = self.width() < NARROW
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            self._side.setVisible(not narrow)
            (self._left_column if narrow else self._side_column).insertWidget(1 if narrow else 0, self.side)


def _widgets(item: Any) -> list[QWidget]:
    """Return the widgets in a layout's item, in layouts within too."""
    if item is None:
        return []
    if item.widget() is not None:
        return [item.widget()]
    inner = item.layout()
    return [widget for number in range(inner.count()) for widget in _widgets(inner.itemAt(number))] if inner is not None else []
