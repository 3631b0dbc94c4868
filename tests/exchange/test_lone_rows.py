"""Rows with a single filled cell: perhaps headings of the rows below, perhaps people of whom nothing but a name is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store

DEALS = "Projekt;Kunde;Wert;Phase\nJanuar;;;\nA;Acme;10;Neu\nB;Acme;20;Neu\nC;Beta;5;Neu\nD;Beta;5;Neu\nFebruar;;;\nE;Acme;7;Neu\nF;Acme;7;Neu\n"


def notes(store: Store, folder: Path, entity: str, text: str) -> tuple[int, list[str]]:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    dry = import_file(store, entity, path, ImportOptions(dry_run=True))
    result = import_file(store, entity, path)
    found = [[note for note in one.notes if "filled" in note] for one in (dry, result)]
    assert found[0] == found[1]
    return result.added, found[1]


def test_rows_with_one_filled_cell_between_full_ones_come_in_and_are_told(store: Store, tmp_path: Path) -> None:
    added, said = notes(store, tmp_path, "deal", DEALS)
    assert added == 8
    assert said == [
        "2 rows became records though only one of their cells is filled, such as “Januar” on line 2. If these are headings of the rows below, take them out of the file."
    ]


def test_one_row_with_one_filled_cell_is_told_by_its_name(store: Store, tmp_path: Path) -> None:
    text = "Name,Email,City\nAnna Berg,a@example.com,Ulm\nBob Li,b@example.com,Ulm\nRegion North,,\nEva Klein,e@example.com,Hof\n"
    assert notes(store, tmp_path, "contact", text)[1] == [
        "1 row became a record though only one of its cells is filled: “Region North” on line 4. If that is a heading of the rows below, take it out of the file."
    ]


@pytest.mark.parametrize(
    "text",
    ["Name,Email,City\nAnna Berg,,\nBob Li,b@example.com,\nEva Klein,,\n", "Name,Email\nAnna Berg,a@x.de\nBob Li,b@x.de\nC D,c@x.de\nE F,e@x.de\nEva,\n"],
)
def test_where_such_rows_are_usual_or_there_are_few_columns_nothing_is_said(store: Store, tmp_path: Path, text: str) -> None:
    assert notes(store, tmp_path, "contact", text)[1] == []
