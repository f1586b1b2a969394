"""The group Cases of the ribbon: start, write to Amazon, pack the evidence, record what happened, see what is due."""

from __future__ import annotations

from ..case_doors import due_in
from ..case_papers import pack_each, papers_of, texts_of
from ..case_record import record
from ..case_start import plan_start, start_planned
from ..live_doors import WRITTEN
from ..reports_folder import report_files
from ..work_ahead import DAYS
from .answer_form import AnswerForm
from .case_views import about_packs, about_plan, about_texts, ask_purpose, joined_texts
from .desk import Desk, go_to_row
from .due_view import choose_task, go_to_task
from .picked import picked_case, picked_claims


def start_case(desk: Desk) -> None:
    """Show the drafts that the selected claims make, and what speaks against others; then make these on Cases."""
    with desk.opened("Start case") as work:
        plan = plan_start(work.book, desk.run, picked_claims(work.book), report_files(work.book, []))
        work.asking().agree("Start case", *about_plan(plan), "Start")
        done = start_planned(work.book, desk.run, plan)
        work.book.save()
        go_to_row(work.book, "Cases", "Case", done.case)
    desk.dialogs.show("Start case", "\n".join([*done.said, "", WRITTEN]))


def copy_case_text(desk: Desk) -> None:
    """Put the texts of the selected cases on the clipboard, and say what they lack."""
    with desk.opened("Copy case text", to_write=False) as work:
        papers = papers_of(work.book, picked_claims(work.book))
        texts, refused = texts_of(papers, **ask_purpose(papers, work.asking))
    desk.dialogs.copy(joined_texts(texts))
    desk.dialogs.show("Copy case text", about_texts(texts, refused))


def make_evidence_pack(desk: Desk) -> None:
    """Write the packs of the selected cases into a folder that the person picks."""
    with desk.opened("Evidence pack", to_write=False) as work:
        picked = picked_claims(work.book)
        folder = work.asking().pick_folder("Evidence pack")
        packs, refused = pack_each(work.book, picked, folder, work.progress)
    desk.dialogs.agree("Evidence pack", *about_packs(packs, refused), "Open the folder", "Close")
    desk.dialogs.open(packs[0][2] if len(packs) == 1 else folder)


def record_answer(desk: Desk) -> None:
    """Ask what happened to the selected case until it can be recorded; then its row is in front."""
    with desk.opened("Record answer") as work:
        form = AnswerForm(work.book, picked_case(work.book))
        done = form.ask(work.asking(), lambda entry: record(work.book, desk.run, form.case, entry), desk.run)
        work.book.save()
        form.go_to_case(work.book)
    desk.dialogs.show("Record answer", "\n".join([*done.said, "", WRITTEN]))


def show_due_today(desk: Desk) -> None:
    """List what is overdue, due today and due soon; the row of the line that is chosen comes to the front."""
    with desk.opened("Due today", to_write=False) as work:
        ahead = due_in(work.book, desk.run, DAYS)
        go_to_task(work.book, choose_task(work.asking(), work.book.path, ahead.queue))
