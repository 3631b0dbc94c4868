"""Several files and whole folders come in one step that one undo takes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from crmdesk.errors import Cancelled, UserError
from crmdesk.exchange.columns.chosen import parse_target
from crmdesk.exchange.columns.mapping import guess
from crmdesk.exchange.files.reading import open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.out.exporting import export_records
from crmdesk.exchange.rows.plan import ImportOptions
from crmdesk.exchange.several import files_in, import_files, kinds_of, open_files, preview_files

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return reader.rows(sql)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "address books"
    (inside / "old" / ".hidden").mkdir(parents=True)
    (inside / "a.csv").write_text("Name,Company,E-mail\nAnna Berg,Acme,anna@acme.example\n,,broken\n", encoding="utf-8")
    (inside / "old" / "b.tsv").write_text("Full name\tOrganization\nBob Li\tAcme\n", encoding="utf-8")
    (inside / "c.vcf").write_text("BEGIN:VCARD\nFN:Carl Groß\nORG:Acme\nEND:VCARD\nBEGIN:VCARD\nX-A:b\nEND:VCARD\n", encoding="utf-8")
    (inside / "old" / "d.vcf").write_text(
        "BEGIN:VCARD\nFN:Anna Berg\nEMAIL:anna@acme.example\nEND:VCARD\nBEGIN:VCARD\nNOTE:nobody\nEND:VCARD\n", encoding="utf-8"
    )
    (inside / "picture.png").write_bytes(b"\x89PNG")
    (inside / "old" / ".hidden" / "e.csv").write_text("Name\nNobody\n", encoding="utf-8")
    (inside / "broken.vcf").write_text("VERSION:3.0\nFN:No card\n", encoding="utf-8")
    (inside / "empty.csv").write_text("", encoding="utf-8")
    return inside


def test_a_folder_comes_in_one_step_and_what_is_in_two_files_comes_once(store: Store, folder: Path) -> None:
    result = import_files(store, "contact", [folder])
    assert (result.format, result.read, result.added, result.skipped, result.rejected, result.created) == ("several", 7, 3, 1, 3, {"company": 1})
    assert rows(store, "SELECT name FROM contact ORDER BY name") == [("Anna Berg",), ("Bob Li",), ("Carl Groß",)]
    assert rows(store, "SELECT count(*) FROM company") == [(1,)]
    assert {problem.reason for problem in result.problems} == {
        "a.csv, line 3: E-mail: “broken” is not a mail address.", "c.vcf, line 5: The card is empty.", "d.vcf, line 5: A contact needs a name.",
    }  # fmt: skip
    assert "“empty.csv” is empty." in result.notes
    assert "1 other file of the folder was left out." in result.notes
    assert "“broken.vcf” holds no address card." in result.notes
    assert [file.refused for file in result.files if file.refused] == ["“empty.csv” is empty."]
    assert (folder / "a-rejected.csv").exists() and (folder / "broken-rejected.vcf").read_text(encoding="utf-8").count("BEGIN:VCARD") == 2
    store.undo()
    assert rows(store, "SELECT count(*) FROM contact WHERE deleted_at IS NULL UNION ALL SELECT count(*) FROM company WHERE deleted_at IS NULL") == [(0,), (0,)]


def test_strictly_nothing_is_written_if_anything_is_wrong(store: Store, folder: Path) -> None:
    with pytest.raises(UserError, match="empty.csv"):
        import_files(store, "contact", [folder], ImportOptions(strict=True))
    with pytest.raises(UserError, match="rejected, so nothing was written"):
        import_files(store, "contact", [folder / "a.csv", folder / "c.vcf"], ImportOptions(strict=True))
    assert rows(store, "SELECT count(*) FROM contact") == [(0,)]


def test_a_folder_with_nothing_in_it_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "x.png").write_bytes(b"x")
    with pytest.raises(UserError, match="no file in the folder"):
        import_files(store, "contact", [tmp_path / "empty"])
    with pytest.raises(UserError, match="is empty"):
        (tmp_path / "a.csv").write_text("", encoding="utf-8")
        (tmp_path / "b.csv").write_text("", encoding="utf-8")
        import_files(store, "contact", [tmp_path / "a.csv", tmp_path / "b.csv"])


def test_the_progress_of_all_files_is_one_and_a_cancel_leaves_no_trace(store: Store, folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    import_files(store, "contact", [folder / "a.csv", folder / "old" / "b.tsv"], ImportOptions(dry_run=True), lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen) and seen[-1][0] == 3

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        import_files(store, "contact", [folder / "a.csv", folder / "old" / "b.tsv"], progress=stop)
    assert rows(store, "SELECT count(*) FROM contact") == [(0,)]


def test_one_file_is_imported_as_ever(store: Store, folder: Path) -> None:
    assert import_files(store, "contact", [folder / "a.csv"], ImportOptions(dry_run=True)) == import_file(
        store, "contact", folder / "a.csv", ImportOptions(dry_run=True)
    )
    assert files_in([folder / "a.csv", folder / "a.csv"]).files == [folder / "a.csv"]


def test_each_sort_of_columns_means_what_was_said_of_it(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("k1,k2\nAnna,Berg\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("c1,c2,c3\nLi,Bob,Shanghai\n", encoding="utf-8")
    options = ImportOptions()
    said = []
    for name, targets in (("a.csv", ("given_name", "family_name")), ("b.csv", ("family_name", "given_name", "address.city"))):
        layout = guess("contact", open_table(tmp_path / name))
        columns = tuple(replace(column, target=parse_target("contact", text)) for column, text in zip(layout.columns, targets, strict=True))
        said.append(replace(layout, columns=columns))
    opened = open_files([tmp_path / "a.csv", tmp_path / "b.csv"])
    seen, refused = preview_files(store, "contact", opened.tables, options, said)
    assert ([each.added for each in seen], refused) == ([1, 1], [])
    import_files(store, "contact", [tmp_path / "a.csv", tmp_path / "b.csv"], options, layouts=said)
    assert rows(store, "SELECT name FROM contact ORDER BY name") == [("Anna Berg",), ("Bob Li",)]
    assert rows(store, "SELECT city FROM address") == [("Shanghai",)]


def test_a_field_of_ones_own_that_several_files_have_is_made_once_and_asks_nothing_of_the_others(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Priority\nAnna Berg,high\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("Name,Priority,City\nBob Li,low,Shanghai\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("Name,Job Title\nCarl Groß,Buyer\n", encoding="utf-8")
    result = import_files(store, "contact", [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")], ImportOptions(own_fields=("Priority",)))
    assert (result.added, [file.refused for file in result.files]) == (3, ["", "", ""])
    assert rows(store, "SELECT name, label FROM custom_field") == [("priority", "Priority")]
    assert len(rows(store, "SELECT 1 FROM contact WHERE custom IS NOT NULL")) == 2
    with pytest.raises(UserError, match="no column “Rank”"):
        import_files(store, "contact", [tmp_path / "a.csv", tmp_path / "b.csv"], ImportOptions(own_fields=("Rank",)))


def test_each_file_has_its_own_counts_also_where_several_make_one_table(store: Store, folder: Path) -> None:
    result = import_files(store, "contact", [folder])
    counts = {file.file.rpartition("/")[2]: (file.read, file.added, file.skipped, file.rejected) for file in result.files}
    assert counts == {
        "a.csv": (2, 1, 0, 1),
        "b.tsv": (1, 1, 0, 0),
        "broken.vcf": (0, 0, 0, 0),
        "c.vcf": (2, 1, 0, 1),
        "d.vcf": (2, 0, 1, 1),
        "empty.csv": (0, 0, 0, 0),
    }
    given_back = {file.file.rpartition("/")[2]: file.rejects_file for file in result.files if file.rejects_file}
    assert given_back == {"a.csv": str(folder / "a-rejected.csv"), "c.vcf": str(folder / "broken-rejected.vcf"), "d.vcf": str(folder / "broken-rejected.vcf")}


def test_mails_and_calendars_of_a_folder_are_counted_by_file(store: Store, tmp_path: Path) -> None:
    inside = tmp_path / "inbox"
    inside.mkdir()
    for number in (1, 2):
        (inside / f"{number}.eml").write_text(
            f"Message-ID: <{number}@example.com>\nSubject: Hello {number}\nFrom: anna@example.com\nDate: Mon, 1 Jun 2026 10:00:00 +0000\n\nText\n",
            encoding="utf-8",
        )
        events = "".join(f"BEGIN:VEVENT\nUID:{number}-{place}\nDTSTART:2026060{place}T100000Z\nEND:VEVENT\n" for place in range(1, number + 2))
        (inside / f"{number}.ics").write_text(f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n", encoding="utf-8")
    result = import_files(store, "activity", [inside])
    assert {file.file.rpartition("/")[2]: (file.read, file.added) for file in result.files} == {
        "1.eml": (1, 1),
        "2.eml": (1, 1),
        "1.ics": (2, 2),
        "2.ics": (3, 3),
    }


def refused_in_all_ways(store: Store, entity: str, paths: list[Path]) -> list[list[int]]:
    """Return how many rows of each file are refused: by a look at its head, by one at all rows, by a dry run, and by the import itself."""
    tables = open_files(paths).tables
    looks = [preview_files(store, entity, tables, whole=whole, kinds=kinds_of(tables, entity))[0] for whole in (False, True)]
    imports = [import_files(store, entity or "?", paths, ImportOptions(dry_run=dry)).files for dry in (True, False)]
    return [[one.rejected for one in seen] for seen in looks] + [[one.rejected for one in files] for files in imports]


def test_a_look_at_files_refuses_no_row_for_what_another_file_brings(store: Store, tmp_path: Path) -> None:
    numbers = range(1, 252)
    quotes, lines = tmp_path / "quotes.csv", tmp_path / "quote_lines.csv"
    quotes.write_text("Number,Company,Date\n" + "".join(f"A-{number},Acme,2026-01-05\n" for number in numbers), encoding="utf-8")
    lines.write_text("Quote,Product,Quantity,Unit price\n" + "".join(f"A-{number},Boxes,2,3.5\n" for number in reversed(numbers)), encoding="utf-8")
    assert refused_in_all_ways(store, "", [quotes, lines]) == [[0, 0]] * 4
    lines.write_text("Quote,Product,Quantity,Unit price\nA-9999,Boxes,2,3.5\n", encoding="utf-8")
    assert refused_in_all_ways(store, "", [quotes, lines])[1:] == [[0, 1]] * 3


def test_records_of_one_name_in_other_files_are_told_apart_by_their_ids_before_anything_is_written(store: Store, other: Store, tmp_path: Path) -> None:
    text = "Deal name,Product,Company\n" + "".join(f"Delivery,Boxes {number},Acme {number}\n" for number in range(230))
    (tmp_path / "source.csv").write_text(text, encoding="utf-8")
    import_file(store, "deal", tmp_path / "source.csv")
    names = ["deal", "deal_product"]
    for name in names:
        export_records(store, name, tmp_path / f"{name}.csv")
    assert refused_in_all_ways(other, "", [tmp_path / f"{name}.csv" for name in names]) == [[0, 0]] * 4


CATEGORIES = 'category_id,category_name,description,picture\n1,Beverages,"Soft drinks, teas",\\x\n2,Condiments,Sauces,\\x\n'


def test_a_file_that_only_has_descriptions_in_common_with_anything_is_not_recognised(store: Store, tmp_path: Path) -> None:
    categories, people = tmp_path / "categories.csv", tmp_path / "people.csv"
    categories.write_text(CATEGORIES, encoding="utf-8")
    people.write_text("Name,E-mail\nAnna Berg,anna@acme.example\n", encoding="utf-8")
    said = "What the rows of “categories.csv” are was not recognised."
    result = import_files(store, "?", [categories, people])
    assert (result.added, result.rejected, [file.refused for file in result.files]) == (1, 0, ["", said])
    tables = open_files([categories, people]).tables
    seen, refused = preview_files(store, "", tables, kinds=kinds_of(tables, ""))
    assert ([one.table.path.name for one in seen], [one.refused for one in refused]) == (["people.csv"], [said])
    with pytest.raises(UserError, match="was not recognised"):
        import_files(store, "?", [categories])
    assert import_file(store, "tag", categories, ImportOptions(chosen={"name": "category_name"})).added == 2


def test_a_folder_takes_no_file_that_an_import_gave_back(store: Store, folder: Path) -> None:
    first = import_files(store, "contact", [folder])
    assert first.rejected == 3
    (folder / "leads-rejected.csv").write_text("Name\nDora Fey\n", encoding="utf-8")
    (folder / "leads.csv").write_text("Name\nEmil Graf\n", encoding="utf-8")
    again = import_files(store, "contact", [folder])
    assert (again.read, again.added, again.rejected) == (9, 2, 3)
    assert [note for note in again.notes if "-rejected" in note] == [
        "“a-rejected.csv” was left out: an earlier import gave its rows back. To import it, choose the file itself.",
        "“broken-rejected.vcf” was left out: an earlier import gave its rows back. To import it, choose the file itself.",
    ]
    assert [note for note in open_files([folder]).notes if "a-rejected.csv" in note]
    assert import_files(store, "contact", [folder / "a-rejected.csv"]).read == 1
    assert {file.name for file in files_in([folder, folder / "a-rejected.csv"]).files} >= {"a.csv", "a-rejected.csv"}


def test_a_file_alone_in_its_folder_comes_in_without_what_was_given_back(store: Store, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Name,E-mail\nAnna Berg,anna@acme.example\n,broken\n", encoding="utf-8")
    import_files(store, "contact", [tmp_path])
    again = import_files(store, "contact", [tmp_path])
    assert (again.read, again.rejected) == (2, 1)
    assert any("people-rejected.csv" in note for note in again.notes)
