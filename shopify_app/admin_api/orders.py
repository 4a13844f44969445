"""Orders as routing reads them. Fits routing.ports: OrderReads, SignalReads, SellerNotes, StaffReads."""

from datetime import date, timedelta
from typing import Any

from kit import clock
from kit.clock import parse_instant
from kit.db import Database
from kit.money import Money
from kit.places import last_day
from logistics.reads import Address, ClientRead
from routing.circumstances import listed
from routing.facts import LineRead, OrderRead, StaffRead
from routing.looking import Marks
from routing.marks import marks_of
from routing.reads import OrderSignals, SignalKeys, StaffMember
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.reading import address, money, nodes, shown
from shopify_app.admin_api.scopes import is_granted
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
        asked = {"id": order_gid, **about_client(self._marks(shop_id))}
        reply = self.api.read(shop_id, "order_get", asked)
        found = shown(reply, "order")
        if not found:
            return None
        self._read_lines(shop_id, "order_get", asked, found)
        return self.told(shop_id, found, is_withheld=any(path.split(".")[1:2] in PRIVATE for path in reply.denied))

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        """Empty, without asking, when `read_users` was not granted."""
        if not is_granted("read_users", self._granted(shop_id)):
            return StaffRead()
        asked = {"id": order_gid}
        found = self.api.read(shop_id, "order_staff", asked).data.get("order")
        if not found:
            return StaffRead()
        self._read_lines(shop_id, "order_staff", asked, found)
        by_line = [(n["id"], n["staffMember"]["id"]) for n in nodes(found.get("lineItems")) if n.get("staffMember")]
        return StaffRead((found.get("staffMember") or {}).get("id"), tuple(by_line))

    def signals(self, shop_id: int, order_gid: str, keys: SignalKeys) -> OrderSignals:
        """What is written on the order, its lines and its client. What a scope is missing for is named, not raised."""
        asked = {"id": order_gid, **about_keys(keys)}
        reply = self.api.read(shop_id, "order_signals", asked)
        found = reply.data.get("order") or {}
        self._read_lines(shop_id, "order_signals", asked, found)
        return read_signals(found, reply.denied)

    def write(self, shop_id: int, order_gid: str, body: str) -> None:
        """Set our own metafield on the order. Setting it to what it is already changes nothing."""
        entry = {"ownerId": order_gid, "namespace": "$app:clienteling", "key": "sold_by", "type": "json", "value": body}
        self.api.write(shop_id, "sold_by_set", {"metafields": [entry]})

    def everyone(self, shop_id: int) -> list[StaffMember] | None:
        """The shop's staff; None when `read_users` was not granted, or Shopify does not let the app ask after all."""
        if not is_granted("read_users", self._granted(shop_id)):
            return None
        found: list[StaffMember] = []
        after: str | None = None
        for _ in range(MOST_PAGES):
            reply = self.api.read(shop_id, "staff_members", {"after": after})
            members = reply.data.get("staffMembers")
            if members is None:
                return None
            found += [_member(node) for node in nodes(members)]
            page = members.get("pageInfo") or {}
            after = page.get("endCursor")
            if not page.get("hasNextPage") or not after:
                break
        return found

    def told(self, shop_id: int, found: dict[str, Any], *, is_withheld: bool = False) -> tuple[OrderRead, ClientRead]:
        """What order_get asks of an order, as our values."""
        granted = self._note_withheld(shop_id, is_withheld)
        # Without this approval Shopify shows the last 60 days only, and a sum of those would be told as twelve months'.
        return _order(found, shows_all=is_granted("read_all_orders", granted)), _client(found)

    def _read_lines(self, shop_id: int, name: str, asked: dict[str, Any], found: dict[str, Any]) -> None:
        """Add the lines of the further pages to those of the first."""
        lines = found
        while after := next_line(lines):
            lines = self.api.read(shop_id, name, {**asked, "afterLine": after}).data.get("order") or {}
            found["lineItems"]["nodes"] += nodes(lines.get("lineItems"))

    def _note_withheld(self, shop_id: int, is_withheld: bool) -> str:
        """Remember since when clients are kept from the app, and forget it with the first that is shown.

        What was granted, read with it.
        """
        with self.database.begin() as session:
            kept = get_shop(session, shop_id)
            if (kept.withheld_at is not None) != is_withheld:
                kept.withheld_at = clock.now() if is_withheld else None
                session.add(kept)
            return kept.scopes

    def _marks(self, shop_id: int) -> Marks:
        with self.database.begin() as session:
            return marks_of(session, shop_id)

    def _granted(self, shop_id: int) -> str:
        with self.database.begin() as session:
            return get_shop(session, shop_id).scopes


def next_line(order: dict[str, Any]) -> str | None:
    """Where the next page of its lines begins; None after the last."""
    page = (order.get("lineItems") or {}).get("pageInfo") or {}
    return page.get("endCursor") if page.get("hasNextPage") else None


def about_client(marks: Marks) -> dict[str, str]:
    """The variables order_get takes besides the order: the client's tier, and their orders of twelve months."""
    year_ago = clock.now() - timedelta(days=365)
    lately = f"created_at:>='{year_ago:%Y-%m-%dT%H:%M:%SZ}'"
    return {"lately": lately, "tierNamespace": marks.tier_namespace, "tierKey": marks.tier_key}


def about_keys(keys: SignalKeys) -> dict[str, str]:
    """The variables order_signals takes besides the order."""
    return {"clientNamespace": keys.client_namespace, "clientKey": keys.client_key}


def read_signals(order: dict[str, Any], withheld: tuple[str, ...]) -> OrderSignals:
    """From what order_signals asks of an order."""
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


def _order(value: dict[str, Any], *, shows_all: bool) -> OrderRead:
    client = value.get("customer")
    total = money((value.get("originalTotalPriceSet") or {}).get("shopMoney"))
    country = ((value.get("shippingAddress") or {}).get("countryCodeV2") or "").upper()
    return OrderRead(
        order_gid=value["id"],
        name=value.get("name") or "",
        placed_at=parse_instant(value.get("processedAt") or value["createdAt"]),
        delivered_on=_delivered_on(value.get("fulfillments") or [], country),
        source_name=value.get("sourceName") or "",
        total=total,
        location_gid=(value.get("retailLocation") or {}).get("id"),
        lines=tuple(_line(line, total.currency) for line in nodes(value.get("lineItems"))),
        country=country,
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


def _delivered_on(fulfillments: list[dict[str, Any]], country: str) -> date | None:
    """The day it is where it was delivered, from which a law counts its days."""
    times = [parse_instant(f["deliveredAt"]) for f in fulfillments if f.get("deliveredAt")]
    return last_day(max(times), country) if times else None


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
