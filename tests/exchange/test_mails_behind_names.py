"""People who are linked to by name and mail address, as HubSpot exports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files
from crmdesk.operations import records

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

HEAD = "Record ID,Deal Name,Deal Stage,Amount,Associated Contact,Associated Company\n"
PEOPLE = "SELECT c.name, (SELECT group_concat(e.address) FROM email e WHERE e.contact_id = c.id AND e.deleted_at IS NULL) FROM contact c WHERE c.deleted_at IS NULL ORDER BY c.id"


def taken(store: Store, tmp_path: Path, text: str, entity: str = "deal", **options: Any) -> ImportResult:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def taken_together(store: Store, tmp_path: Path, files: dict[str, str], **options: Any) -> ImportResult:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return import_files(store, "?", [tmp_path / name for name in files], ImportOptions(**options))


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


FILLER = "".join(f"{number},D{number},Appointment Scheduled,1,,\n" for number in range(2, 260))
MEANT = "SELECT d.name, c.name, e.address FROM deal d JOIN contact c ON c.id = d.contact_id LEFT JOIN email e ON e.contact_id = c.id ORDER BY d.name"


@pytest.mark.parametrize("between", ["", FILLER], ids=["at once", "far below"])
def test_whom_a_refused_row_named_comes_in_with_the_row_that_names_them_again(store: Store, tmp_path: Path, between: str) -> None:
    head = "Deal ID,Deal,Stage,Product,Quantity,Contact\n"
    filler = between.replace(",1,,", ",,,")
    result = taken(store, tmp_path, f"{head}1,A,Offer,Box,two,Eva Klein (eva@one.de)\n{filler}900,B,Offer,Box,2,Eva Klein (eva@one.de)\n")
    assert (result.rejected, result.created["contact"]) == (1, 1)
    assert rows(store, MEANT) == [("B", "Eva Klein", "eva@one.de")]


@pytest.mark.parametrize("between", ["", FILLER], ids=["at once", "far below"])
def test_whom_a_known_deal_did_not_take_comes_in_with_the_row_that_names_them_again(store: Store, tmp_path: Path, between: str) -> None:
    taken(store, tmp_path, f"{HEAD}1,A,Appointment Scheduled,1,Max Alt (max@alt.de),\n")
    again = f"1,A,Appointment Scheduled,1,Eva Klein (eva@one.de),\n{between}900,B,Appointment Scheduled,2,Eva Klein (eva@one.de),\n"
    taken(store, tmp_path, HEAD + again, on_duplicate="fill")
    assert rows(store, MEANT) == [("A", "Max Alt", "max@alt.de"), ("B", "Eva Klein", "eva@one.de")]


def test_an_address_that_several_share_leads_to_nobody_of_another_name(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "contact", {"given_name": "Eva", "family_name": "Klein", "email": "info@ernst.at"})
    taken(
        store,
        tmp_path,
        f"{HEAD}1,A,Appointment Scheduled,1,Roland Mendel (info@ernst.at),\n2,B,Appointment Scheduled,1,Max Neu (shared@x.de),\n"
        "3,C,Appointment Scheduled,1,Ida Neu (shared@x.de),\n4,D,Appointment Scheduled,1,Eva Maria Klein (info@ernst.at),\n",
    )
    assert rows(store, "SELECT d.name, c.name FROM deal d JOIN contact c ON c.id = d.contact_id ORDER BY d.name") == [
        ("A", "Roland Mendel"), ("B", "Max Neu"), ("C", "Ida Neu"), ("D", "Eva Klein"),
    ]  # fmt: skip
    assert rows(store, PEOPLE)[1:] == [("Roland Mendel", "info@ernst.at"), ("Max Neu", "shared@x.de"), ("Ida Neu", "shared@x.de")]


def test_somebody_whom_two_files_name_has_the_address_once(store: Store, tmp_path: Path) -> None:
    files = {
        "deals.csv": f"{HEAD}1,A,Appointment Scheduled,1,Eva Klein (eva@one.de),\n",
        "deals2.csv": f"{HEAD}2,B,Appointment Scheduled,1,Eva Klein (eva@one.de),\n3,C,Appointment Scheduled,1,Eva Klein (eva@two.de),\n",
    }
    assert taken_together(store, tmp_path, files, dry_run=True).created["contact"] == 2
    taken_together(store, tmp_path, files)
    assert rows(store, PEOPLE) == [("Eva Klein", "eva@one.de"), ("Eva Klein", "eva@two.de")]


def test_a_dry_run_finds_people_of_a_file_before_by_their_addresses_too(store: Store, tmp_path: Path) -> None:
    files = {
        "contacts.csv": "Record ID,First Name,Last Name,Email,Lifecycle Stage\n701,Jan,Smit,jan@one.example,customer\n702,Jan,Smit,jan@two.example,customer\n",
        "deals.csv": f"{HEAD}1,A,Appointment Scheduled,1,Jan Smit (jan@two.example),\n",
    }
    tried, real = taken_together(store, tmp_path, files, dry_run=True), taken_together(store, tmp_path, files)
    assert (tried.added, tried.rejected, tried.created) == (real.added, real.rejected, real.created)
    assert rows(store, MEANT) == [("A", "Jan Smit", "jan@two.example")]
