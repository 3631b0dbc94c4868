"""The page of one company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import locale, mark, ntr, tr
from crmdesk.queries import company as companies
from crmdesk.queries import records
from crmdesk.ui.amounts import whole
from crmdesk.ui.dates import day_text
from crmdesk.ui.dialogs.log_activity import About
from crmdesk.ui.editors import Named
from crmdesk.ui.record_page import CustomerPage, Shown, TileText, rating

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any
    from uuid import UUID

    from crmdesk.queries.company import KeyFigures
    from crmdesk.store import Reader
    from crmdesk.ui import theme

TONES: dict[str, theme.Tone] = {"muted": "muted", "accent": "accent", "info": "info", "warning": "warning", "danger": "danger"}
SAID = ("payment_days", "owner", "lifecycle", "tier", "language", "employees", "revenue", "founded")


class CompanyPage(CustomerPage):
    """A company with everything that belongs to it."""

    entity = "company"
    home = "companies"
    details = (
        "phone", "email", "website", "address", "vat_id", "credit_code", "owner", "payment_days", "name", "industry", "lifecycle", "tier", "tags", "parent",
        "customer_number", "language", "employees", "revenue", "founded", "handle", "note",
    )  # fmt: skip
    behind = ("name", "industry", "lifecycle", "tier", "tags", "parent", "customer_number", "language", "employees", "revenue", "founded")
    people_title = mark("People")
    others_title = mark("Subsidiaries")

    def look(self, reader: Reader, record: UUID) -> Shown:
        page = companies.page(reader, record)
        values = records.rows(reader, "company", [record], self.details)[0].values
        head = page.header
        return Shown(
            record, head.name, (head.industry, _place(values)), (tr("part of"), "company", head.parent_id, head.parent) if head.parent_id else None,
            tuple((word, TONES.get(tone or "", "accent" if number == 0 else "muted")) for number, (word, tone) in enumerate(head.tags)),
            _tiles(page.figures, reader), values, {one.field: one.value for one in page.details if one.field in SAID}, page.people, page.counts["people"],
            page.next_steps, page.counts, page.quality, self.first_entries(reader, record), page.subsidiaries,
        )  # fmt: skip

    def about_record(self) -> About:
        people = tuple(Named(one.id, one.name) for one in self.shown.people) if self.shown else ()
        return About(company=self.record, people=people)

    def links(self) -> dict[str, UUID]:
        return {"company": self.record} if self.record else {}

    def company_named(self) -> Named | None:
        return Named(self.shown.id, self.shown.name) if self.shown else None


def _place(values: Mapping[str, Any]) -> str:
    """Return city and country of the first address that has them, the country by its name."""
    for part in values.get("address") or ():
        more = dict(part.more)
        country = more.get("country") or ""
        named = locale().territories.get(country.upper(), country) if len(country) == 2 else country
        if more.get("city") or named:
            return ", ".join(piece for piece in (more.get("city"), named) if piece)
    return ""


def _tiles(figures: KeyFigures, reader: Reader) -> tuple[TileText, ...]:
    zone = reader.settings.tz
    from crmdesk import clock

    deals = ntr("{count} deal", "{count} deals", figures.open_count)
    chance = tr("{percent}% to win", percent=figures.chance) if figures.chance is not None else ""
    won = ntr("{count} deal", "{count} deals", figures.won_count)
    since = tr("since {year}", year=figures.won_since) if figures.won_since else ""
    rated = rating(figures.csat)
    tickets = ntr("{count} in all", "{count} in all", figures.tickets) if figures.tickets else tr("none so far")
    last = day_text(figures.last_contact_at.astimezone(zone).date(), clock.today(zone)) if figures.last_contact_at else "–"
    rhythm = ntr("every {count} day on average", "every {count} days on average", figures.every_days) if figures.every_days else ""
    return (
        TileText(tr("Open deals"), whole(figures.open_amount), " · ".join(part for part in (deals, chance) if part), tab="deals"),
        TileText(tr("Won revenue"), whole(figures.won_amount), " ".join(part for part in (won, since) if part), tab="deals"),
        TileText(tr("Open tickets"), str(figures.open_tickets), " · ".join(part for part in (tickets, rated) if part), tab="tickets"),
        TileText(tr("Last contact"), last, rhythm, tab="timeline"),
    )
