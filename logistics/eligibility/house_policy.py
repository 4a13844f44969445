"""What the house gives beyond the law. Nothing here is asked on the statutory track."""

from datetime import timedelta

from logistics.eligibility.facts import Answer, LineFacts, ReturnFacts, Track, Verdict


def its_days_are_not_over(facts: ReturnFacts) -> Verdict:
    """The house's own days, from delivery."""
    days = facts.policy["window_days"] if facts.policy else None
    if days is None:
        return _verdict(
            "window", Answer.YES, "The house states no days of its own; Shopify's return rules let it be asked."
        )
    if facts.delivered_on is None:
        return _verdict("window", Answer.LOOK, "Nobody knows when it was delivered, so a person looks.")
    last = facts.delivered_on + timedelta(days=days)
    words = f"Delivered on {facts.delivered_on:%d %B %Y}; the house takes it back until {last:%d %B %Y}."
    return _verdict("window", Answer.YES if facts.asked_on <= last else Answer.LOOK, words)


def it_is_taken_back(facts: ReturnFacts, line: LineFacts) -> Verdict:
    """Classes the house names as not taken back. An advisor may still decide otherwise, so a person looks."""
    refused = sorted(line.classes & set(facts.policy["refused"])) if facts.policy else []
    if not refused:
        return _verdict("class", Answer.YES, "A class of piece that the house takes back.", line.title)
    return _verdict(
        "class", Answer.LOOK, f"It is {' and '.join(refused)}, which the house does not take back.", line.title
    )


def its_set_is_whole(facts: ReturnFacts, line: LineFacts) -> Verdict:
    """A piece of a set alone."""
    if "set" in line.classes and not facts.is_all_of_a_set:
        return _verdict("set", Answer.LOOK, "It is part of a set, and the rest of it does not come back.", line.title)
    return _verdict("set", Answer.YES, "No part of a set is left behind.", line.title)


def its_seal_is_looked_at(facts: ReturnFacts, line: LineFacts) -> Verdict:
    """A tag or a seal is looked at when it arrives, and lowers the value at most: it holds nothing up."""
    words = "Its tag or seal is looked at on arrival." if "sealed" in line.classes else "It carries no seal."
    return _verdict("seal", Answer.YES, words, line.title)


def _verdict(rule: str, answer: Answer, reason: str, about: str = "") -> Verdict:
    return Verdict(rule, Track.POLICY, answer, reason, about)
