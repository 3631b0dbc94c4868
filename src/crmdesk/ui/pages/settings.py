"""Settings: own company and letterhead, quotes, pipelines, service, hours, numbers, own fields, areas, language, security."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crmdesk.clock import today
from crmdesk.documents import mail_texts
from crmdesk.documents.calculator import Document, calculate
from crmdesk.documents.calculator import Line as DocumentLine
from crmdesk.errors import UserError, why
from crmdesk.fields import Choice, Field, show_number
from crmdesk.i18n import LANGUAGES, mark, tr
from crmdesk.models.calendar import calendar_of
from crmdesk.models.quote import LEVELS, ROUNDINGS
from crmdesk.models.registry import MAIN, entity_class
from crmdesk.models.ticket import PRIORITIES, Article, SavedAnswer, ServiceLevel
from crmdesk.models.workspace import CUSTOM_KINDS, CustomField, Holiday
from crmdesk.operations import pipelines, workspace
from crmdesk.operations import records as deeds
from crmdesk.operations.numbers import written
from crmdesk.queries import deals, letters, records, uniqueness
from crmdesk.store.settings import QUOTE_MAILS, ZONES, Settings
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.form import Form, FormGrid
from crmdesk.ui.page import Changed, Frame, Page, Place, scrolled
from crmdesk.ui.records import context
from crmdesk.ui.widgets.basics import Button, Card, IconButton, Line, Text, column, row
from crmdesk.ui.widgets.heads import PageHeader
from crmdesk.ui.widgets.messages import InlineError
from crmdesk.ui.widgets.pdf_view import PdfView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from crmdesk.queries.deals import StageFacts
    from crmdesk.queries.records import Row
    from crmdesk.reports.quote import QuotePage
    from crmdesk.store import Reader
    from crmdesk.ui.background import Job

LABELS = {item.name: item.metadata["label"] for item in fields(Settings)}
# Beneath the heading “Own company” nothing has to be called own once more.
SHORT = {
    "company_name": mark("Name"), "company_address": mark("Address"), "company_phone": mark("Phone"), "company_email": mark("Email"),
    "company_website": mark("Website"), "company_vat_id": mark("VAT ID"), "company_tax_number": mark("Tax number"),
}  # fmt: skip
KINDS = {
    "company_address": "long_text", "letter_footer": "long_text", "quote_intro": "long_text", "quote_terms": "long_text", "quote_valid_days": "integer",
    "payment_days": "integer", "tax_inclusive": "flag", "rounding_mode": "choice", "rounding_level": "choice", "lock_after_minutes": "integer", "zone": "choice",
    "export_reason_from": "integer", "quality_threshold": "integer", **{name: "long_text" for name in QUOTE_MAILS if "_body_" in name},
}  # fmt: skip
CHOICES = {"rounding_mode": ROUNDINGS, "rounding_level": LEVELS, "zone": tuple(Choice(zone, zone) for zone in sorted({*ZONES.values(), "UTC"}))}
COMPANY = (
    "company_name", "company_address", "company_phone", "company_email", "company_website", "company_vat_id", "company_tax_number", "company_register", "company_directors",
    "company_bank", "company_iban", "company_bic",
)  # fmt: skip
QUOTES = ("quote_valid_days", "payment_days", "tax_rate", "tax_inclusive", "rounding_mode", "rounding_level", "quote_intro", "quote_terms")
QUOTE_COLUMNS = {
    "position": mark("No."), "product": mark("Product no."), "description": mark("Description"), "quantity": mark("Quantity"), "unit": mark("Unit"),
    "unit_price": mark("Unit price"), "discount": mark("Discount"), "tax": mark("Tax"), "amount": mark("Amount"),
}  # fmt: skip
AREAS = {
    "today": mark("Today"), "contacts": mark("Contacts"), "companies": mark("Companies"), "leads": mark("Leads"), "pipeline": mark("Pipeline"), "tickets": mark("Tickets"),
    "quotes": mark("Quotes"), "tasks": mark("Tasks"), "reports": mark("Reports"),
}  # fmt: skip
SECTIONS = {
    "company": (mark("Own company"), "building-2"), "letterhead": (mark("Letterhead"), "image"), "quotes": (mark("Quotes and tax"), "file-text"),
    "pipelines": (mark("Pipelines"), "square-kanban"), "service": (mark("Service"), "life-buoy"), "answers": (mark("Answers and articles"), "book-open"),
    "hours": (mark("Hours and holidays"), "clock"), "numbers": (mark("Numbers"), "hash"), "fields": (mark("Own fields"), "sliders-horizontal"),
    "care": (mark("Data care"), "circle-check"), "areas": (mark("Areas"), "layout-dashboard"),
    "look": (mark("Language and look"), "languages"), "security": (mark("Security"), "shield-check"),
}  # fmt: skip
DAYS = (mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"), mark("Saturday"), mark("Sunday"))
WIDEST = 760


def setting_field(name: str) -> Field:
    """Return a setting as a field of a form."""
    return Field(name, KINDS.get(name, "text"), SHORT.get(name, LABELS[name]), required=name in ("rounding_mode", "rounding_level", "zone"), choices=CHOICES.get(name, ()))


@dataclass(frozen=True)
class _Found:
    """Everything that the sections show, from one read."""

    pipelines: list[tuple[UUID, str]]
    stages: list[StageFacts]
    levels: list[Row]
    queues: list[Row]
    answers: list[Row]
    articles: list[Row]
    holidays: list[Row]
    series: list[tuple[str, str, int]]
    own_fields: list[Row]
    logo: bytes | None
    seal: bytes | None


LEVEL_FIELDS = tuple(f"{choice.value}_{what}_minutes" for choice in PRIORITIES for what in ("first_reply", "resolution"))


def _ask(reader: Reader) -> _Found:
    def rows(entity: str, names: Sequence[str]) -> list[Row]:
        return records.rows(reader, entity, records.ids(reader, entity), names)

    known = {row.values["about"]: row.values for row in rows("number_series", ("about", "pattern", "next_value"))}
    series = []
    for name in MAIN:
        pattern = entity_class(name).entity.series
        if pattern is not None:
            own = known.get(name, {})
            series.append((name, str(own.get("pattern") or pattern), int(own.get("next_value") or 1)))
    holidays = sorted(rows("holiday", ("on", "name")), key=lambda one: one.values["on"])
    return _Found(
        deals.pipelines(reader), deals.stages(reader), rows("service_level", ("name", *LEVEL_FIELDS)), rows("queue", ("name", "service_level")),
        rows("saved_answer", ("title", "language")), rows("article", ("title", "category", "status")), holidays, series,
        rows("custom_field", ("about", "label", "kind", "required")), letters.picture(reader, reader.settings.logo_id), letters.picture(reader, reader.settings.seal_id),
    )  # fmt: skip


class SettingsPage(Page):
    """What holds for the whole store, and for this window."""

    watches = frozenset({
        "setting", "pipeline", "stage", "service_level", "queue", "saved_answer", "article", "holiday", "number_series", "custom_field", "attachment",
    })  # fmt: skip

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.found: _Found | None = None
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
        list_card.setFixedWidth(232)
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
            section = _makers()[name](self)
            self._made[name] = section
            self.stack.addWidget(section if section.is_wide else section.area)
            if self.found is not None:
                section.show_settings(self.frame.store.settings, self.found)
        return self._made[name]

    def _ask(self) -> None:
        self.frame.ask(self, _ask, self._show, key="settings")

    def _show(self, found: _Found) -> None:
        self.found = found
        for section in self._made.values():
            section.show_settings(self.frame.store.settings, found)

    def change(self, **values: Any) -> None:
        """Change settings of the store."""
        self.frame.do(deeds.change_settings, values, said=tr("Settings changed"))


class Section(QWidget):
    """One section of the settings.

    Attributes:
        is_wide: takes the whole width and scrolls by itself.
        area: in which it scrolls otherwise.
    """

    is_wide = False

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self.page = page
        self.frame = page.frame
        self.cards = QVBoxLayout(self)
        self.cards.setContentsMargins(0, 0, 0, 0)
        self.cards.setSpacing(12)
        if not self.is_wide:
            self.area = scrolled(self)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        """Show what is stored."""

    def card(self, title: str, *parts: Any, note: str = "") -> Card:
        """Add a card."""
        made = Card(title)
        made.setMaximumWidth(WIDEST)
        if note:
            made.add(Text(note, "muted", wrap=True))
        made.add(*parts)
        self.cards.addWidget(made)
        return made

    def form(self, names: Sequence[str], width: int = 180) -> Form:
        """Return a form over settings, saved when a field is left."""
        return Form([setting_field(name) for name in names], context(self.frame.store), self.save, width)

    def save(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        """Save one setting."""
        empty: Any = Settings.__dataclass_fields__[name].default
        stored = value if value is not None else ("" if isinstance(empty, str) else empty)
        self.frame.do(deeds.change_settings, {name: stored}, done=lambda _: saved(), failed=refused)

    def ask(
        self, asked: Sequence[Field], title: str, verb: str, operation: Callable[..., Any], values: dict[str, Any], arguments: Callable[[dict[str, Any]], tuple[Any, ...]]
    ) -> AskDialog:  # fmt: skip
        """Ask for values and run an operation with them."""

        def save(wanted: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            self.frame.do(operation, *arguments(wanted), done=done, failed=failed)

        dialog = AskDialog(self.frame, asked, title, verb, save, values)
        dialog.open()
        return dialog


def _filled(settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(settings, name) if getattr(settings, name) != "" else None for name in names}


class CompanySection(Section):
    """Who we are, as it stands on letters."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self.fields = self.form(COMPANY)
        self.card(tr("Own company"), self.fields, note=tr("This stands on the letterhead of quotes."))
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        self.fields.set_values(_filled(settings, COMPANY))


