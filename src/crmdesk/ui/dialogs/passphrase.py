"""A new passphrase: typed twice, with a word on its strength."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from crmdesk.errors import UserError
from crmdesk.i18n import mark, tr
from crmdesk.ui.widgets.basics import Text, column
from crmdesk.ui.widgets.figures import Bar
from crmdesk.ui.widgets.grid import FormGrid

if TYPE_CHECKING:
    from crmdesk.ui.theme import Tone

SHORTEST = 8
BITS_PER_WORD = math.log2(7776)  # a word drawn with five dice from the usual list; nobody can tell here whether it was
HUMAN = 0.75  # characters that a person chooses are easier to guess than drawn ones
# By what a hundred graphics cards try of this kind of key, half a million a second.
STRENGTHS: tuple[tuple[int, str, Tone], ...] = (
    (28, mark("Weak: guessed in hours"), "danger"),
    (45, mark("Fair: guessed in months"), "warning"),
    (65, mark("Good"), "success"),
    (10_000, mark("Strong"), "success"),
)
STRONGEST = 80
HINT = mark("Four or five words drawn at random are good.")
_COMMON = ("password", "passwort", "qwert", "asdf", "letmein", "admin", "geheim", "hallo", "iloveyou", "crmdesk", "welcome", "abc", "monkey")


def bits(passphrase: str) -> tuple[float, bool]:
    """Return roughly how many bits a passphrase is worth, and whether it was judged by the number of its words.

    Three words and more count as if they were drawn from a list, all else by its characters. Repetitions, runs such as 1234 and the
    commonest passwords count for little.
    """
    bare = passphrase
    for word in _COMMON:
        bare = re.sub(word, word[0], bare, flags=re.IGNORECASE)
    words = {word.casefold() for word in re.findall(r"[^\W\d_]{3,}", bare)}
    by_characters = _fresh_characters(bare) * math.log2(_pool(bare) or 2) * HUMAN
    if len(words) < 3:
        return by_characters, False
    others = len(re.sub(r"[^\W\d_]{3,}|\s", "", bare))
    by_words = len(words) * BITS_PER_WORD + others * 3
    return min(by_characters, by_words), by_words <= by_characters


def _fresh_characters(text: str) -> float:
    """Count characters, those that repeat or continue the one before for a quarter."""
    count, before = 0.0, 0
    for character in text:
        code = ord(character)
        count += 0.25 if before and abs(code - before) <= 1 else 1.0
        before = code
    return min(count, 2.0 * len(set(text)))


def _pool(text: str) -> int:
    """Return from how many characters somebody would have to guess."""
    sets = ((r"[a-z]", 26), (r"[A-Z]", 26), (r"\d", 10), (r"[^\w]", 20), (r"[^\x00-\x7f]", 500))
    return sum(size for pattern, size in sets if re.search(pattern, text))


def strength(passphrase: str) -> tuple[str, Tone, float]:
    """Return a passphrase's strength as a word, a tone and a share of 1."""
    worth, is_by_words = bits(passphrase)
    if len(passphrase) < SHORTEST:
        return tr("Too short: at least {count} characters", count=SHORTEST), "danger", min(0.2, worth / STRONGEST)
    word, tone = next((word, tone) for limit, word, tone in STRENGTHS if worth < limit)
    said = tr("{strength}, if the words were drawn at random", strength=tr(word)) if is_by_words and tone == "success" else tr(word)
    return said, tone, min(1.0, worth / STRONGEST)


def secret_field(name: str) -> QLineEdit:
    """Return a field that hides what is typed."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setAccessibleName(name)
    field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
    return field


class NewPassphrase(QWidget):
    """Two fields and a meter; `value()` complains.

    Signals:
        entered: Enter was pressed in the second field.
    """

    entered = Signal()

    def __init__(self, label_width: int = 120) -> None:
        super().__init__()
        self.first = secret_field(tr("Passphrase"))
        self.second = secret_field(tr("Passphrase again"))
        self.meter = Bar(0.0, tr("Strength"), "danger")
        self.said = Text(tr(HINT), "caption", wrap=True)
        meter = QWidget()
        meter.setLayout(column(self.meter, self.said, space=4, margins=(0, 4, 0, 0)))
        grid = FormGrid(label_width)
        grid.add(tr("Passphrase"), self.first, meter)
        grid.add(tr("Once more"), self.second)
        self.setLayout(column(grid))
        self.setFocusProxy(self.first)
        self.first.textChanged.connect(self._typed)
        self.first.returnPressed.connect(self.second.setFocus)
        self.second.returnPressed.connect(self.entered)

    def value(self) -> str:
        """Return the passphrase.

        Raises:
            UserError: it is too short, or the two differ.
        """
        if len(self.first.text()) < SHORTEST:
            self.first.setFocus()
            raise UserError(tr("The passphrase needs at least {count} characters.", count=SHORTEST), "passphrase")
        if self.first.text() != self.second.text():
            self.second.setFocus()
            self.second.selectAll()
            raise UserError(tr("The two passphrases differ."), "passphrase")
        return self.first.text()

    def clear(self) -> None:
        """Forget what was typed."""
        self.first.clear()
        self.second.clear()

    @Slot(str)
    def _typed(self, text: str) -> None:
        if not text:
            self.meter.set_share(0.0)
            self.said.setText(tr(HINT))
            self.said.set_tone("")
            return
        word, tone, share = strength(text)
        self.meter.set_share(share, tone)
        self.said.setText(word)
        self.said.set_tone(tone)
