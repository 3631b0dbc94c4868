"""What other currencies are worth: deals and quotes take the newest rate up to their day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.clock import today
from crmdesk.fields import show_number
from crmdesk.i18n import tr
from crmdesk.models.product import ExchangeRate
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.pages.settings.section import ListsSection
from crmdesk.ui.widgets.basics import Button, IconButton, Text, row
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtWidgets import QHBoxLayout

    from crmdesk.queries.rates import Rate
    from crmdesk.store.settings import Settings
    from crmdesk.ui.page import Frame
    from crmdesk.ui.pages.settings.found import Found

CODE, DAY = 40, 96
ASKED = tuple(ExchangeRate.fields[name] for name in ("code", "on", "rate"))


class RatesSection(ListsSection):
    """The newest exchange rates of each currency."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._currency = frame.store.settings.currency

    def show_settings(self, settings: Settings, found: Found) -> None:
        self._currency = settings.currency
        empty(self.lists)
        note = tr(
            "What one unit is worth in {currency}. Deals and quotes take the newest rate up to their day; a rate typed into them stays.",
            currency=settings.currency,
        )
        add = Button(tr("Add exchange rate"), self._add, "link", "plus")
        self.lists.addWidget(self.listed(tr("Exchange rates"), [self._line(one) for one in found.rates], add, note))

    def _line(self, one: Rate) -> QHBoxLayout:
        day = records.shown(ExchangeRate.fields["on"], one.on)
        name = tr("{currency} of {day}", currency=one.code, day=day)
        worth = Text(tr("{amount} {currency}", amount=show_number(one.rate), currency=self._currency))
        edit = IconButton("pencil", tr("Change {name}", name=name), self._editor(one), "muted")
        gone = IconButton("trash-2", tr("Delete {name}", name=name), self._deleter(one.id), "muted")
        code, on = Text(one.code), Text(day, "muted")
        code.setFixedWidth(CODE)
        on.setFixedWidth(DAY)
        return row(code, on, worth, None, edit, gone, space=12, margins=(0, 3, 0, 3))

    def _add(self) -> None:
        values: dict[str, Any] = {"on": today(self.frame.store.settings.tz)}
        self.ask(ASKED, tr("New exchange rate"), tr("Add exchange rate"), deeds.add, values, lambda wanted: ("exchange_rate", wanted))

    def _editor(self, one: Rate) -> Callable[[], object]:
        values = {"code": one.code, "on": one.on, "rate": one.rate}
        return lambda: self.ask(ASKED, tr("Exchange rate"), tr("Save"), deeds.edit, values, lambda wanted: ("exchange_rate", [one.id], wanted))

    def _deleter(self, rate: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(deeds.delete, "exchange_rate", [rate], said=tr("Exchange rate deleted"))
