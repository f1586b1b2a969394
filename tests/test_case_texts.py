"""A case text states facts of the rows and nothing else, in six languages, within the form, whatever the order.

What must be in a text is written here again, by hand, from what Amazon asks for; `_kinds` may not decide it alone.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import EFFORT
from paper_records import records_of
from recoup import doors
from recoup.case_texts import (
    CODES,
    KINDS,
    PURPOSES,
    CaseText,
    Records,
    assemble,
    purpose_of,
    read_records,
    write_text,
)
from recoup.case_texts._language import language
from recoup.memory import plain
from recoup.model import Formula, RecoupError
from recoup.sheets import KINDS as ALL_KINDS
from test_cases import Case, _policy, all_cases, run_case
from test_demo import made

FILED = date(2026, 11, 1)
CASE_ID = "17012345678"
DENIALS = [c.code for c in Records("", [], []).policy.reason_codes if c.group == "denials"]
# Columns of Claims whose cells Amazon asks for, per kind.
PRODUCT = ("FNSKU", "SKU", "ASIN")
ASKED = {
    "lost_in_warehouse": (*PRODUCT, "Units", "Event date", "Reference ID"),
    "damaged_in_warehouse": (*PRODUCT, "Units", "Event date", "Reference ID"),
    "disposed_without_request": (*PRODUCT, "Units", "Event date", "Reference ID"),
    "lost_inbound": ("Shipment ID", "FNSKU", "SKU", "Units", "Event date"),
    "return_not_received": ("Order ID", "SKU", "FNSKU", "Units", "Event date"),
    "return_damaged_by_amazon": ("Order ID", "SKU", "FNSKU", "Units", "Event date", "Reference ID"),
    "return_not_restocked": ("Order ID", "SKU", "FNSKU", "Units", "Event date", "Reference ID"),
    "replacement_not_returned": ("Order ID", "Reference ID", "SKU", "Units", "Event date"),
    "refund_exceeds_charge": ("Order ID", "SKU", "Claim value", "Event date"),
    "refund_commission_kept": ("Order ID", "SKU", "Claim value", "Event date"),
    "removal_lost": ("Removal order ID", "Reference ID", "FNSKU", "Units", "Event date"),
    "removal_damaged": ("Removal order ID", "FNSKU", "Units", "Event date"),
    "fulfillment_fee_overcharged": ("FNSKU", "Claim value"),
    "referral_fee_overcharged": ("Order ID", "SKU", "Claim value", "Event date"),
    "storage_fee_overcharged": ("FNSKU", "Claim value"),
    "reimbursement_underpaid": ("Reference ID", "FNSKU", "Units", "Claim value", "Event date"),
    "reimbursement_reversed": ("Reference ID", "FNSKU", "Units", "Claim value", "Event date"),
}


@cache
def demo() -> Records:
    """The rows of the demo's workbook, as if every claim had been filed and denied as too late."""
    records = read_records(doors.open_workbook(made(7).book))
    return replace(records, cases=[denied(c) for c in records.claims])


def denied(claim: dict[str, Any], reason: str = "too late") -> dict[str, Any]:
    """The row of Cases of a claim that was filed and denied."""
    kept = {h: claim.get(h) for h in ("Claim ID", "Kind", "Shipment ID", "Deadline", "Event date")}
    case = f"C-{claim.get('Shipment ID') or claim['Claim ID']}"
    filed = {"Amazon case ID": CASE_ID, "Filed on": FILED, "Decision reason": reason}
    return {**kept, "Case": case, "Stage": "Denied", **filed}


@cache
def ready(kind: str) -> tuple[str, ...]:
    """Ready claims of a kind in the demo."""
    return tuple(
        str(c["Claim ID"]) for c in demo().claims if c["Kind"] == kind and c["Status"] in ("Ready", "Waiting")
    )


def text_of(records: Records, *ids: str, purpose: str = "file", tongue: str = "en", **more: str) -> CaseText:
    return write_text(assemble(records, ids), purpose, tongue, **more)


# --- every token of a text is found in the rows ---------------------------------------------------------------------

