"""The account of each loss and the purse of each credit: who paid what, and which units are still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from .events import Credit, Loss, Reversal


@dataclass(slots=True)
class Use:
    """Units of one credit spent on one loss."""

    credit: Credit
    units: int


@dataclass(slots=True)
class Doubt:
    """Units that something may have settled: a question for a person, never a claim by itself."""

    units: int
    question: str
    credit: Credit | None = None


@dataclass(slots=True)
class Reopened:
    """Units whose payment was taken back; those of them that stay open are the reversal's."""

    reversal: Reversal
    payment: Credit
    units: int


@dataclass(slots=True)
class Account:
    """What became of the units of one loss.

    ``reconciled`` units are settled by Amazon's own word, ``open`` ones by nothing yet.
    """

    loss: Loss
    reconciled: int
    open: int
    uses: list[Use] = field(default_factory=list)
    reopened: list[Reopened] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @classmethod
    def of(cls, loss: Loss) -> Account:
        """A fresh account: nothing settled but what the report calls reconciled."""
        reconciled = min(loss.reconciled, loss.units)
        return cls(loss, reconciled, loss.units - reconciled)

    @property
    def reversed_units(self) -> int:
        """Open units that stand open because a reimbursement was taken back."""
        return min(self.open, sum(r.units for r in self.reopened)) if self.reopened else 0

    def standing_open(self) -> list[tuple[Reopened, int]]:
        """Every payment taken back with its units that still stand open, the latest reversal first."""
        left, found = self.reversed_units, []
        for reopened in sorted(self.reopened, key=lambda r: r.reversal.date, reverse=True):
            units = min(left, reopened.units)
            left -= units
            found.append((reopened, units))
        return found

    @property
    def doubtful(self) -> int:
        """Open units under a question."""
        return min(self.open, sum(d.units for d in self.doubts))

    def doubt(self, units: int, question: str, credit: Credit | None = None) -> int:
        """Put up to ``units`` open units under a question; return how many it took."""
        taken = max(min(units, self.open - self.doubtful), 0)
        if taken:
            self.doubts.append(Doubt(taken, question, credit))
        return taken

    def serve(self, credit: Credit, wanted: int, bucket: str) -> int:
        """Settle up to ``wanted`` units of one bucket ("reconciled" or "open"); return how many."""
        stock: int = getattr(self, bucket)
        if bucket == "open" and credit.role == "reimbursement":
            stock -= sum(r.units for r in self.reopened if r.reversal.date > credit.date)
        taken = max(min(wanted, stock), 0)
        if taken:
            setattr(self, bucket, getattr(self, bucket) - taken)
            self.uses.append(Use(credit, taken))
        return taken

    def reopen(self, reversal: Reversal, payment: Credit, units: int) -> int:
        """Tag open units as paid once and taken back; return how many."""
        tagged = max(min(units, self.open - sum(r.units for r in self.reopened)), 0)
        if tagged:
            self.reopened.append(Reopened(reversal, payment, tagged))
        return tagged


@dataclass(slots=True)
class Purse:
    """What is left to spend of one credit (None: no quantity).

    ``reversed`` units were taken back; ``withdrawn`` are those of them whose loss is not found yet.
    """

    credit: Credit
    left: int | None
    reversed: int = 0
    withdrawn: list[tuple[Reversal, int]] = field(default_factory=list)

    def spend(self, accounts: Sequence[Account]) -> None:
        """Settle units that Amazon calls reconciled first, then the others, oldest first."""
        if self.left is None:
            self._reopen(accounts)  # what was taken back is not covered by a payment without a quantity
        for bucket in ("reconciled", "open"):
            for account in accounts:
                wanted = account.loss.units if self.left is None else self.left
                taken = account.serve(self.credit, wanted, bucket)
                if self.left is not None:
                    self.left -= taken
        self._reopen(accounts)

    def _reopen(self, accounts: Sequence[Account]) -> None:
        still: list[tuple[Reversal, int]] = []
        for reversal, units in self.withdrawn:
            for account in accounts:
                units -= account.reopen(reversal, self.credit, units)
            if units:
                still.append((reversal, units))
        self.withdrawn = still

    def question(self, account: Account, text: str) -> None:
        """Put what is left of this credit as a question on the account's open units.

        Units that are a question by themselves may be no loss at all: the credit still asks about the others.
        """
        wanted = account.open if self.left is None else self.left
        taken = account.doubt(wanted, text, self.credit)
        if self.left is not None and not account.loss.question:
            self.left -= taken


