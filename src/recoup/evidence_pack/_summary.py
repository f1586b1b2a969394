"""A summary of a case on one page, for a folder or a colleague.

It is HTML: every browser opens and prints it, it needs no library, and the same facts give the same bytes. What does
not fit on a page is in the .xlsx and said so. Everything is escaped; no script, no link, nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..case_texts import CaseText, Dossier, list_name
from ..memory import plain
from ..model import Record
from ._documents import Copied

_MOST_CLAIMS, _MOST_ROWS = 8, 14  # on the page
_STYLE = """
@page { size: A4; margin: 14mm }
body { font: 9pt/1.35 Arial, Helvetica, sans-serif; color: #000; max-width: 190mm; margin: 0 auto }
h1 { font-size: 14pt; margin: 0 0 2mm } h2 { font-size: 10pt; margin: 4mm 0 1mm }
table { border-collapse: collapse; width: 100% } th, td { border: 0.3pt solid #666; padding: 0.8mm 1.2mm }
th { background: #1f3864; color: #fff; text-align: left } td { vertical-align: top; overflow-wrap: anywhere }
td.n { text-align: right; white-space: nowrap } p { margin: 1mm 0 } .warn { border: 1.2pt solid #000; padding: 1.5mm }
"""
_CLAIMS = ("Claim ID", "SKU", "FNSKU", "Units", "Claim value", "Currency", "Opens", "Deadline", "Why")
_EVIDENCE = ("Date", "Role", "Sheet or file", "Row", "Units", "Amount", "Identifiers", "What it shows")
_NUMBERS = frozenset({"Units", "Amount", "Claim value", "Row"})


def summarise(dossier: Dossier, text: CaseText, documents: Sequence[Copied]) -> str:
    """The page."""
    parts = [
        f"<h1>Case {escape(dossier.case)}: {escape(dossier.kind.replace('_', ' '))}</h1>",
        f"<p>Marketplace {escape(dossier.marketplace)} · as of {escape(str(dossier.as_of or 'not known'))} · "
        f"text for: {escape(text.purpose)} ({escape(text.language)}, {len(text.text)} of {text.limit} characters)</p>",
        *_warnings(text, documents),
        *_filed(dossier),
        "<h2>Claims</h2>",
        _table(dossier.claims, _CLAIMS, dossier, _MOST_CLAIMS),
        "<h2>Evidence</h2>",
        _table(dossier.evidence, _EVIDENCE, dossier, _MOST_ROWS),
        *_attachments(text, documents),
        f"<p>Where to file: {escape(text.route)}.</p>",
    ]
    head = f'<meta charset="utf-8"><title>{escape(dossier.case)}</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _warnings(text: CaseText, documents: Sequence[Copied]) -> list[str]:
    said = [f"Missing: {m}" for m in text.missing]
    said += [f"Not in this pack: {d.kind} {d.document_id}" for d in documents if d.content is None]
    return [f'<p class="warn">{"<br>".join(escape(s) for s in said)}</p>'] if said else []


def _filed(dossier: Dossier) -> list[str]:
    known = [(h, dossier.of_case(h)) for h in ("Stage", "Amazon case ID", "Filed on")]
    shown = [f"{h}: {', '.join(answers)}" for h, answers in known if answers]
    return [f"<p>{escape(' · '.join(shown))}</p>"] if shown else []


def _attachments(text: CaseText, documents: Sequence[Copied]) -> list[str]:
    lines = [f"{d.kind} {d.document_id}: {d.place}" for d in documents if d.place]
    lines += [f"Amazon asks for: {a}" for a in text.attach]
    return ["<h2>Documents</h2>", *(f"<p>{escape(line)}</p>" for line in lines)]


def _table(rows: Sequence[Record], columns: Sequence[str], dossier: Dossier, most: int) -> str:
    head = "".join(f"<th>{escape(c)}</th>" for c in columns)
    body = "".join(f"<tr>{''.join(_cell(r, c) for c in columns)}</tr>" for r in rows[:most])
    more = (
        ""
        if len(rows) <= most
        else f"<p>{len(rows) - most} more rows: see {escape(list_name(dossier.case))}.</p>"
    )
    return f"<table><tr>{head}</tr>{body}</table>{more}"


def _cell(row: Record, column: str) -> str:
    value = row.get(column)
    shown = (
        f"{value:.2f}"
        if column in ("Amount", "Claim value") and isinstance(value, (int, float))
        else plain(value)
    )
    return f"<td{' class=n' if column in _NUMBERS else ''}>{escape(shown)}</td>"
