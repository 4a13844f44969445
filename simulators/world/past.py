"""A past of any length, made one order at a time and never held: for large reads. Same arguments, same past.

`documents_of` takes what the stand-in keeps of it ("Past": how many orders, from which seed, until when) and gives
each order's documents, oldest first: the order itself, its client, and its return if there was one. They exist in
bulk reads only.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from simulators.shopify.contexts import timestamp
from simulators.shopify.gids import make_gid

FIRST = 5_000_000_000_000
A_ORDER = 20  # numbers an order may use
DAYS = 730
SHARE_RETURNED, SHARE_EXCHANGED, SHARE_LINE, SHARE_WEB = 0.08, 0.3, 0.4, 0.35
CENTS = (4_900, 18_000, 42_000, 78_000, 145_000, 390_000, 620_000, 1_480_000)
WEIGHTS = (18, 22, 20, 15, 12, 7, 4, 2)


def past(number: int, *, orders: int, seed: int, until: datetime, staff: list[str], places: list[str]) -> dict:
    """What is kept: the next functions make the rest of it."""
    return {
        "id": make_gid("Past", number),
        "orders": orders,
        "seed": seed,
        "until": timestamp(until),
        "staff": staff,
        "places": places,
    }


def documents_of(kept: dict) -> Iterator[list[dict]]:
    """[order, client, return?] for every order."""
    random, count = Random(kept["seed"]), kept["orders"]
    until = datetime.fromisoformat(kept["until"]).astimezone(UTC)
    clients = max(1, count // 3)
    first = FIRST + (kept["seed"] % 100) * 100_000_000
    for n in range(count):
        at = until - timedelta(days=DAYS) + timedelta(days=DAYS) * (n / count)
        yield one(random, kept, first + n * A_ORDER, n, at, random.randrange(clients))


def one(random: Random, kept: dict, number: int, n: int, at: datetime, who: int) -> list[dict]:
    made, web = timestamp(at), random.random() < SHARE_WEB
    seller = None if web or not kept["staff"] else random.choice(kept["staff"])
    by_line = seller and random.random() < SHARE_LINE
    person = client(kept, who, made)
    line = piece(number + 1, random.choices(CENTS, WEIGHTS)[0], seller if by_line else None)
    order = {
        "id": make_gid("Order", number),
        "name": f"#P{n}",
        "number": 1_000_000 + n,
        "createdAt": made,
        "processedAt": made,
        "updatedAt": made,
        "cancelledAt": made if random.random() < 0.01 else None,
        "currencyCode": "USD",
        "presentmentCurrencyCode": "USD",
        "sourceName": "web" if web else "pos",
        "customerId": person["id"],
        "staffId": None if by_line else seller,
        "retailLocationId": None if web or not kept["places"] else random.choice(kept["places"]),
        "email": person["email"],
        "phone": person["phone"],
        "tags": [],
        "taxesIncluded": True,
        "shippingPrice": "25.00" if web else "0.00",
        "lineItems": [line],
        "fulfillments": [],
        "transactions": [],
        "refunds": [],
        "returnIds": [],
    }
    documents = [order, person]
    if random.random() < SHARE_RETURNED and order["cancelledAt"] is None:
        documents.append(given_back(random, order, number, at))
    return documents


def client(kept: dict, who: int, made: str) -> dict:
    name = f"past{kept['seed']}-{who}"
    return {
        "id": make_gid("Customer", FIRST + 900_000_000_000 + kept["seed"] % 100 * 10_000_000 + who),
        "firstName": "Client",
        "lastName": str(who),
        "email": f"{name}@past.example",
        "phone": f"+1212{5_000_000 + who:07}" if who % 3 else None,
        "createdAt": made,
        "updatedAt": made,
    }


def piece(number: int, cents: int, seller: str | None) -> dict:
    return {
        "id": make_gid("LineItem", number),
        "title": "A piece",
        "name": "A piece",
        "sku": f"P-{cents}",
        "quantity": 1,
        "price": f"{cents / 100:.2f}",
        "taxRate": "0",
        "attributed": [{"staffId": seller, "quantity": 1}] if seller else [],
    }


def given_back(random: Random, order: dict, number: int, at: datetime) -> dict:
    """A closed return, for another piece or for the money."""
    opened = timestamp(at + timedelta(days=random.randint(8, 30)))
    gid, line = make_gid("Return", number + 2), order["lineItems"][0]
    order["returnIds"], order["updatedAt"] = [gid], opened
    sent = {"id": make_gid("FulfillmentLineItem", number + 8), "lineItemId": line["id"], "quantity": 1}
    order["fulfillments"] = [{"id": make_gid("Fulfillment", number + 9), "lines": [sent]}]
    returned = {
        "id": make_gid("ReturnLineItem", number + 3),
        "lineItemId": line["id"],
        "fulfillmentLineItemId": sent["id"],
        "quantity": 1,
        "processed": 1,
        "refunded": 1,
        "reasonId": None,
    }
    made = {
        "id": gid,
        "name": f"{order['name']}-R1",
        "orderId": order["id"],
        "status": "CLOSED",
        "createdAt": opened,
        "closedAt": opened,
        "returnLines": [returned],
        "exchangeLines": [],
        "reverseFulfillmentOrders": [],
    }
    if random.random() < SHARE_EXCHANGED:
        other = piece(number + 4, round(float(line["price"]) * 100), None)
        other["exchangeLineItemId"] = make_gid("ExchangeLineItem", number + 5)
        order["lineItems"].append(other)
        made["exchangeLines"] = [
            {"id": other["exchangeLineItemId"], "quantity": 1, "processed": 1, "lineItemIds": [other["id"]]}
        ]
    else:
        paid = {
            "id": make_gid("OrderTransaction", number + 6),
            "kind": "REFUND",
            "status": "SUCCESS",
            "gateway": "shopify_payments",
            "amount": line["price"],
            "createdAt": opened,
        }
        order["transactions"] = [paid]
        order["refunds"] = [
            {
                "id": make_gid("Refund", number + 7),
                "createdAt": opened,
                "returnId": gid,
                "amount": line["price"],
                "lines": [],
                "transactionIds": [paid["id"]],
            }
        ]
    return made
