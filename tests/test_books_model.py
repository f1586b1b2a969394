"""Random patches, appends and replacements give what a plain list of rows gives, and twice gives the same bytes."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import book_samples as samples
from conftest import EFFORT
from live_books import open_book
from recoup.books.cells import escape_text, from_serial, safe_text, to_serial, unescape_text

HEADERS = ("Units", "Product", "Deadline", "Stage", "Notes")
IDS = st.sampled_from(["LW-AAA", "LW-BBB", "LW-CCC", "N1", "N2", "007", "=x"])
TEXT = st.text(max_size=20)
VALUES = {
    "Units": st.one_of(st.none(), st.integers(-99, 10**12), st.floats(allow_nan=True, allow_infinity=True)),
    "Product": st.one_of(st.none(), TEXT, st.booleans()),
    "Deadline": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2200, 1, 1))),
    "Stage": TEXT,
    "Notes": TEXT,
}
RECORD = st.fixed_dictionaries({"Claim ID": IDS}, optional={h: VALUES[h] for h in HEADERS})
PATCHES = st.lists(RECORD, max_size=5, unique_by=lambda r: r["Claim ID"])
STEPS = st.lists(st.tuples(st.sampled_from(["patch", "append", "replace", "reopen"]), PATCHES), max_size=4)

Steps = list[tuple[str, list[dict[str, Any]]]]


def seen(value: Any) -> Any:
    """What a cell gives back for a value."""
    if isinstance(value, str):
        return safe_text(value) or None
    if isinstance(value, bool) or value is None or isinstance(value, date):
        return value
    return float(value) if abs(value) < float("inf") else None


def step(model: list[dict[str, Any]], kind: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same change on a plain list of rows."""
    if kind == "replace":
        return [dict(r) for r in records]
    if kind == "reopen":
        return model
    model = [dict(row) for row in model]
    for record in records:
        same = [row for row in model if kind == "patch" and row["Claim ID"] == record["Claim ID"]]
        same[0].update(record) if same else model.append(dict(record))
    return model


def apply(book: Any, kind: str, records: list[dict[str, Any]]) -> None:
    if kind == "patch":
        book.patch_rows("NotClaimed", ["Claim ID"], records)
    elif kind == "append":
        book.append_rows("NotClaimed", records)
    elif kind == "replace":
        book.replace_rows("NotClaimed", records or [], ["Claim ID"])


RENAMED = {
    "Product": "Product",
    "Deadline": "Event date",
    "Stage": "Reason",
    "Notes": "Note",
    "Units": "Units",
}


def in_table(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{RENAMED.get(h, h): v for h, v in r.items()} for r in records]


@settings(max_examples=12, deadline=None)
@given(STEPS)
def test_random_changes_equal_a_plain_model(steps: Steps) -> None:
    changes_equal_a_plain_model("package", steps)


@settings(max_examples=5, deadline=None)
@given(STEPS)
def test_random_changes_in_openpyxl_equal_a_plain_model(steps: Steps) -> None:
    changes_equal_a_plain_model("openpyxl", steps)


@pytest.mark.slow
@settings(max_examples=5 if EFFORT == "ci" else 60, deadline=None)
@given(STEPS)
def test_random_changes_in_excel_equal_a_plain_model(steps: Steps) -> None:
    changes_equal_a_plain_model("xlwings", steps)


def changes_equal_a_plain_model(engine: str, steps: Steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = samples.build(Path(folder) / "b.xlsx")
        book, model = open_book(path, engine, keep=0), []
        for kind, plain_records in steps:
            records = in_table(plain_records)
            if kind == "replace":
                records = [{h: r.get(h) for h in ("Claim ID", *RENAMED.values())} for r in records]
            apply(book, kind, records)
            model = step(model, kind, records)
            if kind == "reopen":
                book.save()
                book = open_book(path, engine, keep=0)
        book.save()
        rows = open_book(path).read_table("NotClaimed").records()
        names = ("Claim ID", *RENAMED.values())
        assert [[r[h] for h in names] for r in rows] == [[seen(r.get(h)) for h in names] for r in model]
        _twice_changes_nothing(path, engine, model)


def _twice_changes_nothing(path: Path, engine: str, model: list[dict[str, Any]]) -> None:
    firsts = {row["Claim ID"]: row for row in reversed(model)}
    before = path.read_bytes()
    book = open_book(path, engine)
    book.patch_rows("NotClaimed", ["Claim ID"], list(firsts.values()))
    book.save()
    assert path.read_bytes() == before


@given(st.text())
def test_any_text_survives_its_way_through_xml(text: str) -> None:
    assert unescape_text(escape_text(safe_text(text))) == safe_text(text)
    assert safe_text(safe_text(text)) == safe_text(text)


def test_escaped_halves_of_a_character_are_joined_and_a_lone_half_is_made_safe() -> None:
    assert unescape_text("_xD83C__xDF89_ _xD800_ _x005F_x0041_") == "🎉 \ufffd _x0041_"


@given(st.datetimes(datetime(1904, 1, 2), datetime(9999, 12, 30)), st.booleans())
def test_any_moment_survives_as_a_number_to_the_millisecond(moment: datetime, date1904: bool) -> None:
    serial = to_serial(moment, date1904)
    assert serial is not None
    back = from_serial(serial, date1904, with_time=True)
    assert isinstance(back, datetime) and abs((back - moment).total_seconds()) < 0.0011


@given(st.dates(date(1900, 1, 1)))
def test_any_day_survives(day: date) -> None:
    assert from_serial(to_serial(day, False) or 0, False, with_time=False) == day
