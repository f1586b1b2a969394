"""The settings of the add-in, on the sheet inside it: the only place that its VBA reads any from."""

from __future__ import annotations

from dataclasses import dataclass

from recoup import __version__

SHEET = "xlwings.conf"


@dataclass(frozen=True, slots=True)
class Settings:
    """Full paths of the Python that Recoup is installed in; empty until `recoup addin install` knows them."""

    interpreter_win: str = ""
    interpreter_mac: str = ""

    def rows(self) -> list[tuple[str, str, str]]:
        """The sheet: name, value and meaning."""
        return [
            ("Name", "Value", "Meaning"),
            (
                "RECOUP_VERSION",
                __version__,
                "The Recoup that built this add-in; the installed one must be the same.",
            ),
            (
                "INTERPRETER_WIN",
                self.interpreter_win,
                "Full path of pythonw.exe of Recoup's own environment.",
            ),
            ("INTERPRETER_MAC", self.interpreter_mac, "Full path of python of Recoup's own environment."),
        ]
