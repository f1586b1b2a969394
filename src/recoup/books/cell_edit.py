"""Edits of single cells that keep what a person put there: formulas, styles, attributes."""

from __future__ import annotations

import re

from recoup.books.cell_values import shared_formulas, translated
from recoup.books.cells import escape_text, number_text, unescape_text
from recoup.books.worksheet import CellXml, Worksheet
from recoup.model import Cell

_FORMULA = re.compile(r"<((?:[\w.-]+:)?)f\b[^>]*?(?:/>|>.*?</(?:[\w.-]+:)?f>)", re.S)


def with_cached(cell: CellXml, cached: Cell, p: str) -> str:
    """A formula cell with another cached value; the formula stays as it was written."""
    formula = _FORMULA.search(cell.inner)
    opening = re.sub(r'\s(?:t|vm)="\w*"', "", cell.xml[: cell.xml.index(">")])
    if cached is None:
        return f"{opening}>{formula[0] if formula else ''}</{p}c>"
    text = isinstance(cached, str)
    shown = escape_text(str(cached)) if text else number_text(cached)  # type: ignore[arg-type]
    kind = ' t="str"' if text else ' t="b"' if isinstance(cached, bool) else ""
    return f"{opening}{kind}>{formula[0] if formula else ''}<{p}v>{shown}</{p}v></{p}c>"


def people_cell_at(cell: CellXml, ref: str) -> str:
    """A person's cell carried to another address; a formula reads as if it had been filled there."""
    formula = formula_at(cell, ref)
    return cell.moved(ref).replace(_formula_of(cell), formula) if formula else cell.moved(ref)


def formula_at(cell: CellXml, ref: str) -> str:
    """The formula element of a cell as it reads when filled into another one; "" when there is none."""
    own = _formula_of(cell)
    if not own or cell.address == ref:
        return own
    text = re.sub(r"<[^>]*>", "", own)
    filled = translated(unescape_text(text), cell.address, ref)
    opening = re.sub(
        r'(\sref=")[^"]*', rf"\g<1>{ref}", own[: own.index(">")]
    )  # of an array formula of one cell
    return f"{opening}{own[own.index('>') :].replace(f'>{text}<', f'>{escape_text(filled)}<')}"


def _formula_of(cell: CellXml) -> str:
    formula = _FORMULA.search(cell.inner)
    return formula[0] if formula else ""


def unshare_formulas(sheet: Worksheet) -> None:
    """Give every cell that takes its formula from another cell a formula of its own, with the same meaning."""
    masters = shared_formulas(sheet)
    for number, row in sheet.rows_with('t="shared"'):
        for column, cell in row.cells.items():
            row.cells[column] = cell._replace(xml=_own_formula(cell, masters))
        sheet.set_row(number, row.render(number, sheet.prefix))


def _own_formula(cell: CellXml, masters: dict[str, tuple[str, str]]) -> str:
    formula = _FORMULA.search(cell.inner)
    index = re.search(r'\bsi="(\d+)"', formula[0]) if formula and 't="shared"' in formula[0] else None
    if formula is None or index is None or index[1] not in masters:
        return cell.xml
    origin, text = masters[index[1]]
    own = escape_text(translated(text, origin, cell.address))
    return cell.xml.replace(formula[0], f"<{formula[1]}f>{own}</{formula[1]}f>")
