"""People whom the rows of companies name beside them: each comes in once, whether the company is new or known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.shapes.people import Person
from crmdesk.exchange.values.known import Match, all_known_as
from crmdesk.exchange.values.links import SeveralCalledSo
from crmdesk.exchange.values.seen import SOMEONE
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.shapes.shape import Draft, Work
    from crmdesk.exchange.table import Line
    from crmdesk.exchange.values.known import Key

There = tuple["Match", bytes | None, str]
"""Somebody of the store whom a row may mean, with the company and the sort key."""


class PeopleBeside:
    """The people of a file of companies.

    Attributes:
        shape: how they are read.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self.shape = Person(work, "contact", "contact")
        self._companies = work.book("company")  # it is taught what this file brings

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

    def settle(self, drafts: Sequence[Draft]) -> None:
        """Look up who of the store they may be, by mail or phone and name."""
        people: list[Draft] = [draft.rest["person"] for draft in drafts if "person" in draft.rest]
        for person, there in zip(people, self._there([person.keys for person in people]), strict=True):
            person.rest["there"] = there

    def _there(self, keys: Sequence[Sequence[Key]]) -> list[list[There]]:
        if not any(keys):
            return [[] for _ in keys]
        with self._companies.store.read() as reader:
            found = all_known_as(reader, "contact", keys)
            if not any(found):
                return [[] for _ in keys]
            ids = id_list({match.record for matches in found for match in matches})
            who = {record: more for record, *more in reader.rows(f"SELECT id, company_id, sort_key FROM contact WHERE id {IN_IDS}", (ids,))}
        return [[(match, who[match.record][0], who[match.record][1] or "") for match in matches] for matches in found]

    def take(self, draft: Draft, company: bytes, *, is_new: bool) -> None:
        """Take the person of a row whose company is there by now; of one who is known it is kept whom the row means.

        Args:
            is_new: whether the row made the company, so that nobody can be known in it.
        """
        person: Draft | None = draft.rest.get("person")
        if person is None:
            return
        person.values["company_id"] = self._named(draft) if company == SOMEONE else company
        keys = self.shape.keys(person)
        hashes = [hash(("contact", key)) for key in keys]
        # An address without a name may be that of an office: it means the one of this company.
        own = hashes if person.values["sort_key"] else [hash(("contact", key, person.values["company_id"])) for key in keys]
        if again := self._work.seen.first(own):
            draft.rest["person is"] = again
        elif match := self._known(person, [] if is_new or person.keys else keys):
            draft.rest["person is"] = match
        else:
            self.shape.check_new(person)
            self.shape.accept(person)
            for each in {*hashes, *own}:
                self._work.seen.remember(each, person.id)
            draft.rest["beside"] = [person]
            self._work.gathered.made("contact")

    def _known(self, person: Draft, colleagues: Sequence[Key]) -> Match | None:
        """Return whom of the store a person is: who is called just so, be it in another company, else somebody whose company is no other."""
        company, name = person.values["company_id"], person.values["sort_key"]
        ranked: list[tuple[bool, bool, bool, There]] = []
        for there in person.rest.get("there") or (self._there([colleagues])[0] if colleagues else ()):
            is_called_so, is_elsewhere = bool(name) and there[2] == name, there[1] not in {None, company}
            if is_called_so or not is_elsewhere:
                ranked.append((not is_called_so, is_elsewhere, there[1] is None, there))
        if not ranked:
            return None
        match, its_company, _ = min(ranked, key=lambda each: each[:3])[-1]
        if its_company is not None:  # where somebody works already, nobody is moved
            person.values["company_id"] = None
        return match

    def _named(self, draft: Draft) -> bytes | None:
        """Return the company that a row is called by, where a long file no longer knows which row further up made it."""
        try:
            return self._companies.find(draft.values["name"])
        except SeveralCalledSo:
            return None
