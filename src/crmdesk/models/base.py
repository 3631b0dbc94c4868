"""Record and Entity: how an entity is declared once for every part of the program.

What is declared here is plain data; `models/mapping.py` makes SQLAlchemy's tables of it before the first change, so that who only reads does
not wait for SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from crmdesk.fields import Choice, Field, currency_code, unknown_currency
from crmdesk.i18n import mark

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped


def choices(*pairs: tuple[str, str]) -> tuple[Choice, ...]:
    """Make the choices of a field from (stored value, marked label)."""
    return tuple(Choice(*pair) for pair in pairs)


@dataclass(frozen=True)
class Column:
    """One column of an entity's table.

    Attributes:
        kind: a field's kind, or `id`.
        field: kind, label and options of the field that it holds; None for the program's own workings.
        target: the entity that a link points to.
    """

    kind: str
    field: tuple[str, str, dict[str, Any]] | None = None
    target: str | None = None
    is_indexed: bool = False
    name: str = ""

    @property
    def holds_id(self) -> bool:
        """Whether its values are raw bytes of an id."""
        return self.kind in {"id", "link"}


@dataclass(frozen=True)
class Index:
    """An index of a table: columns in their order, and the condition of a partial one."""

    name: str
    columns: tuple[str, ...]
    where: str = ""


def stored(kind: str, label: str, **options: Any) -> Any:
    """Declare a field that has a column; the options are those of `Field`, and `index=True` for an index of its own.

    Links are foreign keys that are checked at commit, so that records may come in any order.
    """
    is_indexed = options.pop("index", False)
    return Column(kind, (kind, label, options), options["target"] if kind == "link" else None, is_indexed)


@dataclass(frozen=True)
class Parts:
    """A list field whose values are records of their own, such as the phones of a contact."""

    target: str
    label: str
    options: dict[str, Any] = field(default_factory=dict)


def parts(target: str, label: str, **options: Any) -> Parts:
    """Declare a list field: the attribute's name is the field's, the rows are the target's that point here."""
    return Parts(target, label, options)


