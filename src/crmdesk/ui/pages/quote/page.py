"""The editor of one quote: its fields, its lines, and beside them the page that the customer gets."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from crmdesk.documents import formats
from crmdesk.documents.calculator import Line, calculate
from crmdesk.errors import Cancelled, UserError
from crmdesk.fields import Field
from crmdesk.i18n import mark, tr
from crmdesk.models.quote import QUOTE_STATUS, Quote
from crmdesk.operations import quotes
from crmdesk.operations import records as record_operations
from crmdesk.queries import quotes as queries
from crmdesk.queries.quotes import LineItem
from crmdesk.ui import theme
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.files import FilesDialog
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.dialogs.why import WhyDialog
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import Changed, Frame, Page, Place, at_field_or_window, scrolled
from crmdesk.ui.pages.quote.deeds import NEVER_SENT, QuoteDeeds
from crmdesk.ui.pages.quote.field_grid import FieldGrid
from crmdesk.ui.pages.quote.opened import MORE_FIELDS, TOP_FIELDS, Opened, open_quote
from crmdesk.ui.pages.quote.pasted import line_of
from crmdesk.ui.pages.quote.preview import Preview
from crmdesk.ui.pages.quote.sums import Sums
from crmdesk.ui.records import find, for_form, given
from crmdesk.ui.widgets.basics import Button, Card, Chip, column, row
from crmdesk.ui.widgets.heads import Breadcrumb, PageHeader
from crmdesk.ui.widgets.line_grid import LineGrid, pasted_columns, read_discount

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from crmdesk.documents.calculator import AllowanceCharge, Document
    from crmdesk.store import Reader

ALWAYS_OPEN = frozenset({"deal", "owner"})
STATUS_TONES: dict[str, theme.Tone] = {
    "draft": "info",
    "issued": "accent",
    "accepted": "success",
    "declined": "danger",
    "expired": "warning",
    "superseded": "muted",
}
PREVIEW_LEAST, PREVIEW_MOST, LINES_LEAST, NARROW, AGAIN_MS = 350, 560, 640, 1040, 400
DISCOUNT = (Field("discount", "text", mark("Discount"), required=True), Field("reason", "text", mark("Reason")))
T = TypeVar("T")


class QuotePage(Page):
    """The editor of one quote."""

    watches = frozenset({"quote", "quote_line", "allowance_charge", "company", "contact", "deal", "product", "setting", "member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._id: UUID | None = None
        self._opened: Opened | None = None
        self._allowances: tuple[AllowanceCharge, ...] = ()
        self._saves = 0
        self.deeds = QuoteDeeds(self, frame, self._current)
        self.deeds.changed.connect(self._ask)
        self._build_head()
        self._build_body()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._ask)

    # --- what it is made of -------------------------------------------------------------------------------------------

    def _build_head(self) -> None:
        deeds = self.deeds
        self.way = Breadcrumb((tr("Quotes"), self._to_list), (tr("Draft"), None))
        self.header = PageHeader(tr("Quote"))
        self.status = Chip("", "info")
        self.versions = Chip("", "muted", self._choose_version, "history")
        self.header.beside(self.status, self.versions)
        self.accept_button = Button(tr("Accepted"), deeds.accept, icon="check")
        self.decline_button = Button(tr("Declined"), deeds.decline, icon="x")
        self.revise_button = Button(tr("New version"), deeds.revise, icon="copy")
        self.issue_button = Button(tr("Issue"), deeds.issue, icon="shield-check", tip=tr("Give the quote its number; it can't be changed afterwards"))
        self.pdf_button = Button(tr("PDF"), self._choose_pdf, icon="printer", trailing="chevron-down")
        self.send_button = Button(tr("Send"), deeds.send, "primary", "send")
        self.preview_button = Button(tr("Preview"), self._toggle_preview, icon="eye")
        self.preview_button.hide()
        self.header.add(self.preview_button)
        self.header.add(self.accept_button, self.decline_button, self.revise_button, self.issue_button, self.pdf_button, self.send_button)
        self.column.addWidget(self.way)
        self.column.addWidget(self.header)
        self.column.addWidget(deeds.sent_bar)

    def _build_body(self) -> None:
        self.top = FieldGrid([Quote.fields[name] for name in TOP_FIELDS], self.frame, self._save_field)
        self.more = FieldGrid([Quote.fields[name] for name in MORE_FIELDS], self.frame, self._save_field)
        self.more.hide()
        self.more_button = Button(tr("More fields"), self._toggle_more, "link", "chevron-down")
        fields = Card(space=10)
        self.own = OwnFields(self.frame, "quote")
        fields.add(self.top, self.more, self.own, row(self.more_button, None))
        for part in (self.top, self.more):
            part.link_opened.connect(self._open_link)
        self.grid = LineGrid()
        store = self.frame.store
        products = find(store)
        self.grid.find_products = lambda text: products("product", text)
        self.grid.new_line = self._new_line
        self.grid.edited.connect(self._edited)
        self.grid.product_wanted.connect(self._put_product)
        self.grid.rows_pasted.connect(self._paste)
        self.grid.grown.connect(self._fit_grid)
        lines = Card(padding=0)
        lines.add(self.grid)
        lines.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.sums = Sums()
        self.sums.discount_wanted.connect(self.add_discount)
        self.sums.discount_dropped.connect(self.drop_discount)
        self.sums.why_wanted.connect(self.show_why)
        left = QWidget()
        left.setLayout(column(fields, lines, self.sums, None, space=12))
        self.preview = Preview(self.frame)
        self.view = self.preview.view
        self._left, self._right, self._wants_preview = scrolled(left), self.preview, False
        self.column.addLayout(row(self._left, self.preview, space=14), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Show lines and page beside one another, in a narrow window one of them."""
        is_narrow = self.width() < NARROW
        self.preview_button.setVisible(is_narrow)
        self._right.setVisible(not is_narrow or self._wants_preview)
        self._left.setVisible(not is_narrow or not self._wants_preview)
        beside = max(PREVIEW_LEAST, min(PREVIEW_MOST, round(self.width() * 0.38), self.width() - LINES_LEAST - 54))
        self._right.setFixedWidth(self.width() - 40 if is_narrow else beside)

    def _toggle_preview(self) -> None:
        self._wants_preview = not self._wants_preview
        self.preview_button.setText(tr("Lines") if self._wants_preview else tr("Preview"))
        self._arrange()

    # --- arriving -----------------------------------------------------------------------------------------------------

    def arrive(self, place: Place) -> None:
        if place.record is not None and place.record != self._id:
            self._id, self._opened, self._saves = place.record, None, 0
            self.deeds.sent_bar.hide()
            self.preview.begin(place.record)
        self._ask()

    def refresh(self, changed: Changed) -> None:
        if "setting" in changed or "company" in changed or "contact" in changed or "member" in changed:
            self.preview.forget()
        self._ask()

    def leave(self) -> bool:
        if self.grid.is_editing():
            self.grid.setFocus()
        return True

    def focus_first(self) -> None:
        self.grid.focus_entry()

    def commands(self) -> list[Action]:
        deeds = self.deeds

        def may(what: str) -> Callable[[], bool]:
            return lambda: self._opened is not None and what in self._opened.view.actions

        return [
            Action("quote.send", mark("Send quote"), deeds.send, "send", "Ctrl+Shift+Return", "record"),
            Action("quote.issue", mark("Issue quote"), deeds.issue, "shield-check", "", "record", may("issue")),
            Action("quote.pdf", mark("Save quote as PDF"), deeds.save_pdf, "file-down", "Ctrl+Shift+P", "record"),
            Action("quote.print", mark("Print quote"), self._print, "printer", "Ctrl+P", "record"),
            Action("quote.accept", mark("Quote was accepted"), deeds.accept, "check", "", "record", may("accept")),
            Action("quote.decline", mark("Quote was declined"), deeds.decline, "x", "", "record", may("decline")),
            Action("quote.revise", mark("New version of quote"), deeds.revise, "copy", "", "record", may("revise")),
            Action("quote.files", mark("Files"), self.show_files, "paperclip", "", "record"),
            Action("quote.why", mark("Why this total?"), self.show_why, "circle-help", "", "record"),
            Action("quote.delete", mark("Delete quote"), deeds.delete, "trash-2", "", "record", may("delete")),
        ]

    @Slot()
    def _ask(self) -> None:
        quote = self._id
        if quote is None:
            return
        if self._saves:
            self._again.start()
            return

        self.frame.ask(self, lambda reader: open_quote(reader, quote), self._show, self._gone, key="quote")

    def _gone(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.frame.show_error(error)
            self._to_list()

    # --- showing ------------------------------------------------------------------------------------------------------

    def _show(self, found: Opened) -> None:
        view = found.view
        if view.id != self._id or self._saves:
            return
        if self.grid.is_editing() and [item.line for item in view.lines] != [item.line for item in self.grid.lines.items]:
            if self.grid.is_typing():
                self._again.start()
                return
            self.grid.stop_editing()
        is_first = self._opened is None
        self._opened = found
        self._allowances = view.document.allowance_charges
        self._show_head(found)
        values = for_form(found.values)
        self.own.show_record(view.id)
        self.top.set_values(values)
        self.more.set_values(values)
        self.top.hint("payment_days", formats.number(Decimal(view.payment_days)))
        locked = "edit" not in view.actions
        for part in (self.top, self.more):
            part.lock(locked, ALWAYS_OPEN)
        self.own.setEnabled(not locked)
        self.grid.lines.set_totals(view.totals)
        self.grid.lines.show(view.lines, view.currency, locked)
        self.grid.lines.set_totals(view.totals)
        self.sums.show_totals(view.totals, self._allowances, view)
        self.sums.show_margin(view)
        self._draw()
        if is_first and not locked:
            self.grid.focus_entry()

    def _show_head(self, found: Opened) -> None:
        view = found.view
        number = view.number or tr("Draft")
        self.way.set_steps((tr("Quotes"), self._to_list), (number, None))
        title = tr("Quote for {company}", company=view.company.title) if view.company else view.subject or tr("Quote")
        self.header.set_title(title)
        self.name_window(f"{number} · {title}")
        label = next((tr(choice.label) for choice in QUOTE_STATUS if choice.value == view.status), view.status)
        self.status.show_as(label, STATUS_TONES.get(view.status, "muted"))
        self.status.setToolTip(view.decline_reason)
        self.versions.setVisible(len(view.versions) > 1)
        self.versions.show_as(tr("Version {version}", version=view.version), "muted")
        for button, what in ((self.accept_button, "accept"), (self.decline_button, "decline"), (self.revise_button, "revise"), (self.issue_button, "issue")):
            button.setVisible(what in view.actions)
        self.send_button.setVisible(view.status not in NEVER_SENT)

    @Slot(int)
    def _fit_grid(self, height: int) -> None:
        self.grid.setFixedHeight(height)

    # --- lines --------------------------------------------------------------------------------------------------------

    def _document(self) -> Document | None:
        if self._opened is None:
            return None
        return replace(self._opened.view.document, lines=tuple(item.line for item in self.grid.lines.items), allowance_charges=self._allowances)

    def _draw(self) -> None:
        document = self._document()
        if self._opened is not None and document is not None:
            self.preview.draw(self._opened, document)

    def _new_line(self, text: str) -> LineItem:
        category, rate = self._opened.usual_tax if self._opened else ("S", Decimal(0))
        return LineItem(Line(text, tax_category=category, tax_rate=rate))

    @Slot()
    def _edited(self) -> None:
        """Show the new totals at once, then save and draw."""
        document = self._document()
        if document is None or self._id is None:
            return
        try:
            totals = calculate(document)
        except UserError as error:
            self.frame.show_error(error)
            return
        self.grid.lines.set_totals(totals)
        self.sums.show_totals(totals, self._allowances, self._opened.view if self._opened else None)
        self._draw()
        self._saves += 1
        self.frame.do(quotes.set_lines, self._id, tuple(self.grid.lines.items), self._allowances, done=self._saved, failed=self._refused)

    def _saved(self, result: None) -> None:
        self._saves = max(0, self._saves - 1)
        if not self._saves:
            self._again.start()

    def _refused(self, error: Exception) -> None:
        self._saves = max(0, self._saves - 1)
        self.frame.show_error(error)
        self._again.start()

    def _for_this(self, done: Callable[[T], object]) -> Callable[[T], None]:
        """Return what is done with an answer, unless another quote is shown by then."""
        quote = self._id

        def only(found: T) -> None:
            if self._id == quote:
                done(found)

        return only

    @Slot(int, object)
    def _put_product(self, line: int, product: UUID) -> None:
        currency = self._opened.view.currency if self._opened else self.frame.store.settings.currency
        self.frame.ask(
            self, lambda reader: queries.line_for(reader, product, currency), self._for_this(lambda item: self.grid.put_product(line, item)), key="product"
        )

    @Slot(list, int)
    def _paste(self, rows: list[list[str]], at: int) -> None:
        currency = self._opened.view.currency if self._opened else self.frame.store.settings.currency
        columns, heads = pasted_columns(rows)
        usual = self._new_line("")

        def question(reader: Reader) -> list[LineItem]:
            return [line_of(reader, cells, columns, currency, usual) for cells in rows[heads:]]

        self.frame.ask(self, question, self._for_this(lambda items: self.grid.insert_lines(at, items)), key="paste")

    @Slot()
    def add_discount(self) -> None:
        """Ask for a discount on the whole quote."""

        def save(values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            currency = self._opened.view.currency if self._opened else "EUR"
            try:
                found = read_discount(values["discount"], currency)
            except UserError as error:
                error.field = "discount"
                failed(error)
                return
            self._allowances = (*self._allowances, *(replace(each, reason=values.get("reason", "")) for each in found))
            done(None)
            self._edited()

        dialog = AskDialog(self.frame, DISCOUNT, tr("Discount on the whole quote"), tr("Add discount"), save)
        dialog.form.editors["discount"].inner.setPlaceholderText(tr("10% or an amount such as 50 EUR"))  # type: ignore[attr-defined]  # a text field
        dialog.open()

    @Slot(int)
    def drop_discount(self, number: int) -> None:
        """Take one of them away."""
        self._allowances = tuple(each for n, each in enumerate(self._allowances) if n != number)
        self._edited()

    @Slot()
    def show_why(self) -> None:
        """Show every step of the calculation."""
        document = self._document()
        if document is not None:
            WhyDialog(self.window(), document).open()

    def show_files(self) -> None:
        """Show the files of the quote."""
        if self._id is not None:
            FilesDialog(self.frame, "quote", self._id).open()

    # --- fields -------------------------------------------------------------------------------------------------------

    def _save_field(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        if self._id is not None:
            values = {name: given(Quote.fields[name], value)}
            self.frame.do(record_operations.edit, "quote", [self._id], values, done=lambda _: saved(), failed=at_field_or_window(self.frame, refused))

    @Slot(str, object)
    def _open_link(self, entity: str, record: UUID) -> None:
        self.frame.open_record(entity, record)

    def _toggle_more(self) -> None:
        shown = self.more.isHidden()
        self.more.setVisible(shown)
        self.more_button.setText(tr("Fewer fields") if shown else tr("More fields"))

    # --- life ---------------------------------------------------------------------------------------------------------

    def _to_list(self) -> None:
        self.frame.open_page("quotes")

    def _current(self) -> Opened | None:
        """Return the quote that is open, after what is being typed was taken."""
        self.leave()
        return self._opened

    def _print(self) -> None:
        self.leave()
        self.deeds.print(self.view.pdf())

    def _choose_pdf(self) -> None:
        menu = QMenu(self)
        menu.addAction(theme.icon("file-down"), tr("Save as file"), self.deeds.save_pdf)
        menu.addAction(theme.icon("printer"), tr("Print"), self._print)
        menu.exec(self.pdf_button.mapToGlobal(QPoint(0, self.pdf_button.height() + 4)))

    def _choose_version(self) -> None:
        if self._opened is None:
            return
        menu = QMenu(self)
        for version in reversed(self._opened.view.versions):
            label = next((tr(choice.label) for choice in QUOTE_STATUS if choice.value == version.status), version.status)
            words = " · ".join((tr("Version {version}", version=version.version), version.number or tr("Draft"), label))
            action = menu.addAction(words, self._opener(version.id))
            action.setCheckable(True)
            action.setChecked(version.id == self._id)
        menu.exec(self.versions.mapToGlobal(QPoint(0, self.versions.height() + 4)))

    def _opener(self, quote: UUID) -> Callable[[], None]:
        return lambda: self.frame.open_record("quote", quote)
