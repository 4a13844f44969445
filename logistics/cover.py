"""Cover, or no label: which ways a piece may travel, and why. Pure.

Cover is confirmed by the house's policy terms, up to a limit a parcel, for kinds of pieces and lanes, and for all that
is on the road under one policy on a day, between two addresses or in one vehicle. `ConfirmedCover` is made here only,
and a label is bought with nothing less (buying.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import InitVar, dataclass
from datetime import date
from enum import StrEnum

from kit.money import Money
from logistics.ways import Way

NO_TERMS = "The house's policy terms are not written down, so nothing says that this piece is covered on its way."
_ONLY_HERE = object()


class Payer(StrEnum):
    """Who covers: the `carrier`, bought with each label and confirmed by it; or the `house`'s own policy.

    One excludes the other: what the house's policy covers is not declared to a carrier as well.
    """

    CARRIER = "carrier"
    HOUSE = "house"


@dataclass(frozen=True)
class Terms:
    """What one line of a policy covers. Lanes are (from, to) countries, "" for any; none means everywhere.

    `valid_until` is the last day. `day`, `address` and `vehicle` are what may be on the road at once; None is no limit.
    """

    term_id: int
    way: Way
    carrier: str
    payer: Payer
    insurer: str
    policy_number: str
    limit: Money
    excluded: frozenset[str]
    lanes: tuple[tuple[str, str], ...]
    day: int | None
    address: int | None
    vehicle: int | None
    valid_from: date
    valid_until: date | None
    is_on: bool = True

    @property
    def evidence(self) -> str:
        """By which it can be looked up: "Harbour Mutual, policy 77-1"."""
        return f"{self.insurer}, policy {self.policy_number}"

    @property
    def policy(self) -> tuple[str, str]:
        """Lines with the same share their sums."""
        return self.insurer.casefold(), self.policy_number.casefold()


@dataclass(frozen=True)
class Load:
    """What is to travel, on which day at the earliest. `kinds` is empty where nobody knows what it is."""

    value: Money
    kinds: frozenset[str]
    from_country: str
    to_country: str
    from_place: str
    to_place: str
    town: str
    on: date


@dataclass(frozen=True)
class Beside:
    """What may be on the road on the day under the same policy, in minor units: in all, from and to the load's own
    addresses, and in the vehicle that would take it."""

    day: int = 0
    leaving: int = 0
    coming: int = 0
    vehicle: int = 0


@dataclass(frozen=True)
class Finding:
    """Whether one line of a policy covers the load, and why or why not."""

    terms: Terms
    covers: bool
    reason: str


@dataclass(frozen=True)
class WayVerdict:
    """Whether the piece may travel in that way, and why or why not, in words."""

    way: Way
    allowed: bool
    reason: str


@dataclass(frozen=True)
class Choice:
    """The ways with a reason each, and what was picked: None where none is allowed."""

    ways: tuple[WayVerdict, ...]
    picked: Finding | None

    @property
    def refusal(self) -> str:
        """Why it does not travel, by the line that came nearest; "" when it does."""
        if self.picked is not None:
            return ""
        return next((w.reason for w in self.ways if w.reason != NO_TERMS and not _is_bare(w)), NO_TERMS)


@dataclass(frozen=True)
class ConfirmedCover:
    """Proof that the rule held when it was asked. Nobody else can make one, nor one below the value."""

    reference: str
    need: Money
    limit: Money
    payer: Payer
    term_id: int
    evidence: str
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _ONLY_HERE:
            raise TypeError("Cover is confirmed by the rule in logistics/cover.py and by nothing else.")
        if self.need.currency != self.limit.currency or not 0 < self.need.cents <= self.limit.cents:
            raise ValueError("This cover is below the value.")

    @property
    def ask(self) -> Money:
        """What the carrier is asked to insure: the whole value, or nothing where the house's own policy covers."""
        return self.need if self.payer is Payer.CARRIER else Money(0, self.need.currency)


def vehicle_of(terms: Terms, load: Load) -> str:
    """The round that collects it: that way and carrier, in that town."""
    return "|".join((terms.way, terms.carrier.casefold(), load.from_country, load.town))


def covers(terms: Terms, load: Load, beside: Beside) -> Finding:
    """Whether these terms cover the load beside what is on the road already."""
    reason = next((words for check in _CHECKS if (words := check(terms, load, beside))), "")
    if reason:
        return Finding(terms, False, reason)
    return Finding(terms, True, f"{terms.evidence}, covers up to {terms.limit.show()} a parcel.")


