"""The same seller as a workbook: all its tabs, saved as Excel saves them (shared strings, one per text)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from recoup.books import open_book
from recoup.doors import import_files, make_workbook

from .large_seller import Extent, Row, is_heading, tile_rows, tiles_of

TABS = (
    "Inventory Ledger",
    "Reimbursements",
    "Customer Returns",
    "Settlements",
    "Transactions",
    "Sourcing Costs",
    "Ledger Summary",
    "Replacements",
    "Fulfilled Shipments",
    "Storage Fees",
    "Removal Orders",
    "Removal Shipments",
    "Inbound Shipments",
    "Product Dimensions",
    "Removal Receipts",
    "Documents",
)
STRINGS = "xl/sharedStrings.xml"
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class SharedStrings:
    """Texts by number, in the order in which they came up."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._start = part.count("<si>") + part.count("<si ")
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text, old or new."""
        return self._numbers.setdefault(text, self._start + len(self._numbers))

    def xml(self) -> str:
        """The part with the new texts at its end."""
        texts = (f'<si><t xml:space="preserve">{t.translate(ESCAPES)}</t></si>' for t in self._numbers)
        part = re.sub(r'(?<=<sst )([^>]*?) count="\d+" uniqueCount="\d+"', r"\1", self._part)
        return part.replace("</sst>", "".join(texts) + "</sst>")


def write_workbook(path: Path, extent: Extent) -> int:
    """Write the workbook; returns the number of rows in its report tabs."""
    with TemporaryDirectory() as folder:
        small = _imported(Path(folder), extent)
        book = open_book(small)
        names = book.sheet_names()
        cells = {tab: book.read_raw(tab).cells.to_numpy().tolist() for tab in TABS}
        parts = {f"xl/worksheets/sheet{names.index(tab) + 1}.xml": tab for tab in TABS}
        count = 0
        with ZipFile(small) as old, ZipFile(path, "w", ZIP_DEFLATED, compresslevel=6) as new:
            strings = SharedStrings(old.read(STRINGS).decode())
            for name in old.namelist():
                if name in parts:
                    tab = parts[name]
                    rows = tile_rows(_bare(cells[tab]), tiles_of(tab, extent.tiles))
                    count += _write_sheet(new, name, old.read(name).decode(), rows, strings)
                elif name != STRINGS:
                    new.writestr(name, old.read(name))
            new.writestr(STRINGS, strings.xml())
    return count


def _imported(folder: Path, extent: Extent) -> Path:
    """A new workbook with the reports of one catalogue, as ``recoup import`` leaves it."""
    files = extent.seller().write(folder / "reports")
    book = make_workbook(folder / "seller.xlsx")
    import_files(book, [f for f in files if f.suffix in (".txt", ".csv")])
    return book


def _bare(rows: list[Row]) -> Iterator[Row]:
    """Without the headings that a tab has for people to type under, when Amazon's follow."""
    for row, below in zip(rows, [*rows[1:], []], strict=True):
        if not (is_heading(row) and is_heading(below)):
            yield row


def _write_sheet(new: ZipFile, name: str, xml: str, rows: Iterator[Row], strings: SharedStrings) -> int:
    head, _, rest = xml.partition("<sheetData>")
    tail = rest.rpartition("</sheetData>")[2]
    style = re.search(r'<c r="A1"[^>]* s="(\d+)"|<c [^>]*s="(\d+)"', rest)
    attribute = f' s="{style[1] or style[2]}"' if style else ""
    count = width = 0
    with SpooledTemporaryFile(1 << 20) as body:
        for count, row in enumerate(rows, start=1):
            cells = "".join(
                f'<c r="{_LETTERS[i]}{count}"{attribute} t="s"><v>{strings.number(text)}</v></c>'
                for i, text in enumerate(row)
                if text
            )
            width = max(width, len(row))
            body.write(f'<row r="{count}">{cells}</row>'.encode())
        body.seek(0)
        dimension = f'<dimension ref="A1:{_LETTERS[max(width, 1) - 1]}{max(count, 1)}"/>'
        with new.open(name, "w") as out:
            out.write(re.sub(r'<dimension ref="[^"]*"/>', dimension, head).encode() + b"<sheetData>")
            copyfileobj(body, out)
            out.write(b"</sheetData>" + tail.encode())
    return count


_LETTERS = [a + b for a in ("", "A") for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
