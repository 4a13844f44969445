"""An order's money as the shop's books have it, in what the buyer sees; and what people do about it by hand."""

from collections import defaultdict
from decimal import Decimal

from simulators.shopify import amounts
from simulators.shopify.amounts import ZERO
from simulators.shopify.contexts import Context
from simulators.shopify.money import as_presentment, as_text
from simulators.shopify.mutations import refunds
from simulators.shopify.mutations.returns import order_changed


def ledger(order: dict) -> dict:
    """Paid and given back by way of payment; `owed` by the client, `kept` by the house. Sums as text."""
    currency = order["presentmentCurrencyCode"]
    back: dict[str, Decimal] = defaultdict(Decimal)
    for transaction in order["transactions"]:
        if transaction["kind"] == "REFUND" and transaction["status"] == "SUCCESS":
            back[transaction["gateway"]] += amounts.as_paid(order, transaction)
    credit = sum((amounts.credit_as_paid(order, refund) for refund in order["refunds"]), ZERO)
    paid, refunded = amounts.received_as_paid(order), amounts.refunded_as_paid(order)
    shown = {"paid": paid, "refunded": refunded, "credit": credit, "kept": paid - refunded}
    owed = as_presentment(order, amounts.outstanding(order))
    return {
        "currency": currency,
        **{name: as_text(amount, currency) for name, amount in shown.items()},
        "owed": as_text(owed, currency),
        "back": {gateway: as_text(amount, currency) for gateway, amount in back.items()},
        "refunds": len(order["refunds"]),
    }


def pay_balance(ctx: Context, order: dict) -> None:
    """The client pays what the order is short of, at the checkout Shopify sent; what waited for it is let go."""
    owed = amounts.outstanding(order)
    if owed <= ZERO:
        return
    order["transactions"].append(
        {
            "id": ctx.shop.new_gid("OrderTransaction"),
            "kind": "SALE",
            "status": "SUCCESS",
            "gateway": "shopify_payments",
            "amount": str(owed),
            "presentmentAmount": str(as_presentment(order, owed)),
            "createdAt": ctx.moment,
            "parentId": None,
        }
    )
    for waiting in order.get("fulfillmentOrders", []):
        holds = [hold for hold in waiting["fulfillmentHolds"] if hold["reason"] != "AWAITING_PAYMENT"]
        waiting["fulfillmentHolds"] = holds
        waiting["status"] = "ON_HOLD" if holds else "OPEN"
    order_changed(ctx, order)


def give_back(ctx: Context, order: dict, amount: str) -> None:
    """Staff refund some of the first payment in the admin, without a return."""
    parent = amounts.paid_transactions(order)[0]
    refunds.pay_back(ctx, order, {"transactions": [{"parentId": parent["id"], "amount": amount}]})
