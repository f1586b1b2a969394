"""`recoup addin doctor`: healthy, nothing is to do; each thing that goes wrong is told with its remedy."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from computers import OFFICE, RULES, PaperRegistry, everything_in, linux, mac, make, windows
from excel_habits import REJECTED, ComError
from recoup import __version__, cli
from recoup.addin import computer as computers
from recoup.addin import facts as facts_module
from recoup.addin.computer import Computer
from recoup.addin.diagnosis import Finding, diagnose
from recoup.addin.facts import Facts, collect_facts
from recoup.addin.installing import install
from recoup.addin.materials import addin_for, materials
from recoup.addin.packages import Package, needed_packages
from recoup.addin.places import addin_place, script_place, startup_folder
from recoup.addin.settings import Settings
from recoup.addin.sources import read_modules
from recoup.addin.vba_project import Kind, Module
from recoup.addin.xlam import build_addin
from recoup.books import open_workbooks
from recoup.books.excel_calls import ATTEMPTS

SECURITY = rf"user\{OFFICE}\Excel\Security"
LOCATIONS = rf"{SECURITY}\Trusted Locations"
FIRM = rf"user\{RULES}\Excel\Security"
PACKAGES = (Package("fba-recoup", "", __version__, True), Package("xlwings", "==0.37.8", "0.37.8", True))


@pytest.fixture(autouse=True)
def packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages of Windows, whatever this computer has."""
    monkeypatch.setattr(facts_module, "needed_packages", lambda: PACKAGES)


def told(computer: Computer, **changed: object) -> list[Finding]:
    return diagnose(dataclasses.replace(collect_facts(computer), **changed))


def to_do(computer: Computer, **changed: object) -> list[Finding]:
    return [f for f in told(computer, **changed) if f.state == "act"]


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


def registry(computer: Computer) -> dict[str, dict[str, object]]:
    assert isinstance(computer.registry, PaperRegistry)
    return computer.registry.table  # type: ignore[return-value]


@pytest.fixture
def pc(tmp_path: Path) -> Computer:
    """A PC on which the add-in was installed."""
    computer = windows(tmp_path)
    install(computer)
    return computer


def test_on_a_healthy_pc_nothing_is_to_do_and_every_topic_is_told(pc: Computer) -> None:
    assert to_do(pc) == []
    topics = ["Python", "Packages", "xlwings", "Add-in", "Interpreter", "Excel", "Trust Center"]
    assert [f.topic for f in told(pc, has_windows=True)] == topics
    assert {f.state for f in told(pc, has_windows=True)} == {"ok"}


def test_a_python_without_tkinter_is_told_because_buttons_could_not_ask(pc: Computer) -> None:
    assert "Dialogs" not in [f.topic for f in told(pc, has_windows=True)]
    (finding,) = [f for f in told(pc, has_windows=False) if f.topic == "Dialogs"]
    assert finding.state == "act" and "has no tkinter" in finding.found and "tcl/tk" in finding.remedy


def test_on_a_healthy_mac_it_says_that_worksheet_functions_need_windows(tmp_path: Path) -> None:
    apple = mac(tmp_path)
    install(apple)
    assert to_do(apple) == []
    assert any("worksheet functions need Windows" in f.found for f in told(apple))


def test_on_linux_only_python_is_judged(tmp_path: Path) -> None:
    assert [f.topic for f in told(linux(tmp_path))] == ["Python", "Packages", "Excel"]
    assert to_do(linux(tmp_path)) == []


def test_looking_changes_nothing(pc: Computer) -> None:
    before = everything_in(pc.home)
    collect_facts(pc)
    assert everything_in(pc.home) == before


@pytest.mark.parametrize("kind", [windows, mac], ids=["Windows", "macOS"])
def test_without_the_addin_it_says_to_install_it(tmp_path: Path, kind: Callable[[Path], Computer]) -> None:
    finding = only(to_do(kind(tmp_path)))
    assert finding.topic == "Add-in" and finding.remedy == "Quit Excel and run `recoup addin install`."


