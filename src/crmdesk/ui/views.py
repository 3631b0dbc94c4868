"""Saved views: opened, kept and taken back, on lists and on pages that are more than a list."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.queries.own_fields import own_fields
from crmdesk.queries.views import asked
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.import_offers import import_action, import_file
from crmdesk.ui.lists.filters import FilterBar
from crmdesk.ui.lists.record_list import Definition
from crmdesk.ui.records import context, field_named
from crmdesk.ui.widgets.basics import Button, IconButton, row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmdesk.fields import Field
    from crmdesk.queries.finding import Condition
    from crmdesk.store import Reader
    from crmdesk.ui.page import Page


@dataclass(frozen=True)
class View:
    """A saved view as the store has it; the definition is JSON."""

    id: UUID
    name: str
    definition: str


def is_view(text: str) -> bool:
    """Return whether the view of a place is a saved one, and not one of the page's own, such as `new`."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _stored(view: UUID, reader: Reader) -> View | None:
    found = records.rows(reader, "saved_view", [view], ("name", "definition"))
    return View(view, str(found[0].values["name"] or ""), str(found[0].values["definition"] or "{}")) if found else None


class SavedViews:
    """The saved views of one page.

    Args:
        about: the entity.
        text: returns what a view would keep now, as JSON.
        show: shows a view; None when it does not exist any more.

    Attributes:
        current: the view that is shown.
    """

    def __init__(self, page: Page, about: str, text: Callable[[], str], show: Callable[[View | None], object]) -> None:
        self._page, self._about, self._text, self._show = page, about, text, show
        self.current: View | None = None

    def open(self, view: str) -> None:
        """Show a saved view, unless it is shown already."""
        if self.current is None or str(self.current.id) != view:
            self._page.frame.ask(self._page, partial(_stored, UUID(view)), self._found, key="view")

    def close(self) -> bool:
        """Forget the view that was shown; returns whether there was one."""
        was, self.current = self.current, None
        return was is not None

    def _found(self, found: View | None) -> None:
        if found is None:
            self._page.frame.say(tr("This view does not exist any more."))
        self.current = found
        self._show(found)

    def keep(self, how: str) -> None:
        """Save what is shown: `save` into the current view, `save_as` under a name that is asked for."""
        text = self._text()
        if how == "save" and self.current is not None:
            kept = View(self.current.id, self.current.name, text)
            self._page.frame.do(deeds.edit, "saved_view", [kept.id], {"definition": text}, done=lambda _: self._found(kept), said=tr("View saved"))
            return
        fields = [entity_class("saved_view").fields["name"]]
        AskDialog(self._page.frame, fields, tr("Save view"), tr("Save"), partial(self._add, text)).open()

    def _add(self, text: str, values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
        def added(record: UUID) -> None:
            done(record)
            if self._page.place is not None:
                self._page.frame.open_page(self._page.place.page, str(record))

        frame = self._page.frame
        frame.do(deeds.add, "saved_view", {**values, "about": self._about, "definition": text}, done=added, failed=failed, said=tr("View saved"))


class FilterViews(QWidget):
    """Filter and saved views of a page that is more than a list: put `filter_button`, `save_button` and `import_button` into the head, this row of chips beneath it.

    Args:
        names: the fields that one can filter by.
        kept: returns what else belongs to a view of this page, such as its pipeline.
        take: shows what a view has kept, {} for none, under the view's name, empty for none.

    Signals:
        changed: other conditions hold.
    """

    changed = Signal()

    def __init__(
        self, page: Page, about: str, names: Sequence[str], kept: Callable[[], Mapping[str, Any]], take: Callable[[Mapping[str, Any], str], object]
    ) -> None:
        super().__init__()
        self._page, self._about, self._kept, self._take = page, about, kept, take
        self._applied: dict[str, Any] = {}
        self.views = SavedViews(page, about, self.text, self._shown)
        self.filter_button = IconButton("funnel", tr("Filter"))
        self.save_button = Button("", self.save_menu, "flat", "bookmark", tr("Save view"))
        self.save_button.setAccessibleName(tr("Save view"))
        self.import_button = IconButton("upload", tr("Import"), partial(import_file, page.frame, about))
        self.bar = FilterBar({name: field_named(about, name) for name in names}, context(page.frame.store), self.filter_button)
        self.bar.changed.connect(self._changed)
        self.setLayout(row(self.bar))
        self.hide()

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions."""
        return self.bar.conditions()

    def set_conditions(self, conditions: Sequence[Condition], names: Mapping[str, str] | None = None) -> None:
        """Show other conditions without telling anybody."""
        self.bar.names.update(names or {})
        self.bar.set_conditions(conditions)
        self.setVisible(bool(self.bar.conditions()))

    def text(self) -> str:
        """Return what a view would keep now, as JSON."""
        return json.dumps(self._now(), ensure_ascii=False)

    def _now(self) -> dict[str, Any]:
        mine = {"conditions": [asdict(condition) for condition in self.bar.conditions()], "names": self.bar.names}
        return {**self._applied, **mine, **self._kept()}

    def open(self, view: str) -> None:
        """Show a saved view."""
        self._ask_own()
        self.views.open(view)

    def close_view(self) -> None:
        """Go back to the page without a view, if one was shown."""
        self._ask_own()
        if self.views.close():
            self._shown(None)

    def _ask_own(self) -> None:
        about = self._about
        self._page.frame.ask(self._page, lambda reader: own_fields(reader, about), self._show_own, key="own filters")

    def _show_own(self, found: Mapping[str, Field]) -> None:
        """Let one filter by the user's own fields too; a view that does is shown anew, now that they are known."""
        fields = {field.name: field for field in found.values()}
        if self.bar.set_own(fields) and any(condition.get("field") in fields for condition in self._applied.get("conditions", ())):
            self._shown(self.views.current)

    def _shown(self, view: View | None) -> None:
        self._applied = json.loads(view.definition) if view is not None else {}
        wanted = Definition.from_json(view.definition) if view is not None else Definition()
        self.set_conditions(wanted.conditions, wanted.names)
        self._take(self._applied, view.name if view is not None else "")
        self.tell()

    def is_edited(self) -> bool:
        """Return whether something differs from the view that is shown."""
        now, before = self._now(), self._applied
        return any(before.get(name) != _plain(value) for name, value in now.items() if name not in ("names", "widths"))

    def tell(self) -> None:
        """Show on the button whether the view has been changed."""
        self.save_button.setText(tr("Edited") if self.views.current is not None and self.is_edited() else "")
        self.save_button.setAccessibleName(tr("Save view"))

    @Slot()
    def _changed(self) -> None:
        self.setVisible(bool(self.bar.conditions()))
        self.tell()
        self.changed.emit()

    def file_actions(self) -> list[Action]:
        """Return the actions that bring a file in, and write what is shown into one."""
        label = tr(entity_class(self._about).entity.plural)
        export = Action("list.export", mark("Export"), self.export, "download", "Ctrl+E", "file", title=lambda: tr("Export {what}", what=label))
        return [import_action(self._page.frame, self._about), export]

    def export(self) -> None:
        """Write the records that the page shows now into a file."""
        from crmdesk.ui.dialogs.export_dialog import ExportDialog

        about, kept, conditions = self._about, _plain(self._now()), self.conditions()
        columns = [field.name for field in entity_class(about).fields.values() if field.in_list]

        def ask(ids: Sequence[bytes]) -> None:
            ExportDialog(self._page.frame, about, [UUID(bytes=record) for record in ids], columns, conditions).open()

        self._page.frame.ask(self._page, lambda reader: records.ids(reader, about, asked(reader, about, kept).conditions), ask, key="export")

    def save(self) -> None:
        """Save the view under a new name."""
        self.views.keep("save_as")

    def save_menu(self) -> None:
        """Offer to save, to save as another view, and to take changes back."""
        if self.views.current is None:
            self.save()
            return
        menu, current = QMenu(self), self.views.current
        menu.addAction(tr("Save"), lambda: self.views.keep("save")).setEnabled(self.is_edited())
        menu.addAction(tr("Save as"), self.save)
        menu.addAction(tr("Reset"), lambda: self._shown(current)).setEnabled(self.is_edited())
        menu.exec(self.save_button.mapToGlobal(QPoint(0, self.save_button.height() + 4)))
        menu.deleteLater()


def _plain(value: Any) -> Any:
    """Return a value as JSON gives it back."""
    return json.loads(json.dumps(value))
