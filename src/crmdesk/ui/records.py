"""Between the store and the general widgets: columns of an entity, rows for the table, values for forms and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk import clock
from crmdesk.fields import KINDS, Field
from crmdesk.i18n import date_order, locale, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations.records import can_be_edited
from crmdesk.queries import records, search
from crmdesk.queries.finding import Condition, field_for
from crmdesk.queries.first_rows import first_ids
from crmdesk.queries.ordering import natural_order
from crmdesk.queries.records import Link, Part
from crmdesk.ui.editors import Context, Named
from crmdesk.ui.widgets.record_table import Ask, Cell, Column

if TYPE_CHECKING:
    from crmdesk.models.base import Record
    from crmdesk.store import Store
    from crmdesk.ui import theme
    from crmdesk.ui.background import Job

Tones = Mapping[str, Mapping[str, "theme.Tone"]]
"""By field, the tone of the chip for a stored value, such as {"priority": {"urgent": "danger"}}."""

WIDTHS = {
    "integer": 90, "decimal": 100, "rate": 80, "money": 120, "price": 110, "date": 116, "moment": 120, "flag": 70, "choice": 120,
    "link": 170, "parts": 160, "long_text": 240,
}  # fmt: skip
NAMED_WIDTHS = {
    "email": 230, "phone": 160, "role": 150, "address.city": 100, "address.country": 118, "last_contact_at": 100, "arrived_at": 90,
    "company_name": 180, "owner": 115, "lifecycle": 110, "status": 124, "industry": 115, "origin": 130, "tags": 130,
}  # fmt: skip
# Of its width a column keeps so much at least in a narrow window: hardly less of what is of no use if it is cut; of a text its beginning is enough.
TEXTS, LEAST_OF_TEXTS = frozenset({"text", "link", "parts", "long_text"}), 0.62
LEAST = {"phone": 0.88, "address.city": 0.8, "number": 0.9, "owner": 0.88}
PEOPLE = frozenset({"contact", "company", "lead", "member"})
ADDRESS = ("street", "postal_code", "city", "state", "country")
HIDDEN = frozenset({"sort_key", "source", "external_id"})
QUIET = frozenset({"role", "industry"})  # step back in lists, so that names and companies stand out


def field_named(entity: str, name: str) -> Field:
    """Return the field behind a column's name, such as `amount` or `address.city`."""
    cls = entity_class(entity)
    first, _, inner = name.partition(".")
    field = cls.fields[first]
    return entity_class(field.target).fields[inner] if inner and field.target else field


def columns_of(entity: str, shown: Sequence[str] = (), tones: Tones | None = None, edit: bool = True) -> list[Column]:
    """Return the columns that a list of an entity may have.

    Args:
        shown: those shown at first, in this order; all fields of lists if empty. `address.city` is possible.
        tones: fields that are drawn as chips.
        edit: whether plain fields can be changed in place.
    """
    cls = entity_class(entity)
    listed = [f.name for f in cls.fields.values() if f.in_list and f.name not in HIDDEN]
    others = [f.name for f in cls.fields.values() if not f.in_list and f.name not in HIDDEN and f.kind != "parts"]
    names = list(dict.fromkeys([*shown, *listed, *others]))
    wanted = set(shown or listed)
    return [_column(cls, name, name in wanted, tones or {}, edit) for name in names]


def _column(cls: type[Record], name: str, is_shown: bool, tones: Tones, edit: bool) -> Column:
    field = field_named(cls.entity.name, name)
    is_title = name == cls.entity.title
    look: Any = "chip" if name in tones else "muted" if field.kind == "moment" or name in QUIET else ""
    if is_title:
        look = "name" if cls.entity.name in PEOPLE else "strong"
    width = 215 if is_title else NAMED_WIDTHS.get(name, WIDTHS.get(field.kind, 140))
    can_edit = edit and not field.derived and field.kind != "parts" and "." not in name and can_be_edited(cls.entity.name, name)
    return Column(
        name,
        field.label,
        field.kind,
        width,
        look,
        is_shown,
        can_edit=can_edit,
        least=LEAST.get(name, LEAST_OF_TEXTS if field.kind in TEXTS and look != "name" else 0.0),
        order="up" if name == natural_order(cls) else "down" if f"-{name}" == natural_order(cls) else "",
    )


def own_columns(fields: Iterable[Field]) -> list[Column]:
    """Return the columns of the user's own fields, hidden at first."""
    return [
        Column(field.name, field.label, field.kind, WIDTHS.get(field.kind, 140), "", False, can_edit=True, least=LEAST_OF_TEXTS if field.kind in TEXTS else 0.0)
        for field in fields
    ]


