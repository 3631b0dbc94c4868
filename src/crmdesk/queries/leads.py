"""Leads: the pool, and what becomes of a lead when it is converted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.customer import Company
from crmdesk.models.names import folded, sort_key

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Conversion:
    """What converting a lead would use of what is there; None where it would make a new record or none at all.

    Attributes:
        company_name: of the company that the lead names; empty if it names none.
        person: the name of the contact that would be made or linked; empty if the lead names no person.
        deal_name: proposed for the deal.
    """

    company_id: UUID | None
    company_name: str
    contact_id: UUID | None
    person: str
    deal_name: str


def conversion(reader: Reader, lead_id: UUID) -> Conversion:
    """Return what converting a lead would link: a company of the same name, and in it a contact of the same name or mail.

    Raises:
        UserError: the lead is unknown or deleted.
    """
    found = reader.one("SELECT name, given_name, family_name, company_name FROM lead WHERE id = ? AND deleted_at IS NULL", (lead_id.bytes,))
    if found is None:
        raise UserError(tr("This lead does not exist or was deleted."))
    name, given, family, company_name = found
    company_name = (company_name or "").strip()
    person = name if given or family else ""
    company = company_called(reader, company_name) if company_name else None
    contact = _contact(reader, lead_id, person, company) if person else None
    return Conversion(company, company_name, contact, person, company_name or name or "")


def company_called(reader: Reader, name: str) -> UUID | None:
    """Return the live company of a name, compared without case and diacritics; the oldest of several."""
    found = reader.rows(f"SELECT id, name FROM {Company.entity.name} WHERE sort_key = ? AND deleted_at IS NULL ORDER BY id", (sort_key(name),))
    same = [company for company, title in found if title == name] or [company for company, title in found if folded(title or "") == folded(name)]
    return UUID(bytes=same[0]) if same else None


def _contact(reader: Reader, lead_id: UUID, person: str, company: UUID | None) -> UUID | None:
    """Return the contact that the lead's person is: the same name in the same company, or with the same mail address."""
    found = reader.value(
        "SELECT c.id FROM contact c WHERE c.sort_key = ?1 AND c.deleted_at IS NULL AND (c.company_id = ?2 OR EXISTS (SELECT 1 FROM email e JOIN email l ON l.key = e.key "
        "WHERE e.contact_id = c.id AND l.lead_id = ?3 AND e.deleted_at IS NULL AND l.deleted_at IS NULL)) ORDER BY c.id",
        (sort_key(person), company.bytes if company else None, lead_id.bytes),
    )
    return UUID(bytes=found) if found else None
