"""One quote: its fields, its lines, its totals, and beside them the page that the customer gets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QGridLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from crmdesk.documents import formats
from crmdesk.documents.calculator import Line, calculate
from crmdesk.errors import Cancelled, UserError, why
from crmdesk.fields import Field, Money, show_money
from crmdesk.i18n import mark, ntr, tr
from crmdesk.models.quote import QUOTE_STATUS, Quote
from crmdesk.operations import quotes, sending
from crmdesk.operations import records as record_operations
from crmdesk.queries import quotes as queries
from crmdesk.queries import records, search
from crmdesk.queries.quotes import LineItem
from crmdesk.ui import background, theme
from crmdesk.ui.actions import Action
from crmdesk.ui.dialogs.new_record import AskDialog
from crmdesk.ui.dialogs.why import WhyDialog
from crmdesk.ui.editors import DateEditor, Editor, LinkEditor, editor_for
from crmdesk.ui.own_fields import OwnFields
from crmdesk.ui.page import Changed, Frame, Page, Place, scrolled
from crmdesk.ui.printing import print_pdf
from crmdesk.ui.records import context, find, for_form, given
from crmdesk.ui.widgets.basics import Button, Card, Chip, IconButton, Text, column, row
from crmdesk.ui.widgets.heads import Breadcrumb, PageHeader
from crmdesk.ui.widgets.line_grid import LineGrid, pasted_columns, pasted_values, read_discount
from crmdesk.ui.widgets.messages import InlineError
from crmdesk.ui.widgets.pdf_view import Drawn, PdfView, draw

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from crmdesk.documents.calculator import AllowanceCharge, Document, Totals
    from crmdesk.operations.sending import ReadyMail
    from crmdesk.queries.quotes import QuoteView
    from crmdesk.reports.quote import Rendered
    from crmdesk.store import Reader
    from crmdesk.ui.background import Job

TOP_FIELDS = ("company", "deal", "contact", "valid_until", "subject", "payment_days")
MORE_FIELDS = ("date", "language", "reference", "currency", "exchange_rate", "tax_inclusive", "owner", "intro", "terms")
ALWAYS_OPEN = frozenset({"deal", "owner"})
STATUS_TONES: dict[str, theme.Tone] = {"draft": "info", "issued": "accent", "accepted": "success", "declined": "danger", "expired": "warning", "superseded": "muted"}
PREVIEW_LEAST, PREVIEW_MOST, LINES_LEAST, NARROW, AGAIN_MS = 350, 560, 640, 1040, 400
DISCOUNT = (Field("discount", "text", mark("Discount"), required=True), Field("reason", "text", mark("Reason")))
REASON = Field("reason", "text", mark("Reason"))
WIN = Field("win", "flag", mark("Move the deal to Won"))


@dataclass(frozen=True)
class _Opened:
    """A quote with the raw values of its fields and a file name for its PDF."""

    view: QuoteView
    values: dict[str, Any]
    file_name: str
    usual_tax: tuple[str, Any]


class FieldGrid(QWidget):
    """Fields in columns, the label above each; saved when they are left.

    Signals:
        link_opened: entity and id of a linked record that the user wants to see.
    """

    link_opened = Signal(str, object)

    def __init__(self, fields: list[Field], frame: Frame, save: Callable[[str, Any, Callable[[], None], Callable[[Exception], None]], object], columns: int = 3) -> None:
        super().__init__()
        self._save = save
        self.editors: dict[str, Editor] = {}
        self._errors: dict[str, InlineError] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        at = 0
        for field in fields:
            editor, error, label = editor_for(field, context(frame.store)), InlineError(), Text(tr(field.label), "muted")
            label.setBuddy(editor)
            self.editors[field.name], self._errors[field.name] = editor, error
            box = QWidget()
            box.setLayout(column(label, editor, error, space=2))
            wide = columns if field.kind == "long_text" else 1
            if wide > 1 and at % columns:
                at += columns - at % columns
            grid.addWidget(box, at // columns, at % columns, 1, wide, Qt.AlignmentFlag.AlignTop)
            at += wide
            editor.left.connect(lambda name=field.name: self._left(name))
            editor.cancelled.connect(lambda name=field.name: self._say(name, ""))
            if isinstance(editor, LinkEditor):
                editor.can_open = field.target in ("company", "contact", "deal")
                editor.open_wanted.connect(lambda record, entity=field.target: self.link_opened.emit(entity, record))
        for number in range(columns):
            grid.setColumnStretch(number, 1)

    def set_values(self, values: dict[str, Any]) -> None:
        """Show these values; a field that the user is changing just now keeps what is typed."""
        focused = QApplication.focusWidget()
        for name, editor in self.editors.items():
            is_typing = focused is not None and editor.isAncestorOf(focused) and editor.is_changed()
            if name in values and not is_typing:
                editor.set_value(values[name])

    def hint(self, name: str, text: str) -> None:
        """Show what holds while a field is empty."""
        inner = self.editors[name].inner
        if hasattr(inner, "setPlaceholderText"):
            inner.setPlaceholderText(text)

    def lock(self, locked: bool, but: frozenset[str]) -> None:
        """Let nothing be changed but these."""
        for name, editor in self.editors.items():
            is_open = not locked or name in but
            editor.inner.setEnabled(is_open)  # a locked link can still be opened
            if isinstance(editor, DateEditor):
                editor.pick.setEnabled(is_open)

    def _left(self, name: str) -> None:
        editor = self.editors[name]
        if not editor.is_changed():
            self._say(name, "")
            return
        try:
            value = editor.checked_value()
        except UserError as error:
            self._say(name, error.message)
            return
        self._say(name, "")
        before = editor.was()
        editor.set_value(value)

        def refused(error: Exception) -> None:
            editor.set_value(before)
            editor.show_value(value)
            if isinstance(error, UserError):
                self._say(name, f"{error.message} {error.hint or ''}".strip())

        self._save(name, value, lambda: None, refused)

    def _say(self, name: str, message: str) -> None:
        self._errors[name].say(message)
        self.editors[name].show_error(message)


class QuotePage(Page):
    """The editor of one quote."""

    watches = frozenset({"quote", "quote_line", "allowance_charge", "company", "contact", "deal", "product", "setting", "member"})

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._id: UUID | None = None
        self._opened: _Opened | None = None
        self._allowances: tuple[AllowanceCharge, ...] = ()
        self._saves = 0
        self._preview_of: tuple[Any, ...] | None = None
        self._build_head()
        self._build_body()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._ask)

    # --- what it is made of -------------------------------------------------------------------------------------------

    def _build_head(self) -> None:
        self.way = Breadcrumb((tr("Quotes"), self._to_list), (tr("Draft"), None))
        self.header = PageHeader(tr("Quote"))
        self.status = Chip("", "info")
        self.versions = Chip("", "muted", self._choose_version, "history")
        self.header.beside(self.status, self.versions)
        self.accept_button = Button(tr("Accepted"), self._accept, icon="check")
        self.decline_button = Button(tr("Declined"), self._decline, icon="x")
        self.revise_button = Button(tr("New version"), self._revise, icon="copy")
        self.issue_button = Button(tr("Issue"), self._issue, icon="shield-check", tip=tr("Give the quote its number; it can't be changed afterwards"))
        self.pdf_button = Button(tr("PDF"), self._choose_pdf, icon="printer", trailing="chevron-down")
        self.send_button = Button(tr("Send"), self._send, "primary", "send")
        self.preview_button = Button(tr("Preview"), self._toggle_preview, icon="eye")
        self.preview_button.hide()
        self.header.add(self.preview_button)
        self.header.add(self.accept_button, self.decline_button, self.revise_button, self.issue_button, self.pdf_button, self.send_button)
        self.sent_bar = Card(padding=12)
        self.sent_text = Text("", wrap=True)
        self.sent_text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.sent_bar.add(row(self.sent_text, Button(tr("Not yet"), self.sent_bar.hide), Button(tr("It was sent"), self._was_sent, "primary", "check"), space=8))
        self.sent_bar.hide()
        self.column.addWidget(self.way)
        self.column.addWidget(self.header)
        self.column.addWidget(self.sent_bar)

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
        self.margin = Card(space=2)
        self.margin_figure = Text("", "strong")
        self.margin_note = Text("", "muted", wrap=True)
        self.margin.add(Text(tr("Margin"), "muted"), self.margin_figure, self.margin_note)
        self.margin.setMaximumWidth(270)
        self.totals = Card(space=4)
        self.totals.setFixedWidth(312)
        self._sums = QVBoxLayout()
        self._sums.setSpacing(8)
        self.discount_button = Button(tr("Add discount"), self._add_discount, "link", "plus")
        self.totals.add(self._sums, row(self.discount_button, None, Button(tr("Why this total?"), self._why, "link")))
        foot = row(column(self.margin, None), None, column(self.totals, None), space=12)
        left = QWidget()
        left.setLayout(column(fields, lines, foot, None, space=12))
        self.view = PdfView()
        self.view.failed.connect(self.frame.show_error)
        self.missing = InlineError()
        preview = Card(padding=0, sunken=True, space=0)
        preview.add(self.missing, self.view)
        preview.setProperty("card", "sunken")
        self._left, self._right, self._wants_preview = scrolled(left), preview, False
        self.column.addLayout(row(self._left, preview, space=14), 1)

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
            self._id, self._opened, self._preview_of, self._saves = place.record, None, None, 0
            self.sent_bar.hide()
        self._ask()

    def refresh(self, changed: Changed) -> None:
        if "setting" in changed or "company" in changed or "contact" in changed or "member" in changed:
            self._preview_of = None
        self._ask()

    def leave(self) -> bool:
        if self.grid.is_editing():
            self.grid.setFocus()
        return True

    def focus_first(self) -> None:
        self.grid.focus_entry()

    def commands(self) -> list[Action]:
        def may(what: str) -> Callable[[], bool]:
            return lambda: self._opened is not None and what in self._opened.view.actions

        return [
            Action("quote.send", mark("Send quote"), self._send, "send", "Ctrl+Shift+Return", "record"),
            Action("quote.issue", mark("Issue quote"), self._issue, "shield-check", "", "record", may("issue")),
            Action("quote.pdf", mark("Save quote as PDF"), self._save_pdf, "file-down", "Ctrl+Shift+P", "record"),
            Action("quote.print", mark("Print quote"), self._print, "printer", "Ctrl+P", "record"),
            Action("quote.accept", mark("Quote was accepted"), self._accept, "check", "", "record", may("accept")),
            Action("quote.decline", mark("Quote was declined"), self._decline, "x", "", "record", may("decline")),
            Action("quote.revise", mark("New version of quote"), self._revise, "copy", "", "record", may("revise")),
            Action("quote.why", mark("Why this total?"), self._why, "circle-help", "", "record"),
            Action("quote.delete", mark("Delete quote"), self._delete, "trash-2", "", "record", may("delete")),
        ]

    @Slot()
    def _ask(self) -> None:
        quote = self._id
        if quote is None:
            return
        if self._saves:
            self._again.start()
            return

        def question(reader: Reader) -> _Opened:
            view = queries.view(reader, quote)
            found = records.rows(reader, "quote", [quote], [*TOP_FIELDS, *MORE_FIELDS])
            return _Opened(view, found[0].values, queries.file_name(reader, quote), queries.usual_tax(reader.settings))

        self.frame.ask(self, question, self._show, self._gone, key="quote")

    def _gone(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.frame.show_error(error)
            self._to_list()

    # --- showing ------------------------------------------------------------------------------------------------------

    def _show(self, found: _Opened) -> None:
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
        self.discount_button.setVisible(not locked)
        self._show_totals(view.totals)
        self._show_margin()
        self._preview()
        if is_first and not locked:
            self.grid.focus_entry()

    def _show_head(self, found: _Opened) -> None:
        view = found.view
        number = view.number or tr("Draft")
        self.way.set_steps((tr("Quotes"), self._to_list), (number, None))
        title = tr("Quote for {company}", company=view.company.title) if view.company else view.subject or tr("Quote")
        self.header.set_title(title)
        self.frame.set_title(f"{number} · {title}")
        label = next((tr(choice.label) for choice in QUOTE_STATUS if choice.value == view.status), view.status)
        self.status.show_as(label, STATUS_TONES.get(view.status, "muted"))
        self.status.setToolTip(view.decline_reason)
        self.versions.setVisible(len(view.versions) > 1)
        self.versions.show_as(tr("Version {version}", version=view.version), "muted")
        for button, what in ((self.accept_button, "accept"), (self.decline_button, "decline"), (self.revise_button, "revise"), (self.issue_button, "issue")):
            button.setVisible(what in view.actions)
        self.send_button.setVisible(view.status not in ("superseded", "declined"))

    def _show_totals(self, totals: Totals) -> None:
        _empty(self._sums)
        code = totals.currency
        view = self._opened.view if self._opened else None
        may_edit = view is not None and "edit" in view.actions
        if totals.allowance_amounts:
            self._sum(tr("Sum of lines"), _money(totals.line_total, code))
            for number, (each, amount) in enumerate(zip(self._allowances, totals.allowance_amounts, strict=False)):
                words = each.reason or (tr("Surcharge") if each.charge else tr("Discount"))
                words = f"{words} {formats.percent(each.percent)}" if each.percent is not None and each.amount is None else words
                self._sum(words, _money(amount if each.charge else -amount, code), remove=(lambda number=number: self._drop_discount(number)) if may_edit else None)  # type: ignore[misc]
        self._sum(tr("Net"), _money(totals.tax_exclusive, code))
        for tax in totals.taxes:
            name = tax.name or tr("VAT")
            self._sum(f"{name} {formats.percent(tax.tax_rate)}", _money(tax.tax, code))
        if totals.prepaid:
            self._sum(tr("Prepaid"), _money(-totals.prepaid, code))
        if totals.rounding:
            self._sum(tr("Rounding"), _money(totals.rounding, code))
        self._sum(tr("Total"), _money(totals.payable, code), strong=True)
        if view is not None and view.base_total is not None and view.base_total.currency != code:
            self._sum(tr("In {currency}", currency=view.base_total.currency), _money(view.base_total.amount, view.base_total.currency))

    def _sum(self, label: str, amount: str, strong: bool = False, remove: Callable[[], object] | None = None) -> None:
        figure = Text(amount, "dialog" if strong else "", selectable=True)
        figure.setFont(theme.tabular("dialog" if strong else "body", 600 if strong else 400))
        figure.setAccessibleName(f"{label}: {amount}")
        parts: list[Any] = [Text(label, "dialog" if strong else "muted"), None, figure]
        if remove is not None:
            parts.insert(1, IconButton("x", tr("Remove {label}", label=label), remove, "muted"))
        self._sums.addLayout(row(*parts, space=4))

    def _show_margin(self) -> None:
        view = self._opened.view if self._opened else None
        margin = view.margin if view is not None else None
        counted = sum(1 for item in view.lines if item.line.counts) if view is not None else 0
        known = margin is not None and margin.without_cost < counted
        self.margin.setVisible(known)
        if margin is None or not known:
            return
        amount = _money(margin.amount.amount, margin.amount.currency)
        self.margin_figure.setText(" · ".join(part for part in (formats.percent(margin.percent) if margin.percent is not None else "", amount) if part))
        left_out = ntr("{count} line without a known cost is left out.", "{count} lines without a known cost are left out.", margin.without_cost)
        self.margin_note.setText(left_out if margin.without_cost else "")
        self.margin_note.setVisible(bool(margin.without_cost))

    @Slot(int)
    def _fit_grid(self, height: int) -> None:
        self.grid.setFixedHeight(max(104, height))

    # --- preview ------------------------------------------------------------------------------------------------------

    def _document(self) -> Document | None:
        if self._opened is None:
            return None
        return replace(self._opened.view.document, lines=tuple(item.line for item in self.grid.lines.items), allowance_charges=self._allowances)

    def _preview(self) -> None:
        """Draw the page anew in the background, if anything on it has changed."""
        found, document, quote = self._opened, self._document(), self._id
        if found is None or quote is None:
            return
        is_draft = found.view.status == "draft"
        wanted = (quote, document, found.view.status, tuple(sorted((name, str(value)) for name, value in found.values.items())), self.view.drawing_width())
        if wanted == self._preview_of:
            return
        self._preview_of = wanted
        store, width, pages = self.frame.store, self.view.drawing_width(), self.view.looked_at()

        def work(job: Job) -> tuple[Rendered, Drawn]:
            from crmdesk.reports.quote import render_quote

            with store.read() as reader, job.interrupted_by(reader.interrupt):
                rendered = render_quote(queries.page_of(reader, quote, document)) if is_draft else queries.pdf_of(reader, quote)
            return rendered, draw(job, rendered.pdf, width, pages)

        background.read(self, work, self._show_preview, self._preview_failed, key="preview")

    def _show_preview(self, found: tuple[Rendered, Drawn]) -> None:
        rendered, drawn = found
        self.view.show_pdf(rendered.pdf, drawn)
        self.missing.say(tr("No font has these characters; they are printed as boxes: {characters}", characters=" ".join(rendered.missing)) if rendered.missing else "")

    def _preview_failed(self, error: Exception) -> None:
        self._preview_of = None
        if isinstance(error, UserError):
            self.missing.say(str(error))
        elif not isinstance(error, Cancelled):
            self.frame.show_error(error)

    # --- lines --------------------------------------------------------------------------------------------------------

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
        self._show_totals(totals)
        self._preview()
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

    @Slot(int, object)
    def _put_product(self, line: int, product: UUID) -> None:
        currency = self._opened.view.currency if self._opened else self.frame.store.settings.currency
        self.frame.ask(self, lambda reader: queries.line_for(reader, product, currency), lambda item: self.grid.put_product(line, item), key="product")

    @Slot(list, int)
    def _paste(self, rows: list[list[str]], at: int) -> None:
        currency = self._opened.view.currency if self._opened else self.frame.store.settings.currency
        columns, heads = pasted_columns(rows)
        usual = self._new_line("")

        def question(reader: Reader) -> list[LineItem]:
            return [_pasted(reader, cells, columns, currency, usual) for cells in rows[heads:]]

        self.frame.ask(self, question, lambda items: self.grid.insert_lines(at, items), key="paste")

    def _add_discount(self) -> None:
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

    def _drop_discount(self, number: int) -> None:
        self._allowances = tuple(each for n, each in enumerate(self._allowances) if n != number)
        self._edited()

    def _why(self) -> None:
        document = self._document()
        if document is not None:
            WhyDialog(self.window(), document).open()

    # --- fields -------------------------------------------------------------------------------------------------------

    def _save_field(self, name: str, value: Any, saved: Callable[[], None], refused: Callable[[Exception], None]) -> None:
        if self._id is not None:
            values = {name: given(Quote.fields[name], value)}
            self.frame.do(record_operations.edit, "quote", [self._id], values, done=lambda _: saved(), failed=refused)

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

    def _issue(self) -> None:
        if self._id is None or self._opened is None or "issue" not in self._opened.view.actions:
            return
        self.leave()
        if self.frame.confirm(tr("Issue this quote?"), tr("Issue"), tr("It gets its number and can't be changed afterwards, only revised.")):
            self.frame.do(quotes.issue, self._id, done=self._issued)

    def _issued(self, issued: quotes.Issued) -> None:
        self.frame.say(tr("Issued as {number}", number=issued.number), undo=True)
        self._tell_missing(issued.missing)

    def _tell_missing(self, missing: tuple[str, ...]) -> None:
        if missing:
            self.frame.say(tr("No font has these characters; they are printed as boxes: {characters}", characters=" ".join(missing)))

    def _send(self) -> None:
        found, quote = self._opened, self._id
        if found is None or quote is None or self.send_button.isHidden():
            return
        self.leave()
        if found.view.status == "draft" and not self.frame.confirm(
            tr("Issue and send this quote?"), tr("Issue and send"), tr("It gets its number and can't be changed afterwards. A mail with the PDF opens in your mail program.")
        ):
            return
        store = self.frame.store
        background.write(self, tr("Send quote"), lambda job: sending.prepare_mail(store, quote), self._mail_ready)

    def _mail_ready(self, mail: ReadyMail) -> None:
        opened = QDesktopServices.openUrl(QUrl.fromLocalFile(str(mail.path)))
        self.sent_text.setText(
            tr("The mail with {number} is ready in your mail program. Was it sent?", number=mail.number) if opened
            else tr("No mail program could be opened. The mail with {number} lies at {path}. Was it sent?", number=mail.number, path=mail.path)
        )  # fmt: skip
        self.sent_bar.show()
        self._tell_missing(mail.missing)
        self._ask()

    def _was_sent(self) -> None:
        self.sent_bar.hide()
        if self._id is not None:
            self.frame.do(sending.confirm_sent, self._id, done=lambda _: self.frame.say(tr("Noted as sent")))

    def _accept(self) -> None:
        found, quote = self._opened, self._id
        if found is None or quote is None:
            return
        if found.view.deal is None:
            self.frame.do(quotes.accept, quote, False, said=tr("Accepted"))
            return

        def save(values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            self.frame.do(quotes.accept, quote, bool(values.get("win")), done=done, failed=failed, said=tr("Accepted"))

        AskDialog(self.frame, [WIN], tr("The customer accepted {number}", number=found.view.number or ""), tr("Accept"), save, {"win": True}).open()

    def _decline(self) -> None:
        found, quote = self._opened, self._id
        if found is None or quote is None:
            return

        def save(values: dict[str, Any], done: Callable[[Any], None], failed: Callable[[Exception], None]) -> None:
            self.frame.do(quotes.decline, quote, values.get("reason"), done=done, failed=failed, said=tr("Declined"))

        AskDialog(self.frame, [REASON], tr("Why was {number} declined?", number=found.view.number or ""), tr("Decline"), save).open()

    def _revise(self) -> None:
        if self._id is not None:
            self.frame.do(quotes.revise, self._id, done=lambda new: self.frame.open_record("quote", new), said=tr("New version as a draft"))

    def _delete(self) -> None:
        if self._id is not None:
            self.frame.do(quotes.delete, self._id, done=lambda _: self._to_list(), said=tr("Quote deleted"))

    # --- PDF ----------------------------------------------------------------------------------------------------------

    def _choose_pdf(self) -> None:
        menu = QMenu(self)
        menu.addAction(theme.icon("file-down"), tr("Save as file"), self._save_pdf)
        menu.addAction(theme.icon("printer"), tr("Print"), self._print)
        menu.exec(self.pdf_button.mapToGlobal(QPoint(0, self.pdf_button.height() + 4)))

    def _save_pdf(self) -> None:
        if self._opened is None:
            return
        self.leave()
        suggested = str(Path.home() / self._opened.file_name)
        path, _ = QFileDialog.getSaveFileName(self, tr("Save quote as PDF"), suggested, "PDF (*.pdf)")
        if path:
            self.save_pdf_as(Path(path))

    def save_pdf_as(self, path: Path) -> None:
        """Write the quote's PDF into a file, and note that it left the program."""
        store, quote = self.frame.store, self._id
        if quote is None:
            return

        def work(job: Job) -> None:
            pdf = quotes.pdf(store, quote)
            try:
                path.write_bytes(pdf)
            except OSError as error:
                raise UserError(tr("{path} can't be written: {why}.", path=path, why=why(error))) from error
            store.run(quotes.note_left, quote, "saved")

        background.write(self, tr("Save quote as PDF"), work, lambda _: self.frame.say(tr("Saved as {name}", name=path.name)))

    def _print(self) -> None:
        quote = self._id
        if quote is not None and self.view.pdf():
            self.leave()
            print_pdf(self, self.view.pdf(), lambda: self.frame.do(quotes.note_left, quote, "printed"))


def _money(amount: Decimal, currency: str) -> str:
    return show_money(Money(amount, currency))


def _pasted(reader: Reader, cells: list[str], columns: list[str], currency: str, usual: LineItem) -> LineItem:
    """Make a line of a pasted row; a product with that name or code gives what the row leaves open."""
    values = pasted_values(cells, columns, currency)
    code, name = values.pop("code", ""), values.get("description", "")
    item = usual
    for text in (code, name):
        known = list(search.matching(reader, text, "product"))[:20] if text else []
        titles = records.rows(reader, "product", known, ["name", "code"]) if known else []
        same = [row.id for row in titles if text.casefold() in {str(row.values["name"] or "").casefold(), str(row.values["code"] or "").casefold()}]
        if len(same) == 1:
            item = queries.line_for(reader, same[0], currency)
            break
    if code and not name:
        values.pop("description", None)
    return item.changed(**values) if item.product_id or name else item.changed(**{"description": code, **values})


def _empty(layout: Any) -> None:
    """Take everything out of a layout."""
    while layout.count():
        part = layout.takeAt(0)
        if (widget := part.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif part.layout() is not None:
            _empty(part.layout())

