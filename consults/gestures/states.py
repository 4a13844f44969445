"""States of a gesture. Pure."""

from enum import StrEnum


class GestureState(StrEnum):
    """`asked`: it waits for somebody, and the client knows nothing of it. `allowed`: the client may see it."""

    ASKED = "asked"
    ALLOWED = "allowed"
    NOT_NOW = "not_now"
    TAKEN_BACK = "taken_back"  # the client decided otherwise


COUNTING = (GestureState.ASKED, GestureState.ALLOWED)
"""What is taken from a budget: an ask holds its share, or many small ones would pass beside it."""
