"""The demo's claims equal the truth of its simulated units, and each can be derived from its evidence."""

from __future__ import annotations

import atexit
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from shutil import copy, rmtree
from tempfile import mkdtemp
from typing import Any

import pytest

from recoup import doors
from recoup.books.base import Book
from recoup.doors import make_demo, open_workbook
from recoup.explain import explain
from recoup.run import Run
from recoup.simulator import simulate
from workbooks import table

AS_OF = date(2026, 11, 15)
SEEDS = (7,)
MANY = tuple(range(100, 120))
KEEP_EXPIRED = 90
Key = tuple[str, ...]
LEDGER = (("fnsku", "FNSKU"), ("reference_id", "Reference ID"), ("event_date", "Event date"))
ORDER = (("order_id", "Order ID"), ("sku", "SKU"))
RETURN = (("order_id", "Order ID"), ("fnsku", "FNSKU"), ("event_date", "Event date"))
PAYMENT = (("reference_id", "Reference ID"), ("fnsku", "FNSKU"))
REMOVAL = (("removal_order_id", "Removal order ID"), ("sku", "SKU"))
MONTH = (("fnsku", "FNSKU"), ("month", "Event date"))
KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "lost_in_warehouse": LEDGER,
    "damaged_in_warehouse": LEDGER,
    "disposed_without_request": LEDGER,
    "lost_inbound": (("shipment_id", "Shipment ID"), ("fnsku", "FNSKU")),
    "return_not_received": ORDER,
    "return_damaged_by_amazon": RETURN,
    "return_not_restocked": RETURN,
    "replacement_not_returned": ORDER,
    "refund_exceeds_charge": ORDER,
    "refund_commission_kept": ORDER,
    "removal_lost": (*REMOVAL, ("reference_id", "Reference ID")),
    "removal_damaged": (*REMOVAL, ("event_date", "Event date")),
    "fulfillment_fee_overcharged": MONTH,
    "referral_fee_overcharged": ORDER,
    "storage_fee_overcharged": MONTH,
    "reimbursement_underpaid": PAYMENT,
    "reimbursement_reversed": PAYMENT,
}
ABOUT_MONEY = (
    "refund_exceeds_charge",
    "refund_commission_kept",
    "fulfillment_fee_overcharged",
    "referral_fee_overcharged",
    "storage_fee_overcharged",
)
COMPARED = {
    "units": "Units",
    "opens": "Opens",
    "deadline": "Deadline",
    "status": "Status",
    "unit_value": "Unit value",
    "claim_value": "Claim value",
}


@dataclass(frozen=True)
class Demo:
    """What one seed gave: the truth, the rows of the workbook, and what explain said of every claim."""

    truth: dict[str, Any]
    claims: list[dict[str, Any]]
    not_claimed: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    disagreeing: list[str]
    valued_wrong: list[str]


class Once:
    """A book whose tables are read once, as nobody writes between the explanations."""

    def __init__(self, book: Book) -> None:
        self.path, self._read = book.path, cache(book.read_table)

    def __getattr__(self, name: str) -> Any:
        if name == "read_table":
            return self._read
        raise AttributeError(name)


RUN = Run(AS_OF, datetime(2026, 11, 15, 9), "Ann")


