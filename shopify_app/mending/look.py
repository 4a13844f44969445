"""One look at a shop, and what a finding says."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlmodel import Session, col, select

from consults import advisors
from consults.models import Advisor, Case
from jobs.attempts import failed_jobs
from jobs.models import JobTrouble, TroubleState
from kit.causes import Cause
from kit.settings import Settings
from logistics.models import Rma
from notifications import messages
from notifications.models import Message
from routing.models import Sweep
from shops.models import Shop

MOST_PLACES = 5
ABOUT = re.compile(r"(case|rma):(\d+):")
"""How the key of a message begins that is about a case or a return."""
CRITICAL, WARNING, NOTE = "critical", "warning", "info"
"""Work stands still or money is uncertain; a client may be waiting; it could be better."""
ACTIVITY = "/app/activity"


@dataclass(frozen=True)
class Place:
    """Where one finding is mended. `words` name it to staff: a return's number, an advisor; never a client."""

    words: str
    path: str


@dataclass(frozen=True)
class Need:
    """One thing that waits for the merchant. `tone` is a badge's; `places` are where it is mended, one at least."""

    kind: str
    tone: str
    heading: str
    words: str
    how: str
    places: tuple[Place, ...]
    more: int = 0


@dataclass(frozen=True)
class Failure:
    """One kind of failure. `find` gives where it is found, [] where it is not.

    A place without words is shown as `link`, one without a path leads to `path`.
    """

    kind: str
    find: Callable[["Look"], Sequence[Place]]
    one: str
    several: str
    words: str
    how: str
    link: str
    path: str
    tone: str = WARNING

    def look(self, look: "Look") -> Need | None:
        """The finding in words; None when all is well."""
        found = self.find(look)
        if not found:
            return None
        heading = self.one if len(found) == 1 else self.several.format(n=len(found))
        shown: dict[tuple[str, str], Place] = {}
        for place in found:  # places without words of their own share one link; two people may have one name
            own = (place.words, place.path) if place.words else ("", "")
            shown.setdefault(own, Place(place.words or self.link, place.path or self.path))
        places = tuple(shown.values())[:MOST_PLACES]
        return Need(self.kind, self.tone, heading, self.words, self.how, places, len(shown) - len(places))


HERE = Place("", "")
"""It is so, and mended where the table says."""


def returns_of(found: Sequence[Rma]) -> list[Place]:
    """The page of each return."""
    return [Place(f"Return {rma.number}", f"/app/returns/{rma.id}") for rma in found]


class Look:
    """A shop as it is now; what several findings need is read once."""

    def __init__(self, session: Session, shop: Shop, config: Settings, now: datetime):
        assert shop.id is not None
        self.session, self.shop, self.config, self.now = session, shop, config, now
        self.shop_id: int = shop.id

    @cached_property
    def trouble(self) -> list[JobTrouble]:
        """Its jobs in trouble, newest first."""
        return failed_jobs(self.session, shop_id=self.shop_id)

    @cached_property
    def people(self) -> list[Advisor]:
        """Its advisors, active or not."""
        return advisors.advisors(self.session, shop_id=self.shop_id)

    @cached_property
    def messages(self) -> list[Message]:
        """Its messages that did not go out or did not arrive, newest first."""
        return messages.in_trouble(self.session, shop_id=self.shop_id)

    @cached_property
    def sweep(self) -> Sweep | None:
        """How far its returns were looked through."""
        return self.session.get(Sweep, self.shop_id)

    @cached_property
    def numbers(self) -> dict[int, str]:
        """Our numbers of the returns that jobs or messages are in trouble about."""
        ids = {row.args.get("rma_id") for row in self.trouble} - {None} | self._written("rma")
        query = select(Rma.id, Rma.number).where(Rma.shop_id == self.shop_id, col(Rma.id).in_(ids))
        return {rma_id: number for rma_id, number in self.session.exec(query) if rma_id is not None}

    @cached_property
    def orders(self) -> dict[int, str]:
        """The orders of the cases that messages are in trouble about, by the case's id."""
        query = select(Case.id, Case.order_name).where(Case.shop_id == self.shop_id)
        found = self.session.exec(query.where(col(Case.id).in_(self._written("case"))))
        return {case_id: name for case_id, name in found if case_id is not None}

    def _written(self, kind: str) -> set[int]:
        keys = (ABOUT.match(message.key) for message in self.messages)
        return {int(named[2]) for named in keys if named and named[1] == kind}

    def stopped(self, *causes: Cause, package: str = "") -> list[Place]:
        """Where steps stopped for one of `causes`, each place once, in jobs whose names begin with `package`."""
        rows = [r for r in self.trouble if r.cause in causes and r.name.startswith(package)]
        return list(dict.fromkeys(self.place_of(row) for row in rows))

    def place_of(self, row: JobTrouble) -> Place:
        """The return a step is about; the list of steps for a step about none."""
        rma_id = row.args.get("rma_id")
        number = self.numbers.get(rma_id) if isinstance(rma_id, int) else None
        return Place(f"Return {number}", f"/app/returns/{rma_id}") if number else Place("", f"{ACTIVITY}#step-{row.id}")


def given_up(look: Look) -> list[Place]:
    """Steps that failed for a reason nobody here can name; each may be tried again or put aside."""
    rows = [row for row in look.trouble if row.state is TroubleState.GIVEN_UP and not row.cause]
    return [Place("", f"{ACTIVITY}#step-{row.id}") for row in rows]


STEPS: tuple[Failure, ...] = (
    Failure(
        "given_up",
        given_up,
        "A step did not succeed",
        "{n} steps did not succeed",
        "What follows from it waits, and so may a client.",
        "Try it again. If it stays, see to it by hand in Shopify, and put it aside.",
        "See the step",
        f"{ACTIVITY}#steps",
        tone=CRITICAL,  # nothing goes on by itself there
    ),
)
