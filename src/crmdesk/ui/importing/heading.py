"""What stands above the steps of an import: what is imported, from which file, and how far one is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.registry import entity_class
from crmdesk.ui.importing.reading import TEXTS, encoding_name, format_name
from crmdesk.ui.widgets.basics import Chip
from crmdesk.ui.widgets.heads import PageHeader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.ui.importing.work import Files, Look

STEPS = ("file", "columns", "duplicates", "check", "done")
STEP_LABELS = {"file": mark("{number} File"), "columns": mark("{number} Columns"), "duplicates": mark("{number} Duplicates"), "check": mark("{number} Check")}
ROOM_FOR_ALL, ROOM_FOR_TWO = 1050, 850


class ImportHeader(PageHeader):
    """Title, facts about the file, and the steps.

    Signals:
        step_pressed: the name of a step that is behind.
    """

    step_pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("Import"))
        self.chips = {step: Chip("", "muted", partial(self.step_pressed.emit, step)) for step in STEP_LABELS}
        self.add(*self.chips.values())

    def show_steps(self, needed: Sequence[str], now: str) -> None:
        """Number the steps that there are; those that are behind can be gone back to."""
        at = needed.index(now)
        for step, chip in self.chips.items():
            chip.setVisible(step in needed)
            if step not in needed:
                continue
            place = needed.index(step)
            chip.show_as(tr(STEP_LABELS[step], number=place + 1), "accent" if place <= at else "muted")
            chip.set_strong(step == now)
            chip.setEnabled(place < at and now != "done")
            chip.setAccessibleDescription(tr("This step") if step == now else tr("Go back to this step") if place < at else tr("Still to come"))

    def show_what(self, entity: str, files: Files | None, look: Look | None, room: int) -> None:
        """Name what is imported and from where; `entity` is empty while nobody knows."""
        if not entity:
            self.set_title(tr("Import"))
        else:
            plural = tr(entity_class(entity).entity.plural)
            self.set_title(tr("Import {what}", what=plural[:1].lower() + plural[1:] if plural.isascii() and tr("Import") == "Import" else plural))
        parts = _facts(files, look) if files is not None else []
        self.set_note(" · ".join(parts if room >= ROOM_FOR_ALL else parts[:2] if room >= ROOM_FOR_TWO else []))


def _facts(files: Files, look: Look | None) -> list[str]:
    """Return what stands beside the title: the file, its rows, its format, its encoding."""
    if files.folder:
        parts = [files.folder]
    elif not files.is_one or len(files.named) > 1 or files.refused:
        parts = [ntr("{count} file", "{count} files", len(files.tables) + len(files.refused) if not files.is_one else max(len(files.named), 1))]
    else:
        parts = [files.first.path.name]
    count = look.count("total") if look is not None else sum(table.line_count or 0 for table in files.tables)
    parts.append(ntr("{count} row", "{count} rows", count))
    product = look.first.layout.product if look is not None and files.is_one else None
    parts.append(tr("{product} format recognised", product=product) if product else " · ".join(dict.fromkeys(format_name(table) for table in files.tables)))
    if files.is_one and files.first.encoding and files.first.format in TEXTS:
        parts.append(encoding_name(files.first.encoding))
    return parts
