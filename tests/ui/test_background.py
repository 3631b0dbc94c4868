"""Work leaves the GUI thread in one way and comes back in one way."""

from __future__ import annotations

import gc
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from crmdesk.errors import Cancelled, UserError
from crmdesk.ui import background

if TYPE_CHECKING:
    from crmdesk.ui.background import Job

pytestmark = pytest.mark.usefixtures("app")


def test_a_read_runs_elsewhere_and_is_delivered_on_the_gui_thread() -> None:
    owner, seen = QWidget(), []
    background.read(
        owner,
        lambda job: threading.current_thread().name,
        lambda name: seen.append((name, threading.current_thread().name)),
    )
    background.settle()
    assert seen[0][0].startswith("reader")
    assert seen[0][1] == "MainThread"


def test_writes_are_done_one_after_the_other_in_their_order() -> None:
    owner, order = QWidget(), []
    for number in range(20):
        background.write(owner, "Deed", lambda job, number=number: order.append((number, threading.current_thread().name)))
    background.settle()
    assert [number for number, _ in order] == list(range(20))
    assert len({name for _, name in order}) == 1


def test_a_later_read_with_the_same_key_drops_and_interrupts_the_earlier_one() -> None:
    owner, shown, interrupted, going = QWidget(), [], threading.Event(), threading.Event()

    def slow(job: Job) -> str:
        job.on_cancel(interrupted.set)
        going.set()
        assert interrupted.wait(10)
        return "old"

    background.read(owner, slow, shown.append, key="list")
    assert going.wait(10)
    background.read(owner, lambda job: "new", shown.append, key="list")
    background.settle()
    assert shown == ["new"]
    assert interrupted.is_set()


def test_a_read_that_still_waits_is_never_begun_when_a_later_one_takes_its_place() -> None:
    owner, begun, gate = QWidget(), [], threading.Event()
    for _ in range(background.READERS):
        background.read(owner, lambda job: gate.wait(10), None)
    for text in ("a", "an", "ann"):
        background.read(owner, lambda job, text=text: begun.append(text), None, key="search")
    gate.set()
    background.settle()
    assert begun == ["ann"]


def test_whoever_can_wait_is_told_when_nothing_is_left_to_do() -> None:
    owner, gate, rested = QWidget(), threading.Event(), []
    told = background.bridge().rested.connect(lambda: rested.append(background.is_idle()))
    background.read(owner, lambda job: gate.wait(10), None)
    background.read(owner, lambda job: None, lambda _: gate.set())
    background.settle()
    background.bridge().disconnect(told)
    assert rested == [True]


def test_the_same_key_of_another_widget_is_another_matter() -> None:
    one, other, shown = QWidget(), QWidget(), []
    background.read(one, lambda job: "one", shown.append, key="list")
    background.read(other, lambda job: "other", shown.append, key="list")
    background.settle()
    assert sorted(shown) == ["one", "other"]


def test_a_result_for_a_widget_that_is_gone_is_dropped() -> None:
    owner, shown, gate = QLabel(), [], threading.Event()
    background.read(owner, lambda job: gate.wait(10), shown.append)
    shiboken6.delete(owner)
    gate.set()
    background.settle()
    assert shown == []


def test_an_error_goes_to_whoever_was_named_and_else_to_the_window() -> None:
    owner, own, windows = QWidget(), [], []
    background.bridge().failed.connect(windows.append)

    def fails(job: Job) -> None:
        raise UserError("The amount is missing.")

    background.read(owner, fails, None, own.append)
    background.read(owner, fails, None)
    background.settle()
    assert [str(error) for error in own] == ["The amount is missing."]
    assert [str(error) for error in windows] == ["The amount is missing."]


def test_cancelling_ends_long_work_and_is_no_error() -> None:
    owner, ends, windows, going = QWidget(), [], [], threading.Event()
    background.bridge().failed.connect(windows.append)

    def long(job: Job) -> None:
        for number in range(10_000_000):
            going.set()
            job.progress(number, 10_000_000)

    job = background.write(owner, "Import", long, None, ends.append)
    assert going.wait(10)
    job.cancel()
    background.settle()
    assert isinstance(ends[0], Cancelled)
    assert windows == []


def test_progress_is_told_on_the_gui_thread() -> None:
    owner, seen, gate = QWidget(), [], threading.Event()
    background.bridge().moved.connect(lambda job: (seen.append((job.done, job.total, threading.current_thread().name)), gate.set()))

    def work(job: Job) -> None:
        job.progress(5, 10)
        while not gate.wait(0.01):
            pass

    background.write(owner, "Import", work)
    background.settle()
    assert seen[0] == (5, 10, "MainThread")


def test_garbage_is_only_collected_on_the_gui_thread() -> None:
    assert not gc.isenabled()
    assert sys.getswitchinterval() == pytest.approx(0.0005)


def test_what_running_work_holds_is_not_gone_through_for_garbage() -> None:
    owner, go_on = QWidget(), threading.Event()
    collected: list[int] = []
    until = time.monotonic() + 20

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            collected.append(info["generation"])

    gc.callbacks.append(note)
    usual = gc.get_threshold()
    gc.set_threshold(1, 0, 0)
    try:
        background.read(owner, lambda job: go_on.wait(20), None)
        kept = []
        while len(collected) < 3 and time.monotonic() < until:
            kept.append([{}, {}, {}])
            QApplication.processEvents()
        assert collected[:3] == [0, 0, 0]
        assert set(collected) == {0}
        go_on.set()
        background.settle()
        while 2 not in collected and time.monotonic() < until:
            kept.append([{}, {}, {}])
            QApplication.processEvents()
        assert 2 in collected
    finally:
        gc.set_threshold(*usual)
        gc.callbacks.remove(note)


def test_widgets_in_a_closure_never_die_on_a_worker() -> None:
    """Three hundred widgets, each held by nothing but its own question, die where they were made."""
    died: list[str] = []

    class Mortal:
        def __init__(self) -> None:
            self.label = QLabel("x")

        def __del__(self) -> None:
            died.append(threading.current_thread().name)

    for number in range(300):
        thing = Mortal()
        background.read(thing.label, lambda job, thing=thing: thing.label is not None, None, key=f"{number % 7}")
        del thing
        QApplication.processEvents()
    background.settle()
    gc.collect()
    assert set(died) == {"MainThread"}
    assert len(died) == 300


def test_the_end_waits_for_deeds_that_were_given_and_cancels_only_what_takes_long() -> None:
    owner, done = QObject(), list[str]()

    def long(job: Job) -> None:
        while True:
            job.check_cancelled()
            time.sleep(0.01)

    background.write(owner, "", lambda job: done.append("first"))
    background.write(owner, "", long)
    background.write(owner, "", lambda job: done.append("last"))
    background.stop()
    assert done == ["first", "last"]
