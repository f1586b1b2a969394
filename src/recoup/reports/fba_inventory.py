"""FBA Inventory: the stock of today, from Manage FBA Inventory or from the planning report with its ages."""

from __future__ import annotations

from ._declared import Column, Kind, Report
from .fee_preview import blank_dashes

Named = dict[str, tuple[str, ...]]  # canonical column -> headers

STOCK: Named = {
    "fulfillable_quantity": ("afn-fulfillable-quantity", "available", "AFN Fulfillable Qty"),
    "fulfillable_local": ("afn-fulfillable-quantity-local",),
    "fulfillable_remote": ("afn-fulfillable-quantity-remote",),
    "unsellable_quantity": ("afn-unsellable-quantity", "unfulfillable-quantity", "AFN Unsellable Qty"),
    "reserved_quantity": (
        "afn-reserved-quantity",
        "Total Reserved Quantity",
        "reserved-quantity",
        "AFN Reserved Qty",
        "AFN Encumbered Qty",
    ),
    "warehouse_quantity": ("afn-warehouse-quantity", "AFN Warehouse Qty"),
    "total_quantity": ("afn-total-quantity", "Inventory Supply at FBA", "AFN Total Qty"),
    "researching_quantity": ("afn-researching-quantity",),
    "future_supply": ("afn-reserved-future-supply",),
    "future_supply_buyable": ("afn-future-supply-buyable",),
    "inbound_quantity": ("inbound-quantity",),
    "inbound_working": ("afn-inbound-working-quantity", "inbound-working", "AFN Inbound Working Qty"),
    "inbound_shipped": ("afn-inbound-shipped-quantity", "inbound-shipped", "AFN Inbound Shipped Qty"),
    "inbound_received": ("afn-inbound-receiving-quantity", "inbound-received", "AFN Inbound Receiving Qty"),
    "pending_removal": ("pending-removal-quantity",),
    "seller_quantity": ("mfn-fulfillable-quantity", "MFN Fulfillable Qty"),
    **{f"units_shipped_{days}_days": (f"units-shipped-t{days}",) for days in (7, 30, 60, 90)},
}
AGES = (
    ("0_30", "0-to-30"),
    ("0_90", "0-to-90"),
    ("31_60", "31-to-60"),
    ("61_90", "61-to-90"),
    ("91_180", "91-to-180"),
    ("181_270", "181-to-270"),
    ("181_330", "181-to-330"),
    ("271_365", "271-to-365"),
    ("331_365", "331-to-365"),
    ("365_plus", "365-plus"),
    ("366_455", "366-to-455"),
    ("365_455", "365-to-455"),
    ("456_plus", "456-plus"),
)
CHARGED = (
    ("181_210", "181-210"),
    ("211_240", "211-240"),
    ("241_270", "241-270"),
    ("271_300", "271-300"),
    ("301_330", "301-330"),
    ("331_365", "331-365"),
    ("365_plus", "365-plus"),
    ("366_455", "366-455"),
    ("456_plus", "456-plus"),
)
AGED: Named = {
    **{f"age_{name}_days": (f"inv-age-{header}-days",) for name, header in AGES},
    **{f"to_charge_{name}_days": (f"quantity-to-be-charged-ais-{header}-days",) for name, header in CHARGED},
}
AMOUNTS: Named = {
    "your_price": ("your-price", "Your Price", "Price"),
    "sales_price": ("sales-price",),
    "storage_cost_next_month": ("estimated-storage-cost-next-month",),
    **{f"surcharge_{name}_days": (f"estimated-ais-{header}-days",) for name, header in CHARGED},
}
MEASURES: Named = {
    "unit_volume": ("per-unit-volume", "item-volume", "Volume"),
    "storage_volume": ("storage-volume",),
    "days_of_supply": ("days-of-supply",),
    "historical_days_of_supply": ("historical-days-of-supply",),
    "short_days_of_supply": ("Short term historical days of supply",),
    "long_days_of_supply": ("Long term historical days of supply",),
}
WORDS: Named = {
    "sells_own_stock": ("mfn-listing-exists",),
    "sells_fba_stock": ("afn-listing-exists",),
    "volume_unit": ("volume-unit-measurement",),
    "storage_type": ("storage-type",),
    "product_group": ("product-group",),
    "supplier": ("supplier",),
    "inventory_level": ("fba-inventory-level-health-status",),
    "low_inventory_fee_exempt": ("Exempted from Low-Inventory-Level fee?",),
    "low_inventory_fee_charged": ("Low-Inventory-Level fee applied in current week?",),
}


def _columns(named: Named, kind: Kind) -> list[Column]:
    return [Column(name, kind, headers) for name, headers in named.items()]


REPORT = Report(
    name="fba_inventory",
    tab="FBA Inventory",
    menu="Reports > Fulfillment > FBA Inventory",
    request="As of today",
    settle=blank_dashes,
    one_row=True,
    updated="snapshot_date",
    columns=(
        Column("snapshot_date", "date", ("snapshot-date",)),
        Column("sku", "id", ("sku", "Merchant SKU"), "must", key=True, identity=True),
        Column(
            "fnsku",
            "id",
            ("fnsku", "Fulfillment Network SKU", "Fulfilment Network SKU"),
            "must",
            identity=True,
        ),
        Column("asin", "id", ("asin",), "must", identity=True),
        Column("title", "text", ("product-name", "Title")),
        Column("condition", "text", ("condition",), "usual"),
        Column("store", "text", ("store",), identity=True),
        Column("marketplace", "text", ("marketplace",), identity=True),
        Column("currency", "value", ("currency",), otherwise=str.upper),
        *(
            Column(name, "quantity", headers, "must" if name == "fulfillable_quantity" else "maybe")
            for name, headers in (STOCK | AGED).items()
        ),
        *_columns(AMOUNTS, "money"),
        *_columns(MEASURES, "measure"),
        *_columns(WORDS, "text"),
    ),
)
