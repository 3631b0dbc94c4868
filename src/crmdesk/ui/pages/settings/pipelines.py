"""Pipelines with their stages, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.fields import Field, show_number
from crmdesk.i18n import mark, tr
from crmdesk.operations import pipelines
from crmdesk.ui.pages.settings.section import WIDEST, ListsSection
from crmdesk.ui.widgets.basics import Button, Card, IconButton, Line, Text, row
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from crmdesk.queries.deals import StageFacts
    from crmdesk.store.settings import Settings
    from crmdesk.ui.page import Frame
    from crmdesk.ui.pages.settings.found import Found


class PipelinesSection(ListsSection):
    """Pipelines with their stages, in their order."""

    NAME = Field("name", "text", mark("Name"), required=True)
    STAGE = (NAME, Field("win_rate", "decimal", mark("Win rate (%)")), Field("rotting_days", "integer", mark("Rotting after (days)")))

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.cards.insertWidget(1, Button(tr("Add pipeline"), self._add, icon="plus"))

    def show_settings(self, settings: Settings, found: Found) -> None:
        empty(self.lists)
        for pipeline, name in found.pipelines:
            stages = [stage for stage in found.stages if stage.pipeline_id == pipeline]
            card = Card(space=0)
            card.setMaximumWidth(WIDEST)
            buttons = [
                IconButton("pencil", tr("Rename {name}", name=name), self._renamer(pipeline, name), "muted"),
                IconButton("trash-2", tr("Delete {name}", name=name), self._deleter(pipeline), "muted"),
            ]  # fmt: skip
            card.body.addLayout(row(Text(name, "strong"), None, *buttons, space=2))
            for number, stage in enumerate(stages):
                card.body.addWidget(Line())
                card.body.addLayout(self._stage_line(pipeline, stages, number, stage))
            card.body.addSpacing(6)
            card.body.addLayout(row(Button(tr("Add stage"), self._stage_adder(pipeline), "link", "plus"), None))
            self.lists.addWidget(card)

    def _stage_line(self, pipeline: UUID, stages: list[StageFacts], number: int, stage: StageFacts) -> Any:
        words = []
        if stage.win_rate is not None:
            words.append(tr("{percent}%", percent=show_number(stage.win_rate)))
        if stage.rotting_days:
            words.append(tr("rots after {count} d", count=stage.rotting_days))
        if stage.outcome != "open":
            words.append(tr("closes the deal"))
        up = IconButton("arrow-up", tr("Move {name} up", name=stage.name), self._mover(pipeline, stages, number, -1), "muted")
        down = IconButton("arrow-down", tr("Move {name} down", name=stage.name), self._mover(pipeline, stages, number, 1), "muted")
        up.setEnabled(number > 0)
        down.setEnabled(number < len(stages) - 1)
        edit = IconButton("pencil", tr("Change {name}", name=stage.name), self._editor(stage), "muted")
        gone = IconButton("trash-2", tr("Delete {name}", name=stage.name), self._stage_deleter(stage.id), "muted")
        return row(Text(stage.name), Text(" · ".join(words), "muted"), None, up, down, edit, gone, space=4, margins=(0, 3, 0, 3))

    def _add(self) -> None:
        self.ask([self.NAME], tr("New pipeline"), tr("Add pipeline"), pipelines.add, {}, lambda values: (values["name"],))

    def _renamer(self, pipeline: UUID, name: str) -> Callable[[], object]:
        return lambda: self.ask([self.NAME], tr("Rename pipeline"), tr("Rename"), pipelines.rename, {"name": name}, lambda values: (pipeline, values["name"]))

    def _deleter(self, pipeline: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(pipelines.delete, pipeline, said=tr("Pipeline deleted"))

    def _stage_adder(self, pipeline: UUID) -> Callable[[], object]:
        return lambda: self.ask(
            self.STAGE,
            tr("New stage"),
            tr("Add stage"),
            pipelines.add_stage,
            {},
            lambda values: (pipeline, values["name"], values.get("win_rate"), values.get("rotting_days")),
        )

    def _editor(self, stage: StageFacts) -> Callable[[], object]:
        shown = {"name": stage.name, "win_rate": stage.win_rate, "rotting_days": stage.rotting_days}
        return lambda: self.ask(
            self.STAGE,
            tr("Change stage"),
            tr("Save"),
            pipelines.edit_stage,
            shown,
            lambda values: (stage.id, values["name"], values.get("win_rate"), values.get("rotting_days")),
        )

    def _stage_deleter(self, stage: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(pipelines.delete_stage, stage, said=tr("Stage deleted"))

    def _mover(self, pipeline: UUID, stages: list[StageFacts], number: int, step: int) -> Callable[[], object]:
        def move() -> None:
            order = [stage.id for stage in stages]
            order.insert(number + step, order.pop(number))
            self.frame.do(pipelines.order_stages, pipeline, order)

        return move
