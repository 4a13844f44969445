"""Rights a merchant may give or leave: offered on the settings page, and known as soon as they are given or taken."""

from urllib.parse import parse_qs, urlsplit

import pytest

from shopify_app.app import create_app
from shopify_app.mending.granted import RIGHTS
from shops.models import Shop
from simulators.shopify.config import DEFAULT_SCOPES
from tests import cast
from tests.journeys.edge_town import DOMAIN, Town
from tests.pages.admin_caller import DANA, Caller, Read, read

OPTIONAL = {right.scope for right in RIGHTS if right.brings}


@pytest.fixture
def alice(town: Town) -> Caller:
    caller = Caller(create_app(town.settings, town.database), town.settings, DOMAIN)
    grant(town, *DEFAULT_SCOPES)
    return caller


def grant(town: Town, *scopes: str) -> None:
    """The merchant says what the app may do; Shopify sends app/scopes_update."""
    town.control("POST", "grant", {"scopes": list(scopes), "replace": True})
    town.deliver()


def offered(page: Read) -> set[str]:
    return {str(given["data-scopes"]) for tag, given in page.tags if tag == "s-button" and "data-scopes" in given}


def settings(caller: Caller) -> Read:
    return read(caller.open("/app/settings"))


def test_what_may_be_given_is_offered_with_what_it_brings_and_what_is_given_is_not(town: Town, alice: Caller) -> None:
    assert {"read_users", "read_customer_merge"} == OPTIONAL and not OPTIONAL & set(DEFAULT_SCOPES)
    page = settings(alice)
    assert offered(page) == OPTIONAL
    for right in RIGHTS:
        assert right.name in page.text and (right.scope not in OPTIONAL or f"With it: {right.brings}" in page.text)
    grant(town, *DEFAULT_SCOPES, "read_users")
    page = settings(alice)
    assert offered(page) == {"read_customer_merge"} and "Your staff are read as advisors" not in page.text
    grant(town, *DEFAULT_SCOPES)
    assert offered(settings(alice)) == OPTIONAL, "taken back"


def test_beside_each_button_is_a_plain_link_to_shopifys_own_page_that_asks_the_same(town: Town, alice: Caller) -> None:
    links = [urlsplit(str(given["href"])) for tag, given in settings(alice).tags if given.get("target") == "_top"]
    assert {(link.scheme, link.netloc, link.path) for link in links} == {
        ("https", "admin.shopify.com", "/store/verdane-demo/oauth/install")
    }
    asked = [parse_qs(link.query) for link in links]
    assert {query["optional_scopes"][0] for query in asked} == OPTIONAL
    assert {query["client_id"][0] for query in asked} == {town.settings.shopify_api_key}
    # An s-link is none where scripts do not run, so there is one that needs none.
    plain = [urlsplit(str(given["href"])) for tag, given in settings(alice).tags if tag == "a"]
    assert {parse_qs(link.query).get("optional_scopes", [""])[0] for link in plain} >= OPTIONAL


def test_a_right_that_was_given_is_known_before_shopifys_own_word_of_it_came(town: Town, alice: Caller) -> None:
    town.control("POST", "grant", {"scopes": ["read_users"]})
    assert offered(settings(alice)) == OPTIONAL
    answer = alice.send("/app/settings/rights")
    assert answer.status_code == 200 and answer.get_json()["redirect"] == ""
    assert offered(settings(alice)) == {"read_customer_merge"}


@pytest.mark.calm(reason="orders its own outage")
def test_while_shopify_is_away_it_is_read_as_soon_as_it_answers(town: Town, alice: Caller) -> None:
    town.control("POST", "grant", {"scopes": ["read_users"]})
    town.control("POST", "faults", [{"operation": "*", "kind": "500"}])
    answer = alice.send("/app/settings/rights")
    assert answer.status_code == 200 and "does not answer just now" in answer.get_json()["toast"]
    town.control("POST", "faults", [])
    town.work()
    assert offered(settings(alice)) == {"read_customer_merge"}


def test_danas_rights_are_her_own(town: Town, alice: Caller) -> None:
    with town.database.begin() as session:
        shop = cast.alice(session, DANA, "Dana and Daughters")
        shop.scopes = ",".join([*DEFAULT_SCOPES, "read_customer_merge"])
        shop_id = cast.number(shop.id)
    dana = Caller(create_app(town.settings, town.database), town.settings, DANA, "99")
    alice.send("/app/settings/rights")
    assert offered(settings(dana)) == {"read_users"} and offered(settings(alice)) == OPTIONAL
    with town.database.begin() as session:
        assert "read_customer_merge" in session.get_one(Shop, shop_id).scopes
