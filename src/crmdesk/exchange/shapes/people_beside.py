"""People whom the rows of companies name beside them: each comes in once, whether the company is new or known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.shapes.people import Person
from crmdesk.exchange.values.known import Match, all_known_as
from crmdesk.exchange.values.links import SeveralCalledSo
from crmdesk.exchange.values.seen import SOMEONE
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.shapes.work import Draft, Work
    from crmdesk.exchange.table import Line
    from crmdesk.exchange.values.known import Key

_WHO = f"""SELECT p.id, p.company_id, ifnull(p.sort_key, ''), EXISTS (SELECT 1 FROM email e WHERE e.contact_id = p.id AND e.deleted_at IS NULL),
    EXISTS (SELECT 1 FROM phone f WHERE f.contact_id = p.id AND f.deleted_at IS NULL) FROM contact p WHERE p.id {IN_IDS}"""


@dataclass(frozen=True, slots=True)
class There:
    """Somebody of the store whom a row may mean."""

    match: Match
    company: bytes | None
    name: str
    has_mail: bool
    has_phone: bool

    def has(self, kind: str) -> bool:
        """Say whether they have an address ("e") or a number ("p")."""
        return self.has_mail if kind == "e" else self.has_phone


class PeopleBeside:
    """The people of a file of companies.

    Attributes:
        shape: how they are read.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self.shape = Person(work, "contact", "contact")
        self._companies = work.book("company")  # it is taught what this file brings
        self._found: dict[int, Match] = {}  # people of the store, by what rows further up said of them that the store does not know yet
        self._placed: dict[bytes, bytes] = {}  # people of the store who had no company, and got that of a row further up

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up what people refer to."""
        self.shape.prepare(block)

    def read(self, draft: Draft) -> None:
        """Read the person of a row, if it names one.

        Raises:
            UserError: a cell that says something of the person can't be read.
        """
        (person,) = self.shape.drafts([(draft.line, draft.cells)])
        if isinstance(person, UserError):
            raise person
        if "lacks" not in person.rest or (person.parts and (person.parts.emails or person.parts.phones)):
            draft.rest["person"] = person

    def look_up(self, drafts: Sequence[Draft], companies: Sequence[bytes | None]) -> None:
        """Look up who of the store the people may be, by mail or phone and name, and by name in their company.

        Args:
            companies: the known company that a row is.
        """
        pairs: list[tuple[Draft, bytes | None]] = [
            (draft.rest["person"], company) for draft, company in zip(drafts, companies, strict=True) if "person" in draft.rest
        ]
        keys = [[*person.keys, *_as_colleague(person, company)] for person, company in pairs]
        if not any(keys):
            return
        with self._companies.store.read() as reader:
            found = all_known_as(reader, "contact", keys)
            ids = {match.record for matches in found for match in matches}
            who = {record: more for record, *more in reader.rows(_WHO, (id_list(ids),))} if ids else {}
        for (person, _), matches in zip(pairs, found, strict=True):
            person.rest["there"] = [There(match, *who[match.record]) for match in matches]

    def meet(self, draft: Draft, company: bytes | None, *, completes: bool) -> None:
        """Find who the person of a row is; of one who is known it is kept whom the row means. Who is new in this import gets what the row says.

        Args:
            company: the one that the row is; None if it brings a new one, in which nobody can be known.
            completes: whether people of the store get it too.
        """
        person: Draft | None = draft.rest.get("person")
        if person is None:
            return
        person.values["company_id"] = self._named(draft) if company == SOMEONE else company
        said = _Said(person, self.shape.keys(person))
        known = self._work.seen.first(said.own) or self._known(person, said) or self._without_address(person, said)
        if known is None:
            person.id = person.id or self.shape.new_id(person)
            return
        draft.rest["person is"] = known
        if known != SOMEONE and (completes or not isinstance(known, Match)):
            person.rest["completes"] = True
            self._complete(person, said, known)

    def take(self, draft: Draft, company: bytes) -> None:
        """Take the person of a row, whose company is there by now; of one who is known, what the row says of them is taken with that of all others."""
        person: Draft | None = draft.rest.get("person")
        if person is None:
            return
        known = draft.rest.get("person is")
        if company != SOMEONE:
            person.values["company_id"] = company
        if known is not None:
            if not self._works_nowhere(person, known):  # nobody is moved
                person.values["company_id"] = None
            elif person.rest.get("completes") and isinstance(known, Match):
                self._placed[known.record] = company
            return
        said = _Said(person, self.shape.keys(person))
        self.shape.check_new(person)
        self.shape.accept(person)
        for each in {*said.hashes, *said.own, *said.colleague, *(said.lacks(kind) for kind in "ep" if kind not in said.kinds)}:
            self._work.seen.remember(each, person.id)
        draft.rest["beside"] = [person]
        self._work.gathered.made("contact")

    def _known(self, person: Draft, said: _Said) -> Match | None:
        """Return whom of the store a person is: who is called just so, be it in another company, else somebody whose company is no other."""
        company = person.values["company_id"]
        ranked: list[tuple[bool, bool, bool, There]] = []
        for there in person.rest.get("there", ()):
            if said.kinds and there.match.key[0] == "c":
                continue
            its = self._placed.get(there.match.record, there.company)
            is_called_so, is_elsewhere = bool(said.name) and there.name == said.name, its not in {None, company}
            if is_called_so or not is_elsewhere:
                ranked.append((not is_called_so, is_elsewhere, its is None, there))
        if not ranked:
            return next(filter(None, map(self._found.get, said.own)), None)
        return min(ranked, key=lambda each: each[:3])[-1].match

    def _without_address(self, person: Draft, said: _Said) -> Match | bytes | None:
        """Return who is called so in the company and has no address or number yet of the kind that the row tells them by."""
        if not said.kinds or not said.colleague:
            return None
        kind = min(said.kinds)
        if self._work.seen.get(said.got(kind)):
            return None
        colleagues = (there.match for there in person.rest.get("there", ()) if there.match.key[0] == "c" and not there.has(kind))
        return next(colleagues, None) or self._work.seen.get(said.lacks(kind))

    def _complete(self, person: Draft, said: _Said, known: Match | bytes) -> None:
        """Let rows further down find somebody by what this row adds to what is known of them."""
        seen, there = self._work.seen, [one for one in person.rest.get("there", ()) if isinstance(known, Match) and one.match.record == known.record]
        for key, each in zip(said.keys, said.own, strict=True):
            if not isinstance(known, Match):
                seen.remember(each, known)
            elif all(one.match.key != key for one in there):
                self._found.setdefault(each, known)
        for kind in said.kinds if said.colleague else ():
            if any(not one.has(kind) for one in there) or seen.get(said.lacks(kind)):
                seen.remember(said.got(kind), SOMEONE)

    def _works_nowhere(self, person: Draft, known: Match | bytes) -> bool:
        if not isinstance(known, Match) or known.record in self._placed:
            return False
        return any(there.company is None and there.match.record == known.record for there in person.rest.get("there", ()))

    def _named(self, draft: Draft) -> bytes | None:
        """Return the company that a row is called by, where a long file no longer knows which row further up made it."""
        try:
            return self._companies.find(draft.values["name"])
        except SeveralCalledSo:
            return None


class _Said:
    """By what a row tells who its person is, and that as hashes of what is looked for among rows further up."""

    def __init__(self, person: Draft, keys: Sequence[Key]) -> None:
        self.name, self.company = person.values["sort_key"] or "", person.values["company_id"]
        self.keys = keys or _as_colleague(person, self.company)
        self.kinds = {kind for kind, _ in self.keys} & {"e", "p"}
        self.hashes = [hash(("contact", key)) for key in self.keys]
        # An address without a name may be that of an office: it means the one of this company.
        self.own = self.hashes if self.name else [hash(("contact", key, self.company)) for key in self.keys]
        self.colleague = [hash(("contact", key)) for key in _as_colleague(person, self.company)]

    def lacks(self, kind: str) -> int:
        """Return what stands for somebody called so in the company who has no address, or no number."""
        return hash(("contact", "lacks", kind, self.name, self.company))

    def got(self, kind: str) -> int:
        """Return what says that they have one by now."""
        return hash(("contact", "got", kind, self.name, self.company))


def _as_colleague(person: Draft, company: bytes | None) -> list[Key]:
    """Return the key of a person by name and company."""
    name = person.values["sort_key"]
    return [("c", (name, company))] if name and company not in {None, SOMEONE} else []
