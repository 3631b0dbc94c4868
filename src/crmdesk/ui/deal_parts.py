"""What a deal is about and who has a say in it: a line each that is changed in place, and a field that takes another one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import deals
from crmdesk.operations import records as record_operations
from crmdesk.queries import records
from crmdesk.queries.finding import Condition
from crmdesk.queries.records import Link
from crmdesk.ui.editors import LinkEditor, UnitPriceEditor, editor_for
from crmdesk.ui.editors.saving import save_left, show_values
from crmdesk.ui.page import at_field_or_window
from crmdesk.ui.records import context, given
from crmdesk.ui.widgets.basics import Clickable, ElidedText, IconButton, Text, column, row
from crmdesk.ui.widgets.layouts import empty, made_anew
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.store import Reader
    from crmdesk.ui.editors import Editor
    from crmdesk.ui.page import Frame

FIELDS = {"deal_product": ("quantity", "unit_price"), "deal_contact": ("role",)}
"""What is changed in a line, by the kind of part."""
_LINKS = {"deal_product": "product", "deal_contact": "contact"}
_ADD: dict[str, Callable[..., UUID]] = {"deal_product": deals.add_product, "deal_contact": deals.add_person}
_WIDTHS = {"quantity": 64, "unit_price": 92, "role": 128}


def parts_of(reader: Reader, entity: str, deal_id: UUID) -> tuple[records.Row, ...]:
    """Return the products or the people of a deal in their order."""
    found = records.ids(reader, entity, [Condition("deal", "=", str(deal_id))], ("position",))
    return tuple(records.rows(reader, entity, found, (_LINKS[entity], *FIELDS[entity])))


class DealParts(QWidget):
    """The products, or the people, of one deal.

    Args:
        entity: `deal_product` or `deal_contact`.
        hint: what the field says that takes another one.
    """

    def __init__(self, frame: Frame, entity: str, hint: str) -> None:
        super().__init__()
        self._frame, self._entity, self._link = frame, entity, _LINKS[entity]
        self._fields = entity_class(entity).fields
        self._deal: UUID | None = None
        self._shown: tuple[Link, ...] = ()
        self.editors: dict[UUID, dict[str, Editor]] = {}
        self._lines = column(space=2)
        self._error = InlineError()
        self.more = LinkEditor(self._fields[self._link], context(frame.store))
        self.more.can_open = False
        assert isinstance(self.more.inner, QLineEdit)
        self.more.inner.setPlaceholderText(hint)
        self.more.inner.setAccessibleName(hint)
        self.more.left.connect(self._add)
        self.setLayout(column(Text(tr(entity_class(entity).entity.plural), "strong"), self._lines, self.more, self._error, space=6))

    def show_parts(self, deal: UUID, found: Sequence[records.Row], currency: str = "") -> None:
        """Show the parts of a deal, whose prices are in its currency; what is typed in one of them just now stays."""
        is_again = deal == self._deal
        if not is_again:
            self.more.set_value(None)
            self._error.say("")
        self._deal = deal
        links = tuple(part.values[self._link] for part in found)
        if not is_again or list(self.editors) != [part.id for part in found] or links != self._shown:
            self._shown = links
            with made_anew(self, self.more):
                self._lay_out(found)
        for part in found:
            editors = self.editors[part.id]
            for editor in editors.values():
                if isinstance(editor, UnitPriceEditor):
                    editor.currency = currency
            show_values(editors, part.values, is_again)

    def _lay_out(self, found: Sequence[records.Row]) -> None:
        empty(self._lines)
        self.editors = {}
        for part in found:
            link = part.values[self._link]
            title = link.title if isinstance(link, Link) else ""
            name = Clickable(tr("Open {label}", label=title))
            name.setLayout(row(ElidedText(title), margins=(0, 4, 4, 4)))
            name.clicked.connect(partial(self._open, link))
            editors = {field: self._editor(field) for field in FIELDS[self._entity]}
            for field, editor in editors.items():
                editor.setFixedWidth(_WIDTHS[field])
                editor.inner.setAccessibleName(tr("{field} of {title}", field=tr(self._fields[field].label), title=title))
                if isinstance(editor.inner, QLineEdit):
                    editor.inner.setPlaceholderText(tr(self._fields[field].label))
                    editor.inner.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
                editor.left.connect(partial(self._save, part.id, field, editor))
            away = IconButton("x", tr("Remove {label}", label=title), partial(self._remove, part.id), "muted")
            self.editors[part.id] = editors
            line = row(name, *editors.values(), away, space=4)
            line.setStretch(0, 1)
            self._lines.addLayout(line)

    def _editor(self, name: str) -> Editor:
        made = UnitPriceEditor if name == "unit_price" else editor_for
        return made(self._fields[name], context(self._frame.store, quiet=True))

    def _open(self, link: Any) -> None:
        if isinstance(link, Link):
            self._frame.open_record(self._link, link.id)

    def _save(self, part: UUID, name: str, editor: Editor) -> None:
        def save(value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
            values = {name: given(self._fields[name], value)}
            self._frame.do(record_operations.edit, self._entity, [part], values, done=lambda _: saved(), failed=at_field_or_window(self._frame, refused))

        def say(message: str) -> None:
            editor.show_error(message)
            self._error.say(message)

        save_left(editor, say, save, lambda: None)

    def _add(self) -> None:
        if self._deal is None or not self.more.is_changed():
            return
        deal = self._deal

        def add(value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
            self.more.set_value(None)
            self._frame.do(_ADD[self._entity], deal, value.id, done=lambda _: saved(), failed=at_field_or_window(self._frame, refused))

        save_left(self.more, self._error.say, add, lambda: None)

    def _remove(self, part: UUID) -> None:
        self._frame.do(record_operations.delete, self._entity, [part])
