"""What leaves the program as a whole: the accountant's workbook of a period, and all data in one zip."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QBoxLayout, QWidget

from crmdesk import clock
from crmdesk.errors import UserError
from crmdesk.fields import KINDS, Field
from crmdesk.i18n import mark, ntr, tr
from crmdesk.ui import background
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.widgets.basics import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from crmdesk.exchange.out.accounting import WorkbookResult
    from crmdesk.exchange.out.everything import Taken
    from crmdesk.store import Store
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame

FROM = Field("first", "date", mark("From"))
TO = Field("last", "date", mark("To"))
CLOSE = Field("close", "flag", mark("Close the period afterwards"))
REASON = Field("reason", "text", mark("Reason"))


class WorkbookDialog(AskDialog):
    """Asks for the period of the accountant's workbook, then for its file."""

    def __init__(self, frame: Frame, first: date | None = None, last: date | None = None) -> None:
        super().__init__(frame, [FROM, TO, CLOSE], tr("Accountant's workbook"), tr("Save as …"), self._ask_file, {"first": first, "last": last, "close": False})

    def _ask_file(self, values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        first, last = values.get("first"), values.get("last")
        days = " – ".join(day.isoformat() for day in (first, last) if day) or tr("everything")
        path = file_dialogs.choose_output(self, self.windowTitle(), Path.home() / f"{tr('Documents')} {days}.xlsx", tr("Excel workbook (*.xlsx)"))
        if path is None:
            self.accept_button.setEnabled(True)
            return
        self.write(file_dialogs.with_suffix(path, ".xlsx"), first, last, closes=bool(values.get("close")), failed=failed)

    def write(self, path: Path, first: date | None, last: date | None, *, closes: bool = False, failed: Callable[[Exception], None] | None = None) -> None:
        """Write the workbook in the background; the system's dialog has asked before replacing a file."""
        frame = self._frame
        work = partial(_write_workbook, frame.store, path, first, last, closes)
        background.write(self, self.windowTitle(), work, partial(self._written, path), failed or self.refuse)

    def _written(self, path: Path, result: WorkbookResult) -> None:
        count = result.documents + result.quotes
        self._frame.say(ntr("{count} document saved as {name}", "{count} documents saved as {name}", count, name=path.name), more=[_folder_of(path)])
        self.accept()


def _write_workbook(store: Store, path: Path, first: date | None, last: date | None, closes: bool, job: Job) -> WorkbookResult:
    from crmdesk.exchange.out.accounting import accountants_workbook
    from crmdesk.operations import workbooks
    from crmdesk.queries.ledger import Period
    from crmdesk.store.issued import closed_until
    from crmdesk.store.rights import authorize

    if closes:
        # What can't be closed is refused before a file is written that says nothing of it.
        authorize(store.viewer, "period.write")
        _check_over(store, last)
    result = accountants_workbook(store, path, Period(first, last), "window", replaces=True)
    if closes and last is not None:
        with store.read() as reader:
            known = closed_until(reader)
        if known is None or known < last:
            store.run(workbooks.close_period, last)
    return result


def _check_over(store: Store, last: date | None) -> None:
    from crmdesk.operations import workbooks

    try:
        workbooks.check_over(store.settings, last)
    except UserError as error:
        error.field = TO.name
        raise


class ReopenDialog(AskDialog):
    """Asks why closed days are opened again."""

    def __init__(self, frame: Frame, day: date) -> None:
        super().__init__(frame, [REASON], tr("Reopen all days up to {day}?", day=KINDS["date"].show(day, TO)), tr("Reopen"), self._reopen)
        lines = self.layout()
        assert isinstance(lines, QBoxLayout)
        lines.insertWidget(1, Text(tr("Documents dated in them can be issued and changed again. It stands in the journal."), "caption", wrap=True))

    def _reopen(self, values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        from crmdesk.operations import workbooks

        self._frame.do(workbooks.reopen_period, reason=str(values.get("reason") or ""), done=done, failed=failed)


def ask_reopen(frame: Frame) -> None:
    """Open a closed period again, after a question for the reason."""
    from crmdesk.store.issued import closed_until

    def answer(day: date | None) -> None:
        if day is None:
            frame.say(tr("No period is closed."))
        else:
            ReopenDialog(frame, day).open()

    assert isinstance(frame, QWidget)
    frame.ask(frame, closed_until, answer, key="closed period")


# ---- all data ----


class TakeEverythingDialog(AskDialog):
    """Asks what all data is taken out for, then for the file."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, [REASON], tr("Take all my data"), tr("Save as …"), self._count_first)
        lines = self.layout()
        assert isinstance(lines, QBoxLayout)
        about = tr("Every record and file of the store in one zip, which is not encrypted."), tr("The reason stands in the journal.")
        for place, text in enumerate(about, 1):
            lines.insertWidget(place, Text(text, "caption", wrap=True))

    def _count_first(self, values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        from crmdesk.exchange.out.everything import count_all

        self._frame.ask(self, count_all, partial(self._ask_file, str(values.get("reason") or "").strip(), failed))

    def _ask_file(self, reason: str, failed: Callable[[Exception], None], count: int) -> None:
        if self._frame.store.settings.asks_reason(count) and not reason:
            failed(UserError(tr("So many records are exported with a reason only."), field=REASON.name))
            return
        name = f"CRMDesk {clock.today(self._frame.store.settings.tz).isoformat()}.zip"
        path = file_dialogs.choose_output(self, self.windowTitle(), Path.home() / name, "ZIP (*.zip)")
        if path is None:
            self.accept_button.setEnabled(True)
            return
        write_everything(self._frame, file_dialogs.with_suffix(path, ".zip"), reason)
        self.accept()


def write_everything(frame: Frame, path: Path, reason: str = "") -> None:
    """Write all data in the background; the system's dialog has asked before replacing a file."""
    assert isinstance(frame, QWidget)
    background.write(frame, tr("Take all my data"), partial(_take, frame.store, path, reason), partial(_taken, frame))


def _take(store: Store, path: Path, reason: str, job: Job) -> Taken:
    from crmdesk.exchange.out.everything import export_all

    return export_all(store, path, job.progress, replaces=True, reason=reason, origin="window")


def _taken(frame: Frame, taken: Taken) -> None:
    path = Path(taken.file)
    frame.say(ntr("{count} record saved as {name}", "{count} records saved as {name}", taken.rows, name=path.name), more=[_folder_of(path)])


def _folder_of(path: Path) -> tuple[str, Callable[[], object]]:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    return tr("Show folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def actions(frame: Frame) -> list[Action]:
    """Return what stands in the menu."""
    return [
        Action(
            "file.everything",
            mark("Take all my data"),
            lambda: TakeEverythingDialog(frame).open(),
            "download",
            "",
            "file",
            words=mark("export backup zip everything"),
        ),
        Action(
            "file.workbook",
            mark("Accountant's workbook"),
            lambda: WorkbookDialog(frame).open(),
            "file-spreadsheet",
            "",
            "file",
            words=mark("tax export Excel period"),
        ),
        Action("file.reopen", mark("Reopen closed period"), partial(ask_reopen, frame), "undo-2", "", "file", words=mark("close period accountant")),
    ]
