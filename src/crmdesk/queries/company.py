"""A company's page: who they are, how business stands, whom to speak to, what comes next, how good the data is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, now
from crmdesk.errors import UserError
from crmdesk.fields import Money, from_minor, from_scaled, show_money, show_number
from crmdesk.i18n import ntr, tr
from crmdesk.models.customer import Company
from crmdesk.queries import quality
from crmdesk.queries.money import Sum
from crmdesk.queries.seen import live
from crmdesk.queries.tasks import TaskRow, open_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmdesk.queries.quality import Quality
    from crmdesk.store.reader import Reader

_CONTACTS_FOR_RHYTHM = 20
_MOST_PEOPLE = 50


@dataclass(frozen=True)
class Header:
    """The head of the page.

    Attributes:
        tags: (word, colour) of each tag.
    """

    id: UUID
    name: str
    industry: str
    place: str
    parent_id: UUID | None
    parent: str
    tags: tuple[tuple[str, str | None], ...]
    lifecycle: str | None


@dataclass(frozen=True)
class KeyFigures:
    """How business stands.

    Attributes:
        chance: percent that an open euro is worth, by the stages' win rates; None without open deals.
        won_since: the year of the first won deal.
        last_contact_at: the last call, mail, meeting, visit or chat; every_days: how many days lie between two of them on average.
        open_tickets: those not yet resolved; csat: mean satisfaction over all.
    """

    open_count: int
    open_amount: Sum
    weighted: Sum
    chance: int | None
    won_count: int
    won_amount: Sum
    won_since: int | None
    last_contact_at: datetime | None
    every_days: int | None
    tickets: int
    open_tickets: int
    csat: float | None


@dataclass(frozen=True)
class Detail:
    """One line of the details: the field's name and label, and the value as people read it."""

    field: str
    label: str
    value: str


@dataclass(frozen=True)
class Person:
    """A contact of the company."""

    id: UUID
    name: str
    role: str
    phone: str
    email: str
    last_contact_at: datetime | None


@dataclass(frozen=True)
class CompanyPage:
    """All that a company's page shows beside its timeline.

    Attributes:
        people: the first fifty, those last spoken to first; counts has how many there are.
        counts: for each tab: `people`, `deals`, `quotes`, `tickets`, `files`, `tasks`, `companies` (subsidiaries).
    """

    header: Header
    figures: KeyFigures
    details: tuple[Detail, ...]
    people: tuple[Person, ...]
    next_steps: tuple[TaskRow, ...]
    subsidiaries: tuple[tuple[UUID, str], ...]
    counts: dict[str, int]
    quality: Quality | None
    note: str


def page(reader: Reader, company_id: UUID) -> CompanyPage:
    """Return a company's page without its timeline.

    Raises:
        UserError: there is no such company.
    """
    row = reader.one(
        "SELECT t.name, t.customer_number, t.industry, t.parent_id, p.name, t.lifecycle, t.tier, t.website, t.vat_id, t.credit_code, t.employees, t.revenue, t.currency, "  # noqa: S608
        "t.founded, t.language, t.payment_days, m.name, t.owner_id FROM company t LEFT JOIN company p ON p.id = t.parent_id AND p.deleted_at IS NULL "
        f"LEFT JOIN member m ON m.id = t.owner_id WHERE t.id = ? AND {live(reader, 'company')}",
        (company_id.bytes,),
    )
    if row is None:
        raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr("Company")))
    parts = _parts(reader, company_id)
    counts = _counts(reader, company_id)
    header = Header(
        company_id, row[0] or "", row[2] or "", _place(parts["address"]), UUID(bytes=row[3]) if row[3] and row[4] else None, row[4] or "",
        tuple((tag[1], tag[2]) for tag in parts["tag"] if tag[1]), row[5],
    )  # fmt: skip
    people = _people(reader, company_id)
    return CompanyPage(
        header, _figures(reader, company_id, counts), tuple(_details(reader, row, parts)), people, tuple(open_tasks(reader, company_id=company_id, limit=20)),
        _subsidiaries(reader, company_id), counts, quality.of_record(reader, "company", company_id), next((memo[1] for memo in parts["memo"] if memo[1]), ""),
    )  # fmt: skip


_Parts = dict[str, list[tuple[Any, ...]]]


