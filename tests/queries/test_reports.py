"""Stories of reports: figures that add up and open exactly the rows they count."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.clock import frozen, new_id_bytes
from crmdesk.errors import UserError
from crmdesk.fields import Money
from crmdesk.models.deal import Deal
from crmdesk.models.quote import Quote, QuoteLine
from crmdesk.models.ticket import Ticket
from crmdesk.operations import pipelines, records
from crmdesk.queries import finding, reports
from crmdesk.queries import records as listed
from crmdesk.queries.money import Sum
from crmdesk.store import Change, operation

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.queries.report_tables import Figure, ReportTable
    from crmdesk.store import Store

NOON = datetime(2026, 11, 21, 11, tzinfo=UTC)


def add(store: Store, entity: str, **values: str) -> UUID:
    return store.run(records.add, entity, values)


def report(store: Store, name: str, **scope: object) -> ReportTable:
    with store.read() as reader:
        return reports.run(reader, name, **scope)  # type: ignore[arg-type]  # the tests know the scope


def values(table: ReportTable) -> list[list[object]]:
    return [[figure.value.base if isinstance(figure.value, Sum) else figure.value for figure in row] for row in table.rows]


def totals(table: ReportTable) -> list[object]:
    return [figure.value.base if isinstance(figure.value, Sum) else figure.value for figure in table.totals or ()]


def opened(store: Store, figure: Figure) -> int:
    """How many records a list shows that is opened with the figure's filter."""
    assert figure.opens
    with store.read() as reader:
        return len(listed.ids(reader, figure.opens.entity, [finding.parse_condition(text) for text in figure.opens.where]))


def check_counts(store: Store, table: ReportTable) -> None:
    """Every count of the report opens as many rows."""
    for row in (*table.rows, *((table.totals,) if table.totals else ())):
        for column, figure in zip(table.columns, row, strict=True):
            if column.kind == "integer" and figure.opens:
                assert opened(store, figure) == figure.value, (column.name, figure)


@pytest.fixture
def sold(store: Store) -> Store:
    """A store with a year of deals by two members."""
    jonas = str(add(store, "member", name="Jonas Stein"))
    for name, values_of in {
        "A": {"stage": "Won", "amount": "1000", "opened_on": "2026-01-01", "closed_on": "2026-01-31", "origin": "Fair"},
        "B": {"stage": "Won", "amount": "3000", "opened_on": "2026-02-01", "closed_on": "2026-03-05", "origin": "fair", "owner": jonas},
        "C": {"stage": "Won", "amount": "70 USD", "opened_on": "2026-03-01", "closed_on": "2026-03-31"},
        "D": {"stage": "Lost", "amount": "500", "opened_on": "2026-03-01", "closed_on": "2026-03-11", "lost_reason": "Price", "origin": "Web"},
        "E": {"stage": "Lost", "amount": "700", "opened_on": "2026-03-01", "closed_on": "2026-03-12", "owner": jonas},
        "F": {"stage": "Proposal", "amount": "2000", "expected_close_on": "2026-12-20"},
        "G": {"stage": "Qualify", "amount": "100", "expected_close_on": "2027-02-01", "owner": jonas},
    }.items():
        add(store, "deal", name=name, **values_of)
    return store


def test_the_pipeline_by_stage_counts_sums_and_weighs(sold: Store) -> None:
    table = report(sold, "pipeline_by_stage")
    assert values(table) == [
        ["Qualify", Decimal(10), 1, 10000, 1000], ["Meeting", Decimal(30), 0, 0, 0], ["Proposal", Decimal(50), 1, 200000, 100000],
        ["Negotiation", Decimal(75), 0, 0, 0], ["Won", Decimal(100), 3, 400000, 400000], ["Lost", Decimal(0), 2, 120000, 0],
    ]  # fmt: skip
    assert totals(table) == ["Open deals", None, 2, 210000, 101000]
    check_counts(sold, table)
    this_year = report(sold, "pipeline_by_stage", end=date(2026, 12, 31))
    assert totals(this_year) == ["Open deals", None, 1, 200000, 100000]
    check_counts(sold, this_year)


def test_amounts_without_a_rate_stand_apart(sold: Store) -> None:
    table = report(sold, "win_rate")
    assert values(table) == [["New business", 3, 2, 5, Decimal("60.00")]]
    by_month = list(report(sold, "won_lost_by_month").plain_rows())
    assert by_month[1:] == [
        ["2026-03", 2, Money(Decimal("3000.00"), "EUR"), 2, Money(Decimal("1200.00"), "EUR"), Decimal("50.00")],
        ["2026-03, without a rate", None, Money(Decimal("70.00"), "USD"), None, None, None],
    ]


