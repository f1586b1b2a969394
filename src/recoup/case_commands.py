"""The commands for the papers of a case, `case` and `pack`: they parse, call and print, like `cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import BookPath, Claims, Denial, Engine, Json, Purpose, Tongue


def case(
    book: BookPath,
    claim_ids: Claims,
    purpose: Purpose = "file",
    language: Tongue = "",
    reason: Denial = "",
    json: Json = False,
    engine: Engine = "package",
) -> None:
    """Print the text of a case. Exits with 1 when a fact that Amazon asks for is missing."""
    from .case_papers import case_text, print_case_text

    text = case_text(book, claim_ids, purpose=purpose, language=language, reason=reason, engine=engine)
    raise typer.Exit(print_case_text(text, as_json=json))


def pack(
    book: BookPath,
    claim_ids: Claims,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the folder of the case goes.")],
    purpose: Purpose = "file",
    language: Tongue = "",
    reason: Denial = "",
    engine: Engine = "package",
) -> None:
    """Write the text of a case, its rows, its documents and a manifest into a folder."""
    from .case_papers import pack_case, print_pack

    done = pack_case(book, claim_ids, to, purpose=purpose, language=language, reason=reason, engine=engine)
    raise typer.Exit(print_pack(*done))


def add_case_commands(app: typer.Typer) -> None:
    """Put them on the command line."""
    for command in (case, pack):
        app.command()(command)
