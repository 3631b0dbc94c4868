"""The periods that reports are asked about, by their names."""

from __future__ import annotations

from datetime import date, timedelta

from crmdesk.i18n import mark

PERIODS = {
    "month": mark("This month"), "last_month": mark("Last month"), "quarter": mark("This quarter"), "last_quarter": mark("Last quarter"), "year": mark("This year"),
    "last_year": mark("Last year"), "twelve": mark("Last twelve months"), "all": mark("All time"),
}  # fmt: skip


def period(name: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day of a period by its name."""
    first = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    match name:
        case "month":
            return first, _before(_months_on(first, 1))
        case "last_month":
            return _months_on(first, -1), _before(first)
        case "quarter":
            return quarter, _before(_months_on(quarter, 3))
        case "last_quarter":
            return _months_on(quarter, -3), _before(quarter)
        case "year":
            return date(today.year, 1, 1), date(today.year, 12, 31)
        case "last_year":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case "twelve":
            return _months_on(first, -11), _before(_months_on(first, 1))
        case _:
            return None, None


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _before(day: date) -> date:
    return day - timedelta(days=1)
