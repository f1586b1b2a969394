"""How thorough a test run is: RECOUP_EFFORT = ci (a sample of everything), default, or thorough (a release).

Property tests take it as their hypothesis profile; a long test asks for ``scaled`` and shrinks its loops with it.
On CI (the variable CI is set) they take the same examples every time; elsewhere they look for new ones.
Of a slow test with many parameters a ci run takes the first.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable

import pytest
import yaml
from hypothesis import HealthCheck, settings

EFFORTS = {"ci": 0.1, "default": 1.0, "thorough": 10.0}  # times the examples of a default run
EXAMPLES = 100
EFFORT = os.environ.get("RECOUP_EFFORT", "default")

for _name, _times in EFFORTS.items():
    settings.register_profile(
        _name,
        max_examples=round(EXAMPLES * _times),
        deadline=None,
        derandomize=_name == "ci" or bool(os.environ.get("CI")),
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )
yaml.SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # what safe_load takes; the tables are long
os.environ["RECOUP_CACHE"] = "off"  # no test reads what an earlier run remembered
if EFFORT not in EFFORTS:
    raise pytest.UsageError(f"RECOUP_EFFORT is one of {', '.join(EFFORTS)}, not {EFFORT!r}")
settings.load_profile(EFFORT)


def pytest_collection_finish() -> None:
    """Let the cycle collector pass over what stays for the whole run anyway, and look less often at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def scaled() -> Callable[[int], int]:
    """A count of a default run, made smaller or larger by RECOUP_EFFORT; never below 1."""
    return lambda count: max(1, round(count * EFFORTS[EFFORT]))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a ci run, keep of each slow test only its first set of parameters."""
    if EFFORT != "ci":
        return
    seen: set[str] = set()
    left_out = []
    for item in items:
        test = item.nodeid.partition("[")[0]
        if item.get_closest_marker("slow") and test in seen:
            left_out.append(item)
        seen.add(test)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
