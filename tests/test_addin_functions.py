"""What a cell's function does: the shipped VBA runs in LibreOffice, every function, with a hostile workbook in front.

Only what Windows and Excel alone have is replaced: the library of xlwings, the calling cell, and the function wizard.
They write down what they get.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from hostile_folder import EVIL, HOSTILE, make_hostile_folder
from office_macros import Step, needs_office, run_in_office
from recoup.addin.functions import CALLS, HELP, function_modules, name_in_vba
from recoup.addin.settings import Settings
from recoup.addin.sources import read_modules
from recoup.addin.vba_project import Kind, Module
from recoup.addin.xlam import build_addin
from recoup.worksheet_functions.declared import BY_NAME, FUNCTIONS, Function
from recoup.worksheet_functions.failures import FAILURES, NO_ANSWER

ROOT = Path(__file__).parents[1]
VBA = ROOT / "addin" / "vba"
LIBRARY = "xlwings32-0.37.8.dll"  # LibreOffice takes the last of several branches
ON_WINDOWS = re.compile(r"(?ms)^ +#If (?:Mac|Win64) Then\n.*?^ +#Else\n|^ +#End If\n|^#If .*?^#End If\n")
STUBS = {  # the only texts of the shipped VBA that the tests replace
    "IsObject(Application.Caller)": "Not Probe_Cell() Is Nothing",
    'If TypeName(Application.Caller) = "Range" Then Set': "Set",
    "Recoup_Caller = Application.Caller": "Recoup_Caller = Probe_Cell()",
    "LoadLibrary(StrPtr(Recoup_Library()))": "Probe_Load(Recoup_Library())",
    "Activate(answer, Recoup_ServerCommand(), 1)": "Probe_Activate(answer, Recoup_ServerCommand())",
    "Application.MacroOptions Macro:=": "Probe_Describe ",
    "Description:=": "",
    "Category:=": "",
    "ArgumentDescriptions:=": "",
    "Private WithEvents excel As Application": "Private excel As Object",
    "Private Sub excel_": "Public Sub excel_",
    "Application.Volatile": "Probe_Volatile",
    ".Value2": ".Value",
    "CLng(Timer)": "4711",
}
PROBE = """Option Explicit
Private told As String
Public Probe_Book As String
Private caller As Object

Public Function Probe_Cell() As Object
    Set Probe_Cell = caller
End Function

Public Function Probe_Load(ByVal library As String) As Long
    told = told & "[load " & library & "]"
    Probe_Load = IIf(library Like "*blocked*", 0, 1)
End Function

Public Function Probe_Activate(ByRef answer As Variant, ByVal command As String) As Long
    told = told & "[start " & command & "]"
    If command Like "*fails*" Then
        answer = "no server"
        Probe_Activate = 1
    Else
        Set answer = New FakeServer
    End If
End Function

Public Sub Probe_Note(ByVal text As String)
    told = told & "[" & text & "]"
End Sub

Public Sub Probe_Volatile(Optional ByVal always As Variant)
    If IsMissing(always) Then always = True
    If always Then told = told & "[volatile]"
End Sub

Public Sub Probe_Describe(ByVal name As String, ByVal says As String, ByVal group As String, ByVal of As Variant)
    told = told & "[" & name & "|" & says & "|" & group & "|" & Join(of, "|") & "]"
End Sub

Public Function Probe_Text(ByVal given As Variant) As String
    Dim row As Long
    If IsArray(given) Then
        For row = LBound(given, 1) To UBound(given, 1)
            Probe_Text = Probe_Text & CStr(given(row, LBound(given, 2))) & ";"
        Next row
    ElseIf IsEmpty(given) Then
        Probe_Text = "missing"
    Else
        Probe_Text = TypeName(given) & " " & CStr(given)
    End If
End Function

Public Sub Probe_Python(ByVal interpreter As String)
    ThisWorkbook.Worksheets("xlwings.conf").Range("B3").Value = interpreter
End Sub

Public Sub Probe_CallFrom(ByVal book As String)
    Probe_Book = book
    Set caller = Nothing
    If book <> "" Then Set caller = New FakeCell
End Sub

Public Function Probe_State() As String
    Probe_State = Recoup_State()
End Function

