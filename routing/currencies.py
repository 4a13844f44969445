"""An order in another currency than the rules: nothing is converted, and nothing is compared that is not alike.

A shop that changes its currency keeps orders in the former one, and their returns go on for months.
"""

from dataclasses import replace

from sqlmodel import Session

from kit.causes import Cause
from kit.errors import Waiting
from routing import books
from routing.decide import Decided, Outcome, chosen_by_hand, decide
from routing.facts import Directory, ReturnFacts
from routing.rules import RuleBook
from shops.shops import get_shop

OTHER_CURRENCY = (
    "The amounts in the routing rules are in {limit}, and this order is in {order}. Save them again on the routing "
    "page, in the shop's currency of today."
)
FORMER_CURRENCY = (
    "This order is in {order}, a currency the shop has left, and no rules were saved in it. Say here what is offered. "
    "What goes back to the client is in the order's own money either way."
)
THEN = "The order is in {order}, the shop's currency then, so the last rules in that currency were asked."


def decide_elsewhere(
    session: Session, *, shop_id: int, book: RuleBook, facts: ReturnFacts, directory: Directory, chosen: str = ""
) -> tuple[Decided, int]:
    """The decision and the version of the rules it was made with, where amounts of `book` cannot be compared.

    By the last rules in the order's own currency, if the shop has left that; else by what a person chose, an Outcome.
    Raises Waiting until somebody did, or saved the rules in the shop's currency of today.
    """
    order, today = facts.order_total.currency, get_shop(session, shop_id).currency
    if chosen:
        return chosen_by_hand(Outcome(chosen), facts, directory), book.version
    if book.currency != today or order == today:
        raise Waiting(OTHER_CURRENCY.format(limit=book.currency, order=order), cause=Cause.OTHER_CURRENCY)
    last = books.last_in(session, shop_id=shop_id, currency=order)
    if last is None:
        raise Waiting(FORMER_CURRENCY.format(order=order), cause=Cause.OTHER_CURRENCY)
    decided = decide(last, facts, directory)
    return replace(decided, words=f"{THEN.format(order=order)} {decided.words}"), last.version
