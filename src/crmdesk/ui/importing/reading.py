"""What a file is and how it is read: kind of rows, encoding, delimiter, sheet, dates, with the first rows to see whether that is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from crmdesk.exchange.columns.mapping import importable
from crmdesk.exchange.files.encoding import RECOGNISED
from crmdesk.exchange.table import shown
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui.importing.rows import FixedTable
from crmdesk.ui.importing.work import SURE
from crmdesk.ui.widgets.basics import Button, Card, Picture, Text, column, row
from crmdesk.ui.widgets.layouts import FlowLayout
from crmdesk.ui.widgets.record_table import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.exchange.table import Table
    from crmdesk.ui.importing.work import Files

COMMON = ("contact", "company", "lead", "deal", "product", "ticket", "activity", "task", "quote", "quote_line", "article", "member")
KINDS = tuple(dict.fromkeys((*COMMON, *importable())))
"""What rows can be: all that the command line imports, the commonest first."""
FORMATS = {"vcard": mark("Address cards"), "ics": mark("Calendar"), "mail": mark("Mail")}
TEXTS = frozenset({"csv", "tsv"})
DELIMITERS = (
    (",", mark("Comma")), (";", mark("Semicolon")), ("\t", mark("Tab")), ("|", mark("Upright bar")), ("fixed", mark("Fixed places")),
    *((sign, sign) for sign in ("||", "^", "~", "¦", "§", "::")),
)  # fmt: skip
DATES = (
    ("", mark("As the file shows")),
    ("dmy", mark("Day first: 31/12/2026")),
    ("mdy", mark("Month first: 12/31/2026")),
    ("ymd", mark("Year first: 2026/12/31")),
)
SAMPLE_ROWS, SAMPLE_COLUMNS, SAMPLE_LENGTH = 40, 30, 120


def encoding_name(encoding: str) -> str:
    """Return an encoding as people write it."""
    return _AS_WRITTEN.get(encoding) or encoding.removesuffix("-sig").upper().replace("_", "-")


# Windows' pages are called by the standards that they extend.
_AS_WRITTEN = {"cp932": "Shift-JIS (CP932)", "cp949": "UHC (CP949)"}


def encodings(found: str) -> list[tuple[str, str]]:
    """Return the encodings that a file can have and their names, first the one that it seems to have; what differs by its mark only comes once."""
    names: dict[str, str] = {}
    for encoding in (found, *RECOGNISED):
        names.setdefault(encoding_name(encoding), encoding)
    return [(encoding, name) for name, encoding in names.items()]


class ReadingView(QWidget):
    """The files that were chosen, and how they are read.

    Signals:
        changed: the user wants them read otherwise.
        others_wanted: the user wants other files.
    """

    changed = Signal()
    others_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name, self.note = Text("", "strong"), Text("", "caption")
        other = Button(tr("Choose another file"), self.others_wanted.emit)
        self.kind, self.encoding, self.delimiter, self.sheet, self.dates = QComboBox(), QComboBox(), QComboBox(), QComboBox(), QComboBox()
        for value, label in DELIMITERS:
            self.delimiter.addItem(tr(label), value)
        for value, label in DATES:
            self.dates.addItem(tr(label), value)
        self.sure = Text("", "caption")
        self._choices: dict[str, tuple[QWidget, QComboBox]] = {}
        line = FlowLayout(10)
        for key, label, box in (
            ("kind", tr("Rows are"), self.kind), ("encoding", tr("Encoding"), self.encoding), ("delimiter", tr("Delimiter"), self.delimiter), ("sheet", tr("Sheet"), self.sheet),
            ("dates", tr("Dates"), self.dates),
        ):  # fmt: skip
            words = Text(label, "caption")
            if key == "kind":
                self.about_kind = words
            words.setBuddy(box)
            box.setAccessibleName(label)
            box.activated.connect(self._chosen)
            part = QWidget()
            part.setLayout(column(words, row(box, self.sure, space=8) if key == "encoding" else box, space=3))
            line.addWidget(part)
            self._choices[key] = (part, box)
        choices = QWidget()
        choices.setLayout(line)
        self.title = Text("", "caption", wrap=True)
        self.sample = Card(padding=0)
        self._table: FixedTable | None = None
        self._list: FixedTable | None = None
        self._files: Files | None = None
        self._at = 0
        head = Card(padding=16, space=12)
        head.add(row(Picture("file-spreadsheet", "muted", 20), column(self.name, self.note, space=1), None, other, space=12), choices)
        self.setLayout(column(head, self.title, self.sample, space=10))

    def table(self) -> FixedTable | None:
        """Return the table with the first rows, or with the files if they are several."""
        return self._table

    def show_files(self, files: Files) -> None:
        """Show what the files are."""
        first = files.first
        if self._files is None or self._files.named != files.named:
            self._at = 0
        self._files = files
        self._fill_kind()
        if first.encoding:
            _offer(self.encoding, encodings(first.encoding), first.encoding)
            percent = round(100 * first.confidence)
            self.sure.setText(tr("{percent}% sure", percent=percent) if percent < 100 else tr("certain"))
            self.sure.set_tone("warning" if first.confidence < SURE else "")
        if first.delimiter:
            known = dict(DELIMITERS)
            _offer(
                self.delimiter,
                [*((value, tr(label)) for value, label in DELIMITERS), *([] if first.delimiter in known else [(first.delimiter, first.delimiter)])],
                first.delimiter,
            )
        _offer(self.sheet, [(name, name) for name in first.sheets], first.sheet or "")
        is_text = first.format in TEXTS
        wanted = {"kind": True, "encoding": is_text, "delimiter": is_text, "sheet": len(first.sheets) > 1, "dates": files.has_columns}
        for key, (part, _) in self._choices.items():
            part.setVisible(wanted[key] and (files.is_one or key in {"kind", "dates"}))
        self._describe(files)
        if files.is_one and not files.refused:
            self._show_sample(first, files)
        else:
            self._show_list(files)

    def _fill_kind(self) -> None:
        """Offer what the rows can be: of several files, those of the one that is chosen in the list."""
        table = self.chosen_table()
        if self._files is not None and table is not None:
            _offer(self.kind, [(name, kind_name(name)) for name in KINDS], self._files.kind(table))
            about = tr("Rows of {file} are", file=_short(table.path.name)) if not self._files.is_one else tr("Rows are")
            self.about_kind.setText(about)
            self.kind.setAccessibleName(about)

    def chosen_table(self) -> Table | None:
        """Return the file that is chosen in the list, the first one if none is."""
        tables = self._files.tables if self._files is not None else ()
        return tables[self._at if self._at < len(tables) else 0] if tables else None

    @Slot(object)
    def _file_chosen(self, number: int) -> None:
        self._at = number
        self._fill_kind()

    def _describe(self, files: Files) -> None:
        sorts = " · ".join(dict.fromkeys(format_name(table) for table in files.tables))
        several = len(files.tables) + len(files.refused) > 1 or len(files.named) > 1
        self.name.setText(
            files.folder or ntr("{count} file", "{count} files", max(len(files.tables) + len(files.refused), len(files.named)))
            if several or files.folder
            else files.first.path.name
        )
        self.note.setText(sorts)

    def _show_sample(self, table: Table, files: Files) -> None:
        self.title.setText("\n".join((*files.notes, tr("The first rows, as they are read"))))
        rows = [[_short(shown(cell)) for cell in [*cells, *[""] * table.width][:SAMPLE_COLUMNS]] for _, cells in table.sample]
        names = table.columns[:SAMPLE_COLUMNS]
        longest = [max([len(name) + 2, *(len(cells[number]) for cells in rows[:SAMPLE_ROWS])]) for number, name in enumerate(names)]
        # The space of no width keeps a name of the file from being taken for one of ours, which would be translated.
        columns = [Column(str(number), f"{name}\u200b", width=max(60, min(260, 8 * longest[number] + 24)), can_sort=False) for number, name in enumerate(names)]
        # Where the encoding could be wrong, the rows with other letters than the plain ones tell.
        rows.sort(key=lambda cells: all(str(cell).isascii() for cell in cells) if table.confidence < 1 else False)
        self._put(FixedTable(columns, tr("The first rows, as they are read")), rows[:SAMPLE_ROWS])

    def _show_list(self, files: Files) -> None:
        self.title.setText("\n".join(files.notes) or tr("Files"))
        columns = [
            Column("name", mark("File"), width=300, look="strong"), Column("kind", mark("Rows are"), width=160), Column("sort", mark("What it is"), width=140),
            Column("rows", mark("Rows"), "integer", 90), Column("note", mark("Note"), width=300),
        ]  # fmt: skip
        rows: list[Sequence[str | Cell]] = []
        for table in files.tables:
            rows.append(
                [
                    table.path.name,
                    kind_name(files.kind(table)),
                    format_name(table),
                    Cell(str(table.line_count or ""), value=table.line_count or 0),
                    " ".join(table.notes),
                ]
            )
        rows += [[_name(one.file), "–", "–", "", Cell(one.refused, "danger")] for one in files.refused]
        if self._list is not None and self._list is self._table and self._list.records.rowCount() == len(rows):
            self._list.show_rows(rows)  # the chosen file stays chosen
            return
        self._list = FixedTable(columns, tr("Files"))
        self._list.peeked.connect(self._file_chosen)
        self._put(self._list, rows)

    def _put(self, table: FixedTable, rows: Sequence[Sequence[str | Cell]]) -> None:
        if self._table is not None:
            self._table.hide()
            self.sample.body.removeWidget(self._table)
            self._table.deleteLater()
        self._table = table
        self.sample.add(table)
        table.show_rows(rows)

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()


def kind_name(entity: str) -> str:
    """Return what rows are called; of parts with whose they are, since deals have products too."""
    plural = tr(entity_class(entity).entity.plural)
    owners = entity_class(entity).entity.owned_by
    return tr("{what} ({kind})", what=plural, kind=tr(entity_class(owners[0]).entity.label)) if owners else plural


def format_name(table: Table) -> str:
    """Return the sort of a file as people call it."""
    return tr(FORMATS[table.format]) if table.format in FORMATS else table.format.upper()


def _name(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]


def _short(text: str) -> str:
    return " ".join(text[:SAMPLE_LENGTH].split())


def _offer(box: QComboBox, choices: Sequence[tuple[str, str]], value: str) -> None:
    box.clear()
    for data, label in choices:
        box.addItem(label, data)
    box.setCurrentIndex(box.findData(value, Qt.ItemDataRole.UserRole))
