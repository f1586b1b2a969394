"""Cells are read by calamine, which is written in Rust: whatever it throws becomes one kind of error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import fastexcel
import pyarrow as pa

from ._packages import Unreadable


def open_sheets(data: bytes) -> fastexcel.ExcelReader:
    """A reader of the sheets of a workbook. Raises ``Unreadable``."""
    with reading_cells():
        return fastexcel.read_excel(data)


@contextmanager
def reading_cells() -> Iterator[None]:
    """Turns every failure inside into ``Unreadable``; a panic of the reader is no ``Exception``, but ends here too."""
    try:
        yield
    except (fastexcel.FastExcelError, pa.ArrowException, ValueError) as error:
        raise Unreadable("cannot be read") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("cannot be read") from None
