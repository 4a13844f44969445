"""Who may send back what: the rule book of both tracks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.eligibility import Answer, LineFacts, ReturnFacts, Track, decide
from logistics.judging import policy_for
from logistics.pack_files import law_in, starting_pack

LAWS, POLICIES = starting_pack("countries"), starting_pack("policy")
EU, US = law_in(LAWS, "FR"), law_in(LAWS, "US")
HOUSE = policy_for(POLICIES, "FR")
THIRTY = {**(HOUSE or {}), "window_days": 30}
RING = LineFacts(title="Meridian ring", quantity=1, sold=1)
DELIVERED = date(2026, 11, 10)
HERE = ReturnFacts(
    lines=(RING,),
    country="FR",
    channel="web",
    asked_on=date(2026, 11, 24),
    delivered_on=DELIVERED,
    law=EU,
    policy=HOUSE,
)
OVER = date(2026, 11, 25)


def ring(*classes: str, **values: Any) -> tuple[LineFacts, ...]:
    return (replace(RING, classes=frozenset(classes), **values),)


CASES: list[tuple[str, dict[str, Any], Track, Answer]] = [
    ("the fourteenth day", {}, Track.STATUTORY, Answer.YES),
    ("the fifteenth day, and the house states no days", {"asked_on": OVER}, Track.POLICY, Answer.YES),
    ("the fifteenth day, within thirty", {"asked_on": OVER, "policy": THIRTY}, Track.POLICY, Answer.YES),
    (
        "the thirty-first day",
        {"asked_on": DELIVERED + timedelta(days=31), "policy": THIRTY},
        Track.POLICY,
        Answer.LOOK,
    ),
    ("delivery unknown", {"delivered_on": None}, Track.STATUTORY, Answer.YES),
    ("delivery unknown, by policy", {"delivered_on": None, "law": US, "policy": THIRTY}, Track.POLICY, Answer.LOOK),
    ("sold in a boutique", {"channel": "pos"}, Track.POLICY, Answer.YES),
    ("the United States", {"law": US, "country": "US"}, Track.POLICY, Answer.YES),
    ("a country nobody wrote down", {"law": None, "country": "JP"}, Track.POLICY, Answer.YES),
    ("engraved, and told before paying", {"lines": ring("engraved", "told")}, Track.POLICY, Answer.LOOK),
    ("engraved, and nobody told", {"lines": ring("engraved")}, Track.STATUTORY, Answer.YES),
    ("made to measure, and told", {"lines": ring("made to measure", "told")}, Track.POLICY, Answer.LOOK),
    ("configured is no personalisation", {"lines": ring("configured", "told")}, Track.STATUTORY, Answer.YES),
    ("final sale stands back behind the law", {"lines": ring("final sale")}, Track.STATUTORY, Answer.YES),
    ("final sale where no law stands before it", {"lines": ring("final sale"), "law": US}, Track.POLICY, Answer.LOOK),
    ("one of a set, by law", {"lines": ring("set"), "is_all_of_a_set": False}, Track.STATUTORY, Answer.YES),
    ("one of a set", {"lines": ring("set"), "is_all_of_a_set": False, "law": US}, Track.POLICY, Answer.LOOK),
    ("the whole set", {"lines": ring("set"), "law": US}, Track.POLICY, Answer.YES),
    ("sealed is looked at on arrival", {"lines": ring("sealed"), "law": US}, Track.POLICY, Answer.YES),
    ("back already", {"lines": ring(elsewhere=1)}, Track.STATUTORY, Answer.NO),
    ("more than there are", {"lines": ring(quantity=2)}, Track.STATUTORY, Answer.NO),
    ("how many were sold nobody knows", {"lines": ring(quantity=2, sold=None)}, Track.STATUTORY, Answer.YES),
    (
        "approved in Shopify by a person",
        {"lines": ring("final sale"), "law": US, "is_open": True},
        Track.POLICY,
        Answer.YES,
    ),
]


@pytest.mark.parametrize(("changes", "track", "answer"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_who_may_send_back_what(changes: dict[str, Any], track: Track, answer: Answer) -> None:
    judged = decide(replace(HERE, **changes))
    assert (judged.track, judged.answer) == (track, answer)
    assert all(verdict.reason.endswith(".") for verdict in judged.found)
    assert answer is Answer.YES or judged.found


def test_what_was_made_for_the_client_beside_a_stock_ring_is_asked_about_alone() -> None:
    judged = decide(replace(HERE, lines=(*ring("engraved", "told"), replace(RING, title="Band"))))
    assert (judged.track, judged.answer) == (Track.POLICY, Answer.LOOK)
    assert judged.reasons == ("It is engraved, which the house does not take back.",)


CLASSES = st.frozensets(st.sampled_from(["configured", "final sale", "set", "sealed", "told"]))


@given(
    classes=CLASSES,
    days=st.integers(0, 14),
    whole=st.booleans(),
    policy=st.sampled_from([None, HOUSE, THIRTY, {**(HOUSE or {}), "refused": ["configured", "set", "sealed"]}]),
)
def test_nothing_the_house_wants_ever_holds_up_the_right_by_law(
    classes: frozenset[str], days: int, whole: bool, policy: dict[str, Any] | None
) -> None:
    asked_on = DELIVERED + timedelta(days=days)
    facts = replace(HERE, lines=ring(*classes), asked_on=asked_on, is_all_of_a_set=whole, policy=policy)
    judged = decide(facts)
    assert (judged.track, judged.answer) == (Track.STATUTORY, Answer.YES)


def test_no_verdict_asks_a_question_on_the_track_of_the_law() -> None:
    judged = decide(HERE)
    assert {v.answer for v in judged.found if v.track is Track.STATUTORY} <= {Answer.YES, Answer.NO}


def test_the_countries_of_the_union_are_all_written_down_with_their_source() -> None:
    assert len((EU or {})["countries"]) == 27
    assert all(entry["source"] and entry["dated"] for entry in LAWS.entries)
    assert (EU or {})["window_days"] == (EU or {})["refund_days"] == 14
    assert (US or {})["right"] is False and law_in(LAWS, "CH") is None and law_in(LAWS, "") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"law": US, "country": "US"}, "United States: no right to withdraw by law."),
        ({}, "European Union: a right to withdraw without a reason."),
        ({"channel": "pos"}, "It was sold in person, which the law does not give a right for."),
        ({"law": {**(EU or {}), "key": "Our own entry"}}, "Our own entry: a right to withdraw without a reason."),
        ({"law": {**(EU or {}), "key": "eu"}}, "eu: a right to withdraw without a reason."),
    ],
)
def test_a_person_reads_no_word_of_a_computer_in_a_verdict(changes: dict[str, Any], words: str) -> None:
    judged = decide(replace(HERE, **changes))
    assert any(words in verdict.reason for verdict in judged.found)
