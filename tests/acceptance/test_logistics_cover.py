"""Cover or no label; who may send back what. A line that must be shown, a test."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st
from sqlmodel import select

from consults.models import Advisor
from kit.db import Database
from logistics import packs, reverse_deliveries
from logistics.cover_models import RmaVerdict
from logistics.covering import note_papers
from logistics.eligibility import Answer, Track
from logistics.judging import let_go_on
from logistics.reads import PieceRead, SoldRead
from logistics.rmas import open_rma
from logistics.states import ParcelState
from logistics.ways import Way
from notifications.models import Message
from tests import cast
from tests.acceptance.cover_house import STREETS, Several, counting, several
from tests.journeys.edge_town import Town
from tests.logistics.conftest import House, make_house
from tests.logistics.stand_ins import Killed

ROOT = Path(__file__).parents[2]
NUMBERS = counting()
HAS_LABEL = (ParcelState.BOUGHT, ParcelState.ATTACHED)


@pytest.fixture
def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(database, monkeypatch)


@pytest.fixture
def shop(house: House) -> Several:
    return several(house, next(NUMBERS))


CENTS = st.sampled_from([1, 99_999, 100_000, 100_001, 250_000, 1_480_000, 2_500_000, 2_500_001])
MAYBE = st.none() | st.sampled_from([100_000, 350_000, 2_500_000, 4_000_000])
LINES = st.fixed_dictionaries(
    {
        "way": st.sampled_from([Way.LABEL, Way.LABEL, Way.COURIER]),
        "limit_cents": CENTS,
        "currency": st.sampled_from(["USD", "USD", "USD", "EUR"]),
        "excluded": st.lists(st.sampled_from(["jewellery", "watches", "cash-like"]), unique=True, max_size=2),
        "lanes": st.sampled_from([[], [["FR", "FR"]], [["FR", "FR"], ["DE", "FR"]], [["US", "FR"]]]),
        "day_cents": MAYBE,
        "address_cents": MAYBE,
        "policy_number": st.sampled_from(["HM-1", "HM-2"]),
        "payer": st.sampled_from(["carrier", "house"]),
        "is_on": st.sampled_from([True, True, False]),
    }
)
PIECES = st.fixed_dictionaries(
    {
        "cents": CENTS,
        "product_type": st.sampled_from(["Rings", "Watches", "Gift cards", "Leather"]),
        "country": st.sampled_from(["FR", "FR", "DE", "US"]),
        "street": st.sampled_from(STREETS),
    }
)


@pytest.mark.calm(reason="looks at every sale of a label by itself")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@over(
    lines=st.lists(LINES, max_size=3),
    pieces=st.lists(PIECES, min_size=1, max_size=4),
    confirmed=st.sampled_from([10**12, 1_000_000, 0]),
    changed=st.tuples(st.integers(0, 2), st.sampled_from([{"is_on": False}, {"limit_cents": 1}, {"day_cents": 1}])),
    again=st.lists(st.integers(0, 3), max_size=3),
)
def test_no_request_page_command_or_rule_makes_a_label_with_cover_below_value(
    house: House, lines: list, pieces: list, confirmed: int, changed: tuple, again: list
) -> None:
    shop = several(house, next(NUMBERS))
    shop.carrier.limit_cents = confirmed
    terms = [shop.write(**line) for line in lines]
    opened = [shop.open(**piece) for piece in pieces]
    house.line.drain(1)
    which, values = changed
    if which < len(terms):
        shop.change(terms[which], **values)
    for number in again:
        if number < len(opened):
            shop.ask_again(opened[number])
    house.line.drain(1)
    assert shop.carrier.wrongs == []
    assert all(use.cover_cents >= use.value_cents for use in shop.uses())
    kept = {use.reference: use for use in shop.uses()}
    for parcel in shop.parcels():
        if parcel.state is ParcelState.ATTACHED:  # only such a label ever reaches a client
            assert parcel.cover_cents is not None and parcel.cover_cents >= parcel.need_cents
            assert parcel.cover_confirmed_at is not None and kept[parcel.reference].way is Way.LABEL
        assert (parcel.state in HAS_LABEL) == (parcel.reference in shop.carrier.sold)
    if confirmed == 0:
        assert not any(p.state is ParcelState.ATTACHED and kept[p.reference].payer == "carrier" for p in shop.parcels())


@pytest.mark.calm(reason="says which of them comes first and has the room")
def test_several_cases_of_one_day_add_up(shop: Several) -> None:
    shop.write(day_cents=3_000_000)
    first, second, third = (shop.open(cents) for cents in (1_480_000, 1_480_000, 100_000))
    shop.house.line.drain(1)
    states = [shop.parcels(rma_id)[0].state for rma_id in (first, second, third)]
    assert states == [ParcelState.ATTACHED, ParcelState.ATTACHED, ParcelState.PLANNED]
    assert "$29,600 is there already, and this piece would add $1,000" in str(shop.house.line.troubles[-1])


@pytest.mark.calm(reason="says which of them comes first and has the room")
def test_several_cases_of_one_address_add_up_and_two_lines_of_one_policy_share_their_sum(shop: Several) -> None:
    shop.write(address_cents=2_000_000, limit_cents=1_500_000, policy_number="HM-9")
    shop.write(address_cents=2_000_000, limit_cents=1_500_000, policy_number="hm-9", carrier="Harbour")
    first, second = shop.open(1_480_000), shop.open(1_480_000)
    shop.house.line.drain(1)
    assert shop.parcels(first)[0].state is ParcelState.ATTACHED
    assert shop.parcels(second)[0].state is ParcelState.PLANNED
    assert "at one address" in str(shop.house.line.troubles[-1])


@pytest.mark.calm(reason="says which of them comes first and has the room")
def test_several_cases_in_one_vehicle_add_up(shop: Several) -> None:
    shop.write(vehicle_cents=2_000_000)
    shop.open(1_480_000)
    second = shop.open(1_480_000, street=STREETS[1])
    shop.house.line.drain(1)
    assert shop.parcels(second)[0].state is ParcelState.PLANNED
    assert "in one vehicle" in str(shop.house.line.troubles[-1])


@pytest.mark.calm(reason="says which of them comes first and has the room")
def test_a_label_that_waits_for_room_follows_once_the_one_before_it_is_on_its_way(shop: Several) -> None:
    shop.write(day_cents=2_000_000)
    first, second = shop.open(1_480_000), shop.open(1_480_000)
    shop.house.line.drain(1)
    shop.house.rma_id = first
    with shop.house.database.begin() as session:
        reverse_deliveries.record_scan(
            session,
            tracking_code=shop.parcels(first)[0].tracking_code or "",
            status="in_transit",
            at=shop.house.clock(),
            event_id=f"evt-{shop.shop_id}",
            now=shop.house.clock(),
        )
    shop.house.line.drain(1)
    assert shop.parcels(second)[0].state is ParcelState.PLANNED, "it was handed over today"
    shop.house.clock.pass_by(days=1)
    shop.house.line.drain(1)
    assert shop.parcels(second)[0].state is ParcelState.ATTACHED


def test_without_terms_the_label_waits_and_says_who_may_do_what(shop: Several) -> None:
    rma_id = shop.open(1_480_000)
    shop.house.line.drain(1)
    assert shop.parcels(rma_id)[0].state is ParcelState.PLANNED and shop.carrier.record == []
    assert "policy terms are not written down" in str(shop.house.line.troubles[-1])
    shop.write()
    shop.house.line.drain(1)
    assert shop.parcels(rma_id)[0].state is ParcelState.ATTACHED


def test_terms_switched_off_while_the_label_is_being_bought_hold_it_back(shop: Several) -> None:
    term_id = shop.write()
    rma_id = shop.open(1_480_000)
    shop.carrier.stop("buy", when="after", error=Killed())
    with pytest.raises(Killed):
        shop.house.line.drain(1)
    shop.change(term_id, is_on=False)
    shop.house.line.drain(2)
    (parcel,) = shop.parcels(rma_id)
    assert (parcel.state, parcel.cover_confirmed_at, shop.carrier.count("buy")) == (ParcelState.BOUGHT, None, 1)
    shop.change(term_id, is_on=True)
    shop.house.line.drain(1)
    assert shop.parcels(rma_id)[0].state is ParcelState.ATTACHED and shop.carrier.count("buy") == 1


def test_a_piece_over_the_labels_limit_takes_the_courier_and_no_label_is_bought(shop: Several) -> None:
    shop.write(limit_cents=1_000_000)
    shop.write(way=Way.COURIER, limit_cents=10_000_000)
    rma_id = shop.open(1_480_000)
    shop.house.line.drain(1)
    (parcel,) = shop.parcels(rma_id)
    assert (parcel.way, shop.carrier.record, parcel.tracking_code) == (Way.COURIER, [], None)
    assert parcel.state is ParcelState.BUYING and parcel.asked_at is not None, "somebody writes down who comes"


def test_the_houses_own_policy_covers_and_nothing_is_declared_to_the_carrier(shop: Several) -> None:
    shop.write(payer="house", limit_cents=2_500_000)
    rma_id = shop.open(1_480_000)
    shop.house.line.drain(1)
    (parcel,) = shop.parcels(rma_id)
    assert parcel.state is ParcelState.ATTACHED and parcel.cover_cents == 2_500_000
    assert [cover.cents for cover in shop.carrier.covers_asked] == [0]


def calls_of_buy() -> Iterator[str]:
    """Every file of ours that calls something's `buy`, the carriers' own adapters apart."""
    for package in ("shopify_app", "routing", "measures", "logistics", "consults", "webhooks", "jobs", "shops"):
        for path in (ROOT / package).rglob("*.py"):
            if path.parent.name == "carriers":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                if is_call and node.func.attr == "buy":  # type: ignore[attr-defined]
                    yield str(path.relative_to(ROOT))


def test_a_label_is_bought_in_one_place_only() -> None:
    assert list(calls_of_buy()) == ["logistics/buying.py"]


# --- protected materials


@pytest.mark.calm(reason="says which error is the last")
def test_a_protected_material_across_a_border_stops_the_label_and_opens_a_task(shop: Several) -> None:
    shop.write()
    at_home = shop.open(1_480_000, product_type="Matte alligator")
    abroad = shop.open(1_480_000, product_type="Matte alligator", country="US")
    shop.house.line.drain(1)
    assert shop.parcels(at_home)[0].state is ParcelState.ATTACHED
    assert shop.parcels(abroad)[0].state is ParcelState.PLANNED
    trouble = shop.house.line.troubles[-1]
    assert getattr(trouble, "cause", "") == "papers" and "alligator" in str(trouble)


def test_a_permit_a_person_has_seen_lets_the_label_go(shop: Several) -> None:
    shop.write()
    abroad = shop.open(1_480_000, product_type="Ivory", country="US")
    shop.house.line.drain(1)
    with shop.house.database.begin() as session:
        note_papers(
            session, shop_id=shop.shop_id, rma_id=abroad, number="FR-2026-1", by="staff:7", now=shop.house.clock()
        )
    shop.house.line.drain(1)
    assert shop.parcels(abroad)[0].state is ParcelState.ATTACHED


# --- who may send back what


def judged(house: House, *, sold: SoldRead, quantity: int = 1) -> tuple[RmaVerdict, list[str]]:
    """Cleo's ring as it was sold, asked back; what was judged, and what happened."""
    read = cast.cleos_read()
    read = replace(read, lines=(replace(read.lines[0], quantity=quantity, unprocessed=quantity),))
    house.shopify.returns[read.return_gid] = read
    with house.database.begin() as session:
        rma, _ = open_rma(
            session,
            shop_id=house.shop_id,
            read=read,
            client=cast.CLEO_READ,
            value=cast.PRICE,
            assisted=False,
            sold=sold,
            now=house.clock(),
        )
        house.rma_id, house.return_gid = cast.number(rma.id), read.return_gid
    house.line.drain(1)
    with house.database.begin() as session:
        return session.exec(select(RmaVerdict).where(RmaVerdict.rma_id == house.rma_id)).one(), house.kinds()


