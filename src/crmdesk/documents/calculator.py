"""The one calculator: from the lines of a document to its totals, without database or window.

The terms are those of EN 16931 (allowance = discount, charge = surcharge).
Everything is `Decimal`; products and quotients are kept exact until the one place where a rule rounds them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Literal

from crmdesk.documents.currencies import EXACT, Rounding, decimals_of, largest_remainder, round_to, round_to_step
from crmdesk.errors import UserError
from crmdesk.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

ZERO = Decimal(0)
HUNDRED = Decimal(100)
LARGEST_AMOUNT = Decimal(10) ** 15  # in minor units of any currency still well inside 64 bits


@dataclass(frozen=True)
class Tax:
    """One tax of a line: its rate in percent, on the net or on the net plus the taxes before it."""

    name: str
    rate: Decimal
    base: Literal["net", "cumulative"] = "net"


@dataclass(frozen=True)
class AllowanceCharge:
    """A discount or a surcharge on a line or a document.

    The amount wins over the percentage. On a document, without a tax category it is spread over all tax groups.
    """

    charge: bool
    amount: Decimal | None = None
    percent: Decimal | None = None
    base_amount: Decimal | None = None
    reason: str = ""
    tax_category: str | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """One line; a text has no amount, a subtotal shows the sum of the items since the last one.

    Several taxes stand in `taxes`, and the category and rate are not used then.
    """

    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = ZERO
    price_base_quantity: Decimal = Decimal(1)
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    tax_category: str = "S"
    tax_rate: Decimal = ZERO
    taxes: tuple[Tax, ...] = ()
    optional: bool = False
    kind: Literal["item", "text", "subtotal"] = "item"
    unit: str = ""
    product: str = ""

    @property
    def counts(self) -> bool:
        """Tell whether the line is part of the totals."""
        return self.kind == "item" and not self.optional

    @property
    def tax_group(self) -> TaxGroup:
        """Return the taxes that lie on the line."""
        return TaxGroup("", self.taxes) if self.taxes else TaxGroup(self.tax_category, (Tax("", self.tax_rate),))


@dataclass(frozen=True)
class TaxGroup:
    """The taxes that lie together on some lines; a category only where it is one tax by EN 16931."""

    category: str
    taxes: tuple[Tax, ...]

    @property
    def shares(self) -> tuple[Decimal, ...]:
        """Return each tax as a part of the net, unrounded."""
        shares: list[Decimal] = []
        for tax in self.taxes:
            base = 1 + sum(shares, ZERO) if tax.base == "cumulative" else Decimal(1)
            shares.append(base * tax.rate / HUNDRED)
        return tuple(shares)


@dataclass(frozen=True)
class TaxProfile:
    """How a document rounds; stored on it, so that a later change of the profile never changes it.

    `cash_step` (0.05 in Switzerland) rounds the payable amount of a document that states no rounding of its own.
    """

    rounding: Rounding = "half_up"
    level: Literal["document", "line"] = "document"
    cash_step: Decimal | None = None


@dataclass(frozen=True)
class Document:
    """What totals are calculated from."""

    currency: str
    lines: tuple[Line, ...] = ()
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    tax_inclusive: bool = False
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO
    profile: TaxProfile = TaxProfile()


@dataclass(frozen=True)
class TaxTotal:
    """One tax of a document. The name stands where a line has several taxes, the category elsewhere."""

    tax_category: str
    tax_rate: Decimal
    taxable: Decimal
    tax: Decimal
    name: str = ""


@dataclass(frozen=True)
class Totals:
    """The totals of a document; all amounts have its currency's decimals.

    `line_nets` has an entry for each line, zero for those outside the totals. What a reader sees on a line stands in
    `line_amounts`: including tax where prices do, of optional lines their price, of subtotals their sum. `line_gross`
    is the same before the line's discounts, `allowance_amounts` the amount of each document discount and charge.
    """

    currency: str
    line_nets: tuple[Decimal, ...]
    line_total: Decimal
    allowance_total: Decimal
    charge_total: Decimal
    tax_exclusive: Decimal
    taxes: tuple[TaxTotal, ...]
    tax_total: Decimal
    tax_inclusive: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal
    line_amounts: tuple[Decimal, ...] = ()
    line_gross: tuple[Decimal, ...] = ()
    allowance_amounts: tuple[Decimal, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the totals as the command line prints them: strings with the currency's decimals."""
        return {
            "line_nets": [f"{net:f}" for net in self.line_nets],
            "line_total": f"{self.line_total:f}",
            "allowance_total": f"{self.allowance_total:f}",
            "charge_total": f"{self.charge_total:f}",
            "tax_exclusive": f"{self.tax_exclusive:f}",
            "taxes": [
                {
                    "tax_category": tax.name or tax.tax_category,
                    "tax_rate": plain(tax.tax_rate),
                    "taxable": f"{tax.taxable:f}",
                    "tax": f"{tax.tax:f}",
                }
                for tax in self.taxes
            ],
            "tax_total": f"{self.tax_total:f}",
            "tax_inclusive": f"{self.tax_inclusive:f}",
            "payable": f"{self.payable:f}",
        }


