"""Every sheet, table, column and named cell of the workbook, and which columns belong to people.

The template is built from these declarations and the engine writes by them, so they cannot drift apart.
Never rename a column: workbooks in the field cannot be searched and replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "long", "int", "number", "money", "date", "datetime", "percent", "rate", "link"]
Owner = Literal["recoup", "people"]

WORKBOOK_VERSION = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an owned table; ``shown`` ones are visible at first, the others in an outline group."""

    header: str
    kind: Kind = "text"
    width: int = 14
    owner: Owner = "recoup"
    shown: bool = True
    choices: str = ""  # name of the list that validates the cell
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One Excel table; ``key`` identifies a row when it is patched, ``fixed_rows`` never grows."""

    name: str
    sheet: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    anchor: str = "A3"  # the header's first cell
    fixed_rows: int = 0

    @property
    def headers(self) -> list[str]:
        """The declared headers, in order."""
        return [c.header for c in self.columns]

    @property
    def people(self) -> list[str]:
        """The headers whose cells Recoup never writes."""
        return [c.header for c in self.columns if c.owner == "people"]


def _people(header: str, kind: Kind = "text", width: int = 14, choices: str = "", note: str = "") -> Column:
    return Column(header, kind, width, "people", True, choices, note)


def _folded(header: str, kind: Kind = "text", width: int = 14) -> Column:
    return Column(header, kind, width, shown=False)


FRONT = ("Home", "Settings")
REPORT_TABS = (
    "Inventory Ledger",
    "Ledger Summary",
    "Reimbursements",
    "Customer Returns",
    "Replacements",
    "Settlements",
    "Transactions",
    "All Orders",
    "Fulfilled Shipments",
    "Fee Preview",
    "Storage Fees",
    "Aged Inventory",
    "Removal Orders",
    "Removal Shipments",
    "Inbound Problems",
    "FBA Inventory",
)
STARTER_TABS = (
    "Inventory Ledger",
    "Reimbursements",
    "Customer Returns",
    "Transactions",
    "Settlements",
    "Sourcing Costs",
)
OWN_RECORDS: dict[str, tuple[str, ...]] = {
    "Inbound Shipments": (
        "Shipment ID",
        "Shipment name",
        "Status",
        "Created",
        "Delivered",
        "SKU",
        "FNSKU",
        "ASIN",
        "Units shipped",
        "Units received",
        "Units reconciled",
        "Action",
    ),
    "Sourcing Costs": ("SKU", "FNSKU", "ASIN", "Unit cost", "Currency", "Effective from", "Source"),
    "Product Dimensions": (
        "SKU",
        "FNSKU",
        "ASIN",
        "Longest side",
        "Median side",
        "Shortest side",
        "Dimension unit",
        "Weight",
        "Weight unit",
        "Apparel",
        "Dangerous goods",
        "Category",
        "Measured on",
        "Measured by",
        "Proof",
    ),
    "Removal Receipts": (
        "Removal order ID",
        "Tracking number",
        "SKU",
        "FNSKU",
        "Units received",
        "Received on",
        "Condition",
        "Note",
    ),
    "Documents": ("Document ID", "Kind", "Applies to", "Date", "Path or link", "Note"),
}
RESULTS = ("Claims", "Not Claimed", "Evidence", "Checks", "Dashboard")
SEVERAL_TABLES = (*FRONT, "Dashboard")  # sheets on which tables share columns
CASE_WORK = ("Cases", "Case Log", "Journal")
RULES = ("Policy", "Reason Codes")
HIDDEN = ("_Recoup",)

DECISIONS = ("Take up", "Hold", "Dismiss")
STAGES = (
    "Draft",
    "Filed",
    "Waiting on Amazon",
    "Info requested",
    "Approved",
    "Partly paid",
    "Paid",
    "Denied",
    "Appealed",
    "Closed",
)
STATUSES = ("Ready", "Waiting", "Needs input", "Filed", "Paid", "Expired", "Withdrawn")
KINDS = (
    "lost_in_warehouse",
    "damaged_in_warehouse",
    "disposed_without_request",
    "lost_inbound",
    "return_not_received",
    "return_damaged_by_amazon",
    "return_not_restocked",
    "replacement_not_returned",
    "refund_exceeds_charge",
    "refund_commission_kept",
    "removal_lost",
    "removal_damaged",
    "fulfillment_fee_overcharged",
    "referral_fee_overcharged",
    "storage_fee_overcharged",
    "reimbursement_underpaid",
    "reimbursement_reversed",
)
MARKETPLACES = (
    *("US", "CA", "MX", "BR", "UK", "DE", "FR", "IT", "ES", "NL", "BE", "IE", "SE", "PL", "TR"),
    *("AE", "SA", "EG", "IN", "JP", "SG", "AU"),
)
LISTS: dict[str, tuple[str, ...]] = {
    "Recoup_Decisions": DECISIONS,
    "Recoup_Stages": STAGES,
    "Recoup_Statuses": STATUSES,
    "Recoup_Kinds": KINDS,
    "Recoup_Marketplaces": MARKETPLACES,
    "Recoup_YesNo": ("Yes", "No"),
}

CLAIMS = Table(
    "Claims",
    "Claims",
    (
        Column("Claim ID", width=18),
        Column("Kind", width=25),
        Column("Status", width=12),
        _folded("Priority", "number", 10),
        _folded("Marketplace", width=12),
        Column("SKU", width=18),
        _folded("FNSKU", width=13),
        _folded("ASIN", width=13),
        Column("Product", "text", 34),
        _folded("Order ID", width=21),
        _folded("Shipment ID", width=15),
        _folded("Removal order ID", width=17),
        _folded("Reference ID", width=18),
        _folded("Event date", "date", 12),
        Column("Units", "int", 7),
        _folded("Unit value", "money", 11),
        Column("Claim value", "money", 12),
        _folded("Value low", "money", 11),
        _folded("Value high", "money", 11),
        Column("Currency", width=9),
        _folded("Value basis", width=24),
        _folded("Opens", "date", 12),
        _folded("Deadline", "date", 12),
        Column("File by", "date", 12),
        Column("Days left", "int", 9),
        _folded("Confidence", "percent", 11),
        _folded("Expected value", "money", 13),
        Column("Missing", "long", 44),
        Column("Why", "long", 76),
        _folded("Policy", "long", 40),
        _folded("Evidence rows", "link", 13),
        Column("Case", width=21),
        _folded("First seen", "date", 12),
        _folded("Last seen", "date", 12),
        _people("Decision", width=11, choices="Recoup_Decisions"),
        _people("Decided by", width=14),
        _people("Decision note", "long", 28),
    ),
    key=("Claim ID",),
)

NOT_CLAIMED = Table(
    "NotClaimed",
    "Not Claimed",
    (
        Column("Claim ID", width=18),
        Column("Kind", width=25),
        Column("Reason", width=19),
        Column("Closed by", width=16),
        _folded("Marketplace", width=12),
        Column("SKU", width=18),
        _folded("FNSKU", width=13),
        _folded("ASIN", width=13),
        Column("Product", "text", 34),
        Column("Order ID", width=21),
        Column("Reference ID", width=18),
        Column("Event date", "date", 12),
        Column("Units", "int", 7),
        Column("Why", "long", 70),
        Column("Rows", "long", 40),
        _folded("First seen", "date", 12),
        _folded("Last seen", "date", 12),
        _people("Note", "long", 28),
    ),
    key=("Claim ID", "Reason", "Closed by"),
)

EVIDENCE = Table(
    "Evidence",
    "Evidence",
    (
        Column("Claim ID", width=18),
        Column("Role", width=14),
        Column("Sheet or file", width=24),
        Column("Row", "int", 9),
        Column("Date", "date", 12),
        Column("Units", "int", 8),
        Column("Amount", "money", 12),
        Column("Currency", width=9),
        Column("Identifiers", "long", 52),
        Column("What it shows", "long", 56),
        Column("Link", "link", 10),
    ),
)

CHECKS = Table(
    "Checks",
    "Checks",
    (
        Column("Severity", width=10),
        Column("Sheet or file", width=26),
        Column("Column", width=18),
        Column("Rows affected", "int", 11),
        Column("First cells", width=22),
        Column("Problem", "long", 64),
        Column("What to do", "long", 64),
    ),
)

CASES = Table(
    "Cases",
    "Cases",
    (
        Column("Case", width=21),
        Column("Claim ID", width=18),
        Column("Kind", width=25),
        Column("SKU", width=18),
        Column("FNSKU", width=13),
        Column("ASIN", width=13),
        Column("Product", "text", 30),
        Column("Order ID", width=21),
        Column("Shipment ID", width=15),
        Column("Reference ID", width=18),
        Column("Event date", "date", 12),
        Column("Deadline", "date", 12),
        Column("Units", "int", 7),
        Column("Claim value", "money", 12),
        Column("Currency", width=9),
        _people("Stage", width=17, choices="Recoup_Stages"),
        _people("Amazon case ID", width=16),
        _people("Filed on", "date", 12),
        _people("Filed by", width=14),
        _people("Checked by", width=14),
        _people("Owner", width=14),
        _people("Amazon answer", "long", 30),
        _people("Decision reason", "long", 24),
        _people("Next action", "long", 24),
        _people("Follow up on", "date", 13),
        _people("Notes", "long", 30),
        Column("Units filed", "int", 10),
        Column("Value filed", "money", 12),
        Column("Paid units", "int", 10),
        Column("Paid amount", "money", 12),
        Column("Reimbursement IDs", width=20),
        Column("Reversed", "int", 9),
        Column("Balance", "money", 12),
        Column("Suggested stage", width=17),
        Column("Suggested next step", "long", 40),
        Column("Last change", "date", 12),
    ),
    key=("Claim ID",),
)

CASE_LOG = Table(
    "CaseLog",
    "Case Log",
    (
        _people("When", "datetime", 17),
        _people("Case", width=21),
        _people("Direction", width=12),
        _people("Who", width=16),
        _people("Text", "long", 80),
        _people("Attachment", "long", 36),
    ),
)

JOURNAL = Table(
    "Journal",
    "Journal",
    (
        Column("ID", width=12),
        Column("When", "datetime", 17),
        Column("Who", width=18),
        Column("Run", width=14),
        Column("Claim ID", width=18),
        Column("Field", width=18),
        Column("From", "long", 30),
        Column("To", "long", 30),
    ),
)

POLICY = Table(
    "Policy",
    "Policy",
    (
        Column("Rule", width=34),
        Column("Kind or topic", width=26),
        Column("Marketplaces", width=18),
        Column("In force from", "date", 13),
        Column("In force to", "date", 13),
        Column("Chosen by", width=14),
        Column("Shipped value", "number", 13),
        Column("Unit", width=12),
        Column("Certainty", width=24),
        Column("Meaning", "long", 50),
        Column("Source", "long", 50),
        Column("Reviewed on", "date", 12),
        _people("Override", "number", 11),
        _people("Override by", width=14),
        _people("Why", "long", 30),
    ),
    key=("Rule",),
)

REASON_CODES = Table(
    "ReasonCodes",
    "Reason Codes",
    (
        Column("Code", width=10),
        Column("Report", width=20),
        Column("Sign", width=6),
        Column("Amazon's wording", width=34),
        Column("Shipped value", width=24),
        Column("Meaning", "long", 60),
        Column("Source", "long", 50),
        Column("Reviewed on", "date", 12),
        _people("Override", width=24),
        _people("Override by", width=14),
        _people("Why", "long", 30),
    ),
    key=("Code", "Report"),
)

SETTINGS = Table(
    "Settings",
    "Settings",
    (
        Column("Name", width=36),
        _people("Value", "number", 20),
        Column("Default", "number", 14),
        Column("Meaning", "long", 56),
    ),
    key=("Name",),
)
EXCLUSIONS = Table(
    "Exclusions",
    "Settings",
    (
        _people("Kind", width=26, choices="Recoup_Kinds"),
        _people("SKU", width=18),
        _people("Reason", "long", 30),
        _people("By", width=14),
    ),
    anchor="F3",
)
REPORT_PERIODS = Table(
    "ReportPeriods",
    "Settings",
    (
        _people("Report", width=22, choices="Recoup_Reports"),
        _people("From", "date", 12),
        _people("To", "date", 12),
        _people("Exported on", "date", 13),
    ),
    anchor="K3",
)

HOME_MONEY = Table(
    "HomeMoney",
    "Home",
    (
        Column("Status", width=28),
        Column("Currency", width=20),
        Column("Claims", "int", 13),
        Column("Units", "int", 12),
        Column("Value", "money", 15),
        Column("Without a value", "int", 15),
        Column("Next deadline", "date", 18),
    ),
    anchor="B9",
    fixed_rows=10,
)
HOME_DEADLINES = Table(
    "HomeDeadlines",
    "Home",
    (
        Column("Kind", width=28),
        Column("Claim", "link", 20),
        Column("File by", "date", 13),
        Column("Deadline", "date", 12),
        Column("Days left", "int", 15),
        Column("Claim value", "money", 15),
        Column("Currency", width=20),
        Column("SKU", width=20),
    ),
    anchor="B22",
    fixed_rows=10,
)
HOME_REPORTS = Table(
    "HomeReports",
    "Home",
    (
        Column("Report", width=28),
        Column("State", width=20),
        Column("Open", "link", 13),
        Column("Rows", "int", 12),
        Column("Covered from", "date", 15),
        Column("Covered to", "date", 15),
        _people(
            "Covers to",
            "date",
            18,
            note="Only if you know better than Covered to: the last day this report holds, even without rows.",
        ),
        Column("Where in Seller Central", "long", 38),
        Column("Request", "long", 32),
        Column("Unlocks", "long", 40),
        Column("Money waiting", "long", 30),
    ),
    key=("Report",),
    anchor="B36",
    fixed_rows=len(REPORT_TABS) + len(OWN_RECORDS),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of Dashboard: a title, a sentence on what its figures stand on, a table, and a chart at its right.

    The chart reads the table's fixed rows, so that it follows them and is never edited.
    """

    title: str
    table: Table
    top: int  # the sheet row of the title

    @property
    def basis(self) -> str:
        """The name of the cell that says on what the figures stand."""
        return f"Recoup_{self.table.name}"

    @property
    def blank(self) -> str:
        """The name of the cell behind the chart that says what to do while there is nothing to draw."""
        return f"Recoup_{self.table.name}Blank"


