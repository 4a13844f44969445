"""The six failures, what is said of each, and what was found. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Failure(StrEnum):
    CARRIER = "carrier"
    NEED_BY = "need_by"
    STOCK_GONE = "stock_gone"
    MISMATCH = "mismatch"
    REFUND_LATE = "refund_late"
    SILENT_ADVISOR = "silent_advisor"


class CardState(StrEnum):
    """`sent`: the client has the ways out, and nobody disturbs them. `answered`: they chose."""

    OPEN = "open"
    SENT = "sent"
    ANSWERED = "answered"
    CLOSED = "closed"


LIVE_CARDS = (CardState.OPEN, CardState.SENT, CardState.ANSWERED)


@dataclass(frozen=True)
class Found:
    """One failure, seen now. `key` names it for as long as it lasts; `line_gid` is the order's line of the piece."""

    key: str
    failure: Failure
    return_gid: str
    rma_id: int | None
    detail: str
    need_by: date | None = None
    occasion: str = ""
    variant_gid: str = ""
    line_gid: str = ""
    piece: str = "piece"
    advisor_id: int | None = None
    case_id: int | None = None


# What was our fault, said plainly; and what the client will most likely say, in their words.
FAULTS = {
    Failure.CARRIER: "The parcel you sent us is not moving as it should, and we have not found out why yet.",
    Failure.NEED_BY: "We have taken so long that the day you need it by is no longer safe.",
    Failure.STOCK_GONE: "The piece we promised you is no longer there. We should have put it aside.",
    Failure.MISMATCH: "What we took out of the box is not what our papers say. We do not know yet how that came about.",
    Failure.REFUND_LATE: "Your money should have been back with you by now, and it is not.",
    Failure.SILENT_ADVISOR: "You wrote to us, and we did not answer in the time we promised.",
}
OBJECTIONS = {
    Failure.CARRIER: "“I gave it to your courier. Why am I the one who waits?”",
    Failure.NEED_BY: "“You knew what day it was for.”",
    Failure.STOCK_GONE: "“You told me it was mine.”",
    Failure.MISMATCH: "“Are you saying that I sent back something else?”",
    Failure.REFUND_LATE: "“You have the piece. Where is my money?”",
    Failure.SILENT_ADVISOR: "“For this price I should not have to ask twice.”",
}
HEADINGS = {
    Failure.CARRIER: "The parcel is stuck",
    Failure.NEED_BY: "The day it is needed is at risk",
    Failure.STOCK_GONE: "The promised piece is gone",
    Failure.MISMATCH: "Another piece was in the box",
    Failure.REFUND_LATE: "The money is late",
    Failure.SILENT_ADVISOR: "Nobody has answered",
}
ASK_OCCASION = "What was it bought for, and by when is it needed?"
BLAMES = (
    "you should have", "you failed", "your fault", "your mistake", "because you", "the carrier lost", "carrier's fault",
    "the courier lost", "courier's fault",
)  # fmt: skip


def blames(text: str) -> tuple[str, ...]:
    """The words in a letter that blame the client or the carrier, for whoever sends it to look at again."""
    small = " ".join(text.lower().replace("’", "'").split())
    return tuple(words for words in BLAMES if words in small)
