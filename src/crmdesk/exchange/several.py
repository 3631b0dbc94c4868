"""Several files and whole folders at once: each is read in its own way, and all of them come in one transaction with one undo."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.columns.kinds import check_recognised, kind_of, place_of, recognised_kind
from crmdesk.exchange.files.reading import READERS, Reader, open_table, reader_of
from crmdesk.exchange.files.rejects import has_reasons, original_of
from crmdesk.exchange.importing import FileResult, ImportResult, carry_out, carry_out_in_turn, import_file, switched_on
from crmdesk.exchange.preview import Preview, preview
from crmdesk.exchange.rows.plan import ImportOptions, Plan
from crmdesk.i18n import mark, ntr, tr
from crmdesk.store.pace import no_garbage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmdesk.exchange.files.rejects import Rejection
    from crmdesk.exchange.rows.plan import Progress
    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.store import Store

MOST_FILES = 20_000
ANY = "?"
"""In the place of what the rows of files are: each file tells for itself."""


@dataclass(frozen=True)
class Opened:
    """Files and folders that were opened.

    Attributes:
        tables: cards, appointments and mails of one sort make one together.
        refused: the files that can't be used, and why. notes: what of the folders was left out.
    """

    tables: tuple[Table, ...]
    refused: tuple[FileResult, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """The files that were named, and those of named folders.

    Attributes:
        left_out: how many other files lie in the folders. given_back: those with rows that an earlier import gave back.
    """

    files: list[Path]
    left_out: int = 0
    given_back: tuple[Path, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the folders was left out, as sentences."""
        return (
            *(tr(GIVEN_BACK, file=file.name) for file in self.given_back),
            *(
                [ntr("{count} other file of the folder was left out.", "{count} other files of the folder were left out.", self.left_out)]
                if self.left_out
                else ()
            ),
        )


GIVEN_BACK = mark("“{file}” was left out: an earlier import gave its rows back. To import it, choose the file itself.")


def open_files(paths: Iterable[Path], options: ImportOptions | None = None) -> Opened:
    """Open files and folders to look at them before they are imported.

    Raises:
        UserError: none of them can be used; the reason of the first one is told.
    """
    found = files_in(paths)
    if len(found.files) == 1:
        return Opened((open_table(found.files[0], (options or ImportOptions()).how),), (), found.notes)
    refused: list[FileResult] = []
    tables = _tables(found.files, options or ImportOptions(), refused)
    if not tables:
        raise UserError(refused[0].said)
    return Opened(tuple(tables), tuple(refused), found.notes)


def preview_files(
    store: Store, entity: str, tables: Sequence[Table], options: ImportOptions | None = None, layouts: Sequence[Layout] = (), *, whole: bool = False,
    progress: Progress | None = None, kinds: Mapping[Path, str] | None = None,
) -> tuple[list[Preview], list[FileResult]]:  # fmt: skip
    """Say what would become of files that are imported together; nothing is written.

    Args:
        kinds: what the rows of single files are, if not `entity`.
        layouts: what columns mean, each for all tables that have just these; the others are understood by themselves.

    Returns:
        What would come of each table that can be used, and those that can't.

    Raises:
        UserError: no table can be used.
    """
    seen: list[Preview] = []
    refused: list[FileResult] = []
    kinds = kinds or {}
    tables = sorted(tables, key=lambda table: place_of(kinds.get(table.path, entity)))
    total, done = sum(table.line_count or 0 for table in tables), 0
    for table in tables:
        before = done
        told = (lambda count, _, before=before: progress(before + count, max(total, before + count))) if progress else None
        earlier = seen[-1].plan if seen else None
        kind = kinds.get(table.path, entity)
        its_options, layout = _options_for(table, tables, options, kind == entity), _layout_for(table, kind, layouts)
        try:
            seen.append(
                preview(
                    store, kind, table.path, its_options, whole=whole, table=table, layout=layout, progress=told, earlier=earlier, among_others=len(tables) > 1
                )
            )
        except UserError as error:
            if len(tables) == 1:
                raise
            refused.append(FileResult(str(table.path), table.format, refused=error.message))
            continue
        done += seen[-1].read
    if not seen:
        raise UserError(refused[0].said)
    return seen, refused


def kinds_of(tables: Sequence[Table], entity: str) -> dict[Path, str]:
    """Return what the rows of files are that are imported together: what was said, unless a file clearly is something else.

    Args:
        entity: what was said; empty lets each file tell for itself.
    """
    return {table.path: kind_of(table, entity) for table in tables}


