"""Amounts in another currency are never compared: whose rules speak then, or that a person has to."""

from typing import Any

import pytest
from sqlmodel import Session

from kit.causes import Cause
from kit.errors import Waiting
from kit.money import Money
from routing import books
from routing.currencies import decide_elsewhere
from routing.facts import Directory, Person, ReturnFacts
from routing.rules import Condition, Outcome, Rule, RuleBook
from routing.sellers import Level
from shops.shops import get_shop
from tests import cast
from tests.cast import NOW
from tests.routing.answering_house import House
from tests.routing.one_house import session as session

BOB = Person(7, "Bob", True)
PEOPLE = Directory(by_staff={"staff/7": BOB}, by_id={7: BOB})


def saved(session: Session, house: House, *currencies: str) -> RuleBook:
    """Rules saved while the shop's was each of these currencies, the last in force. The first is the second version."""
    for currency in currencies:
        get_shop(session, house.shop_id).currency = currency
        limit = Condition("order_value", "at_least", ("5000.00",))
        fresh = RuleBook(0, currency, (Rule("r1", f"Over 5,000 {currency}", (limit,), Outcome.ASSISTED),))
        books.put_in_force(session, shop_id=house.shop_id, book=fresh, instead_of=None, by="", now=NOW)
    return books.in_force(session, house.shop_id)


def asked(session: Session, house: House, *currencies: str, today: str, order: str, chosen: str = "") -> Any:
    book = saved(session, house, *currencies)
    get_shop(session, house.shop_id).currency = today
    facts = ReturnFacts("#1042", Money(900_000, order), order_staff_gid="staff/7")
    about: dict[str, Any] = {"book": book, "facts": facts, "directory": PEOPLE, "chosen": chosen}
    return decide_elsewhere(session, shop_id=house.shop_id, **about)


@pytest.mark.parametrize(
    ("rules", "today", "order", "words"),
    [
        pytest.param(["USD"], "EUR", "EUR", "are in USD, and this order is in EUR. Save them again",
                     id="the shop moved on and its rules did not: the merchant saves them again"),
        pytest.param(["USD"], "EUR", "GBP", "are in USD, and this order is in GBP. Save them again",
                     id="the same, whatever the order is in"),
        pytest.param(["EUR"], "EUR", "USD", "This order is in USD, a currency the shop has left, and no rules were",
                     id="an order of before, and no rules of then: a person says what is offered"),
        pytest.param(["GBP", "EUR"], "EUR", "USD", "This order is in USD, a currency the shop has left",
                     id="rules of a third currency say nothing of it"),
    ],
)  # fmt: skip
def test_where_nobody_can_say_which_is_more_it_waits_and_says_for_whom(
    session: Session, one_house: House, rules: list[str], today: str, order: str, words: str
) -> None:
    with pytest.raises(Waiting) as waits:
        asked(session, one_house, *rules, today=today, order=order)
    assert words in waits.value.reason and waits.value.cause == Cause.OTHER_CURRENCY


def test_an_order_of_before_goes_by_the_last_rules_of_its_own_currency(session: Session, one_house: House) -> None:
    decided, version = asked(session, one_house, "USD", "USD", "EUR", today="EUR", order="USD")
    assert (decided.outcome, decided.advisor_id, decided.level) == (Outcome.ASSISTED, 7, Level.ORDER)
    assert version == 3, "the newest of those, and not the ones in force"
    assert decided.words.startswith("The order is in USD, the shop's currency then, so the last rules in that currency")
    assert decided.words.endswith("Bob is on the order as the member of staff.")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_a_person_said_is_offered_and_kept_with_the_rules_that_could_not_be_asked(
    session: Session, one_house: House, outcome: Outcome
) -> None:
    decided, version = asked(session, one_house, "USD", today="EUR", order="GBP", chosen=outcome.value)
    assert (decided.outcome, version) == (outcome, 2)
    assert decided.advisor_id == (7 if outcome.names_an_advisor else None)
    assert "a person of the house decided" in decided.words


def test_another_shops_rules_are_not_asked(session: Session, one_house: House) -> None:
    dana = cast.number(cast.alice(session, "dana.myshopify.com").id)
    limit = Condition("order_value", "at_least", ("1.00",))
    book = RuleBook(0, "USD", (Rule("r1", "Dana's", (limit,), Outcome.ASSISTED),))
    books.put_in_force(session, shop_id=dana, book=book, instead_of=None, by="", now=NOW)
    with pytest.raises(Waiting, match="no rules were saved in it"):
        asked(session, one_house, "EUR", today="EUR", order="USD")
