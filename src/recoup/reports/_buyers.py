"""Headers that hold the buyer's name, address, e-mail, telephone or comments."""

from __future__ import annotations

from ._declared import fold

_STARTS = (
    "ordercity",
    "orderstate",
    "orderpostal",
    "shipcity",
    "shipstate",
    "shippostal",
    "buyer",
    "recipient",
    "shipaddress",
    "billaddress",
    "shipphone",
    "billname",
    "shipname",
)
_WHOLE = ("customercomments", "customername", "customeremail", "cpf", "giftmessagetext")


def about_buyer(header: str, also: tuple[str, ...] = ()) -> bool:
    """Whether a column with this header tells who the buyer is or what they wrote."""
    folded = fold(header)
    return folded.startswith(_STARTS) or folded in _WHOLE or folded in {fold(h) for h in also}
