"""What an advisor's words do: welcome, ask, offer, include, promise, refund, own, or argue. Pure; English."""

import re
from collections.abc import Sequence
from enum import StrEnum

from consults.unsaid.checking import marks
from consults.unsaid.statutory import PASSAGES


class Said(StrEnum):
    WELCOME = "welcome"
    ASK = "ask"
    OFFER = "offer"
    INCLUDE = "include"
    PROMISE = "promise"
    REFUND = "refund"
    OWN = "own"
    ARGUE = "argue"


_DAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|tonight|(?:this|next) week|in an hour"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"|\bthe \d{1,2}(?:st|nd|rd|th)?\b|by \d{1,2}\b"
)
_PATTERNS = {
    Said.WELCOME: r"\bof course\b|\bthank you for\b|\bi(?: am|'m) (?:so )?glad you\b|\blet me take a look\b"
    r"|\btell me\b|\bhow good to\b|\bgood that you\b|\bcertainly\b|\bgladly\b|\bi understand\b|\bi hear you\b",
    Said.ASK: r"\b(?:what|how|where|when|who|which)\b[^?]*\?|\btell me (?:more|about|how|what)\b",
    Said.OFFER: r"\b(?:could|can|may|might|would like to|let me|we will|i will|i'll)\b[^.?!]*\b(?:lower|re-?set|resize"
    r"|rework|engrave|adjust|alter|loan|lend|show you|another (?:piece|one|ring)|exchange|atelier|bench|workshop"
    r"|keep it for you|put (?:it )?(?:aside|right)|repair|replace|viewing|look at it together)\b",
    Said.PROMISE: rf"\b(?:i will|i'll|you will|you'll|we will|we'll|i promise|shall)\b[^.?!]*(?:{_DAYS})",
    Said.REFUND: r"\b(?:refund|money back|give (?:you )?back the|pay (?:it )?back|return it in full)\b",
    Said.OWN: r"\b(?:that is|that's|it is|it's) ours\b|\bour (?:fault|mistake|doing)\b|\bi am sorry\b|\bi'm sorry\b"
    r"|\bwe (?:should|ought to) have\b|\bwe did not\b|\bwe let you\b",
}
_WITH_US = r"\b(?:bring|along|together|welcome|invite|join|include|both of you|with (?:you|your|him|her|them))\b"
_COMPILED = {said: re.compile(pattern) for said, pattern in _PATTERNS.items()}


def hear(words: str, *, companions: Sequence[str] = ()) -> frozenset[Said]:
    """Everything these words do. What is better left unsaid is an argument, whatever else is in it."""
    plain = " ".join(words.lower().replace("\u2019", "'").split())
    heard = {said for said, pattern in _COMPILED.items() if pattern.search(plain)}
    named = any(re.search(rf"\b{re.escape(one)}\b", plain) for one in companions)
    if named and re.search(_WITH_US, plain):
        heard.add(Said.INCLUDE)
    if marks(words, exempt=PASSAGES):
        heard.add(Said.ARGUE)
    return frozenset(heard)
