"""An add-in file as it lies on a computer: whether it is Recoup's, and the settings on the sheet inside it."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

from recoup.addin.settings import SHEET
from recoup.untrusted import Unreadable, open_package, open_sheets, reading_cells, refuse_damage

_OWN = "RECOUP_VERSION"


def settings_in(data: bytes) -> dict[str, str]:
    """The settings by name; none when the file is not Recoup's add-in."""
    try:
        with reading_cells():
            refuse_damage(open_package(data), data)
            rows = (
                open_sheets(data).load_sheet(SHEET, header_row=None, dtypes="string").to_arrow().to_pylist()
            )
    except (Unreadable, zipfile.BadZipFile):
        return {}
    found = {str(name): str(value or "") for name, value, *_ in (tuple(row.values()) for row in rows)}
    return found if _OWN in found else {}


def version_of(settings: dict[str, str]) -> str:
    """The Recoup that made it."""
    return settings.get(_OWN, "")


def is_from_internet(file: Path) -> bool:
    """Whether Windows marked it as downloaded: a stream beside its content says from which zone it came."""
    with suppress(OSError):
        text = Path(f"{file}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
        return any(line.strip() in ("ZoneId=3", "ZoneId=4") for line in text.splitlines())
    return False
