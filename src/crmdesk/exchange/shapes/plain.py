"""How the rows of a file become products, members, activities and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.clock import now_ms
from crmdesk.exchange.shapes.shape import Draft, Shape, Values
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from crmdesk.exchange.values.known import Key


class ProductShape(Shape):
    """Products, recognised by name however it is spaced, or by code."""

    entity = "product"

    def starting(self) -> Values:
        """Return what a new product starts with."""
        values: Values = {} if self.work.layout.has("is_active") else {"is_active": 1}
        return {**values, "currency": None, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Give the product a currency."""
        draft.values["currency"] = draft.values["currency"] or self.work.settings.currency
        if draft.values.get("is_active") is None:
            draft.values["is_active"] = 1

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return code and name."""
        code = draft.values.get("code")
        return [*([("#", code)] if code else []), ("n", draft.values.get("name"))]


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
        return [("n", draft.values["name"])]


class ActivityShape(Shape):
    """Activities with their original author and time."""

    entity = "activity"

    def starting(self) -> Values:
        """Return the columns that every activity gets."""
        return {"kind": None, "subject": None, "at": None, "company_id": None, **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Give it a kind, a time and a subject."""
        values = draft.values
        values["kind"] = values["kind"] or "note"
        values["at"] = values["at"] or now_ms()
        if not values["subject"]:
            body = values.get("body") or ""
            values["subject"] = body.splitlines()[0][:120] if body else tr(next(c.label for c in self.cls.fields["kind"].choices if c.value == values["kind"]))


class TaskShape(Shape):
    """Tasks."""

    entity = "task"
