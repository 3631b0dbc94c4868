from __future__ import annotations

import io
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.i18n import speaking
from crmdesk.models.registry import entity_class
from crmdesk.operations import attachments, quotes, records
from crmdesk.queries import quotes as asked
from crmdesk.queries import records as found
from crmdesk.queries.flat import FlatColumn, flat
from crmdesk.queries.search import search

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store import Store


def add(store: Store, price: str = "100.00", **values: Any) -> UUID:
    source = {"currency": "EUR", "lines": [{"description": "Box", "unit_price": price, "tax_category": "S", "tax_rate": "19"}], **values}
    return store.run(quotes.add_document, source)[0]


def language_of(store: Store, quote_id: UUID) -> str:
    with store.read() as reader:
        return asked.page_of(reader, quote_id).language


def view(store: Store, quote_id: UUID) -> asked.QuoteView:
    with store.read() as reader:
        return asked.view(reader, quote_id)


def text_of(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in opened)


def png() -> bytes:
    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", (60, 60), "red").save(held, "PNG")
    return held.getvalue()


# -- figures ---------------------------------------------------------------------------------------------------------------------


def test_the_figures_count_what_is_open_what_ends_soon_and_what_was_accepted_this_month(store: Store) -> None:
    with clock.frozen(datetime(2026, 10, 31, 12, tzinfo=UTC)):
        store.run(quotes.accept, issued(store, "1000.00"))
    with clock.frozen(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)):  # in Berlin it is November
        store.run(quotes.accept, issued(store, "10.00"))
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        issued(store, "20.00", valid_until="2026-11-28")
        issued(store, "30.00", valid_until="2026-11-29")
        issued(store, "40.00", currency="USD")
        add(store, "50.00")
        with store.read() as reader:
            found = asked.figures(reader)
    assert (found.open.count, found.open.total.base, found.open.total.apart) == (3, 5950, (("USD", 4760),))
    assert (found.expiring.count, found.expiring.total.base) == (1, 2380)
    assert (found.accepted.count, found.accepted.total.base) == (1, 1190)
    assert (found.drafts.count, found.drafts.total.base) == (1, 5950)


def issued(store: Store, price: str, **values: Any) -> UUID:
    quote = add(store, price, **values)
    store.run(quotes.issue, quote)
    return quote


def test_somebody_who_sees_only_their_own_counts_only_their_own(store: Store) -> None:
    mine = issued(store, "1.00")
    other = store.run(records.add, "member", {"name": "Tom"})
    theirs = issued(store, "2.00")
    store.run(records.edit, "quote", [theirs], {"owner": str(other)})
    store.act_as("own_ones")
    with store.read() as reader:
        assert asked.figures(reader).open.count == 1
        assert asked.view(reader, mine).margin is None
        for ask in (asked.view, asked.why, asked.page_of, asked.pdf_of):
            with pytest.raises(UserError):
                ask(reader, theirs)
    with pytest.raises(UserError):
        store.run(quotes.accept, theirs)


# -- the page --------------------------------------------------------------------------------------------------------------------


def test_the_margin_is_shown_to_those_who_may_see_cost(store: Store) -> None:
    store.run(records.add, "product", {"name": "Box", "code": "BOX", "price": "100.00", "cost": "60.00", "tax_rate": "19"})
    lines = [{"product": "BOX", "quantity": "10", "allowance_charges": [{"charge": False, "percent": "10"}]}, {"description": "Work", "unit_price": "50"},
             {"product": "BOX", "quantity": "5", "optional": True}]  # fmt: skip
    quote = add(store, lines=lines)
    margin = view(store, quote).margin
    assert margin and (margin.amount.amount, margin.percent, margin.without_cost) == (Decimal("300.00"), Decimal("33.33"), 1)
    store.act_as("sales")
    assert view(store, quote).margin is None


