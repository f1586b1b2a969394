"""Sellers of other markets, and exports put down in other ways: the truth stays the truth."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from recoup.simulator import MESS, Seller, read_definition, read_definitions, simulate
from recoup.simulator.windows import window

SELLERS = Path(__file__).parent / "sellers"
HIDES = "ledger without reconciled quantities"
SMALL = 0.05


def _told(seller: Seller) -> list[tuple[object, ...]]:
    return [
        (c.kind, c.trap, c.fnsku, c.order_id, c.reference_id, c.units, c.claim_value, c.status)
        for c in seller.truth
    ]


@pytest.fixture(scope="module")
def plain() -> Seller:
    return simulate(size=SMALL)


@pytest.mark.parametrize("habit", sorted(set(MESS) - {HIDES}))
def test_a_messy_export_changes_the_files_and_not_the_truth(
    habit: str, plain: Seller, tmp_path: Path
) -> None:
    messy = simulate(size=SMALL, mess=[habit])
    assert _told(messy) == _told(plain)
    assert messy.not_told == []
    files = {}
    for seller, folder in ((plain, tmp_path / "plain"), (messy, tmp_path / "messy")):
        files[folder.name] = {p.name: p.read_bytes() for p in seller.write(folder)}
    assert files["plain"] != files["messy"]


def test_what_a_ledger_without_reconciled_quantities_hides_is_not_told(plain: Seller, tmp_path: Path) -> None:
    messy = simulate(size=SMALL, mess=[HIDES])
    messy.write(tmp_path)
    head = next(tmp_path.glob("inventory-ledger*")).read_text(encoding="utf-8").splitlines()[0]
    assert head.count("\t") == 13 and "econciled" not in head
    assert set(messy.not_told) == {
        "found_before_but_called_unreconciled",
        "partly_reconciled",
        "reconciled_units_are_explained_first",
        "reconciled_units_explained_by_a_payment",
        "reconciled_with_another_sku",
    }
    assert {c.trap for c in messy.truth} == {c.trap for c in plain.truth} - set(messy.not_told)
    everyday = {c.kind for c in messy.truth if not c.trap}
    assert not everyday & {"lost_in_warehouse", "damaged_in_warehouse"}, "their finds could not be told apart"


def test_two_overlapping_ledgers_hold_every_row_of_the_one(plain: Seller, tmp_path: Path) -> None:
    simulate(size=SMALL, mess=["overlapping ledgers"]).write(tmp_path / "two")
    plain.write(tmp_path / "one")
    (one,) = (_ledger(p) for p in (tmp_path / "one").glob("inventory-ledger*"))
    first, second = (_ledger(p) for p in sorted((tmp_path / "two").glob("inventory-ledger*")))
    assert first | second == one
    assert sum((first & second).values()) > 20


def _ledger(path: Path) -> Counter[str]:
    return Counter(path.read_text(encoding="utf-8").splitlines()[1:])


@pytest.mark.parametrize(("market", "currency"), [("UK", "GBP"), ("DE", "EUR")])
def test_a_european_seller_has_its_currency_its_site_and_its_windows(
    market: str, currency: str, tmp_path: Path
) -> None:
    seller = simulate(market=market, size=SMALL)
    seller.write(tmp_path)
    assert {c.currency for c in seller.truth} == {currency}
    for claim in seller.truth:
        if claim.trap == "refunds_around_the_deadline":
            assert claim.deadline == claim.event_date + timedelta(days=105)
            assert claim.opens == claim.event_date + timedelta(days=45)
    kinds = {c.kind for c in seller.truth}
    assert not any(kind.endswith("_fee_overcharged") for kind in kinds)
    assert "refund_commission_kept" not in kinds
    assert {c.status for c in seller.truth if c.kind == "reimbursement_underpaid"} == {"Needs input"}
    (dated,) = {c.deadline for c in seller.truth if c.kind == "reimbursement_underpaid"}
    assert dated is None
    with next(tmp_path.glob("reimbursements*.csv")).open(encoding="utf-8", newline="") as file:
        assert {row["currency-unit"] for row in csv.DictReader(file)} == {currency}


def test_german_settlements_and_transactions_write_german_days_and_amounts(tmp_path: Path) -> None:
    simulate(market="DE", size=SMALL).write(tmp_path)
    for path in tmp_path.glob("settlement_*.txt"):
        totals, *lines = csv.DictReader(
            path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
        )
        amounts = [Decimal(line["amount"].replace(",", ".")) for line in lines]
        assert sum(amounts) == Decimal(totals["total-amount"].replace(",", "."))
        assert all(line["posted-date"][2::3][:2] == ".." for line in lines)
        assert {line["marketplace-name"] for line in lines} <= {"", "Amazon.de"}
    (path,) = tmp_path.glob("*UnifiedTransaction.csv")
    lines = path.read_text(encoding="utf-8-sig").splitlines()[4:]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    assert {"Bestellung", "Erstattung"} <= {row["Typ"] for row in rows}
    for row in rows:
        parts = [_german(cell) for cell in list(row.values())[14:30]]
        assert sum(parts[:-1]) == parts[-1]


def _german(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def test_stock_in_several_countries_stands_in_one_ledger_and_finds_cross_the_borders() -> None:
    seller = simulate(market="DE", countries=["PL", "FR"], size=SMALL)
    assert {row.country for row in seller.world.ledger} == {"DE", "PL", "FR"}
    assert {c.marketplace for c in seller.truth} == {"DE", "FR"}, "Poland has no marketplace of its own in it"
    rows = [r for r in seller.world.ledger if r.units and r.reason in ("M", "F")]
    crossed = [
        (lost.country, found.country)
        for lost in rows
        for found in rows
        if lost.reason == "M" and found.reason == "F" and set(lost.units) & set(found.units)
    ]
    assert any(lost != found for lost, found in crossed)


def test_the_latest_day_of_a_window_is_the_last_that_can_be_claimed() -> None:
    days = window("lost_inbound", "US")
    assert days is not None
    for as_of in (date(2026, 11, 15), date(2026, 11, 30), date(2027, 2, 28), date(2026, 12, 31)):
        last = days.last_clock(as_of)
        assert days.deadline(last) >= as_of
        assert days.deadline(last - timedelta(days=1)) < as_of


def test_every_definition_in_tests_sellers_makes_a_seller_with_claims() -> None:
    definitions = read_definitions(SELLERS)
    assert len(definitions) >= 8
    assert {d.market for d in definitions} == {"US", "UK", "DE"}
    assert sum(bool(d.mess) for d in definitions) >= 3
    assert len({d.seed for d in definitions}) == len(definitions)
    for definition in definitions:
        assert definition.name != ""
        told = {c.status for c in definition.simulate().truth}
        assert told == {"Ready", "Waiting", "Needs input", "Expired"}


def test_a_definition_names_what_it_does_not_know(tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text("market: US\ncolour: blue\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.yaml: colour not known"):
        read_definition(file)
    file.write_text("just words\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no definition"):
        read_definition(file)
    file.write_text("market: DE\nsize: 0.1\n", encoding="utf-8")
    assert read_definition(file).name == "odd"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"market": "FR"}, "no market FR"),
        ({"market": "US", "countries": ["PL"]}, "no stock of US"),
        ({"mess": ["coffee"]}, "no such mess: coffee"),
    ],
)
def test_what_is_not_simulated_is_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        simulate(**wrong)  # type: ignore[arg-type]
