"""The contents list of Send to Amazon: what was shipped, per shipment, which stands above the heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from ._declared import Column, Report, fold

SHIPMENT_ID = ("Shipment ID", "Sendungsnummer")
NAME = ("Name", "Shipment name")
OTHERS = ("Plan ID", "Ship To", "Total SKUs", "Total Units", "Pack list")
LABELS = {fold(label) for label in (*SHIPMENT_ID, *NAME, *OTHERS)}
_ID = re.compile(r"FBA[0-9A-Z]{4,}")


def is_label(cells: Sequence[str]) -> bool:
    """Whether a row is one of those above a list: a label and its value."""
    return fold(cells[0]) in LABELS and not any(cell.strip() for cell in cells[2:])


def settle(frame: pd.DataFrame, preamble: tuple[str, ...]) -> pd.DataFrame:
    """Shipment id and name stand above the heading; a column of the list itself goes first."""
    for name, text in (("shipment_id", _shipment(preamble)), ("shipment_name", _after(preamble, NAME))):
        frame[name] = frame[name].mask(frame[name].eq(""), text)
    return frame


def _shipment(preamble: tuple[str, ...]) -> str:
    """The id after its label, or the only text that looks like one."""
    labelled = _after(preamble, SHIPMENT_ID)
    if labelled:
        return labelled
    found = {m.group() for m in map(_ID.search, preamble) if m}
    return found.pop() if len(found) == 1 else ""


def _after(preamble: tuple[str, ...], labels: tuple[str, ...]) -> str:
    """The cell after one of these labels."""
    known = {fold(label) for label in labels}
    return next((b.strip() for a, b in pairwise(preamble) if fold(a) in known and fold(b) not in LABELS), "")


def refuse(frame: pd.DataFrame) -> pd.Series:
    """A list without its shipment says nothing."""
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.mask(frame["sku"].eq("") & frame["fnsku"].eq(""), "no SKU or FNSKU")
    missing = "no shipment id (paste the lines above the heading too, or add a column Shipment ID)"
    return reason.mask(frame["shipment_id"].eq(""), missing)


REPORT = Report(
    name="shipment_contents",
    tab="Inbound Shipments",
    menu="Send to Amazon > Shipments > Contents > Download the contents list",
    request="The contents list of every shipment of the last 9 months",
    settle=settle,
    refuse=refuse,
    stands_for="inbound_shipments",
    columns=(
        Column("shipment_id", "id", SHIPMENT_ID, identity=True),
        Column("shipment_name", "text", NAME[1:]),
        Column("sku", "id", ("Merchant SKU", "Händler-SKU"), "must", identity=True),
        Column("fnsku", "id", ("FNSKU",), "must", identity=True),
        Column("asin", "id", ("ASIN",), "must", identity=True),
        Column("title", "text", ("Title", "Titel")),
        Column("shipped", "quantity", ("Shipped", "Versendete Einheiten"), "must", key=True),
    ),
)