def test_a_cost_in_the_stores_currency_is_taken_at_the_quotes_rate(store: Store) -> None:
    store.run(records.add, "product", {"name": "Box", "code": "BOX", "price": "100.00", "cost": "45.00"})
    store.run(records.add, "exchange_rate", {"code": "USD", "on": "2026-01-01", "rate": "0.9"})
    margin = view(store, add(store, currency="USD", lines=[{"product": "BOX", "unit_price": "120"}])).margin
    assert margin and (margin.amount.amount, margin.amount.currency) == (Decimal("70.00"), "USD")


def test_the_page_speaks_the_language_of_its_reader(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Muster AG", "language": "de", "payment_days": "14"})
    store.run(records.add, "contact", {"given_name": "Li", "family_name": "王", "company": company, "language": "zh"})
    assert language_of(store, add(store)) == "en"
    assert language_of(store, add(store, company="Muster AG")) == "de"
    quote = add(store, company="Muster AG", contact="Li 王", tax_inclusive=False)
    assert (language_of(store, quote), view(store, quote).payment_days) == ("zh", 14)
    assert language_of(store, add(store, company="Muster AG", language="en")) == "en"


def test_why_explains_the_total_of_an_issued_quote_too(store: Store) -> None:
    quote = issued(store, "55.55")
    with store.read() as reader:
        steps = asked.why(reader, quote)
    assert steps[-1].amount == view(store, quote).totals.payable == Decimal("66.10")


def test_a_line_for_a_product_has_its_price_in_its_own_currency_only(store: Store) -> None:
    product = store.run(records.add, "product", {"name": "Box", "price": "9.50 EUR", "unit": "pcs"})
    exempt = store.run(records.add, "product", {"name": "Course", "tax_category": "E", "tax_rate": "0"})
    with store.read() as reader:
        line = asked.line_for(reader, product, "EUR", Decimal(3)).line
        assert (line.unit_price, line.quantity, line.unit, line.tax_category, line.tax_rate) == (Decimal("9.5"), 3, "pcs", "S", 19)
        assert asked.line_for(reader, product, "USD").line.unit_price == 0
        assert asked.line_for(reader, exempt, "EUR").line.tax_category == "E"


# -- the letter ------------------------------------------------------------------------------------------------------------------


def test_the_pdf_bears_the_stores_letterhead_and_what_was_agreed(store: Store) -> None:
    store.run(records.change_settings, {
        "company_name": "Northwind Traders", "company_address": "Hafenstraße 1\n20457 Hamburg", "company_iban": "DE02 1203 0000 0000 2020 51", "company_vat_id": "DE123456789",
        "quote_terms": "Goods stay ours until they are paid.", "quote_intro": "As discussed:",
    })  # fmt: skip
    address = [{"street": "Kirchgasse 6", "postal_code": "8010", "city": "Graz", "country": "Austria"}]
    company = store.run(records.add, "company", {"name": "Ernst Handel", "customer_number": "ERNSH", "address": address})
    store.run(records.add, "contact", {"given_name": "Roland", "family_name": "Mendel", "salutation": "mr", "company": company})
    quote = add(store, company="Ernst Handel", contact="Roland Mendel", reference="Ref 7")
    text = text_of(quotes.pdf(store, quote))
    for part in ("Northwind Traders", "Hafenstraße 1", "DE02 1203", "DE123456789", "Ernst Handel", "Kirchgasse 6", "8010 Graz", "AUSTRIA", "ERNSH", "Ref 7", "Dear Mr Mendel,",
                 "As discussed:", "Goods stay ours", "30 days net", "Maria Becker", "119.00", "Draft"):  # fmt: skip
        assert part in text, part


def test_a_chinese_quote_has_its_amount_in_words_and_the_seal(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "明德贸易", "language": "zh"})
    store.run(records.add, "contact", {"given_name": "小明", "family_name": "王", "salutation": "ms", "company": company})
    seal = store.run(attachments.attach, "company", company, "seal.png", png())
    store.run(records.change_settings, {"seal_id": str(seal), "company_name": "北风", "company_tax_number": "91110108MA01ABCD12"})
    quote = add(store, "113.00", company="明德贸易", contact="王小明", currency="CNY", date="2026-11-21")
    with store.read() as reader:
        page = asked.page_of(reader, quote)
    assert page.letterhead.seal == png()
    assert page.letterhead.logo is None
    text = "".join(text_of(quotes.pdf(store, quote)).split())
    for part in ("尊敬的王女士：", "壹佰壹拾叁元整", "91110108MA01ABCD12", "2026年"):
        assert part in text, part
    with store.read() as reader:
        assert asked.page_of(reader, add(store, language="en")).letterhead.seal is None


