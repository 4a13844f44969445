"""A return opened from here: made once in Shopify whatever goes wrong, and the case is the one who opened it."""

import threading

import pytest

from consults.kinds import StaffRole
from kit.errors import AppError, Conflict, NotFound, OutsideError, Waiting
from kit.money import Money
from routing import openings
from routing.decide import Outcome
from routing.events import ReturnChanged, ReturnSeen
from routing.sellers import Level
from routing.states import OPENING, OpeningState
from shops.models import Shop
from tests import cast
from tests.routing.edge_house import Edge
from tests.routing.shopify_at_hand import ORDER, gid, lost

LINE = "gid://shopify/FulfillmentLineItem/1"


def run(edge: Edge, opened_id: int) -> None:
    openings.open_return(edge.database.begin, openings=edge.shopify, shop_id=edge.shop_id, opened_id=opened_id)


def try_to_run(edge: Edge, opened_id: int) -> OutsideError:
    with pytest.raises(OutsideError) as caught:
        run(edge, opened_id)
    return caught.value


def test_it_is_made_once_and_the_case_is_theirs_with_the_reason(edge: Edge) -> None:
    opened_id = edge.ask()
    edge.work()
    row = edge.opened(opened_id)
    assert (row.state, row.return_gid) == (OpeningState.MADE, gid(901))
    (decision,), (case,), (rma,) = edge.made()
    assert (decision.outcome, decision.advisor_id, case.advisor_id) == (Outcome.ASSISTED, edge.bob_id, edge.bob_id)
    assert decision.words.startswith("Opened by Bob Laurent. By the rule alone: Order #1042 came to $14,800")
    assert case.seller_words == decision.words and rma.assisted and rma.approved_at == edge.at
    assert edge.shopify.calls.count("create") == 1 and "approve" not in edge.shopify.calls


def test_below_the_limit_and_sold_by_another_it_is_theirs_all_the_same(edge: Edge) -> None:
    with edge.database.begin() as session:
        vera = cast.bob(
            session,
            session.get_one(Shop, edge.shop_id),
            name="Vera Rossi",
            role=StaffRole.ADVISOR,
            staff_gid="gid://shopify/StaffMember/8",
        )
        vera_id = cast.number(vera.id)
    edge.shopify.total = Money(395_000, "USD")
    edge.ask(advisor_id=vera_id)
    edge.work()
    (decision,), (case,), _ = edge.made()
    assert (decision.outcome, decision.level, case.advisor_id) == (Outcome.ASSISTED, Level.PERSON, vera_id)
    assert decision.words == (
        "Opened by Vera Rossi. By the rule alone: Order #1042 came to $3,950, below $5,000. A simple return."
    )
    assert not case.sold_by_advisor


def test_the_same_form_twice_is_one_return_and_another_form_another(edge: Edge) -> None:
    first = edge.ask("k-1")
    assert edge.ask("k-1") == first
    other = edge.ask("k-2", line="gid://shopify/FulfillmentLineItem/2")
    assert other != first
    edge.work()
    assert edge.shopify.calls.count("create") == 2 and len(edge.made()[1]) == 2


def test_eight_presses_at_once_are_one_return(edge: Edge) -> None:
    gate, found = threading.Barrier(8), []

    def press() -> None:
        gate.wait()
        found.append(edge.ask())

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 8 and len(set(found)) == 1 and edge.queue.names() == ["routing.open_return"]


@pytest.mark.parametrize(
    "lines", [[], [(LINE, 0)], [(LINE, 1), (LINE, 1)], [(f"{LINE}{n}", 1) for n in range(openings.MOST_LINES + 1)]]
)
def test_nothing_the_same_twice_or_too_much_cannot_be_asked_for(edge: Edge, lines: list[tuple[str, int]]) -> None:
    with pytest.raises(AppError), edge.database.begin() as session:
        openings.ask(
            session,
            shop_id=edge.shop_id,
            key="k",
            order_gid=ORDER,
            order_name="#1042",
            lines=lines,
            reason_gid="",
            advisor_id=edge.bob_id,
            now=edge.at,
        )
    assert edge.queue.waiting == []


