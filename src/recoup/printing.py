"""What the command line prints: short tables for people, one JSON document for machines."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from . import __version__
from .clearing import Clearing
from .console import add, print_json, print_table, say
from .doors import Demo, Refreshed
from .explain import Explanation
from .home import counted
from .importing import Imported
from .memory import plain
from .model import NotClaimed, Problem, Record, RecoupError
from .pipeline import Result
from .policy import ALL, Policy
from .prepare import Ask
from .reports import Reports, all_reports
from .reports_folder import FOLDER_ROW
from .result_sheets import Summary
from .source_files import Cited
from .targets import copy_notice
from .waiting import in_words

MOST_CLAIMS = 20  # listed by name; of more only the number is said


def print_written(book: Path, written: Path | None) -> None:
    """The file written, and how to take it over when it is a copy."""
    if notice := copy_notice(book, written):
        say(notice)
    if written:
        say(f"Workbook: {written}")


def print_imports(imports: Sequence[Imported]) -> None:
    """One line per file, then what is wrong."""
    for item in imports:
        where = ", ".join(dict.fromkeys(item.tabs)) or "not read"
        left = f"; left out buyer columns {', '.join(item.buyer)}" if item.buyer else ""
        say(f"{item.file}: {where}" + (f", {item.rows:,} rows" if item.tabs else "") + left)
    print_problems([p for i in imports for p in i.problems if p.severity != "note"])


def print_clearing(plan: Clearing) -> None:
    """What would go, tab by tab, and the claims whose source it is."""
    for tab in plan.tabs:
        days = f", {tab.first} to {tab.last}" if tab.first else ""
        say(f"{tab.tab}: {len(tab.rows):,} rows go{days}; {tab.staying:,} stay")
    lost = [r for r in plan.claims if plain(r.get("Status")) not in ("Paid", "Withdrawn", "Expired")]
    if lost:
        what = "1 open claim loses its" if len(lost) == 1 else f"{len(lost)} open claims lose their"
        say(f"{what} source, and will not be rechecked; row, case, evidence and payments stay:")
        print_table("Claims", lost[:MOST_CLAIMS], ("Claim ID", "Kind", "Status", "Units", "File by", "Case"))
        if len(lost) > MOST_CLAIMS:
            say(f"  … and {len(lost) - MOST_CLAIMS} more")


def print_cleared(plan: Clearing, path: Path | None) -> None:
    """The outcome of `clear`."""
    if not plan.rows:
        say(f"{plan.report}: there is nothing to clear{f' before {plan.before}' if plan.before else ''}.")
    elif path is None:
        say("Nothing was changed.")
    else:
        say(f"Cleared {plan.rows:,} rows, headings kept.")
    if plan.folder:
        say(
            f"Files stay: what {plan.report} holds in the Reports folder {plan.folder} is read until you move it."
        )


def print_tidied(moved: int) -> None:
    """The outcome of `tidy`."""
    say(
        f"{moved} rows of Claims moved: by priority; below them what has none, such as filed and finished claims."
        if moved
        else "Claims is in order; nothing was changed."
    )


def print_upgrade(done: Sequence[str], path: Path | None) -> None:
    """What an upgrade changed."""
    for line in done:
        say(line)
    if path is None:
        say("The workbook is up to date; nothing was changed.")


def print_problems(problems: Sequence[Problem], most: int = 12) -> None:
    """Errors first; a long list is cut with its length."""
    order = {"error": 0, "warning": 1, "note": 2}
    shown = sorted(dict.fromkeys(problems), key=lambda p: (order[p.severity], p.where))
    for p in shown[:most]:
        place = " ".join(x for x in (p.column, f"({p.first_cells})" if p.first_cells else "") if x)
        say(f"  {p.severity}: {p.where}{' ' + place if place else ''}: {p.problem}. {p.remedy}")
    if len(shown) > most:
        say(f"  … and {len(shown) - most} more (see Checks)")


def print_check(found: tuple[Reports, list[Problem], Result], *, as_json: bool) -> int:
    """Rows read, used and skipped per export, then problems. Returns the exit code."""
    reports, problems, result = found
    errors = sum(p.severity == "error" for p in dict.fromkeys(problems))
    if as_json:
        exports = [dataclasses.asdict(e) for e in reports.exports]
        print_json({"exports": exports, "checks": _problems(problems), "not_run": result.not_run})
        return 1 if errors else 0
    for export in reports.exports:
        if not export.rows_read and not all_reports()[export.report].day:
            continue  # the headings of an own record that nobody filled
        skipped = "; ".join(f"{n:,} {why}" for why, n in sorted(export.skipped.items()))
        days = f", {export.first_day} to {export.last_day}" if export.first_day else ""
        say(
            f"{export.where}: {export.report}, {export.rows_read:,} rows read, {export.rows_used:,} used"
            + (f", skipped {skipped}" if skipped else "")
            + days
        )
    print_problems(problems, most=40)
    say(f"{errors} errors, {sum(p.severity == 'warning' for p in dict.fromkeys(problems))} warnings.")
    return 1 if errors else 0


def print_refresh(done: Refreshed, *, as_json: bool, strict: bool) -> int:
    """Money by status, next deadlines, what is missing, where the file is. Returns the exit code."""
    summary = done.summary
    errors = sum(p.severity == "error" for p in summary.problems)
    if as_json:
        print_json(_summary(done))
    else:
        print_summary(summary)
        warnings = sum(p.severity == "warning" for p in summary.problems)
        say(f"{counted(errors, 'error')} and {counted(warnings, 'warning')} on Checks.")
        for notice in filter(None, (summary.notice, *_overridden(summary), done.notice)):
            say(notice)
        if done.path:
            say(f"Workbook: {done.path}")
    return 1 if strict and errors else 0


def _overridden(summary: Summary) -> list[str]:
    """That another folder than that of Settings was read."""
    return [f"{p.problem}." for p in summary.problems if p.where == "Settings" and p.column == FOLDER_ROW]


def print_summary(summary: Summary) -> None:
    """What a person wants to know after a refresh."""
    print_table(
        "Money by status",
        summary.money,
        ("Status", "Currency", "Claims", "Units", "Value", "Without a value"),
    )
    kinds: dict[tuple[str, str], Record] = {}
    for claim in summary.rows:
        if claim.get("Status") != "Ready":
            continue
        key = (plain(claim.get("Kind")), plain(claim.get("Currency")))
        row = kinds.setdefault(key, {"Kind": key[0], "Currency": key[1], "Claims": 0, "Value": 0.0})
        row["Claims"] = add(row["Claims"], 1)
        row["Value"] = round(add(row["Value"], claim.get("Claim value")), 2)
    print_table("Ready by kind", list(kinds.values()), ("Kind", "Currency", "Claims", "Value"))
    deadlines = [{**r, "Claim": plain(getattr(r["Claim"], "cached", r["Claim"]))} for r in summary.deadlines]
    print_table(
        "Next deadlines", deadlines[:5], ("Claim", "Kind", "File by", "Claim value", "Currency", "SKU")
    )
    for kind, tabs in summary.not_run.items():
        say(f"Not run: {kind} (paste {', '.join(tabs)})")
    say(summary.next_step)


def print_demo(done: Demo) -> None:
    """The demo's reports, then the summary."""
    for item in done.imported:
        say(f"{item.file}: {', '.join(dict.fromkeys(item.tabs))}, {item.rows:,} rows")
    print_refresh(done.refreshed, as_json=False, strict=False)


