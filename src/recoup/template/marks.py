"""What the calendar and the state of a row change in its looks: conditional formats of each table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from ..sheets import Table
from .styles import ALARM, ALERT, BLUE, CALM, DONE, LATE, MUTED, STRONG, Look, Pen

LAST_ROW = 1_048_576
REFRESH = '@" · refresh"'  # shown behind a status that the calendar has overtaken


@dataclass(frozen=True, slots=True)
class Mark:
    """Cells of ``columns`` (none: the whole row) look like ``look`` when the formula ``when`` is true.

    ``{Deadline}`` in the formula is that column's cell in the same row, ``{^Case}`` the one in the row above.
    """

    columns: tuple[str, ...]
    when: str
    look: Look
    stop: bool = False


def _each(column: str, looks: dict[str, Look]) -> tuple[Mark, ...]:
    return tuple(Mark((column,), f'{{{column}}}="{value}"', look) for value, look in looks.items())


OPEN = 'OR({Status}="Ready",{Status}="Waiting",{Status}="Needs input")'
OVERTAKEN = (
    f'OR(AND({OPEN},{{Deadline}}<>"",{{Deadline}}<TODAY()),'
    'AND({Status}="Waiting",{Opens}<>"",{Opens}<=TODAY(),Recoup_AsOf<TODAY()))'
)
OVERRIDDEN = Mark(("Shipped value", "Override"), '{Override}<>""', ALERT)

MARKS: dict[str, tuple[Mark, ...]] = {
    "Claims": (
        Mark(("Status",), OVERTAKEN, {**LATE, "num_format": REFRESH}, stop=True),
        *_each(
            "Status",
            {
                "Ready": STRONG,
                "Needs input": ALERT,
                "Waiting": CALM,
                "Filed": {"font_color": BLUE, "bold": True},
                "Paid": DONE,
                "Expired": DONE,
                "Withdrawn": DONE,
            },
        ),
        Mark(("File by", "Days left"), f"AND({OPEN},ISNUMBER({{Days left}}),{{Days left}}<=7)", ALERT),
        Mark((), '{Decision}="Dismiss"', {"font_color": MUTED, "italic": True}),
    ),
    "Evidence": (Mark((), "{Claim ID}<>{^Claim ID}", {"top": 1, "top_color": MUTED}),),
    "Checks": _each("Severity", {"error": ALARM, "warning": ALERT, "note": CALM}),
    "Cases": (
        Mark(
            ("Follow up on",),
            'AND({Follow up on}<>"",{Follow up on}<=TODAY(),{Stage}<>"Paid",{Stage}<>"Closed")',
            ALERT,
        ),
        Mark(("Deadline",), 'AND({Stage}="Draft",{Deadline}<>"",{Deadline}-TODAY()<=7)', ALERT),
        Mark(("Suggested stage",), 'AND({Suggested stage}<>"",{Suggested stage}<>{Stage})', CALM),
        Mark(("Reversed",), "AND(ISNUMBER({Reversed}),{Reversed}<>0)", ALERT),
        *_each(
            "Stage",
            {
                "Draft": ALERT,
                "Info requested": ALARM,
                "Approved": CALM,
                "Partly paid": CALM,
                "Paid": DONE,
                "Denied": DONE,
                "Closed": DONE,
            },
        ),
    ),
    "Policy": (OVERRIDDEN, *_each("Certainty", {"unknown": ALERT})),
    "ReasonCodes": (OVERRIDDEN,),
    "Settings": (Mark(("Value",), 'AND({Value}<>"",{Value}<>{Default})', ALERT),),
    "HomeDeadlines": (Mark(("File by", "Days left"), "AND(ISNUMBER({Days left}),{Days left}<=7)", ALERT),),
    "HomeReports": (Mark(("State",), '{State}="empty"', {"font_color": MUTED, "italic": True}),),
}


def add_marks(sheet: Worksheet, pen: Pen, table: Table, first_row: int, first_col: int) -> None:
    """Conditional formats from the first body row (0-based) to the last row a sheet can have.

    A table of fixed size keeps them inside its body, because other tables stand below it.
    """
    last_row = first_row + table.fixed_rows - 1 if table.fixed_rows else LAST_ROW - 1
    for mark in MARKS.get(table.name, ()):
        options = {
            "type": "formula",
            "criteria": "=" + _formula(mark.when, table, first_row, first_col),
            "format": pen.mark(mark.look),
            "stop_if_true": mark.stop,
        }
        for first, last in _spans(mark, table):
            sheet.conditional_format(first_row, first_col + first, last_row, first_col + last, dict(options))


def _spans(mark: Mark, table: Table) -> list[tuple[int, int]]:
    if not mark.columns:
        return [(0, len(table.columns) - 1)]
    return [(table.headers.index(header),) * 2 for header in mark.columns]


def _formula(when: str, table: Table, first_row: int, first_col: int) -> str:
    def cell(found: re.Match[str]) -> str:
        above, header = found.groups()
        column = xl_col_to_name(first_col + table.headers.index(header))
        return f"${column}{first_row + (0 if above else 1)}"

    return re.sub(r"\{(\^?)([^}]+)\}", cell, when)
