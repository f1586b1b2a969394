"""`recoup addin bundle`: which wheels are got for Windows, what lies in the folder, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import recoup
from conftest import EFFORT
from recoup import __version__
from recoup.addin.bundle import download_with_pip, make_bundle
from recoup.addin.own_wheel import own_wheel
from recoup.addin.wheels import Download, get_wheels
from recoup.model import RecoupError

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


class Noted(Distribution):
    """Recoup as pip notes it when it is installed, from what the project declares."""

    def __init__(self, version: str = __version__, *needs: str) -> None:
        lines = [
            "Metadata-Version: 2.4",
            "Name: fba-recoup",
            f"Version: {version}",
            f"Requires-Python: {PROJECT['requires-python']}",
            *(f"Requires-Dist: {need}" for need in needs or PROJECT["dependencies"]),
            'Requires-Dist: mypy>=1.18; extra == "dev"',
        ]
        self._texts = {
            "METADATA": "\n".join(lines) + "\n",
            "WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "entry_points.txt": "[console_scripts]\nrecoup = recoup.cli:main\n",
            "RECORD": "recoup/cli.py,,\nfba_recoup.dist-info/licenses/LICENSE,,\n",
        }

    def read_text(self, filename: str) -> str | None:
        return self._texts.get(str(filename))

    def locate_file(self, path: object) -> Path:
        return ROOT / Path(str(path)).name


def index(**packages: dict[str, list[str]]) -> Download:
    """A package index on paper: versions, newest first, and what each needs. It refuses what it does not have."""

    def download(folder: Path, needs: list[str]) -> None:
        for need in map(Requirement, needs):
            fitting = [v for v in packages[need.name] if v in need.specifier]
            if not fitting:
                raise RecoupError(f"no {need}")
            lines = [f"Requires-Dist: {line}\n" for line in packages[need.name][fitting[0]]]
            assert not list(folder.glob(f"{need.name}-*.whl")), "the wheel before is gone"
            with zipfile.ZipFile(folder / f"{need.name}-{fitting[0]}-py3-none-any.whl", "w") as wheel:
                wheel.writestr(f"{need.name}-{fitting[0]}.dist-info/METADATA", "Name: x\n" + "".join(lines))

    return download


def got(folder: Path, needs: list[str], download: Download, python: str = "3.12") -> list[str]:
    return [w.name.removesuffix("-py3-none-any.whl") for w in get_wheels(folder, needs, python, download)]


def test_what_is_needed_on_windows_only_is_got_on_every_system(tmp_path: Path) -> None:
    windows, mac = 'platform_system == "Windows"', 'sys_platform == "darwin"'
    download = index(excel={"1": [f"com; {windows}", f"apple; {mac}"]}, com={"2": []}, apple={"3": []})
    assert got(tmp_path, ["excel", f"apple; {mac}"], download) == ["com-2", "excel-1"]


def test_conditions_follow_the_python_of_the_pcs(tmp_path: Path) -> None:
    download = index(a={"1": ['old; python_version < "3.13"']}, old={"1": []})
    (tmp_path / "13").mkdir()
    (tmp_path / "12").mkdir()
    assert got(tmp_path / "13", ["a"], download, "3.13") == ["a-1"]
    assert got(tmp_path / "12", ["a"], download, "3.12") == ["a-1", "old-1"]


def test_a_version_that_another_package_forbids_is_got_again_with_its_own_needs(tmp_path: Path) -> None:
    download = index(
        core={"3": ["fancy"], "2": ["plain"]}, user={"1": ["core<3"]}, fancy={"1": []}, plain={"1": []}
    )
    assert got(tmp_path, ["core", "user"], download) == ["core-2", "plain-1", "user-1"]


def test_the_needs_of_an_extra_are_got_only_where_it_is_asked_for(tmp_path: Path) -> None:
    download = index(a={"1": ["b[fast]"]}, b={"1": ['c; extra == "fast"', 'd; extra == "slow"']}, c={"1": []})
    assert got(tmp_path, ["a"], download) == ["a-1", "b-1", "c-1"]


def test_packages_that_need_each_other_are_got_once(tmp_path: Path) -> None:
    assert got(tmp_path, ["a"], index(a={"1": ["b"]}, b={"1": ["A>=1"]})) == ["a-1", "b-1"]


def some_wheels(folder: Path, needs: list[str]) -> None:
    """For each requirement a wheel that needs nothing."""
    for need in map(Requirement, needs):
        version = next((s.version for s in need.specifier if s.operator in (">=", "==")), "1")
        with zipfile.ZipFile(folder / f"{need.name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{need.name}-{version}.dist-info/METADATA", "Name: x\n")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("it") / "recoup for IT"
    make_bundle(folder, "3.12", Noted(), some_wheels)
    return folder


def test_the_folder_holds_wheels_list_addin_and_script_and_nothing_else(bundle: Path) -> None:
    assert {p.name for p in bundle.iterdir()} == {"wheels", "requirements.txt", "recoup.xlam", "install.cmd"}
    assert len(list((bundle / "wheels").iterdir())) == len(PROJECT["dependencies"]) + 1
    assert [p.name for p in bundle.parent.iterdir()] == [bundle.name]
    assert (bundle / "recoup.xlam").read_bytes() == (ROOT / "addin" / "recoup.xlam").read_bytes()


def test_the_list_pins_every_wheel_by_its_hash(bundle: Path) -> None:
    listed = re.findall(r"--hash=sha256:(\w+)$", (bundle / "requirements.txt").read_text(), re.MULTILINE)
    hashes = {hashlib.sha256(w.read_bytes()).hexdigest() for w in (bundle / "wheels").iterdir()}
    assert set(listed) == hashes and len(listed) == len(hashes)
    assert f"fba_recoup=={__version__} --hash" in (bundle / "requirements.txt").read_text()


def test_the_script_asks_for_no_administrator_and_no_network(bundle: Path) -> None:
    script = (bundle / "install.cmd").read_bytes()
    assert script.isascii() and script.count(b"\r\n") == script.count(b"\n")
    text = script.decode()
    assert "{" not in text and "py -3.12 -m venv" in text and "Program Files" not in text
    install = next(line for line in text.splitlines() if " install --" in line)
    assert all(option in install for option in ("--isolated", "--no-index", "--require-hashes"))
    labels = set(re.findall(r"^:(\w+)", text, re.MULTILINE))
    assert set(re.findall(r"goto (\w+)", text)) == labels
    assert '"%PLACE%\\Scripts\\recoup.exe" addin install' in text


def test_the_wheel_of_recoup_holds_what_runs_and_the_parts_of_the_addin(bundle: Path, tmp_path: Path) -> None:
    (wheel,) = (bundle / "wheels").glob("fba_recoup-*.whl")
    with zipfile.ZipFile(wheel) as package:
        inside = {name: package.read(name) for name in package.namelist()}
    package_folder = Path(recoup.__file__).parent
    sources = {f"recoup/{p.relative_to(package_folder).as_posix()}" for p in package_folder.rglob("*.py")}
    assert sources <= inside.keys() and not any("__pycache__" in name for name in inside)
    for part in ("recoup.xlam", "recoup.applescript", "vba/RecoupRibbon.bas"):
        assert inside[f"recoup/addin/files/{part}"] == (ROOT / "addin" / part).read_bytes()
    assert (
        inside["recoup/policy/claim_windows.yaml"]
        == (package_folder / "policy/claim_windows.yaml").read_bytes()
    )
    notes = f"fba_recoup-{__version__}.dist-info"
    assert inside[f"{notes}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert b"recoup = recoup.cli:main" in inside[f"{notes}/entry_points.txt"]
    recorded = dict(line.split(",")[:2] for line in inside[f"{notes}/RECORD"].decode().splitlines())
    assert recorded.keys() == inside.keys()
    for name in inside.keys() - {f"{notes}/RECORD"}:
        digest = base64.urlsafe_b64encode(hashlib.sha256(inside[name]).digest()).rstrip(b"=").decode()
        assert recorded[name] == f"sha256={digest}"


@pytest.mark.parametrize("noted", [Noted("0.0.9"), Noted(__version__, "pandas>=2")], ids=["version", "needs"])
def test_notes_of_pip_that_are_older_than_the_clone_are_refused(noted: Distribution) -> None:
    with pytest.raises(RecoupError, match="has changed since pip noted what it needs; run pip install"):
        own_wheel(noted)


def no_network(folder: Path, needs: list[str]) -> None:
    raise RecoupError("no network")


@pytest.mark.parametrize(
    ("prepare", "python", "says"),
    [
        (lambda folder: None, "3.12", "no network"),
        (lambda folder: folder.mkdir(), "3.12", "no network"),
        (lambda folder: (folder.mkdir(), (folder / "a").touch()), "3.12", "is not empty; name a new folder"),
        (lambda folder: folder.touch(), "3.12", "is not empty; name a new folder"),
        (lambda folder: None, "3.9", r"Recoup needs >=3\.11; name a newer one"),
        (lambda folder: None, "3.12 & del", r"write the version as 3\.12"),
    ],
)
def test_what_is_refused_leaves_everything_as_it_was(
    tmp_path: Path, prepare: Callable[[Path], object], python: str, says: str
) -> None:
    folder = tmp_path / "bundle"
    prepare(folder)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RecoupError, match=says):
        make_bundle(folder, python, Noted(), no_network)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_whose_parent_is_missing_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecoupError, match="make the folder"):
        make_bundle(tmp_path / "nowhere" / "bundle", "3.12", Noted(), some_wheels)


def test_when_pip_cannot_get_a_wheel_its_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(
        RecoupError, match=r"No matching distribution found for rich.*check the network"
    ) as refused:
        make_bundle(tmp_path / "bundle", "3.12", Noted(__version__, *PROJECT["dependencies"]), only_rich)
    assert "\n" not in str(refused.value) and list(tmp_path.iterdir()) == []


def only_rich(folder: Path, needs: list[str]) -> None:
    download_with_pip("3.12")(folder, ["rich>=14"])


@pytest.mark.slow
@pytest.mark.skipif(EFFORT == "ci", reason="gets 70 MB from the package index")
def test_pip_takes_a_real_bundle_without_an_index(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    make_bundle(folder, "3.12", Noted(), download_with_pip("3.12"))
    names = {w.name.split("-")[0] for w in (folder / "wheels").iterdir()}
    assert {"pywin32", "tzdata", "colorama", "packaging"} <= names and "appscript" not in names
    pip = [sys.executable, "-m", "pip", "--isolated"]
    offline = ["-q", "--no-index", "--find-links", folder / "wheels"]
    choice = [
        "--only-binary=:all:",
        "--platform",
        "win_amd64",
        "--python-version",
        "3.12",
        "-d",
        tmp_path / "again",
    ]
    listed = ["--require-hashes", "-r", folder / "requirements.txt"]
    subprocess.run([*pip, "download", *offline, *choice, *listed], check=True)
    assert len(list((tmp_path / "again").iterdir())) == len(list((folder / "wheels").iterdir()))
    own = ["--no-deps", "--target", tmp_path / "own", "fba-recoup"]
    subprocess.run([*pip, "install", *offline, *own], check=True)
    code = "import sys; sys.path.insert(0, sys.argv[1]); from recoup.addin import materials as m; print(m.materials())"
    run = [sys.executable, "-E", "-P", "-c", code, str(tmp_path / "own")]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == str(tmp_path / "own" / "recoup" / "addin" / "files")
