"""Search over everything: as you type, best first.

Asked in this order: exact number, keys of titles by their beginning, digits in a row, words. At most 200 candidates, the newest first, ranked here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.models.base import ENTITIES
from crmdesk.models.names import folded, has_cjk, initials, pinyin, spellings
from crmdesk.models.registry import BY_NUMBER, entity_class
from crmdesk.queries import records
from crmdesk.queries.digits import digit_forms, with_digits
from crmdesk.queries.finding import title_field, visible
from crmdesk.queries.matches import Match, Shown, matches, sought_words
from crmdesk.store.reader import IN_IDS, Reader, id_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CANDIDATES = 200
MATCHES = 20
_LAST = "\U0010ffff"
EXACT, WHOLE, BEGINNING, WORD_BEGINNING, DIGITS, WORD = 100, 90, 80, 60, 50, 40
WEIGHT = {"company": 6, "contact": 5, "deal": 3, "ticket": 2, "quote": 2, "lead": 1}


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found.

    Attributes:
        match: the line that says why, if that was asked for and the title does not say it.
    """

    entity: str
    id: UUID
    title: str
    subtitle: str
    score: int
    match: Match | None = None


def search(reader: Reader, text: str, limit: int = 20, entities: Sequence[str] | None = None, *, related: bool = True, with_matches: bool = False) -> list[Hit]:
    """Return the best hits for what was typed so far.

    Args:
        entities: only these, all if None.
        related: let the best companies bring their contacts, open deals, newest quotes and tickets.
        with_matches: say of the first of them which values hold the words, for people who look at them.
    """
    forms = spellings(text.strip())
    if not forms[0]:
        return []
    numbers = [entity_class(name).entity.number for name in entities] if entities else None
    scores = _candidates(reader, text, forms, numbers)
    hits = _load(reader, scores, forms, max(limit * 2, 40))
    hits.sort(key=lambda hit: (-hit.score, hit.title.casefold(), str(hit.id)))
    hits = hits[:limit]
    if with_matches:
        hits = _with_matches(reader, text, hits)
    if related and hits and not entities and len(hits) < limit:
        hits += _of_companies(reader, hits, limit - len(hits))
    return hits


def _with_matches(reader: Reader, text: str, hits: Sequence[Hit]) -> list[Hit]:
    found = matches(reader, text, [Shown(hit.entity, hit.id.bytes, hit.title, hit.subtitle) for hit in hits[:MATCHES]])
    return [replace(hit, match=found.get(hit.id.bytes)) for hit in hits]


def matching(reader: Reader, text: str, entity: str) -> set[bytes]:
    """Return all records of an entity that a text finds, for the filter of a list."""
    forms, number = spellings(text.strip()), entity_class(entity).entity.number
    if not forms[0]:
        return set()
    docids: set[int] = {docid for form in forms for docid, _ in _by_keys(reader, form, None)}
    docids.update(_by_digits(reader, text, None))
    docids.update(_by_words(reader, forms, None))
    listed = "[" + ",".join(map(str, docids)) + "]"
    found = reader.rows("SELECT row FROM search_doc WHERE docid IN (SELECT value FROM json_each(?)) AND tbl = ?", (listed, number))
    return {row for (row,) in found} | _waiting(reader, forms, entity)


def _candidates(reader: Reader, text: str, forms: Sequence[str], numbers: list[int] | None) -> dict[tuple[int, bytes], int]:
    """Return (table, record) of the candidates with their first score."""
    wanted = CANDIDATES if numbers is None else CANDIDATES * 5
    scored: dict[int, int] = {}
    for form in forms:
        for docid, score in _by_keys(reader, form, wanted):
            scored[docid] = max(score, scored.get(docid, 0))
    for docid in _by_digits(reader, text, wanted):
        scored[docid] = max(DIGITS, scored.get(docid, 0))
    if len(scored) < wanted and len(forms[0]) > 1:
        for docid in _by_words(reader, forms, wanted):
            scored.setdefault(docid, WORD)
    listed = "[" + ",".join(map(str, scored)) + "]"
    found = reader.rows("SELECT docid, tbl, row FROM search_doc WHERE docid IN (SELECT value FROM json_each(?))", (listed,))
    ranked = {(tbl, row): scored[docid] for docid, tbl, row in found if numbers is None or tbl in numbers}
    for cls in (BY_NUMBER[number] for number in numbers) if numbers else ():
        for row in _waiting(reader, forms, cls.entity.name):
            ranked.setdefault((cls.entity.number, row), WORD)
    return ranked