CHARTS, BLANKS = (
    ("N", "U"),
    ("O", "T"),
)  # the columns that charts lie over, and those of the sentences behind them
PANEL_ROWS, BLANK_ROW = 15, 6  # of the shortest panel, as high as its chart; from the title to that sentence


def _panels(*declared: tuple[str, str, int, tuple[Column, ...]]) -> tuple[Panel, ...]:
    """One below the other: (table, title, fixed rows, columns)."""
    panels, top = [], 4
    for name, title, rows, columns in declared:
        panels.append(
            Panel(title, Table(name, "Dashboard", columns, anchor=f"B{top + 2}", fixed_rows=rows), top)
        )
        top += max(rows + 3, PANEL_ROWS) + 1
    return tuple(panels)


_CURRENCY, _NO_VALUE = Column("Currency", width=10), Column("Without a value", "int", 11)
_RATED = (
    Column("Units received", "int", 11),
    Column("Units lost", "int", 11),
    Column("Loss rate", "rate", 11),
    Column("Note"),
)
PANELS = _panels(
    (
        "DashboardMoney",
        "Money by kind and status",
        len(KINDS),
        (
            Column("Kind", width=28),
            _CURRENCY,
            *(Column(status, "money", 12) for status in STATUSES),
            Column("Claims", "int", 10),
            _NO_VALUE,
        ),
    ),
    (
        "DashboardMonths",
        "Recovered and expired by month",
        12,
        (
            Column("Month", width=28),
            _CURRENCY,
            Column("Recovered", "money", 12),
            Column("Payments", "int", 11),
            Column("All reimbursements", "money", 12),
            Column("Lines", "int", 11),
            Column("Expired", "money", 12),
            Column("Expired claims", "int", 11),
        ),
    ),
    (
        "DashboardDays",
        "Deadlines of the next 14 days",
        15,
        (
            Column("Deadline", "date", 28),
            _CURRENCY,
            Column("Value", "money", 12),
            Column("Claims", "int", 11),
            Column("Expected value", "money", 12),
            Column("Ready", "int", 11),
            _NO_VALUE,
        ),
    ),
    (
        "DashboardAges",
        "Open claims by age",
        5,
        (
            Column("Age", width=28),
            _CURRENCY,
            Column("Value", "money", 12),
            Column("Claims", "int", 11),
            _NO_VALUE,
        ),
    ),
    (
        "DashboardCash",
        "Expected cash",
        3,
        (
            Column("Horizon", width=28),
            _CURRENCY,
            Column("Expected cash", "money", 12),
            Column("Open cases", "int", 11),
            Column("Asked for", "money", 12),
            Column("Note"),
        ),
    ),
    (
        "DashboardWins",
        "Win rate and days to pay",
        11,
        (
            Column("Kind", width=28),
            _CURRENCY,
            Column("Win rate", "percent", 12),
            Column("Decided", "int", 11),
            Column("Won", "int", 11),
            Column("Days to pay", "int", 11),
            Column("Paid cases", "int", 11),
            Column("Note"),
        ),
    ),
    (
        "DashboardCentres",
        "Loss rate by fulfilment centre",
        10,
        (Column("Fulfilment centre", width=28), *_RATED),
    ),
    ("DashboardSkus", "Loss rate by SKU", 10, (Column("SKU", width=28), *_RATED)),
)
DASHBOARD_MORE = Table(
    "DashboardMore",
    "Dashboard",
    (
        Column("Item", width=28),
        _CURRENCY,
        Column("What", width=16),
        Column("Number", "int", 11),
        Column("Value", "money", 12),
        Column("Note"),
    ),
    anchor=f"B{PANELS[-1].top + PANEL_ROWS + 3}",
)
DASHBOARD = (*(panel.table for panel in PANELS), DASHBOARD_MORE)
MEMORY = Table(
    "RecoupMemory",
    "_Recoup",
    (
        Column("What"),
        Column("Key"),
        Column("Field"),
        Column("Value"),
    ),
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        HOME_MONEY,
        HOME_DEADLINES,
        HOME_REPORTS,
        SETTINGS,
        EXCLUSIONS,
        REPORT_PERIODS,
        CLAIMS,
        NOT_CLAIMED,
        EVIDENCE,
        CHECKS,
        CASES,
        CASE_LOG,
        JOURNAL,
        POLICY,
        REASON_CODES,
        *DASHBOARD,
        MEMORY,
    )
}

