"""Today: what is due, figures that open their rows, first steps until they are done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from crmdesk import clock
from crmdesk.fields import Money
from crmdesk.operations import deals, records, tasks, workspace
from crmdesk.ui.pages.reports import ReportsPage
from crmdesk.ui.pages.rows import RowsPage
from crmdesk.ui.pages.today import TodayPage
from crmdesk.ui.pages.today.closing import Columns
from crmdesk.ui.pages.today.facts import hidden_parts, last_measured
from crmdesk.ui.pages.today.parts import PartsPopup
from crmdesk.ui.widgets.basics import Chip, Clickable, IconButton
from crmdesk.ui.widgets.figures import Tile
from tests.ui.desk import Desk, desk, eur

if TYPE_CHECKING:
    from crmdesk.store import Store

__all__ = ["desk"]


def today(desk: Desk) -> TodayPage:
    page = desk.open("today")
    assert isinstance(page, TodayPage)
    return page


def lines(page: TodayPage) -> list[str]:
    found = [page._lines.itemAt(n).widget() for n in range(page._lines.count())]
    return [line.accessibleName() for line in found if isinstance(line, Clickable)]


def tiles(page: TodayPage) -> dict[str, str]:
    found = [page.tiles.itemAt(n).widget() for n in range(page.tiles.count())]
    return {tile._label: tile.text() for tile in found if isinstance(tile, Tile)}


def test_a_new_store_shows_first_steps_and_no_invented_figures(desk: Desk) -> None:
    page = today(desk)
    assert page.checklist.isVisible()
    assert tiles(page) == {}
    assert not page.months.isVisible()
    assert not page.funnel.isVisible()


def test_the_keyboard_stays_on_a_line_when_something_else_changes(desk: Desk) -> None:
    page = today(desk)
    line = page.checklist.findChildren(Clickable)[2]
    line.setFocus()
    name = line.accessibleName()
    desk.store.run(records.add, "company", {"name": "Ernst Handel"})
    desk.settle()
    focused = page.window().focusWidget()
    assert focused is not None
    assert focused is not line
    assert focused.accessibleName() == name


def test_first_steps_go_when_the_user_hides_them(desk: Desk) -> None:
    page = today(desk)
    page._hide_checklist()
    desk.settle()
    page.refresh({"contact": None})
    desk.settle()
    assert not page.checklist.isVisible()


@pytest.mark.parametrize(("hour", "said"), [(7, "Good morning, Maria"), (13, "Good afternoon, Maria"), (20, "Good evening, Maria")])
def test_the_greeting_follows_the_time_of_day(desk: Desk, hour: int, said: str) -> None:
    with clock.frozen(datetime(2026, 11, 21, hour - 1, tzinfo=UTC)):
        assert today(desk).header.title.text() == said


def test_what_is_due_is_ticked_off_here(desk: Desk, store: Store) -> None:
    day = clock.today(store.settings.tz)
    store.run(tasks.add, "Call about the price", due_on=day - timedelta(days=1))
    store.run(tasks.add, "Send the offer", due_on=day)
    store.run(tasks.add, "Plan the visit", due_on=day + timedelta(days=5))
    page = today(desk)
    assert [line.split(",")[0] for line in lines(page)] == ["Call about the price", "Send the offer"]
    page._lines.itemAt(0).widget().findChild(IconButton).click()
    desk.settle()
    assert [line.split(",")[0] for line in lines(page)] == ["Send the offer"]
    assert desk.said() == ["Task completed"]


def test_the_keyboard_goes_on_to_the_next_task_when_one_is_ticked_off(desk: Desk, store: Store) -> None:
    for number, subject in enumerate(("Call Maria", "Send quote", "Write report"), 3):
        store.run(tasks.add, subject, due_on=clock.today(store.settings.tz) - timedelta(days=6 - number), owner_id=store.viewer.member_id)
    page = today(desk)
    ticks = {tick.accessibleName(): tick for tick in page.findChildren(IconButton)}
    for done, then in (("Send quote", "Complete Write report"), ("Write report", "Complete Call Maria")):
        tick = ticks[f"Complete {done}"]
        tick.setFocus()
        QTest.keyClick(tick, Qt.Key.Key_Space)
        desk.settle()
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.accessibleName() == then
        ticks = {tick.accessibleName(): tick for tick in page.findChildren(IconButton) if tick.isVisible()}


def test_what_is_overdue_is_told_by_a_sign_and_a_word_beside_its_colour(desk: Desk, store: Store) -> None:
    day = clock.today(store.settings.tz)
    store.run(tasks.add, "Call about the price", due_on=day - timedelta(days=1))
    store.run(tasks.add, "Send the offer", due_on=day)
    page = today(desk)
    late, due = (found for n in range(page._lines.count()) if isinstance(found := page._lines.itemAt(n).widget(), Clickable))
    assert late.accessibleName().startswith("Call about the price, Overdue, ")
    assert due.accessibleName() == "Send the offer, today"
    plain = Chip(late.findChild(Chip).text(), "danger")
    assert late.findChild(Chip).sizeHint().width() > plain.sizeHint().width()
    assert due.findChild(Chip).sizeHint().width() == Chip("today").sizeHint().width()


def test_a_task_is_typed_as_people_say_it(desk: Desk, store: Store) -> None:
    page = today(desk)
    page.quick.line.setText("Send the offer today")
    page.quick._add()
    desk.settle()
    assert [line.split(",")[0] for line in lines(page)] == ["Send the offer"]


def test_every_figure_opens_the_rows_that_it_counts(desk: Desk, store: Store) -> None:
    for name, amount in (("Autumn range", 21300), ("Gift boxes", 7500)):
        made = store.run(records.add, "deal", {"name": name, "amount": Money(Decimal(amount), "EUR")})
        if name == "Autumn range":
            store.run(deals.set_outcome, made, "won")
    page = today(desk)
    assert tiles(page) == {"Won this quarter": eur(21300, whole=True), "Weighted pipeline": eur(750, whole=True)}
    page.tiles.itemAt(0).widget().click()
    desk.settle()
    rows = desk.window.page()
    assert isinstance(rows, RowsPage)
    shown = rows.shown_list()
    assert shown is not None
    table = shown.list.table.records
    assert [table.text(row, 1) for row in range(table.rowCount())] == ["Autumn range"]
    desk.window.go_back()
    desk.settle()
    assert desk.window.page() is page


def test_figures_and_cards_are_hidden_and_stay_so(desk: Desk, store: Store) -> None:
    for name, amount in (("Autumn range", 21300), ("Gift boxes", 7500)):
        made = store.run(
            records.add, "deal", {"name": name, "amount": Money(Decimal(amount), "EUR"), "expected_close_on": clock.today(store.settings.tz).isoformat()}
        )
        if name == "Autumn range":
            store.run(deals.set_outcome, made, "won")
    page = today(desk)
    assert {"Won this quarter", "Weighted pipeline"} <= set(tiles(page))
    assert page.months.isVisible()
    page.customise_button.click()
    popup = page.findChild(PartsPopup)
    assert popup is not None
    labels = [popup.list.item(number).text() for number in range(popup.list.count())]
    for label in ("Weighted pipeline", "Won and expected"):
        popup.list.item(labels.index(label)).setCheckState(Qt.CheckState.Unchecked)
    popup.close()
    desk.settle()
    assert "Weighted pipeline" not in tiles(page)
    assert not page.months.isVisible()
    page.refresh({"deal": None})
    desk.settle()
    assert "Weighted pipeline" not in tiles(page)
    assert hidden_parts(store) == {"weighted", "months"}
    page.customise()
    popup = page.findChildren(PartsPopup)[-1]
    popup.list.item(labels.index("Won and expected")).setCheckState(Qt.CheckState.Checked)
    popup.close()
    desk.settle()
    assert page.months.isVisible()


def test_columns_of_likely_deals_stand_beneath_their_heads_and_leave_the_name_most_room() -> None:
    columns = Columns(200, 150, 80, 40)
    wide = columns.spots(600)
    assert [x for x, _ in wide] == sorted(x for x, _ in wide)
    assert wide[0][1] == 200
    narrow = columns.spots(380)
    assert narrow[0][1] > narrow[1][1]
    assert narrow[3][0] + narrow[3][1] == 380


def test_today_warns_when_the_data_is_worse_than_allowed_and_leads_to_the_reasons(desk: Desk) -> None:
    desk.store.run(workspace.change_settings, {"quality_threshold": 100})
    page = desk.open("today")
    assert isinstance(page, TodayPage)
    assert page._calm.isActive()
    page.measure()
    desk.settle()
    assert page.quality.isVisible()
    assert "below 100" in page.quality.accessibleName()
    page.quality.click()
    desk.settle()
    opened = desk.window.page()
    assert isinstance(opened, ReportsPage)
    assert opened._name == "data_quality"


def test_today_does_not_speak_of_good_enough_data(desk: Desk) -> None:
    desk.store.run(workspace.change_settings, {"quality_threshold": 0})
    page = desk.open("today")
    assert isinstance(page, TodayPage)
    page.measure()
    desk.settle()
    assert not page.quality.isVisible()
    assert last_measured(desk.store)[0] > 0


def test_today_stands_in_two_columns_in_a_narrow_window_and_in_three_in_a_wide_one(desk: Desk) -> None:
    page = today(desk)
    for card in (page.months, page.funnel):
        card.show()
    for width, below in ((1360, False), (1100, True), (1360, False)):
        desk.window.resize(width, 800)
        desk.settle()
        desk.window.grab()
        left = [card.mapTo(page, QPoint()).x() for card in (page.months, page.funnel)]
        assert (left[0] == left[1]) is below, left
