"""The right to withdraw by law: whether there is one, whether its days are over, whether a piece is exempt."""

from datetime import timedelta

from logistics.eligibility.facts import Answer, LineFacts, ReturnFacts, Track, Verdict


def there_is_a_right(facts: ReturnFacts) -> Verdict:
    """By the country it was sold to and how it was sold. In a boutique there is none."""
    law = facts.law
    if law is None:
        return _no("right", f"No law is written down for {facts.country or 'an unknown country'}.")
    if not law["right"]:
        return _no("right", f"{_called(law['key'])}: no right to withdraw by law. {law['source']}.")
    if facts.channel.casefold() in law["channels"]:
        return _no("right", "It was sold in person, which the law does not give a right for.")
    return _yes("right", f"{_called(law['key'])}: a right to withdraw without a reason. {law['source']}.")


def its_days_are_not_over(facts: ReturnFacts) -> Verdict:
    """Counted from delivery. Where nobody knows when it was delivered the days have not begun to count."""
    days = facts.law["window_days"] if facts.law else None
    if days is None:
        return _no("window", "The law names no days.")
    if facts.delivered_on is None:
        return _yes("window", "Nobody knows when it was delivered, so its days are taken not to be over.")
    last = facts.delivered_on + timedelta(days=days)
    words = f"Delivered on {facts.delivered_on:%d %B %Y}, so it could be withdrawn from until {last:%d %B %Y}."
    return _yes("window", words) if facts.asked_on <= last else _no("window", words)


def it_is_not_exempt(facts: ReturnFacts, line: LineFacts) -> Verdict:
    """Made for the client is exempt only where the client was told before paying, and that can be shown."""
    exempt = sorted(line.classes & set(facts.law["exempt"])) if facts.law else []
    if not exempt:
        return _yes("class", "Made as it is on offer, not to the client's order.", line.title)
    kinds = " and ".join(exempt)
    if "told" not in line.classes:
        words = f"It is {kinds}, and nothing shows that the client was told before paying, so the right stands."
        return _yes("class", words, line.title)
    return _no("class", f"It is {kinds}, and the client was told before paying.", line.title)


def _yes(rule: str, reason: str, about: str = "") -> Verdict:
    return Verdict(rule, Track.STATUTORY, Answer.YES, reason, about)


def _no(rule: str, reason: str, about: str = "") -> Verdict:
    return Verdict(rule, Track.STATUTORY, Answer.NO, reason, about)


def _called(key: str) -> str:
    """ "United States" of "united-states": any other name of the house's stays as it is."""
    return key.replace("-", " ").title() if key.islower() and "-" in key else key
