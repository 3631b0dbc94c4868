"""What is exported imports again to the same records: every entity, every form that programs read, and any text."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files
from crmdesk.fields import limits
from crmdesk.models.activity import Task
from crmdesk.operations import leads, quotes, records, tasks
from crmdesk.queries.records import ids, record
from crmdesk.store import open_store
from tests.exchange import bare

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store
    from crmdesk.store.keys import Key

OWN_FIELDS = (
    ("contact", "shoe_size", "decimal", ""), ("contact", "hobby", "text", ""), ("contact", "is_vip", "flag", ""), ("contact", "colour", "choice", "red,green"),
    ("company", "rank", "integer", ""), ("deal", "first_talk", "date", ""),
)  # fmt: skip
ORDER = (
    "company",
    "contact",
    "product",
    "deal",
    "deal_product",
    "deal_contact",
    "lead",
    "quote",
    "quote_line",
    "ticket",
    "activity",
    "task",
    "article",
    "message",
)
# What the program works out by itself again, and the number that a document is known by in later imports.
OWN_WORK = {"id", "last_contact_at", "position", "source", "pdf", "pdf_sha256"}


def prepare(store: Store) -> None:
    """Give a store the own fields that the records have."""
    for about, name, kind, options in OWN_FIELDS:
        store.run(records.add, "custom_field", {"about": about, "name": name, "label": name.replace("_", " ").title(), "kind": kind, "options": options})


def fill(store: Store) -> None:
    """Make a record of every sort with every field that people fill in."""

    def add(entity: str, values: dict[str, Any]) -> UUID:
        return bare.add(store, entity, values)

    holding = add("company", {"name": "Holding AG", "website": "https://holding.example"})
    company = add("company", {
        "name": "Acme; \"Söhne\", & Co", "customer_number": "K-1", "parent": holding, "industry": "Steel", "employees": "12", "revenue": "1200.50 USD", "founded": "1999",
        "vat_id": "DE136695976", "lifecycle": "active", "tier": "b", "language": "de", "payment_days": "14", "phone": "+49 30 1234", "phone.main": "+49 30 123456",
        "email.info": "info@acme.example", "handle.wechat": "acme", "tags": "vip,Messe:Herbst", "note": "one\ntwo", "rank": "7",
        "address": [{"street": "Ring 5", "postal_code": "01067", "city": "Dresden", "state": "Sachsen", "country": "DE"}, {"label": "billing", "street": "Weg 1", "city": "Köln"}],
    })  # fmt: skip
    anna = add("contact", {
        "given_name": "Anna", "family_name": "von Berg", "salutation": "ms", "title": "Dr.", "role": "Buyer", "department": "Purchasing", "company": company, "birthday": "1980-02-29",
        "language": "en", "lifecycle": "active", "email": [{"address": "a@example.org"}, {"address": "anna@example.com", "label": "work"}], "tags": "x,Messe:Frühjahr", "note": "n",
        "phone": [{"number": "+49 30 1", "label": "work"}, {"number": "+49 30 2", "label": "work"}, {"number": "0151 1234567", "label": "mobile"}, {"number": "5550"}],
        "shoe_size": "42.5", "hobby": "=1+1", "is_vip": "true", "colour": "red",
    })  # fmt: skip
    add("contact", {"name": "Paul Klee", "birthday": "--02-29"})
    ming = add("contact", {"name": "王小明", "reports_to": anna, "handle.wechat": "wx_ming", "is_vip": "false"})
    add("lead", {
        "given_name": "Lea", "family_name": "Ead", "company_name": "Lead GmbH", "role": "Chief", "origin": "Fair", "status": "working", "amount": "500 EUR", "phone.mobile": "0151 2222222",
        "email": "l@e.example", "tags": "t1,t2", "note": "nn",
    })  # fmt: skip
    box = add("product", {
        "name": "Box", "code": "B-1", "category": "Cold", "unit": "pcs", "price": "1.2345 EUR", "cost": "0.50 EUR", "tax_category": "S", "tax_rate": "19", "is_active": "false", "note": "desc",
    })  # fmt: skip
    deal = add("deal", {
        "name": "Rollers", "company": company, "contact": anna, "amount": "8900 USD", "exchange_rate": "0.9", "expected_close_on": "2026-12-20", "stage": "Proposal", "origin": "Fair",
        "product": box, "tags": "hot", "note": "deal note", "first_talk": "2020-01-01",
    })  # fmt: skip
    lost = add("deal", {"name": "Lost one", "stage": "Lost", "lost_reason": "price", "company": company})
    links = {"company": company, "contact": anna, "deal": deal}
    add("activity", {"kind": "meeting", "subject": "Meet", "at": "2026-11-20 10:00", "direction": "out", "minutes": "30", "body": "b\n c", **links})
    add("task", {
        "subject": "Do", "due_on": "2026-12-01", "due_at": "2026-12-01 10:00", "remind_at": "2026-12-01 09:00", "repeats": "week", "repeat_every": "2", "body": "x", **links,
    })  # fmt: skip
    add("task", {"subject": "Done", "done_at": "2026-11-01 10:00"})
    ticket = add(
        "ticket", {"subject": "Broken", "priority": "high", "company": company, "contact": anna, "product": box, "channel": "mail", "tags": "tt", "csat": "4"}
    )
    add("deal_product", {"deal": deal, "product": box, "quantity": "2.5", "unit_price": "99.125", "position": "0"})
    add("deal_product", {"deal": deal, "product": box, "quantity": "1", "position": "1"})
    add("deal_product", {"deal": lost, "product": box})
    add("deal_contact", {"deal": deal, "contact": anna, "role": "decides", "position": "0"})
    add("deal_contact", {"deal": deal, "contact": ming, "position": "1"})
    eva = add("member", {"name": "Eva Stern", "role": "service"})
    how = add("article", {"title": "Clean it", "status": "draft", "body": "Wipe."})
    said: dict[str, Any] = {"ticket": ticket, "at": "2026-11-20 10:00", "position": "0"}
    add("message", {**said, "kind": "in", "body": "Broken!\n\n=now", "channel": "mail", "contact": anna})
    add(
        "message", {**said, "kind": "out", "body": "See the page.", "at": "2026-11-20 10:05", "channel": "mail", "member": eva, "article": how, "position": "1"}
    )
    add("message", {**said, "kind": "note", "body": 'Calls "often", 常来', "at": "2026-11-20 11:00", "member": eva, "position": "2"})
    add("article", {"title": "How", "category": "Care", "language": "de", "status": "published", "body": "text\n\nmore"})
    line = {"description": "Box", "product": "B-1", "quantity": "2", "unit": "pcs", "unit_price": "50.125", "tax_category": "S", "tax_rate": "19"}
    draft = {
        "currency": "EUR",
        "company": "Holding AG",
        "date": "2026-03-01",
        "reference": "ref",
        "intro": "hi",
        "language": "en",
        "lines": [line, {**line, "unit_price": "7"}],
    }
    store.run(quotes.issue, store.run(quotes.add_document, draft)[0])


def told(store: Store, entity: str) -> list[dict[str, Any]]:
    """Return all records of an entity in JSON's terms, links by their titles."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return value["title"] if "title" in value else {name: plain(inner) for name, inner in value.items() if name not in OWN_WORK}
        return [plain(part) for part in value] if isinstance(value, list) else value

    with store.read() as reader:
        found = [record(reader, entity, UUID(bytes=key)) for key in ids(reader, entity)]
    return sorted(({name: plain(value) for name, value in values.items() if name not in OWN_WORK} for values in found), key=repr)


