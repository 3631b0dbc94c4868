"""Address cards into the store, beside the bare reading of their lines."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from measure import Figure, child, telling
from stores import fresh

if TYPE_CHECKING:
    from collections.abc import Mapping

CARDS = 10_000
ROUNDS = 3
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Apple Inc.//iOS 17//EN\r\nN:Family{n};Given{first};;Dr.;\r\nFN:Dr. Given{first} Family{n}\r\nORG:Company {company};Sales\r\n"
    "TITLE:Head of things\r\nEMAIL;type=INTERNET;type=WORK;type=pref:p{n}@firma{company}.example\r\nTEL;type=CELL;type=VOICE:+49 151 {mobile}\r\nTEL;type=WORK:030 {phone}\r\n"
    "item1.ADR;type=WORK;type=pref:;;Straße {n};Berlin;;10{zip:03};Germany\r\nitem1.X-ABADR:de\r\nitem2.URL;type=pref:https://firma{company}.example\r\n"
    "item2.X-ABLabel:_$!<HomePage>!$_\r\nBDAY:1980-03-{day:02}\r\nNOTE:A note\\, with a comma and a line\\nthat is\r\n  folded {n}\r\nCATEGORIES:Customer,VIP\r\n"
    "UID:4711-{n}\r\nREV:2024-01-01T00:00:00Z\r\nEND:VCARD\r\n"
)


def write_cards(path: Path, count: int) -> None:
    """Write cards as a telephone would."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for n in range(count):
            file.write(CARD.format(n=n, first=n % 700, company=n % 2000, mobile=10_000_000 + n, phone=100_000 + n, zip=n % 1000, day=n % 28 + 1))


def cards(size: str) -> list[Figure]:
    """Ten thousand address cards from one file."""
    found: list[Mapping[str, Any]] = []
    bare: list[float] = []
    with TemporaryDirectory() as folder:
        place = Path(folder)
        source = place / "cards.vcf"
        write_cards(source, CARDS)
        for number in range(ROUNDS):
            path = fresh(place, f"cards-{number}.crmdesk")
            with telling(f"cards {number + 1}"):
                bare.append(_bare(source))
                found.append(child("import_contacts", path, source))
            path.unlink()
    taken, peaks = [each["import_s"] for each in found], [each["peak_mb"] for each in found]
    floor = statistics.median(bare)
    return [
        Figure(f"import {CARDS:,} address cards", statistics.median(taken), min(taken), "s", floor, 6, "≤ 6 s", f"{found[0]['added']:,} added; floor: unfolding and splitting alone"),
        Figure("memory of it", statistics.median(peaks), min(peaks), "MB", None, 300, "≤ 300 MB"),
    ]  # fmt: skip


def _bare(source: Path) -> float:
    """Unfold the lines of all cards and split them at their colons; nothing else."""
    start = time.perf_counter()
    lines: list[bytes] = []
    with source.open("rb") as file:
        for line in file:
            if line[:1] in b" \t":
                lines[-1] += line[1:].rstrip()
            else:
                lines.append(line.rstrip())
    for line in lines:
        head, _, value = line.partition(b":")
        head.split(b";")
        value.decode()
    return time.perf_counter() - start
