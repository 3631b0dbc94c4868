"""Stages that rows refer to, by name or by the outcome that a name means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.clock import new_id_bytes
from crmdesk.exchange.values.links import Book, Made, name_key
from crmdesk.exchange.words.choices import is_only_open, outcome_of
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from crmdesk.exchange.values.gathering import Gathered
    from crmdesk.store import Store


class Stages(Book):
    """The stages of one pipeline; `Closed Won` means the stage for won deals whatever it is called."""

    def __init__(self, store: Store, gathered: Gathered, source: str, creates: bool, pipeline: UUID) -> None:
        super().__init__("stage", store, gathered, source, creates)
        self.pipeline = pipeline
        with store.read() as reader:
            sql = "SELECT id, name, ifnull(outcome, 'open'), position FROM stage WHERE pipeline_id = ? AND deleted_at IS NULL ORDER BY position, id"
            self._stages = [tuple(row) for row in reader.rows(sql, (pipeline.bytes,))]
        self.outcomes: dict[bytes, str] = {row[0]: row[2] for row in self._stages}

    def prepare(self, texts: Iterable[str]) -> None:
        """Nothing to ask: the stages of a pipeline are few and known."""

    def find(self, text: str, is_key: bool = False) -> bytes | None:
        """Return the stage of this name, else that of the outcome which the name means; without one, “Won” is no open stage that is called so."""
        key, outcome = name_key("stage", text), outcome_of(text)
        called_so = next((record for record, name, _, _ in self._stages if name_key("stage", name or "") == key), None)
        if outcome == "open":
            return called_so or (self.first_open() if is_only_open(text) else None)
        closing = self.closed(outcome)
        return called_so if called_so and closing else closing

    def closed(self, outcome: str) -> bytes | None:
        """Return the first stage for deals that were won or lost."""
        return next((record for record, its in self.outcomes.items() if its == outcome), None)

    def closing(self, outcome: str) -> bytes:
        """Return the stage for deals that were won or lost; one that is missing is made.

        Raises:
            UserError: it may not be made.
        """
        return self.closed(outcome) or self.create(tr("Won") if outcome == "won" else tr("Lost"), outcome=outcome)

    def _make(self, key: str, text: str, is_key: bool, more: dict[str, Any]) -> bytes:
        """Make a stage, with the outcome that its name means: an open one behind the other open ones, so that those for won and lost deals move on."""
        if not self._creates:
            return self.missing(text)
        record = new_id_bytes()
        outcome = more.get("outcome") or outcome_of(text)
        before = [position or 0 for _, _, its, position in self._stages if outcome != "open" or its == "open"]
        position = max(before, default=-1) + 1
        if outcome == "open":
            self._move_closed(1)
        self._stages.append((record, text, outcome, position))
        self.outcomes[record] = outcome
        values = {"id": record, "name": text, "pipeline_id": self.pipeline.bytes, "position": position, "outcome": outcome}
        self._unsettled[record] = Made(key, text, False, values)
        return record

    def _move_closed(self, steps: int) -> None:
        """Make room for one more open stage before those for won and lost deals, or take it back."""
        self._stages = [(record, name, its, (position or 0) + steps if its != "open" else position) for record, name, its, position in self._stages]

    def _gather(self, record: bytes, made: Made, values: dict[str, Any]) -> None:
        """Take a stage that was made, and move those for won and lost deals behind it."""
        super()._gather(record, made, values)
        if values["outcome"] == "open":
            for other, _, outcome, position in self._stages:
                if outcome != "open":
                    self._gathered.update("stage", ("position",), (position, other))

    def _forget(self, record: bytes, made: Made) -> None:
        """Know nothing any more of a stage that was made."""
        self._stages = [stage for stage in self._stages if stage[0] != record]
        if self.outcomes.pop(record) == "open":
            self._move_closed(-1)

    def first_open(self) -> bytes | None:
        """Return the first open stage."""
        opened = sorted((row for row in self._stages if row[2] == "open"), key=lambda row: (row[3] is None, row[3]))
        return opened[0][0] if opened else None
