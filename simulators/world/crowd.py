"""Shops with many clients: for runs that need a crowd. Everybody has one order; every second thing of it comes back.

No name, telephone number or address of one shop occurs in another, so that whatever strays is seen.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from simulators.shopify import payloads
from simulators.shopify.contexts import timestamp
from simulators.shopify.shops import Shop
from simulators.world import empty_shop, house
from simulators.world.clients import PLACES, client
from simulators.world.orders import Sale, build
from simulators.world.products import all_products
from simulators.world.returned import THRESHOLD, ask

FIRST_NUMBER, NUMBERS_A_SHOP = 6_300_000_000_000, 1_000_000_000
LETTERS, VOWELS = "bdfgklmnprstvz", "aeiou"
SYLLABLES = [a + b for a in LETTERS for b in VOWELS]
SHARE_DEAR, SHARE_BORN_APPROVED = 0.75, 0.15


@dataclass(frozen=True)
class Seller(house.Person):
    """An advisor of a crowd's shop: the house's own have its address."""

    host: str = "crowd.example"

    @property
    def email(self) -> str:
        return f"{house.plain(self.first_name)}@{self.host}"


@dataclass
class Sold:
    """One client's order, and what they ask to send back, if anything. `total` is in dollars."""

    order: dict
    client: dict
    total: int
    return_: dict | None = None

    @property
    def is_dear(self) -> bool:
        return self.total >= THRESHOLD


@dataclass
class Crowd:
    """A shop as its documents, the list of its advisors, and what was sold."""

    shop: Shop
    directory: list[dict]
    sold: list[Sold] = field(default_factory=list)

    @property
    def domain(self) -> str:
        return self.shop.domain

    def documents(self) -> list[dict]:
        return [document for kind in self.shop.kinds.values() for document in kind.values()]

    def order_body(self, sold: Sold, *, updates: int) -> dict:
        """What orders/create (0 updates) or a later orders/updated says."""
        made = datetime.fromisoformat(sold.order["createdAt"])
        return payloads.order_body(self.shop, sold.order) | {"updated_at": timestamp(made + timedelta(minutes=updates))}

    def return_body(self, sold: Sold, status: str) -> dict:
        """What returns/request (requested) or returns/approve (open) says."""
        assert sold.return_ is not None
        return payloads.return_opened(self.shop, sold.return_) | {"status": status}


def crowd(number: int, base: datetime, *, seed: int, orders: int, returns: int, staff_from: int) -> Crowd:
    """Shop `number` (1 to 9), with `returns` of its `orders` asked back. `staff_from` is where staff and places are
    numbered from: two shops may share it. A few returns are born approved, as those made in the admin are."""
    random, domain = Random(seed * 10 + number), f"crowd-{number}.myshopify.com"
    shop = empty_shop(domain, FIRST_NUMBER + number * NUMBERS_A_SHOP)
    created = timestamp(base - timedelta(days=300))
    place = house.Boutique(
        staff_from, "Paris", "Europe/Paris", "France", "FR", f"{number} quai Voltaire", "75007", f"+3319900{number:04}"
    )
    people = staff(number, staff_from, place)
    title, host = f"Crowd {number}", f"crowd-{number}.example"
    for document in house.shop_documents(
        domain, 62_840_200_000 + number * 10, title, host, people[0].name, created, people, (place,)
    ):
        shop.save(document)
    for product in all_products(random, shop.new_gid, created, [place.gid])[:3]:
        shop.save(product)
    made = Crowd(shop, [listed(person, domain) for person in people[1:]])
    for n in range(orders):
        made.sold.append(sell(random, made, base, number, n, people[1:], place))
    for sold in random.sample(made.sold, returns):
        approved = random.random() < SHARE_BORN_APPROVED
        asked_at = base - timedelta(hours=random.randint(1, 40))
        sold.return_ = ask(random, shop, sold.order, asked_at, requested=not approved)
    return made


def staff(number: int, staff_from: int, place: house.Boutique) -> tuple[Seller, ...]:
    """The owner, a manager and four advisors."""
    roles = ("owner", "manager", "advisor", "advisor", "advisor", "advisor")
    return tuple(
        Seller(
            staff_from + n,
            name_of(number, 90_000 + n),
            name_of(number, 91_000 + n),
            place,
            ("en", "fr"),
            f"+3370{number}0000{n:02}",
            role,
            host=f"crowd-{number}.example",
        )
        for n, role in enumerate(roles)
    )


def listed(person: Seller, domain: str) -> dict:
    """An entry of the shop's own list of advisors."""
    return {
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "role": person.role,
        "languages": list(person.languages),
        "time_zone": person.boutique.time_zone,
        "staff_gid": person.gid,
        "location_gid": person.boutique.gid,
        "location": person.boutique.name,
        "shop": domain,
    }


def sell(
    random: Random, made: Crowd, base: datetime, number: int, n: int, sellers: tuple[Seller, ...], place: house.Boutique
) -> Sold:
    shop, last = made.shop, name_of(number, n)
    moment = base - timedelta(days=random.randint(5, 40), minutes=random.randrange(1440))
    buyer = shop.save(
        client(
            shop.new_gid,
            timestamp(moment),
            "Cleo",
            last,
            f"{last.lower()}@crowd-{number}.example",
            PLACES[n % len(PLACES)],
            n,
            phone=f"+4477{number}{n:06}1",
        )
    )
    total = random.randint(60, 190) * 100 if random.random() < SHARE_DEAR else random.randint(9, 45) * 100
    variant = random.choice(shop.all("Product"))["variants"][0]
    sale = Sale(
        number=1001 + n,
        client=buyer,
        pieces=[({**variant, "price": f"{total}.00"}, 1)],
        made_at=moment,
        delivered_at=moment + timedelta(days=3),
        seller=random.choice(sellers),
        seller_on="line" if random.random() < 0.8 else "order",
        boutique=place,
    )
    return Sold(build(shop, sale), buyer, total)


def name_of(number: int, n: int) -> str:
    """A name of six letters that no other person has, in any crowd."""
    value, letters = number * 100_000 + n, ""
    for _ in range(3):
        value, rest = divmod(value, len(SYLLABLES))
        letters += SYLLABLES[rest]
    return letters.title()
