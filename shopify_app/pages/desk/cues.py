"""Lines suggested to the advisor: a thing to say beside one better left unsaid, and open questions. Pure.

No rules are quoted, nobody is argued with, and nothing untrue is suggested. "{client}" is how the client is addressed.
"""

from dataclasses import dataclass


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
HOPES = Cue(
    "Find out what {client} hoped for",
    questions=(
        "What did you picture when you chose it?",
        "Where does your eye go first when you look at it?",
        "How would you like to feel wearing it?",
    ),
)
A_DAY = Cue(
    "Leave {client} with a day",
    "You will have it by Thursday. Here is my own number.",
    "Someone will be in touch.",
)
TALK = (WELCOME, HOPES)
