"""Kinds: what the rows of each of several files are, and in which order such files come so that links find what they mean."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.columns.mapping import guess, importable, suggest_entity
from crmdesk.exchange.columns.products import recognise
from crmdesk.exchange.words.choices import bare
from crmdesk.i18n import speaking, tr
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import title_field

if TYPE_CHECKING:
    from pathlib import Path

    from crmdesk.exchange.table import Table
    from crmdesk.exchange.values.layouts import Layout

_PEOPLE = frozenset({"contact", "company", "lead"})
ALIKE = (_PEOPLE, frozenset({"activity", "task"}), frozenset({"quote", "quote_line"}))
"""Records whose files look alike, so that what the user was looking at says more than the columns."""
ORDER = (
    "member", "product", "article", "company", "contact", "deal", "deal_product", "deal_contact", "lead", "quote", "quote_line", "allowance_charge", "ticket", "message", "activity", "task",
)  # fmt: skip
"""What others refer to comes first."""
_ALSO_CALLED = {
    "company": "account organization organisation client customer firma unternehmen kunde 客户 公司", "contact": "person people kontakt kontaktperson ansprechpartner 联系人",
    "lead": "prospect interessent 线索", "deal": "opportunity opportunities pipeline geschäft verkaufschance 商机", "ticket": "case issue request 工单", "task": "todo aufgabe 任务",
    "activity": "call meeting note event aktivität termin 活动", "product": "item produkt artikel 产品", "quote": "order offer proposal angebot auftrag bestellung 报价",
    "member": "user employee agent mitarbeiter 成员",
}  # fmt: skip
_ALSO_IN_NAMES_OF_LISTS = frozenset("call event item meeting note offer order request user".split())
"""Words that people also call lists of customers by: who is to be called, who comes to an event, who ordered something."""
_NAMED_BY = {
    **dict.fromkeys(_PEOPLE, frozenset({"name", "given_name", "family_name", "nickname", "company", "company_name", "email", "phone"})),
    "member": frozenset({"name", "given_name", "family_name"}), "product": frozenset({"name"}),
}  # fmt: skip
"""One of these columns a file must have to hold such records: else each of its rows would be refused."""
_WHO = frozenset({"name", "given_name", "family_name", "email", "company", "company_name"})
_PIECE = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return, by what it is called in any language, each entity; a name that is also one of parts means the whole: products are those of the price list."""
    found: dict[str, str] = {}
    for entity in sorted(importable(), key=lambda name: (name not in _ALSO_CALLED, bool(entity_class(name).entity.owned_by))):
        cls = entity_class(entity)
        words = {entity, *_ALSO_CALLED.get(entity, "").split()}
        for language in ("en", "de", "zh"):
            with speaking(language):
                words |= {tr(cls.entity.label), tr(cls.entity.plural)}
        for word in words:
            found.setdefault(_joined(word), entity)
            found.setdefault(_joined(word) + "s", entity)
    return found


def _joined(text: str) -> str:
    return "".join(bare(piece) for piece in _PIECE.findall(text))


def named_kind(path: Path) -> str:
    """Return what a file is called by: `deals` of `all-deals-2026-11.csv` is `deal`; empty where the name says nothing."""
    return _named(path)[0]


def _named(path: Path) -> tuple[str, str]:
    """Return what a file is called by, and the word that says so."""
    pieces = _PIECE.findall(path.stem)
    names = _names()
    for count in range(min(3, len(pieces)), 0, -1):
        for start in range(len(pieces) - count, -1, -1):
            if found := names.get(word := _joined(" ".join(pieces[start : start + count]))):
                return found, word
    return "", ""


def can_be(table: Table, entity: str, suggested: str) -> bool:
    """Say whether rows can be such records as well as what they look like: neither the file nor the program that wrote it says otherwise."""
    if not any({entity, suggested} <= group for group in ALIKE):
        return False
    layout = _layout(table, entity)
    if layout is None or only_lines(table, entity, layout):
        return False
    product = recognise(table.columns) if table.ways is None else None
    return any(column.target for column in layout.columns) and (product is None or product.entity in {"", None, entity})


