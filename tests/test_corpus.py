"""Public workbooks of well-known libraries come back whole; tests/corpus.py says which and how to get them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

import corpus
from conftest import EFFORT

FOLDER = Path(os.environ.get("RECOUP_CORPUS", ""))
SAMPLE = 60  # every so many workbooks in a ci run


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("RECOUP_CORPUS"), reason="RECOUP_CORPUS names no folder of public workbooks"
)
def test_public_workbooks_keep_everything_that_is_not_recoups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = corpus.workbooks(FOLDER)
    assert paths, f"no workbooks in {FOLDER}"
    whole = EFFORT != "ci"
    report = corpus.run(
        paths if whole else paths[::SAMPLE], tmp_path, soffice=whole and shutil.which("soffice") is not None
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{report}\n")
    assert not report.failures, "\n".join(report.failures[:20])
    assert any(outcome.saved for outcome in report.outcomes)
