"""What a click does: the shipped VBA runs in LibreOffice, every button, with a harmless and with a hostile workbook.

Only Windows' own object that starts programs and the message box are replaced: they write down what they get.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from hostile_folder import EVIL, HARMLESS, HOSTILE, make_hostile_folder
from office_macros import Step, needs_office, run_in_office
from recoup import __version__
from recoup.addin.buttons import BOOK_VARIABLE, GROUPS, MACROS, WINDOW_VARIABLE
from recoup.addin.settings import Settings
from recoup.addin.sources import read_modules
from recoup.addin.vba_project import Kind, Module
from recoup.addin.xlam import build_addin
from recoup.worksheet_functions.declared import BY_NAME

ADDIN = Path(__file__).parents[1] / "addin"
BUTTONS = [b for b in ET.parse(ADDIN / "ribbon.xml").iter() if b.get("onAction")]
WINDOW, NOTHING = "4711", "no workbook"
PYTHON = r"HOME/Recoup env\pythonw.exe"  # HOME is a folder of the test; after it a path as Windows writes it
ELSEWHERE = re.compile(r"(?ms)^ +#If (?:Mac|Win64) Then\n.*?^ +#Else\n|^ +#End If\n|^#If .*?^#End If\n")
STUBS = {  # the only texts of the shipped VBA that the tests replace, each once
    'MsgBox message, vbExclamation, "Recoup"': "Probe_Note message",
    'CreateObject("WScript.Shell")': "New FakeShell",
    "Application.Hwnd": WINDOW,
    f'.Item("{BOOK_VARIABLE}") =': f'.Put "{BOOK_VARIABLE}",',  # LibreOffice sets no properties with arguments
    f'.Item("{WINDOW_VARIABLE}") =': f'.Put "{WINDOW_VARIABLE}",',
}
PROBE = """Option Explicit
Public Probe_Folder As String
Public Probe_Variables As String
Private told As String

Public Sub Probe_Note(ByVal text As String)
    told = told & "[" & text & "]"
End Sub

Public Sub Probe_Python(ByVal interpreter As String)
    ThisWorkbook.Worksheets("xlwings.conf").Range("B3").Value = interpreter
End Sub

Public Function Probe_Click(ByVal callbackAndTag As String) As String
    Dim parts() As String
    Dim click As New FakeControl
    parts = Split(callbackAndTag, " ", 2)
    click.Tag = parts(1)
    told = ""
    Probe_Variables = ""
    Probe_Folder = "before"
    Select Case parts(0)
"""
SHELL = """Option Explicit

Public Property Get CurrentDirectory() As String
    CurrentDirectory = Probe_Folder
End Property

Public Property Let CurrentDirectory(ByVal folder As String)
    Probe_Folder = folder
End Property

Public Function Environment(ByVal kind As String) As Object
    Set Environment = New FakeVariables
End Function

Public Function Run(ByVal command As String, ByVal style As Long, ByVal waits As Boolean) As Long
    Probe_Note Probe_Variables & "in " & Probe_Folder & ": " & command
    If command Like "*.macros fails" Then Run = 1
    If command Like "*.macros is_blocked" Then Err.Raise 70, , "Permission denied"
    If command Like "*.macros clicks_again" Then Recoup_Run "refresh_claims"
    If command Like "*.macros is_killed" Then
        Application.Calculation = xlCalculationManual
        Application.EnableEvents = False
        Run = 1
    End If
    If style <> 1 Or Not waits Then Probe_Note "does not wait"
End Function
"""
VARIABLES = """Option Explicit

Public Sub Put(ByVal name As String, ByVal text As String)
    Probe_Variables = Probe_Variables & name & "=" & text & ", "
