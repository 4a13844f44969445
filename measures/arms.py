"""Which households a pilot invites: pure. A salted hash decides, so nobody can choose and everybody can recompute it.

The arm is about the invitation to talk and nothing else: both arms have the same rights, the same refund, the same day.
"""

import hashlib
from collections.abc import Sequence
from enum import StrEnum


class Arm(StrEnum):
    """`today`: the flow the shop had before, without an invitation."""

    INVITED = "invited"
    TODAY = "today"


def drawn(salt: str, household: str) -> Arm:
    """The arm a household would be given, by an even draw."""
    return Arm.INVITED if hashlib.sha256(f"{salt}:{household}".encode()).digest()[0] % 2 else Arm.TODAY


def standing(salt: str, household: str, given: Sequence[Arm]) -> Arm:
    """The arm a household has: what one of its people was `given` first, else the draw. Merging never moves it."""
    return given[0] if given else drawn(salt, household)
