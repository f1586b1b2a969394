"""What `recoup score` prints: a table per kind, one of rule sets, as text, as markdown for the README, or as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from .. import __version__
from ..console import print_json, say
from .keys import KEYS, MONEY_KINDS
from .kind_score import COUNTS, KindScore, Mistake, Money
from .levels import LevelScore
from .running import Contest, Scored

KIND_COLUMNS = (
    *("Kind", "Owed", "Right", "Wrong", "Missed", "Precision", "Recall", "Money error"),
    *("Doubts asked", "Doubts asserted", "Too late told", "Traps triggered"),
)
RIVAL_COLUMNS = ("Rule set", "Counted by", "Owed", "Right", "Wrong", "Missed", "Other", "Precision", "Recall")
MOST_MISTAKES = 20  # listed one by one
TEXT_COLUMNS = 1  # of a table: the first are words, the rest numbers


def print_score(scored: Scored, *, as_json: bool = False, markdown: bool = False) -> None:
    """Print everything that was scored."""
    if as_json:
        print_json(as_document(scored))
        return
    for note in () if markdown else scored.sellers:
        say(
            f"{note.name}: {note.market} on {note.as_of}, {note.rows:,} rows, {note.asserted} claims asserted"
        )
    write = _markdown if markdown else _text
    say("")
    say(write(KIND_COLUMNS, kind_rows(scored)))
    if scored.contests:
        say("")
        say(write(RIVAL_COLUMNS, rival_rows(scored.contests)))
    if not markdown:
        _print_mistakes(scored.total)


def _print_mistakes(total: KindScore) -> None:
    """What is not claimed as owed, by kind and story, and the traps; a long list is cut with its length."""
    lines = mistake_lines(total.mistakes)
    if lines:
        say("\nNot claimed as owed, by kind and story (each key: --json)")
    for line in lines[:MOST_MISTAKES]:
        say(f"  {line}")
    if len(lines) > MOST_MISTAKES:
        say(f"  … and {len(lines) - MOST_MISTAKES} more")
    if total.traps:
        say(f"\nTraps triggered: {', '.join(sorted(total.traps))}")


def mistake_lines(mistakes: Sequence[Mistake]) -> list[str]:
    """One line per kind and stories: what is owed and asserted under these keys, and the first of them."""
    groups: dict[tuple[str, str], list[Mistake]] = {}
    for mistake in mistakes:
        story = ", ".join(mistake.stories) or "no story"
        groups.setdefault((mistake.key[0], story), []).append(mistake)
    lines = []
    for (kind, story), group in groups.items():
        owed, asserted = sum(m.owed for m in group), sum(m.asserted for m in group)
        first = f"{group[0].seller} {' '.join(group[0].key[1:])}".strip()
        lines.append(f"{kind}, {story}: {owed:,} owed, {asserted:,} asserted; first {first}")
    return lines


def kind_rows(scored: Scored) -> list[list[str]]:
    """One row per kind in the order of the rules, then all kinds together."""
    kinds = [scored.kinds[kind] for kind in KEYS if kind in scored.kinds]
    return [_kind_row(score) for score in [*kinds, scored.total]]


def _kind_row(score: KindScore) -> list[str]:
    return [
        score.kind + (" (claims)" if score.kind in MONEY_KINDS else ""),
        *(f"{n:,}" for n in (score.owed, score.right, score.wrong, score.missed)),
        _share(score.precision),
        _share(score.recall),
        _money(score.error),
        _of(score.asked, score.doubts),
        f"{score.doubts_asserted:,}",
        _of(score.expired_told, score.expired),
        f"{len(score.traps):,}",
    ]


def rival_rows(contests: Sequence[Contest]) -> list[list[str]]:
    """Every rule set, with Recoup at the same level in the row below it."""
    rows = []
    for contest in contests:
        level = " and ".join(contest.rules.level).replace("_", " ")
        rows.append([contest.rules.title, level, *_level_cells(contest.rival)])
        rows.append(["Recoup, same kinds", level, *_level_cells(contest.recoup)])
    return rows


def _level_cells(score: LevelScore) -> list[str]:
    counts = (score.owed, score.right, score.wrong, score.missed, score.other)
    return [*(f"{n:,}" for n in counts), _share(score.precision), _share(score.recall)]


def as_document(scored: Scored) -> dict[str, Any]:
    """Everything as one JSON document."""
    return {
        "sellers": [{**dataclasses.asdict(n), "as_of": n.as_of.isoformat()} for n in scored.sellers],
        "kinds": [_kind_record(scored.kinds[kind]) for kind in KEYS if kind in scored.kinds],
        "total": _kind_record(scored.total),
        "rivals": [
            {
                "name": c.rules.name,
                "title": c.rules.title,
                "source": c.rules.source,
                "level": list(c.rules.level),
                "kinds": sorted(c.rules.kinds),
                "rival": _level_record(c.rival),
                "recoup": _level_record(c.recoup),
            }
            for c in scored.contests
        ],
        "versions": {"recoup": __version__},
    }


def _kind_record(score: KindScore) -> dict[str, Any]:
    return {
        "kind": score.kind,
        "counted_in": "claims" if score.kind in MONEY_KINDS else "units",
        **{name: getattr(score, name) for name in COUNTS},
        "precision": score.precision,
        "recall": score.recall,
        "owed_money": score.owed_money,
        "money_error": score.error,
        "traps": sorted(score.traps),
        "mistakes": [dataclasses.asdict(mistake) for mistake in score.mistakes],
    }


def _level_record(score: LevelScore) -> dict[str, Any]:
    return {**dataclasses.asdict(score), "precision": score.precision, "recall": score.recall}


def _of(told: int, all_of_them: int) -> str:
    return f"{told:,} of {all_of_them:,}" if all_of_them else ""


def _share(share: float | None) -> str:
    """A percentage; never rounded up to 100 % or down to 0 %."""
    if share is None:
        return "–"
    rounded = round(share * 1000) / 10
    if share < 1 and rounded >= 100:
        return "> 99.9 %"
    return f"{rounded:g} %"


def _money(sums: Money) -> str:
    return ", ".join(f"{amount:,.2f} {currency}".strip() for currency, amount in sorted(sums.items())) or "–"


def _text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < TEXT_COLUMNS else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [columns, *rows]
    )


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---" if i < TEXT_COLUMNS else "---:" for i in range(len(columns))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [columns, rule, *rows])
