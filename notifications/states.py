"""What may become of a message, and how far each of a provider's words has got. Pure."""

from enum import StrEnum


class MessageState(StrEnum):
    """`held`: the channel is not set up, so it was not sent and says so. `unsettled`: perhaps sent; a person looks.
    `aside`: it did not arrive, and a person saw to it. `erased`: had not gone out when the client's data had to go; it
    never will. `standby`: goes out only when the way before it did not reach them.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    HELD = "held"
    UNSETTLED = "unsettled"
    ASIDE = "aside"
    ERASED = "erased"
    STANDBY = "standby"


S = MessageState

NEXT: dict[S, frozenset[S]] = {
    S.QUEUED: frozenset({S.SENDING, S.HELD, S.FAILED}),
    S.SENDING: frozenset({S.SENT, S.FAILED, S.UNSETTLED, S.DELIVERED, S.UNDELIVERED, S.QUEUED}),
    S.SENT: frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED}),
    S.DELIVERED: frozenset(),
    # It reached nobody, so a person may send it again.
    S.UNDELIVERED: frozenset({S.DELIVERED, S.QUEUED, S.ASIDE}),
    S.FAILED: frozenset({S.QUEUED, S.ASIDE}),
    S.HELD: frozenset({S.QUEUED, S.ASIDE}),
    S.UNSETTLED: frozenset({S.QUEUED, S.SENT, S.DELIVERED, S.ASIDE}),
    S.ASIDE: frozenset({S.DELIVERED}),
    S.ERASED: frozenset(),
    S.STANDBY: frozenset({S.QUEUED}),
}

# Twilio's callbacks come out of order and twice, so a status only ever raises the rank.
RANK = {"accepted": 1, "queued": 2, "sending": 3, "sent": 4, "undelivered": 5, "failed": 5, "delivered": 6, "read": 7}
DID_NOT_ARRIVE = (S.UNDELIVERED, S.FAILED)
STATE_OF = {"delivered": S.DELIVERED, "read": S.DELIVERED, "undelivered": S.UNDELIVERED, "failed": S.FAILED}


def may_move(current: S, target: S) -> bool:
    """Whether `target` may follow `current`."""
    return target in NEXT[current]
