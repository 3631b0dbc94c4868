"""Text tables: encodings, delimiters, quotes, headers and what is wrong with files."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.columns.mapping import guess
from crmdesk.exchange.files.encoding import detect
from crmdesk.exchange.files.reading import How, open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.table import OddRow

if TYPE_CHECKING:
    from crmdesk.exchange.table import Table
    from crmdesk.store import Store


def table_of(folder: Path, text: str | bytes, name: str = "file.csv", how: How | None = None) -> Table:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_table(path, how)


def cells_of(table: Table) -> list[list[object]]:
    return [list(cells) for _, cells in table.rows()]


CHINESE = "姓名,公司,城市\n王小明,上海明德贸易有限公司,上海\n李娜,北京示例科技有限公司,北京\n"
TRADITIONAL = "姓名,公司\n王小明,臺灣積體電路製造股份有限公司\n陳怡君,鴻海精密工業\n"
JAPANESE = "名前,会社\n山本太郎,株式会社山本工務店\n佐藤ひろし,サトウ商店\n"
KOREAN = "이름,회사\n김철수,삼성전자\n이영희,현대자동차 주식회사\n"
RUSSIAN = "Имя,Компания\nИван Петров,ООО Ромашка\nАнна Сидорова,ОАО Газпром\n"
GERMAN = "Name,Straße\nJürgen Weiß,Königsallee 5\n"
FRENCH = "Prénom,Société\nRenée,Société Générique\n"
POLISH = "Imię,Nazwisko\nŁukasz,Żółkiewski\nMałgorzata,Źrebięcka\n"
CZECH = "Jméno,Příjmení\nJiří,Dvořák\nZdeněk,Němeček\n"
TURKISH = "Adı,Soyadı\nŞükrü,Yıldırım\nÖmer,Çağlar\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, encoding) for text in (CHINESE, JAPANESE, GERMAN, RUSSIAN) for encoding in
          ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")),
        (CHINESE, "gb18030"), (TRADITIONAL, "big5"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (KOREAN, "euc_kr"), (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"), (GERMAN, "cp1252"), (FRENCH, "cp1252"), (POLISH, "cp1250"), (CZECH, "cp1250"), (TURKISH, "cp1254"),
    ],
)  # fmt: skip
def test_a_text_is_read_in_the_encoding_it_was_written_in(tmp_path: Path, text: str, encoding: str) -> None:
    table = table_of(tmp_path, text.encode(encoding))
    lines = [line.split(",") for line in text.splitlines()]
    assert [list(table.columns), *cells_of(table)] == lines


def test_a_letter_that_shows_late_still_decides_the_encoding(tmp_path: Path) -> None:
    text = "name,city\n" + "Smith,London\n" * 200_000 + "Weiß,Köln\n"
    path = tmp_path / "late.csv"
    path.write_bytes(text.encode("cp1252"))
    assert detect(path).encoding == "cp1252"


def test_the_user_may_name_the_encoding(tmp_path: Path) -> None:
    assert table_of(tmp_path, GERMAN.encode("cp850"), how=How(encoding="cp850")).columns[1] == "Straße"
    with pytest.raises(UserError, match="no encoding"):
        table_of(tmp_path, GERMAN, how=How(encoding="klingon"))
    with pytest.raises(UserError, match="can't be read as utf-8"):
        table_of(tmp_path, GERMAN.encode("cp1252"), how=How(encoding="utf-8"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found_out(tmp_path: Path, delimiter: str, ending: str) -> None:
    text = ending.join(
        delimiter.join(cells)
        for cells in (
            ["Name", "Tags", "Amount", "Note"],
            ['"Müller, Söhne"', '"a;b"', '"1.234,50"', '"two\nlines"'],
            ["Li", "c|d" if delimiter != "|" else "c", "3.5", ""],
        )
    )
    table = table_of(tmp_path, text)
    assert table.delimiter == delimiter
    assert cells_of(table)[0] == ["Müller, Söhne", "a;b", "1.234,50", "two\nlines"]


def test_excels_sep_line_is_obeyed_and_left_out(tmp_path: Path) -> None:
    table = table_of(tmp_path, "sep=;\r\nname;city\r\nAnna;Berlin\r\n")
    assert (table.columns, cells_of(table)) == (("name", "city"), [["Anna", "Berlin"]])


def test_quotes_may_be_doubled_or_escaped_or_follow_a_space(tmp_path: Path) -> None:
    assert cells_of(table_of(tmp_path, 'a,b\n1,"say ""hi"""\n')) == [["1", 'say "hi"']]
    assert cells_of(table_of(tmp_path, 'a,b\n1,"say \\"hi\\", then go"\n2,"x"\n')) == [["1", 'say "hi", then go'], ["2", "x"]]
    assert cells_of(table_of(tmp_path, 'a, b\n1, "x, y"\n')) == [["1", "x, y"]]


