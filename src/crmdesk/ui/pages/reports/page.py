"""The page itself: the names, a period and an owner, the figures as chart and table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QWidget,
)

from crmdesk import clock
from crmdesk.fields import Field, show_money
from crmdesk.i18n import mark, tr
from crmdesk.operations import reporting
from crmdesk.queries import records, reports
from crmdesk.queries.money import Sum
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.opening import open_rows
from crmdesk.ui.page import Changed, Frame, Page, Place
from crmdesk.ui.pages.reports.figures import FigureTable, shown
from crmdesk.ui.pages.reports.periods import PERIODS, period
from crmdesk.ui.printing import print_pdf
from crmdesk.ui.widgets.basics import Button, Card, Text, column, row
from crmdesk.ui.widgets.figures import BarChart, Chart, ChartCard, FunnelChart, Point
from crmdesk.ui.widgets.heads import PageHeader

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from crmdesk.queries.report_tables import Figure, ReportTable, Rows
    from crmdesk.store import Reader
    from crmdesk.ui.background import Job

MOST_BARS, LIST_WIDTH = 12, 232
FROM = Field("start", "date", mark("From"))
TO = Field("end", "date", mark("To"))


@dataclass(frozen=True)
class Answer:
    """A report, and who can be its owner."""

    table: ReportTable
    members: list[tuple[UUID, str]]
    me: UUID | None


class ReportsPage(Page):
    """One report at a time, chosen by its name, as chart and as table."""

    watches = frozenset({"deal", "stage", "pipeline", "quote", "ticket", "activity", "member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._name = next(iter(reports.REPORTS))
        self._period = "all"
        self._days: tuple[date | None, date | None] = (None, None)
        self._owner: UUID | None = None
        self._answer: Answer | None = None
        self.header = PageHeader(tr("Reports"))
        self.period_button = Button("", self._choose_period, icon="calendar", trailing="chevron-down")
        self.owner_button = Button(tr("Owner: everyone"), self._choose_owner, icon="list-filter", trailing="chevron-down")
        self.header.add(
            self.period_button, self.owner_button, Button(tr("Excel"), lambda: self._export(".xlsx"), icon="file-spreadsheet"),
            Button(tr("PDF"), lambda: self._export(".pdf"), icon="file-down"), Button(tr("For the accountant"), self._ask_workbook, icon="file-spreadsheet"),
        )  # fmt: skip
        list_card = self._build_names()
        self.title = Text("", "dialog")
        self.about = Text("", "muted", wrap=True)
        self.bars, self.steps = BarChart(tr("Figures")), FunnelChart(tr("Figures"))
        self.bars.chosen.connect(self._open_bar)
        self.steps.chosen.connect(self._open_bar)
        self.bar_card, self.step_card = ChartCard("", self.bars), ChartCard("", self.steps)
        self.bar_card.setMaximumHeight(260)
        self.figures = FigureTable()
        self.figures.opened.connect(self._open_rows)
        table_card = Card(padding=0)
        table_card.add(self.figures)
        right = column(column(self.title, self.about, space=2), self.bar_card, self.step_card, table_card, space=12)
        right.setStretch(3, 1)
        self.column.addWidget(self.header)
        body = QWidget()
        line = row(list_card, right, space=16)
        line.setStretch(1, 1)
        body.setLayout(line)
        self.column.addWidget(body, 1)
        self.bar_card.hide()
        self.step_card.hide()

    def _build_names(self) -> Card:
        self.names = QListWidget()
        self.names.setAccessibleName(tr("Reports"))
        self.names.setFrameShape(QFrame.Shape.NoFrame)
        for name, report in reports.REPORTS.items():
            item = QListWidgetItem(tr(report.label))
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(100, theme.ROW))
            item.setToolTip(tr(report.about))
            self.names.addItem(item)
        self.names.currentItemChanged.connect(self._chosen)
        list_card = Card(padding=8)
        list_card.add(self.names)
        list_card.setFixedWidth(LIST_WIDTH)
        return list_card

    # --- arriving -----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        if place.view in reports.REPORTS:
            self._name = place.view
        self._mark_name()
        self._ask()

    def refresh(self, changed: Changed) -> None:
        self._ask()

    def focus_first(self) -> None:
        self.names.setFocus()

    def commands(self) -> list[Action]:
        return [
            Action("report.excel", mark("Save report as Excel"), lambda: self._export(".xlsx"), "file-spreadsheet", "", "file"),
            Action("report.pdf", mark("Save report as PDF"), lambda: self._export(".pdf"), "file-down", "", "file"),
            Action("report.print", mark("Print report"), self._print, "printer", "Ctrl+P", "file"),
            *(self._named(report.name, report.label) for report in reports.REPORTS.values()),
        ]

    def _named(self, name: str, label: str) -> Action:
        return Action(f"report.{name}", label, lambda: self._switch(name), "chart-column", title=lambda: tr("Report: {name}", name=tr(label)))

    def _mark_name(self) -> None:
        for number in range(self.names.count()):
            item = self.names.item(number)
            if item.data(Qt.ItemDataRole.UserRole) == self._name and self.names.currentRow() != number:
                self.names.blockSignals(True)
                self.names.setCurrentRow(number)
                self.names.blockSignals(False)

    @Slot(QListWidgetItem, QListWidgetItem)
    def _chosen(self, now: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        if now is not None:
            self._switch(str(now.data(Qt.ItemDataRole.UserRole)))

    def _switch(self, name: str) -> None:
        self._name = name
        self._mark_name()
        self._ask()

    def _ask(self) -> None:
        name, owner = self._name, self._owner
        start, end = self._days if self._period == "own" else period(self._period, clock.today(self.frame.store.settings.tz))

        def question(reader: Reader) -> Answer:
            members = [(one.id, str(one.values["name"] or "")) for one in records.rows(reader, "member", records.ids(reader, "member"), ["name"])]
            return Answer(reports.run(reader, name, start, end, owner), members, reader.viewer.member_id)

        self.frame.ask(self, question, self._show, key="report")

    def _show(self, answer: Answer) -> None:
        self._answer = answer
        table = answer.table
        self.title.setText(table.title)
        self.about.setText(tr(reports.REPORTS[table.name].about))
        words = tr(PERIODS[self._period]) if self._period in PERIODS else reporting.period_of(table).split(",")[0]
        self.period_button.setText(words)
        if self._owner is None:
            self.owner_button.setText(tr("Owner: everyone"))
        elif self._owner == answer.me:
            self.owner_button.setText(tr("Owner: me"))
        else:
            self.owner_button.setText(tr("Owner: {name}", name=dict(answer.members).get(self._owner, "")))
        self.figures.show_table(table)
        self._show_chart(table)

    def _show_chart(self, table: ReportTable) -> None:
        """Draw the telling column: the first of money, else of percentages, else of numbers."""
        kinds = [of.kind for of in table.columns]
        chosen = next((kinds.index(kind) for kind in ("money", "percent", "number", "integer") if kind in kinds[1:]), 0)
        if table.name == "pipeline_by_stage":
            chosen = next(n for n, of in enumerate(table.columns) if of.name == "amount")
        self._charted = chosen
        is_months = table.columns[0].name == "month"
        chart: Chart = self.bars if is_months else self.steps
        numbers = [number for number, figures in enumerate(table.rows) if table.name != "data_quality" or figures[3].value]
        self._barred = numbers[-24:] if is_months else numbers[:MOST_BARS]
        rows = [table.rows[number] for number in self._barred]
        points = [self._point(table, figures, chosen) for figures in rows]
        show = chosen > 0 and any(point.value for point in points) and len(points) > 1
        self.bar_card.setVisible(show and is_months)
        self.step_card.setVisible(show and not is_months)
        if show:
            self.steps.is_graded = table.name == "pipeline_by_stage"
            chart.set_points(points)
            card = self.bar_card if is_months else self.step_card
            card.set_title(tr(table.columns[chosen].label))

    @staticmethod
    def _point(table: ReportTable, figures: tuple[Figure, ...], chosen: int) -> Point:
        value = figures[chosen].value
        number = float(value.money.amount) if isinstance(value, Sum) else float(value) if isinstance(value, int | Decimal) else 0.0
        said = shown(value, table.columns[chosen].kind)
        if isinstance(value, Sum):
            said = show_money(value.money, whole=True)
        label = shown(figures[0].value, "text", table.columns[0].name)
        if table.name == "data_quality":
            label = f"{label} · {figures[2].value}"
        chance = next((figure.value for figure, of in zip(figures, table.columns, strict=True) if of.name == "win_rate"), None)
        return Point(label, number, said, is_quiet=table.name == "pipeline_by_stage" and chance == 0)

    @Slot(int)
    def _open_bar(self, number: int) -> None:
        table = self._answer.table if self._answer is not None else None
        if table is not None and number < len(self._barred):
            figures = table.rows[self._barred[number]]
            rows = figures[self._charted].opens
            if rows is not None:
                self._open_rows(rows, shown(figures[0].value, "text", table.columns[0].name))

    @Slot(object, str)
    def _open_rows(self, rows: Rows, name: str) -> None:
        open_rows(self.frame, rows, tr("{report}: {row}", report=self.title.text(), row=name))

    # --- period and owner ---------------------------------------------------------------------------------------------

    def _choose_period(self) -> None:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for name, label in PERIODS.items():
            action = menu.addAction(tr(label), self._period_setter(name))
            action.setCheckable(True)
            action.setChecked(name == self._period)
            group.addAction(action)
        menu.addSeparator()
        menu.addAction(tr("From … to …"), self._ask_period)
        menu.exec(self.period_button.mapToGlobal(QPoint(0, self.period_button.height() + 4)))

    def _period_setter(self, name: str) -> Callable[[], None]:
        return lambda: self.set_period(name)

    def set_period(self, name: str, days: tuple[date | None, date | None] = (None, None)) -> None:
        """Ask about another period: by its name, or `own` with its days."""
        self._period, self._days = name, days
        self._ask()

    def _ask_period(self) -> None:
        def save(values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            self.set_period("own", (values.get("start"), values.get("end")))
            done(None)

        start, end = self._days if self._period == "own" else period(self._period, clock.today(self.frame.store.settings.tz))
        AskDialog(self.frame, [FROM, TO], tr("Period"), tr("Show"), save, {"start": start, "end": end}).open()

    def _choose_owner(self) -> None:
        if self._answer is None:
            return
        menu = QMenu(self)
        group = QActionGroup(menu)
        choices: list[tuple[UUID | None, str]] = [(None, tr("Everyone"))]
        choices += [(member, tr("Me") if member == self._answer.me else name) for member, name in self._answer.members]
        for member, label in choices:
            action = menu.addAction(label.replace("&", "&&"), self._owner_setter(member))
            action.setCheckable(True)
            action.setChecked(member == self._owner)
            group.addAction(action)
        menu.exec(self.owner_button.mapToGlobal(QPoint(0, self.owner_button.height() + 4)))

    def _owner_setter(self, member: UUID | None) -> Callable[[], None]:
        return lambda: self.set_owner(member)

    def set_owner(self, member: UUID | None) -> None:
        """Ask about another owner, or about everyone."""
        self._owner = member
        self._ask()

    # --- files --------------------------------------------------------------------------------------------------------

    def _export(self, ending: str) -> None:
        if self._answer is None:
            return
        kinds = {".xlsx": tr("Excel workbook (*.xlsx)"), ".pdf": "PDF (*.pdf)"}
        suggested = Path.home() / f"{self._answer.table.title}{ending}"
        path, _ = QFileDialog.getSaveFileName(self, tr("Save report"), str(suggested), kinds[ending])
        if path:
            self.export_as(Path(path))

    def export_as(self, path: Path) -> None:
        """Write the report that is shown into a file."""
        if self._answer is None:
            return
        store, table = self.frame.store, self._answer.table

        def work(job: Job) -> None:
            reporting.save(store, table, path, overwrite=True)

        background.write(self, tr("Save report"), work, lambda _: self.frame.say(tr("Saved as {name}", name=path.name)))

    def _ask_workbook(self) -> None:
        from crmdesk.ui.dialogs.taking_out import WorkbookDialog

        WorkbookDialog(self.frame, *(self._days if self._period == "own" else period(self._period, clock.today(self.frame.store.settings.tz)))).open()

    def _print(self) -> None:
        if self._answer is None:
            return
        table = self._answer.table

        def printed() -> None:
            self.frame.do(reporting.note_print, table)

        background.read(self, lambda job: reporting.as_pdf(table), lambda pdf: print_pdf(self, pdf, printed), key="print report")
