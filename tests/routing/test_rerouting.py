"""A case is routed again: it moves once or stays, the ledgers follow, and why is written down whatever comes of it."""

from typing import Any

import pytest
from sqlmodel import select

from consults.absences import not_away, time_off
from consults.kinds import Ledger, WhyNot
from consults.models import Case
from consults.states import CaseState
from kit.errors import NotFound
from kit.money import Money
from routing import policies
from routing.models import Decision
from routing.rerouting import route_again
from routing.waiting import see_somebody_sooner, wait_for_owner
from shops.shops import get_shop
from tests import cast
from tests.cast import NOW, number
from tests.logistics.stand_ins import lost
from tests.routing.answering_house import DAY, House
from tests.routing.test_jobs import FakeOrders

HUGOS = "gid://shopify/StaffMember/8"


def again(house: House, why: str = "somebody asked", **given: Any) -> Case:
    about: dict[str, Any] = {"shop_id": house.shop_id, "case_id": number(house.case().id), "why": why}
    with cast.clock():
        house.table["routing.route_again"](house.database.begin, **(about | given))
    return house.case()


def change_case(house: House, **values: Any) -> None:
    with house.database.begin() as session:
        case = session.get_one(Case, number(house.case().id))
        for name, value in values.items():
            setattr(case, name, value)
        session.add(case)


def sold_by_hugo(house: House) -> None:
    """Somebody put Hugo on the order's line in Shopify."""
    house.change(house.hugo, staff_gid=HUGOS)
    house.orders.line_staff = ((cast.cleos_read().lines[0].line_gid or "", HUGOS),)


# --- moved, and kept


def test_where_its_owner_left_it_goes_to_somebody_qualified_and_what_the_rules_said_is_kept(one_house: House) -> None:
    one_house.route()
    one_house.change(one_house.bob, active=False)
    case = again(one_house, "left the house", by="staff:7")
    assert (case.advisor_id, case.owner_id, case.why_not) == (one_house.hugo, one_house.bob, WhyNot.LEFT)
    assert (case.ledger, case.sold_by_advisor, case.handed_over) == (Ledger.POOL, False, 1)
    assert one_house.loads() == {one_house.hugo: 1}
    (row,) = one_house.reroutings()
    assert (row.from_advisor_id, row.to_advisor_id) == (one_house.bob, one_house.hugo)
    assert (row.why, row.by, row.at, row.policy_version) == ("left the house", "staff:7", NOW, 1)
    assert "Bob Laurent, noted as its seller, is no longer with the house." in row.ruled
    assert row.words == case.seller_words
    assert row.words.startswith("Bob Laurent is no longer with the house.")


def test_where_whoever_has_it_answers_it_stays_and_that_is_written_down_too(one_house: House) -> None:
    before = one_house.route()
    after = again(one_house)
    assert (after.advisor_id, after.handed_over, after.seller_words) == (one_house.bob, 0, before.seller_words)
    (row,) = one_house.reroutings()
    assert (row.from_advisor_id, row.to_advisor_id) == (one_house.bob, one_house.bob)
    assert row.ruled.endswith("Bob Laurent is noted on the order as its seller.")
    assert one_house.held() == [(one_house.bob, "owned", False)]


def test_who_stands_in_already_and_is_chosen_again_counts_once(one_house: House) -> None:
    one_house.away(one_house.bob)
    one_house.route()
    for _ in range(3):
        assert again(one_house).advisor_id == one_house.hugo
    assert one_house.loads() == {one_house.hugo: 1}
    assert one_house.held() == [(one_house.hugo, "pool", False)]
    assert len(one_house.reroutings()) == 3


def test_a_case_that_comes_back_to_who_sold_it_says_so(one_house: House) -> None:
    one_house.away(one_house.bob)
    one_house.route()
    with one_house.database.begin() as session:
        about: dict[str, Any] = {"shop_id": one_house.shop_id, "advisor_id": one_house.bob}
        (off,) = time_off(session, **about, now=NOW)
        not_away(session, **about, time_off_id=number(off.id))
    case = again(one_house)
    assert (case.advisor_id, case.why_not, case.sold_by_advisor) == (one_house.bob, None, True)
    assert one_house.loads() == {}


