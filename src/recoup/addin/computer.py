"""The computer that the add-in is put on: its system, folders and registry; the only place here that asks for them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

Hive: TypeAlias = Literal["user", "machine"]
Value: TypeAlias = "str | int | bytes"

_PATIENCE = 60  # seconds: a first start, with a virus scanner looking on
_ASK = "import recoup; print(recoup.__version__)"


class System(Enum):
    """What Excel runs on, and what it does not."""

    WINDOWS, MACOS, OTHER = "Windows", "macOS", "this system"


class Registry(Protocol):
    """The registry of Windows, only read; a key that is not there is empty. Names of values come in small letters."""

    def values(self, hive: Hive, key: str) -> dict[str, Value]:
        """The values of a key, variables in them expanded."""

    def keys(self, hive: Hive, key: str) -> list[str]:
        """The names of the keys in a key."""


@dataclass(frozen=True, slots=True)
class Computer:
    """What must be known about it; ``version_in``: the version of Recoup in another Python, "" where there is none."""

    system: System
    home: Path
    roaming: Path  # %APPDATA%
    python: Path  # the running one
    prefix: Path  # its environment
    base: Path  # the installation that the environment was made from
    registry: Registry
    version_in: Callable[[Path], str]

    def from_store(self) -> bool:
        """Whether Python is the Microsoft Store's, whose new files in AppData no other program sees."""
        return any("windowsapps" in str(p).lower() for p in (self.python, self.base))


class NoRegistry:
    """Of a system that has none."""

    def values(self, hive: Hive, key: str) -> dict[str, Value]:  # noqa: ARG002
        """None."""
        return {}

    def keys(self, hive: Hive, key: str) -> list[str]:  # noqa: ARG002
        """None."""
        return []


class WindowsRegistry:
    """The real one."""

    def values(self, hive: Hive, key: str) -> dict[str, Value]:
        """As ``Registry`` says."""
        found: dict[str, Value] = {}
        if sys.platform == "win32":
            import winreg

            with suppress(OSError), winreg.OpenKey(_root(hive), key) as opened:
                for number in range(winreg.QueryInfoKey(opened)[1]):
                    name, value, kind = winreg.EnumValue(opened, number)
                    if kind == winreg.REG_EXPAND_SZ:
                        value = winreg.ExpandEnvironmentStrings(value)
                    if isinstance(value, (str, int, bytes)):
                        found[name.lower()] = value
        return found

    def keys(self, hive: Hive, key: str) -> list[str]:
        """As ``Registry`` says."""
        found: list[str] = []
        if sys.platform == "win32":
            import winreg

            with suppress(OSError), winreg.OpenKey(_root(hive), key) as opened:
                found = [winreg.EnumKey(opened, n) for n in range(winreg.QueryInfoKey(opened)[0])]
        return found


def _root(hive: Hive) -> int:
    if sys.platform != "win32":
        raise OSError("only Windows has a registry")
    import winreg

    return winreg.HKEY_CURRENT_USER if hive == "user" else winreg.HKEY_LOCAL_MACHINE


def this_computer() -> Computer:
    """The one that this runs on."""
    system = {"win32": System.WINDOWS, "darwin": System.MACOS}.get(sys.platform, System.OTHER)
    home = Path.home()
    return Computer(
        system=system,
        home=home,
        roaming=Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming"),
        python=Path(sys.executable),
        prefix=Path(sys.prefix),
        base=Path(sys.base_prefix),
        registry=WindowsRegistry() if system is System.WINDOWS else NoRegistry(),
        version_in=version_in,
    )


def version_in(interpreter: Path) -> str:
    """The version of Recoup that a Python starts, asked the way a click on the ribbon starts it."""
    speaking = interpreter.with_name(interpreter.name.replace("pythonw", "python"))
    command = [str(speaking if speaking.exists() else interpreter), "-E", "-P", "-c", _ASK]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE, cwd=interpreter.parent
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
