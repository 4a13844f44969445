"""What a person reads of each verdict, and how the verdicts of several pieces come together."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.eligibility import Answer, LineFacts, ReturnFacts, Track, Verdicts, decide
from logistics.judging import policy_for
from logistics.pack_files import law_in, starting_pack

LAWS, POLICIES = starting_pack("countries"), starting_pack("policy")
EU, US = law_in(LAWS, "FR"), law_in(LAWS, "US")
HOUSE: dict[str, Any] = {**(policy_for(POLICIES, "FR") or {})}
RING = LineFacts(title="Meridian ring", quantity=1, sold=1)
DELIVERED = date(2026, 11, 10)
BY_LAW = ReturnFacts(
    lines=(RING,), country="FR", channel="web", asked_on=date(2026, 11, 24), delivered_on=DELIVERED, law=EU,
    policy=HOUSE,
)  # fmt: skip
BY_POLICY = replace(BY_LAW, law=US, country="US")


def ring(*classes: str, **values: Any) -> LineFacts:
    return replace(RING, classes=frozenset(classes), **values)


def said(facts: ReturnFacts, rule: str, track: Track) -> tuple[str, str, str]:
    """(answer, reason, which piece) of one verdict."""
    found = [v for v in decide(facts).found if (v.rule, v.track) == (rule, track)]
    assert len(found) == 1
    return str(found[0].answer), found[0].reason, found[0].about


LAW, POLICY = Track.STATUTORY, Track.POLICY
WORDS = [
    pytest.param({}, "right", LAW, "yes", "European Union: a right to withdraw without a reason. ", id="a right"),
    pytest.param({"law": None, "country": "JP"}, "right", LAW, "no", "No law is written down for JP.", id="no law"),
    pytest.param(
        {"law": None, "country": ""}, "right", LAW, "no", "No law is written down for an unknown country.",
        id="no country",
    ),
    pytest.param(
        {"channel": "POS"}, "right", LAW, "no", "It was sold in person, which the law does not give a right for.",
        id="in a boutique, however Shopify writes it",
    ),
    pytest.param({"law": None}, "window", LAW, "no", "The law names no days.", id="no law, no days"),
    pytest.param(
        {}, "window", LAW, "yes",
        "Delivered on 10 November 2026, so it could be withdrawn from until 24 November 2026.", id="the last day",
    ),
    pytest.param(
        {"asked_on": date(2026, 11, 25)}, "window", LAW, "no",
        "Delivered on 10 November 2026, so it could be withdrawn from until 24 November 2026.", id="a day late",
    ),
    pytest.param(
        {"delivered_on": date(2026, 12, 25), "asked_on": date(2027, 1, 8)}, "window", LAW, "yes",
        "Delivered on 25 December 2026, so it could be withdrawn from until 08 January 2027.", id="over a year's end",
    ),
    pytest.param(
        {"delivered_on": date(2028, 2, 16), "asked_on": date(2028, 3, 1)}, "window", LAW, "yes",
        "Delivered on 16 February 2028, so it could be withdrawn from until 01 March 2028.",
        id="over the 29th of February",
    ),
    pytest.param(
        {"delivered_on": None}, "window", LAW, "yes",
        "Nobody knows when it was delivered, so its days are taken not to be over.", id="delivery unknown, by law",
    ),
    pytest.param(
        {"delivered_on": None, "policy": HOUSE | {"window_days": 30}}, "window", POLICY, "a_person_looks",
        "Nobody knows when it was delivered, so a person looks.", id="delivery unknown, by the house's days",
    ),
    pytest.param(
        {"policy": HOUSE | {"window_days": 30}, "asked_on": date(2026, 12, 10)}, "window", POLICY, "yes",
        "Delivered on 10 November 2026; the house takes it back until 10 December 2026.", id="the house's last day",
    ),
    pytest.param(
        {"policy": HOUSE | {"window_days": 30}, "asked_on": date(2026, 12, 11)}, "window", POLICY, "a_person_looks",
        "Delivered on 10 November 2026; the house takes it back until 10 December 2026.", id="a day after it",
    ),
    pytest.param(
        {"policy": None}, "window", POLICY, "yes",
        "The house states no days of its own; Shopify's return rules let it be asked.", id="no policy is no bar",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule", "track", "answer", "words"), WORDS)
def test_a_verdict_on_the_return_says_why(
    changes: dict[str, Any], rule: str, track: Track, answer: str, words: str
) -> None:
    found, reason, about = said(replace(BY_LAW, **changes), rule, track)
    assert (found, about) == (answer, "") and reason.startswith(words)


LINES = [
    pytest.param(
        ring(), "class", LAW, "yes", "Made as it is on offer, not to the client's order.", id="stock",
    ),
    pytest.param(
        ring("engraved"), "class", LAW, "yes",
        "It is engraved, and nothing shows that the client was told before paying, so the right stands.",
        id="engraved, and nobody told",
    ),
    pytest.param(
        ring("engraved", "made to measure", "told"), "class", LAW, "no",
        "It is engraved and made to measure, and the client was told before paying.", id="both, and told",
    ),
    pytest.param(
        ring("engraved", "final sale"), "class", POLICY, "a_person_looks",
        "It is engraved and final sale, which the house does not take back.", id="two that the house refuses",
    ),
    pytest.param(ring(), "class", POLICY, "yes", "A class of piece that the house takes back.", id="what it takes"),
    pytest.param(
        ring("sealed"), "seal", POLICY, "yes", "Its tag or seal is looked at on arrival.", id="a seal holds nothing up",
    ),
    pytest.param(ring(), "seal", POLICY, "yes", "It carries no seal.", id="no seal"),
    pytest.param(ring("set"), "set", POLICY, "yes", "No part of a set is left behind.", id="the whole set"),
    pytest.param(ring(), "quantity", POLICY, "yes", "It can come back.", id="one of one"),
    pytest.param(
        ring(sold=2, elsewhere=1, quantity=1), "quantity", POLICY, "yes", "It can come back.", id="the second of two",
    ),
    pytest.param(
        ring(sold=3, elsewhere=1, quantity=3), "quantity", POLICY, "no",
        "3 of Meridian ring are asked back, and 2 can still come.", id="more than can still come",
    ),
    pytest.param(
        ring(sold=1, elsewhere=1), "quantity", POLICY, "no",
        "Meridian ring is in another return already, or came back.", id="none is left",
    ),
    pytest.param(
        ring(title="", sold=0), "quantity", POLICY, "no", "The piece is in another return already, or came back.",
        id="a piece without a title",
    ),
    pytest.param(
        ring(title="", sold=1, quantity=2), "quantity", POLICY, "no",
        "2 of the piece are asked back, and 1 can still come.", id="several of one without a title",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("line", "rule", "track", "answer", "words"), LINES)
def test_a_verdict_on_a_piece_says_why_and_which_piece(
    line: LineFacts, rule: str, track: Track, answer: str, words: str
) -> None:
    assert said(replace(BY_LAW, lines=(line,)), rule, track) == (answer, words, line.title)


def test_a_set_of_which_something_stays_behind_is_named() -> None:
    facts = replace(BY_POLICY, lines=(ring("set"),), is_all_of_a_set=False)
    words = "It is part of a set, and the rest of it does not come back."
    assert said(facts, "set", POLICY) == ("a_person_looks", words, "Meridian ring")
    assert decide(facts).reasons == (words,)


def test_an_answer_is_kept_as_it_was_given() -> None:
    verdict = next(v for v in decide(BY_LAW).found if v.rule == "quantity")
    assert verdict.as_json() == {
        "rule": "quantity",
        "track": "policy",
        "answer": "yes",
        "reason": "It can come back.",
        "about": "Meridian ring",
    }


# --- several pieces


def judged(*lines: LineFacts, **changes: Any) -> Verdicts:
    return decide(replace(BY_LAW, lines=lines, **changes))


def test_a_no_about_one_piece_is_stronger_than_a_look_at_another() -> None:
    found = judged(ring("final sale"), ring(sold=1, elsewhere=1, title="Band"), law=US)
    assert (found.track, found.answer) == (POLICY, Answer.NO)
    assert found.reasons == ("Band is in another return already, or came back.",)


def test_by_law_the_houses_days_are_not_asked_even_where_they_are_shorter() -> None:
    found = judged(RING, asked_on=date(2026, 11, 20), policy=HOUSE | {"window_days": 3})
    assert (found.track, found.answer) == (LAW, Answer.YES)


def test_with_one_exempt_piece_among_them_the_houses_days_count_for_the_return() -> None:
    late = HOUSE | {"window_days": 3, "refused": []}
    found = judged(ring("engraved", "told"), RING, policy=late)
    assert (found.track, found.answer) == (POLICY, Answer.LOOK)
    assert found.reasons == ("Delivered on 10 November 2026; the house takes it back until 13 November 2026.",)


def test_what_a_person_approved_goes_on_and_still_says_what_was_found() -> None:
    found = judged(ring("final sale"), law=US, is_open=True)
    assert found.answer is Answer.YES
    assert any(v.answer is Answer.LOOK for v in found.found)


def test_nothing_at_all_comes_back_by_whichever_right_there_is() -> None:
    assert (judged().track, judged().answer) == (LAW, Answer.YES)
    assert (judged(law=US).track, judged(law=US).answer) == (POLICY, Answer.YES)


@given(
    st.lists(
        st.builds(
            LineFacts,
            title=st.just("x"),
            quantity=st.integers(1, 4),
            sold=st.none() | st.integers(0, 4),
            elsewhere=st.integers(0, 4),
            classes=st.frozensets(st.sampled_from(["engraved", "made to measure", "told", "final sale", "set"])),
        ),
        max_size=4,
    ),
    st.integers(0, 40),
    st.booleans(),
)
def test_the_answer_follows_from_the_verdicts_that_count_and_names_its_reasons(
    lines: list[LineFacts], days: int, at_home: bool
) -> None:
    facts = replace(BY_LAW if at_home else BY_POLICY, lines=tuple(lines), asked_on=DELIVERED + timedelta(days=days))
    found = decide(facts)
    too_many = any(line.sold is not None and line.quantity > line.sold - line.elsewhere for line in lines)
    assert (found.answer is Answer.NO) is too_many, "nobody sends back what they do not have, and only that is a no"
    assert found.track is POLICY or (at_home and days <= 14)
    if found.answer is not Answer.YES and found.track is POLICY:
        assert found.reasons
