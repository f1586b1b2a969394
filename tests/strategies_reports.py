"""Hypothesis strategies for exports: rows of canonical values, and the many forms in which a report writes them.

What is written comes from tables of its own (month names, words, order of the transaction columns), never from
those that the reader uses, so that a fault in one of them is not on both sides. Only which column a header of
the other reports belongs to is taken from the declared spellings.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from recoup.reports import Column, Report, all_reports
from recoup.reports._buyers import about_buyer
from recoup.reports._declared import fold, spellings

BOOK = yaml.safe_load((Path(__file__).parent / "report_variants.yaml").read_text())
NOT_READ = {name: {fold(h) for h in text.split(" | ")} for name, text in BOOK["not_read"].items()}
Row = dict[
    str, Any
]  # canonical column -> datetime, number of hundredths (money), number or text; None is blank


@dataclass(frozen=True)
class Variant:
    """One header variant; ``means`` says per header the column it fills.

    ``-`` is a column that is not read, ``+other`` one whose amount is added to another column, ``=date`` the
    same day again.
    """

    name: str
    report: Report
    headers: tuple[str, ...]
    means: tuple[str, ...]
    above: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> list[str]:
        """The canonical columns that this variant has, in declared order."""
        filled = {m.lstrip("+") for m in self.means if m[0] not in "-=?"}
        return [c.name for c in self.report.columns if c.name in filled]


# ---------------------------------------------------------------------------------------------------------------
# What each header means
# ---------------------------------------------------------------------------------------------------------------

_HEAD = "posted_date settlement_id type order_id sku description quantity marketplace"
_SHORT = "product_sales shipping_credits gift_wrap_credits promotional_rebates"
_SALES = "product_sales product_sales_tax shipping_credits shipping_credits_tax gift_wrap_credits gift_wrap_credits_tax"
_RULES = "regulatory_fee regulatory_fee_tax"
_REBATES = "promotional_rebates promotional_rebates_tax marketplace_withheld_tax"
_TAXES = "product_sales_tax marketplace_withheld_tax"
_FEES = "selling_fees fba_fees other_transaction_fees other total"
_STATE = "status release_date"
_PLACE = "- - -"
_LONG = f"{_HEAD} fulfillment {_PLACE} - {_SALES} {_REBATES} {_FEES}"
_NORTH = f"{_HEAD} - fulfillment {_PLACE} - {_SALES} {_RULES} {_REBATES} {_FEES}"
_PLAIN = f"{_HEAD} fulfillment {_PLACE} {_SHORT}"
# Variant of the transaction report -> what its columns mean, in order.
TRANSACTIONS = {
    "US 2017, 23 columns": f"{_PLAIN} {_TAXES} {_FEES}",
    "US 2020 to 2025, 30 columns": _NORTH,
    "US 2025, 32 columns": f"{_NORTH} {_STATE}",
    "Canada, 30 columns": _NORTH,
    "UK, 27 columns": _LONG,
    "UK 2025, 29 columns": f"{_LONG} {_STATE}",
    "UAE, 22 columns": f"{_PLAIN} product_sales_tax {_FEES}",
    "UAE, 23 columns": f"{_PLAIN} {_TAXES} {_FEES}",
    "Australia 2026, 25 columns": f"{_PLAIN} product_sales_tax +marketplace_withheld_tax {_FEES} {_STATE}",
    "India, Sku with a capital, 21 columns": f"{_PLAIN} {_FEES}",
    "India, with the tax columns, 25 columns": f"{_PLAIN} +product_sales_tax +marketplace_withheld_tax"
    f" +marketplace_withheld_tax +marketplace_withheld_tax {_FEES}",
    "Brazil, 25 columns": f"{_HEAD} - fulfillment {_PLACE} {_SHORT} product_sales_tax {_FEES} {_STATE}",
    "France with both apostrophes, 29 columns": f"{_LONG} {_STATE}",
    "Belgium in French, 29 columns": f"{_LONG} {_STATE}",
    "Germany, older, 21 columns": f"{_PLAIN} {_FEES}",
    "Germany, older, without Ort, 20 columns": f"{_HEAD} fulfillment - - {_SHORT} {_FEES}",
    "Germany, 29 columns": f"{_LONG} {_STATE}",
    "Italy, older, 21 columns": f"{_PLAIN} {_FEES}",
    "Italy, 29 columns": f"{_LONG} {_STATE}",
    "Spain, 29 columns": f"{_LONG} {_STATE}",
    "Mexico, 29 columns": f"{_HEAD} fulfillment {_PLACE} - {_SALES} {_RULES} {_REBATES} {_FEES}",
    "Netherlands, 25 columns": f"{_PLAIN} {_TAXES} {_FEES} {_STATE}",
    "Sweden, 24 columns": f"{_PLAIN} {_TAXES} {_FEES} release_date",
    "Japan, 28 columns": f"{_HEAD} fulfillment {_PLACE} - {_SALES} +other {_REBATES} {_FEES}",
    "Poland, without the place of the order, 22 columns": f"{_HEAD} fulfillment {_SHORT} {_TAXES} {_FEES} {_STATE}",
    "Turkey, without the place of the order, 19 columns": f"{_HEAD} fulfillment product_sales shipping_credits"
    f" promotional_rebates {_FEES} {_STATE}",
}


def _means(report: Report, headers: Sequence[str]) -> list[str]:
    """What each header means; ``?`` is one that is neither declared, of no use nor about the buyer."""
    means = []
    for header in headers:
        names = [c.name for c in report.columns if c.kind != "present" and fold(header) in spellings(c)]
        same = [c.name for c in report.columns if fold(header) in {fold(h) for h in c.same_day_as}]
        if names and names[0] in means:  # further spelling of a column that is there already
            means.append("=" + names[0])
        elif names or same:
            means.append(names[0] if names else "=" + same[0])
        elif fold(header) in NOT_READ.get(report.name, ()) or about_buyer(header, report.buyer):
            means.append("-")
        else:
            means.append("?")
    return means


def read_variants() -> list[Variant]:
    """Every variant that is read as a report."""
    found = []
    for stated in BOOK["variants"]:
        if "report" not in stated:
            continue
        report, headers = all_reports()[stated["report"]], stated["header"].split(" | ")
        transactions = report.name == "transactions"
        means = TRANSACTIONS[stated["variant"]].split() if transactions else _means(report, headers)
        assert len(means) == len(headers), stated["variant"]
        above = tuple(tuple(line.split(" | ")) for line in stated.get("above", ()))
        found.append(Variant(stated["variant"], report, tuple(headers), tuple(means), above))
    return found


# ---------------------------------------------------------------------------------------------------------------
# How a language writes days, amounts and words
# ---------------------------------------------------------------------------------------------------------------


def _iso(day: datetime) -> str:
    return f"{day:%Y-%m-%dT%H:%M:%S}+00:00"


def _twelve(day: datetime, marks: str) -> str:
    """1:05:07 PM; ``marks`` are the words for before and after noon."""
    return f"{day.hour % 12 or 12}:{day:%M:%S} {marks.split()[day.hour >= 12]}"


def _named(months: str, shape: str, marks: str = "") -> Callable[[datetime], str]:
    """Days with the name of the month; ``shape`` places day {d}, month {m}, year {y} and time {t}."""
    names = months.split()

    def write(day: datetime) -> str:
        time = _twelve(day, marks) if marks else f"{day:%H:%M:%S}"
        return shape.format(d=day.day, m=names[day.month - 1], y=day.year, t=time)

    return write


def _pattern(pattern: str) -> Callable[[datetime], str]:
    return lambda day: day.strftime(pattern)


_ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_DOTTED = "Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec."
_FRENCH = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."
_SPANISH = "ene feb mar abr may jun jul ago sep oct nov dic"


@dataclass(frozen=True)
class Language:
    """How a country writes one report: days, decimal mark, mark between thousands, words, lines above."""

    date: Callable[[datetime], str] = _iso
    mark: str = "."
    gap: str = ","
    yen: bool = False
    currency: str = ""
    marketplaces: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)  # as written -> English
    statuses: Mapping[str, str] = field(
        default_factory=lambda: {"Released": "Released", "Deferred": "Deferred"}
    )
    fulfillment: Mapping[str, str] = field(default_factory=lambda: {"Amazon": "Amazon", "Seller": "Seller"})
    payment: tuple[str, str] = ("FBA Inventory Reimbursement - Customer Return",) * 2
    encodings: tuple[str, ...] = ("cp1252",)
    above: tuple[str, ...] = ()


def _types(order: str, refund: str, adjustment: str, transfer: str) -> dict[str, str]:
    return {order: "Order", refund: "Refund", adjustment: "Adjustment", transfer: "Transfer"}


_ENGLISH_TYPES = _types("Order", "Refund", "Adjustment", "Transfer") | {"Service Fee": "Service Fee"}
_EUROPE = {"mark": ",", "gap": "."}
_PAID = "FBA Inventory Reimbursement - "
LANGUAGES: dict[str, Language] = {  # the first word of the variant -> how it is written
    "US": Language(
        _named(_ENGLISH, "{m} {d}, {y} {t} PDT", "AM PM"),
        currency="USD",
        marketplaces=("amazon.com", "Amazon.com"),
        types=_ENGLISH_TYPES,
        above=(
            "Includes Amazon Marketplace, Fulfillment by Amazon (FBA)",
            "All amounts in USD, unless specified",
        ),
    ),
    "Canada": Language(
        _named(_DOTTED, "{m} {d}, {y} {t} PDT", "a.m. p.m."),
        currency="CAD",
        marketplaces=("amazon.ca",),
        types=_ENGLISH_TYPES,
        above=("All amounts in CAD, unless specified",),
    ),
    "UK": Language(
        _named(_ENGLISH, "{d} {m} {y} {t} UTC"),
        currency="GBP",
        marketplaces=("amazon.co.uk",),
        types=_ENGLISH_TYPES,
        above=("All amounts in GBP, unless specified",),
    ),
    "UAE": Language(
        _named(_ENGLISH, "{d} {m} {y} {t} UTC", "AM PM"),
        currency="AED",
        marketplaces=("amazon.ae",),
        types=_ENGLISH_TYPES,
        above=("All amounts in AED, unless specified",),
    ),
    "Australia": Language(
        _named(_DOTTED, "{d} {m} {y} {t} GMT+9", "am pm"),
        currency="AUD",
        marketplaces=("amazon.com.au",),
        types=_ENGLISH_TYPES,
        above=("All amounts in AUD, unless specified",),
    ),
    "India": Language(
        _named(_ENGLISH, "{d} {m} {y} {t} UTC", "am pm"),
        currency="INR",
        marketplaces=("amazon.in",),
        types=_ENGLISH_TYPES,
        above=("All amounts in INR, unless specified",),
    ),
    "Brazil": Language(
        _named("jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.", "{d} de {m} de {y} {t} GMT-8"),
        **_EUROPE,
        currency="BRL",
        marketplaces=("amazon.com.br",),
        types=_types("Pedido", "Reembolso", "Ajuste", "Transferir"),
        statuses={"Liberado": "Released", "Diferido": "Deferred"},
        fulfillment={"Amazon": "Amazon", "Vendedor": "Seller"},
        above=("Todos os valores em BRL",),
    ),
    "France": Language(
        _named(_FRENCH, "{d} {m} {y} {t} UTC"),
        mark=",",
        gap="\u202f",
        currency="EUR",
        marketplaces=("amazon.fr",),
        types=_types("Commande", "Remboursement", "Ajustement", "Transfert"),
        statuses={"Sorti": "Released"},
        fulfillment={"Amazon": "Amazon", "Vendeur": "Seller"},
        payment=("Remboursement de stock Expédié par Amazon - Perdu", _PAID + "Lost:Warehouse"),
        encodings=(),  # no code page holds the narrow blank
        above=("Tous les montants sont en EUR, sauf mention contraire",),
    ),
    "Belgium": Language(
        _named(_FRENCH, "{d} {m} {y} {t} UTC"),
        **_EUROPE,
        currency="EUR",
        marketplaces=("amazon.com.be",),
        types=_types("Commande", "Remboursement", "Ajustement", "Transférer"),
        statuses={"Sorti": "Released"},
        above=("Tous les montants sont en EUR, sauf mention contraire",),
    ),
    "Germany": Language(
        _pattern("%d.%m.%Y %H:%M:%S UTC"),
        **_EUROPE,
        currency="EUR",
        marketplaces=("amazon.de", "Amazon.de"),
        types=_types("Bestellung", "Erstattung", "Anpassung", "Übertrag") | {"Servicegebühr": "Service Fee"},
        statuses={"Veröffentlicht": "Released"},
        fulfillment={"Amazon": "Amazon", "Verkäufer": "Seller"},
        payment=(
            "Versand durch Amazon Erstattung für Lagerbestand - Kundenrücksendung",
            _PAID + "Customer Return",
        ),
        above=("Alle Beträge in Euro sofern nicht anders gekennzeichnet",),
    ),
    "Italy": Language(
        _named("gen feb mar apr mag giu lug ago set ott nov dic", "{d} {m} {y} {t} UTC"),
        **_EUROPE,
        currency="EUR",
        marketplaces=("amazon.it",),
        types=_types("Ordine", "Rimborso", "Modifica", "Trasferimento"),
        fulfillment={"Amazon": "Amazon", "Venditore": "Seller"},
        above=("Tutti gli importi sono espressi in EUR, se non diversamente specificato",),
    ),
    "Spain": Language(
        _named(_SPANISH, "{d} {m} {y} {t} UTC"),
        **_EUROPE,
        currency="EUR",
        marketplaces=("amazon.es",),
        types=_types("Pedido", "Reembolso", "Ajuste", "Transferir"),
        statuses={"Liberado": "Released", "Diferido": "Deferred"},
        above=("Todos los importes en EUR, a menos que se especifique lo contrario",),
    ),
    "Mexico": Language(
        _named(_SPANISH, "{d} {m} {y} {t} GMT-7", "a.m. p.m."),
        currency="MXN",
        marketplaces=("amazon.com.mx",),
        types=_types("Pedido", "Reembolso", "Ajuste", "Trasferir"),
        above=("Todos los importes en MXN, a menos que se especifique lo contrario",),
    ),
    "Netherlands": Language(
        _named("jan feb mrt apr mei jun jul aug sep okt nov dec", "{d} {m} {y} {t} UTC"),
        **_EUROPE,
        currency="EUR",
        marketplaces=("amazon.nl",),
        types=_types("Bestelling", "Terugbetaling", "Aanpassing", "Overboeking"),
        above=("Alle bedragen in EUR, tenzij anders vermeld",),
    ),
    "Sweden": Language(
        _named("jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.", "{d} {m} {y} {t} UTC"),
        mark=",",
        gap="\u00a0",
        currency="SEK",
        marketplaces=("amazon.se",),
        types=_types("Beställning", "Återbetalning", "Justering", "Överföring"),
        above=("Alla belopp i SEK, om inget annat anges",),
    ),
    "Japan": Language(
        _pattern("%Y/%m/%d %H:%M:%S JST"),
        yen=True,
        currency="JPY",
        marketplaces=("amazon.co.jp",),
        types=_types("注文", "返金", "調整", "振込み"),
        fulfillment={"Amazon": "Amazon", "出品者": "Seller"},
        payment=("FBA在庫の返金 - 購入者による返品", _PAID + "Customer Return"),
        encodings=("cp932",),
    ),
    "Poland": Language(
        _named("sty lut mar kwi maj cze lip sie wrz paź lis gru", "{d} {m} {y} {t} UTC"),
        mark=",",
        gap="\u00a0",
        currency="PLN",
        marketplaces=("amazon.pl",),
        types=_types("Zamówienie", "Zwrot", "Korekta", "Przelew"),
        encodings=("cp1250",),
        above=("Wszystkie kwoty w PLN, o ile nie podano inaczej",),
    ),
    "Turkey": Language(
        _named("Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara", "{d} {m} {y} {t} UTC"),
        **_EUROPE,
        currency="TRY",
        marketplaces=("amazon.com.tr",),
        types={"Sipariş": "Order", "Düzeltme": "Adjustment", "Hizmet Ücreti": "Service Fee"},
        statuses={"Oluşturuldu": "Released"},
        fulfillment={"Amazon": "Amazon", "Satıcı": "Seller"},
        encodings=("cp1254",),
        above=("Tüm tutarlar TRY cinsindendir",),
    ),
}


_slashes, _short_slashes = _pattern("%m/%d/%Y"), _pattern("%m/%d/%y")
MONTH_FIRST = (_slashes, _short_slashes)  # as documented for the two ledgers, where no day shows it


def languages(variant: Variant) -> list[Language]:
    """The ways in which this variant is written: of a transaction report one, of the others several."""
    first = variant.name.split()[0].rstrip(",")
    if variant.report.name == "transactions":
        return [LANGUAGES[first]]
    if "Japan" in variant.name:
        return [
            Language(yen=True, currency="JPY", encodings=("cp932",)),
            Language(_pattern("%Y/%m/%d"), yen=True),
        ]
    if variant.report.name == "inventory_ledger":
        return [Language(_slashes), Language(_pattern("%d/%m/%Y")), Language(_short_slashes)]
    if variant.report.name == "ledger_summary":
        return [Language(_slashes), Language(_pattern("%m/%Y"))]
    if variant.report.name in ("settlements", "settlements_v1"):
        written = ("%Y-%m-%d %H:%M:%S UTC", "%d.%m.%Y %H:%M:%S UTC", "%m/%d/%y", "%Y-%m-%d")
        days = [_iso, *map(_pattern, written)]
        return [Language(d) for d in days] + [Language(days[2], ",", "."), Language(_iso, ",", "\u00a0")]
    return [
        Language(_iso),
        Language(_pattern("%Y-%m-%d")),
        Language(_iso, ",", "."),
        Language(_iso, ",", "\u00a0"),
    ]


# ---------------------------------------------------------------------------------------------------------------
# Values
# ---------------------------------------------------------------------------------------------------------------


def _same(*values: str) -> dict[str, str]:
    return {v: v for v in values}


_DISPOSITIONS = _same("SELLABLE", "CUSTOMER_DAMAGED", "WAREHOUSE_DAMAGED", "DEFECTIVE") | {
    "Customer damaged": "CUSTOMER_DAMAGED"
}
_COUNTRIES = _same("US", "CA", "GB") | {"de": "DE"}
_CENTERS = _same("PHX7", "LAS2", "XCZ1") | {"ont8": "ONT8"}
_PAID_FOR = _same("Lost_Warehouse", "Damaged_Warehouse", "CustomerReturn", "Reimbursement_Reversal") | {
    "Lost Inbound": "Lost_Inbound",
    "CUSTOMERSERVICEISSUE": "CustomerServiceIssue",
}
_STATES = _same("Pending", "Shipped", "Cancelled") | {"Canceled": "Cancelled", "SHIPPED": "Shipped"}
# Column (or report and column) -> what is written, and the canonical value it stands for.
WORDS: dict[str, dict[str, str]] = {
    "event_type": _same(
        "Adjustments", "CustomerReturns", "Receipts", "Shipments", "VendorReturns", "WhseTransfers"
    )
    | {"Customer Returns": "CustomerReturns", "Whse transfers": "WhseTransfers"},
    "disposition": _DISPOSITIONS,
    "inventory_ledger.disposition": _DISPOSITIONS | {"Fulfillment center damaged": "WAREHOUSE_DAMAGED"},
    "inventory_ledger.reason": _same("M", "F", "Q", "P", "E", "5", "O")
    | {"Inventory correction": "O", "n": "N"},
    "reimbursements.reason": _PAID_FOR,
    "original_reimbursement_type": _PAID_FOR,
    "customer_returns.reason": _same("DEFECTIVE", "AMZ-PG-DAMAGED", "UNWANTED_ITEM")
    | {"not compatible": "NOT_COMPATIBLE"},
    "country": _COUNTRIES,
    "location": _COUNTRIES,
    "ship_country": _COUNTRIES,
    "currency": _same("USD", "EUR", "GBP") | {"cad": "CAD"},
    "fulfillment_center": _CENTERS,
    "original_fulfillment_center": _CENTERS,
    "reason_code": _same("0", "3", "11") | {"Damaged by carrier": "DAMAGED_BY_CARRIER"},
    "fulfillment": {"Amazon": "Amazon", "AFN": "Amazon", "Merchant": "Seller"},
    "order_status": _STATES,
    "item_status": _STATES,
    "removal_orders.order_status": _same("Pending", "Completed", "Cancelled") | {"In process": "Processing"},
    "order_type": _same("Return", "Disposal", "Liquidations") | {"Dispose": "Disposal"},
    "month_of_charge": _same("2026-08", "2026-09", "2025-12"),
    "settlements_v1.transaction_type": _same("Order", "Refund") | {"order": "Order"},
}
TEXTS: dict[str, tuple[str, ...]] = {  # columns whose texts the reader looks into
    "transaction_type": ("Order", "Refund"),
    "amount_type": ("ItemPrice", "ItemFees"),
    "amount_description": ("Principal", "Commission", "Shipping"),
    "settlements.fulfillment": ("AFN", "MFN"),
    "settlements_v1.fulfillment": ("AFN", "MFN"),
    "marketplace": ("US", "DE", "CA"),
    "settlements.marketplace": ("Amazon.com", "Amazon.de"),
    "settlements_v1.marketplace": ("Amazon.com", "Amazon.de"),
}
_PIECES = (
    "Pan", 'steel 12"', "with lid, black", "Mug & bowl", "d'Or", "3/4 inch; set of 2", "Größe L", "Café crème",
    "Señor", '"Pro"', "100%", "(new)", "フライパン 28cm", "土鍋", "Łódź", "kaşık", "Ünlü", "1,024.50", "2026-09-04",
)  # fmt: skip
IDS = {  # kind of identifier -> how it is written; {n} is different in each row, {k} in each column
    "sku": "PAN-{k}{n:03d}",
    "fnsku": "X00EX{n:05d}",
    "asin": "B0EXAMP{n:03d}",
    "order_id": "111-{n:07d}-{k:07d}",
    "settlement_id": "110000{n:05d}",
    "tracking_number": "1Z999AA10123{n:03d}",
    "shipment_id": "FBA15DEMO{n:03d}",
    "license_plate_number": "LPNRR{n:07d}",
}


def _identifier(name: str, n: int, k: int) -> str:
    ending = next((shape for known, shape in IDS.items() if name == known or name.endswith(known)), "")
    return (ending or "9{k:03d}0000{n:05d}").format(n=n, k=k)


def _texts(encoding: str, bare: bool) -> st.SearchStrategy[str]:
    """Titles of one to four pieces; in a file without quoting none begins with a quote, it could be wrapped in them."""
    pieces = [p for p in _PIECES if _fits(p, encoding)]
    titles = st.lists(st.sampled_from(pieces), min_size=1, max_size=4).map(" ".join)
    return titles.filter(lambda t: not t.startswith('"')) if bare else titles


def _fits(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


# ---------------------------------------------------------------------------------------------------------------
# Exports
# ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """An export: the rows drawn, their cells as the file and as Excel has them, and how the file is written."""

    variant: Variant
    language: Language
    rows: list[Row]
    headers: list[str]
    cells: list[list[str]]  # as downloaded
    excel: list[list[str]]  # days and numbers that Excel made cells of
    above: list[list[str]]
    delimiter: str
    quotes: str
    encoding: str
    end: str
    last_end: bool

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.shown())

    def shown(self) -> str:
        """The export as a person would see it."""
        how = f"{self.delimiter!r}, quotes {self.quotes}, {self.encoding}, {self.end!r}"
        return "\n".join([f"{self.variant.name} ({how})", *(" | ".join(row) for row in self.table())])

    def table(self, *, excel: bool = False) -> list[list[str]]:
        """The rows of a tab: lines above, heading, rows."""
        return [*self.above, self.headers, *(self.excel if excel else self.cells)]

    def file(self) -> bytes:
        """The download."""
        lines = [self._line(row) for row in self.table()]
        text = self.end.join(lines) + (self.end if self.last_end else "")
        return text.encode(self.encoding)

    def _line(self, row: list[str]) -> str:
        if self.quotes == "none":
            return self.delimiter.join(row)
        text = io.StringIO()
        quoting = csv.QUOTE_ALL if self.quotes == "all" else csv.QUOTE_MINIMAL
        csv.writer(text, delimiter=self.delimiter, lineterminator="", quoting=quoting).writerow(row)
        return text.getvalue()


@dataclass
class _Pools:
    """Drawn values by kind; a cell takes the one that its row and column come to, so neighbours differ."""

    days: list[datetime]
    cents: list[int]
    units: list[int]
    measures: list[str]
    texts: list[str]
    blanks: list[bool]
    turn: int

    def at(self, pool: Sequence[Any], row: int, column: int) -> Any:
        return pool[(self.turn + 5 * row + column) % len(pool)]


MOST, MONTHS = 6, 12  # rows; of a report that names the months one of each
_DAY = datetime(2026, 1, 1)
_moments = st.integers(0, 700 * 86_400).map(lambda s: _DAY + timedelta(seconds=s))


@st.composite
def _pools(draw: st.DrawFn, encoding: str, bare: bool) -> _Pools:
    return _Pools(  # few draws, for a wide export has hundreds of cells
        days=draw(st.lists(_moments, min_size=6, max_size=6)),
        cents=draw(st.lists(st.integers(-400_000, 400_000), min_size=7, max_size=7, unique=True)),
        units=draw(st.lists(st.integers(-30, 2_000), min_size=7, max_size=7, unique=True)),
        measures=draw(
            st.lists(st.integers(0, 99_999).map(lambda n: f"{n / 10_000:.4f}"), min_size=7, max_size=7)
        ),
        texts=draw(st.lists(_texts(encoding, bare), min_size=3, max_size=3)),
        blanks=draw(st.lists(st.sampled_from((False, False, False, True)), min_size=9, max_size=9)),
        turn=draw(st.integers(0, 6)),
    )


@st.composite
def exports(draw: st.DrawFn, variant: Variant, *, least: int = 0, first: int = 1) -> Written:
    """An export of this variant with ``least`` to 6 or 12 rows; identifiers number from ``first``."""
    language = draw(st.sampled_from(languages(variant)))
    delimiter, quotes = draw(
        st.sampled_from(
            (("\t", "none"), ("\t", "all"), (",", "all"), (",", "some"), (";", "some"), (";", "all"))
        )
    )
    fitting = [e for e in language.encodings if all(_fits(h, e) for h in variant.headers)]
    encoding = draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", *fitting)))
    pools = draw(_pools(encoding, quotes == "none"))
    most = MONTHS if variant.report.name == "transactions" else MOST
    size = most - draw(st.integers(0, most - least))  # the simplest export is a full one
    spelt: list[dict[str, str]] = [{} for _ in range(size)]  # how coded values are written
    rows = [_row(variant, language, pools, n, first + n, spelt[n]) for n in range(size)]
    early = language.date in MONTH_FIRST and draw(
        st.booleans()
    )  # no day after the 12th: the order is documented
    _settle(variant, language, rows, pools, encoding, early)
    order = list(range(len(variant.headers)))
    if draw(st.booleans()):
        order = list(draw(st.permutations(order)))
    plus = _parts(variant, rows)
    thousands = draw(st.booleans())

    def cells(excel: bool) -> list[list[str]]:
        write = _Writer(variant, language, thousands, excel, early)
        return [
            [write.cell(row, words, parts, i) for i in order]
            for row, words, parts in zip(rows, spelt, plus, strict=True)
        ]

    above = [list(line) for line in variant.above] or [
        [line] for line in language.above if _fits(line, encoding)
    ]
    return Written(
        variant, language, rows, [variant.headers[i] for i in order], cells(False), cells(True), above,
        delimiter, quotes, encoding, draw(st.sampled_from(("\n", "\r\n"))), draw(st.booleans()),
    )  # fmt: skip


def _row(
    variant: Variant, language: Language, pools: _Pools, n: int, number: int, spelt: dict[str, str]
) -> Row:
    row: Row = {}
    for place, name in enumerate(variant.columns):
        column = variant.report.column(name)
        if _may_be_blank(variant.report, column) and pools.at(pools.blanks, n, place):
            row[name] = None
            continue
        value = _value(variant.report, language, column, pools, n, number, place)
        if column.kind == "value":
            spelt[name], value = value
        row[name] = value
    return row


def _may_be_blank(report: Report, column: Column) -> bool:
    """Keys are never blank, nor is what makes rows different, nor the currency that says amounts are in yen."""
    kept = ("sku", "fnsku", "settlement_id", "currency", "marketplace", "total", "posted_date")
    return not column.key and column.name not in kept


def _value(
    report: Report, language: Language, column: Column, pools: _Pools, n: int, number: int, place: int
) -> Any:
    known = f"{report.name}.{column.name}"
    if column.kind == "id":
        return _identifier(column.name, number, place)
    if column.kind == "date":
        return pools.at(pools.days, n, place)
    if column.kind == "money":
        cents = pools.at(pools.cents, n, place)
        return cents // 100 * 100 if language.yen else cents
    if column.kind == "quantity":
        return pools.at(pools.units, n, place)
    if column.kind == "measure":
        return float(pools.at(pools.measures, n, place))
    if column.kind == "value":
        words = _words(language, column.name, known)
        return pools.at(list(words.items()), n, place)
    texts = TEXTS.get(known, TEXTS.get(column.name, ())) if report.name != "transactions" else ()
    if report.name == "transactions" and column.name == "marketplace":
        texts = language.marketplaces
    return pools.at(texts or pools.texts, n, place)


def _words(language: Language, name: str, known: str) -> Mapping[str, str]:
    if known.startswith("transactions."):
        return {"type": language.types, "status": language.statuses, "fulfillment": language.fulfillment}[
            name
        ]
    if name == "currency" and language.yen:
        return {"JPY": "JPY"}
    return WORDS.get(known) or WORDS[name]


def _settle(
    variant: Variant, language: Language, rows: list[Row], pools: _Pools, encoding: str, early: bool
) -> None:
    """What holds of the rows of one export together: their order, sums, and a day that shows which number it is."""
    report = variant.report
    _date(report, language, rows, pools, early)
    if report.day in variant.columns:  # as Amazon sorts them
        moved = sorted((row[report.day] for row in rows), reverse=pools.turn % 2 == 1)
        for row, day in zip(rows, moved, strict=True):
            row[report.day] = day
    if report.name.startswith("settlements"):
        _settlement(report, rows, pools)
    for n, row in enumerate(rows if report.name == "transactions" else ()):
        amounts = [row[c.name] or 0 for c in report.columns if c.kind == "money" and c.name in row]
        row["total"] = sum(amounts) - row["total"]
        if n % 3 == 2 and all(_fits(text, encoding) for text in language.payment):
            row["description"] = language.payment


def _date(report: Report, language: Language, rows: list[Row], pools: _Pools, early: bool) -> None:
    """Days from which month and day can be told: all early in the month as documented, or one after the 12th."""
    for n, row in enumerate(rows):
        if report.day not in row:
            continue
        day = row[report.day]
        if report.name == "ledger_summary" and language.date(_DAY) == "01/2026":
            day = day.replace(day=1)
        elif early:
            day = day.replace(day=day.day % 12 + 1)
        elif report.name == "transactions":  # every month of the year, for its name
            day = day.replace(month=n % MONTHS + 1, day=1 + (n + pools.turn) % 28)
        elif n == 0:
            day = day.replace(day=13 + pools.turn)
        row[report.day] = day


def _settlement(report: Report, rows: list[Row], pools: _Pools) -> None:
    """The first row is the settlement's own, with its days, currency and the sum of all amounts; others hold one."""
    if not rows:
        return
    amounts = [c.name for c in report.columns if c.kind == "money" and c.name != "total_amount"]
    own = ("settlement_start", "settlement_end", "deposit_date", "currency", "total_amount")
    least = "amount" if "amount" in amounts else "price_amount"
    for row in rows:
        row |= dict.fromkeys(own) | {"settlement_id": rows[0]["settlement_id"]}
        row[least] = 150 if row[least] is None else row[least]
    start = pools.days[0].replace(day=13)
    rows[0] |= dict.fromkeys(rows[0].keys() - {"settlement_id"})
    rows[0] |= {name: start + timedelta(days=n) for n, name in enumerate(own[:3])}
    total = sum(row.get(a) or 0 for row in rows[1:] for a in amounts)
    rows[0] |= {"currency": "USD", "total_amount": total}


