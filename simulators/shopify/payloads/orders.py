"""Bodies of orders/create and orders/updated, which are the same and large."""

from typing import Any

from simulators.shopify import amounts
from simulators.shopify.gids import number_of
from simulators.shopify.money import as_text, bag
from simulators.shopify.payloads.lines import line_item
from simulators.shopify.payloads.parts import ref, snake_set
from simulators.shopify.payloads.refunds import refund_body
from simulators.shopify.payloads.returns import return_opened


def order_body(shop, order: dict) -> dict:
    """orders/create and orders/updated."""
    return {
        **ref(order["id"]),
        **order_facts(shop, order),
        **order_money(order),
        "billing_address": address(order.get("billingAddress") or order.get("shippingAddress")),
        "customer": customer(shop, shop.get(order.get("customerId"))),
        "discount_applications": [],
        "fulfillments": [fulfillment(order, f) for f in order["fulfillments"]],
        "line_items": [line_item(order, line) for line in order["lineItems"]],
        "payment_terms": None,
        "refunds": [refund_body(shop, order, r) for r in order["refunds"]],
        "shipping_address": address(order.get("shippingAddress")),
        "shipping_lines": [shipping_line(order)],
        "returns": [order_return(shop, r) for r in amounts.returns_of(shop, order["id"])],
        "line_item_groups": [],
    }


def order_facts(shop, order: dict) -> dict:
    number = order["number"]
    return {
        "app_id": 129785 if order["sourceName"] == "pos" else 580111,
        "browser_ip": None,
        "buyer_accepts_marketing": False,
        "cancel_reason": None,
        "cancelled_at": None,
        "cart_token": None,
        "checkout_token": f"c{number_of(order['id']):031x}",
        "client_details": None,
        "closed_at": None,
        "confirmation_number": f"V{number_of(order['id']) % 10**8:08}",
        "confirmed": True,
        "contact_email": order["email"],
        "created_at": order["createdAt"],
        "currency": order["currencyCode"],
        "customer_locale": order.get("customerLocale"),
        "device_id": order.get("deviceId"),
        "discount_codes": [],
        "duties_included": False,
        "email": order["email"],
        "estimated_taxes": False,
        "financial_status": amounts.financial_status(order).lower(),
        "fulfillment_status": "fulfilled" if order["fulfillments"] else None,
        "landing_site": None,
        "landing_site_ref": None,
        "location_id": number_of(order.get("retailLocationId")),
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "merchant_of_record_app_id": None,
        "name": order["name"],
        "note": order.get("note"),
        "note_attributes": [{"name": a["key"], "value": a["value"]} for a in order["customAttributes"]],
        "number": number - 1000,
        "order_number": number,
        "order_status_url": f"https://{shop.domain}/orders/{number_of(order['id'])}/authenticate?key=hidden",
        "payment_gateway_names": sorted({t["gateway"] for t in order["transactions"]}),
        "phone": order.get("phone"),
        "po_number": None,
        "presentment_currency": order["presentmentCurrencyCode"],
        "processed_at": order["processedAt"],
        "reference": None,
        "referring_site": None,
        "source_identifier": order.get("sourceIdentifier"),
        "source_name": order["sourceName"],
        "source_url": None,
        "tags": ", ".join(order["tags"]),
        "tax_exempt": False,
        "tax_lines": [],
        "taxes_included": bool(order.get("taxesIncluded")),
        "test": False,
        "token": f"{number_of(order['id']):032x}",
        "total_weight": 500,
        "updated_at": order["updatedAt"],
        "user_id": number_of(order.get("staffId")),
    }


