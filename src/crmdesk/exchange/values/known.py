"""Whether the records that rows of a file bring are in the store already, and what shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmdesk.exchange.values.entries import FORMED_BY, OWNERS
from crmdesk.exchange.values.entries import forms as forms_of
from crmdesk.exchange.values.links import NUMBERED, name_key
from crmdesk.exchange.words.company_names import companies_called
from crmdesk.i18n import mark
from crmdesk.models.names import sort_key
from crmdesk.models.registry import entity_class
from crmdesk.queries import duplicates
from crmdesk.queries.finding import title_field
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmdesk.exchange.words.company_names import LegalForms
    from crmdesk.store import Reader

Key = tuple[str, Any]
"""By what a record is recognised: how (a key of `SIGNS`, or `f:` and a field) and its value."""

SIGNS = {
    "i": mark("the same record, exported from here"), "x": mark("the same id in the other program"), "#": mark("the same number"), "v": mark("the same VAT ID"),
    "u": mark("the same credit code"), "e": mark("the same mail address"), "p": mark("the same phone and name"), "c": mark("the same name in the same company"),
    "n": mark("the same name"), "=": mark("the same in every value"), "o": mark("the same in its deal, quote or ticket"), "!": mark("you said that it is the same"),
    "y": mark("the same id in the other program"),
}  # fmt: skip
FIELD_SIGN = mark("the same value in the field you chose")
SAID = "!"
"""The key of rows of which the user said whom they mean."""
ANY_FILE = "y"
"""The key of an id from a file that names no program, wherever a record with that id came from: the id, by what else it must be the same, and that."""
PEOPLE = frozenset({"contact", "lead", "member"})
ALIKE = frozenset({"e", "p", "c", "n"})
"""Keys that also show a person whose name is only alike."""
WHOLE = "="
"""The key of rows that only their name tells from others, and that are the same in everything."""
IN_FILE = mark("the same as a row further up")


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a row means, and the key that showed it.

    Attributes:
        is_settled: it is a converted lead, which no row changes any more.
    """

    record: bytes
    key: Key
    is_settled: bool = False

    @property
    def sign(self) -> str:
        """What makes it the same, to be translated where it is shown."""
        return SIGNS.get(self.key[0], FIELD_SIGN)


def known_as(
    reader: Reader, entity: str, rows: Sequence[Sequence[Key]], names: Sequence[str] = (), programs: frozenset[str] = frozenset(), forms: LegalForms | None = None
) -> list[Match | None]:  # fmt: skip
    """Return, for each row, the live record that it means, or None.

    The one place where an import asks who is known already; a few questions for a whole block of rows. A converted lead is known by its ids
    only: a row that merely has its name or mail is a new enquiry. Of several people whose names are alike the one written just so is meant.

    Args:
        rows: the keys of each row, strongest first; names of companies are `("n", (name, city))`, mails and phones go with the person's sort key.
        names: what each row calls its person, as it is written.
        programs: what ids can belong to other than the name of a file.
        forms: which legal forms companies have; needed where companies are looked up by name.
    """
    found = _found(reader, entity, rows, programs, forms)
    if not found:
        return [None] * len(rows)
    hits = [_hits(keys, found) for keys in rows]
    written = _written(reader, entity, hits) if names and entity in PEOPLE else {}
    chosen = [_best(pairs, name, written) for pairs, name in zip(hits, names or [""] * len(rows), strict=True)]
    settled = _settled(reader, (record for _, record in filter(None, chosen))) if entity == "lead" else set()
    return [Match(pair[1], pair[0], pair[1] in settled) if pair else None for pair in chosen]


def all_known_as(reader: Reader, entity: str, rows: Sequence[Sequence[Key]]) -> list[list[Match]]:
    """Return, for each row, all live records that it may mean, for those who have more to tell them apart by."""
    found = _found(reader, entity, rows)
    return [[Match(record, key) for key in keys for record in found.get(key, ())] for keys in rows]