class _PictureChoice(QWidget):
    """A picture of the letterhead: what it looks like, choose, remove."""

    def __init__(self, section: LetterheadSection, which: str, label: str) -> None:
        super().__init__()
        self._section, self._which = section, which
        self.picture = QLabel()
        self.picture.setFixedSize(150, 64)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setFrameShape(QFrame.Shape.StyledPanel)
        self.picture.setAccessibleName(label)
        self.choose = Button(tr("Choose"), self._choose, icon="upload")
        self.remove = Button(tr("Remove"), lambda: section.set_picture(which, None), icon="x")
        self.setLayout(row(self.picture, self.choose, self.remove, None, space=8))

    def show_picture(self, found: bytes | None) -> None:
        """Show the picture that is stored."""
        self.remove.setVisible(found is not None)
        if found is None:
            self.picture.setPixmap(QPixmap())
            self.picture.setText(tr("None"))
            return
        shown = QPixmap()
        shown.loadFromData(found)
        self.picture.setPixmap(shown.scaled(142, 56, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation))

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a picture"), str(Path.home()), tr("Pictures (*.png *.jpg *.jpeg)"))
        if path:
            self._section.set_picture(self._which, Path(path))


class LetterheadSection(Section):
    """Logo, seal, colour and footer, with the letter as it will look."""

    is_wide = True

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self.logo, self.seal = _PictureChoice(self, "logo", tr("Logo")), _PictureChoice(self, "seal", tr("Seal"))
        self.colour = Button("", self._choose_colour, icon="palette")
        self.footer = self.form(("letter_footer",), 120)
        grid = FormGrid(120)
        grid.add(tr("Logo"), self.logo)
        grid.add(tr("Seal"), self.seal, Text(tr("It is printed on Chinese letters only."), "caption"))
        grid.add(tr("Colour"), self.colour)
        left = Card(tr("Letterhead"))
        left.add(grid, self.footer)
        left.body.addStretch(1)
        self.view = PdfView()
        self.view.setAccessibleName(tr("Sample letter"))
        preview = Card(padding=0, sunken=True)
        preview.add(self.view)
        line = row(left, preview, space=12)
        line.setStretch(0, 5)
        line.setStretch(1, 4)
        self.cards.addLayout(line)
        self._drawn_of: Any = None

    def show_settings(self, settings: Settings, found: _Found) -> None:
        self.logo.show_picture(found.logo)
        self.seal.show_picture(found.seal)
        self.colour.setText(settings.letter_colour)
        self.footer.set_values(_filled(settings, ("letter_footer",)))
        if (settings, found.logo, found.seal) != self._drawn_of:
            self._drawn_of = (settings, found.logo, found.seal)
            store = self.frame.store

            def work(job: Job) -> bytes:
                from crmdesk.reports.quote import render_quote

                with store.read() as reader:
                    return render_quote(_sample_letter(reader)).pdf

            background.read(self, work, self.view.show_pdf, self._not_drawn, key="letter")

    def _not_drawn(self, error: Exception) -> None:
        self._drawn_of = None
        self.frame.show_error(error)

    def set_picture(self, which: str, path: Path | None) -> None:
        """Put a picture on the letterhead, or take it away."""
        if path is None:
            self.frame.do(workspace.set_picture, which, said=tr("Picture removed"))
            return

        def read(job: Job) -> bytes:
            try:
                return path.read_bytes()
            except OSError as error:
                raise UserError(tr("{path} can't be read: {why}.", path=path, why=why(error))) from error

        background.read(self, read, lambda found: self.frame.do(workspace.set_picture, which, path.name, found, said=tr("Letterhead changed")))

    def _choose_colour(self) -> None:
        chosen = QColorDialog.getColor(QColor(self.frame.store.settings.letter_colour), self, tr("Colour of the letterhead"))
        if chosen.isValid():
            self.page.change(letter_colour=chosen.name().upper())


