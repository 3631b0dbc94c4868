"""What goes out, in which form; the file is asked for afterwards."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QDialog, QLineEdit, QRadioButton, QWidget

from crmdesk import clock
from crmdesk.i18n import ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.queries import records
from crmdesk.ui import background
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.page import Tall, scrolled
from crmdesk.ui.widgets.basics import Button, Text, column, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtGui import QShowEvent

    from crmdesk.exchange.out.exporting import ExportResult
    from crmdesk.queries.finding import Condition
    from crmdesk.store import Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame

AROUND = 210  # of the screen's height: the frame, the heading and the line of buttons


class ExportDialog(QDialog):
    """Asks for the form of an export and writes it.

    Args:
        ids: the records of the list.
        columns: those of the list; all fields are offered beside them.
        filters: the conditions by which the list found them, for the journal.
        chosen: those that are ticked; they are offered first.
    """

    def __init__(
        self, frame: Frame, entity: str, ids: Sequence[UUID], columns: Sequence[str], filters: Sequence[Condition] = (), chosen: Sequence[UUID] = ()
    ) -> None:
        from crmdesk.exchange.out.exporting import endings_of

        super().__init__(frame if isinstance(frame, QWidget) else None)
        self._filters, self._chosen = tuple(filters), tuple(chosen)
        self._frame, self._entity, self._ids, self._columns = frame, entity, tuple(ids), tuple(columns)
        self._all: int | None = None
        plural = tr(entity_class(entity).entity.plural)
        title = tr("Export {what}", what=plural)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(min(760, self.screen().availableSize().width() - 40))
        self.forms, forms = _choices(*_forms(endings_of(entity)))
        some = [("chosen", tr("Chosen records"), ntr("{count} record", "{count} records", len(chosen)))] if chosen else []
        self.scope, scope = _choices(
            *some, ("list", tr("The list as it is filtered"), ntr("{count} record", "{count} records", len(ids))), ("all", tr("All"), " ")
        )
        self.widths, self._width_part = _choices(
            ("list", tr("Columns of the list"), ntr("{count} column", "{count} columns", len(columns))), ("all", tr("All fields"), "")
        )
        self.reason = QLineEdit()
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("What it is for; it stands in the journal"))
        self.error = InlineError()
        self._about = Text("", "strong")
        self._about.setBuddy(self.reason)
        self.button = Button(tr("Export"), self._go, "primary", "download")
        self.button.setDefault(True)
        cancel = Button(tr("Cancel"), self.reject)
        everything = Button(tr("Take all my data"), self._take_everything, "link")
        everything.setToolTip(tr("Every record and file of the store in one zip"))
        right = column(
            Text(tr("Records"), "strong"), scope, 8, Text(tr("Columns"), "strong"), self._width_part, 8, self._about, self.reason, self.error, None, space=6
        )
        left = column(Text(tr("Format"), "strong"), forms, None, space=6)
        both = row(left, right, space=32)
        both.setStretch(0, 1)
        both.setStretch(1, 1)
        self._choices = Tall()
        self._choices.setLayout(both)
        self._area = scrolled(self._choices)
        self.setLayout(column(Text(title, "dialog"), 6, self._area, 10, row(everything, None, cancel, self.button), space=6, margins=(24, 20, 24, 20)))
        for group in (self.forms, self.scope):
            group.buttonToggled.connect(self._settle)
        self._settle()
        if isinstance(frame, QWidget):
            frame.ask(self, lambda reader: records.count(reader, entity), self._know_all)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        layout, choices = self.layout(), self._choices.layout()
        if layout is not None and choices is not None:
            room = self.screen().availableSize().height() - AROUND
            self._area.setFixedHeight(min(choices.totalHeightForWidth(self._area.width()), room))
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    @property
    def is_reason_wanted(self) -> bool:
        """Whether so many records are exported with a reason only."""
        return self._frame.store.settings.asks_reason(self._count())

    def form(self) -> str:
        """Return the form that is chosen: `xlsx`, `csv`, `programs`, `json`, `vcf`, `vcf4`, `cards` or `ics`."""
        return _chosen(self.forms)

    def _count(self) -> int:
        scope = _chosen(self.scope)
        return len(self._chosen) if scope == "chosen" else len(self._ids) if scope == "list" else self._all if self._all is not None else len(self._ids)

    def _know_all(self, count: int) -> None:
        self._all = count
        button = next(button for button in self.scope.buttons() if button.property("value") == "all")
        said = ntr("{count} record", "{count} records", count)
        button.setAccessibleDescription(said)
        button.property("note").setText(said)
        self._settle()

    @Slot()
    def _settle(self) -> None:
        """Offer what goes together: cards and calendars have no columns, and many records need a reason."""
        self._width_part.setEnabled(self.form() not in {"vcf", "vcf4", "cards", "ics"})
        self._about.setText(tr("Reason") if self.is_reason_wanted else tr("Reason (optional)"))
        self.button.setEnabled(self._count() > 0)

    def _take_everything(self) -> None:
        from crmdesk.ui.dialogs.taking_out import TakeEverythingDialog

        self.accept()
        TakeEverythingDialog(self._frame).open()

    def _go(self) -> None:
        if self.is_reason_wanted and not self.reason.text().strip():
            self.error.say(tr("So many records are exported with a reason only."), self.reason)
            self.reason.setFocus()
            return
        ending = {"programs": "csv", "vcf4": "vcf", "cards": "vcf"}.get(self.form(), self.form())
        name = f"{tr(entity_class(self._entity).entity.plural)} {clock.today(self._frame.store.settings.tz).isoformat()}.{ending}"
        path = file_dialogs.choose_output(self, self.windowTitle(), Path.home() / name, f"{ending.upper()} (*.{ending})")
        if path is not None:
            self.export(file_dialogs.with_suffix(path, f".{ending}"))

    def export(self, path: Path) -> None:
        """Write the file in the background; the system's dialog has asked before replacing one."""
        from crmdesk.exchange.out.exporting import ExportOptions

        scope, form = _chosen(self.scope), self.form()
        columns = self._columns if _chosen(self.widths) == "list" else ()
        options = ExportOptions(
            ids={"chosen": self._chosen, "list": self._ids}.get(scope), columns=columns, for_programs=form in {"programs", "cards"}, conditions=self._filters if scope == "list" else (),
            reason=self.reason.text(), card_version="4.0" if form in {"vcf4", "cards"} else "3.0",
        )  # fmt: skip
        frame, parent = self._frame, self.parentWidget()
        work = partial(_export, frame.store, self._entity, path, options)
        background.write(parent or self, tr("Export"), work, partial(_exported, frame))
        self.accept()


