"""Transactions: the date range (custom unified transaction) CSV, in every language it is known in."""

from __future__ import annotations

import pandas as pd

from ._declared import Column, Kind, Need, Report, fold
from ._marketplaces import currency_in, currency_of, marketplace_code

# canonical column: English spellings, then German, French, Italian, Spanish, Mexican, Dutch, Swedish,
# Brazilian and Japanese ones as Amazon writes them.
HEADERS: dict[str, tuple[str, ...]] = {
    "posted_date": (
        "date/time", "Datum/Uhrzeit", "date/heure", "Data/Ora", "fecha y hora", "fecha/hora", "datum/tijd",
        "datum/tid", "data/hora", "data/godzina", "tarih/saat", "日付/時間",
    ),
    "settlement_id": (
        "settlement id", "Abrechnungsnummer", "numéro de versement", "Identifiant du paiement",
        "Numero pagamento", "identificador de pago", "Id. de liquidación", "schikkings-ID",
        "reglerings-id", "id de liquidação", "決済番号",
    ),
    "type": ("type", "Typ", "Tipo", "トランザクションの種類"),
    "order_id": (
        "order id", "Bestellnummer", "numéro de la commande", "Numero ordine", "número de pedido",
        "Id. del pedido", "bestelnummer", "beställnings-id", "id do pedido", "注文番号",
    ),
    "sku": ("sku",),
    "description": (
        "description", "Beschreibung", "Descrizione", "descripción", "beschrijving", "beskrivning",
        "descrição", "説明",
    ),
    "quantity": (
        "quantity", "Menge", "quantité", "Quantità", "cantidad", "aantal", "antal", "quantidade", "数量",
    ),
    "marketplace": ("marketplace", "web de Amazon", "marknadsplats", "mercado", "Amazon 出品サービス"),
    "fulfillment": (
        "fulfillment", "fulfilment", "Versand", "traitement", "Gestione", "gestión logística",
        "cumplimiento", "leverans", "atendimento", "フルフィルメント",
    ),
    "product_sales": (
        "product sales", "Umsätze", "ventes de produits", "Vendite", "ventas de productos",
        "verkoop van producten", "försäljning av produkter", "vendas do produto", "商品売上",
    ),
    "product_sales_tax": (
        "product sales tax", "sales tax collected", "Produktumsatzsteuer",
        "Taxes sur la vente des produits", "imposta sulle vendite dei prodotti",
        "impuesto de ventas de productos", "geïnde omzetbelasting", "Inkasserad moms",
        "imposto de vendas coletados", "商品の売上税",
    ),
    "shipping_credits": (
        "shipping credits", "postage credits", "Gutschrift für Versandkosten", "crédits d'expédition",
        "Accrediti per le spedizioni", "abonos de envío", "créditos de envío", "Verzendtegoeden",
        "fraktkrediter", "créditos de remessa", "配送料",
    ),
    "shipping_credits_tax": (
        "shipping credits tax", "postage credits tax", "Steuer auf Versandgutschrift",
        "taxe sur les crédits d'expédition", "imposta accrediti per le spedizioni",
        "impuestos por abonos de envío", "impuesto de abono de envío", "配送料の税金",
    ),
    "gift_wrap_credits": (
        "gift wrap credits", "Gutschrift für Geschenkverpackung", "crédits sur l'emballage cadeau",
        "Accrediti per confezioni regalo", "abonos de envoltorio para regalo",
        "créditos por envoltorio de regalo", "kredietpunten cadeauverpakking",
        "krediter för presentinslagning", "créditos de embalagem de presente", "ギフト包装手数料",
    ),
    "gift_wrap_credits_tax": (
        "giftwrap credits tax", "gift wrap credits tax", "Steuer auf Geschenkverpackungsgutschriften",
        "Taxes sur les crédits cadeaux", "imposta sui crediti confezione regalo",
        "impuestos por abonos de envoltorio para regalo", "impuesto de créditos de envoltura",
        "ギフト包装クレジットの税金",
    ),
    "regulatory_fee": ("Regulatory Fee", "Tarifa reglamentaria"),
    "regulatory_fee_tax": ("Tax On Regulatory Fee", "Impuesto sobre tarifa reglamentaria"),
    "promotional_rebates": (
        "promotional rebates", "Rabatte aus Werbeaktionen", "Rabais promotionnels", "Sconti promozionali",
        "devoluciones promocionales", "descuentos promocionales", "promotiekortingen", "kampanjrabatter",
        "descontos promocionais", "プロモーション割引額",
    ),
    "promotional_rebates_tax": (
        "promotional rebates tax", "Steuer auf Aktionsrabatte", "Taxes sur les remises promotionnelles",
        "imposta sugli sconti promozionali", "impuestos de descuentos por promociones",
        "impuesto de reembolsos promocionales", "プロモーション割引の税金",
    ),
    "marketplace_withheld_tax": (
        "marketplace withheld tax", "Marketplace Facilitator Tax", "Einbehaltene Steuer auf Marketplace",
        "Taxes retenues sur le site de vente", "trattenuta IVA del marketplace",
        "impuesto retenido en el sitio web", "impuesto de retenciones en la plataforma",
        "Belasting voor marketplace-facilitator", "Skatt för marknadsplatsförmedlare",
        "源泉徴収税を伴うマーケットプレイス",
    ),
    "selling_fees": (
        "selling fees", "Verkaufsgebühren", "frais de vente", "Commissioni di vendita", "tarifas de venta",
        "verkoopkosten", "försäljningsavgifter", "tarifas de venda", "手数料",
    ),
    "fba_fees": (
        "fba fees", "fulfilment by amazon fees", "fulfillment by amazon fees",
        "Gebühren zu Versand durch Amazon", "Frais Expédié par Amazon",
        "Frais pour le service Expédié par Amazon", "Costi del servizio Logistica di Amazon",
        "tarifas de Logística de Amazon", "tarifas fba", "fba-vergoedingen", "fba-avgifter", "taxas fba",
        "FBA 手数料",
    ),
    "other_transaction_fees": (
        "other transaction fees", "Andere Transaktionsgebühren", "autres frais de transaction",
        "Altri costi relativi alle transazioni", "tarifas de otras transacciones",
        "tarifas de otra transacción", "overige transactiekosten", "övriga transaktionsavgifter",
        "taxas de outras transações", "トランザクションに関するその他の手数料",
    ),
    "other": ("other", "Andere", "autre", "Altro", "otro", "overige", "Övrigt", "outro", "その他"),
    "total": ("total", "Gesamt", "totale", "totaal", "totalt", "suma", "toplam", "合計"),
    "status": (
        "Transaction Status", "Transaktionsstatus", "Statut de la transaction", "Stato della transazione",
        "Estado de la transacción", "Transactiestatus", "Status da transação",
    ),
    "release_date": (
        "Transaction Release Date", "Freigabedatum der Transaktion", "Date de sortie de la transaction",
        "Date de délivrance de la transaction", "Data di rilascio della transazione",
        "Fecha de liberación de la transacción", "Publicatiedatum van transactie",
        "Transaktionens utgivningsdatum", "Data de liberação da transação",
    ),
}  # fmt: skip

