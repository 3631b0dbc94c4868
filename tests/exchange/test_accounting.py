"""The accountant's workbook: to the cent what is stored, with formulas that come to the same, and periods that stay closed."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from crmdesk.errors import NotAllowed, UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.accounting import accountants_workbook
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.fields import from_minor
from crmdesk.i18n import speaking
from crmdesk.operations import quotes, records, sample, workbooks
from crmdesk.queries.ledger import Period
from crmdesk.reports.cells import shown_width

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmdesk.store import Store

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def quote(store: Store, day: str, lines: list[tuple[str, str, str]], currency: str = "EUR", **more: Any) -> UUID:
    listed = [
        {
            "description": text,
            "quantity": "1",
            "unit": "pcs",
            "unit_price": price,
            "tax_category": "S" if rate != "0" else "Z",
            "tax_rate": rate,
            "optional": text == "extra",
        }
        for text, price, rate in lines
    ]
    added, _ = store.run(quotes.add_document, {"currency": currency, "company": "Ernst Handel", "date": day, "lines": listed, **more})
    return added


@pytest.fixture
def filled(store: Store) -> Store:
    store.run(
        records.add, "company", {"name": "Ernst Handel", "customer_number": "K-7", "vat_id": "DE136695976", "address.city": "Graz", "address.country": "AT"}
    )
    first = quote(store, "2026-03-01", [("box", "55.55", "23"), ("lid", "11.11", "23"), ("extra", "99", "23")])
    second = quote(
        store, "2026-03-02", [("box", "100", "19"), ("book", "10.10", "7")], allowance_charges=[{"charge": False, "amount": "5.00", "reason": "10% off"}]
    )
    third = quote(store, "2026-04-01", [("箱", "15", "10")], currency="JPY")
    withdrawn = quote(store, "2026-04-02", [("=1+1", "1", "19")])
    for record in (first, second, withdrawn, third):
        store.run(quotes.issue, record)
        if record == withdrawn:
            store.undo()
    quote(store, "2026-03-03", [("draft", "1", "19")])
    late = quote(store, "2027-01-05", [("later", "1", "19")])
    store.run(quotes.issue, late)
    return store


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def records_of(rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def section(control: list[list[Any]], title: str) -> list[list[Any]]:
    """Return the rows of a part of the control page, its head first."""
    start = next(place for place, row in enumerate(control) if row[0] == title)
    end = next((place for place in range(start, len(control)) if not any(control[place])), len(control))
    return control[start:end]


def test_the_sheets_stand_in_their_order_and_hold_the_period(filled: Store, tmp_path: Path) -> None:
    result = accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    assert (result.documents, result.quotes, result.gaps) == (0, 3, 0)
    found = sheets(tmp_path / "w.xlsx")
    assert list(found) == ["Documents", "Lines", "Tax summary", "Customers", "Quotes", "Quote lines", "Quote taxes", "Control"]
    assert [len(found[name]) for name in ("Documents", "Lines", "Tax summary")] == [1, 1, 1]
    rows = records_of(found["Quotes"])
    assert [(row["Number"], row["Date"], row["Customer"], row["VAT ID"], row["Country"]) for row in rows][0] == (
        "Q-2026-0001",
        date(2026, 3, 1),
        "Ernst Handel",
        "DE136695976",
        "AT",
    )
    assert [(row["Currency"], row["Net"], row["Tax amount"], row["Amount due"], row["Difference"]) for row in rows] == [
        ("EUR", 66.66, 15.33, 81.99, 0.0), ("EUR", 105.1, 18.81, 123.91, 0.0), ("JPY", 15.0, 2.0, 17.0, 0.0),
    ]  # fmt: skip
    assert [(row["Name"], row["City"], row["Documents"]) for row in records_of(found["Customers"])] == [("Ernst Handel", "Graz", 3.0)]


def test_lines_repeat_their_document_and_optional_ones_count_nothing(filled: Store, tmp_path: Path) -> None:
    accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    rows = records_of(sheets(tmp_path / "w.xlsx")["Quote lines"])
    assert [(row["Number"], row["Line"], row["Description"], row["Net"], row["Optional"]) for row in rows if row["Number"] == "Q-2026-0001"] == [
        ("Q-2026-0001", 1.0, "box", 55.55, ""), ("Q-2026-0001", 2.0, "lid", 11.11, ""), ("Q-2026-0001", 3.0, "extra", "", True),
    ]  # fmt: skip


def test_documents_name_their_customer_as_they_did_when_they_were_issued(filled: Store, tmp_path: Path) -> None:
    with filled.read() as reader:
        company = reader.value("SELECT id FROM company")
    filled.run(records.edit, "company", [UUID(bytes=company)], {"name": "Ernst Handel AG"})
    accountants_workbook(filled, tmp_path / "a.xlsx", YEAR)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert {row[3] for row in book["Quotes"].iter_rows(min_row=2, values_only=True)} == {"Ernst Handel"}
    assert [row[0] for row in book["Customers"].iter_rows(min_row=2, values_only=True)] == ["Ernst Handel AG"]


def test_taxes_stand_by_document_and_rate(filled: Store, tmp_path: Path) -> None:
    accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    rows = records_of(sheets(tmp_path / "w.xlsx")["Quote taxes"])
    assert sorted((row["Number"], row["Tax rate (%)"], row["Tax amount"]) for row in rows)[0] == ("Q-2026-0001", 23.0, 15.33)
    assert sum(Decimal(str(row["Tax amount"])) for row in rows if row["Number"] == "Q-2026-0002") == Decimal("18.81")


def test_control_totals_are_the_stored_ones_and_the_formulas_beside_them_say_the_same(filled: Store, tmp_path: Path) -> None:
    result = accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    control = sheets(tmp_path / "w.xlsx")["Control"]
    sums = section(control, "Totals by currency")[1:]
    assert [row[:3] for row in sums] == [["Quotes", "EUR", 2.0], ["Quotes", "JPY", 1.0]]
    for row in sums:
        assert (row[3], row[5], row[7]) == (row[4], row[6], row[8])
    with filled.read() as reader:
        stored = reader.rows(
            "SELECT currency, sum(net), sum(tax), sum(payable) FROM quote WHERE status <> 'draft' AND date BETWEEN '2026-01-01' AND '2026-12-31' AND deleted_at IS NULL GROUP BY 1 ORDER BY 1"
        )
    assert [(code, net, tax, total) for _, code, net, tax, total in result.totals] == [
        (code, *(from_minor(amount, code) for amount in amounts)) for code, *amounts in stored
    ]
    assert [[row[1], *(Decimal(str(row[place])) for place in (3, 5, 7))] for row in sums] == [
        [code, *(from_minor(amount, code) for amount in amounts)] for code, *amounts in stored
    ]
    rates = section(control, "Totals by tax rate")[1:]
    assert [(row[1], row[3]) for row in rates] == [("EUR", 7.0), ("EUR", 19.0), ("EUR", 23.0), ("JPY", 10.0)]
    assert all((row[5], row[7]) == (row[6], row[8]) for row in rates)
    formulas = [cell.value for line in openpyxl.load_workbook(tmp_path / "w.xlsx")["Control"].iter_rows() for cell in line if cell.data_type == "f"]
    assert len(formulas) == 3 * len(sums) + 2 * len(rates)
    assert formulas[0].startswith("=ROUND(SUMIFS('Quotes'!$I$2:$I$4,'Quotes'!$H$2:$H$4,$B")


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_every_head_of_the_control_page_has_room(filled: Store, tmp_path: Path, language: str) -> None:
    with speaking(language):
        accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    page = openpyxl.load_workbook(tmp_path / "w.xlsx").worksheets[-1]
    heads = [cell for row in page.iter_rows() for cell in row if cell.font.bold]
    assert len(heads) > 30
    assert [cell.value for cell in heads if shown_width(cell.value) + 2 > page.column_dimensions[cell.column_letter].width] == []
    below = {cell.coordinate: page.cell(cell.row + 1, cell.column).value for cell in heads if cell.alignment.horizontal == "right"}
    assert {type(value) for value in below.values()} <= {int, float, str}
    assert [value for value in below.values() if isinstance(value, str) and not value.startswith("=")] == []
    assert len(below) == 7 + 5 + 1


def test_every_number_has_room_in_its_column(filled: Store, tmp_path: Path) -> None:
    line = {"description": "plant", "quantity": "-1234567.25", "unit_price": "12345678.901234", "tax_category": "S", "tax_rate": "19"}
    for currency in ("EUR", "KWD", "JPY"):
        added, _ = filled.run(quotes.add_document, {"currency": currency, "date": "2026-05-01", "lines": [line, {**line, "quantity": "2"}]})
        filled.run(quotes.issue, added)
    accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    shown = CalamineWorkbook.from_path(str(tmp_path / "w.xlsx"))
    for page in openpyxl.load_workbook(tmp_path / "w.xlsx").worksheets:
        values = shown.get_sheet_by_name(page.title).to_python(skip_empty_area=False)
        for cell in (cell for row in page.iter_rows(min_row=2) for cell in row if cell.data_type in "nf" and cell.number_format.startswith("#")):
            number = values[cell.row - 1][cell.column - 1]
            decimals = len(cell.number_format.partition(".")[2].partition("\\")[0].rstrip("#"))
            text = f"{number:,.{decimals}f}" if "##" not in cell.number_format.partition(".")[2] else f"{Decimal(str(number)):,f}"
            code = 4 if '"' in cell.number_format else 0
            assert len(text) + code + 1 <= page.column_dimensions[cell.column_letter].width, (page.title, cell.coordinate, text)


def test_lines_say_whether_their_prices_include_tax(filled: Store, tmp_path: Path) -> None:
    filled.run(quotes.issue, quote(filled, "2026-05-01", [("gross", "119", "19")], tax_inclusive=True))
    accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    found = sheets(tmp_path / "w.xlsx")
    for name in ("Quotes", "Quote lines"):
        assert {row["Prices include tax"] for row in records_of(found[name]) if row["Net"] == 100.0 and row["Date"] == date(2026, 5, 1)} == {True}
        assert {row["Prices include tax"] for row in records_of(found[name]) if row["Date"] < date(2026, 5, 1)} == {""}


def test_texts_that_no_cell_can_hold_are_named_on_the_control_page(filled: Store, tmp_path: Path) -> None:
    assert accountants_workbook(filled, tmp_path / "a.xlsx", YEAR).cut == 0
    assert not [row for row in sheets(tmp_path / "a.xlsx")["Control"] if row[0] == "Cut texts"]
    filled.run(quotes.issue, quote(filled, "2026-05-01", [("word " * 7_000, "1", "19"), ("short", "1", "19")]))
    assert accountants_workbook(filled, tmp_path / "w.xlsx", YEAR).cut == 1
    rows = {row[0]: row[1] for row in sheets(tmp_path / "w.xlsx")["Control"]}
    assert rows["Cut texts"] == "1 text is longer than the 32767 characters of a cell; its end is missing."
    assert rows["Cut in “Description”"] == "'Quote lines'!K8"


def test_no_text_of_the_store_becomes_a_formula(filled: Store, tmp_path: Path) -> None:
    record = quote(filled, "2026-05-01", [("=HYPERLINK(1)", "1", "19")], reference="=1+1")
    filled.run(quotes.issue, record)
    accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    assert {
        cell.data_type
        for sheet in ("Quotes", "Quote lines")
        for row in book[sheet].iter_rows()
        for cell in row
        if isinstance(cell.value, str) and "1" in cell.value and cell.value.startswith("=") and "ROUND" not in cell.value
    } == {"s"}


def test_numbers_say_what_is_missing_and_what_was_withdrawn(filled: Store, tmp_path: Path) -> None:
    accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    numbers = section(sheets(tmp_path / "w.xlsx")["Control"], "Numbers")
    assert numbers[1][:5] == ["Quotes", "2026", 3.0, "Q-2026-0001", "Q-2026-0004"]
    assert numbers[1][6] == "Q-2026-0003" or numbers[1][5] == "Q-2026-0003"


def test_what_changed_since_the_last_export_is_named(filled: Store, tmp_path: Path) -> None:
    accountants_workbook(filled, tmp_path / "a.xlsx", YEAR)
    first = section(sheets(tmp_path / "a.xlsx")["Control"], "Changes since the last export")
    assert first[0][1] == "this is the first one"
    with filled.read() as reader:
        accepted = UUID(bytes=reader.value("SELECT id FROM quote WHERE number = 'Q-2026-0001'"))
    filled.run(quotes.accept, accepted)
    accountants_workbook(filled, tmp_path / "b.xlsx", YEAR)
    changes = section(sheets(tmp_path / "b.xlsx")["Control"], "Changes since the last export")
    assert (changes[0][2], changes[1][0], changes[1][2]) == ("a.xlsx", "Q-2026-0001", "Maria Becker")


def test_changes_count_from_the_last_workbook_that_held_their_day(filled: Store, tmp_path: Path) -> None:
    march, april = Period(date(2026, 3, 1), date(2026, 3, 31)), Period(date(2026, 4, 1), date(2026, 4, 30))
    accountants_workbook(filled, tmp_path / "march.xlsx", march)
    late = quote(filled, "2026-03-20", [("late", "1", "19")])
    filled.run(quotes.issue, late)
    accountants_workbook(filled, tmp_path / "april.xlsx", april)
    accountants_workbook(filled, tmp_path / "again.xlsx", march)
    changes = section(sheets(tmp_path / "again.xlsx")["Control"], "Changes since the last export")
    assert [changes[0][2], *((row[0], row[3]) for row in changes[1:])] == ["march.xlsx", ("Q-2026-0005", "Issue quote")]
    filled.undo()
    accountants_workbook(filled, tmp_path / "third.xlsx", march)
    changes = section(sheets(tmp_path / "third.xlsx")["Control"], "Changes since the last export")
    assert [(row[0], row[3]) for row in changes[1:]] == [("Q-2026-0005", "Undone: Issue quote")]


def test_lines_that_came_later_are_changes_of_their_document(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("id,number,date,status,company\n1,A-1,2026-03-15,issued,Ernst Handel\n")
    (tmp_path / "lines.csv").write_text("quote,description,quantity,unit_price\nA-1,box,1,100\nA-1,lid,1,50\n")
    import_file(filled, "quote", tmp_path / "q.csv")
    accountants_workbook(filled, tmp_path / "a.xlsx", YEAR)
    import_file(filled, "quote_line", tmp_path / "lines.csv")
    accountants_workbook(filled, tmp_path / "b.xlsx", YEAR)
    changes = section(sheets(tmp_path / "b.xlsx")["Control"], "Changes since the last export")
    assert [(row[0], row[3]) for row in changes[1:]] == [("A-1", "Import")]


def test_a_number_that_was_withdrawn_at_the_border_of_periods_stands_in_one_of_them(filled: Store, tmp_path: Path) -> None:
    last = quote(filled, "2026-06-01", [("withdrawn", "1", "19")])
    filled.run(quotes.issue, last)
    filled.undo()
    withdrawn = []
    for name, first, end in (("a", date(2026, 1, 1), date(2026, 3, 2)), ("b", date(2026, 3, 3), date(2026, 12, 31))):
        accountants_workbook(filled, tmp_path / f"{name}.xlsx", Period(first, end))
        withdrawn.append([row[6] for row in section(sheets(tmp_path / f"{name}.xlsx")["Control"], "Numbers")[1:]])
    assert withdrawn == [["none"], ["Q-2026-0003, Q-2026-0005"]]


def test_sum_of_lines_less_discounts_and_with_charges_is_the_net(filled: Store, tmp_path: Path) -> None:
    accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    rows = records_of(sheets(tmp_path / "w.xlsx")["Quotes"])
    assert [(row["Sum of lines"], row["Discount"], row["Surcharge"], row["Net"]) for row in rows][1] == (110.1, 5.0, 0.0, 105.1)


def test_the_head_of_the_journal_stands_in_it(filled: Store, tmp_path: Path) -> None:
    with filled.read() as reader:
        tx, digest = reader.one("SELECT id, hash FROM journal_tx ORDER BY id DESC LIMIT 1") or (0, b"")
    accountants_workbook(filled, tmp_path / "w.xlsx", YEAR)
    row = next(row for row in sheets(tmp_path / "w.xlsx")["Control"] if row[0] == "Head of the journal")
    assert row[1:3] == [float(tx), digest.hex()]
    with filled.read() as reader:
        operation, about, detail = reader.one("SELECT operation, about, detail FROM journal_tx ORDER BY id DESC LIMIT 1") or ("", "", "")
    assert (operation, about, json.loads(detail)) == ("workbooks.note_workbook", "w.xlsx", {"first": "2026-01-01", "last": "2026-12-31", "documents": 3})


def test_a_workbook_of_nothing_is_right_too(store: Store, tmp_path: Path) -> None:
    result = accountants_workbook(store, tmp_path / "w.xlsx", Period())
    assert (result.documents, result.quotes, result.totals) == (0, 0, ())
    assert [len(rows) for name, rows in sheets(tmp_path / "w.xlsx").items() if name != "Control"] == [1] * 7


def test_what_can_t_be_written_is_refused(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "w.xlsx").write_text("mine")
    for name, period, reason in (
        ("w.xlsx", YEAR, "exists already"),
        ("w.csv", YEAR, "no ending"),
        ("x.xlsx", Period(date(2026, 2, 1), date(2026, 1, 1)), "before it begins"),
    ):
        with pytest.raises(UserError, match=reason):
            accountants_workbook(filled, tmp_path / name, period)
    filled.act_as("read_only")
    with pytest.raises(NotAllowed):
        accountants_workbook(filled, tmp_path / "y.xlsx", YEAR)


def test_the_workbook_of_the_sample_agrees_with_the_store(store: Store, tmp_path: Path) -> None:
    store.run(sample.fill)
    accountants_workbook(store, tmp_path / "w.xlsx", Period())
    found = sheets(tmp_path / "w.xlsx")
    with store.read() as reader:
        stored = dict(reader.rows("SELECT number, payable FROM quote WHERE ifnull(status, 'draft') <> 'draft' AND deleted_at IS NULL"))
    rows = records_of(found["Quotes"])
    assert {row["Number"]: Decimal(str(row["Amount due"])) for row in rows} == {number: from_minor(payable, "EUR") for number, payable in stored.items()}
    assert {row["Difference"] for row in rows} == {0.0}
    nets: dict[str, Decimal] = {}
    for line in records_of(found["Quote taxes"]):
        nets[line["Number"]] = nets.get(line["Number"], Decimal(0)) + Decimal(str(line["Taxable"]))
    assert nets == {row["Number"]: Decimal(str(row["Net"])) for row in rows}


@pytest.mark.shared
def test_the_orders_of_a_real_trader_agree_with_the_store(store: Store, tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "02_orders" / "northwind_csv"
    for entity, name in (("company", "customers.csv"), ("product", "products.csv"), ("quote", "orders.csv"), ("quote_line", "order_details.csv")):
        import_file(store, entity, folder / name, ImportOptions(dates="ymd", rejects=tmp_path / f"rejected-{name}"))
    result = accountants_workbook(store, tmp_path / "w.xlsx", Period())
    with store.read() as reader:
        count, payable = reader.one("SELECT count(*), sum(payable) FROM quote WHERE ifnull(status, 'draft') <> 'draft' AND deleted_at IS NULL") or (0, 0)
    assert (result.quotes, count) == (830, 830)
    found = sheets(tmp_path / "w.xlsx")
    assert sum(Decimal(str(row["Amount due"])) for row in records_of(found["Quotes"])) == from_minor(payable, "EUR")
    assert sum(Decimal(str(row["Net"] or 0)) for row in records_of(found["Quote lines"])) == from_minor(payable, "EUR")
    assert len(found["Quote lines"]) == 2155 + 1
    assert {row["Difference"] for row in records_of(found["Quotes"])} == {0.0}
    (row,) = section(found["Control"], "Totals by currency")[1:]
    assert (row[3], row[5], row[7]) == (row[4], row[6], row[8])
    assert Decimal(str(row[7])) == from_minor(payable, "EUR")


# ---- closed periods ----


def test_in_a_closed_period_nothing_is_issued_and_nothing_taken_back(filled: Store) -> None:
    draft = quote(filled, "2026-03-30", [("late", "1", "19")])
    early = quote(filled, "2026-03-29", [("in time", "1", "19")])
    filled.run(quotes.issue, early)
    filled.run(workbooks.close_period, date(2026, 3, 31))
    with pytest.raises(UserError, match="This quote is dated in a closed period"):
        filled.run(quotes.issue, draft)
    with filled.read() as reader:
        tx = reader.value("SELECT id FROM journal_tx WHERE operation = 'quotes.issue' ORDER BY id DESC LIMIT 1")
    with pytest.raises(UserError, match="closed period"):
        filled.undo(tx)
    filled.run(quotes.accept, early)
    filled.run(records.edit, "quote", [draft], {"date": "2026-04-01", "valid_until": "2026-05-01"})
    filled.run(quotes.issue, draft)


def test_documents_from_elsewhere_do_not_come_into_a_closed_period(filled: Store, tmp_path: Path) -> None:
    filled.run(workbooks.close_period, date(2026, 3, 31))
    (tmp_path / "q.csv").write_text("number,date,status,company\nA-1,2026-03-15,issued,Ernst Handel\n")
    result = import_file(filled, "quote", tmp_path / "q.csv")
    assert [problem.reason for problem in result.problems] == ["date: A-1 is dated in a closed period (up to 2026-03-31)."]
    with filled.read() as reader:
        assert not reader.value("SELECT 1 FROM quote WHERE number = 'A-1'")


def test_lines_of_documents_from_elsewhere_stay_as_they_are_in_a_closed_period(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("id,number,date,status,company\n1,A-1,2026-03-15,issued,Ernst Handel\n2,A-2,2026-04-15,issued,Ernst Handel\n")
    (tmp_path / "lines.csv").write_text("quote,description,quantity,unit_price\nA-1,box,1,100\nA-2,box,1,50\n")
    (tmp_path / "more.csv").write_text("quote,description,quantity,unit_price\nA-1,late,1,77\n")
    (tmp_path / "open.csv").write_text("quote,description,quantity,unit_price\nA-2,late,1,77\n")
    import_file(filled, "quote", tmp_path / "q.csv")
    import_file(filled, "quote_line", tmp_path / "lines.csv")
    filled.run(workbooks.close_period, date(2026, 3, 31))
    with filled.read() as reader:
        line = UUID(bytes=reader.value("SELECT l.id FROM quote_line l JOIN quote q ON q.id = l.quote_id WHERE q.number = 'A-1'"))
    attempts: list[Callable[[], object]] = [
        lambda: filled.run(records.edit, "quote_line", [line], {"unit_price": "1"}), lambda: filled.run(records.delete, "quote_line", [line]),
        lambda: filled.run(records.edit, "quote_line", [line], {"quote": "A-2"}),
        lambda: filled.run(records.add, "allowance_charge", {"quote": "A-1", "amount": "5"}),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(UserError, match="A-1 is dated in a closed period"):
            attempt()
    result = import_file(filled, "quote_line", tmp_path / "more.csv")
    assert [problem.reason for problem in result.problems] == ["A-1 is dated in a closed period (up to 2026-03-31)."]
    import_file(filled, "quote_line", tmp_path / "open.csv")
    with filled.read() as reader:
        assert reader.rows("SELECT number, net FROM quote WHERE number LIKE 'A-%' ORDER BY 1") == [("A-1", 10000), ("A-2", 12700)]


def test_closing_and_reopening_stand_in_the_journal_and_need_the_right(filled: Store) -> None:
    with pytest.raises(UserError, match="that are over"):
        filled.run(workbooks.close_period, date(2199, 1, 1))
    with pytest.raises(UserError, match="No period"):
        filled.run(workbooks.reopen_period)
    filled.run(workbooks.close_period, date(2026, 3, 31))
    with pytest.raises(UserError, match="closed already"):
        filled.run(workbooks.close_period, date(2026, 3, 1))
    filled.run(workbooks.reopen_period, date(2026, 2, 28))
    filled.run(workbooks.reopen_period, reason=" an invoice came late ")
    with filled.read() as reader:
        found = reader.rows("SELECT operation, about FROM journal_tx WHERE operation LIKE 'workbooks.%' ORDER BY id")
    assert found == [
        ("workbooks.close_period", "2026-03-31"), ("workbooks.reopen_period", "2026-03-31 → 2026-02-28"), ("workbooks.reopen_period", "2026-02-28 → –: an invoice came late"),
    ]  # fmt: skip
    assert filled.can_undo() is not None
    for role, may in (("finance", True), ("manager", True), ("sales", False), ("service", False), ("read_only", False)):
        filled.act_as(None)
        filled.act_as(role)
        if may:
            filled.run(workbooks.close_period, date(2026, 1, 31))
            filled.run(workbooks.reopen_period)
        else:
            with pytest.raises(NotAllowed):
                filled.run(workbooks.close_period, date(2026, 1, 31))
