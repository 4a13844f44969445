"""What is said while a first answer is waited for: to the owner, to who stands in, to the client."""

from dataclasses import dataclass

from consults.letters import Letters
from consults.models import Advisor
from consults.telling import Words


@dataclass(frozen=True)
class ClockLetters(Letters):
    """Letters about one case. `advisor` is who has it now."""

    def reminded(self) -> Words:
        """To the owner by text, when half of the promise is over."""
        values = {"client": self.client or "A client", "link": self._desk_link()}
        return Words([values, {**values, "client": "A client"}])

    def stands_in(self, owner: Advisor) -> Words:
        """To who has it now, by text."""
        values = {"client": self.client or "A client", "link": self._desk_link()}
        names = [{"owner": name, "piece": piece} for name in (owner.name, owner.first_name) for piece in
                 (self.piece, "a piece")]  # fmt: skip
        brief = {"client": "A client", "owner": "a colleague", "piece": "a piece"}
        return Words([*({**values, **named} for named in names), {**values, **brief}])

    def handed_over(self, before: Advisor) -> Words:
        """To the client by email: who looks after them now, and that the other reads along."""
        return Words([{**self._to_client(), "before": before.name, "link": self._consult_link()}])

    def handed_over_by_text(self) -> Words:
        """To the client by text."""
        values = {"house": self.shop.shown_name, "link": self._consult_link()}
        return Words([{**values, "advisor": n} for n in (self.advisor.name, self.advisor.first_name, "A colleague")])

    def copied(self, to: Advisor, link: str, *, yours: bool) -> Words:
        """To a colleague by email: with whom the client is now."""
        values = {"first_name": to.first_name, "client": self.client or "A client", "advisor": self.advisor.name}
        return Words([{**values, "piece": self.piece, "yours": yours, "link": link, "house": self.shop.shown_name}])
