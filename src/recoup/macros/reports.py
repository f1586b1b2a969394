"""The group Reports of the ribbon: files into tabs, check them, ask for records, empty a tab."""

from __future__ import annotations

from ..clearing import Clearing, clear, plan_clearing, report_of
from ..console import text_of
from ..doors import check_opened, prepare_opened
from ..importing import import_into
from ..live_doors import WRITTEN
from ..printing import print_check, print_cleared, print_clearing, print_imports, print_prepared
from ..reports import filled_rows
from ..result_sheets import write_checks
from .desk import Desk, Work, go_to_table

_REPORTS = ("Reports", "*.txt *.tsv *.csv *.xlsx *.xlsm *.zip *.gz *.parquet")


def import_files(desk: Desk) -> None:
    """Put files that the person picks into the tabs they belong to; then the first of these is in front."""
    files = desk.dialogs.pick_files("Import files", [_REPORTS])
    with desk.opened("Import files") as work:
        done = import_into(work.book, files, progress=work.progress)
        work.book.save()
        for tab in [tab for item in done for tab in item.tabs][:1]:
            work.book.select(tab, 1)
    written = WRITTEN if any(item.rows for item in done) else "Nothing was changed."
    desk.dialogs.show("Import files", text_of(print_imports, done) + written)


def check_reports(desk: Desk) -> None:
    """Read all reports and say on Checks what is wrong; then Checks is in front."""
    with desk.opened("Check reports") as work:
        found = check_opened(work.book, desk.run, [], progress=work.progress)
        write_checks(work.book, found[1])
        work.book.save()
        go_to_table(work.book, "Checks")
    desk.dialogs.show("Check reports", text_of(print_check, found, as_json=False))


def prepare_inputs(desk: Desk) -> None:
    """Add a line for every record that claims wait for; then the first line to fill in is in front."""
    with desk.opened("Prepare inputs") as work:
        added = prepare_opened(work.book, desk.run, [], progress=work.progress)
        path = work.book.save()
        for tab in [ask.tab for ask in added][:1]:
            fresh = sum(ask.tab == tab for ask in added)
            work.book.select(tab, filled_rows(work.book.read_raw(tab))[-fresh])
    desk.dialogs.show("Prepare inputs", text_of(print_prepared, added, path) + WRITTEN * bool(added))


def clear_report_tab(desk: Desk) -> None:
    """Empty the report tab in front but for its headings, when the person agrees to what loses its source."""
    with desk.opened("Clear report tab") as work:
        tab = work.book.front_tab()
        plan = plan_clearing(work.book, report_of(tab), None, only=tab)
        if plan.rows:
            _ask_before_clearing(work, tab, plan)
            clear(work.book, plan)
        path = work.book.save()
        work.book.select(tab, 1)
    desk.dialogs.show("Clear report tab", text_of(print_cleared, plan, path) + WRITTEN * bool(plan.rows))


def _ask_before_clearing(work: Work, tab: str, plan: Clearing) -> None:
    question = f"Clear {plan.rows:,} rows of {tab}? A backup is made first; Ctrl+Z does not bring them back."
    work.asking().agree("Clear report tab", question, text_of(print_clearing, plan), "Clear")
