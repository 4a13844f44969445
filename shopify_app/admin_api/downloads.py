"""Reading a large file of lines from where Shopify keeps it, without holding it: in pieces, from any byte on.

The address comes from Shopify's answer but is not trusted: only its hosts, only https, no redirects, no credentials.
"""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3

from kit.errors import OutsideError
from kit.settings import Settings
from measures.ports import ResultGone

HOSTS = ("storage.googleapis.com",)
DOMAINS = (".shopify.com", ".shopifycdn.com")
CONNECT_AND_READ = (3.05, 30)
CHUNK = 1 << 16
MOST_LINE = 1 << 21
MOST_BYTES = 64 << 30
GONE = (401, 403, 404, 410)


def is_allowed(address: str, settings: Settings) -> bool:
    """Whether a file may be read from there: Shopify's storage; on this machine only where the whole Shopify is."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or ""), parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    own = settings.admin_frame_origin
    if own and f"{parts.scheme}://{parts.netloc}" == own:
        return True
    known = host in HOSTS or host.endswith(DOMAINS)
    return parts.scheme == "https" and known and port in (None, 443)


class Lines:
    """(byte after it, line) for each line from byte `offset` on, until the end or for about `seconds`; once.

    `size` is what Shopify says of the file's length, or None. `ended` is true once the last line was given. Raises
    ResultGone, or OutsideError: when the connection was cut it is tried again from where the caller got to.
    """

    def __init__(
        self, http: requests.Session, settings: Settings, address: str, *, offset: int, size: int | None, seconds: float
    ):
        self.http, self.settings, self.address = http, settings, address
        self.skip = 0
        self.offset, self.size, self.until = offset, size, time.monotonic() + seconds
        self.ended = False

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        if not is_allowed(self.address, self.settings):
            raise OutsideError("shopify", "the file of a bulk operation is at an address of nobody's", permanent=True)
        answer = self._open(self.offset)
        try:
            if answer is None:
                self.ended = True
                return
            yield from self._split(self._chunks(answer))
        except (urllib3.exceptions.HTTPError, requests.RequestException, OSError) as error:
            raise OutsideError("shopify", f"a bulk file was cut: {type(error).__name__}") from error
        finally:
            if answer is not None:
                answer.close()

    def _open(self, offset: int) -> requests.Response | None:
        """The answer to read from; None when nothing comes after `offset`."""
        # Packed, a range would be one of the packed bytes.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        try:
            answer = self.http.get(
                self.address, headers=headers, stream=True, timeout=CONNECT_AND_READ, allow_redirects=False
            )
        except requests.RequestException as error:
            raise OutsideError("shopify", f"a bulk file: {type(error).__name__}") from error
        status = answer.status_code
        if status == 206 and answer.headers.get("Content-Encoding", "identity") != "identity":
            answer.close()
            return self._open(0)
        if status in (200, 206):
            self._learn_size(answer, offset)
            return answer
        told = answer.headers.get("Content-Range", "")
        answer.close()
        if status == 416 and told == f"bytes */{offset}":
            return None
        if status in GONE:
            raise ResultGone("shopify", f"the file of a bulk operation answered {status}")
        raise OutsideError("shopify", f"a bulk file answered {status}", permanent=300 <= status < 400 or status == 416)

    def _learn_size(self, answer: requests.Response, offset: int) -> None:
        """How long the file is, and whether what comes begins where it was asked to."""
        self.skip = self.offset
        if answer.status_code == 206:
            unit, _, rest = answer.headers.get("Content-Range", "").partition(" ")
            span, _, total = rest.partition("/")
            if unit != "bytes" or not span.startswith(f"{offset}-"):
                raise OutsideError("shopify", "a bulk file came from another place than was asked for")
            self.skip = 0
            if total.isdigit():
                self.size = int(total)
        elif answer.headers.get("Content-Encoding", "identity") == "identity":
            length = answer.headers.get("Content-Length", "")
            self.size = int(length) if length.isdigit() else self.size
        if self.size is not None and self.size > MOST_BYTES:
            raise OutsideError("shopify", "a bulk file is larger than any should be", permanent=True)

    def _chunks(self, answer: requests.Response) -> Iterator[bytes]:
        """The bytes after `offset`, unpacked where they came packed."""
        skip = self.skip
        # read1: what is there, so that a line that drips does not hold the caller beyond its time.
        while chunk := answer.raw.read1(CHUNK, decode_content=True):
            if skip >= len(chunk):
                skip -= len(chunk)
                continue
            yield chunk[skip:]
            skip = 0

    def _split(self, chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
        place, rest = self.offset, b""
        for chunk in chunks:
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                place += len(line) + 1
                yield place, line
            if len(rest) > MOST_LINE or place > MOST_BYTES:
                raise OutsideError("shopify", "a bulk file has a line longer than any should be", permanent=True)
            if time.monotonic() > self.until:
                return
        if self.size is not None and place + len(rest) < self.size:
            raise OutsideError("shopify", "a bulk file was cut")
        self.ended = True
        if rest:
            yield place + len(rest), rest
