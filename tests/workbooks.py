"""A small US seller in a real workbook, made through recoup.doors, and its cells read back with openpyxl."""

from __future__ import annotations

import atexit
import csv
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock
from xml.etree.ElementTree import fromstring

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from quick_openpyxl import quick
from recoup import doors
from recoup.policy import Policy
from recoup.result_sheets import Summary
from recoup.run import Run
from recoup.sheets import TABLES
from remembered_reports import RememberedReports

AS_OF = date(2026, 11, 15)
READ_BEFORE = RememberedReports()
PERIOD = "2026-05-01_2026-11-14"
REPORTS = {
    "Inventory Ledger": f"inventory-ledger_{PERIOD}.txt",
    "Reimbursements": f"reimbursements_{PERIOD}.csv",
    "Customer Returns": f"customer-returns_{PERIOD}.txt",
    "Transactions": "2026May1-2026Nov14CustomUnifiedTransaction.csv",
    "Sourcing Costs": "Bulk Manage Your Sourcing Cost.csv",
}

# What Amazon's warehouse wrote: one line per row of the Inventory Ledger (detailed view).
LEDGER = """
day        fnsku      units reason reference
2026-10-20 X00LOST01A -3    M      9001
2026-10-25 X00LOST01A 1     F      9002
2026-11-12 X00WAIT01A -1    M      9003
2026-10-01 X00DAMG01A -2    E      9004
2026-10-05 X00PAID01A -1    M      9005
2026-07-25 X00OLDL01A -1    M      9006
2026-09-20 X00FOUN01A -2    M      9007
2026-09-28 X00FOUN01A 2     F      9008
2026-10-02 X00UNDR01A -1    M      9009
2026-09-25 X00REVE01A -1    M      9010
2026-10-08 X00NOVA01A -1    M      9011
"""
# What Amazon paid, and took back.
PAID = """
day        id      reason           fnsku      each  units original order
2026-10-12 5550001 Lost_Warehouse   X00PAID01A 6.00  1     -       -
2026-10-15 5550002 Lost_Warehouse   X00UNDR01A 5.00  1     -       -
2026-10-01 5550003 Lost_Warehouse   X00REVE01A 7.50  1     -       -
2026-10-20 5550004 Reimbursement_Reversal X00REVE01A -7.50 -1 5550003 -
"""
COSTS = """
fnsku      approved
X00LOST01A 12.50
X00WAIT01A 3.00
X00DAMG01A 4.00
X00PAID01A 6.00
X00OLDL01A 2.00
X00FOUN01A 9.00
X00UNDR01A 9.00
X00REVE01A 7.50
"""
# Orders: sold, refunded in full, and what came back (disposition) if anything.
ORDERS = """
order               fnsku      sold       refunded   returned   disposition
111-0000001-0000001 X00ORDR01A 2026-08-01 2026-08-15 -          -
111-0000002-0000002 X00ORDR01A 2026-08-02 2026-08-16 2026-08-28 CARRIER_DAMAGED
111-0000003-0000003 X00ORDR01A 2026-08-03 2026-08-17 2026-08-29 SELLABLE
111-0000004-0000004 X00ORDR01A 2026-10-20 2026-11-01 -          -
"""

