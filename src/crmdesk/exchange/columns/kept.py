"""Mappings that were kept: files with the same columns are understood the same way the next time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crmdesk.errors import NotAllowed, UserError
from crmdesk.exchange.columns.chosen import parse_target
from crmdesk.i18n import tr
from crmdesk.operations.imports import mapping_id
from crmdesk.store.rights import authorize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Column, Layout, Target
    from crmdesk.fields import Field
    from crmdesk.store import Reader
    from crmdesk.store.rights import Viewer


@dataclass(frozen=True)
class Kept:
    """A mapping that was kept.

    Attributes:
        name: the file at which it was said.
        columns: where each column goes, as `target_text` writes it; empty if it was left out. By header, from the second of one name on with its number.
        dates: the order of dates, if it had to be said.
    """

    id: UUID
    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""


def fingerprint(table: Table) -> str:
    """Return what files with the same columns have in common; empty for a file whose columns have no names."""
    if not table.has_header or table.ways:
        return ""
    names = "\x1f".join(_plain(name) for name in table.columns)
    return hashlib.sha256(names.encode()).hexdigest()[:32]


def kept_for(reader: Reader, entity: str, table: Table) -> Kept | None:
    """Return the mapping that was kept for files with these columns."""
    mark = fingerprint(table)
    if not mark:
        return None
    record = mapping_id(entity, mark)
    found = reader.one("SELECT name, columns_to, dates FROM import_mapping WHERE id = ? AND deleted_at IS NULL", (record.bytes,))
    return Kept(record, found[0] or "", json.loads(found[1] or "{}"), found[2] or "") if found else None


def with_kept(layout: Layout, kept: Kept, own_fields: Sequence[Field] = ()) -> Layout:
    """Return a layout in which what was kept holds; fields that are gone since are guessed anew."""
    columns = []
    for key, column in zip(_keys(layout), layout.columns, strict=True):
        text = kept.columns.get(key)
        if text is None or column.why == "rejects":
            columns.append(column)
            continue
        try:
            target = _target_of(layout.entity, text, own_fields) if text else None
        except UserError:
            columns.append(column)
            continue
        columns.append(replace(column, target=target, why="kept", confidence=1.0, reason=tr("As last time, with “{file}”.", file=kept.name)))
    return replace(layout, columns=tuple(columns), unused=tuple(name for name in layout.unused if not _is_told(name, columns)))


def may_keep(viewer: Viewer) -> bool:
    """Say whether somebody may keep mappings."""
    try:
        authorize(viewer, "import_mapping.write")
    except NotAllowed:
        return False
    return True


def _is_told(name: str, columns: Sequence[Column]) -> bool:
    return any(column.header == name and column.target for column in columns)


def worth_keeping(layout: Layout, before: Kept | None) -> dict[str, str]:
    """Return where the columns go, as it is to be kept: what the user said, and what was guessed at files of no known program.

    What could only be guessed as nothing is not kept: the next file may have cells that tell.
    """
    said = dict(before.columns) if before else {}
    for key, column in zip(_keys(layout), layout.columns, strict=True):
        if column.why in {"user", "fresh"}:
            said[key] = target_text(column.target) if column.target else ""
        elif column.target and column.why and not layout.product:
            said[key] = target_text(column.target)
    return said


def target_text(target: Target) -> str:
    """Return a target as text; `parse_target` reads it, but for the `#` that says that cells are another program's ids."""
    return f"{target}#" if target.is_key else str(target)


def _target_of(entity: str, text: str, own_fields: Sequence[Field]) -> Target:
    is_key = text.endswith("#")
    return replace(parse_target(entity, text.removesuffix("#"), own_fields), is_key=is_key)


def _keys(layout: Layout) -> list[str]:
    seen: dict[str, int] = {}
    keys = []
    for column in layout.columns:
        name = _plain(column.header)
        seen[name] = number = seen.get(name, 0) + 1
        keys.append(name if number == 1 else f"{name}\x1f{number}")
    return keys


def _plain(header: str) -> str:
    return " ".join(header.split()).casefold()
