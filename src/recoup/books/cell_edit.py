"""Edits of single cells that keep what a person put there: formulas, styles, attributes."""

from __future__ import annotations

import re
from html import escape

from recoup.books.cell_values import shared_formulas, translated
from recoup.books.cells import escape_text, number_text
from recoup.books.worksheet import CellXml, Worksheet
from recoup.model import Cell

_FORMULA = re.compile(r"<((?:\w+:)?)f\b[^>]*?(?:/>|>.*?</(?:\w+:)?f>)", re.S)
_CELL = re.compile(r"<(?:\w+:)?c\b[^>]*?(?:/>|>.*?</(?:\w+:)?c>)", re.S)
_ADDRESS = re.compile(r'\sr="([A-Z]+\d+)"')


def with_cached(cell: CellXml, cached: Cell, p: str) -> str:
    """A formula cell with another cached value; the formula stays as it was written."""
    formula = _FORMULA.search(cell.inner)
    opening = re.sub(r'\st="\w*"', "", cell.xml[: cell.xml.index(">")])
    if cached is None:
        return f"{opening}>{formula[0] if formula else ''}</{p}c>"
    text = isinstance(cached, str)
    shown = escape_text(str(cached)) if text else number_text(cached)  # type: ignore[arg-type]
    kind = ' t="str"' if text else ' t="b"' if isinstance(cached, bool) else ""
    return f"{opening}{kind}>{formula[0] if formula else ''}<{p}v>{shown}</{p}v></{p}c>"


def people_cell_at(cell: CellXml, ref: str) -> str:
    """A person's cell carried to another address; a formula reads as if it had been filled there."""
    origin = _ADDRESS.search(cell.xml[: cell.xml.index(">")])
    formula = _FORMULA.search(cell.inner)
    if origin is None or origin[1] == ref or formula is None:
        return cell.moved(ref)
    text = re.sub(r"<[^>]*>", "", formula[0])
    filled = translated(_unescaped(text), origin[1], ref)
    new = formula[0].replace(f">{text}<", f">{escape_text(filled)}<")
    return cell.moved(ref).replace(formula[0], new)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def unshare_formulas(sheet: Worksheet) -> None:
    """Give every cell that takes its formula from another cell a formula of its own, with the same meaning."""
    masters = shared_formulas(sheet)
    for number in [n for n, xml in sheet.rows.items() if 't="shared"' in xml]:
        sheet.set_row(number, _CELL.sub(lambda m: _own_formula(m[0], masters), sheet.rows[number]))


def _own_formula(cell_xml: str, masters: dict[str, tuple[str, str]]) -> str:
    formula = _FORMULA.search(cell_xml)
    if formula is None or 't="shared"' not in formula[0]:
        return cell_xml
    index = re.search(r'\bsi="(\d+)"', formula[0])
    address = _ADDRESS.search(cell_xml[: cell_xml.index(">")])
    if index is None or address is None or index[1] not in masters:
        return cell_xml
    origin, text = masters[index[1]]
    p = formula[1]
    own = escape(translated(text, origin, address[1]), quote=False)
    return cell_xml.replace(formula[0], f"<{p}f>{own}</{p}f>")
