"""A client decides on their own page how it goes: one return follows, changed until it is on its way, never two."""

from typing import Any

import pytest
from sqlmodel import Session, select

from kit.errors import AppError, Conflict, NotFound
from kit.money import Money
from routing import offers
from routing.models import OpenedReturn
from routing.offer_models import ReturnOffer
from routing.offers import Choice, OfferedPiece
from routing.states import OpeningState
from shops.links import OFFER, issue_link, open_link
from shops.links import ORDER as OF_THE_ORDER
from tests import cast
from tests.cast import NOW, number
from tests.routing.answering_house import DAY, House
from tests.routing.one_house import session as session

STUDS, CHAIN, BAND, CUFF = (
    Choice(f"variant/{n}", name, n) for n, name in enumerate(["Studs", "Chain", "Band", "Cuff"])
)
ORDER = "gid://shopify/Order/1042"


def offer(session: Session, house: House, key: str = "k", **given: Any) -> tuple[ReturnOffer, bool]:
    about: dict[str, Any] = {
        "shop_id": house.shop_id, "order_gid": ORDER, "order_name": "#1042", "lines": [("fulfilled/1", 2)],
        "pieces": [OfferedPiece("Ring", "Platinum", 2)], "reason_gid": "reason/1", "advisor_id": house.bob,
        "choices": [STUDS, CHAIN], "value": Money(1_480_000, "USD"), "may_credit": True, "now": NOW,
    }  # fmt: skip
    return offers.offer(session, key=key, **(about | given))


def decide(session: Session, row: ReturnOffer, wish: str) -> ReturnOffer:
    return offers.decide(session, shop_id=row.shop_id, offer_id=number(row.id), wish=wish, now=NOW + DAY)


def opened(session: Session) -> list[OpenedReturn]:
    return list(session.exec(select(OpenedReturn).execution_options(populate_existing=True)))


def test_nothing_is_made_before_the_client_decides_and_then_one_return_is_with_all_of_it(
    session: Session, one_house: House
) -> None:
    row, is_new = offer(session, one_house)
    assert is_new and opened(session) == [] and offers.opened_of(session, row) is None
    row = decide(session, row, "exchange:1")
    (made,) = opened(session)
    assert (row.wish, row.decided_at, row.opened_id) == ("exchange:1", NOW + DAY, made.id)
    assert made.exchanges == [{"variant_gid": CHAIN.variant_gid, "quantity": 1}]
    assert made.lines == [{"fulfillment_line_gid": "fulfilled/1", "quantity": 2}]
    assert (made.advisor_id, made.reason_gid, made.order_gid) == (one_house.bob, "reason/1", ORDER)
    assert offers.opened_of(session, row) == made and offers.rma_of(session, row) is None


@pytest.mark.parametrize("wish", ["refund", "credit"])
def test_money_back_and_credit_send_nothing_instead(session: Session, one_house: House, wish: str) -> None:
    decide(session, offer(session, one_house)[0], wish)
    assert [made.exchanges for made in opened(session)] == [[]]


def test_the_same_form_sent_twice_is_one_offer_and_anothers_key_is_another(session: Session, one_house: House) -> None:
    first, again = offer(session, one_house), offer(session, one_house, lines=[("fulfilled/9", 1)])
    assert (first[0].id, again[1]) == (again[0].id, False), "and the first stands as it was"
    assert offer(session, one_house, key="other")[0].id != first[0].id


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"lines": []}, "at least one piece"),
        ({"lines": [("fulfilled/1", 0)]}, "at least one piece"),
        ({"choices": [STUDS, CHAIN, BAND, CUFF]}, "Name 3 pieces at most"),
    ],
)
def test_what_cannot_be_offered_is_said(session: Session, one_house: House, given: dict[str, Any], words: str) -> None:
    with pytest.raises(AppError, match=words):
        offer(session, one_house, **given)
    assert session.exec(select(ReturnOffer)).all() == []


@pytest.mark.parametrize(
    ("given", "wishes"),
    [
        pytest.param({}, ["refund", "credit", "exchange:0", "exchange:1"], id="the refund first"),
        pytest.param({"may_credit": False}, ["refund", "exchange:0", "exchange:1"], id="no credit in this house"),
        pytest.param({"choices": [], "may_credit": False}, ["refund"], id="the refund alone"),
        pytest.param(
            {"choices": [STUDS, CHAIN, BAND]}, ["refund", "credit", "exchange:0", "exchange:1", "exchange:2"],
            id="three pieces",
        ),
    ],
)  # fmt: skip
def test_what_may_be_chosen_is_what_was_offered(
    session: Session, one_house: House, given: dict[str, Any], wishes: list[str]
) -> None:
    row, _ = offer(session, one_house, **given)
    assert offers.wishes_of(row) == wishes
    for wish in {"", "gift", "exchange", "exchange:-1", "exchange:3", "Refund", "credit"} - set(wishes):
        with pytest.raises(AppError, match="choose one of the ways"):
            decide(session, row, wish)
    assert opened(session) == []


