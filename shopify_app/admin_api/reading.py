"""Shopify's shapes as our values. Everything optional is treated so: unapproved customer data comes as null."""

from typing import Any

from kit.causes import Cause
from kit.clock import parse_instant
from kit.errors import Waiting
from kit.money import Money
from logistics.reads import (
    Address,
    ExchangeLineRead,
    RefundRead,
    ReturnLineRead,
    ReturnRead,
    ReverseDeliveryRead,
    RfoLineRead,
    RfoRead,
)
from shopify_app.admin_api.client import Reply

WITHHELD = "Shopify does not let the app see this until somebody allows it in the Shopify admin."


def shown(reply: Reply, name: str) -> Any:
    """`name` of an answer, or None where there is none. Raises Waiting where the app may not ask for it at all.

    Where only what is below was withheld, as the order of a return when it is too old, it counts as not shown.
    """
    found = reply.data.get(name)
    if found is None and any(not path.startswith(f"{name}.") for path in reply.denied):
        raise Waiting(WITHHELD, retry_after=3600, cause=Cause.WITHHELD)
    return found


def money(value: dict[str, Any] | None, *, fallback_currency: str = "USD") -> Money:
    """From {"amount", "currencyCode"}; zero where there is none."""
    if not value:
        return Money(0, fallback_currency)
    return Money.parse(str(value["amount"]), str(value["currencyCode"]))


def nodes(connection: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The nodes of a connection that may be null."""
    return [n for n in (connection or {}).get("nodes") or [] if n]


def address(value: dict[str, Any] | None, *, email: str = "", phone: str = "") -> Address:
    """A postal address; empty where Shopify shows none."""
    value = value or {}
    return Address(
        name=value.get("name") or "",
        company=value.get("company") or "",
        street1=value.get("address1") or "",
        street2=value.get("address2") or "",
        city=value.get("city") or "",
        region=value.get("provinceCode") or "",
        postal_code=value.get("zip") or "",
        country=value.get("countryCodeV2") or "",
        phone=value.get("phone") or phone,
        email=email,
    )


def return_read(value: dict[str, Any]) -> ReturnRead:
    """The whole return, as read by return_get."""
    order = value["order"]
    currency = str(order["presentmentCurrencyCode"])
    return ReturnRead(
        return_gid=value["id"],
        name=value.get("name") or "",
        status=value["status"],
        order_gid=order["id"],
        order_name=order.get("name") or "",
        lines=tuple(_line(line, currency) for line in nodes(value.get("returnLineItems"))),
        rfos=tuple(_rfo(rfo) for rfo in nodes(value.get("reverseFulfillmentOrders"))),
        refunds=tuple(
            RefundRead(refund["id"], money((refund.get("totalRefundedSet") or {}).get("presentmentMoney")))
            for refund in nodes(value.get("refunds"))
        ),
        presentment_currency=currency,
        created_at=parse_instant(value["createdAt"]) if value.get("createdAt") else None,
        exchanges=tuple(_exchange(line) for line in nodes(value.get("exchangeLineItems"))),
        shipping_fee=sum((_fee(fee, currency) for fee in value.get("returnShippingFees") or ()), Money(0, currency)),
    )


def _line(line: dict[str, Any], currency: str) -> ReturnLineRead:
    fulfilled = line.get("fulfillmentLineItem") or {}
    sold = fulfilled.get("lineItem") or {}
    total = sold.get("discountedTotalSet") or {}
    quantity = max(int(sold.get("quantity") or 1), 1)
    unit = line.get("unitPrice")
    shop = money(total.get("shopMoney") or unit, fallback_currency=currency)
    shown = money(total.get("presentmentMoney") or unit, fallback_currency=currency)
    return ReturnLineRead(
        gid=line["id"],
        quantity=int(line.get("quantity") or 0),
        processed=int(line.get("processedQuantity") or 0),
        unprocessed=int(line.get("unprocessedQuantity") or 0),
        refundable=int(line.get("refundableQuantity") or 0),
        fulfillment_line_gid=fulfilled.get("id") or "",
        line_gid=sold.get("id") or "",
        title=sold.get("title") or "",
        detail=sold.get("variantTitle") or "",
        sku=sold.get("sku") or "",
        image=(sold.get("image") or {}).get("url") or "",
        reason_label=(line.get("returnReasonDefinition") or {}).get("name") or "",
        customer_note=line.get("customerNote") or "",
        unit_total=Money(shop.cents if unit else shop.cents // quantity, shop.currency),
        unit_total_presentment=Money(shown.cents if unit else shown.cents // quantity, shown.currency),
        duty_gids=tuple(duty["id"] for duty in sold.get("duties") or [] if duty),
        reason_gid=(line.get("returnReasonDefinition") or {}).get("id") or "",
        fee=_fee(line.get("restockingFee"), currency),
    )


def _fee(fee: dict[str, Any] | None, currency: str) -> Money:
    return money(((fee or {}).get("amountSet") or {}).get("presentmentMoney"), fallback_currency=currency)


def _exchange(line: dict[str, Any]) -> ExchangeLineRead:
    return ExchangeLineRead(
        gid=line["id"],
        quantity=int(line.get("quantity") or 0),
        processed=int(line.get("processedQuantity") or 0),
        unprocessed=int(line.get("unprocessedQuantity") or 0),
        variant_gid=line.get("variantId") or "",
    )


def _rfo(rfo: dict[str, Any]) -> RfoRead:
    lines = [
        RfoLineRead(line["id"], (line.get("fulfillmentLineItem") or {}).get("id") or "", int(line["totalQuantity"]))
        for line in nodes(rfo.get("lineItems"))
    ]
    deliveries = []
    for delivery in nodes(rfo.get("reverseDeliveries")):
        deliverable = delivery.get("deliverable") or {}
        number = (deliverable.get("tracking") or {}).get("number") or ""
        label = (deliverable.get("label") or {}).get("publicFileUrl") or ""
        deliveries.append(ReverseDeliveryRead(delivery["id"], number, label))
    return RfoRead(rfo["id"], rfo["status"], tuple(lines), tuple(deliveries))
