"""Who of the house may see and do what at the desk. Pure.

A role gives a reach (whose cases) and rights; a person may be given more, or have some taken. A right that is not there
is not there for a page and not for a request made by hand: the domain asks here, the pages only leave out what is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from consults.kinds import StaffRole
from kit.errors import AppError


class Right(StrEnum):
    OPEN = "open"  # open a return for a client
    HAND_OVER = "hand_over"  # let a colleague answer in one's stead
    REASSIGN = "reassign"  # give a case to somebody else
    REFUND = "refund"  # grant an amount
    SEE_NOTES = "see_notes"  # what was confided, said and noted
    PARCELS = "parcels"  # receive, open, inspect
    MONEY = "money"  # amounts that wait, of all cases
    ANSWER_ASKS = "answer_asks"  # allow what is beyond an advisor's budget
    ASSIGN_PRACTICE = "assign_practice"  # give a colleague a scene to play


class Reach(StrEnum):
    NONE = "none"
    OWN = "own"
    BOUTIQUE = "boutique"
    SHOP = "shop"


OF_ADVISOR = frozenset({Right.OPEN, Right.HAND_OVER, Right.REFUND, Right.SEE_NOTES, Right.PARCELS})
OF_MANAGER = OF_ADVISOR | {Right.REASSIGN, Right.ANSWER_ASKS, Right.ASSIGN_PRACTICE}
BY_ROLE: Mapping[StaffRole, tuple[Reach, frozenset[Right]]] = {
    StaffRole.ADVISOR: (Reach.OWN, OF_ADVISOR),
    StaffRole.MANAGER: (Reach.BOUTIQUE, OF_MANAGER),
    StaffRole.MERCHANT: (Reach.SHOP, frozenset(Right)),
    StaffRole.FINANCE: (Reach.NONE, frozenset({Right.MONEY})),
    StaffRole.WAREHOUSE: (Reach.NONE, frozenset({Right.PARCELS})),
}
WORDS: Mapping[Right, str] = {
    Right.OPEN: "Open a return for a client",
    Right.HAND_OVER: "Let a colleague answer in their stead",
    Right.REASSIGN: "Give a case to somebody else",
    Right.REFUND: "Grant a refund",
    Right.SEE_NOTES: "Read what was confided and noted",
    Right.PARCELS: "Receive and inspect pieces",
    Right.MONEY: "See amounts that wait",
    Right.ANSWER_ASKS: "Allow what is beyond a budget",
    Right.ASSIGN_PRACTICE: "Give a colleague a scene to practise",
}


class NotAllowed(AppError):
    """They may see it, and may not do it."""

    status = 403
    code = "not_allowed"


@dataclass(frozen=True)
class Allowed:
    """What one person may do. `boutiques` are those they answer for; none stands for all of them."""

    reach: Reach
    rights: frozenset[Right]
    advisor_id: int
    boutiques: frozenset[int] = frozenset()

    def may(self, right: Right) -> bool:
        """Whether they have it."""
        return right in self.rights

    def must(self, right: Right) -> None:
        """Raises NotAllowed without it."""
        if right not in self.rights:
            raise NotAllowed("That is another person's right in this house. Your boutique can give it to you.")

    def reaches(self, *, advisor_id: int, boutiques: Iterable[int | None]) -> bool:
        """Whether a case is theirs to see: `advisor_id` answers it, `boutiques` are where it belongs."""
        if self.reach is Reach.NONE:
            return False
        if self.reach is Reach.SHOP or advisor_id == self.advisor_id:
            return True
        places = frozenset(place for place in boutiques if place is not None)
        # What belongs to no boutique belongs to the house, and so does a manager without one.
        return self.reach is Reach.BOUTIQUE and (not self.boutiques or not places or bool(places & self.boutiques))


def allowed(
    role: StaffRole,
    *,
    advisor_id: int,
    boutiques: frozenset[int] = frozenset(),
    given: Iterable[str] = (),
    taken: Iterable[str] = (),
) -> Allowed:
    """By their role, with what this person was given and had taken. Words that are no right say nothing."""
    reach, rights = BY_ROLE[role]
    more, less = _known(given), _known(taken)
    return Allowed(reach, (rights | more) - less, advisor_id, boutiques)


def _known(words: Iterable[str]) -> frozenset[Right]:
    return frozenset(Right(word) for word in words if word in set(Right))
