"""`recoup score FOLDER`: which sellers a folder holds, and the score of all of them. A door: it may simulate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from ..model import RecoupError
from ..progress import Progress, unseen
from ..reports import read, read_files
from .running import Scored, nothing_yet, score_one
from .truth_file import NAME, Truth, read_truth

STEPS = 3  # of every seller, for a bar


@dataclass(frozen=True, slots=True)
class Seller:
    """One seller: a definition (``*.yaml``) to be simulated, or a folder of report files beside a truth."""

    name: str
    path: Path

    @property
    def simulated(self) -> bool:
        """True for a definition."""
        return self.path.is_file()


def find_sellers(folder: Path) -> list[Seller]:
    """The definitions and the sub-folders with a truth, by name; the folder itself when it holds a truth.

    RecoupError when the folder is not there or holds neither.
    """
    if not folder.is_dir():
        raise RecoupError(
            f"{folder} is not a folder; name one that holds seller definitions or reports with {NAME}."
        )
    if (folder / NAME).is_file():
        return [Seller(folder.resolve().name, folder)]
    definitions = [Seller(p.stem, p) for p in sorted(folder.glob("*.yaml"))]
    written = [Seller(p.parent.name, p.parent) for p in sorted(folder.glob(f"*/{NAME}"))]
    if not definitions and not written:
        raise RecoupError(
            f"{folder} holds no seller: neither a definition (*.yaml) nor a folder with a {NAME}."
        )
    return sorted([*definitions, *written], key=lambda s: s.name)


def score_sellers(sellers: Sequence[Seller], *, rivals: bool = True, progress: Progress = unseen) -> Scored:
    """Read every seller's files as a refresh does, score it and add up; files of a definition are thrown away.

    RecoupError for a definition or a truth that cannot be read.
    """
    scored = nothing_yet(rivals=rivals)
    with TemporaryDirectory(prefix="recoup-score-") as workplace:
        for seller in sellers:
            progress(f"Preparing {seller.name}")
            files, truth = open_seller(seller, Path(workplace))
            progress(f"Reading {seller.name}")
            reports = read(read_files(files))
            progress(f"Judging {seller.name}")
            score_one(scored, seller.name, reports, truth)
    return scored


def open_seller(seller: Seller, workplace: Path) -> tuple[list[Path], Truth]:
    """The report files and the truth of a seller; those of a definition are written into ``workplace`` first."""
    folder = seller.path
    if seller.simulated:
        folder = workplace / seller.name
        _write(seller.path, folder)
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != NAME]
    return files, read_truth(folder / NAME)


def _write(definition: Path, folder: Path) -> None:
    from ..simulator.definitions import read_definition

    try:
        read_definition(definition).simulate().write(folder)
    except (ValueError, TypeError, yaml.YAMLError) as error:
        raise RecoupError(f"{definition} is no seller definition Recoup reads ({error}).") from None