def order_money(order: dict) -> dict:
    currency = order["currencyCode"]
    lines = amounts.original_lines(order)
    tax = sum(amounts.line_tax(order, line) for line in lines)
    discounts = sum(amounts.line_gross(line) - amounts.line_net(order, line) for line in lines)
    subtotal = sum(amounts.line_net(order, line) for line in lines)
    figures = {
        "current_subtotal_price": amounts.current_subtotal(order),
        "current_total_discounts": discounts,
        "current_total_price": amounts.current_total(order),
        "current_total_tax": amounts.current_tax(order),
        "subtotal_price": subtotal,
        "total_discounts": discounts,
        "total_line_items_price": sum(amounts.line_gross(line) for line in lines),
        "total_price": amounts.original_total(order),
        "total_tax": tax,
    }
    result: dict = {}
    for name, amount in figures.items():
        result[name] = as_text(amount, currency)
        result[name + "_set"] = snake_set(bag(order, amount))
    for name in (
        "current_total_additional_fees_set",
        "current_total_duties_set",
        "original_total_additional_fees_set",
        "original_total_duties_set",
    ):
        result[name] = None
    for name in ("total_cash_rounding_payment_adjustment_set", "total_cash_rounding_refund_adjustment_set"):
        result[name] = snake_set(bag(order, 0))
    shipped = snake_set(bag(order, amounts.shipping(order)))
    result |= {"current_shipping_price_set": shipped, "total_shipping_price_set": shipped}
    return result | {"total_outstanding": as_text(amounts.outstanding(order), currency), "total_tip_received": "0.00"}


def shipping_line(order: dict) -> dict:
    price, priced = (
        as_text(amounts.shipping(order), order["currencyCode"]),
        snake_set(bag(order, amounts.shipping(order))),
    )
    return {
        "id": number_of(order["id"]) + 1,
        "carrier_identifier": None,
        "code": "Courier",
        "current_discounted_price_set": priced,
        "discounted_price": price,
        "discounted_price_set": priced,
        "is_removed": False,
        "phone": None,
        "price": price,
        "price_set": priced,
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": "Courier",
        "tax_lines": [],
        "discount_allocations": [],
    }


def fulfillment(order: dict, f: dict) -> dict:
    tracking = f.get("tracking") or {}
    return {
        **ref(f["id"]),
        "created_at": f["createdAt"],
        "location_id": number_of(f.get("locationId")),
        "name": f["name"],
        "order_id": number_of(order["id"]),
        "origin_address": {},
        "receipt": {},
        "service": "manual",
        "shipment_status": "delivered" if f.get("deliveredAt") else None,
        "status": "success",
        "tracking_company": tracking.get("company"),
        "tracking_number": tracking.get("number"),
        "tracking_numbers": [tracking["number"]] if tracking else [],
        "tracking_url": tracking.get("url"),
        "tracking_urls": [tracking["url"]] if tracking else [],
        "updated_at": f["updatedAt"],
        "line_items": [{"id": number_of(part["lineItemId"]), "quantity": part["quantity"]} for part in f["lines"]],
    }


def order_return(shop, return_: dict) -> dict:
    wanted = ("id", "admin_graphql_api_id", "status", "name", "total_return_line_items", "return_line_items")
    body = return_opened(shop, return_)
    return {name: body[name] for name in wanted}


def address(own: dict | None) -> Any:
    if not own:
        return None
    names = {
        "first_name": "firstName", "address1": "address1", "phone": "phone", "city": "city", "zip": "zip",
        "province": "province", "country": "country", "last_name": "lastName", "address2": "address2",
        "company": "company", "latitude": "latitude", "longitude": "longitude", "name": "name",
        "country_code": "countryCodeV2", "province_code": "provinceCode",
    }  # fmt: skip
    return {rest: own.get(key) for rest, key in names.items()}


def customer(shop, own: dict | None) -> dict | None:
    if not own:
        return None
    home = own.get("defaultAddress")
    return {
        **ref(own["id"]),
        "created_at": own["createdAt"],
        "updated_at": own["updatedAt"],
        "first_name": own["firstName"],
        "last_name": own["lastName"],
        "state": "enabled",
        "note": own.get("note"),
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "email": own["email"],
        "phone": own.get("phone"),
        "currency": shop.profile["currencyCode"],
        "tax_exemptions": [],
        "default_address": home and {
            "id": number_of(home["id"]), "customer_id": number_of(own["id"]), **address(home),
            "country_name": home.get("country"), "default": True,
        },
    }  # fmt: skip
