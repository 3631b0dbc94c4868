"""Quotes as pages, lists and documents show them: one reading for the window, the command line and the PDF."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.clock import moment, now, to_ms
from crmdesk.documents.calculator import Document, Line, calculate
from crmdesk.documents.currencies import decimals_of, round_to
from crmdesk.documents.explain import explain
from crmdesk.errors import DamageFound, UserError
from crmdesk.fields import Money, from_minor, from_scaled
from crmdesk.i18n import ntr, speaking, tr
from crmdesk.queries import attachments, letters
from crmdesk.queries.amounts import summed
from crmdesk.queries.money import Sum, ratio
from crmdesk.queries.records import Link, titles
from crmdesk.queries.seen import live
from crmdesk.store.reader import IN_IDS, id_list
from crmdesk.store.settings import Settings
from crmdesk.store.totals import stored_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmdesk.documents.calculator import Totals
    from crmdesk.documents.explain import Step
    from crmdesk.reports.quote import Rendered
    from crmdesk.reports.quote_page import Column, QuotePage
    from crmdesk.store.reader import Reader
    from crmdesk.store.totals import StoredDocument

EXPIRING_DAYS = 7

# What may be done with a quote, by its status.
ACTIONS: dict[str, frozenset[str]] = {
    "draft": frozenset({"edit", "issue", "delete"}),
    "issued": frozenset({"accept", "decline", "revise"}),
    "expired": frozenset({"accept", "decline", "revise"}),
    "accepted": frozenset({"revise"}),
    "declined": frozenset({"revise"}),
    "superseded": frozenset(),
}


# -- figures ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of quotes and the sum of their totals."""

    count: int
    total: Sum


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above the list: quotes that wait for an answer, those among them that end within a week, and this month's accepted ones."""

    open: Figure
    expiring: Figure
    accepted: Figure
    drafts: Figure


def figures(reader: Reader) -> Figures:
    """Return the figures above the list of quotes; days and months are those of the store's zone."""
    zone = reader.settings.tz
    today = now().astimezone(zone).date()
    month = to_ms(datetime.combine(today.replace(day=1), time(), zone))
    soon = (today + timedelta(days=EXPIRING_DAYS)).isoformat()
    return Figures(
        open=_figure(reader, "t.status = 'issued'"),
        expiring=_figure(reader, "t.status = 'issued' AND t.valid_until BETWEEN ? AND ?", today.isoformat(), soon),
        accepted=_figure(reader, "t.status = 'accepted' AND t.decided_at >= ?", month),
        drafts=_figure(reader, "t.status = 'draft'"),
    )


def _figure(reader: Reader, condition: str, *parameters: Any) -> Figure:
    return Figure(*summed(reader, "quote", f"{condition} AND {live(reader, 'quote')}", parameters, "INDEXED BY quote_in_figures"))


# -- one quote -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineItem:
    """A line as the editor holds it: what the calculator needs, and which stored line and product it is.

    A new line has no id. The description's further lines are its details.
    """

    line: Line
    id: UUID | None = None
    product_id: UUID | None = None

    def changed(self, **values: Any) -> LineItem:
        """Return the same line with other values, such as `quantity`."""
        return LineItem(replace(self.line, **values), self.id, self.product_id)


@dataclass(frozen=True, slots=True)
class Version:
    """One of the versions of a quote."""

    id: UUID
    number: str | None
    version: int
    status: str
    dated_on: date | None
    total: Money | None


@dataclass(frozen=True, slots=True)
class Margin:
    """What a quote earns over the cost of its products.

    Attributes:
        percent: of the net amount of the lines whose cost is known; None of nothing.
        without_cost: how many lines have no known cost; they are left out.
    """

    amount: Money
    percent: Decimal | None
    without_cost: int


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote as its page shows it.

    Attributes:
        language: chosen for this quote, None where it follows contact, company and store.
        payment_days: of this quote or, where it has none, of the customer or the store.
        base_total: the total in the store's currency; None of a foreign currency without a rate.
        actions: what may be done with it: `edit`, `issue`, `delete`, `accept`, `decline`, `revise`.
        margin: None for those who may not see cost.
    """

    id: UUID
    number: str | None
    subject: str
    status: str
    version: int
    company: Link | None
    contact: Link | None
    deal: Link | None
    owner: Link | None
    dated_on: date | None
    valid_until: date | None
    language: str | None
    reference: str
    intro: str
    terms: str
    payment_days: int
    currency: str
    exchange_rate: Decimal | None
    exchange_rate_on: date | None
    base_total: Money | None
    document: Document
    lines: tuple[LineItem, ...]
    totals: Totals
    versions: tuple[Version, ...]
    actions: frozenset[str]
    margin: Margin | None
    leads_deal: bool
    issued_at: datetime | None
    left_at: datetime | None
    sent_at: datetime | None
    decided_at: datetime | None
    decline_reason: str
    pdf_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Head:
    """A quote's own values, as stored."""

    id: bytes
    number: str | None
    subject: str | None
    status: str | None
    version: int | None
    company_id: bytes | None
    contact_id: bytes | None
    deal_id: bytes | None
    owner_id: bytes | None
    date: str | None
    valid_until: str | None
    language: str | None
    reference: str | None
    intro: str | None
    terms: str | None
    payment_days: int | None
    currency: str | None
    exchange_rate: int | None
    exchange_rate_on: str | None
    amount_base: int | None
    issued_at: int | None
    left_at: int | None
    sent_at: int | None
    decided_at: int | None
    decline_reason: str | None
    pdf_id: bytes | None
    pdf_sha256: str | None