def _parts(reader: Reader, company_id: UUID) -> _Parts:
    """Return phones, mails, handles, addresses, notes and tags: (label, values …), in their order."""
    found: _Parts = {"phone": [], "email": [], "handle": [], "address": [], "memo": [], "tag": []}
    of = "company_id = :id AND {0}deleted_at IS NULL"
    sql = (
        f"SELECT 'phone', position, id, label, number, e164, extension, NULL, NULL FROM phone WHERE {of.format('')} "  # noqa: S608
        f"UNION ALL SELECT 'email', position, id, label, address, NULL, NULL, NULL, NULL FROM email WHERE {of.format('')} "
        f"UNION ALL SELECT 'handle', position, id, label, handle, NULL, NULL, NULL, NULL FROM handle WHERE {of.format('')} "
        f"UNION ALL SELECT 'address', position, id, label, street, postal_code, city, state, country FROM address WHERE {of.format('')} "
        f"UNION ALL SELECT 'memo', position, id, label, text, NULL, NULL, NULL, NULL FROM memo WHERE {of.format('')} "
        f"UNION ALL SELECT 'tag', r.position, r.id, NULL, g.name, g.tone, NULL, NULL, NULL FROM record_tag r JOIN tag g ON g.id = r.tag_id "
        f"WHERE {of.format('r.')} AND g.deleted_at IS NULL"
    )
    for part, _, _, *values in sorted(reader.rows(sql, {"id": company_id.bytes}), key=lambda row: (row[1] is None, row[1] or 0, row[2])):
        found[part].append(tuple(values))
    return found


def _place(addresses: Sequence[tuple[Any, ...]]) -> str:
    return next((", ".join(piece for piece in (city, country) if piece) for _, _, _, city, _, country in addresses if city or country), "")


def _details(reader: Reader, row: tuple[Any, ...], parts: _Parts) -> list[Detail]:
    fields = Company.fields

    def labelled(name: str, listed: Sequence[tuple[Any, ...]]) -> list[Detail]:
        base = tr(fields[name].label)
        return [Detail(name, tr("{label} ({part})", label=base, part=label) if label else base, value) for label, value, *_ in listed if value]

    website, vat_id, credit_code, employees, revenue, currency, founded, language, payment_days, owner, _ = row[7:]
    addresses = [(label, "\n".join(_address_lines(*values))) for label, *values in parts["address"]]
    code = currency or reader.settings.currency
    plain = [
        ("website", website), ("vat_id", vat_id), ("credit_code", credit_code), ("owner", owner), ("lifecycle", row[5] and fields["lifecycle"].choice(row[5])),
        ("tier", row[6] and fields["tier"].choice(row[6])), ("language", language and fields["language"].choice(language)),
        ("payment_days", None if payment_days is None else ntr("{count} day net", "{count} days net", payment_days)),
        ("employees", None if employees is None else show_number(employees)), ("revenue", None if revenue is None else show_money(Money(from_minor(revenue, code), code), whole=True)),
        ("founded", None if founded is None else str(founded)), ("customer_number", row[1]),
    ]  # fmt: skip
    return [
        *labelled("phone", parts["phone"]), *labelled("email", parts["email"]), *labelled("handle", parts["handle"]), *labelled("address", addresses),
        *(Detail(name, tr(fields[name].label), value) for name, value in plain if value),
    ]  # fmt: skip


def _address_lines(street: str | None, postal_code: str | None, city: str | None, state: str | None, country: str | None) -> list[str]:
    place = " ".join(piece for piece in (postal_code, city) if piece)
    return [line for line in (street, ", ".join(piece for piece in (place, state, country) if piece)) if line]