Public Function Probe_Fill() As String
    With ThisWorkbook.Worksheets("xlwings.conf")
        .Range("E2").Value = 46267.5
        .Range("E3").Value = "soon"
        .Range("E4").Value = 46268
    End With
End Function

Public Function Probe_Events(ByVal what As String) As String
    Dim sheet As New FakeSheet
    Dim watch As New RecoupWatch
    Dim before As String
    before = Recoup_Changes()
    told = ""
    Select Case what
    Case "open"
        watch.excel_WorkbookOpen Nothing
    Case "delete"
        watch.excel_SheetBeforeDelete sheet
    Case "activate"
        watch.excel_WorkbookActivate Nothing
        watch.excel_WorkbookActivate Nothing
    Case Else
        sheet.Name = what
        watch.excel_SheetChange sheet, Nothing
    End Select
    Probe_Events = IIf(before = Recoup_Changes(), "same", "changed") & told
End Function

Public Function Probe_Call(ByVal what As String) As String
    Dim answer As Variant
    Dim cells As Object
    told = ""
    Set cells = ThisWorkbook.Worksheets("xlwings.conf").Range("E2:E4")
    Select Case what
"""
SERVER = """Option Explicit

Public Function CallUDF(ByVal script, ByVal name, ByVal given, ByVal book, ByVal cell) As Variant
    Dim place As Long
    Dim text As String
    For place = LBound(given) To UBound(given) - 1
        text = text & "(" & Probe_Text(given(place)) & ")"
    Next place
    text = text & IIf(book Is Nothing, "", " with a book") & IIf(cell Is Nothing, "", " from a cell")
    Probe_Note script & "." & name & text
    CallUDF = 46327#
    If text Like "*fails*" Then Err.Raise 70, , "Permission denied"
    If text Like "*unknown*" Then CallUDF = "Unknown: look it up."
End Function
"""
CELL = """Option Explicit

Public Property Get Worksheet() As Object
    Set Worksheet = Me
End Property

Public Property Get Parent() As Object
    Set Parent = Me
End Property

Public Property Get Date1904() As Boolean
    Date1904 = Probe_Book Like "*1904*"
End Property

Public Property Get Name() As String
    Name = Probe_Book
End Property
"""
SHEET = """Option Explicit
Public Name As String

Public Property Get ListObjects() As Object
    Set ListObjects = Me
End Property

Public Property Get Count() As Long
    If Name = "Policy" Then Count = 1
