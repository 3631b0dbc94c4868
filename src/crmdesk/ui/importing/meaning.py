"""The step at which the user sees what the columns of files mean, and says otherwise: each sort of columns by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from crmdesk.exchange.columns.kept import fingerprint, worth_keeping
from crmdesk.i18n import ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui.importing.columns import ColumnsView, is_kept_from_last_time
from crmdesk.ui.importing.questions import Questions, Strip
from crmdesk.ui.widgets.basics import column

if TYPE_CHECKING:
    from crmdesk.exchange.preview import Preview
    from crmdesk.exchange.rows.plan import ImportOptions
    from crmdesk.exchange.values.layouts import Layout, Target
    from crmdesk.ui.importing.work import Files, Look

Sort = tuple[str, ...]
"""The names of the columns that some files have in common."""


class ColumnsStep(QWidget):
    """What the columns mean; of files with different ones, those of the file that is chosen above.

    Signals:
        changed: the user has sent a column elsewhere.
        resized: it needs more or less height.
        forget_wanted: the mapping of last time shall not hold.
        suggestion_wanted: the rows shall be taken for what else they could be.
    """

    changed = Signal()
    resized = Signal()
    forget_wanted = Signal()
    suggestion_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[Sort, Layout] = {}
        self._own: dict[Sort, tuple[str, ...]] = {}
        self._sorts: dict[Sort, Preview] = {}
        self._by_hand: set[Sort] = set()
        self._shown: Sort | None = None
        self._files: Files | None = None
        self.kept_strip = Strip("history")
        self.forget_button = self.kept_strip.add_button(tr("Don't use it"), self.forget_wanted.emit)
        self.kind_strip = Strip("info")
        self.kind_button = self.kind_strip.add_button("", self.suggestion_wanted.emit)
        self.several_strip = Strip("layers")
        self.which = QComboBox()
        self.which.setAccessibleName(tr("The file whose columns are shown"))
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.which.setMinimumContentsLength(28)
        self.which.activated.connect(self._other_chosen)
        self.several_strip.add_widget(self.which)
        self.hand_strip = Strip("circle-help")
        self._strips = (self.kind_strip, self.kept_strip, self.several_strip, self.hand_strip)
        self.questions = Questions()
        self.columns = ColumnsView()
        self.columns.changed.connect(self._columns_changed)
        layout = column(*self._strips, self.questions, space=8)
        layout.addWidget(self.columns, 1)
        self.setLayout(layout)

    def forget(self) -> None:
        """Forget what was said of the columns of earlier files."""
        self._said, self._own, self._sorts, self._by_hand, self._shown = {}, {}, {}, set(), None

    def layouts(self) -> tuple[Layout, ...]:
        """Return what the user said that columns mean, each for all files that have just these."""
        return tuple(self._said.values())

    def own_fields(self) -> tuple[str, ...]:
        """Return the columns that become fields of the user's own."""
        return tuple(dict.fromkeys(name for names in self._own.values() for name in names))

    def shown(self) -> Preview | None:
        """Return what would come of the file whose columns are shown."""
        return self._sorts.get(self._shown) if self._shown is not None else None

    def wanted_height(self) -> int:
        """Return how high the step is with all of its columns."""
        parts = [part for part in (*self._strips, self.questions) if not part.isHidden()]
        return self.columns.maximumHeight() + sum(_height(part, self.columns.width()) + 8 for part in parts) + 12

    # --- showing ----------------------------------------------------------------------------------------------------

    def show_look(self, files: Files, seen: Look, options: ImportOptions, is_asking: bool) -> None:
        """Show how the columns are understood now.

        Args:
            is_asking: whether open questions are asked; the head of a long file may leave open what rows further down decide.
        """
        self._files = files
        is_first = not self._sorts
        self._sorts |= {each.table.columns: each for each in seen.sorts}
        self._by_hand = {tuple(one.header for one in layout.columns) for layout in seen.by_hand}
        if is_first:
            self._shown = next((sort for sort in self._sorts if sort in self._by_hand), next(iter(self._sorts), None))
        shown = self.shown()
        if shown is not None:
            if is_first:
                self.columns.begin(shown, self._own.get(shown.table.columns, ()))
            elif any(shown is each for each in seen.sorts):
                self.columns.show_look(shown)
        self._offer_sorts(files)
        self._show_strips(files)
        questions = [question for each in seen.previews for question in each.questions] if is_asking else []
        self.questions.ask(questions, options)

    def _offer_sorts(self, files: Files) -> None:
        self.which.clear()
        for sort, each in self._sorts.items():
            more = sum(1 for table in files.tables if table.columns == sort) - 1
            text = ntr("{file} and {count} more", "{file} and {count} more", more, file=each.table.path.name) if more else each.table.path.name
            self.which.addItem(tr("{file}: please choose", file=text) if sort in self._by_hand else text, sort)
            if sort == self._shown:
                self.which.setCurrentIndex(self.which.count() - 1)
        self.which.setVisible(len(self._sorts) > 1)

    def _show_strips(self, files: Files) -> None:
        seen = self.shown()
        kept = seen.kept if seen is not None and is_kept_from_last_time(seen.layout) else ""
        self.kept_strip.say(tr("The columns go where they went last time, with “{file}”.", file=kept) if kept else "")
        other = files.other if files.has_columns else ""
        plural = tr(entity_class(other).entity.plural) if other else ""
        taken = tr(entity_class(files.entity).entity.plural)
        self.kind_strip.say(tr("The rows are taken for: {what}. They could be: {other}.", what=taken, other=plural) if other else "")
        self.kind_button.setText(tr("Import them as: {what}", what=plural) if other else "")
        self.several_strip.say(self._several(files))
        is_by_hand = self._shown in self._by_hand and self._shown not in self._said
        said = tr("No column was recognised. Please say what they are.")
        if len(self._sorts) > len(self._by_hand):
            said = tr("No column was recognised. The file is left out unless you say what they are.")
        self.hand_strip.say(said if is_by_hand else "")

    def _several(self, files: Files) -> str:
        """Return what is to be said of several files."""
        seen = self.shown()
        if files.is_one or seen is None:
            return ""
        same = sum(1 for table in files.tables if table.columns == seen.table.columns)
        parts = [tr("These are the columns of {file}.", file=seen.table.path.name)]
        if same > 1:
            parts.append(
                ntr("What you choose holds for {count} file with the same columns.", "What you choose holds for {count} files with the same columns.", same)
            )
        if len(self._sorts) > 1:
            parts.append(tr("The other files have other columns: choose a file to see its own."))
        elif same < len(files.tables):
            parts.append(tr("The other files are understood by themselves."))
        return " ".join(parts)

    @Slot(int)
    def _other_chosen(self, index: int) -> None:
        """Show the columns of another file."""
        sort = tuple(self.which.itemData(index, Qt.ItemDataRole.UserRole))
        if sort == self._shown or self._files is None:
            return
        self._shown = sort
        shown, said = self._sorts[sort], self._said.get(sort)
        is_told = said is None or _targets(said) == _targets(shown.layout)
        self.columns.begin(shown, self._own.get(sort, ()), None if is_told else said)
        self._show_strips(self._files)
        self.resized.emit()

    @Slot()
    def _columns_changed(self) -> None:
        if self._shown is not None:
            self._said[self._shown], self._own[self._shown] = self.columns.layout_now(), self.columns.own_fields()
            self.changed.emit()

    # --- keeping ----------------------------------------------------------------------------------------------------

    def entity(self, usual: str) -> str:
        """Return what the rows are whose columns are shown."""
        seen = self.shown()
        return seen.plan.entity if seen is not None else usual

    def to_keep(self) -> tuple[str, str, dict[str, str]] | None:
        """Return what can be kept for the next file with the columns that are shown: their mark, the file's name, where each goes."""
        seen = self.shown()
        mark = fingerprint(seen.table) if seen is not None else ""
        if seen is None or not mark:
            return None
        return mark, seen.table.path.stem, worth_keeping(self.columns.layout_now(), seen.plan.kept)


def _targets(layout: Layout) -> list[Target | None]:
    return [one.target if one.why != "fresh" else None for one in layout.columns]


def _height(part: QWidget, width: int) -> int:
    """Return how high a part is at a width."""
    height = part.heightForWidth(width)
    return height if height > 0 else part.sizeHint().height()
