"""A first day with CRMDesk, through the window: from the imported list to the sent quote, and nothing lost over night."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from crmdesk.documents.calculator import Line
from crmdesk.operations import quotes, records, tickets
from crmdesk.queries import records as asked
from crmdesk.queries.quotes import LineItem
from crmdesk.store import open_store
from crmdesk.store.verify import verify
from crmdesk.ui.pages.importing import ImportPage
from crmdesk.ui.pages.leads import LeadsPage
from crmdesk.ui.pages.pipeline import PipelinePage
from crmdesk.ui.pages.quote import QuotePage
from crmdesk.ui.pages.tickets import TicketsPage

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key
    from tests.journeys.conftest import Outside
    from tests.ui.desk import Desk

pytestmark = pytest.mark.usefixtures("app")
CTRL = Qt.KeyboardModifier.ControlModifier

PEOPLE = """First Name,Last Name,Company,Business Phone,E-mail Address
Hanna,Moos,Blauer See,0621 08460,hanna@blauersee.example
Thomas,Hardy,Around the Horn,+44 20 7555 7788,thomas@horn.example
小明,王,上海明德贸易有限公司,+86 138 0013 8000,wang@mingde.example
"""


def value(desk: Desk, sql: str) -> Any:
    with desk.store.read() as reader:
        return reader.value(sql)


def test_from_the_imported_list_to_the_sent_quote(
    desk: Desk, store_path: Path, template: tuple[Path, Key], tmp_path: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    importing = desk.open("import", f"contact:{file}")
    assert isinstance(importing, ImportPage)
    desk.settle()
    for _ in range(3):
        importing.next_button.click()
        desk.settle()
    assert value(desk, "SELECT count(*) FROM contact WHERE deleted_at IS NULL") == 3

    lead = desk.store.run(records.add, "lead", {"company_name": "Cactus Comidas", "family_name": "Simpson"})
    leads = desk.open("leads")
    assert isinstance(leads, LeadsPage)
    leads.claim([lead.bytes])
    desk.settle()
    assert value(desk, "SELECT owner_id IS NOT NULL FROM lead") == 1

    deal = desk.store.run(records.add, "deal", {"name": "Cold-chain rollout", "company": "Blauer See", "amount": "1000 EUR"})
    board = desk.open("pipeline")
    assert isinstance(board, PipelinePage)
    board.board.choose(deal)
    QTest.keyClick(board.board.columns[0].list, Qt.Key.Key_Right, CTRL)
    desk.settle()
    assert value(desk, "SELECT s.name FROM deal d JOIN stage s ON s.id = d.stage_id") == "Meeting"

    with desk.store.read() as reader:
        hanna = asked.find_one(reader, "contact", "Hanna Moos")
    ticket = desk.store.run(tickets.open_ticket, "Cooling unit alarm", contact_id=hanna)
    service = desk.open("tickets")
    assert isinstance(service, TicketsPage)
    QTest.keyClicks(service.talk.reply, "We are on our way.")
    QTest.keyClick(service.talk.reply, Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert value(desk, "SELECT first_replied_at IS NOT NULL FROM ticket") == 1

    quote = desk.store.run(records.add, "quote", {"company": "Blauer See", "contact": str(hanna), "deal": str(deal), "language": "de"})
    desk.store.run(quotes.set_lines, quote, [LineItem(Line("Kühlbox", Decimal(10), Decimal("89.00"), tax_category="S", tax_rate=Decimal(19)))])
    desk.window.open_record("quote", quote)
    desk.settle()
    page = desk.window.page()
    assert isinstance(page, QuotePage)
    monkeypatch.setattr(desk.window, "confirm", lambda *asked: True)
    page.deeds.send()
    desk.settle()
    assert any("X-Unsent: 1" in content and "hanna@blauersee.example" in content for content in outside.opened)
    page.deeds.was_sent()
    desk.settle()
    assert value(desk, "SELECT number FROM quote").startswith("Q-")

    desk.store.run(records.edit, "contact", [hanna], {"role": "Buyer"})
    desk.window.undo()
    desk.settle()
    assert value(desk, "SELECT role FROM contact WHERE family_name = 'Moos'") is None
    desk.store.close()

    with open_store(store_path, key=template[1], anywhere=True) as next_day:
        assert next_day.redo() == "Edit: Hanna Moos"
        with next_day.read() as reader:
            assert asked.record(reader, "contact", hanna)["role"] == "Buyer"
            assert asked.record(reader, "ticket", ticket)["status"] == "waiting"
            assert asked.record(reader, "quote", quote)["sent_at"]
        assert verify(next_day, deep=True) == []
