"""What goes on by itself while a store is open: hearing other programs, the search index, backups, reminders, the lock after idle time."""

from __future__ import annotations

import logging
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow

from crmdesk import memory, settings
from crmdesk.clock import moment, now, now_ms, to_ms, today
from crmdesk.errors import Cancelled, UserError
from crmdesk.i18n import tr
from crmdesk.ui import background

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from crmdesk.queries.tasks import TaskRow
    from crmdesk.store import Store
    from crmdesk.store.door import Changes
    from crmdesk.ui.background import Job
    from crmdesk.ui.theme import Token

log = logging.getLogger(__name__)

POLL_MS, TICK_MS = 1000, 15_000
BACKUP_EVERY = timedelta(minutes=30)
FORGOTTEN_AFTER = timedelta(days=3)
INDEXED_AT_ONCE = 50
INDEX_STEP = 5000
_DEEDS = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel, QEvent.Type.TouchBegin})


class Idle(QObject):
    """Knows when the user last did something; watches only the window that has the keyboard."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._note()
        self._watched: QWindow | None = None
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._follow)

    def minutes(self) -> float:
        """Return for how long nothing was typed, clicked or moved."""
        # A clock that was set back must not keep the store open; the counter alone stands still while some computers sleep.
        return max((now_ms() - self.last_ms) / 60_000, (monotonic() - self.last_count) / 60)

    def _note(self) -> None:
        self.last_ms, self.last_count = now_ms(), monotonic()

    @Slot(QWindow)
    def _follow(self, window: QWindow | None) -> None:
        # A dialog's window may be gone by now.
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = window
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _DEEDS:
            self._note()
        return False


class Upkeep(QObject):
    """The housekeeping of one open store.

    Signals:
        heard: `Changes` of a commit, of this program or another; on the GUI thread.
        state_changed: what the window's foot shows is out of date.
        idle: the user has been away for as long as the store allows.
        reminded: tasks that one wanted to be reminded of by now.
    """

    heard = Signal(object)
    state_changed = Signal()
    idle = Signal()
    reminded = Signal(object)
    _told = Signal(object)

    def __init__(self, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self.store = store
        self.backed_up_at: datetime | None = None
        self.is_backing_up = False
        self.backup_failed = ""
        self._has_news = False
        self._index_total = 0
        self._index_left = 0
        self._is_begun = self._is_stopped = False
        self._idle = Idle(self)
        self._told.connect(self._hear)
        self._stop_listening = store.listen(self._tell)
        self._poll_timer = self._timer(POLL_MS, self._poll)
        self._tick_timer = self._timer(TICK_MS, self._tick)
        self._expired_on: date | None = None
        self._looked_at: datetime | None = None

    @Slot()
    def begin(self) -> None:
        """Do what is due at the start, once: index, backup, quotes that ran out. Called when the first page is there."""
        if not self._is_begun and not self._is_stopped:
            from crmdesk.store.private_files import clear_left_copies

            self._is_begun = True
            background.read(self, lambda job: clear_left_copies(), None, self._quietly, key="copies")
            self._index()
            self._backup_if_due()
            self._expire_quotes()
            self._remind()

    def _timer(self, interval_ms: int, run: object) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(run)
        timer.start()
        return timer

    def stop(self) -> None:
        """Rest for good: the store is about to be closed, and no copy of a file or a mail may lie about then."""
        from crmdesk.store.private_files import forget_copies

        self._is_stopped = True
        forget_copies()
        self._stop_listening()
        self._poll_timer.stop()
        self._tick_timer.stop()

    def foot(self) -> list[tuple[str, str, Token]]:
        """Return the lines for the window's foot: (icon, text, colour)."""
        lines: list[tuple[str, str, Token]] = [("lock", tr("Encrypted"), "muted_on_tint"), ("", self.store.path.name, "muted_on_tint")]
        if self._index_left:
            share = 100 * (self._index_total - self._index_left) // self._index_total
            lines.append(("search", tr("Indexing {share}%", share=share), "muted_on_tint"))
        if self.is_backing_up:
            lines.append(("refresh-cw", tr("Backing up"), "muted_on_tint"))
        elif self.backup_failed:
            lines.append(("triangle-alert", tr("Backup failed"), "danger"))
        elif self.backed_up_at is not None:
            lines.append(("shield-check", tr("Backed up {when}", when=_ago(self.backed_up_at)), "muted_on_tint"))
        return lines

    # --- commits ----------------------------------------------------------------------------------------------------

    def _tell(self, changes: Changes) -> None:
        """Take a commit on the thread that made it, and pass it to the GUI thread."""
        self._told.emit(changes)

    @Slot(object)
    def _hear(self, changes: Changes) -> None:
        if self._is_stopped:
            return
        self._has_news = True
        self.heard.emit(changes)
        if any(ids is None or len(ids) > INDEXED_AT_ONCE for ids in changes.ids.values()):
            self._index()

    @Slot()
    def _poll(self) -> None:
        # A running write holds the store for itself; what others commit waits until it is done anyway.
        if not any(background.running()):
            store = self.store
            background.read(self, lambda job: store.hear_others(), None, self._quietly, key="poll")

    def _quietly(self, error: Exception) -> None:
        if not isinstance(error, UserError | Cancelled):
            raise error
        log.info("not heard: %s", type(error).__name__)

    # --- quotes -----------------------------------------------------------------------------------------------------

    def _expire_quotes(self) -> None:
        """Mark the quotes whose last day has passed, once a day; a member who may not write quotes leaves that to others."""
        store, day = self.store, today(self.store.settings.tz)
        if self._expired_on == day:
            return
        self._expired_on = day

        def work(job: Job) -> None:
            from crmdesk.operations import expiry

            expiry.settle(store)

        background.write(self, "", work, None, self._quietly)

    # --- reminders --------------------------------------------------------------------------------------------------

    def _remind(self) -> None:
        """Tell of the reminders since the last look; at the start also of those that came while the program was closed."""
        store, since, until = self.store, self._looked_at, now()

        def work(job: Job) -> Sequence[TaskRow]:
            from crmdesk.queries import tasks

            told = settings.read().get("reminded") or {}
            name = str(store.path.resolve())
            first = since or max(until - FORGOTTEN_AFTER, moment(told.get(name, 0)))
            with store.read() as reader:
                found = tasks.reminders(reader, first, until, store.viewer.member_id)
            if found:
                settings.write(reminded={**told, name: to_ms(until)})
            return found

        def tell(found: Sequence[TaskRow]) -> None:
            self._looked_at = until
            if found and not self._is_stopped:
                self.reminded.emit(found)

        background.read(self, work, tell, self._quietly, key="reminders")

    # --- search index -----------------------------------------------------------------------------------------------

    def _index(self) -> None:
        if self._index_left:
            return
        store = self.store
        background.read(self, lambda job: store.index_waiting(), self._begin_index, self._quietly, key="index")

    def _begin_index(self, waiting: int) -> None:
        self._index_total = self._index_left = waiting
        if waiting:
            self._index_more()

    def _index_more(self) -> None:
        store = self.store
        background.write(self, "", lambda job: store.index_step(INDEX_STEP), self._indexed, self._quietly)
        self.state_changed.emit()

    def _indexed(self, left: int) -> None:
        self._index_left = left
        self._index_total = max(self._index_total, left)
        if left and not self._is_stopped:
            self._index_more()
        else:
            self.state_changed.emit()

    # --- backup -----------------------------------------------------------------------------------------------------

    def _backup_if_due(self) -> None:
        store = self.store

        def work(job: Job) -> tuple[bool, datetime | None]:
            from crmdesk.store import backup

            return backup.due(store), backup.last_backup(store)

        background.read(self, work, self._known, self._quietly, key="backup due")

    def _known(self, state: tuple[bool, datetime | None]) -> None:
        is_due, self.backed_up_at = state
        self.state_changed.emit()
        if is_due:
            self.back_up()

    def back_up(self) -> Job | None:
        """Make a verified backup in the background, unless one is under way."""
        if self.is_backing_up or self._is_stopped:
            return None
        self.is_backing_up, self._has_news = True, False
        self.state_changed.emit()
        store = self.store

        def work(job: Job) -> datetime:
            from crmdesk.store import backup

            return backup.backup(store, progress=lambda done, total: job.check_cancelled()).made_at

        return background.read(self, work, self._backed_up, self._not_backed_up)

    def _backed_up(self, at: datetime) -> None:
        self.is_backing_up, self.backed_up_at, self.backup_failed = False, at, ""
        self.state_changed.emit()

    def _not_backed_up(self, error: Exception) -> None:
        self.is_backing_up, self._has_news = False, True
        if isinstance(error, Cancelled) or self._is_stopped:
            return
        first = not self.backup_failed
        self.backup_failed = str(error) or type(error).__name__
        self.state_changed.emit()
        if first:
            background.bridge().failed.emit(error)

    # --- time -------------------------------------------------------------------------------------------------------

    @Slot()
    def _tick(self) -> None:
        limit = self.store.settings.lock_after_minutes
        if limit and self._idle.minutes() >= limit:
            self.idle.emit()
            return
        self._expire_quotes()
        self._remind()
        last = self.backed_up_at
        if self._has_news and (last is None or now() - last >= BACKUP_EVERY):
            self.back_up()
        background.read(self, lambda job: memory.give_back(), None, key="memory")
        self.state_changed.emit()


def _ago(at: datetime) -> str:
    """Return how long ago something was, in few words."""
    minutes = round((now() - at).total_seconds() / 60)
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return tr("{count} min ago", count=minutes)
    if minutes < 48 * 60:
        return tr("{count} h ago", count=round(minutes / 60))
    return tr("{count} d ago", count=round(minutes / 1440))