_TOKEN = re.compile(r"[A-Za-z0-9#_.+/-]*\d[A-Za-z0-9#_.+/-]*|\b[A-Z][A-Z_]{2,}\b")


def tokens(text: str) -> set[str]:
    """Everything in a text that looks like an identifier, a day, an amount, a number or a code."""
    text = re.sub(r"(\d),(\d\d) (?=[A-Z]{3})", r"\1.\2 ", text)
    return {t.strip(".-/+") for t in _TOKEN.findall(text)} - {""}


@cache
def own_words(tongue: str) -> frozenset[str]:
    """What the phrases of a language hold of such tokens by themselves: FNSKU, FBA, the 1 of "per 1 unit"."""
    return frozenset(t for p in phrases(language(tongue).phrases) for t in tokens(p))


def phrases(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from phrases(inner)
    elif isinstance(value, str):
        yield value


def stated(records: Records, text: CaseText) -> set[str]:
    """Every token of the rows of the case, and the sums that a text may state of them."""
    dossier = assemble(records, text.claim_ids)
    rows = [*dossier.claims, *dossier.evidence, *dossier.cases]
    found = {str(d) for d in records.covered.values()} | own_words(text.language)
    for row in [*rows, *dossier.documents]:
        for cell in row.values():
            found |= spellings(cell)
    mine = dossier.evidence
    found.add(f"{sum(c['Units'] or 0 for c in dossier.claims):.0f}")
    for role in {e["Role"] for e in mine}:
        found.add(f"{-sum(e['Units'] or 0 for e in mine if e['Role'] == role and (e['Units'] or 0) < 0):.0f}")
    return found | spellings(dossier.case)


def names(text: str, cell: Any) -> bool:
    """True when a text states a cell; of several identifiers in one cell, each."""
    if isinstance(cell, (int, float, date)):
        return bool(spellings(cell) & tokens(text))
    return all(part in text for part in plain(cell).split(", "))


@cache
def facts_of(claim_id: str) -> frozenset[str]:
    """Every token of the rows of a claim of the demo."""
    return frozenset(stated(demo(), text_of(demo(), claim_id)))


def spellings(cell: Any) -> set[str]:
    cell = cell.cached if isinstance(cell, Formula) else cell
    if isinstance(cell, date):
        return {cell.isoformat(), f"{cell:%Y-%m}"}
    if isinstance(cell, (int, float)):
        return {f"{abs(cell):.2f}", f"{cell:.2f}", f"{abs(cell):.0f}"} if cell == cell else set()
    text = re.sub(r"(\d),(\d{3})", r"\1\2", plain(cell))
    return {t.strip(".-/+") for t in _TOKEN.findall(text)}


def check_facts(records: Records, text: CaseText) -> None:
    """Nothing but facts of the rows, no placeholder, no buyer, within the form."""
    strange = tokens(text.text) - stated(records, text)
    assert not strange, f"{strange} is not in the rows of {text.claim_ids}:\n{text.text}"
    assert len(text.text) <= text.limit
    assert not re.search(r"[{}]|\bNone\b|\bnan\b|\bnull\b", text.text), text.text
    assert "…" not in text.text or text.missing


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_text_of_the_demo_states_facts_of_its_rows_only(kind: str, purpose: str) -> None:
    for tongue in CODES:
        check_facts(demo(), text_of(demo(), ready(kind)[0], purpose=purpose, tongue=tongue))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL_KINDS)
def test_every_text_of_the_demo_states_facts_of_its_rows_only(kind: str) -> None:
    claims = [str(c["Claim ID"]) for c in demo().claims if c["Kind"] == kind]
    for claim_id in claims[:: 5 if EFFORT == "ci" else 1]:
        for tongue in CODES:
            for purpose in PURPOSES:
                check_facts(demo(), text_of(demo(), claim_id, purpose=purpose, tongue=tongue))


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_every_ready_claim_of_the_demo_has_a_complete_text_with_all_that_amazon_asks_for(kind: str) -> None:
    assert ready(kind)
    for n, claim_id in enumerate(ready(kind)):
        for tongue in CODES if n == 0 else ("en",):
            text = text_of(demo(), claim_id, tongue=tongue)
            claim = next(c for c in demo().claims if c["Claim ID"] == claim_id)
            assert text.missing == ()
            for header in ASKED[kind]:
                assert names(text.text, claim[header]), f"{header} {claim[header]}:\n{text.text}"
            assert "2026-11-14" in text.text, "up to which day the reports were read"


