"""Dates and moments: typed, or picked from a calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Slot
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame

from crmdesk.errors import UserError
from crmdesk.fields import KINDS, NO_YEAR, Field
from crmdesk.i18n import locale, tr
from crmdesk.ui import theme
from crmdesk.ui.editors.lines import LineEditor
from crmdesk.ui.widgets.basics import IconButton, column

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crmdesk.ui.editors.editor import Context


class DateEditor(LineEditor):
    """A date or moment: typed as people write it, or picked from a calendar (button, or Alt+Down)."""

    def __init__(self, field: Field, context: Context) -> None:
        super().__init__(field, context)
        self.pick = IconButton("calendar", tr("Choose a date"), self.open_calendar, "muted")
        self.line.addWidget(self.pick)
        self._calendar: QFrame | None = None

    def value(self) -> Any:
        text = self.input.text().strip()
        if text and self.was() is not None and text == self.text_of(self.was()):
            return self.was()  # what is shown leaves out seconds
        return super().value()

    def text_of(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            local = value.astimezone(self.context.reading.zone)
            return f"{KINDS['date'].show(local.date(), self.field)} {local:%H:%M}"
        return super().text_of(value)

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
            return True
        return super().key(event)

    def open_calendar(self) -> None:
        """Show the calendar beneath the field."""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setProperty("card", "true")
        calendar = QCalendarWidget()
        calendar.setLocale(QLocale(str(locale())))
        weekend = QTextCharFormat()
        weekend.setForeground(theme.colour("muted"))
        for day_off in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(day_off, weekend)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setAccessibleName(tr(self.field.label))
        try:
            shown = self.value()
        except UserError:
            shown = None
        if shown is not None:
            day = shown.astimezone(self.context.reading.zone).date() if isinstance(shown, datetime) else shown
            if day.year != NO_YEAR:
                calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        calendar.clicked.connect(self._picked)
        calendar.activated.connect(self._picked)
        popup.setLayout(column(calendar, margins=(4, 4, 4, 4)))
        popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        popup.show()
        calendar.setFocus()
        self._calendar = popup

    @Slot(QDate)
    def _picked(self, day: QDate) -> None:
        if self._calendar is None:
            return
        self._calendar.close()
        self._calendar = None
        chosen = date(day.year(), day.month(), day.day())
        if self.field.kind == "moment":
            before = self.was().astimezone(self.context.reading.zone).time() if self.was() else None
            clock = before.replace(tzinfo=None) if before else datetime.min.time()
            self.show_value(datetime.combine(chosen, clock, self.context.reading.zone))
        else:
            self.show_value(chosen)
        self.changed.emit()
        self.left.emit()
