"""Random work on a workbook, step by step, and what no step may do to it.

A step is a kind and three numbers, so that the same steps can be taken at any ``Workplace``. ``Watch`` looks at the
workbook before and after each of them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from desks import Workplace
from recoup import case_record, case_start, refresh, shared_work
from recoup.case_money import FIGURES
from recoup.clearing import clear, plan_clearing
from recoup.memory import plain
from recoup.model import Record, RecoupError
from recoup.reports import list_files
from recoup.run import Run
from recoup.sheets import CASES, TABLES
from workbooks import AS_OF, Seller, rows_of

Step = tuple[str, int, int, int]
HANDS = (
    *("decide", "decide", "type", "type", "stage", "file by hand", "own case"),
    *("sort", "filter", "hide", "column", "fill", "copy row", "cut and paste", "delete row", "overtype"),
)
ENGINE = (
    *("refresh", "refresh", "refresh", "tomorrow", "report", "clear", "clear before", "paste back"),
    *("start", "start", "record", "record", "file", "file", "dismiss", "undo", "merge", "merge"),
)
MARKED = ("Claims", "Cases", "NotClaimed", "CaseLog")
STAGES = (
    *("Draft", "Filed", "Waiting on Amazon", "Info requested", "Approved", "Partly paid"),
    *("Paid", "Denied", "Appealed", "Closed", "Nonsense"),
)
SUGGESTED = ("Suggested stage", "Suggested next step", "Last change", "Units filed", "Value filed")
OWN = tuple(
    h for h in CASES.headers if h not in (*FIGURES, *SUGGESTED)
)  # a person's own row: all but figures
BY_COMMAND = {"Stage", "Filed on", "Filed by", "Follow up on", "Notes", "Amazon answer", "Amazon case ID"}
OPEN = ("Ready", "Waiting", "Needs input")
LOST = ("lost_in_warehouse", "damaged_in_warehouse")
OPEN_ENDS = ("Closed", "Denied", "Paid")
LEDGER = """
day        fnsku      units reason reference
2026-10-20 X00LOST01A -3    M      9001
2026-10-25 X00LOST01A 1     F      9002
2026-10-01 X00DAMG01A -2    E      9004
2026-10-05 X00PAID01A -1    M      9005
2026-10-08 X00NOVA01A -1    M      9011
2026-11-12 X00WAIT01A -1    M      9003
"""
PAID = """
day        id      reason           fnsku      each  units original order
2026-10-12 5550001 Lost_Warehouse   X00PAID01A 6.00  1     -       -
"""
COSTS = """
fnsku      approved
X00LOST01A 12.50
X00DAMG01A 4.00
X00NOVA01A 7.00
"""
NEWS: tuple[Callable[[Seller], Seller], ...] = (  # what Amazon's reports say from some day on
    lambda s: s.find("2026-11-02", "X00LOST01A", 1, "9101"),
    lambda s: s.pay("2026-11-10", "5550011", "X00LOST01A", "12.50"),
    lambda s: s.lose("2026-10-24", "X00NOVA01A", 2, "9102"),
    lambda s: s.pay("2026-11-11", "5550012", "X00DAMG01A", "4.00", "Damaged_Warehouse"),
)


def small_seller() -> Seller:
    """Two claims to work on, one that is paid, one that waits."""
    return Seller(rows_of(LEDGER), rows_of(PAID), rows_of(COSTS), [])


def steps_of(seed: int, count: int) -> list[Step]:
    """The steps of a seed."""
    chance = random.Random(seed)
    kinds = [chance.choice(HANDS if chance.random() < 0.5 else ENGINE) for _ in range(count)]
    return [(kind, *(chance.randrange(1000) for _ in range(3))) for kind in kinds]


@dataclass
class World:
    """One person's copy, Amazon's reports, and the day."""

    place: Workplace
    who: str = "Ann"
    seller: Seller = field(default_factory=small_seller)
    news: list[int] = field(default_factory=list)
    on: date = AS_OF
    torn: set[tuple[str, str]] = field(default_factory=set)  # losses whose row somebody deleted
    clock: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))
    words: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    def run(self) -> Run:
        seconds = timedelta(seconds=next(self.clock))
        return Run(self.on, datetime(self.on.year, self.on.month, self.on.day, 8) + seconds, self.who)

    def word(self) -> str:
        """Words that nobody else types."""
        return f"{self.who}{next(self.words)}"

    def colleague(self, name: str) -> World:
        """A copy of the workbook in somebody else's hands."""
        return World(
            self.place.copy(f"{name}.xlsx"),
            name,
            self.seller,
            self.news,
            self.on,
            self.torn,
            self.clock,
            self.words,
        )

    def refresh(self) -> None:
        self.place.act(lambda book: refresh.refresh(book, self.run(), files=list_files([])))


