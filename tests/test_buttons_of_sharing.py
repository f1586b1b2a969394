"""Buttons of the group Share over the stand-in for Excel: a merge into a new file, the Journal, what is taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import workbooks
from clicking import Person, alone, cells_of, clicks, excel_running, opened, ready, select_claims, state_of
from excel_stand_in import App
from recoup.books import open_book
from recoup.case_doors import record_book, start_book
from recoup.case_record import Entry
from recoup.macros.share_views import _BASE, _GONE
from recoup.sharing import merge_files, undo_line
from test_buttons import cells, saved

NOVA = "X00NOVA01A"
LATER = workbooks.run(hour=14)


@pytest.fixture(scope="module")
def excel() -> Iterator[App]:
    with excel_running() as app:
        yield app


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refreshed workbook in which Bob started a case."""
    path = workbooks.refreshed_book(tmp_path_factory.mktemp("sample"))
    start_book(path, workbooks.run(hour=10, who="Bob"), [ready(path)[0]])
    return path


@pytest.fixture
def book(sample: Path, tmp_path: Path, excel: App) -> Iterator[Any]:
    """The workbook in Excel, alone; for tests that change it."""
    with alone(sample, tmp_path, excel) as copy:
        yield copy


@pytest.fixture(scope="module")
def shared(sample: Path, excel: App) -> Any:
    """With something typed that is not saved."""
    book = opened(sample)
    type_into(book, nova(sample), "Decision note", "ask Ann")
    type_into(book, ready(sample)[1], "Decision", "Hold")
    return book


@pytest.fixture
def still(shared: Any, sample: Path) -> Iterator[Any]:
    """The workbook in Excel, which stays as it is, and so does its file."""
    before, file = state_of(shared), sample.read_bytes()
    yield shared
    assert state_of(shared) == before and sample.read_bytes() == file and not shared.Saved
    shared.ReadOnly = False


@pytest.fixture
def twin(sample: Path, tmp_path: Path) -> Path:
    """The same workbook as a file, for the command."""
    return Path(shutil.copy(sample, tmp_path / "twin.xlsx"))


def type_into(book: Any, key: str, header: str, text: str, table: str = "Claims") -> None:
    """The person types into a cell of a claim's row, and does not save."""
    select_claims(book, key, table=table)
    row = int(book.selected.rpartition("$")[2])
    place = next((row, c) for (_, c), v in cells_of(book, book.shown).items() if v == header)
    book.tabs[book.shown].put(place, text, None)


def nova(path: Path | str) -> str:
    return str(workbooks.claim_of(Path(path), NOVA)["Claim ID"])


# ---- Merge copy


class Copies:
    """BASE, the open book of Ann, and the copy of Bob."""

    def __init__(self, still: Any, sample: Path, folder: Path) -> None:
        self.mine, self.base, self.theirs = still, folder / "base.xlsx", folder / "bob.xlsx"
        self.out = folder / "seller merged.xlsx"
        for copy in (self.base, self.theirs):
            shutil.copy(sample, copy)
        with workbooks.Desk(self.theirs) as desk:
            desk.type(nova(sample), Decision="Hold", Decision_note="ask Bob")

    def person(self, **answers: Any) -> Merging:
        told: dict[str, Any] = {"to": self.out, "agrees": True, "answers": {}, **answers}
        return Merging(rounds=[[self.theirs], [self.base]], **told)


class Merging(Person):
    """Picks another file each time."""

    def __init__(self, rounds: list[list[Path]], **answers: Any) -> None:
        super().__init__(**answers)
        self.rounds = rounds

    def pick_files(self, title: str, kinds: Any) -> list[Path]:
        self.files = self.rounds.pop(0)
        return super().pick_files(title, kinds)


