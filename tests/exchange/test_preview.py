"""What would become of a file is said beforehand: column by column, row by row, value by value; and nothing is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import Cancelled, UserError
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.preview import preview
from crmdesk.exchange.rows.decisions import Decision
from crmdesk.exchange.rows.likely import with_likely
from crmdesk.exchange.rows.outcomes import Outcome
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.values.layouts import Target
from crmdesk.matching import Values
from crmdesk.operations import records as deeds

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.preview import Preview
    from crmdesk.store import Store


def write(folder: Path, text: str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def seen(store: Store, folder: Path, text: str, entity: str = "contact", whole: bool = True, **options: Any) -> Preview:
    return preview(store, entity, write(folder, text), ImportOptions(**options), whole=whole)


def count(store: Store, entity: str) -> int:
    with store.read() as reader:
        return int(reader.value(f"SELECT count(*) FROM {entity}"))


KNOWN = "Name,Email,Role,Phone,Company,Birthday\nAnna Berg,anna@example.com,Buyer,030 123456,Acme GmbH,1990-02-03\n"


@pytest.fixture
def anna(store: Store, tmp_path: Path) -> Store:
    import_file(store, "contact", write(tmp_path, KNOWN, "known.csv"))
    return store


def test_each_row_is_new_changed_known_or_refused_with_the_reason(anna: Store, tmp_path: Path) -> None:
    text = (
        "Name,Email,Role,Phone,Company,Birthday\nAnna Berg,anna@example.com,Boss,0151 23456789,Bolt AG,1990-02-03\nBob Li,bob@example.com,,,Acme GmbH,\nBob Li,bob@example.com,,,,\n"
        "Cleo Wu,cleo@,,,,\nBerg Anna,,,+49 30 123456,,\n"
    )
    found = seen(anna, tmp_path, text, on_duplicate="overwrite")
    assert [(row.line, row.what, row.title, row.known_as, row.why) for row in found.rows if row.what != "refused"] == [
        (2, "changes", "Anna Berg", "Anna Berg", "the same mail address"), (3, "new", "Bob Li", "", ""), (4, "known", "Bob Li", "", "the same as a row further up"),
        (6, "changes", "Berg Anna", "Anna Berg", "the same phone and name"),
    ]  # fmt: skip
    refused = next(row for row in found.rows if row.what == "refused")
    assert (refused.line, refused.column, refused.reason) == (5, "Email", "Email: “cleo@” is not a mail address.")
    first = next(row for row in found.rows if row.line == 2)
    assert [(value.label, value.before, value.after) for value in first.changes] == [
        ("Job title", "Buyer", "Boss"), ("Company", "Acme GmbH", "Bolt AG"), ("Phone", "", "0151 23456789")
    ]  # fmt: skip
    assert (found.read, found.added, found.updated, found.skipped, found.rejected) == (5, 1, 2, 1, 1)
    assert (found.created, found.linked) == ({"company": 1}, {"company": 1})
    assert (count(anna, "contact"), count(anna, "company")) == (1, 1)


@pytest.mark.parametrize(
    ("mode", "what", "changes"),
    [
        ("skip", "known", []),
        ("fill", "changes", [("Department", "", "Sales")]),
        ("overwrite", "changes", [("Job title", "Buyer", "Boss"), ("Department", "", "Sales")]),
        ("add", "new", []),
    ],
)
def test_each_mode_says_what_it_would_do(anna: Store, tmp_path: Path, mode: str, what: str, changes: list[tuple[str, str, str]]) -> None:
    (row,) = seen(anna, tmp_path, "Name,Email,Role,Department\nAnna Berg,anna@example.com,Boss,Sales\n", on_duplicate=mode).rows
    assert (row.what, [(value.label, value.before, value.after) for value in row.changes]) == (what, changes)


def test_a_row_that_brings_nothing_new_says_so(anna: Store, tmp_path: Path) -> None:
    found = seen(anna, tmp_path, KNOWN, on_duplicate="fill")
    assert [row.what for row in found.rows] == ["same"]
    assert (found.updated, found.skipped) == (0, 1)


def test_columns_show_how_their_first_value_is_understood(store: Store, tmp_path: Path) -> None:
    text = 'Contact,Telephone,Birthday,Tags,Shoe size,Company\n"Berg, Dr. Anna",030-0074321,3.5.1979,vip;new,42,Alfreds\nBob Li,1,31.12.99,,43,\n'
    found = seen(store, tmp_path, text, whole=False)
    assert [(one.column.header, one.first, one.understood) for one in found.columns] == [
        ("Contact", "Berg, Dr. Anna", "Dr. · Anna · Berg"), ("Telephone", "030-0074321", "+49 30 0074321"), ("Birthday", "3.5.1979", "3 May 1979"), ("Tags", "vip;new", "vip, new"),
        ("Shoe size", "42", ""), ("Company", "Alfreds", "Alfreds"),
    ]  # fmt: skip
    offer = found.columns[4].offer
    assert offer is not None
    assert (offer.label, offer.kind) == ("Shoe size", "integer")
    assert found.created == {"company": 1, "tag": 2}


def test_the_head_of_a_long_file_is_enough_for_a_first_look(store: Store, tmp_path: Path) -> None:
    text = "Name,Email\n" + "".join(f"Person {i},p{i}@example.com\n" for i in range(5_000)) + "Last,bad\n"
    head = seen(store, tmp_path, text, whole=False)
    assert (head.is_whole, head.rejected) == (False, 0)
    assert head.read < 300
    assert 4_500 < head.total < 5_500
    told: list[int] = []
    whole = preview(store, "contact", tmp_path / "people.csv", whole=True, progress=lambda done, total: told.append(done))
    assert (whole.is_whole, whole.read, whole.added, whole.rejected, len(whole.rows)) == (True, 5_001, 5_000, 1, 1_001)
    assert told == [4_000, 5_001]


def test_looking_at_a_file_can_be_stopped(store: Store, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        preview(store, "contact", write(tmp_path, KNOWN), whole=True, progress=stop)


def test_dates_that_read_two_ways_are_a_question_and_no_error(store: Store, tmp_path: Path) -> None:
    text = "Name,Birthday\nAnna Berg,3/4/1990\nBob Li,\nCleo Wu,5/6/1991\n"
    found = seen(store, tmp_path, text)
    assert found.unanswered is not None
    assert (found.unanswered.header, found.unanswered.example, found.unanswered.answers) == ("Birthday", "3/4/1990", ("dmy", "mdy"))
    assert (found.columns[1].unclear, found.rejected) == (2, 2)
    answered = seen(store, tmp_path, text, dates="dmy")
    assert (answered.unanswered, answered.rejected, answered.columns[1].understood) == (None, 0, "3 Apr 1990")


def test_numbers_that_read_two_ways_are_read_as_usual_in_the_country_and_that_is_said(store: Store, tmp_path: Path) -> None:
    text = "Name;Price\na;1.234\nb;2.500\n"
    found = seen(store, tmp_path, text, entity="product")
    assert [(question.about, question.assumed, question.answers) for question in found.questions] == [("numbers", ",", (".", ","))]
    assert found.unanswered is None
    assert found.notes == ("“1.234” in column “Price” is read with “,” as decimal sign, as usual here.",)
    assert found.columns[1].understood == "€1,234.00"
    assert seen(store, tmp_path, text, entity="product", decimal=".").columns[1].understood == "€1.23"
    assert seen(store, tmp_path, text, entity="product", region="US").columns[1].understood == "€1.23"


def test_amounts_are_read_as_whole_where_their_currency_has_no_thousandths_and_that_is_said(store: Store, tmp_path: Path) -> None:
    text = "Deal name;Amount\na;1.234\nb;2.500\n"
    found = seen(store, tmp_path, text, entity="deal", region="US")
    assert [(question.about, question.assumed, question.answers) for question in found.questions] == [("numbers", ",", (".", ","))]
    assert found.notes == ("“1.234” in column “Amount” is read as whole, since amounts have no thousandths.",)
    assert found.columns[1].understood == "€1,234.00"
    assert seen(store, tmp_path, text, entity="deal", decimal=".").rejected == 1


def test_a_choice_in_the_window_is_previewed_and_imported_as_it_was_seen(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, "Name,Info,Shoe size\nAnna Berg,CEO,42\n")
    first = preview(store, "contact", path)
    columns = (first.layout.columns[0], replace(first.layout.columns[1], target=Target("role"), why="user"), first.layout.columns[2])
    options = ImportOptions(own_fields=("Shoe size",))
    second = preview(store, "contact", path, options, table=first.table, layout=replace(first.layout, columns=columns))
    result = import_file(store, "contact", path, options, plan=second.plan)
    with store.read() as reader:
        assert reader.rows("SELECT role, custom IS NOT NULL FROM contact") == [("CEO", 1)]
        assert reader.rows("SELECT label FROM custom_field") == [("Shoe size",)]
    assert (result.added, result.unused) == (1, ())
    assert preview(store, "contact", path).kept == "people"


def test_an_own_field_with_choices_is_previewed_as_it_is_imported(store: Store, tmp_path: Path) -> None:
    store.run(deeds.add, "custom_field", {"about": "contact", "name": "area", "label": "Area", "kind": "choice", "options": "North, South"})
    path = write(tmp_path, "Name,Area\nAnna Berg,north\nBob Lee,West\n")
    found = preview(store, "contact", path)
    assert found.columns[1].understood == "North"
    result = import_file(store, "contact", path)
    assert (result.added, [problem.line for problem in result.problems]) == (1, [3])


def test_a_preview_is_one_json_document(anna: Store, tmp_path: Path) -> None:
    import json

    text = json.dumps(seen(anna, tmp_path, KNOWN + "Bob,bad,,,,\n", on_duplicate="overwrite").to_json())
    found = json.loads(text)
    assert [row["outcome"] for row in found["rows"]] == ["same", "refused"]
    assert (found["format"], found["encoding"], found["entity"], found["read"], found["rejected"]) == ("csv", "utf-8", "contact", 2, 1)


def test_what_can_not_be_used_is_refused_as_in_an_import(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No column"):
        seen(store, tmp_path, "aaa,bbb\n1,2\n")


def test_a_new_row_says_whom_it_may_be_and_is_imported_all_the_same(store: Store, tmp_path: Path) -> None:
    store.run(deeds.add, "contact", {"name": "Robert Falkenrath", "email": "robert@falkenrath.example"})
    path = tmp_path / "people.csv"
    path.write_text("First Name,Last Name,Email\nBob,Falkenrath,robert@falkenrath.test\nHanna,Moos,hanna@moos.example\n", encoding="utf-8")
    seen = preview(store, "contact", path, whole=True)
    first, second = seen.rows
    assert first.what == second.what == "new"
    assert first.reason.startswith("May be the same as “Robert Falkenrath”, ")
    assert "same family name" in first.reason
    assert second.reason == ""
    assert import_file(store, "contact", path).added == 2


def test_when_time_runs_out_the_rows_left_are_counted(store: Store) -> None:
    outcomes = [Outcome(line, "new", "contact", "Anna") for line in (2, 3)]
    assert with_likely(store, outcomes, {2: Values("Anna"), 3: Values("Anna")}, seconds=-1.0) == (outcomes, 2)


@pytest.mark.parametrize("dry_run", [False, True])
def test_lines_are_no_quotes(store: Store, tmp_path: Path, dry_run: bool) -> None:
    path = tmp_path / "order_details.csv"
    path.write_text("order_id,product_id,unit_price,quantity,discount\n10248,11,14,12,0\n10248,42,9.8,10,0.15\n", encoding="utf-8")
    assert "The rows of “order_details.csv” are lines of quotes." in preview(store, "quote", path).notes
    with pytest.raises(UserError, match="are lines of quotes") as caught:
        import_file(store, "quote", path, ImportOptions(dry_run=dry_run))
    assert caught.value.exit_code == 4
    assert "import quote_line" in (caught.value.hint or "")
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM quote") == 0


def test_a_likely_row_becomes_the_record_that_the_user_says_it_is_and_other_rows_stay_as_they_are(store: Store, tmp_path: Path) -> None:
    robert = store.run(deeds.add, "contact", {"name": "Robert Falkenrath", "email": "robert@falkenrath.example", "role": "Buyer"})
    path = tmp_path / "people.csv"
    path.write_text("First Name,Last Name,Email,Job Title\nBob,Falkenrath,robert@falkenrath.test,Owner\nHanna,Moos,hanna@moos.example,\n", encoding="utf-8")
    first = preview(store, "contact", path, whole=True).rows[0]
    assert (first.likely, first.likely_as) == (robert, "Robert Falkenrath")
    said = {(str(path), first.line): Decision("overwrite", robert)}
    options = ImportOptions(on_duplicate="fill", decisions=said)
    row = preview(store, "contact", path, options, whole=True).rows[0]
    assert (row.what, row.record, row.why) == ("changes", robert, "you said that it is the same")
    assert ("Job title", "Buyer", "Owner") in [(value.label, value.before, value.after) for value in row.changes]
    result = import_file(store, "contact", path, options)
    assert (result.added, result.updated) == (1, 1)
    with store.read() as reader:
        assert reader.rows("SELECT role FROM contact WHERE family_name = 'Falkenrath' AND deleted_at IS NULL") == [("Owner",)]
        assert reader.value("SELECT count(*) FROM email WHERE contact_id = ? AND deleted_at IS NULL", (robert.bytes,)) == 2
    store.undo()
    with store.read() as reader:
        assert reader.rows("SELECT role FROM contact WHERE family_name = 'Falkenrath' AND deleted_at IS NULL") == [("Buyer",)]


def test_single_rows_are_treated_otherwise_than_all(store: Store, tmp_path: Path) -> None:
    for name in ("Anna", "Bea", "Cleo", "Dora"):
        store.run(deeds.add, "contact", {"name": f"{name} Berg", "email": f"{name}@berg.example", "role": "Buyer"})
    path = tmp_path / "people.csv"
    path.write_text(
        "Name,Email,Job Title\n" + "".join(f"{name} Berg,{name}@berg.example,Owner\n" for name in ("Anna", "Bea", "Cleo", "Dora")), encoding="utf-8"
    )
    said = {(str(path), line): Decision(mode) for line, mode in ((3, "skip"), (4, "add"), (5, "fill"))}
    seen = preview(store, "contact", path, ImportOptions(on_duplicate="overwrite", decisions=said), whole=True)
    assert [row.what for row in seen.rows] == ["changes", "known", "new", "same"]
    import_file(store, "contact", path, ImportOptions(on_duplicate="overwrite", decisions=said))
    with store.read() as reader:
        assert reader.rows("SELECT given_name, role FROM contact WHERE deleted_at IS NULL ORDER BY given_name, id") == [
            ("Anna", "Owner"), ("Bea", "Buyer"), ("Cleo", "Buyer"), ("Cleo", "Owner"), ("Dora", "Buyer"),
        ]  # fmt: skip
    store.undo()
    kept = preview(store, "contact", path, ImportOptions(on_duplicate="add", decisions={(str(path), 2): Decision("skip")}), whole=True)
    assert [row.what for row in kept.rows] == ["known", "new", "new", "new"]


def test_what_was_said_of_a_record_that_is_gone_since_no_longer_counts(store: Store, tmp_path: Path) -> None:
    robert = store.run(deeds.add, "contact", {"name": "Robert Falkenrath"})
    path = tmp_path / "people.csv"
    path.write_text("First Name,Last Name\nBob,Falkenrath\n", encoding="utf-8")
    store.run(deeds.delete, "contact", [robert])
    assert import_file(store, "contact", path, ImportOptions(on_duplicate="fill", decisions={(str(path), 2): Decision("", robert)})).added == 1


def test_new_and_refused_rows_show_what_stands_in_the_file(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("First Name,Last Name,Birthday\nBob,Li,\nAnna,Berg,31.2.1980\n", encoding="utf-8")
    new, refused = preview(store, "contact", path, whole=True).rows
    assert new.cells == (("First Name", "Bob"), ("Last Name", "Li"))
    assert (refused.title, refused.cells[-1]) == ("Anna Berg", ("Birthday", "31.2.1980"))


def test_the_preview_shows_the_numbers_that_the_import_brings(store: Store, tmp_path: Path) -> None:
    text = "Name,Phone,Zip,Country\nMaria Li,(206) 555-0100,98101,US\nAna Paz,030 123456,10115,DE\n"
    found = seen(store, tmp_path, text)
    assert [column.understood for column in found.columns] == ["Maria · Li", "+1 206-555-0100", "98101", "US"]
    import_file(store, "contact", tmp_path / "people.csv")
    with store.read() as reader:
        assert reader.rows("SELECT e164 FROM phone ORDER BY e164") == [("+12065550100",), ("+4930123456",)]


def test_names_are_shown_in_the_order_that_the_country_of_the_row_gives_them(store: Store, tmp_path: Path) -> None:
    found = seen(store, tmp_path, "Name,Country\nLi Wei,China\n")
    assert found.columns[0].understood == "Wei · Li"
    import_file(store, "contact", tmp_path / "people.csv")
    with store.read() as reader:
        assert reader.rows("SELECT given_name, family_name FROM contact") == [("Wei", "Li")]
