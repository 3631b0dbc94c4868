"""Whatever the program can do, in any order: undoing all of it brings the store back as it was."""

from __future__ import annotations

import random
import shutil
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmdesk.clock import new_id_bytes
from crmdesk.errors import CannotUndo, UserError
from crmdesk.operations import activities, attachments, deals, handover, imports, leads, merging, pipelines, quotes, records, tasks, tickets, workspace
from crmdesk.store import Store, open_store
from crmdesk.store.verify import verify
from tests.test_any_user import world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from crmdesk.store.keys import Key

LINES = [{"description": "Box", "quantity": "2", "unit_price": "10.00", "tax_category": "S", "tax_rate": "19"}]


ISSUED = "status IN ('issued', 'accepted', 'declined')"


class User:
    """Picks records of a store by number, so that the same numbers always mean the same deed."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def one(self, entity: str, number: int, where: str = "1") -> UUID:
        with self.store.read() as reader:
            found = reader.rows(f'SELECT id FROM "{entity}" WHERE deleted_at IS NULL AND {where} ORDER BY id')  # noqa: S608
        if not found:
            raise UserError("there is none")
        return UUID(bytes=found[number % len(found)][0])

    def binned(self, entity: str) -> UUID:
        with self.store.read() as reader:
            found = reader.value(f'SELECT id FROM "{entity}" WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC LIMIT 1')  # noqa: S608
        if found is None:
            raise UserError("there is none")
        return UUID(bytes=found)

    def run(self, *deed: Any, **more: Any) -> Any:
        return self.store.run(*deed, **more)


NEW: dict[str, dict[str, str]] = {
    "company": {"name": "Ernst Handel", "phone": "0316 7675", "city": "Graz", "tags": "vip", "note": "n"}, "contact": {"name": "Anna Berg", "email": "a@b.example", "birthday": "1980-01-02"},
    "lead": {"family_name": "Roth", "company_name": "Co", "phone": "030 99"}, "deal": {"name": "Cold chain", "amount": "100 EUR"}, "product": {"name": "Box", "code": "B", "price": "10"},
    "article": {"title": "Reset", "body": "Unplug."}, "saved_answer": {"title": "Thanks", "body": "Dear {contact}"}, "saved_view": {"name": "Mine", "about": "deal"},
    "member": {"name": "Tom"}, "tag": {"name": "hot"}, "exchange_rate": {"code": "USD", "rate": "0.9", "on": "2026-11-01"},
}  # fmt: skip
EDITS: dict[str, dict[str, str]] = {
    "company": {"name": "Königlich Essen", "phone": "0555 09876", "tags": "a,b"}, "contact": {"role": "Buyer", "email": "c@d.example"}, "deal": {"amount": "250 USD"},
    "quote": {"prepaid": "5"}, "ticket": {"subject": "Alarm again"}, "task": {"subject": "Ring"}, "product": {"cost": "4"}, "lead": {"family_name": "Rot"}, "member": {"email": "tom@x.example"},
}  # fmt: skip


def _import(user: User, number: int) -> None:
    ids = [new_id_bytes() for _ in range(3)]
    values = [value for at, record in enumerate(ids) for value in (record, f"Imported {at}", f"imported {at}")]
    user.run(imports.write, [imports.Batch(inserts=(("company", ("id", "name", "sort_key"), values),))], "companies.csv")


DEEDS: dict[str, Callable[[User, int], object]] = {
    **{f"add {entity}": lambda user, n, entity=entity: user.run(records.add, entity, NEW[entity]) for entity in NEW},
    **{f"edit {entity}": lambda user, n, entity=entity: user.run(records.edit, entity, [user.one(entity, n)], EDITS[entity]) for entity in EDITS},
    **{f"delete {entity}": lambda user, n, entity=entity: user.run(records.delete, entity, [user.one(entity, n)]) for entity in (*NEW, "ticket", "quote", "task", "activity", "stage")},
    **{f"restore {entity}": lambda user, n, entity=entity: user.run(records.restore, entity, user.binned(entity)) for entity in ("company", "contact", "deal", "quote", "ticket")},
    "tag": lambda user, n: user.run(records.tag, "company", [user.one("company", n)], ["vip", f"t{n}"]),
    "settings": lambda user, n: user.run(records.change_settings, {"payment_days": n, "quote_mail_subject_de": "{number}"}),
    "task": lambda user, n: user.run(tasks.add, "Call", due_on=date(2026, 11, 20), repeats="week", repeat_every=1, company_id=user.one("company", n)),
    "task done": lambda user, n: user.run(tasks.done, [user.one("task", n)]),
    "task reopen": lambda user, n: user.run(tasks.reopen, [user.one("task", n)]),
    "task snooze": lambda user, n: user.run(tasks.snooze, [user.one("task", n)], date(2026, 12, 1) + timedelta(n)),
    "log": lambda user, n: user.run(activities.log, "call", "Rang", contact_id=user.one("contact", n), next_step="Send", next_on=date(2026, 12, 2)),
    "move": lambda user, n: user.run(deals.move, user.one("deal", n), user.one("stage", n), "price"),
    "outcome": lambda user, n: user.run(deals.set_outcome, user.one("deal", n), ("won", "lost", "open")[n % 3], "price"),
    "deal product": lambda user, n: user.run(deals.add_product, user.one("deal", n), user.one("product", n), Decimal(2)),
    "deal person": lambda user, n: user.run(deals.add_person, user.one("deal", n), user.one("contact", n), "decides"),
    "claim": lambda user, n: user.run(leads.claim, user.one("lead", n)), "give back": lambda user, n: user.run(leads.give_back, user.one("lead", n)),
    "disqualify": lambda user, n: user.run(leads.disqualify, user.one("lead", n)), "convert": lambda user, n: user.run(leads.convert, user.one("lead", n)),
    "quote": lambda user, n: user.run(quotes.add_document, {"currency": ("EUR", "JPY")[n % 2], "deal": str(user.one("deal", n)), "lines": LINES}),
    "quote of deal": lambda user, n: user.run(quotes.from_deal, user.one("deal", n)), "issue": lambda user, n: user.run(quotes.issue, user.one("quote", n, "status = 'draft'")),
    "accept": lambda user, n: user.run(quotes.accept, user.one("quote", n, ISSUED)), "decline": lambda user, n: user.run(quotes.decline, user.one("quote", n, ISSUED), "dear"),
    "revise": lambda user, n: user.run(quotes.revise, user.one("quote", n, ISSUED)), "delete draft": lambda user, n: user.run(quotes.delete, user.one("quote", n)),
    "ticket": lambda user, n: user.run(tickets.open_ticket, "Alarm", contact_id=user.one("contact", n), message="It beeps.", priority=("urgent", "normal")[n % 2]),
    "reply": lambda user, n: user.run(tickets.reply, user.one("ticket", n), "On our way", wait=n % 2 == 0),
    "receive": lambda user, n: user.run(tickets.receive, user.one("ticket", n), "Thanks"), "ticket note": lambda user, n: user.run(tickets.note, user.one("ticket", n), "odd"),
    "priority": lambda user, n: user.run(records.edit, "ticket", [user.one("ticket", n)], {"priority": "high"}), "resolve": lambda user, n: user.run(tickets.resolve, user.one("ticket", n), "Fuse"),
    "close": lambda user, n: user.run(tickets.close, user.one("ticket", n), "Fuse", csat=n % 5 + 1), "reopen": lambda user, n: user.run(tickets.reopen, user.one("ticket", n)),
    "attach": lambda user, n: user.run(attachments.attach, "company", user.one("company", n), "a.txt", b"hello" * (n + 1)),
    "rename file": lambda user, n: user.run(records.edit, "attachment", [user.one("attachment", n)], {"name": f"b{n}.txt"}),
    "merge": lambda user, n: user.run(merging.merge, "company", user.one("company", n), [user.one("company", n + 1)]),
    "hand over": lambda user, n: user.run(handover.hand_over, user.one("member", n), user.one("member", n + 1)), "import": _import,
    "pipeline": lambda user, n: user.run(pipelines.add, f"Renewals {n}"), "delete pipeline": lambda user, n: user.run(pipelines.delete, user.one("pipeline", n)),
    "stage": lambda user, n: user.run(pipelines.add_stage, user.one("pipeline", n), f"Stage {n}", Decimal(n * 10)), "delete stage": lambda user, n: user.run(pipelines.delete_stage, user.one("stage", n)),
    "own field": lambda user, n: user.run(workspace.add_field, "company", f"Size {n % 2}", "integer"), "delete own field": lambda user, n: user.run(workspace.delete_field, user.one("custom_field", n)),
    "own value": lambda user, n: user.run(records.edit, "company", [user.one("company", n)], {f"size_{n % 2}": "5"}), "holiday": lambda user, n: user.run(workspace.add_holiday, date(2026, 12, 20 + n)),
    "level": lambda user, n: user.run(workspace.set_level, None, f"Gold {n}", {}), "queue": lambda user, n: user.run(workspace.set_queue, None, f"Repairs {n}"),
    "undo": lambda user, n: user.store.undo(), "redo": lambda user, n: (user.store.undo(), user.store.redo()),
}  # fmt: skip
FIRST = ("add company", "add company", "add contact", "add deal", "add lead", "add product", "task", "ticket", "quote", "attach", "add member")


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 9)), max_size=25))
def test_undoing_whatever_was_done_brings_the_store_back(
    steps: list[tuple[str, int]], template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = shutil.copy(template[0], tmp_path_factory.mktemp("deeds") / "deeds.crmdesk")
    with open_store(path, key=template[1].__class__(template[1].reveal()), anywhere=True) as store:
        start, user = world(store), User(store)
        for what, number in [*((name, 0) for name in FIRST), *steps]:
            before = store.last_changes
            try:
                DEEDS[what](user, number)
            except CannotUndo:
                continue
            except UserError:
                assert store.last_changes is before
        while store.can_undo():
            store.undo()
        assert world(store) == start
        assert verify(store, deep=True) == []


def test_every_deed_of_these_works_at_least_somewhere(template: tuple[Path, Key], tmp_path: Path) -> None:
    """Else the test above would try nothing."""
    path = shutil.copy(template[0], tmp_path / "deeds.crmdesk")
    refused = dict.fromkeys(DEEDS, "")
    rng = random.Random(3)
    with open_store(path, key=template[1].__class__(template[1].reveal()), anywhere=True) as store:
        user = User(store)
        for name in FIRST:
            DEEDS[name](user, 0)
        for _ in range(40):
            for name in [*FIRST, "issue", "own field", *rng.sample(sorted(refused), len(refused))]:
                try:
                    DEEDS[name](user, rng.randrange(10))
                    refused.pop(name, None)
                except UserError as error:
                    if name in refused:
                        refused[name] = str(error)
            if not refused:
                break
    assert not refused, "\n".join(f"{name}: {why}" for name, why in refused.items())
