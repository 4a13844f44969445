"""A line of an order, as orders and refunds show it."""

from simulators.shopify import amounts
from simulators.shopify.gids import number_of
from simulators.shopify.money import as_text, bag
from simulators.shopify.payloads.parts import ref, snake_set


def line_item(order: dict, line: dict) -> dict:
    gross_off = amounts.line_gross(line) - amounts.line_discounted(order, line)
    fulfilled = any(part["lineItemId"] == line["id"] for f in order["fulfillments"] for part in f["lines"])
    return {
        **ref(line["id"]),
        "attributed_staffs": [{"id": a["staffId"], "quantity": a["quantity"]} for a in line.get("attributed", ())],
        "current_quantity": amounts.current_quantity(line),
        "fulfillable_quantity": 0 if fulfilled else line["quantity"],
        "fulfillment_service": "manual",
        "fulfillment_status": "fulfilled" if fulfilled else None,
        "gift_card": False,
        "grams": 500,
        "name": line["name"],
        "price": as_text(line["price"], order["currencyCode"]),
        "price_set": snake_set(bag(order, line["price"])),
        "product_exists": True,
        "product_id": number_of(line.get("productId")),
        "properties": [{"name": a["key"], "value": a["value"]} for a in line["customAttributes"]],
        "quantity": line["quantity"],
        "requires_shipping": True,
        "sales_line_item_group_id": None,
        "sku": line["sku"],
        "taxable": True,
        "title": line["title"],
        "total_discount": as_text(gross_off, order["currencyCode"]),
        "total_discount_set": snake_set(bag(order, gross_off)),
        "variant_id": number_of(line.get("variantId")),
        "variant_inventory_management": "shopify",
        "variant_title": line.get("variantTitle"),
        "vendor": line.get("vendor"),
        "tax_lines": [],
        "duties": [],
        "discount_allocations": [],
    }
