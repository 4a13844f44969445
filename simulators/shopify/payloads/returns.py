"""Bodies of returns/…, reverse_deliveries/… and reverse_fulfillment_orders/…."""

from simulators.shopify import amounts
from simulators.shopify.gids import number_of
from simulators.shopify.money import bag
from simulators.shopify.payloads.parts import ref, snake_set


def return_opened(shop, return_: dict) -> dict:
    """returns/request and returns/approve."""
    order = shop.get(return_["orderId"])
    fee = return_.get("shippingFee")
    return {
        **ref(return_["id"]),
        "status": return_["status"].lower(),
        "order": ref(return_["orderId"]),
        "total_return_line_items": sum(line["quantity"] for line in return_["returnLines"]),
        "name": return_["name"],
        "return_line_items": [return_line(shop, line) for line in return_["returnLines"]],
        "return_shipping_fees": [{**ref(fee["id"]), "price": snake_set(bag(order, fee["amount"]))}] if fee else [],
        "exchange_line_items": [{**ref(line["id"]), "line_item": None} for line in return_["exchangeLines"]],
        "total_exchange_line_items": sum(line["quantity"] for line in return_["exchangeLines"]),
    }


def return_line(shop, line: dict) -> dict:
    reason = shop.get(line["reasonId"])
    return {
        **ref(line["id"]),
        "fulfillment_line_item": {**ref(line["fulfillmentLineItemId"]), "line_item": ref(line["lineItemId"])},
        "quantity": line["quantity"],
        "return_reason": reason["enum"].lower() if reason else "unknown",
        "return_reason_note": line["reasonNote"],
        "customer_note": line["customerNote"],
        "return_reason_definition": {**ref(reason["id"]), "name": reason["name"], "handle": reason["handle"]}
        if reason
        else None,
    }


def return_declined(shop, return_: dict) -> dict:
    decline = return_["decline"]
    return {
        **ref(return_["id"]),
        "status": "declined",
        "order": ref(return_["orderId"]),
        "decline": {"reason": decline["reason"].lower(), "note": decline["note"]},
    }


def return_moved(shop, return_: dict) -> dict:
    """returns/cancel, returns/close, returns/reopen: flat."""
    return {**ref(return_["id"]), "order_id": number_of(return_["orderId"]), "status": return_["status"].lower()}


def return_updated(return_: dict, removed: list[tuple[str, int]]) -> dict:
    return {
        "admin_graphql_api_id": return_["id"],
        "return_line_items": {
            "removals": [{"admin_graphql_api_id": gid, "delta": quantity} for gid, quantity in removed]
        },
        "restocking_fees": {"updates": [], "removals": []},
        "return_shipping_fees": {"updates": [], "removals": []},
    }


def return_processed(shop, return_: dict) -> dict:
    body = return_opened(shop, return_)
    for shown, line in zip(body["return_line_items"], return_["returnLines"], strict=True):
        shown |= {"processed_quantity": line["processed"], "unprocessed_quantity": amounts.unprocessed(line)}
    return body


def deliverable_attached(return_: dict, delivery: dict, public_url: str | None) -> dict:
    tracking, label = delivery.get("tracking"), delivery.get("label")
    return {
        **ref(delivery["id"]),
        "return": ref(return_["id"]),
        "shipping_deliverable": {
            "tracking": tracking
            and {
                "carrier_name": tracking["carrierName"],
                "tracking_number": tracking["number"],
                "tracking_url": tracking["url"],
            },
            "label": label and {"public_file_url": public_url, "created_at": label["createdAt"]},
        },
    }


def disposed(rfo: dict, dispositions: list[tuple[dict, dict]]) -> dict:
    return {
        **ref(rfo["id"]),
        "dispositions": [
            {
                "reverse_fulfillment_order_line_item": ref(line["id"]),
                "reverse_delivery_line_item": None,
                "type": disposition["type"].lower(),
                "location": ref(disposition["locationId"]) if disposition["locationId"] else None,
                "quantity": disposition["quantity"],
            }
            for line, disposition in dispositions
        ],
        "total_dispositions": sum(disposition["quantity"] for _, disposition in dispositions),
    }
