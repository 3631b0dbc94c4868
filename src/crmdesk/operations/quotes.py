"""Quotes: from the first line over issue and answer to the next version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crmdesk.documents.calculator import TaxProfile
from crmdesk.documents.parse import Header, parse_document
from crmdesk.documents.written import allowance_json, document_json, line_json, totals_record
from crmdesk.errors import NotAllowed, UserError
from crmdesk.fields import RATE_SCALE, from_scaled, to_minor, to_scaled
from crmdesk.i18n import mark, tr
from crmdesk.models.deal import Deal
from crmdesk.models.quote import Quote
from crmdesk.operations import attachments, deals
from crmdesk.operations.leading_quotes import can_be_won, is_won_by_acceptance, lead_deal
from crmdesk.operations.numbers import take_number
from crmdesk.operations.quote_lines import write_lines
from crmdesk.operations.quote_sources import lines_of_deal, named_record, product_defaults
from crmdesk.operations.settings import switch_on, unused_areas
from crmdesk.queries import letters
from crmdesk.queries.quotes import ACTIONS, LineItem, file_name, page_of, payment_days_of, pdf_of, usual_tax, versions
from crmdesk.store.door import Change, operation
from crmdesk.store.totals import rounding_mode, stored_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmdesk.documents.calculator import AllowanceCharge
    from crmdesk.reports.quote_page import QuotePage
    from crmdesk.store.settings import Settings
    from crmdesk.store.store import Store


@dataclass(frozen=True, slots=True)
class Issued:
    """What issuing gave a quote.

    Attributes:
        missing: characters that no font has; they stand in the PDF as boxes, and the user is told.
    """

    id: UUID
    number: str
    pdf_id: UUID
    missing: tuple[str, ...] = ()


# -- making a quote --------------------------------------------------------------------------------------------------------------


def prepare_new(change: Change, quote: Quote) -> None:
    """Give a new quote what it starts with, before the values that somebody gave.

    Language, payment term, introduction and terms stay open: they follow customer and store until they are set or the quote is issued.
    """
    settings, today = change.settings, _today(change)
    quote.status, quote.version, quote.owner_id = "draft", 1, change.member_id
    quote.date, quote.valid_until = today, today + timedelta(days=settings.quote_valid_days)
    quote.currency, quote.tax_inclusive = settings.currency, settings.tax_inclusive or settings.language == "zh"
    quote.rounding_mode, quote.rounding_level = settings.rounding_mode, settings.rounding_level


@operation(mark("Add quote"), right="quote.write")
def add_document(change: Change, source: object) -> tuple[UUID, dict[str, Any]]:
    """Make a draft of a quote document.

    Args:
        source: what `json.load` returned.

    Returns:
        The quote's id, and its totals as the command line prints them.
    Raises:
        UserError: the document can't be read, or it names a company, contact, deal or product that does not exist.
    """
    products: dict[str, LineItem] = {}
    settings = change.settings
    given = parse_document(source, _profile(settings), product_defaults(change, source, products), usual_tax(settings), settings.language)
    header, document = given.header, given.document
    switch_on(change, unused_areas(change, "quote"))
    quote = change.draft(Quote)
    prepare_new(change, quote)
    quote.company_id = named_record(change, "company", header.company)
    quote.contact_id = named_record(change, "contact", header.contact, quote.company_id)
    quote.deal_id = named_record(change, "deal", header.deal, quote.company_id)
    quote.language, quote.reference = header.language, header.reference or None
    quote.intro, quote.terms = header.intro or None, header.terms or None
    if header.dated_on:
        quote.date, quote.valid_until = header.dated_on, header.dated_on + timedelta(days=change.settings.quote_valid_days)
    quote.valid_until = header.valid_until or quote.valid_until
    quote.currency = document.currency
    quote.tax_inclusive = document.tax_inclusive or (_leaves_open(source, "tax_inclusive") and _prices_include_tax(change, quote))
    quote.prepaid, quote.rounding = to_minor(document.prepaid, document.currency), to_minor(document.rounding, document.currency)
    change.keep(quote)
    items = [LineItem(line, None, products[line.product].product_id if line.product in products else None) for line in document.lines]
    write_lines(change, quote.id, items, document.allowance_charges)
    recalculate(change, quote)
    _about(change, quote)
    totals = stored_document(change.reader.rows, quote.id.bytes, change.settings).totals()
    return quote.id, totals.to_json()


def _profile(settings: Settings) -> TaxProfile:
    return TaxProfile(rounding_mode(settings.rounding_mode), "line" if settings.rounding_level == "line" else "document")


def _leaves_open(source: object, key: str) -> bool:
    return isinstance(source, dict) and source.get(key) is None


def _prices_include_tax(change: Change, quote: Quote) -> bool:
    """Say whether prices include tax where nobody said: by the store's setting, and in Chinese quotes."""
    return change.settings.tax_inclusive or _addressee(change, quote).language == "zh"


