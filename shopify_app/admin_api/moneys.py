"""The money of a return in Shopify's shapes: what is asked, what it suggests, and what is sent to be processed."""

from collections.abc import Sequence
from typing import Any

from kit.money import Money
from logistics.reads import ProcessPlan, SuggestedOutcome, Terms
from shopify_app.admin_api.reading import money

SHIPPING = {"fullRefund": True}


def outcome_input(lines: Sequence[tuple[str, int]], terms: Terms) -> dict[str, Any]:
    """The variables of a suggestion."""
    return {
        "returnLineItems": _counted(lines),
        "exchangeLineItems": _counted(terms.exchanges),
        "refundShipping": SHIPPING if terms.shipping else None,
        "refundDuties": _duties(terms),
        "refundMethodAllocation": "STORE_CREDIT" if terms.as_credit else "ORIGINAL_PAYMENT_METHODS",
    }


def suggested(found: dict[str, Any] | None) -> SuggestedOutcome | None:
    """None where Shopify suggests nothing at all; an amount of None where nothing goes back."""
    outcome = (found or {}).get("suggestedFinancialOutcome")
    if not outcome:
        return None
    order, transfer = (found or {}).get("order") or {}, outcome.get("financialTransfer") or {}
    about: dict[str, Any] = {
        "worth": _worth(outcome),
        "pieces": _pieces(outcome),
        "limit": _shown(outcome.get("maximumRefundable")),
        "tax": _shown(outcome.get("totalTax")),
        "given_back": _shown(order.get("totalRefundedSet")),
    }
    if transfer.get("__typename") == "InvoiceReturnOutcome":
        return SuggestedOutcome(None, owed=_shown(transfer["amount"]), **about)
    if transfer.get("__typename") != "RefundReturnOutcome":
        return SuggestedOutcome(None, **about)
    parts = tuple(
        (t["parentTransaction"]["id"], money(t["amountSet"]["presentmentMoney"]))
        for t in transfer.get("suggestedTransactions") or []
        if t.get("parentTransaction")
    )
    in_shop = transfer["amount"].get("shopMoney")
    return SuggestedOutcome(
        _shown(transfer["amount"]), parts, in_shop_money=money(in_shop) if in_shop else None, **about
    )


def process_input(return_gid: str, plan: ProcessPlan) -> dict[str, Any]:
    """ReturnProcessInput. Without money to move, financialTransfer is left out, as Shopify wants it."""
    lines = []
    for line in plan.lines:
        item: dict[str, Any] = {"id": line.return_line_gid, "quantity": line.quantity}
        if line.rfo_line_gid:
            disposition: dict[str, Any] = {
                "reverseFulfillmentOrderLineItemId": line.rfo_line_gid,
                "quantity": line.quantity,
                "dispositionType": line.disposition,
            }
            if line.location_gid:
                disposition["locationId"] = line.location_gid
            item["dispositions"] = [disposition]
        lines.append(item)
    value: dict[str, Any] = {
        "returnId": return_gid,
        "returnLineItems": lines,
        "notifyCustomer": plan.notify,
        "note": plan.note or None,
    }
    if plan.terms.exchanges:
        value["exchangeLineItems"] = _counted(plan.terms.exchanges)
    if plan.terms.shipping:
        value["refundShipping"] = SHIPPING
    if plan.terms.duties:
        value["refundDuties"] = _duties(plan.terms)
    if plan.refund or plan.credit:
        value["financialTransfer"] = {"issueRefund": _refund(plan)}
    return value


def _refund(plan: ProcessPlan) -> dict[str, Any]:
    credit = [{"storeCreditRefund": {"amount": _amount(plan.credit)}}] if plan.credit else []
    return {
        "orderTransactions": [
            {"parentId": parent, "transactionAmount": _amount(amount)} for parent, amount in plan.refund
        ],
        "refundMethods": credit,
        "allowOverRefunding": False,
    }


def _worth(outcome: dict[str, Any]) -> Money | None:
    """What the pieces come to with what is given back beside them, before what was given back already and fees."""
    pieces = _pieces(outcome)
    if pieces is None:
        return None
    beside = _cents(outcome.get("totalDuties")) + _cents((outcome.get("shipping") or {}).get("amountSet"))
    return Money(pieces.cents + beside, pieces.currency)


def _pieces(outcome: dict[str, Any]) -> Money | None:
    """What was paid for the pieces themselves, with their tax."""
    subtotal = _shown(outcome.get("discountedSubtotal"))
    if subtotal is None:
        return None
    cents = subtotal.cents - _cents(outcome.get("totalCartDiscountAmount")) + _cents(outcome.get("totalTax"))
    return Money(cents, subtotal.currency)


def _shown(bag: dict[str, Any] | None) -> Money | None:
    return money(bag["presentmentMoney"]) if bag else None


def _cents(bag: dict[str, Any] | None) -> int:
    value = _shown(bag)
    return value.cents if value else 0


def _counted(lines: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"id": gid, "quantity": quantity} for gid, quantity in lines]


def _duties(terms: Terms) -> list[dict[str, str]]:
    # PROPORTIONAL is the pieces' share, and so all of it when all of them come back.
    return [{"dutyId": gid, "refundType": "PROPORTIONAL"} for gid in terms.duties]


def _amount(value: Money) -> dict[str, str]:
    return {"amount": value.amount, "currencyCode": value.currency}
