"""The settings page itself: the names of the sections beside the one that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
)

from crmdesk.i18n import mark, tr
from crmdesk.ui import theme
from crmdesk.ui.actions import Action
from crmdesk.ui.page import Changed, Frame, Page, Place
from crmdesk.ui.pages.settings.found import Found, find
from crmdesk.ui.pages.settings.letters import CompanySection, LetterheadSection, QuotesSection
from crmdesk.ui.pages.settings.look import AreasSection, LookSection, SecuritySection
from crmdesk.ui.pages.settings.members import MembersSection
from crmdesk.ui.pages.settings.pipelines import PipelinesSection
from crmdesk.ui.pages.settings.rates import RatesSection
from crmdesk.ui.pages.settings.records import CareSection, FieldsSection, NumbersSection
from crmdesk.ui.pages.settings.service import AnswersSection, HoursSection, ServiceSection
from crmdesk.ui.widgets.basics import Card, row
from crmdesk.ui.widgets.heads import PageHeader
from crmdesk.ui.widgets.layouts import made_anew

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmdesk.ui.pages.settings.section import Section

SECTIONS = {
    "company": (mark("Own company"), "building-2"), "letterhead": (mark("Letterhead"), "image"), "quotes": (mark("Quotes and tax"), "file-text"),
    "rates": (mark("Exchange rates"), "euro"), "pipelines": (mark("Pipelines"), "square-kanban"), "service": (mark("Service"), "life-buoy"),
    "answers": (mark("Answers and articles"), "book-open"), "hours": (mark("Hours and holidays"), "clock"), "numbers": (mark("Numbers"), "hash"),
    "fields": (mark("Own fields"), "sliders-horizontal"), "care": (mark("Data care"), "circle-check"), "members": (mark("Members"), "users"),
    "areas": (mark("Areas"), "layout-dashboard"), "look": (mark("Language and look"), "languages"), "security": (mark("Security"), "shield-check"),
}  # fmt: skip
MAKERS: dict[str, type[Section]] = {
    "company": CompanySection, "letterhead": LetterheadSection, "quotes": QuotesSection, "rates": RatesSection, "pipelines": PipelinesSection, "service": ServiceSection,
    "answers": AnswersSection, "hours": HoursSection, "numbers": NumbersSection, "fields": FieldsSection, "care": CareSection, "members": MembersSection, "areas": AreasSection,
    "look": LookSection, "security": SecuritySection,
}  # fmt: skip


class SettingsPage(Page):
    """What holds for the whole store, and for this window."""

    watches = frozenset({
        "setting", "pipeline", "stage", "service_level", "queue", "saved_answer", "article", "holiday", "number_series", "custom_field", "attachment", "member", "exchange_rate",
    })  # fmt: skip

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.found: Found | None = None
        self.header = PageHeader(tr("Settings"))
        self.names = QListWidget()
        self.names.setAccessibleName(tr("Sections"))
        self.names.setFrameShape(QFrame.Shape.NoFrame)
        self.names.setIconSize(QSize(16, 16))
        self.stack = QStackedWidget()
        self._made: dict[str, Section] = {}
        for name, (label, icon) in SECTIONS.items():
            item = QListWidgetItem(theme.icon(icon), tr(label))
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(100, theme.ROW))
            self.names.addItem(item)
        self.names.currentRowChanged.connect(self._choose)
        list_card = Card(padding=8)
        list_card.add(self.names)
        list_card.setFixedWidth(218)
        body = row(list_card, self.stack, space=20)
        body.setStretch(1, 1)
        self.column.addWidget(self.header)
        self.column.addLayout(body, 1)
        self.names.setCurrentRow(0)

    def arrive(self, place: Place) -> None:
        if place.view in SECTIONS:
            self.names.setCurrentRow(list(SECTIONS).index(place.view))
        self._ask()

    def refresh(self, changed: Changed) -> None:
        self._ask()

    def focus_first(self) -> None:
        self.names.setFocus()

    def commands(self) -> list[Action]:
        return [
            Action(f"settings.{name}", label, self._opener(name), icon, words=mark("settings preferences options"), title=self._titler(label))
            for name, (label, icon) in SECTIONS.items()
        ]

    def _opener(self, name: str) -> Callable[[], None]:
        return lambda: self.names.setCurrentRow(list(SECTIONS).index(name))

    def _titler(self, label: str) -> Callable[[], str]:
        return lambda: tr("Settings: {name}", name=tr(label))

    @Slot(int)
    def _choose(self, number: int) -> None:
        section = self.section(list(SECTIONS)[number])
        self.stack.setCurrentWidget(section if section.is_wide else section.area)

    def section(self, name: str) -> Section:
        """Return a section, made when it is first asked for."""
        if name not in self._made:
            section = MAKERS[name](self.frame)
            self._made[name] = section
            self.stack.addWidget(section if section.is_wide else section.area)
            if self.found is not None:
                section.show_settings(self.frame.store.settings, self.found)
        return self._made[name]

    def _ask(self) -> None:
        self.frame.ask(self, find, self._show, key="settings")

    def _show(self, found: Found) -> None:
        self.found = found
        for section in self._made.values():
            with made_anew(section):
                section.show_settings(self.frame.store.settings, found)
