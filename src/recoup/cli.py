"""The command line: `recoup --help`. A door: it parses, calls, prints; no logic lives here."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from .addin_commands import addin
from .case_commands import add_case_commands
from .options import AsOf, BookPath, Engine, Folder, InPlace, Json, Strict, read_day
from .progress import bar

if TYPE_CHECKING:
    from .run import Run

app = typer.Typer(
    name="recoup",
    help="Finds the money Amazon owes an FBA seller and proves it row by row.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _options(
    ctx: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,  # noqa: ARG001 - `main` reads it
) -> None:
    """Options before the command."""
    ctx.obj = _run


@app.command()
def new(
    book: BookPath, marketplace: Annotated[str, typer.Option(help="Home marketplace: US, UK, DE …")] = "US"
) -> None:
    """Make an empty workbook."""
    from .console import say
    from .doors import make_workbook

    say(f"Made {make_workbook(book, marketplace.upper())}. Next: recoup import {book} YOUR REPORT FILES")


@app.command("import")
def import_(
    book: BookPath,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Report files or folders.")],
    covers: Annotated[str, typer.Option(metavar="FROM:TO", help="The period the files cover.")] = "",
    all_columns: Annotated[
        bool, typer.Option("--all-columns", help="Keep columns Recoup does not use.")
    ] = False,
    in_place: InPlace = False,
    engine: Engine = "package",
) -> None:
    """Put report files into the tabs they belong to."""
    from .doors import import_files
    from .printing import print_imports, print_written

    with bar(2) as step:
        done, path = import_files(
            book,
            files,
            covers=covers,
            all_columns=all_columns,
            in_place=in_place,
            engine=engine,
            progress=step,
        )
    print_imports(done)
    print_written(book, path)


@app.command()
def check(
    book: BookPath, reports: Folder = None, as_of: AsOf = "", json: Json = False, engine: Engine = "package"
) -> None:
    """Read all reports and say what is wrong; writes nothing. Exits with 1 when there are errors."""
    from .doors import check_book
    from .printing import print_check

    with bar(3) as step:
        found = check_book(book, _run(as_of), reports or [], engine=engine, progress=step)
    raise typer.Exit(print_check(found, as_json=json))


@app.command()
def refresh(
    book: BookPath,
    reports: Folder = None,
    as_of: AsOf = "",
    output: Annotated[Path | None, typer.Option(help="Write a copy there; the book stays as it is.")] = None,
    in_place: InPlace = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    json: Json = False,
    strict: Strict = False,
    engine: Engine = "package",
) -> None:
    """Find claims and fill the sheets."""
    from .doors import refresh_book
    from .printing import print_refresh
    from .targets import Target

    target = Target(output=output, in_place=in_place, dry_run=dry_run)
    with bar(5) as step:
        done = refresh_book(book, _run(as_of), reports or [], target=target, engine=engine, progress=step)
    raise typer.Exit(print_refresh(done, as_json=json, strict=strict))


@app.command()
def prepare(
    book: BookPath,
    reports: Folder = None,
    as_of: AsOf = "",
    in_place: InPlace = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    engine: Engine = "package",
) -> None:
    """Add a line for every cost, measurement, receipt, shipment or document that claims wait for."""
    from .doors import prepare_book
    from .printing import print_prepared, print_written
    from .targets import Target

    target = Target(in_place=in_place, dry_run=dry_run)
    with bar(3) as step:
        added, path = prepare_book(
            book, _run(as_of), reports or [], target=target, engine=engine, progress=step
        )
    print_prepared(added, path)
    print_written(book, path)


@app.command()
def explain(
    book: BookPath,
    claim_id: Annotated[str, typer.Argument(metavar="CLAIM_ID")],
    json: Json = False,
    engine: Engine = "package",
) -> None:
    """Show the rows a claim stands on, and derive it again from them."""
    from .explain import explain as derive
    from .printing import print_explanation
    from .workbook import open_workbook

    raise typer.Exit(print_explanation(derive(open_workbook(book, engine), claim_id), as_json=json))


@app.command()
def clear(
    book: BookPath,
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help='A report tab, such as "Inventory Ledger".')
    ],
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="Only rows dated before this day.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    in_place: InPlace = False,
    engine: Engine = "package",
) -> None:
    """List what loses its source, back up, and empty a report tab but for its headings."""
    from .clearing import Clearing
    from .doors import clear_book
    from .printing import print_cleared, print_clearing, print_written

    def agree(plan: Clearing) -> bool:
        print_clearing(plan)
        asks = sys.stdin.isatty() and not yes and not dry_run
        return not asks or typer.confirm(f"Clear {plan.rows:,} rows?")

    day = _day(before, "--before") if before else None
    plan, path = clear_book(book, report, day, agree=agree, in_place=in_place, dry_run=dry_run, engine=engine)
    print_cleared(plan, path)
    print_written(book, path)


@app.command()
def tidy(book: BookPath, in_place: InPlace = False, engine: Engine = "package") -> None:
    """Sort Claims by priority, what is finished below. Nothing else moves rows."""
    from .doors import tidy_book
    from .printing import print_tidied, print_written

    moved, path = tidy_book(book, in_place=in_place, engine=engine)
    print_tidied(moved)
    print_written(book, path)


@app.command()
def upgrade(book: BookPath, in_place: InPlace = False, engine: Engine = "package") -> None:
    """Bring a workbook made by an older Recoup up to this one."""
    from .doors import upgrade_book
    from .printing import print_upgrade, print_written

    done, path = upgrade_book(book, in_place=in_place, engine=engine)
    print_upgrade(done, path)
    print_written(book, path)


@app.command()
def merge(
    books: Annotated[
        list[Path],
        typer.Argument(
            metavar="[BASE] MINE THEIRS",
            help="The copy both started from (leave it out where it is gone), your copy, the other one.",
        ),
    ],
    output: Annotated[Path, typer.Option(metavar="BOOK", help="The merged workbook, a new file.")],
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when there are conflicts.")] = False,
    engine: Engine = "package",
) -> None:
    """Merge two people's work on copies of one workbook, field by field, into a new file."""
    from .sharing import merge_files
    from .sharing_printing import print_merge

    with bar(3) as step:
        done = merge_files(books, output, _run(""), engine=engine, progress=step)
    raise typer.Exit(print_merge(done, as_json=json, strict=strict))


