"""The pipeline: deals on a board or in a table, one of them open beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QPoint, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QStackedWidget, QWidget

from crmdesk import clock
from crmdesk.i18n import mark, tr
from crmdesk.operations import deals as moves
from crmdesk.operations import quotes
from crmdesk.operations import records as record_operations
from crmdesk.queries import deals, records
from crmdesk.queries.finding import Condition
from crmdesk.queries.reports import Rows
from crmdesk.ui import theme
from crmdesk.ui.actions import Action
from crmdesk.ui.amounts import whole
from crmdesk.ui.dates import short_day
from crmdesk.ui.deal_panel import DealPanel
from crmdesk.ui.dialogs.loss import LossDialog
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.editors import Named
from crmdesk.ui.forecast import ForecastView
from crmdesk.ui.list_page import RecordListPage
from crmdesk.ui.lists.record_list import Definition
from crmdesk.ui.opening import open_rows
from crmdesk.ui.page import Changed, Frame, Page, Place
from crmdesk.ui.records import EntitySource
from crmdesk.ui.views import FilterViews, is_view
from crmdesk.ui.widgets.basics import Button, Text, row
from crmdesk.ui.widgets.board import Board
from crmdesk.ui.widgets.heads import EmptyState, PageHeader, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmdesk.queries.deals import Card
    from crmdesk.store import Reader

FIRST_CARDS, NARROW = 50, 960
NEW_FIELDS = ("name", "company", "contact", "amount", "expected_close_on", "stage")
COLUMNS = ("name", "company", "stage", "amount", "expected_close_on", "owner", "opened_on", "origin")


@dataclass(frozen=True)
class _Shown:
    """Everything that the page needs, from one read."""

    pipelines: list[tuple[UUID, str]]
    members: list[tuple[UUID, str]]
    me: UUID | None
    board: deals.Board
    cards: Mapping[UUID, tuple[Card, ...]]
    forecast: tuple[deals.Expected, ...] = ()


class DealTable(RecordListPage):
    """The deals of the pipeline as a table, without a header of its own."""

    entity = "deal"
    shown = COLUMNS
    filters = (*COLUMNS, "contact", "lost_reason", "closed_on", "tags")

    def __init__(self, frame: Frame, new: Callable[[], object], keep: Callable[[str], object]) -> None:
        self._new = new
        super().__init__(frame)
        self.list.view_wanted.disconnect()
        self.list.view_wanted.connect(keep)
        self.header.hide()
        self.column.setContentsMargins(0, 0, 0, 0)

    def new(self) -> None:
        self._new()

    def buttons(self) -> list[QWidget]:
        return []

    def aim(self, pipeline: UUID, owner: UUID | None) -> None:
        """Show the deals of a pipeline and owner."""
        conditions = [Condition("pipeline", "=", str(pipeline))]
        if owner is not None:
            conditions.append(Condition("owner", "=", str(owner)))
        if tuple(conditions) != self.conditions:
            self.conditions = tuple(conditions)
            self.list.table.records.source = EntitySource(self.frame.store, "deal", conditions)
            if self._is_loaded:
                self.list.renew()
        if not self._is_loaded:
            self.list.reload()
        self._is_loaded = True
        self._ask_total()


class PipelinePage(Page):
    """Deals in their stages."""

    watches = frozenset({"deal", "stage", "pipeline", "task", "quote", "company", "activity", "member", "custom_field"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._pipeline: UUID | None = None
        self._owner: UUID | None = None
        self._shown: _Shown | None = None
        self._wanted: UUID | None = None
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
        figures = QWidget()
        figures.setLayout(row(self.total, self.weighted_label, self.weighted, space=4))
        self.filter = FilterViews(self, "deal", DealTable.filters, self._kept, self._take_view)
        self.filter.changed.connect(self._ask)
        self.header.beside(self.pipeline_button, self.owner_button, self.filter.filter_button, self.filter.save_button)
        self.header.add(figures, self.views, Button(tr("Deal"), self.new_deal, "primary", "plus"))
        self.column.addWidget(self.header)
        self.column.addWidget(self.filter)
        self.board = Board()
        self.board.moved.connect(self._move)
        self.board.opened.connect(self._open)
        self.board.picked.connect(self._picked)
        self.board.menu_wanted.connect(self._show_stage_menu)
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
        self.nothing = EmptyState(
            "square-kanban", tr("No deals yet."), Button(tr("New deal"), self.new_deal, "primary", "plus"),
            hint=tr("A deal is a chance to sell something. It moves from stage to stage until it is won or lost."),
        )  # fmt: skip
        self.stack = QStackedWidget()
        self.stack.addWidget(self.board)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.forecast)
        self.column.addLayout(row(self.stack, self.panel, space=12), 1)

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

    def refresh(self, changed: Changed) -> None:
        self._ask()
        if self.panel.isVisible():
            self.panel.refresh()
        if self.table is not None and self.stack.currentWidget() is self.table:
            self.table.refresh(changed)

    def focus_first(self) -> None:
        self._to_cards()

    def commands(self) -> list[Action]:
        table = self.table.commands() if self.table is not None and self.views.value() == "table" else []
        return [
            *(action for action in table if action.group != "new"),
            *([] if table else [Action("pipeline.filter", mark("Filter"), self.filter.filter_button.click, "funnel", "Ctrl+F", "view"), self.filter.export_action()]),
            Action("pipeline.save_view", mark("Save view"), lambda: self._keep_view("save_as"), "bookmark", group="view"),
            Action("deal.new", mark("New deal"), self.new_deal, "square-kanban", "Ctrl+Shift+D", "new"),
            Action("deal.move", mark("Move deal to stage"), self._menu_at_card, "arrow-right", "", "record", self._has_deal),
            Action("deal.won", mark("Mark deal as won"), lambda: self._close_current("won"), "trophy", "Ctrl+Shift+W", "record", self._has_deal),
            Action("deal.lost", mark("Mark deal as lost"), lambda: self._close_current("lost"), "x", "Ctrl+Shift+L", "record", self._has_deal),
            Action("deal.delete", mark("Delete deal"), self._delete, "trash-2", "", "record", self._has_deal),
            Action("pipeline.board", mark("Show board"), lambda: self._switch("board"), "square-kanban", group="view", checked=lambda: self.views.value() == "board"),
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

    def _ask(self) -> None:
        is_forecast = self._is_forecast()
        pipeline, owner, since, loaded, where = self._pipeline, self._owner, self._since(), self.board.loaded(), self.filter.conditions()

        def question(reader: Reader) -> _Shown:
            known = deals.pipelines(reader)
            wanted = pipeline if pipeline in {one for one, _ in known} else None
            board = deals.board(reader, wanted, owner, FIRST_CARDS, since, where)
            more = {
                column.stage.id: deals.cards(reader, column.stage.id, owner, None, loaded[column.stage.id], since, where)
                for column in board.columns if loaded.get(column.stage.id, 0) > FIRST_CARDS
            }  # fmt: skip
            members = records.rows(reader, "member", records.ids(reader, "member"), ["name"])
            expected = deals.forecast(reader, board.pipeline_id, owner, where) if is_forecast else ()
            return _Shown(known, [(row.id, row.values["name"] or "") for row in members], reader.viewer.member_id, board, more, expected)

        self.frame.ask(self, question, self._show, key="board")

    def _show(self, found: _Shown) -> None:
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
        self.frame.ask(
            self, lambda reader: deals.cards(reader, stage_id, owner, last, FIRST_CARDS, since, where), lambda found: self.board.add_cards(stage_id, found),
            key=f"more {stage_id}",
        )  # fmt: skip

    # --- which deals --------------------------------------------------------------------------------------------------

    def _choose_pipeline(self) -> None:
        if self._shown is None:
            return
        menu = QMenu(self)
        group = QActionGroup(menu)
        for pipeline, name in self._shown.pipelines:
            self._entry(menu, group, name, pipeline == self._pipeline, lambda pipeline=pipeline: self._set_pipeline(pipeline))  # type: ignore[misc]
        menu.exec(self.pipeline_button.mapToGlobal(QPoint(0, self.pipeline_button.height() + 4)))

    def _choose_owner(self) -> None:
        if self._shown is None:
            return
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._entry(menu, group, tr("Everyone"), self._owner is None, lambda: self._set_owner(None))
        for member, name in sorted(self._shown.members, key=lambda one: one[0] != self._shown.me if self._shown else True):
            label = tr("Me") if member == self._shown.me else name
            self._entry(menu, group, label, member == self._owner, lambda member=member: self._set_owner(member))  # type: ignore[misc]
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
        self._show_filter()
        self.frame.registry.set_page(self.commands())

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
        """Leave filter and saving to the table, which has its own, while it is shown."""
        has_own = self.views.value() == "table"
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
        self.frame.registry.set_page(self.commands())
        self._ask()

    # --- one deal -----------------------------------------------------------------------------------------------------

    def _has_deal(self) -> bool:
        return self._current() is not None

    def _current(self) -> UUID | None:
        card = self.board.current()
        if card is not None:
            return card.id
        return self.panel.deal

    @Slot(object, bool)
    def _open(self, deal: UUID, beside: bool) -> None:
        if beside:
            self.frame.open_record("deal", deal, own_window=True)
            return
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

    # --- moving -------------------------------------------------------------------------------------------------------

    @Slot(object, object, object)
    def _move(self, deal: UUID, stage: UUID, after: UUID | None) -> None:
        found, target = self.board.where(deal), self.board.column_of(stage)
        before = found[0].list.stage.id if found else None
        if before == stage:
            self.board.place(deal, stage, after)
            self.frame.do(moves.place, deal, after, failed=self._moved_back)
            return
        reason = None
        if target is not None and target.list.stage.outcome == "lost":
            name = found[0].list.cards.cards[found[1]].name if found else ""
            asked = LossDialog(self.window(), name)
            if asked.exec() != LossDialog.DialogCode.Accepted:
                return
            reason = asked.text() or None
        self.board.place(deal, stage, after)
        name = target.list.stage.name if target is not None else self._stage_name(stage)
        self.frame.do(moves.move, deal, stage, reason, after, said=tr("Moved to {stage}", stage=name), failed=self._moved_back)

    def _stage_name(self, stage: UUID) -> str:
        columns = self._shown.board.columns if self._shown else ()
        return next((column.stage.name for column in columns if column.stage.id == stage), "")

    def _moved_back(self, error: Exception) -> None:
        self.frame.show_error(error)
        self._ask()

    def _menu_at_card(self) -> None:
        card = self.board.current()
        found = self.board.where(card.id) if card else None
        if card is not None and found is not None:
            view = found[0].list
            self._show_stage_menu(card.id, view.viewport().mapToGlobal(view.visualRect(view.currentIndex()).center()))

    @Slot(object)
    def _panel_stage(self, at: QPoint) -> None:
        if self.panel.deal is not None:
            self._show_stage_menu(self.panel.deal, at)

    @Slot(object, QPoint)
    def _show_stage_menu(self, deal: UUID, at: QPoint) -> None:
        menu = self.stage_menu(deal)
        menu.exec(at)
        menu.deleteLater()

    def stage_menu(self, deal: UUID) -> QMenu:
        """Return the menu of a card: the stages with 1 to 9, then what else can be done."""
        menu = QMenu(self)
        found = self.board.where(deal)
        here = found[0].list.stage.id if found else None
        for number, column in enumerate(self._shown.board.columns if self._shown else (), 1):
            stage = column.stage
            label = f"&{number}  {stage.name}" if number <= 9 else stage.name
            action = menu.addAction(label, self._mover(deal, stage.id))
            action.setCheckable(True)
            action.setChecked(stage.id == here)
            action.setEnabled(stage.id != here)
        menu.addSeparator()
        menu.addAction(theme.icon("panel-right"), tr("Open page"), lambda: self._open(deal, False))
        menu.addAction(theme.icon("external-link"), tr("Open in a window of its own"), lambda: self._open(deal, True))
        return menu

    def _mover(self, deal: UUID, stage: UUID) -> Callable[[], None]:
        return lambda: self._move(deal, stage, None)

    @Slot(str)
    def _panel_outcome(self, outcome: str) -> None:
        if self.panel.deal is not None:
            self._set_outcome(self.panel.deal, outcome)

    def _close_current(self, outcome: str) -> None:
        deal = self._current()
        if deal is not None:
            self._set_outcome(deal, outcome)

    def _set_outcome(self, deal: UUID, outcome: str) -> None:
        reason = None
        found = self.board.where(deal)
        name = found[0].list.cards.cards[found[1]].name if found else self.panel.name.text()
        if outcome == "lost":
            asked = LossDialog(self.window(), name)
            if asked.exec() != LossDialog.DialogCode.Accepted:
                return
            reason = asked.text() or None
        said = {"won": tr("Won: {name}", name=name), "lost": tr("Lost: {name}", name=name), "open": tr("Reopened: {name}", name=name)}[outcome]
        self.frame.do(moves.set_outcome, deal, outcome, reason, said=said)
