"""Amounts as Shopify shows them: decimals as text, each in the shop's currency and in the buyer's."""

from decimal import ROUND_HALF_UP, Decimal

NO_MINOR_UNIT = {"CLP", "ISK", "JPY", "KRW", "PYG", "RWF", "UGX", "VND", "XAF", "XOF", "XPF"}
THOUSANDTHS = {"BHD", "JOD", "KWD", "LYD", "OMR", "TND"}


def rounded(amount: Decimal, currency: str) -> Decimal:
    places = 0 if currency in NO_MINOR_UNIT else 3 if currency in THOUSANDTHS else 2
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


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
