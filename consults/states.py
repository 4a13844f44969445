"""States of a case and of a conversation, and the moves allowed. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from kit.errors import Conflict

S = TypeVar("S", bound=StrEnum)


class InvalidMove(Conflict):
    """The thing is not in a state from which it can go there."""

    code = "invalid_move"


class CaseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ConsultState(StrEnum):
    HELD = "held"
    BOOKED = "booked"
    IN_SESSION = "in_session"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    EXPIRED = "expired"


CASE: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.OPEN}),  # its return was opened again in Shopify
}

# "Moved to another time" is an event and not a state: the conversation stays booked.
CONSULT: Mapping[ConsultState, frozenset[ConsultState]] = {
    ConsultState.HELD: frozenset({ConsultState.BOOKED, ConsultState.EXPIRED, ConsultState.CANCELLED}),
    ConsultState.BOOKED: frozenset(
        {ConsultState.IN_SESSION, ConsultState.COMPLETED, ConsultState.CANCELLED, ConsultState.NO_SHOW}
    ),
    ConsultState.IN_SESSION: frozenset({ConsultState.COMPLETED}),
    # Both closed the page and came back inside the window; or the advisor says that a call did not take place.
    ConsultState.COMPLETED: frozenset({ConsultState.IN_SESSION, ConsultState.NO_SHOW}),
    # The advisor says it took place after all, by telephone.
    ConsultState.NO_SHOW: frozenset({ConsultState.COMPLETED}),
    ConsultState.CANCELLED: frozenset(),
    ConsultState.EXPIRED: frozenset(),
}

LIVE = (ConsultState.HELD, ConsultState.BOOKED, ConsultState.IN_SESSION)
"""States in which a conversation keeps its time; a case has one such at most."""


def move(table: Mapping[S, frozenset[S]], current: S, to: S) -> S:
    """`to`, when `table` allows it from `current`. Raises InvalidMove."""
    if to not in table[current]:
        raise InvalidMove(f"It is {current.value.replace('_', ' ')} and can't become {to.value.replace('_', ' ')}.")
    return to
