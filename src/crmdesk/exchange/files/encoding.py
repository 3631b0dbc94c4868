"""Which encoding a text file has, when it does not say so."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmdesk.exchange.files.writings import WRITINGS, looks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CHUNK = 1 << 20
SAMPLE = 48 * 1024
SEARCHED = 64 << 20

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


UNMARKED = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
"""What is told by the zeros in it, where no mark says so."""
FALLBACK = "latin-1"
_OF_LANGUAGES = tuple(dict.fromkeys(encoding for writing in WRITINGS for encoding in writing.encodings))
RECOGNISED = ("utf-8", *dict.fromkeys(encoding for _, encoding in reversed(BOMS)), *UNMARKED, *_OF_LANGUAGES, FALLBACK)
"""All that `detect` can answer, the commonest first."""

WESTERN = frozenset({"cp1252", "iso8859_15", "latin-1"})
BESIDE = "crmdesk-beside"
"""How bytes are read that are no UTF-8 in a file of UTF-8: by the Western page, as files are that were put together of two."""
DAMAGED = "replace"
"""How bytes are read that are no UTF-8 in a few lines of a file of UTF-8, and nothing that can be told: by a sign for what is lost."""
LOST = "\ufffd"


def _read_beside(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(BESIDE, _read_beside)


@dataclass(frozen=True)
class Guess:
    """An encoding and how sure we are of it, 0 to 1.

    Attributes:
        errors: what is done with bytes that don't fit.
    """

    encoding: str
    confidence: float
    errors: str = "strict"


def detect(path: Path) -> Guess:
    """Find out a text file's encoding by its mark, else by what its bytes can mean.

    UTF-8 is proven over the whole file; multi-byte encodings must fit the whole file; code pages are told by how their letters look.
    """
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return Guess(encoding, 1.0)
    if wide := _without_bom(head):
        return wide
    if fits(path, "utf-8"):
        return Guess("utf-8", 1.0)
    sample = _odd_lines(path)
    if errors := _read_with(path, sample):
        return Guess("utf-8", 0.7, errors)
    for guess in _candidates(sample):
        if fits(path, guess.encoding):
            return guess
    return Guess(FALLBACK, 0.2)


def _read_with(path: Path, sample: bytes) -> str:
    """Return how the lines are read that are no UTF-8 where others are; empty where the file is none: few lines of other languages may be UTF-8 by chance."""
    lines = sample.splitlines(keepends=True)
    others = [line for line in lines if not _is_utf_8(line)]
    if len(others) == len(lines):
        return ""
    text = b"".join(others) or next((line for line in _limited(_lines(path)) if not _is_utf_8(line)), b"")
    found = _candidates(text)
    if not text or found and (found[0].encoding in WESTERN or text.decode(found[0].encoding) == text.decode("cp1252", "replace")):
        return BESIDE
    return DAMAGED if len(others) * 10 <= len(lines) else ""


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def fits(path: Path, encoding: str) -> bool:
    """Say whether a whole file can be read in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _without_bom(head: bytes) -> Guess | None:
    """Tell UTF-16 and UTF-32 by the zeros in them; no other text has any."""
    if head.count(0) * 50 < len(head) or len(head) < 4:
        return None
    whole = head[: len(head) // 4 * 4]
    for encoding in UNMARKED:
        text = whole.decode(encoding, "replace")
        plain = sum(text.count(sign) for sign in "\n\r,;\t ")
        strange = sum(1 for c in text if c == "\ufffd" or c < "\t" or "\ue000" <= c <= "\uf8ff")
        if plain and strange * 50 <= len(text):
            return Guess(encoding, 0.9)
    return None


def _odd_lines(path: Path) -> bytes:
    """Collect lines that are not plain ASCII."""
    found, size = [], 0
    for line in _limited(_lines(path)):
        if not line.isascii():
            found.append(line)
            size += len(line)
            if size >= SAMPLE:
                break
    return b"".join(found)


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of the first 64 megabytes, cut piece by piece: one cut of all would keep every other thread waiting."""
    rest = b""
    with path.open("rb") as file:
        for _ in range(SEARCHED // CHUNK):
            chunk = file.read(CHUNK)
            if not chunk:
                break
            *whole, rest = (rest + chunk).splitlines(keepends=True)
            yield from whole
    if rest:
        yield rest


def _limited(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line if len(line) < SAMPLE else line[:SAMPLE]


def _candidates(sample: bytes) -> list[Guess]:
    """Name the encodings that a sample can have, the likeliest first."""
    best: dict[str, float] = {}
    for encoding in _OF_LANGUAGES:
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(text):
            continue
        # A single odd sign says little, and so do €, –, £ and the like between English words; then it is the page that most of such files have.
        usual = 0.4 if encoding == "cp1252" and (sum(1 for c in text if c > "\x7f") < 2 or _has_but_signs(text)) else 0.0
        best[encoding] = usual + max(looks(text, writing, writing.encodings.index(encoding)) for writing in WRITINGS if encoding in writing.encodings)
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    return [Guess(encoding, _confidence(sample, encoding, score, ranked)) for encoding, score in ranked if score > -0.5]


def _has_but_signs(text: str) -> bool:
    """Say whether a text has no letters beyond ASCII, and its signs stand one by one where signs do: letters of another page stand together, or in words."""
    odd = _ODD.findall(text)
    return all(len(run) == 1 and not run.isalpha() for run in odd) and not _IN_WORDS.search(text)


_ODD = re.compile("[^\x00-\x7f]+")
_IN_WORDS = re.compile("[a-z]{3}[³‚]|[£¥¯][A-Za-z]|[A-Za-z][³¹„”‚¿¯§][A-Za-z]")  # Micha³, Jos‚, £ukasz, Bia³ystok, Schr”der, but 5 m³ and £5
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x80-\x84\x86-\x9f]")


def _confidence(sample: bytes, encoding: str, score: float, ranked: list[tuple[str, float]]) -> float:
    """Say how sure a guess is: how much the text looks like a language, and how far the next reading of it is behind."""
    text = sample.decode(encoding)
    rival = next((its for other, its in ranked if other != encoding and its <= score and sample.decode(other) != text), 0.0)
    letters = sum(1 for c in text if c > "\x7f")
    few = 0.8 if letters < 4 else 0.9 if letters < 20 else 0.98
    return round(max(0.2, min(few, score, 0.55 + 2 * (score - rival))), 2)