@app.command()
def journal(
    book: BookPath,
    undo: Annotated[str, typer.Option(metavar="ID", help="Put back what this line changed.")] = "",
    claim: Annotated[str, typer.Option(metavar="CLAIM_ID", help="Only lines of this claim.")] = "",
    last: Annotated[int, typer.Option(min=1, help="How many lines.")] = 20,
    json: Json = False,
    in_place: InPlace = False,
    engine: Engine = "package",
) -> None:
    """List the newest changes of people and Recoup, or undo one."""
    from .printing import print_written
    from .sharing import journal_lines, undo_line
    from .sharing_printing import print_journal, print_undone

    if not undo:
        print_journal(journal_lines(book, claim=claim, last=last, engine=engine), as_json=json)
        return
    done, path = undo_line(book, undo, _run(""), in_place=in_place, engine=engine)
    print_undone(done, undo, as_json=json)
    if not json:
        print_written(book, path)


@app.command()
def policy(
    on: Annotated[
        str, typer.Option("--on", metavar="YYYY-MM-DD", help="The day asked about (default: today).")
    ] = "",
    marketplace: Annotated[str, typer.Option(help="US, UK, DE …")] = "US",
    denials: Annotated[
        bool, typer.Option("--denials", help="What to do about a denial, reason by reason.")
    ] = False,
    json: Json = False,
) -> None:
    """Show the windows, caps and values in force, with source and certainty."""
    from .due_printing import print_plays
    from .policy import load
    from .printing import print_policy

    show = print_plays if denials else print_policy
    show(load(), _day(on, "--on"), marketplace.upper(), as_json=json)


@app.command()
def score(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Seller definitions (*.yaml), or folders of reports with truth.json."
        ),
    ],
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables as in the README.")] = False,
    rivals: Annotated[bool, typer.Option(help="Score public rule sets beside Recoup.")] = True,
) -> None:
    """Compare the claims for sellers whose truth is known with that truth, kind by kind."""
    from .score.sellers import STEPS, find_sellers, score_sellers
    from .score.table import print_score

    sellers = find_sellers(folder)
    with bar(STEPS * len(sellers)) as step:
        done = score_sellers(sellers, rivals=rivals, progress=step)
    print_score(done, as_json=json, markdown=markdown)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where the demo goes.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Another seller per number.")] = 7,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day of the demo.")
    ] = "2026-11-15",
) -> None:
    """Make a plausible US seller, import the reports, refresh, and sum up."""
    from .doors import make_demo
    from .printing import print_demo

    with bar(8) as step:
        done = make_demo(folder, seed, _run(as_of), progress=step)
    print_demo(done)


def main() -> NoReturn:
    """Run a command; every mistake is one sentence and an exit code."""
    debug = "--debug" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--debug"]
    from .console import ready_for_any_text

    ready_for_any_text()
    try:
        code: Any = app(args=words, standalone_mode=False)
    except BaseException as error:
        code = _explain_error(error, debug)
    sys.exit(code if isinstance(code, int) else 0)


def _explain_error(error: BaseException, debug: bool) -> int:
    from .console import say_error
    from .model import RecoupError

    if isinstance(error, (typer.Exit, SystemExit)):
        return int(getattr(error, "exit_code", getattr(error, "code", 0)) or 0)
    if debug and not isinstance(error, typer.TyperException):
        import traceback

        say_error(traceback.format_exc())
    if isinstance(error, typer.TyperException):
        show = getattr(error, "show", None)
        show() if show else say_error(str(error))
        return 2
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        say_error("Stopped; the workbook was not changed.")
        return 4
    if isinstance(error, RecoupError):
        say_error(f"recoup: {error}")
        return int(getattr(error, "exit_code", 2))
    if isinstance(error, OSError) and error.filename:
        say_error(f"recoup: {error.filename}: {error.strerror}; check the drive and your rights there.")
        return 1
    say_error(
        f"recoup: internal error ({type(error).__name__}: {error}). Run again with --debug and report it."
    )
    return 4


def _run(as_of: str) -> Run:
    from .clock import run_now

    return run_now(_day(as_of, "--as-of"))


def _day(typed: str, option: str) -> date:
    from .clock import today

    return read_day(typed, option) if typed else today()


add_case_commands(app)
app.add_typer(addin)


if __name__ == "__main__":
    main()