@pytest.mark.parametrize("ending", [".json", ".csv", ".xlsx"])
def test_every_entity_comes_back_as_it_was(store: Store, other: Store, tmp_path: Path, ending: str) -> None:
    prepare(store)
    prepare(other)
    fill(store)
    for entity in ORDER:
        path = tmp_path / f"{entity}{ending}"
        export_records(store, entity, path, ExportOptions(for_programs=ending == ".csv"))
        result = import_file(other, entity, path, ImportOptions(dates="ymd"))
        assert [problem.reason for problem in result.problems] == [], entity
    for entity in ORDER:
        before, after = told(store, entity), told(other, entity)
        assert [{n: (a[n], b[n]) for n in a if a[n] != b[n]} for a, b in zip(after, before, strict=True)] == [{}] * len(before), entity


@pytest.mark.parametrize("name", ["{}.json", "{}.csv", "{}.xlsx", "{}.ics"])
@pytest.mark.parametrize("for_programs", [False, True])
def test_what_belonged_to_a_record_in_the_bin_comes_back_without_it(store: Store, other: Store, tmp_path: Path, name: str, for_programs: bool) -> None:
    company = bare.add(store, "company", {"name": "Acme"})
    gone = bare.add(store, "deal", {"name": "Rollers", "company": company})
    for entity, values in (("activity", {"kind": "note", "at": "2026-11-20 10:00"}), ("task", {})):
        bare.add(store, entity, {"subject": "About it", "deal": gone, "company": company, **values})
    store.run(records.delete, "deal", [gone])
    store.run(records.delete, "company", [company])
    for entity in ("activity", "task"):
        path = tmp_path / name.format(entity)
        export_records(store, entity, path, ExportOptions(for_programs=for_programs))
        result = import_file(other, entity, path, ImportOptions(dates="ymd"))
        assert (result.added, result.created, [problem.reason for problem in result.problems]) == (1, {}, [])


