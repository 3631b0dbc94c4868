"""What every list and every empty page offers for bringing records in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui.actions import Action
from crmdesk.ui.widgets.basics import Button
from crmdesk.ui.widgets.heads import EmptyState

if TYPE_CHECKING:
    from crmdesk.ui.page import Frame


def import_file(frame: Frame, entity: str) -> None:
    """Show the page that brings a file in, for records of an entity."""
    frame.open_page("import", entity)


def import_action(frame: Frame, entity: str) -> Action:
    """Return the command of a list that brings a file in."""
    label = tr(entity_class(entity).entity.plural)
    return Action(
        "list.import", mark("Import"), partial(import_file, frame, entity), "upload", "Ctrl+I", "file", title=lambda: tr("Import {what}", what=label)
    )  # fmt: skip


def nothing_yet(frame: Frame, entity: str, sentence: str, main: Button, hint: str = "") -> EmptyState:
    """Return what a page shows that has no record: a sentence, the main action, import and sample data."""
    return EmptyState(
        entity_class(entity).entity.icon,
        sentence,
        main,
        Button(tr("Import"), partial(import_file, frame, entity), icon="upload"),
        Button(tr("Try sample data"), lambda: frame.registry.run("file.sample"), "flat"),
        hint=hint,
    )
