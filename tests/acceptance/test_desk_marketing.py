"""Issue 7, letters rest while a return is open: a tag in Shopify put on and taken off once, a property at Klaviyo."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from sqlmodel import select

from consults.cases import get_case, note_parcel_done, record_outcome, reopen_case
from consults.marketing import letters
from consults.marketing.jobs import TAG, follow_letters, rest_letters
from consults.marketing.klaviyo import ADDRESS, REVISION, Klaviyo
from consults.marketing.models import LettersPolicy, LettersRest
from consults.privacy import erase_case
from kit.db import Database
from kit.errors import OutsideError
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.client_tags import ShopifyClientTags
from shops import crypt
from shops.models import Shop
from tests import cast, faults
from tests.jobs_at_hand import Queue
from tests.journeys.edge_town import DOMAIN, Town
from tests.journeys.edge_town import town as town
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin

KEY = "pk_a1b2c3"
CLEO = "gid://shopify/Customer/9"


class Told:
    """Both of them, writing down what they were told."""

    def __init__(self, failing: bool = False) -> None:
        self.tags: list[bool] = []
        self.letters: list[tuple[str, str, bool]] = []
        self.failing = failing

    def tag(self, _shop_id: int, _client_gid: str, tag: str, *, on: bool) -> bool:
        if self.failing:
            raise OutsideError("shopify", "away")
        assert tag == TAG
        self.tags.append(on)
        return True

    def pause(self, key: str, *, email: str, paused: bool) -> None:
        self.letters.append((key, email, paused))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    crypt.use_keys("test-token-key")
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def world(database: Database, queue: Queue) -> cast.World:
    with database.begin() as session:
        world = cast.everyone(session)
        letters.set_key(session, shop_id=world.shop_id, key=KEY, by="staff:7", now=cast.NOW)
        return world


def settle(database: Database, queue: Queue, world: cast.World, told: Told, case_id: int | None = None) -> None:
    queue.waiting.clear()
    follow_letters(database.begin, shop_id=world.shop_id, case_id=case_id or cast.number(world.case.id))
    for name, payload in [one for one in queue.waiting if one[0] == "consults.rest_letters"]:
        assert payload["key"] == f"letters:{world.shop_id}:{CLEO}", name
        rest_letters(database.begin, tags=told, letters=told, **payload["args"])


def close(database: Database, world: cast.World, return_gid: str) -> None:
    with database.begin() as session:
        from consults.cases import find_case

        case = find_case(session, shop_id=world.shop_id, return_gid=return_gid)
        assert case is not None
        about: dict[str, Any] = {"shop_id": world.shop_id, "case_id": cast.number(case.id), "now": cast.NOW}
        said: dict[str, Any] = {"outcome": "kept", "root_cause": "size"}
        record_outcome(session, advisor_id=cast.number(world.bob.id), **about, **said)
        note_parcel_done(session, shop_id=world.shop_id, return_gid=return_gid, now=cast.NOW)


def test_they_rest_from_the_first_open_return_to_the_last_and_are_told_once_each(
    database: Database, world: cast.World, queue: Queue
) -> None:
    told = Told()
    with database.begin() as session:
        shop, bob = session.merge(world.shop), session.merge(world.bob)
        other = cast.number(cast.cleos_case(session, shop, bob, return_gid="gid://shopify/Return/900").id)
    for case_id in (None, other, None):
        settle(database, queue, world, told, case_id)
    close(database, world, cast.RETURN_GID)
    settle(database, queue, world, told)
    assert (told.tags, told.letters) == ([True], [(KEY, "cleo@example.com", True)]), "another return is still open"
    close(database, world, "gid://shopify/Return/900")
    for _ in range(2):
        settle(database, queue, world, told, other)
    assert told.tags == [True, False] and [paused for *_, paused in told.letters] == [True, False]
    with database.begin() as session:
        reopen_case(session, shop_id=world.shop_id, return_gid=cast.RETURN_GID, now=cast.NOW)
    settle(database, queue, world, told)
    assert told.tags == [True, False, True]


def test_while_shopify_is_away_klaviyo_is_told_all_the_same_and_the_tag_follows(
    database: Database, world: cast.World, queue: Queue
) -> None:
    told = Told(failing=True)
    with pytest.raises(OutsideError):
        settle(database, queue, world, told)
    assert len(told.letters) == 1
    told.failing = False
    settle(database, queue, world, told)
    assert told.tags == [True] and len(told.letters) == 1


def test_an_erased_client_is_told_of_nowhere_and_kept_nowhere(
    database: Database, world: cast.World, queue: Queue
) -> None:
    told = Told()
    settle(database, queue, world, told)
    with database.begin() as session:
        erase_case(session, get_case(session, shop_id=world.shop_id, case_id=cast.number(world.case.id)))
    rest_letters(database.begin, tags=told, letters=told, shop_id=world.shop_id, client_gid=CLEO)
    settle(database, queue, world, told)
    assert told.tags == [True]
    with database.begin() as session:
        assert session.exec(select(LettersRest)).all() == []


# --- the adapters


def test_in_shopify_the_tag_is_put_beside_the_others_and_taken_off_alone(town: Town) -> None:
    customer = next(iter(town.shopify.store.shops[DOMAIN].all("Customer")))
    before = set(customer["tags"])
    tags = ShopifyClientTags(AdminApi(town.settings, town.database), town.database)
    with town.database.begin() as session:
        session.get_one(Shop, town.shop_id).scopes = "read_customers,write_customers"

    told: list[bool] = []

    def tag_twice(*, on: bool) -> None:
        for _ in range(2):
            faults.persist(lambda: told.append(tags.tag(town.shop_id, customer["id"], TAG, on=on)), town.queue.pass_by)

    tag_twice(on=True)
    assert set(town.shopify.store.shops[DOMAIN].get(customer["id"])["tags"]) == before | {TAG}
    tag_twice(on=False)
    assert told == [True] * 4
    assert set(town.shopify.store.shops[DOMAIN].get(customer["id"])["tags"]) == before
    with town.database.begin() as session:
        session.get_one(Shop, town.shop_id).scopes = "read_customers"
    assert tags.tag(town.shop_id, customer["id"], TAG, on=True) is False
    assert set(town.shopify.store.shops[DOMAIN].get(customer["id"])["tags"]) == before


@responses.activate
def test_klaviyo_is_sent_one_property_and_nothing_else_of_the_client() -> None:
    responses.post(ADDRESS, status=201, json={})
    Klaviyo(requests.Session()).pause(KEY, email="cleo@example.com", paused=True)
    (call,) = responses.calls
    assert call.request.headers["Authorization"] == f"Klaviyo-API-Key {KEY}"
    assert call.request.headers["revision"] == REVISION
    attributes = {"email": "cleo@example.com", "properties": {"assisted_return_open": True}}
    assert json.loads(call.request.body or "") == {"data": {"type": "profile", "attributes": attributes}}


@pytest.mark.parametrize(
    ("given", "permanent", "after"),
    [
        ({"status": 401, "json": {"errors": []}}, True, None),
        ({"status": 400, "body": "<html>"}, True, None),
        ({"status": 429, "headers": {"Retry-After": "7"}}, False, 7.0),
        ({"status": 503}, False, None),
        ({"status": 302, "headers": {"Location": "https://elsewhere.example"}}, False, None),
        ({"body": requests.ConnectionError("no")}, False, None),
        ({"body": requests.ReadTimeout("slow")}, False, None),
    ],
)
@responses.activate
def test_what_klaviyo_refuses_is_permanent_and_the_rest_is_tried_again(
    given: dict[str, Any], permanent: bool, after: float | None
) -> None:
    responses.post(ADDRESS, **given)
    with pytest.raises(OutsideError) as told:
        Klaviyo(requests.Session()).pause(KEY, email="cleo@example.com", paused=True)
    assert (told.value.permanent, told.value.retry_after) == (permanent, after)
    assert KEY not in str(told.value) and "cleo" not in str(told.value)
    assert len(responses.calls) == 1, "no redirect is followed"


# --- the page


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def test_the_key_is_kept_sealed_never_shown_replaced_and_taken_away_and_is_danas_own(admin: Admin) -> None:
    form = {"contact_most": "3", "contact_days": "60"}
    for wrong in ({"contact_most": "21"}, {"contact_days": "0"}, {"klaviyo_key": "secret"}):
        refused = admin.alice.send("/app/aftercare", **form | wrong)
        assert (refused.status_code, list(refused.get_json()["error"]["fields"])) == (422, list(wrong))
    assert admin.alice.send("/app/aftercare", **form, klaviyo_key=KEY).status_code == 200
    assert admin.alice.send("/app/aftercare", **form).status_code == 200, "an empty field keeps it"
    page = read(admin.alice.open("/app/aftercare"))
    assert "A key is kept." in page.text and KEY not in str(page.tags) + page.text
    assert "A key is kept." not in read(admin.stranger.open("/app/aftercare")).text
    with admin.database.begin() as session:
        assert letters.key_of(session, admin.world.shop_id) == KEY and letters.key_of(session, admin.dana.shop_id) == ""
        raw = session.connection().exec_driver_sql("SELECT klaviyo_key FROM letterspolicy").scalar_one()
        assert KEY not in raw and session.exec(select(LettersPolicy)).one().changed_by == "staff:7"
    assert admin.alice.send("/app/aftercare", **form, klaviyo_off="on").status_code == 200
    with admin.database.begin() as session:
        assert letters.key_of(session, admin.world.shop_id) == ""
