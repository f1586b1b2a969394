"""Round trips over public workbooks: Recoup's sheets are added to each, written to, and all else must be the same.

Nothing is committed: give a folder of .xlsx and .xlsm files, for example from shallow clones of ClosedXML/ClosedXML,
jmcnamara/XlsxWriter, tafia/calamine, EPPlusSoftware/EPPlus, qax-os/excelize, SheetJS/test_files, apache/poi,
dotnet/Open-XML-SDK, exceljs/exceljs, PHPOffice/PhpSpreadsheet, nissl-lab/npoi, JanMarvin/openxlsx2, tidyverse/readxl,
MathNya/umya-spreadsheet, mini-software/MiniExcel and roo-rb/roo (all on GitHub; in a clone:
``git ls-files '*.xlsx' '*.xlsm'``). Then: ``RECOUP_CORPUS=FOLDER pytest -m slow tests/test_corpus.py -s``, or
``python tests/corpus.py FOLDER [--keep FOLDER] [--soffice]``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import fastexcel
import openpyxl

from book_compare import Mine, Written, differences
from grafting import NotGraftedError, graft
from recoup.books import open_book
from recoup.books.base import BookError, NameMissing
from recoup.books.cells import column_index
from recoup.books.package import Package
from recoup.books.package_book import PackageBook
from recoup.books.workbook_part import WorkbookPart

Write = Callable[[PackageBook], tuple[Written, list[str]]]
LARGE = 10_000_000  # bytes of worksheets
AS_OF = date(2025, 6, 1)
CASES = [
    {"Claim ID": f"LW-{i:05}", "Case": f"C-{i}", "Units": i, "Event date": AS_OF, "Kind": 'lost <&> "it\'s"'}
    for i in range(1, 8)
]


@dataclass(slots=True)
class Outcome:
    """What became of one workbook: refused with a sentence, or what differed and should not."""

    path: Path
    refused: str = ""
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    saved: list[Path] = field(default_factory=list)


def workbooks(folder: Path) -> list[Path]:
    """All workbooks below a folder, in a steady order."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".xlsx", ".xlsm") and p.is_file())


def prove(path: Path, work: Path, number: int = 0) -> Outcome:
    """Both round trips of one workbook: with Recoup's sheets, and with its own tables and names."""
    outcome = Outcome(path)
    data = path.read_bytes()
    try:
        book = open_book(path)
    except BookError as error:
        outcome.refused = str(error)
        return outcome
    plain = work / f"{number:05}{path.suffix.lower()}"
    plain.write_bytes(data)
    opens = {opener: _opens(opener, plain) for opener in OPENERS}
    trips: list[tuple[str, Write]] = [("own tables", write_theirs)]
    grafted = work / f"{number:05} recoup{path.suffix.lower()}"
    try:
        grafted.write_bytes(graft(data))
        trips.append(("with Recoup", write_ours))
    except NotGraftedError as error:
        outcome.notes.append(f"not grafted: {error}")
    del book
    for (what, write), source in zip(trips, (plain, grafted), strict=False):
        _trip(outcome, what, write, source, opens)
    return outcome


def _trip(outcome: Outcome, what: str, write: Write, source: Path, opens: dict[str, str]) -> None:
    target = source.with_name(f"{source.stem} saved{source.suffix}")
    try:
        book = open_book(source)
        assert isinstance(book, PackageBook)
        written, refused = write(book)
        outcome.notes += [f"{what}: {r}" for r in refused]
        if not written.cells:
            return
        book.save(target)
    except BookError as error:
        outcome.notes.append(f"{what}: {error}")
        return
    except Exception as error:
        outcome.failures.append(f"{what}: {type(error).__name__}: {error}")
        return
    outcome.failures += [
        f"{what}: {d}" for d in differences(source.read_bytes(), target.read_bytes(), written)
    ]
    outcome.notes += [f"{what}: not opened with {o}: too large" for o, p in opens.items() if "TooLarge" in p]
    for opener, problem in opens.items():
        now = _opens(opener, target) if not problem else ""
        if now and _opens(opener, source):
            outcome.notes.append(f"{what}: {opener} opens it neither before nor after")
        elif now:
            outcome.failures.append(f"{what}: {opener} no longer opens it: {now}")
    outcome.saved.append(target)


# ---- openers


class TooLargeError(Exception):
    """openpyxl would take minutes and gigabytes."""


