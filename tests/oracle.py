"""The unit ledger of RULES 2 worked out by hand: every lost unit and every credited unit is one object.

Slow on purpose: naive loops, one unit after the other, no bookkeeping of amounts. It shares the events with the
engine and nothing else, so that a mistake in counting cannot be made twice in the same way.

Where RULES is silent it follows what netting.py and goods.py state (N and F paired alike; units of a reversed payment
are tagged; an order payment keeps to its order; losses that policy excludes come last) and takes these readings:
- On one day corrections come before finds, finds before payments; then by reference.
- What is left of a partly reversed payment is spent before the units taken back look for theirs; one without a
  quantity covers only what those left it.
- A credit serves the units of a loss that no reversal reopened before the reopened ones.
- A question is a coin laid on a loss: it stands as long as an open unit lies under it.
- A payment of a recorded case, or with the order id of the loss, is certain; any other "had to be spent".
- A pair of goods and payment means what either of the two means; a payment of an order came as `N` only.
- A reversed payment whose unit was found, returned or corrected was taken back fairly; where the ledger still
  calls it reconciled it is a question; where another payment holds it, the loss is not in the reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from recoup.events import Credit, Loss, Product, Reversal

Outcome = dict[str, int]
ClaimKey = tuple[str, tuple[str, ...]]


@dataclass(eq=False)
class Unit:
    """One lost unit."""

    loss: Loss
    number: int
    reconciled: bool = False
    settled_by: Coin | None = None
    moment: int = 0  # when it was settled, counted over the whole history
    tag: Reversal | None = None
    tagged_at: int = 0
    explains: bool = False  # a payment taken back is accounted for by this settled unit

    @property
    def open(self) -> bool:
        return self.settled_by is None and not self.reconciled


@dataclass(eq=False)
class Coin:
    """One credited unit; an endless one stands for a payment without a quantity.

    A unit paid in goods and the unit that arrived are one coin: ``last`` is the later of their days.
    """

    credit: Credit
    day: date
    endless: bool = False
    spent: bool = False
    taken_back_by: Reversal | None = None
    last: date | None = None

    @property
    def free(self) -> bool:
        return not self.spent and self.taken_back_by is None


class Oracle:
    """All units and coins of one history, settled step by step in the order of RULES 2.4."""

    def __init__(
        self,
        losses: Sequence[Loss],
        credits: Iterable[Credit],
        reversals: Sequence[Reversal],
        lead_days: int,
        cases: Mapping[str, Sequence[ClaimKey]],
    ) -> None:
        self.losses = sorted(losses, key=oldest_loss_first)
        self.all_units = [
            Unit(loss, number, reconciled=n < loss.reconciled)
            for number, loss in enumerate(self.losses)
            for n in range(loss.units)
        ]
        self.units = [u for u in self.all_units if not u.loss.excluded]
        self.questions: list[tuple[int, Coin]] = []  # (number of the loss, the coin that asks)
        self.lead, self.cases, self.clock = timedelta(days=lead_days), cases, 0
        self.coins = mint(list(credits), reversals)
        self.coins.sort(key=oldest_coin_first)
        self.without_original = self._take_back(reversals)
        self.coins.sort(key=lambda c: (*oldest_coin_first(c), c.endless, c.taken_back_by is not None))
        for step in (
            self._returns,
            self._case_payments,
            self._order_payments,
            self._ledger,
            self._excluded_losses,
            self._leftovers,
            self._early_credits,
            self._late_payments,
        ):
            step()

    # --- what it found ------------------------------------------------------------------------------------

    def outcome(self, loss: Loss) -> Outcome:
        """Units of one loss by what became of them."""
        number = next(n for n, known in enumerate(self.losses) if known is loss)
        units = [u for u in self.all_units if u.number == number]
        result = {"found": 0, "return": 0, "correction": 0, "reimbursement": 0}
        for unit in units:
            if unit.settled_by is not None:
                result[unit.settled_by.credit.role] += 1
        result["reconciled"] = sum(1 for u in units if u.settled_by is None and u.reconciled)
        result["open"] = sum(1 for u in units if u.open)
        result["reopened"] = sum(1 for u in units if u.open and u.tag is not None)
        result["questioned"] = min(result["open"], sum(1 for n, _ in self.questions if n == number))
        return result

    def reversed_units(self, reversal: Reversal) -> Outcome:
        """Units of one reversal: reopened, settled by the ledger's own word, without payment, without loss."""
        found = {"settled": 0, "loss": 0}
        for coin in self.coins:
            if coin.taken_back_by is not reversal or coin.spent:
                continue
            closed = [u for u in self._ever_reached(coin) if not u.open and not u.explains and not paid(u)]
            closed.sort(key=lambda u: u.settled_by is not None)
            if not closed:
                found["loss"] += 1
                continue
            closed[0].explains = True
            found["settled"] += closed[0].settled_by is None
        reopened = sum(1 for u in self.all_units if u.open and u.tag is reversal)
        return {
            **found,
            "reopened": reopened,
            "original": self.without_original.get(reversal.reimbursement_id, 0),
        }

    def _ever_reached(self, coin: Coin) -> list[Unit]:
        """The units that a payment may have paid, by case, order, or product and reason."""
        credit = coin.credit
        keys = self.cases.get(credit.case_id, ()) if credit.case_id else ()
        reached = [u for u in self.units if (u.loss.kind, u.loss.key) in keys]
        blank = not (credit.product.sku or credit.product.fnsku or credit.product.asin)
        for unit in self._units_of_order(credit.order_id):
            if blank or same_product(unit.loss.product, credit.product):
                reached.append(unit)
        return reached + ([] if credit.own_order else self._reach(coin, reasons_count=True))

    # --- the steps ----------------------------------------------------------------------------------------

    def _take_back(self, reversals: Sequence[Reversal]) -> dict[str, int]:
        """2.6: a reversal removes units of its original cash payment, but for those given back as goods."""
        missing: dict[str, int] = {}
        for reversal in sorted(
            reversals, key=lambda r: (r.date, r.reimbursement_id, r.product.fnsku, r.units)
        ):
            for _ in range(reversal.units - min(reversal.returned, reversal.units)):
                for coin in self.coins:
                    if (
                        reversal.linkable
                        and coin.free
                        and not coin.credit.in_kind
                        and coin.credit.role == "reimbursement"
                        and coin.credit.reference_id == reversal.original_id
                        and same_product(coin.credit.product, reversal.product)
                    ):
                        if coin.endless:
                            self.coins.append(Coin(coin.credit, coin.day, taken_back_by=reversal))
                        else:
                            coin.taken_back_by = reversal
                        break
                else:
                    missing[reversal.reimbursement_id] = missing.get(reversal.reimbursement_id, 0) + 1
        return missing

    def _returns(self) -> None:
        """2.8: a return serves the refunds of its order and product; left over, it is a question there."""
        for coin in self._of("return"):
            order = [
                u for u in self._units_of_order(coin.credit.order_id) if u.loss.kind in coin.credit.kinds
            ]
            for near in (same_sku, same_fnsku, same_asin):
                self._spend(coin, [u for u in order if near(u.loss.product, coin.credit.product)])
            self._ask(coin, order)

    def _case_payments(self) -> None:
        """2.4, first: the claims of the Cases row with its case id."""
        for coin in self._of("reimbursement"):
            for kind, key in self.cases.get(coin.credit.case_id, ()) if coin.credit.case_id else ():
                self._spend(coin, [u for u in self.units if (u.loss.kind, u.loss.key) == (kind, key)])

    def _order_payments(self) -> None:
        """2.4, second: the order with its order id, whatever the dates."""
        for coin in self._of("reimbursement"):
            order = self._units_of_order(coin.credit.order_id)
            named = coin.credit.product
            if not (named.sku or named.fnsku or named.asin):
                self._spend(coin, order)
            for near in (same_sku, same_fnsku, same_asin):
                self._spend(coin, [u for u in order if near(u.loss.product, named)])
            if coin.endless:  # it covers its own product and asks about the others
                blank = not (named.sku or named.fnsku or named.asin)
                order = [] if blank else [u for u in order if not same_product(u.loss.product, named)]
            self._ask(coin, order)

    def _ledger(self) -> None:
        """2.2 and 2.4, third: finds and payments by product and reason, in date order, never back in time."""
        for coin in self.coins:
            if self._of_the_ledger(coin):
                self._spend(coin, self._reach(coin, reasons_count=True))

    def _of_the_ledger(self, coin: Coin) -> bool:
        """No return, not bound to its order, and no payment (or part of one) without a quantity."""
        return not (coin.credit.role == "return" or coin.credit.own_order or coin.credit.units is None)

    def _excluded_losses(self) -> None:
        """What no claimable loss could use may be for a loss that policy makes no claim of."""
        self.units, claimable = [u for u in self.all_units if u.loss.excluded], self.units
        self._ledger()
        self.units = claimable

    def _leftovers(self) -> None:
        """2.4, fourth: what is left of a payment, whatever its reason, is a question to its product."""
        for coin in self._of("reimbursement"):
            if not coin.credit.own_order and not (coin.endless and coin.credit.order_id):
                until = coin.last or coin.day
                self._ask(coin, [u for u in self._units_of_product(coin.credit) if u.loss.date <= until])

    def _early_credits(self) -> None:
        """2.5: an unused ledger credit shortly before a loss, unless the ledger calls its units unreconciled."""
        for coin in self.coins:
            credit = coin.credit
            if credit.role == "return" or credit.own_order or coin.endless:
                continue
            soon = [
                u
                for u in self._units_of_product(credit)
                if u.loss.pool == "ledger"
                and not u.loss.ruled
                and coin.day < u.loss.date <= coin.day + self.lead
                and (not credit.kinds or u.loss.kind in credit.kinds)
            ]
            self._ask(coin, soon)

    def _late_payments(self) -> None:
        """2.4, last: a payment that went to a loss past its deadline may have been meant for a newer one."""
        for unit in sorted((u for u in self.units if paid(u)), key=lambda u: (u.number, u.moment)):
            assert unit.settled_by is not None
            credit, day, deadline = unit.settled_by.credit, unit.settled_by.day, unit.loss.deadline
            if deadline is None or day <= deadline or self._by_id(credit, unit.loss):
                continue
            newer = [
                u
                for u in self._units_of_product(credit)
                if unit.loss.date < u.loss.date <= day and u.loss.kind in credit.kinds
            ]
            self._ask(Coin(credit, day), newer)

    def _by_id(self, credit: Credit, loss: Loss) -> bool:
        """The payment named its case, or the order of this loss: it is certain."""
        return credit.case_id in self.cases or (credit.order_id != "" and credit.order_id == loss.order_id)

    # --- one coin -----------------------------------------------------------------------------------------

    def _spend(self, coin: Coin, units: Sequence[Unit]) -> None:
        """The coin settles one unit, an endless coin every unit, a coin taken back tags one."""
        while not coin.spent:
            unit = self._pick(coin, units)
            if unit is None:
                return
            self.clock += 1
            if coin.taken_back_by is not None:
                unit.tag, unit.tagged_at = coin.taken_back_by, self.clock
            else:
                unit.settled_by, unit.moment = coin, self.clock
            coin.spent = not coin.endless

    def _pick(self, coin: Coin, units: Sequence[Unit]) -> Unit | None:
        if coin.taken_back_by is not None:
            candidates = [u for u in units if u.open and u.tag is None]
            return candidates[0] if candidates else None
        candidates = [u for u in units if u.settled_by is None]
        if (
            coin.credit.role == "reimbursement"
        ):  # at the time of this payment the tagged unit still counted as paid
            candidates = [u for u in candidates if u.tag is None or u.tag.date <= coin.day]

        def turn(unit: Unit) -> tuple[object, ...]:
            return (not unit.reconciled, unit.number, unit.tag is not None, unit.tagged_at)

        return min(candidates, key=turn, default=None)

    def _ask(self, coin: Coin, units: Sequence[Unit]) -> None:
        """The coin questions one open unit that nothing questions yet, an endless coin all of them."""
        for number in sorted({u.number for u in units}):
            while coin.free:
                still_open = sum(1 for u in self.units if u.number == number and u.open and not own(coin, u))
                asked = sum(1 for n, _ in self.questions if n == number)
                if asked >= still_open:
                    break
                self.questions.append((number, coin))
                coin.spent = not coin.endless

    # --- who can reach whom -------------------------------------------------------------------------------

    def _of(self, role: str) -> list[Coin]:
        return [c for c in self.coins if c.credit.role == role]

    def _units_of_order(self, order_id: str) -> list[Unit]:
        return [u for u in self.units if order_id and u.loss.order_id == order_id]

    def _units_of_product(self, credit: Credit) -> list[Unit]:
        if credit.product.fnsku and not credit.by_asin:
            return [u for u in self.units if u.loss.product.fnsku == credit.product.fnsku]
        return [u for u in self.units if same_asin(u.loss.product, credit.product)]

    def _reach(self, coin: Coin, *, reasons_count: bool) -> list[Unit]:
        return [
            u
            for u in self._units_of_product(coin.credit)
            if u.loss.date <= coin.day and (not reasons_count or u.loss.kind in coin.credit.kinds)
        ]


