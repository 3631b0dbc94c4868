"""Decisions: what the user says about single rows of a file, against what holds for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.exchange.values.known import SAID, Match, living

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

    from crmdesk.exchange.shapes.work import Draft
    from crmdesk.store import Store


@dataclass(frozen=True)
class Decision:
    """What the user says about one row.

    Attributes:
        mode: `skip`, `fill`, `overwrite` or `add`, as of `ImportOptions.on_duplicate`; what holds for all rows if empty.
        record: the record that the row is; None leaves it to what shows in the row.
    """

    mode: str = ""
    record: UUID | None = None


class Decided:
    """The decisions about the rows of one file, as its plan asks for them.

    Args:
        decisions: by the file and the line of a row.
        usual: what becomes of known records where nothing was decided.
    """

    def __init__(self, decisions: Mapping[tuple[str, int], Decision], path: Path, usual: str) -> None:
        self._by_line = {line: decision for (file, line), decision in decisions.items() if file == str(path)}
        self._usual = usual

    def mode(self, draft: Draft) -> str:
        """Return what becomes of a row if it is known."""
        if not self._by_line:
            return self._usual
        decision = self._by_line.get(draft.line)
        return decision.mode or self._usual if decision else self._usual

    def only_adds(self, drafts: Sequence[Draft]) -> bool:
        """Say whether none of some rows has to be looked up."""
        return self._usual == "add" and not any(draft.line in self._by_line for draft in drafts)

    def apply(self, store: Store, drafts: Sequence[Draft], known: list[Match | None]) -> None:
        """Put what the user said in the place of what the rows show; what was said of records that are gone since no longer counts."""
        if not self._by_line and self._usual != "add":
            return
        said = {place: record for place, draft in enumerate(drafts) if (record := self._record(draft)) is not None}
        alive: set[bytes] = set()
        if said:
            with store.read() as reader:
                for entity in {drafts[place].entity for place in said}:
                    alive |= living(reader, entity, said.values())
        for place, draft in enumerate(drafts):
            if self.mode(draft) == "add":
                known[place] = None
            elif said.get(place) in alive:
                known[place] = Match(said[place], (SAID, said[place]))

    def _record(self, draft: Draft) -> bytes | None:
        decision = self._by_line.get(draft.line)
        return decision.record.bytes if decision and decision.record else None
