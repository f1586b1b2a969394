"""The VBA container, read back by olefile and a reader that is measured on projects others wrote."""

from __future__ import annotations

import importlib.util
import io
import random
import re
from collections.abc import Callable
from pathlib import Path

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.addin.compound_file import compound_file
from recoup.addin.vba_compression import compress
from recoup.addin.vba_project import Kind, Module, vba_project
from recoup.model import RecoupError
from vba_reader import decompressed, project_in, read_project, records

XLWINGS = Path(importlib.util.find_spec("xlwings").origin).parent / "addin"  # type: ignore[union-attr,arg-type]
CODE = """Option Explicit

Public Function Recoup_Twice(ByVal x As Long) As Long
    Recoup_Twice = 2 * x
End Function
"""
words = st.lists(
    st.sampled_from(["Dim ", "Recoup_", "x", " As Long\r\n", "End Sub\r\n", '"', "  "]), max_size=3000
)


@given(words)
def test_compressed_text_is_read_back_as_it_was(text: list[str]) -> None:
    data = "".join(text).encode()
    assert decompressed(compress(data)) == data


@pytest.mark.parametrize("size", [0, 1, 2, 3, 17, 3600, 4096, 4097, 8192, 30_000])
@pytest.mark.parametrize(
    "letters", ["a", "ab \r\n", "".join(map(chr, range(32, 127)))], ids=["a", "ab", "all"]
)
def test_text_of_any_size_is_read_back_as_it_was(size: int, letters: str) -> None:
    data = "".join(random.Random(size).choices(letters, k=size)).encode()
    assert decompressed(compress(data)) == data


def test_noise_that_would_grow_by_padding_is_refused() -> None:
    with pytest.raises(ValueError, match="no VBA source"):
        compress(random.Random(1).randbytes(4000))


def test_a_full_chunk_of_noise_is_stored_as_it_is() -> None:
    noise = random.Random(1).randbytes(4096)
    assert decompressed(compress(noise)) == noise


def streams(count: int, size: Callable[[int], int]) -> dict[str, bytes]:
    dice = random.Random(count)
    return {f"{'Module' if n % 3 else 'm'}{n}": dice.randbytes(size(n)) for n in range(count)}


@pytest.mark.parametrize("count", [1, 2, 3, 5, 64, 65, 99, 250])
def test_every_stream_of_a_compound_file_is_found_and_whole(count: int) -> None:
    inside = streams(count, lambda n: (0, 1, 63, 64, 65, 4095, 4096, 9000)[n % 8])
    file = compound_file({"PROJECT": b"text", "VBA": inside})
    read = olefile.OleFileIO(io.BytesIO(file), raise_defects=olefile.DEFECT_UNSURE)
    assert {tuple(path) for path in read.listdir()} == {("PROJECT",), *(("VBA", name) for name in inside)}
    assert {name: read.openstream(f"VBA/{name}").read() for name in inside} == inside


@pytest.mark.parametrize("count", [1, 2, 6, 7, 8, 64, 100])
def test_the_directory_is_a_sorted_red_black_tree(count: int) -> None:
    read = olefile.OleFileIO(io.BytesIO(compound_file(streams(count, lambda n: n))))
    found: list[tuple[int, str]] = []
    blacks = set()

    def walk(sid: int, above_is_red: bool, black: int) -> None:
        if sid == olefile.NOSTREAM:
            blacks.add(black)
            return
        entry = read._load_direntry(sid)
        red = entry.color == 0
        assert not (red and above_is_red)
        walk(entry.sid_left, red, black + (not red))
        found.append((len(entry.name), entry.name.upper()))
        walk(entry.sid_right, red, black + (not red))

    walk(read._load_direntry(0).sid_child, False, 0)
    assert found == sorted(found) and len(found) == count
    assert len(blacks) == 1, "every way down passes the same number of black entries"


def test_a_project_gives_back_the_text_of_its_modules() -> None:
    modules = [
        Module("ThisWorkbook", Kind.WORKBOOK),
        Module("Sheet1", Kind.SHEET),
        Module("Click", Kind.CLASS, "Public Tag As String\n"),
        *(Module(f"Part{n}", Kind.STANDARD, CODE * n) for n in range(1, 70)),
    ]
    codes = read_project(vba_project("Project", modules))
    texts = {
        name.partition(".")[0]: re.sub(r"\AAttribute VB_\w+ = .*\n", "", code) for name, code in codes.items()
    }
    assert list(texts) == [m.name for m in modules]
    assert {m.name: m.code for m in modules if m.kind is Kind.STANDARD}.items() <= texts.items()
    assert texts["Click"].endswith("Public Tag As String\n")