def test_titles_and_notes_above_the_header_are_passed_over(tmp_path: Path) -> None:
    text = 'Notes:\n"Some, long ""text"""\n\nFirst Name,Last Name,Company\nAnna,Berg,Acme\n'
    table = table_of(tmp_path, text)
    assert table.columns == ("First Name", "Last Name", "Company")
    assert list(table.rows()) == [(5, ["Anna", "Berg", "Acme"])]


def test_a_footer_below_an_empty_line_is_no_data(tmp_path: Path) -> None:
    text = "a,b,c\n1,2,3\n\n\nCopyright someone\nConfidential\n"
    assert cells_of(table_of(tmp_path, text)) == [["1", "2", "3"]]
    more = "a,b,c\n1,2,3\n\nlonely\n4,5,6\n"
    assert cells_of(table_of(tmp_path, more)) == [["1", "2", "3"], ["lonely", "", ""], ["4", "5", "6"]]


def test_a_last_row_of_sums_is_no_data(tmp_path: Path) -> None:
    people = "Name,City,Revenue\nAcme,Berlin,10\n"
    assert cells_of(table_of(tmp_path, people + "Grand Total,,10\n")) == [["Acme", "Berlin", "10"]]
    assert cells_of(table_of(tmp_path, people + '\nSumme:,,"1.236,50 €"\n')) == [["Acme", "Berlin", "10"]]
    assert cells_of(table_of(tmp_path, people + "Total,info@total.example,10\n"))[1:] == [["Total", "info@total.example", "10"]]
    assert cells_of(table_of(tmp_path, people + "Total,Paris,10\n"))[1] == ["Total", "Paris", "10"]
    assert cells_of(table_of(tmp_path, people + "Total,,10\nBeta,Bonn,1\n"))[1:] == [["Total", "", "10"], ["Beta", "Bonn", "1"]]


