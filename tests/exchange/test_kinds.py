"""Files of several kinds come together: each is understood by itself, in an order in which links find what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import Cancelled, UserError
from crmdesk.exchange.columns.kinds import kind_of, named_kind
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import import_files, kinds_of, open_files, preview_files

if TYPE_CHECKING:
    from crmdesk.exchange.importing import ImportResult
    from crmdesk.store import Store

FOLDER = {
    "activities.csv": "Subject,Type,Date,Contact,Deal\nFirst call,Call,2026-02-01 10:00,Anna Berg,Fleet\n",
    "companies.csv": "Name,Industry,Website\nAcme GmbH,Steel,https://acme.example\nBolt,Toys,\n",
    "contacts.csv": "Name,Email,Company,Job title\nAnna Berg,anna@acme.example,Acme,Boss\nBob Li,bob@bolt.example,Bolt,\nNo Mail,nobody@,Bolt,\n",
    "deals.csv": "Deal name,Amount,Stage,Company,Contact\nFleet,1000,Proposal,Acme GmbH,Anna Berg\n",
    "deal products.csv": "Deal,Product,Quantity,Unit price\nFleet,Lorry,2,500\n",
    "products.csv": "Name,Price,Code\nLorry,500,L1\n",
    "tickets.csv": "Subject,Status,Contact,Contact email,Opened\nBroken,open,Anna Berg,anna@acme.example,2026-03-01 09:00\n",
}
ORDER = ["products.csv", "companies.csv", "contacts.csv", "deals.csv", "deal products.csv", "tickets.csv", "activities.csv"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "from elsewhere"
    made.mkdir()
    for name, text in FOLDER.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def counts(store: Store) -> dict[str, int]:
    entities = ("company", "contact", "deal", "deal_product", "product", "ticket", "activity")
    with store.read() as reader:
        return {entity: reader.value(f'SELECT count(*) FROM "{entity}" WHERE deleted_at IS NULL') for entity in entities}


EACH = {"company": 2, "contact": 2, "deal": 1, "deal_product": 1, "product": 1, "ticket": 1, "activity": 1}
NONE = dict.fromkeys(EACH, 0)


def taken(store: Store, path: Path, entity: str = "contact", **options: Any) -> ImportResult:
    return import_files(store, entity, [path], ImportOptions(**options))


@pytest.mark.parametrize("entity", ["contact", "?"])
def test_each_file_of_a_folder_comes_as_what_it_is_and_links_find_what_they_mean(store: Store, folder: Path, entity: str) -> None:
    result = taken(store, folder, entity)
    assert [(Path(file.file).name, file.entity) for file in result.files] == list(
        zip(ORDER, ["product", "company", "contact", "deal", "deal_product", "ticket", "activity"], strict=True)
    )
    assert (result.added, result.rejected, result.created) == (9, 1, {})
    assert counts(store) == EACH
    with store.read() as reader:
        assert reader.rows("SELECT t.name, c.name FROM contact t JOIN company c ON c.id = t.company_id ORDER BY 1") == [
            ("Anna Berg", "Acme GmbH"),
            ("Bob Li", "Bolt"),
        ]
        assert reader.rows("SELECT c.name, t.name FROM deal d JOIN company c ON c.id = d.company_id JOIN contact t ON t.id = d.contact_id") == [
            ("Acme GmbH", "Anna Berg")
        ]
        assert reader.value("SELECT t.name FROM ticket k JOIN contact t ON t.id = k.contact_id") == "Anna Berg"
    rejected = [Path(file.rejects_file).name for file in result.files if file.rejects_file]
    assert rejected == ["contacts-rejected.csv"]
    again = taken(store, folder, entity)
    assert again.added == 0
    assert counts(store) == EACH


def test_one_undo_takes_files_of_all_kinds_back_and_redo_brings_them_again(store: Store, folder: Path) -> None:
    taken(store, folder)
    store.undo()
    assert counts(store) == NONE
    store.redo()
    assert counts(store) == EACH


def test_a_look_at_the_files_says_what_would_come_without_what_they_bring_one_another(store: Store, folder: Path) -> None:
    tables = open_files([folder]).tables
    kinds = kinds_of(tables, "contact")
    seen, refused = preview_files(store, "contact", tables, whole=True, kinds=kinds)
    assert refused == []
    assert [(each.plan.entity, each.added, each.rejected) for each in seen if each.plan.entity != "deal_product"] == [
        ("product", 1, 0), ("company", 2, 0), ("contact", 2, 1), ("deal", 1, 0), ("ticket", 1, 0), ("activity", 1, 0)
    ]  # fmt: skip
    assert counts(store) == NONE


def test_who_stops_in_the_middle_leaves_nothing_behind(store: Store, folder: Path) -> None:
    calls = 0

    def stop(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_files(store, "contact", [folder], None, stop)
    assert counts(store) == NONE
    assert sorted(path.name for path in folder.iterdir()) == sorted(FOLDER)


def test_all_or_none_holds_for_files_of_several_kinds_too(store: Store, folder: Path) -> None:
    with pytest.raises(UserError, match="1 row was rejected"):
        taken(store, folder, strict=True)
    assert counts(store) == NONE
    assert sorted(path.name for path in folder.iterdir()) == sorted(FOLDER)


def test_nothing_is_written_when_one_only_wants_to_know(store: Store, folder: Path) -> None:
    result = taken(store, folder, dry_run=True)
    assert result.transaction is None
    assert counts(store) == NONE


def test_what_is_said_of_a_file_holds(store: Store, folder: Path) -> None:
    for name in set(FOLDER) - {"contacts.csv", "companies.csv"}:
        (folder / name).unlink()
    result = import_files(store, "contact", [folder], kinds={folder / "contacts.csv": "lead", folder / "companies.csv": "company"})
    assert {Path(file.file).name: file.entity for file in result.files} == {"companies.csv": "company", "contacts.csv": "lead"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("all-deals-2026-11.csv", "deal"), ("Kontakte.xlsx", "contact"), ("公司.csv", "company"), ("hubspot-crm-exports-all-contacts-2025-01-01.csv", "contact"), ("Accounts (1).csv", "company"),
        ("deal products.csv", "deal_product"), ("deal_product.csv", "deal_product"), ("export.csv", ""), ("2026.csv", ""), ("Angebote.csv", "quote"), ("Tasks_old.csv", "task"), ("sales_pipeline.csv", "deal"), ("products.csv", "product"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_says_what_it_holds(name: str, kind: str) -> None:
    assert named_kind(Path(name)) == kind


@pytest.mark.parametrize(
    ("name", "text", "usual", "kind"),
    [
        ("a.csv", "Name,Email\nAnna Berg,a@example.com\n", "lead", "lead"),  # could be either
        ("a.csv", "Name,Email\nAnna Berg,a@example.com\n", "", "contact"),
        ("a.csv", "Stage,Amount,Expected close\nProposal,100,2026-01-02\n", "contact", "deal"),  # nobody is named
        ("deals.csv", "Nothing known,At all\n1,2\n", "contact", "contact"),
        ("deals.csv", "Name,Amount\nFleet,100\n", "contact", "deal"),
        # People who come to an event or ordered something are people all the same; nothing of them may be lost for the name of their list.
        ("Kunden Event.csv", "Vorname,Nachname,E-Mail,Firma,Telefon\nAnna,Berg,anna@berg.example,Berg GmbH,030 1234567\n", "contact", "contact"),
        ("Kunden Event.csv", "Vorname,Nachname,E-Mail,Firma,Telefon\nAnna,Berg,anna@berg.example,Berg GmbH,030 1234567\n", "", "contact"),
        ("Kunden Event.csv", "Vorname,Nachname,E-Mail,Firma\nAnna,Berg,anna@berg.example,Berg GmbH\n", "lead", "lead"),
        ("call list.csv", "Name,Phone,Email,Company\nCarl Moor,030 1234568,carl@moor.example,Moor GmbH\n", "contact", "contact"),
        ("newsletter users.csv", "First name,Last name,Email,Company\nDora,Moor,dora@moor.example,Moor GmbH\n", "contact", "contact"),
        ("customer orders.csv", "First name,Last name,Email,Company\nDora,Hall,dora@hall.example,Hall GmbH\n", "company", "company"),
        ("items.csv", "Name,Email,Company,City\nDora Hull,dora@hull.example,Hull GmbH,Rom\n", "contact", "contact"),
        ("orders.csv", "Number,Date,Company,Total\nQ-1,2026-02-01,Moor GmbH,100\n", "contact", "quote"),
        (
            "products.csv",
            "product_id,product_name,supplier_id,category_id,quantity_per_unit,unit_price,units_in_stock,units_on_order,reorder_level,discontinued\n"
            "1,Chai,8,1,10 boxes x 30 bags,18,39,0,10,1\n",
            "contact",
            "product",
        ),
        ("calls.csv", "Subject,Date,Contact,Company,Notes\nOffer,2026-02-01,Carl Moor,Moor GmbH,will call back\n", "contact", "activity"),
        (
            "employees.csv",
            "employee_id,last_name,first_name,title,birth_date,home_phone,reports_to\n1,Berg,Anna,Boss,1970-01-02,030 1234567,\n",
            "contact",
            "member",
        ),
        (
            "employees.csv",
            "employee_id,last_name,first_name,title,birth_date,home_phone,reports_to\n1,Berg,Anna,Boss,1970-01-02,030 1234567,\n",
            "deal",
            "member",
        ),
        ("tickets.csv", "Ticket ID,Customer Name,Customer Email,Customer Age,Ticket Subject\n1,Marisa Obrien,a@b.example,32,Setup\n", "contact", "ticket"),
        ("order_details.csv", "order_id,product_id,unit_price,quantity,discount\n10248,11,14,12,0\n", "company", "quote_line"),
        ("my_companies.csv", "Symbol,Security,Sector,Founded\nMMM,3M,Industrials,1902\nAOS,A. O. Smith,Industrials,1916\n", "contact", "company"),
        ("teams.csv", "sales_agent,manager,regional_office\nAnna Snelling,Dustin Brinkmann,Central\n", "company", "member"),
        # Where nothing shows what the rows are, they come back with a reason rather than as something that nobody meant.
        ("categories.csv", 'category_id,category_name,description,picture\n1,Beverages,"Soft drinks, teas",\\x\n', "company", "company"),
    ],
)
def test_a_file_is_what_was_said_unless_it_clearly_is_something_else(tmp_path: Path, name: str, text: str, usual: str, kind: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert kind_of(open_table(tmp_path / name), usual) == kind
