"""Who sold a piece, with real adapters against the stand-in: signed webhooks in, our note in the order's metafield."""

import json

import pytest
import sqlalchemy as sa
from sqlmodel import select

from routing import book_imports, chains, selling
from routing.levels import Level
from routing.models import Decision, LineEvidence, OrderEvidence
from routing.reads import SignalKeys
from routing.seller_models import BookEntry, SellerChoice, SellerNote
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.orders import ShopifyOrders
from shops.models import Shop
from tests import cast
from tests.journeys.edge_town import BASE, DOMAIN, Town
from webhooks.models import Delivery

KEYS = SignalKeys("custom", "advisor")


@pytest.fixture
def orders(town: Town) -> ShopifyOrders:
    return ShopifyOrders(AdminApi(town.settings, town.database, sleep=lambda _seconds: None), town.database)


def colleague(town: Town, name: str = "Teo Marchetti") -> int:
    with town.database.begin() as session:
        shop = session.get_one(Shop, town.shop_id)
        person = cast.bob(session, shop, name=name, staff_gid="gid://shopify/StaffMember/90871230002")
        chains.give_code(session, shop_id=town.shop_id, code="PAR-002", advisor_id=cast.number(person.id))
        return cast.number(person.id)


def sell(town: Town, **given) -> dict:
    order = town.control("POST", "orders", {"template": "meridian", "total": "14800.00", "deliver": True, **given})
    town.deliver()
    return order


def bring_back(town: Town, order: dict) -> Decision:
    made = town.control("POST", "returns", {"order_name": order["name"]})
    town.deliver()
    with town.database.begin() as session:
        return session.exec(select(Decision).where(Decision.return_gid == made["id"])).one()


def write_back(town: Town, order: dict) -> None:
    town.run("routing.write_back", shop_id=town.shop_id, order_gid=order["id"])


def sent(town: Town, operation: str) -> int:
    return len(town.control("GET", "log", operation=operation))


@pytest.mark.calm(reason="counts how often it is written")
def test_a_code_in_the_cart_names_the_advisor_and_the_order_in_shopify_carries_our_note(
    town: Town, orders: ShopifyOrders
) -> None:
    teo = colleague(town)
    order = sell(
        town, customAttributes=[{"key": "_advisor_code", "value": "par-002"}, {"key": "gift", "value": "Cleo"}]
    )
    decision = bring_back(town, order)
    assert (decision.advisor_id, decision.level) == (teo, Level.CODE)
    assert orders.signals(town.shop_id, order["id"], KEYS).sold_by == ""
    for _ in range(2):
        write_back(town, order)
    assert sent(town, "SoldBySet") == 1, "what is written is not written again"
    body = json.loads(orders.signals(town.shop_id, order["id"], KEYS).sold_by)
    assert {who["staff"] for who in body["lines"].values()} == {"gid://shopify/StaffMember/90871230002"}


def test_a_persons_choice_is_read_back_from_shopify_when_our_rows_are_gone(town: Town) -> None:
    teo = colleague(town)
    order = sell(town, staff="Inès")
    assert bring_back(town, order).advisor_id == town.advisor_id
    (case,) = town.rows()[1]
    with town.database.begin() as session:
        selling.choose_advisor(
            session, shop_id=town.shop_id, case_id=cast.number(case.id), advisor_id=teo, reason="On her behalf.",
            by="staff:7", for_client=False, now=BASE,
        )  # fmt: skip
    write_back(town, order)
    with town.database.begin() as session:
        for kind in (SellerNote, SellerChoice, LineEvidence, OrderEvidence):
            session.connection().execute(sa.delete(kind))
    number = case.return_gid.rsplit("/", 1)[1]
    town.control("POST", f"returns/{number}/cancel")
    decision = bring_back(town, order)
    assert (decision.advisor_id, decision.level) == (teo, Level.OVERRIDE)
    assert decision.words.endswith("Teo Marchetti was chosen by a person of the house.")


def test_without_the_right_to_read_clients_the_rest_is_still_read_and_what_is_withheld_is_named(
    town: Town, orders: ShopifyOrders
) -> None:
    order = sell(town, customAttributes=[{"key": "advisor", "value": "PAR-002"}])
    assert orders.signals(town.shop_id, order["id"], KEYS).withheld == ()
    town.control("POST", "grant", {"scopes": ["read_orders", "write_orders", "read_returns"], "replace": True})
    seen = orders.signals(town.shop_id, order["id"], KEYS)
    assert seen.attributes == ((None, "advisor", "PAR-002"),)
    assert (seen.client_tags, seen.client_metafield, seen.withheld) == ((), "", ("order.customer",))


def test_a_tag_of_the_client_names_their_advisor(town: Town, orders: ShopifyOrders) -> None:
    teo = colleague(town)
    client = {"email": "tagged@example.com", "first_name": "Ada", "last_name": "Ek", "tags": ["Advisor: PAR-002"]}
    decision = bring_back(town, sell(town, customer=client))
    assert (decision.advisor_id, decision.level) == (teo, Level.CLIENT)


def test_an_order_that_is_not_shown_says_nothing(town: Town, orders: ShopifyOrders) -> None:
    assert orders.signals(town.shop_id, "gid://shopify/Order/1", KEYS).attributes == ()


def test_staff_is_read_where_the_right_was_given_and_is_not_asked_for_where_not(
    town: Town, orders: ShopifyOrders
) -> None:
    assert orders.everyone(town.shop_id) is None and sent(town, "StaffMembers") == 0
    with town.database.begin() as session:
        session.get_one(Shop, town.shop_id).scopes = "read_orders,read_users"
    assert orders.everyone(town.shop_id) is None, "Shopify says no after all"
    town.control("POST", "grant", {"scopes": ["read_users"]})
    found = orders.everyone(town.shop_id)
    assert found is not None and len(found) == 9
    inès = next(member for member in found if member.staff_gid.endswith("/90871230001"))
    assert (inès.name, inès.email, inès.left) == ("Inès Laurent", "ines.laurent@verdane.example", False)


def test_a_client_the_book_knows_by_their_e_mail_alone_is_forgotten_when_shopify_says_so(town: Town) -> None:
    client = town.control("GET", "orders")[0]["customer"]
    someone = client["email"]
    with town.database.begin() as session:
        raw = f"email,advisor\n{someone},Inès Laurent\nelse@example.com,Inès Laurent\n".encode()
        file = book_imports.show_file(session, shop_id=town.shop_id, raw=raw, by="staff:7", now=BASE)
        file_id = cast.number(file.id)
        book_imports.apply(session, shop_id=town.shop_id, import_id=file_id, digest=file.digest, by="staff:7", now=BASE)
    town.control("POST", "privacy", {"topic": "customers/redact", "shop": DOMAIN, "customer": someone})
    town.deliver()
    town.run("privacy.redact_client", shop_id=town.shop_id, client_gid=client["id"], order_gids=[])
    with town.database.begin() as session:
        assert len(session.exec(select(BookEntry)).all()) == 1
        assert session.exec(select(Delivery).where(Delivery.topic == "customers/redact")).one().body == b""
