"""Numbers of documents and tickets: given once, never again, from a series of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.models.workspace import NumberSeries, SpentNumber
from crmdesk.store.settings import named_id

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.store.door import Change


def series_of(change: Change, entity: str) -> NumberSeries:
    """Return the series of an entity, made from the entity's own pattern at the first use."""
    from sqlalchemy import select

    found = change.find(NumberSeries, select(NumberSeries).where(NumberSeries.about == entity).order_by(NumberSeries.deleted_at.is_not(None)))
    if found and found.deleted_at is None:
        return found
    pattern = entity_class(entity).entity.series
    if pattern is None:
        raise UserError(tr("{entity} has no numbers.", entity=tr(entity_class(entity).entity.label)))
    if found:  # undo has put it into the bin: numbers begin anew, and those that were given are skipped
        found.pattern, found.next_value, found.year, found.deleted_at = pattern, 1, None, None
        return found
    return change.add(NumberSeries, id=named_id("number_series", entity), about=entity, pattern=pattern, kind="unique", next_value=1)


def take_number(change: Change, entity: str, record_id: UUID, year: int | None = None) -> str:
    """Give a record the next number of its series, inside the transaction that needs it. A number that was spent is skipped.

    Args:
        year: of the document; a pattern with `{year}` starts anew each year, and one of a former year goes on where that ended. The present one if None.
    """
    series = series_of(change, entity)
    year = year or change.at.astimezone(change.settings.tz).year
    pattern = series.pattern or "{seq}"
    is_late = "{year}" in pattern and series.year is not None and year < series.year
    if "{year}" in pattern and not is_late and series.year != year:
        series.next_value = series.next_value if series.year is None else 1
        series.year = year
    value = _after_last(change, entity, year) if is_late else series.next_value or 1
    number = written(pattern, year, value)
    while change.reader.value("SELECT 1 FROM spent_number WHERE about = ? AND number = ?", (entity, number)):
        value += 1
        number = written(pattern, year, value)
    if not is_late:
        series.next_value = value + 1
    change.add(SpentNumber, id=named_id("spent_number", f"{entity}:{number}"), about=entity, number=number, value=value, year=year, record=str(record_id))
    change.flush()
    return number


def keep_own_number(change: Change, entity: str, record_id: UUID, number: str) -> None:
    """Mark a number that came from elsewhere as spent, so that the series never gives it again."""
    known = change.reader.value("SELECT 1 FROM spent_number WHERE about = ? AND number = ?", (entity, number))
    if not known:
        change.add(SpentNumber, id=named_id("spent_number", f"{entity}:{number}"), about=entity, number=number, record=str(record_id))


def _after_last(change: Change, entity: str, year: int) -> int:
    return int(change.reader.value("SELECT ifnull(max(value), 0) + 1 FROM spent_number WHERE about = ? AND year = ?", (entity, year)))


def written(pattern: str, year: int, value: int) -> str:
    """Write a number by its pattern: `Q-{year}-{seq:04}` gives Q-2026-0117."""
    return pattern.format(year=year, seq=value)
