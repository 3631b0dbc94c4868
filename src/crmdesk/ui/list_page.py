"""The page of a list, ready to be subclassed: contacts, companies, leads, products, articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QModelIndex, Slot

from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import records as deeds
from crmdesk.operations.merging import MERGED
from crmdesk.queries import amounts, records, search
from crmdesk.queries.own_fields import own_fields
from crmdesk.queries.problems import rules_of
from crmdesk.ui.actions import Action
from crmdesk.ui.amounts import counted, whole
from crmdesk.ui.details import Details
from crmdesk.ui.dialogs.bulk import OwnerDialog, TagDialog
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.import_offers import import_action, import_file, nothing_yet
from crmdesk.ui.lists.cell_edits import CellEdits
from crmdesk.ui.lists.record_list import MANY, BulkAction, Definition, RecordList
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import Changed, Frame, Page, Place, Tall, at_field_or_window, scrolled
from crmdesk.ui.quality import RecordQuality
from crmdesk.ui.records import EntitySource, Tones, columns_of, context, field_named, given, own_columns
from crmdesk.ui.views import SavedViews, View
from crmdesk.ui.widgets.basics import Button, column
from crmdesk.ui.widgets.heads import PageHeader, count_note
from crmdesk.ui.widgets.peek import PeekPanel, PeekSplitter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from crmdesk.fields import Field
    from crmdesk.queries.records import Row
    from crmdesk.ui.background import Job
    from crmdesk.ui.lists.record_list import Totals
    from crmdesk.ui.widgets.heads import EmptyState
    from crmdesk.ui.widgets.record_table import Ask, Id


MOST_MERGED = 20
"""So many records are put side by side at most: each is compared with each, and five are shown at a time."""


class RecordListPage(Page):
    """A list of one entity with header, filters, views, bulk actions, inline edit and a peek panel.

    A subclass names what is its own:

        class ContactsPage(RecordListPage):
            entity = "contact"
            shown = ("name", "company", "role", "phone", "email", "address.city", "last_contact_at")
            filters = ("company", "role", "owner", "lifecycle", "address.city", "tags", "last_contact_at")
            peek = ("phone", "email", "company", "role", "owner")

            def new(self) -> None:
                ...

    Attributes:
        shown: the columns shown at first, in order. filters: what one can filter by; `shown` if empty.
        tones: fields drawn as chips. peek: fields in the panel beside the list; empty means no panel.
        peeks_own: whether the panel shows the user's own fields too; for entities without a page of their own.
        conditions: hold always, such as that only open records are listed.
        none_yet: what is said when there is no record at all.
    """

    entity = ""
    shown: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    tones: Tones = {}
    peek: tuple[str, ...] = ()
    peeks_own = False
    conditions: tuple[Any, ...] = ()
    none_yet = mark("Nothing here yet.")

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._kind = entity_class(self.entity).entity
        self.watches = frozenset({self.entity, "custom_field", *self._linked()})
        self._own: dict[str, Field] = {}
        self.views = SavedViews(self, self.entity, lambda: self.list.definition().to_json(), self._show_view)
        self._is_loaded = False
        self._total = 0
        self.header = PageHeader(tr(self._kind.plural))
        self.header.add(*self.buttons())
        self.column.addWidget(self.header)
        self._context = context(frame.store)
        fields = {name: field_named(self.entity, name) for name in self.filters or self.shown}
        self.list = RecordList(
            columns_of(self.entity, self.shown, self.tones),
            EntitySource(frame.store, self.entity, self.conditions, self.tones),
            fields, self._context, tr(self._kind.plural), frame.confirm, self.totals(),
        )  # fmt: skip
        self.list.set_bulk(*self.bulk())
        self.list.set_empty(self.empty())
        self.cells = CellEdits(self, self.entity, self.list.table, self._context, self._field)
        self.list.table.editor_maker = self.cells.editor
        self._panel = PeekPanel(self._open_current)
        self._peek_form: Details | None = None
        self._peeked: UUID | None = None
        self._peek_own: OwnFields | None = None
        self._peek_quality: RecordQuality | None = None
        self._splitter = PeekSplitter(self.list, self._panel)
        self.column.addWidget(self._splitter, 1)
        self._wanted: UUID | None = None
        self._connect()

    def _linked(self) -> set[str]:
        cls = entity_class(self.entity)
        return {cls.fields[name].target or "" for name in (n.partition(".")[0] for n in self.shown) if name in cls.fields}

    def _connect(self) -> None:
        self.list.opened.connect(self._open)
        self.list.counted.connect(self._counted)
        self.list.counted.connect(self._go_to_wanted)
        self.list.failed.connect(self.frame.show_error)
        self.list.view_wanted.connect(self.views.keep)
        self.list.peeked.connect(self._peek)
        self.list.table.delete_wanted.connect(self.delete)
        self.list.table.pasted.connect(self.cells.paste)
        if self.peek:
            self.list.table.clicked.connect(self._clicked)
        self._panel.closed.connect(self._close_panel)

    # --- what a subclass may say ------------------------------------------------------------------------------------

    def buttons(self) -> list[QWidget]:
        """Return the buttons of the header, the main one last."""
        return [
            Button(tr("Import"), self.import_file, icon="upload"),
            Button(tr("Export"), self.export, icon="download"),
            Button(tr(self._kind.label), self.new, "primary", "plus"),
        ]

    def bulk(self) -> list[BulkAction]:
        """Return what can be done to checked rows."""
        merge = [BulkAction(tr("Merge duplicates"), self.merge, least=2, most=MOST_MERGED, too_many=_too_many_to_merge())] if self.entity in MERGED else []
        return [*merge, BulkAction(tr("Export"), self.export), BulkAction(tr("Delete"), self.delete, "", lambda count: self._delete_question(count))]

    def totals(self) -> Totals | None:
        """Return what asks for the figures of the foot: how many records there are and what they come to, where they have amounts."""
        return self._ask_sums if self.entity in amounts.AMOUNTS else None

    def _ask_sums(self, job: Job, ask: Ask) -> Sequence[tuple[str, str]]:
        with self.frame.store.read() as reader, job.interrupted_by(reader.interrupt):
            among = search.matching(reader, ask.text, self.entity) if ask.text.strip() else None
            count, total = amounts.totals(reader, self.entity, (*self.conditions, *ask.conditions), among)
        label = entity_class(self.entity).fields[amounts.AMOUNTS[self.entity]].label
        return [("", counted(self.entity, count)), (tr(label), whole(total))]

    def empty(self) -> EmptyState:
        """Return what is shown when there is no record at all."""
        return nothing_yet(self.frame, self.entity, tr(self.none_yet), Button(tr(self._kind.label), self.new, "primary", "plus"))

    def peek_body(self, details: QWidget) -> QWidget:
        """Return what stands in the panel; by default the details alone."""
        return details

    def new(self) -> None:
        """Add a record; by default with the title alone."""
        NewRecordDialog(self.frame, self.entity, (self._kind.title,), tr(self._kind.label), tr("Add"), self._added).open()

    # --- what every list does ---------------------------------------------------------------------------------------

    def commands(self) -> list[Action]:
        merge = Action("list.merge", mark("Merge duplicates"), lambda: self.merge(self.list.table.chosen_ids()), "merge", "", "record", self._has_several)
        return [
            Action(f"{self.entity}.add", self._kind.label, self.new, "plus", "Ctrl+N", "new", title=lambda: self._new_title()),
            Action("list.filter", mark("Filter this list"), self.list.search.setFocus, "list-filter", "Ctrl+F", "view"),
            Action("list.columns", mark("Columns"), self.list.choose_columns, "columns-3", "", "view"),
            Action("list.fill_down", mark("Fill down"), self.cells.fill_down, "arrow-down", "Ctrl+D", "edit"),
            Action("list.compact", mark("Narrow rows"), self._toggle_compact, "list", "", "view", checked=self._is_compact),
            import_action(self.frame, self.entity),
            Action("list.export", mark("Export"), self.export, "download", "Ctrl+E", "file", title=lambda: tr("Export {what}", what=tr(self._kind.plural))),
            Action("list.reload", mark("Reload"), self.list.renew, "refresh-cw", "F5", "view"),
            *([merge] if self.entity in MERGED else []),
        ]

    def import_file(self) -> None:
        """Show the page that brings a file in."""
        import_file(self.frame, self.entity)

    def export(self, ids: list[Id] | None = None) -> None:
        """Write the list, or what is checked, into a file."""
        from crmdesk.ui.dialogs.export_dialog import ExportDialog

        table = self.list.table
        some = ids or (table.chosen_ids() if table.records.checked else None)
        listed, chosen = ([UUID(bytes=record) for record in those] for those in (table.records.ids(), some or ()))
        ExportDialog(self.frame, self.entity, listed, table.shown_columns(), self.list.filters.conditions(), chosen).open()

    def _new_title(self) -> str:
        return tr("New: {text}", text=tr(self._kind.label))

    def arrive(self, place: Place) -> None:
        if place.view:
            self.views.open(place.view)
        elif self.views.close() or not self._is_loaded:
            self._show_view(None)
        self._is_loaded = True
        self._ask_own()
        self._ask_total()
        self._wanted = place.record if place.entity == self.entity else None
        self._go_to_wanted()

    def show_record(self, record: UUID) -> None:
        """Show a record of the list in the panel, as soon as the list has it."""
        self._wanted = record
        self._go_to_wanted()

    @Slot()
    def _go_to_wanted(self) -> None:
        wanted = self._wanted
        if wanted is not None and self.list.table.go_to(wanted.bytes):
            self._wanted = None
            self._splitter.show_panel(True)
            self._peek(wanted.bytes)

    def refresh(self, changed: Changed) -> None:
        own = changed.get(self.entity, frozenset())
        if "custom_field" in changed:
            self._ask_own()
        linked = any(name != self.entity and name in self.watches for name in changed)
        self.list.renew(None if own is None or linked else [record.bytes for record in own])
        self._ask_total()
        if self._panel.isVisible():
            self._peek(self.list.table.current_id())

    def focus_first(self) -> None:
        self.list.focus_first()

    def delete(self, ids: list[Id]) -> None:
        """Put records into the bin; a toast takes it back."""
        said = ntr("{count} record deleted", "{count} records deleted", len(ids))
        self.frame.do(deeds.delete, self.entity, [UUID(bytes=record) for record in ids], said=said)

    def _delete_question(self, count: int) -> str:
        return tr("Delete {count} records?", count=count)

    def _added(self, record: UUID) -> None:
        self.frame.say(tr("Added"), undo=True, more=[(tr("Show"), lambda: self.frame.open_record(self.entity, record))])

    @Slot(object, bool)
    def _open(self, record: Id, beside: bool) -> None:
        self.frame.open_record(self.entity, UUID(bytes=record), beside)

    def _open_current(self) -> None:
        record = self.list.table.current_id()
        if record is not None:
            self._open(record, False)

    def _toggle_compact(self) -> None:
        self.list.table.set_compact(not self._is_compact())

    def _is_compact(self) -> bool:
        return self.list.table.is_compact()

    # --- many records -----------------------------------------------------------------------------------------------

    def belonging(self) -> list[BulkAction]:
        """Return what can be done to checked rows of records that have tags and an owner."""
        return [BulkAction(tr("Add tag"), self.tag), BulkAction(tr("Assign owner"), self.assign)]

    def belonging_commands(self) -> list[Action]:
        """Return the commands of records that have tags and an owner."""
        return [
            Action("list.tag", mark("Add tag"), lambda: self.tag(self.list.table.chosen_ids()), "tag", "", "record", self._has_rows),
            Action("list.assign", mark("Assign owner"), lambda: self.assign(self.list.table.chosen_ids()), "user-check", "", "record", self._has_rows),
        ]

    def _has_rows(self) -> bool:
        return bool(self.list.table.records.rowCount())

    def tag(self, ids: list[Id]) -> None:
        """Give records tags."""
        if not ids:
            return
        dialog = TagDialog(self.frame, self, self.entity, len(ids))
        if dialog.exec() and self.go_on(tr("Tag {count} records?", count=len(ids)), tr("Add tag"), len(ids)):
            said = ntr("{count} record tagged", "{count} records tagged", len(ids))
            self.frame.do(deeds.tag, self.entity, [UUID(bytes=record) for record in ids], dialog.names(), said=said)

    def assign(self, ids: list[Id]) -> None:
        """Give records another owner."""
        if not ids:
            return
        dialog = OwnerDialog(self.frame, self, len(ids))
        if dialog.exec() and dialog.owner() is not None and self.go_on(tr("Assign {count} records?", count=len(ids)), tr("Assign"), len(ids)):
            said = ntr("{count} record assigned", "{count} records assigned", len(ids))
            self.frame.do(deeds.edit, self.entity, [UUID(bytes=record) for record in ids], {"owner": dialog.owner()}, said=said)

    def go_on(self, question: str, verb: str, count: int) -> bool:
        """Ask whether to go on where many records are changed."""
        return count <= MANY or self.frame.confirm(question, verb)

    def merge(self, ids: list[Id]) -> None:
        """Put records side by side, to make one of them."""
        self.frame.open_page("duplicates", f"{self.entity}:{','.join(record.hex() for record in ids)}")

    def _has_several(self) -> bool | str:
        count = len(self.list.table.records.checked)
        if count > MOST_MERGED:
            return _too_many_to_merge()
        return count > 1 or tr("Tick two rows or more first.")

    # --- the user's own fields ----------------------------------------------------------------------------------------

    def _ask_own(self) -> None:
        entity = self.entity
        self.frame.ask(self, lambda reader: own_fields(reader, entity), self._show_own, key="own")

    def _show_own(self, found: Mapping[str, Field]) -> None:
        self._own = {field.name: field for field in found.values()}
        self.list.set_own(own_columns(self._own.values()), self._own)

    def _field(self, name: str) -> Field:
        return self._own.get(name) or field_named(self.entity, name)

    # --- how many ---------------------------------------------------------------------------------------------------

    def _ask_total(self) -> None:
        entity, always = self.entity, self.conditions
        self.frame.ask(self, lambda reader: records.count(reader, entity, always), self._set_total, key="total")

    def _set_total(self, total: int) -> None:
        self._total = total
        self._counted(self.list.table.records.rowCount())

    @Slot(int)
    def _counted(self, count: int) -> None:
        self.header.set_note(count_note(count, max(count, self._total)))

    # --- views ------------------------------------------------------------------------------------------------------

    def _show_view(self, view: View | None) -> None:
        self.header.set_title(view.name if view is not None else tr(self._kind.plural))
        self.list.apply(Definition.from_json(view.definition) if view is not None else None, has_view=view is not None)

    # --- peek -------------------------------------------------------------------------------------------------------

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        if index.column() > 0 and not self._splitter.is_shown():
            self._splitter.show_panel(True)
            self._peek(self.list.table.records.id_at(index.row()))

    @Slot(object)
    def _peek(self, record: Id) -> None:
        if not self.peek or record is None or not self._splitter.is_shown():
            return
        names = tuple(dict.fromkeys((self._kind.title, *self.peek)))
        entity = self.entity
        self.frame.ask(self, lambda reader: records.rows(reader, entity, [record], names), self._show_peek, key="peek")

    def show_peeked(self, record: UUID) -> None:
        """Show more of the record in the panel than its details."""

    def _show_peek(self, found: Sequence[Row]) -> None:
        if not found:
            self._close_panel()
            return
        cls, one = entity_class(self.entity), found[0]
        if self._peek_form is None:
            fields = [cls.fields[name] for name in self.peek]
            self._peek_form = Details(fields, context(self.frame.store), self._save_peek)
            self._peek_form.link_opened.connect(self._open_link)
            inner = Tall()
            self._peek_column = column(self._peek_form, None, space=6)
            inner.setLayout(self._peek_column)
            self._panel.content.addWidget(self.peek_body(scrolled(inner)))
            if self.peeks_own:
                self._peek_own = OwnFields(self.frame, self.entity)
                self._peek_column.insertWidget(1, self._peek_own)
            if rules_of(self.entity):
                self._peek_quality = RecordQuality(self.frame, self.entity)
                self._peek_column.insertWidget(self._peek_column.count() - 1, self._peek_quality)
        said = [records.shown(cls.fields[name], one.values.get(name)) for name in self._kind.subtitle if name in one.values]
        self._panel.show_record(str(one.values[self._kind.title] or ""), " · ".join(text for text in said if text))
        if one.id != self._peeked:
            self._peek_form.close_all()
        self._peek_form.show_record(one.values)
        self._peeked = one.id
        if self._peek_own is not None:
            self._peek_own.show_record(one.id)
        if self._peek_quality is not None:
            self._peek_quality.show_record(one.id)
        self.show_peeked(one.id)

    @Slot(str, object)
    def _open_link(self, entity: str, record: UUID) -> None:
        self.frame.open_record(entity, record)

    def _save_peek(self, name: str, value: Any, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        if self._peeked is not None:
            self.save_field(self._peeked, name, value, done, failed)

    def save_field(self, record: UUID, name: str, value: Any, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        """Save one field of a record; what a `Form` with `save` calls."""
        field: Field = entity_class(self.entity).fields[name]
        self.frame.do(deeds.edit, self.entity, [record], {name: given(field, value)}, done=lambda _: done(), failed=at_field_or_window(self.frame, failed))

    def beside(self) -> QWidget | None:
        return self._panel if self._splitter.is_shown() else None

    def close_beside(self) -> None:
        self._close_panel()

    @Slot()
    def _close_panel(self) -> None:
        self._splitter.show_panel(False)
        self.list.focus_first()


def _too_many_to_merge() -> str:
    return tr("At most {count} rows can be merged at a time: untick some first.", count=MOST_MERGED)