LEDGER_HEADERS = (
    "Date", "FNSKU", "ASIN", "MSKU", "Title", "Event Type", "Reference ID", "Quantity", "Fulfillment Center",
    "Disposition", "Reason", "Country", "Reconciled Quantity", "Unreconciled Quantity", "Date and Time", "Store",
)  # fmt: skip
PAID_HEADERS = (
    "approval-date", "reimbursement-id", "case-id", "amazon-order-id", "reason", "sku", "fnsku", "asin",
    "product-name", "condition", "currency-unit", "amount-per-unit", "amount-total",
    "quantity-reimbursed-cash", "quantity-reimbursed-inventory", "quantity-reimbursed-total",
    "original-reimbursement-id", "original-reimbursement-type",
)  # fmt: skip
RETURN_HEADERS = (
    "return-date", "order-id", "sku", "asin", "fnsku", "product-name", "quantity", "fulfillment-center-id",
    "detailed-disposition", "reason", "status", "license-plate-number", "customer-comments",
)  # fmt: skip
MONEY_HEADERS = (
    "date/time", "settlement id", "type", "order id", "sku", "description", "quantity", "marketplace",
    "account type", "fulfillment", "order city", "order state", "order postal", "tax collection model",
    "product sales", "product sales tax", "shipping credits", "shipping credits tax", "gift wrap credits",
    "giftwrap credits tax", "Regulatory Fee", "Tax On Regulatory Fee", "promotional rebates",
    "promotional rebates tax", "marketplace withheld tax", "selling fees", "fba fees",
    "other transaction fees", "other", "total", "Transaction Status", "Transaction Release Date",
)  # fmt: skip
COST_HEADERS = (
    "Asin", "Fnsku", "Amazon Estimated Cost", "Latest Approved Cost",
    "Source of Latest Approved Cost ('SELLER'|'AMAZON')", "Currency", "Date of Last Updated Cost",
    "Seller New Cost",
)  # fmt: skip
Row = dict[str, str]


def rows_of(table: str) -> list[Row]:
    """A small text table as dicts; `-` is blank."""
    lines = [line.split() for line in table.strip().splitlines()]
    return [{k: "" if v == "-" else v for k, v in zip(lines[0], x, strict=True)} for x in lines[1:]]


@dataclass
class Seller:
    """The rows of every report. Change them, then `write` them as Amazon's files."""

    ledger: list[Row] = field(default_factory=lambda: rows_of(LEDGER))
    paid: list[Row] = field(default_factory=lambda: rows_of(PAID))
    costs: list[Row] = field(default_factory=lambda: rows_of(COSTS))
    orders: list[Row] = field(default_factory=lambda: rows_of(ORDERS))

    def lose(self, day: str, fnsku: str, units: int, reference: str, **more: str) -> Seller:
        """Add units misplaced."""
        row = {"day": day, "fnsku": fnsku, "units": str(-units), "reason": "M", "reference": reference}
        self.ledger.append({**row, **more})
        return self

    def find(self, day: str, fnsku: str, units: int, reference: str) -> Seller:
        """Add units found."""
        row = {"day": day, "fnsku": fnsku, "units": str(units), "reason": "F", "reference": reference}
        self.ledger.append(row)
        return self

    def pay(self, day: str, number: str, fnsku: str, each: str, reason: str = "Lost_Warehouse") -> Seller:
        """Add a payment of one unit."""
        row = {"day": day, "id": number, "reason": reason, "fnsku": fnsku, "each": each, "units": "1"}
        self.paid.append({**row, "original": "", "order": ""})
        return self

    def without(self, *reports: str) -> dict[str, list[Sequence[str]]]:
        """The tables without some reports."""
        return {name: rows for name, rows in self.tables().items() if name not in reports}

    def tables(self) -> dict[str, list[Sequence[str]]]:
        """Heading and rows per report tab, as Amazon writes them."""
        return {
            "Inventory Ledger": [LEDGER_HEADERS, *map(_ledger, self.ledger)],
            "Reimbursements": [PAID_HEADERS, *map(_paid, self.paid)],
            "Customer Returns": [RETURN_HEADERS, *(_return(r) for r in self.orders if r["returned"])],
            "Transactions": [MONEY_HEADERS, *(line for r in self.orders for line in _money(r))],
            "Sourcing Costs": [COST_HEADERS, *map(_cost, self.costs)],
        }

    def write(self, folder: Path, *, skip: Sequence[str] = (), backwards: bool = False) -> list[Path]:
        """The files, named with their period; ``backwards`` writes every report's rows in reverse."""
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for name, (heading, *rows) in self.without(*skip).items():
            path = folder / REPORTS[name]
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(
                    file, delimiter="\t" if path.suffix == ".txt" else ",", quoting=csv.QUOTE_ALL
                )
                writer.writerows([heading, *(reversed(rows) if backwards else rows)])
            files.append(path)
        return files


