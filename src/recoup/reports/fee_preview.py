"""Fee Preview: size, weight and tier of each product as Amazon holds them, and the fees it expects to charge."""

from __future__ import annotations

import pandas as pd

from ._declared import Column, Report

MEASURES = {
    "longest_side": "longest-side",
    "median_side": "median-side",
    "shortest_side": "shortest-side",
    "length_and_girth": "length-and-girth",
    "weight": "item-package-weight",
}
FEES = {  # with per and unit as Amazon writes them; Europe spells fulfilment with one l
    "referral_fee": ("estimated-referral-fee-per-unit",),
    "closing_fee": ("estimated-variable-closing-fee",),
    "order_handling_fee": ("estimated-order-handling-fee-per-order",),
    "pick_pack_fee": ("estimated-pick-pack-fee-per-unit",),
    "weight_handling_fee": ("estimated-weight-handling-fee-per-unit",),
    "fulfillment_fee": ("expected-fulfillment-fee-per-unit", "expected-fulfilment-fee-per-unit"),
    "domestic_fulfillment_fee": (
        "expected-domestic-fulfilment-fee-per-unit",
        "expected-domestic-fulfillment-fee-per-unit",
    ),
    **{
        f"efn_fee_{country}": (f"expected-efn-fulfilment-fee-per-unit-{country}",)
        for country in ("uk", "de", "fr", "it", "es", "se")
    },
}
FUTURE = {
    "future_fee_total": (
        "estimated-future-fee (Current Selling on Amazon + Future Fulfillment fees)",
        "estimated-future-fee (Current Selling on Amazon + Future Fulfilment fees)",
        "estimated-future-fee",
    ),
    "future_order_handling_fee": ("estimated-future-order-handling-fee-per-order",),
    "future_pick_pack_fee": ("estimated-future-pick-pack-fee-per-unit",),
    "future_weight_handling_fee": ("estimated-future-weight-handling-fee-per-unit",),
    "future_fulfillment_fee": (
        "expected-future-fulfillment-fee-per-unit",
        "expected-future-fulfilment-fee-per-unit",
    ),
    "future_domestic_fulfillment_fee": ("expected-future-domestic-fulfilment-fee-per-unit",),
    **{
        f"future_efn_fee_{country}": (f"expected-future-efn-fulfilment-fee-per-unit-{country}",)
        for country in ("uk", "de", "fr", "it", "es", "se")
    },
}
NOTHING = "--"  # what Amazon writes where it knows nothing


def blank_dashes(frame: pd.DataFrame, _preamble: tuple[str, ...] = ()) -> pd.DataFrame:
    """The frame with ``--`` in its texts read as blank."""
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype):
            frame[name] = frame[name].mask(frame[name].eq(NOTHING), "")
    return frame


REPORT = Report(
    name="fee_preview",
    tab="Fee Preview",
    menu="Reports > Fulfillment > Fee Preview",
    request="As of today",
    settle=blank_dashes,
    one_row=True,
    columns=(
        Column("sku", "id", ("sku",), "must", key=True, identity=True),
        Column("fnsku", "id", ("fnsku",), "usual", identity=True),
        Column("asin", "id", ("asin",), "must", identity=True),
        Column("store", "text", ("amazon-store",), identity=True),
        Column("title", "text", ("product-name",)),
        Column("product_group", "text", ("product-group",)),
        Column("brand", "text", ("brand",)),
        Column("fulfilled_by", "text", ("fulfilled-by",)),
        Column("has_local_inventory", "text", ("has-local-inventory",)),
        Column("your_price", "money", ("your-price",), "usual"),
        Column("sales_price", "money", ("sales-price",)),
        *(Column(name, "measure", (header,), "usual") for name, header in MEASURES.items()),
        Column("dimension_unit", "text", ("unit-of-dimension",), "usual"),
        Column("weight_unit", "text", ("unit-of-weight",), "usual"),
        Column("size_tier", "text", ("product-size-tier",)),
        Column("size_weight_band", "text", ("product-size-weight-band",)),
        Column("currency", "value", ("currency",), "must", identity=True, otherwise=str.upper),
        Column("fee_total", "money", ("estimated-fee-total",), "must"),
        *(Column(name, "money", headers) for name, headers in (FEES | FUTURE).items()),
    ),
)
