"""From a row of Evidence to the file it stands in: its link, its SHA-256, and its very cells while the file is there.

Decisions:
- The link's formula holds numbers and the digest only. The file's name is taken from its own cell of Evidence, cut
  to the file where that names a member of an archive or a sheet; the folder is taken from a line of RecoupMemory.
- A folder below the workbook or beside it is remembered relative to it, so that both may travel; another one as it is.
- The text of the link says line (of text) or row (of a workbook or Parquet file) and the SHA-256 of what the cell
  names: of the member, not of the archive. It stays as text when the file can no longer be linked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .memory import plain
from .model import Cell, Formula, Record
from .reports import Export, cited_rows

TO_FILE = (
    'HYPERLINK(INDEX(RecoupMemory[Value],MATCH("reports {0}",RecoupMemory[Key],0))'
    '&LEFT(Evidence[[#This Row],[Sheet or file]],{1}),"{2}")'
)
FOLDER = "folder"  # What of the lines of RecoupMemory that hold the folders
_LONGEST = 255  # of an address in Excel
_UNSAFE = re.compile(r"[\x00-\x1f#%*?\"<>|]")  # Excel takes # and % for its own
_BY_ROW = (".xlsx", ".xlsm", ".parquet", ".pq")
_PROOF = re.compile(r"(line|row) (\d+) · SHA-256 ([0-9a-f]{64})")


def as_text(link: Cell) -> Cell:
    """What stays of a link once its row may be gone: the proof of a file, nothing of a tab."""
    return plain(link) if _PROOF.fullmatch(plain(link)) else None


class SourceFiles:
    """The files of a run by the name that Evidence shows, and the folders they are linked through."""

    def __init__(self, files: Iterable[tuple[str, Path]], exports: Iterable[Export], book: Path) -> None:
        """``files`` are those listed, with the name to show; ``book`` is where the workbook stands."""
        self._digests = {e.where: e.sha256 for e in exports if e.sha256}
        self._places: dict[str, tuple[int, int]] = {}  # shown -> number of its folder, length of the name
        self._linked: dict[str, tuple[str, int, int]] = {}  # of a name, asked for once
        self.folders: list[str] = []
        for name, path in files:
            folder = path.as_posix().removesuffix(name)
            if folder and not _UNSAFE.search(name):
                shown = _folder_text(Path(folder), book)
                if shown not in self.folders:
                    self.folders.append(shown)
                self._places[name] = (self.folders.index(shown) + 1, len(name))

    def lines(self) -> list[Record]:
        """The lines of RecoupMemory that the links point at."""
        return [
            {"What": FOLDER, "Key": f"reports {n}", "Field": "", "Value": text}
            for n, text in enumerate(self.folders, 1)
        ]

    def proof(self, where: str, row: int) -> Cell:
        """The cell Link of a row of a file; None when nothing is known of it."""
        digest = self._digests.get(where)
        if not digest:
            return None
        if where not in self._linked:
            self._linked[where] = self._link(where)
        word, folder, length = self._linked[where]
        shown = f"{word} {row} · SHA-256 {digest}"
        return Formula(TO_FILE.format(folder, length, shown), shown) if folder else shown

    def _link(self, where: str) -> tuple[str, int, int]:
        """Line or row, the number of the folder, 0 for no link, and the length of the name."""
        folder, length = next((self._places[n] for n in _file_names(where) if n in self._places), (0, 0))
        if folder and _too_odd(self.folders[folder - 1], length):
            folder = 0
        return _word(where), folder, length


def _too_odd(folder: str, length: int) -> bool:
    """An address that Excel would not open."""
    return bool(_UNSAFE.search(folder)) or len(folder) + length > _LONGEST


def _folder_text(folder: Path, book: Path) -> str:
    """The folder as the workbook names it, with its last slash."""
    folder, home = Path(os.path.abspath(folder)), Path(os.path.abspath(book)).parent  # noqa: PTH100
    near = [home, home.parent] if len(home.parts) > 2 else [home]  # not: beside, from the top of a disk
    if not any(folder.is_relative_to(place) for place in near):
        return str(folder).rstrip(os.sep) + os.sep
    relative = Path(os.path.relpath(folder, home)).as_posix()
    if relative == ".":
        return "./"
    return f"{relative}/" if relative[0].isalnum() or relative.startswith("..") else f"./{relative}/"


def _file_names(where: str) -> list[str]:
    """What the file may be called: all of it, without its sheet, without the member of an archive."""
    names = [where, re.sub(r" \[[^\[]*\]$", "", where)]
    while "/" in names[-1]:
        names.append(names[-1].rpartition("/")[0])
    return names


def _word(where: str) -> str:
    return "row" if _file_names(where)[1].lower().endswith(_BY_ROW) else "line"


@dataclass(frozen=True, slots=True)
class Cited:
    """What became of one cited row: its cells as ``header: text``, or the sentence why they are not shown."""

    where: str
    place: str  # line 12, row 3
    sha256: str
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""


def look_up(evidence: Sequence[Record], memory: Sequence[Record], book: Path, since: str) -> list[Cited]:
    """The rows of files among these rows of Evidence, as they stand in the files now.

    ``since`` is the day of the run that cited them. A file that has other content now is not quoted.
    """
    bases = [plain(m.get("Value")) for m in memory if plain(m.get("What")) == FOLDER]
    wanted: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in evidence:
        match = _PROOF.search(plain(row.get("Link")))
        if match:
            key = (plain(row.get("Sheet or file")), match[3])
            wanted.setdefault(key, []).append((match[1], int(match[2])))
    found: list[Cited] = []
    for (where, digest), places in wanted.items():
        now, cells, problem = _read(where, digest, [n for _, n in places], bases, book, since)
        for word, number in dict.fromkeys(places):
            gone = "" if cells.get(number) or problem else "that row holds nothing now"
            found.append(Cited(where, f"{word} {number}", now, cells.get(number, {}), problem or gone))
    return found


def _read(
    where: str, digest: str, rows: Sequence[int], bases: Sequence[str], book: Path, since: str
) -> tuple[str, Mapping[int, dict[str, str]], str]:
    """(digest of the run, cells by row, what is wrong)."""
    changed = False
    for base in bases:
        for name in _file_names(where):
            path = book.parent / base / name
            if not _is_file(path):
                continue
            content = cited_rows(path, path.name + where.removeprefix(name), rows)
            if content is not None and content.sha256 == digest:
                return digest, content.rows, ""
            changed = True
    if changed:
        return digest, {}, f"the file has changed since the run of {since}"
    looked = f" (looked in {', '.join(bases)})" if bases else ""
    return digest, {}, f"the file of the run of {since} is not there any more{looked}"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