LINE = cast.cleos_read().lines[0].line_gid


def sold(*words: str, quantity: int = 1, **values: Any) -> SoldRead:
    given: dict[str, Any] = {"delivered_on": date(2026, 11, 12), "country": "FR", "channel": "web", **values}
    return SoldRead(pieces=(PieceRead(LINE, words=("Rings", *words), quantity=quantity),), **given)


def test_on_the_statutory_track_nothing_is_asked_and_nothing_holds_it_up(house: House) -> None:
    verdict, kinds = judged(house, sold=sold("final sale", "part of a set"))
    assert (verdict.track, verdict.answer) == (Track.STATUTORY, Answer.YES)
    assert "labelled" in kinds and house.shopify.count("approve") == 1


def test_what_the_houses_policy_does_not_plainly_take_back_waits_for_a_person_and_then_goes_on(house: House) -> None:
    verdict, kinds = judged(house, sold=sold("engraving", "told before paying"))
    assert (verdict.track, verdict.answer) == (Track.POLICY, Answer.LOOK)
    assert "approved" not in kinds and house.shopify.record == []
    assert "It is engraved, which the house does not take back." in str(house.line.troubles[-1])
    assert verdict.packs == {"countries": 0, "policy": 0, "classes": 0}
    with house.database.begin() as session:
        let_go_on(session, shop_id=house.shop_id, rma_id=house.rma_id, by="staff:7", now=house.clock())
    house.line.drain(1)
    assert house.kinds().count("let_go_on") == 1 and house.state() == "labelled"