def _forms(endings: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return the forms that files with these endings can have, each with its name and what it is good for."""
    forms = [
        ("xlsx", tr("Excel workbook"), tr("Numbers and dates as such, filters, sums")),
        ("csv", tr("CSV for people"), tr("Opens in any spreadsheet; nothing in it becomes a formula")),
        ("programs", tr("CSV for programs"), tr("UTF-8, field names, dates as 2026-12-20; imports again without loss")),
        ("json", tr("JSON"), tr("Every field, for programs")),
    ]
    if ".vcf" in endings:
        forms += [
            ("vcf", tr("Address cards"), tr("vCard 3.0, for phones and mail programs")),
            ("vcf4", tr("Address cards, vCard 4.0"), tr("For newer address books; keeps more")),
            ("cards", tr("Address cards for programs"), tr("Every field, also note and owner; not to be handed on")),
        ]
    if ".ics" in endings:
        forms.append(("ics", tr("Calendar"), tr("iCalendar: events and to-dos")))
    return forms


def _choices(*choices: tuple[str, str, str]) -> tuple[QButtonGroup, QWidget]:
    """Return radio buttons from (value, label, explanation), the first one chosen."""
    box, lines = QWidget(), column(space=4)
    group = QButtonGroup(box)
    for number, (value, label, note) in enumerate(choices):
        button = QRadioButton(label)
        button.setProperty("value", value)
        button.setChecked(number == 0)
        button.setAccessibleDescription(note)
        group.addButton(button)
        lines.addWidget(button)
        if note:
            said = Text(note, "caption", wrap=True)
            said.setContentsMargins(24, 0, 0, 4)
            button.setProperty("note", said)
            lines.addWidget(said)
    box.setLayout(lines)
    return group, box


def _chosen(group: QButtonGroup) -> str:
    button = group.checkedButton()
    return str(button.property("value")) if button is not None else ""


def _export(store: Store, entity: str, path: Path, options: object, job: Job) -> ExportResult:
    from crmdesk.exchange.out.exporting import ExportOptions, export_records

    assert isinstance(options, ExportOptions)
    return export_records(store, entity, path, options, job.progress, replaces=True, origin="window")


def _exported(frame: Frame, result: ExportResult) -> None:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    path = Path(result.file)
    show = (tr("Show folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))))
    cut = ntr("Exported as {name}; {count} text is cut", "Exported as {name}; {count} texts are cut", result.cut, name=path.name)
    frame.say(cut if result.cut else tr("Exported as {name}", name=path.name), more=[show])
    for note in result.notes:
        frame.say(note)