def take(world: World, step: Step) -> set[tuple[str, str]]:
    """Take one step; the (claim id or case, header) of people's cells that it writes as somebody's act."""
    kind, *numbers = step
    done = _STEPS[kind](world, *numbers)
    return done or set()


# ---- by hand


def _pick(world: World, table: str, i: int) -> int | None:
    count = len(world.place.rows(table))
    return i % count if count else None


def _decide(world: World, i: int, j: int, k: int) -> None:
    row = _pick(world, "Claims", i)
    decision = ("Take up", "Take up", "Take up", "Hold", "Dismiss", None)[j % 6]
    if row is not None:
        note = world.word() if k % 2 else None
        world.place.type(
            "Claims", row, {"Decision": decision, "Decided by": world.who, "Decision note": note}
        )


def _type(world: World, i: int, j: int, k: int) -> None:
    table, free = (
        ("Cases", ("Owner", "Notes", "Next action", "Checked by", "Amazon answer", "Decision reason")),
        ("Claims", ("Decided by", "Decision note")),
        ("NotClaimed", ("Note",)),
    )[j % 3]
    row = _pick(world, table, i)
    if row is not None:
        world.place.type(table, row, {free[k % len(free)]: world.word()})


def _stage(world: World, i: int, j: int, k: int) -> None:
    row = _pick(world, "Cases", i)
    if row is not None:
        world.place.type("Cases", row, {"Stage": STAGES[j % len(STAGES)]})


def _file_by_hand(world: World, i: int, j: int, k: int) -> None:
    row = _pick(world, "Cases", i)
    if row is not None:
        cells = {"Stage": "Filed", "Amazon case ID": f"1700000000{j % 4}", "Filed on": world.on}
        world.place.type("Cases", row, {**cells, "Filed by": world.who})


def _own_case(world: World, i: int, j: int, k: int) -> None:
    word = world.word()
    cells: Record = {"Case": f"OWN-{word}", "SKU": f"S-{word}", "Stage": STAGES[i % 10], "Notes": word}
    if j % 2:
        cells["Claim ID"] = f"PHONE-{word}"
    world.place.add("Cases", cells)


def _sort(world: World, i: int, j: int, k: int) -> None:
    table = MARKED[i % 3]
    order = list(range(len(world.place.rows(table))))
    random.Random(j).shuffle(order)
    world.place.rearrange(table, order)


def _hide(world: World, i: int, j: int, k: int) -> None:
    table = MARKED[i % 3]
    count = len(world.place.rows(table))
    world.place.hide(table, [n for n in range(count) if (n + j) % 3])


def _column(world: World, i: int, j: int, k: int) -> None:
    table = MARKED[i % 2]
    headers = world.place.headers(table)
    if sum(h.startswith("Mine") for h in headers) < 3:
        world.place.insert_column(table, j % (len(headers) + 1), f"Mine {world.word()}")


def _fill(world: World, i: int, j: int, k: int) -> None:
    table = MARKED[i % 2]
    mine = [h for h in world.place.headers(table) if h.startswith("Mine")]
    row = _pick(world, table, k)
    if mine and row is not None:
        world.place.type(table, row, {mine[j % len(mine)]: world.word()})


def _copy_row(world: World, i: int, j: int, k: int) -> None:
    row = _pick(world, "Cases", i)
    if row is not None:
        world.place.add("Cases", world.place.rows("Cases")[row])


def _cut_and_paste(world: World, i: int, j: int, k: int) -> None:
    count = len(world.place.rows("Cases"))
    if count:
        order = list(range(count))
        order.insert(j % count, order.pop(i % count))
        world.place.rearrange("Cases", order)


def _delete_row(world: World, i: int, j: int, k: int) -> None:
    table = ("Cases", "Cases", "Claims")[j % 3]
    row = _pick(world, table, i)
    if row is not None:
        found = world.place.rows(table)[row]
        world.torn.add((plain(found.get("FNSKU")), plain(found.get("Reference ID"))))
        world.place.wipe(table, row)


