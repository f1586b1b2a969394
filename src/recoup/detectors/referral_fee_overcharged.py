"""Commissions above the referral fee that the product's category makes due.

Looks for:   commission of an order line against the rate of its category on item price, shipping and gift wrap.
Wrong when:  Amazon files the product under another category, or gave the money back with a refund or adjustment.
Amazon says: fees/referral.yaml, policy/claim_windows.yaml

Decisions: Amazon takes its share of all that the buyer pays, and no page read says whether a promotion paid by the
seller comes off first; so the larger of both fees counts as due. The day of the posting picks the table. Amazon's
category is the one on Product Dimensions; one that only Settings supplies is a question, and so are two different
ones (the dearer counts as due), one that has a dearer part (veterinary diets among pet products), units sold at
different prices, a missing quantity and a sale that may stand in two reports. A category that no table knows makes no
claim but a line on Checks. The closing fee of media is part of the commission where the report has no row of its own
for it. What share of a line was refunded took that share of the commission with it and is not claimed. Sales of
`amzn.gr.` SKUs, deferred sales, and sales in other marketplaces or currencies are left alone. Without any row on
Product Dimensions the kind is not run, also when Settings has a category: its claims would all be questions that only
such a row can answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import pandas as pd

from ..events import Aside, Findings, MoneyCredit, Overcharge, Product
from ..fees.referral import category_on, referral_currency, referral_fees
from ..frames import Row, among, records, source
from ..model import Evidence, Problem, Role
from ..money import cents, exceeds
from ..orders import in_two_reports
from ..policy.vocabulary import FLAGGED
from ..reports import Reports
from ._detector import Detector, Scene
from ._product_records import ProductRecord, ProductRecords
from ._referral_categories import TAB, Filed, find_categories
from ._sale_lines import REFUNDS, adjustments, rows_of, sale_lines

KIND = "referral_fee_overcharged"
MARKETPLACE = "US"  # the only one whose fees are recomputed
BASIS = "commission less referral fee due"
PRICES = {
    "Principal": "item price",
    "Shipping": "shipping",
    "GiftWrap": "gift wrap",
    "Promotion": "promotion",
}


def find(reports: Reports, scene: Scene) -> Findings:
    """One overcharge per order line beyond the tolerance, and the adjustments of those orders."""
    money = reports.frames["money_lines"]
    known = ProductRecords(reports.frames["product_dimensions"], scene.catalogue, scene.home)
    sold = money.loc[money["item"].eq("Commission"), "sku"].unique()
    filed, problems = find_categories(sold, known, str(scene.policy.setting("default_category") or ""))
    found = Findings(problems=problems)
    lines = sale_lines(money, filed)
    lines["marketplace"] = lines["marketplace"].mask(lines["marketplace"].eq(""), scene.home)
    currency = referral_currency(MARKETPLACE)
    ours = lines["marketplace"].eq(MARKETPLACE) & lines["currency"].isin([currency, ""])
    lines["currency"] = currency
    found.problems += _left_alone(lines[~ours])
    over = _over(lines[ours].reset_index(drop=True), filed)
    rows = rows_of(money, over)
    of_line: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in records(rows[among(rows["sku"], over["sku"].unique())]):
        of_line[row["order_id"], row["sku"]].append(row)
    twice = in_two_reports(rows[rows["type"].eq("Order")])
    over["twice"] = [key in twice for key in zip(over["order_id"], over["sku"], strict=True)]
    for line in records(over):
        _claim(line, of_line[line["order_id"], line["sku"]], filed[line["sku"]], scene, found)
    found.money_credits += [_given_back(row) for row in records(adjustments(rows))]
    return found


def _left_alone(lines: pd.DataFrame) -> list[Problem]:
    if lines.empty:
        return []
    places = ", ".join(sorted(lines["marketplace"].unique()))
    text = f"the commissions of {len(lines)} order lines ({places}) are shown, not recomputed"
    remedy = f"Only the referral fees of {MARKETPLACE} are recomputed."
    return [Problem("note", TAB, text, remedy, rows=len(lines))]


def _over(lines: pd.DataFrame, filed: dict[str, Filed]) -> pd.DataFrame:
    """The lines charged beyond what is due and the tolerance, with what is due by every reading."""
    readings = [(sku, n, n in f.names) for sku, f in filed.items() for n in (*f.names, *f.also)]
    categories = pd.DataFrame(readings, columns=["sku", "category", "stated"]).astype({"stated": bool})
    lines = lines.join(_due(lines, categories))
    beyond = (lines["commission"] - lines["due"]).map(cents) > lines["tolerance"].map(cents)
    over: pd.DataFrame = lines[beyond].copy()
    return over


def _due(lines: pd.DataFrame, categories: pd.DataFrame) -> pd.DataFrame:
    """For each line: due (the dearest stated category), least and most due, tolerance, table, certainty."""
    each = lines.reset_index(names="line").merge(categories, on="sku")
    each["price"] = each["principal"] + each["shipping"] + each["gift_wrap"]
    each["lowest_price"] = each["price"] + each["promotion"]
    each["date"] = each["first"]
    each["quantity"] = each["quantity"].where(each["quantity"].gt(0), 1)
    fees = referral_fees(each, MARKETPLACE)
    each["fee"] = fees["fee"] + fees["closing_fee"].where(each["closing"].eq(0), 0)
    each[["tolerance", "table", "certainty"]] = fees[["tolerance", "table", "certainty"]]
    by_line = each.groupby("line")
    answer = by_line[["tolerance", "table", "certainty"]].first()
    sure = each[each["stated"]].groupby("line")["fee"]
    answer["due"], answer["least"], answer["most"] = sure.max(), sure.min(), by_line["fee"].max()
    return answer.reindex(lines.index)


def _claim(line: Row, rows: Sequence[Row], filed: Filed, scene: Scene, found: Findings) -> None:
    """The overcharge of one order line, or the note that its refund took it along."""
    due = cents(line["due"])
    evidence = [*_charged(rows), _owed(line, rows, due, filed)]
    too_much = cents(sum(e.amount or 0 for e in evidence))
    back = cents(too_much * line["refunded"])
    story = _story(line, due, too_much, filed)
    if not exceeds(too_much - back, line["tolerance"]):
        found.asides.append(_gone(line, evidence[0], f"{story}; the refund took the commission along", scene))
        return
    if back:
        evidence.append(_refunded(rows, back, line))
        story += f", of which {back:,.2f} went with the refund"
    evidence += [*_told(rows), *(_recorded(r) for r in filed.records)]
    amount, first = cents(too_much - back), line["first"].date()
    found.overcharges.append(
        Overcharge(
            kind=KIND,
            key=(line["order_id"], line["sku"]),
            date=first,
            clocks=tuple(sorted({first, line["last"].date()})),
            product=scene.catalogue.complete(Product(line["sku"])),
            marketplace=MARKETPLACE,
            amount=amount,
            currency=line["currency"],
            basis=BASIS,
            units=_units(line),
            story=story,
            evidence=tuple(evidence),
            order_id=line["order_id"],
            question=_question(line, filed),
            low=_bound(line, due, line["most"], amount),
            high=_bound(line, due, line["least"], amount),
        )
    )


def _gone(line: Row, charged: Evidence, why: str, scene: Scene) -> Aside:
    return Aside(
        kind=KIND,
        key=(line["order_id"], line["sku"]),
        reason="paid",
        date=line["first"].date(),
        units=_units(line),
        product=scene.catalogue.complete(Product(line["sku"])),
        row=charged.source,
        why=why,
        marketplace=MARKETPLACE,
        order_id=line["order_id"],
    )


def _units(line: Row) -> int | None:
    return round(line["quantity"]) if line["quantity"] > 0 else None


def _bound(line: Row, due: float, other: float, amount: float) -> float | None:
    """What would be owed if another fee were due; None when it is the same."""
    kept = 1 - line["refunded"]
    return cents(max(amount + (due - other) * kept, 0)) if cents(other) != due else None


def _question(line: Row, filed: Filed) -> str:
    sku, asked = line["sku"], []
    if not filed.records:
        asked.append(
            f"{filed.names[0]} is only the default category of Settings: record that of {sku} on {TAB}"
        )
    if len(filed.names) > 1:
        asked.append(f"{TAB} has several categories of {sku}: {', '.join(filed.names)}")
    asked += [f"does Amazon file {sku} under {m}?" for m in filed.also]
    if line["several_prices"]:
        asked.append("its units were sold at different prices: check the fee of each")
    if line["twice"]:
        asked.append("the same sale may stand in two reports: is it one?")
    if not line["quantity"] > 0:
        asked.append("how many units were sold?")
    return "; ".join(asked)


def _story(line: Row, due: float, too_much: float, filed: Filed) -> str:
    day = line["first"].date()
    rules = [category_on(n, day, MARKETPLACE) for n in filed.names]
    rates = " or ".join(f"{n}: {rule.words}" for n, rule in zip(filed.names, rules, strict=True) if rule)
    price = line["principal"] + line["shipping"] + line["gift_wrap"]
    less = f" ({price + line['promotion']:,.2f} after promotions)" if line["promotion"] < 0 else ""
    unsure = f", {line['certainty']}" if line["certainty"] in FLAGGED else ""
    return (
        f"commission {line['commission']:,.2f} {line['currency']} charged {day} on {_units(line) or '?'} sold for "
        f"{price:,.2f}{less}; {due:,.2f} due ({rates}; {line['table']}{unsure}): {too_much:,.2f} too much"
    )


def _sold(rows: Sequence[Row], items: Collection[str]) -> list[Row]:
    return [row for row in rows if row["type"] == "Order" and row["item"] in items and not row["deferred"]]


def _charged(rows: Sequence[Row]) -> list[Evidence]:
    mine = _sold(rows, ["Commission"])
    return [_evidence("fee", row, -row["amount"], f"commission {-row['amount']:,.2f}") for row in mine]


def _owed(line: Row, rows: Sequence[Row], due: float, filed: Filed) -> Evidence:
    """The row of the price, which makes the fee due."""
    row = _sold(rows, ["Principal"])[0]
    return _evidence(
        "sale", row, -due, f"{due:,.2f} due on {_units(line) or '?'} sold ({' or '.join(filed.names)})"
    )


def _refunded(rows: Sequence[Row], back: float, line: Row) -> Evidence:
    row = next(r for r in rows if r["type"] in REFUNDS and r["item"] in ("Principal", "Commission"))
    shows = f"{line['refunded']:.0%} of the line refunded: its commission went back"
    return _evidence("refund", row, -back, shows)


def _told(rows: Sequence[Row]) -> Iterable[Evidence]:
    """The parts of the price, for information."""
    mine = _sold(rows, PRICES)
    return [_evidence("sale", r, None, f"{PRICES[r['item']]} {r['amount']:,.2f}") for r in mine]


def _recorded(record: ProductRecord) -> Evidence:
    return Evidence(
        "record", record.row, record.measured_on, None, None, "", record.named, f"category {record.category}"
    )


def _evidence(role: Role, row: Row, amount: float | None, shows: str) -> Evidence:
    identifiers = f"order {row['order_id']} · SKU {row['sku']}"
    amount = None if amount is None else cents(amount)
    return Evidence(
        role, source(row), row["posted_date"].date(), None, amount, row["currency"], identifiers, shows
    )


def _given_back(row: Row) -> MoneyCredit:
    """A fee adjustment of the order."""
    return MoneyCredit(
        date=row["posted_date"].date(),
        amount=row["amount"],
        currency=row["currency"],
        kinds=frozenset({KIND}),
        row=source(row),
        shows=f"{row['type']} {row['amount']:,.2f} {row['currency']}",
        order_id=row["order_id"],
        product=Product(row["sku"]),
    )


DETECTOR = Detector(
    kind=KIND,
    prefix="RF",
    needs=("product_dimensions", ("transactions", "settlements")),
    refuted_by=("reimbursements",),
    value="given",
    clock="the charge",
    word="overcharged",
    find=find,
)
