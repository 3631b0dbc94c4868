"""The quote editor and the list of quotes: lines by keys, totals at once, the page beside it, issue, send, answer."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox

from crmdesk.documents.calculator import Line
from crmdesk.errors import UserError
from crmdesk.fields import Money
from crmdesk.operations import quotes, records
from crmdesk.queries.quotes import LineItem, line_for
from crmdesk.ui import theme
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.dialogs.why import WhyDialog
from crmdesk.ui.page import Place
from crmdesk.ui.pages.quote import QuotePage
from crmdesk.ui.pages.quotes import QuotesPage
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.line_grid import AMOUNT, DISCOUNT, ITEM, QUANTITY, ItemEditor, pasted_columns, pasted_values, read_discount
from tests.ui.desk import Desk, desk, eur

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store
    from tests.ui.conftest import MailProgram

__all__ = ["desk"]


@pytest.fixture
def box(store: Store) -> UUID:
    store.run(records.add, "product", {"name": "Data logger", "unit": "pcs", "price": Money(Decimal("24.5"), "EUR"), "tax_rate": Decimal(20)})
    return store.run(
        records.add, "product", {"name": "Cold-chain box 40 l", "code": "BOX40", "unit": "pcs", "price": Money(Decimal(89), "EUR"), "tax_rate": Decimal(20)}
    )


@pytest.fixture
def draft(store: Store, box: UUID) -> UUID:
    company = store.run(records.add, "company", {"name": "Ernst Handel", "email": [{"value": "office@ernst.example"}]})
    deal = store.run(records.add, "deal", {"name": "Three-year contract", "company": company, "amount": Money(Decimal(58000), "EUR")})
    quote = store.run(quotes.from_deal, deal)
    with store.read() as reader:
        line = line_for(reader, box, "EUR", Decimal(120))
    store.run(quotes.set_lines, quote, [line])
    return quote


@pytest.fixture
def page(desk: Desk, draft: UUID) -> QuotePage:
    desk.window.open_record("quote", draft)
    desk.settle()
    shown = desk.window.page()
    assert isinstance(shown, QuotePage)
    return shown


def sums(page: QuotePage) -> list[str]:
    found = []
    for number in range(page.sums._sums.count()):
        line = page.sums._sums.itemAt(number).layout()
        found.append(
            " ".join(part.widget().text() for n in range(line.count()) if (part := line.itemAt(n)).widget() is not None and hasattr(part.widget(), "text"))
        )
    return found


def stored_lines(store: Store, quote: UUID) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(
            "SELECT description, quantity / 1000000, net FROM quote_line WHERE quote_id = ? AND deleted_at IS NULL ORDER BY position", (quote.bytes,)
        )


def cells(page: QuotePage, row: int) -> list[str]:
    return [page.grid.lines.text(row, col) for col in range(AMOUNT + 1)]


def open_editor(page: QuotePage) -> ItemEditor:
    editor = page.grid.viewport().findChild(ItemEditor)
    assert isinstance(editor, ItemEditor)
    return editor


def type_new(page: QuotePage, text: str) -> ItemEditor:
    """Type into the empty row: the first key opens the cell, the others go there."""
    page.grid.focus_entry()
    QTest.keyClicks(page.grid, text[0])
    editor = open_editor(page)
    QTest.keyClicks(editor, text[1:])
    return editor


def test_the_editor_shows_the_draft_its_totals_and_the_page_that_the_customer_gets(page: QuotePage) -> None:
    assert page.header.title.text() == "Quote for Ernst Handel"
    assert page.status.text() == "Draft"
    assert cells(page, 0) == ["1", "Cold-chain box 40 l", "120", "pcs", "89.00", "", "20%", "10,680.00"]
    assert sums(page) == [f"Net {eur(10680)}", f"VAT 20% {eur(2136)}", f"Total {eur(12816)}"]
    assert page.view.pages() == 1
    assert page.view.pdf().startswith(b"%PDF")


def test_a_discount_typed_into_its_cell_changes_totals_page_and_store_at_once(desk: Desk, page: QuotePage, draft: UUID) -> None:
    before = page.view.pdf()
    page.grid.setCurrentIndex(page.grid.lines.index(0, DISCOUNT))
    page.grid.edit(page.grid.lines.index(0, DISCOUNT))
    editor = page.grid.viewport().findChild(QLineEdit)
    QTest.keyClicks(editor, "10")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert sums(page)[0] == f"Net {eur(9612)}", "before the store has answered"
    desk.settle()
    assert page.view.pdf() != before
    assert stored_lines(desk.store, draft) == [("Cold-chain box 40 l", 120, 961200)]
    desk.window.undo()
    desk.settle()
    QTest.qWait(500)
    desk.settle()
    assert sums(page)[0] == f"Net {eur(10680)}"


def test_a_number_that_cannot_be_read_keeps_the_user_in_the_cell(desk: Desk, page: QuotePage) -> None:
    page.grid.setCurrentIndex(page.grid.lines.index(0, QUANTITY))
    page.grid.edit(page.grid.lines.index(0, QUANTITY))
    editor = page.grid.viewport().findChild(QLineEdit)
    QTest.keyClicks(editor, "many")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert page.grid.is_editing()
    assert editor.property("invalid") == "true"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert cells(page, 0)[QUANTITY] == "120"


def test_enter_takes_no_product_that_was_found_for_an_earlier_text(desk: Desk, page: QuotePage) -> None:
    editor = type_new(page, "log")
    QTest.qWait(200)
    desk.settle()
    assert editor.offered() == ["Data logger"]
    QTest.keyClicks(editor, "istics")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    desk.settle()
    assert cells(page, 1)[1] == "logistics"


def test_a_product_that_is_typed_faster_than_it_is_found_is_taken(desk: Desk, page: QuotePage) -> None:
    editor = type_new(page, "log")
    QTest.qWait(200)
    desk.settle()
    QTest.keyClicks(editor, "ger")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    desk.settle()
    assert cells(page, 1)[1] == "Data logger"


def test_typing_a_part_of_its_name_adds_a_product(desk: Desk, page: QuotePage, draft: UUID) -> None:
    editor = type_new(page, "log")
    QTest.qWait(200)
    desk.settle()
    assert editor.offered() == ["Data logger"]
    QTest.keyClick(editor, Qt.Key.Key_Return)
    desk.settle()
    assert cells(page, 1)[:6] == ["2", "Data logger", "1", "pcs", "24.50", ""]
    quantity = page.grid.viewport().findChild(QLineEdit)
    QTest.keyClicks(quantity, "120")
    QTest.keyClick(quantity, Qt.Key.Key_Return)
    desk.settle()
    assert stored_lines(desk.store, draft)[1] == ("Data logger", 120, 294000)


def test_a_text_that_is_no_product_becomes_a_line_with_the_usual_tax(desk: Desk, page: QuotePage) -> None:
    QTest.keyClick(type_new(page, "Freight"), Qt.Key.Key_Tab)
    desk.settle()
    assert cells(page, 1) == ["2", "Freight", "1", "", "0.00", "", "19%", "0.00"]


def test_rows_from_excel_become_lines_and_find_their_products(desk: Desk, page: QuotePage, draft: UUID) -> None:
    page.grid.focus_entry()
    page.grid.paste("Item\tQty\tPrice\nBOX40\t3\t\nInstallation\t2\t980,00\n")
    desk.settle()
    assert [line[:2] for line in stored_lines(desk.store, draft)] == [("Cold-chain box 40 l", 120), ("BOX40", 3), ("Installation", 2)]
    assert cells(page, 1)[3:5] == ["pcs", "89.00"]
    assert cells(page, 2)[4] == "980.00"


@pytest.mark.parametrize(("rows", "columns", "heads"), [
    ([["Box", "3", "pcs", "89"]], ["description", "quantity", "unit", "unit_price"], 0),
    ([["Artikel", "Menge", "Preis", "Betrag"], ["Kiste", "3", "89", "267"]], ["description", "quantity", "unit_price", ""], 1),
    ([["Box"]], ["description"], 0),
])  # fmt: skip
def test_columns_of_pasted_rows_are_understood(rows: list[list[str]], columns: list[str], heads: int) -> None:
    assert pasted_columns(rows) == (columns, heads)


def test_pasted_numbers_are_read_as_people_write_them() -> None:
    assert pasted_values(["Box", "1.200,5", "€ 89"], ["description", "quantity", "unit_price"], "EUR") == {
        "description": "Box", "quantity": Decimal("1200.5"), "unit_price": Decimal(89),
    }  # fmt: skip


def test_a_discount_is_a_percentage_or_an_amount() -> None:
    assert read_discount("10", "EUR")[0].percent == Decimal(10)
    assert read_discount("5.50 EUR", "EUR")[0].amount == Decimal("5.50")
    assert read_discount("  ", "EUR") == ()
    with pytest.raises(UserError):
        read_discount("120", "EUR")


def test_lines_are_moved_made_optional_and_deleted_by_keys_and_menu(desk: Desk, page: QuotePage, draft: UUID) -> None:
    page.grid.insert_lines(1, [LineItem(Line("Freight", Decimal(1), Decimal(420), tax_rate=Decimal(20)))])
    desk.settle()
    page.grid.setCurrentIndex(page.grid.lines.index(1, ITEM))
    QTest.keyClick(page.grid, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert [line[0] for line in stored_lines(desk.store, draft)] == ["Freight", "Cold-chain box 40 l"]
    page.grid.selectRow(0)
    page.grid.menu().toggle_optional()
    desk.settle()
    assert cells(page, 0)[AMOUNT] == "(420.00)"
    assert sums(page)[0] == f"Net {eur(10680)}"
    QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    desk.settle()
    assert [line[0] for line in stored_lines(desk.store, draft)] == ["Cold-chain box 40 l"]


def test_a_discount_on_the_whole_quote_is_added_and_taken_away(desk: Desk, page: QuotePage) -> None:
    page.add_discount()
    dialog = page.window().findChild(AskDialog)
    assert isinstance(dialog, AskDialog)
    dialog.form.editors["discount"].inner.setText("10%")  # type: ignore[attr-defined]
    dialog.save()
    desk.settle()
    assert sums(page)[:3] == [f"Sum of lines {eur(10680)}", f"Discount 10%  {eur(-1068)}", f"Net {eur(9612)}"]
    page.drop_discount(0)
    desk.settle()
    assert sums(page)[0] == f"Net {eur(10680)}"


def test_why_this_total_tells_every_step(page: QuotePage) -> None:
    page.show_why()
    dialog = page.window().findChild(WhyDialog)
    assert isinstance(dialog, WhyDialog)
    assert dialog.height() < 560, "no taller than what it says"
    assert [step.kind for step in dialog.steps].count("tax") == 1
    dialog.close()


def test_issuing_is_asked_for_gives_a_number_and_locks_the_lines(desk: Desk, page: QuotePage, draft: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.window, "confirm", lambda *asked: True)
    page.deeds.issue()
    desk.settle()
    assert page.status.text() == "Issued"
    assert desk.window.windowTitle().startswith("Q-")
    assert page.grid.lines.is_locked
    assert not page.top.editors["company"].inner.isEnabled()
    assert page.top.editors["deal"].inner.isEnabled()
    assert not page.revise_button.isHidden()


@pytest.mark.parametrize("deed", ["issue", "send"])
def test_issuing_without_a_sender_says_so_and_leads_to_the_settings(
    desk: Desk, page: QuotePage, draft: UUID, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    asked: list[str] = []

    def press(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        next(button for button in box.buttons() if button.text() == "Open the settings").click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    getattr(page.deeds, deed)()
    desk.settle()
    assert asked[0].startswith("The letterhead has no sender: the name of your own company is empty.\n\nIt gets its number")
    assert desk.window.place() == Place("settings", view="company")
    with desk.reader() as reader:
        assert reader.value("SELECT status FROM quote WHERE id = ?", (draft.bytes,)) == "draft"


def test_issuing_with_a_sender_asks_without_a_warning(desk: Desk, page: QuotePage, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.store.run(records.change_settings, {"company_name": "Becker AG"})
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(desk.window, "confirm", lambda *words: asked.append(words))
    page.deeds.issue()
    assert asked == [("Issue this quote?", "Issue", "It gets its number and can't be changed afterwards, only revised.")]


def test_sending_issues_opens_the_mail_and_asks_whether_it_was_sent(
    desk: Desk, page: QuotePage, draft: UUID, monkeypatch: pytest.MonkeyPatch, mail_program: MailProgram
) -> None:
    monkeypatch.setattr(desk.window, "confirm", lambda *asked: True)
    page.deeds.send()
    desk.settle()
    (mail,) = mail_program.mails
    assert b"office@ernst.example" in mail
    assert b"X-Unsent: 1" in mail
    assert page.deeds.sent_bar.isVisible()
    page.deeds.was_sent()
    desk.settle()
    with desk.store.read() as reader:
        assert reader.value("SELECT sent_at FROM quote WHERE id = ?", (draft.bytes,)) is not None


@pytest.fixture
def other(store: Store) -> UUID:
    quote = store.run(records.add, "quote", {"subject": "Another quote"})
    store.run(quotes.set_lines, quote, [LineItem(Line("Freight", Decimal(1), Decimal(420)))])
    return quote


def subjects(desk: Desk, *quotes: UUID) -> list[Any]:
    with desk.store.read() as reader:
        return [reader.value("SELECT subject FROM quote WHERE id = ?", (quote.bytes,)) for quote in quotes]


def test_what_is_typed_into_one_quote_is_not_saved_into_the_one_that_one_goes_back_to(desk: Desk, page: QuotePage, draft: UUID, other: UUID) -> None:
    before = subjects(desk, other)
    desk.window.open_record("quote", other)
    desk.settle()
    desk.window.open_record("quote", draft)
    desk.settle()
    subject = page.top.editors["subject"].inner
    assert isinstance(subject, QLineEdit)
    subject.setFocus()
    subject.selectAll()
    QTest.keyClicks(subject, "Boxes for three years")
    desk.window.go_back()
    desk.settle()
    assert subjects(desk, draft, other) == ["Boxes for three years", *before]


def test_a_mail_that_is_ready_after_one_has_gone_on_is_noted_for_its_own_quote(
    desk: Desk, page: QuotePage, draft: UUID, other: UUID, monkeypatch: pytest.MonkeyPatch, mail_program: MailProgram
) -> None:
    monkeypatch.setattr(desk.window, "confirm", lambda *asked: True)
    page.deeds.send()
    desk.window.open_record("quote", other)
    desk.settle()
    page.deeds.was_sent()
    desk.settle()
    with desk.store.read() as reader:
        sent = [reader.value("SELECT sent_at FROM quote WHERE id = ?", (quote.bytes,)) is not None for quote in (draft, other)]
    assert sent == [True, False]


def test_a_product_that_is_found_after_one_has_gone_on_is_put_into_no_other_quote(desk: Desk, page: QuotePage, box: UUID, other: UUID) -> None:
    page.grid.product_wanted.emit(1, box)
    desk.window.open_record("quote", other)
    desk.settle()
    assert [line[0] for line in stored_lines(desk.store, other)] == ["Freight"]
    assert [cells(page, row)[1] for row in range(page.grid.lines.rowCount() - 1)] == ["Freight"]


def test_what_is_printed_is_the_quote_that_is_shown(desk: Desk, page: QuotePage, other: UUID) -> None:
    assert page.view.pdf()
    desk.window.open_record("quote", other)
    assert page.view.pdf() == b""
    desk.settle()
    assert page.view.pdf()


def test_saying_no_leaves_the_draft_a_draft(desk: Desk, page: QuotePage, monkeypatch: pytest.MonkeyPatch, mail_program: MailProgram) -> None:
    monkeypatch.setattr(desk.window, "confirm", lambda *asked: False)
    page.deeds.send()
    page.deeds.issue()
    desk.settle()
    assert page.status.text() == "Draft"
    assert mail_program.mails == []


def test_a_saved_pdf_has_left_the_program(desk: Desk, page: QuotePage, draft: UUID, tmp_path: Path) -> None:
    desk.store.run(quotes.issue, draft)
    desk.settle()
    page.deeds.save_pdf_as(tmp_path / "quote.pdf", draft)
    desk.settle()
    assert (tmp_path / "quote.pdf").read_bytes() == page.view.pdf()
    with desk.store.read() as reader:
        assert reader.value("SELECT left_at FROM quote WHERE id = ?", (draft.bytes,)) is not None


def test_an_accepted_quote_wins_its_deal_if_wanted(desk: Desk, page: QuotePage, draft: UUID) -> None:
    desk.store.run(quotes.issue, draft)
    desk.settle()
    page.deeds.accept()
    dialog = page.window().findChild(AskDialog)
    assert isinstance(dialog, AskDialog)
    dialog.save()
    desk.settle()
    assert page.status.text() == "Accepted"
    with desk.store.read() as reader:
        assert reader.value("SELECT s.outcome FROM deal d JOIN stage s ON s.id = d.stage_id") == "won"


def test_a_new_version_is_a_draft_beside_the_old_one(desk: Desk, page: QuotePage, draft: UUID) -> None:
    desk.store.run(quotes.issue, draft)
    desk.settle()
    page.deeds.revise()
    desk.settle()
    assert page._id != draft
    assert page.status.text() == "Draft"
    assert page.versions.text() == "Version 2"


def test_the_list_shows_drafts_as_drafts_and_figures_that_open_their_rows(desk: Desk, draft: UUID, store: Store) -> None:
    issued = store.run(quotes.from_deal, _deal(store))
    store.run(quotes.set_lines, issued, [LineItem(Line("Freight", Decimal(1), Decimal(420), tax_rate=Decimal(0)))])
    store.run(quotes.issue, issued)
    shown = desk.open("quotes")
    assert isinstance(shown, QuotesPage)
    table = shown.list.table.records
    assert {table.text(row, 1) for row in range(table.rowCount())} == {"Draft", "Q-2026-0001"} or {
        table.text(row, 1)[:2] for row in range(table.rowCount())
    } == {"Dr", "Q-"}
    assert shown.open_tile.text() == eur(420, whole=True)
    shown.open_tile.click()
    desk.settle()
    assert table.rowCount() == 1


def _deal(store: Store) -> UUID:
    with store.read() as reader:
        return UUID(bytes=reader.value("SELECT id FROM deal"))


def test_in_a_narrow_window_a_button_shows_the_page(desk: Desk, page: QuotePage) -> None:
    desk.window.resize(1000, 640)
    desk.settle()
    assert page.grid.isVisible()
    assert not page.view.isVisible()
    page.preview_button.click()
    assert page.view.isVisible()
    assert not page.grid.isVisible()


def test_the_list_of_quotes_fits_a_window_of_1100_px_with_its_amounts_whole(desk: Desk, draft: UUID, store: Store) -> None:
    issued = store.run(quotes.from_deal, _deal(store))
    store.run(records.edit, "quote", [issued], {"subject": "Cold-chain boxes for all of the branches"})
    store.run(quotes.set_lines, issued, [LineItem(Line("Freight", Decimal(1), Decimal(58420), tax_rate=Decimal(0)))])
    store.run(quotes.issue, issued)
    desk.window.resize(1100, 800)
    shown = desk.open("quotes")
    assert isinstance(shown, QuotesPage)
    table = shown.list.table
    assert table.head().length() <= table.viewport().width()
    section = [column.name for column in table.records.columns].index("payable") + 1
    texts = [table.records.text(row, section) for row in range(table.records.rowCount())]
    assert eur(58420) in texts
    assert table.head().sectionSize(section) > max(paint.text_width(text, theme.tabular()) for text in texts)
