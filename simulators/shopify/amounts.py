"""What an order adds up to: before, and after returns. In shop money, as Decimal; what was paid also as it was paid.

An order's line: `price` of one, `discount` on the line and `cartDiscount` (its part of an order discount) over all its
pieces, `taxRate`, `duties` [{id, amount}]. Parts of a line, in the order they come back, add up to the whole to the
cent: `after` says how many pieces came back before.
"""

from decimal import Decimal

from simulators.shopify.money import as_presentment, rounded

ZERO = Decimal(0)
FINAL = {"RESTOCKED", "NOT_RESTOCKED", "MISSING"}


def share(order: dict, amount: Decimal, upto: int, of: int) -> Decimal:
    """Of an amount over `of` pieces, what the first `upto` have."""
    return rounded(amount * upto / of, order["currencyCode"]) if of else ZERO


def part(order: dict, amount: str, quantity: int, of: int, after: int = 0) -> Decimal:
    return share(order, Decimal(amount), after + quantity, of) - share(order, Decimal(amount), after, of)


def line_gross(line: dict, quantity: int | None = None) -> Decimal:
    return Decimal(line["price"]) * (line["quantity"] if quantity is None else quantity)


def line_discounted(order: dict, line: dict, quantity: int | None = None, after: int = 0) -> Decimal:
    """After the line's own discounts, before its part of an order discount."""
    quantity = line["quantity"] if quantity is None else quantity
    return line_gross(line, quantity) - part(order, line.get("discount", "0"), quantity, line["quantity"], after)


def line_cart_discount(order: dict, line: dict, quantity: int | None = None, after: int = 0) -> Decimal:
    quantity = line["quantity"] if quantity is None else quantity
    return part(order, line.get("cartDiscount", "0"), quantity, line["quantity"], after)


def line_net(order: dict, line: dict, quantity: int | None = None, after: int = 0) -> Decimal:
    """After all discounts, before tax that isn't included."""
    return line_discounted(order, line, quantity, after) - line_cart_discount(order, line, quantity, after)


def line_tax(order: dict, line: dict, quantity: int | None = None, after: int = 0) -> Decimal:
    quantity = line["quantity"] if quantity is None else quantity
    return tax_upto(order, line, after + quantity) - tax_upto(order, line, after)


def tax_upto(order: dict, line: dict, upto: int) -> Decimal:
    rate, net = Decimal(line.get("taxRate", "0")), line_net(order, line, upto)
    return rounded(net - net / (1 + rate) if order.get("taxesIncluded") else net * rate, order["currencyCode"])


def line_total(order: dict, line: dict, quantity: int | None = None, after: int = 0) -> Decimal:
    """What the buyer paid for it, duties aside."""
    tax = ZERO if order.get("taxesIncluded") else line_tax(order, line, quantity, after)
    return line_net(order, line, quantity, after) + tax


def duties(order: dict) -> Decimal:
    return sum((Decimal(d["amount"]) for line in order["lineItems"] for d in line.get("duties", [])), ZERO)


def duties_refunded(order: dict, duty_gid: str | None = None) -> Decimal:
    back = (d for refund in order["refunds"] for d in refund.get("duties", []))
    return sum((Decimal(d["amount"]) for d in back if duty_gid in (None, d["dutyId"])), ZERO)


def shipping(order: dict) -> Decimal:
    return Decimal(order.get("shippingPrice", "0"))


def original_lines(order: dict) -> list[dict]:
    return [line for line in order["lineItems"] if not line.get("exchangeLineItemId")]


def original_total(order: dict) -> Decimal:
    return sum((line_total(order, line) for line in original_lines(order)), shipping(order) + duties(order))


def current_quantity(line: dict) -> int:
    return line["quantity"] - line.get("removedQuantity", 0)


def gone(line: dict) -> int:
    """How many of it came back already."""
    return line.get("removedQuantity", 0)


def current_subtotal(order: dict) -> Decimal:
    return sum((line_net(order, x, current_quantity(x), gone(x)) for x in order["lineItems"]), ZERO)


def current_tax(order: dict) -> Decimal:
    return sum((line_tax(order, x, current_quantity(x), gone(x)) for x in order["lineItems"]), ZERO)


def current_total(order: dict) -> Decimal:
    lines = sum((line_total(order, x, current_quantity(x), gone(x)) for x in order["lineItems"]), ZERO)
    besides = shipping(order) - shipping_refunded(order) + duties(order) - duties_refunded(order)
    return lines + besides + Decimal(order.get("feesCharged", "0"))


def shipping_refunded(order: dict) -> Decimal:
    return sum((Decimal(r.get("shippingAmount", "0")) for r in order["refunds"]), ZERO)


def paid_transactions(order: dict) -> list[dict]:
    return [t for t in order["transactions"] if t["kind"] in ("SALE", "CAPTURE") and t["status"] == "SUCCESS"]


