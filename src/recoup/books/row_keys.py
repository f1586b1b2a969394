"""Keys of table rows: the text of the key columns, alike for what the sheet holds and what is to be written."""

from __future__ import annotations

from collections.abc import Sequence

from recoup.books.alike_cells import once_each
from recoup.books.cells import number_text, plain
from recoup.model import Cell, Formula, Record

Key = tuple[str, ...]


def key_text(value: Cell) -> str:
    """A cell's value as part of a key; numbers and the text of them are alike."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, bool) else number_text(value)  # type: ignore[arg-type]


def record_key(record: Record, key: Sequence[str], date1904: bool) -> Key:
    """The key of a record, of the columns ``key``."""
    return tuple(_told(record.get(header), date1904) for header in key)


def _told(value: Cell, date1904: bool) -> str:
    held = plain(value, date1904)
    return key_text(held.cached if isinstance(held, Formula) else held)


def by_key(key: Sequence[str], records: Sequence[Record], table: str, date1904: bool) -> dict[Key, Record]:
    """Records by their key. Raises ``ValueError`` when one has none or two have the same."""
    columns = ([record.get(header) for record in records] for header in key)
    told = [once_each(cells, lambda value: _told(value, date1904)) for cells in columns]
    found: dict[Key, Record] = {}
    for own, record in zip(zip(*told, strict=True), records, strict=True):
        if own in found or not any(own):
            raise ValueError(f"{table}: two records with the key {own}, or one without a key")
        found[own] = record
    return found
