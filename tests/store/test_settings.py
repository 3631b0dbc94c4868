"""The store's settings take what they can work with."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.errors import UserError
from crmdesk.operations import attachments, records
from crmdesk.queries.quotes import usual_tax
from crmdesk.reports.quote_page import COLUMNS
from crmdesk.store.settings import QUOTE_COLUMNS

if TYPE_CHECKING:
    from crmdesk.store import Store

PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("payment_days", -1, "Payment term (days): -1 is not allowed; it lies between 0 and 3650."),
        ("quote_valid_days", 10**9, "Quotes are valid (days): 1000000000 is not allowed; it lies between 0 and 3650."),
        ("lock_after_minutes", -5, "Lock after (minutes): -5 is not allowed; it lies between 0 and 1440."),
        ("quality_threshold", 101, "Warn when the data quality falls below (%): 101 is not allowed; it lies between 0 and 100."),
        ("export_reason_from", -1, "Ask for a reason when exporting at least this many records: -1 is too little; at least 0 is allowed."),
        ("tax_rate", "190", "Usual tax rate (%): 190 is not allowed; it lies between 0 and 100."),
        ("tax_rate", "much", "“much” is not a number."),
        ("rounding_mode", "up", "“up” is not one of the choices."),
        ("rounding_level", "page", "“page” is not one of the choices."),
        ("letter_colour", "red", "“red” is no colour such as #0F766E."),
        ("currency", "EURR", "There is no currency “EURR”; EUR is near to it."),
        ("hours", [["17:00", "09:00"], [], [], [], [], [], []], "Working hours end after they begin, and do not overlap."),
        ("hours", [1, 2, 3, 4, 5, 6, 7], "This list can't be read."),
        ("hours", [{}, {}, {}, {}, {}, {}, {}], "This list can't be read."),
        ("areas", [1], "This list can't be read."),
        ("areas", ["today", "somewhere"], "“somewhere” is not one of the choices."),
        ("quote_columns", ["amount", "colour"], "“colour” is not one of the choices."),
        ("currency", "XXX", "There is no currency “XXX”."),
        ("currency", "XTS", "There is no currency “XTS”."),
        ("payment_days", "many", "“many” can't be read."),
        ("tax_inclusive", 1, "“1” can't be read."),
        ("pipeline", "Nobody's", "There is no Pipeline “Nobody's”."),
        ("service_level", "gold", "There is no Service level “gold”."),
        ("logo_id", "picture.png", "There is no File “picture.png”."),
        ("seal_id", "00000000-0000-0000-0000-000000000001", "There is no File “00000000-0000-0000-0000-000000000001”."),
        ("region", "ZZ", "“ZZ” is no country code such as DE, US or CN."),
        ("region", "de", "“de” is no country code such as DE, US or CN."),
        ("hours", [["9"], [], [], [], [], [], []], "Working hours are pairs of times, such as 09:00 to 17:00."),
    ],
)
def test_a_setting_that_nothing_could_work_with_is_refused(store: Store, name: str, value: object, says: str) -> None:
    with pytest.raises(UserError) as refused:
        store.run(records.change_settings, {name: value})
    assert refused.value.message == says
    assert refused.value.field in {name, None}


@pytest.mark.parametrize(("name", "value"), [("tax_rate", "8.1"), ("tax_rate", ""), ("lock_after_minutes", 0), ("letter_colour", "#ff00AA"), ("rounding_mode", "down")])  # fmt: skip
def test_a_setting_takes_what_may_be(store: Store, name: str, value: object) -> None:
    store.run(records.change_settings, {name: value})
    assert getattr(store.settings, name) == value


def test_a_setting_names_a_record_by_its_name(store: Store) -> None:
    with store.read() as reader:
        pipeline, name = reader.rows("SELECT id, name FROM pipeline WHERE deleted_at IS NULL")[0]
    store.run(records.change_settings, {"pipeline": name})
    assert store.settings.pipeline == str(UUID(bytes=pipeline))
    store.run(records.change_settings, {"pipeline": ""})
    assert store.settings.pipeline == ""


def test_a_file_that_is_no_picture_is_no_logo(store: Store) -> None:
    company = store.run(records.add, "company", {"name": "Northern Trading"})
    store.run(attachments.attach, "company", company, "offer.txt", b"text")
    store.run(attachments.attach, "company", company, "logo.png", PICTURE)
    with pytest.raises(UserError, match="no picture"):
        store.run(records.change_settings, {"logo_id": "offer.txt"})
    store.run(records.change_settings, {"logo_id": "logo.png"})
    assert UUID(store.settings.logo_id)


def test_what_an_older_program_left_in_a_setting_does_not_stop_another_one_from_being_changed(store: Store) -> None:
    changed = replace(store.settings, areas=("customers",)).changed({"payment_days": 14})
    assert changed.payment_days == 14


def test_a_quote_has_the_columns_that_can_be_chosen() -> None:
    assert tuple(COLUMNS) == QUOTE_COLUMNS


@pytest.mark.parametrize(("typed", "kept"), [("19 %", "19"), ("8,1", "8.1"), ("+20", "20"), ("0", "0"), ("100", "100"), ("9.975", "9.975")])
def test_a_tax_rate_is_kept_as_a_plain_number_however_it_is_written(store: Store, typed: str, kept: str) -> None:
    store.run(records.change_settings, {"tax_rate": typed})
    assert store.settings.tax_rate == kept
    assert usual_tax(store.settings)[1] == Decimal(kept)


def test_the_currency_of_a_store_stays_once_there_are_amounts(store: Store) -> None:
    store.run(records.change_settings, {"currency": "USD"})
    store.run(records.add, "deal", {"name": "Boston", "amount": "1000 EUR"})
    with pytest.raises(UserError, match="stays USD"):
        store.run(records.change_settings, {"currency": "JPY"})
    store.run(records.change_settings, {"currency": "USD", "payment_days": 14})
    assert (store.settings.currency, store.settings.payment_days) == ("USD", 14)
    store.undo()
    store.undo()
    store.undo()
    assert store.settings.currency == "EUR"


@pytest.mark.parametrize(
    ("role", "entity", "values"), [("sales", "lead", {"family_name": "Moss"}), ("finance", "exchange_rate", {"code": "USD", "rate": "0.9", "on": "2026-01-01"})]
)
def test_what_the_program_writes_beside_a_record_does_not_stand_in_the_way_of_its_undo(store: Store, role: str, entity: str, values: dict[str, str]) -> None:
    store.run(records.add, "deal", {"name": "Boston", "amount": "1000 USD"})
    store.act_as(role)
    store.run(records.add, entity, values)
    store.undo()
    with store.read() as reader:
        assert reader.value(f'SELECT count(*) FROM "{entity}" WHERE deleted_at IS NULL') == 0
