"""Makes the pictures of the README: ``python tests/pictures.py [FOLDER]``; needs LibreOffice and poppler.

The demo's workbook, after a few days of work on cases: claims filed, paid in full and in part, denied, asked about.
"""

from __future__ import annotations

import csv
import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from looks import convert_all, pixels, showing_only
from recoup import doors
from recoup.case_doors import record_book, start_book
from recoup.case_record import Entry
from recoup.model import Record, RecoupError
from recoup.run import Run
from recoup.workbook import open_workbook

SIZES = {  # dots per inch, and how many of them are shown from the top
    "Home": (135, 760),
    "Claims": (180, 700),
    "Evidence": (150, 700),
    "Cases": (240, 900),
    "Dashboard": (150, 1100),
}
SHEETS = tuple(SIZES)
FOLDER = Path(__file__).parents[1] / "workbook_templates" / "pictures"
LARGEST = 150_000  # bytes of one picture
MARGIN, COLOURS = 12, 256
FOUND, PAID = date(2026, 11, 15), date(2026, 11, 20)
WORKED = ("lost_in_warehouse", "damaged_in_warehouse", "removal_damaged", "reimbursement_reversed")
CASES, PAYMENTS, DENIALS = 12, 7, 2
Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def main(folder: Path) -> None:
    """Write one PNG per sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        book = worked_book(Path(name))
        for sheet, picture in zip(SHEETS, sheet_pictures(book, SHEETS), strict=True):
            target = folder / f"{sheet.lower().replace(' ', '_')}.png"
            target.write_bytes(png(cropped(picture, SIZES[sheet][1])))
            if target.stat().st_size > LARGEST:
                raise SystemExit(f"{target} has {target.stat().st_size:,} bytes, more than {LARGEST:,}")
            sys.stdout.write(f"{target} {target.stat().st_size:,} bytes\n")


def sheet_pictures(book: Path, sheets: Sequence[str]) -> list[Pixels]:
    """The first printed page of each sheet, all rendered by one start of LibreOffice."""
    copies = [showing_only(book, [sheet], book.with_name(f"{n}.xlsx")) for n, sheet in enumerate(sheets)]
    pdfs = convert_all(copies, "pdf")
    return [pixels(pdf, SIZES[sheet][0]) for sheet, pdf in zip(sheets, pdfs, strict=True)]


# ---- the workbook


def worked_book(folder: Path) -> Path:
    """The demo's workbook as an operator leaves it after five days."""
    book = doors.make_demo(folder, 7, _run(FOUND, 9)).book
    cases = list(islice((case for row in _worth_most(book) if (case := _filed(book, row))), CASES))
    for case, stage in _pay(book, cases[:PAYMENTS]):
        _record(book, case, Stage=stage)
    for case in cases[PAYMENTS : PAYMENTS + DENIALS]:
        _record(
            book,
            case,
            Stage="Denied",
            Amazon_answer="Found on 2026-11-17",
            Decision_reason="already reimbursed",
        )
    _record(book, cases[-1], Stage="Info requested", Amazon_answer="Please send the invoice")
    doors.refresh_book(book, _run(PAID, 18), [], target=doors.Target(in_place=True))
    return book


def _run(on: date, hour: int) -> Run:
    return Run(on, datetime(on.year, on.month, on.day, hour), "Ann")


def _worth_most(book: Path) -> list[Record]:
    rows = open_workbook(book).read_table("Claims").records()
    ready = [r for r in rows if r["Status"] == "Ready" and r["Kind"] in WORKED and r["Claim value"]]
    ranked = sorted(ready, key=lambda r: (WORKED.index(str(r["Kind"])), -float(str(r["Claim value"]))))
    return [r for kind in WORKED for r in [x for x in ranked if x["Kind"] == kind][1:5]]


def _filed(book: Path, row: Record) -> Record | None:
    """Its case, filed on the first day; None where something speaks against it."""
    try:
        case = start_book(book, _run(FOUND, 10), [str(row["Claim ID"])], in_place=True)[0].case
        number = f"1{zlib.crc32(case.encode()):010}"
        _record(book, {"Case": case}, on=FOUND, Amazon_case_ID=number, Filed_on=FOUND, Filed_by="Ann")
    except RecoupError:
        return None
    return {**row, "Case": case, "Amazon case ID": number}


