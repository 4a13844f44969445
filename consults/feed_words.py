"""What can be wrong with a calendar's address, and what people read about it. Pure."""

from enum import StrEnum
from urllib.parse import urlsplit


class FeedTrouble(StrEnum):
    NOT_HTTPS = "not_https"
    NOT_OUTSIDE = "not_outside"
    UNREACHABLE = "unreachable"
    NOT_SHOWN = "not_shown"
    TOO_LARGE = "too_large"
    NO_CALENDAR = "no_calendar"
    TOO_OFTEN = "too_often"
    TOO_MUCH = "too_much"


IN_WORDS = {
    FeedTrouble.NOT_HTTPS: "Give the calendar's secret address, which begins with https://.",
    FeedTrouble.NOT_OUTSIDE: "That address is not on the public internet, so it cannot be read from here.",
    FeedTrouble.UNREACHABLE: "The calendar does not answer just now. It is tried again every ten minutes.",
    FeedTrouble.NOT_SHOWN: "The calendar is not shown there any more. Make a new secret address and give it here.",
    FeedTrouble.TOO_LARGE: "The calendar is longer than the two megabytes we read. Give a calendar of this year only.",
    FeedTrouble.NO_CALENDAR: "What is at that address is not a calendar. Give the address that ends in .ics.",
    FeedTrouble.TOO_OFTEN: "An entry in it repeats by the second, minute or hour. Take it out, or give another one.",
    FeedTrouble.TOO_MUCH: "The calendar holds more entries than we read, which is ten thousand. Give a smaller one.",
}


class FeedUnreadable(Exception):
    """The calendar could not be read; `trouble` says why."""

    def __init__(self, trouble: FeedTrouble):
        super().__init__(trouble.value)
        self.trouble = trouble


def is_address(address: str) -> bool:
    """Whether it is one we would ask at all: https, with a host, and nobody's password in it."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.port in (None, 443)
    except ValueError:
        return False
