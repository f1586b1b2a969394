"""Where Excel looks for add-ins.

Decision: the user's own startup folder. Excel opens what lies there at each start, no registry entry is needed, no
administrator, and it is one of the trusted locations that Excel sets up by itself.
"""

from __future__ import annotations

from pathlib import Path

from recoup.addin.computer import Computer, System
from recoup.addin.materials import ADDIN, SCRIPT
from recoup.model import RecoupError

_OFFICE_ON_MAC = "Library/Group Containers/UBF8T346G9.Office/User Content.localized"


def refuse_without_excel(computer: Computer) -> None:
    """Raise ``RecoupError`` on a system that Excel does not run on."""
    if computer.system is System.OTHER:
        raise RecoupError(
            "Excel runs on Windows and macOS only, so there is nowhere to put an add-in here; every command of "
            "Recoup works without it."
        )


def startup_folder(computer: Computer) -> Path:
    """What Excel opens at its start."""
    if computer.system is System.MACOS:
        return computer.home / _OFFICE_ON_MAC / "Startup.localized" / "Excel"
    return computer.roaming / "Microsoft" / "Excel" / "XLSTART"


def addin_place(computer: Computer) -> Path:
    """Where the add-in lies once it is installed."""
    return startup_folder(computer) / ADDIN


def script_place(computer: Computer) -> Path:
    """Where Excel for Mac looks for scripts that it may start."""
    return computer.home / "Library" / "Application Scripts" / "com.microsoft.Excel" / SCRIPT


def other_folders(computer: Computer, excel: str) -> list[Path]:
    """Where copies put by hand lie; ``excel`` is the program's path, "" where it is not known."""
    if computer.system is System.MACOS:
        return [computer.home / _OFFICE_ON_MAC / "Add-Ins.localized"]
    program = Path(excel).parent if excel else None
    return [
        computer.roaming / "Microsoft" / "AddIns",
        *([program / "XLSTART", program / "Library"] if program else []),
    ]
