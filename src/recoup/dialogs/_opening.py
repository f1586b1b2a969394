"""Shows a folder or a file in the program that this computer opens it with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ..model import RecoupError


def open_path(path: Path) -> None:
    """As a double click would. Raises RecoupError."""
    try:
        if sys.platform == "win32":
            os.startfile(path)
        else:
            program = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.run([program, str(path.resolve())], check=True, timeout=10, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise RecoupError(f"{path} is there, but this computer did not open it; open it by hand.") from error
