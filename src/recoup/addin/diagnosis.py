"""Judges the facts: what is well, what is worth knowing, and what somebody must do, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from recoup.addin.computer import System
from recoup.addin.facts import Facts, Installed
from recoup.addin.materials import ADDIN
from recoup.addin.packages import RECOUP
from recoup.addin.trust import judge_trust

INSTALL = "run `recoup addin install`"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: its topic, how it stands, what was found, and what to do where something must be done."""

    topic: str
    state: Literal["ok", "note", "act"]
    found: str
    remedy: str = ""


def diagnose(facts: Facts) -> list[Finding]:
    """All findings, in the order in which they are best settled."""
    return [
        *_python(facts),
        *_packages(facts),
        *_libraries(facts),
        *(_no_excel() if facts.system is System.OTHER else _addin(facts)),
        *(_windows(facts) if facts.system is System.WINDOWS else ()),
        *(_macos(facts) if facts.system is System.MACOS else ()),
        *_dialogs(facts),
        *_functions(facts),
    ]


def _no_excel() -> Iterator[Finding]:
    yield Finding(
        "Excel", "note", "Excel does not run on this system; every command works without the add-in."
    )


def _python(facts: Facts) -> Iterator[Finding]:
    python = facts.python
    found = f"Python {python.version}, {python.bits}-bit, {python.program}."
    if python.from_store:
        remedy = (
            "Install Python from python.org, and Recoup in it: the Microsoft Store's hides files from Excel."
        )
        yield Finding("Python", "act", found, remedy)
    else:
        yield Finding("Python", "ok", found)


def _packages(facts: Facts) -> Iterator[Finding]:
    wrong = [p for p in facts.packages if not p.fits and p.name != RECOUP]
    noted = next((p.found for p in facts.packages if p.name == RECOUP), "")
    if noted != facts.recoup:
        found = f"Recoup {facts.recoup} runs, but pip knows of {noted or 'none'}."
        yield Finding("Packages", "act", found, f"Run {_pip(facts)} install . in Recoup's folder.")
    for package in wrong:
        want = f"{package.name}{package.wanted}"
        found = f"{package.name} is {package.found}" if package.found else f"{package.name} is missing"
        yield Finding(
            "Packages", "act", f"{found}; {want} is needed.", f'Run {_pip(facts)} install "{want}".'
        )
    if not wrong:
        needed = len({p.name for p in facts.packages} - {RECOUP})
        yield Finding("Packages", "ok", f"The {needed} packages that Recoup {facts.recoup} needs are there.")


def _pip(facts: Facts) -> str:
    return f'"{facts.python.program}" -m pip'


def _libraries(facts: Facts) -> Iterator[Finding]:
    """The library of xlwings that Excel's worksheet functions load: its version and bits must be right."""
    version = next((p.found for p in facts.packages if p.name == "xlwings"), "")
    if facts.system is not System.WINDOWS or not version:
        return
    wanted = [
        f"xlwings{bits}-{version}.dll" for bits in ([facts.excel.bits] if facts.excel.bits else ("32", "64"))
    ]
    missing = [name for name in wanted if name not in facts.xlwings_libraries]
    if missing:
        remedy = f"Run {_pip(facts)} install --force-reinstall --no-deps xlwings=={version}."
        yield Finding("xlwings", "act", f"{missing[0]} is missing beside Python.", remedy)
    else:
        yield Finding("xlwings", "ok", f"{version}, with {' and '.join(wanted)}.")
    stale = [name for name in facts.xlwings_libraries if version not in name]
    if stale:
        yield Finding("xlwings", "note", f"{', '.join(stale)} of another xlwings lie unused beside Python.")


def _addin(facts: Facts) -> Iterator[Finding]:
    installed = facts.installed
    if installed is None:
        yield Finding("Add-in", "act", f"No {ADDIN} in {facts.startup}.", f"Quit Excel and {INSTALL}.")
    elif not installed.settings:
        remedy = f"Move it elsewhere, then {INSTALL}."
        yield Finding("Add-in", "act", f"{installed.file} was not made by Recoup or cannot be read.", remedy)
    else:
        yield from _version(installed, facts.recoup)
        yield from _interpreter(installed, facts.recoup)
    if installed and installed.from_internet:
        yield Finding(
            "Downloaded file",
            "act",
            f"Windows marks {installed.file} as downloaded from the internet.",
            "Right-click it, Properties, tick Unblock.",
        )
    yield from _copies(facts)
    for path in facts.synced:
        yield Finding(
            "Synced folder",
            "act",
            f"{path} lies in a folder that OneDrive, SharePoint or Dropbox keeps in step, and may be taken away.",
            f"Move it to a folder of this computer alone (make Recoup's environment anew there), then {INSTALL}.",
        )


