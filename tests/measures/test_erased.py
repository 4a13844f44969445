"""A client who was erased: what happened stays counted, nobody is named, and nothing they do later names them again."""

from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.money import Money
from measures import exporting, history, pilots, privacy, turns, tying
from measures.households import email_hash
from measures.measured import HouseholdMember, HouseholdTie, MeasuredReturn
from measures.models import ErasedClient, HistoricOrder
from measures.pilot_models import PilotMode, PilotReturn
from measures.reads import RefundRecord
from tests import cast
from tests.measures.small_past import Past, day, gid, order, word

SHARED = "the.whitlocks@example.com"
CLOSED_AGAIN = word("first", "CLOSED", 90, of="one")
CLEO = gid("Customer", "cleo")


@pytest.fixture
def past(session: Session) -> Past:
    """Cleo and Jonas share an address, and so does somebody without an account. Each bought after Cleo's return."""
    past = Past.of_alice(session)
    past.keep(
        order("one", 0, 900, email=SHARED), order("hers", 40, 100, email=SHARED),
        order("his", 0, 500, client="jonas", email=SHARED), order("his later", 30, 250, client="jonas", email=SHARED),
        order("guest", 60, 70, client=None, email=SHARED),
    )  # fmt: skip
    past.came_back("first", "one", 10, 900)
    past.came_back("of jonas", "his", 20, 500)
    tying.tie_all(lambda: nullcontext(session), shop_id=past.shop_id, now=day(70))
    return past


def erase(past: Past, client: str = "cleo", *orders: str) -> None:
    gids = [gid("Order", name) for name in orders]
    about: dict[str, Any] = {"client_gid": gid("Customer", client), "order_gids": gids, "now": day(80)}
    privacy.erase_client(past.session, shop_id=past.shop_id, **about)


def later(past: Past, name: str) -> tuple[int | None, int, int, int]:
    found = past.counted(name)
    assert found is not None
    return found.next_days, found.bought + found.not_yet, found.later_orders, found.later_cents


def named(past: Past) -> list[str]:
    """The orders of which it is still known who bought them."""
    query = select(HistoricOrder).where(HistoricOrder.shop_id == past.shop_id)
    rows = past.session.exec(query.execution_options(populate_existing=True))
    return sorted(row.order_gid.rpartition("/")[2] for row in rows if row.household)


def ties(past: Past) -> list[tuple[str, str]]:
    query = select(HouseholdTie.one, HouseholdTie.other).where(HouseholdTie.shop_id == past.shop_id)
    return sorted((one, other) for one, other in past.session.exec(query))


def agree(past: Past) -> bool:
    (by_day, by_return), (kept, said) = past.sums(), past.again()
    return past.stale() == [] and by_day == by_return and kept == said


def test_before_it_all_three_are_one_household_and_what_they_bought_follows_the_last_return(past: Past) -> None:
    assert later(past, "first") == (20, 1, 0, 0), "Jonas's return ends what follows hers"
    assert later(past, "of jonas") == (10, 1, 3, 42_000)
    assert agree(past)


def test_what_was_returned_stays_counted_and_who_bought_next_is_known_of_nobody(past: Past) -> None:
    erase(past)
    found = past.counted("first")
    assert found is not None and (found.refunds, found.refunded_cents) == (1, 90_000)
    assert (found.household, later(past, "first")) == (f"r:{gid('Return', 'first')}", (None, 0, 0, 0))
    assert agree(past)


def test_whoever_shared_a_household_with_them_keeps_only_what_they_bought_themselves(past: Past) -> None:
    """The order without an account was at her address, and is erased with her."""
    erase(past)
    assert later(past, "of jonas") == (10, 1, 1, 25_000)
    assert agree(past)


def test_no_row_of_the_measures_and_no_file_has_their_number(past: Past) -> None:
    erase(past)
    rows = [
        *past.session.exec(select(HistoricOrder.household)), *past.session.exec(select(HistoricOrder.client_gid)),
        *past.session.exec(select(MeasuredReturn.household)), *past.session.exec(select(HouseholdMember.key)),
        *past.session.exec(select(HouseholdMember.household)),
    ]  # fmt: skip
    assert CLEO not in rows and gid("Customer", "jonas") in rows
    text = "".join(exporting.rows(past.session, shop_id=past.shop_id, since=date(2026, 1, 1)))
    assert "Customer" not in text