# --- another seller


def test_another_seller_whom_the_evidence_names_now_owns_it_and_has_it(one_house: House) -> None:
    one_house.route()
    sold_by_hugo(one_house)
    case = again(one_house)
    assert (case.advisor_id, case.owner_id, case.ledger) == (one_house.hugo, one_house.hugo, Ledger.OWNED)
    assert (case.sold_by_advisor, case.why_not, one_house.loads()) == (True, None, {})


def test_where_the_other_seller_stood_in_already_it_is_theirs_from_now_on(one_house: House) -> None:
    """Else it would go back to Bob when he returns, who did not sell it after all."""
    one_house.away(one_house.bob)
    one_house.route()
    sold_by_hugo(one_house)
    case = again(one_house)
    assert (case.advisor_id, case.owner_id, case.ledger) == (one_house.hugo, one_house.hugo, Ledger.OWNED)
    assert (case.sold_by_advisor, case.why_not, case.handed_over) == (True, None, 0)
    assert one_house.loads() == {} and one_house.held()[-1] == (one_house.hugo, "owned", False)
    one_house.look_after(NOW + 8 * DAY)
    assert one_house.case().advisor_id == one_house.hugo


@pytest.mark.parametrize("as_what", ["successor_id", "deputy_id"])
def test_one_who_only_follows_the_owner_answers_in_their_place_and_does_not_own_it(
    one_house: House, as_what: str
) -> None:
    one_house.route()
    one_house.change(one_house.bob, active=False, **{as_what: one_house.hugo})
    sold_by_hugo(one_house)
    case = again(one_house)
    assert (case.advisor_id, case.owner_id, case.ledger) == (one_house.hugo, one_house.bob, Ledger.POOL)


def test_who_looks_after_the_place_is_named_but_is_no_seller(one_house: House) -> None:
    one_house.route()
    ada = one_house.colleague("Ada Roux", role="manager")
    with one_house.database.begin() as session:
        policies.change_policy(session, shop_id=one_house.shop_id, limit="5000", default_advisor_id=ada)
    one_house.change(one_house.bob, staff_gid="gid://shopify/StaffMember/70")
    case = again(one_house)
    assert (case.advisor_id, case.owner_id) == (one_house.bob, one_house.bob)


def test_where_nobody_qualified_is_there_the_one_the_rules_fall_back_on_is_better_than_nobody(
    one_house: House,
) -> None:
    one_house.route()
    one_house.change(one_house.bob, active=False)
    one_house.change(one_house.hugo, languages="ja")
    stays = again(one_house)
    assert stays.advisor_id == one_house.bob, "where the rules name nobody, it waits for a person of the house"
    with one_house.database.begin() as session:
        policies.change_policy(session, shop_id=one_house.shop_id, limit="5000", default_advisor_id=one_house.hugo)
    case = again(one_house)
    assert (case.advisor_id, case.owner_id, case.why_not) == (one_house.hugo, one_house.bob, WhyNot.LEFT)
    assert (case.ledger, case.sold_by_advisor, one_house.loads()) == (Ledger.OWNED, False, {})
    assert case.seller_words.endswith("The rules name Hugo Marchand in that case.")


# --- what cannot be asked


