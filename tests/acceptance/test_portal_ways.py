"""Issue 8, the ways in: a guest with a code, a client signed in to the shop, a link, and somebody the buyer named."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import SQLModel, select

from kit.db import Database
from kit.errors import OutsideError, Waiting
from notifications.code_models import CodeAsked
from routing.reads import OrderContact
from routing.speaker_models import OrderSpeaker
from shopify_app import privacy
from shopify_app.app import create_app
from shopify_app.pages.portal import storefront_codes
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, read_order_pass, write_order_pass
from shops.models import Tally
from tests import cast
from tests.pages.finding_house import EARLIER, Guest, pass_in
from tests.pages.words import findings, text

HOSTILE = "{{ 7 * 7 }}{% raw %}<script>alert(1)</script>\u202e'; --"
UNKNOWN = re.compile(r'name="token" value="[\w-]+"')


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storefront_codes, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(storefront_codes, "CHECK_SECONDS", 0.0)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    made = Database(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def app(database: Database) -> Iterator[Flask]:
    with cast.clock():
        made = create_app(cast.settings(database.url), database)
        with database.begin() as session:
            cast.everyone(session)
            cast.dana(session)
        yield made


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


@pytest.fixture
def guest(visitor: FlaskClient, database: Database) -> Guest:
    return Guest(visitor, database)


@pytest.fixture
def row_counts(database: Database) -> Callable[[], dict[str, int]]:
    def count() -> dict[str, int]:
        with database.engine.connect() as connection:
            each = SQLModel.metadata.tables.items()
            counted = sa.func.count()
            return {n: connection.execute(sa.select(counted).select_from(t)).scalar_one() for n, t in each}

    return count


def holder(page: str) -> OrderPass | None:
    return read_order_pass(["test-secret-key"], pass_in(page), shop_id=1, now=cast.NOW)


def bare(page: str) -> str:
    """A page without what differs for everybody."""
    return UNKNOWN.sub("", page)


# --- a guest with a code


@pytest.mark.parametrize("in_theme", [False, True])
def test_a_guest_finds_an_order_without_a_return_by_its_number_an_email_and_the_code_that_went_there(
    guest: Guest, in_theme: bool
) -> None:
    guest = guest.inside() if in_theme else guest
    page = guest.comes_in("#900 ", "CLEO@example.com")
    assert "Order 900" in text(page) and "Already on its way" not in page
    assert holder(page) == OrderPass(1, EARLIER.order_gid, Acting.BUYER, Proof.CODE)
    assert [(m.name, m.recipient) for m in guest.letters()] == [("code", "cleo@example.com")]
    base = "/apps/assisted-returns" if in_theme else "/return/verdane"
    assert f'action="{base}/choose"' in page and findings("client", text(page)) == []


def test_of_an_order_with_a_return_the_code_opens_its_page_also_while_shopify_is_away(
    guest: Guest, visitor: Any
) -> None:
    guest.shopify.fails = OutsideError("shopify", "away")
    page = guest.comes_in("1042")
    assert "Already on its way" in page and guest.shopify.asked == []
    link = re.search(r'href="http://127.0.0.1:8000(/r/[^"]+)"', page)
    assert link and "Meridian ring" in visitor.get(link[1]).text
    found = holder(page)
    assert found is not None and found.acting is Acting.BUYER


@pytest.mark.parametrize(
    ("typed", "by"),
    [("06 12 34 56 78", ""), ("+33 (0)6.12.34.56.78".replace("(0)", ""), ""), ("cleo@example.com", "sms")],
)
def test_the_code_goes_by_text_to_the_number_on_the_order(guest: Guest, typed: str, by: str) -> None:
    page = guest.asks("900", typed, by=by)
    guest.looked_up()
    [letter] = guest.letters()
    assert (letter.channel, letter.recipient) == ("sms", "+33612345678")
    assert "Order 900" in text(guest.enters(page, guest.code()))


def test_a_code_works_once_six_tries_end_it_and_it_is_over_after_ten_minutes(guest: Guest) -> None:
    page = guest.asks("900", "cleo@example.com")
    guest.looked_up()
    right = guest.code()
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert "That is not the code" in guest.enters(page, wrong)
    assert pass_in(guest.enters(page, right))
    assert "has had its time" in guest.enters(page, right), "once"
    second = guest.asks("900", "cleo@example.com")
    guest.looked_up()
    for _ in range(5):
        assert "That is not the code" in guest.enters(second, "000000" if guest.code() != "000000" else "000001")
    assert "tried too often" in guest.enters(second, guest.code()), "even the right one"
    third = guest.asks("900", "cleo@example.com")
    guest.looked_up()
    with cast.clock(cast.NOW + timedelta(minutes=11)):
        assert "has had its time" in Guest(guest.visitor, guest.database).enters(third, guest.code())


def test_where_nobody_may_look_or_nothing_fits_no_code_goes_anywhere(guest: Guest) -> None:
    guest.shopify.orders["901"] = OrderContact("gid://shopify/Order/901", "#901")
    for order, address in [
        ("900", "somebody@else.example"), ("999", "cleo@example.com"), ("", ""), ("900", ""), ("901", ""), ("901", "@"),
        ("900", "78"), ("900", "5678"), ("' OR 1=1 --", "x" * 5000), (HOSTILE, HOSTILE),
    ]:  # fmt: skip
        guest.asks(order, address)
    guest.looked_up()
    guest.shopify.fails = Waiting("Not allowed yet.")
    guest.asks("900", "cleo@x.example")
    guest.looked_up()
    assert guest.letters() == []


# --- the same answer, the same time, and only so often


def test_wrong_orders_read_and_take_as_long_as_a_right_one_with_a_wrong_email(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand wrong ones with a right one after every fourth, so that whatever the machine does falls on both."""
    for limit in ("OF_A_SHOP", "OF_ONE", "FROM_ONE_ADDRESS"):
        monkeypatch.setattr(storefront_codes, limit, (10**6, 10**6))
    bodies: set[str] = set()
    took: dict[bool, list[float]] = {True: [], False: []}
    for n in range(1000):
        for is_known in (False, True)[: 2 if n % 4 == 3 else 1]:
            began = time.perf_counter()
            answer = guest.asks("1042" if is_known else f"wrong-{n}", f"guess{n}@example.com")
            took[is_known].append(time.perf_counter() - began)
            bodies.add(bare(answer))
    assert len(bodies) == 1
    assert guest.shopify.asked == [], "nobody was asked while they waited"
    wrong, right = statistics.median(took[False]), statistics.median(took[True])
    assert 0.5 < right / wrong < 2.0, (right, wrong)


