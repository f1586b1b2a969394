"""What a pack consists of and what it rests on, as JSON: files and sources with their SHA-256, policy, versions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from .. import __version__
from ..case_texts import CaseText, Dossier
from ..memory import plain
from ..model import Record
from ..policy.vocabulary import PolicyValue
from ..sheets import WORKBOOK_VERSION
from ._documents import Copied

_DIGEST = re.compile(r"SHA-256 ([0-9a-f]{64})")
_RULE = re.compile(r"[a-z_]+(?:\.[A-Za-z_]+)+\.\d{4}-\d\d-\d\d")


def describe(
    dossier: Dossier,
    text: CaseText,
    files: Mapping[str, bytes],
    documents: Sequence[Copied],
    tabs: Mapping[str, str],
) -> bytes:
    """The manifest of a pack's files."""
    manifest = {
        "case": dossier.case,
        "claims": dossier.claim_ids,
        "kind": dossier.kind,
        "marketplace": dossier.marketplace,
        "as_of": None if dossier.as_of is None else dossier.as_of.isoformat(),
        "recoup_version": __version__,
        "workbook_version": WORKBOOK_VERSION,
        "text": {
            "purpose": text.purpose,
            "language": text.language,
            "characters": len(text.text),
            "limit": text.limit,
            "limit_rule": text.limit_rule,
            "missing": list(text.missing),
        },
        "files": [{"name": n, "bytes": len(files[n]), "sha256": _sha256(files[n])} for n in sorted(files)],
        "documents": [
            {"id": d.document_id, "kind": d.kind, "file": d.file, "copied_as": d.place or None}
            for d in documents
        ],
        "sources": _sources(dossier.evidence, tabs),
        "reports_read": [{"report": r, "rows_and_days": f, "covers": c} for r, f, c in dossier.periods],
        "policy": [_rule(r) for r in _rules(dossier, text)],
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sources(evidence: Sequence[Record], tabs: Mapping[str, str]) -> list[dict[str, object]]:
    """Where the rows stand: files by the SHA-256 that Evidence holds, tabs by that of their cells now."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in evidence:
        name, number = plain(row.get("Sheet or file")), row.get("Row")
        proof = _DIGEST.search(plain(getattr(row.get("Link"), "cached", row.get("Link"))))
        what, digest = ("file", proof[1]) if proof else ("tab", tabs.get(name, ""))
        rows = found.setdefault((name, what, digest), [])
        rows += [int(number)] if isinstance(number, (int, float)) else []
    return [
        {"name": name, "is": what, "sha256": digest or None, "rows": sorted(set(rows))}
        for (name, what, digest), rows in sorted(found.items())
    ]


def _rules(dossier: Dossier, text: CaseText) -> list[PolicyValue]:
    """The values of policy that Claims and the text name, once each."""
    said = " ".join(
        [
            text.limit_rule,
            *(plain(getattr(p, "cached", p)) for c in dossier.claims for p in [c.get("Policy")]),
        ]
    )
    named = set(_RULE.findall(said))
    return sorted((v for v in dossier.policy.values if v.rule in named), key=lambda v: v.rule)


def _rule(rule: PolicyValue) -> dict[str, object]:
    return {
        "rule": rule.rule,
        "value": rule.value,
        "unit": rule.unit,
        "certainty": rule.certainty,
        "source": rule.reference,
        "reviewed_on": rule.last_reviewed.isoformat(),
        "overridden_by": rule.overridden_by or None,
    }
