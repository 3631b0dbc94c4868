"""Options: what the user says about an import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.columns.column_words import can_be_given
from crmdesk.exchange.files.reading import How
from crmdesk.exchange.values.links import NUMBERED
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import title_field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from crmdesk.exchange.rows.decisions import Decision
    from crmdesk.exchange.values.layouts import Layout

MODES = ("skip", "fill", "overwrite", "add")
ORDERS = ("dmy", "mdy", "ymd")


@dataclass(frozen=True)
class ImportOptions:
    """What the user said about an import.

    Attributes:
        chosen: `{field: column}`, see `mapping.with_choices`.
        region: country of phone numbers where a row names none; the store's if empty.
        on_duplicate: `skip`, `fill` empty fields, `overwrite`, or `add` another record.
        match: by what known records are recognised, such as `external_id`, `email`, `name`; the entity's own way if empty.
        dates: `dmy`, `mdy`, `ymd` for dates that can be read in two ways.
        decimal: `.` or `,` for numbers such as 1.234 that can be read in two ways; what the file shows, else the country's if empty.
        own_fields: columns that become fields of the user's own; `*` stands for all that go nowhere else.
        uses_kept: whether a mapping that was kept for such files holds.
        creates: whether records that the file refers to are made.
        strict: any rejected row writes nothing.
        rejects: where rejected rows go; beside the file if None.
        decisions: what the user says about single rows, by file and line.
    """

    chosen: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    on_duplicate: str = "skip"
    match: tuple[str, ...] = ()
    dates: str = ""
    decimal: str = ""
    own_fields: tuple[str, ...] = ()
    uses_kept: bool = True
    creates: bool = True
    strict: bool = False
    dry_run: bool = False
    rejects: Path | None = None
    decisions: Mapping[tuple[str, int], Decision] = field(default_factory=dict)

    @property
    def how(self) -> How:
        """What was said about reading the file."""
        return How(self.encoding, self.delimiter, self.sheet)


MATCHED_BY = {"id": "i", "external_id": "x", "email": "e", "name": "n", "number": "#", "phone": "p"}
"""What known records are recognised by, beside their plain fields."""


def matched_by(entity: str) -> list[str]:
    """Return by what known records of an entity can be recognised if the user says so."""
    cls = entity_class(entity)
    has = {"id": True, "external_id": True, "name": True, "number": entity in NUMBERED, "email": "email" in cls.fields, "phone": "phone" in cls.fields}
    plain = [name for name, item in cls.fields.items() if item.column == name and item.kind != "parts" and can_be_given(item)]
    return [name for name, is_there in has.items() if is_there] + [name for name in plain if name not in has]


def check_options(entity: str, options: ImportOptions) -> None:
    """Refuse what can't be done, such as to recognise records by what they don't have: every row would be a new record.

    Raises:
        UserError: says which option.
    """
    if options.on_duplicate not in MODES:
        raise UserError(
            tr("“{mode}” is no way to treat known records.", mode=options.on_duplicate), hint=tr("Use one of: {options}.", options=", ".join(MODES))
        )
    if options.dates and options.dates not in ORDERS:
        raise UserError(tr("“{order}” is no order of dates.", order=options.dates), hint=tr("Use dmy, mdy or ymd."))
    can_be = matched_by(entity) if options.match else []
    for name in options.match:
        if name not in can_be:
            raise UserError(
                tr("{entity} can't be recognised by “{name}”.", entity=tr(entity_class(entity).entity.label), name=name),
                hint=tr("Use one of: {options}.", options=", ".join(can_be)),
            )


def check_match(entity: str, options: ImportOptions, layout: Layout, columns: Sequence[str]) -> None:
    """Refuse to recognise records by what a file does not say: every row would be a new record.

    Raises:
        UserError: names the columns that the file has.
    """
    if not options.match:
        return
    given = {column.target.field for column in layout.columns if column.target and column.target.of in {"", entity}}
    if not any(given & _said_by(entity, name) for name in options.match):
        raise UserError(
            tr("No column says by what records shall be recognised: {names}.", names=", ".join(options.match)),
            hint=tr("It has: {columns}.", columns=", ".join(columns[:20])),
        )


def _said_by(entity: str, name: str) -> set[str]:
    """Return the fields of columns that say what records are recognised by."""
    match name:
        case "name":
            return {title_field(entity_class(entity)), "name", "given_name", "family_name", "nickname", "company", "company_name"}
        case "number":
            return {"number", NUMBERED.get(entity, "number")}
        case "external_id":  # the number of a ticket or quote from elsewhere serves as its id
            return {"external_id", "number"}
        case _:
            return {name}
