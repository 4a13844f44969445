"""route_return: one decision a return, whichever way and however often it arrived."""

import threading
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from consults.models import Case
from kit.db import Database
from kit.errors import AppError, OutsideError, Waiting
from kit.money import Money
from logistics.models import Rma
from logistics.reads import ClientRead, ReturnRead
from routing import books, policies
from routing.decide import Outcome
from routing.facts import LineRead, OrderRead, StaffRead
from routing.jobs import route_return
from routing.models import Decision
from routing.sellers import Level
from shops.shops import get_shop
from tests import cast
from tests.jobs_at_hand import Queue
from tests.logistics.stand_ins import FakeShopify

BOB = "gid://shopify/StaffMember/7"


@dataclass
class FakeReturns(FakeShopify):
    """Fits logistics.ports.ReturnsDoor as far as routing reads."""

    found: ReturnRead | None = None
    reads: int = 0

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        self.reads += 1
        return self.found


@dataclass
class FakeOrders:
    """Fits routing.ports.OrderReads."""

    total: Money
    client: ClientRead = cast.CLEO_READ
    line_staff: tuple[tuple[str, str], ...] = ()
    visible: bool = True
    piece_type: str = ""

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        if not self.visible:
            return None
        line_gid = cast.cleos_read().lines[0].line_gid or ""
        line = LineRead(line_gid, "Meridian ring", "Platinum", "", 1, self.total, self.piece_type)
        placed = datetime(2026, 10, 1, tzinfo=UTC)
        order = OrderRead(order_gid, "#1042", placed, date(2026, 10, 3), "pos", self.total, None, (line,))
        return order, self.client

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        return StaffRead(BOB, self.line_staff)


@pytest.fixture
def shop_id(database: Database) -> int:
    with database.begin() as session:
        shop = cast.alice(session)
        cast.bob(session, shop)
        return cast.number(shop.id)


def route(database: Database, shop_id: int, total: Money = cast.PRICE, **given) -> None:
    returns = given.pop("returns", None) or FakeReturns(found=cast.cleos_read(price=total))
    orders = given.pop("orders", None) or FakeOrders(total)
    with cast.clock():
        route_return(
            database.begin, returns=returns, orders=orders, shop_id=shop_id, return_gid=cast.RETURN_GID, **given
        )


def made(database: Database) -> tuple[list[Decision], list[Case], list[Rma]]:
    with database.begin() as session:
        return tuple(list(session.exec(select(kind))) for kind in (Decision, Case, Rma))  # type: ignore[return-value]


def test_a_return_over_the_limit_is_offered_a_conversation_with_its_seller_beside_its_parcel(
    database: Database, queue: Queue, shop_id: int
) -> None:
    route(database, shop_id)
    (decision,), (case,), (rma,) = made(database)
    assert (decision.outcome, decision.level) == (Outcome.ASSISTED, Level.ORDER)
    assert decision.advisor_id == case.advisor_id and case.shop_id == rma.shop_id == shop_id
    assert "Bob Laurent" in decision.words and case.seller_words == decision.words
    assert (rma.return_gid, rma.value_cents) == (cast.RETURN_GID, 1_480_000)
    assert (case.client_name, case.client_email) == (cast.CLEO_READ.name, cast.CLEO_READ.email)


def test_below_the_limit_the_parcel_goes_its_way_without_an_advisor(
    database: Database, queue: Queue, shop_id: int
) -> None:
    route(database, shop_id, Money(499_999, "USD"))
    (decision,), cases, (rma,) = made(database)
    assert (decision.outcome, decision.advisor_id, cases) == (Outcome.SIMPLE, None, []) and rma.value_cents == 499_999


def test_request_approve_and_copies_of_both_change_nothing_after_the_first(
    database: Database, queue: Queue, shop_id: int
) -> None:
    route(database, shop_id)
    secured, returns = len(queue.waiting), FakeReturns(found=cast.cleos_read(status="OPEN"))
    for order_gid in (None, "gid://shopify/Order/1042", None):
        route(database, shop_id, returns=returns, order_gid=order_gid)
    assert [len(kind) for kind in made(database)] == [1, 1, 1]
    assert len(queue.waiting) == secured and returns.reads == 0, "not even Shopify is asked again"


