"""The one way off the GUI thread.

`read` runs short questions on a small pool, `write` runs deeds one after the other on a single thread. Both give their
result back on the GUI thread, and only if the widget that asked still lives:

    background.read(self, lambda job: queries.companies.page(store, ids), self._show, key="page")
    background.write(self, tr("Import contacts"), work, self._done, self._refused)

Jobs are plain Python; the only QObject is one bridge that lives as long as the program. (A QObject per job
crashed in 11 of 12 runs, since its last reference was dropped on the worker thread.) For the same reason the GUI thread
keeps every closure until its result has been delivered, and workers forget theirs before they say that they are done.
"""

from __future__ import annotations

import gc
import itertools
import logging
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer, Signal, Slot

from crmdesk import memory
from crmdesk.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
log = logging.getLogger(__name__)

READERS = 3
SWITCH_INTERVAL_S = 0.0005
GARBAGE_EVERY_MS = 250
PROGRESS_EVERY_S = 0.05
PATIENCE_S = 1.0  # a write that takes longer at the end of the program is cancelled, and takes itself back


class Job:
    """One piece of work on its way; the work gets it as its argument.

    A dialog that shows the progress itself sets `has_own_panel`, and the window stays silent about it.

    Called from the worker: `progress`, `check_cancelled`, `on_cancel`. Called from the GUI thread: `cancel`.
    """

    def __init__(self, label: str = "") -> None:
        self.label = label
        self.number = next(_numbers)
        self.done = 0
        self.total = 0
        self.started = time.monotonic()
        self.has_own_panel = False
        self._cancelled = False
        self._interrupts: list[Callable[[], object]] = []
        self._lock = threading.Lock()
        self._told = 0.0

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody has asked the job to stop."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask the job to stop; it ends at its next check, and interruptible work is interrupted at once."""
        with self._lock:
            self._cancelled = True
            for interrupt in self._interrupts:
                interrupt()

    def check_cancelled(self) -> None:
        """Raise `Cancelled` if somebody has asked the job to stop; call it often."""
        if self._cancelled:
            raise Cancelled

    def on_cancel(self, interrupt: Callable[[], object]) -> None:
        """Name what stops the work at once; it must be short and safe from another thread."""
        with self._lock:
            self._interrupts.append(interrupt)
            if self._cancelled:
                interrupt()

    @contextmanager
    def interrupted_by(self, interrupt: Callable[[], object]) -> Iterator[None]:
        """Name what stops the work at once, for as long as the block lasts, such as a reader's `interrupt`.

        Afterwards cancelling leaves it alone: the connection may be somebody else's by then.
        """
        self.check_cancelled()
        self.on_cancel(interrupt)
        try:
            yield
        finally:
            with self._lock:
                self._interrupts.remove(interrupt)

    def progress(self, done: int, total: int = 0) -> None:
        """Tell how far the work is; `total` 0 means that the end is not known. Cheap enough for every row."""
        self.done, self.total = done, total
        at = time.monotonic()
        if at - self._told >= PROGRESS_EVERY_S or done == total:
            self._told = at
            if _engine is not None:
                _engine.bridge.progressed.emit(self.number)
        self.check_cancelled()


_numbers = itertools.count(1)


@dataclass
class _Task:
    """A job with everything that belongs to it; only the GUI thread lets go of it."""

    job: Job
    owner: QObject
    key: tuple[int, str] | None
    is_write: bool
    work: Callable[[Job], Any]
    done: Callable[[Any], object] | None
    failed: Callable[[Exception], object] | None
    result: Any = None
    error: Exception | None = None
    is_dropped: bool = False