def test_a_quantity_above_what_is_returnable_is_a_clear_sentence_and_nothing_changes(house: House) -> None:
    verdict, kinds = judged(house, sold=sold(quantity=1), quantity=2)
    assert verdict.answer is Answer.NO
    assert str(house.line.troubles[-1]) == "2 of Meridian ring are asked back, and 1 can still come."
    assert "approved" not in kinds and house.shopify.record == [] and house.carrier.record == []


def test_a_verdict_is_by_the_rules_of_its_day_and_names_their_version(house: House) -> None:
    with house.database.begin() as session:
        values = {"countries": "FR", "right": "on", "window_days": "3", "refund_days": "5", "source": "counsel"}
        about: dict[str, Any] = {
            "name": "countries",
            "by": "staff:7",
            "now": house.clock(),
            "today": date(2026, 11, 24),
        }
        packs.drop_entry(session, shop_id=house.shop_id, key="european-union", **about)
        packs.change_entry(session, shop_id=house.shop_id, key="france", values=values, **about)
    verdict, _ = judged(house, sold=sold())
    assert verdict.track is Track.POLICY and verdict.packs["countries"] == 2


# --- a withdrawal in the EU


@pytest.mark.calm(reason="counts the letters")
def test_a_withdrawal_in_the_eu_with_the_advisor_side_switched_off_entirely(town: Town) -> None:
    """No advisor, no conversation: acknowledged at once by e-mail with day and time, its days and its refund right."""
    with town.database.begin() as session:
        for row in session.exec(select(Advisor).where(Advisor.shop_id == town.shop_id)):
            row.active = False
            session.add(row)
    ring = {"template": "meridian", "total": "14800.00", "deliver": True, "days_ago": 9, "delivered_days_ago": 5}
    orders = town.control("GET", "orders")
    client = next(o["customer"]["id"] for o in orders if (o["customer"]["phone"] or "").startswith("+33"))
    order = town.control("POST", "orders", {**ring, "customer": client})
    town.pass_by(minutes=7)
    town.control("POST", "returns", {"order_name": order["name"].lstrip("#")})
    town.deliver()
    _, cases, (rma,) = town.rows()
    assert cases == [] and rma.country == "FR"
    town.jobs["logistics.acknowledge_withdrawal"](town.database.begin, shop_id=town.shop_id, rma_id=rma.id)
    town.jobs["logistics.acknowledge_withdrawal"](town.database.begin, shop_id=town.shop_id, rma_id=rma.id)
    with town.database.begin() as session:
        verdict = session.exec(select(RmaVerdict).where(RmaVerdict.rma_id == rma.id)).one()
        letters = session.exec(select(Message).where(Message.name == "withdrawal_received")).all()
    assert (verdict.track, verdict.answer) == (Track.STATUTORY, Answer.YES)
    assert rma.delivered_on == date(2026, 2, 25)
    assert any("until 11 March 2026" in found["reason"] for found in verdict.found)
    (letter,) = letters
    assert "lundi 2 mars 2026, 10:07 (Paris)" in letter.body, "days are written as the client writes them"
    assert "au plus tard le lundi 16 mars 2026" in letter.body