def test_the_customers_vat_id_stands_on_a_quote_that_leaves_the_tax_to_them(store: Store) -> None:
    store.run(records.add, "company", {"name": "Ernst Handel", "vat_id": "ATU12345675", "language": "de"})
    shifted = {"description": "Box", "unit_price": "10", "tax_category": "AE", "tax_rate": "0"}
    for quote, is_shown in ((add(store, company="Ernst Handel", lines=[shifted]), True), (add(store, company="Ernst Handel"), False)):
        with store.read() as reader:
            assert (("Your VAT ID", "ATU12345675") in asked.page_of(reader, quote).info) is is_shown


def test_a_new_version_says_which_quote_it_replaces(store: Store) -> None:
    first = issued(store, "100.00")
    second = store.run(quotes.revise, first)
    number = store.run(quotes.issue, second).number
    with store.read() as reader:
        assert [label for label, _ in asked.page_of(reader, first).info if label == "Replaces"] == []
        assert ("Replaces", view(store, first).number) in asked.page_of(reader, second).info
    third = store.run(quotes.revise, second)
    with store.read() as reader:
        assert ("Replaces", number) in asked.page_of(reader, third).info


def test_columns_are_those_that_were_chosen(store: Store) -> None:
    quote = add(store)
    with store.read() as reader:
        assert asked.page_of(reader, quote).columns == ()
    store.run(records.change_settings, {"quote_columns": ["description", "amount"]})
    with store.read() as reader:
        assert asked.page_of(reader, quote).columns == ("description", "amount")
    assert "Qty" not in text_of(quotes.pdf(store, quote))


def test_what_is_not_saved_yet_can_be_previewed(store: Store) -> None:
    quote = add(store)
    its = view(store, quote)
    with store.read() as reader:
        page = asked.page_of(reader, quote, unsaved=replace(its.document, lines=(its.lines[0].changed(quantity=Decimal(7)).line,)))
    assert page.totals.payable == Decimal("833.00")
    assert view(store, quote).totals.payable == Decimal("119.00")


def test_the_file_is_called_what_the_reader_calls_it(store: Store) -> None:
    quote = add(store, date="2026-11-21")
    with store.read() as reader:
        assert asked.file_name(reader, quote) == "Quote (draft).pdf"
    store.run(quotes.issue, quote)
    with store.read() as reader:
        assert asked.file_name(reader, quote) == "Quote Q-2026-0001.pdf"


def test_a_draft_without_number_and_subject_is_called_draft(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Acme"})
    draft = store.run(records.add, "quote", {"company": str(company), "reference": "Zeppelin"})
    titled = store.run(records.add, "quote", {"company": str(company), "subject": "Cold boxes"})
    for quote in (draft, titled):
        store.run(records.add, "activity", {"kind": "note", "subject": "Called", "quote": str(quote)})
    with store.read() as reader:
        shown = {found.record(reader, "activity", uuid.UUID(bytes=record))["quote"]["title"] for record in found.ids(reader, "activity")}
        assert shown == {"Draft", "Cold boxes"}
        assert [hit.title for hit in search(reader, "zeppelin")] == ["Draft"]
        with speaking("de"):
            assert found.titles(reader, "quote", [draft]) == {draft.bytes: ("Entwurf", False)}
        exported = flat(reader, entity_class("activity"), found.ids(reader, "activity"), [FlatColumn("quote")])
        assert {title for block in exported for title in block[1]} == {"", "Cold boxes"}
