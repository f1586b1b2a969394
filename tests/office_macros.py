"""Runs VBA in LibreOffice without a window: opens add-ins and workbooks, calls procedures, hands back what they give.

LibreOffice compiles VBA when it first calls it and keeps silent about mistakes, but then a call gives nothing or fails.
One process for all steps, with a profile of its own; a Basic macro in that profile reads the steps from a file.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pytest

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")
LIMIT = 300  # seconds

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE {0} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "{1}.dtd">\n'
)
_LIBRARY = 'xmlns:library="http://openoffice.org/2000/library" library:name="Standard"'
_SET_UP = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/Office">
<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item></oor:items>
"""  # else the first start lays its own empty library over ours
_DRIVER = """
Sub Main
  Dim hidden(2) As New com.sun.star.beans.PropertyValue
  Dim addin As Object, book As Object, words, answer As String
  hidden(0).Name = "MacroExecutionMode" : hidden(0).Value = 4
  hidden(1).Name = "Hidden" : hidden(1).Value = True
  hidden(2).Name = "FilterName" : hidden(2).Value = "Calc MS Excel 2007 VBA XML"
  files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  steps = createUnoService("com.sun.star.io.TextInputStream")
  steps.setEncoding("UTF-8")
  steps.setInputStream(files.openFileRead(Environ("RECOUP_OFFICE") & "/steps.txt"))
  told = createUnoService("com.sun.star.io.TextOutputStream")
  told.setEncoding("UTF-8")
  told.setOutputStream(files.openFileWrite(Environ("RECOUP_OFFICE") & "/told.txt"))
  Do While Not steps.isEOF()
    words = Split(steps.readLine(), Chr(9))
    answer = ""
    On Error GoTo Failed
    Select Case words(0)
    Case "addin"
      addin = StarDesktop.loadComponentFromURL(words(1), "_blank", 0, hidden())
      If IsNull(addin) Then answer = "ERROR not opened"
    Case "book"
      book = StarDesktop.loadComponentFromURL(words(1), "_blank", 0, Array())
      If IsNull(book) Then answer = "ERROR not opened"
    Case "call"
      place = "vnd.sun.star.script:" & words(1) & "?language=Basic&location=document"
      macro = addin.getScriptProvider().getScript(place)
      If UBound(words) > 1 Then
        answer = macro.invoke(Array(words(2)), Array(), Array())
      Else
        answer = macro.invoke(Array(), Array(), Array())
      End If
    Case "close"
      book.close(True)
    End Select
    GoTo Done
Failed:
    answer = "ERROR " & Error$
    Resume Done
Done:
    told.writeString(Join(Split(answer, Chr(10)), " / ") & Chr(10))
  Loop
  told.closeOutput()
  StarDesktop.terminate()
End Sub
"""


@dataclass(frozen=True, slots=True)
class Step:
    """``addin`` or ``book`` PATH (opened), ``call`` Library.Module.Procedure [TEXT], or ``close`` (the book)."""

    verb: str
    what: str = ""
    text: str | None = None

    def line(self) -> str:
        what = Path(self.what).as_uri() if self.verb in ("addin", "book") else self.what
        return "\t".join([self.verb, what, *([] if self.text is None else [self.text])])


def run_in_office(folder: Path, steps: Iterable[Step], cwd: Path, **variables: str) -> list[str]:
    """What each step gave: the result of a call as text, "" for the others, ``ERROR …`` for what failed.

    ``folder`` is a new one for the run's own files; ``cwd`` and environment ``variables`` are those LibreOffice sees.
    """
    assert OFFICE is not None
    steps = list(steps)
    folder.mkdir(parents=True, exist_ok=True)
    profile = folder / "profile"
    _make_profile(profile / "user")
    (folder / "steps.txt").write_text("\n".join(s.line() for s in steps), encoding="utf-8")
    flags = ["--headless", "--norestore", "--nologo", f"-env:UserInstallation={profile.as_uri()}"]
    process = subprocess.Popen(
        [OFFICE, *flags, "macro:///Standard.Driver.Main"],
        cwd=cwd,
        env={**os.environ, **variables, "RECOUP_OFFICE": folder.as_uri()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(LIMIT)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert (folder / "told.txt").exists(), (
        "LibreOffice ran no macro: does it still take macro:/// as an argument?"
    )
    told = (folder / "told.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert len(told) == len(steps), f"LibreOffice stopped after: {told[-1:]}"
    return told


def _make_profile(user: Path) -> None:
    basic = user / "basic"
    standard = basic / "Standard"
    standard.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_SET_UP)
    for kind, element in (("script", '<library:element library:name="Driver"/>'), ("dialog", "")):
        (basic / f"{kind}.xlc").write_text(
            _HEAD.format("library:libraries", "libraries")
            + '<library:libraries xmlns:library="http://openoffice.org/2000/library">'
            + '<library:library library:name="Standard" library:link="false"/></library:libraries>'
        )
        (standard / f"{kind}.xlb").write_text(
            _HEAD.format("library:library", "library")
            + f'<library:library {_LIBRARY} library:readonly="false" library:passwordprotected="false">'
            + f"{element}</library:library>"
        )
    (standard / "Driver.xba").write_text(
        _HEAD.format("script:module", "module")
        + '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Driver"'
        + f' script:language="StarBasic">{escape(_DRIVER)}</script:module>'
    )
