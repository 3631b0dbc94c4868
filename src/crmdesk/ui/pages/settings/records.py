"""How records are numbered, which fields the user has added, how good the data shall be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QVBoxLayout,
)

from crmdesk.clock import today
from crmdesk.fields import Choice, Field
from crmdesk.i18n import mark, tr
from crmdesk.models.registry import entity_class
from crmdesk.models.workspace import CUSTOM_KINDS, CustomField
from crmdesk.operations import records as deeds
from crmdesk.operations import workspace
from crmdesk.operations.numbers import written
from crmdesk.queries import uniqueness
from crmdesk.ui.pages.settings.section import Section
from crmdesk.ui.widgets.basics import Button, IconButton, Line, Text, row
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from crmdesk.store.settings import Settings
    from crmdesk.ui.page import Frame
    from crmdesk.ui.pages.settings.found import Found

ONLY_ONCE = {
    "contact": ("email", "phone", "name", "email+name"), "company": ("name", "name+address.city", "vat_id", "credit_code", "customer_number", "website", "email", "phone"),
    "lead": ("email", "phone", "name"), "product": ("code", "name"),
}  # fmt: skip
MODES = {uniqueness.WARN: mark("Warn while typing"), uniqueness.REASON: mark("Ask for a reason"), uniqueness.BLOCK: mark("Refuse")}


class NumbersSection(Section):
    """How quotes, tickets and their like are numbered."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._box = QVBoxLayout()
        self._box.setSpacing(0)
        note = tr("“{year}” stands for the year, “{running}” for a running number of four digits.", year="{year}", running="{seq:04}")
        self.card(tr("Numbers"), self._box, note=note)
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: Found) -> None:
        empty(self._box)
        year = today(settings.tz).year
        for entity, pattern, next_value in found.series:
            label = tr(entity_class(entity).entity.plural)
            self._box.addWidget(Line())
            edit = IconButton("pencil", tr("Change {name}", name=label), self._editor(entity, label, pattern, next_value), "muted")
            sample = tr("next: {number}", number=written(pattern, year, next_value))
            self._box.addLayout(row(Text(label), Text(pattern, "muted"), None, Text(sample, "muted"), edit, space=10, margins=(0, 3, 0, 3)))

    def _editor(self, entity: str, label: str, pattern: str, next_value: int) -> Callable[[], object]:
        asked = [Field("pattern", "text", mark("Pattern"), required=True), Field("next_value", "integer", mark("Next number"), required=True)]
        return lambda: self.ask(
            asked, tr("Numbers of {name}", name=label), tr("Save"), workspace.set_series, {"pattern": pattern, "next_value": next_value},
            lambda values: (entity, values["pattern"], int(values["next_value"])),
        )  # fmt: skip


class FieldsSection(Section):
    """Fields that the user has added."""

    ABOUT = ("contact", "company", "lead", "deal", "ticket", "quote", "product", "task")

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._box = QVBoxLayout()
        self._box.setSpacing(0)
        self.card(
            tr("Own fields"),
            self._box,
            row(Button(tr("Add field"), self._add, "link", "plus"), None),
            note=tr("They stand in forms, lists, filters, imports and exports."),
        )
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: Found) -> None:
        empty(self._box)
        for one in found.own_fields:
            label = str(one.values["label"] or "")
            about = tr(entity_class(str(one.values["about"])).entity.label)
            kind = CustomField.fields["kind"].choice(str(one.values["kind"]))
            gone = IconButton("trash-2", tr("Delete {name}", name=label), self._deleter(one.id), "muted")
            self._box.addWidget(Line())
            self._box.addLayout(row(Text(label), Text(" · ".join((about, kind)), "muted"), None, gone, space=8, margins=(0, 3, 0, 3)))

    def _add(self) -> None:
        about = Field("about", "choice", mark("For"), required=True, choices=tuple(Choice(name, entity_class(name).entity.label) for name in self.ABOUT))
        asked = [
            about, Field("label", "text", mark("Label"), required=True), Field("kind", "choice", mark("Kind"), required=True, choices=CUSTOM_KINDS),
            Field("options", "text", mark("Choices, separated by commas")),
        ]  # fmt: skip
        self.ask(
            asked, tr("New field"), tr("Add field"), workspace.add_field, {"about": "contact", "kind": "text"},
            lambda values: (values["about"], values.get("label") or "", values["kind"], (values.get("options") or "").split(",")),
        )  # fmt: skip

    def _deleter(self, field: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(workspace.delete_field, field, said=tr("Field deleted"))


class CareSection(Section):
    """How good the data shall be, and what shall be there only once."""

    RULE = (
        Field("what", "choice", mark("Only once"), required=True, choices=tuple(Choice(f"{entity}:{fields}", "") for entity, known in ONLY_ONCE.items() for fields in known)),
        Field("mode", "choice", mark("If it is there already"), required=True, choices=tuple(Choice(mode, label) for mode, label in MODES.items())),
    )  # fmt: skip

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.quality = self.form(("quality_threshold",), 200)
        more = row(Button(tr("Look at the data quality"), lambda: self.frame.open_page("reports", "data_quality"), "link"), None)
        self.card(tr("Data quality"), self.quality, more, note=tr("Today warns when less of what is looked at is in order. 0 never warns."))
        self._rules = QVBoxLayout()
        self._rules.setSpacing(0)
        note = tr("What no two records may share. Records that were there before can still be changed.")
        self.card(tr("Only once"), self._rules, row(Button(tr("Add rule"), self._add, "link", "plus"), None), note=note)
        self.cards.addStretch(1)
        self._stored: tuple[tuple[str, ...], ...] = ()

    def show_settings(self, settings: Settings, found: Found) -> None:
        self.quality.set_values({"quality_threshold": settings.quality_threshold}, "settings")
        self._stored = settings.uniqueness
        empty(self._rules)
        for rule in settings.uniqueness:
            title = _rule_title(*rule[:2])
            gone = IconButton("trash-2", tr("Delete {name}", name=title), self._deleter(rule), "muted")
            self._rules.addLayout(row(Text(title), Text(tr(MODES[rule[2]]), "muted"), None, gone, space=8, margins=(0, 2, 0, 2)))

    def _add(self) -> None:
        what = replace(self.RULE[0], choices=tuple(Choice(choice.value, _rule_title(*choice.value.split(":"))) for choice in self.RULE[0].choices))
        self.ask((what, self.RULE[1]), tr("New rule"), tr("Add rule"), deeds.change_settings, {"mode": uniqueness.WARN}, self._with_rule)

    def _with_rule(self, values: dict[str, Any]) -> tuple[dict[str, Any]]:
        entity, fields = str(values["what"]).split(":")
        others = [list(rule) for rule in self._stored if tuple(rule[:2]) != (entity, fields)]
        return ({"uniqueness": [*others, [entity, fields, str(values["mode"])]]},)

    def _deleter(self, gone: tuple[str, ...]) -> Callable[[], object]:
        return lambda: self.change(uniqueness=[list(rule) for rule in self._stored if rule != gone])


def _rule_title(entity: str, fields: str) -> str:
    """Return what a rule is about in words, such as “Company: Name, City”."""
    return tr("{what}: {fields}", what=tr(entity_class(entity).entity.label), fields=", ".join(uniqueness.labels(entity, fields.split("+"))))
