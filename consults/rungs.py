"""The ladder of the first answer: who is asked next when nobody has answered. Pure."""

from enum import StrEnum


class Rung(StrEnum):
    """`owner`: whose client it is, reminded at half of the promise. Then, in order, who stands in for them."""

    OWNER = "owner"
    DEPUTY = "deputy"
    MANAGER = "manager"
    POOL = "pool"


ORDER = (Rung.OWNER, Rung.DEPUTY, Rung.MANAGER, Rung.POOL)


def after(rung: Rung) -> Rung | None:
    """The next one up; None at the top."""
    place = ORDER.index(rung) + 1
    return ORDER[place] if place < len(ORDER) else None


def half(promised_minutes: int) -> int:
    """Half of a promise: when the owner is reminded, and how long each stand-in has. A minute at least."""
    return max(1, promised_minutes // 2)
