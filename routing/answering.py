"""Who answers a client: the one who sold the piece, else somebody qualified, in fairness. Pure; `now` is an argument.

Two ledgers. What an advisor answers because they sold it counts in their own, against their own limit. What they
answer in somebody's place counts in the pool's, and only that decides whose turn it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from consults.kinds import WhyNot
from routing.timelines import Span, covers, meets


class How(StrEnum):
    """By what right somebody answers. `owner_waits`: nobody else could, so it stays where it belongs."""

    OWNER = "owner"
    SUCCESSOR = "successor"
    DEPUTY = "deputy"
    POOL = "pool"
    OWNER_WAITS = "owner_waits"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Candidate:
    """An advisor, as far as answering goes. Spans are seconds since 1970, half-open, and disjoint.

    `boutiques` and `categories` that are empty stand for all of them. `shifts` are the hours at work, time away taken
    out; `away` the time away itself. `weight` is a share of the pool in hundredths: 50 takes half as many cases.
    `taken_pool` counts pool cases of late, closed ones included.
    """

    advisor_id: int
    name: str = ""
    boutiques: frozenset[int] = frozenset()
    categories: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    shifts: tuple[Span, ...] = ()
    away: tuple[Span, ...] = ()
    open_own: int = 0
    limit_own: int = 40
    open_pool: int = 0
    limit_pool: int = 8
    taken_pool: int = 0
    weight: int = 100
    takes_texts: bool = True
    active: bool = True
    deputy_id: int | None = None
    successor_id: int | None = None

    def may_stand_in(self) -> bool:
        """Whether they can be given a case of the pool at all, hours apart."""
        return self.active and self.takes_texts and self.open_pool < self.limit_pool


@dataclass(frozen=True)
class Need:
    """One case that wants an answer. `answer_by` is when the first answer is due, in seconds since 1970.

    `boutique` None and `category` "" ask for nothing. `languages` are the client's; any one of them will do, and none
    known asks for nothing. `passed_over` may not be chosen: they were just taken by others.
    """

    answer_by: int
    owner: Candidate | None = None
    boutique: int | None = None
    category: str = ""
    languages: frozenset[str] = frozenset()
    passed_over: frozenset[int] = field(default=frozenset())

    def suits(self, who: Candidate) -> bool:
        """Whether `who` is qualified: that boutique, that kind of piece, that language."""
        return (
            (self.boutique is None or not who.boutiques or self.boutique in who.boutiques)
            and (not self.category or not who.categories or self.category in who.categories)
            and (not self.languages or not self.languages.isdisjoint(who.languages))
            and who.advisor_id not in self.passed_over
            and (self.owner is None or who.advisor_id != self.owner.advisor_id)
        )


@dataclass(frozen=True)
class Answer:
    """Who answers, and why. `until`: when the owner is back; None when that is not known, or never.

    `passed` are those asked before, each with its reason in words.
    """

    advisor_id: int | None
    how: How
    words: str
    reason: WhyNot | None = None
    until: datetime | None = None
    passed: tuple[tuple[int, str], ...] = ()

    @property
    def in_pool(self) -> bool:
        """Whether it counts in the pool's ledger: they answer in somebody's place."""
        return self.how in (How.SUCCESSOR, How.DEPUTY, How.POOL)


class Pool(Protocol):
    """Everyone who might stand in."""

    def first(self, need: Need, *, at: int | None, now: int) -> int | None:
        """Whose turn it is of the qualified who are at work at `at`; for None, of those who are not away at `now`.

        The least loaded by weight, then who took least of late by weight, then the lowest id.
        """
        ...


def turn(who: Candidate) -> tuple[int, int, int]:
    """What puts one before another: smaller answers first."""
    return level(who.open_pool, who.weight), level(who.taken_pool, who.weight), who.advisor_id


def level(count: int, weight: int) -> int:
    """`count` cases as they weigh on somebody of that weight, in whole hundredths."""
    return count * 10_000 // max(weight, 1)


def why_not(who: Candidate, *, now: int, answer_by: int) -> WhyNot | None:
    """Why the owner cannot answer in time; None when they can. Being at work before the answer is due is in time."""
    if not who.active:
        return WhyNot.LEFT
    if not meets(who.shifts, now, max(now, answer_by)):
        return WhyNot.AWAY if meets(who.away, now, max(now, answer_by)) else WhyNot.OFF_SHIFT
    if not who.takes_texts:
        return WhyNot.NO_TEXTS
    return WhyNot.FULL if who.open_own >= who.limit_own else None


def back_at(who: Candidate, *, now: int) -> datetime | None:
    """When they are at work again; when their time away ends, if their hours say nothing. None: now, or not known."""
    if covers(who.shifts, now):
        return None
    starts = [start for start, _ in who.shifts if start > now]
    ends = [end for start, end in who.away if start <= now < end]
    found = min(starts, default=max(ends, default=None))
    return None if found is None else datetime.fromtimestamp(found, UTC)


def choose(pool: Pool, people: Mapping[int, Candidate], need: Need, *, now: int) -> Answer:
    """Who answers `need`: its owner whenever they can in time, else a successor, a deputy, the pool.

    `people` are the owner's deputies and successors, by id. Only the qualified are handed a case; where there is
    nobody, it stays with an owner who is still of the house.
    """
    owner = need.owner
    if owner is None:
        return _from_pool(pool, need, now, None, ())
    reason = why_not(owner, now=now, answer_by=need.answer_by)
    if reason is None:
        return Answer(owner.advisor_id, How.OWNER, f"{owner.name} sold the piece and answers.")
    passed = [(owner.advisor_id, sentence(owner, reason))]
    for how, stand_in in _line(owner, people, reason):
        trouble = _trouble(stand_in, need, now)
        if trouble is None:
            words = f"{passed[0][1]} {stand_in.name} answers, as {TITLES[how]} named for {owner.name}."
            return _stood_in(stand_in.advisor_id, how, words, owner, reason, now, passed)
        passed.append((stand_in.advisor_id, trouble))
    return _from_pool(pool, need, now, reason, tuple(passed))


TITLES = {How.SUCCESSOR: "the successor", How.DEPUTY: "the deputy"}
SENTENCES = {
    WhyNot.LEFT: "{} is no longer with the house.",
    WhyNot.AWAY: "{} is away.",
    WhyNot.OFF_SHIFT: "{} is not at work before the answer is due.",
    WhyNot.FULL: "{} has as many open cases as agreed.",
    WhyNot.NO_TEXTS: "{} can't be reached by text.",
}


def sentence(who: Candidate, reason: WhyNot) -> str:
    """The reason in words a merchant reads."""
    return SENTENCES[reason].format(who.name)


def _line(owner: Candidate, people: Mapping[int, Candidate], reason: WhyNot) -> list[tuple[How, Candidate]]:
    """Those named to follow, nearest first: successors of one who left, then deputies of each. Nobody twice."""
    line: list[tuple[How, Candidate]] = []
    seen, before = {owner.advisor_id}, owner
    if reason is WhyNot.LEFT:
        while (heir := people.get(before.successor_id or 0)) and heir.advisor_id not in seen:
            line.append((How.SUCCESSOR, heir))
            seen.add(heir.advisor_id)
            before = heir
    for who in (owner, *(heir for _, heir in line)):
        before = who
        while (deputy := people.get(before.deputy_id or 0)) and deputy.advisor_id not in seen:
            line.append((How.DEPUTY, deputy))
            seen.add(deputy.advisor_id)
            before = deputy
    return line


def _trouble(who: Candidate, need: Need, now: int) -> str | None:
    """Why one who was named does not answer; None when they do."""
    if not need.suits(who):
        return f"{who.name} is not of that boutique, kind of piece or language."
    # Whoever was named answers beside their own cases, so the pool's limit is the one that counts.
    measured = replace(who, open_own=who.open_pool, limit_own=who.limit_pool)
    reason = why_not(measured, now=now, answer_by=need.answer_by)
    return sentence(who, reason) if reason else None


def _from_pool(pool: Pool, need: Need, now: int, reason: WhyNot | None, passed: tuple[tuple[int, str], ...]) -> Answer:
    instants: list[int | None] = [now, need.answer_by]
    if reason in (None, WhyNot.LEFT, WhyNot.AWAY):
        instants.append(None)  # better somebody tomorrow than nobody for a fortnight
    for at in instants:
        chosen = pool.first(need, at=at, now=now)
        if chosen is not None:
            why = passed[0][1] if passed else "Nobody is named."
            words = f"{why} It goes by turn to somebody qualified who has least in hand."
            return _stood_in(chosen, How.POOL, words, need.owner, reason, now, list(passed))
    owner = need.owner
    if owner is None or not owner.active:
        return Answer(None, How.NOBODY, "Nobody qualified is there.", reason, None, passed)
    words = f"{passed[0][1]} Nobody else is qualified and free, so it waits for {owner.name}."
    return Answer(owner.advisor_id, How.OWNER_WAITS, words, reason, back_at(owner, now=now), passed)


def _stood_in(
    advisor_id: int,
    how: How,
    words: str,
    owner: Candidate | None,
    reason: WhyNot | None,
    now: int,
    passed: list[tuple[int, str]],
) -> Answer:
    until = None if owner is None or reason is WhyNot.LEFT else back_at(owner, now=now)
    return Answer(advisor_id, how, words, reason, until, tuple(passed))