def print_explanation(found: Explanation, *, as_json: bool) -> int:
    """The claim, its rows and the sum. Returns 1 when Claims and Evidence disagree."""
    if as_json:
        print_json(
            {
                "claim": {k: plain(v) for k, v in found.claim.items()},
                "evidence": [{k: plain(v) for k, v in r.items()} for r in found.evidence],
                "cited": [dataclasses.asdict(c) for c in found.cited],
                "units": found.units,
                "value": found.value,
                "agrees": found.agrees,
            }
        )
        return 0 if found.agrees else 1
    claim = found.claim
    for name in (
        "Claim ID",
        "Kind",
        "Status",
        "SKU",
        "FNSKU",
        "Order ID",
        "Opens",
        "Deadline",
        "Missing",
        "Why",
        "Policy",
    ):
        if plain(claim.get(name)):
            say(f"{name + ':':<10} {plain(claim.get(name))}")
    columns = ("Role", "Sheet or file", "Row", "Date", "Units", "Amount", "Currency", "What it shows")
    print_table("Evidence", found.evidence, columns)
    _print_cited(found.cited)
    value = "unknown" if found.value is None else f"{found.value:,.2f} {plain(claim.get('Currency'))}"
    units = "" if found.units is None else f"{plain(found.units)} units, "
    say(f"From these rows: {units}{value}.")
    if not found.agrees:
        say(
            f"Claims says {plain(claim.get('Units'))} units, {plain(claim.get('Claim value'))}: refresh the claims."
        )
    return 0 if found.agrees else 1


