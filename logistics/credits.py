"""Store credit: whether it may be offered. Asked before anybody is offered any.

Shopify keeps an account a currency, with a ceiling of its own. It publishes one figure, in dollars; for others the
house writes down what Shopify confirmed (the pack "credit"), and until then none is offered, and that is said.
"""

from collections.abc import Mapping

from sqlmodel import Session

from kit.money import Money
from logistics import packs
from logistics.models import LogisticsPolicy, Rma
from logistics.pack_files import Pack
from logistics.ports import ReturnsDoor
from logistics.reads import SuggestedOutcome

Ceilings = Mapping[str, Money]


def ceilings(session: Session, shop_id: int) -> dict[str, Money]:
    """The most a client's account may hold, by currency, as the shop's pack has it."""
    return ceilings_in(packs.pack(session, shop_id, "credit"))


def ceilings_in(pack: Pack) -> dict[str, Money]:
    """Those of a pack. An entry without a figure, or whose currency is none, counts for nothing."""
    named = ((entry["currency"].strip().upper(), entry["ceiling"]) for entry in pack.entries)
    return {code: Money.parse(str(most), code) for code, most in named if most and len(code) == 3 and code.isalpha()}


def fits(known: Ceilings, balances: tuple[Money, ...], amount: Money) -> bool:
    """Whether the account can take `amount` on top of what it holds. A currency without a known ceiling takes none."""
    ceiling = known.get(amount.currency)
    held = sum(balance.cents for balance in balances if balance.currency == amount.currency)
    return ceiling is not None and amount.cents > 0 and held + amount.cents <= ceiling.cents


def why_not(known: Ceilings, amount: Money) -> str:
    """Why this amount is not offered as store credit, for the staff."""
    ceiling = known.get(amount.currency)
    if ceiling is None:
        return no_ceiling(amount.currency)
    if amount.cents > ceiling.cents:
        return f"Store credit is not offered: an account holds {ceiling.show()} at most."
    return f"Store credit is not offered: the client's account has no room left below {ceiling.show()}."


def no_ceiling(currency: str) -> str:
    """That nobody knows the ceiling of that currency."""
    return f"Store credit is not offered: no ceiling of an account in {currency} is written down under Rules."


def may_offer(
    known: Ceilings, returns: ReturnsDoor, policy: LogisticsPolicy, rma: Rma, suggested: SuggestedOutcome
) -> bool:
    """Whether this amount may be offered as store credit. Asks Shopify only where it could be."""
    amount = suggested.amount
    if not policy.offer_credit or not rma.client_gid or amount is None or not fits(known, (), amount):
        return False
    return fits(known, returns.store_credit(rma.shop_id, rma.client_gid), amount)
