"""What can be done from anywhere: new records, and commands about whatever the palette found; what was looked at last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from crmdesk.i18n import mark, tr
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs import taking_out
from crmdesk.ui.dialogs.log_activity import About, ActivityDialog
from crmdesk.ui.dialogs.new_customer import ask_new
from crmdesk.ui.dialogs.new_deal import ask_new_deal
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.named import Named
from crmdesk.ui.palette import ContextCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.store import Reader
    from crmdesk.ui.page import Place
    from crmdesk.ui.window import Window

CUSTOMERS = ("company", "contact")
MOST_RECENT = 7
# Action, its name, icon, the area it belongs to, and the entity or page that it is about.
NEW = (
    ("contact.add", mark("New contact"), "user", "contacts", "contact"), ("company.add", mark("New company"), "building-2", "companies", "company"),
    ("lead.add", mark("New lead"), "funnel", "leads", "lead"), ("deal.new", mark("New deal"), "square-kanban", "pipeline", "pipeline"),
    ("quote.new", mark("New quote"), "file-text", "quotes", "quotes"), ("ticket.new", mark("New ticket"), "life-buoy", "tickets", "tickets"),
    ("task.new", mark("New task"), "square-check-big", "tasks", "tasks"),
)  # fmt: skip
# Pages that stand behind others in the navigation.
PLACES = (
    ("articles", mark("Articles"), "book-open", "tickets"), ("products", mark("Products"), "package", "quotes"), ("import", mark("Import a file"), "upload", "contacts"),
    ("bin", mark("Recycle bin"), "trash-2", ""),
)  # fmt: skip


def new_actions(window: Window, areas: Callable[[], Sequence[str]]) -> list[Action]:
    """Return the actions that begin a record, and those that lead to pages behind others; where the area is switched off, they say so."""

    def enabled(area: str) -> bool | str:
        return not area or area in areas() or tr("This area is switched off in the settings.")

    def run(action: str, about: str) -> Callable[[], object]:
        return partial(ask_new, window, about) if action.endswith(".add") else partial(window.open_page, about, "new")

    begin = [Action(action, text, run(action, about), icon, "", "new", partial(enabled, area)) for action, text, icon, area, about in NEW]
    go = [Action(f"go.{page}", text, partial(window.open_page, page), icon, "", "go", partial(enabled, area)) for page, text, icon, area in PLACES]
    return [*begin, *go, *taking_out.actions(window)]


def context_commands(window: Window) -> list[ContextCommand]:
    """Return what the palette offers about the best hit."""
    return [
        ContextCommand(mark("New deal for {name}"), "plus", CUSTOMERS, partial(_new_deal, window)),
        ContextCommand(mark("Log a call with {name}"), "phone", CUSTOMERS, partial(_log_call, window)),
        ContextCommand(mark("New ticket for {name}"), "life-buoy", CUSTOMERS, partial(_new_ticket, window)),
        ContextCommand(mark("New quote for {name}"), "file-plus", CUSTOMERS, partial(_new_quote, window)),
    ]


_IN_SETTINGS = {"saved_answer": "answers", "member": "members"}


def open_found(window: Window, entity: str, record: UUID, beside: bool = False) -> None:
    """Open what the palette found; what has no page of its own is shown in its dialog or its section of the settings."""
    if entity == "activity":
        ActivityDialog(window, About(), record=record).open()
    elif entity in _IN_SETTINGS:
        window.open_page("settings", _IN_SETTINGS[entity])
    else:
        window.open_record(entity, record, beside)


def _new_deal(window: Window, entity: str, record: UUID) -> None:
    ask_new_deal(window, {entity: record})


def _new_ticket(window: Window, entity: str, record: UUID) -> None:
    names = ("subject", "priority", "queue", "channel")
    NewRecordDialog(window, "ticket", names, tr("New ticket"), tr("Add"), lambda made: window.open_record("ticket", made), hidden={entity: record}).open()


def _new_quote(window: Window, entity: str, record: UUID) -> None:
    window.do(deeds.add, "quote", {entity: record}, done=lambda made: window.open_record("quote", made))


def _log_call(window: Window, entity: str, record: UUID) -> None:
    def show(named: Named) -> None:
        about = About(company=record) if entity == "company" else About(contact=named)
        ActivityDialog(window, about, "call").open()

    window.ask(window, lambda reader: Named(record, _title(reader, entity, record)), show, key="call")


def _title(reader: Reader, entity: str, record: UUID) -> str:
    return records.titles(reader, entity, [record]).get(record.bytes, ("", False))[0]


@dataclass(frozen=True)
class Seen:
    """A record that was looked at."""

    entity: str
    id: UUID
    title: str
    subtitle: str = ""
    match: None = None


class Recent:
    """The records that were looked at last, the newest first; forgotten when the store is locked."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._seen: list[Seen] = []
        window.place_changed.connect(self._note)

    def __call__(self) -> Sequence[Any]:
        """Return them, as the palette wants it."""
        return tuple(self._seen)

    def clear(self) -> None:
        """Forget them."""
        self._seen = []

    def _note(self, place: Place) -> None:
        entity, record = place.entity, place.record
        if record is not None and entity:
            self.window.ask(self.window, lambda reader: Seen(entity, record, _title(reader, entity, record)), self._add, key="recent")

    def _add(self, seen: Seen) -> None:
        if seen.title:
            self._seen = [seen, *(one for one in self._seen if one.id != seen.id)][:MOST_RECENT]
