"""New orders: what a boutique or the web shop would do while the demo runs."""

from datetime import datetime, timedelta
from decimal import Decimal

from simulators.shopify.amounts import original_total
from simulators.shopify.contexts import Context, timestamp
from simulators.shopify.money import as_presentment, rounded, to_shop_money
from simulators.shopify.mutations.returns import order_changed
from simulators.shopify.payloads import order_body

TEMPLATES = {"meridian": "meridian-ring", "corso": "corso-weekender", "alba": "alba-watch-34-mm"}
KNOWN = {
    "template", "product", "customer", "total", "staff", "location", "attribution", "source", "days_ago", "deliver",
    "delivered_days_ago", "quantity", "tags", "customAttributes", "note", "currency", "rate", "shop", "name",
    "pieces", "tax_rate", "taxes_included", "shipping", "payments",
}  # fmt: skip


def place_order(ctx: Context, asked: dict) -> dict:
    """Put an order into the shop and announce it; raises ValueError for what can't be understood.

    `asked`: template or product (handle), customer (gid, e-mail, or the parts of a new one), total, staff (gid, e-mail
    or name), attribution ("line", "order" or "none"; default "line" if staff is given), location (gid or name),
    source ("pos" or "web"), days_ago, deliver (default true) and delivered_days_ago, quantity, tags, customAttributes.
    Of the money: currency and rate of the buyer, tax_rate, taxes_included, shipping, pieces (instead of one product:
    [{product, quantity, price, discount, cart_discount, duty}]), payments ([{gateway, amount}] in the buyer's money,
    the last without an amount pays the rest; [] for an order paid elsewhere).
    """
    unknown = set(asked) - KNOWN
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    product = find_product(ctx, asked)
    order = new_order(ctx, asked, product)
    ctx.shop.save(order)
    ctx.emit("orders/create", order_body(ctx.shop, order))
    if asked.get("deliver", True):
        days = asked.get("delivered_days_ago", min(1, asked.get("days_ago", 0)))
        deliver(ctx, order, at=ctx.now - timedelta(days=days))
    return order


def new_order(ctx: Context, asked: dict, product: dict) -> dict:
    number = ctx.store.count("next_order")
    client = find_customer(ctx, asked.get("customer"))
    staff, location = find_staff(ctx, asked.get("staff")), find_location(ctx, asked.get("location"))
    way = asked.get("attribution") or ("line" if staff else "none")
    made = timestamp(ctx.now - timedelta(days=asked.get("days_ago", 0)))
    currency = ctx.shop.profile["currencyCode"]
    seller = staff if way == "line" else None
    lines = [new_piece(ctx, piece, seller) for piece in asked.get("pieces") or ()]
    lines = [x | {"taxRate": asked.get("tax_rate", "0")} for x in lines or [new_line(ctx, product, asked, seller)]]
    order = {
        "id": ctx.shop.new_gid("Order"),
        "name": asked.get("name") or f"#{number}",
        "number": number,
        "createdAt": made,
        "processedAt": made,
        "updatedAt": timestamp(ctx.now),
        "currencyCode": currency,
        "presentmentCurrencyCode": asked.get("currency", currency),
        "rate": str(asked.get("rate", "1")),
        "sourceName": asked.get("source") or ("pos" if location else "web"),
        "sourceIdentifier": None,
        "customerId": client["id"],
        "staffId": staff["id"] if staff and way in ("line", "order") else None,
        "retailLocationId": location["id"] if location else None,
        "email": client["email"],
        "phone": client.get("phone"),
        "customerLocale": client["locale"],
        "note": asked.get("note"),
        "tags": asked.get("tags", []),
        "customAttributes": asked.get("customAttributes", []),
        "shippingAddress": client.get("defaultAddress")
        and client["defaultAddress"] | {"id": ctx.shop.new_gid("MailingAddress")},
        "shippingPrice": asked.get("shipping", "0.00"),
        "taxesIncluded": bool(asked.get("taxes_included")),
        "lineItems": lines,
        "fulfillments": [],
        "transactions": [],
        "refunds": [],
        "returnIds": [],
        "metafields": [],
    }
    order["transactions"] = pay(ctx, order, asked.get("payments"), made)
    return order


def pay(ctx: Context, order: dict, payments: list[dict] | None, made: str) -> list[dict]:
    """Each in both moneys; the last that names no amount pays the rest."""
    total = original_total(order)
    left, left_shown, done = total, as_presentment(order, total), []
    for wanted in [{}] if payments is None else payments:
        shown = Decimal(wanted["amount"]) if wanted.get("amount") else left_shown
        value = left if shown == left_shown else to_shop_money(order, shown)
        left, left_shown = left - value, left_shown - shown
        paid = sale(ctx, order, value, made) | {"presentmentAmount": str(shown)}
        done.append(paid | {"gateway": wanted.get("gateway", "shopify_payments")})
    return done


