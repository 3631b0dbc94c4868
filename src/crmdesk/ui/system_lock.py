"""Hears from the system that its screen is being locked or that it goes to sleep, on Linux, Windows and macOS."""

from __future__ import annotations

import ctypes
import logging
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QWindow

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

SCREEN_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver", "org.xfce.ScreenSaver")
LOGIN = "org.freedesktop.login1"
WM_POWERBROADCAST, PBT_APMSUSPEND = 0x0218, 4
WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK = 0x02B1, 7
UTF8, AT_ONCE = 0x08000100, 4  # kCFStringEncodingUTF8, CFNotificationSuspensionBehaviorDeliverImmediately
MAC_LOCKED = b"com.apple.screenIsLocked"
# The stubs ask for bytes; PySide6 6.11 takes nothing but the text that SLOT gives.
SWITCHED: Any = SLOT("switched(bool)")
LOCK: Any = SLOT("lock()")
OBSERVER = 1  # any number that is not 0; it names us to the centre


class SystemLock(QObject):
    """Says when the computer is locked or falls asleep.

    Attributes:
        is_listening: whether the system has a way to tell.

    Signals:
        locked: it is being locked, or goes to sleep.
    """

    locked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_listening = False
        self._kept: list[Any] = []  # what the system calls back must live as long as this

    def begin(self) -> None:
        """Listen from now on; a system that has no way to tell is left alone."""
        listen = {"linux": self._listen_on_linux, "win32": self._listen_on_windows, "darwin": self._listen_on_mac}.get(sys.platform)
        if listen is None or self.is_listening:
            return
        try:
            self.is_listening = listen()
        except (OSError, AttributeError, ImportError, TypeError, ValueError) as error:
            log.info("the system's lock is not heard: %s", type(error).__name__)

    def end(self) -> None:
        """Listen no more."""
        for kept in self._kept:
            if isinstance(kept, _WindowsMessages | _MacNotifications):
                kept.end()
        self._kept.clear()

    # --- Linux: screen savers on the session bus, logind on the system bus --------------------------------------------

    def _listen_on_linux(self) -> bool:
        from PySide6.QtDBus import QDBusConnection

        session, system = QDBusConnection.sessionBus(), QDBusConnection.systemBus()
        heard = False
        if session.isConnected():
            for saver in SCREEN_SAVERS:
                heard |= session.connect("", "", saver, "ActiveChanged", self, SWITCHED)
        if system.isConnected():
            heard |= system.connect("", "", f"{LOGIN}.Manager", "PrepareForSleep", self, SWITCHED)
            path = session_path(os.environ.get("XDG_SESSION_ID", ""))
            if path:
                heard |= system.connect("", path, f"{LOGIN}.Session", "Lock", self, LOCK)
        return heard

    @Slot(bool)
    def switched(self, on: bool) -> None:
        """Hear that a screen saver begins or ends, or that the computer falls asleep or wakes."""
        if on:
            self.locked.emit()

    @Slot()
    def lock(self) -> None:
        """Hear that the session is being locked."""
        self.locked.emit()

    # --- Windows: messages to a window of our own ---------------------------------------------------------------------

    def _listen_on_windows(self) -> bool:
        messages = _WindowsMessages(self.lock)
        self._kept.append(messages)
        return messages.begin()

    # --- macOS: the distributed notification of the login window ------------------------------------------------------

    def _listen_on_mac(self) -> bool:
        notifications = _MacNotifications(self.lock)
        self._kept.append(notifications)
        return True


def session_path(session: str) -> str:
    """Return the path under which logind knows a session: a leading digit and what is no letter or digit are written as their code."""
    if not session:
        return ""
    coded = re.sub(r"[^A-Za-z0-9]", lambda found: f"_{ord(found[0]):02x}", session)
    if coded[0].isdigit():
        coded = f"_{ord(coded[0]):02x}{coded[1:]}"
    return f"/org/freedesktop/login1/session/{coded}"


def is_lock_message(message: int, value: int) -> bool:
    """Return whether a Windows message says that the session is locked or the computer falls asleep."""
    return (message, value) in ((WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK), (WM_POWERBROADCAST, PBT_APMSUSPEND))


class _WindowsMessages(QAbstractNativeEventFilter):
    """Gets the messages about the session through a window that is never shown."""

    def __init__(self, lock: Callable[[], object]) -> None:
        super().__init__()
        self._lock = lock
        self._window: QWindow | None = None

    def begin(self) -> bool:
        app = QCoreApplication.instance()
        if app is None:
            return False
        self._window = QWindow()
        self._window.create()
        app.installNativeEventFilter(self)
        api = ctypes.WinDLL("wtsapi32")  # type: ignore[attr-defined,unused-ignore]  # on Windows only
        return bool(api.WTSRegisterSessionNotification(ctypes.c_void_p(int(self._window.winId())), 0))

    def end(self) -> None:
        app = QCoreApplication.instance()
        if app is not None:
            app.removeNativeEventFilter(self)
        if self._window is not None:
            api = ctypes.WinDLL("wtsapi32")  # type: ignore[attr-defined,unused-ignore]  # on Windows only
            api.WTSUnRegisterSessionNotification(ctypes.c_void_p(int(self._window.winId())))
            self._window = None

    def nativeEventFilter(self, event_type: QByteArray | bytes | bytearray | memoryview, message: int) -> tuple[bool, int]:
        name = event_type.data() if isinstance(event_type, QByteArray) else bytes(event_type)
        if name in (b"windows_generic_MSG", b"windows_dispatcher_MSG"):
            from ctypes import wintypes

            told = wintypes.MSG.from_address(int(message))
            if is_lock_message(told.message, told.wParam):
                self._lock()
        return False, 0


class _MacNotifications:
    """Gets the notification of the login window through CoreFoundation, which needs no further library."""

    def __init__(self, lock: Callable[[], object]) -> None:
        core = ctypes.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
        callback_type = ctypes.CFUNCTYPE(None, *(ctypes.c_void_p,) * 5)
        core.CFNotificationCenterGetDistributedCenter.restype = ctypes.c_void_p
        core.CFStringCreateWithCString.restype = ctypes.c_void_p
        core.CFStringCreateWithCString.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
        core.CFNotificationCenterAddObserver.restype = None
        core.CFNotificationCenterAddObserver.argtypes = (ctypes.c_void_p, ctypes.c_void_p, callback_type, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long)
        core.CFNotificationCenterRemoveEveryObserver.restype = None
        core.CFNotificationCenterRemoveEveryObserver.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        self._core, self._centre = core, core.CFNotificationCenterGetDistributedCenter()
        self._callback = callback_type(lambda *_: lock())
        self._name = core.CFStringCreateWithCString(None, MAC_LOCKED, UTF8)
        core.CFNotificationCenterAddObserver(self._centre, OBSERVER, self._callback, self._name, None, AT_ONCE)

    def end(self) -> None:
        self._core.CFNotificationCenterRemoveEveryObserver(self._centre, OBSERVER)
