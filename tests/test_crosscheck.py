"""Every claim of the demo follows from its Evidence rows, by a script that knows nothing of Recoup."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

import crosscheck
from test_demo import made

SCRIPT = Path(__file__).with_name("crosscheck.py")


@cache
def demo_tables() -> tuple[list[crosscheck.Row], list[crosscheck.Row], crosscheck.Rules]:
    """Claims, Evidence and Policy of the demo, read once."""
    book = load_workbook(made(7).book, data_only=True)
    return (
        crosscheck.rows_of(book, "Claims"),
        crosscheck.rows_of(book, "Evidence"),
        crosscheck.Rules(crosscheck.rows_of(book, "Policy")),
    )


def test_the_script_agrees_with_every_claim_of_the_demo() -> None:
    done = subprocess.run([sys.executable, SCRIPT, made(7).book], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" 0 differences\n")
    assert int(done.stdout.split()[-6]) >= 100


def test_the_script_imports_nothing_of_the_program() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {n for node in ast.walk(tree) for n in _imported(node)}
    assert names <= {"__future__", *sys.stdlib_module_names, "openpyxl"}


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {a.name.split(".")[0] for a in node.names}
    return {(node.module or "").split(".")[0]} if isinstance(node, ast.ImportFrom) else set()


def _kinds() -> list[str]:
    return sorted({str(row["Kind"]) for row in demo_tables()[0]})


@pytest.mark.parametrize("column", ["Units", "Amount", "Date"])
def test_a_changed_row_of_evidence_changes_what_the_script_derives(column: str) -> None:
    """For every kind some row of every counting column matters: the script looks at all of them."""
    claims, evidence, rules = demo_tables()
    as_of = made(7).refreshed.summary.as_of
    for kind in sorted({str(c["Kind"]) for c in claims}):
        if column == "Units" and kind in crosscheck.MONEY:
            continue  # their money counts
        assert any(
            _notices(claim, evidence, column, rules, as_of) for claim in claims if claim["Kind"] == kind
        ), f"{kind}: no claim depends on {column}"


def _notices(claim, evidence, column, rules, as_of) -> bool:  # type: ignore[no-untyped-def]
    rows = [r for r in evidence if r["Claim ID"] == claim["Claim ID"]]
    for place, row in enumerate(rows):
        if row[column] in (None, ""):
            continue
        other = row[column] + (crosscheck.timedelta(days=900) if column == "Date" else 7)
        changed = [*rows[:place], {**row, column: other}, *rows[place + 1 :]]
        if list(crosscheck._compare(claim, changed, rules, as_of)):
            return True
    return False
