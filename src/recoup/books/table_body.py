"""The rows of one table on its worksheet: read, patched, appended, replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from recoup.books.area import MAX_ROWS, Area
from recoup.books.base import BookUnsupported, TableBlocked, TableRows
from recoup.books.cell_edit import formula_at, people_cell_at, unshare_formulas
from recoup.books.cell_values import CellValues, formula_text, formulas_of, states_shared_formula
from recoup.books.cells import column_letter, plain, render, render_formula
from recoup.books.fresh_rows import Fill, FreshColumn, fresh_rows
from recoup.books.row_heights import fitted, height_of, letters_by_column
from recoup.books.row_keys import Key, key_text
from recoup.books.table_part import TablePart
from recoup.books.worksheet import CellXml, Row, Worksheet, column_styles, parse_cells, row_attributes
from recoup.model import Cell, Formula, Record

_FORMULA = re.compile(r"<(?:[\w.-]+:)?f[\s/>]")  # not <family>, which stands in rich text
_ARRAY = re.compile(r'\scm="\d+"')  # the mark of a dynamic array
_A1 = re.compile(r"(?<![\w.\[])\$?[A-Z]{1,3}\$?\d+(?![\w(\]])")


class TableBody:
    """One table and the rows of its sheet. ``neighbours`` are the areas of the sheet's other tables."""

    def __init__(
        self,
        table: TablePart,
        sheet: Worksheet,
        values: CellValues,
        neighbours: Iterable[Area] = (),
        fixed: bool = False,
        notes: Callable[[], Iterable[Area]] = tuple,
    ) -> None:
        """``fixed`` tables are never resized; ``notes`` gives the cells with notes.

        Raises ``BookUnsupported`` for a table without headers.
        """
        if not table.has_header:
            raise BookUnsupported(
                f"The heading row of the table {table.name} on {table.sheet!r} is switched off; "
                "switch it on in Excel (Table Design > Header Row)."
            )
        self.table, self.sheet, self.values, self.fixed = table, sheet, values, fixed
        self._notes = notes
        self.neighbours = list(neighbours)
        self.letters = {c: column_letter(c) for c in range(table.area.left, table.area.right + 1)}
        self.styles = self._first_styles()

    def _first_styles(self) -> dict[int, str]:
        """The style id of each column: of its first cell in the top rows, else of the whole column."""
        styles: dict[int, str] = {}
        for number in range(self.table.body.top, min(self.table.body.bottom, self.table.body.top + 20) + 1):
            if styles.keys() >= self.letters.keys():
                break
            for column, cell in self.sheet.row(number).cells.items():
                styles.setdefault(column, cell.style)
        columns = column_styles(self.sheet.head)
        return {c: styles.get(c, columns.get(c, "")) for c in self.letters}

    @cached_property
    def wrapped(self) -> dict[int, int]:
        """The columns whose texts are broken into lines, and the letters of a line."""
        letters, wrapping = letters_by_column(self.sheet.head), self.values.wrapping
        return {c: letters[c] for c, style in self.styles.items() if style in wrapping and c in letters}

    def new_height(self, row: Row, changes: Mapping[int, Cell]) -> float | None:
        """The height of a row as it will be."""
        texts = {c: self.values.value("", x.kind, x.inner) for c, x in row.cells.items() if c in self.wrapped}
        shown = {c: _shown(changes[c]) if c in changes else texts.get(c) for c in self.wrapped}
        return height_of((shown[c], letters) for c, letters in self.wrapped.items())

    def numbers(self) -> list[int]:
        body = self.table.body
        return [n for n in range(body.top, body.bottom + 1) if n in self.sheet.rows]

    def read(self) -> TableRows:
        """All rows in which something was typed or written."""
        left, right = self.table.area.left, self.table.area.right
        found = TableRows(list(self.table.headers))
        value = self.values.value
        for number in self.numbers():
            row: list[Cell] = [None] * (right - left + 1)
            typed = False
            for column, style, kind, inner, _ in parse_cells(self.sheet.rows[number]):
                if inner and left <= column <= right:
                    row[column - left] = now = value(style, kind, inner)
                    typed = typed or (now is not None and not _has_formula(inner))
            if typed:
                found.rows.append(row)
                found.numbers.append(number)
        return found

    def formulas(self) -> dict[tuple[int, str], str]:
        """The text of every formula by row and header."""
        body, headers = self.table.body, dict(zip(self.letters, self.table.headers, strict=True))
        return {
            (number, headers[column]): text
            for (number, column), text in formulas_of(self.sheet).items()
            if body.top <= number <= body.bottom and column in headers
        }

    def key_of(self, row: Row, columns: Sequence[int]) -> Key:
        """The key of a row, of some sheet columns."""
        cells = (row.cells.get(c) for c in columns)
        return tuple(key_text(self.values.value("", c.kind, c.inner)) if c else "" for c in cells)

    def _last_used(self) -> int:
        body = self.table.body
        for number in range(body.bottom, body.top - 1, -1):
            if number in self.sheet.rows and self._is_used(self.sheet.row(number)):
                return number
        return body.top - 1

    def _is_used(self, row: Row) -> bool:
        inside = (row.cells.get(c) for c in self.letters)
        return any(cell and not cell.is_blank and not cell.has_formula for cell in inside)

    def append(self, records: Sequence[Record]) -> None:
        """Add rows after the last one in use; blank rows that the table has there are used first."""
        self.check_headers(records)
        if not records:
            return
        last, bottom = self._last_used(), self.table.body.bottom
        self.end_at(max(last + len(records), bottom))
        fill = self.calculated_formulas(max(last, self.table.body.top))
        added = {}
        for number, record in enumerate(records, last + 1):
            if number <= bottom and number in self.sheet.rows:
                self._fill_blank_row(number, record)
            else:
                added[number] = record
        self.write_rows(added, fill)

    def _fill_blank_row(self, number: int, record: Record) -> None:
        """Write only the named cells: formulas and colours that a person prepared there stay."""
        self.free_formulas(number, [self.table.column_of(header) for header in record])
        row, p = self.sheet.row(number), self.sheet.prefix
        cells = {self.table.column_of(h): plain(value, self.values.date1904) for h, value in record.items()}
        row.attributes = _kept_attributes(self.sheet.rows[number], self.new_height(row, cells))
        for column, value in cells.items():
            style = row.cells[column].style if column in row.cells else self.styles[column]
            row.put(column, render(f"{self.letters[column]}{number}", style, value, p), style)
        self.sheet.set_row(number, row.render(number, p))

    def free_formulas(self, number: int, columns: Iterable[int]) -> None:
        """Make ready to write over cells of a row: other cells may have their formula from there.

        Raises ``BookUnsupported`` when one belongs to a formula that fills several cells.
        """
        for column in columns if self.sheet.spanned else ():
            self.sheet.refuse_spanned(Area(column, number, column, number))
        if 't="shared"' in self.sheet.rows.get(number, ""):
            cells = self.sheet.row(number).cells
            if any(c in cells and states_shared_formula(cells[c]) for c in columns):
                unshare_formulas(self.sheet)

    def calculated_formulas(self, source: int) -> Mapping[int, Fill]:
        """What fills the calculated columns of new rows: the formula of a row above, as Excel would fill it."""
        cells = self.sheet.row(source).cells
        if any(c in cells and 't="shared"' in cells[c].inner for c in self.table.calculated):
            unshare_formulas(self.sheet)
            cells = self.sheet.row(source).cells
        return {
            c: self._filler(cells[c], c) for c in self.table.calculated if c in cells and cells[c].has_formula
        }

    def _filler(self, cell: CellXml, column: int) -> Fill:
        p, style = self.sheet.prefix, self.styles[column]
        dynamic = _ARRAY.search(cell.xml[: cell.xml.index(">")])

        def filled(ref: str) -> str:
            xml = render_formula(ref, style, formula_at(cell, ref), None, p)
            return xml.replace(f'r="{ref}"', f'r="{ref}"{dynamic[0]}', 1) if dynamic else xml

        return filled

    def write_rows(self, records: Mapping[int, Record], fill: Mapping[int, Fill]) -> None:
        """Write all the table's cells of rows in which no cell is a person's."""
        new = [number for number in records if number not in self.sheet.rows]
        headers = dict(zip(self.letters, self.table.headers, strict=True))
        columns = [
            FreshColumn(headers[c], letter, self.styles[c], self.wrapped.get(c), fill.get(c))
            for c, letter in self.letters.items()
        ]
        rows = fresh_rows(new, [records[n] for n in new], columns, self.values.date1904, self.sheet.prefix)
        for number in [n for n in records if n in self.sheet.rows]:
            self.write_row(number, records[number], fill)
        self.sheet.add_rows(dict(zip(new, rows, strict=True)))

    def write_row(
        self,
        number: int,
        record: Record,
        fill: Mapping[int, Fill],
        carried: dict[int, CellXml] | None = None,
    ) -> None:
        """Write all the table's cells of a row: the record's, carried ones of people, filled formulas, blanks."""
        p, date1904, cells, texts = self.sheet.prefix, self.values.date1904, {}, {}
        for (column, letter), header in zip(self.letters.items(), self.table.headers, strict=True):
            ref = f"{letter}{number}"
            if carried and column in carried:
                own = carried[column]
                cells[column] = people_cell_at(own, ref)
                texts[column] = self.values.value("", own.kind, own.inner)
            elif column in fill and header not in record:
                cells[column] = fill[column](ref)
            else:
                value = plain(record.get(header), date1904)
                cells[column] = render(ref, self.styles[column], value, p)
                texts[column] = _shown(value)
        height = height_of((texts.get(c), letters) for c, letters in self.wrapped.items())
        self.put_cells(number, cells, height)

    def put_cells(self, number: int, cells: dict[int, str], height: float | None = None) -> None:
        """Write the table's cells of a row; other cells of that row stay."""
        old, p = self.sheet.rows.get(number, ""), self.sheet.prefix
        if not old or self._all_inside(old):
            body = "".join(cells.values())
            attributes = _kept_attributes(old, height)
            xml = f'<{p}row r="{number}"{attributes}>{body}</{p}row>' if body or attributes else ""
            self.sheet.set_row(number, xml)
            return
        row = Row.parse(old)
        for column, cell in cells.items():
            row.put(column, cell)
        row.attributes = _kept_attributes(old, height)
        self.sheet.set_row(number, row.render(number, p))

    def _all_inside(self, row_xml: str) -> bool:
        """Whether a row certainly has no cell outside the table."""
        if self.table.area.left > 1 or not self.sheet.all_addressed:
            return False
        mark = f'<{self.sheet.prefix}c r="'
        at = row_xml.rfind(mark)
        if at < 0:
            return row_xml.endswith("/>") or "<" not in row_xml[1 : row_xml.rfind("</")]
        ref = row_xml[at + len(mark) : row_xml.index('"', at + len(mark))]
        letters = ref.rstrip("0123456789")
        return letters in self.letters.values() and "extLst" not in row_xml

    def check_headers(self, records: Sequence[Record]) -> None:
        for header in dict.fromkeys(chain.from_iterable(records)):
            self.table.column_of(header)

    def end_at(self, bottom: int) -> None:
        """Let the body end at a row; a totals row moves along."""
        body, totals = self.table.body, int(self.table.has_totals)
        if self.fixed and bottom > body.bottom:
            raise ValueError(f"{self.table.name} holds at most {body.bottom - body.top + 1} rows")
        if bottom > body.bottom:
            self._refuse_if_blocked(Area(body.left, self.table.area.bottom + 1, body.right, bottom + totals))
        if bottom != body.bottom:
            if totals:
                self._move_totals(body.bottom + 1, bottom + 1)
            self.sheet.grow_rules(body, bottom)
        self.table.end_at(bottom)
        self.sheet.cover(self.table.area)

    def _refuse_if_blocked(self, area: Area) -> None:
        if area.bottom > MAX_ROWS:
            raise TableBlocked(
                f"The table {self.table.name} on {self.table.sheet!r} would end below row {MAX_ROWS:,}, "
                "the last one of Excel; delete rows that are no longer needed."
            )
        where = f"The table {self.table.name} on {self.table.sheet!r} cannot grow to row {area.bottom}"
        if any(area.overlaps(other) for other in self.neighbours):
            raise TableBlocked(f"{where} because another table stands below it; move that table away.")
        if any(area.overlaps(other) for other in self.sheet.merged()):
            raise TableBlocked(f"{where} because merged cells stand below it; move them away.")
        for note in self._notes():
            if area.overlaps(note):
                ref = f"{column_letter(note.left)}{note.top}"
                raise TableBlocked(f"{where} because a note on {ref} stands below it; move that note away.")
        for number in range(area.top, area.bottom + 1):
            if number in self.sheet.rows:
                for column, cell in self.sheet.row(number).cells.items():
                    if area.left <= column <= area.right and not cell.is_blank:
                        ref = f"{column_letter(column)}{number}"
                        raise TableBlocked(
                            f"{where} because {ref} below it is filled; move what stands there beside the table."
                        )

    def _move_totals(self, old: int, new: int) -> None:
        self.free_formulas(old, self.letters)
        row = self.sheet.row(old)
        cells = {c: row.cells[c] for c in self.letters if c in row.cells}
        for cell in cells.values():
            text = formula_text(cell, self.sheet) or ""
            if _A1.search(text):
                raise TableBlocked(
                    f"The totals row of {self.table.name} on {self.table.sheet!r} holds a formula with cell "
                    f"addresses (={text}); switch the totals row off, or use the totals Excel offers there."
                )
        self.put_cells(old, dict.fromkeys(self.letters, ""))
        moved = {c: cells[c].moved(f"{self.letters[c]}{new}") if c in cells else "" for c in self.letters}
        self.put_cells(new, moved)


def _has_formula(inner: str) -> bool:
    return bool(_FORMULA.search(inner))


def _shown(value: Cell) -> Cell:
    return value.cached if isinstance(value, Formula) else value


def _kept_attributes(row_xml: str, height: float | None) -> str:
    """A row's own attributes, without what described its old cells; a new record is never hidden."""
    kept = re.sub(r'\s(?:spans|hidden)="[^"]*"', "", row_attributes(row_xml)) if row_xml else ""
    return fitted(kept, height)
