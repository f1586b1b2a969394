"""Headers that hold the buyer's name, address, e-mail, telephone or comments."""

from __future__ import annotations

from ._declared import fold

_STARTS = (
    "ordercity",
    "orderstate",
    "orderpostal",
    "shipcity",
    "shipstate",
    "shippostal",
    "shipcounty",
    "buyer",
    "recipient",
    "shipaddress",
    "billaddress",
    "billcity",
    "billcounty",
    "billcountry",
    "billname",
    "billphone",
    "billpostal",
    "billstate",
    "shipphone",
    "shipname",
)
_WHOLE = (
    "addresstype",
    "cpf",
    "customercomments",
    "customeremail",
    "customername",
    "customizedpage",
    "customizedurl",
    "deliveryinstructions",
    "giftmessagetext",
)
_ORDER_PLACES = {  # the place an order was sent to, as the transaction report writes it in other languages
    fold(header)
    for header in (
        "Ort", "Ort der Bestellung", "Bundesland", "Postleitzahl",
        "ville d'où provient la commande", "Région d'où provient la commande", "code postal de la commande",
        "Città di provenienza dell'ordine", "Provincia di provenienza dell'ordine", "CAP dell'ordine",
        "ciudad de procedencia del pedido", "comunidad autónoma de procedencia del pedido",
        "código postal de procedencia del pedido",
        "ciudad del pedido", "estado del pedido", "código postal del pedido",
        "cidade do pedido", "estado do pedido", "postal do pedido",
        "bestelling stad", "status bestelling", "bestelling per post",
        "län", "postnummer",
        "市町村", "都道府県", "郵便番号",
    )
}  # fmt: skip


def about_buyer(header: str, also: tuple[str, ...] = ()) -> bool:
    """Whether a column with this header tells who the buyer is or what they wrote."""
    folded = fold(header)
    known = folded.startswith(_STARTS) or folded in _WHOLE or folded in _ORDER_PLACES
    return known or folded in {fold(h) for h in also}
