"""The list of contacts."""

from __future__ import annotations

from crmdesk.i18n import mark
from crmdesk.ui.customer_list import CustomerListPage


class ContactsPage(CustomerListPage):
    """People, with company, role, phone, mail and when they were last spoken to."""

    entity = "contact"
    shown = ("name", "company", "role", "phone", "email", "address.city", "last_contact_at")
    filters = (
        "name",
        "company",
        "role",
        "department",
        "owner",
        "tags",
        "address.city",
        "address.country",
        "last_contact_at",
        "lifecycle",
        "phone",
        "email",
        "birthday",
        "language",
    )
    peek = ("phone", "email", "company", "role", "department", "owner", "tags", "note")
    none_yet = mark("No contacts yet.")