TYPES = {
    fold(spelling): english
    for english, spellings in {
        "Order": ("Order", "Bestellung", "Commande", "Ordine", "Pedido", "注文"),
        "Refund": ("Refund", "Erstattung", "Remboursement", "Rimborso", "Reembolso", "返金"),
        "Adjustment": ("Adjustment", "Anpassung", "Ajustement", "Modifica", "Ajuste", "調整"),
        "Transfer": ("Transfer", "Übertrag", "Transferir"),
        "Service Fee": (
            "Service Fee", "Servicegebühr", "Frais de service", "Commissione di servizio",
            "Tarifa de prestación de servicio", "Taxa de serviço", "注文外料金",
        ),
        "FBA Inventory Fee": (
            "FBA Inventory Fee", "Versand durch Amazon Lagergebühr",
            "Frais de stock Expédié par Amazon", "Costo di stoccaggio Logistica di Amazon",
            "Tarifas de inventario de Logística de Amazon", "Taxa de Estoque FBA",
            "FBA 在庫関連の手数料",
        ),
        "Order_Retrocharge": ("Order_Retrocharge", "Bestellung_Wiedereinzug"),
        "Refund_Retrocharge": ("Refund_Retrocharge",),
        "Chargeback Refund": ("Chargeback Refund",),
        "A-to-z Guarantee": ("A-to-z Guarantee", "A-to-z Guarantee Claim"),
        "SAFE-T reimbursement": ("SAFE-T reimbursement",),
        "Fee Adjustment": ("Fee Adjustment",),
        "FBA Customer Return Fee": ("FBA Customer Return Fee",),
        "FBA Inventory Reimbursement": ("FBA Inventory Reimbursement",),
    }.items()
    for spelling in spellings
}  # fmt: skip
STATUSES = {
    "released": "Released",
    "liberado": "Released",
    "sorti": "Released",
    "deferred": "Deferred",
    "diferido": "Deferred",
}
FULFILLMENT = {
    "amazon": "Amazon",
    "afn": "Amazon",
    "seller": "Seller",
    "merchant": "Seller",
    "mfn": "Seller",
    "verkäufer": "Seller",
    "vendeur": "Seller",
    "venditore": "Seller",
    "vendedor": "Seller",
    "出品者": "Seller",
}
MONEY = tuple(HEADERS)[tuple(HEADERS).index("product_sales") : tuple(HEADERS).index("total") + 1]
MUST = {"posted_date", "type", "order_id", "sku", "product_sales", "total"}
USUAL = {"settlement_id", "marketplace", "quantity", "description", "selling_fees", "fba_fees", "other"}
# The settlement id of a deferred line and its status come later, so they tell no line from another.
NO_IDENTITY = {"settlement_id", "status", "release_date", "fulfillment"}
PLUS = {
    "marketplace_withheld_tax": (
        "low value goods",
        "TCS-CGST",
        "TCS-SGST",
        "TCS-IGST",
        "TDS (Section 194-O)",
    ),
    "product_sales_tax": ("Total sales tax liable(GST before adjusting TCS)",),
    "other": ("Amazonポイントの費用",),
}


