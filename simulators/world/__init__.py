"""The seeded world: one house with two years behind it, and a small second shop that must never be seen from the first.

`generate(seed, base)` gives the same world for the same arguments; `base` is "now" of the world, aware.
"""

import pickle
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random

from simulators.shopify.contexts import timestamp
from simulators.shopify.shops import Shop
from simulators.world import house
from simulators.world.cast import RESERVED, cast_clients, cast_orders
from simulators.world.clients import all_clients
from simulators.world.house import DOMAIN, OTHER_DOMAIN
from simulators.world.orders import history
from simulators.world.products import all_products
from simulators.world.returned import open_requests, past_returns

CLIENTS, ORDERS = 200, 1500
SHOP_NUMBER, OTHER_NUMBER = 62_840_119_407, 62_840_119_900
FIRST_NUMBER, OTHER_FIRST_NUMBER = 6_200_000_000_000, 6_900_000_000_000


@dataclass
class World:
    """Documents by shop domain, and the house's list of advisors."""

    shops: dict[str, list[dict]]
    directory: list[dict]

    def copy(self) -> "World":
        """One that may be changed: a quarter of what copy.deepcopy takes."""
        again: World = pickle.loads(pickle.dumps(self))  # noqa: S301 - its own words of just before
        return again


def generate(seed: int, base: datetime, *, orders: int = ORDERS, clients: int = CLIENTS) -> World:
    """`orders` and `clients` may be lowered for quick tests; the cast is always there."""
    base = base.replace(microsecond=0)
    made = {DOMAIN: verdane(seed, base, orders, clients), OTHER_DOMAIN: other_house(seed, base)}
    documents = {domain: [d for kind in shop.kinds.values() for d in kind.values()] for domain, shop in made.items()}
    return World(documents, house.directory())


def verdane(seed: int, base: datetime, orders: int, clients: int) -> Shop:
    random, shop = Random(seed), empty_shop(DOMAIN, FIRST_NUMBER)
    created = timestamp(base - timedelta(days=740))
    people = (house.OWNER, *house.ADVISORS)
    for document in house.shop_documents(
        DOMAIN, SHOP_NUMBER, "Verdane", "verdane.example", house.OWNER.name, created, people, house.BOUTIQUES
    ):
        shop.save(document)
    for product in all_products(random, shop.new_gid, created, [b.gid for b in house.BOUTIQUES]):
        shop.save(product)
    cast = cast_clients(shop, created)
    others = all_clients(random, shop.new_gid, created, clients - len(cast), {c["email"] for c in cast.values()})
    for client in others:
        shop.save(client)
    cast_orders(shop, cast, base)
    sold = history(random, shop, others, base, orders - len(RESERVED), RESERVED, house.ADVISORS)
    past_returns(random, shop, sold, base)
    open_requests(random, shop, sold, base)
    return shop


def other_house(seed: int, base: datetime) -> Shop:
    """Dana's shop: a few of everything."""
    random, shop = Random(seed + 1), empty_shop(OTHER_DOMAIN, OTHER_FIRST_NUMBER)
    created = timestamp(base - timedelta(days=740))
    dana = house.Person(90_871_990_000, "Dana", "Okoye", OTHER_PLACE, ("en",), "+447700900990", "owner")
    seller = house.Person(90_871_990_001, "Milo", "Brandt", OTHER_PLACE, ("en", "de"), "+447700900991")
    for document in house.shop_documents(
        OTHER_DOMAIN,
        OTHER_NUMBER,
        "Other House",
        "other-house.example",
        dana.name,
        created,
        (dana, seller),
        (OTHER_PLACE,),
    ):
        shop.save(document)
    for product in all_products(random, shop.new_gid, created, [OTHER_PLACE.gid])[:3]:
        shop.save(product)
    clients = [shop.save(c) for c in all_clients(random, shop.new_gid, created, 2, set())]
    history(random, shop, clients, base, 3, set(), (seller,))
    return shop


OTHER_PLACE = house.Boutique(
    71_122_990_001, "London", "Europe/London", "United Kingdom", "GB", "3 Dover Street", "W1S 4LE", "+442079460990"
)


def empty_shop(domain: str, first: int) -> Shop:
    numbers = count(first)
    return Shop(domain, lambda: next(numbers), lambda _domain, _document: None)


__all__ = ["DOMAIN", "OTHER_DOMAIN", "World", "generate"]
