"""The timeline: what happened with a company and its people, a contact, a deal or a lead, newest first, from everything there is.

One statement gathers activities, tickets, quotes, deals, finished tasks and the journal's field changes; pages follow by keyset.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, now
from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Field, Money, from_minor, show_money
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.base import ENTITIES
from crmdesk.models.registry import BY_NUMBER
from crmdesk.queries.records import titles
from crmdesk.queries.seen import live
from crmdesk.store.schema import INSERT, UPDATE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from crmdesk.models.base import Record
    from crmdesk.store.reader import Reader

KIND_LABELS = {
    "call": mark("Calls"), "mail": mark("Mails"), "meeting": mark("Meetings"), "visit": mark("Visits"), "chat": mark("Chats"), "note": mark("Notes"),
    "deal": mark("Deals"), "quote": mark("Quotes"), "ticket": mark("Tickets"), "task": mark("Tasks"), "change": mark("Changes"),
}  # fmt: skip
ICONS = {
    "call": "phone", "mail": "mail", "meeting": "users", "visit": "map-pin", "chat": "message-circle", "note": "sticky-note", "deal": "handshake", "quote": "file-text",
    "ticket": "life-buoy", "task": "square-check-big", "change": "pencil",
}  # fmt: skip
NOT_OF_LEADS = frozenset({"deal", "quote", "ticket"})
"""Kinds that a lead has none of: they begin once it is converted."""
_ACTIVITY_KINDS = ("call", "mail", "meeting", "visit", "chat", "note")
_LONGEST_SUBTITLE = 280

# Columns that change behind the scenes or are told by another entry.
_SILENT = frozenset(
    {"position", "source", "external_id", "sort_key", "stage_since", "pipeline_id", "company_id", "contact_id", "lead_id", "deal_id", "product_id", "closed_on"}
)


@dataclass(frozen=True)
class Cursor:
    """Where a page of the timeline ends."""

    at: int
    rank: int
    key: bytes | int


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    Attributes:
        kind: a key of `KIND_LABELS`; event: what happened, such as `logged`, `opened`, `won`, `sent`, `changed`.
        at: when; where `day_only`, only the day counts.
        member: who did it, and the name.
        entity, id: the record that opens.
    """

    kind: str
    event: str
    icon: str
    title: str
    subtitle: str
    at: datetime
    day_only: bool
    member_id: UUID | None
    member: str
    entity: str
    id: UUID


@dataclass(frozen=True)
class Timeline:
    """A page of the timeline; `before` asks for the next one, None when there is no more."""

    entries: tuple[Entry, ...]
    before: Cursor | None


def timeline(
    reader: Reader, *, company_id: UUID | None = None, contact_id: UUID | None = None, deal_id: UUID | None = None, lead_id: UUID | None = None,
    limit: int = 50, before: Cursor | None = None, kinds: Collection[str] | None = None,
) -> Timeline:  # fmt: skip
    """Return what happened with one company (and everything of its contacts), contact, deal or lead, newest first.

    Args:
        before: where the page before ended.
        kinds: only these of `KIND_LABELS`; all if None.
    """
    subjects = [(name, record) for name, record in (("company", company_id), ("contact", contact_id), ("deal", deal_id), ("lead", lead_id)) if record]
    if len(subjects) != 1:
        raise UserError(tr("Say whose timeline it is."))
    (subject, record_id), wanted = subjects[0], set(kinds if kinds is not None else KIND_LABELS)
    if subject == "lead":
        wanted -= NOT_OF_LEADS
    entries: list[Entry] = []
    while True:
        found = _gather(reader, subject, record_id, limit - len(entries) + 1, before, wanted)
        more = len(found) > limit - len(entries)
        page = found[: limit - len(entries)]
        entries += _entries(reader, subject, page)
        before = Cursor(page[-1][0], page[-1][1], page[-1][2]) if page else before
        if not more or len(entries) >= limit:
            return Timeline(tuple(entries), before if more else None)


# -- gathering: one statement over all sources ---------------------------------------------------------------------------------------

