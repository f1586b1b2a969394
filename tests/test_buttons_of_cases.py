"""Buttons of the group Cases over the stand-in for Excel: what is shown first; the cells are those of the command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import workbooks
from clicking import (
    Looking,
    Person,
    alone,
    cells_of,
    clicks,
    excel_running,
    opened,
    ready,
    select_claims,
    state_of,
)
from excel_stand_in import App
from recoup.books import open_book
from recoup.case_doors import due_book, record_book, start_book
from recoup.case_papers import case_text, pack_case
from recoup.case_record import Entry
from recoup.case_start import Plan
from recoup.dialogs import Field
from recoup.evidence_pack import text_to_keep
from recoup.macros.answer_form import in_words_of_the_form
from recoup.macros.case_views import about_plan
from recoup.macros.ribbon_words import in_words_of_the_ribbon
from recoup.model import Cell, RecoupError
from recoup.run import Run
from recoup.workbook import read_notebook
from test_buttons import cells, saved

WAITING, EXPIRED, FILED = "X00WAIT01A", "X00OLDL01A", "X00DAMG01A"
AT_TEN = workbooks.run(hour=10)


@pytest.fixture(scope="module")
def looking() -> Looking:
    return Looking()


@pytest.fixture(scope="module")
def excel(looking: Looking) -> Iterator[App]:
    with excel_running(looking) as app:
        yield app


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refreshed workbook with one case that is filed, and one that is a draft."""
    path = workbooks.refreshed_book(tmp_path_factory.mktemp("sample"))
    filed, draft = claim(path, FILED), ready(path)[0]
    start_book(path, workbooks.run(hour=9, who="Bob"), [filed])
    start_book(path, workbooks.run(hour=10, who="Bob"), [draft])
    entry = Entry({"Stage": "Filed", "Amazon case ID": "17000000001", "Owner": "Dora"})
    record_book(path, workbooks.run(hour=11, who="Bob"), filed, entry)
    return path


@pytest.fixture
def book(sample: Path, tmp_path: Path, excel: App) -> Iterator[Any]:
    """The workbook in Excel, alone; for tests that change it."""
    with alone(sample, tmp_path, excel) as copy:
        yield copy


@pytest.fixture(scope="module")
def shared(sample: Path, excel: App) -> Any:
    return opened(sample)


@pytest.fixture
def still(shared: Any, looking: Looking) -> Iterator[Any]:
    """The workbook in Excel, which stays as it is."""
    before = state_of(shared)
    yield shared
    assert state_of(shared) == before and shared.Saved
    shared.ReadOnly, looking.cancel_at = False, ""


@pytest.fixture
def twin(sample: Path, tmp_path: Path) -> Path:
    """The same workbook as a file, for the command."""
    (tmp_path / "twin").mkdir()
    return Path(shutil.copy(sample, tmp_path / "twin" / "seller.xlsx"))


def claim(path: Path | str, fnsku: str) -> str:
    return str(workbooks.claim_of(Path(path), fnsku)["Claim ID"])


def fresh(book: Any) -> list[str]:
    """Claims that are ready and in no case."""
    rows = workbooks.claims(Path(book.FullName))
    return [key for key in ready(book.FullName) if not rows[key]["Case"]]


def front_row(book: Any) -> set[str]:
    """What stands in the selected row of the tab in front."""
    number = int(book.selected.rpartition("$")[2])
    return {str(v) for (row, _), v in cells_of(book, book.shown).items() if row == number}


# ---- Start case


