"""Cells are told apart whatever stands between them: usual signs, unusual ones, several, or blanks that keep columns at their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmdesk.exchange.files.delimiters import sniff
from crmdesk.exchange.files.reading import How, open_table
from crmdesk.exchange.importing import import_file
from crmdesk.exchange.rows.plan import ImportOptions

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.store import Store

ROWS = [
    ("Name", "Company", "Email"),
    ("Anna Berg", "Acme, Inc.", "a@example.com"),
    ("Bob Cole", "", "b@example.com"),
    ("Cem Demir", "Söhne; Co", "c@example.com"),
]


def table(tmp_path: Path, text: str, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def cells_of(path: Path, delimiter: str | None = None) -> list[tuple[object, ...]]:
    found = open_table(path, How(delimiter=delimiter))
    return [found.columns, *(tuple(cells) for _, cells in found.rows())]


@pytest.mark.parametrize("sign", ["^", "~", "¦", "§", "¬", "||", "::", "|~|", "^|^", "~|~", "#|#", " | ", "|", "^^", "~~"])
def test_an_unusual_delimiter_is_recognised(tmp_path: Path, sign: str) -> None:
    path = table(tmp_path, "".join(f"{sign.join(row)}\n" for row in ROWS))
    assert [tuple(str(cell).strip() for cell in row) for row in cells_of(path)] == ROWS
    notes = open_table(path).notes
    assert notes == (() if sign.strip() == "|" else (f"The cells of this file are divided by “{sign}”.",))


@pytest.mark.parametrize("sign", ["@@", "<>", ":", "*", "//", "$|$", ";;", " - "])
def test_any_delimiter_is_taken_where_the_user_says_it(tmp_path: Path, sign: str) -> None:
    path = table(tmp_path, "".join(f"{sign.join(row)}\n" for row in ROWS))
    assert cells_of(path, sign) == ROWS


def test_a_tab_can_be_named(tmp_path: Path) -> None:
    path = table(tmp_path, "".join("\t".join(row) + "\n" for row in ROWS))
    assert cells_of(path, r"\t") == cells_of(path, "tab") == cells_of(path) == ROWS


def test_cells_in_quotation_marks_keep_a_delimiter_of_several_signs(tmp_path: Path) -> None:
    path = table(tmp_path, 'Name||Note\n"Berg||Anna"||"one\ntwo"\nBob||x\n')
    assert cells_of(path, "||") == [("Name", "Note"), ("Berg||Anna", "one\ntwo"), ("Bob", "x")]


def test_another_quotation_mark_around_all_cells_is_recognised(tmp_path: Path) -> None:
    path = table(tmp_path, "".join(",".join(f"^{cell}^" for cell in row) + "\n" for row in ROWS))
    assert cells_of(path) == ROWS


ALIGNED = """\
Name          Company              Phone         Email
Anna Berg     Acme, Inc.           030 123456    a@example.com
Bob Cole                           030 7         b@example.com

王小明        Söhne                              c@example.com
"""
RULED = """\
 id | name      | city
----+-----------+--------
  1 | Anna Berg | Berlin
  2 | Bob Cole  |
(2 rows)
"""
UNDERLINED = """\
Code Name       Amount
---- ---------- ------
0012 Anna Berg    1200
0013 Bob            80
"""


def test_columns_at_fixed_places_are_recognised_and_empty_cells_shift_nothing(tmp_path: Path) -> None:
    ascii_only = ALIGNED.replace("王小明", "Wang Xi")
    assert cells_of(table(tmp_path, ascii_only, "list.txt"))[:3] == [
        ("Name", "Company", "Phone", "Email"), ("Anna Berg", "Acme, Inc.", "030 123456", "a@example.com"), ("Bob Cole", "", "030 7", "b@example.com"),
    ]  # fmt: skip
    assert cells_of(table(tmp_path, UNDERLINED, "ruled.txt")) == [("Code", "Name", "Amount"), ("0012", "Anna Berg", "1200"), ("0013", "Bob", "80")]


def test_a_row_that_crosses_the_places_of_columns_is_refused_and_comes_back(store: Store, tmp_path: Path) -> None:
    lines = [f"{'Person ' + chr(65 + at % 26):<14}{'Acme':<21}{'030 123456' + str(at):<14}p{at}@example.com" for at in range(120)]
    path = table(
        tmp_path,
        "\n".join(["Name          Company              Phone         Email", *lines, "Bob Archibaldson Cole Acme           030 7         x@example.com"]),
    )
    result = import_file(store, "contact", path, ImportOptions(delimiter="fixed", rejects=tmp_path / "r.csv"))
    assert (result.added, [problem.reason for problem in result.problems]) == (120, ["The row does not keep to the places of the columns."])
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()[0].startswith("Name\tCompany\tPhone\tEmail\t")


def test_refused_rows_come_back_with_the_same_delimiter(store: Store, tmp_path: Path) -> None:
    path = table(tmp_path, 'Name||Email||Note\nAnna Berg||nobody||"one||two"\nBob Cole||b@example.com||x\n')
    result = import_file(store, "contact", path, ImportOptions(delimiter="||", rejects=tmp_path / "r.csv"))
    assert (result.added, result.rejected) == (1, 1)
    text = (tmp_path / "r.csv").read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith('Anna Berg||nobody||"one||two"||')
    (tmp_path / "r.csv").write_text(text.replace("nobody", "a@example.com"), encoding="utf-8")
    again = import_file(store, "contact", tmp_path / "r.csv", ImportOptions(delimiter="||"))
    assert (again.added, again.rejected) == (1, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Name*;Firma*;Ort*\nAnna;Acme;Berlin\nBob;Beta;Bonn\n",
        "Rate A;Rate B\n10%;20%\n30%;40%\n",
        "a,,b\n1,,2\n3,,4\n",
        "Name,Path\nA,C:\\x~1\nB,D:\\y~2\n",
        "[a],[b]\n[1],[2]\n[3],[4]\n",
        "Name;Zeit\nAnna;10:30\nBob;11:15\n",
        "Full name\nAnna Berg\nPaul Klee\nLisa Muhr\n",
        "Email\na~b@example.com\nc~d@example.com\n",
        "Notes\nfirst line  of text\nother words  here too\nnothing to   see here\n",
    ],
)
def test_ordinary_files_are_read_as_before(text: str) -> None:
    found = sniff(text)
    assert (len(found.delimiter), found.places, found.quote) == (1, (), '"')
    assert found.delimiter in ",;"
