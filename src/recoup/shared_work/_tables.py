"""What people share in a workbook: which tables and tabs, how their rows are told apart, and the names of their cells.

Decisions:
- Rows of Cases without a claim id (opened by a person) are told by `Case`, else by `Amazon case ID`, else by their
  product and their order, shipment and reference ids; all their cells are that person's. Of rows with a claim id also
  `Case`, `Units filed` and `Value filed` are shared: they record what a person did.
- Own records are told by their identifiers (`KEYS`), under the last headings that the tab has.
- A cell is named for the Journal by its claim id and its heading; where that is not enough, by tab and row too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..books.base import Book
from ..books.cell_values import translated
from ..books.cells import column_letter
from ..case_sheet import OWN_CELLS, own_name
from ..memory import plain
from ..model import Cell, Formula, Record
from ..reports import all_reports, find_form
from ..sheets import (
    CASE_LOG,
    CASES,
    CLAIMS,
    HOME_REPORTS,
    JOURNAL,
    NOT_CLAIMED,
    OWN_RECORDS,
    POLICY,
    REASON_CODES,
    SETTINGS,
    Table,
)
from ._alignment import Layout
from ._rows import Rows

CLAIM = "Claim ID"
ACTS = frozenset({"Case", "Units filed", "Value filed"})
PRODUCT = ("sku", "fnsku", "asin")
KEYS: dict[str, tuple[tuple[str, ...], ...]] = {  # own records: report -> keys of canonical columns
    "inbound_shipments": (("shipment_id", *PRODUCT), ("shipment_id", "fnsku"), ("shipment_id", "sku")),
    "shipment_contents": (("shipment_id", *PRODUCT),),
    "sourcing_costs": ((*PRODUCT, "currency", "effective_from"), (*PRODUCT, "currency")),
    "product_dimensions": ((*PRODUCT, "measured_on"), PRODUCT),
    "removal_receipts": (
        ("removal_order_id", "tracking_number", "sku", "fnsku", "received_on", "condition"),
        ("removal_order_id", "tracking_number", "sku", "fnsku"),
    ),
    "documents": (("document_id",), ("kind", "applies_to", "path"), ("kind", "applies_to")),
}


def _engine(table: Table) -> frozenset[str]:
    return frozenset(table.headers) - set(table.people)


LAYOUTS: dict[str, Layout] = {  # table -> how its rows are told
    "Claims": Layout((CLAIMS.key,), _engine(CLAIMS), stays=True),
    "NotClaimed": Layout((NOT_CLAIMED.key,), _engine(NOT_CLAIMED), stays=True),
    "Cases": Layout(
        (
            CASES.key,
            ("Case",),
            ("Amazon case ID",),
            ("Kind", "SKU", "FNSKU", "ASIN", "Order ID", "Shipment ID", "Reference ID"),
        ),
        _engine(CASES) - ACTS,
        always=frozenset(OWN_CELLS),
        identity=CLAIM,
        stays=True,
    ),
    "Settings": Layout((SETTINGS.key,), _engine(SETTINGS), stays=True),
    "Exclusions": Layout((("Kind", "SKU"),)),
    "ReportPeriods": Layout((("Report", "From", "To"), ("Report", "From"), ("Report", "To", "Exported on"))),
    "Policy": Layout((POLICY.key,), _engine(POLICY), stays=True),
    "ReasonCodes": Layout((REASON_CODES.key,), _engine(REASON_CODES), stays=True),
    "HomeReports": Layout((HOME_REPORTS.key,), _engine(HOME_REPORTS), stays=True, grows=False),
}
RECORD_TABS = tuple(OWN_RECORDS)
LOGS: dict[
    str, Layout
] = {  # tables to which lines are only added: every line counts, the whole line is its key
    t.name: Layout((tuple(t.headers),), frozenset(t.headers), stays=True, every=True)
    for t in (CASE_LOG, JOURNAL)
}


@dataclass(slots=True)
class Shared:
    """One table, or tab of own records, as it stands in one copy; ``numbers`` are the sheet rows of its rows."""

    name: str
    sheet: str
    layout: Layout
    content: Rows
    numbers: list[int]
    columns: dict[str, int] = field(default_factory=dict)  # of a tab: heading -> sheet column
    known: dict[str, str] = field(default_factory=dict)  # of a tab: what a column is -> its heading
    heading: int = 0  # of a tab: its heading row

    @property
    def is_tab(self) -> bool:
        """Whether it is a plain tab of text, no table."""
        return bool(self.columns)


def read_shared(book: Book, name: str) -> Shared | None:
    """One shared table or tab by its name; None when the tab, or its headings, are gone.

    Raises ``TableMissing``.
    """
    return _read_tab(book, name) if name in RECORD_TABS else _read_table(book, name)


def _read_table(book: Book, name: str) -> Shared:
    layout = {**LAYOUTS, **LOGS}[name]
    found, formulas = book.read_table(name), book.read_formulas(name)
    rows = found.records()
    at = dict(zip(found.numbers, rows, strict=True))
    for (number, header), text in formulas.items():
        if number in at and header not in layout.engine:
            at[number][header] = Formula(_in_one_row(text, number), _shown(at[number][header]))
    return Shared(name, book.sheet_of(name), layout, Rows(list(found.headers), rows), found.numbers)


def _in_one_row(formula: str, number: int) -> str:
    """A formula as it would read in a certain row: so it is the same after its row has moved."""
    return translated(formula, f"A{number}", "A500000") if formula else ""


def _shown(cell: Cell) -> str | float | None:
    return cell if isinstance(cell, (str, float)) or cell is None else plain(cell)


def _read_tab(book: Book, name: str) -> Shared | None:
    if name not in book.sheet_names():
        return None
    raw = book.read_raw(name)
    forms = {r: f for r in KEYS if all_reports()[r].tab == name and (f := find_form(raw, r))}
    if not forms:
        return None
    report, form = next(iter(forms.items()))
    formulas = book.formulas_in(name)
    grid = raw.cells.to_numpy(dtype=object).tolist()
    texts = dict(zip(raw.rows.tolist(), grid, strict=True))
    columns = _headings([str(text) for text in texts[form.heading]])
    records: list[Record] = []
    numbers = []
    for number, cells in texts.items():
        if number != form.heading and any(str(c).strip() for c in cells):
            row: Record = {h: str(cells[c - 1]).strip() or None for h, c in columns.items()}
            for header, column in columns.items():
                if (number, column) in formulas:
                    row[header] = Formula(_in_one_row(formulas[number, column], number), _shown(row[header]))
            records.append(row)
            numbers.append(number)
    names = {place: h for h, place in columns.items()}
    known = {c: names[place + 1] for c, place in form.places.items()}
    keys = [tuple(known[c] for c in key if c in known) for key in KEYS[report]]
    rows = Rows(list(columns), records)
    return Shared(
        name, name, Layout(tuple(k for k in keys if k) or ((),)), rows, numbers, columns, known, form.heading
    )


def _headings(texts: list[str]) -> dict[str, int]:
    """A name for every column of a tab: its heading, the column's letter where there is none."""
    names: dict[str, int] = {}
    for column, text in enumerate(texts, 1):
        name = " ".join(text.split()) or f"column {column_letter(column)}"
        names[name if name not in names else f"{name} (column {column_letter(column)})"] = column
    return names


