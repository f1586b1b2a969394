"""Makes a vbaProject.bin from VBA text, as MS-OVBA says: source only, no compiled code, so the host compiles it.

Nothing in it depends on the clock or the machine: the same modules give the same bytes.
"""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from recoup.addin.compound_file import compound_file
from recoup.addin.vba_compression import compress
from recoup.model import RecoupError

_CODE_PAGE = 1252
_NO_CACHE = bytes.fromhex("CC61FFFF000000")  # _VBA_PROJECT of a project that holds no compiled code
_UNUSED_COOKIE = struct.pack("<H", 0xFFFF)
_WORD_PROTECTED, _PASSWORD, _VISIBLE = bytes(4), bytes(1), b"\xff"  # CMG, DPB, GC: nothing locked, all seen
_SEED = 0x5D
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_LONGEST_LINE = 1023
_REFERENCES = (
    (
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


class Kind(Enum):
    """What a module is."""

    STANDARD, CLASS, WORKBOOK, SHEET = range(4)


_LISTED = {  # how the PROJECT stream names it
    Kind.STANDARD: "Module={}",
    Kind.CLASS: "Class={}",
    Kind.WORKBOOK: "Document={}/&H00000000",
    Kind.SHEET: "Document={}/&H00000000",
}
_BASES = {  # the class it is made from
    Kind.CLASS: "{FCFB3D2A-A0FA-1068-A738-08002B3371B5}",
    Kind.WORKBOOK: "{00020819-0000-0000-C000-000000000046}",
    Kind.SHEET: "{00020820-0000-0000-C000-000000000046}",
}


@dataclass(frozen=True, slots=True)
class Module:
    """A module of VBA: its name and its text, without attributes but for those of procedures."""

    name: str
    kind: Kind
    code: str = ""

    def source(self) -> bytes:
        """The text as it stands in the project, with its attributes. Raises ``RecoupError``."""
        self._refuse_unfit()
        lines = [*self._attributes(), *self.code.splitlines()]
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")

    def _refuse_unfit(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise RecoupError(
                f"{self.name}: a VBA module is named by at most 31 letters, digits and _; rename it."
            )
        for number, line in enumerate(self.code.splitlines(), 1):
            if not line.isascii():
                raise RecoupError(f"{self.name}, line {number}: write it with plain ASCII characters.")
            if len(line) > _LONGEST_LINE:
                raise RecoupError(
                    f"{self.name}, line {number}: VBA takes {_LONGEST_LINE} characters; break it."
                )

    def _attributes(self) -> list[str]:
        name = f'Attribute VB_Name = "{self.name}"'
        if self.kind is Kind.STANDARD:
            return [name]
        of_document = self.kind is not Kind.CLASS
        return [
            name,
            f'Attribute VB_Base = "0{_BASES[self.kind]}"',
            "Attribute VB_GlobalNameSpace = False",
            "Attribute VB_Creatable = False",
            f"Attribute VB_PredeclaredId = {of_document}",
            f"Attribute VB_Exposed = {of_document}",
            "Attribute VB_TemplateDerived = False",
            f"Attribute VB_Customizable = {of_document}",
        ]


def vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The vbaProject.bin of a project with these modules. Raises ``RecoupError`` when one cannot be in it."""
    names = [name.lower(), *(m.name.lower() for m in modules)]
    if twice := {n for n in names if names.count(n) > 1}:
        raise RecoupError(
            f"{min(twice)}: two modules, or a module and the project, share this name; rename one."
        )
    streams = {m.name: compress(m.source()) for m in modules}
    directory = compress(_directory(name, modules))
    return compound_file(
        {
            "PROJECT": _project(name, modules),
            "PROJECTwm": b"".join(_names(m.name) for m in modules) + bytes(2),
            "VBA": {"_VBA_PROJECT": _NO_CACHE, "dir": directory, **streams},
        }
    )


def _names(name: str) -> bytes:
    return name.encode("ascii") + b"\0" + name.encode("utf-16-le") + bytes(2)


def _record(number: int, body: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(body)) + body


def _directory(name: str, modules: Sequence[Module]) -> bytes:
    """The dir stream, MS-OVBA 2.3.4.2: the project, its references, its modules."""
    return b"".join(
        [
            _information(name),
            *(_reference(*reference) for reference in _REFERENCES),
            _record(0x0F, struct.pack("<H", len(modules))),
            _record(0x13, _UNUSED_COOKIE),
            *(_module(m) for m in modules),
            _record(0x10),
        ]
    )


def _information(name: str) -> bytes:
    english = struct.pack("<I", 0x409)
    return b"".join(
        [
            _record(0x01, struct.pack("<I", 1)),  # 32-bit Windows, as Excel of any kind writes
            _record(0x02, english),
            _record(0x14, english),
            _record(0x03, struct.pack("<H", _CODE_PAGE)),
            _record(0x04, name.encode("ascii")),
            _record(0x05) + _record(0x40),  # description
            _record(0x06) + _record(0x3D),  # help file
            _record(0x07, bytes(4)),  # help context
            _record(0x08, bytes(4)),  # flags
            struct.pack("<HIIH", 0x09, 4, 1, 1),  # version; the length does not count its last two bytes
            _record(0x0C) + _record(0x3C),  # constants of conditional compilation
        ]
    )


def _reference(name: str, library: str) -> bytes:
    text = library.encode("ascii")
    body = struct.pack("<I", len(text)) + text + bytes(6)
    return _record(0x16, name.encode("ascii")) + _record(0x3E, name.encode("utf-16-le")) + _record(0x0D, body)


def _module(module: Module) -> bytes:
    plain, wide = module.name.encode("ascii"), module.name.encode("utf-16-le")
    return b"".join(
        [
            _record(0x19, plain) + _record(0x47, wide),
            _record(0x1A, plain) + _record(0x32, wide),  # its stream
            _record(0x1C) + _record(0x48),  # description
            _record(0x31, bytes(4)),  # the source starts at byte 0: there is no compiled code before it
            _record(0x1E, bytes(4)),  # help context
            _record(0x2C, _UNUSED_COOKIE),
            _record(0x21 if module.kind is Kind.STANDARD else 0x22),
            _record(0x2B),
        ]
    )


def _project(name: str, modules: Sequence[Module]) -> bytes:
    """The PROJECT stream, MS-OVBA 2.3.1: what is in the project, as text."""
    identity = f"{{{uuid.uuid5(uuid.NAMESPACE_URL, f'vba:{name}')}}}".upper()
    protection = {"CMG": _WORD_PROTECTED, "DPB": _PASSWORD, "GC": _VISIBLE}
    lines = [
        f'ID="{identity}"',
        *(_LISTED[m.kind].format(m.name) for m in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        *(f'{key}="{_encrypted(state, identity)}"' for key, state in protection.items()),
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{m.name}=0, 0, 0, 0, C" for m in modules),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _encrypted(state: bytes, identity: str) -> str:
    """A protection state, MS-OVBA 2.4.3.2, with a fixed seed so that it is the same each time."""
    key = sum(identity.encode("ascii")) & 0xFF
    written = [_SEED, _SEED ^ 2, _SEED ^ key]
    before = key
    for byte in bytes([7] * ((_SEED & 6) // 2)) + struct.pack("<I", len(state)) + state:
        written.append(byte ^ (written[-2] + before & 0xFF))
        before = byte
    return bytes(written).hex().upper()
