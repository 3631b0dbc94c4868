"""Address cards carry people whole: what a card says in its own terms and in ours comes back, in both versions, whatever the words."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.operations import attachments, records
from crmdesk.operations.attachments import content
from crmdesk.queries.records import ids, record
from crmdesk.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store
    from crmdesk.store.keys import Key

PNG = b"\x89PNG\r\n\x1a\n"
VERSIONS: tuple[Literal["3.0", "4.0"], ...] = ("3.0", "4.0")
OWN = (
    ("contact", "shoe_size", "decimal"),
    ("contact", "hobby", "text"),
    ("contact", "is_vip", "flag"),
    ("contact", "met_on", "date"),
    ("lead", "budget", "integer"),
)
WORD = st.text(st.characters(exclude_categories=("C", "Z", "S", "M"), exclude_characters=",;|/"), min_size=1, max_size=8).filter(
    lambda text: text.strip(".,'\"*-") == text and text[0].isalpha()
)
LINES = st.lists(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20), min_size=1, max_size=3).map("\n".join)
LABELS = st.sampled_from(["work", "home", "mobile", "Büro Süd", "fax", None])


def own_fields(store: Store) -> None:
    for about, name, kind in OWN:
        store.run(records.add, "custom_field", {"about": about, "name": name, "label": name.replace("_", " ").title(), "kind": kind})


def all_of(store: Store, entity: str) -> dict[str, dict[str, Any]]:
    """Return the records of an entity by name without what is the store's own, with links by name."""
    dropped = {"id", "number", "source", "last_contact_at", "external_id", "claimed_at"}
    found = {}
    with store.read() as reader:
        for each in ids(reader, entity):
            values = {
                name: value["title"] if isinstance(value, dict) and "title" in value else value
                for name, value in record(reader, entity, UUID(bytes=each)).items()
            }
            found[values["name"]] = {name: value for name, value in values.items() if name not in dropped and value not in (None, [], "")}
    return found


def sent(store: Store, other: Store, entity: str, path: Path, version: Literal["3.0", "4.0"], as_entity: str = "") -> None:
    written = export_records(store, entity, path, ExportOptions(card_version=version, for_programs=True))
    result = import_file(other, as_entity or entity, path)
    assert (result.added + result.joined, result.rejected) == (written.rows, 0)
    assert not set(result.unused) - {"Person or company"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_company_comes_back_from_its_card_with_its_figures(store: Store, other: Store, tmp_path: Path, version: Literal["3.0", "4.0"]) -> None:
    store.run(records.add, "company", {
        "name": "Acme; Söhne, & Co", "customer_number": "K-1", "industry": "Steel", "employees": "12", "revenue": "1200.50 USD", "founded": "1999", "vat_id": "DE136695976",
        "lifecycle": "active", "tier": "b", "language": "de", "payment_days": "14", "phone.main": "+49 30 123456", "email.info": "info@acme.example", "website": "https://acme.example",
        "tags": "vip", "note": "one\ntwo",
    })  # fmt: skip
    sent(store, other, "company", tmp_path / "c.vcf", version, "contact")
    assert all_of(other, "company") == all_of(store, "company")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_lead_comes_back_from_its_card(store: Store, other: Store, tmp_path: Path, version: Literal["3.0", "4.0"]) -> None:
    for each in (store, other):
        own_fields(each)
    store.run(records.add, "lead", {
        "given_name": "Lea", "family_name": "Ead", "company_name": "Lead GmbH", "role": "Chief", "origin": "Fair, hall 5", "status": "working", "amount": "500.25 EUR",
        "phone.mobile": "0151 2222222", "email": "l@e.example", "tags": "t1", "note": "nn", "budget": "7",
    })  # fmt: skip
    sent(store, other, "lead", tmp_path / "l.vcf", version)
    assert all_of(other, "lead") == all_of(store, "lead")


MAIL = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
PERSON = st.fixed_dictionaries(
    {"given_name": WORD, "family_name": WORD},
    optional={
        "role": WORD,
        "department": WORD,
        "title": st.sampled_from(["Dr.", "Prof. Dr. med."]),
        "salutation": st.sampled_from(["mr", "ms", "mx"]),
        "language": st.sampled_from(["en", "de", "zh"]),
        "lifecycle": st.sampled_from(["potential", "active", "dormant", "lost"]),
        "birthday": st.sampled_from(["1980-02-29", "--12-24"]),
        "note": LINES,
        "tags": WORD,
        "shoe_size": st.sampled_from(["42", "42.5"]),
        "hobby": LINES.map(lambda text: text.split("\n")[0]),
        "is_vip": st.sampled_from(["true", "false"]),
        "met_on": st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(str),
        "email": st.lists(st.tuples(MAIL, LABELS), max_size=3, unique_by=lambda pair: pair[0]),
        "phone": st.lists(st.tuples(st.integers(100_000, 999_999), LABELS), max_size=3, unique_by=lambda pair: pair[0]),
    },
)


@pytest.mark.parametrize("version", VERSIONS)
@settings(
    max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
)
@given(people=st.lists(st.tuples(PERSON, st.binary(max_size=200)), min_size=6, max_size=10))
def test_any_person_comes_back_with_photo_own_fields_owner_and_stage(
    template: tuple[Path, Key], tmp_path_factory: pytest.TempPathFactory, version: Literal["3.0", "4.0"], people: list[tuple[dict[str, Any], bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("cards")
    one, two = (open_store(shutil.copy(template[0], folder / name), key=template[1], anywhere=True) for name in ("one.crmdesk", "two.crmdesk"))
    pictures = set()
    with one as store, two as other:
        for each in (store, other):
            own_fields(each)
        for number, (drawn, picture) in enumerate(people):
            values = {**drawn, "family_name": f"{drawn['family_name']}{number}"}
            values["email"] = [{"address": f"{word}{number}@x.example", "label": label} for word, label in drawn.get("email", ())]
            values["phone"] = [{"number": f"+49 30 {digits}{number}", "label": label} for digits, label in drawn.get("phone", ())]
            made = store.run(records.add, "contact", values)
            pictures.add(PNG + picture)
            store.run(attachments.attach, "contact", made, "Picture.png", PNG + picture)
        sent(store, other, "contact", folder / "c.vcf", version)
        came, went = all_of(other, "contact"), all_of(store, "contact")
        assert [
            (name, field, came[name].get(field), went[name].get(field)) for name in went for field in went[name] if came[name].get(field) != went[name][field]
        ] == []
        with other.read() as reader:
            assert {content(reader, UUID(bytes=photo)) for (photo,) in reader.rows("SELECT id FROM attachment WHERE contact_id IS NOT NULL")} == pictures
