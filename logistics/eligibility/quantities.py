"""How many can come back: on either track nobody sends back what they do not have."""

from logistics.eligibility.facts import Answer, LineFacts, ReturnFacts, Track, Verdict


def it_is_not_back_already(facts: ReturnFacts, line: LineFacts) -> Verdict:
    """What is in other returns, or came back, does not come back a second time."""
    left = None if line.sold is None else line.sold - line.elsewhere
    if left is None or line.quantity <= left:
        return Verdict("quantity", Track.POLICY, Answer.YES, "It can come back.", line.title)
    if left <= 0:
        words = f"{line.title or 'The piece'} is in another return already, or came back."
    else:
        words = f"{line.quantity} of {line.title or 'the piece'} are asked back, and {left} can still come."
    return Verdict("quantity", Track.POLICY, Answer.NO, words, line.title)
