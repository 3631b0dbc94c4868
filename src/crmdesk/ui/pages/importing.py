"""Bringing files in: choose them, say what their columns mean and what happens to known records, look at what would come, import, undo."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from crmdesk.errors import Cancelled, UserError
from crmdesk.exchange.columns.kept import may_keep
from crmdesk.exchange.rows.decisions import Decision
from crmdesk.fields import AmbiguousDate
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import imports
from crmdesk.ui import background
from crmdesk.ui.importing.check import CheckStep
from crmdesk.ui.importing.done import DoneStep
from crmdesk.ui.importing.known import MODES, KnownStep
from crmdesk.ui.importing.meaning import ColumnsStep
from crmdesk.ui.importing.reading import KINDS, TEXTS, ReadingView, encoding_name, format_name
from crmdesk.ui.importing.rows import Number
from crmdesk.ui.importing.work import Files, Look, Row, bring_in, look, open_named
from crmdesk.ui.page import Frame, Page, Place
from crmdesk.ui.widgets.basics import Button, Card, Chip, Picture, Text, row
from crmdesk.ui.widgets.heads import PageHeader
from crmdesk.ui.widgets.messages import InlineError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.exchange.rows.plan import ImportOptions
    from crmdesk.ui.background import Job

ENDINGS = "*.csv *.tsv *.tab *.txt *.xlsx *.xlsm *.xlsb *.xls *.ods *.json *.vcf *.vcard *.ics *.vcs *.eml *.msg"
STEPS = ("file", "columns", "duplicates", "check", "done")
STEP_LABELS = {"file": mark("{number} File"), "columns": mark("{number} Columns"), "duplicates": mark("{number} Duplicates"), "check": mark("{number} Check")}
MOST_HEIGHT = 16_777_215
ROOM_FOR_ALL, ROOM_FOR_TWO = 1050, 850


class ImportPage(Page):
    """The steps of an import; `place.view` names what the rows are, if that is known, and the files: `contact:/home/…/people.csv`, a line each."""

    watches = frozenset({"member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        from crmdesk.exchange.rows.plan import ImportOptions

        self.entity = "contact"
        self.files: Files | None = None
        self.options: ImportOptions = ImportOptions(on_duplicate="fill")
        self.look: Look | None = None
        self._wanted = ""
        self._is_said = False
        self._named: tuple[Path, ...] = ()
        self._look_job: Job | None = None
        self._whole_job: Job | None = None
        self._import_job: Job | None = None
        self.setAcceptDrops(True)
        self.header = PageHeader(tr("Import"))
        self.steps = [Chip("", "muted", partial(self._step_pressed, step)) for step in STEP_LABELS]
        self.header.add(*self.steps)
        self.column.addWidget(self.header)
        self.error = InlineError()
        self.column.addWidget(self.error)
        self.stack = QStackedWidget()
        for body in (self._file_step(), self._columns_step(), self._duplicates_step(), self._check_step(), self._done_step()):
            self.stack.addWidget(body)
        self.column.addWidget(self.stack, 100)
        self.column.addLayout(self._cards())
        self.column.addLayout(self._foot())
        self.column.addStretch(1)
        background.bridge().moved.connect(self._moved)
        self.known.show_mode(self.options.on_duplicate)
        self.go_to("file")

    # --- what it is made of -----------------------------------------------------------------------------------------

    def _file_step(self) -> QWidget:
        self.choose_button = Button(tr("Choose files"), self.choose, "primary", "folder-open")
        self.folder_button = Button(tr("Choose folder"), self.choose_folder, icon="folder")
        card = Card(padding=32, space=12)
        sentence = Text(tr("Drop files or a folder here, or choose them"), "dialog")
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        note = Text(
            tr("Tables in any encoding, Excel and LibreOffice workbooks, address cards, calendars, mails, JSON. Nothing is written before you have seen what comes."), "muted", wrap=True
        )  # fmt: skip
        note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        card.body.addStretch(1)
        card.add(row(None, Picture("upload", "muted", 32), None), sentence, note, row(None, self.choose_button, self.folder_button, None, space=8))
        card.body.addStretch(1)
        self.reading = ReadingView()
        self.reading.changed.connect(self._reading_chosen)
        self.reading.others_wanted.connect(self.start_over)
        self.file_parts = QStackedWidget()
        self.file_parts.addWidget(card)
        self.file_parts.addWidget(self.reading)
        return self.file_parts

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

    def _cards(self) -> Any:
        self.new_card, self.known_card, self.problem_card = _Count(), _Count(), _Count()
        self._count_cards = (self.new_card, self.known_card, self.problem_card)
        return row(*self._count_cards, space=12)

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

    def focus_first(self) -> None:
        first: QWidget = self.next_button
        if self.step() == "file" and self.files is None:
            first = self.choose_button
        elif self.step() == "done":
            first = self.done.first()
        elif self.step() == "columns" and self.questions.first() is not None:
            first = self.questions.first() or first
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def start_over(self) -> None:
        """Forget the files and begin again."""
        self._stop_looking()
        self.files = self.look = None
        self._named = ()
        self.options = replace(self.options, encoding=None, delimiter=None, sheet=None, dates="", decimal="", own_fields=(), uses_kept=True, decisions={})
        self.meaning.forget()
        self.done.forget()
        self.questions.clear()
        self.error.say("")
        self.file_parts.setCurrentIndex(0)
        self.go_to("file")

    def _take_entity(self, entity: str) -> None:
        self._wanted = entity if entity in KINDS else ""
        self.entity = self._wanted or self.entity
        self._name()

    def _name(self) -> None:
        plural = tr(entity_class(self.entity).entity.plural)
        if self.files is None and not self._wanted:
            self.header.set_title(tr("Import"))
        else:
            self.header.set_title(tr("Import {what}", what=plural[:1].lower() + plural[1:] if plural.isascii() and tr("Import") == "Import" else plural))
        self.header.set_note(" · ".join(self._facts()))

    def _facts(self) -> list[str]:
        """Return what stands beside the title: the file, its rows, its format, its encoding."""
        files = self.files
        if files is None:
            return []
        if files.folder:
            parts = [files.folder]
        elif not files.is_one or len(files.named) > 1 or files.refused:
            parts = [ntr("{count} file", "{count} files", len(files.tables) + len(files.refused) if not files.is_one else max(len(files.named), 1))]
        else:
            parts = [files.first.path.name]
        count = self.look.count("total") if self.look is not None else sum(table.line_count or 0 for table in files.tables)
        parts.append(ntr("{count} row", "{count} rows", Number(count)))
        product = self.look.first.layout.product if self.look is not None and files.is_one else None
        parts.append(tr("{product} format recognised", product=product) if product else " · ".join(dict.fromkeys(format_name(table) for table in files.tables)))
        if files.is_one and files.first.encoding and files.first.format in TEXTS:
            parts.append(encoding_name(files.first.encoding))
        return parts if self.width() >= ROOM_FOR_ALL else parts[:2] if self.width() >= ROOM_FOR_TWO else []

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
        self._show_steps(step)
        is_between = step in ("columns", "duplicates", "check")
        for card in self._count_cards:
            card.setVisible(is_between)
        self.back_button.setVisible(is_between or (step == "file" and self.files is not None))
        self.keep_button.setVisible(step == "columns" and self._can_keep())
        self.next_button.setVisible(is_between or (step == "file" and self.files is not None))
        self.next_button.setText(tr("Import") if step == "check" else tr("Continue"))
        self._fit()
        self._name()
        self._show_counts()
        if step == "check" and self.look is not None and not self.look.is_whole and self._whole_job is None:
            self._look_at_all()
        if self.isVisible():
            self.focus_first()

    def _show_steps(self, now: str) -> None:
        """Number the steps that there are; those that are behind can be gone back to."""
        needed, at = self._steps(), self._steps().index(now)
        for chip, step in zip(self.steps, STEP_LABELS, strict=True):
            chip.setVisible(step in needed)
            if step not in needed:
                continue
            place = needed.index(step)
            chip.show_as(tr(STEP_LABELS[step], number=place + 1), "accent" if place <= at else "muted")
            chip.set_strong(step == now)
            chip.setEnabled(place < at and now != "done")
            chip.setAccessibleDescription(tr("This step") if step == now else tr("Go back to this step") if place < at else tr("Still to come"))

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

    def choose(self) -> None:
        """Ask for one or several files."""
        kinds = f"{tr('Files that can be imported')} ({ENDINGS});;{tr('All files')} (*)"
        names, _ = QFileDialog.getOpenFileNames(self, tr("Choose files to import"), str(Path.home()), kinds)
        if names:
            self.open_files([Path(name) for name in names], self._wanted)

    def choose_folder(self) -> None:
        """Ask for a folder; all of it that can be imported is taken."""
        if name := QFileDialog.getExistingDirectory(self, tr("Choose a folder to import"), str(Path.home())):
            self.open_files([Path(name)], self._wanted)

    def open_files(self, paths: Sequence[Path], wanted: str = "") -> None:
        """Open files and folders and say what their columns seem to mean.

        Args:
            wanted: what the user was looking at; the files may say otherwise.
        """
        self.start_over()
        self._named, self._is_said = tuple(paths), False
        self._take_entity(wanted)
        self._open()

    def open_file(self, path: Path) -> None:
        """Open one file."""
        self.open_files([path], self._wanted)

    def _open(self) -> None:
        self._stop_looking()
        self.error.say("")
        self.choose_button.setEnabled(False)
        self.next_button.setEnabled(False)
        work = partial(open_named, self._named, self.options, self._wanted, self._is_said)
        background.read(self, work, self._opened, self._refused, key="open")

    def _opened(self, files: Files) -> None:
        is_again = self.files is not None
        self.choose_button.setEnabled(True)
        self.files, self.entity, self.look = files, files.entity, None
        self.options = replace(self.options, own_fields=(), decisions={})
        self.meaning.forget()
        self.reading.show_files(files)
        self.file_parts.setCurrentIndex(1)
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
        first, view = files.first, self.reading
        dates, entity = str(view.dates.currentData() or ""), str(view.kind.currentData())
        is_text = first.format in TEXTS
        encoding = str(view.encoding.currentData()) if is_text else first.encoding
        delimiter = str(view.delimiter.currentData()) if is_text else first.delimiter
        sheet = str(view.sheet.currentData()) if len(first.sheets) > 1 else None
        is_other = (encoding, delimiter, sheet or first.sheet, entity) != (first.encoding, first.delimiter, first.sheet, files.entity)
        # What is not changed is left to be found out, file by file.
        self.options = replace(
            self.options, dates=dates, encoding=encoding if encoding != first.encoding else self.options.encoding,
            delimiter=delimiter if delimiter != first.delimiter else self.options.delimiter, sheet=sheet if sheet != first.sheet else self.options.sheet,
        )  # fmt: skip
        self._is_said = self._is_said or entity != files.entity
        self._wanted = entity if self._is_said else self._wanted
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
        self.choose_button.setEnabled(True)
        self.next_button.setEnabled(self.files is not None)
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserError):
            self.error.say(str(error))
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

    def _look_again(self) -> None:
        """Look at the head of the files, which takes no time, and then at all of them."""
        files = self.files
        if files is None:
            return
        self._stop_looking()
        self.error.say("")
        work = partial(look, self.frame.store, files, self.options, self.meaning.layouts(), False)
        self._look_job = background.read(self, work, self._show_look, self._not_looked, key="look")
        self._show_counts()

    def _look_at_all(self) -> None:
        files, seen = self.files, self.look
        if files is not None and seen is not None:
            work = partial(look, self.frame.store, files, self.options, self.meaning.layouts(), True)
            self._whole_job = background.read(self, work, self._show_look, self._not_looked, key="look")
            self.checked.show_extent(seen, self._whole_job)

    def _stop_looking(self) -> None:
        for job in (self._look_job, self._whole_job):
            if job is not None:
                job.cancel()
        self._look_job = self._whole_job = None

    @Slot()
    def _toggle_whole(self) -> None:
        """Stop looking at all rows, or begin with it."""
        if self._whole_job is None:
            self._look_at_all()
        elif self.look is not None:
            self._stop_looking()
            self.checked.show_extent(self.look, None)
            self._show_counts()

    def _show_look(self, seen: Look) -> None:
        is_first = self.look is None
        self.look, self._look_job, self._whole_job = seen, None, None
        if not seen.is_whole:
            self._look_at_all()
        if self.files is not None:
            self.meaning.show_look(self.files, seen, self.options, seen.is_whole or self._whole_job is None)
        self.keep_button.setVisible(self.step() == "columns" and self._can_keep())
        self.known.show_look(seen, self.options.on_duplicate)
        self.checked.show_look(seen, self.options.on_duplicate)
        self.checked.show_extent(seen, self._whole_job)
        self._fit()
        self._show_counts()
        self._name()
        if is_first and self.isVisible():
            self.focus_first()

    def _not_looked(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self._look_job = self._whole_job = None
        self._show_counts()
        if self.look is not None:
            self.checked.show_extent(self.look, None)
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
            said = tr("checking") if self._look_job is not None else ""
            for card, label in zip(self._count_cards, (tr("New"), tr("Already known"), tr("Problems")), strict=True):
                card.say(label, said)
            return
        part = "" if seen.is_whole else self._part(seen)
        mode = next(label for value, label, _ in MODES if value == self.options.on_duplicate)
        rejected = seen.count("rejected")
        self.new_card.say(ntr("{count} new", "{count} new", Number(seen.count("added"))), part or tr("will be added, undo at any time"))
        self.known_card.say(ntr("{count} already known", "{count} already known", Number(seen.count("updated") + seen.count("skipped"))), part or tr(mode))
        kept = tr("kept in a file to correct and import again") if rejected else tr("none")
        self.problem_card.say(ntr("{count} row with problems", "{count} rows with problems", Number(rejected)), part or kept)

    def _part(self, seen: Look) -> str:
        """Say what counts stand for that are not those of all rows."""
        job = self._whole_job
        first = ntr("of the first row", "of the first {count} rows", Number(seen.count("read")))
        return tr("{first} · all rows: {percent} %", first=first, percent=100 * job.done // job.total) if job is not None and job.total else first

    # --- what the user says -----------------------------------------------------------------------------------------

    def _answered(self, about: str, answer: str) -> None:
        """Take the answer to a question, for all columns of its sort."""
        self.options = replace(self.options, dates=answer) if about == "dates" else replace(self.options, decimal=answer)
        if about == "dates":
            self.reading.dates.setCurrentIndex(self.reading.dates.findData(answer))
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
        self.frame.do(imports.keep_mapping, self.entity, mark_of, name, said, self.options.dates, said=tr("The next such file is read the same way."))

    @Slot()
    def _forget_mapping(self) -> None:
        """Guess anew what the columns mean, and let the next such file be guessed too."""
        shown = self.meaning.shown()
        kept = shown.plan.kept if shown is not None else None
        self.options, self.look = replace(self.options, uses_kept=False, own_fields=()), None
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
        self._stop_looking()
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
        elif job is self._whole_job and job.total and self.look is not None:
            self.checked.show_extent(self.look, job)
            self._show_counts()

    def _imported(self, result: ImportResult) -> None:
        self._import_job = None
        self.done.show_result(self.entity, result)
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

    # --- dropping ---------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()) and self._import_job is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.open_files(files, self._wanted)


class _Count(Card):
    """One of the three figures: how many are new, known, not understood."""

    def __init__(self) -> None:
        super().__init__(space=2)
        self.figure, self.note = Text("", "strong"), Text("", "muted", wrap=True)
        self.add(self.figure, self.note)
        self.body.addStretch(1)

    def say(self, figure: str, note: str) -> None:
        """Show figure and note."""
        self.figure.setText(figure)
        self.note.setText(note)
        self.setAccessibleName(f"{figure}, {note}" if note else figure)