def _found(
    reader: Reader, entity: str, rows: Sequence[Sequence[Key]], programs: frozenset[str] = frozenset(), forms: LegalForms | None = None
) -> dict[Key, dict[bytes, None]]:
    wanted: dict[str, set[Any]] = {}
    for keys in rows:
        for kind, value in keys:
            wanted.setdefault(kind, set()).add(value)
    found: dict[Key, dict[bytes, None]] = {}
    for kind in sorted(wanted):
        asked = _ask_any_file(reader, entity, wanted[kind], programs) if kind == ANY_FILE else _ask(reader, entity, kind, wanted[kind], forms)
        for key, record in asked:
            found.setdefault(key, {})[record] = None
    return found


def _hits(keys: Sequence[Key], found: Mapping[Key, Mapping[bytes, None]]) -> list[tuple[Key, bytes]]:
    """Return the records that a row may mean: the one that its strongest key shows; where that is no more than alike, all that are."""
    hits = [(key, record) for key in keys for record in found.get(key, ())]
    if not hits or hits[0][0][0] not in ALIKE:
        return hits[:1]
    return [hit for hit in hits if hit[0][0] in ALIKE]


def _written(reader: Reader, entity: str, hits: Iterable[Sequence[tuple[Key, bytes]]]) -> dict[bytes, str]:
    """Return how the names of people are written of whom a row may mean several."""
    unsure = {record for pairs in hits if len(pairs) > 1 for _, record in pairs}
    if not unsure:
        return {}
    title = title_field(entity_class(entity))
    return dict(reader.rows(f'SELECT id, "{title}" FROM "{entity}" WHERE id {IN_IDS}', (id_list(unsure),)))


def _best(hits: Sequence[tuple[Key, bytes]], name: str, written: Mapping[bytes, str]) -> tuple[Key, bytes] | None:
    if exact := next((hit for hit in hits if name and written.get(hit[1]) == name), None):
        return exact
    if len({record for _, record in hits}) > 1 and hits[0][0][0] == "e" and not hits[0][0][1][1]:
        return None  # several people have this mail address, and the row does not say which it means
    return hits[0] if hits else None


def living(reader: Reader, entity: str, wanted: Iterable[bytes]) -> set[bytes]:
    """Return those of some records that are there and that a row may change: not in the bin, and no converted leads."""
    is_open = " AND converted_at IS NULL" if entity == "lead" else ""
    return {record for (record,) in reader.rows(f'SELECT id FROM "{entity}" WHERE id {IN_IDS} AND deleted_at IS NULL{is_open}', (id_list(set(wanted)),))}


def _settled(reader: Reader, leads: Iterable[bytes]) -> set[bytes]:
    return {record for (record,) in reader.rows(f"SELECT id FROM lead WHERE id {IN_IDS} AND converted_at IS NOT NULL", (id_list(set(leads)),))}


def _ask(reader: Reader, entity: str, kind: str, values: set[Any], forms: LegalForms | None) -> Iterator[tuple[Key, bytes]]:
    is_open = " AND t.converted_at IS NULL" if entity == "lead" and kind not in {"i", "x"} else ""
    live = f"t.deleted_at IS NULL{is_open}"
    match kind:
        case "e":
            yield from _ask_people(reader, entity, live, "email", "key", kind, values)
        case "p":
            yield from _ask_people(reader, entity, live, "phone", "e164", kind, values)
        case "c":
            yield from _ask_colleagues(reader, entity, live, values)
        case "n" if entity == "company" and forms:
            yield from ((("n", value), record) for value, record in companies_called(reader, values, forms))
        case "n":
            yield from _ask_names(reader, entity, live, values)
        case "i":
            for (record,) in reader.rows(f'SELECT t.id FROM "{entity}" t WHERE {live} AND t.id {IN_IDS}', (id_list(values),)):
                yield (kind, record), record
            yield from (((kind, gone), kept) for gone, kept in duplicates.kept_instead(reader, entity, values))
        case "o":
            yield from _ask_entries(reader, entity, live, values)
        case "x":
            yield from _ask_foreign(reader, entity, live, values)
        case "v":
            yield from _ask_codes(reader, live, "vat_id", kind, values)
        case "u":
            yield from _ask_codes(reader, live, "credit_code", kind, values)
        case _:
            column = NUMBERED.get(entity, "number") if kind == "#" else entity_class(entity).fields[kind.removeprefix("f:")].column
            sql = f'SELECT t."{column}", t.id FROM "{entity}" t WHERE {live} AND t."{column}" IN (SELECT value FROM json_each(?)) ORDER BY t.id'
            for value, record in reader.rows(sql, (_listed(values),)):
                yield (kind, value), record


