"""Who sends webhooks, and how each proves it. Pure: headers and raw body in, an envelope or a refusal out."""

from typing import NamedTuple, Protocol


class Envelope(NamedTuple):
    """What is known of a delivery before its body is parsed. Only the body is signed; the rest are claims."""

    topic: str
    external_id: str
    shop_domain: str = ""
    event_id: str = ""
    triggered_at: str = ""
    api_version: str = ""


class Refused(Exception):
    """Not taken. `status` is the answer's, `code` a word for programs."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status = status
        self.code = code


class Source(Protocol):
    """One sender. `path` is what follows /webhooks/<source>."""

    name: str

    def open(self, headers: dict[str, str], body: bytes, path: str, query: str) -> Envelope:
        """The envelope of a genuine delivery; `headers` have lower-case names. Raises Refused."""
        ...
