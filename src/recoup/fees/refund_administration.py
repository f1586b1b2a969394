"""Refund administration fee: what Amazon may keep of the commission due back on a refunded line.

The share and the most are policy (refund_administration_fee.* in policy/valuation.yaml), so that a lead can
override them. Media refunded in full keep nothing back.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..policy import Policy

SHARE, MOST = "refund_administration_fee.share", "refund_administration_fee.most"


def administration_fees(frame: pd.DataFrame, policy: Policy, marketplace: str = "US") -> pd.DataFrame:
    """The most that Amazon may keep on each refunded line, aligned with ``frame``.

    ``frame``: date (datetime64, of the refund), commission (due back on the line, positive), and where known
    spared (bool: media, refunded in full). The answer: fee (cents, NaN when not known), certainty, question.
    """
    days = frame["date"].dt.date
    rules = {
        d: [policy.value(k, on=d, marketplace=marketplace) for k in (SHARE, MOST)]
        for d in days.dropna().unique()
    }
    known = {d: (share, most) for d, (share, most) in rules.items() if share and most}
    share = days.map({d: v[0].number for d, v in known.items()}).to_numpy(dtype=np.float64)
    most = days.map({d: v[1].number for d, v in known.items()}).to_numpy(dtype=np.float64)
    spared = frame.get("spared", pd.Series(False, index=frame.index)).to_numpy(dtype=bool)
    fee = np.round(np.minimum(frame["commission"].to_numpy(dtype=np.float64) * share, most), 2)
    answer = pd.DataFrame({"fee": np.where(spared, 0.0, fee)}, index=frame.index)
    certainty = {d: v[0].certainty for d, v in known.items()}
    answer["certainty"] = pd.Series(
        [certainty.get(d, "unknown") for d in days], index=frame.index, dtype="str"
    )
    answer["question"] = np.where(answer["fee"].isna(), "what Amazon may keep there is not known", "")
    return answer
