"""The team: who is in it, in which role, and who is no longer active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.i18n import tr
from crmdesk.models.member import Member
from crmdesk.operations import records as deeds
from crmdesk.queries import records
from crmdesk.ui.named import Named
from crmdesk.ui.pages.settings.section import ListsSection
from crmdesk.ui.widgets.basics import Button, Chip, IconButton, Text, row
from crmdesk.ui.widgets.layouts import empty

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtWidgets import QHBoxLayout

    from crmdesk.queries.records import Row
    from crmdesk.store.settings import Settings
    from crmdesk.ui.pages.settings.found import Found


class MembersSection(ListsSection):
    """The members of the team, those who are active first."""

    ASKED = ("name", "email", "role", "is_active", "signature")

    def show_settings(self, settings: Settings, found: Found) -> None:
        empty(self.lists)
        members = sorted(found.members, key=lambda member: member.values["is_active"] is False)
        self._active = {member.id: str(member.values["name"] or "") for member in members if member.values["is_active"] is not False}
        note = tr("Files name owners who are not known yet: they come in as members who are not active.")
        add = Button(tr("Add member"), self._add, "link", "plus")
        self.lists.addWidget(self.listed(tr("Members"), [self._line(member) for member in members], add, note))

    def _line(self, member: Row) -> QHBoxLayout:
        name, role = str(member.values["name"] or ""), member.values["role"]
        chips = [Chip(tr("not active"), "muted")] if member.values["is_active"] is False else []
        has_taker = self._active.keys() - {member.id}
        hand_over = (
            [IconButton("arrow-right", tr("Hand over the records of {name}", name=name), self._hander(Named(member.id, name)), "muted")] if has_taker else []
        )
        edit = IconButton("pencil", tr("Change {name}", name=name), self._editor(member.id), "muted")
        return row(Text(name), *chips, Text(Member.fields["role"].choice(role) if role else "", "muted"), None, *hand_over, edit, space=8, margins=(0, 3, 0, 3))

    def _hander(self, giver: Named) -> Callable[[], object]:
        def hand_over() -> None:
            from crmdesk.ui.dialogs.hand_over import HandOverDialog

            HandOverDialog(self.frame, self, giver, [Named(member, name) for member, name in self._active.items() if member != giver.id]).open()

        return hand_over

    def _add(self) -> None:
        self.ask(
            [Member.fields[name] for name in self.ASKED], tr("New member"), tr("Add member"), deeds.add, {"role": "sales", "is_active": True},
            lambda wanted: ("member", wanted),
        )  # fmt: skip

    def _editor(self, member: UUID) -> Callable[[], object]:
        def edit(found: list[Row]) -> None:
            if found:
                self.ask(
                    [Member.fields[name] for name in self.ASKED], tr("Change member"), tr("Save"), deeds.edit, found[0].values,
                    lambda wanted: ("member", [member], wanted),
                )  # fmt: skip

        return lambda: self.frame.ask(self, lambda reader: records.rows(reader, "member", [member], self.ASKED), edit, key="one")