def _parts(variant: Variant, rows: list[Row]) -> list[dict[int, int]]:
    """Per row: amounts of the columns that are added to another one, which is what is left of it."""
    shares: list[dict[int, int]] = []
    for row in rows:
        share: dict[int, int] = {}
        for name in {m[1:] for m in variant.means if m.startswith("+")}:
            places = [i for i, m in enumerate(variant.means) if m.lstrip("+") == name]
            if row[name] is not None:
                for n, place in enumerate(places[1:], 1):
                    share[place] = 100 * n
                share[places[0]] = row[name] - sum(share.get(p, 0) for p in places[1:])
        shares.append(share)
    return shares


@dataclass(frozen=True)
class _Writer:
    """Writes the cells of one export."""

    variant: Variant
    language: Language
    thousands: bool
    excel: bool
    early: bool  # Excel may have swapped all days: they stay as written

    def cell(self, row: Row, spelt: Mapping[str, str], parts: Mapping[int, int], index: int) -> str:
        mean = self.variant.means[index]
        name = mean.lstrip("+=")
        if mean in "-?" or row.get(name) is None:
            return ""
        column = self.variant.report.column(name)
        if mean.startswith("="):
            return _iso(row[name]) if column.kind == "date" else ""
        if column.kind == "value":
            own = self.variant.report.period and name == "currency"  # of the settlement
            return self._word(name, row[name] if own else spelt[name])
        if column.kind == "date":
            return self._day(row[name])
        if column.kind == "money":
            return self._money(parts.get(index, row[name]))
        if column.kind == "measure":
            text = f"{row[name]:.4f}".rstrip("0").rstrip(".")
            return text if self.excel else text.replace(".", self.language.mark)
        return row[name][0] if isinstance(row[name], tuple) else str(row[name])

    def _word(self, name: str, text: str) -> str:
        month = self.excel and name == "month_of_charge"  # Excel takes it for the first day of the month
        return f"{text}-01 00:00:00" if month else text

    def _day(self, day: datetime) -> str:
        """Excel makes a cell of days without a zone; those with the order open it reads as at home."""
        text = self.language.date(day)
        if (
            not self.excel
            or self.early
            or "UTC" in text
            or "T" in text
            or len(text) > len("2026-09-04 10:00:00")
        ):
            return text
        if self.variant.report.name == "ledger_summary" and len(text) == len("09/2026"):
            return text  # of 09/2026 Excel makes a day whose month could be its day: not lossless
        return f"{day:%Y-%m-%d} 00:00:00"

    def _money(self, cents: int) -> str:
        """With 0 to 2 decimals; thousands are parted only where decimals show which mark is which."""
        sign, whole, rest = "-" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100
        if self.excel:
            return sign + f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
        if self.language.yen:
            return f"{sign}{whole:,}" if self.thousands else f"{sign}{whole}"
        if self.thousands:
            return sign + f"{whole:,}".replace(",", self.language.gap) + f"{self.language.mark}{rest:02d}"
        return sign + str(whole) + (f"{self.language.mark}{rest:02d}".rstrip("0") if rest else "")


