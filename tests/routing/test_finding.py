"""Whose order it is: which address and which number are the buyer's, where they are looked for, where the code goes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlmodel import col, select

from kit.db import Database
from kit.errors import OutsideError, Waiting
from notifications import codes
from notifications.code_models import CodeAsked
from notifications.models import Message
from routing.finding import goes_with, look_up_order
from routing.reads import OrderContact
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.pages.finding_house import EARLIER, Finding

MAIL, NUMBER = "cleo@example.com", "+33612345678"


def buyer(email: str = MAIL, phone: str = NUMBER) -> OrderContact:
    return OrderContact("gid://shopify/Order/900", "#900", email, phone)


# --- whose it is


@pytest.mark.parametrize(
    ("typed", "used", "is_theirs"),
    [
        (MAIL, MAIL, True),
        ("  CLEO@Example.com ", MAIL, True),
        (MAIL, " Cleo@EXAMPLE.com ", True),
        ("cleo@straße.example", "cleo@STRASSE.example", True),
        ("cléo@example.com", "cleo@example.com", False),
        ("leo@example.com", MAIL, False),
        ("cleo@example.co", MAIL, False),
        ("@", "", False),
        (" @ ", " ", False),
    ],
)
def test_an_email_is_the_buyers_whole_address_in_any_case(typed: str, used: str, is_theirs: bool) -> None:
    assert goes_with(buyer(email=used), typed) is is_theirs


@pytest.mark.parametrize(
    ("typed", "is_theirs"),
    [
        ("+33612345678", True),
        ("+33 6.12-34 56/78", True),
        ("0033612345678", True),
        ("06 12 34 56 78", True),
        ("12345678", True),
        ("2345678", False),
        ("0002345678", False),
        ("612345679", False),
        ("+44612345678", False),
        ("133612345678", False),
        ("33612345678 33612345678", False),
        ("", False),
        ("call me", False),
    ],
)
def test_a_number_is_the_buyers_with_or_without_its_country_if_eight_figures_of_it_are_there(
    typed: str, is_theirs: bool
) -> None:
    assert goes_with(buyer(phone="+33 6 12 34 56 78"), typed) is is_theirs


def test_an_order_without_an_address_or_a_number_is_nobodys_by_it() -> None:
    assert not goes_with(buyer(email=""), MAIL) and not goes_with(buyer(phone=""), NUMBER)
    assert goes_with(buyer(phone=""), MAIL) and goes_with(buyer(email=""), NUMBER)


# --- where it is looked for, and where the code goes


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with cast.clock():
        yield


@pytest.fixture
def world(on_sqlite: Database, queue: Queue) -> cast.World:
    """Cleo's return is of #1042; Shopify knows #900, which has none."""
    with on_sqlite.begin() as session:
        return cast.everyone(session)


class Shopify(Finding):
    """Also keeps of which shop it was asked."""

    def contact(self, shop_id: int, name: str) -> OrderContact | None:
        self.shop_id = shop_id
        return super().contact(shop_id, name)


@pytest.fixture
def shopify() -> Shopify:
    return Shopify()


@pytest.fixture
def look_up(on_sqlite: Database, world: cast.World, shopify: Shopify) -> Callable[..., tuple[CodeAsked, list[Message]]]:
    """Somebody typed `order` and `address`, and the job ran: what is kept of it, and what was written to anybody."""

    def looked(
        order: str, address: str, channel: str = "email", *, by_verify: bool = False, **about: Any
    ) -> tuple[CodeAsked, list[Message]]:
        with on_sqlite.begin() as session:
            typed: dict[str, Any] = {"wanted": order, "address": address, "channel": channel, "locale": "de"}
            _, asked_id = codes.ask(session, shop_id=world.shop_id, now=NOW, **typed)
        given = {"shop_id": world.shop_id, "asked_id": asked_id} | about
        look_up_order(on_sqlite.begin, orders=shopify, by_verify=by_verify, secret="s", **given)
        with on_sqlite.begin() as session:
            letters = list(session.exec(select(Message).order_by(col(Message.id))))
            return session.get_one(CodeAsked, asked_id), letters

    return looked


def test_the_code_goes_to_the_address_on_the_order_in_the_houses_name_and_their_tongue(
    look_up: Any, shopify: Shopify, world: cast.World
) -> None:
    row, [letter] = look_up(" #900 ", " CLEO@example.com")
    assert (shopify.shop_id, shopify.asked) == (world.shop_id, [" #900 "])
    assert (row.order_gid, row.wanted, row.channel, row.by) == (EARLIER.order_gid, "#900", "email", codes.OWN)
    assert (letter.shop_id, letter.channel, letter.recipient, letter.locale) == (world.shop_id, "email", MAIL, "de")
    assert "Verdane" in letter.body


