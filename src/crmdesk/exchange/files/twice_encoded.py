"""Text that was encoded twice: UTF-8 that a program took for a Windows page and saved as UTF-8 again, so that “Jürgen” reads “JÃ¼rgen”."""

from __future__ import annotations

import re
import unicodedata

SEVERAL = 2
"""From so many different words on a file shows that it was encoded twice."""

# Programs write the five bytes that Windows' page leaves open as the control signs of Latin 1, and old ones all of 80 to 9F.
_BYTES = {code: code for code in range(256)} | {ord(text): code for code in range(0x80, 0xA0) if (text := bytes((code,)).decode("cp1252", "ignore"))}
_BEYOND = {chr(sign) for sign, code in _BYTES.items() if 0x80 <= code <= 0xBF}
_LETTER = re.compile(f"[\u00c2-\u00f4][{''.join(sorted(_BEYOND))}]")
_RUN = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^ \t\r\n,;|\"]*[^\x00-\x7f][^ \t\r\n,;|\"]*")
_NO_LETTERS = frozenset({"Cc", "Cn", "Co"})


def is_twice_encoded(sample: str) -> bool:
    """Say whether all letters beyond ASCII in the beginning of a file show it; a single one that is sound means that they are meant as they stand."""
    if not _LETTER.search(sample):
        return False
    if not all(map(_once, _RUN.findall(sample))):
        return False
    return len(set(_WORD.findall(sample))) >= SEVERAL


def put_right(text: str) -> str:
    """Return a text with the letters that were meant; what can't have been encoded twice stays as it is."""
    return text if text.isascii() else _RUN.sub(lambda found: _once(found[0]) or found[0], text).replace("\ufeff", "")


def example(sample: str) -> tuple[str, str]:
    """Return some letters of a text that was encoded twice, as they stand and as they are meant."""
    run = _RUN.search(sample.removeprefix("ï»¿"))
    wrong = run[0] if run else ""
    return wrong, _once(wrong)


def _once(run: str) -> str:
    """Return signs beyond ASCII as they were before the second time, empty if they weren't encoded twice."""
    codes = [_BYTES.get(ord(sign)) for sign in run]
    try:
        text = bytes(code for code in codes if code is not None).decode("utf-8") if None not in codes else ""
    except UnicodeDecodeError:
        return ""
    return "" if any(unicodedata.category(sign) in _NO_LETTERS for sign in text) else text
