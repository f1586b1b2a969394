"""What the text of each kind of claim states: which facts of which rows, what was looked for, what to attach.

A new kind of claim is one entry here and three sentences in each file of `languages`. What Amazon asks for per kind
is in the entry; ``label=fact`` shows a fact under another label.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows of Evidence that are listed, one line each: those of ``role`` that state ``mark``.

    ``facts`` must be there, ``known`` are shown where they are. At least one such row must be there unless
    ``optional``.
    """

    role: str
    mark: str
    facts: tuple[str, ...]
    known: tuple[str, ...] = ()
    optional: bool = False
    spent: bool = False  # also rows that take units away: a payment that was reversed


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked for: the rows of ``role`` that are not listed above, and the report that was read for it.

    ``report`` is "" for the seller's own record; of several names (``A|B``) the first counts that `Why` states.
    ``facts`` are shown of each such row where they are.
    """

    what: str
    role: str
    report: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseKind:
    """The text of one kind."""

    group: str  # what kinds of denial may come: stock, inbound, return, removal, fee, money
    about: tuple[str, ...]  # facts of the claim in the title
    claim: tuple[str, ...]  # facts of each claim, before its rows
    lines: tuple[Lines, ...]
    checks: tuple[Check, ...]
    together: str  # claims filed as one case share this column
    route: str  # where it is filed, for the person who files
    attach: tuple[str, ...] = ()  # what Amazon wants attached, for the person who files
    must_attach: tuple[str, ...] = ()  # kinds of documents one of which must be named
    product_documents: tuple[str, ...] = ()  # kinds of documents that count when they name only the product
    form: str = "case"  # whose limit of length holds: case, inbound
    all_together: bool = False  # every open claim that shares the column is in the text


_PRODUCT = ("fnsku", "sku?", "asin?")
_COUNTED = (*_PRODUCT, "units_claimed")
_STOCK = ("fnsku", "sku", "asin", "units_claimed")
_ORDERED = ("order_id", "fnsku?", "sku", "asin?", "units_claimed")
_MONEY = ("amount_claimed",)
_FOUND_FACTS = ("date", "units", "fc", "reference_id=reference")
_PAID_FACTS = (
    "date",
    "units",
    "paid=amount",
    "paid_as",
    "reimbursement_id=reference",
    "reimbursement_id=reimbursement",
)
_FOUND = Check("found", "found", "Inventory Ledger", _FOUND_FACTS)
_PAID = Check("reimbursement", "reimbursement", "Reimbursements", _PAID_FACTS)
_RETURN = Check(
    "return",
    "return",
    "Customer Returns",
    ("date", "units", "disposition", "order_id=order", "lpn=reference"),
)
_ADJUSTED = Check("adjustment", "fee", "Transactions|Settlements", ("date", "amount"))
_CORRECTED = Check("adjustment", "reimbursement", "Reimbursements", _PAID_FACTS)
_LEDGER = ("fc", "code", "reference_id=reference")
_LEDGER_ROW = Lines("loss", "code", ("date", "quantity", *_LEDGER), ("disposition",))
_REFUND = Lines("refund", "refunded", ("date", "refunded"), optional=True)
_RETURNED = Lines("return", "status", ("date", "quantity", "disposition", "status"), ("lpn",))
_ORDER = ("order_id", "sku")

_IDR = "Inventory Defect and Reimbursement, where the units are shown as Eligible for claim"
_CONTENTS = "Shipping queue, the shipment, tab Contents: Research missing units, field Additional information"
_RETURNS = "Manage FBA Returns, or Inventory Defect and Reimbursement"
_REMOVALS = "Removal order detail: request a claim for the removal"
_FEES = "Help, FBA issue: fee, size and weight of a product"
_REVALUE = "the revaluation tool, after the cost was updated in Manage Your Sourcing Cost"
_SUPPORT = "Help, Get support: a case for this one issue"

KINDS: dict[str, CaseKind] = {
    "lost_in_warehouse": CaseKind(
        "stock",
        ("fnsku",),
        _STOCK,
        (_LEDGER_ROW,),
        (_FOUND, _PAID),
        "FNSKU",
        _IDR,
        ("ledger lines",),
    ),
    "damaged_in_warehouse": CaseKind(
        "stock",
        ("fnsku",),
        _STOCK,
        (_LEDGER_ROW,),
        (Check("correction", "correction", "Inventory Ledger", _FOUND_FACTS), _PAID),
        "FNSKU",
        _IDR,
        ("ledger lines",),
    ),
    "disposed_without_request": CaseKind(
        "stock",
        ("fnsku",),
        _STOCK,
        (_LEDGER_ROW,),
        (
            Check(
                "disposal_order",
                "removal order",
                "Removal Orders",
                ("date", "units", "removal_order_id=reference"),
            ),
            _PAID,
        ),
        "FNSKU",
        _SUPPORT,
        ("ledger lines", "Removal Orders report"),
    ),
    "lost_inbound": CaseKind(
        "inbound",
        ("shipment_id",),
        ("shipment_id", "delivered", *_COUNTED),
        (Lines("record", "shipped", ("shipped", "received", "reconciled", "missing=units")),),
        (_PAID,),
        "Shipment ID",
        _CONTENTS,
        (
            "invoice, or signed packing slip of a manufacturer",
            "proof of delivery or bill of lading stamped by Amazon, with carrier, tracking, boxes and weight",
        ),
        must_attach=("proof of delivery", "bill of lading"),
        product_documents=("invoice", "packing slip"),
        form="inbound",
        all_together=True,
    ),
    "return_not_received": CaseKind(
        "return",
        _ORDER,
        _ORDERED,
        (Lines("refund", "refunded", ("date", "refunded"), ("quantity",)),),
        (_RETURN, _PAID),
        "Order ID",
        _RETURNS,
        ("refund line", "Customer Returns filtered by the order"),
    ),
    "return_damaged_by_amazon": CaseKind(
        "return",
        _ORDER,
        _ORDERED,
        (_RETURNED, _REFUND),
        (_PAID,),
        "Order ID",
        _RETURNS,
        ("Customer Returns line",),
    ),
    "return_not_restocked": CaseKind(
        "return",
        _ORDER,
        _ORDERED,
        (_RETURNED, _REFUND),
        (Check("restocked", "receipt", "Inventory Ledger", ("date", "units", "fc")), _PAID),
        "Order ID",
        _RETURNS,
        ("Customer Returns line", "ledger lines of customer returns"),
    ),
    "replacement_not_returned": CaseKind(
        "return",
        _ORDER,
        _ORDERED,
        (Lines("replacement", "replacement", ("date", "quantity", "replacement_order=replacement")), _REFUND),
        (_RETURN, _PAID),
        "Order ID",
        _RETURNS,
        ("Replacements line",),
    ),
    "refund_exceeds_charge": CaseKind(
        "money",
        _ORDER,
        ("order_id", "sku", *_MONEY),
        (
            Lines("sale", "amount", ("date", "charged=negated"), ("item",)),
            Lines("refund", "amount", ("date", "refunded=signed"), ("item",)),
        ),
        (_ADJUSTED,),
        "Order ID",
        _SUPPORT,
        ("sale and refund lines",),
    ),
    "refund_commission_kept": CaseKind(
        "money",
        _ORDER,
        ("order_id", "sku", *_MONEY),
        (
            Lines("refund", "refunded", ("date", "refunded"), ("item",)),
            Lines("fee", "commission", ("date", "commission"), optional=True),
            Lines("fee", "due_back", ("due_back",)),
            Lines("fee", "given_back", ("date", "given_back"), optional=True),
            Lines("fee", "fee_kept", ("date", "fee_kept"), optional=True),
            Lines("fee", "most_kept", ("most_kept",), optional=True),
        ),
        (_ADJUSTED,),
        "Order ID",
        _SUPPORT,
        ("sale and refund lines",),
    ),
    "removal_lost": CaseKind(
        "removal",
        ("removal_order_id", "tracking=reference_id"),
        ("removal_order_id", "tracking=reference_id", *_COUNTED),
        (Lines("shipment", "tracking", ("shipped_date=date", "quantity", "tracking")),),
        (
            Check("receipt", "receipt", "", ("date", "arrived", "tracking=parcel", "tracking=reference")),
            _PAID,
        ),
        "Removal order ID",
        _REMOVALS,
        ("tracking page with the last movement", "proof or denial of delivery by the carrier"),
    ),
    "removal_damaged": CaseKind(
        "removal",
        ("removal_order_id",),
        ("removal_order_id", *_COUNTED),
        (Lines("receipt", "condition", ("date", "quantity", "condition"), ("tracking=parcel",)),),
        (_PAID,),
        "Removal order ID",
        _REMOVALS,
        ("photos of each unit, packaging, shipping box and label",),
        product_documents=("photo", "LPN photo"),
    ),
    "fulfillment_fee_overcharged": CaseKind(
        "fee",
        ("fnsku",),
        (*_PRODUCT, *_MONEY),
        (
            Lines("fee", "charged", ("date", "order_id=order", "charged")),
            Lines("record", "dimensions", ("dimensions", "weight", "size_tier", "fee_due=due")),
        ),
        (_CORRECTED,),
        "FNSKU",
        _FEES,
        ("measuring photos of the packed unit", "Fee Preview line"),
        product_documents=("photo", "other"),
    ),
    "referral_fee_overcharged": CaseKind(
        "fee",
        _ORDER,
        ("order_id", "sku", "asin?", *_MONEY),
        (
            Lines("sale", "price", ("price",)),
            Lines("sale", "shipping_price", ("shipping_price",), optional=True),
            Lines("fee", "commission", ("date", "commission")),
            Lines("sale", "category", ("category", "fee_due=due")),
        ),
        (_CORRECTED,),
        "Order ID",
        _SUPPORT,
        ("Custom Unified Transaction report",),
        product_documents=("other",),
    ),
    "storage_fee_overcharged": CaseKind(
        "fee",
        ("fnsku",),
        (*_PRODUCT, *_MONEY),
        (
            Lines("fee", "charged_volume", ("month=date", "fc", "charged", "charged_volume")),
            Lines("record", "measured_volume", ("measured_volume", "fee_due=due"), ("measured_on",)),
        ),
        (_CORRECTED,),
        "FNSKU",
        _FEES,
        ("measuring photos", "Storage Fees line"),
        product_documents=("photo", "other"),
    ),
    "reimbursement_underpaid": CaseKind(
        "money",
        ("reimbursement_id=reference_id",),
        (*_COUNTED, *_MONEY),
        (
            Lines(
                "reimbursement", "units", ("date", "reimbursement_id=reimbursement", "units", "paid=amount")
            ),
            Lines("cost", "amount", ("unit_cost=amount",), ("valid_from=date",)),
            Lines("loss", "code", ("date", "fc", "code"), optional=True),
        ),
        (Check("revaluation", "reimbursement", "Reimbursements", _PAID_FACTS),),
        "Reference ID",
        _REVALUE,
        ("invoice of the last year, with its price; update the cost in Seller Central first",),
        product_documents=("invoice",),
    ),
    "reimbursement_reversed": CaseKind(
        "money",
        ("reimbursement_id=reference_id",),
        (*_COUNTED, *_MONEY),
        (
            Lines(
                "reversal",
                "reimbursement",
                ("date", "reversal_id=reimbursement", "original_id=original", "units", "taken_back=amount"),
            ),
            Lines(
                "reimbursement",
                "reference",
                ("date", "reimbursement_id=reference", "paid=amount"),
                optional=True,
                spent=True,
            ),
            Lines("loss", "code", ("date", "quantity", *_LEDGER), optional=True),
            Lines("refund", "refunded", ("date", "order_id=order", "refunded"), optional=True),
        ),
        (Check("back", "found", "Inventory Ledger|Customer Returns|Reimbursements", _FOUND_FACTS),),
        "Reference ID",
        _SUPPORT,
        ("ledger lines", "both lines of Reimbursements"),
    ),
}
