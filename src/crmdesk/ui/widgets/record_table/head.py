"""The head of a table: labels and sort arrows, which columns are shown in which order, and how wide they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QWidget

from crmdesk.i18n import tr
from crmdesk.ui import theme
from crmdesk.ui.widgets import paint
from crmdesk.ui.widgets.record_table.cells import CELL_EDGE, paint_check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QMouseEvent, QPainter

    from crmdesk.ui.widgets.record_table.model import RecordModel
    from crmdesk.ui.widgets.record_table.rows import Column

CHECK_WIDTH, HEADER = 36, 32
ARROW = 16  # beside the label of a sorted column
LABEL_MARGIN = 24  # around a label, with a little air
# So far columns shrink, that all of them fit without scrolling sideways: figures and dates hardly, texts most. Where even that does not do, all keep this share.
LEAST_SHARE = {**dict.fromkeys(("date", "moment", "flag", "integer", "decimal", "rate"), 0.85), "money": 0.88, "price": 0.88, "choice": 0.8}
LEAST_NAME, LEAST_OTHER, SCROLLING = 0.84, 0.8, 0.85
WIDEST = 600  # a column that fits its longest text
# Of so many rows the texts are measured, once: from then on columns with room to spare give it to those whose texts would be cut.
MEASURED_ROWS, MOST_SHARE = 40, 1.6


def least_share(column: Column) -> float:
    """Return the share of its width that a column keeps when there is too little room."""
    return column.least or (LEAST_NAME if column.look == "name" else LEAST_SHARE.get(column.kind, LEAST_OTHER))


class Head(QHeaderView):
    """The head of the table, with the box that checks all.

    Signals:
        all_wanted: the box was pressed.
        columns_changed: the user has given the columns other widths or another order.
    """

    all_wanted = Signal()
    columns_changed = Signal()

    def __init__(self, records: RecordModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._records = records
        self._widths = {column.name: column.width for column in records.columns}
        self._texts: dict[str, int] = {}
        self._measured_rows = 0
        self._is_fitting = False
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(CHECK_WIDTH)
        self.setFixedHeight(HEADER)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.sectionResized.connect(self._resized)
        self.sectionMoved.connect(self._tell_columns)

    # --- painting ---------------------------------------------------------------------------------------------------

    def paintSection(self, painter: QPainter, box: QRect, section: int) -> None:
        paint.hairline(painter, box.left(), box.right(), box.bottom())
        direction = self.layoutDirection()
        if section == 0:
            paint_check(painter, box, self._records.check_state(), direction)
            return
        column = self._records.columns[section - 1]
        sort = self._records.order()
        order = next((n for n, key in enumerate(sort) if key.column == column.name), -1)
        font, label = theme.font("caption", 500), tr(column.label)
        arrow = ARROW if order >= 0 else 0
        wide = min(paint.text_width(label, font) + 1, box.width() - 20 - arrow)
        x = box.x() + (box.width() - 10 - wide - arrow if column.is_number else 10)
        text = paint.mirrored(QRect(x, box.y(), wide, box.height()), box, direction)
        paint.line(painter, text, label, font, theme.colour("muted"))
        if order >= 0:
            spot = paint.mirrored(QRect(x + wide + 4, box.y() + 10, 12, 12), box, direction)
            self._paint_arrow(painter, spot, sort[order].is_descending, order + 1 if len(sort) > 1 else 0)

    def _paint_arrow(self, painter: QPainter, spot: QRect, is_descending: bool, number: int) -> None:
        """Draw which way a column is sorted, and as which key where there are several."""
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(spot.topLeft(), theme.pixmap("arrow-down" if is_descending else "arrow-up", "muted", 12, ratio))
        if number:
            beside = spot.translated(9, -4).adjusted(0, 0, 6, 4)
            paint.line(painter, beside, str(number), theme.font("caption"), theme.colour("muted"))

    # --- which columns ----------------------------------------------------------------------------------------------

    def sections(self) -> list[int]:
        """Return the sections of the columns that are shown, in the order on the screen."""
        shown = (number for number in range(1, len(self._records.columns) + 1) if not self.isSectionHidden(number))
        return sorted(shown, key=self.visualIndex)

    def editable_sections(self) -> list[int]:
        """Return those of them that can be changed in place."""
        return [section for section in self.sections() if self._records.columns[section - 1].can_edit]

    def shown_columns(self) -> list[str]:
        """Return the names of the columns that are shown, in the order on the screen."""
        return [self._records.columns[section - 1].name for section in self.sections()]

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns in this order, and fetch no others."""
        places = {column.name: number for number, column in enumerate(self._records.columns, 1)}
        wanted = [name for name in names if name in places]
        for name, section in places.items():
            self.setSectionHidden(section, name not in wanted)
        for visual, name in enumerate(wanted, 1):
            self.moveSection(self.visualIndex(places[name]), visual)
        self._records.set_fetched(wanted)

    # --- widths -----------------------------------------------------------------------------------------------------

    def widths(self) -> dict[str, int]:
        """Return the widths that the user has given to the columns."""
        return dict(self._widths)

    def know(self, columns: Sequence[Column]) -> None:
        """Take in how wide further columns are, before they stand in the table."""
        self._widths = {column.name: column.width for column in columns} | self._widths

    def set_widths(self, widths: dict[str, int]) -> None:
        """Give widths to columns by name; `fit` shows them."""
        self._widths.update({name: width for name, width in widths.items() if name in self._widths})

    def fit(self, room: int) -> None:
        """Spread the columns over the whole width: each gets what its texts need, and then its share of what is left or missing."""
        if self._is_fitting:
            return
        self._is_fitting = True
        shown = sorted(self.sections())
        left = room - (0 if self.isSectionHidden(0) else CHECK_WIDTH)
        wanted = self._spread(shown, left)
        fits = sum(wanted) <= left + len(wanted)
        self.resizeSection(0, CHECK_WIDTH)
        self.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        for place, (section, wide) in enumerate(zip(shown, self._room_for_labels(shown, wanted, fits), strict=True), 1):
            if place == len(shown) and fits:
                self.resizeSection(section, left)
            else:
                self.resizeSection(section, wide)
            left -= wide
        self._is_fitting = False

    def _spread(self, shown: Sequence[int], room: int) -> list[int]:
        columns = [self._records.columns[section - 1] for section in shown]
        own = [self._widths[column.name] for column in columns]
        needs = [self._content_of(column) for column in columns]
        surplus = room - sum(needs)
        if surplus >= 0:
            return [need + surplus * wide // sum(own) for need, wide in zip(needs, own, strict=True)]
        tight = [min(need, wide) for need, wide in zip(needs, own, strict=True)]
        free = room - sum(tight)
        if free < 0:
            return self._shrunk(columns, tight, own, -free)
        wishes = [need - wide for need, wide in zip(needs, tight, strict=True)]
        return [wide + free * wish // sum(wishes) for wide, wish in zip(tight, wishes, strict=True)]

    def _content_of(self, column: Column) -> int:
        """Return how wide a column is for its texts, within bounds; as it was made where the user has said so or nothing is known."""
        wide = self._widths[column.name]
        if wide != column.width or column.name not in self._texts:
            return wide
        return min(self._texts[column.name], round(wide * MOST_SHARE))

    @staticmethod
    def _shrunk(columns: Sequence[Column], tight: Sequence[int], own: Sequence[int], missing: int) -> list[int]:
        """Take what is missing from the columns, from each as much as it can best do without; a chip is one word and stays whole."""
        least = [wide if column.look == "chip" else round(made * least_share(column)) for column, wide, made in zip(columns, tight, own, strict=True)]
        slack = [max(0, wide - left) for wide, left in zip(tight, least, strict=True)]
        if missing > sum(slack):
            return [wide if column.look == "chip" else min(wide, round(made * SCROLLING)) for column, wide, made in zip(columns, tight, own, strict=True)]
        return [wide - round(free * missing / sum(slack)) for wide, free in zip(tight, slack, strict=True)]

    def _room_for_labels(self, shown: Sequence[int], widths: Sequence[int], fits: bool) -> list[int]:
        """Let no label be cut while others have room, or while the columns scroll anyway, except where the user has made the column that narrow."""
        needs = [self._need_of(section, wide) for section, wide in zip(shown, widths, strict=True)]
        if not fits:
            return [max(wide, need) for wide, need in zip(widths, needs, strict=True)]
        missing = sum(max(0, need - wide) for need, wide in zip(needs, widths, strict=True))
        spare = [max(0, wide - need) for need, wide in zip(needs, widths, strict=True)]
        if sum(spare) < missing or not missing:
            return list(widths)
        return [max(wide, need) - missing * free // sum(spare) for wide, need, free in zip(widths, needs, spare, strict=True)]

    def _need_of(self, section: int, wide: int) -> int:
        column = self._records.columns[section - 1]
        if self._widths[column.name] != column.width:
            return wide
        arrow = ARROW if any(key.column == column.name for key in self._records.order()) else 0
        return paint.text_width(tr(column.label), theme.font("caption", 500)) + LABEL_MARGIN + arrow

    def fit_column(self, section: int, first: int, last: int) -> None:
        """Make a column as wide as its widest cell in these rows."""
        self.resizeSection(section, min(WIDEST, self._widest(section, range(first, last + 1)) + 4))

    def measure(self) -> bool:
        """Look how much room the texts of the first rows need, unless enough of them were seen before; returns whether that is news."""
        rows = range(min(MEASURED_ROWS, self._records.rowCount()))
        sections = [section for section in self.sections() if len(rows) > self._measured_rows or self._records.columns[section - 1].name not in self._texts]
        if not rows or not sections or not self._records.is_there(0):
            return False
        self._texts |= {self._records.columns[section - 1].name: self._widest(section, rows) for section in sections}
        self._measured_rows = len(rows)
        return True

    def _widest(self, section: int, rows: range) -> int:
        """Return the room that the widest text of a column takes, its label among them."""
        column = self._records.columns[section - 1]
        texts = {self._records.text(row, section) for row in rows}
        if column.look == "chip":
            wide = [paint.chip_width(text) for text in texts]
        else:
            font = theme.relative({"name": 500, "strong": 600}.get(column.look, 400))
            wide = [paint.text_width(text, font) + (28 if column.look == "name" else 0) for text in texts]
        widest = max(wide, default=0) + 2 * CELL_EDGE + 2
        return max(widest, paint.text_width(tr(column.label), theme.font("caption", 500)) + LABEL_MARGIN)

    @Slot(int, int, int)
    def _resized(self, section: int, before: int, after: int) -> None:
        if self._is_fitting or section == 0:
            return
        # Qt tells of hiding and showing as a change to and from no width; nobody can drag that far.
        if before and after:
            self._widths[self._records.columns[section - 1].name] = after
        self.columns_changed.emit()

    @Slot()
    def _tell_columns(self) -> None:
        self.columns_changed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self.logicalIndexAt(at) == 0:
            self.all_wanted.emit()
