"""What is due for order lines, by each reading of what is not known, and what must be asked before they are claimed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..fees.fulfillment import dearer_prices, fulfillment_fees, possible_addition, same_rules
from ..frames import Row, records
from ._fulfillment_charges import more_than

TAB = "Product Dimensions"
FLAGS = {
    "apparel": f"state Apparel (Y or N) on {TAB}",
    "dangerous_goods": f"state Dangerous goods (Y or N) on {TAB}",
}
PRICE = "the fee is that of a dearer price band: what was the listing price?"


@dataclass(frozen=True, slots=True)
class Due:
    """What is due for order lines of one marketplace."""

    marketplace: str
    slack: pd.Timedelta

    def of(self, lines: pd.DataFrame, price: str, flags: dict[str, pd.Series]) -> pd.DataFrame:
        """The lines with columns of `fulfillment_fees`, the dearest of the days on which they may have shipped."""
        known = lines["shipped_first"].notna()
        middle = lines["shipped_last"].where(known, lines["day"])
        fees = self._on(lines, middle, price, flags)
        earlier = lines["shipped_first"].where(known, lines["first_day"] - self.slack)
        later = middle.where(known, middle + self.slack)
        for other in (earlier, later):
            differ = np.flatnonzero(~same_rules(middle, other, self.marketplace))
            if len(differ):
                part = {name: flag.iloc[differ] for name, flag in flags.items()}
                there = self._on(lines.iloc[differ], other.iloc[differ], price, part)
                dearer = there["fee"].to_numpy() > fees["fee"].to_numpy()[differ]
                fees.iloc[differ[dearer]] = there[dearer]
        return lines.drop(columns=list(fees.columns), errors="ignore").join(fees)

    def _on(
        self, lines: pd.DataFrame, days: pd.Series, price: str, flags: dict[str, pd.Series]
    ) -> pd.DataFrame:
        yes = {name: lines[name].eq("Y") for name in FLAGS} | flags
        prices = dearer_prices(lines["price"], days, self.marketplace)[price]
        frame = lines.assign(ship_date=days, price=prices, **yes)
        return fulfillment_fees(frame, marketplace=self.marketplace).assign(shipped=days)

    def next_price_differs(self, lines: pd.DataFrame) -> pd.Series:
        """Whether the price of a line may be a sale price of a listing in the next band."""
        prices = dearer_prices(lines["price"], lines["shipped"], self.marketplace)
        return prices["next"].gt(prices["near"])

    def dearest(self, lines: pd.DataFrame) -> pd.DataFrame:
        """Of several records of a product the one that leaves least to claim; units where they are not known."""
        if lines.duplicated(["line", "day"]).any():
            order = lines.sort_values(["fee", "record"], ascending=[False, True], na_position="first").index
            lines = lines.loc[order].drop_duplicates(["line", "day"]).sort_index().reset_index(drop=True)
        counted = lines["units"].gt(0)
        most = ((lines["charged"] + lines["tolerance"]) / lines["fee"]).floordiv(1).clip(lower=1)
        return lines.assign(counted=counted, units=lines["units"].where(counted, most))

    def exceeds(self, lines: pd.DataFrame) -> pd.Series:
        """True where more was charged than the fee and its tolerance, for all units together."""
        allowed = (lines["fee"] + lines["tolerance"]) * lines["units"]
        return more_than(lines["charged"], allowed)


def questioned(over: pd.DataFrame, due: Due) -> pd.DataFrame:
    """The lines with the question that must be answered first, and explained: whether nothing may be owed at all.

    ``over`` has a question already where its product is not sure, else "".
    """
    blank = {name: over[name].eq("") for name in FLAGS}
    yes = {name: over[name].eq("Y") | blank[name] for name in FLAGS}
    may_be = {text: blank[name] for name, text in FLAGS.items()} | {PRICE: due.next_price_differs(over)}
    alone = {
        text: may_be[text] & ~_still(over, due, "near", {name: yes[name]}) for name, text in FLAGS.items()
    }
    alone[PRICE] = may_be[PRICE] & ~_still(over, due, "next", {})
    together = ~pd.concat(alone, axis=1).any(axis=1) & ~_still(over, due, "next", yes)
    doubts = pd.concat({text: alone[text] | (together & may_be[text]) for text in alone}, axis=1)
    explained = [doubts.columns[flags].tolist() for flags in doubts.to_numpy()]
    for texts, row in zip(explained, records(over), strict=True):
        texts += [t for t in (_addition(row, due),) if t]
    asked = [[*texts, *_open(row)] for texts, row in zip(explained, records(over), strict=True)]
    return over.assign(explained=[bool(t) for t in explained], question=["; ".join(t) for t in asked])


def _still(over: pd.DataFrame, due: Due, price: str, flags: dict[str, pd.Series]) -> pd.Series:
    """Whether a line is overcharged by these readings, too."""
    return due.exceeds(due.of(over, price, flags))


def _open(row: Row) -> Iterable[str]:
    """What else is not known of a line."""
    if not row["counted"]:
        yield f"how many units of order {row['order_id']} were charged? Its sale is not in the reports"
    if row["question"]:
        yield row["question"]


def _addition(row: Row, due: Due) -> str:
    excess = row["charged"] / row["units"] - row["fee"]
    return possible_addition(row["size_tier"], excess, row["shipped"].date(), due.marketplace)
