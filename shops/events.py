"""What Shopify tells about the tenant itself."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AppUninstalled:
    """The grant ended at `triggered_at` (ISO, may be empty); a reinstall may have come first."""

    shop_id: int
    triggered_at: str


@dataclass(frozen=True)
class ClientDataRequested:
    """A client asked the shop what is kept about them."""

    shop_id: int
    client_gid: str
    request_id: str
    order_gids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ClientRedacted:
    """A client's data has to go. `order_gids` may be empty."""

    shop_id: int
    client_gid: str
    order_gids: list[str]


@dataclass(frozen=True)
class ShopRedacted:
    """All of a shop's data has to go. No token exists any more by then."""

    shop_id: int


@dataclass(frozen=True)
class ClientsMerged:
    """Two records of one client became one: `gone_gid` is no more, `kept_gid` stands for both."""

    shop_id: int
    kept_gid: str
    gone_gid: str


@dataclass(frozen=True)
class ScopesChanged:
    """The app was given rights, or lost some, or the shop has another currency; what holds now has to be read."""

    shop_id: int
