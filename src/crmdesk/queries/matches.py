"""Why a search found a record: the values that hold the words which its title does not show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crmdesk.i18n import tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.models.names import folded, has_cjk, spellings
from crmdesk.models.registry import owned_parts
from crmdesk.queries.digits import digit_forms
from crmdesk.queries.own_fields import own_fields
from crmdesk.store.reader import IN_IDS, Reader, id_list
from crmdesk.store.search_index import APOSTROPHE, CJK, LONGEST_BODY, NUMBERS, searched_columns, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmdesk.fields import Field

Mark = tuple[int, int]
BEFORE, ROOM = 24, 80
"""How many letters of a long text stand before the words, and how many are shown in all."""
_BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Match:
    """The line that says why a record was found.

    Attributes:
        text: the values that hold the words, each behind its label, then what is said of the record anyway.
        marks: where the words stand in it, each from its first letter to behind its last.
    """

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a record that was found."""

    entity: str
    id: bytes
    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class _Held:
    """A value that holds some of the words: which, and where."""

    label: str
    text: str
    spots: dict[int, list[Mark]]


@dataclass(slots=True)
class _Looking:
    """A record that was found, with the words that are still to be explained."""

    shown: Shown
    missing: set[int]
    held: list[_Held] = field(default_factory=list)


def sought_words(text: str) -> list[str]:
    """Return the words of what was typed that the index of words is asked for."""
    # The index cuts words at an apostrophe, and knows no phrases.
    terms = [piece for term in words(text) for piece in APOSTROPHE.split(term) if piece]
    if has_cjk(text):
        pairs = [term for term in terms if len(term) > 1 or not has_cjk(term)]
        terms = pairs or terms
    return list(dict.fromkeys(term for term in terms if len(term) > 1 or has_cjk(term)))


class _Sought:
    """What was typed, ready to be looked for in values."""

    def __init__(self, text: str) -> None:
        forms = spellings(text.strip())
        each = [sought_words(form) for form in forms]
        usual = [terms for terms in each if len(terms) == len(each[0])]
        self._terms = [_beginning(ways) for ways in zip(*usual, strict=True)]
        self._whole = _beginning(forms)
        self._digits = digit_forms(text)

    def all(self) -> set[int]:
        """Return the numbers of all words; digits that no word is made of, such as 5-5-5, are one."""
        return set(range(len(self._terms) or bool(self._digits)))

    def spots(self, text: str, *, is_number: bool = False) -> dict[int, list[Mark]]:
        """Return where the words stand in a text, by their numbers; digits in a row and what was typed as a whole stand for all of them."""
        row = _in_digits(text, self._digits) if is_number else []
        plain, at = _folded(text)
        if not row:
            row = [(at[found.start()], at[found.end() - 1] + 1) for found in self._whole.finditer(plain)]
        if row:
            return dict.fromkeys(self.all(), row)
        found = {number: [(at[one.start()], at[one.end() - 1] + 1) for one in term.finditer(plain)] for number, term in enumerate(self._terms)}
        return {number: marks for number, marks in found.items() if marks}


