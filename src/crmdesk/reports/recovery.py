"""The recovery sheet: a store's raw key on paper, in groups that tell a typing error, and as a QR code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno

from crmdesk.documents.formats import long_date
from crmdesk.errors import UserError
from crmdesk.i18n import speaking, tr
from crmdesk.reports.canvas import FAINT, INK, MM, MUTED, Paper, page_size
from crmdesk.reports.flow import Cell
from crmdesk.reports.text import Style, lay_out, one_line

if TYPE_CHECKING:
    from datetime import date

KEY_DIGITS = 96
GROUP_DIGITS = 6
GROUPS = KEY_DIGITS // GROUP_DIGITS

# 23 letters, a prime number of them, so that every wrong digit and every two swapped ones change the check letter;
# without I, L and O, which are taken for 1 and 0.
_CHECK_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_MISREAD = str.maketrans("OIL", "011")

LEFT = 25 * MM
PITCH = 3.6 * MM  # of the digits: so narrow that a group is one word, and stands well apart from the next
TITLE = Style(size=20, bold=True, spacing=1.3)
BODY = Style(size=10, spacing=1.5)
LABEL = Style(size=8.5, colour=MUTED, spacing=1.5)
KEY = Style(size=14, bold=True)
KEY_NUMBER = Style(size=8, colour=MUTED)


def to_groups(key_hex: str) -> list[str]:
    """Cut a key of 96 hex digits into groups such as `3F9A02-K`; the last letter checks digits and place."""
    digits = key_hex.upper()
    if not re.fullmatch(f"[0-9A-F]{{{KEY_DIGITS}}}", digits, re.ASCII):
        raise ValueError("a raw key has 96 hex digits")
    groups = [digits[start : start + GROUP_DIGITS] for start in range(0, KEY_DIGITS, GROUP_DIGITS)]
    return [f"{group}-{_check_letter(group, place)}" for place, group in enumerate(groups)]


def from_groups(text: str) -> str:
    """Return the 96 hex digits from groups as they were typed or from the QR code's text.

    Upper and lower case, blanks wherever they are, new lines and hyphens do not matter; O, I and L are read as 0 and 1. What is copied from the
    sheet has blanks between the digits, and the numbers of the groups before them.

    Raises:
        UserError: a group is wrong, missing or too many; its number is named.
    """
    digits = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(f"[0-9A-F]{{{KEY_DIGITS}}}", digits, re.ASCII):
        return digits.lower()
    groups = _groups(text.upper(), digits)
    key = "".join(_checked(group, place) for place, group in enumerate(groups[:GROUPS]))
    if len(groups) != GROUPS:
        raise UserError(tr("The recovery key has {expected} groups, here are {found}.", expected=GROUPS, found=len(groups)))
    return key.lower()


def _groups(text: str, digits: str) -> list[str]:
    """Cut what was typed into groups of digits and check letter: by their length if that fits, else by their hyphens, else by the blanks between them."""
    size = GROUP_DIGITS + 1
    if len(digits) == GROUPS * size or ("-" not in text and len(text.split()) == 1):
        return [digits[start : start + size] for start in range(0, len(digits), size)]
    if "-" not in text:
        return text.split()
    pieces = [re.sub(r"[\s-]", "", piece) for piece in re.findall(r"[^-]*-\s*\S|[^-]*\S[^-]*$", text)]
    return [piece.removeprefix(str(number)) if len(piece) > size else piece for number, piece in enumerate(pieces, 1)]


def _checked(group: str, place: int) -> str:
    digits, letter = group[:-1].translate(_MISREAD), group[-1:]
    is_whole = re.fullmatch(f"[0-9A-F]{{{GROUP_DIGITS}}}", digits, re.ASCII)
    if not is_whole or letter != _check_letter(digits, place):
        raise UserError(
            tr("Group {number} of the recovery key is not right.", number=place + 1),
            hint=tr("Compare it with the sheet: six digits or letters from A to F, then the check letter."),
        )
    return digits


def _check_letter(digits: str, place: int) -> str:
    total = place + sum(weight * int(digit, 16) for weight, digit in enumerate(digits, 1))
    return _CHECK_LETTERS[total % len(_CHECK_LETTERS)]


def recovery_sheet(store_name: str, key_hex: str, made_on: date, language: str, paper_name: str = "A4") -> bytes:
    """Make the sheet for the safe: whoever holds it can open this store without its passphrase."""
    with speaking(language):
        return _Sheet(store_name, to_groups(key_hex), key_hex.upper(), made_on, language, paper_name).pdf()


@dataclass
class _Sheet:
    store_name: str
    groups: list[str]
    key: str
    made_on: date
    language: str
    paper_name: str

    def pdf(self) -> bytes:
        paper = Paper(page_size(self.paper_name), tr("Recovery sheet"), "CRMDesk", self.language)
        width = paper.width - 2 * LEFT
        y = self._text(paper, tr("Recovery sheet"), TITLE, 25 * MM, width)
        facts = tr("{store} · {date}", store=self.store_name, date=long_date(self.made_on))
        y = self._text(paper, facts, LABEL, y, width) + 5 * MM
        why = tr("With this key the store opens if the passphrase is lost. Nobody else can open it, not even its makers.")
        y = self._text(paper, why, BODY, y, width) + 2 * MM
        secret = tr("Keep the sheet where you keep money: whoever has it and the file can read everything.")
        y = self._text(paper, secret, Style(size=10, bold=True, spacing=1.5), y, width) + 7 * MM
        y = self._draw_groups(paper, y, width) + 8 * MM
        self._draw_code(paper, y)
        self._steps(paper, y, width)
        paper.showPage()
        return paper.pdf()

    def _text(self, paper: Paper, text: str, style: Style, y: float, width: float, x: float = LEFT) -> float:
        cell = Cell(tuple(lay_out(text, style, width)), x, width)
        cell.draw(paper, y)
        return y + cell.height

    def _draw_groups(self, paper: Paper, top: float, width: float) -> float:
        """Draw four groups in a row, each with its number; every digit has the same width."""
        columns, height = 4, 15 * MM
        rows = -(-len(self.groups) // columns)
        for index, group in enumerate(self.groups):
            row, column = divmod(index, columns)
            x, y = LEFT + column * width / columns, top + row * height
            paper.line(one_line(str(index + 1), KEY_NUMBER), x + 2 * MM, y + 4.5 * MM)
            for place, char in enumerate(group):
                paper.line(one_line(char, KEY), x + 2 * MM + place * PITCH, y + 11 * MM, PITCH, "centre")
        for row in range(rows + 1):
            paper.hairline(LEFT, top + row * height, width, INK if row in {0, rows} else FAINT)
        return top + rows * height

    def _draw_code(self, paper: Paper, top: float) -> None:
        """Draw the QR code as squares; it holds the digits alone."""
        code = segno.make(self.key, error="m", micro=False)
        matrix = list(code.matrix)
        side = 52 * MM / len(matrix)
        for row, dots in enumerate(matrix):
            for start, length in _bars(dots):
                paper.block(LEFT + start * side, top + row * side, length * side, side + 0.05, INK)

    def _steps(self, paper: Paper, top: float, width: float) -> None:
        x = LEFT + 62 * MM
        y = self._text(paper, tr("How to use it"), Style(size=11, bold=True, spacing=1.6), top, width - 62 * MM, x)
        steps = (
            tr("Open the file in CRMDesk and choose the recovery key instead of the passphrase."),
            tr("Type the {count} groups, or scan the code. A wrong group is named.", count=GROUPS),
            tr("Set a new passphrase."),
            tr("Print a new sheet: after a change of the passphrase this one opens older backups only."),
        )
        for number, step in enumerate(steps, 1):
            paper.line(one_line(f"{number}.", BODY), x, y + 11)
            y = self._text(paper, step, BODY, y, width - 68 * MM, x + 6 * MM) + 1.5 * MM


def _bars(dots: bytearray) -> list[tuple[int, int]]:
    """Return where dark dots begin and how many stand side by side."""
    bars: list[tuple[int, int]] = []
    for index, dark in enumerate(dots):
        if dark and bars and sum(bars[-1]) == index:
            bars[-1] = (bars[-1][0], bars[-1][1] + 1)
        elif dark:
            bars.append((index, 1))
    return bars
