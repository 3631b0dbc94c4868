"""Who is known already: by id, number, VAT ID, mail, phone and name, a company's name without its legal form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files
from crmdesk.exchange.words.legal_forms import has_form, split_form
from crmdesk.operations import leads, merging, records

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def taken(store: Store, folder: Path, entity: str, text: str, **options: Any) -> ImportResult:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


@pytest.mark.parametrize(
    ("name", "bare", "form"),
    [
        ("Müller & Söhne G.m.b.H. & Co. KG", "muller & sohne", "gmbh & co kg"), ("Contoso, Ltd.", "contoso", "ltd"), ("Contoso Limited", "contoso", "ltd"),
        ("上海明德贸易有限公司", "上海明德贸易", "有限公司"), ("SAP SE", "sap", "se"), ("Příklad s.r.o.", "priklad", "sro"), ("Acme", "acme", ""), ("AG", "ag", ""),
    ],
)  # fmt: skip
def test_a_name_is_told_from_its_legal_form(name: str, bare: str, form: str) -> None:
    assert split_form(name) == (bare, form)
    assert has_form(name) == bool(form)


@pytest.mark.parametrize(
    ("stored", "given", "known"),
    [
        ("Acme GmbH", "ACME", True), ("Acme", "Acme GmbH", True), ("Acme, Ltd.", "Acme Limited", True), ("Acme GmbH", "Acme AG", False), ("Acme Bakery GmbH", "Acme", False),
        ("A. O. Smith Corporation", "A. O. Smith", True), ("上海明德贸易有限公司", "上海明德贸易", True), ("上海明德贸易", "上海明德贸易有限公司", True), ("上海明德物流有限公司", "上海明德", False),
    ],
)  # fmt: skip
def test_companies_are_known_without_their_legal_form(store: Store, tmp_path: Path, stored: str, given: str, known: bool) -> None:
    taken(store, tmp_path, "company", f'Name\n"{stored}"\n')
    assert taken(store, tmp_path, "company", f'Name\n"{given}"\n').skipped == int(known)


def test_two_rows_of_one_file_are_compared_alike(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "company", "Name,City\nAcme GmbH,Berlin\nAcme,\nACME AG,Berlin\nAcme G.m.b.H.,Hamburg\n")
    assert (result.added, result.skipped) == (4, 0)  # Acme could be either of two, and the firm in Hamburg is another one
    again = taken(store, tmp_path, "company", "Name,City\nAcme,\nAcme G.m.b.H.,Hamburg\n")
    assert (again.added, again.skipped) == (0, 2)


def test_a_vat_id_shows_a_company_under_another_name(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", "Name,VAT ID\nAcme GmbH,DE 136 695 976\n")
    result = taken(store, tmp_path, "company", "Name,VAT ID,Industry\nAcme Holding,DE136695976,Steel\n", on_duplicate="fill")
    assert (result.added, result.updated) == (0, 1)


def test_a_phone_and_the_name_show_a_person_with_a_new_mail_address(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Email,Phone\nAnna Berg,anna@old.example,030 123456\n")
    result = taken(store, tmp_path, "contact", "Name,Email,Phone\nBerg Anna,anna@new.example,+49 30 123456\nPeter Berg,peter@new.example,030 123456\n")
    assert (result.added, result.skipped) == (1, 1)


def test_a_person_is_known_in_their_company_be_the_name_chinese(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Company\n王小明,Acme\n")
    assert taken(store, tmp_path, "contact", "Name,Company\n王小明,Acme\n王小明,Bolt\n").skipped == 1


def test_a_company_is_linked_without_its_legal_form_where_that_is_clear(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", "Name\nAcme GmbH\nBolt AG\nBolt Ltd\n上海明德贸易有限公司\n")
    result = taken(store, tmp_path, "contact", "Name,Company\nAnna Berg,Acme\nBob Li,Bolt\nCleo Wu,Contoso Inc\n王小明,上海明德贸易\n")
    assert (result.added, result.created) == (4, {"company": 2})  # two are called Bolt
    with store.read() as reader:
        found = dict(reader.rows("SELECT t.name, c.name FROM contact t JOIN company c ON c.id = t.company_id"))
    assert found == {"Anna Berg": "Acme GmbH", "Bob Li": "Bolt", "Cleo Wu": "Contoso Inc", "王小明": "上海明德贸易有限公司"}


@pytest.mark.parametrize("on_duplicate", ["skip", "fill"])
def test_a_file_that_comes_again_after_a_merge_finds_the_kept_record(store: Store, tmp_path: Path, on_duplicate: str) -> None:
    text = "Id,Name,Email\nC-1,Anna Berg,anna@berg.example\nC-2,A. Bergh,office@bergh.example\nC-3,Bo Li,bo@li.example\n"
    taken(store, tmp_path, "contact", text, chosen={"external_id": "Id"})
    with store.read() as reader:
        one, other = (UUID(bytes=record) for (record,) in reader.rows("SELECT id FROM contact WHERE external_id IN ('C-1', 'C-2') ORDER BY external_id"))
    store.run(merging.merge, "contact", one, [other])
    changed = text.replace("A. Bergh,office@bergh.example", "Anne Bergh,new@bergh.example")
    again = taken(store, tmp_path, "contact", changed, chosen={"external_id": "Id"}, on_duplicate=on_duplicate)
    assert (again.added, again.rejected) == (0, 0)
    with store.read() as reader:
        assert reader.rows("SELECT name, external_id FROM contact WHERE deleted_at IS NULL ORDER BY name") == [("Anna Berg", "C-1"), ("Bo Li", "C-3")]


@pytest.mark.parametrize("on_duplicate", ["skip", "fill", "overwrite"])
def test_a_list_of_leads_that_comes_again_leaves_converted_ones_as_they_are(store: Store, tmp_path: Path, on_duplicate: str) -> None:
    text = "Lead ID,First Name,Last Name,Company,Email,Title\nL-1,Anna,Berg,Acme,anna@acme.example,Buyer\nL-2,Bo,Li,Bolt,bo@bolt.example,Buyer\n"
    taken(store, tmp_path, "lead", text, chosen={"external_id": "Lead ID"})
    with store.read() as reader:
        lead = UUID(bytes=reader.value("SELECT id FROM lead WHERE external_id = 'L-1'"))
    store.run(leads.convert, lead)
    with store.read() as reader:
        before = reader.rows("SELECT * FROM lead WHERE id = ?", (lead.bytes,))
    later = text.replace("Berg,Acme,anna@acme.example,Buyer", "Bergh,Acme AG,new@acme.example,Head")
    again = taken(store, tmp_path, "lead", later, chosen={"external_id": "Lead ID"}, on_duplicate=on_duplicate)
    assert (again.added, again.updated, again.skipped) == (0, 0, 2)
    own = taken(store, tmp_path, "lead", f"ID,First Name,Last Name,Title\n{lead},Anna,Berg,Head\n", on_duplicate=on_duplicate)
    assert (own.added, own.updated, own.skipped) == (0, 0, 1)
    with store.read() as reader:
        assert reader.rows("SELECT * FROM lead WHERE id = ?", (lead.bytes,)) == before


def test_a_converted_lead_may_ask_again(store: Store, tmp_path: Path) -> None:
    text = "Lead ID,First Name,Last Name,Company,Email\nL-1,Anna,Berg,Acme,anna@acme.example\n"
    taken(store, tmp_path, "lead", text, chosen={"external_id": "Lead ID"})
    with store.read() as reader:
        store.run(leads.convert, UUID(bytes=reader.value("SELECT id FROM lead")))
    enquiry = text.replace("L-1", "L-9")
    assert taken(store, tmp_path, "lead", enquiry, chosen={"external_id": "Lead ID"}).added == 1
    assert taken(store, tmp_path, "lead", enquiry.replace("Lead ID,", ",").replace("L-9", ""), match=("email",)).skipped == 1


def test_our_own_ids_of_merged_records_lead_to_the_kept_one_through_several_merges(store: Store, tmp_path: Path) -> None:
    first, second, third = (store.run(records.add, "company", {"name": name}) for name in ("Acme", "Bolt", "Corax"))
    store.run(merging.merge, "company", second, [first])
    store.run(merging.merge, "company", third, [second])
    again = taken(store, tmp_path, "company", f"ID,Name\n{first},Acme\n{second},Bolt\n{third},Corax\n", match=("id",))
    assert (again.added, again.skipped) == (0, 3)


def once(store: Store, entity: str, fields: str, mode: str) -> None:
    store.run(records.change_settings, {"uniqueness": [(entity, fields, mode)]})


def test_what_must_not_come_twice_is_rejected_with_the_reason(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "company", {"name": "Acme", "vat_id": "DE811569869", "city": "Berlin"})
    once(store, "company", "vat_id", "block")
    text = "Name,VAT ID\nAnother,de811569869\nBolt,DE136695976\nCorax,DE136695976\nDelta,\n"
    result = taken(store, tmp_path, "company", text, on_duplicate="add")
    assert (result.added, result.rejected) == (2, 2)
    assert [problem.reason for problem in result.problems] == ["“Acme” has the same VAT ID already.", "A row further up has the same VAT ID."]


@pytest.mark.parametrize(("fields", "first", "text"), [
    ("phone", {"name": "Anna Berg", "phone": "+49 30 123456"}, "Name,Phone\nPeter Wolf,030 123456\nBo Li,030 999999\n"),
    ("email", {"name": "Anna Berg", "email": "office@berg.example"}, "Name,Email\nPeter Wolf,Office@Berg.example\nBo Li,bo@li.example\n"),
    ("name+address.city", {"name": "Anna Berg", "city": "Köln"}, "Name,City\nANNA BERG,köln\nAnna Berg,Bonn\n"),
])  # fmt: skip
def test_every_field_of_a_rule_is_compared_as_people_mean_it(store: Store, tmp_path: Path, fields: str, first: dict[str, str], text: str) -> None:
    store.run(records.add, "contact", first)
    once(store, "contact", fields, "block")
    result = taken(store, tmp_path, "contact", text, on_duplicate="add")
    assert (result.added, result.rejected) == (1, 1)
    assert "“Anna Berg” has the same" in result.problems[0].reason


@pytest.mark.parametrize("mode", ["warn", "reason"])
def test_where_a_rule_only_warns_the_row_comes_in_and_the_result_says_so(store: Store, tmp_path: Path, mode: str) -> None:
    store.run(records.add, "contact", {"name": "Anna Berg", "phone": "+49 30 123456"})
    once(store, "contact", "phone", mode)
    result = taken(store, tmp_path, "contact", "Name,Phone\nPeter Wolf,030 123456\nBo Li,030 999999\n")
    assert (result.added, result.rejected) == (2, 0)
    assert "1 row brings what should be there once only." in result.notes


def test_a_known_record_is_not_held_against_itself_but_against_others(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "contact", {"name": "Anna Berg", "email": "anna@berg.example"})
    store.run(records.add, "contact", {"name": "Bo Li", "phone": "+49 30 123456"})
    once(store, "contact", "phone", "block")
    text = "Name,Email,Phone\nAnna Berg,anna@berg.example,030 123456\n"
    assert taken(store, tmp_path, "contact", text, on_duplicate="fill").rejected == 1
    assert taken(store, tmp_path, "contact", text.replace("123456", "777777"), on_duplicate="fill").updated == 1
    assert taken(store, tmp_path, "contact", text.replace("123456", "777777"), on_duplicate="fill").rejected == 0


MONTH = "External id,Name,Email,Role\n7,Anna Berg,anna@berg.example,Buyer\n8,Bo Li,,Head\n"


@pytest.mark.parametrize("on_duplicate", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize("match", [(), ("external_id",)])
def test_the_export_of_the_next_month_is_known_by_its_ids_whatever_the_file_is_called(
    store: Store, tmp_path: Path, match: tuple[str, ...], on_duplicate: str
) -> None:
    named(store, tmp_path, "jan.csv", MONTH)
    assert named(store, tmp_path, "feb.csv", MONTH, match=match, on_duplicate=on_duplicate).skipped == 2
    changed = named(store, tmp_path, "mar.csv", MONTH.replace("Buyer", "Boss"), match=match, on_duplicate=on_duplicate)
    assert (changed.added, changed.updated) == (0, int(on_duplicate == "overwrite"))
    assert stored(store, "name, role, source") == [("Anna Berg", "Boss" if on_duplicate == "overwrite" else "Buyer", "jan"), ("Bo Li", "Head", "jan")]


def test_an_id_that_was_chosen_to_match_by_is_enough_while_an_id_alone_is_not(store: Store, tmp_path: Path) -> None:
    named(store, tmp_path, "jan.csv", MONTH)
    other = "External id,Name,Email\n7,Carl Dorn,carl@dorn.example\n8,Bo Lin,bo@lin.example\n"
    assert named(store, tmp_path, "suppliers.csv", other, dry_run=True).added == 2
    assert named(store, tmp_path, "feb.csv", other, match=("external_id",), on_duplicate="overwrite").updated == 2
    assert stored(store, "name, external_id") == [("Carl Dorn", "7"), ("Bo Lin", "8")]


def test_the_same_id_with_the_same_mail_address_is_the_same_person_under_a_new_name(store: Store, tmp_path: Path) -> None:
    named(store, tmp_path, "jan.csv", MONTH)
    result = named(store, tmp_path, "feb.csv", "External id,Name,Email\n7,Carla Dorn,anna@berg.example\n", on_duplicate="overwrite")
    assert (result.added, result.updated, stored(store, "name")) == (0, 1, [("Carla Dorn",), ("Bo Li",)])


def test_the_id_of_another_program_is_matched_only_where_no_other_record_has_it(store: Store, tmp_path: Path) -> None:
    for source in ("HubSpot", "jan"):
        store.run(records.add, "company", {"name": f"Acme {source}", "external_id": "7", "source": source})
    store.run(records.add, "company", {"name": "Bolt", "external_id": "8", "source": "HubSpot"})
    text = "External id,Name,Industry\n7,Acme,Steel\n8,Bolting,Steel\n"
    assert named(store, tmp_path, "feb.csv", text, entity="company", match=("external_id",), on_duplicate="fill").updated == 2
    assert stored(store, "source, industry", "company") == [("HubSpot", None), ("jan", "Steel"), ("HubSpot", "Steel")]


def test_files_of_two_months_that_come_together_are_compared_by_their_ids(store: Store, tmp_path: Path) -> None:
    paths = [tmp_path / "jan.csv", tmp_path / "feb.csv"]
    for path, name in zip(paths, ("Anna Berg", "Carla Dorn"), strict=True):
        path.write_text(f"External id,Name\n7,{name}\n8,Bo Li\n", encoding="utf-8")
    assert import_files(store, "contact", paths, ImportOptions(match=("external_id",), dry_run=True)).added == 2
    assert import_files(store, "contact", paths, ImportOptions()).added == 3


@pytest.mark.parametrize(("entity", "name"), [("contact", "nofield"), ("contact", "number"), ("company", "owner"), ("company", "sort_key")])
def test_a_field_that_nothing_is_recognised_by_is_refused_and_the_others_are_named(store: Store, tmp_path: Path, entity: str, name: str) -> None:
    with pytest.raises(UserError, match=f"“{name}”.*id, external_id, name") as refused:
        named(store, tmp_path, "jan.csv", MONTH, entity=entity, match=("external_id", name))
    assert refused.value.exit_code == 4


@pytest.mark.parametrize(
    "more", ["Email\n{0},anna@x.example\n{1},anna@x.example\n", "Company\n{0},Acme\n{1},Acme\n", "Phone\n{0},030 123456\n{1},030 123456\n"]
)
@pytest.mark.parametrize("names", [("Anna Müller", "Anna Mueller"), ("Anna Müller", "Anna Muller"), ("Anna", "Anna Maria Berg")])
def test_whoever_is_written_just_so_is_meant_before_those_who_are_called_alike(store: Store, tmp_path: Path, names: tuple[str, str], more: str) -> None:
    text = f"Name,{more.format(*names)}"
    for name in names:
        head, *lines = text.splitlines()
        named(store, tmp_path, "one.csv", f"{head}\n" + next(line for line in lines if line.startswith(f"{name},")) + "\n", on_duplicate="add")
    rows = "\n".join(f"{line},{'Role' if not place else f'Role {place}'}" for place, line in enumerate(text.splitlines())) + "\n"
    named(store, tmp_path, "both.csv", rows, on_duplicate="overwrite")
    assert stored(store, "name, role") == [(names[0], "Role 1"), (names[1], "Role 2")]


@pytest.mark.shared
def test_a_real_file_with_two_ways_to_write_a_name_changes_nothing_when_it_comes_again(store: Store, shared_data: Path) -> None:
    path = shared_data / "06_contact_csv" / "google_contacts_2024_format.csv"
    first = import_file(store, "contact", path)
    again = import_file(store, "contact", path, ImportOptions(on_duplicate="overwrite"))
    assert (again.added, again.updated, again.skipped, again.created) == (0, 0, first.added + first.joined, {})


def named(store: Store, folder: Path, name: str, text: str, entity: str = "contact", **options: Any) -> ImportResult:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def stored(store: Store, columns: str, entity: str = "contact") -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(f"SELECT {columns} FROM {entity} WHERE deleted_at IS NULL ORDER BY id")
