"""The desk's page for opening a return: order number, pieces, reason, and what became of it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

import routing.openings
from consults.kinds import StaffRole
from kit.db import Database
from kit.errors import OutsideError, Waiting
from routing.models import OpenedReturn
from routing.reads import OrderReturn, OrderToReturn, Reason, ReturnablePiece
from routing.states import OpeningState
from shopify_app.pages.desk import opening
from tests import cast
from tests.jobs_at_hand import Queue
from tests.pages.words import csrf, text

ORDER, PIECE, OTHER = (
    "gid://shopify/Order/1",
    "gid://shopify/FulfillmentLineItem/1",
    "gid://shopify/FulfillmentLineItem/2",
)
REASON = "gid://shopify/ReturnReasonDefinition/3"
FOUND = OrderToReturn(
    ORDER,
    "#1042",
    (ReturnablePiece(PIECE, "Meridian ring", "Platinum, size 52", "", 1), ReturnablePiece(OTHER, "Cup", "", "", 3)),
)


class Shopify:
    """In place of shopify_openings()."""

    answer: Any = FOUND

    def find_order(self, shop_id: int, name: str) -> OrderToReturn | None:
        if isinstance(self.answer, Exception):
            raise self.answer
        found: OrderToReturn | None = self.answer
        return found

    def reasons(self, shop_id: int) -> tuple[Reason, ...]:
        return (Reason(REASON, "Too large"),)

    def returns_of(self, shop_id: int, order_gid: str) -> tuple[OrderReturn, ...]:
        return ()

    def create(
        self, shop_id: int, *, order_gid: str, lines: Sequence[tuple[str, int]], reason_gid: str, requested_at: datetime
    ) -> str:
        if isinstance(self.answer, Exception):
            raise self.answer
        return cast.RETURN_GID


@pytest.fixture(autouse=True)
def shopify(monkeypatch: pytest.MonkeyPatch, database: Database, queue: Queue) -> type[Shopify]:
    monkeypatch.setattr(opening, "shopify_openings", Shopify)
    monkeypatch.setattr(Shopify, "answer", FOUND)
    return Shopify


def form(desk: FlaskClient, **changed: Any) -> dict[str, Any]:
    html = desk.get("/desk/returns/new?order=1042").text
    hidden = dict(re.findall(r'name="(key|order_gid|order)" value="([^"]+)"', html))
    return {**hidden, "csrf": csrf(html), "line": [PIECE], "reason": REASON, **changed}


def rows(made: Callable) -> list[OpenedReturn]:
    found: list[OpenedReturn] = made(lambda s: s.exec(select(OpenedReturn)).all())
    return found


def test_an_advisor_finds_the_order_and_opens_its_return(world, made, at_desk, queue) -> None:
    desk = at_desk(world.bob)
    assert 'href="/desk/returns/new"' in desk.get("/desk").text
    shown = text(desk.get("/desk/returns/new?order=1042").text)
    assert "Meridian ring" in shown and "How many of 3" in shown and "Too large" in shown
    answer = desk.post("/desk/returns/new", data=form(desk, **{"line": [PIECE, OTHER], f"quantity:{OTHER}": "2"}))
    (row,) = rows(made)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/returns/opened/{row.id}")
    assert [(line["fulfillment_line_gid"], line["quantity"]) for line in row.lines] == [(PIECE, 1), (OTHER, 2)]
    assert (row.order_gid, row.order_name, row.advisor_id, row.reason_gid) == (ORDER, "#1042", world.bob.id, REASON)
    assert queue.names()[-1] == "routing.open_return"
    assert "Shopify is being asked" in desk.get(answer.headers["Location"]).text


def test_pressed_twice_it_is_one_return(world, made, at_desk) -> None:
    desk = at_desk(world.bob)
    data = form(desk)
    places = {desk.post("/desk/returns/new", data=data).headers["Location"] for _ in range(2)}
    assert len(places) == 1 and len(rows(made)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"line": []},
        {"reason": ""},
        {"reason": "gid://shopify/Order/1"[:5]},
        {"line": ["1"]},
        {"order_gid": "x"},
        {"key": ""},
        {f"quantity:{PIECE}": "many"},
        {f"quantity:{PIECE}": "0"},
    ],
)
def test_a_form_that_is_not_whole_saves_nothing(world, made, at_desk, wrong) -> None:
    desk = at_desk(world.bob)
    assert desk.post("/desk/returns/new", data=form(desk, **wrong)).status_code in (400, 422)
    assert rows(made) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "Shopify shows no order 1042 here"),
        (OrderToReturn(ORDER, "#1042", ()), "Nothing of order #1042 can be sent back"),
        (OutsideError("shopify", "answered 502"), "Shopify does not answer at the moment"),
        (Waiting("Open the app in the Shopify admin once to connect it again."), "to connect it again"),
    ],
)
def test_what_stands_in_the_way_is_a_sentence(world, at_desk, shopify, monkeypatch, answer, words) -> None:
    desk = at_desk(world.bob)
    monkeypatch.setattr(shopify, "answer", answer)
    page = desk.get("/desk/returns/new?order=1042")
    assert page.status_code == 422 and words in text(page.text) and "Open the return" not in text(page.text)


def opened(made: Callable, world: Any, state: OpeningState, **values: Any) -> int:
    def build(session):
        row = OpenedReturn(
            shop_id=world.shop_id, key=state.value, order_gid=ORDER, order_name="#1042", advisor_id=world.bob.id,
            state=state, asked_at=cast.NOW, **values,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id

    return int(made(build))


@pytest.mark.parametrize(
    ("state", "values", "words"),
    [
        (OpeningState.SENDING, {}, "Shopify is being asked"),
        (OpeningState.REFUSED, {"problem": "INVALID Quantity"}, "Shopify did not take it: INVALID Quantity"),
        (OpeningState.UNSETTLED, {"problem": routing.openings.NO_TRACE}, "It is not there. Open it"),
        (OpeningState.MADE, {"return_gid": cast.RETURN_GID}, "To the client’s page"),
        (OpeningState.MADE, {"return_gid": "gid://shopify/Return/77"}, "comes in a moment"),
    ],
)
def test_each_state_says_what_it_is_and_what_next(world, made, at_desk, state, values, words) -> None:
    opened_id = opened(made, world, state, **values)
    desk = at_desk(world.bob)
    assert words in text(desk.get(f"/desk/returns/opened/{opened_id}").text)
    listed = text(desk.get("/desk/returns/new").text)
    assert ("Look at it in Shopify" in listed) == (state is OpeningState.UNSETTLED) and "Order #1042" in listed


def test_an_unsettled_one_is_sent_again_by_a_person_once(world, made, at_desk, queue) -> None:
    opened_id = opened(made, world, OpeningState.UNSETTLED)
    desk = at_desk(world.bob)
    token = csrf(desk.get(f"/desk/returns/opened/{opened_id}").text)
    again = [desk.post(f"/desk/returns/opened/{opened_id}/again", data={"csrf": token}).status_code for _ in range(2)]
    assert again == [303, 409] and queue.names().count("routing.open_return") == 1


def test_dana_and_a_colleague_see_nothing_of_it_and_a_manager_does(world, made, at_desk) -> None:
    opened_id = opened(made, world, OpeningState.UNSETTLED)
    other = made(cast.dana)
    vera = made(lambda s: cast.bob(s, world.shop, name="Vera Rossi", staff_gid="gid://shopify/StaffMember/8"))
    boss = made(
        lambda s: cast.bob(s, world.shop, name="Ada", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/9")
    )
    for stranger in (other.bob, vera):
        desk = at_desk(stranger)
        token = csrf(desk.get("/desk/returns/new?order=1").text)
        assert desk.get(f"/desk/returns/opened/{opened_id}").status_code == 404
        assert desk.post(f"/desk/returns/opened/{opened_id}/again", data={"csrf": token}).status_code == 404
        assert "Look at it" not in desk.get("/desk/returns/new").text
    assert at_desk(boss).get(f"/desk/returns/opened/{opened_id}").status_code == 200
    assert rows(made)[0].state is OpeningState.UNSETTLED


def test_signed_out_or_without_the_forms_token_nothing_is_opened(world, made, at_desk, visitor) -> None:
    assert visitor.get("/desk/returns/new").status_code == 401
    assert visitor.post("/desk/returns/new", data={}).status_code == 401
    desk = at_desk(world.bob)
    assert desk.post("/desk/returns/new", data=form(desk, csrf="0" * 64)).status_code == 403
    assert rows(made) == []


def test_looking_changes_nothing(world, at_desk, row_counts) -> None:
    desk = at_desk(world.bob)
    before = row_counts()
    for _ in range(2):
        desk.get("/desk/returns/new?order=1042")
    assert row_counts() == before
