"""Import a file: plan, write, give back what was rejected."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.files.rejects import Rejection, rejects_path, rejects_written
from crmdesk.exchange.rows.plan import HELD, ImportOptions, Plan, Progress
from crmdesk.exchange.rows.waiting import Waiting
from crmdesk.i18n import ntr, tr
from crmdesk.operations import imports
from crmdesk.store.pace import no_garbage
from crmdesk.store.settings import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmdesk.operations.imports import Batch, Load
    from crmdesk.store import Store


@dataclass(frozen=True)
class FileResult:
    """What became of one of several files.

    Attributes:
        entity: what its rows were taken for. refused: why nothing of it was taken, empty if it was.
    """

    file: str
    format: str = ""
    read: int = 0
    added: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    rejects_file: str | None = None
    refused: str = ""
    joined: int = 0
    entity: str = ""

    @property
    def said(self) -> str:
        """Why nothing of the file was taken, with its name."""
        name = Path(self.file).name
        return self.refused if f"“{name}”" in self.refused else tr("{file}: {reason}", file=name, reason=self.refused)

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command line prints it."""
        return asdict(self)


@dataclass(frozen=True)
class ImportResult:
    """What an import did.

    Attributes:
        joined: rows that became something else than a record of the entity, see `Counts`; all rows are added, updated, skipped, rejected or joined.
        created: how many records of other entities, or of the same by mere reference, were made.
        transaction: what undo takes back; None if nothing was written.
        problems: the first rejected rows. notes: sentences about what was noticed. unused: columns that went nowhere.
        files: what became of each file, if there were several.
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
    files: tuple[FileResult, ...] = ()
    joined: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the result as the command line prints it."""
        names = "format encoding product read added updated skipped rejected created rejects_file transaction".split()
        return {name: getattr(self, name) for name in names} | ({"files": [file.to_json() for file in self.files]} if self.files else {})


def import_file(
    store: Store, entity: str, path: Path, options: ImportOptions | None = None, progress: Progress | None = None, *, plan: Plan | None = None
) -> ImportResult:
    """Import the rows of a file as records of an entity, with one undo: in one transaction, or in several if they are more than 200,000.

    Args:
        progress: told how many rows of how many are done; may raise `Cancelled`, then nothing was written.
        plan: one that was shown to the user; its rows are worked out anew, since the store may have changed.

    Raises:
        UserError: the file or an option can't be used; with `strict` also, when rows were rejected. Nothing was written then.
    """
    options = options or (plan.options if plan else ImportOptions())
    with no_garbage():
        plan = Plan(store, entity, path, options, plan.table if plan else None, plan.layout if plan else None)
        before = store.settings.areas
        (rejects_file,), transaction = carry_out(store, [plan], path.name, options, progress)
    counts = plan.told.counts
    return ImportResult(
        plan.table.format, plan.table.encoding, plan.layout.product, counts.read, counts.added, counts.updated, counts.skipped, counts.rejected, plan.created,
        rejects_file, transaction, tuple(plan.told.rejections), (*plan.notes, *switched_on(store, before)), plan.layout.unused, joined=counts.joined,
    )  # fmt: skip


def switched_on(store: Store, before: Sequence[str]) -> list[str]:
    """Say which areas an import has switched on, if any."""
    areas = [tr(AREAS[area]) for area in store.settings.areas if area not in before]
    return [tr("Switched on, so that what came in is found: {areas}.", areas=", ".join(areas))] if areas else []


def carry_out(store: Store, plans: Sequence[Plan], about: str, options: ImportOptions, progress: Progress | None) -> tuple[list[str | None], int | None]:
    """Work out what some plans bring, write it with one undo, and give back what was rejected.

    Returns:
        The file of rejected rows of each plan; the first transaction, None if nothing was written.
    """
    with store.read() as reader:
        since = imports.look(reader)
    with Waiting(store.path) as waiting, ExitStack() as lent:
        for plan in plans:
            lent.callback(plan.told.rejected.close)
            plan.told.rejected.keeps = not options.dry_run
            for batch in plan.batches(_beyond(progress, plans, plan)):
                if not options.dry_run:
                    waiting.add(batch)
        _refuse_rejections(plans, options)
        return ([None] * len(plans), None) if options.dry_run else _write(store, plans, about, waiting, since, progress)


