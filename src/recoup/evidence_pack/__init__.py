"""The evidence pack of a case: its text, its rows, a summary to print, its documents, and a manifest of all that.

Decisions: a pack is whole or not there, and one that is there and differs is left as it is. Of the workbook only the
rows of the case are in it. See `_documents` for what is copied, `_summary` for why the summary is HTML.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..books.base import BookUnsaved
from ..books.new_workbook import NewSheet, new_workbook
from ..case_texts import CaseText, Dossier, list_name
from ..memory import plain
from ..model import Cell, Record, RecoupError
from ._documents import copy_documents, safe_name
from ._manifest import describe
from ._summary import summarise

__all__ = ["Pack", "build_pack", "safe_name", "text_to_keep", "write_pack"]

_CLAIMS = (
    *("Claim ID", "Kind", "Marketplace", "SKU", "FNSKU", "ASIN", "Product", "Order ID", "Shipment ID"),
    *("Removal order ID", "Reference ID", "Event date", "Units", "Unit value", "Claim value", "Currency"),
    *("Value basis", "Opens", "Deadline", "Why"),
)
_EVIDENCE = (
    *("Claim ID", "Role", "Sheet or file", "Row", "Date", "Units", "Amount", "Currency"),
    *("Identifiers", "What it shows", "Proof"),
)
_DOCUMENTS = ("Document ID", "Kind", "Applies to", "Date")
_PROOF = re.compile(r"(?:line|row) \d+ · SHA-256 [0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of a pack by their place in its folder, and the documents that are not in it, a sentence each."""

    folder: str
    files: dict[str, bytes]
    problems: tuple[str, ...]


def build_pack(dossier: Dossier, text: CaseText, *, home: Path, tabs: Mapping[str, str]) -> Pack:
    """All files of a case's pack. ``home`` is the workbook's folder, ``tabs`` the SHA-256 of its report tabs."""
    copied = copy_documents(dossier, home)
    files = {c.place: c.content for c in copied if c.content is not None}
    files[safe_name(f"{dossier.case} text.txt")] = text_to_keep(text).encode("utf-8")
    files[safe_name(list_name(dossier.case))] = _rows(dossier)
    files[safe_name(f"{dossier.case} summary.html")] = summarise(dossier, text, copied).encode("utf-8")
    files["manifest.json"] = describe(dossier, text, files, copied, tabs)
    return Pack(safe_name(dossier.case), files, tuple(c.problem for c in copied if c.problem))


def text_to_keep(text: CaseText) -> str:
    """The text; one that is not complete says so before anything else."""
    if text.complete:
        return text.text
    missing = "".join(f"- {m}\n" for m in text.missing)
    return f"NOT COMPLETE, do not send. Missing:\n{missing}\n{text.text}"


def _rows(dossier: Dossier) -> bytes:
    evidence = [{**row, "Proof": _proof(row)} for row in dossier.evidence]
    return new_workbook(
        [
            _sheet("Evidence", _EVIDENCE, evidence),
            _sheet("Claims", _CLAIMS, dossier.claims),
            _sheet("Documents", _DOCUMENTS, dossier.documents),
        ]
    )


def _sheet(name: str, headings: Sequence[str], records: Sequence[Record]) -> NewSheet:
    return NewSheet(name, headings, [[r.get(h) for h in headings] for r in records])


def _proof(row: Record) -> Cell:
    """The SHA-256 of the file that a row stands in; a link to a tab means nothing outside the workbook."""
    found = _PROOF.search(plain(getattr(row.get("Link"), "cached", row.get("Link"))))
    return found[0] if found else None


def write_pack(pack: Pack, to: Path) -> tuple[Path, bool]:
    """Write a pack into a folder of its own below ``to``; (that folder, False when it held the same already).

    Raises RecoupError when the folder holds anything else, and ``BookUnsaved`` when nothing can be written there.
    """
    folder = to / pack.folder
    try:
        there = _content(folder)
        if there == pack.files:
            return folder, False
        if there:
            raise RecoupError(
                f"{folder} {_difference(there, pack.files)}; name another folder, nothing was written."
            )
        to.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".recoup-", dir=to))
        try:
            _write(temporary, pack.files)
            if folder.exists():
                folder.rmdir()
            os.replace(temporary, folder)  # noqa: PTH105
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise BookUnsaved(
            f"{folder} cannot be written ({error.strerror}); check the drive and your rights there."
        ) from error
    return folder, True


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.chmod(0o755)
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def _content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its place; empty where there is none. Raises RecoupError for a file of that name."""
    if not folder.exists():
        return {}
    if not folder.is_dir():
        raise RecoupError(f"{folder} is a file: name another folder for the pack, nothing was written.")
    found = sorted(p for p in folder.rglob("*") if not p.is_dir())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def _difference(there: Mapping[str, bytes], new: Mapping[str, bytes]) -> str:
    strangers = sorted(set(there) - set(new))
    if strangers:
        return f"holds {strangers[0]}, which is not of this pack"
    lost = sorted(set(new) - set(there))
    if lost:
        return f"is there already and lacks {lost[0]}"
    changed = sorted(name for name in new if there[name] != new[name] and name != "manifest.json")
    return f"is there already with another {(changed or ['manifest.json'])[0]}"
