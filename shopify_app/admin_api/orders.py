"""Orders as routing reads them. Fits routing.ports: OrderReads, SignalReads, SellerNotes, StaffReads."""

from datetime import date
from typing import Any

from shopify.api_access import ApiAccess, ApiAccessError

from kit import clock
from kit.clock import parse_instant
from kit.db import Database
from logistics.reads import Address, ClientRead
from routing.facts import LineRead, OrderRead, StaffRead
from routing.reads import OrderSignals, SignalKeys, StaffMember
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.reading import address, money, nodes, shown
from shops.shops import get_shop

# Protected customer data: kept back, a field at a time, until Shopify approves the app for it.
PRIVATE = (["customer"], ["email"], ["phone"], ["shippingAddress"], ["billingAddress"])
MOST_PAGES = 50
TITLES = {"mr": "Mr", "mrs": "Mrs", "ms": "Ms", "miss": "Miss", "dr": "Dr", "mx": "Mx"}


class ShopifyOrders:
    """Reads of one order, with the shop's own token."""

    def __init__(self, api: AdminApi, database: Database):
        self.api = api
        self.database = database

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        """None when Shopify shows the app no such order."""
        reply = self.api.read(shop_id, "order_get", {"id": order_gid})
        found = shown(reply, "order")
        if not found:
            return None
        self._note_withheld(shop_id, any(path.split(".")[1:2] in PRIVATE for path in reply.denied))
        return _order(found), _client(found)

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

    def signals(self, shop_id: int, order_gid: str, keys: SignalKeys) -> OrderSignals:
        """What is written on the order, its lines and its client. What a scope is missing for is named, not raised."""
        asked = {"id": order_gid, "clientNamespace": keys.client_namespace, "clientKey": keys.client_key}
        reply = self.api.read(shop_id, "order_signals", asked)
        return _signals(reply.data.get("order") or {}, reply.denied)

    def write(self, shop_id: int, order_gid: str, body: str) -> None:
        """Set our own metafield on the order. Setting it to what it is already changes nothing."""
        entry = {"ownerId": order_gid, "namespace": "$app:clienteling", "key": "sold_by", "type": "json", "value": body}
        self.api.write(shop_id, "sold_by_set", {"metafields": [entry]})

    def everyone(self, shop_id: int) -> list[StaffMember] | None:
        """The shop's staff; None when `read_users` was not granted, or Shopify does not let the app ask after all."""
        with self.database.begin() as session:
            granted = get_shop(session, shop_id).scopes
        if not is_granted("read_users", granted):
            return None
        found: list[StaffMember] = []
        after: str | None = None
        for _ in range(MOST_PAGES):
            reply = self.api.read(shop_id, "staff_members", {"after": after})
            listed = reply.data.get("staffMembers")
            if listed is None:
                return None
            found += [_member(node) for node in nodes(listed)]
            page = listed.get("pageInfo") or {}
            after = page.get("endCursor")
            if not page.get("hasNextPage") or not after:
                break
        return found

    def _note_withheld(self, shop_id: int, is_withheld: bool) -> None:
        """Remember since when clients are kept from the app, and forget it with the first that is shown."""
        with self.database.begin() as session:
            kept = get_shop(session, shop_id)
            if (kept.withheld_at is not None) != is_withheld:
                kept.withheld_at = clock.now() if is_withheld else None
                session.add(kept)


def read_order(value: dict[str, Any]) -> tuple[OrderRead, ClientRead]:
    """From what order_get asks of an order."""
    return _order(value), _client(value)


def is_granted(scope: str, granted: str) -> bool:
    """Whether Shopify's comma-separated `granted` covers `scope`; a write scope covers its read scope."""
    try:
        return bool(ApiAccess(granted).covers(ApiAccess(scope)))
    except ApiAccessError:  # a scope of a form this library does not know
        return scope in granted.split(",")


def _signals(order: dict[str, Any], withheld: tuple[str, ...]) -> OrderSignals:
    client = order.get("customer") or {}
    attributes = [(None, a["key"], a["value"]) for a in order.get("customAttributes") or [] if a.get("value")]
    for line in nodes(order.get("lineItems")):
        attributes += [(line["id"], a["key"], a["value"]) for a in line.get("customAttributes") or [] if a.get("value")]
    return OrderSignals(
        attributes=tuple(attributes),
        sold_by=(order.get("soldBy") or {}).get("value") or "",
        client_metafield=(client.get("advisor") or {}).get("value") or "",
        client_tags=tuple(client.get("tags") or ()),
        withheld=withheld,
    )


def _member(node: dict[str, Any]) -> StaffMember:
    name = node.get("name") or f"{node.get('firstName') or ''} {node.get('lastName') or ''}".strip()
    left = node.get("active") is False or node.get("exists") is False
    return StaffMember(node["id"], name, node.get("email") or "", node.get("phone") or "", left)


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
