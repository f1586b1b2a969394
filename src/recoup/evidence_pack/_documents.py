"""Copies the documents that a person listed for a case, under names that Windows takes.

Decisions: a document is read from the very path that a person listed, relative to the workbook's folder. Only files
of the formats that Amazon takes are copied, links to them as what they lead to, so that no other file of the computer
leaves it by way of a shared workbook. A link to a site is named, not followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..case_texts import Dossier
from ..memory import plain

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_SITE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_LONGEST_NAME = 100
_LARGEST = 100 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of one document: its place in the pack and its content, or the sentence why it is not there."""

    document_id: str
    kind: str
    file: str  # the last part of the path; the rest tells about somebody's computer
    place: str = ""
    content: bytes | None = None
    problem: str = ""


def copy_documents(dossier: Dossier, home: Path) -> list[Copied]:
    """Read every document of the case. The same file listed twice is copied once."""
    on, formats = dossier.as_of or date.max, ""
    rule = dossier.policy.value("document_formats.lost_inbound", on=on, marketplace=dossier.marketplace)
    if rule is not None:
        formats = str(rule.value)
    done: list[Copied] = []
    for document in dossier.documents:
        listed = plain(document.get("Path or link")).strip('" ')
        file = re.split(r"[\\/]", listed)[-1]
        name = plain(document.get("Document ID")) or file
        kind = plain(document.get("Kind"))
        content, problem = _read(listed, home, formats)
        if content is None:
            where = f"Documents, {name} ({kind}): {listed or 'no path'} {problem}"
            done.append(Copied(name, kind, file, problem=where))
        else:
            done.append(Copied(name, kind, file, _place(file, content, done), content))
    return done


def _read(listed: str, home: Path, formats: str) -> tuple[bytes | None, str]:
    if _SITE.match(listed):
        return None, "is a link to a site: download it and list the file"
    if not listed:
        return None, "is not said: list the file"
    path = (
        home / listed.replace("\\", "/") if "\\" in listed and not (home / listed).exists() else home / listed
    )
    try:
        real = path.resolve(strict=True)
        if not real.is_file():
            return None, "is no file: list the file itself"
        taken = {f.strip().casefold().replace("tiff", "tif") for f in formats.split(",")}
        if real.suffix.casefold().lstrip(".").replace("tiff", "tif") not in taken:
            return None, f"is not copied: Amazon takes {formats}"
        if real.stat().st_size > _LARGEST:
            return None, f"is not copied: it is larger than {_LARGEST // 2**20} MB"
        return real.read_bytes(), ""
    except FileNotFoundError:
        return None, "is not there: correct the path"
    except (OSError, RuntimeError, ValueError) as error:
        return (
            None,
            f"cannot be read ({getattr(error, 'strerror', None) or error}): check the path and your rights there",
        )


def _place(file: str, content: bytes, done: list[Copied]) -> str:
    """A free place under documents/; that of the same content where it is there already."""
    wanted = f"documents/{safe_name(file)}"
    stem, _, ending = wanted.rpartition(".")
    places = {c.place.casefold(): c.content for c in done}
    number = 1
    while places.get(wanted.casefold(), content) != content:
        number += 1
        wanted = f"{stem} ({number}).{ending}"
    return wanted


def safe_name(name: str) -> str:
    """A name for a file or folder that Windows takes, its ending kept."""
    clean = _UNSAFE.sub("_", " ".join(name.split())).strip(" .") or "_"
    clean = f"_{clean}" if _RESERVED.fullmatch(clean) else clean
    if len(clean) <= _LONGEST_NAME:
        return clean
    stem, dot, ending = clean.rpartition(".")
    kept = f"{dot}{ending}" if stem and len(ending) <= 5 else ""
    return clean.removesuffix(kept)[: _LONGEST_NAME - len(kept)].rstrip(" .") + kept