def carry_out_in_turn(
    store: Store, groups: Sequence[Sequence[Plan]], about: str, options: ImportOptions, progress: Progress | None
) -> tuple[list[str | None], int | None]:
    """Carry out groups of plans one after the other, each when those before are written, since it refers to what they brought; with one undo for all.

    Returns:
        As `carry_out`, for all plans.
    """
    plans = [plan for group in groups for plan in group]
    files: list[Path | None] = []

    def parts() -> Iterator[Iterator[Batch]]:
        for group in groups:
            with Waiting(store.path) as waiting, ExitStack() as lent:
                for plan in group:
                    lent.callback(plan.told.rejected.close)
                    for batch in plan.batches(_beyond(progress, plans, plan)):
                        waiting.add(batch)
                _refuse_rejections(group, options)
                files.extend(_give_back(store, group, given_back, files))
                for plan in group:
                    plan.forget()
                if waiting:
                    yield from waiting.groups() if waiting.rows > HELD else iter([waiting.batches()])
                    # A series is asked for one part more than it has written. The next group must be worked out when this one is written.
                    yield iter(())

    with ExitStack() as given_back:
        transaction = store.run_series("import", imports.write, parts(), about, _loader(plans))
    _tell_other_amounts(store, plans)
    return [str(file) if file else None for file in files], transaction


def _tell_other_amounts(store: Store, plans: Sequence[Plan]) -> None:
    """Note what comes to another amount than its file says, now that everything is there that the import brings."""
    for plan in plans:
        if note := plan.told.stated.note(store):
            plan.notes.append(note)


def _refuse_rejections(plans: Sequence[Plan], options: ImportOptions) -> None:
    """Let nothing be written when rows were rejected and the user wants all or none."""
    rejections = [rejection for plan in plans for rejection in plan.told.rejections]
    count = sum(plan.told.counts.rejected for plan in plans)
    if count and options.strict:
        raise UserError(
            ntr("{count} row was rejected, so nothing was written.", "{count} rows were rejected, so nothing was written.", count),
            hint=tr("Line {line}: {reason}", line=rejections[0].line, reason=rejections[0].reason),
        )


def _write(
    store: Store, plans: Sequence[Plan], about: str, waiting: Waiting, since: imports.Look, progress: Progress | None
) -> tuple[list[str | None], int | None]:
    """Write what waits: in one transaction, or in several if it is long, so that others come to write in between."""
    transaction = None
    read = sum(plan.told.counts.read for plan in plans)
    with ExitStack() as given_back:
        files = _give_back(store, plans, given_back)
        for plan in plans:
            plan.forget()
        if waiting and read > HELD:
            transaction = store.run_series("import", imports.write, _with_progress(waiting, progress, read), about, _loader(plans))
        elif waiting:
            transaction = store.run_from("import", imports.write, waiting.batches(), about, _loader(plans), since)
    _tell_other_amounts(store, plans)
    return [str(file) if file else None for file in files], transaction


def _with_progress(waiting: Waiting, progress: Progress | None, read: int) -> Iterator[Iterator[Batch]]:
    """Yield groups of batches; between them the user may cancel."""
    for group in waiting.groups():
        if progress:
            progress(read, read)
        yield group


def _beyond(progress: Progress | None, plans: Sequence[Plan], plan: Plan) -> Progress | None:
    """Return what tells the progress of one plan as that of all."""
    if progress is None or len(plans) == 1:
        return progress
    before = sum(other.told.counts.read for other in plans[: plans.index(plan)])
    total = sum(other.table.line_count or 0 for other in plans)
    return lambda done, _: progress(before + done, max(total, before + done))


def _loader(plans: Sequence[Plan]) -> Load | None:
    """Return what reads the files that lie in the files of these plans; the first word of a place says whose it is."""
    loads = {plan.table.ways.source: plan.table.ways.load for plan in plans if plan.table.ways and plan.table.ways.load}
    return (lambda place: loads[str(place[0])](place[1:])) if loads else None


def _give_back(store: Store, plans: Sequence[Plan], given_back: ExitStack, taken: Sequence[Path | None] = ()) -> list[Path | None]:
    """Write the rejected rows of each plan to a file of its own.

    Args:
        given_back: gives the files their names when the rest is written, or takes them away again.
        taken: the files that plans before these have.
    """
    files: list[Path | None] = []
    for plan in plans:
        if not plan.told.rejected:
            files.append(None)
            continue
        path = plan.options.rejects or rejects_path(plan.table, store.path)
        if path in {*taken, *files}:
            path = path.with_name(f"{path.stem}-{len(taken) + len(files) + 1}{path.suffix}")
        given_back.enter_context(rejects_written(path, plan.table, plan.told.rejected))
        files.append(path)
    return files
