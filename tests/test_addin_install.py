"""`recoup addin install` and `uninstall`, on computers made in a folder: what is put where, and what is left alone."""

from __future__ import annotations

import dataclasses
import importlib.util
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from computers import everything_in, linux, mac, make, windows
from recoup import __version__, cli
from recoup.addin import computer as computers
from recoup.addin.computer import Computer, System
from recoup.addin.installed import settings_in
from recoup.addin.installing import install, interpreter, uninstall
from recoup.addin.materials import INSIDE, PARTS, addin_for, materials
from recoup.addin.places import addin_place, script_place
from recoup.addin.settings import Settings
from recoup.books.base import BookLocked, BookUnsaved
from recoup.books.temporary import own_prefix
from recoup.model import RecoupError

ROOT = Path(__file__).parents[1]
XLWINGS = Path(importlib.util.find_spec("xlwings").origin).parent / "addin" / "xlwings.xlam"  # type: ignore[union-attr,arg-type]
EVERY_EXCEL = pytest.mark.parametrize("kind", [windows, mac], ids=["Windows", "macOS"])


def owner_file(name: str) -> bytes:
    """What Excel leaves beside a file that it has open."""
    return (
        bytes([len(name)])
        + name.encode().ljust(54)
        + len(name).to_bytes(2, "little")
        + name.encode("utf-16-le")
    )


