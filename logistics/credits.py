"""Store credit: whether it may be offered. Asked before anybody is offered any."""

import json
from functools import cache
from pathlib import Path

from kit.money import Money
from logistics.models import LogisticsPolicy, Rma
from logistics.ports import ReturnsDoor
from logistics.reads import SuggestedOutcome

PACK = Path(__file__).parent / "packs" / "store_credit.json"


@cache
def ceilings() -> dict[str, Money]:
    """The most a client's account may hold, by currency, as packs/store_credit.json has it with its source and day."""
    pack = json.loads(PACK.read_text())
    return {currency: Money.parse(amount, currency) for currency, amount in pack["ceilings"].items()}


def fits(balances: tuple[Money, ...], amount: Money) -> bool:
    """Whether the account can take `amount` on top of what it holds. A currency without a known ceiling takes none."""
    ceiling = ceilings().get(amount.currency)
    held = sum(balance.cents for balance in balances if balance.currency == amount.currency)
    return ceiling is not None and amount.cents > 0 and held + amount.cents <= ceiling.cents


def may_offer(returns: ReturnsDoor, policy: LogisticsPolicy, rma: Rma, suggested: SuggestedOutcome) -> bool:
    """Whether this amount may be offered as store credit. Asks Shopify only where it could be."""
    amount = suggested.amount
    if not policy.offer_credit or not rma.client_gid or amount is None or not fits((), amount):
        return False
    return fits(returns.store_credit(rma.shop_id, rma.client_gid), amount)