def test_a_lost_answer_is_read_back_and_nothing_is_sent_again(edge: Edge) -> None:
    opened_id = edge.ask()
    edge.shopify.loses["create"] = [lost()]
    error = try_to_run(edge, opened_id)
    assert error.retry_after and error.retry_after > 30 and edge.opened(opened_id).state is OpeningState.SENDING
    edge.pass_by(seconds=error.retry_after)
    run(edge, opened_id)
    assert edge.opened(opened_id).return_gid == gid(901)
    edge.work()
    assert edge.shopify.calls.count("create") == 1 and [len(kind) for kind in edge.made()] == [1, 1, 1]


def test_a_lost_answer_that_left_no_trace_is_shown_to_a_person_and_never_sent_blind(edge: Edge) -> None:
    opened_id = edge.ask()
    edge.shopify.fails["create"] = [lost()]
    try_to_run(edge, opened_id)
    edge.pass_by(seconds=5)
    soon = try_to_run(edge, opened_id)
    assert soon.retry_after and soon.retry_after > 20, "Shopify may still be at it"
    edge.pass_by(seconds=31)
    run(edge, opened_id)
    row = edge.opened(opened_id)
    assert (row.state, row.problem) == (OpeningState.UNSETTLED, openings.NO_TRACE)
    run(edge, opened_id)
    assert edge.shopify.calls.count("create") == 1


def test_a_person_who_looked_may_have_it_sent_again(edge: Edge) -> None:
    opened_id = edge.ask()
    edge.shopify.fails["create"] = [lost()]
    try_to_run(edge, opened_id)
    edge.pass_by(minutes=1)
    run(edge, opened_id)
    with edge.database.begin() as session:
        openings.ask_again(session, shop_id=edge.shop_id, opened_id=opened_id)
    with pytest.raises(Conflict), edge.database.begin() as session:
        openings.ask_again(session, shop_id=edge.shop_id, opened_id=opened_id)
    edge.work()
    assert edge.opened(opened_id).state is OpeningState.MADE
    assert edge.shopify.calls.count("create") == 2 and len(edge.shopify.found) == 1


def test_what_the_first_try_made_after_all_is_found_before_a_second_is_sent(edge: Edge) -> None:
    opened_id = edge.ask()
    edge.shopify.loses["create"] = [lost()]
    try_to_run(edge, opened_id)
    hidden = dict(edge.shopify.found)
    edge.shopify.found.clear()  # not to be seen yet
    edge.pass_by(minutes=1)
    run(edge, opened_id)
    assert edge.opened(opened_id).state is OpeningState.UNSETTLED
    edge.shopify.found.update(hidden)
    with edge.database.begin() as session:
        openings.ask_again(session, shop_id=edge.shop_id, opened_id=opened_id)
    run(edge, opened_id)
    assert edge.opened(opened_id).return_gid == gid(901) and edge.shopify.calls.count("create") == 1


def test_two_that_could_be_it_are_left_to_a_person(edge: Edge) -> None:
    opened_id = edge.ask()
    edge.shopify.loses["create"] = [lost()]
    try_to_run(edge, opened_id)
    edge.shopify.create(edge.shop_id, order_gid=ORDER, lines=[(LINE, 1)], reason_gid="", requested_at=edge.at)
    edge.pass_by(minutes=1)
    run(edge, opened_id)
    assert (edge.opened(opened_id).state, edge.opened(opened_id).problem) == (OpeningState.UNSETTLED, openings.SEVERAL)


@pytest.mark.calm(reason="runs the job by hand, once")
def test_a_return_that_was_there_before_is_not_taken_for_ours(edge: Edge) -> None:
    edge.shopify.create(edge.shop_id, order_gid=ORDER, lines=[(LINE, 1)], reason_gid="", requested_at=edge.at)
    edge.shopify.calls.clear()
    opened_id = edge.ask()
    edge.shopify.fails["create"] = [lost()]
    try_to_run(edge, opened_id)
    edge.pass_by(minutes=1)
    run(edge, opened_id)
    assert edge.opened(opened_id).state is OpeningState.UNSETTLED


