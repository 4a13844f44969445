"""Custody: who had the piece, each hand-over once, two people where its value asks for two, nothing rewritten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from kit.db import Database
from kit.errors import AppError, Conflict, NotFound
from logistics import rmas
from logistics.custody import hands_of, must_have_two, needs_two, note_hand, pass_on, record_opening, taken_at
from logistics.custody_words import HandOver
from logistics.history import APP, move_goods
from logistics.models import LogisticsPolicy, Parcel, Rma, Scan
from logistics.reverse_deliveries import receive_by_hand, record_scan
from logistics.states import Goods
from tests import cast

ONE_MISSING = "Two people open a piece of this value. Write down who the second one is."


class World:
    """Cleo's ring, for which two people stand by."""

    def __init__(self, session: Session) -> None:
        self.session = session
        shop = cast.alice(session)
        self.shop_id = cast.number(shop.id)
        self.policy = LogisticsPolicy(shop_id=self.shop_id, two_people_cents=cast.PRICE.cents)
        session.add(self.policy)
        session.flush()
        self.rma: Rma = cast.cleos_return(session, shop)
        self.rma_id = cast.number(self.rma.id)

    def hand(self, kind: HandOver = HandOver.RECEIVED, person: str = "Bob", second: str = "Inès", **more: Any) -> bool:
        about: dict[str, Any] = {"key": str(kind), "person": person, "second_person": second, "now": cast.NOW}
        return note_hand(self.session, self.rma, kind, **(about | more))

    def open(self, shop_id: int = 0, **more: Any) -> Rma:
        about: dict[str, Any] = {
            "person": "Bob",
            "second_person": "Inès",
            "seal_number": "S-1",
            "seal_intact": True,
            "now": cast.NOW,
        }
        return record_opening(self.session, shop_id=shop_id or self.shop_id, rma_id=self.rma_id, **(about | more))

    def arrive(self) -> None:
        move_goods(self.session, self.rma, Goods.ARRIVED, actor=APP, now=cast.NOW)
        self.rma.arrived_at = cast.NOW
        self.session.flush()

    def says(self) -> list[str]:
        return [step.detail for step in rmas.steps(self.session, self.rma) if step.kind == "custody"]


@pytest.fixture
def world(database: Database, secured: Any) -> Any:
    with database.begin() as session:
        yield World(session)


def test_each_hand_over_is_kept_in_the_order_it_came_with_who_where_and_which_seal(world: World) -> None:
    world.hand(HandOver.SEALED, seal_number=" S-7 ", second="")
    world.hand(HandOver.COLLECTED, person="Harbour", second="")
    world.hand(HandOver.RECEIVED, seal_number="S-7", seal_intact=False, place="Paris")
    hands = hands_of(world.session, world.rma)
    assert [(h.kind, h.person, h.second_person, h.seal_number, h.seal_intact) for h in hands] == [
        (HandOver.SEALED, "Bob", "", "S-7", None),
        (HandOver.COLLECTED, "Harbour", "", "", None),
        (HandOver.RECEIVED, "Bob", "Inès", "S-7", False),
    ]
    assert hands[2].place == "Paris" and hands[2].at == cast.NOW
    assert world.says() == ["Sealed, seal S-7.", "Collected.", "Received, seal S-7, the seal was broken."]


def test_the_same_hand_over_twice_is_once_whoever_says_it(world: World) -> None:
    assert world.hand() is True
    assert world.hand(person="Zoe", seal_number="other") is False
    assert [hand.person for hand in hands_of(world.session, world.rma)] == ["Bob"] and len(world.says()) == 1


@pytest.mark.parametrize("verb", ["changed", "taken out"])
def test_nothing_that_was_written_down_is_changed_or_taken_out(world: World, verb: str) -> None:
    world.hand()
    (row,) = hands_of(world.session, world.rma)
    if verb == "changed":
        row.person = "Somebody else"
    else:
        world.session.delete(row)
    with pytest.raises(TypeError, match="Custody rows are written once and never changed"):
        world.session.flush()
    world.session.rollback()


