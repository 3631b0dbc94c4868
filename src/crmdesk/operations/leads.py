"""Leads: claimed from the pool, given back, judged, and turned into company, contact and deal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.errors import UserError
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.customer import Company, Contact
from crmdesk.models.deal import Deal
from crmdesk.models.lead import Lead
from crmdesk.operations.deals import completed
from crmdesk.operations.settings import switch_on, unused_areas
from crmdesk.queries.leads import conversion
from crmdesk.store.door import Change, operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@operation(mark("Claim lead"), right="lead.write")
def claim(change: Change, lead_id: UUID) -> None:
    """Take a lead out of the pool.

    Raises:
        UserError: somebody has it already, or it is finished.
    """
    lead = _unfinished(change, lead_id)
    if lead.owner_id == change.member_id:
        return
    if lead.owner_id is not None:
        owner = change.reader.value("SELECT name FROM member WHERE id = ?", (lead.owner_id.bytes,))
        raise UserError(tr("{name} has this lead already.", name=owner or tr("A colleague")), hint=tr("Only leads in the pool can be claimed."))
    lead.owner_id, lead.claimed_at = change.member_id, change.at
    if lead.status in (None, "new"):
        lead.status = "working"


@operation(mark("Return lead to pool"), right="lead.write")
def give_back(change: Change, lead_id: UUID) -> None:
    """Put a lead into the pool again, as nobody's."""
    lead = _unfinished(change, lead_id)
    lead.owner_id = lead.claimed_at = None
    if lead.status == "working":
        lead.status = "new"


@operation(mark("Claim leads"), right="lead.write")
def claim_several(change: Change, lead_ids: Sequence[UUID]) -> None:
    """Take leads out of the pool, all or, where one can't be claimed, none."""
    for lead_id in lead_ids:
        claim(change, lead_id)
    _note_several(change, lead_ids)


@operation(mark("Return leads to pool"), right="lead.write")
def give_back_several(change: Change, lead_ids: Sequence[UUID]) -> None:
    """Put leads into the pool again."""
    for lead_id in lead_ids:
        give_back(change, lead_id)
    _note_several(change, lead_ids)


def _note_several(change: Change, lead_ids: Sequence[UUID]) -> None:
    if len(lead_ids) > 1:
        change.note(about=ntr("{count} lead", "{count} leads", len(lead_ids)))


@operation(mark("Qualify lead"), right="lead.write")
def qualify(change: Change, lead_id: UUID) -> None:
    """Say that a lead is worth an offer."""
    _unfinished(change, lead_id).status = "qualified"


@operation(mark("Disqualify lead"), right="lead.write")
def disqualify(change: Change, lead_id: UUID) -> None:
    """Say that nothing will come of a lead."""
    _unfinished(change, lead_id).status = "disqualified"


def _unfinished(change: Change, lead_id: UUID) -> Lead:
    lead = change.get(Lead, lead_id)
    change.note(about=lead.name)
    if lead.status == "converted":
        raise UserError(tr("This lead was converted already."))
    return lead


def after_edit(change: Change, lead: Lead, given: Mapping[str, Any], before: tuple[str | None, UUID | None]) -> None:
    """Let follow what an edit of a lead brings with it: whoever it is given to has claimed it.

    Args:
        before: the status and the owner that it had.

    Raises:
        UserError: the edit would convert it, or take its conversion back.
    """
    status, owner = before
    if (lead.status == "converted") != (status == "converted"):
        raise UserError(tr("A lead becomes converted by converting it, and stays so."), field="status", hint=tr("Undo takes a conversion back."))
    if "owner" in given and lead.owner_id != owner:
        lead.claimed_at = change.at if lead.owner_id else None


@dataclass(frozen=True)
class Converted:
    """What a lead became."""

    company_id: UUID | None
    contact_id: UUID | None
    deal_id: UUID | None