# ---------------------------------------------------------------------------------------------------------------
# What the frame should hold
# ---------------------------------------------------------------------------------------------------------------


def expected(written: Written) -> list[Row]:
    """The rows of the frame: canonical column -> date, float, text or truth value; None where there is no value."""
    report = written.variant.report
    own = next(iter(written.rows), {})
    rows = []
    for drawn in written.rows:
        row = {c.name: _seen(c, drawn.get(c.name)) for c in report.columns}
        if report.name == "transactions":
            row["currency"] = written.language.currency
        if report.name == "storage_fees":
            row["month"] = datetime.strptime(row["month_of_charge"], "%Y-%m").date()
        if report.name == "reimbursements":
            row["has_original"] = "original_reimbursement_id" in written.variant.columns
        if report.name == "shipment_contents":
            row["shipment_id"], row["shipment_name"] = (line[1] for line in written.above)
        if report.name.startswith("settlements"):
            for name in ("settlement_start", "settlement_end", "deposit_date", "currency"):
                row[name] = _seen(report.column(name), own[name])
        rows.append(row)
    return rows


def _seen(column: Column, value: Any) -> Any:
    if column.kind in ("id", "text", "value"):
        return (value[1] if isinstance(value, tuple) else value) or ""
    if column.kind == "present":
        return bool(value)
    if value is None:
        return None
    if column.kind == "date":
        return value.date()
    return value / 100 if column.kind == "money" else float(value)
