"""Saving a field when it is left, and showing others while somebody types: the same for every form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from crmdesk.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmdesk.ui.editors.editor import Editor


def show_values(editors: Mapping[str, Editor], values: Mapping[str, Any], is_again: bool = False) -> list[str]:
    """Show a record; a field that the user is changing just now keeps what is typed. Returns the names of the others.

    Args:
        is_again: it is the record that was shown before: what is typed and could not be stored stays too, until it is mended.
    """
    focused = QApplication.focusWidget()
    shown = []
    for name, editor in editors.items():
        is_typing = focused is not None and editor.isAncestorOf(focused)
        is_refused = is_again and editor.inner.property("invalid") == "true"
        if name in values and not ((is_typing or is_refused) and editor.is_changed()):
            editor.set_value(values[name])
            shown.append(name)
    return shown


def save_left(
    editor: Editor, say: Callable[[str], object], save: Callable[[Any, Callable[[], None], Callable[[Exception], None]], object] | None, saved: Callable[[], None]
) -> None:  # fmt: skip
    """Save a field that was left, if it was changed and is right; what the store refuses is said at the field.

    Args:
        say: shows a complaint at the field, or takes it away.
        save: takes the value, what to call when it is saved, what to call when not; None only checks.
    """
    if not editor.is_changed():
        say("")
        return
    try:
        value = editor.checked_value()
    except UserError as error:
        say(error.message)
        return
    say("")
    if save is None:
        return
    before = editor.was()
    editor.set_value(value)

    def refused(error: Exception) -> None:
        # The user's text stays in the field, so that it can be mended; it counts as changed.
        editor.set_value(before)
        editor.show_value(value)
        if isinstance(error, UserError):
            say(error.words)

    save(value, saved, refused)
