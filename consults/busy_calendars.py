"""Calendars that say when an advisor is busy, by who reads them. One is built: a calendar's secret ICS address.

Free-busy by CalDAV, Google or Microsoft is declared for later: each is one more class with `busy`, and a line in
`shopify_app/wiring.py`. They need a consent screen, and Google's and Microsoft's a review; an ICS address needs none.
"""

import time
from datetime import datetime
from urllib.parse import urljoin

import requests

from consults.feed_words import FeedTrouble, FeedUnreadable, is_address
from consults.ics import Busy, busy_in
from kit.outside import NotOutside, public_http

TIMEOUT_SECONDS = 5
MOST_SECONDS = 20
MOST_BYTES = 2_000_000
MOST_REDIRECTS = 3
GONE = (401, 403, 404, 410)


class IcsCalendar:
    """Reads an ICS address. `local` is a stand-in on this machine, for tests."""

    name = "ics"

    def __init__(self, local: str = ""):
        self.local = local

    def busy(self, address: str, *, zone: str, since: datetime, until: datetime) -> Busy:
        """When its owner is busy, from `since` to `until`. Raises FeedUnreadable."""
        return busy_in(self._fetch(address), zone=zone, since=since, until=until)

    def _fetch(self, address: str) -> bytes:
        deadline = time.monotonic() + MOST_SECONDS
        with public_http(self.local) as http:
            for _ in range(MOST_REDIRECTS + 1):
                if not self._may_ask(address):
                    raise FeedUnreadable(FeedTrouble.NOT_HTTPS)
                try:
                    with http.get(address, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True) as answer:
                        if not answer.is_redirect:
                            return _body(answer, deadline)
                        # Checked like the first address: a public one must not lead to a private one.
                        address = urljoin(address, answer.headers["Location"])
                except (requests.RequestException, UnicodeError, ValueError) as error:
                    raise FeedUnreadable(_why(error)) from error
        raise FeedUnreadable(FeedTrouble.UNREACHABLE)

    def _may_ask(self, address: str) -> bool:
        return is_address(address) or (bool(self.local) and address.startswith(self.local))


def _body(answer: requests.Response, deadline: float) -> bytes:
    if answer.status_code != 200:
        raise FeedUnreadable(FeedTrouble.NOT_SHOWN if answer.status_code in GONE else FeedTrouble.UNREACHABLE)
    body = bytearray()
    for chunk in answer.iter_content(65_536):
        body += chunk
        if len(body) > MOST_BYTES:
            raise FeedUnreadable(FeedTrouble.TOO_LARGE)
        if time.monotonic() > deadline:  # a server that drips holds no worker for long
            raise FeedUnreadable(FeedTrouble.UNREACHABLE)
    return bytes(body)


def _why(error: BaseException) -> FeedTrouble:
    """The time-out of a check of the address is wrapped several times over on its way here."""
    seen: BaseException | None = error
    while seen is not None:
        if (
            isinstance(seen, NotOutside)
            or NotOutside.__name__ in repr(seen)
            or "not on the public internet" in str(seen)
        ):
            return FeedTrouble.NOT_OUTSIDE
        seen = seen.__cause__ or seen.__context__
    return FeedTrouble.UNREACHABLE
