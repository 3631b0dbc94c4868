"""Rejected rows come back as they were, with a reason beside them, and import again once they are corrected."""

from __future__ import annotations

import csv
import json
import tracemalloc
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.files.rejects import Rejected, Rejection, rejects_written
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.table import shown
from crmdesk.i18n import speaking
from crmdesk.reports.workbook import plain_workbook

if TYPE_CHECKING:
    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def taken(store: Store, path: Path, **options: Any) -> ImportResult:
    return import_file(store, "contact", path, ImportOptions(**options))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [("a.csv", "cp1252", ";"), ("a.csv", "utf-16", ","), ("a.tsv", "utf-8-sig", "\t"), ("a.txt", "gb18030", "|"), ("a.csv", "utf-8", ",")],
)
def test_a_text_table_keeps_its_encoding_and_its_delimiter(store: Store, tmp_path: Path, name: str, encoding: str, delimiter: str) -> None:
    person = "王小明" if encoding in {"gb18030", "utf-8", "utf-8-sig"} else "Jörg Müller"
    lines = [["Name", "E-Mail", "Telefon"], [person, "kein Mail", "+49 30 1"], [f"{person} jun.", "b@example.com", "007"]]
    path = tmp_path / name
    path.write_text("".join(f"{delimiter.join(line)}\r\n" for line in lines), encoding=encoding, newline="")
    result = taken(store, path, encoding=encoding if encoding == "gb18030" else None)
    assert result.rejects_file == str(tmp_path / f"a-rejected{path.suffix}")
    back = open_table(tmp_path / f"a-rejected{path.suffix}")
    assert (back.columns, back.delimiter, back.encoding) == (("Name", "E-Mail", "Telefon", "Reason"), delimiter, encoding)
    assert [cells[:3] for _, cells in back.rows()] == [[person, "kein Mail", "+49 30 1"]]


