"""Exporting: lists as workbook, CSV and JSON; with types, without formulas, with a trace; and back again."""

from __future__ import annotations

import csv
import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import openpyxl
import pytest

from crmdesk.errors import Cancelled, NotAllowed, UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.accounting import accountants_workbook
from crmdesk.exchange.out.exporting import ExportOptions, export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.i18n import set_language
from crmdesk.operations import records, workspace
from crmdesk.queries.finding import parse_condition
from crmdesk.queries.ledger import Period
from crmdesk.queries.records import ids, record
from crmdesk.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from crmdesk.store import Store


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    yield
    set_language("en")


@pytest.fixture
def filled(store: Store) -> Store:
    acme = store.run(
        records.add,
        "company",
        {"name": "Acme & Söhne", "industry": "Steel", "revenue": "1200.50 EUR", "phone.main": "+49 30 123456", "address.city": "Köln", "tags": "vip,Kunde"},
    )
    store.run(records.add, "contact", {
        "given_name": "Anna", "family_name": "Berg", "company": acme, "role": "=1+1", "phone.work": "+49 30 1234567", "phone.mobile": "0151 23456789", "email": "anna@example.com",
        "address.street": "Ring 5", "address.postal_code": "01067", "address.city": "Dresden", "birthday": "1980-02-29", "note": "two\nlines, \"quoted\"",
    })  # fmt: skip
    store.run(records.add, "contact", {"name": "王小明", "handle.wechat": "wx_ming", "email.work": "ming@example.cn", "email.home": "m@example.cn"})
    store.run(records.add, "deal", {"name": "Rollers", "company": acme, "amount": "8900.00 EUR", "expected_close_on": "2026-12-20", "stage": "Proposal"})
    store.run(records.add, "deal", {"name": "Belts", "amount": "150 USD"})
    store.run(records.add, "product", {"name": "Cold-chain box", "code": "CCB-40", "price": "89.00 EUR", "tax_rate": "19"})
    return store


def rows_of(path: Path, **options: Any) -> list[list[str]]:
    with path.open(encoding=options.pop("encoding", "utf-8-sig"), newline="") as file:
        return list(csv.reader(file, **options))


def test_a_workbook_has_typed_cells_and_says_where_it_comes_from(filled: Store, tmp_path: Path) -> None:
    result = export_records(filled, "deal", tmp_path / "deals.xlsx", ExportOptions(columns=("name", "company", "amount", "expected_close_on"), sort=("name",)))
    assert result.to_json() == {"rows": 2, "file": str(tmp_path / "deals.xlsx")}
    book = openpyxl.load_workbook(tmp_path / "deals.xlsx")
    sheet, about = book.worksheets
    (table,) = sheet.tables.values()
    assert (sheet.title, sheet.freeze_panes, table.ref, table.autoFilter.ref, table.tableStyleInfo.name) == (
        "Deals",
        "A2",
        "A1:E3",
        "A1:E3",
        "TableStyleLight1",
    )
    assert [[cell.value for cell in row] for row in sheet.iter_rows()][:2] == [
        ["Name", "Company", "Amount", "Currency", "Expected close"],
        ["Belts", None, 150, "USD", None],
    ]
    assert [sheet[f"C{row}"].number_format for row in (2, 3)] == ['#,##0.00\\ "USD"', '#,##0.00\\ "EUR"']
    assert (sheet["E3"].is_date, sheet["C3"].value, sheet["B3"].value) == (True, 8900, "Acme & Söhne")
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert (said["Rows"], said["Made by"], said["Sum of Amount in EUR"], said["Sum of Amount in USD"]) == (2, "Maria Becker", 8900, 150)


def test_phones_and_addresses_get_a_column_for_each_label(filled: Store, tmp_path: Path) -> None:
    export_records(filled, "contact", tmp_path / "c.csv", ExportOptions(columns=("name", "phone", "email", "address", "handle")))
    head, *lines = rows_of(tmp_path / "c.csv")
    assert head == [
        "Name",
        "Phone (work)",
        "Phone (mobile)",
        "Email",
        "Email (work)",
        "Email (home)",
        "Street",
        "Postal code",
        "City",
        "State",
        "Country",
        "Chat handle (wechat)",
    ]
    anna = next(line for line in lines if line[0] == "Anna Berg")
    assert anna == ["Anna Berg", "'+49 30 1234567", "0151 23456789", "anna@example.com", "", "", "Ring 5", "01067", "Dresden", "", "", ""]


