"""The packages that Recoup needs, as they are installed in the running Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from recoup.model import RecoupError

RECOUP = "fba-recoup"

Find = Callable[[str], Distribution]


@dataclass(frozen=True, slots=True)
class Package:
    """A package that something needs: in which versions, and the one that is there ("" for none)."""

    name: str
    wanted: str
    found: str
    fits: bool


def own_distribution() -> Distribution:
    """What was installed as Recoup. Raises ``RecoupError`` when it runs from a folder, not installed."""
    try:
        return distribution(RECOUP)
    except PackageNotFoundError as error:
        raise RecoupError("Recoup is not installed in this Python; run pip install in its folder.") from error


def needed_packages(find: Find = distribution) -> list[Package]:
    """Recoup, what it needs, and what that needs, each once for each version that is asked for."""
    return list(dict.fromkeys(_needed(Requirement(RECOUP), find, set())))


def _needed(requirement: Requirement, find: Find, seen: set[str]) -> Iterator[Package]:
    name = canonicalize_name(requirement.name)
    try:
        package = find(name)
    except PackageNotFoundError:
        yield Package(name, str(requirement.specifier), "", fits=False)
        return
    fits = requirement.specifier.contains(package.version, prereleases=True)
    yield Package(name, str(requirement.specifier), package.version, fits)
    if name in seen:
        return
    seen.add(name)
    for text in package.requires or ():
        inner = Requirement(text)
        if inner.marker is None or inner.marker.evaluate({"extra": ""}):
            yield from _needed(inner, find, seen)
