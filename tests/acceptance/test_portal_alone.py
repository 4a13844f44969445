"""A withdrawal with the web process up and everything else down: worker, Shopify, Twilio and mail are stopped."""

import contextlib
import sqlite3
from typing import Any

import pytest

from simulators.demo.person import Merchant, Person
from simulators.demo.processes import Processes, wait_until
from simulators.demo.records import Records
from tests.journeys.test_by_hand import demo as demo


@pytest.mark.xdist_group("many processes: two")
def test_it_is_acknowledged_with_its_time_stored_and_afterwards_carried_out_and_mailed_once(demo: Processes) -> None:
    store, records = demo.places.store, Records(demo.places.store)
    merchant = Merchant(store, demo.places.app)
    merchant.send(merchant.open(f"{store}/admin"), "Install")
    merchant.look("/app")
    order = records.order("#1042")
    buyer = order["customer"]["email"]
    demo.kill("simulators", *[name for name in demo.running if name.startswith("worker")])

    client = Person()
    first = client.open(f"{demo.places.app}/return/verdane-demo/withdraw")
    second = client.send(first, "Continue", name="Amara Whitlock", order="#1042", email=buyer)
    done = client.send(second, "Confirm withdrawal")
    assert "Your withdrawal has reached us" in done.html and "Received on" in done.html
    again = client.send(second, "Confirm withdrawal")  # pressed twice
    assert "Your withdrawal has reached us" in again.html

    demo.start_simulators()
    demo.wait_for(f"{store}/healthz", "simulators")
    for name in demo.app_parts():
        if name.startswith("worker"):
            demo.start(name)

    def requested() -> list[dict[str, Any]]:
        """On a bad day the answer may be lost on its way there: then a person looks at the order, and tries again."""
        if "/openings/1/again" in merchant.look("/app/activity").html and not records.mutations(
            "ReturnRequest", order["id"]
        ):
            merchant.press("/app/activity/openings/1/again")
        return records.mutations("ReturnRequest", order["id"])

    opened = wait_until(requested, what="the return", seconds=120)
    letters = wait_until(lambda: records.mails(buyer, "Your withdrawal has reached us"), what="the letter", seconds=120)
    assert (len(opened), len(letters)) == (1, 1)
    with contextlib.closing(sqlite3.connect(demo.places.folder / "app.db")) as app:
        for kept in (
            "withdrawalstatement",
            "openedreturn",
            "message WHERE name = 'withdrawal_stated'",
        ):
            assert app.execute(f"SELECT count(*) FROM {kept}").fetchone() == (1,), kept
