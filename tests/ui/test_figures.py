"""Tiles, charts and the timeline can be read, pressed and heard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableWidget, QWidget

from crmdesk.ui.widgets import timeline
from crmdesk.ui.widgets.basics import Chip
from crmdesk.ui.widgets.figures import BarChart, Chart, ChartCard, FunnelChart, Point, Tile
from crmdesk.ui.widgets.layouts import FlowLayout
from crmdesk.ui.widgets.paint import initials, line
from crmdesk.ui.widgets.timeline import Entry, TimelineView

pytestmark = pytest.mark.usefixtures("app")
POINTS = [Point("Leads", 212, "212"), Point("Qualified", 118, "118"), Point("Won", 24, "24")]


def test_a_tile_says_its_figure_and_opens_its_rows_by_key() -> None:
    opened = []
    tile = Tile("Open deals", "€ 76,400", "2 deals", run=lambda: opened.append(True))
    assert tile.accessibleName() == "Open deals: € 76,400, 2 deals"
    QTest.keyClick(tile, Qt.Key.Key_Return)
    assert opened == [True]


@pytest.mark.parametrize("kind", [BarChart, FunnelChart])
def test_every_chart_can_be_heard_pressed_copied_and_read_as_a_table(kind: type[Chart]) -> None:
    chart = kind("Funnel", POINTS)
    card = ChartCard("Funnel", chart)
    card.resize(400, 300)
    card.show()
    chosen: list[int] = []
    chart.chosen.connect(chosen.append)
    card.grab()
    assert chart.accessibleDescription() == "Leads: 212; Qualified: 118; Won: 24"
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    QTest.keyClick(chart, Qt.Key.Key_Return)
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.areas()[2].center())
    assert chosen == [1, 2]
    QTest.keyClick(chart, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Leads\t212\nQualified\t118\nWon\t24"
    card.switch.click()
    table = card.findChild(QTableWidget)
    assert table.isVisible()
    assert not chart.isVisible()
    assert [table.item(row, 1).text() for row in range(3)] == ["212", "118", "24"]


@pytest.mark.parametrize("kind", [BarChart, FunnelChart])
@pytest.mark.parametrize("values", [(), (0.0,), (0.0, 0.0), (-5.0, 10.0), (1e15, 1.0)])
def test_a_chart_draws_nothing_zeros_losses_and_giants(kind: type[Chart], values: tuple[float, ...]) -> None:
    chart = kind("Chart", [Point(str(v), v, str(v)) for v in values])
    chart.resize(300, 160)
    assert not chart.grab().isNull()


def test_the_timeline_opens_an_entry_and_asks_for_older_ones_near_its_end() -> None:
    view, opened, asked = TimelineView(), [], []
    view.resize(500, 200)
    view.show()
    view.opened.connect(opened.append)
    view.more_wanted.connect(lambda: asked.append(True))
    entries = [Entry("phone", f"Call {n}", "Asked for a price. " * n, "Today", "Maria Becker", "Next" if n % 2 else "") for n in range(20)]
    view.show_entries(entries, is_complete=False)
    view.grab()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened == [entries[0]]
    QTest.keyClick(view, Qt.Key.Key_End)
    assert asked == [True]
    view.add([Entry("mail", "Older")])
    assert len(view.entries()) == 21
    heard = view.model().data(view.model().index(1, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "Call 1, Asked for a price. , Next, Maria Becker, Today"


def test_an_entry_with_emoji_is_broken_between_words_too() -> None:
    text = "😀😀😀 Cold-chain boxes for the autumn campaign 🚚🚚 of the northern branches"
    assert " ".join(timeline._lines(text, 240)) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Maria Anders", "MA"), ("王伟", "王"), ("Bon app'", "BA"), ("QUICK-Stop", "QU"), ("", "?"), ("김철수", "김"), ("Ana María de la Cruz", "AC"), ("x", "X")],
)
def test_initials_as_each_culture_writes_them(name: str, shown: str) -> None:
    assert initials(name) == shown


def test_chips_go_on_in_the_next_line_and_from_the_right_where_people_read_so() -> None:
    box = QWidget()
    flow = FlowLayout(4)
    box.setLayout(flow)
    chips = [Chip(word) for word in ("Key account", "cold-chain", "wholesale", "export")]
    for chip in chips:
        flow.addWidget(chip)
    box.resize(180, 100)
    box.show()
    assert chips[0].y() < chips[-1].y()
    assert chips[0].x() == 0
    box.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    assert chips[0].geometry().right() == box.width() - 1


def test_a_phone_number_reads_the_same_in_a_window_from_right_to_left(app: QApplication) -> None:
    def drawn(direction: Qt.LayoutDirection) -> QImage:
        picture = QImage(200, 24, QImage.Format.Format_RGB32)
        picture.fill(Qt.GlobalColor.white)
        painter = QPainter(picture)
        painter.setLayoutDirection(direction)
        line(painter, picture.rect(), "+49 30 0074321", align=Qt.AlignmentFlag.AlignCenter)
        painter.end()
        return picture

    assert drawn(Qt.LayoutDirection.LeftToRight) == drawn(Qt.LayoutDirection.RightToLeft)


def test_a_chip_is_heard_as_its_word() -> None:
    chip = Chip("Overdue", "danger")
    face = QAccessible.queryAccessibleInterface(chip)
    assert face.text(QAccessible.Text.Name) == "Overdue"


def test_a_narrow_chart_leaves_out_labels_instead_of_writing_them_over_one_another() -> None:
    chart = BarChart("Won", [Point(f"Sept. {2000 + number}", number, str(number)) for number in range(12)])
    chart.resize(1200, 160)
    assert list(chart.labelled()) == list(range(12))
    chart.resize(400, 160)
    assert list(chart.labelled()) == [0, 2, 4, 6, 8, 10]
    chart.resize(20, 160)
    assert list(chart.labelled()) == [0]
    chart.grab()