def _waiting(reader: Reader, forms: Sequence[str], entity: str) -> set[bytes]:
    """Return records not yet in the index whose title begins like this: a small queue must not hide what was just written."""
    cls = entity_class(entity)
    if "sort_key" not in cls.columns or not reader.value("SELECT 1 FROM search_queue WHERE tbl = ? LIMIT 1", (cls.entity.number,)):
        return set()
    sql = f'SELECT t.id FROM "{entity}" t JOIN search_queue q ON q.tbl = ? AND q.row = t.id WHERE t.deleted_at IS NULL AND t.sort_key >= ? AND t.sort_key < ? LIMIT 200'  # noqa: S608
    return {row for form in forms for (row,) in reader.rows(sql, (cls.entity.number, form, form + _LAST))}


def _by_keys(reader: Reader, plain: str, limit: int | None) -> Iterable[tuple[int, int]]:
    """Find by the beginnings of titles: (document, score)."""
    capped = f"LIMIT {limit}" if limit else ""
    exact = reader.rows(f"SELECT docid, weight FROM search_key WHERE key = ? {capped}", (plain,))  # noqa: S608
    yield from ((docid, EXACT if weight == 4 else WHOLE) for docid, weight in exact)
    terms = plain.split()
    begun = reader.rows(f"SELECT docid, weight FROM search_key WHERE key > ? AND key < ? {capped}", (plain, plain + _LAST))  # noqa: S608
    yield from ((docid, BEGINNING if weight == 4 or len(terms) > 1 else WORD_BEGINNING) for docid, weight in begun)
    if len(terms) > 1:
        driver = max(terms, key=len)
        others = [term for term in terms if term != driver]
        also = "".join(" AND EXISTS (SELECT 1 FROM search_key o WHERE o.docid = k.docid AND o.key >= ? AND o.key < ?)" for _ in others)
        bounds = [bound for term in others for bound in (term, term + _LAST)]
        sql = f"SELECT k.docid FROM search_key k WHERE k.key >= ? AND k.key < ?{also} {capped}"  # noqa: S608
        yield from ((docid, WORD_BEGINNING) for (docid,) in reader.rows(sql, (driver, driver + _LAST, *bounds)))


def _by_digits(reader: Reader, text: str, limit: int | None) -> list[int]:
    """Find by any digits in a row of phones and numbers, from three digits on."""
    found: dict[int, None] = {}
    for form in digit_forms(text):
        found.update(dict.fromkeys(with_digits(reader, form, limit)))
    return list(found)


def _by_words(reader: Reader, forms: Sequence[str], limit: int | None) -> list[int]:
    """Find by words, the last of which may be unfinished; Chinese by its pairs of neighbouring characters."""
    either = [query for form in forms if (query := _words_query(form))]
    if not either:
        return []
    query = " OR ".join(f"({query})" for query in either)
    if "personal" in reader.viewer.hidden:
        # Mails, streets and notes lie in the other columns: who may not read them must not find by them either.
        query = f"title : ({query})"
    sql = "SELECT rowid FROM search_words WHERE search_words MATCH ? ORDER BY rowid DESC"
    if limit:
        sql += f" LIMIT {limit}"
    return [docid for (docid,) in reader.rows(sql, (query,))]


def _words_query(text: str) -> str:
    """Return the condition on the words of a text; empty if there is nothing to look for."""
    return " AND ".join(f'"{term}"' + ("" if has_cjk(term) else "*") for term in sought_words(text))


