"""The workbook part: its sheets, defined names, date system and calculation settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from recoup.books.area import Area
from recoup.books.base import BookUnsupported, NameMissing, SheetMissing
from recoup.books.package import Package, attributes, relationships_part

_SHEET = re.compile(r"<(?:[\w.-]+:)?sheet\s([^>]*?)/?>")
DEFINED_NAME = re.compile(r"<(?:[\w.-]+:)?definedName\s([^>]*?)>([^<]*)</(?:[\w.-]+:)?definedName>")
_ONE_CELL = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)$")
_USUAL_TARGET = re.compile(r"(?:/xl/)?\w+sheets/[\w.-]+\.xml")
_CALC = re.compile(r"<((?:[\w.-]+:)?)calcPr\b([^>]*?)(/?)>")
_BEFORE_CALC = re.compile(
    r"</(?:[\w.-]+:)?(?:sheets|functionGroups|externalReferences|definedNames)>"
    r"|<(?:[\w.-]+:)?(?:functionGroups|definedNames)\b[^>]*/>"
)


@dataclass(frozen=True, slots=True)
class CellPlace:
    """One cell: the tab's name, the column letters and the row."""

    sheet: str
    column: str
    row: int


class WorkbookPart:
    """``xl/workbook.xml`` as text, with the few edits that Recoup makes to it."""

    def __init__(self, package: Package, name: str) -> None:
        """Raises ``BookUnsupported`` when the package has no workbook part."""
        office = [r for r in package.relationships("").values() if r.kind == "officeDocument"]
        if not office or office[0].part not in package:
            raise BookUnsupported(f"{name} holds no workbook; open it in Excel and save it as .xlsx.")
        self.part, self._package = office[0].part, package
        self.xml = package.xml(self.part).decode("utf-8")
        self.relationships = package.relationships(self.part)
        self.date1904 = bool(re.search(r'<(?:[\w.-]+:)?workbookPr\b[^>]*\bdate1904="(?:1|true)"', self.xml))
        self._lost: dict[str, str] = {}  # tabs whose part is not in the package
        self.sheets = self._worksheets(package)

    def _worksheets(self, package: Package) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in _SHEET.finditer(self.xml):
            a = attributes(match[1])
            if "name" not in a:
                raise BookUnsupported(
                    "The workbook has a tab without a name; open it in Excel and save it again as .xlsx."
                )
            rel = self.relationships.get(next((v for k, v in a.items() if k.endswith(":id")), ""))
            if rel is not None and rel.kind == "worksheet":
                (found if rel.part in package else self._lost)[a["name"]] = rel.part
        names = [name.casefold() for name in self.sheet_names()]
        if not names or len(set(names)) < len(names):
            what = "has two tabs of one name" if names else "has no tabs"
            raise BookUnsupported(f"The workbook {what}; open it in Excel and save it again as .xlsx.")
        if {self.related(kind) for kind in ("styles", "sharedStrings", "calcChain")} & set(found.values()):
            raise BookUnsupported(
                "The workbook takes a tab for its styles, texts or order of calculation; "
                "open it in Excel and save it again as .xlsx."
            )
        return found

    def lists_plainly(self) -> bool:
        """Whether every tab names one worksheet in the usual way, so that no reader can take another part for it."""
        tags = [m[1] for m in _SHEET.finditer(self.xml)]
        rels = self._package.xml(self._package.named(relationships_part(self.part))).decode("utf-8")
        targets = re.findall(r'Target="([^"]*sheet[^"]*)"', rels)
        return all(t.count(":id=") == 1 for t in tags) and all(map(_USUAL_TARGET.fullmatch, targets))

    def sheet_names(self) -> list[str]:
        """All tabs in order, chart sheets too."""
        return [attributes(m[1])["name"] for m in _SHEET.finditer(self.xml)]

    def part_of(self, sheet: str) -> str:
        """The worksheet part of a tab. Raises ``SheetMissing``."""
        if sheet in self._lost:
            raise BookUnsupported(
                f"The workbook lacks its part {self._lost[sheet][:100]!r}, the tab {sheet!r}; restore it from a backup."
            )
        if sheet not in self.sheets:
            raise SheetMissing(f"The workbook has no tab {sheet!r}; add an empty tab with that name.")
        return self.sheets[sheet]

    def related(self, kind: str) -> str:
        """The part of one kind (``styles``, ``sharedStrings``, ``calcChain``) or ""."""
        return next((r.part for r in self.relationships.values() if r.kind == kind), "")

    def place_of(self, defined_name: str) -> CellPlace:
        """The one cell a defined name points at. Raises ``NameMissing``."""
        for match in DEFINED_NAME.finditer(self.xml):
            a = attributes(match[1])
            if a.get("name") != defined_name or "localSheetId" in a:  # a copied tab brings local twins
                continue
            target = _ONE_CELL.match(unescape(match[2]))
            if target:
                sheet = (target[1] or target[2]).replace("''", "'")
                return CellPlace(sheet, target[3], int(target[4]))
        raise NameMissing(
            f"The name {defined_name} was deleted or no longer points at one cell; "
            "restore it in Excel (Formulas > Name Manager) or take the sheet from a new workbook."
        )

    def row_of_cells(self, defined_name: str) -> tuple[str, Area]:
        """The tab and the cells of one row that a name points at. Raises ``NameMissing``."""
        match = self._definition(defined_name)
        sheet, _, ref = (unescape(match[2]) if match else "").rpartition("!")
        area = Area.parse(ref)
        if area is None or area.top != area.bottom:
            raise NameMissing(f"The name {defined_name} was deleted or no longer points at a row of cells.")
        return re.sub("^'(.*)'$", r"\1", sheet).replace("''", "'"), area

    def point(self, defined_name: str, area: Area) -> None:
        """Let a name point at other cells of the same tab."""
        match = self._definition(defined_name)
        if match is not None:
            first, last = str(area).split(":")
            ref = ":".join(re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", cell) for cell in (first, last))
            target = match[2].rpartition("!")[0] + "!" + ref
            self.xml = self.xml[: match.start(2)] + target + self.xml[match.end(2) :]

    def _definition(self, defined_name: str) -> re.Match[str] | None:
        found = ((m, attributes(m[1])) for m in DEFINED_NAME.finditer(self.xml))
        return next((m for m, a in found if a.get("name") == defined_name and "localSheetId" not in a), None)

    def set_visible(self, sheet: str, visible: bool) -> None:
        """Show or hide a tab; the last visible one cannot be hidden. Raises ``SheetMissing``."""
        if sheet not in self.sheet_names():
            raise SheetMissing(f"The workbook has no tab {sheet!r} to show or hide.")
        if self._is_visible(sheet) == visible:
            return
        if not visible and sum(map(self._is_visible, self.sheet_names())) == 1:
            raise SheetMissing(f"The tab {sheet!r} is the only visible one and cannot be hidden.")
        self.xml = _SHEET.sub(lambda m: _with_state(m, sheet, visible), self.xml)
        if not visible:
            self._show_another_tab(self.sheet_names().index(sheet))

    def _is_visible(self, sheet: str) -> bool:
        for match in _SHEET.finditer(self.xml):
            a = attributes(match[1])
            if a["name"] == sheet:
                return a.get("state", "visible") == "visible"
        return False

    def _show_another_tab(self, hidden: int) -> None:
        names = self.sheet_names()
        active = re.search(r'\bactiveTab="(\d+)"', self.xml)
        if hidden != (int(active[1]) if active else 0):
            return
        first = next(i for i, name in enumerate(names) if self._is_visible(name))
        if active:
            self.xml = self.xml[: active.start(1)] + str(first) + self.xml[active.end(1) :]
        else:
            self.xml = re.sub(
                r"(<(?:[\w.-]+:)?workbookView\b)", rf'\1 activeTab="{first}"', self.xml, count=1
            )

    def calculate_on_load(self) -> None:
        """Ask Excel to recalculate everything when it opens the file."""
        match = _CALC.search(self.xml)
        if match is None:
            at = [m.end() for m in _BEFORE_CALC.finditer(self.xml)][-1]
            p = (re.search(r"<((?:[\w.-]+:)?)workbook\b", self.xml) or [""] * 2)[1]
            self.xml = f'{self.xml[:at]}<{p}calcPr calcId="0" fullCalcOnLoad="1"/>{self.xml[at:]}'
            return
        rest = re.sub(r'\s+fullCalcOnLoad="[^"]*"', "", match[2])
        tag = f'<{match[1]}calcPr{rest} fullCalcOnLoad="1"{match[3]}>'
        if 'fullCalcOnLoad="1"' not in match[2]:
            self.xml = self.xml[: match.start()] + tag + self.xml[match.end() :]


def _with_state(match: re.Match[str], sheet: str, visible: bool) -> str:
    if attributes(match[1])["name"] != sheet:
        return match[0]
    bare = re.sub(r'\s+state="[^"]*"', "", match[0])
    return bare if visible else re.sub(r"(/?>)$", r' state="hidden"\1', bare)
