"""What holds for the user's own fields, whoever adds or changes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.names import folded, pinyin
from crmdesk.models.registry import entity_class
from crmdesk.models.workspace import choices_of

if TYPE_CHECKING:
    from collections.abc import Container

    from crmdesk.models.workspace import CustomField
    from crmdesk.store.door import Change

FIXED = {"about": mark("Entity"), "name": mark("Name"), "kind": mark("Kind")}


def name_of(label: str) -> str:
    """Return a label as filters and imports write it: lower case letters, digits and underscores."""
    return re.sub(r"[^0-9a-z]+", "_", folded(pinyin(label))).strip("_") or "field"


def _kept(name: str) -> str:
    """Return a name that somebody gave, as it is.

    Raises:
        UserError: filters and imports could not write it.
    """
    if re.fullmatch(r"[^\W\d]\w*", name) and name == name.lower():
        return name
    raise UserError(
        tr("“{name}” can't be the name of a field: it takes small letters, digits and underscores.", name=name),
        field="name", hint=tr("“{name}” would do, or leave it out: the label makes one.", name=name_of(name)),
    )  # fmt: skip


def settle(change: Change, field: CustomField) -> None:
    """Complete a new own field: the name that filters and imports write, and its place behind the others.

    Raises:
        UserError: there is no such entity, a field of that name exists, or a choice without choices.
    """
    if not field.about:
        label = FIXED["about"]
        raise UserError(tr("{field} is missing.", field=tr(label)), field="about")
    cls = entity_class(field.about)
    if cls.entity.owned_by or "custom" not in cls.columns:
        raise UserError(tr("{entity} takes no fields of your own.", entity=tr(cls.entity.label)), field="about")
    field.about, field.name = cls.entity.name, _kept(field.name) if field.name else name_of(field.label or "")
    known = change.reader.value("SELECT 1 FROM custom_field WHERE about = ? AND name = ? AND deleted_at IS NULL", (cls.entity.name, field.name))
    if known or field.name in cls.fields or (field.name in ENTITIES["address"].fields and "address" in cls.fields):
        raise UserError(tr("There is a field “{name}” already.", name=field.label or field.name), field="label")
    settle_choices(field)
    if field.position is None:
        field.position = change.reader.value("SELECT ifnull(max(position), 0) + 1 FROM custom_field WHERE about = ? AND deleted_at IS NULL", (cls.entity.name,))


def settle_choices(field: CustomField) -> None:
    """Write the choices of a field as the program keeps them.

    Raises:
        UserError: it is a choice without choices.
    """
    chosen = choices_of(field.options)
    if field.kind == "choice" and not chosen:
        raise UserError(tr("A choice needs at least one value."), field="options")
    field.options = ", ".join(chosen) or None


def refuse_fixed(given: Container[str]) -> None:
    """Refuse to change what the values that are there already stand on."""
    for name, label in FIXED.items():
        if name in given:
            raise UserError(tr("{field} of an own field can't be changed.", field=tr(label)), field=name, hint=tr("Add another field instead."))