@pytest.mark.parametrize("reason", [d for d in DENIALS if d != "no further action"])
@pytest.mark.parametrize("kind", ALL_KINDS)
def test_every_appeal_states_facts_of_its_rows_only(kind: str, reason: str) -> None:
    for tongue in (CODES[(ALL_KINDS.index(kind) + DENIALS.index(reason)) % len(CODES)],):
        text = text_of(demo(), ready(kind)[-1], purpose="appeal", tongue=tongue, reason=reason)
        strange = tokens(text.text) - facts_of(ready(kind)[-1]) - own_words(tongue)
        assert not strange, f"{strange}:\n{text.text}"
        assert len(text.text) <= text.limit
        assert CASE_ID in text.text and str(FILED) in text.text


def claimed(case: Case) -> bool:
    return any(c["status"] in ("Ready", "Waiting") for c in case["claims"])


def check_case_texts(case: Case) -> None:
    """Every claim of a YAML case that is ready has a complete and true text in every language."""
    result = run_case(case)
    policy = _policy(case.get("home", "US"), tuple(case.get("settings", {}).items()))
    records = records_of(result, case["as_of"], policy)
    for claim in records.claims:
        if claim["Status"] not in ("Ready", "Waiting"):
            continue
        texts = [text_of(records, str(claim["Claim ID"]), tongue=tongue) for tongue in CODES]
        for text in texts:
            check_facts(records, text)
            asked = [m for m in text.missing if "tracking" not in m and "invoice" not in m]
            assert asked == []


def _firsts() -> list[Any]:
    """The first case of each detector with a ready claim."""
    first: dict[str, Case] = {}
    for case in all_cases():
        if claimed(case) and "xfail" not in case:
            first.setdefault(case["detector"], case)
    return [pytest.param(case, id=detector) for detector, case in first.items()]


@pytest.mark.parametrize("case", _firsts())
def test_the_first_yaml_case_of_a_kind_has_true_texts(case: Case) -> None:
    check_case_texts(case)


@pytest.mark.slow
@pytest.mark.parametrize("detector", sorted(ALL_KINDS))
def test_every_yaml_case_has_true_texts(detector: str) -> None:
    for case in all_cases():
        if case["detector"] == detector and claimed(case) and "xfail" not in case:
            check_case_texts(case)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_text_is_the_same_when_the_rows_come_in_another_order(kind: str, purpose: str) -> None:
    claim_id, records = ready(kind)[0], demo()
    mixed = replace(
        records,
        claims=list(reversed(records.claims)),
        evidence=sorted(records.evidence, key=lambda r: plain(r["What it shows"])[::-1]),
        cases=list(reversed(records.cases)),
        documents=list(reversed(records.documents)),
    )
    assert text_of(mixed, claim_id, purpose=purpose).text == text_of(records, claim_id, purpose=purpose).text


@pytest.mark.parametrize(
    ("stages", "purpose", "several"),
    [
        (("Draft", "Draft"), "file", ""),
        (("Denied", "Denied"), "appeal", ""),
        (("Waiting on Amazon", "Paid"), "chase", "(Paid, Waiting on Amazon)"),
        (("Denied", "Filed"), "chase", "(Denied, Filed)"),
        (("Draft", "Filed"), "chase", "(Draft, Filed)"),
        (("Closed", "Draft"), "file", "(Closed, Draft)"),
    ],
)
def test_a_case_of_which_something_was_filed_is_not_offered_for_filing_again(
    stages: tuple[str, str], purpose: str, several: str
) -> None:
    ids = ready("lost_in_warehouse")[:2]
    rows = tuple({"Claim ID": c, "Case": "C-1", "Stage": s} for c, s in zip(ids, stages, strict=True))
    dossier = replace(assemble(demo(), ids[:1]), case="C-1", cases=rows)
    assert purpose_of(dossier) == purpose
    told = [m for m in write_text(dossier, purpose).missing if "Stage" in m]
    said = (
        f"Cases: case C-1 has several values of Stage {several}; keep only the claims that this text is about"
    )
    assert told == ([said] if several else [])