def test_what_comes_back_of_a_table_with_a_foreign_ending_can_be_opened(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_text("Name,Email\nAnna Berg,anna@\n", encoding="utf-8")
    assert taken(store, path).rejects_file == str(tmp_path / "list-rejected.csv")


def test_a_json_file_comes_back_as_one(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text(
        json.dumps([{"name": "Anna Berg", "email": "anna@", "phone": [{"label": "work", "value": "030 1"}]}, {"name": "Bob Li", "role": "Boss"}]),
        encoding="utf-8",
    )
    result = taken(store, path)
    assert (result.added, result.rejects_file) == (1, str(tmp_path / "people-rejected.json"))
    text = (tmp_path / "people-rejected.json").read_text(encoding="utf-8")
    assert json.loads(text) == [{"name": "Anna Berg", "email": "anna@", "phone.work": "030 1", "Reason": "Line 1: email: “anna@” is not a mail address."}]
    (tmp_path / "corrected.json").write_text(text.replace('"anna@"', '"anna@example.com"'), encoding="utf-8")
    again = taken(store, tmp_path / "corrected.json")
    assert (again.added, again.rejected, again.unused) == (1, 0, ())
    assert rows(store, "SELECT label, number FROM phone") == [("work", "030 1")]


def test_reasons_of_an_earlier_import_are_passed_over_and_not_piled_up(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Email\nAnna Berg,anna@\nBob Li,bob@\n", encoding="utf-8")
    taken(store, tmp_path / "a.csv")
    half = (tmp_path / "a-rejected.csv").read_text(encoding="utf-8").replace("anna@,", "anna@example.com,")
    (tmp_path / "b.csv").write_text(half, encoding="utf-8")
    second = taken(store, tmp_path / "b.csv")
    assert (second.added, second.rejected, second.unused) == (1, 1, ())
    assert (tmp_path / "b-rejected.csv").read_text(encoding="utf-8").splitlines() == [
        "Name,Email,Reason",
        "Bob Li,bob@,Line 3: Email: “bob@” is not a mail address.",
    ]


@pytest.mark.parametrize("language", ["de", "zh"])
def test_reasons_are_known_in_every_language(store: Store, tmp_path: Path, language: str) -> None:
    (tmp_path / "a.csv").write_text("Name,Email\nAnna Berg,anna@\n", encoding="utf-8")
    with speaking(language):
        taken(store, tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text((tmp_path / "a-rejected.csv").read_text(encoding="utf-8").replace("anna@,", "anna@example.com,"), encoding="utf-8")
    again = taken(store, tmp_path / "b.csv", own_fields=("*",))
    assert (again.added, again.unused) == (1, ())
    assert rows(store, "SELECT count(*) FROM custom_field") == [(0,)]


def test_rows_without_a_header_come_back_so(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Anna Berg,anna@example.com,+49 30 1234567\nBob Li,bob@example.com,030 7654321\nCleo Wu,cleo@,030 7654322\nDan Fox,dan@example.com,030 7654323\n",
        encoding="utf-8",
    )
    result = taken(store, tmp_path / "a.csv", chosen={"name": "1", "email": "2", "phone": "3"})
    assert (result.added, result.rejected) == (3, 1)
    text = (tmp_path / "a-rejected.csv").read_text(encoding="utf-8")
    assert text.startswith("Cleo Wu,cleo@,030 7654322,Line 3: ")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize("language", ["en", "de", "zh"])
@pytest.mark.parametrize("wrong", [["Cleo Wu"], ["Cleo Wu", "Dan Fox"]])
def test_rejected_rows_without_a_header_are_all_rows_however_few_they_are(store: Store, tmp_path: Path, name: str, language: str, wrong: list[str]) -> None:
    people = [[f"Anna {number}", f"anna{number}@example.com", "Sales"] for number in range(30)] + [[person, "nowhere", "Sales"] for person in wrong]
    if name.endswith("xlsx"):
        plain_workbook(tmp_path / name, "People", people)
    else:
        (tmp_path / name).write_text("".join(",".join(row) + "\n" for row in people), encoding="utf-8")
    columns = {"name": "1", "email": "2", "department": "3"}
    with speaking(language):
        assert taken(store, tmp_path / name, chosen=columns).rejected == len(wrong)
    back = tmp_path / f"a-rejected{Path(name).suffix}"
    again = taken(store, back, chosen=columns)
    assert (again.read, again.rejected, again.unused) == (len(wrong), len(wrong), ())


def test_a_column_that_is_called_reason_and_holds_none_of_ours_is_a_column(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Reason\nAnna Berg,met at Anuga\n", encoding="utf-8")
    assert taken(store, tmp_path / "a.csv").unused == ("Reason",)


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.xlsx"])
def test_many_rejected_rows_wait_on_the_disk_and_come_back_in_their_order(store: Store, tmp_path: Path, name: str) -> None:
    found = [["Name", "Email", "Since"], *([f"Anna {number}", "anna@", f"{number}"] for number in range(1_203))]
    path = tmp_path / name
    if name.endswith("xlsx"):
        plain_workbook(path, "People", [found[0], *([called, mail, date(2020, 1, 1) + timedelta(int(since))] for called, mail, since in found[1:])])
    elif name.endswith("json"):
        path.write_text(json.dumps([dict(zip(found[0], row, strict=True)) for row in found[1:]]), encoding="utf-8")
    else:
        path.write_text("".join(",".join(row) + "\n" for row in found), encoding="utf-8")
    result = taken(store, path)
    assert (result.rejected, len(result.problems), result.transaction) == (1_203, 1_000, None)
    back = open_table(tmp_path / f"a-rejected{path.suffix}")
    assert [cells[0] for _, cells in back.rows()] == [row[0] for row in found[1:]]
    if name.endswith("xlsx"):
        assert next(iter(back.rows()))[1][2] == date(2020, 1, 1)
    assert [left.name for left in store.path.parent.iterdir() if "spool" in left.name] == []


def test_what_fails_in_an_import_is_not_said_of_the_file_of_its_rejected_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,email\nAnna,none\n", encoding="utf-8")
    table, rejected = open_table(tmp_path / "a.csv"), Rejected(tmp_path / "x.crmdesk")
    rejected.add(Rejection(2, ("Anna", "none"), "“none” is not a mail address."))
    with pytest.raises(FileNotFoundError, match="photo.jpg"), rejects_written(tmp_path / "rejected.csv", table, rejected):
        (tmp_path / "photo.jpg").read_bytes()
    rejected.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_rejected_rows_are_held_in_little_memory(tmp_path: Path) -> None:
    tracemalloc.start()
    rejected = Rejected(tmp_path / "x.crmdesk")
    for number in range(100_000):
        rejected.add(Rejection(number, (f"Anna {number}", "x" * 100, float(number), date(2020, 1, 1)), f"“{number}” is not a mail address."))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000
    assert [each.cells[2] for each in rejected] == [float(number) for number in range(100_000)]
    rejected.close()
    assert (len(rejected), list(rejected)) == (100_000, [])


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_rows_with_too_many_cells_come_back_with_the_reason_last_and_import_once_corrected(store: Store, tmp_path: Path, language: str) -> None:
    (tmp_path / "a.csv").write_text(
        "Name,Email,Phone\nBerg, Anna,anna@example.com,030 123456\nBob Li,bob@,\nCleo Wu,cleo@example.com,030 7,,,\n", encoding="utf-8"
    )
    with speaking(language):
        first = taken(store, tmp_path / "a.csv")
    assert (first.added, first.rejected) == (1, 2)
    text = (tmp_path / "a-rejected.csv").read_text(encoding="utf-8")
    head, anna, bob = csv.reader(text.splitlines())
    assert {len(row) for row in (head, anna, bob)} == {5}
    assert (head[:3], anna[:4], bob[:4]) == (["Name", "Email", "Phone"], ["Berg", " Anna", "anna@example.com", "030 123456"], ["Bob Li", "bob@", "", ""])
    # As it is, it is refused again, in the same form.
    again = taken(store, tmp_path / "a-rejected.csv")
    assert (again.added, again.rejected, again.unused) == (0, 2, ())
    assert (tmp_path / "a-rejected-rejected.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[:4] == anna[:4]
    corrected = text.replace("Berg, Anna,anna@example.com,030 123456,", "Anna Berg,anna@example.com,030 123456,,").replace("bob@,", "bob@example.com,")
    (tmp_path / "b.csv").write_text(corrected, encoding="utf-8")
    second = taken(store, tmp_path / "b.csv", own_fields=("*",))
    assert (second.added, second.rejected, second.unused) == (2, 0, ())
    assert rows(store, "SELECT c.name, e.address FROM contact c JOIN email e ON e.contact_id = c.id ORDER BY 1") == [
        ("Anna Berg", "anna@example.com"), ("Bob Li", "bob@example.com"), ("Cleo Wu", "cleo@example.com")
    ]  # fmt: skip
    assert rows(store, "SELECT count(*) FROM custom_field") == [(0,)]


def test_surplus_cells_are_told_from_columns_in_a_workbook_made_of_the_rejected_rows(store: Store, tmp_path: Path) -> None:
    rows_there = [
        ["Name", "Email", "Surplus cell", "Reason"],
        ["Anna", "Berg", "anna@example.com", "Line 2: x"],
        ["Bob Li", "bob@example.com", "", "Line 3: x"],
    ]
    plain_workbook(tmp_path / "a.xlsx", "People", rows_there)
    result = taken(store, tmp_path / "a.xlsx")
    assert (result.added, result.rejected, result.unused) == (1, 1, ())


@pytest.mark.parametrize("language", ["en", "de", "zh"])
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("head", [["Deal", "Company", "Amount"], []])
def test_rows_that_were_refused_as_sums_are_refused_again_until_they_are_called_otherwise(
    store: Store, tmp_path: Path, language: str, ending: str, head: list[str]
) -> None:
    def brought(name: str, table: list[list[str]]) -> tuple[int, list[list[str]]]:
        path = tmp_path / f"{name}{ending}"
        if ending == ".xlsx":
            plain_workbook(path, "Deals", [[*row] for row in table])
        else:
            path.write_text("".join(f"{';'.join(row)}\n" for row in table), encoding="utf-8")
        chosen = {} if head else {"name": "1", "company": "2", "amount": "3"}
        result = import_file(store, "deal", path, ImportOptions(chosen=chosen))
        back = [[shown(cell) for cell in cells] for _, cells in open_table(Path(result.rejects_file)).rows()] if result.rejects_file else []
        return result.added, [[*head, "Reason"]] * bool(head) + back

    first = bool(head)
    with speaking(language):
        rows = [["Box", "Acme", "10"], ["Zwischensumme", "", "10"], ["Nut", "Beta", "5"], ["Total", "", "15"]]
        added, back = brought("deals", [head] * first + rows)
        assert added == 2
        added, back = brought("again", back)
    assert (added, [row[0] for row in back[first:]]) == (0, ["Zwischensumme", "Total"])
    back[first][0] = "Nord"
    assert brought("corrected", back)[0] == 1
