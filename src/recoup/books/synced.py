"""Folders that OneDrive, SharePoint or Dropbox keep in step with other people's computers."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

_NAMED = ("onedrive", "dropbox", "sharepoint")
_MARKS = (".dropbox", ".dropbox.cache")  # in the root of a Dropbox folder, whatever its name


def is_synced(file: Path) -> bool:
    """Whether the folder of a file, its links followed, is kept in step."""
    folder = file.resolve().parent
    named = any(part.lower().startswith(_NAMED) for part in folder.parts)
    return named or any(folder.is_relative_to(root) for root in _roots()) or _is_marked(folder)


def _roots() -> list[Path]:
    """The roots that OneDrive's own variables name, and the libraries of SharePoint that it syncs on Windows."""
    named = [value for key, value in os.environ.items() if key.upper().startswith("ONEDRIVE") and value]
    return [Path(root).resolve() for root in (*named, *_mount_points())]


def _mount_points() -> list[str]:
    """What OneDrive writes into the registry: one key per synced library, with the folder it lies in."""
    if sys.platform != "win32":
        return []
    import winreg

    found = []
    key = r"Software\SyncEngines\Providers\OneDrive"
    with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as libraries:
        for number in range(winreg.QueryInfoKey(libraries)[0]):
            with winreg.OpenKey(libraries, winreg.EnumKey(libraries, number)) as library:
                found.append(str(winreg.QueryValueEx(library, "MountPoint")[0]))
    return found


def _is_marked(folder: Path) -> bool:
    return any((place / mark).exists() for place in (folder, *folder.parents) for mark in _MARKS)
