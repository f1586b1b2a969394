"""The process that worksheet functions are answered in: ``python -E -P -m recoup.udf_server CLSID``, started by Excel.

The add-in's VBA starts it through the library of xlwings, which ends it with Excel. Everything that functions need is
loaded before the first call.
"""

from __future__ import annotations

import sys

from . import udfs
from .console import say_error

assert udfs


def main(arguments: list[str]) -> int:
    """Serve until Excel is gone. Returns 2 when it was not started by the add-in, or not on Windows."""
    if sys.platform != "win32" or len(arguments) != 1:
        say_error("Excel on Windows starts this by itself, through the add-in.")
        return 2
    from xlwings.com_server import serve

    serve(arguments[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
