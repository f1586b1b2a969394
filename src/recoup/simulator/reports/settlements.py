"""Settlements V2, one file for every two weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from ..rows import MoneyLine, Transaction
from ..world import World
from .text import Row, Sheet, tabbed

SETTLEMENT = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount",
    "currency", "transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id",
    "marketplace-name", "amount-type", "amount-description", "amount", "fulfillment-id", "posted-date",
    "posted-date-time", "order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku",
    "quantity-purchased", "promotion-id",
)  # fmt: skip
OPEN_DAYS = 9  # days since the last settlement closed
SETTLEMENT_DAYS = 14


def settlement_of(world: World, moment: datetime) -> tuple[str, date, date]:
    """Id, first and last day of the settlement the moment falls into; the last one is still open."""
    closed = world.ago(OPEN_DAYS)
    number = (closed - moment.date()).days // SETTLEMENT_DAYS
    last = closed - timedelta(days=number * SETTLEMENT_DAYS)
    first = last - timedelta(days=SETTLEMENT_DAYS - 1)
    return str(24_000_000_000 + last.toordinal() * 137), first, last


def settlements(world: World) -> list[Sheet]:
    """One file per closed settlement: tabs, totals first, every line below, their sum the total."""
    groups: dict[tuple[str, date, date], list[Transaction]] = {}
    for transaction in sorted(world.transactions, key=lambda t: t.moment):
        if transaction.deferred:
            continue
        key = settlement_of(world, transaction.moment)
        if key[2] <= world.ago(OPEN_DAYS):
            groups.setdefault(key, []).append(transaction)
    sheets, reserve = [], 0
    for key in sorted(groups, key=lambda k: k[2]):
        sheet, reserve = _settlement(world, key, groups[key], reserve)
        sheets.append(sheet)
    return sheets


def _settlement(
    world: World, key: tuple[str, date, date], transactions: list[Transaction], reserve: int
) -> tuple[Sheet, int]:
    """One settlement and the reserve it hands to the next."""
    number, first, last = key
    held = Random(number).randint(50_00, 900_00)
    rows = [row for transaction in transactions for row in _rows(world, number, transaction)]
    for label, cents in (("Previous Reserve Amount Balance", reserve), ("Current Reserve Amount", -held)):
        if cents:
            rows.append(_reserve_row(world, number, label, cents, last))
    total = sum(t.total for t in transactions) + reserve - held
    start, end = datetime(first.year, first.month, first.day), datetime(last.year, last.month, last.day, 23)
    time, money = world.market.time, world.market.money
    header = [
        number,
        time(start),
        time(end),
        time(end + timedelta(days=2)),
        money(total),
        world.market.currency,
        *[""] * (len(SETTLEMENT) - 6),
    ]
    return tabbed("settlement", f"settlement_{number}.txt", [SETTLEMENT, header, *rows]), held


def _rows(world: World, number: str, transaction: Transaction) -> list[Row]:
    return [_row(world, number, transaction, line) for line in transaction.lines]


def _row(world: World, number: str, transaction: Transaction, line: MoneyLine) -> Row:
    bought = bool(transaction.item_code)
    market = world.market
    cells = dict.fromkeys(SETTLEMENT, "")
    cells |= {
        "settlement-id": number,
        "transaction-type": transaction.kind,
        "order-id": transaction.order_id,
        "adjustment-id": transaction.adjustment_id,
        "marketplace-name": market.sites[0] if bought else "",
        "amount-type": line.amount_type,
        "amount-description": line.description,
        "amount": market.money(line.cents),
        "posted-date": market.day(transaction.moment),
        "posted-date-time": market.time(transaction.moment),
        "order-item-code": transaction.item_code,
        "sku": transaction.sku,
        "quantity-purchased": "" if line.quantity is None else str(line.quantity),
    }
    if bought:
        cells["fulfillment-id"] = "AFN" if transaction.fulfilment == "Amazon" else "MFN"
    return list(cells.values())


def _reserve_row(world: World, number: str, label: str, cents: int, day: date) -> Row:
    reserve = Transaction(datetime(day.year, day.month, day.day, 22), "other-transaction", [])
    return _row(world, number, reserve, MoneyLine("other-transaction", label, cents))
