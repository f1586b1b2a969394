"""The guards of the house: what nobody should have to remember is checked here, from the source text alone."""

from __future__ import annotations

import ast
import graphlib
import io
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "recoup"
TESTS = ROOT / "tests"

# The import arrows, lowest first: a unit (a module, or a folder under its own name) may import its own layer
# and those above it in this list, never those below. A new unit is placed here when it is made.
LAYERS = (
    {"model", "__init__"},
    {"sheets", "frames", "identity", "money", "untrusted", "progress", "own_python", "heap"},
    {"policy", "reports", "simulator"},
    {"fees"},
    {"events", "accounts", "goods", "drafts", "catalogue", "orders", "payments", "sourcing", "coverage"},
    {"damaged_stock", "charges", "refunds", "receipts", "documents", "inbound", "order_adjustments"},
    {
        "netting",
        "deadlines",
        "valuation",
        "confidence",
        "cases",
        "detectors",
        "claims",
        "checks",
        "roll_forward",
    },
    {"recalled", "waiting", "stages", "same_issue", "dashboard"},
    {"shield"},
    {"pipeline", "books", "template"},
    {
        "memory",
        "case_texts",
        "evidence_pack",
        "typed_over",
        "workbook",
        "frame_cache",
        "report_workers",
        "results",
        "settlement_ties",
        "case_payments",
        "filed_claims",
        "case_figures",
        "case_advice",
        "reconciliation",
        "payment_evidence",
        "kept_evidence",
        "reversal_watch",
        "case_money",
        "journal",
        "home",
        "importing",
        "clearing",
        "reports_folder",
        "source_files",
        "explain",
        "prepare",
        "freshness",
        "case_sheet",
        "case_checks",
        "case_update",
        "case_acts",
        "case_start",
        "case_record",
        "case_log",
        "playbook",
        "follow_ups",
        "filing_plan",
        "work_tasks",
        "work_queue",
        "missed_money",
        "work_ahead",
        "run",
        "dashboard_sheet",
        "result_sheets",
        "refresh",
    },
    {"upgrade", "tidying", "targets", "shared_work", "addin", "worksheet_functions"},
    {
        "addin_commands",
        "doors",
        "live_doors",
        "progress_window",
        "printing",
        "console",
        "score",
        "options",
        "case_commands",
        "sharing",
        "sharing_printing",
        "case_doors",
        "case_papers",
        "due_printing",
        "udfs",
        "freezing",
        "dialogs",
        "clock",
    },
    {"cli", "macros", "udf_server"},
)
DOORS = {
    "addin_commands",
    "cli",
    "clock",
    "doors",
    "live_doors",
    "case_doors",
    "case_papers",
    "case_commands",
    "printing",
    "due_printing",
    "sharing",
    "sharing_printing",
    "macros",
    "udfs",
    "freezing",
    "udf_server",
    "template.__main__",
    "score.sellers",
}
ONLY_THESE = {  # unit -> the only other units it may import
    "model": set(),
    "sheets": set(),
    "simulator": set(),
    "untrusted": set(),
    "reports": {"model", "untrusted"},
    "policy": {"model"},
    "books": {"model", "sheets", "untrusted", "progress"},
}
EXCEL = {"openpyxl", "xlwings", "xlsxwriter", "fastexcel"}
NETWORK = {"socket", "ssl", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "asyncio"}
CLOCKS = {"today", "now", "utcnow", "time", "time_ns", "localtime", "gmtime", "ctime"}
DATA_TABLES = {"sheets.py", "_kinds.py"}  # declarations, not code: no limit of length
MOST_LINES, MOST_FUNCTION_LINES = 300, 50
HEADINGS = ("Looks for:", "Wrong when:", "Amazon says:")
TIRED_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "v2"}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module by its dotted name below recoup: ``policy``, ``policy.rulebook``, ``__init__``."""
    return {name_of(p): ast.parse(p.read_text(encoding="utf-8")) for p in sorted(SOURCE.rglob("*.py"))}


def name_of(path: Path) -> str:
    parts = list(path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def path_of(module: str) -> Path:
    path = SOURCE.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def kinds() -> list[str]:
    return sorted(p.stem for p in (SOURCE / "detectors").glob("[!_]*.py"))


def own_imports(module: str) -> set[str]:
    """The modules of recoup that a module imports, also inside functions; for typing only or not."""
    package = module if path_of(module).name == "__init__.py" else module.rpartition(".")[0]
    package = "" if module == "__init__" else package
    found: set[str] = set()
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.Import):
            found |= {a.name.removeprefix("recoup.") for a in node.names if a.name.startswith("recoup")}
        elif isinstance(node, ast.ImportFrom):
            found |= _named(node, package)
    return found - {module}


def _named(node: ast.ImportFrom, package: str) -> set[str]:
    if node.level:
        parts = package.split(".") if package else []
        base = ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])
    elif (node.module or "").split(".")[0] == "recoup":
        base = (node.module or "").removeprefix("recoup").removeprefix(".")
    else:
        return set()
    below = {f"{base}.{a.name}".lstrip(".") for a in node.names}
    submodules = below & modules().keys()
    return submodules | ({base or "__init__"} if below - submodules else set())


def outside_imports(module: str) -> set[str]:
    """The first names of the modules from elsewhere that a module imports."""
    found = set()
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found


def is_door(module: str) -> bool:
    return bool({module, unit(module)} & DOORS)


def unit(module: str) -> str:
    return module.split(".")[0]


def layer_of(name: str) -> int:
    return next((i for i, layer in enumerate(LAYERS) if name in layer), len(LAYERS))


def test_every_module_has_its_place_in_the_layers() -> None:
    placed = Counter(name for layer in LAYERS for name in layer)
    assert set(placed) == {unit(m) for m in modules()}, "LAYERS in this file: add or remove these"
    assert set(placed.values()) == {1}


def test_imports_go_one_way() -> None:
    wrong = [
        f"{module} imports {other}"
        for module in modules()
        if not is_door(module)
        for other in own_imports(module)
        if layer_of(unit(other)) > layer_of(unit(module))
    ]
    assert wrong == []


def test_some_units_import_only_what_is_named_for_them() -> None:
    wrong = [
        f"{module} imports {other}"
        for module in modules()
        for other in own_imports(module)
        if unit(module) in ONLY_THESE and unit(other) not in {unit(module), *ONLY_THESE[unit(module)]}
    ]
    assert wrong == []


def test_no_units_import_each_other_in_a_circle() -> None:
    arrows: dict[str, set[str]] = {}
    for module in modules():
        others = {unit(other) for other in own_imports(module)} - {unit(module)}
        arrows.setdefault(unit(module), set()).update(others)
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(error.args[1])}")


def test_nothing_but_doors_imports_a_door_or_the_simulator() -> None:
    wrong = [
        f"{module} imports {other}"
        for module in modules()
        if not is_door(module)
        for other in own_imports(module)
        if is_door(other) or (unit(other) == "simulator" and unit(module) != "simulator")
    ]
    assert wrong == []


def test_detectors_never_import_each_other() -> None:
    wrong = [
        f"{kind} imports {other}"
        for kind in kinds()
        for other in own_imports(f"detectors.{kind}")
        if other.startswith("detectors") and other.split(".")[-1] in set(kinds()) | {"detectors"}
    ]
    assert wrong == []


def test_only_books_template_and_doors_import_excel_libraries_and_reports_the_reader() -> None:
    wrong = []
    for module in modules():
        allowed = EXCEL if unit(module) in {"books", "template"} or is_door(module) else set()
        allowed = {"fastexcel"} if unit(module) in {"reports", "untrusted"} else allowed
        wrong += [f"{module} imports {lib}" for lib in (outside_imports(module) & EXCEL) - allowed]
    assert wrong == []


def test_nothing_can_reach_the_network() -> None:
    wrong = [f"{m} imports {n}" for m in modules() for n in outside_imports(m) & NETWORK]
    assert wrong == []


def test_nobody_asks_the_clock_but_the_command_line() -> None:
    wrong = [f"{m}, line {line}" for m in modules() if m != "clock" for line in _clock_calls(modules()[m])]
    assert wrong == []


def _clock_calls(tree: ast.Module) -> Iterator[int]:
    """Lines that ask what time it is now; perf_counter and times of files are no clock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node.lineno for a in node.names if a.name in CLOCKS)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCKS
            and (node.func.attr in {"today", "now", "utcnow"} or ast.unparse(node.func.value) == "time")
            and not (node.func.attr in {"localtime", "gmtime", "ctime"} and node.args)
        ):
            yield node.lineno


