"""A search shows the text that it found a record by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.operations import records, workspace
from crmdesk.queries.search import search

if TYPE_CHECKING:
    from crmdesk.store import Store

LONG = "We met at the fair. " * 20 + "The cold store needs a ramp for pallets of 1200 mm, says the warden. " + "Nothing else was said. " * 20


@pytest.fixture
def lab(store: Store) -> Store:
    store.run(workspace.add_field, "company", "Contract", "text")
    store.run(
        records.add,
        "company",
        {
            "name": "Labor Dr. Hagen", "industry": "Health care", "phone": "+49 6221 5551-340", "email": "befund@labor-hagen.example", "customer_number": "K-1042",
            "address.street": "Bergstr. 7", "address.postal_code": "69115", "address.city": "Heidelberg", "note": LONG, "tags": "Key account", "contract": "Rahmenvertrag Süd", "website": "https://hagen.example",
        },
    )  # fmt: skip
    store.run(records.add, "contact", {"name": "王伟", "role": "采购经理", "company": "Labor Dr. Hagen"})
    return store


def shown(store: Store, text: str) -> tuple[str, list[str]]:
    """Return the line beside the title of the first hit, and what is marked in it."""
    with store.read() as reader:
        hit = search(reader, text, 7, ["company", "contact"], with_matches=True)[0]
    if hit.match is None:
        return hit.subtitle, []
    return hit.match.text, [hit.match.text[start:end] for start, end in hit.match.marks]


@pytest.mark.parametrize(
    ("typed", "line", "marked"),
    [
        ("hagen", "Health care · Heidelberg", []),
        ("5551 340", "Phone: +49 6221 5551-340 · Health care · Heidelberg", ["5551-340"]),
        ("5-5-5", "Phone: +49 6221 5551-340 · Health care · Heidelberg", ["555"]),
        ("06221 5551", "Phone: +49 6221 5551-340 · Health care · Heidelberg", ["6221 5551"]),
        ("+49 6221 55", "Phone: +49 6221 5551-340 · Health care · Heidelberg", ["49 6221 55"]),
        ("befund@lab", "Email: befund@labor-hagen.example · Health care · Heidelberg", ["befund@lab"]),
        ("k-1042", "Customer number: K-1042 · Health care · Heidelberg", ["K-1042"]),
        ("heidelb", "Health care · Heidelberg", ["Heidelb"]),
        ("hagen heidelberg", "Health care · Heidelberg", ["Heidelberg"]),
        ("bergstr 69115", "Address: Bergstr. 7, 69115, Heidelberg · Health care · Heidelberg", ["Bergstr", "69115"]),
        ("sued", "Contract: Rahmenvertrag Süd · Health care · Heidelberg", ["Süd"]),
        ("account", "Tags: Key account · Health care · Heidelberg", ["account"]),
        ("bergstr account", "Address: Bergstr. 7, 69115, Heidelberg · Tags: Key account · Health care · Heidelberg", ["Bergstr", "account"]),
        ("采购经理", "采购经理 · Labor Dr. Hagen", ["采购经理"]),
        ("wangw", "采购经理 · Labor Dr. Hagen", []),
    ],
)
def test_a_hit_shows_the_value_that_holds_the_words(lab: Store, typed: str, line: str, marked: list[str]) -> None:
    assert shown(lab, typed) == (line, marked)


def test_of_a_long_note_the_part_around_the_words_is_shown(lab: Store) -> None:
    line, marked = shown(lab, "pallets ramp")
    assert line == "Note: …The cold store needs a ramp for pallets of 1200 mm, says the warden. Nothing… · Health care · Heidelberg"
    assert marked == ["ramp", "pallets"]


def test_what_is_not_asked_for_costs_nothing(lab: Store) -> None:
    with lab.read() as reader:
        assert search(reader, "5551340")[0].match is None


def test_nobody_sees_in_a_hit_what_their_role_may_not_read(lab: Store) -> None:
    lab.act_as("read_only")
    with lab.read() as reader:
        for text in ("hagen", "hagen bergstr", "hagen befund", "labor 6221", "+49", "befund", "bergstr", "5551340"):
            for hit in search(reader, text, with_matches=True):
                assert not any(secret in repr(hit) for secret in ("5551", "befund@", "Bergstr")), text
