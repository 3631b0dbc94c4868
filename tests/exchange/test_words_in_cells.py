"""Amounts and dates in words: what has one meaning is read, what has several is refused in a sentence, and nothing is guessed."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from crmdesk.clock import moment
from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.values.amount_cells import Estimate, money_of
from crmdesk.exchange.values.date_cells import dates, moments
from crmdesk.fields import Money

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

EXACT = {
    "5k": "5000 EUR", "1.2 Mio": "1200000 EUR", "1,2 Mio. €": "1200000 EUR", "12 Tsd. €": "12000 EUR", "1,5 Millionen EUR": "1500000 EUR", "2 Mrd": "2000000000 EUR",
    "$1.2 million": "1200000 USD", "1.2bn": "1200000000 EUR", "12万": "120000 EUR", "1.5万元": "15000 CNY", "0.5亿": "50000000 EUR", "3千元": "3000 CNY", "5百万": "5000000 EUR",
    "TEUR 12": "12000 EUR", "T€ 1,5": "1500 EUR", "12 TEUR": "12000 EUR", "€ 5.000,-": "5000 EUR", "Fr. 5'000.--": "5000 CHF", "234,50-": "-234.5 EUR", "1.2": "1.2 EUR", "1,25": "1.25 EUR",
}  # fmt: skip


@pytest.mark.parametrize("sign", ["", ",", "."])
@pytest.mark.parametrize(("text", "said"), EXACT.items())
def test_an_amount_in_words_is_read_where_it_has_one_meaning(text: str, said: str, sign: str) -> None:
    money = money_of(text, "EUR", sign, "money")
    amount, currency = said.split()
    assert money is not None
    assert (money.amount, money.currency, type(money)) == (Decimal(amount), currency, Money)


@pytest.mark.parametrize("text", ["ca. 5000 €", "~5000", "≈ 5000", "rund 5000", "etwa 5 Tsd. €", "approx. 5k", "约5000", "约0.5万", "大约5千"])
def test_an_amount_that_is_about_right_is_known_as_one(text: str) -> None:
    money = money_of(text, "EUR", ",", "money")
    assert isinstance(money, Estimate)
    assert money.amount == 5000


RANGES = [
    "5.000-6.000 €",
    "5000 – 6000",
    "5k-6k",
    "5000 bis 6000",
    "5000 to 6000",
    "5万至8万",
    "bis 5000",
    "bis zu 5.000 €",
    "up to $5k",
    "> 5000",
    "<5000",
    "5000+",
    "ab 5000 €",
    "5万以上",
]


@pytest.mark.parametrize("text", RANGES)
def test_a_range_or_a_bound_is_no_amount(text: str) -> None:
    with pytest.raises(UserError, match="is a range or a bound, not an amount"):
        money_of(text, "EUR", "", "money")


@pytest.mark.parametrize("text", ["5.000,00 € netto", "5000 € p.a.", "5000/Monat", "5000?", "viel", "~", "ca.", "5000-"])
def test_other_words_beside_an_amount_are_not_passed_over(text: str) -> None:
    with pytest.raises(UserError):
        money_of(text, "EUR", ",", "money")


@pytest.mark.parametrize(
    "text",
    ["Fr, 20.03.2026", "Fri 20 Mar 2026", "Friday, March 20, 2026", "20th March 2026", "March 20th, 2026", "Freitag, 20. März 2026", "20260320", "2026年3月20日 星期五", "2026-03-20(周五)"],
)  # fmt: skip
def test_a_day_is_read_with_its_weekday_and_without_signs_between(text: str) -> None:
    assert dates("")(text) == "2026-03-20"


def test_a_day_that_a_workbook_holds_as_a_number_of_eight_digits_is_one() -> None:
    assert dates("")(20260320) == "2026-03-20"
    assert dates("")(46101) == "2026-03-20"


@pytest.mark.parametrize("text", ["20.03.2026 14:30 Uhr", "20.03.2026 um 14.30 Uhr", "20260320143000", "2026/3/20 下午2:30", "Fri, March 20, 2026 at 2:30 PM"])
def test_a_moment_is_read_as_people_write_it(text: str) -> None:
    at = moments("", UTC)(text)
    assert at is not None
    assert f"{moment(at):%Y-%m-%d %H:%M}" == "2026-03-20 14:30"


SPANS = ["Q2 2026", "2026 Q2", "2. Quartal 2026", "KW 12 2026", "KW12/2026", "2026-W12", "Week 12", "Mitte März", "Ende März 2026", "mid-March", "März 2026", "03/2026", "2026-03",
         "2026", "Ende 2026", "H1 2026", "2026年3月", "2026年第二季度", "3月底", "2026年上半年"]  # fmt: skip


@pytest.mark.parametrize("text", SPANS)
def test_what_is_longer_than_a_day_is_refused_as_that(text: str) -> None:
    for read in (dates("dmy"), moments("dmy", UTC)):
        with pytest.raises(UserError, match="is a span of time, not a day"):
            read(text)


def test_words_of_endless_length_are_refused_at_once() -> None:
    for text in ("mo " * 200_000, "5-" * 200_000, "~" * 200_000, "ca. " * 200_000):
        with pytest.raises(UserError):
            dates("")(text)
        with pytest.raises(UserError):
            money_of(text, "EUR", ",", "money")


# ---- in files ----


def imported(store: Store, tmp_path: Path, entity: str, text: str) -> ImportResult:
    path = tmp_path / f"{entity}.csv"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "rejected.csv").unlink(missing_ok=True)
    return import_file(store, entity, path, ImportOptions(rejects=tmp_path / "rejected.csv"))


def test_an_estimate_is_taken_for_a_deal_and_told_and_refused_as_a_price(store: Store, tmp_path: Path) -> None:
    result = imported(store, tmp_path, "deal", "Deal name,Amount\nRollers,ca. 5000 €\nBelts,7000\n")
    assert (result.added, result.notes) == (2, ("1 amount is only about right, as the file says (“ca.”); it was taken as it is.",))
    result = imported(store, tmp_path, "product", "Name,Price\nBox,ca. 50\nLid,7\n")
    assert (result.added, [problem.reason for problem in result.problems]) == (1, ["Price: “ca. 50” is only about right; write the exact amount."])


def test_a_deal_that_closes_in_a_quarter_is_refused_in_a_clear_sentence(store: Store, tmp_path: Path) -> None:
    result = imported(store, tmp_path, "deal", "Deal name,Expected close\nRollers,Q2 2026\nBelts,2026-12-20\n")
    assert (result.added, [problem.reason for problem in result.problems]) == (1, ["Expected close: “Q2 2026” is a span of time, not a day."])


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("activity", "Subject,{}\nCall,soon\nVisit,KW 12 2026\n"),
        ("lead", "Last name,Company,{}\nBerg,Acme,soon\nCole,Beta,Mitte März\n"),
        ("ticket", "Subject,Description,{}\nBroken,x,soon\nWet,y,Q2 2026\n"),
        ("quote", "Number,Customer,{}\nQ-1,Acme,soon\nQ-2,Beta,Q2 2026\n"),
        ("task", "Subject,{}\nCall,soon\nVisit,asap\n"),
    ],
)
def test_a_day_that_cannot_be_read_is_never_today(store: Store, tmp_path: Path, entity: str, text: str) -> None:
    names = {
        "activity": ("Date", "Datum", "Created", "When"),
        "lead": ("Created", "Created time"),
        "ticket": ("Created", "Opened"),
        "quote": ("Date", "Order date"),
    }
    for name in names.get(entity, ("Due date", "Deadline")):
        result = imported(store, tmp_path, entity, text.format(name))
        assert (result.added, len(result.problems)) == (0, 2), name
        assert all(problem.reason.startswith(name) for problem in result.problems)


def test_an_activity_without_a_date_is_one_of_now(store: Store, tmp_path: Path) -> None:
    result = imported(store, tmp_path, "activity", "Subject,Date\nCall,\nVisit,2026-11-01\n")
    assert (result.added, result.problems) == (2, ())


@pytest.mark.parametrize(("text", "day"), [("3.10.65", "1965-10-03"), ("3.10.1965", "1965-10-03"), ("3.10.05", "2005-10-03")])
def test_nobody_is_born_in_a_year_to_come(store: Store, tmp_path: Path, text: str, day: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"Name;Geburtstag\nJürgen Weiß;{text}\n", encoding="utf-8")
    import_file(store, "contact", path)
    with store.read() as reader:
        assert reader.rows("SELECT birthday FROM contact") == [(day,)]


@pytest.mark.parametrize("header", ["Task;Due date;Done", "Aufgabe;Fällig am;Erledigt", "任务;截止日期;已完成"])
def test_tasks_that_are_done_by_yes_or_no_come_in_done(store: Store, tmp_path: Path, header: str) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text(f"{header}\nCall;2026-03-01;yes\nWrite;2026-03-02;no\n", encoding="utf-8")
    import_file(store, "task", path)
    with store.read() as reader:
        assert reader.rows("SELECT subject, done_at IS NOT NULL FROM task ORDER BY subject") == [("Call", 1), ("Write", 0)]


def test_german_words_of_tickets_and_leads_are_known(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("Betreff;Status;Geöffnet\nGerät;Wartet auf Kunde;01.06.2023 12:15\n", encoding="cp1252")
    import_file(store, "ticket", path)
    leads = tmp_path / "leads.csv"
    leads.write_text("Name;Status\nAnna Berg;Kontaktiert\n", encoding="utf-8")
    import_file(store, "lead", leads)
    with store.read() as reader:
        assert reader.rows("SELECT status, strftime('%Y', opened_at / 1000, 'unixepoch') FROM ticket") == [("waiting", "2023")]
        assert reader.rows("SELECT status FROM lead") == [("working",)]