def test_drafts_are_shown_then_made_as_by_the_command_and_come_to_the_front(book: Any, twin: Path) -> None:
    keys = fresh(book)[:2]
    select_claims(book, *keys)
    person = Person(agrees=True)
    assert clicks("start_case", person, AT_TEN) == 0
    question, preview = person.asked
    assert question.startswith("Make 2 drafts on Cases? Undo last takes it back")
    rows = workbooks.claims(twin)
    for key in keys:
        assert (
            f"C-{key}" in preview
            and str(rows[key]["Deadline"].date()) in preview
            and rows[key]["Kind"] in preview
        )
    assert book.shown == "Cases" and f"C-{keys[0]}" in front_row(book)
    assert "not saved yet" in person.shown[0] and f"C-{keys[1]}: {keys[1]}" in person.shown[0]
    start_book(twin, AT_TEN, keys)
    assert cells(saved(book)) == cells(twin)


def test_who_closes_the_preview_changes_nothing(still: Any) -> None:
    select_claims(still, fresh(still)[0])
    person = Person()
    assert clicks("start_case", person) == 0
    assert person.told == person.shown == [] and len(person.asked) == 2


def refusal_of(twin: Path, key: str) -> str:
    with pytest.raises(RecoupError) as refused:
        start_book(twin, AT_TEN, [key])
    return in_words_of_the_ribbon(str(refused.value))


@pytest.mark.parametrize(
    ("fnsku", "why"), [(WAITING, "Amazon usually"), (EXPIRED, "deadline"), (FILED, "has a case already")]
)
def test_too_early_too_late_and_twice_are_refused_in_the_words_of_the_command(
    still: Any, twin: Path, fnsku: str, why: str
) -> None:
    key = claim(twin, fnsku)
    select_claims(still, key)
    person = Person(agrees=True)
    clicks("start_case", person, AT_TEN)
    assert person.told == [refusal_of(twin, key)] and why in person.told[0]
    assert person.asked == []


def test_of_many_that_cannot_be_started_twenty_are_told_and_that_nothing_was_changed(twin: Path) -> None:
    refused = {f"LW-{n}": f"LW-{n}: too early. Nothing was changed." for n in range(22)}
    with pytest.raises(RecoupError) as told:
        about_plan(Plan(read_notebook(open_book(twin)), refused=refused))
    assert str(told.value).splitlines()[19:] == ["LW-19: too early.", "… and 2 more", "Nothing was changed."]


def test_what_cannot_be_started_is_told_in_the_preview_and_the_rest_is_started(book: Any, twin: Path) -> None:
    good, bad = fresh(book)[0], [claim(twin, WAITING), claim(twin, FILED)]
    select_claims(book, bad[0], good, bad[1])
    person = Person(agrees=True)
    clicks("start_case", person, AT_TEN)
    question, preview = person.asked
    assert question.startswith("Make 1 draft on Cases; 2 others cannot be started?")
    for key in bad:
        assert refusal_of(twin, key).removesuffix(" Nothing was changed.") in preview
    start_book(twin, AT_TEN, [good])
    assert cells(saved(book)) == cells(twin)


def test_a_report_that_was_pasted_since_the_refresh_is_asked_for_first(book: Any) -> None:
    select_claims(book, fresh(book)[0])
    book.tabs["Reimbursements"].put((2, 1), "2026-11-01", None)
    person = Person(agrees=True)
    clicks("start_case", person)
    assert "Reimbursements changed since the last refresh" in person.told[0] and person.asked == []


# ---- Copy case text


def test_the_text_of_a_draft_is_copied_without_a_question(still: Any, twin: Path) -> None:
    key = ready(twin)[0]
    select_claims(still, key, table="Cases")
    still.ReadOnly = True
    person = Person()
    assert clicks("copy_case_text", person) == 0
    text = case_text(twin, [key], purpose="file", language="", reason="")
    assert person.clipboard == text_to_keep(text) and person.asked == []
    assert person.shown[0].startswith("On the clipboard: 1 text.") and text.route in person.shown[0]
    assert all(m in person.shown[0] for m in text.missing) and bool(text.missing) == (
        "NOT COMPLETE" in person.shown[0]
    )


