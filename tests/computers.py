"""Computers that Excel could stand on, made in a folder: their files are real, their registry is a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recoup.addin.computer import Computer, Hive, NoRegistry, System, Value

OFFICE = r"Software\Microsoft\Office\16.0"
RULES = r"Software\Policies\Microsoft\Office\16.0"
_EXCEL = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
_PROGRAM = r"machine\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_PLATFORM = r"machine\Software\Microsoft\Office\ClickToRun\Configuration"


@dataclass
class PaperRegistry:
    """Keys by hive and path, as in ``user\\Software\\...``; spelt in small or capital letters as one likes."""

    table: dict[str, dict[str, Value]] = field(default_factory=dict)

    def values(self, hive: Hive, key: str) -> dict[str, Value]:
        wanted = f"{hive}\\{key}".lower()
        return {n.lower(): v for k, vs in self.table.items() if k.lower() == wanted for n, v in vs.items()}

    def keys(self, hive: Hive, key: str) -> list[str]:
        start = f"{hive}\\{key}\\".lower()
        below = (k[len(start) :] for k in self.table if k.lower().startswith(start))
        return list(dict.fromkeys(name.partition("\\")[0] for name in below))


def windows(home: Path, **changed: Any) -> Computer:
    """A healthy PC with desktop Excel, 64-bit, and Recoup in an environment of its own."""
    scripts = home / "Recoup" / "python" / "Scripts"
    make(scripts / "python.exe", scripts / "pythonw.exe")
    for bits in (32, 64):
        make(scripts.parent / f"xlwings{bits}-0.37.8.dll")
    table: dict[str, dict[str, Value]] = {_PROGRAM: {"": _EXCEL}, _PLATFORM: {"Platform": "x64"}}
    facts: dict[str, Any] = {
        "system": System.WINDOWS,
        "home": home,
        "roaming": home / "AppData" / "Roaming",
        "python": scripts / "python.exe",
        "prefix": scripts.parent,
        "base": home / "Python312",
        "registry": PaperRegistry(table),
        "version_in": lambda path: "",
    }
    return Computer(**facts | changed)


def mac(home: Path) -> Computer:
    """A Mac with Recoup in an environment of its own."""
    python = home / "recoup" / "bin" / "python"
    make(python)
    return Computer(
        System.MACOS, home, home, python, python.parents[1], home / "usr", NoRegistry(), lambda path: ""
    )


def linux(home: Path) -> Computer:
    """A server."""
    return Computer(System.OTHER, home, home, home / "python", home, home, NoRegistry(), lambda path: "")


def make(*files: Path) -> None:
    """Files with nothing in them that matters."""
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")


def everything_in(folder: Path) -> dict[str, bytes]:
    """All files of a folder and what is in them."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