@pytest.mark.parametrize(
    ("orders", "ruled"),
    [
        pytest.param({"visible": False}, "Shopify does not show the order any more.", id="Shopify hides the order"),
        pytest.param(
            {"total": Money(900_000, "EUR")},
            "The amounts in the routing rules are in USD, and this order is in EUR.",
            id="the merchant's rules are in another currency",
        ),
    ],
)
def test_where_the_rules_cannot_be_asked_who_sold_it_stays_and_somebody_answers_all_the_same(
    one_house: House, orders: dict[str, Any], ruled: str
) -> None:
    with one_house.database.begin() as session:
        policies.change_policy(session, shop_id=one_house.shop_id, limit="5000", default_advisor_id=None)
    one_house.route()
    one_house.away(one_house.bob)
    for name, value in orders.items():
        setattr(one_house.orders, name, value)
    if "total" in orders:
        with one_house.database.begin() as session:
            get_shop(session, one_house.shop_id).currency = "EUR"
    case = again(one_house)
    assert (case.advisor_id, case.owner_id) == (one_house.hugo, one_house.bob)
    (row,) = one_house.reroutings()
    assert (row.ruled[: len(ruled)], row.policy_version) == (ruled, None)


def test_when_shopify_is_away_nothing_moves_and_it_is_tried_again(one_house: House) -> None:
    one_house.route()
    one_house.away(one_house.bob)

    class Away(FakeOrders):
        def order(self, shop_id: int, order_gid: str) -> Any:
            raise lost()

    returns: Any = one_house.table["routing.route_again"].keywords["returns"]
    about: dict[str, Any] = {"shop_id": one_house.shop_id, "case_id": number(one_house.case().id), "why": "away"}
    with pytest.raises(type(lost())):
        route_again(one_house.database.begin, returns=returns, orders=Away(cast.PRICE), **about)
    assert one_house.case().advisor_id == one_house.bob and one_house.reroutings() == []


# --- what is left alone


def closed(house: House) -> dict[str, Any]:
    change_case(house, state=CaseState.CLOSED)
    return {}


def moved_on(house: House) -> dict[str, Any]:
    return {"held_by": house.hugo}


def waits(house: House) -> dict[str, Any]:
    change_case(house, waits_since=NOW)
    return {}


@pytest.mark.parametrize(
    "situation",
    [
        pytest.param(closed, id="a closed case"),
        pytest.param(moved_on, id="one that is not with whom it was asked of any more"),
        pytest.param(waits, id="one whose client chose to wait for an owner who comes back"),
    ],
)
def test_it_is_left_alone_and_shopify_is_not_asked(one_house: House, situation: Any) -> None:
    one_house.route()
    one_house.away(one_house.bob)
    given = situation(one_house)
    returns = one_house.table["routing.route_again"].keywords["returns"]
    before = returns.reads
    case = again(one_house, **given)
    assert (case.advisor_id, one_house.reroutings(), returns.reads) == (one_house.bob, [], before)


def test_a_client_who_waits_for_somebody_who_left_waits_no_more(one_house: House) -> None:
    one_house.route()
    waits(one_house)
    one_house.change(one_house.bob, active=False)
    case = again(one_house, held_by=one_house.bob)
    assert (case.advisor_id, case.waits_since) == (one_house.hugo, None)


def test_a_case_that_moved_while_shopify_was_asked_is_left_alone(one_house: House) -> None:
    one_house.route()
    one_house.away(one_house.bob)
    staff = one_house.orders.staff

    def meanwhile(shop_id: int, order_gid: str) -> Any:
        change_case(one_house, state=CaseState.CLOSED)
        return staff(shop_id, order_gid)

    one_house.orders.staff = meanwhile  # type: ignore[method-assign]
    assert again(one_house).advisor_id == one_house.bob and one_house.reroutings() == []


def test_another_shops_case_is_not_known(one_house: House) -> None:
    one_house.route()
    with one_house.database.begin() as session:
        danas = number(cast.alice(session, "dana.myshopify.com").id)
    with pytest.raises(NotFound):
        again(one_house, shop_id=danas)


# --- a client who would rather wait


def stood_in(house: House) -> Case:
    house.away(house.bob)
    return house.route()


def press(house: House, what: Any, **given: Any) -> Case:
    about: dict[str, Any] = {"shop_id": house.shop_id, "case_id": number(house.case().id), "by": "client", "now": NOW}
    with house.database.begin() as session:
        what(session, **(about | given))
    return house.case()


