"""What Home shows after a refresh: the next step, money by status, the next deadlines, the state of each report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from .cases import day
from .coverage import Coverage, facts_of
from .memory import plain
from .model import Cell, Formula, Problem, Record
from .reports import Export, Reports, all_reports
from .sheets import HOME_DEADLINES, HOME_MONEY, STATUSES
from .waiting import Sums, in_words

DAYS_LEFT = 'IF(HomeDeadlines[[#This Row],[Deadline]]="","",HomeDeadlines[[#This Row],[Deadline]]-TODAY())'
TO_CLAIM = 'HYPERLINK("#{1}!A"&(ROW(Claims[[#Headers],[Claim ID]])+MATCH("{0}",Claims[Claim ID],0)),"{0}")'


MANY_ROWS = 50_000  # in one tab: above, files in a folder keep the workbook quick


def quoted(sheet: str) -> str:
    """A tab's name as it stands in a reference inside a formula's text."""
    return "'" + sheet.replace("'", "''").replace('"', '""') + "'"


def money_rows(claims: Iterable[Mapping[str, Cell]]) -> list[Record]:
    """Claims, units and value per status and currency; values are never added across currencies."""
    totals: dict[tuple[str, str], Record] = {}
    for claim in claims:
        key = (plain(claim.get("Status")), plain(claim.get("Currency")))
        row = totals.setdefault(
            key,
            {
                "Status": key[0],
                "Currency": key[1],
                "Claims": 0,
                "Units": 0,
                "Value": 0.0,
                "Without a value": 0,
            },
        )
        value, units, closes = claim.get("Claim value"), claim.get("Units"), day(claim.get("Deadline"))
        row["Claims"] = _plus(row["Claims"], 1)
        row["Units"] = _plus(row["Units"], units)
        row["Value"] = _plus(row["Value"], value)
        row["Without a value"] = _plus(row["Without a value"], 1 if value is None else 0)
        if closes and key[0] in ("Ready", "Waiting", "Needs input"):
            known = day(row.get("Next deadline"))
            row["Next deadline"] = min(known, closes) if known else closes
    order = {status: i for i, status in enumerate(STATUSES)}
    rows = sorted(totals.values(), key=lambda r: (order.get(plain(r["Status"]), 99), plain(r["Currency"])))
    for row in rows:
        row["Value"] = round(_plus(row["Value"], 0), 2)
    return rows[: HOME_MONEY.fixed_rows]


def deadline_rows(claims: Iterable[Mapping[str, Cell]], as_of: date, sheet: str = "Claims") -> list[Record]:
    """The claims to file next, the earliest deadline first, then the largest value."""
    ready = [(closes, c) for c in claims if c.get("Status") == "Ready" and (closes := day(c.get("Deadline")))]
    ready.sort(key=lambda x: (x[0], -_plus(x[1].get("Claim value"), 0), plain(x[1].get("Claim ID"))))
    return [
        {
            "Kind": claim.get("Kind"),
            "Claim": Formula(
                TO_CLAIM.format(plain(claim.get("Claim ID")), quoted(sheet)), plain(claim.get("Claim ID"))
            ),
            "File by": claim.get("File by"),
            "Deadline": closes,
            "Days left": Formula(DAYS_LEFT, (closes - as_of).days),
            "Claim value": claim.get("Claim value"),
            "Currency": claim.get("Currency"),
            "SKU": claim.get("SKU"),
        }
        for closes, claim in ready[: HOME_DEADLINES.fixed_rows]
    ]


def crowded_tabs(reports: Reports, tabs: Collection[str]) -> str:
    """The tabs that make the workbook slow to open and save, and what to do; "" when there are none."""
    rows: dict[str, int] = {}
    for export in reports.exports:
        if export.where in tabs:
            rows[export.where] = rows.get(export.where, 0) + export.rows_read
    full = [f"{tab} ({count:,} rows)" for tab, count in sorted(rows.items()) if count > MANY_ROWS]
    if not full:
        return ""
    return f"keep {', '.join(full)} as files in a Reports folder (Settings), and clear the tab"


def report_rows(
    reports: Reports,
    coverage: Coverage,
    problems: Sequence[Problem],
    waiting: Mapping[str, Sums],
    sheets: Collection[str] = (),
) -> list[Record]:
    """State, rows, covered days and waiting money per tab; a report with an error on Checks says so.

    Rows that stand in none of the workbook's ``sheets`` come from files, which the state counts.
    """
    wrong = {p.where for p in problems if p.severity == "error"}
    tabs: dict[str, list[str]] = {}
    for name, report in all_reports().items():
        tabs.setdefault(report.tab, []).append(name)
    return [
        {
            "Report": tab,
            **_state(names, reports, coverage, wrong, sheets),
            "Money waiting": in_words(waiting.get(tab, {})) or None,
        }
        for tab, names in tabs.items()
    ]


def _state(
    names: Sequence[str], reports: Reports, coverage: Coverage, wrong: set[str], sheets: Collection[str]
) -> Record:
    """What is known of the reports that share a tab."""
    exports = [e for e in reports.exports if e.report in names]
    dated = any(all_reports()[n].day for n in names)
    spans = coverage.spans([*dict.fromkeys(facts_of(n) for n in names)])
    rows = sum(e.rows_used for e in exports)
    if not exports or not (rows or dated or any(e.rows_read for e in exports)):
        state = "empty"  # an own record with headings only, as the template has it
    elif any(e.where in wrong or e.conflict for e in exports):
        state = "see Checks"
    elif spans and len(spans) > 1:
        state = f"read, {counted(len(spans) - 1, 'gap')}"
    else:
        state = "read" if spans or not dated else "confirm the period"
    return {
        "State": state + _from_files(exports, sheets),
        "Rows": rows or None,
        "Covered from": spans[0].first if exports and dated and spans else None,
        "Covered to": min(spans[-1].last, coverage.as_of) if exports and dated and spans else None,
    }


def _from_files(exports: Sequence[Export], sheets: Collection[str]) -> str:
    """Where the rows come from, when not from tabs alone."""
    files = {e.where for e in exports if e.rows_read and e.where not in sheets} if sheets else set()
    tab = any(e.rows_read and e.where in sheets for e in exports)
    return f"; {'tab + ' if tab else ''}{counted(len(files), 'file')}" if files else ""


def counted(number: int, what: str) -> str:
    """`1 gap`, `2 gaps`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def next_step(
    claims: Sequence[Mapping[str, Cell]],
    problems: Sequence[Problem],
    not_run: Mapping[str, Sequence[str]],
    waiting: Mapping[str, Sums],
) -> str:
    """One sentence: the most useful thing to do now."""
    errors = sum(p.severity == "error" for p in problems)
    ready = [c for c in claims if c.get("Status") == "Ready"]
    asked = sum(c.get("Status") == "Needs input" for c in claims)
    later = sum(c.get("Status") == "Waiting" for c in claims)
    if not_run and not claims:
        tabs = sorted({tab for names in not_run.values() for tab in names})
        return f"Paste {', '.join(tabs)}, then refresh the claims."
    parts = []
    if ready:
        first = min((closes for c in ready if (closes := day(c.get("File by")))), default=None)
        by = f", the first by {first}" if first else ""
        parts.append(
            f"File {len(ready)} {'claim that is' if len(ready) == 1 else 'claims that are'} ready{by}"
        )
    if errors:
        parts.append(f"settle {errors} {'error' if errors == 1 else 'errors'} on Checks")
    if waiting:
        tab = max(sorted(waiting), key=lambda t: sum(line.claims for line in waiting[t].values()))
        missing = any(tab in tabs for tabs in not_run.values())
        verb = "paste" if missing else "complete"
        parts.append(
            f"{verb} {tab} ({in_words(waiting[tab])} may wait for it{'' if missing else ': see Missing'})"
        )
    if asked:
        parts.append(f"answer {asked} {'question' if asked == 1 else 'questions'} (Claims, Missing)")
    if not parts:
        parts.append(f"Nothing to file today; {later} claims wait" if later else "Nothing to file today")
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + "."


def _plus(total: Cell, more: Cell) -> float:
    left = total if isinstance(total, (int, float)) else 0
    return left + (more if isinstance(more, (int, float)) else 0)
