"""Digits in a row: which documents of the search index have them, by the threes that numbers are cut into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmdesk.store.reader import Reader

SHORTEST = 3
_COUNTED = 2000
_PHONE_LIKE = re.compile(r"[+(\d][\d\s()/.\-]*")


def digit_forms(text: str) -> set[str]:
    """Return the digits in a row that a text asks for, in each form they may be stored in; none if it is no number."""
    if not _PHONE_LIKE.fullmatch(text.strip()):
        return set()
    wanted = re.sub(r"\D", "", text)
    # Typed nationally, stored internationally or the other way round: the trunk zero is not in the other form.
    forms = {wanted, wanted.lstrip("0")} | _national(text.strip(), wanted)
    return {form for form in forms if len(form) >= SHORTEST}


def _national(text: str, wanted: str) -> set[str]:
    """Return what is left of an international number without its country's code."""
    bare = wanted.removeprefix("00") if text.startswith("00") else wanted if text.startswith("+") else ""
    if not bare:
        return set()
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return {bare, *(bare[size:] for size in (1, 2, 3) if bare[:size].isdigit() and int(bare[:size]) in COUNTRY_CODE_TO_REGION_CODE)}


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
