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


BESIDE = "Deal ID,Deal,Stage,Contact,Contact email,Company\n"


@pytest.mark.parametrize(
    "text",
    [f"{HEAD}1,A,Appointment Scheduled,1,Eva Klein (eva@beta.de),Acme\n", f"{BESIDE}1,A,Offer,Eva Klein,Eva@beta.de,Acme\n"],
    ids=["behind the name", "in a column of its own"],
)
def test_who_is_named_with_a_known_address_is_meant_wherever_they_work(store: Store, tmp_path: Path, text: str) -> None:
    taken(store, tmp_path, "Name,Email,Company\nEva Klein,eva@beta.de,Beta\nEva Klein,eva@gamma.de,Gamma\n", "contact")
    assert taken(store, tmp_path, text).added == 1
    assert rows(store, f"{MEANT}, e.address") == [("A", "Eva Klein", "eva@beta.de")]
    assert rows(store, "SELECT c.name FROM deal d JOIN company c ON c.id = d.company_id") == [("Acme",)]
    assert taken(store, tmp_path, text).skipped == 1
    assert len(rows(store, PEOPLE)) == 2


def test_a_name_alone_leads_to_nobody_of_another_company(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Name,Email,Company\nEva Klein,eva@beta.de,Beta\n", "contact")
    result = taken(store, tmp_path, f"{BESIDE}1,A,Offer,Eva Klein,,Acme\n2,B,Offer,Eva Klein,,Beta\n")
    assert (result.added, result.rejected) == (1, 1)
    assert "belongs to another company" in result.problems[0].reason


def test_two_new_people_of_one_name_with_addresses_in_a_column_are_two(store: Store, tmp_path: Path) -> None:
    text = f"{BESIDE}1,A,Offer,Eva Klein,eva@one.de,\n2,B,Offer,Eva Klein,eva@two.de,\n3,C,Offer,Eva Klein,eva@one.de,\n"
    for added in (3, 0):
        assert taken(store, tmp_path, text).added == added
        assert rows(store, MEANT) == [("A", "Eva Klein", "eva@one.de"), ("B", "Eva Klein", "eva@two.de"), ("C", "Eva Klein", "eva@one.de")]


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("deal", "Name,Company,Contact email\nA,Acme,ANNA@acme.example\nB,Acme,bob@acme.example\nC,Acme,bob@acme.example\n"),
        ("deal", "Name,Company,Contact\nA,Acme,ANNA@acme.example\nB,Acme,bob@acme.example\nC,Acme,bob@acme.example\n"),
        ("activity", "Subject,Date,Company,Contact email\nA,2026-01-02,Acme,ANNA@acme.example\nB,2026-01-02,Acme,bob@acme.example\nC,2026-01-03,Acme,bob@acme.example\n"),
        ("quote", "Subject,Date,Company,Contact email\nA,2026-01-02,Acme,ANNA@acme.example\nB,2026-01-02,Acme,bob@acme.example\nC,2026-01-03,Acme,bob@acme.example\n"),
    ],
)  # fmt: skip
def test_a_mail_address_in_the_place_of_a_name_says_who_it_is(store: Store, tmp_path: Path, entity: str, text: str) -> None:
    store.run(records.add, "contact", {"name": "Anna Berg", "email": "anna@acme.example"})
    result = taken(store, tmp_path, text, entity)
    assert (result.created["contact"], result.unused) == (1, ())
    assert sorted(rows(store, PEOPLE)) == [("Anna Berg", "anna@acme.example"), ("bob@acme.example", "bob@acme.example")]
    title = "name" if entity == "deal" else "subject"
    assert rows(store, f'SELECT t.{title}, c.name FROM "{entity}" t JOIN contact c ON c.id = t.contact_id ORDER BY 1') == [
        ("A", "Anna Berg"), ("B", "bob@acme.example"), ("C", "bob@acme.example"),
    ]  # fmt: skip
    assert taken(store, tmp_path, text, entity).added == 0
    assert len(rows(store, PEOPLE)) == 2


CELLS = [
    "unknown", "no mail yet", "a@x.de; b@x.de", "mailto:c@x.de", "Eva Klein <eva@x.de>", "c@x.de", "n/a", "at home @ 5", "D@X.de#mailto:d@x.de#", "mailto:eva@x.de?subject=Hi",
    "a@x.de, A@x.de", "o'brien@x.de", "nobody; \"Koch, Ben\" <ben@x.de>", "f@x.de/g@x.de",
]  # fmt: skip


@pytest.mark.parametrize(("entity", "head", "table"), [("deal", "Deal name", "deal"), ("quote", "Subject", "quote")])
def test_of_a_column_with_mail_addresses_only_addresses_make_people(store: Store, tmp_path: Path, entity: str, head: str, table: str) -> None:
    cells = [cell.replace('"', '""') for cell in CELLS]
    text = f"{head},Company,Contact email,Amount\n" + "".join(f'{chr(65 + place)},Acme,"{cell}",{place}\n' for place, cell in enumerate(cells))
    result = taken(store, tmp_path, text, entity)
    assert result.rejected == 0
    people = {("a@x.de", "a@x.de"), ("c@x.de", "c@x.de"), ("Eva Klein", "eva@x.de"), ("d@x.de", "d@x.de"), ("o'brien@x.de", "o'brien@x.de"), ("Ben Koch", "ben@x.de"), ("f@x.de", "f@x.de")}  # fmt: skip
    assert (set(rows(store, PEOPLE)), len(rows(store, PEOPLE))) == (people, len(people))
    mails = rows(
        store, f"SELECT (SELECT e.address FROM email e WHERE e.contact_id = t.contact_id) FROM {table} t ORDER BY t.{'name' if entity == 'deal' else 'subject'}"
    )
    assert [mail for (mail,) in mails] == [
        None, None, "a@x.de", "c@x.de", "eva@x.de", "c@x.de", None, None, "d@x.de", "eva@x.de", "a@x.de", "o'brien@x.de", "ben@x.de", "f@x.de",
    ]  # fmt: skip
    assert any(note.startswith("2 cells name several") for note in result.notes)
    taken(store, tmp_path, text, entity)
    assert len(rows(store, PEOPLE)) == len(people)


def test_who_is_known_by_the_address_of_a_column_is_meant_however_it_is_written(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "contact", {"name": "Anna Berg", "email": "anna@x.de"})
    text = "Deal name,Company,Contact email,Contact email 2\nA,Acme,mailto:ANNA@x.de,\nB,Acme,Anna Berg <anna@x.de>,\nC,Acme,anna@x.de; b@x.de,\nD,Acme,d@x.de,e@x.de\n"
    taken(store, tmp_path, text)
    assert sorted(rows(store, PEOPLE)) == [("Anna Berg", "anna@x.de"), ("d@x.de", "e@x.de,d@x.de")]
    assert [row[:2] for row in rows(store, "SELECT d.name, c.name FROM deal d JOIN contact c ON c.id = d.contact_id ORDER BY d.name")] == [
        ("A", "Anna Berg"), ("B", "Anna Berg"), ("C", "Anna Berg"), ("D", "d@x.de"),
    ]  # fmt: skip
