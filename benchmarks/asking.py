"""What screens ask: search, a company's page, lists, the board."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from measure import Figure, clock, repeat
from stores import SIZES, bare, kept, opened

from crmdesk.models.names import folded, has_cjk
from crmdesk.models.phones import digits
from crmdesk.queries import company, deals, records, timeline
from crmdesk.queries.finding import Condition
from crmdesk.queries.first_rows import first_ids
from crmdesk.queries.search import search as ask
from crmdesk.store.search_index import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmdesk.store import Store

# What the page of contacts shows at first, how many rows a screen holds, how many the table fetches at a time.
COLUMNS = ("name", "company", "role", "phone", "email", "address.city", "last_contact_at")
SCREEN, PAGE = 50, 200


def _reading(store: Store, question: Callable[..., object], *args: Any, **named: Any) -> Callable[[], object]:
    """Return a call that asks in a short session of its own, as every screen does."""

    def call() -> object:
        with store.read() as reader:
            return question(reader, *args, **named)

    return call


# -- search ----------------------------------------------------------------------------------------------------------------------


def queries(connection: Any, contacts: int) -> dict[str, list[str]]:
    """Return 200 things that people type: 40 of each sort, made from what the store holds."""
    rng = random.Random(3)  # noqa: S311 - repeatable, not secret
    names = Counter(name for row in connection.execute("SELECT given_name, family_name FROM contact") for name in row if name)
    western = [name for name, _ in names.most_common() if not has_cjk(name)]
    chinese = [name for (name,) in connection.execute("SELECT name FROM contact UNION ALL SELECT name FROM company") if has_cjk(name)]
    beginnings = list(dict.fromkeys(folded(name)[:length] for name in western for length in (1, 2)))
    seen: Counter[str] = Counter()
    for (role,) in connection.execute("SELECT role FROM contact"):
        seen.update(set(words(role)))
    for (name,) in connection.execute("SELECT name FROM company"):
        seen.update(set(words(name)))
    common = [word for word, count in seen.most_common() if count > contacts / 10 and len(word) > 1]
    unfinished = [word[:size] for word in common for size in range(2, len(word))]
    numbers = [digits(number) for (number,) in connection.execute("SELECT number FROM phone ORDER BY id LIMIT 4000")]
    mails = [address for (address,) in connection.execute("SELECT address FROM email ORDER BY id LIMIT 4000")]
    middles = [number[3 : 3 + rng.choice((3, 4, 5, 6))] for number in rng.sample(numbers, 40)]
    parts = [
        rng.choice((address.partition("@")[0], address.partition("@")[2], address.partition("@")[0].rpartition(".")[2])) for address in rng.sample(mails, 40)
    ]
    return {
        "beginnings": beginnings[:40],
        "common words": (common + rng.sample(unfinished, min(len(unfinished), 40)))[:40] if common else [],
        "phone middles": middles,
        "mail parts": parts,
        "chinese and pinyin": list(_in_chinese(rng, rng.sample(chinese, 40))),
    }


def _in_chinese(rng: random.Random, names: Iterable[str]) -> Iterator[str]:
    from crmdesk.models.names import initials, pinyin

    for number, name in enumerate(names):
        plain = "".join(c for c in name if has_cjk(c))
        yield (plain[: rng.choice((1, 2))], plain[-2:], pinyin(plain)[: rng.choice((3, 5))], initials(plain)[:2])[number % 4]


def search(size: str) -> list[Figure]:
    """Search as you type."""
    path = kept(size)
    floor = bare(path)
    typed = queries(floor, SIZES[size])
    texts = [text for sort in typed.values() for text in sort]
    with opened(path) as store:
        calls = [_reading(store, partial(ask, with_matches=True), text) for text in texts]
        taken = clock(calls)
    least = clock([partial(_bare_search, floor, text) for text in texts])
    floor.close()
    worst = []
    start = 0
    for sort, listed in typed.items():
        rounds = [times[start : start + len(listed)] for times in taken.rounds]
        start += len(listed)
        worst.append(f"{sort} {type(taken)(rounds).p95() * 1000:.1f}")
    return [
        Figure(
            f"search as you type, p95 of {len(texts)}", taken.p95() * 1000, taken.best_p95() * 1000, "ms", least.p95() * 1000, 12, "≤ 12 ms", "; ".join(worst)
        )
    ]


def _bare_search(connection: Any, text: str) -> list[Any]:
    """Return twenty hits of one look into the index, unranked, with their titles: the least that a search can do."""
    plain = folded(text)
    if plain.isdigit():
        sql, parameters = "SELECT docid FROM search_digits WHERE part = ? LIMIT 20", (int(plain[:3]),)
    elif "@" in plain or "." in plain or any(c.isdigit() for c in plain):
        sql, parameters = "SELECT rowid FROM search_words WHERE search_words MATCH ? LIMIT 20", (" ".join(f'"{word}"*' for word in words(plain)),)
    else:
        sql, parameters = "SELECT docid FROM search_key WHERE key >= ? AND key < ? LIMIT 20", (plain, plain + "\U0010ffff")
    return connection.execute(
        f"SELECT d.tbl, d.row, c.name FROM ({sql}) k JOIN search_doc d ON d.docid = k.docid LEFT JOIN contact c ON c.id = d.row".replace(
            "rowid FROM", "rowid AS docid FROM"
        ),  # noqa: S608
        parameters,
    ).fetchall()


# -- a company's page --------------------------------------------------------------------------------------------------------------


def company_page(size: str) -> list[Figure]:
    """A company's page with fifty entries of its timeline."""
    path = kept(size)
    floor = bare(path)
    busiest = [row for (row,) in floor.execute("SELECT company_id FROM activity GROUP BY 1 HAVING count(*) >= 50 ORDER BY count(*) DESC LIMIT 100")]

    def page(reader: Any, record: UUID) -> None:
        company.page(reader, record)
        assert len(timeline.timeline(reader, company_id=record, limit=50).entries) == 50

    with opened(path) as store:
        taken = clock([_reading(store, page, UUID(bytes=row)) for row in busiest])
    least = clock([partial(_bare_company, floor, row) for row in busiest])
    floor.close()
    return [
        Figure(
            "company page with 50 timeline entries, p95",
            taken.p95() * 1000,
            taken.best_p95() * 1000,
            "ms",
            least.p95() * 1000,
            6,
            "≤ 6 ms",
            f"{len(busiest)} companies",
        )
    ]


