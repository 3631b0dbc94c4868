"""A dialog whose button has something done: it stays open, with all that was typed, until the store has taken it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLayout, QWidget

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.ui.widgets.basics import Button, Text, column, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.ui.page import Frame


class DeedDialog(QDialog):
    """A heading, the parts of a subclass, what is wrong, and beneath them Cancel and the main button.

    Args:
        verb: what stands on the main button.
        run: does it; it calls `refuse` if it can't be done and `accept` once it is.
    """

    def __init__(self, frame: Frame, parent: QWidget | None, title: str, verb: str, run: Callable[[], object]) -> None:
        super().__init__(parent)
        self._frame = frame
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(480)
        self.heading = Text(title, "dialog")
        self.error = InlineError()
        self.accept_button = Button(verb, run, "primary")
        self.accept_button.setDefault(True)

    def lay_out(self, *parts: QWidget | QLayout, aside: Button | None = None) -> None:
        """Put the parts beneath the heading; `aside` stands at the other end of the line of buttons."""
        buttons = row(*([aside] if aside is not None else []), None, Button(tr("Cancel"), self.reject), self.accept_button)
        self.setLayout(column(self.heading, 4, *parts, self.error, 8, buttons, space=8, margins=(24, 20, 24, 20)))

    def begin(self) -> None:
        """Take what was said before away, and the button, until the store has answered."""
        self.error.say("")
        self.accept_button.setEnabled(False)

    def refuse(self, error: Exception) -> None:
        """Say why it could not be done, and let the user try again."""
        self.accept_button.setEnabled(True)
        if isinstance(error, UserError):
            self.error.say(" ".join(filter(None, (error.message, error.hint))))
        else:
            self._frame.show_error(error)
