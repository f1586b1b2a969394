"""What a person sees of drafts, texts and packs: before they agree, and when they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from ..case_acts import UNCHANGED
from ..case_papers import Packed, Papers, about_text, print_pack
from ..case_start import Plan
from ..case_texts import CODES, PURPOSES, CaseText, stages_of
from ..console import print_table, say, text_of
from ..dialogs import Dialogs, Field
from ..evidence_pack import text_to_keep
from ..home import counted
from ..model import RecoupError

_DRAFT = ("Claim ID", "Kind", "SKU", "Units", "Claim value", "Currency", "File by", "Deadline")
_MOST = 20  # sentences in a window


class Words(TypedDict):
    """What a text is for, and its language; "" as the case and Settings say."""

    purpose: str
    language: str


# ---- drafts


def about_plan(plan: Plan) -> tuple[str, str]:
    """The question and what it is about. Raises RecoupError, with the reasons, when nothing can be started."""
    reasons = _some([why.removesuffix(f" {UNCHANGED}") for why in plan.refused.values()])
    if not plan.cases:
        ending = f" {UNCHANGED}" if len(plan.refused) <= _MOST else f"\n{UNCHANGED}"
        raise RecoupError("\n".join(reasons) + ending)
    others = f"; {counted(len(plan.refused), 'other')} cannot be started" if plan.refused else ""
    question = f"Make {counted(len(plan.cases), 'draft')} on Cases{others}? Undo last takes it back, Ctrl+Z does not."
    return question, text_of(_print_plan, plan, reasons)


def _print_plan(plan: Plan, reasons: Sequence[str]) -> None:
    for case in plan.cases:
        print_table(case, plan.claims(case), _DRAFT)
    for number, why in enumerate(reasons):
        say(f"{'' if number else 'Not started:' + chr(10)}  {why}")


# ---- texts


def ask_purpose(papers: Papers, asking: Callable[[], Dialogs]) -> Words:
    """What the texts are for; nobody is asked where all of them are drafts."""
    stages = {d.case: stages_of(d) for d in papers.cases}
    beyond = {case: found for case, found in stages.items() if {*found} - {"Draft"}}
    if not beyond:
        return Words(purpose="", language="")
    said = _some([f"{case} is {' and '.join(found)}." for case, found in beyond.items()])
    hint = "file, chase, answer or appeal; what is Paid or Closed gets the text to file, to look at."
    purpose = Field("Purpose", _EACH, (_EACH, *PURPOSES), free=False, hint=hint)
    language = Field("Language", _SET, (_SET, *CODES), free=False)
    question = "\n".join([*said, "What is the text for?"])
    typed = asking().ask("Copy case text", question, [purpose, language])
    return Words(purpose=typed["Purpose"].removeprefix(_EACH), language=typed["Language"].removeprefix(_SET))


_EACH, _SET = "as the stage asks", "as Settings or the marketplace say"


def joined_texts(texts: Sequence[CaseText]) -> str:
    """One text as it is; several under a heading each."""
    if len(texts) == 1:
        return text_to_keep(texts[0])
    return "\n\n".join(f"===== {t.case} ({t.kind}) =====\n\n{text_to_keep(t)}" for t in texts)


def about_texts(texts: Sequence[CaseText], refused: Sequence[str]) -> str:
    """What is on the clipboard, and what is missing."""
    lines = [f"On the clipboard: {counted(len(texts), 'text')}."]
    for text in texts:
        lines.append(f"\n{text.case}: {text.kind}, {text.purpose}, in {text.language}")
        lines += [f"  NOT COMPLETE, do not send. Missing: {m}" for m in text.missing]
        lines += [f"  {line}" for line in about_text(text)]
    return "\n".join([*lines, *_told("No text", refused)])


# ---- packs


def about_packs(packs: Sequence[Packed], refused: Sequence[str]) -> tuple[str, str]:
    """How many packs there are, and what became of each."""
    told = [text_of(print_pack, *pack).rstrip("\n") for pack in packs]
    return f"{counted(len(packs), 'pack')} made.", "\n".join([*told, *_told("No pack", refused)])


def _told(what: str, refused: Sequence[str]) -> list[str]:
    return [f"\n{what}:", *(f"  {why}" for why in _some(refused))] if refused else []


def _some(sentences: Sequence[str]) -> list[str]:
    more = [f"… and {len(sentences) - _MOST} more"] if len(sentences) > _MOST else []
    return [*sentences[:_MOST], *more]