# Every source yields: at, rank, key, event, day only, member, record, and six values of its own.
_ACTIVITY, _TICKET_OPENED, _TICKET_RESOLVED, _QUOTE_ISSUED, _QUOTE_SENT, _QUOTE_DECIDED, _DEAL_OPENED, _DEAL_CLOSED, _TASK, _CHANGE = (
    10,
    20,
    21,
    30,
    31,
    32,
    40,
    41,
    50,
    60,
)
Row = tuple[Any, ...]


def _gather(reader: Reader, subject: str, record_id: UUID, limit: int, before: Cursor | None, kinds: set[str]) -> list[Row]:
    of = f"{subject}_id = :subject"
    arms: list[str] = []
    if kinds & set(_ACTIVITY_KINDS):
        arms.append(_activities(reader, of, kinds, before))
    if "ticket" in kinds:
        arms += _tickets(reader, of, before)
    if "quote" in kinds:
        arms += _quotes(reader, of, before)
    if "deal" in kinds:
        arms += _deals(reader, subject, before)
    if "task" in kinds:
        arms.append(_tasks(reader, of, before))
    if "change" in kinds or "deal" in kinds:
        arms.append(_changes(reader, subject, kinds, before))
    if not arms:
        return []
    sql = " UNION ALL ".join(f"SELECT * FROM ({arm} ORDER BY 1 DESC, 3 DESC LIMIT :limit)" for arm in arms) + " ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT :limit"
    parameters = {"subject": record_id.bytes, "limit": limit, "offset": _least_offset_ms(reader)}
    if before:
        parameters |= {"at": before.at, "rank": before.rank, "key": before.key}
    return reader.rows(sql, {name: value for name, value in parameters.items() if f":{name}" in sql})


def _since(before: Cursor | None, at: str, rank: int, key: str) -> str:
    """Return the condition that an event comes after the page before; the plain bound lets an index help."""
    if before is None:
        return f"{at} IS NOT NULL"
    return f"{at} <= :at AND ({at}, {rank}, {key}) < (:at, :rank, :key)"


def _least_offset_ms(reader: Reader) -> int:
    """Return the zone's smallest offset from UTC: a date's midnight moved by it lies on that date, summer or winter."""
    year, zone = now().year, reader.settings.tz
    offsets = [datetime(year, month, 1, tzinfo=zone).utcoffset() or timedelta(0) for month in (1, 7)]
    return int(min(offsets) / timedelta(milliseconds=1))


def _day(column: str) -> str:
    return f"(unixepoch({column}) * 1000 - :offset)"


def _activities(reader: Reader, of: str, kinds: set[str], before: Cursor | None) -> str:
    some = kinds & set(_ACTIVITY_KINDS)
    only = "" if len(some) == len(_ACTIVITY_KINDS) else " AND t.kind IN ({})".format(", ".join(f"'{kind}'" for kind in sorted(some)))
    return (
        f"SELECT t.at, {_ACTIVITY}, t.id, t.kind, 0, t.owner_id, t.id, t.subject, substr(t.body, 1, 400), t.contact_id, t.direction, t.minutes, NULL "  # noqa: S608
        f"FROM activity t WHERE t.{of} AND {live(reader, 'activity')} AND {_since(before, 't.at', _ACTIVITY, 't.id')}{only}"
    )


def _tickets(reader: Reader, of: str, before: Cursor | None) -> Iterable[str]:
    for rank, event, column in ((_TICKET_OPENED, "opened", "opened_at"), (_TICKET_RESOLVED, "resolved", "resolved_at")):
        yield (
            f"SELECT t.{column}, {rank}, t.id, '{event}', 0, t.owner_id, t.id, t.number, t.subject, t.csat, substr(t.resolution, 1, 400), t.contact_id, NULL "  # noqa: S608
            f"FROM ticket t WHERE t.{of} AND {live(reader, 'ticket')} AND {_since(before, f't.{column}', rank, 't.id')}"
        )


def _quotes(reader: Reader, of: str, before: Cursor | None) -> Iterable[str]:
    issued = f"ifnull(t.issued_at, {_day('t.date')})"
    for rank, event, at, day in (
        (_QUOTE_ISSUED, "'issued'", issued, "t.issued_at IS NULL"), (_QUOTE_SENT, "'sent'", "t.sent_at", "0"), (_QUOTE_DECIDED, "t.status", "t.decided_at", "0"),
    ):  # fmt: skip
        yield (
            f"SELECT {at}, {rank}, t.id, {event}, {day}, t.owner_id, t.id, t.title, t.net, t.currency, t.version, t.decline_reason, NULL "  # noqa: S608
            f"FROM quote t WHERE t.{of} AND {live(reader, 'quote')} AND ifnull(t.status, 'draft') <> 'draft' AND {_since(before, at, rank, 't.id')}"
        )


