"""Issue 5, the client decides: nothing in Shopify before, one return after, and another mind while it is possible."""

from decimal import Decimal
from typing import Any

import pytest

from kit.errors import AppError, Conflict, OutsideError
from kit.money import Money
from logistics import minds
from logistics.minds import Wish
from logistics.radar.needs import note_need
from logistics.radar.ways import Piece
from routing import offers
from routing.offer_models import ReturnOffer
from tests import cast
from tests.acceptance.money_house import MoneyHouse
from tests.acceptance.money_house import house as house
from tests.acceptance.test_logistics_money import give_credit
from tests.journeys.edge_town import DOMAIN

CARD = "shopify_payments"
PIECE = "Meridian ring, Other"
asks_a_person = pytest.mark.calm(reason="a return whose making got no clear answer is a question to a person")


def offer(house: MoneyHouse, *, price: str = "9400.00", instead: str = "10650.50", may_credit: bool = True) -> int:
    """What an advisor prepared for the client to decide about."""
    house.runs |= {"routing.open_return", "routing.route_return"}
    house.sell(pieces=[{"product": "meridian-ring", "price": price}])
    order = house.order()
    choice = offers.Choice(house.variant(instead), PIECE, Money.parse(instead, "USD").cents)
    with house.town.database.begin() as session:
        row, _ = offers.offer(
            session,
            shop_id=house.town.shop_id,
            key="the-form",
            order_gid=order["id"],
            order_name=order["name"],
            lines=[(order["fulfillments"][0]["lines"][0]["id"], 1)],
            pieces=[offers.OfferedPiece("Meridian ring", "Platinum", 1)],
            reason_gid=house.in_shopify().shop.all("ReturnReasonDefinition")[0]["id"],
            advisor_id=house.town.advisor_id,
            choices=[choice],
            value=Money.parse(price, "USD"),
            may_credit=may_credit,
            now=house.town.times["now"],
        )
        return cast.number(row.id)


def decide(house: MoneyHouse, offer_id: int, wish: str) -> ReturnOffer:
    with house.town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.town.shop_id, "offer_id": offer_id, "now": house.town.times["now"]}
        return offers.decide(session, wish=wish, **about)


def follow(house: MoneyHouse) -> None:
    """The jobs run, and the RMA is there."""
    house.work()
    (rma,) = house.town.rows()[2]
    house.rma_id, house.return_gid = cast.number(rma.id), rma.return_gid


def mind(house: MoneyHouse, wish: str) -> None:
    with house.town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.town.shop_id, "rma_id": house.rma_id, "now": house.town.times["now"]}
        minds.change_mind(session, wish=wish, by="client", **about)
    house.work()


def offered(house: MoneyHouse) -> list[str]:
    with house.town.database.begin() as session:
        return [str(wish) for wish in minds.wishes(session, house.view().rma)]


def settle(house: MoneyHouse) -> dict[str, Any]:
    house.arrive()
    house.approve()
    return house.ledger()


@asks_a_person
@pytest.mark.parametrize(
    ("wish", "owed", "back", "credit"),
    [
        ("refund", "0.00", {CARD: "9400.00"}, "0.00"),
        ("credit", "0.00", {}, "9400.00"),
        ("exchange:0", "1250.50", {}, "0.00"),
    ],
)
def test_nothing_is_made_in_shopify_before_the_client_chose_and_then_one_return_with_their_choice(
    house: MoneyHouse, wish: str, owed: str, back: dict[str, str], credit: str
) -> None:
    offer_id = offer(house)
    house.work()
    assert house.order()["returnIds"] == [] and house.calls("ReturnCreate") == 0
    decide(house, offer_id, wish)
    decide(house, offer_id, wish)  # a second press
    follow(house)
    assert (house.done("ReturnCreate"), house.done("ReturnRequest")) == (1, 0)
    ledger = settle(house)
    assert (ledger["owed"], ledger["back"], ledger["credit"]) == (owed, back, credit)
    assert house.done("ReturnProcess") == 1


@asks_a_person
def test_another_choice_before_it_was_sent_is_the_one_that_counts(house: MoneyHouse) -> None:
    offer_id = offer(house)
    decide(house, offer_id, "exchange:0")
    decide(house, offer_id, "refund")
    follow(house)
    assert house.done("ReturnCreate") == 1 and settle(house)["back"] == {CARD: "9400.00"}


def test_once_shopify_is_asked_another_choice_waits_with_a_sentence(house: MoneyHouse) -> None:
    offer_id = offer(house)
    decide(house, offer_id, "exchange:0")
    house.work(1)
    with pytest.raises(Conflict, match="can be changed on this page"):
        decide(house, offer_id, "refund")


@pytest.mark.parametrize("wish", ["", "exchange:1", "exchange:-1", "exchange:x", "credit", "everything"])
def test_what_was_not_offered_cannot_be_chosen(house: MoneyHouse, wish: str) -> None:
    offer_id = offer(house, may_credit=False)
    with pytest.raises(AppError):
        decide(house, offer_id, wish)
    house.work()
    assert house.order()["returnIds"] == []


