"""Where a house notes what Shopify has no field for: its own names, on the page, in what is asked, and in the facts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from kit.db import Database
from kit.money import Money
from routing.facts import LineRead, OrderRead, StaffRead
from routing.gathering import gather_facts
from routing.jobs import NOBODY
from routing.looking import Marks, circumstances_of, plain_mark
from routing.marks import keep_marks, marks_of, read_marks
from routing.models import HouseMarks
from routing.reads import OrderSignals
from shopify_app.admin_api.client import Reply
from shopify_app.admin_api.orders import ShopifyOrders
from tests import cast
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin

OWN = Marks("loyalty", "level", ("on-commande",), ("sans-retour", "archive"))
FORM = {"tier_metafield": "loyalty.level", "made_to_order": "On commande", "final_sale": "Sans retour, _archive"}


def order(*tags: str, marks: tuple[str, ...] = ()) -> OrderRead:
    price = Money(100_000, "USD")
    line = LineRead("line/1", "Ring", "", "", 1, price, "", price, "V", tags, (), marks)
    return OrderRead("order/1", "#1", datetime(2026, 10, 1, tzinfo=UTC), None, "web", price, None, (line,))


@pytest.mark.parametrize(
    "text", ["made-to-order", "Made to Order", "_made_to_order", "MADE  TO-ORDER", " made_to_order "]
)
def test_one_mark_has_many_spellings(text: str) -> None:
    assert plain_mark(text) == "made-to-order"


@pytest.mark.parametrize(
    ("found", "marks", "made_to_order", "final_sale"),
    [
        (order("made-to-order"), Marks(), True, False),
        (order(marks=("Engraving",)), Marks(), True, False),
        (order("Final Sale"), Marks(), False, True),
        (order("jewellery"), Marks(), False, False),
        (order("made-to-order", "final-sale"), OWN, False, False),
        (order("On Commande"), OWN, True, False),
        (order(marks=("_archive",)), OWN, False, True),
    ],
)
def test_a_piece_is_made_to_order_or_a_final_sale_by_the_houses_own_marks(
    found: OrderRead, marks: Marks, made_to_order: bool, final_sale: bool
) -> None:
    about = circumstances_of(found, [("line/1", 1)], marks=marks)
    assert (about.made_to_order, about.final_sale) == (made_to_order, final_sale)


def test_a_shop_that_chose_nothing_has_the_usual_marks_and_its_own_choice_is_its_own(database: Database) -> None:
    with database.begin() as session:
        alice, dana = cast.number(cast.alice(session).id), cast.dana(session).shop_id
        assert marks_of(session, alice) == Marks()
        for marks in (Marks("a", "b", ("c",), ("d",)), OWN):
            keep_marks(session, shop_id=alice, marks=marks)
    with database.begin() as session:
        assert marks_of(session, alice) == OWN and marks_of(session, dana) == Marks()


def test_a_returns_facts_go_by_the_shops_marks(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        about: dict[str, Any] = {"shop_id": shop_id, "client": NOBODY, "staff": StaffRead(), "today": OrderSignals()}
        about |= {"order": order("on-commande"), "back": [("line/1", 1)]}
        assert gather_facts(session, **about).circumstances.made_to_order is False
        keep_marks(session, shop_id=shop_id, marks=OWN)
        assert gather_facts(session, **about).circumstances.made_to_order is True


class Asked:
    """The part of AdminApi that reads; keeps what it was asked."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}

    def read(self, shop_id: int, name: str, variables: dict[str, Any]) -> Reply:
        self.variables = variables
        return Reply({"order": None})


def test_shopify_is_asked_for_the_metafield_the_merchant_named(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
    for marks in (Marks(), OWN):
        with database.begin() as session:
            keep_marks(session, shop_id=shop_id, marks=marks)
        asked = Asked()
        ShopifyOrders(asked, database).order(shop_id, "order/1")  # type: ignore[arg-type]
        assert (asked.variables["tierNamespace"], asked.variables["tierKey"]) == (marks.tier_namespace, marks.tier_key)


# --- the page


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def test_the_routing_page_shows_and_saves_them_and_dana_keeps_hers(admin: Admin) -> None:
    page = admin.alice.open("/app/routing").text
    assert 'value="custom.tier"' in page and "made-to-order, made-to-measure" in page and 'value="final-sale"' in page
    assert admin.alice.send("/app/routing/marks", **FORM).get_json()["toast"].startswith("Saved.")
    page = admin.alice.open("/app/routing").text
    assert 'value="loyalty.level"' in page and 'value="on-commande"' in page and 'value="sans-retour, archive"' in page
    assert 'value="custom.tier"' in admin.stranger.open("/app/routing").text
    assert "custom.tier" not in read(admin.alice.open("/app/routing")).text


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"tier_metafield": "tier"}, "tier_metafield", "with a dot between them"),
        ({"tier_metafield": ".tier"}, "tier_metafield", "with a dot between them"),
        ({"tier_metafield": 'a.b") { x }'}, "tier_metafield", "with a dot between them"),
        ({"made_to_order": " , "}, "made_to_order", "for example made-to-order"),
        ({"final_sale": ""}, "final_sale", "for example final-sale"),
        ({"final_sale": ",".join(map(str, range(31)))}, "final_sale", "At most 30"),
        ({"made_to_order": "x" * 101}, "made_to_order", "At most 30"),
        ({"final_sale": "On Commande"}, "final_sale", "“on-commande” already stands for made to order."),
    ],
)
def test_what_is_no_mark_is_a_sentence_and_nothing_is_saved(admin: Admin, changed, field, sentence) -> None:
    answer = admin.alice.send("/app/routing/marks", **FORM | changed)
    assert answer.status_code == 422
    fields = answer.get_json()["error"]["fields"]
    assert list(fields) == [field] and sentence in fields[field]
    with admin.database.begin() as session:
        assert session.exec(select(HouseMarks)).all() == []


def test_what_was_typed_is_read_as_it_is_compared() -> None:
    assert read_marks(FORM) == (OWN, {})
