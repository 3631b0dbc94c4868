from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.operations import records
from crmdesk.queries import letters
from crmdesk.queries.letters import Person, salutation

if TYPE_CHECKING:
    from crmdesk.store import Store


@pytest.mark.parametrize(
    ("person", "language", "line"),
    [
        (Person("Anna Berg", "Anna", "Berg", "Dr.", "ms"), "de", "Sehr geehrte Frau Dr. Berg,"),
        (Person("Anna Berg", "Anna", "Berg", "", "mr"), "de", "Sehr geehrter Herr Berg,"),
        (Person("Anna Berg", "Anna", "Berg", "Dr.", ""), "de", "Guten Tag Dr. Anna Berg,"),
        (Person("Anna Berg", "Anna", "Berg", "", "mx"), "de", "Guten Tag Anna Berg,"),
        (None, "de", "Sehr geehrte Damen und Herren,"),
        (Person("Anna Berg", "Anna", "Berg", "", "ms"), "en", "Dear Ms Berg,"),
        (Person("Anna Berg", "Anna", "Berg", "Dr.", "ms"), "en", "Dear Dr Berg,"),
        (Person("Anna Berg", "Anna", "Berg", "Prof. Dr.", "ms"), "en", "Dear Professor Berg,"),
        (Person("Anna Berg", "Anna", "Berg"), "en", "Dear Anna Berg,"),
        (Person("Anna", "Anna", "", "", "ms"), "en", "Dear Anna,"),
        (None, "en", "Dear Sir or Madam,"),
        (Person("王小明", "小明", "王", "", "ms"), "zh", "尊敬的王女士："),
        (Person("王小明", "小明", "王", "教授", "mr"), "zh", "尊敬的王教授："),
        (Person("王小明", "小明", "王", "Dr.", "mr"), "zh", "尊敬的王博士："),
        (Person("王小明", "小明", "王"), "zh", "尊敬的王小明："),
        (None, "zh", "尊敬的客户："),
        (Person("{name} {0}", "", "{name} {0}", "", "ms"), "en", "Dear Ms {name} {0},"),
    ],
)
def test_a_letter_begins_as_its_language_does(person: Person | None, language: str, line: str) -> None:
    assert salutation(person, language) == line


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ({"street": "Hafenstr. 1", "postal_code": "20457", "city": "Hamburg", "country": "Deutschland"}, ["Hafenstr. 1", "20457 Hamburg"]),
        ({"street": "Hafenstr. 1", "postal_code": "20457", "city": "Hamburg"}, ["Hafenstr. 1", "20457 Hamburg"]),
        (
            {"street": "1 High St\nFlat 2", "postal_code": "SW1A 1AA", "city": "London", "country": "UK"},
            ["1 High St", "Flat 2", "London", "SW1A 1AA", "UNITED KINGDOM"],
        ),
        (
            {"street": "1 Main St", "postal_code": "98101", "city": "Seattle", "state": "WA", "country": "USA"},
            ["1 Main St", "Seattle, WA 98101", "UNITED STATES"],
        ),
        ({"street": "Somewhere 1", "city": "Elsewhere", "country": "Atlantis"}, ["Somewhere 1", "Elsewhere", "ATLANTIS"]),
    ],
)
def test_an_address_is_written_as_its_country_does(store: Store, address: dict[str, Any], lines: list[str]) -> None:
    company = store.run(records.add, "company", {"name": "Ernst Handel", "address": [address]})
    with store.read() as reader:
        assert letters.recipient(reader, letters.addressee(reader, None, company.bytes), company.bytes, None) == ("Ernst Handel", *lines)


def test_a_chinese_address_goes_from_the_large_to_the_small_and_from_abroad_names_china(store: Store) -> None:
    address = {"street": "人民路 8 号", "postal_code": "200000", "city": "上海市", "state": "上海市", "country": "中国"}
    company = store.run(records.add, "company", {"name": "明德贸易", "address": [address]})
    with store.read() as reader:
        assert letters.recipient(reader, letters.addressee(reader, None, company.bytes), company.bytes, None) == (
            "200000",
            "上海市人民路 8 号",
            "明德贸易",
            "CHINA",
        )
    store.run(records.change_settings, {"region": "CN"})
    with store.read() as reader:
        assert letters.recipient(reader, letters.addressee(reader, None, company.bytes), company.bytes, None) == ("200000", "上海市人民路 8 号", "明德贸易")


def test_a_billing_address_goes_before_others_and_a_person_lends_theirs(store: Store) -> None:
    places = [{"label": "work", "city": "Wien"}, {"label": "billing", "city": "Graz"}]
    company = store.run(records.add, "company", {"name": "Ernst Handel", "address": places})
    contact = store.run(records.add, "contact", {"given_name": "Eva", "family_name": "Lang", "title": "Dr.", "address": [{"city": "Linz"}]})
    with store.read() as reader:
        assert letters.recipient(reader, letters.addressee(reader, None, company.bytes), company.bytes, None) == ("Ernst Handel", "Graz")
        assert letters.recipient(reader, letters.addressee(reader, contact.bytes, None), None, contact.bytes) == ("Dr. Eva Lang", "Linz")
        assert letters.recipient(reader, letters.addressee(reader, None, None), None, None) == ()