def _sku(row: Row) -> str:
    return row.get("sku") or f"SKU-{row['fnsku'][3:7]}"


def _title(row: Row) -> str:
    return row.get("title") or f"Thing {row['fnsku'][3:7].title()}"


def _asin(row: Row) -> str:
    return "B0" + row["fnsku"][2:]


def _ledger(row: Row) -> Sequence[str]:
    day = date.fromisoformat(row["day"])
    return (
        day.strftime("%m/%d/%Y"), row["fnsku"], _asin(row), _sku(row), _title(row), "Adjustments",
        row["reference"], row["units"], "ONT8", row.get("disposition", "SELLABLE"), row["reason"], "US",
        row.get("reconciled", "0"), row.get("unreconciled", row["units"].lstrip("-")),
        f"{row['day']}T00:00:00-0700", "",
    )  # fmt: skip


def _paid(row: Row) -> Sequence[str]:
    total = f"{float(row['each']) * abs(int(row['units'])):.2f}"
    original = "Lost_Warehouse" if row["original"] else ""
    return (
        f"{row['day']}T10:00:00+00:00", row["id"], row.get("case", ""), row["order"], row["reason"], _sku(row),
        row["fnsku"], _asin(row), _title(row), "NewItem", "USD", row["each"], total, row["units"], "0",
        row["units"], row["original"], original,
    )  # fmt: skip


def _return(row: Row) -> Sequence[str]:
    status = "Unit returned to inventory" if row["disposition"] == "SELLABLE" else "Unit returned"
    return (
        f"{row['returned']}T07:00:00+00:00", row["order"], _sku(row), _asin(row), row["fnsku"], _title(row), "1",
        "DFW7", row["disposition"], "UNWANTED_ITEM", status, f"LPNRR{row['order'][4:11]}", "Mrs Buyer is unhappy",
    )  # fmt: skip


def _money(row: Row) -> list[Sequence[str]]:
    sale = ("30.00", "0", "-4.50", "-5.50", "20.00")
    refund = ("-30.00", "0", "3.60", "0", "-26.40")
    lines = [("Order", row["sold"], sale), ("Refund", row["refunded"], refund)]
    return [_money_line(row, kind, day, money) for kind, day, money in lines if day]


def _money_line(row: Row, kind: str, day: str, money: tuple[str, ...]) -> Sequence[str]:
    when = date.fromisoformat(day).strftime("%b %-d, %Y 1:23:11 AM PDT")
    price, tax, selling, fba, total = money
    return (
        when, "24101362190", kind, row["order"], _sku(row), _title(row), "1", "amazon.com", "Standard Orders",
        "Amazon", "SEATTLE", "WA", "98101", "MarketplaceFacilitator", price, tax, "0", "0", "0", "0", "0", "0",
        "0", "0", "0", selling, fba, "0", "0", total, "Released", when,
    )  # fmt: skip


def _cost(row: Row) -> Sequence[str]:
    day = "2026-01-05"
    return (_asin(row), row["fnsku"], row.get("estimate", ""), row["approved"], "SELLER", "USD", day, "")


def run(as_of: date = AS_OF, who: str = "Ann", hour: int = 9) -> Run:
    """A run of that day."""
    return Run(as_of, datetime(as_of.year, as_of.month, as_of.day, hour), who)


def make_book(folder: Path, seller: Seller | None = None, **skip: Any) -> Path:
    """A new workbook with the seller's reports imported; not refreshed."""
    book = blank_book(folder)
    doors.import_files(book, (seller or Seller()).write(folder / "reports", **skip))
    return book


