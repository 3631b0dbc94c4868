"""A dialog whose button has something done: it stays open, with all that was typed, until the store has taken it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLayout, QWidget

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.ui.drafts import Kept, set_text, text_of
from crmdesk.ui.editors.keeping import from_text, to_text, type_again, typed
from crmdesk.ui.widgets.basics import Button, Text, column, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

    from crmdesk.store import Store
    from crmdesk.ui.editors import Editor
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
        self._again = QWidget()
        self._again.setLayout(
            row(Text(tr("This was typed before and not saved."), "muted"), Button(tr("Begin anew"), self._begin_anew, "link"), None, space=10)
        )
        self._again.hide()
        self._typed: Typed | None = None

    def lay_out(self, *parts: QWidget | QLayout, aside: Button | None = None) -> None:
        """Put the parts beneath the heading; `aside` stands at the other end of the line of buttons."""
        buttons = row(*([aside] if aside is not None else []), None, Button(tr("Cancel"), self.discard), self.accept_button)
        self.setLayout(column(self.heading, 4, self._again, *parts, self.error, 8, buttons, space=8, margins=(24, 20, 24, 20)))

    def begin(self) -> None:
        """Take what was said before away, and the button, until the store has answered."""
        self.error.say("")
        self.accept_button.setEnabled(False)

    def refuse(self, error: Exception) -> None:
        """Say why it could not be done, and let the user try again."""
        self.accept_button.setEnabled(True)
        if isinstance(error, UserError):
            self.error.say(error.words)
        else:
            self._frame.show_error(error)

    # --- what is half typed -------------------------------------------------------------------------------------------

    def keep_typed(self, key: str, editors: Mapping[str, Editor], inputs: Mapping[str, QLineEdit | QPlainTextEdit] | None = None) -> None:
        """Have what is typed here again the next time, if the program ends or locks before it is saved, or Esc was pressed.

        Args:
            key: says what is asked for, and of which records.
        """
        self._typed = Typed(self, self._frame.store, f"dialog/{key}", editors, inputs or {})
        self._typed.restored.connect(self._again.show)

    def _begin_anew(self) -> None:
        if self._typed is not None:
            self._typed.empty()
            self._typed.done()
        self._again.hide()

    def discard(self) -> None:
        """Leave without keeping what was typed."""
        if self._typed is not None:
            self._typed.done()
            self._typed = None
        self.reject()

    def accept(self) -> None:
        if self._typed is not None:
            self._typed.done()
        super().accept()

    def reject(self) -> None:
        if self._typed is not None and self._typed.text():
            self._typed.keep()
            self._frame.say(tr("Not saved. What was typed is there again the next time."))
        super().reject()


class Typed(Kept):
    """Keeps what is typed into the fields of a dialog.

    Signals:
        restored: what was kept is there again.
    """

    restored = Signal()

    def __init__(self, dialog: DeedDialog, store: Store, key: str, editors: Mapping[str, Editor], inputs: Mapping[str, QLineEdit | QPlainTextEdit]) -> None:
        self._editors, self._inputs = editors, inputs
        super().__init__(dialog, store, key)
        for editor in editors.values():
            editor.changed.connect(self.wait)
        for source in inputs.values():
            source.textChanged.connect(self.wait)

    def text(self) -> str:
        plain = {name: text for name, source in self._inputs.items() if (text := text_of(source))}
        return to_text(typed(self._editors) | plain)

    def put(self, text: str) -> None:
        kept = from_text(text)
        type_again(self._editors, kept)
        for name, source in self._inputs.items():
            set_text(source, kept.get(name, ""))
        self.restored.emit()

    def empty(self) -> None:
        """Show the fields as they were at first."""
        for editor in self._editors.values():
            editor.revert()
        for source in self._inputs.values():
            set_text(source, "")
