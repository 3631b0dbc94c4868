"""Commands of the areas: board, deals, leads, tickets, quotes, hand-over, reports, the caller."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmdesk.cli.base import app, check_new, find, opened, say, searchable, shown, write_new
from crmdesk.cli.output import remark, table
from crmdesk.errors import UserError, why
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from crmdesk.queries.money import Sum
    from crmdesk.store import Store


def _money(total: Sum) -> Any:
    base, *apart = ({"amount": f"{money.amount:f}", "currency": money.currency} for money in total.moneys)
    return {**base, "without_rate": apart} if apart else base


@app.command()
def board(pipeline: Annotated[str | None, typer.Argument()] = None) -> None:
    """Show a pipeline: per stage count, sum and weighted sum."""
    from crmdesk.queries import deals

    with opened() as store:
        pipeline_id = find(store, "pipeline", pipeline) if pipeline else None
        with store.read() as reader:
            columns = deals.board(reader, pipeline_id, limit=0).columns
    found = [
        {
            "stage": column.stage.name, "probability": None if column.stage.win_rate is None else f"{column.stage.win_rate:f}", "count": column.count,
            "amount": _money(column.amount), "weighted": _money(column.weighted),
        }
        for column in columns
    ]  # fmt: skip
    say(found, lambda: table(list(found[0]) if found else ["stage"], [list(row.values()) for row in found]))


deal_app = typer.Typer(help="Deals.")
app.add_typer(deal_app, name="deal")


@deal_app.command("move")
def move_deal(deal: str, stage: str, reason: Annotated[str | None, typer.Option("--reason", help="Why it was lost.")] = None) -> None:
    """Move a deal to another stage."""
    from crmdesk.operations import deals
    from crmdesk.queries import deals as asked

    with opened() as store:
        deal_id = find(store, "deal", deal)
        with store.read() as reader:
            stage_id = asked.stage_named(reader, stage, deal_id)
            is_lost = any(known.id == stage_id and known.outcome == "lost" for known in asked.stages(reader))
        store.run_from("cli", deals.move, deal_id, stage_id, reason)
        moved = shown(store, "deal", deal_id)
        say(moved)
        if is_lost and not moved["lost_reason"]:
            remark(tr("Why it was lost is not known: --reason says it."))


lead_app = typer.Typer(help="Leads.")
app.add_typer(lead_app, name="lead")


@lead_app.command("claim")
def claim_lead(lead: str) -> None:
    """Take a lead out of the pool."""
    from crmdesk.operations import leads

    with opened() as store:
        lead_id = find(store, "lead", lead)
        store.run_from("cli", leads.claim, lead_id)
        say(shown(store, "lead", lead_id))


@lead_app.command("return")
def return_lead(lead: str) -> None:
    """Put a lead back into the pool."""
    from crmdesk.operations import leads

    with opened() as store:
        lead_id = find(store, "lead", lead)
        store.run_from("cli", leads.give_back, lead_id)
        say(shown(store, "lead", lead_id))


@lead_app.command("convert")
def convert_lead(lead: str) -> None:
    """Turn a lead into a company, a contact and a deal."""
    from crmdesk.operations import leads

    with opened() as store:
        lead_id = find(store, "lead", lead)
        made = store.run_from("cli", leads.convert, lead_id)
        result = {
            entity: shown(store, entity, record_id) if record_id else None
            for entity, record_id in (("lead", lead_id), ("company", made.company_id), ("contact", made.contact_id), ("deal", made.deal_id))
        }
    say(result)


@app.command()
def handover(
    from_member: Annotated[str, typer.Argument(metavar="FROM")],
    to_member: Annotated[str, typer.Argument(metavar="TO")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    open_only: Annotated[bool, typer.Option("--open-only", help="Leave closed deals and tickets where they are.")] = False,
) -> None:
    """Give all records of a member to another."""
    from crmdesk.operations import handover as handing

    with opened() as store:
        giver, taker = find(store, "member", from_member), find(store, "member", to_member)
        if dry_run:
            with store.read() as reader:
                counts = handing.preview(reader, giver, taker, open_only=open_only)
        else:
            counts = store.run_from("cli", handing.hand_over, giver, taker, open_only=open_only)
    say({"dry_run": dry_run, "records": counts})


# -- tickets ---------------------------------------------------------------------------------------------------------------------

ticket_app = typer.Typer(help="Tickets.")
app.add_typer(ticket_app, name="ticket")


def _text(given: str | None) -> str:
    """Return the text of a message: from the argument, else from standard input."""
    if given is None and not sys.stdin.isatty():
        given = sys.stdin.read()
    if not (given or "").strip():
        raise UserError(tr("The text is missing."))
    return str(given)


@ticket_app.command("reply")
def reply_ticket(
    ticket: str, text: Annotated[str | None, typer.Argument()] = None, wait: Annotated[bool, typer.Option("--wait", help="Then wait for the customer.")] = False
) -> None:
    """Answer the customer."""
    from crmdesk.operations import tickets

    with opened() as store:
        ticket_id = find(store, "ticket", ticket)
        store.run_from("cli", tickets.reply, ticket_id, _text(text), wait=wait)
        say(shown(store, "ticket", ticket_id))


@ticket_app.command("note")
def note_ticket(ticket: str, text: Annotated[str | None, typer.Argument()] = None) -> None:
    """Write an internal note."""
    from crmdesk.operations import tickets

    with opened() as store:
        ticket_id = find(store, "ticket", ticket)
        store.run_from("cli", tickets.note, ticket_id, _text(text))
        say(shown(store, "ticket", ticket_id))


@ticket_app.command("close")
def close_ticket(
    ticket: str, text: Annotated[str | None, typer.Argument()] = None, csat: Annotated[int | None, typer.Option("--csat", help="Satisfaction, 1 to 5.")] = None
) -> None:
    """Close a ticket with its resolution."""
    from crmdesk.operations import tickets

    with opened() as store:
        ticket_id = find(store, "ticket", ticket)
        store.run_from("cli", tickets.close, ticket_id, text, csat=csat)
        say(shown(store, "ticket", ticket_id))


@app.command()
def attach(entity: str, record: str, file: Path) -> None:
    """Put a file into the store, at a record."""
    from crmdesk.operations import attachments

    if not file.is_file():
        raise UserError(tr("There is no file {path}.", path=file))
    with opened() as store:
        record_id = find(store, entity, record)
        attachment_id = store.run_from("cli", attachments.attach, entity, record_id, file.name, file)
        say(shown(store, "attachment", attachment_id))


@app.command("call")
def who_calls(number: str) -> None:
    """Tell who is calling."""
    from crmdesk.queries import caller

    with searchable() as store, store.read() as reader:
        found = caller.who_is(reader, number)
    say(found.as_json())


# -- quotes ----------------------------------------------------------------------------------------------------------------------

LARGEST_DOCUMENT = 50_000_000
quote_app = typer.Typer(help="Quotes.")
app.add_typer(quote_app, name="quote")


@quote_app.command("add")
def add_quote(file: Path) -> None:
    """Make a draft quote from a document in JSON."""
    from crmdesk.operations import quotes

    try:
        with file.open("rb") as source:
            content = source.read(LARGEST_DOCUMENT + 1)
        if len(content) > LARGEST_DOCUMENT:
            raise UserError(tr("“{file}” is too large.", file=file))
        document = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, object_pairs_hook=_each_once)
    except OSError as error:
        raise UserError(tr("{path} can't be read: {why}.", path=file, why=why(error))) from None
    except (ValueError, RecursionError) as error:
        raise UserError(tr("{path} is not valid JSON: {why}.", path=file, why=error)) from None
    with opened() as store:
        quote_id, totals = store.run_from("cli", quotes.add_document, document)
    say({"id": str(quote_id), "number": None, "totals": totals})


NAMES_SENDER = 'crmdesk set setting company_name value="Acme Ltd"'


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of a document; nobody can say which of two values of one key was meant."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UserError(tr("The key “{key}” stands twice in one place of the document.", key=key), hint=tr("Delete one of them."))
        found[key] = value
    return found


def _quote(store: Store, text: str) -> UUID:
    return find(store, "quote", text)


@quote_app.command("issue")
def issue_quote(quote: str) -> None:
    """Give a quote its number and freeze it."""
    from crmdesk.operations import quotes

    with opened() as store:
        quote_id = _quote(store, quote)
        store.run_from("cli", quotes.issue, quote_id)
        if not store.settings.company_name.strip():
            remark(tr("The letterhead has no sender: the name of your own company is empty. Set it as in: {command}", command=NAMES_SENDER))
        say(shown(store, "quote", quote_id))


@quote_app.command("pdf")
def quote_pdf(quote: str, out: Path) -> None:
    """Write a quote's PDF; a draft's is marked."""
    from crmdesk.operations import quotes
    from crmdesk.queries.quotes import boxes, pdf_of

    check_new(out)
    with opened() as store:
        quote_id = _quote(store, quote)
        with store.read() as reader:
            rendered = pdf_of(reader, quote_id)
        write_new(out, rendered.pdf, lambda: store.run_from("cli", quotes.note_left, quote_id))
    if rendered.missing:
        remark(boxes(rendered.missing))
    say({"file": str(out), "missing": list(rendered.missing)}, lambda: tr("Wrote {path}.", path=out))


@quote_app.command("accept")
def accept_quote(quote: str) -> None:
    """Mark a quote accepted; its deal is won."""
    from crmdesk.operations import quotes

    with opened() as store:
        quote_id = _quote(store, quote)
        store.run_from("cli", quotes.accept, quote_id)
        say(shown(store, "quote", quote_id))


@quote_app.command("decline")
def decline_quote(quote: str, reason: Annotated[str | None, typer.Option("--reason", help="Why.")] = None) -> None:
    """Mark a quote declined."""
    from crmdesk.operations import quotes

    with opened() as store:
        quote_id = _quote(store, quote)
        store.run_from("cli", quotes.decline, quote_id, reason)
        say(shown(store, "quote", quote_id))


@quote_app.command("revise")
def revise_quote(quote: str) -> None:
    """Make a new version of a quote, as a draft."""
    from crmdesk.operations import quotes

    with opened() as store:
        made = store.run_from("cli", quotes.revise, _quote(store, quote))
        say(shown(store, "quote", made))


@quote_app.command("why")
def why_quote(quote: str) -> None:
    """Explain a quote's totals step by step."""
    from crmdesk.queries import quotes

    with opened() as store:
        quote_id = _quote(store, quote)
        with store.read() as reader:
            steps = quotes.why(reader, quote_id)
    found = [{"kind": s.kind, "label": s.label, "calculation": s.calculation, "amount": f"{s.amount:f}", "rule": s.rule, "level": s.level} for s in steps]
    say(found, lambda: table(("label", "calculation", "amount", "rule"), [[f["label"], f["calculation"], f["amount"], f["rule"]] for f in found]))


