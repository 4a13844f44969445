"""When a return is worth an advisor's time. Pure functions of ReturnFacts; a rule names one of them."""

from collections.abc import Callable

from kit.money import Money
from routing.facts import ReturnFacts


def order_value_at_least(facts: ReturnFacts, limit: Money) -> bool:
    """Original order total, shop money, tax and shipping included. Exactly the limit counts.

    Raises ValueError when the limit is in another currency: a shop that changed its currency has to say so.
    """
    if facts.order_total.currency != limit.currency:
        raise ValueError(f"the limit is in {limit.currency}, the order in {facts.order_total.currency}")
    return facts.order_total.cents >= limit.cents


CONDITIONS: dict[str, Callable[[ReturnFacts, Money], bool]] = {"order_value_at_least": order_value_at_least}
