"""What is seen of who sold a piece, besides the staff on its lines, the staff on the order and its place. Pure.

No client is named in any of it: an advisor, a code, a time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Piece:
    """What of one line comes back: its share of the line's total, in the smallest unit of the shop's money."""

    line_gid: str
    cents: int


@dataclass(frozen=True)
class Claim:
    """A code somebody wrote on the order or, with `line_gid`, on a line. Buyers can write there."""

    code: str
    key: str
    line_gid: str | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class WriteBack:
    """What we noted on the order before: a person's choice, or with `line_gids` what evidence said of those lines."""

    advisor_id: int | None
    staff_gid: str | None = None
    by_person: bool = False
    line_gids: tuple[str, ...] = ()
    written_at: datetime | None = None


@dataclass(frozen=True)
class Talk:
    """A conversation with the client that ended shortly before the order was placed."""

    advisor_id: int
    ended_at: datetime


class MarkedIn(StrEnum):
    """Where the client's own advisor is noted, strongest first. `person`: somebody chose them on a case."""

    PERSON = "person"
    METAFIELD = "metafield"
    TAG = "tag"
    BOOK = "book"


@dataclass(frozen=True)
class ClientMark:
    """Somebody is noted as the client's own advisor: by our id, or by a code or staff gid the house wrote."""

    where: MarkedIn
    advisor_id: int | None = None
    code: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Signals:
    """Everything else that was seen. `order_seen_at` is None when no order webhook left evidence.

    `withheld` are the fields Shopify did not show the app, for want of a scope.
    """

    pieces: tuple[Piece, ...] = ()
    claims: tuple[Claim, ...] = ()
    write_backs: tuple[WriteBack, ...] = ()
    talks: tuple[Talk, ...] = ()
    client_marks: tuple[ClientMark, ...] = ()
    source_name: str = ""
    order_seen_at: datetime | None = None
    withheld: tuple[str, ...] = ()


def plain_code(text: str) -> str:
    """A code as it is compared: without the spaces around it, and whatever its case."""
    return " ".join(text.split()).casefold()
