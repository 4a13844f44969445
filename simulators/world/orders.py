"""Two years of orders, with who sold what as a house really knows it: by line, by order, by boutique, or not at all."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from simulators.shopify.amounts import original_total
from simulators.shopify.contexts import timestamp
from simulators.shopify.shops import Shop
from simulators.world.house import NEW_YORK, PARIS, TOKYO, Boutique, Person

RECENT_DAYS = 80
ATTRIBUTIONS = ("line",) * 45 + ("order",) * 20 + ("place",) * 15 + ("web",) * 20


@dataclass
class Sale:
    """What has to be said of an order; the rest follows."""

    number: int
    client: dict
    pieces: list[tuple[dict, int]]  # variant, quantity
    made_at: datetime
    delivered_at: datetime | None
    name: str = ""
    seller: Person | None = None
    seller_on: str = "line"  # "line" or "order"
    boutique: Boutique | None = None
    currency: str = "USD"
    rate: str = "1"
    tax_rate: str = "0"
    taxes_included: bool = False
    shipping: str = "0.00"
    discount: str = "0"
    gid: str | None = None
    attributes: list[dict] = field(default_factory=list)


def build(shop: Shop, sale: Sale) -> dict:
    """The order as a document of the store."""
    made = timestamp(sale.made_at)
    source = "pos" if sale.boutique else "web"
    order = {
        "id": sale.gid or shop.new_gid("Order"),
        "name": sale.name or f"#{sale.number}",
        "number": sale.number,
        "createdAt": made,
        "processedAt": made,
        "updatedAt": timestamp(sale.delivered_at or sale.made_at),
        "currencyCode": "USD",
        "presentmentCurrencyCode": sale.currency,
        "rate": sale.rate,
        "sourceName": source,
        "sourceIdentifier": f"{sale.boutique.number}-1-{sale.number}" if sale.boutique else None,
        "customerId": sale.client["id"],
        "staffId": sale.seller.gid if sale.seller else None,
        "retailLocationId": sale.boutique.gid if sale.boutique else None,
        "deviceId": 4401 if sale.boutique else None,
        "email": sale.client["email"],
        "phone": sale.client["phone"],
        "customerLocale": sale.client["locale"],
        "note": None,
        "tags": [],
        "customAttributes": sale.attributes,
        "shippingAddress": sale.client["defaultAddress"] | {"id": shop.new_gid("MailingAddress")},
        "shippingPrice": sale.shipping,
        "taxesIncluded": sale.taxes_included,
        "lineItems": [line(shop, sale, variant, quantity) for variant, quantity in sale.pieces],
        "fulfillments": [],
        "transactions": [],
        "refunds": [],
        "returnIds": [],
        "metafields": [],
    }
    if sale.delivered_at:
        order["fulfillments"].append(parcel(shop, sale, order, sale.delivered_at))
    order["transactions"].append(payment(shop, sale, order, made))
    shop.save(order)
    return order


def line(shop: Shop, sale: Sale, variant: dict, quantity: int) -> dict:
    product = shop.get(variant["productId"])
    plain = variant["title"] == "Default Title"
    seller = sale.seller if sale.seller_on == "line" else None
    return {
        "id": shop.new_gid("LineItem"),
        "title": product["title"],
        "name": product["title"] if plain else f"{product['title']} - {variant['title']}",
        "sku": variant["sku"],
        "quantity": quantity,
        "price": variant["price"],
        "discount": sale.discount,
        "cartDiscount": "0",
        "taxRate": sale.tax_rate,
        "productId": product["id"],
        "variantId": variant["id"],
        "variantTitle": None if plain else variant["title"],
        "vendor": product["vendor"],
        "attributed": [{"staffId": seller.gid, "quantity": quantity}] if seller else [],
        "customAttributes": [],
    }


def parcel(shop: Shop, sale: Sale, order: dict, delivered_at: datetime) -> dict:
    number = f"JD{100_000_000 + sale.number}"
    sent = timestamp(min(delivered_at, sale.made_at + timedelta(days=1)))
    return {
        "id": shop.new_gid("Fulfillment"),
        "name": f"{order['name']}.1",
        "status": "SUCCESS",
        "displayStatus": "DELIVERED",
        "createdAt": sent,
        "updatedAt": timestamp(delivered_at),
        "deliveredAt": timestamp(delivered_at),
        "locationId": sale.boutique.gid if sale.boutique else shop.all("Location")[0]["id"],
        "tracking": {"company": "DHL Express", "number": number, "url": f"https://tracking.example.com/{number}"},
        "lines": [
            {"id": shop.new_gid("FulfillmentLineItem"), "lineItemId": x["id"], "quantity": x["quantity"]}
            for x in order["lineItems"]
        ],
    }


def payment(shop: Shop, sale: Sale, order: dict, made: str) -> dict:
    return {
        "id": shop.new_gid("OrderTransaction"),
        "kind": "SALE",
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "amount": str(original_total(order).quantize(Decimal("0.01"))),
        "createdAt": made,
        "parentId": None,
        "locationId": order["retailLocationId"],
        "userId": order["staffId"],
    }


def history(
    random: Random,
    shop: Shop,
    clients: list[dict],
    base: datetime,
    count: int,
    reserved: set[int],
    sellers: tuple[Person, ...],
) -> list[dict]:
    """`count` orders over two years. Those of the last 80 days are numbered from #1001; what the house sold before it
    came to this shop keeps the old numbers, #A0001 and on."""
    moments = sorted(base - timedelta(minutes=random.randrange(60 * 24, 730 * 24 * 60)) for _ in range(count))
    variants = [v for p in shop.all("Product") for v in p["variants"]]
    recent = iter(n for n in range(1001, 3000) if n not in reserved)
    made = []
    for n, moment in enumerate(moments, start=1):
        number = next(recent) if moment > base - timedelta(days=RECENT_DAYS) else None
        named = {"number": number, "name": ""} if number else {"number": 10_000 + n, "name": f"#A{n:04}"}
        made.append(build(shop, random_sale(random, clients, variants, moment, base, named, sellers)))
    return made


