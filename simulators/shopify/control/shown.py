"""Orders and returns as whoever pulls the strings reads them."""

from simulators.shopify import amounts
from simulators.shopify.contexts import Context
from simulators.shopify.fields.orders import picture_of


def order_record(ctx: Context, order: dict) -> dict:
    client = ctx.shop.get(order.get("customerId")) or {}
    return {
        "id": order["id"],
        "name": order["name"],
        "shop": ctx.shop.domain,
        "createdAt": order["createdAt"],
        "total": f"{amounts.original_total(order):.2f}",
        "currency": order["currencyCode"],
        "financialStatus": amounts.financial_status(order),
        "returnStatus": amounts.return_status(ctx.shop, order),
        "refunded": f"{amounts.refunded(order):.2f}",
        "customer": {k: client.get(k) for k in ("id", "firstName", "lastName", "email", "phone")},
        "staff": order.get("staffId"),
        "location": order.get("retailLocationId"),
        "deliveredAt": next((f.get("deliveredAt") for f in order["fulfillments"]), None),
        "lines": [
            {
                "id": line["id"],
                "title": line["title"],
                "sku": line["sku"],
                "quantity": line["quantity"],
                "price": line["price"],
                "attributed": line.get("attributed", []),
                "image": (picture_of(line, ctx, {}) or {}).get("url"),
            }
            for line in order["lineItems"]
        ],
        "fulfillmentLines": [part for parcel in order["fulfillments"] for part in parcel["lines"]],
        "returns": [
            {"id": r["id"], "name": r["name"], "status": r["status"]} for r in amounts.returns_of(ctx.shop, order["id"])
        ],
    }


def return_record(ctx: Context, return_: dict) -> dict:
    order = ctx.shop.get(return_["orderId"])
    mine = [r for r in order["refunds"] if r.get("returnId") == return_["id"]]
    deliveries = [d for rfo in return_["reverseFulfillmentOrders"] for d in rfo["deliveries"]]
    return return_ | {
        "order": order["name"],
        "reverseDeliveries": deliveries,
        "refunds": mine,
        "refunded": f"{sum(float(r['amount']) for r in mine):.2f}",
    }