def test_two_pieces_of_an_erased_client_have_two_numbers_in_the_file(past: Past) -> None:
    """So that nobody can tell that both were of one person."""
    past.came_back("second", "hers", 50)
    erase(past)
    lines = "".join(exporting.rows(past.session, shop_id=past.shop_id, since=date(2026, 1, 1))).splitlines()[1:]
    numbers = {line.split(",")[1].rpartition("/")[2]: line.split(",")[3] for line in lines}
    assert len({numbers["first"], numbers["second"], numbers["of jonas"]}) == 3


@pytest.mark.parametrize(
    "tell",
    [
        pytest.param(
            lambda past, **shop: history.keep_order(
                past.session, **shop, order=order("one", 0, 900, email=SHARED, updated_at=day(90))
            ),
            id="an order of before, changed",
        ),
        pytest.param(
            lambda past, **shop: history.keep_order(past.session, **shop, order=order("new", 90, 80, email=SHARED)),
            id="an order of after",
        ),
        pytest.param(
            lambda past, **shop: history.keep_returns(past.session, **shop, words=[CLOSED_AGAIN]),
            id="a closing told again",
        ),
        pytest.param(
            lambda past, **shop: history.keep_refund(
                past.session, **shop,
                refund=RefundRecord("f/9", gid("Order", "one"), gid("Return", "first"), day(90), Money(1, "USD")),
            ),
            id="a refund",
        ),
    ],
)  # fmt: skip
def test_no_word_that_comes_later_names_them_again(past: Past, tell: Any) -> None:
    erase(past)
    tell(past, shop_id=past.shop_id)
    assert CLEO not in past.session.exec(select(HistoricOrder.client_gid)).all()
    assert later(past, "first") == (None, 0, 0, 0) and later(past, "of jonas") == (10, 1, 1, 25_000)
    assert agree(past)


def test_erased_twice_is_erased_once(past: Past) -> None:
    erase(past)
    before = past.sums()
    erase(past, "cleo", "one", "hers")
    assert past.sums() == before and agree(past)


def test_a_record_merged_into_theirs_before_is_erased_with_them(past: Past) -> None:
    shop: dict[str, Any] = {"shop_id": past.shop_id}
    privacy.move_client(past.session, **shop, from_gid=gid("Customer", "jonas"), to_gid=CLEO)
    assert agree(past)
    erase(past)
    assert later(past, "of jonas") == (None, 0, 0, 0) and agree(past)


def test_the_other_one_erased_leaves_her_with_what_she_bought(past: Past) -> None:
    erase(past, "jonas")
    assert later(past, "first") == (30, 1, 1, 10_000), "his closing ends nothing of hers any more"
    assert later(past, "of jonas") == (None, 0, 0, 0) and agree(past)


# --- whose orders


def test_an_order_that_names_nobody_is_erased_where_shopify_says_it_was_theirs(past: Past) -> None:
    rung: dict[str, Any] = {"client": None, "phone": "+33612344141"}
    past.keep(order("rung up", 5, **rung), order("rung up later", 6, **rung))
    erase(past, "cleo", "one", "rung up")
    assert named(past) == ["his", "his later", "rung up later"]


def test_who_is_known_by_their_orders_only_is_erased_with_what_was_bought_at_that_address(past: Past) -> None:
    erase(past, "nobody", "one")
    assert named(past) == ["hers", "his", "his later"], "the order without an account was at her address"


def test_a_guest_of_another_address_stays_though_somebody_else_of_the_house_has_it(past: Past) -> None:
    past.keep(order("of eve", 5, client="eve", email="eve@example.com"))
    past.keep(order("eve as a guest", 6, client=None, email="eve@example.com"))
    erase(past)
    assert named(past) == ["eve as a guest", "his", "his later", "of eve"]


