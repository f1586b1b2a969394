"""Every sample export under tests/reports reads to its expected frame, and to its expected money lines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from recoup import sheets
from recoup.reports import all_reports
from recoup.reports._declared import fold, spellings
from report_samples import EXPECTED, FOLDER, MONEY, as_text, beside, read_sample, read_text, samples

IDS = [f"{p.parent.name}/{p.name}" for p in samples()]


@pytest.mark.parametrize("sample", samples(), ids=IDS)
def test_a_sample_reads_to_its_expected_frame_in_the_dtypes_of_a_blank_one(sample: Path) -> None:
    read = read_sample(sample)
    assert as_text(read.frames[sample.parent.name]) == beside(sample, EXPECTED).read_text()
    assert [p.problem for p in read.problems if p.severity == "error"] == []
    for name in (sample.parent.name, "money_lines"):
        if len(read.frames[name]):
            assert read.frames[name].dtypes.astype(str).to_dict() == _blank_dtypes(name)


@cache
def _blank_dtypes(name: str) -> dict[str, str]:
    dtypes: dict[str, str] = read_text("").frames[name].dtypes.astype(str).to_dict()
    return dtypes


@pytest.mark.parametrize("sample", [p for p in samples() if beside(p, MONEY).exists()], ids=lambda p: p.stem)
def test_a_sample_gives_its_expected_money_lines(sample: Path) -> None:
    read = read_sample(sample)
    assert as_text(read.money_lines) == beside(sample, MONEY).read_text()


def test_every_file_in_the_samples_folder_is_collected() -> None:
    files = {p for p in FOLDER.rglob("*") if p.is_file()}
    read = {q for p in samples() for q in (p, beside(p, EXPECTED), beside(p, MONEY)) if q.exists()}
    assert files == read
    assert {p.parent.name for p in samples()} == set(all_reports())


def test_every_money_report_sample_has_its_money_lines() -> None:
    money = [p for p in samples() if p.parent.name in ("settlements", "transactions")]
    assert [p for p in money if not beside(p, MONEY).exists()] == []


@pytest.mark.parametrize("report", all_reports().values(), ids=lambda r: r.name)
def test_each_header_belongs_to_one_column_of_its_report(report) -> None:
    owners: dict[str, str] = {}
    for column in report.columns:
        for header in spellings(column) if column.kind != "present" else ():
            assert owners.setdefault(header, column.name) == column.name, header
        assert not {fold(h) for h in column.plus} & owners.keys()


@pytest.mark.parametrize("report", all_reports().values(), ids=lambda r: r.name)
def test_identity_never_rests_on_what_changes_between_exports(report) -> None:
    identity = {c.name for c in report.columns if c.identity}
    changing = {
        *("status", "order_status", "item_status", "alert_status", "title", "reconciled", "unreconciled"),
        *("release_date", "last_updated", "received_quantity", "shipped_quantity", "disposed_quantity"),
    }
    if not report.name.startswith("settlements"):
        changing |= {"settlement_id"}  # a deferred line gets it later
    if not report.one_row:
        changing |= {"store"}  # of a history; the stock of two stores is two stocks
        assert not report.day or report.day in identity
    assert not identity & changing


@pytest.mark.parametrize(
    "report", [r for r in all_reports().values() if r.one_row or r.updated], ids=lambda r: r.name
)
def test_a_present_state_says_what_one_row_stands_for_and_how_young_it_is(report) -> None:
    assert report.one_row
    assert any(c.identity for c in report.columns)
    assert not report.updated or report.column(report.updated).kind == "date"
    assert not report.updated or not report.column(report.updated).identity


def test_report_tabs_are_tabs_of_the_workbook() -> None:
    assert {r.tab for r in all_reports().values()} <= {*sheets.REPORT_TABS, *sheets.OWN_RECORDS}


def test_an_empty_reading_still_has_every_frame_with_all_its_columns() -> None:
    read = read_text("")
    for name, report in all_reports().items():
        assert list(read.frames[name].columns) == [*report.names, "_where", "_row"]
        assert len(read.frames[name]) == 0
    assert read.inventory_ledger is read.frames["inventory_ledger"]
    with pytest.raises(AttributeError):
        _ = read.no_such_report