def _bare_company(connection: Any, record: bytes) -> None:
    for sql in (
        "SELECT * FROM company WHERE id = ?", "SELECT * FROM contact WHERE company_id = ? LIMIT 50", "SELECT * FROM address WHERE company_id = ?",
        "SELECT stage_id, count(*), sum(amount_base) FROM deal WHERE company_id = ? GROUP BY 1",
        "SELECT a.*, m.name FROM activity a LEFT JOIN member m ON m.id = a.owner_id WHERE a.company_id = ? ORDER BY a.at DESC LIMIT 50",
    ):  # fmt: skip
        connection.execute(sql, (record,)).fetchall()


# -- lists -------------------------------------------------------------------------------------------------------------------------


def lists(size: str) -> list[Figure]:
    """The list of contacts: a page far down, first rows after another order or filter, all ids."""
    path, contacts = kept(size), SIZES[size]
    at = contacts * 9 // 10
    floor = bare(path)
    with opened(path) as store:
        with store.read() as reader:
            everyone = records.ids(reader, "contact")
            wanted = everyone[at : at + SCREEN]
            many = everyone[at : at + PAGE]
        page = repeat(_reading(store, records.rows, "contact", wanted, COLUMNS), 20)
        whole = repeat(_reading(store, records.rows, "contact", many, COLUMNS), 5)
        asked = list(_questions(floor))
        fresh = clock([_reading(store, _first_rows, conditions, sort) for conditions, sort in asked])
        ids = repeat(_reading(store, records.ids, "contact"), 3)
    by_ids = repeat(partial(_bare_rows, floor, wanted), 20)
    offset = repeat(
        lambda: floor.execute(
            f"{_ROW} FROM contact t LEFT JOIN company c ON c.id = t.company_id ORDER BY t.sort_key, t.id LIMIT {SCREEN} OFFSET {at}"
        ).fetchall(),
        3,
    )
    head = clock([partial(_bare_first, floor, conditions, sort) for conditions, sort in asked])
    every = repeat(lambda: floor.execute("SELECT id FROM contact ORDER BY sort_key, id").fetchall(), 3)
    floor.close()
    slowest = max(zip(fresh.rounds[-1], asked, strict=True), key=lambda pair: pair[0])[1]
    return [
        Figure(
            f"list page at row {at:,}", page.median() * 1000, page.best() * 1000, "ms", by_ids.median() * 1000, 8, "≤ 8 ms",
            f"{SCREEN} rows × {len(COLUMNS)}; {PAGE} rows {whole.median() * 1000:.1f} ms; OFFSET {offset.median() * 1000:.0f} ms",
        ),
        Figure(
            "first rows after a new sort or filter, p95", fresh.p95() * 1000, fresh.best_p95() * 1000, "ms", head.p95() * 1000, 50, "≤ 50 ms",
            f"{len(asked)} questions, slowest {_said(*slowest)}",
        ),
        Figure("all ids sorted by name", ids.median() * 1000, ids.best() * 1000, "ms", every.median() * 1000, 150, "≤ 150 ms"),
    ]  # fmt: skip


