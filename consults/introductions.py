"""What a client is told when somebody answers in the place of whoever sold the piece: who, why, until when. Pure."""

from consults.kinds import WhyNot
from consults.phrases import phrase


def introduce(why: WhyNot | None, *, owner: str, advisor: str, day: str, gone: bool = True, locale: str = "en") -> str:
    """In whole sentences, by first names. `day` is when the owner is back, in words, or "".

    `gone`: an owner who takes no returns any more left the house, as far as we know; nobody else is said to have.
    """
    reason = why or WhyNot.AWAY
    names = {"owner": owner, "advisor": advisor, "day": day}
    if reason is WhyNot.LEFT:
        return phrase("left" if gone else "looks_after", locale, **names)
    until = "_until" if day and reason in (WhyNot.AWAY, WhyNot.OFF_SHIFT) else ""
    return phrase("meanwhile", locale, **names, reason=phrase(reason.value + until, locale, **names))
