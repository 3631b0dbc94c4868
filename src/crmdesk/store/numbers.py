"""The numbers by which the journal calls the entities that the door itself has rules for."""

from __future__ import annotations

from crmdesk.models.registry import entity_class


def _number(name: str) -> int:
    return entity_class(name).entity.number


MEMBER, CONTACT, ACTIVITY, DEAL = _number("member"), _number("contact"), _number("activity"), _number("deal")
EXCHANGE_RATE, SETTING = _number("exchange_rate"), _number("setting")
QUOTE, QUOTE_LINE, ALLOWANCE_CHARGE = _number("quote"), _number("quote_line"), _number("allowance_charge")
DOCUMENTS = frozenset({QUOTE, QUOTE_LINE, ALLOWANCE_CHARGE})
"""What the totals of quotes come from, and what is locked once they are issued."""
