"""Gets the wheels that Windows needs, with pip, on whatever system it runs.

Decision: pip judges the conditions of requirements ("only on Windows") by the system it runs on, whatever system the
wheels are for; so it gets each wheel alone, and what a wheel needs on Windows is read from the wheel itself.
"""

from __future__ import annotations

import email
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from recoup.model import RecoupError

Download = Callable[[Path, list[str]], None]  # puts a wheel for each requirement into a folder
Wanted: TypeAlias = dict[str, Requirement]

_ROUNDS = 20


def get_wheels(folder: Path, needs: Iterable[str], python: str, download: Download) -> list[Path]:
    """Fill a folder with all that is needed for a Python such as 3.12 on 64-bit Windows. Raises ``RecoupError``."""
    roots = list(_on_windows(needs, python, {""}))
    wanted: Wanted = {}
    for _ in range(_ROUNDS):
        there = {_name(wheel): wheel for wheel in folder.glob("*.whl")}
        before, wanted = wanted, _joined([*roots, *_needs_of(there, wanted, python)])
        lacking = {name: need for name, need in wanted.items() if not _fits(there.get(name), need)}
        if not lacking and wanted.keys() == before.keys():
            return sorted(there.values())
        for name in there.keys() & (lacking.keys() | there.keys() - wanted.keys()):
            there[name].unlink()
        if lacking:
            download(folder, sorted(map(str, lacking.values())))
    raise RecoupError(
        "The packages that Recoup needs want versions of each other that never fit; report this."
    )


def environment(python: str) -> dict[str, str]:
    """What conditions of requirements are judged by."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "platform_release": "10",
        "platform_system": "Windows",
        "platform_version": "10.0",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "win32",
    }


def _on_windows(needs: Iterable[str], python: str, extras: Iterable[str]) -> Iterator[Requirement]:
    """Those whose condition holds there, with one of these extras ("" for none)."""
    there = environment(python)
    for need in map(Requirement, needs):
        if need.marker is None or any(need.marker.evaluate(there | {"extra": extra}) for extra in extras):
            need.marker = None
            yield need


def _joined(needs: Iterable[Requirement]) -> Wanted:
    """One requirement a package, with everything that is asked of its version."""
    found: Wanted = {}
    for need in needs:
        known = found.setdefault(canonicalize_name(need.name), Requirement(need.name))
        known.specifier &= need.specifier
        known.extras |= need.extras
    return found


def _needs_of(wheels: dict[str, Path], wanted: Wanted, python: str) -> Iterator[Requirement]:
    """What the wheels that are wanted need themselves, also for the extras that are asked for."""
    for name in wheels.keys() & wanted.keys():
        with zipfile.ZipFile(wheels[name]) as package:
            notes = next(n for n in package.namelist() if n.endswith(".dist-info/METADATA"))
            lines = email.message_from_bytes(package.read(notes)).get_all("Requires-Dist", [])
        yield from _on_windows(lines, python, {"", *wanted[name].extras})


def _fits(wheel: Path | None, need: Requirement) -> bool:
    return wheel is not None and need.specifier.contains(
        parse_wheel_filename(wheel.name)[1], prereleases=True
    )


def _name(wheel: Path) -> str:
    return parse_wheel_filename(wheel.name)[0]
