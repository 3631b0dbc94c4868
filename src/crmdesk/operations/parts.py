"""What is put on a record by a deed of its own, not as a bare row: the products and people of a deal, the messages of a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import values

if TYPE_CHECKING:
    from uuid import UUID

    from crmdesk.fields import Reading
    from crmdesk.operations.values import Values
    from crmdesk.store.door import Change

_TAKEN = {
    "deal_product": ("deal", "product", "quantity", "unit_price"),
    "deal_contact": ("deal", "contact", "role"),
    "message": ("ticket", "kind", "body", "channel", "contact", "article"),
}


def add(change: Change, entity: str, given: Values, reading: Reading | None = None) -> UUID:
    """Put a product or a person on a deal, or a message into a ticket, as the window does; returns the part's id.

    Raises:
        UserError: names the field and says why.
    """
    plain = _plain_values(change, entity, given, reading)
    match entity:
        case "deal_product":
            from crmdesk.operations import deals

            return deals.add_product(change, plain["deal"], plain["product"], plain.get("quantity"), plain.get("unit_price"))
        case "deal_contact":
            from crmdesk.operations import deals

            return deals.add_person(change, plain["deal"], plain["contact"], plain.get("role"))
        case _:
            return _say(change, plain)


def _say(change: Change, plain: dict[str, Any]) -> UUID:
    from crmdesk.operations import tickets

    ticket, text, kind, more = plain["ticket"], plain["body"], plain.get("kind") or "in", {name: plain.get(name) for name in ("channel", "contact", "article")}
    unfit = {"in": ("article",), "out": ("contact",), "note": ("channel", "contact")}[kind]
    if misplaced := next((name for name in unfit if more[name]), None):
        raise UserError(tr("A message of this kind has no such value."), field=misplaced)
    match kind:
        case "in":
            return tickets.receive(change, ticket, text, contact_id=more["contact"], channel=more["channel"])
        case "out":
            return tickets.reply(change, ticket, text, channel=more["channel"], article_id=more["article"])
        case _:
            return tickets.note(change, ticket, text, article_id=more["article"])


def _plain_values(change: Change, entity: str, given: Values, reading: Reading | None) -> dict[str, Any]:
    cls = entity_class(entity)
    taken = _TAKEN[entity]
    plain: dict[str, Any] = {}
    for name, value in given.items():
        field = cls.fields[name]
        if name not in taken:
            raise UserError(tr("{field} is filled in by the program.", field=tr(field.label)), field=name)
        try:
            plain[name] = values.link_id(change, field, value) if field.kind == "link" else values.plain(field, value, reading or change.settings.reading)
        except UserError as error:
            error.field = error.field or name
            raise
    for name in taken:
        if cls.fields[name].required and name != "kind" and plain.get(name) is None:
            raise UserError(tr("{field} is missing.", field=tr(cls.fields[name].label)), field=name)
    return plain
