"""Who is on at an instant, of many people, as bits of one whole number. Pure; seconds since 1970, UTC."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

Span = tuple[int, int]
"""[start, end) in seconds since 1970."""

STRIDE = 32
"""A whole picture is kept every so many changes; between two, the changes are played."""


class Timeline:
    """Built once from everyone's spans; asked for any instant in about the time of a few dozen XORs.

    Hours are shared by many (a zone opens at ten for all), so changes at one instant are one number.
    """

    def __init__(self, spans: Iterable[tuple[int, Iterable[Span]]]):
        """`spans`: (bit, disjoint spans of that person)."""
        changes: dict[int, int] = defaultdict(int)
        for bit, theirs in spans:
            for start, end in theirs:
                changes[start] ^= bit
                changes[end] ^= bit
        self._instants = sorted(at for at, change in changes.items() if change)
        self._changes = [changes[at] for at in self._instants]
        self._pictures = [0]
        on = 0
        for n, change in enumerate(self._changes, 1):
            on ^= change
            if n % STRIDE == 0:
                self._pictures.append(on)

    def at(self, instant: int) -> int:
        """Bits of those who are on at `instant`."""
        past = bisect_right(self._instants, instant)
        first = past // STRIDE
        on = self._pictures[first]
        for change in self._changes[first * STRIDE : past]:
            on ^= change
        return on


def covers(spans: Iterable[Span], instant: int) -> bool:
    """Whether one of `spans` holds `instant`."""
    return any(start <= instant < end for start, end in spans)


def meets(spans: Iterable[Span], first: int, last: int) -> bool:
    """Whether one of `spans` has an instant in [first, last]."""
    return any(start <= last and first < end for start, end in spans)


def without(spans: Iterable[Span], holes: Iterable[Span]) -> tuple[Span, ...]:
    """`spans` less `holes`, in order. Both in any order; `spans` disjoint."""
    left: list[Span] = []
    cuts = sorted(holes)
    for start, end in sorted(spans):
        for cut_start, cut_end in cuts:
            if cut_end <= start or cut_start >= end:
                continue
            if cut_start > start:
                left.append((start, cut_start))
            start = max(start, cut_end)
        if start < end:
            left.append((start, end))
    return tuple(left)