def test_the_same_return_number_in_another_shop_is_another_return(
    database: Database, queue: Queue, shop_id: int
) -> None:
    with database.begin() as session:
        shop = cast.alice(session, "dana.myshopify.com")
        cast.bob(session, shop)
    route(database, shop_id)
    route(database, cast.number(shop.id))
    decisions, cases, _ = made(database)
    assert {d.shop_id for d in decisions} == {c.shop_id for c in cases} == {shop_id, shop.id}
    assert len({c.advisor_id for c in cases}) == 2


@pytest.mark.parametrize("gone", ["return", "order"])
def test_an_order_the_app_may_not_read_waits_for_the_approval_to_read_old_orders(
    database: Database, queue: Queue, shop_id: int, gone: str
) -> None:
    returns = FakeReturns(found=None if gone == "return" else cast.cleos_read())
    with pytest.raises(Waiting, match="need approval to read old orders") as caught:
        route(database, shop_id, returns=returns, orders=FakeOrders(cast.PRICE, visible=gone != "order"))
    assert caught.value.retry_after >= 3600
    assert made(database) == ([], [], [])


def test_when_shopify_is_away_nothing_is_decided(database: Database, queue: Queue, shop_id: int) -> None:
    class Away(FakeOrders):
        def staff(self, shop_id: int, order_gid: str) -> StaffRead:
            raise OutsideError("shopify", "answered 502")

    with pytest.raises(OutsideError):
        route(database, shop_id, orders=Away(cast.PRICE))
    assert made(database) == ([], [], [])


def test_two_workers_with_the_same_return_at_once_decide_once(database: Database, queue: Queue, shop_id: int) -> None:
    gate, failures = threading.Barrier(4), []

    class Together(FakeOrders):
        def staff(self, shop_id: int, order_gid: str) -> StaffRead:
            gate.wait(20)
            return super().staff(shop_id, order_gid)

    def work() -> None:
        try:
            route_return(
                database.begin,
                returns=FakeReturns(found=cast.cleos_read()),
                orders=Together(cast.PRICE),
                shop_id=shop_id,
                return_gid=cast.RETURN_GID,
            )
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert [len(kind) for kind in made(database)] == [1, 1, 1]
    assert len(queue.waiting) == len({(n, *sorted(p["args"].items())) for n, p in queue.waiting})


def test_a_client_shopify_shows_nothing_of_still_gets_a_case(database: Database, queue: Queue, shop_id: int) -> None:
    nobody = replace(cast.CLEO_READ, gid="", name="", email="", phone="", country="", title="")
    route(database, shop_id, orders=FakeOrders(cast.PRICE, client=nobody))
    _, (case,), (rma,) = made(database)
    assert (case.client_name, case.client_email, case.client_gid, rma.client_gid) == (None, None, None, "")
    assert case.client_zone == "Europe/Paris", "the shop's"


def test_an_order_in_a_currency_of_large_numbers_fits(database: Database, queue: Queue, shop_id: int) -> None:
    rupiah = Money.parse("240000000.00", "IDR")
    with database.begin() as session:
        get_shop(session, shop_id).currency = "IDR"
    route(database, shop_id, rupiah)
    (decision,), (case,), _ = made(database)
    assert decision.total_cents == case.value_cents == 24_000_000_000


# --- the merchant's rule


def limit(database: Database, shop_id: int) -> Money:
    with database.begin() as session:
        book = books.in_force(session, shop_id)
    return Money.parse(book.rules[0].conditions[0].values[0], book.currency)


def currency(database: Database, shop_id: int, code: str) -> None:
    with database.begin() as session:
        get_shop(session, shop_id).currency = code


def choose(database: Database, shop_id: int, amount: str) -> None:
    with database.begin() as session:
        policies.change_policy(session, shop_id=shop_id, limit=amount, default_advisor_id=None)


@pytest.mark.parametrize(("code", "cents"), [("USD", 500_000), ("EUR", 500_000), ("JPY", 5_000)])
def test_a_shop_that_chose_nothing_has_five_thousand_of_its_own_currency(
    database: Database, shop_id: int, code: str, cents: int
) -> None:
    currency(database, shop_id, code)
    assert limit(database, shop_id) == Money(cents, code)


