"""What is said of a promise: to whoever made it, to their manager, and to the client when it is kept."""

from dataclasses import dataclass

from babel.dates import format_date

from consults.letters import Letters
from consults.models import Advisor, Promise_
from consults.telling import Words


@dataclass(frozen=True)
class PromiseLetters(Letters):
    """Letters about one promise of a case. `advisor` is who reads it, or for the client who made it."""

    def to_mind(self, promise: Promise_, by: Advisor) -> Words:
        """To who made it, the day before, and to who answers for them, the day after."""
        values = {
            "first_name": self.advisor.first_name,
            "who": "You" if by.id == self.advisor.id else by.name,
            "client": self.client or "A client",
            "what": _plain(promise.what),
            "day": format_date(promise.due_on, "EEEE d MMMM", locale="en"),
            "house": self.shop.shown_name,
            "link": self.desk_link(),
        }
        return Words([values, {**values, "client": "A client"}])

    def kept(self, promise: Promise_) -> Words:
        """To the client by email: it is done."""
        return Words([{**self._to_client(), "what": _plain(promise.what), "link": self._consult_link()}])


def _plain(what: str) -> str:
    return what.strip().rstrip(".。")