def _deals(reader: Reader, subject: str, before: Cursor | None) -> Iterable[str]:
    of = {"company": "t.company_id = :subject", "deal": "t.id = :subject"}.get(
        subject,
        "t.id IN (SELECT id FROM deal WHERE contact_id = :subject UNION SELECT deal_id FROM deal_contact WHERE contact_id = :subject AND deleted_at IS NULL)",
    )
    opened, closed = _day("t.opened_on"), _day("t.closed_on")
    # The moment of the move where it was made on the closing day, else only the day is known.
    moved = f"t.stage_since >= {closed} AND t.stage_since < {closed} + 90000000"
    closed_at = f"iif({moved}, t.stage_since, {closed})"
    values = "t.owner_id, t.id, t.name, t.amount, t.currency, t.lost_reason, s.name, NULL"
    yield (
        f"SELECT {opened}, {_DEAL_OPENED}, t.id, 'opened', 1, {values} FROM deal t LEFT JOIN stage s ON s.id = t.stage_id "  # noqa: S608
        f"WHERE {of} AND {live(reader, 'deal')} AND {_since(before, opened, _DEAL_OPENED, 't.id')}"
    )
    yield (
        f"SELECT {closed_at}, {_DEAL_CLOSED}, t.id, s.outcome, NOT ifnull({moved}, 0), {values} FROM deal t JOIN stage s ON s.id = t.stage_id "  # noqa: S608
        f"WHERE {of} AND {live(reader, 'deal')} AND s.outcome IN ('won', 'lost') AND {_since(before, closed_at, _DEAL_CLOSED, 't.id')}"
    )


def _tasks(reader: Reader, of: str, before: Cursor | None) -> str:
    return (
        f"SELECT t.done_at, {_TASK}, t.id, 'done', 0, t.owner_id, t.id, t.subject, NULL, NULL, NULL, NULL, NULL FROM task t "  # noqa: S608
        f"WHERE t.{of} AND {live(reader, 'task')} AND {_since(before, 't.done_at', _TASK, 't.id')}"
    )


_PARTS_OF_CUSTOMERS = ("phone", "email", "handle", "address", "memo", "record_tag")
_PARTS = {
    "company": _PARTS_OF_CUSTOMERS,
    "contact": _PARTS_OF_CUSTOMERS,
    "lead": _PARTS_OF_CUSTOMERS,
    "deal": ("memo", "record_tag", "deal_contact", "deal_product"),
}


def _changes(reader: Reader, subject: str, kinds: set[str], before: Cursor | None) -> str:
    """Return the journal's changes of the records themselves, of their parts (added ones too), and of the stages of their deals."""
    watched: list[str] = []
    if "change" in kinds:
        watched += _watched(reader, subject)
    if "deal" in kinds and not (subject == "deal" and watched):
        of = {"company": "company_id = :subject", "deal": "id = :subject"}.get(subject, "contact_id = :subject")
        watched.append(f"SELECT {_number('deal')}, id, NULL, NULL, NULL FROM deal WHERE {of}")  # noqa: S608
    deal = _number("deal")
    told = f"s.tbl <> {deal} OR json_type(j.changes, '$.stage_id') IS NOT NULL" if subject != "deal" or "change" not in kinds else "1"
    return (
        f"SELECT x.at, {_CHANGE}, j.id, j.op, 0, x.member, j.row, j.tbl, j.changes, s.owner_tbl, s.owner, s.value, j.tx "  # noqa: S608
        f"FROM (SELECT NULL AS tbl, NULL AS row, NULL AS owner_tbl, NULL AS owner, NULL AS value WHERE 0 UNION ALL {' UNION ALL '.join(watched)}) s "
        "CROSS JOIN journal j ON j.tbl = s.tbl AND j.row = s.row CROSS JOIN journal_tx x ON x.id = j.tx "
        f"WHERE ((j.op = {UPDATE} AND ({told})) OR (j.op = {INSERT} AND s.owner IS NOT NULL "
        "AND j.tx <> (SELECT o.tx FROM journal o WHERE o.tbl = s.owner_tbl AND o.row = s.owner ORDER BY o.id LIMIT 1))) "
        f"AND {_since(before, 'x.at', _CHANGE, 'j.id')}"
    )


