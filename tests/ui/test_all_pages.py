"""What holds for every page: it opens, is named for screen readers, shares no keys, mirrors, and lets go."""

from __future__ import annotations

import gc
import json
import weakref
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from crmdesk.operations import records as deeds
from crmdesk.queries.first_rows import first_ids
from crmdesk.ui import actions, background, theme
from crmdesk.ui.page import Page, PageSpec, Place
from crmdesk.ui.pages import PAGES
from crmdesk.ui.window import Window
from tests.ui.naming import nameless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.store import Store

pytestmark = pytest.mark.usefixtures("app")
each_page = pytest.mark.parametrize("spec", PAGES, ids=[spec.name for spec in PAGES])


# What a page of single records shows where the store holds none; what pages that are opened for something are opened for.
FIRST = {
    "quote": {"company": "Ernst Handel"},
    "article": {"title": "E-41 after transport", "body": "Restart it."},
    "product": {"name": "Cold-chain box", "price": "89 EUR"},
}
VIEWS = {"import": "contact", "rows": json.dumps({"entity": "contact", "where": [], "title": "All contacts"})}


@pytest.fixture
def window(store: Store) -> Iterator[Window]:
    made = Window(PAGES)
    made.set_store(store, "northwind.crmdesk", "Maria Becker")
    made.fill_navigation()
    made.resize(1360, 850)
    made.show()
    QTest.qWaitForWindowActive(made)
    yield made
    made.forget_pages()


def opened(window: Window, store: Store, spec: PageSpec) -> Page:
    """Open a page; one of single records with the first there is."""
    if spec.in_navigation or not spec.opens:
        window.open_page(spec.name, VIEWS.get(spec.name, ""))
    else:
        entity = spec.opens[0]
        with store.read() as reader:
            found = first_ids(reader, entity, limit=1)
        record = UUID(bytes=found[0]) if found else store.run(deeds.add, entity, FIRST[entity])
        window.go(Place(spec.name, entity, record))
    settle(window)
    shown = window.page()
    assert shown is not None
    return shown


def settle(window: Window) -> None:
    for _ in range(3):
        background.settle()
        window.grab()
        QApplication.processEvents()


@each_page
def test_a_page_opens_without_a_complaint_in_both_schemes(window: Window, store: Store, spec: PageSpec) -> None:
    opened(window, store, spec)
    theme.use("dark")
    settle(window)
    assert window.toasts.texts() == []


@each_page
def test_every_control_has_a_name_for_screen_readers(window: Window, store: Store, spec: PageSpec) -> None:
    page = opened(window, store, spec)
    reached = [w for w in page.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisibleTo(page)]
    silent = []
    for control in reached:
        face = QAccessible.queryAccessibleInterface(control)
        if face is None or not (face.text(QAccessible.Text.Name) or control.focusProxy()):
            silent.append(f"{type(control).__name__} in {type(control.parent()).__name__}")
    assert silent == []
    assert nameless(page) == []


def test_every_control_behind_a_section_or_tab_has_a_name(window: Window, store: Store) -> None:
    pages = {spec.name: spec for spec in PAGES}
    settings = opened(window, store, pages["settings"])
    for number in range(settings.names.count()):  # type: ignore[attr-defined]
        settings.names.setCurrentRow(number)  # type: ignore[attr-defined]
        settle(window)
        assert nameless(settings) == [], number
    company = opened(window, store, pages["company"])
    for tab in ("deals", "quotes", "tickets", "files", "history"):
        company.show_tab(tab)  # type: ignore[attr-defined]
        settle(window)
        assert nameless(company) == [], tab
    for line in company.form.lines.values():  # type: ignore[attr-defined]
        line.begin()
        assert nameless(line) == [], line.field.name
        line.finish()


@each_page
def test_no_two_actions_share_a_key(window: Window, store: Store, spec: PageSpec) -> None:
    opened(window, store, spec)
    assert actions.clashes(window.registry.all()) == []
    names = [action.id for action in window.registry.all()]
    assert len(names) == len(set(names))


@each_page
def test_the_keyboard_reaches_the_page(window: Window, store: Store, spec: PageSpec) -> None:
    page = opened(window, store, spec)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is page or page.isAncestorOf(focused)


@each_page
def test_a_page_can_be_shown_from_right_to_left(window: Window, store: Store, spec: PageSpec) -> None:
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        opened(window, store, spec)
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@each_page
def test_nothing_of_a_page_stays_once_the_window_forgets_it(window: Window, store: Store, spec: PageSpec) -> None:
    page = opened(window, store, spec)
    ref = weakref.ref(page)
    window.forget_pages()
    del page
    QApplication.sendPostedEvents(None, 52)  # deferred deletion
    QApplication.processEvents()
    gc.collect()
    left = ref()
    assert left is None or not shiboken6.isValid(left)


@each_page
def test_a_page_keeps_up_when_anything_may_have_changed(window: Window, store: Store, spec: PageSpec) -> None:
    opened(window, store, spec)
    window.announce(dict.fromkeys(("contact", "company", "deal", "lead", "ticket", "quote", "task", "activity", "member", "setting", "tag")))
    settle(window)
    assert window.toasts.texts() == []
