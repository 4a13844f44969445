"""Lines suggested to the advisor: a thing to say beside one better left unsaid, and open questions. Pure.

No rules are quoted, nobody is argued with, and nothing untrue is suggested. "{client}" is how the client is addressed.
The questions are chosen by what is known: the reason given, the kind of piece, the occasion. Each begins with what, how
or where, because a question one can answer with yes ends a conversation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from consults.pieces.complaints import Complaint

MOST_QUESTIONS = 3


@dataclass(frozen=True)
class Cue:
    """One moment of the conversation. At most three questions."""

    title: str
    say: str = ""
    unsaid: str = ""
    questions: tuple[str, ...] = ()

    def about(self, client: str) -> "Cue":
        """The same for one client."""
        return Cue(self.title.format(client=client), self.say, self.unsaid, self.questions)


WELCOME = Cue("Welcome it", "Of course. Tell me how it has been.", "You are still within your fourteen days.")
HOPES = "Find out what {client} hoped for"
A_DAY = Cue(
    "Leave {client} with a day",
    "You will have it by Thursday. Here is my own number.",
    "Someone will be in touch.",
)
SHOWING = Cue(
    "Show one, then let the silence be theirs",
    "I thought of this one when you said that. I will let you look.",
    "I think you will love this one even more.",
)

BY_COMPLAINT: Mapping[Complaint, str] = {
    Complaint.HIGH: "Where on your hand do you notice its height?",
    Complaint.LOW: "What did you hope to see of it from the side?",
    Complaint.LARGE: "When in the day do you notice its size?",
    Complaint.SMALL: "Where does it feel close?",
    Complaint.COLOUR: "In which light did you first see its colour?",
    Complaint.DEAR: "What would have made it feel right to keep?",
    Complaint.FAULT: "What did you see first, and where on the piece?",
}
BY_KIND: Mapping[str, str] = {
    "ring": "What else do you wear on that hand?",
    "band": "What else do you wear on that hand?",
    "earrings": "How do you wear your hair when you put them on?",
    "pendant": "What neckline did you picture it with?",
    "necklace": "What neckline did you picture it with?",
    "bracelet": "What do you wear on that wrist already?",
    "watch": "What does your day look like with it on?",
    "bag": "What do you carry on the days you would take it?",
    "tote": "What do you carry on the days you would take it?",
    "weekender": "Where did you picture taking it?",
}
USUAL = (
    "What did you picture when you chose it?",
    "Where does your eye go first when you look at it?",
    "How would you like to feel wearing it?",
)
FOR_GIFTS = "What did they say when they opened it?"
GIFT_WORDS = ("gift", "present", "cadeau", "regalo", "geschenk", "贈", "礼物", "プレゼント")

MOMENTS = (
    Cue(
        "They are angry",
        "You have every reason to say so. Tell me from the beginning; I am listening.",
        "Please calm down.",
    ),
    Cue(
        "They ask for the refund at once",
        "Yes, of course. You will have the day from me in writing.",
        "Are you sure? Let me first show you something.",
    ),
    Cue(
        "It was ours",
        "That was ours. Here is what I have done since.",
        "The courier must have delayed it.",
    ),
    Cue(
        "What they want is not there",
        "You chose it for a day that matters. What else could be right for it?",
        "It is sold out.",
    ),
    Cue("They go silent", "Take your time. I am here.", "So, what do you think?"),
    Cue(
        "They compare with another house",
        "What do you like about theirs?",
        "Theirs is not of the same quality.",
    ),
)
"""A coach for hard moments: expect it, go back to why they came, offer a way out, then follow their lead."""


def hopes(*, complaint: Complaint, kind: str = "", occasion: str = "", reason: str = "") -> Cue:
    """At most three open questions for this client: of the occasion, of what was wrong, of the kind of piece."""
    asked = []
    gift = any(word in f"{occasion} {reason}".lower() for word in GIFT_WORDS)
    if gift:
        asked.append(FOR_GIFTS)
    elif occasion:
        asked.append(f"How would you like to feel wearing it for this: {occasion.strip().rstrip('.')}?")
    if complaint in BY_COMPLAINT:
        asked.append(BY_COMPLAINT[complaint])
    if kind in BY_KIND:
        asked.append(BY_KIND[kind])
    asked += [question for question in USUAL if question not in asked]
    return Cue(HOPES, questions=tuple(asked[:MOST_QUESTIONS]))


def steps(questions: Cue) -> tuple[Cue, ...]:
    """The first two of the four; the third stands with the pieces, the fourth with the promises."""
    return (WELCOME, questions)