def test_a_mac_without_the_script_is_told_to_install_again(tmp_path: Path) -> None:
    apple = mac(tmp_path)
    install(apple)
    script_place(apple).write_bytes(b"RunRecoup of long ago")
    assert only(to_do(apple)).topic == "Script"


def put(computer: Computer, data: bytes) -> None:
    addin_place(computer).write_bytes(data)


def test_an_addin_of_another_recoup_is_stale(pc: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr("recoup.addin.settings.__version__", "0.0.9")
        put(pc, addin_for(Settings(interpreter_win=str(pc.python.with_name("pythonw.exe")))))
    finding = only(to_do(pc))
    assert "was made by Recoup 0.0.9, this is" in finding.found and "recoup addin install" in finding.remedy


def test_an_addin_with_other_functions_in_it_is_stale_though_its_version_is_right(pc: Computer) -> None:
    functions = Module("RecoupOlder", Kind.STANDARD, "' worksheet functions of last month\n")
    modules = [*read_modules(materials() / "vba"), functions]
    put(pc, build_addin(modules, Settings(interpreter_win=str(pc.python.with_name("pythonw.exe")))))
    finding = only(to_do(pc))
    assert "is not what Recoup" in finding.found and "recoup addin install" in finding.remedy


def test_a_file_that_recoup_did_not_make_is_told(pc: Computer) -> None:
    put(pc, b"something else")
    finding = only(to_do(pc))
    assert "was not made by Recoup" in finding.found and finding.remedy.startswith("Move it elsewhere")


def test_a_python_that_is_gone_is_told(pc: Computer) -> None:
    put(pc, addin_for(Settings(interpreter_win=str(pc.home / "old" / "pythonw.exe"))))
    finding = only(to_do(pc))
    assert finding.topic == "Interpreter" and "is gone" in finding.found


def test_an_addin_as_it_is_built_names_no_python(pc: Computer) -> None:
    put(pc, addin_for(Settings()))
    assert only(to_do(pc)).found.endswith("names no Python.")


@pytest.mark.parametrize(
    ("there", "state", "says"),
    [
        ("", "act", "has no Recoup, this is"),
        ("0.0.9", "act", "has Recoup 0.0.9, this is"),
        (__version__, "note", "another Python with the same Recoup"),
    ],
)
def test_another_python_is_asked_which_recoup_it_has(pc: Computer, there: str, state: str, says: str) -> None:
    other = pc.home / "other" / "pythonw.exe"
    make(other)
    put(pc, addin_for(Settings(interpreter_win=str(other))))
    asked = dataclasses.replace(pc, version_in=lambda path: there if path == other else "wrong one")
    (finding,) = (f for f in told(asked) if f.topic == "Interpreter")
    assert finding.state == state and says in finding.found


def test_a_downloaded_addin_is_told(pc: Computer) -> None:
    stream = Path(
        f"{addin_place(pc)}:Zone.Identifier"
    )  # on Windows a part of the file, elsewhere its neighbour
    stream.write_text("[ZoneTransfer]\nZoneId=1\n")
    assert to_do(pc) == []
    stream.write_text("[ZoneTransfer]\nZoneId=3\nHostUrl=https://example.com/recoup.xlam\n")
    finding = only(to_do(pc))
    assert (
        finding.topic == "Downloaded file" and finding.remedy == "Right-click it, Properties, tick Unblock."
    )


def test_a_python_in_a_synced_folder_is_told(tmp_path: Path) -> None:
    scripts = tmp_path / "OneDrive - Firm" / "Documents" / "recoup" / "Scripts"
    make(scripts / "python.exe", scripts / "pythonw.exe")
    pc = windows(tmp_path, python=scripts / "python.exe")
    install(pc)
    finding = only(to_do(pc))
    assert finding.topic == "Synced folder" and finding.found.startswith(str(scripts / "pythonw.exe"))


def test_redirected_settings_in_a_synced_folder_are_told(tmp_path: Path) -> None:
    pc = windows(tmp_path, roaming=tmp_path / "OneDrive" / "Roaming")
    install(pc)
    assert only(to_do(pc)).found.startswith(str(addin_place(pc)))


def test_other_copies_are_told_wherever_excel_looks(pc: Computer, tmp_path: Path) -> None:
    own = tmp_path / "start with these"
    registry(pc)[rf"user\{OFFICE}\Excel\Options"] = {"AltStartup": str(own)}
    registry(pc)[next(k for k in registry(pc) if "App Paths" in k)][""] = str(
        tmp_path / "Office16" / "EXCEL.EXE"
    )
    copies = [
        startup_folder(pc) / "recoup (1).xlam",
        pc.roaming / "Microsoft" / "AddIns" / "Recoup.xlam",
        tmp_path / "Office16" / "XLSTART" / "recoup.xlam",
        own / "recoup_old.xla",
    ]
    make(*copies, own / "budget.xlam", own / "recoup.xlsx")
    found = to_do(pc)
    assert {f.topic for f in found} == {"Copies"}
    assert [f.found.split(" is another copy")[0] for f in found] == [str(c) for c in copies]


def test_another_copy_that_excel_is_told_to_open_is_told_and_our_own_is_not(pc: Computer) -> None:
    options = rf"user\{OFFICE}\Excel\Options"
    registry(pc)[options] = {"OPEN": f'/R "{addin_place(pc)}"', "OPEN1": '"solver.xlam"'}
    assert to_do(pc) == []
    registry(pc)[options]["OPEN2"] = r'/R "D:\Downloads\recoup.xlam"'
    finding = only(to_do(pc))
    assert r"D:\Downloads\recoup.xlam" in finding.found and finding.remedy.startswith("Untick Recoup in")


def test_an_addin_that_excel_switched_off_after_a_crash_is_told(pc: Computer) -> None:
    note = bytes(12) + r"c:\users\ana\appdata\roaming\microsoft\excel\xlstart\recoup.xlam".encode("utf-16-le")
    registry(pc)[rf"user\{OFFICE}\Excel\Resiliency\DisabledItems"] = {"3F2A": note}
    assert "Disabled Items" in only(to_do(pc)).remedy


@pytest.mark.parametrize(
    ("key", "values", "found", "remedy"),
    [
        (SECURITY, {"DisableAllAddins": 1}, "all add-ins switched off.", "Untick it in File"),
        (SECURITY, {"RequireAddinSig": 1}, "wants add-ins signed, and this one is not.", "Untick it in File"),
        (FIRM, {"requireaddinsig": 1}, "by a rule of your firm", "Ask your IT"),
        (rf"user\{OFFICE}\Common", {"VBAOff": 1}, "VBA switched off.", "Install VBA with Office's setup"),
        (rf"machine\{RULES}\Common", {"vbaoff": 1}, "by a rule of your firm", "Ask your IT"),
        (
            rf"user\{RULES}\Common\Security",
            {"requirealwaysonmacrosig": 1},
            "at the start signed",
            "Ask your IT",
        ),
    ],
)
def test_what_forbids_the_addin_everywhere_is_told(
    pc: Computer, key: str, values: dict[str, object], found: str, remedy: str
) -> None:
    registry(pc)[key] = values
    finding = only(to_do(pc))
    assert finding.topic == "Trust Center" and found in finding.found and remedy in finding.remedy


def test_a_rule_of_the_firm_wins_over_what_the_user_chose(pc: Computer) -> None:
    registry(pc)[SECURITY] = {"DisableAllAddins": 1}
    registry(pc)[FIRM] = {"DisableAllAddins": 0}
    assert to_do(pc) == []


@pytest.mark.parametrize("macros", [None, 1, 2, 3, 4])
def test_in_a_trusted_folder_any_macro_setting_will_do(pc: Computer, macros: int | None) -> None:
    registry(pc)[SECURITY] = {"VBAWarnings": macros} if macros else {}
    registry(pc)[rf"{LOCATIONS}\Location2"] = {"Path": f"{startup_folder(pc)}\\".upper()}
    assert [f.state for f in told(pc) if f.topic == "Trust Center"] == ["ok"]


@pytest.mark.parametrize(
    ("macros", "state", "says"),
    [(None, "note", "click Enable Macros"), (1, "ok", "so the add-in runs"), (2, "note", "click Enable Macros"),
     (3, "act", "macros are blocked"), (4, "act", "macros are blocked")],
)  # fmt: skip
@pytest.mark.parametrize(
    "place",
    [
        (LOCATIONS, {"AllLocationsDisabled": 1}),
        (rf"user\{RULES}\Common\Security\Trusted Locations", {"Allow User Locations": 0}),
        (rf"{LOCATIONS}\Location0", {"Path": r"C:\Elsewhere", "AllowSubFolders": 1}),
    ],
    ids=["switched off", "only the firm's", "not listed"],
)
def test_outside_trusted_folders_the_macro_setting_decides(
    pc: Computer, place: tuple[str, dict[str, object]], macros: int | None, state: str, says: str
) -> None:
    registry(pc)[place[0]] = place[1]
    registry(pc)[SECURITY] = {"VBAWarnings": macros} if macros else {}
    (finding,) = (f for f in told(pc) if f.topic == "Trust Center")
    assert finding.state == state and says in finding.found
    assert bool(finding.remedy) == (state == "act")


def test_a_startup_folder_on_a_network_drive_is_not_trusted_unless_that_is_allowed(pc: Computer) -> None:
    registry(pc)[SECURITY] = {"VBAWarnings": 4}
    network = {"startup": r"\\server\profiles\ana\Microsoft\Excel\XLSTART"}
    assert "network drive" in only(to_do(pc, **network)).found
    registry(pc)[LOCATIONS] = {"AllowNetworkLocations": 1}
    assert to_do(pc, **network) == []


def test_a_trusted_folder_covers_the_folders_in_it_only_when_it_says_so(pc: Computer) -> None:
    registry(pc)[SECURITY] = {"VBAWarnings": 4}
    registry(pc)[rf"{LOCATIONS}\Location0"] = {"Path": str(startup_folder(pc).parent)}
    assert len(to_do(pc)) == 1
    registry(pc)[rf"{LOCATIONS}\Location0"]["AllowSubFolders"] = 1
    assert to_do(pc) == []


def test_excel_of_the_store_is_told(pc: Computer) -> None:
    program = next(values for key, values in registry(pc).items() if "App Paths" in key)
    program[""] = r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel_16051\EXCEL.EXE"
    finding = only(to_do(pc))
    assert "Microsoft Store's" in finding.found and "office.com" in finding.remedy


def test_excel_of_the_store_that_names_no_program_is_told(pc: Computer) -> None:
    table = registry(pc)
    del table[next(k for k in table if "App Paths" in k)]
    assert "Windows names no Excel" in only(to_do(pc)).found
    packages = r"Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages"
    table[rf"user\Software\Classes\{packages}\Microsoft.Office.Desktop_16051.1_x86"] = {}
    assert "Microsoft Store's" in only(to_do(pc)).found


@pytest.mark.parametrize(("platform", "bits"), [("x86", "32"), ("x64", "64")])
def test_the_library_of_excels_own_bits_must_be_there(pc: Computer, platform: str, bits: str) -> None:
    registry(pc)[next(k for k in registry(pc) if "ClickToRun" in k)]["Platform"] = platform
    other = {"32": "64", "64": "32"}[bits]
    (pc.prefix / f"xlwings{other}-0.37.8.dll").unlink()
    assert to_do(pc) == [] and any(f"{bits}-bit" in f.found for f in told(pc) if f.topic == "Excel")
    (pc.prefix / f"xlwings{bits}-0.37.8.dll").rename(pc.prefix / f"xlwings{bits}-0.37.1.dll")
    finding = only(to_do(pc))
    assert finding.found.startswith(f"xlwings{bits}-0.37.8.dll is missing")
    assert finding.remedy.endswith("install --force-reinstall --no-deps xlwings==0.37.8.")
    assert any(f"xlwings{bits}-0.37.1.dll of another xlwings" in f.found for f in told(pc))


def test_python_of_the_store_is_told(pc: Computer) -> None:
    store = dataclasses.replace(pc, base=Path("C:/Program Files/WindowsApps/PythonSoftwareFoundation"))
    assert "python.org" in next(f for f in to_do(store) if f.topic == "Python").remedy


def test_a_path_that_macros_cannot_spell_is_told(pc: Computer) -> None:
    installed = collect_facts(pc).installed
    assert installed is not None
    finding = only(to_do(pc, installed=dataclasses.replace(installed, has_typeable_path=False)))
    assert r"C:\Recoup" in finding.remedy


class PaperPackage(Distribution):
    """A package by its version and what it needs."""

    def __init__(self, version: str, *requires: str) -> None:
        lines = [
            "Metadata-Version: 2.4",
            "Name: p",
            f"Version: {version}",
            *(f"Requires-Dist: {r}" for r in requires),
        ]
        self._text = "\n".join(lines)

    def read_text(self, filename: str) -> str | None:
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        raise NotImplementedError


def needed(**packages: PaperPackage) -> dict[str, tuple[str, str, bool]]:
    def find(name: str) -> Distribution:
        try:
            return packages[name.replace("-", "_")]
        except KeyError as error:
            raise PackageNotFoundError(name) from error

    return {p.name: (p.wanted, p.found, p.fits) for p in needed_packages(find)}


def test_packages_are_looked_for_in_depth_and_with_their_versions() -> None:
    recoup = PaperPackage("0.1.0", "xlwings==0.37.8", "Rich>=14", 'mypy; extra == "dev"')
    nowhere = 'appscript; platform_system == "Nowhere"'
    found = needed(
        fba_recoup=recoup, xlwings=PaperPackage("0.37.9", "pywin32>=224", nowhere), rich=PaperPackage("15.0")
    )
    assert found == {
        "fba-recoup": ("", "0.1.0", True),
        "xlwings": ("==0.37.8", "0.37.9", False),
        "pywin32": (">=224", "", False),
        "rich": (">=14", "15.0", True),
    }


def test_packages_that_need_each_other_are_no_endless_search() -> None:
    assert len(needed(fba_recoup=PaperPackage("1", "rich"), rich=PaperPackage("2", "fba-recoup"))) == 2


def test_the_packages_of_this_environment_fit() -> None:
    assert [p for p in needed_packages() if not p.fits] == []


@pytest.mark.parametrize(
    ("package", "found"),
    [
        (Package("pandas", ">=3.0,<4", "2.2", False), "pandas is 2.2; pandas>=3.0,<4 is needed."),
        (Package("pywin32", ">=224", "", False), "pywin32 is missing; pywin32>=224 is needed."),
    ],
)
def test_a_wrong_package_is_told_with_the_command_that_mends_it(
    pc: Computer, package: Package, found: str
) -> None:
    finding = only(to_do(pc, packages=(*PACKAGES, package)))
    assert finding.found == found
    assert finding.remedy == f'Run "{pc.python}" -m pip install "{package.name}{package.wanted}".'


@pytest.mark.parametrize(("noted", "says"), [("", "pip knows of none"), ("0.0.9", "pip knows of 0.0.9")])
def test_a_recoup_that_pip_does_not_know_is_never_to_be_got_from_an_index(
    pc: Computer, noted: str, says: str
) -> None:
    finding = only(to_do(pc, packages=(Package("fba-recoup", "", noted, bool(noted)), PACKAGES[1])))
    assert says in finding.found and finding.remedy.endswith("install . in Recoup's folder.")


def test_every_finding_that_wants_something_done_says_what_in_one_sentence(pc: Computer) -> None:
    registry(pc)[FIRM] = {"VBAWarnings": 4, "RequireAddinSig": 1, "DisableAllAddins": 1}
    put(pc, b"x")
    make(startup_folder(pc) / "recoup2.xlam")
    for finding in told(pc):
        assert bool(finding.remedy) == (finding.state == "act"), finding
        assert finding.found.endswith(".") and finding.remedy.count(". ") == 0, finding


def run(monkeypatch: pytest.MonkeyPatch, computer: Computer, *words: str) -> int:
    monkeypatch.setattr(computers, "this_computer", lambda: computer)
    monkeypatch.setattr(sys, "argv", ["recoup", "addin", "doctor", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_the_command_ends_with_1_only_when_something_must_be_done(
    pc: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, pc) == 0
    assert capsys.readouterr().out.endswith("Nothing to do.\n")
    addin_place(pc).unlink()
    assert run(monkeypatch, pc) == 1
    said = capsys.readouterr().out
    assert "DO   Add-in: No recoup.xlam in" in said and said.endswith("1 thing to do.\n")


def test_json_is_one_document_with_the_same_findings(
    pc: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    addin_place(pc).unlink()
    assert run(monkeypatch, pc, "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["recoup"] == __version__ and document["to_do"] == 1
    assert [tuple(f.values()) for f in document["findings"]] == [dataclasses.astuple(f) for f in told(pc)]


def test_facts_hold_no_name_that_nothing_judges() -> None:
    source = "".join(
        (Path(facts_module.__file__).parent / n).read_text() for n in ("diagnosis.py", "trust.py")
    )
    assert [f.name for f in dataclasses.fields(Facts) if f".{f.name}" not in source] == []


class Linked:
    """A workbook in Excel, as far as the doctor asks it."""

    def __init__(self, name: str, *files: str) -> None:
        self.name, self.api, self.files = name, self, files

    def LinkSources(self, kind: int) -> tuple[str, ...] | None:
        if self.name == "busy.xlsx":
            raise OSError("Call was rejected by callee.")
        return self.files or None if kind == 1 else None


def test_open_workbooks_whose_functions_name_another_computers_addin_are_listed(
    pc: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, own = r"C:\Users\Bob\XLSTART\Recoup.xlam", str(addin_place(pc))
    books = [
        Linked("seller.xlsx", theirs, r"C:\prices.xlsx"),
        Linked("own.xlsx", own),
        Linked("busy.xlsx"),
        Linked("new"),
    ]
    monkeypatch.setattr(open_workbooks.xw, "apps", [SimpleNamespace(books=books)])
    monkeypatch.setattr(open_workbooks.xw, "engines", SimpleNamespace(active="Excel"))
    finding = only(to_do(pc))
    assert finding.topic == "Functions" and "Freeze functions" in finding.remedy
    assert "seller.xlsx" in finding.found and theirs in finding.found


def test_an_excel_that_is_busy_or_gone_keeps_the_doctor_from_nothing(
    pc: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience: list[int] = []
    engine = SimpleNamespace(N_COM_ATTEMPTS=0)  # 0: xlwings asks for ever

    class Busy:
        @property
        def books(self) -> list[Linked]:
            patience.append(engine.N_COM_ATTEMPTS)
            raise ComError(REJECTED)

    theirs = SimpleNamespace(books=[Linked("seller.xlsx", r"C:\Users\Bob\XLSTART\recoup.xlam")])
    monkeypatch.setitem(sys.modules, "xlwings._xlwindows", engine)
    monkeypatch.setattr(open_workbooks.xw, "apps", [Busy(), theirs])
    monkeypatch.setattr(open_workbooks.xw, "engines", SimpleNamespace(active="Excel"))
    assert "seller.xlsx" in only(to_do(pc)).found, "the other Excel is looked at"
    assert patience == [ATTEMPTS]
    monkeypatch.setattr(open_workbooks.xw, "apps", (1 / 0 for _ in [1]))
    assert to_do(pc) == []
