"""One input for each kind of field: what is typed becomes a plain value, or a complaint at the field.

editor = editor_for(field, Context(reading=..., find=..., name_of=...))
editor.set_value(value)
editor.left.connect(...)          # the user is done with it: left the field, pressed Enter, chose
editor.value()                    # raises UserError when the text can't be read
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.ui.editors.amounts import MoneyEditor, UnitPriceEditor
from crmdesk.ui.editors.choices import ChoiceEditor, FlagEditor
from crmdesk.ui.editors.dates import DateEditor
from crmdesk.ui.editors.editor import Context, Editor
from crmdesk.ui.editors.lines import LineEditor, LongEditor
from crmdesk.ui.editors.links import LinkEditor
from crmdesk.ui.editors.parts import AddressesEditor, MemoEditor, PartsEditor
from crmdesk.ui.editors.tags import TagsEditor
from crmdesk.ui.named import Named

if TYPE_CHECKING:
    from crmdesk.fields import Field

EDITORS: dict[str, type[Editor]] = {
    "text": LineEditor,
    "long_text": LongEditor,
    "integer": LineEditor,
    "decimal": LineEditor,
    "rate": LineEditor,
    "money": MoneyEditor,
    "price": MoneyEditor,
    "date": DateEditor,
    "moment": DateEditor,
    "flag": FlagEditor,
    "choice": ChoiceEditor,
    "link": LinkEditor,
    "parts": PartsEditor,
}


PARTS_EDITORS: dict[str, type[Editor]] = {"address": AddressesEditor, "record_tag": TagsEditor, "memo": MemoEditor}


def editor_for(field: Field, context: Context) -> Editor:
    """Return the input for a field."""
    kind = PARTS_EDITORS.get(field.target or "") if field.kind == "parts" else None
    return (kind or EDITORS[field.kind])(field, context)  # type: ignore[call-arg]  # each takes field and context


__all__ = [
    "EDITORS",
    "AddressesEditor",
    "ChoiceEditor",
    "Context",
    "DateEditor",
    "Editor",
    "FlagEditor",
    "LineEditor",
    "LinkEditor",
    "LongEditor",
    "MemoEditor",
    "MoneyEditor",
    "Named",
    "PartsEditor",
    "TagsEditor",
    "UnitPriceEditor",
    "editor_for",
]