def _openpyxl(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        if sum(i.file_size for i in package.infolist() if "/worksheets/" in i.filename) > LARGE:
            raise TooLargeError
    openpyxl.load_workbook(path, keep_vba=path.suffix == ".xlsm").close()


def _fastexcel(path: Path) -> None:
    reader = fastexcel.read_excel(str(path))
    for name in reader.sheet_names:
        reader.load_sheet(name, header_row=None, n_rows=50, dtypes="string")


OPENERS = {"openpyxl": _openpyxl, "fastexcel": _fastexcel}


def _opens(opener: str, path: Path) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            OPENERS[opener](path)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


# ---- writing


def _columns(book: PackageBook, table: str) -> Mine:
    """The cells of a table that may change: its columns, from its first row on."""
    area = book._tables[table].area
    top = area.top + 1
    return lambda row, column: row >= top and area.left <= column <= area.right


class _Cells:
    """The cells a run may write, gathered sheet by sheet."""

    def __init__(self, book: PackageBook) -> None:
        self.book, self.written = book, Written()
        self.rules: dict[str, list[Mine]] = {}

    def add(self, part: str, mine: Mine) -> None:
        rules = self.rules.setdefault(part, [])
        rules.append(mine)
        self.written.cells[part] = lambda row, column: any(rule(row, column) for rule in rules)

    def table(self, name: str) -> None:
        table = self.book._tables[name]
        self.written.tables.add(table.part)
        self.add(self.part(table.sheet), _columns(self.book, name))

    def part(self, sheet: str) -> str:
        return self.book._workbook.part_of(sheet)

    def named(self, name: str) -> None:
        place = self.book._workbook.place_of(name)
        row, column = place.row, column_index(place.column)
        self.add(self.part(place.sheet), lambda r, c: (r, c) == (row, column))


def write_ours(book: PackageBook) -> tuple[Written, list[str]]:
    """What a refresh does: patch, replace, append, names, report rows, a hidden tab."""
    cells = _Cells(book)
    for table in ("Cases", "Evidence", "Journal", "Claims", "RecoupMemory"):
        cells.table(table)
    book.patch_rows("Cases", ["Claim ID"], CASES)
    book.patch_rows("Cases", ["Claim ID"], [{"Claim ID": "LW-00003", "Units": 99, "Event date": None}])
    book.replace_rows("Evidence", [{"Claim ID": c["Claim ID"], "Date": AS_OF, "Units": 1.5} for c in CASES])
    book.append_rows("Journal", [{"ID": str(i), "To": "=1+1 & <more>"} for i in range(20)])
    book.replace_rows("RecoupMemory", [{"What": "claim", "Key": str(i), "Value": "1"} for i in range(30)])
    book.patch_rows("Claims", ["Claim ID"], [{"Claim ID": "LW-1", "Units": 3, "Deadline": AS_OF}])
    book.write_names({"Recoup_AsOf": "as of today"})
    cells.named("Recoup_AsOf")
    tab = next(n for n in reversed(book.sheet_names()) if n.startswith("Reimbursements"))
    book.write_tab(tab, [["approval-date", "sku"], ["2025-01-02", "0012345"], ["", "a & b"]])
    cells.add(cells.part(tab), lambda row, column: row <= 3 and column <= 2)
    hidden = next(n for n in reversed(book.sheet_names()) if n.startswith("Checks"))
    book.set_visible(hidden, False)
    cells.written.tabs.add(hidden)
    return cells.written, []


def write_theirs(book: PackageBook) -> tuple[Written, list[str]]:
    """Rows added to every table there is, and every named cell written; what cannot be is refused."""
    cells, refused = _Cells(book), []
    for name, headers in book.tables().items():
        before = dict(cells.written.cells), set(cells.written.tables)
        try:
            cells.table(name)
            book.append_rows(name, [{headers[0]: f"Recoup {i}"} for i in range(3)])
        except BookError as error:
            cells.written.cells, cells.written.tables = before
            refused.append(f"table: {_general(str(error))}")
    names = WorkbookPart(Package(book.path.read_bytes(), book.path.name), book.path.name)
    for name in re.findall(r'<(?:[\w.-]+:)?definedName\s[^>]*?name="([^"]*)"', names.xml)[:50]:
        try:
            cells.named(name)
            book.write_names({name: "Recoup"})
        except (NameMissing, BookError) as error:
            refused.append(f"name: {_general(str(error))}")
    return cells.written, refused


def _general(sentence: str) -> str:
    """A sentence without what is particular to one workbook."""
    sentence = re.sub(r"'[^']*'", "'…'", sentence)
    sentence = re.sub(r"^\S.*?\.xls[xm](?=[ :,])", "BOOK", sentence, flags=re.I)
    sentence = re.sub(r"(The (?:table|name)|row of|after row|part) [^ ]+", r"\1 …", sentence)
    return re.sub(r"\b[A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?\b|\b\d+\b", "#", sentence)


# ---- the whole run


@dataclass(slots=True)
class Report:
    """The counts of a run."""

    outcomes: list[Outcome] = field(default_factory=list)
    libreoffice: tuple[int, list[str]] = (0, [])

    @property
    def failures(self) -> list[str]:
        lines = [f"{o.path.parent.name}/{o.path.name}: {f}" for o in self.outcomes for f in o.failures]
        return lines + self.libreoffice[1]

    def __str__(self) -> str:
        accepted = [o for o in self.outcomes if not o.refused]
        refused = Counter(_general(o.refused) for o in self.outcomes if o.refused)
        notes = Counter(_general(n) for o in self.outcomes for n in o.notes)
        trips = sum(len(o.saved) for o in self.outcomes)
        lines = [
            f"{len(self.outcomes)} workbooks: {len(accepted)} accepted, {sum(refused.values())} refused",
            f"{trips} round trips, {len(self.failures)} failures; LibreOffice opened {self.libreoffice[0]}",
            *(f"  refused {n}: {sentence}" for sentence, n in refused.most_common()),
            *(f"  note {n}: {note}" for note, n in notes.most_common(40)),
        ]
        return "\n".join(lines)


def run(paths: Iterable[Path], work: Path, *, soffice: bool = False, progress: bool = False) -> Report:
    """Prove every workbook; ``work`` takes the results."""
    report = Report()
    for number, path in enumerate(paths):
        report.outcomes.append(prove(path, work, number))
        for failure in report.outcomes[-1].failures if progress else ():
            sys.stderr.write(f"FAILED {path} {failure[:2000]}\n")
        if progress and number % 100 == 99:
            sys.stderr.write(f"{number + 1}\n")
    if soffice:
        report.libreoffice = _libreoffice([o for o in report.outcomes if o.saved], work)
    return report


def _libreoffice(outcomes: list[Outcome], work: Path) -> tuple[int, list[str]]:
    """How many results LibreOffice opened, and those it did not although it opens the original."""
    saved = [p for o in outcomes for p in o.saved]
    missing = list(_unconverted(saved, work))
    failed = []
    for path in missing:
        origin = path.with_name(path.name.replace(" saved", ""))
        if not list(_unconverted([origin], work)):
            source = next(o.path for o in outcomes if path in o.saved)
            failed.append(f"{source.parent.name}/{source.name}: LibreOffice no longer opens it ({path.name})")
    return len(saved) - len(missing), failed


def _unconverted(paths: list[Path], work: Path, batch: int = 40) -> Iterator[Path]:
    out = work / "converted"
    for start in range(0, len(paths), batch):
        some = paths[start : start + batch]
        shutil.rmtree(out, ignore_errors=True)
        command = [
            "soffice",
            f"-env:UserInstallation=file://{work}/profile",
            "--headless",
            "--convert-to",
            "csv",
        ]
        _run([*command, "--outdir", str(out), *map(str, some)], 30 + 3 * len(some))
        left = [p for p in some if not (out / f"{p.stem}.csv").exists()]
        if len(left) > 1 or (left and len(some) > 1):
            for path in left:  # one that hangs or crashes takes the others of its batch along
                yield from _unconverted([path], work)
        else:
            yield from left


def _run(command: list[str], seconds: float) -> None:
    """A program and all it begins, for so long: killing LibreOffice's starter alone leaves what it started."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as program:
        try:
            program.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the results, which are thrown away otherwise")
    parser.add_argument("--soffice", action="store_true", help="let LibreOffice open every result")
    parser.add_argument("--every", type=int, default=1, help="only every n-th workbook")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        report = run(
            workbooks(options.folder)[:: options.every], work, soffice=options.soffice, progress=True
        )
    sys.stdout.write(f"{report}\n")
    for failure in report.failures:
        sys.stdout.write(f"FAILED {failure}\n")
    return bool(report.failures)


if __name__ == "__main__":
    sys.exit(main())