@pytest.fixture(scope="module")
def made(shared: Any, sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(shared, sample, tmp_path_factory.mktemp("copies"))


@pytest.fixture
def copies(still: Any, made: Copies) -> Copies:
    """With nothing merged yet, and the open workbook staying as it is."""
    made.out.unlink(missing_ok=True)
    return made


def test_the_open_workbook_is_merged_as_it_stands_into_a_new_file_as_by_the_command(
    copies: Copies, tmp_path: Path
) -> None:
    person = copies.person()
    assert clicks("merge_copy", person, LATER) == 0
    assert person.asked[0] == "Merge copy: your colleague's copy"
    assert "the copy that both started from" in person.asked[2] and "seller merged.xlsx" in person.asked[3]
    assert "Write the merged workbook seller merged.xlsx? 1 conflict." in person.asked[4]
    assert "also what is not saved yet" in person.asked[4] and "Merge conflicts" in person.asked[5]
    assert "ask Ann" in person.asked[5] and "ask Bob" in person.asked[5]
    assert "is written." in person.asked[6] and "Settle the 1 conflict on the tab" in person.asked[7]
    assert person.opened == [copies.out] and person.told == []
    mine, out = tmp_path / "m" / "seller.xlsx", tmp_path / "m" / "seller merged.xlsx"
    mine.parent.mkdir()
    mine.write_bytes(copies.mine.content())
    merge_files([copies.base, mine, copies.theirs], out, LATER)
    assert cells(copies.out) == cells(out)


def test_without_the_common_start_it_is_merged_too(copies: Copies) -> None:
    person = copies.person(answers={_BASE: _GONE}, declines=["Open it"])
    clicks("merge_copy", person, LATER)
    note = next(
        r for r in open_book(copies.out).read_table("Claims").records() if r["Claim ID"] == nova(copies.base)
    )
    assert note["Decision"] == "Hold" and len(person.rounds) == 1
    assert person.opened == [] and person.told == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"to": "bob.xlsx"}, "is THEIRS itself; name a new file"),
        ({"to": "base.xlsx"}, "is BASE itself"),
        ({"to": "merged.csv"}, "name a workbook file that ends in .xlsx"),
        ({"to": "there.xlsx"}, "is there already; name a new file"),
        ({"theirs": "seller.xlsx"}, "are one file"),
        ({"agrees": False}, ""),
        ({"to": ""}, ""),
    ],
)
def test_a_merge_that_cannot_be_or_is_not_wanted_writes_nothing(
    copies: Copies, said: dict[str, Any], why: str
) -> None:
    folder = copies.out.parent
    (folder / "there.xlsx").write_bytes(b"somebody's")
    files = {p: p.read_bytes() for p in folder.glob("*.*")}
    to = folder / said["to"] if said.get("to") else None if "to" in said else copies.out
    person = copies.person(to=to, agrees=said.get("agrees", True))
    if "theirs" in said:
        person.rounds[0] = [Path(copies.mine.FullName)]
    clicks("merge_copy", person, LATER)
    assert [why in told for told in person.told] == [True] * bool(why)
    assert person.opened == [] and person.shown == []
    assert {p: p.read_bytes() for p in folder.glob("*.*")} == files


def test_two_files_picked_for_one_are_refused(copies: Copies) -> None:
    person = copies.person()
    person.rounds[0] = [copies.theirs, copies.base]
    clicks("merge_copy", person)
    assert "pick one file, not 2" in person.told[0]


# ---- Journal


def test_the_line_that_is_chosen_from_the_journal_is_taken_back_as_by_the_command(
    book: Any, twin: Path
) -> None:
    person = Person(chooses={"Field": "Decision"}, agrees=True)
    assert clicks("show_journal", person, LATER) == 0
    (rows,) = person.tables
    assert list(rows[0]) == ["ID", "When", "Who", "Claim ID", "Field", "From", "To"]
    assert rows[0]["When"] >= rows[-1]["When"] and rows[0]["Who"] == "Bob" and len(rows) > 20
    line = next(r for r in rows if r["Field"] == "Decision")
    assert (
        "Take back 1 change made by Bob on 2026-11-15 10:00" in person.asked[1]
        and "Ctrl+Z" in person.asked[1]
    )
    assert "Take up  (blank)" in person.asked[2] and line["Claim ID"] in person.asked[2]
    undo_line(twin, line["ID"], LATER)
    assert cells(saved(book)) == cells(twin)