def _sample_letter(reader: Reader) -> QuotePage:
    """Return a quote that nobody gets, for looking at the letterhead."""
    from crmdesk.reports.quote import QuotePage

    language = reader.settings.language
    line = DocumentLine(tr("Sample item"), Decimal(2), Decimal(100), tax_rate=Decimal(19), unit=tr("pcs"))
    document = Document(reader.settings.currency, (line,))
    return QuotePage(
        letterhead=letters.letterhead(reader, language), recipient=(tr("Sample customer"), tr("Sample street 1"), tr("12345 Sample town")), document=document,
        totals=calculate(document), number=None, quoted_on=today(reader.settings.tz), title=tr("Sample letter"), language=language,
    )  # fmt: skip


class QuotesSection(Section):
    """What a new quote starts with, and what is printed of its lines."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self.fields = self.form(QUOTES)
        self.card(tr("Quotes and tax"), self.fields, note=tr("Changes hold for new quotes; issued ones stay as they are."))
        self.boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout()
        for number, (name, label) in enumerate(QUOTE_COLUMNS.items()):
            box = QCheckBox(tr(label))
            box.clicked.connect(self._save_columns)
            self.boxes[name] = box
            grid.addWidget(box, number // 3, number % 3)
        self.card(tr("Columns on the PDF"), grid)
        self.mails = self.form(QUOTE_MAILS)
        self.card(
            tr("Mail with a quote"), self.mails,
            note=tr("The reader's language decides. What is empty is said in the program's own words. In the texts may stand: {names}.", names=mail_texts.listed()),
        )  # fmt: skip
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        self.fields.set_values({**_filled(settings, QUOTES), "tax_inclusive": settings.tax_inclusive})
        for name, box in self.boxes.items():
            box.setChecked(name in settings.quote_columns)
        self.mails.set_values(_filled(settings, QUOTE_MAILS))

    @Slot()
    def _save_columns(self) -> None:
        self.page.change(quote_columns=[name for name, box in self.boxes.items() if box.isChecked()])


class PipelinesSection(Section):
    """Pipelines with their stages, in their order."""

    NAME = Field("name", "text", mark("Name"), required=True)
    STAGE = (NAME, Field("win_rate", "decimal", mark("Win rate (%)")), Field("rotting_days", "integer", mark("Rotting after (days)")))

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._box = QVBoxLayout()
        self._box.setSpacing(12)
        self.cards.addLayout(self._box)
        self.cards.addWidget(Button(tr("Add pipeline"), self._add, icon="plus"))
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        _empty(self._box)
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
            self._box.addWidget(card)

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
            self.STAGE, tr("New stage"), tr("Add stage"), pipelines.add_stage, {}, lambda values: (pipeline, values["name"], values.get("win_rate"), values.get("rotting_days"))
        )

    def _editor(self, stage: StageFacts) -> Callable[[], object]:
        shown = {"name": stage.name, "win_rate": stage.win_rate, "rotting_days": stage.rotting_days}
        return lambda: self.ask(
            self.STAGE, tr("Change stage"), tr("Save"), pipelines.edit_stage, shown, lambda values: (stage.id, values["name"], values.get("win_rate"), values.get("rotting_days"))
        )

    def _stage_deleter(self, stage: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(pipelines.delete_stage, stage, said=tr("Stage deleted"))

    def _mover(self, pipeline: UUID, stages: list[StageFacts], number: int, step: int) -> Callable[[], object]:
        def move() -> None:
            order = [stage.id for stage in stages]
            order.insert(number + step, order.pop(number))
            self.frame.do(pipelines.order_stages, pipeline, order)

        return move


class ServiceSection(Section):
    """Service levels with what they promise, and queues."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._box = QVBoxLayout()
        self._box.setSpacing(12)
        self.cards.addLayout(self._box)
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        _empty(self._box)
        levels = Card(tr("Service levels"), space=0)
        levels.setMaximumWidth(WIDEST)
        levels.body.addSpacing(6)
        for level in found.levels:
            usual = tr("usual") if settings.service_level == str(level.id) else ""
            levels.body.addWidget(Line())
            choose = None if usual else Button(tr("Make usual"), self._usual(level.id), "link")
            edit = IconButton("pencil", tr("Change {name}", name=level.values["name"]), self._level_editor(level), "muted")
            said = column(row(Text(str(level.values["name"] or "")), Text(usual, "muted"), None, space=6), Text(_promise(level), "caption", wrap=True), space=1)
            line = row(said, *((choose,) if choose is not None else ()), edit, space=6, margins=(0, 5, 0, 5))
            line.setStretch(0, 1)
            levels.body.addLayout(line)
        levels.body.addSpacing(6)
        levels.body.addLayout(row(Button(tr("Add service level"), self._level_editor(None), "link", "plus"), None))
        self._box.addWidget(levels)
        queues = Card(tr("Queues"), space=0)
        queues.setMaximumWidth(WIDEST)
        queues.body.addSpacing(6)
        for queue in found.queues:
            queues.body.addWidget(Line())
            level_name = queue.values["service_level"].title if queue.values["service_level"] else tr("usual service level")
            edit = IconButton("pencil", tr("Change {name}", name=queue.values["name"]), self._queue_editor(queue), "muted")
            queues.body.addLayout(row(Text(str(queue.values["name"] or "")), Text(level_name, "muted"), None, edit, space=6, margins=(0, 3, 0, 3)))
        queues.body.addSpacing(6)
        queues.body.addLayout(row(Button(tr("Add queue"), self._queue_editor(None), "link", "plus"), None))
        self._box.addWidget(queues)

    def _usual(self, level: UUID) -> Callable[[], object]:
        return lambda: self.page.change(service_level=str(level))

    def _level_editor(self, level: Row | None) -> Callable[[], object]:
        asked = [ServiceLevel.fields[name] for name in ("name", *LEVEL_FIELDS)]
        shown = dict(level.values) if level is not None else {}
        level_id = level.id if level is not None else None
        return lambda: self.ask(
            asked, tr("Change service level") if level_id else tr("New service level"), tr("Save"), workspace.set_level, shown,
            lambda values: (level_id, values.get("name") or "", {name: values.get(name) for name in LEVEL_FIELDS}),
        )  # fmt: skip

    def _queue_editor(self, queue: Row | None) -> Callable[[], object]:
        from crmdesk.models.ticket import Queue
        from crmdesk.ui.records import for_form

        shown = for_form(queue.values) if queue is not None else {}
        queue_id = queue.id if queue is not None else None
        return lambda: self.ask(
            [Queue.fields["name"], Queue.fields["service_level"]], tr("Change queue") if queue_id else tr("New queue"), tr("Save"), workspace.set_queue, shown,
            lambda values: (queue_id, values.get("name") or "", values.get("service_level")),
        )  # fmt: skip