def random_sale(
    random: Random,
    clients: list[dict],
    variants: list[dict],
    moment: datetime,
    base: datetime,
    named: dict,
    sellers: tuple[Person, ...],
) -> Sale:
    how = random.choice(ATTRIBUTIONS)
    # A third of all orders come from a tenth of the clients.
    client = random.choice(clients[:20] if random.random() < 0.33 else clients)
    arrived = moment + timedelta(days=random.randint(1, 6), hours=random.randint(0, 9))
    boutiques = list(dict.fromkeys(s.boutique for s in sellers))
    boutique = None if how == "web" else random.choices(boutiques, (5, 4, 3)[: len(boutiques)])[0]
    seller = random.choice([s for s in sellers if s.boutique is boutique]) if how in ("line", "order") else None
    pieces = [(v, 1) for v in random.sample(variants, random.choices((1, 2, 3), (78, 17, 5))[0])]
    return Sale(
        **named,
        client=client,
        pieces=pieces,
        made_at=moment,
        delivered_at=arrived if arrived < base else None,
        seller=seller,
        seller_on=how,
        boutique=boutique,
        shipping="25.00" if how == "web" else "0.00",
        discount="100.00" if random.random() < 0.06 and all(Decimal(v["price"]) > 1000 for v, _ in pieces) else "0",
        **taxes(boutique),
        **currency(random, boutique),
    )


def taxes(boutique: Boutique | None) -> dict:
    if boutique is NEW_YORK:
        return {"tax_rate": "0.08875"}
    return {"tax_rate": "0.10" if boutique is TOKYO else "0.20", "taxes_included": True}


def currency(random: Random, boutique: Boutique | None) -> dict:
    """Most pay in dollars; some in Paris and Tokyo in their own money."""
    if boutique is PARIS and random.random() < 0.25:
        return {"currency": "EUR", "rate": "0.92"}
    if boutique is TOKYO and random.random() < 0.4:
        return {"currency": "JPY", "rate": "150"}
    return {}
