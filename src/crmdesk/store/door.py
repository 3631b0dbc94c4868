"""The door: operations, and the only kind of writing transaction there is.

SQLAlchemy is imported where a transaction needs it: who only reads must not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from uuid import UUID

from crmdesk.clock import new_id, now
from crmdesk.errors import UserError
from crmdesk.fields import LARGEST_STORED, Field, complaint
from crmdesk.i18n import mark, tr
from crmdesk.models.base import ENTITIES, Record
from crmdesk.store.reader import IN_IDS, Reader, id_list
from crmdesk.store.rights import POOLED
from crmdesk.store.settings import Settings, named_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from crmdesk.store.connections import Connection
    from crmdesk.store.rights import Viewer

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound=Record)
CHUNK = 5000
AT_ONCE = 40
"""So many rows are handed to SQLite in one statement: that spares a fifth of an import's inserts; more at once don't spare more."""


@dataclass(frozen=True)
class Operation:
    """What the program knows of something a user can do.

    Attributes:
        label: marked; what it is called in the undo menu and the history.
        right: what the member needs, such as `deal.write`.
        undoable: false for what leaves the house: it is journaled, but can't be taken back.
        because: a marked sentence with {label} that says why it can't, if that is not that it has left.
        traced: leave a trace even when no record changed, as an export does.
        reruns: redo by running it again with the arguments it noted in `Change.note`, since numbers are never given twice.
        backs_up: make a verified backup first.
        by_rows: works by rows alone, so SQLAlchemy is only loaded if it asks for a single record: that takes a third of a second.
    """

    name: str
    label: str
    right: str
    function: Callable[..., Any]
    undoable: bool = True
    traced: bool = False
    reruns: bool = False
    backs_up: bool = False
    because: str = ""
    by_rows: bool = False


OPERATIONS: dict[str, Operation] = {}
HAS_LEFT = mark("“{label}” can't be undone: it has left the program.")
BEGAN = mark("“{label}” can't be undone: the store began with it.")


def operation(
    label: str,
    right: str,
    *,
    undoable: bool = True,
    traced: bool = False,
    reruns: bool = False,
    backs_up: bool = False,
    because: str = "",
    by_rows: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function as an operation. It stays an ordinary function, so operations can call one another."""

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        OPERATIONS[name] = Operation(name, label, right, function, undoable, traced, reruns, backs_up, because, by_rows)
        return function

    return declare


def operation_of(function: Callable[..., Any]) -> Operation:
    """Return the declaration of an operation's function."""
    return OPERATIONS[f"{function.__module__.rpartition('.')[2]}.{function.__name__}"]


@dataclass(frozen=True)
class Changes:
    """What a transaction changed, as listeners hear it.

    Attributes:
        ids: by entity the changed records; None where there are too many to name.
    """

    tx: int
    label: str
    origin: str
    ids: Mapping[str, frozenset[UUID] | None] = field(default_factory=dict)

    def touches(self, *entities: str) -> bool:
        """Say whether any record of these entities changed."""
        return any(entity in self.ids for entity in entities)


class _Spy(dict[str, Any]):
    """Learns which values a derive function reads."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return default


@lru_cache(maxsize=128)
def derive_sources(cls: type[Record]) -> frozenset[str]:
    """Return the columns from which an entity's derived fields are computed."""
    if cls.entity.derive is None:
        return frozenset()
    spy = _Spy()
    cls.entity.derive(spy, Settings())
    return frozenset(spy.read)


@lru_cache(maxsize=128)
def required_columns(cls: type[Record]) -> tuple[str, ...]:
    """Return the columns of an entity that must not be empty."""
    return tuple(item.column for item in cls.fields.values() if item.required and item.kind != "parts")


def is_text(value: str) -> bool:
    """Say whether a text can be stored: half of a character that takes two, as broken programs write it, is none."""
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_value(item: Field, value: Any) -> None:
    """Complain about one value of a record.

    Raises:
        UserError: names the field and says why.
    """
    if value is None or value == "":
        if item.required:
            raise UserError(tr("{field} is missing.", field=tr(item.label)), field=item.name)
        return
    if isinstance(value, str) and not is_text(value):
        raise UserError(tr("This text has half a character in it, which can't be stored."), field=item.name, hint=tr("Type it again, or copy it anew."))
    if item.kind == "choice" and all(value != choice.value for choice in item.choices):
        raise UserError(tr("“{text}” is not one of the choices.", text=value), field=item.name)
    if item.kind in {"integer", "money"} and abs(value) > LARGEST_STORED:
        raise UserError(tr("The number is too large."), field=item.name)
    if said := complaint(item, value):
        raise UserError(said, field=item.name)


