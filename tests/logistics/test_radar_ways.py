"""Ways out: whatever is on the shelves and whenever it is needed, at least two, and every one of them holds."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.radar.kinds import FAULTS, HEADINGS, OBJECTIONS, Failure, Found, blames
from logistics.radar.ways import Colleague, Piece, World, holds, ways_out

TODAY = date(2026, 11, 27)  # a Friday

PIECES = st.builds(
    Piece,
    variant_gid=st.sampled_from(["v1", "v2", "v3"]),
    title=st.just("Ring"),
    place=st.sampled_from(["Paris", "Tokyo"]),
    available=st.integers(-1, 3),
    price=st.none() | st.decimals(1, 100, places=2),
).map(lambda piece: replace(piece, asked=piece.variant_gid == "v1"))
WORLDS = st.builds(
    World,
    today=st.just(TODAY),
    pieces=st.lists(PIECES, max_size=6).map(tuple),
    colleagues=st.lists(st.builds(Colleague, st.integers(1, 3), st.just("Bob")), max_size=2).map(tuple),
    money_waits=st.booleans(),
)
FINDINGS = st.builds(
    Found,
    key=st.just("k"),
    failure=st.sampled_from(Failure),
    return_gid=st.just("r"),
    rma_id=st.just(1),
    detail=st.just(""),
    need_by=st.none() | st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=9)),
    variant_gid=st.sampled_from(["", "v1"]),
)


@given(FINDINGS, WORLDS)
def test_there_are_always_two_ways_and_each_is_in_stock_and_in_time(found: Found, world: World) -> None:
    ways = ways_out(found, world)
    assert 2 <= len(ways) <= 3
    for way in ways:
        assert holds(way, found, world) and way.by >= world.today and way.title and way.words
        if way.variant_gid:
            there = [p for p in world.pieces if (p.variant_gid, p.place) == (way.variant_gid, way.place)]
            assert any(piece.available > 0 for piece in there)
            assert found.need_by is None or way.by <= found.need_by
    assert len({(way.kind, way.variant_gid) for way in ways}) == len(ways)


def test_the_same_piece_comes_before_another_and_one_far_from_its_price_is_left_out() -> None:
    own = Piece("v1", "Ring", "Paris", 1, Decimal(100), asked=True)
    near, far = Piece("v2", "Near", "Tokyo", 1, Decimal(130)), Piece("v3", "Far", "Tokyo", 1, Decimal("130.01"))
    found = Found("k", Failure.STOCK_GONE, "r", 1, "", variant_gid="v1")
    titles = [way.title for way in ways_out(found, World(TODAY, (far, near, own)))]
    assert titles == ["Ring, by courier", "Ring, at Paris", "Near, by courier"]


def test_a_courier_of_friday_is_there_on_monday_and_not_offered_for_sunday() -> None:
    own = Piece("v1", "Ring", "Paris", 1, asked=True)
    found = Found("k", Failure.NEED_BY, "r", 1, "", need_by=TODAY + timedelta(days=2), variant_gid="v1")
    kinds = [way.kind for way in ways_out(found, World(TODAY, (own,)))]
    assert "courier" not in kinds and kinds[0] == "collect"


def test_money_is_only_offered_today_where_an_amount_waits() -> None:
    found = Found("k", Failure.REFUND_LATE, "r", 1, "")
    assert ways_out(found, World(TODAY, money_waits=True))[0].kind == "pay"
    assert "pay" not in [way.kind for way in ways_out(found, World(TODAY))]


def test_every_failure_has_its_words_and_none_of_them_blames() -> None:
    assert set(FAULTS) == set(OBJECTIONS) == set(HEADINGS) == set(Failure)
    assert not any(blames(words) for words in FAULTS.values())


@pytest.mark.parametrize(
    ("text", "flagged"),
    [("You should  have\npacked it", True), ("The carrier lost it", True), ("It’s the carrier’s fault", True),
     ("We lost it", False), ("", False)],
)  # fmt: skip
def test_words_that_blame_are_found(text: str, flagged: bool) -> None:
    assert bool(blames(text)) is flagged
