"""What was wrong with the piece on the client, from the words that were picked, said or written. Pure."""

import re
from enum import StrEnum

from consults.kinds import RootCause


class Complaint(StrEnum):
    """What another piece has to do better."""

    HIGH = "high"
    LOW = "low"
    LARGE = "large"
    SMALL = "small"
    COLOUR = "colour"
    DEAR = "dear"
    FAULT = "fault"
    NONE = "none"


# High before large: "too big and sits high" is about the setting where a setting is what can be changed.
SAID = (
    (Complaint.HIGH, r"\bhigh(er)?\b|\btall(er)?\b|\btrop haut|\bplus haut|\bhaute?\b|\balt[oa]\b|\bhöher|\bhoch|高"),
    (
        Complaint.LOW,
        r"\btoo low\b|\btoo flat\b|trop bas|trop plat|troppo bass|zu (niedrig|flach)|demasiado baj|低す|太低",
    ),
    (
        Complaint.LARGE,
        r"\blarge(r)?\b|\bbig(ger)?\b|\bloose\b|\bheavy\b|trop grand|trop large|troppo grand|zu groß|zu weit"
        r"|demasiado grande|大き|太大",
    ),
    (
        Complaint.SMALL,
        r"\bsmall(er)?\b|\btight\b|trop petit|trop serr|troppo piccol|zu klein|zu eng|demasiado pequeñ|小さ|太小",
    ),
    (Complaint.COLOUR, r"\bcolou?rs?\b|\bwarmer\b|\byellow(er)?\b|couleur|colore\b|\bfarbe\b|\bcolor\b|色"),
)
_SAID = tuple((complaint, re.compile(pattern, re.IGNORECASE)) for complaint, pattern in SAID)


def complaint_of(cause: RootCause | None, *texts: str | None) -> Complaint:
    """By the advisor's own finding where it settles the matter, else by the words, the fullest first."""
    settled = {RootCause.PRICE: Complaint.DEAR, RootCause.QUALITY: Complaint.FAULT}
    if cause in settled:
        return settled[cause]
    for text in texts:
        for complaint, pattern in _SAID:
            if text and pattern.search(text):
                return complaint
    return Complaint.NONE
