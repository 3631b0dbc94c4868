"""The list of companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import mark
from crmdesk.ui.customer_list import CustomerListPage

if TYPE_CHECKING:
    from crmdesk.ui.records import Tones


class CompaniesPage(CustomerListPage):
    """Organisations, with industry, place, owner and stage."""

    entity = "company"
    shown = ("name", "industry", "phone", "address.city", "address.country", "lifecycle", "tags", "owner", "last_contact_at")
    filters = (
        "name", "industry", "owner", "tags", "lifecycle", "tier", "address.city", "address.country", "last_contact_at", "parent", "employees", "phone", "email", "website",
        "language", "customer_number",
    )  # fmt: skip
    tones: Tones = {"lifecycle": {"potential": "info", "active": "success", "dormant": "warning", "lost": "muted"}}
    peek = ("phone", "email", "website", "industry", "lifecycle", "tier", "owner", "tags", "note")
    none_yet = mark("No companies yet.")
