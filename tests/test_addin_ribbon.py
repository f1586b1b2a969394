"""The ribbon: what Excel takes in its XML, callbacks that exist with the right parameters, the buttons of SPEC."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from recoup.addin.buttons import BOOK_VARIABLE, GROUPS, MACROS, WINDOW_VARIABLE
from recoup.addin.ribbon import PREFIX

ROOT = Path(__file__).parents[1]
RIBBON = (ROOT / "addin" / "ribbon.xml").read_text(encoding="utf-8")
VBA = {file.stem: file.read_text() for file in (ROOT / "addin" / "vba").iterdir()}
RULES = yaml.safe_load((Path(__file__).parent / "addin" / "custom_ui.yaml").read_text(encoding="utf-8"))
BUILT_IN = yaml.safe_load((Path(__file__).parent / "addin" / "image_mso.yaml").read_text(encoding="utf-8"))
PROCEDURE = re.compile(r"^(Public|Private) (Sub|Function) (\w+)\((.*?)\)", re.MULTILINE)
CONTRACT = {
    "Reports": "Import files, Check reports, Prepare inputs, Clear report tab",
    "Claims": "Refresh claims, Explain, Take up, Dismiss, Tidy",
    "Cases": "Start case, Copy case text, Evidence pack, Record answer, Due today",
    "Share": "Merge copy, Journal, Undo last, Freeze functions",
    "Help": "Policy, Doctor, About",
}


def elements(xml: str) -> Iterator[tuple[str, ET.Element]]:
    """Every element with its bare name; those of another namespace keep it."""
    for element in ET.fromstring(xml).iter():
        yield element.tag.removeprefix(f"{{{RULES['namespace']}}}"), element


def faults(xml: str) -> list[str]:
    """What Excel would not take, or would take from another add-in."""
    found = [fault for name, element in elements(xml) for fault in _faults_of(name, element)]
    ids = Counter(element.get("id") for _, element in elements(xml) if element.get("id"))
    return [*found, *(f"{i} stands twice" for i, times in ids.items() if times > 1)]


def _faults_of(name: str, element: ET.Element) -> Iterator[str]:
    rules: dict[str, Any] | None = RULES["elements"].get(name)
    if rules is None:
        yield f"<{name}> has no rules in custom_ui.yaml"
        return
    for child in element:
        if child.tag.removeprefix(f"{{{RULES['namespace']}}}") not in rules["children"]:
            yield f"<{name}> takes no {child.tag}"
    yield from (f"<{name}> misses {a}" for a in rules.get("required", []) if a not in element.attrib)
    for attribute, value in element.attrib.items():
        yield from _faults_of_attribute(name, attribute, value)


def _faults_of_attribute(name: str, attribute: str, value: str) -> Iterator[str]:
    rules = RULES["elements"][name]
    expected = rules.get("callbacks", {}).get(attribute)
    if expected and parameters(value) != expected:
        yield f"{attribute} names {value}, which is no procedure with ({expected})"
    if not expected and attribute not in rules["attributes"]:
        yield f"<{name}> takes no {attribute}"
    if not 1 <= len(value) <= RULES["longest_text"]:
        yield f"{attribute} has {len(value)} characters"
    if value not in rules.get("values", {}).get(attribute, [value]):
        yield f"{attribute} cannot be {value}"
    if attribute == "id" and not re.fullmatch(rf"{PREFIX}[a-z_]+", value):
        yield f"{value} is not prefixed {PREFIX}"
    if attribute in BUILT_IN and value not in BUILT_IN[attribute]:
        yield f"{value} is no built-in {attribute}"


def parameters(callback: str) -> str | None:
    """Of a public Sub of that name; None when there is none."""
    found = [m for text in VBA.values() for m in PROCEDURE.findall(text) if m[2] == callback]
    return found[0][3] if len(found) == 1 and found[0][:2] == ("Public", "Sub") else None


def test_excel_takes_the_ribbon() -> None:
    assert faults(RIBBON) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("2009/07/customui", "2006/01/customui", "no rules"),
        ('size="large"', 'size="huge"', "size cannot be huge"),
        ("Recoup_OnClick", "Recoup_OnClik", "onAction names Recoup_OnClik"),
        ("Recoup_OnClick", "Recoup_Say", r"no procedure with \(control As IRibbonControl\)"),
        ('imageMso="Undo"', 'imageMso="Undoo"', "Undoo is no built-in imageMso"),
        ('id="recoup_show_about"', 'id="show_about"', "show_about is not prefixed"),
        ('id="recoup_show_about"', 'id="recoup_show_policy"', "stands twice"),
        ('tag="show_about"', 'colour="red"', "takes no colour"),
        ("<tabs>", "<tabs><gallery/>", "takes no"),
        (' screentip="About Recoup"', "", "misses screentip"),
        ('label="Tidy"', 'label=""', "0 characters"),
        ("TabView", "TabVeiw", "no built-in insertAfterMso"),
    ],
)
def test_a_broken_ribbon_is_found(old: str, new: str, fault: str) -> None:
    assert old in RIBBON
    assert re.search(fault, " ".join(faults(RIBBON.replace(old, new))))


def test_the_buttons_are_those_of_the_contract_in_its_order() -> None:
    groups = [element for name, element in elements(RIBBON) if name == "group"]
    shown = {g.get("label"): ", ".join(b.get("label", "") for b in g) for g in groups}
    assert shown == CONTRACT and list(shown) == list(CONTRACT)


def test_every_button_names_one_function_of_the_macros() -> None:
    tags = [element.get("tag", "") for name, element in elements(RIBBON) if name == "button"]
    assert tags == [b.function for g in GROUPS for b in g.buttons]
    assert len(set(tags)) == len(tags) and all(re.fullmatch("[a-z_]+", tag) for tag in tags)


def test_the_vba_speaks_to_python_by_the_names_that_python_knows() -> None:
    assert f'" -E -P -m {MACROS} "' in VBA["RecoupPython"]
    assert re.findall(r'\.Item\("(\w+)"\)', VBA["RecoupSystem"]) == [BOOK_VARIABLE, WINDOW_VARIABLE]
    script = (ROOT / "addin" / "recoup.applescript").read_text(encoding="utf-8")
    assert f"-E -P -m {MACROS} " in script and f"{BOOK_VARIABLE}=" in script
