"""Orders as routing reads them. Fits routing.ports.OrderReads."""

from datetime import date, timedelta
from typing import Any

from shopify.api_access import ApiAccess, ApiAccessError

from kit import clock
from kit.clock import parse_instant
from kit.db import Database
from kit.money import Money
from logistics.reads import Address, ClientRead
from routing.circumstances import listed
from routing.facts import LineRead, OrderRead, StaffRead
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.reading import address, money, nodes
from shops.shops import get_shop

TITLES = {"mr": "Mr", "mrs": "Mrs", "ms": "Ms", "miss": "Miss", "dr": "Dr", "mx": "Mx"}


class ShopifyOrders:
    """Reads of one order, with the shop's own token."""

    def __init__(self, api: AdminApi, database: Database):
        self.api = api
        self.database = database

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        """None when Shopify shows the app no such order."""
        year_ago = clock.now() - timedelta(days=365)
        asked = {"id": order_gid, "lately": f"created_at:>='{year_ago:%Y-%m-%dT%H:%M:%SZ}'"}
        found = self.api.read(shop_id, "order_get", asked).data.get("order")
        if not found:
            return None
        # Without this approval Shopify shows the last 60 days only, and a sum of those would be told as twelve months'.
        shows_all = is_granted("read_all_orders", self._granted(shop_id))
        return _order(found, shows_all=shows_all), _client(found)

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        """Empty, without asking, when `read_users` was not granted."""
        if not is_granted("read_users", self._granted(shop_id)):
            return StaffRead()
        found = self.api.read(shop_id, "order_staff", {"id": order_gid}).data.get("order")
        if not found:
            return StaffRead()
        by_line = [(n["id"], n["staffMember"]["id"]) for n in nodes(found.get("lineItems")) if n.get("staffMember")]
        return StaffRead((found.get("staffMember") or {}).get("id"), tuple(by_line))

    def _granted(self, shop_id: int) -> str:
        with self.database.begin() as session:
            return get_shop(session, shop_id).scopes


def is_granted(scope: str, granted: str) -> bool:
    """Whether Shopify's comma-separated `granted` covers `scope`; a write scope covers its read scope."""
    try:
        return bool(ApiAccess(granted).covers(ApiAccess(scope)))
    except ApiAccessError:  # a scope of a form this library does not know
        return scope in granted.split(",")


def _order(value: dict[str, Any], *, shows_all: bool) -> OrderRead:
    client = value.get("customer")
    total = money((value.get("originalTotalPriceSet") or {}).get("shopMoney"))
    return OrderRead(
        order_gid=value["id"],
        name=value.get("name") or "",
        placed_at=parse_instant(value.get("processedAt") or value["createdAt"]),
        delivered_on=_delivered_on(value.get("fulfillments") or []),
        source_name=value.get("sourceName") or "",
        total=total,
        location_gid=(value.get("retailLocation") or {}).get("id"),
        lines=tuple(_line(line, total.currency) for line in nodes(value.get("lineItems"))),
        country=((value.get("shippingAddress") or {}).get("countryCodeV2") or "").upper(),
        client_tags=listed(client.get("tags") or ()) if client else None,
        client_tier=((client.get("tier") or {}).get("value") or "").strip() if client else None,
        client_spend=_spend(client.get("lately"), total.currency) if client and shows_all else None,
    )


def _spend(orders: dict[str, Any] | None, currency: str) -> Money | None:
    """What these orders come to now; where there are more than were read, it is at least that."""
    if orders is None:
        return None
    each = [
        money((o.get("currentTotalPriceSet") or {}).get("shopMoney"), fallback_currency=currency) for o in nodes(orders)
    ]
    return Money(sum(amount.cents for amount in each if amount.currency == currency), currency)


def _line(line: dict[str, Any], currency: str) -> LineRead:
    product = line.get("product")
    unit = (line.get("discountedUnitPriceAfterAllDiscountsSet") or {}).get("shopMoney")
    return LineRead(
        line_gid=line["id"],
        title=line.get("title") or "",
        detail=line.get("variantTitle") or "",
        image=(line.get("image") or {}).get("url") or "",
        quantity=int(line.get("quantity") or 1),
        value=money((line.get("discountedTotalSet") or {}).get("shopMoney"), fallback_currency=currency),
        product_type=(line.get("product") or {}).get("productType") or "",
        unit_value=money(unit) if unit else None,
        vendor=line.get("vendor"),
        tags=listed(product.get("tags") or ()) if product else None,
        collections=_titles(product.get("collections")) if product else None,
        marks=listed(a.get("key") or "" for a in line.get("customAttributes") or ()),
    )


def _titles(collections: dict[str, Any] | None) -> tuple[str, ...] | None:
    return None if collections is None else listed(node.get("title") or "" for node in nodes(collections))


def _delivered_on(fulfillments: list[dict[str, Any]]) -> date | None:
    times = [parse_instant(f["deliveredAt"]) for f in fulfillments if f.get("deliveredAt")]
    return max(times).date() if times else None


def _client(value: dict[str, Any]) -> ClientRead:
    customer = value.get("customer") or {}
    email = value.get("email") or (customer.get("defaultEmailAddress") or {}).get("emailAddress") or ""
    phone = value.get("phone") or (customer.get("defaultPhoneNumber") or {}).get("phoneNumber") or ""
    where: Address = address(value.get("shippingAddress") or value.get("billingAddress"), email=email, phone=phone)
    first, last = customer.get("firstName") or "", customer.get("lastName") or ""
    return ClientRead(
        gid=customer.get("id") or "",
        name=f"{first} {last}".strip() or where.name,
        title=title_of(customer.get("tags") or []),
        email=email,
        phone=phone or where.phone,
        locale=value.get("customerLocale") or customer.get("locale") or "en",
        country=where.country,
        address=where,
    )


def title_of(tags: list[str]) -> str:
    """A form of address the house keeps as a tag, "title:Mrs"; Shopify has no field for it."""
    for tag in tags:
        name, _, title = tag.partition(":")
        if name.strip().lower() == "title":
            return TITLES.get(title.strip().lower().rstrip("."), "")
    return ""
