"""The unified transaction report, which overlaps the settlements; in English or German."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..rows import MoneyLine, Transaction
from ..world import World
from .german import FULFILMENT, GERMAN, KINDS, PREAMBLE_DE, STATUS, payment_in_german
from .settlements import settlement_of
from .text import Row, Sheet, pacific_zone

TRANSACTIONS = (
    "date/time", "settlement id", "type", "order id", "sku", "description", "quantity", "marketplace",
    "account type", "fulfillment", "order city", "order state", "order postal", "tax collection model",
    "product sales", "product sales tax", "shipping credits", "shipping credits tax", "gift wrap credits",
    "giftwrap credits tax", "Regulatory Fee", "Tax On Regulatory Fee", "promotional rebates",
    "promotional rebates tax", "marketplace withheld tax", "selling fees", "fba fees",
    "other transaction fees", "other", "total", "Transaction Status", "Transaction Release Date",
)  # fmt: skip
BRITISH = {
    "shipping credits": "postage credits",
    "shipping credits tax": "postage credits tax",
    "fulfillment": "fulfilment",
    "giftwrap credits tax": "gift wrap credits tax",
}
PREAMBLE = (
    "Includes Amazon Marketplace, Fulfillment by Amazon (FBA), and Amazon Webstore transactions",
    "All amounts in {currency}, unless specified",
    "Definitions:",
    "Sales tax collected: Includes sales tax collected from buyers for product sales, shipping, and gift wrap.",
    "Selling fees: Includes variable closing fees and referral fees.",
    "Other transaction fees: Includes shipping chargebacks, shipping holdbacks and sales tax collection fees.",
    "Other: Includes non-order transaction amounts. For more details, see the Type and Description columns.",
)
TRANSACTION_DAYS = 75
_COLUMN_OF = {
    "Principal": "product sales",
    "Tax": "product sales tax",
    "Shipping": "shipping credits",
    "GiftWrap": "gift wrap credits",
    "MarketplaceFacilitatorTax-Principal": "marketplace withheld tax",
    "Commission": "selling fees",
    "RefundCommission": "selling fees",
    "FBAPerUnitFulfillmentFee": "fba fees",
    "ShippingChargeback": "other transaction fees",
    "GiftwrapChargeback": "other transaction fees",
    "Subscription Fee": "other transaction fees",
    "TransactionTotalAmount": "other transaction fees",
}
_LONG_REASON = {
    "Lost_Warehouse": "Lost:Warehouse",
    "Damaged_Warehouse": "Damaged:Warehouse",
    "Lost_Inbound": "Lost:Inbound",
    "CustomerReturn": "Customer Return",
    "CustomerServiceIssue": "Customer Service Issue",
    "GeneralAdjustment": "General Adjustment",
    "Reimbursement_Reversal": "Reimbursement Reversal",
    "Fee_Correction": "Fee Correction",
}
_TYPE = {"other-transaction": "Adjustment", "ServiceFee": "Service Fee"}


def transactions(world: World) -> Sheet:
    """The last months as unified transactions, deferred ones included, up to the day before ``as_of``."""
    first = world.ago(TRANSACTION_DAYS)
    chosen = sorted((t for t in world.transactions if t.moment.date() >= first), key=lambda t: t.moment)
    name = f"{first:%Y%b}{first.day}-{world.last_day:%Y%b}{world.last_day.day}CustomUnifiedTransaction.csv"
    german, american = world.market.language == "de", world.market.code == "US"
    headings = TRANSACTIONS if american else tuple(BRITISH.get(h, h) for h in TRANSACTIONS)
    rows: list[Row] = [tuple(GERMAN[h] for h in TRANSACTIONS) if german else headings]
    rows.extend(_row(world, transaction) for transaction in chosen)
    above: list[Row] = [
        [line.format(currency=world.market.currency)] for line in (PREAMBLE_DE if german else PREAMBLE)
    ]
    return Sheet("transactions", name, rows, encoding="utf-8-sig", above=above)


def _row(world: World, transaction: Transaction) -> Row:
    money = dict.fromkeys(TRANSACTIONS[14:30], 0)
    for line in transaction.lines:
        money[_column(line)] += line.cents
    money["total"] = transaction.total
    bought = bool(transaction.item_code)
    german = world.market.language == "de"
    kind = _TYPE.get(transaction.kind, transaction.kind)
    status = "Deferred" if transaction.deferred else "Released"
    grouped = world.market.grouped
    place = {"US": ("SEATTLE", "WA", "98101"), "UK": ("LEEDS", "", "LS1 4DY"), "DE": ("Köln", "NRW", "50667")}
    return [
        _time(world, transaction.moment),
        "" if transaction.deferred else settlement_of(world, transaction.moment)[0],
        KINDS.get(kind, kind) if german else kind,
        transaction.order_id,
        transaction.sku,
        _description(transaction, german),
        "" if transaction.quantity is None else str(transaction.quantity),
        world.market.sites[1] if bought else "",
        "Standard Orders" if bought else "",
        _fulfilment(transaction, german) if bought else "",
        *(place[world.market.code] if bought else ("", "", "")),
        "MarketplaceFacilitator" if bought and world.market.withheld else "",
        *(grouped(cents) if cents else "0" for cents in money.values()),
        STATUS[status] if german else status,
        "" if transaction.deferred else _time(world, transaction.moment),
    ]


def _fulfilment(transaction: Transaction, german: bool) -> str:
    return FULFILMENT[transaction.fulfilment] if german else transaction.fulfilment


def _column(line: MoneyLine) -> str:
    if line.amount_type == "Promotion":
        return "promotional rebates"
    return _COLUMN_OF.get(line.description, "other")


def _time(world: World, moment: datetime) -> str:
    """A moment as that market's report writes it: Pacific time in the US, else UTC."""
    if world.market.code == "DE":
        return f"{moment:%d.%m.%Y %H:%M:%S} UTC"
    if world.market.code == "UK":
        return f"{moment.day} {moment:%b %Y %H:%M:%S} UTC"
    zone, hours = pacific_zone(moment.date())
    there = moment + timedelta(hours=hours)
    hour = there.hour % 12 or 12
    return f"{there:%b} {there.day}, {there.year} {hour}:{there:%M:%S %p} {zone}"


def _description(transaction: Transaction, german: bool) -> str:
    if transaction.kind == "other-transaction":
        reason = _LONG_REASON.get(transaction.title, transaction.title)
        return payment_in_german(reason) if german else f"FBA Inventory Reimbursement - {reason}"
    if not transaction.item_code:
        return transaction.title or transaction.lines[0].description
    return transaction.title