class EntitySource:
    """The rows of one entity, for `RecordTable`.

    Args:
        conditions: hold always, beside what the user filters.
        tones: fields that are drawn as chips, with the tone of each stored value.
        look: may turn the text of a cell into a `Cell`: gets name, plain value, text.
    """

    def __init__(
        self,
        store: Store,
        entity: str,
        conditions: Sequence[Any] = (),
        tones: Tones | None = None,
        look: Callable[[str, Any, str], str | Cell] | None = None,
    ) -> None:
        self._store, self._entity = store, entity
        self._conditions, self._tones, self._look = tuple(conditions), tones or {}, look

    def ids(self, job: Job, ask: Ask) -> Sequence[bytes]:
        """Return the ids of all rows in their order."""
        sort = [f"-{s.column}" if s.is_descending else s.column for s in ask.sort]
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            among = search.matching(reader, ask.text, self._entity) if ask.text.strip() else None
            return records.ids(reader, self._entity, (*self._conditions, *ask.conditions), sort, among=among)

    def first(self, job: Job, ask: Ask) -> Sequence[bytes]:
        """Return the first ids, sooner than all of them."""
        if ask.text.strip() or len(ask.sort) > 1:
            return ()
        sort = [f"-{s.column}" if s.is_descending else s.column for s in ask.sort]
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            return first_ids(reader, self._entity, (*self._conditions, *ask.conditions), sort)

    def rows(self, job: Job, ids: Sequence[bytes], columns: Sequence[str]) -> Sequence[Sequence[str | Cell] | None]:
        """Return the cells of these rows in the order of `ids`."""
        cls = entity_class(self._entity)
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            found = {row.id.bytes: row.values for row in records.rows(reader, self._entity, ids, columns, borrowed=True)}
            fields = {name: _shown_field(field_for(cls, name, reader)) for name in columns}
        return [[self._cell(fields[name], name, found[key][name]) for name in columns] if key in found else None for key in ids]

    def _cell(self, field: Field, name: str, value: Any) -> str | Cell:
        text = shown(field, value, self._store.settings.tz)
        if self._look is not None:
            drawn = self._look(name, value, text)
            return drawn if isinstance(drawn, Cell) else Cell(drawn, value=value)
        return Cell(text, self._tones.get(name, {}).get(str(value)), value)


def _shown_field(found: tuple[Field, Field | None, str | None]) -> Field:
    field, inner, _ = found
    return inner if inner is not None and field.kind != "parts" else field


def shown(field: Field, value: Any, zone: tzinfo = UTC) -> str:
    """Return a plain value as lists show it: moments as their age, list fields by their first value."""
    if value is None or value == []:
        return ""
    if isinstance(value, str) and field.kind == "parts":
        return value
    if isinstance(value, list) and field.kind == "parts" and field.target != "record_tag":
        more = f" (+{len(value) - 1})" if len(value) > 1 else ""  # beside a phone, +1 alone would be a country
        return f"{value[0].value}{more}"
    if isinstance(value, datetime):
        return age(value, zone)
    return records.shown(field, value)


def age(at: datetime, zone: tzinfo = UTC) -> str:
    """Return how long ago a moment is, as a list shows it: `Today`, `3 d`; what lies ahead or a year back as a date."""
    day = at.astimezone(zone).date()
    days = (clock.today(zone) - day).days
    if days < 0 or days > 365:
        return KINDS["date"].show(day, Field("at", "date", ""))
    return tr("Today") if days == 0 else tr("{count} d", count=days)


def find(store: Store) -> Callable[[str, str], Sequence[Named]]:
    """Return what a link field asks while the user types."""

    def found(entity: str, text: str) -> Sequence[Named]:
        with store.read() as reader:
            if entity == "tag":  # not in the search index; few enough to be looked through
                known = records.ids(reader, "tag", [Condition("name", "~", text)], limit=8)
                return [Named(UUID(bytes=key), title) for key, (title, gone) in records.titles(reader, "tag", known).items() if not gone]
            hits = search.search(reader, text, 8, [entity], related=False)
            if not hits:
                keys = list(search.matching(reader, text, entity))[:8]
                titles = records.titles(reader, entity, keys)
                return [Named(UUID(bytes=key), title) for key, (title, gone) in titles.items() if not gone]
        return [Named(hit.id, hit.title, hit.subtitle) for hit in hits]

    return found


def context(store: Store, quiet: bool = False) -> Context:
    """Return what the inputs of forms depend on in this store."""
    reading = replace(store.settings.reading, date_order=date_order(locale()))
    return Context(reading, find(store), is_quiet=quiet)


def for_form(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a row's plain values into what the inputs take."""
    return {name: Named(v.id, v.title) if isinstance(v, Link) else v for name, v in values.items()}


def given(field: Field, value: Any) -> Any:
    """Turn an input's value into what operations take."""
    if field.kind == "parts":
        parts: list[Part] = value or []
        if field.target == "record_tag":
            return [part.value for part in parts]
        return [_given_part(part) for part in parts]
    return value.id if isinstance(value, Named) else value


def _given_part(part: Part) -> dict[str, Any]:
    more = {name: value for name, value in part.more if name in ADDRESS}
    return {"label": part.label, **(more or {"value": part.value})}
