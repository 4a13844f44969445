"""What came back in two years, and what clients have just asked to send back: made by the stand-in's own rules."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from simulators.shopify import amounts
from simulators.shopify.contexts import Context
from simulators.shopify.mutations import MUTATIONS
from simulators.shopify.outcomes import suggested
from simulators.shopify.shops import Shop
from simulators.world.house import BOUTIQUES

SHARE_RETURNED = 0.09
SHARE_EXCHANGED = 0.25
NOTES = (
    "It sits higher on my hand than I imagined.",
    "Beautiful, but a little large for me.",
    "The colour is warmer than in the pictures.",
    "It was a gift, and she has one already.",
    "The strap is too long.",
)
THRESHOLD = 5_000


NOBODY: Any = None  # the past has no store: nothing in it sends webhooks or counts calls


class PastContext(Context):
    """A call in the past, which nobody is told about."""

    def can_see(self, order: dict) -> bool:
        return True

    def emit(self, topic: str, body: dict) -> None:
        pass


def at(shop: Shop, moment: datetime) -> PastContext:
    return PastContext(store=NOBODY, shop=shop, now=moment)


def past_returns(random: Random, shop: Shop, orders: list[dict], base: datetime) -> None:
    """About one in eleven, all settled and closed."""
    for order in orders:
        delivered = delivered_at(order)
        if delivered is None or delivered > base - timedelta(days=25) or random.random() > SHARE_RETURNED:
            continue
        begun = delivered + timedelta(days=random.randint(1, 10))
        return_ = ask(random, shop, order, begun, exchange=random.random() < SHARE_EXCHANGED)
        finish(random, shop, order, return_, begun + timedelta(days=random.randint(4, 11)))


def ask(
    random: Random, shop: Shop, order: dict, moment: datetime, *, exchange: bool = False, requested: bool = False
) -> dict:
    part = random.choice(order["fulfillments"][0]["lines"])
    reason = random.choice(shop.all("ReturnReasonDefinition")[:7])
    wanted = {"fulfillmentLineItemId": part["id"], "quantity": 1, "returnReasonDefinitionId": reason["id"]}
    context = at(shop, moment)
    if requested or not exchange:
        asked = {"orderId": order["id"], "returnLineItems": [wanted | {"customerNote": random.choice(NOTES)}]}
        return_ = MUTATIONS["returnRequest"](context, {"input": asked})["return"]
        if not requested:
            MUTATIONS["returnApproveRequest"](at(shop, moment + timedelta(hours=5)), {"input": {"id": return_["id"]}})
        return return_
    other = random.choice(shop.get(shop.get(part["lineItemId"])["productId"])["variants"])
    asked = {
        "orderId": order["id"],
        "returnLineItems": [wanted],
        "exchangeLineItems": [{"variantId": other["id"], "quantity": 1}],
    }
    return MUTATIONS["returnCreate"](context, {"returnInput": asked})["return"]


def finish(random: Random, shop: Shop, order: dict, return_: dict, moment: datetime) -> None:
    """Inspect, restock, pay back what the outcome suggests."""
    line, piece = return_["returnLines"][0], return_["reverseFulfillmentOrders"][0]["lines"][0]
    exchanges = [{"id": x["id"], "quantity": x["quantity"]} for x in return_["exchangeLines"]]
    outcome = suggested(
        shop, return_, {"returnLineItems": [{"id": line["id"], "quantity": 1}], "exchangeLineItems": exchanges}
    )
    place = order["retailLocationId"] or random.choice(BOUTIQUES).gid
    asked = {
        "returnId": return_["id"],
        "returnLineItems": [{
            "id": line["id"],
            "quantity": 1,
            "dispositions": [{
                "reverseFulfillmentOrderLineItemId": piece["id"],
                "quantity": 1,
                "dispositionType": "RESTOCKED",
                "locationId": place,
            }],
        }],
        "exchangeLineItems": exchanges,
    }  # fmt: skip
    transfer = outcome["financialTransfer"] or {}
    if transfer.get("__typename") == "RefundReturnOutcome":
        paid = [
            {"parentId": t["parentTransaction"]["id"], "transactionAmount": t["amountSet"]["presentmentMoney"]}
            for t in transfer["suggestedTransactions"]
        ]
        asked["financialTransfer"] = {"issueRefund": {"orderTransactions": paid}}
    MUTATIONS["returnProcess"](at(shop, moment), {"input": asked})


def open_requests(random: Random, shop: Shop, orders: list[dict], base: datetime) -> None:
    """Four that wait for an answer: two above the usual threshold and two below."""
    fresh = [
        o
        for o in orders
        if not o["returnIds"] and (d := delivered_at(o)) and base - timedelta(days=25) < d < base - timedelta(days=4)
    ]
    dear = [o for o in fresh if amounts.original_total(o) >= THRESHOLD]
    modest = [o for o in fresh if amounts.original_total(o) < THRESHOLD]
    for n, order in enumerate([*dear[:2], *modest[:2]]):
        ask(random, shop, order, base - timedelta(days=1 + n % 3, hours=n), requested=True)


def delivered_at(order: dict) -> datetime | None:
    found = [f["deliveredAt"] for f in order["fulfillments"] if f.get("deliveredAt")]
    return datetime.fromisoformat(found[0]) if found else None
