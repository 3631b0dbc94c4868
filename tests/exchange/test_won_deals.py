"""Deals that a file says are won or lost are so here, whatever stages the pipeline has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.words.choices import outcome_of
from crmdesk.models.deal import Pipeline, Stage
from crmdesk.store import operation

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Change, Store


@operation("Make pipeline", right="setting.write")
def without_ends(change: Change, *stages: str) -> None:
    """Make a pipeline as old stores and other programs leave it: without stages for won and lost deals."""
    pipeline = change.add(Pipeline, name="Bare", position=9)
    for position, name in enumerate(stages):
        change.add(Stage, pipeline_id=pipeline.id, name=name, position=position, outcome="open")


def ends(store: Store, tmp_path: Path, text: str, **options: bool) -> list[tuple[str, str, str, int]]:
    path = tmp_path / "deals.csv"
    path.write_text(text, encoding="utf-8")
    import_file(store, "deal", path, ImportOptions(**options))
    sql = "SELECT d.name, s.name, s.outcome, d.closed_on IS NOT NULL FROM deal d JOIN stage s ON s.id = d.stage_id ORDER BY d.id"
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


@pytest.mark.parametrize("word", ["won", "Closed Won", "赢单", "6 - Won (100%)", "Gewonnen"])
def test_a_won_deal_is_won_in_a_pipeline_that_has_no_stage_for_it(store: Store, tmp_path: Path, word: str) -> None:
    store.run(without_ends, "Talk", "Offer")
    found = ends(store, tmp_path, f"Deal name,Pipeline,Stage,Amount\nA,Bare,{word},100\nB,Bare,Talk,200\n")
    assert found == [("A", word, "won", 1), ("B", "Talk", "open", 0)]


def test_an_open_stage_that_is_called_won_does_not_take_won_deals(store: Store, tmp_path: Path) -> None:
    store.run(without_ends, "Talk", "Won")
    assert ends(store, tmp_path, "Deal name,Pipeline,Stage\nA,Bare,Won\n") == [("A", "Won", "won", 1)]


def test_the_outcome_beside_the_stage_counts_too(store: Store, tmp_path: Path) -> None:
    store.run(without_ends, "Talk")
    text = "Deal - Title,Deal - Stage,Deal - Status,Deal - Pipeline\nA,Talk,Won,Bare\nB,Talk,Lost,Bare\nC,Talk,Open,Bare\n"
    assert ends(store, tmp_path, text) == [("A", "Won", "won", 1), ("B", "Lost", "lost", 1), ("C", "Talk", "open", 0)]


def test_of_a_pipeline_with_its_own_ends_the_users_words_hold(store: Store, tmp_path: Path) -> None:
    assert ends(store, tmp_path, "Deal name,Stage\nA,Closed Won\nB,赢单\nC,Closed Lost\n") == [
        ("A", "Won", "won", 1),
        ("B", "Won", "won", 1),
        ("C", "Lost", "lost", 1),
    ]


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [
        ("6 - Closed Won", "won"),
        ("Won (100 %)", "won"),
        ("Lost - 0%", "lost"),
        ("输单", "lost"),
        ("关闭赢单", "won"),
        ("Win back", "open"),
        ("Negotiation 90%", "open"),
    ],
)
def test_numbers_and_chances_around_the_word_do_not_hide_it(stage: str, outcome: str) -> None:
    assert outcome_of(stage) == outcome


def test_a_closing_date_of_a_deal_that_is_open_is_left_out(store: Store, tmp_path: Path) -> None:
    assert ends(store, tmp_path, "Deal name,Stage,Closed date\nA,Qualify,2026-03-01\nB,Won,2026-03-02\nC,Lost,\n") == [
        ("A", "Qualify", "open", 0),
        ("B", "Won", "won", 1),
        ("C", "Lost", "lost", 1),
    ]
