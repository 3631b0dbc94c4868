"""What values records take: required own fields, limits, currencies, decimals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Money, limits
from crmdesk.models.base import ENTITIES
from crmdesk.operations import cells, quotes, records, workspace
from crmdesk.queries import records as asked

if TYPE_CHECKING:
    from crmdesk.store import Store


def value(store: Store, entity: str, record: UUID, name: str) -> Any:
    with store.read() as reader:
        (row,) = asked.rows(reader, entity, [record], [name])
    return row.values[name]


# ---- required own fields ----


@pytest.fixture
def segment(store: Store) -> Store:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    return store


def test_a_record_without_a_required_own_field_is_refused(segment: Store) -> None:
    with pytest.raises(UserError, match="Segment is missing") as said:
        segment.run(records.add, "contact", {"name": "Anna Berg"})
    assert said.value.field == "segment"
    segment.run(records.add, "contact", {"name": "Anna Berg", "segment": "Food"})


def test_a_required_own_field_cannot_be_emptied(segment: Store) -> None:
    anna = segment.run(records.add, "contact", {"name": "Anna Berg", "segment": "Food"})
    with pytest.raises(UserError, match="Segment is missing"):
        segment.run(records.edit, "contact", [anna], {"segment": ""})
    with pytest.raises(UserError, match="Segment is missing"):
        segment.run(cells.put, "contact", [(anna, {"segment": None})])
    assert value(segment, "contact", anna, "segment") == "Food"


def test_a_record_that_lacks_a_required_own_field_from_before_may_be_changed_elsewhere(store: Store) -> None:
    anna = store.run(records.add, "contact", {"name": "Anna Berg"})
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    store.run(records.edit, "contact", [anna], {"role": "Buyer"})
    assert value(store, "contact", anna, "role") == "Buyer"


def test_no_field_of_a_quote_is_required_since_drafts_begin_empty(store: Store) -> None:
    with pytest.raises(UserError, match="begins as an empty draft"):
        store.run(workspace.add_field, "quote", "Project", "text", required=True)
    project = store.run(workspace.add_field, "quote", "Project", "text")
    with pytest.raises(UserError, match="begins as an empty draft"):
        store.run(records.edit, "custom_field", [project], {"required": "yes"})


# ---- limits ----

SAMPLES: dict[str, dict[str, str]] = {
    "company": {"name": "A"}, "contact": {"name": "Anna"}, "deal": {"name": "D", "stage": "Won"}, "activity": {"subject": "S"}, "task": {"subject": "T", "due_on": "2026-11-20", "repeats": "week"}, "product": {"name": "P"},
    "ticket": {"subject": "T"}, "queue": {"name": "Q"}, "service_level": {"name": "L"},
}  # fmt: skip
LIMITED = [
    (cls.entity.name, field.name)
    for cls in ENTITIES.values()
    if cls.entity.name in SAMPLES
    for field in cls.fields.values()
    if field.kind in {"integer", "decimal", "date"} and not field.derived and limits(field) != (None, None)
]


@pytest.mark.parametrize(("entity", "name"), LIMITED)
def test_a_value_beyond_a_limit_is_refused_and_one_at_it_taken(store: Store, entity: str, name: str) -> None:
    field = ENTITIES[entity].fields[name]
    least, most = limits(field)
    step: Any = timedelta(days=1) if field.kind == "date" else 1
    record = store.run(records.add, entity, SAMPLES[entity])
    for bound, beyond in ((least, None if least is None else least - step), (most, None if most is None else most + step)):
        if bound is None:
            continue
        store.run(records.edit, entity, [record], {name: bound})
        assert value(store, entity, record, name) == bound
        with pytest.raises(UserError) as said:
            store.run(records.edit, entity, [record], {name: beyond})
        assert said.value.field == name
        assert field.label in said.value.message
        assert value(store, entity, record, name) == bound


@pytest.mark.parametrize(
    ("entity", "name", "text", "says"),
    [
        ("ticket", "csat", "7", "Satisfaction (1-5): 7 is not allowed; it lies between 1 and 5."),
        ("company", "employees", "-3", "Employees: -3 is too little; at least 0 is allowed."),
        ("company", "founded", "20255", "Founded: 20255 is not allowed; it lies between 500 and 2027."),
        ("company", "payment_days", "100000", "Payment term (days): 100000 is not allowed; it lies between 0 and 3650."),
        ("contact", "birthday", "2190-01-01", "Birthday: 1 Jan 2190 is not allowed; it lies between 1 Jan 1850 and 22 Nov 2026."),
        ("deal", "expected_close_on", "0226-01-01", "Expected close: 1 Jan 226 is not allowed; it lies between 1 Jan 1800 and 31 Dec 2199."),
        ("deal", "exchange_rate", "0", "An exchange rate is greater than 0."),
        ("product", "tax_rate", "190", "Tax rate (%): 190 is not allowed; it lies between 0 and 100."),
        ("activity", "minutes", "-5", "Duration (minutes): -5 is not allowed; it lies between 0 and 527040."),
    ],
)
def test_the_error_names_field_value_and_what_is_allowed(store: Store, entity: str, name: str, text: str, says: str) -> None:
    with clock.frozen(clock.moment(1_795_300_000_000)):
        record = store.run(records.add, entity, SAMPLES[entity])
        with pytest.raises(UserError) as said:
            store.run(records.edit, entity, [record], {name: text})
    assert (said.value.message, said.value.field) == (says, name)


def test_a_birthday_may_still_lack_its_year(store: Store) -> None:
    anna = store.run(records.add, "contact", {"name": "Anna", "birthday": "24.12."})
    assert value(store, "contact", anna, "birthday") == date(1604, 12, 24)


def test_own_fields_keep_the_limits_of_their_kind(store: Store) -> None:
    store.run(workspace.add_field, "company", "Since", "date")
    with pytest.raises(UserError, match="Since: "):
        store.run(records.add, "company", {"name": "A", "since": "0226-01-01"})


def test_a_stage_is_won_by_no_more_than_a_hundred_percent(store: Store) -> None:
    with store.read() as reader:
        (stage,) = asked.ids(reader, "stage", limit=1)
    with pytest.raises(UserError, match="Win rate"):
        store.run(records.edit, "stage", [UUID(bytes=stage)], {"win_rate": "150"})


# ---- currencies ----


@pytest.mark.parametrize(("entity", "given"), [("company", SAMPLES["company"]), ("deal", SAMPLES["deal"]), ("product", SAMPLES["product"]), ("lead", {"family_name": "Roth"}), ("quote", {})])  # fmt: skip
def test_a_currency_that_does_not_exist_is_refused(store: Store, entity: str, given: dict[str, str]) -> None:
    with pytest.raises(UserError, match="There is no currency “XQZ”") as said:
        store.run(records.add, entity, {**given, "currency": "XQZ"})
    assert said.value.field == "currency"


def test_an_exchange_rate_is_that_of_a_currency(store: Store) -> None:
    with pytest.raises(UserError, match="There is no currency “XQZ”"):
        store.run(records.add, "exchange_rate", {"code": "XQZ", "rate": "2", "on": "2026-11-01"})


def test_a_currency_nearly_right_is_named(store: Store) -> None:
    with pytest.raises(UserError, match="There is no currency “EURR”; EUR is near to it"):
        store.run(records.add, "deal", {"name": "D", "currency": "EURR"})


@pytest.mark.parametrize(
    ("text", "code"), [("eur", "EUR"), ("€", "EUR"), ("US Dollar", "USD"), ("Schweizer Franken", "CHF"), ("人民币", "CNY"), ("DEM", "DEM")]
)
def test_a_currency_may_be_written_as_people_do_and_former_ones_are_known(store: Store, text: str, code: str) -> None:
    deal = store.run(records.add, "deal", {"name": "D", "currency": text, "amount": "5"})
    assert value(store, "deal", deal, "amount") == Money(Decimal("5.00"), code)


def test_the_currency_decides_what_an_amount_beside_it_is_whichever_comes_first(store: Store) -> None:
    for given in ({"amount": "1000", "currency": "JPY"}, {"currency": "JPY", "amount": "1000"}):
        deal = store.run(records.add, "deal", {"name": "D", **given})
        assert value(store, "deal", deal, "amount") == Money(Decimal(1000), "JPY")


def test_another_currency_leaves_the_number_as_it_is(store: Store) -> None:
    deal = store.run(records.add, "deal", {"name": "D", "amount": "12 EUR"})
    store.run(records.edit, "deal", [deal], {"currency": "JPY"})
    assert value(store, "deal", deal, "amount") == Money(Decimal(12), "JPY")
    store.run(records.edit, "deal", [deal], {"amount": "12.50 EUR"})
    with pytest.raises(UserError, match="12.5 has decimals, and JPY has none"):
        store.run(records.edit, "deal", [deal], {"currency": "JPY"})


# ---- decimals ----


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("12.345 EUR", "12.345 has more decimals than the 2 of EUR."),
        ("1.5 JPY", "1.5 has decimals, and JPY has none."),
        ("1.0005 KWD", "1.0005 has more decimals than the 3 of KWD."),
        (Money(Decimal("0.001"), "EUR"), "0.001 has more decimals than the 2 of EUR."),
        (Decimal("0.001"), "0.001 has more decimals than the 2 of EUR."),
    ],
)
def test_an_amount_with_more_decimals_than_its_currency_is_refused(store: Store, amount: Any, says: str) -> None:
    with pytest.raises(UserError) as said:
        store.run(records.add, "deal", {"name": "D", "amount": amount})
    assert (said.value.message, said.value.field) == (says, "amount")


@pytest.mark.parametrize(("amount", "stored"), [("12.340 EUR", 1234), ("1.000 KWD", 1000), ("15.0 JPY", 15), ("12.500000 EUR", 1250)])
def test_zeros_behind_are_no_decimals(store: Store, amount: str, stored: int) -> None:
    deal = store.run(records.add, "deal", {"name": "D", "amount": amount})
    with store.read() as reader:
        assert reader.value("SELECT amount FROM deal WHERE id = ?", (deal.bytes,)) == stored


def test_a_price_has_up_to_six_decimals(store: Store) -> None:
    box = store.run(records.add, "product", {"name": "Box", "price": "0.123456 EUR"})
    assert value(store, "product", box, "price") == Money(Decimal("0.123456"), "EUR")
    with pytest.raises(UserError, match="0.1234567 has more than 6 decimals"):
        store.run(records.edit, "product", [box], {"price": "0.1234567 EUR"})


def test_a_quantity_has_up_to_six_decimals(store: Store) -> None:
    quote, _ = store.run(quotes.add_document, {"currency": "EUR", "lines": []})
    line = {"quote": str(quote), "description": "Box", "unit_price": "1"}
    store.run(records.add, "quote_line", {**line, "quantity": "0.000001"})
    with pytest.raises(UserError, match="more than 6 decimals"):
        store.run(records.add, "quote_line", {**line, "quantity": "0.0000001"})


@pytest.mark.parametrize("text", ["9" * 30, "9" * 30 + " JPY", "9" * 200])
def test_an_amount_longer_than_any_is_too_large(store: Store, text: str) -> None:
    with pytest.raises(UserError, match="too large"):
        store.run(records.add, "deal", {"name": "D", "amount": text})
    with pytest.raises(UserError, match="too large"):
        KINDS["decimal"].read("9" * 30, ENTITIES["product"].fields["tax_rate"], store.settings.reading)
