"""Brings a workbook made by an older Recoup up to this one: new columns, tabs, lists, rules and settings.

Nothing that stands in the workbook is moved or rewritten but the cells Recoup owns. `Dashboard` is taken from the
template as a whole, with its charts, where none of its tables is there; a refresh fills it. A column that somebody
deleted from an owned table comes back at its right end, a report tab that was deleted comes back hidden.

Decision: a rule or code that is no longer shipped keeps its row, with its override, and says so in `Certainty`
(codes: in `Meaning`); an override of it no longer counts and is named on Checks at the next refresh.
"""

from __future__ import annotations

from .books.base import Book, NameMissing
from .memory import plain
from .model import Record, RecoupError
from .policy import load
from .sheets import (
    DASHBOARD,
    LISTS,
    MARKETPLACES,
    OWN_RECORDS,
    REPORT_TABS,
    TABLES,
    WORKBOOK_VERSION,
    Table,
)
from .template import draw_template
from .template.texts import report_text
from .workbook import version_of

NO_LONGER = "no longer shipped"
SHEET, FORMER = "Dashboard", "Nothing to show yet"  # the sentence that stood there before it had tables


def upgrade(book: Book) -> list[str]:
    """What was changed, one sentence each; empty when nothing was to do. The caller saves, which backs up first.

    Raises BookError when an owned table is gone, or something stands to the right of one that must grow.
    """
    done = _dashboard(book)
    found = book.tables()
    for table in TABLES.values():
        missing = [c for c in table.columns if c.header not in found.get(table.name, table.headers)]
        if missing:
            book.add_columns(table.name, missing)
            done.append(f"{table.sheet}: column {', '.join(c.header for c in missing)} added")
    done += [*_tabs(book), *_rules(book)]
    _lists(book)
    _describe_reports(book)
    if version_of(book) != WORKBOOK_VERSION:
        done.append(f"workbook version {version_of(book)} is now {WORKBOOK_VERSION}")
        book.write_names({"Recoup_Version": WORKBOOK_VERSION})
    return done


def _dashboard(book: Book) -> list[str]:
    """Dashboard with its charts, as the template has it, in place of an empty tab of that name or as the last tab."""
    there = book.tables()
    lost = [table.name for table in DASHBOARD if table.name not in there]
    if not lost:
        return []
    if len(lost) < len(DASHBOARD):
        raise RecoupError(
            f"{book.path.name}, tab {book.sheet_of(next(t.name for t in DASHBOARD if t.name in there))}: the table "
            f"{lost[0]} was deleted or turned into a range; delete the tab, then upgrade again: it comes back whole."
        )
    name = next((n for n in book.sheet_names() if n.casefold() == SHEET.casefold()), "")
    typed = _typed_there(book, name) if name else []
    if typed:
        raise RecoupError(
            f"{book.path.name}, tab {name}: {typed[0]!r} was typed there; rename that tab, then upgrade again. "
            "Nothing was changed."
        )
    home = next(
        (r for r in book.read_table("Settings").records() if plain(r.get("Name")) == "Home marketplace"), {}
    )
    market = plain(home.get("Value"))
    book.adopt_tab(SHEET, draw_template(market if market in MARKETPLACES else MARKETPLACES[0]))
    book.set_visible(name or SHEET, True)
    return [
        f"tab {name or SHEET} {'rebuilt' if name else 'added'} with tables and charts: refresh to fill it"
    ]


def _typed_there(book: Book, name: str) -> list[str]:
    """What stands on the tab besides what Recoup once wrote there."""
    cells = book.read_raw(name).cells.astype(str).to_numpy(dtype=object).ravel().tolist()
    return [c for c in cells if c.strip() and c not in (SHEET, "Home") and not c.startswith(FORMER)]


def _tabs(book: Book) -> list[str]:
    there = {name.casefold() for name in book.sheet_names()}
    missing = [name for name in (*REPORT_TABS, *OWN_RECORDS) if name.casefold() not in there]
    for name in missing:
        book.add_tab(name, visible=False)
        if name in OWN_RECORDS:
            book.write_tab(name, [list(OWN_RECORDS[name])])
    return [f"tab {name} added, hidden" for name in missing]


def _lists(book: Book) -> None:
    """The drop-down lists as this Recoup knows them; a list that people deleted stays deleted."""
    for name, values in LISTS.items():
        try:
            book.write_list(name, values)
        except NameMissing:
            continue


def _rules(book: Book) -> list[str]:
    """Policy, Reason Codes and Settings as shipped; overrides and values that people typed stay."""
    policy = load()
    shipped: dict[str, list[Record]] = {
        "Policy": policy.rows(),
        "ReasonCodes": policy.reason_code_rows(),
        "Settings": policy.setting_defaults(),
    }
    done = []
    for name, rows in shipped.items():
        table = TABLES[name]
        old = {_key(table, r): r for r in book.read_table(name).records()}
        fresh = [r for r in rows if _key(table, r) not in old]
        changed = [r for r in rows if _key(table, r) in old and _differs(r, old[_key(table, r)])]
        gone = [r for key, r in old.items() if key not in {_key(table, r) for r in rows} and _named(table, r)]
        note = "Certainty" if name == "Policy" else "Meaning"
        gone = [r for r in gone if plain(r.get(note)) != NO_LONGER]
        marked: list[Record] = [{**{h: r[h] for h in table.key}, note: NO_LONGER} for r in gone]
        book.patch_rows(name, list(table.key), [*changed, *fresh, *marked])
        counts = ((fresh, "new"), (changed, "changed"), (marked, NO_LONGER))
        said = [f"{len(x)} {word}" for x, word in counts if x]
        if said:
            done.append(f"{table.sheet}: {', '.join(said)}")
    return done


def _key(table: Table, row: Record) -> tuple[str, ...]:
    return tuple(plain(row.get(h)) for h in table.key)


def _named(table: Table, row: Record) -> bool:
    return any(plain(row.get(h)) for h in table.key)


def _differs(new: Record, old: Record) -> bool:
    return any(plain(new[h]) != plain(old.get(h)) for h in new)


def _describe_reports(book: Book) -> None:
    """Where each report is found and what it unlocks, as this Recoup says it on Home."""
    rows: list[Record] = []
    for name in (*REPORT_TABS, *OWN_RECORDS):
        text = report_text(name)
        rows.append(
            {
                "Report": name,
                "Where in Seller Central": text.where,
                "Request": text.request,
                "Unlocks": text.unlocks,
            }
        )
    book.patch_rows("HomeReports", ["Report"], rows)
