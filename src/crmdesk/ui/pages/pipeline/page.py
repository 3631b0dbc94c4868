"""The page itself: the same deals as a board, as a table and as a forecast, one of them open beside it."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QPoint, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QStackedWidget, QWidget

from crmdesk import clock
from crmdesk.i18n import mark, tr
from crmdesk.operations import quotes
from crmdesk.operations import records as record_operations
from crmdesk.queries import deals
from crmdesk.queries.report_tables import Rows
from crmdesk.ui.actions import Action
from crmdesk.ui.amounts import whole
from crmdesk.ui.dates import short_day
from crmdesk.ui.deal_panel import DealPanel
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.editors import Named
from crmdesk.ui.forecast import ForecastView
from crmdesk.ui.import_offers import nothing_yet
from crmdesk.ui.lists.record_list import Definition
from crmdesk.ui.opening import open_rows
from crmdesk.ui.page import Changed, Frame, Page, Place
from crmdesk.ui.pages.pipeline.moving import Moving
from crmdesk.ui.pages.pipeline.shown import FIRST_CARDS, Shown, Wanted, look
from crmdesk.ui.pages.pipeline.table import DealTable
from crmdesk.ui.views import FilterViews, is_view
from crmdesk.ui.widgets.basics import Button, Text, row
from crmdesk.ui.widgets.board import Board
from crmdesk.ui.widgets.heads import PageHeader, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmdesk.queries.deals import Card

NARROW = 960
NEW_FIELDS = ("name", "company", "contact", "amount", "expected_close_on", "stage")


class PipelinePage(Page):
    """Deals in their stages."""

    entity = "deal"
    watches = frozenset(
        {"deal", "deal_product", "deal_contact", "stage", "pipeline", "task", "quote", "company", "contact", "product", "activity", "member", "custom_field"}
    )

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._pipeline: UUID | None = None
        self._owner: UUID | None = None
        self._shown: Shown | None = None
        self._wanted: UUID | None = None
        self._build_header()
        self.column.addWidget(self.header)
        self.column.addWidget(self.filter)
        self.board = Board()
        self.moving = Moving(frame, self.board, self._name_of)
        self.moving.opened.connect(self.open_deal)
        self.moving.refused.connect(self._ask)
        self.board.moved.connect(self.moving.move)
        self.board.opened.connect(self.open_deal)
        self.board.picked.connect(self._picked)
        self.board.menu_wanted.connect(self.moving.show_menu)
        self.board.more_wanted.connect(self._load_more)
        self.panel = DealPanel(frame)
        self.panel.hide()
        self.panel.closed.connect(self._to_cards)
        self.panel.stage_wanted.connect(self._panel_stage)
        self.panel.outcome_wanted.connect(self._panel_outcome)
        self.panel.quote_wanted.connect(self._new_quote)
        self.table: DealTable | None = None
        self.forecast = ForecastView()
        self.forecast.opened.connect(self._open_expected)
        self.begin_button = Button(tr("New deal"), self.new_deal, "primary", "plus")
        said = tr("A deal is a chance to sell something. It moves from stage to stage until it is won or lost.")
        self.nothing = nothing_yet(frame, "deal", tr("No deals yet."), self.begin_button, said)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.board)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.forecast)
        self.column.addLayout(row(self.stack, self.panel, space=12), 1)

    def _build_header(self) -> None:
        self.header = PageHeader(tr("Pipeline"))
        self.pipeline_button = Button(tr("Pipeline"), self._choose_pipeline, trailing="chevron-down")
        self.owner_button = Button(tr("Owner: everyone"), self._choose_owner, "flat", "list-filter")
        self.total = Text("", "strong")
        self.weighted_label = Text("", "muted")
        self.weighted = Text("", "strong")
        self.views = Segmented(
            ("board", tr("Board"), "square-kanban"), ("table", tr("Table"), "table"), ("forecast", tr("Forecast"), "chart-line"), name=tr("View")
        )  # fmt: skip
        self.views.chosen.connect(self._show_view)
        self.figures = QWidget()
        self.figures.setLayout(row(self.total, self.weighted_label, self.weighted, space=4))
        self.filter = FilterViews(self, "deal", DealTable.filters, self._kept, self._take_view)
        self.filter.changed.connect(self._ask)
        self.header.beside(self.pipeline_button, self.owner_button, self.filter.filter_button, self.filter.save_button, self.filter.import_button)
        self.header.add(self.figures, self.views, Button(tr("Deal"), self.new_deal, "primary", "plus"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for part in (self.weighted_label, self.weighted):
            part.setVisible(self.width() >= NARROW)

    # --- arriving -----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        if place.entity == "deal" and place.record is not None:
            self._wanted = place.record
            self.panel.show()
            self.panel.show_deal(place.record)
        elif place.view == "new":
            self.new_deal()
        elif is_view(place.view):
            self.filter.open(place.view)
        else:
            self.filter.close_view()
        self._ask()

    def here(self, place: Place) -> Place:
        deal = self.panel.deal if self.panel.isVisible() else None
        return place if place.view else Place(place.page, "deal" if deal else "", deal)

    def refresh(self, changed: Changed) -> None:
        self._ask()
        if self.panel.isVisible():
            self.panel.refresh()
        if self.table is not None and self.stack.currentWidget() is self.table:
            self.table.refresh(changed)

    def beside(self) -> QWidget | None:
        return self.panel if self.panel.isVisible() else None

    def close_beside(self) -> None:
        self.panel.close_panel()

    def focus_first(self) -> None:
        self._to_cards()

    def commands(self) -> list[Action]:
        table = self.table.commands() if self.table is not None and self.views.value() == "table" else []
        return [
            *(action for action in table if action.group != "new"),
            *(
                []
                if table
                else [Action("pipeline.filter", mark("Filter"), self.filter.filter_button.click, "funnel", "Ctrl+F", "view"), *self.filter.file_actions()]
            ),
            Action("pipeline.save_view", mark("Save view"), lambda: self._keep_view("save_as"), "bookmark", group="view"),
            Action("deal.new", mark("New deal"), self.new_deal, "square-kanban", "Ctrl+Shift+D", "new"),
            Action("deal.move", mark("Move deal to stage"), self._menu_at_current, "arrow-right", "", "record", self._has_deal),
            Action("deal.won", mark("Mark deal as won"), lambda: self._close_current("won"), "trophy", "Ctrl+Shift+W", "record", self._has_deal),
            Action("deal.lost", mark("Mark deal as lost"), lambda: self._close_current("lost"), "x", "Ctrl+Shift+L", "record", self._has_deal),
            Action("deal.delete", mark("Delete deal"), self._delete, "trash-2", "", "record", self._has_deal),
            Action(
                "pipeline.board",
                mark("Show board"),
                lambda: self._switch("board"),
                "square-kanban",
                group="view",
                checked=lambda: self.views.value() == "board",
            ),
            Action("pipeline.table", mark("Show table"), lambda: self._switch("table"), "table", group="view", checked=lambda: self.views.value() == "table"),
            Action("pipeline.forecast", mark("Show forecast"), lambda: self._switch("forecast"), "chart-line", group="view", checked=self._is_forecast),
        ]

    # --- asking -------------------------------------------------------------------------------------------------------

    def _since(self) -> date:
        """Return the first day of this quarter: closed deals before it are not on the board."""
        today = clock.today(self.frame.store.settings.tz)
        return date(today.year, (today.month - 1) // 3 * 3 + 1, 1)

    def _is_forecast(self) -> bool:
        return self.views.value() == "forecast"

    @Slot(object, str)
    def _open_expected(self, found: deals.Expected, title: str) -> None:
        open_rows(self.frame, Rows("deal", found.opens), title)

    @Slot()
    def _ask(self) -> None:
        wanted = Wanted(self._pipeline, self._owner, self._since(), self.filter.conditions(), self.board.loaded(), self._is_forecast())
        self.frame.ask(self, lambda reader: look(reader, wanted), self._show, key="board")

    def _show(self, found: Shown) -> None:
        is_first, self._shown, self._pipeline = self._shown is None, found, found.board.pipeline_id
        self.pipeline_button.setText(found.board.name)
        self.pipeline_button.setVisible(len(found.pipelines) > 1)
        self._name_owner()
        self.filter.tell()
        self.total.setText(whole(found.board.amount))
        self.weighted_label.setText(tr("· weighted"))
        self.weighted.setText(whole(found.board.weighted))
        closed = tr("since {day}", day=short_day(self._since()))
        self.board.show_board(found.board, found.cards, closed)
        is_empty = not any(column.count for column in found.board.columns) and self._owner is None and not self.filter.conditions()
        if self.views.value() == "board":
            self.stack.setCurrentWidget(self.nothing if is_empty else self.board)
        if self._is_forecast() and found.forecast:
            self.forecast.show_forecast(found.forecast)
        if self._wanted is not None:
            self.board.choose(self._wanted, focus=False)
            self._wanted = None
        if self.table is not None and self.stack.currentWidget() is self.table:
            self._aim_table()
        elif is_first and QApplication.focusWidget() in (self, self.pipeline_button, self.owner_button):
            self._to_cards()

    @Slot(object, object)
    def _load_more(self, stage_id: UUID, last: Card) -> None:
        owner, since, where = self._owner, self._since(), self.filter.conditions()

        def add(found: Sequence[Card]) -> None:
            if (owner, where) == (self._owner, self.filter.conditions()):
                self.board.add_cards(stage_id, found)

        self.frame.ask(self, lambda reader: deals.cards(reader, stage_id, owner, last, FIRST_CARDS, since, where), add, key=f"more {stage_id}")

    # --- which deals --------------------------------------------------------------------------------------------------

    def _choose_pipeline(self) -> None:
        if self._shown is None:
            return
        menu = QMenu(self)
        group = QActionGroup(menu)
        for pipeline, name in self._shown.pipelines:
            self._entry(menu, group, name, pipeline == self._pipeline, partial(self._set_pipeline, pipeline))
        menu.exec(self.pipeline_button.mapToGlobal(QPoint(0, self.pipeline_button.height() + 4)))

    def _choose_owner(self) -> None:
        if self._shown is None:
            return
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._entry(menu, group, tr("Everyone"), self._owner is None, lambda: self._set_owner(None))
        for member, name in sorted(self._shown.members, key=lambda one: one[0] != self._shown.me if self._shown else True):
            label = tr("Me") if member == self._shown.me else name
            self._entry(menu, group, label, member == self._owner, partial(self._set_owner, member))
        menu.exec(self.owner_button.mapToGlobal(QPoint(0, self.owner_button.height() + 4)))

    def _entry(self, menu: QMenu, group: QActionGroup, label: str, is_on: bool, run: Callable[[], object]) -> None:
        action = QAction(label.replace("&", "&&"), menu)
        action.setCheckable(True)
        action.setChecked(is_on)
        action.triggered.connect(lambda: run())
        group.addAction(action)
        menu.addAction(action)

    def _set_pipeline(self, pipeline: UUID) -> None:
        self._pipeline = pipeline
        self._ask()

    def _set_owner(self, owner: UUID | None) -> None:
        self._owner = owner
        self._name_owner()
        self._ask()

    def _name_owner(self) -> None:
        if self._shown is None or self._owner is None:
            self.owner_button.setText(tr("Owner: everyone"))
        elif self._owner == self._shown.me:
            self.owner_button.setText(tr("Owner: me"))
        else:
            self.owner_button.setText(tr("Owner: {name}", name=dict(self._shown.members).get(self._owner, "")))

    # --- board and table ----------------------------------------------------------------------------------------------

    def _switch(self, view: str) -> None:
        self.views.choose(view)
        self._show_view(view)

    @Slot(str)
    def _show_view(self, view: str) -> None:
        was_table = self.stack.currentWidget() is self.table
        focused = QApplication.focusWidget()
        had_keyboard = focused is not None and self.stack.isAncestorOf(focused)
        if view == "table" and not was_table:
            table = self._made_table()
            table.list.filters.names.update(self.filter.bar.names)
            table.list.filters.set_conditions(self.filter.conditions())
            table.list.reload()
            self._aim_table()
            self.stack.setCurrentWidget(table)
        elif view != "table":
            if was_table and self.table is not None:
                self.filter.set_conditions(self.table.list.filters.conditions(), self.table.list.filters.names)
            self.stack.setCurrentWidget(self.forecast if view == "forecast" else self.board)
            self._ask()
        if had_keyboard:
            self._to_cards()
        self._show_filter()
        self.registry.set_page(self.commands())

    def _made_table(self) -> DealTable:
        if self.table is None:
            self.table = DealTable(self.frame, self.new_deal, self._keep_view)
            self.stack.addWidget(self.table)
        return self.table

    def _aim_table(self) -> None:
        if self.table is not None and self._pipeline is not None:
            self.table.aim(self._pipeline, self._owner)

    # --- saved views --------------------------------------------------------------------------------------------------

    def _show_filter(self) -> None:
        """Leave filter, saving and figures to the table, which has its own, while it is shown."""
        has_own = self.views.value() == "table"
        self.figures.setVisible(not has_own)
        self.filter.filter_button.setVisible(not has_own)
        self.filter.save_button.setVisible(not has_own)
        self.filter.setVisible(not has_own and bool(self.filter.conditions()))

    def _kept(self) -> dict[str, Any]:
        """Return what a view keeps of this page: layout, pipeline, owner, and of the table what tables keep."""
        me = self.frame.store.viewer.member_id
        owner = "" if self._owner is None else "me" if self._owner == me else str(self._owner)
        kept: dict[str, Any] = {"layout": self.views.value(), "pipeline": str(self._pipeline or ""), "owner": owner}
        if self.table is not None and self.views.value() == "table":
            kept |= json.loads(self.table.list.definition().to_json())
        return kept

    @Slot(str)
    def _keep_view(self, how: str) -> None:
        self.filter.views.keep(how)

    def _take_view(self, kept: Mapping[str, Any], name: str) -> None:
        """Show what a view has kept; one from before there were boards in views is a table."""
        self.header.set_title(name or tr("Pipeline"))
        pipeline, owner = str(kept.get("pipeline", "")), str(kept.get("owner", ""))
        if is_view(pipeline):
            self._pipeline = UUID(pipeline)
        self._owner = self.frame.store.viewer.member_id if owner == "me" else UUID(owner) if is_view(owner) else None
        layout = kept.get("layout", "table") if name else self.views.value()
        if layout == "table" or self.table is not None:
            self._made_table().list.apply(Definition.from_json(json.dumps(kept)) if name else None, has_view=bool(name))
            self._aim_table()
        self.views.choose(layout)
        self.stack.setCurrentWidget(self._made_table() if layout == "table" else self.forecast if layout == "forecast" else self.board)
        self._show_filter()
        self.registry.set_page(self.commands())
        self._ask()

    # --- one deal -----------------------------------------------------------------------------------------------------

    def _has_deal(self) -> bool:
        return self._current() is not None

    def _current(self) -> UUID | None:
        """Return the deal that deeds are for: the one in what is shown, else the one that is open beside it."""
        if self.table is not None and self.stack.currentWidget() is self.table:
            return self.table.current()
        card = self.board.current() if self.stack.currentWidget() is self.board else None
        return card.id if card is not None else self.panel.deal

    def _name_of(self, deal: UUID) -> str:
        found = self.board.where(deal)
        if found is not None:
            return found[0].list.cards.cards[found[1]].name
        if self.panel.deal == deal:
            return self.panel.name.text()
        return self.table.name_of(deal) if self.table is not None else ""

    def _menu_at_current(self) -> None:
        deal = self._current()
        if deal is None:
            return
        if self.table is not None and self.stack.currentWidget() is self.table and self.table.list.table.records.checked:
            self.table.move_to_stage(self.table.list.table.chosen_ids())
            return
        found = self.board.where(deal) if self.stack.currentWidget() is self.board else None
        view: QAbstractItemView | None = found[0].list if found is not None else self.table.list.table if self.table is not None else None
        if view is not None and view.isVisible():
            self.moving.show_menu(deal, view.viewport().mapToGlobal(view.visualRect(view.currentIndex()).center()))

    def _close_current(self, outcome: str) -> None:
        deal = self._current()
        if deal is not None:
            self.moving.set_outcome(deal, outcome)

    @Slot(object)
    def _panel_stage(self, at: QPoint) -> None:
        if self.panel.deal is not None:
            self.moving.show_menu(self.panel.deal, at)

    @Slot(str)
    def _panel_outcome(self, outcome: str) -> None:
        if self.panel.deal is not None:
            self.moving.set_outcome(self.panel.deal, outcome)

    @Slot(object, bool)
    def open_deal(self, deal: UUID, beside: bool) -> None:
        """Show a deal beside the board, or in a window of its own; asked for again, the one that is shown has the keyboard."""
        if beside:
            self.frame.open_record("deal", deal, own_window=True)
            return
        if self.panel.isVisible() and self.panel.deal == deal:
            self.panel.next_step.setFocus()
        self.panel.show()
        self.panel.show_deal(deal)

    @Slot(object)
    def _picked(self, deal: UUID) -> None:
        if self.panel.isVisible():
            self.panel.show_deal(deal)

    @Slot()
    def _to_cards(self) -> None:
        card = self.board.current()
        if self.stack.currentWidget() is self.table and self.table is not None:
            self.table.focus_first()
        elif self._is_forecast():
            self.forecast.chart.setFocus()
        elif self.stack.currentWidget() is self.nothing:
            self.begin_button.setFocus()
        elif card is not None:
            self.board.choose(card.id)
        elif self.board.columns:
            self.board.columns[0].list.setFocus()

    def new_deal(self) -> None:
        """Ask for a new deal."""
        stage = self._first_stage()
        NewRecordDialog(self.frame, "deal", NEW_FIELDS, tr("New deal"), tr("Add deal"), self._added, {"stage": stage} if stage else {}).open()

    def _first_stage(self) -> Named | None:
        columns = self._shown.board.columns if self._shown is not None else ()
        first = next((column.stage for column in columns if column.stage.outcome == "open"), None)
        return Named(first.id, first.name) if first else None

    def _added(self, deal: UUID) -> None:
        self._wanted = deal
        self.frame.say(tr("Deal added"), undo=True)
        self._ask()

    def _delete(self) -> None:
        deal = self._current()
        if deal is not None:
            self.panel.close_panel()
            self.frame.do(record_operations.delete, "deal", [deal], said=tr("Deal deleted"))

    def _new_quote(self) -> None:
        if self.panel.deal is not None:
            self.frame.do(quotes.from_deal, self.panel.deal, done=lambda quote: self.frame.open_record("quote", quote))