def _overtype(world: World, i: int, j: int, k: int) -> None:
    """Somebody types into cells of Recoup."""
    table, headers = (("Claims", ("Units", "Why", "SKU")), ("Cases", ("Units", "SKU", "Balance")))[j % 2]
    row = _pick(world, table, i)
    if row is not None and plain(world.place.rows(table)[row].get("Claim ID")):
        header = headers[k % 3]
        world.place.type(table, row, {header: 77.0 if header in ("Units", "Balance") else world.word()})


# ---- by Recoup


def _refresh(world: World, *_: int) -> None:
    world.refresh()


def _tomorrow(world: World, i: int, *_: int) -> None:
    world.on += timedelta(days=(1, 1, 20, 60)[i % 4])
    world.refresh()


def _report(world: World, i: int, *_: int) -> None:
    """Amazon reports something new, and somebody pastes the reports of that day."""
    if i % len(NEWS) not in world.news:
        world.news.append(i % len(NEWS))
        NEWS[world.news[-1]](world.seller)
    _paste_back(world)


def _paste_back(world: World, *_: int) -> None:
    for tab in ("Inventory Ledger", "Reimbursements"):
        world.place.paste(tab, world.seller.tables()[tab])


def _clear(world: World, i: int, *_: int) -> None:
    tab = ("Inventory Ledger", "Inventory Ledger", "Reimbursements")[i % 3]
    _attempt(world, lambda book: clear(book, plan_clearing(book, tab, None)))


def _clear_before(world: World, i: int, *_: int) -> None:
    day = date(2026, 10, 3) + timedelta(days=i % 40)
    _attempt(world, lambda book: clear(book, plan_clearing(book, "Inventory Ledger", day)))


def _start(world: World, i: int, *_: int) -> set[tuple[str, str]]:
    row = _pick(world, "Claims", i)
    if row is None:
        return set()
    key = plain(world.place.rows("Claims")[row]["Claim ID"])
    _attempt(world, lambda book: case_start.start(book, world.run(), [key], list_files([])))
    return {(key, "Decision"), (key, "Decided by")}


def _dismiss(world: World, i: int, *_: int) -> set[tuple[str, str]]:
    row = _pick(world, "Claims", i)
    if row is None:
        return set()
    key = plain(world.place.rows("Claims")[row]["Claim ID"])
    _attempt(world, lambda book: case_start.dismiss(book, world.run(), [key], world.word()))
    return {(key, "Decision"), (key, "Decided by"), (key, "Decision note")}


def _record(world: World, i: int, j: int, k: int) -> set[tuple[str, str]]:
    cells: Record = {"Stage": STAGES[j % 10], "Owner": world.word()}
    if cells["Stage"] in ("Denied", "Appealed"):
        cells["Decision reason"] = "units were found"
    return _recorded(
        world, i, case_record.Entry(cells, world.word(), "1.00" if k % 2 else "", "invoice" * (k % 3))
    )


def _file(world: World, i: int, j: int, k: int) -> set[tuple[str, str]]:
    return _recorded(world, i, case_record.Entry({"Stage": "Filed", "Amazon case ID": f"1700000000{j % 4}"}))


def _recorded(world: World, i: int, entry: case_record.Entry) -> set[tuple[str, str]]:
    row = _pick(world, "Cases", i)
    if row is None:
        return set()
    found = world.place.rows("Cases")[row]
    name = plain(found.get("Case")) or plain(found.get("Claim ID"))
    if not _attempt(world, lambda book: case_record.record(book, world.run(), name, entry)):
        return set()
    return {(plain(found.get(h)), c) for h in ("Case", "Claim ID") for c in {*BY_COMMAND, *entry.cells}}


def _undo(world: World, i: int, *_: int) -> set[tuple[str, str]]:
    lines = [r for r in world.place.rows("Journal") if r.get("ID")]
    if not lines:
        return set()
    line = lines[-1 - i % min(len(lines), 8)]
    _attempt(world, lambda book: shared_work.undo(book, plain(line["ID"]), world.run()))
    claim, name = plain(line.get("Claim ID")), plain(line.get("Field"))
    filing = {(claim, header) for header in shared_work.FILING} if name == "Stage" else set()
    return {(claim, name), (claim, name.rpartition(": ")[2]), ("", name.rpartition(": ")[2]), *filing}