def refunded_from(order: dict, transaction: dict) -> Decimal:
    returned = (t for t in order["transactions"] if t["kind"] == "REFUND" and t.get("parentId") == transaction["id"])
    return sum((Decimal(t["amount"]) for t in returned if t["status"] == "SUCCESS"), ZERO)


def left_to_refund(order: dict, transaction: dict) -> Decimal:
    return Decimal(transaction["amount"]) - refunded_from(order, transaction)


def received(order: dict) -> Decimal:
    return sum((Decimal(t["amount"]) for t in paid_transactions(order)), ZERO)


def refunded(order: dict) -> Decimal:
    """Money back, by whatever way: to the card, or as store credit."""
    back = sum((Decimal(t["amount"]) for t in order["transactions"] if t["kind"] == "REFUND"), ZERO)
    return back + sum((Decimal(r.get("storeCredit", "0")) for r in order["refunds"]), ZERO)


def refunded_exactly(order: dict) -> Decimal:
    """`refunded`, as it was before a buyer's money with larger coins rounded each part of it (`due` of a refund)."""
    off = sum((Decimal(r["due"]) - Decimal(r["amount"]) for r in order["refunds"] if "due" in r), ZERO)
    return refunded(order) + off


def as_paid(order: dict, transaction: dict) -> Decimal:
    """A payment, or what went back of one, in the money the buyer sees."""
    return as_presentment(order, transaction["amount"], transaction.get("presentmentAmount"))


def left_as_paid(order: dict, transaction: dict) -> Decimal:
    """Of a payment, what has not gone back yet, in the money the buyer sees."""
    mine = (t for t in order["transactions"] if t["kind"] == "REFUND" and t.get("parentId") == transaction["id"])
    back = (as_paid(order, t) for t in mine if t["status"] == "SUCCESS")
    return as_paid(order, transaction) - sum(back, ZERO)


def received_as_paid(order: dict) -> Decimal:
    return sum((as_paid(order, t) for t in paid_transactions(order)), ZERO)


def refunded_as_paid(order: dict) -> Decimal:
    back = sum((as_paid(order, t) for t in order["transactions"] if t["kind"] == "REFUND"), ZERO)
    return back + sum((credit_as_paid(order, r) for r in order["refunds"]), ZERO)


def credit_as_paid(order: dict, refund: dict) -> Decimal:
    return as_presentment(order, refund.get("storeCredit", "0"), refund.get("presentmentCredit"))


def outstanding(order: dict) -> Decimal:
    return max(ZERO, current_total(order) - (received(order) - refunded(order)))


def financial_status(order: dict) -> str:
    if outstanding(order) > 0:
        return "PARTIALLY_PAID"
    if refunded(order) == 0:
        return "PAID"
    return "REFUNDED" if refunded(order) >= received(order) else "PARTIALLY_REFUNDED"


# Quantities of a return


def unprocessed(line: dict) -> int:
    return line["quantity"] - line["processed"]


def disposed(rfo_line: dict, types=FINAL) -> int:
    return sum(d["quantity"] for d in rfo_line["dispositions"] if d["type"] in types)


def is_settled(return_: dict) -> bool:
    """Everything processed, and every piece's fate known: Shopify then closes the return by itself."""
    lines = all(unprocessed(line) == 0 for line in return_["returnLines"] + return_["exchangeLines"])
    pieces = [line for rfo in return_["reverseFulfillmentOrders"] for line in rfo["lines"]]
    return lines and all(disposed(line) >= line["quantity"] for line in pieces)


ACTIVE = ("REQUESTED", "OPEN", "CLOSED")


def returnable_quantity(shop, order: dict, fulfillment_line: dict) -> int:
    """What was sent, less what other returns already hold."""
    held = 0
    for return_ in returns_of(shop, order["id"]):
        if return_["status"] in ACTIVE:
            mine = (line for line in return_["returnLines"] if line["fulfillmentLineItemId"] == fulfillment_line["id"])
            held += sum(line["quantity"] for line in mine)
    return fulfillment_line["quantity"] - held


def returns_of(shop, order_gid: str) -> list[dict]:
    return [shop.get(gid) for gid in shop.get(order_gid).get("returnIds", [])]


def return_status(shop, order: dict) -> str:
    """Order.returnStatus, which follows from the order's returns."""
    statuses = {return_["status"] for return_ in returns_of(shop, order["id"])}
    for status, shown in (
        ("REQUESTED", "RETURN_REQUESTED"),
        ("OPEN", "IN_PROGRESS"),
        ("CLOSED", "RETURNED"),
        ("DECLINED", "RETURN_FAILED"),
    ):
        if status in statuses:
            return shown
    return "NO_RETURN"
