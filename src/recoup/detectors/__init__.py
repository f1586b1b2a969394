"""One file per kind of claim; a kind is found by its file name."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from ._detector import Detector, Scene, stock_adjustments

__all__ = ["Detector", "Scene", "all_detectors", "stock_adjustments"]


@cache
def all_detectors() -> dict[str, Detector]:
    """Every detector by its kind, in the order of the file names."""
    names = [m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")]
    found: dict[str, Detector] = {}
    for name in sorted(names):
        module = importlib.import_module(f"{__name__}.{name}")
        detector: Detector = module.DETECTOR
        if detector.kind != name:
            raise TypeError(f"detectors/{name}.py declares the kind {detector.kind!r}")
        found[name] = detector
    return found