def _attempt(world: World, function: Callable[[Any], Any]) -> bool:
    """What may be refused: then nothing is changed."""
    before = contents(world.place)
    try:
        world.place.act(function)
        return True
    except RecoupError as refusal:
        assert "\n" not in str(refusal)
        assert contents(world.place) == before, f"refused, and yet something changed: {refusal}"
        return False


def _merge(world: World, i: int, j: int, k: int) -> None:
    """A colleague works on a copy; both go on, and their work is merged into this one."""
    base, other = world.place.copy("base.xlsx"), world.colleague(f"Bob{i}x")
    for who, seed in ((world, j), (other, k)):
        chance = random.Random(seed)
        for _ in range(chance.randrange(1, 4)):
            kind = chance.choice((*HANDS, "refresh"))
            take(who, (kind, *(chance.randrange(1000) for _ in range(3))))
    mine = {t: (world.place.headers(t), world.place.rows(t)) for t in MARKED}
    theirs = {t: (other.place.headers(t), other.place.rows(t)) for t in MARKED}
    old = {t: (base.headers(t), base.rows(t)) for t in MARKED}
    with_base = base.open() if j % 3 else None
    summary = world.place.act(
        lambda book: shared_work.merge_books(with_base, book, other.place.open(), world.run())
    )
    listed = {plain(c) for line in summary.conflicts for c in line.cells.values()}
    for t in MARKED:
        merged = (world.place.headers(t), world.place.rows(t))
        nothing_is_lost_in_a_merge(t, old[t], mine[t], theirs[t], merged, listed)


_STEPS: dict[str, Callable[..., Any]] = {
    "decide": _decide,
    "type": _type,
    "stage": _stage,
    "file by hand": _file_by_hand,
    "own case": _own_case,
    "sort": _sort,
    "filter": _hide,
    "hide": _hide,
    "column": _column,
    "fill": _fill,
    "copy row": _copy_row,
    "cut and paste": _cut_and_paste,
    "delete row": _delete_row,
    "overtype": _overtype,
    "refresh": _refresh,
    "tomorrow": _tomorrow,
    "report": _report,
    "clear": _clear,
    "clear before": _clear_before,
    "paste back": _paste_back,
    "start": _start,
    "record": _record,
    "file": _file,
    "dismiss": _dismiss,
    "undo": _undo,
    "merge": _merge,
}


# ---- what must hold


def contents(place: Workplace) -> dict[str, list[Record]]:
    """All that people look at."""
    return {t: place.rows(t) for t in (*MARKED, "Journal", "RecoupMemory", "Evidence", "Settings")}


def human(table: str, headers: Sequence[str], row: Mapping[str, Any], known: set[str]) -> dict[str, str]:
    """The cells of a row that belong to people, filled ones only."""
    declared = TABLES[table]
    engine = set(declared.headers) - set(declared.people)
    own = table == "Cases" and plain(row.get("Claim ID")) not in known
    mine = [h for h in headers if h not in engine or (own and h in OWN) or table == "CaseLog"]
    return {h: plain(row.get(h)) for h in mine if plain(row.get(h))}


def human_rows(place: Workplace, table: str, known: set[str]) -> list[tuple[str, dict[str, str]]]:
    """Rows of a table in their order: what tells them, and people's cells."""
    headers = place.headers(table)
    return [(name_of(row), human(table, headers, row, known)) for row in place.rows(table)]


def name_of(row: Mapping[str, Any]) -> str:
    return plain(row.get("Claim ID")) or plain(row.get("Case"))


def known_claims(place: Workplace) -> set[str]:
    """Claims that Recoup ever found: the rows of others are a person's own."""
    return {plain(r.get("Claim ID")) for t in ("Claims", "NotClaimed", "Evidence") for r in place.rows(t)} - {
        ""
    }


def no_human_cell_is_lost(world: World, step: Step) -> None:
    """Of what people typed only the cells of an act change, and rows stay in their order; new ones come below."""
    place, known = world.place, known_claims(world.place)
    before = {t: human_rows(place, t, known) for t in MARKED}
    written = take(world, step)
    headers = {h for _, h in written}
    for table in MARKED:
        after = human_rows(place, table, known)
        assert len(after) >= len(before[table]), f"{table}: rows are gone"
        assert [k for k, _ in after[: len(before[table])]] == [k for k, _ in before[table]], (
            f"{table}: rows moved"
        )
        for (key, was), (_, now) in zip(before[table], after, strict=False):
            changed = {h for h in was.keys() | now.keys() if was.get(h) != now.get(h)}
            free = headers if any(name in (key, was.get("Case", key), "") for name, _ in written) else set()
            assert changed <= free or _of_case(written, place, key, changed), (table, key, changed, was, now)


