"""Custody, pictures, inspection, and bad input on the way back: a clear sentence, and nothing changed."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from jobs.models import JobTrouble
from kit.db import Database
from logistics import parcels
from logistics.custody import hands_of
from logistics.custody_models import Deduction, Picture
from logistics.custody_words import Grade
from logistics.history import lock_rma
from logistics.models import Parcel, Rma, Scan
from logistics.reverse_deliveries import receive_by_hand
from logistics.states import Goods, ParcelState
from logistics.ways import Way
from shopify_app.app import create_app
from simulators.carrier import rest
from simulators.carrier.parcels import sign
from tests import cast
from tests.acceptance.parcel_house import ParcelHouse, parcel_house
from tests.journeys.edge_town import Town

JPEG = b"\xff\xd8\xff\xe0 a ring under a fixed light"


@pytest.fixture
def house(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParcelHouse]:
    with parcel_house(town, monkeypatch) as house:
        yield house


# --- bad input from a carrier


@pytest.mark.calm(reason="names the error")
def test_a_label_file_that_is_not_a_pdf_is_said_to_be_so_and_hung_on_nothing(
    house: ParcelHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(rest, "label_pdf", lambda _shipment: b"<html>Sorry</html>")
        ring = house.ask_return()
        house.work.run_for(minutes=3)
        troubles = house.troubles()
        assert any("the label is not a PDF" in said for said in troubles), troubles
        assert house.view(ring).parcels[0].state is ParcelState.BOUGHT
        assert house.in_shopify(ring)["reverseDeliveries"] == [] and "labelled" not in kinds(house, ring)
    house.work.run()
    assert len(house.in_shopify(ring)["reverseDeliveries"]) == 1 and len(house.bought(ring)) == 1


@pytest.mark.calm(reason="counts scans")
def test_a_tracker_event_out_of_order_is_kept_and_takes_nothing_back(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run()
    house.scan(ring, "delivered")
    before = house.view(ring)
    house.scan(ring, "in_transit")
    after = house.view(ring)
    assert (after.rma.goods_state, after.parcels[0].scan_status) == (Goods.ARRIVED, "delivered")
    assert [step.kind for step in after.steps] == [step.kind for step in before.steps]
    assert len(house.rows(lambda s: s.exec(select(Scan)).all())) == 2


@pytest.mark.calm(reason="counts scans")
def test_a_tracker_event_for_a_strangers_parcel_changes_nothing(house: ParcelHouse) -> None:
    ring = house.ask_return()
    house.work.run()
    before = house.view(ring)
    tracker = {"tracking_code": "HX0000000000", "status": "delivered", "updated_at": "2026-03-06T10:00:00Z"}
    body = json.dumps({"id": "evt_1", "description": "tracker.updated", "result": tracker}).encode()
    secret = house.carrier.parts.config.easypost_webhook_secret
    assert house.post_tracker(body, {"X-Hmac-Signature": sign(secret, body)}) == 200
    assert house.view(ring) == before and house.rows(lambda s: s.exec(select(Scan)).all()) == []
    assert house.post_tracker(body, {"X-Hmac-Signature": sign("another", body)}) == 401


# --- in Shopify, in each way


@pytest.mark.calm(reason="counts each call")
@pytest.mark.parametrize(
    ("way", "deliveries"), [(Way.LABEL, 1), (Way.COURIER, 1), (Way.HAND_CARRY, 1), (Way.BOUTIQUE, 0)]
)
def test_in_each_way_one_delivery_where_something_travels_and_one_disposition_at_the_end(
    house: ParcelHouse, way: Way, deliveries: int
) -> None:
    ring = house.ask_return()
    house.work.run_until("logistics.get_label")
    house.travels_by(ring, way)
    house.work.run_for(minutes=1)
    if way in (Way.COURIER, Way.HAND_CARRY):
        house.book(ring, "NG-77120")
        house.work.run_for(minutes=5)
        assert house.in_shopify(ring)["reverseDeliveries"][0]["tracking"]["number"] == "NG-77120"
        house.book(ring, "NG-80001")
        house.work.run_for(minutes=5)
        assert house.in_shopify(ring)["reverseDeliveries"][0]["tracking"]["number"] == "NG-80001"
    house.receive(ring)
    house.inspect(ring)
    house.work.run_for(minutes=5)
    house.pay(ring)
    house.work.run_for(minutes=5)
    shown = house.in_shopify(ring)
    assert len(shown["reverseDeliveries"]) == deliveries
    assert (len(house.dispositions(ring)), shown["refunded"], shown["status"]) == (1, "14800.00", "CLOSED")


def kinds(house: ParcelHouse, ring: str) -> list[str]:
    return [step.kind for step in house.view(ring).steps]


# --- at the boutique, on a telephone


class Desk:
    """Bob, an advisor, on his telephone; Dana is one of another shop."""

    def __init__(self, database: Database, folder: Path):
        self.database = database
        self.folder = folder
        self.app = create_app(replace(cast.settings(database.url), pictures_folder=str(folder)), database)
        with database.begin() as session:
            shop = cast.alice(session)
            advisor = cast.bob(session, shop)
            rma = cast.cleos_return(session, shop)
            self.shop_id, self.rma_id = cast.number(shop.id), cast.number(rma.id)
            self.link = cast.return_link(session, rma)
            self.bob = self._signed_in(cast.desk_cookie(session, advisor))
            other = cast.dana(session)
            self.dana = self._signed_in(cast.desk_cookie(session, other.bob))
        self.stranger = self.app.test_client()

    def _signed_in(self, cookie: str) -> FlaskClient:
        client = self.app.test_client()
        client.set_cookie("desk", cookie)
        return client

    def post(self, client: FlaskClient, path: str, **fields: Any) -> Any:
        page = client.get("/desk/scan").text
        token = re.search(r'name="csrf" value="(\w+)"', client.get("/desk").text + page)
        fields.setdefault("csrf", token.group(1) if token else self._csrf(client))
        return client.post(path, data=fields)

    def _csrf(self, client: FlaskClient) -> str:
        from shopify_app.auth import form_token

        cookie = client.get_cookie("desk")
        assert cookie is not None
        return form_token(self.app.extensions["returns"].settings.secret_key, cookie.value)

    def box(self, way: Way = Way.BOUTIQUE, code: str | None = "ABCDE23456") -> None:
        with self.database.begin() as session:
            rma = session.get_one(Rma, self.rma_id)
            rma.approved_at, rma.goods_state = cast.NOW, Goods.LABELLED
            session.add(rma)
            for row in parcels.parcels_of(session, rma):
                session.delete(row)
            session.flush()
            session.add(
                Parcel(
                    rma_id=self.rma_id, shop_id=self.shop_id, rfo_gid="gid://rfo/9", reference="rp-boutique", way=way,
                    state=ParcelState.ATTACHED, handover_code=code, need_cents=cast.PRICE.cents, cover_currency="USD",
                )
            )  # fmt: skip

    def arrive(self) -> None:
        with self.database.begin() as session:
            receive_by_hand(session, shop_id=self.shop_id, rma_id=self.rma_id, by="Bob", now=cast.NOW)

    def rma(self) -> Rma:
        with self.database.begin() as session:
            return session.get_one(Rma, self.rma_id)

    def answers(self, **changes: str) -> dict[str, str]:
        page = self.bob.get(f"/desk/returns/{self.rma_id}/inspection").text
        names = set(re.findall(r'type="radio" name="(\d+-\w+)"', page))
        assert names, page[:500]
        return {name: changes.get(name.split("-")[1], "as_sold") for name in names}


@pytest.fixture
def desk(database: Database, queue: Any, tmp_path: Path) -> Iterator[Desk]:
    with cast.clock():
        yield Desk(database, tmp_path / "pictures")


def test_a_scan_hands_the_piece_over_once_and_says_when_it_was_used(desk: Desk) -> None:
    desk.box()
    page = desk.bob.get("/desk/scan/abcde23456")
    assert page.status_code == 200 and "I have the piece" in page.text and desk.rma().goods_state is Goods.LABELLED
    taken = desk.post(desk.bob, "/desk/scan/ABCDE23456")
    assert taken.status_code == 303 and desk.rma().goods_state is Goods.ARRIVED
    again = desk.post(desk.bob, "/desk/scan/ABCDE23456")
    assert again.status_code == 409 and "This code was used" in again.text
    with desk.database.begin() as session:
        (hand,) = hands_of(session, lock_rma(session, shop_id=desk.shop_id, rma_id=desk.rma_id))
    assert (hand.person, hand.place) == ("Bob Laurent", "Paris")
    shown = desk.bob.get(f"/desk/returns/{desk.rma_id}/inspection").text
    assert "Tuesday 24 November, 10:00, Paris" in shown, "by the clock of whoever reads it"


def test_a_scan_of_another_shops_code_gets_a_clear_sentence_and_changes_nothing(desk: Desk) -> None:
    desk.box()
    made_up = desk.post(desk.dana, "/desk/scan/ZZZZZ99999")
    answer = desk.post(desk.dana, "/desk/scan/ABCDE23456")
    assert answer.status_code == 404 and "This code is not one of ours" in answer.text
    assert re.sub(r"\s+", "", answer.text) == re.sub(r"\s+", "", made_up.text), "nobody learns that it exists"
    assert desk.rma().goods_state is Goods.LABELLED


def test_whoever_is_not_signed_in_hands_nothing_over_and_sees_no_picture(desk: Desk) -> None:
    desk.box()
    for path in ("/desk/scan/ABCDE23456", f"/desk/returns/{desk.rma_id}/inspection"):
        assert desk.stranger.get(path).status_code == 401
    assert desk.stranger.post("/desk/scan/ABCDE23456").status_code == 401
    assert desk.rma().goods_state is Goods.LABELLED


def picture(desk: Desk, content: bytes, client: FlaskClient | None = None, **fields: str) -> Any:
    file = (BytesIO(content), "ring.jpg")
    return desk.post(client or desk.bob, f"/desk/returns/{desk.rma_id}/pictures", picture=file, **fields)


def test_a_picture_is_kept_privately_and_shown_only_to_whoever_is_signed_in(desk: Desk) -> None:
    assert picture(desk, JPEG).status_code == 303
    with desk.database.begin() as session:
        kept = session.exec(select(Picture)).one()
    address = f"/desk/returns/{desk.rma_id}/pictures/{kept.id}"
    shown = desk.bob.get(address)
    assert (shown.data, shown.mimetype) == (JPEG, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in shown.headers["Cache-Control"]
    assert desk.dana.get(address).status_code == 404 and desk.stranger.get(address).status_code == 401
    assert desk.stranger.get(f"/r/{desk.link}/wear/{kept.id}").status_code == 404, "not for the client"
    assert len(list(desk.folder.rglob("*.jpg"))) == 1


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"<svg onload=alert(1)>", 415, "not a picture we can show"),
        (b"", 400, "Choose a picture"),
        (JPEG + bytes(12 * 1024 * 1024), 413, "larger than 12 MB"),
    ],
    ids=["not a picture", "empty", "too large"],
)
def test_what_is_no_picture_is_refused_in_a_sentence_and_kept_nowhere(
    desk: Desk, content: bytes, status: int, words: str
) -> None:
    answer = picture(desk, content)
    assert answer.status_code == status and words in answer.text
    with desk.database.begin() as session:
        assert session.exec(select(Picture)).all() == []
    assert list(desk.folder.rglob("*.jpg")) == []


def test_dana_sees_no_piece_of_alices_and_changes_none(desk: Desk) -> None:
    desk.box()
    desk.arrive()
    for path in ("inspection", "opening", "sale", "wear", "pictures"):
        answer = desk.post(desk.dana, f"/desk/returns/{desk.rma_id}/{path}", answer="waive", line_id="1")
        assert answer.status_code in (400, 404), path
    assert desk.dana.get(f"/desk/returns/{desk.rma_id}/inspection").status_code == 404
    assert desk.rma().goods_state is Goods.ARRIVED


def test_a_mismatch_on_the_telephone_stops_the_money_and_says_so(desk: Desk) -> None:
    desk.box()
    desk.arrive()
    kept = desk.post(desk.bob, f"/desk/returns/{desk.rma_id}/inspection", **desk.answers(inscription="other"))
    assert kept.status_code == 303
    page = desk.bob.get(f"/desk/returns/{desk.rma_id}/inspection").text
    assert "Another piece." in page and "The money waits for a person." in page
    assert str(desk.rma().judgement_state) == "looked_at"


def test_who_has_it_now_is_written_down_on_the_telephone_once_a_press(desk: Desk) -> None:
    desk.box()
    path = f"/desk/returns/{desk.rma_id}"
    early = desk.post(desk.bob, f"{path}/hands", to="Rose", once="a")
    assert early.status_code == 409 and "Note first that the piece has arrived." in early.text
    desk.arrive()
    form = {"to": "Rose", "seal_number": "S-4", "once": "a"}
    assert [desk.post(desk.bob, f"{path}/hands", **form).status_code for _ in range(2)] == [303, 303]
    nobody = desk.post(desk.bob, f"{path}/hands", to="", once="b")
    assert nobody.status_code == 400 and "Write down who has it now" in nobody.text
    page = desk.bob.get(f"{path}/inspection").text
    assert page.count("Passed on, Rose from Bob Laurent") == 1 and "seal S-4" in page
    assert desk.post(desk.dana, f"{path}/hands", **form).status_code == 404


def test_the_client_sees_the_wear_and_the_pictures_first_and_answers_once(desk: Desk) -> None:
    desk.box()
    desk.arrive()
    picture(desk, JPEG, for_client="on")
    wear = {"grade": "light", "wear_words": "A mark on the clasp."}
    desk.post(desk.bob, f"/desk/returns/{desk.rma_id}/inspection", **desk.answers(case="worn"), **wear)
    client, page = desk.stranger, f"/r/{desk.link}/wear"
    assert client.get(page).status_code == 404, "nothing to show before the amount is known"
    with desk.database.begin() as session:
        found = session.exec(select(Deduction)).one()
        assert found.grade is Grade.LIGHT
        found.amount_cents, found.currency = 74_000, "USD"
        session.add(found)
    shown = client.get(page).text
    assert "A mark on the clasp." in shown and "$740" in shown and "I see it differently" in shown
    address = re.search(r'src="(/r/[^"]+/wear/\d+)"', shown)
    assert address and client.get(address.group(1)).data == JPEG
    assert client.post(page, data={}).status_code == 400
    assert client.post(page, data={"answer": "disagree", "words": "It was there."}).status_code == 303
    assert "ring you before anything is paid" in client.get(page).text
    assert client.post(page, data={"answer": "agree"}).status_code == 303
    with desk.database.begin() as session:
        assert session.exec(select(Deduction)).one().client_words == "It was there."
        assert session.exec(select(JobTrouble).order_by(col(JobTrouble.id))).all() == []