def test_several_texts_stand_one_after_the_other_under_a_heading_each(still: Any, twin: Path) -> None:
    keys = fresh(still)[:2]
    select_claims(still, *keys)
    person = Person()
    clicks("copy_case_text", person)
    texts = [case_text(twin, [key], purpose="file", language="", reason="") for key in keys]
    for text in texts:
        assert f"===== {text.case} ({text.kind}) =====\n\n{text_to_keep(text)}" in person.clipboard
    assert person.clipboard.index(keys[0]) < person.clipboard.index(keys[1])
    assert "On the clipboard: 2 texts." in person.shown[0]


def test_of_a_filed_case_it_asks_what_the_text_is_for(still: Any, twin: Path) -> None:
    key = claim(twin, FILED)
    for answers, purpose, language in (
        ({}, "chase", ""),
        ({"Purpose": "file", "Language": "de"}, "file", "de"),
    ):
        select_claims(still, key)
        person = Person(answers=answers)
        clicks("copy_case_text", person)
        text = case_text(twin, [key], purpose=purpose, language=language, reason="")
        assert f"C-{key} is Filed." in person.asked[0] and person.clipboard == text_to_keep(text)
        assert f", {purpose}, in {text.language}" in person.shown[0]
    declined = Person()
    clicks("copy_case_text", declined)
    assert declined.clipboard == "" and declined.shown == declined.told == []


def test_a_fact_that_is_missing_is_told_and_the_text_says_not_to_send_it(still: Any) -> None:
    key = claim(still.FullName, FILED)
    select_claims(still, key)
    person = Person(answers={"Purpose": "appeal"})
    clicks("copy_case_text", person)
    assert person.clipboard.startswith("NOT COMPLETE, do not send.")
    assert "has no Decision reason" in person.shown[0]


def test_a_case_for_which_no_text_can_be_written_does_not_keep_back_the_others(book: Any) -> None:
    path = Path(book.FullName)
    book.close()
    odd, good = claim(path, FILED), ready(path)[0]
    with workbooks.Desk(path) as desk:
        desk.type(odd, "Cases", Stage="Denied", Decision_reason="no further action")
    book = opened(path)
    select_claims(book, odd, good)
    person = Person(answers={"Purpose": "appeal"})
    clicks("copy_case_text", person)
    assert "No text:" in person.shown[0] and "write no appeal" in person.shown[0]
    assert good in person.clipboard and odd not in person.clipboard


# ---- Evidence pack


def test_packs_are_those_of_the_command_and_the_folder_is_opened_when_wanted(
    still: Any, twin: Path, tmp_path: Path
) -> None:
    keys = [ready(twin)[0], claim(twin, WAITING)]
    select_claims(still, *keys)
    to, person = tmp_path / "packs", Person(folder=tmp_path / "packs", agrees=True)
    assert clicks("make_evidence_pack", person) == 0
    assert "2 packs made." in person.asked and person.opened == [to]
    for key in keys:
        _, _, made, _ = pack_case(twin, [key], tmp_path / "others", purpose="file", language="", reason="")
        names = sorted(p.relative_to(made).as_posix() for p in made.rglob("*"))
        assert names == sorted(p.relative_to(to / made.name).as_posix() for p in (to / made.name).rglob("*"))
        for name in (n for n in names if (made / n).is_file()):
            assert (to / made.name / name).read_bytes() == (made / name).read_bytes(), name
    again = Person(folder=to, agrees=True, declines=["Open the folder"])
    clicks("make_evidence_pack", again)
    assert "Unchanged:" in again.asked[-1] and again.opened == [] and again.told == []


def test_one_pack_opens_its_own_folder(still: Any, tmp_path: Path) -> None:
    key = fresh(still)[0]
    select_claims(still, key)
    person = Person(folder=tmp_path / "packs", agrees=True)
    clicks("make_evidence_pack", person)
    assert person.opened == [tmp_path / "packs" / f"C-{key}"]


