"""Return.suggestedFinancialOutcome: the money that follows from processing part of a return."""

from dataclasses import dataclass
from decimal import Decimal

from simulators.shopify import amounts
from simulators.shopify.amounts import ZERO
from simulators.shopify.errors import Refused
from simulators.shopify.money import bag, rounded, to_shop_money


@dataclass
class Outcome:
    """All in shop money. `total` is what we owe the client; below zero they owe us."""

    subtotal: Decimal
    tax: Decimal
    cart_discount: Decimal
    fees: Decimal
    shipping: Decimal
    exchanged: Decimal
    refundable: Decimal

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.cart_discount + self.tax + self.shipping - self.fees - self.exchanged


def work_out(shop, return_: dict, asked: dict) -> Outcome:
    """`asked` has returnLineItems and exchangeLineItems as [{id, quantity}], and perhaps refundShipping."""
    order = shop.get(return_["orderId"])
    result = Outcome(ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, amounts.received(order) - amounts.refunded(order))
    for wanted in asked.get("returnLineItems") or ():
        line = pick(return_["returnLines"], wanted, "returnLineItems")
        sold, quantity = shop.get(line["lineItemId"]), wanted["quantity"]
        result.subtotal += amounts.line_discounted(order, sold, quantity)
        result.cart_discount += amounts.line_cart_discount(order, sold, quantity)
        result.tax += ZERO if order.get("taxesIncluded") else amounts.line_tax(order, sold, quantity)
        result.fees += restocking_fee(order, line, sold, quantity)
    for wanted in asked.get("exchangeLineItems") or ():
        line = pick(return_["exchangeLines"], wanted, "exchangeLineItems")
        result.exchanged += exchange_price(order, line, wanted["quantity"])
    if return_.get("shippingFee") and not return_.get("shippingFeeCharged"):
        result.fees += Decimal(return_["shippingFee"]["amount"])
    result.shipping = shipping_back(order, asked.get("refundShipping") or {})
    return result


def pick(lines: list[dict], wanted: dict, field: str) -> dict:
    line = next((candidate for candidate in lines if candidate["id"] == wanted["id"]), None)
    if line is None:
        raise Refused([field, "id"], "Return line item does not exist.", "NOT_FOUND")
    if wanted["quantity"] > amounts.unprocessed(line):
        raise Refused(
            [field, "quantity"], "Quantity is greater than the unprocessed quantity.", "LESS_THAN_OR_EQUAL_TO"
        )
    return line


def restocking_fee(order: dict, line: dict, sold: dict, quantity: int) -> Decimal:
    # The unit of `percentage` is documented nowhere; here 10 means ten per cent.
    share = Decimal(str(line.get("restockingFee") or 0)) / 100
    return rounded(amounts.line_net(order, sold, quantity) * share, order["currencyCode"])


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
        "totalDuties": bag(order, 0),
        "totalAdditionalFees": bag(order, 0),
        "totalCartDiscountAmount": bag(order, outcome.cart_discount),
        "maximumRefundable": bag(order, outcome.refundable),
        "refundDuties": [],
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
    if amount <= 0:
        return None
    credit = allocation == "STORE_CREDIT"
    return {
        "__typename": "RefundReturnOutcome",
        "amount": bag(order, amount),
        "suggestedTransactions": [] if credit else suggested_transactions(order, amount),
        "suggestedRefundMethods": [store_credit(order, amount, outcome.refundable)] if credit else [],
    }


def store_credit(order: dict, amount: Decimal, most: Decimal) -> dict:
    shown = {"amount": bag(order, amount), "maximumRefundable": bag(order, most)}
    return {"__typename": "SuggestedStoreCreditRefund", "expiresAt": None, **shown}


def suggested_transactions(order: dict, amount: Decimal) -> list[dict]:
    """Back the way it came, gift cards first."""
    suggestions = []
    for paid in sorted(amounts.paid_transactions(order), key=lambda t: t["gateway"] != "gift_card"):
        left = amounts.left_to_refund(order, paid)
        share = min(amount, left)
        if share > 0:
            amount -= share
            suggestions.append(
                {
                    "kind": "SUGGESTED_REFUND",
                    "gateway": paid["gateway"],
                    "formattedGateway": paid["gateway"].replace("_", " ").title(),
                    "amountSet": bag(order, share),
                    "maximumRefundableSet": bag(order, left),
                    "parentTransaction": paid,
                }
            )
    return suggestions
