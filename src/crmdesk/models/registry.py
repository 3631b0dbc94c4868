"""All entities in one list: scanning folders breaks in a frozen program and hides what there is."""

from __future__ import annotations

from crmdesk.errors import UserError
from crmdesk.fields import Field
from crmdesk.i18n import tr
from crmdesk.models import activity, customer, deal, lead, member, product, quote, same, ticket, workspace
from crmdesk.models.base import ENTITIES, Record

AREAS = (member, customer, activity, lead, deal, product, quote, ticket, workspace, same)

# What people list, search and import; the rest are parts and workings.
MAIN = ("company", "contact", "lead", "deal", "activity", "task", "product", "quote", "ticket", "article")
SUPPORTING = (
    "member", "tag", "pipeline", "stage", "queue", "service_level", "saved_answer", "attachment", "saved_view", "import_mapping", "custom_field", "holiday", "exchange_rate",
)  # fmt: skip
# Parts that people add, list and change on their own.
PARTS = ("deal_product", "deal_contact", "message")
BY_NUMBER = {cls.entity.number: cls for cls in ENTITIES.values()}


def entity_class(name: str) -> type[Record]:
    """Return the class of an entity.

    Raises:
        UserError: there is no such entity.
    """
    bare = name.strip().lower().replace("-", "_")
    if bare not in ENTITIES:
        raise UserError(tr("There is no entity “{name}”.", name=name), hint=tr("The command “fields” lists them."))
    return ENTITIES[bare]


def owned_parts(cls: type[Record]) -> dict[str, Field]:
    """Return the list fields of an entity by the entity that their rows are."""
    return {field.target: field for field in cls.fields.values() if field.kind == "parts" and field.target}