@pytest.mark.parametrize("kind", kinds())
def test_a_detector_says_what_it_looks_for_when_it_is_wrong_and_what_amazon_says(kind: str) -> None:
    text = ast.get_docstring(modules()[f"detectors.{kind}"]) or ""
    lines = text.splitlines()
    stands = [next((i for i, line in enumerate(lines) if line.startswith(h)), -1) for h in HEADINGS]
    assert -1 not in stands and stands == sorted(stands), f"headings {HEADINGS} in this order, each on a line"
    for path in (word for word in lines[stands[2]].replace(",", " ").split() if word.endswith(".yaml")):
        assert (SOURCE / path).is_file(), path


@pytest.mark.parametrize("kind", kinds())
def test_a_detector_holds_no_number_but_0_and_1(kind: str) -> None:
    tree = modules()[f"detectors.{kind}"]
    numbers = [
        f"line {n.lineno}: {n.value}"
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and type(n.value) in (int, float) and n.value not in (0, 1)
    ]
    assert numbers == [], "put it into policy/*.yaml, or into a named function outside the detectors"


@pytest.mark.parametrize("kind", kinds())
def test_a_detector_has_a_case_with_its_claim_and_a_case_without_any(kind: str) -> None:
    file = TESTS / "cases" / f"{kind}.yaml"
    assert file.is_file(), f"write {file.relative_to(ROOT)}"
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert document["detector"] == kind
    claimed = [any(c.get("kind", kind) == kind for c in case["claims"]) for case in document["cases"]]
    assert {True, False} <= set(claimed)


