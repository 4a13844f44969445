"""Your return or exchange, the page every message links to: its days, its papers, and what may still be changed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from sqlmodel import Session, select

from consults.models import Case, Consult
from consults.states import ConsultState
from logistics import collection_changes
from logistics.collection_days import may_still_change, next_window, windows
from logistics.models import Rma
from logistics.reads import Address
from logistics.rmas import change_sender
from shopify_app.app import create_app
from shopify_app.pages.portal import changes
from shopify_app.pages.portal.late import StepFacts, late_step
from shops.links import RETURN, issue_link
from shops.models import Shop
from tests import cast
from tests.acceptance.parcel_house import ParcelHouse, parcel_house
from tests.journeys.edge_town import Town

PARIS = "Europe/Paris"


@pytest.fixture
def house(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParcelHouse]:
    with parcel_house(town, monkeypatch) as house:
        yield house


class Page:
    """The client's page of one return, opened by the link that every message has."""

    def __init__(self, house: ParcelHouse, return_gid: str):
        self.house, self.return_gid = house, return_gid
        self.browser: FlaskClient = create_app(house.town.settings, house.town.database).test_client()
        self.token = house.rows(lambda s: cast.return_link(s, s.merge(house.view(return_gid).rma), now=house.now))

    def get(self, path: str = "") -> Any:
        return self.browser.get(f"/r/{self.token}{path}")

    def post(self, path: str, **form: str) -> Any:
        return self.browser.post(f"/r/{self.token}{path}", data=form)

    def reads(self, path: str = "") -> str:
        """What stands on the page."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.get(path).text).split())


def move_home(house: ParcelHouse, ring: str) -> None:
    """The stand-in's client lives in the country the carrier comes to."""

    def write(session: Session) -> None:
        rma = house.view(ring).rma
        assert rma.id is not None
        home = Address(
            name="Cleo Whitlock", street1="12 rue de Thorigny", city="Paris", postal_code="75003", country="FR"
        )
        about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": rma.id, "by": "Bob", "now": house.now}
        change_sender(session, address=home, **about)

    house.rows(write)


def visits(house: ParcelHouse) -> list[str]:
    """What became of each visit the carrier was asked for, the oldest first."""
    found = requests.get(f"{house.carrier.base}/control/carrier/shipments", timeout=10).json()["pickups"]
    return [str(visit["status"]) for visit in found]


# --- a change of mind: the piece stays with the client


