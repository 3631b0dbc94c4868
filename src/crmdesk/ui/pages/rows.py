"""The records behind a figure: whatever list it was counted from, with the same conditions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget

from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import parse_condition
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.page import Page, Place
from crmdesk.ui.records import EntitySource
from crmdesk.ui.widgets.heads import Breadcrumb, EmptyState

if TYPE_CHECKING:
    from crmdesk.ui.actions import Action
    from crmdesk.ui.page import Changed, Frame
    from crmdesk.ui.records import Tones

COLUMNS = {
    "deal": ("name", "company", "stage", "amount", "expected_close_on", "closed_on", "owner"),
    "ticket": ("number", "subject", "company", "status", "priority", "owner", "opened_at", "first_reply_due_at"),
    "quote": ("number", "company", "subject", "status", "date", "valid_until", "payable", "owner"),
    "lead": ("name", "company_name", "status", "origin", "owner", "arrived_at"),
    "activity": ("at", "kind", "subject", "company", "contact", "owner"),
}  # fmt: skip
TONES: Tones = {
    "status": {"draft": "info", "issued": "accent", "accepted": "success", "declined": "danger", "expired": "warning", "waiting": "info", "resolved": "success"},
    "priority": {"urgent": "danger", "high": "warning"},
}  # fmt: skip


class _List(RecordListPage):
    """A list without a header of its own."""

    def __init__(self, frame: Frame, entity: str) -> None:
        known = entity_class(entity).fields
        self.entity = entity
        self.shown = tuple(name for name in COLUMNS.get(entity, ()) if name in known) or tuple(name for name, field in known.items() if field.in_list)
        self.tones = {name: tones for name, tones in TONES.items() if name in self.shown}
        super().__init__(frame)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.list.save_button.hide()

    def new(self) -> None:
        """Add nothing here: a figure is looked at."""

    def buttons(self) -> list[Any]:
        return []

    def empty(self) -> EmptyState:
        return EmptyState(self._kind.icon, tr(self.none_yet))

    def aim(self, title: str, where: tuple[str, ...]) -> None:
        """Show the records for which all conditions hold."""
        self.conditions = tuple(parse_condition(text) for text in where)
        self.list.table.records.source = EntitySource(self.frame.store, self.entity, self.conditions, self.tones)
        self._is_loaded = False
        self.arrive(Place("rows"))
        self.header.set_title(title)


class RowsPage(Page):
    """The page; `place.view` says what it shows, see `view_of`."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.way = Breadcrumb((tr("Back"), frame.go_back))
        self.stack = QStackedWidget()
        self._lists: dict[str, _List] = {}
        self.column.addWidget(self.way)
        self.column.addWidget(self.stack, 1)

    def arrive(self, place: Place) -> None:
        wanted = json.loads(place.view)
        entity = wanted["entity"]
        if entity not in self._lists:
            self._lists[entity] = _List(self.frame, entity)
            self.stack.addWidget(self._lists[entity])
        shown = self._lists[entity]
        self.stack.setCurrentWidget(shown)
        self.way.set_steps((tr("Back"), self.frame.go_back), (wanted["title"], None))
        self.name_window(wanted["title"])
        shown.aim(wanted["title"], tuple(wanted["where"]))
        self.registry.set_page(self.commands())

    def refresh(self, changed: Changed) -> None:
        shown = self.shown_list()
        if shown is not None and (shown.watches & changed.keys()):
            shown.refresh(changed)

    def commands(self) -> list[Action]:
        shown = self.shown_list()
        return [action for action in shown.commands() if action.group != "new"] if shown is not None else []

    def focus_first(self) -> None:
        shown = self.shown_list()
        if shown is not None:
            shown.focus_first()

    def shown_list(self) -> _List | None:
        """Return the list that is shown."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, _List) else None
