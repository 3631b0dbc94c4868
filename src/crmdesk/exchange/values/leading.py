"""Leading quotes: the one of a deal's quotes that says what the deal is worth. Quotes come after their deals, so they say themselves that they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Field, Reading
from crmdesk.i18n import mark

if TYPE_CHECKING:
    from crmdesk.store import Reader

LEADS = "leads_deal"
LEADS_LABEL = mark("Leading quote of its deal")
_FIELD = Field(LEADS, "flag", LEADS_LABEL)


def leading(reader: Reader) -> frozenset[bytes]:
    """Return the quotes that lead their deals."""
    return frozenset(record for (record,) in reader.rows("SELECT quote_id FROM deal WHERE quote_id IS NOT NULL AND deleted_at IS NULL"))


def says_yes(text: str) -> bool:
    """Say whether a cell says that a quote leads its deal."""
    try:
        return bool(text and KINDS["flag"].read(text, _FIELD, Reading()))
    except UserError:
        return False
