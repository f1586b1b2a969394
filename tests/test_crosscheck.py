"""Every claim of a seller owed under all kinds follows from its Evidence rows, by a script of its own."""

from __future__ import annotations

import ast
import atexit
import subprocess
import sys
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest
from openpyxl import load_workbook

import crosscheck
from recoup import doors
from recoup.run import Run
from recoup.sheets import KINDS
from recoup.simulator import simulate

SCRIPT = Path(__file__).with_name("crosscheck.py")
RUN = Run(date(2026, 11, 15), datetime(2026, 11, 15, 9), "Ann")
SIZE = 0.05  # of the everyday business: little of it is needed here


@cache
def book() -> Path:
    """A seller's claims, made from report files: the workbook holds the results, not the pasted rows."""
    folder = Path(mkdtemp(prefix="recoup-crosscheck-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    reports = simulate(7, as_of=RUN.as_of, size=SIZE).write(folder / "reports")
    made = doors.make_workbook(folder / "claims.xlsx")
    files = [p for p in reports if p.name != "truth.json"]
    doors.refresh_book(made, RUN, files, target=doors.Target(in_place=True))
    return made


@cache
def tables() -> tuple[list[crosscheck.Row], list[crosscheck.Row], crosscheck.Rules]:
    """Claims, Evidence and Policy, read once."""
    opened = load_workbook(book(), data_only=True)
    return (
        crosscheck.rows_of(opened, "Claims"),
        crosscheck.rows_of(opened, "Evidence"),
        crosscheck.Rules(crosscheck.rows_of(opened, "Policy")),
    )


def test_the_script_agrees_with_every_claim_of_a_seller_owed_under_all_kinds() -> None:
    done = subprocess.run([sys.executable, SCRIPT, book()], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(f"{len(tables()[0])} claims looked at, 0 differences\n")
    assert {c["Kind"] for c in tables()[0]} == set(KINDS)


def test_the_script_imports_nothing_of_the_program() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {n for node in ast.walk(tree) for n in _imported(node)}
    assert names <= {"__future__", *sys.stdlib_module_names, "openpyxl"}


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {a.name.split(".")[0] for a in node.names}
    return {(node.module or "").split(".")[0]} if isinstance(node, ast.ImportFrom) else set()


@pytest.mark.parametrize("column", ["Units", "Amount", "Date"])
def test_a_changed_row_of_evidence_changes_what_the_script_derives(column: str) -> None:
    """For every kind some row of every counting column matters: the script looks at all of them."""
    claims, evidence, rules = tables()
    for kind in sorted({str(c["Kind"]) for c in claims}):
        if column == "Units" and kind in crosscheck.MONEY:
            continue  # their money counts
        assert any(_notices(claim, evidence, column, rules) for claim in claims if claim["Kind"] == kind), (
            f"{kind}: no claim depends on {column}"
        )


def _notices(
    claim: crosscheck.Row, evidence: list[crosscheck.Row], column: str, rules: crosscheck.Rules
) -> bool:
    rows = [r for r in evidence if r["Claim ID"] == claim["Claim ID"]]
    for place, row in enumerate(rows):
        if row[column] in (None, ""):
            continue
        other = row[column] + (timedelta(days=900) if column == "Date" else 7)
        changed = [*rows[:place], {**row, column: other}, *rows[place + 1 :]]
        if list(crosscheck._compare(claim, changed, rules, RUN.as_of)):
            return True
    return False