Derive = Callable[[Mapping[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True)
class Entity:
    """What the program knows of an entity beside its fields.

    Attributes:
        number: permanent number of the table in journal and sync; never reused.
        title: the field that names a record.
        subtitle: fields that say more about a record in lists of hits, in order.
        series: pattern of its number series.
        owned_by: fields that say whom an owned part belongs to; it is deleted, restored and journaled with its owner.
        value: of a part, the field that stands for it where one value is shown.
        joins: it says that the records which it links belong together, nothing else; it has the same id on every computer, so that two who say so at once say it once.
        journaled: false for tables that stay on this computer and belong to no history.
        timeline: the field with its place in a company's timeline.
        derive: fills the derived fields from the others; gets a record's plain values and the store's settings.
        rule: complains, as a sentence, about a record as a whole.
    """

    name: str
    label: str
    plural: str
    number: int
    icon: str = "circle"
    title: str = "name"
    subtitle: tuple[str, ...] = ()
    series: str | None = None
    owned_by: tuple[str, ...] = ()
    value: str = ""
    joins: bool = False
    journaled: bool = True
    timeline: str = ""
    derive: Derive | None = None
    rule: Callable[[Mapping[str, Any]], tuple[str, str] | None] | None = None


ENTITIES: dict[str, type[Record]] = {}

_COMMON = {
    "id": Column("id"),
    "source": Column("text", ("text", mark("Source of the id"), {})),
    "external_id": Column("text", ("text", "External id", {"aliases": ("id", "record id", "externe id")})),
    "deleted_at": Column("moment"),
    "custom": Column("text"),
}


class _Kind(type):
    """The type of all entities: mypy 2.4 takes classes that have none of their own for unhashable, and lru_cache wants to hash them."""


class Record(metaclass=_Kind):
    """Something with an id that is journaled, searched, undone and one day synced.

    `source` and `external_id` say where an imported record comes from; `custom` is a JSON object of the user's own fields. Columns that several
    entities have alike may stand in a plain class that is named before this one; they come first.

    Attributes:
        columns: of the table, in their order. indexes: beside the key's own.
    """

    entity: ClassVar[Entity]
    fields: ClassVar[dict[str, Field]]
    columns: ClassVar[dict[str, Column]]
    indexes: ClassVar[list[Index]]

    id: Mapped[UUID]
    source: Mapped[str | None]
    external_id: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    custom: Mapped[str | None]

    def __init_subclass__(cls, **options: Any) -> None:
        """Give the class its columns, its indexes and its fields."""
        super().__init_subclass__(**options)
        lists = {name: value for name, value in vars(cls).items() if isinstance(value, Parts)}
        shared = {name: value for base in reversed(cls.__mro__[1:]) for name, value in vars(base).items() if isinstance(value, Column)}
        own = {**shared, **{name: value for name, value in vars(cls).items() if isinstance(value, Column)}}
        for name in (name for name, value in list(vars(cls).items()) if isinstance(value, Parts | Column)):
            delattr(cls, name)
        cls.columns = {name: replace(column, name=name) for name, column in {**own, **_COMMON}.items()}
        cls.fields = dict(_fields(cls, lists))
        cls.indexes = list(_indexes(cls))
        ENTITIES[cls.entity.name] = cls

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            if name not in self.columns:
                raise TypeError(f"{self.entity.name} has no column {name}")
            setattr(self, name, value)


def _fields(cls: type[Record], lists: Mapping[str, Parts]) -> Iterable[tuple[str, Field]]:
    own: list[tuple[str, Field]] = []
    common: list[tuple[str, Field]] = []
    for column in cls.columns.values():
        if column.field:
            kind, label, options = column.field
            place = common if column.name in {"source", "external_id", "sort_key"} else own
            name = column.name.removesuffix("_id") if kind == "link" else column.name
            place.append((name, Field(name, kind, label, **options)))
    listed = [(name, Field(name, "parts", part.label, target=part.target, **part.options)) for name, part in lists.items()]
    return [*own, *listed, *common]


def _indexes(cls: type[Record]) -> Iterable[Index]:
    columns, name = cls.columns, cls.entity.name
    if "sort_key" in columns:
        # With deleted_at behind, the ids of all live records come in order from the index alone. In front it would lure the planner away from keys.
        yield Index(f"{name}_by_sort_key", ("sort_key", "id", "deleted_at"))
    if cls.entity.journaled and not cls.entity.owned_by:
        yield Index(f"{name}_by_external", ("external_id",), "external_id IS NOT NULL")
    for column in columns.values():
        if column.is_indexed:
            # Whether an owner has a part, and which is the first, is read from the index alone: three or four bytes each spare a look at the part.
            more = ("deleted_at", "position") if column.name.removesuffix("_id") in cls.entity.owned_by and "position" in columns else ()
            # Most links of a part are empty, since it belongs to one of several owners: these would fill an index with nothing.
            yield Index(f"{name}_by_{column.name}", (column.name, *more), f"{column.name} IS NOT NULL" if column.target else "")
    if cls.entity.timeline and "company_id" in columns:
        yield Index(f"{name}_timeline", ("company_id", cls.entity.timeline))


def sort_key_column() -> Any:
    """Declare the stored sort key: casefolded, without diacritics, Chinese as pinyin; filled by the door."""
    return Column("text", ("text", "Sort key", {"derived": True}))


def currency_column(group: str = "amount") -> Any:
    """Declare the currency of the record's amounts, which move together with it when stores are merged."""
    return stored("text", "Currency", group=group, clean=currency_code, check=unknown_currency)


__all__ = ["ENTITIES", "Column", "Entity", "Index", "Parts", "Record", "choices", "currency_column", "parts", "sort_key_column", "stored"]
