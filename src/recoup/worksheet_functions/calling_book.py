"""The workbook that a function was called in: what it says, read once and kept until its content changes.

Whoever calls knows whether it changed and then makes a new one. Policies that say the same stay one object, so that
what was found by them stays found. A workbook that is none of Recoup's is judged by the rules as shipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from functools import cached_property, lru_cache

from recoup.books.base import BookToRead
from recoup.case_acts import standing_of
from recoup.case_texts import Records, assemble, read_records, write_text
from recoup.cases import text
from recoup.events import Product
from recoup.evidence_pack import text_to_keep
from recoup.memory import plain
from recoup.model import Cell, Record, RecoupError
from recoup.policy import Policy, load
from recoup.sourcing import SourcingCosts
from recoup.valuation import Value, stock_value
from recoup.work_ahead import look_ahead
from recoup.work_tasks import due_table
from recoup.workbook import Notebook, read_notebook, read_own_records, require_recoup

_RULE_TABLES = {
    "Policy": ("Rule", "Override", "Override by"),
    "ReasonCodes": ("Report", "Code", "Override", "Override by"),
    "Settings": ("Name", "Value"),
}
_NAMES = ("SKU", "FNSKU", "ASIN")


class CallingBook:
    """Answers from a workbook, as it stood when it was first asked each of them."""

    def __init__(self, book: BookToRead) -> None:
        self._book = book
        self._due: dict[tuple[date, int], list[list[Cell]]] = {}

    @cached_property
    def policy(self) -> Policy:
        """The rules with what a lead overrode, and the seller's answers on Settings."""
        there = self._book.tables()
        return _policy_with(*(self._typed(name, headers, there) for name, headers in _RULE_TABLES.items()))

    def _typed(self, table: str, headers: Sequence[str], there: dict[str, list[str]]) -> _Typed:
        """The rows of a table of rules in which somebody typed an answer."""
        if table not in there:
            return ()
        answer = "Value" if table == "Settings" else "Override"
        rows = self._book.read_table(table).records()
        return tuple(tuple((h, r.get(h)) for h in headers) for r in rows if plain(r.get(answer)))

    # ---- claims

    def why(self, claim_id: str) -> str:
        """Why a claim is one, or is none. Raises ``RecoupError`` when nobody knows it."""
        if claim_id in self._claims:
            return text(self._claims[claim_id].get("Why")) or "Claims gives no reason: refresh the workbook."
        lines = [line for line in self._not_claimed if text(line.get("Claim ID")) == claim_id]
        if not lines:
            raise RecoupError(f"No claim {claim_id} on Claims or Not Claimed: copy the Claim ID from there.")
        return " / ".join(
            f"Not claimed ({' '.join(filter(None, (text(r.get('Reason')), text(r.get('Closed by')))))}): "
            f"{text(r.get('Why'))}"
            for r in lines
        )

    @cached_property
    def _claims(self) -> dict[str, Record]:
        require_recoup(self._book)
        return {text(row.get("Claim ID")): row for row in self._book.read_table("Claims").records()}

    @cached_property
    def _not_claimed(self) -> list[Record]:
        return self._book.read_table("NotClaimed").records()

    def case_text(self, claim_id: str) -> str:
        """The text to file a claim with; what is missing in it comes first. Raises ``RecoupError``."""
        if claim_id not in self._claims:
            raise RecoupError(f"No claim {claim_id} on Claims: copy the Claim ID from there.")
        return text_to_keep(write_text(assemble(self._records, [claim_id]))).rstrip("\n")

    @cached_property
    def _records(self) -> Records:
        return read_records(self._book)

    # ---- money

    def unit_value(self, name: str, on: date, marketplace: str) -> Value:
        """What Amazon owes for a unit in stock, by its SKU, FNSKU or ASIN: as for a claim of that product.

        Raises ``RecoupError`` when the products of that name differ in it.
        """
        products = self._products.get(name) or [Product(name, name, name)]
        values = [stock_value(self.policy, self._costs, p, on, marketplace) for p in products]
        if len({value.unit for value in values}) > 1:
            raise RecoupError(
                f"{name} is several products on Claims, of different values: give the FNSKU of one."
            )
        return values[0]

    @cached_property
    def _costs(self) -> SourcingCosts:
        return SourcingCosts(read_own_records(self._book, "sourcing_costs"))

    @cached_property
    def _products(self) -> dict[str, list[Product]]:
        """The products of Claims by each of their names: costs may be known by another one."""
        found: dict[str, list[Product]] = defaultdict(list)
        for row in self._claims.values() if "Claims" in self._book.tables() else ():
            names = [text(row.get(header)) for header in _NAMES]
            for name in filter(None, names):
                found[name].append(Product(*names))
        return {name: _fullest(list(dict.fromkeys(products))) for name, products in found.items()}

    # ---- work

    def due(self, today: date, days: int) -> list[list[Cell]]:
        """What is to be done within some days, below its headings. Raises ``RecoupError``."""
        if (today, days) not in self._due:
            notebook = self._notebook
            standing = standing_of(self._book, notebook, today)
            ahead = look_ahead(standing, notebook.sheet.log, notebook.journal, days)
            self._due[today, days] = due_table(ahead.queue)
        return [list(row) for row in self._due[today, days]]

    @cached_property
    def _notebook(self) -> Notebook:
        require_recoup(self._book)
        return read_notebook(self._book)


def _fullest(products: Collection[Product]) -> list[Product]:
    """Without those that only name less of another one."""

    def is_part(one: Product, other: Product) -> bool:
        pairs = ((one.sku, other.sku), (one.fnsku, other.fnsku), (one.asin, other.asin))
        return one != other and all(mine in ("", its) for mine, its in pairs)

    return [p for p in products if not any(is_part(p, other) for other in products)]


_Typed = tuple[tuple[tuple[str, Cell], ...], ...]


@lru_cache(maxsize=16)
def _policy_with(rules: _Typed, codes: _Typed, answers: _Typed) -> Policy:
    policy, _ = load().overridden([dict(row) for row in rules], [dict(row) for row in codes])
    return policy.with_settings([dict(row) for row in answers])[0]