def _beginning(ways: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of these where a word begins; Chinese has no words."""
    return re.compile("|".join(re.escape(way) if has_cjk(way[:1]) else rf"(?<![^\W_{CJK}]){re.escape(way)}" for way in ways))


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as it is compared, and of which letter each of its letters came."""
    if text.isascii():
        return text.lower(), range(len(text))
    plain: list[str] = []
    at: list[int] = []
    for place, letter in enumerate(text):
        bare = letter.lower() if letter.isascii() else folded(letter)
        plain.append(bare)
        at += [place] * len(bare)
    return "".join(plain), at


def _in_digits(text: str, forms: Iterable[str]) -> list[Mark]:
    at = [place for place, letter in enumerate(text) if letter.isdecimal()]
    written = "".join(text[place] for place in at)
    for form in sorted(forms, key=len, reverse=True):
        if (start := written.find(form)) >= 0:
            return [(at[start], at[start + len(form) - 1] + 1)]
    return []


def matches(reader: Reader, text: str, hits: Sequence[Shown]) -> dict[bytes, Match]:
    """Return the lines that say why records were found, by id, for those whose titles do not say it.

    What the viewer may not read is not looked at. Found by its sound in pinyin, a record has no value that holds the words.
    """
    sought = _Sought(text)
    by_entity: dict[str, dict[bytes, _Looking]] = {}
    for hit in hits:
        if missing := sought.all() - set(sought.spots(hit.title)):
            by_entity.setdefault(hit.entity, {})[hit.id] = _Looking(hit, missing)
    found: dict[bytes, Match] = {}
    for entity, looking in by_entity.items():
        _look(reader, ENTITIES[entity], looking, sought)
        for record, one in looking.items():
            if match := _line(one, sought):
                found[record] = match
    return found


def _look(reader: Reader, cls: type[Record], looking: dict[bytes, _Looking], sought: _Sought) -> None:
    """Gather what holds the words, until for each record one value or the subtitle holds all of them."""
    open_ones = {record: one for record, one in looking.items() if one.missing - set(sought.spots(one.shown.subtitle))}
    for fields, label, sql in _sources(reader, cls):
        if not open_ones:
            return
        for record, *values in reader.rows(sql, (id_list(open_ones),)):
            one = open_ones.get(record)
            if one is None:
                continue
            for name, text, is_number in _said(fields, label, values):
                spots = sought.spots(text, is_number=is_number) if text else {}
                if one.missing & spots.keys():
                    one.held.append(_Held(name, text, spots))
                if one.missing <= spots.keys():
                    open_ones.pop(record, None)


def _said(fields: Sequence[Field], label: str, values: Sequence[object]) -> list[tuple[str, str, bool]]:
    """Return the texts of a row with their labels, and whether they are numbers; a part, which has a label of its own, is one text."""
    if label:
        return [(label, ", ".join(piece for value in values if (piece := _bare(value))), fields[0].name in NUMBERS)]
    return [(tr(item.label), _bare(value), item.name in NUMBERS) for item, value in zip(fields, values, strict=True)]


def _bare(value: object) -> str:
    return " ".join(str(value)[:LONGEST_BODY].split()) if value else ""


def _sources(reader: Reader, cls: type[Record]) -> Iterator[tuple[tuple[Field, ...], str, str]]:
    """Yield what is read: the searched fields, the label of the parts that have them (empty for a record's own), and the question."""
    name, hidden = cls.entity.name, reader.viewer.hidden
    own = {key: item for key, item in own_fields(reader, name).items() if item.search}
    fields = [item for item in _readable(cls, hidden) if item.name != cls.entity.title]
    columns = [f't."{item.column}"' for item in fields] + [f"json_extract(t.custom, '$.\"{key}\"')" for key in own]
    if columns:
        yield (*fields, *own.values()), "", f'SELECT t.id, {", ".join(columns)} FROM "{name}" t WHERE t.id {IN_IDS}'  # noqa: S608
    for target, listing in sorted(owned_parts(cls).items(), key=lambda part: -part[1].search):
        if not listing.search:
            continue
        items = _readable(ENTITIES["tag" if target == "record_tag" else target], hidden)
        joined = " JOIN tag g ON g.id = p.tag_id" if target == "record_tag" else ""
        listed = ", ".join(f'{"g" if joined else "p"}."{item.column}"' for item in items)
        if items:
            sql = f'SELECT p."{name}_id", {listed} FROM "{target}" p{joined} WHERE p."{name}_id" {IN_IDS} AND p.deleted_at IS NULL ORDER BY p.id'  # noqa: S608
            yield tuple(items), tr(listing.label), sql


def _readable(cls: type[Record], hidden: frozenset[str]) -> list[Field]:
    return [item for item, weight in sorted(searched_columns(cls), key=lambda one: -one[1]) if item.sensitivity not in hidden]


def _line(one: _Looking, sought: _Sought) -> Match | None:
    """Return the values that hold the words, as few as it takes, before the subtitle; None where nothing holds any."""
    beside = sought.spots(one.shown.subtitle)
    missing = one.missing - beside.keys()
    pieces: list[tuple[str, list[Mark]]] = []
    while missing and (best := max(one.held, key=lambda held: len(missing & held.spots.keys()), default=None)) and missing & best.spots.keys():
        missing -= best.spots.keys()
        pieces.append(_passage(best))
    if one.shown.subtitle:
        pieces.append((one.shown.subtitle, [mark for marks in beside.values() for mark in marks]))
    text, marks = "", list[Mark]()
    for piece, places in pieces:
        text += _BETWEEN if text else ""
        marks += [(start + len(text), end + len(text)) for start, end in places]
        text += piece
    return Match(text, _joined(marks)) if marks else None


def _passage(held: _Held) -> tuple[str, list[Mark]]:
    """Return a value behind its label, of a long text the part where most of the words stand together."""
    text, marks = held.text, sorted({mark for found in held.spots.values() for mark in found})
    start, end = 0, len(text)
    if len(text) > ROOM:
        first = max(marks, key=lambda mark: (_words_from(held, mark[0]), -mark[0]))[0]
        start = _word_start(text, first)
        end = min(len(text), start + ROOM)
        if end < len(text) and (cut := text.rfind(" ", first + 1, end)) > first + ROOM // 4:
            end = cut
    shown = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    line = tr("{label}: {value}", label=held.label, value=shown)
    moved = line.rindex(shown) + (1 if start else 0) - start
    return line, [(max(first, start) + moved, min(last, end) + moved) for first, last in marks if last > start and first < end]


def _words_from(held: _Held, place: int) -> int:
    """Return how many different words stand from a place on in what is shown."""
    return sum(any(place <= start < place + ROOM - BEFORE for start, _ in marks) for marks in held.spots.values())


def _word_start(text: str, first: int) -> int:
    """Return where the part of a text begins that leads to a word: behind a blank where there is one near."""
    start = max(0, first - BEFORE)
    blank = text.find(" ", start, first) if start else -1
    return blank + 1 if blank >= 0 else start


def _joined(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the marks in order, those that touch as one."""
    joined: list[Mark] = []
    for start, end in sorted(set(marks)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
