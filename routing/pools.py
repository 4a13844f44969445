"""Everyone who might stand in, ready to be asked: as bits of large whole numbers, or one after the other. Pure.

Both give the same answer; the first in microseconds for ten thousand people, the second to check it by.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import replace

from routing.answering import Candidate, Need, level, turn
from routing.timelines import Timeline, covers


class Levels:
    """Bits of people by a number, the smallest number first."""

    def __init__(self) -> None:
        self._bits: dict[int, int] = {}
        self._order: list[int] = []

    def add(self, number: int, bit: int) -> None:
        if number not in self._bits:
            insort(self._order, number)
        self._bits[number] = self._bits.get(number, 0) | bit

    def drop(self, number: int, bit: int) -> None:
        """An emptied level goes, so that there are never more than people."""
        self._bits[number] ^= bit
        if not self._bits[number]:
            del self._bits[number]
            self._order.remove(number)

    def lowest(self, among: int) -> int:
        """Those of `among` on the lowest level that has any."""
        for number in self._order:
            if here := among & self._bits[number]:
                return here
        return 0


class IndexedPool:
    """Advisors as bits: a number for each boutique, category and language, their hours as a timeline, their load in
    levels. A choice is a handful of ANDs, whatever the number of people."""

    def __init__(self, candidates: Iterable[Candidate]):
        people = sorted(candidates, key=lambda who: who.advisor_id)
        self._ids = [who.advisor_id for who in people]
        self._bit = {who.advisor_id: 1 << n for n, who in enumerate(people)}
        self._people = {who.advisor_id: who for who in people}
        self._places: dict[int, int] = {}
        self._kinds: dict[str, int] = {}
        self._tongues: dict[str, int] = {}
        self._any_place = self._any_kind = self._ready = 0
        self._open, self._taken = Levels(), Levels()
        for who in people:
            self._enter(who)
        self._at_work = Timeline((self._bit[who.advisor_id], who.shifts) for who in people)
        self._away = Timeline((self._bit[who.advisor_id], who.away) for who in people)

    def first(self, need: Need, *, at: int | None, now: int) -> int | None:
        """As answering.Pool."""
        able = self._ready & (self._at_work.at(at) if at is not None else ~self._away.at(now))
        if able and need.boutique is not None:
            able &= self._any_place | self._places.get(need.boutique, 0)
        if able and need.category:
            able &= self._any_kind | self._kinds.get(need.category, 0)
        if able and need.languages:
            speak = 0
            for code in need.languages:
                speak |= self._tongues.get(code, 0)
            able &= speak
        for advisor_id in (*need.passed_over, *((need.owner.advisor_id,) if need.owner else ())):
            able &= ~self._bit.get(advisor_id, 0)
        able = self._taken.lowest(self._open.lowest(able)) if able else 0
        return self._ids[(able & -able).bit_length() - 1] if able else None

    def take(self, advisor_id: int) -> None:
        """One more case of the pool for them."""
        who, bit = self._people[advisor_id], self._bit[advisor_id]
        self._open.drop(level(who.open_pool, who.weight), bit)
        self._taken.drop(level(who.taken_pool, who.weight), bit)
        after = replace(who, open_pool=who.open_pool + 1, taken_pool=who.taken_pool + 1)
        self._people[advisor_id] = after
        self._weigh(after, bit)

    def _enter(self, who: Candidate) -> None:
        bit = self._bit[who.advisor_id]
        for place in who.boutiques:
            self._places[place] = self._places.get(place, 0) | bit
        for kind in who.categories:
            self._kinds[kind] = self._kinds.get(kind, 0) | bit
        for code in who.languages:
            self._tongues[code] = self._tongues.get(code, 0) | bit
        self._any_place |= 0 if who.boutiques else bit
        self._any_kind |= 0 if who.categories else bit
        self._weigh(who, bit)

    def _weigh(self, who: Candidate, bit: int) -> None:
        self._open.add(level(who.open_pool, who.weight), bit)
        self._taken.add(level(who.taken_pool, who.weight), bit)
        self._ready = self._ready | bit if who.may_stand_in() else self._ready & ~bit


class PlainPool:
    """The same by looking at everyone: the rule as one reads it."""

    def __init__(self, candidates: Iterable[Candidate]):
        self._people = {who.advisor_id: who for who in candidates}

    def first(self, need: Need, *, at: int | None, now: int) -> int | None:
        """As answering.Pool."""
        able = [
            who
            for who in self._people.values()
            if who.may_stand_in()
            and need.suits(who)
            and (covers(who.shifts, at) if at is not None else not covers(who.away, now))
        ]
        return min(able, key=turn).advisor_id if able else None

    def take(self, advisor_id: int) -> None:
        """One more case of the pool for them."""
        who = self._people[advisor_id]
        self._people[advisor_id] = replace(who, open_pool=who.open_pool + 1, taken_pool=who.taken_pool + 1)