@pytest.mark.parametrize(
    ("above", "two"),
    [(cast.PRICE.cents - 1, True), (cast.PRICE.cents, True), (cast.PRICE.cents + 1, False), (0, True)],
)
def test_from_the_merchants_value_on_two_people_stand_by(world: World, above: int, two: bool) -> None:
    world.policy.two_people_cents = above
    world.session.flush()
    assert needs_two(world.session, world.rma) is two


@pytest.mark.parametrize("kind", [HandOver.BROUGHT, HandOver.RECEIVED, HandOver.OPENED])
@pytest.mark.parametrize(
    "second",
    [
        pytest.param("", id="nobody"),
        pytest.param("   ", id="a blank"),
        pytest.param("Inès Laurent", id="the same one"),
        pytest.param(" inès  LAURENT ", id="the same, otherwise written"),
        pytest.param("Ine\u0300s Laurent", id="the same, her accent stored apart"),
        pytest.param("Ｉｎèｓ Ｌａｕｒｅｎｔ", id="the same, in wide letters"),
    ],
)
def test_one_person_is_not_two_however_their_name_is_written(world: World, kind: HandOver, second: str) -> None:
    with pytest.raises(AppError, match=ONE_MISSING):
        world.hand(kind, person="Inès Laurent", second=second)
    assert hands_of(world.session, world.rma) == [] and world.says() == []


@pytest.mark.parametrize("kind", [HandOver.COLLECTED, HandOver.DELIVERED, HandOver.PASSED_ON, HandOver.SEALED])
def test_on_its_way_one_person_is_enough(world: World, kind: HandOver) -> None:
    assert world.hand(kind, second="")


def test_two_who_share_a_surname_are_two(world: World) -> None:
    assert world.hand(person="Bob Laurent", second="Inès Laurent")


def test_it_is_looked_at_only_after_two_have_received_or_opened_it(world: World) -> None:
    with pytest.raises(AppError, match=ONE_MISSING):
        must_have_two(world.session, world.rma)
    world.hand(HandOver.PASSED_ON)
    with pytest.raises(AppError, match=ONE_MISSING):
        must_have_two(world.session, world.rma)
    world.hand(HandOver.BROUGHT)
    must_have_two(world.session, world.rma)
    world.policy.two_people_cents = cast.PRICE.cents + 1


def test_below_that_value_nobody_asks_for_a_second(world: World) -> None:
    world.policy.two_people_cents = cast.PRICE.cents + 1
    world.session.flush()
    assert world.hand(second="")
    must_have_two(world.session, world.rma)


# --- opened


def test_a_box_is_opened_once_it_is_here_and_not_before(world: World) -> None:
    with pytest.raises(Conflict, match="Note first that the piece has arrived"):
        world.open()
    world.arrive()
    world.open(seal_number=" S-9 ", seal_intact=False)
    (hand,) = hands_of(world.session, world.rma)
    assert (hand.kind, hand.seal_number, hand.seal_intact) == (HandOver.OPENED, "S-9", False)
    world.open()
    assert len(hands_of(world.session, world.rma)) == 1


def test_what_was_looked_at_already_is_not_opened_again(world: World) -> None:
    world.arrive()
    move_goods(world.session, world.rma, Goods.INSPECTED, actor="Bob", now=cast.NOW)
    with pytest.raises(Conflict, match="It was opened already"):
        world.open()


def test_a_stranger_opens_nothing(world: World) -> None:
    world.arrive()
    dana = cast.number(cast.alice(world.session, "dana.myshopify.com", "Dana").id)
    with pytest.raises(NotFound):
        world.open(shop_id=dana)
    with pytest.raises(AppError, match=ONE_MISSING):
        world.open(second_person="bob")
    assert hands_of(world.session, world.rma) == []


