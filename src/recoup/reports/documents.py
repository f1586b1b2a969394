"""Documents, the seller's own record: where each invoice, proof of delivery or photo is kept."""

from __future__ import annotations

import pandas as pd

from ._declared import Column, Report, fold

KINDS = ("invoice", "proof of delivery", "bill of lading", "packing slip", "photo", "LPN photo", "other")


def settle(frame: pd.DataFrame, _preamble: tuple[str, ...]) -> pd.DataFrame:
    """Paths copied in Windows stand in quotes: they are taken off."""
    frame["path"] = frame["path"].str.strip('" ')
    return frame


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A row is a record once it says where the document is, and what it applies to."""
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.mask(
        frame["applies_to"].eq(""), "no SKU, FNSKU, shipment, removal or order that it applies to"
    )
    return reason.mask(frame["path"].eq(""), "not answered yet")


REPORT = Report(
    name="documents",
    tab="Documents",
    menu="Your own record: fill in the tab",
    request="Invoices, proofs of delivery, photos: where each is kept",
    settle=settle,
    refuse=refuse,
    refusal="note",
    columns=(
        Column("document_id", "id", ("Document ID",), identity=True),
        Column(
            "kind",
            "value",
            ("Kind",),
            "must",
            values={fold(k): k for k in KINDS},
            known=f"({'|'.join(KINDS)})?",
        ),
        Column("applies_to", "id", ("Applies to",), "must", identity=True),
        Column("date", "date", ("Date",)),
        Column("path", "text", ("Path or link", "Path", "Link"), "must", identity=True),
        Column("note", "text", ("Note",)),
    ),
)