@dataclass(frozen=True, slots=True)
class Place:
    """One cell that belongs to people: its row's position and its heading."""

    shared: Shared
    row: int
    header: str

    @property
    def cell(self) -> Cell:
        """What it holds."""
        return self.shared.content.rows[self.row].get(self.header)


def claim_of(row: Record) -> str:
    """The claim id of a row, "" when it has none."""
    return plain(row.get(CLAIM))


def field_name(shared: Shared, row: Record, header: str) -> str:
    """How the Journal calls a cell, beside its claim id."""
    declared = {"Claims": CLAIMS, "Cases": CASES}.get(shared.name)
    if declared and claim_of(row) and header in declared.headers:
        return header
    said = row_name(shared, row)
    return f"{shared.sheet}{f', {said}' if said and said != claim_of(row) else ''}: {header}"


def names_of(shared: Shared, row: Record, header: str) -> list[tuple[str, str]]:
    """(claim id, field) as a line of the Journal may tell a cell; of a row of their own a refresh names the case."""
    names = [(claim_of(row), field_name(shared, row, header))]
    if shared.name == "Cases" and not claim_of(row) and own_name(row):
        names.append((own_name(row), header))
    return names


def row_name(shared: Shared, row: Record) -> str:
    """What tells a row to a person: its claim id, else the first key that is filled."""
    if shared.name == "Cases" and claim_of(row):
        return claim_of(row)
    for number in range(len(shared.layout.keys)):
        if key := shared.layout.key_of(row, number):
            return " / ".join(filter(None, key[1:] if shared.name == "NotClaimed" else key))
    return " / ".join(plain(c) for c in row.values() if plain(c))[:60]


def places(shared: Shared) -> Iterator[Place]:
    """Every cell of a table that belongs to people and holds no formula."""
    for index, row in enumerate(shared.content.rows):
        for header in shared.layout.people(row, shared.content.headers):
            if not isinstance(row.get(header), Formula):
                yield Place(shared, index, header)


def write_cells(book: Book, shared: Shared, edits: dict[int, Record]) -> None:
    """Write cells of rows by their positions."""
    if shared.is_tab:
        cells = {(shared.numbers[i], shared.columns[h]): c for i, r in edits.items() for h, c in r.items()}
        book.edit_cells(shared.sheet, cells)
    else:
        book.edit_rows(shared.name, {shared.numbers[i]: record for i, record in edits.items()})
