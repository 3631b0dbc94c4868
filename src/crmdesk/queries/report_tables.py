"""What reports are made of: tables of figures, each with the records behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmdesk.fields import Money, from_minor
from crmdesk.i18n import tr
from crmdesk.queries.money import Sum

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from crmdesk.reports.report import Kind


@dataclass(frozen=True, slots=True)
class Rows:
    """The records that a figure counts: an entity and conditions as lists and the command line take them."""

    entity: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: a text, a number, a `Sum` of money, a percentage such as 63.15, or None."""

    value: str | int | Decimal | Sum | None
    opens: Rows | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report.

    Attributes:
        label: marked.
        kind: how its figures are written.
    """

    name: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True)
class ReportTable:
    """A report as it was asked for.

    Attributes:
        title: translated.
        totals: a last row; None where nothing can be summed.
        paper: what it is printed on, `A4` or `Letter`.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Figure, ...], ...]
    totals: tuple[Figure, ...] | None = None
    currency: str = ""
    start: date | None = None
    end: date | None = None
    owner: str | None = None
    paper: str = "A4"

    def plain_rows(self, totals: bool = False) -> Iterator[list[str | int | Decimal | Money | None]]:
        """Yield rows of plain values, or the one of totals; amounts without a rate follow in rows of their own, one per currency."""
        for row in ((self.totals,) if self.totals else ()) if totals else self.rows:
            yield [figure.value.money if isinstance(figure.value, Sum) else figure.value for figure in row]
            for code in sorted({code for figure in row if isinstance(figure.value, Sum) for code, _ in figure.value.apart}):
                title = tr("{name}, without a rate", name=row[0].value or "")
                yield [title, *(_apart(figure.value, code) for figure in row[1:])]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values; `opens` of a row says by column which records stand behind a figure."""
        return {
            "name": self.name, "title": self.title, "from": self.start and self.start.isoformat(), "to": self.end and self.end.isoformat(), "owner": self.owner,
            "columns": [{"name": column.name, "label": tr(column.label), "kind": column.kind} for column in self.columns],
            "rows": [self._json_row(row) for row in self.rows], "totals": self._json_row(self.totals) if self.totals else None,
        }  # fmt: skip

    def _json_row(self, row: tuple[Figure, ...]) -> dict[str, Any]:
        pairs = list(zip(self.columns, row, strict=True))
        opens = {column.name: {"entity": figure.opens.entity, "where": list(figure.opens.where)} for column, figure in pairs if figure.opens}
        return {**{column.name: _json(figure.value) for column, figure in pairs}, "opens": opens}


def _apart(value: object, code: str) -> Money | None:
    minor = dict(value.apart).get(code) if isinstance(value, Sum) else None
    return None if minor is None else Money(from_minor(minor, code), code)


def _json(value: str | int | Decimal | Sum | None) -> Any:
    if isinstance(value, Sum):
        base, *others = ({"amount": str(money.amount), "currency": money.currency} for money in value.moneys)
        return {**base, "without_rate": others} if others else base
    return str(value) if isinstance(value, Decimal) else value
