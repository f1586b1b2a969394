"""What a click on the ribbon starts."""

from __future__ import annotations

import sys

from .clicks import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
