"""The extension at one order: what is told of it, the link it is given, and where that leads."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from kit.db import Database
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, read_order_pass, write_order_pass
from tests import cast
from tests.pages.account_house import DANAS, VERDANE, House, open_house
from tests.pages.test_extension import token
from tests.pages.words import findings, text
from tests.simulators.small_shop import AMARA, ORDER

LASTING: dict[str, Any] = {"iat": None, "exp": 4_102_444_800}  # whatever the machine's clock says
GID = f"gid://shopify/Customer/{AMARA}"
TOLD, LINK = "/extension/returns/orders/1001", "/extension/returns/orders/1001/link"


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    database = Database(sqlite_url)
    with open_house(database) as made:
        yield made
    database.close()


def as_client(sub: str | None = GID, shop: str = VERDANE) -> dict[str, str]:
    return token(shop, sub=sub, **LASTING)


def bring_home(house: House) -> Any:
    """Cleo's return becomes one of Amara's order."""
    with house.database.begin() as session:
        rma = session.merge(house.world.rma)
        rma.client_gid, rma.order_gid = GID, ORDER
        session.add(rma)
        return rma


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_an_order_without_a_return_gets_a_link_that_begins_one_and_nothing_is_written_down(house: House) -> None:
    visitor = house.app.test_client()
    assert visitor.get(TOLD, headers=as_client()).json == {"returns": [], "url": None}
    made = visitor.post(LINK, headers=as_client())
    assert made.status_code == 200 and made.headers["Access-Control-Allow-Origin"] == "*"
    page = visitor.get(path_of(made.get_json()["url"]))
    assert page.status_code == 200 and 'action="/return/verdane/choose"' in page.text
    shown = page.text.split('name="pass" value="')[1].split('"')[0]
    who = read_order_pass(("test-secret-key",), shown, shop_id=house.world.shop_id, now=cast.NOW)
    assert who == OrderPass(house.world.shop_id, ORDER, Acting.BUYER, Proof.EXTENSION, GID)
    assert not findings("client", text(page.text))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (as_client("gid://shopify/Customer/102"), 404),
        (as_client("gid://shopify/Customer/999"), 404),
        (as_client(None), 404),
        (as_client(shop="dana.myshopify.com", sub="gid://shopify/Customer/102"), 404),
        (token(secret="of-somebody-else", sub=GID, **LASTING), 401),
        ({}, 401),
    ],
)
def test_nobody_else_gets_a_link_to_it_nor_is_told_of_it(house: House, headers: dict[str, str], status: int) -> None:
    bring_home(house)
    visitor = house.app.test_client()
    assert visitor.post(LINK, headers=headers).status_code == status
    told = visitor.get(TOLD, headers=headers)
    assert told.status_code == 401 or told.json == {"returns": [], "url": None}


def test_an_order_nobody_has_gets_none(house: House) -> None:
    for number in (5, 7_012_345_678_901):
        answer = house.app.test_client().post(f"/extension/returns/orders/{number}/link", headers=as_client())
        assert answer.status_code == 404


def test_a_return_under_way_says_what_comes_next_with_its_day_and_who_would_talk(house: House) -> None:
    rma = bring_home(house)
    answer = house.app.test_client().get(f"{TOLD}?lang=en", headers=as_client())
    (told,) = answer.get_json()["returns"]
    assert told["return"] == rma.return_gid.rsplit("/", 1)[-1] and told["pieces"] == ["Meridian ring"]
    assert told["step"]["title"] and "November" in told["step"]["words"] and told["heading"]
    assert told["advisor"] == "Bob"
    other = house.app.test_client().get("/extension/returns/orders/1002", headers=as_client())
    assert other.json == {"returns": [], "url": None}


def test_the_link_leads_to_the_returns_page_and_to_the_advisors_times(house: House) -> None:
    rma = bring_home(house)
    visitor = house.app.test_client()
    page = visitor.get(path_of(visitor.get(TOLD, headers=as_client()).get_json()["url"]))
    assert "See every step" in page.text and "Choose a time with Bob" in page.text
    shown = page.text.split('name="pass" value="')[1].split('"')[0]
    given = {"pass": shown, "return": rma.id}
    for to, leads in (("page", "/r/"), ("talk", "/consult/")):
        there = visitor.post("/return/verdane/order", data=given | {"to": to})
        assert there.status_code == 303 and leads in there.location
        assert visitor.get(urlsplit(there.location).path).status_code == 200
    for wrong in ({"return": 999}, {"return": "x"}):
        assert visitor.post("/return/verdane/order", data=given | wrong).status_code == 404


def test_a_link_is_good_for_ten_minutes_for_its_shop_and_for_nothing_else(house: House) -> None:
    visitor = house.app.test_client()
    path = path_of(visitor.post(LINK, headers=as_client()).get_json()["url"])
    assert visitor.get(path.replace("/verdane/", "/dana/")).status_code == 410
    assert visitor.get(path[:-3] + "abc").status_code == 410
    by_mail = OrderPass(house.world.shop_id, ORDER, Acting.BUYER, Proof.LINK, GID)
    other = write_order_pass("test-secret-key", by_mail, now=cast.NOW)
    assert visitor.get(f"/return/verdane/order?pass={other}").status_code == 410, "shown otherwise, it is no account's"
    assert visitor.get(path).status_code == 200
    house.pass_by(minutes=10)
    late = visitor.get(path)
    assert late.status_code == 410 and "Continue with your account" in late.text
    assert DANAS


def test_while_shopify_is_away_it_is_said_and_no_link_is_given(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopify_app.admin_api.client.READ_ATTEMPTS", 1)
    house.control("faults", [{"operation": "OrderBuyer", "kind": "500", "times": 9}])
    answer = house.app.test_client().post(LINK, headers=as_client())
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "away")
    assert answer.headers["Access-Control-Allow-Origin"] == "*", "the extension may read it"


def test_the_preflights_are_answered(house: House) -> None:
    for path in (TOLD, LINK):
        answer = house.app.test_client().options(path)
        assert answer.status_code == 204 and "POST" in answer.headers["Access-Control-Allow-Methods"]
