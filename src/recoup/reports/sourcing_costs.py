"""Sourcing costs: Amazon's bulk sheet as downloaded, or the plain form of the workbook."""

from __future__ import annotations

import pandas as pd

from ._declared import Column, Report


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A row is a record once it names a product and a cost."""
    nameless = frame["sku"].eq("") & frame["fnsku"].eq("") & frame["asin"].eq("")
    costless = frame[["approved_cost", "own_cost", "estimated_cost"]].isna().all(axis=1)
    reason = pd.Series("", index=frame.index, dtype="str")
    return reason.mask(costless, "no cost filled in").mask(nameless, "no SKU, FNSKU or ASIN")


REPORT = Report(
    name="sourcing_costs",
    tab="Sourcing Costs",
    menu="Inventory > FBA Inventory > Inventory Defect and Reimbursement > Manage Your Sourcing Cost",
    request="The bulk file with all products, or type SKU, unit cost, currency and date here",
    any_of=(("sku", "fnsku", "asin"), ("approved_cost", "own_cost")),
    refuse=refuse,
    refusal="note",
    columns=(
        Column("sku", "id", ("SKU", "MSKU", "Merchant SKU"), identity=True),
        Column("fnsku", "id", ("Fnsku",), identity=True),
        Column("asin", "id", ("Asin",), identity=True),
        Column("approved_cost", "money", ("Latest Approved Cost",)),
        Column("own_cost", "money", ("Unit cost", "Seller New Cost")),
        Column("estimated_cost", "money", ("Amazon Estimated Cost",)),
        Column(
            "source",
            "text",
            (
                "Source of Latest Approved Cost ('SELLER'|'AMAZON')",
                "Source of Latest Approved Cost",
                "Source",
            ),
            identity=True,
        ),
        Column("currency", "value", ("Currency",), "must", identity=True, otherwise=str.upper),
        Column(
            "effective_from",
            "date",
            ("Date of Last Updated Cost", "Effective from"),
            "must",
            identity=True,
        ),
    ),
)
