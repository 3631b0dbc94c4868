"""Files inside the store, for what is set into documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader


def content(reader: Reader, attachment_id: bytes | None) -> bytes | None:
    """Return the bytes of a live file, None where there is none."""
    if not reader.value("SELECT 1 FROM attachment WHERE id = ? AND deleted_at IS NULL", (attachment_id,)):
        return None
    return b"".join(piece for (piece,) in reader.rows("SELECT content FROM attachment_piece WHERE attachment_id = ? ORDER BY position", (attachment_id,)))