def kind_of(table: Table, usual: str) -> str:
    """Return what the rows of one of several files are: what was said of all of them, unless the file clearly is something else.

    It is if the program that wrote it, or its name, says so, or if it has no column that could name such a record. The same goes for files such as
    calendars that can't be what was said.

    Args:
        usual: what was said; empty lets each file tell for itself.
    """
    return _or_lines(table, _kind_of(table, usual))


def suggested_kind(table: Table) -> str:
    """Return what the rows of a file most likely are."""
    return _or_lines(table, suggest_entity(table))


def recognised_kind(table: Table) -> str:
    """Return what the rows of a file surely are.

    Raises:
        UserError: nothing in the file says it.
    """
    kind = suggested_kind(table)
    check_recognised(table, _layout(table, kind))
    return kind


def check_recognised(table: Table, layout: Layout | None) -> None:
    """Refuse a file that was taken for something by guess though no column could name such records.

    Raises:
        UserError: none could.
    """
    if layout is None or not any(column.target for column in layout.columns) or table.ways:
        return  # what is wrong with it is said better by those who import it
    names = _NAMED_BY.get(layout.entity)
    if names and not any(column.target and column.target.field in names for column in layout.columns):
        raise UserError(
            tr("What the rows of “{file}” are was not recognised.", file=table.path.name), hint=tr("It has: {columns}.", columns=", ".join(table.columns[:20]))
        )


def _or_lines(table: Table, kind: str) -> str:
    """Tell the lines of quotes from quotes."""
    layout = _layout(table, kind) if kind == "quote" else None
    return "quote_line" if layout and only_lines(table, kind, layout) else kind


def _kind_of(table: Table, usual: str) -> str:
    product = recognise(table.columns) if table.ways is None else None
    if product and product.entity:
        return product.entity
    layout = _layout(table, usual) if usual else None
    if table.ways is not None:
        return usual if layout else suggest_entity(table)
    named, word = _named(table.path)
    if named and _is_said_rightly(table, named, word, usual or suggest_entity(table)):
        return named
    if layout and _names_records(usual, layout):
        return usual
    suggested = suggest_entity(table)
    return suggested if not layout or suggested == named or 2 * _told(_layout(table, suggested)) > len(table.columns) else usual


def _is_said_rightly(table: Table, named: str, word: str, otherwise: str) -> bool:
    """Say whether a file can be what its name says: its columns have a place there, and nobody's name, mail address or company is lost for it."""
    its, other = _layout(table, named), _layout(table, otherwise)
    if its is None or not _told(its):
        return False
    if named == otherwise or other is None:
        return True
    targets = {column.index: column.target for column in other.columns if column.target and column.why not in {"content", "spelling"}}
    are_people = otherwise in _PEOPLE
    who = {index for index, target in targets.items() if are_people and not target.of and not target.is_key and target.field in _WHO}
    if who & {column.index for column in its.columns if column.target is None}:
        return False
    return word.removesuffix("s") not in _ALSO_IN_NAMES_OF_LISTS or _told(its) > _told(other)


def _told(layout: Layout | None) -> int:
    """Return how many columns have a place."""
    return sum(column.target is not None for column in layout.columns) if layout else 0


def _layout(table: Table, entity: str) -> Layout | None:
    try:
        return guess(entity, table)
    except UserError:  # the file says itself what it holds, and that is nothing of this sort
        return None


def _names_records(entity: str, layout: Layout) -> bool:
    """Say whether a column could name such records, or tell them apart."""
    names = {title_field(entity_class(entity)), "name", "given_name", "family_name", "email", "phone", "number", "id", "external_id"}
    return any(column.target and not column.target.of and column.target.field in names for column in layout.columns)


def only_lines(table: Table, entity: str, layout: Layout) -> str:
    """Return what is wrong with a file of quotes that says nothing of them but their numbers, and of their lines a lot; empty if nothing is."""
    targets = [column.target for column in layout.columns if column.target]
    heads = [target for target in targets if target.of != "line" and target.field not in {"id", "number", "external_id"}]
    if entity != "quote" or table.ways or heads or all(target.of != "line" for target in targets):
        return ""
    return tr("The rows of “{file}” are lines of quotes.", file=table.path.name)


def place_of(entity: str) -> int:
    """Return where files of a kind come in the order of all."""
    return ORDER.index(entity) if entity in ORDER else len(ORDER)
