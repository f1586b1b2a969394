"""Collects what the doctor judges: Python, packages, the installed add-in, Excel and its settings; changes nothing."""

from __future__ import annotations

import importlib.util
import platform
import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from recoup import __version__
from recoup.addin.computer import Computer, System
from recoup.addin.excel_settings import Excel, read_excel
from recoup.addin.installed import is_from_internet, settings_in
from recoup.addin.installing import settings_for
from recoup.addin.materials import ADDIN, addin_for, script
from recoup.addin.packages import Package, needed_packages
from recoup.addin.places import addin_place, other_folders, script_place, startup_folder
from recoup.addin.settings import Settings
from recoup.books.open_workbooks import linked_files
from recoup.books.synced import is_synced
from recoup.model import RecoupError


@dataclass(frozen=True, slots=True)
class Python:
    """The running Python."""

    program: str
    version: str
    bits: int
    from_store: bool = False


@dataclass(frozen=True, slots=True)
class Installed:
    """The add-in as it lies in the startup folder; ``settings`` is empty when Recoup did not make it."""

    file: str
    settings: dict[str, str]
    is_current: bool  # byte for byte what this Recoup makes with these settings
    interpreter: str
    interpreter_exists: bool
    interpreter_version: str  # of the Recoup it starts; "" for none
    is_this_python: bool
    from_internet: bool = False
    has_typeable_path: bool = True  # VBA finds files by names in the computer's own code page only


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known."""

    system: System
    recoup: str
    python: Python
    packages: tuple[Package, ...]
    xlwings_libraries: tuple[str, ...]  # of Windows, by file name
    startup: str
    installed: Installed | None
    script_is_current: bool  # macOS
    copies: tuple[str, ...]
    synced: tuple[str, ...]  # of the startup folder and the interpreter: those in a synced folder
    excel: Excel
    has_windows: bool  # tkinter is there
    led_away: tuple[
        tuple[str, str], ...
    ]  # open workbooks, and the other computer's add-in that their formulas name


def collect_facts(computer: Computer) -> Facts:
    """Look at everything. Raises ``RecoupError`` when the add-in's own parts are missing."""
    excel = read_excel(computer)
    installed = _installed(computer)
    places = [addin_place(computer)]
    places += [Path(installed.interpreter)] if installed and installed.interpreter else []
    return Facts(
        system=computer.system,
        recoup=__version__,
        python=Python(
            str(computer.python),
            platform.python_version(),
            8 * struct.calcsize("P"),
            computer.system is System.WINDOWS and computer.from_store(),
        ),
        packages=tuple(needed_packages()),
        xlwings_libraries=tuple(sorted(p.name for p in computer.prefix.glob("xlwings*.dll"))),
        startup=str(startup_folder(computer)),
        installed=installed,
        script_is_current=_holds(script_place(computer), script()),
        copies=tuple(str(p) for p in _copies(computer, excel)),
        synced=tuple(str(p) for p in places if is_synced(p)),
        excel=excel,
        has_windows=importlib.util.find_spec("tkinter") is not None,
        led_away=tuple(p for p in linked_files(ADDIN) if p[1].lower() != str(addin_place(computer)).lower()),
    )


def _installed(computer: Computer) -> Installed | None:
    file = addin_place(computer)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        data = b""
    settings = settings_in(data)
    made = Settings(settings.get("INTERPRETER_WIN", ""), settings.get("INTERPRETER_MAC", ""))
    interpreter = made.interpreter_mac if computer.system is System.MACOS else made.interpreter_win
    is_own = bool(interpreter) and made == _own_settings(computer)
    exists = bool(interpreter) and Path(interpreter).is_file()
    return Installed(
        str(file),
        settings,
        is_current=data == addin_for(made),
        interpreter=interpreter,
        interpreter_exists=exists,
        interpreter_version=__version__
        if is_own
        else computer.version_in(Path(interpreter))
        if exists
        else "",
        is_this_python=is_own,
        from_internet=computer.system is System.WINDOWS and is_from_internet(file),
        has_typeable_path=computer.system is not System.WINDOWS or _fits_code_page(interpreter),
    )


def _own_settings(computer: Computer) -> Settings | None:
    with suppress(RecoupError):
        return settings_for(computer)
    return None


def _fits_code_page(text: str) -> bool:
    try:
        text.encode("mbcs", "strict")
    except UnicodeEncodeError:
        return False
    except LookupError:  # not on Windows
        return True
    return True


def _copies(computer: Computer, excel: Excel) -> list[Path]:
    """Other files of the add-in's name where Excel looks, its startup folder included."""
    folders = [startup_folder(computer), *other_folders(computer, excel.program)]
    folders += [Path(excel.own_startup)] if excel.own_startup else []
    found = (file for folder in dict.fromkeys(folders) for file in _like_the_addin(folder))
    return [file for file in found if file != addin_place(computer)]


def _like_the_addin(folder: Path) -> Iterable[Path]:
    name = Path(ADDIN)
    with suppress(OSError):
        return sorted(
            p
            for p in folder.iterdir()
            if p.suffix.lower() in (name.suffix, ".xla") and p.stem.lower().startswith(name.stem)
        )
    return []


def _holds(file: Path, content: bytes) -> bool:
    with suppress(OSError):
        return file.read_bytes() == content
    return False
