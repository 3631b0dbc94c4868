"""The first page of the day."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtWidgets import QWidget

from crmdesk import clock
from crmdesk.documents import formats
from crmdesk.i18n import locale, mark, ntr, tr
from crmdesk.operations import tasks
from crmdesk.queries import quality
from crmdesk.queries import today as queries
from crmdesk.queries.money import Sum
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.amounts import whole
from crmdesk.ui.dates import whole_day
from crmdesk.ui.opening import open_rows
from crmdesk.ui.page import Changed, Frame, Page, Place, scrolled
from crmdesk.ui.pages.today.closing import ClosingHead, ClosingLine, Columns
from crmdesk.ui.pages.today.facts import HIDDEN, HIDDEN_PARTS, QUALITY, First, Shown, firsts, hidden_parts, last_measured
from crmdesk.ui.pages.today.lines import FirstLine, ToDoLine
from crmdesk.ui.pages.today.parts import CARDS, PartsPopup
from crmdesk.ui.quick_task import QuickTask
from crmdesk.ui.widgets.basics import Avatar, Button, Card, Chip, Clickable, Line, Text, column, row
from crmdesk.ui.widgets.figures import BarChart, ChartCard, FunnelChart, Point, Tile
from crmdesk.ui.widgets.heads import PageHeader
from crmdesk.ui.widgets.layouts import empty, made_anew

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from crmdesk.queries.report_tables import Rows
    from crmdesk.queries.today import Closing, Month, Today, ToDo

NARROW = 1040
# Looking at all customers takes a second or two of a reader: not while the day begins, and not often.
MEASURED_EVERY_MS, CALM_MS = 12 * 3_600_000, 20_000


class TodayPage(Page):
    """The first page of the day."""

    watches = frozenset({"task", "ticket", "message", "deal", "quote", "lead", "contact", "company", "stage", "member", "setting"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._found: Shown | None = None
        self._is_narrow = True
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MS)
        self._calm.timeout.connect(self.measure)
        self._build_header()
        self._build_to_do()
        self._build_figures()
        self._lay_out()
        for part in (self.checklist, self.months, self.closing, self.funnel, self.team):
            part.hide()

    # --- what it is made of -------------------------------------------------------------------------------------------

    def _build_header(self) -> None:
        self.header = PageHeader(tr("Today"))
        self.customise_button = Button(tr("Customise"), self.customise, icon="sliders-horizontal")
        self.quality = Chip("", "warning", self._open_quality, icon="triangle-alert")
        self.quality.hide()
        self.header.beside(self.quality)
        self.header.add(self.customise_button)

    def _build_to_do(self) -> None:
        self.to_do = Card(space=0)
        self.to_do_title = Text(tr("To do today"), "strong")
        self.quick = QuickTask(self.frame)
        self._lines = column(space=0)
        self.to_do.body.setContentsMargins(16, 13, 16, 16)
        self.to_do.add(self.to_do_title)
        self.to_do.body.addSpacing(8)
        self.to_do.add(self.quick, self._lines)
        self.to_do.body.addStretch(1)
        self.checklist = Card(tr("First steps"), space=2)
        self._firsts = column(space=2)
        self.checklist.add(self._firsts, row(None, Button(tr("Hide"), self._hide_checklist, "link")))

    def _build_figures(self) -> None:
        self.tiles = row(space=10)
        self.chart = BarChart(tr("Won and expected"))
        self.chart.chosen.connect(self._open_month)
        self.months = ChartCard(tr("Won and expected"), self.chart)
        self.closing = Card(space=0)
        self.closing.body.setContentsMargins(16, 13, 16, 8)
        self.funnel_chart = FunnelChart(tr("Funnel, last 90 days"))
        self.funnel_chart.chosen.connect(self._open_step)
        self.funnel = ChartCard(tr("Funnel, last 90 days"), self.funnel_chart)
        self.team = Card(tr("Team, this quarter"), space=2)
        self._team = column(space=2)
        self.team.add(self._team)

    def _lay_out(self) -> None:
        left = column(self.checklist, self.to_do, space=12)
        left.setStretch(1, 1)
        self._middle, self._right, self._aside = column(self.months, self.closing, None, space=12), column(None, space=12), QWidget()
        self._aside.setLayout(self._right)
        self._columns = row(left, self._middle, self._aside, space=12)
        self._arrange(False)
        inner = column(self.tiles, self._columns, space=12)
        inner.setStretch(1, 1)
        body = QWidget()
        body.setLayout(inner)
        self.column.addWidget(self.header)
        self.column.addWidget(scrolled(body), 1)

    def _arrange(self, is_narrow: bool) -> None:
        """Stand in three columns, in a narrow window in two."""
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        self._aside.setVisible(not is_narrow)
        for card in (self.funnel, self.team):
            into = self._middle if is_narrow else self._right
            into.insertWidget(into.count() - 1, card)
        for number, share in enumerate((44, 56, 0) if is_narrow else (36, 42, 31)):
            self._columns.setStretch(number, share)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.width() < NARROW)

    # --- arriving -----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        self._ask()

    def refresh(self, changed: Changed) -> None:
        self._ask()

    def focus_first(self) -> None:
        self.quick.setFocus()

    def commands(self) -> list[Action]:
        return [
            Action("today.task", mark("New task"), self.quick.setFocus, "square-check-big", "Ctrl+Shift+K", "new"),
            Action("today.customise", mark("Customise Today"), self.customise, "sliders-horizontal", group="view"),
        ]

    # --- what is shown ------------------------------------------------------------------------------------------------

    def parts(self) -> list[tuple[str, str]]:
        """Return (name, label) of what can be hidden: the figures that there are, and the cards."""
        tiles = [(tile.name, tile.label) for tile in self._found.today.tiles] if self._found is not None else []
        return [*tiles, *((name, tr(label)) for name, label in CARDS.items())]

    def customise(self) -> None:
        """Offer what the page shows; a change shows at once, and stays so on this computer."""
        if self._found is None:
            return
        popup = PartsPopup(self, self.parts(), self._found.hidden)
        popup.changed.connect(self._hide_parts)
        right = self.customise_button.mapToGlobal(QPoint(self.customise_button.width() - popup.width(), self.customise_button.height() + 4))
        popup.move(right)
        popup.show()
        popup.focus_first()

    @Slot(object)
    def _hide_parts(self, hidden: frozenset[str]) -> None:
        store = self.frame.store
        background.write(self, "", lambda job: store.set_local(HIDDEN_PARTS, json.dumps(sorted(hidden))))
        if self._found is not None:
            self._show(replace(self._found, hidden=hidden))

    def _ask(self) -> None:
        store = self.frame.store
        self.frame.ask(
            self, lambda reader: Shown(queries.today(reader), firsts(reader, store), hidden_parts(store), last_measured(store)), self._show, key="today"
        )

    @Slot()
    def measure(self) -> None:
        """Measure the quality of the data, and keep it for the days to come."""
        if self.isVisible():
            self.frame.ask(self, lambda reader: quality.of_store(reader).percent, self._keep_quality, key="quality")

    def _keep_quality(self, percent: int | None) -> None:
        store, said = self.frame.store, json.dumps([clock.now_ms(), percent])
        background.write(self, "", lambda job: store.set_local(QUALITY, said))
        self._show_quality(percent)

    def _show_quality(self, percent: int | None) -> None:
        """Warn if the data is worse than the store's settings allow."""
        least = self.frame.store.settings.quality_threshold
        is_low = percent is not None and percent < least
        self.quality.setVisible(is_low and not self._is_hidden("quality"))
        if is_low:
            self.quality.show_as(tr("Data quality {percent}%, below {least}%", percent=percent, least=least), "warning")

    def _open_quality(self) -> None:
        self.frame.open_page("reports", "data_quality")

    def _show(self, found: Shown) -> None:
        self._found = found
        today = found.today
        self.header.set_title(today.greeting)
        day = clock.today(self.frame.store.settings.tz)
        self.header.set_note(whole_day(day))
        with made_anew(self):
            self._show_tiles(today)
            self._show_firsts(found.firsts)
            self._show_to_do(today.to_do)
            self._show_months(today.months)
            self._show_closing(today)
            self._show_funnel(today)
            self._show_team(today)
        at, percent = found.measured
        self._show_quality(percent)
        if clock.now_ms() - at > MEASURED_EVERY_MS and not self._calm.isActive():
            self._calm.start()

    # --- parts --------------------------------------------------------------------------------------------------------

    def _show_tiles(self, today: Today) -> None:
        empty(self.tiles)
        for tile in (tile for tile in today.tiles if not self._is_hidden(tile.name)):
            tone: theme.Tone | None = "success" if tile.tone == "success" else "danger" if tile.tone == "danger" else None
            self.tiles.addWidget(Tile(tile.label, _figure(tile.value), tile.note, tone, self._opener(tile.opens, tile.label)))

    def _is_hidden(self, name: str) -> bool:
        return self._found is not None and name in self._found.hidden

    def _opener(self, rows: Rows, title: str) -> Callable[[], None]:
        return lambda: open_rows(self.frame, rows, title)

    def _show_firsts(self, found: tuple[First, ...]) -> None:
        self.checklist.setVisible(bool(found))
        empty(self._firsts)
        for first in found:
            self._firsts.addWidget(FirstLine(first, self._starter(first.name)))

    def _starter(self, name: str) -> Callable[[], object]:
        pages = {"company": ("settings", ""), "contacts": ("contacts", ""), "deal": ("pipeline", "new"), "quote": ("quotes", "new")}
        if name == "sheet":
            return lambda: self.frame.registry.run("file.sheet")
        page, view = pages[name]
        return lambda: self.frame.open_page(page, view)

    def _hide_checklist(self) -> None:
        store = self.frame.store
        self.checklist.hide()
        background.write(self, "", lambda job: store.set_local(HIDDEN, "1"))

    def _show_to_do(self, found: tuple[ToDo, ...]) -> None:
        empty(self._lines)
        for number, item in enumerate(found):
            if number:
                self._lines.addWidget(Line())
            self._lines.addWidget(ToDoLine(item, self._to_do_opener(item), self._ticker(item)))
        if not found:
            nothing = Text(tr("Nothing is due today."), "muted", wrap=True)
            nothing.setContentsMargins(0, 12, 0, 0)
            self._lines.addWidget(nothing)

    def _to_do_opener(self, item: ToDo) -> Callable[[], None]:
        return lambda: self.frame.open_record(item.entity, item.id)

    def _ticker(self, item: ToDo) -> Callable[[], object] | None:
        if item.kind != "task":
            return None
        return lambda: self.frame.do(tasks.done, [item.id], said=tr("Task completed"))

    def _show_months(self, found: tuple[Month, ...]) -> None:
        from babel.dates import get_month_names

        self.months.setVisible(bool(found) and not self._is_hidden("months"))
        points, letters = [], get_month_names("narrow", "stand-alone", locale())
        this = clock.today(self.frame.store.settings.tz).replace(day=1)
        for month in found:
            is_ahead = month.first > this
            value = month.expected if is_ahead and month.expected is not None else month.won
            words = tr("{amount} expected", amount=whole(value)) if is_ahead else whole(value)
            if not is_ahead and month.expected is not None and month.expected.base:
                words = tr("{won} won, {expected} still expected", won=whole(month.won), expected=whole(month.expected))
            points.append(Point(str(letters[month.first.month]), float(value.money.amount), words, is_ahead))
        self.chart.set_points(points)

    def _open_month(self, number: int) -> None:
        if self._found is not None and number < len(self._found.today.months):
            from babel.dates import format_skeleton

            month = self._found.today.months[number]
            open_rows(self.frame, month.opens, format_skeleton("yMMMM", month.first, locale=locale()))

    def _show_closing(self, today: Today) -> None:
        empty(self.closing.body)
        self.closing.setVisible(bool(today.closing) and not self._is_hidden("closing"))
        title = Text(tr("Likely to close this month"), "strong")
        everything = Button(tr("All"), self._opener(today.closing_opens, tr("Likely to close this month")), "link")
        self.closing.body.addLayout(row(title, None, everything, margins=(0, 0, 0, 6)))
        columns = Columns.of(today.closing)
        self.closing.body.addWidget(ClosingHead(columns))
        for deal in today.closing:
            self.closing.body.addWidget(Line())
            line = ClosingLine(deal, columns)
            line.clicked.connect(self._deal_opener(deal))
            self.closing.body.addWidget(line)

    def _deal_opener(self, deal: Closing) -> Callable[[], None]:
        return lambda: self.frame.open_record("deal", deal.id)

    def _show_funnel(self, today: Today) -> None:
        funnel = today.funnel
        self.funnel.setVisible(funnel is not None and not self._is_hidden("funnel"))
        if funnel is None:
            return
        self.funnel_chart.set_points([Point(step.label, float(step.count), formats.number(Decimal(step.count))) for step in funnel.steps])
        said = []
        if funnel.conversion is not None:
            said.append(tr("Conversion {percent}", percent=formats.percent(round(funnel.conversion, 1))))
        if funnel.cycle_days is not None:
            said.append(ntr("cycle {count} day", "cycle {count} days", funnel.cycle_days))
        self.funnel.set_note(" · ".join(said))

    def _open_step(self, number: int) -> None:
        funnel = self._found.today.funnel if self._found is not None else None
        if funnel is not None and number < len(funnel.steps):
            step = funnel.steps[number]
            if step.opens is not None:
                open_rows(self.frame, step.opens, step.label)

    def _show_team(self, today: Today) -> None:
        empty(self._team)
        self.team.setVisible(bool(today.team) and not self._is_hidden("team"))
        for member in today.team:
            amount = Text(whole(member.won))
            amount.setFont(theme.tabular())
            line = Clickable(tr("{name}: {amount}", name=member.name, amount=whole(member.won)))
            line.setLayout(row(Avatar(member.name), Text(member.name), None, amount, space=8, margins=(0, 5, 0, 5)))
            line.clicked.connect(self._opener(member.opens, tr("Won this quarter: {name}", name=member.name)))
            self._team.addWidget(line)


def _figure(value: Sum | Decimal | int) -> str:
    if isinstance(value, Sum):
        return whole(value)
    return formats.number(Decimal(value)) if isinstance(value, int) else formats.percent(round(value, 1))
