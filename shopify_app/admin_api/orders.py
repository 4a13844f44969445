"""Orders as routing reads them. Fits routing.ports.OrderReads."""

from datetime import date
from typing import Any

from shopify.api_access import ApiAccess, ApiAccessError

from kit.clock import parse_instant
from kit.db import Database
from logistics.reads import Address, ClientRead
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
        found = self.api.read(shop_id, "order_get", {"id": order_gid}).data.get("order")
        return (_order(found), _client(found)) if found else None

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        """Empty, without asking, when `read_users` was not granted."""
        with self.database.begin() as session:
            granted = get_shop(session, shop_id).scopes
        if not is_granted("read_users", granted):
            return StaffRead()
        found = self.api.read(shop_id, "order_staff", {"id": order_gid}).data.get("order")
        if not found:
            return StaffRead()
        by_line = [(n["id"], n["staffMember"]["id"]) for n in nodes(found.get("lineItems")) if n.get("staffMember")]
        return StaffRead((found.get("staffMember") or {}).get("id"), tuple(by_line))


def is_granted(scope: str, granted: str) -> bool:
    """Whether Shopify's comma-separated `granted` covers `scope`; a write scope covers its read scope."""
    try:
        return bool(ApiAccess(granted).covers(ApiAccess(scope)))
    except ApiAccessError:  # a scope of a form this library does not know
        return scope in granted.split(",")


def _order(value: dict[str, Any]) -> OrderRead:
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
    )


def _line(line: dict[str, Any], currency: str) -> LineRead:
    return LineRead(
        line_gid=line["id"],
        title=line.get("title") or "",
        detail=line.get("variantTitle") or "",
        image=(line.get("image") or {}).get("url") or "",
        quantity=int(line.get("quantity") or 1),
        value=money((line.get("discountedTotalSet") or {}).get("shopMoney"), fallback_currency=currency),
        product_type=(line.get("product") or {}).get("productType") or "",
    )


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