def test_won_and_lost_by_month_owner_source_and_reason(sold: Store) -> None:
    by_month = report(sold, "won_lost_by_month")
    assert values(by_month) == [["2026-01", 1, 100000, 0, 0, Decimal(100)], ["2026-03", 2, 300000, 2, 120000, Decimal(50)]]
    assert totals(by_month) == ["All", 3, 400000, 2, 120000, Decimal(60)]
    by_owner = report(sold, "won_lost_by_owner")
    assert values(by_owner) == [["Jonas Stein", 1, 300000, 1, 70000, Decimal(50)], ["Maria Becker", 2, 100000, 1, 50000, Decimal("66.67")]]
    by_source = report(sold, "won_lost_by_source")
    assert [row[0].casefold() for row in values(by_source) if isinstance(row[0], str)] == ["fair", "web", "not given"], "Fair and fair are one source"
    by_reason = report(sold, "lost_by_reason")
    assert values(by_reason) == [["Price", 1, 50000, Decimal(50)], ["Not given", 1, 70000, Decimal(50)]]
    for table in (by_month, by_owner, by_source, by_reason, report(sold, "win_rate")):
        check_counts(sold, table)


def test_capitals_of_any_letters_make_no_row_of_their_own(sold: Store) -> None:
    for name, origin in (("H", "Ärzte"), ("I", "ärzte"), ("J", "ÄRZTE"), ("K", "Ärzte")):
        add(sold, "deal", name=name, stage="Won", amount="10", origin=origin)
    by_source = report(sold, "won_lost_by_source")
    assert ["Ärzte", 4] in [row[:2] for row in values(by_source)]
    check_counts(sold, by_source)


def test_a_deal_that_was_closed_before_it_was_opened_took_no_day(sold: Store) -> None:
    add(sold, "deal", name="H", stage="Won", amount="10", opened_on="2026-06-30", closed_on="2026-03-01")
    assert all(row[2] is None or row[2] >= 0 for row in values(report(sold, "sales_cycle")))


def test_sources_and_reasons_that_differ_by_capitals_alone_are_one_row(sold: Store) -> None:
    for name, values_of in {
        "H": {"stage": "Lost", "amount": "10", "origin": "FAIR", "lost_reason": "PRICE"}, "I": {"stage": "Lost", "amount": "20 CHF", "origin": "fair", "lost_reason": "price"},
        "J": {"stage": "Lost", "amount": "30", "origin": "fair", "lost_reason": "price"}, "K": {"stage": "Won", "amount": "40 CHF", "origin": "FaiR"},
    }.items():  # fmt: skip
        add(sold, "deal", name=name, **values_of)
    by_source, by_reason = report(sold, "won_lost_by_source"), report(sold, "lost_by_reason")
    assert [[row[0], row[1], row[3]] for row in values(by_source)] == [["fair", 3, 3], ["Web", 0, 1], ["Not given", 1, 1]]
    assert [row[:2] for row in values(by_reason)] == [["price", 4], ["Not given", 1]]
    check_counts(sold, by_source)
    check_counts(sold, by_reason)


def test_period_and_owner_limit_a_report_and_what_it_opens(sold: Store) -> None:
    with sold.read() as reader:
        (jonas,) = finding.ids_by_title(reader, finding.entity_class("member"), "Jonas Stein")
    table = report(sold, "won_lost_by_month", start=date(2026, 3, 6), owner_id=UUID(bytes=jonas))
    assert values(table) == [["2026-03", 0, 0, 1, 70000, Decimal(0)]]
    assert table.owner == "Jonas Stein"
    for name in reports.REPORTS:
        check_counts(sold, report(sold, name, start=date(2026, 3, 6), end=date(2026, 12, 31), owner_id=UUID(bytes=jonas)))


def test_the_sales_cycle_is_the_mean_of_days_from_opened_to_closed(sold: Store) -> None:
    table = report(sold, "sales_cycle")
    assert values(table) == [["Won", 3, Decimal("30.7")], ["Lost", 2, Decimal("10.5")]]
    assert totals(table) == ["All", 5, Decimal("22.6")]
    check_counts(sold, table)


def test_activities_are_counted_by_member_kind_and_local_day(store: Store) -> None:
    for kind, at in (("call", "2026-11-20 23:30"), ("call", "2026-11-21 00:30"), ("mail", "2026-11-21 10:00")):
        add(store, "activity", kind=kind, subject="With a customer", at=at)
    table = report(store, "activities_by_member", start=date(2026, 11, 21), end=date(2026, 11, 21))
    assert values(table) == [["Maria Becker", 1, 1, 0, 0, 0, 0, 2]]
    check_counts(store, table)
    everything = report(store, "activities_by_member")
    assert totals(everything) == ["All", 2, 1, 0, 0, 0, 0, 3]
    check_counts(store, everything)


@operation("Fill", right="quote.write")
def some_quotes(change: Change) -> None:
    """Stand in for the life of quotes."""
    for status, valid_until, net in (
        ("issued", date(2026, 12, 31), 100),
        ("issued", date(2026, 11, 25), 200),
        ("issued", date(2026, 11, 1), 400),
        ("draft", None, 800),
    ):
        number = None if status == "draft" else f"Q-{net}"
        quote = change.add(Quote, status=status, number=number, valid_until=valid_until, currency="EUR", date=date(2026, 10, 30), owner_id=change.member_id)
        change.add(
            QuoteLine,
            quote_id=quote.id,
            kind="item",
            description="Box",
            quantity=Decimal(1),
            unit_price=Decimal(net) / 100,
            tax_category="Z",
            tax_rate=Decimal(0),
        )


