"""The frame: pages, history, palette, messages, lock."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMessageBox, QWidget

from crmdesk.errors import Cancelled, UserError
from crmdesk.operations import records, tasks
from crmdesk.ui import actions, background
from crmdesk.ui.actions import Action
from crmdesk.ui.cover import LockCover
from crmdesk.ui.page import Frame, Page, PageSpec, Place, at_field_or_window
from crmdesk.ui.pages import PAGES
from crmdesk.ui.palette import ContextCommand
from crmdesk.ui.widgets.basics import Clickable, Text, row
from crmdesk.ui.widgets.messages import Toast
from crmdesk.ui.window import Window
from tests.ui.desk import Desk, desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmdesk.store import Store

__all__ = ["desk"]

pytestmark = pytest.mark.usefixtures("app")
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Notes(Page):
    """A page that writes down what the window tells it."""

    watches = frozenset({"contact"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.told: list[str] = []
        self.field = QLineEdit()
        self.field.setAccessibleName("Note")
        self.column.addWidget(self.field)
        self.may_leave = True

    def arrive(self, place: Place) -> None:
        self.told.append(f"arrive {place.view}".strip())

    def refresh(self, changed: Mapping[str, frozenset[UUID]]) -> None:
        self.told.append("refresh " + ",".join(sorted(changed)))

    def leave(self) -> bool:
        return self.may_leave

    def commands(self) -> list[Action]:
        return [Action("note.clear", "Clear note", self.field.clear, shortcut="Ctrl+Shift+X", group="record")]

    def focus_first(self) -> None:
        self.field.setFocus()


class Record(Page):
    """The page of one contact."""

    def arrive(self, place: Place) -> None:
        self.record = place.record


@dataclass(frozen=True)
class Hit:
    entity: str
    id: UUID
    title: str
    subtitle: str
    match: None = None


SPECS = (
    PageSpec("today", "Today", "house", lambda: Notes),
    PageSpec("contacts", "Contacts", "users", lambda: Notes),
    PageSpec(
        "contact", "Contact", "user", lambda: Record,
        area="customers", opens=("contact",), in_navigation=False, under="contacts",
    ),
    PageSpec("tickets", "Tickets", "life-buoy", lambda: Notes),
)  # fmt: skip


@pytest.fixture
def window() -> Iterator[Window]:
    made = Window(SPECS)
    made.set_store(None, "northwind.crmdesk", "Maria Becker")
    made.fill_navigation()
    made.show()
    QTest.qWaitForWindowActive(made)
    made.open_page("today")
    yield made
    made.close()
    made.deleteLater()


def page(window: Window) -> Notes:
    shown = window.page()
    assert isinstance(shown, Notes)
    return shown


def test_numbers_open_pages_in_the_order_of_the_navigation(window: Window) -> None:
    assert window.navigation.lines() == ["Today", "Contacts", "Tickets"]
    QTest.keyClick(window, Qt.Key.Key_2, CTRL)
    assert window.place() == Place("contacts")
    assert window.windowTitle() == "Contacts – northwind.crmdesk – CRMDesk"


def test_areas_that_are_switched_off_are_not_offered(window: Window) -> None:
    window.set_areas(frozenset({"today", "contacts"}))
    assert window.navigation.lines() == ["Today", "Contacts"]


def test_back_and_forward_walk_through_pages_and_records(window: Window) -> None:
    someone = uuid4()
    window.open_page("contacts")
    window.open_record("contact", someone)
    QTest.keyClick(window, Qt.Key.Key_Left, ALT)
    assert window.place() == Place("contacts")
    QTest.keyClick(window, Qt.Key.Key_Left, ALT)
    assert window.place() == Place("today")
    QTest.keyClick(window, Qt.Key.Key_Right, ALT)
    QTest.keyClick(window, Qt.Key.Key_Right, ALT)
    assert window.place() == Place("contact", "contact", someone)


def test_a_page_can_keep_the_user_until_its_work_is_put_away(window: Window) -> None:
    page(window).may_leave = False
    window.open_page("contacts")
    assert window.place() == Place("today")
    page(window).may_leave = True
    window.open_page("contacts")
    assert window.place() == Place("contacts")


def test_the_page_that_is_shown_hears_of_a_change_at_once_and_a_hidden_one_when_it_is_shown(window: Window) -> None:
    today = page(window)
    window.open_page("contacts")
    window.announce({"contact": frozenset({uuid4()})})
    window.announce({"deal": frozenset({uuid4()})})
    assert page(window).told == ["arrive", "refresh contact"]
    assert today.told == ["arrive"]
    window.open_page("today")
    assert today.told == ["arrive", "arrive", "refresh contact"]


def test_a_record_can_have_a_window_of_its_own(window: Window) -> None:
    window.open_record("contact", uuid4(), own_window=True)
    others = [w for w in QApplication.topLevelWidgets() if w is not window and w.isVisible()]
    assert [w.windowTitle() for w in others] == ["Contact"]
    assert window.place() == Place("today")


def test_the_palette_finds_records_and_commands_by_keyboard_alone(window: Window) -> None:
    ernst, opened, made = uuid4(), [], []

    def search(text: str, limit: int, wanted: tuple[str, ...]) -> list[Hit]:
        return [Hit("contact", ernst, "Ernst Handel", "Graz")] if text == "ernst" else []

    window.palette_box.search = search
    window.palette_box.context = [ContextCommand("New deal for {name}", "plus", ("contact",), lambda entity, record: made.append((entity, record)))]
    window.place_changed.connect(opened.append)
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(QApplication.focusWidget(), "ernst")
    background.settle()
    assert [row.title for row in window.palette_box.rows()] == ["Ernst Handel", "New deal for Ernst Handel"]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert opened == [Place("contact", "contact", ernst)]
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(QApplication.focusWidget(), "ernst")
    background.settle()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert made == [("contact", ernst)]
    assert not window.palette_box.isVisible()


def test_a_greater_sign_shows_commands_only_and_escape_gives_the_keyboard_back(window: Window) -> None:
    field = page(window).field
    field.setText("half")
    QTest.keyClick(field, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(QApplication.focusWidget(), ">clear")
    assert [row.title for row in window.palette_box.rows()] == ["Clear note"]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is field
    assert field.text() == "half"


def test_a_hash_asks_for_tickets_and_an_at_sign_for_people(window: Window) -> None:
    asked = []

    def search(text: str, limit: int, wanted: tuple[str, ...]) -> list[Hit]:
        asked.append((text, wanted))
        return []

    window.palette_box.search = search
    window.open_palette()
    for typed in ("#pallet", "@maria"):
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        field.clear()
        QTest.keyClicks(field, typed)
        background.settle()
    assert ("pallet", ("ticket",)) in asked
    assert ("maria", ("contact", "company", "member", "lead")) in asked


def test_a_toast_takes_the_last_deed_back(window: Window) -> None:
    undone = []
    window.undo = lambda: undone.append("move")
    window.say("Deal moved to Won", undo=True)
    assert window.toasts.texts() == ["Deal moved to Won"]
    undo = [b for b in window.toasts.findChildren(QAbstractButton) if b.text() == "Undo"][0]
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert undone == ["move"]
    assert window.toasts.texts() == []


def _offers_undo(window: Window) -> list[bool]:
    return [any(b.text() == "Undo" and not b.isHidden() for b in toast.findChildren(QAbstractButton)) for toast in window.toasts.findChildren(Toast)]


def test_only_the_toast_of_the_last_deed_offers_to_take_it_back_and_goes_with_it(window: Window) -> None:
    window.undo, window.undo_label = lambda: None, lambda: "Complete task"
    window.say("Deal moved to Won", undo=True)
    window.say("Task completed", undo=True)
    assert _offers_undo(window) == [False, True]
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert window.toasts.texts() == ["Deal moved to Won"]


def test_what_is_done_without_a_word_takes_undo_off_an_earlier_toast(desk: Desk, store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Bottom-Dollar Markets"})
    desk.window.say("Task completed", undo=True)
    desk.window.do(records.edit, "company", [company], {"name": "Bottom Dollar"})
    desk.settle()
    assert _offers_undo(desk.window) == [False]


def test_a_toast_of_what_was_undone_by_keyboard_or_by_another_program_does_not_offer_undo_any_more(desk: Desk, store: Store) -> None:
    store.run(records.add, "company", {"name": "Bottom-Dollar Markets"})
    desk.settle()
    desk.window.say("Company added", undo=True)
    desk.settle()
    assert _offers_undo(desk.window) == [True]
    store.undo(origin="cli")
    desk.settle()
    assert _offers_undo(desk.window) == [False]


def test_redo_is_offered_until_something_new_is_done(desk: Desk, store: Store) -> None:
    desk.window.redo = lambda: None
    store.run(records.add, "company", {"name": "Bottom-Dollar Markets"})
    desk.window.say_undone(store.undo())
    desk.settle()
    toast = desk.window.toasts.findChild(Toast)
    assert toast is not None
    redo = next(button for button in toast.findChildren(QAbstractButton) if button.text() == "Redo")
    assert not redo.isHidden()
    store.run(records.add, "company", {"name": "Something new"})
    desk.settle()
    assert redo.isHidden()


def test_short_messages_stand_beside_one_another_and_take_little_room(desk: Desk) -> None:
    for text in ("One", "Two", "Three"):
        desk.window.say(text, undo=text == "Three")
    desk.settle()
    toasts = desk.window.toasts
    assert len({(toast.y(), toast.height()) for toast in toasts.findChildren(Toast)}) == 1
    one = toasts.height()
    desk.window.say("A long one. " * 20)
    desk.window.say("A long one. " * 20)
    desk.settle()
    assert toasts.height() > one
    shown = [toast for toast in toasts.findChildren(Toast) if toast.isVisible()]
    assert all(toasts.rect().contains(toast.geometry().translated(toast.parentWidget().pos())) for toast in shown)


def test_undo_says_what_it_takes_back(window: Window) -> None:
    undone = []
    window.undo, window.undo_label = lambda: undone.append(True), lambda: "Move deal"
    window.refresh_undo()
    assert window.undo_button.toolTip() == "Undo: Move deal"
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert undone == [True]


def test_an_error_for_people_is_shown_as_it_is(window: Window) -> None:
    background.read(window, lambda job: (_ for _ in ()).throw(UserError("The amount is missing.", hint="Type one.")), None)
    background.settle()
    assert window.toasts.texts() == ["The amount is missing. Type one."]


@pytest.mark.logs_warnings
def test_a_bug_is_told_without_personal_data(window: Window) -> None:
    background.read(window, lambda job: {}["Maria Anders, +49 30 0074321"], None)
    background.settle()
    copy = [b for b in window.toasts.findChildren(QAbstractButton) if b.text() == "Copy details"][0]
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    details = QApplication.clipboard().text()
    assert "KeyError" in details
    assert "Maria" not in details


def test_long_work_shows_how_far_it_is_and_can_be_cancelled(window: Window) -> None:
    going, ends = threading.Event(), []

    def work(job: background.Job) -> None:
        job.progress(250, 1000)
        going.set()
        while True:
            time.sleep(0.001)
            job.check_cancelled()

    background.write(window, "Import contacts", work, None, ends.append)
    assert going.wait(10)
    while not window.long_work.panel.isVisible():
        QApplication.processEvents()
    panel = window.long_work.panel
    assert panel.label.text() == "Import contacts"
    assert panel.note.text().startswith("250 of 1,000")
    assert panel.bar.value() == 250
    QTest.mouseClick(panel.stop, Qt.MouseButton.LeftButton)
    background.settle()
    assert isinstance(ends[0], Cancelled)
    assert not panel.isVisible()
    assert window.toasts.texts() == []


def test_a_locked_window_hides_its_content_and_drops_keys(window: Window) -> None:
    tried = []
    cover = LockCover("northwind.crmdesk", tried.append)
    field = page(window).field
    window.show_cover(cover)
    assert not field.isVisible()
    QTest.keyClick(window, Qt.Key.Key_2, CTRL)
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    assert window.place() == Place("today")
    assert not window.palette_box.isVisible()
    assert "northwind" not in window.windowTitle()
    QTest.keyClicks(QApplication.focusWidget(), "open sesame")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert tried == ["open sesame"]
    cover.refuse("This passphrase does not open it.")
    assert cover.error.text() == "This passphrase does not open it."
    window.uncover()
    QTest.keyClick(window, Qt.Key.Key_2, CTRL)
    assert window.place() == Place("contacts")


def test_a_narrow_window_keeps_only_the_icons_of_the_navigation(window: Window) -> None:
    window.resize(1000, 700)
    assert window.navigation.width() == 56
    window.resize(1360, 850)
    assert window.navigation.width() == 208


def test_the_menu_bar_can_be_reached_by_keyboard(window: Window) -> None:
    assert not window.menuBar().isVisible()
    QTest.keyClick(window, Qt.Key.Key_F10)
    assert window.menuBar().isVisible()
    assert [menu.text() for menu in window.menuBar().actions()] == [
        "File",
        "Edit",
        "New",
        "Go",
        "View",
        "Record",
        "Help",
    ]


def controls(within: QWidget) -> list[QWidget]:
    return [w for w in within.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisibleTo(within)]


def test_every_control_of_the_frame_has_a_name_for_screen_readers(window: Window) -> None:
    nameless = [type(control).__name__ for control in controls(window) if not QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)]
    assert nameless == []


def test_from_right_to_left_the_navigation_is_on_the_right(window: Window) -> None:
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        QApplication.processEvents()
        assert window.navigation.x() > window.width() // 2
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_no_two_actions_of_the_frame_share_a_key(window: Window) -> None:
    assert actions.clashes(window.registry.all()) == []


def test_every_page_is_declared_once() -> None:
    names = [spec.name for spec in PAGES]
    assert len(set(names)) == len(names)


@pytest.mark.logs_warnings
def test_what_no_field_can_say_is_said_by_the_window(window: Window) -> None:
    at_field: list[Exception] = []
    failed = at_field_or_window(window, at_field.append)
    failed(UserError("This is no date."))
    assert window.toasts.texts() == []
    failed(ValueError("a bug"))
    assert window.toasts.texts() == ["This went wrong. Nothing was lost."]
    assert len(at_field) == 2


def test_a_message_about_a_field_speaks_of_no_name_inside_the_program(window: Window) -> None:
    window.show_error(UserError("This is no tax number.", "tax_number", "Leave it empty if there is none."))
    assert window.toasts.texts() == ["This is no tax number. Leave it empty if there is none."]


def test_a_row_that_can_be_pressed_is_a_button_for_a_screen_reader_too(app: QApplication) -> None:
    line = Clickable("Open Ernst Handel")
    line.setLayout(row(Text("Ernst Handel")))
    pressed: list[str] = []
    line.clicked.connect(lambda: pressed.append("pressed"))
    line.show()
    spoken = QAccessible.queryAccessibleInterface(line)
    assert spoken.role() == QAccessible.Role.Button
    assert spoken.text(QAccessible.Text.Name) == "Open Ernst Handel"
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Space)
    assert len(pressed) == 3


@pytest.mark.parametrize(("name", "entity"), [("tasks", "task"), ("pipeline", "deal"), ("contacts", "contact")])
def test_escape_leads_out_of_a_field_beside_the_list_and_then_closes_what_stands_there(desk: Desk, store: Store, name: str, entity: str) -> None:
    store.run(records.add, "deal", {"name": "Gift boxes"})
    store.run(tasks.add, "Call Ernst")
    page = desk.open(name)
    page.focus_first()
    if name == "contacts":
        table = page.list.table
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.records.index(0, 1)).center())
    else:
        with desk.reader() as reader:
            desk.window.open_record(entity, UUID(bytes=reader.value(f"SELECT id FROM {entity}")))  # noqa: S608
    desk.settle()
    page.focus_first()
    panel = page.beside()
    assert panel is not None
    if name != "contacts":
        field = next(line for line in panel.findChildren(QLineEdit) if line.isVisible())
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert page.beside() is panel
    focused = QApplication.focusWidget()
    assert focused is not None
    assert not panel.isAncestorOf(focused)
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    desk.settle()
    assert page.beside() is None
    focused = QApplication.focusWidget()
    assert focused is not None
    assert page.isAncestorOf(focused)


@pytest.mark.parametrize("hint", ["", "What was edited since stays as it is."])
@pytest.mark.parametrize(
    "question", ["Delete?", "“Import: hubspot-contacts.csv” can't be undone: Contact “Agnieszka Dvořák” was changed again since, and so were others."]
)
def test_a_question_is_shown_whole(window: Window, question: str, hint: str) -> None:
    seen: list[tuple[bool, bool]] = []

    def look() -> None:
        box = next(each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible())
        for label in box.findChildren(QLabel):
            if label.text():
                assert label.width() >= min(320, label.fontMetrics().horizontalAdvance(label.text()))
                room = label.fontMetrics().boundingRect(label.contentsRect(), Qt.TextFlag.TextWordWrap, label.text())
                seen.append((room.width() <= label.contentsRect().width(), room.height() <= label.contentsRect().height()))
        assert box.width() >= 320
        box.reject()

    QTimer.singleShot(200, look)
    assert not window.confirm(question, "Go on", hint)
    assert len(seen) == (2 if hint else 1)
    assert all(map(all, seen))
