"""The ribbon tab as customUI XML, made from the buttons."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from recoup.addin.buttons import GROUPS, Button

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
PREFIX = "recoup_"  # of every id: other add-ins share the ribbon
ON_LOAD, ON_CLICK, ON_BOOK_CLICK = "Recoup_OnLoad", "Recoup_OnClick", "Recoup_OnBookClick"


def ribbon_xml() -> str:
    """The whole part, one control a line."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    yield "<!-- Made by `recoup addin build` from src/recoup/addin/buttons.py: change it there. -->"
    yield f'<customUI xmlns="{NAMESPACE}" onLoad="{ON_LOAD}">'
    yield "  <ribbon>"
    yield "    <tabs>"
    yield f'      <tab id="{PREFIX}tab" label="Recoup" insertAfterMso="TabView">'
    for group in GROUPS:
        yield f'        <group id="{PREFIX}group_{group.name}" label={quoteattr(group.label)}>'
        yield from (f"          {_button(button)}" for button in group.buttons)
        yield "        </group>"
    yield "      </tab>"
    yield "    </tabs>"
    yield "  </ribbon>"
    yield "</customUI>"


def _button(button: Button) -> str:
    attributes = {
        "id": PREFIX + button.function,
        "tag": button.function,
        "label": button.label,
        "size": "large" if button.large else "normal",
        "imageMso": button.image,
        "onAction": ON_BOOK_CLICK if button.needs_book else ON_CLICK,
        "screentip": button.screentip,
        "supertip": button.supertip,
    }
    return f"<button {' '.join(f'{name}={quoteattr(value)}' for name, value in attributes.items())}/>"
