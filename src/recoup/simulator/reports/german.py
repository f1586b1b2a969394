"""The words of the German transaction report."""

from __future__ import annotations

GERMAN = {
    "date/time": "Datum/Uhrzeit",
    "settlement id": "Abrechnungsnummer",
    "type": "Typ",
    "order id": "Bestellnummer",
    "sku": "SKU",
    "description": "Beschreibung",
    "quantity": "Menge",
    "marketplace": "Marketplace",
    "account type": "Kontotyp",
    "fulfillment": "Versand",
    "order city": "Ort der Bestellung",
    "order state": "Bundesland",
    "order postal": "Postleitzahl",
    "tax collection model": "Steuererhebungsmodell",
    "product sales": "Umsätze",
    "product sales tax": "Produktumsatzsteuer",
    "shipping credits": "Gutschrift für Versandkosten",
    "shipping credits tax": "Steuer auf Versandgutschrift",
    "gift wrap credits": "Gutschrift für Geschenkverpackung",
    "giftwrap credits tax": "Steuer auf Geschenkverpackungsgutschriften",
    "Regulatory Fee": "Regulatory Fee",
    "Tax On Regulatory Fee": "Tax On Regulatory Fee",
    "promotional rebates": "Rabatte aus Werbeaktionen",
    "promotional rebates tax": "Steuer auf Aktionsrabatte",
    "marketplace withheld tax": "Einbehaltene Steuer auf Marketplace",
    "selling fees": "Verkaufsgebühren",
    "fba fees": "Gebühren zu Versand durch Amazon",
    "other transaction fees": "Andere Transaktionsgebühren",
    "other": "Andere",
    "total": "Gesamt",
    "Transaction Status": "Transaktionsstatus",
    "Transaction Release Date": "Freigabedatum der Transaktion",
}
KINDS = {
    "Order": "Bestellung",
    "Refund": "Erstattung",
    "Adjustment": "Anpassung",
    "Service Fee": "Servicegebühr",
    "FBA Inventory Fee": "Versand durch Amazon Lagergebühr",
    "Refund_Retrocharge": "Erstattung_Wiedereinzug",
    "Chargeback Refund": "Erstattung durch Rückbuchung",
    "Fee Adjustment": "Gebührenerstattung",
}
FULFILMENT = {"Amazon": "Amazon", "Seller": "Verkäufer"}
STATUS = {"Released": "Veröffentlicht", "Deferred": "Zurückgestellt"}
PREAMBLE_DE = (
    "Umfasst Transaktionen über Amazon Marketplace und Versand durch Amazon",
    "Alle Beträge in {currency}, sofern nicht anders angegeben",
    "Definitionen:",
    "Verkaufsgebühren: Enthält variable Abschlussgebühren und Empfehlungsgebühren.",
)
_PAID_FOR = {
    "Lost:Warehouse": "Verloren:Lager",
    "Damaged:Warehouse": "Beschädigt:Lager",
    "Customer Return": "Kundenrücksendung",
    "General Adjustment": "Allgemeine Anpassung",
}


def payment_in_german(reason: str) -> str:
    """How the description of a reimbursement begins, and what it pays for."""
    return f"Versand durch Amazon Erstattung für Lagerbestand - {_PAID_FOR.get(reason, reason)}"
