"""Records that a test makes as they are stored, past what the areas' own operations fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.store import Change, operation

if TYPE_CHECKING:
    from uuid import UUID


@operation("Make", right="store.write")
def make(change: Change, cls: Any, **values: Any) -> UUID:
    """Add a record of a class with just these values."""
    return change.add(cls, **values).id
