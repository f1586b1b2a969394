"""FBA fulfilment fees above what the measures of the product make due.

Looks for:   the fee charged per unit against the fee of the table of its ship date, by Product Dimensions.
Wrong when:  another price, category, addition or ship date explains the fee, or Amazon gave the money back.
Amazon says: fees/size_tiers.yaml, fees/fulfillment_surcharge.yaml, policy/claim_windows.yaml

Decisions: without a ship date the dearest fee within the policy's days of the charge counts, with several the
dearest of them; of several records of a product the dearest counts. The price is the principal per unit, which
may not be the one Amazon takes: a fee that the next price band would explain is a question. So is one that a
blank Apparel or Dangerous goods would explain, or an addition that measures do not tell (lithium, low inventory,
packaging). Products shipped in their own packaging pay less, which claims too little, never too much. Multi-channel
orders have other fees and are left alone. An order line whose units are not known is taken for as many as leave
the least to claim, and is a question. Charges of one product on one day with the same answer are one lot, but an
order with money given back stands alone.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ..events import Findings, MoneyCredit, Product
from ..fees.fulfillment import fee_currency, not_covered
from ..frames import Row, records, source
from ..model import Problem
from ..orders import in_two_reports
from ..reports import Reports
from ._detector import Detector, Scene
from ._fulfillment_charges import charges, fee_lines, given_back, recorded
from ._fulfillment_due import TAB, Due, questioned
from ._fulfillment_lots import Names, overcharges

KIND = "fulfillment_fee_overcharged"


def find(reports: Reports, scene: Scene) -> Findings:
    """The overcharges of every product with a record, and what was given back for them."""
    findings = Findings()
    fees = fee_lines(reports.frames["money_lines"], scene.home)
    dimensions = reports.frames["product_dimensions"]
    for marketplace in sorted(fees["marketplace"].unique()):
        mine = fees[fees["marketplace"].eq(marketplace)]
        if shown := not_covered(marketplace):
            findings.problems.append(_note(mine, shown))
            continue
        ours = mine["currency"].isin([fee_currency(marketplace), ""])
        if not ours.all():
            text = f"fees of {marketplace} in another currency are shown, not recomputed"
            findings.problems.append(_note(mine[~ours], text))
        mine = mine[ours]
        records_of = recorded(dimensions, mine["sku"], scene.catalogue, marketplace)
        mine = mine[mine["sku"].isin(records_of["sku"])]
        if len(mine):
            _judge(mine, records_of, reports, scene, findings)
    return findings


def _judge(
    fees: pd.DataFrame, records_of: pd.DataFrame, reports: Reports, scene: Scene, findings: Findings
) -> None:
    marketplace = str(fees["marketplace"].iloc[0])
    lines = charges(fees, reports).merge(records_of, on="sku")
    if lines.empty:
        return
    slack = scene.policy.value("fee_change_slack", on=lines["day"].max().date(), marketplace=marketplace)
    due = Due(marketplace, pd.Timedelta(days=slack.number if slack else 0))
    lines = due.dearest(due.of(lines, "near", {}))
    findings.problems += _not_computed(lines)
    over = lines[due.exceeds(lines)]
    if over.empty:
        return
    names = Names(reports, scene)
    over = over.assign(
        fnsku=[names.key(row) for row in records(over)],
        question=[names.question(row) for row in records(over)],
    )
    over = questioned(over, due)
    twice = in_two_reports(fees[fees["order_id"].isin(over["order_id"]) & fees["type"].eq("Order")])
    over["question"] = [_asked(row, twice) for row in records(over)]
    back = given_back(reports, over["order_id"])
    over = over.assign(alone=over["order_id"].where(over["order_id"].isin(back["order_id"]), ""))
    findings.overcharges += overcharges(KIND, over, fees, names)
    findings.money_credits += [_credit(row) for row in records(back)]


def _asked(row: Row, twice: Collection[tuple[str, str]]) -> str:
    doubt = "the same fee may stand in two reports: is it one?"
    asked = [row["question"], doubt if (row["order_id"], row["sku"]) in twice else ""]
    return "; ".join(filter(None, asked))


def _credit(row: Row) -> MoneyCredit:
    return MoneyCredit(
        date=row["posted_date"].date(),
        amount=float(row["amount"]),
        currency=row["currency"],
        kinds=frozenset({KIND}),
        row=source(row),
        shows=f"{row['type']} {row['amount']:,.2f} {row['currency']} ({row['description']})",
        order_id=row["order_id"],
        product=Product(row["sku"]),
    )


def _note(rows: pd.DataFrame, text: str) -> Problem:
    remedy = "Compare them with Amazon's page of that marketplace yourself."
    return Problem("note", str(rows["_where"].iloc[0]), f"fulfilment {text}", remedy, rows=len(rows))


def _not_computed(lines: pd.DataFrame) -> list[Problem]:
    """Fees of products with a record that could not be recomputed, by reason."""
    found = []
    for reason, rows in lines[lines["question"].ne("")].groupby("question", sort=True):
        text = f"{len(rows)} fulfilment fees were not recomputed: {reason}"
        found.append(Problem("note", TAB, text, "Check the measures of these products.", rows=len(rows)))
    return found


DETECTOR = Detector(
    kind=KIND,
    prefix="FF",
    needs=("product_dimensions", ("transactions", "settlements")),
    refuted_by=("reimbursements",),
    helped_by=("fulfilled_shipments", "fee_preview"),
    value="given",
    clock="the charge",
    word="overcharged",
    find=find,
)
