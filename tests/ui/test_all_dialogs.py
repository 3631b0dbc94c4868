"""What holds for every dialog and cover: its controls are named, Tab comes to all of them as one reads, and Escape leaves a dialog."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QRadioButton, QWidget

from crmdesk.documents.calculator import Document
from crmdesk.models.registry import ENTITIES
from crmdesk.operations import records as deeds
from crmdesk.queries import deals
from crmdesk.queries.records import Part
from crmdesk.ui.cover import LockCover
from crmdesk.ui.dialogs import bulk, first_run, restore, unlock
from crmdesk.ui.dialogs.convert_lead import ConvertDialog
from crmdesk.ui.dialogs.export_dialog import ExportDialog
from crmdesk.ui.dialogs.hand_over import HandOverDialog
from crmdesk.ui.dialogs.help import HelpWindow
from crmdesk.ui.dialogs.keys import KeysDialog
from crmdesk.ui.dialogs.log_activity import About, ActivityDialog
from crmdesk.ui.dialogs.loss import LossDialog
from crmdesk.ui.dialogs.new_customer import NewCustomerDialog
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.dialogs.taking_out import ReopenDialog, WorkbookDialog
from crmdesk.ui.dialogs.ticket_end import TicketEndDialog
from crmdesk.ui.dialogs.why import WhyDialog
from crmdesk.ui.editors import MoneyEditor
from crmdesk.ui.lists.filter_popups import FilterPopup
from crmdesk.ui.named import Named
from crmdesk.ui.records import context, field_named
from crmdesk.ui.widgets.basics import PopupCard
from crmdesk.ui.widgets.order import stops
from tests.ui.desk import Desk, desk
from tests.ui.naming import nameless

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["desk"]


def nothing(*_: object) -> None:
    return None


def a_pipeline(desk: Desk) -> UUID:
    with desk.reader() as reader:
        found = deals.default_pipeline(reader)
    assert found is not None
    return found


def lead(desk: Desk) -> ConvertDialog:
    made = desk.store.run(deeds.add, "lead", {"family_name": "Baumgarten", "company_name": "Café Baumgarten"})
    return ConvertDialog(desk.window, desk.window, made)


def new_ticket(desk: Desk) -> NewRecordDialog:
    return NewRecordDialog(desk.window, "ticket", ("subject", "priority", "queue", "channel"), "New ticket", "Add", nothing)


DIALOGS: dict[str, Callable[[Desk], QDialog]] = {
    "new contact": lambda desk: NewCustomerDialog(desk.window, "contact", nothing),
    "new company": lambda desk: NewCustomerDialog(desk.window, "company", nothing),
    "new lead": lambda desk: NewCustomerDialog(desk.window, "lead", nothing),
    "new ticket": new_ticket,
    "export": lambda desk: ExportDialog(desk.window, "contact", (), ("name", "email")),
    "activity": lambda desk: ActivityDialog(desk.window, About()),
    "lost deal": lambda desk: LossDialog(desk.window, "Cold-chain rollout"),
    "tags": lambda desk: bulk.TagDialog(desk.window, desk.window, "contact", 3),
    "owner": lambda desk: bulk.OwnerDialog(desk.window, desk.window, 3),
    "stage": lambda desk: bulk.StageDialog(desk.window, desk.window, a_pipeline(desk), 3),
    "hand over": lambda desk: HandOverDialog(desk.window, desk.window, Named(UUID(int=1), "Tom"), [Named(UUID(int=2), "Anna")]),
    "ticket's end": lambda desk: TicketEndDialog(desk.window, "T-0001", "", closing=True),
    "why": lambda desk: WhyDialog(desk.window, Document("EUR")),
    "keys": lambda desk: KeysDialog(desk.window.registry.all(), desk.window),
    "manual": lambda desk: HelpWindow(desk.window),
    "workbook": lambda desk: WorkbookDialog(desk.window),
    "reopen": lambda desk: ReopenDialog(desk.window, date(2026, 12, 31)),
    "lead": lead,
}
COVERS: dict[str, Callable[[Desk], QWidget]] = {
    "welcome": lambda desk: first_run.WelcomeCover("DE", nothing, nothing),
    "create": lambda desk: first_run.CreateCover("DE", Path("northwind.crmdesk"), nothing, nothing),
    "sheet": lambda desk: first_run.SheetCover(nothing, nothing, nothing),
    "unlock": lambda desk: LockCover("northwind.crmdesk", nothing, [("Another file", nothing)]),
    "recovery": lambda desk: unlock.RecoveryCover(nothing, nothing),
    "new passphrase": lambda desk: unlock.NewPassphraseCover(nothing, nothing),
    "restore": lambda desk: restore.RestoreCover(desk.store.path, desk.store, nothing, lambda *_: True, nothing, nothing, nothing),
}


def opened(desk: Desk, name: str) -> QDialog:
    dialog = DIALOGS[name](desk)
    dialog.open()
    dialog.activateWindow()
    QTest.qWaitForWindowActive(dialog)
    desk.settle()
    return dialog


def left_out(dialog: QDialog) -> list[str]:
    """Return what Tab does not come to, though it should; of choices that exclude one another it comes to the one that is on."""
    wanted = {
        stop for stop in stops(dialog) if stop.isVisible() and not isinstance(stop, QRadioButton) and not (isinstance(stop, QAbstractButton) and stop.group())
    }
    seen: set[QWidget | None] = set()
    for _ in range(3 * len(wanted) + 6):
        focused = QApplication.focusWidget()
        assert focused is not None
        seen |= {focused, focused.parentWidget()}
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    return [f"{type(stop).__name__}: {stop.accessibleName()}" for stop in wanted - seen]


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_can_be_read_aloud_and_used_without_a_mouse(desk: Desk, name: str) -> None:
    dialog = opened(desk, name)
    assert dialog.windowTitle()
    assert nameless(dialog) == []
    assert left_out(dialog) == []
    QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Escape)
    desk.settle()
    assert not shiboken6.isValid(dialog) or not dialog.isVisible()


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_goes_through_a_dialog_as_one_reads(desk: Desk, name: str) -> None:
    dialog = opened(desk, name)
    wanted = [
        stop for stop in stops(dialog) if stop.isVisible() and not isinstance(stop, QRadioButton) and not (isinstance(stop, QAbstractButton) and stop.group())
    ]
    wanted[0].setFocus()
    seen: list[QWidget] = []
    for _ in range(3 * len(wanted)):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in wanted and focused not in seen:
            seen.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert [one.accessibleName() for one in seen] == [one.accessibleName() for one in wanted]
    dialog.reject()


@pytest.mark.parametrize("name", COVERS)
def test_every_control_of_a_cover_has_a_name(desk: Desk, name: str) -> None:
    cover = COVERS[name](desk)
    desk.window.show_cover(cover)
    desk.settle()
    assert nameless(cover) == []
    desk.window.uncover()


@pytest.mark.parametrize(
    ("page", "label"), [("contacts", "Filter"), ("contacts", "Columns"), ("today", "Customise"), ("tickets", "Filter"), ("tasks", "Filter")]
)
def test_a_card_beneath_a_button_can_be_read_aloud_takes_the_keyboard_and_closes_with_escape(desk: Desk, page: str, label: str) -> None:
    shown = desk.open(page)
    button = next(one for one in shown.findChildren(QAbstractButton) if one.accessibleName() == label and one.isVisible())
    button.click()
    desk.settle()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, PopupCard)
    assert nameless(popup) == []
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is popup or popup.isAncestorOf(focused)
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    desk.settle()
    assert QApplication.activePopupWidget() is None


def test_a_heading_names_a_day_as_the_language_does(desk: Desk) -> None:
    assert ReopenDialog(desk.window, date(2026, 12, 31)).windowTitle() == "Reopen all days up to 31 Dec 2026?"


def test_every_kind_of_condition_can_be_read_aloud(desk: Desk) -> None:
    ask = context(desk.store)
    kinds = {field.kind: (entity, name) for entity in ("contact", "deal", "product", "quote") for name, field in ENTITIES[entity].fields.items()}
    assert len(kinds) > 8
    for entity, name in kinds.values():
        popup = FilterPopup(desk.window, name, field_named(entity, name), ask)
        popup.show()
        desk.settle()
        assert nameless(popup) == [], name
        popup.close()


def test_enter_on_cancel_leaves_a_dialog_and_does_nothing_else(desk: Desk) -> None:
    dialog = opened(desk, "activity")
    assert isinstance(dialog, ActivityDialog)
    dialog.body.setPlainText("Wants a price")
    cancel = next(button for button in dialog.findChildren(QAbstractButton) if button.accessibleName() == "Cancel")
    cancel.setFocus()
    QTest.keyClick(cancel, Qt.Key.Key_Return)
    desk.settle()
    assert not shiboken6.isValid(dialog) or not dialog.isVisible()
    with desk.reader() as reader:
        assert reader.value("SELECT count(*) FROM activity") == 0


def _new_contact(desk: Desk) -> NewCustomerDialog:
    dialog = opened(desk, "new contact")
    assert isinstance(dialog, NewCustomerDialog)
    return dialog


def test_what_is_typed_into_a_dialog_is_there_again_after_the_window_was_locked(desk: Desk) -> None:
    company = Named(desk.store.run(deeds.add, "company", {"name": "Handel"}), "Handel")
    dialog = _new_contact(desk)
    QTest.keyClicks(QApplication.focusWidget(), "Roland")
    dialog.form.editors["company"].show_value(company)
    dialog.form.editors["email"].show_value([Part("roland@handel.example", "work")])
    dialog.reject()  # as locking does
    desk.settle()
    assert "Not saved. What was typed is there again the next time." in desk.said()
    again = _new_contact(desk)
    assert again.form.values() == {"given_name": "Roland", "company": company, "email": [Part("roland@handel.example", "work")]}
    first = again.form.editors["given_name"].inner
    assert isinstance(first, QLineEdit)
    assert first.cursorPosition() == len("Roland"), "one goes on typing at its end"
    press(again, "Begin anew")
    assert again.form.values() == {}
    again.reject()
    desk.settle()
    assert _new_contact(desk).form.values() == {}


def test_escape_in_a_field_of_a_dialog_closes_it_and_loses_nothing_of_what_is_typed(desk: Desk) -> None:
    dialog = _new_contact(desk)
    QTest.keyClicks(QApplication.focusWidget(), "Roland")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    desk.settle()
    assert not shiboken6.isValid(dialog) or not dialog.isVisible()
    assert _new_contact(desk).form.values() == {"given_name": "Roland"}


def test_what_can_not_be_read_is_there_again_as_it_was_typed(desk: Desk) -> None:
    def new_deal() -> NewRecordDialog:
        made = NewRecordDialog(desk.window, "deal", ("name", "company", "amount", "expected_close_on"), "New deal", "Add", nothing)
        made.open()
        desk.settle()
        return made

    dialog = new_deal()
    typed = {"company": "Nobody yet", "amount": "12,3,4", "expected_close_on": "31.2.2027"}
    for name, text in typed.items():
        QTest.keyClicks(dialog.form.editors[name].inner, text)
    amount = dialog.form.editors["amount"]
    assert isinstance(amount, MoneyEditor)
    amount.currency.setCurrentText("CHF")
    dialog.reject()
    desk.settle()
    again = new_deal()
    inputs = {name: again.form.editors[name].inner for name in typed}
    assert {name: one.text() for name, one in inputs.items() if isinstance(one, QLineEdit)} == typed
    amount = again.form.editors["amount"]
    assert isinstance(amount, MoneyEditor)
    assert amount.currency.currentText() == "CHF"
    press(again, "Begin anew")
    assert not any(editor.raw()[0] for name, editor in again.form.editors.items() if name in typed)


def test_what_is_typed_into_a_dialog_is_forgotten_once_it_is_saved_or_cancelled(desk: Desk) -> None:
    for button in ("Cancel", "Add"):
        dialog = _new_contact(desk)
        QTest.keyClicks(QApplication.focusWidget(), "Roland")
        QTest.qWait(1100)
        desk.settle()
        assert desk.store.drafts()
        press(dialog, button)
        desk.settle()
        assert desk.store.drafts() == {}


def test_a_call_that_was_being_written_down_is_there_again_for_the_same_customer_only(desk: Desk) -> None:
    ids = [desk.store.run(deeds.add, "company", {"name": name}) for name in ("Here", "There")]
    dialog = ActivityDialog(desk.window, About(company=ids[0]))
    dialog.open()
    desk.settle()
    dialog.body.setPlainText("Wants a price for three years")
    dialog.reject()
    desk.settle()
    other, same = ActivityDialog(desk.window, About(company=ids[1])), ActivityDialog(desk.window, About(company=ids[0]))
    desk.settle()
    assert other.body.toPlainText() == ""
    assert same.body.toPlainText() == "Wants a price for three years"


def press(dialog: QDialog, label: str) -> None:
    button = next(one for one in dialog.findChildren(QAbstractButton) if one.text() == label)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_enter_in_a_link_that_is_filled_or_empty_adds_the_record_as_in_every_other_field(desk: Desk) -> None:
    made: list[UUID] = []
    for company, name in (("Ernst Handel", "Cold-chain boxes"), ("", "Pallet covers")):
        dialog = NewRecordDialog(desk.window, "deal", ("company", "name"), "New deal", "Add", made.append)
        dialog.open()
        desk.settle()
        name_line, link = dialog.form.editors["name"].inner, dialog.form.editors["company"].inner
        QTest.keyClicks(name_line, name)
        link.setFocus()
        if company:
            QTest.keyClicks(link, company)
            QTest.keyClick(link, Qt.Key.Key_Return)
            desk.settle()
            QTest.keyClick(link, Qt.Key.Key_Return)
            desk.settle()
            assert dialog.isVisible(), "the first Enter takes what is offered"
        QTest.keyClick(link, Qt.Key.Key_Return)
        desk.settle()
    assert len(made) == 2
