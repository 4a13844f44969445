"""What a verdict is given of, and what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Answer(StrEnum):
    YES = "yes"
    LOOK = "a_person_looks"
    NO = "no"


class Track(StrEnum):
    """`statutory`: the client withdraws by law. `policy`: what the house gives beyond it."""

    STATUTORY = "statutory"
    POLICY = "policy"


@dataclass(frozen=True)
class LineFacts:
    """One line that comes back. `classes` are keys of the pack of that name; `returnable` None where nobody knows.

    `elsewhere` is how many of it are in other returns that are not over, or came back already.
    """

    title: str
    quantity: int
    classes: frozenset[str] = frozenset()
    sold: int | None = None
    elsewhere: int = 0

    @property
    def is_personal(self) -> bool:
        """Made for this client: what the law may exempt."""
        return bool(self.classes & {"engraved", "made to measure"})


@dataclass(frozen=True)
class ReturnFacts:
    """What is known when a return is judged. `asked_on` is the day it was asked for: where the client or the
    house is, whichever is earlier.

    `law` and `policy` are entries of the packs of countries and of the house's policy; None where there is none.
    `is_open`: a person approved it in Shopify already.
    """

    lines: tuple[LineFacts, ...]
    country: str
    channel: str
    asked_on: date
    delivered_on: date | None
    law: Mapping[str, Any] | None = None
    policy: Mapping[str, Any] | None = None
    is_open: bool = False
    is_all_of_a_set: bool = True


@dataclass(frozen=True)
class Verdict:
    """One answer with its reason, in words for staff. `rule` names who gave it, `about` the piece, "" for all."""

    rule: str
    track: Track
    answer: Answer
    reason: str
    about: str = ""

    def as_json(self) -> dict[str, str]:
        """As it is kept with the return."""
        return {
            "rule": self.rule,
            "track": str(self.track),
            "answer": str(self.answer),
            "reason": self.reason,
            "about": self.about,
        }


@dataclass(frozen=True)
class Verdicts:
    """The whole: which track it goes, what follows, and every verdict it follows from."""

    track: Track
    answer: Answer
    found: tuple[Verdict, ...] = field(default=())

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not a plain yes; empty when it is."""
        return tuple(v.reason for v in self.found if v.answer is self.answer and v.track is self.track)
