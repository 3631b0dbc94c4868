"""The first start: language and region; a new store, one that is there already, or sample data; the recovery sheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from crmdesk.errors import UserError
from crmdesk.i18n import LANGUAGES, language, locale, tr
from crmdesk.ui.dialogs import open_store
from crmdesk.ui.dialogs.covers import Badge, CoverCard
from crmdesk.ui.dialogs.passphrase import NewPassphrase
from crmdesk.ui.widgets.basics import Button, Chip, Clickable, Picture, Text, column, row
from crmdesk.ui.widgets.grid import FormGrid
from crmdesk.ui.widgets.inputs import Line
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable

Way = Literal["create", "open", "restore", "sample"]
NO_COUNTRIES = frozenset({"ZZ", "EU", "UN", "EZ", "QO", "XA", "XB"})
SAMPLE_PASSPHRASE = "sample data"


@dataclass(frozen=True)
class NewStore:
    """What the user wants of a new store."""

    path: Path
    passphrase: str
    owner: str
    region: str
    language: str
    sample: bool = False

    @property
    def currency(self) -> str:
        """The currency of the region."""
        return currency_of(self.region)


def system_language() -> str:
    """Return the program's language that fits this computer best."""
    for name in QLocale.system().uiLanguages():
        if name[:2] in LANGUAGES:
            return name[:2]
    return "en"


def system_region() -> str:
    """Return the country that this computer is set to."""
    code = QLocale.territoryToCode(QLocale.system().territory())
    return code if len(code) == 2 and code.isalpha() else {"de": "DE", "zh": "CN"}.get(system_language(), "US")


def currency_of(region: str) -> str:
    """Return the currency of a country. Source: CLDR through Babel's data."""
    from babel.numbers import get_territory_currencies

    found = get_territory_currencies(region)
    return str(found[0]) if found else "EUR"


def regions() -> list[tuple[str, str]]:
    """Return (code, name in the language in force) of all countries, by name."""
    found = [(code, name) for code, name in locale().territories.items() if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    return sorted(found, key=lambda entry: entry[1].casefold())


class WelcomeCover(CoverCard):
    """The first thing a new user sees.

    Args:
        region: chosen so far.
        go: gets the way that the user takes, and the region.
        speak: gets another language.
        notice: what has to be said first, such as that a file is gone.
        back: shows what was there before, if there was something.
    """

    def __init__(
        self, region: str, go: Callable[[Way, str], object], speak: Callable[[str, str], object], notice: str = "", back: Callable[[], object] | None = None
    ) -> None:
        super().__init__(tr("Welcome to CRMDesk"), tr("Customers, deals, tickets and quotes in one encrypted file that you own."), width=560)
        self._go = go
        self.body.insertWidget(0, Badge(), 0, Qt.AlignmentFlag.AlignLeft)
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.languages = QComboBox()
        self.languages.setAccessibleName(tr("Language"))
        for code, name in LANGUAGES.items():
            self.languages.addItem(name, code)
        self.languages.setCurrentIndex(self.languages.findData(language()))
        self.languages.activated.connect(lambda _: speak(self.languages.currentData(), self.region()))
        self.regions = QComboBox()
        self.regions.setAccessibleName(tr("Region"))
        self.regions.setEditable(True)
        self.regions.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for code, name in regions():
            self.regions.addItem(name, code)
        self.regions.setCurrentIndex(max(0, self.regions.findData(region)))
        self.regions.setMaxVisibleItems(14)
        completer = self.regions.completer()
        if completer is not None:
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.money = Text("", "caption")
        self.regions.currentIndexChanged.connect(self._region_chosen)
        grid = FormGrid(96)
        grid.add(tr("Language"), self.languages)
        grid.add(tr("Region"), self.regions, self.money)
        self.body.addSpacing(6)
        self.body.addWidget(grid)
        self.body.addSpacing(6)
        self.ways: dict[Way, Clickable] = {}
        self._add("create", "plus", tr("Create a store"), tr("A new encrypted file on this computer"))
        self._add("open", "folder-open", tr("Open a store"), tr("A file that is already there"))
        self._add("restore", "history", tr("Restore a backup"), tr("A copy that the program made, or one from another disk"))
        self._add("sample", "eye", tr("Look around with sample data"), tr("Invented companies, deals and tickets to try everything on"))
        if back is not None:
            self.body.addLayout(row(Button(tr("Back"), back), None))
        self._region_chosen()
        self.begin_at(self.ways["create"])
        if notice:
            self.refuse(notice)

    def region(self) -> str:
        """Return the country that is chosen."""
        return str(self.regions.currentData() or "US")

    def refuse(self, message: str) -> None:
        """Say what went wrong."""
        self.busy(False)
        self.error.say(message)

    def busy(self, busy: bool, way: Way = "sample") -> None:
        """Show that something is being done."""
        self.error.say("")
        self.setEnabled(not busy)
        self.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)

    def _add(self, way: Way, icon: str, title: str, note: str) -> None:
        choice = Clickable(title)
        choice.setAccessibleDescription(note)
        choice.setProperty("card", "true")
        words = column(Text(title, "strong"), Text(note, "caption"), space=2)
        choice.setLayout(row(Picture(icon, "accent", 20), words, None, Picture("chevron-right", "muted", 16), space=14, margins=(16, 11, 14, 11)))
        choice.clicked.connect(lambda: self._go(way, self.region()))
        self.ways[way] = choice
        self.body.addWidget(choice)

    @Slot()
    def _region_chosen(self) -> None:
        from babel.numbers import get_currency_name

        code = currency_of(self.region())
        self.money.setText(tr("Currency: {name} ({code})", name=get_currency_name(code, locale=locale()), code=code))


