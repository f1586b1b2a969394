"""Losses whose report rows were cleared: remembered from Claims and Not Claimed, so that their payments stay theirs.

A ledger month that was removed from its tab takes its losses along, but not the reimbursements that pay them.
Without a memory such a payment would be counted for a newer loss of the same product. So every loss that the
workbook knows and the reports no longer show takes part in the allocation, as many units as it had.

Decisions:
- A loss is recalled only when its row still gives its claim id: product, reference and day as they were. Claims
  about money are not recalled: they are no units that a payment could pay.
- A loss that its reports show as another kind is not missing: a replacement whose order was refunded since, a return
  that is still there and was restocked since. Its payments are free for the kind that it is now.
- Credits that were known to settle it stay with it; units whose credit is cleared as well are gone with it. A
  payment that newly goes to it settles its claim, but makes newer open units of that product (or, where it names an
  order, the open units of that order) a question: only the cleared rows could prove which of them was paid.
- A damage that was claimed or paid stays a doubt about unsellable units that a removal loses later.
- Recalled losses make no claim of their own, and no claim about their payment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .accounts import Account, Allocation, Index, Use
from .cases import day, text
from .detectors import all_detectors
from .events import Credit, Loss, Pool, Product
from .identity import claim_id
from .model import NotClaimed, Reason, Record, SourceRow

OPEN_STATUSES = frozenset({"Ready", "Waiting", "Needs input", "Filed"})
SETTLED = frozenset({"paid", "found"})
DAMAGES = frozenset({"damaged_in_warehouse", "return_damaged_by_amazon"})
REPLACED, REFUNDED, RESTOCKED = "replacement_not_returned", "return_not_received", "return_not_restocked"
ENDED = SETTLED | {"expired", "below threshold"}
Key = tuple[str, ...]
Named = tuple[str, str]  # id and day of a credit
_NAMED = re.compile(r", (\S+) of (\d{4}-\d\d-\d\d)")


@dataclass(slots=True)
class Recalled:
    """A loss as the workbook remembers it: units still open, and the lines of units that were settled.

    ``known`` are the credits (id and day) of those lines, ``gone`` the payments of lines whose rows are cleared as
    well, ``now`` is the claim id of another kind that the same units have once they are refunded.
    """

    claim_id: str
    loss: Loss
    open: int
    lines: list[tuple[str, int, frozenset[Named]]]
    known: frozenset[Named] = frozenset()
    gone: frozenset[Named] = frozenset()
    settled: int = 0
    now: str = ""


def recall_losses(
    claims: Iterable[Record], not_claimed: Iterable[Record], prefixes: Mapping[str, str], home: str
) -> list[Recalled]:
    """Every loss on Claims and Not Claimed that can be told by its id. ``prefixes``: kind -> prefix of its ids."""
    lines: dict[str, list[Record]] = {}
    for row in not_claimed:
        if text(row.get("Reason")) in ENDED:
            lines.setdefault(text(row.get("Claim ID")), []).append(row)
    known = {text(r.get("Claim ID")): r for r in claims}
    found = []
    for key in [*known, *(k for k in lines if k not in known)]:
        row, ended = known.get(key, {}), lines.get(key, [])
        told = text(row.get("Why")).startswith(tuple(f"{reason}: " for reason in ENDED))
        count = 0 if told else _units(row)  # where it is told, its last units stand on Not Claimed
        settled = [x for x in ended if text(x.get("Reason")) in SETTLED]
        other = sum(_units(x) for x in ended if x not in settled)
        loss = _loss(key, row or ended[0], count + other, prefixes, home)
        if loss is not None:
            still = count if text(row.get("Status")) in OPEN_STATUSES else 0
            facts = [(text(x.get("Reason")), _units(x), _credits_in(text(x.get("Why")))) for x in settled]
            found.append(Recalled(key, loss, still, facts, now=_refunded(loss, prefixes, home)))
    return found


def _refunded(loss: Loss, prefixes: Mapping[str, str], home: str) -> str:
    if loss.kind != REPLACED or REFUNDED not in prefixes:
        return ""
    return claim_id(prefixes[REFUNDED], home, REFUNDED, loss.key)


def _credits_in(why: str) -> frozenset[Named]:
    """Id and day of every credit that a line of Not Claimed names (``Credit.named``)."""
    return frozenset(_NAMED.findall(why))


def _loss(key: str, row: Record, units: int, prefixes: Mapping[str, str], home: str) -> Loss | None:
    kind, event = text(row.get("Kind")), day(row.get("Event date"))
    if kind not in prefixes or event is None or all_detectors()[kind].value == "given":
        return None
    sku, fnsku, order, reference = (text(row.get(h)) for h in ("SKU", "FNSKU", "Order ID", "Reference ID"))
    shipment = text(row.get("Shipment ID")) or reference  # Not Claimed has one column for either
    removal = text(row.get("Removal order ID")) or order
    named = dict.fromkeys((sku, fnsku, text(row.get("ASIN")), ""))
    shapes: list[tuple[Pool, Key]] = [("ledger", (fnsku, reference, event.isoformat()))]
    for name in named:
        shapes += [
            ("order", (order, name)),
            ("order", (order, name, event.isoformat())),
            ("inbound", (shipment, name)),
            ("removal", (removal, name, reference)),
            ("removal", (removal or reference, name, event.isoformat())),
            ("removal", (removal or reference, name, "")),
        ]
    for pool, parts in shapes:
        if claim_id(prefixes[kind], home, kind, parts) == key:
            return Loss(
                kind=kind,
                key=parts,
                pool=pool,
                date=event,
                units=units,
                product=Product(sku, fnsku, text(row.get("ASIN")), text(row.get("Product"))),
                row=SourceRow("Claims", 0),
                shows=f"{units} units of {key}, whose report is cleared",
                clocks=(event,),
                marketplace=text(row.get("Marketplace")) or home,
                order_id="" if pool == "removal" else order,
                shipment_id=shipment if pool == "inbound" else "",
                removal_order_id=removal if pool == "removal" else "",
                parcel=reference if pool == "removal" else "",
                reference_id=reference,
                deadline=day(row.get("Deadline")),
            )
    return None


def _units(row: Record) -> int:
    units = row.get("Units")
    return round(units) if isinstance(units, (int, float)) else 0


def remembered_damages(recalled: Iterable[Recalled]) -> dict[str, date]:
    """FNSKU -> the first day on which Amazon damaged a unit of it that was claimed, paid or expired."""
    damages = [r.loss for r in recalled if r.loss.kind in DAMAGES and r.loss.product.fnsku]
    found: dict[str, date] = {}
    for loss in damages:
        found[loss.product.fnsku] = min(loss.date, found.get(loss.product.fnsku, loss.date))
    return found


def not_derived(recalled: Iterable[Recalled], derived: Iterable[str]) -> list[Recalled]:
    """Those whose claim id nothing in the reports gives any more."""
    ids = set(derived)
    return [entry for entry in recalled if not {entry.claim_id, entry.now} & ids]


def missing_losses(recalled: Iterable[Recalled], credits: Iterable[Credit]) -> list[Recalled]:
    """Losses that are `not_derived` and whose return is gone as well, with the units that still matter.

    Units that were settled by a credit whose row is cleared too are gone with it: nothing else may settle them.
    """
    there = list(credits)
    present = {(c.reference_id or "-", str(c.date)) for c in there}
    returns = [c for c in there if c.role == "return"]
    found = []
    for entry in recalled:
        if _came_back(entry.loss, returns):
            continue
        kept = [x for x in entry.lines if x[2] and x[2] <= present]
        settled = sum(units for _, units, _ in kept)
        known = frozenset(name for _, _, names in kept for name in names)
        gone = frozenset(name for x in entry.lines if x not in kept and x[0] == "paid" for name in x[2])
        loss = entry.loss._replace(units=entry.loss.units + settled)
        if loss.units > 0:
            found.append(replace(entry, loss=loss, settled=settled, known=known, gone=gone))
    return found


def _came_back(loss: Loss, returns: Iterable[Credit]) -> bool:
    """Whether the very return that was not restocked is still in the reports: then it is now."""
    return loss.kind == RESTOCKED and any(
        c.id == loss.order_id and c.date == loss.date and c.product.matches(loss.product) for c in returns
    )


def settle_recalled(
    allocation: Allocation, recalled: Sequence[Recalled]
) -> tuple[Allocation, list[NotClaimed]]:
    """The allocation without the recalled losses, and a line for each claim among them that was settled since.

    What a newly spent payment could also have paid becomes a question; a reversal of such a loss is one whose
    loss is not in the reports.
    """
    if not recalled:
        return allocation, []
    by_key = {(r.loss.kind, r.loss.key): r for r in recalled}
    mine = [a for a in allocation.accounts if (a.loss.kind, a.loss.key) in by_key]
    rest = [a for a in allocation.accounts if (a.loss.kind, a.loss.key) not in by_key]
    index, lines = Index(rest), []
    unlinked = list(allocation.unlinked)
    for account in mine:
        entry = by_key[account.loss.kind, account.loss.key]
        fresh = _fresh_uses(account, entry)
        for use in fresh:
            _question_newer(use, account, index, entry)
        count = sum(u.units for u in fresh)
        if entry.open and count >= entry.open:
            lines.append(_ended(entry, fresh))
        unlinked += [(r.reversal, r.units, "loss") for r in account.reopened]
    forgotten = {key: entry.gone for key, entry in by_key.items() if entry.gone}
    done = replace(allocation, accounts=rest, unlinked=unlinked, recalled=mine, forgotten=forgotten)
    return done, lines


def _fresh_uses(account: Account, entry: Recalled) -> list[Use]:
    """Units of credits other than those that were known to settle the loss, the youngest last."""
    left, fresh = entry.settled, []
    for use in sorted(account.uses, key=lambda u: u.credit.date):
        named = (use.credit.reference_id or "-", str(use.credit.date))
        taken = min(left, use.units) if named in entry.known else 0
        left -= taken
        if use.units > taken:
            fresh.append(Use(use.credit, use.units - taken))
    return fresh


def _question_newer(use: Use, account: Account, index: Index, entry: Recalled) -> None:
    credit, units = use.credit, use.units
    if credit.role != "reimbursement":
        return
    said = f"reimbursement {credit.reference_id} may have paid this; it was counted for {entry.claim_id}, "
    said += f"whose report of {account.loss.date:%Y-%m} is cleared"
    if credit.id in account.loss.ids:
        for other in index.of_id(credit):
            if credit.product.blank or other.loss.product.matches(credit.product):
                units -= other.doubt(units, said, credit)
        return
    for newer in index.of_product(credit):
        if account.loss.date <= newer.loss.date <= credit.date and newer.loss.kind in credit.kinds:
            units -= newer.doubt(units, said, credit)


def _ended(entry: Recalled, fresh: Sequence[Use]) -> NotClaimed:
    """The line that ends a claim whose units were all settled after its report was cleared."""
    loss, last = entry.loss, fresh[-1].credit
    reason: Reason = "paid" if last.role == "reimbursement" else "found"
    shown = "; ".join(dict.fromkeys(u.credit.named for u in fresh))
    before = sum(units for said, units, _ in entry.lines if said == reason)
    return NotClaimed(
        claim_id=entry.claim_id,
        kind=loss.kind,
        reason=reason,
        detail="",
        marketplace=loss.marketplace,
        sku=loss.product.sku,
        fnsku=loss.product.fnsku,
        asin=loss.product.asin,
        product=loss.product.title,
        order_id=loss.order_id,
        reference_id=loss.reference_id,
        event_date=loss.date,
        units=before + entry.open,
        why=f"{shown}; the rows of the loss itself are cleared",
        rows=list(dict.fromkeys(row for u in fresh for row in (u.credit.row, *u.credit.also))),
    )
