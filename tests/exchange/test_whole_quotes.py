"""Files in which rows are lines of quotes: a quote comes in with all of its lines, or not at all."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import workbooks

if TYPE_CHECKING:
    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

HEADER = "Order number,Order date,Customer,Product,Quantity,Unit price\n"


def taken(store: Store, folder: Path, text: str, **options: Any) -> ImportResult:
    path = folder / "orders.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, "quote", path, ImportOptions(**options))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


def orders(store: Store) -> list[tuple[Any, ...]]:
    return rows(store, "SELECT q.number, q.net, count(l.id) FROM quote q LEFT JOIN quote_line l ON l.quote_id = q.id GROUP BY q.id ORDER BY q.number")


@pytest.mark.parametrize("bad", ["1,2026-03-04,Acme,Box,two,50", "1,2026-03-04,Acme,Box,2,50,surplus", "1,soon,Acme,Box,2,50", "1,2026-03-04,Acme,Box,2,zero"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_refused_line_refuses_its_order_which_comes_in_whole_once_it_is_corrected(store: Store, tmp_path: Path, bad: str, place: int) -> None:
    lines = ["1,2026-03-04,Acme,Desk,1,10", "1,2026-03-04,Acme,Lamp,1,100"]
    lines.insert(place, bad)
    text = HEADER + "".join(f"{line}\n" for line in lines) + "2,2026-03-05,Beta,Rack,1,7\n"
    dry, result = taken(store, tmp_path, text, dry_run=True), taken(store, tmp_path, text)
    assert [(it.added, it.joined, it.rejected, it.created) for it in (dry, result)] == [(1, 0, 3, {"company": 1, "product": 1})] * 2
    assert (orders(store), rows(store, "SELECT name FROM company")) == ([("2", 700, 1)], [("Beta",)])
    told = [problem.reason for problem in result.problems if problem.line != place + 2]
    assert told == [f"Line {place + 2} of 1 can't be taken, and a quote comes in as a whole."] * 2
    assert result.rejects_file
    with Path(result.rejects_file).open(encoding="utf-8", newline="") as file:
        back = [row[:6] for row in csv.reader(file)]
    back[place + 1] = "1,2026-03-04,Acme,Box,2,50".split(",")
    again = taken(store, tmp_path, "".join(",".join(row) + "\n" for row in back))
    assert (again.added, again.joined, again.rejected) == (1, 2, 0)
    assert orders(store) == [("1", 21000, 3), ("2", 700, 1)]


def test_a_line_that_is_refused_far_below_refuses_its_order_too(store: Store, tmp_path: Path) -> None:
    between = "".join(f"{number},2026-03-04,Acme,Desk,1,10\n" for number in range(10, 4_300))
    result = taken(store, tmp_path, f"{HEADER}1,2026-03-04,Gamma,Desk,1,10\n{between}1,2026-03-04,Gamma,Desk,two,10\n")
    assert (result.added, result.rejected) == (4_290, 2)
    assert rows(store, "SELECT name FROM company") == [("Acme",)]


def test_a_price_in_another_currency_refuses_its_order_too(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, HEADER + "1,2026-03-04,Acme,Desk,1,€10\n1,2026-03-04,Acme,Box,1,$50\n2,2026-03-04,Acme,Desk,1,$10\n")
    assert [problem.reason for problem in result.problems] == [
        "Line 3 of 1 can't be taken, and a quote comes in as a whole.", "The price is in USD, the quote in EUR.",
    ]  # fmt: skip
    assert orders(store) == [("2", 1000, 1)]


def test_a_known_order_is_left_alone_whatever_its_lines_say(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, HEADER + "1,2026-03-04,Acme,Desk,1,10\n")
    result = taken(store, tmp_path, HEADER + "1,2026-03-04,Acme,Desk,1,10\n1,2026-03-04,Acme,Box,two,50\n")
    assert (result.skipped, result.rejected) == (2, 0)


def test_what_is_told_of_the_rows_is_counted_once(store: Store, tmp_path: Path) -> None:
    text = "Quote number,Date,Customer,Status,Product,Quantity,Unit price\nQ1,2026-03-04,Acme,draft,Desk,1,10\n"
    assert taken(store, tmp_path, text).notes == ("1 quote is a draft that has a number already; it came in as issued.",)


CLOSED = "is dated in a closed period (up to 2026-03-31)."


def test_an_order_of_a_closed_period_is_refused_with_all_of_its_lines_and_the_others_come_in(store: Store, tmp_path: Path) -> None:
    store.run(workbooks.close_period, date(2026, 3, 31))
    text = HEADER + "1,2026-03-04,Acme,Desk,1,10\n2,2026-04-01,Beta,Rack,1,7\n1,,Acme,Lamp,1,100\n3,2026-03-31,Gamma,Rack,1,7\n"
    dry, result = taken(store, tmp_path, text, dry_run=True), taken(store, tmp_path, text)
    assert [(it.added, it.joined, it.rejected, it.created) for it in (dry, result)] == [(1, 0, 3, {"company": 1, "product": 1})] * 2
    assert [(problem.line, problem.reason) for problem in result.problems] == [
        (2, f"Order date: 1 {CLOSED}"), (4, "Line 2 of 1 can't be taken, and a quote comes in as a whole."), (5, f"Order date: 3 {CLOSED}"),
    ]  # fmt: skip
    assert (orders(store), rows(store, "SELECT name FROM company")) == ([("2", 700, 1)], [("Beta",)])
    store.run(workbooks.reopen_period)
    assert taken(store, tmp_path, text).added == 2
    assert orders(store) == [("1", 11000, 2), ("2", 700, 1), ("3", 700, 1)]


def test_drafts_of_closed_days_come_in_and_known_orders_of_them_take_the_answer_of_the_customer(store: Store, tmp_path: Path) -> None:
    header = "Quote number,Quote date,Customer,Status,Subject\n"
    taken(store, tmp_path, header + "1,2026-03-04,Acme,issued,Desk\n")
    store.run(workbooks.close_period, date(2026, 3, 31))
    result = taken(store, tmp_path, header + "1,2026-03-04,Acme,accepted,Desk\n,2026-03-05,Acme,draft,Rack\n", on_duplicate="overwrite")
    assert (result.added, result.updated, result.rejected) == (1, 1, 0)
    assert rows(store, "SELECT number, status FROM quote ORDER BY number") == [(None, "draft"), ("1", "accepted")]


def test_lines_of_an_order_of_a_closed_period_are_refused_and_those_of_others_come_in(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "Order number,Order date,Customer\n1,2026-03-04,Acme\n2,2026-04-02,Acme\n")
    store.run(workbooks.close_period, date(2026, 3, 31))
    path = tmp_path / "lines.csv"
    path.write_text("Quote,Description,Quantity,Unit price\n1,Desk,1,10\n2,Rack,1,7\n", encoding="utf-8")
    result = import_file(store, "quote_line", path)
    assert [(problem.line, problem.reason) for problem in result.problems] == [(2, f"1 {CLOSED}")]
    assert orders(store) == [("1", 0, 0), ("2", 700, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "Customer,Date,Quote\nErnst Handel,2026-04-02,1500\nKoenig AG,2026-04-03,1500\nBerg KG,2026-04-04,2300\n",
        "Kunde;Datum;Angebot;Währung\nErnst Handel;2026-04-02;1500.00;EUR\nKoenig AG;2026-04-03;1500.00;EUR\nBerg KG;2026-04-04;2300.00;EUR\n",
    ],
)
def test_amounts_that_customers_were_offered_are_no_numbers_that_their_quotes_merge_by(store: Store, tmp_path: Path, text: str) -> None:
    result = taken(store, tmp_path, text)
    assert (result.added, result.rejected, len(result.unused)) == (3, 0, 1)
    sql = "SELECT q.number, q.status, c.name FROM quote q JOIN company c ON c.id = q.company_id ORDER BY c.name"
    assert rows(store, sql) == [(None, "draft", "Berg KG"), (None, "draft", "Ernst Handel"), (None, "draft", "Koenig AG")]