def _load(reader: Reader, scores: dict[tuple[int, bytes], int], forms: Sequence[str], keep: int) -> list[Hit]:
    """Fetch the titles of the candidates, score them finely, and the subtitles of the best."""
    by_table: dict[int, list[bytes]] = {}
    for table, row in scores:
        by_table.setdefault(table, []).append(row)
    ranked: list[tuple[int, str, bytes, str]] = []
    for table, found in by_table.items():
        cls = BY_NUMBER[table]
        entity, seen = cls.entity.name, visible(cls, reader)
        number = "t.number" if "number" in cls.columns and cls.entity.title != "title" else "NULL"
        sql = f'SELECT t.id, t."{title_field(cls)}", {number} FROM "{entity}" t WHERE t.id {IN_IDS} AND {seen.sql}'  # noqa: S608
        for row, title, _number in reader.rows(sql, (id_list(found), *seen.parameters)):
            ranked.append((_score(scores[table, row], str(title or ""), forms) + WEIGHT.get(entity, 0), entity, row, records.title_of(entity, title)))
    ranked.sort(key=lambda item: (-item[0], item[3].casefold()))
    best = ranked[:keep]
    subtitles = _subtitles(reader, [(entity, row) for _, entity, row, _ in best])
    return [Hit(entity, UUID(bytes=row), title, subtitles.get(row, ""), score) for score, entity, row, title in best]


def _score(base: int, title: str, forms: Sequence[str]) -> int:
    if base == EXACT:
        return base * 10
    key, beginnings = folded(title), tuple(forms)
    if key in forms:
        base = max(base, WHOLE)
    elif key.startswith(beginnings) or (has_cjk(title) and (pinyin(title).startswith(beginnings) or initials(title).startswith(beginnings))):
        base = max(base, BEGINNING)
    elif base == WHOLE:
        base = WORD_BEGINNING + 5
    # Behind those of the same sort that are spelled as it was typed.
    return base * 10 - (len(forms) > 1 and forms[0] not in key)


def _subtitles(reader: Reader, hits: Sequence[tuple[str, bytes]]) -> dict[bytes, str]:
    by_entity: dict[str, list[bytes]] = {}
    for entity, row in hits:
        by_entity.setdefault(entity, []).append(row)
    found: dict[bytes, str] = {}
    for entity, listed in by_entity.items():
        cls = ENTITIES[entity]
        names = [name if name in cls.fields else f"address.{name}" for name in cls.entity.subtitle]
        for fetched in records.rows(reader, entity, listed, names):
            texts = [_said(cls, name, fetched.values[name]) for name in names]
            found[fetched.id.bytes] = " · ".join(text for text in texts if text)
    return found


def _said(cls: Any, name: str, value: Any) -> str:
    field = cls.fields.get(name)
    return records.shown(field, value) if field else str(value or "")


def _of_companies(reader: Reader, hits: list[Hit], room: int) -> list[Hit]:
    """Return what belongs to the best companies: people, open deals, newest quotes and tickets."""
    companies = [hit.id.bytes for hit in hits if hit.entity == "company"][:3]
    if not companies or room <= 0:
        return []
    known = {hit.id for hit in hits}
    listed, found = id_list(companies), []
    for entity, condition, order in (
        ("contact", "1", "t.sort_key"), ("deal", "t.closed_on IS NULL", "t.opened_on DESC"), ("quote", "1", "t.date DESC"), ("ticket", "t.closed_at IS NULL", "t.opened_at DESC"),
    ):  # fmt: skip
        cls = ENTITIES[entity]
        seen = visible(cls, reader)
        sql = f'SELECT t.id, t."{title_field(cls)}" FROM "{entity}" t WHERE t.company_id {IN_IDS} AND {seen.sql} AND {condition} ORDER BY {order} LIMIT 3'  # noqa: S608
        found += [(entity, row, records.title_of(entity, title)) for row, title in reader.rows(sql, (listed, *seen.parameters)) if UUID(bytes=row) not in known]
    found = found[:room]
    subtitles = _subtitles(reader, [(entity, row) for entity, row, _ in found])
    return [Hit(entity, UUID(bytes=row), title, subtitles.get(row, ""), WORD) for entity, row, title in found]
