"""An apostrophe keeps a spreadsheet from taking a text for a formula; it is none of the text and comes off when the table comes back."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.exchange.files.apostrophes import Apostrophes, neutral
from crmdesk.exchange.files.csv_files import open_csv
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import records

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store

TEXTS = ("=1+1", "+49 30 1", "'=1+1", "''+x", "'s-Hertogenbosch", "-", "@me", "＝1", "'t Hart", " =1+1")


@given(st.text("'=+-@＝ \tab1", min_size=1, max_size=6))
def test_whatever_gets_an_apostrophe_comes_back_as_it_was(text: str) -> None:
    assert Apostrophes().freed([neutral(text)]) == [text]


@pytest.mark.parametrize("for_programs", [False, True])
@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "xlsx"])
def test_formulas_and_real_apostrophes_come_back_from_every_sort_of_file(store: Store, other: Store, tmp_path: Path, ending: str, for_programs: bool) -> None:
    for number, text in enumerate(TEXTS):
        store.run(records.add, "company", {"name": f"Firm {number}", "industry": text})
    export_records(store, "company", tmp_path / f"out.{ending}", ExportOptions(for_programs=for_programs))
    import_file(other, "company", tmp_path / f"out.{ending}")
    with other.read() as reader:
        found = dict(reader.rows("SELECT name, industry FROM company"))
    assert found == {f"Firm {number}": text.strip() for number, text in enumerate(TEXTS)}


def test_other_programs_apostrophes_come_off_too_and_rejected_rows_get_them_back(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("Name,Email,Phone,Role\nAnna Berg,anna@example.com,'+49 30 123456,'=cmd|'/c calc'!A0\nBob Li,bob@,'+49 30 7,'-5\n", encoding="utf-8")
    result = import_file(store, "contact", path, ImportOptions(rejects=tmp_path / "back.csv"))
    assert (result.added, result.rejected) == (1, 1)
    with store.read() as reader:
        assert reader.rows("SELECT role FROM contact") == [("=cmd|'/c calc'!A0",)]
        assert reader.rows("SELECT number, e164 FROM phone") == [("+49 30 123456", "+4930123456")]
    back = list(csv.reader((tmp_path / "back.csv").read_text(encoding="utf-8").splitlines()))
    assert back[1][:4] == ["Bob Li", "bob@", "'+49 30 7", "-5"]


def test_rejected_rows_of_a_file_without_apostrophes_get_none(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("Name,Email,Phone\nBob Li,bob@,+49 30 7\nBea van 't Hart,'s@,'s-Hertogenbosch\n", encoding="utf-8")
    import_file(store, "contact", path, ImportOptions(rejects=tmp_path / "back.csv"))
    assert [row[2] for row in csv.reader((tmp_path / "back.csv").read_text(encoding="utf-8").splitlines())] == ["Phone", "+49 30 7", "'s-Hertogenbosch"]


def test_names_of_columns_lose_theirs_and_odd_rows_stay_odd(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("'=Name,City\n'=A,'s-Hertogenbosch\n'=B,x,y\n", encoding="utf-8")
    table = open_csv(path)
    assert table.columns == ("=Name", "City")
    rows = [cells for _, cells in table.rows()]
    assert rows == [["=A", "'s-Hertogenbosch"], ["=B", "x", "y"]]
    assert getattr(rows[1], "reason", "")
