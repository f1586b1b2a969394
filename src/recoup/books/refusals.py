"""What the system did not allow, in one sentence with the remedy."""

from __future__ import annotations

import errno
from pathlib import Path

from recoup.books.base import BookUnsaved

_NO_ENTRY = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.EHOSTDOWN, errno.ENETDOWN, errno.ENOTCONN}
_FULL = {errno.ENOSPC: "the disk of {folder} is full; free some space there", errno.EDQUOT: "your share of the "
         "disk of {folder} is used up; free some space there", errno.EFBIG: "the file would be larger than the "
         "system allows in {folder}; choose another folder"}  # fmt: skip


def refusal(error: OSError, file: Path) -> BookUnsaved:
    """Why ``file`` could not be written, and what to do; raised before anything was changed."""
    folder = file.parent
    if error.errno in _FULL:
        why = _FULL[error.errno].format(folder=folder)
    elif error.errno in _NO_ENTRY:
        why = f"the folder {folder} is read-only for you; allow writing there or work on a copy elsewhere"
    elif error.errno in _GONE:
        why = f"the folder {folder} cannot be reached any more; connect its drive or make the folder"
    elif error.errno == errno.ENAMETOOLONG:
        why = "its name or path is too long for the system; choose a shorter one"
    else:
        why = f"the system refused to write in {folder} ({error.strerror or error}); check the drive"
    return BookUnsaved(f"{file.name} was not saved: {why}, then run again. Nothing was changed.")