def _record(book: Path, case: Record, *, on: date = PAID, **cells: object) -> None:
    entry = Entry({header.replace("_", " "): cell for header, cell in cells.items()})  # type: ignore[misc]
    record_book(book, _run(on, 12), str(case["Case"]), entry, in_place=True)


def _pay(book: Path, cases: Sequence[Record]) -> list[tuple[Record, str]]:
    """A new Reimbursements export: every case paid in full, but one of several units in part; their stages."""
    report = next((book.parent / "reports").glob("reimbursements_*.csv"))
    with report.open(encoding="utf-8") as file:
        headings = next(csv.reader(file))
    part = next((c for c in cases if float(str(c["Units"])) > 1), None)
    target = report.with_name(f"reimbursements_{FOUND}_{PAID}.csv")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings, restval="", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        for number, case in enumerate(cases):
            writer.writerow(_payment(case, number, 1 if case is part else int(float(str(case["Units"])))))
    doors.import_files(book, [target], in_place=True)
    doors.refresh_book(book, _run(PAID, 9), [], target=doors.Target(in_place=True))
    return [(case, "Partly paid" if case is part else "Paid") for case in cases]


def _payment(case: Record, number: int, units: int) -> dict[str, str]:
    lost = case["Kind"] == "lost_in_warehouse"
    each = float(str(case["Unit value"]))
    return {
        "approval-date": f"2026-11-{17 + number % 3}T15:04:05+00:00",
        "reimbursement-id": f"594000000{number:02}",
        "case-id": str(case["Amazon case ID"]),
        "reason": "Lost_Warehouse" if lost else "Damaged_Warehouse",
        **{name: str(case[name.upper()]) for name in ("sku", "fnsku", "asin")},
        "condition": "NewItem",
        "currency-unit": str(case["Currency"]),
        "amount-per-unit": f"{each:.2f}",
        "amount-total": f"{each * units:.2f}",
        "quantity-reimbursed-cash": str(units),
        "quantity-reimbursed-inventory": "0",
        "quantity-reimbursed-total": str(units),
    }


# ---- the picture


def cropped(picture: Pixels, tallest: int) -> Pixels:
    """Without the page's margins, its footer, and what is too far down to be read in a README."""
    body = picture[: int(len(picture) * 0.93)]
    rows, columns = (np.flatnonzero((body != 255).any(axis=2).any(axis=axis)) for axis in (1, 0))
    top, bottom = max(rows[0] - MARGIN, 0), min(rows[-1] + MARGIN, rows[0] + tallest)
    return body[top:bottom, max(columns[0] - MARGIN, 0) : columns[-1] + MARGIN]


def png(picture: Pixels) -> bytes:
    """A palette PNG: the colours most often there, every other pixel in the nearest of them."""
    height, width, _ = picture.shape
    red, green, blue = (picture[..., n].astype(np.uint32) >> 3 for n in range(3))
    codes, where, counts = np.unique(red << 10 | green << 5 | blue, return_inverse=True, return_counts=True)
    fifths = np.stack([codes >> 10, codes >> 5 & 31, codes & 31], axis=1)
    colours = fifths << 3 | fifths >> 2  # five bits of each, spread over eight
    chosen = np.argsort(-counts)[:COLOURS]
    palette = colours[chosen].astype(np.int32)
    nearest = ((colours.astype(np.int32)[:, None, :] - palette[None]) ** 2).sum(axis=2).argmin(axis=1)
    indexes = nearest.astype(np.uint8)[where.reshape(-1)].reshape(height, width)
    lines = np.concatenate([np.zeros((height, 1), np.uint8), indexes], axis=1)
    parts = [
        (b"IHDR", struct.pack(">2I5B", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    name, data = part
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


if __name__ == "__main__":
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        raise SystemExit("LibreOffice (soffice) or poppler-utils (pdftoppm) is not installed")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
