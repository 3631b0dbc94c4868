"""A first look at a file of a hundred megabytes, and a workbook beside the same rows as text."""

from __future__ import annotations

import codecs
import csv
import statistics
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import data
from measure import Figure, child, once, telling
from stores import SIZES, fresh

LONG = 100_000_000
PART = 20_000
SHOWN = 200
ROUNDS = 3


def looking(size: str) -> list[Figure]:
    """Recognise and preview a CSV file of 100 MB in a fresh process: encoding, delimiter, entity, columns, the first rows."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        table = place / "long.csv"
        rows = _write_long(table)
        path = fresh(place, "preview.crmdesk")
        found = [child("preview_contacts", path, table) for _ in range(ROUNDS)]
        least = [once(lambda: _bare_look(table)) for _ in range(ROUNDS)]
    taken = [each["preview_s"] for each in found]
    guessed = found[0]["rows_about"] / rows
    note = f"{table.name}: {rows:,} rows, estimated {guessed:.0%}; {found[0]['peak_mb']:.0f} MB"
    return [Figure("first look at a CSV of 100 MB", statistics.median(taken), min(taken), "s", statistics.median(least), 1.0, "≤ 1 s", note)]


def _write_long(table: Path) -> int:
    """Write a file of 100 MB: the same people over and over; returns how many rows it has."""
    part = table.with_name("part.csv")
    data.write_csv(part, PART)
    head, _, rest = part.read_bytes().partition(b"\n")
    times = LONG // len(rest) + 1
    with table.open("wb") as file:
        file.write(head + b"\n")
        for _ in range(times):
            file.write(rest)
    part.unlink()
    return times * PART


def _bare_look(table: Path) -> None:
    """Make sure that a file is UTF-8, count its lines and read its first rows."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 0
    with table.open("rb") as file:
        while chunk := file.read(1 << 20):
            decoder.decode(chunk)
            lines += chunk.count(b"\n")
    with table.open(encoding="utf-8", newline="") as text:
        list(islice(csv.reader(text), SHOWN))


def workbook(size: str) -> list[Figure]:
    """Import contacts from a workbook; the floor is the same from CSV."""
    contacts = SIZES[size]
    with TemporaryDirectory() as folder:
        place = Path(folder)
        table, book = place / "contacts.csv", place / "contacts.xlsx"
        data.write_csv(table, contacts)
        _as_workbook(table, book)
        taken: dict[Path, list[float]] = {table: [], book: []}
        for number in range(ROUNDS if contacts <= 100_000 else 1):
            for source, times in taken.items():
                with telling(f"import {source.name} {number + 1}"):
                    path = fresh(place, f"{source.suffix[1:]}-{number}.crmdesk")
                    times.append(child("import_contacts", path, source)["import_s"])
                    path.unlink()
        alone = once(lambda: _bare_read(book))
    floor = statistics.median(taken[table])
    return [
        Figure(
            f"import {contacts:,} contacts from XLSX", statistics.median(taken[book]), min(taken[book]), "s", floor, 1.3 * floor, "≤ 1.3 × CSV",
            f"calamine alone {alone:.2f} s",
        )
    ]  # fmt: skip


def _as_workbook(table: Path, book: Path) -> None:
    from openpyxl import Workbook

    out = Workbook(write_only=True)
    sheet = out.create_sheet("Contacts")
    with table.open(encoding="utf-8", newline="") as text:
        for row in csv.reader(text):
            sheet.append(row)
    out.save(book)


def _bare_read(book: Path) -> None:
    from python_calamine import CalamineWorkbook

    CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