def _layout_for(table: Table, entity: str, layouts: Sequence[Layout]) -> Layout | None:
    """Return what was said about the columns of a table, if anything was."""
    layout = next((said for said in layouts if said.entity == entity and tuple(column.header for column in said.columns) == table.columns), None)
    if layout is None:
        return None
    return layout if table.ways or layout.product else replace(layout, source=table.path.stem)


def _options_for(table: Table, tables: Sequence[Table], options: ImportOptions | None, is_usual: bool = True) -> ImportOptions:
    """Return what was said, as far as it concerns one of several files: a column that only others have becomes a field of theirs.

    Args:
        is_usual: whether its rows are what was said of all; else columns and matching were not said of it.
    """
    options = options or ImportOptions()
    if not is_usual:
        options = replace(options, chosen={}, match=())
    others = {name for other in tables for name in other.columns}
    return replace(options, own_fields=tuple(name for name in options.own_fields if name in table.columns or name not in others))


def files_in(paths: Iterable[Path]) -> Found:
    """Return files as they are named, and those in named folders and below that can be imported by their ending and were not given back by an import.

    Raises:
        UserError: there are too many, or none.
    """
    endings = {ending for reader in READERS for ending in reader.endings}
    found: dict[Path, None] = {}
    given_back: list[Path] = []
    left_out = 0
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            files = [Path(folder) / name for name in sorted(names)]
            good = [file for file in files if not file.name.startswith(".") and not file.is_symlink() and file.suffix.lower() in endings]
            left_out += len(files) - len(good)
            if len(found) + len(good) > MOST_FILES:
                raise UserError(tr("There are more than {count} files in the folder.", count=MOST_FILES), hint=tr("Import them in several parts."))
            stems = {file.stem for file in good}
            for file in good:
                if original_of(file) in stems and _is_given_back(file):
                    given_back.append(file)
                else:
                    found[file] = None
    if not found:
        raise UserError(tr("There is no file in the folder that could be imported."))
    return Found(list(found), left_out, tuple(file for file in given_back if file not in found))


def _is_given_back(file: Path) -> bool:
    try:
        return has_reasons(open_table(file))
    except UserError:  # what is wrong with it is said where it is imported
        return False


def import_files(
    store: Store, entity: str, paths: Sequence[Path], options: ImportOptions | None = None, progress: Progress | None = None, *, layouts: Sequence[Layout] = (),
    kinds: Mapping[Path, str] | None = None,
) -> ImportResult:  # fmt: skip
    """Import files and folders with one undo. A file that can't be used is refused alone, unless it is the only one.

    Files of several kinds come in the order in which they refer to one another.

    Args:
        entity: what the rows are, unless a file clearly is something else; `?` lets each file tell for itself.
        kinds: what the rows of single files are, as the user said; the files tell if None.
        layouts: what columns mean, each for all files that have just these; the others are understood by themselves.

    Raises:
        UserError: no file can be used; with `strict` also if one can't, or rows were rejected. Nothing was written then.
    """
    options = options or ImportOptions()
    found = files_in(paths)
    files = found.files
    entity = "" if entity == ANY else entity
    if len(files) == 1:
        alone = import_file(store, entity or recognised_kind(open_table(files[0], options.how)), files[0], options, progress)
        return replace(alone, notes=(*alone.notes, *found.notes))
    refused: list[FileResult] = []
    before = store.settings.areas
    with no_garbage():
        tables = _tables(files, options, refused)
        kinds = kinds_of(tables, entity) if kinds is None else kinds
        tables.sort(key=lambda table: place_of(kinds.get(table.path, entity)))
        plans = []
        for table in tables:
            kind = kinds.get(table.path, entity)
            plan = _plan(store, kind, table, _options_for(table, tables, options, not entity or kind == entity), refused, layouts)
            plans += [plan] if plan else []
        if refused and (options.strict or not plans):
            raise UserError(refused[0].said)
        if options.dry_run and plans:
            plans[0].teach_others()
        in_turn = len({plan.entity for plan in plans}) > 1 and not options.dry_run
        for earlier, plan in zip(plans, plans[1:], strict=False):
            if not in_turn or plan.entity == earlier.entity:
                plan.follow(earlier)
        about = ntr("{count} file", "{count} files", len(files) - len(refused))
        if in_turn:
            groups = [list(group) for _, group in groupby(plans, key=lambda plan: plan.entity)]
            rejects, transaction = carry_out_in_turn(store, groups, about, options, progress)
        else:
            rejects, transaction = carry_out(store, plans, about, options, progress)
    result = _result(plans, rejects, transaction, refused, found.notes)
    return replace(result, notes=(*result.notes, *switched_on(store, before)))


