"""Answer "why this total?": every line, base, rule and rounding of a document, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Literal

from crmdesk.documents.calculator import HUNDRED, ZERO, work_out
from crmdesk.documents.currencies import EXACT, MODE_LABELS, round_to
from crmdesk.documents.formats import number, percent, plain_amount
from crmdesk.i18n import mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmdesk.documents.calculator import (
        AllowanceCharge,
        Document,
        Item,
        Line,
        LineWork,
        TaxGroup,
        TaxKey,
        TaxWork,
        Totals,
        Work,
    )

# EN 16931, code list UNCL5305
TAX_CATEGORIES = {
    "S": mark("Standard rate"),
    "Z": mark("Zero rated"),
    "E": mark("Exempt from VAT"),
    "AE": mark("Reverse charge"),
    "K": mark("Intra-community supply"),
    "G": mark("Export outside the EU"),
    "O": mark("Not subject to VAT"),
    "L": mark("Canary Islands tax"),
    "M": mark("Ceuta and Melilla tax"),
    "B": mark("Split payment"),
}


@dataclass(frozen=True)
class Step:
    """One step of the calculation; the texts are translated and the numbers in them formatted.

    `label` says what it is, `calculation` how the amount came about, `rule` why so. `level` 1 belongs to the
    step above.
    """

    kind: Literal["line", "discount", "group", "tax", "rounding", "total"]
    label: str
    calculation: str
    amount: Decimal
    rule: str = ""
    level: int = 0


def explain(document: Document) -> list[Step]:
    """List how the totals of a document come about."""
    work = work_out(document)
    with localcontext(EXACT):
        return [*_lines(work), *_allowances(work), *_groups(work), *_taxes(work), *_totals(work)]


def tax_label(category: str, rate: Decimal, name: str = "") -> str:
    """Name a tax: “VAT 19%”, “QST 9.975%”, “Reverse charge”."""
    if name:
        return tr("{tax} {rate}", tax=name, rate=percent(rate))
    if category == "S" or rate or category not in TAX_CATEGORIES:
        return tr("VAT {rate}", rate=percent(rate))
    return tr(TAX_CATEGORIES[category])


def _rounded(work: Work) -> str:
    mode = tr(MODE_LABELS[work.document.profile.rounding])
    return tr("Rounded {mode} to {decimals} decimals.", mode=mode, decimals=work.decimals)


def _show(work: Work, amount: Decimal) -> str:
    return plain_amount(amount, work.document.currency)


def _exact(value: Decimal) -> str:
    """Write an unrounded number, long ones cut and marked."""
    short = round_to(value, 6, "half_up")
    return number(short) if short == value else f"{number(short)}…"


def _lines(work: Work) -> Iterator[Step]:
    for index, (line, its) in enumerate(zip(work.document.lines, work.lines, strict=True)):
        if line.kind != "item":
            continue
        yield from _line(work, index, line, its)


def _line(work: Work, index: int, line: Line, its: LineWork) -> Iterator[Step]:
    label = tr("Line {position}: {what}", position=index + 1, what=line.description.split("\n", 1)[0][:80])
    if line.price_base_quantity == 1:
        what = tr("{quantity} × {price}", quantity=number(line.quantity), price=number(line.unit_price))
    else:
        what = tr(
            "{quantity} × {price} ÷ {base}",
            quantity=number(line.quantity),
            price=number(line.unit_price),
            base=number(line.price_base_quantity),
        )
    shown = tr("{calculation} = {result}", calculation=what, result=_exact(its.exact))
    yield Step("line", label, shown, its.gross, _rounded(work) if its.exact != its.gross else "")
    for each, amount in zip(line.allowance_charges, its.allowance_charges, strict=True):
        yield _allowance(work, each, amount, its.gross, 1)
    if line.allowance_charges:
        yield Step("line", tr("Line amount"), tr("After discounts and charges"), its.amount, level=1)
    if line.optional:
        yield Step("line", tr("Optional"), tr("Outside the totals"), ZERO, level=1)


def _allowance(work: Work, each: AllowanceCharge, amount: Decimal, base: Decimal, level: int) -> Step:
    label = each.reason or (tr("Charge") if each.charge else tr("Discount"))
    signed = amount if each.charge else -amount
    if each.amount is not None:
        return Step("discount", label, tr("Amount as given"), signed, level=level)
    base = base if each.base_amount is None else each.base_amount
    calculation = tr("{percent} of {base}", percent=percent(each.percent or ZERO), base=_show(work, base))
    return Step("discount", label, calculation, signed, _rounded(work), level)


def _allowances(work: Work) -> Iterator[Step]:
    for index, each in enumerate(work.document.allowance_charges):
        items = [(group, item) for group, items in work.groups.items() for item in items if _is_share(item, index)]
        base = sum((_line_amount(work, group) for group, _ in items), ZERO)
        yield _allowance(work, each, work.allowance_amounts[index], base, 0)
        if each.tax_category is None and len(items) > 1:
            rule = tr("Spread over the taxes in proportion to their amounts; the parts sum exactly.")
            for group, item in items:
                yield Step("discount", _group_label(group), tr("Its share"), item.amount, rule, 1)


def _is_share(item: Item, index: int) -> bool:
    return item.source == "allowance_charge" and item.index == index


def _line_amount(work: Work, group: TaxGroup) -> Decimal:
    return sum((item.amount for item in work.groups[group] if item.source == "line"), ZERO)


def _group_label(group: TaxGroup) -> str:
    return " + ".join(tax_label(group.category, tax.rate, tax.name) for tax in group.taxes)


def _sum(amounts: Sequence[str]) -> str:
    return " + ".join(amounts).replace("+ \N{MINUS SIGN}", "\N{MINUS SIGN} ")


def _groups(work: Work) -> Iterator[Step]:
    for group, items in work.groups.items():
        amount = sum((item.amount for item in items), ZERO)
        parts = _sum([_show(work, item.amount) for item in items[:8]]) + (" + …" if len(items) > 8 else "")
        if not work.document.tax_inclusive:
            yield Step("group", tr("Taxable for {taxes}", taxes=_group_label(group)), parts, amount)
            continue
        yield Step("group", tr("Prices including {taxes}", taxes=_group_label(group)), parts, amount)
        net = sum((item.net for item in items), ZERO)
        factor = 1 + sum(group.shares, ZERO)
        calculation = tr("{gross} ÷ {factor}", gross=_show(work, amount), factor=number(factor))
        rule = tr("The net is rounded, the tax is what remains; line nets share the net so that they sum exactly.")
        yield Step("group", tr("Net of it"), calculation, net, rule, 1)


def _taxes(work: Work) -> Iterator[Step]:
    for key, its in work.taxes.items():
        yield Step("tax", tax_label(key.category, key.rate, key.name), *_tax(work, key, its))


def _tax(work: Work, key: TaxKey, its: TaxWork) -> tuple[str, Decimal, str]:
    by_line = work.document.profile.level == "line"
    if work.document.tax_inclusive:
        calculation = tr("{tax} is contained in the prices", tax=_exact(its.exact))
        differs = work.round(its.taxable * key.rate / HUNDRED) != its.tax
        rule = tr("On an electronic invoice the tax may differ from base × rate by a cent.") if differs else ""
        return calculation, its.tax, rule
    base = tr("{percent} of {base}", percent=percent(key.rate), base=_show(work, its.taxable))
    calculation = tr("{calculation} = {result}", calculation=base, result=_exact(its.exact))
    how = tr("Rounded on each line, then summed.") if by_line else tr("Rounded once for the document.")
    below = tr("The base contains the taxes before it.") if key.below else ""
    return calculation, its.tax, " ".join(part for part in (how, _rounded(work), below) if part)


def _totals(work: Work) -> Iterator[Step]:
    totals: Totals = work.totals
    less = tr(
        "{lines} − {discounts} + {charges}",
        lines=_show(work, totals.line_total),
        discounts=_show(work, totals.allowance_total),
        charges=_show(work, totals.charge_total),
    )
    yield Step("total", tr("Net amount"), less, totals.tax_exclusive)
    plus = tr("{net} + {tax}", net=_show(work, totals.tax_exclusive), tax=_show(work, totals.tax_total))
    yield Step("total", tr("Total including tax"), plus, totals.tax_inclusive)
    if totals.rounding:
        yield Step("rounding", tr("Cash rounding"), tr("Last, on the amount due"), totals.rounding)
    if totals.prepaid or totals.rounding:
        due = tr(
            "{total} − {prepaid} + {rounding}",
            total=_show(work, totals.tax_inclusive),
            prepaid=_show(work, totals.prepaid),
            rounding=_show(work, totals.rounding),
        )
        yield Step("total", tr("Amount due"), due, totals.payable)