def paid(unit: Unit) -> bool:
    """True when a payment settled the unit."""
    return unit.settled_by is not None and unit.settled_by.credit.role == "reimbursement"


def own(coin: Coin, unit: Unit) -> bool:
    """True for a unit that stands open because an endless coin's own payment was taken back."""
    return coin.endless and unit.tag is not None and unit.tag.original_id == coin.credit.reference_id


def mint(credits: Sequence[Credit], reversals: Sequence[Reversal]) -> list[Coin]:
    """2.3: one coin per credited unit; a unit paid in goods and the unit that arrived are one coin."""
    arrivals = [
        Coin(c, c.date)
        for c in sorted(
            (c for c in credits if c.role == "found"), key=lambda c: (c.date, c.code, c.reference_id)
        )
        for _ in range(c.units or 0)
    ]
    coins: list[Coin] = []
    for payment in sorted((c for c in credits if c.in_kind), key=oldest_goods_first):
        for _ in range(payment.units or 0):
            coin = Coin(payment, payment.date)
            may_be = [a for a in arrivals if a.credit.code == "N" or not payment.own_order]
            arrival = first_arrival(may_be, payment.product, payment.by_asin)
            if arrival is not None:
                arrival.spent = True
                coin.credit = payment._replace(kinds=payment.kinds | arrival.credit.kinds)
                coin.day, coin.last = min(payment.date, arrival.day), max(payment.date, arrival.day)
            coins.append(coin)
    for reversal in sorted(reversals, key=lambda r: (r.date, r.reimbursement_id)):
        for _ in range(reversal.returned):
            arrival = first_arrival(arrivals, reversal.product, True)
            if arrival is not None:
                arrival.spent = True
    for credit in credits:
        if credit.role != "found" and not credit.in_kind:
            endless = credit.units is None
            coins += [Coin(credit, credit.date, endless) for _ in range(1 if endless else credit.units or 0)]
    return coins + [a for a in arrivals if not a.spent]


