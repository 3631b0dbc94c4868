"""Names of people and companies in one column, and how many people work somewhere, as files say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.values.number_cells import size_of

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store


def write(folder: Path, text: str) -> Path:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("51-200", 51), ("10,001+", 10_001), ("1.200", 1200), ("1k-5k", 1000), ("约500", 500), ("ca. 500", 500), (">1000", 1000), ("1,001-5,000 employees", 1001), ("50人以上", 50),
        ("1万", 10_000), ("self-employed", 1), ("1.5k", 1500), ("500~999人", 500), ("1 200", 1200), ("12", 12),
    ],
)  # fmt: skip
def test_of_a_class_of_sizes_the_lower_end_is_taken(text: str, size: int) -> None:
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["many", "1.200,5", ""])
def test_what_is_no_size_is_named(text: str) -> None:
    with pytest.raises(UserError):
        size_of(text)


def test_fewer_people_than_none_are_refused_not_taken_for_a_class(store: Store, tmp_path: Path) -> None:
    result = import_file(store, "company", write(tmp_path, "Company,Employees\nA GmbH,-3\nB GmbH,−1.200\nC GmbH,0\n"))
    assert (result.added, [problem.line for problem in result.problems]) == (1, [2, 3])


@pytest.mark.parametrize("region", ["DE", "US"])
def test_sizes_are_kept_and_it_is_said_that_they_were_ranges(store: Store, tmp_path: Path, region: str) -> None:
    from crmdesk.exchange.rows.plan import ImportOptions

    text = 'Company,Employees\nA GmbH,51-200\nB GmbH,"10,001+"\nC GmbH,1.200\nD GmbH,1k-5k\nE GmbH,约500\nF GmbH,7\n'
    result = import_file(store, "company", write(tmp_path, text), ImportOptions(region=region))
    with store.read() as reader:
        assert dict(reader.rows("SELECT substr(name, 1, 1), employees FROM company")) == {"A": 51, "B": 10_001, "C": 1200, "D": 1000, "E": 500, "F": 7}
    assert "4 numbers of employees are ranges or only about right; their lower ends were taken." in result.notes
    assert not result.unused


def test_of_a_year_with_remarks_the_first_year_is_taken_and_told(store: Store, tmp_path: Path) -> None:
    text = "Company,Founded\nA GmbH,2013 (1888)\nB GmbH,01.05.1999\nC GmbH,1950\nD GmbH,1964年\nE GmbH,unknown\n"
    result = import_file(store, "company", write(tmp_path, text))
    with store.read() as reader:
        assert dict(reader.rows("SELECT substr(name, 1, 1), founded FROM company")) == {"A": 2013, "B": 1999, "C": 1950, "D": 1964}
    assert "3 cells with the year of foundation say more than a year; the first year in them was taken." in result.notes
    assert [problem.line for problem in result.problems] == [6]


def test_a_mail_address_does_not_turn_the_names_round(store: Store, tmp_path: Path) -> None:
    text = 'Name,Email\nA B,a@x.example\nB A,a@y.example\nBerg Anna,anna.berg@x.example\n"Li, Wei",wei@z.example\n'
    import_file(store, "contact", write(tmp_path, text))
    with store.read() as reader:
        assert reader.rows("SELECT given_name, family_name FROM contact ORDER BY id") == [("A", "B"), ("B", "A"), ("Berg", "Anna"), ("Wei", "Li")]


def test_a_company_in_the_column_of_names_becomes_a_company(store: Store, tmp_path: Path) -> None:
    text = "Name,Email,Phone\nAcme GmbH,info@acme.example,030 123456\nAna Sa,ana@x.example,\nSiemens AG,,030 7\nMüller & Co. KG,,030 8\nMaria Co,m@x.example,\n"
    import_file(store, "contact", write(tmp_path, text))
    with store.read() as reader:
        assert [name for (name,) in reader.rows("SELECT name FROM company ORDER BY id")] == ["Acme GmbH", "Siemens AG", "Müller & Co. KG"]
        assert reader.rows("SELECT given_name, family_name FROM contact ORDER BY id") == [("Ana", "Sa"), ("Maria", "Co")]
        assert reader.value("SELECT count(*) FROM email WHERE company_id IS NOT NULL") == 1


def test_a_company_in_the_column_of_names_of_leads_is_where_the_lead_is_from(store: Store, tmp_path: Path) -> None:
    import_file(store, "lead", write(tmp_path, "Name,Email\nAcme GmbH,info@acme.example\n"))
    with store.read() as reader:
        assert reader.rows("SELECT given_name, family_name, company_name FROM lead") == [(None, None, "Acme GmbH")]
