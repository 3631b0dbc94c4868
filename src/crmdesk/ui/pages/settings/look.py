"""Which pages are offered, in which language and colours, and how the store is kept safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
)

from crmdesk import settings as settings_of_computer
from crmdesk.i18n import LANGUAGES, language, mark, tr
from crmdesk.store.settings import AREAS
from crmdesk.ui import background, theme
from crmdesk.ui.form import FormGrid
from crmdesk.ui.pages.settings.section import WIDEST, Section, filled
from crmdesk.ui.widgets.basics import Button, Card, Line, Text, column, row
from crmdesk.ui.zoom import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.store.settings import Settings
    from crmdesk.ui.page import Frame
    from crmdesk.ui.pages.settings.found import Found


class AreasSection(Section):
    """Which pages are offered."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.boxes: dict[str, QCheckBox] = {}
        for name, label in AREAS.items():
            box = QCheckBox(tr(label))
            box.clicked.connect(self._save)
            self.boxes[name] = box
        self.card(tr("Areas"), *self.boxes.values(), note=tr("What is switched off is hidden, not deleted."))
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: Found) -> None:
        for name, box in self.boxes.items():
            box.setChecked(name in settings.areas)

    @Slot()
    def _save(self) -> None:
        self.change(areas=[name for name, box in self.boxes.items() if box.isChecked()])


class LookSection(Section):
    """Language of the window and of the store, region, colours."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.language = QComboBox()
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(language()))
        self.language.setAccessibleName(tr("Language of the window"))
        self.language.activated.connect(self._speak)
        self.scheme = QComboBox()
        for value, label in (("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))):
            self.scheme.addItem(label, value)
        self.scheme.setCurrentIndex(self.scheme.findData(theme.choice()))
        self.scheme.setAccessibleName(tr("Colours"))
        self.scheme.activated.connect(self._colour)
        self.zoom = QComboBox()
        self.zoom.addItem(tr("As the system"), None)
        for step in STEPS:
            self.zoom.addItem(tr("{percent}%", percent=round(step * 100)), step)
        self.zoom.setCurrentIndex(max(0, self.zoom.findData(settings_of_computer.read().get("zoom"))))
        self.zoom.setAccessibleName(tr("Size of texts and controls"))
        self.zoom.activated.connect(self._zoom)
        grid = FormGrid(180)
        grid.add(tr("Language"), self.language)
        grid.add(tr("Colours"), self.scheme)
        grid.add(tr("Size of texts and controls"), self.zoom)
        self.card(tr("This computer"), grid, note=tr("A new size holds from the next start. “As the system” means as large as the texts of other programs."))
        self.store_language = QComboBox()
        for code, name in LANGUAGES.items():
            self.store_language.addItem(name, code)
        self.store_language.setAccessibleName(tr("Language of documents"))
        self.store_language.activated.connect(self._speak_in_store)
        self.fields = self.form(("region", "zone"))
        self.currency = Text("")
        of_store = FormGrid(180)
        of_store.add(tr("Language of documents"), self.store_language)
        of_store.add(tr("Currency"), self.currency)
        self.card(tr("This store"), of_store, self.fields, note=tr("The store's own currency is chosen when it is made; amounts in others keep theirs."))
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: Found) -> None:
        self.store_language.setCurrentIndex(self.store_language.findData(settings.language))
        self.currency.setText(settings.currency)
        self.scheme.setCurrentIndex(self.scheme.findData(theme.choice()))
        self.fields.set_values(filled(settings, ("region", "zone")), "settings")

    @Slot(int)
    def _speak(self, number: int) -> None:
        self.frame.registry.run(f"view.language.{self.language.currentData()}")

    @Slot(int)
    def _colour(self, number: int) -> None:
        self.frame.registry.run(f"view.{self.scheme.currentData()}")

    @Slot(int)
    def _zoom(self, number: int) -> None:
        if not settings_of_computer.write(zoom=self.zoom.currentData()):
            self.frame.say(tr("The size can't be kept: the program may not write its settings on this computer."))

    @Slot(int)
    def _speak_in_store(self, number: int) -> None:
        self.change(language=self.store_language.currentData())


class SecuritySection(Section):
    """Lock, passphrase, recovery sheet, keyring, backup."""

    DEEDS = (
        ("file.passphrase", mark("Change passphrase"), mark("The store is encrypted anew; the old recovery sheet no longer opens it."), "key", mark("Change")),
        (
            "file.sheet",
            mark("Recovery sheet"),
            mark("Opens the store when the passphrase is forgotten. Print it and keep it in a safe place."),
            "printer",
            mark("Show"),
        ),
        (
            "file.keyring",
            mark("Unlock without passphrase on this computer"),
            mark("The key is kept in the keyring of your system."),
            "lock-open",
            mark("Switch on"),
        ),
        ("file.backup", mark("Back up now"), mark("A verified copy beside the automatic ones."), "save", mark("Back up")),
        (
            "file.restore",
            mark("Restore a backup"),
            mark("Shows what differs before it takes the place of the store; the present file is kept."),
            "history",
            mark("Choose"),
        ),
        ("file.lock", mark("Lock"), mark("Hides everything and forgets the key."), "lock", mark("Lock")),
    )

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.fields = self.form(("lock_after_minutes",))
        self.card(tr("Lock"), self.fields, note=tr("After so many minutes without a key or a click the window asks for the passphrase."))
        self.exports = self.form(("export_reason_from",), 220)
        self.card(tr("Exports"), self.exports, note=tr("Each export is journaled with count, columns, filter and reason. With 0 a reason is always asked for."))
        card = Card(tr("Keys and backup"), space=0)
        card.setMaximumWidth(WIDEST)
        card.body.addSpacing(6)
        self.runs: dict[str, Button] = {}
        for name, label, about, icon, verb in self.DEEDS:
            words = column(Text(tr(label), wrap=True), Text(tr(about), "caption", wrap=True), space=1)
            run = Button(tr(verb), self._runner(name), icon=icon)
            run.setAccessibleName(tr(label))
            self.runs[name] = run
            line = row(words, run, space=12, margins=(0, 7, 0, 7))
            line.setStretch(0, 1)
            card.body.addWidget(Line())
            card.body.addLayout(line)
        self.cards.addWidget(card)
        self.cards.addStretch(1)
        background.bridge().rested.connect(self._show_keyring)

    def show_settings(self, settings: Settings, found: Found) -> None:
        self.fields.set_values({"lock_after_minutes": settings.lock_after_minutes}, "settings")
        self.exports.set_values({"export_reason_from": settings.export_reason_from}, "settings")
        self._show_keyring()

    @Slot()
    def _show_keyring(self) -> None:
        """Say on the button what it would do, since the key may be kept already."""
        action = self.frame.registry.find("file.keyring")
        is_on = action is not None and action.checked is not None and action.checked()
        button = self.runs["file.keyring"]
        name = button.accessibleName()
        button.setText(tr("Switch off") if is_on else tr("Switch on"))
        button.setAccessibleName(name)

    def _runner(self, name: str) -> Callable[[], object]:
        return lambda: self.frame.registry.run(name)
