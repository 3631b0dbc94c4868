"""What comes of a date: quotes whose last day has passed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from crmdesk.clock import today
from crmdesk.errors import UserError
from crmdesk.i18n import mark, ntr
from crmdesk.models.quote import Quote
from crmdesk.queries.seen import live
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader
    from crmdesk.store.store import Store

log = logging.getLogger(__name__)


@operation(mark("Expire quotes"), right="quote.write", undoable=False, because=mark("“{label}” can't be undone: it came of a date."), by_rows=True)
def expire(change: Change) -> int:
    """Mark the issued quotes whose last day has passed; returns how many. What comes of a date can't be undone."""
    found = _past(change.reader, -1)
    change.update_many(Quote, ("status",), [("expired", quote) for (quote,) in found])
    change.note(about=ntr("{count} quote", "{count} quotes", len(found)))
    return len(found)


def _past(reader: Reader, limit: int) -> list[tuple[bytes]]:
    return reader.rows(
        f"SELECT t.id FROM quote t INDEXED BY quote_in_figures WHERE t.status = 'issued' AND t.valid_until < ? AND {live(reader, 'quote')} LIMIT ?",
        (today(reader.settings.tz).isoformat(), limit),
    )


def settle(store: Store) -> None:
    """Mark the quotes whose last day has passed; who may not write quotes, or comes while another program writes, leaves that to others.

    Window and commands call it when they have opened the store, the window also on each new day.
    """
    try:
        with store.read() as reader:
            if not _past(reader, 1):
                return
        with store.without_waiting():
            store.run_from("rule", expire)
    except UserError as error:
        log.info("quotes not settled: %s", type(error).__name__)
