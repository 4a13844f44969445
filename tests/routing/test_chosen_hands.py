"""A person of the house says whose a case is, and what a choice of routing means for the hands it goes to."""

from datetime import timedelta
from typing import Any

import pytest

from consults.kinds import Ledger, WhyNot
from consults.models import Boutique, Case, Consult
from consults.states import CaseState, ConsultState, InvalidMove
from kit.errors import AppError, NotFound
from kit.money import Money
from routing import hand_overs
from routing.answering import Answer, How
from routing.facts import ReturnFacts
from tests import cast
from tests.cast import NOW, number
from tests.routing.answering_house import DAY, House

BACK = NOW + DAY


def choose(house: House, advisor_id: int, **given: Any) -> Case:
    about: dict[str, Any] = {"words": "Alice chose Hugo.", "why": "chosen on the case", "by": "staff:7", "now": NOW}
    with house.database.begin() as session:
        case = session.get_one(Case, number(house.case().id))
        hand_overs.choose_for(session, case, advisor_id=advisor_id, **(about | given))
    return house.case()


def test_whom_a_person_chose_owns_it_answers_it_and_is_never_told_that_they_sold_it(one_house: House) -> None:
    one_house.route()
    case = choose(one_house, one_house.hugo)
    assert (case.advisor_id, case.owner_id, case.ledger) == (one_house.hugo, one_house.hugo, Ledger.OWNED)
    assert (case.sold_by_advisor, case.why_not, case.seller_words) == (False, None, "Alice chose Hugo.")
    assert one_house.held() == [(one_house.bob, "owned", True), (one_house.hugo, "owned", False)]
    (row,) = one_house.reroutings()
    assert (row.from_advisor_id, row.to_advisor_id, row.by) == (one_house.bob, one_house.hugo, "staff:7")
    assert (row.why, row.words, row.ruled, row.policy_version) == ("chosen on the case", "Alice chose Hugo.", "", None)


def test_no_limit_stands_against_a_persons_word_and_no_place_of_the_pool_is_taken(one_house: House) -> None:
    one_house.away(one_house.bob)
    one_house.route()
    ada = one_house.colleague("Ada Roux", limit_own=0, limit_pool=0)
    assert choose(one_house, ada).advisor_id == ada and one_house.loads() == {}


def closed(house: House) -> None:
    with house.database.begin() as session:
        session.get_one(Case, number(house.case().id)).state = CaseState.CLOSED


