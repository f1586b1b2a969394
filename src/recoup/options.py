"""Options that several commands of the command line share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

BookPath = Annotated[Path, typer.Argument(metavar="BOOK", help="The Recoup workbook (.xlsx, .xlsm).")]
Engine = Annotated[str, typer.Option(help="How the workbook is read and written: package or openpyxl.")]
InPlace = Annotated[bool, typer.Option("--in-place", help="Write in place also in a synced folder.")]
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="Judge as on this day (default: today).")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Folder = Annotated[
    list[Path] | None, typer.Option("--reports", help="Also read the report files in this folder.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 when Checks lists errors.")]
Claims = Annotated[list[str], typer.Argument(metavar="CLAIM_ID…", help="Ids from Claims, one case together.")]
Purpose = Annotated[str, typer.Option(help="What the text is for: file, chase, answer or appeal.")]
Tongue = Annotated[
    str,
    typer.Option("--language", metavar="XX", help="en, de, fr, it, es or ja (default: the marketplace's)."),
]
Denial = Annotated[
    str,
    typer.Option(metavar="WHY", help="Of an appeal: Amazon's reason (default: Decision reason on Cases)."),
]


def read_day(typed: str, option: str) -> date:
    """A day as it was typed behind an option."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(f"{typed} is not a day; write it as 2026-11-15", param_hint=option) from None
