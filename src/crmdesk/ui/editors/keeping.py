"""Values of editors as text, for what is half typed in a dialog and has to be there again."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtWidgets import QLineEdit

from crmdesk.errors import UserError
from crmdesk.fields import Money
from crmdesk.queries.records import Part
from crmdesk.ui.named import Named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmdesk.ui.editors.editor import Editor


def typed(editors: Mapping[str, Editor]) -> dict[str, Any]:
    """Return what the user has changed, ready for JSON; what can't be read is kept as it stands there."""
    found = {}
    for name, editor in editors.items():
        try:
            if editor.is_changed() and (value := _plain(editor.value())) is not None:
                found[name] = value
        except UserError:
            found[name] = {"raw": editor.raw()}
    return found


def type_again(editors: Mapping[str, Editor], kept: Mapping[str, Any]) -> None:
    """Put into the editors what `typed` has returned; it counts as changed."""
    for name, editor in editors.items():
        if name not in kept:
            continue
        match kept[name]:
            case {"raw": texts}:
                editor.show_raw(texts)
            case plain:
                editor.show_value(_value(plain))
        if isinstance(editor.inner, QLineEdit):
            editor.inner.end(False)  # where one goes on typing
        editor.changed.emit()


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; None for one that it can't hold."""
    match value:
        case bool() | int() | str():
            return value
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Money():
            return {"amount": str(value.amount), "currency": value.currency}
        case Named():
            return {"id": str(value.id), "title": value.title, "subtitle": value.subtitle}
        case Part():
            return {"value": value.value, "label": value.label, "more": [pair for pair in value.more if isinstance(pair[1], str)]}
        case list() | tuple():
            return [_plain(one) for one in value]
    return None


def _value(plain: Any) -> Any:
    match plain:
        case {"decimal": text}:
            return Decimal(text)
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case {"amount": amount, "currency": currency}:
            return Money(Decimal(amount), currency)
        case {"id": record, "title": title, "subtitle": subtitle}:
            return Named(UUID(record), title, subtitle)
        case {"value": value, "label": label, "more": more}:
            return Part(value, label, tuple((name, text) for name, text in more))
        case list():
            return [_value(one) for one in plain]
    return plain


def to_text(kept: Mapping[str, Any]) -> str:
    """Return what was typed as one text; empty if there is nothing."""
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""


def from_text(text: str) -> dict[str, Any]:
    """Return what `to_text` was made of."""
    found: dict[str, Any] = json.loads(text)
    return found
