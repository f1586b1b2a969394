"""Headings of the transaction report in every language it is known in."""

from __future__ import annotations

# canonical column: English spellings, then German, French (also of Belgium), Italian, Spanish, Mexican, Dutch,
# Swedish, Polish, Turkish, Brazilian and Japanese ones as Amazon writes them.
HEADERS: dict[str, tuple[str, ...]] = {
    "posted_date": (
        "date/time", "Datum/Uhrzeit", "date/heure", "Data/Ora", "fecha y hora", "fecha/hora", "datum/tijd",
        "datum/tid", "data/hora", "data/godzina", "tarih/saat", "日付/時間",
    ),
    "settlement_id": (
        "settlement id", "Abrechnungsnummer", "numéro de versement", "Identifiant du paiement",
        "Numero pagamento", "identificador de pago", "Id. de liquidación", "schikkings-ID",
        "reglerings-id", "id de liquidação", "決済番号",
        "identyfikator rozliczenia", "hesap kesim no",
    ),
    "type": ("type", "Typ", "Tipo", "トランザクションの種類", "tip"),
    "order_id": (
        "order id", "Bestellnummer", "numéro de la commande", "Numero ordine", "número de pedido",
        "Id. del pedido", "bestelnummer", "beställnings-id", "id do pedido", "注文番号",
        "identyfikator zamówienia", "sipariş no.",
    ),
    "sku": ("sku",),
    "description": (
        "description", "Beschreibung", "Descrizione", "descripción", "beschrijving", "beskrivning",
        "descrição", "説明",
        "opis", "açıklama",
    ),
    "quantity": (
        "quantity", "Menge", "quantité", "Quantità", "cantidad", "aantal", "antal", "quantidade", "数量",
        "ilość", "adet",
    ),
    "marketplace": (
        "marketplace", "site de vente", "web de Amazon", "marknadsplats", "rynek", "pazar yeri", "mercado",
        "Amazon 出品サービス",
    ),
    "fulfillment": (
        "fulfillment", "fulfilment", "Versand", "traitement", "Gestione", "gestión logística",
        "cumplimiento", "leverans", "atendimento", "フルフィルメント",
        "expédition", "realizacja", "gönderim",
    ),
    "product_sales": (
        "product sales", "Umsätze", "ventes de produits", "Vendite", "ventas de productos",
        "verkoop van producten", "försäljning av produkter", "vendas do produto", "商品売上",
        "sprzedaż produktów", "ürün satışları",
    ),
    "product_sales_tax": (
        "product sales tax", "sales tax collected", "Produktumsatzsteuer",
        "Taxes sur la vente des produits", "imposta sulle vendite dei prodotti",
        "impuesto de ventas de productos", "geïnde omzetbelasting", "Inkasserad moms",
        "imposto de vendas coletados", "商品の売上税",
        "taxe de ventes prélevée", "pobrany podatek od sprzedaży",
    ),
    "shipping_credits": (
        "shipping credits", "postage credits", "Gutschrift für Versandkosten", "crédits d'expédition",
        "Accrediti per le spedizioni", "abonos de envío", "créditos de envío", "Verzendtegoeden",
        "fraktkrediter", "créditos de remessa", "配送料",
        "noty kredytowe za wysyłkę", "kargo kredileri",
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
        "crédits d'emballage-cadeau", "środki na pokrycie pakowania na prezent",
    ),
    "gift_wrap_credits_tax": (
        "gift wrap credits tax", "Steuer auf Geschenkverpackungsgutschriften",
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
        "Total des réductions", "rabaty promocyjne", "promosyon indirimleri",
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
        "Taxe Marketplace Facilitator", "podatek od transakcji marketplace facilitator",
    ),
    "selling_fees": (
        "selling fees", "Verkaufsgebühren", "frais de vente", "Commissioni di vendita", "tarifas de venta",
        "verkoopkosten", "försäljningsavgifter", "tarifas de venda", "手数料",
        "opłaty za sprzedaż", "satış ücretleri",
    ),
    "fba_fees": (
        "fba fees", "fulfilment by amazon fees", "fulfillment by amazon fees",
        "Gebühren zu Versand durch Amazon", "Frais Expédié par Amazon",
        "Frais pour le service Expédié par Amazon", "Costi del servizio Logistica di Amazon",
        "tarifas de Logística de Amazon", "tarifas fba", "fba-vergoedingen", "fba-avgifter", "taxas fba",
        "FBA 手数料",
        "opłaty za fba", "Amazon Lojistik ücretleri",
    ),
    "other_transaction_fees": (
        "other transaction fees", "Andere Transaktionsgebühren", "autres frais de transaction",
        "Altri costi relativi alle transazioni", "tarifas de otras transacciones",
        "tarifas de otra transacción", "overige transactiekosten", "övriga transaktionsavgifter",
        "taxas de outras transações", "トランザクションに関するその他の手数料",
        "inne opłaty transakcyjne", "diğer işlem ücretleri",
    ),
    "other": (
        "other", "Andere", "autre", "autres", "Altro", "otro", "overige", "Övrigt", "inne", "diğer", "outro", "その他",
    ),
    "total": ("total", "Gesamt", "totale", "totaal", "totalt", "suma", "toplam", "合計"),
    "status": (
        "Transaction Status", "Transaktionsstatus", "Statut de la transaction", "Stato della transazione",
        "Estado de la transacción", "Transactiestatus", "Status da transação",
        "status transakcji", "İşlem durumu", "işlem durumu",
    ),
    "release_date": (
        "Transaction Release Date", "Freigabedatum der Transaktion", "Date de sortie de la transaction",
        "Date de délivrance de la transaction", "Data di rilascio della transazione",
        "Fecha de liberación de la transacción", "Publicatiedatum van transactie",
        "Transaktionens utgivningsdatum", "Data de liberação da transação",
        "data zrealizowania transakcji", "İşlem çıkış tarihi", "işlem çıkış tarihi",
    ),
}  # fmt: skip