def choose(load: Load, offers: Sequence[tuple[Terms, Beside]]) -> Choice:
    """Which ways are allowed, and the first of them in the order of Way: the simplest that is covered."""
    found = [covers(terms, load, beside) for terms, beside in offers]
    verdicts, picked = [], None
    for way in Way:
        mine = [finding for finding in found if finding.terms.way is way]
        good = next((finding for finding in mine if finding.covers), None)
        picked = picked or good
        verdicts.append(_verdict(way, good, mine))
    return Choice(tuple(verdicts), picked)


def confirm(reference: str, finding: Finding, load: Load) -> ConfirmedCover:
    """The proof for one parcel. Raises ValueError where the finding says no."""
    if not finding.covers:
        raise ValueError(finding.reason)
    terms = finding.terms
    return ConfirmedCover(
        reference=reference,
        need=load.value,
        limit=terms.limit,
        payer=terms.payer,
        term_id=terms.term_id,
        evidence=terms.evidence,
        seal=_ONLY_HERE,
    )


def _verdict(way: Way, good: Finding | None, mine: list[Finding]) -> WayVerdict:
    if good is not None:
        return WayVerdict(way, True, good.reason)
    if not mine:
        return WayVerdict(way, False, _BARE[way])
    return WayVerdict(way, False, " ".join(dict.fromkeys(finding.reason for finding in mine)))


_BARE = {
    Way.LABEL: "No policy terms are written down for a carrier's label.",
    Way.COURIER: "No policy terms are written down for a courier who collects.",
    Way.BOUTIQUE: "No policy terms are written down for pieces kept in a boutique.",
    Way.HAND_CARRY: "No policy terms are written down for carrying by hand.",
}


def _is_bare(verdict: WayVerdict) -> bool:
    return verdict.reason == _BARE[verdict.way]


def _time(terms: Terms, load: Load, beside: Beside) -> str:
    if not terms.is_on:
        return f"{terms.evidence}, is switched off."
    if load.on < terms.valid_from:
        return f"{terms.evidence}, begins on {terms.valid_from:%d %B %Y}."
    if terms.valid_until is not None and load.on > terms.valid_until:
        return f"{terms.evidence}, ended on {terms.valid_until:%d %B %Y}."
    return ""


def _amount(terms: Terms, load: Load, beside: Beside) -> str:
    if load.value.cents <= 0:
        return "Nobody knows what the piece is worth, so nothing can be said to cover it."
    if load.value.currency != terms.limit.currency:
        return f"{terms.evidence}, is written in {terms.limit.currency}, and the piece is worth {load.value.show()}."
    if load.value.cents > terms.limit.cents:
        words = f"covers up to {terms.limit.show()} a parcel, and the piece is worth {load.value.show()}."
        return f"{terms.evidence}, {words}"
    return ""


def _kind(terms: Terms, load: Load, beside: Beside) -> str:
    if not terms.excluded:
        return ""
    if not load.kinds:
        named = ", ".join(sorted(terms.excluded))
        return f"{terms.evidence}, excludes {named}, and nobody has said what kind of piece this is."
    excluded = sorted(load.kinds & terms.excluded)
    return f"{terms.evidence}, excludes {', '.join(excluded)}." if excluded else ""


def _lane(terms: Terms, load: Load, beside: Beside) -> str:
    if not load.from_country or not load.to_country:
        return "Nobody knows from which country to which the piece travels."
    ends = (load.from_country, load.to_country)
    if not terms.lanes or any(lane[0] in ("", ends[0]) and lane[1] in ("", ends[1]) for lane in terms.lanes):
        return ""
    return f"{terms.evidence}, does not cover the way from {ends[0]} to {ends[1]}."


def _day(terms: Terms, load: Load, beside: Beside) -> str:
    return _over(terms, load, terms.day, beside.day, "on the road on one day")


def _address(terms: Terms, load: Load, beside: Beside) -> str:
    return _over(terms, load, terms.address, max(beside.leaving, beside.coming), "on one day at one address")


def _vehicle(terms: Terms, load: Load, beside: Beside) -> str:
    return _over(terms, load, terms.vehicle, beside.vehicle, "in one vehicle")


def _over(terms: Terms, load: Load, most: int | None, already: int, where: str) -> str:
    if most is None or already + load.value.cents <= most:
        return ""
    limit, there = Money(most, terms.limit.currency), Money(already, terms.limit.currency)
    return (
        f"{terms.evidence}, covers up to {limit.show()} {where}. {there.show()} is there already, "
        f"and this piece would add {load.value.show()}."
    )


_CHECKS: tuple[Callable[[Terms, Load, Beside], str], ...] = (
    _time,
    _amount,
    _kind,
    _lane,
    _day,
    _address,
    _vehicle,
)
