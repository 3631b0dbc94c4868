"""Store: the encrypted file, open: reads through short sessions, writes through the door, changes announced."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from crmdesk import memory
from crmdesk.clock import now_ms
from crmdesk.errors import CannotUndo, StoreBusy, StoreDamaged, UserError
from crmdesk.i18n import mark, speaking, tr
from crmdesk.models.registry import BY_NUMBER
from crmdesk.settings import read as read_settings
from crmdesk.store import erasing, journal, series, undo
from crmdesk.store.connections import Connection, breaks_constraint, connect, holds_alone, rows, sorted_errors, writing_engine
from crmdesk.store.door import OPERATIONS, Change, Changes, Operation, operation_of
from crmdesk.store.keys import Key
from crmdesk.store.pace import no_garbage
from crmdesk.store.reader import Reader
from crmdesk.store.rights import Viewer, acting_as, authorize
from crmdesk.store.search_index import drain, index_changes
from crmdesk.store.settings import Settings, from_rows
from crmdesk.store.triggers import trigger_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection as Bound
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from crmdesk.store.undo import Step

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
# Who waits for the store looks again every tenth of a second: that long it is left alone between two transactions of a series.
BREATH_SECONDS = 0.12
NAMED_IDS = 5000
PATIENCE_SECONDS = 5
CHECKPOINT_ROWS = 20_000
# Three quarters of a walk through a table are deciphering. One reader, which is lent first, keeps the pages of a table of 100,000 records
# plain (50 ms become 12); those beside it have little.
MAIN_CACHE_KB, SIDE_CACHE_KB = 32_000, 8_000

UNDO = mark("Undo")
REDO = mark("Redo")


class Store:
    """An open store.

    Any thread may read or run an operation; there is one writer at a time, and listeners are called in the thread that wrote, after the commit.

    Attributes:
        mended: a sentence for people about what a program that died had left unfinished, to be told once; empty if nothing was.
    """

    def __init__(self, path: Path, key: Key, *, journal_mode: str = "WAL") -> None:
        self.path = path
        self._key = key
        self._journal_mode = journal_mode
        self._readers: dict[frozenset[str], list[Connection]] = {}
        self._readers_lock = threading.Condition()
        self._lent = 0
        self._writing = threading.RLock()
        self._main: dict[frozenset[str], Connection] = {}
        self._writer: Connection | None = None
        self._engine: Engine | None = None
        self._bound: Bound | None = None
        self._listeners: list[Callable[[Changes], None]] = []
        self._closed = False
        self._index_left = 0
        self.before_risk: Callable[[Store], None] | None = None
        self.mended = ""
        self.last_changes: Changes | None = None
        with self.read_bare() as connection:
            local = dict(rows(connection, "SELECT key, value FROM local"))
            self.device = bytes.fromhex(local["device"])
            self._own = Viewer(UUID(local["member"]) if local.get("member") else None, self._role(connection, local.get("member")))
            self.settings = self._load_settings(connection)
            self._seen = journal.head(connection)[0]
        self.viewer = self._own
        if series.NOTE in local:
            self._mend_series()

    @staticmethod
    def _role(connection: Connection, member: str | None) -> str:
        found = rows(connection, "SELECT role FROM member WHERE id = ? AND deleted_at IS NULL", (UUID(member).bytes,)) if member else []
        return str(found[0][0] or "read_only") if found else "read_only"

    @staticmethod
    def _load_settings(connection: Connection) -> Settings:
        return from_rows([(k, v) for k, v in rows(connection, "SELECT key, value FROM setting WHERE deleted_at IS NULL")])

    # -- reading ---------------------------------------------------------------------------------------------------------------

    @contextmanager
    def read_bare(self, hidden: frozenset[str] = frozenset(), *, aside: bool = False) -> Iterator[Connection]:
        """Lend a read-only connection; for the store's own workings. Values of the hidden sensitivities are masked on it.

        Args:
            aside: for long work, which must not have the reader that screens ask first.
        """
        with self._readers_lock:
            if self._closed:
                raise UserError(tr("The store is locked."))
            idle = self._readers.setdefault(hidden, [])
            # On a full disk the first reader holds the file alone: nobody else could open it.
            is_left = bool(idle) and not (aside and idle[0] is self._main.get(hidden) and not holds_alone(idle[0]))
            connection = idle.pop(0 if aside else -1) if is_left else None
            self._lent += 1
        try:
            if connection is None:
                with sorted_errors():
                    connection = connect(self.path, self._key, query_only=True, journal=self._journal_mode)
                    with self._readers_lock:
                        is_main = self._main.setdefault(hidden, connection) is connection
                    connection.execute(f"PRAGMA cache_size = -{MAIN_CACHE_KB if is_main else SIDE_CACHE_KB}")
                    if hidden:
                        from crmdesk.store.masks import mask

                        mask(connection, hidden)
            yield connection
        finally:
            with self._readers_lock:
                self._lent -= 1
                if self._closed and connection is not None:
                    connection.close()
                elif connection is not None:
                    idle = self._readers.setdefault(hidden, [])
                    idle.insert(len(idle) if connection is self._main.get(hidden) else 0, connection)
                self._readers_lock.notify_all()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open a short look into the store; everything read in it is of one moment."""
        with sorted_errors(), self.read_bare(self.viewer.hidden) as connection:
            connection.execute("BEGIN")
            try:
                yield Reader(connection, self.viewer, self.settings)
            finally:
                connection.execute("ROLLBACK")

    # -- writing ---------------------------------------------------------------------------------------------------------------

    def act_as(self, role: str | None) -> None:
        """Act in a lower role from now on, or in the own one again with None."""
        self.viewer = acting_as(self._own, role) if role else self._own

    def _opened_writer(self) -> Connection:
        if self._closed:
            raise UserError(tr("The store is locked."))
        if self._writer is None:
            writer = connect(self.path, self._key, journal=self._journal_mode)
            if problems := list(trigger_problems(writer)):
                writer.close()
                raise StoreDamaged(
                    tr("The store can't be written: its journal is not complete ({what}).", what=problems[0]),
                    hint=tr("Restore a backup: crmdesk restore BACKUP FILE."),
                )
            self._writer = writer
        return self._writer

    def _engine_of_records(self) -> Engine:
        """Return what single records are read and written through; loading it takes a third of a second, so it is done before the store is held."""
        from crmdesk.models import mapping

        mapping.tables()
        if self._engine is None:
            self._engine = writing_engine(self._opened_writer())
        return self._engine

    def _open_session(self) -> Session:
        """Return a session of single records in the transaction that the door has begun."""
        from sqlalchemy.orm import Session

        self._bound = self._engine_of_records().connect()
        self._bound.begin()
        return Session(bind=self._bound, autoflush=False, expire_on_commit=False)

    def run(self, function: Callable[Concatenate[Change, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an operation: checked, journaled, undoable, announced. Errors leave nothing behind.

        Raises:
            NotAllowed: the member's role lacks the right.
            UserError: what was given can't be done; nothing was written.
            StoreBusy: another program holds the store for more than five seconds.
        """
        return self.run_from("window", function, *args, **kwargs)

    def run_from(self, origin: str, function: Callable[Concatenate[Change, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an operation on behalf of `window`, `cli`, `import`, `rule` or `api`."""
        declared = operation_of(function)
        authorize(self.viewer, declared.right)
        if declared.backs_up and self.before_risk:
            self.before_risk(self)
        return self._transact(declared, origin, "do", None, lambda change: function(change, *args, **kwargs))

    def run_series(self, origin: str, function: Callable[Concatenate[Change, T, P], R], parts: Iterable[T], *args: P.args, **kwargs: P.kwargs) -> int | None:
        """Run an operation once for each part, each time in a transaction of its own, so that others come to write in between; undone as one.

        What was written is taken back when a part fails or is cancelled, and at the next open if the program dies.

        Returns:
            The first transaction, None if nothing was written.
        Raises:
            NotAllowed and UserError, as `run`; StoreBusy also if another series is being written.
        """
        declared = operation_of(function)
        authorize(self.viewer, declared.right)
        if declared.backs_up and self.before_risk:
            self.before_risk(self)
        first: int | None = None

        def write(change: Change, part: T, is_last: bool) -> None:
            change.note(series=first or change.tx)
            series.note(self._opened_writer(), None if is_last else "undo", first or change.tx)
            function(change, part, *args, **kwargs)

        with series.alone_at_it(self.path), self._made_whole():
            for part, is_last in series.marked_last(parts):
                self._transact(declared, origin, "do", None, partial(write, part=part, is_last=is_last))
                first = first or (self.last_changes.tx if self.last_changes else None)
                sleep(0 if is_last else BREATH_SECONDS)
        return first

    def _transact(self, declared: Operation, origin: str, kind: str, reverts: int | None, work: Callable[[Change], R]) -> R:
        with self._writing, sorted_errors(), no_garbage():
            connection = self._opened_writer()
            if not declared.by_rows:
                self._engine_of_records()
            # Without IMMEDIATE SQLite takes the lock at the first write, and what was read before may be stale by then.
            connection.execute("BEGIN IMMEDIATE")
            change: Change | None = None
            try:
                before = journal.last_entry(connection)
                tx, at = journal.head(connection)[0] + 1, now_ms()
                if tx - 1 != self._seen:
                    self.settings = self._load_settings(connection)
                connection.execute("UPDATE current SET tx = ?, at = ?", (tx, at))
                change = Change(self._open_session, connection, self.viewer, self.settings, tx, at, origin)
                if not declared.by_rows:
                    change.open_records()
                result = work(change)
                changes = self._complete(connection, change, declared, kind, reverts, before)
                connection.execute("UPDATE current SET tx = NULL, at = NULL, purging = NULL")
                connection.commit()
            except UnicodeEncodeError as error:
                connection.rollback()
                raise UserError(tr("A text has half a character in it, which can't be stored."), hint=tr("Nothing was changed.")) from error
            except BaseException as error:
                connection.rollback()
                if breaks_constraint(error) or "FOREIGN KEY" in str(error):
                    raise UserError(tr("A record that this refers to does not exist.")) from error
                raise
            finally:
                if change:
                    change.close()
                if self._bound is not None:
                    self._bound.close()
                    self._bound = None
            missed = self._after(connection, changes)
        for each in [*missed, *([changes] if changes else [])]:
            self._announce(each)
        return result

    def _complete(self, connection: Connection, change: Change, declared: Operation, kind: str, reverts: int | None, before: int) -> Changes | None:
        # Who only reads does without these, and starts a little sooner.
        from crmdesk.store.circles import check_circles
        from crmdesk.store.issued import check_closed, check_issued
        from crmdesk.store.stamps import LEADING, complete_stamps, follow_leading_quotes
        from crmdesk.store.totals import ALLOWANCE_CHARGE, QUOTE, QUOTE_LINE, complete_totals

        change.flush()
        change.bulk_checks()
        touched = complete_stamps(connection, before)
        check_circles(connection, before, touched)
        if kind == "do":
            check_issued(connection, before)
        if touched & {QUOTE, QUOTE_LINE, ALLOWANCE_CHARGE}:
            check_closed(connection, before)
        complete_totals(connection, before, change.settings)
        if touched & LEADING:
            follow_leading_quotes(connection, before, change.settings)
        if journal.last_entry(connection) == before and not declared.traced:
            return None
        member = change.member_id
        header = journal.Header(
            change.tx, change.at_ms, member.bytes if member else None, self.device, change.origin, declared.label, change.about, declared.name, kind, reverts,
            undoable=declared.undoable, detail=json.dumps(change.detail, ensure_ascii=False, sort_keys=True) if change.detail else None,
        )  # fmt: skip
        journal.complete(connection, header, before)
        index_changes(connection, before)
        return self._changes_of(connection, change.tx, declared.label, change.origin)

    @staticmethod
    def _changes_of(connection: Connection, tx: int, label: str, origin: str) -> Changes:
        first, last = rows(connection, "SELECT first_id, last_id FROM journal_tx WHERE id = ?", (tx,))[0]
        ids: dict[str, frozenset[UUID] | None] = {}
        if first is not None:
            for (number,) in rows(connection, "SELECT DISTINCT +tbl FROM journal WHERE id BETWEEN ? AND ?", (first, last)):
                sql = "SELECT row FROM journal WHERE id BETWEEN ? AND ? AND +tbl = ? LIMIT ?"
                found = rows(connection, sql, (first, last, number, NAMED_IDS + 1))
                ids[BY_NUMBER[number].entity.name] = None if len(found) > NAMED_IDS else frozenset(UUID(bytes=record) for (record,) in found)
        return Changes(tx, label, origin, ids)

    def _after(self, connection: Connection, changes: Changes | None) -> list[Changes]:
        """Take note of a transaction; returns what other programs changed before it that nobody has heard of yet."""
        self.last_changes = changes
        if changes is None:
            return []
        missed = self._changes_between(connection, self._seen, changes.tx) if changes.tx > self._seen + 1 else []
        self._seen = changes.tx
        if changes.touches("setting"):
            self.settings = self._load_settings(connection)
        if any(ids is None for ids in changes.ids.values()):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # The next group of a series would need as much again beside what the C library keeps.
            connection.execute("PRAGMA shrink_memory")
            self._shrink_readers()
            memory.give_back()
        return missed

    def _shrink_readers(self) -> None:
        """Let readers that wait to be lent forget their pages: after a large change they would read them anew anyway."""
        with self._readers_lock:
            for idle in self._readers.values():
                for connection in idle:
                    connection.execute("PRAGMA shrink_memory")

    # -- undo ------------------------------------------------------------------------------------------------------------------

    def can_undo(self) -> str | None:
        """Return what would be undone, as the menu says it, or None."""
        with self.read_bare() as connection:
            step = undo.next_undo(connection, self.device)
        return _said(step) if step else None

    def can_redo(self) -> str | None:
        """Return what would be redone, as the menu says it, or None."""
        with self.read_bare() as connection:
            step = undo.next_redo(connection, self.device)
        return _said(step) if step else None

    def undo(self, tx: int | None = None, origin: str = "window") -> str:
        """Take back my last transaction on this device, or a named one of mine.

        Returns:
            What was undone, as the menu says it.
        Raises:
            CannotUndo: there is nothing, or later work would be lost.
        """
        return self._turn_back("undo", tx, origin)

    def redo(self, origin: str = "window") -> str:
        """Take back my last undo.

        Raises:
            CannotUndo: there is nothing to redo.
        """
        return self._turn_back("redo", None, origin)

    def _turn_back(self, kind: str, tx: int | None, origin: str) -> str:
        if (target := self._target(kind, tx)) and target.series:
            return self._turn_series_back(kind, target, origin)
        said = ""

        def work(change: Change) -> None:
            nonlocal said
            connection = self._opened_writer()
            step = (
                undo.step_of(connection, tx, self.device) if tx is not None else (undo.next_undo if kind == "undo" else undo.next_redo)(connection, self.device)
            )
            if step is None:
                raise CannotUndo(tr("There is nothing to undo.") if kind == "undo" else tr("There is nothing to redo."))
            said = _said(step)
            declared = OPERATIONS.get(step.operation)
            authorize(self.viewer, declared.right if declared else "store.write")
            for subject in undo.subjects(connection, step):
                authorize(self.viewer, f"{subject}.write")
            change.about = step.about
            reverted.append(step)
            if kind == "redo" and declared and declared.reruns:
                declared.function(change, **json.loads(step.detail or "{}").get("again", {}))
            else:
                undo.revert(connection, step, change.at_ms, self.settings)
            if step.detail:
                change.detail.update(json.loads(step.detail))

        reverted: list[Step] = []
        with self._writing:
            target = self._target(kind, tx)
            label = target.label if target else (UNDO if kind == "undo" else REDO)
            name = target.operation if target else kind
            declared = Operation(name, label, "", work)
            self._transact(declared, origin, kind, target.tx if target else None, work)
        return said

    def _turn_series_back(self, kind: str, target: Step, origin: str) -> str:
        """Undo or redo all transactions of a series, newest first; if one can't be, the others are put back."""
        assert target.series is not None
        with series.alone_at_it(self.path):
            with self.read_bare() as connection:
                steps = undo.steps_of_series(connection, target.series, kind)
                subjects = {subject for step in steps for subject in undo.subjects(connection, step)}
            declared = OPERATIONS.get(target.operation)
            for right in [declared.right if declared else "store.write", *(f"{subject}.write" for subject in sorted(subjects))]:
                authorize(self.viewer, right)
            with self._made_whole():
                self._turn_steps(kind, steps, origin, "redo" if kind == "undo" else "undo", checks=True)
        return _said(target)

    def _turn_steps(self, kind: str, steps: Sequence[Step], origin: str, cure: str, *, checks: bool, mends: bool = False) -> None:
        """Take the transactions of a series back one by one; until the last one the series is noted as unfinished."""

        def turn(change: Change, step: Step, is_last: bool) -> None:
            connection = self._opened_writer()
            if checks and step is steps[0] and step.series:
                together = undo.all_of_series(connection, step.series)
                for each in steps:
                    undo.check_inserts(connection, each, together)
            change.about = step.about
            change.detail.update(json.loads(step.detail or "{}"))
            if mends and kind == "undo":
                change.detail[journal.UNFINISHED] = True
            series.note(connection, cure if not is_last else series.ERASE if mends and kind == "undo" else None, step.series or step.tx)
            undo.revert(connection, step, change.at_ms, self.settings)

        for step, is_last in series.marked_last(steps):
            declared = Operation(step.operation, step.label, "", turn, traced=True)
            self._transact(declared, origin, kind, step.tx, partial(turn, step=step, is_last=is_last))
            sleep(0 if is_last else BREATH_SECONDS)

    @contextmanager
    def _made_whole(self) -> Iterator[None]:
        """Bring a series back to where it began when it fails."""
        with suppress(CannotUndo):
            self._make_whole()  # what a program that died before left
        try:
            yield
        except BaseException:
            self._make_whole()
            raise

    def _make_whole(self) -> str:
        """Bring an unfinished series, if there is one, back to where it began.

        Returns:
            A sentence for people about it, empty if there was none.

        Raises:
            CannotUndo: others have built on it since. It stays as it is, to be undone from the history once their work is.
        """
        with self.read_bare() as connection:
            found = series.noted(connection)
            steps = undo.steps_of_series(connection, found[1], found[0]) if found else []
        if not found:
            return ""
        if found[0] == series.ERASE:
            self._erase_series(found[1])
            return ""
        if not steps:
            self._forget_series()
            return ""
        cure, what = found[0], _said(steps[0])
        try:
            self._turn_steps(cure, steps, "import", cure, checks=cure == "undo", mends=True)
        except CannotUndo as refused:
            self._forget_series()
            raise CannotUndo(
                tr("“{what}” was not finished. What it had written is still there: {reason}", what=what, reason=refused.message),
                hint=tr("To have it taken back, undo the later change first, then “{what}”.", what=what),
            ) from None
        if cure == "undo":
            self._erase_series(found[1])
            return tr("“{what}” was not finished. What it had written was taken back.", what=what)
        return tr("Taking “{what}” back was not finished. All of it is there again.", what=what)

    def _erase_series(self, number: int) -> None:
        """Take what an unfinished series had made out of the file, unless others have built on it since: then it stays in the bin, unseen."""
        with self.read_bare() as connection:
            steps, together = erasing.steps_of(connection, number)
        if not steps:
            self._forget_series()

        def work(change: Change, step: Step, is_last: bool) -> None:
            connection = self._opened_writer()
            if erasing.is_free(connection, [step], together):
                erasing.erase(connection, step, together)
            if is_last:
                series.note(connection, None, number)

        for step, is_last in series.marked_last(steps):
            declared = Operation("erase", step.label, "", work)
            with self._writing, erasing.without_links(self._opened_writer()):
                self._transact(declared, "import", "erase", None, partial(work, step=step, is_last=is_last))
            sleep(0 if is_last else BREATH_SECONDS)
        with self._writing, suppress(StoreBusy), sorted_errors():
            self._opened_writer().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _forget_series(self) -> None:
        with self.writer_alone() as connection:
            series.note(connection, None, 0)

    def _mend_series(self) -> None:
        """Take back what a program that died had written of a series, unless it is alive and still at it, or the store can't be written now."""
        with suppress(UserError, OSError), series.alone_at_it(self.path), speaking(read_settings().get("language") or self.settings.language):
            try:
                self.mended = self._make_whole()
            except CannotUndo as refused:
                self.mended = str(refused)

    def _target(self, kind: str, tx: int | None) -> Step | None:
        with self.read_bare() as connection:
            if tx is not None:
                return undo.step_of(connection, tx, self.device)
            return (undo.next_undo if kind == "undo" else undo.next_redo)(connection, self.device)

    # -- listening -------------------------------------------------------------------------------------------------------------

    def listen(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call back after every commit, in the thread that made it; returns the function that stops it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def _announce(self, changes: Changes) -> None:
        for callback in list(self._listeners):
            callback(changes)

    def _changes_between(self, connection: Connection, after: int, before: int) -> list[Changes]:
        found = rows(connection, "SELECT id, label, origin FROM journal_tx WHERE id > ? AND id < ? ORDER BY id", (after, before))
        return [self._changes_of(connection, *row) for row in found]

    def hear_others(self) -> list[Changes]:
        """Announce what other programs committed since the last call; cheap when there is nothing."""
        with self._writing, self.read_bare() as connection:
            newest = journal.head(connection)[0]
            if newest <= self._seen:
                return []
            foreign = self._changes_between(connection, self._seen, newest + 1)
            self._seen = newest
            if any(changes.touches("setting") for changes in foreign):
                self.settings = self._load_settings(connection)
        for changes in foreign:
            self._announce(changes)
        return foreign

    # -- search ----------------------------------------------------------------------------------------------------------------

    def index_waiting(self) -> int:
        """Return how many records wait for the search index."""
        with self.read_bare() as connection:
            return int(rows(connection, "SELECT count(*) FROM search_queue")[0][0])

    def index_step(self, limit: int = 10_000) -> int:
        """Bring some of the waiting records into the search index; returns how many are left. Called in the background until 0."""
        with self._writing, sorted_errors():
            connection = self._opened_writer()
            connection.execute("BEGIN IMMEDIATE")
            try:
                taken = drain(connection, limit)
                # Counting walks through all that waits, so it is done when the count before says nothing any more.
                is_known = taken == limit < self._index_left
                left = self._index_left - taken if is_known else int(rows(connection, "SELECT count(*) FROM search_queue")[0][0])
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            self._index_left = left
        return left

    # -- local things ----------------------------------------------------------------------------------------------------------

    def local(self, key: str) -> str | None:
        """Return a value that stays on this computer, such as the window's place."""
        with self.read_bare() as connection:
            found = rows(connection, "SELECT value FROM local WHERE key = ?", (key,))
        return found[0][0] if found else None

    def set_local(self, key: str, value: str | None) -> None:
        """Keep a value on this computer; not journaled."""
        with self._writing, sorted_errors():
            connection = self._opened_writer()
            connection.execute("INSERT INTO local VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (key, value))

    def drafts(self) -> dict[str, str]:
        """Return half-typed texts by key."""
        with self.read_bare() as connection:
            return dict(rows(connection, "SELECT key, content FROM draft ORDER BY at"))

    def keep_draft(self, key: str, content: str | None) -> None:
        """Keep a half-typed text so that a crash does not lose it; None forgets it."""
        with self._writing, sorted_errors():
            connection = self._opened_writer()
            if content:
                connection.execute(
                    "INSERT INTO draft(key, content, at) VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET content = excluded.content, at = excluded.at",
                    (key, content, now_ms()),
                )
            else:
                connection.execute("DELETE FROM draft WHERE key = ?", (key,))

    # -- end -------------------------------------------------------------------------------------------------------------------

    @property
    def key(self) -> Key:
        """The raw key, for backup, recovery sheet and keyring."""
        return self._key

    @contextmanager
    def writer_alone(self) -> Iterator[Connection]:
        """Lend the writing connection outside any transaction, for backup and maintenance."""
        with self._writing, sorted_errors():
            yield self._opened_writer()

    @contextmanager
    def put_aside(self) -> Iterator[None]:
        """Have no connection open while the file is replaced; who wants to read or write waits. The store works on afterwards, unless it is closed within.

        Raises:
            StoreBusy: a read takes longer than five seconds.
        """
        with self._writing, self._readers_lock:
            if not self._readers_lock.wait_for(lambda: self._lent == 0, PATIENCE_SECONDS):
                raise StoreBusy(tr("The store is busy: something is still being read."), hint=tr("Try again in a moment."))
            self._drop_connections()
            yield

    def _drop_connections(self) -> None:
        for connection in (one for idle in self._readers.values() for one in idle):
            connection.close()
        self._readers, self._main = {}, {}
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def close(self) -> None:
        """Close every connection and forget the key."""
        with self._writing, self._readers_lock:
            self._closed = True
            self._drop_connections()
            self._key = Key("0" * 96)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _said(step: Step) -> str:
    label = tr(step.label)
    return tr("{label}: {about}", label=label, about=step.about) if step.about else label