_COLUMNS = ", ".join(f't."{name}"' for name in _Head.__slots__)


def _head(reader: Reader, quote_id: UUID) -> _Head:
    found = reader.one(f"SELECT {_COLUMNS} FROM quote t WHERE t.id = ? AND {live(reader, 'quote')}", (quote_id.bytes,))
    if found is None:
        raise UserError(tr("This quote does not exist or was deleted."))
    return _Head(*found)


def view(reader: Reader, quote_id: UUID) -> QuoteView:
    """Return a quote with all that its page shows.

    Raises:
        UserError: it is unknown, deleted or another owner's.
    """
    head = _head(reader, quote_id)
    stored = stored_document(reader.rows, quote_id.bytes, reader.settings)
    totals, to = stored.totals(), _addressee(reader, head)
    own = reader.settings.currency
    leads = bool(head.deal_id and reader.value("SELECT 1 FROM deal WHERE id = ? AND quote_id = ? AND deleted_at IS NULL", (head.deal_id, head.id)))
    return QuoteView(
        id=quote_id, number=head.number, subject=head.subject or "", status=head.status or "draft", version=head.version or 1,
        company=_link(reader, "company", head.company_id), contact=_link(reader, "contact", head.contact_id), deal=_link(reader, "deal", head.deal_id),
        owner=_link(reader, "member", head.owner_id), dated_on=_day(head.date), valid_until=_day(head.valid_until), language=head.language,
        reference=head.reference or "", intro=head.intro or "", terms=head.terms or "",
        payment_days=payment_days_of(reader.settings, head.payment_days, to),
        currency=stored.document.currency, exchange_rate=stored.exchange_rate, exchange_rate_on=_day(head.exchange_rate_on),
        base_total=None if head.amount_base is None else Money(from_minor(head.amount_base, own), own), document=stored.document,
        lines=tuple(LineItem(line.line, UUID(bytes=line.id), _uuid(line.product_id)) for line in stored.lines), totals=totals,
        versions=versions(reader, quote_id), actions=ACTIONS.get(head.status or "draft", frozenset()),
        margin=_margin(reader, stored, totals) if "secret" not in reader.viewer.hidden else None, leads_deal=leads,
        issued_at=_moment(head.issued_at), left_at=_moment(head.left_at), sent_at=_moment(head.sent_at), decided_at=_moment(head.decided_at),
        decline_reason=head.decline_reason or "", pdf_id=_uuid(head.pdf_id),
    )  # fmt: skip


def _uuid(stored: bytes | None) -> UUID | None:
    return UUID(bytes=stored) if stored else None


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else moment(stored)


def _link(reader: Reader, entity: str, record: bytes | None) -> Link | None:
    if record is None:
        return None
    title, gone = titles(reader, entity, [record]).get(record, ("", True))
    return Link(UUID(bytes=record), title, gone)


_FAMILY = """WITH RECURSIVE up(id, previous_id) AS (
        SELECT id, previous_id FROM quote WHERE id = ? UNION SELECT q.id, q.previous_id FROM quote q JOIN up ON q.id = up.previous_id),
    family(id) AS (SELECT id FROM up UNION SELECT q.id FROM quote q JOIN family ON q.previous_id = family.id)"""


def versions(reader: Reader, quote_id: UUID) -> tuple[Version, ...]:
    """Return all live versions of a quote, itself among them, the oldest first."""
    found = reader.rows(
        f"{_FAMILY} SELECT t.id, t.number, t.version, t.status, t.date, t.payable, t.currency FROM quote t WHERE t.id IN (SELECT id FROM family) AND t.deleted_at IS NULL "
        "ORDER BY t.version, t.id", (quote_id.bytes,),
    )  # fmt: skip
    own = reader.settings.currency
    return tuple(
        Version(
            UUID(bytes=record),
            number,
            version or 1,
            status or "draft",
            _day(day),
            None if payable is None else Money(from_minor(payable, code or own), code or own),
        )
        for record, number, version, status, day, payable, code in found
    )


