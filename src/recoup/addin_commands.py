"""The commands about the Excel add-in, `recoup addin …`: they parse, call and print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

addin = typer.Typer(
    name="addin",
    help="Build the Excel add-in from its sources.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@addin.command()
def build(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where vba/ lies.")] = Path("addin"),
) -> None:
    """Make recoup.xlam and ribbon.xml from the VBA in FOLDER/vba and the buttons; always the same bytes."""
    from .addin.committed import build_files
    from .console import say

    for file in build_files(folder):
        say(f"Made {file}.")
