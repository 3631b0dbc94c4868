"""What the pictures of the pages alone do not show: sections, tabs, views, dialogs, menus and covers, one scene each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from crmdesk.store import Store
    from crmdesk.ui.window import Window


@dataclass(frozen=True)
class Scene:
    """One picture: its name, the page it is on, and what leads to it once that page is there."""

    name: str
    page: str
    play: Callable[[Window, Store], object]


def scenes() -> Iterator[Scene]:
    """Yield everything that is to be seen beside the pages."""
    from crmdesk.ui.pages.settings import SECTIONS

    for section in SECTIONS:
        yield Scene(f"settings-{section}", "settings", partial(_section, section))
    for tab in ("deals", "quotes", "tickets", "files", "history"):
        yield Scene(f"company-{tab}", "company", partial(_tab, tab))
    yield Scene("company-fields", "company", _more_fields)
    for view in ("table", "forecast"):
        yield Scene(f"pipeline-{view}", "pipeline", partial(_view, view))
    yield Scene("pipeline-deal", "pipeline", _deal)
    yield Scene("pipeline-deal-timeline", "pipeline", _deal_timeline)
    yield Scene("leads-timeline", "leads", _lead_timeline)
    yield Scene("settings-handover", "settings", _hand_over)
    yield Scene("pipeline-lost", "pipeline", _lost)
    yield Scene("contacts-peek", "contacts", _peek)
    yield Scene("contacts-chosen", "contacts", _chosen)
    yield Scene("contacts-filter", "contacts", lambda window, store: window.page().list.filters.add_button.click())
    yield Scene("contacts-columns", "contacts", lambda window, store: window.page().list.choose_columns())
    yield Scene("contacts-none", "contacts", lambda window, store: window.page().list.search.setText("zzzz"))
    yield Scene("contacts-new", "contacts", lambda window, store: window.page().new())
    yield Scene("companies-new", "companies", lambda window, store: window.page().new())
    yield Scene("contacts-export", "contacts", lambda window, store: window.page().export())
    yield Scene("contacts-tag", "contacts", partial(_bulk, "TagDialog"))
    yield Scene("contacts-owner", "contacts", partial(_bulk, "OwnerDialog"))
    yield Scene("tasks-open", "tasks", _first_task)
    yield Scene("leads-chosen", "leads", _chosen)
    yield Scene("contacts-merge", "contacts", lambda window, store: window.page().merge(window.page().list.table.records.ids()[3:5]))
    yield Scene("leads-convert", "leads", lambda window, store: window.page().convert_current())
    yield Scene("tickets-close", "tickets", _close_ticket)
    yield Scene("quote-draft", "quotes", _draft)
    yield Scene("quote-why", "quote", lambda window, store: window.page().show_why())
    yield Scene("company-call", "company", lambda window, store: window.page().log("call"))
    yield Scene("company-deal-new", "company", lambda window, store: window.page().new_deal())
    yield Scene("company-ticket-new", "company", lambda window, store: window.page().new_ticket())
    yield Scene("company-task-new", "company", lambda window, store: window.page().add_task())
    yield Scene("today-parts", "today", lambda window, store: window.page().customise())
    for number in range(1, 11):
        yield Scene(f"reports-{number}", "reports", partial(_report, number))
    yield Scene("reports-workbook", "reports", _workbook)
    yield Scene("all-data", "settings", _everything)
    yield Scene("palette", "pipeline", lambda window, store: window.open_palette("ku"))
    yield Scene("palette-matches", "pipeline", lambda window, store: window.open_palette("555"))
    yield Scene("palette-commands", "pipeline", lambda window, store: window.open_palette(">"))
    yield Scene("keys", "today", _keys)
    yield Scene("help", "contacts", lambda window, store: window.show_help())
    yield Scene("toast", "contacts", lambda window, store: window.say("Agnieszka Dvořák", undo=True))
    for cover in ("welcome", "create", "sheet", "unlock", "recovery", "new-passphrase", "restore"):
        yield Scene(f"cover-{cover}", "today", partial(_cover, cover))


def _section(name: str, window: Window, store: Store) -> None:
    from crmdesk.ui.pages.settings import SECTIONS

    window.page().names.setCurrentRow(list(SECTIONS).index(name))


def _tab(name: str, window: Window, store: Store) -> None:
    window.page().show_tab(name)


def _more_fields(window: Window, store: Store) -> None:
    from PySide6.QtWidgets import QPushButton

    from crmdesk.i18n import tr

    for button in window.page().findChildren(QPushButton):
        if button.text() == tr("More fields"):
            button.click()


def _view(name: str, window: Window, store: Store) -> None:
    window.page().views.choose(name)
    window.page().views.chosen.emit(name)


def _deal(window: Window, store: Store) -> None:
    window.open_record("deal", _first(store, "deal"))


def _deal_timeline(window: Window, store: Store) -> None:
    window.page().panel.told.show_tab("timeline")
    _deal(window, store)


def _lead_timeline(window: Window, store: Store) -> None:
    from crmdesk.ui import background

    _peek(window, store)
    background.settle()
    window.page().told.show_tab("timeline")


def _hand_over(window: Window, store: Store) -> None:
    from crmdesk.ui.dialogs.hand_over import HandOverDialog
    from crmdesk.ui.named import Named

    giver = _first(store, "member")
    HandOverDialog(window, window, Named(giver, "Maria Becker"), [Named(giver, "Jonas Stein")]).open()


def _lost(window: Window, store: Store) -> None:
    from crmdesk.ui.dialogs.loss import LossDialog

    LossDialog(window, "Kühlboxen").open()


def _peek(window: Window, store: Store) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    table = window.page().list.table
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.records.index(1, 2)).center())


def _chosen(window: Window, store: Store) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    table = window.page().list.table
    table.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Space):
        QTest.keyClick(table, key)


def _bulk(kind: str, window: Window, store: Store) -> None:
    from crmdesk.ui.dialogs import bulk

    if kind == "TagDialog":
        bulk.TagDialog(window, window, "contact", 3).open()
    else:
        bulk.OwnerDialog(window, window, 3).open()


def _first_task(window: Window, store: Store) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    page = window.page()
    page.focus_first()
    QTest.keyClick(page.focusWidget() or page, Qt.Key.Key_Return)


def _close_ticket(window: Window, store: Store) -> None:
    from crmdesk.ui.dialogs.ticket_end import TicketEndDialog

    TicketEndDialog(window, "T-0015", "", closing=True).open()


def _report(number: int, window: Window, store: Store) -> None:
    page = window.page()
    page.names.setCurrentRow(number)


def _workbook(window: Window, store: Store) -> None:
    from crmdesk.ui.dialogs.taking_out import WorkbookDialog

    WorkbookDialog(window).open()


def _everything(window: Window, store: Store) -> None:
    from crmdesk.ui.dialogs.taking_out import TakeEverythingDialog

    TakeEverythingDialog(window).open()


def _keys(window: Window, store: Store) -> None:
    from crmdesk.ui.dialogs.keys import KeysDialog

    KeysDialog(window.registry.all(), window).open()


def _cover(name: str, window: Window, store: Store) -> None:
    window.show_cover(_made_cover(name, store))


def _made_cover(name: str, store: Store) -> QWidget:
    from crmdesk.i18n import tr
    from crmdesk.ui.cover import LockCover
    from crmdesk.ui.dialogs import first_run, restore, unlock

    def nothing(*_: object) -> None:
        return None

    home = Path("C:/Users/Maria/Documents/northwind.crmdesk")
    makers = {
        "welcome": lambda: first_run.WelcomeCover("DE", nothing, nothing),
        "create": lambda: first_run.CreateCover("DE", home, nothing, nothing),
        "sheet": lambda: first_run.SheetCover(nothing, nothing, nothing),
        "unlock": lambda: LockCover("northwind.crmdesk", nothing, [(tr("Use the recovery sheet"), nothing), (tr("Open another file"), nothing)]),
        "recovery": lambda: unlock.RecoveryCover(nothing, nothing),
        "new-passphrase": lambda: unlock.NewPassphraseCover(nothing, nothing),
        "restore": lambda: restore.RestoreCover(store.path, store, nothing, nothing, nothing, nothing, nothing),
    }
    return makers[name]()


def _draft(window: Window, store: Store) -> None:
    from uuid import UUID

    with store.read() as reader:
        window.open_record("quote", UUID(bytes=reader.value("SELECT id FROM quote WHERE status = 'draft' LIMIT 1")))


def _first(store: Store, entity: str) -> UUID:
    from uuid import UUID

    from crmdesk.queries.first_rows import first_ids

    with store.read() as reader:
        return UUID(bytes=first_ids(reader, entity, limit=1)[0])
