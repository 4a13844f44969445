"""A return that was made anew in Shopify: everything known of the former goes on under the new id."""

from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select

from consults.models import Case
from logistics.events import ReturnReplaced
from measures import pilots
from measures.pilot_models import PilotMode, PilotReturn
from routing.models import Decision, OpenedReturn
from routing.replacing import follow_replaced
from routing.rules import Outcome
from routing.seller_models import SellerChoice
from routing.sellers import Level
from routing.states import OpeningState
from tests import cast
from tests.cast import NOW, PRICE
from tests.routing.answering_house import House
from tests.routing.one_house import session as session

OLD, NEW, OTHER = (f"gid://shopify/Return/{n}" for n in (4299, 4300, 4301))


def decision(shop_id: int, return_gid: str, words: str = "", outcome: Outcome = Outcome.SIMPLE) -> Decision:
    return Decision(
        shop_id=shop_id, return_gid=return_gid, order_gid="gid://shopify/Order/1042", outcome=outcome, words=words,
        level=Level.NOBODY, policy_version=1, total_cents=PRICE.cents, currency=PRICE.currency, decided_at=NOW,
    )  # fmt: skip


def choice(shop_id: int, return_gid: str) -> SellerChoice:
    order = "gid://shopify/Order/1042"
    return SellerChoice(shop_id=shop_id, order_gid=order, return_gid=return_gid, advisor_id=1, by="staff:7", at=NOW)


def opened(shop_id: int, return_gid: str) -> OpenedReturn:
    return OpenedReturn(
        shop_id=shop_id, key=return_gid, order_gid="gid://shopify/Order/1042", state=OpeningState.MADE, asked_at=NOW,
        return_gid=return_gid,
    )  # fmt: skip


def gids(session: Session, kind: Any, shop_id: int) -> set[str]:
    return set(session.exec(select(kind.return_gid).where(kind.shop_id == shop_id)))


def replaced(house: House, *, before: str = OLD, by: str = NEW) -> ReturnReplaced:
    return ReturnReplaced(house.shop_id, 1, by, before)


@pytest.mark.parametrize("make", [decision, choice, opened], ids=["the decision", "a person's choice", "how it came"])
def test_what_is_known_of_it_goes_on_under_the_new_id_and_nothing_else_moves(
    session: Session, one_house: House, make: Any
) -> None:
    dana = cast.number(cast.alice(session, "dana.myshopify.com").id)
    rows: list[SQLModel] = [make(one_house.shop_id, OLD), make(one_house.shop_id, OTHER), make(dana, OLD)]
    session.add_all(rows)
    session.flush()
    for _ in range(2):
        follow_replaced(session, replaced(one_house))
    assert gids(session, type(rows[0]), one_house.shop_id) == {NEW, OTHER}
    assert gids(session, type(rows[0]), dana) == {OLD}


def test_its_case_goes_on_and_is_the_same_case(session: Session, one_house: House) -> None:
    world = cast.dana(session)
    session.add(case := Case(**(world.case.model_dump() | {"id": None, "shop_id": one_house.shop_id})))
    session.flush()
    follow_replaced(session, replaced(one_house, before=case.return_gid))
    session.expire_all()
    assert (case.return_gid, world.case.return_gid) == (NEW, "gid://shopify/Return/4299")


def test_made_anew_twice_it_is_still_one_return(session: Session, one_house: House) -> None:
    session.add(decision(one_house.shop_id, OLD))
    session.flush()
    follow_replaced(session, replaced(one_house))
    follow_replaced(session, replaced(one_house, before=NEW, by=OTHER))
    assert gids(session, Decision, one_house.shop_id) == {OTHER}


def test_a_pilots_household_is_counted_by_the_return_that_became_of_the_first(
    session: Session, one_house: House
) -> None:
    """Else an exchange, which is what a conversation is for, would be lost to the arm that brought it."""
    plan: dict[str, Any] = {"before_share": 20, "hoped_share": 40, "expected": 60, "by": "staff:7", "now": NOW}
    pilots.register(session, shop_id=one_house.shop_id, mode=PilotMode.COMPARE, limit=PRICE, **plan)
    about: dict[str, Any] = {"shop_id": one_house.shop_id, "key": "c:9", "value": PRICE, "now": NOW}
    first = pilots.invites(session, return_gid=OLD, **about)
    follow_replaced(session, replaced(one_house))
    assert gids(session, PilotReturn, one_house.shop_id) == {NEW}
    assert pilots.invites(session, return_gid=NEW, **about) == first, "and it is not drawn again"


def test_where_the_new_one_was_decided_before_anybody_knew_the_former_decision_stands(
    session: Session, one_house: House
) -> None:
    hasty = decision(one_house.shop_id, NEW, "Nothing is offered here.", Outcome.NOTHING)
    session.add_all([decision(one_house.shop_id, OLD, "Bob sold the piece.", Outcome.ASSISTED), hasty])
    session.flush()
    for _ in range(2):
        follow_replaced(session, replaced(one_house))
    kept = session.exec(select(Decision).where(Decision.shop_id == one_house.shop_id)).all()
    assert [(row.return_gid, row.words) for row in kept] == [(NEW, "Bob sold the piece.")]
