"""The README is true: its table of kinds, its commands, its map and its demo are compared with the code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import typer

from pictures import FOLDER, LARGEST, SHEETS
from recoup.addin.buttons import GROUPS
from recoup.books import open_book
from recoup.books.cells import from_serial
from recoup.cli import app
from recoup.detectors import Detector, all_detectors
from recoup.policy import load
from recoup.reports import all_reports
from recoup.worksheet_functions.answers import Call, answer
from recoup.worksheet_functions.calling_book import CallingBook
from recoup.worksheet_functions.declared import BY_NAME, FUNCTIONS, Function

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "recoup"
README = (ROOT / "README.md").read_text(encoding="utf-8")
LAST_DAY = date(2100, 1, 1)  # the policy in force last
WHEREVER = "…"  # stands for any text in a line, and alone on a line for any lines


def section(title: str) -> str:
    """The text under a heading, up to the next one of its level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE)
    assert found, f"README.md has no section {title}"
    return found[1]


def block(text: str) -> str:
    """The first code block of a text."""
    found = re.search(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def test_the_table_of_kinds_equals_the_code() -> None:
    rows = [line for line in section("Kinds of claims").splitlines() if line.startswith("| `")]
    assert rows == [_kind_row(d) for _, d in sorted(all_detectors().items())]


def _kind_row(detector: Detector) -> str:
    module = sys.modules[f"recoup.detectors.{detector.kind}"]
    looks_for = re.search(r"Looks for:(.*?)Wrong when:", module.__doc__ or "", re.DOTALL)
    assert looks_for
    tabs = [all_reports()[r].tab for r in detector.refuted_by if isinstance(r, str)]
    first, last = (_days(f"claim_window_{end}.{detector.kind}") for end in ("earliest", "latest"))
    opens = "the same day" if first.split()[0] == "0" else f"day {first}"
    cells = [
        f"`{detector.kind}`",
        " ".join(looks_for[1].split()),
        ", ".join(tabs),
        detector.clock,
        opens,
        last,
    ]
    return "| " + " | ".join(cells) + " |"


def _days(key: str) -> str:
    rule = load().value(key, on=LAST_DAY, marketplace="US")
    assert rule is not None
    unit = "" if rule.unit == "days" else f" {rule.unit}"
    return f"{rule.value}{unit}" + ("" if rule.certainty == "confirmed" else f" ({rule.certainty})")


def test_the_commands_are_those_of_the_program() -> None:
    told = re.findall(r"^\| `recoup ([a-z]+)[^`]*` \| (.*?) \|$", section("Commands"), re.MULTILINE)
    group = typer.main.get_command(app)
    helps = {name: (c.help or "").split("\n")[0] for name, c in group.commands.items()}  # type: ignore[attr-defined]
    assert dict(told) == helps
    assert [name for name, _ in told] == list(helps)


def test_every_option_that_the_readme_names_exists() -> None:
    group = typer.main.get_command(app)
    known = {o for c in group.commands.values() for p in c.params for o in (*p.opts, *p.secondary_opts)}  # type: ignore[attr-defined]
    told = set(re.findall(r"(?<=[\s`\[(])--[a-z][a-z-]+", section("Commands")))
    assert len(told) > 5 and told - {"--debug"} <= known


def test_every_path_on_the_map_exists_and_every_module_is_on_it() -> None:
    paths = _map_paths()
    assert [p for p in paths if not (ROOT / p).exists()] == []
    there = {p.name + "/" * p.is_dir() for p in SOURCE.iterdir() if p.suffix == ".py" or _has_code(p)}
    told = {p.removeprefix("src/recoup/") for p in paths if p.startswith("src/recoup/")}
    assert there - {"__init__.py"} <= told, "put these on the map of README.md"
    top = {p.split("/")[0] for p in paths}
    assert {p.name for p in ROOT.iterdir() if p.is_dir() and _has_code(p)} <= top


def _has_code(folder: Path) -> bool:
    return folder.is_dir() and folder.name[0] != "." and any(folder.glob("*.py"))


def _map_paths() -> list[str]:
    """Full paths of the map: indented lines lie in the folder above them; several paths may share a line."""
    paths: list[str] = []
    folder = ""
    for line in block(section("Where everything is")).splitlines():
        names = re.match(r"( *)((?:[\w./*<>-]+(?:/|\.\w+)(?: |$))*)", line)
        assert names
        if not names[1]:
            folder = ""
        if len(names[1]) > 2:
            continue  # the rest of a note
        found = [n for n in names[2].split() if "<" not in n]
        paths += [folder + name for name in found]
        if not names[1] and len(found) == 1 and found[0].endswith("/"):
            folder = found[0]
    assert len(paths) > 30
    return paths


def test_the_two_commands_can_be_read_by_ci() -> None:
    for name in ("demo", "tests"):
        assert len(re.findall(rf"^<!-- command: {name} -->\n```bash\n.+\n```$", README, re.MULTILINE)) == 1


def test_every_file_and_test_the_readme_links_exists() -> None:
    links = [t for t in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in t]
    assert [t for t in links if not (ROOT / t).exists()] == []


def test_the_ribbon_is_told_as_the_add_in_has_it() -> None:
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \|$", section("The add-in"), re.MULTILINE)[1:]
    assert rows == [(g.label, b.label, b.supertip) for g in GROUPS for b in g.buttons]


def test_every_picture_of_the_readme_is_in_the_repository_and_small() -> None:
    told = [ROOT / path for path in re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)]
    assert [p.name for p in told] == [f"{sheet.lower()}.png" for sheet in SHEETS]
    assert [p for p in told if not p.is_file()] == []
    assert sorted(told) == sorted(FOLDER.iterdir()), "every picture is shown"
    assert [p.name for p in told if p.stat().st_size > LARGEST or p.read_bytes()[:4] != b"\x89PNG"] == []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the demo prints, and the workbook that it makes."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "recoup.cli", "demo"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout, folder / "demo" / "recoup_demo.xlsx"


