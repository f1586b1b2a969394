"""A seller as large as wanted: a demo seller's reports, every row repeated for many look-alike catalogues.

From SIZED rows on each catalogue trades SIZE times as much as the demo seller, with the same stories: about one
claim for 75 orders, at the dense end of what sellers report. Smaller ones are the demo seller, four times as dense.
Repeated rows differ in every id (order, FNSKU, ASIN, SKU, reference, reimbursement, licence plate), stand next
to each other, so that an export stays sorted by date, and keep their settlement. So the mix is a seller's:
about 60 % ledger rows (one in twenty an adjustment), 30 % settlement lines, the rest transactions, returns,
reimbursements, shipments, removals and own records.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from recoup.simulator import Seller, simulate

SEED, AS_OF = 7, date(2026, 11, 15)
SIZE, SIZED = 6.0, 60_000  # everyday business of a catalogue, from so many report rows on
ROWS_PER_TILE = {1.0: 13_850, SIZE: 86_500}  # of one catalogue in all reports, settlements counted as below
SETTLED_SHARE = 5 / 24  # of the catalogues, those whose settlements are kept
MOST_TILES = 79
CODE = -7  # in FNSKU, ASIN and SKU: the two characters counted from the end
ID_PLACES = {
    "fnsku": CODE,
    "asin": CODE,
    "sku": CODE,
    "msku": CODE,
    "orderid": 0,
    "amazonorderid": 0,
    "merchantorderid": 0,
    "referenceid": 0,
    "reimbursementid": 0,
    "originalreimbursementid": 0,
    "caseid": 0,
    "adjustmentid": 0,
    "shipmentid": 0,
    "orderitemcode": 0,
    "licenseplatenumber": 3,
    "removalorderid": 0,
    "trackingnumber": 0,
    "replacementamazonorderid": 0,
    "originalamazonorderid": 0,
    "documentid": 0,
    "appliesto": 0,
}

Row = list[str]
Edit = Callable[[Row, int], Row]


@dataclass(frozen=True, slots=True)
class Extent:
    """How many catalogues a seller has, and how much each trades (1.0: as the demo seller)."""

    tiles: int
    size: float

    @classmethod
    def of(cls, rows: int) -> Extent:
        """The extent that makes about so many report rows. Raises ValueError past the room in the ids."""
        size = SIZE if rows >= SIZED else 1.0
        tiles = max(1, round(rows / ROWS_PER_TILE[size]))
        if tiles > MOST_TILES:
            raise ValueError(
                f"at most {MOST_TILES * ROWS_PER_TILE[size]:,} rows: the ids have no room for more"
            )
        return cls(tiles, size)

    def seller(self) -> Seller:
        """The seller of one catalogue."""
        return simulate(SEED, as_of=AS_OF, size=self.size)


def write_reports(folder: Path, extent: Extent) -> int:
    """Write the reports as files into the folder; returns the number of report rows in them."""
    folder.mkdir(parents=True, exist_ok=True)
    written, tiles = 0, extent.tiles
    with TemporaryDirectory() as small:
        for path in extent.seller().write(Path(small)):
            if path.suffix in (".txt", ".csv"):
                written += _tile_file(path, folder / path.name, tiles)
    return written


def tiles_of(report: str, tiles: int) -> int:
    """Catalogues kept in a report, named by its file or tab."""
    return max(1, round(tiles * SETTLED_SHARE)) if report.lower().startswith("settlement") else tiles


def tile_rows(rows: Iterable[Row], tiles: int) -> Iterator[Row]:
    """Every data row ``tiles`` times, each time with other ids; preambles and headings once."""
    edit: Edit | None = None
    heading: Row = []
    for row in rows:
        if is_heading(row):
            if row != heading:
                yield row
            heading, edit = row, _editor(row)
        elif edit is None or len(row) < len(heading):
            yield row
        else:
            copies = 1 if _is_total(heading, row) else tiles
            for tile in range(copies):
                yield edit(row, tile)


def is_heading(row: Row) -> bool:
    """True for a row of column headings."""
    return sum(_fold(cell) in ID_PLACES for cell in row) > 1


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a report file as the simulator writes it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file, delimiter=delimiter(path), quoting=quoting(path))


def delimiter(path: Path) -> str:
    """Comma in .csv, tab in .txt."""
    return "," if path.suffix == ".csv" else "\t"


def quoting(path: Path) -> int:
    """Whether a file's fields are all quoted, or none."""
    quoted = path.read_bytes()[:4].lstrip(b"\xef\xbb\xbf").startswith(b'"')
    return csv.QUOTE_ALL if quoted else csv.QUOTE_NONE


def _tile_file(source: Path, target: Path, tiles: int) -> int:
    rows = list(tile_rows(read_rows(source), tiles_of(source.name, tiles)))
    with target.open("w", encoding="utf-8", newline="") as file:
        if quoting(source) == csv.QUOTE_NONE:  # whatever the fields hold
            file.writelines("\t".join(row) + "\r\n" for row in rows)
        else:
            csv.writer(file, delimiter=delimiter(source), quoting=csv.QUOTE_ALL).writerows(rows)
    return len(rows)


def _editor(heading: Row) -> Edit:
    places = [(i, ID_PLACES[_fold(name)]) for i, name in enumerate(heading) if _fold(name) in ID_PLACES]

    def edit(row: Row, tile: int) -> Row:
        if not tile:
            return row
        copy, mark = row.copy(), str(20 + tile)
        for i, at in places:
            value = row[i]
            if value:
                copy[i] = value[:at] + mark + value[at:][2:]
        return copy

    return edit


def _is_total(heading: Row, row: Row) -> bool:
    """The one line per settlement that states its total; it stands once."""
    named = dict(zip(heading, row, strict=False))
    return bool(named.get("total-amount"))


def _fold(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