def _ask_entries(reader: Reader, entity: str, live: str, values: set[Any]) -> Iterator[tuple[Key, bytes]]:
    """Find entries of deals and tickets by what they are there."""
    names = FORMED_BY[entity]
    listed = ", ".join(f't."{name}"' for name in names)
    sql = f'SELECT t.id, {listed} FROM "{entity}" t WHERE {live} AND t."{OWNERS[entity]}" {IN_IDS} ORDER BY t.position, t.id'
    for record, *stored in reader.rows(sql, (id_list({form[0] for form in values}),)):
        for form in forms_of(entity, dict(zip(names, stored, strict=True))):
            if form in values:
                yield ("o", form), record


def _listed(values: set[Any]) -> str:
    return json.dumps(sorted(values), ensure_ascii=False)


def bare_code(text: str) -> str:
    """Return a VAT ID or code as it is compared: capital letters and digits only."""
    return "".join(c for c in text.upper() if c.isalnum())


def _ask_codes(reader: Reader, live: str, column: str, kind: str, values: set[Any]) -> Iterator[tuple[Key, bytes]]:
    for code, record in reader.rows(f'SELECT t."{column}", t.id FROM company t WHERE {live} AND t."{column}" IS NOT NULL ORDER BY t.id'):
        if (bare := bare_code(code)) in values:
            yield (kind, bare), record


def _ask_foreign(reader: Reader, entity: str, live: str, values: set[Any]) -> Iterator[tuple[Key, bytes]]:
    by_id: dict[str, list[str]] = {}
    for origin, external in values:
        by_id.setdefault(external, []).append(origin)
    order = "t.converted_at IS NOT NULL, t.id" if entity == "lead" else "t.id"
    sql = f'SELECT t.external_id, t.source, t.id FROM "{entity}" t WHERE {live} AND t.external_id IN (SELECT value FROM json_each(?)) ORDER BY {order}'
    for external, source, record in reader.rows(sql, (_listed(set(by_id)),)):
        for origin in by_id[external]:
            if source in {None, origin}:
                yield ("x", (origin, external)), record
    # The id of a record that was merged away means the one that was kept.
    for external, source, record in duplicates.also_known(reader, entity, _listed(set(by_id))):
        for origin in by_id[external]:
            if source in {None, origin}:
                yield ("x", (origin, external)), record


def ids_of_any_file(entity: str, external: str, name: str, mails: Iterable[str]) -> list[Key]:
    """Return the keys of an id from a file that names no program: it is the same with the same name, or the same mail address."""
    told = [("name", name_key(entity, name))] if name else []
    return [(ANY_FILE, (external, by, value)) for by, value in [*told, *(("mail", mail) for mail in mails)]]


