"""What a case is opened with: facts gathered outside. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """The return, the piece and the client, as far as known; None where the app may not read it.

    `value_cents` is in the smallest unit of `currency`, the shop's. `client_zone` is an IANA name, or "" to
    have it guessed from `client_country` ("FR").
    `seller_words` says to the advisor why it is theirs: "You sold it, in Paris, on 14 October."
    `sold_by_advisor`: the advisor of the case sold the piece, so that the text may say "you sold".
    `side_by_side`: the house offers the conversation beside the simple return, neither before the other.
    `boutique_id` and `category` (small letters) are what whoever answers has to know; None and "" ask for nothing.
    """

    return_gid: str
    order_gid: str = ""
    order_name: str = ""
    seller_words: str = ""
    sold_by_advisor: bool = False
    side_by_side: bool = False
    client_gid: str | None = None
    client_name: str | None = None
    client_title: str = ""
    client_email: str | None = None
    client_phone: str | None = None
    client_texts_ok: bool = False
    client_locale: str = "en"
    client_country: str = ""
    client_zone: str = ""
    piece_title: str = ""
    piece_image: str = ""
    piece_detail: str = ""
    value_cents: int = 0
    currency: str = "USD"
    client_words: str | None = None
    reason_label: str = ""
    bought_on: date | None = None
    delivered_on: date | None = None
    boutique_id: int | None = None
    category: str = ""