@cache
def made(seed: int) -> doors.Demo:
    """The demo of a seed on disk, made once per session."""
    folder = Path(mkdtemp(prefix="recoup-demo-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    return make_demo(folder, seed, RUN)


@cache
def demo(seed: int) -> Demo:
    """The truth of a seed, the rows of its workbook, and every claim explained."""
    path = made(seed).book
    truth = json.loads((path.parent / "reports" / "truth.json").read_text(encoding="utf-8"))
    rows = table(path, "Claims")
    book: Any = Once(open_workbook(path))
    told = [explain(book, str(r["Claim ID"])) for r in rows]
    return Demo(
        truth,
        rows,
        table(path, "NotClaimed"),
        table(path, "Checks"),
        [str(t.claim["Claim ID"]) for t in told if not t.agrees],
        [
            str(t.claim["Claim ID"])
            for t in told
            if t.value is None and t.claim.get("Claim value") is not None
        ],
    )


def plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:g}" if value == round(value, 0) else f"{value:.2f}"
    return "" if value is None else str(value)


def key_of(kind: str, row: Mapping[str, Any], side: int) -> Key:
    """The key of RULES 1; ``side`` 0 reads the truth's names, 1 the sheet's. A month is that of the event."""
    cells = [
        (names[0], row["event_date" if names[0] == "month" and not side else names[side]])
        for names in KEYS[kind]
    ]
    return (kind, *(plain(cell)[:7] if name == "month" else plain(cell) for name, cell in cells))


def owed(found: Demo) -> tuple[dict[Key, dict[str, Any]], dict[Key, dict[str, Any]]]:
    """(claims that must be shown, claims expired so long ago that they may be gone) by key."""
    shown: dict[Key, dict[str, Any]] = {}
    old: dict[Key, dict[str, Any]] = {}
    for claim in found.truth["claims"]:
        key = key_of(claim["kind"], claim, 0)
        if claim["status"] != "Expired":
            shown[key] = claim
        elif (AS_OF - date.fromisoformat(claim["deadline"])).days > KEEP_EXPIRED:
            old.setdefault(key, claim)
        elif key not in shown:
            shown[key] = claim
    return shown, old


def check_against_truth(found: Demo) -> None:
    """Every claim that is owed stands on Claims with its units, window, status and value, and no other."""
    shown, old = owed(found)
    mine = {key_of(r["Kind"], r, 1): r for r in found.claims}
    assert len(mine) == len(found.claims), "two claims have one key"
    missing = [(key, shown[key]["trap"]) for key in sorted(set(shown) - set(mine))]
    assert missing == [], "owed, but not claimed"
    asked = {key_of(i["kind"], i, 0) for i in found.truth["innocent"] if i["may_show"]}
    extra = [
        (k, mine[k]["Status"], mine[k]["Why"])
        for k in sorted(set(mine) - set(shown) - set(old))
        if k not in asked or mine[k]["Status"] == "Ready"
    ]
    assert extra == [], "claimed, but not owed"
    wrong = []
    for key, claim in shown.items():
        row = mine[key]
        for ours, header in COMPARED.items():
            if claim["kind"] in ABOUT_MONEY and ours in ("units", "unit_value"):
                continue  # what counts there is the money
            if claim["kind"] in ABOUT_MONEY and claim[ours] is None:
                continue  # nobody can know it: any figure stands beside its question
            value = claim[ours] if not isinstance(claim[ours], int) else float(claim[ours])
            if plain(value) != plain(float(row[header]) if isinstance(row[header], int) else row[header]):
                wrong.append((key, claim["trap"], header, row[header], claim[ours]))
    assert wrong == []


def check_innocents(found: Demo) -> None:
    """What must not be claimed is not: no row, or only a waiting one where the story says so."""
    shown, old = owed(found)
    mine = {key_of(r["Kind"], r, 1): r for r in found.claims}
    for innocent in found.truth["innocent"]:
        key = key_of(innocent["kind"], innocent, 0)
        if key not in mine or key in shown or key in old:
            continue
        if mine[key]["Status"] != innocent["may_show"]:
            pytest.fail(f"{innocent['story']}: {key} is claimed as {mine[key]['Status']}")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_claims_of_the_demo_equal_the_truth_unit_by_unit(seed: int) -> None:
    check_against_truth(demo(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_innocent_is_claimed(seed: int) -> None:
    found = demo(seed)
    assert len(found.truth["innocent"]) > 20
    check_innocents(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_explain_derives_every_claim_again_from_its_evidence(seed: int) -> None:
    found = demo(seed)
    assert len(found.claims) > 50
    assert found.disagreeing == []
    assert found.valued_wrong == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_units_of_ready_claims_add_up_to_the_truth_per_kind(seed: int) -> None:
    found = demo(seed)
    told: dict[str, int] = {}
    for claim in found.truth["claims"]:
        if claim["status"] == "Ready":
            told[claim["kind"]] = told.get(claim["kind"], 0) + (claim["units"] or 0)
    mine: dict[str, int] = {}
    for row in found.claims:
        if row["Status"] == "Ready":
            mine[row["Kind"]] = mine.get(row["Kind"], 0) + (row["Units"] or 0)
    assert {k: n for k, n in mine.items() if k not in ABOUT_MONEY} == {
        k: n for k, n in told.items() if k not in ABOUT_MONEY
    }
    assert set(mine) == set(KEYS), "every kind has something to file"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_old_and_expired_stands_under_not_claimed(seed: int) -> None:
    found = demo(seed)
    shown, old = owed(found)
    expired = {key_of(r["Kind"], r, 1) for r in found.not_claimed if r["Reason"] == "expired"}
    for key in set(old) - set(shown):
        assert key in expired, old[key]["trap"]


def test_the_demo_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    simulate(7, as_of=AS_OF).write(tmp_path)
    folders = (tmp_path, made(7).book.parent / "reports")
    prints = [{p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in f.iterdir()} for f in folders]
    assert prints[0] == prints[1]


def test_another_seed_is_another_seller() -> None:
    names = [{(c.fnsku, c.order_id) for c in simulate(seed, as_of=AS_OF).truth} for seed in (7, 1)]
    assert not names[0] & names[1]


def test_the_demo_reads_every_row_or_says_why_not() -> None:
    exports = made(7).refreshed.summary.reports.exports
    assert sum(e.rows_read for e in exports) > 25_000
    for export in exports:
        assert export.rows_read == export.rows_used + sum(export.skipped.values()), export.where


def test_reading_the_demo_files_in_place_gives_the_same_claims_as_importing_them(tmp_path: Path) -> None:
    for file in made(7).reports:
        if file.name != "truth.json":
            copy(file, tmp_path)
    book = doors.make_workbook(tmp_path / "workbook" / "book.xlsx")
    files = [p for p in tmp_path.iterdir() if p.is_file()]
    doors.refresh_book(book, RUN, files, target=doors.Target(in_place=True))
    columns = (
        "Claim ID",
        "Kind",
        "Status",
        "Units",
        "Unit value",
        "Claim value",
        "Opens",
        "Deadline",
        "Missing",
    )
    imported = [[r[c] for c in columns] for r in demo(7).claims]
    assert [[r[c] for c in columns] for r in table(book, "Claims")] == imported


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_the_truth_holds_for_many_sellers(seed: int) -> None:
    found = demo(seed)
    check_against_truth(found)
    check_innocents(found)
    assert found.disagreeing == []
