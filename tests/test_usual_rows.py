"""A worksheet without its usual rows is well-formed just when all of it is, whatever is wrong with it."""

from __future__ import annotations

from xml.parsers import expat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recoup.books.cells import render
from recoup.books.usual_rows import without_usual_rows
from recoup.model import Formula

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<worksheet><sheetData>'
TAIL = '</sheetData><legend x="1"/></worksheet>'
VALUES = [
    None,
    True,
    1,
    2.5,
    "text & <b>",
    " a\nb ",
    "\u00e9\U0001f600",
    Formula('IF(A1<2,"x","")', "two"),
    Formula("1"),
]
HOSTILE = [
    *("<", ">", "&", "&lt", "&#0;", '"', "'", "]]>", "\0", "\x1f", "\ufffe", "/", " ", "x", "\n"),
    *("<!--", "-->", "--", "<![CDATA[", "<?x", "?>", '<?xml version="1.0"?>', "<!DOCTYPE a>"),
    *(
        "<row>",
        '<row r="7">',
        "</row>",
        "<row/>",
        '<row r="1" r="1">',
        "<c>",
        "</c>",
        '<c r="A1"/>',
        "<v>",
        "</v>",
    ),
    *(
        "<worksheet>",
        "</worksheet>",
        "<sheetData>",
        "</sheetData>",
        HEAD,
        TAIL,
        '<row r="9"><c r="A9"/></row>',
    ),
]


def row(number: int) -> str:
    cells = [
        render(f"{letter}{number}", "3", value) for letter, value in zip("ABCDEFGHI", VALUES, strict=True)
    ]
    height = ' ht="33"' if number % 2 else ""
    return f'<row r="{number}"{height}>{"".join(cells)}</row>'


SOUND = HEAD + "".join(map(row, range(1, 5))) + TAIL
PLACES = [at for at, letter in enumerate(SOUND) if letter in '<>&"'] + [len(SOUND)]


def is_well_formed(xml: bytes) -> bool:
    try:
        expat.ParserCreate().Parse(xml, True)
    except expat.ExpatError:
        return False
    return True


def test_only_what_the_engine_does_not_write_is_left() -> None:
    assert without_usual_rows(SOUND.encode()) == (HEAD + row(1) + TAIL).encode()


@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.integers(0, 60), st.sampled_from(["", *HOSTILE])), max_size=3
    )
)
@example([(0, len(SOUND), '<row r="1"></row><row r="2"></row>')])
@example([(0, len(SOUND), '<worksheet></worksheet></row><row r="1">')])
@example([(0, len(SOUND), '<a><!--</row><row r="1"><c r="A1"><v>--</v></c></row>--></a>')])
def test_whatever_is_wrong_is_seen_in_what_is_left(edits: list[tuple[int, int, str]]) -> None:
    xml = SOUND
    for place, length, put in sorted(edits, reverse=True):
        xml = xml[:place] + put + xml[place + length :]
    assert is_well_formed(without_usual_rows(xml.encode())) == is_well_formed(xml.encode())


@pytest.mark.parametrize("spoil", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbf\xbf"])
def test_what_is_no_utf_8_is_seen(spoil: bytes) -> None:
    xml = SOUND.encode().replace(b"two", spoil)
    assert not is_well_formed(xml)
    assert not is_well_formed(without_usual_rows(xml))