# --- languages ----------------------------------------------------------------------------------------------------


def test_every_language_has_the_same_phrases_with_the_same_facts() -> None:
    english = shape(language("en").phrases)
    for code in CODES:
        assert shape(language(code).phrases) == english, code
    assert set(language("en").phrases["kinds"]) == set(KINDS) == set(ALL_KINDS)


def shape(value: Any, name: str = "") -> Any:
    """The keys of a language, and the placeholders of each phrase."""
    if isinstance(value, dict):
        return {key: shape(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return "names"
    return sorted(field for _, field, _, _ in string.Formatter().parse(value) if field)


def test_every_denial_has_its_sentence_in_every_language() -> None:
    roles = {c.role for c in Records("", [], []).policy.reason_codes if c.group == "denials"} - {"final"}
    for code in CODES:
        assert set(language(code).phrases["denials"]) == roles


@pytest.mark.parametrize(
    ("marketplace", "chosen", "tongue"),
    [
        ("US", "", "en"), ("UK", "", "en"), ("DE", "", "de"), ("FR", "", "fr"), ("IT", "", "it"),
        ("ES", "", "es"), ("MX", "", "es"), ("JP", "", "ja"), ("BE", "", "fr"), ("BR", "", "en"),
        ("CA", "", "en"), ("DE", "English", "en"), ("US", "Deutsch", "de"), ("US", "ja", "ja"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_settings_or_else_of_the_marketplace(
    marketplace: str, chosen: str, tongue: str
) -> None:
    records, claim_id = demo(), ready("lost_in_warehouse")[0]
    policy, problems = records.policy.with_settings([{"Name": "Case language", "Value": chosen}])
    claims = [{**c, "Marketplace": marketplace} for c in records.claims]
    assert not problems
    assert write_text(assemble(replace(records, claims=claims, policy=policy), [claim_id])).language == tongue


# --- one case, one issue ------------------------------------------------------------------------------------------


def two_of_a_shipment() -> tuple[str, ...]:
    shipments: dict[str, list[str]] = {}
    for claim in demo().claims:
        if claim["Kind"] == "lost_inbound":
            shipments.setdefault(str(claim["Shipment ID"]), []).append(str(claim["Claim ID"]))
    return next(tuple(sorted(ids)) for ids in shipments.values() if len(ids) == 2)


def test_all_short_skus_of_a_shipment_are_in_one_text_whichever_is_named() -> None:
    one, other = two_of_a_shipment()
    for records in (demo(), replace(demo(), cases=[])):
        texts = {text_of(records, one).text, text_of(records, other).text, text_of(records, one, other).text}
        assert len(texts) == 1
        assert set(text_of(records, one).claim_ids) == {one, other}


def test_claims_of_several_kinds_orders_or_products_make_no_case() -> None:
    lost, damaged = ready("lost_in_warehouse"), ready("damaged_in_warehouse")
    with pytest.raises(RecoupError, match="One case is one issue: damaged_in_warehouse, lost_in_warehouse"):
        assemble(demo(), [lost[0], damaged[0]])
    with pytest.raises(RecoupError, match="several values of FNSKU"):
        assemble(demo(), lost[:3])
    with pytest.raises(RecoupError, match="there is no claim LW-NOBODY"):
        assemble(demo(), ["LW-NOBODY"])


# --- the limit of the form ------------------------------------------------------------------------------------------


def big_shipment(skus: int, rows: int = 1) -> Records:
    """A shipment of many short SKUs, each with an invoice of its own."""
    claims, evidence, documents = [], [], []
    for n in range(skus):
        claim_id, sku, fnsku = f"LI-{n:06d}AAAA", f"SKU-{n:04d}", f"X00{n:07d}"
        product = {"SKU": sku, "FNSKU": fnsku, "ASIN": f"B0{n:08d}", "Shipment ID": "FBA15ABCDEFG"}
        claims.append({
            "Claim ID": claim_id, "Kind": "lost_inbound", "Status": "Ready", "Marketplace": "US", **product,
            "Event date": date(2026, 9, 1), "Units": 2.0 * rows, "Deadline": date(2027, 6, 1),
            "Why": "short: Reimbursements read to 2026-11-14", "Case": "C-LI-000000AAAA",
        })  # fmt: skip
        names = f"SKU {sku} · FNSKU {fnsku} · shipment FBA15ABCDEFG"
        shows = "shipment FBA15ABCDEFG: 10 shipped, 8 received, 0 reconciled; to be filed together"
        evidence += [
            {"Claim ID": claim_id, "Role": "record", "Sheet or file": "Inbound Shipments", "Row": 100.0 * n + r,
             "Date": date(2026, 9, 1), "Units": 2.0, "Identifiers": names, "What it shows": shows}
            for r in range(rows)
        ]  # fmt: skip
        documents.append({"Document ID": f"INV-{n:04d}", "Kind": "invoice", "Applies to": sku})
    documents.append({"Document ID": "POD-1", "Kind": "proof of delivery", "Applies to": "FBA15ABCDEFG"})
    for row in evidence:
        row |= {"Amount": None, "Currency": None, "Link": None}
    return Records("big.xlsx", claims, evidence, [], documents, as_of=date(2026, 11, 15))


@pytest.mark.parametrize("tongue", CODES)
@pytest.mark.parametrize(("skus", "rows"), [(1, 1), (3, 1), (3, 40), (8, 1), (9, 1), (25, 1), (60, 3)])
def test_a_text_never_passes_its_limit_and_never_cuts_an_identifier(
    skus: int, rows: int, tongue: str
) -> None:
    records = big_shipment(skus, rows)
    text = text_of(records, "LI-000000AAAA", tongue=tongue)
    check_facts(records, text)
    assert text.missing == ()
    assert len(text.text) <= 2000 and "FBA15ABCDEFG" in text.text
    assert text.shortened == ("C-LI-000000AAAA evidence.xlsx" in text.text)
    assert f"{2 * rows * skus}" in tokens(text.text), "the units in all are stated, however short the text"
    if text.shortened:
        assert "Hello" not in text.text or "listed in the attached file" in text.text


def test_a_short_text_names_every_product_and_is_not_shortened() -> None:
    text = text_of(big_shipment(4), "LI-000002AAAA")
    assert not text.shortened
    assert all(f"X00{n:07d}" in text.text for n in range(4))


def test_the_limit_is_policy_that_a_lead_may_override() -> None:
    records = big_shipment(3)
    policy, problems = records.policy.overridden(
        [
            {
                "Rule": "case_text_limit.inbound.all.2010-01-01",
                "Override": 700,
                "Override by": "Ann",
                "Why": "seen",
            }
        ],
        [],
    )
    assert not [p for p in problems if p.severity == "error"]
    text = text_of(replace(records, policy=policy), "LI-000000AAAA")
    assert (text.limit, text.shortened, len(text.text) <= 700, text.missing) == (700, True, True, ())


def test_a_form_too_small_for_any_text_is_named_and_nothing_is_cut() -> None:
    records = big_shipment(3)
    policy, _ = records.policy.overridden(
        [
            {
                "Rule": "case_text_limit.inbound.all.2010-01-01",
                "Override": 100,
                "Override by": "Ann",
                "Why": "x",
            }
        ],
        [],
    )
    text = text_of(replace(records, policy=policy), "LI-000000AAAA")
    assert not text.complete
    assert "more than 100 characters" in text.missing[-1]


# --- what is missing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_each_fact_that_amazon_asks_for_is_named_when_its_cell_is_blank(kind: str) -> None:
    claim_id = ready(kind)[0]
    identifiers = [
        h for h in ASKED[kind] if h in ("Order ID", "Shipment ID", "Removal order ID", "Units", "Claim value")
    ]
    for header in identifiers:
        claims = [{**c, header: None} if c["Claim ID"] == claim_id else c for c in demo().claims]
        text = text_of(replace(demo(), claims=claims, cases=[]), claim_id)
        assert any(f"{header} on Claims is blank" in m for m in text.missing), (header, text.missing)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_claim_whose_evidence_is_gone_has_no_complete_text(kind: str) -> None:
    text = text_of(replace(demo(), evidence=[]), ready(kind)[0])
    assert any("row on Evidence states" in m for m in text.missing)


def change(claim_id: str, **cells: Any) -> Records:
    claims = [{**c, **cells} if c["Claim ID"] == claim_id else c for c in demo().claims]
    return replace(demo(), claims=claims)


def test_a_question_on_claims_is_missing() -> None:
    claim_id = ready("lost_in_warehouse")[0]
    text = text_of(change(claim_id, Status="Needs input", Missing="did R pay for this?"), claim_id)
    assert text.missing == (f"{claim_id}: did R pay for this?",)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_evidence_whose_report_was_cleared_still_states_its_facts(kind: str) -> None:
    claim_id = ready(kind)[0]
    rows = [
        {**e, "What it shows": f"{e['What it shows']} (report cleared 2026-11-20)"} for e in demo().evidence
    ]
    assert text_of(replace(demo(), evidence=rows), claim_id).text == text_of(demo(), claim_id).text


def test_a_row_that_does_not_say_where_is_named() -> None:
    claim_id = ready("lost_in_warehouse")[0]
    rows = [
        {**e, "What it shows": re.sub(r" at \w+ ", " at ? ", plain(e["What it shows"]))}
        for e in demo().evidence
    ]
    text = text_of(replace(demo(), evidence=rows), claim_id)
    assert any("does not state fc" in m for m in text.missing)


def test_a_report_whose_last_day_is_not_known_is_named() -> None:
    claim_id = ready("lost_in_warehouse")[0]
    text = text_of(replace(demo(), covered={}), claim_id)
    assert text.missing == ("up to which day Inventory Ledger was read (refresh the workbook)",)


def test_a_claim_that_the_last_refresh_did_not_see_is_not_said_to_be_checked_up_to_that_refresh() -> None:
    claim_id = ready("lost_in_warehouse")[0]
    text = text_of(change(claim_id, **{"Last seen": date(2026, 10, 1)}), claim_id)
    assert any("Inventory Ledger was read" in m for m in text.missing)


@pytest.mark.parametrize("purpose", ["chase", "answer", "appeal"])
def test_what_was_filed_must_be_known_to_write_about_it(purpose: str) -> None:
    claim_id = ready("lost_in_warehouse")[0]
    text = text_of(replace(demo(), cases=[]), claim_id, purpose=purpose)
    assert any("has no Amazon case ID" in m for m in text.missing)
    assert any("has no Filed on" in m for m in text.missing)


def test_two_amazon_case_ids_in_one_case_are_named() -> None:
    one, other = two_of_a_shipment()
    cases = [{**c, "Amazon case ID": "9999999999"} if c["Claim ID"] == other else c for c in demo().cases]
    text = text_of(replace(demo(), cases=cases), one, purpose="chase")
    assert any("several values of Amazon case ID (17012345678, 9999999999)" in m for m in text.missing)


def test_an_inbound_case_without_proof_of_delivery_is_not_complete() -> None:
    records = big_shipment(2)
    text = text_of(replace(records, documents=records.documents[:-1]), "LI-000000AAAA")
    assert any("no proof of delivery or bill of lading" in m for m in text.missing)


# --- appeals ------------------------------------------------------------------------------------------------------


def test_a_case_that_amazon_closed_for_good_is_not_appealed() -> None:
    with pytest.raises(RecoupError, match="no further action"):
        text_of(demo(), ready("lost_in_warehouse")[0], purpose="appeal", reason="No further action")


def test_an_unknown_reason_is_refused_where_asked_for_and_general_where_typed() -> None:
    claim_id = ready("lost_in_warehouse")[0]
    with pytest.raises(RecoupError, match="--reason bad weather: choose one of already reimbursed"):
        text_of(demo(), claim_id, purpose="appeal", reason="bad weather")
    cases = [denied(c, "Mr Smith of 5 Elm Street says no") for c in demo().claims]
    text = text_of(replace(demo(), cases=cases), claim_id, purpose="appeal")
    assert text.complete
    assert "Smith" not in text.text and "tell us the reason if the decision stays" in text.text


def test_an_appeal_of_a_case_filed_too_late_is_not_complete() -> None:
    claim_id = ready("lost_in_warehouse")[0]
    text = text_of(change(claim_id, Deadline=date(2026, 10, 31)), claim_id, purpose="appeal")
    assert any("filed on 2026-11-01, after the deadline 2026-10-31" in m for m in text.missing)


def test_a_reason_that_cannot_be_of_this_kind_is_answered_in_general() -> None:
    text = text_of(demo(), ready("lost_in_warehouse")[0], purpose="appeal", reason="measurements confirmed")
    assert "measure" not in text.text


# --- nothing of people --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", PURPOSES)
def test_nothing_that_people_typed_about_a_buyer_is_in_a_text(purpose: str) -> None:
    buyer = "Jane Doe, jane@example.com, 5 Elm Street"
    columns = ("Amazon answer", "Notes", "Next action", "Decision note", "Product", "Decision reason")
    cases = [{**c, **dict.fromkeys(columns, buyer)} for c in demo().cases]
    claims = [{**c, "Decision note": buyer, "Product": buyer} for c in demo().claims]
    documents = [{**d, "Note": buyer} for d in demo().documents]
    records = replace(demo(), cases=cases, claims=claims, documents=documents)
    for kind in ALL_KINDS:
        text = text_of(records, ready(kind)[0], purpose=purpose)
        assert not re.search(r"Jane|example\.com|Elm", text.text)


def test_a_reimbursement_in_inventory_is_not_called_an_amount_of_nothing() -> None:
    paid = [e for e in demo().evidence if "paid in inventory" in plain(e["What it shows"]) and e["Units"]]
    text = text_of(demo(), str(paid[0]["Claim ID"]))
    assert "Paid: in inventory" in text.text and "0.00" not in text.text


# --- small cases, word for word -------------------------------------------------------------------------------------


def small_cases() -> list[Any]:
    document = yaml.safe_load((Path(__file__).parent / "case_texts.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in document]


@pytest.mark.parametrize("case", small_cases())
def test_a_small_case_says(case: dict[str, Any]) -> None:
    claim = {
        "Claim ID": "XX-1",
        "Status": "Ready",
        "Marketplace": "US",
        "Last seen": date(2026, 11, 15),
        **case["claim"],
    }
    evidence = [
        {
            **dict.fromkeys(("Date", "Units", "Amount", "Currency", "Identifiers")),
            "Claim ID": "XX-1",
            "Row": n + 2.0,
            **row,
        }
        for n, row in enumerate(table(case["evidence"]))
    ]
    records = Records(
        "small.xlsx", [claim], evidence, [{"Claim ID": "XX-1", **case["case"]}] if "case" in case else [],
        covered=dict.fromkeys(("Inventory Ledger", "Removal Orders"), date(2026, 11, 14)), as_of=date(2026, 11, 15),
    )  # fmt: skip
    text = text_of(records, "XX-1", purpose=case.get("purpose", "file"), tongue=case.get("language", "en"))
    assert list(text.missing) == case.get("missing", [])
    for line in case["says"]:
        assert line in text.text.splitlines(), text.text


def table(drawn: str) -> Iterable[dict[str, Any]]:
    """Rows of a table drawn with |; blank cells are None, numbers and days are read as such."""
    lines: Sequence[list[str]] = [[c.strip() for c in line.split("|")] for line in drawn.strip().splitlines()]
    return [
        {h: yaml.safe_load(c) if c else None for h, c in zip(lines[0], x, strict=True)} for x in lines[1:]
    ]
