"""The root of every query."""

from simulators.shopify import calculations
from simulators.shopify.connections import connect
from simulators.shopify.errors import bad_request
from simulators.shopify.fields.orders import find_orders
from simulators.shopify.gids import kind_of
from simulators.shopify.search import search


def by_id(kind: str):
    def read(_, ctx, args):
        return look_up(ctx, args["id"], kind)

    return read


def look_up(ctx, gid: str, kind: str | None = None):
    """The document with this id, if it is of this kind and may be seen."""
    try:
        found_kind = kind_of(gid)
    except ValueError as wrong:
        raise bad_request(str(wrong)) from None
    if kind and found_kind != kind:
        raise bad_request(f"Invalid global id '{gid}'")
    found = ctx.shop.get(gid)
    if found is not None and found_kind == "Order" and not ctx.can_see(found):
        return None
    return found


def page_of(kind: str, fields=None, order=None):
    def read(_, ctx, args):
        documents = search(ctx.shop.all(kind), args.get("query"), fields or {})
        return connect(sorted(documents, key=order) if order else documents, args)

    return read


def variants(_, ctx, args):
    every = [variant for product in ctx.shop.all("Product") for variant in product["variants"]]
    return connect(search(every, args.get("query"), VARIANT_SEARCH), args)


def products(_, ctx, args):
    found = search(ctx.shop.all("Product"), args.get("query"), PRODUCT_SEARCH)
    keys = {"TITLE": "title", "UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt", "PRODUCT_TYPE": "productType"}
    key = keys.get(args.get("sortKey") or "", "id")
    return connect(sorted(found, key=lambda p: p[key]), args)


def customers(_, ctx, args):
    keys = {"NAME": "lastName", "UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt"}
    key = keys.get(args.get("sortKey") or "", "id")
    return connect(
        sorted(search(ctx.shop.all("Customer"), args.get("query"), CUSTOMER_SEARCH), key=lambda c: c[key]), args
    )


def reasons(_, ctx, args):
    found = ctx.shop.all("ReturnReasonDefinition")
    for argument, key in (("ids", "id"), ("handles", "handle")):
        if args.get(argument) is not None:
            found = [reason for reason in found if reason[key] in args[argument]]
    found = search(found, args.get("query"), {"name": lambda r: [r["name"]], "handle": lambda r: [r["handle"]]})
    return connect(sorted(found, key=lambda r: r["name"]) if args.get("sortKey") == "NAME" else found, args)


def order_by_identifier(_, ctx, args):
    identifier = args["identifier"]
    return look_up(ctx, identifier["id"], "Order") if "id" in identifier else None


def customer_by_identifier(_, ctx, args):
    wanted = args["identifier"]
    if "id" in wanted:
        return look_up(ctx, wanted["id"], "Customer")
    found = {"emailAddress": "email", "phoneNumber": "phone"}
    key = next((k for k in wanted if k in found), None)
    return ctx.shop.find("Customer", **{found[key]: wanted[key]}) if key else None


def installation(_, ctx, args):
    own = ctx.shop.installation
    return own | {"accessScopes": [{"handle": s, "description": s} for s in own["scopes"]], "activeSubscriptions": []}


def count_orders(_, ctx, args):
    found = len(find_orders(ctx, args))
    limit = args.get("limit") or 10_000
    return {"count": min(found, limit), "precision": "EXACT" if found <= limit else "AT_LEAST"}


PRODUCT_SEARCH = {
    "id": lambda p: [p["id"], p["id"].rsplit("/", 1)[1]],
    "title": lambda p: [p["title"]],
    "handle": lambda p: [p["handle"]],
    "product_type": lambda p: [p["productType"]],
    "tag": lambda p: p["tags"],
    "vendor": lambda p: [p["vendor"]],
    "status": lambda p: [p["status"]],
    "sku": lambda p: [v["sku"] for v in p["variants"]],
    "updated_at": lambda p: [p["updatedAt"]],
    "created_at": lambda p: [p["createdAt"]],
}
VARIANT_SEARCH = {
    "sku": lambda v: [v["sku"]],
    "title": lambda v: [v["title"]],
    "id": lambda v: [v["id"].rsplit("/", 1)[1]],
    "product_id": lambda v: [v["productId"].rsplit("/", 1)[1]],
}
CUSTOMER_SEARCH = {
    "id": lambda c: [c["id"].rsplit("/", 1)[1]],
    "email": lambda c: [c["email"]],
    "phone": lambda c: [c.get("phone")],
    "first_name": lambda c: [c["firstName"]],
    "last_name": lambda c: [c["lastName"]],
    "tag": lambda c: c["tags"],
    "created_at": lambda c: [c["createdAt"]],
    "updated_at": lambda c: [c["updatedAt"]],
    "customer_date": lambda c: [c["createdAt"]],
}
STAFF_SEARCH = {
    "account_type": lambda s: [s["accountType"]],
    "email": lambda s: [s["email"]],
    "first_name": lambda s: [s["firstName"]],
    "last_name": lambda s: [s["lastName"]],
    "id": lambda s: [s["id"].rsplit("/", 1)[1]],
}
LOCATION_SEARCH = {"name": lambda place: [place["name"]], "id": lambda place: [place["id"].rsplit("/", 1)[1]]}


def draft_orders(_, ctx, args):
    there = [draft for draft in ctx.shop.all("DraftOrder") if not draft.get("deletedAt")]
    found = search(there, args.get("query"), {"tag": lambda draft: draft["tags"]})
    return connect(found, args)


FIELDS = {
    "QueryRoot": {
        "node": lambda _, ctx, args: look_up(ctx, args["id"]),
        "nodes": lambda _, ctx, args: [look_up(ctx, gid) for gid in args["ids"]],
        "order": by_id("Order"),
        "orders": lambda _, ctx, args: connect(find_orders(ctx, args), args),
        "ordersCount": count_orders,
        "orderByIdentifier": order_by_identifier,
        "return": by_id("Return"),
        "customer": by_id("Customer"),
        "customers": customers,
        "customerByIdentifier": customer_by_identifier,
        "product": by_id("Product"),
        "products": products,
        "productVariant": by_id("ProductVariant"),
        "productVariants": variants,
        "inventoryItem": by_id("InventoryItem"),
        "location": lambda _, ctx, args: (
            look_up(ctx, args["id"], "Location") if args.get("id") else ctx.shop.all("Location")[0]
        ),
        "locations": page_of("Location", LOCATION_SEARCH),
        "staffMember": lambda _, ctx, args: look_up(ctx, args["id"], "StaffMember") if args.get("id") else None,
        "staffMembers": page_of("StaffMember", STAFF_SEARCH),
        "currentStaffMember": lambda _, ctx, args: ctx.shop.get(ctx.staff_id),
        "refund": by_id("Refund"),
        "fulfillment": by_id("Fulfillment"),
        "reverseDelivery": by_id("ReverseDelivery"),
        "reverseFulfillmentOrder": by_id("ReverseFulfillmentOrder"),
        "draftOrder": by_id("DraftOrder"),
        "draftOrders": draft_orders,
        "giftCard": by_id("GiftCard"),
        "bulkOperation": by_id("BulkOperation"),
        "app": lambda _, ctx, args: ctx.shop.all("App")[0],
        "currentAppInstallation": installation,
        "shop": lambda _, ctx, args: ctx.shop.profile,
        "returnReasonDefinitions": reasons,
        "returnableFulfillments": calculations.returnable_fulfillments,
        "returnCalculate": calculations.calculate_return,
        "webhookSubscriptions": lambda _, ctx, args: connect([], args),  # toml subscriptions aren't listed here
    },
}
