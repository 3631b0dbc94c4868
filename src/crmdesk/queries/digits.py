"""Digits in a row: which documents of the search index have them, by the threes that numbers are cut into."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader

SHORTEST = 3
_COUNTED = 2000


def with_digits(reader: Reader, wanted: str, limit: int | None = None) -> list[int]:
    """Return the documents with a number that has these digits in a row, the newest first; at least three digits."""
    parts = list(dict.fromkeys(int(wanted[i : i + 3]) for i in range(len(wanted) - 2)))
    sizes = {part: reader.value("SELECT count(*) FROM (SELECT 1 FROM search_digits WHERE part = ? LIMIT ?)", (part, _COUNTED)) for part in parts}
    parts.sort(key=lambda part: sizes[part])
    driver, others = parts[0], parts[1:4]
    also = "".join(" AND EXISTS (SELECT 1 FROM search_digits o WHERE o.part = ? AND o.docid = d.docid)" for _ in others)
    sql = (
        f"SELECT d.docid FROM search_digits d WHERE d.part = ?{also} "  # noqa: S608
        "AND EXISTS (SELECT 1 FROM search_number n WHERE n.docid = d.docid AND n.digits LIKE ?) ORDER BY d.docid DESC"
    )
    if limit:
        sql += f" LIMIT {limit}"
    return [docid for (docid,) in reader.rows(sql, (driver, *others, f"%{wanted}%"))]
