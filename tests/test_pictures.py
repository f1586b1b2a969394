"""The sheets that the README shows, as LibreOffice draws them: no column too narrow, no failing formula."""

from __future__ import annotations

import re
import shutil
import struct
import zlib

import numpy as np
import pytest

from looks import convert, page_texts, showing_only
from pictures import SHEETS, cropped, png
from test_demo import made

WRONG = re.compile(r"###|#NAME\?|#REF!|#VALUE!|#N/A|#DIV/0!|Err:\d+")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The words on the printed sheets of the demo."""
    if not shutil.which("soffice"):
        pytest.skip("soffice (libreoffice-calc) is not installed")
    folder = tmp_path_factory.mktemp("pictures")
    return "\n".join(page_texts(convert(showing_only(made(7).book, SHEETS, folder / "shown.xlsx"), "pdf")))


def test_no_sheet_of_the_demo_shows_an_error_or_a_column_that_is_too_narrow(pages: str) -> None:
    assert WRONG.findall(pages) == []
    for words in ("Money by status", "Claim value", "What it shows", "Amazon case ID", "Loss rate by SKU"):
        assert words in pages


def test_charts_of_the_demo_show_their_figures_and_say_what_is_missing(pages: str) -> None:
    lines = [line for line in pages.splitlines() if "within 30 days" in line]
    assert any("no history yet" in line for line in lines), "the table"
    assert any(line.count("days") == 3 for line in lines), "the names under the columns of the chart"
    assert pages.count("No case is decided yet") == 2, "once in the sentence, once behind the chart"
    assert re.search(r"\d\.\d%", pages), "figures at the bars"


def test_a_picture_keeps_its_colours_and_its_content() -> None:
    picture = np.full((200, 100, 3), 255, np.uint8)
    picture[40:60, 20:30] = (32, 96, 168)
    cut = cropped(picture, 1000)
    assert cut.shape == (43, 33, 3)
    made_of = png(cut)
    chunks = {
        made_of[i : i + 4]: made_of[i + 4 :] for i in range(len(made_of)) if made_of[i : i + 4].isupper()
    }
    width, height, *_ = struct.unpack(">2I5B", chunks[b"IHDR"][:13])
    assert (width, height) == (33, 43)
    palette = [tuple(chunks[b"PLTE"][n : n + 3]) for n in (0, 3)]
    assert palette[0] == (255, 255, 255)
    assert all(abs(a - b) < 8 for a, b in zip(palette[1], (32, 96, 168), strict=True))
    rows = zlib.decompressobj().decompress(chunks[b"IDAT"])
    assert len(rows) == 43 * 34 and rows.count(1) == 200