@pytest.mark.parametrize(
    "text",
    [
        "Deal;Kunde;Wert\nA;Acme;1.054,00 {0}\nB;Beta;4.514,00 {0}\nSumme;;5.568,00 {0}\n", "Deal;Kunde;Wert\nA;Acme;{0} 1.054,00\nB;Beta;{0} 4.514,00\nSumme;;{0} 5.568,00\n",
        "Nr;Kunde;Wert\n1;Acme;1.054,00 {0}\n2;Beta;4.514,00 {0}\n;Summe;5.568,00 {0}\n", "Nr;Kunde;Ort;Wert\n1;Acme;Ulm;1.054,00\n2;Beta;Ulm;4.514,00\n;;Gesamt:;5.568,00\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("currency", ["EUR", "USD", "€", "元"])
def test_sums_with_a_currency_or_below_the_names_are_no_rows(tmp_path: Path, text: str, currency: str) -> None:
    assert len(cells_of(table_of(tmp_path, text.format(currency)))) == 2


def test_sums_below_the_names_that_may_be_a_name_are_refused_and_told(tmp_path: Path) -> None:
    *_, (_, total) = table_of(tmp_path, "No,Company,Revenue\n1,Acme,1054 USD\n2,Beta,4514 USD\n,Total,5568 USD\n").rows()
    assert isinstance(total, OddRow)
    *_, (_, box) = table_of(tmp_path, "Order,Product,Quantity\nA-1,Lid,1\n,Total,2\n,Box,5\n").rows()
    assert not isinstance(box, OddRow)


def test_data_without_a_header_keeps_its_first_row(tmp_path: Path) -> None:
    table = table_of(tmp_path, "1,anna@example.com,Anna\n2,bob@example.com,Bob\n3,li@example.com,Li\n")
    assert not table.has_header
    assert table.columns == ("Column 1", "Column 2", "Column 3")
    assert len(cells_of(table)) == 3


def test_rows_are_never_shifted(tmp_path: Path) -> None:
    rows = list(table_of(tmp_path, "a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n").rows())
    assert rows[0] == (2, ["1", "2", ""])
    assert isinstance(rows[1][1], OddRow)
    assert "4 cells" in rows[1][1].reason
    assert rows[2] == (4, ["1", "2", "3"])


def test_nul_characters_and_open_quotes_spoil_their_row_only(tmp_path: Path) -> None:
    rows = list(table_of(tmp_path, "a,b\n" + "1,2\n" * 300 + "x\0,y\n3,4\n").rows())
    assert isinstance(rows[300][1], OddRow)
    assert rows[301][1] == ["3", "4"]
    rows = list(table_of(tmp_path, 'a,b\n1,2\n3,"four\n5,6\n').rows())
    assert rows[0][1] == ["1", "2"]
    assert isinstance(rows[1][1], OddRow)
    assert rows[1][0] == 3


OPENS, BELONGS = "A quotation mark that opens here is never closed.", "A quotation mark that opens further up is never closed."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # alone, at the beginning of a row, in its middle beside decimals with commas, and in the last row
        ('N;C;Z\n"Bar;Ulm;2\nBaz;Hof;3\nQux;Hof;4\n', [(2, '"Bar', OPENS), (3, "Baz", ""), (4, "Qux", "")]),
        ('N;P;Z\nFoo;1,5;1\nBar;"2,5;2\nBaz;3,5;3\n', [(2, "Foo", ""), (3, "Bar", OPENS), (4, "Baz", "")]),
        ('N,C\na,b\n"c,d', [(2, "a", ""), (3, '"c', OPENS)]),
        ('N,C\na,b\n"c,d\n', [(2, "a", ""), (3, '"c', OPENS)]),
        ('N,E,C\n"Bar,b@example.com,"Ulm, Donau"\nBaz,c@example.com,Hof\n', [(2, "Bar,b@example.com,Ulm", OPENS), (3, "Baz", "")]),
        ('N,E,C\n"5" disc","x\nBaz,c@example.com\n', [(2, '5 disc"', OPENS), (3, "Baz", BELONGS)]),
        # two of them, which would close one another
        ('N;C;Z\n"Bar;Ulm;2\nBaz;Hof;3\n"Qux;Hof;4\nA;B;5\n', [(2, '"Bar', OPENS), (3, "Baz", ""), (4, '"Qux', OPENS), (5, "A", "")]),
        ('N;Z\n"Bar;2\n7" disc;3\nA;5\n', [(2, '"Bar', OPENS), (3, '7" disc', ""), (4, "A", "")]),
        # one that a quoted cell further down would close
        ('"N","C"\n"a","Foo\n"y","z"\n"b","c"\n', [(2, "a", OPENS), (3, "y", ""), (4, "b", "")]),
        # one whose cell has several lines: what has too few cells belongs to it
        ('N;C;Z\nBar;"Ulm\nmore;2\n\nBaz;Hof;3\n"Qux";Hof;4\n', [(2, "Bar", OPENS), (3, "more", BELONGS), (5, "Baz", ""), (6, "Qux", "")]),
        # those of several lines that are closed, also with marks of inches or speech in them or beside them
        ('N;C\n"a";"b\n\n""c"" d"\ne;f\n', [(2, "a", ""), (5, "e", "")]),
        ('N;C;Z\nBar;"Ulm\nmore";2" x\nBaz;Hof;3\n', [(2, "Bar", ""), (4, "Baz", "")]),
        ('N;C;Z\nBar;"Ulm\nHe said "hi" to me";2\nBaz;Hof;3\n', [(2, "Bar", ""), (4, "Baz", "")]),
    ],
)  # fmt: skip
def test_a_quotation_mark_that_is_never_closed_spoils_its_own_row_only(tmp_path: Path, text: str, told: list[tuple[int, str, str]]) -> None:
    table = table_of(tmp_path, text)
    assert [(number, cells[0], getattr(cells, "reason", "")) for number, cells in table.rows()] == told
    assert [(number, cells[0]) for number, cells in table.sample] == [(number, first) for number, first, _ in told]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('Name,City,Note\nErnst,Graz,ok\nKoenig,Wien,"\nBerg,Bonn,fine\n', [["Ernst", "Graz", "ok"], ["Koenig", "Wien", '"'], ["Berg", "Bonn", "fine"]]),
        ('Name;City;Note\nErnst;Graz;ok\nKoenig;Wien;"', [["Ernst", "Graz", "ok"], ["Koenig", "Wien", '"']]),
    ],
)
def test_a_quotation_mark_alone_at_the_end_of_a_line_spoils_that_row_only(tmp_path: Path, text: str, rows: list[list[str]]) -> None:
    found = list(table_of(tmp_path, text).rows())
    assert [list(cells) for _, cells in found] == rows
    assert [type(cells) is OddRow for _, cells in found] == [row[0] == "Koenig" for row in rows]


