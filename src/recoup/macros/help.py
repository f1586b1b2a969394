"""The group Help of the ribbon: the rules, the installation, what this is. None of them needs a workbook."""

from __future__ import annotations

from ..addin.computer import this_computer
from ..addin.diagnosis import diagnose
from ..addin.facts import collect_facts
from ..addin_commands import print_findings
from ..console import text_of
from ..dialogs import Field
from ..policy import load
from ..printing import print_about, print_policy
from .desk import Desk


def show_policy(desk: Desk) -> None:
    """Show the windows, caps and values in force today in a marketplace."""
    policy = load()
    where = Field("Marketplace", "US", choices=sorted(policy.marketplaces), free=False, needed=True)
    answers = desk.dialogs.ask(
        "Policy", f"The rules in force on {desk.run.as_of}, of which marketplace?", [where]
    )
    text = text_of(print_policy, policy, desk.run.as_of, answers[where.label], as_json=False)
    desk.dialogs.show("Policy", text)


def run_doctor(desk: Desk) -> None:
    """Check Python, packages, the add-in and Excel's settings, and say what to do."""
    findings = diagnose(collect_facts(this_computer()))
    desk.dialogs.show("Doctor", text_of(print_findings, findings, as_json=False))


def show_about(desk: Desk) -> None:
    """Version, licence and where to find help."""
    desk.dialogs.show("About", text_of(print_about))
