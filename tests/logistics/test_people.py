"""What we hold of a client about goods coming back: shown whole, blanked whole, and never another shop's."""

from typing import Any

import pytest
from sqlmodel import Session, select

from kit.db import Database
from kit.errors import NotFound
from logistics import people
from logistics.custody_models import Deduction
from logistics.custody_words import Answer, Grade
from logistics.lookups import (
    known_returns,
    open_returns,
    returns_named,
    returns_of_client,
    returns_of_order,
    returns_of_pieces,
)
from logistics.models import Inspection, Parcel, Rma, Settlement
from logistics.money_models import SideSale
from logistics.radar.kinds import Failure, Found
from logistics.radar.models import ClientNeed, RadarCard
from logistics.states import Finding, Goods
from shops import links
from tests import cast

CLEO = cast.CLEO_READ.gid
PRIVATE = (
    "Whitlock",
    "cleo@example.com",
    "+33612344141",
    "Thorigny",
    "label.pdf",
    "A scratch",
    "Not so",
    "anniversary",
)


class World:
    """Cleo's return with everything that can hang on one, and Edda's of another shop."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.shop = cast.alice(session)
        self.shop_id = cast.number(self.shop.id)
        self.rma = cast.cleos_return(session, self.shop)
        self.dana = cast.alice(session, "dana.myshopify.com", "Dana")
        self.danas = cast.cleos_return(session, self.dana)
        for rma in (self.rma, self.danas):
            self.hang_on(rma)

    def hang_on(self, rma: Rma) -> None:
        mine: dict[str, Any] = {"rma_id": cast.number(rma.id), "shop_id": rma.shop_id}
        box = Parcel(
            **mine, rfo_gid="gid://shopify/ReverseFulfillmentOrder/1", reference=f"rp-{rma.id}", need_cents=1,
            cover_currency="USD", carrier="Harbour", tracking_code=f"HX{rma.id}", label_url="https://c/label.pdf",
            tracking_url="https://c/track",
        )  # fmt: skip
        card = Found(f"carrier:{rma.id}", Failure.CARRIER, rma.return_gid, rma.id, "detail")
        self.session.add_all(
            [
                box,
                Inspection(**mine, finding=Finding.MATCH_WITH_WEAR, note="A scratch on the band.", inspected_by="Bob",
                           at=cast.NOW, restock=False),
                Deduction(**mine, grade=Grade.LIGHT, amount_cents=74_000, currency="USD", words="A scratch.",
                          proposed_by="Bob", proposed_at=cast.NOW, answer=Answer.DISPUTED, client_words="Not so."),
                Settlement(**mine, batch=1, amount_cents=5, currency="USD", proposed_at=cast.NOW, pay_url="https://pay/1"),
                SideSale(**mine, variant_gid="v", asked_by="Bob", asked_at=cast.NOW, pay_url="https://pay/2"),
                ClientNeed(shop_id=rma.shop_id, return_gid=rma.return_gid, occasion="Their anniversary.",
                           set_at=cast.NOW),
                RadarCard(shop_id=rma.shop_id, key=card.key, failure=card.failure, return_gid=card.return_gid,
                          rma_id=rma.id, detail="", occasion="Their anniversary.", objection="",
                          words="We lost it, Mrs Whitlock.", ways=[], opened_at=cast.NOW, sent_at=cast.NOW),
            ]
        )  # fmt: skip
        self.session.flush()

    def one(self, table: Any) -> Any:
        """The row of Cleo's return in that table."""
        (row,) = [row for row in self.session.exec(select(table)) if is_of(row, self.rma)]
        return row

    def everything(self, rma: Rma) -> str:
        """All that is kept of one return, as text."""
        tables: tuple[Any, ...] = (Parcel, Inspection, Deduction, Settlement, SideSale, ClientNeed, RadarCard)
        rows = [row for table in tables for row in self.session.exec(select(table)) if is_of(row, rma)]
        self.session.refresh(rma)
        return " ".join(str(sorted(row.model_dump().items())) for row in (rma, *rows))

    def show(self, shop_id: int | None = None, gid: str = CLEO, orders: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        return people.show_client(self.session, shop_id=shop_id or self.shop_id, client_gid=gid, order_gids=orders)


def is_of(row: Any, rma: Rma) -> bool:
    mine = row.rma_id == rma.id if "rma_id" in type(row).model_fields else row.return_gid == rma.return_gid
    return mine and row.shop_id == rma.shop_id


@pytest.fixture
def world(database: Database, secured: Any) -> Any:
    with database.begin() as session:
        yield World(session)


def test_everything_personal_is_shown_as_plain_values(world: World) -> None:
    (shown,) = world.show()
    assert shown == {
        "return": "R-1042-1",
        "order": "#1042",
        "title": "Mrs",
        "name": "Cleo Whitlock",
        "email": "cleo@example.com",
        "phone": "+33612344141",
        "address": shown["address"],
        "parcels": [{"carrier": "Harbour", "tracking_code": f"HX{world.rma.id}", "label": "https://c/label.pdf"}],
        "wear": [{"found": "A scratch.", "amount": 74_000, "currency": "USD", "answer": "Not so."}],
        "notes": ["A scratch on the band."],
        "occasions": ["Their anniversary."],
        "written": ["We lost it, Mrs Whitlock."],
    }
    assert shown["address"]["street1"] == "12 rue de Thorigny"
    assert all(word in str(shown) for word in PRIVATE)


def test_a_client_is_found_by_their_orders_too_and_by_nothing_where_neither_is_known(world: World) -> None:
    world.rma.client_gid = ""
    world.session.flush()
    assert world.show() == [] and world.show(gid="") == []
    assert [entry["return"] for entry in world.show(gid="", orders=("gid://shopify/Order/1042",))] == ["R-1042-1"]


def test_blanked_nothing_personal_is_left_and_what_was_returned_and_paid_stays(world: World) -> None:
    token = cast.return_link(world.session, world.rma)
    assert people.erase_client(world.session, shop_id=world.shop_id, client_gid=CLEO) == 1
    world.session.flush()
    left = world.everything(world.rma)
    assert not [word for word in (*PRIVATE, "https://pay", "https://c/") if word in left]
    assert "R-1042-1" in left and "74000" in left and f"HX{world.rma.id}" in left
    with pytest.raises(NotFound):
        links.open_link(world.session, token, purpose=links.RETURN, now=cast.NOW)
    assert world.show() == [], "nobody is called so any more"


def test_each_column_that_names_them_is_empty_and_no_other_return_of_the_house_is_touched(world: World) -> None:
    other = cast.cleos_return(world.session, world.shop, return_gid="gid://shopify/Return/43")
    other.order_gid, other.client_gid = "gid://shopify/Order/7", "gid://shopify/Customer/8"
    world.hang_on(other)
    before = [world.everything(other), world.everything(world.danas)]
    token = cast.return_link(world.session, other)
    assert people.erase_client(world.session, shop_id=world.shop_id, client_gid=CLEO) == 1
    world.session.flush()
    assert [world.everything(other), world.everything(world.danas)] == before
    assert links.open_link(world.session, token, purpose=links.RETURN, now=cast.NOW).subject_id == other.id
    rma = world.rma
    assert (rma.client_title, rma.client_name, rma.client_email, rma.client_phone, rma.client_gid) == ("",) * 5
    assert rma.sender_address == "{}"
    box, wear = world.one(Parcel), world.one(Deduction)
    assert (box.label_url, box.tracking_url, wear.words, wear.client_words) == ("",) * 4
    card, need = world.one(RadarCard), world.one(ClientNeed)
    assert (card.occasion, card.words, need.occasion, world.one(Inspection).note) == ("",) * 4
    assert world.one(Settlement).pay_url == world.one(SideSale).pay_url == ""


def test_by_their_orders_it_is_the_same_and_where_neither_is_known_nobody_is_blanked(world: World) -> None:
    world.rma.client_gid = ""
    world.session.flush()
    assert people.erase_client(world.session, shop_id=world.shop_id, client_gid="") == 0
    orders = (world.rma.order_gid,)
    assert people.erase_client(world.session, shop_id=world.shop_id, client_gid="", order_gids=orders) == 1
    world.session.flush()
    left = world.everything(world.rma)
    assert not [word for word in (*PRIVATE, "https://pay", "https://c/") if word in left]


def test_another_shops_client_of_the_same_number_is_untouched(world: World) -> None:
    before = world.everything(world.danas)
    people.erase_client(world.session, shop_id=world.shop_id, client_gid=CLEO)
    people.move_client(world.session, shop_id=world.shop_id, from_gid=CLEO, to_gid="gid://shopify/Customer/8")
    world.session.flush()
    assert world.everything(world.danas) == before
    assert [entry["name"] for entry in world.show(cast.number(world.dana.id))] == ["Cleo Whitlock"]


def test_two_records_that_became_one_are_one_clients_returns(world: World) -> None:
    people.move_client(world.session, shop_id=world.shop_id, from_gid=CLEO, to_gid="gid://shopify/Customer/8")
    world.session.expire_all()
    assert world.show() == [] and len(world.show(gid="gid://shopify/Customer/8")) == 1


def test_the_codes_a_carriers_webhooks_name_are_those_of_these_returns(world: World) -> None:
    assert people.tracking_codes(world.session, [world.rma]) == [f"HX{world.rma.id}"]
    found = people.returns_of(world.session, shop_id=world.shop_id, client_gid=CLEO)
    assert [rma.id for rma in found] == [world.rma.id] and people.tracking_codes(world.session, []) == []


# --- found again


@pytest.mark.parametrize(
    ("typed", "found"), [("#1042", 1), ("1042", 1), (" # 1042 ", 1), ("104", 0), ("", 0), ("1042%", 0)]
)
def test_a_return_is_found_by_its_orders_name_with_or_without_the_sign(world: World, typed: str, found: int) -> None:
    assert len(returns_named(world.session, shop_id=world.shop_id, order_name=typed)) == found


def test_returns_are_listed_newest_first_and_of_one_shop(world: World) -> None:
    later = cast.cleos_return(world.session, world.shop, return_gid="gid://shopify/Return/43")
    expected = [later.id, world.rma.id]
    about: dict[str, Any] = {"shop_id": world.shop_id}
    assert [r.id for r in returns_of_client(world.session, client_gid=CLEO, **about)] == expected
    assert [r.id for r in returns_of_order(world.session, order_gid="gid://shopify/Order/1042", **about)] == expected
    assert [r.id for r in returns_of_client(world.session, client_gid=CLEO, limit=1, **about)] == [later.id]
    assert open_returns(world.session, shop_id=world.shop_id) == [world.rma.return_gid, later.return_gid]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "REQUESTED"),
        ({"approved_at": cast.NOW}, "OPEN"),
        ({"approved_at": cast.NOW, "goods_state": Goods.SETTLED}, "OPEN"),
        ({"goods_state": Goods.CLOSED, "ended_how": "closed"}, "CLOSED"),
        ({"goods_state": Goods.ENDED, "ended_how": "declined"}, "DECLINED"),
    ],
)
def test_by_our_rows_a_return_has_this_status_in_shopify(world: World, changes: dict[str, Any], status: str) -> None:
    for name, value in changes.items():
        setattr(world.rma, name, value)
    world.session.flush()
    asked = [world.rma.return_gid, "gid://shopify/Return/7"]
    assert known_returns(world.session, shop_id=world.shop_id, return_gids=asked) == {world.rma.return_gid: status}
    is_open = status in ("REQUESTED", "OPEN")
    assert open_returns(world.session, shop_id=world.shop_id) == ([world.rma.return_gid] if is_open else [])


def test_a_return_is_found_by_a_box_or_a_line_of_its_reverse_order(world: World) -> None:
    about: dict[str, Any] = {"shop_id": world.shop_id}
    by_box = returns_of_pieces(
        world.session, rfo_gid="gid://shopify/ReverseFulfillmentOrder/1", rfo_line_gids=[], **about
    )
    assert by_box == [world.rma.return_gid]
    assert returns_of_pieces(world.session, rfo_gid=None, rfo_line_gids=["gid://x"], **about) == []