@pytest.mark.parametrize("delimiter", [",", "||"])
def test_rows_far_below_a_quotation_mark_that_is_never_closed_come_in_too_and_in_little_memory(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{'x' * 5_000}{delimiter}{number}\n" for number in range(12_000)]
    rows[10] = f'"{rows[10]}'
    path.write_text(f"a{delimiter}b\n" + "".join(rows), encoding="utf-8")
    table = open_table(path)
    tracemalloc.start()
    odd = [number for number, cells in table.rows() if isinstance(cells, OddRow)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert odd == [12]
    assert peak < 100_000_000
    assert [cells[1] for _, cells in table.rows()] == [str(number) for number in range(12_000)]


def test_a_row_with_a_quotation_mark_that_is_never_closed_comes_back_as_it_was_and_comes_in_once_corrected(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('Name,Email,City\n"Anna Berg,anna@example.com,Ulm\nEva Klein,eva@example.com,Hof\n', encoding="utf-8")
    result = import_file(store, "contact", path)
    assert (result.added, result.rejected) == (1, 1)
    assert result.rejects_file
    back = Path(result.rejects_file)
    assert back.read_text(encoding="utf-8").splitlines()[1] == '"""Anna Berg",anna@example.com,Ulm,Line 2: A quotation mark that opens here is never closed.'
    back.write_text(back.read_text(encoding="utf-8").replace('"""Anna Berg"', "Anna Berg"), encoding="utf-8")
    assert import_file(store, "contact", back).added == 1


def test_a_line_beyond_all_measure_is_refused_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Line 3"):
        list(table_of(tmp_path, "a,b\n1,2\n" + "x" * 10_000_001).rows())


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "is empty"),
        ("bom.csv", b"\xef\xbb\xbf", "is empty"),
        ("book.csv", b"PK\x03\x04" + b"x" * 50, "not what its name says"),
        ("text.xlsx", b"a,b\n1,2\n", "not what its name says"),
        ("paper.csv", b"%PDF-1.7 ...", "is a PDF file"),
        ("store.csv", b"SQLite format 3\0" + b"\0" * 100, "is a SQLite file"),
        ("binary.csv", bytes(range(256)) * 40, "no text file|can't be read|has no"),
        ("page.xls", b"<html><table><tr><td>1</td></tr></table>", "is a HTML file"),
        ("mail.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "damaged, or no mail"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        table_of(tmp_path, content, name)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no file"):
        open_table(tmp_path / "nowhere.csv")
    with pytest.raises(UserError, match="is a folder"):
        open_table(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")
def test_nobody_waits_for_a_pipe_that_nobody_writes_into(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UserError, match="is no ordinary file"):
        open_table(tmp_path / "pipe.csv")


@pytest.mark.shared
def test_the_acid_tests_come_out_as_stated(shared_data: Path) -> None:
    folder = shared_data / "09_nasty_files" / "csv-spectrum"
    files = sorted((folder / "csvs").glob("*.csv"))
    assert len(files) == 12
    for path in files:
        table = open_table(path)
        found = [dict(zip(table.columns, cells, strict=True)) for _, cells in table.rows()]
        stated = json.loads((folder / "json" / f"{path.stem}.json").read_text())
        stated = stated if isinstance(stated, list) else [stated]
        if path.stem == "location_coordinates":  # the two files state different phone numbers
            found[0]["Contact Phone Number"] = stated[0]["Contact Phone Number"]
        assert found == stated, path.name


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "encoding", "rows", "first"),
    [
        ("encodings/japan_post_offices_01-12_shift_jis.csv", "cp932", 4659, "01101"),
        ("encodings/names_AE_windows-1256.csv", "cp1256", 200, "مريم"),
        ("encodings/names_CN_gb18030.csv", "gb18030", 200, "王"),
        ("encodings/names_RU_windows-1251.csv", "cp1251", 30, None),
        ("salesforce_dataloader/csvtext_BOM_UTF16LE.csv", "utf-16", 2, "row1-1"),
    ],
)
def test_real_files_of_the_east_are_read(shared_data: Path, name: str, encoding: str, rows: int, first: str | None) -> None:
    table = open_table(shared_data / "09_nasty_files" / name)
    lines = cells_of(table)
    assert (table.encoding, len(lines)) == (encoding, rows)
    assert first is None or lines[0][0] == first


def test_a_table_with_more_columns_than_any_real_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has 4,001 columns; more than 4,000 are not read"):
        table_of(tmp_path, ",".join(f"c{n}" for n in range(4001)) + "\n1\n")


@pytest.mark.parametrize(
    ("above", "names", "told"),
    [
        ("Firma;;Kontakt;", "Name;Ort;Name;Telefon", "company company.address.city name phone"),
        ("Company;;;Contact;;", "Name;City;Phone;Name;Email;Phone", "company company.address.city company.phone name email phone"),
        (";公司;;联系人;", "编号;名称;城市;名称;电话", "external_id company company.address.city name phone"),
        ("\nUnternehmen;;Kontakt;", "Name;Ort;Name;Telefon", "company company.address.city name phone"),
    ],
)
def test_names_that_stand_twice_are_told_apart_by_the_row_of_groups_above(tmp_path: Path, above: str, names: str, told: str) -> None:
    cells = {"Name": "Kern AG", "名称": "明德", "编号": "4", "Telefon": "030 1234567", "Phone": "030 1234567", "电话": "030 1234567", "Email": "eva@kern.de"}
    row = ";".join(cells.get(name, "Berlin") for name in names.split(";"))
    table = table_of(tmp_path, f"{above}\n{names}\n{row}\n{row}\n")
    assert [cells for _, cells in table.rows()] == [row.split(";")] * 2
    assert " ".join(str(column.target) for column in guess("contact", table).columns) == told


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Kunden 2025;;;\nName;Ort;Name;Telefon\nKern;Ulm;Eva;1\n", "Name Ort Name Telefon"),
        ("Kunden;;Stand Mai;\nName;Ort;Firma;Telefon\nEva;Ulm;Kern;1\n", "Name Ort Firma Telefon"),
        ("Firma;Ort;Name;Telefon\nKern;Ulm;Kern;\nName;Ulm;Name;\n", "Firma Ort Name Telefon"),
        ("Firma;;Kontakt;\nKern;Ulm;Kern;Eva\nMai;Bonn;Mai;Uwe\n", "Firma|Column 2|Kontakt|Column 4"),
    ],
)
def test_rows_above_the_names_that_tell_nothing_apart_change_no_name(tmp_path: Path, text: str, columns: str) -> None:
    assert table_of(tmp_path, text).columns == tuple(columns.split("|" if "|" in columns else " "))