def _addressee(change: Change, quote: Quote) -> letters.Addressee:
    return letters.addressee(change.reader, _bytes(quote.contact_id), _bytes(quote.company_id), quote.language)


def _bytes(record_id: UUID | None) -> bytes | None:
    return record_id.bytes if record_id else None


def _today(change: Change) -> date:
    return change.at.astimezone(change.settings.tz).date()


@operation(mark("Quote for deal"), right="quote.write")
def from_deal(change: Change, deal_id: UUID) -> UUID:
    """Make a draft for a deal, with its company, contact and products."""
    deal = change.get(Deal, deal_id)
    switch_on(change, unused_areas(change, "quote"))
    quote = change.draft(Quote)
    prepare_new(change, quote)
    quote.deal_id, quote.company_id, quote.contact_id = deal_id, deal.company_id, deal.contact_id
    quote.subject, quote.currency = deal.name, deal.currency or change.settings.currency
    quote.tax_inclusive = _prices_include_tax(change, quote)
    change.keep(quote)
    write_lines(change, quote.id, lines_of_deal(change, deal, quote.currency), ())
    recalculate(change, quote)
    _about(change, quote)
    return quote.id


# -- lines and totals ------------------------------------------------------------------------------------------------------------


@operation(mark("Edit quote"), right="quote.write")
def set_lines(change: Change, quote_id: UUID, lines: Sequence[LineItem], allowance_charges: Sequence[AllowanceCharge] = ()) -> None:
    """Replace the lines and the document's discounts and charges of a draft; lines with an id stay the same records.

    Raises:
        UserError: the quote was issued, or a value can't be; the field names line and key.
    """
    quote = _quote(change, quote_id, "edit")
    written = {
        "currency": quote.currency or change.settings.currency, "lines": [line_json(item.line) for item in lines],
        "allowance_charges": [allowance_json(each) for each in allowance_charges],
    }  # fmt: skip
    checked = parse_document(written).document
    items = [LineItem(line, item.id, item.product_id) for line, item in zip(checked.lines, lines, strict=True)]
    write_lines(change, quote_id, items, checked.allowance_charges)
    recalculate(change, quote)
    _about(change, quote)


def after_edit(change: Change, quote: Quote, given: Mapping[str, Any], currency: str | None) -> None:
    """Let follow what an edit of a quote brings with it; a rate goes with its currency, which was `currency` before."""
    if quote.currency != currency and "exchange_rate" not in given:
        quote.exchange_rate = quote.exchange_rate_on = None
    recalculate(change, quote)


def recalculate(change: Change, quote: Quote) -> None:
    """Bring a quote's exchange rate and the choice of its deal's leading quote up to date; its totals follow when the door closes."""
    if quote.status in (None, "draft"):
        _take_rate(change, quote, _today(change))
    change.flush()
    if quote.deal_id:
        lead_deal(change, quote.deal_id)


