"""Links: the records that names, numbers and foreign ids in a file mean, found in the store or made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmdesk.clock import new_id_bytes
from crmdesk.errors import NotAllowed, UserError
from crmdesk.i18n import tr
from crmdesk.models.names import folded, sort_key
from crmdesk.models.people import split_name
from crmdesk.models.registry import entity_class
from crmdesk.queries.finding import title_field
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.rights import authorize

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.store import Reader, Store

NUMBERED = {"company": "customer_number", "product": "code", "quote": "number", "ticket": "number"}
CREATABLE = frozenset({"company", "contact", "product", "stage", "tag", "member", "queue", "pipeline", "service_level"})


AT_ONCE = 1000
"""So many records that were only promised are made before they are gathered."""


class SeveralCalledSo(UserError):
    """Several records have the name that a cell says."""


def name_key(entity: str, text: str) -> str:
    """Return what two names of an entity must have in common to mean the same record."""
    words = folded(text).split()
    return "".join(words) if entity == "product" else " ".join(words)


@dataclass(slots=True)
class Made:
    """A record that rows refer to and that is made for them; without values it is only promised."""

    key: str
    text: str
    is_key: bool
    values: dict[str, Any] | None = None


class Book:
    """The records of one entity that a file may refer to; asked by block, so that the file's size counts and not the store's.

    What is missing is made as rows are read, and gathered when it is known which of these rows come in: call `settle` then.

    Attributes:
        later: records of this entity may stand later in the file, so what is missing is promised first.
        promised: what was referred to and is not there yet: its id, its name, whether that is a foreign id. made: what this import made, by name.
        described: those of them of which rows have said what they say.
        brought: the records that a file before brings with the ids that it tells, if nothing is written yet.
        is_partly_known: a file of such records was only looked at in part, so that those which are missing may well stand in it.
    """

    def __init__(self, entity: str, store: Store, gathered: Gathered, source: str, creates: bool, later: bool = False) -> None:
        self.entity = entity
        self.store = store
        self._gathered = gathered
        self._source = source
        self._creates = creates and entity in CREATABLE and self._may_write()
        self.later = later
        self._cls = entity_class(entity)
        self._title = title_field(self._cls)
        self._by_text: dict[str | tuple[str], bytes] = {}
        self._asked: set[str] = set()
        self._of_its_own: dict[tuple[str, tuple[bytes, ...]], bytes | None] = {}
        # What is called so: name, id, name, id. A million rows must fit into memory.
        self._named: dict[str, tuple[Any, ...]] = {}
        self._numbered: dict[str, bytes] = {}
        self._foreign: dict[str, list[tuple[str | None, bytes]]] = {}
        self._company_of: dict[bytes, bytes | None] = {}
        self.promised: dict[str, tuple[bytes, str, bool]] = {}
        self.made: dict[str, bytes] = {}
        self.described: set[bytes] = set()
        self.brought: set[bytes] = set()
        self.is_partly_known = False
        self._unsettled: dict[bytes, Made] = {}
        self._read_since: list[str | tuple[str]] = []
        with store.read() as reader:
            self._is_empty = not reader.value(f'SELECT 1 FROM "{entity}" WHERE deleted_at IS NULL LIMIT 1')

    def _may_write(self) -> bool:
        try:
            authorize(self.store.viewer, f"{self.entity}.write")
        except NotAllowed:
            return False
        return True

    # ---- names ----

    def title_of(self, text: str) -> str:
        """Return what a record that is made for a text is called."""
        return text

    def key(self, text: str) -> str:
        """Return what two texts must have in common to mean the same record."""
        return name_key(self.entity, text)

    def _keys_of(self, title: str, salutation: str | None) -> Iterable[str]:
        """Return the keys of the texts that mean a record of the store by its name."""
        return (self.key(title),)

    # ---- asking the store ----

    def prepare(self, texts: Iterable[str]) -> None:
        """Look up what a block of rows refers to, all at once."""
        if self._is_empty:
            return
        new = {text for text in texts if text} - self._asked
        if not new:
            return
        self._asked |= new
        with self.store.read() as reader:
            table, live = self._cls.entity.name, "deleted_at IS NULL"
            columns = self._cls.columns
            wanted = json.dumps(sorted(new), ensure_ascii=False)
            if number := NUMBERED.get(self.entity):
                sql = f'SELECT "{number}", id FROM "{table}" WHERE {live} AND "{number}" IN (SELECT value FROM json_each(?)) ORDER BY id'
                for text, record in reader.rows(sql, (wanted,)):
                    self._numbered.setdefault(text, record)
            sql = f'SELECT external_id, source, id FROM "{table}" WHERE {live} AND external_id IN (SELECT value FROM json_each(?)) ORDER BY id'
            for text, source, record in reader.rows(sql, (wanted,)):
                self._foreign.setdefault(text, []).append((source, record))
            if "name_key" in columns:
                index, keys = "name_key", {self.key(text) for text in new}
            elif "sort_key" in columns:
                index, keys = "sort_key", {sort_key(each) for text in new for each in (text, self.title_of(text))}
            else:
                self._prepare_titles(reader, new)
                return
            self._prepare_alike(reader, new)
            owner, salutation = (f'"{name}"' if name in columns else "NULL" for name in ("company_id", "salutation"))
            sql = f'SELECT "{self._title}", id, {owner}, {salutation} FROM "{table}" WHERE {live} AND "{index}" IN (SELECT value FROM json_each(?)) ORDER BY id'
            for title, record, company, addressed in reader.rows(sql, (json.dumps(sorted(keys), ensure_ascii=False),)):
                for key in self._keys_of(title or "", addressed):
                    self._called(key, title or "", record)
                self._company_of[record] = company

    def _prepare_alike(self, reader: Reader, texts: set[str]) -> None:
        """Look up what is called nearly so, where that may be the same."""

    def _prepare_titles(self, reader: Reader, texts: set[str]) -> None:
        """Look up records that are called by what they are about, letter by letter: tickets, and drafts of quotes."""
        wanted = texts - self._numbered.keys() - self._foreign.keys()
        if not wanted or "company_id" not in self._cls.columns:
            return
        sql = f'SELECT "{self._title}", id, company_id FROM "{self.entity}" WHERE deleted_at IS NULL AND "{self._title}" IN (SELECT value FROM json_each(?)) ORDER BY id'
        for title, record, company in reader.rows(sql, (json.dumps(sorted(wanted), ensure_ascii=False),)):
            self._called(self.key(title), title, record)
            self._company_of[record] = company

    def is_of_another(self, record: bytes, company: bytes) -> bool:
        """Say whether a record that was found by name belongs to another company than that one."""
        return self._company_of.get(record) not in (None, company)

    def companies_of(self, records: set[bytes]) -> dict[bytes, bytes]:
        """Return the companies of those records that have one, be it since a file before of this import."""
        with self.store.read() as reader:
            sql = f'SELECT id, company_id FROM "{self._cls.entity.name}" WHERE id {IN_IDS} AND company_id IS NOT NULL'
            found = dict(reader.rows(sql, (id_list(records),)))
        return found | {record: company for record in records if (company := self._company_of.get(record))}

    # ---- answering ----

    @property
    def found(self) -> int:
        """How many records that were there already have been referred to."""
        made = {*self.made.values(), *(record for record, _, _ in self.promised.values())}
        return len({record for record in self._by_text.values() if record not in made})

    def find(self, text: str, is_key: bool = False) -> bytes | None:
        """Return the record that a text means, or None.

        Raises:
            UserError: several records are called so.
        """
        key = self.key(text)
        if is_key:
            return self._by_foreign(text) or self._numbered.get(text) or self._by_name(key, text)
        return self._numbered.get(text) or self._by_name(key, text) or self._by_foreign(text) or self._alike_to(key)

    def _by_foreign(self, text: str) -> bytes | None:
        found = self._foreign.get(text, [])
        if len(found) > 1:
            own = [pair for pair in found if pair[0] == self._source]
            found = own or found
        if len(found) > 1:
            raise self._unclear(len(found), text)
        return found[0][1] if found else None

    def _by_name(self, key: str, text: str) -> bytes | None:
        found = self._pairs(key)
        if len(found) > 1:
            exact = [pair for pair in found if pair[0] in {text, self.title_of(text)}]
            found = exact or found
        if len({record for _, record in found}) > 1:
            raise self._unclear(len(found), text)
        return found[0][1] if found else None

    def _pairs(self, key: str) -> Sequence[tuple[str, bytes]]:
        """Return the records that are called so: their names as written, and ids."""
        flat = self._named.get(key, ())
        return list(zip(flat[::2], flat[1::2], strict=True))

    def _alike_to(self, key: str) -> bytes | None:
        """Return the one record that is called nearly so, where that is the same."""
        return None

    def of_its_own(self, text: str, beside: Mapping[str, bytes]) -> bytes | None:
        """Return the one of several records called so that belongs to the same company or contact as the row, or None.

        Args:
            beside: the row's company and contact, by column.
        """
        asked = (text, tuple(beside.values()))
        if asked in self._of_its_own:
            return self._of_its_own[asked]
        ids = json.dumps([record.hex() for _, record in self._pairs(self.key(text))])
        left: list[bytes] = []
        for column in [column for column in beside if column in self._cls.columns]:
            with self.store.read() as reader:
                sql = f'SELECT id FROM "{self._cls.entity.name}" WHERE lower(hex(id)) IN (SELECT value FROM json_each(?)) AND "{column}" = ?'
                found = [record for (record,) in reader.rows(sql, (ids, beside[column]))]
            left = [record for record in found if record in left] if left else found
            if len(left) == 1:
                break
        self._of_its_own[asked] = left[0] if len(left) == 1 else None
        return self._of_its_own[asked]

    def _unclear(self, count: int, text: str) -> UserError:
        return SeveralCalledSo(tr("{count} records of “{entity}” are called “{text}”.", count=count, entity=tr(self._cls.entity.label), text=text))

    def read(self, text: str, is_key: bool = False, **more: Any) -> bytes:
        """Return the record that a text means; one that is missing is made.

        Args:
            more: further stored values of a record that has to be made.

        Raises:
            UserError: there is none and it may not be made, or there are several.
        """
        if (known := self.known(text, is_key)) is not None:
            return known
        try:
            found = self.find(text, is_key)
        except SeveralCalledSo:
            if not self.is_partly_known:
                raise
            found = self.missing(text)
        if found is None:
            found = self._promise(text, is_key) if self.later else self.create(text, is_key, **more)
        else:
            self.called_too(found, text)
        asked = (text,) if is_key else text
        self._by_text[asked] = found
        self._read_since.append(asked)
        return found

    def made_as(self, text: str) -> bytes | None:
        """Return the record that this import made because rows name it."""
        return self.made.get(self.key(text))

    def awaited(self, text: str) -> bytes | None:
        """Return the record that rows refer to and of which a row of its own may still come, or None."""
        key = self.key(text)
        return self.promised[key][0] if key in self.promised else self.made.get(key)

    def known(self, text: str, is_key: bool = False) -> bytes | None:
        """Return the record that a text was read as before."""
        return self._by_text.get((text,) if is_key else text)

    def is_made(self, text: str) -> bool:
        """Say whether a record that a text means is made by this import, or will be."""
        key = self.key(text)
        return key in self.promised or key in self.made

    def missing(self, text: str) -> bytes:
        """Return what stands for a record that may still be in a file which was only looked at in part.

        Raises:
            UserError: there is no such file, so the record is missing.
        """
        if self.is_partly_known:
            return new_id_bytes()
        raise UserError(tr("There is no {entity} “{text}”.", entity=tr(self._cls.entity.label), text=text))

    def _promise(self, text: str, is_key: bool) -> bytes:
        if not self._creates:
            return self.missing(text)
        key = self.key(text)
        if key in self.promised:
            return self.promised[key][0]
        record = new_id_bytes()
        self.promised[key] = (record, text, is_key)
        self._unsettled[record] = Made(key, text, is_key)
        self._note(key)
        return record

    def _note(self, key: str) -> None:
        """Take note of a name that means a record from now on."""

    def called_too(self, record: bytes, text: str) -> None:
        """Take note of another text that means a record."""

    def claim(self, *texts: str | None) -> bytes | None:
        """Return the id that was promised to a record which now stands in the file."""
        for text in texts:
            if text and (promised := self.promised.pop(self.key(text), None)):
                return promised[0]
        return None

    def keep_promises(self) -> None:
        """Make what was referred to but never stood in the file."""
        for number, key in enumerate(list(self.promised), 1):
            record, text, is_key = self.promised.pop(key)
            self._make(key, text, is_key, {"id": record})
            if number % AT_ONCE == 0:  # of a million rows they would not fit into memory unpacked
                self.settle()
        self.settle()

    def learn(
        self, record: bytes, name: str | None = None, number: str | None = None, external_id: str | None = None, company: bytes | None = None
    ) -> None:  # fmt: skip
        """Take note of a record that the file itself brings."""
        if company:
            self._company_of[record] = company
        if name:
            key = self.key(name)
            self._called(key, name, record)
            self._note(key)
        if number:
            self._numbered.setdefault(number, record)
        if external_id:
            self._foreign.setdefault(external_id, []).append((self._source, record))

    # ---- making ----

    def create(self, text: str, is_key: bool = False, **more: Any) -> bytes:
        """Make a record that has only its name, and what is given beside it."""
        return self._make(self.key(text), text, is_key, more)

    def _make(self, key: str, text: str, is_key: bool, more: dict[str, Any]) -> bytes:
        if not self._creates:
            return self.missing(text)
        record: bytes = more.pop("id", None) or new_id_bytes()
        values: dict[str, Any] = {"id": record, **self._fresh(text), **{name: value for name, value in more.items() if value is not None}}
        if is_key:
            values |= {"external_id": text, "source": self._source}
        self._unsettled[record] = Made(key, text, is_key, values)
        self.made[key] = record
        if self.entity != "contact":
            self._called(key, text, record)
            self._note(key)
        if is_key:
            self.learn(record, external_id=text)
        return record

    def made_of(self, record: bytes) -> dict[str, Any] | None:
        """Return what a record that was made or promised since `settle` was called is made of by itself, None if it is none of these."""
        made = self._unsettled.get(record)
        return None if made is None else made.values or {self._title: made.text}

    def mail_of(self, record: bytes) -> str:
        """Return the mail address that a record gets which was made or promised since `settle` was called."""
        return ""

    @property
    def unsettled(self) -> Iterable[bytes]:
        """The records that were made or promised since `settle` was called."""
        return self._unsettled.keys()

    def settle(self, gone: Container[bytes] = ()) -> None:
        """Gather what was made since the last time, and forget those of it that no row means which comes in."""
        forgets = False
        for record, made in self._unsettled.items():
            if record in gone:
                self._forget(record, made)
                forgets = True
        for record, made in self._unsettled.items():
            if record not in gone and made.values is not None:
                self._gather(record, made, made.values)
        for asked in self._read_since if forgets else ():
            if self._by_text.get(asked) in gone:
                del self._by_text[asked]
        self._unsettled, self._read_since = {}, []

    def _gather(self, record: bytes, made: Made, values: dict[str, Any]) -> None:
        """Take a record that was made to those that are written."""
        self._gathered.add(self.entity, values)
        self._gathered.made(self.entity)
        if self.entity == "service_level":
            self._gathered.notes.append(tr("Service level “{name}” was made with the usual times; set its own ones.", name=made.text))

    def _forget(self, record: bytes, made: Made) -> None:
        """Know nothing any more of a record that was made or promised."""
        self.described.discard(record)
        if self.promised.get(made.key, (b"",))[0] == record:
            del self.promised[made.key]
        self.made.pop(made.key, None)
        if others := [part for name, other in self._pairs(made.key) if other != record for part in (name, other)]:
            self._named[made.key] = tuple(others)
        else:
            self._named.pop(made.key, None)
        if made.is_key and made.text in self._foreign:
            self._foreign[made.text] = [pair for pair in self._foreign[made.text] if pair[1] != record]

    def _called(self, key: str, name: str, record: bytes) -> None:
        self._named[key] = (*self._named.get(key, ()), name, record)

    def _fresh(self, text: str) -> dict[str, Any]:
        member = self.store.viewer.member_id
        mine = {"owner_id": member.bytes} if member else {}
        match self.entity:
            case "contact":
                name = split_name(text, self.store.settings.names_region)
                return {
                    "given_name": name.given or None, "family_name": name.family or None, "title": name.title or None, "salutation": name.salutation or None, **mine
                }  # fmt: skip
            case "company":
                return {"name": text, **mine}
            case "product":
                return {"name": text, "is_active": 1, "currency": self.store.settings.currency}
            case "service_level":
                return {"name": text, **_usual_minutes()}
            case "member":
                return {"name": text, "is_active": 0, "role": "sales"}
            case _:
                return {"name": text}


def _usual_minutes() -> dict[str, int]:
    from crmdesk.operations.setup import STANDARD

    minutes = {f"{priority}_first_reply_minutes": reply for priority, (reply, _) in STANDARD.items()}
    return minutes | {f"{priority}_resolution_minutes": resolution for priority, (_, resolution) in STANDARD.items()}
