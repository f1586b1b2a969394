"""Case texts: what a person sends to Amazon about a case, in six languages, from the rows of the workbook alone.

`_kinds` says what the text of each kind of claim states, `languages` how it is said; `_dossier` gathers the rows of a
case, `_facts` reads them, `_compose` writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..cases import BEYOND_DRAFT, day, stage_of
from ..memory import plain
from ..model import RecoupError
from ..policy import DENIALS
from ..policy.vocabulary import PolicyValue
from ._compose import EVERYTHING, NO_NAMES, Writer
from ._dossier import Dossier, Records, assemble, document_record, read_records
from ._kinds import KINDS
from ._language import CODES, Language, find_language, language

__all__ = [
    "CODES",
    "KINDS",
    "PURPOSES",
    "CaseText",
    "Dossier",
    "Records",
    "assemble",
    "document_record",
    "list_name",
    "purpose_of",
    "read_records",
    "stages_of",
    "write_text",
]

PURPOSES = ("file", "chase", "answer", "appeal")
_ASKED_AT = {"Info requested": "answer", "Denied": "appeal"}  # a stage that asks for a text of its own
_ONLY_FOR = {  # roles of denial that answer to some groups of kinds only; to others the general text answers
    "units_found": ("stock", "inbound", "removal", "money"),
    "returned": ("return", "money"),
    "not_amazon": ("stock", "inbound", "return", "removal"),
    "measurement": ("fee",),
}


@dataclass(frozen=True, slots=True)
class CaseText:
    """A text, and what a person must know of it. With anything ``missing`` it is a draft, not to be sent."""

    case: str
    kind: str
    claim_ids: tuple[str, ...]
    purpose: str
    language: str
    text: str
    limit: int
    limit_rule: str
    missing: tuple[str, ...]
    route: str  # where it is filed
    attach: tuple[str, ...]  # what Amazon wants attached
    shortened: bool  # rows are left to the attached list

    @property
    def complete(self) -> bool:
        """True when every fact that Amazon asks for is in it."""
        return not self.missing


def list_name(case: str) -> str:
    """The name of the .xlsx that lists the rows of a case."""
    return f"{case} evidence.xlsx"


def purpose_of(dossier: Dossier) -> str:
    """What a text is for by the stage of its case: what was not filed is filed, what is done with told as filed.

    A case of several stages, one of them beyond Draft, is asked about: filed twice it would be a double claim.
    """
    stages = stages_of(dossier)
    if len(stages) != 1:
        return "chase" if BEYOND_DRAFT.intersection(stages) else "file"
    (stage,) = stages
    return _ASKED_AT.get(stage, "chase" if stage in BEYOND_DRAFT and stage != "Paid" else "file")


def stages_of(dossier: Dossier) -> list[str]:
    """The stages of its rows of Cases."""
    return sorted({stage_of(row) for row in dossier.cases})


def write_text(dossier: Dossier, purpose: str = "file", tongue: str = "", reason: str = "") -> CaseText:
    """The text of a case for a purpose. Raises RecoupError for a purpose, language or reason nobody knows."""
    if purpose not in PURPOSES:
        raise RecoupError(f"--purpose {purpose}: choose one of {', '.join(PURPOSES)}.")
    words = find_language(tongue) if tongue else _default_language(dossier)
    rule = _limit(dossier)
    writer = Writer(dossier, words, list_name(dossier.case))
    if len(stages := stages_of(dossier)) > 1:
        writer.missing.append(
            f"Cases: case {dossier.case} has several values of Stage ({', '.join(stages)}); keep only the claims that "
            "this text is about"
        )
    opening = _opening(dossier, words, purpose, reason, writer.missing)
    for level in range(EVERYTHING, NO_NAMES + 1):
        text = _put_together(writer, opening, purpose, level)
        if len(text) <= rule.number:
            break
    else:
        writer.missing.append(
            f"a form that takes more than {rule.number:.0f} characters: this text has {len(text)}"
        )
    return CaseText(
        case=dossier.case,
        kind=dossier.kind,
        claim_ids=tuple(dossier.claim_ids),
        purpose=purpose,
        language=words.code,
        text=text,
        limit=int(rule.number),
        limit_rule=f"{rule.rule} ({rule.certainty})",
        missing=tuple(writer.missing),
        route=KINDS[dossier.kind].route,
        attach=KINDS[dossier.kind].attach,
        shortened=level > EVERYTHING,
    )


def _put_together(writer: Writer, opening: list[str], purpose: str, level: int) -> str:
    words, kind = writer.words, writer.dossier.kind
    facts, checks = writer.facts(level), writer.checks(level)
    if purpose == "chase":  # Amazon has the facts
        checks = []
    parts = [
        [writer.title()],
        [words.phrases["greeting"]],
        opening,
        facts,
        checks,
        [words.sentence(kind, "request")],
        writer.documents(level) if purpose != "chase" else [],
        [words.phrases["closing"]],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _opening(dossier: Dossier, words: Language, purpose: str, reason: str, missing: list[str]) -> list[str]:
    story = words.sentence(dossier.kind, "story")
    if purpose == "file":
        return [story]
    facts = {
        "case_id": _one(dossier, "Amazon case ID", missing),
        "filed_on": _one(dossier, "Filed on", missing),
    }
    lines = [words.say(purpose, **facts)]
    if purpose == "appeal":
        lines.append(_appeal(dossier, words, reason, facts["filed_on"], missing))
    return [*lines, story] if purpose != "chase" else lines


def _one(dossier: Dossier, header: str, missing: list[str]) -> str:
    """The one answer that the case's rows give in a column of Cases; "…" where they give none or several."""
    answers = dossier.of_case(header)
    if len(answers) == 1:
        return answers[0]
    said = f"has several values of {header} ({', '.join(answers)})" if answers else f"has no {header}"
    missing.append(f"Cases: case {dossier.case} {said}")
    return "…"


