"""Settlements V2, one file for every two weeks, and the unified transaction report that overlaps them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from ..rows import MoneyLine, Transaction
from ..world import World
from .text import Row, dollars, pacific_zone, write_bare, write_quoted

SETTLEMENT = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount",
    "currency", "transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id",
    "marketplace-name", "amount-type", "amount-description", "amount", "fulfillment-id", "posted-date",
    "posted-date-time", "order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku",
    "quantity-purchased", "promotion-id",
)  # fmt: skip
TRANSACTIONS = (
    "date/time", "settlement id", "type", "order id", "sku", "description", "quantity", "marketplace",
    "account type", "fulfillment", "order city", "order state", "order postal", "tax collection model",
    "product sales", "product sales tax", "shipping credits", "shipping credits tax", "gift wrap credits",
    "giftwrap credits tax", "Regulatory Fee", "Tax On Regulatory Fee", "promotional rebates",
    "promotional rebates tax", "marketplace withheld tax", "selling fees", "fba fees",
    "other transaction fees", "other", "total", "Transaction Status", "Transaction Release Date",
)  # fmt: skip
PREAMBLE = (
    "Includes Amazon Marketplace, Fulfillment by Amazon (FBA), and Amazon Webstore transactions",
    "All amounts in USD, unless specified",
    "Definitions:",
    "Sales tax collected: Includes sales tax collected from buyers for product sales, shipping, and gift wrap.",
    "Selling fees: Includes variable closing fees and referral fees.",
    "Other transaction fees: Includes shipping chargebacks, shipping holdbacks and sales tax collection fees.",
    "Other: Includes non-order transaction amounts. For more details, see the Type and Description columns.",
)
OPEN_DAYS = 9  # days since the last settlement closed
SETTLEMENT_DAYS = 14
TRANSACTION_DAYS = 75
_COLUMN_OF = {
    "Principal": "product sales",
    "Tax": "product sales tax",
    "Shipping": "shipping credits",
    "MarketplaceFacilitatorTax-Principal": "marketplace withheld tax",
    "Commission": "selling fees",
    "RefundCommission": "selling fees",
    "FBAPerUnitFulfillmentFee": "fba fees",
    "ShippingChargeback": "other transaction fees",
    "Subscription Fee": "other transaction fees",
    "TransactionTotalAmount": "other transaction fees",
}
_LONG_REASON = {
    "Lost_Warehouse": "Lost:Warehouse",
    "Damaged_Warehouse": "Damaged:Warehouse",
    "CustomerReturn": "Customer Return",
    "CustomerServiceIssue": "Customer Service Issue",
    "GeneralAdjustment": "General Adjustment",
    "Reimbursement_Reversal": "Reimbursement Reversal",
}
_TYPE = {"other-transaction": "Adjustment", "ServiceFee": "Service Fee"}
_UTC = "%Y-%m-%d %H:%M:%S UTC"


def _settlement_of(world: World, moment: datetime) -> tuple[str, date, date]:
    """Id, first and last day of the settlement the moment falls into; the last one is still open."""
    closed = world.ago(OPEN_DAYS)
    number = (closed - moment.date()).days // SETTLEMENT_DAYS
    last = closed - timedelta(days=number * SETTLEMENT_DAYS)
    first = last - timedelta(days=SETTLEMENT_DAYS - 1)
    return str(24_000_000_000 + last.toordinal() * 137), first, last


def write_settlements(world: World, folder: Path) -> list[Path]:
    """One file per closed settlement: tabs, totals first, every line below, their sum the total."""
    groups: dict[tuple[str, date, date], list[Transaction]] = {}
    for transaction in sorted(world.transactions, key=lambda t: t.moment):
        if transaction.deferred:
            continue
        key = _settlement_of(world, transaction.moment)
        if key[2] <= world.ago(OPEN_DAYS):
            groups.setdefault(key, []).append(transaction)
    paths, reserve = [], 0
    for key in sorted(groups, key=lambda k: k[2]):
        path, reserve = _write_settlement(folder, key, groups[key], reserve)
        paths.append(path)
    return paths


def _write_settlement(
    folder: Path, key: tuple[str, date, date], transactions: list[Transaction], reserve: int
) -> tuple[Path, int]:
    """Write one settlement; returns its file and the reserve it hands to the next."""
    number, first, last = key
    held = Random(number).randint(50_00, 900_00)
    rows = [row for transaction in transactions for row in _settled_rows(number, transaction)]
    for label, cents in (("Previous Reserve Amount Balance", reserve), ("Current Reserve Amount", -held)):
        if cents:
            rows.append(_reserve_row(number, label, cents, last))
    total = sum(t.total for t in transactions) + reserve - held
    start, end = datetime(first.year, first.month, first.day), datetime(last.year, last.month, last.day, 23)
    header = [
        number,
        start.strftime(_UTC),
        end.strftime(_UTC),
        (end + timedelta(days=2)).strftime(_UTC),
        dollars(total),
        "USD",
        *[""] * (len(SETTLEMENT) - 6),
    ]
    path = folder / f"settlement_{number}.txt"
    return write_bare(path, [SETTLEMENT, header, *rows]), held


def _settled_rows(number: str, transaction: Transaction) -> list[Row]:
    return [_settled_row(number, transaction, line) for line in transaction.lines]


def _settled_row(number: str, transaction: Transaction, line: MoneyLine) -> Row:
    bought = bool(transaction.item_code)
    cells = dict.fromkeys(SETTLEMENT, "")
    cells |= {
        "settlement-id": number,
        "transaction-type": transaction.kind,
        "order-id": transaction.order_id,
        "adjustment-id": transaction.adjustment_id,
        "marketplace-name": "Amazon.com" if bought else "",
        "amount-type": line.amount_type,
        "amount-description": line.description,
        "amount": dollars(line.cents),
        "posted-date": transaction.moment.strftime("%Y-%m-%d"),
        "posted-date-time": transaction.moment.strftime(_UTC),
        "order-item-code": transaction.item_code,
        "sku": transaction.sku,
        "quantity-purchased": "" if line.quantity is None else str(line.quantity),
    }
    if bought:
        cells["fulfillment-id"] = "AFN" if transaction.fulfilment == "Amazon" else "MFN"
    return list(cells.values())


def _reserve_row(number: str, label: str, cents: int, day: date) -> Row:
    reserve = Transaction(datetime(day.year, day.month, day.day, 22), "other-transaction", [])
    return _settled_row(number, reserve, MoneyLine("other-transaction", label, cents))


def write_transactions(world: World, folder: Path) -> Path:
    """The last months as unified transactions, deferred ones included, up to the day before ``as_of``."""
    first = world.ago(TRANSACTION_DAYS)
    chosen = sorted((t for t in world.transactions if t.moment.date() >= first), key=lambda t: t.moment)
    name = f"{first:%Y%b}{first.day}-{world.last_day:%Y%b}{world.last_day.day}CustomUnifiedTransaction.csv"
    rows: list[Row] = [[line] for line in PREAMBLE]
    rows.append(TRANSACTIONS)
    rows.extend(_transaction_row(world, transaction) for transaction in chosen)
    return write_quoted(folder / name, rows, bom=True)


def _transaction_row(world: World, transaction: Transaction) -> Row:
    money = dict.fromkeys(TRANSACTIONS[14:30], 0)
    for line in transaction.lines:
        money[_column(line)] += line.cents
    money["total"] = transaction.total
    bought = bool(transaction.item_code)
    return [
        _pacific(transaction.moment),
        "" if transaction.deferred else _settlement_of(world, transaction.moment)[0],
        _TYPE.get(transaction.kind, transaction.kind),
        transaction.order_id,
        transaction.sku,
        _description(transaction),
        "" if transaction.quantity is None else str(transaction.quantity),
        "amazon.com" if bought else "",
        "Standard Orders" if bought else "",
        transaction.fulfilment if bought else "",
        *(("SEATTLE", "WA", "98101") if bought else ("", "", "")),
        "MarketplaceFacilitator" if bought else "",
        *(f"{cents / 100:,.2f}" if cents else "0" for cents in money.values()),
        "Deferred" if transaction.deferred else "Released",
        "" if transaction.deferred else _pacific(transaction.moment),
    ]


def _column(line: MoneyLine) -> str:
    if line.amount_type == "Promotion":
        return "promotional rebates"
    return _COLUMN_OF.get(line.description, "other")


def _pacific(moment: datetime) -> str:
    zone, hours = pacific_zone(moment.date())
    there = moment + timedelta(hours=hours)
    hour = there.hour % 12 or 12
    return f"{there:%b} {there.day}, {there.year} {hour}:{there:%M:%S %p} {zone}"


def _description(transaction: Transaction) -> str:
    if transaction.kind == "other-transaction":
        reason = _LONG_REASON.get(transaction.title, transaction.title)
        return f"FBA Inventory Reimbursement - {reason}"
    if not transaction.item_code:
        return transaction.lines[0].description
    return transaction.title