def _promise(level: Row) -> str:
    """Say what a service level promises: first reply and resolution by priority."""
    said = []
    for choice in PRIORITIES:
        reply, resolution = level.values[f"{choice.value}_first_reply_minutes"], level.values[f"{choice.value}_resolution_minutes"]
        said.append(tr("{priority} {reply} / {resolution}", priority=tr(choice.label), reply=_hours(reply), resolution=_hours(resolution)))
    return " · ".join(said)


def _hours(minutes: int | None) -> str:
    if minutes is None:
        return "–"
    return tr("{count} min", count=minutes) if minutes < 60 else tr("{count} h", count=show_number(Decimal(minutes) / 60))


class AnswersSection(Section):
    """Saved answers and knowledge articles."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._box = QVBoxLayout()
        self._box.setSpacing(12)
        self.cards.addLayout(self._box)
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        _empty(self._box)
        note = tr("{contact}, {number}, {company} and their like are filled in.", contact="{contact}", number="{number}", company="{company}")
        self._list("saved_answer", tr("Saved answers"), tr("Add answer"), found.answers, ("language",), note)
        self._list("article", tr("Knowledge articles"), tr("Add article"), found.articles, ("category", "status"), tr("Published articles are offered in replies."))

    def _list(self, entity: str, title: str, add: str, rows: list[Row], more: Sequence[str], note: str) -> None:
        card = Card(title, space=0)
        card.setMaximumWidth(WIDEST)
        card.add(Text(note, "muted", wrap=True))
        card.body.addSpacing(6)
        cls = entity_class(entity)
        for one in rows:
            name = str(one.values["title"] or "")
            about = " · ".join(cls.fields[key].choice(str(one.values[key])) for key in more if one.values[key])
            card.body.addWidget(Line())
            edit = IconButton("pencil", tr("Change {name}", name=name), self._editor(entity, one.id), "muted")
            gone = IconButton("trash-2", tr("Delete {name}", name=name), self._deleter(entity, one.id), "muted")
            card.body.addLayout(row(Text(name), Text(about, "muted"), None, edit, gone, space=6, margins=(0, 3, 0, 3)))
        card.body.addSpacing(6)
        card.body.addLayout(row(Button(add, self._editor(entity, None), "link", "plus"), None))
        self._box.addWidget(card)

    def _editor(self, entity: str, record: UUID | None) -> Callable[[], object]:
        cls: Any = SavedAnswer if entity == "saved_answer" else Article
        names = ("title", "language", "body") if entity == "saved_answer" else ("title", "category", "language", "status", "body")

        def open_dialog(values: dict[str, Any]) -> None:
            if record is None:
                self.ask([cls.fields[name] for name in names], tr(cls.entity.label), tr("Save"), deeds.add, values, lambda wanted: (entity, wanted))
            else:
                self.ask([cls.fields[name] for name in names], tr(cls.entity.label), tr("Save"), deeds.edit, values, lambda wanted: (entity, [record], wanted))

        def edit() -> None:
            if record is None:
                open_dialog({"status": "published"} if entity == "article" else {})
            else:
                self.frame.ask(self, lambda reader: records.rows(reader, entity, [record], names), lambda found: open_dialog(found[0].values) if found else None, key="one")

        return edit

    def _deleter(self, entity: str, record: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(deeds.delete, entity, [record], said=tr("Deleted"))


class HoursSection(Section):
    """When people work: what the clocks of tickets count."""

    HOLIDAY = (Holiday.fields["on"], Holiday.fields["name"])

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        grid = FormGrid(120)
        self.days: list[QLineEdit] = []
        for day in DAYS:
            line = QLineEdit()
            line.setPlaceholderText(tr("closed"))
            line.setAccessibleName(tr(day))
            line.editingFinished.connect(self._save)
            self.days.append(line)
            grid.add(tr(day), line)
        self.error = InlineError()
        self.card(tr("Working hours"), grid, self.error, note=tr("Write them as in 09:00-12:00, 13:00-17:00."))
        self._holidays = QVBoxLayout()
        self._holidays.setSpacing(0)
        self.card(tr("Holidays"), self._holidays, row(Button(tr("Add holiday"), self._add, "link", "plus"), None))
        self.cards.addStretch(1)
        self._stored: tuple[tuple[str, ...], ...] = ()

    def show_settings(self, settings: Settings, found: _Found) -> None:
        self._stored = settings.hours
        for line, times in zip(self.days, settings.hours, strict=True):
            if not line.hasFocus():
                line.setText(", ".join(f"{start}-{end}" for start, end in zip(times[::2], times[1::2], strict=True)))
        _empty(self._holidays)
        for holiday in found.holidays:
            name = str(holiday.values["name"] or "")
            day = records.shown(Holiday.fields["on"], holiday.values["on"])
            gone = IconButton("trash-2", tr("Delete {name}", name=name or day), self._deleter(holiday.id), "muted")
            self._holidays.addLayout(row(Text(day), Text(name, "muted"), None, gone, space=8, margins=(0, 2, 0, 2)))

    @Slot()
    def _save(self) -> None:
        hours = tuple(tuple(time.strip() for part in line.text().split(",") if part.strip() for time in part.replace("–", "-").split("-")) for line in self.days)
        try:
            calendar_of(hours, self.frame.store.settings.tz)
        except UserError as error:
            self.error.say(f"{error.message} {error.hint or ''}".strip())
            return
        self.error.say("")
        if hours != self._stored:
            self._stored = hours
            self.page.change(hours=[list(times) for times in hours])

    def _add(self) -> None:
        self.ask(self.HOLIDAY, tr("New holiday"), tr("Add holiday"), workspace.add_holiday, {}, lambda values: (values["on"], values.get("name") or ""))

    def _deleter(self, holiday: UUID) -> Callable[[], object]:
        return lambda: self.frame.do(workspace.delete_holiday, holiday, said=tr("Holiday deleted"))


class NumbersSection(Section):
    """How quotes, tickets and their like are numbered."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._box = QVBoxLayout()
        self._box.setSpacing(0)
        note = tr("“{year}” stands for the year, “{running}” for a running number of four digits.", year="{year}", running="{seq:04}")
        self.card(tr("Numbers"), self._box, note=note)
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        _empty(self._box)
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

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._box = QVBoxLayout()
        self._box.setSpacing(0)
        self.card(
            tr("Own fields"), self._box, row(Button(tr("Add field"), self._add, "link", "plus"), None), note=tr("They stand in forms, lists, filters, imports and exports.")
        )
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        _empty(self._box)
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


