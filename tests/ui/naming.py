"""What a screen reader has no name for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

INPUTS = (QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit, QAbstractButton)


def nameless(root: QWidget) -> list[str]:
    """Return the controls that a screen reader has no name for; what a field holds is no name."""
    labelled = {label.buddy() for label in root.findChildren(QLabel) if label.text()}
    found = []
    for control in root.findChildren(QWidget):
        inside = control.parentWidget()
        if control.focusPolicy() == Qt.FocusPolicy.NoFocus or not control.isVisibleTo(root) or isinstance(inside, QComboBox | QAbstractSpinBox):
            continue
        said = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
        if isinstance(control, INPUTS) and not said and control not in labelled:
            found.append(f"{type(control).__name__} in {type(inside).__name__}")
    return found
