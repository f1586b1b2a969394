"""One worksheet of openpyxl: its cells as values of Recoup, read, compared, written and moved."""

from __future__ import annotations

from copy import copy
from typing import Any

from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from recoup.books.base import BookUnsupported
from recoup.books.cell_values import translated
from recoup.books.cells import column_letter, from_serial, number_text, plain, safe_text
from recoup.books.openpyxl_kept import Cached, Kept, Place
from recoup.books.openpyxl_values import (
    FIRST_CUSTOM_FORMAT,
    Carried,
    alike,
    cached_value,
    date_kind,
    shown,
    stored,
    typed_value,
)
from recoup.books.row_heights import FORMER_HEIGHT
from recoup.model import Cell, Formula


class Tab:
    """The cells of one worksheet; ``changed`` says whether one differs from what was loaded."""

    def __init__(self, sheet: Worksheet, kept: Kept, date1904: bool) -> None:
        self.sheet, self.kept, self.date1904 = sheet, kept, date1904
        self.cells: dict[Place, SheetCell] = sheet._cells  # type: ignore[assignment]
        self.changed = False

    @property
    def name(self) -> str:
        """The tab's name."""
        return str(self.sheet.title)

    def has_row(self, number: int, left: int, right: int) -> bool:
        """Whether the sheet states anything of a row; its cells are looked for in these columns."""
        stated = number in self.sheet.row_dimensions
        return stated or any((number, c) in self.cells for c in range(left, right + 1))

    # ---- reading

    def raw(self, place: Place) -> Cell:
        """The value of a cell; dates as the numbers they are."""
        cell = self.cells.get(place)
        if cell is None:
            return None
        value, kind = cell._value, cell.data_type  # type: ignore[attr-defined]
        if kind == "f":
            found = self.kept.cached.get(place)
            return None if found is None else cached_value(found)
        return None if value is None or value == "" else typed_value(kind, value)

    def value(self, place: Place) -> Cell:
        """The value of a cell, a date-styled number as date or datetime."""
        value = self.raw(place)
        if value.__class__ is not float:
            return value
        with_time = self.date_kind(self.cells[place])
        return value if with_time is None else from_serial(value, self.date1904, with_time)

    @staticmethod
    def number_format(cell: SheetCell) -> tuple[int, str]:
        """The format's number, and its code when it is none that Excel ships."""
        number = cell._style.numFmtId  # type: ignore[attr-defined]
        if number < FIRST_CUSTOM_FORMAT:
            return number, ""
        codes = cell.parent.parent._number_formats  # type: ignore[union-attr]
        return number, codes[number - FIRST_CUSTOM_FORMAT]

    def date_kind(self, cell: SheetCell) -> bool | None:
        """Whether a format shows a time with the day; None when it shows no day."""
        return date_kind(*self.number_format(cell))

    def formula(self, place: Place) -> str | None:
        """The formula without ``=``; None when the cell has none."""
        cell = self.cells.get(place)
        if cell is None or cell.data_type != "f":
            return None
        value = cell._value  # type: ignore[attr-defined]
        if isinstance(value, DataTableFormula):
            return ""
        text = value.text if isinstance(value, ArrayFormula) else value
        return shown(str(text or "=")[1:])

    def spans_cells(self, place: Place) -> bool:
        """Whether the formula there fills more than this cell."""
        cell = self.cells.get(place)
        value = cell._value if cell is not None else None  # type: ignore[attr-defined]
        return isinstance(value, (ArrayFormula, DataTableFormula)) and ":" in str(value.ref)

    def is_blank(self, place: Place) -> bool:
        """No value and no formula."""
        cell = self.cells.get(place)
        return cell is None or (cell.data_type != "f" and cell._value in (None, ""))  # type: ignore[attr-defined]

    def is_typed(self, place: Place) -> bool:
        """Whether it holds something that no formula gave."""
        return not self.is_blank(place) and self.formula(place) is None

    def style(self, place: Place) -> Any:
        """The style of a cell, None when there is no cell."""
        cell = self.cells.get(place)
        return None if cell is None else cell._style  # type: ignore[attr-defined]

    def column_style(self, column: int) -> Any:
        """The style of a whole column, None when it has none."""
        found = [d for d in self.sheet.column_dimensions.values() if _covers(d, column)]
        return found[0]._style if found else None  # type: ignore[attr-defined]

    def states_column(self, column: int) -> bool:
        """Whether the sheet states a width or a style of a column."""
        return any(_covers(d, column) for d in self.sheet.column_dimensions.values())

    def row_style(self, number: int) -> Any:
        """The style of a whole row, None when it has none."""
        stated = self.sheet.row_dimensions.get(number)
        return stated._style if stated is not None and stated.has_style else None  # type: ignore[attr-defined]

    def holds(self, place: Place, value: Cell) -> bool:
        """Whether a cell already holds a ``plain`` value."""
        if self.is_blank(place):
            return value is None
        if isinstance(value, Formula):
            same = self.formula(place) == value.text
            return same and (value.cached is None or alike(self.raw(place), plain(value.cached)))
        is_error = self.cells[place].data_type == "e"
        return value is not None and self.is_typed(place) and not is_error and alike(self.raw(place), value)

    def wraps(self, style: Any) -> bool:
        """Whether a style breaks texts into lines."""
        alignments = self.sheet.parent._alignments  # type: ignore[union-attr]
        return style is not None and bool(alignments[style.alignmentId].wrap_text)

    # ---- writing

    def put(self, place: Place, value: Cell, style: Any) -> None:
        """Write a ``plain`` value in a style; a blank unstyled cell is no cell."""
        style = StyleArray() if style is None else style
        if value is None and not any(style):
            self.clear(place)
        elif not (place in self.cells and self._same(place, value) and self.style(place) == style):
            cell = self._at(place)
            cell._style = copy(style)  # type: ignore[attr-defined]
            self._set(cell, place, value)

    def edit(self, place: Place, value: Cell) -> None:
        """Write a ``plain`` value into a cell and leave its style; a formula that reads the same stays."""
        if isinstance(value, Formula) and self.formula(place) == value.text:
            self._remember(place, value)
            self.changed = True
        else:
            self._set(self._at(place), place, value)

    def _same(self, place: Place, value: Cell) -> bool:
        if isinstance(value, Formula) and value.cached is None and place in self.kept.cached:
            return False
        return self.holds(place, value) and type(self.cells[place]._value).__name__ != "CellRichText"  # type: ignore[attr-defined]

    def _at(self, place: Place) -> SheetCell:
        if place not in self.cells:
            self.cells[place] = SheetCell(self.sheet, *place)
        return self.cells[place]

    def _set(self, cell: SheetCell, place: Place, value: Cell) -> None:
        self.changed = True
        self.kept.cached.pop(place, None)
        kind, held = "n", "" if value is None and cell.hyperlink else value
        if isinstance(value, str):
            kind, held = "s", stored(value)
        elif isinstance(value, bool):
            kind = "b"
        elif isinstance(value, Formula):
            kind, held = "f", "=" + stored(safe_text(value.text))
            self._remember(place, value)
        cell._value, cell.data_type = held, kind  # type: ignore[attr-defined]

    def _remember(self, place: Place, formula: Formula) -> None:
        self.kept.cached.pop(place, None)
        cached = plain(formula.cached)
        if isinstance(cached, str):
            self.kept.cached[place] = Cached("str", cached)
        elif cached is not None:
            self.kept.cached[place] = Cached("n", number_text(cached))  # type: ignore[arg-type]

    def clear(self, place: Place) -> None:
        """Take a cell away; where a note or a link hangs on it, a blank one stays."""
        cell = self.cells.get(place)
        if cell is None:
            return
        if cell.comment or cell.hyperlink:
            if not self.is_blank(place) or cell.has_style:
                cell._style = StyleArray()  # type: ignore[attr-defined]
                self._set(cell, place, None)
            return
        self.kept.cached.pop(place, None)
        del self.cells[place]
        self.changed = True

    def carry(self, place: Place) -> Carried:
        """A cell as it stands, to be set down elsewhere."""
        cell, cached = self.cells[place], self.kept.cached.get(place)
        return Carried(place, cell._value, cell.data_type, cell._style, cached)  # type: ignore[attr-defined]

    def set_down(self, place: Place, carried: Carried) -> None:
        """Write a carried cell; its formula reads as if it had been filled there."""
        value = carried.value
        if carried.kind == "f" and isinstance(value, str):
            value = "=" + translated(value[1:], _ref(carried.origin), _ref(place))
        elif isinstance(value, ArrayFormula):
            text = "=" + translated(str(value.text)[1:], _ref(carried.origin), _ref(place))
            value = ArrayFormula(_ref(place), text)
        cell = self._at(place)
        now = (cell._value, cell.data_type, cell._style, self.kept.cached.get(place))  # type: ignore[attr-defined]
        if now == (value, carried.kind, carried.style, carried.cached):
            return
        cell._value, cell.data_type, cell._style = value, carried.kind, copy(carried.style)  # type: ignore[attr-defined]
        self.kept.cached.pop(place, None)
        if carried.cached:
            self.kept.cached[place] = carried.cached
        self.changed = True

    def show_row(self, number: int) -> None:
        """A row with a new record is never hidden."""
        if number in self.sheet.row_dimensions and self.sheet.row_dimensions[number].hidden:
            self.sheet.row_dimensions[number].hidden = False
            self.changed = True

    def fit_row(self, number: int, height: float | None) -> None:
        """Give a row the height of its new text, unless a person chose the one it has."""
        stated = self.sheet.row_dimensions.get(number)
        old = stated.height if stated else None
        chosen = old not in (None, FORMER_HEIGHT) and number not in self.kept.own_heights
        if old != height and not chosen:
            self.sheet.row_dimensions[number].height = height
            self.kept.own_heights.add(number)
            self.changed = True

    def is_hidden(self, number: int) -> bool:
        """Whether a row is hidden by a filter or by hand."""
        return number in self.sheet.row_dimensions and bool(self.sheet.row_dimensions[number].hidden)

    def refuse_spanning(self, place: Place, table: str) -> None:
        """Raise ``BookUnsupported`` when an array formula over several cells stands there."""
        if self.spans_cells(place):
            raise BookUnsupported(
                f"{self.name}!{_ref(place)} belongs to an array formula that fills several cells; "
                f"delete that formula from the table {table} and run again."
            )


def _ref(place: Place) -> str:
    return f"{column_letter(place[1])}{place[0]}"


def _covers(dimension: ColumnDimension, column: int) -> bool:
    return (dimension.min or 0) <= column <= (dimension.max or 0)
