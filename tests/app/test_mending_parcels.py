"""Parcels astray, money nobody is sure of, and what clients asked for: what is told of them, and of whose returns."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session

from kit.db import Database
from logistics.models import Parcel, Rma, RmaStep, Settlement
from logistics.statement_models import StatementState, WithdrawalStatement
from logistics.states import Goods, ParcelState, SettlementState
from logistics.ways import Way
from routing.models import OpenedReturn
from routing.states import OpeningState
from shopify_app.mending import parcels
from shopify_app.mending.look import HERE, Look, Place
from shops.models import Shop
from tests import cast
from tests.cast import NOW


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    config = cast.settings(sqlite_url)
    database = Database(config.database_url)
    with database.begin() as session:
        yield session
    database.close()


@pytest.fixture
def shop(session: Session) -> Shop:
    return cast.alice(session)


@pytest.fixture
def rma(session: Session, shop: Shop) -> Rma:
    return cast.cleos_return(session, shop)


def look(session: Session, shop: Shop) -> Look:
    session.flush()
    return Look(session, shop, cast.settings(), NOW)


def page(rma: Rma) -> Place:
    return Place(f"Return {rma.number}", f"/app/returns/{rma.id}")


def box(session: Session, rma: Rma, scan: str, name: str = "a", **changed: Any) -> None:
    given: dict[str, Any] = {"state": ParcelState.ATTACHED, "way": Way.LABEL} | changed
    about: dict[str, Any] = {
        "reference": f"rp-{rma.id}-{name}",
        "rfo_gid": f"r-{name}",
        "need_cents": 1,
        "cover_currency": "USD",
    }
    session.add(Parcel(rma_id=cast.number(rma.id), shop_id=rma.shop_id, scan_status=scan, **about, **given))


# --- parcels astray


@pytest.mark.parametrize(
    ("scan", "is_astray"),
    [
        ("return_to_sender", True),
        ("failure", True),
        ("cancelled", True),
        ("error", True),
        ("", False),
        ("unknown", False),
        ("pre_transit", False),
        ("in_transit", False),
        ("out_for_delivery", False),
        ("available_for_pickup", False),
        ("delivered", False),
    ],
)
def test_a_parcel_is_astray_when_the_carrier_has_given_it_up(
    session: Session, shop: Shop, rma: Rma, scan: str, is_astray: bool
) -> None:
    box(session, rma, scan)
    assert parcels.stray_parcels(look(session, shop)) == ([page(rma)] if is_astray else [])


@pytest.mark.parametrize("goods", list(Goods))
def test_a_parcel_is_looked_for_while_its_return_is_not_here(
    session: Session, shop: Shop, rma: Rma, goods: Goods
) -> None:
    rma.goods_state = goods
    box(session, rma, "failure")
    waits = goods in {"authorised", "labelled", "in_transit"}
    assert parcels.stray_parcels(look(session, shop)) == ([page(rma)] if waits else [])


def test_a_label_that_was_given_back_is_cancelled_at_the_carrier_and_nobody_looks_for_its_parcel(
    session: Session, shop: Shop, rma: Rma
) -> None:
    box(session, rma, "cancelled", state=ParcelState.VOID)
    assert parcels.stray_parcels(look(session, shop)) == []
    box(session, rma, "failure", "b")  # the one that travels in its place
    assert parcels.stray_parcels(look(session, shop)) == [page(rma)]


def test_two_boxes_of_one_return_are_one_place_and_returns_stand_in_the_order_they_came(
    session: Session, shop: Shop, rma: Rma
) -> None:
    later = cast.cleos_return(session, shop, return_gid="gid://shopify/Return/77")
    box(session, later, "error")
    for name in ("a", "b"):
        box(session, rma, "error", name)
    assert parcels.stray_parcels(look(session, shop)) == [page(rma), page(later)]


# --- returns ended against us


@pytest.mark.parametrize(
    ("ended_from", "is_told"),
    [("in_transit", True), ("arrived", True), ("inspected", True), ("authorised", False), ("settled", False)],
)
def test_a_return_ended_in_shopify_is_told_when_the_piece_was_on_its_way_or_here(
    session: Session, shop: Shop, rma: Rma, ended_from: str, is_told: bool
) -> None:
    rma.goods_state = Goods.ENDED
    about: dict[str, Any] = {"rma_id": rma.id, "shop_id": shop.id, "at": NOW, "actor": "shopify", "kind": "ended"}
    session.add(RmaStep(from_state=ended_from, to_state="ended", **about))
    assert parcels.against_us(look(session, shop)) == ([page(rma)] if is_told else [])


# --- money


def payment(session: Session, rma: Rma, state: SettlementState) -> None:
    about: dict[str, Any] = {"amount_cents": 1_480_000, "currency": "USD", "proposed_at": NOW}
    session.add(Settlement(rma_id=cast.number(rma.id), shop_id=rma.shop_id, batch=1, state=state, **about))


@pytest.mark.parametrize("state", list(SettlementState))
def test_of_payments_only_those_nobody_is_sure_of_are_told(
    session: Session, shop: Shop, rma: Rma, state: SettlementState
) -> None:
    payment(session, rma, state)
    assert parcels.unsettled_money(look(session, shop)) == ([page(rma)] if state == "unsettled" else [])


def test_each_payment_nobody_is_sure_of_is_counted_and_leads_to_its_return(
    session: Session, shop: Shop, rma: Rma
) -> None:
    other = cast.cleos_return(session, shop, return_gid="gid://shopify/Return/77")
    for one in (other, rma):
        payment(session, one, SettlementState.UNSETTLED)
    (money,) = [failure for failure in parcels.PARCELS if failure.kind == "money"]
    need = money.look(look(session, shop))
    assert need and need.heading == "It is not certain whether 2 payments went out"
    assert need.places == (page(rma), page(other)) and need.tone == "critical"


# --- what clients asked for


@pytest.mark.parametrize("state", list(OpeningState))
def test_a_return_asked_for_here_is_told_when_nobody_knows_whether_it_was_made(
    session: Session, shop: Shop, state: OpeningState
) -> None:
    row = OpenedReturn(
        shop_id=cast.number(shop.id), key="k", order_gid="o", order_name="#1042", asked_at=NOW, state=state
    )
    session.add(row)
    found = parcels.unsettled_openings(look(session, shop))
    expected = [Place("Order #1042", f"/app/activity#opening-{row.id}")] if state == "unsettled" else []
    assert found == expected


def test_two_returns_asked_for_of_one_order_have_a_place_each(session: Session, shop: Shop) -> None:
    for key in ("k1", "k2"):
        about: dict[str, Any] = {"order_gid": "o", "order_name": "#1042", "asked_at": NOW, "shop_id": shop.id}
        session.add(OpenedReturn(key=key, state=OpeningState.UNSETTLED, **about))
    (opening,) = [failure for failure in parcels.PARCELS if failure.kind == "opening"]
    need = opening.look(look(session, shop))
    assert need and len(need.places) == 2 and {place.words for place in need.places} == {"Order #1042"}


@pytest.mark.parametrize("state", list(StatementState))
def test_a_withdrawal_waits_while_it_is_a_persons_to_carry_out(
    session: Session, shop: Shop, state: StatementState
) -> None:
    about: dict[str, Any] = {"shop_id": shop.id, "order_name": "#1042", "received_at": NOW}
    session.add(WithdrawalStatement(key="k", state=state, **about))
    assert parcels.withdrawals_waiting(look(session, shop)) == ([HERE] if state == "person" else [])


def test_withdrawals_are_counted_and_lead_to_the_one_page_of_them(session: Session, shop: Shop) -> None:
    for key in ("k1", "k2", "k3"):
        session.add(WithdrawalStatement(
            shop_id=cast.number(shop.id), key=key, order_name="#1042", received_at=NOW, state=StatementState.PERSON
        ))  # fmt: skip
    (withdrawal,) = [failure for failure in parcels.PARCELS if failure.kind == "withdrawal"]
    need = withdrawal.look(look(session, shop))
    assert need and need.heading == "3 clients withdrew from a purchase, and it is not carried out yet"
    assert need.places == (Place("See the withdrawals", "/app/withdrawals"),)


# --- whose they are


def test_of_another_shops_parcels_money_openings_and_withdrawals_nothing_is_told(session: Session, shop: Shop) -> None:
    dana = cast.dana(session)
    box(session, dana.rma, "failure")
    payment(session, dana.rma, SettlementState.UNSETTLED)
    about: dict[str, Any] = {"shop_id": dana.shop_id, "key": "k", "order_name": "#7"}
    session.add(OpenedReturn(order_gid="o", asked_at=NOW, state=OpeningState.UNSETTLED, **about))
    session.add(WithdrawalStatement(received_at=NOW, state=StatementState.PERSON, **about))
    kinds = {"stray", "money", "opening", "withdrawal"}

    def told(whose: Shop) -> set[str]:
        return {failure.kind for failure in parcels.PARCELS if failure.find(look(session, whose))}

    assert told(dana.shop) == kinds and told(shop) == set()
