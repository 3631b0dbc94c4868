from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmdesk import clock
from crmdesk.documents.calculator import AllowanceCharge, Line, Tax, calculate
from crmdesk.documents.written import read_totals
from crmdesk.errors import CannotUndo, DamageFound, UserError
from crmdesk.models.quote import Quote, QuoteLine
from crmdesk.operations import deals, expiry, numbers, quotes, records, workspace
from crmdesk.queries import quotes as asked
from crmdesk.queries.quotes import LineItem
from crmdesk.store import Change, open_store, operation
from crmdesk.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmdesk.store import Store
    from crmdesk.store.keys import Key


def document(**values: Any) -> dict[str, Any]:
    line = {"description": "Cold-chain box", "quantity": "120", "unit": "pcs", "unit_price": "89.00", "tax_category": "S", "tax_rate": "20"}
    return {"currency": "EUR", "lines": [line], **values}


def add(store: Store, **values: Any) -> UUID:
    return store.run(quotes.add_document, document(**values))[0]


def shown(store: Store, quote_id: UUID) -> asked.QuoteView:
    with store.read() as reader:
        return asked.view(reader, quote_id)


def rows(store: Store, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql, parameters)


def kept_totals(store: Store, quote_id: UUID) -> dict[str, Any]:
    ((totals,),) = rows(store, "SELECT totals FROM quote WHERE id = ?", quote_id.bytes)
    return read_totals(json.loads(totals)).to_json()


def text_of(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in opened)


def numbers_given(store: Store) -> list[tuple[str, bool]]:
    return [(number, bool(withdrawn)) for number, withdrawn in rows(store, "SELECT number, withdrawn FROM spent_number ORDER BY number")]


@pytest.fixture
def company(store: Store) -> UUID:
    return store.run(records.add, "company", {"name": "Ernst Handel"})


@pytest.fixture
def deal(store: Store, company: UUID) -> UUID:
    return store.run(records.add, "deal", {"name": "Three-year contract", "company": company, "amount": "100.00 EUR"})


def amount_of(store: Store, deal: UUID) -> int:
    return rows(store, "SELECT amount FROM deal WHERE id = ?", deal.bytes)[0][0]


def stage_of(store: Store, deal: UUID) -> str:
    return rows(store, "SELECT s.outcome FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.id = ?", deal.bytes)[0][0]


# -- documents -------------------------------------------------------------------------------------------------------------------


