"""Sample data: believable, the same each time, and whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from crmdesk import clock
from crmdesk.errors import CannotUndo
from crmdesk.insights.duplicates import sweep
from crmdesk.operations import sample
from crmdesk.operations.stores import new_store
from crmdesk.queries import company, records, timeline, today
from crmdesk.queries import tickets as ticket_queries
from crmdesk.queries.finding import parse_condition
from crmdesk.store import open_store
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store import Store
    from crmdesk.store.keys import Key

WORKING_DAY = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def filled(path: Path, at: datetime = WORKING_DAY, language: str = "en", region: str = "DE", currency: str = "EUR") -> Store:
    with clock.frozen(at):
        return new_store(path, "correct horse battery", owner="Maria Becker", language=language, region=region, currency=currency, sample=True)


def counts(store: Store) -> dict[str, int]:
    names = ("company", "contact", "lead", "deal", "activity", "task", "product", "quote", "ticket", "article", "saved_answer", "saved_view", "member")
    with store.read() as reader:
        return {name: records.count(reader, name) for name in names}


def test_a_sample_store_has_something_of_everything_and_is_whole(tmp_path: Path) -> None:
    with filled(tmp_path / "sample.crmdesk") as store:
        made = counts(store)
        assert verify(store, deep=True) == []
        assert store.can_undo() is None
        assert {"today", "tickets", "leads", "reports"} <= set(store.settings.areas)
    assert made["company"] == 60
    assert made["contact"] >= 100
    assert made["deal"] >= 40
    assert made["activity"] >= 180
    assert (made["ticket"], made["product"], made["saved_view"], made["member"]) == (15, 14, 3, 3)
    assert made["quote"] >= 10


def test_every_page_has_something_to_show(tmp_path: Path) -> None:
    with filled(tmp_path / "sample.crmdesk") as store, clock.frozen(WORKING_DAY), store.read() as reader:
        shown = today.today(reader)
        assert {item.kind for item in shown.to_do} == {"task", "ticket", "quote", "birthday"}
        assert {tile.name for tile in shown.tiles} == {"won", "weighted", "first_reply", "open_quotes"}
        assert shown.closing
        assert shown.funnel
        assert len(shown.team) >= 2
        assert sum(1 for month in shown.months if month.won.base) >= 9
        for tile in shown.tiles:
            assert records.count(reader, tile.opens.entity, [parse_condition(text) for text in tile.opens.where]) > 0
        queue = ticket_queries.tickets(reader)
        assert {row.due.state for row in queue} == {"respond", "resolve", "waiting", "resolved"}
        assert queue[0].due.words(clock.now(), reader) == "Respond in 12 min"
        (best,) = reader.rows("SELECT company_id FROM activity WHERE deleted_at IS NULL GROUP BY company_id ORDER BY count(*) DESC LIMIT 1")
        page = company.page(reader, _uuid(best[0]))
        assert page.people
        assert page.figures.last_contact_at
        assert len(timeline.timeline(reader, company_id=page.header.id).entries) >= 5


def _uuid(stored: bytes) -> UUID:
    from uuid import UUID

    return UUID(bytes=stored)


def test_nothing_in_it_lies_in_the_future_that_can_not(tmp_path: Path) -> None:
    with filled(tmp_path / "sample.crmdesk") as store, store.read() as reader:
        now = clock.to_ms(WORKING_DAY)
        for column, entity in (
            ("at", "activity"),
            ("at", "message"),
            ("opened_at", "ticket"),
            ("resolved_at", "ticket"),
            ("issued_at", "quote"),
            ("decided_at", "quote"),
            ("done_at", "task"),
        ):
            assert reader.value(f'SELECT count(*) FROM "{entity}" WHERE "{column}" > ?', (now,)) == 0, (entity, column)
        assert reader.value("SELECT count(*) FROM deal WHERE closed_on > '2026-11-18' OR opened_on > ifnull(closed_on, '2026-11-18')") == 0
        assert reader.value("SELECT count(*) FROM ticket WHERE resolved_at < opened_at OR first_replied_at < opened_at") == 0


def test_the_same_day_gives_the_same_sample(tmp_path: Path) -> None:
    seen = []
    for name in ("one", "two"):
        with filled(tmp_path / f"{name}.crmdesk") as store, store.read() as reader:
            seen.append([
                reader.rows("SELECT name FROM contact ORDER BY name"), reader.rows("SELECT name, amount, opened_on, closed_on FROM deal ORDER BY name, amount"),
                reader.rows("SELECT subject, at FROM activity ORDER BY at, subject"), reader.rows("SELECT number, subject, opened_at FROM ticket ORDER BY number"),
            ])  # fmt: skip
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("at", "language", "region", "currency"),
    [
        ("2027-01-01T23:30", "de", "DE", "EUR"),
        ("2028-02-29T03:00", "zh", "CN", "CNY"),
        ("2026-12-31T12:00", "en", "US", "USD"),
        ("2026-11-21T22:00", "en", "JP", "JPY"),
    ],
)
def test_a_sample_can_be_made_on_any_day_in_any_language_and_currency(tmp_path: Path, at: str, language: str, region: str, currency: str) -> None:
    with filled(tmp_path / "sample.crmdesk", datetime.fromisoformat(at).replace(tzinfo=UTC), language, region, currency) as store:
        assert counts(store)["quote"] >= 10
        assert verify(store) == []


def test_ones_own_letterhead_stays(template: tuple[Path, Key], store_path: Path) -> None:
    from crmdesk.operations.records import change_settings

    with open_store(store_path, key=template[1], anywhere=True) as store:
        store.run(change_settings, {"company_name": "My Company"})
        store.run(sample.fill)
        assert store.settings.company_name == "My Company"


def test_what_a_store_began_with_can_not_be_undone_and_the_reason_is_true(template: tuple[Path, Key], tmp_path: Path) -> None:
    with new_store(tmp_path / "sample.crmdesk", "correct horse battery staple", sample=True) as store:
        with store.read() as reader:
            filled = reader.value("SELECT id FROM journal_tx WHERE operation = 'sample.fill'")
        with pytest.raises(CannotUndo, match="Fill with sample data.*the store began with it"):
            store.undo(filled)
        assert store.can_undo() is None


@pytest.mark.parametrize(("language", "region", "currency"), [("en", "GB", "GBP"), ("de", "DE", "EUR"), ("zh", "CN", "CNY")])
def test_nobody_in_it_is_taken_for_somebody_else(tmp_path: Path, language: str, region: str, currency: str) -> None:
    with filled(tmp_path / "sample.crmdesk", WORKING_DAY, language, region, currency) as store:
        assert [sweep(store, entity).pairs for entity in ("contact", "company", "lead")] == [[], [], []]