End Property
"""
EXTRA = {  # calls beside one of each function
    "column": 'RECOUP_DEADLINE("lost_in_warehouse", cells)',
    "whole": 'RECOUP_OPENS("lost_in_warehouse", cells.EntireColumn)',
    "given": 'RECOUP_DAYSLEFT("lost_in_warehouse", 46267, "DE", 46300)',
    "blank day": 'RECOUP_DAYSLEFT("lost_in_warehouse", 46267, "DE", cells.Cells(1, 2))',
    "a day blank": 'RECOUP_DAYSLEFT("lost_in_warehouse", 46267, "DE", cells.Offset(1, 0))',
    "days": 'RECOUP_DAYSLEFT("lost_in_warehouse", 46267, "DE", cells)',
    "spaces": 'RECOUP_DAYSLEFT("lost_in_warehouse", 46267, "DE", "  ")',
    "unknown": 'RECOUP_DEADLINE("unknown", 46267)',
    "fails": 'RECOUP_WHY("fails")',
}


def one(function: Function) -> str:
    """A call of a function with its needed arguments only, each a number."""
    needed = [str(n) for n, a in enumerate(function.arguments, 1) if not a.optional]
    return f"{function.name}({', '.join(needed)})"


def stubbed() -> list[Module]:
    modules = [replace(m, code=ON_WINDOWS.sub("", m.code)) for m in read_modules(VBA)]
    for old, new in STUBS.items():
        assert any(old in m.code for m in modules), old
        modules = [replace(m, code=m.code.replace(old, new)) for m in modules]
    calls = {**{f.name: one(f) for f in FUNCTIONS}, **EXTRA}
    cases = "".join(f'    Case "{name}"\n        answer = {call}\n' for name, call in calls.items())
    end = "    End Select\n    Probe_Call = told & Probe_Text(answer)\nEnd Function\n"
    classes = {"FakeServer": SERVER, "FakeCell": CELL, "FakeSheet": SHEET}
    return [
        *modules,
        Module("RecoupProbe", Kind.STANDARD, PROBE + cases + end),
        *(Module(name, Kind.CLASS, code) for name, code in classes.items()),
    ]


VENV, BASE = r"HOME/env\Scripts\pythonw.exe", r"HOME/base\pythonw.exe"
PYTHONS = {  # the interpreter on the add-in's sheet, and where the library lies
    VENV: rf"HOME/env\{LIBRARY}",
    BASE: rf"HOME/base\{LIBRARY}",
    r"HOME/nolib\Scripts\pythonw.exe": "",
    r"HOME/fails\pythonw.exe": rf"HOME/fails\{LIBRARY}",
    r"HOME/blocked\pythonw.exe": rf"HOME/blocked\{LIBRARY}",
    r"HOME/$(CLSID)\pythonw.exe": rf"HOME/$(CLSID)\{LIBRARY}",
    rf"HOME/{'x' * 100}\pythonw.exe": rf"HOME/{'x' * 100}\{LIBRARY}",
    r"HOME/gone\pythonw.exe": "",
    "pythonw": "",
    "": "",
}
EVENTS = ("Policy", "Sheet1", "Sourcing Costs UK", "Documents", "open", "delete", "activate")
PROBED = "RecoupAddin.RecoupProbe"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], str]:
    """What each step gave, by what was done; HOME is the folder of the test."""
    work = tmp_path_factory.mktemp("functions")
    folder = make_hostile_folder(tmp_path_factory.mktemp("hostile"))
    for file in {*PYTHONS, *PYTHONS.values()} - {"", "pythonw", r"HOME/gone\pythonw.exe"}:
        (work / file.removeprefix("HOME/")).touch()
    good = VENV.replace("HOME", str(work))
    (work / "good.xlam").write_bytes(build_addin(stubbed(), Settings(interpreter_win=good)))
    script: list[tuple[Step, tuple[str, ...]]] = [(Step("addin", str(work / "good.xlam")), ("opened",))]
    script.append((Step("book", str(folder / HOSTILE)), ("in front",)))

    def do(what: str, text: str | None = None, *key: str) -> None:
        script.append((Step("call", f"{PROBED}.Probe_{what}", text), key or ("set", what, str(text))))

    do("Fill")
    for book in ("book.xlsx", "old 1904.xlsx", ""):
        do("CallFrom", book)
        do("State", None, "state", book)
        for name in [*BY_NAME, *EXTRA]:
            do("Call", name, book, name)
    do("CallFrom", "book.xlsx", "again")
    for python in PYTHONS:
        do("Python", python.replace("HOME", str(work)), "python", python)
        do("Call", "RECOUP_DUE", "by", python)
    for event in EVENTS:
        do("Events", event, "event", event)
    variables = {"USERPROFILE": str(folder), "PYTHONPATH": str(folder), "INTERPRETER_WIN": EVIL}
    given = run_in_office(work / "run", [step for step, _ in script], folder, **variables)
    return {key: text.replace(str(work), "HOME") for (_, key), text in zip(script, given, strict=True)}


STARTED = f'[load HOME/env\\{LIBRARY}][start "{VENV}" -E -P -m recoup.udf_server $(CLSID)]'


def asked(name: str, *given: str, book: str = "book.xlsx") -> str:
    year = "1" if "1904" in book else "0"
    cells = "".join(f"({g})" for g in given)
    return f"[recoup.udfs.{name}{cells}(String DAY|{year}|CHANGES|{book}) from a cell]"


def plain(text: str) -> str:
    """Without the day of the run and the count of changes."""
    return re.sub(r"\b\d{5}\|([01])\|[\d-]+\.\d+\|", r"DAY|\1|CHANGES|", text)


@needs_office
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_a_function_asks_the_server_of_its_own_python_and_nothing_else(
    told: dict[tuple[str, ...], str], function: Function
) -> None:
    given = ["missing" if a.optional else f"Integer {n}" for n, a in enumerate(function.arguments, 1)]
    volatile = "[volatile]" if function.volatile else ""
    did = plain(told["book.xlsx", function.name])
    answer = "Date " if function.gives == "date" else "Double 46327"
    assert did.startswith(f"{volatile}{STARTED}{asked(function.name, *given)}{answer}")


@needs_office
def test_ranges_travel_as_values_and_of_whole_columns_the_rows_in_use(
    told: dict[tuple[str, ...], str],
) -> None:
    cells = "46267.5;soon;46268;"
    assert asked("RECOUP_DEADLINE", "String lost_in_warehouse", cells, "missing") in plain(
        told["book.xlsx", "column"]
    )
    whole = asked("RECOUP_OPENS", "String lost_in_warehouse", f";{cells}", "missing")
    assert whole in plain(told["book.xlsx", "whole"])


@needs_office
def test_a_function_of_time_is_volatile_only_without_its_day(told: dict[tuple[str, ...], str]) -> None:
    assert told["book.xlsx", "RECOUP_DAYSLEFT"].startswith("[volatile]")
    given = ("String lost_in_warehouse", "Long 46267", "String DE", "Long 46300")
    assert plain(told["book.xlsx", "given"]).startswith(f"{STARTED}{asked('RECOUP_DAYSLEFT', *given)}")


@needs_office
@pytest.mark.parametrize(
    ("on", "counts_from_today"),
    [("blank day", True), ("a day blank", True), ("spaces", True), ("days", False)],
)
def test_a_blank_cell_as_its_day_is_no_day(
    told: dict[tuple[str, ...], str], on: str, counts_from_today: bool
) -> None:
    assert told["book.xlsx", on].startswith("[volatile]") == counts_from_today


@needs_office
def test_days_of_1904_stay_numbers_and_what_is_unknown_stays_a_text(told: dict[tuple[str, ...], str]) -> None:
    assert told["old 1904.xlsx", "RECOUP_DEADLINE"].endswith("Double 46327")
    assert asked("RECOUP_DUE", "missing", book="old 1904.xlsx") in plain(told["old 1904.xlsx", "RECOUP_DUE"])
    assert told["book.xlsx", "unknown"].endswith("String Unknown: look it up.")


@needs_office
def test_a_call_that_no_cell_makes_starts_nothing(told: dict[tuple[str, ...], str]) -> None:
    assert told["state", ""] == ""
    for name in (*BY_NAME, *EXTRA):
        did = told["", name].removeprefix("[volatile]")
        assert did == "String Recoup's functions answer cells of a sheet only."


@needs_office
def test_a_server_that_fails_is_told_in_the_cell(told: dict[tuple[str, ...], str]) -> None:
    did = told["book.xlsx", "fails"].partition("from a cell]")[2]
    assert re.fullmatch(r"String Recoup's Python did not answer \(.+\)\. Run `recoup addin doctor`.*", did)


@needs_office
@pytest.mark.parametrize(
    ("python", "says"),
    [
        (
            r"HOME/nolib\Scripts\pythonw.exe",
            f"{LIBRARY} is missing beside Recoup's Python. Run `recoup addin",
        ),
        (r"HOME/fails\pythonw.exe", "Recoup's Python did not answer ("),
        (r"HOME/blocked\pythonw.exe", "Recoup's Python did not answer ("),
        (
            r"HOME/$(CLSID)\pythonw.exe",
            r"Functions cannot be started from such a path: HOME/$(CLSID)\pythonw",
        ),
        (r"HOME/gone\pythonw.exe", "The Python that Recoup was installed in is gone: "),
        ("pythonw", "The add-in's interpreter is not the full path of a program: pythonw. "),
        ("", "Recoup is not set up for Excel on this computer: run `recoup addin install`"),
    ],
)
def test_without_its_own_python_or_library_it_says_so(
    told: dict[tuple[str, ...], str], python: str, says: str
) -> None:
    did = told["by", python].removeprefix("[volatile]")
    told_last = did.rpartition("]")[2] or did
    assert told_last.startswith(f"String {says}")
    assert "recoup.udfs" not in did and EVIL not in did
    assert ("[load" in did) == ("fails" in python or "blocked" in python)
    assert ("[start" in did) == ("fails" in python)


@needs_office
def test_the_library_is_found_beside_python_and_above_its_folder_in_an_environment(
    told: dict[tuple[str, ...], str],
) -> None:
    for python in (VENV, BASE):
        assert f'[load {PYTHONS[python]}][start "{python}" ' in told["by", python]


@needs_office
def test_what_functions_read_is_counted_when_it_changes_and_nothing_else(
    told: dict[tuple[str, ...], str],
) -> None:
    found = {event: told["event", event] for event in EVENTS if event != "activate"}
    assert found.pop("Sheet1") == "same"
    assert set(found.values()) == {"changed"}


@needs_office
def test_functions_are_described_to_excel_once_with_all_their_arguments(
    told: dict[tuple[str, ...], str],
) -> None:
    texts = [
        f"['good.xlam'!{f.name}|{f.says}|Recoup|{'|'.join(a.says for a in f.arguments)}]" for f in FUNCTIONS
    ]
    assert told["event", "activate"] == "same" + "".join(texts)


# ---- the text of the VBA


def test_both_modules_are_made_from_the_declarations() -> None:
    for name, text in function_modules().items():
        assert (VBA / f"{name}.bas").read_text() == text, "run `recoup addin build`"
    assert {CALLS, HELP} <= {m.name for m in read_modules(VBA)}


def test_a_function_is_declared_with_the_arguments_of_the_specification() -> None:
    text = (VBA / f"{CALLS}.bas").read_text()
    found = {
        name: [(a.split()[-3].rstrip("_"), a.startswith("Optional ")) for a in arguments.split(", ")]
        for name, arguments in re.findall(r"^Public Function (\w+)\((.*)\) As Variant$", text, re.M)
    }
    assert found == {f.name: [(a.name, a.optional) for a in f.arguments] for f in FUNCTIONS}
    assert {name_in_vba(a) for f in FUNCTIONS for a in f.arguments if name_in_vba(a) != a.name} == {
        "on_",
        "date_",
    }


def test_the_library_is_that_of_the_xlwings_that_is_installed_and_asked_for() -> None:
    text = (VBA / "RecoupServer.bas").read_text()
    wanted = {f"xlwings{bits}-{version('xlwings')}.dll" for bits in (32, 64)}
    assert set(re.findall(r'"(xlwings[^"]*)"', text)) == wanted
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert any(need.startswith(f"xlwings=={version('xlwings')}") for need in needs)


def test_the_server_is_started_like_a_click_without_the_environment_or_the_folder() -> None:
    started = {
        re.findall(r'& """ (.*?) -m recoup', (VBA / f"{name}.bas").read_text())[0]
        for name in ("RecoupServer", "RecoupPython")
    }
    assert started == {"-E -P"}


