"""What the command line and the ribbon do with a workbook file: open, run and save."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .books.base import Book
from .books.locks import refuse_if_open
from .books.refusals import refusal
from .books.run_lock import only_run
from .books.saving import replace_file
from .clearing import Clearing, clear, plan_clearing
from .importing import Imported, import_into
from .model import Problem, RecoupError
from .pipeline import Result
from .prepare import Ask, prepare
from .progress import Progress, unseen
from .refresh import check, missing_inputs, refresh
from .report_workers import shelf_for
from .reports import Reports
from .reports_folder import report_files
from .result_sheets import Summary
from .run import Run
from .targets import Target, copy_notice, place_of, place_of_refresh
from .tidying import tidy
from .upgrade import upgrade
from .workbook import backups_kept, open_workbook


@dataclass(slots=True)
class Refreshed:
    """A finished refresh: its summary, the file written (None on a dry run) and what to say about it."""

    summary: Summary
    path: Path | None
    notice: str = ""


@contextmanager
def opened_to_write(path: Path, to: Path, engine: str) -> Iterator[Book]:
    """Open a workbook to be saved as ``to``: nobody else's run writes there until it is done.

    Raises ``BookLocked`` at once, not only at the end, when somebody has the file open.
    """
    try:
        there, target = path.is_file(), to.resolve()
    except OSError as error:
        raise refusal(error, path) from error
    if not there:
        yield open_workbook(path, engine)
        return
    for name in {to, target}:
        refuse_if_open(name)
    with only_run(target):
        book = open_workbook(path, engine)
        book.keep = backups_kept(book)
        yield book


def make_workbook(path: Path, marketplace: str = "US") -> Path:
    """Write an empty workbook. Raises RecoupError when the file is there or the marketplace is unknown."""
    from .policy import load
    from .template import draw_template

    if path.suffix.lower() != ".xlsx":
        raise RecoupError(f"{path.name}: a Recoup workbook ends in .xlsx; name it {path.stem}.xlsx.")
    if marketplace not in load().marketplaces:
        known = ", ".join(sorted(load().marketplaces))
        raise RecoupError(f"{marketplace} is no marketplace Recoup knows; choose one of {known}.")

    def refuse_another() -> None:
        if path.exists():
            raise RecoupError(f"{path} is already there; choose another name, nothing was changed.")

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(error, path) from error
    with only_run(path.resolve()) as alone:
        refuse_another()
        replace_file(path, draw_template(marketplace), refuse_another, alone=alone)
    return path


def import_files(
    path: Path,
    files: Sequence[Path],
    *,
    covers: str = "",
    all_columns: bool = False,
    in_place: bool = False,
    engine: str = "package",
    progress: Progress = unseen,
) -> tuple[list[Imported], Path | None]:
    """Put report files into the tabs of a workbook and save it; in a synced folder, a copy of it.

    Returns what became of each file, and the file written (None when no file had rows).
    """
    to = place_of(path, "with imports", in_place)
    with opened_to_write(path, to, engine) as book:
        _require(files)
        progress("Reading the files")
        done = import_into(
            book, files, covers=parse_period(covers), all_columns=all_columns, progress=progress
        )
        progress("Saving")
        return done, book.save(to) if any(i.rows for i in done) else None


def check_book(
    path: Path,
    run: Run,
    folders: Sequence[Path],
    *,
    engine: str = "package",
    progress: Progress = unseen,
) -> tuple[Reports, list[Problem], Result]:
    """Read the workbook and the folders, and say what is wrong."""
    return check_opened(open_workbook(path, engine), run, folders, progress=progress)


def check_opened(
    book: Book, run: Run, folders: Sequence[Path], *, progress: Progress
) -> tuple[Reports, list[Problem], Result]:
    """Read an open workbook and the folders, and say what is wrong."""
    files = report_files(book, folders)
    progress("Reading the reports")
    return check(book, run, files=files, shelf=shelf_for(files), progress=progress)


def refresh_book(
    path: Path,
    run: Run,
    folders: Sequence[Path],
    *,
    target: Target,
    engine: str = "package",
    progress: Progress = unseen,
) -> Refreshed:
    """Refresh a workbook file; in a synced folder a copy is written beside it unless told otherwise."""
    if target.dry_run:
        book = open_workbook(path, engine)
        summary = refresh_opened(book, run, folders, progress=progress, at=path)
        return Refreshed(summary, None, "Dry run: nothing was written.")
    to = place_of_refresh(path, run.as_of, target)
    with opened_to_write(path, to, engine) as book:
        summary = refresh_opened(book, run, folders, progress=progress, at=to)
        progress("Saving")
        written = book.save(to)
    return Refreshed(summary, written, "" if target.output else copy_notice(path, written))


def refresh_opened(
    book: Book, run: Run, folders: Sequence[Path], *, progress: Progress, at: Path | None = None
) -> Summary:
    """Refresh an open workbook, which will be saved as ``at``; the caller saves it."""
    files = report_files(book, folders)
    return refresh(book, run, files=files, shelf=shelf_for(files), progress=progress, at=at)


def clear_book(
    path: Path,
    report: str,
    before: date | None,
    *,
    agree: Callable[[Clearing], bool],
    in_place: bool = False,
    dry_run: bool = False,
    engine: str = "package",
) -> tuple[Clearing, Path | None]:
    """Clear a report's tabs when ``agree`` says yes to the plan; a backup is made first, in a synced folder a copy.

    Returns the plan and the file written, None when there was nothing to clear or nobody agreed.
    """
    if dry_run:
        clearing = plan_clearing(open_workbook(path, engine), report, before)
        agree(clearing)
        return clearing, None
    to = place_of(path, "cleared", in_place)
    with opened_to_write(path, to, engine) as book:
        clearing = plan_clearing(book, report, before)
        if not clearing.rows or not agree(clearing):
            return clearing, None
        clear(book, clearing)
        return clearing, book.save(to)


def tidy_book(path: Path, *, in_place: bool = False, engine: str = "package") -> tuple[int, Path | None]:
    """Sort Claims by priority; how many rows moved, and the file written (None when none did)."""
    to = place_of(path, "tidied", in_place)
    with opened_to_write(path, to, engine) as book:
        moved = tidy(book)
        return moved, book.save(to) if moved else None


def prepare_book(
    path: Path,
    run: Run,
    folders: Sequence[Path],
    *,
    target: Target,
    engine: str = "package",
    progress: Progress = unseen,
) -> tuple[list[Ask], Path | None]:
    """Add a line for every record that is missing; what was added, and the file written (None: nothing to add)."""
    if target.dry_run:
        return prepare_opened(open_workbook(path, engine), run, folders, progress=progress), None
    to = place_of(path, "prepared", target.in_place)
    with opened_to_write(path, to, engine) as book:
        added = prepare_opened(book, run, folders, progress=progress)
        if not added:
            return added, None
        progress("Saving")
        return added, book.save(to)


def prepare_opened(book: Book, run: Run, folders: Sequence[Path], *, progress: Progress) -> list[Ask]:
    """Add a line for every record that is missing to an open workbook; the caller saves it."""
    files = report_files(book, folders)
    progress("Finding what is missing")
    return prepare(book, missing_inputs(book, run, files=files, shelf=shelf_for(files), progress=progress))


def upgrade_book(
    path: Path, *, in_place: bool = False, engine: str = "package"
) -> tuple[list[str], Path | None]:
    """Bring a workbook of an older Recoup up to this one; what was done, and the file written (None: nothing)."""
    to = place_of(path, "upgraded", in_place)
    with opened_to_write(path, to, engine) as book:
        done = upgrade(book)
        return done, book.save(to) if done else None


@dataclass(slots=True)
class Demo:
    """The demo's files and its refresh."""

    book: Path
    reports: list[Path]
    imported: list[Imported]
    refreshed: Refreshed


