"""Workbooks: typed cells, sheets, headers, and traps that are seen before they are opened."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from crmdesk.errors import UserError
from crmdesk.exchange.files.reading import How, open_table
from crmdesk.exchange.importing import import_file
from tests.exchange.binary_workbooks import write_binary

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store


def book_of(path: Path, sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def test_cells_keep_their_types_below_a_title(tmp_path: Path) -> None:
    rows = [["Customers 2025"], [], ["Name", "Since", "Seen", "Revenue", "Active"], ["Müller", date(2021, 3, 1), datetime(2020, 2, 29, 13, 45), 12.5, True]]
    table = open_table(book_of(tmp_path / "a.xlsx", {"Customers": rows}))
    assert (table.format, table.sheet, table.columns) == ("xlsx", "Customers", ("Name", "Since", "Seen", "Revenue", "Active"))
    assert list(table.rows()) == [(4, ["Müller", date(2021, 3, 1), datetime(2020, 2, 29, 13, 45), 12.5, True])]


def test_the_first_visible_sheet_that_holds_something_is_taken(tmp_path: Path) -> None:
    path = book_of(tmp_path / "a.xlsx", {"Old": [["x"], ["1"]], "Empty": [], "New": [["name", "city"], ["Anna", "Köln"]]}, hidden=("Old",))
    assert open_table(path).sheet == "New"
    assert open_table(path, How(sheet="Old")).columns == ("x",)
    with pytest.raises(UserError, match="no sheet “Nope”"):
        open_table(path, How(sheet="Nope"))


def test_a_cover_sheet_is_passed_over_for_the_first_table(tmp_path: Path) -> None:
    cover = [["Customers of 2026"], ["Please keep this to yourself"]]
    path = book_of(tmp_path / "a.xlsx", {"Cover": cover, "List": [["name", "city"], ["Anna", "Köln"]]})
    assert open_table(path).sheet == "List"
    assert open_table(path, How(sheet="Cover")).sheet == "Cover"
    assert open_table(book_of(tmp_path / "b.xlsx", {"Mails": [["mail"], ["a@b.example"]], "Empty": []})).sheet == "Mails"


def test_a_workbook_without_rows_is_empty(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is empty"):
        open_table(book_of(tmp_path / "a.xlsx", {"Sheet": []}))


def test_a_formula_counts_with_its_saved_value_only(tmp_path: Path) -> None:
    table = open_table(book_of(tmp_path / "a.xlsx", {"Sheet": [["name", "sum"], ["Anna", "=1+1"]]}))
    assert [cells[1] for _, cells in table.rows()] == [""]
    assert table.notes[0].startswith("Formulas of this workbook were saved without their values")
    assert open_table(book_of(tmp_path / "b.xlsx", {"Sheet": [["name", "sum"], ["Anna", 2]]})).notes == ()


def rewritten(path: Path, target: Path, **changed: bytes) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            key = entry.filename.rsplit("/", 1)[-1].split(".")[0]
            new.writestr(entry.filename, changed.pop(key, None) or old.read(entry))
        for name, content in changed.items():
            new.writestr(name, content)
    return target


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return book_of(tmp_path / "plain.xlsx", {"Sheet": [["name", "city"], ["Anna", "Köln"]]})


def test_entities_are_seen_before_the_workbook_is_opened(plain: Path, tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "boom">]>' + SHEET % b""
    with pytest.raises(UserError, match="built to do harm"):
        open_table(rewritten(plain, tmp_path / "bomb.xlsx", sheet1=bomb))


def test_an_entry_that_unpacks_to_far_more_is_a_trap(plain: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="built to do harm"):
        open_table(rewritten(plain, tmp_path / "bomb.xlsx", sheet1=SHEET % (b" " * 30_000_000)))


def test_too_many_entries_and_odd_names_are_refused(plain: Path, tmp_path: Path) -> None:
    many = {f"xl/media/{i}.bin": b"x" for i in range(2_001)}
    with pytest.raises(UserError, match="too large"):
        open_table(rewritten(plain, tmp_path / "many.xlsx", **many))
    with pytest.raises(UserError, match="built to do harm"):
        open_table(rewritten(plain, tmp_path / "odd.xlsx", **{"../../evil.xml": b"x"}))


def test_one_cell_at_the_far_corner_does_not_fill_the_memory(plain: Path, tmp_path: Path) -> None:
    corner = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(UserError, match="too large"):
        open_table(rewritten(plain, tmp_path / "corner.xlsx", sheet1=SHEET % corner))


def test_one_long_text_in_many_cells_does_not_fill_the_memory(plain: Path, tmp_path: Path) -> None:
    texts = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>' % (b"abcdefghij" * 3_200)
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(1, 20_001))
    with pytest.raises(UserError, match="built to do harm"):
        open_table(rewritten(plain, tmp_path / "texts.xlsx", sheet1=SHEET % rows, **{"xl/sharedStrings.xml": texts}))


def test_a_damaged_or_foreign_archive_gets_a_clear_sentence(plain: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(plain.read_bytes()[:2_000])
    with pytest.raises(UserError, match="damaged or no workbook"):
        open_table(cut)
    noise = tmp_path / "noise.xlsx"
    noise.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(UserError, match="neither “Workbook” nor text is in it") as refused:
        open_table(noise)
    assert refused.value.hint == "The file is damaged, or not what its name says."
    other = tmp_path / "other.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(UserError, match="no workbook"):
        open_table(other)


@pytest.mark.shared
def test_the_old_formats_are_read_too(shared_data: Path) -> None:
    folder = shared_data / "09_nasty_files" / "frictionless"
    for name in ("table.xls", "table.ods", "table-output.ods"):
        table = open_table(folder / name)
        assert table.columns == ("id", "name")
        assert [cells for _, cells in table.rows()] == [[1.0, "english"], [2.0, "german" if "output" in name else "中国人"]]


@pytest.mark.shared
def test_traps_and_locks_among_real_workbooks_are_refused(shared_data: Path) -> None:
    folder = shared_data / "09_nasty_files" / "xlsx_poi"
    with pytest.raises(UserError, match="built to do harm"):
        open_table(folder / "poc-xmlbomb-empty.xlsx")
    with pytest.raises(UserError, match="locked with a password"):
        open_table(folder / "protected_passtika.xlsx")


@pytest.mark.shared
def test_typed_cells_of_a_real_list_are_read_below_its_title(shared_data: Path) -> None:
    table = open_table(shared_data / "06_contact_csv" / "contacts_typed_cells.xlsx")
    assert table.columns[:3] == ("First name", "Last name", "Company")
    assert len(list(table.rows())) == 4


def test_a_binary_workbook_is_read_with_its_types(tmp_path: Path) -> None:
    rows = [
        ["Name", "Amount", "Size", "Since", "Active", "City"],
        ["Müller & 中文 GmbH", 1234.5, 42, date(2026, 3, 4), True, "Name"],
        ["=1+1", -0.25, -7, None, False, "Köln"],
    ]
    write_binary(tmp_path / "book.xlsb", rows, "Kunden")
    table = open_table(tmp_path / "book.xlsb")
    assert (table.format, table.sheet, table.columns) == ("xlsb", "Kunden", tuple(rows[0]))
    assert [cells for _, cells in table.rows()] == [["Müller & 中文 GmbH", 1234.5, 42, date(2026, 3, 4), True, "Name"], ["=1+1", -0.25, -7, "", False, "Köln"]]


def test_a_binary_workbook_becomes_records(store: Store, tmp_path: Path) -> None:
    write_binary(tmp_path / "deals.xlsb", [["Deal name", "Amount", "Close date", "Stage", "Company"], ["Big", 1999.99, date(2026, 3, 4), "Won", "Acme GmbH"]])
    assert import_file(store, "deal", tmp_path / "deals.xlsb").added == 1
    with store.read() as reader:
        assert reader.rows("SELECT name, amount, closed_on FROM deal") == [("Big", 199_999, "2026-03-04")]


def test_a_binary_workbook_that_is_cut_off_is_refused_with_a_sentence(tmp_path: Path) -> None:
    write_binary(tmp_path / "book.xlsb", [["Name"], ["Anna"]])
    (tmp_path / "book.xlsb").write_bytes((tmp_path / "book.xlsb").read_bytes()[:-200])
    with pytest.raises(UserError, match="damaged or no workbook"):
        open_table(tmp_path / "book.xlsb")


def test_a_company_below_a_merged_group_is_not_lost(store: Store, tmp_path: Path) -> None:
    rows: list[list[object]] = [["Firma", None, "Kontakt", None], ["Name", "Ort", "Name", "Telefon"], ["Kern AG", "Ulm", "Eva Braun", "0731 123456"]]
    path = book_of(tmp_path / "a.xlsx", {"Kunden": rows})
    assert open_table(path).columns == ("Firma Name", "Firma Ort", "Kontakt Name", "Kontakt Telefon")
    assert import_file(store, "contact", path).added == 1
    with store.read() as reader:
        assert reader.one("SELECT c.family_name, o.name FROM contact c JOIN company o ON o.id = c.company_id") == ("Braun", "Kern AG")


def merged_book(path: Path, rows: list[list[object]], *merged: str) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for place in merged:
        book.active.merge_cells(place)
    book.save(path)
    return path


def test_what_is_merged_downwards_counts_in_each_row_and_is_told(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Firma", "Ort", "Vorname", "Nachname"],
        ["Müller GmbH", "Köln", "Anna", "Berg"],
        [None, None, "Bert", "Clausen"],
        [None, None, None, None],
        ["Solo AG", "Bonn", "Doris", "Ernst"],
        [None, "Ulm", "Emil", "Frank"],
    ]
    table = open_table(merged_book(tmp_path / "a.xlsx", rows, "A2:A4", "B2:B4", "C5:D5"))
    assert [cells for _, cells in table.rows()] == [
        ["Müller GmbH", "Köln", "Anna", "Berg"], ["Müller GmbH", "Köln", "Bert", "Clausen"], ["Solo AG", "Bonn", "Doris", ""], ["", "Ulm", "Emil", "Frank"],
    ]  # fmt: skip
    assert table.notes == ("Merged cells of “Firma”, “Ort” count in each of their rows.",)


def test_a_merged_number_counts_once_and_it_is_told(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Deal", "Company", "Amount"], ["A", "Acme", 300], ["B", None, None], ["C", None, None]]
    table = open_table(merged_book(tmp_path / "a.xlsx", rows, "B2:B4", "C2:C4"))
    assert [cells for _, cells in table.rows()] == [["A", "Acme", 300.0], ["B", "Acme", ""], ["C", "Acme", ""]]
    assert table.notes == (
        "Merged cells of “Company” count in each of their rows.", "Merged cells of “Amount” hold numbers, which count once, in the first of their rows.",
    )  # fmt: skip


def test_names_of_columns_merged_over_two_rows_are_names(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Firma", "Kontakt", None], [None, "Telefon", "E-Mail"], ["Müller GmbH", "0351 123456", "anna@berg.example"]]
    table = open_table(merged_book(tmp_path / "a.xlsx", rows, "A1:A2", "B1:C1"))
    assert table.columns == ("Firma", "Kontakt Telefon", "Kontakt E-Mail")
    assert table.notes == ()


@pytest.mark.parametrize("entity", ["contact", "lead"])
def test_a_name_below_a_group_is_that_of_whom_the_group_says(store: Store, tmp_path: Path, entity: str) -> None:
    rows: list[list[object]] = [
        ["Person", None, "Firma", None, "Kontakt"],
        ["Vorname", "Nachname", "Name", "Ort", "E-Mail"],
        ["Anna", "von Berg", "Berg KG", "Köln", "a@berg.example"],
    ]
    result = import_file(store, entity, merged_book(tmp_path / "a.xlsx", rows, "A1:B1", "C1:D1"))
    assert (result.added, result.unused) == (1, ())
    with store.read() as reader:
        if entity == "lead":
            assert reader.rows("SELECT given_name, family_name, company_name FROM lead") == [("Anna", "von Berg", "Berg KG")]
        else:
            sql = (
                "SELECT p.given_name, p.family_name, c.name, a.city FROM contact p JOIN company c ON c.id = p.company_id JOIN address a ON a.company_id = c.id"
            )
            assert reader.rows(sql) == [("Anna", "von Berg", "Berg KG", "Köln")]


def test_rows_that_a_filter_hides_are_read_and_told(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["name", "city"], ["Anna", "Köln"], ["Bert", "Bonn"]):
        book.active.append(row)
    book.create_sheet("Other").append(["x", "y"])
    book.active.column_dimensions["B"].hidden = True
    book.save(tmp_path / "columns.xlsx")
    assert open_table(tmp_path / "columns.xlsx").notes == ()
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "rows.xlsx")
    table = open_table(tmp_path / "rows.xlsx")
    assert [cells for _, cells in table.rows()] == [["Anna", "Köln"], ["Bert", "Bonn"]]
    assert table.notes == ("Some rows are hidden in this workbook, perhaps by a filter; they are read like the others.",)
    assert open_table(tmp_path / "rows.xlsx", How(sheet="Other")).notes == ()


def test_a_postal_code_that_gets_its_zero_back_is_told_where_no_country_says_so(store: Store, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Vorname", "Nachname", "PLZ", "Ort", "Land"],
        ["Anna", "Berg", 1067, "Dresden", "Deutschland"],
        ["Eva", "Klein", 1010, "Wien", "Österreich"],
    ]
    assert import_file(store, "contact", book_of(tmp_path / "a.xlsx", {"Sheet": rows})).notes == ()
    result = import_file(store, "contact", book_of(tmp_path / "b.xlsx", {"Sheet": [["Vorname", "Nachname", "PLZ", "Ort"], ["Otto", "Quast", 1069, "Dresden"]]}))
    assert result.notes == ("1 postal code without a country was a number, as workbooks keep them, and got back the zero in front.",)
    with store.read() as reader:
        assert reader.rows("SELECT postal_code FROM address ORDER BY 1") == [("01067",), ("01069",), ("1010",)]


def test_sums_between_the_rows_are_no_records(store: Store, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Projekt", "Kunde", "Wert"], ["A", "Acme GmbH", 1000], ["Summe Januar", None, 1000], ["B", "Acme GmbH", 500], ["Zwischensumme", None, None], ["三月小计", None, 500],
        ["Total", None, 7], ["Summe aller Teile", "Acme GmbH", 5], [None, None, None], ["Gesamtsumme", None, 1500],
    ]  # fmt: skip
    result = import_file(store, "deal", book_of(tmp_path / "a.xlsx", {"Sheet": rows}))
    assert (result.added, result.rejected) == (4, 3)
    assert {problem.reason for problem in result.problems} == {"This looks like sums of the rows above, and no record."}
    with store.read() as reader:
        assert reader.rows("SELECT name, amount FROM deal ORDER BY name") == [("A", 100000), ("B", 50000), ("Summe aller Teile", 500), ("Total", 700)]
