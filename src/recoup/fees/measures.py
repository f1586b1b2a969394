"""Sides in inches and weight in pounds from the seller's Product Dimensions, whatever units it is kept in."""

from __future__ import annotations

import pandas as pd

INCHES = {"in": 1.0, "cm": 1 / 2.54}
POUNDS = {"lb": 1.0, "oz": 1 / 16, "kg": 1 / 0.45359237, "g": 1 / 453.59237}
HOME_UNITS = {"US": ("in", "lb")}  # of a blank unit
METRIC = ("cm", "kg")


def in_inches_and_pounds(dimensions: pd.DataFrame, marketplace: str = "US") -> pd.DataFrame:
    """longest, median, shortest (inches) and weight (lb) of each row of Product Dimensions, same index.

    Columns read: longest_side, median_side, shortest_side, dimension_unit, weight, weight_unit. A blank unit is
    that of the marketplace; a unit that is not known gives NaN.
    """
    length, mass = HOME_UNITS.get(marketplace, METRIC)
    inches = dimensions["dimension_unit"].replace("", length).map(INCHES).astype("float64")
    pounds = dimensions["weight_unit"].replace("", mass).map(POUNDS).astype("float64")
    return pd.DataFrame(
        {
            "longest": dimensions["longest_side"] * inches,
            "median": dimensions["median_side"] * inches,
            "shortest": dimensions["shortest_side"] * inches,
            "weight": dimensions["weight"] * pounds,
        }
    )
