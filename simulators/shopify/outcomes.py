"""Return.suggestedFinancialOutcome: the money that follows from processing part of a return."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from simulators.shopify import amounts
from simulators.shopify.amounts import ZERO
from simulators.shopify.errors import Refused
from simulators.shopify.money import as_presentment, bag, refund_duty, rounded, to_shop_money


@dataclass
class Outcome:
    """All in shop money. `total` is what we owe the client; below zero they owe us. `duties` are [{dutyId, amount}]."""

    subtotal: Decimal = ZERO
    tax: Decimal = ZERO
    cart_discount: Decimal = ZERO
    fees: Decimal = ZERO
    shipping: Decimal = ZERO
    exchanged: Decimal = ZERO
    refundable: Decimal = ZERO
    duties: list[dict] = field(default_factory=list)

    @property
    def total_duties(self) -> Decimal:
        return sum((Decimal(duty["amount"]) for duty in self.duties), ZERO)

    @property
    def total(self) -> Decimal:
        back = self.subtotal - self.cart_discount + self.tax + self.shipping + self.total_duties
        return back - self.fees - self.exchanged


def work_out(shop, return_: dict, asked: dict) -> Outcome:
    """`asked` has returnLineItems, exchangeLineItems ([{id, quantity}]), perhaps refundShipping and refundDuties."""
    order = shop.get(return_["orderId"])
    result = Outcome(refundable=amounts.received(order) - amounts.refunded_exactly(order))
    back: Counter[str] = Counter()
    for wanted in asked.get("returnLineItems") or ():
        line = pick(return_["returnLines"], wanted, "returnLineItems")
        sold, quantity = shop.get(line["lineItemId"]), wanted["quantity"]
        after = amounts.gone(sold) + back[sold["id"]]
        back[sold["id"]] += quantity
        result.subtotal += amounts.line_discounted(order, sold, quantity, after)
        result.cart_discount += amounts.line_cart_discount(order, sold, quantity, after)
        result.tax += ZERO if order.get("taxesIncluded") else amounts.line_tax(order, sold, quantity, after)
        result.fees += restocking_fee(order, line, sold, quantity, after)
    for wanted in asked.get("exchangeLineItems") or ():
        line = pick(return_["exchangeLines"], wanted, "exchangeLineItems")
        result.exchanged += exchange_price(order, line, wanted["quantity"])
    if return_.get("shippingFee") and not return_.get("shippingFeeCharged"):
        result.fees += Decimal(return_["shippingFee"]["amount"])
    result.shipping = shipping_back(order, asked.get("refundShipping") or {})
    result.duties = [duty_back(order, wanted, back) for wanted in asked.get("refundDuties") or ()]
    return result


def duty_back(order: dict, wanted: dict, back: Counter[str]) -> dict:
    """All of a duty that is left, or the share of the pieces that come back now."""
    for line in order["lineItems"]:
        for duty in line.get("duties", []):
            if duty["id"] == wanted["dutyId"]:
                left = Decimal(duty["amount"]) - amounts.duties_refunded(order, duty["id"])
                of = amounts.part(order, duty["amount"], back[line["id"]], line["quantity"], amounts.gone(line))
                share = min(left, of) if wanted.get("refundType") == "PROPORTIONAL" else left
                return {"dutyId": duty["id"], "amount": str(share)}
    raise Refused(["refundDuties", "dutyId"], "Duty does not exist.", "NOT_FOUND")


def pick(lines: list[dict], wanted: dict, field: str) -> dict:
    line = next((candidate for candidate in lines if candidate["id"] == wanted["id"]), None)
    if line is None:
        raise Refused([field, "id"], "Return line item does not exist.", "NOT_FOUND")
    if wanted["quantity"] > amounts.unprocessed(line):
        raise Refused(
            [field, "quantity"], "Quantity is greater than the unprocessed quantity.", "LESS_THAN_OR_EQUAL_TO"
        )
    return line


def restocking_fee(order: dict, line: dict, sold: dict, quantity: int, after: int = 0) -> Decimal:
    # The unit of `percentage` is documented nowhere; here 10 means ten per cent.
    share = Decimal(str(line.get("restockingFee") or 0)) / 100
    return rounded(amounts.line_net(order, sold, quantity, after) * share, order["currencyCode"])


def exchange_unit_price(line: dict) -> Decimal:
    """After the discount that was agreed, for one piece."""
    price, discount = Decimal(line["price"]), line.get("discount") or {}
    if discount.get("percentage"):
        price -= price * Decimal(str(discount["percentage"])) / 100
    return max(ZERO, price - Decimal(discount.get("amount", "0")))


def exchange_price(order: dict, line: dict, quantity: int) -> Decimal:
    """With the order's tax, if that comes on top."""
    net = exchange_unit_price(line) * quantity
    rate = ZERO if order.get("taxesIncluded") else Decimal(order["lineItems"][0].get("taxRate", "0"))
    return rounded(net * (1 + rate), order["currencyCode"])


