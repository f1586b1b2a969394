"""The claims that have a case, found by what a payment or a reversal says of product, order, case and ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .accounts import Account
from .events import Credit, Product, Reversal


@dataclass(frozen=True, slots=True)
class Filed:
    """What a row of Cases says of a claim: Amazon's case id, and the reimbursements it recorded."""

    case_id: str = ""
    recorded: frozenset[str] = frozenset()


class FiledClaims:
    """What the rows of Cases say by claim id, and the accounts of these claims by product."""

    def __init__(self, filed: Mapping[str, Filed], accounts: Sequence[tuple[str, Account]]) -> None:
        self._filed = filed
        self._accounts = [(claim, account) for claim, account in accounts if claim in filed]
        self._places: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, (_, account) in enumerate(self._accounts):
            for name in _names(account.loss.product):
                self._places[name].append(place)

    def is_ours(self, credit: Credit, claim: str) -> bool:
        """Whether a payment names Amazon's case of a claim."""
        return bool(credit.case_id) and credit.case_id == self._filed.get(claim, Filed()).case_id

    def has_recorded(self, claim: str, reimbursement_id: str) -> bool:
        """Whether the row of a claim recorded a reimbursement."""
        return reimbursement_id in self._filed[claim].recorded

    def of_product(self, credit: Credit) -> list[tuple[str, Account]]:
        """Claims of the product that a payment names, with their accounts; all where it names none."""
        if credit.product.blank:
            return self._accounts
        found = {place for name in _names(credit.product) for place in self._places.get(name, ())}
        return [self._accounts[place] for place in sorted(found)]

    def paid_by(self, credit: Credit) -> str:
        """The claim that a payment taken back was for: none of its units stood open any more."""
        near = self.of_product(credit)
        recorded = [c for c, _ in near if self.has_recorded(c, credit.reference_id)]
        mine = [c for c, _ in near if self.is_ours(credit, c)]
        named = [c for c, a in near if credit.id and credit.id in a.loss.ids]
        return min(recorded or mine or named, default="")

    def recorded(self, reversal: Reversal) -> str:
        """The claim whose row recorded the payment that a reversal takes back."""
        original = reversal.original_id
        return min((c for c, f in self._filed.items() if original and original in f.recorded), default="")


def _names(product: Product) -> list[tuple[str, str]]:
    """By what a product is told from others; two match that share one of these."""
    names = (("SKU", product.sku), ("FNSKU", product.fnsku), ("ASIN", product.asin))
    return [name for name in names if name[1]]
