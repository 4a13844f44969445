"""Why something cannot go on until a person acts: words for programs. The sentences stand where merchants read them."""

from enum import StrEnum


class Cause(StrEnum):
    """`withheld`: Shopify does not let the app see or do it. `account`: a provider did not take our credentials.

    `address`, `number`, `opted_out`, `landline`, `unreachable`, `filtered`: whom or what a provider could not reach.
    `unregistered`: networks do not know our number. `window`: WhatsApp wants an approved template.
    """

    RECONNECT = "reconnect"
    SHOP_CLOSED = "shop_closed"
    WITHHELD = "withheld"
    OLD_ORDER = "old_order"
    OTHER_CURRENCY = "other_currency"
    RECEIVING_ADDRESS = "receiving_address"
    SENDER_ADDRESS = "sender_address"
    COVER = "cover"
    BOOKING = "booking"
    PAPERS = "papers"
    ELIGIBILITY = "eligibility"
    NO_CARRIER = "no_carrier"
    ACCOUNT = "account"
    ADDRESS = "address"
    NUMBER = "number"
    OPTED_OUT = "opted_out"
    LANDLINE = "landline"
    UNREACHABLE = "unreachable"
    FILTERED = "filtered"
    UNREGISTERED = "unregistered"
    WINDOW = "window"
