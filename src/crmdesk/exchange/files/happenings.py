"""Meetings, mails, notes and tasks from other programs as rows, and how they find the people they are about."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from crmdesk.clock import now_ms, to_ms
from crmdesk.errors import UserError
from crmdesk.exchange.files.our_terms import OUR_PRODUCT, OWN
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.exchange.shapes.work import Draft
from crmdesk.exchange.table import Cell, shown
from crmdesk.exchange.values.entries import title_of
from crmdesk.exchange.values.layouts import Column, Layout, Target
from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmdesk.exchange.shapes.work import Values, Work
    from crmdesk.exchange.table import Line, Table
    from crmdesk.store import Reader
    from crmdesk.store.settings import Settings

FIELDS = (
    "kind", "subject", "at", "minutes", "author", "people", "body", "due_on", "due_at", "remind_at", "done_at", "repeats", "repeat_every", "repeats_from",
    "repeats_until", "direction", "external_id", "source", "id", "files",
)  # fmt: skip
_LABELS = {"author": mark("From"), "people": mark("People"), "files": mark("Files"), "external_id": mark("External id"), "id": mark("Id")}
LONGEST_TEXT = 100_000
LONGEST_SUBJECT = 500


class Files(str):
    """A cell that stands for attached files: reads as their names, and knows where their contents lie."""

    places: tuple[tuple[str | int, ...], ...] = ()


@dataclass
class Happening:
    """One row.

    Attributes:
        id: of a record that came from here once.
        author, people: mail addresses in lower case.
        ours: what else an entry of our own says, by field: the records that it links, own fields of the user's.
        problem: why it can't be taken, empty if it can.
    """

    line: int
    kind: str = "meeting"
    subject: str = ""
    at: date | datetime | None = None
    minutes: int = 0
    author: str = ""
    people: tuple[str, ...] = ()
    body: str = ""
    due: date | datetime | None = None
    remind_at: datetime | None = None
    done_at: datetime | None = None
    repeats: str = ""
    repeat_every: int = 0
    repeats_until: date | None = None
    external_id: str = ""
    id: str = ""
    files: Files = field(default_factory=Files)
    ours: Mapping[str, Cell] = field(default_factory=dict)
    problem: str = ""

    def cells(self, more: Sequence[str] = ()) -> list[Cell]:
        """Return the cells in the order of `FIELDS`, and behind them what our own entries say of some more fields."""
        due_at = self.due if isinstance(self.due, datetime) else None
        subject = " ".join(self.subject.replace("\0", "").split())[:LONGEST_SUBJECT]
        cells: dict[str, Cell | None] = {
            "kind": self.kind, "subject": subject, "at": self.at, "minutes": self.minutes or None, "author": self.author, "people": ", ".join(self.people),
            "body": self.body[:LONGEST_TEXT].replace("\0", "").strip(), "due_on": self.due, "due_at": due_at, "remind_at": self.remind_at,
            "done_at": self.done_at, "repeats": self.repeats, "repeat_every": self.repeat_every or None, "repeats_from": self.due if self.repeats else None,
            "repeats_until": self.repeats_until, "external_id": self.external_id, "id": self.id, "files": self.files,
        }  # fmt: skip
        return [_or_empty(self.ours.get(name, cells.get(name))) for name in (*FIELDS, *more)]


def _or_empty(value: Cell | None) -> Cell:
    return "" if value is None else value


def columns(more: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the columns.

    Args:
        more: fields that only our own entries tell, with those of the user's own.
    """
    return (*(tr(_LABELS[name]) if name in _LABELS else tr(_KNOWN[name].label) for name in FIELDS), *map(_label_of, more))


def _label_of(name: str) -> str:
    link = name.removesuffix("_id")
    return name.removeprefix(OWN) if name.startswith(OWN) else title_of("task", link, "id") if link != name else tr(_KNOWN[name].label)


_KNOWN = {**entity_class("task").fields, **entity_class("activity").fields}
LINKS = frozenset(name for name, item in _KNOWN.items() if item.kind == "link")


def layout_of(source: str, product: str | None, entity: str, table: Table, more: Sequence[str] = ()) -> Layout:
    """Say where the columns go: to activities, or tasks; each finds its own.

    Raises:
        UserError: appointments and mails are no such records.
    """
    if entity not in {"activity", "task"}:
        raise UserError(
            tr("“{file}” holds appointments, tasks or mails, and these become activities or tasks.", file=table.path.name), hint=tr("Import it as “activity”.")
        )
    names = (*FIELDS, *more)
    filled = (
        {index for _, cells in table.sample for index, cell in enumerate(cells) if cell != ""}
        if table.line_count == len(table.sample)
        else set(range(len(names)))
    ) | set(range(len(FIELDS), len(names)))
    named = enumerate(zip(names, table.columns, strict=True))
    targets = {index: (header, None if name.startswith(OWN) else Target(name)) for index, (name, header) in named if index in filled}
    found = tuple(Column(index, header, target, None, "product" if target else "") for index, (header, target) in targets.items())
    return Layout(entity, found, product, source, tuple(column.header for column in found if column.target is None))


