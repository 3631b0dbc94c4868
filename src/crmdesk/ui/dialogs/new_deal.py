"""Adding a deal to a customer, from its page or from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.i18n import tr
from crmdesk.queries import deals
from crmdesk.ui.dialogs.new_record import NewRecordDialog
from crmdesk.ui.named import Named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmdesk.store import Reader
    from crmdesk.ui.page import Frame

FIELDS = ("name", "amount", "expected_close_on", "stage")


def ask_new_deal(frame: Frame, links: Mapping[str, Any]) -> None:
    """Show the dialog; a deal begins in the first stage of the usual pipeline unless the user says otherwise."""
    dialog = NewRecordDialog(frame, "deal", FIELDS, tr("New deal"), tr("Add"), lambda _: frame.say(tr("Deal added"), undo=True), hidden=links)
    frame.ask(dialog, _first_stage, lambda stage: dialog.suggest({"stage": stage}))
    dialog.open()


def _first_stage(reader: Reader) -> Named | None:
    found = deals.stages(reader, deals.default_pipeline(reader))
    return next((Named(stage.id, stage.name) for stage in found if stage.outcome == "open"), None)
