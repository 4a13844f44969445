"""What is read of a return, its piece and its client for a brief. Pure; empty where nothing is written."""

from dataclasses import dataclass
from datetime import datetime

from kit.money import Money


@dataclass(frozen=True)
class Noted:
    """One thing somebody wrote down: a metafield, an attribute, an option. `source` is where: "gid#field"."""

    key: str
    value: str
    source: str


@dataclass(frozen=True)
class PieceSeen:
    """The piece that comes back: details of its product and variant, and what was written on the order's line."""

    line_gid: str = ""
    details: tuple[Noted, ...] = ()
    options: tuple[Noted, ...] = ()
    attributes: tuple[Noted, ...] = ()
    image: str = ""


@dataclass(frozen=True)
class SaleSeen:
    """The order it was sold in."""

    gid: str = ""
    sold_at: datetime | None = None
    channel: str = ""
    place: str = ""
    note: str = ""
    attributes: tuple[Noted, ...] = ()


@dataclass(frozen=True)
class OrderOfClient:
    """One order of theirs as it stands today, net of what came back. `products`: ids of what they kept of it."""

    placed_at: datetime
    total: Money
    pieces: int
    cancelled: bool = False
    products: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientSeen:
    """The client's record. `orders` may be fewer than `order_count`: the app is not shown old ones everywhere."""

    gid: str
    since: datetime | None = None
    locale: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[Noted, ...] = ()
    spent: Money | None = None
    order_count: int = 0
    orders: tuple[OrderOfClient, ...] = ()


@dataclass(frozen=True)
class Seen:
    """All of it. `client` is None where nobody is named or the app may not see them."""

    piece: PieceSeen = PieceSeen()
    sale: SaleSeen = SaleSeen()
    client: ClientSeen | None = None
