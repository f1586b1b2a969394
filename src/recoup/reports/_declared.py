"""What a report module declares: its tab, where to get it, its columns and every spelling of their headers."""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from ..model import Severity

if TYPE_CHECKING:
    import pandas as pd

    Settle = Callable[[pd.DataFrame, tuple[str, ...]], pd.DataFrame]
    Refuse = Callable[[pd.DataFrame], pd.Series]

Kind = Literal["id", "text", "value", "date", "quantity", "money", "measure", "present"]
Need = Literal["must", "usual", "maybe"]

_IGNORED = re.compile(r"[\s\-_\"'’‘`´“”„«»:=\ufeff\u200b\u200e\u200f]+")
PLAIN = str.maketrans("", "", "".join(c for c in map(chr, range(128)) if _IGNORED.match(c)))


@lru_cache(maxsize=1 << 16)  # cells of any file pass through it: it must not grow without end
def fold(text: str) -> str:
    """A header or a code without case, blanks, hyphens, underscores, quotes, colons and apostrophes."""
    if text.isascii():
        return text.translate(PLAIN).lower()
    bare = _IGNORED.sub("", text)  # before NFKC, which takes a lone accent apart into a blank and the accent
    return _IGNORED.sub("", unicodedata.normalize("NFKC", bare).casefold())


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One canonical column and the headers it has in the wild, the preferred one first.

    ``kind`` "present" is a truth value: the export has one of these headers. A "measure" (side, weight, volume,
    rate) has decimals in every currency, and a single comma or point in it is the decimal mark.
    ``need``: a ``must`` column makes the report recognisable, the absence of a ``usual`` one is a warning.
    ``key``: a row whose cell is blank is of no use. ``identity``: the cell tells lines of overlapping exports
    apart. A damaged cell of a key or identity column makes its row unusable, any other one is read as blank.
    """

    name: str
    kind: Kind
    headers: tuple[str, ...]
    need: Need = "maybe"
    key: bool = False
    identity: bool = False
    spare: bool = False  # an identity that a row can do without: damaged, it is blank and tells nothing apart
    values: Mapping[str, str] = field(default_factory=dict)  # folded spelling -> canonical value
    otherwise: Callable[[str], str] | None = None  # spelling of a value that ``values`` does not know
    known: str = ""  # pattern of the values that occur; another one is kept and named on Checks
    months: bool = False  # 09/2026 is a whole month, dated with its first day
    month_first: bool | None = None  # documented order of 05/09/2026 where the column holds no evidence
    same_day_as: tuple[str, ...] = ()  # headers of an ISO date and time that proves the order
    plus: tuple[str, ...] = ()  # headers whose amounts belong to this column as well


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """One report that sellers download: everything the reader and the template need to know of it."""

    name: str
    tab: str
    menu: str
    request: str
    columns: tuple[Column, ...]
    day: str = ""  # the column that dates a row
    any_of: tuple[tuple[str, ...], ...] = ()  # of each group one column at least must be there
    groups: tuple[str, ...] = ()  # columns by whose values people sort or split an export
    period: tuple[str, str] | None = None  # columns that hold the period of the export
    native_dates: Literal["iso", "written"] = (
        "iso"  # written: Amazon itself writes 09/20/2026 or Sep 20, 2026
    )
    buyer: tuple[str, ...] = ()  # headers about the buyer that never enter a frame
    settle: Settle | None = None  # fills cells of the frame from its own rows and the preamble
    refuse: Refuse | None = None  # text per row: why it is not used, "" for used rows
    refusal: Severity = "error"  # how bad such rows are
    stands_for: str = ""  # the report whose days it covers too: another layout or view of the same facts
    one_row: bool = False  # the present state, not a history: of each identity one row, the youngest
    monthly: bool = False  # a row stands for the whole month of its day
    updated: str = ""  # with ``one_row``: the column that says how young a row is, before its export's age

    @property
    def names(self) -> list[str]:
        """The canonical columns in order."""
        return [c.name for c in self.columns]

    def column(self, name: str) -> Column:
        """The declaration of one canonical column; KeyError for an unknown one."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@cache
def spellings(column: Column) -> dict[str, int]:
    """Folded header -> its rank among the headers of that column."""
    return {fold(h): rank for rank, h in reversed(list(enumerate(column.headers)))}


@cache
def all_reports() -> dict[str, Report]:
    """Every declared report by name: each module of this package that holds a ``REPORT``."""
    package = importlib.import_module(__package__ or "recoup.reports")
    found: dict[str, Report] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
        if not info.name.startswith("_"):
            report = getattr(importlib.import_module(f"{package.__name__}.{info.name}"), "REPORT", None)
            if isinstance(report, Report):
                found[report.name] = report
    return found