def test_a_rule_made_before_shopify_told_the_currency_follows_it(
    database: Database, queue: Queue, shop_id: int
) -> None:
    assert limit(database, shop_id) == Money(500_000, "USD")
    currency(database, shop_id, "EUR")
    route(database, shop_id, Money(1_480_000, "EUR"))
    assert made(database)[0][0].outcome is Outcome.ASSISTED


def test_a_limit_chosen_in_a_currency_the_shop_has_left_waits_for_the_merchant_and_then_goes_on(
    database: Database, queue: Queue, shop_id: int
) -> None:
    choose(database, shop_id, "3000")
    currency(database, shop_id, "EUR")
    with pytest.raises(Waiting, match=r"in USD, and this order is in EUR\. Save them again"):
        route(database, shop_id, Money(1_480_000, "EUR"))
    assert made(database) == ([], [], [])
    choose(database, shop_id, "3,500.50")
    assert limit(database, shop_id) == Money(350_050, "EUR")
    route(database, shop_id, Money(1_480_000, "EUR"))
    assert made(database)[0][0].policy_version == 3


def test_an_order_in_the_currency_the_shop_has_left_goes_by_the_last_rules_in_that_currency(
    database: Database, queue: Queue, shop_id: int
) -> None:
    choose(database, shop_id, "20000")
    choose(database, shop_id, "3000")
    currency(database, shop_id, "EUR")
    choose(database, shop_id, "50000")
    route(database, shop_id, Money(1_480_000, "USD"))
    (decision,), (case,), (rma,) = made(database)
    assert (decision.outcome, decision.policy_version, decision.currency) == (Outcome.ASSISTED, 3, "USD")
    assert decision.words.startswith("The order is in USD, the shop's currency then")
    assert (case.currency, rma.value_cents) == ("USD", 1_480_000), "and all of it goes on in the order's own money"


def test_where_no_rules_are_in_that_currency_a_person_says_what_is_offered_and_it_goes_on(
    database: Database, queue: Queue, shop_id: int
) -> None:
    currency(database, shop_id, "EUR")
    choose(database, shop_id, "3000")
    with pytest.raises(Waiting, match=r"in USD, a currency the shop has left.*Say here what is offered"):
        route(database, shop_id)
    assert made(database) == ([], [], [])
    route(database, shop_id, chosen="assisted")
    (decision,), (case,), _ = made(database)
    assert (decision.outcome, case.advisor_id, case.currency) == (Outcome.ASSISTED, decision.advisor_id, "USD")
    assert "a person of the house decided" in decision.words


def test_what_a_person_said_counts_only_where_the_rules_cannot_be_asked(
    database: Database, queue: Queue, shop_id: int
) -> None:
    route(database, shop_id, chosen="simple")
    assert made(database)[0][0].outcome is Outcome.ASSISTED


@pytest.mark.parametrize("amount", ["", "many", "-1", "9e99", "NaN"])
def test_a_limit_that_is_no_amount_is_refused_and_the_old_one_stays(
    database: Database, shop_id: int, amount: str
) -> None:
    with pytest.raises(AppError), database.begin() as session:
        policies.change_policy(session, shop_id=shop_id, limit=amount, default_advisor_id=None)
    assert limit(database, shop_id) == Money(500_000, "USD")


def test_another_shops_advisor_cannot_be_the_default(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        stranger = cast.number(cast.dana(session).bob.id)
    with pytest.raises(AppError), database.begin() as session:
        policies.change_policy(session, shop_id=shop_id, limit="5000", default_advisor_id=stranger)


def test_eight_who_ask_for_a_rule_nobody_made_yet_get_the_same_one(database: Database, shop_id: int) -> None:
    gate, found = threading.Barrier(8), []

    def ask() -> None:
        gate.wait()
        found.append(limit(database, shop_id))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [Money(500_000, "USD")] * 8


def test_a_decision_and_its_case_tell_when_it_was_made(
    database: Database, queue: Queue, shop_id: int, monkeypatch
) -> None:
    monkeypatch.setattr("routing.jobs.clock_now", lambda: cast.NOW)
    route(database, shop_id)
    assert made(database)[0][0].decided_at == cast.NOW
    assert made(database)[1][0].opened_at - cast.NOW == timedelta(0)
