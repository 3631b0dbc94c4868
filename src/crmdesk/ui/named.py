"""A record by its name, as links are chosen and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True)
class Named:
    """A record that a link may point to."""

    id: UUID
    title: str
    subtitle: str = ""