def test_every_file_under_cases_policy_and_reports_is_run() -> None:
    without = [word for plugin in ("cacheprovider", "hypothesispytest") for word in ("-p", f"no:{plugin}")]
    collect = [sys.executable, "-m", "pytest", "--collect-only", *without, "-n", "0"]
    runners = [TESTS / f"test_{name}.py" for name in ("cases", "policy_cases", "reports_samples")]
    done = subprocess.run([*collect, *map(str, runners)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    ids = [line.partition("[")[2] for line in done.stdout.splitlines()]
    for file in sorted((TESTS / "cases").rglob("*")):
        cases = yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]
        assert sum(i.startswith(f"{file.stem}: ") for i in ids) >= len(cases) > 0, file.name
    for file in sorted((TESTS / "policy").rglob("*")):
        lines = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert sum(i.startswith(f"{file.stem}: ") for i in ids) >= len(lines) > 0, file.name
    for file in sorted(p for p in (TESTS / "reports").rglob("*") if p.is_file()):
        sample = f"{file.parent.name}/{file.name.split('.')[0]}."
        assert any(i.startswith(sample) for i in ids), file.name


def test_every_module_says_what_it_is_for() -> None:
    silent = [m for m, tree in modules().items() if not (ast.get_docstring(tree) or "").strip()]
    assert silent == []


def test_every_signature_of_a_public_function_is_typed() -> None:
    bare = []
    for module, function in _functions():
        if function.name.startswith("_") and not function.name.startswith("__"):
            continue
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        arguments += [a for a in (function.args.vararg, function.args.kwarg) if a]
        untyped = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
        if untyped or function.returns is None:
            bare.append(f"{module}.{function.name}: {', '.join(untyped) or 'no return type'}")
    assert bare == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{module}.{f.name}: {(f.end_lineno or 0) - f.lineno + 1} lines"
        for module, f in _functions()
        if (f.end_lineno or 0) - f.lineno >= MOST_FUNCTION_LINES
    ]
    assert long == []


def test_no_module_is_too_long() -> None:
    files = {m: path_of(m) for m in modules() if path_of(m).name not in DATA_TABLES}
    long = [m for m, path in files.items() if path.read_bytes().count(b"\n") >= MOST_LINES]
    sizes = {m: _lines_of_code(files[m]) for m in long}
    assert {m: n for m, n in sizes.items() if n > MOST_LINES} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [m for m in modules() if set(m.lower().replace("_", ".").split(".")) & TIRED_NAMES] == []


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield module, node


def _lines_of_code(path: Path) -> int:
    """Lines that hold more than a comment or a docstring."""
    text = path.read_text(encoding="utf-8")
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in skipped | {tokenize.ENDMARKER}:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            note = node.body[0]
            lines -= set(range(note.lineno, (note.end_lineno or note.lineno) + 1))
    return len(lines)