End Sub
"""


def stubbed(modules: list[Module]) -> list[Module]:
    """The shipped modules with ``STUBS``, and what they stand for; LibreOffice would run both sides of an #If."""
    modules = [replace(m, code=ELSEWHERE.sub("", m.code)) for m in modules]
    for old, new in STUBS.items():
        assert sum(m.code.count(old) for m in modules) == 1, old
        modules = [replace(m, code=m.code.replace(old, new)) for m in modules]
    callbacks = sorted({b.get("onAction", "") for b in BUTTONS})
    cases = "".join(f'    Case "{name}"\n        {name} click\n' for name in callbacks)
    still = "Application.Calculation = xlCalculationManual Or Not Application.EnableEvents"
    held = f'IIf({still}, " and Excel held still", "")'
    end = f"    End Select\n    Probe_Click = told & Probe_Folder & {held}\nEnd Function\n"
    fakes = {
        "FakeControl": "Option Explicit\nPublic Tag As String\n",
        "FakeShell": SHELL,
        "FakeVariables": VARIABLES,
    }
    classes = [Module(name, Kind.CLASS, code) for name, code in fakes.items()]
    return [*modules, Module("RecoupProbe", Kind.STANDARD, PROBE + cases + end), *classes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_hostile_folder(tmp_path_factory.mktemp("hostile"))


BAD_PYTHONS = {
    "none": "",
    "bare": "python",
    "beside": "./python",
    "gone": "/nowhere/python",
    "folder": "/usr",
    "quoted": f'{PYTHON}" -c "x',
}


CALLS = {  # of the committed file: in each of its modules, so that each is compiled
    "RecoupPython.Recoup_Setting RECOUP_VERSION": __version__,
    "RecoupPython.Recoup_CommandLine tidy_claims": '"" -E -P -m recoup.macros tidy_claims',
    'RecoupPython.Recoup_CommandLine x" -c "import os': "ERROR Invalid procedure call.",
    "RecoupPython.Recoup_FolderOf C:\\a b\\python.exe": "C:\\a b",
    "RecoupPython.Recoup_IsFullPath \\\\server\\share\\python.exe": "True",
    "RecoupPython.Recoup_IsFullPath C:\\a b\\pythonw.exe": "True",
    "RecoupPython.Recoup_IsFullPath C:python.exe": "False",
    "RecoupSystem.Recoup_InterpreterName": "INTERPRETER_WIN",
    "RecoupServer.Recoup_ServerCommand": '"" -E -P -m recoup.udf_server $(CLSID)',
    "RecoupHelp.Recoup_Describe": "False",
    "RecoupFunctions.RECOUP_WHY x": "Recoup's functions answer cells of a sheet only.",
    f"RecoupSystem.Recoup_FileExists {sys.executable}": "True",
}


@pytest.fixture(scope="module")
def clicks(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], str]:
    """What each click did, by the Python on the add-in's sheet, the workbook in front, and callback with tag."""
    work = tmp_path_factory.mktemp("office")
    script = _script(work, folder)
    variables = {"USERPROFILE": str(folder), "PYTHONPATH": str(folder), "INTERPRETER_WIN": EVIL}
    told = run_in_office(work / "run", [step for step, _ in script], folder, **variables)
    assert [t for (_, key), t in zip(script, told, strict=True) if key is None and t] == []
    return {key: t.replace(str(work), "HOME") for (_, key), t in zip(script, told, strict=True) if key}


def _script(work: Path, folder: Path) -> list[tuple[Step, tuple[str, str, str] | None]]:
    """All the steps, each with the key under which its result is looked up."""
    script: list[tuple[Step, tuple[str, str, str] | None]] = []
    buttons = [f"{b.get('onAction')} {b.get('tag')}" for b in BUTTONS]
    odd = [
        f"Recoup_OnClick {tag}" for tag in ("fails", "is_blocked", "is_killed", "clicks_again", *HOSTILE_TAGS)
    ]
    probe = "RecoupAddin.RecoupProbe"

    def do(verb: str, what: str | Path, text: str | None = None) -> None:
        script.append((Step(verb, str(what), text), None))

    def click(python: str, book: str, clicked: list[str]) -> None:
        for button in clicked:
            script.append((Step("call", f"{probe}.Probe_Click", button), (python, book, button)))

    modules = stubbed(read_modules(ADDIN / "vba"))
    python = Path(PYTHON.replace("HOME", str(work)))
    python.touch()
    closed = [replace(m, code=m.code.replace("ActiveWorkbook Is Nothing", "True")) for m in modules]
    for name, code in {"good": modules, "closed": closed}.items():
        (work / f"{name}.xlam").write_bytes(build_addin(code, Settings(interpreter_win=str(python))))

    do("addin", work / "good.xlam")
    for book in (HARMLESS, HOSTILE):
        do("book", folder / book)
        click("good", book, [*buttons, *odd])
    for name, interpreter in BAD_PYTHONS.items():
        do("call", f"{probe}.Probe_Python", interpreter.replace("HOME", str(work)))
        click(name, HOSTILE, buttons[:1])
    do("addin", work / "closed.xlam")
    click("closed", NOTHING, buttons)
    do("addin", shutil.copy(ADDIN / "recoup.xlam", work))  # LibreOffice leaves a lock beside what it opens
    for call in CALLS:
        procedure, _, text = call.partition(" ")
        step = Step("call", f"RecoupAddin.{procedure}", text or None)
        script.append((step, ("committed", HOSTILE, call)))
    return script


HOSTILE_TAGS = ["x'); import os", "refresh claims", 'a" -c "b', "..", "x&calc", "Refresh", "refresh_claims1"]


