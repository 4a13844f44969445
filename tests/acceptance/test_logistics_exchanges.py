"""Issue 5, exchanges: a native request makes way for one return with the piece in it, each call once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from consults.models import Advisor
from consults.pieces import stock
from consults.pieces.holds import hold_piece
from consults.pieces.kinds import Piece
from consults.pieces.models import PieceHold
from consults.pieces.states import HoldEnd
from kit.errors import Conflict, OutsideError
from logistics.exchange_models import Exchange
from logistics.exchange_paths import Path
from logistics.exchanges import ask_exchange
from logistics.models import Rma
from logistics.side_sales import sale_of
from shops.models import Shop
from tests import cast
from tests.acceptance.money_house import MoneyHouse
from tests.acceptance.money_house import house as house
from tests.journeys.edge_town import DOMAIN

RING = {"product": "meridian-ring", "price": "14800.00"}
OWING = "16050.50"


def request(house: MoneyHouse) -> None:
    """The client asks for the return at Shopify; routing has decided, and nobody has approved it."""
    house.sell(pieces=[RING])
    body = {"order_name": house.order_name, "as": "request", "shop": DOMAIN, "note": "The stone is smaller."}
    house.return_gid = house.town.control("POST", "returns", body)["id"]
    about: dict[str, Any] = {"shop_id": house.town.shop_id, "return_gid": house.return_gid}
    house.town.jobs["routing.route_return"](house.town.database.begin, order_gid=house.order()["id"], **about)
    with house.town.database.begin() as session:
        rma = session.exec(select(Rma).where(Rma.return_gid == house.return_gid)).one()
        house.rma_id = cast.number(rma.id)


def decide_for(house: MoneyHouse, price: str = OWING, variant_gid: str = "") -> Path:
    with house.town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.town.shop_id, "rma_id": house.rma_id, "now": house.town.times["now"]}
        variant = variant_gid or house.variant(price)
        return ask_exchange(session, variant_gid=variant, piece="Meridian ring, Other", by="Inès", **about)


def statuses(house: MoneyHouse) -> list[str]:
    shop = house.in_shopify().shop
    return [shop.get(gid)["status"] for gid in house.order()["returnIds"]]


def row(house: MoneyHouse) -> Exchange:
    with house.town.database.begin() as session:
        return session.exec(select(Exchange)).one()


def strike(house: MoneyHouse, operation: str, kind: str) -> None:
    house.town.control("POST", "faults", {"faults": [{"operation": operation, "kind": kind, "times": 1}]})


def test_a_request_nobody_approved_makes_way_for_one_return_with_the_piece_and_all_of_ours_goes_on(
    house: MoneyHouse,
) -> None:
    request(house)
    before = house.view().rma
    assert decide_for(house) is Path.ANEW
    house.work()
    assert statuses(house) == ["DECLINED", "OPEN"]
    assert (house.done("ReturnDeclineRequest"), house.done("ReturnCreate")) == (1, 1)
    assert house.done("ReturnApproveRequest") == 0
    after = house.view().rma
    assert (after.id, after.number, after.approved_at is not None) == (before.id, before.number, True)
    made = house.in_shopify().shop.get(house.order()["returnIds"][1])
    assert after.return_gid == made["id"]
    asked = house.in_shopify().shop.get(house.return_gid)
    assert made["requestedAt"] == asked["createdAt"].replace("+00:00", "Z")
    assert "new number" in asked["decline"]["note"]
    decisions, cases, rmas = house.town.rows()
    assert [d.return_gid for d in decisions] == [r.return_gid for r in rmas] == [made["id"]]
    assert all(case.return_gid == made["id"] for case in cases)


def test_what_shopify_tells_of_it_is_known_for_our_own_doing(house: MoneyHouse) -> None:
    request(house)
    decide_for(house)
    house.work(1)
    house.town.deliver()  # of the request, of its decline, and of a return born approved
    house.work()
    decisions, _, rmas = house.town.rows()
    assert (len(decisions), len(rmas)) == (1, 1)
    assert str(house.view().rma.goods_state) == "authorised"
    assert house.done("ReturnCreate") == 1


@pytest.mark.parametrize(
    ("price", "owed", "back"),
    [(OWING, "1250.50", {}), ("14800.00", "0.00", {}), ("13500.00", "0.00", {"shopify_payments": "1300.00"})],
    ids=["the client pays the rest", "even", "the house pays the rest"],
)
def test_one_movement_of_money_equal_to_the_ledger_to_the_cent(
    house: MoneyHouse, price: str, owed: str, back: dict[str, str]
) -> None:
    request(house)
    decide_for(house, price)
    house.work()
    house.arrive()
    house.approve()
    ledger = house.ledger()
    assert (ledger["owed"], ledger["back"]) == (owed, back)
    assert str(house.ours()["owed"]) == owed and house.done("ReturnProcess") == 1
    assert drafts(house) == []
    if owed != "0.00":
        assert house.money().pay_url.startswith("https://")


@pytest.mark.calm(reason="names each fault and when it comes")
@pytest.mark.parametrize("operation", ["ReturnDeclineRequest", "ReturnCreate"])
@pytest.mark.parametrize("kind", ["cut_json", "502"], ids=["lost after", "lost before"])
def test_a_lost_answer_makes_no_second_call_that_counts(house: MoneyHouse, operation: str, kind: str) -> None:
    request(house)
    strike(house, operation, kind)
    decide_for(house)
    house.work()
    assert statuses(house) == ["DECLINED", "OPEN"]
    assert (house.done("ReturnDeclineRequest"), house.done("ReturnCreate")) == (1, 1)
    if (operation, kind) == ("ReturnCreate", "cut_json"):
        assert house.calls("ReturnCreate") == 1  # found out by reading
    assert str(row(house).state) == "made"


@pytest.mark.calm(reason="names the fault and when it comes")
def test_shopifys_own_word_of_the_new_return_settles_what_was_lost(house: MoneyHouse) -> None:
    request(house)
    strike(house, "ReturnCreate", "cut_json")
    decide_for(house)
    house.work(1)
    assert str(row(house).state) == "sending"
    house.town.deliver()
    assert str(row(house).state) == "made"
    house.work()
    assert len(house.town.rows()[2]) == 1 and house.done("ReturnCreate") == 1


def test_a_piece_shopify_does_not_take_leaves_the_client_their_return(house: MoneyHouse) -> None:
    request(house)
    decide_for(house, variant_gid="gid://shopify/ProductVariant/1")
    house.work()
    assert statuses(house) == ["DECLINED", "OPEN"]
    made = house.in_shopify().shop.get(house.order()["returnIds"][1])
    assert made["exchangeLines"] == [] and "ariant" in row(house).problem
    house.arrive()
    house.approve()
    assert house.ledger()["back"] == {"shopify_payments": "14800.00"}


@pytest.mark.parametrize("verb", ["approve", "decline"])
def test_who_moved_the_request_first_in_the_admin_has_the_last_word(house: MoneyHouse, verb: str) -> None:
    request(house)
    decide_for(house)
    house.town.control("POST", f"returns/{house.return_gid.rsplit('/', 1)[-1]}/{verb}", {"shop": DOMAIN})
    house.work()
    assert house.done("ReturnCreate") == 0 and str(row(house).state) == "refused"
    with house.town.database.begin() as session:
        sale = sale_of(session, house.view().rma)
    if verb == "approve":  # then the piece is sold beside it
        assert sale is not None and str(sale.state) == "made" and house.view().rma.approved_at is not None
    else:
        assert sale is None and str(house.view().rma.goods_state) == "ended"


def test_once_it_is_approved_the_piece_is_sold_beside_it_and_asked_twice_it_is_one(house: MoneyHouse) -> None:
    request(house)
    house.work()
    assert statuses(house) == ["OPEN"]
    variant = house.variant(OWING)
    assert decide_for(house, variant_gid=variant) is Path.BESIDE
    assert decide_for(house, variant_gid=variant) is Path.BESIDE
    house.work()
    assert (house.done("DraftOrderCreate"), house.done("ReturnCreate"), statuses(house)) == (1, 0, ["OPEN"])


def test_another_piece_while_one_is_under_way_is_refused_with_a_sentence(house: MoneyHouse) -> None:
    request(house)
    decide_for(house)
    with pytest.raises(Conflict, match="is being given instead already"):
        decide_for(house, "15000.00")
    house.work()
    assert house.done("ReturnCreate") == 1 and not [t for t in house.troubles if not isinstance(t, OutsideError)]


# --- the piece itself


def drafts(house: MoneyHouse) -> list[dict[str, Any]]:
    return [draft for draft in house.in_shopify().shop.all("DraftOrder") if not draft.get("deletedAt")]


def test_the_piece_they_take_is_in_nobody_elses_cart_until_the_exchange_takes_it(house: MoneyHouse) -> None:
    request(house)
    variant_gid = house.variant(OWING)
    decide_for(house, variant_gid=variant_gid)
    house.work()
    (draft,) = drafts(house)
    assert draft["asked"] == [{"variantId": variant_gid, "quantity": 1}]
    assert datetime.fromisoformat(draft["reserveInventoryUntil"]) > house.town.times["now"] + timedelta(days=80)
    assert house.view().rma.number in draft["note2"] and draft["customerId"] == house.view().rma.client_gid
    house.arrive()
    assert drafts(house) == [draft]
    house.approve()
    assert drafts(house) == [] and house.done("ReturnProcess") == 1
    assert house.done("DraftOrderCreate") == 1  # deleted twice, where the first answer was lost, is deleted


@pytest.mark.calm(reason="names each fault and when it comes")
@pytest.mark.parametrize("kind", ["cut_json", "502"], ids=["lost after", "lost before"])
@pytest.mark.parametrize("operation", ["DraftOrderCreate", "DraftOrderDelete"])
def test_whatever_is_lost_one_is_kept_and_none_stays_behind(house: MoneyHouse, operation: str, kind: str) -> None:
    request(house)
    variant_gid = house.variant(OWING)
    strike(house, operation, kind)
    decide_for(house, variant_gid=variant_gid)
    house.work()
    assert len(drafts(house)) == house.done("DraftOrderCreate") == 1
    house.arrive()
    house.approve()
    house.work()
    assert drafts(house) == [] and house.done("ReturnProcess") == 1


def test_the_hold_of_the_conversation_ends_when_the_return_keeps_the_piece(house: MoneyHouse) -> None:
    request(house)
    variant_gid = house.variant(OWING)
    with house.town.database.begin() as session:
        shop, now = session.get_one(Shop, house.town.shop_id), house.town.times["now"]
        advisor = session.get_one(Advisor, house.town.advisor_id)
        facts = {"return_gid": house.return_gid, "order_gid": house.view().rma.order_gid}
        case = cast.cleos_case(session, shop, advisor, now=now, **facts)
        for gid in (variant_gid, "gid://shopify/ProductVariant/other"):
            piece = Piece(gid, "p1", "Meridian ring", "ring", "emerald", "52", 1_605_050, available=2)
            stock.keep_pieces(session, shop_id=house.town.shop_id, pieces=[piece], now=now)
            about: dict[str, Any] = {"shop_id": house.town.shop_id, "case_id": cast.number(case.id), "now": now}
            hold_piece(session, variant_gid=gid, advisor_id=cast.number(advisor.id), **about)
    decide_for(house, variant_gid=variant_gid)
    house.work()
    told: dict[str, Any] = {"shop_id": house.town.shop_id, "rma_id": house.rma_id}
    gid = house.view().rma.return_gid
    for _ in range(2):
        house.town.run("consults.note_pieces_kept", return_gid=gid, variant_gids=[variant_gid], **told)
    with house.town.database.begin() as session:
        ends = {hold.variant_gid: hold.freed_why for hold in session.exec(select(PieceHold))}
    assert ends == {variant_gid: HoldEnd.CHOSEN, "gid://shopify/ProductVariant/other": None}
