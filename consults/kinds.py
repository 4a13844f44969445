"""The words of a case and of a conversation. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    """How a conversation is held."""

    VIDEO = "video"
    TELEPHONE = "telephone"
    BOUTIQUE = "boutique"


class Role(StrEnum):
    """Who somebody is in a conversation."""

    CLIENT = "client"
    ADVISOR = "advisor"
    GUEST = "guest"


class StaffRole(StrEnum):
    """Who somebody is in the house. The last two answer no client."""

    ADVISOR = "advisor"
    MANAGER = "manager"
    MERCHANT = "merchant"
    FINANCE = "finance"
    WAREHOUSE = "warehouse"


ANSWERING = (StaffRole.ADVISOR, StaffRole.MANAGER, StaffRole.MERCHANT)


class Outcome(StrEnum):
    """What the client decided."""

    KEPT = "kept"
    EXCHANGE = "exchange"
    UPGRADE = "upgrade"
    REWORK = "rework"
    VIEWING = "viewing"
    REFUND = "refund"
    FOLLOW_UP = "follow_up"
    OTHER = "other"


class RootCause(StrEnum):
    """What it was really about, as the advisor found; kept apart from the reason the client picked."""

    SIZE = "size"
    PROPORTION = "proportion"
    EXPECTATION = "expectation"
    OCCASION = "occasion"
    SECOND_THOUGHTS = "second_thoughts"
    QUALITY = "quality"
    GIFT_MISMATCH = "gift_mismatch"
    PRICE = "price"
    CLIENT_DECLINED = "client_declined"  # the client preferred not to talk, which blocks nothing


class Ledger(StrEnum):
    """Where an advisor's case counts: with what they sold, or with what they answer in somebody's place."""

    OWNED = "owned"
    POOL = "pool"


class WhyNot(StrEnum):
    """Why the one who sold the piece does not answer now."""

    LEFT = "left"
    AWAY = "away"
    OFF_SHIFT = "off_shift"
    FULL = "full"
    NO_TEXTS = "no_texts"
