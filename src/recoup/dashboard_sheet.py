"""Fills Dashboard at a refresh: gathers what it is made of, and writes its tables and sentences.

Decision: nobody works on Dashboard, so a workbook whose Dashboard was deleted is refreshed without it, and Checks says
how it comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from .accounts import Account
from .books.base import Book
from .case_payments import Paid
from .case_sheet import own_name
from .coverage import Coverage
from .dashboard import Gone, Receipt, Sources, build_board
from .model import Cell, Problem
from .pipeline import Result
from .policy import Policy
from .reports import Reports
from .sheets import DASHBOARD


def sources_of(
    claims: Iterable[Mapping[str, Cell]],
    cases: Sequence[Mapping[str, Cell]],
    paid: Mapping[str, Iterable[Paid]],
    reports: Reports,
    result: Result,
    policy: Policy,
    on: date,
) -> Sources:
    """What a refresh found, as Dashboard asks for it. ``paid``: payments by the name of their row of Cases."""
    return Sources(
        claims=list(claims),
        cases=[(own_name(row), row) for row in cases],
        receipts=_receipts(paid),
        reimbursements=reports.frames["reimbursements"],
        ledger=reports.frames["inventory_ledger"],
        gone=_gone(result.allocation.accounts),
        ledger_days=_days(result.coverage, on),
        policy=policy,
        on=on,
    )


def write_dashboard(book: Book, sources: Sources) -> list[Problem]:
    """Fill the sheet; what is to be said on Checks."""
    there = book.tables()
    if not any(table.name in there for table in DASHBOARD):
        what = "Dashboard was deleted, so nothing is shown there"
        return [Problem("note", "Dashboard", what, f"Run `recoup upgrade {book.path.name}` to get it back.")]
    board = build_board(sources)
    for table in DASHBOARD:
        book.replace_rows(table.name, board.tables[table.name])
    book.write_names(board.names)
    return []


def _receipts(paid: Mapping[str, Iterable[Paid]]) -> list[Receipt]:
    """Cash that stands, by the row of Cases that it was paid for."""
    return [
        Receipt(name, p.date, p.amount, p.currency) for name, mine in paid.items() for p in mine if p.amount
    ]


def _gone(accounts: Iterable[Account]) -> list[Gone]:
    """Ledger losses less what Amazon calls reconciled and what came back; paid units stay gone."""
    found = []
    for account in accounts:
        loss = account.loss
        if loss.pool != "ledger" or loss.excluded:
            continue
        back = sum(use.units for use in account.uses if use.credit.role != "reimbursement")
        if (units := loss.units - account.reconciled - back) > 0:
            found.append(Gone(loss.row.where, loss.row.row, units))
    return found


def _days(coverage: Coverage, on: date) -> tuple[date, date] | None:
    spans = coverage.spans(["inventory_ledger"])
    return (spans[0].first, min(spans[-1].last, on)) if spans else None