def records_of_the_first_module(project: bytes) -> list[int]:
    """The numbers of the records of a dir stream, up to the end of its first module."""
    found = [number for number, _ in records(project)]
    return found[: found.index(0x2B) + 1]


def test_a_project_lists_the_same_records_as_an_addin_that_excel_opens_everywhere() -> None:
    ours = vba_project("P", [Module("ThisWorkbook", Kind.WORKBOOK)])
    theirs = project_in(XLWINGS / "xlwings.xlam")
    assert records_of_the_first_module(ours) == records_of_the_first_module(theirs)


def code_of(text: str) -> list[str]:
    """The lines of a module without those that Excel writes and its editor hides or changes by itself."""
    text = re.sub(r"\AVERSION .*?^END\n", "", text, flags=re.DOTALL | re.MULTILINE)
    return [
        line.rstrip().lower() for line in text.splitlines() if line.strip() and "Attribute VB_" not in line
    ]


SHIPPED = sorted(
    f for f in XLWINGS.iterdir() if f.suffix in (".bas", ".cls") and f.stem != "Main"
)  # Main is filled in


@pytest.mark.parametrize("source", SHIPPED, ids=lambda file: file.name)
def test_the_reader_reads_what_excel_wrote_of_sources_that_are_known(source: Path) -> None:
    code = read_project(project_in(XLWINGS / "xlwings.xlam"))[source.name]
    assert len(SHIPPED) == 12 and code_of(code) == code_of(source.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "damaged", [b"", b"\x00", b"\x01\x05\xb0\x01", b"\x01\x03\x90abcd", b"\x01\x02\xb0\x01\x00\x00"]
)
def test_the_reader_refuses_what_is_damaged(damaged: bytes) -> None:
    with pytest.raises(ValueError, match=r"container|damaged|before"):
        decompressed(damaged)


def test_the_protection_states_decrypt_to_nothing_locked() -> None:
    read = olefile.OleFileIO(io.BytesIO(vba_project("P", [Module("M", Kind.STANDARD, CODE)])))
    text = read.openstream("PROJECT").read().decode()
    key = sum(re.findall('ID="(.*?)"', text)[0].encode()) & 0xFF
    states = {name: decrypted(value, key) for name, value in re.findall('(CMG|DPB|GC)="(.*?)"', text)}
    assert states == {"CMG": bytes(4), "DPB": bytes(1), "GC": b"\xff"}


def decrypted(value: str, key: int) -> bytes:
    """MS-OVBA 2.4.3.3; checked against values that Excel wrote."""
    seed, version, encrypted_key, *rest = bytes.fromhex(value)
    assert (seed ^ version, seed ^ encrypted_key) == (2, key)
    plain, before, last, second = [], key, encrypted_key, version
    for byte in rest:
        plain.append(byte ^ (second + before & 0xFF))
        second, last, before = last, byte, plain[-1]
    length, *state = plain[(seed & 6) // 2 :][0], *plain[(seed & 6) // 2 + 4 :]
    assert length == len(state)
    return bytes(state)


def test_values_that_excel_wrote_decrypt_the_same_way() -> None:
    key = sum(b"{E2E0E410-BF04-4DC5-BDD2-D3FBBA8B7D37}") & 0xFF
    assert decrypted("A7A58C2B7CDD73E173E173E173E1", key) == bytes(4)
    assert decrypted("9D9FB6314A2D4B2D4BD2", key) == b"\xff"


@pytest.mark.parametrize(
    ("module", "says"),
    [
        (Module("M" * 32, Kind.STANDARD), "at most 31 letters"),
        (Module("Two words", Kind.STANDARD), "rename it"),
        (Module("M", Kind.STANDARD, 'a = 1\nb = "\N{EN DASH}"\n'), "M, line 2: write it with plain ASCII"),
        (Module("M", Kind.STANDARD, f"' {'x' * 1022}\n"), "M, line 1: VBA takes 1023 characters"),
        (Module("Project", Kind.STANDARD), "share this name"),
    ],
)
def test_a_module_that_excel_would_not_take_is_refused(module: Module, says: str) -> None:
    with pytest.raises(RecoupError, match=says):
        vba_project("project", [module])