def test_the_demo_prints_what_the_readme_shows(demo: tuple[str, Path]) -> None:
    shown = section("Start without Excel").split("<!-- output: demo -->\n")[1]
    pattern = "".join(_line_pattern(line) for line in block(shown).splitlines())
    if not re.fullmatch(pattern, demo[0]):
        pytest.fail(f"the demo prints now, for README.md:\n{demo[0]}")


def test_the_examples_of_the_worksheet_functions_answer_what_the_readme_shows(demo: tuple[str, Path]) -> None:
    call = Call(CallingBook(open_book(demo[1])), date(2026, 11, 15))
    lines = re.findall(
        r"^\| `(RECOUP_.*?)` \| (.*?) \| `=(.*?)` \| (.*?) \|$", section("Worksheet functions"), re.M
    )
    assert [(s, says) for s, says, _, _ in lines] == [(_signature(f), f.says) for f in FUNCTIONS]
    for _, _, example, shown in lines:
        assert re.fullmatch(_line_pattern(shown).removesuffix(r"\n"), _answered(example, call)), example
    told = re.findall(r"`=(RECOUP_DEADLINE\(\"lost\".*?)` says \"(.*?)\"", section("Worksheet functions"))
    assert [(e, _answered(e, call)) for e, _ in told] == told and told


def _signature(function: Function) -> str:
    shown = (f"[{a.name}]" if a.optional else a.name for a in function.arguments)
    return f"{function.name}({', '.join(shown)})"


def _answered(example: str, call: Call) -> str:
    """The first row of the answer as a cell shows it; a text in several lines in its first."""
    name, _, written = example.removesuffix(")").partition("(")
    given = [json.loads(g) for g in re.findall(r'"[^"]*"|[\d.]+', written)]
    function = BY_NAME[name]
    given += [None] * (len(function.arguments) - len(given))
    (first, *_) = answer(name, [float(g) if isinstance(g, int) else g for g in given], call)
    if function.gives == "date" and isinstance(first[0], float):
        return str(from_serial(first[0], date1904=False, with_time=False))
    return " · ".join(str(cell) for cell in first).split("\n")[0]


def _line_pattern(line: str) -> str:
    if line == WHEREVER:
        return r"(?:.*\n)*?"
    return ".*".join(re.escape(part) for part in line.split(WHEREVER)) + r"\n"
