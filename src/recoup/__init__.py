"""Recoup: what Amazon owes an FBA seller, proven row by row."""

__version__ = "0.1.0"
