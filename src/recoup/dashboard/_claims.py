"""What the rows of Claims say in sums: by kind and status, by deadline, by age. Each claim is counted once per panel.

Decision: age is counted from the event, not from when Recoup saw it. Open is what may still bring money: Ready,
Waiting, Needs input, Filed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..cases import day, text
from ..model import Cell, Record
from ..money import cents
from ..sheets import KINDS, STATUSES, TABLES
from ._limits import Limits
from ._panel import Filled, counted

NOT_FILED = ("Ready", "Waiting", "Needs input")
OPEN = (*NOT_FILED, "Filed")
_DAYS, _BANDS = (TABLES[name].fixed_rows for name in ("DashboardDays", "DashboardAges"))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of Claims; ``age`` in days since the event."""

    kind: str
    status: str
    currency: str
    value: float | None
    expected: float | None
    age: int | None
    deadline: date | None


def read_lines(claims: Iterable[Mapping[str, Cell]], on: date) -> list[Line]:
    """The rows of Claims."""
    found = []
    for row in claims:
        event = day(row.get("Event date"))
        found.append(
            Line(
                text(row.get("Kind")),
                text(row.get("Status")),
                text(row.get("Currency")),
                _money(row.get("Claim value")),
                _money(row.get("Expected value")),
                (on - event).days if event else None,
                day(row.get("Deadline")),
            )
        )
    return found


def by_kind(lines: Sequence[Line], currency: str) -> Filled:
    """Value per kind and status; of a kind that nobody knows any more at the end."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.kind if line.kind in KINDS else ""].append(line)
    rows = [_kind_row(kind, currency, groups[kind]) for kind in KINDS]
    said = [
        f"{status} {_total(mine):,.2f} in {len(mine):,}"
        for status in STATUSES
        if (mine := [x for x in lines if x.status == status])
    ]
    unvalued = sum(x.value is None for x in lines)
    where = _of(currency, lines)
    basis = (
        f"All {counted(len(lines), 'row')} of Claims{where}: {'; '.join(said)}. {unvalued:,} without a value."
    )
    if groups[""]:
        basis += f" Of other kinds, not in the table: {_sum_up(groups[''])}."
    nothing = f"No claims{where}." if where else "No claims yet: paste reports and refresh."
    return Filled(rows, basis if lines else nothing, "" if lines else nothing, _short_kind)


def _kind_row(kind: str, currency: str, lines: Sequence[Line]) -> Record:
    valued = {s: [x for x in lines if x.status == s and x.value is not None] for s in STATUSES}
    return {
        "Kind": kind,
        "Currency": currency or None,
        **{status: _total(mine) if mine else None for status, mine in valued.items()},
        "Claims": len(lines) or None,
        "Without a value": sum(x.value is None for x in lines) or None,
    }


def _short_kind(row: Record) -> Iterator[tuple[str, float | None, float | None, str]]:
    for status in STATUSES:
        if row[status] is not None:
            yield status, None, _money(row[status]), ""
    if row["Claims"]:
        yield "Claims", _money(row["Claims"]), None, ""
    if row["Without a value"]:
        yield "Without a value", _money(row["Without a value"]), None, ""


def by_day(lines: Sequence[Line], currency: str, on: date) -> Filled:
    """What is not filed and closes on each of the next days, today included."""
    groups: dict[date, list[Line]] = defaultdict(list)
    for line in lines:
        if line.status in NOT_FILED and line.deadline:
            groups[line.deadline].append(line)
    days = [on + timedelta(days=n) for n in range(_DAYS)]
    rows = [_day_row(d, groups[d]) for d in days]
    soon = [x for d in days for x in groups[d]]
    told = f"Claims that are not filed and close from {days[0]} to {days[-1]}: {_sum_up(soon)}."
    where = _of(currency, lines)
    nothing = f"No deadline of a claim{where} that is not filed, from {days[0]} to {days[-1]}."
    return Filled(rows, told if soon else nothing, "" if soon else nothing, _short_day)


def _day_row(deadline: date, lines: Sequence[Line]) -> Record:
    return {
        "Deadline": deadline,
        "Currency": lines[0].currency if lines else None,
        "Value": _known(x.value for x in lines),
        "Claims": len(lines) or None,
        "Expected value": _known(x.expected for x in lines),
        "Ready": sum(x.status == "Ready" for x in lines) or None,
        "Without a value": sum(x.value is None for x in lines) or None,
    }


def _short_day(row: Record) -> Iterator[tuple[str, float | None, float | None, str]]:
    if row["Claims"]:
        yield "Deadline", _money(row["Claims"]), _money(row["Value"]), f"{row['Ready'] or 0} Ready"


def by_age(lines: Sequence[Line], currency: str, limits: Limits) -> Filled:
    """Open claims by the days since their event."""
    edges = limits.bands[: _BANDS - 1]
    names = [f"{low + 1} to {high} days" for low, high in zip((-1, *edges), edges, strict=False)]
    names.append(f"more than {edges[-1]} days")
    groups: dict[str, list[Line]] = {name: [] for name in names}
    still = [x for x in lines if x.status in OPEN]
    undated = [x for x in still if x.age is None]
    for line in still:
        if line.age is not None:
            groups[names[sum(line.age > edge for edge in edges)]].append(line)
    rows: list[Record] = [
        {
            "Age": name,
            "Currency": mine[0].currency if mine else None,
            "Value": _known(x.value for x in mine),
            "Claims": len(mine) or None,
            "Without a value": sum(x.value is None for x in mine) or None,
        }
        for name, mine in groups.items()
    ]
    told = f"Ready, Waiting, Needs input and Filed by days since the event: {_sum_up(still)}."
    if undated:
        told += f" Not in the table, of an unknown day: {_sum_up(undated)}."
    blank = "" if still else f"No open claims{_of(currency, lines)}."
    return Filled(rows, blank or told, blank, _short_age)


def _short_age(row: Record) -> Iterator[tuple[str, float | None, float | None, str]]:
    if row["Claims"]:
        yield "Open by age", _money(row["Claims"]), _money(row["Value"]), ""


def _of(currency: str, lines: Sequence[Line]) -> str:
    """Whose claims a sentence is about; "" where there is neither a currency nor a claim."""
    return f" in {currency}" if currency else " without a currency" if lines else ""


def _sum_up(lines: Sequence[Line]) -> str:
    unvalued = sum(x.value is None for x in lines)
    more = f", {unvalued:,} of them without a value" if unvalued else ""
    return f"{_total(lines):,.2f} in {counted(len(lines), 'claim')}{more}"


def _total(lines: Iterable[Line]) -> float:
    return cents(sum(x.value or 0.0 for x in lines))


def _known(values: Iterable[float | None]) -> float | None:
    """Their sum; None where none is known."""
    known = [v for v in values if v is not None]
    return cents(sum(known)) if known else None


def _money(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None