def payment_days_of(settings: Settings, agreed: int | None, to: letters.Addressee) -> int:
    """Return the days that the customer has to pay: as agreed for the quote, with the customer, or for everybody."""
    if agreed is not None:
        return agreed
    return to.company.payment_days if to.company and to.company.payment_days is not None else settings.payment_days


def _addressee(reader: Reader, head: _Head) -> letters.Addressee:
    return letters.addressee(reader, head.contact_id, head.company_id, head.language)


def _margin(reader: Reader, stored: StoredDocument, totals: Totals) -> Margin:
    currency = stored.document.currency
    costs = {
        row[0]: row[1:]
        for row in reader.rows(
            f"SELECT id, cost, currency FROM product WHERE id {IN_IDS}", (id_list({line.product_id for line in stored.lines if line.product_id}),)
        )
    }
    net, cost, unknown = totals.tax_exclusive, Decimal(0), 0
    for line, its_net in zip(stored.lines, totals.line_nets, strict=True):
        if not line.line.counts:
            continue
        each = _unit_cost(costs.get(line.product_id), stored, reader.settings)
        if each is None:
            unknown += 1
            net -= its_net
        else:
            cost += line.line.quantity * each / line.line.price_base_quantity
    earned = round_to(net - cost, decimals_of(currency), "half_up")
    percent = ratio(int(earned.scaleb(4)), int(net.scaleb(4)))
    return Margin(Money(earned, currency), percent, unknown)


def _unit_cost(product: tuple[Any, ...] | None, stored: StoredDocument, settings: Settings) -> Decimal | None:
    """Return the cost of one unit in the document's currency, None where it is not known."""
    if product is None or product[0] is None:
        return None
    cost, currency = from_scaled(product[0]), product[1] or settings.currency
    if currency == stored.document.currency:
        return cost
    if currency == settings.currency and stored.exchange_rate:
        return cost / stored.exchange_rate
    return None


# -- new lines -------------------------------------------------------------------------------------------------------------------

# Where the customer owes the tax, the number that they owe it under belongs on the document.
_SHIFTED = frozenset({"AE", "K"})
_WITHOUT_RATE = frozenset({"E", "Z", "O", "AE", "K", "G"})


def usual_tax(settings: Settings) -> tuple[str, Decimal]:
    """Return category and rate of the tax that a new line bears."""
    rate = Decimal((settings.tax_rate or "0").replace(",", "."))
    return ("S", rate) if rate > 0 else ("Z", Decimal(0))


def line_for(reader: Reader, product_id: UUID, currency: str, quantity: Decimal = Decimal(1)) -> LineItem:
    """Return a new line with a product: its name, unit, price and tax; the price is 0 where it is in another currency.

    Raises:
        UserError: the product does not exist.
    """
    found = reader.one(
        f"SELECT name, code, unit, price, currency, tax_category, tax_rate FROM product t WHERE t.id = ? AND {live(reader, 'product')}", (product_id.bytes,)
    )
    if found is None:
        raise UserError(tr("This product does not exist or was deleted."), field="product")
    name, code, unit, price, of_price, category, rate = found
    is_known = price is not None and (of_price or reader.settings.currency) == currency
    category, rate = _tax_of(category, None if rate is None else from_scaled(rate), reader.settings)
    return LineItem(Line(
        description=name or "", quantity=quantity, unit_price=from_scaled(price) if is_known else Decimal(0), tax_category=category, tax_rate=rate, unit=unit or "",
        product=code or "",
    ), None, product_id)  # fmt: skip


def _tax_of(category: str | None, rate: Decimal | None, settings: Settings) -> tuple[str, Decimal]:
    if category in _WITHOUT_RATE:
        return category or "Z", Decimal(0)
    if rate is None:
        usual = usual_tax(settings)
        return (category, usual[1]) if category and usual[1] else usual
    return (category or "S", rate) if rate or category else ("Z", rate)


def why(reader: Reader, quote_id: UUID) -> list[Step]:
    """Explain a quote's totals, step by step, in the language in force."""
    _head(reader, quote_id)
    return explain(stored_document(reader.rows, quote_id.bytes, reader.settings).document)


# -- the letter ------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _usual_columns() -> tuple[str, ...]:
    return Settings().quote_columns