def _appeal(dossier: Dossier, words: Language, reason: str, filed_on: str, missing: list[str]) -> str:
    role = _denial(dossier, reason or _one(dossier, "Decision reason", missing), bool(reason))
    if KINDS[dossier.kind].group not in _ONLY_FOR.get(role, (KINDS[dossier.kind].group,)):
        role = "other"
    if role != "too_late":
        return words.word("denials", role)
    deadlines = [d for c in dossier.claims if (d := day(c.get("Deadline")))]
    events = [d for c in dossier.claims if (d := day(c.get("Event date")))]
    if not deadlines or not events:
        missing.append("Claims: Event date or Deadline is blank, so the window cannot be shown")
        return words.word("denials", "other")
    if filed_on > min(deadlines).isoformat():
        missing.append(
            f"the case was filed on {filed_on}, after the deadline {min(deadlines)}: there is no appeal"
        )
    return words.word(
        "denials", role, event_date=str(min(events)), deadline=str(min(deadlines)), filed_on=filed_on
    )


def _denial(dossier: Dossier, reason: str, asked: bool) -> str:
    """The role of a denial reason. Raises RecoupError for an unknown one that was asked for, and for a final one."""
    code = dossier.policy.denial_reason(reason)
    role = code.role if code else ""
    if role == "final":
        raise RecoupError(
            f"Case {dossier.case}: Amazon said no further action, and warns sellers who raise such a case again; "
            "write no appeal."
        )
    if not role and asked:
        codes = (c for c in dossier.policy.reason_codes if c.group == DENIALS)
        known = ", ".join(c.code for c in codes if c.role != "final")
        raise RecoupError(f"--reason {reason}: choose one of {known}.")
    return role or "other"


def _default_language(dossier: Dossier) -> Language:
    """That of Settings, else of the marketplace, else English."""
    chosen = plain(dossier.policy.setting("case_language"))
    if chosen:
        return find_language(chosen)
    market = dossier.policy.marketplaces.get(dossier.marketplace)
    spoken = {language(c).phrases["name"]: c for c in CODES}
    return language(next((spoken[n] for n in (market.languages if market else ()) if n in spoken), "en"))


def _limit(dossier: Dossier) -> PolicyValue:
    rule = dossier.policy.value(
        f"case_text_limit.{KINDS[dossier.kind].form}",
        on=dossier.as_of or date.max,
        marketplace=dossier.marketplace,
    )
    if rule is None:
        raise RecoupError(
            f"Policy: the rows case_text_limit do not hold for {dossier.as_of}; clear their Override."
        )
    return rule
