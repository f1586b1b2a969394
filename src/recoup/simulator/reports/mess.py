"""Bad habits of exports: the same rows, put down another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from ..world import World
from .settlements import OPEN_DAYS, SETTLEMENT_DAYS, settlement_of
from .text import Row, Sheet, period

Habit = Callable[[list[Sheet], World], list[Sheet]]
AMAZONS = ("ledger", "reimbursements", "returns", "replacements", "removal orders", "removal shipments")
NO_RECONCILED = frozenset(("ledger without reconciled quantities",))


def _each(reports: Sequence[str], change: Callable[[Sheet], Sheet]) -> Habit:
    """The same change to each of these reports."""

    def habit(sheets: list[Sheet], _world: World) -> list[Sheet]:
        return [change(sheet) if sheet.report in reports else sheet for sheet in sheets]

    return habit


def _overlapping(sheets: list[Sheet], world: World) -> list[Sheet]:
    """The ledger as two downloads that share a month."""
    middle = world.ago(120)
    found: list[Sheet] = []
    for sheet in sheets:
        if sheet.report != "ledger":
            found.append(sheet)
            continue
        head, *rows = sheet.rows
        for first, last in ((world.first_day, middle + timedelta(days=15)), (middle, world.last_day)):
            beyond = date.max if last == world.last_day else last
            part = [row for row in rows if first <= _ledger_day(row) <= beyond]
            name = f"inventory-ledger_{period(first, last)}.txt"
            found.append(replace(sheet, name=name, rows=[head, *part]))
    return found


def _ledger_day(row: Row) -> date:
    return datetime.strptime(row[0], "%m/%d/%Y").date()


def _downloaded_twice(sheets: list[Sheet], _world: World) -> list[Sheet]:
    """Reimbursements and returns lie there twice, the second as browsers name it."""
    twice = [
        replace(sheet, name=sheet.name.replace(".", " (1).", 1))
        for sheet in sheets
        if sheet.report in ("reimbursements", "returns")
    ]
    return [*sheets, *twice]


def _without_late_settlements(sheets: list[Sheet], world: World) -> list[Sheet]:
    """The last settlements were not downloaded: their time stands in the transactions only."""
    late = {
        settlement_of(world, datetime.combine(world.ago(days), datetime.min.time()))[0]
        for days in range(OPEN_DAYS, OPEN_DAYS + 3 * SETTLEMENT_DAYS)
    }
    return [s for s in sheets if not any(number in s.name for number in late)]


def _reordered(sheet: Sheet) -> Sheet:
    """The columns in another order: the last third first."""
    cut = len(sheet.rows[0]) * 2 // 3
    return replace(sheet, rows=[[*row[cut:], *row[:cut]] for row in sheet.rows])


def _unreconciled(sheet: Sheet) -> Sheet:
    drop = [
        n for n, heading in enumerate(sheet.rows[0]) if "Reconciled" in heading or "reconciled" in heading
    ]
    return replace(sheet, rows=[[c for n, c in enumerate(row) if n not in drop] for row in sheet.rows])


def _iso_days(sheet: Sheet) -> Sheet:
    head, *rows = sheet.rows
    return replace(sheet, rows=[head, *([_ledger_day(row).isoformat(), *row[1:]] for row in rows)])


def _american_days(sheet: Sheet) -> Sheet:
    head, *rows = sheet.rows
    return replace(sheet, rows=[head, *([_month_first(row[0]), *row[1:]] for row in rows)])


def _month_first(text: str) -> str:
    return f"{date.fromisoformat(text[:10]):%m/%d/%Y}"


def _protected(sheet: Sheet) -> Sheet:
    """Identifiers as people write them down so that Excel leaves them alone: ``="2014..."``."""
    head, *rows = sheet.rows
    at = [n for n, heading in enumerate(head) if heading in ("Reference ID", "reimbursement-id", "order-id")]
    guarded = [[f'="{c}"' if n in at and c else c for n, c in enumerate(row)] for row in rows]
    return replace(sheet, rows=[head, *guarded])


def _titled(sheet: Sheet) -> Sheet:
    return replace(sheet, above=[["Report downloaded from Seller Central"], [""], *sheet.above])


MESS: dict[str, Habit] = {
    "overlapping ledgers": _overlapping,
    "downloaded twice": _downloaded_twice,
    "late settlements missing": _without_late_settlements,
    "ledger without reconciled quantities": _each(("ledger",), _unreconciled),
    "ledger with ISO days": _each(("ledger",), _iso_days),
    "American days": _each(("reimbursements", "returns"), _american_days),
    "columns in another order": _each(AMAZONS, _reordered),
    "lines above the headings": _each(("reimbursements", "returns", "replacements"), _titled),
    "ids protected from Excel": _each(("ledger", "reimbursements"), _protected),
    "semicolons": _each(
        ("reimbursements", "costs", "inbound shipments"), lambda s: replace(s, delimiter=";")
    ),
    "tabs in csv": _each(("reimbursements", "removal orders"), lambda s: replace(s, delimiter="\t")),
    "ledger as csv": _each(
        ("ledger",), lambda s: replace(s, delimiter=",", name=s.name.replace(".txt", ".csv"))
    ),
    "cp1252": _each((*AMAZONS, "settlement"), lambda s: replace(s, encoding="cp1252")),
    "UTF-16": _each(("ledger", "returns"), lambda s: replace(s, encoding="utf-16")),
    "no final newline": _each((*AMAZONS, "settlement", "costs"), lambda s: replace(s, closed=False)),
    "other line ends": _each(
        (*AMAZONS, "settlement"), lambda s: replace(s, newline="\n" if s.newline == "\r\n" else "\r\n")
    ),
}


def known_mess(names: Iterable[str]) -> frozenset[str]:
    """The habits of these names. Raises ValueError for one that is not known."""
    chosen = frozenset(names)
    unknown = sorted(chosen - set(MESS))
    if unknown:
        raise ValueError(f"no such mess: {', '.join(unknown)}; known are {', '.join(MESS)}")
    return chosen


def make_messy(sheets: list[Sheet], world: World) -> list[Sheet]:
    """The sheets with every habit of the seller, in the order of `MESS`."""
    for name, habit in MESS.items():
        if name in world.mess:
            sheets = habit(sheets, world)
    return sheets
