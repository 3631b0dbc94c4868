"""Bringing a file in: choose it, say what its columns mean and what happens to known records, look at what would come, import, undo."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from crmdesk.errors import Cancelled, UserError
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui import background
from crmdesk.ui.dialogs import open_store as file_dialogs
from crmdesk.ui.import_columns import ColumnsView, mapped, targets, with_mapping
from crmdesk.ui.page import Frame, Page, Place
from crmdesk.ui.widgets.basics import Button, Card, Chip, Clickable, Picture, Text, column, row
from crmdesk.ui.widgets.heads import PageHeader
from crmdesk.ui.widgets.messages import InlineError, ProgressPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.exchange.importing import ImportResult
    from crmdesk.exchange.mapping import Layout
    from crmdesk.exchange.plan import ImportOptions, Plan
    from crmdesk.exchange.table import Table
    from crmdesk.store import Store
    from crmdesk.ui.background import Job

ENTITIES = ("contact", "company", "lead", "deal", "product", "ticket", "activity", "task", "article")
PAGES = {"contact": "contacts", "company": "companies", "lead": "leads", "deal": "pipeline", "ticket": "tickets", "quote": "quotes", "task": "tasks", "article": "articles"}
ENDINGS = "*.csv *.tsv *.txt *.xlsx *.xlsm *.xls *.ods *.json *.vcf *.ics *.vcs *.eml *.msg"
FORMATS = {"csv": "CSV", "workbook": "Excel", "json": "JSON", "vcard": "vCard", "ics": "iCalendar"}
ENCODINGS = ("utf-8", "cp1252", "utf-16", "gb18030", "big5", "shift_jis", "cp1251", "iso8859-15", "mac_roman")
STEPS = ("file", "columns", "duplicates", "check", "done")
STEP_LABELS = (mark("1 File"), mark("2 Columns"), mark("3 Duplicates"), mark("4 Check"))
MODES = (
    ("fill", mark("Fill empty fields"), mark("Known records keep what they have and get what they lack")),
    ("skip", mark("Leave known records as they are"), mark("Only new records come in")),
    ("overwrite", mark("Overwrite"), mark("The file wins wherever it has a value")),
    ("add", mark("Add another record"), mark("Nothing is compared; doubles are possible")),
)
MATCHES = (("", mark("Automatically")), ("email", mark("By mail address only")), ("name", mark("By name only")), ("external_id", mark("By the other program's id only")))
DATES = (("", mark("As the file shows")), ("dmy", mark("Day first: 31/12/2026")), ("mdy", mark("Month first: 12/31/2026")), ("ymd", mark("Year first: 2026/12/31")))
MOST_PROBLEMS = 300
MOST_HEIGHT = 16_777_215
ROOM_FOR_ALL = 1050


class ImportPage(Page):
    """The steps of an import; `place.view` names the entity and may name the file: `contact:/home/…/people.csv`."""

    watches = frozenset({"member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        from crmdesk.exchange.plan import ImportOptions

        self.entity = "contact"
        self.path: Path | None = None
        self.table: Table | None = None
        self.options: ImportOptions = ImportOptions(on_duplicate="fill")
        self.checked: ImportResult | None = None
        self.result: ImportResult | None = None
        self._check_job: Job | None = None
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
        self._go_to("file")

    # --- what it is made of -----------------------------------------------------------------------------------------

    def _file_step(self) -> QWidget:
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("What is in the file"))
        for name in ENTITIES:
            self.kind.addItem(tr(entity_class(name).entity.plural), name)
        self.kind.activated.connect(self._kind_chosen)
        self.choose_button = Button(tr("Choose file"), self.choose, "primary", "folder-open")
        card = Card(padding=32, space=12)
        sentence = Text(tr("Drop a file here, or choose one"), "dialog")
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        note = Text(tr("CSV and text tables in any encoding, Excel and LibreOffice workbooks, JSON. Nothing is written before you have seen what comes."), "muted", wrap=True)
        note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line = row(None, Text(tr("The file has"), "muted"), self.kind, None, space=10)
        card.body.addStretch(1)
        card.add(row(None, Picture("upload", "muted", 32), None), sentence, note, line, row(None, self.choose_button, None))
        card.body.addStretch(1)
        return card

    def _columns_step(self) -> QWidget:
        self.kind_again, self.encoding, self.sheet, self.dates, self.region = QComboBox(), QComboBox(), QComboBox(), QComboBox(), QComboBox()
        for name in ENTITIES:
            self.kind_again.addItem(tr(entity_class(name).entity.plural), name)
        for name in ENCODINGS:
            self.encoding.addItem(name.upper().replace("_", "-"), name)
        for value, label in DATES:
            self.dates.addItem(tr(label), value)
        line = row(space=8)
        self._choices: dict[str, tuple[Text, QComboBox]] = {}
        for key, label, box in (
            ("kind", tr("Rows are"), self.kind_again), ("encoding", tr("Encoding"), self.encoding), ("sheet", tr("Sheet"), self.sheet), ("dates", tr("Dates"), self.dates),
        ):  # fmt: skip
            words = Text(label, "muted")
            words.setBuddy(box)
            box.setAccessibleName(label)
            box.activated.connect(self._reading_chosen)
            line.addWidget(words)
            line.addWidget(box)
            line.addSpacing(8)
            self._choices[key] = (words, box)
        line.addStretch(1)
        self.columns = ColumnsView()
        self.columns.changed.connect(self.check)
        body = QWidget()
        body.setLayout(column(line, space=10))
        layout = body.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(self.columns, 1)
        return body

    def _duplicates_step(self) -> QWidget:
        body = QWidget()
        lines = column(Text(tr("When a record is known already"), "strong"), space=8)
        self.modes: dict[str, Clickable] = {}
        for value, label, note in MODES:
            choice = Clickable(tr(label))
            choice.setProperty("card", "true")
            words = column(Text(tr(label), "strong"), Text(tr(note), "caption"), space=2)
            tick = Picture("check", "accent", 16)
            choice.setLayout(row(words, None, tick, space=12, margins=(16, 10, 16, 10)))
            choice.clicked.connect(partial(self._mode_chosen, value))
            choice.setProperty("tick", tick)
            self.modes[value] = choice
            lines.addWidget(choice)
        self.match = QComboBox()
        self.match.setAccessibleName(tr("Known records are recognised"))
        for value, label in MATCHES:
            self.match.addItem(tr(label), value)
        self.match.activated.connect(self._match_chosen)
        lines.addSpacing(8)
        lines.addLayout(row(Text(tr("Known records are recognised"), "muted"), self.match, None, space=10))
        lines.addStretch(1)
        body.setLayout(lines)
        return body

    def _check_step(self) -> QWidget:
        self.notes = Text("", "muted", wrap=True)
        self.problems = QListWidget()
        self.problems.setAccessibleName(tr("Rows with problems"))
        self.problems_title = Text(tr("Rows with problems"), "strong")
        self.fine = Text(tr("Every row is understood."), "success")
        body = QWidget()
        lines = column(self.notes, self.fine, self.problems_title, space=8)
        lines.addWidget(self.problems, 1)
        body.setLayout(lines)
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
        self.again_button = Button(tr("Import another file"), self.start_over)
        card = Card(padding=32, space=12)
        card.body.addStretch(1)
        card.add(row(None, self.panel, None), self.outcome, self.outcome_note, row(None, self.show_button, self.undo_button, self.rejects_button, self.again_button, None))
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
        entity, _, name = place.view.partition(":")
        if self._import_job is not None:
            return
        if name:
            self._take_entity(entity or self.entity)
            self.open_file(Path(name))
        elif entity and (self.path is None or self.result is not None or entity != self.entity):
            self.start_over()
            self._take_entity(entity)

    def focus_first(self) -> None:
        first = {"file": self.choose_button, "done": self.show_button}.get(self._step(), self.next_button)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def start_over(self) -> None:
        """Forget the file and begin again."""
        self.path = self.table = self.checked = self.result = None
        self.options = replace(self.options, encoding=None, delimiter=None, sheet=None, dates="", chosen={})
        self.error.say("")
        self._go_to("file")

    def _take_entity(self, entity: str) -> None:
        self.entity = entity if entity in ENTITIES else "contact"
        for box in (self.kind, self.kind_again):
            box.setCurrentIndex(box.findData(self.entity))
        self._name()

    def _name(self) -> None:
        plural = tr(entity_class(self.entity).entity.plural)
        self.header.set_title(tr("Import {what}", what=plural[:1].lower() + plural[1:] if plural.isascii() and tr("Import") == "Import" else plural))
        table = self.table
        if table is None:
            self.header.set_note("")
            return
        parts = [table.path.name]
        count = self.checked.read if self.checked is not None else table.line_count
        if count is not None:
            parts.append(ntr("{count} row", "{count} rows", count))
        product = self.columns.layout_now().product if self.columns.boxes else None
        parts.append(tr("{product} format recognised", product=product) if product else FORMATS.get(table.format, table.format.upper()))
        if table.encoding:
            parts.append(table.encoding.upper().replace("_", "-"))
        self.header.set_note(" · ".join(parts if self.width() >= ROOM_FOR_ALL else parts[:2]))

    # --- steps ------------------------------------------------------------------------------------------------------

    def _step(self) -> str:
        return STEPS[self.stack.currentIndex()]

    def _go_to(self, step: str) -> None:
        number = STEPS.index(step)
        self.stack.setCurrentIndex(number)
        for index, chip in enumerate(self.steps):
            chip.show_as(tr(STEP_LABELS[index]), "accent" if index <= number else "muted")
        for card in self._count_cards:
            card.setVisible(step in ("columns", "duplicates", "check"))
        self.back_button.setVisible(step in ("columns", "duplicates", "check"))
        self.keep_button.setVisible(step == "columns")
        self.next_button.setVisible(step in ("columns", "duplicates", "check"))
        self.next_button.setText(tr("Import") if step == "check" else tr("Continue"))
        # A short list of columns has the figures right beneath it, as a form.
        self.stack.setMaximumHeight(self.columns.maximumHeight() + 50 if step == "columns" else MOST_HEIGHT)
        self._name()
        self._show_counts()
        if self.isVisible():
            self.focus_first()

    def back(self) -> None:
        """Go one step back."""
        step = self._step()
        if step == "columns":
            self.start_over()
        else:
            self._go_to(STEPS[STEPS.index(step) - 1])

    def go_on(self) -> None:
        """Go one step on; from the last one, import."""
        step = self._step()
        if step == "check":
            self.run_import()
        elif step in ("columns", "duplicates"):
            self._go_to(STEPS[STEPS.index(step) + 1])

    # --- the file ---------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for a file."""
        path = file_dialogs.choose_input(self, tr("Choose a file to import"), f"{tr('Tables')} ({ENDINGS});;{tr('All files')} (*)")
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Open a file and say what its columns seem to mean."""
        self.path, self.result, self.checked = path, None, None
        self.options = replace(self.options, encoding=None, delimiter=None, sheet=None, dates="")
        self._open()

    def _open(self) -> None:
        path = self.path
        assert path is not None
        self.error.say("")
        self.choose_button.setEnabled(False)
        work = partial(_open_plan, self.frame.store, self.entity, path, self.options)
        background.read(self, work, self._opened, self._refused, key="open")

    def _opened(self, plan: Plan) -> None:
        self.choose_button.setEnabled(True)
        self.table = plan.table
        self.columns.show_layout(plan.table, plan.layout)
        self._show_reading(plan.table)
        self._go_to("columns")
        self.check()

    def _show_reading(self, table: Table) -> None:
        """Offer to read the file otherwise, where that makes sense for its sort."""
        if table.encoding:
            if self.encoding.findData(table.encoding) < 0:
                self.encoding.addItem(table.encoding.upper(), table.encoding)
            self.encoding.setCurrentIndex(self.encoding.findData(table.encoding))
        self.sheet.clear()
        for name in table.sheets:
            self.sheet.addItem(name, name)
        self.sheet.setCurrentIndex(self.sheet.findData(table.sheet))
        shown = {"kind": True, "encoding": bool(table.encoding), "sheet": len(table.sheets) > 1, "dates": True}
        for key, (words, box) in self._choices.items():
            words.setVisible(shown[key])
            box.setVisible(shown[key])

    @Slot()
    def _reading_chosen(self) -> None:
        """Read the file again the way the user says."""
        dates = str(self.dates.currentData() or "")
        encoding = str(self.encoding.currentData()) if self.table and self.table.encoding else None
        sheet = str(self.sheet.currentData()) if self.table and len(self.table.sheets) > 1 else None
        was = (self.options.encoding or (self.table.encoding if self.table else None), self.options.sheet or (self.table.sheet if self.table else None), self.entity)
        self.options = replace(self.options, dates=dates, encoding=encoding, sheet=sheet)
        entity = str(self.kind_again.currentData())
        if was != (encoding, sheet or was[1], entity):
            self._take_entity(entity)
            self._open()
        else:
            self.check()

    @Slot()
    def _kind_chosen(self) -> None:
        self._take_entity(str(self.kind.currentData()))

    def _refused(self, error: Exception) -> None:
        self.choose_button.setEnabled(True)
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserError):
            self.error.say(str(error))
        else:
            self.frame.show_error(error)

    # --- what would come --------------------------------------------------------------------------------------------

    @Slot()
    def check(self) -> None:
        """Work out in the background what would come; a later question takes the place of an earlier one."""
        path, table = self.path, self.table
        if path is None or table is None:
            return
        self.checked = None
        self.error.say("")
        self._show_counts()
        options = replace(self.options, dry_run=True)
        work = partial(_try, self.frame.store, self.entity, path, options, table, self.columns.layout_now())
        self._check_job = background.read(self, work, self._show_check, self._not_checked, key="check")

    def _show_check(self, result: ImportResult) -> None:
        self.checked, self._check_job = result, None
        unclear = Counter(problem.reason.partition(":")[0] for problem in result.problems if ":" in problem.reason)
        self.columns.show_problems(unclear)
        self.problems.clear()
        for problem in result.problems[:MOST_PROBLEMS]:
            self.problems.addItem(tr("Line {line}: {reason}", line=problem.line, reason=problem.reason))
        for widget in (self.problems, self.problems_title):
            widget.setVisible(bool(result.problems))
        self.fine.setVisible(not result.problems)
        made = [tr("{what}: {count} made", count=count, what=tr(entity_class(name).entity.plural)) for name, count in result.created.items()]
        self.notes.setText("\n".join([*result.notes, *made]))
        self.notes.setVisible(bool(self.notes.text()))
        self._show_counts()
        self._name()

    def _not_checked(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self._check_job = None
        self._show_counts()
        self._refused(error)

    def _show_counts(self) -> None:
        result = self.checked
        self.next_button.setEnabled(self._step() != "check" or (result is not None and result.added + result.updated > 0))
        if result is None:
            said = tr("checking") if self._check_job is not None else ""
            for card, label in zip(self._count_cards, (tr("New"), tr("Already known"), tr("Problems")), strict=True):
                card.say(label, said)
            return
        mode = next(label for value, label, _ in MODES if value == self.options.on_duplicate)
        known = result.updated + result.skipped
        self.new_card.say(ntr("{count} new", "{count} new", result.added), tr("will be added, undo at any time"))
        self.known_card.say(ntr("{count} already known", "{count} already known", known), tr(mode))
        self.problem_card.say(
            ntr("{count} row with problems", "{count} rows with problems", result.rejected), tr("kept in a file to correct and import again") if result.rejected else tr("none")
        )

    def _mode_chosen(self, value: str) -> None:
        self.options = replace(self.options, on_duplicate=value)
        self._show_modes()
        self.check()

    def _show_modes(self) -> None:
        for value, choice in self.modes.items():
            choice.property("tick").setVisible(value == self.options.on_duplicate)
            choice.setAccessibleDescription(tr("Chosen") if value == self.options.on_duplicate else "")

    def _match_chosen(self) -> None:
        value = str(self.match.currentData() or "")
        self.options = replace(self.options, match=(value,) if value else ())
        self.check()

    def _keep_mapping(self) -> None:
        """Remember what the columns of such files mean, on this computer."""
        table, store, entity = self.table, self.frame.store, self.entity
        if table is not None:
            text, key = json.dumps(mapped(self.columns.layout_now())), _mapping_key(entity, table)
            background.write(self, "", lambda job: store.set_local(key, text), lambda _: self.frame.say(tr("The next such file is read the same way.")))

    # --- importing --------------------------------------------------------------------------------------------------

    def run_import(self) -> None:
        """Import; one undo takes everything back."""
        path, table = self.path, self.table
        assert path is not None
        assert table is not None
        self._go_to("done")
        for button in (self.show_button, self.undo_button, self.rejects_button, self.again_button):
            button.hide()
        self.outcome.setText("")
        self.outcome_note.setText("")
        options = replace(self.options, dry_run=False)
        work = partial(_try, self.frame.store, self.entity, path, options, table, self.columns.layout_now())
        job = background.write(self, tr("Importing {name}", name=path.name), work, self._imported, self._not_imported)
        job.has_own_panel = True
        self._import_job = job
        self.panel.follow(job)
        self.panel.show()

    @Slot(object)
    def _moved(self, job: Job) -> None:
        if job is self._import_job:
            self.panel.refresh()
        elif job is self._check_job and job.total:
            for card in self._count_cards:
                card.note.setText(tr("checking {percent} %", percent=100 * job.done // job.total))

    def _imported(self, result: ImportResult) -> None:
        self.result, self._import_job = result, None
        self.panel.hide()
        entity = entity_class(self.entity).entity
        self.outcome.setText(tr("{what}: {count} added", count=result.added, what=tr(entity.plural)) if result.added else tr("Nothing was added."))
        lines = []
        if result.updated:
            lines.append(ntr("{count} known record completed", "{count} known records completed", result.updated))
        if result.skipped:
            lines.append(ntr("{count} known record left as it was", "{count} known records left as they were", result.skipped))
        if result.rejected and result.rejects_file:
            lines.append(ntr("{count} row is in {file}", "{count} rows are in {file}", result.rejected, file=Path(result.rejects_file).name))
        self.outcome_note.setText("\n".join([*lines, *result.notes]))
        self.show_button.setVisible(self.entity in PAGES)
        self.undo_button.setVisible(result.transaction is not None)
        self.rejects_button.setVisible(bool(result.rejects_file))
        self.again_button.show()
        self.focus_first()

    def _not_imported(self, error: Exception) -> None:
        self._import_job = None
        self.panel.hide()
        self._go_to("check")
        if isinstance(error, Cancelled):
            self.frame.say(tr("Stopped. Nothing was written."))
        else:
            self._refused(error)

    def undo_import(self) -> None:
        """Take the import back."""
        store, result = self.frame.store, self.result
        if result is not None and result.transaction is not None:
            self.undo_button.setEnabled(False)
            background.write(self, tr("Undo"), lambda job: store.undo(tx=result.transaction), self._undone)

    def _undone(self, what: str) -> None:
        self.undo_button.setEnabled(True)
        self.undo_button.hide()
        self.outcome.setText(tr("The import was taken back."))
        self.outcome_note.setText("")

    def _show_records(self) -> None:
        self.frame.open_page(PAGES[self.entity])

    def _open_rejects(self) -> None:
        if self.result is not None and self.result.rejects_file:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self.result.rejects_file))

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
            self.start_over()
            self.open_file(files[0])


class _Count(Card):
    """One of the three figures: how many are new, known, not understood."""

    def __init__(self) -> None:
        super().__init__(space=2)
        self.figure, self.note = Text("", "strong"), Text("", "muted", wrap=True)
        self.add(self.figure, self.note)

    def say(self, figure: str, note: str) -> None:
        """Show figure and note."""
        self.figure.setText(figure)
        self.note.setText(note)
        self.setAccessibleName(f"{figure}, {note}" if note else figure)


def _mapping_key(entity: str, table: Table) -> str:
    columns = hashlib.sha256("\x1f".join(table.columns).encode()).hexdigest()[:16]
    return f"import/{entity}/{columns}"


def _open_plan(store: Store, entity: str, path: Path, options: ImportOptions, job: Job) -> Plan:
    """Open the file; runs on a reader thread. A mapping that was kept for such files holds."""
    from crmdesk.exchange.plan import Plan

    plan = Plan(store, entity, path, options)
    targets(entity)  # known from here on; the first time takes longer than a frame
    kept = store.local(_mapping_key(entity, plan.table))
    if kept:
        plan.layout = with_mapping(plan.layout, json.loads(kept))
    return plan


def _try(store: Store, entity: str, path: Path, options: ImportOptions, table: Table, layout: Layout, job: Job) -> ImportResult:
    """Import with this mapping, or only tell what would come."""
    from crmdesk.exchange.importing import import_file
    from crmdesk.exchange.plan import Plan

    progress: Callable[[int, int], object] = job.progress
    return import_file(store, entity, path, options, progress, plan=Plan(store, entity, path, options, table, layout))
