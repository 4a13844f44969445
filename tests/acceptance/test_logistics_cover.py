"""Cover or no label; who may send back what. A line that must be shown, a test."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from kit.db import Database
from logistics.states import ParcelState
from logistics.ways import Way
from tests.acceptance.cover_house import STREETS, Several, counting, several
from tests.logistics.conftest import House, make_house

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


def test_several_cases_of_one_day_add_up(shop: Several) -> None:
    shop.write(day_cents=3_000_000)
    first, second, third = (shop.open(cents) for cents in (1_480_000, 1_480_000, 100_000))
    shop.house.line.drain(1)
    states = [shop.parcels(rma_id)[0].state for rma_id in (first, second, third)]
    assert states == [ParcelState.ATTACHED, ParcelState.ATTACHED, ParcelState.PLANNED]
    assert "$29,600 is there already, and this piece would add $1,000" in str(shop.house.line.troubles[-1])


def test_several_cases_of_one_address_add_up_and_two_lines_of_one_policy_share_their_sum(shop: Several) -> None:
    shop.write(address_cents=2_000_000, limit_cents=1_500_000, policy_number="HM-9")
    shop.write(address_cents=2_000_000, limit_cents=1_500_000, policy_number="hm-9", carrier="Harbour")
    first, second = shop.open(1_480_000), shop.open(1_480_000)
    shop.house.line.drain(1)
    assert shop.parcels(first)[0].state is ParcelState.ATTACHED
    assert shop.parcels(second)[0].state is ParcelState.PLANNED
    assert "at one address" in str(shop.house.line.troubles[-1])


def test_several_cases_in_one_vehicle_add_up(shop: Several) -> None:
    shop.write(vehicle_cents=2_000_000)
    shop.open(1_480_000)
    second = shop.open(1_480_000, street=STREETS[1])
    shop.house.line.drain(1)
    assert shop.parcels(second)[0].state is ParcelState.PLANNED
    assert "in one vehicle" in str(shop.house.line.troubles[-1])


def test_a_label_that_waits_for_room_follows_once_the_one_before_it_is_on_its_way(shop: Several) -> None:
    shop.write(day_cents=2_000_000)
    first, second = shop.open(1_480_000), shop.open(1_480_000)
    shop.house.line.drain(1)
    shop.house.rma_id = first
    with shop.house.database.begin() as session:
        from logistics import reverse_deliveries

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
    from tests.logistics.stand_ins import Killed

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
    assert (parcel.way, parcel.state, shop.carrier.record) == (Way.COURIER, ParcelState.PLANNED, [])


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


def test_a_protected_material_across_a_border_stops_the_label_and_opens_a_task(shop: Several) -> None:
    shop.write()
    at_home = shop.open(1_480_000, product_type="Matte alligator")
    abroad = shop.open(1_480_000, product_type="Matte alligator", country="US")
    shop.house.line.drain(1)
    assert shop.parcels(at_home)[0].state is ParcelState.ATTACHED
    assert shop.parcels(abroad)[0].state is ParcelState.PLANNED
    trouble = shop.house.line.troubles[-1]
    assert getattr(trouble, "cause", "") == "papers" and "alligator" in str(trouble)