def test_the_next_occurrence_of_a_task_is_known_again_from_a_calendar(store: Store, other: Store, tmp_path: Path) -> None:
    task = bare.add(store, "task", {"subject": "Report", "due_on": "2026-11-01", "repeats": "week"})
    store.run(tasks.done, [task])
    assert export_records(store, "task", tmp_path / "t.ics").rows == 2
    result = import_file(store, "task", tmp_path / "t.ics")
    assert (result.added, result.skipped) == (0, 2)
    import_file(other, "task", tmp_path / "t.ics")
    assert [(row["id"], row["external_id"]) for row in bare.stored(other, "task")] == [(row["id"], None) for row in bare.stored(store, "task")]


def test_a_converted_lead_comes_back_with_what_it_became(store: Store, other: Store, tmp_path: Path) -> None:
    lead = bare.add(store, "lead", {"given_name": "Con", "family_name": "Verted", "company_name": "New GmbH", "email": "c@v.example"})
    store.run(leads.convert, lead)
    tables = []
    for entity in ("company", "contact", "lead", "deal"):
        export_records(store, entity, tmp_path / f"{entity}.json")
        tables.append(tmp_path / f"{entity}.json")
    result = import_files(other, "?", tables)
    assert (result.added, result.rejected) == (4, 0)
    for entity in ("company", "contact", "lead", "deal"):
        assert told(other, entity) == told(store, entity)


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp", "Cf", "Zs"), exclude_characters="\ufffd") | st.just(" "),
    min_size=1,
    max_size=40,
)
LINES = WORDS.map(lambda text: " ".join(text.split())).filter(bool)


@pytest.mark.parametrize("ending", [".json", ".csv", ".xlsx"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_words_and_numbers_come_back(template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory, ending: str, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("trip")

    def opened(name: str) -> Store:
        return open_store(shutil.copy(template[0], folder / f"{name}.crmdesk"), key=template[1], anywhere=True)

    with opened("from") as store, opened("to") as other:
        drawn = st.tuples(LINES, st.integers(0, 10**6), st.dates(*limits(Task.fields["due_on"])), st.integers(*limits(Task.fields["repeat_every"])))
        for at, (text, number, day, every) in enumerate(data.draw(st.lists(drawn, min_size=1, max_size=4))):
            store.run(records.add, "article", {"title": f"{at} {text}", "category": text, "body": f"x{text}\n{text}x", "status": "published"})
            store.run(
                records.add,
                "product",
                {"name": f"{at} {text}", "code": f"C{at}", "unit": text, "price": f"{number}.{at:04} EUR", "tax_rate": f"{number % 100}.5"},
            )
            store.run(records.add, "task", {"subject": f"{at} {text}", "due_on": day.isoformat(), "repeat_every": str(every)})
        for entity in ("article", "product", "task"):
            path = folder / f"{entity}{ending}"
            export_records(store, entity, path, ExportOptions(for_programs=ending == ".csv"))
            result = import_file(other, entity, path, ImportOptions(dates="ymd"))
            assert [problem.reason for problem in result.problems] == []
            assert told(other, entity) == told(store, entity)


def test_meetings_and_tasks_come_back_from_a_calendar(store: Store, other: Store, tmp_path: Path) -> None:
    for target in (store, other):
        target.run(records.add, "contact", {"given_name": "Anna", "family_name": "Berg", "email": "anna@example.com"})
    with store.read() as reader:
        anna = UUID(bytes=ids(reader, "contact")[0])
    store.run(
        records.add,
        "activity",
        {"kind": "meeting", "subject": "Visit, with; tour", "at": "2026-11-23 10:00", "minutes": "90", "contact": anna, "body": "one\ntwo"},
    )
    store.run(records.add, "activity", {"kind": "meeting", "subject": "中文" * 40, "at": "2026-07-01 08:15", "minutes": "15"})
    store.run(
        records.add,
        "task",
        {"subject": "Send report", "due_on": "2026-12-01", "repeats": "week", "repeat_every": "2", "repeats_from": "2026-12-01", "body": "x"},
    )
    store.run(records.add, "task", {"subject": "Call", "due_on": "2026-12-02", "due_at": "2026-12-02 15:00", "done_at": "2026-12-01 10:00", "contact": anna})
    for entity in ("activity", "task"):
        export_records(store, entity, tmp_path / f"{entity}.ics")
        result = import_file(other, entity, tmp_path / f"{entity}.ics")
        assert [problem.reason for problem in result.problems] == []
        assert told(other, entity) == told(store, entity)
