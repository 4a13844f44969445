"""The lists of verdicts, and what follows from them together."""

from collections.abc import Callable

from logistics.eligibility import house_policy, quantities, right
from logistics.eligibility.facts import Answer, LineFacts, ReturnFacts, Track, Verdict, Verdicts

ABOUT_THE_RETURN: tuple[Callable[[ReturnFacts], Verdict], ...] = (
    right.there_is_a_right,
    right.its_days_are_not_over,
    house_policy.its_days_are_not_over,
)
ABOUT_A_LINE: tuple[Callable[[ReturnFacts, LineFacts], Verdict], ...] = (
    quantities.it_is_not_back_already,
    right.it_is_not_exempt,
    house_policy.it_is_taken_back,
    house_policy.its_set_is_whole,
    house_policy.its_seal_is_looked_at,
)


def decide(facts: ReturnFacts) -> Verdicts:
    """Every verdict, and what follows. The statutory right holds whatever the house's policy says.

    Some lines of one return by law and others not: the house's policy is asked about the others alone. What a person
    approved in Shopify goes on.
    """
    found = [judge(facts) for judge in ABOUT_THE_RETURN]
    by_law = all(v.answer is Answer.YES for v in found if v.track is Track.STATUTORY)
    about_all = [v for v in found if v.track is Track.POLICY]
    asked: list[Verdict] = []
    for line in facts.lines:
        mine = [judge(facts, line) for judge in ABOUT_A_LINE]
        found += mine
        has_right = by_law and all(v.answer is Answer.YES for v in mine if v.track is Track.STATUTORY)
        asked += [v for v in mine if v.track is Track.POLICY and (not has_right or v.rule == "quantity")]
    is_lawful = by_law and all(v.rule == "quantity" for v in asked)
    asked += [] if is_lawful else about_all
    track = Track.STATUTORY if is_lawful else Track.POLICY
    return Verdicts(track, Answer.YES if facts.is_open else _worst(asked), tuple(found))


def _worst(asked: list[Verdict]) -> Answer:
    answers = {verdict.answer for verdict in asked}
    return next((answer for answer in (Answer.NO, Answer.LOOK) if answer in answers), Answer.YES)
