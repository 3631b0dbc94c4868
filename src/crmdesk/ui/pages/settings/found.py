"""What the sections show, from one read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.models.registry import MAIN, entity_class
from crmdesk.models.ticket import PRIORITIES
from crmdesk.queries import deals, letters, rates, records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crmdesk.queries.deals import StageFacts
    from crmdesk.queries.rates import Rate
    from crmdesk.queries.records import Row
    from crmdesk.store import Reader


@dataclass(frozen=True)
class Found:
    """Everything that the sections show, from one read."""

    pipelines: list[tuple[UUID, str]]
    stages: list[StageFacts]
    levels: list[Row]
    queues: list[Row]
    answers: list[Row]
    articles: list[Row]
    holidays: list[Row]
    series: list[tuple[str, str, int]]
    own_fields: list[Row]
    members: list[Row]
    rates: list[Rate]
    logo: bytes | None
    seal: bytes | None


LEVEL_FIELDS = tuple(f"{choice.value}_{what}_minutes" for choice in PRIORITIES for what in ("first_reply", "resolution"))


def find(reader: Reader) -> Found:
    """Ask for everything that the sections show."""

    def rows(entity: str, names: Sequence[str]) -> list[Row]:
        return records.rows(reader, entity, records.ids(reader, entity), names)

    known = {row.values["about"]: row.values for row in rows("number_series", ("about", "pattern", "next_value"))}
    series = []
    for name in MAIN:
        pattern = entity_class(name).entity.series
        if pattern is not None:
            own = known.get(name, {})
            series.append((name, str(own.get("pattern") or pattern), int(own.get("next_value") or 1)))
    holidays = sorted(rows("holiday", ("on", "name", "hours")), key=lambda one: one.values["on"])
    return Found(
        deals.pipelines(reader), deals.stages(reader), rows("service_level", ("name", *LEVEL_FIELDS)), rows("queue", ("name", "service_level")),
        rows("saved_answer", ("title", "language")), rows("article", ("title", "category", "status")), holidays, series,
        rows("custom_field", ("about", "label", "kind", "required")), rows("member", ("name", "role", "is_active")), rates.newest(reader),
        letters.picture(reader, reader.settings.logo_id), letters.picture(reader, reader.settings.seal_id),
    )  # fmt: skip