def test_a_refusal_is_shown_in_shopifys_words_and_is_final(edge: Edge) -> None:
    opened_id = edge.ask()
    edge.shopify.fails["create"] = [OutsideError("shopify", "INVALID Quantity is not available", permanent=True)]
    run(edge, opened_id)
    row = edge.opened(opened_id)
    assert row.state is OpeningState.REFUSED and "Quantity is not available" in row.problem
    run(edge, opened_id)
    assert edge.shopify.calls.count("create") == 1
    with pytest.raises(Conflict), edge.database.begin() as session:
        openings.ask_again(session, shop_id=edge.shop_id, opened_id=opened_id)


@pytest.mark.parametrize("error", [OutsideError("shopify", "no connection"), Waiting("Open the app once.")])
def test_what_never_reached_shopify_is_tried_again(edge: Edge, error: Exception) -> None:
    opened_id = edge.ask()
    edge.shopify.fails["create"] = [error]
    with pytest.raises(type(error)):
        run(edge, opened_id)
    assert (edge.opened(opened_id).state, edge.opened(opened_id).sent_at) == (OpeningState.ASKED, None)
    run(edge, opened_id)
    assert edge.opened(opened_id).state is OpeningState.MADE and len(edge.shopify.found) == 1


def test_killed_between_the_call_and_the_record_it_is_found_again(edge: Edge) -> None:
    class Killed(BaseException):
        pass

    opened_id = edge.ask()
    edge.shopify.loses["create"] = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        run(edge, opened_id)
    run(edge, opened_id)
    assert edge.opened(opened_id).return_gid == gid(901) and edge.shopify.calls.count("create") == 1


@pytest.mark.calm(reason="runs the job by hand, twice at once")
def test_two_workers_with_the_same_opening_send_it_once(edge: Edge) -> None:
    opened_id, failures = edge.ask(), []
    gate, returns_of = threading.Barrier(2), edge.shopify.returns_of

    def together(shop_id, order_gid):
        found = returns_of(shop_id, order_gid)
        gate.wait(20)
        return found

    edge.shopify.returns_of = together  # type: ignore[method-assign]

    def work() -> None:
        try:
            run(edge, opened_id)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == [] and edge.shopify.calls.count("create") == 1


@pytest.mark.parametrize("event", [ReturnSeen, ReturnChanged])
def test_shopifys_own_word_may_come_before_the_answer_and_settles_it(edge: Edge, event: type) -> None:
    opened_id = edge.ask()
    edge.shopify.loses["create"] = [lost()]
    try_to_run(edge, opened_id)
    edge.tell(
        ReturnSeen(edge.shop_id, gid(901), ORDER) if event is ReturnSeen else ReturnChanged(edge.shop_id, gid(901))
    )
    edge.work(only={"routing.route_return", "routing.follow_return"})
    assert edge.opened(opened_id).return_gid == gid(901)
    (decision,), (case,), _ = edge.made()
    assert decision.words.startswith("Opened by Bob Laurent.") and case.advisor_id == edge.bob_id
    edge.pass_by(minutes=1)
    run(edge, opened_id)
    assert edge.shopify.calls.count("create") == 1 and [len(kind) for kind in edge.made()] == [1, 1, 1]


def test_the_clients_own_request_from_our_page_is_asked_for_and_routed_by_the_rule(edge: Edge) -> None:
    edge.ask(advisor_id=None)
    edge.work()
    (decision,), (case,), (rma,) = edge.made()
    assert not decision.words.startswith("Opened") and case.advisor_id == edge.bob_id and rma.approved_at
    assert (edge.shopify.calls.count("request"), edge.shopify.calls.count("create")) == (1, 0)


def test_another_shops_opening_is_not_here(edge: Edge) -> None:
    opened_id = edge.ask()
    with edge.database.begin() as session:
        other = cast.dana(session).shop_id
        for verb in (openings.get_opened, openings.ask_again):
            with pytest.raises(NotFound):
                verb(session, shop_id=other, opened_id=opened_id)
        assert openings.recent(session, shop_id=other, advisor_id=None) == []
        assert [row.id for row in openings.recent(session, shop_id=edge.shop_id, advisor_id=None)] == [opened_id]


def test_each_state_of_an_opening_can_be_reached_and_the_settled_ones_stay() -> None:
    reached = {to for after in OPENING.values() for to in after}
    assert set(OPENING) == set(OpeningState) and reached == set(OpeningState)
    assert {state for state, after in OPENING.items() if not after} == {OpeningState.MADE, OpeningState.REFUSED}
