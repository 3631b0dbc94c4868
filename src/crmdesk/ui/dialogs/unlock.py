"""The ways into a locked store beside the passphrase: the recovery sheet, and the new passphrase that it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.ui.dialogs.covers import CoverCard
from crmdesk.ui.dialogs.passphrase import NewPassphrase
from crmdesk.ui.widgets.basics import Button, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable


class RecoveryCover(CoverCard):
    """Asks for the groups of the recovery sheet.

    Args:
        unlock: gets the raw key as 96 hex digits; calls `refuse` if it does not open the store.
        back: shows the unlock screen again.
    """

    def __init__(self, unlock: Callable[[str], object], back: Callable[[], object]) -> None:
        super().__init__(
            tr("Use the recovery sheet"), tr("Type the groups from the sheet, or paste what its QR code says. Afterwards you set a new passphrase.")
        )
        self._unlock = unlock
        self.groups = QPlainTextEdit()
        self.groups.setTabChangesFocus(True)
        self.groups.setAccessibleName(tr("Groups of the recovery sheet"))
        self.groups.setPlaceholderText("3F9A02-K …")
        self.groups.setFixedHeight(116)
        self.error = InlineError()
        self.button = Button(tr("Unlock"), self._go, "primary")
        self.body.addWidget(self.groups)
        self.body.addWidget(self.error)
        self.body.addLayout(row(Button(tr("Back"), back), None, self.button))
        self.begin_at(self.groups)

    def refuse(self, message: str) -> None:
        """Say why it did not open, and let the user try again."""
        self.button.setEnabled(True)
        self.error.say(message, self.groups)
        self.groups.setFocus()

    def _go(self) -> None:
        from crmdesk.reports.recovery import from_groups

        try:
            key = from_groups(self.groups.toPlainText())
        except UserError as error:
            self.refuse(error.words)
            return
        self.error.say("", self.groups)
        self.button.setEnabled(False)
        self._unlock(key)


class NewPassphraseCover(CoverCard):
    """Asks for the new passphrase of an open store.

    Args:
        change: gets the passphrase; calls `refuse` if it can't be set.
        back: goes on without; None where that must not be.
    """

    def __init__(self, change: Callable[[str], object], back: Callable[[], object] | None = None) -> None:
        super().__init__(
            tr("Set a new passphrase"), tr("The file is encrypted anew. The recovery sheet that you have and former passphrases no longer open it.")
        )
        self._change = change
        self.passphrase = NewPassphrase()
        self.passphrase.entered.connect(self._go)
        self.error = InlineError()
        self.button = Button(tr("Set passphrase"), self._go, "primary")
        self.body.addWidget(self.passphrase)
        self.body.addWidget(self.error)
        self.body.addLayout(row(*([Button(tr("Back"), back)] if back else []), None, self.button))
        self.begin_at(self.passphrase)

    def refuse(self, message: str) -> None:
        """Say why it could not be set, and let the user try again."""
        self.button.setEnabled(True)
        self.error.say(message)

    def _go(self) -> None:
        try:
            passphrase = self.passphrase.value()
        except UserError as error:
            self.error.say(error.message)
            return
        self.error.say("")
        self.button.setEnabled(False)
        self._change(passphrase)
