"""Runs every line of tests/shield/*.yaml: what blocks a claim before it is drafted and before it is filed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from recoup import shield
from recoup.model import Record
from recoup.policy import load
from recoup.shield import Standing, checked_first, draft_blocks, filing_blocks, grouped

FILE = Path(__file__).parent / "shield" / "cases.yaml"
TODAY = date(2026, 11, 15)
CLAIM: Record = {
    "Claim ID": "LW-1",
    "Kind": "lost_in_warehouse",
    "Status": "Ready",
    "SKU": "S-1",
    "FNSKU": "X001",
    "Reference ID": "9001",
    "Event date": date(2026, 10, 20),
    "Opens": date(2026, 10, 21),
    "Deadline": date(2026, 12, 20),
    "Last seen": TODAY,
}
Line = dict[str, Any]
LINES: list[Line] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
COPIED = ("Claim ID", "Kind", "SKU", "FNSKU", "Reference ID", "Event date", "Deadline")


def standing_of(line: Line) -> tuple[Standing, Record]:
    claim = {**CLAIM, **line.get("claim", {})}
    claims = {"LW-1": claim}
    for key, cells in line.get("claims", {}).items():
        claims[key] = {"Claim ID": key, "Last seen": TODAY, **cells}
    own: Record = {"Case": "C-LW-1", "Stage": "Draft", **{h: claim[h] for h in COPIED}}
    own |= {"Order ID": claim.get("Order ID"), "Shipment ID": claim.get("Shipment ID"), **line.get("row", {})}
    rows = [own, *line.get("cases", [])] if line.get("own") != {} else list(line["cases"])
    evidence = [
        {"Claim ID": "LW-1", "Role": "document", "What it shows": t} for t in line.get("evidence", [])
    ]
    left = [{"Claim ID": "LW-1", **cells} for cells in line.get("not_claimed", [])]
    settings: list[Record] = [{"Name": n, "Value": v} for n, v in line.get("settings", {}).items()]
    policy, problems = load().with_settings(settings)
    assert not problems
    read = line.get("read_to", date(2026, 11, 14)) or None
    standing = Standing(
        policy, line.get("today", TODAY), claims, rows, grouped(evidence), grouped(left), {"LW-1": read}
    )
    return standing, own


@pytest.mark.parametrize("line", LINES, ids=[x["name"] for x in LINES])
def test_a_claim_is_blocked_or_passes(line: Line) -> None:
    standing, own = standing_of(line)
    drafting = draft_blocks("LW-1", standing)
    assert [b.rule for b in drafting] == line["blocks"]
    filing = filing_blocks([own], standing)
    assert [b.rule for b in filing] == [*line["blocks"], *line.get("filing", [])]
    if "step" in line:
        assert checked_first("File it.", own, standing.policy) == line["step"]
    said = " / ".join(b.sentence for b in filing)
    for words in line.get("says", []):
        assert words in said


def test_every_rule_of_the_shield_has_a_line_that_it_blocks_and_every_block_names_its_rows() -> None:
    source = Path(shield.__file__).read_text(encoding="utf-8")
    rules = set(re.findall(r'Block\(\s*"([a-z ]+)"', source))
    shown = {rule for x in LINES for rule in (*x["blocks"], *x.get("filing", []))}
    assert rules == shown
    blocks = [b for x in LINES for b in filing_blocks([standing_of(x)[1]], standing_of(x)[0])]
    assert all(b.rows for b in blocks if b.rule != "paid")