class BrokenTotals(ArithmeticError):
    """Totals contradict one another; they must not be saved."""


def plain(number: Decimal) -> str:
    """Write a number without exponent and trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def calculate(document: Document) -> Totals:
    """Return the totals of a document.

    Raises:
        UserError: an amount is too large to be stored.
    """
    return work_out(document).totals


def allowance_amount(document: Document, each: AllowanceCharge, base: Decimal) -> Decimal:
    """Return the amount of a discount or charge: as given, else its percentage of the base, rounded as the document is."""
    with localcontext(EXACT):
        return _resolve(Work(document, decimals_of(document.currency)), each, base)


def check_identities(totals: Totals) -> None:
    """Make sure that the totals agree with one another, to the last unit.

    Raises:
        BrokenTotals: they don't.
    """
    claims = {
        "line nets": (sum(totals.line_nets, ZERO), totals.line_total),
        "tax exclusive": (totals.line_total - totals.allowance_total + totals.charge_total, totals.tax_exclusive),
        "tax": (sum((tax.tax for tax in totals.taxes), ZERO), totals.tax_total),
        "tax inclusive": (totals.tax_exclusive + totals.tax_total, totals.tax_inclusive),
        "payable": (totals.tax_inclusive - totals.prepaid + totals.rounding, totals.payable),
    }
    broken = [f"{name}: {found} is not {stored}" for name, (found, stored) in claims.items() if found != stored]
    if broken:
        raise BrokenTotals("; ".join(broken))


def mirror(totals: Totals) -> Totals:
    """Return the totals of a full credit: every stored amount with its sign turned round, nothing calculated anew."""

    def turned(amounts: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        return tuple(-amount for amount in amounts)

    return Totals(
        currency=totals.currency,
        line_nets=turned(totals.line_nets),
        line_total=-totals.line_total,
        allowance_total=-totals.allowance_total,
        charge_total=-totals.charge_total,
        tax_exclusive=-totals.tax_exclusive,
        taxes=tuple(replace(tax, taxable=-tax.taxable, tax=-tax.tax) for tax in totals.taxes),
        tax_total=-totals.tax_total,
        tax_inclusive=-totals.tax_inclusive,
        prepaid=-totals.prepaid,
        rounding=-totals.rounding,
        payable=-totals.payable,
        line_amounts=turned(totals.line_amounts),
        line_gross=turned(totals.line_gross),
        allowance_amounts=turned(totals.allowance_amounts),
    )


# ---- the work, kept in steps so that "why this total?" can tell them ----


@dataclass(frozen=True)
class LineWork:
    """One line: quantity times price, its discounts and charges, what is left. As entered, so perhaps including tax."""

    exact: Decimal
    gross: Decimal
    allowance_charges: tuple[Decimal, ...]
    amount: Decimal


@dataclass
class Item:
    """An amount that lies in a tax group: a line, a document discount (negative) or charge, or its share of one."""

    source: Literal["line", "allowance_charge"]
    index: int
    amount: Decimal
    net: Decimal = ZERO


@dataclass(frozen=True)
class TaxKey:
    """What is taxed together: one rate; where a tax lies on other taxes, only with the same ones."""

    category: str
    name: str
    rate: Decimal
    below: tuple[Tax, ...] = ()


@dataclass
class TaxWork:
    """One tax of the document: base, the tax before rounding and after."""

    taxable: Decimal = ZERO
    exact: Decimal = ZERO
    tax: Decimal = ZERO


@dataclass
class Work:
    """Everything between a document and its totals."""

    document: Document
    decimals: int
    lines: list[LineWork] = field(default_factory=list)
    groups: dict[TaxGroup, list[Item]] = field(default_factory=dict)
    allowance_amounts: list[Decimal] = field(default_factory=list)
    untaxed: list[Item] = field(default_factory=list)
    taxes: dict[TaxKey, TaxWork] = field(default_factory=dict)
    totals: Totals = field(init=False)

    def round(self, value: Decimal) -> Decimal:
        """Round to the currency by the document's own mode."""
        return round_to(value, self.decimals, self.document.profile.rounding)