def _take_rate(change: Change, quote: Quote, day: date) -> None:
    """Give a quote in a foreign currency the newest rate of the table; one that somebody typed stays."""
    if (quote.currency or change.settings.currency) == change.settings.currency:
        quote.exchange_rate = quote.exchange_rate_on = None
        return
    is_typed = quote.exchange_rate is not None and not (quote.exchange_rate_on and change.reader.value(
        'SELECT 1 FROM exchange_rate WHERE "on" = ? AND rate = ?', (quote.exchange_rate_on.isoformat(), to_scaled(quote.exchange_rate, RATE_SCALE))
    ))  # fmt: skip
    if is_typed:
        return
    found = change.reader.one(
        'SELECT rate, "on" FROM exchange_rate WHERE code = ? AND "on" <= ? AND rate > 0 AND deleted_at IS NULL ORDER BY "on" DESC, id DESC LIMIT 1',
        (quote.currency, day.isoformat()),
    )
    quote.exchange_rate = from_scaled(found[0], RATE_SCALE) if found else None
    quote.exchange_rate_on = date.fromisoformat(found[1]) if found else None


# -- issuing ---------------------------------------------------------------------------------------------------------------------


@operation(mark("Issue quote"), right="quote.write", reruns=True)
def issue(change: Change, quote_id: UUID | str) -> Issued:
    """Give a draft its number, freeze all that stands on it, and keep its PDF with its hash.

    The version before it is superseded, and the deal follows it unless it is won with an accepted one. Undoing is possible only while no PDF has left the program; the number
    stays spent, and redo takes a new one.

    Raises:
        UserError: it was issued already, has no items, or ends before it begins.
    """
    from crmdesk.reports.quote import render_quote

    quote = _quote(change, UUID(str(quote_id)), "issue")
    _complete(change, quote)
    change.flush()
    document = stored_document(change.reader.rows, quote.id.bytes, change.settings).document
    if not any(line.kind == "item" for line in document.lines):
        raise UserError(tr("A quote without items can't be issued."), field="lines", hint=tr("Add at least one line."))
    quote.number = take_number(change, "quote", quote.id, quote.date.year if quote.date else None)
    quote.status, quote.issued_at = "issued", change.at
    change.flush()
    page = page_of(change.reader, quote.id)
    rendered = render_quote(page)
    pdf_id = attachments.attach(change, "quote", quote.id, file_name(change.reader, quote.id), rendered.pdf, "application/pdf")
    quote.pdf_id, quote.pdf_sha256 = pdf_id, hashlib.sha256(rendered.pdf).hexdigest()
    quote.frozen = _frozen(page, rendered.missing, change.settings)
    change.flush()
    _supersede(change, quote.id, {"issued", "expired"})
    if quote.deal_id:
        lead_deal(change, quote.deal_id, None if is_won_by_acceptance(change, quote.deal_id) else quote)
    change.note(about=quote.number, again={"quote_id": str(quote.id)})
    return Issued(quote.id, quote.number or "", pdf_id, rendered.missing)


def _complete(change: Change, quote: Quote) -> None:
    """Write down what the draft left to customer and store, so that it never changes any more."""
    settings, today = change.settings, _today(change)
    quote.date = quote.date or today
    if quote.valid_until and quote.valid_until < quote.date:
        raise UserError(tr("The quote ends before its date."), field="valid_until")
    quote.currency = quote.currency or settings.currency
    quote.rounding_mode, quote.rounding_level = quote.rounding_mode or settings.rounding_mode, quote.rounding_level or settings.rounding_level
    quote.version, quote.tax_inclusive = quote.version or 1, bool(quote.tax_inclusive)
    to = _addressee(change, quote)
    quote.payment_days = payment_days_of(settings, quote.payment_days, to)
    quote.language = to.language
    _take_rate(change, quote, today)
    if quote.exchange_rate is not None and quote.exchange_rate_on is None:
        quote.exchange_rate_on = today


