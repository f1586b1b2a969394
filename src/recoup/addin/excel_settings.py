"""Excel as the registry of Windows tells of it: which one is installed, and what its Trust Center allows.

Office 2016 and everything newer keep their settings under 16.0. A rule of the firm (``Policies``) wins over what the
user chose. Nothing is written there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PureWindowsPath

from recoup.addin.computer import Computer, Registry

_OFFICE = r"Software\Microsoft\Office\16.0"
_POLICIES = (
    ("user", r"Software\Policies\Microsoft\Cloud\Office\16.0"),
    ("user", r"Software\Policies\Microsoft\Office\16.0"),
    ("machine", r"Software\Policies\Microsoft\Office\16.0"),
)
_CLICK_TO_RUN = r"Software\Microsoft\Office\ClickToRun\Configuration"
_PROGRAM = r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_STORE_PACKAGES = (
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages"
)
_LOCATIONS = r"Excel\Security\Trusted Locations"
_SETTINGS = {  # ours: the key below 16.0, and the name there
    "vba_off": ("Common", "vbaoff"),
    "signed_at_start": (r"Common\Security", "requirealwaysonmacrosig"),
    "addins_off": (r"Excel\Security", "disablealladdins"),
    "addins_signed": (r"Excel\Security", "requireaddinsig"),
    "macros": (r"Excel\Security", "vbawarnings"),
    "locations_off": (_LOCATIONS, "alllocationsdisabled"),
    "network_locations": (_LOCATIONS, "allownetworklocations"),
    "own_locations": (r"Common\Security\Trusted Locations", "allow user locations"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A number in the registry, and whether the firm set it."""

    value: int
    by_policy: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """A trusted location."""

    folder: str
    with_subfolders: bool = False

    def holds(self, folder: str) -> bool:
        """Whether files in a folder are trusted by it."""
        place, inside = PureWindowsPath(self.folder), PureWindowsPath(folder)
        return inside == place or (self.with_subfolders and inside.is_relative_to(place))


@dataclass(frozen=True, slots=True)
class Excel:
    """What is known of Excel on Windows; "" and empty where the registry says nothing."""

    program: str = ""
    bits: str = ""  # 32 or 64
    from_store: bool = False
    trust: tuple[tuple[str, Setting], ...] = ()
    locations: tuple[Location, ...] = ()
    listed_addins: tuple[str, ...] = ()  # files that Excel is told to open at its start
    switched_off: tuple[str, ...] = ()  # files that Excel no longer opens because it crashed with them
    own_startup: str = ""  # the folder of Options, Advanced, "At startup, open all files in"

    def setting(self, name: str) -> Setting | None:
        """A setting of the Trust Center by our name for it."""
        return dict(self.trust).get(name)


def read_excel(computer: Computer) -> Excel:
    """What the registry says."""
    registry = computer.registry
    program = _text(registry.values("machine", _PROGRAM), "") or _text(registry.values("user", _PROGRAM), "")
    options = registry.values("user", rf"{_OFFICE}\Excel\Options")
    platform = _text(registry.values("machine", _CLICK_TO_RUN), "platform") or _text(
        registry.values("machine", rf"{_OFFICE}\Outlook"), "bitness"
    )
    found = ((name, _setting(registry, *where)) for name, where in _SETTINGS.items())
    return Excel(
        program=program,
        bits={"x86": "32", "x64": "64"}.get(platform.lower(), ""),
        from_store=_is_from_store(registry, program),
        trust=tuple((name, setting) for name, setting in found if setting),
        locations=tuple(_locations(registry)),
        listed_addins=tuple(str(v) for name, v in options.items() if name.startswith("open")),
        switched_off=tuple(_switched_off(registry)),
        own_startup=_text(options, "altstartup"),
    )


def _is_from_store(registry: Registry, program: str) -> bool:
    packages = (name.lower() for name in registry.keys("user", _STORE_PACKAGES))
    return "windowsapps" in program.lower() or (
        not program and any(name.startswith("microsoft.office.desktop") for name in packages)
    )


def _text(values: dict[str, str | int | bytes], name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else ""


def _setting(registry: Registry, key: str, name: str) -> Setting | None:
    for hive, root in _POLICIES:
        value = registry.values("user" if hive == "user" else "machine", rf"{root}\{key}").get(name)
        if isinstance(value, int):
            return Setting(value, by_policy=True)
    value = registry.values("user", rf"{_OFFICE}\{key}").get(name)
    return Setting(value) if isinstance(value, int) else None


def _locations(registry: Registry) -> list[Location]:
    found = []
    for root in (_OFFICE, *(root for hive, root in _POLICIES if hive == "user")):
        key = rf"{root}\{_LOCATIONS}"
        for name in registry.keys("user", key):
            values = registry.values("user", rf"{key}\{name}")
            if folder := _text(values, "path"):
                found.append(Location(folder, values.get("allowsubfolders") == 1))
    return found


def _switched_off(registry: Registry) -> list[str]:
    """The texts in Excel's notes about files it crashed with: numbers, then the path as UTF-16."""
    notes = registry.values("user", rf"{_OFFICE}\Excel\Resiliency\DisabledItems").values()
    return [note.decode("utf-16-le", "replace") for note in notes if isinstance(note, bytes)]