def talking(house: House) -> None:
    with house.database.begin() as session:
        session.add(
            Consult(
                shop_id=house.shop_id, case_id=number(house.case().id), advisor_id=house.bob, idempotency_key="k",
                state=ConsultState.IN_SESSION, starts_at=NOW, ends_at=NOW + timedelta(minutes=30), created_at=NOW,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("arrange", "whom", "error", "words"),
    [
        pytest.param(lambda house: house.change(house.hugo, active=False), "hugo", AppError,
                     "Hugo Marchand does not take returns just now.", id="somebody who takes no returns"),
        pytest.param(lambda house: None, "bob", AppError, "The case is with Bob Laurent already.", id="who has it"),
        pytest.param(closed, "hugo", InvalidMove, "This case is closed.", id="of a closed case"),
        pytest.param(talking, "hugo", InvalidMove,
                     "They are talking just now. Choose again when the conversation is over.", id="while they talk"),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_said_and_nothing_moves(
    one_house: House, arrange: Any, whom: str, error: type[Exception], words: str
) -> None:
    one_house.route()
    arrange(one_house)
    with pytest.raises(error) as refused:
        choose(one_house, getattr(one_house, whom))
    assert str(refused.value) == words
    assert one_house.case().advisor_id == one_house.bob and one_house.reroutings() == []


def test_somebody_of_another_shop_cannot_be_chosen(one_house: House) -> None:
    one_house.route()
    with one_house.database.begin() as session:
        stranger = number(cast.dana(session).bob.id)
    with pytest.raises(NotFound):
        choose(one_house, stranger)


# --- what an answer means


@pytest.mark.parametrize(
    ("answer", "advisor_id", "ledger", "why"),
    [
        pytest.param(Answer(7, How.OWNER, ""), 7, Ledger.OWNED, None, id="the owner answers"),
        pytest.param(Answer(8, How.POOL, "", WhyNot.AWAY), 8, Ledger.POOL, WhyNot.AWAY, id="somebody by turn"),
        pytest.param(Answer(8, How.DEPUTY, "", WhyNot.FULL), 8, Ledger.POOL, WhyNot.FULL, id="a deputy"),
        pytest.param(Answer(8, How.SUCCESSOR, "", WhyNot.LEFT), 8, Ledger.POOL, WhyNot.LEFT, id="a successor"),
        pytest.param(Answer(7, How.OWNER_WAITS, "", WhyNot.AWAY), 7, Ledger.OWNED, WhyNot.AWAY,
                     id="nobody else, so it waits for its owner"),
        pytest.param(Answer(None, How.NOBODY, "", WhyNot.LEFT), 7, Ledger.OWNED, WhyNot.LEFT,
                     id="nobody at all: it stays with its owner, who left"),
    ],
)  # fmt: skip
def test_each_way_of_answering_counts_in_its_ledger(
    answer: Answer, advisor_id: int, ledger: Ledger, why: WhyNot | None
) -> None:
    hands = hand_overs.settle(answer, owner_id=7)
    assert (hands.advisor_id, hands.owner_id, hands.ledger, hands.why_not) == (advisor_id, 7, ledger, why)
    assert not hands.waits and not hands.sold


def test_when_the_owner_is_back_goes_with_the_case() -> None:
    assert hand_overs.settle(Answer(8, How.POOL, "", WhyNot.AWAY, BACK), owner_id=7).owner_back_at == BACK


# --- where, and by when


@pytest.mark.parametrize("known", [True, False], ids=["where it was bought", "where its owner is at home"])
def test_the_place_is_where_it_was_bought_else_where_its_owner_is_at_home(one_house: House, known: bool) -> None:
    with one_house.database.begin() as session:
        lyon = Boutique(shop_id=one_house.shop_id, name="Lyon", zone="Europe/Paris", location_gid="lyon")
        session.add(lyon)
        session.flush()
        facts = ReturnFacts("#1", Money(1, "USD"), location_gid="lyon" if known else "a market stall")
        found = hand_overs.boutique_of(session, one_house.shop_id, facts, one_house.bob)
        assert found == (lyon.id if known else one_house.boutique)


def test_an_answer_that_is_overdue_is_due_now_and_one_to_come_when_it_was_promised(one_house: House) -> None:
    case = one_house.route()
    due = case.first_answer_due_at
    assert hand_overs.about_case(case, NOW).answer_by == due
    assert hand_overs.about_case(case, due + DAY).answer_by == due + DAY


def test_of_a_case_without_an_owner_of_its_own_who_has_it_is_the_owner(one_house: House) -> None:
    case = one_house.route()
    assert hand_overs.owner_of(case) == one_house.bob
    case.advisor_id, case.owner_id = one_house.hugo, None
    assert hand_overs.owner_of(case) == one_house.hugo


def test_opened_twice_it_is_one_case_and_takes_one_place(one_house: House) -> None:
    one_house.away(one_house.bob)
    first = one_house.route()
    with one_house.database.begin() as session:
        about: dict[str, Any] = {"shop_id": one_house.shop_id, "owner_id": one_house.bob, "now": NOW}
        again = hand_overs.open_with_answer(session, facts=cast.CLEO, **about)
        assert again.id == first.id
    assert one_house.loads() == {one_house.hugo: 1}
    assert first.seller_words.endswith("It goes by turn to somebody qualified who has least in hand.")
    assert first.sold_by_advisor is False


def test_nobody_is_given_a_late_case_they_were_passed_over_for_nor_one_they_are_not_qualified_for(
    one_house: House,
) -> None:
    one_house.route()
    lena = one_house.colleague("Léna Petit", languages="ja")

    def turn(*passed_over: int) -> int | None:
        with one_house.database.begin() as session:
            case = session.get_one(Case, number(one_house.case().id))
            return hand_overs.next_in_turn(session, case, passed_over=frozenset(passed_over), now=NOW)

    assert turn(one_house.bob, one_house.hugo) is None, f"{lena} speaks no language of the client"
    assert one_house.held() == [(one_house.bob, "owned", False)]
    assert turn(one_house.bob) == one_house.hugo
    assert one_house.held() == [(one_house.bob, "owned", True), (one_house.hugo, "pool", False)]
    assert one_house.loads() == {one_house.hugo: 1}
