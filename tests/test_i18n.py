"""Texts that depend on a number."""

from __future__ import annotations

import pytest

from crmdesk.exchange.rows.plan import JOINED
from crmdesk.i18n import ntr, set_language, set_region, tr


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 row belongs to another record: a further line of a quote, or a company instead of a person."),
        ("de", 1, "1 Zeile gehört zu einem anderen Datensatz: eine weitere Position eines Angebots oder eine Firma statt einer Person."),
        ("de", 2, "2 Zeilen gehören zu anderen Datensätzen: weitere Positionen eines Angebots oder Firmen statt Personen."),
    ],
)
def test_a_pair_that_was_declared_elsewhere_is_translated_by_its_number(language: str, count: int, said: str) -> None:
    set_language(language)
    assert ntr(*JOINED, count) == said


@pytest.mark.parametrize(
    ("language", "region", "said"),
    [("en", "US", "1,365 records"), ("de", "DE", "1.365 Datensätze"), ("de", "CH", "1’365 Datensätze"), ("zh", "CN", "1,365 条记录")],
)
def test_counts_have_their_thousands_apart_as_people_write_them(language: str, region: str, said: str) -> None:
    set_language(language)
    set_region(region)
    assert ntr("{count} record", "{count} records", 1365) == said
    assert tr("Tag {count} records?", count=1365).count(said.split(maxsplit=1)[0]) == 1
    assert ntr("{count} record", "{count} records", 365).startswith("365")