def new_piece(ctx: Context, piece: dict, staff: dict | None) -> dict:
    """A line with its price, its discounts and its duty, the last three over all its pieces."""
    line = new_line(ctx, find_product(ctx, piece), {"quantity": piece.get("quantity", 1)}, staff)
    more = {"price": piece["price"]} if piece.get("price") else {}
    more |= {"discount": piece.get("discount", "0"), "cartDiscount": piece.get("cart_discount", "0")}
    if piece.get("duty"):
        more["duties"] = [{"id": ctx.shop.new_gid("Duty"), "amount": piece["duty"]}]
    return line | more


def new_line(ctx: Context, product: dict, asked: dict, staff: dict | None) -> dict:
    quantity = int(asked.get("quantity", 1))
    variant = product["variants"][0]
    price = Decimal(str(asked["total"])) / quantity if asked.get("total") else Decimal(variant["price"])
    if price != (whole := rounded(price, ctx.shop.profile["currencyCode"])):
        raise ValueError("the total can't be split evenly over the quantity")
    return {
        "id": ctx.shop.new_gid("LineItem"),
        "title": product["title"],
        "name": product["title"] + (f" - {variant['title']}" if variant["title"] != "Default Title" else ""),
        "sku": variant["sku"],
        "quantity": quantity,
        "price": str(whole),
        "productId": product["id"],
        "variantId": variant["id"],
        "variantTitle": variant["title"],
        "vendor": product["vendor"],
        "attributed": [{"staffId": staff["id"], "quantity": quantity}] if staff else [],
        "customAttributes": [],
    }


def sale(ctx: Context, order: dict, total: Decimal, made: str) -> dict:
    return {
        "id": ctx.shop.new_gid("OrderTransaction"),
        "kind": "SALE",
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "amount": str(total),
        "createdAt": made,
        "parentId": None,
        "locationId": order["retailLocationId"],
        "userId": order["staffId"],
    }


def deliver(ctx: Context, order: dict, *, at: datetime) -> None:
    """Send everything off, if that hasn't happened, and have it arrive."""
    arrived = timestamp(max(at, datetime.fromisoformat(order["createdAt"])))
    if not order["fulfillments"]:
        order["fulfillments"].append(fulfillment(ctx, order, arrived))
    for parcel in order["fulfillments"]:
        parcel |= {"deliveredAt": arrived, "displayStatus": "DELIVERED", "updatedAt": arrived}
    order_changed(ctx, order)


def fulfillment(ctx: Context, order: dict, at: str) -> dict:
    number = f"JD{ctx.store.next_number()}"
    return {
        "id": ctx.shop.new_gid("Fulfillment"),
        "name": f"{order['name']}.1",
        "status": "SUCCESS",
        "createdAt": order["createdAt"],
        "updatedAt": at,
        "locationId": order["retailLocationId"] or ctx.shop.all("Location")[0]["id"],
        "tracking": {"company": "DHL Express", "number": number, "url": f"https://tracking.example.com/{number}"},
        "lines": [
            {"id": ctx.shop.new_gid("FulfillmentLineItem"), "lineItemId": line["id"], "quantity": line["quantity"]}
            for line in order["lineItems"]
        ],
    }


def find_product(ctx: Context, asked: dict) -> dict:
    handle = asked.get("product") or TEMPLATES.get(asked.get("template", "meridian"), asked.get("template"))
    product = ctx.shop.find("Product", handle=handle) or (
        ctx.shop.all("Product")[0] if "template" not in asked and "product" not in asked else None
    )
    if product is None:
        raise ValueError(f"no product {handle!r}; templates are {', '.join(TEMPLATES)}")
    return product


def find_customer(ctx: Context, wanted) -> dict:
    if wanted is None:
        return ctx.shop.all("Customer")[0]
    if isinstance(wanted, dict):
        known = ctx.shop.find("Customer", email=wanted.get("email")) if wanted.get("email") else None
        return known or new_customer(ctx, wanted)
    found = next((c for c in ctx.shop.all("Customer") if wanted in (c["id"], c["email"])), None)
    if found is None:
        raise ValueError(f"no customer {wanted!r}")
    return found


def new_customer(ctx: Context, parts: dict) -> dict:
    return ctx.shop.save(
        {
            "id": ctx.shop.new_gid("Customer"),
            "firstName": parts.get("first_name", ""),
            "lastName": parts.get("last_name", ""),
            "email": parts.get("email"),
            "phone": parts.get("phone"),
            "locale": parts.get("locale", "en"),
            "tags": parts.get("tags", []),
            "note": None,
            "createdAt": ctx.moment,
            "updatedAt": ctx.moment,
            "defaultAddress": None,
            "metafields": [],
        }
    )


def find_staff(ctx: Context, wanted: str | None) -> dict | None:
    return find_named(
        ctx, "StaffMember", wanted, lambda s: (s["id"], s["email"], f"{s['firstName']} {s['lastName']}", s["firstName"])
    )


def find_location(ctx: Context, wanted: str | None) -> dict | None:
    return find_named(ctx, "Location", wanted, lambda place: (place["id"], place["name"], place["address"]["city"]))


def find_named(ctx: Context, kind: str, wanted: str | None, names) -> dict | None:
    if not wanted:
        return None
    found = next((d for d in ctx.shop.all(kind) if wanted.lower() in [str(n).lower() for n in names(d)]), None)
    if found is None:
        raise ValueError(f"no {kind} {wanted!r}")
    return found
