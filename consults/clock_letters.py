"""What is said while a first answer is waited for: to the owner, to who stands in, to the client."""

from dataclasses import dataclass

from consults.first_answers import waits
from consults.letters import Letters
from consults.models import Advisor, Consult
from consults.telling import Words


@dataclass(frozen=True)
class ClockLetters(Letters):
    """Letters about one case. `advisor` is who has it now."""

    def reminded(self) -> Words:
        """To the owner by text, when half of the promise is over."""
        values = {"client": self.client or "A client", "link": self.desk_link(), "house": self.shop.shown_name}
        return Words([values, {**values, "client": "A client"}])

    def stands_in(self, owner: Advisor) -> Words:
        """To who has it now, by text."""
        values = {"client": self.client or "A client", "link": self.desk_link(), "house": self.shop.shown_name}
        names = [{"owner": name, "piece": piece} for name in (owner.name, owner.first_name) for piece in
                 (self.piece, "a piece")]  # fmt: skip
        brief = {"client": "A client", "owner": "a colleague", "piece": "a piece"}
        return Words([*({**values, **named} for named in names), {**values, **brief}])

    def handed_over(self, before: Advisor, booked: Consult | None) -> Words:
        """To the client by email: who looks after them now, why where that is known, and what of the time reserved."""
        values = {**self._to_client(), "before": before.name, "link": self._consult_link()}
        late = self.case.is_stood_in and self.case.why_not is None
        when = self.when(booked) if booked else ""
        return Words([{**values, "late": late, "stands_in": self._stands_in(), "when": when}])

    def handed_over_by_text(self) -> Words:
        """To the client by text."""
        values = {"house": self.shop.shown_name, "link": self._consult_link()}
        return Words([{**values, "advisor": n} for n in (self.advisor.name, self.advisor.first_name, "A colleague")])

    def copied(self, to: Advisor, link: str, *, yours: bool) -> Words:
        """To a colleague by email: with whom the client is now."""
        values = {"first_name": to.first_name, "client": self.client or "A client", "advisor": self.advisor.name}
        about = {"piece": self.piece, "yours": yours, "waiting": waits(self.case), "house": self.shop.shown_name}
        return Words([{**values, **about, "link": link}])
