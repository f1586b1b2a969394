"""What is done to whole tables and tabs in openpyxl: patched, replaced, widened, extended, shortened."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

from openpyxl.worksheet.table import TableColumn

from recoup import sheets
from recoup.books.area import MAX_ROWS, Area
from recoup.books.base import TableBlocked
from recoup.books.cells import column_letter, plain, safe_text
from recoup.books.openpyxl_cells import Tab
from recoup.books.openpyxl_kept import Place
from recoup.books.openpyxl_table import TableCells, first_filled, merged
from recoup.books.openpyxl_values import Carried
from recoup.books.row_keys import Key, by_key, record_key
from recoup.books.row_order import SortBy, refuse_hanging, refuse_hidden_rows, sorted_numbers
from recoup.model import Cell, Problem, Record


def patch_rows(table: TableCells, key: Sequence[str], records: Sequence[Record]) -> list[Problem]:
    """Edit the rows with those keys where a value differs, append the others."""
    table.check_headers(records)
    columns = [table.column_of(header) for header in key]
    waiting = by_key(key, records, table.name, table.tab.date1904)
    done: set[Key] = set()
    doubled: dict[Key, list[int]] = {}
    for number in range(table.body.top, table.body.bottom + 1):
        if not table.has_row(number):
            continue
        row_key = table.key_of(number, columns)
        if row_key in done:
            doubled.setdefault(row_key, []).append(number)
        elif row_key in waiting:
            _edit_row(table, number, waiting.pop(row_key))
            done.add(row_key)
    table.append(list(waiting.values()))
    return [_doubled_rows(table, key, doubled)] if doubled else []


def edit_rows(table: TableCells, records: Mapping[int, Record]) -> None:
    """Edit the rows with those sheet numbers where a value differs."""
    table.check_headers(list(records.values()))
    for number, record in records.items():
        _edit_row(table, number, record)


def edit_cell(tab: Tab, place: Place, value: Cell) -> None:
    """Write one cell where it differs; a new cell looks like its column."""
    new = plain(value, tab.date1904)
    if tab.holds(place, new):
        return
    if tab.style(place) is None:
        tab.put(place, new, tab.column_style(place[1]))
    else:
        tab.edit(place, new)


def _edit_row(table: TableCells, number: int, record: Record) -> None:
    for header, value in record.items():
        column = table.column_of(header)
        place, new = (number, column), plain(value, table.tab.date1904)
        if table.tab.holds(place, new):
            continue
        table.tab.refuse_spanning(place, table.name)
        if table.tab.style(place) is None:
            table.tab.put(place, new, table.styles[column])
        else:
            table.tab.edit(place, new)
        table.fit_row(number)


def _doubled_rows(table: TableCells, key: Sequence[str], doubled: dict[Key, list[int]]) -> Problem:
    rows = sorted(n for numbers in doubled.values() for n in numbers)
    letter = column_letter(table.column_of(key[0]))
    return Problem(
        "warning",
        table.tab.name,
        f"{len(rows)} rows repeat the {' and '.join(key)} of a row above "
        f"({', '.join(filter(None, next(iter(doubled))))}); only the first row of each is kept up to date.",
        "Move what was typed in the repeated rows to the first one, then delete them.",
        column=key[0],
        rows=len(rows),
        first_cells=", ".join(f"{letter}{n}" for n in rows[:3]),
    )


def sort_rows(table: TableCells, by: SortBy) -> None:
    """Sort the rows; all cells of a row move together."""
    tab, body = table.tab, table.body
    refuse_hidden_rows(tab.name, sum(tab.is_hidden(n) for n in table.read().numbers))
    noted = (Area(c, r, c, r) for (r, c), cell in tab.cells.items() if cell.comment)
    links = (Area.parse(cell.hyperlink.ref) for cell in tab.cells.values() if cell.hyperlink)
    refuse_hanging(tab.name, body, noted, filter(None, links))
    numbers = sorted_numbers(table.read(), by)
    every = range(body.top, body.bottom + 1)
    order = [*numbers, *(n for n in every if n not in set(numbers))]
    moving = [(to, source) for to, source in zip(every, order, strict=True) if to != source]
    for number, _ in moving:
        for column in table.letters:
            tab.refuse_spanning((number, column), table.name)
    cells = {
        (to, c): tab.carry((source, c))
        for to, source in moving
        for c in table.letters
        if (source, c) in tab.cells
    }
    for number, _ in moving:
        for column in table.letters:
            tab.clear((number, column))
    for place, cell in cells.items():
        tab.set_down(place, cell)
    for number, _ in moving:
        table.fit_row(number)


def replace_rows(
    table: TableCells, records: Sequence[Record], keep_by: Sequence[str], engine: Sequence[str]
) -> list[Problem]:
    """Rewrite the body; ``engine`` are the headers that are Recoup's when there are no records."""
    table.check_headers(records)
    named = list(dict.fromkeys(h for r in records for h in r)) or [*engine]
    people = [h for h in table.headers if h not in named]
    by = list(keep_by) or [h for h in named if h in table.headers]
    kept = _people_cells(table, people, by) if people else {}
    old = table.body
    fill = table.calculated_formulas(old.top)
    bottom = old.bottom if table.fixed else old.top + max(len(records), 1) - 1
    if table.fixed and len(records) > old.bottom - old.top + 1:
        raise ValueError(f"{table.name} holds at most {old.bottom - old.top + 1} rows")
    table.end_at(bottom)
    for number, record in enumerate(records, old.top):
        same = kept.get(record_key(record, by, table.tab.date1904))
        table.write_row(number, record, fill, same.pop(0) if same else None)
    for number in range(old.top + len(records), bottom + 1):
        table.write_row(number, {}, fill)
    for number in range(bottom + 1 + table.totals, old.bottom + 1 + table.totals):
        table.clear_row(number)
    return _lost_cells(table, kept)


