"""An open store: what the window shows first, and the program as its parts see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from crmdesk.ui import background
from crmdesk.ui.navigation import Item
from crmdesk.ui.page import CORE_AREA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtCore import QObject

    from crmdesk.store import Store
    from crmdesk.store.keys import Key
    from crmdesk.ui.page import PageSpec, Place
    from crmdesk.ui.window import Window

VIEW_PAGES = {
    "contact": "contacts", "company": "companies", "lead": "leads", "deal": "pipeline", "ticket": "tickets", "quote": "quotes", "task": "tasks", "article": "articles",
}  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """An open store with what the window shows first.

    Attributes:
        page: the name of the page; its modules are loaded.
    """

    store: Store
    page: str
    user_name: str
    views: Sequence[Item]
    undo: tuple[str, str]
    is_keyed: bool


class Host(Protocol):
    """The program, as those see it that bring it stores and keys.

    Attributes:
        window: the one window; another one after the language has changed.
        store: None while locked.
        path: of the store that is open or to be unlocked.
    """

    window: Window
    store: Store | None
    path: Path | None

    def show(self, opened: Opened, place: Place | None = None) -> None:
        """Work on an open store from now on."""
        ...

    def hold(self, path: Path) -> bool:
        """Take the place of the store's one window; False after saying that another has it."""
        ...

    def refuse(self, error: Exception) -> None:
        """Say on the cover why it did not work."""
        ...

    def leave_store(self) -> None:
        """Close the store, if one is open."""
        ...

    def begin_attempt(self) -> None:
        """Let no store be shown that is still being opened."""
        ...

    def ask_passphrase(self, path: Path, message: str = "") -> None:
        """Show the unlock screen of a store."""
        ...

    def unlock(self, passphrase: str | None = None, key: Key | None = None, then: Callable[[Opened], object] | None = None) -> None:
        """Open the store of the unlock screen."""
        ...

    def speak(self, code: str) -> None:
        """Use another language from now on."""
        ...

    def restore(self) -> None:
        """Put a backup in the place of the store."""
        ...

    def stop_upkeep(self) -> None:
        """Let nothing go on by itself that writes."""
        ...

    def start_upkeep(self) -> None:
        """Look after the open store from now on, if one is open."""
        ...


def look_at(store: Store) -> Opened:
    """Read what the window shows first; runs on a reader thread."""
    from crmdesk.queries import records
    from crmdesk.store.keys import from_keyring

    try:
        with store.read() as reader:
            member = store.viewer.member_id
            names = records.titles(reader, "member", [member]) if member else {}
            user = next((title for title, _ in names.values()), "")
            views = saved_views(reader)
        kept = from_keyring(store.path)
        page = first_page(store.settings.areas)
        page.load()
        return Opened(store, page.name, user, views, (store.can_undo() or "", store.can_redo() or ""), kept is not None)
    except BaseException:
        store.close()
        raise


def first_page(areas: Sequence[str]) -> PageSpec:
    """Return the page that is shown first where these areas are switched on."""
    from crmdesk.ui.pages import PAGES

    shown = {*areas, CORE_AREA}
    return next(spec for spec in PAGES if spec.in_navigation and (spec.area or spec.name) in shown)


def saved_views(reader: Any) -> list[Item]:
    """Return the saved views as the navigation shows them."""
    from crmdesk.queries import records

    wanted = records.ids(reader, "saved_view")
    found = records.rows(reader, "saved_view", wanted, ("name", "about", "icon"))
    return [
        Item(f"{VIEW_PAGES[row.values['about']]}:{row.id}", str(row.values["name"]), str(row.values["icon"] or "star"))
        for row in found if row.values["about"] in VIEW_PAGES
    ]  # fmt: skip


def close(store: Store, owner: QObject | None = None) -> None:
    """Close a store behind the writes that are under way."""
    if owner is None:
        store.close()
    else:
        background.write(owner, "", lambda job: store.close())
