"""Lines that come without their discounts: that they come to other amounts than their file says is told, until the discounts come too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files
from crmdesk.operations import quotes
from tests.exchange.test_repeated_imports import FORMS, taken

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

ENTITIES = ("quote", "quote_line", "allowance_charge")
LINE = {"description": "Box", "quantity": "2", "unit_price": "50", "tax_category": "S", "tax_rate": "19"}
SAID = (
    "1 row comes to another amount than the file says: on line 3 it is €90.00, here €100.00. "
    "If discounts or charges are missing, import them too; they have a file of their own (allowance_charge)."
)
BESIDE = "The discounts and charges of these lines and their quotes are not in this file: export them too (allowance_charge)."


def discounted(store: Store, *, whole: bool = False) -> None:
    """Make a quote with two lines, the second one with a discount, and one on the whole document if that is wanted."""
    discount = {"allowance_charges": [{"charge": False, "percent": "10", "reason": "Loyal"}]}
    charge = {"allowance_charges": [{"charge": True, "amount": "7.00", "reason": "Freight", "tax_category": "S", "tax_rate": "19"}]} if whole else {}
    made, _ = store.run(quotes.add_document, {"currency": "EUR", "date": "2026-03-01", "lines": [LINE, {**LINE, **discount}], **charge})
    store.run(quotes.issue, made)


def exported(store: Store, folder: Path, ending: str, for_programs: bool = False) -> dict[str, Path]:
    files = {entity: folder / f"{entity}{ending}" for entity in ENTITIES}
    for entity, path in files.items():
        result = export_records(store, entity, path, ExportOptions(for_programs=for_programs))
        assert result.notes == ((BESIDE,) if entity == "quote_line" else ())
    return files


def told(result: ImportResult) -> list[str]:
    return [note for note in result.notes if "(allowance_charge)" in note]


def totals(store: Store) -> list[tuple[int, ...]]:
    with store.read() as reader:
        return reader.rows("SELECT net, payable FROM quote") + reader.rows("SELECT net FROM quote_line ORDER BY position")


@pytest.mark.parametrize(("ending", "for_programs"), FORMS)
def test_lines_that_come_without_their_discounts_say_so_until_these_come(store: Store, other: Store, tmp_path: Path, ending: str, for_programs: bool) -> None:
    discounted(store)
    files = exported(store, tmp_path, ending, for_programs)
    said = [told(import_file(other, entity, path, ImportOptions(dates="ymd"))) for entity, path in files.items()]
    line = "2" if ending == ".json" else "3"
    assert said == [[], [SAID.replace("line 3", f"line {line}")], []]
    assert totals(other) == totals(store)
    again = [told(import_file(other, entity, path, ImportOptions(dates="ymd", on_duplicate="fill"))) for entity, path in files.items()]
    assert again == [[], [], []]


@pytest.mark.parametrize(("ending", "for_programs"), FORMS)
def test_the_discount_of_a_line_comes_back_though_no_other_line_is_called_so(
    store: Store, other: Store, tmp_path: Path, ending: str, for_programs: bool
) -> None:
    discount = {"allowance_charges": [{"charge": False, "percent": "10", "reason": "Loyal"}]}
    store.run(quotes.add_document, {"currency": "EUR", "date": "2026-03-01", "lines": [LINE, {**LINE, "description": "Lid", **discount}]})
    files = exported(store, tmp_path, ending, for_programs)
    for entity, path in files.items():
        assert import_file(other, entity, path, ImportOptions(dates="ymd")).rejected == 0
    assert totals(other) == totals(store)
    assert import_file(store, "allowance_charge", files["allowance_charge"]).skipped == 1


def test_files_that_come_together_with_all_discounts_say_nothing(store: Store, other: Store, tmp_path: Path) -> None:
    discounted(store, whole=True)
    files = exported(store, tmp_path, ".csv", for_programs=True)
    assert told(import_files(other, "?", list(files.values()), ImportOptions(dates="ymd"))) == []
    assert totals(other) == totals(store)


def test_a_quote_that_has_lines_and_comes_to_another_total_than_its_file_says_is_told(store: Store, other: Store, tmp_path: Path) -> None:
    discounted(store, whole=True)
    files = exported(store, tmp_path, ".csv", for_programs=True)
    notes = told(import_files(other, "?", [files["quote"], files["quote_line"]], ImportOptions(dates="ymd")))
    assert [note.partition(". ")[0] for note in notes] == [
        "1 row comes to another amount than the file says: on line 2 it is €234.43, here €238.00",
        "1 row comes to another amount than the file says: on line 3 it is €90.00, here €100.00",
    ]


def test_nothing_is_refused_for_an_amount_that_cannot_be_read_or_is_only_looked_at(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "quote", "Number,Date\n100,2026-03-01\n")
    text = "Quote number,Product,Quantity,Unit price,Amount\n100,Box,2,5.00,much\n100,Lid,1,1.25,\n100,Bag,1,2.00,3.00\n"
    looked = taken(store, tmp_path, "quote_line", text, dry_run=True)
    assert (looked.added, told(looked)) == (3, [])
    result = taken(store, tmp_path, "quote_line", text)
    assert (result.added, result.rejected, told(result)) == (3, 0, [SAID.replace("line 3", "line 4").replace("90.00", "3.00").replace("100.00", "2.00")])


def test_lines_without_discounts_go_out_without_a_word(store: Store, tmp_path: Path) -> None:
    store.run(quotes.add_document, {"currency": "EUR", "lines": [LINE]})
    assert export_records(store, "quote_line", tmp_path / "lines.csv").notes == ()
