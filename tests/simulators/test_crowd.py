"""Shops with a crowd in them, and faults that strike by chance."""

import re

import pytest
import requests

from simulators.faults import Faults
from simulators.world.crowd import Crowd, crowd
from tests.simulators.shopify_calls import BASE, Calls

STAFF = 71_400_000_000


@pytest.fixture(scope="module")
def crowds() -> list[Crowd]:
    return [crowd(number, BASE, seed=3, orders=12, returns=9, staff_from=STAFF) for number in (1, 2)]


def test_the_same_seed_makes_the_same_crowd(crowds: list[Crowd]) -> None:
    again = crowd(1, BASE, seed=3, orders=12, returns=9, staff_from=STAFF)
    assert again.documents() == crowds[0].documents()


def test_two_crowds_share_no_person_and_no_number_but_the_staffs(crowds: list[Crowd]) -> None:
    def words(made: Crowd) -> set[str]:
        found = repr([made.shop.all(kind) for kind in ("Customer", "Order", "Return", "StaffMember")])
        pattern = (
            r"gid://shopify/(?!ReturnReason|StaffMember|Location)\w+/\d+|\+\d{8,}|[\w.]+@[\w.-]+|\b[A-Z][a-z]{5}\b"
        )
        return set(re.findall(pattern, found))

    ours, theirs = (words(made) for made in crowds)
    assert len(ours) > 60
    assert {word for word in ours & theirs if "@" in word or word.startswith(("gid", "+"))} == set()
    names = {c["lastName"] for made in crowds for c in made.shop.all("Customer")}
    assert len(names) == 24
    assert {p["id"] for p in crowds[0].shop.all("StaffMember")} == {p["id"] for p in crowds[1].shop.all("StaffMember")}


def test_a_crowd_has_returns_asked_for_and_returns_born_approved() -> None:
    made = crowd(3, BASE, seed=1, orders=40, returns=40, staff_from=STAFF)
    assert {sold.return_["status"] for sold in made.sold if sold.return_} == {"REQUESTED", "OPEN"}
    assert {sold.is_dear for sold in made.sold} == {True, False}
    body = made.order_body(made.sold[0], updates=2)
    first = made.order_body(made.sold[0], updates=0)
    assert first["updated_at"] < body["updated_at"]
    assert body["returns"] == first["returns"]


def test_a_shop_can_be_added_to_the_stand_in_once(shopify: Calls, crowds: list[Crowd]) -> None:
    made = crowds[0]
    shopify.control("POST", "shops", {"shop": made.domain, "documents": made.documents()})
    found = shopify.control("GET", "returns", shop=made.domain)
    assert {r["id"] for r in found} == {sold.return_["id"] for sold in made.sold if sold.return_}
    again = requests.post(
        f"{shopify.base}/control/shopify/shops", json={"shop": made.domain, "documents": []}, timeout=5
    )
    assert again.status_code == 400 and "already" in again.json()["error"]


def test_a_standing_fault_strikes_its_share_until_it_is_called_off() -> None:
    faults = Faults()
    faults.order({"kind": "lost", "rate": 0.25})
    assert 60 < sum(_struck(faults) == "lost" for _ in range(400)) < 140
    faults.order({"kind": "none"})
    assert {_struck(faults) for _ in range(50)} == {None}


def test_faults_ordered_one_by_one_come_before_a_standing_one() -> None:
    faults = Faults()
    faults.order({"kind": "lost", "rate": 1})
    faults.order({"kind": "500"})
    assert [_struck(faults), _struck(faults)] == ["500", "lost"]


def _struck(faults: Faults) -> str | None:
    with faults.around() as kind:
        return kind