def test_another_shops_orders_of_the_same_client_stay_and_say_nothing_of_this_shop(past: Past) -> None:
    """Marks of addresses differ from shop to shop; were two ever alike, they would still be two people."""
    danas = Past(past.session, cast.alice(past.session, "dana.myshopify.com", "Dana"))
    danas.keep(order("one", 0, email="tom@example.com"), order("of a guest", 1, client=None, email="the@same.mail"))
    past.keep(order("of tom", 5, client=None, email="tom@example.com"))
    marks = {row.order_gid: row for row in past.session.exec(select(HistoricOrder)) if row.shop_id != past.shop_id}
    tom = past.session.exec(select(HistoricOrder).where(HistoricOrder.order_gid == gid("Order", "of tom"))).one()
    tom.email_hash = marks[gid("Order", "one")].email_hash
    past.session.flush()
    erase(past)
    assert named(danas) == ["of a guest", "one"] and "of tom" in named(past)


def test_of_an_erased_client_no_mark_of_an_address_stays_and_their_own_mark_is_kept_once(past: Past) -> None:
    past.keep(order("rung up", 5, phone="+33612344141"))
    erase(past)
    erase(past)
    past.session.expire_all()
    for name in ("one", "hers", "guest", "rung up"):
        row = past.session.exec(select(HistoricOrder).where(HistoricOrder.order_gid == gid("Order", name))).one()
        assert (row.client_gid, row.email_hash, row.phone_hash, row.household) == (None, None, None, None)
    (kept,) = past.session.exec(select(ErasedClient)).all()
    assert (kept.shop_id, kept.erased_on) == (past.shop_id, day(80).date())


def test_how_many_orders_it_touched_is_told(past: Past) -> None:
    about: dict[str, Any] = {"shop_id": past.shop_id, "order_gids": [], "now": day(80)}
    assert privacy.erase_client(past.session, client_gid=CLEO, **about) == 3
    assert privacy.erase_client(past.session, client_gid=CLEO, **about) == 0


def test_a_return_without_an_account_at_their_address_is_counted_of_nobody(past: Past) -> None:
    past.came_back("of the guest", "guest", 65, 70)
    erase(past)
    found = past.counted("of the guest")
    assert found is not None and found.household == f"r:{gid('Return', 'of the guest')}"
    assert agree(past)


def test_three_who_are_tied_are_two_when_one_is_erased_and_strangers_to_them_stay_tied(past: Past) -> None:
    for name in ("eve", "finn"):
        past.keep(order(f"of {name}", 5, client=name, email="eve@example.com"))
    past.keep(order("of mia", 6, client="mia", email="mia@example.com", phone="+33612344141"))
    past.keep(order("of jonas", 7, client="jonas", phone="+33612344141"))
    tying.tie_all(lambda: nullcontext(past.session), shop_id=past.shop_id, now=day(71))
    erase(past)
    jonas, mia, eve, finn = (gid("Customer", name) for name in ("jonas", "mia", "eve", "finn"))
    assert ties(past) == [(eve, finn), (jonas, mia)]
    households = {key: tying.household_of(past.session, shop_id=past.shop_id, key=key) for key in (mia, finn)}
    assert households == {mia: jonas, finn: eve}


# --- the pilot


@pytest.fixture
def pilot(past: Past) -> Past:
    """Under way, with a return of each: Cleo's, Jonas's, and one without an account at the address they share."""
    begin_pilot(past)
    for name, key in (("a", CLEO), ("b", gid("Customer", "jonas")), ("c", guest(past))):
        enrol(past, name, key)
    return past


def begin_pilot(past: Past) -> None:
    plan: dict[str, Any] = {"before_share": 20, "hoped_share": 40, "expected": None, "by": "staff:7", "now": day(69)}
    pilots.register(past.session, shop_id=past.shop_id, mode=PilotMode.COMPARE, limit=Money(0, "USD"), **plan)


def guest(past: Past) -> str:
    return f"e:{email_hash(turns.made_row(past.session, past.shop_id).hash_key, SHARED)}"


def enrol(past: Past, name: str, key: str) -> None:
    about: dict[str, Any] = {"return_gid": gid("Return", name), "key": key, "value": Money(1, "USD"), "now": day(71)}
    pilots.invites(past.session, shop_id=past.shop_id, **about)


def of_pilot(past: Past) -> dict[str, tuple[str, str]]:
    """Return -> whose it is, and their household."""
    query = select(PilotReturn).where(PilotReturn.shop_id == past.shop_id).execution_options(populate_existing=True)
    return {row.return_gid.rpartition("/")[2]: (row.key, row.household) for row in past.session.exec(query)}


