"""Reimbursements: what Amazon paid or gave back for lost and damaged units, and what it took away again."""

from __future__ import annotations

from ._declared import Column, Report, fold

REASONS = {
    **{
        fold(v): v
        for v in (
            "Lost_Warehouse",
            "Damaged_Warehouse",
            "Lost_Inbound",
            "Damaged_Inbound",
            "Lost_Outbound",
            "Damaged_Outbound",
            "CustomerReturn",
            "CustomerServiceIssue",
            "Damage exception",
            "Fee_Correction",
            "Reimbursement_Reversal",
            "GeneralAdjustment",
            "ReturnAdjustment",
        )
    },
    "倉庫破損": "Damaged_Warehouse",
}


REPORT = Report(
    name="reimbursements",
    tab="Reimbursements",
    menu="Reports > Fulfillment > Payments > Reimbursements",
    request="18 months up to today, all reasons",
    day="approval_date",
    groups=("reason", "fnsku", "sku", "asin", "currency", "condition"),
    columns=(
        Column(
            "approval_date",
            "date",
            ("approval-date", "Date", "承認日", "補てん承認日"),
            "must",
            key=True,
            identity=True,
        ),
        Column(
            "reimbursement_id",
            "id",
            ("reimbursement-id", "補てんID", "補填ID", "返金ID"),
            "must",
            key=True,
            identity=True,
        ),
        Column("case_id", "id", ("case-id", "ケースID")),
        Column("order_id", "id", ("amazon-order-id", "order-id", "注文番号"), "usual", identity=True),
        Column(
            "reason",
            "value",
            ("reason", "理由", "補てん理由", "補填理由"),
            "must",
            identity=True,
            values=REASONS,
        ),
        Column("sku", "id", ("sku", "Merchant SKU", "seller-sku", "出品者SKU"), "usual", identity=True),
        Column("fnsku", "id", ("fnsku",), "must", identity=True),
        Column("asin", "id", ("asin",), "usual", identity=True),
        Column("title", "text", ("product-name", "Title", "商品名")),
        Column("condition", "text", ("condition", "コンディション")),
        Column("currency", "value", ("currency-unit", "currency", "通貨"), "usual", otherwise=str.upper),
        Column(
            "amount_per_unit",
            "money",
            ("amount-per-unit", "補てん単価", "1個あたり金額"),
            "usual",
            identity=True,
        ),
        Column(
            "amount_total",
            "money",
            ("amount-total", "補てん合計額", "補填合計額"),
            "must",
            identity=True,
        ),
        Column(
            "quantity_cash",
            "quantity",
            ("quantity-reimbursed-cash", "Quantity Reimbursed [Cash]", "現金補てん数量", "現金補填数量"),
            "must",
            identity=True,
        ),
        Column(
            "quantity_inventory",
            "quantity",
            (
                "quantity-reimbursed-inventory",
                "Quantity Reimbursed [Inventory]",
                "在庫補てん数量",
                "在庫補填数量",
            ),
            "must",
            identity=True,
        ),
        Column(
            "quantity_total",
            "quantity",
            ("quantity-reimbursed-total", "Quantity Reimbursed [Total]", "補てん数量合計", "補填数量合計"),
        ),
        Column(
            "original_reimbursement_id",
            "id",
            ("original-reimbursement-id", "元の補てんID", "元の補填ID"),
            identity=True,
        ),
        Column("original_reimbursement_type", "value", ("original-reimbursement-type",), values=REASONS),
        Column("has_original", "present", ("original-reimbursement-id", "元の補てんID", "元の補填ID")),
    ),
)
