"""Writing through the door: one transaction for each operation, checked, journaled, announced to whoever listens."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from crmdesk import memory
from crmdesk.errors import CannotUndo, UserError
from crmdesk.i18n import tr
from crmdesk.models.registry import BY_NUMBER
from crmdesk.store import journal
from crmdesk.store.connections import Connection, breaks_constraint, empty_log, rows, sorted_errors
from crmdesk.store.door import Change, Changes, Operation, operation_of
from crmdesk.store.numbers import DEAL, DOCUMENTS, EXCHANGE_RATE, MEMBER, SETTING
from crmdesk.store.pace import no_garbage
from crmdesk.store.pool import Pool
from crmdesk.store.reader import Reader
from crmdesk.store.rights import Viewer, acting_as, authorize
from crmdesk.store.search_index import index_changes
from crmdesk.store.settings import Settings, from_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmdesk.store.keys import Key

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
NAMED_IDS = 5000


class Writing(Pool):
    """A store as its member reads and writes it."""

    def __init__(self, path: Path, key: Key, journal_mode: str) -> None:
        super().__init__(path, key, journal_mode)
        self._listeners: list[Callable[[Changes], None]] = []
        self.before_risk: Callable[[], None] | None = None
        self.last_changes: Changes | None = None
        with self.read_bare() as connection:
            local = dict(rows(connection, "SELECT key, value FROM local"))
            self.device = bytes.fromhex(local["device"])
            self._own = Viewer(UUID(local["member"]) if local.get("member") else None, self._role(connection, local.get("member")))
            self.settings = self._load_settings(connection)
            self._seen = journal.head(connection)[0]
        self.viewer = self._own

    @staticmethod
    def _role(connection: Connection, member: str | None) -> str:
        found = rows(connection, "SELECT role FROM member WHERE id = ? AND deleted_at IS NULL", (UUID(member).bytes,)) if member else []
        return str(found[0][0] or "read_only") if found else "read_only"

    @staticmethod
    def _load_settings(connection: Connection) -> Settings:
        return from_rows([(k, v) for k, v in rows(connection, "SELECT key, value FROM setting WHERE deleted_at IS NULL")])

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
            self.before_risk()
        return self._transact(declared, origin, "do", None, lambda change: function(change, *args, **kwargs))

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
                tx, at = journal.next_one(connection)
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
                    raise (UserError if kind == "do" else CannotUndo)(tr("A record that this refers to does not exist.")) from error
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

    def _check(self, connection: Connection, change: Change, kind: str, before: int) -> set[int]:
        """Check what hangs together with what the open transaction wrote; returns the tables that it touched.

        Raises:
            UserError: a rule is broken; a CannotUndo, where another transaction is taken back.
        """
        # Who only reads does without these, and starts a little sooner.
        from crmdesk.store.circles import check_circles
        from crmdesk.store.closings import settle_closings
        from crmdesk.store.members import check_given_roles, check_own_member
        from crmdesk.store.rates import check_currency, settle_rates
        from crmdesk.store.stamps import complete_stamps

        touched, today = complete_stamps(connection, before, moves=kind == "do"), change.at.astimezone(change.settings.tz).date()
        try:
            check_circles(connection, before, touched)
            if MEMBER in touched:
                check_given_roles(connection, before, change.viewer)
                check_own_member(connection, before)
            if DEAL in touched:
                settle_closings(connection, before, today, refuses=kind == "do" and change.origin != "import")
            if SETTING in touched:
                check_currency(connection, before, self.settings)  # as they were, whatever the deed has made of them
            if kind == "do" and touched & {DEAL, EXCHANGE_RATE}:
                settle_rates(connection, before, change.settings, today, touched)
            if touched & DOCUMENTS:
                from crmdesk.store.issued import check_closed, check_issued, check_stays_issued

                if kind == "do":
                    check_issued(connection, before, touched)
                if kind in ("undo", "redo"):
                    check_stays_issued(connection, before)
                check_closed(connection, before)
        except UserError as refused:
            if kind == "do" or type(refused) is not UserError:
                raise
            raise CannotUndo(refused.message, refused.field, refused.hint) from None
        return touched

    def _complete(self, connection: Connection, change: Change, declared: Operation, kind: str, reverts: int | None, before: int) -> Changes | None:
        from crmdesk.store.stamps import LEADING, follow_leading_quotes

        change.flush()
        change.bulk_checks()
        touched = self._check(connection, change, kind, before)
        if touched & DOCUMENTS:
            from crmdesk.store.totals import complete_totals

            complete_totals(connection, before, touched, change.settings)
        if touched & LEADING:
            follow_leading_quotes(connection, before, change.settings, puts_back=change.puts_back)
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
            empty_log(connection)
            # The next group of a series would need as much again beside what the C library keeps.
            connection.execute("PRAGMA shrink_memory")
            self._shrink_readers()
            memory.give_back()
        return missed

    # -- listening -------------------------------------------------------------------------------------------------------------

    def listen(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call back after every commit, in the thread that made it; returns the function that stops it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def _announce(self, changes: Changes) -> None:
        for callback in list(self._listeners):
            try:
                callback(changes)
            except Exception as error:
                # What was committed is committed: whoever ran it must not take it for failed, and the other listeners want to know.
                log.error("A listener failed", exc_info=error)

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
