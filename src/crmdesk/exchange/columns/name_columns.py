"""Given and family names in columns that say nothing of themselves: which two they are, and in which order."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from crmdesk.exchange.columns.looks import is_name_word, share_of, texts_of
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.layouts import Target
from crmdesk.exchange.words.salutations import is_salutation_or_title
from crmdesk.i18n import tr
from crmdesk.matching.words import nickname_groups, plain
from crmdesk.models.names import has_cjk
from crmdesk.models.people import split_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Cell, Table
    from crmdesk.exchange.values.layouts import Column, Layout

LIKELY = 0.8
_PARTICLES = ("von ", "van ", "de ", "da ", "di ", "del ", "della ", "du ", "le ", "la ", "zu ", "ter ", "ten ", "al ", "el ", "bin ", "mc", "o'", "d'")


def with_names(columns: Sequence[Column], table: Table) -> list[Column]:
    """Tell given and family names where no column is told to be a name: two columns of single names, ordered by what the rows show."""
    found = list(columns)
    nameless = [place for place, column in enumerate(found) if column.target is None and not column.why]
    if (place := next((place for place in nameless if share_of(table.values(found[place].index), is_salutation_or_title) >= LIKELY), None)) is not None:
        found[place] = replace(found[place], target=Target("salutation"), why="content", confidence=0.7, reason=tr("Its cells are salutations."))
        nameless.remove(place)
    single = [place for place in nameless if share_of(table.values(found[place].index), is_name_word) >= LIKELY]
    if len(single) < 2:
        return found
    mail = next((column.index for column in found if column.target == Target("email")), None)
    shows = {(one, other): _given_first(table, found[one].index, found[other].index, mail) for one, other in pairwise(single)}
    one, other = max(shows, key=lambda pair: (abs(shows[pair]), shows[pair]))
    given, family = (one, other) if shows[one, other] >= 0 else (other, one)
    for place, name, reason in (
        (given, "given_name", tr("Its cells look like given names.")),
        (family, "family_name", tr("Its cells look like family names.")),
    ):
        found[place] = replace(found[place], target=Target(name), why="content", confidence=0.75 if shows[one, other] else 0.5, reason=reason)
    return found


_CALLS = {
    "contact": frozenset({"name", "given_name", "family_name", "nickname"}),
    "lead": frozenset({"name", "given_name", "family_name", "company_name", "company"}),
}  # fmt: skip


def passed_over(entity: str, layout: Layout, table: Table) -> str:
    """Return the column that is left out though it may hold the names, where no other one calls the people: else they are called by mail or phone; or nothing."""
    calls = _CALLS.get(entity)
    if calls is None or table.ways or not layout.columns or any(c.target and not c.target.of and c.target.field in calls for c in layout.columns):
        return ""
    return next((c.header for c in layout.columns if c.header in layout.unused and _may_be_names(table.values(c.index), len(table.sample))), "")


def _may_be_names(values: Sequence[Cell], rows: int) -> bool:
    """Say whether cells are short words that differ, in most rows."""
    texts = texts_of(values)
    return (
        len(values) * 2 > rows
        and len(set(texts)) > 0.8 * len(texts)
        and share_of(values, lambda text: len(text) <= LONGEST_NAME and bool(_WORDS.fullmatch(text))) >= LIKELY
    )


LONGEST_NAME = 50
_WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\s.,'’()・-])*")


def _given_first(table: Table, one: int, other: int, mail: int | None) -> int:
    """Return how many rows show that the first of two columns is the given name, less those that show the contrary."""
    votes = 0
    for _, cells in table.sample:
        if max(one, other, mail or 0) < len(cells):
            first, second = shown(cells[one]).strip(), shown(cells[other]).strip()
            if first and second:
                votes += _shows(first, second) + (_mail_shows(first, second, shown(cells[mail])) if mail is not None else 0)
    return votes


def _shows(first: str, second: str) -> int:
    """Return 1 if the first of two names must be the given one, -1 if the second must, 0 if they don't show it."""
    if has_cjk(first + second):
        return (split_name(second + first, "CN").family == second) - (split_name(first + second, "CN").family == first)
    is_family = [name.casefold().startswith(_PARTICLES) for name in (first, second)]
    is_given = [bool(nickname_groups(plain(name))) for name in (first, second)]
    return max(-1, min(1, is_family[1] - is_family[0] + is_given[0] - is_given[1]))


def _mail_shows(first: str, second: str, mail: str) -> int:
    """Read the order off a mail address: anna.berg@ and aberg@ begin with the given name, or with its initial; only both names in full turn it round."""
    local = re.sub(r"[^a-z]", "", plain(mail.partition("@")[0]))
    one, other = (re.sub(r"[^a-z]", "", plain(name)) for name in (first, second))
    if not one or not other or one == other:
        return 0
    return (local in {one + other, one[0] + other}) - (local == other + one)
