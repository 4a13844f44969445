"""Issue 7, pieces: two emerald cuts, an honest sentence where there is none, and holds that every cart knows of."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from consults.models import Advisor, Case
from consults.pieces import stock
from consults.pieces.holds import hold_piece
from consults.pieces.jobs import FREE_SECONDS
from consults.pieces.models import PieceHold
from kit.db import Database
from logistics.models import Rma
from logistics.rmas import find_rma
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.pieces import ShopifyPieces
from shopify_app.pages.desk import showing
from shops.models import Shop
from tests import cast
from tests.acceptance.money_house import MoneyHouse
from tests.acceptance.money_house import house as house
from tests.journeys import edge_town
from tests.journeys.edge_town import DOMAIN

SAID = "It sits higher on my hand than I imagined."


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    made = Database(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def town_scopes(house: MoneyHouse) -> None:
    store = house.town.shopify.store
    with store.change():
        installation = store.shops[DOMAIN].installation
        more = {"read_inventory", "read_draft_orders", "write_draft_orders"}
        installation["scopes"] = sorted({*installation["scopes"], *more})
        store.shops[DOMAIN].save(installation)


@pytest.fixture
def emerald(house: MoneyHouse, town_scopes: None) -> MoneyHouse:
    """Amara's Meridian in size 52 comes back because it sits too high; all of the house's pieces were read."""
    shop = house.town.shopify.store.shops[DOMAIN]
    with house.town.shopify.store.change():
        for handle in ("lower-meridian-ring", "bezel-meridian-ring"):
            product = shop.find("Product", handle=handle)
            for variant in product["variants"]:
                variant["stock"] = {place: int(n == 0) for n, place in enumerate(variant["stock"])}
            shop.save(product)
    house.order_name = "1042"
    house.send_back()
    house.open()
    with house.town.database.begin() as session:
        rma = session.exec(select(Rma)).one()
        shop_row, advisor = session.get_one(Shop, house.town.shop_id), session.get_one(Advisor, house.town.advisor_id)
        about = {"return_gid": house.return_gid, "client_words": SAID, "order_gid": rma.order_gid}
        cast.cleos_case(session, shop_row, advisor, now=house.town.times["now"], **about)
    read_all(house)
    return house


def read_all(house: MoneyHouse) -> None:
    house.town.jobs["consults.read_pieces"](house.town.database.begin, shop_id=house.town.shop_id)


def tray(house: MoneyHouse, monkeypatch: pytest.MonkeyPatch) -> showing.Tray:
    monkeypatch.setattr(showing, "now", lambda: house.town.times["now"])
    with house.town.database.begin() as session:
        case = session.exec(select(Case)).one()
        rma = find_rma(session, shop_id=case.shop_id, return_gid=case.return_gid)
        return showing.tray(session, case, rma)


def counted(house: MoneyHouse, gid: str) -> int:
    """How many of that variant Shopify says are free."""
    pieces = ShopifyPieces(AdminApi(house.town.settings, house.town.database))
    with house.town.database.begin() as session:
        known = stock.find_variant(session, shop_id=house.town.shop_id, variant_gid=gid)
    assert known is not None
    return next(p.available for p in pieces.of_product(house.town.shop_id, known.product_gid) if p.variant_gid == gid)


def test_two_emerald_cuts_in_stock_in_size_within_30_percent_and_lower_set_with_that_reason(
    emerald: MoneyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = tray(emerald, monkeypatch)
    assert {one.piece.title for one in shown.found} == {"Lower Meridian ring", "Bezel Meridian ring"}
    for one in shown.found:
        piece = one.piece
        assert (piece.cut, piece.size, piece.available) == ("emerald", "52", 1)
        assert abs(piece.price_cents - 1_480_000) <= 1_480_000 * 30 // 100
        assert piece.height_mm is not None and piece.height_mm < Decimal("6.1")
        assert f"{float(Decimal('6.1') - piece.height_mm):g} mm lower on the hand" in one.reason
        assert "the same emerald cut" in one.reason
    assert shown.nothing == ""


def test_none_in_stock_gives_one_honest_sentence_and_a_way_out(
    emerald: MoneyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = emerald.town.shopify.store
    with store.change():
        for handle in ("lower-meridian-ring", "bezel-meridian-ring"):
            product = store.shops[DOMAIN].find("Product", handle=handle)
            for variant in product["variants"]:
                variant["stock"] = dict.fromkeys(variant["stock"], 0)
            product["updatedAt"] = (emerald.town.times["now"] + timedelta(minutes=1)).isoformat()
            store.shops[DOMAIN].save(product)
    emerald.town.pass_by(minutes=11)
    read_all(emerald)  # only what changed
    shown = tray(emerald, monkeypatch)
    assert (list(shown.held), list(shown.found)) == ([], [])
    assert shown.nothing == (
        "No emerald cut in size 52 that sits lower is in stock within 30 per cent of the price. "
        "Offer the atelier for this one, or promise to write when another comes in."
    )


def test_a_held_piece_leaves_every_cart_and_comes_back_when_its_time_is_over(
    emerald: MoneyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = emerald.town
    mine = {"consults.reserve_piece", "consults.release_piece"}
    gid = next(one.piece.variant_gid for one in tray(emerald, monkeypatch).found)
    with town.database.begin() as session:
        case = session.exec(select(Case)).one()
        about: dict[str, Any] = {"shop_id": town.shop_id, "variant_gid": gid, "now": town.times["now"]}
        hold = hold_piece(session, case_id=case.id or 0, advisor_id=town.advisor_id, **about)
        number, until = hold.id, hold.expires_at
    town.queue.drain(town.database, town.jobs, only=mine)
    assert counted(emerald, gid) == 0, "Shopify sells it to nobody else"
    with town.database.begin() as session:
        assert session.get_one(PieceHold, number).draft_gid
        assert stock.find_variant(session, shop_id=town.shop_id, variant_gid=gid).available == 0  # type: ignore[union-attr]
    town.times["now"] = until + timedelta(seconds=FREE_SECONDS)
    town.jobs["consults.free_holds"](town.database.begin)
    with town.database.begin() as session:  # hours later its token has been renewed
        row = session.get_one(Shop, town.shop_id)
        row.access_token, row.access_expires_at = edge_town._token(town.shopify), None
        session.add(row)
    town.queue.drain(town.database, town.jobs, only=mine)
    assert FREE_SECONDS < 60 and counted(emerald, gid) == 1
    drafts = town.shopify.store.shops[DOMAIN].all("DraftOrder")
    assert [bool(draft.get("deletedAt")) for draft in drafts] == [True]
    assert gid in [one.piece.variant_gid for one in tray(emerald, monkeypatch).found]
