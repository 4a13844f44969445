"""returnProcess: pieces, their fate, exchanges and money in one call. It is not idempotent, as the real one isn't."""

from decimal import Decimal

from simulators.shopify import amounts, payloads
from simulators.shopify.amounts import ZERO
from simulators.shopify.errors import Refused
from simulators.shopify.mutations import dispositions, refunds, returns
from simulators.shopify.outcomes import exchange_unit_price, pick, to_the_buyer, work_out

INPUT = ["input"]


def process_return(ctx, args):
    asked = args["input"]
    return_ = returns.find_return(ctx, asked["returnId"], ["input", "returnId"])
    returns.require(return_, "OPEN", ["input", "returnId"])
    order = ctx.shop.get(return_["orderId"])
    check_lines(return_, asked)
    planned = plan_dispositions(ctx, return_, asked)
    money = refunds.plan_money(ctx, order, issue_refund(asked), ["input", "financialTransfer", "issueRefund"])
    outcome = work_out(ctx.shop, return_, asked)
    suggested = min(outcome.total, outcome.refundable)
    due = suggested if money.shown == to_the_buyer(order, suggested) else None

    # From here on everything is possible, and done.
    done = [dispositions.apply(ctx, line, wanted) for line, wanted in planned]
    lines = process_lines(ctx, return_, order, asked, done)
    process_exchanges(ctx, return_, order, asked)
    order["feesCharged"] = str(Decimal(order.get("feesCharged", "0")) + outcome.fees)
    return_["shippingFeeCharged"] = return_["shippingFeeCharged"] or bool(return_.get("shippingFee"))
    refund = None
    if lines or not money.is_nothing:
        refund = refunds.record(
            ctx,
            order,
            money,
            lines=lines,
            return_=return_,
            note=asked.get("note"),
            shipping=outcome.shipping,
            duties=outcome.duties,
            due=due,
        )
    hold_for_payment(ctx, order)
    ctx.shop.save(return_)
    tell(ctx, return_, order, refund, done)
    return {"return": return_}


def issue_refund(asked: dict) -> dict | None:
    return (asked.get("financialTransfer") or {}).get("issueRefund")


def check_lines(return_: dict, asked: dict) -> None:
    exchanges = asked.get("exchangeLineItems") or []
    wanted_lines = asked.get("returnLineItems") or []
    if not wanted_lines and not exchanges and not issue_refund(asked):
        raise Refused(INPUT, "Nothing to process.", "BLANK")
    for name, wanted, lines in (
        ("returnLineItems", wanted_lines, return_["returnLines"]),
        ("exchangeLineItems", exchanges, return_["exchangeLines"]),
    ):
        total: dict[str, int] = {}
        for n, one in enumerate(wanted):
            total[one["id"]] = total.get(one["id"], 0) + one["quantity"]
            try:
                pick(lines, {"id": one["id"], "quantity": total[one["id"]]}, name)
            except Refused as refused:
                raise Refused(
                    ["input", name, str(n), *refused.entry["field"][1:]], str(refused), refused.entry["code"]
                ) from None
            if one["quantity"] < 1:
                raise Refused(["input", name, str(n), "quantity"], "Quantity must be greater than 0", "GREATER_THAN")


def plan_dispositions(ctx, return_: dict, asked: dict) -> list[tuple[dict, dict]]:
    every: list[dict] = []
    for n, wanted in enumerate(asked.get("returnLineItems") or ()):
        mine = wanted.get("dispositions") or []
        if sum(d["quantity"] for d in mine) > wanted["quantity"]:
            raise Refused(
                ["input", "returnLineItems", str(n), "dispositions"], "More dispositions than pieces.", "INVALID"
            )
        every += mine
    return dispositions.plan(ctx, every, ["input", "returnLineItems", "dispositions"], return_)