def _number(entity: str) -> int:
    return ENTITIES[entity].entity.number


def _watched(reader: Reader, subject: str) -> Iterable[str]:
    """Yield the records whose history shows: (table, record, owner's table, owner, a part's present value)."""
    owners = [(subject, "IN (SELECT :subject UNION SELECT unhex(gone) FROM merged_record WHERE kept = lower(hex(:subject)) AND deleted_at IS NULL)")]
    if subject == "company":
        owners.append(("contact", f"IN (SELECT t.id FROM contact t WHERE t.company_id = :subject AND {live(reader, 'contact')})"))  # noqa: S608
    for owner, which in owners:
        yield f'SELECT {_number(owner)}, id, NULL, NULL, NULL FROM "{owner}" WHERE id {which}'  # noqa: S608
        for part in _PARTS[owner]:
            field = ENTITIES[part].fields[ENTITIES[part].entity.value]
            value = f"lower(hex({field.column}))" if field.kind == "link" else f'"{field.column}"'
            yield f'SELECT {_number(part)}, id, {_number(owner)}, {owner}_id, {value} FROM "{part}" WHERE {owner}_id {which}'  # noqa: S608


# -- telling -------------------------------------------------------------------------------------------------------------------------


def _entries(reader: Reader, subject: str, found: Sequence[Row]) -> list[Entry]:
    members = (
        {record: name for record, (name, _) in titles(reader, "member", {row[5] for row in found if row[5]}).items()} if any(row[5] for row in found) else {}
    )
    contacts = {row[9] for row in found if row[1] == _ACTIVITY and row[9]} if subject != "contact" else set()
    people = {record: name for record, (name, _) in titles(reader, "contact", contacts).items()} if contacts else {}
    changed = _Changed(reader, [row for row in found if row[1] == _CHANGE], members, subject)
    entries: list[Entry] = []
    for row in found:
        if row[1] == _CHANGE:
            entries += changed.told(row)
            continue
        kind, icon, entity, title, subtitle = _told(reader, row, people)
        at, _, _, event, day_only, member, record = row[:7]
        entries.append(Entry(
            kind, "logged" if row[1] == _ACTIVITY else event, icon, title, _short(subtitle), moment(at), bool(day_only), UUID(bytes=member) if member else None,
            members.get(member, ""), entity, UUID(bytes=record),
        ))  # fmt: skip
    return entries


def _told(reader: Reader, row: Row, people: dict[bytes, str]) -> tuple[str, str, str, str, str]:
    """Return kind, icon, entity, title and subtitle of an event."""
    rank, event = row[1], row[3]
    a, b, c, d, e = row[7:12]
    if rank == _ACTIVITY:
        kind = event if event in ICONS else "note"
        person = people.get(c, "")
        parts = (person if person and person not in (a or "") else "", b or "")
        return kind, ICONS[kind], "activity", a or "", " · ".join(part for part in parts if part)
    if rank in (_TICKET_OPENED, _TICKET_RESOLVED):
        if rank == _TICKET_OPENED:
            return "ticket", ICONS["ticket"], "ticket", tr("Ticket {number} opened", number=a or ""), b or ""
        rated = tr("rated {csat}/5", csat=c) if c else ""
        return "ticket", ICONS["ticket"], "ticket", tr("Ticket {number} resolved", number=a or ""), " · ".join(part for part in (d or b, rated) if part)
    if rank in (_QUOTE_ISSUED, _QUOTE_SENT, _QUOTE_DECIDED):
        said = {
            "issued": mark("{number} issued"), "sent": mark("{number} sent"), "accepted": mark("{number} accepted"), "declined": mark("{number} declined"),
            "expired": mark("{number} expired"), "superseded": mark("{number} superseded"),
        }  # fmt: skip
        net = tr("{amount} net", amount=_money(reader, b, c)) if b is not None else ""
        return "quote", ICONS["quote"], "quote", tr(said.get(event, said["issued"]), number=a or tr("Quote")), " · ".join(part for part in (net, e) if part)
    if rank in (_DEAL_OPENED, _DEAL_CLOSED):
        said = {"opened": mark("Deal “{name}” opened"), "won": mark("Deal “{name}” won"), "lost": mark("Deal “{name}” lost")}
        amount = _money(reader, b, c) if b is not None else ""
        return (
            "deal",
            "trophy" if event == "won" else ICONS["deal"],
            "deal",
            tr(said[event], name=a or ""),
            " · ".join(part for part in (amount, d if event == "lost" else "") if part),
        )
    return "task", ICONS["task"], "task", tr("Done: {subject}", subject=a or ""), ""


