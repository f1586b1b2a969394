"""What Amazon's published fee tables say is due: dated data, and the arithmetic over whole columns."""

from ._dated import stale_tables

__all__ = ["stale_tables"]
