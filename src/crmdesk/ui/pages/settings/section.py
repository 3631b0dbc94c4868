"""One section of the settings: its cards, and forms over settings that are saved when a field is left."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from crmdesk.fields import Choice, Field
from crmdesk.i18n import mark, tr
from crmdesk.models.quote import LEVELS, ROUNDINGS
from crmdesk.operations import records as deeds
from crmdesk.store.settings import QUOTE_MAILS, ZONES, Settings
from crmdesk.ui.dialogs.first_run import regions
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.form import Form
from crmdesk.ui.page import Frame, at_field_or_window, scrolled
from crmdesk.ui.records import context
from crmdesk.ui.widgets.basics import Button, Card, Line, Text, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QHBoxLayout

    from crmdesk.ui.pages.settings.found import Found

LABELS = {item.name: item.metadata["label"] for item in fields(Settings)}
# Beneath the heading “Own company” nothing has to be called own once more.
SHORT = {
    "company_name": mark("Name"), "company_address": mark("Address"), "company_phone": mark("Phone"), "company_email": mark("Email"),
    "company_website": mark("Website"), "company_vat_id": mark("VAT ID"), "company_tax_number": mark("Tax number"),
}  # fmt: skip
KINDS = {
    "company_address": "long_text", "letter_footer": "long_text", "quote_intro": "long_text", "quote_terms": "long_text", "quote_valid_days": "integer",
    "payment_days": "integer", "tax_inclusive": "flag", "rounding_mode": "choice", "rounding_level": "choice", "lock_after_minutes": "integer", "zone": "choice", "region": "choice",
    "export_reason_from": "integer", "quality_threshold": "integer", **{name: "long_text" for name in QUOTE_MAILS if "_body_" in name},
}  # fmt: skip
CHOICES = {"rounding_mode": ROUNDINGS, "rounding_level": LEVELS, "zone": tuple(Choice(zone, zone) for zone in sorted({*ZONES.values(), "UTC"}))}
WIDEST, NUMBER_WIDTH = 760, 120


def setting_field(name: str) -> Field:
    """Return a setting as a field of a form."""
    return Field(
        name,
        KINDS.get(name, "text"),
        SHORT.get(name, LABELS[name]),
        required=name in ("rounding_mode", "rounding_level", "zone", "region"),
        choices=_countries() if name == "region" else CHOICES.get(name, ()),
    )


def _countries() -> tuple[Choice, ...]:
    """Return all countries by their names in the language in force, with their codes."""
    return tuple(Choice(code, tr("{country} ({code})", country=name, code=code)) for code, name in regions())


class Section(QWidget):
    """One section of the settings.

    Attributes:
        is_wide: takes the whole width and scrolls by itself.
        area: in which it scrolls otherwise.
    """

    is_wide = False

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame
        self.cards = QVBoxLayout(self)
        self.cards.setContentsMargins(0, 0, 0, 0)
        self.cards.setSpacing(12)
        if not self.is_wide:
            self.area = scrolled(self)

    def show_settings(self, settings: Settings, found: Found) -> None:
        """Show what is stored."""

    def card(self, title: str, *parts: Any, note: str = "") -> Card:
        """Add a card."""
        made = Card(title)
        made.setMaximumWidth(WIDEST)
        if note:
            made.add(Text(note, "muted", wrap=True))
        made.add(*parts)
        self.cards.addWidget(made)
        return made

    def listed(self, title: str, lines: Sequence[QHBoxLayout], add: Button, note: str = "") -> Card:
        """Return a card with one line for each record, and a button for one more."""
        made = Card(title, space=0)
        made.setMaximumWidth(WIDEST)
        if note:
            made.add(Text(note, "muted", wrap=True))
        made.body.addSpacing(6)
        for line in lines:
            made.body.addWidget(Line())
            made.body.addLayout(line)
        made.body.addSpacing(6)
        made.body.addLayout(row(add, None))
        return made

    def form(self, names: Sequence[str], width: int = 180) -> Form:
        """Return a form over settings, saved when a field is left."""
        form = Form([setting_field(name) for name in names], context(self.frame.store), self.save, width)
        for name in names:
            if KINDS.get(name) == "integer":
                form.narrow(form.editors[name], NUMBER_WIDTH)
        return form

    def save(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        """Save one setting."""
        empty: Any = Settings.__dataclass_fields__[name].default
        stored = value if value is not None else ("" if isinstance(empty, str) else empty)
        self.frame.do(deeds.change_settings, {name: stored}, done=lambda _: saved(), failed=at_field_or_window(self.frame, refused))

    def change(self, **values: Any) -> None:
        """Change settings of the store."""
        self.frame.do(deeds.change_settings, values, said=tr("Settings changed"))

    def ask(
        self, asked: Sequence[Field], title: str, verb: str, operation: Callable[..., Any], values: dict[str, Any], arguments: Callable[[dict[str, Any]], tuple[Any, ...]]
    ) -> AskDialog:  # fmt: skip
        """Ask for values and run an operation with them; what was there and is empty now is None."""
        present = {field.name: None for field in asked if values.get(field.name) is not None}

        def save(wanted: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            self.frame.do(operation, *arguments({**present, **wanted}), done=done, failed=failed)

        dialog = AskDialog(self.frame, asked, title, verb, save, values)
        dialog.open()
        return dialog


class ListsSection(Section):
    """A section of cards that are made anew whenever what they list has changed; they stand in `lists`."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.lists = QVBoxLayout()
        self.lists.setSpacing(12)
        self.cards.addLayout(self.lists)
        self.cards.addStretch(1)


def filled(settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    """Return settings as a form takes them: what is empty is None."""
    return {name: getattr(settings, name) if getattr(settings, name) != "" else None for name in names}
