"""Tags that rows refer to; their ids come from group and name."""

from __future__ import annotations

from typing import Any

from crmdesk.exchange.values.links import Book, Made, name_key
from crmdesk.models.names import folded
from crmdesk.store.settings import named_id


class Tags(Book):
    """Tags; their ids come from group and name."""

    def find(self, text: str, is_key: bool = False) -> bytes | None:
        """Return the tag if the store has it."""
        return self._by_name(name_key(self.entity, text), text)

    def _make(self, key: str, text: str, is_key: bool, more: dict[str, Any]) -> bytes:
        """Make a tag, or take one that was deleted out of the bin."""
        group, _, bare = text.rpartition(":")
        record = named_id("tag", f"{folded(group)}:{folded(bare.strip())}").bytes
        with self.store.read() as reader:
            in_bin = reader.value("SELECT 1 FROM tag WHERE id = ?", (record,))
        if not in_bin and not self._creates:
            return self.missing(text)
        values = {"deleted_at": None} if in_bin else {"id": record, "name": bare.strip(), "group": group.strip() or None}
        self._unsettled[record] = Made(name_key(self.entity, bare.strip()), text, False, values)
        self.learn(record, bare.strip())
        return record

    def _gather(self, record: bytes, made: Made, values: dict[str, Any]) -> None:
        """Take a tag that was made, or one out of the bin."""
        if "id" in values:
            super()._gather(record, made, values)
        else:
            self._gathered.update("tag", tuple(values), (*values.values(), record))
