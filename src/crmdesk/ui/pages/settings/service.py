"""Service levels and queues, saved answers and articles, working hours and holidays."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QLineEdit,
    QVBoxLayout,
)

from crmdesk.errors import UserError
from crmdesk.fields import show_number
from crmdesk.i18n import mark, tr
from crmdesk.models.calendar import calendar_of, read_times
from crmdesk.models.registry import entity_class
from crmdesk.models.ticket import PRIORITIES, Article, Queue, SavedAnswer, ServiceLevel
from crmdesk.models.workspace import Holiday
from crmdesk.operations import records as deeds
from crmdesk.operations import workspace
from crmdesk.queries import records
from crmdesk.ui.form import FormGrid
from crmdesk.ui.pages.settings.found import LEVEL_FIELDS, Found
from crmdesk.ui.pages.settings.section import ListsSection, Section
from crmdesk.ui.records import for_form
from crmdesk.ui.widgets.basics import Button, Chip, IconButton, Text, column, row
from crmdesk.ui.widgets.layouts import empty
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from PySide6.QtWidgets import QHBoxLayout

    from crmdesk.queries.records import Row
    from crmdesk.store.settings import Settings
    from crmdesk.ui.page import Frame

DAYS = (mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"), mark("Saturday"), mark("Sunday"))


class ServiceSection(ListsSection):
    """Service levels with what they promise, and queues."""

    def show_settings(self, settings: Settings, found: Found) -> None:
        empty(self.lists)
        levels = [self._level_line(level, settings.service_level == str(level.id)) for level in found.levels]
        self.lists.addWidget(self.listed(tr("Service levels"), levels, Button(tr("Add service level"), self._level_editor(None), "link", "plus")))
        queues = [self._queue_line(queue) for queue in found.queues]
        self.lists.addWidget(self.listed(tr("Queues"), queues, Button(tr("Add queue"), self._queue_editor(None), "link", "plus")))

    def _level_line(self, level: Row, is_usual: bool) -> QHBoxLayout:
        choose = () if is_usual else (Button(tr("Make usual"), self._usual(level.id), "link"),)
        edit = IconButton("pencil", tr("Change {name}", name=level.values["name"]), self._level_editor(level), "muted")
        head = row(Text(str(level.values["name"] or "")), *([Chip(tr("usual"), "info")] if is_usual else []), None, space=8)
        line = row(column(head, Text(_promise(level), "caption", wrap=True), space=1), *choose, edit, space=6, margins=(0, 5, 0, 5))
        line.setStretch(0, 1)
        return line

    def _queue_line(self, queue: Row) -> QHBoxLayout:
        level = queue.values["service_level"].title if queue.values["service_level"] else tr("usual service level")
        edit = IconButton("pencil", tr("Change {name}", name=queue.values["name"]), self._queue_editor(queue), "muted")
        return row(Text(str(queue.values["name"] or "")), Text(level, "muted"), None, edit, space=6, margins=(0, 3, 0, 3))

    def _usual(self, level: UUID) -> Callable[[], object]:
        return lambda: self.change(service_level=str(level))

    def _level_editor(self, level: Row | None) -> Callable[[], object]:
        asked = [ServiceLevel.fields[name] for name in ("name", *LEVEL_FIELDS)]
        shown = dict(level.values) if level is not None else {}
        level_id = level.id if level is not None else None
        return lambda: self.ask(
            asked, tr("Change service level") if level_id else tr("New service level"), tr("Save"), workspace.set_level, shown,
            lambda values: (level_id, values.get("name") or "", {name: values.get(name) for name in LEVEL_FIELDS}),
        )  # fmt: skip

    def _queue_editor(self, queue: Row | None) -> Callable[[], object]:
        shown = for_form(queue.values) if queue is not None else {}
        queue_id = queue.id if queue is not None else None
        return lambda: self.ask(
            [Queue.fields["name"], Queue.fields["service_level"]], tr("Change queue") if queue_id else tr("New queue"), tr("Save"), workspace.set_queue, shown,
            lambda values: (queue_id, values.get("name") or "", values.get("service_level")),
        )  # fmt: skip


def _promise(level: Row) -> str:
    """Say what a service level promises: first reply and resolution by priority."""
    said = []
    for choice in PRIORITIES:
        reply, resolution = level.values[f"{choice.value}_first_reply_minutes"], level.values[f"{choice.value}_resolution_minutes"]
        said.append(tr("{priority} {reply} / {resolution}", priority=tr(choice.label), reply=_hours(reply), resolution=_hours(resolution)))
    return " · ".join(said)


def _hours(minutes: int | None) -> str:
    if minutes is None:
        return "–"
    return tr("{count} min", count=minutes) if minutes < 60 else tr("{count} h", count=show_number(Decimal(minutes) / 60))


class AnswersSection(ListsSection):
    """Saved answers and knowledge articles."""

    def show_settings(self, settings: Settings, found: Found) -> None:
        empty(self.lists)
        note = tr("{contact}, {number}, {company} and their like are filled in.", contact="{contact}", number="{number}", company="{company}")
        self._list("saved_answer", tr("Saved answers"), tr("Add answer"), found.answers, ("language",), note)
        self._list(
            "article", tr("Knowledge articles"), tr("Add article"), found.articles, ("category", "status"), tr("Published articles are offered in replies.")
        )

    def _list(self, entity: str, title: str, add: str, rows: list[Row], more: Sequence[str], note: str) -> None:
        lines = [self._line(entity, one, more) for one in rows]
        self.lists.addWidget(self.listed(title, lines, Button(add, self._editor(entity, None), "link", "plus"), note))

    def _line(self, entity: str, one: Row, more: Sequence[str]) -> QHBoxLayout:
        known, name = entity_class(entity).fields, str(one.values["title"] or "")
        about = " · ".join(known[key].choice(str(one.values[key])) for key in more if one.values[key])
        edit = IconButton("pencil", tr("Change {name}", name=name), self._editor(entity, one.id), "muted")
        gone = IconButton("trash-2", tr("Delete {name}", name=name), self._deleter(entity, one.id), "muted")
        return row(Text(name), Text(about, "muted"), None, edit, gone, space=6, margins=(0, 3, 0, 3))

    def _editor(self, entity: str, record: UUID | None) -> Callable[[], object]:
        cls: Any = SavedAnswer if entity == "saved_answer" else Article
        names = ("title", "language", "body") if entity == "saved_answer" else ("title", "category", "language", "status", "body")

        def open_dialog(values: dict[str, Any]) -> None:
            if record is None:
                self.ask([cls.fields[name] for name in names], tr(cls.entity.label), tr("Save"), deeds.add, values, lambda wanted: (entity, wanted))
            else:
                self.ask([cls.fields[name] for name in names], tr(cls.entity.label), tr("Save"), deeds.edit, values, lambda wanted: (entity, [record], wanted))

        def edit() -> None:
            if record is None:
                open_dialog({"status": "published"} if entity == "article" else {})
            else:
                self.frame.ask(
                    self, lambda reader: records.rows(reader, entity, [record], names), lambda found: open_dialog(found[0].values) if found else None, key="one"
                )

        return edit

    def _deleter(self, entity: str, record: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(deeds.delete, entity, [record], said=tr("Deleted"))


class HoursSection(Section):
    """When people work: what the clocks of tickets count."""

    HOLIDAY = (Holiday.fields["on"], Holiday.fields["name"], Holiday.fields["hours"])

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        grid = FormGrid(120)
        self.days: list[QLineEdit] = []
        for day in DAYS:
            line = QLineEdit()
            line.setPlaceholderText(tr("closed"))
            line.setAccessibleName(tr(day))
            line.editingFinished.connect(self._save)
            self.days.append(line)
            grid.add(tr(day), line)
        self.error = InlineError()
        self.card(tr("Working hours"), grid, self.error, note=tr("Write them as in 09:00-12:00, 13:00-17:00."))
        self._holidays = QVBoxLayout()
        self._holidays.setSpacing(0)
        self.card(tr("Holidays"), self._holidays, row(Button(tr("Add holiday"), self._add, "link", "plus"), None))
        self.cards.addStretch(1)
        self._stored: tuple[tuple[str, ...], ...] = ()

    def show_settings(self, settings: Settings, found: Found) -> None:
        self._stored = settings.hours
        for line, times in zip(self.days, settings.hours, strict=True):
            if not line.hasFocus():
                line.setText(", ".join(f"{start}-{end}" for start, end in zip(times[::2], times[1::2], strict=True)))
        empty(self._holidays)
        for holiday in found.holidays:
            name = str(holiday.values["name"] or "")
            day = records.shown(Holiday.fields["on"], holiday.values["on"])
            gone = IconButton("trash-2", tr("Delete {name}", name=name or day), self._deleter(holiday.id), "muted")
            hours = str(holiday.values["hours"] or "")
            self._holidays.addLayout(row(Text(day), Text(name, "muted"), Text(hours, "muted"), None, gone, space=8, margins=(0, 2, 0, 2)))

    @Slot()
    def _save(self) -> None:
        hours = tuple(read_times(line.text()) for line in self.days)
        try:
            calendar_of(hours, self.frame.store.settings.tz)
        except UserError as error:
            self.error.say(error.words)
            return
        self.error.say("")
        if hours != self._stored:
            self._stored = hours
            self.change(hours=[list(times) for times in hours])

    def _add(self) -> None:
        self.ask(self.HOLIDAY, tr("New holiday"), tr("Add holiday"), workspace.add_holiday, {}, _holiday)

    def _deleter(self, holiday: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(workspace.delete_holiday, holiday, said=tr("Holiday deleted"))


def _holiday(values: Mapping[str, Any]) -> tuple[Any, str, str]:
    return values["on"], values.get("name") or "", values.get("hours") or ""
