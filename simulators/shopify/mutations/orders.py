"""Draft orders, invoices and holds: the ways an exchange goes on outside its return. Minimal."""

from decimal import Decimal

from simulators.shopify.errors import Refused
from simulators.shopify.gids import number_of
from simulators.shopify.money import money
from simulators.shopify.mutations.returns import find_order


def create_draft_order(ctx, args):
    asked, currency = args["input"], ctx.shop.profile["currencyCode"]
    if not asked.get("lineItems"):
        raise Refused(["input", "lineItems"], "Add at least 1 product")
    total = sum((line_price(ctx, line, n) for n, line in enumerate(asked["lineItems"])), Decimal(0))
    gid = ctx.shop.new_gid("DraftOrder")
    both = money(total, currency)
    draft = {
        "id": gid,
        "name": f"#D{ctx.store.count('next_draft')}",
        "status": "OPEN",
        "ready": True,
        "invoiceUrl": f"https://{ctx.shop.domain}/invoices/{number_of(gid)}",
        "invoiceSentAt": None,
        "createdAt": ctx.moment,
        "updatedAt": ctx.moment,
        "currencyCode": currency,
        "presentmentCurrencyCode": currency,
        "totalPriceSet": {"shopMoney": both, "presentmentMoney": both},
        "tags": asked.get("tags") or [],
        "note2": asked.get("note"),
        "reserveInventoryUntil": asked.get("reserveInventoryUntil"),
        "customerId": (asked.get("purchasingEntity") or {}).get("customerId"),
        "customAttributes": asked.get("customAttributes") or [],
        "warnings": [],
        "asked": asked["lineItems"],
    }
    return {"draftOrder": ctx.shop.save(draft)}


def line_price(ctx, line: dict, n: int) -> Decimal:
    gid = line.get("variantId")
    if gid:
        variant = ctx.shop.get(gid) if "/ProductVariant/" in gid else None
        if variant is None:
            raise Refused(["input", "lineItems", str(n), "variantId"], "Product variant does not exist.")
        return Decimal(variant["price"]) * line["quantity"]
    own = line.get("originalUnitPriceWithCurrency") or {}
    return Decimal(str(own.get("amount") or line.get("originalUnitPrice") or "0")) * line["quantity"]


def find_draft(ctx, gid: str) -> dict:
    draft = ctx.shop.get(gid) if "/DraftOrder/" in gid else None
    if draft is None or draft.get("deletedAt"):
        raise Refused(["id"], "Draft order does not exist.")
    return draft


def delete_draft_order(ctx, args):
    """What it kept out of other carts is free again."""
    draft = find_draft(ctx, args["input"]["id"])
    ctx.shop.save(draft | {"deletedAt": ctx.moment})
    return {"deletedId": draft["id"]}


def send_draft_invoice(ctx, args):
    draft = find_draft(ctx, args["id"])
    draft |= {"invoiceSentAt": ctx.moment, "status": "INVOICE_SENT"}
    return {"draftOrder": ctx.shop.save(draft)}


def complete_draft(ctx, args):
    """Marks it completed; it makes no order here."""
    draft = find_draft(ctx, args["id"])
    draft |= {"status": "COMPLETED", "completedAt": ctx.moment}
    return {"draftOrder": ctx.shop.save(draft)}


def send_invoice(ctx, args):
    return {"order": find_order(ctx, args["id"], ["id"])}


def update_order(ctx, args):
    asked = args["input"]
    order = find_order(ctx, asked["id"], ["input", "id"])
    order |= {key: asked[key] for key in ("note", "tags", "email", "customAttributes") if key in asked}
    order["updatedAt"] = ctx.moment
    return {"order": ctx.shop.save(order)}


def release_hold(ctx, args):
    waiting = ctx.shop.get(args["id"]) if "/FulfillmentOrder/" in args["id"] else None
    if waiting is None:
        raise Refused(["id"], "Fulfillment order does not exist.")
    chosen = args.get("holdIds")
    waiting["fulfillmentHolds"] = [
        h for h in waiting["fulfillmentHolds"] if chosen is not None and h["id"] not in chosen
    ]
    waiting["status"] = "ON_HOLD" if waiting["fulfillmentHolds"] else "OPEN"
    ctx.shop.save(ctx.shop.holder(waiting))
    return {"fulfillmentOrder": waiting}


MUTATIONS = {
    "draftOrderCreate": create_draft_order,
    "draftOrderDelete": delete_draft_order,
    "draftOrderInvoiceSend": send_draft_invoice,
    "draftOrderComplete": complete_draft,
    "orderInvoiceSend": send_invoice,
    "orderUpdate": update_order,
    "fulfillmentOrderReleaseHold": release_hold,
}
