"""Which encoding a text file has, when it does not say so."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
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
LEGACY = (
    "cp1251 cp1256 cp1253 cp1255 cp1254 cp1250 cp1257 cp1258 koi8_r koi8_u cp866 cp874 euc_kr cp949 euc_jp johab iso8859_2 iso8859_5 iso8859_7 "
    "gb18030 big5 cp932 iso2022_jp mac_cyrillic"
).split()


@dataclass(frozen=True)
class Guess:
    """An encoding and how sure we are of it, 0 to 1."""

    encoding: str
    confidence: float


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
    for guess in _candidates(sample):
        if fits(path, guess.encoding):
            return guess
    return Guess("latin-1", 0.2)


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
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = whole.decode(encoding, "replace")
        plain = sum(text.count(sign) for sign in "\n\r,;\t ")
        strange = sum(1 for c in text if c == "\ufffd" or c < "\t" or "\ue000" <= c <= "\uf8ff")
        if plain and strange * 50 <= len(text):
            return Guess(encoding, 0.9)
    return None


def _odd_lines(path: Path) -> bytes:
    """Collect lines that are not plain ASCII."""
    found, size = [], 0
    with path.open("rb") as file:
        for line in _limited(file.read(SEARCHED).splitlines(keepends=True)):
            if not line.isascii():
                found.append(line)
                size += len(line)
                if size >= SAMPLE:
                    break
    return b"".join(found)


def _limited(lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line if len(line) < SAMPLE else line[:SAMPLE]


def _candidates(sample: bytes) -> Iterator[Guess]:
    """Name the encodings that a sample can have, the likeliest first."""
    east = sorted(_east_asian(sample), key=lambda guess: -guess.confidence)
    west = _western(sample)
    if east and east[0].confidence > max(0.75, west):
        yield east[0]
    if west >= 0.6:
        yield Guess(_western_page(sample), west)
    from charset_normalizer import from_bytes

    for match in from_bytes(sample, cp_isolation=LEGACY):
        yield Guess(match.encoding, min(0.8, max(0.3, 1 - match.chaos)))
    yield from east
    yield Guess("cp1252", 0.3)


# The most frequent characters of each writing lie together: level 1 of GB 2312, of Big5 and of JIS X 0208, where they make up nearly all
# of a real text and only half of a text in another encoding.
_COMMON = {
    "gb18030": re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|\xa1[\xa1-\xbf]|\xa3[\xa1-\xfe]"),
    "big5": re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]|\xa1[\x40-\x7e\xa1-\xbf]"),
    "cp932": re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|[\x88-\x97][\x40-\xfc]|\x81[\x40-\x7e]|\x82[\x4f-\x9a]"),
    "euc_jp": re.compile(rb"[\xa4\xa5][\xa1-\xf6]|[\xb0-\xcf][\xa1-\xfe]|\xa1[\xa1-\xbf]|\xa3[\xb0-\xfa]"),
    "euc_kr": re.compile(rb"[\xb0-\xc8][\xa1-\xfe]|\xa1[\xa1-\xbf]"),
}
_KANA = re.compile(rb"[\xa4\xa5][\xa1-\xf6]")


def _east_asian(sample: bytes) -> Iterator[Guess]:
    for encoding, common in _COMMON.items():
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        wide = sum(1 for c in text if c > "\x7f")
        half_kana = sum(1 for c in text if "\uff61" <= c <= "\uff9f")
        if not wide:
            continue
        known = _count(text, encoding, common) + (half_kana if encoding == "cp932" else 0)
        share = min(1.0, known / wide)
        if encoding == "euc_jp" and not _KANA.search(sample):
            share *= 0.6
        if encoding == "euc_kr":
            hangul = sum(1 for c in text if "\uac00" <= c <= "\ud7a3")
            share = hangul / wide if wide >= 10 and hangul >= 0.95 * wide else 0.5 * share
            share *= 1.01
        if encoding == "cp932" and half_kana * 2 > wide and half_kana == wide:
            share *= 0.6
        yield Guess(encoding, round(share * (0.95 if wide > 20 else 0.85), 2))


def _count(text: str, encoding: str, common: re.Pattern[bytes]) -> int:
    return sum(1 for c in text if c > "\x7f" and common.fullmatch(c.encode(encoding, "ignore")))


_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_WESTERN_LETTERS = set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŠšŽžŒœŸ")
_WESTERN_SIGNS = set("€‚„…‰‹‘’“”•–—™›\xa0¡£§©ª«®°²³´·º»¼½¾¿µ¢¥±×")


def _western(sample: bytes) -> float:
    """Say how much a text looks like a Western language in cp1252: single letters among ASCII ones."""
    runs = _HIGH_RUN.findall(sample)
    if not runs:
        return 0.0
    high = sum(map(len, runs))
    text = sample.decode("cp1252", "replace")
    good = sum(1 for c in text if c in _WESTERN_LETTERS) + sum(0.8 for c in text if c in _WESTERN_SIGNS)
    inside = len(re.findall(r"[A-Za-zß-ÿ][¹³¿¢¥£²±¤¦¼¾½ª¶][a-zß-ÿ]", text))
    crowded = max(0.0, high / len(runs) - 1.15)
    return max(0.0, min(0.98, good / high - 1.2 * crowded - 3 * inside / high))


def _western_page(sample: bytes) -> str:
    """Tell cp1250 and cp1254 from cp1252: Czech, Polish and Turkish letters look like ones that no Western language mixes."""
    text = sample.decode("cp1252", "replace")
    czech = sum(text.count(c) for c in "øìèùò")
    western = sum(text.count(c) for c in "åæäöüßñçêâôîûÅÆÄÖÜÑÇ")
    turkish = sum(text.count(c) for c in "ýþðÝÞÐ")
    if turkish and not any(c in text for c in "áíóúæÁÍÓÚÆ"):
        return "cp1254"
    if "ø" in text and ("ì" in text or "è" in text or "ù" in text) and czech > 3 * western:
        return "cp1250"
    return "cp1252" if b"\x81" not in sample else "latin-1"