def process_lines(ctx, return_: dict, order: dict, asked: dict, done: list) -> list[dict]:
    """The refund's lines, which exist whether money moves or not."""
    restocked = {line["fulfillmentLineItemId"]: d["locationId"] for line, d in done if d["type"] == "RESTOCKED"}
    lines = []
    for wanted in asked.get("returnLineItems") or ():
        line = next(candidate for candidate in return_["returnLines"] if candidate["id"] == wanted["id"])
        sold, quantity = ctx.shop.get(line["lineItemId"]), wanted["quantity"]
        line["processed"] += quantity
        line["refunded"] += quantity
        after = amounts.gone(sold)
        sold["removedQuantity"] = after + quantity
        location = restocked.get(line["fulfillmentLineItemId"])
        lines.append(
            {
                "id": ctx.shop.new_gid("RefundLineItem"),
                "lineItemId": sold["id"],
                "quantity": quantity,
                "subtotal": str(amounts.line_net(order, sold, quantity, after)),
                "tax": str(amounts.line_tax(order, sold, quantity, after)),
                "restockType": "RETURN" if location else "NO_RESTOCK",
                "locationId": location,
            }
        )
    return lines


def process_exchanges(ctx, return_: dict, order: dict, asked: dict) -> None:
    """An exchange becomes a line of the order, to be sent; only now does it leave the stock."""
    for wanted in asked.get("exchangeLineItems") or ():
        line = next(candidate for candidate in return_["exchangeLines"] if candidate["id"] == wanted["id"])
        line["processed"] += wanted["quantity"]
        variant = ctx.shop.get(line["variantId"])
        added = exchange_order_line(ctx, order, line, variant, wanted["quantity"])
        order["lineItems"].append(added)
        line["lineItemIds"].append(added["id"])
        order.setdefault("fulfillmentOrders", []).append(
            {
                "id": ctx.shop.new_gid("FulfillmentOrder"),
                "status": "OPEN",
                "requestStatus": "UNSUBMITTED",
                "createdAt": ctx.moment,
                "updatedAt": ctx.moment,
                "fulfillmentHolds": [],
                "lines": [
                    {
                        "id": ctx.shop.new_gid("FulfillmentOrderLineItem"),
                        "lineItemId": added["id"],
                        "totalQuantity": wanted["quantity"],
                        "remainingQuantity": wanted["quantity"],
                    }
                ],
            }
        )
        place = max(variant["stock"], key=variant["stock"].get, default=None)
        if place:
            dispositions.change_stock(ctx, variant["id"], place, -wanted["quantity"])


def exchange_order_line(ctx, order: dict, line: dict, variant: dict, quantity: int) -> dict:
    product = ctx.shop.get(variant["productId"])
    full = Decimal(line["price"])
    return {
        "id": ctx.shop.new_gid("LineItem"),
        "title": product["title"],
        "name": f"{product['title']} - {variant['title']}",
        "sku": variant["sku"],
        "quantity": quantity,
        "price": line["price"],
        "discount": str((full - exchange_unit_price(line)) * quantity),
        "taxRate": order["lineItems"][0].get("taxRate", "0"),
        "productId": product["id"],
        "variantId": variant["id"],
        "variantTitle": variant["title"],
        "vendor": product["vendor"],
        "attributed": [],
        "customAttributes": [],
        "exchangeLineItemId": line["id"],
    }


def hold_for_payment(ctx, order: dict) -> None:
    """If the client owes money now, what is to be sent waits for it."""
    if amounts.outstanding(order) <= ZERO:
        return
    for waiting in order.get("fulfillmentOrders", []):
        if waiting["status"] == "OPEN" and not waiting["fulfillmentHolds"]:
            waiting["status"] = "ON_HOLD"
            waiting["fulfillmentHolds"] = [
                {
                    "id": ctx.shop.new_gid("FulfillmentHold"),
                    "reason": "AWAITING_PAYMENT",
                    "reasonNotes": None,
                    "heldByRequestingApp": False,
                }
            ]


def tell(ctx, return_: dict, order: dict, refund: dict | None, done: list) -> None:
    ctx.emit("returns/process", payloads.return_processed(ctx.shop, return_))
    if refund:
        ctx.emit("refunds/create", payloads.refund_body(ctx.shop, order, refund))
    dispositions.announce(ctx, done)
    dispositions.settle(ctx, return_)
    returns.order_changed(ctx, order)


MUTATIONS = {"returnProcess": process_return}