def _figures(reader: Reader, company_id: UUID, counts: dict[str, int]) -> KeyFigures:
    empty = Sum(0, reader.settings.currency)
    totals = {"open": empty, "won": empty, "lost": empty}
    numbers = {"open": 0, "won": 0, "lost": 0}
    weighted, since = empty, None
    found = reader.rows(
        "SELECT ifnull(s.outcome, 'open'), s.win_rate, iif(t.amount_base IS NULL AND t.amount IS NOT NULL, t.currency, NULL) AS apart, count(*), "  # noqa: S608
        f"sum(ifnull(t.amount_base, ifnull(t.amount, 0))), min(t.closed_on) FROM deal t JOIN stage s ON s.id = t.stage_id WHERE t.company_id = ? AND {live(reader, 'deal')} "
        "GROUP BY s.id, apart",
        (company_id.bytes,),
    )
    for outcome, win_rate, apart, count, amount, closed_on in found:
        part = Sum(0, empty.currency, ((apart, amount),)) if apart else Sum(amount, empty.currency)
        numbers[outcome] += count
        totals[outcome] += part
        if outcome == "open":
            weighted += part.share(from_scaled(win_rate or 0))
        elif outcome == "won" and closed_on:
            since = min(since or 9999, int(closed_on[:4]))
    last, every = _rhythm(reader, company_id)
    service = (
        reader.one(f"SELECT avg(t.csat) FROM ticket t WHERE t.company_id = ? AND {live(reader, 'ticket')}", (company_id.bytes,)) if counts["tickets"] else None
    )  # noqa: S608
    return KeyFigures(
        numbers["open"], totals["open"], weighted, round(100 * weighted.base / totals["open"].base) if totals["open"].base else None,
        numbers["won"], totals["won"], since, last, every, counts["tickets"], counts["open_tickets"], service[0] if service else None,
    )  # fmt: skip


def _rhythm(reader: Reader, company_id: UUID) -> tuple[datetime | None, int | None]:
    """Return the last contact and the usual days between two, from the last twenty; future ones are plans and do not count."""
    found = reader.rows(
        f"SELECT t.at FROM activity t WHERE t.company_id = ? AND {live(reader, 'activity')} AND ifnull(t.kind, '') <> 'note' AND t.at <= ? ORDER BY t.at DESC LIMIT ?",  # noqa: S608
        (company_id.bytes, round(now().timestamp() * 1000), _CONTACTS_FOR_RHYTHM),
    )
    moments = [moment(at) for (at,) in found]
    if not moments:
        return None, None
    days = sorted({at.astimezone(reader.settings.tz).date() for at in moments})
    return moments[0], round((days[-1] - days[0]).days / (len(days) - 1)) if len(days) > 2 else None


def _people(reader: Reader, company_id: UUID) -> tuple[Person, ...]:
    first = "(SELECT p.{0} FROM {1} p WHERE p.contact_id = t.id AND p.deleted_at IS NULL ORDER BY p.position, p.id LIMIT 1)"
    found = reader.rows(
        f"SELECT t.id, t.name, t.role, {first.format('number', 'phone')}, {first.format('address', 'email')}, t.last_contact_at FROM contact t "  # noqa: S608
        f"WHERE t.company_id = ? AND {live(reader, 'contact')} ORDER BY t.last_contact_at IS NULL, t.last_contact_at DESC, +t.sort_key, t.id LIMIT ?",
        (company_id.bytes, _MOST_PEOPLE),
    )
    return tuple(
        Person(UUID(bytes=record), name or "", role or "", phone or "", email or "", moment(last) if last else None)
        for record, name, role, phone, email, last in found
    )


def _subsidiaries(reader: Reader, company_id: UUID) -> tuple[tuple[UUID, str], ...]:
    found = reader.rows(
        f"SELECT t.id, t.name FROM company t WHERE t.parent_id = ? AND {live(reader, 'company')} ORDER BY +t.sort_key LIMIT 20", (company_id.bytes,)
    )  # noqa: S608
    return tuple((UUID(bytes=record), name or "") for record, name in found)


_TABS = (
    ("people", "contact", "company_id", ""), ("deals", "deal", "company_id", ""), ("quotes", "quote", "company_id", ""), ("tickets", "ticket", "company_id", ""),
    ("open_tickets", "ticket", "company_id", " AND (t.status IN ('new', 'open', 'waiting') OR t.status IS NULL)"), ("files", "attachment", "company_id", ""),
    ("tasks", "task", "company_id", " AND t.done_at IS NULL"), ("companies", "company", "parent_id", ""),
)  # fmt: skip


def _counts(reader: Reader, company_id: UUID) -> dict[str, int]:
    columns = ", ".join(f"(SELECT count(*) FROM {entity} t WHERE t.{column} = :id AND {live(reader, entity)}{more})" for _, entity, column, more in _TABS)  # noqa: S608
    found = reader.one(f"SELECT {columns}", {"id": company_id.bytes})
    return dict(zip((tab for tab, *_ in _TABS), found or (), strict=True))
