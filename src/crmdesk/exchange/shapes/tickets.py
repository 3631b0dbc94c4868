"""How the rows of a file become tickets, with their first message and their customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.clock import new_id_bytes, now_ms
from crmdesk.errors import UserError
from crmdesk.exchange.shapes.people import Person
from crmdesk.exchange.shapes.shape import Draft, Shape, Values, Work
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.cells import one_line
from crmdesk.exchange.values.html_texts import plain
from crmdesk.exchange.values.nothing import is_nothing
from crmdesk.exchange.words.legal_forms import is_surely_a_company
from crmdesk.i18n import mark
from crmdesk.models.names import folded, sort_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.links import Book


class TicketShape(Shape):
    """Tickets: what the customer wrote becomes the first message, and times that contradict are told."""

    entity = "ticket"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.contact_shape = Person(work, "contact", "contact") if any(c.target and c.target.of == "contact" for c in work.layout.columns) else None
        self.mail_index, self.customer_index = work.layout.index_of("email", "contact"), work.layout.index_of("contact")
        self.known_people: dict[tuple[str, str], bytes | None] = {}
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
        if self.customer_index is not None:
            said = {one_line(cells[self.customer_index]) for _, cells in block if cells.__class__ is list}
            self.work.book("company").prepare({text for text in said if is_surely_a_company(text)})

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Find the customer: by mail address and name together where both are there; a company among people is none of them."""
        mail = self._mail(draft.cells)
        if name == "contact_id" and not mail and not draft.values["company_id"] and is_surely_a_company(text) and book.find(text, is_key) is None:
            draft.values["company_id"] = super().link(draft, "company_id", self.work.book("company"), text, is_key)
            return None
        if name != "contact_id" or self.contact_shape is None or not mail:
            return super().link(draft, name, book, text, is_key)
        draft.rest["person"] = (mail, text)
        return None

    def before_links(self, draft: Draft) -> None:
        """Let a customer of whom the row has only the mail address be found by that."""
        mail = self._mail(draft.cells)
        if mail and not is_nothing(mail) and (self.customer_index is None or not one_line(draft.cells[self.customer_index])):
            draft.rest["person"] = (mail, "")

    def _mail(self, cells: list[Cell]) -> str:
        return shown(cells[self.mail_index]).strip().lower() if self.mail_index is not None else ""

    def settle(self, drafts: Sequence[Draft]) -> None:
        """Give tickets the customers that are there already, and their companies."""
        for draft in drafts:
            if "person" in draft.rest:
                draft.values["contact_id"] = self._person_there(*draft.rest["person"])
        super().settle(drafts)

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
        if "person" in draft.rest and self.contact_shape and (overwrites or not present.get("contact_id")):
            merged["contact_id"] = draft.values["contact_id"] = self._person(draft)

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

    def accept(self, draft: Draft) -> None:
        """Find or make the customer, then take the ticket."""
        if "person" in draft.rest and self.contact_shape:
            draft.values["contact_id"] = self._person(draft)
        super().accept(draft)

    def _person(self, draft: Draft) -> bytes:
        assert self.contact_shape is not None
        mail, name = draft.rest["person"]
        record = self._person_there(mail, name)
        if record is None:
            self.contact_shape.called = name
            (person,) = self.contact_shape.drafts([(draft.line, draft.cells)])
            if isinstance(person, UserError):
                raise person
            self.contact_shape.check_new(person)
            self.contact_shape.accept(person)
            draft.rest["beside"] = [person]
            self.work.gathered.made("contact")
            record = self.known_people[mail, folded(name)] = person.id
        return record

    def _person_there(self, mail: str, name: str) -> bytes | None:
        """Return the contact of a mail address and a name that the store has, or that a row further up brought."""
        key = (mail, folded(name))
        if key not in self.known_people:
            self.known_people[key] = _contact_by_mail(self.work.book("contact"), mail, name)
        return self.known_people[key]

    def after(self, draft: Draft) -> None:
        """Take the message, and keep the number from being given again."""
        super().after(draft)
        values = draft.values
        if body := draft.rest["said"]:
            rows = self.work.gathered.rows("message", ("id", "ticket_id", "kind", "body", "at", "contact_id", "position"))
            rows.append((new_id_bytes(), draft.id, "in", body, values["opened_at"], values["contact_id"], 0))


RESOLVED_EARLY = (
    mark("{count} ticket was resolved before the first reply, as the file has it."),
    mark("{count} tickets were resolved before the first reply, as the file has it."),
)


def _contact_by_mail(book: Book, mail: str, name: str) -> bytes | None:
    """Return the contact that has this mail address and this name; without a name, the only one who has the address."""
    with book.store.read() as reader:
        sql = "SELECT c.id, c.sort_key FROM email e JOIN contact c ON c.id = e.contact_id WHERE e.key = ? AND e.deleted_at IS NULL AND c.deleted_at IS NULL"
        found = reader.rows(sql, (mail,))
    if not name:
        return bytes(found[0][0]) if len(found) == 1 else None
    wanted = sort_key(name)
    return next((bytes(record) for record, its in found if its == wanted), None)
