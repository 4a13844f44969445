"""What the client decided in a conversation moves their return: routing/outcomes.py, told by consults."""

from typing import Any

import pytest
from sqlmodel import select

from consults.kinds import Outcome
from consults.models import Case
from jobs.models import JobTrouble
from kit.errors import NotFound
from logistics.cover_models import RmaVerdict
from logistics.eligibility.facts import Answer
from logistics.models import Rma, RmaStep
from logistics.states import FINAL_GOODS, Goods
from routing.outcomes import follow_outcome
from tests import cast
from tests.cast import NOW, number
from tests.routing.answering_house import House


def decided(house: House, outcome: Outcome | None, answer: Answer = Answer.LOOK) -> dict[str, Any]:
    """Cleo's case as it was decided, and her return as it was judged."""
    house.route()
    with house.database.begin() as session:
        case = session.exec(select(Case)).one()
        case.outcome = outcome
        verdict = session.exec(select(RmaVerdict)).one()
        verdict.answer, verdict.let_at, verdict.let_by = answer, None, ""
    house.queue.waiting.clear()
    return {"shop_id": house.shop_id, "case_id": number(case.id), "return_gid": case.return_gid}


def follow(house: House, told: dict[str, Any], outcome: str = "refund") -> None:
    with cast.clock():
        follow_outcome(house.database.begin, **told, outcome=outcome)


def verdict(house: House) -> RmaVerdict:
    with house.database.begin() as session:
        return session.exec(select(RmaVerdict)).one()


def kinds(house: House) -> list[tuple[str, str]]:
    """The steps this is about: (kind, by whom)."""
    with house.database.begin() as session:
        rows = session.exec(select(RmaStep).where(RmaStep.kind.in_(("client_decided", "let_go_on"))))  # type: ignore[attr-defined]
        return [(row.kind, row.actor) for row in rows]


def test_return_it_lets_one_go_on_that_waited_for_a_person_and_the_advisor_is_that_person(one_house: House) -> None:
    told = decided(one_house, Outcome.REFUND)
    follow(one_house, told)
    bob = f"advisor:{one_house.bob}"
    assert (verdict(one_house).let_by, verdict(one_house).let_at) == (bob, NOW)
    assert kinds(one_house) == [("client_decided", bob), ("let_go_on", bob)]
    assert one_house.queue.names() == ["logistics.authorise"]


def test_told_twice_it_is_written_down_and_goes_on_once(one_house: House) -> None:
    told = decided(one_house, Outcome.REFUND)
    for _ in range(3):
        follow(one_house, told)
    assert [kind for kind, _ in kinds(one_house)] == ["client_decided", "let_go_on"]
    assert one_house.queue.names() == ["logistics.authorise"]


def test_a_step_that_failed_for_want_of_it_is_hurried_and_not_begun_beside_it(
    one_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = decided(one_house, Outcome.REFUND)
    asked: list[dict[str, Any]] = []

    def retried(_session: Any, **about: Any) -> int:
        asked.append(about)
        return 1

    monkeypatch.setattr("routing.outcomes.retry_of", retried)
    follow(one_house, told)
    assert one_house.queue.names() == []
    assert [(about["names"], about["shop_id"]) for about in asked] == [(("logistics.authorise",), one_house.shop_id)]


@pytest.mark.parametrize(
    ("answer", "let"),
    [(Answer.NO, False), (Answer.YES, False)],
    ids=["what the house plainly does not take back stays the merchant's", "what went on by itself needs nobody"],
)
def test_only_what_waits_for_a_look_is_let_go_on_and_the_decision_is_written_down_all_the_same(
    one_house: House, answer: Answer, let: bool
) -> None:
    follow(one_house, decided(one_house, Outcome.REFUND, answer))
    assert (verdict(one_house).let_at is not None) is let
    assert [kind for kind, _ in kinds(one_house)] == ["client_decided"] and one_house.queue.names() == []


def test_one_from_before_there_were_verdicts_goes_its_way(one_house: House) -> None:
    told = decided(one_house, Outcome.REFUND)
    with one_house.database.begin() as session:
        session.delete(session.exec(select(RmaVerdict)).one())
    follow(one_house, told)
    assert [kind for kind, _ in kinds(one_house)] == ["client_decided"] and one_house.queue.names() == []


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.REFUND])
def test_whatever_else_they_decided_leaves_the_parcel_as_it_is(one_house: House, outcome: Outcome) -> None:
    told = decided(one_house, outcome)
    follow(one_house, told, outcome.value)
    assert verdict(one_house).let_at is None and kinds(one_house) == []


def test_an_outcome_that_was_corrected_meanwhile_moves_nothing(one_house: House) -> None:
    follow(one_house, decided(one_house, Outcome.KEPT), "refund")
    assert verdict(one_house).let_at is None and kinds(one_house) == []


@pytest.mark.parametrize("ended", sorted(FINAL_GOODS))
def test_a_return_that_is_over_is_left_as_it_is(one_house: House, ended: Goods) -> None:
    told = decided(one_house, Outcome.REFUND)
    with one_house.database.begin() as session:
        session.exec(select(Rma)).one().goods_state = ended
    follow(one_house, told)
    assert kinds(one_house) == [] and one_house.queue.names() == []


def test_a_case_without_a_parcel_of_ours_moves_nothing(one_house: House) -> None:
    told = decided(one_house, Outcome.REFUND) | {"return_gid": "gid://shopify/Return/1"}
    follow(one_house, told)
    assert kinds(one_house) == [] and one_house.queue.names() == []


def test_another_shops_case_moves_nothing(one_house: House) -> None:
    told = decided(one_house, Outcome.REFUND)
    with one_house.database.begin() as session:
        told["shop_id"] = number(cast.alice(session, "dana.myshopify.com").id)
    with pytest.raises(NotFound):
        follow(one_house, told)
    assert kinds(one_house) == []
    with one_house.database.begin() as session:
        assert session.exec(select(JobTrouble)).all() == []
