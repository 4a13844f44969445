"""Returns, and the pieces on their way back."""

from simulators.shopify import amounts
from simulators.shopify.connections import connect
from simulators.shopify.errors import Refused, bad_request, denied
from simulators.shopify.money import bag
from simulators.shopify.outcomes import restocking_fee, suggested


def order_of(return_, ctx, args):
    """An order that is too old makes the whole return null, because `Return.order` can't be."""
    order = ctx.shop.get(return_["orderId"])
    if not ctx.can_see(order):
        raise denied("order", "read_all_orders")
    return order


def refunds(return_, ctx, args):
    order = ctx.shop.get(return_["orderId"])
    return connect([r for r in order["refunds"] if r.get("returnId") == return_["id"]], args)


def transactions(return_, ctx, args):
    order = ctx.shop.get(return_["orderId"])
    mine = {gid for r in order["refunds"] if r.get("returnId") == return_["id"] for gid in r["transactionIds"]}
    return connect([t for t in order["transactions"] if t["id"] in mine], args)


def outcome(return_, ctx, args):
    try:
        return suggested(ctx.shop, return_, args)
    except Refused as refused:
        raise bad_request(str(refused)) from None


def processable(line, ctx, args):
    return amounts.unprocessed(line) if ctx.shop.holder(line)["status"] == "OPEN" else 0


def fee_of_line(line, ctx, args):
    if not line.get("restockingFee"):
        return None
    return_ = ctx.shop.holder(line)
    order = ctx.shop.get(return_["orderId"])
    fee = restocking_fee(order, line, ctx.shop.get(line["lineItemId"]), line["quantity"])
    gid = line["id"].replace("/ReturnLineItem/", "/RestockingFee/")
    return {"id": gid, "percentage": line["restockingFee"], "amountSet": bag(order, fee)}


def line_price(line, ctx, args):
    order = ctx.shop.get(ctx.shop.holder(line)["orderId"])
    return bag(order, amounts.line_net(order, ctx.shop.get(line["lineItemId"]), line["quantity"]))


def shipping_fees(return_, ctx, args):
    fee = return_.get("shippingFee")
    order = ctx.shop.get(return_["orderId"])
    return [{"id": fee["id"], "amountSet": bag(order, fee["amount"])}] if fee else []


def deliverable(delivery, ctx, args):
    if not delivery.get("label") and not delivery.get("tracking"):
        return None
    label = delivery.get("label")
    shown = label and {
        "publicFileUrl": public_url(ctx, label),
        "createdAt": label["createdAt"],
        "updatedAt": label["updatedAt"],
    }
    return {"__typename": "ReverseDeliveryShippingDeliverable", "label": shown, "tracking": delivery.get("tracking")}


def public_url(ctx, label: dict) -> str:
    return f"{ctx.store.config.public_base}/shopify/{ctx.shop.domain}/files/{label['upload']}/{label['filename']}"


def rfo_of_delivery(delivery, ctx, args):
    rfos = ctx.shop.holder(delivery)["reverseFulfillmentOrders"]
    return next(rfo for rfo in rfos if any(d["id"] == delivery["id"] for d in rfo["deliveries"]))


PIECES = {
    "processableQuantity": processable,
    "processedQuantity": lambda line, ctx, args: line["processed"],
    "unprocessedQuantity": lambda line, ctx, args: amounts.unprocessed(line),
}

FIELDS = {
    "Return": {
        "order": order_of,
        "totalQuantity": lambda r, ctx, args: sum(line["quantity"] for line in r["returnLines"]),
        "returnLineItems": lambda r, ctx, args: connect(r["returnLines"], args),
        "exchangeLineItems": lambda r, ctx, args: connect(r["exchangeLines"], args),
        "reverseFulfillmentOrders": lambda r, ctx, args: connect(r["reverseFulfillmentOrders"], args),
        "returnShippingFees": shipping_fees,
        "refunds": refunds,
        "transactions": transactions,
        "staffMember": lambda r, ctx, args: ctx.shop.get(r.get("staffId")),
        "suggestedFinancialOutcome": outcome,
    },
    "ReturnLineItem": PIECES | {
        "refundableQuantity": lambda line, ctx, args: line["quantity"] - line["refunded"],
        "refundedQuantity": lambda line, ctx, args: line["refunded"],
        "returnReasonDefinition": lambda line, ctx, args: ctx.shop.get(line["reasonId"]),
        "returnReasonNote": lambda line, ctx, args: line["reasonNote"],
        "fulfillmentLineItem": lambda line, ctx, args: ctx.shop.get(line["fulfillmentLineItemId"]),
        "restockingFee": fee_of_line,
        "withCodeDiscountedTotalPriceSet": line_price,
    },
    "ExchangeLineItem": PIECES | {
        "lineItems": lambda line, ctx, args: [ctx.shop.get(gid) for gid in line["lineItemIds"]],
    },
    "ReverseFulfillmentOrder": {
        "lineItems": lambda rfo, ctx, args: connect(rfo["lines"], args),
        "reverseDeliveries": lambda rfo, ctx, args: connect(rfo["deliveries"], args),
        "order": lambda rfo, ctx, args: ctx.shop.get(ctx.shop.holder(rfo)["orderId"]),
    },
    "ReverseFulfillmentOrderLineItem": {
        "totalQuantity": lambda line, ctx, args: line["quantity"],
        "fulfillmentLineItem": lambda line, ctx, args: ctx.shop.get(line["fulfillmentLineItemId"]),
    },
    "ReverseFulfillmentOrderDisposition": {"location": lambda d, ctx, args: ctx.shop.get(d["locationId"])},
    "ReverseDelivery": {
        "deliverable": deliverable,
        "reverseDeliveryLineItems": lambda d, ctx, args: connect(d["lines"], args),
        "reverseFulfillmentOrder": rfo_of_delivery,
    },
    "ReverseDeliveryLineItem": {
        "reverseFulfillmentOrderLineItem": lambda line, ctx, args: ctx.shop.get(line["rfoLineId"]),
        "dispositions": lambda line, ctx, args: ctx.shop.get(line["rfoLineId"])["dispositions"],
    },
}  # fmt: skip
FIELDS["ReturnableFulfillment"] = {"returnableFulfillmentLineItems": lambda f, ctx, args: connect(f["lines"], args)}
