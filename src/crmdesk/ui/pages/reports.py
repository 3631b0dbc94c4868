"""Reports: a list of names, a period and an owner, the figures as chart and table; each figure opens its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from crmdesk import clock
from crmdesk.documents import formats
from crmdesk.fields import Field, show_money
from crmdesk.i18n import locale, mark, tr
from crmdesk.operations import reporting
from crmdesk.queries import records, reports
from crmdesk.queries.money import Sum
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.opening import open_rows
from crmdesk.ui.page import Changed, Frame, Page, Place
from crmdesk.ui.printing import print_pdf
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.basics import Button, Card, Text, column, row
from crmdesk.ui.widgets.figures import BarChart, Chart, ChartCard, FunnelChart, Point
from crmdesk.ui.widgets.heads import PageHeader

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent

    from crmdesk.queries.reports import Figure, ReportTable, Rows
    from crmdesk.store import Reader
    from crmdesk.ui.background import Job

Index = QModelIndex | QPersistentModelIndex
HEAD, MOST_BARS, LIST_WIDTH, MEASURED, WIDEST, LEAST_TEXT = 32, 12, 232, 100, 300, 96
FROM = Field("start", "date", mark("From"))
TO = Field("end", "date", mark("To"))
PERIODS = {
    "month": mark("This month"), "last_month": mark("Last month"), "quarter": mark("This quarter"), "last_quarter": mark("Last quarter"), "year": mark("This year"),
    "last_year": mark("Last year"), "twelve": mark("Last twelve months"), "all": mark("All time"),
}  # fmt: skip


def period(name: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day of a period by its name."""
    first = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    match name:
        case "month":
            return first, _before(_months_on(first, 1))
        case "last_month":
            return _months_on(first, -1), _before(first)
        case "quarter":
            return quarter, _before(_months_on(quarter, 3))
        case "last_quarter":
            return _months_on(quarter, -3), _before(quarter)
        case "year":
            return date(today.year, 1, 1), date(today.year, 12, 31)
        case "last_year":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case "twelve":
            return _months_on(first, -11), _before(_months_on(first, 1))
        case _:
            return None, None


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _before(day: date) -> date:
    return day - timedelta(days=1)


def shown(value: Any, kind: str, name: str = "") -> str:
    """Return a figure as people read it."""
    if value is None:
        return ""
    if isinstance(value, Sum):
        own, *others = value.moneys
        return " + ".join(show_money(money) for money in ([own, *others] if own.amount or not others else others))
    if kind == "percent":
        return formats.percent(Decimal(value))
    if isinstance(value, int | Decimal):
        return formats.number(Decimal(value))
    if name == "month" and len(str(value)) == 7 and str(value)[4] == "-":
        from babel.dates import format_skeleton

        return str(format_skeleton("yMMM", date.fromisoformat(f"{value}-01"), locale=locale()))
    return str(value)


class _Cells(QAbstractTableModel):
    """The rows of a report, the totals last."""

    def __init__(self) -> None:
        super().__init__()
        self.table: ReportTable | None = None
        self.rows: list[tuple[Figure, ...]] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or self.table is None else len(self.table.columns)

    def text(self, at_row: int, col: int) -> str:
        """Return a cell as it is shown."""
        assert self.table is not None
        of = self.table.columns[col]
        return shown(self.rows[at_row][col].value, of.kind, of.name)

    def is_total(self, at_row: int) -> bool:
        """Return whether this is the row of totals."""
        return self.table is not None and self.table.totals is not None and at_row == len(self.rows) - 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.table is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{tr(self.table.columns[index.column()].label)}: {self.text(index.row(), index.column())}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.table is not None and orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self.table.columns[section].label)
        return None

    def show(self, table: ReportTable) -> None:
        """Show another report."""
        self.beginResetModel()
        self.table = table
        self.rows = [*table.rows, *((table.totals,) if table.totals else ())]
        self.endResetModel()


class _Painter(QStyledItemDelegate):
    def __init__(self, view: FigureTable) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, theme.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cells, box = self._view.cells, option.rect
        if cells.table is None:
            return
        painter.fillRect(box, theme.colour("canvas" if cells.is_total(index.row()) else "surface"))
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        is_number = cells.table.columns[index.column()].kind != "text"
        weight = 600 if cells.is_total(index.row()) else 500 if index.column() == 0 else 400
        font = theme.tabular("body", weight) if is_number else theme.relative(weight)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver) and self._view.rows_at(index) is not None
        align = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignTrailing if is_number else Qt.AlignmentFlag.AlignLeading)
        area = box.adjusted(14, 0, -14, 0)
        text = cells.text(index.row(), index.column())
        paint.line(painter, area, text, font, theme.colour("accent" if hovered else "text"), align)
        if index == self._view.currentIndex() and self._view.hasFocus():
            paint.focus_ring(painter, box.adjusted(1, 1, -1, -2), 4)