def same(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return sorted(tuple(plain(tax[key]) for key in ("tax_category", "tax_rate", "taxable", "tax")) for tax in value)
        return value if value.isalpha() else Decimal(value)

    return all(plain(found[name]) == plain(value) for name, value in expected.items())


@pytest.mark.shared
def test_every_example_of_the_standard_comes_out_as_expected_through_the_store(store: Store, shared_data: Path) -> None:
    for path in sorted((shared_data / "en16931").glob("*.json")):
        source = json.loads(path.read_text(encoding="utf-8"))
        quote, totals = store.run(quotes.add_document, source)
        assert same(totals, source["expected"]), path.name
        assert kept_totals(store, quote) == totals
        store.run(quotes.issue, quote)
        assert kept_totals(store, quote) == totals


def test_a_document_becomes_a_draft_with_totals_in_the_decimals_of_its_currency(store: Store, company: UUID) -> None:
    quote, totals = store.run(quotes.add_document, document(company="Ernst Handel", prepaid="100.00"))
    assert totals == {
        "line_nets": ["10680.00"], "line_total": "10680.00", "allowance_total": "0.00", "charge_total": "0.00", "tax_exclusive": "10680.00",
        "taxes": [{"tax_category": "S", "tax_rate": "20", "taxable": "10680.00", "tax": "2136.00"}], "tax_total": "2136.00", "tax_inclusive": "12816.00", "payable": "12716.00",
    }  # fmt: skip
    its = shown(store, quote)
    assert (its.number, its.status, its.version, its.company and its.company.title) == (None, "draft", 1, "Ernst Handel")
    assert rows(store, "SELECT net, tax, payable, amount_base FROM quote") == [(1068000, 213600, 1271600, 1271600)]


def test_a_line_that_names_no_tax_bears_the_usual_one_with_and_without_a_product(store: Store) -> None:
    store.run(records.add, "product", {"name": "Box", "code": "BOX", "price": "10 EUR"})
    bare: list[dict[str, Any]] = [
        {"description": "Work", "unit_price": "10"},
        {"product": "BOX"},
        {"description": "Abroad", "unit_price": "10", "tax_category": "Z"},
    ]
    _, totals = store.run(quotes.add_document, {"currency": "EUR", "lines": bare})
    assert [(tax["tax_category"], tax["tax_rate"], tax["tax"]) for tax in totals["taxes"]] == [("S", "19", "3.80"), ("Z", "0", "0.00")]


def test_a_tax_rate_above_a_hundred_is_refused(store: Store) -> None:
    with pytest.raises(UserError, match="190 is not a possible tax rate"):
        store.run(quotes.add_document, {"currency": "EUR", "lines": [{"description": "Work", "unit_price": "10", "tax_rate": "190"}]})


def test_a_document_that_is_issued_stays_as_it_was_given(store: Store, company: UUID) -> None:
    given = document(
        company="Ernst Handel", contact=None, deal=None, language="de", date="2026-11-21", valid_until="2026-12-20", reference="Ref 7", intro="Hello", terms="Cash", tax_inclusive=True,
        prepaid="5.00", rounding="0.02",
    )  # fmt: skip
    given["lines"] = [
        {"description": "Part one", "kind": "text"},
        {"description": "Box\nWhite\nwith lid", "product": None, "quantity": "1.123456", "unit": "pcs", "unit_price": "0.000001", "price_base_quantity": "100",
         "allowance_charges": [{"charge": False, "amount": None, "percent": "2.5", "base_amount": "10.00", "reason": "Volume"}], "optional": False,
         "taxes": [{"name": "GST", "rate": "5", "base": "net"}, {"name": "QST", "rate": "9.975", "base": "cumulative"}]},
        {"description": "", "kind": "subtotal"},
        {"description": "Lid", "product": None, "quantity": "-2", "unit": None, "unit_price": "3", "price_base_quantity": "1", "allowance_charges": [], "optional": True,
         "tax_category": "AE", "tax_rate": "0"},
    ]  # fmt: skip
    given["allowance_charges"] = [
        {"charge": True, "amount": "1.50", "percent": None, "base_amount": None, "reason": "Freight", "tax_category": "S", "tax_rate": "19"},
        {"charge": False, "amount": None, "percent": "3", "base_amount": None, "reason": ""},
    ]
    quote, totals = store.run(quotes.add_document, given)
    store.run(quotes.issue, quote)
    ((frozen,),) = rows(store, "SELECT frozen FROM quote")
    again = json.loads(frozen)["document"]
    assert again["lines"][1]["allowance_charges"][0].pop("base_amount") == "10"
    given["lines"][1]["allowance_charges"][0].pop("base_amount")
    assert again["allowance_charges"][0].pop("amount") == "1.5"
    given["allowance_charges"][0].pop("amount")
    assert again == given


@pytest.mark.parametrize(
    "given",
    [
        {"left_at": "2026-01-01 10:00"}, {"sent_at": "2026-01-01 10:00"}, {"issued_at": "2026-01-01 10:00"}, {"decided_at": "2026-01-01 10:00"}, {"decline_reason": "dear"},
        {"pdf_sha256": "12"}, {"pdf": ""}, {"version": "7"}, {"previous": ""},
    ],
)  # fmt: skip
def test_what_issuing_and_deciding_note_on_a_quote_is_not_written_by_hand(store: Store, company: UUID, given: dict[str, str]) -> None:
    quote = add(store)
    with pytest.raises(UserError, match="filled in by the program"):
        store.run(records.edit, "quote", [quote], given)
    with pytest.raises(UserError, match="filled in by the program"):
        store.run(records.add, "quote", {"subject": "Boxes", **given})


def test_the_pdf_of_an_issued_quote_stays_with_it(store: Store, company: UUID) -> None:
    quote = add(store)
    store.run(quotes.issue, quote)
    pdf = UUID(bytes=rows(store, "SELECT pdf_id FROM quote WHERE id = ?", quote.bytes)[0][0])
    for change in ({"quote": ""}, {"name": "other.pdf"}):
        with pytest.raises(UserError, match="is the PDF of Q-"):
            store.run(records.edit, "attachment", [pdf], change)
    with pytest.raises(UserError, match="filled in by the program"):
        store.run(records.edit, "attachment", [pdf], {"sha256": "12"})
    with pytest.raises(UserError, match="is the PDF of Q-"):
        store.run(records.delete, "attachment", [pdf])
    assert quotes.pdf(store, quote)


@pytest.mark.parametrize("taxes", ['[{"name": "VAT", "rate": "5"}, {"name": "VAT", "rate": "5"}]', '[{"rate": "5"}]', '{"name": 1}', "[" * 100_000, "x"])
def test_taxes_of_a_line_that_are_none_are_refused_whatever_way_they_come(store: Store, company: UUID, taxes: str) -> None:
    quote, _ = store.run(quotes.add_document, document(company="Ernst Handel"))
    line = rows(store, "SELECT id FROM quote_line")[0][0]
    with pytest.raises(UserError, match="tax|expected"):
        store.run(records.edit, "quote_line", [UUID(bytes=line)], {"taxes": taxes})
    assert rows(store, "SELECT tax FROM quote") == [(213600,)]


@pytest.mark.parametrize(("name", "text"), [("company", "Nobody Ltd"), ("contact", "John Nobody"), ("deal", "No deal")])
def test_a_document_that_names_somebody_unknown_is_refused_and_leaves_nothing(store: Store, name: str, text: str) -> None:
    with pytest.raises(UserError, match=text) as refused:
        store.run(quotes.add_document, document(**{name: text}))
    assert refused.value.field == name
    assert rows(store, "SELECT 1 FROM quote") == []


def test_a_product_fills_what_a_line_leaves_out(store: Store) -> None:
    store.run(records.add, "product", {"name": "Cold-chain box 40 l", "code": "CCB-40", "price": "89.00 EUR", "unit": "pcs", "tax_rate": "20"})
    quote, totals = store.run(quotes.add_document, {"currency": "EUR", "lines": [{"product": "CCB-40", "quantity": "2"}]})
    line = shown(store, quote).lines[0]
    assert (line.line.description, line.line.unit, line.line.product, totals["payable"]) == ("Cold-chain box 40 l", "pcs", "CCB-40", "213.60")
    assert line.product_id
    with pytest.raises(UserError, match="CCB-99"):
        store.run(quotes.add_document, {"currency": "EUR", "lines": [{"product": "CCB-99"}]})
    with pytest.raises(UserError, match="number is missing"):
        store.run(quotes.add_document, {"currency": "USD", "lines": [{"product": "CCB-40"}]})


def test_of_two_contacts_with_one_name_the_customers_is_meant(store: Store, company: UUID) -> None:
    other = store.run(records.add, "company", {"name": "Other"})
    store.run(records.add, "contact", {"given_name": "Ann", "family_name": "Lee", "company": other})
    ann = store.run(records.add, "contact", {"given_name": "Ann", "family_name": "Lee", "company": company})
    contact = shown(store, add(store, company="Ernst Handel", contact="Ann Lee")).contact
    assert contact and contact.id == ann
    with pytest.raises(UserError):
        add(store, contact="Ann Lee")


@pytest.mark.parametrize("text", ["\ud800", "\x00nul", "<b>bold & more</b>", "😀", "שלום", "x" * 10_000])
def test_hostile_texts_are_kept_or_refused_but_break_nothing(store: Store, text: str) -> None:
    try:
        quote = add(store, lines=[{"description": text, "unit_price": "1"}], reference=text[:100])
    except UserError:
        return
    store.run(quotes.issue, quote)
    assert quotes.pdf(store, quote).startswith(b"%PDF")
    assert verify(store, deep=True) == []


def test_prices_include_tax_by_default_in_chinese_and_where_the_store_says_so(store: Store) -> None:
    line = [{"description": "盒子", "unit_price": "113", "tax_rate": "13"}]
    assert store.run(quotes.add_document, document(lines=line, language="zh", currency="CNY"))[1]["payable"] == "113.00"
    assert store.run(quotes.add_document, document(lines=line, language="zh", tax_inclusive=False))[1]["payable"] == "127.69"
    assert store.run(quotes.add_document, document(lines=line))[1]["payable"] == "127.69"
    store.run(records.add, "company", {"name": "明德贸易", "language": "zh"})
    assert store.run(quotes.add_document, document(lines=line, company="明德贸易"))[1]["payable"] == "113.00"


# -- lines and their totals ------------------------------------------------------------------------------------------------------


def test_saving_lines_keeps_those_that_stay_and_can_be_undone(store: Store) -> None:
    quote = add(store, lines=[{"description": name, "unit_price": "1.00", "tax_category": "Z"} for name in ("A", "B", "C")])
    a, b, c = shown(store, quote).lines
    store.run(
        quotes.set_lines,
        quote,
        [c.changed(quantity=Decimal(5)), LineItem(Line("New", unit_price=Decimal("0.5"))), a],
        [AllowanceCharge(False, percent=Decimal(10))],
    )
    its = shown(store, quote)
    assert [line.line.description for line in its.lines] == ["C", "New", "A"]
    assert [its.lines[0].id, its.lines[2].id] == [c.id, a.id]
    assert its.totals.payable == Decimal("5.85")
    store.undo()
    its = shown(store, quote)
    assert ([line.line.description for line in its.lines], its.totals.payable) == (["A", "B", "C"], Decimal("3.00"))
    assert rows(store, "SELECT payable, net FROM quote") == [(300, 300)]
    assert [net for (net,) in rows(store, "SELECT net FROM quote_line WHERE deleted_at IS NULL ORDER BY position")] == [100, 100, 100]
    store.redo()
    assert rows(store, "SELECT payable FROM quote") == [(585,)]


def test_the_cached_totals_follow_whoever_writes_the_lines(store: Store) -> None:
    quote = store.run(records.add, "quote", {"subject": "By hand"})
    line = store.run(records.add, "quote_line", {"quote": quote, "description": "Box", "quantity": "3", "unit_price": "1.50", "tax_rate": "19"})
    assert rows(store, "SELECT net, tax, payable FROM quote") == [(450, 86, 536)]
    store.run(records.edit, "quote_line", [line], {"quantity": "4"})
    assert rows(store, "SELECT net, payable FROM quote") == [(600, 714)]
    store.run(records.edit, "quote", [quote], {"tax_inclusive": "yes"})
    assert rows(store, "SELECT net, payable FROM quote") == [(504, 600)]
    store.run(records.delete, "quote_line", [line])
    assert rows(store, "SELECT net, payable FROM quote") == [(0, 0)]


@operation("Bulk", right="quote.write")
def bulk(change: Change, quotes_: Sequence[tuple[Any, ...]], lines: Sequence[tuple[Any, ...]]) -> None:
    change.insert_many(Quote, ("id", "number", "status", "currency", "date"), quotes_)
    change.insert_many(QuoteLine, ("id", "quote_id", "position", "description", "quantity", "unit_price"), lines)


def test_quotes_of_another_program_keep_their_numbers_and_get_totals(store: Store) -> None:
    first, second = clock.new_id_bytes(), clock.new_id_bytes()
    lines = [(clock.new_id_bytes(), owner, 1, "Chai", 12_000_000, 14_000_000) for owner in (first, second)]
    store.run(bulk, [(first, "10248", "accepted", "USD", "1996-07-04"), (second, "10249", "issued", "USD", "1996-07-05")], lines)
    assert rows(store, "SELECT number, net, payable, title FROM quote ORDER BY number") == [("10248", 16800, 16800, None), ("10249", 16800, 16800, None)]
    assert "10249" in text_of(quotes.pdf(store, UUID(bytes=second)))
    with pytest.raises(UserError, match="10249"):
        store.run(quotes.set_lines, UUID(bytes=second), [])


amounts = st.decimals(min_value=-1000, max_value=1000, places=3)
lines_of_any_sort = st.builds(
    Line, st.text("abc", max_size=5), amounts, amounts, st.sampled_from([Decimal(1), Decimal(3)]),
    st.lists(st.builds(AllowanceCharge, st.booleans(), st.decimals(0, 100, places=2), st.none()), max_size=2).map(tuple),
    st.just("S"), st.sampled_from([Decimal(0), Decimal(7), Decimal("9.975")]), st.sampled_from([(), (Tax("GST", Decimal(5)), Tax("QST", Decimal("9.975"), "cumulative"))]),
    st.booleans(), st.sampled_from(["item", "text", "subtotal"]),
)  # fmt: skip
documents_of_any_sort = st.tuples(
    st.lists(lines_of_any_sort, max_size=6), st.lists(st.builds(AllowanceCharge, st.booleans(), percent=st.just(Decimal(3))), max_size=2)
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(documents_of_any_sort, min_size=1, max_size=4))
def test_stored_totals_are_those_of_the_calculator_through_saving_undo_and_redo(store: Store, steps: list[tuple[list[Line], list[AllowanceCharge]]]) -> None:
    quote = add(store)

    def agree() -> tuple[Any, ...]:
        its = shown(store, quote)
        totals = calculate(its.document)
        kept = rows(store, "SELECT net, tax, payable, totals FROM quote WHERE id = ?", quote.bytes)[0]
        assert kept[:3] == tuple(int(each * 100) for each in (totals.tax_exclusive, totals.tax_total, totals.payable))
        assert its.totals == totals
        return kept

    states = []
    for lines, allowances in steps:
        before, written = agree(), rows(store, "SELECT max(id) FROM journal_tx")
        store.run(quotes.set_lines, quote, [LineItem(line) for line in lines], allowances)
        if rows(store, "SELECT max(id) FROM journal_tx") != written:  # from nothing to nothing is no change
            states.append(before)
    for state in reversed(states):
        store.undo()
        assert agree() == state


# -- issuing ---------------------------------------------------------------------------------------------------------------------


def test_issuing_gives_the_number_and_freezes_everything(store: Store, company: UUID, deal: UUID) -> None:
    quote = add(store, company="Ernst Handel", deal="Three-year contract", date="2026-11-21", valid_until="2026-12-20")
    assert "Draft" in text_of(quotes.pdf(store, quote))
    issued = store.run(quotes.issue, quote)
    assert issued.number == "Q-2026-0001"
    its = shown(store, quote)
    assert (its.status, its.number, its.language, its.payment_days) == ("issued", "Q-2026-0001", "en", 30)
    pdf = quotes.pdf(store, quote)
    assert rows(store, "SELECT pdf_sha256 FROM quote") == [(hashlib.sha256(pdf).hexdigest(),)]
    assert "Q-2026-0001" in text_of(pdf)
    assert "12,816.00" in text_of(pdf)
    assert "Draft" not in text_of(pdf)
    store.run(records.edit, "company", [company], {"name": "Renamed"})
    assert quotes.pdf(store, quote) == pdf
    frozen = json.loads(rows(store, "SELECT frozen FROM quote")[0][0])
    assert frozen["totals"]["payable"] == "12816.00"
    assert frozen["letter"]["recipient"] == ["Ernst Handel"]
    assert rows(store, "SELECT name, mime, quote_id FROM attachment") == [("Quote Q-2026-0001.pdf", "application/pdf", quote.bytes)]
    assert verify(store, deep=True) == []


def test_a_quote_without_items_or_with_an_end_before_its_date_is_not_issued(store: Store) -> None:
    with pytest.raises(UserError, match="without items"):
        store.run(quotes.issue, add(store, lines=[{"kind": "text", "description": "Only words"}]))
    with pytest.raises(UserError, match="ends before"):
        store.run(quotes.issue, add(store, date="2026-11-21", valid_until="2026-11-20"))
    assert numbers_given(store) == []


def test_undoing_an_issue_spends_the_number_and_redo_takes_a_new_one(store: Store, deal: UUID) -> None:
    quote = add(store, deal="Three-year contract", date="2026-11-21")
    before = rows(store, "SELECT net, tax, payable, totals, amount_base FROM quote")
    store.run(quotes.issue, quote)
    assert store.undo() == "Issue quote: Q-2026-0001"
    its = shown(store, quote)
    assert (its.status, its.number, its.pdf_id, its.issued_at) == ("draft", None, None, None)
    assert rows(store, "SELECT net, tax, payable, totals, amount_base FROM quote") == before
    assert numbers_given(store) == [("Q-2026-0001", True)]
    store.redo()
    assert shown(store, quote).number == "Q-2026-0002"
    assert "Q-2026-0002" in text_of(quotes.pdf(store, quote))
    assert store.can_undo() == "Issue quote: Q-2026-0002"
    store.undo()
    assert numbers_given(store) == [("Q-2026-0001", True), ("Q-2026-0002", True)]
    store.run(quotes.set_lines, quote, [LineItem(Line("Other", unit_price=Decimal(1)))])
    assert store.run(quotes.issue, quote).number == "Q-2026-0003"
    assert verify(store, deep=True) == []


def test_undoing_what_a_quote_did_gives_its_deal_back_the_amount_and_currency_that_were_typed(store: Store, deal: UUID) -> None:
    def amount() -> tuple[Any, ...]:
        return rows(store, "SELECT amount, currency FROM deal WHERE id = ?", deal.bytes)[0]

    store.run(records.edit, "deal", [deal], {"amount": "20 JPY"})
    quote = add(store, deal="Three-year contract")
    store.run(records.edit, "deal", [deal], {"amount": "30 JPY"})
    store.run(quotes.issue, quote)
    assert amount() == (1068000, "EUR")
    assert store.last_changes
    issued = store.last_changes.tx
    store.run(records.add, "company", {"name": "Something else"})
    store.undo(issued)
    assert amount() == (30, "JPY")
    store.run(records.delete, "quote", [quote])
    store.undo()
    assert amount() == (30, "JPY")
    store.redo()
    store.undo()
    assert amount() == (30, "JPY")
    store.run(quotes.set_lines, quote, [LineItem(Line("Other", unit_price=Decimal(1)))])
    assert amount() == (100, "EUR")
    store.undo()
    assert amount() == (30, "JPY")
    store.redo()
    assert amount() == (100, "EUR")
    assert verify(store, deep=True) == []


def test_an_issue_whose_pdf_left_the_program_cannot_be_undone(store: Store) -> None:
    quote = add(store)
    store.run(quotes.issue, quote)
    store.run(quotes.note_left, quote)
    left = shown(store, quote).left_at
    store.run(quotes.note_left, quote, "printed")
    assert shown(store, quote).left_at == left
    with pytest.raises(CannotUndo, match="left the program"):
        store.undo()
    assert shown(store, quote).status == "issued"


def test_what_can_not_be_undone_is_refused_once_and_is_no_obstacle_then(store: Store, store_path: Path, template: tuple[Path, Key]) -> None:
    store.run(records.add, "company", {"name": "Before"})
    quote = add(store, date="2026-11-21")
    store.run(quotes.issue, quote)
    store.run(quotes.note_left, quote)
    store.run(records.add, "company", {"name": "After"})
    assert store.undo() == "Add: After"
    assert store.can_undo() == "Issue quote: Q-2026-0001 (can't be undone)"
    with pytest.raises(CannotUndo) as refused:
        store.undo()
    assert "left the program" in str(refused.value)
    assert "1 change before it stays with it" in str(refused.value)
    assert str(refused.value).endswith("Undo again to take back “Add: Before”.")
    store.close()
    with open_store(store_path, key=template[1]) as again:
        assert again.can_undo() == "Add: Before"
        assert (again.undo(), again.redo(), again.undo()) == ("Add: Before",) * 3
        assert again.redo() == "Add: Before"
        assert shown(again, quote).status == "issued"
        assert verify(again, deep=True) == []


def test_taking_back_an_earlier_edit_does_not_change_an_issued_quote(store: Store) -> None:
    quote = add(store, date="2026-11-21")
    was = str(shown(store, quote).valid_until)
    store.run(records.edit, "quote", [quote], {"valid_until": "2026-12-24"})
    dated = store.last_changes.tx if store.last_changes else 0
    store.run(quotes.set_lines, quote, [LineItem(Line("Other", unit_price=Decimal(1)))])
    lines = store.last_changes.tx if store.last_changes else 0
    store.run(quotes.issue, quote)
    for tx in (dated, lines):
        with pytest.raises(CannotUndo):
            store.undo(tx)
    store.undo()
    store.undo(lines)
    store.undo(dated)
    assert (str(shown(store, quote).valid_until), shown(store, quote).lines[0].line.description) == (was, "Cold-chain box")


def test_a_draft_that_is_printed_leaves_a_trace_but_stays_free(store: Store) -> None:
    quote = add(store)
    store.run(quotes.note_left, quote, "printed")
    assert shown(store, quote).left_at is None
    assert json.loads(rows(store, "SELECT detail FROM journal_tx ORDER BY id DESC LIMIT 1")[0][0])["how"] == "printed"
    assert store.can_undo() == "Add quote"


def test_a_damaged_pdf_is_not_handed_out(store: Store) -> None:
    quote = add(store)
    store.run(quotes.issue, quote)
    with store.writer_alone() as connection:
        connection.execute("UPDATE attachment_piece SET content = x'00'")
    with pytest.raises(DamageFound):
        quotes.pdf(store, quote)


def test_characters_without_a_glyph_are_named(store: Store) -> None:
    quote = add(store, lines=[{"description": "Kit 😀", "unit_price": "1"}])
    assert "😀" in store.run(quotes.issue, quote).missing
    with store.read() as reader:
        assert "😀" in asked.pdf_of(reader, quote).missing


CHANGES: tuple[tuple[str, str, str], ...] = (
    ("quote", "number", "Q-1"), ("quote", "subject", "Other"), ("quote", "date", "2026-01-01"), ("quote", "valid_until", "2030-01-01"), ("quote", "currency", "USD"),
    ("quote", "status", "draft"), ("quote", "status", "accepted"), ("quote", "tax_inclusive", "yes"), ("quote", "prepaid", "5"), ("quote", "frozen", "{}"), ("quote", "pdf_sha256", "0"),
    ("quote", "rounding_mode", "down"), ("quote", "intro", "Hi"), ("quote", "payment_days", "3"), ("quote_line", "quantity", "7"), ("quote_line", "unit_price", "7"),
    ("quote_line", "description", "Other"), ("quote_line", "tax_rate", "7"), ("quote_line", "optional", "yes"), ("allowance_charge", "amount", "7"), ("allowance_charge", "charge", "yes"),
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([*CHANGES, ("delete", "", ""), ("delete line", "", ""), ("add line", "", ""), ("lines", "", ""), ("issue", "", "")]),
        min_size=1,
        max_size=5,
    )
)
def test_what_was_issued_stays_whatever_anybody_tries(store: Store, attempts: list[tuple[str, str, str]]) -> None:
    quote = add(store, allowance_charges=[{"charge": False, "amount": "8.00"}])
    line = shown(store, quote).lines[0].id
    allowance = UUID(bytes=rows(store, "SELECT id FROM allowance_charge WHERE quote_id = ?", quote.bytes)[0][0])
    store.run(quotes.issue, quote)

    def everything() -> tuple[Any, ...]:
        kept = rows(store, "SELECT number, status, net, tax, payable, totals, frozen, pdf_sha256, deleted_at FROM quote WHERE id = ?", quote.bytes)
        return quotes.pdf(store, quote), kept, rows(store, "SELECT * FROM quote_line WHERE quote_id = ?", quote.bytes), shown(store, quote).totals

    before = everything()
    for entity, name, value in attempts:
        with pytest.raises(UserError):
            match entity:
                case "delete":
                    store.run(records.delete, "quote", [quote])
                case "delete line":
                    store.run(records.delete, "quote_line", [line])
                case "add line":
                    store.run(records.add, "quote_line", {"quote": quote, "description": "More", "unit_price": "1"})
                case "lines":
                    store.run(quotes.set_lines, quote, [])
                case "issue":
                    store.run(quotes.issue, quote)
                case _:
                    store.run(records.edit, entity, [{"quote": quote, "quote_line": line, "allowance_charge": allowance}[entity]], {name: value})
    assert everything() == before


