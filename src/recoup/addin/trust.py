"""Judges Excel's Trust Center: whether it lets an unsigned add-in in the startup folder run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from recoup.addin.excel_settings import Excel

Judgement: TypeAlias = "tuple[str, Literal['ok', 'note', 'act'], str, str]"

_CENTER = "File > Options > Trust Center > Trust Center Settings"
_ENABLED, _ASKS, _SIGNED_ONLY, _OFF = 1, 2, 3, 4  # VBAWarnings
_FORBID = {  # what stops the add-in wherever it lies: what was found, and where a user changes it
    "vba_off": ("Office has VBA switched off", "install VBA with Office's setup"),
    "addins_off": ("Excel has all add-ins switched off", f"untick it in {_CENTER} > Add-ins"),
    "addins_signed": ("Excel wants add-ins signed, and this one is not", f"untick it in {_CENTER} > Add-ins"),
    "signed_at_start": (
        "Office wants macros that load at the start signed, and these are not",
        "have the rule lifted",
    ),
}


def judge_trust(excel: Excel, startup: str) -> Iterator[Judgement]:
    """What the settings mean for an add-in in this folder."""
    forbidden = False
    for name, (found, remedy) in _FORBID.items():
        setting = excel.setting(name)
        if setting and setting.value:
            forbidden = True
            yield "Trust Center", "act", *_said(found, remedy, setting.by_policy)
    if forbidden:
        return
    doubt = _why_not_trusted(excel, startup)
    if doubt is None:
        yield "Trust Center", "ok", "Nothing there forbids the add-in to run.", ""
    else:
        yield _untrusted(excel, *doubt)


def _said(found: str, remedy: str, by_policy: bool) -> tuple[str, str]:
    if by_policy:
        return f"{found}, by a rule of your firm.", "Ask your IT to allow Recoup's add-in."
    return f"{found}.", f"{remedy[0].upper()}{remedy[1:]}, then restart Excel."


def _why_not_trusted(excel: Excel, startup: str) -> tuple[str, str, bool] | None:
    """Why the folder is no trusted location: what was found, the remedy, and whether by the firm; else None."""
    add = f"add {startup} in {_CENTER} > Trusted Locations"
    off, own, network = (excel.setting(n) for n in ("locations_off", "own_locations", "network_locations"))
    if off and off.value:
        return (
            "Trusted locations are switched off",
            f"untick it in {_CENTER} > Trusted Locations",
            off.by_policy,
        )
    if own and not own.value:
        return "Only trusted locations that your firm names count", add, own.by_policy
    if startup.startswith("\\\\") and not (network and network.value):
        return (
            "Excel's startup folder lies on a network drive, which is not trusted",
            add,
            bool(network and network.by_policy),
        )
    if excel.locations and not any(place.holds(startup) for place in excel.locations):
        return "Excel's startup folder is not among the trusted locations", add, False
    return None


def _untrusted(excel: Excel, found: str, remedy: str, by_policy: bool) -> Judgement:
    macros = excel.setting("macros")
    level = macros.value if macros else _ASKS
    if level == _ENABLED:
        return "Trust Center", "ok", f"{found}; all macros are allowed, so the add-in runs.", ""
    if level == _ASKS:
        return "Trust Center", "note", f"{found}; where Excel asks at its start, click Enable Macros.", ""
    return "Trust Center", "act", *_said(f"{found}, and macros are blocked", remedy, by_policy)
