"""The people and orders everyone relies on: #1042 and its neighbours. Their ids never change."""

from datetime import datetime, timedelta

from simulators.shopify.shops import Shop
from simulators.world.clients import PLACES, client
from simulators.world.house import INES, NEW_YORK, PARIS, TEO
from simulators.world.orders import Sale, build
from simulators.world.products import metafield

RESERVED = set(range(1040, 1048))
FIRST_ORDER = 6_128_840_900_000
FIRST_CLIENT = 7_301_122_330_000
AMARA = {"ring_size": "52", "anniversary": "2016-12-12", "husband": "Tom Whitlock", "languages": "English, French"}
"""What the house wrote down of her, besides an occasion. Their ids are of a range of their own."""


def order_gid(number: int) -> str:
    """gid://shopify/Order/6128840901042 is #1042."""
    return f"gid://shopify/Order/{FIRST_ORDER + number}"


def cast_clients(shop: Shop, created: str) -> dict[str, dict]:
    paris, new_york, london, munich, mumbai = PLACES[0], PLACES[1], PLACES[3], PLACES[6], PLACES[9]
    people = {
        "amara": ("Amara", "Whitlock", london, "+33639980042", "Mrs", ["vip"]),
        "jonas": ("Jonas", "Ek", munich, "+447700900143", "Mr", []),
        "priya": ("Priya", "Raman", mumbai, "+447700900144", "Ms", []),
        "lucas": ("Lucas", "Almeida", paris, "+33639980145", "Mr", []),
        "margaret": ("Margaret", "Osei", new_york, "+12125550146", "Mrs", []),
        "henri": ("Henri", "Vasseur", paris, "+33639980147", "Mr", []),
    }
    found = {}
    for n, (key, (first, last, place, phone, title, tags)) in enumerate(people.items(), start=1):
        email = f"{first}.{last}@example.com".lower()
        gid = f"gid://shopify/Customer/{FIRST_CLIENT + n}"
        found[key] = shop.save(
            client(
                shop.new_gid,
                created,
                first,
                last,
                email,
                place,
                n,
                [*tags, f"title:{title}"],
                gid=gid,
                phone=phone,
                title=title,
            )
        )
    found["amara"]["defaultAddress"] |= {
        "address1": "8 rue de Varenne",
        "city": "Paris",
        "zip": "75007",
        "country": "France",
        "countryCodeV2": "FR",
    }
    found["amara"]["locale"] = "en"
    found["amara"]["metafields"] += [
        metafield(shop.new_gid, created, "good_to_know", "Nickel allergy. Tom, her husband, often joins."),
        metafield(shop.new_gid, created, "occasion", "Tenth anniversary, 12 December"),
    ]
    found["amara"]["metafields"] += [
        metafield(lambda kind, n=n: f"gid://shopify/{kind}/{FIRST_CLIENT + 500 + n}", created, key, value)
        for n, (key, value) in enumerate(AMARA.items())
    ]
    found["jonas"]["locale"] = "en"
    return found


def cast_orders(shop: Shop, clients: dict[str, dict], base: datetime) -> None:
    def piece(handle: str, option: str | None = None, price: str | None = None):
        product = shop.find("Product", handle=handle)
        variant = next(v for v in product["variants"] if option in (None, v["title"]))
        return [({**variant, "price": price} if price else variant, 1)]

    def sold(number: int, who: str, pieces, made: int, delivered: int, **more) -> None:
        at = base.replace(minute=0, second=0, microsecond=0)
        build(shop, Sale(
            number=number, client=clients[who], pieces=pieces, made_at=at - timedelta(days=made),
            delivered_at=at - timedelta(days=delivered), gid=order_gid(number), **more,
        ))  # fmt: skip

    sold(1040, "amara", piece("solenne-pendant"), 400, 396, seller=INES, boutique=PARIS)
    sold(1041, "amara", piece("brera-tote"), 190, 186, seller=TEO, boutique=PARIS)
    sold(1042, "amara", piece("meridian-ring", "52", "14800.00"), 20, 10, seller=INES, boutique=PARIS)
    sold(1043, "jonas", piece("corso-weekender", price="3950.00"), 16, 11, seller=TEO, boutique=PARIS)
    sold(
        1044, "priya", piece("alba-watch-34-mm", price="8200.00"), 14, 9, seller=INES, seller_on="order", boutique=PARIS
    )
    sold(1045, "lucas", piece("halden-pendant", price="6400.00"), 12, 8)
    sold(1046, "margaret", piece("vesper-bracelet", price="9900.00"), 13, 9, boutique=NEW_YORK)
    sold(1047, "henri", piece("lucerne-earrings", price="7500.00"), 75, 70, seller=INES, boutique=PARIS)
