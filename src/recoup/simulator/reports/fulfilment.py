"""Inventory Ledger, Reimbursements and FBA customer returns."""

from __future__ import annotations

from ..market import Market
from ..rows import LedgerRow, PaymentLine, ReturnRow
from ..world import World
from .text import Row, Sheet, pacific_zone, period, tabbed

LEDGER = (
    "Date", "FNSKU", "ASIN", "MSKU", "Title", "Event Type", "Reference ID", "Quantity",
    "Fulfillment Center", "Disposition", "Reason", "Country", "Reconciled Quantity",
    "Unreconciled Quantity", "Date and Time", "Store",
)  # fmt: skip
REIMBURSEMENTS = (
    "approval-date", "reimbursement-id", "case-id", "amazon-order-id", "reason", "sku", "fnsku", "asin",
    "product-name", "condition", "currency-unit", "amount-per-unit", "amount-total",
    "quantity-reimbursed-cash", "quantity-reimbursed-inventory", "quantity-reimbursed-total",
    "original-reimbursement-id", "original-reimbursement-type",
)  # fmt: skip
RETURNS = (
    "return-date", "order-id", "sku", "asin", "fnsku", "product-name", "quantity",
    "fulfillment-center-id", "detailed-disposition", "reason", "status", "license-plate-number",
    "customer-comments",
)  # fmt: skip


def ledger(world: World) -> Sheet:
    """The detailed view as .txt: tabs, every field quoted, newest day first."""
    name = f"inventory-ledger_{period(world.first_day, world.last_day)}.txt"
    newest = sorted(world.ledger, key=lambda row: row.day, reverse=True)
    return Sheet("ledger", name, [LEDGER, *(_ledger_row(row) for row in newest)], "\t")


def _ledger_row(row: LedgerRow) -> Row:
    product = row.product
    return (
        row.day.strftime("%m/%d/%Y"),
        product.asin if row.under_asin else product.fnsku,
        product.asin,
        f"Amazon.Found.{product.asin}" if row.under_asin else product.sku,
        product.title,
        row.event_type,
        row.reference,
        str(row.quantity),
        row.centre,
        row.disposition,
        row.reason,
        row.country,
        *_reconciled(row),
        f"{row.day.isoformat()}T00:00:00-0{-pacific_zone(row.day)[1]}00",
        "",
    )


def _reconciled(row: LedgerRow) -> tuple[str, str]:
    """The two reconciled cells: what became of the units, what the story says, or empty."""
    if isinstance(row.reconciled, tuple):
        return str(row.reconciled[0]), str(row.reconciled[1])
    if row.reconciled != "exact":
        return "", ""
    explained = sum(1 for unit in row.units if unit.fate)
    return str(explained), str(abs(row.quantity) - explained)


def reimbursements(world: World) -> Sheet:
    """The .csv download, newest first."""
    name = f"reimbursements_{period(world.first_day, world.last_day)}.csv"
    newest = sorted(world.payments, key=lambda line: line.day, reverse=True)
    rows = [_payment_row(line, world.market) for line in newest]
    return Sheet("reimbursements", name, [REIMBURSEMENTS, *rows])


def _payment_row(line: PaymentLine, market: Market) -> Row:
    product = line.product
    total = line.total if line.total is not None else line.cents * (line.cash or 1 if line.cents else 0)
    quantities = (
        (str(line.cash), str(line.inventory), str(line.cash + line.inventory))
        if line.quantities
        else ("", "", "")
    )
    names = ("", "", "", "", "")
    if product is not None:
        found = f"Amazon.Found.{product.asin}"
        names = (
            found if line.under_asin else line.sku or product.sku,
            product.asin if line.under_asin else product.fnsku,
            product.asin,
            product.title,
            "NewItem",
        )
    return (
        line.day.strftime("%Y-%m-%dT15:04:05+00:00"),
        line.reimbursement_id,
        line.case_id,
        line.order_id,
        line.reason,
        *names,
        market.currency,
        market.money(line.cents),
        market.money(total),
        *quantities,
        line.original_id,
        line.original_reason,
    )


def returns(world: World) -> Sheet:
    """The .txt download: tabs, no quotes, a bare inch sign in some titles, comments left empty."""
    name = f"customer-returns_{period(world.first_day, world.last_day)}.txt"
    newest = sorted(world.returns, key=lambda row: row.day, reverse=True)
    return tabbed("returns", name, [RETURNS, *(_return_row(row) for row in newest)])


def _return_row(row: ReturnRow) -> Row:
    return (
        row.day.strftime("%Y-%m-%dT07:03:57+00:00"),
        row.order_id,
        row.sku,
        row.product.asin,
        row.product.fnsku,
        row.product.title,
        str(row.quantity),
        row.centre,
        row.disposition,
        row.reason,
        row.status,
        row.plate,
        "",
    )
