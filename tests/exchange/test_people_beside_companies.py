"""Company and contact in one sheet, imported as companies: each person comes in, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files
from crmdesk.exchange.values import seen
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

SHEET = "Company,Industry,Contact Name,Contact Email,Contact Phone\nAcme,Bau,Anna Berg,anna@acme.de,0221 1234567\nAcme,Bau,Bert Klein,bert@acme.de,0221 1234568\nOther,Bau,,,\n"
PEOPLE = "SELECT p.name, c.name, (SELECT group_concat(e.key) FROM email e WHERE e.contact_id = p.id) FROM contact p LEFT JOIN company c ON c.id = p.company_id WHERE p.deleted_at IS NULL ORDER BY p.id"
BOTH = [("Anna Berg", "Acme", "anna@acme.de"), ("Bert Klein", "Acme", "bert@acme.de")]


def taken(store: Store, tmp_path: Path, text: str = SHEET, entity: str = "company", **options: Any) -> ImportResult:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def people(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(PEOPLE)]


def test_every_person_of_a_company_comes_in(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path)
    assert (result.added, result.skipped, result.created) == (2, 1, {"contact": 2})
    assert people(store) == BOTH
    store.undo()
    assert people(store) == []


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
def test_people_of_companies_that_are_there_already_come_in_once(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, "Company,Industry\nAcme,Bau\n")
    assert taken(store, tmp_path, on_duplicate=mode).created == {"contact": 2}
    assert people(store) == BOTH
    assert taken(store, tmp_path, on_duplicate=mode).created == {}
    assert people(store) == BOTH


def test_people_without_mail_or_phone_are_known_by_their_name_in_their_company(store: Store, tmp_path: Path) -> None:
    text = "Company,Contact Name,Contact Email\nAcme,Anna Berg,\nAcme,Bert Klein,\nAcme,Anna Berg,\nOther,Anna Berg,\n"
    for created in ({"contact": 3}, {}):
        assert taken(store, tmp_path, text).created == created
        assert [row[:2] for row in people(store)] == [("Anna Berg", "Acme"), ("Bert Klein", "Acme"), ("Anna Berg", "Other")]


def test_somebody_who_is_there_already_does_not_come_twice(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "First name,Last name,Email\nAnna,Berg,anna@acme.de\n", "contact")
    assert taken(store, tmp_path).created == {"contact": 1}
    assert [row[0] for row in people(store)] == ["Anna Berg", "Bert Klein"]


def test_of_a_person_without_a_name_the_address_is_not_lost(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Company,Contact Name,Contact Email\nAcme,,info@acme.de\n")
    assert people(store) == [("info@acme.de", "Acme", "info@acme.de")]


def test_a_wrong_address_of_a_person_refuses_the_row_instead_of_losing_the_person(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "Company,Contact Name,Contact Email\nAcme,Anna Berg,anna at acme\nOther,Bert Klein,bert@other.de\n")
    assert (result.added, result.rejected) == (1, 1)
    assert [row[:2] for row in people(store)] == [("Bert Klein", "Other")]


def test_in_a_file_of_so_many_companies_that_it_is_no_longer_kept_which_row_made_them_people_find_theirs(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "WHOSE", 1)
    taken(store, tmp_path)
    assert people(store) == BOTH


def test_given_and_family_names_beside_a_company_are_those_of_its_person(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Firma,Anrede,Vorname,Nachname,Stadt\nAcme,Frau,Anna,Berg,Köln\nAcme,Herr,Bert,Klein,Köln\n")
    assert [row[:2] for row in people(store)] == [("Anna Berg", "Acme"), ("Bert Klein", "Acme")]


PHONES = "SELECT p.name, c.name, (SELECT group_concat(f.number) FROM phone f WHERE f.contact_id = p.id AND f.deleted_at IS NULL) FROM contact p LEFT JOIN company c ON c.id = p.company_id WHERE p.deleted_at IS NULL ORDER BY p.id"


def phones(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(PHONES)]


def together(store: Store, tmp_path: Path, files: dict[str, str], **options: Any) -> ImportResult:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return import_files(store, "?", [tmp_path / name for name in files], ImportOptions(**options))


def test_people_in_two_files_that_are_imported_at_once_come_in_once(store: Store, tmp_path: Path) -> None:
    files = {"a.csv": SHEET, "b.csv": SHEET}
    assert together(store, tmp_path, files, dry_run=True).created == {"contact": 2}
    assert together(store, tmp_path, files).created == {"contact": 2}
    assert people(store) == BOTH


@pytest.mark.parametrize("mode", ["skip", "fill"])
def test_a_dry_run_counts_people_who_stand_beside_companies_and_by_themselves_as_the_import_does(store: Store, tmp_path: Path, mode: str) -> None:
    files = {"companies.csv": SHEET, "contacts.csv": "First name,Last name,Email,Job title\nAnna,Berg,anna@acme.de,Chefin\nIda,Neu,ida@acme.de,\n"}
    tried, real = together(store, tmp_path, files, dry_run=True, on_duplicate=mode), together(store, tmp_path, files, on_duplicate=mode)
    assert [(of.added, of.updated, of.skipped) for of in tried.files] == [(of.added, of.updated, of.skipped) for of in real.files]
    assert tried.created == real.created == {"contact": 2}
    assert [row[0] for row in people(store)] == ["Anna Berg", "Bert Klein", "Ida Neu"]


@pytest.mark.parametrize(
    ("mode", "annas", "berts"),
    [
        ("skip", "0221 1234567", None),
        ("fill", "0221 1234567,0221 999999", "0221 5555,0221 6666"),
        ("overwrite", "0221 1234567,0221 999999", "0221 5555,0221 6666"),
    ],
)
def test_what_is_new_of_known_people_comes_in_with_what_is_new_of_companies(store: Store, tmp_path: Path, mode: str, annas: str, berts: str | None) -> None:
    taken(store, tmp_path, SHEET.replace("0221 1234568", ""))
    before = phones(store)
    text = "Company,Contact Name,Contact Email,Contact Phone\nAcme,Anna Berg,anna@acme.de,0221 999999\nAcme,Bert Klein,bert@acme.de,0221 5555\nAcme,Bert Klein,bert@acme.de,0221 6666\n"
    result = taken(store, tmp_path, text, on_duplicate=mode)
    assert phones(store) == [("Anna Berg", "Acme", annas), ("Bert Klein", "Acme", berts)]
    assert ("2 known people beside companies get what is new in the file." in result.notes) == (mode != "skip")
    if mode != "skip":
        store.undo()
        assert phones(store) == before
    assert not list(verify(store, deep=True))


def test_somebody_without_a_company_gets_the_one_beside_which_they_stand_and_nobody_is_moved(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "First name,Last name,Email\nAnna,Berg,anna@acme.de\n", "contact")
    taken(store, tmp_path, "Company,Contact Name,Contact Email\nAcme,Anna Berg,anna@acme.de\n", on_duplicate="fill")
    assert people(store) == [("Anna Berg", "Acme", "anna@acme.de")]
    taken(store, tmp_path, "Company,Contact Name,Contact Email\nOther,Anna Berg,anna@acme.de\n", on_duplicate="overwrite")
    assert people(store) == [("Anna Berg", "Acme", "anna@acme.de")]


def test_a_second_row_of_a_new_person_completes_them(store: Store, tmp_path: Path) -> None:
    taken(
        store,
        tmp_path,
        "Company,Contact Name,Contact Email,Contact Phone\nAcme,Anna Berg,anna@acme.de,\nAcme,Anna Berg,anna@acme.de,0221 1234567\n",
        on_duplicate="fill",
    )
    assert phones(store) == [("Anna Berg", "Acme", "0221 1234567")]


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
def test_an_address_without_a_name_is_that_of_its_company(store: Store, tmp_path: Path, mode: str) -> None:
    text = "Company,Contact Name,Contact Email\nGamma,,info@x.de\nDelta,,info@x.de\nDelta,,info@x.de\n"
    for created in ({"contact": 2}, {}):
        assert taken(store, tmp_path, text, on_duplicate=mode).created == created
        assert people(store) == [("info@x.de", "Gamma", "info@x.de"), ("info@x.de", "Delta", "info@x.de")]


def test_somebody_of_another_company_with_another_name_is_somebody_else_though_they_share_an_address(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Company,Contact Name,Contact Email\nAcme,Anna Berg,office@x.de\n")
    taken(store, tmp_path, "Company,Contact Name,Contact Email\nBeta,Anna Klein,office@x.de\n", on_duplicate="overwrite")
    assert people(store) == [("Anna Berg", "Acme", "office@x.de"), ("Anna Klein", "Beta", "office@x.de")]


NAMED = "Company,Contact Name,Contact Email,Contact Phone\n"
WITHOUT, WITH = "Acme,Anna Berg,,\n", "Acme,Anna Berg,anna@acme.de,\n"


@pytest.mark.parametrize(("mode", "mail"), [("skip", None), ("fill", "anna@acme.de"), ("overwrite", "anna@acme.de")])
def test_somebody_who_was_known_by_name_in_a_company_is_the_same_when_an_address_comes(store: Store, tmp_path: Path, mode: str, mail: str | None) -> None:
    taken(store, tmp_path, NAMED + WITHOUT)
    for changed in (mode != "skip", False):
        result = taken(store, tmp_path, NAMED + WITH, on_duplicate=mode)
        assert result.created == {}
        assert ("1 known person beside a company gets what is new in the file." in result.notes) == changed
        assert people(store) == [("Anna Berg", "Acme", mail)]


def test_a_namesake_in_the_company_who_has_another_address_is_somebody_else(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, NAMED + WITH)
    other = f"{NAMED}Acme,Anna Berg,other@acme.de,\nBeta,Anna Berg,anna@beta.de,\n"
    for created in ({"contact": 2}, {}):
        assert taken(store, tmp_path, other, on_duplicate="fill").created == created
        assert people(store) == [("Anna Berg", "Acme", "anna@acme.de"), ("Anna Berg", "Acme", "other@acme.de"), ("Anna Berg", "Beta", "anna@beta.de")]


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize(
    "rows", [WITHOUT + WITH, WITH + WITHOUT, "Acme,Anna Berg,,0221 1234567\n" + WITH, WITH + "Acme,Anna Berg,,0221 1234567\n", WITHOUT + WITH * 2]
)
@pytest.mark.parametrize("is_known", [False, True])
def test_people_of_one_file_are_matched_as_against_the_store(store: Store, tmp_path: Path, rows: str, mode: str, is_known: bool) -> None:
    if is_known:
        taken(store, tmp_path, NAMED + rows.splitlines()[0] + "\n")
    taken(store, tmp_path, NAMED + rows, on_duplicate=mode)
    before = people(store)
    assert [row[:2] for row in before] == [("Anna Berg", "Acme")]
    assert (before[0][2] == "anna@acme.de") == (mode != "skip" or not is_known or rows.startswith(WITH))
    again = taken(store, tmp_path, NAMED + rows, on_duplicate=mode)
    assert (again.added, again.updated, again.created, people(store)) == (0, 0, {}, before)


def test_of_two_addresses_of_a_name_the_first_is_that_of_who_had_none(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, NAMED + WITHOUT)
    two = f"{NAMED}{WITH}Acme,Anna Berg,other@acme.de,0221 1234567\nAcme,Anna Berg,,0221 1234567\n"
    for _ in range(2):
        taken(store, tmp_path, two, on_duplicate="fill")
        assert people(store) == [("Anna Berg", "Acme", "anna@acme.de"), ("Anna Berg", "Acme", "other@acme.de")]
        assert phones(store)[1][2] == "0221 1234567"


def test_what_a_row_adds_to_somebody_known_lets_rows_further_down_find_them(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, NAMED + WITH)
    text = f"{NAMED}Acme,Anna Berg,anna@acme.de,0221 1234567\nAcme,Anna Berg,,0221 1234567\nBeta,Anna Berg,,0221 1234567\n"
    for _ in range(2):
        assert taken(store, tmp_path, text, on_duplicate="fill").created == {}
        assert phones(store) == [("Anna Berg", "Acme", "0221 1234567")]


def test_somebody_with_a_number_that_is_none_is_known_again_by_their_name(store: Store, tmp_path: Path) -> None:
    for created in ({"contact": 1}, {}):
        assert taken(store, tmp_path, f"{NAMED}Acme,Anna Berg,,12\n").created == created
        assert phones(store) == [("Anna Berg", "Acme", "12")]


def test_nobody_is_moved_by_a_row_further_down_of_another_company(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{NAMED}{WITH}Beta,Anna Berg,anna@acme.de,\n", on_duplicate="overwrite")
    assert people(store) == [("Anna Berg", "Acme", "anna@acme.de")]


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
def test_who_gets_a_company_by_one_row_is_nobody_of_another_company_for_the_next(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, "Name,Email\nAnna,office@x.de\n", "contact")
    text = f"{NAMED}Acme,Anna,office@x.de,\nBeta,Anna Berg,office@x.de,\n"
    for created in ({"contact": 1}, {}):
        assert taken(store, tmp_path, text, on_duplicate=mode).created == created
        assert people(store) == [("Anna", "Acme", "office@x.de"), ("Anna Berg", "Beta", "office@x.de")]


BENS = ["Ben Koch,,", "Ben Koch,bk@berg.de,", "Ben Koch,,+49 228 123456", "Ben Koch,other@berg.de,"]
REACH = "SELECT p.name, (SELECT group_concat(e.key) FROM email e WHERE e.contact_id = p.id), (SELECT group_concat(f.number) FROM phone f WHERE f.contact_id = p.id) FROM contact p ORDER BY p.id"


def reach(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(REACH)]


def sheet(people: Sequence[str]) -> str:
    return "Company,City,Contact name,Contact email,Contact phone\n" + "".join(f"Berg KG,Bonn,{person}\n" for person in people)


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize("between", [0, 400], ids=["at once", "far below"])
def test_nothing_is_lost_of_people_whom_the_rows_of_one_file_make(store: Store, tmp_path: Path, mode: str, between: int) -> None:
    text = sheet([BENS[0], *(f"Nr {number},," for number in range(between)), *BENS[1:]])
    taken(store, tmp_path, text, on_duplicate=mode)
    bens = [row for row in reach(store) if row[0] == "Ben Koch"]
    assert bens == [("Ben Koch", "bk@berg.de", "+49 228 123456"), ("Ben Koch", "other@berg.de", None)]
    again = taken(store, tmp_path, text, on_duplicate=mode)
    assert (again.created, again.updated, [row for row in reach(store) if row[0] == "Ben Koch"]) == ({}, 0, bens)
    assert not list(verify(store, deep=True))
    store.undo()
    assert people(store) == []


def test_somebody_of_the_store_is_left_alone_by_rows_that_only_add(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, sheet(BENS[:1]))
    for _ in range(2):
        assert taken(store, tmp_path, sheet(BENS)).created == {}
        assert reach(store) == [("Ben Koch", None, None)]


@pytest.mark.parametrize("mode", ["skip", "fill"])
def test_nothing_is_lost_of_people_whom_two_files_name(store: Store, tmp_path: Path, mode: str) -> None:
    files = {"a.csv": sheet(BENS[:1]), "b.csv": sheet(BENS[1:])}
    tried, real = together(store, tmp_path, files, dry_run=True, on_duplicate=mode), together(store, tmp_path, files, on_duplicate=mode)
    assert [(of.added, of.updated, of.skipped) for of in tried.files] == [(of.added, of.updated, of.skipped) for of in real.files]
    assert tried.created == real.created == {"contact": 2}
    assert reach(store) == [("Ben Koch", "bk@berg.de", "+49 228 123456"), ("Ben Koch", "other@berg.de", None)]
    assert together(store, tmp_path, files, on_duplicate=mode).created == {}