@pytest.mark.parametrize("values", [{"status": "issued"}, {"number": "Q-7"}, {"status": "accepted", "number": "Q-7"}, {"frozen": "{}"}])
def test_a_draft_is_issued_by_issuing_only(store: Store, values: dict[str, str]) -> None:
    quote = add(store)
    with pytest.raises(UserError):
        store.run(records.edit, "quote", [quote], values)
    assert shown(store, quote).status == "draft"


def test_a_line_cannot_be_moved_out_of_an_issued_quote(store: Store) -> None:
    quote, other = add(store), add(store)
    line = shown(store, quote).lines[0].id
    store.run(quotes.issue, quote)
    with pytest.raises(UserError):
        store.run(records.edit, "quote_line", [line], {"quote": str(other)})


def test_whom_an_issued_quote_belongs_to_may_change(store: Store, deal: UUID) -> None:
    quote = add(store)
    store.run(quotes.issue, quote)
    store.run(records.edit, "quote", [quote], {"deal": str(deal)})
    assert amount_of(store, deal) == 1068000


# -- foreign currency ------------------------------------------------------------------------------------------------------------


def test_the_rate_and_its_date_are_kept_with_the_quote(store: Store) -> None:
    store.run(records.add, "exchange_rate", {"code": "USD", "on": "2026-01-01", "rate": "0.9"})
    quote = add(store, currency="USD")
    its = shown(store, quote)
    assert (its.exchange_rate, its.exchange_rate_on) == (Decimal("0.9"), date(2026, 1, 1))
    assert its.base_total and its.base_total.amount == Decimal("11534.40")
    store.run(records.add, "exchange_rate", {"code": "USD", "on": "2026-02-01", "rate": "0.8"})
    store.run(quotes.issue, quote)
    its = shown(store, quote)
    assert its.base_total and (its.exchange_rate, its.base_total.amount) == (Decimal("0.8"), Decimal("10252.80"))
    store.run(records.add, "exchange_rate", {"code": "USD", "on": "2026-03-01", "rate": "0.7"})
    store.run(quotes.accept, quote)
    assert shown(store, quote).exchange_rate == Decimal("0.8")


