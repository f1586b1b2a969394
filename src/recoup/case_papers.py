"""What the command line and the ribbon do with the papers of a case: its text and its evidence pack."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from .books.base import Book, BookError
from .case_texts import CaseText, Dossier, assemble, read_records, write_text
from .console import print_json, say, say_error
from .evidence_pack import Pack, build_pack, text_to_keep, write_pack
from .memory import plain
from .model import RecoupError
from .workbook import open_workbook


def case_text(
    path: Path, claim_ids: Sequence[str], *, purpose: str, language: str, reason: str, engine: str = "package"
) -> CaseText:
    """The text about these claims; the workbook is only read."""
    dossier = assemble(read_records(open_workbook(path, engine)), claim_ids)
    return write_text(dossier, purpose, language, reason)


def pack_case(
    path: Path,
    claim_ids: Sequence[str],
    to: Path,
    *,
    purpose: str,
    language: str,
    reason: str,
    engine: str = "package",
) -> tuple[Pack, CaseText, Path, bool]:
    """Write the pack of the case that these claims make; (pack, text, its folder, whether anything was written)."""
    if to.exists() and not to.is_dir():
        raise RecoupError(f"--to {to} is a file: name a folder for the pack.")
    book = open_workbook(path, engine)
    dossier = assemble(read_records(book), claim_ids)
    text = write_text(dossier, purpose, language, reason)
    pack = build_pack(dossier, text, home=path.resolve().parent, tabs=_tabs(book, dossier))
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
        say_error(f"{len(text.text)} of {text.limit} characters. Where to file: {text.route}.")
        say_error("".join(f"Amazon asks for: {a}.\n" for a in text.attach).rstrip("\n"))
    return 0 if text.complete else 1


def print_pack(pack: Pack, text: CaseText, folder: Path, written: bool) -> int:
    """Say what became of a pack; 1 when its text is not complete or a document is not in it."""
    say(f"{'Wrote' if written else 'Unchanged:'} {folder} ({len(pack.files)} files)")
    for problem in pack.problems:
        say(f"  {problem}")
    for missing in text.missing:
        say(f"  the text is not complete: {missing}")
    return 1 if pack.problems or text.missing else 0
