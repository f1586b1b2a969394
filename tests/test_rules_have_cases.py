"""Every rule of a case has a line in YAML that reaches it: a rule that is added without one is named here.

The tables of stages, shield and payments are played, and every line of the code of these rules must have run. Texts are
told by what they are for: their kind of claim, purpose, language and the reason of a denial.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest
import yaml

import test_reconciliation as payments
import test_shield as shield_lines
import test_stages as stage_lines
from recoup import case_payments, filed_claims, same_issue, shield, stages
from recoup.case_texts import CODES, KINDS, PURPOSES
from test_case_texts import DENIALS


def play_stages() -> None:
    for play, topic in (
        (stage_lines.test_a_stage_is_followed_by_these_only, "steps"),
        (stage_lines.test_a_stage_needs_this_in_its_row, "needs"),
        (stage_lines.test_a_denial_may_be_appealed_or_not, "appeals"),
        (stage_lines.test_a_case_is_due_again, "follow_up"),
    ):
        for line in stage_lines.lines(topic):
            play(line)


def play_shield() -> None:
    for line in shield_lines.LINES:
        shield_lines.test_a_claim_is_blocked_or_passes(line)


def play_payments() -> None:
    for story in payments.stories():
        payments.test_story(story.values[0], False)


@contextmanager
def lines_run(*modules: ModuleType) -> Iterator[dict[str, set[int]]]:
    """The lines of these modules that run meanwhile."""
    run: dict[str, set[int]] = {str(m.__file__): set() for m in modules}

    def look(frame: FrameType, event: str, _: Any) -> Any:
        known = run.get(frame.f_code.co_filename)
        if known is None:
            return None
        known.add(frame.f_lineno)
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        yield run
    finally:
        sys.settrace(before)


def lines_of(module: ModuleType) -> set[int]:
    """The lines of its functions that hold code."""
    code = compile(inspect.getsource(module), str(module.__file__), "exec")
    found: set[int] = set()
    waiting = [c for c in code.co_consts if isinstance(c, CodeType)]
    while waiting:
        function = waiting.pop()
        waiting += [c for c in function.co_consts if isinstance(c, CodeType)]
        if function.co_flags & inspect.CO_NEWLOCALS and not function.co_name.startswith("<"):
            found |= {n for *_, n in function.co_lines() if n} - {function.co_firstlineno}
    return found


@pytest.mark.parametrize(
    ("play", "modules"),
    [
        pytest.param(play_payments, [case_payments, filed_claims], id="payments", marks=pytest.mark.slow),
        pytest.param(play_stages, [stages], id="stages"),
        pytest.param(play_shield, [shield, same_issue], id="shield"),
    ],
)
def test_every_line_of_a_rule_is_reached_by_a_case(
    play: Callable[[], None], modules: list[ModuleType]
) -> None:
    with lines_run(*modules) as run:
        play()
    for module in modules:
        source = inspect.getsource(module).splitlines()
        left = sorted(lines_of(module) - run[str(module.__file__)])
        assert not left, [f"{Path(str(module.__file__)).name}:{n}: {source[n - 1].strip()}" for n in left]


def test_every_kind_purpose_language_and_denial_has_a_text_in_a_case() -> None:
    cases = yaml.safe_load(Path(__file__).with_name("case_texts.yaml").read_text("utf-8"))
    assert {c["claim"]["Kind"] for c in cases} == set(KINDS)
    assert {c.get("purpose", "file") for c in cases} == set(PURPOSES)
    assert {c.get("language", "en") for c in cases} == set(CODES)
    denied = {c["case"]["Decision reason"] for c in cases if c.get("purpose") == "appeal"}
    assert denied == set(DENIALS) - {"no further action"}, "of these no appeal is written"