def _frozen(page: QuotePage, missing: Iterable[str], settings: Settings) -> str:
    """Write down everything that stands on a quote; pictures by the ids of their files."""
    profile = page.document.profile
    head = {name: value for name, value in asdict(page.letterhead).items() if name not in {"logo", "seal"}}
    letter = {
        "letterhead": {**head, "logo_id": settings.logo_id, "seal_id": settings.seal_id}, "recipient": page.recipient, "number": page.number, "info": page.info,
        "title": page.title, "salutation": page.salutation, "closing": page.closing, "columns": page.columns, "page_size": page.page_size,
    }  # fmt: skip
    header = Header(
        company=page.customer or None, language=page.language, dated_on=page.quoted_on, valid_until=page.valid_until, reference=page.reference,
        intro=page.intro, terms=page.terms,
    )  # fmt: skip
    frozen = {
        "document": document_json(page.document, header), "profile": {"rounding": profile.rounding, "level": profile.level}, "totals": totals_record(page.totals), "letter": letter,
        "missing": list(missing),
    }  # fmt: skip
    return json.dumps(frozen, ensure_ascii=False, separators=(",", ":"))


def _supersede(change: Change, quote_id: UUID, states: set[str]) -> None:
    """Put the other versions of a quote aside that are in one of these states."""
    for version in versions(change.reader, quote_id):
        if version.id != quote_id and version.status in states:
            change.get(Quote, version.id).status = "superseded"
    change.flush()


def pdf(store: Store, quote_id: UUID) -> bytes:
    """Return a quote's PDF: of an issued one as it was frozen, of a draft a fresh one with the mark of a draft."""
    with store.read() as reader:
        return pdf_of(reader, quote_id).pdf


@operation(mark("Quote left the program"), right="quote.read", undoable=False, traced=True)
def note_left(change: Change, quote_id: UUID, how: str = "saved") -> None:
    """Note that a quote's PDF left the program; issuing it can't be undone from then on.

    Args:
        how: `saved`, `printed` or `mailed`.

    Raises:
        NotAllowed: who reads names and addresses masked can't take out a PDF that shows them.
    """
    if "personal" in change.viewer.hidden:
        raise NotAllowed(tr("The PDF shows what your role reads masked."), hint=tr("Ask the owner of the store."))
    quote = _quote(change, quote_id)
    if quote.number and quote.left_at is None:
        quote.left_at = change.at
    _about(change, quote)
    change.note(how=how, quote=str(quote_id))


# -- the answer ------------------------------------------------------------------------------------------------------------------


@operation(mark("Accept quote"), right="quote.write")
def accept(change: Change, quote_id: UUID, win_deal: bool = True) -> None:
    """Note that the customer accepted: other versions are put aside, the deal takes the quote's amount and is won.

    Args:
        win_deal: move the deal to the won stage of its pipeline.

    Raises:
        UserError: the quote is neither issued nor expired.
    """
    quote = _quote(change, quote_id, "accept")
    quote.status, quote.decided_at, quote.decline_reason = "accepted", change.at, None
    change.flush()
    _supersede(change, quote_id, {"issued", "expired", "accepted"})
    if quote.deal_id:
        lead_deal(change, quote.deal_id, quote)
        if win_deal and can_be_won(change, quote.deal_id):
            deals.set_outcome(change, quote.deal_id, "won")
    _about(change, quote)


@operation(mark("Decline quote"), right="quote.write")
def decline(change: Change, quote_id: UUID, reason: str | None = None) -> None:
    """Note that the customer declined.

    Raises:
        UserError: the quote is neither issued nor expired.
    """
    quote = _quote(change, quote_id, "decline")
    quote.status, quote.decided_at, quote.decline_reason = "declined", change.at, (reason or "").strip() or None
    change.flush()
    if quote.deal_id:
        lead_deal(change, quote.deal_id)
    _about(change, quote)


