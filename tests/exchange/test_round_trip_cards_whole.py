"""Address cards for programs carry companies, people and leads with all that is stored of them, in both versions, whatever they are called."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import records
from crmdesk.store import open_store
from tests.exchange import bare

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from crmdesk.store import Store
    from crmdesk.store.keys import Key

ENTITIES = ("company", "contact", "lead")
PARTS = ("phone", "email", "handle", "address", "record_tag", "memo")
WORDS = st.text(st.characters(exclude_categories=("C", "Z", "M")), min_size=1, max_size=12)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join) | st.sampled_from(["Smith, Jr", "Smith,John", "Acme", "van der Berg", "a;b", "c\\n"])
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
LABELS = st.sampled_from(["work", "home", "mobile", "Büro Süd", "work fax", "home fax", "fax", "main", "pager", "car", "a;b,c", None])
OF_ALL: dict[str, st.SearchStrategy[Any]] = {
    "note": LINES, "tags": st.sampled_from(["vip", "vip,Fair:Autumn", "Fair:Spring"]), "own_text": WORDS, "own_number": st.sampled_from(["1.234", "42.5", "-3", "1234567"]),
    "own_flag": st.sampled_from(["true", "false"]), "own_day": st.sampled_from(["1999-12-31", "2040-01-02"]), "own_words": LINES, "own_whole": st.integers(-5, 12345).map(str),
    "größe_大小": WORDS, "owner": st.sampled_from(["Eva Stern", "王小明"]), "external_id": st.sampled_from(["abc@google.com", "018f0000-0000-7000-8000-000000000000"]),
    "phone": st.lists(st.tuples(st.integers(100_000, 999_999), LABELS), max_size=4, unique_by=lambda pair: pair[0]),
    "email": st.lists(st.tuples(st.from_regex(r"[a-z]{1,8}", fullmatch=True), LABELS), max_size=3, unique_by=lambda pair: pair[0]),
    "handle": st.lists(st.tuples(WORDS, st.sampled_from(["wechat", "WeChat", "Büro", None])), max_size=3, unique_by=lambda pair: pair[0]),
    "address": st.lists(st.fixed_dictionaries({"street": NAMES, "label": LABELS}, optional={"city": NAMES, "postal_code": st.just("01067"), "country": st.sampled_from(["DE", "CN"])}), max_size=3),
}  # fmt: skip
OF_CUSTOMERS = {"lifecycle": st.sampled_from(["potential", "active", "dormant", "lost"]), "language": st.sampled_from(["en", "de", "zh"])}
PERSON: dict[str, st.SearchStrategy[Any]] = {"role": NAMES}
DRAWN = {
    "company": st.fixed_dictionaries({"name": NAMES}, optional={
        **OF_ALL, **OF_CUSTOMERS, "customer_number": WORDS, "industry": NAMES, "employees": st.integers(0, 10**6).map(str), "revenue": st.sampled_from(["1200.50 USD", "5 EUR", "7 JPY"]),
        "founded": st.integers(1800, 2020).map(str), "website": st.sampled_from(["https://acme.example", "acme.example"]), "vat_id": st.just("DE136695976"),
        "tier": st.sampled_from(["a", "b", "c"]), "payment_days": st.integers(0, 90).map(str), "parent": st.integers(0, 9),
    }),
    "contact": st.fixed_dictionaries({}, optional={
        **OF_ALL, **OF_CUSTOMERS, **PERSON, "department": NAMES, "title": st.sampled_from(["Dr.", "Prof. Dr. med."]), "salutation": st.sampled_from(["mr", "ms", "mx"]),
        "birthday": st.sampled_from(["1980-02-29", "--12-24"]), "company": st.integers(0, 9), "reports_to": st.integers(0, 9),
    }),
    "lead": st.fixed_dictionaries({}, optional={
        **OF_ALL, **PERSON, "company_name": NAMES, "origin": NAMES, "amount": st.sampled_from(["500.25 EUR", "7 JPY"]), "status": st.sampled_from(["new", "working", "converted"]),
        "arrived_at": st.just("2026-02-01 10:00"), "claimed_at": st.just("2026-02-02 10:00"), "converted_at": st.just("2026-02-03 10:00"), "company": st.integers(0, 9), "contact": st.integers(0, 9),
    }),
}  # fmt: skip
WHO = st.one_of(
    st.fixed_dictionaries({"given_name": NAMES, "family_name": NAMES}),
    st.fixed_dictionaries({"family_name": NAMES}),
    st.fixed_dictionaries({"given_name": NAMES}),
)


def prepare(store: Store) -> None:
    for about in ENTITIES:
        for name, kind in bare.OWN_FIELDS.items():
            store.run(records.add, "custom_field", {"about": about, "name": name, "label": name.title(), "kind": kind})
    for name in ("Eva Stern", "王小明"):
        store.run(records.add, "member", {"name": name, "role": "sales"})


def fill(store: Store, data: st.DataObject) -> None:
    made: dict[str, list[UUID]] = {}
    for entity in ENTITIES:
        for number, drawn in enumerate(data.draw(st.lists(DRAWN[entity], min_size=3, max_size=5))):
            values = {**drawn, **(data.draw(WHO) if entity != "company" else {})}
            for name in ("parent", "reports_to", "company", "contact"):
                of = {"parent": "company", "reports_to": "contact"}.get(name, name)
                if name in values and made.get(of):
                    values[name] = made[of][values[name] % len(made[of])]
                else:
                    values.pop(name, None)
            if "external_id" in values:
                values |= {"external_id": f"{values['external_id'][:-3]}{number:03}", "source": "HubSpot"}
            values["email"] = [{"address": f"{word}{number}@x.example", "label": label} for word, label in drawn.get("email", ())]
            values["phone"] = [{"number": f"+49 30 {digits}{number}", "label": label} for digits, label in drawn.get("phone", ())]
            values["handle"] = [{"handle": text, "label": label} for text, label in drawn.get("handle", ())]
            made.setdefault(entity, []).append(bare.add(store, entity, values))


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@settings(
    max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_cards_for_programs_bring_back_all_that_is_stored(
    template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory, version: Literal["3.0", "4.0"], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cards")
    one, two = (open_store(shutil.copy(template[0], folder / name), key=template[1], anywhere=True) for name in ("one.crmdesk", "two.crmdesk"))
    with one as store, two as other:
        for each in (store, other):
            prepare(each)
        fill(store, data)
        for entity in ENTITIES:
            path = folder / f"{entity}.vcf"
            export_records(store, entity, path, ExportOptions(card_version=version, for_programs=True))
            result = import_file(other, entity, path, ImportOptions(on_duplicate="add"))
            assert [problem.reason for problem in result.problems] == []
            assert bare.differences(bare.stored(other, entity), bare.stored(store, entity)) == [], entity
        for part in PARTS:
            assert bare.differences(parts_of(other, part), parts_of(store, part)) == [], part


def parts_of(store: Store, part: str) -> list[dict[str, Any]]:
    """Return phones and the like in the order in which they stand with those they belong to; the country of a number is read from the address beside it."""
    owners = ("company_id", "contact_id", "lead_id")
    found = sorted(bare.stored(store, part), key=lambda row: ([row[name] or b"" for name in owners], row["position"] or 0, row["id"]))
    return [{name: value for name, value in row.items() if name not in {"id", "position", "region"}} for row in found]