@needs_office
@pytest.mark.parametrize("book", [HARMLESS, HOSTILE])
@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: b.get("tag"))
def test_a_click_starts_its_own_function_and_nothing_else(
    clicks: dict[tuple[str, str, str], str], button: ET.Element, book: str
) -> None:
    did = clicks["good", book, f"{button.get('onAction')} {button.get('tag')}"]
    variables = f"{BOOK_VARIABLE}={book}, {WINDOW_VARIABLE}={WINDOW}, "
    assert did == f'[{variables}in HOME/Recoup env: "{PYTHON}" -E -P -m {MACROS} {button.get("tag")}]before'


@needs_office
@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: b.get("tag"))
def test_without_a_workbook_only_the_buttons_that_need_none_start_anything(
    clicks: dict[tuple[str, str, str], str], button: ET.Element
) -> None:
    did = clicks["closed", NOTHING, f"{button.get('onAction')} {button.get('tag')}"]
    needs = {b.function: b.needs_book for g in GROUPS for b in g.buttons}[button.get("tag", "")]
    started = f"[{BOOK_VARIABLE}=, {WINDOW_VARIABLE}={WINDOW}, in "
    assert did.startswith("[Open a workbook first (in Protected View" if needs else started)


@needs_office
@pytest.mark.parametrize("tag", HOSTILE_TAGS)
def test_a_name_that_is_no_function_starts_nothing(clicks: dict[tuple[str, str, str], str], tag: str) -> None:
    for book in (HARMLESS, HOSTILE):
        did = clicks["good", book, f"Recoup_OnClick {tag}"]
        assert did.startswith("[This button names no function of Recoup. Run `recoup addin doctor`")


@needs_office
@pytest.mark.parametrize(
    ("python", "says"),
    [
        ("none", "[Recoup is not set up for Excel on this computer: run `recoup addin install`"),
        (
            "bare",
            "[The add-in's interpreter is not the full path of a program: python. Run `recoup addin doctor`",
        ),
        ("beside", "[The add-in's interpreter is not the full path of a program: ./python. Run"),
        (
            "gone",
            "[The Python that Recoup was installed in is gone: /nowhere/python. Run `recoup addin doctor`",
        ),
        ("folder", "[The Python that Recoup was installed in is gone: /usr. Run"),
        ("quoted", "[The add-in's interpreter is not the full path of a program: "),
    ],
)
def test_without_its_own_python_it_says_so_and_takes_no_other(
    clicks: dict[tuple[str, str, str], str], python: str, says: str
) -> None:
    (did,) = [d for (p, _, _), d in clicks.items() if p == python]
    assert did.startswith(says) and did.count("[") == 1 and EVIL not in did


@needs_office
def test_a_python_that_fails_or_is_blocked_is_told_and_the_next_click_works(
    clicks: dict[tuple[str, str, str], str],
) -> None:
    def did(tag: str) -> str:
        return clicks["good", HARMLESS, f"Recoup_OnClick {tag}"].partition("]")[2]

    assert did("is_killed").endswith("]before"), "Excel calculates and tells of events again"
    assert did("fails").startswith("[Recoup's Python could not do it. Run `recoup addin doctor`")
    assert re.match(r"\[Python could not be started \(.+\)\. Run `recoup addin doctor`", did("is_blocked"))
    assert did("is_blocked").endswith("]before"), "Excel's current folder is what it was before the click"
    assert did("clicks_again") == "[Recoup is still at work: wait until it is done, then click again.]before"


@needs_office
@pytest.mark.parametrize("call", CALLS)
def test_the_committed_file_compiles(clicks: dict[tuple[str, str, str], str], call: str) -> None:
    assert clicks["committed", HOSTILE, call] == CALLS[call]


def test_python_started_like_that_takes_nothing_from_the_folder_or_the_environment(folder: Path) -> None:
    vba = (ADDIN / "vba" / "RecoupPython.bas").read_text()
    (flags,) = re.findall(r'& """ (.*?) -m recoup\.macros "', vba)
    names = ["recoup", "xlwings", "json", "sitecustomize", "usercustomize", "macros"]
    look = f"import sys, importlib.util as u; print(*map(u.find_spec, {names}), *sys.path, sep='\\n')"
    variables = {"PYTHONPATH": str(folder), "PYTHONSTARTUP": str(folder / "x.py"), BOOK_VARIABLE: HOSTILE}

    def looks(*flags: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *flags, "-c", look]
        return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)

    assert "taken from the folder" in looks().stderr, "else this test could not fail"
    found = looks(*shlex.split(flags))
    assert found.returncode == 0, found.stderr
    assert str(folder) not in found.stdout and "/json/__init__.py" in found.stdout