class _Head(QHeaderView):
    def __init__(self, view: FigureTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setFixedHeight(HEAD)
        self.setMinimumSectionSize(40)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def paintSection(self, painter: QPainter, box: QRect, section: int) -> None:
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        table = self._view.cells.table
        if table is None or section >= len(table.columns):
            return
        align = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignTrailing if table.columns[section].kind != "text" else Qt.AlignmentFlag.AlignLeading)
        paint.line(painter, box.adjusted(14, 0, -14, 0), tr(table.columns[section].label), theme.font("caption", 500), theme.colour("muted"), align)


class FigureTable(QTableView):
    """A report as a table; a figure that is pressed opens its rows, with the keyboard by Enter.

    Signals:
        opened: the `Rows` behind a figure, and its name.
    """

    opened = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.cells = _Cells()
        self.setModel(self.cells)
        self.setItemDelegate(_Painter(self))
        self.setHorizontalHeader(_Head(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr("Figures"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW)
        self.clicked.connect(self._open)

    def show_table(self, table: ReportTable) -> None:
        """Show another report."""
        self.cells.show(table)
        self._fit()

    def _needed(self, number: int) -> int:
        """Return how wide a column has to be for its head and what stands in it."""
        table = self.cells.table
        head = paint.text_width(tr(table.columns[number].label), theme.font("caption", 500)) if table is not None else 0
        widest = max((paint.text_width(self.cells.text(line, number), theme.relative(600)) for line in range(min(MEASURED, self.cells.rowCount()))), default=0)
        return max(76, head + 30, min(WIDEST, widest + 30))

    def rows_at(self, index: Index) -> Rows | None:
        """Return the records behind a cell."""
        return self.cells.rows[index.row()][index.column()].opens if index.isValid() else None

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        rows = self.rows_at(index)
        if rows is not None:
            name = self.cells.text(index.row(), 0)
            self.opened.emit(rows, name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.cells.index(self.currentIndex().row(), self.currentIndex().column()))
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        can_open = self.rows_at(self.indexAt(event.position().toPoint())) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_open else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give every column the room that it needs, the first one twice as much of what is left."""
        count, table = self.cells.columnCount(), self.cells.table
        if not count or table is None:
            return
        needed = [self._needed(number) for number in range(count)]
        texts = [number for number in range(count) if table.columns[number].kind == "text"]
        if sum(needed) - self.viewport().width() <= sum(max(0, needed[number] - LEAST_TEXT) for number in texts):
            while sum(needed) > self.viewport().width():  # the longest texts give way, so that all figures are in sight
                needed[max(texts, key=lambda number: needed[number])] -= 1
        spare = max(0, self.viewport().width() - sum(needed)) // (count + 1)
        for number in range(1, count):
            self.setColumnWidth(number, needed[number] + spare)
        self.setColumnWidth(0, max(needed[0], self.viewport().width() - sum(needed[1:]) - spare * (count - 1)))


@dataclass(frozen=True)
class _Answer:
    table: ReportTable
    members: list[tuple[UUID, str]]
    me: UUID | None


class ReportsPage(Page):
    """Named reports."""

    watches = frozenset({"deal", "stage", "pipeline", "quote", "ticket", "activity", "member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._name = next(iter(reports.REPORTS))
        self._period = "all"
        self._days: tuple[date | None, date | None] = (None, None)
        self._owner: UUID | None = None
        self._answer: _Answer | None = None
        self.header = PageHeader(tr("Reports"))
        self.period_button = Button("", self._choose_period, icon="calendar", trailing="chevron-down")
        self.owner_button = Button(tr("Owner: everyone"), self._choose_owner, icon="list-filter", trailing="chevron-down")
        self.header.add(
            self.period_button, self.owner_button, Button(tr("Excel"), lambda: self._export(".xlsx"), icon="file-spreadsheet"),
            Button(tr("PDF"), lambda: self._export(".pdf"), icon="file-down"), Button(tr("For the accountant"), self._ask_workbook, icon="file-spreadsheet"),
        )  # fmt: skip
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

        def question(reader: Reader) -> _Answer:
            members = [(one.id, str(one.values["name"] or "")) for one in records.rows(reader, "member", records.ids(reader, "member"), ["name"])]
            return _Answer(reports.run(reader, name, start, end, owner), members, reader.viewer.member_id)

        self.frame.ask(self, question, self._show, key="report")

    def _show(self, answer: _Answer) -> None:
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
