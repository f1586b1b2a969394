"""Every trap of the rules that concerns the simulated kinds, one small story each."""

from __future__ import annotations

from . import damages, finds, losses, noise, payments, refunds, returns, reversals, valuations, windows
from ._stage import SETTLED_STARTS, STORIES, Pools, Shelf, Stage, Story

__all__ = ["SETTLED_STARTS", "STORIES", "THEMES", "Pools", "Shelf", "Stage", "Story"]

THEMES = (losses, finds, damages, noise, payments, reversals, refunds, returns, valuations, windows)
