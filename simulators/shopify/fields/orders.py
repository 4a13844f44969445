"""Orders, their lines, payments, refunds and parcels out."""

from simulators.shopify import amounts
from simulators.shopify.connections import connect
from simulators.shopify.fields.metafields import METAFIELDS
from simulators.shopify.gids import number_of
from simulators.shopify.money import bag, refund_duty
from simulators.shopify.search import search

POINT_OF_SALE = "gid://shopify/App/129785"
SORT_KEYS = {
    "UPDATED_AT": "updatedAt",
    "PROCESSED_AT": "processedAt",
    "CREATED_AT": "createdAt",
    "ORDER_NUMBER": "number",
    "ID": "id",
}


def find_orders(ctx, args: dict, among: list[dict] | None = None) -> list[dict]:
    orders = ctx.shop.all("Order") if among is None else among
    searchable = SEARCHABLE | {"return_status": lambda o: [amounts.return_status(ctx.shop, o)]}
    found = search([o for o in orders if ctx.can_see(o)], args.get("query"), searchable)
    key = SORT_KEYS.get(args.get("sortKey") or "PROCESSED_AT", "processedAt")
    return sorted(found, key=lambda o: (o[key], o["id"]))


def orders_of(ctx, customer: dict) -> list[dict]:
    return [o for o in ctx.shop.all("Order") if o.get("customerId") == customer["id"]]


SEARCHABLE = {
    "id": lambda o: [number_of(o["id"])],
    "name": lambda o: [o["name"]],
    "email": lambda o: [o["email"]],
    "customer_id": lambda o: [number_of(o.get("customerId"))],
    "created_at": lambda o: [o["createdAt"]],
    "processed_at": lambda o: [o["processedAt"]],
    "updated_at": lambda o: [o["updatedAt"]],
    "tag": lambda o: o["tags"],
    "source_name": lambda o: [o["sourceName"]],
    "location_id": lambda o: [number_of(o.get("retailLocationId"))],
    "user_id": lambda o: [number_of(o.get("staffId"))],
    "sku": lambda o: [line["sku"] for line in o["lineItems"]],
    "financial_status": lambda o: [amounts.financial_status(o)],
    "total_price": lambda o: [str(amounts.original_total(o))],
    "status": lambda o: ["any", "open"],
}


def money_bag(work_out):
    """A field whose amount is worked out from the order, in both currencies."""
    return lambda order, ctx, args: bag(order, work_out(order))


def line_money(work_out):
    def read(line, ctx, args):
        order = ctx.shop.holder(line)
        return bag(order, work_out(order, line))

    return read


def discounts(order: dict):
    return sum(amounts.line_gross(line) - amounts.line_net(order, line) for line in order["lineItems"])


def seller(line, ctx, args):
    """One person a line here, even if the piece was sold by two: the webhook has them all."""
    attributed = line.get("attributed") or []
    return ctx.shop.get(attributed[0]["staffId"]) if attributed else None


def picture_of(line, ctx, args):
    product = ctx.shop.get(line.get("productId"))
    return picture(product, ctx) if product else None


def picture(product, ctx) -> dict:
    base = ctx.store.config.public_base
    return {
        "id": product["id"].replace("/Product/", "/ProductImage/"),
        "url": f"{base}/shopify/{ctx.shop.domain}/pictures/{product['handle']}.svg",
        "altText": product["title"],
        "width": 960,
        "height": 960,
    }


def of_return(refund, ctx, args):
    return ctx.shop.get(refund.get("returnId"))


def first_of(items: list, args: dict) -> list:
    return items[: args["first"]] if args.get("first") is not None else items


def refund_transactions(refund, ctx, args):
    order = ctx.shop.holder(refund)
    return connect([t for t in order["transactions"] if t["id"] in refund["transactionIds"]], args)


def refund_total(refund, ctx, args):
    return bag(ctx.shop.holder(refund), refund["amount"], refund.get("presentmentTotal"))


def agreements(order, ctx, args):
    app = {"id": POINT_OF_SALE, "title": "Point of Sale"}
    sold = {
        "__typename": "OrderAgreement",
        "id": f"gid://shopify/OrderAgreement/{number_of(order['id'])}",
        "reason": "ORDER",
        "happenedAt": order["createdAt"],
        "user": ctx.shop.get(order.get("staffId")),
        "app": app,
    }
    return connect([sold], args)


def collect(order, ctx, args):
    owed = amounts.outstanding(order) > 0
    url = f"https://{ctx.shop.domain}/payments/{number_of(order['id'])}" if owed else None
    return {"additionalPaymentCollectionUrl": url, "vaultedPaymentMethods": []}


def part_money(work_out):
    def read(part, ctx, args):
        order, line = ctx.shop.holder(part), ctx.shop.get(part["lineItemId"])
        return bag(order, work_out(order, line, part["quantity"]))

    return read


