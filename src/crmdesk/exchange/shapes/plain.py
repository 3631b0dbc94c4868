"""How the rows of a file become products, members, activities and tasks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from crmdesk.clock import moment, now_ms, to_ms
from crmdesk.errors import UserError
from crmdesk.exchange.shapes.shape import Draft, Shape, Values
from crmdesk.exchange.table import shown
from crmdesk.exchange.words.choices import says_done
from crmdesk.fields import read_moment
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmdesk.exchange.values.known import Key

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


class ActivityShape(Timed):
    """Activities with their original author and time."""

    entity = "activity"

    def special(self) -> frozenset[str]:
        """Return the column with the time of day."""
        return frozenset({"at_time"})

    def starting(self) -> Values:
        """Return the columns that every activity gets."""
        return {"kind": None, "subject": None, "at": None, "company_id": None, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Give it a kind, a time and a subject."""
        values = draft.values
        if not any(values.get(name) for name in _SAID):
            raise UserError(tr("An activity needs a subject, a text or a time."))
        self.begin_with(draft, kind="meeting" if self.work.layout.product == "Outlook" else "note")
        if values["at"] and (clock := self.clock(draft, "at_time")):
            values["at"] = to_ms(datetime.combine(moment(values["at"]).astimezone(self.work.settings.tz).date(), clock, self.work.settings.tz))
        self.begin_with(draft, at=now_ms())
        if not values["subject"]:
            body = values.get("body") or ""
            said = body.splitlines()[0][:120] if body else tr(next(c.label for c in self.cls.fields["kind"].choices if c.value == values["kind"]))
            self.begin_with(draft, subject=said)


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
        said = self.text(draft.cells, "is_done")
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
