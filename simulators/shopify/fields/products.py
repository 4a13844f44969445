"""Products, their variants and pictures, and what is in stock where."""

import zlib
from datetime import datetime
from typing import Any

from simulators.shopify.connections import connect
from simulators.shopify.fields.metafields import FIELDS as METAFIELD_FIELDS
from simulators.shopify.fields.metafields import METAFIELDS
from simulators.shopify.fields.orders import picture
from simulators.shopify.gids import number_of
from simulators.shopify.money import money


def media(product, ctx) -> dict:
    shown = picture(product, ctx)
    return {
        "__typename": "MediaImage",
        "id": product["id"].replace("/Product/", "/MediaImage/"),
        "alt": product["title"],
        "mediaContentType": "IMAGE",
        "status": "READY",
        "fileStatus": "READY",
        "mimeType": "image/svg+xml",
        "createdAt": product["createdAt"],
        "updatedAt": product["updatedAt"],
        "image": shown,
        "preview": {"image": shown, "status": "READY"},
    }


def product_of(variant, ctx, args=None):
    return ctx.shop.get(variant["productId"])


def in_stock(variant: dict) -> int:
    return sum(variant["stock"].values())


def reserved(ctx, variant: dict) -> int:
    """How many draft orders keep out of other carts at this moment."""
    every = [d for d in ctx.shop.all("DraftOrder") if d["status"] != "COMPLETED" and not d.get("deletedAt")]
    drafts = [d for d in every if d.get("reserveInventoryUntil")]
    live = [d for d in drafts if datetime.fromisoformat(d["reserveInventoryUntil"]) > ctx.now]
    return sum(line["quantity"] for d in live for line in d["asked"] if line.get("variantId") == variant["id"])


def free_at(ctx, variant: dict, place: str) -> int:
    """What is reserved is taken from the first places that have it."""
    left = reserved(ctx, variant)
    for gid, there in variant["stock"].items():
        taken = min(left, there)
        if gid == place:
            return there - taken
        left -= taken
    return 0


def prices(product, ctx, args):
    currency = ctx.shop.profile["currencyCode"]
    found = sorted(float(v["price"]) for v in product["variants"])
    return {"minVariantPrice": money(found[0], currency), "maxVariantPrice": money(found[-1], currency)}


def variant_of_item(item, ctx):
    return ctx.shop.get(item["variantId"])


def level(item, ctx, location_gid: str) -> Any:
    variant = variant_of_item(item, ctx)
    if location_gid not in variant["stock"]:
        return None
    gid = f"gid://shopify/InventoryLevel/{number_of(location_gid)}?inventory_item_id={number_of(item['id'])}"
    product = product_of(variant, ctx)
    return {
        "id": gid,
        "itemId": item["id"],
        "locationId": location_gid,
        "isActive": True,
        "createdAt": product["createdAt"],
        "updatedAt": product["updatedAt"],
        "amount": variant["stock"][location_gid],
        "levelId": gid,
    }


def levels(item, ctx, args):
    found = [level(item, ctx, gid) for gid in variant_of_item(item, ctx)["stock"]]
    return connect(found, args)


def quantities(own, ctx, args):
    variant = variant_of_item(ctx.shop.get(own["itemId"]), ctx)
    known = {"available": free_at(ctx, variant, own["locationId"]), "on_hand": own["amount"]}
    place = number_of(own["locationId"])
    return [
        {
            "id": f"gid://shopify/InventoryQuantity/{place}?name={name}",
            "name": name,
            "quantity": known.get(name, 0),
            "updatedAt": own["updatedAt"],
        }
        for name in args["names"]
    ]


SHELVES = {"Jewellery": "Fine jewellery", "Leather": "Leather goods"}


def collections(product, ctx, args):
    """What the product says it is in; else one collection a kind."""
    kind = product.get("productType")
    titles = product.get("collections") or ([SHELVES.get(kind, kind)] if kind else [])
    return connect([{"id": f"gid://shopify/Collection/{zlib.crc32(t.encode())}", "title": t} for t in titles], args)


def legacy(own, ctx, args):
    return str(number_of(own["id"]))


FIELDS = METAFIELD_FIELDS | {
    "Product": METAFIELDS | {
        "legacyResourceId": legacy,
        "collections": collections,
        "description": lambda p, ctx, args: p["descriptionHtml"].replace("<p>", "").replace("</p>", ""),
        "featuredMedia": lambda p, ctx, args: media(p, ctx),
        "media": lambda p, ctx, args: connect([media(p, ctx)], args),
        "variants": lambda p, ctx, args: connect(p["variants"], args),
        "priceRangeV2": prices,
        "totalInventory": lambda p, ctx, args: sum(map(in_stock, p["variants"])),
        "tracksInventory": lambda p, ctx, args: True,
        "hasOnlyDefaultVariant": lambda p, ctx, args: len(p["variants"]) == 1,
    },
    "ProductVariant": METAFIELDS | {
        "legacyResourceId": legacy,
        "product": product_of,
        "displayName": lambda v, ctx, args: f"{product_of(v, ctx)['title']} - {v['title']}",
        "inventoryItem": lambda v, ctx, args: v["inventoryItem"],
        "inventoryQuantity": lambda v, ctx, args: in_stock(v) - reserved(ctx, v),
        "sellableOnlineQuantity": lambda v, ctx, args: in_stock(v) - reserved(ctx, v),
        "availableForSale": lambda v, ctx, args: in_stock(v) > 0,
        "inventoryPolicy": lambda v, ctx, args: "DENY",
        "createdAt": lambda v, ctx, args: product_of(v, ctx)["createdAt"],
        "updatedAt": lambda v, ctx, args: product_of(v, ctx)["updatedAt"],
        "media": lambda v, ctx, args: connect([media(product_of(v, ctx), ctx)], args),
    },
    "InventoryItem": {
        "legacyResourceId": legacy,
        "sku": lambda item, ctx, args: variant_of_item(item, ctx)["sku"],
        "tracked": lambda item, ctx, args: True,
        "createdAt": lambda item, ctx, args: product_of(variant_of_item(item, ctx), ctx)["createdAt"],
        "updatedAt": lambda item, ctx, args: product_of(variant_of_item(item, ctx), ctx)["updatedAt"],
        "inventoryLevel": lambda item, ctx, args: level(item, ctx, args["locationId"]),
        "inventoryLevels": levels,
        "variants": lambda item, ctx, args: connect([variant_of_item(item, ctx)], args),
    },
    "InventoryLevel": {
        "item": lambda own, ctx, args: ctx.shop.get(own["itemId"]),
        "location": lambda own, ctx, args: ctx.shop.get(own["locationId"]),
        "quantities": quantities,
    },
}  # fmt: skip