@operation(mark("New version of quote"), right="quote.write")
def revise(change: Change, quote_id: UUID) -> UUID:
    """Make a draft of the next version with the same content; the old one holds until the new one is issued.

    Raises:
        UserError: the quote is still a draft, or a newer version exists.
    """
    old = _quote(change, quote_id, "revise")
    family = versions(change.reader, quote_id)
    pending = next((version for version in family if version.status == "draft"), None)
    if pending:
        raise UserError(tr("A new version is being written already."), hint=tr("Go on with the draft of version {version}.", version=pending.version))
    new = change.draft(Quote)
    prepare_new(change, new)
    for name in _CARRIED:
        setattr(new, name, getattr(old, name))
    new.previous_id, new.version = old.id, max(version.version for version in family) + 1
    change.keep(new)
    stored = stored_document(change.reader.rows, old.id.bytes, change.settings)
    write_lines(
        change,
        new.id,
        [LineItem(line.line, None, UUID(bytes=line.product_id) if line.product_id else None) for line in stored.lines],
        stored.document.allowance_charges,
    )
    recalculate(change, new)
    change.note(about=old.number)
    return new.id


_CARRIED = (
    "subject", "company_id", "contact_id", "deal_id", "owner_id", "language", "reference", "intro", "terms", "payment_days", "currency", "exchange_rate", "exchange_rate_on",
    "tax_inclusive", "rounding_mode", "rounding_level", "prepaid", "rounding",
)  # fmt: skip


@operation(mark("Delete quote"), right="quote.write")
def delete(change: Change, quote_id: UUID) -> None:
    """Put a draft into the bin.

    Raises:
        UserError: it was issued.
    """
    quote = _quote(change, quote_id, "delete")
    deal_id = quote.deal_id
    _about(change, quote)
    change.delete(Quote, [quote_id])
    if deal_id:
        lead_deal(change, deal_id)


# -- what they share -------------------------------------------------------------------------------------------------------------


def _quote(change: Change, quote_id: UUID, action: str | None = None) -> Quote:
    """Return a live quote with which this may be done.

    Raises:
        UserError: it is unknown, or in a state that does not allow this.
    """
    quote = change.get(Quote, quote_id)
    status = quote.status or "draft"
    if action and action not in ACTIONS.get(status, frozenset()):
        raise _refusal(quote.number, status, action)
    return quote


def check_status(number: str | None, before: str, after: str) -> None:
    """Refuse a status that no deed leads to from the one that an issued quote has; that it expires, or holds longer, is nobody's deed.

    Raises:
        UserError: names the quote.
    """
    if before == after or {before, after} == {"issued", "expired"}:
        return
    action = {"accepted": "accept", "declined": "decline"}.get(after, "edit")
    if action not in ACTIONS[before]:
        raise _refusal(number, before, action)


def _refusal(number: str | None, status: str, action: str) -> UserError:
    number = number or tr("This quote")
    if status == "draft":
        return UserError(tr("A draft was offered to nobody yet."), field="status", hint=tr("Issue it first."))
    match action:
        case "edit":
            return UserError(tr("{number} was issued and can't be changed.", number=number), hint=tr("Make a new version instead."))
        case "issue":
            return UserError(tr("{number} was issued already.", number=number), field="status")
        case "delete":
            return UserError(tr("{number} was issued and can't be deleted.", number=number), hint=tr("Decline it, or make a new version."))
        case "revise":
            return UserError(tr("{number} was replaced by a newer version.", number=number), field="status", hint=tr("Revise the newest version."))
        case _:
            answers = {"accepted": tr("{number} is accepted already.", number=number), "declined": tr("{number} was declined.", number=number)}
            return UserError(
                answers.get(status, tr("{number} was replaced by a newer version.", number=number)), field="status", hint=tr("Make a new version instead.")
            )


def _about(change: Change, quote: Quote) -> None:
    """Say in the history which quote it is: by number, subject or customer."""
    company = change.reader.value("SELECT name FROM company WHERE id = ?", (_bytes(quote.company_id),))
    change.note(about=quote.number or quote.subject or company)
