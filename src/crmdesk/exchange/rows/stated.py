"""Stated: the amounts that a file says of lines and quotes, held against what these come to once all is written."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.columns.column_words import labels_of
from crmdesk.exchange.values.amount_cells import money_of, without_currency
from crmdesk.exchange.words.choices import bare
from crmdesk.fields import Money, from_minor, from_scaled, show_money, to_minor, to_scaled
from crmdesk.i18n import mark, ntr
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.exchange.values.layouts import Layout
    from crmdesk.store import Reader, Store

OTHER_AMOUNT = (
    mark(
        "{count} row comes to another amount than the file says: on line {line} it is {said}, here {found}. "
        "If discounts or charges are missing, import them too; they have a file of their own (allowance_charge)."
    ),
    mark(
        "{count} rows come to another amount than the file says: on line {line} it is {said}, here {found}. "
        "If discounts or charges are missing, import them too; they have a file of their own (allowance_charge)."
    ),
)
# A quote whose lines are yet to come comes to nothing, which nobody needs to be told.
_KEPT = {
    "quote_line": f"SELECT t.id, t.net, q.currency FROM quote_line t JOIN quote q ON q.id = t.quote_id WHERE t.id {IN_IDS} AND t.deleted_at IS NULL",
    "quote": f"SELECT t.id, t.payable, t.currency FROM quote t WHERE t.id {IN_IDS} AND EXISTS "
    "(SELECT 1 FROM quote_line l WHERE l.quote_id = t.id AND l.deleted_at IS NULL)",
}
_FIELDS = {"quote_line": "net", "quote": "payable"}
CHUNK = 5_000


def column_of(entity: str, layout: Layout) -> int | None:
    """Return the column of a file that says what its rows come to; of quotes only in our own files, for others have totals of lines there."""
    name = _FIELDS.get(entity)
    if name is None or (entity == "quote" and not layout.has("id")):
        return None
    called = {name, *labels_of(entity, name)}
    return next((column.index for column in layout.columns if column.target is None and bare(without_currency(column.header)) in called), None)


@dataclass(slots=True)
class Stated:
    """The amounts that the rows of one file say, by the records that came of them.

    Attributes:
        column: where they stand; None if the file says none.
    """

    entity: str
    column: int | None
    _ids: bytearray = field(default_factory=bytearray)
    _lines: array[int] = field(default_factory=lambda: array("q"))
    _amounts: array[int] = field(default_factory=lambda: array("q"))

    def take(self, draft: Draft, record: bytes) -> None:
        """Take note of what a row says of the record that it became."""
        if self.column is None or draft.entity != self.entity or "line of" in draft.rest:
            return
        try:
            money = money_of(draft.cells[self.column], "", "")
            amount = None if money is None else to_scaled(money.amount)
        except UserError:
            return  # nothing that could be compared; the column goes nowhere, so no row is refused for it
        if amount is not None:
            self._ids += record
            self._lines.append(draft.line)
            self._amounts.append(amount)

    def note(self, store: Store) -> str | None:
        """Return what is to be told of the records that come to something else now that all is written."""
        with store.read() as reader:
            others = sorted(self._others(reader))
        if not others:
            return None
        line, said, found, currency = others[0]
        return ntr(*OTHER_AMOUNT, len(others), line=line, said=_shown(said, currency), found=_shown(found, currency))

    def _others(self, reader: Reader) -> Iterator[tuple[int, int, int, str]]:
        """Yield line, stated amount, amount here and currency of each record that comes to something else."""
        for start in range(0, len(self._lines), CHUNK):
            said = {bytes(self._ids[16 * at : 16 * at + 16]): at for at in range(start, min(start + CHUNK, len(self._lines)))}
            for record, found, its_currency in reader.rows(_KEPT[self.entity], (id_list(said),)):
                currency = its_currency or reader.settings.currency
                amount = to_minor(from_scaled(self._amounts[said[record]]), currency)
                if amount != (found or 0):
                    yield self._lines[said[record]], amount, found or 0, currency


def _shown(amount: int, currency: str) -> str:
    return show_money(Money(from_minor(amount, currency), currency))
