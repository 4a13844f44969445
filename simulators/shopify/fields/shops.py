"""The shop itself, its boutiques and its staff."""

from simulators.shopify.fields.metafields import METAFIELDS
from simulators.shopify.gids import number_of


def primary_domain(shop, ctx, args):
    host = shop["primaryHost"]
    return {"id": shop["id"].replace("/Shop/", "/Domain/"), "host": host, "url": f"https://{host}", "sslEnabled": True}


FIELDS = {
    "Shop": METAFIELDS | {
        "primaryDomain": primary_domain,
        "url": lambda s, ctx, args: f"https://{s['myshopifyDomain']}",
        "accountOwner": lambda s, ctx, args: next(p for p in ctx.shop.all("StaffMember") if p["isShopOwner"]),
        "unitSystem": lambda s, ctx, args: "METRIC_SYSTEM",
        "weightUnit": lambda s, ctx, args: "GRAMS",
        "customerAccounts": lambda s, ctx, args: "REQUIRED",
    },
    "Location": METAFIELDS | {
        "legacyResourceId": lambda place, ctx, args: str(number_of(place["id"])),
        "isActive": lambda place, ctx, args: True,
        "shipsInventory": lambda place, ctx, args: True,
        "fulfillsOnlineOrders": lambda place, ctx, args: True,
        "hasActiveInventory": lambda place, ctx, args: True,
    },
    "StaffMember": {
        "name": lambda s, ctx, args: f"{s['firstName']} {s['lastName']}",
        "initials": lambda s, ctx, args: [s["firstName"][:1], s["lastName"][:1]],
    },
}  # fmt: skip
