"""The pages of the window, in the order of the navigation; a new page is one entry here.

Each entry loads its class when the page is first shown:

    def _contacts() -> type[Page]:
        from crmdesk.ui.pages.contacts import ContactsPage

        return ContactsPage

    PageSpec("contacts", mark("Contacts"), "users", _contacts, area="customers", opens=("contact",))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import mark
from crmdesk.ui.page import PageSpec

if TYPE_CHECKING:
    from crmdesk.ui.page import Page


def _contacts() -> type[Page]:
    from crmdesk.ui.pages.contacts import ContactsPage

    return ContactsPage


def _companies() -> type[Page]:
    from crmdesk.ui.pages.companies import CompaniesPage

    return CompaniesPage


def _leads() -> type[Page]:
    from crmdesk.ui.pages.leads import LeadsPage

    return LeadsPage


def _pipeline() -> type[Page]:
    from crmdesk.ui.pages.pipeline import PipelinePage

    return PipelinePage


def _tickets() -> type[Page]:
    from crmdesk.ui.pages.tickets import TicketsPage

    return TicketsPage


PAGES: tuple[PageSpec, ...] = (
    PageSpec("contacts", mark("Contacts"), "users", _contacts),
    PageSpec("companies", mark("Companies"), "building-2", _companies),
    PageSpec("leads", mark("Leads"), "funnel", _leads, opens=("lead",)),
    PageSpec("pipeline", mark("Pipeline"), "square-kanban", _pipeline, opens=("deal",)),
    PageSpec("tickets", mark("Tickets"), "life-buoy", _tickets, opens=("ticket",)),
)
