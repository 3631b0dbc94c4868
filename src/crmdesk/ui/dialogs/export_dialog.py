"""What goes out, in which form; the file is asked for afterwards."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QDialog, QLineEdit, QRadioButton, QWidget

from crmdesk import clock
from crmdesk.i18n import ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui import background
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.widgets.basics import Button, Text, column, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crmdesk.exchange.exporting import ExportResult
    from crmdesk.queries.finding import Condition
    from crmdesk.store import Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame


class ExportDialog(QDialog):
    """Asks for the form of an export and writes it.

    Args:
        ids: the records that go out.
        columns: those of the list; all fields are offered beside them.
        filters: the conditions by which the list found them, for the journal.
    """

    def __init__(self, frame: Frame, entity: str, ids: Sequence[UUID], columns: Sequence[str], filters: Sequence[Condition] = ()) -> None:
        from crmdesk.exchange.exporting import endings_of

        super().__init__(frame if isinstance(frame, QWidget) else None)
        self._filters = tuple(filters)
        self.is_reason_wanted = len(ids) >= frame.store.settings.export_reason_from
        self._frame, self._entity, self._ids, self._columns = frame, entity, tuple(ids), tuple(columns)
        plural = tr(entity_class(entity).entity.plural)
        title = tr("Export {what}", what=plural)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(500)
        self.forms, forms = _choices(
            ("xlsx", tr("Excel workbook"), tr("Numbers and dates as such, filters, sums")),
            ("csv", tr("CSV for people"), tr("Opens in any spreadsheet; nothing in it becomes a formula")),
            ("programs", tr("CSV for programs"), tr("UTF-8, field names, dates as 2026-12-20; imports again without loss")),
            ("json", tr("JSON"), tr("Every field, for programs")),
            *([("vcf", tr("Address cards"), tr("vCard, for phones and mail programs"))] if ".vcf" in endings_of(entity) else []),
            *([("ics", tr("Calendar"), tr("iCalendar: events and to-dos"))] if ".ics" in endings_of(entity) else []),
        )  # fmt: skip
        self.widths, widths = _choices(
            ("list", tr("Columns of the list"), ntr("{count} column", "{count} columns", len(columns))), ("all", tr("All fields"), "")
        )  # fmt: skip
        self.reason = QLineEdit()
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("What it is for; it stands in the journal"))
        self.error = InlineError()
        about = Text(tr("Reason") if self.is_reason_wanted else tr("Reason (optional)"), "strong")
        about.setBuddy(self.reason)
        self.button = Button(tr("Export"), self._go, "primary", "download")
        self.button.setDefault(True)
        self.button.setEnabled(bool(ids))
        cancel = Button(tr("Cancel"), self.reject)
        count = Text(ntr("{count} record", "{count} records", len(ids)), "muted")
        asked = (6, forms, 6, Text(tr("Columns"), "strong"), widths, 6, about, self.reason, self.error, 8)
        self.setLayout(column(Text(title, "dialog"), count, *asked, row(None, cancel, self.button), space=6, margins=(24, 20, 24, 20)))

    def form(self) -> str:
        """Return the form that is chosen: `xlsx`, `csv`, `programs`, `json` or `vcf`."""
        return _chosen(self.forms)

    def _go(self) -> None:
        if self.is_reason_wanted and not self.reason.text().strip():
            self.error.say(tr("So many records are exported with a reason only."), self.reason)
            self.reason.setFocus()
            return
        ending = {"programs": "csv"}.get(self.form(), self.form())
        name = f"{tr(entity_class(self._entity).entity.plural)} {clock.today(self._frame.store.settings.tz).isoformat()}.{ending}"
        path = file_dialogs.choose_output(self, self.windowTitle(), Path.home() / name, f"{ending.upper()} (*.{ending})")
        if path is not None:
            self.export(file_dialogs.with_suffix(path, f".{ending}"))

    def export(self, path: Path) -> None:
        """Write the file in the background; the system's dialog has asked before replacing one."""
        from crmdesk.exchange.exporting import ExportOptions

        columns = self._columns if _chosen(self.widths) == "list" else ()
        options = ExportOptions(ids=self._ids, columns=columns, for_programs=self.form() == "programs", conditions=self._filters, reason=self.reason.text())
        frame, parent = self._frame, self.parentWidget()
        work = partial(_export, frame.store, self._entity, path, options)
        background.write(parent or self, tr("Export"), work, partial(_exported, frame))
        self.accept()


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
            lines.addWidget(said)
    box.setLayout(lines)
    return group, box


def _chosen(group: QButtonGroup) -> str:
    button = group.checkedButton()
    return str(button.property("value")) if button is not None else ""


def _export(store: Store, entity: str, path: Path, options: object, job: Job) -> ExportResult:
    from crmdesk.exchange.exporting import ExportOptions, export_records

    assert isinstance(options, ExportOptions)
    path.unlink(missing_ok=True)
    return export_records(store, entity, path, options, job.progress)


def _exported(frame: Frame, result: ExportResult) -> None:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    path = Path(result.file)
    show = (tr("Show folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))))
    frame.say(tr("Exported as {name}", name=path.name), more=[show])
