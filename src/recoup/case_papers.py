"""What the command line and the ribbon do with the papers of a case: its text and its evidence pack."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from .books.base import Book, BookError
from .case_texts import CaseText, Dossier, assemble, purpose_of, read_records, write_text
from .console import print_json, say, say_error
from .evidence_pack import Pack, build_pack, text_to_keep, write_pack
from .memory import plain
from .model import RecoupError
from .progress import Cancelled, Progress
from .workbook import open_workbook

Packed = tuple[Pack, CaseText, Path, bool]  # a pack, its text, its folder, whether anything was written


def case_text(
    path: Path, claim_ids: Sequence[str], *, purpose: str, language: str, reason: str, engine: str = "package"
) -> CaseText:
    """The text about these claims; the workbook is only read."""
    dossier = assemble(read_records(open_workbook(path, engine)), claim_ids)
    return write_text(dossier, purpose, language, reason)


@dataclass(frozen=True, slots=True)
class Papers:
    """What several claims make: the cases, and why there are no papers of others, a sentence each."""

    cases: list[Dossier]
    refused: list[str]


def papers_of(book: Book, claim_ids: Sequence[str]) -> Papers:
    """The cases that these claims belong to, each whole and once. Raises RecoupError when there is none."""
    records, papers = read_records(book), Papers([], [])
    names = {plain(r.get("Claim ID")): plain(r.get("Case")) for r in records.cases}
    done: set[str] = set()
    for key in claim_ids:
        together = [k for k, name in names.items() if k and name and name == names.get(key)] or [key]
        if key not in done:
            done.update(together)
            try:
                papers.cases.append(assemble(records, together))
                done.update(papers.cases[-1].claim_ids)
            except RecoupError as error:
                papers.refused.append(str(error))
    if not papers.cases:
        raise RecoupError(" ".join(papers.refused))
    return papers


def texts_of(papers: Papers, purpose: str = "", language: str = "") -> tuple[list[CaseText], list[str]]:
    """The text of each case, by default for what its stage asks; and why there is none of others."""
    texts, refused = [], list(papers.refused)
    for dossier in papers.cases:
        try:
            texts.append(write_text(dossier, purpose or purpose_of(dossier), language))
        except RecoupError as error:
            refused.append(str(error))
    if not texts:
        raise RecoupError(" ".join(refused))
    return texts, refused


def pack_case(
    path: Path,
    claim_ids: Sequence[str],
    to: Path,
    *,
    purpose: str,
    language: str,
    reason: str,
    engine: str = "package",
) -> Packed:
    """Write the pack of the case that these claims make; (pack, text, its folder, whether anything was written)."""
    if to.exists() and not to.is_dir():
        raise RecoupError(f"--to {to} is a file: name a folder for the pack.")
    book = open_workbook(path, engine)
    dossier = assemble(read_records(book), claim_ids)
    return _pack(book, dossier, write_text(dossier, purpose, language, reason), to)


def pack_each(
    book: Book, claim_ids: Sequence[str], to: Path, progress: Progress
) -> tuple[list[Packed], list[str]]:
    """Write a pack of each case that these claims belong to; the packs, and why there are no others.

    Raises RecoupError when there is none, ``Cancelled`` when the person wanted no more before the first.
    """
    papers, done = papers_of(book, claim_ids), list[Packed]()
    refused = list(papers.refused)
    for number, dossier in enumerate(papers.cases, 1):
        try:
            progress(f"Pack {number} of {len(papers.cases)}: {dossier.case}")
            done.append(_pack(book, dossier, write_text(dossier, purpose_of(dossier)), to))
        except Cancelled:
            if not done:
                raise
            refused.append(
                f"Cancelled: {len(papers.cases) - number + 1} of {len(papers.cases)} packs were not made."
            )
            break
        except RecoupError as error:
            refused.append(str(error))
    if not done:
        raise RecoupError(" ".join(refused))
    return done, refused


def _pack(book: Book, dossier: Dossier, text: CaseText, to: Path) -> Packed:
    """Documents are looked for beside the workbook; beside nothing when it was never saved or stands in the web."""
    home = book.path.resolve().parent if book.path.exists() else book.path
    pack = build_pack(dossier, text, home=home, tabs=_tabs(book, dossier))
    folder, written = write_pack(pack, to)
    return pack, text, folder, written


def _tabs(book: Book, dossier: Dossier) -> dict[str, str]:
    """The SHA-256 of the tabs that the case's evidence stands in."""
    found: dict[str, str] = {}
    for name in {plain(e.get("Sheet or file")) for e in dossier.evidence} & set(book.sheet_names()):
        with suppress(BookError):
            found[name] = book.fingerprint(name)
    return found


def print_case_text(text: CaseText, *, as_json: bool) -> int:
    """Print a text, what is missing on standard error; 1 when it is not complete."""
    if as_json:
        print_json({**asdict(text), "complete": text.complete})
        return 0 if text.complete else 1
    say(text_to_keep(text).rstrip("\n"))
    if text.complete:
        say_error("\n".join(about_text(text)))
    return 0 if text.complete else 1


def about_text(text: CaseText) -> list[str]:
    """How long a text is, where it goes, and what goes with it."""
    return [
        f"{len(text.text)} of {text.limit} characters. Where to file: {text.route}.",
        *(f"Amazon asks for: {a}." for a in text.attach),
    ]


def print_pack(pack: Pack, text: CaseText, folder: Path, written: bool) -> int:
    """Say what became of a pack; 1 when its text is not complete or a document is not in it."""
    say(f"{'Wrote' if written else 'Unchanged:'} {folder} ({len(pack.files)} files)")
    for problem in pack.problems:
        say(f"  {problem}")
    for missing in text.missing:
        say(f"  the text is not complete: {missing}")
    return 1 if pack.problems or text.missing else 0