def blank_book(folder: Path) -> Path:
    """A copy of a new workbook that lists few of the rules and reason codes only: openpyxl is slow per cell."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(_blank(), folder / "seller.xlsx"))


@cache
def _blank() -> Path:
    folder = lasting_folder()
    rules, codes = Policy.rows, Policy.reason_code_rows
    with (
        mock.patch.object(Policy, "rows", lambda policy: rules(policy)[::60]),
        mock.patch.object(Policy, "reason_code_rows", lambda policy: codes(policy)[::30]),
    ):
        return doors.make_workbook(folder / "seller.xlsx")


def refresh(book: Path, as_of: date = AS_OF, who: str = "Ann", hour: int = 9, **target: Any) -> Summary:
    """Refresh in place through the door and give its summary."""
    folders, engine = target.pop("folders", []), target.pop("engine", "package")
    now, to = run(as_of, who, hour), doors.Target(**target)
    shelf_for = doors.shelf_for  # where a test has a cache of its own, that one
    with mock.patch.object(doors, "shelf_for", lambda files: shelf_for(files) or READ_BEFORE):
        return doors.refresh_book(book, now, folders, target=to, engine=engine).summary


def copy_of(book: Path, folder: Path) -> Path:
    """The workbook in another folder, to be changed freely."""
    return Path(shutil.copy(book, folder / book.name))


def replace_report(book: Path, tab: str, rows: Iterable[Sequence[str]] = ()) -> None:
    """A person clears a report tab and pastes other rows (or none): everything as text."""
    with Desk(book) as desk:
        desk.paste(tab, rows)


class Grid:
    """One owned table as it stands on its sheet: cells by header and key."""

    def __init__(self, sheet: Worksheet, name: str) -> None:
        self.sheet, self.table = sheet, sheet.tables[name]
        self.rows = list(sheet[self.table.ref])
        self.headers = [str(c.value) for c in self.rows[0]]

    def cell(self, key: str, header: str) -> Any:
        """The cell of the row whose first declared key column holds ``key``."""
        return self.row(key)[self.headers.index(header)]

    def row(self, key: str) -> Sequence[Any]:
        """The row with that claim id."""
        at = self.headers.index("Claim ID")
        found = [r for r in self.rows[1:] if r[at].value == key]
        assert found, f"{key} is not on {self.sheet.title}"
        return found[0]

    def records(self) -> list[dict[str, Any]]:
        """Values by header; wholly blank rows left out."""
        found = [{h: c.value for h, c in zip(self.headers, r, strict=True)} for r in self.rows[1:]]
        return [r for r in found if any(v not in (None, "") for v in r.values())]


class Desk:
    """A workbook that a person opens, changes in a `with` block and saves."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with quick():
            self.workbook: Workbook = load_workbook(path, rich_text=True)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            with quick():
                self.workbook.save(self.path)

    def table(self, name: str) -> Grid:
        """An owned table, wherever its tab is called."""
        for sheet in self.workbook.worksheets:
            if name in sheet.tables:
                return Grid(sheet, name)
        raise AssertionError(f"no table {name}")

    def paste(self, tab: str, rows: Iterable[Sequence[str]] = ()) -> None:
        """Clear a report tab and paste other rows (or none): everything as text."""
        sheet = self.workbook[tab]
        sheet.delete_rows(1, sheet.max_row + 1)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                if text:
                    cell = sheet.cell(number, column, text)
                    cell.data_type, cell.number_format = "s", "@"

    def type(self, key: str, table: str = "Claims", **cells: Any) -> None:
        """Type into cells of one claim's row; `Decision_note` stands for the header `Decision note`."""
        for header, value in cells.items():
            self.table(table).cell(key, header.replace("_", " ")).value = value


def seen(book: Path, *, values: bool = False) -> Workbook:
    """The workbook to look at, never to change: read once per content."""
    return _seen(book.read_bytes(), values)


@lru_cache(maxsize=12)
def _seen(data: bytes, values: bool) -> Workbook:
    """Without the rows of Policy and Reason Codes, which are most of a small seller's workbook."""
    light = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as package, zipfile.ZipFile(light, "w") as copy:
        names = re.findall(r'<sheet [^>]*?name="([^"]*)"', package.read("xl/workbook.xml").decode())
        heavy = {f"xl/worksheets/sheet{names.index(n) + 1}.xml" for n in ("Policy", "Reason Codes")}
        for part in package.namelist():
            content = package.read(part)
            if part in heavy:
                content = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", content, flags=re.S)
            copy.writestr(part, content)
    light.seek(0)
    return load_workbook(light, data_only=values)


