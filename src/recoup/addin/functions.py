"""The VBA of the worksheet functions, made from their declarations: what cells call, and what Excel shows as help.

The functions stand in a module of their own that other workbooks see; the help is in a private one.
"""

from __future__ import annotations

from collections.abc import Iterator

from recoup.worksheet_functions.declared import CATEGORY, FUNCTIONS, Argument, Function

CALLS, HELP = "RecoupFunctions", "RecoupHelp"
_RESERVED = {"date", "on"}  # words of VBA: an argument cannot be called so
_MADE = "' Made by `recoup addin build` from src/recoup/worksheet_functions/declared.py: change it there."


def name_in_vba(argument: Argument) -> str:
    """What an argument is called in VBA, and so by the function wizard."""
    return f"{argument.name}_" if argument.name in _RESERVED else argument.name


def function_modules() -> dict[str, str]:
    """The text of both modules by their names."""
    return {CALLS: _text(_calls()), HELP: _text(_help())}


def _text(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _calls() -> Iterator[str]:
    yield f'Attribute VB_Name = "{CALLS}"'
    yield _MADE
    yield "' The worksheet functions: each hands the values of its arguments to Python and gives back its answer."
    yield "Option Explicit"
    for function in FUNCTIONS:
        yield ""
        yield from _call(function)


def _call(function: Function) -> Iterator[str]:
    names = [name_in_vba(a) for a in function.arguments]
    taken = (
        f"{'Optional ' if a.optional else ''}ByVal {name} As Variant"
        for a, name in zip(function.arguments, names, strict=True)
    )
    yield f"Public Function {function.name}({', '.join(taken)}) As Variant"
    if function.volatile:
        yield f"    Application.Volatile{'' if function.volatile == 'always' else f' Recoup_HasBlank({names[-1]})'}"
    cells = ", ".join(f"Recoup_Cells({name})" for name in names)
    answer = f'Recoup_Answer("{function.name}", Array({cells}, Recoup_State(), Empty))'
    yield f"    {function.name} = {f'Recoup_Day({answer})' if function.gives == 'date' else answer}"
    yield "End Function"


def _help() -> Iterator[str]:
    yield f'Attribute VB_Name = "{HELP}"'
    yield _MADE
    yield "' What Excel's function wizard shows of each function and its arguments."
    yield "Option Explicit"
    yield "Option Private Module"
    yield ""
    yield "Public Function Recoup_Describe() As Boolean"
    yield "    ' False when Excel refuses, as it does while no workbook is open"
    yield "    On Error GoTo Refused"
    for function in FUNCTIONS:
        yield f'    Recoup_DescribeOne "{function.name}", _'
        yield f"        {_quoted(function.says)}, _"
        texts = [_quoted(a.says) for a in function.arguments]
        yield f"        Array( _\n            {f', _{chr(10)}            '.join(texts)})"
    yield "    ThisWorkbook.Saved = True"
    yield "    Recoup_Describe = True"
    yield "Refused:"
    yield "End Function"
    yield ""
    taken = "ByVal functionName As String, ByVal says As String, ByVal ofArguments As Variant"
    yield f"Private Sub Recoup_DescribeOne({taken})"
    yield '    Application.MacroOptions Macro:="\'" & ThisWorkbook.Name & "\'!" & functionName, _'
    yield f'        Description:=says, Category:="{CATEGORY}", ArgumentDescriptions:=ofArguments'
    yield "End Sub"


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