def arms(past: Past) -> list[str]:
    return [row.arm.value for row in past.session.exec(select(PilotReturn).order_by(PilotReturn.id))]  # type: ignore[arg-type]


def test_their_returns_stay_in_their_arm_under_no_name_and_who_shared_their_household_has_their_own(
    pilot: Past,
) -> None:
    jonas, before = gid("Customer", "jonas"), arms(pilot)
    assert of_pilot(pilot) == {"a": (CLEO, guest(pilot)), "b": (jonas, guest(pilot)), "c": (guest(pilot),) * 2}
    erase(pilot)
    nobody = {name: f"r:{gid('Return', name)}" for name in "ac"}
    assert of_pilot(pilot) == {"a": (nobody["a"],) * 2, "b": (jonas, jonas), "c": (nobody["c"],) * 2}
    assert arms(pilot) == before


MIA, NOA, ZOE = (gid("Customer", name) for name in ("mia", "noa", "zoe"))


@pytest.fixture
def three(past: Past) -> Past:
    """One household by an address, called by Mia, the first of them; Noa and Zoe have one telephone as well."""
    for name in ("mia", "noa", "zoe"):
        phone = "" if name == "mia" else "+33612344141"
        past.keep(order(f"of {name}", 5, client=name, email="mia@example.com", phone=phone))
    begin_pilot(past)
    enrol(past, "before", ZOE)
    tying.tie_all(lambda: nullcontext(past.session), shop_id=past.shop_id, now=day(70))
    for name, key in (("of mia", MIA), ("of noa", NOA), ("of zoe", ZOE)):
        enrol(past, name, key)
    assert {house for name, (_, house) in of_pilot(past).items() if name != "before"} == {MIA}
    return past


@pytest.mark.parametrize("merged", [False, True], ids=["as it was", "under the record theirs was merged into"])
def test_a_household_that_was_called_by_their_number_is_called_by_who_is_left(three: Past, merged: bool) -> None:
    if merged:
        privacy.move_client(three.session, shop_id=three.shop_id, from_gid=MIA, to_gid=gid("Customer", "kept"))
    erase(three, "kept" if merged else "mia")
    assert [tie for tie in ties(three) if guest(three) not in tie] == [(NOA, ZOE)]
    assert of_pilot(three) == {
        "before": (ZOE, ZOE), "of mia": (f"r:{gid('Return', 'of mia')}",) * 2, "of noa": (NOA, NOA),
        "of zoe": (ZOE, NOA),
    }  # fmt: skip


def test_one_who_was_in_another_s_household_leaves_it_as_it_is(three: Past) -> None:
    erase(three, "zoe")
    assert [tie for tie in ties(three) if guest(three) not in tie] == [(MIA, NOA)]
    nobody = {name: (f"r:{gid('Return', name)}",) * 2 for name in ("before", "of zoe")}
    assert of_pilot(three) == nobody | {"of mia": (MIA, MIA), "of noa": (NOA, MIA)}


def test_whoever_was_tied_after_their_return_keeps_the_household_it_was_counted_in(three: Past) -> None:
    erase(three, "jonas")
    assert of_pilot(three)["before"] == (ZOE, ZOE) and of_pilot(three)["of zoe"] == (ZOE, MIA)


def test_another_shops_pilot_and_its_households_know_them_still(three: Past) -> None:
    danas = Past(three.session, cast.alice(three.session, "dana.myshopify.com", "Dana"))
    danas.keep(order("of mia", 0, client="mia", email=SHARED), order("of zoe", 0, client="zoe", email=SHARED))
    tying.tie_all(lambda: nullcontext(three.session), shop_id=danas.shop_id, now=day(70))
    begin_pilot(danas)
    for name, key in (("of mia", MIA), ("of zoe", ZOE)):
        enrol(danas, name, key)
    for name in ("mia", "zoe"):
        erase(three, name)
    assert of_pilot(danas) == {"of mia": (MIA, MIA), "of zoe": (ZOE, MIA)}
    assert ties(danas) == [(MIA, ZOE)]
