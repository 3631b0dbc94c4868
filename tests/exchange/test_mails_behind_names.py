"""People who are linked to by name and mail address, as HubSpot exports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.exchange.importing import import_file
from crmdesk.operations import records

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

HEAD = "Record ID,Deal Name,Deal Stage,Amount,Associated Contact,Associated Company\n"
PEOPLE = "SELECT c.name, (SELECT group_concat(e.address) FROM email e WHERE e.contact_id = c.id AND e.deleted_at IS NULL) FROM contact c WHERE c.deleted_at IS NULL ORDER BY c.id"


def taken(store: Store, tmp_path: Path, text: str, entity: str = "deal") -> ImportResult:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


def test_somebody_who_is_made_gets_the_address_and_does_not_come_twice(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{HEAD}1,Freezers,Appointment Scheduled,100,Roland Mendel (r.mendel@ernst.at),Ernst Handel GmbH\n")
    assert rows(store, PEOPLE) == [("Roland Mendel", "r.mendel@ernst.at")]
    text = "Record ID,First Name,Last Name,Email,Lifecycle Stage\n701,Roland,Mendel,r.mendel@ernst.at,customer\n"
    assert taken(store, tmp_path, text, "contact").skipped == 1
    assert len(rows(store, PEOPLE)) == 1
    store.undo()
    assert rows(store, PEOPLE) == []


def test_the_address_tells_people_of_one_name_apart(store: Store, tmp_path: Path) -> None:
    for mail in ("jan@one.example", "jan@two.example"):
        store.run(records.add, "contact", {"given_name": "Jan", "family_name": "Smit", "email": mail})
    taken(
        store,
        tmp_path,
        f"{HEAD}1,A,Appointment Scheduled,1,Jan Smit (jan@two.example),\n2,B,Appointment Scheduled,1,Eva Klein (eva@one.example),\n"
        "3,C,Appointment Scheduled,1,Eva Klein (eva@two.example),\n4,D,Appointment Scheduled,1,Eva Klein (eva@one.example),\n",
    )
    sql = "SELECT d.name, e.address FROM deal d JOIN email e ON e.contact_id = d.contact_id ORDER BY d.name"
    assert rows(store, sql) == [("A", "jan@two.example"), ("B", "eva@one.example"), ("C", "eva@two.example"), ("D", "eva@one.example")]
    assert len(rows(store, PEOPLE)) == 4


def test_a_row_that_is_refused_makes_nobody(store: Store, tmp_path: Path) -> None:
    result = taken(
        store, tmp_path, f"{HEAD}1,A,Appointment Scheduled,a lot,Eva Klein (eva@one.example),\n2,B,Appointment Scheduled,1,Eva Klein (eva@one.example),\n"
    )
    assert (result.added, result.rejected) == (1, 1)
    assert rows(store, PEOPLE) == [("Eva Klein", "eva@one.example")]


def test_of_several_the_first_comes_in_and_it_is_told(store: Store, tmp_path: Path) -> None:
    result = taken(
        store, tmp_path, f"{HEAD}1,A,Appointment Scheduled,1,Roland Mendel (r.mendel@ernst.at);Eva Klein (eva@klein.de),Ernst Handel GmbH;Other AG\n"
    )
    assert rows(store, PEOPLE) == [("Roland Mendel", "r.mendel@ernst.at")]
    assert rows(store, "SELECT name FROM company") == [("Ernst Handel GmbH",)]
    assert any(note.startswith("2 cells name several") for note in result.notes)
