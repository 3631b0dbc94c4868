"""Hyperlinks as Access writes them into tables: the address counts, and one that leads to a file of another computer is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.values.hyperlinks import without_text

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store

COMPANIES = """Company name,Website
Plutzer,Plutzer (on the World Wide Web)#http://plutzer.example/a.htm#
Mayumi's,#http://mayumi.example#
Cajun,#CAJUN.HTM#
Formaggi,#CAJUN.HTM#
Aux,#..\\pages\\aux.htm#
Leka,leka.example
"""


def test_the_address_of_a_hyperlink_is_taken_and_one_without_a_host_left_out_of_its_company(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "suppliers.csv"
    path.write_text(COMPANIES, encoding="utf-8")
    result = import_file(store, "company", path)
    assert (result.added, result.rejected) == (6, 0)
    assert "3 hyperlinks lead to files of another computer and were left out." in result.notes
    with store.read() as reader:
        found = dict(reader.rows("SELECT name, website FROM company"))
    assert found == {
        "Plutzer": "http://plutzer.example/a.htm", "Mayumi's": "http://mayumi.example", "Cajun": None, "Formaggi": None, "Aux": None, "Leka": "leka.example",
    }  # fmt: skip


def test_what_is_no_web_address_at_all_still_rejects_its_row(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text("Company name,Website\nNordwind,ask the secretary\n", encoding="utf-8")
    assert [problem.reason for problem in import_file(store, "company", path).problems] == ["Website: “ask the secretary” is not a web address."]


def test_hyperlinks_of_people_lead_to_their_websites_and_mail_addresses(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "Name,Web Page,Email\nAnna Berg,Home#http://anna.example#,anna@acme.example#mailto:anna@acme.example#\nBob Li,#bob.htm#,\n", encoding="utf-8"
    )
    result = import_file(store, "contact", path)
    assert (result.added, result.rejected) == (2, 0)
    assert "1 hyperlink leads to a file of another computer and was left out." in result.notes
    with store.read() as reader:
        assert reader.rows("SELECT handle FROM handle") == [("http://anna.example",)]
        assert reader.rows("SELECT address FROM email") == [("anna@acme.example",)]


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("#http://www.example.com#", "http://www.example.com"),
        ("Us#www.example.com##tip", "www.example.com"),
        ("www.example.com##", "www.example.com"),
        ("Us#http://www.example.com#top#", "http://www.example.com#top"),
        ("https://example.com/#/a", "https://example.com/#/a"),
        ("https://example.com/a#b#c", "https://example.com/a#b#c"),
        ("https://example.com/", "https://example.com/"),
        ("#CAJUN.HTM#", ""),
    ],
)
def test_what_is_no_hyperlink_of_that_sort_stays_as_it_is(cell: str, address: str) -> None:
    assert without_text(cell) == address