@dataclass(frozen=True)
class Person:
    """Whose mail address it is."""

    contact: bytes | None = None
    company: bytes | None = None
    lead: bytes | None = None
    member: bytes | None = None


_ASK = (
    ("member", "SELECT lower(m.email), NULL, NULL, NULL, m.id FROM member m WHERE lower(m.email) IN (SELECT value FROM json_each(?)) AND m.deleted_at IS NULL ORDER BY m.id"),
    ("contact", "SELECT e.key, c.id, c.company_id, NULL, NULL FROM email e JOIN contact c ON c.id = e.contact_id "
                "WHERE e.key IN (SELECT value FROM json_each(?)) AND e.deleted_at IS NULL AND c.deleted_at IS NULL ORDER BY c.id"),
    ("company", "SELECT e.key, NULL, c.id, NULL, NULL FROM email e JOIN company c ON c.id = e.company_id "
                "WHERE e.key IN (SELECT value FROM json_each(?)) AND e.deleted_at IS NULL AND c.deleted_at IS NULL ORDER BY c.id"),
    ("lead", "SELECT e.key, NULL, NULL, l.id, NULL FROM email e JOIN lead l ON l.id = e.lead_id "
             "WHERE e.key IN (SELECT value FROM json_each(?)) AND e.deleted_at IS NULL AND l.deleted_at IS NULL AND l.converted_at IS NULL ORDER BY l.id"),
)  # fmt: skip


class HappeningShape(Shape):
    """Activities and tasks in one file; each row says which it is, and mail addresses say whose it is."""

    def __init__(self, entity: str, work: Work) -> None:
        super().__init__(work, entity)
        self.places = {column.target.field: column.index for column in work.layout.columns if column.target}
        self.people: dict[str, Person | None] = {}
        self.is_ours = work.layout.product == OUR_PRODUCT
        with work.book("contact").store.read() as reader:
            self.houses = _houses(reader, work.settings)

    def special(self) -> frozenset[str]:
        """Return the columns that are read here: all but those that only our own entries tell."""
        return frozenset(FIELDS)

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up the mail addresses of a block, and the records that our own entries link."""
        super().prepare(block)
        wanted = {
            mail for _, cells in block if cells.__class__ is list for name in ("author", "people") for mail in _mails(self._text(cells, name)) if mail not in self.people
        }  # fmt: skip
        if not wanted:
            return
        self.people.update(dict.fromkeys(wanted))
        with self.work.book("contact").store.read() as reader:
            for _, sql in _ASK:
                for mail, contact, company, lead, member in reader.rows(sql, (json.dumps(sorted(wanted), ensure_ascii=False),)):
                    if self.people.get(mail) is None:
                        self.people[mail] = Person(contact, company, lead, member)

    def drafts(self, lines: Sequence[tuple[int, list[Cell]]]) -> list[Draft | UserError]:
        """Turn rows into activities and tasks; in the place of a row that can't be taken stands why."""
        found: list[Draft | UserError] = []
        for line, cells in lines:
            try:
                found.append(self._happening(line, cells))
            except UserError as error:
                found.append(error)
        return found

    def _happening(self, line: int, cells: list[Cell]) -> Draft:
        kind = self._text(cells, "kind") or ("task" if self.entity == "task" else "meeting")
        values = self._task(cells) if kind == "task" else self._activity(cells, kind)
        draft = Draft(line, cells, b"", "task" if kind == "task" else "activity", values)
        if self.links or self.own:
            self._link_as_told(draft)
        self._check(draft)
        self.work.gathered.complete(draft.entity, values)
        draft.keys = self.keys(draft)
        return draft

    def _link_as_told(self, draft: Draft) -> None:
        """Read what only our own entries tell: the records that they link, and own fields of the user's."""
        draft.values.update(dict.fromkeys(link[1] for link in self.links))
        if draft.entity == self.entity:
            self._link_and_price(draft)
        else:  # own fields of tasks are none of activities
            own = {index for index, *_ in self.own}
            self._link_and_price(replace(draft, cells=["" if index in own else cell for index, cell in enumerate(draft.cells)]))

    def _cell(self, cells: list[Cell], name: str) -> Cell:
        index = self.places.get(name)
        return "" if index is None else cells[index]

    def _text(self, cells: list[Cell], name: str) -> str:
        return shown(self._cell(cells, name)).strip()

    def _moment(self, cells: list[Cell], name: str) -> int | None:
        """Return a moment; one without a zone is meant in the store's."""
        value = self._cell(cells, name)
        if not isinstance(value, date):
            return None
        at = value if isinstance(value, datetime) else datetime.combine(value, time())
        try:
            return to_ms(at if at.tzinfo else at.replace(tzinfo=self.work.settings.tz))
        except (OverflowError, ValueError, OSError):
            raise UserError(tr("“{text}” is not a date.", text=shown(value))) from None

    def _day(self, cells: list[Cell], name: str) -> str | None:
        """Return a day; that of a moment is meant in the store's zone."""
        value = self._cell(cells, name)
        if isinstance(value, datetime):
            return (value.astimezone(self.work.settings.tz) if value.tzinfo else value).date().isoformat()
        return value.isoformat() if isinstance(value, date) else None

    def _common(self, cells: list[Cell]) -> Values:
        author = self.people.get(self._text(cells, "author"))
        others = [person for mail in _mails(self._text(cells, "people")) if (person := self.people.get(mail))]
        about = _best([*([author] if author else []), *others])
        owner = author.member if author and author.member else next((person.member for person in others if person.member), None)
        external = self._text(cells, "external_id") or None
        source = self._text(cells, "source") or (self.work.source if external else None)
        return {
            "id": None, "subject": self._text(cells, "subject") or None, "body": self._text(cells, "body") or None, "contact_id": about.contact, "company_id": about.company,
            "lead_id": about.lead, "owner_id": owner or self.work.member, "external_id": external, "source": source,
        }  # fmt: skip

    def _activity(self, cells: list[Cell], kind: str) -> Values:
        values = self._common(cells)
        minutes = self._cell(cells, "minutes")
        values |= {
            "kind": kind, "at": self._moment(cells, "at") or now_ms(), "minutes": minutes if isinstance(minutes, int) else None,
            "direction": self._text(cells, "direction") or (self._way(cells) if kind == "mail" and not self.is_ours else None),
        }  # fmt: skip
        values["subject"] = (
            values["subject"] or _first_line(values["body"]) or tr(next(c.label for c in entity_class("activity").fields["kind"].choices if c.value == kind))
        )
        return values

    def _way(self, cells: list[Cell]) -> str | None:
        """Say whether a mail came in or went out; nothing of one that a stranger wrote to a customer, with none of us among those who got it."""
        sender, others = self._text(cells, "author"), _mails(self._text(cells, "people"))
        if self._is_ours(sender):
            return "out"
        is_for_customers = any(self.people.get(mail) for mail in others if mail != sender)
        return None if self.people.get(sender) is None and is_for_customers and not any(map(self._is_ours, others)) else "in"

    def _is_ours(self, mail: str) -> bool:
        """Say whether a mail address is that of a member, or of our house."""
        person = self.people.get(mail)
        return bool(person and person.member) or (person is None and mail.rpartition("@")[2] in self.houses)

    def _task(self, cells: list[Cell]) -> Values:
        values = self._common(cells)
        due_at, every = self._moment(cells, "due_at"), self._cell(cells, "repeat_every")
        values |= {
            "due_on": self._day(cells, "due_on"), "due_at": due_at, "remind_at": self._moment(cells, "remind_at"), "done_at": self._moment(cells, "done_at"),
            "repeats": self._text(cells, "repeats") or None, "repeat_every": every if isinstance(every, int) else None,
            "repeats_from": self._day(cells, "repeats_from"), "repeats_until": self._day(cells, "repeats_until"),
        }  # fmt: skip
        values["subject"] = values["subject"] or _first_line(values["body"]) or tr(entity_class("task").entity.label)
        return values

    def more_keys(self, draft: Draft) -> list[tuple[str, Any]]:
        """Return nothing: two meetings of the same name are two."""
        return []

    def accept(self, draft: Draft) -> None:
        """Take a record with its files."""
        super().accept(draft)
        files = self._cell(draft.cells, "files")
        if isinstance(files, Files) and draft.entity == "activity":
            values = draft.values
            self.work.gathered.files += [("activity", draft.id, values["company_id"], place) for place in files.places]