def test_a_box_left_the_clients_hands_with_the_carriers_first_moving_scan(world: World) -> None:
    ids = []
    for number, scans in enumerate(
        [[("pre_transit", 1), ("out_for_delivery", 5), ("in_transit", 3)], [("unknown", 1)], [("delivered", 9)]], 1
    ):
        box = Parcel(
            rma_id=world.rma_id, shop_id=world.shop_id, rfo_gid=f"gid://shopify/ReverseFulfillmentOrder/{number}",
            reference=f"rp-{number}", need_cents=1, cover_currency="USD",
        )  # fmt: skip
        world.session.add(box)
        world.session.flush()
        ids.append(cast.number(box.id))
        for status, hours in scans:
            at = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(hours=hours)
            row = Scan(parcel_id=ids[-1], shop_id=world.shop_id, event_id=f"{number}-{status}", status=status, at=at)
            world.session.add(row)
    world.session.flush()
    assert taken_at(world.session, world.rma) == {
        ids[0]: datetime(2026, 11, 24, 3, tzinfo=UTC),
        ids[2]: datetime(2026, 11, 24, 9, tzinfo=UTC),
    }


# --- from hand to hand


def kinds(world: World) -> list[tuple[str, str]]:
    return [(hand.kind.value, hand.person) for hand in hands_of(world.session, world.rma)]


def scan(world: World, status: str, event_id: str, hours: int = 0) -> None:
    at = cast.NOW + timedelta(hours=hours)
    record_scan(world.session, tracking_code="RP1", status=status, at=at, event_id=event_id, now=at)


def test_the_carrier_takes_it_and_brings_it_once_however_often_they_say_so(world: World) -> None:
    box = Parcel(
        rma_id=world.rma_id, shop_id=world.shop_id, rfo_gid="gid://shopify/ReverseFulfillmentOrder/9",
        carrier="Harbour", reference="rp-9", need_cents=1, cover_currency="USD", tracking_code="RP1",
    )  # fmt: skip
    world.session.add(box)
    world.session.flush()
    scan(world, "pre_transit", "a")
    assert kinds(world) == []
    for event_id, status in (("b", "in_transit"), ("b", "in_transit"), ("c", "out_for_delivery"), ("d", "delivered")):
        scan(world, status, event_id, hours=ord(event_id))
    scan(world, "delivered", "e", hours=200)
    assert kinds(world) == [("collected", "Harbour"), ("delivered", "Harbour")]
    taken, brought = hands_of(world.session, world.rma)
    assert (taken.at, brought.at) == tuple(cast.NOW + timedelta(hours=ord(each)) for each in "bd"), "as it was scanned"


def test_what_a_person_says_has_arrived_was_received_by_them_once(world: World) -> None:
    for _ in range(2):
        receive_by_hand(world.session, shop_id=world.shop_id, rma_id=world.rma_id, by="staff:7", now=cast.NOW)
    assert kinds(world) == [("received", "staff:7")]


def hand_on(world: World, shop_id: int = 0, **more: Any) -> Rma:
    about: dict[str, Any] = {"to": "Rose", "seal_number": "", "by": "Bob", "key": "k", "now": cast.NOW}
    return pass_on(world.session, shop_id=shop_id or world.shop_id, rma_id=world.rma_id, **(about | more))


def test_in_the_house_it_goes_from_one_to_another_or_under_a_seal_each_press_once(world: World) -> None:
    with pytest.raises(Conflict, match="Note first"):
        hand_on(world)
    world.arrive()
    for key in ("k", "k", "l"):
        hand_on(world, key=key)
    hand_on(world, key="m", to=" ", seal_number=" S-4 ")
    assert kinds(world) == [("passed_on", "Rose"), ("passed_on", "Rose"), ("sealed", "Bob")]
    assert [hand.second_person for hand in hands_of(world.session, world.rma)] == ["Bob", "Bob", ""]
    assert world.says()[-1] == "Sealed, seal S-4."


@pytest.mark.parametrize("wrong", [{"to": " "}, {"shop_id": 99}])
def test_nobody_and_no_seal_and_another_shop_change_nothing(world: World, wrong: dict[str, Any]) -> None:
    world.arrive()
    with pytest.raises(AppError):
        hand_on(world, **wrong)
    assert kinds(world) == []