def _ask_any_file(reader: Reader, entity: str, values: set[Any], programs: frozenset[str]) -> Iterator[tuple[Key, bytes]]:
    """Find records by an id whatever file they came from; one from a known program only by the id alone, and where no other has it."""
    listed, cls = _listed({external for external, _, _ in values}), entity_class(entity)
    order = "t.converted_at IS NOT NULL, t.id" if entity == "lead" else "t.id"
    sql = f'SELECT t.external_id, t.source, t.id, t."{title_field(cls)}" FROM "{entity}" t WHERE t.deleted_at IS NULL AND t.external_id IN (SELECT value FROM json_each(?)) ORDER BY {order}'
    rows = [*reader.rows(sql, (listed,)), *((*row, None) for row in duplicates.also_known(reader, entity, listed))]
    having: dict[str, dict[bytes, bool]] = {}
    for external, source, record, title in rows:
        is_foreign = source in programs
        having.setdefault(external, {}).setdefault(record, is_foreign)
        if not is_foreign and isinstance(title, str):
            yield (ANY_FILE, (external, "name", name_key(entity, title))), record
    for external, records in having.items():
        for record, is_foreign in records.items():
            if not is_foreign or len(records) == 1:
                yield (ANY_FILE, (external, "", "")), record
    if any(by == "mail" for _, by, _ in values):
        ours = {record: external for external, records in having.items() for record, is_foreign in records.items() if not is_foreign}
        sql = f'SELECT key, "{entity}_id" FROM email WHERE "{entity}_id" {IN_IDS} AND deleted_at IS NULL ORDER BY id'
        for mail, record in reader.rows(sql, (id_list(ours),)):
            yield (ANY_FILE, (ours[record], "mail", mail)), record


def _ask_people(reader: Reader, entity: str, live: str, part: str, column: str, kind: str, values: set[Any]) -> Iterator[tuple[Key, bytes]]:
    """Find people by mail or phone; the names must not contradict, since some addresses belong to a whole office."""
    by_value: dict[str, list[str]] = {}
    for value, name in values:
        by_value.setdefault(value, []).append(name)
    fits = _may_be_same if part == "email" else _is_same
    sql = (
        f'SELECT p."{column}", t.sort_key, t.id FROM "{part}" p JOIN "{entity}" t ON t.id = p."{entity}_id" '
        f'WHERE p."{column}" IN (SELECT value FROM json_each(?)) AND p.deleted_at IS NULL AND {live} ORDER BY t.id'
    )
    alike: list[tuple[Key, bytes]] = []
    for value, known, record in reader.rows(sql, (_listed(set(by_value)),)):
        for name in by_value[value]:
            if name == known:
                yield (kind, (value, name)), record
            elif fits(name, known or ""):
                alike.append(((kind, (value, name)), record))
    # Whoever is called just so comes first.
    yield from alike


def _may_be_same(name: str, known: str) -> bool:
    """Say whether two names don't contradict: one is missing, or they share a word."""
    return not name or not known or name == known or bool(set(name.split()) & set(known.split()))


def _is_same(name: str, known: str) -> bool:
    """Say whether two names are one, in any order, perhaps with one more given name: a family shares its phone."""
    words, others = set(name.replace(",", " ").split()), set(known.replace(",", " ").split())
    return words == others or (min(len(words), len(others)) >= 2 and (words <= others or others <= words))


def _ask_colleagues(reader: Reader, entity: str, live: str, values: set[Any]) -> Iterator[tuple[Key, bytes]]:
    # By name and not by company: a company may have thousands of people, and is asked for one after the other.
    sql = f'SELECT t.sort_key, t.company_id, t.id FROM "{entity}" t WHERE {live} AND t.sort_key IN (SELECT value FROM json_each(?)) AND +t.company_id {IN_IDS} ORDER BY t.id'
    names, companies = {name for name, _ in values}, {company for _, company in values}
    for name, company, record in reader.rows(sql, (json.dumps(sorted(names), ensure_ascii=False), id_list(companies))):
        if (name, company) in values:
            yield ("c", (name, company)), record


def _ask_names(reader: Reader, entity: str, live: str, values: set[Any]) -> Iterator[tuple[Key, bytes]]:
    cls = entity_class(entity)
    title, columns = title_field(cls), cls.columns
    names = {name for name, _ in values}
    index = "name_key" if "name_key" in columns else "sort_key" if "sort_key" in columns else None
    keys = {name if index == "name_key" else sort_key(name) for name in names}
    where = f' AND t."{index}" IN (SELECT value FROM json_each(?))' if index else ""
    sql = f'SELECT t."{title}", t.id FROM "{entity}" t WHERE {live}{where} ORDER BY t.id'
    for text, record in reader.rows(sql, (_listed(keys),) if index else ()):
        if (name := name_key(entity, text or "")) in names:
            yield ("n", (name, "")), record