class AreasSection(Section):
    """Which pages are offered."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self.boxes: dict[str, QCheckBox] = {}
        for name, label in AREAS.items():
            box = QCheckBox(tr(label))
            box.clicked.connect(self._save)
            self.boxes[name] = box
        self.card(tr("Areas"), *self.boxes.values(), note=tr("What is switched off is hidden, not deleted."))
        self.cards.addStretch(1)
        self._others: tuple[str, ...] = ()

    def show_settings(self, settings: Settings, found: _Found) -> None:
        self._others = tuple(area for area in settings.areas if area not in AREAS)
        for name, box in self.boxes.items():
            box.setChecked(name in settings.areas)

    @Slot()
    def _save(self) -> None:
        chosen = [name for name, box in self.boxes.items() if box.isChecked()]
        self.page.change(areas=[*chosen, *self._others])


class LookSection(Section):
    """Language of the window and of the store, region, colours."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        from crmdesk.i18n import language

        self.language = QComboBox()
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(language()))
        self.language.setAccessibleName(tr("Language of the window"))
        self.language.activated.connect(self._speak)
        self.scheme = QComboBox()
        for value, label in (("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))):
            self.scheme.addItem(label, value)
        self.scheme.setCurrentIndex(self.scheme.findData(theme.choice()))
        self.scheme.setAccessibleName(tr("Colours"))
        self.scheme.activated.connect(self._colour)
        grid = FormGrid(180)
        grid.add(tr("Language"), self.language)
        grid.add(tr("Colours"), self.scheme)
        self.card(tr("This computer"), grid)
        self.store_language = QComboBox()
        for code, name in LANGUAGES.items():
            self.store_language.addItem(name, code)
        self.store_language.setAccessibleName(tr("Language of documents"))
        self.store_language.activated.connect(self._speak_in_store)
        self.fields = self.form(("region", "zone"))
        self.currency = Text("")
        of_store = FormGrid(180)
        of_store.add(tr("Language of documents"), self.store_language)
        of_store.add(tr("Currency"), self.currency)
        self.card(tr("This store"), of_store, self.fields, note=tr("The store's own currency is chosen when it is made; amounts in others keep theirs."))
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        self.store_language.setCurrentIndex(self.store_language.findData(settings.language))
        self.currency.setText(settings.currency)
        self.scheme.setCurrentIndex(self.scheme.findData(theme.choice()))
        self.fields.set_values(_filled(settings, ("region", "zone")))

    @Slot(int)
    def _speak(self, number: int) -> None:
        self.frame.registry.run(f"view.language.{self.language.currentData()}")

    @Slot(int)
    def _colour(self, number: int) -> None:
        self.frame.registry.run(f"view.{self.scheme.currentData()}")

    @Slot(int)
    def _speak_in_store(self, number: int) -> None:
        self.page.change(language=self.store_language.currentData())


class SecuritySection(Section):
    """Lock, passphrase, recovery sheet, keyring, backup."""

    DEEDS = (
        ("file.passphrase", mark("Change passphrase"), mark("The store is encrypted anew; the old recovery sheet no longer opens it."), "key", mark("Change")),
        ("file.sheet", mark("Recovery sheet"), mark("Opens the store when the passphrase is forgotten. Print it and keep it in a safe place."), "printer", mark("Show")),
        ("file.keyring", mark("Unlock without passphrase on this computer"), mark("The key is kept in the keyring of your system."), "lock-open", mark("Switch")),
        ("file.backup", mark("Back up now"), mark("A verified copy beside the automatic ones."), "save", mark("Back up")),
        ("file.restore", mark("Restore a backup"), mark("Shows what differs before it takes the place of the store; the present file is kept."), "history", mark("Choose")),
        ("file.lock", mark("Lock"), mark("Hides everything and forgets the key."), "lock", mark("Lock")),
    )

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self.fields = self.form(("lock_after_minutes",))
        self.card(tr("Lock"), self.fields, note=tr("After so many minutes without a key or a click the window asks for the passphrase."))
        self.exports = self.form(("export_reason_from",), 300)
        self.card(tr("Exports"), self.exports, note=tr("Each export is journaled with count, columns, filter and reason. 0 asks for a reason always."))
        card = Card(tr("Keys and backup"), space=0)
        card.setMaximumWidth(WIDEST)
        card.body.addSpacing(6)
        for name, label, about, icon, verb in self.DEEDS:
            words = column(Text(tr(label)), Text(tr(about), "caption", wrap=True), space=1)
            run = Button(tr(verb), self._runner(name), icon=icon)
            run.setAccessibleName(tr(label))
            line = row(words, run, space=12, margins=(0, 7, 0, 7))
            line.setStretch(0, 1)
            card.body.addWidget(Line())
            card.body.addLayout(line)
        self.cards.addWidget(card)
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: _Found) -> None:
        self.fields.set_values({"lock_after_minutes": settings.lock_after_minutes})
        self.exports.set_values({"export_reason_from": settings.export_reason_from})

    def _runner(self, name: str) -> Callable[[], object]:
        return lambda: self.frame.registry.run(name)


ONLY_ONCE = {
    "contact": ("email", "phone", "name", "email+name"), "company": ("name", "name+address.city", "vat_id", "credit_code", "customer_number", "website", "email", "phone"),
    "lead": ("email", "phone", "name"), "product": ("code", "name"),
}  # fmt: skip
MODES = {uniqueness.WARN: mark("Warn while typing"), uniqueness.REASON: mark("Ask for a reason"), uniqueness.BLOCK: mark("Refuse")}


class CareSection(Section):
    """How good the data shall be, and what shall be there only once."""

    RULE = (
        Field("what", "choice", mark("Only once"), required=True, choices=tuple(Choice(f"{entity}:{fields}", "") for entity, known in ONLY_ONCE.items() for fields in known)),
        Field("mode", "choice", mark("If it is there already"), required=True, choices=tuple(Choice(mode, label) for mode, label in MODES.items())),
    )  # fmt: skip

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self.quality = self.form(("quality_threshold",), 300)
        more = row(Button(tr("Look at the data quality"), lambda: self.frame.open_page("reports", "data_quality"), "link"), None)
        self.card(tr("Data quality"), self.quality, more, note=tr("Today warns when less of what is looked at is in order. 0 never warns."))
        self._rules = QVBoxLayout()
        self._rules.setSpacing(0)
        note = tr("What no two records may share. Records that were there before can still be changed.")
        self.card(tr("Only once"), self._rules, row(Button(tr("Add rule"), self._add, "link", "plus"), None), note=note)
        self.cards.addStretch(1)
        self._stored: tuple[tuple[str, ...], ...] = ()

    def show_settings(self, settings: Settings, found: _Found) -> None:
        self.quality.set_values({"quality_threshold": settings.quality_threshold})
        self._stored = settings.uniqueness
        _empty(self._rules)
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
        return lambda: self.page.change(uniqueness=[list(rule) for rule in self._stored if rule != gone])


def _rule_title(entity: str, fields: str) -> str:
    """Return what a rule is about in words, such as “Company: Name, City”."""
    return tr("{what}: {fields}", what=tr(entity_class(entity).entity.label), fields=", ".join(uniqueness.labels(entity, fields.split("+"))))


def _makers() -> dict[str, type[Section]]:
    """Return what makes each section."""
    return {
        "company": CompanySection, "letterhead": LetterheadSection, "quotes": QuotesSection, "pipelines": PipelinesSection, "service": ServiceSection,
        "answers": AnswersSection, "hours": HoursSection, "numbers": NumbersSection, "fields": FieldsSection, "care": CareSection, "areas": AreasSection, "look": LookSection,
        "security": SecuritySection,
    }  # fmt: skip


def _empty(layout: Any) -> None:
    """Take everything out of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif item.layout() is not None:
            _empty(item.layout())
