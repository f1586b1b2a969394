"""Product dimensions, the seller's own record: sides and weight of one packed unit, as measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ._declared import Column, Report

SIDES = ["longest_side", "median_side", "shortest_side"]
LENGTHS = {
    spelling: unit
    for unit, spellings in {
        "in": ("in", "in.", "inch", "inches"),
        "cm": ("cm", "centimeter", "centimeters", "centimetre", "centimetres", "zentimeter"),
    }.items()
    for spelling in spellings
}
WEIGHTS = {
    spelling: unit
    for unit, spellings in {
        "lb": ("lb", "lb.", "lbs", "lbs.", "pound", "pounds"),
        "oz": ("oz", "oz.", "ounce", "ounces"),
        "kg": ("kg", "kilo", "kilos", "kilogram", "kilograms", "kilogramm"),
        "g": ("g", "gr", "gram", "grams", "gramm"),
    }.items()
    for spelling in spellings
}
YES_NO = {
    spelling: letter
    for letter, spellings in {
        "Y": ("y", "yes", "true", "1", "ja"),
        "N": ("n", "no", "false", "0", "nein"),
    }.items()
    for spelling in spellings
}


def settle(frame: pd.DataFrame, _preamble: tuple[str, ...]) -> pd.DataFrame:
    """Sides typed in another order are put in order; a row that lacks one stays as it is."""
    whole = frame[SIDES].notna().all(axis=1)
    if whole.any():
        frame.loc[whole, SIDES] = -np.sort(-frame.loc[whole, SIDES].to_numpy(), axis=1)
    return frame


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A row is a record once it names a product, its three sides and its weight."""
    measures = frame[[*SIDES, "weight"]]
    nameless = frame["sku"].eq("") & frame["fnsku"].eq("") & frame["asin"].eq("")
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.mask(measures.le(0).any(axis=1), "a side or weight of 0 or less")
    reason = reason.mask(nameless, "no SKU, FNSKU or ASIN")
    reason = reason.mask(measures.isna().any(axis=1), "a side or the weight missing")
    return reason.mask(measures.isna().all(axis=1), "not answered yet")


REPORT = Report(
    name="product_dimensions",
    tab="Product Dimensions",
    menu="Your own record: fill in the tab",
    request="Measured sides and weight of each packed unit",
    any_of=(("sku", "fnsku", "asin"),),
    settle=settle,
    refuse=refuse,
    refusal="note",
    columns=(
        Column("sku", "id", ("SKU",), identity=True),
        Column("fnsku", "id", ("FNSKU",), identity=True),
        Column("asin", "id", ("ASIN",), identity=True),
        Column("longest_side", "measure", ("Longest side",), "must"),
        Column("median_side", "measure", ("Median side",), "must"),
        Column("shortest_side", "measure", ("Shortest side",), "must"),
        Column("dimension_unit", "value", ("Dimension unit",), "usual", values=LENGTHS, known="(in|cm)?"),
        Column("weight", "measure", ("Weight",), "must"),
        Column("weight_unit", "value", ("Weight unit",), "usual", values=WEIGHTS, known="(lb|oz|kg|g)?"),
        Column("apparel", "value", ("Apparel",), values=YES_NO, known="[YN]?"),
        Column("dangerous_goods", "value", ("Dangerous goods",), values=YES_NO, known="[YN]?"),
        Column("category", "text", ("Category",)),
        Column("measured_on", "date", ("Measured on",)),
        Column("measured_by", "text", ("Measured by",)),
        Column("proof", "text", ("Proof",)),
    ),
)
