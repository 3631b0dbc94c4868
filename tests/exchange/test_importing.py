"""Importing: a user's file becomes records in one step that can be undone, and what can't be taken is given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import Cancelled, NotAllowed, UserError
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import export_records
from crmdesk.exchange.rows import plan as planning
from crmdesk.exchange.rows.plan import ImportOptions, Plan
from crmdesk.operations import records

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def write(folder: Path, text: str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def taken(store: Store, folder: Path, entity: str, text: str, name: str = "people.csv", **options: Any) -> ImportResult:
    return import_file(store, entity, write(folder, text, name), ImportOptions(**options))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


def column(store: Store, sql: str) -> list[Any]:
    return [row[0] for row in rows(store, sql)]


def test_contacts_come_with_company_phones_and_mails_in_one_undo(store: Store, tmp_path: Path) -> None:
    result = taken(
        store, tmp_path, "contact",
        "First Name,Last Name,Company,E-mail,Business Phone,Mobile,City\nAnna,Berg,Acme,anna@acme.example,030 123456,0151 23456789,Berlin\nBob,Li,Acme,bob@acme.example,,,\n",
    )  # fmt: skip
    assert (result.read, result.added, result.rejected, result.created) == (2, 2, 0, {"company": 1})
    assert rows(store, "SELECT label, number, e164 FROM phone ORDER BY position") == [
        ("work", "030 123456", "+4930123456"),
        ("mobile", "0151 23456789", "+4915123456789"),
    ]
    assert column(store, "SELECT c.name FROM contact t JOIN company c ON c.id = t.company_id ORDER BY t.name") == ["Acme", "Acme"]
    store.undo()
    assert column(store, "SELECT count(*) FROM contact WHERE deleted_at IS NULL UNION ALL SELECT count(*) FROM company WHERE deleted_at IS NULL") == [0, 0]
    store.redo()
    assert column(store, "SELECT name FROM contact WHERE deleted_at IS NULL ORDER BY name") == ["Anna Berg", "Bob Li"]


def test_names_in_one_column_are_split_as_their_culture_does(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", 'Name\n"Smith, John"\nDr. Anna von Berg\n王小明\nFrau Eva Müller\n')
    found = rows(store, "SELECT given_name, family_name, title, salutation FROM contact ORDER BY id")
    assert found == [("John", "Smith", None, None), ("Anna", "von Berg", "Dr.", None), ("小明", "王", None, None), ("Eva", "Müller", None, "ms")]


def test_a_row_without_a_person_becomes_the_company_it_names(store: Store, tmp_path: Path) -> None:
    result = taken(
        store, tmp_path, "contact", "First Name,Last Name,Company,Phone,Web Page\n,,Fabrikam,+49 89 3176,http://fabrikam.example\nAnna,Berg,Fabrikam,,\n"
    )
    assert (result.added, result.created) == (1, {"company": 1})
    assert rows(store, "SELECT c.name, c.website, p.number FROM company c JOIN phone p ON p.company_id = c.id") == [
        ("Fabrikam", "http://fabrikam.example", "+49 89 3176")
    ]


def test_a_company_that_names_itself_as_its_parent_is_rejected_alone(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "company", "Name,Parent company\nNordwind,Nordwind\nOstwind,Westwind\nWestwind,\n")
    assert (result.added, result.rejected) == (2, 1)
    assert rows(store, "SELECT t.name, p.name FROM company t LEFT JOIN company p ON p.id = t.parent_id ORDER BY t.name") == [
        ("Ostwind", "Westwind"),
        ("Westwind", None),
    ]


def test_only_the_companies_that_stand_above_each_other_are_not_taken(store: Store, tmp_path: Path) -> None:
    text = "Name,Parent company\nSüdwind,\nOstwind,Westwind\nWestwind,Mittwind\nMittwind,OSTWIND\nNordwind,Ostwind\nBrise,Nordwind\nFlaute,Flaute\n"
    result = taken(store, tmp_path, "company", text)
    assert (result.added, result.rejected) == (3, 4)
    assert {problem.line: problem.reason for problem in result.problems} == {
        3: "“Ostwind” would stand above itself.", 4: "“Westwind” would stand above itself.", 5: "“Mittwind” would stand above itself.",
        8: "Parent company: “Flaute” would stand above itself.",
    }  # fmt: skip
    found = rows(store, "SELECT c.name, p.name FROM company c LEFT JOIN company p ON p.id = c.parent_id ORDER BY c.name")
    assert found == [("Brise", "Nordwind"), ("Nordwind", "Ostwind"), ("Ostwind", None), ("Südwind", None)]


def test_only_the_people_who_report_to_each_other_are_not_taken(store: Store, tmp_path: Path) -> None:
    result = taken(
        store, tmp_path, "contact", "First Name,Last Name,Reports to\nAnna,Berg,Ben Tal\nBen,Tal,Anna Berg\nCleo,Wu,\n", chosen={"reports_to": "Reports to"}
    )
    assert (result.added, [problem.line for problem in result.problems]) == (1, [2, 3])


def test_a_bad_cell_rejects_its_row_and_phones_never_do(store: Store, tmp_path: Path) -> None:
    text = "Name,Email,Birthday,Phone\nAnna,anna@example.com,1990-02-30,call me\nBob,not a mail,1990-02-03,1\nCleo,cleo@example.com,1991-02-03,whenever\n"
    result = taken(store, tmp_path, "contact", text)
    assert (result.read, result.added, result.rejected) == (3, 1, 2)
    assert [(problem.line, problem.reason) for problem in result.problems] == [
        (2, "Birthday: “1990-02-30” is not a date."), (3, "Email: “not a mail” is not a mail address.")
    ]  # fmt: skip
    assert column(store, "SELECT number FROM phone") == ["whenever"]


def test_a_row_says_all_cells_that_are_wrong_so_that_it_is_corrected_once(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "company", "Name,Employees,Payment terms\nAcme,ever so many,soon\nOther,ever so many,14\n", "companies.csv")
    assert [(problem.line, problem.reason) for problem in result.problems] == [
        (2, "Employees: “ever so many” is not a number. Payment terms: “soon” is not a number."),
        (3, "Employees: “ever so many” is not a number."),
    ]


def test_amounts_are_read_as_java_writes_them_and_not_where_a_spreadsheet_lost_digits(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "company", "Name,Annual revenue\nNordwind,6.0E7\nOstwind,8.48E10\nWestwind,1.23E+08\nSüdwind,-1.5E3\n")
    assert (result.added, [problem.line for problem in result.problems]) == (3, [4])
    assert rows(store, "SELECT name, revenue FROM company ORDER BY name") == [
        ("Nordwind", 6_000_000_000),
        ("Ostwind", 8_480_000_000_000),
        ("Südwind", -150_000),
    ]


def test_a_rejected_row_makes_nothing(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "contact", "Name,Email,Company\nAnna,not a mail,Nordwind\nBob,bob@example.com,Ostwind\n")
    assert (result.added, result.rejected, result.created) == (1, 1, {"company": 1})
    assert column(store, "SELECT name FROM company") == ["Ostwind"]


def test_rejected_rows_come_back_in_the_users_layout_and_import_once_corrected(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "contact", "Name;E-Mail;Notiz\nAnna;anna@;a;\nBob;bob@example.com;b\n", "kontakte.csv")
    assert result.rejects_file == str(tmp_path / "kontakte-rejected.csv")
    text = (tmp_path / "kontakte-rejected.csv").read_text(encoding="utf-8")
    assert text.splitlines() == ["Name;E-Mail;Notiz;Reason", "Anna;anna@;a;Line 2: E-Mail: “anna@” is not a mail address."]
    again = taken(store, tmp_path, "contact", text.replace("anna@;", "anna@example.com;"), "corrected.csv")
    assert (again.added, again.rejected) == (1, 0)


def test_rejected_rows_of_a_workbook_come_back_as_a_workbook(store: Store, tmp_path: Path) -> None:
    from crmdesk.reports.workbook import plain_workbook

    plain_workbook(tmp_path / "list.xlsx", "People", [["Name", "Email", "Since"], ["Anna", "anna@", 3], ["Bob", "bob@example.com", 4]])
    result = import_file(store, "contact", tmp_path / "list.xlsx")
    assert result.rejects_file == str(tmp_path / "list-rejected.xlsx")
    table = open_table(tmp_path / "list-rejected.xlsx")
    assert table.columns == ("Name", "Email", "Since", "Reason")
    assert [cells[:3] for _, cells in table.rows()] == [["Anna", "anna@", 3.0]]


def test_strict_writes_nothing_when_a_row_is_bad(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="1 row was rejected, so nothing was written.*Line 2"):
        taken(store, tmp_path, "contact", "Name,Email\nAnna,anna@\nBob,bob@example.com\n", strict=True)
    assert column(store, "SELECT count(*) FROM contact") == [0]


def test_a_dry_run_tells_everything_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "contact", "Name,Company,Email\nAnna,Acme,anna@\nBob,Acme,bob@example.com\n", dry_run=True)
    assert (result.read, result.added, result.rejected, result.created, result.transaction, result.rejects_file) == (2, 1, 1, {"company": 1}, None, None)
    assert column(store, "SELECT count(*) FROM contact UNION ALL SELECT count(*) FROM company") == [0, 0]
    assert list(tmp_path.glob("*rejected*")) == []


# ---- known records ----

KNOWN = "Name,Email,Role,Phone\nAnna Berg,anna@example.com,Buyer,030 123456\n"


def test_known_records_are_skipped_unless_told_otherwise(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", KNOWN)
    again = taken(store, tmp_path, "contact", "Name,Email,Role\nAnna Berg,ANNA@example.com,Boss\nAnna Berg,other@example.com,\n")
    assert (again.added, again.skipped) == (1, 1)
    assert column(store, "SELECT role FROM contact ORDER BY id") == ["Buyer", None]


def test_fill_takes_what_is_empty_and_overwrite_what_is_given(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", KNOWN)
    text = "Name,Email,Role,Department,Phone\nAnna Berg,anna@example.com,Boss,Sales,0151 23456789\n"
    filled = taken(store, tmp_path, "contact", text, on_duplicate="fill")
    assert (filled.added, filled.updated, filled.skipped) == (0, 1, 0)
    assert rows(store, "SELECT role, department FROM contact") == [("Buyer", "Sales")]
    assert column(store, "SELECT number FROM phone ORDER BY position") == ["030 123456", "0151 23456789"]
    written = taken(store, tmp_path, "contact", text, on_duplicate="overwrite")
    assert (written.updated, rows(store, "SELECT role, department FROM contact")) == (1, [("Boss", "Sales")])
    unchanged = taken(store, tmp_path, "contact", text, on_duplicate="overwrite")
    assert (unchanged.updated, unchanged.skipped, unchanged.transaction) == (0, 1, None)
    store.undo()
    assert rows(store, "SELECT role, department FROM contact") == [("Buyer", "Sales")]


def test_add_makes_another_record(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", KNOWN)
    assert taken(store, tmp_path, "contact", KNOWN, on_duplicate="add").added == 1


def test_a_mail_address_shared_by_two_people_does_not_make_them_one(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "contact", "Name,Email\nAnna Berg,office@example.com\nBob Li,office@example.com\n")
    assert (result.added, result.skipped) == (2, 0)


def test_repeated_imports_match_by_the_other_programs_id(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", "Record ID,Name\n7,Acme\n8,Bolt\n", "export.csv")
    again = taken(store, tmp_path, "company", "Record ID,Name,Industry\n7,Acme Ltd,Steel\n9,Cog,\n", "export.csv", on_duplicate="overwrite")
    assert (again.added, again.updated) == (1, 1)
    assert rows(store, "SELECT name, industry, source, external_id FROM company ORDER BY id") == [
        ("Acme Ltd", "Steel", "export", "7"), ("Bolt", None, "export", "8"), ("Cog", None, "export", "9")
    ]  # fmt: skip


def test_the_user_says_by_what_records_are_matched(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Department,Role\nAnna Berg,Sales,A\n")
    result = taken(store, tmp_path, "contact", "Name,Department,Role\nAnna Berg-Li,Sales,B\n", match=("department",), on_duplicate="overwrite")
    assert (result.updated, column(store, "SELECT name FROM contact")) == (1, ["Anna Berg-Li"])


def test_companies_of_one_name_in_two_towns_are_two(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "company", "Name,City\nAcme,Berlin\nAcme,Hamburg\nACME,berlin\nacme,\n")
    assert (result.added, result.skipped) == (2, 2)
    assert taken(store, tmp_path, "company", "Name,City\nAcme,Köln\nAcme,Hamburg\n").added == 1


def test_what_would_change_is_known_cell_by_cell_before(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", KNOWN)
    path = write(tmp_path, "Name,Email,Role\nAnna Berg,anna@example.com,Boss\n", "next.csv")
    plan = Plan(store, "contact", path, ImportOptions(on_duplicate="overwrite"))
    list(plan.batches())
    assert [(change.line, change.field, change.before, change.after) for change in plan.told.changes] == [(2, "role", "Buyer", "Boss")]


# ---- links ----


def test_parents_may_stand_below_their_children(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "company", "account,subsidiary_of\nChild,Mother\nMother,\nOrphan,Stranger\n")
    assert (result.added, result.created) == (3, {"company": 1})
    found = rows(store, "SELECT c.name, p.name FROM company c LEFT JOIN company p ON p.id = c.parent_id ORDER BY c.name")
    assert found == [("Child", "Mother"), ("Mother", None), ("Orphan", "Stranger"), ("Stranger", None)]


def test_links_are_found_by_number_id_or_name(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", "customer_id,name,customer number\nALFKI,Alfreds,1001\n", "customers.csv")
    text = "Deal name,Account\nby name,alfreds\nby number,1001\nby id,ALFKI\n"
    result = taken(store, tmp_path, "deal", text, "deals.csv")
    assert (result.added, result.created) == (3, {})
    assert column(store, "SELECT DISTINCT c.name FROM deal d JOIN company c ON c.id = d.company_id") == ["Alfreds"]


def test_without_making_records_a_missing_one_rejects_the_row(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "contact", "Name,Company\nAnna Berg,Acme\nBob Li,\n", creates=False)
    assert (result.added, [problem.reason for problem in result.problems]) == (1, ["Company: There is no Company “Acme”."])


def test_a_name_that_two_records_have_is_not_guessed(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", "Name,City\nAcme,Berlin\nAcme,Hamburg\n", "a.csv")
    result = taken(store, tmp_path, "contact", "Name,Company\nAnna Berg,Acme\n")
    assert [problem.reason for problem in result.problems] == ["Company: 2 records of “Company” are called “Acme”."]


def test_of_several_records_with_one_name_the_one_of_the_rows_company_is_meant(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Deal name,Company\nRefit,Acme\nRefit,Beta\nRefit,Gamma\nRefit,Gamma\n", "deals.csv", on_duplicate="add")
    text = "Subject,Deal,Company,Date\nfirst,Refit,Beta,2026-02-01\nsecond,Refit,Acme,2026-02-01\nthird,Refit,Gamma,2026-02-01\nfourth,Refit,,2026-02-01\n"
    result = taken(store, tmp_path, "activity", text, "talks.csv")
    found = rows(store, "SELECT a.subject, c.name FROM activity a JOIN deal d ON d.id = a.deal_id JOIN company c ON c.id = d.company_id ORDER BY a.subject")
    assert found == [("first", "Beta"), ("second", "Acme")]
    assert [(problem.line, problem.reason) for problem in result.problems] == [
        (4, "Deal: 4 records of “Deal” are called “Refit”."),
        (5, "Deal: 4 records of “Deal” are called “Refit”."),
    ]


def test_a_deal_does_not_wait_for_its_quote_which_comes_after_it(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "deal", "Deal name,Company,Quote\nRefit,Acme,Q-2026-0007\n")
    assert (result.added, result.rejected, len(result.notes)) == (1, 0, 1)
    assert column(store, "SELECT quote_id FROM deal") == [None]


def test_a_refused_amount_is_named_as_it_stands_with_its_own_column(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "deal", 'Deal name,Company,Amount\nA,Acme,"1,234.50"\nB,Acme,200.00\nC,Acme,$5x\n')
    assert [problem.reason for problem in result.problems] == ["Amount: “$5x” is not an amount of money."]


def test_tags_and_owners_are_made_and_owners_stay_inactive(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "contact", "Name,Tags,Contact owner\nAnna Berg,vip;Kunde,Tom Klein\nBob Li,VIP,Tom Klein\n")
    assert result.created == {"member": 1, "tag": 2}
    assert rows(store, "SELECT name, is_active FROM member WHERE name = 'Tom Klein'") == [("Tom Klein", 0)]
    assert column(store, "SELECT count(*) FROM record_tag") == [3]


def test_own_fields_are_filled_by_their_name(store: Store, tmp_path: Path) -> None:
    from crmdesk.models.workspace import CustomField
    from crmdesk.store.door import Change, operation

    @operation("Add own field", right="custom_field.write")
    def add_field(change: Change) -> None:
        change.add(CustomField, about="contact", name="shoe_size", label="Shoe size", kind="integer")

    store.run(add_field)
    taken(store, tmp_path, "contact", "Name,Shoe size\nAnna Berg,42\n")
    with store.read() as reader:
        from crmdesk.queries.records import find_one, record

        assert record(reader, "contact", find_one(reader, "contact", "Anna Berg"))["shoe_size"] == 42


# ---- dates and numbers ----


def test_dates_that_read_two_ways_are_never_guessed(store: Store, tmp_path: Path) -> None:
    text = "Name,Birthday\nAnna Berg,3/4/1990\n"
    with pytest.raises(UserError, match="“3/4/1990” in column “Birthday” can be read in two ways.*--dates dmy"):
        taken(store, tmp_path, "contact", text)
    taken(store, tmp_path, "contact", text, dates="mdy")
    assert column(store, "SELECT birthday FROM contact") == ["1990-03-04"]


def test_one_clear_date_decides_for_its_column(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Birthday\nAnna Berg,3/4/1990\nBob Li,25/12/1991\nCleo Wu,0/0/00\n")
    assert column(store, "SELECT birthday FROM contact ORDER BY name") == ["1990-04-03", "1991-12-25", None]


def test_outlooks_empty_date_shows_that_months_come_first(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "First Name,Last Name,Birthday\nAnna,Berg,3/4/1990\nBob,Li,0/0/00\n")
    assert column(store, "SELECT birthday FROM contact ORDER BY name") == ["1990-03-04", None]


def test_days_of_excels_calendar_are_dates(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Birthday\nAnna Berg,44197\nBob Li,45631.0\n")
    assert column(store, "SELECT birthday FROM contact ORDER BY name") == ["2021-01-01", "2024-12-05"]


@pytest.mark.parametrize(
    ("amounts", "minor"), [(("1.234", "1.234,50"), [123400, 123450]), (("1,234", "1,234.50"), [123400, 123450]), (("1.234,5", "0,5"), [123450, 50])]
)
def test_the_column_decides_what_its_points_and_commas_mean(store: Store, tmp_path: Path, amounts: tuple[str, str], minor: list[int]) -> None:
    taken(store, tmp_path, "deal", "Deal name;Amount\n" + "".join(f"d{i};{amount}\n" for i, amount in enumerate(amounts)))
    assert column(store, "SELECT amount FROM deal ORDER BY name") == minor


def test_amounts_keep_their_currency(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Deal name;Amount;Currency\na;12,50;USD\nb;€ 99;\nc;1.500 JPY;\n")
    assert rows(store, "SELECT name, amount, currency FROM deal ORDER BY name") == [("a", 1250, "USD"), ("b", 9900, "EUR"), ("c", 1500, "JPY")]


def test_phones_are_read_with_the_rows_country_then_the_given_one(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Phone,Country\nAnna Berg,0664 1234567,Österreich\nBob Li,020 7946 0958,\n", region="GB")
    assert rows(store, "SELECT e164, region FROM phone ORDER BY id") == [("+436641234567", "AT"), ("+442079460958", None)]


# ---- deals ----


def test_deals_get_stage_dates_and_name_from_what_the_file_says(store: Store, tmp_path: Path) -> None:
    text = (
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n1,Moses Frase,GTXPro,Cancity,Closed Won,2016-10-20,2017-03-01,1054\n"
        "2,Moses Frase,GTX Pro,,Demo,2016-10-25,2017-03-11,\n3,,,,Lost,,,0\n"
    )
    taken(store, tmp_path, "product", "product,sales_price\nGTX Pro,550\n", "products.csv")
    result = taken(store, tmp_path, "deal", text, "deals.csv")
    assert result.created == {"company": 1, "member": 1, "stage": 1}
    found = rows(store, "SELECT d.name, s.name, s.outcome, d.expected_close_on, d.closed_on, d.amount, p.name FROM deal d JOIN stage s ON s.id = d.stage_id "
                        "LEFT JOIN product p ON p.id = d.product_id ORDER BY d.external_id")  # fmt: skip
    assert found[0] == ("Cancity · GTXPro", "Won", "won", None, "2017-03-01", 105400, "GTX Pro")
    assert found[1] == ("GTX Pro", "Demo", "open", "2017-03-11", None, None, "GTX Pro")
    assert (found[2][0], found[2][2]) == ("3", "lost")
    stages = column(store, "SELECT name FROM stage WHERE deleted_at IS NULL ORDER BY position")
    assert stages == ["Qualify", "Meeting", "Proposal", "Negotiation", "Demo", "Won", "Lost"]
    assert rows(store, "SELECT win_rate / 1000000 FROM stage WHERE name = 'Demo'") == [(88,)]


def test_a_pipeline_that_comes_with_an_import_has_its_order_and_win_rates_and_nothing_else(store: Store, tmp_path: Path) -> None:
    lines = "".join(
        f"Deal {number},{stage},100\n"
        for number, stage in enumerate(
            ("Negotiation/Review", "Prospecting", "Closed Won", "Proposal/Price Quote", "Qualification", "Prospecting", "Closed Lost")
        )
    )
    taken(store, tmp_path, "deal", "Opportunity Name,Stage,Amount\n" + lines, "opportunities.csv")
    pipeline = "SELECT name, win_rate / 1000000, outcome FROM stage WHERE deleted_at IS NULL ORDER BY position"
    assert rows(store, pipeline) == [
        ("Prospecting", 10, "open"), ("Qualification", 20, "open"), ("Proposal/Price Quote", 60, "open"), ("Negotiation/Review", 80, "open"), ("Won", 100, "won"), ("Lost", 0, "lost")
    ]  # fmt: skip
    store.undo()
    assert column(store, "SELECT name FROM stage WHERE deleted_at IS NULL ORDER BY position") == [
        "Qualify",
        "Meeting",
        "Proposal",
        "Negotiation",
        "Won",
        "Lost",
    ]


def test_prospecting_comes_before_engaging_whatever_the_order_of_the_file(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Opportunity,Deal stage\nA,Engaging\nB,Prospecting\nC,Won\n", "pipeline.csv")
    assert column(store, "SELECT name FROM stage WHERE deleted_at IS NULL AND outcome = 'open' ORDER BY position") == ["Prospecting", "Engaging"]


def test_stages_with_names_of_their_own_keep_the_files_order_and_share_the_rates_evenly(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Deal name,Stage\nA,Alpha\nB,Beta\nC,Gamma\n", "deals.csv")
    assert rows(store, "SELECT name, win_rate / 1000000 FROM stage WHERE deleted_at IS NULL AND outcome = 'open' ORDER BY position") == [
        ("Alpha", 25),
        ("Beta", 50),
        ("Gamma", 75),
    ]


def test_a_pipeline_in_use_keeps_its_stages_beside_those_of_an_import(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "deal", {"name": "Mine"})
    taken(store, tmp_path, "deal", "Deal name,Stage\nA,Alpha\nB,Beta\n", "deals.csv")
    found = rows(store, "SELECT name, win_rate / 1000000 FROM stage WHERE deleted_at IS NULL AND outcome = 'open' ORDER BY position")
    assert found == [("Qualify", 10), ("Meeting", 30), ("Proposal", 50), ("Negotiation", 75), ("Alpha", 83), ("Beta", 92)]


@pytest.mark.parametrize(("won", "lost"), [
    ("Closed Won", "Closed Lost"), ("Won", "Lost"), ("Gewonnen", "Verloren"), ("Abgeschlossen gewonnen", "Abgeschlossen verloren"), ("Abgeschlossen und gewonnen", "Geschlossen und verloren"),
    ("赢单", "输单"), ("成交", "丢单"), ("已赢单", "已丢单"),
])  # fmt: skip
def test_the_stages_of_a_new_pipeline_that_are_called_won_and_lost_are_so(store: Store, tmp_path: Path, won: str, lost: str) -> None:
    text = "Record ID,Deal Name,Pipeline,Deal Stage,Deal owner,Close Date\n" + "".join(
        f"{number},Deal {number},Sales Pipeline,{stage},,2026-03-0{number} 10:00\n" for number, stage in enumerate((won, "Demo", lost, "Negotiation"), 1)
    )
    result = taken(store, tmp_path, "deal", text, "deals.csv")
    assert (result.rejected, result.created) == (0, {"pipeline": 1, "stage": 4})
    stages = "SELECT s.name, s.outcome, s.win_rate / 1000000 FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE p.name = 'Sales Pipeline' ORDER BY s.position"
    assert rows(store, stages) == [("Demo", "open", 40), ("Negotiation", "open", 80), (won, "won", 100), (lost, "lost", 0)]
    assert rows(store, "SELECT closed_on, expected_close_on FROM deal ORDER BY external_id") == [
        ("2026-03-01", None), (None, "2026-03-02"), ("2026-03-03", None), (None, "2026-03-04")
    ]  # fmt: skip


def test_salesforces_ratings_are_tiers(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "company", "Account Name,Rating\nAcme,Hot\nBolt,Warm\nCog,Cold\n")
    assert (result.rejected, column(store, "SELECT tier FROM company ORDER BY name")) == (0, ["a", "b", "c"])


def test_a_tickets_customer_is_found_or_made_with_the_mail_beside(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "ticket", "Betreff,Kunde,E-Mail\nDrucker,Anna Berg,anna@example.com\n")
    found = rows(store, "SELECT c.name, e.address FROM ticket t JOIN contact c ON c.id = t.contact_id JOIN email e ON e.contact_id = c.id")
    assert found == [("Anna Berg", "anna@example.com")]


# ---- quotes, tickets, activities ----


def test_orders_keep_their_number_and_date_and_their_lines_come_in_a_second_file(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", "customer_id,name\nVINET,Vins\n", "customers.csv")
    taken(store, tmp_path, "product", "product_id,name,unit\n11,Queso,pkg\n", "products.csv")
    taken(store, tmp_path, "quote", "order_id,customer_id,order_date\n10248,VINET,1996-07-04\n", "orders.csv")
    taken(store, tmp_path, "quote_line", "order_id,product_id,unit_price,quantity,discount\n10248,11,14,12,0\n10248,11,9.8,10,0.15\n", "details.csv")
    assert rows(store, "SELECT number, external_id, date, status, net FROM quote") == [("10248", "10248", "1996-07-04", "accepted", 16800 + 9800 - 1470)]
    assert rows(store, "SELECT position, description, unit, net FROM quote_line ORDER BY position") == [(0, "Queso", "pkg", 16800), (1, "Queso", "pkg", 8330)]
    assert column(store, "SELECT number FROM spent_number WHERE about = 'quote'") == ["10248"]
    assert column(store, "SELECT count(*) FROM number_series WHERE about = 'quote' AND next_value > 1") == [0]


def test_orders_and_lines_may_stand_in_one_file(store: Store, tmp_path: Path) -> None:
    text = "Order Number,Customer,Order Date,Product,Quantity,Unit Price,Discount\nA1,Vins,2024-01-02,Queso,2,10.00,10\nA1,Vins,2024-01-02,Tofu,1,5.00,\nA2,Vins,2024-01-03,Tofu,3,5.00,\n"
    result = taken(store, tmp_path, "quote", text, "orders.csv")
    assert (result.read, result.added, result.created) == (3, 2, {"company": 1, "product": 2})
    assert rows(store, "SELECT number, net FROM quote ORDER BY number") == [("A1", 1800 + 500), ("A2", 1500)]


def test_tickets_come_with_customer_message_and_their_own_number(store: Store, tmp_path: Path) -> None:
    text = (
        "Ticket ID,Customer Name,Customer Email,Ticket Type,Ticket Subject,Ticket Description,Ticket Status,Ticket Priority,Ticket Channel,First Response Time,Time to Resolution\n"
        '1,Ann Lee,ann@example.com,Repair,Broken,"It is\nbroken",Pending Customer Response,Critical,Social media,01-06-2023 12:15,\n'
        "2,Ann Lee,ann@example.com,Repair,Still broken,Again,Closed,Low,Email,31-05-2023 12:00,31-05-2023 10:00\n"
    )
    result = taken(store, tmp_path, "ticket", text, "tickets.csv")
    assert (result.added, result.created) == (2, {"contact": 1, "queue": 1})
    assert rows(store, "SELECT number, status, priority, channel FROM ticket ORDER BY number") == [
        ("1", "waiting", "urgent", "social"),
        ("2", "closed", "low", "mail"),
    ]
    assert column(store, "SELECT body FROM message ORDER BY id") == ["It is\nbroken", "Again"]
    assert result.notes == ("1 ticket was resolved before the first reply, as the file has it.", "Switched on, so that what came in is found: Tickets.")


def test_tickets_without_a_number_get_one_from_the_series(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "ticket", "Subject,Status\nOne,open\nTwo,open\n", "tickets.csv")
    assert column(store, "SELECT number FROM ticket ORDER BY number") == ["T-0001", "T-0002"]


def test_activities_keep_author_and_time_and_reach_the_companys_timeline(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Company\nAnna Berg,Acme\n")
    taken(store, tmp_path, "activity", "Type,Subject,Date,Contact,Author\nCall,Asked for a price,2024-03-05 14:30,Anna Berg,Tom Klein\n", "calls.csv")
    found = rows(store, "SELECT a.kind, a.at, m.name, c.name FROM activity a JOIN member m ON m.id = a.owner_id LEFT JOIN company c ON c.id = a.company_id")
    assert found == [("call", 1709645400000, "Tom Klein", "Acme")]


# ---- progress, cancelling, rights, size ----


def test_cancelling_leaves_no_trace(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "Name\n" + "".join(f"Person {i}\n" for i in range(9_000)))
    told: list[int] = []

    def progress(done: int, total: int) -> None:
        told.append(done)
        if done > 4_000:
            raise Cancelled

    before = column(store, "SELECT count(*) FROM journal_tx")
    with pytest.raises(Cancelled):
        import_file(store, "contact", path, progress=progress)
    assert told == [4_000, 8_000]
    assert column(store, "SELECT count(*) FROM contact") == [0]
    assert column(store, "SELECT count(*) FROM journal_tx") == before


def test_a_long_file_waits_on_the_disk_and_is_undone_as_one(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crmdesk.exchange import importing

    monkeypatch.setattr(importing, "HELD", 5_000)
    assert planning.HELD > 5_000
    path = write(tmp_path, "Name,Company,Email\n" + "".join(f"Person {i},Firm {i % 50},p{i}@example.com\n" for i in range(9_000)) + "Bad,Firm 1,bad\n")
    result = import_file(store, "contact", path)
    assert (result.added, result.rejected, result.created) == (9_000, 1, {"company": 50})
    assert result.rejects_file is not None
    store.undo()
    assert column(store, "SELECT count(*) FROM contact WHERE deleted_at IS NULL") == [0]


def test_a_role_that_may_not_import_is_refused(store: Store, tmp_path: Path) -> None:
    store.act_as("read_only")
    with pytest.raises(NotAllowed):
        taken(store, tmp_path, "contact", "Name\nAnna Berg\n")


def test_who_may_not_make_members_gets_rows_back_instead(store: Store, tmp_path: Path) -> None:
    store.act_as("sales")
    result = taken(store, tmp_path, "contact", "Name,Contact owner\nAnna Berg,Tom Klein\nBob Li,Maria Becker\n")
    assert (result.added, [problem.reason for problem in result.problems]) == (1, ["Contact owner: There is no Member “Tom Klein”."])


@pytest.mark.parametrize(
    ("entity", "text", "words"),
    [("setting", "key\nx\n", "can't be imported"), ("nonsense", "a\nb\n", "no entity"), ("contact", "aaa,bbb\n1,2\n", "No column")],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(store: Store, tmp_path: Path, entity: str, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        taken(store, tmp_path, entity, text)


def test_texts_that_look_like_formulas_stay_texts(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Notes\n\"=cmd|' /C calc'!A0\",@SUM(1+1)\n")
    assert column(store, "SELECT text FROM memo") == ["@SUM(1+1)"]
    assert "=cmd|" in column(store, "SELECT name FROM contact")[0]


def test_imported_people_are_found_by_search_and_by_phone(store: Store, tmp_path: Path) -> None:
    from crmdesk.queries.search import search

    taken(store, tmp_path, "contact", "Name,Phone\nAnna Berg,030 123456\n")
    assert records is not None
    with store.read() as reader:
        assert [hit.title for hit in search(reader, "berg")] == ["Anna Berg"]
        assert [hit.title for hit in search(reader, "123456")] == ["Anna Berg"]


def test_what_others_refer_to_is_written_first(store: Store, tmp_path: Path) -> None:
    """Else SQLite looks, for each row, through all rows that wait for something: minutes instead of seconds."""
    path = write(tmp_path, "Name,Company,Tags,Reports to\nAnna Berg,Acme,vip,Cleo Wu\nBob Li,Bolt,,Anna Berg\nCleo Wu,Acme,,\n")
    batches = list(Plan(store, "contact", path, ImportOptions()).batches())
    assert [entity for entity, *_ in batches[0].inserts] == ["tag", "company", "contact", "record_tag"]
    links = [(columns, len(rows)) for batch in batches for entity, columns, rows in batch.updates if entity == "contact"]
    assert links == [(("reports_to_id",), 2)]
    import_file(store, "contact", path)
    found = rows(store, "SELECT c.name, b.name FROM contact c LEFT JOIN contact b ON b.id = c.reports_to_id ORDER BY c.name")
    assert found == [("Anna Berg", "Cleo Wu"), ("Bob Li", "Anna Berg"), ("Cleo Wu", None)]


def test_a_company_that_persons_above_named_gets_what_its_own_row_says(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "BLOCK", 2)
    text = "Name,Company Type,Related Company,Phone,Website\nBob,Individual,Acme,,\nBill,Individual,Acme,,\nEve,Individual,Bolt,,\nAcme,Company,,030 123456,acme.example\nBolt,Company,,,\n"
    result = taken(store, tmp_path, "contact", text)
    assert (result.added, result.created) == (3, {"company": 2})
    assert rows(store, "SELECT c.name, c.website, p.number FROM company c LEFT JOIN phone p ON p.company_id = c.id ORDER BY c.name") == [
        ("Acme", "acme.example", "030 123456"), ("Bolt", None, None)
    ]  # fmt: skip


def test_a_birthday_without_a_year_has_none_anywhere(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", "Name,Birthday\nAnna Berg,--12-24\nBob Li,24.12.\nCleo Wu,1604-12-24\nDora Ems,24.12.1990\n")
    assert column(store, "SELECT birthday FROM contact ORDER BY name") == ["1604-12-24"] * 3 + ["1990-12-24"]
    for ending, said in ((".csv", "'--12-24"), (".json", '"birthday": "--12-24"')):
        export_records(store, "contact", tmp_path / f"out{ending}")
        text = (tmp_path / f"out{ending}").read_text(encoding="utf-8-sig")
        assert text.count(said) == 3 and "1604" not in text
        assert import_file(store, "contact", tmp_path / f"out{ending}", ImportOptions(on_duplicate="add")).rejected == 0
        store.undo()
    assert set(column(store, "SELECT birthday FROM contact")) == {"1604-12-24", "1990-12-24"}


# ---- what repeats ----


@pytest.mark.parametrize("mode", ["skip", "fill", "overwrite"])
@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("contact", "Name\nAnna Berg\nBob Li\n"), ("contact", "Name,Role,City,Tags,Notes\nAnna Berg,Buyer,Graz,vip,a\nAnna Berg,Seller,Graz,vip,a\n"),
        ("lead", "First Name,Last Name,Phone\nAnna,Berg,ask Peter\nBob,Li,\n"), ("deal", "Deal Name,Amount\nBoxes,5 EUR\nBoxes,5 EUR\n"),
    ],
)  # fmt: skip
def test_a_file_without_any_key_comes_twice_without_doubling(store: Store, tmp_path: Path, entity: str, text: str, mode: str) -> None:
    assert (taken(store, tmp_path, entity, text, on_duplicate=mode).added, taken(store, tmp_path, entity, text, on_duplicate=mode).added) == (2, 0)
    assert column(store, f"SELECT count(*) FROM {entity}") == [2]


def test_two_people_of_one_name_are_not_joined(store: Store, tmp_path: Path) -> None:
    store.run(records.add, "contact", {"name": "John Smith", "phone": "030 1234567"})
    assert taken(store, tmp_path, "contact", "Name,Role\nJohn Smith,\nJohn Smith,Buyer\nJohn Smith,Buyer\n").added == 2
    assert taken(store, tmp_path, "contact", "Name,Role,City\nJohn Smith,Buyer,Graz\n").added == 1
    assert taken(store, tmp_path, "contact", "Name,Role,City\nJohn Smith,Buyer,\n", on_duplicate="add").added == 1


def test_a_second_row_of_a_new_record_completes_it_where_empty_fields_are_filled(store: Store, tmp_path: Path) -> None:
    text = "Name,Email,Role,Phone\nAnna Berg,a@x.example,,030 1234567\nAnna Berg,a@x.example,Buyer,030 7654321\nAnna Berg,a@x.example,Seller,030 1234567\nAnna Berg,a@x.example,,\n"
    result = taken(store, tmp_path, "contact", text, on_duplicate="fill")
    assert (result.added, result.updated, result.skipped, result.notes) == (1, 1, 2, ("1 row completes a new record of a row further up.",))
    assert column(store, "SELECT role FROM contact") == ["Buyer"]
    assert column(store, "SELECT number FROM phone ORDER BY position") == ["030 1234567", "030 7654321"]
    result = taken(store, tmp_path, "contact", text.replace("a@x", "b@x").replace("Anna", "Bea"), on_duplicate="overwrite")
    assert (result.added, result.updated) == (1, 2)
    assert column(store, "SELECT role FROM contact ORDER BY name") == ["Buyer", "Seller"]
    assert taken(store, tmp_path, "contact", text.replace("a@x", "c@x").replace("Anna", "Cleo")).skipped == 3
    store.undo()
    store.undo()
    store.undo()
    assert column(store, "SELECT count(*) FROM contact WHERE deleted_at IS NULL") == [0]


# ---- parents below their children ----


@pytest.mark.parametrize(
    "text",
    [
        "Company name,Parent company,City\nBeta GmbH,Holding AG,Graz\nHolding AG,,Wien\n", "Company name,Parent company,VAT ID\nBeta GmbH,Holding,\nHolding AG,,ATU12345675\n",
        "Company name,Customer number,Parent company\nBeta GmbH,2,1\nHolding AG,1,\n", "Company name,Record ID,Parent company\nBeta GmbH,2,1\nHolding AG,1,\n",
    ],
)  # fmt: skip
def test_a_parent_below_its_child_is_linked_and_not_made_twice(store: Store, tmp_path: Path, text: str) -> None:
    result = taken(store, tmp_path, "company", text)
    assert (result.added, result.created, [problem.reason for problem in result.problems]) == (2, {}, [])
    assert rows(store, "SELECT c.name, p.name FROM company c LEFT JOIN company p ON p.id = c.parent_id ORDER BY c.name") == [
        ("Beta GmbH", "Holding AG"),
        ("Holding AG", None),
    ]


def test_rows_whose_amounts_and_dates_are_none_come_back_instead_of_coming_in_without_them(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "deal", "Name,Amount,Expected close\na,$5k,2026-01-02\nb,abc,soon\nc,,soon\nd,def,\n", "deals.csv")
    assert (result.added, result.rejected, result.unused) == (1, 3, ())
    assert [problem.reason for problem in result.problems] == [
        "Expected close: “soon” is not a date.", "Expected close: “soon” is not a date.", "Amount: “def” is not an amount of money.",
    ]  # fmt: skip
    assert rows(store, "SELECT name, amount, currency FROM deal") == [("a", 500000, "USD")]


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("$5k", 500000), ("5 K", 500000), ("1.2M", 120000000), ("3 Mio. €", 300000000), ("1,5 Mrd EUR", 150000000000), ("12 T€", 1200000), ("5 TEUR", 500000),
        ("20万", 20000000), ("-5k", -500000), ("£2m", 200000000), ("EUR 1.5 million", 150000000),
    ],
)  # fmt: skip
def test_shortened_amounts_are_read(store: Store, tmp_path: Path, text: str, minor: int) -> None:
    taken(store, tmp_path, "deal", f"Name;Amount\na;{text}\n")
    assert column(store, "SELECT amount FROM deal") == [minor]


def test_what_may_be_a_thousand_times_as_much_is_refused(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "deal", "Name;Amount\na;1.234 EUR\nb;0.50 EUR\nc;1.2345\nd;1.500\n")
    assert [(problem.line, problem.reason) for problem in result.problems] == [
        (2, "Amount: “1.234 EUR” may be a thousand times as much: EUR has no thousandths.")
    ]
    assert column(store, "SELECT amount FROM deal ORDER BY name") == [50, 123, 150]
    assert result.notes == ("1 amount has more decimals than its currency and is rounded.",)


@pytest.mark.parametrize("region", ["DE", "US"])
def test_an_amount_of_three_decimals_is_whole_in_a_currency_without_thousandths(store: Store, tmp_path: Path, region: str) -> None:
    taken(store, tmp_path, "deal", "Name;Amount\na;1.234 EUR\nb;2.500\n", region=region)
    taken(store, tmp_path, "deal", "Name;Amount\nc;1,234 EUR\nd;2,500\n", region=region)
    assert column(store, "SELECT amount FROM deal ORDER BY name") == [123400, 250000, 123400, 250000]


def test_numbers_are_asked_about_where_nobody_knows_how_the_country_writes_them(store: Store, tmp_path: Path) -> None:
    text = "Name;Amount\na;1.234 KWD\nb;2.500 KWD\n"
    with pytest.raises(UserError, match="“1.234” in column “Amount” can be read in two ways"):
        taken(store, tmp_path, "deal", text, region="XX")
    taken(store, tmp_path, "deal", text, region="XX", decimal=".")
    assert column(store, "SELECT amount FROM deal ORDER BY name") == [1234, 2500]