def page_of(reader: Reader, quote_id: UUID, unsaved: Document | None = None) -> QuotePage:
    """Return everything that stands on a quote's PDF.

    Args:
        unsaved: lines as they stand in the editor, to be shown before they are saved.
    """
    from crmdesk.reports.quote_page import QuotePage

    head = _head(reader, quote_id)
    stored = stored_document(reader.rows, quote_id.bytes, reader.settings)
    document = unsaved or stored.document
    to = _addressee(reader, head)
    language, company = to.language, to.company
    writer = titles(reader, "member", [head.owner_id]).get(head.owner_id, ("", False))[0] if head.owner_id else ""
    with speaking(language):
        return QuotePage(
            letterhead=letters.letterhead(reader, language),
            recipient=letters.recipient(reader, to, head.company_id, head.contact_id),
            document=document,
            totals=calculate(document) if unsaved else stored.totals(),
            number=head.number,
            quoted_on=_day(head.date),
            valid_until=_day(head.valid_until),
            reference=head.reference or "",
            info=tuple((label, text) for label, text in (
                ("Replaces", _replaced(reader, head)), ("Customer no.", company.number if company else ""), ("Taxpayer ID", company.credit_code if company and language == "zh" else ""),
                ("Your VAT ID", company.vat_id if company and not _SHIFTED.isdisjoint(line.tax_category for line in document.lines if line.counts) else ""),
                ("Your contact", writer),
                ("Payment terms", payment_terms(payment_days_of(reader.settings, head.payment_days, to))),
            ) if text),
            title=head.subject or "",
            salutation=letters.salutation(to.contact, language),
            intro=head.intro or _intro(reader.settings, language),
            terms=head.terms or reader.settings.quote_terms,
            closing="\n\n".join(text for text in (tr("Kind regards"), writer) if text),
            columns=_columns(reader.settings),
            language=language,
            page_size=reader.settings.paper,
            region=reader.settings.region,
            customer=company.name if company else to.contact.name if to.contact else "",
        )  # fmt: skip


def _replaced(reader: Reader, head: _Head) -> str:
    """Return the number of the version whose place a quote takes."""
    version = head.version or 1
    if version == 1:
        return ""
    return next((each.number for each in reversed(versions(reader, UUID(bytes=head.id))) if each.number and each.version < version), "")


def _intro(settings: Settings, language: str) -> str:
    """Return the store's own introduction in its own language; in another one the usual words."""
    if settings.quote_intro and language == settings.language:
        return settings.quote_intro
    return tr("Thank you for your enquiry. We are pleased to offer:")


def payment_terms(days: int) -> str:
    """Say by when is to be paid, in the language in force."""
    return ntr("{count} day net", "{count} days net", days) if days > 0 else tr("Due on receipt")


def _columns(settings: Settings) -> tuple[Column, ...]:
    """Return the columns that were chosen; none where the choice was left to what a quote needs."""
    from crmdesk.reports.quote_page import COLUMNS

    if settings.quote_columns == _usual_columns():
        return ()
    known: dict[str, Column] = {column: column for column in COLUMNS}
    return tuple(known[name] for name in settings.quote_columns if name in known)


def pdf_of(reader: Reader, quote_id: UUID) -> Rendered:
    """Return a quote's PDF: of an issued one as it was frozen, of a draft a fresh one with the mark of a draft.

    Raises:
        DamageFound: the frozen PDF is not what was issued.
    """
    from crmdesk.reports.quote import Rendered, render_quote

    head = _head(reader, quote_id)
    if head.pdf_id is None:
        return render_quote(page_of(reader, quote_id))
    pdf = attachments.content(reader, head.pdf_id)
    if pdf is None or hashlib.sha256(pdf).hexdigest() != head.pdf_sha256:
        raise DamageFound(
            tr("The PDF of {number} is not the one that was issued.", number=head.number), hint=tr("Restore a backup: crmdesk restore BACKUP FILE.")
        )
    frozen = json.loads(reader.value("SELECT frozen FROM quote WHERE id = ?", (head.id,)) or "{}")
    return Rendered(pdf, tuple(frozen.get("missing", ())))


def boxes(missing: Sequence[str]) -> str:
    """Say which characters a PDF shows as boxes, control signs by their codes; nothing if the fonts have all of them."""
    shown = " ".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in missing)
    return tr("No font has these characters; they are printed as boxes: {characters}", characters=shown) if shown else ""


def file_name(reader: Reader, quote_id: UUID) -> str:
    """Return a name for the PDF's file, in the language of its reader: “Angebot Q-2026-0117.pdf”."""
    head = _head(reader, quote_id)
    with speaking(_addressee(reader, head).language):
        return f"{tr('Quote {number}', number=head.number) if head.number else tr('Quote (draft)')}.pdf"
