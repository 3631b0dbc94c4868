"""Links of our own files lead to the record that they meant, whatever others are called; links by name alone never to the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import quotes, records
from crmdesk.queries.records import ids, record

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

FORMS = [(".json", False), (".csv", True), (".xlsx", False)]


def add(store: Store, entity: str, **values: Any) -> UUID:
    made: UUID = store.run(records.add, entity, values)
    return made


def taken(store: Store, folder: Path, entity: str, text: str, **options: Any) -> ImportResult:
    path = folder / f"{entity}.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def moved(store: Store, other: Store, folder: Path, ending: str, for_programs: bool, *entities: str, **options: Any) -> list[ImportResult]:
    results = []
    for entity in entities:
        path = folder / f"{entity}{ending}"
        export_records(store, entity, path, ExportOptions(for_programs=for_programs))
        results.append(import_file(other, entity, path, ImportOptions(dates="ymd", **options)))
        path.unlink()
    return results


def column(store: Store, entity: str, *names: str) -> list[Any]:
    with store.read() as reader:
        found = [record(reader, entity, UUID(bytes=key)) for key in ids(reader, entity)]
    return sorted((tuple(value["title"] if isinstance(value := row[name], dict) else value for name in names) for row in found), key=repr)


@pytest.mark.parametrize(("ending", "for_programs"), FORMS)
def test_deals_and_drafts_of_one_name_are_told_apart(store: Store, other: Store, tmp_path: Path, ending: str, for_programs: bool) -> None:
    for name in ("Acme", "Beta"):
        company = add(store, "company", name=name)
        deal = add(store, "deal", name="Rollers", company=company)
        add(store, "task", subject=f"Call {name}", deal=deal)
        for price in ("5", "7"):
            line = {"description": f"Box of {name}", "quantity": "1", "unit_price": price}
            draft, _ = store.run(quotes.add_document, {"currency": "EUR", "company": name, "deal": str(deal), "lines": [line]})
            store.run(records.edit, "quote", [draft], {"subject": "Offer"})
    results = moved(store, other, tmp_path, ending, for_programs, "company", "deal", "task", "quote", "quote_line")
    assert [[problem.reason for problem in result.problems] for result in results] == [[]] * 5
    with other.read() as reader:
        found = reader.rows(
            "SELECT c.name, l.description, d.name, q.subject, t.subject FROM quote q JOIN deal d ON d.id = q.deal_id JOIN company c ON c.id = d.company_id "
            "JOIN quote_line l ON l.quote_id = q.id JOIN task t ON t.deal_id = d.id ORDER BY 1"
        )
    assert found == [(name, f"Box of {name}", "Rollers", "Offer", f"Call {name}") for name in ("Acme", "Acme", "Beta", "Beta")]
    again = moved(store, other, tmp_path, ending, for_programs, "company", "deal", "task", "quote", "quote_line")
    assert [(result.added, result.updated, result.rejected) for result in again] == [(0, 0, 0)] * 5


@pytest.mark.parametrize(("ending", "for_programs"), FORMS)
def test_what_stands_above_a_record_of_its_own_name_does_so_again(store: Store, other: Store, tmp_path: Path, ending: str, for_programs: bool) -> None:
    top = add(store, "company", name="Acme", industry="Holding")
    middle = add(store, "company", name="Acme", industry="Trade", parent=top)
    add(store, "company", name="Acme", industry="Retail", parent=middle)
    boss = add(store, "contact", name="Anna Berg", role="Chief")
    add(store, "contact", name="Anna Berg", role="Clerk", reports_to=boss)
    for result in moved(store, other, tmp_path, ending, for_programs, "company", "contact"):
        assert (result.rejected, result.created) == (0, {})
    with other.read() as reader:
        companies = reader.rows("SELECT c.industry, p.industry FROM company c LEFT JOIN company p ON p.id = c.parent_id ORDER BY 1")
        people = reader.rows("SELECT c.role, p.role FROM contact c LEFT JOIN contact p ON p.id = c.reports_to_id ORDER BY 1")
    assert companies == [("Holding", None), ("Retail", "Trade"), ("Trade", "Holding")]
    assert people == [("Chief", None), ("Clerk", "Chief")]


def test_a_link_to_a_refused_row_is_left_out_and_told(store: Store, tmp_path: Path) -> None:
    lost, kept = "01a20166-0000-7000-8000-000000000001", "01a20166-0000-7000-8000-000000000002"
    text = f"id,name,employees,parent,parent_id\n{lost},Lost,many,,\n{kept},Kept,3,Lost,{lost}\n"
    result = taken(store, tmp_path, "company", text)
    assert (result.added, result.rejected) == (1, 1)
    assert result.notes == ("1 link to a record that was refused was left out.",)


@pytest.mark.parametrize("what", ["deal", "contact"])
def test_a_link_by_name_never_leads_to_another_company(store: Store, tmp_path: Path, what: str) -> None:
    acme, beta = add(store, "company", name="Acme"), add(store, "company", name="Beta")
    assert acme
    add(store, what, name="Anna Rollers", company=beta)
    result = taken(store, tmp_path, "task", f"subject,company,{what}\nCall,Acme,Anna Rollers\nWrite,Beta,Anna Rollers\nWait,,Anna Rollers\n")
    assert (result.added, result.rejected) == (2, 1)
    assert "belongs to another company" in result.problems[0].reason
    assert column(store, "task", "subject", what) == [("Wait", "Anna Rollers"), ("Write", "Anna Rollers")]


def test_the_pipeline_of_a_file_is_the_one_that_is_there(store: Store, other: Store, tmp_path: Path) -> None:
    add(store, "deal", name="Rollers")
    (result,) = moved(store, other, tmp_path, ".csv", True, "deal")
    assert result.created == {}
    with other.read() as reader:
        assert reader.value("SELECT count(*) FROM pipeline WHERE deleted_at IS NULL") == 1


def test_a_service_level_that_is_missing_is_made_with_the_usual_times(store: Store, other: Store, tmp_path: Path) -> None:
    gold = add(store, "service_level", name="Gold", urgent_first_reply_minutes="5")
    add(store, "ticket", subject="Broken", service_level=gold)
    (result,) = moved(store, other, tmp_path, ".json", False, "ticket")
    assert (result.added, result.created) == (1, {"service_level": 1})
    assert result.notes == ("Service level “Gold” was made with the usual times; set its own ones.", "Switched on, so that what came in is found: Tickets.")
    assert column(other, "service_level", "name", "urgent_first_reply_minutes", "low_resolution_minutes")[0] == ("Gold", 30, 2880)


def test_a_ticket_is_found_by_its_subject(store: Store, tmp_path: Path) -> None:
    add(store, "ticket", subject="Lid does not close")
    assert taken(store, tmp_path, "task", "subject,ticket\nCall,Lid does not close\n").added == 1
