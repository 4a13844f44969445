"""Writing to an advisor about a client: to whoever has the case by text in their hours where they take texts, else by
e-mail; to a colleague by e-mail, which wakes nobody.
"""

from dataclasses import replace
from typing import Any

from consults.clock_jobs import text_later
from consults.letters import Letters
from consults.models import Advisor
from consults.telling import EMAIL, SMS, Words, tell


def tell_advisor(letters: Letters, message: str, key: str, *, job: str, args: dict[str, Any], **values: Any) -> bool:
    """Write `message` once a `key`, with a link to the case; False where it waits for their hours, or was written.

    What waits is `job` again with `args`, which looks anew whether it is still wanted. A text that would be too long
    names nobody; one that does not arrive is an e-mail.
    """
    if text_later(letters.session, letters.case, letters.advisor, job, args, now=letters.now):
        return False
    values = {"client": letters.client or "A client", "house": letters.shop.shown_name, **values}

    def words() -> Words:
        link = letters.desk_link()
        return Words([{**values, "link": link}, {**values, "client": "A client", "link": link}])

    ways: dict[str, Any] = {"channel": SMS, "to": letters.advisor.phone, "or_email": letters.advisor.email}
    if not letters.advisor.takes_texts:
        ways = {"channel": EMAIL, "to": letters.advisor.email}
    return tell(letters.session, letters.case, message=message, key=key, words=words, now=letters.now, **ways)


def tell_colleague(letters: Letters, who: Advisor, message: str, key: str, **values: Any) -> bool:
    """Write `message` to `who` once a `key`, with a link to the case at their own desk; by text without an address."""
    theirs = replace(letters, advisor=who)
    named = {"first_name": who.first_name, "client": letters.client or "A client", "house": letters.shop.shown_name}

    def words() -> Words:
        return Words([{**named, **values, "link": theirs.desk_link()}])

    ways: dict[str, Any] = {"channel": EMAIL, "to": who.email} if who.email else {"channel": SMS, "to": who.phone}
    return tell(letters.session, letters.case, message=message, key=key, words=words, now=letters.now, **ways)