def test_no_folder_no_pack(still: Any, tmp_path: Path) -> None:
    select_claims(still, fresh(still)[0])
    person, there = Person(agrees=True), sorted(tmp_path.iterdir())
    clicks("make_evidence_pack", person)
    assert person.told == [] and person.opened == [] and sorted(tmp_path.iterdir()) == there


def test_cancel_between_two_packs_keeps_the_first_and_says_so(
    still: Any, looking: Looking, tmp_path: Path
) -> None:
    select_claims(still, *fresh(still)[:2])
    looking.cancel_at = "Pack 2"
    person = Person(folder=tmp_path / "packs", agrees=True)
    clicks("make_evidence_pack", person)
    assert len(list((tmp_path / "packs").iterdir())) == 1
    assert "1 pack made." in person.asked and "Cancelled: 1 of 2 packs were not made." in person.asked[-1]
    looking.cancel_at = "Pack 1"
    nothing = Person(folder=tmp_path / "none", agrees=True)
    clicks("make_evidence_pack", nothing)
    assert "Cancelled" in nothing.told[0] and not (tmp_path / "none").exists()


def test_a_pack_that_is_there_with_something_else_is_refused_as_by_the_command(
    still: Any, tmp_path: Path
) -> None:
    key = fresh(still)[0]
    (tmp_path / "packs" / f"C-{key}").mkdir(parents=True)
    (tmp_path / "packs" / f"C-{key}" / "notes.txt").write_text("mine")
    select_claims(still, key)
    person = Person(folder=tmp_path / "packs", agrees=True)
    clicks("make_evidence_pack", person)
    assert "holds notes.txt, which is not of this pack" in person.told[0] and person.opened == []


# ---- Record answer


