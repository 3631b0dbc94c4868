"""The own company, its letterhead with a letter as it will look, and what quotes start with."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QColorDialog,
    QFileDialog,
    QGridLayout,
    QLabel,
    QWidget,
)

from crmdesk.clock import today
from crmdesk.documents import mail_texts
from crmdesk.documents.calculator import Document, calculate
from crmdesk.documents.calculator import Line as DocumentLine
from crmdesk.errors import UserError, why
from crmdesk.i18n import mark, tr
from crmdesk.operations import workspace
from crmdesk.queries import letters
from crmdesk.store.settings import QUOTE_MAILS, Settings
from crmdesk.ui import background
from crmdesk.ui.form import FormGrid
from crmdesk.ui.page import scrolled
from crmdesk.ui.pages.settings.section import Section, filled
from crmdesk.ui.widgets.basics import Button, Card, Text, row
from crmdesk.ui.widgets.pdf_view import PdfView

if TYPE_CHECKING:
    from crmdesk.reports.quote_page import QuotePage
    from crmdesk.store import Reader
    from crmdesk.ui.background import Job
    from crmdesk.ui.page import Frame
    from crmdesk.ui.pages.settings.found import Found

COMPANY = (
    "company_name", "company_address", "company_phone", "company_email", "company_website", "company_vat_id", "company_tax_number", "company_register", "company_directors",
    "company_bank", "company_iban", "company_bic",
)  # fmt: skip
QUOTES = ("quote_valid_days", "payment_days", "tax_rate", "tax_inclusive", "rounding_mode", "rounding_level", "quote_intro", "quote_terms")
QUOTE_COLUMNS = {
    "position": mark("No."), "product": mark("Product no."), "description": mark("Description"), "quantity": mark("Quantity"), "unit": mark("Unit"),
    "unit_price": mark("Unit price"), "discount": mark("Discount"), "tax": mark("Tax"), "amount": mark("Amount"),
}  # fmt: skip


class CompanySection(Section):
    """Who we are, as it stands on letters."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.fields = self.form(COMPANY)
        self.card(tr("Own company"), self.fields, note=tr("This stands on the letterhead of quotes."))
        self.cards.addStretch(1)

    def show_settings(self, settings: Settings, found: Found) -> None:
        self.fields.set_values(filled(settings, COMPANY), "settings")


class PictureChoice(QWidget):
    """A picture of the letterhead: what it looks like, choose, remove."""

    def __init__(self, section: LetterheadSection, which: str, label: str) -> None:
        super().__init__()
        self._section, self._which = section, which
        self.picture = QLabel()
        self.picture.setFixedSize(150, 64)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setProperty("card", "sunken")
        self.picture.setProperty("role", "muted")
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


LEAST_BESIDE, LEAST_PREVIEW = 640, 480  # narrower than that the sample letter stands beneath


class LetterheadSection(Section):
    """Logo, seal, colour and footer, with the letter as it will look."""

    is_wide = True

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.logo, self.seal = PictureChoice(self, "logo", tr("Logo")), PictureChoice(self, "seal", tr("Seal"))
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
        self._preview = preview
        self._line = row(left, preview, space=12)
        self._line.setStretch(0, 5)
        self._line.setStretch(1, 4)
        body = QWidget()
        body.setLayout(self._line)
        self.cards.addWidget(scrolled(body))
        self._drawn_of: Any = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < LEAST_BESIDE
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight)
        self._preview.setMinimumHeight(LEAST_PREVIEW if is_narrow else 0)

    def show_settings(self, settings: Settings, found: Found) -> None:
        self.logo.show_picture(found.logo)
        self.seal.show_picture(found.seal)
        self.colour.setText(settings.letter_colour)
        self.footer.set_values(filled(settings, ("letter_footer",)), "settings")
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
            self.change(letter_colour=chosen.name().upper())


def _sample_letter(reader: Reader) -> QuotePage:
    """Return a quote that nobody gets, for looking at the letterhead."""
    from crmdesk.reports.quote_page import QuotePage

    language = reader.settings.language
    line = DocumentLine(tr("Sample item"), Decimal(2), Decimal(100), tax_rate=Decimal(19), unit=tr("pcs"))
    document = Document(reader.settings.currency, (line,))
    return QuotePage(
        letterhead=letters.letterhead(reader, language), recipient=(tr("Sample customer"), tr("Sample street 1"), tr("12345 Sample town")), document=document,
        totals=calculate(document), number=None, quoted_on=today(reader.settings.tz), title=tr("Sample letter"), language=language,
    )  # fmt: skip


class QuotesSection(Section):
    """What a new quote starts with, and what is printed of its lines."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
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

    def show_settings(self, settings: Settings, found: Found) -> None:
        self.fields.set_values({**filled(settings, QUOTES), "tax_inclusive": settings.tax_inclusive}, "settings")
        for name, box in self.boxes.items():
            box.setChecked(name in settings.quote_columns)
        self.mails.set_values(filled(settings, QUOTE_MAILS), "settings")

    @Slot()
    def _save_columns(self) -> None:
        self.change(quote_columns=[name for name, box in self.boxes.items() if box.isChecked()])