def _tables(files: Sequence[Path], options: ImportOptions, refused: list[FileResult]) -> list[Table]:
    """Open all files: cards, appointments and mails of one sort together, tables each by itself."""
    tables: list[Table] = []
    together: dict[str, tuple[Reader, list[Path]]] = {}
    for file in files:
        try:
            reader = reader_of(file)
            if reader.together:
                together.setdefault(reader.name, (reader, []))[1].append(file)
            else:
                tables.append(open_table(file, options.how))
        except UserError as error:
            refused.append(FileResult(str(file), refused=error.message))
    for reader, its_files in together.values():
        tables += _opened(reader, its_files, refused)
    return tables


def _opened(reader: Reader, files: list[Path], refused: list[FileResult]) -> list[Table]:
    """Open files together; if that fails because of one of them, the others are opened without it."""
    assert reader.together is not None
    try:
        return [reader.together(files)]
    except UserError:
        good = []
        for file in files:
            try:
                reader.together([file])
                good.append(file)
            except UserError as error:
                refused.append(FileResult(str(file), refused=error.message))
        return [reader.together(good)] if good else []


def _plan(store: Store, entity: str, table: Table, options: ImportOptions, refused: list[FileResult], layouts: Sequence[Layout]) -> Plan | None:
    try:
        plan = Plan(store, entity, table.path, options, table, _layout_for(table, entity, layouts))
        check_recognised(table, plan.layout)
        return plan
    except UserError as error:
        refused.append(FileResult(str(table.path), table.format, refused=error.message))
        return None


def _result(
    plans: Sequence[Plan], rejects: Sequence[str | None], transaction: int | None, refused: Sequence[FileResult], of_folders: Sequence[str]
) -> ImportResult:
    files = [result for plan, file in zip(plans, rejects, strict=True) for result in _file_results(plan, file)] + list(refused)
    formats, encodings, products = {plan.table.format for plan in plans}, {plan.table.encoding for plan in plans}, {plan.layout.product for plan in plans}
    problems = [replace(rejection, reason=_said(plan.table, rejection)) for plan in plans for rejection in plan.told.rejections]
    notes = [note for plan in plans for note in plan.notes]
    notes += [*(file.said for file in refused), *of_folders]
    total = {name: sum(getattr(plan.told.counts, name) for plan in plans) for name in ("read", "added", "updated", "skipped", "rejected", "joined")}
    return ImportResult(
        formats.pop() if len(formats) == 1 else "several", encodings.pop() if len(encodings) == 1 else None, products.pop() if len(products) == 1 else None, **total,
        created=_created(plans), rejects_file=next((file for file in rejects if file), None), transaction=transaction, problems=tuple(problems),
        notes=tuple(dict.fromkeys(notes)), unused=tuple(dict.fromkeys(name for plan in plans for name in plan.layout.unused)), files=tuple(files),
    )  # fmt: skip


def _created(plans: Sequence[Plan]) -> dict[str, int]:
    """Return how many records were made because files refer to them: plans that go on where others end count together."""
    counts = {id(plan.created_in): plan.created for plan in plans}
    found: Counter[str] = Counter()
    for made in counts.values():
        found.update(made)
    return dict(sorted(found.items()))


def _said(table: Table, rejection: Rejection) -> str:
    if table.ways and table.ways.said:
        return table.ways.said(rejection.line, rejection.reason)
    return tr("{file}, line {line}: {reason}", file=table.path.name, line=rejection.line, reason=rejection.reason)


def _file_results(plan: Plan, rejects_file: str | None) -> list[FileResult]:
    """Return what became of the files of a plan; what was rejected of cards and the like is given back in one file."""
    files = plan.told.files.files if plan.told.files else {plan.table.path: plan.told.counts}
    return [
        FileResult(
            str(path),
            plan.table.format,
            of.read,
            of.added,
            of.updated,
            of.skipped,
            of.rejected,
            rejects_file if of.rejected else None,
            joined=of.joined,
            entity=plan.entity,
        )  # fmt: skip
        for path, of in files.items()
    ]
