"""Render the window's parts to pictures, light and dark, without a screen: `python tools/gallery.py FOLDER`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QRadioButton, QWidget

from crmdesk.fields import Choice, Field, Money
from crmdesk.i18n import mark, tr
from crmdesk.queries.finding import Condition
from crmdesk.queries.records import Part
from crmdesk.ui import background, theme
from crmdesk.ui.editors import Context, Named
from crmdesk.ui.form import Form
from crmdesk.ui.lists.record_list import BulkAction, RecordList
from crmdesk.ui.page import Frame, Page, PageSpec, Place
from crmdesk.ui.palette import ContextCommand
from crmdesk.ui.widgets.basics import Avatar, Button, Card, Chip, IconButton, Kbd, Text, column, row
from crmdesk.ui.widgets.figures import Bar, BarChart, ChartCard, FunnelChart, LineChart, Point, ShareChart, Tile
from crmdesk.ui.widgets.heads import Breadcrumb, EmptyState, PageHeader, SearchField, Segmented, Tab, Tabs
from crmdesk.ui.widgets.layouts import FlowLayout
from crmdesk.ui.widgets.record_table import Ask, Cell, Column
from crmdesk.ui.widgets.timeline import Entry, TimelineView
from crmdesk.ui.window import Window

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Hit:
    entity: str
    id: UUID
    title: str
    subtitle: str
    match: None = None


class Parts(Page):
    """All widgets on one page."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        header = PageHeader(tr("Contacts"), "91 of 100,412")
        header.add(
            Button("Import", icon="upload"),
            Button("Export", icon="download"),
            Button("Contact", kind="primary", icon="plus"),
        )
        self.column.addWidget(Breadcrumb(("Companies", lambda: None), ("Alfreds Futterkiste", None)))
        self.column.addWidget(header)
        bar = row(
            SearchField("Filter this list", "list-filter"),
            Button("Filter", kind="flat", icon="plus"),
            None,
            Segmented(("board", "Board", "square-kanban"), ("table", "Table", "table")),
            Button("Columns", kind="flat", icon="columns-3"),
            Button("New business", trailing="chevron-down"),
        )
        self.column.addLayout(bar)
        chips = Card("Chips, people, keys")
        flow = FlowLayout()
        for tone in theme.TONES:
            flow.addWidget(Chip(tone.capitalize(), tone))
        flow.addWidget(Chip("Overdue task", "danger", icon="triangle-alert"))
        for name in ("Maria Becker", "王伟", "Jonas Stein"):
            flow.addWidget(Avatar(name))
        flow.addWidget(Avatar("Alfreds Futterkiste", 44))
        flow.addWidget(Kbd("Ctrl+K"))
        flow.addWidget(IconButton("ellipsis", "More"))
        chips.body.addLayout(flow)
        off = Button("Not now")
        off.setEnabled(False)
        chips.add(
            row(Button("Plain"), Button("Main", kind="primary"), Button("Delete", kind="danger", icon="trash-2"),
                Button("Flat", kind="flat"), off, Button("Open quote", kind="link"), None)
        )  # fmt: skip
        check, radio, combo, field = (
            QCheckBox("Checked"),
            QRadioButton("One of some"),
            QComboBox(),
            QLineEdit("Ernst Handel"),
        )
        check.setChecked(True)
        radio.setChecked(True)
        combo.addItems(["Wholesale EUR", "Retail EUR"])
        chips.add(row(check, QCheckBox("Not checked"), radio, combo, field, None))
        tabs = Card(padding=0)
        tabs.add(Tabs([Tab("t", "Timeline"), Tab("d", "Deals", 2), Tab("q", "Quotes", 4)]))
        tabs.add(
            EmptyState(
                "users",
                "No contacts yet.",
                Button("New contact", kind="primary"),
                Button("Import"),
                hint="Take them over from Excel, Outlook or Google.",
            )
        )
        self.column.addLayout(row(chips, tabs, space=12))
        types = Card("Type")
        types.add(Text("Good morning, Maria", "title"), Text("Dialog title", "dialog"), Text("€ 142,300", "figure"))
        types.add(Text("Body text and <b>no HTML</b>"), Text("Muted text", "muted"), Text("Caption 11.5", "caption"))
        self.column.addWidget(types)
        self.column.addStretch(1)