class Index:
    """Finds the accounts a credit may serve, oldest first."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._by_fnsku: dict[str, list[Account]] = defaultdict(list)
        self._by_asin: dict[str, list[Account]] = defaultdict(list)
        self._by_id: dict[str, list[Account]] = defaultdict(list)
        self._by_key: dict[tuple[str, tuple[str, ...]], list[Account]] = defaultdict(list)
        for account in accounts:
            loss = account.loss
            self._by_fnsku[loss.product.fnsku].append(account)
            self._by_asin[loss.product.asin].append(account)
            for name in loss.ids:
                self._by_id[name].append(account)
            self._by_key[loss.kind, loss.key].append(account)

    def of_product(self, credit: Credit) -> list[Account]:
        """Accounts of the credit's FNSKU, or of its ASIN where the row is known by ASIN only."""
        product = credit.product
        if product.fnsku and not credit.by_asin:
            return self._by_fnsku.get(product.fnsku, [])
        return self._by_asin.get(product.asin, []) if product.asin else []

    def of_asin(self, credit: Credit) -> list[Account]:
        """Accounts of the credit's ASIN, whatever the FNSKU."""
        return self._by_asin.get(credit.product.asin, []) if credit.product.asin else []

    def of_id(self, credit: Credit) -> list[Account]:
        """Accounts of the order, removal, shipment or parcel the credit names, whatever the dates."""
        if credit.parcel:
            parcels = self._by_id.get(credit.parcel, [])
            return [a for a in parcels if not credit.id or credit.id in a.loss.ids]
        return self._by_id.get(credit.id, []) if credit.id else []

    def of_claim(self, kind: str, key: tuple[str, ...]) -> list[Account]:
        """Accounts of one claim."""
        return self._by_key.get((kind, key), [])


@dataclass(slots=True)
class Allocation:
    """The settled accounts, what is left of each credit, and reversals that could not be followed.

    ``unlinked``: (reversal, units, what is wrong: the "original" payment or its "loss" is missing, or the loss
    is called "settled" by the report although its payment was taken back). ``recalled``: accounts of losses
    whose report rows were cleared; they make no claim. ``forgotten``: by kind and key of such a loss the payments
    (id and day) whose rows are cleared too; the units they settled are not among those of the loss.
    """

    accounts: list[Account]
    purses: list[Purse]
    unlinked: list[tuple[Reversal, int, str]]
    recalled: list[Account] = field(default_factory=list)
    forgotten: dict[tuple[str, tuple[str, ...]], frozenset[tuple[str, str]]] = field(default_factory=dict)

    def imbalances(self) -> list[Loss]:
        """Losses whose units do not add up, or that a credit served beyond its quantity. Empty when sound."""
        spent: dict[int, int] = defaultdict(int)
        for account in self.accounts:
            for use in account.uses:
                spent[id(use.credit)] += use.units
        overdrawn = {
            id(p.credit)
            for p in self.purses
            if p.credit.units is not None and spent[id(p.credit)] > p.credit.units
        }
        return [
            a.loss
            for a in self.accounts
            if a.loss.units != sum([u.units for u in a.uses]) + a.reconciled + a.open
            or a.reconciled < 0
            or a.open < 0
            or (overdrawn and any(id(u.credit) in overdrawn for u in a.uses))
        ]
