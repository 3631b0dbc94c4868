"""Our terms: what our own cards and calendars say beyond what all programs know, as properties that others pass over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.exchange.files.contentlines import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.exchange.files.contentlines import Property

OUR_PRODUCT = "CRMDesk"
"""What our own cards and calendars say that they are of."""
OURS = "X-CRMDESK-"
"""So begin the names of our properties: behind it stands the field's name, or `OWN` where the parameter NAME tells a field of the user's own.
The parameter ID of a link says which record it is; its value is what that is called."""
OWN = "own."
"""So begin the names under which fields of the user's own are read."""


def our_values(item: Property) -> Iterator[tuple[str, str]]:
    """Yield what a property of ours says: the field's name and its value, and of a link the id under its name and `_id`; nothing for other properties."""
    if not item.name.startswith(OURS):
        return
    name = item.name.removeprefix(OURS).lower().replace("-", "_")
    if name == "own":
        if own := item.params.get("NAME"):
            yield f"{OWN}{own}", plain(item.value)
        return
    yield name, plain(item.value)
    if told := item.params.get("ID"):
        yield f"{name}_id", told