def _kind(name: str) -> Kind:
    if name in MONEY:
        return "money"
    kinds: dict[str, Kind] = {
        "posted_date": "date",
        "release_date": "date",
        "quantity": "quantity",
        "settlement_id": "id",
        "order_id": "id",
        "sku": "id",
        "type": "value",
        "status": "value",
        "fulfillment": "value",
    }
    return kinds.get(name, "text")


def _column(name: str) -> Column:
    need: Need = "must" if name in MUST else "usual" if name in USUAL else "maybe"
    return Column(
        name,
        _kind(name),
        HEADERS[name],
        need,
        key=name in ("posted_date", "type", "total"),
        identity=name not in NO_IDENTITY,
        values={"type": TYPES, "status": STATUSES, "fulfillment": FULFILLMENT}.get(name, {}),
        known="(Released|Deferred)?" if name == "status" else "",
        plus=PLUS.get(name, ()),
    )


def settle(frame: pd.DataFrame, preamble: tuple[str, ...]) -> pd.DataFrame:
    """The currency is that of the row's marketplace; rows without one have the currency of the preamble."""
    names = frame["marketplace"]
    by_name = {name: currency_of(marketplace_code(name)) for name in names.unique()}
    own = names.map(by_name).astype("str")
    known = set(own.unique()) - {""}
    stated = currency_in(preamble) or (known.pop() if len(known) == 1 else "")
    frame["currency"] = frame["currency"].mask(frame["currency"].eq(""), own.mask(own.eq(""), stated))
    return frame


REPORT = Report(
    name="transactions",
    tab="Transactions",
    menu="Payments > Reports Repository > Transaction report > Custom date range > Download .csv",
    request="Transaction (unified), custom range, 18 months up to today",
    day="posted_date",
    groups=("settlement_id", "type", "marketplace", "fulfillment", "status", "sku"),
    native_dates="written",
    settle=settle,
    columns=(
        *(_column(name) for name in HEADERS),
        Column("currency", "value", ("currency", "Währung", "devise"), otherwise=str.upper),
    ),
)