class Bridge(QObject):
    """Carries job numbers from the workers to the GUI thread; there is one.

    Signals:
        finished: a job's number, emitted by workers; delivered on the GUI thread.
        progressed: a job's number, emitted by workers at most 20 times a second.
        writing: emitted on the GUI thread with a `Job` when a write begins to wait or run.
        written: emitted on the GUI thread with a `Job` when a write has ended, however it ended.
        moved: emitted on the GUI thread with a `Job` whose progress has changed.
        failed: emitted on the GUI thread with an exception for which nobody else was named.
        rested: emitted on the GUI thread when nothing waits or runs any more.
    """

    finished = Signal(int)
    progressed = Signal(int)
    writing = Signal(object)
    written = Signal(object)
    moved = Signal(object)
    failed = Signal(object)
    rested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.progressed.connect(self._move, Qt.ConnectionType.QueuedConnection)
        self._garbage = QTimer(self)
        self._garbage.setInterval(GARBAGE_EVERY_MS)
        self._garbage.timeout.connect(self._collect)
        self._garbage.start()

    @Slot(int)
    def _deliver(self, number: int) -> None:
        if _engine is None:
            return
        try:
            _engine.deliver(number)
        finally:
            if is_idle():
                self.rested.emit()

    @Slot(int)
    def _move(self, number: int) -> None:
        task = _engine.tasks.get(number) if _engine is not None else None
        if task is not None:
            self.moved.emit(task.job)

    @Slot()
    def _collect(self) -> None:
        # Collecting on a worker would destroy widgets there; so only here, and the oldest generation only when due.
        # While work runs, what it holds is no garbage, and going through a long file's rows would hold the window: what has stayed waits until it is done.
        for generation in (2, 1, 0) if is_idle() else (0,):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return


class _Lane:
    """A queue with its threads."""

    def __init__(self, name: str, threads: int) -> None:
        self._waiting: deque[_Task] = deque()
        self._ready = threading.Condition()
        self._is_open = True
        self.current: _Task | None = None
        self._threads = [threading.Thread(target=self._serve, name=f"{name} {n}", daemon=True) for n in range(1, threads + 1)]
        for thread in self._threads:
            thread.start()

    def put(self, task: _Task) -> None:
        with self._ready:
            self._waiting.append(task)
            self._ready.notify()

    def finish(self, seconds: float, patience: float) -> None:
        """Do all that waits, then end; what runs longer than `patience` is cancelled so that the rest has its turn."""
        with self._ready:
            self._is_open = False
            self._ready.notify_all()
        until = time.monotonic() + seconds
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < until:
            current = self.current
            if current is not None and time.monotonic() - current.job.started > patience:
                current.job.cancel()
            self._threads[0].join(0.01)

    def close(self, seconds: float) -> None:
        """End after what runs just now."""
        with self._ready:
            self._is_open = False
            self._waiting.clear()
            self._ready.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _serve(self) -> None:
        while True:
            with self._ready:
                while self._is_open and not self._waiting:
                    self._ready.wait()
                if not self._waiting:
                    return
                task = self._waiting.popleft()
                task.job.started = time.monotonic()
                self.current = task
            number = task.job.number
            _perform(task)
            self.current = None
            del task
            engine = _engine
            if engine is not None:
                engine.bridge.finished.emit(number)
            del engine


def _perform(task: _Task) -> None:
    """Do the work on the worker thread and keep its outcome in the task."""
    if task.is_dropped or task.job.is_cancelled:
        task.error = Cancelled()
        return
    try:
        task.result = task.work(task.job)
    except Exception as error:  # noqa: BLE001 - carried to the GUI thread, where it is shown or reported
        task.error = Cancelled() if task.job.is_cancelled else error


class _Engine:
    """The lanes and the jobs on their way."""

    def __init__(self) -> None:
        self.bridge = Bridge()
        self.tasks: dict[int, _Task] = {}
        self.keys: dict[tuple[int, str], _Task] = {}
        self.readers = _Lane("reader", READERS)
        self.writer = _Lane("writer", 1)

    def send(self, task: _Task) -> Job:
        if task.key is not None:
            earlier = self.keys.get(task.key)
            if earlier is not None:
                earlier.is_dropped = True
                earlier.job.cancel()
            self.keys[task.key] = task
        self.tasks[task.job.number] = task
        (self.writer if task.is_write else self.readers).put(task)
        if task.is_write:
            self.bridge.writing.emit(task.job)
        return task.job

    def deliver(self, number: int) -> None:
        task = self.tasks.pop(number, None)
        if task is None:
            return
        if task.key is not None and self.keys.get(task.key) is task:
            del self.keys[task.key]
        if task.is_write:
            self.bridge.written.emit(task.job)
        if task.is_dropped or not shiboken6.isValid(task.owner):
            if task.error is not None and not isinstance(task.error, Cancelled) and not task.is_dropped:
                self.bridge.failed.emit(task.error)
            return
        if task.error is None:
            if task.done is not None:
                task.done(task.result)
        elif task.failed is not None:
            task.failed(task.error)
        elif not isinstance(task.error, Cancelled):
            self.bridge.failed.emit(task.error)


