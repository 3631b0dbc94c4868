"""The same file again, in every mode: nothing is lost, nothing comes twice, and the counts add up to the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from crmdesk.errors import UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.preview import preview
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.operations import quotes, records, tickets
from crmdesk.queries.records import ids, record

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

FORMS = [(".json", False), (".csv", True), (".csv", False), (".xlsx", False)]


def taken(store: Store, folder: Path, entity: str, text: str, **options: Any) -> ImportResult:
    path = folder / f"{entity}.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(dates="ymd", **options))


def adds_up(result: ImportResult) -> bool:
    return result.read == result.added + result.updated + result.skipped + result.rejected + result.joined


def values(store: Store, entity: str) -> list[dict[str, Any]]:
    with store.read() as reader:
        found = [record(reader, entity, UUID(bytes=key)) for key in ids(reader, entity)]
    return [{name: value for name, value in row.items() if name not in {"id", "source"}} for row in found]


def journaled(store: Store) -> int:
    with store.read() as reader:
        return int(reader.value("SELECT count(*) FROM journal"))


DEALS = (
    "Deal name,Company,Contact,Email,Phone,Amount\nRollers,Acme,Anna Berg,anna@x.example,030 1,100\nBelts,Acme,Anna Berg,anna@x.example,030 1,200\n"
    "Boxes,Beta,Bob Cole,bob@x.example,,50\nLids,Acme,,,,7\nBags,Gamma,,,,7\nCups,Gamma,,info@gamma.example,030 9,7\n,,,,,\nTins,Delta,,no mail at all,,1\n"
)  # fmt: skip


@pytest.mark.parametrize("on_duplicate", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize("entity", ["contact", "company", "deal", "lead"])
def test_the_counts_of_a_sheet_of_deals_add_up_to_its_rows(store: Store, tmp_path: Path, entity: str, on_duplicate: str) -> None:
    first = taken(store, tmp_path, entity, DEALS, on_duplicate=on_duplicate)
    assert adds_up(first)
    with store.read() as reader:
        there = {name: len(ids(reader, name)) for name in ("contact", "company", "deal", "lead")}
    told = {**{name: first.created.get(name, 0) for name in there}, entity: first.added}
    assert told == there
    again = taken(store, tmp_path, entity, DEALS, on_duplicate=on_duplicate)
    assert adds_up(again)
    assert (again.added, again.created) == (0, {})


def test_rows_that_are_companies_among_contacts_are_told(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "contact", DEALS)
    assert (result.added, result.joined, result.created) == (2, 2, {"company": 3})
    assert any("belong to other records" in note for note in result.notes)


def test_a_company_among_contacts_keeps_its_mail_when_it_is_filled(store: Store, tmp_path: Path) -> None:
    text = "Name,Company,Email,Phone\nAnna Berg,Gamma,anna@x.example,\n,Gamma,info@gamma.example,030 9\n"
    taken(store, tmp_path, "contact", "Name,Company\nAnna Berg,Gamma\n")
    for _ in range(2):
        taken(store, tmp_path, "contact", text, on_duplicate="fill")
    (company,) = values(store, "company")
    assert ([part["value"] for part in company["email"]], len(company["phone"])) == (["info@gamma.example"], 1)


@pytest.mark.parametrize("on_duplicate", ["fill", "overwrite"])
def test_lists_get_what_they_lack_and_lose_nothing(store: Store, tmp_path: Path, on_duplicate: str) -> None:
    old = "External id,Name,Email,Phone (work),Phone (mobile),WeChat,Street,City,Tags,Note\n7,Anna Berg,old@x.example,+49 30 1234567,,wx_old,Ring 5,Dresden,vip,old note\n"
    new = "External id,Name,Email,Phone (work),Phone (mobile),WeChat,Street,City,Tags,Note\n7,Anna Berg,new@x.example,030 1234567,0151 23456789,wx_new,Weg 1,Berlin,fair,new note\n"
    taken(store, tmp_path, "contact", old)
    for turn in range(3):
        result = taken(store, tmp_path, "contact", new, on_duplicate=on_duplicate)
        assert (result.added, result.updated, result.skipped) == (0, 1 if turn == 0 else 0, 0 if turn == 0 else 1)
    (anna,) = values(store, "contact")
    assert [part["value"] for part in anna["email"]] == ["old@x.example", "new@x.example"]
    assert [(part["label"], part["value"]) for part in anna["phone"]] == [("work", "+49 30 1234567"), ("mobile", "0151 23456789")]
    assert [part["value"] for part in anna["handle"]] == ["wx_old", "wx_new"]
    assert [part["street"] for part in anna["address"]] == ["Ring 5", "Weg 1"]
    assert {part["value"] for part in anna["tags"]} == {"vip", "fair"}
    assert [part["value"] for part in anna["note"]] == ["old note" if on_duplicate == "fill" else "new note"]


@pytest.mark.parametrize("on_duplicate", ["fill", "overwrite"])
def test_an_address_is_completed_by_one_that_says_more_and_not_doubled_by_one_that_says_less(store: Store, tmp_path: Path, on_duplicate: str) -> None:
    taken(store, tmp_path, "contact", "External id,Name,City\n7,Anna Berg,Berlin\n")
    more = "External id,Name,Street,Zip,City,Country\n7,Anna Berg,Weg 1,10115,berlin,Germany\n7,Anna Berg,Ring 2,10117,Berlin,Germany\n"
    for turn in range(2):
        assert taken(store, tmp_path, "contact", more, on_duplicate=on_duplicate).updated == (2 if turn == 0 else 0)
        assert taken(store, tmp_path, "contact", "External id,Name,Zip,City\n7,Anna Berg,10115,Berlin\n", on_duplicate=on_duplicate).skipped == 1
    (anna,) = values(store, "contact")
    assert [(part["street"], part["postal_code"], part["country"]) for part in anna["address"]] == [
        ("Weg 1", "10115", "Germany"),
        ("Ring 2", "10117", "Germany"),
    ]
    while store.can_undo() and len(anna["address"]) > 1:
        store.undo()
        (anna,) = values(store, "contact")
    assert [part["value"] for part in anna["address"]] == ["Berlin"]


@pytest.mark.parametrize("on_duplicate", ["fill", "overwrite"])
def test_a_record_that_stands_twice_in_a_file_gets_each_value_once(store: Store, tmp_path: Path, on_duplicate: str) -> None:
    taken(store, tmp_path, "contact", "External id,Name\n7,Anna Berg\n")
    row = "7,Anna Berg,new@x.example,0151 23456789,wx_new,Weg 1,Berlin,fair,new note\n"
    taken(store, tmp_path, "contact", "External id,Name,Email,Phone,WeChat,Street,City,Tags,Note\n" + row * 1200, on_duplicate=on_duplicate)
    (anna,) = values(store, "contact")
    assert [len(anna[name]) for name in ("email", "phone", "handle", "address", "tags", "note")] == [1] * 6


@pytest.mark.parametrize("on_duplicate", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize(("ending", "for_programs"), FORMS)
def test_tickets_and_quotes_with_all_that_belongs_to_them_are_known_again(
    store: Store, tmp_path: Path, ending: str, for_programs: bool, on_duplicate: str
) -> None:
    store.run(records.add, "company", {"name": "Acme", "phone": "+49 30 123456", "tags": "vip", "address.city": "Köln", "note": "n"})
    ticket = store.run(tickets.open_ticket, "Broken", message="It fell.\n\nHelp")
    store.run(tickets.reply, ticket, "Send it in")
    store.run(records.edit, "ticket", [ticket], {"tags": "urgent"})
    line = {"description": "Box", "quantity": "2", "unit_price": "50.125", "tax_category": "S", "tax_rate": "19"}
    discount = {"allowance_charges": [{"charge": False, "percent": "10", "reason": "Loyal"}]}
    for issued in (True, False):
        made, _ = store.run(quotes.add_document, {"currency": "EUR", "company": "Acme", "date": "2026-03-01", "lines": [line, {**line, **discount}, line]})
        if issued:
            store.run(quotes.issue, made)
    entities = ("company", "ticket", "message", "quote", "quote_line", "allowance_charge")
    before = {entity: values(store, entity) for entity in entities}
    for entity in entities:
        path = tmp_path / f"{entity}{ending}"
        export_records(store, entity, path, ExportOptions(for_programs=for_programs))
        result = import_file(store, entity, path, ImportOptions(dates="ymd", on_duplicate=on_duplicate))
        assert adds_up(result)
        assert (result.added, result.updated, result.joined, [problem.reason for problem in result.problems]) == (0, 0, 0, []), entity
    assert {entity: values(store, entity) for entity in entities} == before


def test_lines_of_another_program_are_known_again(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "quote", "Number,Company,Date\n100,Acme,2026-03-01\n101,Acme,2026-03-02\n")
    text = "Quote number,Product,Quantity,Unit price\n100,Box,2,5.00\n100,Box,2,5.00\n100,Lid,1,1.25\n101,Box,2,5.00\n"
    first, again = taken(store, tmp_path, "quote_line", text), taken(store, tmp_path, "quote_line", text)
    assert (first.added, again.added, again.skipped) == (4, 0, 4)
    assert [line["position"] for line in values(store, "quote_line") if line["description"] == "Lid"] == [2]


def test_rows_of_orders_with_their_lines_add_up_and_are_known_again(store: Store, tmp_path: Path) -> None:
    text = "Order number,Company,Date,Product,Quantity,Unit price\n100,Acme,2026-03-01,Box,2,5.00\n100,Acme,2026-03-01,Lid,1,1.25\n101,Beta,2026-03-02,Box,2,5.00\n"
    first = taken(store, tmp_path, "quote", text)
    assert (first.added, first.joined, adds_up(first)) == (2, 1, True)
    again = taken(store, tmp_path, "quote", text)
    assert (again.added, again.joined, adds_up(again), len(values(store, "quote_line"))) == (0, 0, True, 3)


@pytest.mark.shared
def test_real_orders_keep_their_numbers_on_the_way_through_a_workbook(store: Store, other: Store, tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "02_orders" / "northwind_csv"
    for entity, name in (("quote", "orders"), ("quote_line", "order_details")):
        assert import_file(store, entity, folder / f"{name}.csv", ImportOptions(dates="ymd")).rejected == 0
    for entity in ("quote", "quote_line", "allowance_charge"):
        export_records(store, entity, tmp_path / f"{entity}.xlsx")
        assert import_file(other, entity, tmp_path / f"{entity}.xlsx", ImportOptions(dates="ymd")).rejected == 0
        assert import_file(other, entity, tmp_path / f"{entity}.xlsx", ImportOptions(dates="ymd")).added == 0
    sql = (
        "SELECT q.number, q.payable, q.net, q.tax, (SELECT group_concat(l.position || ':' || l.quantity || ':' || l.unit_price || ':' || l.net) "
        "FROM (SELECT * FROM quote_line WHERE quote_id = q.id ORDER BY position) l) FROM quote q ORDER BY 1"
    )
    with store.read() as reader, other.read() as target:
        there, found = reader.rows(sql), target.rows(sql)
    assert (len(there), found) == (830, there)


@pytest.mark.parametrize("line", ["EMAIL:anna@example.com", "TEL:+49 30 123456", "EMAIL:anna@example.com\r\nTEL:+49 30 123456"])
def test_a_card_without_an_id_is_known_again_whatever_its_person_is_called_by_then(store: Store, tmp_path: Path, line: str) -> None:
    path = tmp_path / "anna.vcf"
    path.write_text(f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna Berg\r\nN:Berg;Anna;;;\r\n{line}\r\nEND:VCARD\r\n", encoding="utf-8", newline="")
    assert import_file(store, "contact", path).added == 1
    with store.read() as reader:
        (anna,) = ids(reader, "contact")
    store.run(records.edit, "contact", [UUID(bytes=anna)], {"given_name": "Annette", "family_name": "von Stein"})
    again = import_file(store, "contact", path, ImportOptions(on_duplicate="fill"))
    assert (again.added, again.skipped) == (0, 1)
    assert [row["name"] for row in values(store, "contact")] == ["Annette von Stein"]


KEYLESS = {
    "activity": 'Subject,Date,Type,Contact,Body\nCall,2026-01-02 10:00,Call,Anna Berg,"Long\ntalk"\nCall,2026-01-02 10:00,Call,Anna Berg,"Long\ntalk"\nMail,2026-01-03 08:00,Email,Bob Li,\n',
    "task": "Subject,Due date,Company\nCall them,2026-01-02,Acme\nCall them,2026-01-02,Acme\nNo day,,\n",
    "ticket": "Subject,Status,Opened,Contact,Contact email,Description\nPrinter,open,2026-01-02 10:00,Anna Berg,anna@example.com,hot\n"
    "Printer,open,2026-01-02 10:00,Anna Berg,anna@example.com,hot\nPrinter,open,2026-01-02 10:00,Anna Berg,anna@example.com,cold\n",
    "deal": "Deal name,Amount,Company\nBig,100,Acme\nBig,100,Acme\nSmall,1,Acme\n",
    "quote": "Subject,Company,Date\nOffer,Acme,2026-01-02\nOffer,Acme,2026-01-02\nOther,,2026-01-02\n",
}


@pytest.mark.parametrize("entity", list(KEYLESS))
@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
def test_rows_without_any_id_that_are_the_same_in_everything_are_known_again_one_for_one(store: Store, tmp_path: Path, entity: str, mode: str) -> None:
    contacts = "Name,Email,Company\nAnna Berg,anna@example.com,Acme\nBob Li,bob@example.com,Acme\n"
    taken(store, tmp_path, "contact", contacts)
    assert taken(store, tmp_path, entity, KEYLESS[entity]).added == 3
    before = values(store, entity)
    again = taken(store, tmp_path, entity, KEYLESS[entity], on_duplicate=mode)
    assert (again.added, again.updated, again.skipped) == (0, 0, 3)
    assert values(store, entity) == before
    head, _, _ = KEYLESS[entity].partition("\n")
    first = KEYLESS[entity].split("\n", 1)[1].split('"\n')[0] + '"\n' if entity == "activity" else KEYLESS[entity].split("\n")[1] + "\n"
    third = taken(store, tmp_path, entity, f"{head}\n{first * 3}", on_duplicate=mode)
    assert (third.added, third.skipped) == (1, 2)  # there are two of these


def test_a_ticket_that_says_something_else_is_another_one(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "ticket", KEYLESS["ticket"])
    other = KEYLESS["ticket"].splitlines()[0] + "\nPrinter,open,2026-01-02 10:00,Anna Berg,anna@example.com,broken\n"
    assert taken(store, tmp_path, "ticket", other).added == 1


def test_who_matches_by_mail_makes_no_company_twice(store: Store, tmp_path: Path) -> None:
    text = "Name,Email,Company\nAnna Berg,anna@example.com,Acme\n,office@bolt.example,Bolt\nCleo Wu,,Acme\n"
    taken(store, tmp_path, "contact", text)
    again = taken(store, tmp_path, "contact", text, match=("email",))
    assert (again.added, again.joined, again.skipped) == (0, 0, 3)
    assert [row["name"] for row in values(store, "company")] == ["Acme", "Bolt"]


def test_a_file_that_does_not_say_what_is_to_be_matched_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"No column says by what records shall be recognised: external_id\. It has: Name, Email\."):
        taken(store, tmp_path, "contact", "Name,Email\nAnna Berg,anna@example.com\n", match=("external_id",))
    assert taken(store, tmp_path, "contact", "Name,Email\nAnna Berg,anna@example.com\n", match=("external_id", "email")).added == 1
    assert taken(store, tmp_path, "company", "Company name\nAcme\n", match=("name",)).added == 1


@pytest.mark.parametrize("entity", ["contact", "deal"])
def test_a_name_with_two_blanks_in_it_means_the_record_that_is_called_so(store: Store, tmp_path: Path, entity: str) -> None:
    taken(store, tmp_path, "company", "Name,City\nWolski  Zajazd,Warszawa\n")
    text = "Name,Company,Email\nZbyszek Piestrzeniewicz,Wolski  Zajazd,z@wolski.example\n"
    assert taken(store, tmp_path, entity, text).created.get("company") is None
    again = taken(store, tmp_path, entity, text.replace("  ", " "))
    assert (again.added, again.created) == (0, {})


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize("second", [",0221 1234567", "other@example.com,0221 1234567"])
def test_somebody_of_whom_a_row_further_down_says_the_phone_alone_comes_in_once(store: Store, tmp_path: Path, second: str, mode: str) -> None:
    text = f"Name,Email,Phone\nAnna Berg,anna@example.com,0221 1234567\nAnna Berg,{second}\n"
    first = taken(store, tmp_path, "contact", text, on_duplicate=mode)
    assert (first.added, first.skipped + first.updated) == (1, 1)
    before = values(store, "contact")
    again = taken(store, tmp_path, "contact", text, on_duplicate=mode)
    assert (again.added, again.updated, again.skipped) == (0, 0, 2)
    assert values(store, "contact") == before


def test_what_a_row_adds_to_a_known_contact_lets_rows_further_down_be_the_same(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Email\nAnna Berg,anna@example.com\n")
    text = "Name,Email,Phone,Role\nAnna Berg,anna@example.com,0221 1234567,\nAnna Berg,,0221 1234567,Buyer\n"
    first = taken(store, tmp_path, "contact", text, on_duplicate="fill")
    assert (first.added, first.updated) == (0, 2)
    before = values(store, "contact")
    assert [row["role"] for row in before] == ["Buyer"]
    again = taken(store, tmp_path, "contact", text, on_duplicate="fill")
    assert (again.added, again.updated, again.skipped) == (0, 0, 2)
    assert values(store, "contact") == before


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
def test_a_row_that_says_less_of_a_name_changes_nothing(store: Store, tmp_path: Path, mode: str) -> None:
    taken(store, tmp_path, "contact", "Name,Email\nAnna Berg,anna@example.com\n")
    again = taken(store, tmp_path, "contact", "Name,Email\nAnna,anna@example.com\n", on_duplicate=mode)
    assert (again.added, again.updated, again.skipped) == (0, 0, 1)
    assert [row["name"] for row in values(store, "contact")] == ["Anna Berg"]


WRITTEN = ["Dr. Anna Berg", "Berg, Anna", "Herr Hans Li", "Anna Berg, Dr.", "Frau Berg", "王 小明", "Hans Li jun.", "MÜLLER Anna"]


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize("name", WRITTEN)
def test_people_whom_rows_name_with_a_title_or_the_surname_first_are_known_again(store: Store, tmp_path: Path, name: str, mode: str) -> None:
    for entity, text in (("deal", f'Deal name,Contact\nRefit,"{name}"\n'), ("activity", f'Subject,Date,Contact\nCall,2026-01-02 10:00,"{name}"\n')):
        taken(store, tmp_path, entity, text, on_duplicate=mode)
        again = taken(store, tmp_path, entity, text, on_duplicate=mode)
        assert (again.added, again.updated, again.skipped, again.created, again.transaction) == (0, 0, 1, {}, None)
    assert len(values(store, "contact")) == 1


def test_one_person_however_rows_write_the_name_is_one_contact(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", 'Deal name,Contact\nRefit,Anna Berg\nBelts,"Berg, Anna"\nBoxes,Dr. Anna Berg\n')
    assert [row["name"] for row in values(store, "contact")] == ["Anna Berg"]


def test_ms_and_mr_berg_are_two_people(store: Store, tmp_path: Path) -> None:
    text = "Deal name,Contact\nRefit,Frau Berg\nBelts,Herr Berg\nBoxes,Frau Berg\n"
    for _ in range(2):
        taken(store, tmp_path, "deal", text)
        assert [(row["name"], row["salutation"]) for row in values(store, "contact")] == [("Berg", "ms"), ("Berg", "mr")]
    assert len(values(store, "deal")) == 3


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("entity", ["deal", "ticket", "activity"])
def test_an_address_that_only_one_of_several_rows_has_is_that_of_the_one_person_they_name(
    store: Store, tmp_path: Path, entity: str, is_first: bool, mode: str
) -> None:
    header = {"deal": "Deal name", "ticket": "Subject", "activity": "Subject"}[entity] + ",Contact,Contact email,Contact phone\n"
    rows = ["A,Eva Klein,,030 1234567\n", "B,Eva Klein,eva@x.example,\n"] if entity != "ticket" else ["A,Eva Klein,,\n", "B,Eva Klein,eva@x.example,\n"]
    text = header + "".join(rows if is_first else reversed(rows))
    first = taken(store, tmp_path, entity, text, on_duplicate=mode)
    assert (first.added, first.rejected, first.created) == (2, 0, {"contact": 1})
    assert [part["value"] for row in values(store, "contact") for part in row["email"]] == ["eva@x.example"]
    again = taken(store, tmp_path, entity, text, on_duplicate=mode)
    assert (again.rejected, again.created) == (0, {})


def test_a_company_that_stands_twice_among_people_gets_what_the_second_row_says_at_once(store: Store, tmp_path: Path) -> None:
    text = "Company,Email\nBeta AG,\nBeta AG,bob@b.example\n"
    taken(store, tmp_path, "contact", text, on_duplicate="fill")
    assert [part["value"] for row in values(store, "company") for part in row["email"]] == ["bob@b.example"]
    again = taken(store, tmp_path, "contact", text, on_duplicate="fill")
    assert (again.updated, again.skipped, again.transaction) == (0, 2, None)


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("contact", "Name,Company,Email\nHans Klein,Acme,hans@x.example\nHans Klein,Beta,hans@x.example\n"),
        ("contact", "Name,Email,Role,Note\nHans Klein,hans@x.example,Buyer,one\nHans Klein,hans@x.example,Boss,two\nHans Klein,hans@x.example,Clerk,three\n"),
        ("company", "Company\nAcme\nAcme GmbH\n"),
        ("deal", "Deal ID,Deal name,Amount\n1,Big,100\n1,Big one,200\n"),
    ],
)
def test_rows_of_one_record_that_contradict_one_another_change_nothing_the_second_time(store: Store, tmp_path: Path, entity: str, text: str) -> None:
    taken(store, tmp_path, entity, text, on_duplicate="overwrite")
    before = values(store, entity)
    seen = preview(store, entity, tmp_path / f"{entity}.csv", ImportOptions(dates="ymd", on_duplicate="overwrite"), whole=True)
    assert (seen.updated, {row.what for row in seen.rows}) == (0, {"same"})
    there = journaled(store)
    again = taken(store, tmp_path, entity, text, on_duplicate="overwrite")
    assert (again.added, again.updated, again.skipped, journaled(store)) == (0, 0, len(text.splitlines()) - 1, there)
    assert values(store, entity) == before


def test_the_last_of_several_rows_still_changes_a_record(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Email,Role\nHans Klein,hans@x.example,Boss\n")
    text = "Name,Email,Role\nHans Klein,hans@x.example,Buyer\nHans Klein,hans@x.example,Clerk\n"
    assert taken(store, tmp_path, "contact", text, on_duplicate="overwrite").updated == 2
    assert [row["role"] for row in values(store, "contact")] == ["Clerk"]


def test_a_company_with_two_addresses_is_known_by_the_town_of_either(store: Store, tmp_path: Path) -> None:
    text = "Company,Name,City,Company city\nGamma,Anna Berg,,Köln\nGamma,,Berlin,\n"
    for turn in range(2):
        result = taken(store, tmp_path, "contact", text)
        assert (result.added, result.joined, result.created) == ((1, 1, {"company": 1}) if turn == 0 else (0, 0, {}))
    assert [part["value"] for row in values(store, "company") for part in row["address"]] == ["Köln", "Berlin"]
    assert taken(store, tmp_path, "company", "Company,City\nGamma,Ulm\n").added == 1
