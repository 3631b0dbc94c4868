"""Whole files in and out: an import with its index and its undo, an export."""

from __future__ import annotations

import importlib.util
import statistics
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import data
from measure import Figure, child, once, telling
from stores import SIZES, bare, copied, fresh, kept, key_of, opened, tables_of, without_triggers

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUNDS = 3
WRITTEN = ("company", "contact", "phone", "email")
EXPORTED = (
    "name", "given_name", "family_name", "title", "salutation", "company", "role", "department", "phone", "email", "address.street", "address.postal_code", "address.city",
    "address.country", "birthday", "language", "owner", "lifecycle", "last_contact_at", "tags",
)  # fmt: skip


def importing(size: str) -> list[Figure]:
    """Contacts with phone, mail and company from CSV; memory; searchable; undo."""
    contacts = SIZES[size]
    found: list[Mapping[str, Any]] = []
    undone: list[float] = []
    least: list[float] = []
    unmade: list[float] = []
    with TemporaryDirectory() as folder:
        place = Path(folder)
        table = place / "contacts.csv"
        data.write_csv(table, contacts)
        for number in range(ROUNDS if contacts <= 100_000 else 1):
            path = fresh(place, f"import-{number}.crmdesk")
            with telling(f"import {number + 1}"):
                found.append(child("import_contacts", path, table))
                write, delete = _bare_import(path, place / f"bare-{number}.db")
                least.append(write)
                unmade.append(delete)
                with opened(path) as store:
                    undone.append(once(store.undo))
            path.unlink()
    imported, indexed = [each["import_s"] for each in found], [each["index_s"] for each in found]
    peaks = [each["peak_mb"] for each in found]
    floor = statistics.median(least)
    share = max(contacts / 100_000, 1)
    later, said = 6 * share, f"≤ {6 * share:.0f} s"
    memory = f"{found[0]['before_mb']:.0f} MB before, indexing {found[0]['index_peak_mb']:.0f} MB"
    return [
        Figure(f"import {contacts:,} contacts from CSV", statistics.median(imported), min(imported), "s", floor, 3 * floor, "≤ 3 × floor", f"{found[0]['added']:,} added"),
        Figure("memory of the import", statistics.median(peaks), min(peaks), "MB", None, 300, "≤ 300 MB", memory),
        Figure("searchable after", statistics.median(indexed), min(indexed), "s", None, later, said),
        Figure("undo of the import", statistics.median(undone), min(undone), "s", statistics.median(unmade), later, said),
    ]  # fmt: skip


def _bare_import(source: Path, target: Path) -> tuple[float, float]:
    """Write the same rows with executemany into the same tables with the same indexes and foreign keys, then mark them as deleted; no journal.

    Returns:
        Seconds of both.
    """
    known, out = bare(source), bare(target, key_of(source), create=True)
    rows = {name: known.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall() for name in WRITTEN}  # noqa: S608
    for statement in tables_of(
        known, [name for (name,) in known.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%STRICT%'")]
    ):
        out.execute(statement)
    members = known.execute("SELECT * FROM member").fetchall()  # the rows' owner is one of them
    out.executemany(f"INSERT INTO member VALUES ({', '.join('?' * len(members[0]))})", members)  # noqa: S608
    known.close()

    def write() -> None:
        out.execute("BEGIN IMMEDIATE")
        for name, listed in rows.items():
            out.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(listed[0]))})', listed)  # noqa: S608
        out.execute("COMMIT")
        out.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def delete() -> None:
        out.execute("BEGIN IMMEDIATE")
        for name in WRITTEN:
            out.execute(f'UPDATE "{name}" SET deleted_at = 1')  # noqa: S608
        out.execute("COMMIT")
        out.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    taken = once(write), once(delete)
    out.close()
    target.unlink()
    return taken


def exporting(size: str) -> list[Figure]:
    """All contacts with twenty columns as a workbook."""
    if importlib.util.find_spec("crmdesk.exchange.out.exporting") is None:
        return []
    path = kept(size)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        found = [child("export_contacts", copied(path, place), place / f"{number}.xlsx") for number in range(ROUNDS)]
        least = [once(partial(_bare_export, place / "0.xlsx", place / "bare.xlsx"))]
    taken = [each["export_s"] for each in found]
    base = statistics.median(least)
    return [
        Figure(
            f"export {SIZES[size]:,} contacts × {len(EXPORTED)} to XLSX", statistics.median(taken), min(taken), "s", base, 1.2 * base, "≤ 1.2 × floor",
            f"{found[0]['peak_mb']:.0f} MB",
        )
    ]  # fmt: skip


def _bare_export(source: Path, target: Path) -> None:
    """Write the same cells with openpyxl in its write-only mode."""
    from openpyxl import Workbook
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(source).get_sheet_by_index(0).to_python()

    def write() -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        book.save(target)

    write()


__all__ = ["EXPORTED", "exporting", "importing", "without_triggers"]
