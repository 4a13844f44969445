"""Words for custody, inspection and wear."""

from enum import StrEnum


class HandOver(StrEnum):
    """`collected` and `delivered` are the carrier's word; the others a person's."""

    COLLECTED = "collected"
    DELIVERED = "delivered"
    BROUGHT = "brought"
    RECEIVED = "received"
    OPENED = "opened"
    PASSED_ON = "passed_on"
    SEALED = "sealed"


class Verdict(StrEnum):
    AS_SOLD = "as_sold"
    WORN = "worn"
    MISSING = "missing"
    OTHER = "other"
    CANNOT_TELL = "cannot_tell"


class Grade(StrEnum):
    """How far a piece was handled beyond what a shop would allow."""

    NONE = "none"
    LIGHT = "light"
    MARKED = "marked"
    WORN = "worn"


class Answer(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    DISPUTED = "disputed"
    WAIVED = "waived"
