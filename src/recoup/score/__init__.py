"""How right Recoup is: its claims on sellers whose truth is known, and those of public rule sets beside them.

``sellers`` is the door: it finds the sellers of a folder and scores them. ``table`` prints what it gives.
"""

from __future__ import annotations

from .kind_score import KindScore
from .running import Contest, Scored
from .scoring import compare

__all__ = ["Contest", "KindScore", "Scored", "compare"]