def _people_cells(
    table: TableCells, people: Sequence[str], by: Sequence[str]
) -> dict[Key, list[dict[int, Carried]]]:
    """People's cells by the key of their row."""
    columns = [table.column_of(header) for header in people]
    keys = [table.column_of(header) for header in by]
    found: dict[Key, list[dict[int, Carried]]] = {}
    for number in range(table.body.top, table.body.bottom + 1):
        places = [(number, c) for c in columns if (number, c) in table.tab.cells]
        if any(not table.tab.is_blank(p) or table.tab.style(p) != table.styles[p[1]] for p in places):
            cells = {p[1]: table.tab.carry(p) for p in places}
            found.setdefault(table.key_of(number, keys), []).append(cells)
    return found


def _lost_cells(table: TableCells, left: dict[Key, list[dict[int, Carried]]]) -> list[Problem]:
    texts = []
    for key, rows in left.items():
        for cells in rows:
            typed = [t for cell in cells.values() if (t := cell.typed) is not None]
            if typed:
                texts.append(f"{' '.join(key)}: {'; '.join(map(str, typed))}")
    if not texts:
        return []
    return [
        Problem(
            "warning",
            table.tab.name,
            f"What was typed beside {len(texts)} rows that no longer exist was removed with them: "
            + " | ".join(texts[:20]),
            "Find it again in the backup of this workbook if it is needed.",
            rows=len(texts),
        )
    ]


def add_columns(table: TableCells, columns: Sequence[sheets.Column]) -> None:
    """Widen the table. Raises ``TableBlocked`` when something stands to its right."""
    fresh = [c for c in columns if c.header not in table.headers]
    if not fresh:
        return
    area, tab = table.area, table.tab
    room = Area(area.right + 1, area.top, area.right + len(fresh), area.bottom)
    taken = any(room.overlaps(a) for a in (*table.neighbours, *merged(tab)))
    if taken or first_filled(tab, room):
        raise TableBlocked(
            f"The table {table.name} on {tab.name!r} needs {len(fresh)} more columns, "
            f"but something stands to its right ({room}): move it, then try again."
        )
    ids = max(int(c.id) for c in table.table.tableColumns)
    for step, column in enumerate(fresh, 1):
        place = area.right + step
        like = table.column_of(_like(table, column, any_kind=False))
        head = tab.style((area.top, table.column_of(_like(table, column, any_kind=True))))
        tab.put((area.top, place), safe_text(column.header), head)
        for number in range(area.top + 1, area.bottom + 1):
            tab.put((number, place), None, table.styles[like])
        _set_width(tab, place, column.width + 1)
        table.table.tableColumns.append(TableColumn(id=ids + step, name=column.header))
    table.table.ref = str(Area(area.left, area.top, room.right, area.bottom))
    if table.table.autoFilter is not None:
        filtered = Area.parse(str(table.table.autoFilter.ref))
        if filtered and filtered.right == area.right:
            table.table.autoFilter.ref = str(Area(filtered.left, filtered.top, room.right, filtered.bottom))
    tab.changed = True


