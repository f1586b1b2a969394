"""The commands about the Excel add-in, `recoup addin …`: they parse, call and print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .addin.diagnosis import Finding
    from .addin.installing import Change

addin = typer.Typer(
    name="addin",
    help="The Excel add-in: put it into Excel, check it, pack it for IT.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_ROUNDS = 4  # in which pip is asked for packages, as a rule
_DONE = {
    "made": "Put {} there.",
    "replaced": "Put this Recoup's {} in the old one's place.",
    "removed": "Removed {}.",
    "same": "{} is there already, as it should be.",
    "absent": "{} is not there; nothing to remove.",
}
_MARKS = {"ok": "ok   ", "note": "note ", "act": "DO   "}


@addin.command()
def build(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where vba/ lies.")] = Path("addin"),
) -> None:
    """Make recoup.xlam and ribbon.xml from the VBA in FOLDER/vba and the buttons; always the same bytes."""
    from .addin.committed import build_files
    from .console import say

    for file in build_files(folder):
        say(f"Made {file}.")


@addin.command()
def install() -> None:
    """Put the add-in where Excel loads it, with this Python in it; no administrator needed. The same again is safe."""
    from .addin import installing
    from .addin.computer import this_computer
    from .console import say

    computer = this_computer()
    _print_changes(installing.install(computer))
    say(f"Its buttons start {installing.interpreter(computer)}.")
    say("Start Excel anew to see the Recoup tab; `recoup addin doctor` checks everything around it.")


@addin.command()
def uninstall() -> None:
    """Take away what install put there, and nothing else."""
    from .addin import installing
    from .addin.computer import this_computer

    _print_changes(installing.uninstall(this_computer()))


@addin.command()
def doctor(json: Json = False) -> None:
    """Check Python, packages, the add-in and Excel's settings, and say what to do. Exits with 1 when there is any."""
    from .addin.computer import this_computer
    from .addin.diagnosis import diagnose
    from .addin.facts import collect_facts

    raise typer.Exit(print_findings(diagnose(collect_facts(this_computer())), as_json=json))


@addin.command()
def bundle(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder, to hand to IT.")],
    python: Annotated[str, typer.Option(metavar="3.12", help="The Python on the PCs.")] = _THIS_PYTHON,
) -> None:
    """Make an offline package for Windows PCs: all wheels, the add-in, and a script that needs no administrator."""
    from .addin.bundle import download_with_pip, make_bundle
    from .addin.packages import own_distribution
    from .console import say
    from .progress import bar

    with bar(_ROUNDS) as step:
        files = make_bundle(folder, python, own_distribution(), download_with_pip(python, step))
    say(
        f"Made {folder}: {len(files)} files. On each PC run install.cmd in it, as the user who works in Excel."
    )


def _print_changes(changes: Sequence[Change]) -> None:
    from .console import say

    for change in changes:
        say(_DONE[change.done].format(change.file))


def print_findings(findings: Sequence[Finding], *, as_json: bool) -> int:
    """All findings, then how much there is to do. Returns the exit code."""
    import dataclasses

    from . import __version__
    from .console import print_json, say

    to_do = sum(f.state == "act" for f in findings)
    if as_json:
        lines = [dataclasses.asdict(f) for f in findings]
        print_json({"recoup": __version__, "to_do": to_do, "findings": lines})
    else:
        for f in findings:
            say(f"{_MARKS[f.state]}{f.topic}: {f.found}{' ' if f.remedy else ''}{f.remedy}")
        say(f"{to_do} thing{'s' * (to_do != 1)} to do." if to_do else "Nothing to do.")
    return 1 if to_do else 0
