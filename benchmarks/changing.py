"""What deeds cost: a deal moved, many records changed and taken back, a quote saved and printed."""

from __future__ import annotations

import io
import random
import statistics
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import UUID

from measure import Clock, Figure, clock, once
from stores import bare, copied, kept, key_of, opened, without_triggers

from crmdesk.clock import new_id_bytes
from crmdesk.documents.calculator import Line
from crmdesk.operations import deals, quotes, records
from crmdesk.queries.quotes import LineItem, page_of
from crmdesk.reports.quote import render_quote

if TYPE_CHECKING:
    from crmdesk.store import Store

MOVES, ROUNDS, MANY = 60, 5, 10_000


def move_deal(size: str) -> list[Figure]:
    """A deal moved to another stage, on the disk when it returns."""
    with TemporaryDirectory() as place:
        path = copied(kept(size), Path(place))
        with opened(path) as store:
            with store.read() as reader:
                stages = [UUID(bytes=row) for (row,) in reader.rows("SELECT id FROM stage WHERE outcome = 'open' ORDER BY position")]
                moved = [
                    UUID(bytes=row)
                    for (row,) in reader.rows(
                        "SELECT d.id FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.outcome = 'open' ORDER BY d.id LIMIT ?", (MOVES,)
                    )
                ]
            taken = Clock()
            for number in range(ROUNDS + 1):
                times = [once_quick(partial(store.run, deals.move, deal, stages[(number + at) % len(stages)])) for at, deal in enumerate(moved)]
                if number:
                    taken.rounds.append(times)
        floor = bare(path)
        without_triggers(floor)
        sql = "UPDATE deal SET stage_id = ?, stage_since = stage_since + 1 WHERE id = ?"
        least = Clock()
        for number in range(ROUNDS + 1):
            times = [once_quick(partial(_durable, floor, sql, (stages[(number + at) % len(stages)].bytes, deal.bytes))) for at, deal in enumerate(moved)]
            if number:
                least.rounds.append(times)
        floor.close()
    budget = least.median() * 1000 + 1
    return [Figure("move a deal, durable, p50", taken.median() * 1000, taken.best() * 1000, "ms", least.median() * 1000, budget, "≤ floor + 1 ms")]


def once_quick(call: Any) -> float:
    """Return how many seconds a call takes, without a collection before it."""
    from time import perf_counter

    start = perf_counter()
    call()
    return perf_counter() - start


def _durable(connection: Any, sql: str, parameters: tuple[Any, ...]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(sql, parameters)
    connection.execute("COMMIT")


# -- many records ------------------------------------------------------------------------------------------------------------------


def bulk(size: str) -> list[Figure]:
    """Another role for 10,000 contacts, and its undo."""
    done: list[float] = []
    undone: list[float] = []
    with TemporaryDirectory() as place:
        path = copied(kept(size), Path(place))
        with opened(path) as store:
            with store.read() as reader:
                ids = [UUID(bytes=row) for (row,) in reader.rows("SELECT id FROM contact ORDER BY id LIMIT ?", (MANY,))]
            for number in range(3):
                done.append(once(partial(store.run, records.edit, "contact", ids, {"role": f"Role {number}"})))
                undone.append(once(store.undo))
        floor = bare(path)
        without_triggers(floor)
        least = [once(partial(_bare_bulk, floor, ids, f"Role {number}")) for number in range(3)]
        floor.close()
    base = statistics.median(least)
    return [
        Figure(f"change {MANY:,} records", statistics.median(done), min(done), "s", base, None, ""),
        Figure("undo that", statistics.median(undone), min(undone), "s", base, 0.3, "≤ 0.3 s"),
    ]


def _bare_bulk(connection: Any, ids: list[UUID], role: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("UPDATE contact SET role = ? WHERE id = ?", [(role, record.bytes) for record in ids])
    connection.execute("COMMIT")


# -- quotes ------------------------------------------------------------------------------------------------------------------------


def quote(size: str) -> list[Figure]:
    """A quote of twenty lines: saved with its totals, then its PDF."""
    rng = random.Random(11)  # noqa: S311 - repeatable, not secret
    with TemporaryDirectory() as place:
        path = copied(kept(size), Path(place))
        with opened(path) as store:
            quote_id = _draft(store)

            def save() -> None:
                store.run(quotes.set_lines, quote_id, _lines(rng))

            def again() -> None:
                with store.read() as reader:
                    stored = reader.rows("SELECT id FROM quote_line WHERE quote_id = ? AND deleted_at IS NULL ORDER BY position", (quote_id.bytes,))
                lines = [LineItem(item.line, UUID(bytes=row)) for item, (row,) in zip(_lines(rng), stored, strict=True)]
                store.run(quotes.set_lines, quote_id, lines)

            saved = clock([save] * 3, 7)
            changed = clock([again] * 3, 7)

            def printed() -> bytes:
                with store.read() as reader:
                    return render_quote(page_of(reader, quote_id)).pdf

            pdf = clock([printed] * 5, 5)
        floor = bare(path, key_of(path))
        without_triggers(floor)
        found = floor.execute("SELECT * FROM quote_line WHERE quote_id = ? AND deleted_at IS NULL", (quote_id.bytes,))
        id_at = [column[0] for column in found.description].index("id")
        rows = [(row[:id_at], row[id_at + 1 :]) for row in found.fetchall()]
        least = clock([partial(_bare_quote, floor, rows, quote_id.bytes)] * 3, 7)
        floor.close()
    paper = clock([_bare_pdf] * 5, 5)
    return [
        Figure(
            "quote with 20 lines, save and totals", saved.median() * 1000, saved.best() * 1000, "ms", least.median() * 1000, 12, "≤ 12 ms",
            f"all lines new; the same lines changed {changed.median() * 1000:.1f} ms",
        ),
        Figure("PDF of that quote, warm", pdf.median() * 1000, pdf.best() * 1000, "ms", paper.median() * 1000, 30, "≤ 30 ms"),
    ]  # fmt: skip


def _draft(store: Store) -> UUID:
    with store.read() as reader:
        deal = UUID(
            bytes=reader.value("SELECT d.id FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.outcome = 'open' AND d.company_id IS NOT NULL LIMIT 1")
        )
    return store.run(quotes.from_deal, deal)


def _lines(rng: random.Random) -> list[LineItem]:
    return [
        LineItem(Line(
            f"Position {number}\nDelivered and set up", quantity=Decimal(rng.randrange(1, 40)), unit_price=Decimal(rng.randrange(100, 90_000)) / 100,
            tax_category="S", tax_rate=Decimal(19 if number % 3 else 7), unit="C62",
        ))
        for number in range(20)
    ]  # fmt: skip


def _bare_quote(connection: Any, rows: list[tuple[tuple[Any, ...], tuple[Any, ...]]], quote_id: bytes) -> None:
    """Write twenty lines, each with a new id between its other values, and the totals of their quote."""
    marks = ", ".join("?" * (len(rows[0][0]) + len(rows[0][1]) + 1))
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(f"INSERT INTO quote_line VALUES ({marks})", [(*before, new_id_bytes(), *behind) for before, behind in rows])
    connection.execute("UPDATE quote SET net = net + 1, tax = tax + 1, payable = payable + 2 WHERE id = ?", (quote_id,))
    connection.execute("COMMIT")


def _bare_pdf() -> bytes:
    """Draw twenty lines and a few sums with reportlab alone, in a font that it knows by heart."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(40):
        for column, text in enumerate((f"{number}", f"Position {number}", "12", "249.00", "2,988.00")):
            canvas.drawString(50 + column * 100, 780 - number * 18, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