@operation(mark("Convert lead"), right="lead.write")
def convert(
    change: Change, lead_id: UUID, *, with_deal: bool = True, deal_name: str | None = None, stage_id: UUID | None = None, company_id: UUID | None = None,
    contact_id: UUID | None = None,
) -> Converted:  # fmt: skip
    """Turn a lead into a company, a contact and a deal. What is there already under the same name is linked, never doubled.

    Phones, mails, handles, addresses, tags and the note are copied; activities, tasks and files show at the new records too. The lead
    stays, with links to what it became and the number it was imported under, so that the same import does not bring it again.

    Args:
        company_id: link this company instead of the one that the lead names; `contact_id` likewise.
    """
    lead = _unfinished(change, lead_id)
    known = conversion(change.reader, lead_id)
    owner = lead.owner_id or change.member_id
    switch_on(change, unused_areas(change, "company", "contact", *(["deal"] if with_deal else [])))
    company = _company(change, lead, company_id or known.company_id, owner)
    contact = _contact(change, lead, contact_id or known.contact_id, company, owner)
    change.flush()
    if target := contact or company:
        for part in ("phone", "email", "handle", "record_tag", "memo"):
            _copy(change, part, lead_id, target)
    if home := company or contact:
        _copy(change, "address", lead_id, home)
    deal = _deal(change, lead, deal_name or known.deal_name, stage_id, company, contact, owner) if with_deal else None
    made = Converted(company.id if company else None, contact.id if contact else None, deal.id if deal else None)
    lead.company_id, lead.contact_id, lead.deal_id = made.company_id, made.contact_id, made.deal_id
    lead.status, lead.converted_at, lead.owner_id = "converted", change.at, owner
    change.flush()
    links = [record_id.bytes if record_id else None for record_id in (made.company_id, made.contact_id, made.deal_id)]
    for entity in ("activity", "task", "attachment"):
        change.execute(
            f"UPDATE {entity} SET company_id = ifnull(company_id, ?), contact_id = ifnull(contact_id, ?), deal_id = ifnull(deal_id, ?) "
            "WHERE lead_id = ? AND deleted_at IS NULL", (*links, lead_id.bytes),
        )  # fmt: skip
    return made


def _company(change: Change, lead: Lead, known: UUID | None, owner: UUID | None) -> Company | None:
    if known is not None:
        return change.get(Company, known)
    if not lead.company_name:
        return None
    return change.add(Company, name=lead.company_name.strip(), owner_id=owner, lifecycle="potential")


def _contact(change: Change, lead: Lead, known: UUID | None, company: Company | None, owner: UUID | None) -> Contact | None:
    if known is not None:
        contact = change.get(Contact, known)
        if contact.company_id is None and company is not None:
            contact.company_id = company.id
        return contact
    if not (lead.given_name or lead.family_name):
        return None
    return change.add(
        Contact,
        given_name=lead.given_name,
        family_name=lead.family_name,
        role=lead.role,
        company_id=company and company.id,
        owner_id=owner,
        lifecycle="potential",
    )


def _deal(change: Change, lead: Lead, name: str, stage_id: UUID | None, company: Company | None, contact: Contact | None, owner: UUID | None) -> Deal:
    values: dict[str, Any] = {
        "name": name, "stage_id": stage_id, "company_id": company and company.id, "contact_id": contact and contact.id, "owner_id": owner, "amount": lead.amount,
        "currency": lead.currency, "origin": lead.origin,
    }  # fmt: skip
    return change.add(Deal, **completed(change, values))


def _copy(change: Change, part: str, lead_id: UUID, target: Record) -> None:
    """Copy the lead's parts of one sort to a record that does not have the same already."""
    cls, owner = ENTITIES[part], f"{target.entity.name}_id"
    kept = [field.column for field in cls.fields.values() if not field.derived and field.kind != "parts" and field.column not in _UNCOPIED | _owners(cls)]
    present = {_content(record, kept) for record in _parts(change, part, owner, target.id)}
    for position, record in enumerate(_parts(change, part, "lead_id", lead_id), len(present)):
        if _content(record, kept) not in present:
            label = {"label": getattr(record, "label", None)} if "label" in cls.fields else {}
            change.add(cls, **{owner: target.id, "position": position}, **label, **{name: getattr(record, name) for name in kept})
    change.flush()


_UNCOPIED = {"label", "position", "source", "external_id"}


def _owners(cls: type[Record]) -> set[str]:
    return {f"{owner}_id" for owner in cls.entity.owned_by}


def _content(record: Record, columns: list[str]) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in columns)


def _parts(change: Change, part: str, owner: str, owner_id: UUID) -> Iterator[Record]:
    found = change.reader.rows(f'SELECT id FROM "{part}" WHERE "{owner}" = ? AND deleted_at IS NULL ORDER BY position, id', (owner_id.bytes,))
    order = [UUID(bytes=record) for (record,) in found]
    records = {record.id: record for record in change.each(ENTITIES[part], order)}
    return (records[record_id] for record_id in order if record_id in records)