def test_what_a_cell_says_in_place_of_an_answer_is_known_where_functions_are_frozen() -> None:
    told = [
        line
        for name in ("RecoupServer", "RecoupPython")
        for line in (VBA / f"{name}.bas").read_text().splitlines()
        if re.match(r' +Recoup_(Answer|ServerProblem|InterpreterProblem) = (?!.*CallUDF).*"', line)
    ]
    assert len(told) == 8
    known = {line: [f for f in FAILURES if f in line] for line in told}
    assert all(known.values()), "add it to worksheet_functions/failures.py"
    assert {f for found in known.values() for f in found} == set(FAILURES) - {NO_ANSWER}


def test_on_a_mac_a_cell_says_what_is_needed_and_nothing_of_windows_is_declared() -> None:
    text = (VBA / "RecoupServer.bas").read_text()
    for start, last in (
        ("Public Function Recoup_ServerProblem", "Else"),
        ("Private Function Recoup_Server(", "Else"),
    ):
        on_a_mac = text.split(start)[1].split("#If Mac Then")[1].split(f"#{last}")[0]
        assert "Declare" not in on_a_mac and "LoadLibrary" not in on_a_mac
    assert (
        "need Excel on Windows; on a Mac use the ribbon." in text.split("#If Mac Then")[2].split("#Else")[0]
    )
    assert text.split("#If Mac Then")[1].splitlines()[1].startswith("#ElseIf Win64"), "a Mac is Win64 too"


def test_what_recoup_writes_itself_is_counted_as_a_change_after_the_click() -> None:
    text = (VBA / "RecoupPython.bas").read_text()
    assert re.search(r"problem = Recoup_Outcome\(macroName\)\n +running = False\n +Recoup_NoteChange", text)