def _version(installed: Installed, recoup: str) -> Iterator[Finding]:
    made_by = installed.settings["RECOUP_VERSION"]
    remedy = f"Quit Excel and {INSTALL}."
    if made_by != recoup:
        yield Finding(
            "Add-in", "act", f"{installed.file} was made by Recoup {made_by}, this is {recoup}.", remedy
        )
    elif not installed.is_current:
        found = f"{installed.file} is not what Recoup {recoup} makes: its buttons or functions are old or changed."
        yield Finding("Add-in", "act", found, remedy)
    else:
        yield Finding("Add-in", "ok", f"{installed.file}, of Recoup {made_by}.")


def _interpreter(installed: Installed, recoup: str) -> Iterator[Finding]:
    path, version = installed.interpreter, installed.interpreter_version
    if not path:
        yield Finding(
            "Interpreter", "act", f"{installed.file} names no Python.", f"Quit Excel and {INSTALL}."
        )
    elif not installed.interpreter_exists:
        found = f"The Python that the add-in starts is gone: {path}."
        yield Finding("Interpreter", "act", found, f"Quit Excel and {INSTALL}.")
    elif version != recoup:
        found = f"{path} has {f'Recoup {version}' if version else 'no Recoup'}, this is {recoup}."
        yield Finding(
            "Interpreter", "act", found, f"Quit Excel and {INSTALL} here, or install {recoup} there."
        )
    elif not installed.has_typeable_path:
        found = f"{path} holds letters that Excel's macros cannot find files by on this computer."
        remedy = (
            f"Make Recoup's environment in a folder with a plain name, such as C:\\Recoup, then {INSTALL}."
        )
        yield Finding("Interpreter", "act", found, remedy)
    elif not installed.is_this_python:
        yield Finding(
            "Interpreter", "note", f"The add-in starts another Python with the same Recoup: {path}."
        )
    else:
        yield Finding("Interpreter", "ok", f"{path}.")


def _copies(facts: Facts) -> Iterator[Finding]:
    for copy in facts.copies:
        yield Finding(
            "Copies",
            "act",
            f"{copy} is another copy, and Excel may load it instead.",
            "Quit Excel and delete that file.",
        )
    own = str(PurePath(facts.startup) / ADDIN).lower()
    for entry in facts.excel.listed_addins:
        named = entry.lower().replace("/r ", "").strip('" ')
        if ADDIN in named and named != own:
            found = f"Excel is told to open another copy: {entry}."
            yield Finding(
                "Copies", "act", found, "Untick Recoup in File > Options > Add-ins > Go, then restart Excel."
            )
    for entry in facts.excel.switched_off:
        if ADDIN in entry.lower():
            found = "Excel has switched the add-in off because it once crashed with it."
            remedy = "Enable it in File > Options > Add-ins > Manage: Disabled Items, then restart Excel."
            yield Finding("Switched off", "act", found, remedy)


def _windows(facts: Facts) -> Iterator[Finding]:
    excel = facts.excel
    if not excel.program and not excel.from_store:
        found = "Windows names no Excel of the desktop."
        remedy = "Install desktop Excel of Microsoft 365 or Excel 2016 or newer; Excel on the web loads no such add-in."
        yield Finding("Excel", "act", found, remedy)
        return
    if excel.from_store:
        found = "Excel is the Microsoft Store's, in which calls to Python often fail."
        yield Finding("Excel", "act", found, "Uninstall it and install Office from office.com.")
    else:
        bits = f"{excel.bits}-bit" if excel.bits else "32 or 64 bit is not told"
        yield Finding("Excel", "ok", f"{excel.program}, {bits}; either works with a Python of any kind.")
    for topic, state, found, remedy in judge_trust(excel, facts.startup):
        yield Finding(topic, state, found, remedy)


def _macos(facts: Facts) -> Iterator[Finding]:
    yield Finding(
        "Excel", "note", "On macOS the add-in has the ribbon only; worksheet functions need Windows."
    )
    if facts.installed and not facts.script_is_current:
        found = "The script by which Excel starts Python is missing or of another Recoup."
        yield Finding("Script", "act", found, f"Quit Excel and {INSTALL}.")


def _dialogs(facts: Facts) -> Iterator[Finding]:
    if not facts.has_windows and facts.system is not System.OTHER:
        found = "This Python has no tkinter: buttons can neither ask nor tell anything."
        remedy = f"Install Python again with 'tcl/tk and IDLE' ticked, and Recoup in it; then {INSTALL}."
        yield Finding("Dialogs", "act", found, remedy)


def _functions(facts: Facts) -> Iterator[Finding]:
    for book, addin in facts.led_away:
        found = f"Formulas of {book} name the add-in of another computer, {addin}, which is not here."
        remedy = "Bring the workbook to the front and click Freeze functions: it leads them back to this one."
        yield Finding("Functions", "act", found, remedy)
