"""Parquet files read as the text they would be: every sample, every column type, and what cannot be read is named."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recoup import reports
from recoup.model import Problem
from recoup.reports import Reports, all_reports
from recoup.reports._grid import Grid
from recoup.reports._headings import find_headings
from report_samples import LEDGER, ledger_row, read_text, samples

IDS = [f"{p.parent.name}/{p.name}" for p in samples()]
COLUMNS_ABOVE = {"shipment_id": "Shipment ID", "shipment_name": "Shipment name"}  # said above a contents list
LINES = re.compile(r"\d+")
Arrays = dict[str, pa.Array]


def parquet(columns: dict[str, Any] | pa.Table, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), buffer, **options)
    return buffer.getvalue()


def read_parquet(columns: dict[str, Any] | pa.Table, name: str = "report.parquet") -> Reports:
    return reports.read(reports.read_bytes(name, parquet(columns)))


def ledger(*rows: list[str]) -> dict[str, list[str]]:
    return {header: [row[i] for row in rows] for i, header in enumerate(LEDGER)}


def problems_of(data: bytes, name: str = "report.parquet") -> list[Problem]:
    read = reports.read(reports.read_bytes(name, data))
    assert not read.exports
    return read.problems


@cache
def sample_of(path: Path) -> Sample:
    return Sample(path)


class Sample:
    """A sample export: its cells under their headings, and what reading it as text gives."""

    def __init__(self, path: Path) -> None:
        self.report = all_reports()[path.parent.name]
        self.text = read_text(path.read_bytes(), path.name)
        self.frame = self.text.frames[self.report.name]
        (raw,) = reports.read_bytes(path.name, path.read_bytes())
        self.heading = find_headings(Grid(raw))[0]
        self.body = raw.cells.iloc[self.heading.row + 1 :]
        self.lines = raw.rows[self.heading.row + 1 :]
        self.places = {place: name for name, place in self.heading.columns.items()}

    def columns(self) -> Arrays:
        """Every column with a heading, as text; what stood above the heading as columns of its own."""
        titles = enumerate(self.heading.texts)
        found = {
            title: pa.array(self.body.iloc[:, i].tolist(), pa.string())
            for i, title in titles
            if title.strip()
        }
        if self.report.name == "shipment_contents":
            found |= {header: pa.array(self.frame[n].tolist()) for n, header in COLUMNS_ABOVE.items()}
        return found

    def typed(self, turn: int) -> Arrays:
        """The same columns, each in one of the types that can hold it; other ones with another turn."""
        columns = self.columns()
        for place, name in self.places.items():
            column = self.report.column(name)
            if not column.plus and len(self.frame) == len(self.body):
                forms = list(typed(self.body.iloc[:, place].tolist(), column.kind, self.frame[name].tolist()))
                columns[self.heading.texts[place]] = forms[(place + turn) % len(forms)]
        return columns

    def assert_same(self, read: Reports, *, problems: bool = True) -> None:
        """The same cells in the same rows, and the same sentences about the same rows."""
        ours = read.frames[self.report.name]
        pd.testing.assert_frame_equal(
            ours.drop(columns=["_where", "_row"]), self.frame.drop(columns=["_where", "_row"])
        )
        shift = {int(line): n for n, line in enumerate(self.lines, 1)}
        assert ours["_row"].tolist() == [shift[line] for line in self.frame["_row"]]
        if problems:
            assert [said(p) for p in read.problems] == [said(p, shift) for p in self.text.problems]


def said(problem: Problem, shift: dict[int, int] | None = None) -> tuple[Any, ...]:
    """A problem with its lines counted from the first row below the heading."""
    cells = problem.first_cells
    if shift is not None:
        cells = LINES.sub(lambda m: str(shift[int(m[0])]), cells)
    return (problem.severity, problem.problem, problem.remedy, problem.column, problem.rows, cells)


def typed(cells: Sequence[str], kind: str, values: Sequence[Any]) -> Iterator[pa.Array]:
    """One column in every type that keeps what it says."""
    known = [None if v == "" or pd.isna(v) else v for v in values]
    if kind == "date":
        yield from moments(known)
    elif kind in ("money", "quantity", "measure"):
        yield pa.array(known, pa.float64())
        yield pa.array([None if v is None else Decimal(repr(v)) for v in known], pa.decimal128(25, 10))
        if all(v is None or float(v).is_integer() for v in known):
            yield pa.array([None if v is None else int(v) for v in known], pa.int64())
    else:
        yield pa.array(list(cells)).dictionary_encode()
        yield pa.array([c or None for c in cells], pa.large_string())
        yield pa.array([c.encode() for c in cells], pa.binary())
        yield pa.array(list(cells), pa.string_view())
        if kind == "id" and all(re.fullmatch(r"[1-9]\d{0,17}|", c) for c in cells):
            numbers = [int(c) if c else None for c in cells]
            yield pa.array(numbers, pa.int64())
            yield pa.array(numbers, pa.int64()).dictionary_encode()
            yield pa.array([None if n is None else Decimal(n) for n in numbers], pa.decimal128(20, 0))


def moments(days: Sequence[Any]) -> Iterator[pa.Array]:
    midnights = pa.array([None if d is None else d.date() for d in days], pa.date32())
    yield midnights
    yield midnights.cast(pa.date64())
    yield midnights.cast(pa.timestamp("ns"))
    late = [None if d is None else dt.datetime(d.year, d.month, d.day, 23, 30) for d in days]
    yield pa.array(late, pa.timestamp("us"))
    for unit, zone in (("us", "America/Los_Angeles"), ("ms", "Asia/Tokyo"), ("s", "UTC")):
        there = [None if d is None else d.replace(tzinfo=ZoneInfo(zone)) for d in late]
        yield pa.array(there, pa.timestamp(unit, tz=zone))


# ---- the same report, whatever holds it


@pytest.mark.parametrize("path", samples(), ids=IDS)
def test_a_sample_written_as_parquet_of_text_says_the_same(path: Path) -> None:
    sample = sample_of(path)
    sample.assert_same(read_parquet(sample.columns()))


@pytest.mark.slow
@pytest.mark.parametrize("path", samples(), ids=IDS)
def test_a_sample_written_as_parquet_of_any_types_gives_the_same_frame(
    path: Path, scaled: Callable[[int], int]
) -> None:
    sample = sample_of(path)
    for turn in range(scaled(1)):
        sample.assert_same(read_parquet(sample.typed(turn)), problems=False)


@pytest.mark.slow
@pytest.mark.parametrize("path", samples(), ids=IDS)
def test_a_frame_of_recoups_own_column_names_is_read_back_as_it_was(path: Path) -> None:
    sample = sample_of(path)
    names = [n for n in sample.report.names if sample.report.column(n).kind != "present"]
    read = read_parquet(pa.Table.from_pandas(sample.frame[names], preserve_index=False))
    pd.testing.assert_frame_equal(
        read.frames[sample.report.name][names], sample.frame[names], check_names=True
    )


def test_every_type_is_tried_on_some_sample() -> None:
    some = [
        sample_of(p) for p in samples() if p.stem in ("us_2026_16_columns", "us_13_columns", "plain_form")
    ]
    kinds = {str(form.type) for s in some for turn in range(8) for form in s.typed(turn).values()}
    assert {"int64", "double", "date32[day]", "date64[ms]", "binary", "string_view", "large_string"} <= kinds
    assert {"timestamp[ns]", "timestamp[us]", "timestamp[ms, tz=Asia/Tokyo]"} <= kinds


def test_a_row_number_is_the_place_in_the_file_and_the_digest_is_the_files(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "ledger.parquet"
    path.write_bytes(parquet(ledger(ledger_row("2026-09-20"), ledger_row("2026-09-21"))))
    read = reports.read(reports.read_files([tmp_path]))
    assert read.inventory_ledger["_row"].tolist() == [1, 2]
    assert read.inventory_ledger["_where"].tolist() == ["ledger.parquet"] * 2
    (export,) = read.exports
    assert export.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["ledger.parquet", "ledger.csv", "ledger"])
def test_a_parquet_file_is_known_by_its_content(name: str) -> None:
    assert len(read_parquet(ledger(ledger_row("2026-09-20")), name).inventory_ledger) == 1


# ---- identifiers and numbers


def with_column(header: str, values: pa.Array) -> Reports:
    rows = [ledger_row(f"2026-09-{day:02}") for day in range(10, 10 + len(values))]
    return read_parquet({**ledger(*rows), header: values})


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.decimal128(20, 0), pa.decimal128(22, 2)])
def test_identifiers_kept_as_whole_numbers_keep_every_digit(kind: pa.DataType) -> None:
    ids = [1, None, 123456789012345678]
    read = with_column("Reference ID", pa.array(ids).cast(kind))
    assert read.inventory_ledger["reference_id"].tolist() == ["1", "", "123456789012345678"]
    assert read.problems == []


def test_identifiers_kept_as_floating_point_are_suspect_and_have_no_point_zero() -> None:
    read = with_column("Reference ID", pa.array([20260901001.0, None, 12.0]))
    assert read.inventory_ledger["reference_id"].tolist() == ["20260901001", "", "12"]
    (problem,) = read.problems
    assert (problem.severity, problem.column) == ("warning", "Reference ID")
    assert "floating point" in problem.problem


def test_floating_point_that_holds_no_identifier_at_all_is_no_news() -> None:
    assert with_column("Reference ID", pa.array([None, None], pa.float64())).problems == []


def test_identifiers_that_lost_digits_in_floating_point_are_not_used() -> None:
    read = with_column("Reference ID", pa.array([20260901001.0, 12345678901234567.0]))
    assert read.inventory_ledger["reference_id"].tolist() == ["20260901001"]
    assert [p.severity for p in read.problems] == ["warning", "error"]


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.decimal128(12, 4)])
def test_an_amount_with_three_decimals_is_no_thousand(kind: pa.DataType) -> None:
    rows = {
        "SKU": ["A", "B"],
        "FNSKU": ["X00EXAMPL1", "X00EXAMPL2"],
        "Unit cost": pa.array([1.125, 3.375]).cast(kind),
    }
    rows |= {"ASIN": ["B0EXAMPLE1"] * 2, "Currency": ["USD"] * 2, "Effective from": ["2026-01-01"] * 2}
    read = read_parquet({**rows, "Source": ["invoice"] * 2})
    assert read.sourcing_costs["own_cost"].tolist() == [1.125, 3.375]


def test_the_day_is_the_one_the_clocks_of_that_zone_showed() -> None:
    noon = dt.datetime(2026, 9, 20, 23, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    read = with_column("Date", pa.array([noon], pa.timestamp("us", tz="America/Los_Angeles")))
    assert read.inventory_ledger["date"].dt.date.tolist() == [dt.date(2026, 9, 20)]


def test_typed_days_are_trusted_though_none_is_after_the_twelfth() -> None:
    read = with_column(
        "Date", pa.array([dt.datetime(2026, 9, 3), dt.datetime(2026, 9, 4)], pa.timestamp("ns"))
    )
    assert read.inventory_ledger["date"].dt.date.tolist() == [dt.date(2026, 9, 3), dt.date(2026, 9, 4)]
    assert read.problems == []


def test_truth_values_and_times_are_text() -> None:
    (table,) = reports.read_bytes(
        "x.parquet",
        parquet({**ledger(ledger_row("2026-09-20")), "Title": [True], "Country": [dt.time(10, 5)]}),
    )
    cells = dict(zip(table.cells.iloc[0], table.cells.iloc[1], strict=True))
    assert (cells["Title"], cells["Country"][:8]) == ("true", "10:05:00")


# ---- what is not read


def test_columns_about_the_buyer_and_unknown_ones_are_never_unpacked() -> None:
    rows = {**ledger(ledger_row("2026-09-20")), "buyer-email": ["ann@example.com"], "Note": [["nested"]]}
    (table,) = reports.read_bytes("x.parquet", parquet(rows))
    assert table.problems == ()
    cells = [str(c) for row in table.cells.to_numpy().tolist() for c in row]
    assert "X00EXAMPL1" in cells
    assert not {"buyer-email", "ann@example.com", "Note"} & set(cells)


def test_another_table_is_named_and_not_read() -> None:
    read = read_parquet({"a": [1], "b": [2]})
    assert [p.severity for p in read.problems] == ["error"]
    assert "no column of a report" in read.problems[0].problem
    few = ledger(ledger_row("2026-09-20"))
    few.pop("Quantity")
    (problem,) = read_parquet(few).problems
    assert "lacks Quantity" in problem.problem


WHOLE = parquet(ledger(*[ledger_row("2026-09-20")] * 50))
NESTED = {**ledger(ledger_row("2026-09-20")), "Quantity": [{"value": 1}]}
TWICE = pa.table([*ledger(ledger_row("2026-09-20")).values(), ["2"]], names=[*LEDGER, "Quantity"])
NO_TEXT = {**ledger(ledger_row("2026-09-20")), "MSKU": pa.array([b"\xff\xfe"], pa.binary())}
SPAN = {**ledger(ledger_row("2026-09-20")), "Quantity": pa.array([1], pa.duration("s"))}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (WHOLE[: len(WHOLE) // 2], "damaged or unfinished Parquet"),
        (WHOLE[:4], "damaged or unfinished Parquet"),
        (WHOLE.replace(b"Fulfillment Center", b"\xff" * 18), "damaged or unfinished Parquet|no column|lacks"),
        (b"PARE" + WHOLE[4:-4] + b"PARE", "an encrypted Parquet"),
        (b"not at all;1;2;3\n" * 200, "damaged or unfinished Parquet"),
        (b"", "the file is empty"),
        (b"<html>sign in</html>", "a web page"),
        (parquet(NESTED), r"Quantity is a nested column \(struct<value: int64>\)"),
        (parquet(TWICE), "2 columns are named Quantity"),
        (parquet(NO_TEXT), "MSKU holds bytes that are no UTF-8"),
        (parquet(SPAN), "Quantity holds duration"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_what_cannot_be_read_is_one_sentence_that_names_the_file(data: bytes, said: str) -> None:
    (problem,) = problems_of(data)
    assert problem.where == "report.parquet"
    assert re.search(said, problem.problem)
    assert problem.severity == "error" and problem.remedy


@pytest.mark.parametrize("at", np.linspace(4, len(WHOLE) - 5, 40, dtype=int).tolist())
def test_a_flipped_byte_never_breaks_the_reading(at: int) -> None:
    broken = bytearray(WHOLE)
    broken[at] ^= 0x55
    read = reports.read(reports.read_bytes("report.parquet", bytes(broken)))
    assert read.problems or len(read.inventory_ledger) == 50


def test_few_bytes_that_stand_for_gigabytes_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = pa.DictionaryArray.from_arrays(np.zeros(10_000, dtype=np.int32), ["x" * 1_000_000])
    rows = ledger(*[ledger_row("2026-09-20")] * 10_000)
    data = parquet({**rows, "Title": titles}, dictionary_pagesize_limit=1 << 24, write_batch_size=64)
    assert len(data) < 1_000_000
    (problem,) = problems_of(data)
    assert "unreasonable size" in problem.problem
    monkeypatch.setattr("recoup.reports._parquet.MOST_ROWS", 9_999)
    (problem,) = problems_of(parquet(rows))
    assert "unreasonable size" in problem.problem


# ---- data sets of many files


def test_the_parts_of_a_partitioned_data_set_are_plain_files_in_subfolders(tmp_path: Path) -> None:
    for month in ("2026-08", "2026-09"):
        folder = tmp_path / "report=ledger" / f"month={month}"
        folder.mkdir(parents=True)
        (folder / "part-0.parquet").write_bytes(parquet(ledger(*[ledger_row(f"{month}-20")] * 2)))
    read = reports.read(reports.read_files([tmp_path]))
    assert len(read.inventory_ledger) == 4
    assert sorted({*read.inventory_ledger["_where"]}) == [
        "report=ledger/month=2026-08/part-0.parquet",
        "report=ledger/month=2026-09/part-0.parquet",
    ]
    assert read.problems == []


def test_equal_rows_in_two_parts_of_one_data_set_are_an_error_and_cover_nothing(tmp_path: Path) -> None:
    same = [ledger_row("2026-09-20"), ledger_row("2026-09-21")]
    (tmp_path / "part-0.parquet").write_bytes(parquet(ledger(*same)))
    (tmp_path / "part-1.parquet").write_bytes(parquet(ledger(same[1], ledger_row("2026-09-22"))))
    read = reports.read(reports.read_files([tmp_path]))
    (problem,) = [p for p in read.problems if p.severity == "error"]
    assert "1 of its rows stand in other parts" in problem.problem
    assert any(e.conflict for e in read.exports)
    for number, name in enumerate(("ledger 2026-09.parquet", "ledger.parquet")):
        (tmp_path / f"part-{number}.parquet").rename(tmp_path / name)
    again = reports.read(reports.read_files([tmp_path]))
    assert [p for p in again.problems if p.severity == "error"] == []
