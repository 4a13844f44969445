"""What orders/…, refunds/create and returns/… say of a shop's past, beside what they say to routing."""

from typing import Any

from kit.clock import parse_instant
from kit.money import Money
from measures.events import OrderTold, RefundTold, ReturnTold
from measures.reads import OrderRecord, RefundRecord, ReturnWord
from webhooks.topics.gids import dicts, gid

STATUSES = frozenset({"REQUESTED", "OPEN", "CLOSED", "CANCELED", "DECLINED"})


def parse_order(payload: dict[str, Any], context: Any) -> OrderTold | None:
    """None for a test order, and for a body that does not say what was sold, when, for how much."""
    order_gid = gid("Order", payload.get("admin_graphql_api_id") or payload.get("id"))
    total = _total(payload)
    made = _instant(payload.get("created_at"))
    if order_gid is None or total is None or made is None or payload.get("test") is True:
        return None
    refunds = _refunds(payload, order_gid, total.currency)
    customer = payload.get("customer")
    record = OrderRecord(
        order_gid=order_gid,
        client_gid=gid("Customer", customer.get("id")) if isinstance(customer, dict) else None,
        email=_text(payload.get("email")),
        phone=_text(payload.get("phone")),
        placed_at=_instant(payload.get("processed_at")) or made,
        updated_at=_instant(payload.get("updated_at")) or made,
        total=total,
        refunded=None if refunds is None else Money(sum(r.amount.cents for r in refunds), total.currency),
        channel=_text(payload.get("source_name"))[:60],
        staff_gid=gid("StaffMember", payload.get("user_id")) or _credited(payload),
        location_gid=gid("Location", payload.get("location_id")),
        cancelled=bool(payload.get("cancelled_at")),
        refunds=tuple(refunds or ()),
    )
    return OrderTold(context.shop_id, record)


def parse_refund(payload: dict[str, Any], context: Any) -> RefundTold | None:
    """None when the body does not say how much went back, in one currency."""
    order_gid = gid("Order", payload.get("order_id"))
    record = _refund(payload, order_gid) if order_gid else None
    return RefundTold(context.shop_id, record) if record else None


def parse_return(payload: dict[str, Any], context: Any) -> ReturnTold | None:
    """What became of a return, as of when Shopify sent it. None for a body that does not say what, of which order.

    Only the words that open a return say when it was opened: then.
    """
    order = payload.get("order")
    order_gid = gid(
        "Order", (order.get("admin_graphql_api_id") or order.get("id")) if isinstance(order, dict) else None
    )
    order_gid = order_gid or gid("Order", payload.get("order_id"))
    return_gid = gid("Return", payload.get("admin_graphql_api_id") or payload.get("id"))
    status = _text(payload.get("status")).upper()
    at = _instant(context.triggered_at)
    if return_gid is None or order_gid is None or status not in STATUSES or at is None:
        return None
    opened_at = at if status == "REQUESTED" else None
    return ReturnTold(context.shop_id, ReturnWord(return_gid, order_gid, status, at, opened_at))


def _refunds(payload: dict[str, Any], order_gid: str, currency: str) -> list[RefundRecord] | None:
    """None where one was paid in another currency than the shop's: its amount is not in the body, and is read later."""
    found = [_refund(refund, order_gid) for refund in dicts(payload.get("refunds"))]
    known = [refund for refund in found if refund is not None and refund.amount.currency == currency]
    return known if len(known) == len(found) else None


def _refund(value: dict[str, Any], order_gid: str) -> RefundRecord | None:
    refund_gid = gid("Refund", value.get("admin_graphql_api_id") or value.get("id"))
    at, of = _instant(value.get("created_at")), value.get("return")
    paid = [
        _money(t.get("amount"), t.get("currency"))
        for t in dicts(value.get("transactions"))
        if t.get("kind") == "refund" and t.get("status") in ("success", "pending")
    ]
    amounts = [amount for amount in paid if amount is not None]
    if refund_gid is None or at is None or len(amounts) < len(paid) or len({a.currency for a in amounts}) != 1:
        return None
    total = Money(sum(amount.cents for amount in amounts), amounts[0].currency)
    return_gid = gid("Return", of.get("admin_graphql_api_id") or of.get("id")) if isinstance(of, dict) else None
    return RefundRecord(refund_gid, order_gid, return_gid, at, total)


def _total(payload: dict[str, Any]) -> Money | None:
    both = payload.get("total_price_set")
    shown = both.get("shop_money") if isinstance(both, dict) else None
    if isinstance(shown, dict):
        return _money(shown.get("amount"), shown.get("currency_code"))
    return _money(payload.get("total_price"), payload.get("currency"))


def _credited(payload: dict[str, Any]) -> str | None:
    staff = (s for line in dicts(payload.get("line_items")) for s in dicts(line.get("attributed_staffs")))
    return next((found for s in staff if (found := gid("StaffMember", s.get("id")))), None)


def _money(amount: Any, currency: Any) -> Money | None:
    if not isinstance(amount, str) or not isinstance(currency, str) or len(currency) != 3:
        return None
    try:
        return Money.parse(amount, currency.upper())
    except ValueError:
        return None


def _instant(text: Any) -> Any:
    try:
        return parse_instant(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