def _questions(connection: Any) -> Iterator[tuple[tuple[Condition, ...], tuple[str, ...]]]:
    """Yield (conditions, sort) as people click them together in the list of contacts."""
    firm = connection.execute("SELECT name FROM company ORDER BY id LIMIT 1").fetchone()[0]
    city = "Berlin"
    for sort in (
        (),
        ("-name",),
        ("company",),
        ("-company",),
        ("role",),
        ("-role",),
        ("last_contact_at",),
        ("-last_contact_at",),
        ("phone",),
        ("email",),
        ("address.city",),
        ("owner",),
    ):
        yield (), sort
    for condition in (
        Condition("role", "=", "Buyer"), Condition("role", "~", "manager"), Condition("company", "=", firm), Condition("name", "~", "schmidt"), Condition("email", "~", "example7"),
        Condition("phone", "~", "4711"), Condition("last_contact_at", "empty"), Condition("last_contact_at", "notempty"), Condition("address.city", "=", city), Condition("phone", "empty"),
    ):  # fmt: skip
        yield (condition,), ()
    yield (Condition("role", "=", "Buyer"),), ("company",)
    yield (Condition("role", "=", "Buyer"), Condition("name", "~", "anna")), ("-last_contact_at",)


def _said(conditions: Sequence[Condition], sort: Sequence[str]) -> str:
    return " ".join([*(f"{each.field} {each.operator} {each.value}".strip() for each in conditions), *(f"by {name}" for name in sort)])


def _first_rows(reader: Any, conditions: Sequence[Condition], sort: Sequence[str]) -> object:
    return records.rows(reader, "contact", first_ids(reader, "contact", conditions, sort)[:SCREEN], COLUMNS)


_ROW = "SELECT t.id, t.name, c.name, t.role, (SELECT number FROM phone p WHERE p.contact_id = t.id), (SELECT address FROM email e WHERE e.contact_id = t.id), t.last_contact_at"


def _bare_rows(connection: Any, ids: Sequence[bytes]) -> list[Any]:
    marks = ", ".join("?" * len(ids))
    found: list[Any] = connection.execute(f"{_ROW} FROM contact t LEFT JOIN company c ON c.id = t.company_id WHERE t.id IN ({marks})", ids).fetchall()
    return found


def _bare_first(connection: Any, conditions: Sequence[Condition], sort: Sequence[str]) -> list[Any]:
    """Return a first screen by one plain statement: whole rows sorted as they come, without help of ours."""
    values = {
        "name": "t.sort_key", "company": "c.sort_key", "owner": "m.sort_key", "phone": "(SELECT number FROM phone p WHERE p.contact_id = t.id)",
        "email": "(SELECT address FROM email e WHERE e.contact_id = t.id)", "address.city": "(SELECT city FROM address a WHERE a.contact_id = t.id)",
    }  # fmt: skip
    order = ", ".join(f"{values.get(name.lstrip('-'), 't.' + name.lstrip('-'))}{' DESC' if name.startswith('-') else ''}" for name in sort or ("name",))
    signs = {"=": "= ?", "~": "LIKE ?", "empty": "IS NULL", "notempty": "IS NOT NULL"}
    where = " AND ".join(f"{values.get(each.field, 't.' + each.field).replace('c.sort_key', 'c.name')} {signs[each.operator]}" for each in conditions) or "1"
    given = [f"%{each.value}%" if each.operator == "~" else each.value for each in conditions if each.operator in ("=", "~")]
    joined = "FROM contact t LEFT JOIN company c ON c.id = t.company_id LEFT JOIN member m ON m.id = t.owner_id"
    found: list[Any] = connection.execute(f"{_ROW} {joined} WHERE {where} ORDER BY {order}, t.id LIMIT {SCREEN}", given).fetchall()
    return found


# -- the board ---------------------------------------------------------------------------------------------------------------------


def board(size: str) -> list[Figure]:
    """The board: sums per stage and the first fifty cards of each."""
    path = kept(size)
    floor = bare(path)
    with opened(path) as store:
        taken = repeat(_reading(store, deals.board), 10)
    opened_count = floor.execute("SELECT count(*) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.outcome = 'open'").fetchone()[0]
    stages = [row for (row,) in floor.execute("SELECT id FROM stage ORDER BY position")]
    least = repeat(partial(_bare_board, floor, stages), 10)
    floor.close()
    return [Figure("board", taken.median() * 1000, taken.best() * 1000, "ms", least.median() * 1000, 10, "≤ 10 ms", f"{opened_count:,} open deals")]


def _bare_board(connection: Any, stages: Sequence[bytes]) -> None:
    connection.execute("SELECT stage_id, count(*), sum(amount_base) FROM deal GROUP BY 1").fetchall()
    for stage in stages:
        connection.execute(
            "SELECT d.*, c.name FROM deal d LEFT JOIN company c ON c.id = d.company_id WHERE d.stage_id = ? ORDER BY d.position DESC, d.id DESC LIMIT 50",
            (stage,),
        ).fetchall()
