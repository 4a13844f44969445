"""What a return is made of: its lines, its exchanges, and what it opens to come back in."""

from decimal import Decimal

from simulators.shopify.calculations import applied_discount
from simulators.shopify.errors import Refused
from simulators.shopify.money import to_shop_money


def new_return(ctx, order: dict, asked: dict, status: str) -> dict:
    number = len(order.get("returnIds", [])) + 1
    fee = asked.get("returnShippingFee")
    return {
        "id": ctx.shop.new_gid("Return"),
        "name": f"{order['name']}-R{number}",
        "orderId": order["id"],
        "status": status,
        "createdAt": ctx.moment,
        "requestedAt": asked.get("requestedAt") or ctx.moment,
        "requestApprovedAt": None,
        "closedAt": None,
        "decline": None,
        "staffId": ctx.staff_id,
        "returnLines": [return_line(ctx, wanted) for wanted in asked["returnLineItems"]],
        "exchangeLines": [],
        "shippingFee": fee and {
            "id": ctx.shop.new_gid("ReturnShippingFee"),
            "amount": str(to_shop_money(order, fee["amount"]["amount"])),
        },
        "shippingFeeCharged": False,
        "reverseFulfillmentOrders": [],
    }  # fmt: skip


def return_line(ctx, wanted: dict) -> dict:
    fee = wanted.get("restockingFee")
    reason = wanted.get("returnReasonDefinitionId")
    if reason is None and wanted.get("returnReason"):
        reason = (ctx.shop.find("ReturnReasonDefinition", enum=wanted["returnReason"]) or {}).get("id")
    return {
        "id": ctx.shop.new_gid("ReturnLineItem"),
        "fulfillmentLineItemId": wanted["fulfillmentLineItemId"],
        "lineItemId": ctx.shop.get(wanted["fulfillmentLineItemId"])["lineItemId"],
        "quantity": wanted["quantity"],
        "processed": 0,
        "refunded": 0,
        "reasonId": reason,
        "reasonNote": wanted.get("returnReasonNote") or "",
        "customerNote": wanted.get("customerNote"),
        "restockingFee": fee and fee["percentage"],
    }


def exchange_line(ctx, order: dict, wanted: dict, n: int) -> dict:
    field = ["returnInput", "exchangeLineItems", str(n)]
    gid = wanted.get("variantId") or ""
    variant = ctx.shop.get(gid) if "/ProductVariant/" in gid else None
    if variant is None:
        raise Refused([*field, "variantId"], "Variant not found.", "NOT_FOUND")
    if wanted["quantity"] < 1:
        raise Refused([*field, "quantity"], "Quantity must be greater than 0", "GREATER_THAN")
    return {
        "id": ctx.shop.new_gid("ExchangeLineItem"),
        "variantId": variant["id"],
        "quantity": wanted["quantity"],
        "processed": 0,
        "price": str(Decimal(variant["price"])),
        "discount": applied_discount(order, wanted),
        "lineItemIds": [],
    }


def open_up(ctx, order: dict, return_: dict) -> None:
    """A return that opens gets its reverse fulfilment orders, one for each parcel the pieces came in."""
    return_["requestApprovedAt"] = ctx.moment
    for fulfillment in order["fulfillments"]:
        sent = {part["id"] for part in fulfillment["lines"]}
        mine = [line for line in return_["returnLines"] if line["fulfillmentLineItemId"] in sent]
        if mine:
            return_["reverseFulfillmentOrders"].append(
                {
                    "id": ctx.shop.new_gid("ReverseFulfillmentOrder"),
                    "status": "OPEN",
                    "lines": [rfo_line(ctx, line) for line in mine],
                    "deliveries": [],
                }
            )


def rfo_line(ctx, line: dict) -> dict:
    return {
        "id": ctx.shop.new_gid("ReverseFulfillmentOrderLineItem"),
        "fulfillmentLineItemId": line["fulfillmentLineItemId"],
        "quantity": line["quantity"],
        "dispositions": [],
    }