def first_arrival(arrivals: Sequence[Coin], product: Product, by_asin: bool) -> Coin | None:
    """The first unit not yet accounted for that may be the one that was given."""
    for arrival in arrivals:
        credit = arrival.credit
        loose = by_asin or credit.by_asin
        if not arrival.spent and (
            same_fnsku(credit.product, product) or (loose and same_asin(credit.product, product))
        ):
            return arrival
    return None


def oldest_loss_first(loss: Loss) -> tuple[object, ...]:
    """By date, then Reference ID; what follows only makes the order certain."""
    return (loss.date, loss.reference_id, loss.kind, loss.key, loss.units, loss.reconciled, loss.row.row)


def oldest_goods_first(credit: Credit) -> tuple[object, ...]:
    """By day, then by everything that tells two payments in goods apart."""
    product = credit.product
    ids = (credit.reference_id, credit.order_id, product.fnsku, product.asin, product.sku)
    return (credit.date, *ids, sorted(credit.kinds), credit.units or 0)


def oldest_coin_first(coin: Coin) -> tuple[object, ...]:
    """By day; on one day corrections, finds, payments; goods without an arrival before those with one."""
    credit, product = coin.credit, coin.credit.product
    rank = ("correction", "found", "reimbursement", "return").index(credit.role)
    ids = (credit.reference_id, credit.order_id, product.fnsku, product.asin, product.sku)
    return (coin.day, rank, *ids, coin.last is not None, credit.row.row)


def same_sku(a: Product, b: Product) -> bool:
    return a.sku != "" and a.sku == b.sku


def same_fnsku(a: Product, b: Product) -> bool:
    return a.fnsku != "" and a.fnsku == b.fnsku


def same_asin(a: Product, b: Product) -> bool:
    return a.asin != "" and a.asin == b.asin


def same_product(a: Product, b: Product) -> bool:
    return same_sku(a, b) or same_fnsku(a, b) or same_asin(a, b)
