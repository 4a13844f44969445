"""What a pilot showed: pure. One question, registered before the start, looked at once, on a day that was said.

The measure: of households whose first return in the pilot is closed, how many exchanged it for the most part. A
household counts in the arm it was given, whatever happened then.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from measures.arms import Arm
from measures.comparing import Difference, Share, Verdict, compare
from measures.endings import Kind

DAYS = 60
SETTLING = timedelta(days=21)
"""After the last invitation, returns have so long to close before the one look."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One return in the pilot. `kind` is None while it is open; `refund_days`: from request to money."""

    household: str
    arm: Arm
    at: datetime
    kind: Kind | None = None
    refund_days: int | None = None
    complained: bool = False


@dataclass(frozen=True)
class Side:
    """One arm, by households."""

    households: int
    open: int
    exchanged: Share
    kinds: Counter[Kind] = field(default_factory=Counter)


@dataclass(frozen=True)
class Result:
    """Both arms and the difference, invited less today's flow."""

    invited: Side
    today: Side
    difference: Difference

    @property
    def words(self) -> str:
        """The one sentence of the report. Only here does this product speak of an effect."""
        match self.difference.verdict:
            case Verdict.CANNOT_TELL:
                return (
                    "We cannot tell: with this many households the difference may as well be chance. "
                    "That is not the same as no difference."
                )
            case Verdict.MORE:
                return "Inviting clients to talk led to more exchanges among them than today's flow did."
            case Verdict.LESS:
                return "Inviting clients to talk led to fewer exchanges among them than today's flow did."


def look_at(ends_at: datetime) -> datetime:
    """When the result is looked at, once."""
    return ends_at + SETTLING


def result(enrolled: Iterable[Enrolled]) -> Result:
    """Of everything the pilot enrolled. The first return of a household counts, later ones do not."""
    firsts: dict[str, Enrolled] = {}
    for one in sorted(enrolled, key=lambda one: one.at):
        firsts.setdefault(one.household, one)
    invited = _side([one for one in firsts.values() if one.arm is Arm.INVITED])
    today = _side([one for one in firsts.values() if one.arm is Arm.TODAY])
    return Result(invited, today, compare(invited.exchanged, today.exchanged))


def _side(firsts: list[Enrolled]) -> Side:
    kinds = Counter(one.kind for one in firsts if one.kind is not None)
    closed = sum(kinds.values())
    return Side(len(firsts), len(firsts) - closed, Share(kinds[Kind.EXCHANGE], closed), kinds)


@dataclass(frozen=True)
class Week:
    """What is watched each week, by arm: it shows harm, and says nothing of the result."""

    number: int
    returns: dict[Arm, int]
    refunds: dict[Arm, Share]
    refund_days: dict[Arm, float | None]
    complaints: dict[Arm, int]


def weeks(enrolled: Iterable[Enrolled], *, begins_at: datetime) -> list[Week]:
    """Guard-rails by week of enrolment, the first first."""
    by_week: dict[int, list[Enrolled]] = {}
    for one in enrolled:
        by_week.setdefault((one.at - begins_at).days // 7 + 1, []).append(one)
    return [_week(number, by_week[number]) for number in sorted(by_week)]


def _week(number: int, those: list[Enrolled]) -> Week:
    arms = {arm: [one for one in those if one.arm is arm] for arm in Arm}
    closed = {arm: [one for one in ones if one.kind is not None] for arm, ones in arms.items()}
    return Week(
        number,
        {arm: len(ones) for arm, ones in arms.items()},
        {arm: Share(sum(one.kind is Kind.REFUND for one in ones), len(ones)) for arm, ones in closed.items()},
        {arm: _middle([o.refund_days for o in ones if o.refund_days is not None]) for arm, ones in arms.items()},
        {arm: sum(one.complained for one in ones) for arm, ones in arms.items()},
    )


def _middle(days: list[int]) -> float | None:
    found, half = sorted(days), len(days) // 2
    if not found:
        return None
    return float(found[half]) if len(found) % 2 else (found[half - 1] + found[half]) / 2
