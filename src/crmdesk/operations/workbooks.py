"""The accountant's workbook leaves a trace, and a period that was handed over can be closed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crmdesk.clock import today
from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.models.workspace import Setting
from crmdesk.store.door import operation
from crmdesk.store.issued import CLOSED_UNTIL, closed_until
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from datetime import date

    from crmdesk.store.door import Change
    from crmdesk.store.settings import Settings


@operation(mark("Accountant's workbook"), right="export.write", undoable=False, traced=True)
def note_workbook(change: Change, file: str, first: date | None, last: date | None, documents: int) -> None:
    """Note that a workbook leaves the program; called before the file gets its name, so that none is without its trace."""
    change.note(about=file, first=first.isoformat() if first else None, last=last.isoformat() if last else None, documents=documents)


@operation(mark("Close period"), right="period.write", undoable=False)
def close_period(change: Change, until: date) -> None:
    """Close all days up to one: documents dated in them can't be issued or taken in any more.

    Raises:
        UserError: the day is yet to come, or a later one is closed already.
    """
    check_over(change.settings, until)
    known = closed_until(change.reader)
    if known is not None and until <= known:
        raise UserError(tr("The days up to {day} are closed already.", day=known.isoformat()), field="until")
    _set(change, until)
    change.note(about=until.isoformat())


def check_over(settings: Settings, until: date | None) -> None:
    """Refuse to close days that are not over yet, of which None has no end.

    Raises:
        UserError: the day is yet to come.
    """
    if until is None or until >= today(settings.tz):
        raise UserError(tr("Only days that are over can be closed."), field="until")


@operation(mark("Reopen period"), right="period.write", undoable=False)
def reopen_period(change: Change, until: date | None = None, reason: str = "") -> None:
    """Open closed days again.

    Args:
        until: what stays closed; nothing if None.
        reason: why; it stands in the journal.

    Raises:
        UserError: no later day is closed.
    """
    known = closed_until(change.reader)
    if known is None or (until is not None and until >= known):
        raise UserError(tr("No period is closed."), field="until")
    _set(change, until)
    before, after = known.isoformat(), until.isoformat() if until else "–"
    why = reason.strip()
    change.note(
        about=tr("{before} → {after}: {reason}", before=before, after=after, reason=why) if why else tr("{before} → {after}", before=before, after=after)
    )


def _set(change: Change, until: date | None) -> None:
    text = json.dumps(until.isoformat() if until else None)
    record = named_id("setting", CLOSED_UNTIL)
    if change.reader.value("SELECT 1 FROM setting WHERE id = ?", (record.bytes,)):
        change.get(Setting, record).value = text
    else:
        change.add(Setting, id=record, key=CLOSED_UNTIL, value=text)