def _money(reader: Reader, minor: int, currency: str | None) -> str:
    code = currency or reader.settings.currency
    return show_money(Money(from_minor(minor, code), code))


def _short(text: str) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= _LONGEST_SUBTITLE else bare[: _LONGEST_SUBTITLE - 1].rstrip() + "…"


@dataclass(frozen=True)
class _Told:
    """One changed value, as it is told."""

    label: str
    old: str
    new: str


class _Changed:
    """Turns journal rows into words; rows of one transaction and one owner make one entry."""

    def __init__(self, reader: Reader, rows: Sequence[Row], members: dict[bytes, str], subject: str) -> None:
        self._reader = reader
        self._members = members
        self._subject = subject
        self._groups: dict[tuple[int, int, bytes], list[Row]] = {}
        self._links: dict[str, dict[bytes, str]] = {}
        for row in rows:
            self._groups.setdefault(self._key(row), []).append(row)
        if rows:
            self._fetch_links(rows)

    @staticmethod
    def _key(row: Row) -> tuple[int, int, bytes]:
        """Return transaction and record, a part standing for its owner."""
        table, owner_table, owner, tx = row[7], row[9], row[10], row[12]
        return (tx, owner_table, owner) if owner else (tx, table, row[6])

    def _fetch_links(self, rows: Sequence[Row]) -> None:
        wanted: dict[str, set[bytes]] = {}
        for row in rows:
            cls = BY_NUMBER[row[7]]
            changes = json.loads(row[8]) if row[8] else {}
            by_column = {field.column: field for field in cls.fields.values() if field.kind == "link"}
            for column, values in changes.items():
                if field := by_column.get(column):
                    wanted.setdefault(field.target or "", set()).update(bytes.fromhex(value) for value in values if value)
            part = cls.fields.get(cls.entity.value)
            if part and part.kind == "link" and row[11]:
                wanted.setdefault(part.target or "", set()).add(bytes.fromhex(row[11]))
            if self._key(row)[1] == _number("contact") and self._subject == "company":
                wanted.setdefault("contact", set()).add(self._key(row)[2])
            if self._key(row)[1] == _number("deal"):
                wanted.setdefault("deal", set()).add(self._key(row)[2])
        self._links = {entity: {record: name for record, (name, _) in titles(self._reader, entity, records).items()} for entity, records in wanted.items()}

    def told(self, row: Row) -> Iterable[Entry]:
        """Yield the entry that a row begins; rows that were told with another, or tell nothing, yield none."""
        key = self._key(row)
        group = self._groups.get(key, [])
        if not group or group[0] is not row:
            return
        cls, record = BY_NUMBER[key[1]], key[2]
        parts = [part for one in sorted(group, key=lambda one: (one[10] is not None, one[2])) for part in self._of_row(one)]
        if not parts:
            return
        name = self._links.get(cls.entity.name, {}).get(record, "")
        kind, title, subtitle = self._words(cls, name, _joined(parts))
        yield Entry(
            kind, "changed", ICONS[kind], title, _short(subtitle), moment(row[0]), False, UUID(bytes=row[5]) if row[5] else None, self._members.get(row[5], ""),
            cls.entity.name, UUID(bytes=record),
        )  # fmt: skip

    def _words(self, cls: type[Record], name: str, parts: list[_Told]) -> tuple[str, str, str]:
        if cls.entity.name == "deal" and self._subject != "deal":
            return "deal", tr("Deal “{name}” moved to {stage}", name=name, stage=parts[0].new), ""
        title = tr("{field} changed", field=parts[0].label) if len(parts) == 1 else ntr("{count} value changed", "{count} values changed", len(parts))
        lines = [self._line(part, named=len(parts) > 1) for part in parts]
        return "change", title, " · ".join([name, *lines] if name and cls.entity.name == "contact" else lines)

    @staticmethod
    def _line(part: _Told, *, named: bool) -> str:
        if part.old and part.new:
            line = tr("{old} → {new}", old=part.old, new=part.new)
        else:
            line = tr("added: {value}", value=part.new) if part.new else tr("removed: {value}", value=part.old)
        return tr("{label}: {text}", label=part.label, text=line) if named else line

    def _of_row(self, row: Row) -> Iterable[_Told]:
        cls = BY_NUMBER[row[7]]
        if row[10]:
            yield from self._of_part(cls, row)
            return
        by_column = {field.column: field for field in cls.fields.values() if field.kind != "parts"}
        for column, (old, new) in json.loads(row[8] or "{}").items():
            field = by_column.get(column)
            if field is None or field.sensitivity == "secret" or column in _SILENT - ({"company_id"} if cls.entity.name == "contact" else set()):
                continue
            if cls.entity.name == "deal" and self._subject != "deal" and column != "stage_id":
                continue
            if column == "stage_id" and self._closes(new):
                continue
            if told := self._told_value(field, old, new):
                yield told

    def _of_part(self, cls: type[Record], row: Row) -> Iterable[_Told]:
        field = cls.fields[cls.entity.value]
        owner = BY_NUMBER[row[9]]
        label = next((tr(listing.label) for listing in owner.fields.values() if listing.target == cls.entity.name), tr(cls.entity.label))
        if row[3] == INSERT:
            yield _Told(label, "", self._value(field, row[11]))
            return
        changes = json.loads(row[8] or "{}")
        if "deleted_at" in changes:
            if changes["deleted_at"][1] is not None:
                yield _Told(label, self._value(field, row[11]), "")
            return
        for column, (old, new) in changes.items():
            inner = next((item for item in cls.fields.values() if item.column == column and item.kind != "parts"), None)
            if inner is None or column in _SILENT - {field.column} or column.endswith("_id") and column != field.column:
                continue
            yield _Told(
                label if inner is field else tr("{label} ({part})", label=label, part=tr(inner.label)), self._value(inner, old), self._value(inner, new)
            )

    def _closes(self, stage: str | None) -> bool:
        """Say whether a stage means won or lost: that a deal was closed is an entry of its own."""
        if stage is None:
            return True
        return self._reader.value("SELECT outcome FROM stage WHERE id = ?", (bytes.fromhex(stage),)) in {"won", "lost"}

    def _told_value(self, field: Field, old: Any, new: Any) -> _Told | None:
        told = _Told(tr(field.label), self._value(field, old), self._value(field, new))
        return None if told.old == told.new else told

    def _value(self, field: Field, journaled: Any) -> str:
        if journaled is None or journaled == "":
            return ""
        if field.kind == "link":
            return self._links.get(field.target or "", {}).get(bytes.fromhex(journaled), "")
        if field.kind == "money":
            return _money(self._reader, journaled, None)
        if field.kind == "price":
            return str(KINDS["decimal"].show(KINDS["decimal"].load(journaled), field))
        value = KINDS[field.kind].load(journaled)
        if field.kind == "moment":
            value = value.astimezone(self._reader.settings.tz)
        return KINDS[field.kind].show(value, field)


def _joined(parts: list[_Told]) -> list[_Told]:
    """Join what was removed and what was added under the same label in one go: that is a change."""
    joined: list[_Told] = []
    for part in parts:
        # Of one of the two only the old value is known, of the other only the new one.
        partner = next(
            (other for other in joined if other.label == part.label and bool(other.old) != bool(part.old) and bool(other.new) != bool(part.new)), None
        )
        if partner is None:
            joined.append(part)
            continue
        joined[joined.index(partner)] = _Told(part.label, partner.old or part.old, partner.new or part.new)
    return joined