def test_a_typed_rate_stays_and_gets_its_date_when_the_quote_is_issued(store: Store) -> None:
    store.run(records.add, "exchange_rate", {"code": "USD", "on": "2026-01-01", "rate": "0.9"})
    quote = add(store, currency="USD")
    store.run(records.edit, "quote", [quote], {"exchange_rate": "0.95", "exchange_rate_on": ""})
    store.run(quotes.issue, quote)
    its = shown(store, quote)
    assert its.exchange_rate == Decimal("0.95")
    assert its.exchange_rate_on == clock.today(store.settings.tz)


def test_a_typed_rate_of_a_quote_goes_with_its_currency(store: Store) -> None:
    store.run(records.add, "exchange_rate", {"code": "GBP", "on": "2026-01-01", "rate": "1.2"})
    quote = add(store, currency="USD")
    store.run(records.edit, "quote", [quote], {"exchange_rate": "0.95"})
    store.run(records.edit, "quote", [quote], {"currency": "GBP"})
    assert (shown(store, quote).exchange_rate, shown(store, quote).exchange_rate_on) == (Decimal("1.2"), date(2026, 1, 1))
    store.run(records.edit, "quote", [quote], {"currency": "CHF"})
    assert shown(store, quote).exchange_rate is None
    store.run(records.edit, "quote", [quote], {"currency": "USD", "exchange_rate": "0.9"})
    assert shown(store, quote).exchange_rate == Decimal("0.9")


