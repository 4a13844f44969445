"""States of a return opened from here, of a file of the client book, and of a word with Shopify Flow. Pure."""

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
    # Unsettled: a person looks. Refused: they saw that it was not made, and want it no more.
    OpeningState.UNSETTLED: frozenset({OpeningState.MADE, OpeningState.ASKED, OpeningState.REFUSED}),
    OpeningState.MADE: frozenset(),
    OpeningState.REFUSED: frozenset(),
}


class ImportState(StrEnum):
    """A file of the client book: `shown` to a person, then `applied` as shown, or `dropped`."""

    SHOWN = "shown"
    APPLIED = "applied"
    DROPPED = "dropped"


class FlowState(StrEnum):
    """`waiting`: to be sent. `unsure`: it may have been sent; nobody can tell. `refused`: by Shopify, or by us."""

    WAITING = "waiting"
    UNSURE = "unsure"
    DONE = "done"
    REFUSED = "refused"
