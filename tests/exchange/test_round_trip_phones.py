"""Phone numbers come back as the same numbers in every form, whatever country stands beside them and however they were typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.out.written_phones import WrittenPhones
from crmdesk.exchange.values.phones import PhoneReader
from crmdesk.models.phones import parse
from crmdesk.operations import records
from tests.exchange import bare

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store

FORMS = [(".csv", False), (".csv", True), (".tsv", False), (".xlsx", False), (".json", False), (".vcf", False), (".vcf", True)]


def numbers(store: Store) -> list[tuple[Any, ...]]:
    """Return who is called under which numbers."""
    with store.read() as reader:
        return reader.rows(
            "SELECT coalesce(c.name, f.name, l.name), p.position, p.label, p.e164, p.extension FROM phone p LEFT JOIN contact c ON c.id = p.contact_id "
            "LEFT JOIN company f ON f.id = p.company_id LEFT JOIN lead l ON l.id = p.lead_id WHERE p.deleted_at IS NULL ORDER BY 1, 2"
        )


def typed(store: Store) -> list[str]:
    """Return the numbers as they stand in the records."""
    with store.read() as reader:
        return [str(number) for (number,) in reader.rows("SELECT number FROM phone WHERE deleted_at IS NULL ORDER BY position, number")]


@pytest.mark.parametrize(("ending", "for_programs"), FORMS)
def test_a_number_of_here_beside_a_foreign_address_stays_a_number_of_here(store: Store, other: Store, tmp_path: Path, ending: str, for_programs: bool) -> None:
    person = {
        "given_name": "Anna",
        "family_name": "Berg",
        "email": "a@b.example",
        "phone": [{"number": "030 1234567"}, {"number": "0151 1234567 DW 12", "label": "mobile"}],
    }
    bare.add(store, "contact", {**person, "address": [{"city": "Wien", "country": "Österreich"}]})
    bare.add(store, "company", {"name": "Acme", "phone": "089/12345-0", "address.country": "Switzerland"})
    bare.add(store, "lead", {"given_name": "Lea", "family_name": "Lee", "phone": "(0201) 44 55 66", "address.country": "US"})
    for entity in ("company", "contact", "lead"):
        export_records(store, entity, tmp_path / f"{entity}{ending}", ExportOptions(for_programs=for_programs))
        result = import_file(other, entity, tmp_path / f"{entity}{ending}")
        assert (result.added, result.problems) == (1, ())
    assert numbers(other) == numbers(store)
    assert ("Lea Lee", 0, None, "+49201445566", None) in numbers(other)


@pytest.mark.parametrize(("ending", "for_programs"), FORMS)
def test_a_number_typed_for_another_country_stays_one_of_there(store: Store, other: Store, tmp_path: Path, ending: str, for_programs: bool) -> None:
    phones = [{"number": "01 2345678", "region": "AT"}, {"number": "415-555-2671 x7", "region": "US"}, {"number": "011 49 30 1234567", "region": "US"}]
    store.run(records.add, "contact", {"given_name": "Anna", "family_name": "Berg", "phone": phones})
    export_records(store, "contact", tmp_path / f"c{ending}", ExportOptions(for_programs=for_programs))
    import_file(other, "contact", tmp_path / f"c{ending}")
    assert numbers(other) == numbers(store)
    assert [row[3] for row in numbers(other)] == ["+4312345678", "+14155552671", "+49301234567"]
    assert import_file(store, "contact", tmp_path / f"c{ending}").added == 0
    assert len(numbers(store)) == 3


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json", ".vcf"])
def test_numbers_that_are_read_as_they_are_go_out_as_they_were_typed(store: Store, other: Store, tmp_path: Path, ending: str) -> None:
    said = ["(030) 123 45-67", "+49 (30) 99", "0043 1 2345678", "12"]
    bare.add(store, "contact", {"given_name": "Anna", "family_name": "Berg", "phone": [{"number": number} for number in said], "address.country": "Germany"})
    table = tmp_path / "wien.csv"
    table.write_text("Name,Phone,Country\nBob Cole,01 2345678,Austria\n", encoding="utf-8")
    import_file(store, "contact", table)
    export_records(store, "contact", tmp_path / f"c{ending}")
    import_file(other, "contact", tmp_path / f"c{ending}")
    assert typed(other) == typed(store) == sorted([said[0], "01 2345678"]) + said[1:]
    assert numbers(other) == numbers(store)


def test_a_list_without_countries_shows_numbers_from_abroad_with_their_code(store: Store, tmp_path: Path) -> None:
    table = tmp_path / "wien.csv"
    table.write_text("Name,Phone,Country\nBob Cole,01 2345678,Austria\n", encoding="utf-8")
    import_file(store, "contact", table)
    export_records(store, "contact", tmp_path / "list.csv", ExportOptions(columns=("name", "phone")))
    assert (tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()[1:] == ["Bob Cole,'+43 1 2345678"]


NUMBERS = st.tuples(
    st.sampled_from(["", "0", "00", "8", "011", "+"]), st.text("0123456789", min_size=3, max_size=11), st.sampled_from(["", "", " ext. 12", " DW 7"])
).map("".join)
COUNTRIES = st.sampled_from(["DE", "AT", "US", "IT", "CN", "GB", "FR", "HU", "RU", "GG", "JP", "CA", "BR", "SM"])


@settings(max_examples=500)
@given(NUMBERS, COUNTRIES, COUNTRIES)
def test_any_number_of_any_country_is_read_as_itself_in_any_other(number: str, typed_in: str, read_in: str) -> None:
    e164, extension = parse(number, typed_in)
    assume(e164 is not None and parse(e164, "")[0] == e164)  # some that are none have a form that means another one
    written = WrittenPhones("DE").written(number, e164, read_in)
    assert PhoneReader().read(written, read_in) == (e164, extension)
