"""What a client is told when somebody answers in the place of whoever sold the piece: who, why, until when. Pure."""

from consults.kinds import WhyNot

WHY = {
    WhyNot.LEFT: "{owner} is no longer with us.",
    WhyNot.AWAY: "{owner} is away.",
    WhyNot.OFF_SHIFT: "{owner} is not at work just now.",
    WhyNot.FULL: "{owner} is with other clients.",
    WhyNot.NO_TEXTS: "{owner} is on the floor and can't be reached quickly.",
}
UNTIL = {
    WhyNot.AWAY: "{owner} is away until {day}.",
    WhyNot.OFF_SHIFT: "{owner} is back at work on {day}.",
}


def introduce(why: WhyNot | None, *, owner: str, advisor: str, day: str) -> str:
    """In whole sentences, by first names. `day` is when the owner is back, in words, or ""."""
    reason = why or WhyNot.AWAY
    if reason is WhyNot.LEFT:
        return f"{WHY[reason].format(owner=owner)} {advisor} looks after you now."
    told = UNTIL[reason] if day and reason in UNTIL else WHY[reason]
    then = f"{advisor} looks after you meanwhile; {owner} reads along, and is there for you again then."
    return f"{told.format(owner=owner, day=day)} {then}"


def waiting_for(*, owner: str, day: str) -> str:
    """To a client who chose to wait."""
    return f"You are waiting for {owner}, who is back on {day}." if day else f"You are waiting for {owner}."
