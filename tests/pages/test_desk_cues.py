"""What is suggested to an advisor: open questions for this client, no rules, nothing better left unsaid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.pieces.complaints import Complaint
from consults.unsaid.checking import marks
from shopify_app.pages.desk import cues
from tests.pages.words import findings

OPEN = ("What", "How", "Where", "When", "In which", "Which")


def every_question() -> set[str]:
    return {*cues.USUAL, *cues.BY_COMPLAINT.values(), *cues.BY_KIND.values(), cues.FOR_GIFTS}


def test_every_question_is_open() -> None:
    for question in every_question():
        assert question.startswith(OPEN) and question.endswith("?"), question


def test_nothing_that_is_suggested_is_better_left_unsaid() -> None:
    said = [cue.say for cue in (cues.WELCOME, cues.A_DAY, cues.SHOWING, *cues.MOMENTS)]
    for words in (*said, *every_question()):
        assert marks(words) == [] and findings("cue", words) == [], words


@pytest.mark.parametrize(
    "known, first",
    [
        ({"occasion": "Tenth anniversary, 12 December"}, "How would you like to feel wearing it for this: Tenth"),
        ({"occasion": "A gift for her sister"}, cues.FOR_GIFTS),
        ({"reason": "Gift not suited"}, cues.FOR_GIFTS),
        ({"complaint": Complaint.HIGH, "kind": "ring"}, "Where on your hand"),
        ({"kind": "watch"}, "What does your day look like"),
        ({}, cues.USUAL[0]),
    ],
)
def test_questions_are_chosen_by_occasion_then_reason_then_kind(known: dict, first: str) -> None:
    asked = cues.hopes(**({"complaint": Complaint.NONE} | known)).questions
    assert asked[0].startswith(first)


@given(st.sampled_from(Complaint), st.sampled_from(["", "ring", "orrery"]), st.text(max_size=30), st.text(max_size=30))
def test_there_are_always_three_and_none_twice(complaint: Complaint, kind: str, occasion: str, reason: str) -> None:
    asked = cues.hopes(complaint=complaint, kind=kind, occasion=occasion, reason=reason).questions
    assert len(asked) == len(set(asked)) == 3
