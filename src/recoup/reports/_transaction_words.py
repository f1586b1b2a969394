"""Words in the rows of the transaction report, in every language they are known in, and their English ones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ._declared import fold


def _by_spelling(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Folded spelling -> the English word, which is a spelling too."""
    return {fold(s): english for english, spellings in words.items() for s in (english, *spellings)}


# English: German, French, Italian, Spanish and Mexican, Dutch, Swedish, Polish, Turkish, Brazilian, Japanese.
TYPES = _by_spelling({
    "Order": (
        "Bestellung", "Commande", "Ordine", "Pedido", "Bestelling", "Beställning", "Zamówienie", "Sipariş", "注文",
    ),
    "Refund": (
        "Erstattung", "Remboursement", "Rimborso", "Reembolso", "Terugbetaling", "Återbetalning", "Zwrot", "返金",
    ),
    "Adjustment": (
        "Anpassung", "Ajustement", "Modifica", "Rettifica", "Ajuste", "Aanpassing", "Justering", "Korekta",
        "Düzeltme", "調整",
    ),
    "Transfer": (
        "Übertrag", "Transfert", "Transférer", "Trasferimento", "Transferir", "Trasferir", "Overboeking",
        "Överföring", "Przelew", "振込み",
    ),
    "Service Fee": (
        "Servicegebühr", "Frais de service", "Commissione di servizio", "Tarifa de prestación de servicio",
        "Tarifa de servicio", "Servicekosten", "Serviceavgift", "Hizmet Ücreti", "Taxa de serviço", "注文外料金",
    ),
    "FBA Inventory Fee": (
        "Fulfilment by Amazon inventory fee", "Versand durch Amazon Lagergebühr",
        "Frais de stock Expédié par Amazon", "Costo di stoccaggio Logistica di Amazon",
        "Tarifas de inventario de Logística de Amazon", "Tarifa de inventario FBA", "Taxa de Estoque FBA",
        "FBA 在庫関連の手数料",
    ),
    "FBA Transaction fees": (
        "Transaktionsgebühren für Versand durch Amazon", "Frais de transaction Expédié par Amazon",
        "Commissioni per le transazioni di Logistica di Amazon", "Tarifas de transacción de Logística de Amazon",
    ),
    "FBA Customer Return Fee": (
        "Fulfilment by Amazon customer return fee", "Gebühren für Kundenrücksendungen mit Versand durch Amazon",
        "Frais de retour client FBA",
    ),
    "Order_Retrocharge": ("Bestellung_Wiedereinzug",),
    "Refund_Retrocharge": ("Erstattung_Wiedereinzug",),
    "Chargeback Refund": (
        "Erstattung durch Rückbuchung", "Remboursement de contestation de prélèvement",
        "Reembolso de reversión de cargo",
    ),
    "A-to-z Guarantee": ("A-to-z Guarantee Claim", "Réclamation dans le cadre de la Garantie A à z"),
    "Fee Adjustment": (
        "Gebührenerstattung", "Ajustement des frais", "Regolazione dei costi", "Ajuste de tarifa",
    ),
    "Debt": (
        "Verbindlichkeit", "Solde négatif", "Saldo negativo", "Saldo descubierto", "Deuda", "Schuld", "Skuld",
        "Dług", "マイナス残高",
    ),
    "Lightning Deal Fee": (
        "Blitzangebotsgebühr", "Tarif de la Vente Flash", "Tariffa dell’Offerta Lampo", "Tarifa de Oferta flash",
        "数量限定タイムセール手数料",
    ),
    "Liquidations": ("Liquidationen",),
    "Liquidations Adjustments": ("Liquidationsanpassungen",),
    "Amazon Fees": ("Gebühren von Amazon", "Amazon手数料"),
    "Shipping Services": ("Kargo Hizmetleri", "配送サービス"),
    "Delivery Services": (),
    "Deal Fee": (),
    "FBA Inventory Reimbursement": (),
    "SAFE-T reimbursement": (),
    "Commingling VAT": (),
    "Others": (),
})  # fmt: skip

# What became of a line. Where a language's word is not known, it stays as written and counts as not yet paid.
STATUSES = _by_spelling({
    "Released": ("Veröffentlicht", "Sorti", "Liberado", "Lanzado", "Oluşturuldu"),
    "Deferred": ("Diferido",),
})  # fmt: skip

FULFILLMENT = _by_spelling({
    "Amazon": ("AFN",),
    "Seller": (
        "Merchant", "MFN", "Verkäufer", "Vendeur", "Venditore", "Vendedor", "Satıcı", "出品者",
    ),
})  # fmt: skip

REIMBURSEMENT = "FBA Inventory Reimbursement"
# How the description of a payment for lost and damaged units begins; what it pays for follows.
_PAYMENTS = (
    REIMBURSEMENT,
    "Versand durch Amazon Erstattung für Lagerbestand",
    "Versand durch Amazon Erstattung",
    "Erstattung Lagerbestand",
    "Remboursement de stock Expédié par Amazon",
    "Remboursement stock Expédié par Amazon",
    "Rimborso inventario Logistica di Amazon",
    "Reembolso de inventario de Logística de Amazon",
    "Reembolso de inventario",
    "Reembolso de Estoque FBA",
    "FBA在庫の返金",
)
_KINDS = {  # what a payment is for -> pattern of its words without blanks and colons
    "Lost:Outbound": "lostoutbound|verloren.*auslieferung|.*auslieferung.*verloren",
    "Lost:Inbound": "lostinbound",
    "Lost:Warehouse": "lostwarehouse|(imlager)?verloren(lager)?|perdu|perdidodepósito|extraviadoenelalmacén",
    "Damaged:Warehouse": "damagedwarehouse|(imlager)?beschädigt(lager)?|endommagé",
    "Customer Return": "customerreturn|kundenrücksendung|retourclient|devolucióndelcliente|devoluçãodocliente"
    "|購入者による返品",
    "General Adjustment": "generaladjustment|allgemeineanpassung|ajustementgénéral",
    "Fee Correction": "feecorrection",
    "Customer Service Issue": "customerserviceissue",
}
_BEGINNINGS = tuple(sorted((fold(b) for b in _PAYMENTS), key=len, reverse=True))
_FIRST_WORDS = tuple({b.split()[0].casefold()[:3] for b in _PAYMENTS})


def english_description(text: str) -> str:
    """``FBA Inventory Reimbursement - Lost:Warehouse`` for such a payment in any known language.

    A payment whose kind is not known keeps its own words behind the English beginning; any other text stays as
    it is.
    """
    if not text.casefold().startswith(_FIRST_WORDS):
        return text
    folded = fold(text)
    beginning = next((b for b in _BEGINNINGS if folded.startswith(b)), "")
    if not beginning:
        return text
    rest = folded.removeprefix(beginning).strip("().")
    kind = next((kind for kind, words in _KINDS.items() if re.fullmatch(words, rest)), "")
    own = " ".join(re.split(r"\s+[-–]\s+|(?=\()", text.strip(), maxsplit=1)[1:])
    return " - ".join(part for part in (REIMBURSEMENT, kind or own) if part)
