"""Removal receipts, the seller's own record: what arrived of each removal parcel, and in what state."""

from __future__ import annotations

import pandas as pd

from ._declared import Column, Report, fold

CONDITIONS = ("OK", "Damaged", "Wrong item")


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A row is a record once it says how many units arrived, 0 included, and of which removal."""
    units = frame["units_received"]
    nowhere = frame["removal_order_id"].eq("") & frame["tracking_number"].eq("")
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.mask(units.lt(0), "units below 0")
    reason = reason.mask(nowhere, "neither a removal order nor a tracking number")
    return reason.mask(units.isna(), "not answered yet")


REPORT = Report(
    name="removal_receipts",
    tab="Removal Receipts",
    menu="Your own record: fill in the tab",
    request="What arrived of each removal parcel; 0 units counts",
    any_of=(("removal_order_id", "tracking_number"),),
    refuse=refuse,
    refusal="note",
    columns=(
        Column("removal_order_id", "id", ("Removal order ID",), identity=True),
        Column("tracking_number", "id", ("Tracking number",), "usual", identity=True),
        Column("sku", "id", ("SKU",), identity=True),
        Column("fnsku", "id", ("FNSKU",), "usual", identity=True),
        Column("units_received", "quantity", ("Units received",), "must"),
        Column("received_on", "date", ("Received on",), "must", identity=True),
        Column(
            "condition",
            "value",
            ("Condition",),
            "must",
            identity=True,
            values={fold(c): c for c in CONDITIONS},
            known=f"({'|'.join(CONDITIONS)})?",
        ),
        Column("note", "text", ("Note",)),
    ),
)