# -- reports ---------------------------------------------------------------------------------------------------------------------


@app.command()
def report(
    name: Annotated[str | None, typer.Argument()] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day of the period.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day of the period.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only this member's.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write it to a file: .xlsx, .pdf or .csv.")] = None,
) -> None:
    """Show a report; without a name list them."""
    from crmdesk.queries import reports

    if name is None and (start or end or owner or out):  # the list of reports goes to no file
        raise typer.BadParameter(tr("{name} is missing.", name="NAME"))
    if out:
        check_new(out)
    with opened() as store:
        if name is None:
            listed = [{"name": each.name, "label": tr(each.label), "about": tr(each.about)} for each in reports.REPORTS.values()]
            say(listed, lambda: table(("name", "label", "about"), [list(row.values()) for row in listed]))
            return
        owner_id = find(store, "member", owner) if owner else None
        with store.read() as reader:
            found = reports.run(reader, name, _day(start, "--from"), _day(end, "--to"), owner_id)
        if out:
            from crmdesk.operations import reporting

            reporting.save(store, found, out, origin="cli")
    rows = [list(row) for row in [*found.plain_rows(), *found.plain_rows(totals=True)]]
    say(
        {**found.as_json(), **({"file": str(out)} if out else {})},
        lambda: table([tr(column.label) for column in found.columns], [[_cell(value) for value in row] for row in rows]),
    )


def _cell(value: Any) -> str:
    from crmdesk.fields import Money, show_money, show_number

    if isinstance(value, Money):
        return show_money(value)
    if isinstance(value, str) or value is None:
        return value or ""
    return show_number(value)


def _day(text: str | None, option: str) -> date | None:
    from crmdesk.fields import read_date

    if not text:
        return None
    try:
        return read_date(text)
    except UserError as error:
        error.field = option
        raise
