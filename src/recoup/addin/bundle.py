"""An offline package for IT: all wheels, the add-in and a script for Windows that needs no administrator.

The folder appears whole or not at all. Decision: 64-bit Windows on Intel, for one version of Python; the add-in in it
is for looking at and scanning, since installing writes each computer's own Python into it.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import Distribution
from pathlib import Path

from packaging.specifiers import SpecifierSet

from recoup.addin.materials import ADDIN, addin_for
from recoup.addin.own_wheel import own_wheel
from recoup.addin.settings import Settings
from recoup.addin.wheels import Download, get_wheels
from recoup.books.refusals import refusal
from recoup.model import RecoupError
from recoup.progress import Progress, unseen

WHEELS, LIST, SCRIPT = "wheels", "requirements.txt", "install.cmd"

_VERSION = re.compile(r"3\.\d{1,2}")
_SCRIPT = r"""@echo off
rem Installs Recoup and its Excel add-in for the user who runs this: no administrator rights, no network.
rem It makes %LOCALAPPDATA%\Recoup\python and puts recoup.xlam into Excel's startup folder; nothing else.
rem To undo: run "%LOCALAPPDATA%\Recoup\python\Scripts\recoup.exe" addin uninstall, then delete %LOCALAPPDATA%\Recoup.
setlocal DisableDelayedExpansion
set "PLACE=%LOCALAPPDATA%\Recoup\python"
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"
set "PYLAUNCHER_ALLOW_INSTALL="
py -{python} -c "import struct, sys; sys.exit(struct.calcsize('P') != 8 or 'WindowsApps' in sys.base_prefix)" 2>nul
if errorlevel 1 goto no_python
py -{python} -m venv --clear "%PLACE%"
if errorlevel 1 goto in_use
"%PLACE%\Scripts\python.exe" -m pip --isolated install --quiet --disable-pip-version-check --no-index --no-cache-dir --find-links "%~dp0{wheels}" --require-hashes -r "%~dp0{list}"
if errorlevel 1 goto damaged
"%PLACE%\Scripts\recoup.exe" addin install
exit /b %errorlevel%
:no_python
echo Python {python} for 64-bit Windows is missing: install it from python.org ("Just for me" needs no administrator; the Microsoft Store's does not do), then run this again.
exit /b 1
:in_use
echo "%PLACE%" cannot be written: quit Excel and everything of Recoup, then run this again.
exit /b 1
:damaged
echo The packages beside this script are not whole: copy the folder anew, then run this again.
exit /b 1
"""  # noqa: E501 - lines of a script


def make_bundle(folder: Path, python: str, installed: Distribution, download: Download) -> list[Path]:
    """Make it for a Python such as 3.12; what is in it. Raises ``RecoupError`` with nothing written."""
    if not _VERSION.fullmatch(python):
        raise RecoupError(f"--python {python}: write the version as 3.12.")
    wanted = installed.metadata["Requires-Python"]
    if python not in SpecifierSet(wanted):
        raise RecoupError(f"--python {python}: Recoup needs {wanted}; name a newer one.")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise RecoupError(f"{folder} exists and is not empty; name a new folder.")
    name, wheel = own_wheel(installed)
    try:
        with tempfile.TemporaryDirectory(prefix=".recoup-bundle-", dir=folder.parent) as place:
            whole = Path(place) / "bundle"
            (whole / WHEELS).mkdir(parents=True)
            wheels = get_wheels(whole / WHEELS, installed.requires or (), python, download)
            own = whole / WHEELS / name
            own.write_bytes(wheel)
            (whole / ADDIN).write_bytes(addin_for(Settings()))
            (whole / LIST).write_text(_listed([own, *wheels]), encoding="utf-8", newline="\n")
            script = _SCRIPT.replace("{python}", python).replace("{wheels}", WHEELS).replace("{list}", LIST)
            (whole / SCRIPT).write_text(script, encoding="ascii", newline="\r\n")
            if folder.exists():
                folder.rmdir()
            whole.rename(folder)
    except OSError as error:
        raise refusal(error, folder) from error
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _listed(wheels: Sequence[Path]) -> str:
    """Each package with its version and the SHA-256 of its wheel, as pip checks them."""
    lines = []
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    return "".join(lines)


def download_with_pip(python: str, progress: Progress = unseen) -> Download:
    """Gets wheels for a Python on 64-bit Windows from the package index that pip is set to."""

    def download(folder: Path, needs: list[str]) -> None:
        progress(f"Getting {len(needs)} packages")
        choice = ["--only-binary=:all:", "--platform", "win_amd64", "--implementation", "cp"]
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
        done = subprocess.run(
            [*pip, *choice, "--python-version", python, "--dest", str(folder), *needs],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
            why = lines[-1].removeprefix("ERROR: ").rstrip(".")
            raise RecoupError(
                f"pip could not get the wheels for Python {python} ({why}); check the network, the package index and "
                "the version of Python, then run this again. Nothing was written."
            )

    return download
