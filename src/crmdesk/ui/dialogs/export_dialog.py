"""What goes out, in which form; the file is asked for afterwards."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QDialog, QRadioButton, QWidget

from crmdesk import clock
from crmdesk.i18n import ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui import background
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.widgets.basics import Button, Text, column, row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from crmdesk.exchange.exporting import ExportResult
    from crmdesk.store import Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame


class ExportDialog(QDialog):
    """Asks for the form of an export and writes it.

    Args:
        ids: the records that go out.
        columns: those of the list; all fields are offered beside them.
    """

    def __init__(self, frame: Frame, entity: str, ids: Sequence[UUID], columns: Sequence[str]) -> None:
        super().__init__(frame if isinstance(frame, QWidget) else None)
        self._frame, self._entity, self._ids, self._columns = frame, entity, tuple(ids), tuple(columns)
        plural = tr(entity_class(entity).entity.plural)
        title = tr("Export {what}", what=plural)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(440)
        self.forms, forms = _choices(
            ("xlsx", tr("Excel workbook"), tr("Numbers and dates as such, filters, sums")),
            ("csv", tr("CSV for people"), tr("Opens in any spreadsheet; nothing in it becomes a formula")),
            ("programs", tr("CSV for programs"), tr("UTF-8, field names, dates as 2026-12-20; imports again without loss")),
            ("json", tr("JSON"), tr("Every field, for programs")),
        )  # fmt: skip
        self.widths, widths = _choices(
            ("list", tr("Columns of the list"), ntr("{count} column", "{count} columns", len(columns))), ("all", tr("All fields"), "")
        )  # fmt: skip
        self.button = Button(tr("Export"), self._go, "primary", "download")
        self.button.setDefault(True)
        self.button.setEnabled(bool(ids))
        cancel = Button(tr("Cancel"), self.reject)
        count = Text(ntr("{count} record", "{count} records", len(ids)), "muted")
        self.setLayout(column(Text(title, "dialog"), count, 6, forms, 6, Text(tr("Columns"), "strong"), widths, 8, row(None, cancel, self.button), space=6, margins=(24, 20, 24, 20)))

    def form(self) -> str:
        """Return the form that is chosen: `xlsx`, `csv`, `programs` or `json`."""
        return _chosen(self.forms)

    def _go(self) -> None:
        ending = {"programs": "csv"}.get(self.form(), self.form())
        name = f"{tr(entity_class(self._entity).entity.plural)} {clock.today(self._frame.store.settings.tz).isoformat()}.{ending}"
        path = file_dialogs.choose_output(self, self.windowTitle(), Path.home() / name, f"{ending.upper()} (*.{ending})")
        if path is not None:
            self.export(file_dialogs.with_suffix(path, f".{ending}"))

    def export(self, path: Path) -> None:
        """Write the file in the background; the system's dialog has asked before replacing one."""
        from crmdesk.exchange.exporting import ExportOptions

        columns = self._columns if _chosen(self.widths) == "list" else ()
        options = ExportOptions(ids=self._ids, columns=columns, for_programs=self.form() == "programs")
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