def run(monkeypatch: pytest.MonkeyPatch, computer: Computer, *words: str) -> int:
    """The exit code of a command on a computer."""
    monkeypatch.setattr(computers, "this_computer", lambda: computer)
    monkeypatch.setattr(sys, "argv", ["recoup", "addin", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_on_windows_it_lies_in_the_startup_folder_and_starts_the_silent_python(tmp_path: Path) -> None:
    pc = windows(tmp_path)
    before = everything_in(tmp_path)
    (change,) = install(pc)
    place = tmp_path / "AppData" / "Roaming" / "Microsoft" / "Excel" / "XLSTART" / "recoup.xlam"
    assert (change.file, change.done) == (place, "made")
    silent = str(tmp_path / "Recoup" / "python" / "Scripts" / "pythonw.exe")
    inside = settings_in(place.read_bytes())
    assert (inside["INTERPRETER_WIN"], inside["INTERPRETER_MAC"]) == (silent, "")
    assert inside["RECOUP_VERSION"] == __version__
    after = everything_in(tmp_path)
    assert after.keys() - before.keys() == {str(place.relative_to(tmp_path))}
    assert before.items() <= after.items()


def test_on_macos_the_script_that_starts_python_comes_with_it(tmp_path: Path) -> None:
    apple = mac(tmp_path)
    assert [c.done for c in install(apple)] == ["made", "made"]
    inside = settings_in(addin_place(apple).read_bytes())
    assert (inside["INTERPRETER_WIN"], inside["INTERPRETER_MAC"]) == ("", str(apple.python))
    office = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
    assert addin_place(apple) == tmp_path / office / "recoup.xlam"
    assert script_place(apple).read_bytes() == (ROOT / "addin" / "recoup.applescript").read_bytes()


@EVERY_EXCEL
def test_installing_again_writes_nothing(tmp_path: Path, kind: type) -> None:
    here = kind(tmp_path)
    install(here)
    times = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    assert {c.done for c in install(here)} == {"same"}
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == times


@EVERY_EXCEL
def test_uninstalling_leaves_every_file_as_it_was_before_installing(tmp_path: Path, kind: type) -> None:
    here = kind(tmp_path)
    make(addin_place(here).with_name("PERSONAL.XLSB"), addin_place(here).with_name("recoup notes.xlam"))
    before = everything_in(tmp_path)
    install(here)
    assert everything_in(tmp_path) != before
    assert {c.done for c in uninstall(here)} == {"removed"}
    assert everything_in(tmp_path) == before
    assert {c.done for c in uninstall(here)} == {"absent"}


def test_an_older_addin_is_replaced(tmp_path: Path) -> None:
    pc = windows(tmp_path)
    make(addin_place(pc))
    addin_place(pc).write_bytes(addin_for(Settings(interpreter_win=r"C:\gone\pythonw.exe")))
    assert [c.done for c in install(pc)] == ["replaced"]
    assert addin_place(pc).read_bytes() == addin_for(Settings(interpreter_win=str(interpreter(pc))))


@pytest.mark.parametrize("act", [install, uninstall], ids=["install", "uninstall"])
def test_while_excel_has_it_open_nothing_is_changed(tmp_path: Path, act: object) -> None:
    pc = windows(tmp_path)
    make(addin_place(pc))
    addin_place(pc).write_bytes(addin_for(Settings(interpreter_win=r"C:\gone\pythonw.exe")))
    addin_place(pc).with_name("~$recoup.xlam").write_bytes(owner_file("Ana"))
    before = everything_in(tmp_path)
    with pytest.raises(
        BookLocked, match=r"quit Excel, every window of it, then run this again\. Nothing was"
    ):
        act(pc)  # type: ignore[operator]
    assert everything_in(tmp_path) == before


def test_on_macos_an_open_addin_keeps_the_script_from_being_changed_too(tmp_path: Path) -> None:
    apple = mac(tmp_path)
    make(addin_place(apple))
    addin_place(apple).write_bytes(addin_for(Settings(interpreter_mac="/gone/python")))
    addin_place(apple).with_name("~$recoup.xlam").write_bytes(owner_file("Ana"))
    with pytest.raises(BookLocked):
        install(apple)
    assert not script_place(apple).exists()


@EVERY_EXCEL
@pytest.mark.parametrize("content", [b"", b"x", XLWINGS.read_bytes()], ids=["empty", "no zip", "xlwings"])
def test_a_file_of_the_same_name_that_recoup_did_not_make_stays(
    tmp_path: Path, kind: type, content: bytes
) -> None:
    here = kind(tmp_path)
    make(addin_place(here))
    addin_place(here).write_bytes(content)
    before = everything_in(tmp_path)
    with pytest.raises(RecoupError, match=r"was not made by Recoup; move it elsewhere or rename it"):
        install(here)
    assert {c.done for c in uninstall(here)} == {"absent"}
    assert everything_in(tmp_path) == before


def test_a_script_of_the_same_name_that_recoup_did_not_make_stays(tmp_path: Path) -> None:
    apple = mac(tmp_path)
    make(script_place(apple))
    with pytest.raises(RecoupError, match=r"recoup\.applescript was not made by Recoup"):
        install(apple)
    assert not addin_place(apple).exists()


@pytest.mark.parametrize("where", ["python", "base"])
def test_python_of_the_microsoft_store_is_refused_because_excel_would_see_nothing(
    tmp_path: Path, where: str
) -> None:
    store = tmp_path / "WindowsApps" / "PythonSoftwareFoundation.Python.3.12"
    make(store / "python.exe", store / "pythonw.exe")
    pc = windows(tmp_path, **{where: store / "python.exe" if where == "python" else store})
    before = everything_in(tmp_path)
    with pytest.raises(RecoupError, match=r"Microsoft Store.*python\.org"):
        install(pc)
    assert everything_in(tmp_path) == before


def test_without_the_silent_python_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    pc = windows(tmp_path)
    pc.python.with_name("pythonw.exe").unlink()
    with pytest.raises(RecoupError, match=r"pythonw\.exe is missing.*make the environment again"):
        install(pc)


def test_a_startup_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    pc = windows(tmp_path)
    make(pc.roaming)  # a file stands where the folder should
    with pytest.raises(BookUnsaved, match="Nothing was changed"):
        install(pc)


@pytest.mark.parametrize("word", ["install", "uninstall"])
def test_on_linux_a_sentence_says_that_there_is_no_excel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert run(monkeypatch, linux(tmp_path), word) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert "Excel runs on Windows and macOS only" in said.err
    assert everything_in(tmp_path) == {}


def test_the_commands_say_what_they_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pc = windows(tmp_path)
    said = []
    for word in ("install", "install", "uninstall", "uninstall"):
        assert run(monkeypatch, pc, word) == 0
        said.append(capsys.readouterr().out.splitlines())
    assert said[0] == [
        f"Put {addin_place(pc)} there.",
        f"Its buttons start {interpreter(pc)}.",
        "Start Excel anew to see the Recoup tab; `recoup addin doctor` checks everything around it.",
    ]
    assert said[1][0] == f"{addin_place(pc)} is there already, as it should be."
    assert said[2] == [f"Removed {addin_place(pc)}."]
    assert said[3] == [f"{addin_place(pc)} is not there; nothing to remove."]


def test_an_open_addin_ends_the_command_as_an_open_workbook_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pc = windows(tmp_path)
    make(addin_place(pc).with_name("~$recoup.xlam"))
    assert run(monkeypatch, pc, "install") == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_another_python_is_asked_for_its_recoup_the_way_a_click_starts_it() -> None:
    assert computers.version_in(Path(sys.executable)) != ""
    assert computers.version_in(Path(sys.executable).with_name("nowhere")) == ""


class PaperWinreg:
    """Windows' own module for its registry, as far as it is used."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, REG_SZ, REG_EXPAND_SZ = 1, 2, 3, 4

    @contextmanager
    def OpenKey(self, root: int, key: str) -> Iterator[str]:
        if (root, key) != (self.HKEY_CURRENT_USER, "Software"):
            raise FileNotFoundError(key)
        yield key

    def QueryInfoKey(self, key: str) -> tuple[int, int, int]:
        return 1, 3, 0

    def EnumValue(self, key: str, number: int) -> tuple[str, object, int]:
        return [("Path", "%X%/a", self.REG_EXPAND_SZ), ("N", 7, 0), ("List", ["a"], 0)][number]  # type: ignore[return-value]

    def EnumKey(self, key: str, number: int) -> str:
        return ["Microsoft"][number]

    def ExpandEnvironmentStrings(self, text: str) -> str:
        return text.replace("%X%", "C:")


def test_the_registry_of_windows_is_read_with_its_variables_filled_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", PaperWinreg())  # type: ignore[arg-type]
    registry = computers.this_computer().registry
    assert registry.values("user", "Software") == {"path": "C:/a", "n": 7}
    assert registry.keys("user", "Software") == ["Microsoft"]
    assert (registry.values("machine", "Software"), registry.keys("user", "None")) == ({}, [])


def test_what_a_killed_run_left_where_excel_would_open_it_goes_at_the_next_one(tmp_path: Path) -> None:
    pc = windows(tmp_path)
    before = everything_in(tmp_path)
    left = addin_place(pc).with_name(f"{own_prefix(addin_place(pc))}ab12.tmp")
    make(left)
    install(pc)
    assert not left.exists()
    make(left)
    uninstall(pc)
    assert everything_in(tmp_path) == before


def test_two_runs_at_a_time_are_one_too_many(tmp_path: Path) -> None:
    pc = windows(tmp_path)
    make(addin_place(pc).with_name("PERSONAL.XLSB"))
    with (
        subprocess_holding(addin_place(pc)),
        pytest.raises(BookLocked, match="Another run of Recoup works on"),
    ):
        install(pc)
    assert not addin_place(pc).exists()


@contextmanager
def subprocess_holding(file: Path) -> Iterator[None]:
    """Another process that holds the lock of a file."""
    code = (
        "import sys; from pathlib import Path; from recoup.books.run_lock import only_run\n"
        "with only_run(Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        holder.stdout.readline()
        yield
        holder.stdin.close()


def test_this_computer_is_known() -> None:
    here = computers.this_computer()
    assert here.python == Path(sys.executable) and here.registry.values("user", "Software") is not None
    assert dataclasses.replace(here, system=System.WINDOWS).from_store() is False


def test_a_wheel_is_told_to_hold_every_part_where_it_is_looked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    inside = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert inside == {f"addin/{part}": f"recoup/addin/{INSIDE}/{part}" for part in PARTS}
    assert materials() == ROOT / "addin"


@pytest.mark.slow
def test_a_built_wheel_makes_the_committed_addin_without_the_repository(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(ROOT)]
    subprocess.run(pip, check=True)
    (wheel,) = tmp_path.glob("fba_recoup-*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "x")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1] + '/x'); from recoup.addin import materials as m, settings as s;"
        "assert m.materials().is_relative_to(sys.argv[1]); sys.stdout.buffer.write(m.addin_for(s.Settings()))"
    )
    command = [sys.executable, "-E", "-P", "-c", code, str(tmp_path)]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    assert made == (ROOT / "addin" / "recoup.xlam").read_bytes()