def most_refundable(transaction, ctx, args):
    order = ctx.shop.holder(transaction)
    if transaction["kind"] not in ("SALE", "CAPTURE"):
        return None
    return bag(order, amounts.left_to_refund(order, transaction))["shopMoney"]


def shipping_line(order, ctx, args):
    gid = order["id"].replace("/Order/", "/ShippingLine/")
    return {"id": gid, "title": "Courier", "code": "Courier", "source": "shopify"}


def suggested_reasons(line, ctx, args):
    return connect([r for r in ctx.shop.all("ReturnReasonDefinition") if not r["deleted"]][:8], args)


def channel(order, ctx, args):
    names = {"pos": "Point of Sale", "web": "Online Store"}
    return {"handle": order["sourceName"], "displayName": names.get(order["sourceName"], order["sourceName"])}


FIELDS = {
    "Order": METAFIELDS | {
        "legacyResourceId": lambda o, ctx, args: str(number_of(o["id"])),
        "customer": lambda o, ctx, args: ctx.shop.get(o.get("customerId")),
        "staffMember": lambda o, ctx, args: ctx.shop.get(o.get("staffId")),
        "retailLocation": lambda o, ctx, args: ctx.shop.get(o.get("retailLocationId")),
        "lineItems": lambda o, ctx, args: connect(o["lineItems"], args),
        "fulfillments": lambda o, ctx, args: first_of(o["fulfillments"], args),
        "fulfillmentOrders": lambda o, ctx, args: connect(o.get("fulfillmentOrders", []), args),
        "transactions": lambda o, ctx, args: first_of(o["transactions"], args),
        "refunds": lambda o, ctx, args: first_of(o["refunds"], args),
        "returns": lambda o, ctx, args: connect(amounts.returns_of(ctx.shop, o["id"]), args),
        "returnStatus": lambda o, ctx, args: amounts.return_status(ctx.shop, o),
        "displayFinancialStatus": lambda o, ctx, args: amounts.financial_status(o),
        "displayFulfillmentStatus": lambda o, ctx, args: "FULFILLED" if o["fulfillments"] else "UNFULFILLED",
        "originalTotalPriceSet": money_bag(amounts.original_total),
        "totalPriceSet": money_bag(amounts.original_total),
        "currentTotalPriceSet": money_bag(amounts.current_total),
        "currentSubtotalPriceSet": money_bag(amounts.current_subtotal),
        "subtotalPriceSet": money_bag(lambda o: sum(amounts.line_net(o, line) for line in amounts.original_lines(o))),
        "currentTotalTaxSet": money_bag(amounts.current_tax),
        "totalTaxSet": money_bag(lambda o: sum(amounts.line_tax(o, line) for line in amounts.original_lines(o))),
        "totalDiscountsSet": money_bag(discounts),
        "currentTotalDiscountsSet": money_bag(discounts),
        "totalShippingPriceSet": money_bag(amounts.shipping),
        "currentShippingPriceSet": money_bag(lambda o: amounts.shipping(o) - amounts.shipping_refunded(o)),
        "totalRefundedSet": money_bag(amounts.refunded),
        "totalRefundedShippingSet": money_bag(amounts.shipping_refunded),
        "totalReceivedSet": money_bag(amounts.received),
        "netPaymentSet": money_bag(lambda o: amounts.received(o) - amounts.refunded(o)),
        "totalOutstandingSet": money_bag(amounts.outstanding),
        "paymentCollectionDetails": collect,
        "paymentGatewayNames": lambda o, ctx, args: sorted({t["gateway"] for t in o["transactions"]}),
        "subtotalLineItemsQuantity": lambda o, ctx, args: sum(line["quantity"] for line in o["lineItems"]),
        "currentSubtotalLineItemsQuantity": lambda o, ctx, args: sum(map(amounts.current_quantity, o["lineItems"])),
        "confirmed": lambda o, ctx, args: True,
        "fullyPaid": lambda o, ctx, args: amounts.outstanding(o) == 0,
        "refundable": lambda o, ctx, args: amounts.received(o) > amounts.refunded(o),
        "statusPageUrl": lambda o, ctx, args: f"https://{ctx.shop.domain}/orders/{number_of(o['id'])}/authenticate",
        "attribution": channel,
        "app": lambda o, ctx, args: {"id": POINT_OF_SALE, "name": channel(o, ctx, args)["displayName"]},
        "agreements": agreements,
        "shippingLine": shipping_line,
    },
    "LineItem": {
        "duties": lambda line, ctx, args: line.get("duties", []),
        "currentQuantity": lambda line, ctx, args: amounts.current_quantity(line),
        "refundableQuantity": lambda line, ctx, args: amounts.current_quantity(line),
        "unfulfilledQuantity": lambda line, ctx, args: 0 if ctx.shop.holder(line)["fulfillments"] else line["quantity"],
        "originalTotalSet": line_money(lambda o, line: amounts.line_gross(line)),
        "originalUnitPriceSet": line_money(lambda o, line: amounts.line_gross(line, 1)),
        "discountedTotalSet": line_money(amounts.line_discounted),
        "discountedUnitPriceSet": line_money(lambda o, line: amounts.line_discounted(o, line, 1)),
        "discountedUnitPriceAfterAllDiscountsSet": line_money(lambda o, line: amounts.line_net(o, line, 1)),
        "totalDiscountSet": line_money(lambda o, line: amounts.line_gross(line) - amounts.line_discounted(o, line)),
        "staffMember": seller,
        "product": lambda line, ctx, args: ctx.shop.get(line.get("productId")),
        "variant": lambda line, ctx, args: ctx.shop.get(line.get("variantId")),
        "image": picture_of,
        "requiresShipping": lambda line, ctx, args: True,
        "restockable": lambda line, ctx, args: True,
        "taxable": lambda line, ctx, args: True,
        "suggestedReturnReasonDefinitions": suggested_reasons,
    },
    "Fulfillment": {
        "legacyResourceId": lambda f, ctx, args: str(number_of(f["id"])),
        "order": lambda f, ctx, args: ctx.shop.holder(f),
        "location": lambda f, ctx, args: ctx.shop.get(f.get("locationId")),
        "fulfillmentLineItems": lambda f, ctx, args: connect(f["lines"], args),
        "trackingInfo": lambda f, ctx, args: [f["tracking"]] if f.get("tracking") else [],
        "totalQuantity": lambda f, ctx, args: sum(line["quantity"] for line in f["lines"]),
        "requiresShipping": lambda f, ctx, args: True,
    },
    "FulfillmentLineItem": {
        "lineItem": lambda part, ctx, args: ctx.shop.get(part["lineItemId"]),
        "originalTotalSet": part_money(lambda o, line, n: amounts.line_gross(line, n)),
        "discountedTotalSet": part_money(amounts.line_discounted),
    },
    "OrderTransaction": {
        "order": lambda t, ctx, args: ctx.shop.holder(t),
        "amountSet": lambda t, ctx, args: bag(ctx.shop.holder(t), t["amount"], t.get("presentmentAmount")),
        "parentTransaction": lambda t, ctx, args: ctx.shop.get(t.get("parentId")),
        "user": lambda t, ctx, args: ctx.shop.get(t.get("userId")),
        "location": lambda t, ctx, args: ctx.shop.get(t.get("locationId")),
        "formattedGateway": lambda t, ctx, args: t["gateway"].replace("_", " ").title(),
        "processedAt": lambda t, ctx, args: t["createdAt"],
        "maximumRefundableV2": most_refundable,
    },
    "Refund": {
        "legacyResourceId": lambda r, ctx, args: str(number_of(r["id"])),
        "order": lambda r, ctx, args: ctx.shop.holder(r),
        "return": of_return,
        "processedAt": lambda r, ctx, args: r["createdAt"],
        "updatedAt": lambda r, ctx, args: r["createdAt"],
        "staffMember": lambda r, ctx, args: ctx.shop.get(r.get("staffId")),
        "totalRefundedSet": refund_total,
        "transactions": refund_transactions,
        "refundLineItems": lambda r, ctx, args: connect(r["lines"], args),
        "duties": lambda r, ctx, args: [refund_duty(ctx.shop, ctx.shop.holder(r), d) for d in r.get("duties", [])],
    },
    "Duty": {"price": lambda d, ctx, args: bag(ctx.shop.holder(d), d["amount"])},
    "RefundLineItem": {
        "lineItem": lambda line, ctx, args: ctx.shop.get(line["lineItemId"]),
        "location": lambda line, ctx, args: ctx.shop.get(line.get("locationId")),
        "subtotalSet": lambda line, ctx, args: bag(ctx.shop.holder(line), line["subtotal"]),
        "totalTaxSet": lambda line, ctx, args: bag(ctx.shop.holder(line), line["tax"]),
        "priceSet": lambda line, ctx, args: bag(ctx.shop.holder(line), ctx.shop.get(line["lineItemId"])["price"]),
        "restocked": lambda line, ctx, args: line["restockType"] == "RETURN",
    },
    "FulfillmentOrder": {
        "order": lambda f, ctx, args: ctx.shop.holder(f),
        "orderId": lambda f, ctx, args: ctx.shop.holder(f)["id"],
        "orderName": lambda f, ctx, args: ctx.shop.holder(f)["name"],
        "lineItems": lambda f, ctx, args: connect(f["lines"], args),
    },
}  # fmt: skip
