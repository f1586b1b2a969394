"""Cells as the stories of worksheet functions write them, and the small workbooks those are asked in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from excel_habits import ERRORS
from paper_book import PaperBook, PaperTable
from recoup.books.cells import to_serial
from recoup.model import Cell

TABLES = {"policy": "Policy", "reason_codes": "ReasonCodes", "settings": "Settings", "claims": "Claims"}
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def given(written: Any, date1904: bool) -> Any:
    """An argument as Excel hands it over: one cell, a row as a flat tuple, or a table as rows."""
    if isinstance(written, str) and written.endswith("\n"):
        return table(written, date1904)
    if isinstance(written, list):
        return tuple(cell(c, date1904) for c in written)
    return cell(written, date1904)


def table(written: str, date1904: bool) -> tuple[tuple[Cell, ...], ...]:
    """Lines are rows, bars part columns."""
    lines = written.strip().splitlines()
    return tuple(tuple(cell(c.strip(), date1904) for c in line.split(" | ")) for line in lines)


def cell(written: Any, date1904: bool) -> Cell:
    """`blank`, `true`, an error, a day, a number, "a text" or a text."""
    if isinstance(written, date):
        return to_serial(written, date1904)
    if not isinstance(written, str):
        return written if isinstance(written, bool) or written is None else float(written)
    if written in ("blank", "true"):
        return None if written == "blank" else True
    if written in ERRORS:
        return ERRORS[written]
    if DAY.fullmatch(written):
        return to_serial(date.fromisoformat(written), date1904)
    if written.startswith('"') and written.endswith('"'):
        return written[1:-1]
    try:
        return float(written)
    except ValueError:
        return written


def paper(case: Mapping[str, Any]) -> PaperBook:
    """A workbook with the tables of a story, and no others."""
    book = PaperBook(Path("seller.xlsx"))
    for name, table_name in TABLES.items():
        if name in case:
            headers, *rows = grid(case[name])
            records = [dict(zip(headers, row, strict=True)) for row in rows]
            book.sheets[table_name] = PaperTable(table_name, headers, records)  # type: ignore[arg-type]
    if "sourcing_costs" in case:
        book.order.append("Sourcing Costs")
        book.tabs["Sourcing Costs"] = grid(case["sourcing_costs"])
    book.names["Recoup_Version"] = "2"
    return book


def grid(written: str) -> list[list[str]]:
    """A table of texts."""
    return [[c.strip() for c in line.split("|")] for line in written.strip().splitlines()]
