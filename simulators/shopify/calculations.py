"""What can go back, and what it would come to, before there is a return."""

from decimal import Decimal

from simulators.shopify import amounts
from simulators.shopify.connections import connect
from simulators.shopify.errors import Refused, bad_request
from simulators.shopify.gids import number_of
from simulators.shopify.money import bag, rounded, to_shop_money
from simulators.shopify.outcomes import exchange_unit_price


def returnable_fulfillments(_, ctx, args):
    order = ctx.shop.get(args["orderId"])
    if order is None or not ctx.can_see(order):
        return connect([], args)
    found = []
    for fulfillment in order["fulfillments"]:
        lines = [
            {"fulfillmentLineItem": line, "quantity": quantity}
            for line in fulfillment["lines"]
            if (quantity := amounts.returnable_quantity(ctx.shop, order, line)) > 0
        ]
        if lines:
            gid = f"gid://shopify/ReturnableFulfillment/{number_of(fulfillment['id'])}"
            found.append({"id": gid, "fulfillment": fulfillment, "lines": lines})
    return connect(found, args)


def calculate_return(_, ctx, args):
    asked = args["input"]
    order = ctx.shop.get(asked["orderId"])
    if order is None or not ctx.can_see(order):
        raise bad_request("Order does not exist.")
    try:
        exchanges = [exchange_line(ctx, order, line) for line in asked.get("exchangeLineItems") or ()]
    except Refused as refused:
        raise bad_request(str(refused)) from None
    fee = asked.get("returnShippingFee")
    return {
        "id": f"gid://shopify/CalculatedReturn/{ctx.store.next_number()}",
        "returnLineItems": [return_line(ctx, order, line) for line in asked.get("returnLineItems") or ()],
        "exchangeLineItems": exchanges,
        "returnShippingFee": fee and shipping_fee(ctx, order, fee),
    }


def shipping_fee(ctx, order: dict, fee: dict) -> dict:
    gid = f"gid://shopify/CalculatedReturnShippingFee/{ctx.store.next_number()}"
    return {"id": gid, "amountSet": bag(order, to_shop_money(order, fee["amount"]["amount"]))}


def return_line(ctx, order: dict, wanted: dict) -> dict:
    part = ctx.shop.get(wanted["fulfillmentLineItemId"])
    if part is None or ctx.shop.holder(part) is not order:
        raise bad_request("Fulfillment line item does not exist.")
    line, quantity = ctx.shop.get(part["lineItemId"]), wanted["quantity"]
    after = amounts.gone(line)
    net = amounts.line_net(order, line, quantity, after)
    percentage = (wanted.get("restockingFee") or {}).get("percentage")
    fee = None
    if percentage is not None:
        amount = rounded(net * Decimal(str(percentage)) / 100, order["currencyCode"])
        gid = f"gid://shopify/CalculatedRestockingFee/{ctx.store.next_number()}"
        fee = {"id": gid, "percentage": percentage, "amountSet": bag(order, amount)}
    return {
        "id": f"gid://shopify/CalculatedReturnLineItem/{ctx.store.next_number()}",
        "fulfillmentLineItem": part,
        "quantity": quantity,
        "subtotalBeforeOrderDiscountsSet": bag(order, amounts.line_discounted(order, line, quantity, after)),
        "subtotalSet": bag(order, net),
        "totalTaxSet": bag(order, amounts.line_tax(order, line, quantity, after)),
        "restockingFee": fee,
    }


def exchange_line(ctx, order: dict, wanted: dict) -> dict:
    variant = ctx.shop.get(wanted.get("variantId"))
    if variant is None:
        raise Refused(["input", "exchangeLineItems"], "Variant does not exist.", "NOT_FOUND")
    own = {"price": variant["price"], "discount": applied_discount(order, wanted)}
    unit = exchange_unit_price(own)
    return {
        "id": f"gid://shopify/CalculatedExchangeLineItem/{ctx.store.next_number()}",
        "variant": variant,
        "quantity": wanted["quantity"],
        "originalUnitPriceSet": bag(order, variant["price"]),
        "discountedUnitPriceSet": bag(order, unit),
        "subtotalSet": bag(order, unit * wanted["quantity"]),
        "totalTaxSet": bag(order, 0),
        "calculatedDiscountAllocations": [],
    }


def applied_discount(order: dict, wanted: dict) -> dict:
    """`amount` in shop money, or `percentage`, of an exchange line's appliedDiscount."""
    value = (wanted.get("appliedDiscount") or {}).get("value") or {}
    if value.get("amount"):
        return {"amount": str(to_shop_money(order, value["amount"]["amount"]))}
    return {"percentage": value["percentage"]} if value.get("percentage") is not None else {}
