"""Packs the Recoup that is running into a wheel again, so that a bundle installs exactly this one, from no index.

Decision: made from the files that run and what pip noted about them; pip gives back no wheel of what is installed, and
an index might give another package of that name.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tomllib
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

from packaging.requirements import Requirement

from recoup import __version__
from recoup.addin.materials import INSIDE, PARTS, materials
from recoup.model import RecoupError

_NOTES = ("METADATA", "WHEEL", "entry_points.txt")
_DATED = (1980, 1, 1, 0, 0, 0)


def own_wheel(installed: Distribution) -> tuple[str, bytes]:
    """Its file name and content. Raises ``RecoupError`` when pip noted another Recoup than runs."""
    if installed.version != __version__ or not _needs_the_same(installed):
        raise RecoupError(
            f"Recoup {__version__} has changed since pip noted what it needs; run pip install in its folder "
            "again, then this."
        )
    name = f"fba_recoup-{installed.version}"
    files = {**_package(), **_notes(installed, f"{name}.dist-info")}
    record = f"{name}.dist-info/RECORD"
    files[record] = "".join([*map(_recorded, files.items()), f"{record},,\n"]).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files.items():
            wheel.writestr(zipfile.ZipInfo(path, _DATED), content, zipfile.ZIP_DEFLATED)
    return f"{name}-py3-none-any.whl", packed.getvalue()


def _needs_the_same(installed: Distribution) -> bool:
    """Whether a clone still declares what pip noted at installing; a package that was built cannot have changed."""
    declared = materials().parent / "pyproject.toml"
    if not declared.exists():
        return True
    project = tomllib.loads(declared.read_text(encoding="utf-8"))["project"]
    noted = (need for need in map(Requirement, installed.requires or ()) if need.marker is None)
    return set(map(Requirement, project["dependencies"])) == set(noted)


def _package() -> dict[str, bytes]:
    root = Path(__file__).parents[1]
    found = {f"recoup/{path}": content for path, content in _files(root).items()}
    parts = {p: c for p, c in _files(materials()).items() if p.split("/")[0] in PARTS}
    return found | {f"recoup/addin/{INSIDE}/{path}": content for path, content in parts.items()}


def _files(folder: Path) -> dict[str, bytes]:
    """What is in a folder, without what Python compiled."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def _notes(installed: Distribution, folder: str) -> dict[str, bytes]:
    """What pip needs to know, without what it noted about this computer."""
    found = {f"{folder}/{name}": (installed.read_text(name) or "").encode() for name in _NOTES}
    for file in installed.files or ():
        if "licenses" in file.parts:
            found[f"{folder}/licenses/{file.name}"] = Path(str(file.locate())).read_bytes()
    return found


def _recorded(entry: tuple[str, bytes]) -> str:
    path, content = entry
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"