def test_without_a_rate_a_foreign_quote_has_no_amount_at_home(store: Store) -> None:
    quote = add(store, currency="USD")
    store.run(quotes.issue, quote)
    assert shown(store, quote).base_total is None


# -- the answer ------------------------------------------------------------------------------------------------------------------


def test_accepting_wins_the_deal_at_the_quotes_amount_and_can_be_undone(store: Store, deal: UUID) -> None:
    quote = add(store, deal="Three-year contract")
    store.run(quotes.issue, quote)
    store.run(quotes.accept, quote)
    its = shown(store, quote)
    assert (its.status, its.decided_at is not None, its.leads_deal) == ("accepted", True, True)
    assert (amount_of(store, deal), stage_of(store, deal)) == (1068000, "won")
    assert store.undo().startswith("Accept quote: Q-")
    assert (shown(store, quote).status, stage_of(store, deal)) == ("issued", "open")


def test_declining_keeps_the_reason(store: Store, deal: UUID) -> None:
    quote = add(store, deal="Three-year contract")
    store.run(quotes.issue, quote)
    store.run(quotes.decline, quote, " Too dear ")
    its = shown(store, quote)
    assert (its.status, its.decline_reason, its.leads_deal) == ("declined", "Too dear", False)
    assert stage_of(store, deal) == "open"


