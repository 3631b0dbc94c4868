"""Areas that are switched off: the first record switches its own on, and what the user switched off by hand stays off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.several import import_files
from crmdesk.operations import activities, leads, quotes, records, tasks, tickets
from crmdesk.store.door import operation
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store
    from crmdesk.store.door import Change

TICKETS = "Number,Subject,Status\nT-1,Printer is broken,open\n"


def file(folder: Path, text: str, name: str = "tickets.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_import_switches_the_area_of_what_came_in_on_and_says_so_and_one_undo_takes_both_back(store: Store, tmp_path: Path) -> None:
    before = store.settings.areas
    result = import_file(store, "ticket", file(tmp_path, TICKETS))
    assert store.settings.areas == ("today", "contacts", "companies", "pipeline", "tickets", "quotes", "tasks")
    assert "Switched on, so that what came in is found: Tickets." in result.notes
    store.undo()
    assert store.settings.areas == before
    store.redo()
    assert "tickets" in store.settings.areas
    store.undo()
    import_file(store, "ticket", file(tmp_path, TICKETS))
    assert "tickets" in store.settings.areas


def test_several_files_switch_on_all_their_areas(store: Store, tmp_path: Path) -> None:
    store.run(records.change_settings, {"areas": ["today"]})
    result = import_files(
        store, "?", [file(tmp_path, TICKETS), file(tmp_path, "Lead,Company,Lead status\nAda King,Acme,new\n", "leads.csv")]
    )  # fmt: skip
    assert store.settings.areas == ("today", "leads", "tickets")
    assert result.notes[-1] == "Switched on, so that what came in is found: Leads, Tickets."
    store.undo()
    assert store.settings.areas == ("today",)


def test_a_preview_switches_nothing_on(store: Store, tmp_path: Path) -> None:
    from crmdesk.exchange.rows.plan import ImportOptions

    before = store.settings.areas
    result = import_file(store, "ticket", file(tmp_path, TICKETS), ImportOptions(dry_run=True))
    assert (store.settings.areas, [note for note in result.notes if "Switched on" in note]) == (before, [])


def test_the_first_record_that_is_added_switches_its_area_on(store: Store) -> None:
    store.run(records.add, "lead", {"given_name": "Ada", "family_name": "King"})
    assert "leads" in store.settings.areas
    store.undo()
    assert "leads" not in store.settings.areas
    store.run(records.add, "article", {"title": "Paper jam", "body": "Open the lid."})
    assert "tickets" in store.settings.areas


def test_an_area_that_was_switched_off_by_hand_stays_off_where_there_are_records(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "ticket", {"subject": "Printer is broken"})
    store.run(records.change_settings, {"areas": ["today"]})
    store.run(records.add, "ticket", {"subject": "It is again"})
    store.run(records.add, "article", {"title": "Paper jam", "body": "Open the lid."})
    result = import_file(store, "ticket", file(tmp_path, TICKETS))
    assert store.settings.areas == ("today",)
    assert not [note for note in result.notes if "Switched on" in note]


def test_what_a_lead_or_a_deal_becomes_is_found_too(store: Store) -> None:
    store.run(records.change_settings, {"areas": ["today"]})
    lead = store.run(records.add, "lead", {"given_name": "Ada", "family_name": "King", "company_name": "Acme"})
    made = store.run(leads.convert, lead)
    assert store.settings.areas == ("today", "contacts", "companies", "leads", "pipeline")
    store.run(quotes.from_deal, made.deal_id)
    assert "quotes" in store.settings.areas


@operation("Note down a call", right="store.write")
def note_down(change: Change) -> None:
    records.add(change, "lead", {"given_name": "Ada", "family_name": "King"})
    records.add(change, "ticket", {"subject": "Printer is broken"})


def test_one_deed_with_first_records_of_two_areas_switches_both_on_and_off_again(store: Store) -> None:
    before = store.settings.areas
    store.run(note_down)
    assert store.settings.areas == ("today", "contacts", "companies", "leads", "pipeline", "tickets", "quotes", "tasks")
    store.undo()
    assert store.settings.areas == before
    store.redo()
    assert {"leads", "tickets"} <= {*store.settings.areas}
    assert verify(store, deep=True) == []


def test_what_pages_add_by_deeds_of_their_own_switches_its_area_on_too(store: Store) -> None:
    store.run(records.change_settings, {"areas": ["today"]})
    company = store.run(records.add, "company", {"name": "Acme"})
    store.run(activities.log, "call", "Asked for a price", company_id=company, next_step="Send a quote")
    assert store.settings.areas == ("today", "companies", "tasks")
    store.undo()
    store.run(tasks.add, "Call Acme")
    assert store.settings.areas == ("today", "companies", "tasks")
    store.undo()
    ticket = store.run(tickets.open_ticket, "Printer is broken")
    assert store.settings.areas == ("today", "companies", "tickets")
    store.run(tickets.close, ticket)
    assert store.settings.areas == ("today", "companies", "tickets", "tasks")


def test_a_setting_whose_first_change_was_undone_is_changed_again(store: Store) -> None:
    for region in ("AT", "CH"):
        store.run(records.change_settings, {"region": region})
        assert store.settings.region == region
        store.undo()
    assert store.settings.region == "DE"


def test_undoing_an_earlier_deed_switches_only_its_own_area_off_again(store: Store) -> None:
    lead = store.run(records.add, "lead", {"given_name": "Ada", "family_name": "King"})
    assert store.last_changes is not None
    first = store.last_changes.tx
    store.run(records.add, "ticket", {"subject": "Printer is broken"})
    store.run(records.change_settings, {"areas": [area for area in store.settings.areas if area != "tasks"]})
    store.undo(first)
    assert "leads" not in store.settings.areas
    assert "tickets" in store.settings.areas
    assert "tasks" not in store.settings.areas
    store.redo()
    assert "leads" in store.settings.areas
    with store.read() as reader:
        assert reader.value("SELECT deleted_at FROM lead WHERE id = ?", (lead.bytes,)) is None


def test_an_area_stays_on_while_other_records_are_left_in_it(store: Store) -> None:
    store.run(records.add, "lead", {"given_name": "Ada", "family_name": "King"})
    assert store.last_changes is not None
    first = store.last_changes.tx
    store.run(records.add, "lead", {"given_name": "Eva", "family_name": "Klein"})
    store.undo(first)
    assert "leads" in store.settings.areas


def test_undo_switches_off_only_what_the_deed_switched_on(store: Store, tmp_path: Path) -> None:
    before = store.settings.areas
    text = "Subject,Contact,Company,Email,Status\nBroken,Anna Berg,Acme,anna@acme.de,new\n"
    import_file(store, "ticket", file(tmp_path, text))
    store.undo()
    assert store.settings.areas == before
    store.run(records.change_settings, {"areas": ["today", "contacts", "companies", "leads", "tasks", "reports"]})
    lead = store.run(records.add, "lead", {"given_name": "Ada", "family_name": "King", "company_name": "Acme"})
    store.run(leads.convert, lead)
    assert "pipeline" in store.settings.areas
    store.undo()
    assert store.settings.areas == ("today", "contacts", "companies", "leads", "tasks", "reports")
    store.redo()
    assert "pipeline" in store.settings.areas


def test_a_change_of_areas_by_hand_is_put_back_as_it_was(store: Store) -> None:
    usual = store.settings.areas
    store.run(records.change_settings, {"areas": ["contacts", "leads", "tickets"]})
    store.undo()
    assert store.settings.areas == usual
    store.redo()
    assert store.settings.areas == ("contacts", "leads", "tickets")


@pytest.mark.parametrize("own", [["tasks", "today"], ["today", "contacts", "companies", "pipeline", "quotes", "tasks"]])
def test_areas_in_an_order_of_the_users_own_come_back_in_it(store: Store, own: list[str]) -> None:
    store.run(records.change_settings, {"areas": own})
    kept = "SELECT value, deleted_at FROM setting WHERE key = 'areas'"
    with store.read() as reader:
        before = reader.rows(kept)
    store.run(records.add, "ticket", {"subject": "Printer is broken"})
    assert "tickets" in store.settings.areas
    store.undo()
    with store.read() as reader:
        assert reader.rows(kept) == before
    assert verify(store, deep=True) == []