def work_out(document: Document) -> Work:
    """Calculate a document and keep every step."""
    with localcontext(EXACT):
        work = Work(document, decimals_of(document.currency))
        for index, line in enumerate(document.lines):
            work.lines.append(_line(work, line))
            if line.counts:
                work.groups.setdefault(line.tax_group, []).append(Item("line", index, work.lines[-1].amount))
        _spread(work)
        if document.tax_inclusive:
            _tax_included(work)
        elif document.profile.level == "line":
            _tax_by_line(work)
        else:
            _tax_by_document(work)
        work.totals = _sum_up(work)
        return work


def _line(work: Work, line: Line) -> LineWork:
    if line.kind != "item":
        nothing = work.round(ZERO)
        return LineWork(ZERO, nothing, (), nothing)
    exact = line.quantity * line.unit_price / line.price_base_quantity
    gross = _within_limit(work.round(exact))
    parts = tuple(_resolve(work, each, gross) for each in line.allowance_charges)
    signed = (part if each.charge else -part for each, part in zip(line.allowance_charges, parts, strict=True))
    return LineWork(exact, gross, parts, _within_limit(gross + sum(signed, ZERO)))


def _resolve(work: Work, each: AllowanceCharge, base: Decimal) -> Decimal:
    """Return the amount of a discount or charge: as given, else its percentage of the base."""
    if each.amount is not None:
        return work.round(each.amount)
    base = base if each.base_amount is None else each.base_amount
    return work.round(base * (each.percent or ZERO) / HUNDRED)


def _spread(work: Work) -> None:
    """Lay the document's discounts and charges on tax groups."""
    nets = {group: sum((item.amount for item in items), ZERO) for group, items in work.groups.items()}
    whole = sum(nets.values(), ZERO)
    for index, each in enumerate(work.document.allowance_charges):
        sign = 1 if each.charge else -1
        if each.tax_category is not None:
            group = TaxGroup(each.tax_category, (Tax("", each.tax_rate or ZERO),))
            amount = _resolve(work, each, nets.get(group, ZERO))
            work.groups.setdefault(group, []).append(Item("allowance_charge", index, sign * amount))
        elif not nets:
            amount = _resolve(work, each, ZERO)
            work.untaxed.append(Item("allowance_charge", index, sign * amount, sign * amount))
        else:
            amount = _resolve(work, each, whole)
            parts = _parts(work, each, amount, list(nets.values()))
            for group, part in zip(nets, parts, strict=True):
                work.groups[group].append(Item("allowance_charge", index, sign * part))
        work.allowance_amounts.append(_within_limit(amount))