def test_the_newest_issued_quote_drives_the_deal_a_draft_where_there_is_none(store: Store, deal: UUID) -> None:
    def priced(price: str) -> UUID:
        return add(store, deal="Three-year contract", lines=[{"description": "Box", "unit_price": price}])

    first = priced("10.00")
    assert amount_of(store, deal) == 1000
    second = priced("20.00")
    assert amount_of(store, deal) == 1000
    store.run(quotes.issue, second)
    assert amount_of(store, deal) == 2000
    store.run(quotes.set_lines, first, [LineItem(Line("Box", unit_price=Decimal(12)))])
    assert amount_of(store, deal) == 2000
    store.run(quotes.issue, first)
    assert amount_of(store, deal) == 1200
    store.run(quotes.decline, first)
    assert amount_of(store, deal) == 2000
    store.run(records.edit, "deal", [deal], {"quote": None})
    store.run(quotes.delete, priced("30.00"))
    assert amount_of(store, deal) == 2000


def test_what_was_won_with_an_accepted_quote_stays_until_another_is_accepted(store: Store, deal: UUID) -> None:
    won = add(store, deal="Three-year contract")
    store.run(quotes.issue, won)
    store.run(quotes.accept, won)
    more = add(store, deal="Three-year contract", lines=[{"description": "Upgrade", "unit_price": "99.00"}])
    store.run(quotes.issue, more)
    version = store.run(quotes.revise, won)
    store.run(quotes.issue, version)
    assert (amount_of(store, deal), shown(store, won).leads_deal) == (1068000, True)
    store.run(quotes.accept, more)
    assert (amount_of(store, deal), shown(store, more).leads_deal) == (9900, True)
    store.undo()
    store.run(deals.set_outcome, deal, "open")
    again = add(store, deal="Three-year contract", lines=[{"description": "Upgrade", "unit_price": "50.00"}])
    store.run(quotes.issue, again)
    assert amount_of(store, deal) == 5000


