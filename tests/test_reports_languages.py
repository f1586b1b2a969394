"""Transaction reports of every language: headings, types, statuses, payments, days, currencies, encodings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recoup import policy
from recoup.model import Problem
from recoup.reports import Reports
from recoup.reports._declared import fold
from recoup.reports._headings import recognise
from recoup.reports._marketplaces import currency_in, currency_of, marketplace_code
from recoup.reports._month_names import MONTHS
from recoup.reports._transaction_headers import HEADERS
from recoup.reports._transaction_words import TYPES, english_description
from recoup.reports.transactions import REPORT
from report_samples import FOLDER, read_text

SAMPLES = FOLDER / "transactions"
JAPANESE = (FOLDER / "reimbursements/jp_18_columns_cp932.tsv").read_bytes().decode("cp932")

# Sample: currency, rows, money in all, not yet paid, days of the first and the last row.
LANGUAGES = {
    "de_2026_types.csv": ("EUR", 11, -26.27, 0.0, "2026-06-02", "2026-03-11"),
    "fr_2026_types.csv": ("EUR", 9, 883.28, 0.0, "2026-04-07", "2025-12-06"),
    "be_fr_25_columns.csv": ("EUR", 2, 963.99, 0.0, "2026-02-12", "2026-02-13"),
    "it_2026_types.csv": ("EUR", 9, 872.49, 0.0, "2026-01-08", "2025-12-16"),
    "es_2026_types.csv": ("EUR", 10, 990.17, 0.0, "2025-12-31", "2026-11-07"),
    "nl_2026_types.csv": ("EUR", 6, 875.00, 0.0, "2026-03-04", "2025-12-09"),
    "se_2026_types.csv": ("SEK", 6, -12631.74, 0.0, "2026-05-04", "2026-08-09"),
    "pl_25_columns.csv": ("PLN", 5, -2341.75, 0.0, "2025-10-01", "2026-02-05"),
    "tr_22_columns.csv": ("TRY", 5, -20549.89, 0.0, "2026-06-01", "2025-10-11"),
    "br_2026_types.csv": ("BRL", 7, 7.18, -17.60, "2026-02-28", "2025-12-06"),
    "mx_31_columns_deferred.csv": ("MXN", 7, -506209.48, 167.47, "2026-07-31", "2026-08-08"),
    "jp_2026_types.csv": ("JPY", 8, -102630.0, 0.0, "2026-09-04", "2026-09-11"),
}


def sample(name: str) -> Reports:
    return read_text((SAMPLES / name).read_bytes(), name)


def changed(name: str, old: str, new: str) -> Reports:
    text = (SAMPLES / name).read_text(encoding="utf-8-sig")
    assert old in text
    return read_text(text.replace(old, new), name)


def warnings(read: Reports) -> list[Problem]:
    return [p for p in read.problems if p.severity != "note"]


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_language_reads_whole_with_its_currency_money_and_days(name: str) -> None:
    currency, rows, money, unpaid, first, last = LANGUAGES[name]
    read = sample(name)
    frame = read.transactions
    assert warnings(read) == []
    assert set(frame["currency"]) == {currency}
    assert len(frame) == read.exports[0].rows_read == rows
    assert frame["total"].sum() == pytest.approx(money)
    days = frame["posted_date"].dt.strftime("%Y-%m-%d").tolist()
    assert (days[0], days[-1]) == (first, last)
    lines = read.money_lines
    assert lines["amount"].sum() == pytest.approx(money)
    assert lines.loc[lines["deferred"], "amount"].sum() == pytest.approx(unpaid)


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_type_of_a_language_is_known_and_its_orders_and_refunds_are_told_apart(name: str) -> None:
    frame = sample(name).transactions
    assert set(frame["type"]) <= set(TYPES.values())
    sales = frame.set_index("type")["product_sales"]
    assert (sales.loc[["Order"]] > 0).all()
    assert "Refund" not in sales.index or (sales.loc[["Refund"]] < 0).all()
    assert (
        sales.drop(["Order", "Refund", "Chargeback Refund", "Refund_Retrocharge"], errors="ignore") == 0
    ).all()


@pytest.mark.parametrize(
    ("word", "english"),
    [
        (word, english)
        for english, words in {
            "Order": "Bestellung Commande Ordine Pedido Bestelling Beställning Zamówienie Sipariş 注文",
            "Refund": "Erstattung Remboursement Rimborso Reembolso Terugbetaling Återbetalning Zwrot 返金",
            "Adjustment": "Anpassung Ajustement Modifica Ajuste Aanpassing Justering Korekta Düzeltme 調整",
            "Transfer": "Übertrag Transfert Transférer Trasferimento Transferir Trasferir Overboeking "
            "Överföring Przelew 振込み",
            "Debt": "Verbindlichkeit Deuda Schuld Skuld Dług マイナス残高",
            "Order_Retrocharge": "Bestellung_Wiedereinzug Order_Retrocharge",
            "Refund_Retrocharge": "Erstattung_Wiedereinzug Refund_Retrocharge",
        }.items()
        for word in words.split()
    ],
)
def test_a_type_is_the_same_in_every_language(word: str, english: str) -> None:
    assert TYPES[fold(word)] == english


def test_an_unknown_type_is_kept_named_once_and_its_money_stated() -> None:
    read = changed("de_2026_types.csv", '"Servicegebühr"', '"Schönwettergebühr"')
    assert "Schönwettergebühr" in set(read.transactions["type"])
    (problem,) = warnings(read)
    assert problem.severity == "warning"
    assert problem.problem.startswith(
        "transaction type Schönwettergebühr is not known; its 1 rows with -23.80 EUR"
    )
    assert (problem.rows, problem.first_cells) == (1, "row 17")
    assert read.money_lines["amount"].sum() == pytest.approx(LANGUAGES["de_2026_types.csv"][2])


@pytest.mark.parametrize(
    ("written", "english"),
    [
        ("FBA Inventory Reimbursement - Lost:Warehouse", "Lost:Warehouse"),
        ("FBA Inventory Reimbursement - Lost:Inbound", "Lost:Inbound"),
        ("FBA Inventory Reimbursement - Customer Service Issue", "Customer Service Issue"),
        ("FBA Inventory Reimbursement - Fee Correction", "Fee Correction"),
        ("Versand durch Amazon Erstattung für Lagerbestand - Kundenrücksendung", "Customer Return"),
        ("Versand durch Amazon Erstattung für Lagerbestand -  Allgemeine Anpassung", "General Adjustment"),
        ("Versand durch Amazon Erstattung - Verloren", "Lost:Warehouse"),
        ("Versand durch Amazon Erstattung - Verloren: Auslieferung", "Lost:Outbound"),
        ("Versand durch Amazon Erstattung - Beschädigt", "Damaged:Warehouse"),
        ("Erstattung Lagerbestand - Im Lager verloren", "Lost:Warehouse"),
        ("Remboursement stock Expédié par Amazon - Perdu", "Lost:Warehouse"),
        ("Remboursement stock Expédié par Amazon - Endommagé", "Damaged:Warehouse"),
        ("Remboursement de stock Expédié par Amazon - Ajustement général", "General Adjustment"),
        ("Remboursement stock Expédié par Amazon - Retour client", "Customer Return"),
        ("Reembolso de inventario de Logística de Amazon (Devolución del cliente)", "Customer Return"),
        ("Reembolso de inventario - extraviado en el almacén", "Lost:Warehouse"),
        ("Reembolso de Estoque FBA - Perdido:Depósito", "Lost:Warehouse"),
        ("Reembolso de Estoque FBA - Devolução do cliente", "Customer Return"),
        ("FBA在庫の返金 - 購入者による返品:", "Customer Return"),
    ],
)
def test_a_payment_says_in_english_what_it_is_for(written: str, english: str) -> None:
    assert english_description(written) == f"FBA Inventory Reimbursement - {english}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Versand durch Amazon Erstattung - Im Zulauf verloren", "FBA Inventory Reimbursement - Im Zulauf verloren"),
        ("FBA Inventory Reimbursement - Damaged:Inbound", "FBA Inventory Reimbursement - Damaged:Inbound"),
        ("Rimborso inventario Logistica di Amazon", "FBA Inventory Reimbursement"),
        ("Versand durch Amazon Lagergebühr", "Versand durch Amazon Lagergebühr"),
        ("Erstattungsset für Pfannen - verloren", "Erstattungsset für Pfannen - verloren"),
        ("Rimborso", "Rimborso"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_payment_of_unknown_kind_keeps_its_words_and_other_texts_stay(written: str, read: str) -> None:
    assert english_description(written) == read


@pytest.mark.parametrize(
    ("name", "word", "status"),
    [
        ("de_2026_types.csv", "Veröffentlicht", "Released"),
        ("fr_2026_types.csv", "Sorti", "Released"),
        ("br_2026_types.csv", "Liberado", "Released"),
        ("br_2026_types.csv", "Diferido", "Deferred"),
        ("mx_31_columns_deferred.csv", "Lanzado", "Released"),
        ("mx_31_columns_deferred.csv", "Diferido", "Deferred"),
        ("tr_22_columns.csv", "Oluşturuldu", "Released"),
    ],
)
def test_released_and_deferred_lines_are_told_apart(name: str, word: str, status: str) -> None:
    text = (SAMPLES / name).read_text(encoding="utf-8-sig")
    assert sample(name).transactions["status"].eq(status).sum() == text.count(f'"{word}"')


def test_a_status_nobody_knows_is_no_money_received_and_is_named() -> None:
    read = changed("de_2026_types.csv", "Veröffentlicht", "Zurückgestellt")
    assert read.money_lines["deferred"].all()
    assert [p.problem for p in warnings(read)] == [
        "Transaktionsstatus: Zurückgestellt not known; kept as written, counts for nothing"
    ]


def headings_of_samples() -> Iterator[tuple[str, list[str]]]:
    for name in [*LANGUAGES, "se_24_columns.csv", "fr_29_columns.csv", "au_2026_25_columns.csv"]:
        lines = (SAMPLES / name).read_text(encoding="utf-8-sig").splitlines()
        heading = next(line for line in lines if line.count('","') > 15)
        yield name, heading.strip('"').split('","')


@pytest.mark.parametrize(
    ("name", "headings"), list(headings_of_samples()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_no_money_column_of_a_language_is_overlooked(name: str, headings: list[str]) -> None:
    found = recognise(headings)
    assert found is not None and found.report is REPORT
    known = {fold(h) for c in REPORT.columns for h in (*c.headers, *c.plus)}
    first, last = found.columns["product_sales"], found.columns["total"]
    assert [h for h in headings[first : last + 1] if fold(h) not in known] == []


@pytest.mark.parametrize("mark", ["'", "’", "‘", "`"])
def test_any_apostrophe_will_do_in_a_french_heading(mark: str) -> None:
    read = changed("fr_2026_types.csv", "crédits d'expédition", f"crédits d{mark}expédition")
    assert read.transactions["shipping_credits"].sum() == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("name", "heading", "named"),
    [("pl_25_columns.csv", "sprzedaż produktów", "product sales"), ("tr_22_columns.csv", "toplam", "total")],
)
def test_a_heading_of_a_language_that_is_not_known_is_named_and_nothing_is_guessed(
    name: str, heading: str, named: str
) -> None:
    read = changed(name, f'"{heading}"', '"qwerty"')
    assert read.transactions.empty
    (problem,) = warnings(read)
    assert problem.severity == "error"
    assert problem.problem.startswith(f"this looks like Transactions, but lacks {named};")


@pytest.mark.parametrize("gap", [" ", "\u00a0", "\u202f", "\u2009"])
@pytest.mark.parametrize("minus", ["-", "\u2212"])
def test_swedish_amounts_read_with_any_blank_and_any_minus(gap: str, minus: str) -> None:
    text = (SAMPLES / "se_2026_types.csv").read_text(encoding="utf-8-sig")
    read = read_text(text.replace("\u00a0", gap).replace("\u2212", minus), "se.csv")
    assert read.transactions["total"].tolist() == [920.36, -999.43, 55.5, -250, -12.5, -12345.67]


@pytest.mark.parametrize("code", policy.load().marketplaces)
def test_policy_and_reports_know_the_same_sites_and_currencies(code: str) -> None:
    market = policy.load().marketplaces[code]
    for written in (
        market.domain,
        market.domain.title(),
        f"www.{market.domain}",
        f"https://www.{market.domain}/",
    ):
        assert marketplace_code(written) == code
    assert currency_of(code) == market.currency


def test_every_marketplace_says_which_languages_its_reports_may_come_in() -> None:
    for market in policy.load().marketplaces.values():
        assert market.languages and set(market.languages) <= {*MONTHS, "Japanese", "Arabic"}, market.code


@pytest.mark.parametrize(
    ("line", "currency"),
    [
        ("Alle Beträge in Euro sofern nicht anders gekennzeichnet", "EUR"),
        ("Tous les montants sont en euros, sauf mention contraire", "EUR"),
        ("Alla belopp i SEK, om inget annat anges", "SEK"),
        ("すべての金額は、特に指定がない限りJPYです", "JPY"),
        ("Amounts in USD or CAD", ""),
        ("EUROPA und SEKUNDEN", ""),
    ],
)
def test_the_line_above_the_heading_states_the_currency(line: str, currency: str) -> None:
    assert currency_in([line]) == currency


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("pl_25_columns.csv", "cp1250"),
        ("tr_22_columns.csv", "cp1254"),
        ("de_2026_types.csv", "cp1252"),
        ("fr_2026_types.csv", "cp1252"),
        ("es_2026_types.csv", "cp1252"),
        ("jp_2026_types.csv", "cp932"),
        ("jp_2026_types.csv", "utf-16"),
        ("pl_25_columns.csv", "utf-16-le"),
        ("tr_22_columns.csv", "utf-16-be"),
        ("br_2026_types.csv", "utf-8"),
        ("br_2026_types.csv", "utf-8-sig"),
    ],
)
def test_a_language_reads_alike_in_the_code_page_of_its_country(name: str, encoding: str) -> None:
    text = (SAMPLES / name).read_text(encoding="utf-8-sig")
    read = read_text(text.encode(encoding), name)
    assert warnings(read) == []
    assert read.transactions.equals(sample(name).transactions)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
def test_japanese_reimbursements_read_alike_in_every_encoding(encoding: str) -> None:
    frame = read_text(JAPANESE.encode(encoding), "report.txt").reimbursements
    assert frame["amount_total"].tolist() == [3800, 1900, -1900]
    assert frame["title"].tolist() == ["フライパン 26cm"] * 3
    assert frame["reason"].tolist() == ["Damaged_Warehouse", "CustomerReturn", "Reimbursement_Reversal"]


def test_all_eighteen_columns_of_a_japanese_reimbursement_report_are_known() -> None:
    heading = recognise(JAPANESE.splitlines()[0].split("\t"))
    assert heading is not None and heading.report is not None and heading.report.name == "reimbursements"
    assert len(heading.columns) == 18


def test_bytes_without_meaning_are_counted_and_the_remedy_is_named() -> None:
    data = (SAMPLES / "de_2026_types.csv").read_text(encoding="utf-8-sig").encode("cp1252")
    read = read_text(data.replace(b'"Werbekosten"', b'"W\x81erbek\x8dosten"'), "de.csv")
    (problem,) = warnings(read)
    assert problem.problem == "2 characters could not be read as cp1252"
    assert problem.remedy == "download the report again"
    assert len(read.transactions) == 11


@pytest.mark.parametrize("lost", ["?", "\ufffd"])
def test_letters_that_amazon_already_lost_do_not_stop_a_report(lost: str) -> None:
    """A title and a month without their accents; the bytes themselves are whole."""
    text = (SAMPLES / "fr_2026_types.csv").read_text(encoding="utf-8-sig")
    text = text.replace("Poêle", f"Po{lost}le").replace("août", f"ao{lost}t").replace("févr.", f"f{lost}vr.")
    read = read_text(text, "fr.csv")
    assert warnings(read) == []
    assert read.transactions["posted_date"].equals(sample("fr_2026_types.csv").transactions["posted_date"])
    assert read.transactions["description"].tolist()[0] == f"Po{lost}le"


def test_each_heading_of_the_transactions_stands_once() -> None:
    folded = [fold(h) for headers in HEADERS.values() for h in headers]
    assert len(folded) == len(set(folded))
