"""Files as small companies keep them by hand: cells that say “n/a”, several mails and phones in a cell, postal code and town in one column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.exchange.columns.mapping import guess, suggest_entity
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store


def taken(store: Store, folder: Path, entity: str, text: str, **options: Any) -> ImportResult:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(store, entity, path, ImportOptions(**options))


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.rows(sql)]


@pytest.mark.parametrize("nothing", ["n/a", "N/A", "#N/A", "#NV", "k.A.", "–", "--", "NULL", "keine"])
def test_cells_that_say_nothing_keep_no_row_out_and_make_nothing(store: Store, tmp_path: Path, nothing: str) -> None:
    text = f"Name;Company;Phone;E-mail;Birthday;Website\nAnna Berg;{nothing};{nothing};{nothing};{nothing};{nothing}\n"
    result = taken(store, tmp_path, "contact", text)
    assert (result.added, result.created) == (1, {})
    assert rows(store, "SELECT (SELECT count(*) FROM phone) + (SELECT count(*) FROM email) + (SELECT count(*) FROM handle)") == [(0,)]
    taken(store, tmp_path, "company", f"Company name;Website;Employees;Annual revenue\nAcme;{nothing};{nothing};{nothing}\n")
    assert rows(store, "SELECT name, website, employees, revenue FROM company") == [("Acme", None, None, None)]


@pytest.mark.parametrize(
    ("cell", "mails"),
    [
        ("bob@nord.example oder info@nord.example", ["bob@nord.example", "info@nord.example"]),
        ("bob@nord.example (privat)", ["bob@nord.example"]),
        ("a@b.example / c@d.example", ["a@b.example", "c@d.example"]),
        ("a@b.example und c@d.example", ["a@b.example", "c@d.example"]),
        ("a@b.example c@d.example", ["a@b.example", "c@d.example"]),
    ],
)
def test_several_mail_addresses_of_a_cell_are_taken_apart(store: Store, tmp_path: Path, cell: str, mails: list[str]) -> None:
    taken(store, tmp_path, "contact", f"Name;E-mail\nBob Li;{cell}\n")
    assert [address for (address,) in rows(store, "SELECT address FROM email ORDER BY position")] == mails


def test_a_mail_address_with_a_slip_still_rejects_its_row(store: Store, tmp_path: Path) -> None:
    for cell in ("bob@nord", "bob at nord.example", "a@b.example oder bob@", "ask bob@nord.example first"):
        assert taken(store, tmp_path, "contact", f"Name;E-mail\nBob Li;{cell}\nCleo Wu;cleo@wu.example\n", dry_run=True).rejected == 1


@pytest.mark.parametrize("cell", ["030 123456 u. 0172 3334444", "030 123456 oder 0172 3334444", "030 123456 und 0172 3334444", "030 123456 & 0172 3334444"])
def test_several_phones_of_a_cell_are_taken_apart(store: Store, tmp_path: Path, cell: str) -> None:
    taken(store, tmp_path, "contact", f"Name;Phone\nBob Li;{cell}\n")
    assert rows(store, "SELECT e164 FROM phone ORDER BY position") == [("+4930123456",), ("+491723334444",)]


def test_postal_code_and_town_in_one_column_are_taken_apart(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", "Firma;Straße;PLZ Ort\nAcme;Weg 1;10115 Berlin\nNord;Weg 2;D-20095 Hamburg\nBeta;Weg 3;1010 Wien\nGamma;Weg 4;SW1A 1AA\n")
    found = rows(store, "SELECT c.name, a.postal_code, a.city, a.city_key FROM company c JOIN address a ON a.company_id = c.id ORDER BY c.name")
    assert found == [
        ("Acme", "10115", "Berlin", "berlin"), ("Beta", "1010", "Wien", "wien"), ("Gamma", "SW1A 1AA", None, ""), ("Nord", "D-20095", "Hamburg", "hamburg"),
    ]  # fmt: skip


def test_amounts_without_cents_are_read_as_shops_write_them(store: Store, tmp_path: Path) -> None:
    text = "Deal name;Amount\nDach;1.234,56 €\nKeller;12.000,-\nGarage;500,– €\nZaun;80.-\nPool;k.A.\nTor;-12,50\n"
    assert taken(store, tmp_path, "deal", text).rejected == 0
    assert dict(rows(store, "SELECT name, amount FROM deal")) == {
        "Dach": 123_456,
        "Keller": 1_200_000,
        "Garage": 50_000,
        "Zaun": 8_000,
        "Pool": None,
        "Tor": -1_250,
    }


def test_an_open_deal_makes_no_stage_that_is_called_so(store: Store, tmp_path: Path) -> None:
    before = rows(store, "SELECT name FROM stage ORDER BY position")
    taken(store, tmp_path, "deal", "Deal name;Status\nDach;offen\nKeller;gewonnen\nGarage;Open\n")
    assert rows(store, "SELECT name FROM stage ORDER BY position") == before
    assert dict(rows(store, "SELECT d.name, s.outcome FROM deal d JOIN stage s ON s.id = d.stage_id")) == {"Dach": "open", "Keller": "won", "Garage": "open"}


@pytest.mark.parametrize(
    ("entity", "header", "row", "targets"),
    [
        ("company", "Kd.-Nr.;Firma", "10001;Acme", ["customer_number", "name"]),
        ("product", "Art.-Nr.;Bezeichnung;EK netto;VK netto", "4711;Schraube;0,05;0,12", ["code", "name", "cost", "price"]),
        ("deal", "Projekt;Kunde;Betrag", "Dach;Acme GmbH;5,00", ["name", "company", "amount"]),
    ],
)
def test_the_short_names_of_columns_are_known(tmp_path: Path, entity: str, header: str, row: str, targets: list[str]) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    table = open_table(path)
    assert suggest_entity(table) == entity
    assert [str(column.target) for column in guess(entity, table).columns] == targets


def test_a_list_of_names_and_companies_is_one_of_contacts(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("Name;Firma;Ort\nAnna Berg;Acme;Köln\n", encoding="utf-8")
    assert suggest_entity(open_table(path)) == "contact"


@pytest.mark.parametrize("mode", ["fill", "overwrite"])
def test_a_company_whose_parent_is_called_as_itself_but_for_the_legal_form_stands_below_nobody(store: Store, tmp_path: Path, mode: str) -> None:
    text = "Company,Parent company\nAcme GmbH,Acme\nOther,Acme\n"
    for added in (2, 0):
        result = taken(store, tmp_path, "company", text, on_duplicate=mode)
        assert (result.added, result.rejected) == (added, 0)
        assert "1 row names itself as the one above it; that was left out." in result.notes
        sql = "SELECT c.name, p.name FROM company c LEFT JOIN company p ON p.id = c.parent_id ORDER BY c.name"
        assert rows(store, sql) == [("Acme GmbH", None), ("Other", "Acme GmbH")]


def test_the_customer_of_a_ticket_is_a_company_where_the_cell_says_one(store: Store, tmp_path: Path) -> None:
    taken(store, tmp_path, "company", "Company\nAcme GmbH\n")
    text = "Ticketnummer;Betreff;Kunde\nT-1;Printer;Acme GmbH\nT-2;Phone;Anna Berg\nT-3;Mouse;Neu AG\n"
    assert taken(store, tmp_path, "ticket", text).created == {"company": 1, "contact": 1}
    sql = "SELECT t.number, c.name, p.name FROM ticket t LEFT JOIN company c ON c.id = t.company_id LEFT JOIN contact p ON p.id = t.contact_id ORDER BY 1"
    assert rows(store, sql) == [("T-1", "Acme GmbH", None), ("T-2", None, "Anna Berg"), ("T-3", "Neu AG", None)]


@pytest.mark.parametrize(
    "header", ["Number,Subject,Requester,Requester email\n{},P,,{}\n", "Number,Subject,Requester email\n{},P,{}\n", "Ticketnummer,Betreff,E-Mail\n{},P,{}\n"]
)
def test_the_customer_of_a_ticket_of_whom_only_the_address_is_said_is_who_has_it(store: Store, tmp_path: Path, header: str) -> None:
    taken(store, tmp_path, "contact", "First name,Last name,Email\nEva,Klein,c@y.de\n")
    head, row = header.split("\n")[:2]
    text = "\n".join([head, row.format("T-1", "c@y.de"), row.format("T-2", "new@y.de"), row.format("T-3", "NEW@y.de"), row.format("T-4", "")]) + "\n"
    assert taken(store, tmp_path, "ticket", text).added == 4
    sql = "SELECT t.number, p.name FROM ticket t LEFT JOIN contact p ON p.id = t.contact_id ORDER BY 1"
    assert rows(store, sql) == [("T-1", "Eva Klein"), ("T-2", "new@y.de"), ("T-3", "new@y.de"), ("T-4", None)]
    assert taken(store, tmp_path, "ticket", text).skipped == 4
    assert rows(store, "SELECT count(*) FROM contact") == [(2,)]
