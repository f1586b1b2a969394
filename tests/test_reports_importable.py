"""What goes from a file into a tab: Amazon's headings, the columns Recoup uses, no buyer, no broken lines."""

from __future__ import annotations

import pytest

from recoup import reports
from recoup.reports import all_reports
from recoup.reports._importable import importable
from report_samples import FOLDER, LEDGER, as_text, delimited, ledger_row, samples, sheet


@pytest.mark.parametrize("sample", samples(), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_an_imported_export_reads_like_the_file_it_came_from(sample) -> None:
    (table,) = reports.read_bytes(sample.name, sample.read_bytes())
    ((part,), _) = importable(table)
    report = all_reports()[sample.parent.name]
    assert part.tab == report.tab
    tab, file = (reports.read([t]).frames[report.name] for t in (sheet(part.tab, part.rows), table))
    assert as_text(tab.drop(columns="_row")) == as_text(file.drop(columns="_row"))


def test_buyer_columns_stay_out_of_the_tab_even_with_all_columns() -> None:
    (table,) = reports.read_bytes("r.txt", (FOLDER / "customer_returns/us_13_columns.tsv").read_bytes())
    for everything in (False, True):
        ((part,), _) = importable(table, all_columns=everything)
        assert "customer-comments" not in part.rows[0]
        assert part.buyer == ("customer-comments",)


def test_lines_that_were_cut_short_are_named_and_not_imported() -> None:
    rows = [LEDGER, ledger_row("09/20/2026"), ledger_row("09/21/2026")[:8]]
    (table,) = reports.read_bytes("l.txt", delimited(rows).encode())
    ((part,), problems) = importable(table)
    assert len(part.rows) == 2
    assert [p.first_cells for p in problems] == ["line 3"]


def test_the_column_that_proves_the_order_of_dates_is_imported_too() -> None:
    rows = [LEDGER, ledger_row("05/09/2026", date_and_time="2026-09-05T01:00:00+0100")]
    (table,) = reports.read_bytes("l.txt", delimited(rows).encode())
    ((part,), _) = importable(table)
    assert "Date and Time" in part.rows[0]
