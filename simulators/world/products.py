"""About sixty pieces: jewellery, watches, leather, with what an advisor would want to know of each."""

import hashlib
from random import Random

from simulators.world.house import plain
from simulators.world.pictures import draw

JEWELS = {
    # family: (metal, stone, cut, factor)
    "Meridian": ("platinum", "white diamond", "emerald", 1.0),
    "Solenne": ("yellow gold 18 ct", "white diamond", "round", 0.62),
    "Aurélie": ("rose gold 18 ct", "morganite", "oval", 0.34),
    "Vesper": ("white gold 18 ct", "sapphire", "oval", 0.78),
    "Lucerne": ("platinum", "white diamond", "round", 0.95),
    "Halden": ("yellow gold 18 ct", "emerald", "emerald", 0.71),
}
JEWEL_KINDS = {"ring": 14_800, "band": 5_200, "earrings": 9_400, "pendant": 7_500, "bracelet": 11_600}
WATCHES = {
    "Alba": (8_200, "steel"),
    "Notte": (12_400, "rose gold 18 ct"),
    "Costa": (5_900, "steel"),
    "Ligne": (18_600, "platinum"),
}
WATCH_SIZES = (31, 34, 38, 41)
LEATHER = {
    "Corso": ("calf", 1.0),
    "Brera": ("grained calf", 0.82),
    "Lido": ("nappa lamb", 0.9),
    "Passy": ("box calf", 1.15),
}
LEATHER_KINDS = {"weekender": 3_950, "tote": 2_400, "card case": 390, "belt": 520}
RING_SIZES = ("48", "50", "52", "54", "56")
KNOWN_PRICES = {
    "meridian-ring": 14_800,
    "lower-meridian-ring": 15_400,
    "bezel-meridian-ring": 15_100,
    "alba-watch-34-mm": 8_200,
    "corso-weekender": 3_950,
}


def all_products(random: Random, new_gid, created: str, places: list[str]) -> list[dict]:
    """`places` are the locations that keep stock, by gid."""
    pieces = [*jewels(), *watches(), *leather()]
    return [product(random, new_gid, created, piece, places) for piece in pieces]


def jewels() -> list[dict]:
    found = []
    for family, (metal, stone, cut, factor) in JEWELS.items():
        for kind, price in JEWEL_KINDS.items():
            found.append(jewel(f"{family} {kind}", kind, price * factor, metal, stone, cut, 6.1))
    # The two that are shown to someone for whom the Meridian sits too high.
    found.append(jewel("Lower Meridian ring", "ring", 15_400, "platinum", "white diamond", "emerald", 3.8))
    found.append(jewel("Bezel Meridian ring", "ring", 15_100, "platinum", "white diamond", "emerald", 3.1, "bezel"))
    return found


def jewel(
    title: str, kind: str, price: float, metal: str, stone: str, cut: str, height_mm: float, setting: str = "four claws"
) -> dict:
    details = {
        "material": metal,
        "stone": stone,
        "cut": cut,
        "setting": setting,
        "care": "Warm water, soft brush",
    }
    if kind == "ring":
        details |= {"setting_height_mm": str(height_mm), "carat": "2.01", "nickel": "none"}
    sizes = RING_SIZES if kind in ("ring", "band") else None
    return {
        "title": title,
        "type": "Jewellery",
        "price": price,
        "details": details,
        "picture": draw(kind, "bezel" if setting == "bezel" else cut),
        "kind": kind,
        "sizes": sizes,
        "certified": kind != "band",
    }


def watches() -> list[dict]:
    found = []
    for number, (family, (price, metal)) in enumerate(WATCHES.items()):
        for step, size in enumerate(WATCH_SIZES[: 3 if number % 2 else 4]):
            details = {
                "material": metal,
                "case_mm": str(size),
                "movement": "automatic",
                "strap": "calf",
                "water_resistance_m": "50",
            }
            rise = 1 + (size - 34) * 0.03
            found.append(
                {
                    "title": f"{family} watch {size} mm",
                    "type": "Watches",
                    "price": price * rise,
                    "details": details,
                    "picture": draw("watch", size=step),
                    "sizes": None,
                    "certified": True,
                }
            )
    return found


def leather() -> list[dict]:
    shapes = {"weekender": "weekender", "tote": "tote", "card case": "small", "belt": "belt"}
    found = []
    for family, (skin, factor) in LEATHER.items():
        for kind, price in LEATHER_KINDS.items():
            details = {"material": skin, "lining": "cotton twill", "care": "Dry cloth; wax twice a year"}
            found.append(
                {
                    "title": f"{family} {kind}",
                    "type": "Leather",
                    "price": price * factor,
                    "details": details,
                    "picture": draw(shapes[kind]),
                    "sizes": None,
                    "certified": False,
                }
            )
    return found


def product(random: Random, new_gid, created: str, piece: dict, places: list[str]) -> dict:
    handle = "-".join(plain(word) for word in piece["title"].split())
    price = KNOWN_PRICES.get(handle, round(piece["price"] / 10) * 10)
    gid = new_gid("Product")
    options = piece["sizes"] or ("Default Title",)
    name = "Size" if piece["sizes"] else "Title"
    return {
        "id": gid,
        "title": piece["title"],
        "handle": handle,
        "vendor": "Verdane",
        "productType": piece["type"],
        "status": "ACTIVE",
        "tags": [piece["type"].lower(), piece["title"].split()[0].lower(), piece.get("kind") or piece["type"].lower()],
        "descriptionHtml": f"<p>{piece['title']}, {piece['details']['material']}.</p>",
        "createdAt": created,
        "updatedAt": created,
        "publishedAt": created,
        "picture": piece["picture"],
        "options": [
            {"id": new_gid("ProductOption"), "name": name, "position": 1, "values": list(options), "optionValues": []}
        ],
        "metafields": [metafield(new_gid, created, key, value) for key, value in piece["details"].items()],
        "variants": [
            variant(random, new_gid, created, piece, gid, handle, option, n, price, places)
            for n, option in enumerate(options)
        ],
    }


def variant(
    random: Random,
    new_gid,
    created: str,
    piece: dict,
    product_gid: str,
    handle: str,
    option: str,
    n: int,
    price: int,
    places: list[str],
) -> dict:
    gid = new_gid("ProductVariant")
    extra = (
        [metafield(new_gid, created, "certificate_number", f"GIA {random.randrange(10**9, 10**10)}")]
        if piece["certified"]
        else []
    )
    stock = {place: random.choice((0, 1, 1, 2, 3)) for place in places}
    if handle in KNOWN_PRICES:
        stock[places[0]] = 2
    return {
        "id": gid,
        "productId": product_gid,
        "title": option,
        "sku": sku(piece["title"], option if piece["sizes"] else ""),
        "price": f"{price}.00",
        "compareAtPrice": None,
        "position": n + 1,
        "selectedOptions": [{"name": "Size" if piece["sizes"] else "Title", "value": option}],
        "inventoryItem": {"id": new_gid("InventoryItem"), "variantId": gid},
        "stock": stock,
        "metafields": extra,
    }


def sku(title: str, size: str) -> str:
    parts = ["VD", *[plain(word)[:4].upper() for word in title.split()]]
    return "-".join([*parts, size] if size else parts)


def metafield(new_gid, created: str, key: str, value: str) -> dict:
    digest = hashlib.sha256(value.encode()).hexdigest()
    return {
        "id": new_gid("Metafield"),
        "namespace": "details",
        "key": key,
        "type": "single_line_text_field",
        "value": value,
        "createdAt": created,
        "updatedAt": created,
        "compareDigest": digest,
    }
