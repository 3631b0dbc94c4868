"""Files as real programs and people write them: no cell lost, shifted or taken for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.values.parts import split_phones

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def taken(store: Store, tmp_path: Path, entity: str, text: str, **options: Any) -> ImportResult:
    path = tmp_path / f"{entity}.csv"
    path.write_text(text, encoding="utf-8")
    result = import_file(store, entity, path, ImportOptions(**options))
    assert [problem.reason for problem in result.problems] == []
    return result


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


COBRA = """\
Adressnummer;Firma1;Firma2;Anrede;Titel;Vorname;Name;Briefanrede;Funktion;Abteilung;Strasse;LKZ;PLZ;Ort;Telefon1;Telefax1;Mobil1;E-Mail1;Homepage;Außendienst;Bemerkung
100234;Stahlbau Nord;Werk II;Herrn;Dr.-Ing.;Klaus;von Thun;Sehr geehrter Herr Dr. von Thun;Leiter Einkauf;EK;Am Kai 7;A;1010;Wien;0431 / 56 78 - 0;;0171-2345678;t@stahl.example;stahl.example;Meier;Ruft
"""


def test_an_address_list_of_cobra(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", COBRA)
    assert rows(store, "SELECT c.given_name, c.family_name, c.title, c.salutation, c.role, c.department, f.name, m.name FROM contact c JOIN company f ON f.id = c.company_id "
                "JOIN member m ON m.id = c.owner_id") == [("Klaus", "von Thun", "Dr.-Ing.", "mr", "Leiter Einkauf", "EK", "Stahlbau Nord", "Meier")]  # fmt: skip
    assert rows(store, "SELECT street, postal_code, city, country FROM address") == [("Am Kai 7", "1010", "Wien", "A")]
    assert rows(store, "SELECT number FROM phone ORDER BY position") == [("0431 / 56 78 - 0",), ("0171-2345678",)]
    assert rows(store, "SELECT text FROM memo") == [("Ruft",)]


@pytest.mark.parametrize(("name", "family"), [("Schulz", "Schulz"), ("Petra Schulz", "Schulz"), ("Schulz, Petra", "Schulz")])
def test_a_name_beside_a_given_name_is_the_family_name_or_all_of_it(store: Store, tmp_path: Path, name: str, family: str) -> None:
    taken(store, tmp_path, "contact", f"Firma;Name;Vorname;E-Mail\nAcme;{name};Petra;p@x.example\n".replace("Schulz, Petra", '"Schulz, Petra"'))
    assert rows(store, "SELECT given_name, family_name FROM contact") == [("Petra", family)]


def test_who_looks_after_somebody_gives_them_no_mail_address_and_parts_of_an_address_stay_together(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", (
        '"Vorname";"Nachname";"E-Mail (Büro)";"E-Mail (Privat)";"Straße (Büro)";"PLZ (Büro)";"Ort (Büro)";"Land (Büro)";"Tags";"Verantwortlich";"Kontaktperson intern";"Notizen"\n'
        '"Anna";"Berg";"anna@acme.example";"anna@home.example";"Ring 5";"10115";"Berlin";"Deutschland";"Kunde, VIP";"Max Muster";"max@us.example";"Mag Kaffee"\n'
    ))  # fmt: skip
    assert rows(store, "SELECT label, address FROM email ORDER BY position") == [("Büro", "anna@acme.example"), ("Privat", "anna@home.example")]
    assert rows(store, "SELECT label, street, postal_code, city, country FROM address") == [("Büro", "Ring 5", "10115", "Berlin", "Deutschland")]
    assert rows(store, "SELECT m.name FROM contact c JOIN member m ON m.id = c.owner_id") == [("Max Muster",)]
    assert rows(store, "SELECT text FROM memo") == [("Mag Kaffee",)]


DEALS = """\
商机名称,客户名称,商机金额（元）,预计成交日期,销售阶段,商机来源,负责人,创建时间,最后修改时间,丢单原因
蓝天二期,苏州蓝天电子,12.5万,2026-12-31,方案报价,展会,王强,2026-10-01 09:00,2026-11-01 09:00,
华兴改造,上海华兴机械有限公司,"380,000.00",2026/11/30,赢单,转介绍,李娜,2026-08-01 09:00,2026-11-15 09:00,
旧单,上海华兴机械有限公司,约5000,2026/9/30,输单,,李娜,2026-07-01 09:00,2026-09-30 09:00,价格太高
"""


def test_deals_with_their_currency_in_the_columns_name_and_a_day_of_change(store: Store, tmp_path: Path) -> None:
    result = taken(store, tmp_path, "deal", DEALS)
    assert rows(store, "SELECT name, amount, currency, expected_close_on, opened_on, lost_reason FROM deal ORDER BY opened_on DESC") == [
        ("蓝天二期", 12_500_000, "CNY", "2026-12-31", "2026-10-01", None), ("华兴改造", 38_000_000, "CNY", "2026-11-30", "2026-08-01", None),
        ("旧单", 500_000, "CNY", "2026-09-30", "2026-07-01", "价格太高"),
    ]  # fmt: skip
    assert any("约" in note or "about right" in note for note in result.notes)


@pytest.mark.parametrize(
    ("header", "currency"), [("Amount (EUR)", "EUR"), ("Amount [USD]", "USD"), ("Betrag in CHF", "CHF"), ("商机金额(元)", "CNY"), ("Amount (€)", "EUR")]
)
def test_the_currency_of_a_column_is_taken_from_its_name(store: Store, tmp_path: Path, header: str, currency: str) -> None:
    taken(store, tmp_path, "deal", f"Deal name,{header}\nRollers,5000\n")
    assert rows(store, "SELECT amount, currency FROM deal") == [(500_000, currency)]


@pytest.mark.parametrize("header", ["商机金额（万元）", "Amount (TEUR)", "Amount (k€)"])
def test_amounts_in_thousands_are_not_taken_for_ones(store: Store, tmp_path: Path, header: str) -> None:
    taken(store, tmp_path, "deal", f"Deal name,{header}\nRollers,5000\n")
    assert rows(store, "SELECT amount FROM deal") == [(None,)]


def test_follow_ups_of_a_chinese_crm_keep_their_kind_moment_and_member(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "activity", (
        "跟进记录类型,跟进内容,跟进时间,客户名称,联系人,跟进人\n电话,介绍了新产品,2026-11-03 14:22,华兴机械,张伟,李娜\n拜访,签合同,2026年11月5日 下午3:00,蓝天电子,欧阳小红,王强\n"
    ))  # fmt: skip
    found = rows(
        store, "SELECT a.kind, a.body, m.name, strftime('%H:%M', a.at / 1000, 'unixepoch') FROM activity a JOIN member m ON m.id = a.owner_id ORDER BY a.at"
    )
    assert found == [("call", "介绍了新产品", "李娜", "13:22"), ("visit", "签合同", "王强", "14:00")]


def test_a_customer_table_of_wps(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", (
        "序号,公司名称,联系人,联系电话,行业,客户级别,员工人数,年营业额,成立时间\n1,华兴机械,张伟,021-55556666转801,制造业,A,51-200人,约5000万,2008-05-06\n"
        "2,云帆科技,陈静,0571-88886666,软件,B,20人,,2015年\n合计,2,,,,,,,\n"
    ), region="CN")  # fmt: skip
    assert rows(store, "SELECT name, industry, tier, employees, revenue, founded FROM company ORDER BY founded") == [
        ("华兴机械", "制造业", "a", 51, 5_000_000_000, 2008), ("云帆科技", "软件", "b", 20, None, 2015),
    ]  # fmt: skip
    assert rows(store, "SELECT e164, extension FROM phone ORDER BY extension DESC") == [("+862155556666", "801"), ("+8657188886666", None)]


def test_appointments_of_outlook_are_meetings(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "activity", (
        '"Subject","Start Date","Start Time","End Date","End Time","All day event","Reminder on/off","Reminder Date","Reminder Time","Description","Location","Priority"\n'
        '"Visit Acme","11/20/2026","10:00:00 AM","11/20/2026","11:30:00 AM","False","True","11/20/2026","9:45:00 AM","Bring samples","Berlin","Normal"\n'
    ))  # fmt: skip
    assert rows(store, "SELECT kind, subject, body, strftime('%Y-%m-%d %H:%M', at / 1000, 'unixepoch') FROM activity") == [
        ("meeting", "Visit Acme", "Bring samples", "2026-11-20 09:00")
    ]


def test_leads_of_salesforce_with_its_own_statuses(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "lead", (
        "Id,FirstName,LastName,Company,Status,LeadSource,CreatedDate\n1,A,Berg,Acme,Open - Not Contacted,Web,2026-11-01T08:00:00.000+0000\n"
        "2,B,Cole,Beta,Working - Contacted,Web,2026-11-01T08:00:00.000+0000\n3,C,Demir,Gamma,Closed - Not Converted,Web,2026-11-01T08:00:00.000+0000\n"
    ))  # fmt: skip
    assert rows(store, "SELECT status FROM lead ORDER BY external_id") == [("new",), ("working",), ("disqualified",)]


def test_a_person_with_a_mail_address_behind_is_linked_by_name(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "activity", (
        "Activity type,Activity date,Call title,Call notes,Call direction,Associated Contact,Activity assigned to\n"
        "CALL,2026-11-03 14:22,Intro call,<p>Talked</p>,OUTBOUND,Anna Berg (anna@acme.example),Maria Lopez\n"
    ))  # fmt: skip
    found = rows(
        store,
        "SELECT a.kind, a.subject, a.body, a.direction, c.name, m.name FROM activity a JOIN contact c ON c.id = a.contact_id JOIN member m ON m.id = a.owner_id",
    )
    assert found == [("call", "Intro call", "Talked", "out", "Anna Berg", "Maria Lopez")]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0431 / 56 78 - 0", ["0431 / 56 78 - 0"]), ("0171 / 123 45 67", ["0171 / 123 45 67"]), ("030 123456 / 0171 1234567", ["030 123456", "0171 1234567"]),
        ("555-123-4567 / 555-765-4321", ["555-123-4567", "555-765-4321"]), ("0431 / 5678; 0171 / 1234567", ["0431 / 5678", "0171 / 1234567"]),
    ],
)  # fmt: skip
def test_a_slash_within_a_number_divides_nothing(text: str, numbers: list[str]) -> None:
    assert split_phones(text) == numbers


def test_town_state_and_zip_of_one_cell_are_taken_apart(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", 'Name,City/State/Zip\nAnn Lee,"Boise, ID 83702"\n')
    assert rows(store, "SELECT city, state, postal_code FROM address") == [("Boise", "ID", "83702")]


def test_a_ledger_of_datev_with_companies_and_people(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "contact", (
        "Konto;Name (Adressattyp Unternehmen);Name (Adressattyp natürl. Person);Vorname (Adressattyp natürl. Person);Anrede;Straße;Postleitzahl;Ort;Land;E-Mail\n"
        "10001;Weber AG;;;;Hafen 3;20457;Hamburg;DE;info@weber.example\n10002;;Peters;Jan;Herr;Gasse 4;5020;Salzburg;AT;jan@peters.example\n"
    ))  # fmt: skip
    assert rows(store, "SELECT name, customer_number FROM company") == [("Weber AG", "10001")]
    assert rows(store, "SELECT given_name, family_name FROM contact") == [("Jan", "Peters")]


def test_a_customer_list_of_sap_has_numbers_before_names(store: Store, tmp_path: Path) -> None:
    text = "Kunde|Name 1|Ort|PLZ|Land|Angelegt am|Umsatz\n0000100234|Stahl AG|Kiel|24103|DE|20240312|1.234.567,89\n0000100235|Holz GmbH|Graz|8010|AT|20250101|250,00-\n"
    taken(store, tmp_path, "company", text)
    assert rows(store, "SELECT customer_number, name, revenue FROM company ORDER BY customer_number") == [
        ("0000100234", "Stahl AG", 123_456_789),
        ("0000100235", "Holz GmbH", -25_000),
    ]


def test_the_beginning_of_a_project_is_not_its_close(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "deal", "Name,Status,Timeline - Start,Timeline - End,Deal Value\nAcme,Working on it,2026-11-01,2026-12-15,12000\n")
    assert rows(store, "SELECT name, expected_close_on FROM deal") == [("Acme", "2026-12-15")]


def test_how_long_a_ticket_took_is_no_day(store: Store, tmp_path: Path) -> None:
    text = "Id,Subject,Status,Created at,Solved at,Resolution time\n501,Broken,Solved,2026-11-01 09:00:00 +0100,2026-11-03 08:00:00 +0100,47\n"
    taken(store, tmp_path, "ticket", text)
    assert rows(store, "SELECT subject, status, strftime('%d', resolved_at / 1000, 'unixepoch') FROM ticket") == [("Broken", "resolved", "03")]
