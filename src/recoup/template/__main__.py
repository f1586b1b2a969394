"""Rebuilds the committed workbook: ``python -m recoup.template [FILE]``."""

from __future__ import annotations

import sys
from pathlib import Path

from . import build_template

COMMITTED = Path("workbook_templates/recoup.xlsx")

if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else COMMITTED
    target.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"{build_template(target)}\n")
