"""Commands about duplicates: finding, merging, telling apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmdesk.cli.base import app, find, opened, say, shown
from crmdesk.cli.output import progress, table
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from uuid import UUID


@app.command()
def duplicates(
    entity: str,
    min_score: Annotated[float, typer.Option("--min-score", metavar="S", help="How likely two records must be the same, 0 to 1.")] = 0.5,
) -> None:
    """Find companies, contacts or leads that are in the store twice."""
    from crmdesk.insights.duplicates import sweep
    from crmdesk.queries.records import titles

    with opened() as store, progress(tr("Comparing")) as show:
        found = sweep(store, entity, min_score, *([show] if show else []))
        with store.read() as reader:
            named = titles(reader, found.entity, {record for pair in found.pairs for record in (pair.a, pair.b)})

    def record(which: UUID) -> dict[str, Any]:
        return {"id": str(which), "title": named.get(which.bytes, ("", False))[0]}

    listed = [
        {
            "score": pair.score, "a": record(pair.a), "b": record(pair.b),
            "reasons": [{"field": reason.field, "text": reason.text, "weight": reason.weight} for reason in pair.reasons],
        }
        for pair in found.pairs
    ]  # fmt: skip
    say(listed, lambda: table(["score", "a", "b", "reasons"], [_line(pair) for pair in listed]))


def _line(pair: dict[str, Any]) -> list[Any]:
    reasons = ", ".join(("" if reason["weight"] > 0 else "− ") + reason["text"] for reason in pair["reasons"][:4])
    return [f"{pair['score']:.2f}", pair["a"]["title"], pair["b"]["title"], reasons]


@app.command()
def merge(entity: str, keep: str, other: Annotated[list[str], typer.Argument(metavar="OTHER…")]) -> None:
    """Merge records into the first one; everything that belongs to them moves to it."""
    from crmdesk.operations import merging

    with opened() as store:
        kept, others = find(store, entity, keep), [find(store, entity, text) for text in other]
        store.run_from("cli", merging.merge, entity, kept, others)
        say(shown(store, entity, kept))