def test_a_draft_deleted_like_any_record_leaves_the_deal_to_the_next_best(store: Store, deal: UUID) -> None:
    first, second = (add(store, deal="Three-year contract", lines=[{"description": "Box", "unit_price": price}]) for price in ("10.00", "20.00"))
    assert amount_of(store, deal) == 1000
    store.run(records.delete, "quote", [first])
    assert amount_of(store, deal) == 2000
    store.run(records.delete, "quote", [second])
    assert rows(store, "SELECT quote_id FROM deal") == [(None,)]
    store.run(records.restore, "quote", first)
    assert amount_of(store, deal) == 1000
    for _ in range(3):
        store.undo()
    assert amount_of(store, deal) == 1000


def test_quotes_expire_the_day_after_their_last_one(store: Store) -> None:
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        quote, lasting = add(store, valid_until="2026-12-20"), add(store, valid_until="2026-12-21")
        draft = add(store, valid_until="2026-11-30")
        store.run(quotes.issue, quote)
        store.run(quotes.issue, lasting)
        assert store.run(expiry.expire) == 0
    with clock.frozen(datetime(2026, 12, 20, 22, tzinfo=UTC)):
        assert store.run(expiry.expire) == 0
    with clock.frozen(datetime(2026, 12, 20, 23, 30, tzinfo=UTC)):  # in Berlin it is the 21st
        assert store.run(expiry.expire) == 1
        assert [shown(store, each).status for each in (quote, lasting, draft)] == ["expired", "issued", "draft"]
        assert store.run(expiry.expire) == 0
        store.run(quotes.accept, quote)
        assert shown(store, quote).status == "accepted"


def test_a_new_version_replaces_the_old_one_when_it_is_issued(store: Store, deal: UUID) -> None:
    old = add(store, deal="Three-year contract", reference="Ref 7", allowance_charges=[{"charge": False, "percent": "10"}])
    store.run(quotes.issue, old)
    new = store.run(quotes.revise, old)
    its = shown(store, new)
    assert (its.status, its.version, its.number, its.reference) == ("draft", 2, None, "Ref 7")
    assert its.document == shown(store, old).document
    assert {line.id for line in its.lines}.isdisjoint(line.id for line in shown(store, old).lines)
    assert shown(store, old).status == "issued"
    with pytest.raises(UserError, match="version 2"):
        store.run(quotes.revise, old)
    store.run(quotes.set_lines, new, [its.lines[0].changed(quantity=Decimal(1))])
    assert store.run(quotes.issue, new).number == f"Q-{clock.today(store.settings.tz).year}-0002"
    assert shown(store, old).status == "superseded"
    assert [(version.version, version.status) for version in shown(store, old).versions] == [(1, "superseded"), (2, "issued")]
    assert amount_of(store, deal) == 8900
    store.undo()
    assert (shown(store, old).status, shown(store, new).status) == ("issued", "draft")


