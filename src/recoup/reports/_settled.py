"""What the lines above a heading say of all rows below it, such as the shipment of a contents list."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ._declared import Report


def settled(report: Report, headings: Collection[str], frame: pd.DataFrame) -> dict[str, str]:
    """Canonical column -> text, for columns that have no heading and that ``settle`` filled alike in every row."""
    absent = [c.name for c in report.columns if c.name not in headings and c.kind in ("id", "text", "value")]
    values = {name: frame[name].unique().tolist() for name in absent} if report.settle is not None else {}
    return {name: found[0] for name, found in values.items() if len(found) == 1 and found[0]}
