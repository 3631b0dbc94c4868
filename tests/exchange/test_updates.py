"""Files that bring news of known records: what they don't repeat is not missing, and what they say goes together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk import clock
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import quotes, records

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def taken(store: Store, tmp_path: Path, entity: str, text: str, mode: str = "skip") -> ImportResult:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(on_duplicate=mode))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


# ---- currencies ----


@pytest.mark.parametrize("amount", ["1000,USD", "$1000,"])
def test_an_amount_that_is_filled_in_brings_its_currency(store: Store, tmp_path: Path, amount: str) -> None:
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company\n1,Alpha,Acme\n")
    taken(store, tmp_path, "deal", f"Deal ID,Deal,Company,Amount,Currency\n1,Alpha,Acme,{amount}\n", "fill")
    assert rows(store, "SELECT amount, currency FROM deal") == [(100_000, "USD")]


def test_a_price_that_is_overwritten_brings_its_currency_unless_another_amount_stays_in_the_old_one(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "product", "Code,Name,Price,Cost,Currency\nA,Desk,1000,,EUR\nB,Chair,200,80,EUR\n")
    result = taken(store, tmp_path, "product", "Code,Name,Price,Currency\nA,Desk,1100,USD\nB,Chair,210,USD\n", "overwrite")
    sql = "SELECT code, price / 1000000, cost / 1000000, currency FROM product ORDER BY code"
    assert rows(store, sql) == [("A", 1100, None, "USD"), ("B", 200, 80, "EUR")]
    assert any("another currency" in note for note in result.notes)


def test_an_amount_without_a_currency_is_in_that_of_its_record(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Amount,Currency\n1,Alpha,Acme,1000,JPY\n")
    assert rows(store, "SELECT amount, currency FROM deal") == [(1000, "JPY")]
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Amount\n1,Alpha,Acme,2000\n", "overwrite")
    assert rows(store, "SELECT amount, currency FROM deal") == [(2000, "JPY")]


def test_amounts_of_two_currencies_in_one_row_are_refused(store: Store, tmp_path: Path) -> None:
    result = taken(
        store, tmp_path, "product", "Code,Name,Price,Cost\nA,Desk,€100,$80\nB,Chair,100,$80\nC,Lamp,$100,$80\nD,Rack,$100,0\nE,Box,100,€80\nF,Bin,0,$80\n"
    )
    assert [(problem.line, problem.reason) for problem in result.problems] == [
        (line, "Cost: This amount is in USD, another one of the row in EUR.") for line in (2, 3)
    ]
    sql = "SELECT code, price / 1000000, cost / 1000000, currency FROM product ORDER BY code"
    assert rows(store, sql) == [("C", 100, 80, "USD"), ("D", 100, 0, "USD"), ("E", 100, 80, "EUR"), ("F", 0, 80, "USD")]


def test_a_currency_in_the_name_of_a_column_holds_for_the_amounts_beside_it(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "product", "Code,Name,Cost,Price (USD)\nA,Desk,80,100\nB,Chair,€80,100\n")
    assert [problem.reason for problem in result.problems] == ["Price (USD): This amount is in USD, another one of the row in EUR."]
    assert rows(store, "SELECT code, cost / 1000000, currency FROM product") == [("A", 80, "USD")]


def test_a_currency_alone_does_not_change_what_an_amount_is_worth(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Amount,Currency\n1,Alpha,Acme,1000,EUR\n2,Beta,Acme,,EUR\n")
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Amount,Currency\n1,Alpha,Acme,,USD\n2,Beta,Acme,,USD\n", "overwrite")
    assert rows(store, "SELECT amount, currency FROM deal ORDER BY name") == [(100_000, "EUR"), (None, "USD")]


# ---- what is not repeated ----


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
def test_a_list_of_prices_needs_no_names(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, "product", "Artikelnummer;Bezeichnung;VK netto\nA-1;Desk;\nA-2;Chair;\n")
    result = taken(store, tmp_path, "product", "Artikelnummer;VK netto\nA-1;1.100,00\nA-2;210,00\nA-3;5,00\n", mode)
    assert (result.updated, result.rejected) == (2, 1)
    assert rows(store, "SELECT name, price / 1000000 FROM product ORDER BY code") == [("Desk", 1100), ("Chair", 210)]
    assert result.problems[0].reason == "Name is missing."


def test_deals_and_tickets_that_are_known_by_their_numbers_need_no_more(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Amount\n1,Alpha,Acme,1000\n")
    taken(store, tmp_path, "deal", "Deal ID,Amount\n1,2000\n", "overwrite")
    assert rows(store, "SELECT name, amount FROM deal") == [("Alpha", 200_000)]
    taken(store, tmp_path, "ticket", "Number,Subject,Status\nT-9,Printer,open\n")
    assert taken(store, tmp_path, "ticket", "Number,Status\nT-9,closed\n", "overwrite").updated == 1
    assert rows(store, "SELECT subject, status FROM ticket") == [("Printer", "closed")]


def test_somebody_of_whom_only_the_mail_address_is_said_is_the_one_who_has_it(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Vorname;Nachname;E-Mail\nAnna;Berg;anna@berg.de\nEva;Klein;info@klein.de\nJan;Klein;info@klein.de\n")
    result = taken(store, tmp_path, "contact", "E-Mail;Position\nanna@berg.de;Chefin\ninfo@klein.de;Chef\nneu@berg.de;Neu\n", "overwrite")
    assert (result.updated, result.added) == (1, 2)
    found = rows(store, "SELECT name, role FROM contact ORDER BY id")
    assert found == [("Anna Berg", "Chefin"), ("Eva Klein", None), ("Jan Klein", None), ("info@klein.de", "Chef"), ("neu@berg.de", "Neu")]


def test_a_lead_of_whom_there_is_nothing_but_an_address_is_called_by_that(store: Store, tmp_path: Path) -> None:
    text = "Name,Company,Email\nAda King,Acme,ada@acme.com\n,,lone@x.de\n,Berg AG,info@berg.de\n"
    assert taken(store, tmp_path, "lead", text).added == 3
    assert rows(store, "SELECT family_name, company_name FROM lead ORDER BY id") == [("King", "Acme"), ("lone@x.de", None), (None, "Berg AG")]
    assert taken(store, tmp_path, "lead", text).added == 0


def test_a_new_record_without_a_name_is_still_refused(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "company", "Website,City\nacme.com,Paris\n")
    assert (result.added, [problem.reason for problem in result.problems]) == (0, ["Name is missing."])
    result = taken(store, tmp_path, "contact", "First name,Last name,Job title\n,,Boss\n")
    assert (result.added, result.rejected) == (0, 1)


# ---- what nobody means ----


def test_a_company_that_is_not_taken_is_not_made(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "First name,Last name,Email,Company\nAnna,Berg,anna@berg.de,Berg GmbH\n")
    text = "First name,Last name,Email,Company,Company website,Job title\nAnna,Berg,anna@berg.de,Other Inc,other.example,Boss\n"
    result = taken(store, tmp_path, "contact", text, "fill")
    assert (result.updated, result.created) == (1, {})
    assert rows(store, "SELECT name FROM company") == [("Berg GmbH",)]
    result = taken(store, tmp_path, "contact", text, "overwrite")
    assert rows(store, "SELECT name, website FROM company ORDER BY id") == [("Berg GmbH", None), ("Other Inc", "other.example")]
    store.undo()
    assert rows(store, "SELECT name FROM company WHERE deleted_at IS NULL") == [("Berg GmbH",)]


def test_a_company_that_is_filled_in_gets_what_the_row_says_of_it(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "contact", {"given_name": "Anna", "family_name": "Berg", "email": "anna@berg.de"})
    taken(store, tmp_path, "contact", "First name,Last name,Email,Company,Company website\nAnna,Berg,anna@berg.de,Berg GmbH,berg.example\n", "fill")
    assert rows(store, "SELECT c.name, c.website FROM contact p JOIN company c ON c.id = p.company_id") == [("Berg GmbH", "berg.example")]


# ---- what goes with a status ----


def test_a_known_quote_that_was_accepted_since_was_decided_now(store: Store, tmp_path: Path) -> None:
    text = "Quote number;Date;Customer;Status\nA-1;2026-03-04;Müller GmbH;{status}\n"
    taken(store, tmp_path, "quote", text.format(status="sent"))
    before = clock.now_ms()
    taken(store, tmp_path, "quote", text.format(status="accepted"), "overwrite")
    ((status, decided),) = rows(store, "SELECT status, decided_at FROM quote")
    assert status == "accepted"
    assert decided >= before


def test_a_known_ticket_that_was_closed_since_was_done_now_and_opened_again_it_was_never(store: Store, tmp_path: Path) -> None:
    text = "Number,Subject,Status,Opened\nT-9,Printer,{status},2026-01-03 10:00\n"
    taken(store, tmp_path, "ticket", text.format(status="open"))
    before = clock.now_ms()
    taken(store, tmp_path, "ticket", text.format(status="closed"), "overwrite")
    ((resolved, closed),) = rows(store, "SELECT resolved_at, closed_at FROM ticket")
    assert min(resolved, closed) >= before
    taken(store, tmp_path, "ticket", text.format(status="waiting"), "overwrite")
    ((resolved, closed, waiting),) = rows(store, "SELECT resolved_at, closed_at, waiting_since FROM ticket")
    assert (resolved, closed, waiting >= before) == (None, None, True)
    taken(store, tmp_path, "ticket", text.format(status="open"), "overwrite")
    assert rows(store, "SELECT status, waiting_since FROM ticket") == [("open", None)]


def test_what_belongs_to_a_status_that_is_not_taken_is_not_taken_either(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "ticket", "Number,Subject,Status,Opened\nT-9,Printer,open,2026-01-03 10:00\n")
    taken(store, tmp_path, "ticket", "Number,Subject,Status,Resolved,Closed\nT-9,Printer,closed,2026-02-04 09:00,2026-02-05 09:00\n", "fill")
    assert rows(store, "SELECT status, resolved_at, closed_at FROM ticket") == [("open", None, None)]
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Stage\n1,Alpha,Acme,Proposal\n")
    text = "Deal ID,Deal,Company,Stage,Lost reason\n1,Alpha,Acme,Lost,Price\n"
    taken(store, tmp_path, "deal", text, "fill")
    sql = "SELECT s.outcome, d.lost_reason FROM deal d JOIN stage s ON s.id = d.stage_id"
    assert rows(store, sql) == [("open", None)]
    taken(store, tmp_path, "deal", text, "overwrite")
    assert rows(store, sql) == [("lost", "Price")]
    taken(store, tmp_path, "deal", text.replace("Price", "Time"), "overwrite")
    assert rows(store, sql) == [("lost", "Time")]
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Lost reason\n1,Alpha,Acme,Budget\n", "overwrite")
    assert rows(store, sql) == [("lost", "Budget")]


def test_a_known_task_is_done_by_now_if_the_file_says_so(store: Store, tmp_path: Path) -> None:
    text = "Task ID,Subject,Due date,Status\n1,Call,2026-12-01,{status}\n"
    taken(store, tmp_path, "task", text.format(status="open"))
    before = clock.now_ms()
    assert taken(store, tmp_path, "task", text.format(status="done"), "fill").updated == 1
    assert rows(store, "SELECT done_at FROM task")[0][0] >= before
    assert taken(store, tmp_path, "task", text.format(status="open"), "fill").updated == 0
    assert taken(store, tmp_path, "task", text.format(status="open"), "overwrite").updated == 1
    assert rows(store, "SELECT done_at FROM task") == [(None,)]


# ---- what is empty ----


def test_an_empty_cell_overwrites_nothing_with_what_a_new_record_would_begin_with(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "ticket", "Number,Subject,Status,Priority,Opened\nT-9,Printer,closed,high,2026-01-03 10:00\n")
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Stage,Amount,Currency,Close Date\n1,Alpha,Acme,Won,1000,USD,2026-02-03\n")
    taken(store, tmp_path, "product", "Code,Name,Price,Currency,Active\nA,Desk,,USD,no\n")
    taken(store, tmp_path, "lead", "Lead ID,Name,Company,Status,Created,Email\n1,Ada King,Acme,qualified,2026-01-02,ada@acme.com\n")
    taken(store, tmp_path, "activity", "Activity ID,Type,Subject,Date,Notes\n1,call,Hello,2026-01-02 09:00,Long talk\n")
    found = (
        "SELECT status, priority, opened_at, resolved_at, closed_at FROM ticket",
        "SELECT s.outcome, d.amount, d.currency, d.closed_on, d.stage_since FROM deal d JOIN stage s ON s.id = d.stage_id",
        "SELECT currency, is_active FROM product", "SELECT status, arrived_at FROM lead", "SELECT kind, subject, at FROM activity",
    )  # fmt: skip
    before = [rows(store, sql) for sql in found]
    taken(store, tmp_path, "ticket", "Number,Subject,Status,Priority,Opened\nT-9,Printer,,,\n", "overwrite")
    taken(store, tmp_path, "deal", "Deal ID,Deal,Company,Stage,Amount,Currency,Close Date\n1,Alpha,Acme,,1000,,\n", "overwrite")
    taken(store, tmp_path, "product", "Code,Name,Price,Currency,Active\nA,Desk,,,\n", "overwrite")
    taken(store, tmp_path, "lead", "Lead ID,Name,Company,Status,Created,Email\n1,Ada King,Acme,,,ada@acme.com\n", "overwrite")
    taken(store, tmp_path, "activity", "Activity ID,Type,Subject,Date,Notes\n1,,,,Long talk\n", "overwrite")
    assert [rows(store, sql) for sql in found] == before


def test_an_empty_status_and_date_of_a_known_quote_stay_as_they_are(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "quote", "Quote number;Date;Customer;Status\nA-1;2026-03-04;Müller GmbH;accepted\n")
    result = taken(store, tmp_path, "quote", "Quote number;Date;Customer;Status\nA-1;;Müller GmbH;\n", "overwrite")
    assert (result.updated, result.skipped) == (0, 1)
    assert rows(store, "SELECT status, date FROM quote") == [("accepted", "2026-03-04")]


# ---- issued quotes ----

QUOTES = "Quote number;Date;Customer;Status\n"


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A-1;2026-03-05;Acme;accepted", "A-1 was issued and can't be changed."), ("A-3;2026-03-04;Acme;issued", "A-3 was issued and can't be changed."),
        ("A-3;2026-03-04;Acme;declined", "Status: A-3 is accepted already."),
    ],
)  # fmt: skip
def test_a_row_that_would_change_an_issued_quote_is_refused_alone(store: Store, tmp_path: Path, row: str, reason: str, dry_run: bool) -> None:
    taken(store, tmp_path, "quote", QUOTES + "A-1;2026-03-04;Acme;sent\nA-3;2026-03-04;Acme;accepted\n")
    before = rows(store, "SELECT number, date, status FROM quote ORDER BY number")
    path = tmp_path / "again.csv"
    path.write_text(f"{QUOTES}{row}\nA-2;2026-03-05;Acme;accepted\n", encoding="utf-8")
    result = import_file(store, "quote", path, ImportOptions(on_duplicate="overwrite", dry_run=dry_run))
    assert (result.added, result.updated, [problem.reason for problem in result.problems]) == (1, 0, [reason])
    assert rows(store, "SELECT number, date, status FROM quote WHERE number <> 'A-2' ORDER BY number") == before


def test_a_draft_of_ours_is_not_issued_by_a_file(store: Store, tmp_path: Path) -> None:
    draft = store.run(records.add, "quote", {"subject": "Boxes"})
    result = taken(store, tmp_path, "quote", f"id,Number,Subject,Status\n{draft},A-1,Boxes,issued\n,A-2,Lids,issued\n", "overwrite")
    assert [problem.reason for problem in result.problems] == ["Status: A quote becomes valid by issuing it."]
    assert rows(store, "SELECT number, status FROM quote ORDER BY number") == [(None, "draft"), ("A-2", "issued")]


def test_the_answer_to_an_issued_quote_and_whom_it_is_about_come_in(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "quote", QUOTES + "A-1;2026-03-04;Acme;sent\n")
    result = taken(store, tmp_path, "quote", QUOTES + "A-1;2026-03-04;Acme North;declined\n", "overwrite")
    assert (result.updated, result.rejected) == (1, 0)
    assert rows(store, "SELECT q.status, c.name FROM quote q JOIN company c ON c.id = q.company_id") == [("declined", "Acme North")]


# ---- customers of known tickets ----

REQUESTED = "Number,Subject,Requester,Requester email\n"
OF_WHOM = (
    "SELECT t.number, c.name, e.address FROM ticket t LEFT JOIN contact c ON c.id = t.contact_id LEFT JOIN email e ON e.contact_id = c.id ORDER BY t.number"
)
PEOPLE = "SELECT name FROM contact WHERE deleted_at IS NULL ORDER BY name"


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
@pytest.mark.parametrize("by_mail_alone", [False, True])
def test_a_known_ticket_without_a_customer_gets_the_one_of_the_file(store: Store, tmp_path: Path, mode: str, by_mail_alone: bool) -> None:
    taken(store, tmp_path, "ticket", f"{REQUESTED}T-1,Printer,Eva Klein,eva@k.de\nT-2,Mouse,,\nT-3,Desk,,\n")
    name = "" if by_mail_alone else "Ida Neu"
    known = "" if by_mail_alone else "Eva Klein"
    result = taken(store, tmp_path, "ticket", f"{REQUESTED}T-1,Printer,Eva Klein,eva@k.de\nT-2,Mouse,{name},ida@n.de\nT-3,Desk,{known},eva@k.de\n", mode)
    assert (result.updated, result.skipped, result.created) == (2, 1, {"contact": 1})
    assert rows(store, OF_WHOM) == [("T-1", "Eva Klein", "eva@k.de"), ("T-2", name or "ida@n.de", "ida@n.de"), ("T-3", "Eva Klein", "eva@k.de")]
    store.undo()
    assert rows(store, OF_WHOM)[1:] == [("T-2", None, None), ("T-3", None, None)]
    assert rows(store, PEOPLE) == [("Eva Klein",)]


def test_another_customer_of_a_known_ticket_counts_where_the_file_wins_and_is_not_made_elsewhere(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "ticket", f"{REQUESTED}T-1,Printer,Eva Klein,eva@k.de\n")
    text = f"{REQUESTED}T-1,Printer,Max Neu,max@n.de\n"
    assert taken(store, tmp_path, "ticket", text, "fill").skipped == 1
    assert rows(store, PEOPLE) == [("Eva Klein",)]
    assert taken(store, tmp_path, "ticket", text, "overwrite").updated == 1
    assert rows(store, OF_WHOM) == [("T-1", "Max Neu", "max@n.de")]
    assert taken(store, tmp_path, "ticket", f"{REQUESTED}T-1,Printer,,\n", "overwrite").skipped == 1


def test_a_row_that_completes_a_new_ticket_brings_its_customer(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "ticket", f"{REQUESTED}T-1,Printer,,\nT-1,Printer,Ida Neu,ida@n.de\nT-1,Printer,Ida Neu,ida@n.de\n", "fill")
    assert rows(store, OF_WHOM) == [("T-1", "Ida Neu", "ida@n.de")]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_line_or_discount_for_an_issued_quote_is_refused_alone(store: Store, tmp_path: Path, dry_run: bool) -> None:
    line = {"description": "Box", "quantity": "2", "unit_price": "50", "tax_category": "S", "tax_rate": "19"}
    number = store.run(quotes.issue, store.run(quotes.add_document, {"currency": "EUR", "date": "2026-03-01", "lines": [line]})[0]).number
    taken(store, tmp_path, "quote", QUOTES + "A-9;2026-03-04;Acme;sent\n")
    for entity, text in (
        ("quote_line", f"Quote,Description,Quantity,Unit price\n{number},Lid,1,5\nA-9,Lid,1,5\n"),
        ("allowance_charge", f"Quote,Reason,Percent\n{number},Loyal,10\nA-9,Loyal,10\n"),
    ):
        path = tmp_path / f"{entity}.csv"
        path.write_text(text, encoding="utf-8")
        result = import_file(store, entity, path, ImportOptions(dry_run=dry_run))
        assert (result.added, [problem.reason for problem in result.problems]) == (1, [f"{number} was issued and can't be changed."])


# ---- the same again ----


def test_of_two_rows_for_one_record_the_later_wins_whatever_they_change(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "product", "Code,Name,Price,Unit\nA,Desk,1,pcs\nB,Chair,1,pcs\n")
    taken(store, tmp_path, "product", "Code,Name,Price,Unit\nB,Chair,9,\nA,Desk,5,kg\nA,Desk,7,kg\n", "overwrite")
    assert rows(store, "SELECT code, price / 1000000, unit FROM product ORDER BY code") == [("A", 7, "kg"), ("B", 9, "pcs")]


def test_a_ticket_that_gets_its_number_here_comes_in_once_though_the_file_has_a_column_of_numbers(store: Store, tmp_path: Path) -> None:
    text = "Number,Subject,Status,Opened\n,Printer,open,2026-01-01 10:00\n,Phone,open,2026-01-01 10:00\nT-9,Mouse,open,2026-01-01 10:00\n"
    assert taken(store, tmp_path, "ticket", text).added == 3
    for mode in ("skip", "fill", "overwrite"):
        assert taken(store, tmp_path, "ticket", text, mode).skipped == 3
    assert rows(store, "SELECT count(*) FROM ticket") == [(3,)]


@pytest.mark.parametrize(("mode", "parent", "made"), [("fill", "Mutter AG", 1), ("overwrite", "Omega", 2)])
def test_the_one_above_whom_a_later_row_of_the_file_names_counts_as_anything_else_does(store: Store, tmp_path: Path, mode: str, parent: str, made: int) -> None:
    result = taken(store, tmp_path, "company", "Company,Parent company\nBeta,Mutter AG\nBeta,Omega\n", mode)
    assert result.created == {"company": made}
    assert rows(store, "SELECT p.name FROM company c JOIN company p ON p.id = c.parent_id WHERE c.name = 'Beta'") == [(parent,)]


@pytest.mark.parametrize("entity", ["contact", "lead"])
def test_people_without_a_name_come_in_once_however_often_their_file_does(store: Store, tmp_path: Path, entity: str) -> None:
    taken(store, tmp_path, entity, "First name,Last name,Email,Phone\nEva,Klein,info@klein.de,\nJan,Klein,info@klein.de,\n")
    text = "Name,Email,Phone\n,info@klein.de,\n,,+49 221 1234567\n,solo@x.de,+49 221 7654321\n"
    assert taken(store, tmp_path, entity, text).added == 3
    for mode in ("skip", "fill", "overwrite"):
        assert taken(store, tmp_path, entity, text, mode).added == 0
    assert rows(store, f"SELECT count(*) FROM {entity}") == [(5,)]


def test_a_row_that_says_what_only_people_have_is_a_person(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "First name,Last name,Email,Company,Job title\n,,boss@acme.de,Acme,Boss\nAnna,Berg,anna@acme.de,Acme,Clerk\n")
    assert rows(store, "SELECT p.name, p.role, c.name FROM contact p JOIN company c ON c.id = p.company_id ORDER BY p.id") == [
        ("boss@acme.de", "Boss", "Acme"), ("Anna Berg", "Clerk", "Acme"),
    ]  # fmt: skip
