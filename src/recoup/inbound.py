"""What was sent in each inbound shipment and what Amazon received of it, by the seller's record and the ledger.

Decisions: lines of one shipment and product are added up. Where the record leaves the received units blank, the
ledger's receipts of that shipment stand in; where both are there and differ, the larger number counts, and where
the record and the contents list differ on what was shipped, the smaller: never more is claimed than both allow.
Receipts of products that no line of the shipment names are kept as lines of which nothing was shipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from .catalogue import Catalogue, build_catalogue
from .events import Product
from .frames import Row, among, records, source
from .model import Problem, SourceRow
from .receipts import plain

_Key = tuple[str, str]  # shipment, product; both for comparing only
_UNITS = ("units_shipped", "units_received", "units_reconciled")
_RECEIPT = ["reference_id", "sku", "fnsku", "asin", "quantity", "date", "_where", "_row"]
_CELLS = (*_UNITS, "created", "delivered", "status", "action", "shipment_name")


@dataclass(frozen=True, slots=True)
class Receipts:
    """What the ledger says was received of one product of one shipment."""

    units: int
    product: Product
    rows: tuple[tuple[SourceRow, date, int], ...]  # row, day, units


@dataclass(frozen=True, slots=True)
class SentLine:
    """One product of one shipment. ``received`` None where neither the record nor the ledger says it.

    ``repeated`` units would not be short if lines that are the same in every cell were one line entered twice;
    ``by_ledger`` are the receipts where they and not the record decided ``received``.
    """

    shipment_id: str
    product: Product
    shipped: int
    received: int | None
    reconciled: int
    repeated: int
    statuses: frozenset[str]
    actions: frozenset[str]
    created: date | None
    delivered: tuple[date, ...]
    rows: tuple[tuple[SourceRow, date | None, str], ...]  # row, delivered, what it says
    by_ledger: Receipts | None = None
    silent: bool = False  # the record leaves the received units blank

    @property
    def short(self) -> int:
        """Units shipped and neither received nor reconciled."""
        return max(self.shipped - (self.received or 0) - self.reconciled, 0)

    @property
    def surplus(self) -> int:
        """Units received beyond those shipped."""
        return max((self.received or 0) - self.shipped, 0)


def read_inbound(
    frames: Mapping[str, pd.DataFrame], catalogue: Catalogue
) -> tuple[list[SentLine], list[Problem]]:
    """Lines from the frames inbound_shipments, shipment_contents and inventory_ledger, and where these disagree."""
    record, contents = frames["inbound_shipments"], frames["shipment_contents"]
    own = build_catalogue([contents, record.assign(title="")]) if len(record) else Catalogue({}, {})
    named = {plain(i) for i in record["shipment_id"].unique()}
    groups: dict[_Key, list[tuple[Row, Product]]] = defaultdict(list)
    ordered = record.sort_values(["shipment_id", "fnsku", "sku", "asin", "_where", "_row"], kind="stable")
    for row in records(ordered):
        product = own.complete(catalogue.complete(Product(row["sku"], row["fnsku"], row["asin"])))
        groups[_key(row["shipment_id"], product)].append((row, product))
    listed = _listed(contents, named)
    receipts = _receipts(frames["inventory_ledger"], named, catalogue)
    lines: list[SentLine] = []
    problems: list[Problem] = []
    for key, members in groups.items():
        line, found = _line(members, listed.get(key), receipts.pop(key, None))
        lines += [line] if line else []
        problems += found
    written = {plain(x.shipment_id): x.shipment_id for x in lines}
    lines += [_unsent(written[s], r) for (s, _), r in receipts.items() if s in written and r.units > 0]
    return lines, problems


def _key(shipment_id: str, product: Product) -> _Key:
    return plain(shipment_id), plain(product.fnsku or product.sku or product.asin)


def _listed(contents: pd.DataFrame, named: set[str]) -> dict[_Key, int]:
    """Units shipped by the contents lists."""
    found: dict[_Key, int] = defaultdict(int)
    for row in records(contents[contents["shipped"].notna()]):
        if plain(row["shipment_id"]) in named:
            found[_key(row["shipment_id"], Product(row["sku"], row["fnsku"]))] += round(row["shipped"])
    return found


def _receipts(ledger: pd.DataFrame, named: set[str], catalogue: Catalogue) -> dict[_Key, Receipts]:
    receipts = ledger["event_type"].eq("Receipts") & ledger["quantity"].notna() & ledger["date"].notna()
    rows = ledger.loc[receipts, _RECEIPT]
    written = [name for name in rows["reference_id"].unique().tolist() if plain(name) in named]
    rows = rows[among(rows["reference_id"], written)].sort_values(["date", "_where", "_row"])
    found: dict[_Key, list[Row]] = defaultdict(list)
    for row in records(rows):
        found[plain(row["reference_id"]), plain(row["fnsku"])].append(row)
    return {
        key: Receipts(
            max(sum(round(r["quantity"]) for r in members), 0),
            catalogue.complete(Product(members[0]["sku"], members[0]["fnsku"], members[0]["asin"])),
            tuple((source(r), r["date"].date(), round(r["quantity"])) for r in members),
        )
        for key, members in found.items()
    }


def _line(
    members: Sequence[tuple[Row, Product]], listed: int | None, ledger: Receipts | None
) -> tuple[SentLine | None, list[Problem]]:
    rows, (first, product) = [row for row, _ in members], members[0]
    name = f"shipment {first['shipment_id']}, {product.fnsku or product.sku or product.asin}"
    problems: list[Problem] = []
    shipped = _total(rows, "units_shipped")
    if shipped is None and listed is None:
        text = f"{name}: Units shipped is blank, so nothing can be short"
        return None, [_problem(rows, text, "Fill Units shipped, or paste the contents list of the shipment.")]
    if shipped is not None and listed is not None and shipped != listed:
        text = f"{name}: {shipped} shipped by the record, {listed} by the contents list; the smaller counts"
        problems.append(_problem(rows, text, "Correct Units shipped."))
    said = _total(rows, "units_received")
    if said is not None and ledger and said != ledger.units:
        text = f"{name}: {said} received by the record, {ledger.units} by the Inventory Ledger; the larger counts"
        problems.append(
            _problem(rows, text, "Look the shipment up in Seller Central and correct the record.")
        )
    decided = ledger if ledger and (said is None or ledger.units > said) else None
    line = SentLine(
        shipment_id=first["shipment_id"],
        product=product,
        shipped=min(n for n in (shipped, listed) if n is not None),
        received=max(_some(rows, "units_received"), decided.units) if decided else said,
        reconciled=_some(rows, "units_reconciled"),
        repeated=_repeated(rows),
        statuses=frozenset(r["status"] for r in rows),
        actions=frozenset(r["action"] for r in rows),
        created=min(_days(rows, "created"), default=None),
        delivered=tuple(_days(rows, "delivered")),
        rows=tuple((source(r), _day(r["delivered"]), _shows(r)) for r in rows),
        by_ledger=decided,
        silent=said is None,
    )
    return line, problems


def _unsent(shipment_id: str, receipts: Receipts) -> SentLine:
    nothing: frozenset[str] = frozenset()
    rows = tuple((row, day, f"received {units}, not in the record") for row, day, units in receipts.rows)
    product = receipts.product
    return SentLine(shipment_id, product, 0, receipts.units, 0, 0, nothing, nothing, None, (), rows, receipts)


def _repeated(rows: Sequence[Row]) -> int:
    """Units short only because lines stand twice with the same cells."""
    seen: set[tuple[str, ...]] = set()
    units = 0
    for row in rows:
        cells = tuple(str(row[name]) for name in _CELLS)
        if cells in seen:
            units += max(_count(row["units_shipped"]) - _count(row["units_received"]), 0)
        seen.add(cells)
    return units


def _count(cell: float) -> int:
    return 0 if pd.isna(cell) else round(cell)


def _total(rows: Sequence[Row], name: str) -> int | None:
    """The sum of a column; None where a cell of it is blank."""
    return None if any(pd.isna(r[name]) for r in rows) else _some(rows, name)


def _some(rows: Sequence[Row], name: str) -> int:
    return sum(_count(r[name]) for r in rows)


def _days(rows: Sequence[Row], name: str) -> list[date]:
    return sorted(day for r in rows if (day := _day(r[name])))


def _day(cell: datetime | None) -> date | None:
    return cell.date() if cell else None


def _shows(row: Row) -> str:
    said = [f"{'?' if pd.isna(row[n]) else round(row[n])} {n.removeprefix('units_')}" for n in _UNITS]
    return "; ".join(filter(None, [row["status"] or "no status", ", ".join(said), row["action"]]))


def _problem(rows: Sequence[Row], text: str, remedy: str) -> Problem:
    where = [source(r) for r in rows]
    cells = ", ".join(f"row {s.row}" for s in where)
    return Problem("warning", where[0].where, text, remedy, "Units received", len(rows), cells)
