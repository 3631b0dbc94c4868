"""Bringing files in: choose them, say what their columns mean and what happens to known records, look at what would come, import, undo."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QProgressBar, QStackedWidget, QWidget

from crmdesk.errors import Cancelled, UserError
from crmdesk.exchange.kept import fingerprint, may_keep, worth_keeping
from crmdesk.exchange.outcomes import CHANGES, KNOWN, NEW, REFUSED, SAME
from crmdesk.fields import AmbiguousDate
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import imports
from crmdesk.ui import background
from crmdesk.ui.import_columns import ColumnsView, is_kept_from_last_time
from crmdesk.ui.import_questions import Questions, Strip
from crmdesk.ui.import_reading import KINDS, TEXTS, ReadingView, encoding_name, format_name
from crmdesk.ui.import_rows import Number, RowsView
from crmdesk.ui.import_work import Files, Look, bring_in, look, open_named
from crmdesk.ui.page import Frame, Page, Place
from crmdesk.ui.widgets.basics import Button, Card, Chip, Clickable, Picture, Text, column, row
from crmdesk.ui.widgets.heads import PageHeader
from crmdesk.ui.widgets.messages import InlineError, ProgressPanel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.exchange.layouts import Layout
    from crmdesk.exchange.plan import ImportOptions
    from crmdesk.exchange.table import Table
    from crmdesk.ui.background import Job

PAGES = {
    "contact": "contacts",
    "company": "companies",
    "lead": "leads",
    "deal": "pipeline",
    "ticket": "tickets",
    "quote": "quotes",
    "task": "tasks",
    "article": "articles",
}
ENDINGS = "*.csv *.tsv *.tab *.txt *.xlsx *.xlsm *.xlsb *.xls *.ods *.json *.vcf *.vcard *.ics *.vcs *.eml *.msg"
STEPS = ("file", "columns", "duplicates", "check", "done")
STEP_LABELS = (mark("1 File"), mark("2 Columns"), mark("3 Duplicates"), mark("4 Check"))
MODES = (
    ("fill", mark("Fill empty fields"), mark("Known records keep what they have and get what they lack")),
    ("skip", mark("Leave known records as they are"), mark("Only new records come in")),
    ("overwrite", mark("Overwrite"), mark("The file wins wherever it has a value")),
    ("add", mark("Add another record"), mark("Nothing is compared; doubles are possible")),
)
MATCHES = (
    ("", mark("Automatically")),
    ("email", mark("By mail address only")),
    ("name", mark("By name only")),
    ("external_id", mark("By the other program's id only")),
)
MOST_HEIGHT = 16_777_215
ROOM_FOR_ALL, ROOM_FOR_TWO = 1050, 850
MODES_WIDTH = 300


class ImportPage(Page):
    """The steps of an import; `place.view` names what the rows are, if that is known, and the files: `contact:/home/…/people.csv`, a line each."""

    watches = frozenset({"member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        from crmdesk.exchange.plan import ImportOptions

        self.entity = "contact"
        self.files: Files | None = None
        self.options: ImportOptions = ImportOptions(on_duplicate="fill")
        self.look: Look | None = None
        self.result: ImportResult | None = None
        self._wanted = ""
        self._is_said = False
        self._named: tuple[Path, ...] = ()
        self._layout: Layout | None = None
        self._look_job: Job | None = None
        self._whole_job: Job | None = None
        self._import_job: Job | None = None
        self.setAcceptDrops(True)
        self.header = PageHeader(tr("Import"))
        self.steps = [Chip(tr(label), "muted") for label in STEP_LABELS]
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
        self._show_modes()
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
        self.kept_strip = Strip("history")
        self.forget_button = self.kept_strip.add_button(tr("Don't use it"), self._forget_mapping)
        self.kind_strip = Strip("info")
        self.kind_button = self.kind_strip.add_button("", self._take_suggestion)
        self.several_strip = Strip("layers")
        self.hand_strip = Strip("circle-help")
        self._strips = (self.kind_strip, self.kept_strip, self.several_strip, self.hand_strip)
        self.questions = Questions()
        self.questions.answered.connect(self._answered)
        self.columns = ColumnsView()
        self.columns.changed.connect(self.check)
        body = QWidget()
        layout = column(*self._strips, self.questions, space=8)
        layout.addWidget(self.columns, 1)
        body.setLayout(layout)
        return body

    def _duplicates_step(self) -> QWidget:
        lines = column(Text(tr("When a record is known already"), "strong"), space=8)
        self.modes: dict[str, Clickable] = {}
        for value, label, note in MODES:
            choice = Clickable(tr(label))
            choice.setProperty("card", "true")
            tick = Picture("check", "accent", 16)
            choice.setLayout(
                row(column(Text(tr(label), "strong", wrap=True), Text(tr(note), "caption", wrap=True), space=2), tick, space=12, margins=(14, 10, 14, 10))
            )
            choice.clicked.connect(partial(self._mode_chosen, value))
            choice.setProperty("tick", tick)
            self.modes[value] = choice
            lines.addWidget(choice)
        self.match = QComboBox()
        words = Text(tr("Known records are recognised"), "caption")
        words.setBuddy(self.match)
        self.match.setAccessibleName(tr("Known records are recognised"))
        for value, label in MATCHES:
            self.match.addItem(tr(label), value)
        self.match.activated.connect(self._match_chosen)
        lines.addSpacing(4)
        lines.addLayout(column(words, self.match, space=3))
        lines.addStretch(1)
        side = QWidget()
        side.setFixedWidth(MODES_WIDTH)
        side.setLayout(lines)
        self.known_rows = RowsView(tr("Known records"), (CHANGES, SAME, KNOWN), with_outcome=False)
        body = QWidget()
        body.setLayout(row(side, self.known_rows, space=16))
        return body

    def _check_step(self) -> QWidget:
        self.notes = Text("", "muted", wrap=True)
        self.rows = RowsView(tr("What becomes of the rows"), (NEW, CHANGES, SAME, KNOWN, REFUSED), with_outcome=True)
        self.extent = Text("", "muted")
        self.extent_bar = QProgressBar()
        self.extent_bar.setTextVisible(False)
        self.extent_bar.setFixedWidth(160)
        self.extent_bar.setAccessibleName(tr("Looking at all rows"))
        self.extent_button = Button("", self._toggle_whole, "link")
        body = QWidget()
        layout = column(row(self.extent, self.extent_bar, self.extent_button, None, space=10), self.notes, space=8)
        layout.addWidget(self.rows, 1)
        body.setLayout(layout)
        return body

    def _done_step(self) -> QWidget:
        self.panel = ProgressPanel()
        self.outcome = Text("", "dialog", wrap=True)
        self.outcome.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.outcome_note = Text("", "muted", wrap=True)
        self.outcome_note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_button = Button(tr("Show them"), self._show_records, "primary")
        self.undo_button = Button(tr("Undo"), self.undo_import, icon="undo-2")
        self.rejects_button = Button(tr("Open rejected rows"), self._open_rejects, icon="file-spreadsheet")
        self.corrected_button = Button(tr("Import them again, corrected"), self._import_rejects, icon="refresh-cw")
        self.again_button = Button(tr("Import another file"), self.start_over)
        self._done_buttons = (self.show_button, self.undo_button, self.rejects_button, self.corrected_button, self.again_button)
        card = Card(padding=32, space=12)
        card.body.addStretch(1)
        card.add(row(None, self.panel, None), self.outcome, self.outcome_note, row(None, *self._done_buttons, None))
        card.body.addStretch(1)
        return card

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
        elif entity and (not self._named or self.result is not None or entity != self._wanted):
            self.start_over()
            self._take_entity(entity)

    def focus_first(self) -> None:
        first: QWidget = self.next_button
        if self.step() == "file" and self.files is None:
            first = self.choose_button
        elif self.step() == "done":
            first = self.show_button
        elif self.step() == "columns" and self.questions.first() is not None:
            first = self.questions.first() or first
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def start_over(self) -> None:
        """Forget the files and begin again."""
        self._stop_looking()
        self.files = self.look = self.result = self._layout = None
        self._named = ()
        self.options = replace(self.options, encoding=None, delimiter=None, sheet=None, dates="", decimal="", own_fields=(), uses_kept=True)
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
        if not files.is_one or len(files.named) > 1 or files.refused:
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
        number = STEPS.index(step)
        self.stack.setCurrentIndex(number)
        for index, chip in enumerate(self.steps):
            chip.show_as(tr(STEP_LABELS[index]), "accent" if index <= number else "muted")
            chip.setVisible(STEPS[index] in self._steps())
        is_between = step in ("columns", "duplicates", "check")
        for card in self._count_cards:
            card.setVisible(is_between)
        self.back_button.setVisible(is_between or (step == "file" and self.files is not None))
        self.keep_button.setVisible(step == "columns" and self._can_keep())
        self.next_button.setVisible(is_between or (step == "file" and self.files is not None))
        self.next_button.setText(tr("Import") if step == "check" else tr("Continue"))
        # A short list of columns has the figures right beneath it, as a form.
        self.stack.setMaximumHeight(self._columns_height() if step == "columns" else MOST_HEIGHT)
        self._name()
        self._show_counts()
        if step == "check" and self.look is not None and not self.look.is_whole and self._whole_job is None:
            self._look_at_all()
        if self.isVisible():
            self.focus_first()

    def _columns_height(self) -> int:
        strips = [part for part in (*self._strips, self.questions) if not part.isHidden()]
        return min(MOST_HEIGHT, self.columns.maximumHeight() + sum(_height(part, self.columns.width()) + 8 for part in strips) + 12)

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
        self.files, self.entity, self._layout, self.look = files, files.entity, None, None
        self.options = replace(self.options, own_fields=())
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
            has_choice = self.look is not None and self.files.has_columns
            self._layout = self.columns.layout_now() if has_choice else None
            self.options = replace(self.options, own_fields=self.columns.own_fields() if has_choice else ())
            self._look_again()

    def _look_again(self) -> None:
        """Look at the head of the files, which takes no time, and then at all of them."""
        files = self.files
        if files is None:
            return
        self._stop_looking()
        self.error.say("")
        work = partial(look, self.frame.store, files, self.options, self._layout, False)
        self._look_job = background.read(self, work, self._show_look, self._not_looked, key="look")
        self._show_counts()

    def _look_at_all(self) -> None:
        files, seen = self.files, self.look
        if files is not None and seen is not None:
            work = partial(look, self.frame.store, files, self.options, seen.first.layout if files.has_columns else None, True)
            self._whole_job = background.read(self, work, self._show_look, self._not_looked, key="look")
            self._show_extent()

    def _stop_looking(self) -> None:
        for job in (self._look_job, self._whole_job):
            if job is not None:
                job.cancel()
        self._look_job = self._whole_job = None

    @Slot()
    def _toggle_whole(self) -> None:
        """Stop looking at all rows, or begin with it."""
        if self._whole_job is not None:
            self._stop_looking()
            self._show_extent()
            self._show_counts()
        else:
            self._look_at_all()

    def _show_look(self, seen: Look) -> None:
        is_first = self.look is None
        self.look, self._look_job, self._whole_job = seen, None, None
        if self.files is not None and self.files.has_columns:
            if is_first:
                self.columns.begin(seen.first)
            else:
                self.columns.show_look(seen.first)
        if not seen.is_whole:
            self._look_at_all()
        self._show_strips(seen)
        self._show_rows(seen)
        if self.step() == "columns":
            self.stack.setMaximumHeight(self._columns_height())
        self._show_counts()
        self._name()
        if is_first and self.isVisible():
            self.focus_first()

    def _show_strips(self, seen: Look) -> None:
        files = self.files
        if files is None:
            return
        kept = seen.first.kept if is_kept_from_last_time(seen.first.layout) else ""
        self.kept_strip.say(tr("The columns go where they went last time, with “{file}”.", file=kept) if kept else "")
        other = files.other if files.has_columns else ""
        plural = tr(entity_class(other).entity.plural) if other else ""
        taken = tr(entity_class(files.entity).entity.plural)
        self.kind_strip.say(tr("The rows are taken for: {what}. They could be: {other}.", what=taken, other=plural) if other else "")
        self.kind_button.setText(tr("Import them as: {what}", what=plural) if other else "")
        same = sum(1 for table in files.tables if table.columns == files.first.columns)
        several = tr("These are the columns of {file}.", file=files.first.path.name) if not files.is_one else ""
        if several and same > 1:
            several += " " + ntr(
                "What you choose holds for {count} file with the same columns.", "What you choose holds for {count} files with the same columns.", same
            )
        elif several:
            several += " " + tr("The other files are understood by themselves.")
        self.several_strip.say(several)
        if self._layout is None:
            self.hand_strip.say(tr("No column was recognised. Please say what they are.") if seen.is_by_hand else "")
        # The head of a long file may leave open what rows further down decide.
        asked = [question for each in seen.previews for question in each.questions] if seen.is_whole or self._whole_job is None else []
        self.questions.ask(asked, self.options)
        self.keep_button.setVisible(self.step() == "columns" and self._can_keep())

    def _show_rows(self, seen: Look) -> None:
        self.known_rows.show_look(seen, tr("No row is known already.") if self.options.on_duplicate != "add" else tr("Nothing is compared."))
        self.rows.show_look(seen, tr("No such row."))
        made = [
            tr("{what}: {count} will be made", count=Number(count), what=tr(entity_class(name).entity.plural))
            for name, count in seen.previews[-1].created.items()
        ]
        refused = [tr("{file}: {reason}", file=Path(one.file).name, reason=one.refused) for one in seen.refused]
        notes = dict.fromkeys(note for each in seen.previews for note in each.notes)
        self.notes.setText("\n".join([*refused, *list(notes)[:4], " · ".join(made)]).strip())
        self.notes.setVisible(bool(self.notes.text()))
        self._show_extent()

    def _show_extent(self) -> None:
        """Say how much of the file was looked at."""
        seen, job = self.look, self._whole_job
        if seen is None:
            return
        self.extent_bar.setVisible(job is not None)
        self.extent_button.setVisible(job is not None or not seen.is_whole)
        self.extent_button.setText(tr("Stop") if job is not None else tr("Look at all rows"))
        count = seen.count("read")
        if job is not None:
            self.extent.setText(tr("Looking at all rows"))
            self.extent_bar.setRange(0, 100 if job.total else 0)
            self.extent_bar.setValue(100 * job.done // job.total if job.total else 0)
        elif seen.is_whole:
            self.extent.setText(ntr("{count} row was looked at: all of them.", "{count} rows were looked at: all of them.", Number(count)))
        else:
            self.extent.setText(ntr("Only the first row was looked at.", "Only the first {count} rows were looked at.", Number(count)))

    def _not_looked(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self._look_job = self._whole_job = None
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

    def _mode_chosen(self, value: str) -> None:
        self.options = replace(self.options, on_duplicate=value)
        self._show_modes()
        self.check()

    def _show_modes(self) -> None:
        for value, choice in self.modes.items():
            is_chosen = value == self.options.on_duplicate
            choice.property("tick").setVisible(is_chosen)
            choice.setAccessibleDescription(tr("Chosen") if is_chosen else "")

    @Slot()
    def _match_chosen(self) -> None:
        value = str(self.match.currentData() or "")
        self.options = replace(self.options, match=(value,) if value else ())
        self.check()

    def _table_to_keep(self) -> Table | None:
        """Return the table whose columns can be kept for the next time."""
        files = self.files
        return files.first if files is not None and files.has_columns and fingerprint(files.first) else None

    def _can_keep(self) -> bool:
        return self.look is not None and self._table_to_keep() is not None and may_keep(self.frame.store.viewer)

    def _keep_mapping(self) -> None:
        """Remember what the columns of such files mean."""
        table = self._table_to_keep()
        if table is None or self.look is None:
            return
        said = json.dumps(worth_keeping(self.columns.layout_now(), self.look.first.plan.kept), ensure_ascii=False, sort_keys=True)
        text = tr("The next such file is read the same way.")
        self.frame.do(imports.keep_mapping, self.entity, fingerprint(table), table.path.stem, said, self.options.dates, said=text)

    @Slot()
    def _forget_mapping(self) -> None:
        """Guess anew what the columns mean, and let the next such file be guessed too."""
        kept = self.look.first.plan.kept if self.look is not None else None
        self.options, self.look, self._layout = replace(self.options, uses_kept=False, own_fields=()), None, None
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
        for button in self._done_buttons:
            button.hide()
        self.outcome.setText("")
        self.outcome_note.setText("")
        name = files.first.path.name if files.is_one else ntr("{count} file", "{count} files", len(files.tables))
        work = partial(bring_in, self.frame.store, files, self.options, seen.first)
        job = background.write(self, tr("Importing {name}", name=name), work, self._imported, self._not_imported)
        job.has_own_panel = True
        self._import_job = job
        self.panel.follow(job)
        self.panel.show()

    @Slot(object)
    def _moved(self, job: Job) -> None:
        if job is self._import_job:
            self.panel.refresh()
        elif job is self._whole_job and job.total:
            self._show_extent()
            self._show_counts()

    def _imported(self, result: ImportResult) -> None:
        self.result, self._import_job = result, None
        self.panel.hide()
        entity = entity_class(self.entity).entity
        self.outcome.setText(tr("{what}: {count} added", count=Number(result.added), what=tr(entity.plural)) if result.added else tr("Nothing was added."))
        lines = []
        if result.updated:
            lines.append(ntr("{count} known record completed", "{count} known records completed", Number(result.updated)))
        if result.skipped:
            lines.append(ntr("{count} known record left as it was", "{count} known records left as they were", Number(result.skipped)))
        if result.rejected and result.rejects_file:
            lines.append(ntr("{count} row is in {file}", "{count} rows are in {file}", Number(result.rejected), file=Path(result.rejects_file).name))
        self.outcome_note.setText("\n".join([*lines, *result.notes]))
        self.show_button.setVisible(self.entity in PAGES)
        self.undo_button.setVisible(result.transaction is not None)
        self.rejects_button.setVisible(bool(result.rejects_file))
        self.corrected_button.setVisible(bool(result.rejects_file))
        self.again_button.show()
        self.focus_first()

    def _not_imported(self, error: Exception) -> None:
        self._import_job = None
        self.panel.hide()
        self.go_to("columns" if isinstance(error, AmbiguousDate) and self.files is not None and self.files.has_columns else "check")
        if isinstance(error, Cancelled):
            self.frame.say(tr("Stopped. Nothing was written."))
        else:
            self._refused(error)

    def undo_import(self) -> None:
        """Take the import back."""
        from crmdesk.exchange.undoing import undo_import

        store, result = self.frame.store, self.result
        if result is not None and (transaction := result.transaction) is not None:
            self.undo_button.setEnabled(False)
            background.write(self, tr("Undo"), lambda job: undo_import(store, transaction), self._undone, self._not_undone)

    def _undone(self, what: str) -> None:
        self.undo_button.setEnabled(True)
        self.undo_button.hide()
        self.show_button.hide()
        self.outcome.setText(tr("The import was taken back."))
        self.outcome_note.setText("")

    def _not_undone(self, error: Exception) -> None:
        """Say in place what was edited since."""
        self.undo_button.setEnabled(True)
        if isinstance(error, UserError):
            self.outcome_note.setText("\n".join(part for part in (error.message, error.hint) if part))
        else:
            self.frame.show_error(error)

    def _show_records(self) -> None:
        self.frame.open_page(PAGES[self.entity])

    def _open_rejects(self) -> None:
        if self.result is not None and self.result.rejects_file:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self.result.rejects_file))

    def _import_rejects(self) -> None:
        """Import the rejected rows again, after they were corrected."""
        if self.result is not None and self.result.rejects_file:
            self.open_files([Path(self.result.rejects_file)], self.entity)

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


def _height(part: QWidget, width: int) -> int:
    """Return how high a part is at a width."""
    height = part.heightForWidth(width)
    return height if height > 0 else part.sizeHint().height()


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
