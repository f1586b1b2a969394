"""What a claimed unit is worth, from which source, and between which bounds (RULES 5).

Decisions: a cost in another currency than the marketplace's is no cost. An own or estimated cost is used but
named; an order whose fees are not in the reports has no value, only its price as upper bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .drafts import Draft, Lot
from .events import Product
from .model import Evidence
from .money import cents
from .orders import Line, OrderLine, Orders
from .policy import Policy
from .policy.vocabulary import PolicyValue
from .sourcing import Basis, Cost, SourcingCosts

NO_COST = "unit cost"
_BASES: dict[Basis, str] = {
    "approved": "approved sourcing cost",
    "own": "own cost, not approved",
    "estimate": "Amazon's estimate",
}


@dataclass(frozen=True, slots=True)
class Value:
    """Money per unit. ``unit`` None is unknown; ``low``/``high`` bound it where the rules leave doubt."""

    unit: float | None
    currency: str
    basis: str
    low: float | None = None
    high: float | None = None
    missing: str = ""
    rules: tuple[PolicyValue, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Worth:
    """What a claim is worth: per unit, in all, and between which bounds. None is unknown."""

    unit: float | None
    total: float | None
    low: float | None
    high: float | None


def find_worth(draft: Draft, lots: Sequence[Lot], value: Value) -> Worth:
    """The worth of the chosen lots; of a kind about money the sum of their amounts, a doubted one low at 0."""
    if lots and lots[0].amount is not None:
        return _worth_of_money(lots)
    units, doubtful = sum(lot.units for lot in lots), sum(lot.doubtful for lot in lots)
    given = draft.given.total if draft.given and units == draft.units else None
    total = given if given is not None else _times(value.unit, units)
    if value.unit is None:
        return Worth(None, total, _times(value.low, units), _times(value.high, units))
    return Worth(value.unit, total, _times(value.unit, units - doubtful), _times(value.unit, units))


def _worth_of_money(lots: Sequence[Lot]) -> Worth:
    units, total = sum(lot.units for lot in lots), cents(sum(lot.amount or 0.0 for lot in lots))
    high = sum((lot.amount or 0.0) if lot.high is None else lot.high for lot in lots)
    unit = cents(total / units) if units else None
    return Worth(unit, total, cents(sum(_lower(lot) for lot in lots)), cents(high))


def _lower(lot: Lot) -> float:
    amount = 0.0 if lot.doubts else lot.amount or 0.0
    return amount if lot.low is None else lot.low


def _times(unit: float | None, units: int) -> float | None:
    return None if unit is None else round(unit * units, 2)


@dataclass(frozen=True, slots=True)
class Prices:
    """Where values come from."""

    policy: Policy
    costs: SourcingCosts
    orders: Orders
    as_of: date

    def value(self, draft: Draft, how: str) -> Value:
        """The value of one unit of the draft; ``how`` is the detector's declaration."""
        given = draft.given
        if given and any(lot.amount is not None for lot in draft.lots):
            return Value(None, given.currency, given.basis)  # money, not units: no cap per unit
        if given:
            value = Value(given.unit, given.currency, given.basis)
        elif how == "after_order":
            value = self._after_order(draft)
        else:
            market, on = draft.marketplace, draft.event_date
            value = _before_order(self.policy, self.costs, draft.product, on, market, self.as_of)
        return _capped(self.policy, value, draft.event_date, draft.marketplace)

    def _after_order(self, draft: Draft) -> Value:
        line = self.orders.get((draft.order_id, draft.product.sku))
        rule = self.policy.value(
            "valuation_basis.after_order", on=draft.event_date, marketplace=draft.marketplace
        )
        rules = (rule,) if rule else ()
        if line is None or line.unit_principal is None:
            missing = "order price: the sale is not in Transactions or Settlements"
            return Value(None, line.currency if line else "", "", missing=missing, rules=rules)
        evidence = tuple(_sale(line, part) for part in line.lines)
        if line.commission is None or line.fulfillment_fee is None:
            high, missing = round(line.unit_principal, 2), "fees charged on this order"
            return Value(None, line.currency, "", 0.0, high, missing, rules, evidence)
        unit = (line.principal + line.commission + line.fulfillment_fee) / line.sold
        basis = "order price less commission and fulfilment fee"
        return Value(max(round(unit, 2), 0.0), line.currency, basis, rules=rules, evidence=evidence)


def stock_value(policy: Policy, costs: SourcingCosts, product: Product, on: date, marketplace: str) -> Value:
    """What Amazon owes for a unit in stock that goes missing on a day, by the costs known on that day."""
    return _capped(policy, _before_order(policy, costs, product, on, marketplace, on), on, marketplace)


def _before_order(
    policy: Policy, costs: SourcingCosts, product: Product, on: date, marketplace: str, as_of: date
) -> Value:
    facts = policy.marketplaces.get(marketplace)
    currency = facts.currency if facts else ""
    rule = policy.value("valuation_basis.before_order", on=on, marketplace=marketplace)
    if rule is None or rule.value != "sourcing_cost":
        return Value(None, currency, "", missing="value: Amazon's rule of that day is not a sourcing cost")
    for basis, name in _BASES.items():
        cost = costs.find(product, basis, currency, as_of)
        if cost:
            return Value(cost.amount, currency, name, rules=(rule,), evidence=(_cost(cost, product),))
    known = ", ".join(sorted(costs.currencies(product) - {currency, ""}))
    why = f"{NO_COST} in {currency} (known in {known} only)" if known else f"{NO_COST} (Sourcing Costs)"
    return Value(None, currency, "", missing=why, rules=(rule,))


def _capped(policy: Policy, value: Value, on: date, marketplace: str) -> Value:
    cap = policy.value("reimbursement_cap", on=on, marketplace=marketplace)
    if cap is None or value.unit is None or value.unit <= cap.number or cap.unit != value.currency:
        return value
    basis, rules = f"{value.basis}, capped", (*value.rules, cap)
    return Value(cap.number, value.currency, basis, rules=rules, evidence=value.evidence)


def _cost(cost: Cost, product: Product) -> Evidence:
    since = f" since {cost.since}" if cost.since else ""
    shows = f"{_BASES[cost.basis]} {cost.amount:,.2f} {cost.currency} per unit{since}"
    identifiers = f"FNSKU {product.fnsku} · ASIN {product.asin}"
    return Evidence("cost", cost.row, cost.since, None, cost.amount, cost.currency, identifiers, shows)


def _sale(line: OrderLine, part: Line) -> Evidence:
    principal = part.item == "Principal"
    return Evidence(
        "sale" if principal else "fee",
        part.row,
        None,
        part.quantity if principal else None,
        round(part.amount, 2),
        line.currency,
        f"order {line.order_id} · SKU {line.sku}",
        f"sold {part.quantity} for {part.amount:,.2f}" if principal else f"{part.item} {part.amount:,.2f}",
    )
