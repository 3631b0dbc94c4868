"""Several values of one field, such as phones and addresses, and the one note that is kept like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QWidget,
)

from crmdesk.i18n import mark, tr
from crmdesk.queries.records import Part
from crmdesk.ui.editors.editor import Context, Editor
from crmdesk.ui.editors.lines import LongEditor
from crmdesk.ui.widgets.basics import Button, IconButton, column, restyle, row

if TYPE_CHECKING:
    from crmdesk.fields import Field


class PartsEditor(Editor):
    """Several values with a label each, such as phones: one line per value, one more to add.

    The value is a list of `Part`, empty lines left out.
    """

    LABELS = {
        "phone": (mark("work"), mark("mobile"), mark("home"), mark("fax")),
        "email": (mark("work"), mark("private"), mark("billing")),
        "address": (mark("office"), mark("delivery"), mark("billing")),
        "handle": (mark("WeChat"), "QQ", "WhatsApp", "Telegram", "Signal", "Skype", "LinkedIn"),
    }

    def __init__(self, field: Field, context: Context) -> None:
        self._box = QWidget()
        self._lines: list[PartLine] = []
        super().__init__(field, context, self._box)
        self._column = column(space=4)
        self._box.setLayout(self._column)
        self.more = Button(tr("Add another"), self._add, "link", "plus")
        self.more.setAccessibleName(tr("Add {label}", label=tr(field.label)))
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeading)

    def value(self) -> list[Part] | None:
        return [part for line in self._lines if (part := line.part()) is not None] or None

    def is_changed(self) -> bool:
        return _bare(self.value()) != _bare(self.was())

    def show_value(self, value: Any) -> None:
        while self._lines:
            self._drop(self._lines[0])
        for part in value or ():
            self._show(part)
        if not self._lines:
            self._show(Part(""))

    def show_error(self, message: str) -> None:
        for line in self._lines:
            line.mark_wrong(message)

    def make_line(self, part: Part) -> PartLine:
        """Return the inputs of one value."""
        return PartLine(self, part)

    def _show(self, part: Part) -> PartLine:
        line = self.make_line(part)
        self._lines.append(line)
        self._column.insertWidget(len(self._lines) - 1, line)
        self.setFocusProxy(self._lines[0].first)
        return line

    def _drop(self, line: PartLine) -> None:
        self._lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _add(self) -> None:
        self._show(Part("")).first.setFocus()

    def remove(self, line: PartLine) -> None:
        """Take a line away."""
        self._drop(line)
        if not self._lines:
            self._show(Part(""))
        self.changed.emit()
        self.left.emit()


def _bare(parts: list[Part] | None) -> list[tuple[Any, ...]]:
    """Return what of the values people can change."""
    kept = ("street", "postal_code", "city", "state", "country")
    return [(part.value, part.label or "", tuple((n, v) for n, v in part.more if n in kept and v)) for part in parts or ()]


class PartLine(QWidget):
    """One value of a list field: text, label, a button that takes it away."""

    def __init__(self, editor: PartsEditor, part: Part) -> None:
        super().__init__()
        self.editor, self.given = editor, part
        self.name = tr(editor.field.label)
        self.inputs: list[QLineEdit] = []
        self.label = QComboBox()
        self.label.setEditable(True)
        self.label.setFixedWidth(72 if editor.context.is_quiet else 92)
        self.label.setAccessibleName(tr("Label of {label}", label=self.name))
        self.label.addItems(["", *(tr(label) for label in PartsEditor.LABELS.get(editor.field.target or "", ()))])
        self.label.setCurrentText(part.label or "")
        if editor.context.is_quiet:
            self.label.setProperty("kind", "quiet")
        self.gone = IconButton("x", tr("Remove {label}", label=self.name), lambda: editor.remove(self), "muted")
        self.build()
        self.first = self.inputs[0]
        self.label.activated.connect(editor.left)

    def build(self) -> None:
        """Lay the inputs out."""
        self.setLayout(row(self.input(self.given.value, self.name), self.label, self.gone, space=4))

    def input(self, text: str, name: str) -> QLineEdit:
        """Return one input, connected."""
        made = QLineEdit(text)
        made.setCursorPosition(0)
        made.setAccessibleName(name)
        if self.editor.context.is_quiet:
            made.setProperty("kind", "quiet")
        made.textEdited.connect(self.editor.changed)
        made.returnPressed.connect(self.editor.left)
        made.editingFinished.connect(self.editor.left)
        self.inputs.append(made)
        return made

    def part(self) -> Part | None:
        """Return what is typed, None if nothing is."""
        text = self.inputs[0].text().strip()
        more = self.given.more if text == self.given.value else ()
        return Part(text, self.label.currentText().strip() or None, more) if text else None

    def mark_wrong(self, message: str) -> None:
        """Mark the inputs as wrong or right."""
        for made in self.inputs:
            restyle(made, invalid="true" if message else "false")


class AddressesEditor(PartsEditor):
    """Addresses: street, postal code and city, country; the parts carry them in `more`."""

    def make_line(self, part: Part) -> PartLine:
        return AddressLine(self, part)


class AddressLine(PartLine):
    """One address: street in the first line, postal code, city and country in the second."""

    NAMES = ("street", "postal_code", "city", "country")

    def build(self) -> None:
        more = dict(self.given.more)
        labels = {
            "street": tr("Street"), "postal_code": tr("Postal code"), "city": tr("City"), "country": tr("Country"),
        }  # fmt: skip
        street, code, city, country = (self.input(str(more.get(name) or ""), labels[name]) for name in self.NAMES)
        for name, made in zip(self.NAMES, self.inputs, strict=True):
            made.setPlaceholderText(labels[name])
        code.setFixedWidth(92)
        country.setFixedWidth(60)
        self.setLayout(column(row(street, self.label, self.gone, space=4), row(code, city, country, space=4), space=4))

    def part(self) -> Part | None:
        more = dict(self.given.more)
        more.update({n: i.text().strip() or None for n, i in zip(self.NAMES, self.inputs, strict=True)})
        if not any(more.values()):
            return None
        place = " ".join(filter(None, (more["postal_code"], more["city"])))
        shown = ", ".join(filter(None, (more["street"], place, more.get("state"), more["country"])))
        return Part(shown, self.label.currentText().strip() or None, tuple(more.items()))


class MemoEditor(LongEditor):
    """A note that is a list field of one value."""

    def value(self) -> list[Part] | None:  # type: ignore[override]  # a list field's value is a list
        text = self.input.toPlainText().strip()
        return [Part(text)] if text else None

    def is_changed(self) -> bool:
        return [p.value for p in self.value() or ()] != [p.value for p in self.was() or ()]

    def show_value(self, value: Any) -> None:
        super().show_value("\n\n".join(part.value for part in value or ()))
