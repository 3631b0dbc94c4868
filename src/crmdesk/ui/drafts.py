"""Half-typed text that survives a crash: kept in the encrypted store, on this computer only, at most once a second.

self._draft = Draft(self.composer, frame.store, f"note/{company}")   # restores what was left, keeps what is typed
...
self._draft.done()                                                    # sent or saved: forget it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from crmdesk.ui import background

if TYPE_CHECKING:
    from crmdesk.store import Store

EVERY_MS = 1000


class Kept(QObject):
    """Keeps what is half typed under a key, and puts back what a crash, a lock or the end of the program has left.

    Args:
        owner: the widget it is typed into.
        key: says what is being written, such as `reply/` and a ticket's id; another text under the same key replaces it.
    """

    def __init__(self, owner: QWidget, store: Store, key: str) -> None:
        super().__init__(owner)
        self._owner, self._store, self.key = owner, store, key
        self._kept = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.keep)
        background.read(self, lambda job: store.drafts().get(key, ""), self._restore)

    def text(self) -> str:
        """Return what is typed, as one text; empty if nothing is."""
        raise NotImplementedError

    def put(self, text: str) -> None:
        """Type again what was kept."""
        raise NotImplementedError

    def done(self) -> None:
        """Forget the draft: it has been sent, saved or thrown away."""
        self._timer.stop()
        self._write("")

    @Slot()
    def keep(self) -> None:
        """Keep what is typed now."""
        self._write(self.text())

    @Slot()
    def wait(self) -> None:
        """Keep it within a second: something was typed."""
        if not self._timer.isActive():
            self._timer.start()

    def _restore(self, kept: str) -> None:
        self._kept = kept
        if kept and not self.text():
            self.put(kept)

    def _write(self, text: str) -> None:
        if text == self._kept:
            return
        self._kept = text
        store, key = self._store, self.key
        background.write(self._owner, "", lambda job: store.keep_draft(key, text or None))


class Draft(Kept):
    """Keeps the text of one input."""

    def __init__(self, source: QLineEdit | QPlainTextEdit, store: Store, key: str) -> None:
        self._source = source
        super().__init__(source, store, key)
        source.textChanged.connect(self.wait)

    def text(self) -> str:
        return text_of(self._source)

    def put(self, text: str) -> None:
        set_text(self._source, text)
        # It was typed, if before a crash or lock, and is stored nowhere: Undo must not reach past it for a deed.
        (self._source if isinstance(self._source, QLineEdit) else self._source.document()).setModified(True)


def next_draft(before: Draft | None, source: QLineEdit, store: Store, key: str) -> Draft:
    """Go on to another record in the same input: what is half typed for the one before is kept, and what was left of this one comes back."""
    if before is not None:
        before.keep()
        before.deleteLater()
    source.setText("")
    return Draft(source, store, key)


def text_of(source: QLineEdit | QPlainTextEdit) -> str:
    """Return what is in an input."""
    return source.text() if isinstance(source, QLineEdit) else source.toPlainText()


def set_text(source: QLineEdit | QPlainTextEdit, text: str) -> None:
    """Put a text into an input."""
    if isinstance(source, QLineEdit):
        source.setText(text)
    else:
        source.setPlainText(text)
        source.moveCursor(QTextCursor.MoveOperation.End)


def put_back(owner: QObject, store: Store, key: str, text: str) -> None:
    """Keep a text under a key, such as one that could not be sent after somebody had gone on to other work."""
    background.write(owner, "", lambda job: store.keep_draft(key, text))