def _like(table: TableCells, column: sheets.Column, any_kind: bool) -> str:
    """The last column that looks as the new one shall: of its kind and owner, else of its owner, else the last."""
    declared = sheets.TABLES[table.name].columns if table.name in sheets.TABLES else ()
    known = {c.header: c for c in declared if c.owner == column.owner}
    own = [known[h] for h in table.headers if h in known]
    alike = own if any_kind else [c for c in own if c.kind == column.kind]
    return (alike or own or [sheets.Column(table.headers[-1])])[-1].header


def _set_width(tab: Tab, column: int, width: int) -> None:
    dimensions = tab.sheet.column_dimensions
    if len(dimensions) and not tab.states_column(column):
        dimension = dimensions[column_letter(column)]
        dimension.min, dimension.max, dimension.width = column, column, width


def write_list(tab: Tab, area: Area, values: Sequence[str]) -> Area:
    """Write a row of values right of what stands in the row, unless the area holds them; where they stand then."""
    row = area.top
    if [tab.raw((row, c)) for c in range(area.left, area.right + 1)] == list(values):
        return area
    left = max((c for r, c in tab.cells if r == row), default=0) + 2
    for column, value in enumerate(values, left):
        tab.put((row, column), plain(value), tab.style((row, area.left)))
    return Area(left, row, left + max(len(values), 1) - 1, row)


def extend_tab(tab: Tab, rows: Sequence[Sequence[str]]) -> None:
    """Add text rows below what a report tab holds. Raises ``TableBlocked`` when the sheet cannot hold them."""
    last = max((place[0] for place in tab.cells if not tab.is_blank(place)), default=0)
    if last + len(rows) > MAX_ROWS:
        raise TableBlocked(
            f"The tab {tab.name!r} cannot hold {len(rows):,} more rows (Excel ends at {MAX_ROWS:,}); "
            "keep the file in a Reports folder and refresh with --reports."
        )
    styles = [tab.column_style(c) for c in range(1, max(map(len, rows), default=0) + 1)]
    for number, row in enumerate(rows, last + 1):
        own = tab.row_style(number)
        for column, text in enumerate(row, 1):
            if text:
                style = own or styles[column - 1]
                tab.put((number, column), safe_text(text), style)
                if style is None:
                    tab.cells[number, column].number_format = "@"


def drop_rows(tab: Tab, rows: Collection[int]) -> None:
    """Remove rows of a tab; where something hangs on its rows they are emptied and nothing moves."""
    gone = sorted(set(rows))
    if not gone:
        return
    anchored = _is_anchored(tab)
    for place in [p for p in tab.cells if p[0] in rows]:
        tab.clear(place)
    if anchored:
        _forget_rows(tab, {n: n for n in tab.sheet.row_dimensions if n not in rows})
        return
    numbers = {n for n, _ in tab.cells} | set(tab.sheet.row_dimensions)
    new = {n: n - _count_below(gone, n) for n in numbers if n not in rows}
    moved = {(new[n], c): cell for (n, c), cell in tab.cells.items()}
    for (number, _), cell in moved.items():
        tab.changed = tab.changed or cell.row != number
        cell.row = number
    tab.cells.clear()
    tab.cells.update(moved)
    _forget_rows(tab, new)


def _count_below(gone: Sequence[int], number: int) -> int:
    return bisect_left(gone, number)


def _forget_rows(tab: Tab, new: dict[int, int]) -> None:
    """Keep the heights and formats of the rows named, at their new numbers."""
    dimensions = tab.sheet.row_dimensions
    kept = {new[n]: d for n, d in sorted(dimensions.items()) if n in new}
    tab.kept.own_heights = {new[n] for n in tab.kept.own_heights if n in new}
    tab.changed = tab.changed or set(kept) != set(dimensions)
    dimensions.clear()
    for number, dimension in kept.items():
        dimension.index = number
        dimensions[number] = dimension


def _is_anchored(tab: Tab) -> bool:
    sheet = tab.sheet
    hanging = any(c.hyperlink or c.comment or c.data_type == "f" for c in tab.cells.values())
    ruled = bool(sheet.data_validations.dataValidation) or bool(len(sheet.conditional_formatting))
    laid_out = sheet.merged_cells.ranges or sheet.tables or sheet.row_breaks.brk or sheet.scenarios.scenario
    return hanging or ruled or bool(laid_out)
