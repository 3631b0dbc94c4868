"""The page of one contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk import clock
from crmdesk.i18n import mark, ntr, tr
from crmdesk.queries import contact as contacts
from crmdesk.queries import records
from crmdesk.ui.amounts import whole
from crmdesk.ui.dates import day_text
from crmdesk.ui.dialogs.log_activity import About
from crmdesk.ui.editors import Named
from crmdesk.ui.record_page import CustomerPage, Shown, TileText, rating
from crmdesk.ui.records import EntitySource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crmdesk.queries.contact import Figures
    from crmdesk.store import Reader, Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.widgets.record_table import Ask


class DealsOfContact(EntitySource):
    """The deals that a person is part of, in whatever role."""

    def __init__(self, store: Store, contact: UUID) -> None:
        super().__init__(store, "deal")
        self._contact = contact

    def ids(self, job: Job, ask: Ask) -> Sequence[bytes]:
        with self._store.read() as reader, job.interrupted_by(reader.interrupt):
            sort = [f"-{s.column}" if s.is_descending else s.column for s in ask.sort]
            return records.ids(reader, "deal", ask.conditions, sort, among=contacts.deal_ids(reader, self._contact))


class ContactPage(CustomerPage):
    """A person with everything that belongs to them."""

    entity = "contact"
    home = "contacts"
    details = (
        "phone", "email", "company", "role", "department", "address", "handle", "birthday", "owner", "given_name", "family_name", "salutation", "title", "language",
        "lifecycle", "reports_to", "tags", "note",
    )  # fmt: skip
    behind = ("given_name", "family_name", "salutation", "title", "language", "lifecycle", "reports_to", "tags")
    people_title = mark("Colleagues")
    others_title = mark("Direct reports")

    def look(self, reader: Reader, record: UUID) -> Shown:
        page = contacts.page(reader, record)
        values = records.rows(reader, "contact", [record], self.details)[0].values
        head = page.header
        return Shown(
            record, head.name, (head.role,), ("", "company", head.company_id, head.company) if head.company_id else None,
            tuple((word, "accent" if number == 0 else "muted") for number, (word, _) in enumerate(head.tags)), _tiles(page.figures, page.counts["tickets"], reader),
            values, {}, page.colleagues, len(page.colleagues), page.next_steps, page.counts, page.quality, self.first_entries(reader, record),
        )  # fmt: skip

    def source_of(self, name: str) -> EntitySource:
        if name == "deals" and self.record is not None:
            return DealsOfContact(self.frame.store, self.record)
        return super().source_of(name)

    def about_record(self) -> About:
        links = self.links()
        chosen = Named(self.record, self.shown.name) if self.record and self.shown else None
        return About(company=links.get("company"), contact=chosen)

    def links(self) -> dict[str, UUID]:
        company = self.company_named()
        return {**({"contact": self.record} if self.record else {}), **({"company": company.id} if company else {})}

    def company_named(self) -> Named | None:
        link = self.shown.link if self.shown else None
        return Named(link[2], link[3]) if link else None


def _tiles(figures: Figures, tickets: int, reader: Reader) -> tuple[TileText, ...]:
    zone = reader.settings.tz
    last = day_text(figures.last_contact_at.astimezone(zone).date(), clock.today(zone)) if figures.last_contact_at else "–"
    rated = rating(figures.csat)
    in_all = ntr("{count} in all", "{count} in all", tickets) if tickets else tr("none so far")
    return (
        TileText(tr("Open deals"), whole(figures.open_amount), ntr("{count} deal", "{count} deals", figures.open_count), tab="deals"),
        TileText(tr("Won revenue"), whole(figures.won_amount), ntr("{count} deal", "{count} deals", figures.won_count), tab="deals"),
        TileText(tr("Open tickets"), str(figures.open_tickets), " · ".join(part for part in (in_all, rated) if part), tab="tickets"),
        TileText(tr("Last contact"), last, tab="timeline"),
    )
