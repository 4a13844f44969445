"""Several people, carriers and workers at the same moment, on both databases."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from sqlmodel import SQLModel

from kit.db import Database
from logistics import money_jobs, rmas
from tests import cast
from tests.logistics.conftest import House


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/app.db"
    else:
        url = request.getfixturevalue("empty_postgres_url")
    database = Database(url)
    SQLModel.metadata.create_all(database.engine)
    yield database
    database.close()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Start all of `calls` together; what each returned or raised."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        gate.wait()
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_approved_by_two_people_at_once_secures_one_payment(house: House) -> None:
    house.until_inspected()
    money = house.money()
    answers = at_once(*(lambda: house.approve(money),) * 4)
    assert not [a for a in answers if isinstance(a, Exception)]
    assert house.line.names().count("logistics.pay") == 1
    assert house.kinds().count("money_approved") == 1


def test_two_workers_with_the_same_payment_send_it_once(house: House) -> None:
    house.until_inspected()
    settlement_id = cast.number(house.approve().id)

    def work() -> None:
        money_jobs.pay(
            house.database.begin,
            returns=house.shopify,
            sales=house.line.sales,
            shop_id=house.shop_id,
            rma_id=house.rma_id,
            settlement_id=settlement_id,
        )

    at_once(*(work,) * 4)
    house.line.drain()
    assert house.shopify.count("process") == 1
    assert house.state() == "closed"


def test_one_return_arriving_four_times_at_once_is_one_rma(house: House) -> None:
    at_once(*(house.open,) * 4)
    with house.database.begin() as session:
        assert [rma.number for rma in rmas.open_rmas(session, shop_id=house.shop_id)] == ["R-1042-1"]
    assert house.line.names().count("logistics.authorise") == 1


def test_four_returns_of_one_order_at_once_get_a_number_each(house: House) -> None:
    reads = [cast.cleos_read(f"gid://shopify/Return/{n}") for n in range(4)]
    at_once(*(lambda read=read: house.open(read) for read in reads))
    with house.database.begin() as session:
        numbers = {rma.number for rma in rmas.open_rmas(session, shop_id=house.shop_id)}
    assert numbers == {f"R-1042-{n}" for n in range(1, 5)}


def test_both_parcels_delivered_at_once_is_one_arrival(house: House) -> None:
    read = cast.cleos_read()
    second = replace(read.lines[0], gid="gid://shopify/ReturnLineItem/2", fulfillment_line_gid="second")
    house.open(replace(read, lines=(read.lines[0], second)))
    house.line.drain()
    at_once(lambda: house.scan("delivered", parcel=0), lambda: house.scan("delivered", parcel=1))
    assert house.state() == "arrived"
    assert house.kinds().count("arrived") == 1


def test_inspected_by_two_people_at_once_is_one_inspection(house: House) -> None:
    house.open()
    house.line.drain()
    house.receive()
    at_once(house.inspect, house.inspect)
    assert house.kinds().count("inspected") == 1
    assert house.line.names().count("logistics.propose_settlement") == 1
