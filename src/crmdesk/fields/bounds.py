"""What may stand in a field: between which values, how long a text, and what its own check says."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from crmdesk.fields.dates import NO_YEAR, show_date
from crmdesk.fields.kinds import KINDS
from crmdesk.fields.money import Money
from crmdesk.fields.numbers import show_number
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from crmdesk.fields.field import Field

LONGEST_TEXT = 10_000
"""Of a text of one line: a longer one is a mistake or a trap, and no window can show it."""


def limits(field: Field) -> tuple[Any, Any]:
    """Return the smallest and the largest plain value of a field; None where there is no limit."""
    kind = KINDS[field.kind]
    least, most = (kind.least, kind.most) if field.least is None and field.most is None else (field.least, field.most)
    return (least() if callable(least) else least), (most() if callable(most) else most)


def complaint(field: Field, value: Any) -> str | None:
    """Say why a plain value can't stand in a field: it lies beyond its limits, or the field's own check complains."""
    least, most = limits(field)
    if (least is not None or most is not None) and not _is_within(field, value, least, most):
        said = {"field": tr(field.label), "value": _bound(field, value), "least": _bound(field, least), "most": _bound(field, most)}
        if least is None:
            return tr("{field}: {value} is too much; at most {most} is allowed.", **said)
        if most is None:
            return tr("{field}: {value} is too little; at least {least} is allowed.", **said)
        return tr("{field}: {value} is not allowed; it lies between {least} and {most}.", **said)
    if field.kind == "text" and len(value) > LONGEST_TEXT:
        return tr("{field}: the text is longer than {most} characters.", field=tr(field.label), most=LONGEST_TEXT)
    return field.check(value) if field.check else None


def _is_within(field: Field, value: Any, least: Any, most: Any) -> bool:
    plain: Any = value.amount if isinstance(value, Money) else value.date() if isinstance(value, datetime) else value
    if field.may_lack_year and plain.year == NO_YEAR:
        return True
    return bool((least is None or plain >= least) and (most is None or plain <= most))


def _bound(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return show_date(value)
    return str(value) if field.kind == "integer" else show_number(value)