NOT_YET = "not refreshed yet"
AGE = (  # the formula under Recoup_Age
    'IF(ISNUMBER(Recoup_RefreshedOn),IF(TODAY()-INT(Recoup_RefreshedOn)<1,"refreshed today",'
    'IF(TODAY()-INT(Recoup_RefreshedOn)=1,"refreshed yesterday",'
    f'"refreshed "&TODAY()-INT(Recoup_RefreshedOn)&" days ago")),"{NOT_YET}")'
)
NAMED_CELLS: dict[str, str] = {
    "Recoup_NextStep": "Home!$B$4",
    "Recoup_Age": "Home!$B$5",
    "Recoup_RefreshedOn": "Home!$C$5",
    "Recoup_RefreshedBy": "Home!$C$6",
    "Recoup_AsOf": "Home!$E$5",
    "Recoup_Notice": "Home!$E$6",
    "Recoup_Version": "_Recoup!$B$1",
    "Recoup_Dashboard": "Dashboard!$B$2",
    **{p.basis: f"Dashboard!$B${p.top + 1}" for p in PANELS},
    **{p.blank: f"Dashboard!${BLANKS[0]}${p.top + BLANK_ROW}" for p in PANELS},
}


def sheet_order() -> list[str]:
    """All sheets in the order of their tabs."""
    groups = (FRONT, RESULTS, CASE_WORK, REPORT_TABS, tuple(OWN_RECORDS), RULES, HIDDEN)
    return [name for group in groups for name in group]
