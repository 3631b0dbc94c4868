"""What must be there once only, asked of all that comes in with a row: people beside companies, contacts of deals, customers of tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import records

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

COMPANIES = "Company,Contact Name,Contact Email,Contact Phone\n"
DEALS = "Deal ID,Deal,Stage,Contact,Contact email,Contact phone\n"
BEHIND = "Record ID,Deal Name,Deal Stage,Amount,Associated Contact,Associated Company\n"
TICKETS = "Ticket number,Subject,Requester,Requester email\n"
THERE, FURTHER_UP = "“Max Alt” has the same Email already.", "A row further up has the same Email."


def taken(store: Store, tmp_path: Path, entity: str, text: str, **options: Any) -> ImportResult:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def people(store: Store) -> list[str]:
    with store.read() as reader:
        return [name for (name,) in reader.rows("SELECT name FROM contact WHERE deleted_at IS NULL ORDER BY name")]


def called(store: Store, entity: str) -> list[str]:
    with store.read() as reader:
        title = "subject" if entity == "ticket" else "name"
        return [name for (name,) in reader.rows(f"SELECT {title} FROM {entity} WHERE deleted_at IS NULL ORDER BY 1")]


@pytest.fixture(autouse=True)
def max_alt(store: Store) -> None:
    store.run(records.add, "contact", {"name": "Max Alt", "email": "office@x.de", "phone": "+49 221 1234567"})
    once(store, "block")


def once(store: Store, mode: str, *rules: tuple[str, str]) -> None:
    store.run(records.change_settings, {"uniqueness": [(entity, fields, mode) for entity, fields in rules or (("contact", "email"), ("contact", "phone"))]})


ROWS = {
    "company": f"{COMPANIES}Acme,Anna Berg,office@x.de,\nBeta,Dora Ente,dora@d.de,\nGamma,Eva Fink,dora@d.de,\nDelta,Max Alt,office@x.de,\n",
    "deal": f"{DEALS}1,Acme,Offer,Anna Berg,office@x.de,\n2,Beta,Offer,Dora Ente,dora@d.de,\n3,Gamma,Offer,Eva Fink,dora@d.de,\n4,Delta,Offer,Max Alt,office@x.de,\n",
    "ticket": f"{TICKETS}1,Acme,Anna Berg,office@x.de\n2,Beta,Dora Ente,dora@d.de\n3,Gamma,Eva Fink,dora@d.de\n4,Delta,Max Alt,office@x.de\n",
}
MAILS_BEHIND = f"{BEHIND}1,Acme,Appointment Scheduled,1,Anna Berg (office@x.de),\n2,Beta,Appointment Scheduled,1,Dora Ente (dora@d.de),\n3,Gamma,Appointment Scheduled,1,Eva Fink (dora@d.de),\n4,Delta,Appointment Scheduled,1,Max Alt (office@x.de),\n"


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize(("entity", "text"), [*ROWS.items(), ("deal", MAILS_BEHIND)])
def test_a_row_whose_person_must_not_come_twice_is_refused_with_the_reason(store: Store, tmp_path: Path, entity: str, text: str, mode: str) -> None:
    result = taken(store, tmp_path, entity, text, on_duplicate=mode)
    assert (result.added, result.rejected, result.created["contact"]) == (2, 2, 1)
    assert [problem.reason for problem in result.problems] == [THERE, FURTHER_UP]
    assert (called(store, entity), people(store)) == (["Beta", "Delta"], ["Dora Ente", "Max Alt"])
    again = taken(store, tmp_path, entity, text, on_duplicate=mode)
    assert (again.added, again.updated, again.skipped, again.rejected, again.created) == (0, 0, 2, 2, {})


@pytest.mark.parametrize("mode", ["warn", "reason"])
@pytest.mark.parametrize(("entity", "text"), [*ROWS.items(), ("deal", MAILS_BEHIND)])
def test_where_a_rule_only_warns_the_people_come_in_and_the_result_says_so(store: Store, tmp_path: Path, entity: str, text: str, mode: str) -> None:
    once(store, mode)
    result = taken(store, tmp_path, entity, text)
    assert (result.added, result.rejected, result.created["contact"]) == (4, 0, 3)
    assert "2 rows bring what should be there once only." in result.notes


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
def test_a_known_company_brings_nobody_who_must_not_come_twice(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, "company", "Company\nAcme\n")
    result = taken(store, tmp_path, "company", f"{COMPANIES}Acme,Anna Berg,anna@a.de,0221 1234567\nAcme,Bo Li,bo@li.de,\n", on_duplicate=mode)
    assert (result.rejected, result.skipped) == (1, 1)
    assert [problem.reason for problem in result.problems] == ["“Max Alt” has the same Phone already."]
    assert people(store) == ["Bo Li", "Max Alt"]


@pytest.mark.parametrize("mode", ["skip", "fill"])
def test_a_known_person_is_not_held_against_themselves_but_against_others(store: Store, tmp_path: Path, mode: str) -> None:
    first = f"{COMPANIES}Acme,Dora Ente,dora@d.de,\n"
    taken(store, tmp_path, "company", first)
    assert taken(store, tmp_path, "company", first, on_duplicate=mode).rejected == 0
    result = taken(store, tmp_path, "company", f"{COMPANIES}Acme,Dora Ente,dora@d.de,0221 1234567\n", on_duplicate=mode)
    assert (result.rejected, result.skipped) == ((1, 0) if mode == "fill" else (0, 1))
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM phone") == 1


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize("entity", ["deal", "ticket"])
def test_a_known_record_gets_nobody_who_must_not_come_twice_and_who_is_not_taken_is_not_asked_of(store: Store, tmp_path: Path, entity: str, mode: str) -> None:
    head, *lines = ROWS[entity].splitlines()
    taken(store, tmp_path, entity, "\n".join([head, lines[1]]) + "\n")
    bare = {"deal": "Deal ID,Deal,Stage\n1,Acme,Offer\n", "ticket": "Ticket number,Subject\n1,Acme\n"}[entity]
    taken(store, tmp_path, entity, bare)
    other = lines[1].replace("Dora Ente", "Eva Fink").replace("dora@d.de", "office@x.de")
    result = taken(store, tmp_path, entity, "\n".join([head, lines[0], other]) + "\n", on_duplicate=mode)
    assert result.rejected == {"skip": 0, "fill": 1, "overwrite": 2}[mode]
    assert people(store) == ["Dora Ente", "Max Alt"]


def test_whom_a_refused_row_names_may_come_in_with_a_row_that_says_nothing_forbidden_of_them(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "deal", f"{DEALS}1,A,Offer,Anna Berg,,0221 1234567\n2,B,Offer,Anna Berg,,0221 7777777\n3,C,Offer,Anna Berg,,\n")
    assert (result.added, result.rejected) == (2, 1)
    assert people(store) == ["Anna Berg", "Max Alt"]
    with store.read() as reader:
        assert [number for (number,) in reader.rows("SELECT number FROM phone ORDER BY number")] == ["+49 221 1234567", "0221 7777777"]


def test_what_a_refused_row_brings_stands_in_nobodys_way(store: Store, tmp_path: Path) -> None:
    text = f"{COMPANIES}Acme,Anna Berg,anna@a.de,0221 1234567\nBeta,Bert Klein,anna@a.de,\n"
    assert taken(store, tmp_path, "company", text).rejected == 1
    result = taken(store, tmp_path, "contact", "Name,Email,Phone\nCarl Dorn,carl@d.de,0221 1234567\nCleo Wu,carl@d.de,\n")
    assert (result.added, result.rejected) == (1, 1)
    assert people(store) == ["Bert Klein", "Cleo Wu", "Max Alt"]


def test_a_row_further_down_gives_a_new_person_nothing_that_must_not_be_twice(store: Store, tmp_path: Path) -> None:
    text = "Name,Email,Phone\nAnna Berg,anna@a.de,\nAnna Berg,anna@a.de,0221 1234567\nAnna Berg,anna@a.de,0221 7777777\n"
    result = taken(store, tmp_path, "contact", text, on_duplicate="fill")
    assert (result.added, result.updated, result.rejected) == (1, 1, 1)


def test_companies_that_come_in_with_their_people_are_asked_of_too(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "company", {"name": "Acme", "vat_id": "DE811569869"})
    once(store, "block", ("company", "vat_id"))
    text = "Name,Email,Company,Company VAT ID\nAnna Berg,anna@a.de,Acme Nord,DE811569869\nBo Li,bo@li.de,Beta,DE136695976\nCleo Wu,cleo@wu.de,Beta,DE136695976\n,,Beta,DE136695976\n"
    result = taken(store, tmp_path, "contact", text)
    assert [problem.reason for problem in result.problems] == ["“Acme” has the same VAT ID already."]
    assert (called(store, "company"), people(store)) == (["Acme", "Beta"], ["Bo Li", "Cleo Wu", "Max Alt"])


@pytest.mark.parametrize("entity", list(ROWS))
def test_the_rules_are_asked_of_many_people_together(store: Store, tmp_path: Path, entity: str, asked: list[str]) -> None:
    def questions(count: int) -> int:
        asked.clear()
        row = {"company": "C{0},P{0},p{0}@x.de,\n", "deal": "{0},D{0},Offer,P{0},p{0}@x.de,\n", "ticket": "{0},S{0},P{0},p{0}@x.de\n"}[entity]
        text = ROWS[entity].splitlines()[0] + "\n" + "".join(row.format(f"{count}-{number}") for number in range(count))
        assert taken(store, tmp_path, entity, text).added == count
        return len(asked)

    questions(2)
    assert questions(150) == questions(3)
