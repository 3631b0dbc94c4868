"""Turning back: undo and redo of transactions, and of series that are written, taken back and mended as one."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from functools import partial
from time import sleep
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from crmdesk.errors import CannotUndo, LaterWork, UserError
from crmdesk.i18n import ntr, speaking, tr
from crmdesk.settings import read as read_settings
from crmdesk.store import erasing, journal, series, undo
from crmdesk.store.connections import empty_log, sorted_errors
from crmdesk.store.door import OPERATIONS, Operation, operation_of
from crmdesk.store.rights import authorize
from crmdesk.store.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from crmdesk.store.door import Change
    from crmdesk.store.keys import Key
    from crmdesk.store.undo import Step

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
# Who waits for the store looks again every tenth of a second: that long it is left alone between two transactions of a series.
BREATH_SECONDS = 0.12


class _WouldGoError(Exception):
    """Ends the trial of a deed that could be taken back, so that nothing of it stays."""


class Turning(Writing):
    """A store whose changes can be taken back."""

    def __init__(self, path: Path, key: Key, journal_mode: str) -> None:
        super().__init__(path, key, journal_mode)
        self.mended = ""
        with self.read_bare() as connection:
            is_unfinished = series.noted(connection) is not None
        if is_unfinished:
            self._mend_series()

    # -- undo and redo -----------------------------------------------------------------------------------------------------------

    def can_undo(self) -> str | None:
        """Return what would be undone, as the menu says it, or None."""
        with self.read_bare() as connection:
            step = undo.next_undo(connection, self.device)
            if step is None:
                return None
            return tr("{deed} (can't be undone)", deed=_said(step)) if undo.stays(connection, step) else _said(step)

    def can_redo(self) -> str | None:
        """Return what would be redone, as the menu says it, or None."""
        with self.read_bare() as connection:
            step = undo.next_redo(connection, self.device)
        return _said(step) if step else None

    def is_in_force(self, tx: int) -> bool:
        """Say whether a transaction holds: it was never undone, or redone since."""
        with self.read_bare() as connection:
            return tx in undo.alive_after(connection, tx - 1)

    def undo(self, tx: int | None = None, origin: str = "window", *, keeps_edited: bool = False) -> str:
        """Take back my last transaction on this device, or a named one of mine.

        Args:
            keeps_edited: leave what was edited since, and the records that hang together with it, as they are, instead of refusing.

        What can't be taken back is no obstacle: it is refused once, with a reason, and the next time the deed before it is taken back.

        Returns:
            What was undone, as the menu says it.
        Raises:
            LaterWork: it would be lost.
            CannotUndo: there is nothing, or what was done has left the house.
        """
        return self._turn_back("undo", tx, origin, keeps_edited=keeps_edited)

    def redo(self, origin: str = "window") -> str:
        """Take back my last undo.

        Raises:
            CannotUndo: there is nothing to redo.
        """
        return self._turn_back("redo", None, origin)

    def _turn_back(self, kind: str, tx: int | None, origin: str, *, keeps_edited: bool = False) -> str:
        target = self._target(kind, tx)
        if target is None:
            raise CannotUndo(tr("There is nothing to undo.") if kind == "undo" else tr("There is nothing to redo."))
        try:
            if target.series:
                return self._turn_series_back(kind, target, origin, keeps_edited=keeps_edited)
            return self._turn_one_back(kind, target, origin, keeps_edited=keeps_edited)
        except CannotUndo as refused:
            if kind == "undo" and tx is None and not isinstance(refused, LaterWork):  # what was edited since may go later, or but for that
                raise self._passed_over(target, refused) from None
            raise

    def _turn_one_back(self, kind: str, target: Step, origin: str, *, keeps_edited: bool) -> str:
        declared = OPERATIONS.get(target.operation)

        def work(change: Change) -> None:
            connection = self._opened_writer()
            step = undo.step_of(connection, target.tx, self.device) if kind == "undo" else undo.next_redo(connection, self.device)
            if step is None or step.tx != target.tx:
                raise CannotUndo(tr("There is nothing to redo."))
            authorize(self.viewer, declared.right if declared else "store.write")
            for subject in undo.subjects(connection, step):
                authorize(self.viewer, f"{subject}.write")
            change.about = step.about
            if kind == "redo" and declared and declared.reruns:
                declared.function(change, **json.loads(step.detail or "{}").get("again", {}))
            else:
                if keeps_edited:
                    undo.hold(connection, [step])
                change.puts_back = True
                undo.revert(connection, step, change.at_ms, self.settings, keeps_edited=keeps_edited)
            if step.detail:
                change.detail.update(json.loads(step.detail))

        # What others have overtaken leaves nothing to put back; without a trace of it the next undo would meet it again.
        self._transact(Operation(target.operation, target.label, "", work, traced=True), origin, kind, target.tx, work)
        return _said(target)

    def _passed_over(self, target: Step, refused: CannotUndo) -> CannotUndo:
        """Let the next undo take back the newest deed before one that was refused; returns the refusal, which says so."""
        passed = [target.tx]
        before = self._next_undo(passed)
        while before is not None and not self._would_go(before):
            passed.append(before.tx)
            before = self._next_undo(passed)
        with self._writing, sorted_errors():
            undo.pass_over(self._opened_writer(), passed)
        hints = [refused.hint] if refused.hint else []
        if len(passed) > 1:
            hints.append(ntr("{count} change before it stays with it.", "{count} changes before it stay with it.", len(passed) - 1))
        if before is not None:
            hints.append(tr("Undo again to take back “{deed}”.", deed=_said(before)))
        hint = ""
        for each in reversed(hints):
            hint = UserError(each, hint=hint).words
        return type(refused)(refused.message, hint=hint or None)

    def _next_undo(self, passed: Sequence[int]) -> Step | None:
        with self.read_bare() as connection:
            return undo.next_undo(connection, self.device, passed)

    def _would_go(self, step: Step) -> bool:
        """Try whether a deed could be taken back, and leave nothing of it; of a series, which is long, that is taken for granted."""
        if step.series:
            return True

        def work(change: Change) -> None:
            connection = self._opened_writer()
            before = journal.last_entry(connection)
            change.puts_back = True
            undo.revert(connection, step, change.at_ms, self.settings)
            self._check(connection, change, "undo", before)
            raise _WouldGoError

        try:
            self._transact(Operation(step.operation, step.label, "", work), "window", "undo", step.tx, work)
        except _WouldGoError:
            return True
        except CannotUndo:
            return False
        raise AssertionError("a trial ends in one of the two")

    def _target(self, kind: str, tx: int | None) -> Step | None:
        with self.read_bare() as connection:
            if tx is not None:
                return undo.step_of(connection, tx, self.device)
            return (undo.next_undo if kind == "undo" else undo.next_redo)(connection, self.device)

    # -- series ------------------------------------------------------------------------------------------------------------------

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
            self.before_risk()
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

    def _turn_series_back(self, kind: str, target: Step, origin: str, *, keeps_edited: bool = False) -> str:
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
                self._turn_steps(kind, steps, origin, "redo" if kind == "undo" else "undo", checks=True, keeps_edited=keeps_edited)
        return _said(target)

    def _turn_steps(self, kind: str, steps: Sequence[Step], origin: str, cure: str, *, checks: bool, mends: bool = False, keeps_edited: bool = False) -> None:
        """Take the transactions of a series back one by one; until the last one the series is noted as unfinished."""

        def turn(change: Change, step: Step, is_last: bool) -> None:
            connection = self._opened_writer()
            if keeps_edited and step is steps[0]:
                undo.hold(connection, steps)
            elif checks and step is steps[0] and step.series:
                together = undo.all_of_series(connection, step.series)
                for each in steps:
                    undo.check_inserts(connection, each, together)
            change.about = step.about
            change.detail.update(json.loads(step.detail or "{}"))
            if mends and kind == "undo":
                change.detail[journal.UNFINISHED] = True
            change.puts_back = True
            series.note(connection, cure if not is_last else series.ERASE if mends and kind == "undo" else None, step.series or step.tx)
            undo.revert(connection, step, change.at_ms, self.settings, keeps_edited=keeps_edited)

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
        with self._writing:
            empty_log(self._opened_writer())

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


def _said(step: Step) -> str:
    label = tr(step.label)
    return tr("{label}: {about}", label=label, about=step.about) if step.about else label
