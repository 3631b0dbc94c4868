"""Record and Entity: how an entity is declared once for every part of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import TEXT, ForeignKey, Index, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column

from crmdesk.fields import Choice, Field
from crmdesk.models.types import COLUMN_TYPES, Id, Moment


def choices(*pairs: tuple[str, str]) -> tuple[Choice, ...]:
    """Make the choices of a field from (stored value, marked label)."""
    return tuple(Choice(*pair) for pair in pairs)


def stored(kind: str, label: str, **options: Any) -> MappedColumn[Any]:
    """Declare a field that has a column; the options are those of `Field`, and `index=True` for an index of its own.

    Links are foreign keys that are checked at commit, so that records may come in any order.
    """
    index = options.pop("index", False)
    refers = [ForeignKey(f"{options['target']}.id", deferrable=True, initially="DEFERRED")] if kind == "link" else []
    column: MappedColumn[Any] = mapped_column(COLUMN_TYPES[kind], *refers, nullable=True, info={"field": (kind, label, options), "index": index})
    return column


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
    journaled: bool = True
    timeline: str = ""
    derive: Derive | None = None
    rule: Callable[[Mapping[str, Any]], tuple[str, str] | None] | None = None


class Base(DeclarativeBase):
    """The root of all mapped classes."""

    metadata = MetaData()


ENTITIES: dict[str, type[Record]] = {}


class Record(Base):
    """Something with an id that is journaled, searched, undone and one day synced.

    `source` and `external_id` say where an imported record comes from; `custom` is a JSON object of the user's own fields.
    """

    __abstract__ = True
    entity: ClassVar[Entity]
    fields: ClassVar[dict[str, Field]]

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    source: Mapped[str | None] = mapped_column(TEXT, info={"field": ("text", "Source", {})})
    external_id: Mapped[str | None] = mapped_column(TEXT, info={"field": ("text", "External id", {"aliases": ("id", "record id", "externe id")})})
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)
    custom: Mapped[str | None] = mapped_column(TEXT)

    def __init_subclass__(cls, **options: Any) -> None:
        """Give the class its table, its indexes and its fields."""
        entity = cls.entity
        cls.__tablename__ = entity.name
        cls.__table_args__ = {"sqlite_with_rowid": False, "sqlite_strict": True}
        lists = {name: value for name, value in vars(cls).items() if isinstance(value, Parts)}
        for name in lists:
            delattr(cls, name)
        super().__init_subclass__(**options)
        cls.fields = dict(_fields(cls, lists))
        ENTITIES[entity.name] = cls
        _index(cls)


def _fields(cls: type[Record], lists: Mapping[str, Parts]) -> Iterable[tuple[str, Field]]:
    own: list[tuple[str, Field]] = []
    common: list[tuple[str, Field]] = []
    for column in cls.__table__.columns:
        if declared := column.info.get("field"):
            kind, label, options = declared
            place = common if column.name in {"source", "external_id", "sort_key"} else own
            name = column.name.removesuffix("_id") if kind == "link" else column.name
            place.append((name, Field(name, kind, label, **options)))
    listed = [(name, Field(name, "parts", part.label, target=part.target, **part.options)) for name, part in lists.items()]
    return [*own, *listed, *common]


def _index(cls: type[Record]) -> None:
    table, name = cls.__table__, cls.entity.name
    columns = table.columns
    if "sort_key" in columns:
        # With deleted_at behind, the ids of all live records come in order from the index alone. In front it would lure the planner away from keys.
        Index(f"{name}_by_sort_key", columns["sort_key"], columns["id"], columns["deleted_at"])
    if cls.entity.journaled and not cls.entity.owned_by:
        Index(f"{name}_by_external", columns["external_id"], sqlite_where=columns["external_id"].is_not(None))
    for column in columns:
        if column.info.get("index"):
            Index(f"{name}_by_{column.name}", column)
    if cls.entity.timeline and "company_id" in columns:
        Index(f"{name}_timeline", columns["company_id"], columns[cls.entity.timeline])


def sort_key_column() -> MappedColumn[Any]:
    """Declare the stored sort key: casefolded, without diacritics, Chinese as pinyin; filled by the door."""
    return mapped_column(TEXT, info={"field": ("text", "Sort key", {"derived": True})})


def currency_column() -> MappedColumn[Any]:
    """Declare the currency of the record's amounts."""
    return mapped_column(TEXT, info={"field": ("text", "Currency", {"group": "amount"})})


__all__ = ["ENTITIES", "Base", "Entity", "Parts", "Record", "choices", "currency_column", "parts", "sort_key_column", "stored"]
