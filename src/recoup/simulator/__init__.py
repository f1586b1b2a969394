"""A seller whose truth is known: units are simulated, and the reports are written from their lives."""

from __future__ import annotations

from .seller import Seller, simulate
from .stories import STORIES, Story
from .truth import TruthClaim
from .units import Incident, Innocent, Unit

__all__ = ["STORIES", "Incident", "Innocent", "Seller", "Story", "TruthClaim", "Unit", "simulate"]