@dataclass
class Patient(Person):
    """Types again after each refusal; keeps each form as it was shown."""

    turns: list[Mapping[str, str]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    def ask(self, title: str, question: str, fields: Sequence[Field]) -> Mapping[str, str]:
        self.forms.append({f.label: f.value for f in fields})
        self.answers = self.turns.pop(0) if self.turns else None
        return super().ask(title, question, fields)


def record(book: Any, key: str, *turns: Mapping[str, str], run: Run = AT_TEN) -> Patient:
    select_claims(book, key, table="Cases")
    person = Patient(turns=list(turns))
    assert clicks("record_answer", person, run) == 0
    return person


def test_what_happened_is_recorded_as_by_the_command_and_the_row_is_in_front(book: Any, twin: Path) -> None:
    key = claim(twin, FILED)
    book.selected = "$A$1"
    typed = {"Stage": "Partly paid", "Paid": "4.00 USD", "Note": "by chat", "Follow up on": "2026-11-20"}
    person = record(book, key, typed)
    (form,) = person.forms
    assert (form["Stage"], form["Amazon case ID"], form["Owner"]) == ("Filed", "17000000001", "Dora")
    assert form["Filed on"] == "2026-11-15" and form["Note"] == form["Paid"] == ""
    assert f"What happened to C-{key}?" in person.asked[0]
    assert book.shown == "Cases" and key in front_row(book)
    said = f"C-{key}, 1 row: Stage Partly paid, Follow up on 2026-11-20, Amazon answer paid 4.00 USD.\n"
    assert person.shown[0].startswith(said) and "not saved yet" in person.shown[0]
    cells_: dict[str, Cell] = {"Stage": "Partly paid", "Follow up on": date(2026, 11, 20)}
    record_book(twin, AT_TEN, key, Entry(cells_, "by chat", "4.00 USD"))
    assert cells(saved(book)) == cells(twin)


def case_row(book: Any, key: str) -> dict[str, Any]:
    return next(r for r in workbooks.table(saved(book), "Cases") if r["Claim ID"] == key)


def test_the_form_does_not_overwrite_what_it_shows(book: Any) -> None:
    path = Path(book.FullName)
    book.close()
    draft, filed = ready(path)[0], claim(path, FILED)
    with workbooks.Desk(path) as desk:
        desk.type(draft, "Cases", Filed_on=date(2026, 11, 13), Filed_by="Cara")
        desk.type(filed, "Cases", Amazon_answer="We will pay 2 units by Friday")
    book = opened(path)
    (form,) = record(book, draft, {"Stage": "Filed", "Amazon case ID": "17000000002"}).forms
    assert (form["Filed on"], form["Filed by"]) == ("2026-11-13", "Cara")
    row = case_row(book, draft)
    assert (row["Stage"], row["Filed on"].date(), row["Filed by"]) == ("Filed", date(2026, 11, 13), "Cara")
    (form,) = record(book, filed, {"Paid": "4.00 USD"}).forms
    assert form["Amazon answer"] == "We will pay 2 units by Friday"
    assert case_row(book, filed)["Amazon answer"] == "We will pay 2 units by Friday; paid 4.00 USD"


def test_the_day_to_look_again_follows_the_stage_unless_it_is_typed_and_the_form_says_so(book: Any) -> None:
    key = claim(book.FullName, FILED)
    now = str(case_row(book, key)["Follow up on"].date())
    person = record(book, key, {"Owner": "Lea"}, run=AT_TEN)
    (line,) = (f for f in person.fields if f.label == "Follow up on")
    assert line.value == "" and line.hint.endswith(f"by policy with a new stage, else it stays {now}.")
    assert str(case_row(book, key)["Follow up on"].date()) == now
    next_day = workbooks.run(date(2026, 11, 16))
    record(book, key, {"Stage": "Waiting on Amazon", "Follow up on": now}, run=next_day)
    assert str(case_row(book, key)["Follow up on"].date()) == now


def test_a_refusal_stands_over_the_form_in_which_everything_typed_is_kept(book: Any, twin: Path) -> None:
    key = claim(twin, FILED)
    first = {"Stage": "Denied", "Next action": "ask Lea"}
    second = {"Decision reason": "Not our loss"}
    person = record(book, key, first, second)
    assert "Denied without Decision reason" in person.asked[1] and "What happened to" in person.asked[1]
    assert "--" not in person.asked[1] and "(Decision reason)" in person.asked[1]
    assert person.forms[1]["Stage"] == "Denied" and person.forms[1]["Next action"] == "ask Lea"
    record_book(twin, AT_TEN, key, Entry({"Stage": "Denied", **second, "Next action": "ask Lea"}))
    assert cells(saved(book)) == cells(twin)


REFUSED: tuple[
    tuple[dict[str, str], str], ...
] = (  # what is typed, after what was typed before is taken back, and why that cannot be recorded
    ({}, "say what to record"),
    ({"Stage": "Appealed"}, "Appealed does not follow Filed"),
    ({"Stage": "Filed", "Paid": "a lot"}, "Paid a lot is no amount; write it as 25.00"),
    ({"Paid": "", "Filed on": "15.11.2026"}, "Filed on: 15.11.2026 is not a day; write it as 2026-11-15"),
    ({"Filed on": "2026-11-15", "Owner": ""}, "Owner cannot be emptied here; empty its cell on Cases"),
    ({"Owner": "Dora", "Follow up on": "2026-11-01"}, "Follow up on 2026-11-01 lies before 2026-11-15"),
)


def test_what_makes_no_sense_is_refused_as_often_as_it_is_typed_and_nothing_changes(still: Any) -> None:
    person = record(still, claim(still.FullName, FILED), *(typed for typed, _ in REFUSED))
    for (_, why), told in zip(REFUSED, person.asked[1:], strict=True):
        assert why in told and "--" not in told
    assert person.told == person.shown == []


def test_a_check_is_signed_by_who_clicks_and_refused_for_ones_own_case(book: Any) -> None:
    draft = ready(book.FullName)[0]
    person = record(book, draft, {"Checked": "Yes, by me"})
    assert "Checked by Ann" in person.shown[0] and "Ann" in front_row(book)
    own = record(book, draft, {"Owner": "Ann", "Checked": "Yes, by me"})
    assert "a check is somebody else's" in own.asked[1]


def test_a_draft_is_filed_only_when_the_shield_lets_it(book: Any) -> None:
    draft = ready(book.FullName)[0]
    book.tabs["Reimbursements"].put((2, 1), "2026-11-01", None)
    refused = record(book, draft, {"Amazon case ID": "17000000002"})
    assert "Reimbursements changed since the last refresh" in refused.asked[1] and refused.shown == []


def test_one_case_is_recorded_at_a_time_and_a_claim_without_a_case_is_none(still: Any) -> None:
    path = Path(still.FullName)
    select_claims(still, claim(path, FILED), ready(path)[0], table="Cases")
    person = Patient()
    clicks("record_answer", person)
    assert "are selected; select one case" in person.told[0]
    select_claims(still, fresh(still)[0])
    clicks("record_answer", person)
    assert "there is no case" in person.told[1] and person.asked == []


def test_options_are_called_as_the_lines_of_the_form() -> None:
    said = "claims--note.xlsx: say it (--evidence) or `recoup record a.xlsx C-1 --checked`; recoup --help"
    told = "claims--note.xlsx: say it (New evidence) or Record answer (on the ribbon); recoup --help"
    assert in_words_of_the_form(said) == told


def test_an_appeal_without_evidence_is_told_in_words_of_the_form(book: Any) -> None:
    key = claim(book.FullName, FILED)
    record(book, key, {"Stage": "Denied", "Decision reason": "Not our loss"})
    person = record(book, key, {"Stage": "Appealed"}, run=workbooks.run(hour=11))
    assert "; say what it is (New evidence), and name the file (Attachment). Nothing" in person.asked[1]


# ---- Due today


def test_the_line_that_is_chosen_from_what_is_due_comes_to_the_front(still: Any, twin: Path) -> None:
    still.ReadOnly = True
    keys = claim(twin, FILED), ready(twin)[0]
    late = workbooks.run(hour=10)
    late.as_of = date(2026, 12, 18)
    for key in keys:
        still.shown = "Home"
        person = Person(chooses={"Case": f"C-{key}"})
        assert clicks("show_due_today", person, late) == 0
        assert person.told == [] and still.shown == "Cases" and key in front_row(still)
    (rows,) = person.tables
    due = due_book(twin, late, 7).queue
    assert [r["Case"] for r in rows] == [t.name for t in (*due.overdue, *due.today, *due.coming)]
    assert "Overdue: " in person.asked[0] and rows[0]["When"] == "Overdue"


def test_a_claim_that_nobody_took_up_is_shown_on_claims(still: Any) -> None:
    late = workbooks.run(hour=10)
    late.as_of = date(2026, 12, 12)
    person = Person(chooses={"What": "take up"})
    clicks("show_due_today", person, late)
    row = next(r for r in person.tables[0] if r["What"] == "take up")
    assert still.shown == "Claims" and row["Case"] in front_row(still)


def test_who_only_looks_is_left_where_they_were_and_nothing_due_is_said(book: Any) -> None:
    book.shown, book.selected = "Settings", "$A$2"
    person = Person()
    clicks("show_due_today", person)
    assert (book.shown, book.selected, person.told) == ("Settings", "$A$2", [])
    path = Path(book.FullName)
    book.close()
    with workbooks.Desk(path) as desk:
        for name in ("Claims", "Cases"):
            for row in desk.table(name).rows[1:]:
                for cell in row:
                    cell.value = None
    opened(path)
    idle = Person()
    clicks("show_due_today", idle)
    assert idle.shown[0].startswith("Nothing is due within 7 days of 2026-11-15.") and idle.tables == []