def test_who_would_rather_wait_has_their_advisor_again_and_nobody_is_reminded(one_house: House) -> None:
    before = stood_in(one_house)
    case = press(one_house, wait_for_owner)
    assert (case.advisor_id, case.waits_since, case.ledger) == (one_house.bob, NOW, Ledger.OWNED)
    assert (case.next_rung, case.next_rung_at, case.sold_by_advisor) == (None, None, True)
    assert (case.why_not, case.owner_back_at) == (before.why_not, before.owner_back_at), "the page still says till when"
    assert one_house.loads() == {}
    (row,) = one_house.reroutings()
    assert (row.why, row.by) == ("the client waits for the owner", "client")
    assert row.words == "The client would rather wait for Bob Laurent."


def test_said_twice_it_is_done_once(one_house: House) -> None:
    stood_in(one_house)
    first = press(one_house, wait_for_owner)
    assert press(one_house, wait_for_owner, now=NOW + DAY) == first
    assert len(one_house.reroutings()) == 1


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(lambda house: house.change(house.bob, active=False), id="the owner left"),
        pytest.param(closed, id="the case is closed"),
        pytest.param(lambda house: change_case(house, owner_id=house.hugo), id="whoever has it is its owner"),
        pytest.param(lambda house: change_case(house, owner_id=None), id="it has no owner but who has it"),
    ],
)
def test_where_there_is_nobody_to_wait_for_nothing_changes(one_house: House, arrange: Any) -> None:
    stood_in(one_house)
    arrange(one_house)
    before = one_house.case()
    assert press(one_house, wait_for_owner) == before and one_house.reroutings() == []


def test_who_waited_and_would_rather_see_a_colleague_is_promised_an_answer_anew(one_house: House) -> None:
    stood_in(one_house)
    waited = press(one_house, wait_for_owner)
    case = press(one_house, see_somebody_sooner, now=NOW + DAY)
    assert (case.advisor_id, case.waits_since, case.ledger) == (one_house.hugo, None, Ledger.POOL)
    assert case.first_answer_due_at > waited.first_answer_due_at and case.next_rung is not None
    assert one_house.loads() == {one_house.hugo: 1}
    assert one_house.reroutings()[-1].why == "the client asked for a colleague"


def test_where_no_colleague_is_there_they_go_on_waiting_for_their_own(one_house: House) -> None:
    stood_in(one_house)
    waited = press(one_house, wait_for_owner)
    one_house.change(one_house.hugo, languages="ja")
    assert press(one_house, see_somebody_sooner) == waited
    assert len(one_house.reroutings()) == 1 and one_house.loads() == {}


@pytest.mark.parametrize("waited", [True, False], ids=["a closed case", "a client who does not wait"])
def test_who_does_not_wait_is_given_nobody_else(one_house: House, waited: bool) -> None:
    stood_in(one_house)
    change_case(one_house, waits_since=NOW if waited else None, state=CaseState.CLOSED if waited else CaseState.OPEN)
    before = one_house.case()
    assert press(one_house, see_somebody_sooner) == before and one_house.reroutings() == []


@pytest.mark.parametrize("what", [wait_for_owner, see_somebody_sooner])
def test_another_shops_client_is_not_heard(one_house: House, what: Any) -> None:
    stood_in(one_house)
    with one_house.database.begin() as session:
        danas = number(cast.alice(session, "dana.myshopify.com").id)
    with pytest.raises(NotFound):
        press(one_house, what, shop_id=danas)


def test_only_a_decision_that_named_a_seller_makes_an_owner_the_seller_again(one_house: House) -> None:
    """Bob was only the boutique's: a text never says "you sold" on a guess."""
    stood_in(one_house)
    with one_house.database.begin() as session:
        row = session.exec(select(Decision)).one()
        row.sold = False
    assert press(one_house, wait_for_owner).sold_by_advisor is False
