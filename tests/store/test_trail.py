"""The journal shows when somebody changed the file behind the program's back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.clock import new_id_bytes
from crmdesk.models.customer import Contact, Phone
from crmdesk.operations import attachments, records
from crmdesk.store import Change, Store, open_store, operation
from crmdesk.store.connections import connect
from crmdesk.store.triggers import all_triggers
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store.keys import Key


@pytest.fixture
def worked(store: Store) -> Store:
    first = store.run(records.add, "company", {"name": "Never edited", "employees": "10"})
    second = store.run(records.add, "company", {"name": "Edited", "phone": "030 123456"})
    store.run(records.edit, "company", [second], {"name": "Edited twice", "employees": "7"})
    store.run(records.edit, "company", [second], {"employees": "8"})
    assert first != second
    store.run(records.delete, "company", [store.run(records.add, "company", {"name": "Binned"})])
    store.run(attachments.attach, "company", second, "letter.txt", b"Dear Sir or Madam")
    return store


ATTACKS = {
    "a value of a never-edited record": "UPDATE company SET employees = 99 WHERE name = 'Never edited'",
    "a value of an edited record": "UPDATE company SET employees = 99 WHERE name = 'Edited twice'",
    "an old value in the journal": "UPDATE journal SET changes = replace(changes, 'Edited\"', 'Other\"') WHERE changes LIKE '%Edited\"%'",
    "a deleted journal row": "DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)",
    "a deleted transaction": "DELETE FROM journal_tx WHERE id = (SELECT max(id) - 1 FROM journal_tx)",
    "two swapped transactions": "UPDATE journal_tx SET at = at + 1 WHERE id = 3",
    "another member": "UPDATE journal_tx SET member = randomblob(16) WHERE id = (SELECT max(id) FROM journal_tx)",
    "a record put in": "INSERT INTO company(id, name) VALUES (randomblob(16), 'Smuggled')",
    "a record taken out": "DELETE FROM company WHERE name = 'Never edited'",
    "a file's content": "UPDATE attachment_piece SET content = x'00'",
    "a file without its content": "DELETE FROM attachment_piece",
    "an own field": "UPDATE company SET custom = '{\"a\":1}' WHERE name = 'Edited twice'",
    "a setting": "UPDATE setting SET value = '\"CHF\"' WHERE key = 'currency'",
    "a record taken out of the bin": "UPDATE company SET deleted_at = NULL WHERE name = 'Binned'",
    "an entry put into another transaction": "UPDATE journal SET tx = tx - 1 WHERE id = (SELECT max(id) FROM journal)",
    "an entry in the middle": "DELETE FROM journal WHERE id = (SELECT max(id) - 2 FROM journal)",
    "the newest transaction, with all that tells of it": "DELETE FROM journal WHERE tx = (SELECT max(id) FROM journal_tx); "
    "DELETE FROM journal_digest WHERE tx = (SELECT max(id) FROM journal_tx); DELETE FROM journal_tx WHERE id = (SELECT max(id) FROM journal_tx)",
    "the order of two transactions": "UPDATE journal_tx SET id = -1 WHERE id = 4; UPDATE journal_tx SET id = 4 WHERE id = 5; UPDATE journal_tx SET id = 5 WHERE id = -1",
    "names in the search index": "DELETE FROM search_key",
    "a digest": "UPDATE journal_digest SET digests = zeroblob(length(digests)) WHERE first_id = (SELECT max(first_id) FROM journal_digest)",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_verify_names_what_was_changed_past_the_journal(worked: Store, store_path: Path, template: tuple[Path, Key], attack: str) -> None:
    assert verify(worked, deep=True) == []
    worked.close()
    raw = connect(store_path, template[1])
    for name in all_triggers():
        raw.execute(f'DROP TRIGGER "{name}"')
    raw.executescript(ATTACKS[attack])
    for sql in all_triggers().values():
        raw.execute(sql)
    raw.close()
    with open_store(store_path, key=template[1]) as opened:
        assert verify(opened, deep=True)


@operation("Fill", right="contact.write")
def _fill(change: Change, count: int) -> None:
    people = [(new_id_bytes(), f"Anna\tNr{n} “Ä”", f"Nr{n}", f"anna nr{n}") for n in range(count)]
    change.insert_many(Contact, ("id", "name", "family_name", "sort_key"), people)
    change.insert_many(Phone, ("id", "contact_id", "position", "number"), ((new_id_bytes(), person, 0, f"030 {key[7:]}") for person, _, _, key in people))


def test_a_long_transaction_is_held_together_entry_by_entry(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    store.run(_fill, 1_700)
    with store.read() as reader:
        ids = [UUID(bytes=record) for (record,) in reader.rows("SELECT id FROM contact")]
    store.run(records.edit, "contact", ids, {"role": "Buyer"})
    assert verify(store, deep=True) == []
    store.close()
    raw = connect(store_path, template[1])
    trigger = all_triggers()["phone_upd"]
    raw.execute("DROP TRIGGER phone_upd")
    raw.execute("UPDATE phone SET number = '030 4711' WHERE id = (SELECT max(id) FROM phone)")
    raw.execute(trigger)
    raw.close()
    with open_store(store_path, key=template[1]) as opened:
        assert [complaint.split()[0] for complaint in verify(opened, deep=True)] == ["phone"]


def test_erasing_a_payload_with_its_salt_leaves_the_chain_valid(worked: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    worked.close()
    raw = connect(store_path, template[1])
    raw.execute("UPDATE journal SET changes = NULL WHERE op = 1")
    raw.execute("UPDATE journal_digest SET salts = zeroblob(length(salts))")
    raw.close()
    with open_store(store_path, key=template[1]) as opened:
        assert verify(opened) == []


def test_undo_gives_a_text_back_whose_column_is_named_like_a_link(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Alfreds Futterkiste", "vat_id": "DE811569869"})
    store.run(records.edit, "company", [company], {"vat_id": "DE129273398"})
    store.undo()
    with store.read() as reader:
        assert reader.value("SELECT vat_id FROM company") == "DE811569869"


def test_a_sound_store_is_called_sound_however_often_it_is_looked_over_while_it_is_used(store: Store) -> None:
    """A reader that had looked at the full-text index before took what was merged since for damage."""
    for number in range(12):
        company = store.run(records.add, "company", {"name": f"Company {number}", "industry": "Food"})
        for industry in ("Retail", "Wholesale"):
            store.run(records.edit, "company", [company], {"industry": industry})
        store.run(records.delete, "company", [company])
        for _ in range(3):
            store.undo()
        assert verify(store) == []