def test_decided_otherwise_before_it_is_sent_it_is_the_same_return_changed(session: Session, one_house: House) -> None:
    row = decide(session, offer(session, one_house)[0], "exchange:0")
    assert decide(session, row, "exchange:0") == row
    for wish, sends in (("refund", []), ("exchange:1", [{"variant_gid": CHAIN.variant_gid, "quantity": 1}])):
        assert decide(session, row, wish).wish == wish
        assert [made.exchanges for made in opened(session)] == [sends]


@pytest.mark.parametrize(
    "values",
    [{"state": OpeningState.SENDING, "sent_at": NOW}, {"sent_at": NOW}, {"state": OpeningState.MADE}],
    ids=["while it is being sent", "when it may have been", "when it is made"],
)
def test_once_shopify_is_being_asked_it_is_changed_no_more_here(
    session: Session, one_house: House, values: dict[str, Any]
) -> None:
    row = decide(session, offer(session, one_house)[0], "refund")
    (made,) = opened(session)
    for name, value in values.items():
        setattr(made, name, value)
    session.flush()
    with pytest.raises(Conflict, match="being opened just now"):
        decide(session, row, "exchange:0")
    assert decide(session, row, "refund").wish == "refund", "the same again is no change"
    assert opened(session)[0].exchanges == []


def test_those_nobody_decided_about_are_listed_newest_first_for_one_advisor_or_all(
    session: Session, one_house: House
) -> None:
    first, second = offer(session, one_house, "a")[0], offer(session, one_house, "b", advisor_id=one_house.hugo)[0]
    third = offer(session, one_house, "c")[0]
    decide(session, offer(session, one_house, "d")[0], "refund")

    def listed(advisor_id: int | None) -> list[int | None]:
        return [row.id for row in offers.waiting(session, shop_id=one_house.shop_id, advisor_id=advisor_id)]

    assert listed(None) == [third.id, second.id, first.id]
    assert (listed(one_house.bob), listed(one_house.hugo)) == ([third.id, first.id], [second.id])


def test_another_shop_neither_sees_nor_decides_nor_forgets_it(session: Session, one_house: House) -> None:
    row, _ = offer(session, one_house)
    dana = number(cast.alice(session, "dana.myshopify.com").id)
    with pytest.raises(NotFound):
        offers.decide(session, shop_id=dana, offer_id=number(row.id), wish="refund", now=NOW)
    assert offers.waiting(session, shop_id=dana, advisor_id=None) == []
    offers.forget(session, shop_id=dana, order_gids=[ORDER])
    assert offers.waiting(session, shop_id=one_house.shop_id, advisor_id=None) == [row]


def test_what_was_prepared_for_an_order_goes_with_the_clients_data_and_for_others_stays(
    session: Session, one_house: House
) -> None:
    offer(session, one_house, "a")
    kept, _ = offer(session, one_house, "b", order_gid="gid://shopify/Order/7")
    offers.forget(session, shop_id=one_house.shop_id, order_gids=[ORDER])
    assert [row.id for row in session.exec(select(ReturnOffer))] == [kept.id]


def test_with_what_was_prepared_go_the_links_to_it_and_no_others(session: Session, one_house: House) -> None:
    """Links are told apart by shop and purpose too: another of the same number stays."""
    row, kept = offer(session, one_house, "a")[0], offer(session, one_house, "b", order_gid="gid://shopify/Order/7")[0]
    dana = number(cast.alice(session, "dana.myshopify.com").id)
    given = {
        name: (purpose, issue_link(session, shop_id=shop_id, purpose=purpose, subject_id=subject, now=NOW))
        for name, shop_id, purpose, subject in (
            ("its own", one_house.shop_id, OFFER, number(row.id)),
            ("the other offer's", one_house.shop_id, OFFER, number(kept.id)),
            ("of another purpose", one_house.shop_id, OF_THE_ORDER, number(row.id)),
            ("another shop's", dana, OFFER, number(row.id)),
        )
    }
    offers.forget(session, shop_id=one_house.shop_id, order_gids=[ORDER])
    session.flush()
    purpose, token = given.pop("its own")
    with pytest.raises(NotFound):
        open_link(session, token, purpose=purpose, now=NOW)
    for purpose, token in given.values():
        assert open_link(session, token, purpose=purpose, now=NOW).subject_id
