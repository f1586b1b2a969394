"""Every trap of the rules, one small story each."""

from __future__ import annotations

from . import (
    commissions,
    damages,
    disposals,
    finds,
    fulfilment_fees,
    losses,
    noise,
    overrefunds,
    payments,
    referral_fees,
    refunds,
    removal_receipts,
    removals,
    replacements,
    restocks,
    returns,
    reversals,
    shipments,
    storage_fees,
    valuations,
    windows,
)
from ._stage import SETTLED_STARTS, STORIES, Pools, Shelf, Stage, Story

__all__ = ["SETTLED_STARTS", "STORIES", "THEMES", "Pools", "Shelf", "Stage", "Story"]

THEMES = (
    losses,
    finds,
    damages,
    disposals,
    noise,
    payments,
    reversals,
    shipments,
    refunds,
    returns,
    restocks,
    replacements,
    overrefunds,
    commissions,
    removals,
    removal_receipts,
    fulfilment_fees,
    referral_fees,
    storage_fees,
    valuations,
    windows,
)
