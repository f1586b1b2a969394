"""Where a command writes: the workbook itself, a copy beside it in a synced folder, or the copy that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .books.refusals import refusal
from .books.synced import is_synced
from .model import RecoupError
from .workbook import open_workbook


@dataclass(frozen=True, slots=True)
class Target:
    """Where a refresh writes: in place, to a copy, or nowhere."""

    output: Path | None = None
    in_place: bool = False
    dry_run: bool = False


def place_of(path: Path, what: str, in_place: bool) -> Path:
    """Where a command writes: the workbook itself; in a synced folder a new copy, unless told otherwise.

    Raises RecoupError when that copy is there already: what it holds is not in the workbook yet.
    """
    if in_place or not is_synced(path):
        return path
    copy = _beside(path, what)
    if copy.exists():
        raise RecoupError(
            f"{copy.name} is still there from an earlier run, and {path.name} does not hold its changes: close the "
            f"book everywhere and rename the copy to {path.name}, or delete it; then run again, or use --in-place."
        )
    return copy


def place_of_refresh(path: Path, as_of: date, target: Target) -> Path:
    """Where a refresh writes: an earlier copy is replaced.

    Raises RecoupError for any other file that is there, and for an --output that cannot be.
    """
    to = target.output
    if to is None:
        to = path if target.in_place or not is_synced(path) else _beside(path, f"refreshed {as_of}")
    else:
        _check_output(path, to)
    if to != path and to.exists():
        try:
            open_workbook(to)
        except RecoupError as error:
            raise RecoupError(
                f"{to} is there already and is no earlier copy of a Recoup workbook ({str(error).rstrip('.')}); "
                "choose another name. Nothing was changed."
            ) from error
    return to


def copy_notice(path: Path, written: Path | None) -> str:
    """How to take over the copy that was written instead of the workbook; "" when there is none."""
    if written is None or written == path.resolve() or not is_synced(path):
        return ""
    return (
        f"{path.name} lies in a synced folder, where a save could overwrite what others type: the result is "
        f"{written.name}. Close the book everywhere, then rename the copy to {path.name}, or use --in-place."
    )


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.stem} {what}{path.suffix}")


def _check_output(path: Path, output: Path) -> None:
    try:
        output.exists()
    except OSError as error:
        raise refusal(error, output) from error
    if output.suffix.lower() != path.suffix.lower() or output.is_dir():
        raise RecoupError(
            f"--output {output}: name a workbook file that ends in {path.suffix}, as {path.name} does."
        )
    if not output.parent.is_dir():
        raise RecoupError(f"--output {output}: the folder {output.parent} is not there; make it first.")
    if output.resolve() == path.resolve():
        raise RecoupError(
            f"--output {output} is the workbook itself; leave --output out to refresh it in place, or name a copy."
        )
