"""How the rows of a file become tickets, with their first message and their customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.clock import new_id_bytes, now_ms
from crmdesk.errors import UserError
from crmdesk.exchange.shapes.people import Person
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.exchange.shapes.work import Draft, Values, Work
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.cells import one_line
from crmdesk.exchange.values.html_texts import plain
from crmdesk.exchange.values.mails_behind import People
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.words.legal_forms import is_surely_a_company
from crmdesk.i18n import mark
from crmdesk.models.checks import check_mail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.links import Book


class TicketShape(Shape):
    """Tickets: what the customer wrote becomes the first message, and times that contradict are told."""

    entity = "ticket"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.contact_shape = Person(work, "contact", "contact") if any(c.target and c.target.of == "contact" for c in work.layout.columns) else None
        self.customer_index = work.layout.index_of("contact")
        self.now = now_ms()

    def starting(self) -> Values:
        """Return the columns that every ticket gets."""
        names = ("subject", "status", "priority", "contact_id", "company_id", "opened_at", "first_replied_at", "resolved_at", "closed_at", "waiting_since")
        return {**dict.fromkeys(names), **super().starting()}

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, and the people behind mail addresses."""
        super().prepare(block)
        if self.contact_shape:
            self.contact_shape.prepare(block)
            self._people.prepare_mails(filter(None, {self.mail_beside(cells) for _, cells in block if cells.__class__ is list}))
        if self.customer_index is not None:
            said = {one_line(cells[self.customer_index]) for _, cells in block if cells.__class__ is list}
            self.work.book("company").prepare({text for text in said if is_surely_a_company(text)})

    def mail_beside(self, cells: Sequence[Cell]) -> str:
        """Return what stands in the column of mail addresses, be it none: whoever is made of it says what is wrong."""
        text = shown(cells[self.mail_index]).strip().lower() if self.mail_index is not None else ""
        return "" if is_nothing(text) else text

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Find the customer: by mail address and name together where both are there; a company among people is none of them."""
        mail = self.mail_beside(draft.cells)
        if name == "contact_id" and not mail and not draft.values["company_id"] and is_surely_a_company(text) and book.find(text, is_key) is None:
            draft.values["company_id"] = super().link(draft, "company_id", self.work.book("company"), text, is_key)
            return None
        if name != "contact_id" or self.contact_shape is None or not mail:
            return super().link(draft, name, book, text, is_key)
        draft.rest["customer"] = (mail, text)
        return None

    def before_links(self, draft: Draft) -> None:
        """Let a customer of whom the row has only the mail address be found by that."""
        mail = self.mail_beside(draft.cells)
        if mail and (self.customer_index is None or not one_line(draft.cells[self.customer_index])):
            draft.rest["customer"] = (mail, "")

    @property
    def _people(self) -> People:
        book = self.work.book("contact")
        assert isinstance(book, People)
        return book

    def settle(self, drafts: Sequence[Draft]) -> None:
        """Give tickets the customers that are there already, and their companies; read those who are not."""
        for draft in drafts:
            if "customer" in draft.rest:
                draft.values["contact_id"] = self._people.owner(*draft.rest["customer"]) or self._named_before(*draft.rest["customer"])
                if draft.values["contact_id"] is None:
                    draft.rest["newcomer"] = person = self._read_customer(draft)
                    draft.values["contact_id"] = person.id if isinstance(person, Draft) else None
        super().settle(drafts)

    def _named_before(self, mail: str, name: str) -> bytes | None:
        """Return who comes in since another row has nothing but the name, with the address from now on."""
        record = self._people.without_mail(name) if name and not check_mail(mail) else None
        return record and self._people.give(record, name, mail, is_owed=True)

    def _read_customer(self, draft: Draft) -> Draft | UserError:
        assert self.contact_shape is not None
        self.contact_shape.called = draft.rest["customer"][1]
        (person,) = self.contact_shape.drafts([(draft.line, draft.cells)])
        if isinstance(person, Draft):
            person.id = self.contact_shape.new_id(person)
        return person

    def finish(self, draft: Draft) -> None:
        """Complete status and times."""
        values = draft.values
        draft.rest["said"] = plain(self.text(draft.cells, "description"))
        self.begin_with(draft, subject=one_line(draft.rest["said"].partition("\n")[0])[:120] or None, priority="normal")
        if values["closed_at"]:
            values["status"] = values["status"] or "closed"
        self.begin_with(draft, status="open")
        times = [at for at in (values["first_replied_at"], values["resolved_at"], values["closed_at"]) if at]
        self.begin_with(draft, opened_at=min(times) if times else self.now)
        if values["first_replied_at"] and values["resolved_at"] and values["resolved_at"] < values["first_replied_at"]:
            self.work.note(RESOLVED_EARLY)
        if values["status"] == "closed":
            self.begin_with(draft, closed_at=values["resolved_at"] or values["opened_at"])
        if values["status"] in {"resolved", "closed"}:
            self.begin_with(draft, resolved_at=values["closed_at"] or values["opened_at"])
        if values["status"] == "waiting":
            self.begin_with(draft, waiting_since=values["first_replied_at"] or values["opened_at"])
        if values.get("number") and "external_id" in values and "id" not in self.virtual:
            values["external_id"] = values["external_id"] or values["number"]

    def settle_known(self, draft: Draft, present: Mapping[str, Any], merged: Values, *, overwrites: bool) -> None:
        """Give a known ticket the customer of its row, and let its times go with the status that it gets: now, where the file names none."""
        if merged.get("status") != present.get("status"):
            self._settle_times(merged)
        elif merged.get("status") not in {"resolved", "closed"}:  # the times are for the status that the row names, and which is not taken
            merged.update(resolved_at=present.get("resolved_at"), closed_at=present.get("closed_at"))
        if "customer" in draft.rest and (overwrites or not present.get("contact_id")):
            mail, name = draft.rest["customer"]
            if not name and self._people.has(mail, present.get("contact_id")):  # the address says no more than that
                draft.values["contact_id"] = present["contact_id"]
            else:
                self._meet_customer(draft)
            merged["contact_id"] = draft.values["contact_id"]

    def _settle_times(self, merged: Values) -> None:
        status = merged.get("status")
        if status in {"resolved", "closed"}:
            merged["resolved_at"] = merged.get("resolved_at") or merged.get("closed_at") or self.now
            merged["closed_at"] = (merged.get("closed_at") or max(self.now, merged["resolved_at"])) if status == "closed" else None
        else:
            merged["resolved_at"] = merged["closed_at"] = None
        merged["waiting_since"] = self.now if status == "waiting" else None

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the number."""
        return [("#", draft.values["number"])] if draft.values.get("number") else []

    def check_new(self, draft: Draft) -> None:
        """Check a new ticket, and find its customer.

        Raises:
            UserError: it lacks something, or what it says of its customer can't be read.
        """
        super().check_new(draft)
        if "customer" in draft.rest:
            self._meet_customer(draft)

    def _meet_customer(self, draft: Draft) -> None:
        """Give a ticket its customer: who is there, be it since a row further up, else the one who comes in with it."""
        person = draft.rest.get("newcomer")
        if person is None:
            return  # they were there before the rows further up
        draft.values["contact_id"] = self._people.owner(*draft.rest["customer"])
        if draft.values["contact_id"] is None:
            if isinstance(person, UserError):
                raise person
            assert self.contact_shape is not None
            self.contact_shape.check_new(person)
            draft.values["contact_id"] = person.id

    def newcomers(self, draft: Draft) -> Iterator[Draft]:
        """Yield the records that come in with a ticket, its customer among them."""
        yield from super().newcomers(draft)
        person = draft.rest.get("newcomer")
        if isinstance(person, Draft) and draft.values["contact_id"] == person.id:
            yield person

    def tell_made(self, draft: Draft) -> None:
        """Take a customer who comes in with a ticket, beside what the row says of others."""
        super().tell_made(draft)
        person = draft.rest.get("newcomer")
        if isinstance(person, Draft) and draft.values["contact_id"] == person.id:
            assert self.contact_shape is not None
            self.contact_shape.accept(person)
            self._people.learn(person.id, person.values["name"])
            self._people.has_mail(person.id, draft.rest["customer"][0], person.values["sort_key"] or "")
            draft.rest["beside"] = [person]
            self.work.gathered.made("contact")

    def after(self, draft: Draft) -> None:
        """Take the message, and keep the number from being given again."""
        super().after(draft)
        values = draft.values
        if body := draft.rest["said"]:
            rows = self.work.gathered.rows("message", ("id", "ticket_id", "kind", "body", "at", "contact_id", "position"))
            rows += (new_id_bytes(), draft.id, "in", body, values["opened_at"], values["contact_id"], 0)


RESOLVED_EARLY = (
    mark("{count} ticket was resolved before the first reply, as the file has it."),
    mark("{count} tickets were resolved before the first reply, as the file has it."),
)
