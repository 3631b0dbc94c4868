"""Rows with several people: the first one comes in; the others are left out with all that is said of them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.exchange.columns.by_name import BEGINNINGS, by_name
from crmdesk.exchange.values.layouts import Target
from crmdesk.exchange.words.choices import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.values.layouts import Column

ANOTHER = "another"
"""Why a column of a second person goes nowhere."""

_NUMBER = re.compile(r"[\s_.:#-]*(?<!\d)([1-9])(?!\d)[\s_.:-]*")
_NAMES = frozenset({"name", "given_name", "family_name"})
_OF_PEOPLE = _NAMES | {"middle_name", "suffix", "nickname", "salutation", "title", "role", "department", "birthday", "language", "email", "phone", "handle"}


def with_first_person(entity: str, columns: Sequence[Column]) -> list[Column]:
    """Leave out what belongs to a second person and those after, told by the number that their columns share; where all are numbered, the first is number 1."""
    numbered = {column.index: _numbered(column.header) for column in columns if column.why in {"", "name"}}
    told: dict[int, set[str]] = defaultdict(set)
    for name, number in numbered.values():
        told[number] |= _names_of(entity, name)
    others = {number for number, names in told.items() if number > 1 and _are_of_somebody(names)}
    if not others or not told[0] | told[1]:
        return list(columns)
    found = []
    for column in columns:
        name, number = numbered.get(column.index, ("", 0))
        if number in others and _is_of_people(entity, name):
            column = replace(column, target=None, why=ANOTHER)
        elif number == 1 and told[1] and (target := _of_first(entity, name)):
            column = replace(column, target=target, why="name")
        found.append(column)
    return found


def _numbered(header: str) -> tuple[str, int]:
    """Return the name of a column without its running number, and that number; 0 where there is none, or more than one."""
    found = _NUMBER.findall(header)
    return (_NUMBER.sub(" ", header).strip(), int(found[0])) if len(found) == 1 else (header, 0)


def _names_of(entity: str, header: str) -> set[str]:
    """Return which name of a person a column holds: of which sort, and whether it says itself that it is a person's."""
    target = by_name(entity, header, ())[0]
    if target == Target("contact"):
        return {"person"}
    if target is None or target.field not in _NAMES or (target.of != "contact" and not (entity in {"contact", "lead"} and not target.of)):
        return set()
    return {target.field, "person"} if _begins_with_person(header) else {target.field}


def _are_of_somebody(names: set[str]) -> bool:
    """Say whether names are a person's: what is called “Name 2” alone is the second line of a company's, and a second given name is anybody's."""
    return bool(names & {"person", "family_name"}) or {"name", "given_name"} <= names


def _begins_with_person(header: str) -> bool:
    return bare(header).startswith(BEGINNINGS["contact"])


def _is_of_people(entity: str, header: str) -> bool:
    told = {target.field for other in (entity, "contact") if (target := by_name(other, header, ())[0])}
    return _begins_with_person(header) or bool(told & _OF_PEOPLE)


def _of_first(entity: str, header: str) -> Target | None:
    """Return what a column numbered 1 tells of the first person, who stands beside the company in a list of companies."""
    target = by_name(entity, header, ())[0]
    if entity != "company" or (target and target.of):
        return target
    own = by_name("contact", header, ())[0]
    return replace(own, of="contact") if own and not own.of and own.field in _OF_PEOPLE - _NAMES else target
