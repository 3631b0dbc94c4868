"""A field and its choices: one value of a record, as it is declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a choice field takes: what is stored and what people read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a record, as every part of the program sees it.

    Attributes:
        kind: a key of `KINDS`.
        search: weight in the search index, 3 = title, 2 = number or address, 1 = text, 0 = not searched.
        target: the entity that a link points to, or whose records a parts field lists.
        aliases: other names under which imports know this field, in any language.
        sensitivity: `normal`, `personal` or `secret`; decides masking and who may search it.
        derived: filled by the program from other values; neither typed nor journaled.
        group: fields of one group move together when stores are merged.
        may_lack_year: of a date, such as a birthday whose year nobody knows; `24 December` is one then.
        least, most: the smallest and the largest plain value, or functions that return it; of moments the days. Without them those of the kind.
        clean: brings a text into the form in which it is kept.
        check: complains, as a sentence, about a plain value.
    """

    name: str
    kind: str
    label: str
    required: bool = False
    in_list: bool = False
    search: int = 0
    target: str | None = None
    choices: tuple[Choice, ...] = ()
    aliases: tuple[str, ...] = ()
    sensitivity: str = "normal"
    derived: bool = False
    group: str | None = None
    may_lack_year: bool = False
    least: Any = None
    most: Any = None
    clean: Callable[[str], str] | None = None
    check: Callable[[Any], str | None] | None = None

    @property
    def column(self) -> str:
        """The name of the SQL column: a link's ends in `_id`."""
        return f"{self.name}_id" if self.kind == "link" else self.name

    def choice(self, value: str) -> str:
        """Return the label of a choice in the language in force, or the value itself if it is unknown."""
        return next((tr(c.label) for c in self.choices if c.value == value), value)
