"""Write resources/pinyin/readings.txt from the library pypinyin: python tools/pinyin_table.py.

The file has a line of syllables, one of characters, one with a sign for the reading of each, and then one line for each phrase.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pypinyin import lazy_pinyin
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from crmdesk.pinyin import FIRST_SIGN, HAN, TABLE

TARGET = Path(__file__).resolve().parents[1] / "resources" / TABLE
_IS_HAN = re.compile(f"[{HAN}]+")


def table() -> str:
    """Return the text of the file."""
    usual = {character: lazy_pinyin(character)[0] for character in sorted(map(chr, pinyin_dict)) if _IS_HAN.fullmatch(character)}
    phrases = {phrase: lazy_pinyin(phrase) for phrase in sorted(phrases_dict) if _IS_HAN.fullmatch(phrase)}
    syllables = sorted({*usual.values(), *(sound for reading in phrases.values() for sound in reading)})
    sign = {syllable: chr(FIRST_SIGN + place) for place, syllable in enumerate(syllables)}
    lines = [" ".join(syllables), "".join(usual), "".join(sign[sound] for sound in usual.values())]
    for phrase, reading in phrases.items():
        differs = reading != [usual.get(character) for character in phrase]
        lines.append(phrase + ("".join(sign[sound] for sound in reading) if differs else ""))
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the file."""
    TARGET.write_text(table(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
