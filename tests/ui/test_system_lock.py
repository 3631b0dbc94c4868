"""The window locks when the computer is locked or falls asleep: with a real bus on Linux, with the messages' numbers elsewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QObject

from crmdesk.ui import background
from crmdesk.ui.app import Program
from crmdesk.ui.system_lock import PBT_APMSUSPEND, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK, SystemLock, is_lock_message, session_path
from tests.conftest import PASSPHRASE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("app")
needs_bus = pytest.mark.skipif(sys.platform != "linux" or shutil.which("dbus-run-session") is None, reason="there is no message bus here")

LISTENER = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from crmdesk.ui.system_lock import SystemLock
app = QCoreApplication([])
lock = SystemLock(app)
lock.locked.connect(lambda: (print("locked", flush=True), app.quit()))
lock.begin()
print("listening" if lock.is_listening else "deaf", flush=True)
QTimer.singleShot(20000, app.quit)
app.exec()
"""
TELL = {
    "screen saver": ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged", "boolean:true"),
    "gnome": ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", "boolean:true"),
    "sleep": ("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", "boolean:true"),
    "session": ("/org/freedesktop/login1/session/_32", "org.freedesktop.login1.Session.Lock", ""),
}


@needs_bus
@pytest.mark.parametrize("told", TELL)
def test_a_signal_on_the_bus_is_heard(told: str, tmp_path: Path) -> None:
    path, name, value = TELL[told]
    script = tmp_path / "listener.py"
    script.write_text(LISTENER, encoding="utf-8")
    # One private bus plays both parts, that of the session and that of the system.
    shell = (
        'export DBUS_SYSTEM_BUS_ADDRESS="$DBUS_SESSION_BUS_ADDRESS" XDG_SESSION_ID=2\n'
        f'"{sys.executable}" "{script}" > "{tmp_path}/heard" &\n'
        f'for try in $(seq 100); do grep -q . "{tmp_path}/heard" && break; sleep 0.1; done\n'
        f"dbus-send --session --type=signal {path} {name} {value}\n"
        "wait\n"
    )
    subprocess.run(["dbus-run-session", "--", "sh", "-c", shell], check=True, timeout=60, capture_output=True)  # noqa: S603, S607
    assert (tmp_path / "heard").read_text().split() == ["listening", "locked"]


def test_without_a_bus_nothing_is_heard_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = QObject()
    lock = SystemLock(owner)
    monkeypatch.setattr(sys, "platform", "plan9")
    lock.begin()
    assert not lock.is_listening
    lock.end()


def test_the_window_locks_with_the_system(store_path: Path) -> None:
    program = Program()
    program.start(store_path, PASSPHRASE)
    background.settle()
    assert not program.window.is_covered
    program.system_lock.switched(False)
    assert not program.window.is_covered, "waking up locks nothing"
    program.system_lock.switched(True)
    background.settle()
    assert program.window.is_covered
    assert program.store is None
    program.system_lock.lock()
    assert program.window.is_covered, "locking twice is no harm"
    program.shut_down()
    program.window.hide()
    program.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, 0)


def test_a_screen_saver_that_ends_locks_nothing() -> None:
    owner = QObject()
    lock = SystemLock(owner)
    heard: list[bool] = []
    lock.locked.connect(lambda: heard.append(True))
    lock.switched(False)
    assert heard == []
    lock.switched(True)
    assert heard == [True]


@pytest.mark.parametrize(
    ("message", "value", "is_lock"),
    [
        (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK, True), (WM_WTSSESSION_CHANGE, 8, False), (WM_POWERBROADCAST, PBT_APMSUSPEND, True),
        (WM_POWERBROADCAST, 18, False), (0x0100, 7, False),
    ],
)  # fmt: skip
def test_the_messages_of_windows_are_told_apart(message: int, value: int, is_lock: bool) -> None:
    assert is_lock_message(message, value) is is_lock


@pytest.mark.parametrize(
    ("session", "path"),
    [("2", "/org/freedesktop/login1/session/_32"), ("12", "/org/freedesktop/login1/session/_312"), ("c1", "/org/freedesktop/login1/session/c1"), ("", "")],
)
def test_sessions_have_their_path_on_the_bus(session: str, path: str) -> None:
    assert session_path(session) == path
