"""What lies over the window while the store is locked: its content is hidden and no key gets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from crmdesk.i18n import tr
from crmdesk.ui.widgets.basics import Button, Picture, Text, column, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable


class LockCover(QWidget):
    """The unlock screen: the file's name and one field for the passphrase.

    Args:
        unlock: gets the passphrase; calls `refuse` with a sentence or `accept` when it is done.
        others: further ways, such as the recovery key or another file, as (label, what it does).
    """

    def __init__(
        self,
        file_name: str,
        unlock: Callable[[str], object],
        others: list[tuple[str, Callable[[], object]]] | None = None,
    ) -> None:
        super().__init__()
        self._unlock = unlock
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(tr("Passphrase"))
        self.passphrase.setPlaceholderText(tr("Passphrase"))
        self.passphrase.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.passphrase.returnPressed.connect(self._go)
        self.error = InlineError()
        self._again: Callable[[], object] | None = None
        self.button = Button(tr("Unlock"), self._go, "primary")
        self.button.setSizePolicy(self.button.sizePolicy().Policy.Expanding, self.button.sizePolicy().verticalPolicy())
        self.name = Text(file_name, "muted")
        self.name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = title = Text(tr("CRMDesk is locked"), "dialog")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = QFrame()
        box.setProperty("card", "true")
        box.setFixedWidth(360)
        links = [Button(label, run, "link") for label, run in others or []]
        inner = column(
            row(None, Picture("lock", "accent", 28), None),
            title,
            self.name,
            8,
            self.passphrase,
            self.error,
            self.button,
            space=10,
            margins=(32, 28, 32, 24),
        )
        for link in links:
            inner.addLayout(row(None, link, None))
        box.setLayout(inner)
        self.setLayout(column(None, row(None, box, None), None))

    def refuse(self, message: str) -> None:
        """Say why it did not open, and let the user try again."""
        self._busy(False)
        self.error.say(message, self.passphrase)
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def wait_for_others(self, message: str, again: Callable[[], object]) -> None:
        """Ask for no passphrase while another window has the store: say so, and offer to look again."""
        self._busy(False)
        self.passphrase.clear()
        self.passphrase.hide()
        self.title.setText(tr("This store is open already"))
        self.error.say(message)
        self.button.setText(tr("Try again"))
        self._again = again
        self.button.setFocus()

    def accept(self) -> None:
        """Forget the passphrase."""
        self._busy(False)
        self.passphrase.clear()
        self.error.say("", self.passphrase)

    def focus_first(self) -> None:
        """Put the keyboard into the field."""
        self.passphrase.setFocus()

    def _go(self) -> None:
        if self._again is not None:
            self._again()
            return
        text = self.passphrase.text()
        if text and self.button.isEnabled():
            self.error.say("", self.passphrase)
            self._busy(True)
            self._unlock(text)

    def _busy(self, busy: bool) -> None:
        self.button.setEnabled(not busy)
        self.passphrase.setReadOnly(busy)
        self.button.setText(tr("Unlocking") if busy else tr("Unlock"))
        self.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)
