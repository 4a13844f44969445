"""States of a return that is being opened from here, and of a word with Shopify Flow. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class OpeningState(StrEnum):
    """`sending` is written before Shopify is asked; `unsettled`: it may have been made, and a person looks."""

    ASKED = "asked"
    SENDING = "sending"
    MADE = "made"
    REFUSED = "refused"
    UNSETTLED = "unsettled"


OPENING: Mapping[OpeningState, frozenset[OpeningState]] = {
    # Made at once when Shopify tells of it before anybody asked again.
    OpeningState.ASKED: frozenset({OpeningState.SENDING, OpeningState.MADE}),
    # Back to asked where the call plainly did not reach Shopify.
    OpeningState.SENDING: frozenset(
        {OpeningState.MADE, OpeningState.REFUSED, OpeningState.UNSETTLED, OpeningState.ASKED}
    ),
    OpeningState.UNSETTLED: frozenset({OpeningState.MADE, OpeningState.ASKED}),
    OpeningState.MADE: frozenset(),
    OpeningState.REFUSED: frozenset(),
}


class FlowState(StrEnum):
    """`waiting`: to be sent. `unsure`: it may have been sent; nobody can tell. `refused`: by Shopify, or by us."""

    WAITING = "waiting"
    UNSURE = "unsure"
    DONE = "done"
    REFUSED = "refused"
