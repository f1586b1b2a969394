"""Units that came back sellable and are called back in inventory, which the ledger never received.

Looks for:   returns SELLABLE with a status that says restocked, without a ledger CustomerReturns row in time.
Wrong when:  the unit was received under another product, or the ledger was exported without customer returns.
Amazon says: policy/lags.yaml, policy/dispositions.yaml, policy/claim_windows.yaml

Decisions: the two reports share no id, so units are paired by FNSKU and day (see _restocking), and only what is left
becomes a loss; what the ledger received beyond the returns, later or under another FNSKU of the ASIN, refutes it. A
unit whose wait is not over where the ledger ends is too early. A return whose whole wait lies before the ledger begins
cannot be checked: Checks says how many. A ledger without any customer return was exported without them: nothing is
claimed; one without any in the days of a wait is a question. An unsellable unit of that FNSKU that no other return
explains is a question too, and so are a return without a known FNSKU, one of more units than were sent, and one whose
customer was charged again (a retrocharge). The clock is that of all returns: the refunds of
the order, else its replacements, else the return.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..catalogue import FOUND_SKU, Catalogue
from ..events import Aside, Credit, Findings, Loss
from ..frames import Row, records, source
from ..model import Problem
from ..orders import RESOLD, first_orders
from ..policy import ALL, Policy
from ..refunds import OrderLines, return_clocks, return_doubts
from ..reports import Reports
from ._detector import Detector, Scene, product
from ._restocking import Restocked, day_numbers, pair_returns

KIND = "return_not_restocked"
LEDGER, RETURNS = "Inventory Ledger", "Customer Returns"
NO_FNSKU = "which FNSKU was returned? the reports do not say"
_RECEIVED = [
    *("sku", "fnsku", "asin", "title", "date", "quantity", "disposition"),
    *("fulfillment_center", "reference_id", "_where", "_row"),
]
ALL_EVENTS = "download the Inventory Ledger with all event types"


@dataclass(frozen=True, slots=True)
class _Look:
    """What every claim is judged by: the other reports, how far the ledger reaches, when it shows any return."""

    scene: Scene
    orders: OrderLines
    received: pd.DataFrame
    read_to: date
    doubts: Mapping[tuple[str, str], str]


def find(reports: Reports, scene: Scene) -> Findings:
    """Returned units that the ledger does not show as losses; its surplus of received units as credits."""
    if reports.frames["customer_returns"].empty:
        return Findings()
    returns = _returns(reports.frames["customer_returns"], scene)
    received = _received(reports.frames["inventory_ledger"], scene)
    findings = Findings()
    if not returns["claimable"].any():
        return findings
    if received.empty:
        findings.problems.append(_no_returns(int(returns["claimable"].sum()), received))
        return findings
    first, last = _reach(reports)
    early = returns["claimable"] & returns["until"].lt(pd.Timestamp(first))
    findings.problems += _unchecked(returns[early], first)
    returns["claimable"] &= ~early
    paired = pair_returns(returns, received)
    back = returns[["sku", "quantity"]].assign(order_id=first_orders(returns["order_id"], scene.replaced))
    doubts = return_doubts(back, scene.orders, scene.resent, scene.charged_again)
    look = _Look(scene, OrderLines(scene.orders), received, last, doubts)
    _report(returns, paired, look, findings)
    findings.credits = list(_surplus(received, paired, findings.losses, scene))
    return findings


def _returns(frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """All returned units, with the FNSKU filled in; claimable are those called back in inventory."""
    policy = scene.policy
    rows = frame[frame["quantity"].gt(0) & frame["return_date"].notna()].reset_index(drop=True)
    restocked = {s.casefold() for s in policy.codes("return_status.restocked")}
    rows["sellable"] = rows["disposition"].isin(policy.codes("returns.sellable"))
    rows["claimable"] = (
        rows["sellable"]
        & rows["status"].isin([s for s in rows["status"].unique() if s.casefold() in restocked])
        & ~rows["sku"].str.startswith((RESOLD, FOUND_SKU))
    )
    rows["fnsku"] = _named(rows, scene.catalogue)
    rows["wait"] = _waits(rows["return_date"], policy)
    rows["until"] = rows["return_date"] + pd.to_timedelta(rows["wait"], unit="D")
    return rows


def _named(rows: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    by_sku = {sku: p.fnsku for sku, p in catalogue.by_sku.items()}
    known = rows["sku"].map(by_sku).fillna("").astype("str")
    return rows["fnsku"].mask(rows["fnsku"].eq(""), known)


def _waits(days: pd.Series, policy: Policy) -> pd.Series:
    rules = {d: policy.value("return_restock_wait", on=d.date(), marketplace=ALL) for d in days.unique()}
    return days.map({d: round(r.number) if r else 0 for d, r in rules.items()}).astype("int64")


def _received(ledger: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Units that the ledger received back from customers."""
    back = ledger["event_type"].eq("CustomerReturns") & ledger["quantity"].gt(0) & ledger["date"].notna()
    rows = ledger.loc[back, _RECEIVED].reset_index(drop=True)
    rows["sellable"] = rows["disposition"].isin(scene.policy.codes("disposition.sellable"))
    return rows


def _reach(reports: Reports) -> tuple[date, date]:
    """The first and last day of the ledger's exports: as stated, else those of the rows."""
    days = reports.frames["inventory_ledger"]["date"].dropna()
    exports = [e for e in reports.exports if e.report == "inventory_ledger"]
    first = [d for e in exports if (d := e.stated_from or e.first_day)]
    last = [d for e in exports if (d := e.stated_to or e.last_day)]
    return min(first, default=days.min().date()), max(last, default=days.max().date())


