"""A booking written down a second time: what is new in it counts, and the same pressed twice is once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from kit.money import Money
from logistics.models import Parcel
from logistics.ways import Way
from tests import cast
from tests.logistics.conftest import House
from tests.logistics.test_ways import book, box_of, open_by

pytestmark = pytest.mark.calm(reason="counts what is asked")


@pytest.fixture
def booked(house: House) -> House:
    open_by(house, Way.COURIER)
    book(house)
    return house


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        pytest.param({"cover": Money(2_000_000, "USD")}, ("cover_cents", 2_000_000), id="more cover"),
        pytest.param({"carrier": "Eastgate"}, ("carrier", "Eastgate"), id="another courier"),
        pytest.param({"reference": "NG-2"}, ("tracking_code", "NG-2"), id="another reference"),
        pytest.param(
            {"ends_at": cast.NOW + timedelta(days=1, hours=5)},
            ("collection_until", cast.NOW + timedelta(days=1, hours=5)),
            id="until later",
        ),
    ],
)
def test_what_a_person_puts_right_in_a_booking_is_kept(
    booked: House, changes: dict[str, Any], kept: tuple[str, Any]
) -> None:
    at = {"starts_at": cast.NOW + timedelta(days=1), "ends_at": cast.NOW + timedelta(days=1, hours=3)}
    book(booked, **at)
    before = booked.kinds().count("collection_booked")
    book(booked, **(at | changes))
    assert getattr(box_of(booked), kept[0]) == kept[1]
    assert booked.kinds().count("collection_booked") == before + 1


def test_one_courier_takes_the_pieces_of_several_returns_under_one_reference(booked: House) -> None:
    first = booked.rma_id
    booked.return_gid = "gid://shopify/Return/43"
    booked.open(cast.cleos_read(booked.return_gid, status="OPEN"))
    with booked.database.begin() as session:
        second = session.exec(select(Parcel).where(Parcel.rma_id == booked.rma_id)).one()
        second.way, second.asked_at = Way.COURIER, booked.clock()
        session.add(second)
    book(booked)
    assert booked.rma_id != first and box_of(booked).tracking_code == "NG-77120"
    assert booked.kinds().count("collection_booked") == 1


def test_the_same_pressed_twice_with_a_blank_more_is_once(booked: House) -> None:
    before = booked.kinds().count("collection_booked")
    book(booked, reference=" NG-77120 ", carrier="Northgate Secure ")
    assert booked.kinds().count("collection_booked") == before and box_of(booked).tracking_code == "NG-77120"