def test_a_wrong_code_reads_the_same_whether_or_not_one_was_sent(guest: Guest) -> None:
    sent, never = guest.asks("900", "cleo@example.com"), guest.asks("999", "who@example.com")
    guest.looked_up()
    wrong = f"{(int(guest.code()) + 1) % 10**6:06}"
    for _ in range(6):
        assert bare(guest.enters(sent, wrong)) == bare(guest.enters(never, wrong))


@pytest.mark.parametrize("known", [True, False])
def test_who_asks_too_often_is_slowed_down_then_refused_for_an_hour_with_a_kind_sentence(
    guest: Guest, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(storefront_codes, "SLOW_SECONDS", 2.0)
    order = "1042" if known else "999999"
    answers = [guest.post("/find", {"order": order, "address": f"guess{n}@example.com"}) for n in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 2
    assert waits == [2.0] * 3, "at once three times, then with a wait, then not at all"
    assert "Please come back in an hour, and we will find yours." in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "3600" and findings("client", text(answers[-1].text)) == []
    refused_inside = guest.inside().post("/find", {"order": order, "address": "a@b.example"})
    assert refused_inside.status_code == 200 and "Please come back in an hour" in refused_inside.text
    with cast.clock(cast.NOW + timedelta(hours=1)):
        assert guest.post("/find", {"order": order, "address": "z@example.com"}).status_code == 200
    with guest.database.begin() as session:
        assert not [row for row in session.exec(select(Tally)) if "1042" in row.key or "127.0" in row.key]


def test_limits_hold_for_one_address_one_order_one_email_and_one_shop_each(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storefront_codes, "FROM_ONE_ADDRESS", (2, 2))
    codes = [guest.post("/find", {"order": f"a{n}", "address": f"{n}@example.com"}).status_code for n in range(3)]
    assert codes == [200, 200, 429]
    theirs = Guest(guest.visitor, guest.database, domain="dana.myshopify.com")
    assert theirs.post("/find", {"order": "1", "address": "x@example.com"}).status_code == 200, "another shop's own"
    monkeypatch.setattr(storefront_codes, "FROM_ONE_ADDRESS", (99, 99))
    same = [guest.post("/find", {"order": f"b{n}", "address": "One@example.com "}).status_code for n in range(7)]
    assert same == [200] * 6 + [429]
    monkeypatch.setattr(storefront_codes, "OF_A_SHOP", (11, 11))
    assert guest.post("/find", {"order": "c", "address": "c@example.com"}).status_code == 200
    assert guest.post("/find", {"order": "d", "address": "d@example.com"}).status_code == 429


def test_inside_the_theme_a_visitor_is_counted_by_what_shopify_says_of_them_and_not_by_what_they_write(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storefront_codes, "FROM_ONE_ADDRESS", (2, 2))
    inside, n = guest.inside(), iter(range(99))

    def asks(chain: str) -> bool:
        answer = inside.post(
            "/find", {"order": f"o{next(n)}", "address": f"{next(n)}@example.com"}, **{"X-Forwarded-For": chain}
        )
        return "Please come back" not in answer.text

    assert [asks(f"10.0.0.{k}, 203.0.113.7, 127.0.0.1") for k in range(3)] == [True, True, False], "invented ones"
    assert asks("203.0.113.8, 127.0.0.1"), "somebody else"
    assert [asks(f"2001:db8:1:2::{k}") for k in range(3)] == [True, True, False], "one household's many addresses"
    assert all(asks("127.0.0.1") for _ in range(5)), "Shopify's own address is nobody's"


def test_our_own_address_takes_a_forwarded_one_from_its_host_alone(
    guest: Guest, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storefront_codes, "FROM_ONE_ADDRESS", (1, 1))
    n = iter(range(99))

    def asks(guest: Guest, **headers: str) -> int:
        form = {"order": f"o{next(n)}", "address": f"{next(n)}@example.com"}
        return guest.post("/find", form, **headers).status_code

    plain = guest
    assert asks(plain, **{"X-Forwarded-For": "203.0.113.1"}) == 200
    assert asks(plain, **{"X-Forwarded-For": "203.0.113.2", "Fly-Client-IP": "203.0.113.2"}) == 429, "a caller's word"
    hosted = cast.settings(database.url, client_address_header="Fly-Client-IP")
    behind = Guest(create_app(hosted, database).test_client(), database)
    assert [asks(behind, **{"Fly-Client-IP": f"203.0.113.{k}"}) for k in (3, 4, 3)] == [200, 200, 429]


def test_no_more_than_two_wait_at_a_time(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storefront_codes, "OF_ONE", (0, 99))
    assert guest.post("/find", {"order": "1", "address": "a@example.com"}).status_code == 200
    for _ in range(2):
        storefront_codes._slowed.acquire()
    try:
        assert guest.post("/find", {"order": "1", "address": "b@example.com"}).status_code == 429
    finally:
        for _ in range(2):
            storefront_codes._slowed.release()


# --- somebody the buyer named


def names(guest: Guest, shown: str, **more: str) -> str:
    form = {"pass": shown, "order": "900", "name": "Anna Berg", "address": "anna@example.com", "key": "k" * 30}
    return guest.post("/somebody/name", form | more).text


def link_in(guest: Guest) -> str:
    found = re.search(r"http://127.0.0.1:8000(/return/verdane/order/[\w-]+)", guest.letters()[-1].body)
    assert found
    return found[1]


@pytest.mark.parametrize(("as_", "acting"), [("delegate", Acting.DELEGATE), ("recipient", Acting.RECIPIENT)])
def test_whom_the_buyer_names_gets_a_link_to_that_order_with_their_own_right_until_it_is_taken_back(
    guest: Guest, visitor: Any, as_: str, acting: Acting, row_counts: Any
) -> None:
    shown = pass_in(guest.comes_in())
    assert "Anna Berg" in names(guest, shown, **{"as": as_})
    again = names(guest, shown, **{"as": as_})
    assert again.count("Anna Berg</h3>") == 1, "one press, one person"
    assert [m.name for m in guest.letters()] == ["code", "order_link"]
    link, before = link_in(guest), row_counts()
    page = visitor.get(link)
    assert page.status_code == 200 and row_counts() == before, "looking changes nothing"
    found = holder(page.text)
    assert found == OrderPass(1, EARLIER.order_gid, acting, Proof.LINK, speaker_id=1)
    assert findings("client", text(page.text)) == [] and findings("client", text(again)) == []
    assert names(guest, pass_in(page.text)).count("Find my order") == 1, "they name nobody themselves"
    ended = guest.post("/somebody/end", {"pass": shown, "order": "900", "speaker": "1"}).text
    assert "Anna Berg" not in ended
    assert visitor.get(link).status_code == 410


def test_a_page_left_open_ends_with_what_is_taken_back(guest: Guest, app: Any) -> None:
    from shopify_app.pages.portal.pass_holders import pass_holder
    from shopify_app.pages.portal.places import Place

    shown = pass_in(guest.comes_in())
    names(guest, shown)
    theirs, place = pass_in(guest.visitor.get(link_in(guest)).text), Place(1, "/return/verdane", None)
    with app.app_context():
        assert pass_holder(place, theirs) is not None and pass_holder(place, shown) is not None
        guest.post("/somebody/end", {"pass": shown, "order": "900", "speaker": "1"})
        assert pass_holder(place, theirs) is None and pass_holder(place, shown) is not None


def test_by_text_too_and_an_unclear_address_or_nobody_is_asked_for_once_more(guest: Guest) -> None:
    shown = pass_in(guest.comes_in())
    for more, sentence in [
        ({"address": "06 12"}, "Please write an email, or a mobile number"),
        ({"name": " "}, "Please tell us who it is."),
        ({"address": f"{HOSTILE}@x"}, "Please write an email"),
    ]:
        assert sentence in names(guest, shown, **more)
    assert len(guest.letters()) == 1
    names(guest, shown, address="0033 6 99 88 77 66")
    assert (guest.letters()[-1].channel, guest.letters()[-1].recipient) == ("sms", "+33699887766")
    for n in range(6):
        page = names(guest, shown, key=f"{n}" * 30, address=f"a{n}@example.com")
    assert "More people see to this order" in page
    assert len(guest.letters()) == 1 + 5


def test_dana_s_house_opens_no_link_takes_no_pass_and_sends_no_code_of_this_one(guest: Guest, visitor: Any) -> None:
    theirs = Guest(visitor, guest.database, domain="dana.myshopify.com")
    page = guest.asks("900", "cleo@example.com")
    guest.looked_up()
    code = guest.code()
    assert "has had its time" in theirs.enters(page, code)
    shown = pass_in(guest.enters(page, code))
    names(guest, shown)
    assert "Anna" not in theirs.post("/somebody", {"pass": shown, "order": "900"}).text
    assert "Anna" not in names(theirs, shown)
    theirs.post("/somebody/end", {"pass": shown, "order": "900", "speaker": "1"})
    other = write_order_pass("test-secret-key", OrderPass(2, EARLIER.order_gid, Acting.BUYER, Proof.CODE),
                             now=cast.NOW)  # fmt: skip
    assert theirs.post("/somebody/end", {"pass": other, "order": "900", "speaker": "1"}).status_code == 404
    link = link_in(guest)
    assert visitor.get(link.replace("verdane", "dana")).status_code == 410
    assert visitor.get(link.replace("verdane", "nobody")).status_code == 404
    assert visitor.get(link).status_code == 200


def test_hostile_text_stays_text_in_both_places(guest: Guest) -> None:
    guest.shopify.orders["900"] = OrderContact(EARLIER.order_gid, HOSTILE, EARLIER.email)
    for place in (guest, guest.inside()):
        refused = [place.post("/find", {"order": HOSTILE, "address": HOSTILE}).text for _ in range(7)][-1]
        shown = pass_in(place.comes_in("900", f"{EARLIER.email}"))
        pages = [refused, names(place, shown, name=HOSTILE), names(place, shown, name=HOSTILE, address=HOSTILE)]
        assert "49" not in pages[1] and "alert(1)" in pages[1]
        for page in pages:
            assert "<script>" not in page and "alert(1)" in page
            assert not place.in_theme or ("{{" not in page and "{%" not in page)


def test_a_client_who_is_forgotten_takes_whom_they_named_and_the_letters_with_them(guest: Guest) -> None:
    names(guest, pass_in(guest.comes_in()))
    link = link_in(guest)
    about: dict[str, Any] = {"shop_id": 1, "client_gid": "gid://shopify/Customer/9"}
    with guest.database.begin() as session:
        shown = privacy.show_client(session, **about, order_gids=[EARLIER.order_gid])
    assert [one["address"] for one in shown["named_for_an_order"]] == ["anna@example.com"]
    privacy.redact_client(guest.database.begin, **about, order_gids=[EARLIER.order_gid])
    with guest.database.begin() as session:
        assert session.exec(select(OrderSpeaker)).all() == []
        assert [row.recipient for row in session.exec(select(CodeAsked))] in ([], [""])
    assert [m.recipient for m in guest.letters() if m.name == "order_link"] == [""]
    assert guest.visitor.get(link).status_code == 410