def check_record(cls: type[Record], values: Mapping[str, Any]) -> None:
    """Complain about a record as a whole: required fields, each value, the entity's own rule."""
    for item in cls.fields.values():
        if item.kind != "parts" and not item.derived and item.column in values:
            check_value(item, values[item.column])
    if cls.entity.rule and (broken := cls.entity.rule(values)):
        raise UserError(tr(broken[1]), field=broken[0])


def values_of(record: Record) -> dict[str, Any]:
    """Return a record's plain values by column."""
    return {name: getattr(record, name) for name in record.columns}


class Change:
    """One writing transaction, as an operation sees it.

    Attributes:
        at: now.
        at_ms: the stamp of the transaction in journal and bin, which no other one has: now, or a little later.
    """

    def __init__(
        self, open_session: Callable[[], Session], connection: Connection, viewer: Viewer, settings: Settings, tx: int, at_ms: int, origin: str
    ) -> None:
        self._open_session = open_session
        self._opened: Session | None = None
        self._connection = connection
        self.viewer = viewer
        self.settings = settings
        self.tx = tx
        self.at_ms = at_ms
        self.at: datetime = now()
        self.origin = origin
        self.about: str | None = None
        self.detail: dict[str, Any] = {}
        self.puts_back = False
        self.reader = Reader(connection, viewer, settings, self.flush)
        self._lacking: set[type[Record]] = set()

    def go_by(self, settings: Settings) -> None:
        """Take other settings for the rest of the transaction: those that it has written itself."""
        self.settings = self.reader.settings = settings

    def open_records(self) -> None:
        """Get ready for single records; an operation that works by rows calls it before it asks for one."""
        if self._opened is None:
            from sqlalchemy import event

            self._opened = self._open_session()
            event.listen(self._opened, "before_flush", self._finish_records)

    @property
    def _session(self) -> Session:
        self.open_records()
        assert self._opened is not None
        return self._opened

    @property
    def member_id(self) -> UUID | None:
        """Who does it."""
        return self.viewer.member_id

    def note(self, about: str | None = None, **detail: Any) -> None:
        """Say in the history what the change is about, such as the deal's name; details are kept as JSON."""
        self.about = about or self.about
        self.detail.update(detail)

    def flush(self) -> None:
        """Write pending records, checked."""
        if self._opened is not None and (self._opened.new or self._opened.dirty):
            self._opened.flush()

    def _forget_values(self) -> None:
        """Let records that were read be read anew: rows may have changed under them."""
        if self._opened is not None:
            self._opened.expire_all()

    def add(self, cls: type[T], **values: Any) -> T:
        """Make a record; the derived fields are filled by the door. What only joins two records is taken out of the bin, should it lie there."""
        self.open_records()
        if cls.entity.joins and "id" not in values:
            return self._join(cls, values)
        record = cls(**{"id": new_id(), **values})
        self._session.add(record)
        return record

    def _join(self, cls: type[T], values: dict[str, Any]) -> T:
        """Make what joins two records under the id that every computer gives it, or take it out of the bin."""
        links = {name: values.get(name) for name, column in cls.columns.items() if column.holds_id and name != "id"}
        record_id = named_id(cls.entity.name, ":".join(f"{name}={link.hex}" for name, link in sorted(links.items()) if link))
        known = self._session.get(cls, record_id)
        if known is None:
            return self.add(cls, id=record_id, **values)
        if known.deleted_at is None or any(getattr(known, name) != link for name, link in links.items()):
            return self.add(cls, id=new_id(), **values)  # a merge has taken that row to another record
        for name in [item.column for item in cls.fields.values()]:
            setattr(known, name, values.get(name))
        known.deleted_at = None
        return known

    def draft(self, cls: type[T]) -> T:
        """Make a record that reads do not write while it is incomplete; `keep` adds it."""
        self.open_records()
        return cls(id=new_id())

    def keep(self, record: Record) -> None:
        """Add a drafted record."""
        self._session.add(record)

    def get(self, cls: type[T], record_id: UUID) -> T:
        """Return a live record to change it.

        Raises:
            UserError: it is unknown or deleted.
        """
        record = self._session.get(cls, record_id)
        if record is None or record.deleted_at is not None or self._hides(record):
            raise UserError(tr("This {entity} does not exist or was deleted.", entity=tr(cls.entity.label)))
        return record

    def _hides(self, record: Record) -> bool:
        """Say whether the viewer's role keeps a record of another owner from them."""
        owner = getattr(record, "owner_id", self.member_id)
        return self.viewer.sees_only_own and owner != self.member_id and not (owner is None and record.entity.name in POOLED)

    def find(self, cls: type[T], statement: Select[Any]) -> T | None:
        """Return the first record that a SELECT finds, to change it."""
        self.flush()
        found: T | None = self._session.scalars(statement.limit(1)).first()
        return found

    def find_all(self, cls: type[T], statement: Select[Any]) -> list[T]:
        """Return all records that a SELECT finds, to change them."""
        self.flush()
        return list(self._session.scalars(statement))

    def each(self, cls: type[T], ids: Iterable[UUID]) -> Iterator[T]:
        """Yield live records, fetched in chunks: one by one 10,000 took 7 s."""
        from sqlalchemy import select

        source = iter(ids)
        while chunk := list(islice(source, 500)):
            found = self._session.scalars(select(cls).where(cls.id.in_(chunk), cls.deleted_at.is_(None)))
            yield from (record for record in found if not self._hides(record))

    def insert_many(self, cls: type[Record], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
        """Insert records from tuples of stored values; derived columns are the caller's, required ones are checked at the end.

        Returns:
            How many were inserted.
        """
        source, count = iter(rows), 0
        while chunk := list(islice(source, CHUNK)):
            self.insert_values(cls, columns, list(chain.from_iterable(chunk)))
            count += len(chunk)
        return count

    def insert_values(self, cls: type[Record], columns: Sequence[str], values: Sequence[Any]) -> None:
        """Insert records as `insert_many` does; the values of all rows lie end to end."""
        self.flush()
        width = len(columns)
        names = ", ".join(f'"{self._column(cls, name)}"' for name in columns)
        # OR FAIL: see `update_many`.
        sql = f'INSERT OR FAIL INTO "{cls.entity.name}"({names}) VALUES '  # noqa: S608
        one = f"({', '.join('?' * width)})"
        if cls not in self._lacking and any(name not in columns or _lacks(values[columns.index(name) :: width]) for name in required_columns(cls)):
            self._lacking.add(cls)
        even = len(values) - len(values) % (AT_ONCE * width)
        several = (values[at : at + AT_ONCE * width] for at in range(0, even, AT_ONCE * width))
        self._connection.executemany(f"{sql}{', '.join([one] * AT_ONCE)}", several)
        self._connection.executemany(f"{sql}{one}", (values[at : at + width] for at in range(even, len(values), width)))

    def update_many(self, cls: type[Record], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
        """Update records from tuples of stored values whose last is the id's bytes."""
        self.flush()
        self._forget_values()
        pairs = ", ".join(f'"{self._column(cls, name)}" = ?' for name in columns)
        # OR FAIL spares SQLite the copies that it needs to take back a half statement: a failure takes back the whole transaction anyway.
        sql, source, count = f'UPDATE OR FAIL "{cls.entity.name}" SET {pairs} WHERE id = ?', iter(rows), 0  # noqa: S608
        while chunk := list(islice(source, CHUNK)):
            self._connection.executemany(sql, chunk)
            count += len(chunk)
        return count

    def _column(self, cls: type[Record], name: str) -> str:
        if name not in cls.columns:
            raise KeyError(f"{cls.entity.name}.{name}")
        return name

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one set-based statement of an operation and return how many rows it changed; names come from the registry only."""
        self.flush()
        self._forget_values()
        return int(self._connection.execute(sql, parameters).rowcount)

    def delete(self, cls: type[Record], ids: Iterable[UUID]) -> None:
        """Put records with their owned parts into the bin."""
        wanted = id_list(ids)
        stamp = self.at_ms
        for part, column in parts_of(cls):
            self.execute(f'UPDATE "{part}" SET deleted_at = ? WHERE "{column}" {IN_IDS} AND deleted_at IS NULL', (stamp, wanted))  # noqa: S608
        self.execute(f'UPDATE "{cls.entity.name}" SET deleted_at = ? WHERE id {IN_IDS} AND deleted_at IS NULL', (stamp, wanted))  # noqa: S608

    def restore(self, cls: type[Record], ids: Iterable[UUID]) -> None:
        """Take records out of the bin, with the parts that went in with them."""
        wanted = id_list(ids)
        for part, column in parts_of(cls):
            self.execute(
                f'UPDATE "{part}" SET deleted_at = NULL WHERE "{column}" {IN_IDS} AND deleted_at = '  # noqa: S608
                f'(SELECT deleted_at FROM "{cls.entity.name}" o WHERE o.id = "{part}"."{column}")',
                (wanted,),
            )
        self.execute(f'UPDATE "{cls.entity.name}" SET deleted_at = NULL WHERE id {IN_IDS}', (wanted,))  # noqa: S608

    def _finish_records(self, session: Session, *_: Any) -> None:
        """Derive and check what is about to be written."""
        # `dirty` is worked out anew each time it is read.
        for record in [*session.new, *(record for record in session.dirty if session.is_modified(record))]:
            if not isinstance(record, Record):
                continue
            cls = type(record)
            self._stamp_company(record)
            values = values_of(record)
            try:
                check_record(cls, values)
            except UserError as error:
                # A phone's or a mail's trouble is that of the list field that people typed it into.
                error.field = cls.entity.name if cls.entity.owned_by and error.field == cls.entity.value else error.field
                raise
            if cls.entity.derive:
                for name, value in cls.entity.derive(values, self.settings).items():
                    if getattr(record, name) != value:
                        setattr(record, name, value)

    def _stamp_company(self, record: Record) -> None:
        """Give what has a place in a timeline the company of its contact."""
        contact_id = getattr(record, "contact_id", None)
        if contact_id is None or record.entity.owned_by or getattr(record, "company_id", contact_id) is not None:
            return
        found = self._connection.execute("SELECT company_id FROM contact WHERE id = ?", (contact_id.bytes,)).fetchone()
        if found and found[0]:
            record.company_id = UUID(bytes=found[0])  # type: ignore[attr-defined]  # it has the column: see above
        elif pending := next((new for new in self._session.new if isinstance(new, ENTITIES["contact"]) and new.id == contact_id), None):
            record.company_id = pending.company_id  # type: ignore[attr-defined]

    def bulk_checks(self) -> None:
        """Check set-based what came by `insert_many` and lacked a required value then."""
        for cls in self._lacking:
            empty = " OR ".join(f't."{column}" IS NULL OR t."{column}" = \'\'' for column in required_columns(cls))
            bad = self._connection.execute(
                f'SELECT 1 FROM journal j JOIN "{cls.entity.name}" t ON t.id = j.row WHERE j.tx = ? AND +j.tbl = ? AND j.op = 0 AND ({empty}) '  # noqa: S608
                "AND j.id > (SELECT ifnull(max(last_id), 0) FROM journal_tx) LIMIT 1",
                (self.tx, cls.entity.number),
            ).fetchone()
            if bad:
                raise UserError(tr("{entity}: a required value is missing.", entity=tr(cls.entity.label)))

    def close(self) -> None:
        """Forget the session's records."""
        if self._opened is not None:
            from sqlalchemy import event

            event.remove(self._opened, "before_flush", self._finish_records)
            self._opened.close()


def _lacks(values: Sequence[Any]) -> bool:
    """Say whether one of the values of a column is missing."""
    return not all(values) and any(value is None or value == "" for value in values)


@lru_cache(maxsize=64)
def parts_of(cls: type[Record]) -> tuple[tuple[str, str], ...]:
    """Return (entity, column) of the parts that records of an entity own."""
    name = cls.entity.name
    return tuple((part.entity.name, f"{name}_id") for part in ENTITIES.values() if name in part.entity.owned_by)
