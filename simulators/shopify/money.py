"""Amounts as Shopify shows them: decimals as text, each in the shop's currency and in the buyer's."""

from decimal import ROUND_HALF_UP, Decimal

NO_MINOR_UNIT = {"JPY", "KRW"}


def rounded(amount: Decimal, currency: str) -> Decimal:
    places = Decimal("1") if currency in NO_MINOR_UNIT else Decimal("0.01")
    return amount.quantize(places, ROUND_HALF_UP)


def as_text(amount, currency: str) -> str:
    """Shopify writes JPY with one zero after the point (`1480.0`), most others with two digits."""
    value = rounded(Decimal(str(amount)), currency)
    return f"{value}.0" if currency in NO_MINOR_UNIT else str(value)


def money(amount, currency: str) -> dict:
    return {"amount": as_text(amount, currency), "currencyCode": currency}


def bag(order: dict, amount, presentment=None) -> dict:
    """A MoneyBag. `amount` is in shop money; `presentment` only where the caller was told it exactly."""
    shop = Decimal(str(amount))
    shown = shop * Decimal(order.get("rate", "1")) if presentment is None else Decimal(str(presentment))
    return {
        "shopMoney": money(shop, order["currencyCode"]),
        "presentmentMoney": money(shown, order["presentmentCurrencyCode"]),
    }


def as_presentment(order: dict, amount, presentment=None) -> Decimal:
    """`amount` of shop money in the buyer's; `presentment` where that was kept exactly."""
    if presentment is not None:
        return Decimal(str(presentment))
    return rounded(Decimal(str(amount)) * Decimal(order.get("rate", "1")), order["presentmentCurrencyCode"])


def refund_duty(shop, order: dict, duty: dict) -> dict:
    """The RefundDuty of {dutyId, amount}."""
    return {"amountSet": bag(order, duty["amount"]), "originalDuty": shop.get(duty["dutyId"])}


def to_shop_money(order: dict, presentment) -> Decimal:
    return rounded(Decimal(str(presentment)) / Decimal(order.get("rate", "1")), order["currencyCode"])