def test_who_only_reads_the_journal_or_thinks_twice_changes_nothing(still: Any) -> None:
    reader, doubter = Person(), Person(chooses={"Field": "Decision"})
    clicks("show_journal", doubter, LATER)
    still.ReadOnly = True
    clicks("show_journal", reader, LATER)
    assert reader.told == doubter.told == [] and len(doubter.asked) == 3 and len(reader.asked) == 1


def test_a_line_that_recoup_computed_is_refused_in_the_words_of_the_command(still: Any) -> None:
    person = Person(chooses={"Field": "Status"}, agrees=True)
    clicks("show_journal", person, LATER)
    assert "is computed by Recoup and cannot be undone" in person.told[0]


# ---- Undo last


def test_what_was_done_last_is_taken_back_as_a_whole_once_it_was_seen(book: Any, twin: Path) -> None:
    person = Person(agrees=True)
    assert clicks("undo_last", person, LATER) == 0
    assert person.asked[0].startswith("Take back 2 changes made by Bob on 2026-11-15 10:00:00?")
    assert "Ctrl+Z does not reach back that far" in person.asked[0]
    assert "Decision" in person.asked[1] and "Now" in person.asked[1] and "Then" in person.asked[1]
    lines = {r["Field"]: r["ID"] for r in workbooks.table(twin, "Journal") if r["Who"] == "Bob"}
    undo_line(twin, lines["Decided by"], LATER)
    undo_line(twin, lines["Decision"], LATER)
    assert cells(saved(book)) == cells(twin)
    again = Person(agrees=True)
    clicks("undo_last", again, LATER)
    assert "is computed by Recoup and cannot be undone" in again.told[0], (
        "the refresh before cannot be undone"
    )


def test_a_filing_is_taken_back_with_all_that_it_wrote(book: Any) -> None:
    path = Path(book.FullName)
    book.close()
    before = workbooks.table(path, "Cases")[0]
    entry = Entry({"Stage": "Filed", "Amazon case ID": "17000000001"})
    record_book(path, workbooks.run(hour=12), str(before["Claim ID"]), entry)
    book = opened(path)
    person = Person(agrees=True)
    clicks("undo_last", person, LATER)
    assert person.told == []
    after = workbooks.table(saved(book), "Cases")[0]
    changed = {h for h in before if before[h] != after[h]}
    assert changed <= {"Suggested stage", "Suggested next step", "Last change"}, (
        "which the next refresh writes"
    )


def test_who_does_not_agree_changes_nothing(still: Any) -> None:
    person = Person()
    clicks("undo_last", person, LATER)
    assert person.told == person.shown == [] and len(person.asked) == 2


def test_a_cell_that_was_changed_since_and_is_not_even_saved_is_left(book: Any) -> None:
    type_into(book, ready(book.FullName)[0], "Decision", "Dismiss")
    before, person = state_of(book), Person(agrees=True)
    clicks("undo_last", person, LATER)
    assert "says 'Dismiss' now, not 'Take up'" in person.told[0] and "changed since" in person.told[0]
    assert state_of(book) == before and person.asked == []


def test_what_was_typed_by_hand_last_is_not_recoups_to_take_back(book: Any) -> None:
    path = Path(book.FullName)
    book.close()
    with workbooks.Desk(path) as desk:
        desk.type(nova(path), Decision="Hold")
    workbooks.refresh(path, hour=13)
    book = opened(path)
    before, person = state_of(book), Person(agrees=True)
    clicks("undo_last", person, LATER)
    assert f"Decision of {nova(path)}, was typed by hand, not by Recoup" in person.told[0]
    assert "choose a line of the Journal to undo" in person.told[0] and state_of(book) == before
