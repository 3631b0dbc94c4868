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


def _today() -> type[Page]:
    from crmdesk.ui.pages.today import TodayPage

    return TodayPage


def _contacts() -> type[Page]:
    from crmdesk.ui.pages.contacts import ContactsPage

    return ContactsPage


def _companies() -> type[Page]:
    from crmdesk.ui.pages.companies import CompaniesPage

    return CompaniesPage


def _contact() -> type[Page]:
    from crmdesk.ui.pages.contact import ContactPage

    return ContactPage


def _company() -> type[Page]:
    from crmdesk.ui.pages.company import CompanyPage

    return CompanyPage


def _articles() -> type[Page]:
    from crmdesk.ui.pages.articles import ArticlesPage

    return ArticlesPage


def _import() -> type[Page]:
    from crmdesk.ui.pages.importing import ImportPage

    return ImportPage


def _duplicates() -> type[Page]:
    from crmdesk.ui.pages.duplicates import DuplicatesPage

    return DuplicatesPage


def _leads() -> type[Page]:
    from crmdesk.ui.pages.leads import LeadsPage

    return LeadsPage


def _pipeline() -> type[Page]:
    from crmdesk.ui.pages.pipeline import PipelinePage

    return PipelinePage


def _tickets() -> type[Page]:
    from crmdesk.ui.pages.tickets import TicketsPage

    return TicketsPage


def _quotes() -> type[Page]:
    from crmdesk.ui.pages.quotes import QuotesPage

    return QuotesPage


def _quote() -> type[Page]:
    from crmdesk.ui.pages.quote import QuotePage

    return QuotePage


def _products() -> type[Page]:
    from crmdesk.ui.pages.products import ProductsPage

    return ProductsPage


def _tasks() -> type[Page]:
    from crmdesk.ui.pages.tasks import TasksPage

    return TasksPage


def _reports() -> type[Page]:
    from crmdesk.ui.pages.reports import ReportsPage

    return ReportsPage


def _settings() -> type[Page]:
    from crmdesk.ui.pages.settings import SettingsPage

    return SettingsPage


def _rows() -> type[Page]:
    from crmdesk.ui.pages.rows import RowsPage

    return RowsPage


def _bin() -> type[Page]:
    from crmdesk.ui.pages.bin import BinPage

    return BinPage


PAGES: tuple[PageSpec, ...] = (
    PageSpec("today", mark("Today"), "house", _today),
    PageSpec("contacts", mark("Contacts"), "users", _contacts),
    PageSpec("companies", mark("Companies"), "building-2", _companies),
    PageSpec("import", mark("Import"), "upload", _import, area="core", in_navigation=False, under="contacts"),
    PageSpec("duplicates", mark("Duplicates"), "merge", _duplicates, area="core", in_navigation=False, under="contacts"),
    PageSpec("contact", mark("Contact"), "user", _contact, area="core", opens=("contact",), in_navigation=False, under="contacts"),
    PageSpec("company", mark("Company"), "building-2", _company, area="core", opens=("company",), in_navigation=False, under="companies"),
    PageSpec("leads", mark("Leads"), "funnel", _leads, opens=("lead",)),
    PageSpec("pipeline", mark("Pipeline"), "square-kanban", _pipeline, opens=("deal",)),
    PageSpec("tickets", mark("Tickets"), "life-buoy", _tickets, opens=("ticket",)),
    PageSpec("articles", mark("Articles"), "book-open", _articles, area="tickets", opens=("article",), in_navigation=False, under="tickets"),
    PageSpec("quotes", mark("Quotes"), "file-text", _quotes),
    PageSpec("quote", mark("Quote"), "file-text", _quote, area="quotes", opens=("quote",), in_navigation=False, under="quotes"),
    PageSpec("products", mark("Products"), "package", _products, area="quotes", opens=("product",), in_navigation=False, under="quotes"),
    PageSpec("tasks", mark("Tasks"), "square-check-big", _tasks, opens=("task",)),
    PageSpec("reports", mark("Reports"), "chart-column", _reports),
    PageSpec("settings", mark("Settings"), "settings", _settings, area="core"),
    PageSpec("bin", mark("Recycle bin"), "trash-2", _bin, area="core", in_navigation=False, under="settings"),
    PageSpec("rows", mark("Rows"), "list", _rows, area="core", in_navigation=False),
)
