"""Bringing files in: choose them, say what their columns mean and what happens to known records, look at what would come, import, undo."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from crmdesk.errors import Cancelled, UserError
from crmdesk.exchange.columns.kept import may_keep
from crmdesk.exchange.rows.decisions import Decision
from crmdesk.fields import AmbiguousDate
from crmdesk.i18n import ntr, tr
from crmdesk.operations import imports
from crmdesk.ui import background
from crmdesk.ui.importing.check import CheckStep
from crmdesk.ui.importing.choosing import FileStep
from crmdesk.ui.importing.counts import Counts
from crmdesk.ui.importing.done import DoneStep
from crmdesk.ui.importing.heading import STEPS, ImportHeader
from crmdesk.ui.importing.known import KnownStep
from crmdesk.ui.importing.looking import Looking
from crmdesk.ui.importing.meaning import ColumnsStep
from crmdesk.ui.importing.reading import KINDS
from crmdesk.ui.importing.work import Files, Look, Row, bring_in, open_named
from crmdesk.ui.page import Changed, Frame, Page, Place
from crmdesk.ui.widgets.basics import Button, row
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.exchange.rows.plan import ImportOptions
    from crmdesk.ui.background import Job

MOST_HEIGHT = 16_777_215


LOW = 640  # a page below this height has no room for figures that stand elsewhere too


class ImportPage(Page):
    """The steps of an import; `place.view` names what the rows are, if that is known, and the files: `contact:/home/…/people.csv`, a line each."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        from crmdesk.exchange.rows.plan import ImportOptions

        self.entity = "contact"
        self.files: Files | None = None
        self.options: ImportOptions = ImportOptions(on_duplicate="fill")
        self._wanted = ""
        self._is_said = False
        self._kinds: dict[Path, str] = {}
        self._named: tuple[Path, ...] = ()
        self._import_job: Job | None = None
        self.setAcceptDrops(True)
        self.looking = Looking(self)
        self.looking.shown.connect(self._show_look)
        self.looking.refused.connect(self._not_looked)
        self.looking.moved.connect(self._looked_further)
        self.header = ImportHeader()
        self.header.step_pressed.connect(self._step_pressed)
        self.column.addWidget(self.header)
        self.error = InlineError()
        self.column.addWidget(self.error)
        self.stack = QStackedWidget()
        for body in (self._file_step(), self._columns_step(), self._duplicates_step(), self._check_step(), self._done_step()):
            self.stack.addWidget(body)
        self.column.addWidget(self.stack, 100)
        self.counts = Counts()
        self.column.addWidget(self.counts)
        self.column.addLayout(self._foot())
        self.column.addStretch(1)
        background.bridge().moved.connect(self._moved)
        self.known.show_mode(self.options.on_duplicate)
        self.go_to("file")

    # --- what it is made of -----------------------------------------------------------------------------------------

    def _file_step(self) -> QWidget:
        self.file = FileStep()
        self.file.chosen.connect(self._chosen)
        self.file.changed.connect(self._reading_chosen)
        self.file.others_wanted.connect(self.start_over)
        return self.file

    def _columns_step(self) -> QWidget:
        self.meaning = ColumnsStep()
        self.columns, self.questions = self.meaning.columns, self.meaning.questions
        self.meaning.changed.connect(self.check)
        self.meaning.resized.connect(self._fit)
        self.meaning.forget_wanted.connect(self._forget_mapping)
        self.meaning.suggestion_wanted.connect(self._take_suggestion)
        self.questions.answered.connect(self._answered)
        return self.meaning

    def _duplicates_step(self) -> QWidget:
        self.known = KnownStep()
        self.known.mode_chosen.connect(self._mode_chosen)
        self.known.match_chosen.connect(self._match_chosen)
        self._listen_to(self.known)
        return self.known

    def _check_step(self) -> QWidget:
        self.checked = CheckStep()
        self.checked.whole_toggled.connect(self._toggle_whole)
        self._listen_to(self.checked)
        return self.checked

    def _listen_to(self, step: KnownStep | CheckStep) -> None:
        step.rows.decided.connect(self._decided)
        step.rows.all_decided.connect(self._all_decided)
        step.rows.opened.connect(self._open_known)

    def _done_step(self) -> QWidget:
        self.done = DoneStep(self.frame)
        self.done.again_wanted.connect(self.start_over)
        self.done.corrected_wanted.connect(self._import_rejects)
        return self.done

    def _foot(self) -> Any:
        self.back_button = Button(tr("Back"), self.back)
        self.keep_button = Button(tr("Save this mapping"), self._keep_mapping, "flat")
        self.next_button = Button(tr("Continue"), self.go_on, "primary")
        return row(self.back_button, None, self.keep_button, self.next_button)

    # --- arriving ---------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        entity, _, names = place.view.partition(":")
        if self._import_job is not None:
            return
        if names:
            self.open_files([Path(name) for name in names.split("\n")], entity)
        elif entity and (not self._named or self.done.result is not None or entity != self._wanted):
            self.start_over()
            self._take_entity(entity)

    def refresh(self, changed: Changed) -> None:
        self.done.refresh()

    def focus_first(self) -> None:
        first: QWidget = self.next_button
        if self.step() == "file" and self.files is None:
            first = self.file.choose_button
        elif self.step() == "done":
            first = self.done.first()
        elif self.step() == "columns" and self.questions.first() is not None:
            first = self.questions.first() or first
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def start_over(self) -> None:
        """Forget the files and begin again."""
        self.looking.forget()
        self.files = None
        self._named = ()
        self.options = replace(self.options, encoding=None, delimiter=None, sheet=None, dates="", decimal="", own_fields=(), uses_kept=True, decisions={})
        self.meaning.forget()
        self.done.forget()
        self.questions.clear()
        self.error.say("")
        self.file.forget()
        self.go_to("file")

    def _take_entity(self, entity: str) -> None:
        self._wanted = entity if entity in KINDS else ""
        self.entity = self._wanted or self.entity
        self._name()

    def _name(self) -> None:
        entity = self._wanted if self.files is None else "" if self.files.is_mixed else self.entity
        self.header.show_what(entity, self.files, self.looking.seen, self.width())

    def _make_room(self) -> None:
        """Let the rows have the room where the window is low; the tabs of the last step say the counts too."""
        is_low, step = self.height() < LOW, self.step()
        self.counts.setVisible(step in ("columns", "duplicates") or (step == "check" and not is_low))
        self.counts.show_short(is_low)

    # --- steps ------------------------------------------------------------------------------------------------------

    def step(self) -> str:
        """Return the step that is shown."""
        return STEPS[self.stack.currentIndex()]

    def _steps(self) -> tuple[str, ...]:
        """Return the steps that these files need: who says himself what he holds has no columns to choose."""
        return STEPS if self.files is None or self.files.has_columns else tuple(step for step in STEPS if step != "columns")

    def go_to(self, step: str) -> None:
        """Show a step: `file`, `columns`, `duplicates`, `check`, `done`."""
        self.stack.setCurrentIndex(STEPS.index(step))
        self.header.show_steps(self._steps(), step)
        is_between = step in ("columns", "duplicates", "check")
        self._make_room()
        self.back_button.setVisible(is_between or (step == "file" and self.files is not None))
        self.keep_button.setVisible(step == "columns" and self._can_keep())
        self.next_button.setVisible(is_between or (step == "file" and self.files is not None))
        self.next_button.setText(tr("Import") if step == "check" else tr("Continue"))
        self._fit()
        self._name()
        self._show_counts()
        if step == "check" and self.look is not None and not self.look.is_whole and self.looking.whole is None:
            self._look_at_all()
        if self.isVisible():
            self.focus_first()

    @Slot(str)
    def _step_pressed(self, step: str) -> None:
        steps = self._steps()
        if steps.index(step) < steps.index(self.step()) and self.step() != "done":
            self.go_to(step)

    @Slot()
    def _fit(self) -> None:
        """Put the figures right beneath a short list of columns, as in a form."""
        self.stack.setMaximumHeight(min(MOST_HEIGHT, self.meaning.wanted_height()) if self.step() == "columns" else MOST_HEIGHT)

    def back(self) -> None:
        """Go one step back."""
        steps, step = self._steps(), self.step()
        if step == "file":
            self.start_over()
        else:
            self.go_to(steps[steps.index(step) - 1])

    def go_on(self) -> None:
        """Go one step on; from the last one, import."""
        steps, step = self._steps(), self.step()
        if step == "check":
            self.run_import()
        elif step != "done":
            self.go_to(steps[steps.index(step) + 1])

    # --- the files --------------------------------------------------------------------------------------------------

    @Slot(list)
    def _chosen(self, paths: list[Path]) -> None:
        self.open_files(paths, self._wanted)

    def open_files(self, paths: Sequence[Path], wanted: str = "") -> None:
        """Open files and folders and say what their columns seem to mean.

        Args:
            wanted: what the user was looking at; the files may say otherwise.
        """
        self.start_over()
        self._named, self._is_said, self._kinds = tuple(paths), False, {}
        self._take_entity(wanted)
        self._open()

    def _open(self) -> None:
        self.looking.stop()
        self.error.say("")
        self.file.choose_button.setEnabled(False)
        self.next_button.setEnabled(False)
        work = partial(open_named, self._named, self.options, self._wanted, self._is_said, dict(self._kinds))
        background.read(self, work, self._opened, self._refused, key="open")

    def _opened(self, files: Files) -> None:
        is_again = self.files is not None
        self.file.choose_button.setEnabled(True)
        self.files, self.entity = files, files.entity
        self.looking.forget()
        self.options = replace(self.options, own_fields=(), decisions={})
        self.meaning.forget()
        self.file.show_files(files)
        if not is_again and files.is_clear and files.has_columns:
            self.go_to("columns")
        else:
            self.go_to("file")
        self._look_again()

    @Slot()
    def _reading_chosen(self) -> None:
        """Read the file again the way the user says."""
        files = self.files
        if files is None:
            return
        first, said = files.first, self.file.said(files)
        entity, encoding, delimiter, sheet = said["entity"], said["encoding"], said["delimiter"], said["sheet"]
        table = said["table"]
        is_other_kind = entity != files.kind(table)
        is_other = is_other_kind or (encoding, delimiter, sheet or first.sheet) != (first.encoding, first.delimiter, first.sheet)
        # What is not changed is left to be found out, file by file.
        self.options = replace(
            self.options, dates=said["dates"], encoding=encoding if encoding != first.encoding else self.options.encoding,
            delimiter=delimiter if delimiter != first.delimiter else self.options.delimiter, sheet=sheet if sheet != first.sheet else self.options.sheet,
        )  # fmt: skip
        if is_other_kind and not files.is_one:
            self._kinds[table.path] = entity
        elif is_other_kind or self._is_said:
            self._is_said, self._wanted = True, entity
        if is_other:
            self._open()
        else:
            self.check()

    @Slot()
    def _take_suggestion(self) -> None:
        """Take the rows for what they look like."""
        if self.files is not None:
            self._wanted, self._is_said = self.files.other, True
            self._open()

    def _refused(self, error: Exception) -> None:
        self.file.choose_button.setEnabled(True)
        self.next_button.setEnabled(self.files is not None)
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserError):
            self.error.say(error.words)
            if self.files is None:
                self._named = ()
        else:
            self.frame.show_error(error)

    # --- what would come --------------------------------------------------------------------------------------------

    @Slot()
    def check(self) -> None:
        """Work out in the background what would come; a later question takes the place of an earlier one."""
        if self.files is not None:
            self.options = replace(self.options, own_fields=self.meaning.own_fields())
            self._look_again()

    @property
    def look(self) -> Look | None:
        """What was seen of the files last."""
        return self.looking.seen

    def _look_again(self) -> None:
        if self.files is None:
            return
        self.error.say("")
        self.looking.begin(self.frame.store, self.files, self.options, self.meaning.layouts())
        self._show_counts()

    def _look_at_all(self) -> None:
        self.looking.go_on()
        self._show_extent()

    def _show_extent(self) -> None:
        if self.look is not None:
            self.checked.show_extent(self.look, self.looking.whole)

    @Slot()
    def _toggle_whole(self) -> None:
        """Stop looking at all rows, or begin with it."""
        if self.looking.whole is None:
            self._look_at_all()
        elif self.look is not None:
            self.looking.stop()
            self._show_extent()
            self._show_counts()

    @Slot()
    def _looked_further(self) -> None:
        self._show_extent()
        self._show_counts()

    @Slot(object, bool)
    def _show_look(self, seen: Look, is_first: bool) -> None:
        if self.files is not None:
            self.meaning.show_look(self.files, seen, self.options, seen.is_whole or self.looking.whole is None)
        self.keep_button.setVisible(self.step() == "columns" and self._can_keep())
        self.known.show_look(seen, self.options.on_duplicate)
        self.checked.show_look(seen, self.options.on_duplicate)
        self._show_extent()
        self._fit()
        self._show_counts()
        self._name()
        if is_first and self.isVisible():
            self.focus_first()

    @Slot(object)
    def _not_looked(self, error: Exception) -> None:
        self._show_counts()
        self._show_extent()
        self._refused(error)
        if self.look is None and self.step() != "file":
            self.go_to("file")
        self.next_button.setEnabled(False)

    def _show_counts(self) -> None:
        seen, step = self.look, self.step()
        waits = self.questions.unanswered() is not None
        can_import = seen is not None and (seen.count("added") + seen.count("updated") > 0 or not seen.is_whole)
        self.next_button.setEnabled(self.files is not None and seen is not None and not (waits and step != "file") and (step != "check" or can_import))
        self.next_button.setToolTip(tr("Answer the question above first.") if waits and step == "columns" else "")
        if seen is None:
            self.counts.wait(self.looking.head is not None)
        else:
            self.counts.show_look(seen, self.options.on_duplicate, self.looking.whole)

    # --- what the user says -----------------------------------------------------------------------------------------

    def _answered(self, about: str, answer: str) -> None:
        """Take the answer to a question, for all columns of its sort."""
        self.options = replace(self.options, dates=answer) if about == "dates" else replace(self.options, decimal=answer)
        if about == "dates":
            dates = self.file.reading.dates
            dates.setCurrentIndex(dates.findData(answer))
        self.check()

    @Slot(str)
    def _mode_chosen(self, value: str) -> None:
        self.options = replace(self.options, on_duplicate=value)
        self.known.show_mode(value)
        self.check()

    @Slot(str)
    def _match_chosen(self, value: str) -> None:
        self.options = replace(self.options, match=(value,) if value else ())
        self.check()

    @Slot(object, str, object)
    def _decided(self, one: Row, mode: str, record: UUID | None) -> None:
        """Take what the user says about one row; what holds for all rows anyway is nothing of its own."""
        decisions = dict(self.options.decisions)
        if record is None and mode in {"", self.options.on_duplicate}:
            decisions.pop(one.place, None)
        else:
            decisions[one.place] = Decision(mode, record)
        self.options = replace(self.options, decisions=decisions)
        self.check()

    @Slot()
    def _all_decided(self) -> None:
        """Take all rows that may be records for these."""
        if self.look is None:
            return
        said = {one.place: Decision(self.options.on_duplicate, one.may_be) for one in self.look.likely if one.decision is None}
        self.options = replace(self.options, decisions={**self.options.decisions, **said})
        self.check()

    @Slot(object)
    def _open_known(self, one: Row) -> None:
        """Show the record of a row in a window of its own, so that the import stays where it is."""
        record = one.seen.record or one.may_be
        if record is not None:
            self.frame.open_record(one.seen.entity, record, own_window=True)

    def _can_keep(self) -> bool:
        return self.look is not None and self.meaning.to_keep() is not None and may_keep(self.frame.store.viewer)

    def _keep_mapping(self) -> None:
        """Remember what the columns of such files mean."""
        kept = self.meaning.to_keep()
        if kept is None:
            return
        mark_of, name, columns = kept
        said = json.dumps(columns, ensure_ascii=False, sort_keys=True)
        self.frame.do(
            imports.keep_mapping, self.meaning.entity(self.entity), mark_of, name, said, self.options.dates, said=tr("The next such file is read the same way.")
        )

    @Slot()
    def _forget_mapping(self) -> None:
        """Guess anew what the columns mean, and let the next such file be guessed too."""
        shown = self.meaning.shown()
        kept = shown.plan.kept if shown is not None else None
        self.options = replace(self.options, uses_kept=False, own_fields=())
        self.looking.forget()
        self.meaning.forget()
        if kept is not None and may_keep(self.frame.store.viewer):
            self.frame.do(imports.forget_mapping, kept.id, said=tr("What the columns meant last time is forgotten."))
        self._look_again()

    # --- importing --------------------------------------------------------------------------------------------------

    def run_import(self) -> None:
        """Import; one undo takes everything back."""
        files, seen = self.files, self.look
        if files is None or seen is None:
            return
        self.looking.stop()
        self.go_to("done")
        name = files.first.path.name if files.is_one else ntr("{count} file", "{count} files", len(files.tables))
        work = partial(bring_in, self.frame.store, files, self.options, seen, self.meaning.layouts())
        job = background.write(self, tr("Importing {name}", name=name), work, self._imported, self._not_imported)
        job.has_own_panel = True
        self._import_job = job
        self.done.follow(job)
        self.done.panel.stop.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _moved(self, job: Job) -> None:
        if job is self._import_job:
            self.done.panel.refresh()

    def _imported(self, result: ImportResult) -> None:
        self._import_job = None
        self.done.show_result("" if self.files is not None and self.files.is_mixed else self.entity, result)
        self.focus_first()

    def _not_imported(self, error: Exception) -> None:
        self._import_job = None
        self.done.panel.hide()
        self.go_to("columns" if isinstance(error, AmbiguousDate) and self.files is not None and self.files.has_columns else "check")
        if isinstance(error, Cancelled):
            self.frame.say(tr("Stopped. Nothing was written."))
        else:
            self._refused(error)

    @Slot()
    def _import_rejects(self) -> None:
        """Import the rejected rows again, after they were corrected."""
        result = self.done.result
        if result is not None and result.rejects_file:
            self.open_files([Path(result.rejects_file)], self.entity)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name()
        self._make_room()

    # --- dropping ---------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()) and self._import_job is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.open_files(files, self._wanted)
