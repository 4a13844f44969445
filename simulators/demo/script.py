"""The main job, played without a person and through HTTP only, a line a step with its time.

Each step is checked against what the stand-ins wrote down (mutation log, texts, mail, labels), not our tables alone.
"""

import time
from collections.abc import Callable

from simulators.demo import bad_input, copies_and_kills, parcel_line, talking
from simulators.demo.person import Person
from simulators.demo.play import Play
from simulators.demo.processes import wait_until

Step = tuple[str, Callable[[Play], object]]


def play_main_job(play: Play) -> int:
    """Play every step; how many failed. After a failure the rest is not tried: it builds on what came before."""
    began, failed, number = time.monotonic(), 0, 0
    for number, (title, act) in enumerate(STEPS, 1):
        started = time.monotonic()
        try:
            act(play)
        except Exception as error:
            failed = 1
            print(f"{number:3}  {time.monotonic() - started:6.2f} s  FAILED: {title}\n     {error}", flush=True)
            break
        print(f"{number:3}  {time.monotonic() - started:6.2f} s  {title}", flush=True)
    print(f"main job: {number} steps, {failed} failed, {time.monotonic() - began:.1f} s", flush=True)
    return failed


def start(play: Play) -> None:
    play.processes.start_everything()
    for address in (f"{play.store}/admin", f"{play.store}/store", f"{play.store}/outbox"):
        Person().open(address)
    Person().open(f"{play.app}/desk", expect=401)  # signed out: it says how to come in


def install(play: Play) -> None:
    frame = play.merchant.open(f"{play.store}/admin")
    play.merchant.send(frame, "Install")
    home = play.merchant.look("/app")
    assert "Assisted returns" in home.html, home.text[:200]
    assert play.records.get("shopify/tokens"), "the store gave no token"


def seller_is_known_from_the_order(play: Play) -> None:
    """orders/create of #1042 was delivered: the evidence is there before anything comes back."""
    order = play.records.order("#1042")
    play.notes["order_gid"], play.notes["advisor_phone"] = order["id"], INES
    wait_until(
        lambda: any(d["state"] == "delivered" for d in play.records.deliveries("orders/create", order["id"])),
        what="orders/create of #1042 answered 200",
    )
    wait_until(play.is_read, what="everything the store sent is read", seconds=60)


def press_return(play: Play) -> None:
    door = play.client.open(f"{play.store}/store?q=Amara+Whitlock")
    number = play.records.order("#1042")["customer"]["id"].rsplit("/", 1)[-1]
    orders = play.client.send(door, "/store/sign-in", client=number)
    assert "#1042" in orders.text and "14,800" in orders.text, orders.text[:300]
    part = play.records.order("#1042")["fulfillmentLines"][0]["id"].rsplit("/", 1)[-1]
    form = next(f for f in orders.forms if any(v.rsplit("/", 1)[-1] == part for k, v in f.values if k == "part"))
    reason = next(value for value in form.choices["reason"] if value)
    answer = play.client.session.post(
        f"{play.store}/store/returns",
        data=[
            *((k, v) for k, v in form.values if k != "note"),
            ("reason", reason),
            ("note", "It sits higher on my hand than I imagined."),
        ],
        timeout=20,
    )
    assert "Your return has been requested" in answer.text, answer.text[:300]
    play.notes["return_gid"] = play.records.order("#1042")["returns"][0]["id"]


INES = "+33639980101"

STEPS: list[Step] = [
    ("everything starts; admin, desk, storefront and outbox answer", start),
    ("the merchant installs the app from the admin", install),
    ("the order's seller is kept before anything comes back", seller_is_known_from_the_order),
    ("the client presses Return on the $14,800 order", press_return),
    *talking.FIRST_STEPS,
    *parcel_line.FIRST_STEPS,
    *talking.STEPS,
    *copies_and_kills.COPY_STEPS,
    *parcel_line.STEPS,
    *copies_and_kills.KILL_STEPS,
    *bad_input.STEPS,
]
