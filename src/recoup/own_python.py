"""Other processes of this Python, beside a run: they see its packages, and import nothing from where they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def start_python(*command: str, answers: bool = False) -> subprocess.Popen[str] | None:
    """Start ``python COMMAND``, to be told lines, and with ``answers`` to be read from; None where it cannot start.

    The folder that a run stands in may be anybody's: a module there must not take the place of ours.
    """
    if not Path(sys.executable or "").stem.lower().startswith("python"):
        return None  # Excel itself, where Python runs inside it
    try:
        return subprocess.Popen(
            [sys.executable, "-P", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
                "PYTHONIOENCODING": "utf-8",  # else it would take the lines for those of the computer's language
            },
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no black console behind it
        )
    except OSError:
        return None