def make_demo(folder: Path, seed: int, run: Run, *, progress: Progress = unseen) -> Demo:
    """Simulate a seller, write the reports, make a workbook, import and refresh it."""
    from .simulator import simulate

    if folder.exists() and not folder.is_dir():
        raise RecoupError(f"{folder} is a file: name a folder for the demo.")
    book = folder / "recoup_demo.xlsx"
    book.unlink(missing_ok=True)
    progress("Simulating a seller")
    reports = simulate(seed, as_of=run.as_of).write(folder / "reports")
    progress("Making the workbook")
    make_workbook(book)
    files = [p for p in reports if p.name != "truth.json"]
    imported, _ = import_files(book, files, in_place=True, progress=progress)
    refreshed = refresh_book(book, run, [], target=Target(in_place=True), progress=progress)
    return Demo(book, reports, imported, refreshed)


def _require(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise RecoupError(f"{path} is not there; check the name.")


def parse_period(text: str) -> tuple[date, date] | None:
    """`2026-01-01:2026-06-30` as two days, None for ""; RecoupError when it is not two days in order."""
    if not text:
        return None
    first, _, last = text.partition(":")
    try:
        days = (date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        days = (date.max, date.min)
    if days[0] > days[1]:
        raise RecoupError(f"--covers {text}: write two days in order, such as 2026-01-01:2026-06-30.")
    return days
