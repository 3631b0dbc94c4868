"""Quote parts: how rows become lines and discounts of quotes that are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.errors import UserError
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.store.issued import fixed_quote, touches_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmdesk.exchange.shapes.work import Draft, Work


class QuotePart(Shape):
    """What stands on a quote: of one that was issued it stays as it is."""

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self._fixed: dict[bytes, UserError | None] = {}

    def check_new(self, draft: Draft) -> None:
        """Check what only a new part must have, and that its quote still takes any.

        Raises:
            UserError: it lacks something, or its quote was issued.
        """
        super().check_new(draft)
        self._check_quotes(None, draft.values)

    def check_known(self, present: Mapping[str, Any], merged: Mapping[str, Any]) -> None:
        """Check that a part of an issued quote stays as it is.

        Raises:
            UserError: it would be changed.
        """
        self._check_quotes(present, merged)

    def _check_quotes(self, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
        if not touches_part(self.entity, before, after):
            return
        for quote in filter(None, {after["quote_id"], (before or after)["quote_id"]}):
            if quote not in self._fixed:
                with self.work.book("quote").store.read() as reader:
                    self._fixed[quote] = fixed_quote(reader, quote)
            if error := self._fixed[quote]:
                raise UserError(error.message, hint=error.hint)
