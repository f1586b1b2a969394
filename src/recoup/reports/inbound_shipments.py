"""Inbound shipments, the seller's own record: what each shipment held, and what Amazon received of it."""

from __future__ import annotations

import pandas as pd

from ._declared import Column, Report, fold

STATUSES = (
    "Working", "Ready to ship", "Shipped", "In transit", "Delivered", "Checked in", "Receiving", "Closed",
    "Cancelled", "Deleted",
)  # fmt: skip
ACTIONS = (
    "Action required", "Investigation completed", "Units not shipped", "Acknowledged fewer", "Case submitted",
)  # fmt: skip
ANSWERS = ("units_shipped", "units_received", "units_reconciled")


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A row is a record once it says units, status or action, and of which shipment and product."""
    silent = frame[list(ANSWERS)].isna().all(axis=1) & frame["status"].eq("") & frame["action"].eq("")
    nameless = frame["sku"].eq("") & frame["fnsku"].eq("") & frame["asin"].eq("")
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.mask(frame[list(ANSWERS)].lt(0).any(axis=1), "units below 0")
    reason = reason.mask(nameless, "no SKU, FNSKU or ASIN").mask(
        frame["shipment_id"].eq(""), "no Shipment ID"
    )
    return reason.mask(silent, "not answered yet")


REPORT = Report(
    name="inbound_shipments",
    tab="Inbound Shipments",
    menu="Your own record: fill in the tab from Shipments > Contents",
    request="Every shipment of the last 9 months",
    refuse=refuse,
    refusal="note",
    columns=(
        Column("shipment_id", "id", ("Shipment ID",), "must", identity=True),
        Column("shipment_name", "text", ("Shipment name",)),
        Column(
            "status",
            "value",
            ("Status",),
            "must",
            values={fold(s): s for s in STATUSES} | {"canceled": "Cancelled"},
            known=f"({'|'.join(STATUSES)})?",
        ),
        Column("created", "date", ("Created",)),
        Column("delivered", "date", ("Delivered",), "usual"),
        Column("sku", "id", ("SKU",), identity=True),
        Column("fnsku", "id", ("FNSKU",), "usual", identity=True),
        Column("asin", "id", ("ASIN",), identity=True),
        Column("units_shipped", "quantity", ("Units shipped",), "must"),
        Column("units_received", "quantity", ("Units received",), "must"),
        Column("units_reconciled", "quantity", ("Units reconciled",), "usual"),
        Column(
            "action",
            "value",
            ("Action",),
            "usual",
            values={fold(a): a for a in ACTIONS},
            known=f"({'|'.join(ACTIONS)})?",
        ),
    ),
    any_of=(("sku", "fnsku", "asin"),),
)
