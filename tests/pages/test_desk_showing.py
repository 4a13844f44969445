"""Pieces at the desk: put aside, shown on the client's page, put back; nothing of another shop's."""

from decimal import Decimal

import pytest
from sqlmodel import col, select

from consults.briefs.briefs import keep_brief
from consults.briefs.facts import Fact
from consults.pieces import stock
from consults.pieces.kinds import Piece
from consults.pieces.models import PieceHold
from consults.pieces.states import HoldEnd
from kit.errors import OutsideError
from logistics.radar.models import ClientNeed
from shopify_app.pages.desk import showing
from tests import cast
from tests.pages.words import csrf, text

METAL = {"material": "platinum"}


@pytest.fixture(autouse=True)
def shopify_is_away(monkeypatch) -> None:
    """What was counted last holds then."""

    def away(*_args, **_about):
        raise OutsideError("shopify", "ReadTimeout")

    monkeypatch.setattr(showing, "read_product", away)


@pytest.fixture
def pieces(made, world) -> None:
    own = Piece("v0", "p0", "Meridian ring", "ring", "emerald", "52", 1_480_000, "USD", METAL, Decimal("6.1"), None, 1,
                (("Paris", 1),), sku="MER-52")  # fmt: skip
    lower = Piece("v1", "p1", "Lower Meridian ring", "ring", "emerald", "52", 1_540_000, "USD", METAL, Decimal("3.8"),
                  None, 1, (("Paris", 1),))  # fmt: skip
    made(lambda s: stock.keep_pieces(s, shop_id=world.shop_id, pieces=[own, lower], now=cast.NOW))


def holds(made) -> list[PieceHold]:
    return made(lambda s: list(s.exec(select(PieceHold).order_by(col(PieceHold.id)))))


def test_a_piece_is_put_aside_shown_to_the_client_and_put_back(world, made, at_desk, app, pieces) -> None:
    client, page = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    token = made(lambda s: cast.return_link(s, world.rma))
    shown = client.get(page).text
    assert "2.3 mm lower on the hand" in text(shown) and "$600 more. In Paris." in text(shown)
    form = {"csrf": csrf(shown)}
    for _ in range(2):  # a second tap is the same hold
        assert client.post(f"{page}/pieces/hold", data=form | {"variant_gid": "v1"}).status_code == 303
    (hold,) = holds(made)
    assert hold.reason.startswith("2.3 mm lower")
    assert "Put aside until 12:00" in text(client.get(page).text), "in Paris"
    assert "Lower Meridian" not in app.test_client().get(f"/r/{token}").text, "not before it is meant for their eyes"
    assert client.post(f"{page}/pieces/{hold.id}/offer", data=form).status_code == 303
    offered = text(app.test_client().get(f"/r/{token}").text)
    assert (
        "Put aside for you Lower Meridian ring, 52 $15,400. Kept for you until Tuesday 24 November, 12:00." in offered
    )
    assert client.post(f"{page}/pieces/{hold.id}/free", data=form).status_code == 303
    assert [one.freed_why for one in holds(made)] == [HoldEnd.PUT_BACK]
    assert "Lower Meridian" not in app.test_client().get(f"/r/{token}").text


def test_a_piece_they_decide_for_is_what_they_need_with_nothing_written_twice(world, made, at_desk, pieces) -> None:
    client, page = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    form = {"csrf": csrf(client.get(page).text)}
    client.post(f"{page}/need", data=form | {"occasion": "Their anniversary", "need_by": "2026-12-10"})
    client.post(f"{page}/pieces/hold", data=form | {"variant_gid": "v1"})
    (hold,) = holds(made)
    shown = text(client.get(page).text)
    assert "They take this one" in shown and "Promised:" not in shown
    for _ in range(2):
        assert client.post(f"{page}/pieces/{hold.id}/take", data=form).status_code == 303
    shown = text(client.get(page).text)
    assert "Promised: Lower Meridian ring, 52." in shown and "Their anniversary" in shown
    assert "They take this one" not in shown and "How they take it" in shown
    need = {"occasion": "Their anniversary", "need_by": "2026-12-11"}
    client.post(f"{page}/need", data=form | need)
    assert "Promised: Lower Meridian" in text(client.get(page).text), "another day is not another piece"
    client.post(f"{page}/need", data=form | need | {"no_piece": "yes"})
    assert "Promised:" not in text(client.get(page).text)


def test_a_piece_whose_time_is_over_is_put_aside_once_more_first(world, made, at_desk, pieces) -> None:
    client, page = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    form = {"csrf": csrf(client.get(page).text)}
    client.post(f"{page}/pieces/hold", data=form | {"variant_gid": "v1"})
    (hold,) = holds(made)
    client.post(f"{page}/pieces/{hold.id}/free", data=form)
    answer = client.post(f"{page}/pieces/{hold.id}/take", data=form)
    assert answer.status_code == 409 and "Put it aside once more first" in text(answer.text)
    assert made(lambda s: s.exec(select(ClientNeed)).all()) == []


def test_a_piece_that_is_gone_says_so_and_holds_nothing(world, made, at_desk, pieces) -> None:
    client, page = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    form = {"csrf": csrf(client.get(page).text), "variant_gid": "v1"}
    row = made(lambda s: stock.find_variant(s, shop_id=world.shop_id, variant_gid="v1"))
    made(lambda s: setattr(s.merge(row), "available", 0))
    answer = client.post(f"{page}/pieces/hold", data=form, headers={"Accept": "text/html"})
    assert answer.status_code == 409 and "put aside for somebody else, or sold" in text(answer.text)
    assert holds(made) == []


def test_every_fact_stands_with_its_source_and_what_is_missing_reads_unknown(world, made, at_desk) -> None:
    fact = Fact("sizes", "Ring 52", ("gid://shopify/Customer/9#metafield:details.ring_size",))
    made(lambda s: keep_brief(s, s.merge(world.case), [fact], now=cast.NOW))
    shown = text(at_desk(world.bob).get(f"/desk/cases/{world.case.id}").text)
    assert "Sizes Ring 52 Shopify: client's record, ring size" in shown
    assert "Certificate unknown" in shown and "Occasion unknown" in shown


def test_dana_of_another_shop_puts_nothing_of_alices_aside(world, made, at_desk, pieces) -> None:
    client = at_desk(made(cast.dana).bob)
    form = {"csrf": csrf(client.get("/desk/times").text), "variant_gid": "v1"}
    for path in ("hold", "1/offer", "1/free"):
        assert client.post(f"/desk/cases/{world.case.id}/pieces/{path}", data=form).status_code == 404
    assert holds(made) == []