def _of_case(written: set[tuple[str, str]], place: Workplace, key: str, changed: set[str]) -> bool:
    """Whether an act on a case wrote this row of it."""
    cases = {plain(r.get("Case")) for r in place.rows("Cases") if name_of(r) == key}
    return all(any((case, h) in written for case in cases) for h in changed)


def nothing_is_lost_in_a_merge(
    table: str,
    base: tuple[list[str], list[Record]],
    mine: tuple[list[str], list[Record]],
    theirs: tuple[list[str], list[Record]],
    merged: tuple[list[str], list[Record]],
    listed: set[str],
) -> None:
    """What either side typed stands in the merged rows or is listed; what MINE typed stands."""
    was, ours, others, now = (_words(table, *copy) for copy in (base, mine, theirs, merged))
    assert not (ours - was).keys() - now.keys(), f"{table}: MINE lost {(ours - was).keys() - now.keys()}"
    lost = (others - was).keys() - now.keys()
    assert all(any(word in said for said in listed) for word in lost), f"{table}: THEIRS lost {lost}"
    both = was.keys() & ours.keys() & others.keys()
    assert both <= now.keys(), f"{table}: untouched and lost {both - now.keys()}"


def _words(table: str, headers: list[str], rows: list[Record]) -> Counter[str]:
    """What people typed that nobody else types, by their cells."""
    people = [h for h in headers if h in TABLES[table].people or h not in TABLES[table].headers]
    return Counter(
        w for r in rows for h in people if (w := plain(r.get(h))) and w[-1].isdigit() and w[0].isalpha()
    )


def units_add_up(world: World) -> None:
    """Filed + open + paid + not claimed = lost, unit by unit, for every loss that Recoup has seen.

    The row of a claim that has ended stays as it was, and every unit of it stands on Not Claimed.
    """
    lost: Counter[tuple[str, str]] = Counter()
    for row in world.seller.ledger:
        if int(row["units"]) < 0:
            lost[row["fnsku"], row["reference"]] -= int(row["units"])
    claimed = {_loss(r): r for r in world.place.rows("Claims") if plain(r.get("Kind")) in LOST}
    left: Counter[tuple[str, str]] = Counter()
    for row in world.place.rows("NotClaimed"):
        if plain(row.get("Kind")) in LOST:
            left[_loss(row)] += _units(row)
    for key in (claimed.keys() | left.keys()) - world.torn:
        row = claimed.get(key, {})
        status, units = plain(row.get("Status")), _units(row)
        ended = status not in OPEN and left[key] == lost[key]
        assert ended or left[key] + (0 if status == "Withdrawn" else units) == lost[key], (
            f"{key} lost {lost[key]}, {left[key]} on Not Claimed, {units} {status} on Claims"
        )


def _loss(row: Mapping[str, Any]) -> tuple[str, str]:
    return plain(row["FNSKU"]), plain(row["Reference ID"])


def _units(row: Mapping[str, Any]) -> int:
    return round(float(plain(row.get("Units")) or 0))


def no_unit_is_in_two_open_cases(world: World) -> None:
    """Of a loss one row at most is in work, but for rows that people copied."""
    counted: dict[tuple[str, str], set[str]] = {}
    for row in world.place.rows("Cases"):
        if plain(row.get("FNSKU")) and plain(row.get("Stage")) not in OPEN_ENDS:
            counted.setdefault((plain(row["FNSKU"]), plain(row.get("Reference ID"))), set()).add(name_of(row))
    twice = {k: v for k, v in counted.items() if len(v) > 1}
    assert not twice, f"in two open cases: {twice}"


def figures_make_sense(world: World) -> None:
    """No case is owed less than nothing."""
    known = known_claims(world.place)
    for row in world.place.rows("Cases"):
        if plain(row.get("Claim ID")) in known:
            assert float(plain(row.get("Balance")) or 0) >= 0, name_of(row)