def test_accepting_puts_other_versions_aside(store: Store) -> None:
    first = add(store)
    store.run(quotes.issue, first)
    store.run(quotes.accept, first)
    second = store.run(quotes.revise, first)
    store.run(quotes.issue, second)
    assert shown(store, first).status == "accepted"
    store.run(quotes.accept, second)
    assert [shown(store, each).status for each in (first, second)] == ["superseded", "accepted"]


STATES = ("draft", "issued", "expired", "accepted", "declined", "superseded")


def in_state(store: Store, state: str) -> UUID:
    quote = add(store, valid_until="2026-11-22", date="2026-11-21")
    if state == "draft":
        return quote
    store.run(quotes.issue, quote)
    match state:
        case "expired":
            with clock.frozen(datetime(2027, 1, 1, tzinfo=UTC)):
                store.run(expiry.expire)
        case "accepted":
            store.run(quotes.accept, quote)
        case "declined":
            store.run(quotes.decline, quote)
        case "superseded":
            store.run(quotes.issue, store.run(quotes.revise, quote))
        case _:
            pass
    return quote


@pytest.mark.parametrize("state", STATES)
def test_only_what_a_state_allows_can_be_done(store: Store, state: str) -> None:
    deeds: dict[str, Any] = {
        "edit": lambda quote: store.run(quotes.set_lines, quote, [LineItem(Line("Other"))]), "issue": lambda quote: store.run(quotes.issue, quote),
        "accept": lambda quote: store.run(quotes.accept, quote), "decline": lambda quote: store.run(quotes.decline, quote), "revise": lambda quote: store.run(quotes.revise, quote),
        "delete": lambda quote: store.run(quotes.delete, quote),
    }  # fmt: skip
    for action, deed in deeds.items():
        quote = in_state(store, state)
        assert shown(store, quote).status == state
        if action in shown(store, quote).actions:
            deed(quote)
        else:
            with pytest.raises(UserError):
                deed(quote)
            assert shown(store, quote).status == state


def test_every_state_says_what_may_be_done_in_it() -> None:
    assert set(asked.ACTIONS) == set(STATES) == {choice.value for choice in Quote.fields["status"].choices}


# -- quotes of deals -------------------------------------------------------------------------------------------------------------


def test_the_products_of_a_deal_fill_its_quote(store: Store, deal: UUID, company: UUID) -> None:
    box = store.run(records.add, "product", {"name": "Box", "price": "89 EUR", "unit": "pcs"})
    lid = store.run(records.add, "product", {"name": "Lid", "price": "5 EUR", "tax_rate": "7"})
    store.run(deals.add_product, deal, box, Decimal(3), Decimal("80"))
    store.run(deals.add_product, deal, lid)
    quote = store.run(quotes.from_deal, deal)
    its = shown(store, quote)
    assert (its.subject, its.company and its.company.id, its.deal and its.deal.id) == ("Three-year contract", company, deal)
    assert [(line.line.description, line.line.quantity, line.line.unit_price, line.line.tax_rate) for line in its.lines] == [
        ("Box", 3, 80, 19), ("Lid", 1, 5, 7),
    ]  # fmt: skip
    assert amount_of(store, deal) == 24500


def test_a_deal_without_products_gives_an_empty_draft_and_keeps_its_amount(store: Store, deal: UUID) -> None:
    quote = store.run(quotes.from_deal, deal)
    assert shown(store, quote).lines == ()
    assert amount_of(store, deal) == 10000


def test_a_number_that_came_from_elsewhere_is_not_given_again(store: Store) -> None:
    @operation("Keep", right="quote.write")
    def keep(change: Change) -> None:
        numbers.keep_own_number(change, "quote", clock.new_id(), "Q-2026-0001")

    store.run(keep)
    assert store.run(quotes.issue, add(store, date="2026-05-01")).number == "Q-2026-0002"


def test_a_quote_dated_last_year_leaves_no_gap_in_this_years_numbers(store: Store) -> None:
    def issued(day: str) -> str:
        return store.run(quotes.issue, add(store, date=day)).number

    given = [
        issued(day) for day in ("2025-03-01", "2025-05-01", "2025-07-01", "2026-01-05", "2025-12-30", "2026-02-01", "2025-12-31", "2027-01-02", "2026-12-31")
    ]
    assert given == [
        "Q-2025-0001", "Q-2025-0002", "Q-2025-0003", "Q-2026-0001", "Q-2025-0004", "Q-2026-0002", "Q-2025-0005", "Q-2027-0001", "Q-2026-0003",
    ]  # fmt: skip


def test_the_first_number_of_a_series_can_be_chosen(store: Store) -> None:
    store.run(workspace.set_series, "quote", "AN-{year}-{seq:05}", 1201)
    assert [store.run(quotes.issue, add(store, date=day)).number for day in ("2026-01-05", "2026-01-06", "2027-01-01")] == [
        "AN-2026-01201", "AN-2026-01202", "AN-2027-00001",
    ]  # fmt: skip


def test_what_is_frozen_names_the_customer_wherever_the_address_puts_the_name(store: Store) -> None:
    address = {"address.street": "世纪大道100号", "address.postal_code": "200120", "address.city": "上海", "address.country": "CN"}
    store.run(records.add, "company", {"name": "上海明德贸易有限公司", **address})
    store.run(quotes.issue, add(store, company="上海明德贸易有限公司", language="zh"))
    frozen = json.loads(rows(store, "SELECT frozen FROM quote")[0][0])
    assert frozen["document"]["company"] == "上海明德贸易有限公司"
    assert frozen["letter"]["recipient"][0] == "200120"
