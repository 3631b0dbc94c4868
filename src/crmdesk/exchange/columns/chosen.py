"""What the user says about columns: the last word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.columns.column_words import can_be_given
from crmdesk.exchange.values.layouts import ADDRESS_PARTS, LINE, MORE_ADDRESS_PARTS, PART_FIELDS, RELATED, VIRTUAL, Target, finished
from crmdesk.exchange.values.told_ids import id_names
from crmdesk.exchange.words.choices import bare
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.fields import Field


def parse_target(entity: str, text: str, own_fields: Sequence[Field] = ()) -> Target:
    """Read a target as a user writes it: `email`, `phone.work`, `address.city`, `address.billing.city`, `company`, `contact.role`.

    Raises:
        UserError: there is no such field.
    """
    pieces = [piece.strip() for piece in text.strip().split(".")]
    fields = entity_class(entity).fields
    name, rest = pieces[0], pieces[1:]
    if rest and name in RELATED.get(entity, ()):
        return replace(parse_target(LINE if name == "line" else name, ".".join(rest)), of=name)
    item = fields.get(name)
    if not rest and (name in VIRTUAL.get(entity, ()) or name in id_names(entity)):
        return Target(name)
    if any(name == own.name for own in own_fields) and not rest:
        return Target(name)
    if item and item.name == "address":
        part = next((piece for piece in rest if piece in (*ADDRESS_PARTS, *MORE_ADDRESS_PARTS)), "street")
        label = next((piece for piece in rest if piece != part), "")
        return Target("address", label=label, part=part)
    if item and item.kind == "parts" and item.name in PART_FIELDS:
        return Target(name, label=".".join(rest))
    if item and not rest and (can_be_given(item) or name == "source"):
        return Target(name)
    if name in ADDRESS_PARTS and "address" in fields and not rest:
        return Target("address", part=name)
    raise UserError(
        tr("{entity} has no field “{name}” that a column could fill.", entity=tr(entity_class(entity).entity.label), name=text),
        hint=tr("The command “fields” lists them; phones, mails and addresses take labels, as in phone.work."),
    )


def with_choices(mapping: Layout, table: Table, chosen: Mapping[str, str], own_fields: Sequence[Field] = ()) -> Layout:
    """Return a mapping in which the user's choices hold; `{field: column}`, an empty column leaves the field out.

    Raises:
        UserError: no such field or column.
    """
    columns = list(mapping.columns)
    for name, header in chosen.items():
        target = parse_target(mapping.entity, name, own_fields)
        several = target.field in PART_FIELDS and target.field != "address"
        for position, column in enumerate(columns):
            is_same = column.target is not None and (column.target.field, column.target.of, column.target.part) == (target.field, target.of, target.part)
            if is_same and (not several or not header) and (not target.label or column.target == target):
                columns[position] = replace(column, target=None, why="user")
        if header:
            index = column_index(table, header)
            columns[index] = replace(columns[index], target=target, why="user", confidence=1.0, reason=tr("You chose it."))
    mapping = replace(mapping, columns=tuple(columns))
    return finished(mapping.entity, mapping.columns, mapping.product, table)


def column_index(table: Table, header: str) -> int:
    """Return the column that a user names: as in the file, in any case, or by its number.

    Raises:
        UserError: there is none.
    """
    for index, name in enumerate(table.columns):
        if name == header:
            return index
    for index, name in enumerate(table.columns):
        if bare(name) == bare(header) and bare(header):
            return index
    if header.isdigit() and 1 <= int(header) <= table.width:
        return int(header) - 1
    raise UserError(
        tr("“{file}” has no column “{column}”.", file=table.path.name, column=header), hint=tr("It has: {columns}.", columns=", ".join(table.columns[:20]))
    )
