"""Stories of data quality: what is wrong with a record, how good the whole store is, and the lists behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from crmdesk.clock import frozen, now
from crmdesk.errors import UserError
from crmdesk.operations import records, sample, workspace
from crmdesk.queries import quality, reports
from crmdesk.queries import records as listed
from crmdesk.queries.finding import parse_condition
from crmdesk.queries.problems import DIMENSIONS, MEASURED, rules_of

if TYPE_CHECKING:
    from crmdesk.queries.report_tables import Figure
    from crmdesk.store import Reader, Store

GOOD = {
    "given_name": "Maria",
    "family_name": "Anders",
    "role": "Buyer",
    "company": "Ernst Handel",
    "phone": "+43 316 7675 3425",
    "email": "maria@ernst.example",
}


def add(store: Store, entity: str, **values: str) -> UUID:
    return store.run(records.add, entity, values)


def _id(raw: bytes) -> UUID:
    return UUID(bytes=raw)


def problems(store: Store, entity: str, record: UUID) -> set[str]:
    with store.read() as reader:
        found = quality.of_record(reader, entity, record)
    assert found is not None
    return {rule.name for rule in found.problems}


def test_a_contact_that_has_everything_has_no_problem(store: Store) -> None:
    add(store, "company", name="Ernst Handel")
    maria = add(store, "contact", **GOOD)
    with store.read() as reader:
        found = quality.of_record(reader, "contact", maria)
    assert found is not None
    assert (found.percent, found.problems, set(found.dimensions.values())) == (100, (), {100})


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"phone": "", "email": ""}, "unreachable"), ({"given_name": ""}, "no_full_name"), ({"company": ""}, "no_company"), ({"role": ""}, "no_role"),
        ({"phone": "ask Peter"}, "phone_unreadable"), ({"birthday": "2099-01-01"}, "born_later"),
    ],
)  # fmt: skip
def test_each_fault_of_a_contact_is_named(store: Store, values: dict[str, str], problem: str) -> None:
    add(store, "company", name="Ernst Handel")
    with frozen(datetime(2100, 1, 1, tzinfo=UTC)):  # on a computer whose clock goes wrong
        contact = add(store, "contact", **{name: value for name, value in {**GOOD, **values}.items() if value})
    assert problems(store, "contact", contact) == {problem}


def test_records_that_share_a_name_or_a_mail_address_are_no_longer_unique(store: Store) -> None:
    add(store, "company", name="Ernst Handel")
    first, second = add(store, "contact", **GOOD), add(store, "contact", **GOOD)
    assert problems(store, "contact", first) == problems(store, "contact", second) == {"mail_shared", "name_shared"}
    store.run(records.delete, "contact", [second])
    assert problems(store, "contact", first) == set()


def test_a_customer_nobody_spoke_to_for_a_year_is_out_of_date(store: Store) -> None:
    add(store, "company", name="Ernst Handel")
    maria = add(store, "contact", **GOOD)
    with frozen(now() + timedelta(days=370)):
        assert problems(store, "contact", maria) == {"silent"}
        add(store, "activity", kind="call", subject="How are you", contact=str(maria))
        assert problems(store, "contact", maria) == set()


def test_deals_want_an_amount_a_customer_and_a_day(store: Store) -> None:
    deal = add(store, "deal", name="Boxes")
    assert problems(store, "deal", deal) == {"no_amount", "no_customer", "no_close_date"}
    add(store, "company", name="Ernst Handel")
    late = add(store, "deal", name="More boxes", amount="100 EUR", company="Ernst Handel", expected_close_on="2020-01-01")
    assert problems(store, "deal", late) == {"close_date_past"}


def test_the_store_is_measured_as_its_records_are_one_by_one(store: Store) -> None:
    store.run(sample.fill)
    with store.read() as reader:
        whole = quality.of_store(reader)
        assert {measured.entity for measured in whole.entities} == set(MEASURED)
        for measured in whole.entities:
            each = [quality.of_record(reader, measured.entity, record) for record in map(_id, listed.ids(reader, measured.entity))]
            assert len(each) == measured.records
            for rule, count in measured.failing.items():
                assert count == sum(rule in found.problems for found in each if found), rule.name
        assert whole.percent is not None
        assert 0 < whole.percent < 100
        assert set(whole.dimensions) == set(DIMENSIONS)


def test_every_figure_of_the_report_opens_the_records_it_counts(store: Store) -> None:
    store.run(sample.fill)
    with store.read() as reader:
        table = reports.run(reader, "data_quality")
        counted = [row for row in table.rows if row[2].value is not None]
        assert len(counted) == sum(len(rules_of(entity)) for entity in MEASURED)
        for row in counted:
            figure = row[3]
            assert figure.opens
            assert figure.opens == row[2].opens == row[4].opens
            assert len(_opened(reader, figure)) == figure.value


def test_the_report_has_a_figure_for_each_dimension_of_the_store_and_of_each_entity(store: Store) -> None:
    store.run(sample.fill)
    with store.read() as reader:
        whole = quality.of_store(reader)
        table = reports.run(reader, "data_quality")
        of_store = {row[1].value: row[4].value for row in table.rows if row[0].value == "All"}
        assert of_store == {label: whole.dimensions[name] for name, label in DIMENSIONS.items()}
        companies = next(measured for measured in whole.entities if measured.entity == "company")
        row = next(row for row in table.rows if (row[0].value, row[1].value, row[2].value) == ("Companies", "Complete", None))
        assert row[4].value == companies.percent_of("completeness")
        lists = [_opened(reader, other[3]) for other in table.rows if other[0].value == "Companies" and other[1].value == "Complete" and other[2].value]
        assert set(_opened(reader, row[4])) == set().union(*lists)


def _opened(reader: Reader, figure: Figure) -> list[UUID]:
    assert figure.opens
    return listed.ids(reader, figure.opens.entity, [parse_condition(text) for text in figure.opens.where])


def test_an_unknown_problem_is_refused_with_the_names_there_are(store: Store) -> None:
    with store.read() as reader, pytest.raises(UserError, match="There is no problem") as refused:
        listed.ids(reader, "contact", [parse_condition("problem = bad_hair")])
    assert "no_role" in (refused.value.hint or "")
    assert "completeness" in (refused.value.hint or "")


def test_the_threshold_is_a_percentage(store: Store) -> None:
    store.run(workspace.change_settings, {"quality_threshold": 90})
    assert store.settings.quality_threshold == 90
    with pytest.raises(UserError, match="between 0 and 100"):
        store.run(workspace.change_settings, {"quality_threshold": 101})