def test_quotes_that_wait_and_those_about_to_expire(store: Store) -> None:
    with frozen(NOON):
        store.run(some_quotes)
        table = report(store, "quotes_open")
        assert values(table) == [
            ["Issued, not decided", 3, 700],
            ["Of these valid for 14 days at most", 1, 200],
            ["Past their date", 1, 400],
            ["Drafts", 1, 800],
        ]
        check_counts(store, table)


@operation("Fill", right="ticket.write")
def some_tickets(change: Change) -> None:
    """Stand in for the life of tickets: in time, late, late and unanswered, waiting."""

    def at(hour: int) -> datetime:
        return NOON.replace(hour=hour)

    for status, due, replied in (("open", 9, 8), ("open", 9, 10), ("new", 10, None), ("new", 15, None), ("waiting", 9, 8), ("closed", 9, 9)):
        change.add(
            Ticket,
            subject="Cooling unit",
            status=status,
            opened_at=at(7),
            first_reply_due_at=at(due),
            first_replied_at=at(replied) if replied else None,
            resolve_due_at=at(10),
        )


def test_tickets_open_late_and_answered_in_time(store: Store) -> None:
    with frozen(NOON):
        store.run(some_tickets)
        table = report(store, "tickets")
        assert values(table) == [["No queue", 6, 5, 1, 4, 4, 3, Decimal(75)]]
        check_counts(store, table)
        tomorrow = report(store, "tickets", start=date(2026, 11, 22))
        assert values(tomorrow) == [["No queue", 0, 5, 1, 4, 0, 0, None]], "what is open and late is so now"
        check_counts(store, tomorrow)


def test_who_sees_only_own_records_gets_only_their_figures(sold: Store) -> None:
    sold.act_as("own_ones")
    assert totals(report(sold, "win_rate")) == ["All", 2, 1, 3, Decimal("66.67")]
    for name in reports.REPORTS:
        check_counts(sold, report(sold, name))


def test_every_report_runs_on_an_empty_store_and_as_json(store: Store) -> None:
    for name in reports.REPORTS:
        table = report(store, name)
        document = table.as_json()
        assert document["name"] == name and document["title"]
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_json_of_a_report_says_what_stands_behind_each_figure(sold: Store) -> None:
    row = report(sold, "won_lost_by_month").as_json()["rows"][1]
    assert row["won_amount"] == {"amount": "3000.00", "currency": "EUR", "without_rate": [{"amount": "70.00", "currency": "USD"}]}
    assert row["opens"]["won"]["entity"] == "deal"
    assert row["opens"]["won"]["where"][1:] == ["closed_on >= 2026-03-01", "closed_on <= 2026-03-31"]


def test_an_unknown_report_and_a_backward_period_are_refused(store: Store) -> None:
    with pytest.raises(UserError, match="no report “profit”"):
        report(store, "profit")
    with pytest.raises(UserError, match="before it begins"):
        report(store, "win-rate", start=date(2026, 2, 1), end=date(2026, 1, 1))


@operation("Fill", right="deal.write")
def maven(change: Change, lines: list[dict[str, str]]) -> None:
    """Stand in for the import: the deals of a file as they are."""
    pipeline = pipelines.add(change, "Maven", [pipelines.StagePlan("Prospecting"), pipelines.StagePlan("Engaging")])
    change.flush()
    known = dict(change.reader.rows("SELECT name, id FROM stage WHERE pipeline_id = ?", (pipeline.bytes,)))
    cents = [int(Decimal(line["close_value"]) * 100) if line["close_value"] else None for line in lines]
    change.insert_many(
        Deal, ("id", "name", "pipeline_id", "stage_id", "amount", "amount_base", "opened_on", "closed_on"),
        [(new_id_bytes(), line["opportunity_id"], pipeline.bytes, known[line["deal_stage"]], amount, amount, line["engage_date"] or None, line["close_date"] or None)
         for line, amount in zip(lines, cents, strict=True)],
    )  # fmt: skip


@pytest.mark.shared
def test_the_figures_of_a_real_pipeline_are_those_that_its_readme_states(store: Store, shared_data: Path) -> None:
    with (shared_data / "01_pipeline" / "maven_crm" / "sales_pipeline.csv").open(encoding="utf-8", newline="") as file:
        store.run(maven, list(csv.DictReader(file)))
    stages = {str(row[0]).removeprefix("Maven: "): row[2:4] for row in values(report(store, "pipeline_by_stage")) if str(row[0]).startswith("Maven")}
    assert stages == {"Prospecting": [500, 0], "Engaging": [1589, 0], "Won": [4238, 1000553400], "Lost": [2473, 0]}
    assert totals(report(store, "win_rate")) == ["All", 4238, 2473, 6711, Decimal("63.15")]
    assert values(report(store, "sales_cycle")) == [["Won", 4238, Decimal("51.8")], ["Lost", 2473, Decimal("41.5")]]
    for name in ("pipeline_by_stage", "won_lost_by_month"):
        check_counts(store, report(store, name))
