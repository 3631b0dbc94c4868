"""What a file may not bring: values beyond limits, currencies that do not exist, rows without what is required."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import records, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def taken(store: Store, folder: Path, entity: str, text: str, **options: Any) -> ImportResult:
    file = folder / "list.csv"
    file.write_text(text, "utf-8")
    return import_file(store, entity, file, ImportOptions(**options))


def values(store: Store, sql: str) -> list[Any]:
    with store.read() as reader:
        return [value for (value,) in reader.rows(sql)]


@pytest.mark.parametrize(
    ("entity", "header", "good", "bad", "reason"),
    [
        ("company", "Payment terms", "14", "-3", "Payment terms: Payment term (days): -3 is not allowed; it lies between 0 and 3650."),
        ("company", "Founded", "1984", "20255", "Founded: Founded: 20255 is not allowed; it lies between 500 and "),
        ("company", "Currency", "usd", "XQZ", "Currency: There is no currency “XQZ”."),
        ("ticket", "csat", "5", "9", "csat: Satisfaction (1-5): 9 is not allowed; it lies between 1 and 5."),
        ("contact", "Birthday", "1990-02-03", "2190-02-03", "Birthday: Birthday: 3 Feb 2190 is not allowed"),
        ("contact", "Birthday", "--02-03", "0226-02-03", "Birthday: Birthday: 3 Feb 226 is not allowed"),
        ("product", "Tax rate", "19", "190", "Tax rate: Tax rate (%): 190 is not allowed; it lies between 0 and 100."),
        ("task", "Due date", "2026-02-03", "3026-02-03", "Due date: Due: 3 Feb 3026 is not allowed"),
        ("task", "Reminder", "2199-12-31 23:00", "2200-01-02 10:00", "Reminder: Reminder: 2 Jan 2200 is not allowed"),
    ],
)
def test_a_row_with_a_value_beyond_what_is_allowed_is_refused_with_the_reason(
    store: Store, tmp_path: Path, entity: str, header: str, good: str, bad: str, reason: str
) -> None:
    title = {"contact": "Name", "company": "Name", "product": "Name"}.get(entity, "Subject")
    result = taken(store, tmp_path, entity, f"{title},{header}\nAnna Berg,{good}\nBen Tal,{bad}\n")
    assert (result.added, [problem.line for problem in result.problems]) == (1, [3])
    assert result.problems[0].reason.startswith(reason)


def test_what_other_programs_write_for_no_date_is_none(store: Store, tmp_path: Path) -> None:
    days = ["31.12.9999", "01.01.1753", "0001-01-01T00:00:00", "9999-12-31", "5.3.2026"]
    assert taken(store, tmp_path, "deal", "Name,Expected close\n" + "".join(f"{n},{day}\n" for n, day in enumerate(days)), dates="dmy").rejected == 0
    assert values(store, "SELECT expected_close_on FROM deal ORDER BY name") == [None, None, None, None, "2026-03-05"]
    moments = ["9999-12-31T23:59:59", "1753-01-01 00:00:00", "2026-03-05 10:00"]
    assert taken(store, tmp_path, "task", "Subject,Reminder\n" + "".join(f"{n},{at}\n" for n, at in enumerate(moments))).rejected == 0
    assert [at is None for at in values(store, "SELECT remind_at FROM task ORDER BY subject")] == [True, True, False]


def test_a_row_whose_amount_or_own_field_can_not_be_read_makes_nothing(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "custom_field", {"about": "deal", "label": "Score", "kind": "integer"})
    result = taken(store, tmp_path, "deal", "Name,Company,Amount,Score\nA,First,abc,1\nB,Second,12,xyz\nC,Third,12,5\n")
    assert (result.added, result.rejected, result.created) == (1, 2, {"company": 1})
    assert values(store, "SELECT name FROM company") == ["Third"]


def test_currencies_are_kept_by_their_codes(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Name,Amount,Currency\nA,10,eur\nB,11,US Dollar\nC,12,€\nD,1000,jpy\n")
    assert values(store, "SELECT currency FROM deal ORDER BY name") == ["EUR", "USD", "EUR", "JPY"]
    assert values(store, "SELECT amount FROM deal ORDER BY name") == [1000, 1100, 1200, 1000]


def test_an_amount_with_more_decimals_is_rounded_and_says_so(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "deal", "Name,Amount\nA,12.3456\nB,7.00\n")
    assert values(store, "SELECT amount FROM deal ORDER BY name") == [1235, 700]
    assert any("rounded" in note for note in result.notes)


def test_a_new_row_without_a_required_own_field_is_refused_and_a_known_one_is_not(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "contact", {"name": "Cleo Wu", "email": "cleo@wu.example"})
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    text = "Name,Email,Segment,Job title\nAnna Berg,anna@berg.example,Food,Buyer\nBen Tal,ben@tal.example,,Buyer\nCleo Wu,cleo@wu.example,,Buyer\n"
    result = taken(store, tmp_path, "contact", text, on_duplicate="fill")
    assert (result.added, result.updated, result.rejected) == (1, 1, 1)
    assert [(problem.line, problem.reason) for problem in result.problems] == [(3, "Segment is missing.")]
    assert values(store, "SELECT role FROM contact ORDER BY name") == ["Buyer", "Buyer"]


def test_without_a_column_for_a_required_own_field_no_new_row_is_taken(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    result = taken(store, tmp_path, "contact", "Name,Email\nAnna Berg,anna@berg.example\n")
    assert (result.added, [problem.reason for problem in result.problems]) == (0, ["Segment is missing."])


@pytest.mark.parametrize(("header", "row"), [("Name", "x" * 10_001), ("Last name", "x" * 10_001), ("Last name,Job title", "Berg," + "x" * 10_001)])
def test_a_row_with_a_text_of_one_line_that_no_window_can_show_is_refused(store: Store, tmp_path: Path, header: str, row: str) -> None:
    result = taken(store, tmp_path, "contact", f"Email,{header}\na@berg.example,{row}\nb@berg.example,{'Berg' if ',' not in header else 'Li,Boss'}\n")
    assert (result.added, result.rejected) == (1, 1)
    assert "text is longer than 10000 characters" in result.problems[0].reason
    with pytest.raises(UserError, match="longer than"):
        store.run(records.add, "company", {"name": "x" * 10_001})
