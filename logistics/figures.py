"""A batch's figures: from what Shopify suggests to the row that is kept, and whether the two still agree."""

from dataclasses import replace
from typing import Any

from kit.money import Money
from logistics.models import Settlement
from logistics.reads import SuggestedOutcome, Terms

CHANGED = "The amount is {new} now; it was {old} when it was approved. Please look at it again."
OTHER_PAYMENTS = "The payments it goes back to are different now. Please look at it again."
NOT_ADDING_UP = "The payments Shopify suggests do not add up to the amount. Please settle this one in the admin."
NO_PAYMENT = (
    "The pieces come to {worth}, and Shopify has no payment of this order to give back. "
    "Pay the client where they paid, then say so here."
)
PAID_ELSEWHERE = (
    "The pieces come to {worth}. Shopify can give back {amount}; {rest} was not paid through it. "
    "Pay that where the client paid, then say so here."
)
LESS_FEES = "{worth} less {fees} in fees"
GIVEN_BEFORE = "The pieces come to {worth}; {before} of this order was given back before."


def figures(suggested: SuggestedOutcome, currency: str, terms: Terms) -> dict[str, Any]:
    """The columns of a batch that say how much, and to whom."""
    amount = suggested.amount or Money(0, currency)
    parts = [] if terms.as_credit else sorted((gid, money) for gid, money in suggested.transactions if money.cents)
    return {
        "amount_cents": amount.cents,
        "currency": amount.currency,
        "shop_cents": suggested.in_shop_money.cents if suggested.in_shop_money else None,
        "tax_cents": suggested.tax.cents if suggested.tax and _is_whole(suggested, amount, terms) else None,
        "owed_cents": suggested.owed.cents if suggested.owed else 0,
        "elsewhere_cents": _elsewhere(suggested, terms),
        "kept_cents": suggested.kept_back.cents if suggested.kept_back else 0,
        "transactions": [{"parent_gid": g, "amount": m.amount, "currency": m.currency} for g, m in parts],
    }


def said_of(suggested: SuggestedOutcome, currency: str, terms: Terms) -> str:
    """The sentence a person reads where less goes back than the pieces come to; "" where nothing needs saying."""
    if suggested.worth is None or not suggested.is_cut or terms.exchanges:
        return ""
    amount = suggested.amount or Money(0, currency)
    rest = Money(suggested.beyond, amount.currency)
    worth, before, fees = suggested.worth.show(), suggested.given_back, suggested.fees
    if fees and fees.cents:
        worth = LESS_FEES.format(worth=worth, fees=fees.show())
    if rest.cents:
        if not amount.cents and not (before and before.cents):
            return NO_PAYMENT.format(worth=worth)
        return PAID_ELSEWHERE.format(worth=worth, amount=amount.show(), rest=rest.show())
    return GIVEN_BEFORE.format(worth=worth, before=before.show() if before else "")


def paid_for_pieces(suggested: SuggestedOutcome, currency: str, terms: Terms) -> Money:
    """What goes back for the pieces themselves, wherever it was paid: of what brought them, shipping and duties,
    nothing is ever kept back for wear."""
    amount = suggested.amount or Money(0, currency)
    due = amount.cents + _elsewhere(suggested, terms)
    return Money(min(due, suggested.pieces.cents) if suggested.pieces else due, amount.currency)


def in_full(suggested: SuggestedOutcome, *, fees: Money, paid_before: int = 0) -> SuggestedOutcome:
    """With what Shopify's suggestion leaves out: the fees in it, and that of what was given back of the order before,
    `paid_before` cents went for other pieces."""
    given = suggested.given_back
    others = given and Money(max(0, given.cents - paid_before), given.currency)
    return replace(suggested, fees=fees, given_back=others)


def difference(settlement: Settlement, suggested: SuggestedOutcome) -> str:
    """The sentence that says how the suggestion differs from what was approved; "" when it does not."""
    now = figures(suggested, settlement.currency, settlement.terms)
    for name in ("amount_cents", "owed_cents", "elsewhere_cents"):
        new, old = Money(now[name], now["currency"]), Money(getattr(settlement, name), settlement.currency)
        if new != old:
            return CHANGED.format(new=new.show(), old=old.show())
    return OTHER_PAYMENTS if now["transactions"] != settlement.transactions else ""


def adds_up(settlement: Settlement) -> bool:
    """Whether the payments it goes back to make up its amount, in its currency. Store credit has none."""
    parts = [amount for _, amount in refund_of(settlement)]
    if settlement.as_credit:
        return not parts
    same_currency = all(part.currency == settlement.currency for part in parts)
    return same_currency and settlement.amount_cents == sum(part.cents for part in parts)


def refund_of(settlement: Settlement) -> tuple[tuple[str, Money], ...]:
    """(parent transaction gid, amount) of each payment that gets some back."""
    return tuple((t["parent_gid"], Money.parse(t["amount"], t["currency"])) for t in settlement.transactions)


def credit_of(settlement: Settlement) -> Money | None:
    """What goes to the client's store credit; None where it goes back the way it was paid."""
    return settlement.amount if settlement.as_credit and settlement.amount_cents else None


def _is_whole(suggested: SuggestedOutcome, amount: Money, terms: Terms) -> bool:
    """Whether the amount is all that the pieces come to, so that its tax is the pieces' tax."""
    return not terms.exchanges and amount.cents > 0 and suggested.worth == amount


def _elsewhere(suggested: SuggestedOutcome, terms: Terms) -> int:
    """An exchange nets pieces, so how it was cut tells nothing of what was paid."""
    return 0 if terms.exchanges else suggested.beyond
