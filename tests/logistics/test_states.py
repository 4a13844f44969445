"""Which moves are allowed, tried in every order."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.states import (
    DELIVERED,
    FINAL_GOODS,
    GOODS,
    JUDGEMENT,
    PARCEL,
    SETTLEMENT,
    Finding,
    Goods,
    InvalidMove,
    Judgement,
    judge,
    later_scan,
    move,
)

WALK = [Goods.AUTHORISED, Goods.LABELLED, Goods.IN_TRANSIT, Goods.ARRIVED, Goods.INSPECTED, Goods.SETTLED, Goods.CLOSED]


def test_the_whole_way_is_allowed() -> None:
    for before, after in pairwise(WALK):
        assert move(GOODS, before, after) is after


@given(st.sampled_from(Goods), st.sampled_from(Goods))
def test_goods_never_move_backwards(before: Goods, after: Goods) -> None:
    if before in WALK and after in WALK and WALK.index(after) <= WALK.index(before):
        with pytest.raises(InvalidMove):
            move(GOODS, before, after)


@pytest.mark.parametrize("state", [s for s in Goods if s not in FINAL_GOODS and s is not Goods.SETTLED])
def test_a_return_can_end_from_anywhere_before_its_money_went(state: Goods) -> None:
    assert move(GOODS, state, Goods.ENDED) is Goods.ENDED


@pytest.mark.parametrize("machine", [GOODS, JUDGEMENT, PARCEL, SETTLEMENT])
def test_every_state_of_a_machine_has_its_line(machine: dict) -> None:
    kind: Any = type(next(iter(machine)))
    assert set(machine) == set(kind)


@pytest.mark.parametrize(
    ("finding", "judgement"),
    [
        (Finding.MATCH, Judgement.ACCEPTED),
        (Finding.MATCH_WITH_WEAR, Judgement.ACCEPTED),
        (Finding.PART_MISSING, Judgement.LOOKED_AT),
        (Finding.MISMATCH, Judgement.LOOKED_AT),
        (Finding.CANNOT_TELL, Judgement.LOOKED_AT),
    ],
)
def test_only_the_piece_itself_is_accepted_without_a_person(finding: Finding, judgement: Judgement) -> None:
    assert judge(finding) is judgement


@pytest.mark.parametrize(
    ("shown", "status", "newer", "then"),
    [
        pytest.param("", "pre_transit", False, "pre_transit", id="the first scan there is"),
        pytest.param("in_transit", "out_for_delivery", True, "out_for_delivery", id="a newer one"),
        pytest.param("out_for_delivery", "in_transit", False, "out_for_delivery", id="one that comes late"),
        pytest.param("in_transit", DELIVERED, False, DELIVERED, id="a delivery, however late it is told"),
        pytest.param(DELIVERED, "return_to_sender", True, DELIVERED, id="nothing takes a delivery back"),
        pytest.param("failure", DELIVERED, True, DELIVERED, id="lost, and delivered after all"),
        pytest.param("in_transit", "return_to_sender", True, "return_to_sender", id="it turns round"),
        pytest.param("in_transit", "return_to_sender", False, "in_transit", id="an older turn that comes late"),
        pytest.param("return_to_sender", "in_transit", True, "return_to_sender", id="on its way to the sender"),
        pytest.param("return_to_sender", DELIVERED, True, "return_to_sender", id="delivered there, and not here"),
    ],
)
def test_what_a_parcel_shows_after_a_scan(shown: str, status: str, newer: bool, then: str) -> None:
    assert later_scan(shown, status, is_newer=newer) == then


@given(st.permutations(["pre_transit", "in_transit", "out_for_delivery", DELIVERED, "unknown"]), st.data())
def test_in_whatever_order_scans_come_a_delivery_stands(scans: list[str], data: st.DataObject) -> None:
    shown = ""
    for status in scans:
        shown = later_scan(shown, status, is_newer=data.draw(st.booleans()))
    assert shown == DELIVERED
