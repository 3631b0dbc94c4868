"""The columns of a file that hold amounts: a row has one currency, that of a column, of its cells, of their name, or the store's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmdesk.errors import UserError
from crmdesk.exchange.values.amount_cells import ROUNDED, Estimate, check_estimate, currency_in, money_of, stored_money
from crmdesk.fields import has_more_decimals
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.exchange.table import Cell


class MoneyColumn(NamedTuple):
    """A column of amounts: where it stands, the column of the record that it fills, the kind of that, its decimal sign, its name."""

    at: int
    name: str
    kind: str
    sign: str
    header: str


class MoneyColumns:
    """The amounts of the rows of a file.

    Args:
        own: the store's currency. note: counts what the user should hear of.
    """

    def __init__(self, entity: str, own: str, note: Callable[[tuple[str, str]], None]) -> None:
        self._entity, self._own, self._note = entity, own, note
        self._columns: list[MoneyColumn] = []
        self._usual = own

    def __bool__(self) -> bool:
        return bool(self._columns)

    def add(self, column: MoneyColumn) -> None:
        """Read one more column; a currency in its name holds for the others too."""
        self._columns.append(column)
        if self._usual == self._own:
            self._usual = currency_in(column.header, self._own)

    @property
    def names(self) -> list[str]:
        """The columns of the record that are filled."""
        return [column.name for column in self._columns]

    def read(self, cells: list[Cell], values: dict[str, Any]) -> None:
        """Put the amounts of a row, and their currency, beside its other values.

        Raises:
            UserError: a cell is no amount, or in another currency than one before it; its field is the column's name.
        """
        usual, currency, is_settled = str(values.get("currency") or self._usual).upper(), "", False
        for at, name, kind, sign, header in self._columns:
            cell = cells[at]
            if cell == "" or values[name] is not None:
                continue
            try:
                money = money_of(cell, currency_in(header, usual), sign, kind)
                if money is not None:
                    if is_settled and money.amount and money.currency != currency:
                        raise UserError(
                            tr("This amount is in {currency}, another one of the row in {other}.", currency=money.currency, other=currency),
                            hint=tr("A record has one currency for all of its amounts."),
                        )
                    if not is_settled:
                        currency, is_settled = money.currency, bool(money.amount)
                    if money.__class__ is Estimate:
                        self._note(check_estimate(self._entity, name, cell))
                    if kind == "money" and has_more_decimals(money):
                        self._note(ROUNDED)
                    values[name] = stored_money(money, kind)
            except UserError as error:
                raise UserError(error.message, field=header, hint=error.hint) from None
        if "currency" in values and any(values[column.name] is not None for column in self._columns):
            values["currency"] = currency or usual

    def say_currency(self, cells: list[Cell]) -> bool:
        """Say whether the amounts of a row, or the names of their columns, tell what they are in."""
        said = ((cells[column.at], currency_in(column.header, ""), column.sign, column.kind) for column in self._columns if cells[column.at] != "")
        return any((money := money_of(*each)) is not None and money.currency for each in said)