def test_the_piece_is_kept_after_all__the_page_says_what_it_does_and_shopify_cancels_once(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run()
    page = Page(house, ring)
    assert f"/r/{page.token}/keep" in page.get().text
    said = page.reads("/keep")
    for words in ("Your return ends", "Nothing is given back", "a collection is called off", "ask for another return"):
        assert words in said
    assert house.in_shopify(ring)["status"] == "OPEN", "looking changes nothing"
    assert page.post("/keep").status_code == 303 and page.post("/keep").status_code == 303
    assert "We are ending the return" in page.reads()
    house.work.run()
    assert house.in_shopify(ring)["status"] == "CANCELED"
    assert house.outside.calls.count("mutation ReturnCancel") == 1
    view = house.view(ring)
    assert view.rma.goods_state == "ended" and view.parcels[0].state == "void", "its label went back too"
    assert "scheduled" not in visits(house)
    assert "It stays with you, and the return has ended" in page.reads()
    assert "/keep" not in page.get().text and page.post("/keep").status_code in (303, 409)


def test_a_request_that_waits_for_the_house_is_kept_too__declined_with_the_clients_own_words(
    house: ParcelHouse,
) -> None:
    ring = house.ask_return()
    house.work.run_until("logistics.authorise")
    house.work.waiting.clear()  # the house looks at each request itself
    Page(house, ring).post("/keep")
    house.work.run()
    assert house.in_shopify(ring)["status"] == "DECLINED" and house.view(ring).rma.goods_state == "ended"
    assert "It stays with you" in Page(house, ring).reads()


@pytest.mark.calm(reason="kills the worker itself")
def test_a_worker_killed_while_it_ends_a_return_ends_it_once(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run()
    Page(house, ring).post("/keep")
    before = len(house.outside.calls)
    house.outside.kill_at = before + 2  # read, then the answer of the cancellation is lost
    house.work.run()
    assert house.work.kills == 1
    assert house.in_shopify(ring)["status"] == "CANCELED" and house.view(ring).rma.goods_state == "ended"
    assert house.outside.calls[before:].count("mutation ReturnCancel") == 1


def test_a_piece_on_its_way_is_not_kept_from_the_page_and_the_page_says_who_helps(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run()
    page = Page(house, ring)
    house.scan(ring, "in_transit")
    assert "/keep" not in page.get().text
    assert "Please ring us" in page.reads("/keep")
    assert page.post("/keep").status_code == 409
    house.work.run()
    assert house.in_shopify(ring)["status"] == "OPEN" and house.view(ring).rma.goods_state == "in_transit"


def test_a_parcel_that_left_between_the_press_and_the_call_travels_on(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run()
    page = Page(house, ring)
    page.post("/keep")
    code = str(house.view(ring).parcels[0].tracking_code)
    waiting, house.work.waiting = house.work.waiting, []
    house.move(code, "in_transit")
    callbacks = house.carrier.parts.callbacks.by_subject()[code]
    house.post_tracker(callbacks[-1]["body"].encode(), callbacks[-1]["headers"])
    house.work.waiting = waiting
    house.work.run()
    assert house.in_shopify(ring)["status"] == "OPEN" and house.view(ring).rma.goods_state == "in_transit"
    assert "keep_too_late" in [step.kind for step in house.view(ring).steps]
    assert "We are ending the return" not in page.reads()


# --- another collection


@pytest.mark.calm(reason="counts visits")
def test_a_collection_comes_another_day_to_another_door__the_first_visit_is_called_off(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run_until("logistics.book_collections")
    move_home(house, ring)
    house.work.run()
    first = house.view(ring).parcels[0]
    assert first.collection_code, "the carrier comes"
    page = Page(house, ring)
    offered = re.findall(r'value="(20[^"]+)"', page.get("/collection").text)
    assert len(offered) == 10, "five working days, two windows each"
    door = {"street1": "3 quai de Bourbon", "street2": "", "city": "Paris", "postal_code": "75004", "region": ""}
    assert page.post("/collection", starts_at=offered[5], **door).status_code == 303
    assert "You asked for" in page.reads()
    house.work.run()
    after = house.view(ring).parcels[0]
    assert after.collection_from is not None and after.collection_from.isoformat() == offered[5]
    assert after.collection_id != first.collection_id and after.collection_code
    assert visits(house) == ["canceled", "scheduled"]
    assert "You asked for" not in page.reads() and "Collected from you on" in page.reads()
    assert "3 quai de Bourbon" in house.rows(lambda s: s.get_one(Rma, after.rma_id).sender_address)


@pytest.mark.calm(reason="counts visits")
def test_nobody_comes_for_a_piece_before_the_conversation_its_client_has_reserved(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run_until("logistics.book_collections")
    move_home(house, ring)
    ends = next_window(house.now, PARIS).ends_at - timedelta(hours=1)  # in the first morning somebody would come

    def reserve(session: Session) -> None:
        shop = session.get_one(Shop, house.shop_id)
        case = session.exec(select(Case).where(Case.return_gid == ring)).first()
        case = case or cast.cleos_case(session, shop, cast.bob(session, shop), return_gid=ring)
        about: dict[str, Any] = {"shop_id": house.shop_id, "case_id": case.id, "advisor_id": case.advisor_id}
        times: dict[str, Any] = {"starts_at": ends - timedelta(minutes=30), "ends_at": ends, "created_at": house.now}
        session.add(Consult(**about, **times, state=ConsultState.BOOKED, idempotency_key="k"))

    house.rows(reserve)
    house.work.run()
    box = house.view(ring).parcels[0]
    assert box.collection_code and visits(house) == ["scheduled"]
    assert box.collection_from == next(one.starts_at for one in windows(house.now, PARIS) if one.starts_at >= ends)
    assert "Collected from you on" in Page(house, ring).reads()


@pytest.mark.calm(reason="says the sentence")
def test_a_door_or_a_time_that_cannot_be_is_said_on_the_page_with_what_was_typed(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run_until("logistics.book_collections")
    move_home(house, ring)
    house.work.run()
    page, before = Page(house, ring), house.view(ring).parcels[0]
    door = {"street1": "3 quai de Bourbon", "city": "Paris", "postal_code": "75004"}
    for form, words in (
        ({"starts_at": "2030-01-01T09:00:00+00:00", **door}, "one of the times that are shown"),
        ({"starts_at": "soon", **door}, "Please choose a day and an hour"),
        ({"starts_at": "", **door, "street1": " "}, "Please choose a day and an hour"),
    ):
        answer = page.post("/collection", **form)
        assert answer.status_code == 400 and words in answer.text, answer.text[:300]
    slot = re.findall(r'value="(20[^"]+)"', page.get("/collection").text)[2]
    answer = page.post("/collection", starts_at=slot, **door | {"street1": " "})
    assert answer.status_code == 400 and "the street, the postal code and the town" in answer.text
    house.work.run()
    assert house.view(ring).parcels[0].collection_id == before.collection_id


@pytest.mark.calm(reason="counts visits")
def test_a_visit_nobody_came_to_is_said_and_another_one_chosen(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run_until("logistics.book_collections")
    move_home(house, ring)
    house.work.run()
    first, page = house.view(ring).parcels[0], Page(house, ring)
    assert first.collection_until is not None
    house.now = first.collection_until + timedelta(hours=2)
    assert "Collected from you on" in page.reads() and "nobody came" not in page.reads(), "word of it may be on its way"
    house.now += timedelta(minutes=1)
    assert "Collected from you on" not in page.reads()
    assert "If nobody came, we are sorry: please choose another time." in page.reads()
    offered = re.findall(r'value="(20[^"]+)"', page.get("/collection").text)
    door = {"street1": "12 rue Cler", "street2": "", "city": "Paris", "postal_code": "75007", "region": ""}
    assert len(offered) == 10 and page.post("/collection", starts_at=offered[1], **door).status_code == 303
    house.work.run()
    after = house.view(ring).parcels[0]
    assert after.collection_from is not None and after.collection_from.isoformat() == offered[1]
    assert after.collection_code and after.collection_id != first.collection_id
    assert visits(house) == ["scheduled", "scheduled"], "nobody is called off who did not come"
    assert "nobody came" not in page.reads() and "Collected from you on" in page.reads()


@pytest.mark.calm(reason="counts visits")
def test_a_parcel_that_is_on_its_way_was_not_missed(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run_until("logistics.book_collections")
    house.work.run()
    until = house.view(ring).parcels[0].collection_until
    assert until is not None
    house.now = until + timedelta(hours=3)
    house.scan(ring, "in_transit")
    assert "nobody came" not in (page := Page(house, ring)).reads()
    assert page.get("/collection").text.count('name="starts_at"') == 0


@pytest.mark.parametrize(
    ("now", "starts_at", "may"),
    [
        (datetime(2026, 3, 6, 22, 59, tzinfo=UTC), datetime(2026, 3, 7, 8, tzinfo=UTC), True),
        (datetime(2026, 3, 6, 23, 0, tzinfo=UTC), datetime(2026, 3, 7, 8, tzinfo=UTC), False),  # midnight in Paris
        (datetime(2026, 3, 7, 7, tzinfo=UTC), datetime(2026, 3, 7, 8, tzinfo=UTC), False),
    ],
)
def test_a_collection_is_changed_until_the_day_before_it_is_over(now: datetime, starts_at: datetime, may: bool) -> None:
    assert may_still_change(starts_at, now, PARIS) is may


def test_the_visits_that_are_offered_are_on_working_days_at_the_same_hour_through_the_change_of_the_clock() -> None:
    found = windows(datetime(2026, 3, 26, 12, tzinfo=UTC), PARIS)  # a Thursday; the clock changes on Sunday
    days = [window.starts_at.astimezone().date() for window in found[::2]]
    assert [day.day for day in days] == [27, 30, 31, 1, 2]
    assert [window.starts_at.hour for window in found[:4]] == [8, 12, 7, 11], "nine and one o'clock in Paris, in UTC"


def test_what_the_domain_says_of_a_collection_is_in_the_catalogues() -> None:
    said = {value for name, value in vars(collection_changes).items() if name.isupper() and isinstance(value, str)}
    assert said == set(changes.PROBLEMS)


# --- late steps


AT = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("facts", "hours", "is_late"),
    [
        ({"goods": "arrived", "arrived_at": AT}, 36, False),
        ({"goods": "arrived", "arrived_at": AT}, 37, True),
        ({"goods": "inspected", "inspected_at": AT}, 37, True),
        ({"goods": "in_transit", "moved_at": AT}, 120, False),
        ({"goods": "in_transit", "moved_at": AT}, 121, True),
        ({"goods": "settled", "settled_at": AT, "refund_days": 3}, 73, True),
        ({"goods": "settled", "settled_at": AT, "refund_days": 3, "another_piece": True}, 73, False),
        ({"goods": "closed", "settled_at": AT}, 9000, False),
        ({"goods": "arrived"}, 9000, False),
        ({"goods": "labelled"}, 9000, False),
        ({"goods": "labelled", "collection_missed_at": AT}, 1, True),
    ],
)
def test_a_step_is_late_once_its_day_is_over_in_every_zone(facts: dict[str, Any], hours: int, is_late: bool) -> None:
    found = late_step(StepFacts(now=AT + timedelta(hours=hours), **facts))
    assert (found is not None) is is_late
    if found is not None:
        assert found.instead > AT + timedelta(hours=hours) and found.instead.weekday() < 5


def test_a_late_step_says_so_first_and_then_the_new_day(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run()
    house.scan(ring, "in_transit")
    house.scan(ring, "delivered")
    page = Page(house, ring)
    assert "longer than we said" not in page.reads()
    house.now += timedelta(days=5)
    said = page.reads()
    assert re.search(r"It takes us longer than we said\. We look at it by \w+ \d+ \w+\.", said), said


# --- the papers


def test_the_papers_come_with_their_event__custody_receipt_credit_note(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run()
    page = Page(house, ring)
    assert [page.get(f"/{name}").status_code for name in ("custody", "receipt", "credit-note")] == [404, 404, 404]
    house.scan(ring, "in_transit")
    custody = page.reads("/custody")
    box = house.view(ring).parcels[0]
    assert "Custody receipt" in custody and str(box.tracking_code) in custody and box.carrier in custody
    assert "Covered up to $14,800" in custody and "Since Friday 6 March 2026" in custody
    house.scan(ring, "delivered")
    assert "Received Friday 6 March 2026" in page.reads("/receipt")
    assert "With us" in page.reads("/custody")
    house.inspect(ring)
    house.work.run()
    assert page.get("/credit-note").status_code == 404, "nothing was paid yet"
    house.pay(ring)
    house.work.run()
    note = page.reads("/credit-note")
    [refund] = house.in_shopify(ring)["refunds"]
    paid = house.view(ring).settlements[-1]
    assert float(house.in_shopify(ring)["refunded"]) == float(refund["amount"]) == paid.amount_cents / 100 > 0
    assert paid.amount.show() in note and "It is no tax invoice" in note and "statement of the refund" in note
    home = page.get().text
    for name in ("custody", "receipt", "credit-note"):
        assert f"/r/{page.token}/{name}.pdf" in home
        answer = page.get(f"/{name}.pdf")
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF") and answer.mimetype == "application/pdf"


def test_whoever_did_not_pay_sees_no_price_in_any_paper(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.whole_life(ring)
    page = Page(house, ring)
    rma_id = house.view(ring).rma.id
    assert rma_id is not None
    about: dict[str, Any] = {"shop_id": house.shop_id, "purpose": RETURN, "subject_id": rma_id, "now": house.now}
    page.token = house.rows(lambda s: issue_link(s, person_id=7, **about))
    assert page.get("/credit-note").status_code == 404 and page.get("/credit-note.pdf").status_code == 404
    for name in ("custody", "receipt"):
        assert "14,800" not in page.reads(f"/{name}")
    assert "For its whole value" in page.reads("/custody")
    assert "credit-note" not in page.get().text