def _print_cited(cited: Sequence[Cited]) -> None:
    """The rows of files as they stand there now, each file's digest once."""
    for where, digest in dict.fromkeys((c.where, c.sha256) for c in cited):
        say(f"{where}, SHA-256 {digest}")
        rows = [c for c in cited if (c.where, c.sha256) == (where, digest)]
        for row in rows:
            said = " · ".join(f"{header}: {text}" for header, text in row.cells.items())
            say(f"  {row.place}: {said or row.problem}")
    if cited:
        say("")


def print_prepared(added: Sequence[Ask], path: Path | None) -> None:
    """The records asked for, by tab, and where they are to be answered."""
    for tab in dict.fromkeys(a.tab for a in added):
        asks = [a for a in added if a.tab == tab]
        rows: list[Record] = [{**_identifiers(a), "Money": a.money, "Why": a.why} for a in asks[:MOST_CLAIMS]]
        headers = list(dict.fromkeys(name for row in rows for name in row if name not in ("Money", "Why")))
        print_table(f"{tab}: {len(asks)} to answer", rows, (*headers, "Money", "Why"))
        if len(asks) > MOST_CLAIMS:
            say(f"  … and {len(asks) - MOST_CLAIMS} more")
    if not added:
        say("Nothing is missing that is not asked for already.")
    elif path is None:
        say(f"{len(added)} lines would be added. Dry run: nothing was written.")
    else:
        say(f"{len(added)} lines added: fill them in, largest money first, then refresh.")


def _identifiers(ask: Ask) -> Record:
    report = all_reports()[ask.report]
    return {report.column(name).headers[0]: text for name, text in ask.record.items() if text}


def print_policy(policy: Policy, on: date, marketplace: str, *, as_json: bool) -> None:
    """Every rule in force on a day in a marketplace."""
    if marketplace not in policy.marketplaces:
        known = ", ".join(sorted(policy.marketplaces))
        raise RecoupError(f"{marketplace} is no marketplace Recoup knows; choose one of {known}.")
    rows: list[Record] = []
    for key in sorted(policy.keys):
        entry = policy.entry(key, on=on, marketplace=marketplace) or policy.entry(key, on=on, marketplace=ALL)
        if entry is not None:
            value = "unknown" if entry.value is None else f"{entry.value} {entry.unit}".strip()
            rows.append(
                {"Rule": key, "Value": value, "Certainty": entry.certainty, "Source": entry.reference}
            )
    if as_json:
        print_json({"on": on.isoformat(), "marketplace": marketplace, "rules": rows})
    else:
        print_table(f"Policy in {marketplace} on {on}", rows, ("Rule", "Value", "Certainty", "Source"))


def print_about() -> None:
    """What this is."""
    say(f"Recoup {__version__} (Python {platform.python_version()}, {platform.system()})")
    say("Finds the money that Amazon owes an FBA seller, proves it row by row, and tracks every case.")
    say("Licence: MIT. Nothing leaves this computer: Recoup opens no network connection.")
    say("")
    say(
        "Help: Home of the workbook says what to do next; Checks, what is wrong with the reports and what to do."
    )
    say(
        "README.md explains sheets, claims and commands; `recoup --help` lists the commands; Doctor checks Excel."
    )


def _summary(done: Refreshed) -> dict[str, Any]:
    summary, queue = done.summary, done.summary.ahead.queue
    return {
        "as_of": summary.as_of.isoformat(),
        "workbook": str(done.path) if done.path else None,
        "notice": done.notice,
        "claims": [{k: _value(v) for k, v in row.items()} for row in summary.rows],
        "not_claimed": [_line(n) for n in summary.not_claimed],
        "checks": _problems(summary.problems),
        "counts": {
            "claims": len(summary.rows),
            "not_claimed": len(summary.not_claimed),
            "rows_read": sum(e.rows_read for e in summary.reports.exports),
            "rows_used": sum(e.rows_used for e in summary.reports.exports),
        },
        "not_run": summary.not_run,
        "waiting": {tab: in_words(sums) for tab, sums in sorted(summary.waiting.items())},
        "next_step": summary.next_step,
        "due": {"overdue": len(queue.overdue), "today": len(queue.today), "coming": len(queue.coming)},
        "seconds": summary.seconds,
        "versions": {"recoup": __version__, "python": platform.python_version()},
    }


def _line(line: NotClaimed) -> dict[str, Any]:
    return {**dataclasses.asdict(line), "rows": [row._asdict() for row in line.rows]}


def _problems(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(p) for p in dict.fromkeys(problems)]


def _value(cell: Any) -> Any:
    cached = getattr(cell, "cached", cell)
    return cached if isinstance(cached, (int, float, bool)) or cached is None else plain(cached)
