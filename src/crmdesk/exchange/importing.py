"""Import a file: plan, write, give back what was rejected."""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.plan import HELD, ImportOptions, Plan, Progress
from crmdesk.exchange.rejects import Rejection, rejects_path, write_rejects
from crmdesk.i18n import ntr, tr
from crmdesk.operations import imports
from crmdesk.store.pace import no_garbage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmdesk.operations.imports import Batch
    from crmdesk.store import Store


@dataclass(frozen=True)
class ImportResult:
    """What an import did.

    Attributes:
        created: how many records of other entities, or of the same by mere reference, were made.
        transaction: what undo takes back; None if nothing was written.
        problems: the rejected rows. notes: sentences about what was noticed. unused: columns that went nowhere.
    """

    format: str
    encoding: str | None
    product: str | None
    read: int
    added: int
    updated: int
    skipped: int
    rejected: int
    created: dict[str, int]
    rejects_file: str | None
    transaction: int | None
    problems: tuple[Rejection, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command line prints it."""
        names = "format encoding product read added updated skipped rejected created rejects_file transaction".split()
        return {name: getattr(self, name) for name in names}


def import_file(
    store: Store, entity: str, path: Path, options: ImportOptions | None = None, progress: Progress | None = None, *, plan: Plan | None = None
) -> ImportResult:
    """Import the rows of a file as records of an entity, in one transaction with one undo.

    Args:
        progress: told how many rows of how many are done; may raise `Cancelled`, then nothing was written.
        plan: one that was shown to the user; its rows are worked out anew, since the store may have changed.

    Raises:
        UserError: the file or an option can't be used; with `strict` also, when rows were rejected. Nothing was written then.
    """
    with no_garbage():
        return _import(store, entity, path, options or (plan.options if plan else ImportOptions()), progress, plan)


def _import(store: Store, entity: str, path: Path, options: ImportOptions, progress: Progress | None, plan: Plan | None) -> ImportResult:
    plan = Plan(store, entity, path, options, plan.table if plan else None, plan.layout if plan else None)
    is_long = (plan.table.line_count or 0) > HELD and not options.strict and not options.dry_run
    stream = plan.batches(progress)
    prepared = [] if is_long else [_packed(batch) for batch in stream if batch.inserts or batch.updates or batch.files]
    if plan.rejections and options.strict:
        first = plan.rejections[0]
        raise UserError(
            ntr("{count} row was rejected, so nothing was written.", "{count} rows were rejected, so nothing was written.", len(plan.rejections)),
            hint=tr("Line {line}: {reason}", line=first.line, reason=first.reason),
        )
    transaction = None
    rejects_file: Path | None = None
    if not options.dry_run:
        if not is_long:
            rejects_file = _give_back(store, plan)
        try:
            if is_long or prepared:
                load = plan.table.ways.load if plan.table.ways else None
                transaction = store.run_from("import", imports.write, stream if is_long else _unpacked(prepared), path.name, load)
        except BaseException:
            if rejects_file:
                rejects_file.unlink(missing_ok=True)
            raise
        if is_long:
            rejects_file = _give_back(store, plan)
    counts = plan.counts
    return ImportResult(
        plan.table.format, plan.table.encoding, plan.layout.product, counts.read, counts.added, counts.updated, counts.skipped, counts.rejected, plan.created,
        str(rejects_file) if rejects_file else None, transaction, tuple(plan.rejections), tuple(plan.notes), plan.layout.unused,
    )  # fmt: skip


def _packed(batch: Batch) -> bytes:
    """Return a batch as bytes: a hundred thousand contacts wait in 25 MB, as objects they would need 150."""
    return marshal.dumps((batch.inserts, batch.updates, batch.files))


def _unpacked(batches: list[bytes]) -> Iterator[Batch]:
    """Yield packed batches and forget them."""
    batches.reverse()
    while batches:
        yield imports.Batch(*marshal.loads(batches.pop()))


def _give_back(store: Store, plan: Plan) -> Path | None:
    if not plan.rejections:
        return None
    path = plan.options.rejects or rejects_path(plan.table, store.path)
    write_rejects(path, plan.table, plan.rejections)
    return path
