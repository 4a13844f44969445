"""Body of refunds/create, which also stands in an order."""

from simulators.shopify.gids import number_of
from simulators.shopify.money import bag
from simulators.shopify.payloads.lines import line_item
from simulators.shopify.payloads.parts import ref, snake_set


def refund_body(shop, order: dict, refund: dict) -> dict:
    mine = [t for t in order["transactions"] if t["id"] in refund["transactionIds"]]
    return {
        **ref(refund["id"]),
        "order_id": number_of(order["id"]),
        "created_at": refund["createdAt"],
        "note": refund.get("note"),
        "user_id": None,
        "processed_at": refund["createdAt"],
        "duties": [],
        "total_duties_set": snake_set(bag(order, 0)),
        "return": ref(refund["returnId"]) if refund.get("returnId") else None,
        "refund_shipping_lines": [],
        "restock": any(line["restockType"] == "RETURN" for line in refund["lines"]),
        "order_adjustments": [],
        "refund_line_items": [refund_line(shop, order, line) for line in refund["lines"]],
        "transactions": [transaction(order, t) for t in mine],
    }


def refund_line(shop, order: dict, line: dict) -> dict:
    return {
        "id": number_of(line["id"]),
        "quantity": line["quantity"],
        "line_item_id": number_of(line["lineItemId"]),
        "location_id": number_of(line.get("locationId")),
        "restock_type": line["restockType"].lower(),
        "subtotal": float(line["subtotal"]),
        "total_tax": float(line["tax"]),
        "subtotal_set": snake_set(bag(order, line["subtotal"])),
        "total_tax_set": snake_set(bag(order, line["tax"])),
        "line_item": line_item(order, shop.get(line["lineItemId"])),
    }


def transaction(order: dict, t: dict) -> dict:
    shown = bag(order, t["amount"], t.get("presentmentAmount"))["presentmentMoney"]
    nothing = {"amount": "0.0", "currency": order["currencyCode"]}
    return {
        **ref(t["id"]),
        "order_id": number_of(order["id"]),
        "kind": t["kind"].lower(),
        "gateway": t["gateway"],
        "status": t["status"].lower(),
        "message": "Transaction approved",
        "created_at": t["createdAt"],
        "test": False,
        "authorization": None,
        "location_id": number_of(t.get("locationId")),
        "user_id": number_of(t.get("userId")),
        "parent_id": number_of(t.get("parentId")),
        "processed_at": t["createdAt"],
        "device_id": None,
        "error_code": None,
        "source_name": "web",
        "receipt": {},
        "amount": shown["amount"],
        "currency": shown["currencyCode"],
        "payment_id": f"{order['name']}.1",
        "total_unsettled_set": {"presentment_money": nothing, "shop_money": nothing},
        "manual_payment_gateway": False,
        "amount_rounding": None,
    }