class Figures(Page):
    """Tiles, charts and the timeline."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        header = PageHeader("Good morning, Maria", "Saturday, 21 November")
        header.add(Button("Customise", icon="sliders-horizontal"))
        self.column.addWidget(header)
        self.column.addLayout(
            row(
                Tile("Won this quarter", "€ 142,300", "71% of goal", "success", lambda: None),
                Tile("Weighted pipeline", "€ 97,300", "15 open deals", None, lambda: None),
                Tile("Overdue invoices", "€ 8,420", "5 invoices", "danger", lambda: None),
                Tile("First reply in SLA", "94%", "+3 pts this week", "success", lambda: None),
                Tile("At risk of leaving", "6 customers", "€ 31,000 a year", None, lambda: None),
                space=10,
            )
        )
        months = [Point(m, v, f"€ {v},000", m == "D") for m, v in zip("JFMAMJJASOND", (30, 41, 36, 46, 52, 49, 60, 57, 68, 65, 77, 53), strict=True)]
        bars = ChartCard("Revenue and forecast, € thousand", BarChart("Revenue", months, 63))
        line = ChartCard("Open deals", LineChart("Open deals", months))
        funnel = ChartCard(
            "Funnel, last 90 days",
            FunnelChart(
                "Funnel",
                [
                    Point("Leads", 212, "212"),
                    Point("Qualified", 118, "118"),
                    Point("Proposal", 57, "57"),
                    Point("Won", 24, "24"),
                ],
            ),
            "Conversion 11.3% · cycle 41 days",
        )
        share = ChartCard(
            "Open deals by owner",
            ShareChart(
                "Owners",
                [
                    Point("Maria Becker", 71, "€ 71,200"),
                    Point("Jonas Stein", 45, "€ 44,900"),
                    Point("Anne Lindt", 26, "€ 26,200"),
                ],
            ),
        )
        timeline = TimelineView()
        timeline.show_entries([
            Entry("phone", "Call with Maria Anders", "Asked for a three-year price; wants delivery before Easter.", "Today 10:12", "Maria Becker", "Next: send quote by Tue"),
            Entry("file-text", "Q-2026-0117 sent", "€ 58,000.00 net", "Yesterday 16:40", "Maria Becker"),
            Entry("life-buoy", "Ticket T-0231 resolved", "Damaged pallet replaced · rated 5/5", "18 Nov", "Anne Lindt"),
            Entry("mail", "Email: Re: spring range", "“Thank you, the samples arrived in good order and our chef liked them. We would like to talk.”", "17 Nov", "Jonas Stein"),
            Entry("handshake", "Deal “Autumn range” won", "€ 21,300.00", "14 Nov", "Maria Becker"),
        ])  # fmt: skip
        feed = Card(padding=0, space=0)
        feed.add(Tabs([Tab("t", "Timeline"), Tab("d", "Deals", 2)]), timeline)
        quality = Card("Details")
        quality.add(Text("Data quality 92%", "strong"), Bar(0.92, "Data quality"), Text("Missing: industry code", "muted"))
        self.column.addLayout(row(column(bars, line, space=12), feed, column(funnel, share, quality, None, space=12), space=12))


NAMES = (
    ("Maria Anders", "Alfreds Futterkiste", "Sales representative", "+49 30 0074321", "maria@alfreds.example", "Berlin", "Today"),
    ("Ana Trujillo", "Ana Trujillo Emparedados", "Owner", "+52 55 5555 4729", "ana@trujillo.example", "México D.F.", "2 d"),
    ("Thomas Hardy", "Around the Horn", "Sales representative", "+44 20 7555 7788", "thomas@horn.example", "London", "3 d"),
    ("Christina Berglund", "Berglunds snabbköp", "Order administrator", "+46 921 123 465", "christina@berglund.example", "Luleå", "5 d"),
    ("王伟", "上海明德贸易有限公司", "采购经理", "+86 138 0013 8000", "wangwei@mingde.example", "上海", "14 d"),
    ("Frédérique Citeaux", "Blondesddsl père et fils", "Marketing manager", "+33 3 88 60 15 31", "fred@blonde.example", "Strasbourg", "12 d"),
)  # fmt: skip
LIST_COLUMNS = tuple(
    Column(name, label, kind, width, look)
    for name, label, kind, width, look in (
        ("name", "Name", "text", 170, "name"), ("company", "Company", "link", 200, ""), ("role", "Role", "text", 145, "muted"),
        ("phone", "Phone", "parts", 150, ""), ("email", "Email", "parts", 215, ""), ("city", "City", "text", 100, ""),
        ("last", "Last contact", "moment", 95, "muted"),
    )
)  # fmt: skip


class Names:
    def ids(self, job: object, ask: Ask) -> list[int]:
        return list(range(100_412))

    def rows(self, job: object, ids: Sequence[int], columns: Sequence[str]) -> list[list[str | Cell]]:
        order = [column.name for column in LIST_COLUMNS]
        return [[NAMES[n % len(NAMES)][order.index(name)] for name in columns] for n in ids]


class ListPage(Page):
    """A list with filter, checked row, bulk actions."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        header = PageHeader("Contacts", "91 of 100,412")
        header.add(Button("Import", icon="upload"), Button("Export", icon="download"), Button("Contact", kind="primary", icon="plus"))
        self.column.addWidget(header)
        country = Field("country", "choice", "Country", choices=tuple(Choice(c, c) for c in ("DE", "MX", "GB", "SE")))
        self.list = RecordList(LIST_COLUMNS, Names(), {"country": country, "last": Field("last", "date", "Last contact")}, Context(), "Contacts", frame.confirm)
        self.list.filters.set_conditions([Condition("country", "in", "", ("DE", "MX", "GB", "SE")), Condition("last", "<", "2026-10-22")])
        self.list.set_bulk(*(BulkAction(text, print) for text in ("Tag", "Assign owner", "Merge duplicates", "Delete")))
        self.list.table.records.loaded.connect(lambda count: self.list.table.records.check([3]))
        self.column.addWidget(self.list)

    def arrive(self, place: Place) -> None:
        self.list.reload()


