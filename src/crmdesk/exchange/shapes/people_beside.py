"""People whom the rows of companies name beside them: each comes in once, whether the company is new or known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.errors import UserError
from crmdesk.exchange.shapes.people import Person
from crmdesk.exchange.values.known import known_as
from crmdesk.exchange.values.links import SeveralCalledSo
from crmdesk.exchange.values.seen import SOMEONE, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.shapes.shape import Draft, Work
    from crmdesk.exchange.table import Line
    from crmdesk.exchange.values.known import Key


class PeopleBeside:
    """The people of a file of companies."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._shape = Person(work, "contact", "contact")
        self._companies = work.book("company")  # it is taught what this file brings
        self._seen = Seen()

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up what people refer to."""
        self._shape.prepare(block)

    def read(self, draft: Draft) -> None:
        """Read the person of a row, if it names one.

        Raises:
            UserError: a cell that says something of the person can't be read.
        """
        (person,) = self._shape.drafts([(draft.line, draft.cells)])
        if isinstance(person, UserError):
            raise person
        if "lacks" not in person.rest or (person.parts and (person.parts.emails or person.parts.phones)):
            draft.rest["person"] = person

    def settle(self, drafts: Sequence[Draft]) -> None:
        """Leave out those who are in the store already, by mail or phone and name."""
        named = [draft for draft in drafts if "person" in draft.rest]
        if not named:
            return
        people: list[Draft] = [draft.rest["person"] for draft in named]
        for draft, is_known in zip(named, self._known(people, [person.keys for person in people]), strict=True):
            if is_known:
                del draft.rest["person"]

    def _known(self, people: Sequence[Draft], keys: Sequence[Sequence[Key]]) -> list[bool]:
        with self._companies.store.read() as reader:
            return [match is not None for match in known_as(reader, "contact", keys, [str(person.values.get("name") or "") for person in people])]

    def take(self, draft: Draft, company: bytes, *, is_new: bool) -> None:
        """Take the person of a row whose company is there by now, unless they are known.

        Args:
            is_new: whether the row made the company, so that nobody can be known in it.
        """
        person: Draft | None = draft.rest.get("person")
        if person is None:
            return
        person.values["company_id"] = self._named(draft) if company == SOMEONE else company
        keys = self._shape.keys(person)
        hashes = [hash(key) for key in keys]
        if self._seen.first(hashes) or (not is_new and not person.keys and self._known([person], [keys])[0]):
            return
        self._shape.check_new(person)
        self._shape.accept(person)
        for each in hashes:
            self._seen.remember(each, person.id)
        draft.rest["beside"] = [person]
        self._work.gathered.made("contact")

    def _named(self, draft: Draft) -> bytes | None:
        """Return the company that a row is called by, where a long file no longer knows which row further up made it."""
        try:
            return self._companies.find(draft.values["name"])
        except SeveralCalledSo:
            return None
