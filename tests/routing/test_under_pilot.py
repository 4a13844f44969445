"""What a pilot changes about a decision: the invitation alone. Beside test_piloting.py, which goes the whole way."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.money import Money
from measures import pilots
from measures.arms import Arm
from measures.pilot_models import PilotMode, PilotReturn
from routing import books
from routing.decide import Decided
from routing.piloting import under_pilot
from routing.rules import Outcome, RuleBook
from routing.sellers import Level
from tests import cast
from tests.cast import NOW, PRICE
from tests.routing.answering_house import House
from tests.routing.one_house import session as session
from tests.routing.test_piloting import salt_for

INVITE = Decided(Outcome.ASSISTED, 7, Level.ORDER, "Bob sold the piece.", "r1")


def piloted(session: Session, house: House, arm: Arm) -> None:
    plan: dict[str, Any] = {"before_share": 20, "hoped_share": 40, "expected": 60, "by": "staff:7", "now": NOW}
    limit, mode = Money(500_000, "USD"), PilotMode.COMPARE
    pilots.register(session, shop_id=house.shop_id, mode=mode, limit=limit, **plan).salt = salt_for(arm)


def ask(session: Session, house: House, decided: Decided = INVITE, n: int = 1, **client: Any) -> Decided:
    return under_pilot(
        session,
        decided,
        shop_id=house.shop_id,
        return_gid=f"gid://shopify/Return/{n}",
        client=replace(cast.CLEO_READ, **client),
        value=PRICE,
        now=NOW,
    )


def test_without_a_pilot_and_for_an_invited_household_the_decision_is_the_rules_own(
    session: Session, one_house: House
) -> None:
    assert ask(session, one_house) == INVITE
    piloted(session, one_house, Arm.INVITED)
    assert ask(session, one_house) == INVITE


@pytest.mark.parametrize("outcome", [Outcome.SIMPLE, Outcome.NAMED, Outcome.NOTHING])
def test_who_would_not_be_asked_to_talk_is_not_drawn(session: Session, one_house: House, outcome: Outcome) -> None:
    piloted(session, one_house, Arm.TODAY)
    plain = replace(INVITE, outcome=outcome)
    assert ask(session, one_house, plain) == plain
    assert session.exec(select(PilotReturn)).all() == []


@pytest.mark.parametrize("outcome", [Outcome.ASSISTED, Outcome.BOTH])
@pytest.mark.parametrize(
    ("otherwise", "given"),
    [
        (Outcome.SIMPLE, Outcome.SIMPLE),
        (Outcome.NOTHING, Outcome.NOTHING),
        (Outcome.NAMED, Outcome.SIMPLE),
        (Outcome.BOTH, Outcome.SIMPLE),
        (Outcome.ASSISTED, Outcome.SIMPLE),
    ],
)
def test_who_is_not_invited_has_what_everybody_else_has_and_names_nobody(
    session: Session, one_house: House, outcome: Outcome, otherwise: Outcome, given: Outcome
) -> None:
    book = RuleBook(0, "USD", (), otherwise)
    books.put_in_force(session, shop_id=one_house.shop_id, book=book, instead_of=None, by="", now=NOW)
    piloted(session, one_house, Arm.TODAY)
    found = ask(session, one_house, replace(INVITE, outcome=outcome))
    assert (found.outcome, found.advisor_id, found.level, found.rule_id) == (given, None, Level.NOBODY, "r1")
    assert found.words.endswith("By the rule alone: Bob sold the piece.")


def test_one_client_has_one_arm_whichever_of_their_addresses_tells_who_they_are(
    session: Session, one_house: House
) -> None:
    """Shopify shows no customer: the address tells, and then the number."""
    piloted(session, one_house, Arm.INVITED)
    for hidden in ("", "phone", "email"):
        known: dict[str, Any] = {"gid": ""} | ({hidden: ""} if hidden else {})
        first, second = (ask(session, one_house, n=n, **known) for n in (1, 2))
        assert first == second
    keys = set(session.exec(select(PilotReturn.key)))
    assert not any(key.startswith("r:") for key in keys)


def test_of_two_whom_nobody_knows_each_is_a_household_of_their_own(session: Session, one_house: House) -> None:
    piloted(session, one_house, Arm.INVITED)
    for n in (1, 2):
        ask(session, one_house, n=n, gid="", email="", phone="")
    assert set(session.exec(select(PilotReturn.key))) == {f"r:gid://shopify/Return/{n}" for n in (1, 2)}