class FormPage(Page):
    """Forms and dialogs."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.column.addWidget(PageHeader("Alfreds Futterkiste"))
        kinds = (
            Field("name", "text", "Name", required=True), Field("employees", "integer", "Employees"), Field("revenue", "money", "Annual revenue"),
            Field("closes", "date", "Expected close"), Field("at", "moment", "Last contact"), Field("active", "flag", "Active"),
            Field("tier", "choice", "Value tier", choices=(Choice("a", "A"), Choice("b", "B"))), Field("owner", "link", "Owner", target="member"),
            Field("phone", "parts", "Phone", target="phone"), Field("address", "parts", "Address", target="address"),
            Field("tags", "parts", "Tags", target="record_tag"), Field("about", "long_text", "Description"),
        )  # fmt: skip
        values = {
            "name": "Alfreds Futterkiste", "employees": 1200, "revenue": Money(Decimal("214930.50"), "EUR"), "closes": date(2026, 12, 20),
            "at": datetime(2026, 11, 21, 9, 12, tzinfo=UTC), "active": True, "tier": "a", "owner": Named(uuid4(), "Maria Becker"),
            "phone": [Part("+49 30 0074322", "work"), Part("+49 170 1234567", "mobile")],
            "address": [Part("", "office", (("street", "Obere Str. 57"), ("postal_code", "12209"), ("city", "Berlin"), ("country", "DE")))],
            "tags": [Part("Key account"), Part("cold-chain")], "about": "Buys every 34 days.",
        }  # fmt: skip
        cards = []
        for quiet in (True, False):
            form = Form(kinds, Context(is_quiet=quiet), save=lambda name, value, done, failed: done())
            form.set_values(values)
            card = Card("Details, quiet" if quiet else "Details, framed")
            card.add(form)
            card.body.addStretch(1)
            cards.append(card)
            if not quiet:
                form.editors["employees"].input.setText("many")
                form.editors["employees"].left.emit()
        self.column.addLayout(row(*cards, space=12))


def window(pages: tuple[PageSpec, ...]) -> Window:
    made = Window(pages)
    made.set_store(None, "northwind.crmdesk", "Maria Becker")
    made.fill_navigation()
    made.set_foot(
        ("lock", "Encrypted ·", "muted_on_tint"),
        ("", "northwind.crmdesk", "muted_on_tint"),
        ("refresh-cw", "Backup 2 min ago", "muted_on_tint"),
    )
    return made


PAGE_OF = {"today": lambda: Figures, "companies": lambda: ListPage, "tickets": lambda: FormPage}
PAGES = tuple(
    PageSpec(name, label, icon, PAGE_OF.get(name, lambda: Parts))
    for name, label, icon in (
        ("today", mark("Today"), "house"),
        ("contacts", mark("Contacts"), "users"),
        ("companies", mark("Companies"), "building-2"),
        ("pipeline", mark("Pipeline"), "square-kanban"),
        ("tickets", mark("Tickets"), "life-buoy"),
        ("quotes", mark("Quotes"), "file-text"),
        ("tasks", mark("Tasks"), "calendar-check"),
        ("reports", mark("Reports"), "chart-column"),
    )
)


def shoot(widget: QWidget, path: Path) -> None:
    for _ in range(3):
        widget.grab()
        QApplication.processEvents()
        background.settle()
    widget.grab().save(str(path))
    print(path)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    theme.start(app, "light")
    if "--rtl" in sys.argv:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    from crmdesk.ui.navigation import Item

    made = window(PAGES)
    made.show()
    made.open_page("contacts")
    made.navigation.set_views([Item("contacts:1", "Key accounts", "star"), Item("pipeline:2", "Closing this month", "flame")])
    ernst = uuid4()
    hits = [
        Hit("company", ernst, "Ernst Handel", "Graz, Austria"),
        Hit("contact", uuid4(), "Roland Mendel", "Ernst Handel · sales manager"),
        Hit("deal", uuid4(), "Three-year contract", "Ernst Handel · Proposal · € 58,000"),
    ]
    made.palette_box.search = lambda text, limit, wanted: hits
    new_deal = ContextCommand(mark("New deal for {name}"), "plus", ("company",), lambda entity, record: None)
    made.palette_box.context = [new_deal]
    for scheme in ("light", "dark"):
        theme.use(scheme)
        made.palette_box.hide()
        shoot(made, folder / f"parts-{scheme}.png")
        made.say("Deal moved to Won", undo=True)
        made.open_palette("ernst")
        shoot(made, folder / f"palette-{scheme}.png")
        made.palette_box.close_box()
        made.open_page("today")
        made.toasts.clear()
        shoot(made, folder / f"figures-{scheme}.png")
        for page in ("companies", "tickets"):
            made.open_page(page)
            shoot(made, folder / f"{'list' if page == 'companies' else 'form'}-{scheme}.png")
        made.open_page("contacts")
    made.close()
    background.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "gallery"))
