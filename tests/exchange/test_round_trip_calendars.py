"""Calendars carry activities and tasks whole: what no calendar has a term for goes in terms of our own, and the records that are meant are found again."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import quotes, records
from crmdesk.store import open_store
from tests.exchange import bare

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store import Store
    from crmdesk.store.keys import Key

ABOUT = ("company", "contact", "lead", "deal", "quote", "ticket")


def own_fields(store: Store) -> None:
    for about in ("activity", "task"):
        for name, kind in bare.OWN_FIELDS.items():
            store.run(records.add, "custom_field", {"about": about, "name": name, "label": name.title(), "kind": kind})


def people_and_deals(store: Store) -> dict[str, list[UUID]]:
    """Make what activities and tasks are about; no name is only one record's."""
    made: dict[str, list[UUID]] = {name: [] for name in (*ABOUT, "owner")}
    for _ in range(2):
        company = store.run(records.add, "company", {"name": "Acme; Söhne, & Co"})
        links = {"company": company, "contact": store.run(records.add, "contact", {"name": "Anna Berg", "company": company, "email": "info@acme.example"})}
        made["company"].append(company)
        made["contact"].append(links["contact"])
        made["lead"].append(store.run(records.add, "lead", {"given_name": "Lea", "family_name": "Ead"}))
        made["deal"].append(store.run(records.add, "deal", {"name": "Rollers", **links}))
        made["ticket"].append(store.run(records.add, "ticket", {"subject": "Broken", **links}))
        line = {"description": "Box", "quantity": "1", "unit_price": "5", "tax_category": "S", "tax_rate": "19"}
        made["quote"].append(store.run(quotes.add_document, {"currency": "EUR", "company": str(company), "date": "2026-03-01", "lines": [line]})[0])
    made["owner"] = [store.run(records.add, "member", {"name": name, "role": "sales"}) for name in ("Eva Stern", "王小明")]
    return made


WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(str)
MOMENTS = st.tuples(DAYS, st.integers(0, 23), st.integers(0, 59)).map(lambda drawn: f"{drawn[0]} {drawn[1]:02}:{drawn[2]:02}")
COMMON: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.integers(0, 1) for name in (*ABOUT, "owner")}, "body": LINES, "own_text": WORDS, "own_number": st.sampled_from(["1.234", "42.5", "-3", "1234567"]),
    "own_flag": st.sampled_from(["true", "false"]), "own_day": DAYS, "own_words": LINES, "own_whole": st.integers(-5, 12345).map(str), "größe_大小": WORDS,
    "external_id": st.sampled_from(["abc@google.com", "018f0000-0000-7000-8000-000000000000"]), "source": st.sampled_from(["HubSpot", "iCalendar"]),
}  # fmt: skip
ACTIVITY = st.fixed_dictionaries(
    {"kind": st.sampled_from(["call", "mail", "meeting", "visit", "chat", "note"]), "subject": WORDS, "at": MOMENTS},
    optional={**COMMON, "direction": st.sampled_from(["in", "out"]), "minutes": st.integers(0, 600).map(str)},
)
TASK = st.fixed_dictionaries(
    {"subject": WORDS},
    optional={
        **COMMON, "due_on": DAYS, "due_at": MOMENTS, "remind_at": MOMENTS, "repeats": st.sampled_from(["day", "workday", "week", "month", "year"]),
        "repeat_every": st.integers(1, 5).map(str), "repeats_from": DAYS, "repeats_until": DAYS, "done_at": MOMENTS,
    },
)  # fmt: skip


@settings(
    max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_activities_and_tasks_come_back_from_calendars_with_all_that_is_stored_of_them(
    template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("calendars")
    one, two = (open_store(shutil.copy(template[0], folder / name), key=template[1], anywhere=True) for name in ("one.crmdesk", "two.crmdesk"))
    with one as store, two as other:
        for each in (store, other):
            own_fields(each)
        made = people_and_deals(store)
        for entity, drawn in (("activity", ACTIVITY), ("task", TASK)):
            for number, values in enumerate(data.draw(st.lists(drawn, min_size=4, max_size=8))):
                given_values = {name: made[name][value] if name in made else value for name, value in values.items()}
                if "external_id" in values:
                    given_values |= {"external_id": f"{values['external_id'][:-3]}{number:03}", "source": values.get("source", "HubSpot")}
                if "due_on" not in values:
                    given_values.pop("repeats", None)
                bare.add(store, entity, given_values)
        for entity in ("member", "company", "contact", "lead", "deal", "quote", "ticket"):
            export_records(store, entity, folder / f"{entity}.json")
            assert import_file(other, entity, folder / f"{entity}.json").rejected == 0
        for entity in ("activity", "task"):
            export_records(store, entity, folder / f"{entity}.ics", ExportOptions())
            result = import_file(other, entity, folder / f"{entity}.ics")
            assert [problem.reason for problem in result.problems] == []
            assert bare.differences(bare.stored(other, entity), bare.stored(store, entity)) == []
            again = import_file(other, entity, folder / f"{entity}.ics", ImportOptions(on_duplicate="overwrite"))
            assert (again.added, again.updated, again.rejected) == (0, 0, 0)


def test_a_calendar_that_nobody_could_read_again_is_not_written(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(3):
        bare.add(store, "task", {"subject": f"Task {day}", "due_on": f"2026-12-0{day + 1}"})
    for limit, said in (("MOST_ROWS", "A calendar holds at most 2 entries."), ("LARGEST", "A calendar may have 0 MB; it would be larger.")):
        with monkeypatch.context() as patched:
            for side in ("files.calendars", "out.written_calendars"):
                patched.setattr(f"crmdesk.exchange.{side}.{limit}", 2)
            with pytest.raises(UserError) as refused:
                export_records(store, "task", tmp_path / "t.ics")
            assert (refused.value.message, "CSV or JSON" in (refused.value.hint or ""), list(tmp_path.glob("t.ics*"))) == (said, True, [])
    assert export_records(store, "task", tmp_path / "t.ics").rows == 3