_engine: _Engine | None = None


def start() -> Bridge:
    """Start the threads, take garbage collection over; called once, on the GUI thread, after the application exists."""
    global _engine
    if _engine is None:
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        gc.disable()
        memory.begin()
        _engine = _Engine()
    return _engine.bridge


def bridge() -> Bridge:
    """Return the bridge, for those who show what is running: the window."""
    return start()


def stop(seconds: float = 5.0) -> None:
    """Do the writes that wait, cancel what takes long and all reads, end the threads. Results are no longer delivered."""
    global _engine
    engine = _engine
    if engine is None:
        return
    for task in list(engine.tasks.values()):
        if not task.is_write:
            task.job.cancel()
    engine.writer.finish(seconds, PATIENCE_S)
    for task in list(engine.tasks.values()):
        task.job.cancel()
    engine.readers.close(seconds)
    engine.writer.close(seconds)
    _engine = None
    engine.tasks.clear()
    engine.keys.clear()
    shiboken6.delete(engine.bridge)
    gc.enable()


def read(
    owner: QObject,
    work: Callable[[Job], T],
    done: Callable[[T], object] | None,
    failed: Callable[[Exception], object] | None = None,
    key: str | None = None,
) -> Job:
    """Ask something in the background and show it when it is there.

    Args:
        owner: the widget that asks; if it is gone by then, the result is dropped.
        work: runs on a reader thread; touches no widget; returns plain values.
        done: gets the result on the GUI thread.
        failed: gets the exception on the GUI thread, `Cancelled` included; without it the window shows errors.
        key: a later read of the same owner with the same key drops and interrupts this one.
    """
    start()
    assert _engine is not None
    named = (id(owner), key) if key is not None else None
    return _engine.send(_Task(Job(), owner, named, False, work, done, failed))


def write(
    owner: QObject,
    label: str,
    work: Callable[[Job], T],
    done: Callable[[T], object] | None = None,
    failed: Callable[[Exception], object] | None = None,
) -> Job:
    """Do something to the store in the background; deeds are done in the order in which they were given.

    Args:
        label: what the window shows while it takes long, such as `Import contacts`, translated.
        work: runs on the writer thread and calls `job.progress` if it takes long.
        done: gets the result on the GUI thread.
        failed: gets the exception on the GUI thread, `Cancelled` included; without it the window shows errors.
    """
    start()
    assert _engine is not None
    return _engine.send(_Task(Job(label), owner, None, True, work, done, failed))


def lives(callback: Callable[..., object]) -> bool:
    """Return whether every widget still lives that a callback belongs to or refers to, be it through other functions."""
    waiting: list[Any] = [callback]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, QObject):
            if not shiboken6.isValid(one):
                return False
        elif isinstance(one, partial):
            waiting += [one.func, *one.args]
        elif isinstance(one, FunctionType):
            waiting += _enclosed(one)
        elif callable(one):
            waiting += [getattr(one, "__self__", None), getattr(one, "__func__", None)]
    return True


def _enclosed(function: FunctionType) -> Iterator[Any]:
    """Yield what a function has taken from around it."""
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # not yet filled
            yield cell.cell_contents


def running() -> Iterator[Job]:
    """Return the writes that wait or run, oldest first."""
    tasks = _engine.tasks.values() if _engine is not None else ()
    return iter([task.job for task in tasks if task.is_write])


def is_idle() -> bool:
    """Return whether nothing waits or runs."""
    return _engine is None or not _engine.tasks


def settle(seconds: float = 10.0) -> None:
    """Deliver results until nothing waits or runs; for tests and screenshots.

    Raises:
        TimeoutError: something took longer.
    """
    until = time.monotonic() + seconds
    while not is_idle():
        if time.monotonic() > until:
            raise TimeoutError("background work did not end")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    QCoreApplication.processEvents()
