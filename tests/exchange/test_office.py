"""A second opinion on our workbooks: LibreOffice opens each of them, calculates everything anew, and comes to what we wrote."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from crmdesk.exchange.columns.mapping import importable
from crmdesk.exchange.out.accounting import accountants_workbook
from crmdesk.exchange.out.exporting import endings_of, export_records
from crmdesk.operations import quotes, records, reporting, sample
from crmdesk.queries import reports
from crmdesk.queries.ledger import Period
from crmdesk.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.store import Store
    from crmdesk.store.keys import Key

pytestmark = pytest.mark.office

# LibreOffice believes the values in a file unless it is told never to.
CALCULATES_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
CONTROL = "control.xlsx"


@dataclass(frozen=True)
class Pair:
    """A workbook as we wrote it and as LibreOffice did."""

    ours: Path
    theirs: Path


@pytest.fixture(scope="module")
def pairs(template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pair]]:
    """Every kind of workbook, filled from the sample store and opened by one run of LibreOffice."""
    folder = tmp_path_factory.mktemp("office")
    written, opened, profile = folder / "written", folder / "opened", folder / "profile"
    written.mkdir()
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(CALCULATES_ALWAYS, encoding="utf-8")
    with open_store(Path(shutil.copy(template[0], folder / "sample.crmdesk")), key=template[1], anywhere=True) as store:
        store.before_risk = None
        store.run(sample.fill)
        tax_twice(store)
        write_all(store, written)
    subprocess.run(
        ["soffice", "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx", "--outdir", opened, *sorted(written.iterdir())],
        check=True, capture_output=True, timeout=300, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    yield {path.name: Pair(path, opened / path.name) for path in written.iterdir()}
    shutil.rmtree(folder)


def tax_twice(store: Store) -> None:
    """Issue a quote with a line that bears two taxes, so that its tax category is empty, beside one that is taxed once."""
    both = [{"name": "GST", "rate": "5", "base": "net"}, {"name": "QST", "rate": "9.975", "base": "net"}]
    lines: list[dict[str, Any]] = [
        {"description": "Box", "quantity": "1", "unit_price": "300", "taxes": both}, {"description": "Book", "quantity": "1", "unit_price": "40", "tax_category": "S", "tax_rate": "5"},
    ]  # fmt: skip
    store.run(records.add, "company", {"name": "Sirop d’érable", "address.country": "CA"})
    record, _ = store.run(quotes.add_document, {"company": "Sirop d’érable", "currency": "CAD", "lines": lines})
    store.run(quotes.issue, record)


def write_all(store: Store, folder: Path) -> None:
    """Write the list of each entity, each report, and the accountant's workbook; and one with a wrong value beside a formula."""
    for entity in importable():
        if ".xlsx" in endings_of(entity):
            export_records(store, entity, folder / f"list-{entity}.xlsx")
    for name in reports.REPORTS:
        with store.read() as reader:
            table = reports.run(reader, name)
        reporting.save(store, table, folder / f"report-{name}.xlsx")
    accountants_workbook(store, folder / "accountant.xlsx", Period(None, None))
    with zipfile.ZipFile(folder / "accountant.xlsx") as book, zipfile.ZipFile(folder / CONTROL, "w") as changed:
        for name in book.namelist():
            changed.writestr(name, re.sub(rb"(</f><v>)[^<]*", rb"\g<1>12345.67", book.read(name)))


def cells(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: [[plain(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)] for name in book.sheet_names}


def plain(cell: Any) -> Any:
    """Return a cell in a form that is equal where people see the same: to the millisecond, to the last digit but one."""
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    return float(f"{cell:.14g}") if isinstance(cell, int | float) and not isinstance(cell, bool) else cell


def formulas(path: Path) -> dict[str, str]:
    with warnings.catch_warnings():
        # LibreOffice writes what is printed as whole columns, which openpyxl can't read.
        warnings.filterwarnings("ignore", "Print area cannot be set")
        book = openpyxl.load_workbook(path)
    found = {f"{sheet.title}!{cell.coordinate}": cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
    bare = {place: re.sub(r"[\s$']", "", str(text)).upper() for place, text in found.items()}
    return {place: text for place, text in bare.items() if text not in {"=TRUE()", "=FALSE()"}}  # as LibreOffice writes a plain yes or no


def test_libreoffice_opens_every_workbook_and_changes_nothing(pairs: dict[str, Pair]) -> None:
    assert len(pairs) > 30
    for name, pair in pairs.items():
        assert pair.theirs.exists(), name
        ours, theirs = cells(pair.ours), cells(pair.theirs)
        assert list(ours) == list(theirs), name
        if name != CONTROL:
            for sheet, rows in ours.items():
                assert theirs[sheet] == rows, f"{name}, {sheet}"


def test_libreoffice_keeps_the_formulas_and_comes_to_their_values(pairs: dict[str, Pair]) -> None:
    kept = {name: (formulas(pair.ours), formulas(pair.theirs)) for name, pair in pairs.items()}
    assert {name for name, (ours, _) in kept.items() if ours} >= {"accountant.xlsx"}
    for name, (ours, theirs) in kept.items():
        assert theirs == ours, name
    # The control has wrong values beside its formulas: that they are right in the end shows that everything was calculated.
    assert cells(pairs[CONTROL].ours) != cells(pairs["accountant.xlsx"].ours)
    assert cells(pairs[CONTROL].theirs) == cells(pairs["accountant.xlsx"].theirs)


def test_sums_of_taxes_without_a_category_are_calculated_too(pairs: dict[str, Pair]) -> None:
    for path in (pairs["accountant.xlsx"].ours, pairs["accountant.xlsx"].theirs, pairs[CONTROL].theirs):
        rows = [row for row in cells(path)["Control"] if row[1] == "CAD" and row[3] in (5.0, 9.975)]
        assert [(row[2], *row[5:9]) for row in rows] == [("", 300.0, 300.0, 15.0, 15.0), ("", 300.0, 300.0, 29.93, 29.93), ("S", 40.0, 40.0, 2.0, 2.0)]
