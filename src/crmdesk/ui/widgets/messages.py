"""What the window says: toasts with Undo, progress of long work, errors at their place."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QWidget

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.widgets.basics import Button, Chip, Picture, Text, column, restyle, row
from crmdesk.ui.widgets.layouts import FlowLayout
from crmdesk.ui.widgets.paint import text_width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.ui.background import Job

TOAST_MS = 6_000
TOAST_WITH_UNDO_MS = 10_000
MOST_TOASTS = 3
LONG_WORK_MS = 400
SAVED_MS = 2000
LINE = 24  # so high is a message of one line, with buttons or without


class _ToastButton(QPushButton):
    def __init__(self, text: str, run: Callable[[], object]) -> None:
        super().__init__(text)
        self.setFlat(True)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setStyleSheet(
            f"QPushButton {{ background: transparent; border: none; color: {theme.tokens().on_tip}; font-weight: 600;"
            f"text-decoration: underline; padding: 0px 4px; min-height: {LINE}px; }}"
            f"QPushButton:focus {{ border: 2px solid {theme.tokens().on_tip}; border-radius: 4px; }}"
        )
        self.clicked.connect(lambda: run())


class Toast(QFrame):
    """One message that goes by itself, later while the mouse or the keyboard is on it; without a time it stays until a button is pressed."""

    def __init__(
        self,
        text: str,
        buttons: list[tuple[str, Callable[[], object]]],
        stay_ms: int | None,
        close: Callable[[Toast], None],
        icon: str = "",
        undo: Callable[[], object] | None = None,
        deed: int = 0,
        verb: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.text, self.deed = text, deed
        self._close = close
        label = Text(text, wrap=True)
        label.setFixedWidth(min(420, text_width(text, theme.font()) + 4))
        label.setMinimumHeight(LINE)
        layout = row(label, space=10, margins=(14, 8, 10, 8))
        if icon:
            layout.insertWidget(0, Picture(icon, "on_tip"))
        for caption, run in buttons:
            layout.addWidget(self._button(caption, run))
        self._undo = self._button(verb or tr("Undo"), undo) if undo is not None else None
        if self._undo is not None:
            layout.addWidget(self._undo)
        self.setLayout(layout)
        self.setAccessibleName(text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end)
        if stay_ms is not None:
            self._timer.start(stay_ms)

    def _button(self, caption: str, run: Callable[[], object]) -> _ToastButton:
        return _ToastButton(caption, lambda: (self._close(self), run()))

    def forget_undo(self) -> None:
        """Offer no more to take the last deed back: by now it is another one."""
        if self._undo is not None:
            self._undo.hide()

    def can_undo(self) -> bool:
        """Return whether it still offers to take the last deed back."""
        return self._undo is not None and not self._undo.isHidden()

    @Slot()
    def _end(self) -> None:
        if self.underMouse() or self.isAncestorOf(self.focusWidget() or QWidget()):
            self._timer.start()
        else:
            self._close(self)


class Toasts(QWidget):
    """The messages at the bottom left of the window, beside one another where there is room; at most three, the oldest goes first.

    It stands beneath the page, not over it, so that it never covers what somebody wants to press.
    """

    def __init__(self) -> None:
        super().__init__()
        lines = QWidget()
        self._stack = FlowLayout(8)
        lines.setLayout(self._stack)
        self.setLayout(column(lines, margins=(20, 0, 20, 12)))
        self._shown: list[Toast] = []
        self.hide()

    def say(
        self,
        text: str,
        undo: Callable[[], object] | None = None,
        more: Sequence[tuple[str, Callable[[], object]]] | None = None,
        icon: str = "",
        stays: bool = False,
        deed: int = 0,
        verb: str = "",
    ) -> Toast:
        """Show a message; with `undo` it stays 10 seconds and has a button Undo, with `stays` until it is closed.

        Args:
            deed: the transaction that Undo takes back; the button goes once `forget_undo` hears of a later one.
            verb: what stands on the button instead, such as Redo.
        """
        buttons = list(more or [])
        if stays:
            buttons.append((tr("Close"), lambda: None))
        if undo is not None:
            self.forget_undo()
        toast = Toast(text, buttons, None if stays else TOAST_WITH_UNDO_MS if buttons or undo else TOAST_MS, self._close, icon, undo, deed, verb)
        self._shown.append(toast)
        self._stack.addWidget(toast)
        toast.show()  # the stack leaves no room for what is not shown yet
        for old in self._shown[:-MOST_TOASTS]:
            self._close(old)
        self.show()
        event = QAccessibleAnnouncementEvent(self, text)
        QAccessible.updateAccessibility(event)
        return toast

    def forget_undo(self, later: int | None = None) -> None:
        """Take Undo off what is said: something else has been done since, the transaction `later` if it has a number."""
        for toast in self._shown:
            if later is None or toast.deed < later:
                toast.forget_undo()

    def close_undo(self) -> None:
        """Take away what is said of a deed that is taken back just now: it is no longer so."""
        for toast in [toast for toast in self._shown if toast.can_undo()]:
            self._close(toast)

    def texts(self) -> list[str]:
        """Return what is said now, oldest first."""
        return [toast.text for toast in self._shown]

    def clear(self) -> None:
        """Take every message away."""
        for toast in list(self._shown):
            self._close(toast)

    def _close(self, toast: Toast) -> None:
        if toast not in self._shown:
            return
        self._shown.remove(toast)
        self._stack.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        self.setVisible(bool(self._shown))


def duration(seconds: float) -> str:
    """Return a length of time in words, such as `12 s` or `3 min`."""
    if seconds < 90:
        return tr("{count} s", count=max(1, round(seconds)))
    return tr("{count} min", count=round(seconds / 60))


class ProgressPanel(QFrame):
    """A long piece of work: what it is, how far, how fast, how long still, and a button that cancels it.

    The window shows one for every write that takes longer than 0.4 s; dialogs may show their own:
    `panel = ProgressPanel(); panel.follow(job)`.

    Signals:
        cancelled: the user has cancelled the job.
    """

    cancelled = Signal()

    def __init__(self, job: Job | None = None) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self._job: Job | None = None
        self.label = Text("", "strong")
        self.note = Text("", "caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = Button(tr("Cancel"), self._cancel)
        self.setMinimumWidth(320)
        self.setLayout(row(column(self.label, self.bar, self.note, space=6), self.stop, space=16, margins=(16, 12, 16, 12)))
        if job is not None:
            self.follow(job)

    def follow(self, job: Job) -> None:
        """Show this job from now on; call `refresh` when its progress has changed."""
        self._job = job
        self.label.setText(job.label)
        self.bar.setAccessibleName(job.label)
        self.stop.setEnabled(True)
        self.refresh()

    def job(self) -> Job | None:
        """Return the job that is shown."""
        return self._job

    def refresh(self) -> None:
        """Show how far the job is now."""
        job = self._job
        if job is None:
            return
        if job.total <= 0:
            self.bar.setRange(0, 0)
            self.note.setText(tr("Cancelling") if job.is_cancelled else tr("Working"))
            return
        self.bar.setRange(0, 1000)
        self.bar.setValue(min(1000, job.done * 1000 // job.total))
        seconds = max(time.monotonic() - job.started, 0.001)
        rate = job.done / seconds
        parts = [tr("{done} of {total}", done=_number(job.done), total=_number(job.total))]
        if seconds > 0.5 and rate >= 1:
            parts.append(tr("{rate} a second", rate=_number(round(rate))))
            parts.append(tr("{time} left", time=duration((job.total - job.done) / rate)))
        self.note.setText(tr("Cancelling") if job.is_cancelled else " · ".join(parts))

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.stop.setEnabled(False)
            self.note.setText(tr("Cancelling"))
            self.cancelled.emit()


def _number(value: int) -> str:
    from babel.numbers import format_decimal

    from crmdesk.i18n import locale

    return format_decimal(value, locale=locale())


class InlineError(QWidget):
    """The complaint about one field or form, beneath it; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._text = Text("", "caption", wrap=True)
        self._text.set_tone("danger")
        self.setLayout(row(Picture("circle-alert", "danger", 14), self._text, space=6))
        self.hide()

    def text(self) -> str:
        """Return the complaint."""
        return self._text.text()

    def say(self, message: str, field: QWidget | None = None) -> None:
        """Show a complaint, and mark the field's frame; an empty one takes both away."""
        self._text.setText(message)
        self.setVisible(bool(message))
        if field is not None:
            restyle(field, invalid="true" if message else "false")
            field.setAccessibleDescription(message)
        if message:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, message))


class SavedMark(QObject):
    """Says “Saved” over the end of a field for a moment, so that nothing moves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._chip: Chip | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVED_MS)
        self._timer.timeout.connect(self._end)

    def show_at(self, field: QWidget, inset: int = 0) -> None:
        """Lay the word over a field of the widget, `inset` pixels from its end."""
        self._end()
        chip = Chip(tr("Saved"), "success", icon="check")
        chip.setParent(self._over)
        chip.resize(chip.sizeHint())
        place = field.geometry()
        is_mirrored = self._over.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = place.left() + inset if is_mirrored else place.right() - chip.width() - inset
        chip.move(x, place.top() + (min(place.height(), theme.CONTROL) - chip.height()) // 2)
        chip.show()
        chip.raise_()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(field, tr("Saved")))
        self._chip = chip
        self._timer.start()

    @Slot()
    def _end(self) -> None:
        if self._chip is not None:
            self._chip.deleteLater()
            self._chip = None
