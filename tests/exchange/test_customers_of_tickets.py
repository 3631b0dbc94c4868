"""The customers of tickets: found by mail address and name, made once, with their company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files
from crmdesk.operations import records, tickets

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

HEAD = "Ticket number,Subject,Requester,Requester email\n"
PEOPLE = "First name,Last name,Email,Company\nAnna,Berg,anna@acme.de,Acme\nEva,Klein,eva@beta.de,Beta\n"
WHOSE = "SELECT t.subject, p.name, c.name FROM ticket t LEFT JOIN contact p ON p.id = t.contact_id LEFT JOIN company c ON c.id = t.company_id WHERE t.deleted_at IS NULL ORDER BY 1"
ANNAS = [("A", "Anna Berg", "Acme"), ("B", "Anna Berg", "Acme"), ("C", "Anna Berg", "Acme")]
SAID = f"{HEAD}1,A,Anna Berg,anna@acme.de\n2,B,,anna@acme.de\n3,C,Anna Berg,\n"


def taken(store: Store, tmp_path: Path, text: str, entity: str = "ticket", **options: Any) -> ImportResult:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def rows(store: Store, sql: str = WHOSE) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


def test_a_ticket_has_the_company_of_its_customer_as_one_that_is_opened_by_hand(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, PEOPLE, "contact")
    ((anna,),) = rows(store, "SELECT id FROM contact WHERE name = 'Anna Berg'")
    store.run(tickets.open_ticket, "0 by hand", contact_id=UUID(bytes=anna))
    taken(store, tmp_path, SAID)
    assert rows(store) == [("0 by hand", "Anna Berg", "Acme"), *ANNAS]


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
def test_a_known_ticket_that_gets_a_customer_gets_their_company_too(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, PEOPLE, "contact")
    taken(store, tmp_path, "Ticket number,Subject\n1,A\n2,B\n3,C\n")
    assert taken(store, tmp_path, SAID, on_duplicate=mode).updated == 3
    assert rows(store) == ANNAS
    assert taken(store, tmp_path, SAID, on_duplicate=mode).skipped == 3
    store.undo()
    assert rows(store) == [("A", None, None), ("B", None, None), ("C", None, None)]


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
def test_a_ticket_that_has_a_company_keeps_it(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, PEOPLE, "contact")
    taken(store, tmp_path, "Ticket number,Subject,Company\n1,A,Gamma\n")
    taken(store, tmp_path, f"{HEAD}1,A,Anna Berg,anna@acme.de\n", on_duplicate=mode)
    assert rows(store) == [("A", "Anna Berg", "Gamma")]


def test_customers_from_a_file_of_the_same_import_bring_their_companies(store: Store, tmp_path: Path) -> None:
    files = {"contacts.csv": PEOPLE, "tickets.csv": SAID}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    tried, real = (import_files(store, "?", [tmp_path / name for name in files], ImportOptions(dry_run=dry)) for dry in (True, False))
    assert (tried.added, tried.created) == (real.added, real.created) == (5, {"company": 2})
    assert rows(store) == ANNAS


def test_a_known_deal_that_gets_a_contact_gets_their_company_too(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, PEOPLE, "contact")
    taken(store, tmp_path, "Deal ID,Deal,Stage\n1,A,Offer\n", "deal")
    for updated in (1, 0):
        assert taken(store, tmp_path, "Deal ID,Deal,Stage,Contact\n1,A,Offer,Anna Berg\n", "deal", on_duplicate="fill").updated == updated
        assert rows(store, "SELECT c.name FROM deal d JOIN company c ON c.id = d.company_id") == [("Acme",)]


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
def test_a_customer_comes_in_once_however_their_address_is_written_and_what_is_none_makes_nobody_twice(store: Store, tmp_path: Path, mode: str) -> None:
    text = f"{HEAD}1,A,Max Neu,max@neu.de\n2,B,Max Neu,MAX@neu.de\n3,C,,max@neu.de\n4,D,Ida Alt,n/a\n5,E,Ida Alt,-\n6,F,Max Karl Neu,max@neu.de\n"
    for added in (6, 0):
        assert taken(store, tmp_path, text, on_duplicate=mode).added == added
        assert rows(store, "SELECT name FROM contact WHERE deleted_at IS NULL ORDER BY name") == [("Ida Alt",), ("Max Neu",)]
    assert {name for _, name, _ in rows(store)} == {"Max Neu", "Ida Alt"}


@pytest.mark.parametrize("mode", ["skip", "fill"])
def test_the_customers_of_many_tickets_are_asked_for_together(store: Store, tmp_path: Path, mode: str, asked: list[str]) -> None:
    def questions(count: int) -> int:
        asked.clear()
        text = HEAD + "".join(f"{count}-{number},S{number},P{number},p{number}@x.de\n" for number in range(count))
        assert taken(store, tmp_path, text, on_duplicate=mode).added == count
        return len(asked)

    store.run(records.add, "contact", {"name": "P1", "email": "p1@x.de"})
    questions(2)
    assert questions(150) == questions(3)


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
@pytest.mark.parametrize("known", ["", "Name,Email\nEva Klein,eva@x.de\n"])
def test_an_address_without_a_name_that_somebody_with_a_name_has_too_makes_nobody_again(store: Store, tmp_path: Path, mode: str, known: str) -> None:
    if known:
        taken(store, tmp_path, known, "contact")
    text = f"{HEAD}1,A,,eva@x.de\n2,B,Max Neu,eva@x.de\n3,C,,eva@x.de\n"
    taken(store, tmp_path, text, on_duplicate=mode)
    before = rows(store)
    assert [name for _, name, _ in before] == (["Eva Klein", "Max Neu", "Eva Klein"] if known else ["eva@x.de", "Max Neu", "eva@x.de"])
    for _ in range(2):
        again = taken(store, tmp_path, text, on_duplicate=mode)
        assert again.created == {}
