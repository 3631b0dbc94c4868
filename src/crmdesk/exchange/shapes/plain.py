"""How the rows of a file become products, members, activities and tasks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from crmdesk.clock import moment, now_ms, to_ms
from crmdesk.errors import UserError
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.cells import one_line
from crmdesk.exchange.values.known import ids_of_any_file, known_as
from crmdesk.exchange.words.choices import says_done, says_to_do
from crmdesk.fields import read_moment
from crmdesk.i18n import tr
from crmdesk.models.registry import entity_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmdesk.exchange.shapes.work import Draft, Values, Work
    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.known import Key

_TASK = entity_class("task").entity
_SAID = ("subject", "body", "at", "company_id", "contact_id", "deal_id", "ticket_id", "quote_id", "lead_id")


class ProductShape(Shape):
    """Products, recognised by name however it is spaced, or by code."""

    entity = "product"

    def starting(self) -> Values:
        """Return what a new product starts with."""
        values: Values = {} if self.work.layout.has("is_active") else {"is_active": 1}
        return {**values, "currency": None, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Give the product a currency."""
        self.begin_with(draft, currency=self.work.settings.currency, is_active=1)

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return code and name."""
        code = draft.values.get("code")
        return [*([("#", code)] if code else []), *([("n", name)] if (name := draft.values.get("name")) else [])]


class MemberShape(Shape):
    """Members of the team; their name may stand in several columns."""

    entity = "member"

    def starting(self) -> Values:
        """Return what a new member starts with."""
        values: Values = {} if self.work.layout.has("is_active") else {"is_active": 1}
        return {"name": None, **values, **({} if self.work.layout.has("role") else {"role": "sales"}), **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Put the name together."""
        if not draft.values["name"]:
            pieces = (self.text(draft.cells, name) for name in ("given_name", "middle_name", "family_name"))
            draft.values["name"] = " ".join(piece for piece in pieces if piece) or None

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the name."""
        return [("n", name)] if (name := draft.values["name"]) else []


class Timed(Shape):
    """Things whose day stands in one column and whose time of day in another."""

    def clock(self, draft: Draft, name: str) -> time | None:
        """Return the time of day that a column says.

        Raises:
            UserError: this is none; its field is the column's name.
        """
        for index in self.virtual.get(name, ()):
            cell = draft.cells[index]
            if isinstance(cell, datetime):
                return cell.time()
            if isinstance(cell, float) and 0 <= cell < 1:
                return (datetime.min + timedelta(seconds=round(cell * 86_400))).time()
            if text := shown(cell).strip():
                try:
                    return read_moment(f"2000-01-01 {text}").time()
                except UserError:
                    raise UserError(tr("“{text}” is not a time.", text=text), field=self.work.layout.columns[index].header) from None
        return None

    def read_done(self, draft: Draft) -> None:
        """Say of a task whether it is done, and when it was: at the latest now."""
        values, said = draft.values, self.text(draft.cells, "is_done")
        draft.rest["done"] = says_done(said) if said else None
        if not values["done_at"] and draft.rest["done"]:
            day = values["due_at"] or (values["due_on"] and to_ms(datetime.combine(date.fromisoformat(values["due_on"]), time(), self.work.settings.tz)))
            values["done_at"] = min(day or now_ms(), now_ms())

    def settle_known(self, draft: Draft, present: Mapping[str, Any], merged: Values, *, overwrites: bool) -> None:
        """Let a known task be done now if the row says that it is by now, or open again."""
        if draft.rest.get("done"):
            merged["done_at"] = merged.get("done_at") or now_ms()
        elif draft.rest.get("done") is False and overwrites:
            merged["done_at"] = None


class ActivityShape(Timed):
    """Activities with their original author and time; a row that is something to do becomes a task."""

    entity = "activity"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.kind_index = work.layout.index_of("kind", of)
        self._places = {name: work.layout.index_of(name, of) for name in ("external_id", "source", "subject")}
        self._noted: set[str] = set()

    def special(self) -> frozenset[str]:
        """Return the columns with the time of day, and with whether it is done."""
        return frozenset({"at_time", "is_done"})

    def starting(self) -> Values:
        """Return the columns that every activity gets."""
        return {"kind": None, "subject": None, "at": None, "company_id": None, **super().starting()}

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, and which to-dos are there as activities, such as the notes that earlier versions made of them: these stay what they are."""
        super().prepare(block)
        keys = {
            key: self._ids(cells, key)
            for _, cells in block
            if cells.__class__ is list and self._says_to_do(cells) and (key := self._text(cells, "external_id"))
        }
        self._noted = set()
        if not keys:
            return
        with self.work.book(self.entity).store.read() as reader:
            activities = known_as(reader, self.entity, list(keys.values()))
            noted = [key for key, activity in zip(keys, activities, strict=True) if activity]
            tasks = known_as(reader, _TASK.name, [keys[key] for key in noted])
        self._noted = {key for key, task in zip(noted, tasks, strict=True) if task is None}

    def _text(self, cells: Sequence[Cell], name: str) -> str:
        place = self._places[name]
        return one_line(cells[place]) if place is not None else ""

    def _ids(self, cells: Sequence[Cell], external: str) -> list[Key]:
        """Return the keys of the id that a row has in its program; files that name none may have been called otherwise before."""
        source = self._text(cells, "source")
        keys: list[Key] = [("x", (source or self.work.source, external))]
        return keys if source or self.work.layout.product else keys + ids_of_any_file(self.entity, external, self._text(cells, "subject"), ())

    def _says_to_do(self, cells: Sequence[Cell]) -> bool:
        return self.kind_index is not None and says_to_do(shown(cells[self.kind_index]))

    def finish(self, draft: Draft) -> None:
        """Give it a kind, a time and a subject."""
        values = draft.values
        if not any(values.get(name) for name in _SAID):
            raise UserError(tr("An activity needs a subject, a text or a time."))
        self.begin_with(draft, kind="meeting" if self.work.layout.product == "Outlook" else "note")
        clock = self.clock(draft, "at_time") if values["at"] else None
        if clock:
            values["at"] = to_ms(datetime.combine(moment(values["at"]).astimezone(self.work.settings.tz).date(), clock, self.work.settings.tz))
        is_to_do = self._is_to_do(draft)
        if not values["subject"]:
            body = values.get("body") or ""
            kind = tr(next(c.label for c in self.cls.fields["kind"].choices if c.value == values["kind"]))
            self.begin_with(draft, subject=body.splitlines()[0][:120] if body else tr(_TASK.label) if is_to_do else kind)
        if is_to_do:
            self._become_task(draft, has_time=clock is not None)
        else:
            self.begin_with(draft, at=now_ms())

    def _is_to_do(self, draft: Draft) -> bool:
        """Say whether a row is something to do, whenever that was: what a file brings must be the same on every day."""
        return self._says_to_do(draft.cells) and self._text(draft.cells, "external_id") not in self._noted

    def _become_task(self, draft: Draft, *, has_time: bool) -> None:
        """Make a task of a row: due when it says, and done or not; what tasks have no place for goes to its text."""
        at = draft.values["at"]
        due = moment(at).astimezone(self.work.settings.tz) if at is not None else None
        values = {name: value for name, value in draft.values.items() if name in entity_class(_TASK.name).columns and name != "custom"}
        if lines := self._without_place(draft):
            values["body"] = "\n".join([*([values["body"]] if values.get("body") else []), *lines])
        draft.entity = _TASK.name
        draft.values = {
            **values, "due_on": due.date().isoformat() if due else None, "due_at": at if due and (has_time or due.time() != time()) else None, "done_at": None,
        }  # fmt: skip
        self.read_done(draft)

    def _without_place(self, draft: Draft) -> list[str]:
        """Return what a row says that tasks have no field for, line by line; its sort is that it is a task."""
        columns, lines = entity_class(_TASK.name).columns, []
        for item in self.cls.fields.values():
            value = draft.values.get(item.column)
            if value is not None and item.column not in columns and item.name not in {"kind", "at"} and item.column not in draft.rest.get("defaults", ()):
                said = next((tr(choice.label) for choice in item.choices if choice.value == value), str(value))
                lines.append(tr("{label}: {value}", label=tr(item.label), value=said))
        for index, key, _, _ in self.own:
            if key in draft.rest.get("own", ()):
                lines.append(tr("{label}: {value}", label=self.work.own_fields[key].label, value=shown(draft.cells[index]).strip()))
        return lines


class TaskShape(Timed):
    """Tasks, due on a day or at a time; other programs say by a word that they are done."""

    entity = "task"

    def special(self) -> frozenset[str]:
        """Return the columns with the time of day, and with whether it is done."""
        return frozenset({"due_time", "is_done"})

    def starting(self) -> Values:
        """Return the columns that are filled from others."""
        return {"due_on": None, "due_at": None, "done_at": None, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Put day and time together, and say when it was done."""
        values = draft.values
        if values["due_on"] and not values["due_at"] and (clock := self.clock(draft, "due_time")):
            values["due_at"] = to_ms(datetime.combine(date.fromisoformat(values["due_on"]), clock, self.work.settings.tz))
        self.read_done(draft)
