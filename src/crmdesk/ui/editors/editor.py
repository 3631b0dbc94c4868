"""What all editors share: a value that is set, typed, checked, told and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from crmdesk.errors import UserError
from crmdesk.fields import Field, Reading, complaint
from crmdesk.i18n import tr
from crmdesk.ui.widgets.basics import restyle, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmdesk.ui.named import Named


def _find_nothing(entity: str, text: str) -> Sequence[Named]:
    return ()


@dataclass(frozen=True)
class Context:
    """What reading and finding depend on.

    Attributes:
        find: runs on a reader thread; records of an entity that fit a text, the best first.
        make: offers “New …” in link fields: gets entity, text and a function that takes the new record.
        is_quiet: no frame until hovered or focused, for details of a record.
        currencies: those offered first.
    """

    reading: Reading = default(default_factory=Reading)
    find: Callable[[str, str], Sequence[Named]] = _find_nothing
    make: Callable[[str, str, Callable[[Named], None]], object] | None = None
    is_quiet: bool = False
    currencies: tuple[str, ...] = ("EUR", "USD", "GBP", "CHF", "CNY")


class Editor(QWidget):
    """What all editors share.

    Signals:
        changed: the user has typed or chosen something.
        left: the user is done: left the field, pressed Enter or chose.
        cancelled: Esc was pressed; the value is again what it was set to.
        tabbed: in a cell of a table, Tab (1) or Shift+Tab (-1) was pressed.

    Attributes:
        is_in_cell: Tab is told instead of moving the keyboard on.
        reverts: Esc brings the unchanged value back; in a dialog Esc belongs to the dialog, which keeps what is typed.
        line: the layout that holds the input, and what stands beside it.
    """

    changed = Signal()
    left = Signal()
    cancelled = Signal()
    tabbed = Signal(int)

    def __init__(self, field: Field, context: Context, inner: QWidget) -> None:
        super().__init__()
        self.is_in_cell = False
        self.reverts = True
        self.field, self.context, self.inner = field, context, inner
        self._was: Any = None
        self.line = row(inner, space=4)
        self.setLayout(self.line)
        self.setFocusProxy(inner)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        inner.setAccessibleName(tr(field.label))
        if context.is_quiet:
            inner.setProperty("kind", "quiet")
        inner.installEventFilter(self)

    def value(self) -> Any:
        """Return the plain value, None where the field is empty.

        Raises:
            UserError: what is typed can't be read.
        """
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Put a value into the input; each kind has its own."""
        raise NotImplementedError

    def raw(self) -> list[str]:
        """Return what stands in the inputs as text, for a text that can't be read."""
        return [self.inner.text()] if isinstance(self.inner, QLineEdit) else []

    def show_raw(self, texts: Sequence[str]) -> None:
        """Put what `raw` has returned into the inputs again."""
        if isinstance(self.inner, QLineEdit):
            self.inner.setText("".join(texts[:1]))

    def set_value(self, value: Any) -> None:
        """Show a value and take it as the unchanged one."""
        self._was = value
        self.show_value(value)
        self.show_error("")

    def keep(self) -> None:
        """Take what is typed as the unchanged value, without touching the input."""
        self._was = self.value()

    def was(self) -> Any:
        """Return the value that was set."""
        return self._was

    def is_changed(self) -> bool:
        """Return whether the user has changed it; text that can't be read counts as changed."""
        try:
            return bool(self.value() != self._was)
        except UserError:
            return True

    def checked_value(self) -> Any:
        """Return the value after the field's own checks.

        Raises:
            UserError: it can't be read, is missing though required, or the field's check complains.
        """
        value = self.value()
        if value is None and self.field.required:
            raise UserError(tr("{label} is missing.", label=tr(self.field.label)), self.field.name)
        if value is not None and (said := complaint(self.field, value)):
            raise UserError(said, self.field.name)
        return value

    def show_error(self, message: str) -> None:
        """Mark the input as wrong, or as right with an empty message."""
        restyle(self.inner, invalid="true" if message else "false")
        self.inner.setAccessibleDescription(message)
        self.inner.setToolTip(message)

    def revert(self) -> None:
        """Show the unchanged value again."""
        self.set_value(self._was)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.inner:
            if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
                if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
                    self.left.emit()
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self.key(event)
        return False

    def key(self, event: QKeyEvent) -> bool:
        """Answer to a key in the input; True keeps the input from seeing it."""
        if event.key() == Qt.Key.Key_Escape and self.reverts and (self.is_changed() or self.is_in_cell):
            self.revert()
            self.cancelled.emit()
            return True
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self.is_in_cell:
            self.tabbed.emit(1 if event.key() == Qt.Key.Key_Tab else -1)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.is_in_cell:
            self.left.emit()
            return True  # the table below would open the record
        return False
