"""What a claimed unit is worth, from which source, and between which bounds (RULES 5).

Decisions: a cost in another currency than the marketplace's is no cost. An own or estimated cost is used but
named; an order whose fees are not in the reports has no value, only its price as upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .drafts import Draft
from .model import Evidence
from .orders import Line, OrderLine, Orders
from .policy import Policy
from .policy.vocabulary import PolicyValue
from .sourcing import Basis, Cost, SourcingCosts

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
class Prices:
    """Where values come from."""

    policy: Policy
    costs: SourcingCosts
    orders: Orders
    as_of: date

    def value(self, draft: Draft, how: str) -> Value:
        """The value of one unit of the draft; ``how`` is the detector's declaration."""
        if draft.given:
            given = draft.given
            return self._cap(draft, Value(given.unit, given.currency, given.basis))
        return self._cap(
            draft, self._after_order(draft) if how == "after_order" else self._before_order(draft)
        )

    def _before_order(self, draft: Draft) -> Value:
        facts = self.policy.marketplaces.get(draft.marketplace)
        currency = facts.currency if facts else ""
        rule = self.policy.value(
            "valuation_basis.before_order", on=draft.event_date, marketplace=draft.marketplace
        )
        if rule is None or rule.value != "sourcing_cost":
            return Value(
                None, currency, "", missing="value: Amazon's rule of that day is not a sourcing cost"
            )
        for basis, name in _BASES.items():
            cost = self.costs.find(draft.product, basis, currency, self.as_of)
            if cost:
                return Value(cost.amount, currency, name, rules=(rule,), evidence=(_cost(cost, draft),))
        known = ", ".join(sorted(self.costs.currencies(draft.product) - {currency, ""}))
        why = f"unit cost in {currency} (known in {known} only)" if known else "unit cost (Sourcing Costs)"
        return Value(None, currency, "", missing=why, rules=(rule,))

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

    def _cap(self, draft: Draft, value: Value) -> Value:
        cap = self.policy.value("reimbursement_cap", on=draft.event_date, marketplace=draft.marketplace)
        if cap is None or value.unit is None or value.unit <= cap.number or cap.unit != value.currency:
            return value
        return Value(
            cap.number,
            value.currency,
            f"{value.basis}, capped",
            rules=(*value.rules, cap),
            evidence=value.evidence,
        )


def _cost(cost: Cost, draft: Draft) -> Evidence:
    since = f" since {cost.since}" if cost.since else ""
    shows = f"{_BASES[cost.basis]} {cost.amount:,.2f} {cost.currency} per unit{since}"
    identifiers = f"FNSKU {draft.product.fnsku} · ASIN {draft.product.asin}"
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
