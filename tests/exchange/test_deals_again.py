"""Deals that come again from the program that a company works with beside this one, and what files say of their products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk import clock
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import records
from crmdesk.queries.records import ids

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

HUBSPOT = "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Deal owner\n"
PIPEDRIVE = "Deal - Title,Deal - Value,Deal - Stage,Deal - Status,Deal - Product name,Deal - Product quantity,Deal - Product amount\n"


def taken(store: Store, tmp_path: Path, text: str, **options: Any) -> ImportResult:
    path = tmp_path / "deals.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, "deal", path, ImportOptions(**options))


def deal(store: Store) -> dict[str, Any]:
    with store.read() as reader:
        sql = "SELECT s.outcome, d.expected_close_on, d.closed_on, d.stage_since FROM deal d JOIN stage s ON s.id = d.stage_id"
        return dict(zip(("outcome", "expected", "closed", "since"), reader.rows(sql)[0], strict=True))


def test_the_day_on_which_a_known_deal_closes_moves_with_the_file(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{HUBSPOT}1001,Freezers,Appointment Scheduled,Sales Pipeline,100,2026-12-24,\n")
    again = f"{HUBSPOT}1001,Freezers,Appointment Scheduled,Sales Pipeline,100,2027-01-24,\n"
    taken(store, tmp_path, again, on_duplicate="fill")
    assert deal(store)["expected"] == "2026-12-24"
    result = taken(store, tmp_path, again, on_duplicate="overwrite")
    assert (result.updated, deal(store)["expected"]) == (1, "2027-01-24")
    store.undo()
    assert deal(store)["expected"] == "2026-12-24"


def test_an_empty_day_is_filled(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{HUBSPOT}1001,Freezers,Appointment Scheduled,Sales Pipeline,100,,\n")
    taken(store, tmp_path, f"{HUBSPOT}1001,Freezers,Appointment Scheduled,Sales Pipeline,100,2026-12-24,\n", on_duplicate="fill")
    assert deal(store)["expected"] == "2026-12-24"


def test_a_known_deal_that_was_won_since_was_won_on_the_day_that_the_file_says(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{HUBSPOT}1001,Freezers,Appointment Scheduled,Sales Pipeline,100,2026-12-24,\n")
    taken(store, tmp_path, f"{HUBSPOT}1001,Freezers,Closed Won,Sales Pipeline,100,2026-10-15,\n", on_duplicate="overwrite")
    found = deal(store)
    assert (found["outcome"], found["closed"]) == ("won", "2026-10-15")
    assert clock.moment(found["since"]).astimezone(store.settings.tz).date().isoformat() == "2026-10-15"
    taken(store, tmp_path, f"{HUBSPOT}1001,Freezers,Closed Won,Sales Pipeline,100,,\n", on_duplicate="overwrite")
    assert deal(store)["closed"] == "2026-10-15", "a file that says no day takes none away"


def test_a_known_deal_that_moves_on_stands_in_its_new_stage_from_the_import_on(store: Store, tmp_path: Path) -> None:
    text = "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Create Date\n1001,Freezers,{stage},Sales Pipeline,100,2026-01-05\n"
    taken(store, tmp_path, text.format(stage="Appointment Scheduled"))
    before = clock.now_ms()
    assert deal(store)["since"] < before
    taken(store, tmp_path, text.format(stage="Decision Maker Bought-In"), on_duplicate="overwrite")
    assert deal(store)["since"] >= before
    moved = deal(store)["since"]
    taken(store, tmp_path, text.format(stage="Decision Maker Bought-In").replace(",100,", ",200,"), on_duplicate="overwrite")
    assert deal(store)["since"] == moved


def products(store: Store) -> list[tuple[str, int]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows("SELECT p.name, l.quantity FROM deal_product l JOIN product p ON p.id = l.product_id ORDER BY l.id")]


def test_so_many_of_a_product_are_on_a_deal_as_the_file_says(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{PIPEDRIVE}A,200,Offer,Open,Cool box,2,200\nB,100,Offer,Open,Cool box,,100\nC,10,Offer,Open,,,\n")
    assert products(store) == [("Cool box", 2_000_000), ("Cool box", 1_000_000)]


def test_a_quantity_that_is_none_is_refused_with_its_column(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, f"{PIPEDRIVE}A,200,Offer,Open,Cool box,two,200\n")
    assert [problem.reason for problem in result.problems] == ["Deal - Product quantity: “two” is not a number."]


def test_several_products_in_one_cell_are_left_out_and_it_is_told(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, f'{PIPEDRIVE}A,200,Offer,Open,"Cool box, Lid",3,200\n')
    assert (result.added, products(store)) == (1, [])
    assert any("several products" in note for note in result.notes)


@pytest.mark.parametrize("word", ["Deleted", "Gelöscht", "已删除"])
def test_a_deal_that_was_deleted_there_does_not_come_back_to_life_here(store: Store, tmp_path: Path, word: str) -> None:
    result = taken(store, tmp_path, f"{PIPEDRIVE}A,200,Offer,{word},,,\nB,200,Offer,Open,,,\n")
    assert (result.added, result.rejected) == (1, 1)
    assert "was deleted" in result.problems[0].reason


def quotes_of(store: Store) -> list[tuple[str | None, str]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows("SELECT number, status FROM quote ORDER BY id")]


@pytest.mark.parametrize(
    ("header", "status"),
    [("Angebotsnummer", "issued"), ("Quote number", "issued"), ("Auftragsnummer", "accepted"), ("Order number", "accepted"), ("报价单号", "issued")],
)
def test_only_what_was_ordered_is_accepted_where_nothing_is_said(store: Store, tmp_path: Path, header: str, status: str) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text(f"{header};Datum;Kunde\nA-1;04.03.2026;Müller GmbH\n", encoding="utf-8")
    import_file(store, "quote", path)
    assert quotes_of(store) == [("A-1", status)]


def test_a_draft_with_a_number_was_issued_and_what_lacks_one_but_was_issued_is_refused_alone(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text(
        "Angebotsnummer;Datum;Kunde;Status\nA-1;04.03.2026;Müller GmbH;offen\n;04.03.2026;Müller GmbH;angenommen\n;05.03.2026;Müller GmbH;Entwurf\n",
        encoding="utf-8",
    )
    result = import_file(store, "quote", path)
    assert quotes_of(store) == [("A-1", "issued"), (None, "draft")]
    assert [(problem.line, problem.reason) for problem in result.problems] == [(3, "Number is missing.")]
    assert any("has a number already" in note for note in result.notes)


# ---- pipelines ----

SERVICE = "Deal ID,Deal,Company,Pipeline,Stage\n1,Alpha,Acme,Service,Inquiry\n2,Beta,Acme,,Proposal\n"
NO_PIPELINE = "Deal ID,Deal,Company,Stage\n"


def places(store: Store) -> list[tuple[str, str, str, str]]:
    sql = (
        "SELECT d.name, s.name, p.name, s.outcome FROM deal d JOIN stage s ON s.id = d.stage_id "
        "JOIN pipeline p ON p.id = d.pipeline_id AND p.id = s.pipeline_id ORDER BY d.name"
    )
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


def stages(store: Store, pipeline: str) -> list[str]:
    sql = "SELECT s.name FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE p.name = ? AND s.deleted_at IS NULL ORDER BY s.position"
    with store.read() as reader:
        return [row[0] for row in reader.rows(sql, (pipeline,))]


def test_the_stage_of_a_known_deal_is_one_of_its_own_pipeline(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, SERVICE)
    (_, _, usual, _) = places(store)[1]
    before = stages(store, usual)
    assert taken(store, tmp_path, f"{NO_PIPELINE}1,Alpha,Acme,Inquiry\n2,Beta,Acme,Proposal\n", on_duplicate="overwrite").updated == 0
    for stage, outcome in (("Won", "won"), ("Inquiry", "open"), ("Diagnosis", "open"), ("Lost", "lost")):
        for mode in ("fill", "overwrite"):
            result = taken(store, tmp_path, f"{NO_PIPELINE}1,Alpha,Acme,{stage}\n", on_duplicate=mode)
            assert result.updated == (mode == "overwrite"), stage
        assert places(store)[0] == ("Alpha", stage, "Service", outcome)
    assert stages(store, usual) == before
    assert sorted(stages(store, "Service")) == ["Diagnosis", "Inquiry", "Lost", "Won"]


def test_a_row_that_completes_one_further_up_means_a_stage_of_the_same_pipeline(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{SERVICE}1,Alpha,Acme,,Diagnosis\n", on_duplicate="overwrite")
    assert places(store)[0] == ("Alpha", "Diagnosis", "Service", "open")
    assert stages(store, "Service") == ["Inquiry", "Diagnosis"]


def test_a_stage_that_may_not_be_made_is_looked_for_where_the_deal_is_and_only_its_row_is_refused(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, SERVICE.replace("2,Beta", "3,Gamma,Acme,Service,Diagnosis\n2,Beta"))
    text = f"{NO_PIPELINE}1,Alpha,Acme,Diagnosis\n2,Beta,Acme,Diagnosis\n3,Gamma,Acme,Nowhere\n4,Delta,Acme,Inquiry\n"
    result = taken(store, tmp_path, text, on_duplicate="overwrite", creates=False)
    assert (result.updated, result.rejected, sorted(problem.line for problem in result.problems)) == (1, 3, [3, 4, 5])
    assert all("There is no Stage" in problem.reason for problem in result.problems)
    assert [place[:2] for place in places(store)] == [("Alpha", "Diagnosis"), ("Beta", "Proposal"), ("Gamma", "Diagnosis")]


def test_a_known_deal_that_goes_to_another_pipeline_begins_there_at_the_first_stage(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, SERVICE)
    taken(store, tmp_path, "Deal ID,Deal,Company,Pipeline,Stage\n2,Beta,Acme,Service,\n", on_duplicate="overwrite")
    assert places(store)[1] == ("Beta", "Inquiry", "Service", "open")


def test_a_known_deal_that_is_not_lost_any_more_has_no_reason_for_it(store: Store, tmp_path: Path) -> None:
    def reason() -> str | None:
        with store.read() as reader:
            return reader.value("SELECT lost_reason FROM deal")

    text = "Deal ID,Deal,Company,Stage,Close date,Lost reason\n1,Alpha,Acme,{stage},{day},{reason}\n"
    for stage, day in (("Proposal", "2027-01-01"), ("Won", "")):
        taken(store, tmp_path, text.format(stage="Lost", day="2026-05-05", reason="Price"), on_duplicate="overwrite")
        assert reason() == "Price"
        taken(store, tmp_path, text.format(stage="Lost", day="2026-05-05", reason=""), on_duplicate="overwrite")
        assert reason() == "Price", "an empty cell takes nothing away"
        taken(store, tmp_path, text.format(stage=stage, day=day, reason=""), on_duplicate="overwrite")
        assert reason() is None
    store.undo()
    assert reason() == "Price"


# ---- products of known deals ----

COUNTED = "Deal ID,Deal,Company,Product,Quantity\n"


def products_of(store: Store) -> tuple[list[str | None], list[tuple[str, int]]]:
    """Return what deals name as their product, and what stands on them."""
    with store.read() as reader:
        named = [row[0] for row in reader.rows("SELECT p.name FROM deal d LEFT JOIN product p ON p.id = d.product_id ORDER BY d.name")]
        sql = "SELECT p.name, l.quantity / 1000000 FROM deal_product l JOIN product p ON p.id = l.product_id WHERE l.deleted_at IS NULL ORDER BY l.deal_id, l.position"
        return named, [tuple(row) for row in reader.rows(sql)]


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
def test_a_product_that_a_known_deal_gets_stands_on_it_so_many_times(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, "Deal ID,Deal,Company\n1,Alpha,Acme\n2,Beta,Acme\n")
    result = taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Box,3\n2,Beta,Acme,Lid,\n", on_duplicate=mode)
    assert (result.updated, products_of(store)) == (2, (["Box", "Lid"], [("Box", 3), ("Lid", 1)]))
    again = taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Box,3\n2,Beta,Acme,Lid,\n", on_duplicate=mode)
    assert (again.updated, again.skipped) == (0, 2)
    store.undo()
    assert products_of(store) == ([None, None], [])


def test_how_many_of_a_product_stand_on_a_known_deal_goes_with_the_file_only_where_that_wins(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Box,3\n")
    assert taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Box,5\n", on_duplicate="fill").updated == 0
    assert taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Lid,2\n", on_duplicate="fill").updated == 0
    assert products_of(store) == (["Box"], [("Box", 3)])
    result = taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Box,5\n", on_duplicate="overwrite")
    assert (result.updated, products_of(store)) == (1, (["Box"], [("Box", 5)]))
    assert taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Box,\n", on_duplicate="overwrite").updated == 0


def test_another_product_of_a_known_deal_is_one_more(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Box,3\n")
    rows = f"{COUNTED}1,Alpha,Acme,Box,3\n1,Alpha,Acme,Lid,2\n1,Alpha,Acme,Box,3\n1,Alpha,Acme,Lid,2\n"
    for _ in range(2):
        taken(store, tmp_path, rows, on_duplicate="overwrite")
        assert products_of(store) == (["Lid"], [("Box", 3), ("Lid", 2)])


def test_the_products_of_a_new_deal_that_stands_in_several_rows_are_all_on_it(store: Store, tmp_path: Path) -> None:
    rows = f"{COUNTED}1,Alpha,Acme,Box,3\n1,Alpha,Acme,Lid,2\n1,Alpha,Acme,Box,3\n1,Alpha,Acme,Lid,2\n"
    taken(store, tmp_path, rows, on_duplicate="overwrite")
    assert products_of(store) == (["Lid"], [("Box", 3), ("Lid", 2)])


def test_a_product_that_was_only_named_stands_on_its_deal_once_a_file_says_how_many(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Deal ID,Deal,Company\n1,Alpha,Acme\n")
    with store.read() as reader:
        (known,) = ids(reader, "deal")
    box = store.run(records.add, "product", {"name": "Box"})
    store.run(records.edit, "deal", [UUID(bytes=known)], {"product": box})
    taken(store, tmp_path, f"{COUNTED}1,Alpha,Acme,Box,3\n1,Alpha,Acme,Box,3\n", on_duplicate="fill")
    assert products_of(store) == (["Box"], [("Box", 3)])
