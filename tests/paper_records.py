"""Rows of a workbook as case texts read them, made from a case of tests/cases without any workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recoup import results
from recoup.case_texts import Records
from recoup.cases import Known, track
from recoup.coverage import tab_name
from recoup.pipeline import Result
from recoup.policy import Policy
from recoup.source_files import SourceFiles

READ = (
    "inventory_ledger",
    "reimbursements",
    "customer_returns",
    "removal_orders",
    "transactions",
    "settlements",
)


def records_of(
    result: Result, as_of: Any, policy: Policy, documents: list[dict[str, Any]] | None = None
) -> Records:
    """The sheets Claims and Evidence that a refresh would write of this result."""
    tracking = track(result.claims, [], Known.of([], [], {}), as_of, {})
    covered = {tab_name(r): result.coverage.read_to(r) for r in READ}
    return Records(
        name="case.xlsx",
        claims=results.claim_rows(tracking, as_of),
        evidence=results.evidence_rows(
            {c.claim_id: c.evidence for c in result.claims}, set(), SourceFiles([], [], Path("case.xlsx"))
        ),
        documents=documents or [],
        covered={tab: day for tab, day in covered.items() if day},
        as_of=as_of,
        policy=policy,
    )