class CreateCover(CoverCard):
    """Asks for what a new store needs.

    Args:
        suggested: where the file lies unless the user chooses another place.
        create: gets the `NewStore`; calls `refuse` if it can't be made.
        back: shows the welcome again.
    """

    def __init__(self, region: str, suggested: Path, create: Callable[[NewStore], object], back: Callable[[], object]) -> None:
        super().__init__(
            tr("Create a store"),
            tr("The file is encrypted with your passphrase. Without it, or the recovery sheet of the next step, nobody can open the file."),
            width=560,
        )
        self._region, self._create = region, create
        self.owner = QLineEdit()
        self.owner.setAccessibleName(tr("Your name"))
        self.path = Line(str(suggested), Qt.TextElideMode.ElideLeft)
        self.path.setAccessibleName(tr("File"))
        self.path.setCursorPosition(len(str(suggested)))
        place = QWidget()
        place.setLayout(row(self.path, Button(tr("Browse"), self._browse), space=8))
        grid = FormGrid()
        grid.add(tr("Your name"), self.owner)
        grid.add(tr("File"), place)
        self.passphrase = NewPassphrase()
        self.passphrase.entered.connect(self._go)
        self.error = InlineError()
        self.button = Button(tr("Create"), self._go, "primary")
        self.back_button = Button(tr("Back"), back)
        self.body.addSpacing(4)
        self.body.addWidget(grid)
        self.body.addWidget(self.passphrase)
        self.body.addWidget(self.error)
        self.body.addSpacing(6)
        self.body.addLayout(row(self.back_button, None, self.button))
        self.begin_at(self.owner)

    def refuse(self, message: str) -> None:
        """Say why it could not be made, and let the user try again."""
        self._busy(False)
        self.error.say(message)

    def _browse(self) -> None:
        chosen = open_store.choose_place(self, Path(self.path.text()))
        if chosen is not None:
            self.path.setText(str(chosen))

    def _go(self) -> None:
        if not self.button.isEnabled():
            return
        try:
            wanted = self.wanted()
        except UserError as error:
            self.error.say(error.message)
            return
        self.error.say("")
        self._busy(True)
        self._create(wanted)

    def wanted(self) -> NewStore:
        """Return what the user wants.

        Raises:
            UserError: something is missing.
        """
        if not self.owner.text().strip():
            self.owner.setFocus()
            raise UserError(tr("Type your name: records show who made them."), "owner")
        if not self.path.text().strip():
            self.path.setFocus()
            raise UserError(tr("Choose where the file lies."), "path")
        try:
            path = open_store.typed_place(self.path.text().strip())
        except UserError:
            self.path.setFocus()
            raise
        return NewStore(path, self.passphrase.value(), self.owner.text().strip(), self._region, language())

    def _busy(self, busy: bool) -> None:
        self.button.setEnabled(not busy)
        self.back_button.setEnabled(not busy)
        self.button.setText(tr("Creating") if busy else tr("Create"))
        self.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)


class SheetCover(CoverCard):
    """Offers the recovery sheet of a new key, to save or print.

    Args:
        save: asks for a file and writes it. print_: sends it to a printer. Both call `done`.
        go_on: opens the window.
    """

    def __init__(self, save: Callable[[], object], print_: Callable[[], object], go_on: Callable[[], object]) -> None:
        super().__init__(
            tr("Keep the recovery sheet"),
            tr(
                "One page with the key of this file, for the safe. It opens the store if the passphrase is forgotten. Whoever has the sheet and the file can read everything."
            ),
        )
        self.save = Button(tr("Save as PDF"), save, "primary", "download")
        self.print = Button(tr("Print"), print_, "", "printer")
        self.chip = Chip("", "success", icon="check")
        self.chip.hide()
        self.error = InlineError()
        self.next = Button(tr("Later"), go_on)
        self.body.addSpacing(4)
        self.body.addLayout(row(self.save, self.print, None))
        self.body.addWidget(self.chip)
        self.body.addWidget(self.error)
        self.body.addSpacing(8)
        self.body.addLayout(row(None, self.next))
        self.begin_at(self.save)

    def done(self, text: str) -> None:
        """Say that the sheet was saved or printed."""
        self.error.say("")
        self.chip.show_as(text, "success")
        self.chip.show()
        self.next.setText(tr("Continue"))
        self.next.setFocus()

    def refuse(self, message: str) -> None:
        """Say why it could not be written."""
        self.error.say(message)