def _no_returns(count: int, received: pd.DataFrame) -> Problem:
    text = (
        f"the ledger shows no customer return at all: whether {count} returns came back to stock is not known"
    )
    return Problem("warning", LEDGER, text, ALL_EVENTS, "Event Type", count)


def _unchecked(rows: pd.DataFrame, first: date) -> list[Problem]:
    if rows.empty:
        return []
    text = (
        f"{len(rows)} returns to stock are older than the ledger, which begins {first}: they are not checked"
    )
    return [Problem("note", RETURNS, text, "paste an older Inventory Ledger", "return-date", len(rows))]


def _report(returns: pd.DataFrame, paired: Restocked, look: _Look, findings: Findings) -> None:
    """The events of every return that is not explained; an unsellable partner makes its units a question."""
    chosen = np.flatnonzero(paired.open)
    rows = returns.iloc[chosen].assign(
        open=paired.open[chosen], doubtful=paired.doubtful[chosen], doubt=paired.doubt[chosen]
    )
    shown = np.unique(day_numbers(look.received["date"]))
    starts = day_numbers(rows["return_date"])
    begin = np.searchsorted(shown, starts - 1)
    silent = begin == np.searchsorted(shown, starts + rows["wait"].to_numpy(), side="right")
    for row, nothing in zip(records(rows), silent.tolist(), strict=True):
        if row["until"].date() > look.read_to:
            findings.asides.append(_too_early(row, look))
        else:
            findings.losses += _losses(row, nothing, look)


def _too_early(row: Row, look: _Look) -> Aside:
    day: date = row["return_date"].date()
    why = f"the ledger is read to {look.read_to} and may show the unit until {row['until'].date()}"
    return Aside(
        kind=KIND,
        key=_key(row, day),
        reason="too early",
        date=day,
        units=row["open"],
        product=product(row, look.scene.catalogue),
        row=source(row),
        why=why,
        marketplace=look.scene.home,
        order_id=row["order_id"],
        reference_id=row["license_plate_number"],
    )


def _key(row: Row, day: date) -> tuple[str, ...]:
    return (row["order_id"], row["fnsku"] or row["sku"], day.isoformat())


def _losses(row: Row, silent: bool, look: _Look) -> Iterator[Loss]:
    """The open units of one return: those under a question, and the others."""
    days = f"{row['return_date'].date()} to {row['until'].date()}"
    if silent:
        general = f"the ledger shows no customer return of any product from {days}: was it exported with all events?"
    else:
        general = "" if row["fnsku"] else NO_FNSKU
    doubtful = row["doubtful"]
    if doubtful:
        other = next(records(look.received.iloc[[row["doubt"]]]))
        said = (
            f"the ledger received one as {other['disposition']} on {other['date'].date()}: is it this unit?"
        )
        yield _loss(row, doubtful, said, look)
    if row["open"] > doubtful:
        yield _loss(row, row["open"] - doubtful, general, look)


def _loss(row: Row, units: int, question: str, look: _Look) -> Loss:
    scene, day = look.scene, row["return_date"].date()
    order = scene.replaced.get(row["order_id"], row["order_id"])
    lines = look.orders.of(order, row["sku"])
    again = scene.resent.get(order, ())
    told = return_clocks(
        lines, (r for r in again if r.sku == row["sku"] or (r.asin and r.asin == row["asin"]))
    )
    clocks = tuple(sorted({e.date for e in told if e.date})) or (day,)
    lpn = f", LPN {row['license_plate_number']}" if row["license_plate_number"] else ""
    return Loss(
        kind=KIND,
        key=_key(row, day),
        pool="order",
        date=day,
        units=units,
        product=product(row, scene.catalogue),
        row=source(row),
        role="return",
        shows=f"returned {units} as {row['disposition']}, status {row['status']}{lpn}; not in the ledger",
        clocks=clocks,
        marketplace=(lines[0].marketplace if lines else "") or scene.home,
        order_id=order,
        since=min((*clocks, day)),
        reference_id=row["license_plate_number"],
        question="; ".join(filter(None, (question, look.doubts.get((order, row["sku"]), "")))),
        evidence=told,
    )


def _surplus(
    received: pd.DataFrame, paired: Restocked, losses: Sequence[Loss], scene: Scene
) -> Iterator[Credit]:
    """Sellable units beyond the returns, of the products and ASINs that miss one."""
    fnskus, asins = {x.product.fnsku for x in losses}, {x.product.asin for x in losses} - {""}
    wanted = received["fnsku"].isin(fnskus) | received["asin"].isin(asins)
    left = received.assign(quantity=paired.surplus)[wanted.to_numpy() & (paired.surplus > 0)]
    for row in records(left):
        units = round(row["quantity"])
        yield Credit(
            role="receipt",
            date=row["date"].date(),
            units=units,
            product=product(row, scene.catalogue),
            row=source(row),
            shows=f"received {units} at {row['fulfillment_center'] or '?'} ({row['disposition']})",
            kinds=frozenset({KIND}),
            reference_id=row["reference_id"],
        )


DETECTOR = Detector(
    kind=KIND,
    prefix="RS",
    needs=("customer_returns", "inventory_ledger"),
    refuted_by=("inventory_ledger", "reimbursements"),
    helped_by=("replacements",),
    value="after_order",
    clock="the refund date, or the return date where no refund is known",
    word="returned and not restocked",
    pays_itself=True,
    find=find,
)
