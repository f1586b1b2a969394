"""The commands about cases, from `start` to `pack`: they parse, call and print, like `cli`, which gives the clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import (
    AsOf,
    BookPath,
    Claims,
    Denial,
    Engine,
    Folder,
    InPlace,
    Json,
    Purpose,
    Tongue,
    read_day,
)

if TYPE_CHECKING:
    from .case_acts import Done

ClaimIds = Annotated[list[str], typer.Argument(metavar="CLAIM_ID…", help="Ids as on Claims.")]


def start(
    ctx: typer.Context,
    book: BookPath,
    claim_ids: ClaimIds,
    reports: Folder = None,
    as_of: AsOf = "",
    in_place: InPlace = False,
    engine: Engine = "package",
) -> None:
    """Start a case from claims: a Draft on Cases. Refuses what would be filed twice, too early or too late."""
    from .case_doors import start_book

    _say(book, *start_book(book, ctx.obj(as_of), claim_ids, reports or [], in_place=in_place, engine=engine))


def dismiss(
    ctx: typer.Context,
    book: BookPath,
    claim_ids: ClaimIds,
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why.")],
    as_of: AsOf = "",
    in_place: InPlace = False,
    engine: Engine = "package",
) -> None:
    """Move claims to Not Claimed, dismissed by you, with the reason."""
    from .case_doors import dismiss_book

    _say(book, *dismiss_book(book, ctx.obj(as_of), claim_ids, because, in_place=in_place, engine=engine))


def record(
    ctx: typer.Context,
    book: BookPath,
    case: Annotated[str, typer.Argument(metavar="CASE", help="A Case, a claim in it, or Amazon's case id.")],
    stage: Annotated[str, typer.Option(metavar="STAGE", help="Filed, Info requested, Denied, Paid …")] = "",
    case_id: Annotated[str, typer.Option("--case-id", metavar="ID", help="Amazon's case id.")] = "",
    filed_on: Annotated[
        str, typer.Option("--filed-on", metavar="DAY", help="Default: as on Cases, else today.")
    ] = "",
    filed_by: Annotated[
        str, typer.Option("--filed-by", metavar="NAME", help="Default: as on Cases, else you.")
    ] = "",
    checked: Annotated[bool, typer.Option("--checked", help="You checked it; a colleague files it.")] = False,
    owner: Annotated[str, typer.Option(metavar="NAME", help="Who looks after the case.")] = "",
    answer: Annotated[str, typer.Option(metavar="TEXT", help="What Amazon answered or asks.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Amazon's reason, word for word.")] = "",
    paid: Annotated[str, typer.Option(metavar="AMOUNT", help="What Amazon says it paid: 25.00 USD.")] = "",
    evidence: Annotated[str, typer.Option(metavar="TEXT", help="New evidence, for an appeal.")] = "",
    attachment: Annotated[str, typer.Option(metavar="FILE", help="A file or link for Case Log.")] = "",
    next_action: Annotated[str, typer.Option("--next-action", metavar="TEXT", help="What to do next.")] = "",
    follow_up: Annotated[str, typer.Option("--follow-up", metavar="DAY", help="Default: by policy.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Added to Notes.")] = "",
    reports: Folder = None,
    as_of: AsOf = "",
    in_place: InPlace = False,
    engine: Engine = "package",
) -> None:
    """Record what happened to a case in all its rows, on Case Log and in the Journal."""
    from .case_doors import record_book
    from .case_record import Entry

    run = ctx.obj(as_of)
    cells = {
        "Stage": stage,
        "Amazon case ID": case_id,
        "Filed on": _day(filed_on, "--filed-on"),
        "Filed by": filed_by,
        "Checked by": run.who if checked else "",
        "Owner": owner,
        "Amazon answer": answer,
        "Decision reason": reason,
        "Next action": next_action,
        "Follow up on": _day(follow_up, "--follow-up"),
    }
    entry = Entry(cells, note, paid, evidence, attachment)
    done = record_book(book, run, case, entry, reports or [], in_place=in_place, engine=engine)
    _say(book, *done)


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


def due(
    ctx: typer.Context,
    book: BookPath,
    days: Annotated[int, typer.Option("--days", metavar="N", help="How far ahead.")] = 7,
    missed: Annotated[
        bool, typer.Option("--missed", help="Also what was missed, by week, cause and owner.")
    ] = False,
    as_of: AsOf = "",
    json: Json = False,
    engine: Engine = "package",
) -> None:
    """List what is overdue, due today and due soon: filings, follow-ups, answers, appeals, disputes."""
    from .case_doors import due_book
    from .due_printing import print_due

    ahead = due_book(book, ctx.obj(as_of), days, engine=engine)
    print_due(book, ahead, missed=missed, as_json=json)


def add_case_commands(app: typer.Typer) -> None:
    """Add the commands to the program, whose context makes a run of an --as-of."""
    for command in (start, dismiss, record, due, case, pack):
        app.command()(command)


def _day(typed: str, option: str) -> date | None:
    return read_day(typed, option) if typed else None


def _say(book: Path, done: Done, path: Path) -> None:
    from .console import say
    from .printing import print_written

    for sentence in done.said:
        say(sentence)
    print_written(book, path)
