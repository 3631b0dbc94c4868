"""How the rows of a file become quotes and orders that were made elsewhere, and their lines."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmdesk.clock import new_id_bytes, now_ms, today
from crmdesk.errors import UserError
from crmdesk.exchange.shapes.quote_parts import QuotePart
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.amount_cells import Estimate, check_estimate, currency_in, money_of
from crmdesk.exchange.values.cells import one_line
from crmdesk.exchange.values.columns import ReadColumn
from crmdesk.exchange.values.entries import forms
from crmdesk.exchange.values.leading import LEADS, says_yes
from crmdesk.exchange.values.survey import Hints
from crmdesk.fields import Money, to_scaled
from crmdesk.i18n import mark, tr
from crmdesk.operations.quotes import check_status
from crmdesk.store.issued import check_issued_quote, closed_quote, closed_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmdesk.exchange.shapes.work import Draft, Values, Work
    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.known import Key
    from crmdesk.exchange.values.layouts import Column, Target


_OF_QUOTES = re.compile(r"quot|estimat|proposal|propal|offer|angebot|offert|kostenvoranschlag|devis|报价|報價", re.IGNORECASE)
NUMBERED_DRAFT = (
    mark("{count} quote is a draft that has a number already; it came in as issued."),
    mark("{count} quotes are drafts that have a number already; they came in as issued."),
)
AHEAD = 4_000


class Priced(int):
    """A unit price in millionths whose cell says in what currency it is."""

    currency: str

    @classmethod
    def of(cls, money: Money) -> int:
        """Return a price; a bare number where nothing says its currency."""
        if not money.currency:
            return to_scaled(money.amount)
        price = cls(to_scaled(money.amount))
        price.currency = money.currency
        return price


def _check_currency(said: str | None, own: str | None) -> None:
    """Refuse a price in another currency than its quote is in.

    Raises:
        UserError: it is.
    """
    if said and own and said != own:
        raise UserError(tr("The price is in {currency}, the quote in {other}.", currency=said, other=own))


class QuoteShape(Shape):
    """Quotes and orders that were made elsewhere: they keep their own number and date; rows of the same number are its lines."""

    entity = "quote"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        has_lines = any(c.target and c.target.of == "line" for c in work.layout.columns)
        self.lines = LineShape(work, "quote_line", "line") if has_lines else None
        self.by_number: dict[str, bytes] = {}
        self.currencies: dict[bytes, str] = {}
        self.drafts_numbered: set[str] = set()
        self.refused: dict[str, int] = {}
        self.complaints: dict[int, UserError] = {}
        self._closed_until: date | None = None
        self.today = today(work.settings.tz)
        self.is_ours = "id" in self.virtual
        self.are_orders = not any(_OF_QUOTES.search(column.header) for column in work.layout.columns if column.target and column.target.field == "number")

    def special(self) -> frozenset[str]:
        """Return the column that says which quote leads its deal."""
        return frozenset({LEADS})

    def starting(self) -> Values:
        """Return the columns that every quote gets."""
        names = ("number", "company_id", "contact_id", "date", "valid_until", "status", "version", "currency", "language", "tax_inclusive", "rounding_mode", "rounding_level",
                 "payment_days", "issued_at", "decided_at")  # fmt: skip
        return {**dict.fromkeys(names), **super().starting()}

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, those of the lines too."""
        super().prepare(block)
        if self.lines:
            self.lines.prepare(block)

    def look_ahead(self, rows: Callable[[], Iterator[Line]], unmake: Callable[[], None]) -> None:
        """Find the quotes of which a line will be refused: those are refused as a whole, so that they come in whole once they are corrected."""
        at = self.work.layout.index_of("number")
        if self.lines is None or at is None:
            return
        notes, lines, currencies = dict(self.work.notes), rows(), dict[str, str | None]()
        while block := list(islice(lines, AHEAD)):
            whole = [(line, cells) for line, cells in block if cells.__class__ is list]
            self.prepare(whole)
            drafts = {line: (draft, its) for (line, _), draft, its in zip(whole, self.drafts(whole), self.lines.drafts(whole), strict=True)}
            for line, cells in block:
                if line in drafts and (complaint := self._complaint(*drafts[line], currencies)):
                    self.complaints[line] = complaint
                if (line in self.complaints or line not in drafts) and at < len(cells) and (number := one_line(cells[at])):
                    self.refused.setdefault(number, line)
            self.beside.tell_again(())
            unmake()
        self.work.notes.clear()
        self.work.notes.update(notes)
        self.drafts_numbered.clear()

    def _complaint(self, draft: Draft | UserError, line: Draft | UserError, currencies: dict[str, str | None]) -> UserError | None:
        """Return why a row can't be taken as a line of a new quote."""
        if isinstance(draft, UserError):
            return draft
        if isinstance(line, UserError):
            return line
        try:
            self._check_alone(draft)
            if number := draft.values["number"]:
                currencies[number] = self._currency(draft, line, currencies.get(number))
        except UserError as error:
            return error
        return None

    def check_new(self, draft: Draft) -> None:
        """Check what only a new quote must have, and that none of its lines is refused.

        Raises:
            UserError: it lacks something, or one of its lines can't be taken.
        """
        if complaint := self.complaints.get(draft.line):
            raise complaint
        self._check_alone(draft)
        if line := self.refused.get(draft.values["number"] or ""):
            raise UserError(tr("Line {line} of {number} can't be taken, and a quote comes in as a whole.", line=line, number=draft.values["number"]))

    def _check_alone(self, draft: Draft) -> None:
        """Check what only a new quote must have, and that its day is not closed.

        Raises:
            UserError: it lacks something, or its day is closed.
        """
        super().check_new(draft)
        if self._closed_until is None:
            with self.work.book("quote").store.read() as reader:
                self._closed_until = closed_until(reader) or date.min
        if error := closed_quote(self._closed_until, draft.values["number"], draft.values["status"], draft.values["date"]):
            raise self._at_its_column(error)

    def _at_its_column(self, error: UserError) -> UserError:
        """Return a refusal that names the column of the file."""
        index = self.work.layout.index_of(error.field or "", self.of)
        return UserError(error.message, field=None if index is None else self.work.layout.columns[index].header, hint=error.hint)

    def finish(self, draft: Draft) -> None:
        """Complete a quote from elsewhere: with a number it was issued, and as an order accepted."""
        values, settings = draft.values, self.work.settings
        draft.rest["may repeat"] = self.lines is not None
        if values.get("number") and "external_id" in values and not self.is_ours:
            values["external_id"] = values["external_id"] or values["number"]
        if not self.is_ours:
            self._settle_status(draft)
        self.begin_with(
            draft, status="accepted" if values["number"] else "draft", date=self.today.isoformat(), version=1, currency=settings.currency,
            tax_inclusive=int(settings.tax_inclusive), rounding_mode=settings.rounding_mode, rounding_level=settings.rounding_level,
        )  # fmt: skip
        if self.is_ours:
            return
        day = date.fromisoformat(values["date"])
        self.begin_with(draft, language=settings.language, valid_until=(day + timedelta(days=settings.quote_valid_days)).isoformat())
        if values["status"] != "draft":
            from datetime import datetime, time

            at = round(datetime.combine(day, time(), settings.tz).timestamp() * 1000)
            self.begin_with(draft, issued_at=at, **({"decided_at": at} if values["status"] in {"accepted", "declined"} else {}))

    def _settle_status(self, draft: Draft) -> None:
        """Let a number and a status from elsewhere agree: what has a number has been issued, and only what was ordered is accepted."""
        values = draft.values
        if values["number"]:
            if values["status"] == "draft":
                if values["number"] not in self.drafts_numbered:  # its further lines say so again
                    self.work.note(NUMBERED_DRAFT)
                    self.drafts_numbered.add(values["number"])
                values["status"] = "issued"
            self.begin_with(draft, status="accepted" if self.are_orders else "issued")
        elif values["status"] not in {None, "draft"}:
            raise UserError(tr("{field} is missing.", field=tr(self.cls.fields["number"].label)))

    def settle_known(self, draft: Draft, present: Mapping[str, Any], merged: Values, *, overwrites: bool) -> None:
        """Let a known quote whose status the row changes be issued, or decided, now, where the file names no time."""
        if merged.get("status") == present.get("status"):
            return
        if merged["status"] != "draft":
            merged["issued_at"] = merged.get("issued_at") or draft.values["issued_at"]
        merged["decided_at"] = (merged.get("decided_at") or now_ms()) if merged["status"] in {"accepted", "declined"} else None

    def check_known(self, present: Mapping[str, Any], merged: Mapping[str, Any]) -> None:
        """Check a known quote: what was issued stays as it is, but for the customer's answer.

        Raises:
            UserError: it would be changed otherwise.
        """
        try:
            check_issued_quote(present, merged)
            check_status(present.get("number"), present.get("status") or "draft", merged.get("status") or "draft")
        except UserError as error:
            raise self._at_its_column(error) from None

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return the number."""
        return [("#", draft.values["number"])] if draft.values.get("number") else []

    def accept(self, draft: Draft) -> None:
        """Take a quote, or one more line of the one above.

        Raises:
            UserError: the line can't be read.
        """
        number = draft.values["number"]
        line = self.lines.draft(draft.line, draft.cells) if self.lines else None
        if number and self.is_ours:
            # It was issued elsewhere: its lines come in a second file.
            draft.values["source"] = draft.values.get("source") or self.work.source
        quote = self.by_number.get(number) if self.lines and number else None
        draft.values["currency"] = self._currency(draft, line, self.currencies.get(quote) if quote else None)
        if quote is None:
            super().accept(draft)
            quote = draft.id
            self.currencies[quote] = draft.values["currency"]
            if number:
                self.by_number[number] = quote
        else:
            draft.rest["line of"] = quote
        if self.lines and line:
            line.values["quote_id"] = quote
            self.lines.accept(line)
            draft.rest["beside"] = [line]

    def _currency(self, draft: Draft, line: Draft | None, settled: str | None) -> str | None:
        """Return the currency of the quote that a row belongs to.

        Args:
            settled: the one that it has by the rows above.

        Raises:
            UserError: the price of the line is in another.
        """
        said: str | None = line.rest.get("currency") if line else None
        own: str | None = settled or (said if said and "currency" in draft.rest.get("defaults", ()) else draft.values["currency"])
        _check_currency(said, own)
        return own

    def after(self, draft: Draft) -> None:
        """Let a quote lead its deal, if it says so and no other does."""
        if (deal := draft.values.get("deal_id")) and says_yes(self.text(draft.cells, LEADS)):
            with self.work.book("deal").store.read() as reader:
                if not reader.value("SELECT quote_id FROM deal WHERE id = ?", (deal,)):
                    self.work.gathered.update("deal", ("quote_id",), (draft.id, deal))


class LineShape(QuotePart):
    """Lines of quotes; a discount column is in percent, or a share of one if no value exceeds 1."""

    entity = "quote_line"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.discount_index = work.layout.index_of("discount", of)
        self.is_ours = "id" in self.virtual
        self.positions: dict[bytes, int] = {}
        self.currencies: dict[bytes, str | None] = {}
        self.products: dict[bytes, tuple[str | None, str | None]] = {}

    def _compile(self, column: Column, target: Target) -> None:
        """Read prices as people write them, with a currency, which is that of the quote."""
        if target.field != "unit_price":
            super()._compile(column, target)
            return
        own, sign = currency_in(column.header, ""), self.work.hints.get(column.index, Hints()).decimal_sign

        def read(cell: Cell) -> int | None:
            money = money_of(cell, own, sign)
            if money.__class__ is Estimate:
                check_estimate(self.entity, "unit_price", cell)
            return None if money is None else Priced.of(money)

        self.scalars.append(ReadColumn(column.index, "unit_price", read, column.header))

    def special(self) -> frozenset[str]:
        """Return the column that becomes a discount of the line."""
        return frozenset({"discount"})

    def starting(self) -> Values:
        """Return the columns that every line gets."""
        names = (
            "quote_id",
            "position",
            "kind",
            "product_id",
            "description",
            "quantity",
            "unit",
            "unit_price",
            "price_base_quantity",
            "tax_category",
            "tax_rate",
        )
        return {**dict.fromkeys(names), **super().starting()}

    def finish(self, draft: Draft) -> None:
        """Complete a line from its product; texts and subtotals have neither quantity nor price."""
        values = draft.values
        if isinstance(price := values["unit_price"], Priced):
            values["unit_price"], draft.rest["currency"] = int(price), price.currency
        values["kind"] = values["kind"] or "item"
        draft.rest["may repeat"] = True
        if self.is_ours or values["kind"] != "item":
            return
        if (product := values["product_id"]) and not values["description"]:
            name, unit = self.product(product, draft)
            values["description"] = name
            values["unit"] = values["unit"] or unit
        values["quantity"] = 1_000_000 if values["quantity"] is None else values["quantity"]
        values["unit_price"] = values["unit_price"] or 0
        # What was agreed elsewhere stands as it was agreed: no tax is put on a line that names none.
        values["tax_rate"] = values["tax_rate"] or 0
        values["tax_category"] = values["tax_category"] or ("S" if values["tax_rate"] else "O")
        if self.discount_index is not None and (text := shown(draft.cells[self.discount_index]).strip()):
            sign = self.work.hints.get(self.discount_index, Hints()).decimal_sign
            draft.rest["discount"] = _discount(text, sign, self.work.layout.columns[self.discount_index].header)

    def more_keys(self, draft: Draft) -> list[Key]:
        """Return what tells the lines of one quote apart: their place, else all that they say."""
        return [] if self.of else [("o", forms(self.entity, draft.values)[0])]

    def product(self, record: bytes, draft: Draft) -> tuple[str | None, str | None]:
        """Return name and unit of a product."""
        if record not in self.products:
            book = self.work.book("product")
            with book.store.read() as reader:
                found = reader.one("SELECT name, unit FROM product WHERE id = ?", (record,))
            index = self.work.layout.index_of("product", self.of)
            self.products[record] = (found[0], found[1]) if found else (shown(draft.cells[index]).strip() if index is not None else None, None)
        return self.products[record]

    def lacking(self, draft: Draft) -> UserError | None:
        """Return what a line lacks; the quote beside it is known only when the line is taken."""
        return None if self.of else super().lacking(draft)

    def accept(self, draft: Draft) -> None:
        """Take a line at its place, or at the end of its quote where the file names none."""
        quote = draft.values["quote_id"]
        if not self.of and (said := draft.rest.get("currency")):
            _check_currency(said, self._currency_of(quote))
        if draft.values["position"] is None:
            if quote not in self.positions:
                with self.work.book("quote").store.read() as reader:
                    self.positions[quote] = int(
                        reader.value("SELECT ifnull(max(position) + 1, 0) FROM quote_line WHERE quote_id = ? AND deleted_at IS NULL", (quote,))
                    )
            draft.values["position"] = self.positions[quote]
            self.positions[quote] += 1
        super().accept(draft)

    def _currency_of(self, quote: bytes) -> str | None:
        """Return the currency of a quote that is there already."""
        if quote not in self.currencies:
            with self.work.book("quote").store.read() as reader:
                self.currencies[quote] = reader.value("SELECT currency FROM quote WHERE id = ?", (quote,))
        return self.currencies[quote]

    def after(self, draft: Draft) -> None:
        """Take the discount of the line."""
        discount: Decimal = draft.rest.get("discount", Decimal(0))
        if discount:
            percent = discount * 100 if self.work.discounts_are_shares else discount
            rows = self.work.gathered.rows("allowance_charge", ("id", "quote_id", "line_id", "position", "charge", "percent", "reason"))
            rows += (new_id_bytes(), draft.values["quote_id"], draft.id, 0, 0, int(percent.scaleb(6)), tr("Discount"))


def _discount(text: str, sign: str, header: str) -> Decimal:
    from crmdesk.exchange.values.number_cells import number_of

    try:
        return number_of(text.rstrip("% ").strip(), sign)
    except UserError as error:
        raise UserError(error.message, field=header, hint=error.hint) from None
