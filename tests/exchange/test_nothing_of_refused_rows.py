"""Nothing of a row that is refused or left out is written: what it refers to is made only if a row that comes in means it too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files
from crmdesk.operations import records, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def taken(store: Store, folder: Path, entity: str, text: str, **options: Any) -> ImportResult:
    path = folder / f"{entity}.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def named(store: Store, table: str, column: str = "name") -> list[str]:
    with store.read() as reader:
        return [name for (name,) in reader.rows(f'SELECT "{column}" FROM "{table}" WHERE deleted_at IS NULL ORDER BY "{column}"')]


def people(count: int, company: str) -> str:
    return "".join(f"Person {number},{company},A\n" for number in range(count))


def test_a_row_without_a_required_own_field_makes_no_company(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    result = taken(store, tmp_path, "contact", "Name,Company,Segment\nAnna Berg,Acme,\nBob Li,Fabrikam,A\nCleo Wu,Contoso,\nDora Ek,Contoso,B\n")
    assert (result.added, result.rejected, result.created) == (2, 2, {"company": 2})
    assert named(store, "company") == ["Contoso", "Fabrikam"]


def test_only_refused_rows_write_nothing_at_all(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    result = taken(store, tmp_path, "contact", "Name,Company,Tags,Owner\nAnna Berg,Acme,vip,Nobody Else\n")
    assert (result.rejected, result.created, result.transaction) == (1, {}, None)


def test_a_company_that_a_much_later_row_means_is_made_for_that_one_and_described_by_it(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    text = "Name,Company,Company phone,Segment\nAnna Berg,Acme,030 111111,\n" + "".join(f"Person {number},Fabrikam,,A\n" for number in range(450))
    result = taken(store, tmp_path, "contact", text + "Zoe Ek,Acme,030 222222,A\n", chosen={"company.phone": "Company phone"})
    assert (result.added, result.created) == (451, {"company": 2})
    with store.read() as reader:
        found = reader.rows("SELECT c.name, t.name, p.number FROM contact t JOIN company c ON c.id = t.company_id JOIN phone p ON p.company_id = c.id")
    assert found == [("Acme", "Zoe Ek", "030 222222")]


def test_a_company_that_refused_rows_named_with_and_without_its_form_is_made_anew(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    text = "Name,Company,Segment\nAnna Berg,Acme,\nBob Li,Acme GmbH,\n" + people(4_100, "Fabrikam")
    result = taken(store, tmp_path, "contact", text + "Cleo Wu,Acme,A\nDora Ek,Acme GmbH,A\n,Acme GmbH,A\n")
    assert (result.rejected, result.created) == (2, {"company": 2})
    assert named(store, "company") == ["Acme GmbH", "Fabrikam"]


@pytest.mark.parametrize("count", [1, 300])
def test_a_company_that_an_earlier_row_means_stays(store: Store, tmp_path: Path, count: int) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    result = taken(store, tmp_path, "contact", "Name,Company,Segment\n" + people(count, "Acme") + "Zoe Ek,Acme,\n")
    assert (result.added, result.rejected, result.created) == (count, 1, {"company": 1})


def test_a_row_that_is_no_person_after_all_makes_neither_tag_nor_owner(store: Store, tmp_path: Path) -> None:
    before = named(store, "member")
    result = taken(store, tmp_path, "contact", "First Name,Owner,Tags\n,Nobody Else,vip\nAnna,,regular\n")
    assert (result.added, result.rejected) == (1, 1)
    assert (named(store, "tag"), named(store, "member")) == (["regular"], before)


def test_a_refused_deal_makes_no_stage_and_moves_none(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "deal", "Segment", "text", required=True)
    with store.read() as reader:
        before = reader.rows("SELECT name, position FROM stage WHERE deleted_at IS NULL ORDER BY id")
    result = taken(store, tmp_path, "deal", "Deal name,Stage,Company,Segment\nBoxes,Sniffing around,Acme,\n")
    assert (result.rejected, result.created, result.transaction) == (1, {}, None)
    taken(store, tmp_path, "deal", "Deal name,Stage,Company,Segment\nBoxes,Sniffing around,Acme,\nLids,Sniffing around,Fabrikam,A\nTape,Dozing,Contoso,\n")
    assert named(store, "company") == ["Fabrikam"]
    with store.read() as reader:
        after = dict(reader.rows("SELECT name, position FROM stage WHERE deleted_at IS NULL"))
    assert after.keys() == {name for name, _ in before} | {"Sniffing around"}
    assert len(set(after.values())) == len(after)


def test_a_parent_that_only_a_refused_company_names_is_not_made(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "company", "Segment", "text", required=True)
    result = taken(store, tmp_path, "company", "Name,Parent company,Segment\nOstwind,Westwind,\nNordwind,Südwind,A\n")
    assert (result.added, result.rejected) == (1, 1)
    assert named(store, "company") == ["Nordwind", "Südwind"]


def test_a_parent_that_stands_in_the_file_is_there_though_a_refused_company_named_it_first(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "company", "Segment", "text", required=True)
    taken(store, tmp_path, "company", "Name,Parent company,Segment\nOstwind,Westwind,\nWestwind,,A\nNordwind,Westwind,A\n")
    with store.read() as reader:
        found = reader.rows("SELECT c.name, p.name FROM company c LEFT JOIN company p ON p.id = c.parent_id ORDER BY c.name")
    assert found == [("Nordwind", "Westwind"), ("Westwind", None)]


def test_a_known_row_that_is_left_out_makes_no_company(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "contact", {"given_name": "Anna", "family_name": "Berg", "email": "anna@acme.example"})
    result = taken(store, tmp_path, "contact", "Name,Email,Company\nAnna Berg,anna@acme.example,Acme\nBob Li,bob@li.example,Fabrikam\n", on_duplicate="skip")
    assert (result.added, result.skipped, result.created) == (1, 1, {"company": 1})
    assert named(store, "company") == ["Fabrikam"]


def test_a_ticket_that_is_refused_brings_no_customer(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "ticket", "Segment", "text", required=True)
    text = "Ticket ID,Subject,Customer Name,Customer Email,Segment\n1,Loud pump,Anna Berg,anna@acme.example,\n2,No power,Bob Li,bob@li.example,A\n"
    result = taken(store, tmp_path, "ticket", text)
    assert (result.added, result.rejected) == (1, 1)
    assert named(store, "contact") == ["Bob Li"]


def test_a_quote_whose_line_is_refused_is_not_written_nor_its_product(store: Store, tmp_path: Path) -> None:
    text = "Number,Company,Product,Quantity,Unit price\nA-1,Acme,Boxes,2,much\nA-2,Fabrikam,Lids,2,3.50\nA-2,Fabrikam,Tape,2,1.50\n"
    result = taken(store, tmp_path, "quote", text)
    assert (result.added, result.rejected, result.joined) == (1, 1, 1)
    assert (named(store, "quote", "number"), named(store, "company"), named(store, "product")) == (["A-2"], ["Fabrikam"], ["Lids", "Tape"])


SPOKEN_OF = "Deal ID,Deal,Stage,Product,Quantity,Contact,Contact email,Contact phone\n"


def test_what_a_refused_row_says_of_somebody_is_said_by_the_row_below_that_comes_in(store: Store, tmp_path: Path) -> None:
    text = f"{SPOKEN_OF}1,A,Offer,Box,two,Eva Klein,eva@one.de,0221 1234567\n2,B,Offer,Box,2,Eva Klein,eva@one.de,0221 1234567\n"
    assert taken(store, tmp_path, "deal", text).rejected == 1
    assert (named(store, "contact"), named(store, "email", "address"), named(store, "phone", "number")) == (["Eva Klein"], ["eva@one.de"], ["0221 1234567"])


def test_what_two_files_say_of_somebody_is_written_once(store: Store, tmp_path: Path) -> None:
    for number in (1, 2):
        row = f"{number},D{number},Offer,Box,2,Eva Klein,eva@one.de,0221 1234567\n"
        (tmp_path / f"deals{number}.csv").write_text(SPOKEN_OF + row, encoding="utf-8")
    import_files(store, "deal", [tmp_path / "deals1.csv", tmp_path / "deals2.csv"])
    assert (named(store, "contact"), named(store, "email", "address"), named(store, "phone", "number")) == (["Eva Klein"], ["eva@one.de"], ["0221 1234567"])