def test_csv_for_people_follows_their_locale_and_holds_no_formula(filled: Store, tmp_path: Path) -> None:
    set_language("de")
    export_records(filled, "deal", tmp_path / "d.csv", ExportOptions(columns=("name", "amount", "expected_close_on"), sort=("name",)))
    assert (tmp_path / "d.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows_of(tmp_path / "d.csv", delimiter=";")[1:] == [["Belts", "150,00", "USD", ""], ["Rollers", "8900,00", "EUR", "2026-12-20"]]
    export_records(filled, "contact", tmp_path / "c.csv", ExportOptions(columns=("name", "role")))
    assert ["Anna Berg", "'=1+1"] in rows_of(tmp_path / "c.csv", delimiter=";")


def test_csv_for_programs_is_plain(filled: Store, tmp_path: Path) -> None:
    set_language("de")
    export_records(filled, "contact", tmp_path / "c.csv", ExportOptions(columns=("name", "role", "birthday", "phone"), for_programs=True))
    head, *lines = rows_of(tmp_path / "c.csv", encoding="utf-8")
    assert head == ["id", "name", "role", "birthday", "phone.work", "phone.mobile"]
    assert ["Anna Berg", "=1+1", "1980-02-29", "+49 30 1234567", "0151 23456789"] in [line[1:] for line in lines]


def test_json_is_a_list_of_records(filled: Store, tmp_path: Path) -> None:
    export_records(filled, "deal", tmp_path / "d.json", ExportOptions(conditions=(parse_condition("name = Rollers"),)))
    (deal,) = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    assert (deal["name"], deal["amount"], deal["company"]["title"]) == ("Rollers", {"amount": "8900.00", "currency": "EUR"}, "Acme & Söhne")


def test_filter_search_and_selection_decide_what_goes_out(filled: Store, tmp_path: Path) -> None:
    assert export_records(filled, "contact", tmp_path / "a.csv", ExportOptions(conditions=(parse_condition("city = Dresden"),))).rows == 1
    assert export_records(filled, "contact", tmp_path / "b.csv", ExportOptions(search="ming")).rows == 1
    with filled.read() as reader:
        from uuid import UUID

        first = UUID(bytes=ids(reader, "contact")[0])
    assert export_records(filled, "contact", tmp_path / "c.csv", ExportOptions(ids=(first,))).rows == 1


def test_an_export_leaves_a_trace_and_is_not_undone(filled: Store, tmp_path: Path) -> None:
    export_records(filled, "contact", tmp_path / "c.csv", ExportOptions(columns=("name",), conditions=(parse_condition("city = Dresden"),)))
    with filled.read() as reader:
        about, detail = reader.one("SELECT about, detail FROM journal_tx ORDER BY id DESC LIMIT 1") or ("", "")
    assert about == "c.csv"
    assert json.loads(detail) == {"entity": "contact", "rows": 1, "columns": ["name"], "filters": ["city = Dresden"]}


def test_nothing_is_overwritten_and_nothing_half_is_left(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("mine")
    with pytest.raises(UserError, match="exists already"):
        export_records(filled, "contact", tmp_path / "c.csv")
    with pytest.raises(UserError, match="no ending"):
        export_records(filled, "contact", tmp_path / "c.doc")
    with pytest.raises(UserError, match="can't be written"):
        export_records(filled, "contact", tmp_path / "nowhere" / "c.csv")
    with pytest.raises(UserError, match="no field"):
        export_records(filled, "contact", tmp_path / "d.csv", ExportOptions(columns=("shoe_size",)))

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        export_records(filled, "contact", tmp_path / "e.xlsx", progress=stop)
    assert [path.name for path in tmp_path.iterdir() if "test.crmdesk" not in path.name] == ["c.csv"]
    assert (tmp_path / "c.csv").read_text() == "mine"


def test_a_workbook_says_which_texts_it_could_not_hold(filled: Store, tmp_path: Path) -> None:
    filled.run(records.add, "contact", {"name": "Wordy One", "note": "line\n" + "😀" * 17_000, "role": "r" * 10_000})
    filled.run(records.add, "contact", {"name": "Wordy Two", "note": "y" * 32_768})
    filled.run(records.add, "contact", {"name": "Just Right", "note": "z" * 32_767})
    result = export_records(filled, "contact", tmp_path / "c.xlsx", ExportOptions(columns=("name", "role", "note"), sort=("name",)))
    assert (result.rows, result.cut) == (5, 2)
    about = {row[0].value: row[1].value for row in openpyxl.load_workbook(tmp_path / "c.xlsx")["About"].iter_rows()}
    assert about["Cut texts"] == "2 texts are longer than the 32767 characters of a cell; their ends are missing."
    assert about["Cut in “Note”"] == "'Contacts'!C5, 'Contacts'!C6"
    result = export_records(filled, "contact", tmp_path / "d.xlsx", ExportOptions(columns=("name",)))
    assert (result.cut, "Cut texts" in {row[0].value for row in openpyxl.load_workbook(tmp_path / "d.xlsx")["About"].iter_rows()}) == (0, False)
    assert export_records(filled, "contact", tmp_path / "c.csv").cut == 0


@pytest.mark.parametrize(("region", "paper"), [("DE", 9), ("US", 1), ("CA", 1)])
def test_workbooks_are_printed_on_the_paper_of_the_country(filled: Store, tmp_path: Path, region: str, paper: int) -> None:
    filled.run(workspace.change_settings, {"region": region})
    export_records(filled, "contact", tmp_path / "c.xlsx")
    accountants_workbook(filled, tmp_path / "w.xlsx", Period())
    assert {sheet.page_setup.paperSize for name in ("c.xlsx", "w.xlsx") for sheet in openpyxl.load_workbook(tmp_path / name)} == {paper}


@pytest.mark.parametrize("name", ["c.xlsx", "c.csv", "c.json", "c.vcf"])
def test_a_file_gives_way_to_a_whole_one_only(filled: Store, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / name).write_text("mine")

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        export_records(filled, "contact", tmp_path / name, progress=stop, replaces=True)
    with monkeypatch.context() as full, pytest.raises(UserError, match="can't be written"):
        full.setattr(zipfile.ZipFile, "writestr", refused)
        full.setattr(Path, "open", refused)
        export_records(filled, "contact", tmp_path / name, replaces=True)
    assert (tmp_path / name).read_text() == "mine"
    assert export_records(filled, "contact", tmp_path / name, replaces=True).rows == 2
    assert (tmp_path / name).read_bytes()[:4] != b"mine"
    assert [path.name for path in tmp_path.iterdir() if "test.crmdesk" not in path.name] == [name]


def refused(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_role_that_may_not_export_is_refused(filled: Store, tmp_path: Path) -> None:
    filled.act_as("read_only")
    with pytest.raises(NotAllowed):
        export_records(filled, "contact", tmp_path / "c.csv")
    assert not (tmp_path / "c.csv").exists()


# ---- there and back ----


def told(store: Store, entity: str) -> dict[str, dict[str, Any]]:
    """Return all records of an entity by title, without what belongs to the store they lie in."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict) and "title" in value:
            return value["title"]
        if isinstance(value, list):
            return sorted(json.dumps({k: v for k, v in part.items() if k != "id"}, sort_keys=True) for part in value)
        return value

    left_out = {"id", "last_contact_at", "opened_on", "stage_since", "position"}
    found = {}
    with store.read() as reader:
        for key in ids(reader, entity):
            from uuid import UUID

            values = record(reader, entity, UUID(bytes=key))
            found[str(values["name"])] = {name: plain(value) for name, value in values.items() if name not in left_out}
    return found


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".json"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_goes_out_comes_back_the_same(filled: Store, other: Store, tmp_path: Path, ending: str, language: str) -> None:
    set_language(language)
    for entity in ("company", "contact", "product", "deal"):
        path = tmp_path / f"{entity}{ending}"
        export_records(filled, entity, path, ExportOptions(for_programs=ending == ".csv"))
        result = import_file(other, entity, path, ImportOptions(rejects=tmp_path / f"{entity}-rejected{ending}"))
        assert [problem.reason for problem in result.problems] == []
        assert told(other, entity) == told(filled, entity)


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".tsv", ".json"])
@pytest.mark.parametrize("for_programs", [False, True])
def test_amounts_keep_their_currency_where_only_they_go_out(filled: Store, other: Store, tmp_path: Path, ending: str, for_programs: bool) -> None:
    path = tmp_path / f"deals{ending}"
    export_records(filled, "deal", path, ExportOptions(columns=("name", "amount"), for_programs=for_programs))
    import_file(other, "deal", path)
    assert {name: deal["amount"] for name, deal in told(other, "deal").items()} == {
        "Rollers": {"amount": "8900.00", "currency": "EUR"},
        "Belts": {"amount": "150.00", "currency": "USD"},
    }


def test_the_currency_stands_once_behind_the_last_amount(filled: Store, tmp_path: Path) -> None:
    export_records(filled, "product", tmp_path / "p.csv", ExportOptions(columns=("cost", "name", "price", "code")))
    assert rows_of(tmp_path / "p.csv") == [["Cost", "Name", "Price", "Currency", "Product code"], ["", "Cold-chain box", "89.00", "EUR", "CCB-40"]]


def test_our_own_records_are_known_again_by_their_id(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    export_records(filled, "contact", path, ExportOptions(for_programs=True))
    path.write_text(path.read_text(encoding="utf-8").replace("Ring 5", "Ring 6").replace("=1+1", "Buyer"), encoding="utf-8")
    result = import_file(filled, "contact", path, ImportOptions(on_duplicate="overwrite"))
    assert (result.added, result.updated, result.skipped) == (0, 1, 1)


def test_records_keep_their_id_in_an_empty_store(filled: Store, other: Store, tmp_path: Path) -> None:
    export_records(filled, "product", tmp_path / "p.json")
    import_file(other, "product", tmp_path / "p.json")

    def all_ids(store: Store) -> list[UUID | bytes]:
        with store.read() as reader:
            return list(ids(reader, "product"))

    assert all_ids(other) == all_ids(filled)


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from crmdesk.exchange.out import everything
    from crmdesk.exchange.out import exporting
    from crmdesk.store import open_store
    from crmdesk.store.keys import Key
    def die(done, total):
        os.kill(os.getpid(), signal.SIGKILL)
    everything.REPORTED = 1
    with open_store(Path(sys.argv[1]), key=Key(sys.argv[2]), anywhere=True) as store:
        path = Path(sys.argv[3])
        if path.suffix == ".zip":
            everything.export_all(store, path, die)
        else:
            exporting.export_records(store, "contact", path, progress=die)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nobody is killed there")
@pytest.mark.parametrize("name", ["out.xlsx", "out.csv", "out.json", "out.vcf", "out.zip"])
def test_an_export_that_was_killed_leaves_nothing_after_the_next_open(filled: Store, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    words = [sys.executable, "-c", textwrap.dedent(KILLED), str(filled.path), filled.key.reveal(), str(folder / name)]
    assert subprocess.run(words, check=False, env=dict(os.environ)).returncode == -signal.SIGKILL  # noqa: S603
    assert [path.name.partition(".part")[0] for path in folder.iterdir()] == [f".{name}"]
    with open_store(filled.path, key=filled.key, anywhere=True):
        assert list(folder.iterdir()) == []


def test_tables_for_people_say_what_is_read_first_and_the_numbers_of_companies_and_products(store: Store, other: Store, tmp_path: Path) -> None:
    company = store.run(records.add, "company", {"name": "Acme GmbH", "customer_number": "K-7"})
    product = store.run(records.add, "product", {"name": "Bolt", "code": "B-1"})
    store.run(records.add, "deal", {"name": "Big", "company": company, "product": product, "amount": "5 EUR"})
    export_records(store, "deal", tmp_path / "deals.csv")
    head, row = csv.reader((tmp_path / "deals.csv").read_text(encoding="utf-8-sig").splitlines())
    assert head[:9] == ["Name", "Company", "Company (Customer number)", "Contact", "Pipeline", "Stage", "Amount", "Currency", "Expected close"]
    assert "Position on the board" not in head
    assert (row[head.index("Company (Customer number)")], row[head.index("Product (Product code)")]) == ("K-7", "B-1")
    for number, entity in enumerate(("company", "product")):
        export_records(store, entity, tmp_path / f"{number}.csv")
        import_file(other, entity, tmp_path / f"{number}.csv")
    result = import_file(other, "deal", tmp_path / "deals.csv")
    assert (result.added, result.unused) == (1, ())
    export_records(other, "deal", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")[:7] == row[:7]


def test_a_table_in_one_language_comes_back_where_another_one_is_spoken(store: Store, other: Store, tmp_path: Path) -> None:
    values = {"name": "Acme GmbH", "lifecycle": "dormant", "tier": "b", "language": "zh"}
    store.run(records.add, "company", values)
    for language in ("de", "zh"):
        set_language(language)
        export_records(store, "company", tmp_path / f"{language}.csv")
        set_language("en")
        result = import_file(other, "company", tmp_path / f"{language}.csv", ImportOptions(on_duplicate="overwrite"))
        assert not set(result.unused) - {"Letzter Kontakt", "最近联系"}
        with other.read() as reader:
            assert reader.rows("SELECT lifecycle, tier, language FROM company WHERE deleted_at IS NULL") == [("dormant", "b", "zh")]