# Domains that many houses share.
_SHARED = re.compile(
    r"(?:gmail|googlemail|gmx|web|t-online|freenet|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|mac|aol|mail|posteo|mailbox|proton|protonmail|pm|arcor|1und1|bluewin|qq|163|126|yeah|sina"
    r"|sohu|foxmail|139|189|aliyun|vip\.(?:qq|163|126|sina)|zoho|yandex|fastmail)(?:\.[a-z]{2,4}){1,2}"
)


def _houses(reader: Reader, settings: Settings) -> frozenset[str]:
    """Return the domains of our own house: those of its website and of its and its members' mail addresses, unless many houses share them."""
    mails = [settings.company_email, *(mail for (mail,) in reader.rows("SELECT email FROM member WHERE email IS NOT NULL AND deleted_at IS NULL"))]
    site = re.sub(r"^(?:https?://)?(?:www\.)?", "", settings.company_website.strip().lower()).partition("/")[0]
    return frozenset(
        domain for domain in (*(mail.strip().lower().rpartition("@")[2] for mail in mails), site) if "." in domain and not _SHARED.fullmatch(domain)
    )


def _mails(text: str) -> list[str]:
    return [mail for mail in text.split(", ") if mail]


def _first_line(text: Any) -> str | None:
    return " ".join(str(text).splitlines()[0].split())[:120] if text and str(text).strip() else None


def _best(people: Iterable[Person]) -> Person:
    """Return the customer among some people: the first contact, else a company, else a lead; colleagues are none."""
    others = [person for person in people if person.member is None]
    for name in ("contact", "company", "lead"):
        for person in others:
            if getattr(person, name):
                return person
    return Person()
