"""Stories of leads: claimed, given back, converted, and never brought twice."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import UserError
from crmdesk.operations import leads, records
from crmdesk.queries.leads import conversion
from crmdesk.store import Store, open_store
from crmdesk.store.rights import Viewer

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store.keys import Key


def add(store: Store, entity: str, **values: str) -> UUID:
    return store.run(records.add, entity, values)


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def state(store: Store, lead: UUID) -> tuple[object, ...]:
    with store.read() as reader:
        found = reader.one("SELECT status, owner_id IS NOT NULL, claimed_at IS NOT NULL FROM lead WHERE id = ?", (lead.bytes,))
    assert found
    return found


@pytest.fixture
def fair(store: Store) -> UUID:
    """A lead from a fair with everything that a lead can have."""
    lead = add(
        store, "lead", given_name="Anna", family_name="Schmidt", company_name="Blauer See", role="Buyer", origin="Fair", amount="2200",
        phone="030 123456", email="anna@blauersee.example", tags="cold chain, fair", note="Wants samples", external_id="L-17",
    )  # fmt: skip
    add(store, "activity", kind="call", subject="Asked for samples", lead=str(lead))
    add(store, "task", subject="Send samples", lead=str(lead))
    return lead


def test_a_lead_from_the_pool_is_claimed_once_and_can_be_given_back(store: Store) -> None:
    lead = add(store, "lead", company_name="Blauer See")
    assert state(store, lead) == ("new", 0, 0)
    store.run(leads.claim, lead)
    assert state(store, lead) == ("working", 1, 1)
    store.run(leads.give_back, lead)
    assert state(store, lead) == ("new", 0, 0)
    store.undo()
    assert state(store, lead) == ("working", 1, 1)


def test_a_lead_that_a_colleague_has_is_not_claimed(store: Store) -> None:
    jonas = add(store, "member", name="Jonas Stein")
    lead = add(store, "lead", company_name="Blauer See", owner=str(jonas))
    with pytest.raises(UserError, match="Jonas Stein has this lead already"):
        store.run(leads.claim, lead)


def test_a_lead_is_judged(store: Store) -> None:
    lead = add(store, "lead", company_name="Blauer See")
    store.run(leads.qualify, lead)
    assert state(store, lead)[0] == "qualified"
    store.run(leads.disqualify, lead)
    assert state(store, lead)[0] == "disqualified"


def test_a_converted_lead_becomes_company_contact_and_deal(store: Store, fair: UUID) -> None:
    made = store.run(leads.convert, fair)
    assert made.company_id and made.contact_id and made.deal_id
    assert rows(
        store,
        "SELECT c.name, k.name, k.role, d.name, d.amount, d.origin FROM deal d JOIN company c ON c.id = d.company_id JOIN contact k ON k.id = d.contact_id",
    ) == [("Blauer See", "Anna Schmidt", "Buyer", "Blauer See", 220000, "Fair")]
    assert rows(store, "SELECT number, e164 FROM phone WHERE contact_id IS NOT NULL") == [("030 123456", "+4930123456")]
    assert rows(store, "SELECT address FROM email WHERE contact_id IS NOT NULL") == [("anna@blauersee.example",)]
    assert rows(store, "SELECT text FROM memo WHERE contact_id IS NOT NULL") == [("Wants samples",)]
    assert sorted(rows(store, "SELECT t.name FROM record_tag r JOIN tag t ON t.id = r.tag_id WHERE r.contact_id IS NOT NULL")) == [("cold chain",), ("fair",)]


def test_what_was_said_to_a_lead_shows_at_what_it_became(store: Store, fair: UUID) -> None:
    made = store.run(leads.convert, fair)
    assert made.company_id and made.contact_id and made.deal_id
    links = (made.company_id.bytes, made.contact_id.bytes, made.deal_id.bytes, fair.bytes)
    assert rows(store, "SELECT company_id, contact_id, deal_id, lead_id FROM activity") == [links]
    assert rows(store, "SELECT company_id, contact_id, deal_id, lead_id FROM task") == [links]


def test_a_converted_lead_stays_under_its_number_and_is_not_converted_twice(store: Store, fair: UUID) -> None:
    store.run(leads.convert, fair)
    assert rows(store, "SELECT status, external_id, converted_at IS NOT NULL, deleted_at FROM lead") == [("converted", "L-17", 1, None)]
    assert rows(store, "SELECT count(*) FROM company WHERE external_id IS NOT NULL") == [(0,)]
    for deed in (leads.convert, leads.claim, leads.give_back, leads.qualify):
        with pytest.raises(UserError, match="converted already"):
            store.run(deed, fair)  # type: ignore[arg-type]  # all take a lead


def test_known_companies_and_contacts_are_linked_not_doubled(store: Store, fair: UUID) -> None:
    company = add(store, "company", name="BLAUER SEE")
    contact = add(store, "contact", name="Anna Schmidt", company=str(company), phone="030 123456")
    with store.read() as reader:
        known = conversion(reader, fair)
    assert (known.company_id, known.contact_id, known.deal_name) == (company, contact, "Blauer See")
    made = store.run(leads.convert, fair)
    assert (made.company_id, made.contact_id) == (company, contact)
    assert rows(store, "SELECT count(*) FROM phone WHERE contact_id IS NOT NULL") == [(1,)], "the same number is not copied again"


def test_a_namesake_in_another_company_is_another_person(store: Store, fair: UUID) -> None:
    other = add(store, "company", name="Ernst Handel")
    namesake = add(store, "contact", name="Anna Schmidt", company=str(other))
    assert store.run(leads.convert, fair).contact_id != namesake


def test_a_contact_with_the_same_name_and_mail_is_the_same_person(store: Store, fair: UUID) -> None:
    contact = add(store, "contact", name="Anna Schmidt", email="Anna@BlauerSee.example")
    assert store.run(leads.convert, fair).contact_id == contact
    assert rows(store, "SELECT c.name FROM contact k JOIN company c ON c.id = k.company_id") == [("Blauer See",)]


def test_a_lead_without_a_person_keeps_its_phone_at_the_company(store: Store) -> None:
    lead = add(store, "lead", company_name="Blauer See", phone="030 99", city="Mannheim")
    made = store.run(leads.convert, lead, with_deal=False)
    assert (made.contact_id, made.deal_id) == (None, None)
    assert rows(store, "SELECT p.number, a.city, a.city_key FROM phone p, address a WHERE p.company_id IS NOT NULL AND a.company_id IS NOT NULL") == [
        ("030 99", "Mannheim", "mannheim")
    ]


def test_one_undo_takes_the_whole_conversion_back(store: Store, fair: UUID) -> None:
    counted = "SELECT (SELECT count(*) FROM {} WHERE deleted_at IS NULL)"
    before = [rows(store, counted.format(entity)) for entity in ("company", "contact", "deal", "phone", "email", "memo", "record_tag")]
    store.run(leads.convert, fair)
    assert store.undo() == "Convert lead: Anna Schmidt"
    assert [rows(store, counted.format(entity)) for entity in ("company", "contact", "deal", "phone", "email", "memo", "record_tag")] == before
    assert state(store, fair)[0] == "new"
    assert rows(store, "SELECT company_id, contact_id, deal_id FROM activity") == [(None, None, None)]
    store.redo()
    assert state(store, fair)[0] == "converted"


def test_a_lead_is_converted_by_converting_it_and_stays_converted(store: Store, fair: UUID) -> None:
    with pytest.raises(UserError, match="by converting it"):
        store.run(records.edit, "lead", [fair], {"status": "converted"})
    store.run(leads.convert, fair)
    with pytest.raises(UserError, match="by converting it"):
        store.run(records.edit, "lead", [fair], {"status": "new"})
    store.run(records.edit, "lead", [fair], {"role": "Head of purchasing", "status": "converted"})
    assert state(store, fair) == ("converted", 1, 0)


def test_a_lead_that_is_given_to_somebody_was_claimed_then(store: Store) -> None:
    jonas, lead = add(store, "member", name="Jonas Stein"), add(store, "lead", company_name="Blauer See")
    store.run(records.edit, "lead", [lead], {"owner": str(jonas)})
    assert state(store, lead) == ("new", 1, 1)
    store.run(records.edit, "lead", [lead], {"owner": ""})
    assert state(store, lead) == ("new", 0, 0)


def test_two_members_who_claim_at_once_do_not_both_get_the_lead(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    jonas = add(store, "member", name="Jonas Stein")
    with open_store(store_path, key=template[1], anywhere=True) as his:
        his.viewer = Viewer(jonas, "sales")
        for number in range(4):
            lead, refused = add(store, "lead", family_name=f"Roth {number}"), list[str]()

            def claim(member: Store, lead: UUID = lead, refused: list[str] = refused) -> None:
                try:
                    member.run(leads.claim, lead)
                except UserError as error:
                    refused.append(str(error))

            threads = [Thread(target=claim, args=(member,)) for member in (store, his)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(refused) == 1
            assert "has this lead already" in refused[0]