def test_groups_that_say_nothing_of_whom_they_are_about_tell_only_twins_apart(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Stammdaten;;;Rechnung;\nName;Ort;E-Mail;Ort;PLZ\nEva;Ulm;e@a.de;Bonn;53111\n")
    assert table.columns == ("Name", "Stammdaten Ort", "E-Mail", "Rechnung Ort", "PLZ")


def test_only_rows_with_nothing_of_their_own_go_on_with_the_row_above(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Number,State/Province,Lines/Text,Lines/Quantity\n,,Lost,1\nA-1,TX,Box,1\n,,Lid,2\n,CA,Bag,3\n", encoding="utf-8")
    rows = [["", "", "Lost", "1"], ["A-1", "TX", "Box", "1"], ["A-1", "TX", "Lid", "2"], ["", "CA", "Bag", "3"]]
    table = open_table(path)
    assert [cells for _, cells in table.rows()] == [cells for _, cells in table.sample] == rows


def test_a_last_row_that_may_be_a_name_is_refused_as_sums_and_told(tmp_path: Path) -> None:
    (_, acme), (line, total) = table_of(tmp_path, "Name,City,Revenue\nAcme,Berlin,10\nTotal,,10\n").rows()
    assert (acme, line, total) == (["Acme", "Berlin", "10"], 3, ["Total", "", "10"])
    assert isinstance(total, OddRow)
    assert total.reason == "This looks like sums of the rows above, and no record."


@pytest.mark.parametrize(
    "text",
    [
        "Name,Phone,City\nAcme,0221 123456,Köln\nTotal,0221 999999,\n", "Name,Phone,City\nAcme,0221 123456,Köln\nTotal,,\n",
        "Name,Phone,City\nAcme,+49 221 123456,Köln\nTotal,+49 221 999,\n", "Name,Phone,City\nAcme,0221 123456,Köln\nGrand Total Logistics,0221 12345,\n",
        "Name,Phone,City\nAcme,0221 123456,Köln\nSumme Consulting,,\n", "公司名称,电话,城市\n上海会计,021 5555,\n天津合计,,\n北京,010 1234,北京\n",
        "Deal,Amount,Company\nSumme Nord,1000,\nAlpha,10,Acme\n", "Deal,Amount,Company\nSumme Nord,1000,\nSumme Süd,10,\nTotal,10,\n",
    ],
)  # fmt: skip
def test_a_name_without_sums_below_amounts_is_a_row(tmp_path: Path, text: str) -> None:
    rows = [cells for _, cells in table_of(tmp_path, text).rows()]
    assert [row[0] for row in rows] == [line.partition(",")[0] for line in text.splitlines()[1:]]
    assert not any(isinstance(row, OddRow) for row in rows)


def test_a_row_with_nothing_but_a_phone_is_not_the_person_above(tmp_path: Path) -> None:
    text = "First name,Last name,Phone/Work,Phone/Home\nAnna,Berg,0221 1234567,\n,,0221 555555,\n"
    assert cells_of(table_of(tmp_path, text))[1] == ["", "", "0221 555555", ""]
    assert cells_of(table_of(tmp_path, "Name,City,Address line/1,Address line/2\nAnna,Köln,Ring 1,c/o Berg\n,,Ring 2,\n"))[1] == ["", "", "Ring 2", ""]