def grid(book: Path, name: str, *, values: bool = True) -> Grid:
    """An owned table to look at, wherever its tab is called."""
    return next(Grid(s, name) for s in seen(book, values=values).worksheets if name in s.tables)


def table(book: Path, name: str) -> list[dict[str, Any]]:
    """The rows of an owned table with cached values, wherever its tab is called; no other tab is parsed."""
    return [dict(row) for row in _records(book.read_bytes(), name)]


@lru_cache(maxsize=60)
def _records(data: bytes, name: str) -> list[dict[str, Any]]:
    workbook = _parsed_when_asked(data)
    title, area = _places(data)[name]
    headers, *rows = [[cell.value for cell in row] for row in workbook[title][area]]
    found = [dict(zip(map(str, headers), row, strict=True)) for row in rows]
    return [r for r in found if any(v not in (None, "") for v in r.values())]


@lru_cache(maxsize=12)
def _parsed_when_asked(data: bytes) -> Workbook:
    """A workbook whose tabs are parsed one by one, when they are asked for."""
    return load_workbook(BytesIO(data), read_only=True, data_only=True)


@lru_cache(maxsize=12)
def _places(data: bytes) -> dict[str, tuple[str, str]]:
    """The tab and the cells of every table by its name."""
    found = {}
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = set(package.namelist())
        for sheet in _parsed_when_asked(data).worksheets:
            folder, _, part = sheet._worksheet_path.rpartition("/")
            links = f"{folder}/_rels/{part}.rels"
            related = package.read(links).decode() if links in parts else ""
            for target in re.findall(r'Target="[^"]*?(tables/[^"]*)"', related):
                root = fromstring(package.read(f"xl/{target}"))
                found[root.attrib["displayName"]] = (sheet.title, root.attrib["ref"])
    return found


def claims(book: Path) -> dict[str, dict[str, Any]]:
    """The rows of Claims by claim id, with cached values."""
    return {str(r["Claim ID"]): r for r in table(book, "Claims")}


def claim_of(book: Path, fnsku: str, kind: str = "") -> dict[str, Any]:
    """The one claim row of that product, and kind when given."""
    found = [r for r in claims(book).values() if r["FNSKU"] == fnsku and kind in ("", r["Kind"])]
    assert len(found) == 1, f"{len(found)} claims of {fnsku} {kind}"
    return found[0]


def cells(book: Path, sheet: str, *, values: bool = False) -> dict[str, Any]:
    """Every filled cell of a sheet but Policy and Reason Codes: address -> value (formula unless ``values``)."""
    tab = seen(book, values=values)[sheet]
    return {c.coordinate: c.value for row in tab.iter_rows() for c in row if c.value is not None}


def people_columns(name: str) -> list[str]:
    """The headers of a table that belong to people."""
    return TABLES[name].people


def without(row: Mapping[str, Any], *headers: str) -> dict[str, Any]:
    """A row without some columns."""
    return {k: v for k, v in row.items() if k not in headers}


@cache
def _master() -> Path:
    """The seller's workbook, imported and refreshed once per session."""
    folder = lasting_folder()
    shutil.copytree(_imported().parent, folder, dirs_exist_ok=True)
    refresh(folder / "seller.xlsx")
    return folder / "seller.xlsx"


@cache
def _imported() -> Path:
    return make_book(lasting_folder())


def imported_book(folder: Path) -> Path:
    """A fresh copy of the seller's workbook with reports, before any refresh."""
    return copy_of(_imported(), folder)


def refreshed_book(folder: Path) -> Path:
    """A fresh copy of the seller's workbook after one refresh on AS_OF."""
    return copy_of(_master(), folder)


def paste_seller(book: Path, seller: Seller, *tabs: str) -> None:
    """A person replaces report tabs (all when none is named) by this seller's rows."""
    with Desk(book) as desk:
        for name, rows in seller.tables().items():
            if not tabs or name in tabs:
                desk.paste(name, rows)


def lasting_folder() -> Path:
    """A folder for what tests copy: it is there until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="recoup-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
