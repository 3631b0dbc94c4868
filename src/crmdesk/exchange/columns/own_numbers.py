"""A column that is called just as what the rows are, such as “Ticket” in a list of tickets: where its cells look like numbers, these are theirs.

What a deal or quote is worth is called so too: where no other column has the amounts, bare numbers are theirs only if they stand close together, as
numbers that are given in turn do.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.exchange.columns.by_name import own_name
from crmdesk.exchange.columns.column_words import CALLED
from crmdesk.exchange.columns.looks import KINDS_OF_CELLS, share_of, texts_of
from crmdesk.exchange.values.amount_cells import without_currency
from crmdesk.exchange.values.layouts import LINE, Target
from crmdesk.exchange.words.choices import bare
from crmdesk.i18n import speaking, tr
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Cell, Table
    from crmdesk.exchange.values.layouts import Column

_NUMBERS = {
    "ticket": Target("number"), "quote": Target("number"), "product": Target("code"), "deal": Target("external_id", is_key=True),
    "lead": Target("external_id", is_key=True),
}  # fmt: skip
# TK-77, #4711, 2026/0815, OPP0012
_NUMBER = re.compile(r"#?[^\W\d_]{0,8}[-_/.#]?\d[\w./-]{0,30}")
_WORTH = frozenset({"quote", "deal", "lead"})
"""What a column may mean by its name as well as by its amount: “Quote” is what was offered for."""
_FEWEST, _MANY, _GAP, _NO_GAP, _NEAR = 2, 20, 10, 2, 20
"""So many numbers show whether they are given in turn; so many do though there are gaps between them, on average wider than this.

Small amounts stand close together by themselves, such as 49 and 59: unless numbers follow one another, they lie within a twentieth of the least.
"""
# 1500, 1500.00, 1.500,00; a code may begin with a zero
_AMOUNT = re.compile(r"-?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:[.,]\d{3})+)(?:[.,]\d+)?")
_TOTALS = frozenset(
    "total totals sum amount net gross value netamount grossamount totalamount grandtotal totalprice subtotal summe gesamt gesamtsumme gesamtbetrag gesamtpreis "
    "endbetrag endsumme netto brutto nettobetrag bruttobetrag nettosumme bruttosumme betrag preis montant importe 总额 总计 总价 合计 金额".split()
)
"""What the amounts of quotes are called that go nowhere, since ours add up their lines."""


def with_number(entity: str, columns: Sequence[Column], table: Table) -> list[Column]:
    """Tell the number by the entity's name, where no other column is it; a name that stands in a second column as well is none there."""
    found = list(columns)
    number = _NUMBERS.get(entity)
    targets = [column.target for column in columns]
    if number is None or any(target and not target.of and target.field in {number.field, "external_id"} for target in targets):
        return found
    name = Target(entity_class(entity).entity.title)
    may_be_amounts = entity in _WORTH and not any(_is_amount(entity, column) for column in columns)
    has_currencies = Target("currency") in targets
    for place, column in enumerate(columns):
        is_free = (column.target is None and not column.why) or (column.target == name and column.why == "name" and targets.count(name) > 1)
        values = table.values(column.index) if is_free and bare(column.header) in _called(entity) else ()
        if values and may_be_amounts and _are_amounts(values) and (has_currencies or not _are_given_in_turn(values)):
            found[place] = replace(column, target=None, why="", reason=tr("Its cells may be numbers of the records or amounts; say which."))
        elif _are_numbers(values, is_once=entity != "quote"):
            found[place] = replace(column, target=number, why="name")
            break
    return found


@lru_cache(maxsize=8)
def _called(entity: str) -> frozenset[str]:
    words = {bare(word) for word in CALLED[entity].split()}
    for language in ("en", "de", "zh"):
        with speaking(language):
            words.add(bare(tr(entity_class(entity).entity.label)))
    return frozenset(words)


def _are_numbers(values: Sequence[Cell], is_once: bool) -> bool:
    """Say whether cells are the numbers of records: all look so, and none comes twice, unless the rows are the lines of quotes."""
    texts = texts_of(values)
    is_date = KINDS_OF_CELLS["date"][1]
    return (
        bool(texts)
        and share_of(values, lambda text: bool(_NUMBER.fullmatch(text)) and not is_date(text)) == 1
        and (not is_once or len(set(texts)) == len(texts))
    )


def _are_given_in_turn(values: Sequence[Cell]) -> bool:
    """Say whether bare numbers are given one after the other rather than agreed: whole, each there once, not round, and close together.

    Of a long list that is sorted otherwise the first rows have numbers from all over it: these are of one length, which amounts hardly are.
    """
    texts = texts_of(values)
    if len(texts) < _FEWEST or not all(text.isdecimal() for text in texts):
        return False
    numbers = sorted(set(map(int, texts)))
    is_round = sum(number % 5 == 0 for number in numbers) * 5 > len(numbers) * 2
    span = numbers[-1] - numbers[0]
    is_close = span < len(numbers) * _NO_GAP or (span < len(numbers) * _GAP and span * _NEAR <= numbers[0])
    is_of_one_length = len(numbers) >= _MANY and len(set(map(len, texts))) == 1
    return len(numbers) == len(texts) and not is_round and (is_close or is_of_one_length)


def _is_amount(entity: str, column: Column) -> bool:
    """Say whether a column has the amounts or prices of the rows, be it that these go nowhere."""
    if (target := column.target) is None:
        return bare(without_currency(column.header)) in _TOTALS or own_name("deal", column.header) == Target("amount")
    item = entity_class({"": entity, "line": LINE}.get(target.of, target.of) or entity).fields.get(target.field) if target.of != "message" else None
    return target.field == "unit_price" or (item is not None and item.kind in {"money", "price"})


def _are_amounts(values: Sequence[Cell]) -> bool:
    """Say whether cells are nothing but amounts: no letters but those of a currency, no codes."""
    is_money = KINDS_OF_CELLS["money"][1]
    return share_of(values, lambda text: bool(_AMOUNT.fullmatch(text)) or is_money(text)) == 1
