"""Money going back: to the card it came from, or as store credit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from simulators.shopify import amounts, payloads
from simulators.shopify.amounts import ZERO
from simulators.shopify.errors import Refused, bad_request
from simulators.shopify.money import as_text, to_shop_money
from simulators.shopify.mutations import credits, returns


@dataclass
class Money:
    """What is to be paid back, checked: (payment, shop amount, presentment amount), and credit in both."""

    payments: list[tuple[dict, Decimal, str]] = field(default_factory=list)
    credits: list[tuple[Decimal, dict]] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((amount for _, amount, _ in self.payments), ZERO) + sum((amount for amount, _ in self.credits), ZERO)

    @property
    def shown(self) -> Decimal:
        """In the buyer's money."""
        given = sum((Decimal(str(credit["amount"]["amount"])) for _, credit in self.credits), ZERO)
        return given + sum((Decimal(one) for _, _, one in self.payments), ZERO)

    @property
    def is_nothing(self) -> bool:
        return not self.payments and not self.credits


def plan_money(ctx, order: dict, asked: dict | None, here: list[str]) -> Money:
    """Of `issueRefund`. Amounts are in the order's presentment currency; raises Refused if they can't be paid."""
    money = Money()
    if not asked:
        return money
    for n, wanted in enumerate(asked["orderTransactions"]):
        add_payment(
            ctx, order, money, wanted["parentId"], wanted["transactionAmount"], [*here, "orderTransactions", str(n)]
        )
    for n, method in enumerate(asked.get("refundMethods") or ()):
        add_credit(ctx, order, money, method["storeCreditRefund"], [*here, "refundMethods", str(n)])
    most = amounts.received_as_paid(order) - amounts.refunded_as_paid(order)
    if money.shown > most and not asked.get("allowOverRefunding"):
        raise Refused(here, "Refund amount is more than what is left to refund.", "INVALID")
    return money


def add_payment(ctx, order: dict, money: Money, parent_gid: str, amount: dict, here: list[str]) -> None:
    parent = next((t for t in amounts.paid_transactions(order) if t["id"] == parent_gid), None)
    if parent is None:
        raise Refused(
            [*here, "parentId"], "Parent transaction must be a successful capture or sale of this order.", "NOT_FOUND"
        )
    check_currency(order, amount, [*here, "transactionAmount"])
    shown = Decimal(str(amount["amount"]))
    already = sum((Decimal(one) for known, _, one in money.payments if known is parent), ZERO)
    left = amounts.left_as_paid(order, parent) - already
    if shown <= 0 or shown > left:
        raise Refused(
            [*here, "transactionAmount"], "Refund amount is more than what is left on this transaction.", "INVALID"
        )
    # Whoever gets all that is left of a payment gets all of it in the shop's money too.
    value = to_shop_money(order, shown)
    if shown == left:
        value = amounts.left_to_refund(order, parent) - sum((x for p, x, _ in money.payments if p is parent), ZERO)
    money.payments.append((parent, value, as_text(shown, order["presentmentCurrencyCode"])))


def add_credit(ctx, order: dict, money: Money, credit: dict, here: list[str]) -> None:
    """The ceiling holds for all that is credited in one call together."""
    check_currency(order, credit["amount"], here)
    if not order.get("customerId"):
        raise Refused(here, "Store credit needs an order with a customer.", "INVALID")
    amount = to_shop_money(order, credit["amount"]["amount"])
    if amount <= 0:
        raise Refused(here, "Refund amount must be greater than 0.", "GREATER_THAN")
    money.credits.append((amount, credit))
    together = sum((one for one, _ in money.credits), ZERO)
    credits.check_ceiling(ctx, order["customerId"], together, order["currencyCode"], here)


def check_currency(order: dict, amount: dict, here: list[str]) -> None:
    if amount["currencyCode"] != order["presentmentCurrencyCode"]:
        raise Refused([*here, "currencyCode"], "Currency must be the order's presentment currency.", "INVALID")


def record(
    ctx,
    order: dict,
    money: Money,
    *,
    lines: list[dict],
    return_: dict | None,
    note: str | None,
    shipping: Decimal = ZERO,
    duties: Sequence[dict] = (),
    due: Decimal | None = None,
) -> dict:
    """Write the refund and its transactions into the order. `due`: what it is in shop money before rounding."""
    refund = {
        "id": ctx.shop.new_gid("Refund"),
        "createdAt": ctx.moment,
        "note": note,
        "returnId": return_ and return_["id"],
        "staffId": ctx.staff_id,
        "amount": str(money.total),
        "storeCredit": str(sum((amount for amount, _ in money.credits), ZERO)),
        "presentmentCredit": str(sum((Decimal(str(c["amount"]["amount"])) for _, c in money.credits), ZERO)),
        "presentmentTotal": str(money.shown),
        "shippingAmount": str(shipping),
        "duties": list(duties),
        "lines": lines,
        "transactionIds": [],
    } | ({} if due is None else {"due": str(due)})
    for parent, amount, shown in money.payments:
        transaction = {
            "id": ctx.shop.new_gid("OrderTransaction"),
            "kind": "REFUND",
            "status": "SUCCESS",
            "gateway": parent["gateway"],
            "amount": str(amount),
            "presentmentAmount": shown,
            "createdAt": ctx.moment,
            "parentId": parent["id"],
        }
        order["transactions"].append(transaction)
        refund["transactionIds"].append(transaction["id"])
    for amount, credit in money.credits:
        credits.add(ctx, order["customerId"], amount, order["currencyCode"], credit.get("expiresAt"))
    order["refunds"].append(refund)
    return refund


def create_refund(ctx, args):
    """Only with `@idempotent(key:)`, which the schema doesn't ask for but the server does since 2026-04."""
    asked, key = args["input"], args["idempotency_key"]
    if not key:
        raise bad_request("The @idempotent directive is required for this mutation but was not provided.")
    given = json.dumps(asked, sort_keys=True)
    known = ctx.store.idempotency.get(f"{ctx.shop.domain} {key}")
    if known and known["input"] != given:
        raise Refused(["input"], "IDEMPOTENCY_KEY_PARAMETER_MISMATCH: this key was used with other parameters.")
    order = returns.find_order(ctx, asked["orderId"], ["input", "orderId"])
    if known:
        return {"refund": ctx.shop.get(known["refund"]), "order": order}
    refund = pay_back(ctx, order, asked)
    row = {"input": given, "refund": refund["id"]}
    ctx.store.idempotency[f"{ctx.shop.domain} {key}"] = row
    ctx.store.keep("idempotency", f"{ctx.shop.domain} {key}", row)
    return {"refund": refund, "order": order}


def pay_back(ctx, order: dict, asked: dict) -> dict:
    money = Money()
    for n, wanted in enumerate(asked.get("transactions") or ()):
        amount = {"amount": wanted["amount"], "currencyCode": order["presentmentCurrencyCode"]}
        add_payment(ctx, order, money, wanted.get("parentId"), amount, ["input", "transactions", str(n)])
    if money.is_nothing and not asked.get("refundLineItems"):
        raise Refused(["input"], "Refund needs transactions or line items.")
    refund = record(ctx, order, money, lines=[], return_=None, note=asked.get("note"))
    ctx.emit("refunds/create", payloads.refund_body(ctx.shop, order, refund))
    returns.order_changed(ctx, order)
    return refund


MUTATIONS = {"refundCreate": create_refund}
