"""A company's legal form may be missing where there is only one; two different forms are two companies, whatever the order of rows."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmdesk.store import Store


def companies(store: Store, folder: Path, *names: str, **options: Any) -> None:
    path = folder / "companies.csv"
    path.write_text("\n".join(["Company name", *names]) + "\n", encoding="utf-8")
    import_file(store, "company", path, ImportOptions(**options))


def people(store: Store, folder: Path, *companies: str) -> None:
    path = folder / "people.csv"
    path.write_text("\n".join(["Name,Company", *(f"Person {chr(65 + at)},{name}" for at, name in enumerate(companies))]) + "\n", encoding="utf-8")
    import_file(store, "contact", path)


def names(store: Store) -> list[str]:
    with store.read() as reader:
        return [name for (name,) in reader.rows("SELECT name FROM company WHERE deleted_at IS NULL ORDER BY name")]


def employers(store: Store) -> dict[str, set[str]]:
    """Return who works where: companies by the last letter of their people."""
    found: dict[str, set[str]] = {}
    with store.read() as reader:
        for person, company in reader.rows("SELECT t.name, c.name FROM contact t JOIN company c ON c.id = t.company_id WHERE t.deleted_at IS NULL"):
            found.setdefault(company, set()).add(person[-1])
    return found


ONE_FORM = list(permutations(["Acme", "Acme GmbH"]))
TWO_FORMS = list(permutations(["Acme", "Acme GmbH", "Acme AG"]))


@pytest.mark.parametrize("order", ONE_FORM)
def test_one_form_and_none_are_one_company_in_any_order(store: Store, tmp_path: Path, order: Sequence[str]) -> None:
    companies(store, tmp_path, *order)
    assert len(names(store)) == 1
    companies(store, tmp_path, *reversed(order))
    assert len(names(store)) == 1


@pytest.mark.parametrize("order", TWO_FORMS)
def test_of_two_forms_a_name_without_one_is_a_company_of_its_own_in_any_order(store: Store, tmp_path: Path, order: Sequence[str]) -> None:
    companies(store, tmp_path, *order)
    assert names(store) == ["Acme", "Acme AG", "Acme GmbH"]
    companies(store, tmp_path, *reversed(order))
    assert names(store) == ["Acme", "Acme AG", "Acme GmbH"]


@pytest.mark.parametrize("order", ONE_FORM)
def test_people_of_one_form_and_none_are_colleagues_in_any_order(store: Store, tmp_path: Path, order: Sequence[str]) -> None:
    people(store, tmp_path, *order)
    assert list(employers(store).values()) == [{"A", "B"}]


@pytest.mark.parametrize("order", TWO_FORMS)
def test_people_of_two_forms_are_no_colleagues_in_any_order(store: Store, tmp_path: Path, order: Sequence[str]) -> None:
    people(store, tmp_path, *order)
    assert {company: len(who) for company, who in employers(store).items()} == {"Acme": 1, "Acme AG": 1, "Acme GmbH": 1}


@pytest.mark.parametrize(
    ("there", "named", "linked"),
    [
        (["Acme"], ["Acme AG"], ["Acme"]),  # the one form that there is
        (["Acme"], ["Acme AG", "Acme GmbH"], ["Acme AG", "Acme GmbH"]),
        (["Acme GmbH"], ["Acme"], ["Acme GmbH"]),
        (["Acme GmbH"], ["Acme", "Acme AG"], ["Acme", "Acme AG"]),
        (["Acme GmbH"], ["Acme", "Acme G.m.b.H."], ["Acme GmbH"]),
        (["Acme GmbH", "Acme AG"], ["Acme"], ["Acme"]),
        (["Acme GmbH", "Acme AG"], ["ACME ag"], ["Acme AG"]),
        (["上海明德贸易有限公司"], ["上海明德贸易"], ["上海明德贸易有限公司"]),
    ],
)
def test_links_go_by_the_same_rule(store: Store, tmp_path: Path, there: list[str], named: list[str], linked: list[str]) -> None:
    companies(store, tmp_path, *there, on_duplicate="add")
    for order in permutations(named):
        people(store, tmp_path, *order)
        assert sorted(employers(store)) == linked
        store.undo()


@pytest.mark.parametrize("order", ["people first", "company first"])
def test_the_row_of_a_company_is_the_one_that_its_people_name_without_the_form(store: Store, tmp_path: Path, order: str) -> None:
    rows = ["Anna Berg,Acme,", ",Acme GmbH,office@acme.example"]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["Name,Company,Email", *(rows if order == "people first" else reversed(rows))]) + "\n", encoding="utf-8")
    import_file(store, "contact", path)
    assert len(names(store)) == 1
    assert list(employers(store).values()) == [{"g"}]


@pytest.mark.parametrize("between", [0, 250, 4_100])
@pytest.mark.parametrize("order", [["Acme", "Acme GmbH", "ACME", "Acme G.m.b.H."], ["Acme GmbH", "Acme"]])
def test_a_company_that_is_only_named_gets_the_fuller_name(store: Store, tmp_path: Path, order: Sequence[str], between: int) -> None:
    people(store, tmp_path, order[0], *["Fabrikam"] * between, *order[1:])
    assert names(store) == ["Acme GmbH", *["Fabrikam"][:between]]
    with store.read() as reader:
        assert reader.value("SELECT sort_key FROM company WHERE name = 'Acme GmbH'") == "acme gmbh"


def test_a_parent_that_is_only_named_gets_the_fuller_name(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text("Company name,Parent company\nNordwind,Acme\nOstwind,Acme GmbH\n", encoding="utf-8")
    import_file(store, "company", path)
    assert names(store) == ["Acme GmbH", "Nordwind", "Ostwind"]


def test_a_company_with_a_row_of_its_own_is_called_as_its_row_says(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Company,Email\n,Acme,office@acme.example\nAnna Berg,Acme GmbH,\n", encoding="utf-8")
    import_file(store, "contact", path)
    assert names(store) == ["Acme"]


def test_a_company_whose_row_comes_long_after_its_people_is_made_once_and_called_as_its_row_says(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    others = "".join(f"Person {number},Fabrikam,\n" for number in range(4_100))
    path.write_text(f"Name,Company,Email\nAnna Berg,Acme,\n{others},Acme GmbH,office@acme.example\n", encoding="utf-8")
    import_file(store, "contact", path)
    assert names(store) == ["Acme GmbH", "Fabrikam"]
    with store.read() as reader:
        assert reader.rows("SELECT e.address, c.name FROM email e JOIN company c ON c.id = e.company_id") == [("office@acme.example", "Acme GmbH")]


def test_a_company_that_was_there_keeps_its_name(store: Store, tmp_path: Path) -> None:
    companies(store, tmp_path, "Acme")
    people(store, tmp_path, "Acme GmbH", "Acme")
    assert names(store) == ["Acme"]


@pytest.mark.parametrize("between", [0, 4_200])
@pytest.mark.parametrize("order", [("Acme", "Acme GmbH"), ("Acme GmbH", "Acme"), ("Acme", "Acme GmbH", "Acme")])
def test_a_refused_row_alone_gives_no_company_its_fuller_name(store: Store, tmp_path: Path, order: Sequence[str], between: int) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    lines = [f"Person {at},{name},{'' if name == 'Acme GmbH' else 'A'}" for at, name in enumerate(order)]
    others = [f"Other {at},Fabrikam,A" for at in range(between)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["Name,Company,Segment", lines[0], *others, *lines[1:]]) + "\n", encoding="utf-8")
    assert import_file(store, "contact", path).rejected == 1
    with store.read() as reader:
        assert reader.rows("SELECT name FROM company WHERE name LIKE 'A%'") == [("Acme",)]


def test_the_fuller_name_of_a_row_that_comes_in_behind_a_refused_one_counts(store: Store, tmp_path: Path) -> None:
    store.run(workspace.add_field, "contact", "Segment", "text", required=True)
    others = "".join(f"Other {at},Fabrikam,A\n" for at in range(4_200))
    for last in ("Dora Ek,Acme GmbH,A\n", others + "Dora Ek,ACME GmbH,A\n"):
        path = tmp_path / f"people{len(last)}.csv"
        name = f"Acme{len(last)}"
        text = f"Name,Company,Segment\nAnna Berg{len(last)},Acme,A\nBob Li,Acme GmbH,\n{last}".replace("Acme", name).replace("ACME", name.upper())
        path.write_text(text, encoding="utf-8")
        import_file(store, "contact", path)
        with store.read() as reader:
            found = [str(row[0]).casefold() for row in reader.rows("SELECT name FROM company WHERE name LIKE ?", (f"{name}%",))]
        assert found == [f"{name} gmbh".casefold()]