# What the text of the VBA must not hold, wherever it runs.
CODE = {
    file.stem: re.sub(r"(?m)^\s*'.*|(?<=\s)' .*$", "", file.read_text()) for file in (ADDIN / "vba").iterdir()
}
FOREIGN = (
    r"ActiveSheet|ActiveCell|Selection|Workbooks|Application\.Run|Evaluate|Environ\b|GetSetting|Excel4|FullName"
    r"|\.Path\b|\.Names|DocumentProperties|CallByName|VBProject|ExpandEnvironment|Declare|GetObject|\bOpen\b|\bDir\b"
    r"|ChDir|Shell\s*\(|OnTime|OnKey|AddIns|\.Sheets|Range\("
)


@pytest.mark.parametrize("name", CODE)
def test_no_module_looks_at_anything_of_the_workbook_but_its_name(name: str) -> None:
    found = re.findall(FOREIGN, re.sub('"[^"]*"', "", CODE[name]))
    assert found == (["Declare"] * 4 if name == "RecoupServer" else [])
    assert set(re.findall(r"ActiveWorkbook(.{0,11})", CODE[name])) <= {" Is Nothing", ".Name"}
    assert CODE[name].count("Worksheets") == CODE[name].count("ThisWorkbook.Worksheets(SETTINGS_SHEET)")


def test_one_place_starts_a_program_and_it_starts_that_of_the_sheet() -> None:
    made = {
        name: re.findall(r"CreateObject\(.*?\)|\bAppleScriptTask\(.*?,", code) for name, code in CODE.items()
    }
    assert made.pop("RecoupSystem") == [
        'AppleScriptTask("recoup.applescript",',
        'CreateObject("WScript.Shell")',
    ]
    assert not any(made.values())
    assert re.findall(r"\.Run\((.*?), 1, True\)", CODE["RecoupSystem"]) == ["Recoup_CommandLine(macroName)"]
    assert sum(code.count(".Run") for code in CODE.values()) == 1


def test_only_the_library_of_xlwings_is_called_after_it_was_loaded_by_its_full_path() -> None:
    code = CODE["RecoupServer"]
    declared = re.findall(r'Function (\w+) Lib "(.*?)" Alias "(\w+)"', code)
    library = [("LoadLibrary", "kernel32", "LoadLibraryW")] * 2
    activate = [("Activate", f"xlwings{n}-{version('xlwings')}.dll", "XLPyDLLActivateAuto") for n in (32, 64)]
    assert sorted(declared) == sorted([*library, *activate])
    calls = re.findall(r"\b(LoadLibrary|Activate)\((?=[^B])(.*?)\) (?:=|<>) 0", code)
    assert calls == [
        ("LoadLibrary", "StrPtr(Recoup_Library())"),
        ("Activate", "answer, Recoup_ServerCommand(), 1"),
    ]


def test_no_procedure_takes_a_program_or_a_command_from_outside() -> None:
    taken = {
        argument
        for code in CODE.values()
        for arguments in re.findall(r"(?:Sub|Function) Recoup_\w+\((.*?)\)", code)
        for argument in arguments.split(", ")
        if argument
    }
    names = ("macroName", "message", "settingName", "path", "functionName", "says")
    cells = {f"ByVal {name} As {kind}" for name in ("given", "answer") for kind in ("Variant", "Object")}
    cells = cells - {"ByVal answer As Object"} | {"Optional ByVal given As Variant"}
    told = {"ByVal ofArguments As Variant", "control As IRibbonControl", "ribbon As IRibbonUI"}
    told |= {"ByVal settings As Variant"}  # of Excel, as they were
    assert taken == {f"ByVal {name} As String" for name in names} | cells | told


@pytest.mark.parametrize("name", CODE)
def test_procedures_are_declared_prefixed_and_unseen_by_formulas_of_other_workbooks(name: str) -> None:
    code = CODE[name]
    assert "Option Explicit" in code
    procedures = re.findall(r"(?m)^(\w+) (Sub|Function) (\w+)\((.*?)\)", code)
    if name == "RecoupFunctions":  # the only ones that cells may call
        assert [p[:3] for p in procedures] == [("Public", "Function", n) for n in BY_NAME]
        return
    if name == "RecoupWatch":  # events of Excel, and the class's own
        assert all(p[0] == "Private" and re.match("excel_|Class_", p[2]) for p in procedures)
        return
    assert procedures and all(
        p[0] in ("Public", "Private") and p[2].startswith("Recoup_") for p in procedures
    )
    if name == "RecoupRibbon":  # Excel looks for callbacks in modules that others see
        assert {p[1] for p in procedures} == {"Sub"} and {p[3] for p in procedures} == {
            "control As IRibbonControl",
            "ribbon As IRibbonUI",
        }
    else:
        assert "Option Private Module" in code
