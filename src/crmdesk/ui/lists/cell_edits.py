"""Cells of a list that are changed in their place: one by one, by pasting a table, or filled down."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import shiboken6
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolTip

from crmdesk.errors import Cancelled, UserError
from crmdesk.i18n import ntr, tr
from crmdesk.operations import cells
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.editors import Editor, editor_for
from crmdesk.ui.lists.record_list import MANY
from crmdesk.ui.records import for_form, given

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from crmdesk.fields import Field
    from crmdesk.queries.records import Row
    from crmdesk.ui.editors import Context
    from crmdesk.ui.page import Page
    from crmdesk.ui.widgets.record_table import Column, Id, RecordTable


class CellEdits:
    """What changes the cells of one list.

    Args:
        field: returns what stands in a column, by its name.
    """

    def __init__(self, page: Page, entity: str, table: RecordTable, context: Context, field: Callable[[str], Field]) -> None:
        self._page, self._frame, self._entity = page, page.frame, entity
        self._table, self._context, self._field = table, context, field
        self._saving: set[Editor] = set()

    def editor(self, parent: QWidget, record: Id, col: Column, value: Any) -> QWidget | None:
        """Return what edits a cell in its place."""
        editor = editor_for(self._field(col.name), self._context)
        editor.setParent(parent)
        editor.set_value(for_form({"": value})[""])
        editor.is_in_cell = True
        editor.tabbed.connect(partial(self._tab, editor, UUID(bytes=record)))
        editor.left.connect(partial(self._commit, editor, UUID(bytes=record)))
        editor.cancelled.connect(partial(self._table.close_editor, editor, False))
        return editor

    def _tab(self, editor: Editor, record: UUID, step: int) -> None:
        self._table.tab_wanted = step
        self._commit(editor, record)

    def _commit(self, editor: Editor, record: UUID) -> None:
        """Save a cell; the editor stays until the store has taken the value."""
        if editor in self._saving or not shiboken6.isValid(editor):
            return
        if not editor.is_changed():
            self._table.close_editor(editor, True)
            return
        try:
            value = given(editor.field, editor.checked_value())
        except UserError as error:
            self._complain(editor, error)
            return
        self._saving.add(editor)
        self._frame.do(
            deeds.edit, self._entity, [record], {editor.field.name: value},
            done=partial(self._saved, editor), failed=partial(self._refused, editor),
        )  # fmt: skip

    def _saved(self, editor: Editor, count: int) -> None:
        self._saving.discard(editor)
        if shiboken6.isValid(editor):
            self._table.close_editor(editor, True)

    def _refused(self, editor: Editor, error: Exception) -> None:
        self._saving.discard(editor)
        if isinstance(error, UserError) and shiboken6.isValid(editor):
            self._complain(editor, error)
        elif not isinstance(error, Cancelled):
            self._frame.show_error(error)

    def _complain(self, editor: Editor, error: UserError) -> None:
        """Say at the cell what is wrong, and keep the user there."""
        self._table.tab_wanted = 0
        message = error.words
        editor.show_error(message)
        editor.setFocus()
        QToolTip.showText(editor.mapToGlobal(QPoint(0, editor.height())), message, editor)

    # --- many cells -------------------------------------------------------------------------------------------------

    def paste(self, text: str) -> None:
        """Put a table from the clipboard into the cells, from the current one to the right and down.

        One value alone goes into the current column of all checked rows.
        """
        lines = [line.split("\t") for line in text.replace("\r\n", "\n").rstrip("\n").split("\n")]
        table = self._table
        at = table.currentIndex()
        shown = table.shown_columns()
        labels = {col.name: tr(col.label) for col in table.records.columns}
        if len(lines) > 1 and set(lines[0]) <= {*labels.values()}:
            del lines[0]  # the heads, as copying puts them before the rows
        name = table.records.columns[at.column() - 1].name if at.column() > 0 else ""
        if name not in shown:
            return
        columns = shown[shown.index(name) :]
        if len(lines) == 1 and len(lines[0]) == 1 and len(table.records.checked) > 1:
            ids = table.chosen_ids()
            lines *= len(ids)
        else:
            ids = [record for row in range(at.row(), min(at.row() + len(lines), table.records.rowCount())) if (record := table.records.id_at(row)) is not None]
        widest = max(len(line) for line in lines[: len(ids)])
        able = {col.name for col in table.records.columns if col.can_edit}
        if fixed := next((col for col in columns[:widest] if col not in able), None):
            self._frame.show_error(UserError(tr("{field} can't be changed here.", field=labels[fixed])))
            return
        rows = [
            (UUID(bytes=record), {col: _unmarked(cell) for col, cell in zip(columns, line, strict=False)}) for record, line in zip(ids, lines, strict=False)
        ]
        if len(rows) <= MANY or self._frame.confirm(tr("Change {count} records?", count=len(rows)), tr("Paste")):
            self._frame.do(cells.put, self._entity, rows, said=ntr("{count} record changed", "{count} records changed", len(rows)))

    def fill_down(self) -> None:
        """Give the checked rows what the first of them has in the current column; without checked rows, the current cell what stands above it."""
        table = self._table
        at = table.currentIndex()
        checked = table.chosen_ids() if table.records.checked else []
        above = table.records.id_at(at.row() - 1) if at.row() > 0 else None
        ids = checked if len(checked) > 1 else [above, table.current_id()]
        col = table.records.columns[at.column() - 1] if at.column() > 0 else None
        if col is None or not col.can_edit or None in ids:
            self._frame.say(tr("Go to a cell that can be changed, below another one, or tick several rows."))
            return
        keys = [UUID(bytes=record) for record in ids if record is not None]
        name, entity = col.name, self._entity

        def put(found: Sequence[Row]) -> None:
            value = given(self._field(name), for_form(found[0].values)[name])
            if len(keys) - 1 <= MANY or self._frame.confirm(tr("Change {count} records?", count=len(keys) - 1), tr("Fill down")):
                said = ntr("{count} record changed", "{count} records changed", len(keys) - 1)
                self._frame.do(deeds.edit, entity, keys[1:], {name: value}, said=said)

        self._frame.ask(self._page, lambda reader: records.rows(reader, entity, keys[:1], [name]), put, key="fill")


def _unmarked(cell: str) -> str:
    """Take the apostrophe away that kept a text from becoming a formula in a spreadsheet."""
    bare = cell.strip()
    return bare[1:] if len(bare) > 1 and bare[0] == "'" and bare[1] in "=+-@＝＋－＠" else bare
