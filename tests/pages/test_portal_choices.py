"""The client's page on which they decide, before and after there is a return; and the desk's form it comes from."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from kit.money import Money
from logistics.models import LogisticsPolicy
from logistics.money_models import MoneyTerms
from logistics.radar.ways import Piece
from logistics.reads import ClientRead
from logistics.states import Goods
from notifications.models import Message
from routing import offers
from routing.facts import LineRead, OrderRead
from routing.models import OpenedReturn
from routing.offer_models import ReturnOffer
from routing.reads import OrderToReturn, Reason, ReturnablePiece
from routing.states import OpeningState
from shopify_app.pages.desk import offering, opening
from shops.links import OFFER, issue_link
from tests import cast
from tests.pages.words import csrf, findings, text

ORDER, PIECE, REASON = (
    "gid://shopify/Order/1",
    "gid://shopify/FulfillmentLineItem/1",
    "gid://shopify/ReturnReasonDefinition/3",
)
CHOICE = offers.Choice("gid://shopify/ProductVariant/7", "Solstice ring", 1_605_050)


@pytest.fixture
def return_link(world, made) -> str:
    token: str = made(lambda s: cast.return_link(s, world.rma))
    return token


def offered(session: Any, world: Any, **values: Any) -> str:
    """A page to decide on; its token."""
    about: dict[str, Any] = {
        "shop_id": world.shop_id,
        "key": "the-form",
        "order_gid": ORDER,
        "order_name": "#1042",
        "lines": [(PIECE, 1)],
        "pieces": [offers.OfferedPiece("Meridian ring", "Platinum", 1)],
        "reason_gid": REASON,
        "advisor_id": cast.number(world.bob.id),
        "choices": [CHOICE],
        "value": cast.PRICE,
        "may_credit": True,
        "now": cast.NOW,
    }
    row, _ = offers.offer(session, **(about | values))
    return issue_link(session, shop_id=world.shop_id, purpose=OFFER, subject_id=cast.number(row.id), now=cast.NOW)


def choices(html: str) -> list[str]:
    return re.findall(r'name="wish" value="([^"]+)"', html)


def test_every_way_stands_side_by_side_the_refund_first_and_looking_makes_nothing(world, made, visitor, queue) -> None:
    link = made(lambda s: offered(s, world))
    html = visitor.get(f"/r/{link}").text
    assert choices(html) == ["refund", "credit", "exchange:0"]
    assert html.count('class="ar-pick"') == 3 and html.count("<button") == 1, "one form, one press, the same for each"
    shown = text(html)
    assert "$14,800" in shown and "Solstice ring, $16,050.50" in shown and "$1,250.50 more to pay" in shown
    assert findings("client", shown) == []
    assert made(lambda s: s.exec(select(OpenedReturn)).all()) == [] and queue.names() == []


@pytest.mark.parametrize("price", [1_605_050, 1_480_000, 1_350_000])
def test_what_a_piece_costs_beside_it_is_said_in_figures(world, made, visitor, price) -> None:
    choice = offers.Choice("gid://shopify/ProductVariant/7", "Solstice ring", price)
    shown = text(visitor.get(f"/r/{made(lambda s: offered(s, world, choices=[choice]))}").text)
    words = {1_605_050: "$1,250.50 more to pay", 1_480_000: "Nothing more to pay", 1_350_000: "$1,300 goes back to you"}
    assert words[price] in shown


def test_one_press_decides_and_another_before_it_was_sent_changes_it(world, made, visitor, queue) -> None:
    link = made(lambda s: offered(s, world))
    assert visitor.post(f"/r/{link}/decision", data={"wish": "exchange:0"}).status_code == 303
    assert visitor.post(f"/r/{link}/decision", data={"wish": "refund"}).status_code == 303
    (row,) = made(lambda s: s.exec(select(OpenedReturn)).all())
    assert row.exchanges == [] and queue.names().count("routing.open_return") == 1
    html = visitor.get(f"/r/{link}").text
    assert "Your choice is noted" in text(html) and re.search(r'value="refund" required checked', html)
    assert findings("client", text(html)) == []


@pytest.mark.parametrize("wish", ["", "everything", "exchange:9", "credit"])
def test_what_was_not_offered_is_a_kind_sentence_and_nothing_is_saved(world, made, visitor, wish) -> None:
    link = made(lambda s: offered(s, world, may_credit=False))
    answer = visitor.post(f"/r/{link}/decision", data={"wish": wish})
    assert answer.status_code == 400 and "choose one of the ways" in text(answer.text)
    assert made(lambda s: s.exec(select(OpenedReturn)).all()) == []


def test_once_there_is_a_return_the_same_link_is_its_page(world, made, visitor) -> None:
    link = made(lambda s: offered(s, world))
    visitor.post(f"/r/{link}/decision", data={"wish": "refund"})
    made(lambda s: setattr(s.exec(select(OpenedReturn)).one(), "return_gid", world.rma.return_gid))
    assert "Your choice" not in text(visitor.get(f"/r/{link}").text)
    assert visitor.get(f"/r/{link}/slip").status_code == 200


@pytest.mark.parametrize("state", [OpeningState.REFUSED, OpeningState.UNSETTLED])
def test_decided_again_on_a_page_left_open_while_somebody_sees_to_it_they_read_who_does(
    world, made, visitor, state
) -> None:
    link = made(lambda s: offered(s, world))
    visitor.post(f"/r/{link}/decision", data={"wish": "exchange:0"})

    def stuck(session) -> None:
        row = session.exec(select(OpenedReturn)).one()
        row.state, row.sent_at = state, cast.NOW

    made(stuck)
    answer = visitor.post(f"/r/{link}/decision", data={"wish": "refund"}, follow_redirects=True)
    assert answer.status_code == 200 and "Bob sees to it and writes to you today" in text(answer.text)
    assert made(lambda s: s.exec(select(ReturnOffer)).one()).wish == "exchange:0"


def test_a_link_to_anything_else_decides_nothing(world, made, visitor, return_link) -> None:
    link = made(lambda s: offered(s, world))
    for token in (return_link, "n" * 32):
        assert visitor.post(f"/r/{token}/decision", data={"wish": "refund"}).status_code == 404
    assert visitor.post(f"/r/{link}/mind", data={"wish": "refund"}).status_code == 404
    assert made(lambda s: s.exec(select(OpenedReturn)).all()) == []


def terms(world: Any, **values: Any) -> MoneyTerms:
    return MoneyTerms(rma_id=cast.number(world.rma.id), shop_id=world.shop_id, set_at=cast.NOW, **values)


def test_on_the_page_of_a_return_another_mind_is_one_press_until_it_is_sent(world, made, visitor, return_link) -> None:
    assert choices(visitor.get(f"/r/{return_link}").text) == [], "where there is but one way nobody is asked"
    made(lambda s: s.merge(terms(world, may_credit=True, instead_piece="Solstice ring")))
    html = visitor.get(f"/r/{return_link}").text
    assert choices(html) == ["refund", "credit", "exchange"] and 'value="exchange" checked' in html
    shown = text(html)
    assert "Solstice ring, in its place" in shown and findings("client", shown) == []
    assert "What differs in price is settled" in shown and "back to you" not in shown, "one page says one thing"
    assert visitor.post(f"/r/{return_link}/mind", data={"wish": "credit"}).status_code == 303
    kept = made(lambda s: s.get(MoneyTerms, world.rma.id))
    assert kept.as_credit and kept.instead_piece == ""
    assert visitor.post(f"/r/{return_link}/mind", data={"wish": "exchange"}).status_code == 400
    made(lambda s: setattr(s.merge(world.rma), "goods_state", Goods.CLOSED))
    answer = visitor.post(f"/r/{return_link}/mind", data={"wish": "refund"})
    assert answer.status_code == 409 and "Please ring us" in text(answer.text)
    assert choices(visitor.get(f"/r/{return_link}").text) == []


# --- the desk

FOUND = OrderToReturn(ORDER, "#1042", (ReturnablePiece(PIECE, "Meridian ring", "Platinum", "", 1, "line-1"),))
SOLD = OrderRead(
    ORDER,
    "#1042",
    cast.NOW,
    None,
    "web",
    cast.PRICE,
    None,
    (LineRead("line-1", "Meridian ring", "", "", 1, cast.PRICE),),
)


class Shopify:
    """In place of every adapter the form asks."""

    client: ClientRead = cast.CLEO_READ
    held: tuple[Money, ...] = ()
    asked: int = 0

    def __init__(self, *_: object):
        pass

    def find_order(self, shop_id: int, name: str) -> OrderToReturn:
        return FOUND

    def reasons(self, shop_id: int) -> tuple[Reason, ...]:
        return (Reason(REASON, "Too large"),)

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead]:
        return SOLD, self.client

    def find(self, shop_id: int, sku: str) -> Piece | None:
        return Piece(CHOICE.variant_gid, CHOICE.piece, "", 1, Decimal("16050.50")) if sku == "SOL-54" else None

    def store_credit(self, shop_id: int, client_gid: str) -> tuple[Money, ...]:
        Shopify.asked += 1
        return self.held


@pytest.fixture
def shopify(monkeypatch: pytest.MonkeyPatch) -> type[Shopify]:
    monkeypatch.setattr(opening, "shopify_openings", Shopify)
    for name in ("shopify_openings", "shopify_orders", "shopify_returns", "shopify_stock"):
        monkeypatch.setattr(offering, name, Shopify)
    monkeypatch.setattr(Shopify, "asked", 0)
    return Shopify


def form(desk: FlaskClient, **changed: Any) -> dict[str, Any]:
    html = desk.get("/desk/returns/new?order=1042").text
    hidden = dict(re.findall(r'name="(key|order_gid|order)" value="([^"]+)"', html))
    return {**hidden, "csrf": csrf(html), "line": [PIECE], "reason": REASON, "step": "offer", **changed}


def kept(made: Any) -> list[ReturnOffer]:
    return list(made(lambda s: s.exec(select(ReturnOffer)).all()))


def test_an_advisor_lets_the_client_choose_and_pressed_twice_it_is_one_letter(
    world, made, at_desk, visitor, shopify
) -> None:
    desk = at_desk(world.bob)
    data = form(desk, instead="SOL-54")
    for _ in range(2):
        assert desk.post("/desk/returns/new", data=data).status_code == 303
    (row,) = kept(made)
    assert (row.value_cents, row.choices[0]["price_cents"], row.may_credit) == (1_480_000, 1_605_050, False)
    (letter,) = made(lambda s: s.exec(select(Message).where(Message.name == "return_offered")).all())
    token = re.search(r"/r/(\S+)", letter.body)
    assert token and "Solstice ring" in text(visitor.get(f"/r/{token[1]}").text)
    assert "With the client, to choose" in text(desk.get("/desk/returns/new").text)
    assert made(lambda s: s.exec(select(OpenedReturn)).all()) == []


@pytest.mark.parametrize(("held", "expected"), [("0", True), ("200.01", False)])
def test_credit_is_offered_only_after_the_clients_account_was_looked_at(
    world, made, at_desk, shopify, monkeypatch, held, expected
) -> None:
    made(lambda s: s.merge(LogisticsPolicy(shop_id=world.shop_id, offer_credit=True)))
    monkeypatch.setattr(shopify, "held", (Money.parse(held, "USD"),))
    desk = at_desk(world.bob)
    desk.post("/desk/returns/new", data=form(desk))
    assert kept(made)[0].may_credit is expected and shopify.asked == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"instead": "NOWHERE"}, "No piece has exactly the number “NOWHERE”"),
        ({"instead": "SOL-54,SOL-54,SOL-54,SOL-54"}, "Name 3 pieces at most"),
        ({"line": []}, "Choose at least one piece"),
        ({"line": [PIECE], f"quantity:{PIECE}": "0"}, "Choose at least one piece"),
        ({"order_gid": "gid://shopify/Order/2"}, "Look it up again"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_and_nobody_is_written_to(
    world, made, at_desk, shopify, changed, words
) -> None:
    desk = at_desk(world.bob)
    answer = desk.post("/desk/returns/new", data=form(desk, **changed))
    assert answer.status_code >= 400 and words in text(answer.text)
    assert kept(made) == [] and made(lambda s: s.exec(select(Message)).all()) == []


def test_without_an_address_the_advisor_is_told_to_open_it_here(world, made, at_desk, shopify, monkeypatch) -> None:
    monkeypatch.setattr(shopify, "client", replace(cast.CLEO_READ, email=""))
    desk = at_desk(world.bob)
    assert "no email address" in text(desk.post("/desk/returns/new", data=form(desk)).text)
    assert kept(made) == []


def test_dana_reads_and_decides_nothing_of_it(world, made, at_desk, shopify) -> None:
    stranger = made(cast.dana)
    made(lambda s: offered(s, world))
    assert "With the client" not in text(at_desk(stranger.bob).get("/desk/returns/new").text)
    with pytest.raises(Exception, match="not known here"):
        made(lambda s: offers.decide(s, shop_id=stranger.shop_id, offer_id=1, wish="refund", now=cast.NOW))


def test_what_was_prepared_leaves_with_the_client_and_so_does_the_link(world, made, visitor) -> None:
    link = made(lambda s: offered(s, world))
    made(lambda s: offers.forget(s, shop_id=world.shop_id, order_gids=["gid://shopify/Order/2"]))
    assert visitor.get(f"/r/{link}").status_code == 200
    made(lambda s: offers.forget(s, shop_id=world.shop_id, order_gids=[ORDER]))
    assert visitor.get(f"/r/{link}").status_code == 404 and kept(made) == []
