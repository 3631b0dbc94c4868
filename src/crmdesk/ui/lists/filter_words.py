"""Conditions in words, and the comparisons with days counted from today that are offered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk.fields import KINDS, Field, Money, show_money
from crmdesk.i18n import mark, ntr, tr
from crmdesk.queries.relative_days import relative_words
from crmdesk.ui.editors import Named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmdesk.queries.finding import Condition

OPERATORS = {
    "~": mark("contains"), "=": mark("is"), "!=": mark("is not"), "in": mark("is any of"), "<": mark("is less than"),
    "<=": mark("is at most"), ">": mark("is more than"), ">=": mark("is at least"), "empty": mark("is empty"),
    "notempty": mark("is filled"),
}  # fmt: skip
TIMES = {"<": mark("is before"), "<=": mark("is until"), ">": mark("is after"), ">=": mark("is from")}
WITHOUT_VALUE = frozenset({"empty", "notempty"})


@dataclass(frozen=True)
class Relative:
    """A comparison with days counted from today, as it is offered and as a condition carries it.

    Attributes:
        label: what it is called while it is chosen.
        value: the condition's value; `{count}` is the number of days that the user types.
    """

    label: str
    operator: str
    value: str

    @property
    def asks_days(self) -> bool:
        """Whether a number of days belongs to it."""
        return "{count}" in self.value

    def days_of(self, condition: Condition) -> str | None:
        """Return the number of days that a condition of this form has, empty if it needs none; None for another form."""
        if condition.operator != self.operator:
            return None
        before, _, after = self.value.partition("{count}")
        found = re.fullmatch(re.escape(before) + (r"\s*(\d+)" if self.asks_days else "()") + re.escape(after), condition.value.strip(), re.IGNORECASE)
        return found[1] if found else None


RELATIVE = (
    Relative(mark("is today"), "=", "today"),
    Relative(mark("is within the last … days"), "=", "last_{count}_days"),
    Relative(mark("is within the next … days"), "=", "next_{count}_days"),
    Relative(mark("is more than … days ago"), "<", "today-{count}"),
    Relative(mark("is in more than … days"), ">", "today+{count}"),
    Relative(mark("is before today"), "<", "today"),
    Relative(mark("is after today"), ">", "today"),
    Relative(mark("is last week"), "=", "last_week"),
    Relative(mark("is this week"), "=", "this_week"),
    Relative(mark("is next week"), "=", "next_week"),
    Relative(mark("is last month"), "=", "last_month"),
    Relative(mark("is this month"), "=", "this_month"),
    Relative(mark("is next month"), "=", "next_month"),
    Relative(mark("is last quarter"), "=", "last_quarter"),
    Relative(mark("is this quarter"), "=", "this_quarter"),
    Relative(mark("is next quarter"), "=", "next_quarter"),
    Relative(mark("is last year"), "=", "last_year"),
    Relative(mark("is this year"), "=", "this_year"),
    Relative(mark("is next year"), "=", "next_year"),
)


def is_time(field: Field) -> bool:
    """Return whether days can be compared with a field."""
    return field.kind in ("date", "moment")


def operator_name(field: Field, operator: str) -> str:
    """Return an operator in words that fit the field's kind."""
    if field.kind in ("date", "moment") and operator in TIMES:
        return tr(TIMES[operator])
    return tr(OPERATORS[operator])


def said(field: Field, condition: Condition, names: Mapping[str, str] | None = None) -> str:
    """Return a condition in words: `Country: any of 4`, `Amount is more than 1,000`; `names` has the titles of links."""
    label = tr(field.label)
    if condition.operator in WITHOUT_VALUE:
        return f"{label} {operator_name(field, condition.operator)}"
    if is_time(field) and (words := _distance(condition)):
        return tr("{label}: {value}", label=label, value=words)
    values = condition.values if condition.operator == "in" else (condition.value,)
    shown = [field.choice(value) if field.kind == "choice" else _shown(field, value, names or {}) for value in values]
    if len(shown) > 2:
        return tr("{label}: any of {count}", label=label, count=len(shown))
    text = ", ".join(shown)
    if condition.operator in ("=", "in"):
        return tr("{label}: {value}", label=label, value=text)
    return f"{label} {operator_name(field, condition.operator)} {text}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None  # with a time of day, or as a person writes it on the command line


def _distance(condition: Condition) -> str:
    """Return “more than 30 days ago” and its like, which a sign and a day would say less clearly."""
    found = re.fullmatch(r"today\s*([+-])\s*(\d+)", condition.value.strip(), re.IGNORECASE)
    if found and found[1] == "-" and condition.operator == "<":
        return ntr("more than {count} day ago", "more than {count} days ago", int(found[2]))
    if found and found[1] == "+" and condition.operator == ">":
        return ntr("in more than {count} day", "in more than {count} days", int(found[2]))
    return ""


def _shown(field: Field, value: str, names: Mapping[str, str]) -> str:
    if field.kind == "flag":
        return tr("Yes") if value in ("1", "yes") else tr("No")
    if is_time(field) and (words := relative_words(value)):
        return words
    if is_time(field) and (day := _day(value)):
        return KINDS["date"].show(day, field)
    if field.kind == "link":
        return names.get(value, value)
    if field.kind == "money" and (money := re.fullmatch(r"([-\d.]+) ([A-Z]{3})", value)):
        return show_money(Money(Decimal(money[1]), money[2]))
    return value


def as_text(value: Any) -> str:
    """Return a plain value as the text that conditions carry, the same in every language."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case Named():
            return str(value.id)
        case Money():
            return f"{value.amount:f} {value.currency}"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case _:
            return value.isoformat() if hasattr(value, "isoformat") else str(value)
