"""All quotes: what is open, what ends soon, what was accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from crmdesk.i18n import mark, ntr, tr
from crmdesk.operations import quotes as deeds
from crmdesk.operations import records as record_operations
from crmdesk.queries import quotes
from crmdesk.queries.finding import Condition
from crmdesk.ui.actions import Action
from crmdesk.ui.amounts import whole
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.import_offers import nothing_yet
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.records import EntitySource
from crmdesk.ui.widgets.basics import Button, row
from crmdesk.ui.widgets.figures import Tile
from crmdesk.ui.widgets.record_table import Cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from crmdesk.queries.quotes import Figure, Figures
    from crmdesk.ui.page import Changed, Frame, Place
    from crmdesk.ui.records import Tones
    from crmdesk.ui.widgets.heads import EmptyState

NEW_FIELDS = ("company", "contact", "deal", "subject")
TONES: Tones = {"status": {"draft": "info", "issued": "accent", "accepted": "success", "declined": "danger", "expired": "warning", "superseded": "muted"}}


class QuotesPage(RecordListPage):
    """The list of quotes with its figures."""

    entity = "quote"
    shown = ("number", "company", "subject", "status", "date", "valid_until", "net", "payable")
    filters = ("status", "company", "contact", "deal", "owner", "date", "valid_until", "payable")
    tones = TONES

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.list.table.records.source = EntitySource(frame.store, "quote", (), TONES, _look)
        self.list.table.editor_maker = None
        self.open_tile = Tile(tr("Waiting for an answer"), run=lambda: self._filter(Condition("status", "=", "issued")))
        self.expiring_tile = Tile(tr("Expire within a week"), run=self._filter_expiring)
        self.accepted_tile = Tile(tr("Accepted this month"), run=self._filter_accepted)
        self.drafts_tile = Tile(tr("Drafts"), run=lambda: self._filter(Condition("status", "=", "draft")))
        tiles = QWidget()
        tiles.setLayout(row(self.open_tile, self.expiring_tile, self.accepted_tile, self.drafts_tile, space=10))
        self.tiles = tiles
        tiles.hide()
        self.column.insertWidget(1, tiles)

    def buttons(self) -> list[QWidget]:
        return [Button(tr("Products"), lambda: self.frame.open_page("products"), icon="package"), *super().buttons()]

    def empty(self) -> EmptyState:
        main = Button(tr("New quote"), self.new, "primary", "plus")
        return nothing_yet(self.frame, "quote", tr("No quotes yet."), main, tr("Lines come from your products, the PDF is made for you."))

    def commands(self) -> list[Action]:
        shared = [action for action in super().commands() if action.group != "new"]
        return [Action("quote.new", mark("New quote"), self.new, "file-text", "Ctrl+Shift+Q", "new"), *shared]

    def arrive(self, place: Place) -> None:
        if place.view == "new":
            self.new()
            place = type(place)(place.page)
        super().arrive(place)
        self._ask_figures()

    def refresh(self, changed: Changed) -> None:
        super().refresh(changed)
        self._ask_figures()

    # --- figures ------------------------------------------------------------------------------------------------------

    def _ask_figures(self) -> None:
        self.frame.ask(self, quotes.figures, self._show_figures, key="figures")

    def _show_figures(self, found: Figures) -> None:
        for tile, figure in (
            (self.open_tile, found.open), (self.expiring_tile, found.expiring), (self.accepted_tile, found.accepted), (self.drafts_tile, found.drafts),
        ):  # fmt: skip
            _show(tile, figure)
        self.tiles.setVisible(any(figure.count for figure in (found.open, found.expiring, found.accepted, found.drafts)))

    def _filter(self, *conditions: Condition) -> None:
        self.list.filters.set_conditions(list(conditions))
        self.list.reload()

    def _filter_expiring(self) -> None:
        from datetime import timedelta

        from crmdesk import clock

        today = clock.today(self.frame.store.settings.tz)
        soon = today + timedelta(days=quotes.EXPIRING_DAYS)
        self._filter(Condition("status", "=", "issued"), Condition("valid_until", ">=", today.isoformat()), Condition("valid_until", "<=", soon.isoformat()))

    def _filter_accepted(self) -> None:
        from crmdesk import clock

        month = clock.today(self.frame.store.settings.tz).replace(day=1)
        self._filter(Condition("status", "=", "accepted"), Condition("decided_at", ">=", month.isoformat()))

    # --- new ----------------------------------------------------------------------------------------------------------

    def new(self) -> None:
        """Ask for whom the quote is, and open it."""
        from crmdesk.models.quote import Quote

        AskDialog(self.frame, [Quote.fields[name] for name in NEW_FIELDS], tr("New quote"), tr("Write quote"), self._add).open()

    def _add(self, values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        def added(quote: UUID) -> None:
            done(quote)
            self.frame.open_record("quote", quote)

        if set(values) == {"deal"}:
            self.frame.do(deeds.from_deal, values["deal"], done=added, failed=failed)
        else:
            self.frame.do(record_operations.add, "quote", values, done=added, failed=failed)


def _look(name: str, value: Any, text: str) -> str | Cell:
    """Show drafts as such where others have their number."""
    if name == "number" and not value:
        return Cell(tr("Draft"), value=value)
    return Cell(text, TONES.get(name, {}).get(str(value)), value)


def _show(tile: Tile, figure: Figure) -> None:
    tile.show_figure(whole(figure.total) if figure.count else "–", ntr("{count} quote", "{count} quotes", figure.count))
