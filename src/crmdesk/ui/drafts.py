"""Half-typed text that survives a crash: kept in the encrypted store, on this computer only, at most once a second.

self._draft = Draft(self.composer, frame.store, f"note/{company}")   # restores what was left, keeps what is typed
...
self._draft.done()                                                    # sent or saved: forget it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from crmdesk.ui import background

if TYPE_CHECKING:
    from crmdesk.store import Store

EVERY_MS = 1000


class Draft(QObject):
    """Keeps the text of one input under a key, and puts back what a crash has left.

    Args:
        key: says what is being written, such as `reply/` and a ticket's id; another text under the same key replaces it.
    """

    def __init__(self, source: QLineEdit | QPlainTextEdit, store: Store, key: str) -> None:
        super().__init__(source)
        self._source, self._store, self.key = source, store, key
        self._kept = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.keep)
        source.textChanged.connect(self._wait)
        background.read(self, lambda job: store.drafts().get(key, ""), self._restore)

    def text(self) -> str:
        """Return what is in the input."""
        return self._source.text() if isinstance(self._source, QLineEdit) else self._source.toPlainText()

    def done(self) -> None:
        """Forget the draft: it has been sent, saved or thrown away."""
        self._timer.stop()
        self._write("")

    @Slot()
    def keep(self) -> None:
        """Keep what is typed now."""
        self._write(self.text())

    @Slot()
    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _restore(self, kept: str) -> None:
        self._kept = kept
        if kept and not self.text():
            if isinstance(self._source, QLineEdit):
                self._source.setText(kept)
            else:
                self._source.setPlainText(kept)

    def _write(self, text: str) -> None:
        if text == self._kept:
            return
        self._kept = text
        store, key = self._store, self.key
        background.write(self._source, "", lambda job: store.keep_draft(key, text or None))


def put_back(owner: QObject, store: Store, key: str, text: str) -> None:
    """Keep a text under a key, such as one that could not be sent after somebody had gone on to other work."""
    background.write(owner, "", lambda job: store.keep_draft(key, text))
