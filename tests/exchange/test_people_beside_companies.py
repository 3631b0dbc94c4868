"""Company and contact in one sheet, imported as companies: each person comes in, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.values import seen

if TYPE_CHECKING:
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
