"""The default engine: edits the cells that Recoup owns inside the file and copies all else byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fastexcel

from recoup import sheets
from recoup.books.adopted_tab import adopted_tab
from recoup.books.area import Area
from recoup.books.base import BookUnsupported, NameMissing, TableMissing, TableRows
from recoup.books.calc_chain import without_calculation_chain
from recoup.books.cell_edit import unshare_formulas
from recoup.books.cell_values import CellValues, formulas_of, states_shared_formula
from recoup.books.cells import column_index, column_letter, plain, render
from recoup.books.formats import refuse_wrong_ending
from recoup.books.new_columns import add_columns
from recoup.books.new_tab import new_tab, with_text_style
from recoup.books.notes import noted_cells
from recoup.books.package import Content, Package
from recoup.books.report_tab import TabExtension, leading_blank_columns, read_tab
from recoup.books.row_order import SortBy, refuse_hanging, refuse_hidden_rows, sorted_numbers
from recoup.books.row_removal import without_rows
from recoup.books.saving import BookFile
from recoup.books.table_body import TableBody
from recoup.books.table_part import find_tables
from recoup.books.table_patch import edit_rows, patch_rows
from recoup.books.table_replace import reorder, replace_rows
from recoup.books.used_range import open_reader, readable
from recoup.books.verification import Draft, well_formed
from recoup.books.workbook_part import WorkbookPart
from recoup.books.worksheet import Worksheet, column_styles
from recoup.model import Cell, Problem, RawTable, Record
from recoup.untrusted import Unreadable, open_sheets, reading_cells


class PackageBook:
    """A workbook as its zip package; the Protocol ``books.base.Book`` says what each method does."""

    threads = True
    moves_hanging = False  # whether a note or a link goes with its row

    def __init__(self, path: Path, *, backups: Path | None = None, keep: int = 5) -> None:
        """Raises ``BookUnsupported``."""
        self.path = path
        self.problems: list[Problem] = []
        self.keep = keep
        self._file = BookFile(path, backups)
        self._rebuilt: set[str] = set()
        self._load(self._file.read())

    def _load(self, data: bytes) -> None:
        self._package = Package(data, self.path.name)
        self._workbook = WorkbookPart(self._package, self.path.name)
        self._workbook_before = self._workbook.xml
        self._values = CellValues(self._workbook.date1904, self._styles, self._strings)
        self._worksheets: dict[str, Worksheet] = {}
        self._extensions: dict[str, TabExtension] = {}
        self._reader: fastexcel.ExcelReader | None = None
        self._tables = {t.name: t for t in find_tables(self._package, self._workbook)}

    def _styles(self) -> str:
        part = self._workbook.related("styles")
        return self._package.xml(part).decode("utf-8-sig") if part else ""

    def _strings(self) -> bytes:
        part = self._workbook.related("sharedStrings")
        return self._package.xml(part) if part else b""

    # ---- reading

    def sheet_names(self) -> list[str]:
        """All tabs in order."""
        return self._workbook.sheet_names()

    def tables(self) -> dict[str, list[str]]:
        """Table name -> headers."""
        return {name: list(table.headers) for name, table in self._tables.items()}

    def sheet_of(self, table: str) -> str:
        """The tab of a table."""
        return self._body(table).table.sheet

    def rows_hidden(self, table: str) -> int:
        """Rows of the body that are hidden."""
        hidden = self._hidden_rows(table)
        return len(hidden.intersection(self.read_table(table).numbers)) if hidden else 0

    def _hidden_rows(self, table: str) -> set[int]:
        body = self._body(table)
        heads = ((n, body.sheet.rows[n].partition(">")[0]) for n in body.numbers())
        return {n for n, head in heads if ' hidden="1"' in head or ' hidden="true"' in head}

    def read_raw(self, sheet: str) -> RawTable:
        """A tab as text; what was written and not yet saved is in it."""
        part, package, reader = self._workbook.part_of(sheet), self._package, self._reader
        try:
            if self._has_changes():
                package = Package(self._packed(self._changed_parts()), self.path.name)
                reader = open_reader(package, self._workbook)
            elif reader is None:
                reader = self._reader = open_reader(package, self._workbook)
            data, notes = readable(package, part, sheet)
            if data is not package.data:
                reader = open_sheets(data)
            with reading_cells():
                return read_tab(reader, sheet, leading_blank_columns(package.blocks(part)), notes)
        except Unreadable as error:
            raise BookUnsupported(f"{self.path.name}, tab {sheet!r}, {error}.") from error

    def fingerprint(self, sheet: str) -> str:
        """What the tab's cells are made of: its part, the shared strings, the styles and the date system."""
        part = self._workbook.part_of(sheet)
        if self._has_changes():
            return ""
        related = (self._workbook.related(kind) for kind in ("sharedStrings", "styles"))
        return self._package.digest((part, *related), str(self._workbook.date1904))

    def read_table(self, name: str) -> TableRows:
        """The body of a table."""
        return self._body(name).read()

    def read_formulas(self, table: str) -> dict[tuple[int, str], str]:
        """The formulas of a table's body."""
        return self._body(table).formulas()

    def formulas_in(self, sheet: str) -> dict[tuple[int, int], str]:
        """The formulas of a tab."""
        return formulas_of(self._worksheet(sheet))

    def read_name(self, defined_name: str) -> Cell:
        """The value of a named cell."""
        sheet, number, column = self._named(defined_name)
        cell = sheet.row(number).cells.get(column)
        return None if cell is None else self._values.value(cell.style, cell.kind, cell.inner)

    def _named(self, defined_name: str) -> tuple[Worksheet, int, int]:
        place = self._workbook.place_of(defined_name)
        if place.sheet not in self._workbook.sheets:
            raise NameMissing(f"The name {defined_name} points at the tab {place.sheet!r}, which is gone.")
        return self._worksheet(place.sheet), place.row, column_index(place.column)

    def _worksheet(self, sheet: str) -> Worksheet:
        part = self._workbook.part_of(sheet)
        if part not in self._worksheets:
            extension = self._extensions.pop(part, None)
            xml = b"".join(extension.chunks()) if extension else self._package.xml(part)
            self._worksheets[part] = Worksheet(xml, sheet)
            self._worksheets[part].changed = extension is not None
        return self._worksheets[part]

    def _body(self, name: str) -> TableBody:
        table = self._tables.get(name)
        declared = sheets.TABLES.get(name)
        if table is None:
            tab = declared.sheet if declared else name
            raise TableMissing(
                f"{self.path.name} has no table {name} (tab {tab!r}): it was deleted or turned into a range; "
                "select its cells with their headings, Insert > Table, and name it so under Table Design."
            )
        neighbours: list[Area] = [
            t.area for t in self._tables.values() if t.sheet == table.sheet and t is not table
        ]
        fixed = bool(declared and declared.fixed_rows)
        part = self._workbook.part_of(table.sheet)
        return TableBody(
            table,
            self._worksheet(table.sheet),
            self._values,
            neighbours,
            fixed,
            lambda: noted_cells(self._package, part),
        )

    # ---- writing

    def replace_rows(self, table: str, records: Sequence[Record], keep_by: Sequence[str] = ()) -> None:
        """Rewrite a table's body."""
        declared = sheets.TABLES.get(table)
        body = self._body(table)
        own = [c.header for c in declared.columns if c.owner == "recoup"] if declared else body.table.headers
        self.problems += replace_rows(body, records, keep_by, own)

    def patch_rows(self, table: str, key: Sequence[str], records: Sequence[Record]) -> None:
        """Edit and append rows by key."""
        self.problems += patch_rows(self._body(table), key, records)

    def edit_rows(self, table: str, records: Mapping[int, Record]) -> None:
        """Edit the rows with those numbers."""
        edit_rows(self._body(table), records)

    def sort_rows(self, table: str, by: SortBy) -> None:
        """Sort the rows of a table by columns."""
        body, hidden = self._body(table), self.rows_hidden(table)
        refuse_hidden_rows(body.table.sheet, hidden)
        if not self.moves_hanging:
            notes = noted_cells(self._package, self._workbook.part_of(body.table.sheet))
            refuse_hanging(body.table.sheet, body.table.body, notes, body.sheet.links())
        reorder(body, sorted_numbers(body.read(), by))

    def append_rows(self, table: str, records: Sequence[Record]) -> None:
        """Add rows at the end of a table."""
        self._body(table).append(records)

    def write_names(self, values: Mapping[str, Cell]) -> None:
        """Write named cells where they differ."""
        for name, value in values.items():
            self._write_cell(*self._named(name), value)

    def edit_cells(self, sheet: str, cells: Mapping[tuple[int, int], Cell]) -> None:
        """Write single cells of a tab where they differ."""
        for (number, column), value in cells.items():
            self._write_cell(self._worksheet(sheet), number, column, value)

    def _write_cell(self, sheet: Worksheet, number: int, column: int, value: Cell) -> None:
        row, new = sheet.row(number), plain(value, self._values.date1904)
        cell = row.cells.get(column)
        if self._values.holds(cell, new, sheet):
            return
        sheet.refuse_spanned(Area(column, number, column, number))
        if cell and states_shared_formula(cell):
            unshare_formulas(sheet)
            row = sheet.row(number)
        style = cell.style if cell else column_styles(sheet.head).get(column, "")
        row.put(column, render(f"{column_letter(column)}{number}", style, new, sheet.prefix), style)
        sheet.set_row(number, row.render(number, sheet.prefix))
        sheet.cover(Area(column, number, column, number))

    def write_list(self, defined_name: str, values: Sequence[str]) -> None:
        """Let a drop-down list hold these values."""
        name, area = self._workbook.row_of_cells(defined_name)
        sheet = self._worksheet(name)
        row = sheet.row(area.top)
        held = {c: self._values.value(x.style, x.kind, x.inner) for c, x in row.cells.items()}
        if [held.get(c) for c in range(area.left, area.right + 1)] == list(values):
            return
        style = row.cells[area.left].style if area.left in row.cells else ""
        left = max(row.cells, default=0) + 2
        for column, value in enumerate(values, left):
            ref = f"{column_letter(column)}{area.top}"
            row.put(column, render(ref, style, plain(value), sheet.prefix), style)
        sheet.set_row(area.top, row.render(area.top, sheet.prefix))
        fresh = Area(left, area.top, left + max(len(values), 1) - 1, area.top)
        sheet.cover(fresh)
        self._workbook.point(defined_name, fresh)

    def write_tab(self, sheet: str, rows: Sequence[Sequence[str]]) -> None:
        """Add text rows to a report tab."""
        part = self._workbook.part_of(sheet)
        if not rows:
            return
        if part not in self._extensions:
            known = self._worksheets.pop(part, None)
            xml = known.xml() if known else self._package.xml(part)
            extension = TabExtension(xml, sheet)
            if not extension.formats(max(map(len, rows))):
                extension.text_style = self._text_style()
            self._extensions[part] = extension
        self._extensions[part].add(rows)

    def _text_style(self) -> str:
        """The number of a format that is text and nothing else, added to the styles where they have none."""
        part = self._workbook.related("styles")
        if not part:
            return ""
        before = self._styles()
        styles, number = with_text_style(before)
        if styles != before:
            self._rebuild({**self._changed_parts(), part: styles.encode("utf-8")})
        return number

    def drop_rows(self, sheet: str, rows: Collection[int]) -> None:
        """Remove rows of a report tab."""
        part = self._workbook.part_of(sheet)
        changed = self._changed_parts()
        content = changed.get(part, b"")
        xml = content if isinstance(content, bytes) else b"".join(content)
        self._rebuild({**changed, part: without_rows(xml or self._package.xml(part), rows)})

    def add_tab(self, sheet: str, visible: bool) -> None:
        """Add an empty report tab at the end."""
        changed, read = self._without_chain()
        self._rebuild({**changed, **new_tab(self._package, self._workbook, read, sheet, visible)})

    def adopt_tab(self, sheet: str, donor: bytes) -> None:
        """Put a tab of Recoup's template in its place."""
        changed, read = self._without_chain()
        template = Package(donor, "the template")
        self._rebuild({**changed, **adopted_tab(self._package, self._workbook, read, sheet, template)})

    def _without_chain(self) -> tuple[dict[str, Content], Callable[[str], bytes]]:
        """The changed parts, without the calculation chain, and how any part reads now."""
        changed = {**self._changed_parts(), **without_calculation_chain(self._package, self._workbook)}

        def read(part: str) -> bytes:
            content = changed.get(part)
            return content if isinstance(content, bytes) else self._package.xml(part)

        return changed, read

    def add_columns(self, table: str, columns: Sequence[sheets.Column]) -> None:
        """Add columns at the right end of a table."""
        add_columns(self._body(table), columns)

    def set_visible(self, sheet: str, visible: bool) -> None:
        """Show or hide a tab."""
        self._workbook.set_visible(sheet, visible)

    def _rebuild(self, changed: Mapping[str, Content]) -> None:
        """Go on with the package as it would be saved now; the file is not touched."""
        data = self._packed(changed)
        self._rebuilt |= changed.keys()
        self._load(data)

    # ---- saving

    def save(self, to: Path | None = None) -> Path:
        """Write in place (nothing happens when nothing changed) or as a copy."""
        target = self._file.target(to)
        in_place = target == self._file.target(None)
        if in_place and not self._has_changes():
            return target
        if target.suffix.lower() != self.path.suffix.lower():
            refuse_wrong_ending(self._package.has_macros, target.name)
        changed = self._changed_parts()
        chain = {self._workbook.related("calcChain")}
        with ThreadPoolExecutor(1) as packer:
            packing = packer.submit(self._packed, changed)
            proven = well_formed(changed)  # packing leaves this thread a core
        draft = Draft(
            data=packing.result(),
            sheets=self.sheet_names(),
            tables=self.tables(),
            fresh={*changed, *self._rebuilt} - chain,
            source=self._package,
            dropped=chain,
            proven=proven,
        )
        draft.verify(target.name)
        self._file.save(draft.data, to, self.keep)
        if in_place:
            self._rebuilt = set()
            self._load(draft.data)
        return target

    def _has_changes(self) -> bool:
        edited = any(s.changed for s in self._worksheets.values()) or any(
            t.changed for t in self._tables.values()
        )
        return (
            edited or bool(self._extensions or self._rebuilt) or self._workbook.xml != self._workbook_before
        )

    def _changed_parts(self) -> dict[str, Content]:
        """Every part that differs from the file: sheets, tables, workbook, and what lists calcChain."""
        changed: dict[str, Content] = {p: s.xml() for p, s in self._worksheets.items() if s.changed}
        changed.update({part: e.chunks() for part, e in self._extensions.items()})
        if changed:
            self._workbook.calculate_on_load()
            changed.update(without_calculation_chain(self._package, self._workbook))
        changed.update({t.part: t.xml() for t in self._tables.values() if t.changed})
        if self._workbook.xml != self._workbook_before:
            changed[self._workbook.part] = self._workbook.xml.encode("utf-8")
        return changed

    def _packed(self, changed: Mapping[str, Content]) -> bytes:
        chain = self._workbook.related("calcChain")
        dropped = [chain] if chain and self._package.content_types in changed else []
        return self._package.with_parts(changed, dropped)
