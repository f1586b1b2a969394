"""A window of this program in front of Excel's: owned by it on Windows, so that it never falls behind."""

from __future__ import annotations

import sys
import tkinter
from contextlib import suppress

_OWNER = -8  # GWLP_HWNDPARENT: who owns a window
_SHARP = 1  # PROCESS_SYSTEM_DPI_AWARE: else Windows blows up a small picture of the window


def has_screen() -> bool:
    """Whether a window can be shown here."""
    try:
        tkinter.Tk().destroy()
    except Exception:  # no display; Tk's own files are missing
        return False
    return True


def new_root(title: str, window: int) -> tkinter.Tk:
    """An empty window, out of sight until ``come_forward``, owned by Excel's window where there is one."""
    _be_sharp()
    root = tkinter.Tk()
    root.withdraw()
    root.title(title)
    root.update_idletasks()
    if window:
        _own(root, window)
    return root


def come_forward(root: tkinter.Tk, first: tkinter.Misc | None = None) -> None:
    """Show the window in the middle of the screen, before all others, with the keyboard in ``first``."""
    root.update_idletasks()
    root.eval(f"tk::PlaceWindow {root.winfo_pathname(root.winfo_id())} center")
    root.attributes("-topmost", True)
    root.deiconify()
    root.lift()
    (first or root).focus_force()
    root.after_idle(root.attributes, "-topmost", False)  # other programs may come before it later


def _be_sharp() -> None:
    if sys.platform == "win32":
        import ctypes

        with suppress(Exception):  # an old Windows, or already said
            ctypes.windll.shcore.SetProcessDpiAwareness(_SHARP)


def _own(root: tkinter.Tk, window: int) -> None:
    if sys.platform == "win32":
        import ctypes

        with suppress(Exception):  # without an owner it is shown all the same
            user = ctypes.windll.user32
            put = getattr(
                user, "SetWindowLongPtrW", user.SetWindowLongW
            )  # of 32 bits there is only the short one
            put.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
            put.restype = ctypes.c_void_p
            put(int(root.wm_frame(), 16), _OWNER, window)