def shipping_back(order: dict, asked: dict) -> Decimal:
    left = amounts.shipping(order) - amounts.shipping_refunded(order)
    if asked.get("shippingRefundAmount"):
        return min(left, to_shop_money(order, asked["shippingRefundAmount"]["amount"]))
    return left if asked.get("fullRefund") else ZERO


def suggested(shop, return_: dict, asked: dict) -> dict:
    """The SuggestedReturnFinancialOutcome object."""
    order = shop.get(return_["orderId"])
    outcome = work_out(shop, return_, asked)
    return {
        "discountedSubtotal": bag(order, outcome.subtotal),
        "totalTax": bag(order, outcome.tax),
        "totalDuties": bag(order, outcome.total_duties),
        "totalAdditionalFees": bag(order, 0),
        "totalCartDiscountAmount": bag(order, outcome.cart_discount),
        "maximumRefundable": bag(order, outcome.refundable),
        "refundDuties": [refund_duty(shop, order, duty) for duty in outcome.duties],
        "shipping": {
            "amountSet": bag(order, outcome.shipping),
            "maximumRefundableSet": bag(order, amounts.shipping(order)),
        },
        "financialTransfer": transfer(order, outcome, asked.get("refundMethodAllocation")),
    }


def transfer(order: dict, outcome: Outcome, allocation: str | None) -> dict | None:
    if outcome.total < 0:
        return {"__typename": "InvoiceReturnOutcome", "amount": bag(order, -outcome.total)}
    amount = min(outcome.total, outcome.refundable)
    shown = to_the_buyer(order, amount)
    if amount <= 0 or shown <= 0:
        return None
    credit = allocation == "STORE_CREDIT"
    return {
        "__typename": "RefundReturnOutcome",
        "amount": bag(order, amount, shown),
        "suggestedTransactions": [] if credit else suggested_transactions(order, shown),
        "suggestedRefundMethods": [store_credit(order, amount, shown, outcome.refundable)] if credit else [],
    }


def to_the_buyer(order: dict, amount: Decimal) -> Decimal:
    """In the buyer's money, so that several refunds of an order come to what all of it comes to at once."""
    so_far = as_presentment(order, amounts.refunded_exactly(order) + amount) - amounts.refunded_as_paid(order)
    return min(so_far, amounts.received_as_paid(order) - amounts.refunded_as_paid(order))


def store_credit(order: dict, amount: Decimal, shown: Decimal, most: Decimal) -> dict:
    of = {"amount": bag(order, amount, shown), "maximumRefundable": bag(order, most)}
    return {"__typename": "SuggestedStoreCreditRefund", "expiresAt": None, **of}


def suggested_transactions(order: dict, amount: Decimal) -> list[dict]:
    """Back the way it came, gift cards first; `amount` in the buyer's money."""
    suggestions = []
    for paid in sorted(amounts.paid_transactions(order), key=lambda t: t["gateway"] != "gift_card"):
        left = amounts.left_as_paid(order, paid)
        share = min(amount, left)
        if share > 0:
            amount -= share
            suggestions.append(
                {
                    "kind": "SUGGESTED_REFUND",
                    "gateway": paid["gateway"],
                    "formattedGateway": paid["gateway"].replace("_", " ").title(),
                    "amountSet": bag(order, to_shop_money(order, share), share),
                    "maximumRefundableSet": bag(order, to_shop_money(order, left), left),
                    "parentTransaction": paid,
                }
            )
    return suggestions
