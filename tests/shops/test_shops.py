"""Which shop is meant, and for which of them anything is done."""

import pytest

from kit.db import Database
from kit.errors import NotFound
from shops.models import ShopState
from shops.shops import find_serving, find_shop, get_shop, is_working, working_shops
from tests import cast


def test_a_shop_is_found_by_its_own_name_and_no_other(database: Database) -> None:
    with database.begin() as session:
        alice, dana = cast.alice(session), cast.alice(session, "dana.myshopify.com")
        assert find_shop(session, "dana.myshopify.com") is dana
        assert get_shop(session, cast.number(alice.id)) is alice
        assert find_shop(session, "evil.myshopify.com") is find_serving(session, "") is None
        with pytest.raises(NotFound) as unknown:
            get_shop(session, 404)
        assert unknown.value.message == "That shop is not known here."


@pytest.mark.parametrize(
    ("state", "has_token", "works", "serves"),
    [
        (ShopState.ACTIVE, True, True, True),
        (ShopState.ACTIVE, False, False, True),
        (ShopState.RECONNECT, True, False, True),
        (ShopState.UNINSTALLED, False, False, False),
        (ShopState.UNINSTALLED, True, False, False),
    ],
)
def test_people_are_let_in_while_the_app_is_installed_and_jobs_call_while_there_is_a_grant(
    database: Database, state: ShopState, has_token: bool, works: bool, serves: bool
) -> None:
    with database.begin() as session:
        shop, other = cast.alice(session), cast.alice(session, "dana.myshopify.com")
        shop.state, shop.access_token = state, "shpat_x" if has_token else None
        session.flush()
        assert find_serving(session, shop.domain) is (shop if serves else None)
        assert is_working(shop) is works
        assert working_shops(session) == ([shop] if works else []) + [other]
