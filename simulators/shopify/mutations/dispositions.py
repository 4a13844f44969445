"""What became of a piece on arrival, and the stock that follows from it."""

from simulators.shopify import amounts, payloads
from simulators.shopify.errors import Refused
from simulators.shopify.mutations import returns


def dispose(ctx, args):
    """Stand-alone, without money: a scan in the stockroom. All of it or nothing."""
    planned = plan(ctx, args["dispositionInputs"], ["dispositionInputs"])
    done = [apply(ctx, line, wanted) for line, wanted in planned]
    announce(ctx, done)
    for return_ in {id(r): r for r in (ctx.shop.holder(line) for line, _ in done)}.values():
        settle(ctx, return_)
    lines = {line["id"]: line for line, _ in done}
    return {"reverseFulfillmentOrderLineItems": list(lines.values())}


def plan(ctx, asked: list[dict], field: list[str], return_: dict | None = None) -> list[tuple[dict, dict]]:
    """The lines meant, once everything asked for has been found to be possible."""
    planned: list[tuple[dict, dict]] = []
    taken: dict[str, int] = {}
    for n, wanted in enumerate(asked):
        here = [*field, str(n)]
        gid = wanted["reverseFulfillmentOrderLineItemId"]
        line = ctx.shop.get(gid) if "/ReverseFulfillmentOrderLineItem/" in gid else None
        if line is None or (return_ is not None and ctx.shop.holder(line) is not return_):
            raise Refused(
                [*here, "reverseFulfillmentOrderLineItemId"],
                "Reverse fulfillment order line item does not exist.",
                "NOT_FOUND",
            )
        if ctx.shop.holder(line)["status"] in ("CANCELED", "DECLINED", "REQUESTED"):
            raise Refused(
                [*here, "reverseFulfillmentOrderLineItemId"], "Reverse fulfillment order is not open.", "INVALID_STATE"
            )
        check_place(ctx, wanted, here)
        taken[gid] = taken.get(gid, 0) + wanted["quantity"]
        if wanted["quantity"] < 1 or taken[gid] > line["quantity"] - amounts.disposed(line):
            raise Refused([*here, "quantity"], "Quantity is more than what is left to dispose of.", "INVALID")
        planned.append((line, wanted))
    return planned


def check_place(ctx, wanted: dict, here: list[str]) -> None:
    location = wanted.get("locationId")
    if wanted["dispositionType"] == "RESTOCKED" and not location:
        raise Refused([*here, "locationId"], "Location can't be blank when restocking.", "BLANK")
    if location and ("/Location/" not in location or ctx.shop.get(location) is None):
        raise Refused([*here, "locationId"], "Location does not exist.", "NOT_FOUND")


def apply(ctx, line: dict, wanted: dict) -> tuple[dict, dict]:
    """Record it; a final word replaces `PROCESSING_REQUIRED`, and a restocked piece is in stock again."""
    disposition = {
        "id": ctx.shop.new_gid("ReverseFulfillmentOrderDisposition"),
        "type": wanted["dispositionType"],
        "quantity": wanted["quantity"],
        "locationId": wanted.get("locationId"),
        "createdAt": ctx.moment,
    }
    if disposition["type"] in amounts.FINAL:
        line["dispositions"] = less_pending(line["dispositions"], wanted["quantity"])
    line["dispositions"].append(disposition)
    return_ = ctx.shop.holder(line)
    if disposition["type"] == "RESTOCKED":
        restock(ctx, line, disposition)
    for rfo in return_["reverseFulfillmentOrders"]:
        if rfo["status"] == "OPEN" and all(amounts.disposed(piece) >= piece["quantity"] for piece in rfo["lines"]):
            rfo["status"] = "CLOSED"
    ctx.shop.save(return_)
    return line, disposition


def less_pending(dispositions: list[dict], quantity: int) -> list[dict]:
    kept = []
    for disposition in dispositions:
        if disposition["type"] == "PROCESSING_REQUIRED" and quantity > 0:
            used = min(quantity, disposition["quantity"])
            quantity -= used
            disposition["quantity"] -= used
            if disposition["quantity"] == 0:
                continue
        kept.append(disposition)
    return kept


def restock(ctx, line: dict, disposition: dict) -> None:
    sold = ctx.shop.get(ctx.shop.get(line["fulfillmentLineItemId"])["lineItemId"])
    change_stock(ctx, sold.get("variantId"), disposition["locationId"], disposition["quantity"])


def change_stock(ctx, variant_gid: str | None, location_gid: str, by: int) -> None:
    variant = ctx.shop.get(variant_gid)
    if variant is not None:
        variant["stock"][location_gid] = variant["stock"].get(location_gid, 0) + by
        ctx.shop.save(ctx.shop.holder(variant))


def announce(ctx, done: list[tuple[dict, dict]]) -> None:
    """One delivery for each reverse fulfilment order that was touched."""
    by_rfo: dict[str, list] = {}
    for line, disposition in done:
        rfos = ctx.shop.holder(line)["reverseFulfillmentOrders"]
        rfo = next(r for r in rfos if any(piece["id"] == line["id"] for piece in r["lines"]))
        by_rfo.setdefault(rfo["id"], []).append((line, disposition))
    for gid, dispositions in by_rfo.items():
        ctx.emit("reverse_fulfillment_orders/dispose", payloads.disposed(ctx.shop.get(gid), dispositions))


def settle(ctx, return_: dict) -> None:
    """Close by itself what is fully processed and whose every piece is accounted for."""
    if return_["status"] == "OPEN" and amounts.is_settled(return_):
        returns.close(ctx, return_)


MUTATIONS = {"reverseFulfillmentOrderDispose": dispose}