def _parts(work: Work, each: AllowanceCharge, amount: Decimal, nets: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Divide a document discount among groups in proportion to their nets by largest remainder.

    A percentage of the whole is the same percentage of each group, also of a negative one. An amount follows the size
    of the nets where their signs differ: by their sum, 10.00 off 100.00 and -99.99 would become 100,000.00 and
    -99,990.00.
    """
    if each.amount is None and each.base_amount is None:
        ideals = [net * (each.percent or ZERO) / HUNDRED for net in nets]
        return largest_remainder(amount, ideals, work.decimals)
    mixed = min(nets) < 0 < max(nets)
    weights = [abs(net) if mixed else net for net in nets]
    whole = sum(weights, ZERO)
    if not whole:
        weights, whole = [Decimal(1), *[ZERO] * (len(nets) - 1)], Decimal(1)
    return largest_remainder(amount, [amount * weight / whole for weight in weights], work.decimals)


def _keys(group: TaxGroup) -> list[TaxKey]:
    keys = []
    for position, tax in enumerate(group.taxes):
        below = group.taxes[:position] if tax.base == "cumulative" else ()
        keys.append(TaxKey(group.category, tax.name, tax.rate, below))
    return keys


def _charge(work: Work, group: TaxGroup, net: Decimal) -> None:
    """Add the taxes on a net, each rounded."""
    earlier = ZERO
    for key, tax in zip(_keys(group), group.taxes, strict=True):
        base = net + earlier if tax.base == "cumulative" else net
        exact = base * tax.rate / HUNDRED
        rounded = work.round(exact)
        _add(work, key, base, exact, rounded)
        earlier += rounded


def _add(work: Work, key: TaxKey, base: Decimal, exact: Decimal, rounded: Decimal) -> None:
    total = work.taxes.setdefault(key, TaxWork())
    total.taxable += base
    total.exact += exact
    total.tax += rounded


def _tax_by_line(work: Work) -> None:
    for group, items in work.groups.items():
        for item in items:
            item.net = item.amount
            _charge(work, group, item.net)


def _tax_by_document(work: Work) -> None:
    """Round each tax once: the nets of all groups that carry it are summed first."""
    bases: dict[TaxKey, Decimal] = {}
    for group, items in work.groups.items():
        for item in items:
            item.net = item.amount
        net = sum((item.net for item in items), ZERO)
        for key in _keys(group):
            bases[key] = bases.get(key, ZERO) + net
    for key, net in bases.items():
        base = net + _taxes_below(work, key.below, net)
        exact = base * key.rate / HUNDRED
        _add(work, key, base, exact, work.round(exact))


def _taxes_below(work: Work, taxes: tuple[Tax, ...], net: Decimal) -> Decimal:
    earlier = ZERO
    for tax in taxes:
        base = net + earlier if tax.base == "cumulative" else net
        earlier += work.round(base * tax.rate / HUNDRED)
    return earlier


def _tax_included(work: Work) -> None:
    """Take the taxes out of prices that include them: of each group's sum, or of each line."""
    for group, items in work.groups.items():
        together = [[item] for item in items] if work.document.profile.level == "line" else [items]
        for part in together:
            _take_out(work, group, part)


def _take_out(work: Work, group: TaxGroup, items: Sequence[Item]) -> None:
    shares = group.shares
    factor = 1 + sum(shares, ZERO)
    gross = sum((item.amount for item in items), ZERO)
    net = work.round(gross / factor)
    nets = largest_remainder(net, [item.amount / factor for item in items], work.decimals)
    for item, its_net in zip(items, nets, strict=True):
        item.net = its_net
    ideals = [gross / factor * share for share in shares]
    taxes = (gross - net,) if len(shares) == 1 else _split_tax(work, gross - net, ideals)
    earlier = ZERO
    for key, tax, exact, rounded in zip(_keys(group), group.taxes, ideals, taxes, strict=True):
        _add(work, key, net + earlier if tax.base == "cumulative" else net, exact, rounded)
        earlier += rounded


def _split_tax(work: Work, total: Decimal, ideals: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Divide a tax that was taken out of a price among the several taxes it is made of."""
    whole = sum(ideals, ZERO)
    if not whole:
        return (total, *[work.round(ZERO)] * (len(ideals) - 1))
    return largest_remainder(total, [total * ideal / whole for ideal in ideals], work.decimals)


def _sum_up(work: Work) -> Totals:
    document, nothing = work.document, work.round(ZERO)
    items = [item for items in (*work.groups.values(), work.untaxed) for item in items]
    line_nets = [nothing] * len(document.lines)
    allowance = charge = nothing
    for item in items:
        if item.source == "line":
            line_nets[item.index] = item.net
        elif document.allowance_charges[item.index].charge:
            charge += item.net
        else:
            allowance -= item.net
    line_total = sum(line_nets, nothing)
    tax_exclusive = line_total - allowance + charge
    taxes = tuple(TaxTotal(key.category, key.rate, each.taxable + nothing, each.tax + nothing, key.name) for key, each in work.taxes.items())
    tax_total = sum((tax.tax for tax in taxes), nothing)
    tax_inclusive = tax_exclusive + tax_total
    prepaid = work.round(document.prepaid)
    rounding = _cash_rounding(work, tax_inclusive - prepaid)
    return Totals(
        currency=document.currency,
        line_nets=tuple(line_nets),
        line_total=_within_limit(line_total),
        allowance_total=allowance,
        charge_total=charge,
        tax_exclusive=_within_limit(tax_exclusive),
        taxes=taxes,
        tax_total=_within_limit(tax_total),
        tax_inclusive=_within_limit(tax_inclusive),
        prepaid=prepaid,
        rounding=rounding,
        payable=_within_limit(tax_inclusive - prepaid + rounding),
        line_amounts=_shown(work),
        line_gross=tuple(line.gross for line in work.lines),
        allowance_amounts=tuple(work.allowance_amounts),
    )


def _cash_rounding(work: Work, due: Decimal) -> Decimal:
    profile = work.document.profile
    if work.document.rounding or profile.cash_step is None:
        return work.round(work.document.rounding)
    return work.round(round_to_step(due, profile.cash_step, profile.rounding) - due)


def _shown(work: Work) -> tuple[Decimal, ...]:
    """Return the amounts that stand on the lines; a subtotal sums the counting items since the one before it."""
    shown, since = [], work.round(ZERO)
    for line, its in zip(work.document.lines, work.lines, strict=True):
        shown.append(since if line.kind == "subtotal" else its.amount)
        since = work.round(ZERO) if line.kind == "subtotal" else since + its.amount * line.counts
    return tuple(shown)


def _within_limit(amount: Decimal) -> Decimal:
    if abs(amount) >= LARGEST_AMOUNT:
        raise UserError(tr("An amount of this document is too large."), hint=tr("Check quantities and prices."))
    return amount