@pytest.mark.calm(reason="names the fault and when it comes")
@pytest.mark.parametrize("kind", ["", "cut_json", "502"], ids=["answered", "lost after", "lost before"])
@pytest.mark.parametrize(("wish", "back", "credit"), [("refund", {CARD: "9400.00"}, "0.00"), ("credit", {}, "9400.00")])
def test_from_a_piece_instead_to_money_the_piece_is_taken_off_once(
    house: MoneyHouse, wish: str, back: dict[str, str], credit: str, kind: str
) -> None:
    decide(house, offer(house), "exchange:0")
    follow(house)
    assert offered(house) == ["refund", "credit", "exchange"]
    house.arrive()
    assert house.money().owed.amount == "1250.50"
    if kind:
        faults = [{"operation": "RemoveFromReturn", "kind": kind, "times": 1}]
        house.town.control("POST", "faults", {"faults": faults})
    mind(house, wish)
    assert house.done("RemoveFromReturn") == 1 and str(house.money().state) == "proposed"
    house.approve()
    ledger = house.ledger()
    assert (ledger["back"], ledger["credit"], ledger["owed"]) == (back, credit, "0.00")
    assert house.done("ReturnProcess") == 1


@asks_a_person
def test_an_amount_proposed_with_the_piece_while_it_is_being_taken_off_is_not_the_one_that_counts(
    house: MoneyHouse,
) -> None:
    decide(house, offer(house), "exchange:0")
    follow(house)
    house.arrive()
    about: dict[str, Any] = {"shop_id": house.town.shop_id, "rma_id": house.rma_id}
    with house.town.database.begin() as session:
        minds.change_mind(session, wish="refund", by="client", now=house.town.times["now"], **about)
    house.town.jobs["logistics.propose_settlement"](house.town.database.begin, **about)
    assert house.money().exchanges, "Shopify still has the piece on the return"
    house.work()
    assert not house.money().exchanges and house.money().amount.amount == "9400.00"
    house.approve()
    assert (house.ledger()["back"], house.done("ReturnProcess")) == ({CARD: "9400.00"}, 1)


@asks_a_person
def test_from_money_to_credit_and_back_as_often_as_they_like_until_it_is_sent(house: MoneyHouse) -> None:
    decide(house, offer(house), "refund")
    follow(house)
    mind(house, "credit")
    mind(house, "refund")
    house.arrive()
    mind(house, "credit")
    assert house.money().as_credit and house.money().amount.amount == "9400.00"
    house.approve()
    assert house.ledger()["credit"] == "9400.00" and offered(house) == []
    with pytest.raises(Conflict, match="Please ring us"):
        mind(house, "refund")


def test_credit_is_offered_on_the_page_only_where_its_ceiling_leaves_room(house: MoneyHouse) -> None:
    house.sell(pieces=[{"product": "meridian-ring", "price": "9400.00"}])
    give_credit(house, "5600.01")
    house.send_back()
    house.open()
    assert offered(house) == ["refund"]
    with pytest.raises(AppError):
        mind(house, "credit")


@pytest.mark.calm(reason="runs a job by hand, once")
def test_a_piece_their_advisor_promised_may_be_taken_from_the_page_by_the_way_that_is_open(house: MoneyHouse) -> None:
    house.sell(pieces=[{"product": "meridian-ring", "price": "9400.00"}])
    body = {"order_name": house.order_name, "as": "request", "shop": DOMAIN}
    house.return_gid = house.town.control("POST", "returns", body)["id"]
    about: dict[str, Any] = {"shop_id": house.town.shop_id, "return_gid": house.return_gid}
    house.town.jobs["routing.route_return"](house.town.database.begin, order_gid=house.order()["id"], **about)
    house.rma_id = cast.number(house.town.rows()[2][0].id)
    piece = Piece(house.variant("10650.50"), PIECE, "", 0, Decimal("10650.50"))
    with house.town.database.begin() as session:
        note_need(session, occasion="", need_by=None, piece=piece, now=house.town.times["now"], **about)
    assert offered(house) == ["refund", "exchange"]
    with house.town.database.begin() as session:
        told: dict[str, Any] = {"shop_id": house.town.shop_id, "rma_id": house.rma_id, "now": house.town.times["now"]}
        minds.change_mind(session, wish="exchange", by="client", **told)
    house.town.jobs["logistics.make_exchange"](
        house.town.database.begin, shop_id=house.town.shop_id, rma_id=house.rma_id
    )
    assert house.done("ReturnCreate") == 1
    with house.town.database.begin() as session:
        assert minds.wish_of(session, house.view().rma) is Wish.EXCHANGE
    house.work()
    mind(house, "refund")
    assert settle(house)["back"] == {CARD: "9400.00"}
    assert all(isinstance(trouble, OutsideError) for trouble in house.troubles)