def test_the_code_is_hashed_with_the_key_the_page_checks_it_by(
    on_sqlite: Database, world: cast.World, shopify: Shopify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.codes.secrets.randbelow", lambda _most: 7)
    with on_sqlite.begin() as session:
        about: dict[str, Any] = {"shop_id": world.shop_id, "now": NOW}
        token, asked_id = codes.ask(session, wanted="900", address=MAIL, channel="email", **about)
    look_up_order(on_sqlite.begin, orders=shopify, by_verify=True, secret="s", shop_id=world.shop_id, asked_id=asked_id)
    found = codes.check(on_sqlite.begin, None, token=token, code="000007", secret="s", **about)
    assert found == codes.Checked(codes.Found.RIGHT, EARLIER.order_gid, "#900"), "an email has our own also with Verify"


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "612345678"])
def test_who_typed_a_number_is_written_to_by_text_at_the_number_on_the_order(look_up: Any, typed: str) -> None:
    row, [letter] = look_up("900", typed)
    assert (row.channel, letter.channel, letter.recipient) == ("sms", "sms", NUMBER)


def test_who_typed_an_email_may_have_the_code_by_text(look_up: Any) -> None:
    row, [letter] = look_up("900", MAIL, "sms")
    assert (row.channel, letter.channel, letter.recipient) == ("sms", "sms", NUMBER)


def test_with_verify_a_text_is_the_providers_and_nothing_of_ours_is_sent(look_up: Any, queue: Queue) -> None:
    row, letters = look_up("900", NUMBER, by_verify=True)
    assert (row.by, row.recipient, letters) == (codes.VERIFY, NUMBER, [])
    assert queue.names()[-1] == "notifications.send_code"


def test_what_we_look_after_is_found_by_its_email_without_asking_anybody(look_up: Any, shopify: Shopify) -> None:
    row, [letter] = look_up("1042", MAIL)
    assert (row.order_gid, row.wanted, letter.recipient) == ("gid://shopify/Order/1042", "#1042", MAIL)
    assert shopify.asked == []


@pytest.mark.parametrize(("typed", "channel"), [("0612344141", "email"), ("0612344141", "sms"), (MAIL, "sms")])
def test_a_number_is_shopifys_before_it_is_ours(look_up: Any, shopify: Shopify, typed: str, channel: str) -> None:
    """Ours may be that of where a parcel went: of somebody the piece was given to."""
    shopify.orders["1042"] = OrderContact("gid://shopify/Order/1042", "#1042", MAIL, "+33600000000")
    row, letters = look_up("1042", typed, channel)
    assert shopify.asked == ["1042"]
    assert [letter.recipient for letter in letters] == (["+33600000000"] if typed == MAIL else [])
    assert bool(row.by) is (typed == MAIL)


def test_while_shopify_knows_nothing_of_it_our_number_is_taken(look_up: Any, shopify: Shopify) -> None:
    _, [letter] = look_up("1042", "0612344141")
    assert (letter.channel, letter.recipient, shopify.asked) == ("sms", "+33612344141", ["1042"])


def test_an_email_that_is_not_that_of_the_return_may_be_that_of_the_order(look_up: Any, shopify: Shopify) -> None:
    shopify.orders["1042"] = OrderContact("gid://shopify/Order/1042", "#1042", "gift@example.com")
    _, [letter] = look_up("1042", "gift@example.com")
    assert letter.recipient == "gift@example.com"


@pytest.mark.parametrize(
    ("order", "typed"), [("900", "eve@example.com"), ("1042", "eve@example.com"), ("999", MAIL), ("900", "0699999999")]
)
def test_where_order_and_address_do_not_go_together_the_row_stays_as_it_is(
    look_up: Any, order: str, typed: str
) -> None:
    row, letters = look_up(order, typed)
    assert (row.by, row.order_gid, row.wanted, row.recipient, letters) == ("", "", order, typed, [])


def test_what_shopify_may_not_show_yet_is_not_waited_for_and_is_noted(look_up: Any, shopify: Shopify) -> None:
    shopify.fails = Waiting("Not allowed yet.")
    with structlog.testing.capture_logs() as noted:
        assert look_up("900", MAIL)[1] == []
        [letter] = look_up("1042", "0612344141")[1]
    assert letter.recipient == "+33612344141", "what is ours is ours meanwhile"
    assert [entry["event"] for entry in noted if entry["event"] == "order.not_shown"] == ["order.not_shown"] * 2


def test_while_shopify_does_not_answer_the_job_comes_again(look_up: Any, shopify: Shopify) -> None:
    shopify.fails = OutsideError("shopify", "away")
    with pytest.raises(OutsideError):
        look_up("900", MAIL)


def test_after_ten_minutes_in_another_shop_or_a_second_time_nothing_is_looked_up(
    look_up: Any, shopify: Shopify, world: cast.World, on_sqlite: Database
) -> None:
    with on_sqlite.begin() as session:
        other = cast.dana(session).shop_id
    assert look_up("1042", MAIL, shop_id=other)[1] == []
    with cast.clock(NOW + timedelta(minutes=10)):
        assert look_up("1042", MAIL)[1] == []
    row, [_] = look_up("900", MAIL)
    assert len(look_up("900", MAIL, asked_id=row.id)[1]) == 1
    assert shopify.asked == ["900"]


def test_another_shops_return_of_that_name_is_not_ours(look_up: Any, on_sqlite: Database, shopify: Shopify) -> None:
    with on_sqlite.begin() as session:
        other = cast.dana(session)
        session.get_one(type(other.rma), other.rma.id).order_name = "#77"
    assert look_up("77", MAIL)[1] == [] and shopify.asked == ["77"]
