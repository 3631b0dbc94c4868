"""Layout: what the columns of a file mean, one target each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crmdesk.exchange.values.entries import TOLD_BY, virtual_names
from crmdesk.exchange.values.leading import LEADS
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Table


ADDRESS_PARTS = ("street", "postal_code", "city", "state", "country")
MORE_ADDRESS_PARTS = ("house_number", "street2", "street3", "po_box", "extended", "formatted")
PART_FIELDS = ("phone", "email", "handle", "address", "tags", "note")


@dataclass(frozen=True)
class Target:
    """Where the cells of a column go.

    Attributes:
        field: a field of the entity, or one of `VIRTUAL`.
        label: of phones, mails, handles, addresses: which one.
        part: of addresses: the column.
        of: the linked or owned record that the field belongs to: `company`, `contact`, `line`, `message`.
        is_key: cells are the other program's ids.
    """

    field: str
    label: str = ""
    part: str = ""
    of: str = ""
    is_key: bool = False

    def __str__(self) -> str:
        return ".".join(piece for piece in (self.of, self.field, self.label, self.part) if piece)


@dataclass(frozen=True)
class Column:
    """One column of a file and what becomes of it.

    Attributes:
        target: None if the column is left out.
        label_index: the column whose cells say which phone, mail or address this is.
        why: what decided: `user`, `kept`, `fresh` (a field yet to be made), `product`, `name`, `spelling`, `content`, `rejects`,
            `beside` (for people, the link beside it says the same), or empty.
        confidence: how sure that is, 0 to 1. reason: the same as a sentence; of a column that is left out, why it is.
        cut: what is cut off the cells before a linked record is looked up, as a pattern.
        is_mail: whether the cells hold the mail addresses of linked people in the place of names.
    """

    index: int
    header: str
    target: Target | None = None
    label_index: int | None = None
    why: str = ""
    confidence: float = 0.0
    reason: str = ""
    cut: str = ""
    is_mail: bool = False


@dataclass(frozen=True)
class Layout:
    """What all columns of a file mean.

    Attributes:
        product: the program that wrote the file, where it was recognised.
        source: what the records' external ids belong to.
    """

    entity: str
    columns: tuple[Column, ...]
    product: str | None = None
    source: str = ""
    unused: tuple[str, ...] = field(default=())

    def index_of(self, name: str, of: str = "") -> int | None:
        """Return the first column that goes to a field."""
        return next((c.index for c in self.columns if c.target and c.target.field == name and c.target.of == of), None)

    def has(self, name: str, of: str = "") -> bool:
        """Say whether a column goes to a field."""
        return self.index_of(name, of) is not None


# Values that no field takes as they are; the entity's importer makes something of them.
VIRTUAL: dict[str, tuple[str, ...]] = {
    "contact": ("name", "middle_name", "suffix", "nickname", "record_kind", "birth_day", "birth_month", "birth_year", "website"),
    "lead": ("name", "middle_name", "suffix", "website", "salutation", "title"),
    "company": ("record_kind",),
    "member": ("given_name", "family_name", "middle_name"),
    "deal": ("close_on", "outcome", "product_quantity"),
    "quote": ("discount", LEADS),
    "quote_line": ("discount",),
    "ticket": ("description",),
    "activity": ("at_time", "is_done"),
    "task": ("due_time", "is_done"),
    **{entity: tuple(virtual_names(entity)) for entity in TOLD_BY},
}
RELATED: dict[str, tuple[str, ...]] = {
    "contact": ("company",), "company": ("contact",), "deal": ("contact", "company"), "ticket": ("contact", "company"), "activity": ("contact", "company"),
    "task": ("contact", "company"), "quote": ("contact", "company", "line"), "quote_line": (), "lead": (),
}  # fmt: skip
LINE = "quote_line"


def is_link(entity: str, name: str) -> bool:
    """Say whether a field links to another record."""
    item = entity_class(entity).fields.get(name)
    return item is not None and item.kind == "link"


def finished(entity: str, columns: Sequence[Column], product: str | None, table: Table) -> Layout:
    """Return some columns as a layout that knows which of them go nowhere."""
    unused = tuple(
        c.header for c in columns if c.target is None and c.why not in {"rejects", "beside"} and table.values(c.index) and not _is_label_column(c, columns)
    )
    return Layout(entity, tuple(columns), product, table.ways.source if table.ways else product or table.path.stem, unused)


def _is_label_column(column: Column, columns: Sequence[Column]) -> bool:
    return any(other.label_index == column.index for other in columns)
