"""What the add-in is made of: a folder inside the installed package, or the ``addin`` folder of a clone."""

from __future__ import annotations

from pathlib import Path

from recoup.addin.settings import Settings
from recoup.addin.sources import read_modules
from recoup.addin.xlam import build_addin
from recoup.model import RecoupError

ADDIN, SCRIPT = "recoup.xlam", "recoup.applescript"
PARTS = ("vba", ADDIN, SCRIPT)
INSIDE = "files"  # the folder's name inside an installed package


def materials() -> Path:
    """The folder that holds them. Raises ``RecoupError``."""
    here = Path(__file__)
    for folder in (here.with_name(INSIDE), here.parents[3] / "addin"):
        if all((folder / part).exists() for part in PARTS):
            return folder
    raise RecoupError(
        f"The add-in's parts are missing in {here.with_name(INSIDE)}; install Recoup again (pip install "
        "--force-reinstall)."
    )


def addin_for(settings: Settings) -> bytes:
    """The add-in of this Recoup with these settings in it. Raises ``RecoupError``."""
    return build_addin(read_modules(materials() / "vba"), settings)


def script() -> bytes:
    """The script that Excel for Mac starts Python by."""
    return (materials() / SCRIPT).read_bytes()
