"""What the command line and the ribbon do with a workbook file: open, run, save, and where to."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .books import open_book
from .books.base import Book
from .clearing import Clearing, clear, plan_clearing
from .importing import Imported, import_into
from .model import Problem, RecoupError
from .pipeline import Result
from .prepare import Ask, prepare
from .refresh import Run, Summary, check, missing_inputs, refresh
from .reports import Reports
from .upgrade import upgrade
from .workbook import check_version

Progress = Callable[[str], None]
SYNCED = ("onedrive", "dropbox", "sharepoint")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a refresh writes: in place, to a copy, or nowhere."""

    output: Path | None = None
    in_place: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Refreshed:
    """A finished refresh: its summary, the file written (None on a dry run) and what to say about it."""

    summary: Summary
    path: Path | None
    notice: str = ""


def open_workbook(path: Path, engine: str = "package") -> Book:
    """Open a Recoup workbook. Raises RecoupError when it is none, or when a newer Recoup made it."""
    book = open_book(path, engine)
    if "Claims" not in book.tables():
        raise RecoupError(
            f"{path.name} has no table Claims: it is no Recoup workbook, or the table was turned into a range; "
            "make one with `recoup new`, or take the newest backup."
        )
    check_version(book)
    return book


def make_workbook(path: Path, marketplace: str = "US") -> Path:
    """Write an empty workbook. Raises RecoupError when the file is there or the marketplace is unknown."""
    from .policy import load
    from .template import build_template

    if path.suffix.lower() != ".xlsx":
        raise RecoupError(f"{path.name}: a Recoup workbook ends in .xlsx; name it {path.stem}.xlsx.")
    if path.exists():
        raise RecoupError(f"{path} is already there; choose another name, nothing was changed.")
    if marketplace not in load().marketplaces:
        known = ", ".join(sorted(load().marketplaces))
        raise RecoupError(f"{marketplace} is no marketplace Recoup knows; choose one of {known}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    return build_template(path, marketplace=marketplace)


def import_files(
    path: Path,
    files: Sequence[Path],
    *,
    covers: str = "",
    all_columns: bool = False,
    in_place: bool = False,
    engine: str = "package",
    progress: Progress = lambda _: None,
) -> list[Imported]:
    """Put report files into the tabs of a workbook and save it; in a synced folder, a copy of it."""
    book = open_workbook(path, engine)
    _require(files)
    progress("Reading the files")
    done = import_into(book, files, covers=parse_period(covers), all_columns=all_columns)
    progress("Saving")
    if any(i.rows for i in done):
        book.save(_beside(path, "with imports") if is_synced(path) and not in_place else None)
    return done


def check_book(
    path: Path,
    run: Run,
    folders: Sequence[Path],
    *,
    engine: str = "package",
    progress: Progress = lambda _: None,
) -> tuple[Reports, list[Problem], Result]:
    """Read the workbook and the folders, and say what is wrong."""
    book = open_workbook(path, engine)
    files = _folders(book, folders)
    progress("Reading the reports")
    return check(book, run, files=files)


def refresh_book(
    path: Path,
    run: Run,
    folders: Sequence[Path],
    *,
    target: Target,
    engine: str = "package",
    progress: Progress = lambda _: None,
) -> Refreshed:
    """Refresh a workbook file; in a synced folder a copy is written beside it unless told otherwise."""
    _check_output(target.output, path)
    book = open_workbook(path, engine)
    files = _folders(book, folders)
    summary = refresh(book, run, files=files, progress=progress)
    if target.dry_run:
        return Refreshed(summary, None, "Dry run: nothing was written.")
    progress("Saving")
    copy, notice = target.output, ""
    if copy is None and is_synced(path) and not target.in_place:
        copy = _beside(path, f"refreshed {run.as_of}")
        notice = (
            f"{path.name} lies in a synced folder, where a save could overwrite what others type: the result is "
            f"{copy.name}. Close the book everywhere, then rename the copy to {path.name}, or use --in-place."
        )
    return Refreshed(summary, book.save(copy), notice)


def clear_book(
    path: Path,
    report: str,
    before: date | None,
    *,
    agree: Callable[[Clearing], bool],
    in_place: bool = False,
    engine: str = "package",
) -> tuple[Clearing, Path | None]:
    """Clear a report's tabs when ``agree`` says yes to the plan; a backup is made first, in a synced folder a copy.

    Returns the plan and the file written, None when there was nothing to clear or nobody agreed.
    """
    book = open_workbook(path, engine)
    clearing = plan_clearing(book, report, before)
    if not clearing.rows or not agree(clearing):
        return clearing, None
    clear(book, clearing)
    return clearing, book.save(_beside(path, "cleared") if is_synced(path) and not in_place else None)


def prepare_book(
    path: Path,
    run: Run,
    folders: Sequence[Path],
    *,
    target: Target,
    engine: str = "package",
    progress: Progress = lambda _: None,
) -> tuple[list[Ask], Path | None]:
    """Add a line for every record that is missing; what was added, and the file written (None: nothing to add)."""
    book = open_workbook(path, engine)
    files = _folders(book, folders)
    progress("Finding what is missing")
    added = prepare(book, missing_inputs(book, run, files=files))
    if not added or target.dry_run:
        return added, None
    progress("Saving")
    return added, book.save(_beside(path, "prepared") if is_synced(path) and not target.in_place else None)


def upgrade_book(
    path: Path, *, in_place: bool = False, engine: str = "package"
) -> tuple[list[str], Path | None]:
    """Bring a workbook of an older Recoup up to this one; what was done, and the file written (None: nothing)."""
    book = open_workbook(path, engine)
    done = upgrade(book)
    if not done:
        return done, None
    return done, book.save(_beside(path, "upgraded") if is_synced(path) and not in_place else None)


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.stem} {what}{path.suffix}")


def _check_output(output: Path | None, path: Path) -> None:
    if output is None:
        return
    if output.suffix.lower() != path.suffix.lower() or output.is_dir():
        raise RecoupError(
            f"--output {output}: name a workbook file that ends in {path.suffix}, as {path.name} does."
        )
    if not output.parent.is_dir():
        raise RecoupError(f"--output {output}: the folder {output.parent} is not there; make it first.")


def is_synced(path: Path) -> bool:
    """True for a folder that OneDrive, SharePoint or Dropbox keeps in step."""
    roots = [v for k, v in os.environ.items() if k.upper().startswith("ONEDRIVE") and v]
    folder = path.resolve().parent
    named = any(part.lower().startswith(SYNCED) for part in folder.parts)
    return named or any(folder.is_relative_to(Path(root).resolve()) for root in roots)


@dataclass(slots=True)
class Demo:
    """The demo's files and its refresh."""

    book: Path
    reports: list[Path]
    imported: list[Imported]
    refreshed: Refreshed


def make_demo(folder: Path, seed: int, run: Run, *, progress: Progress = lambda _: None) -> Demo:
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
    imported = import_files(book, [p for p in reports if p.name != "truth.json"], progress=progress)
    refreshed = refresh_book(book, run, [], target=Target(in_place=True), progress=progress)
    return Demo(book, reports, imported, refreshed)


def _folders(book: Book, named: Sequence[Path]) -> Sequence[Path]:
    """The folders named, else the Reports folder of Settings (relative to the workbook)."""
    rows = {str(r.get("Name")): r.get("Value") for r in book.read_table("Settings").records()}
    folder = str(rows.get("Reports folder") or "").strip()
    files = list(named) or ([book.path.parent / folder] if folder else [])
    _require(files)
    return files


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
