"""What a catalogue's way is, whom it fits and when it would be ready. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class WayKind(StrEnum):
    RESIZE = "resize"
    RECOLOUR = "recolour"
    RE_SET = "re_set"
    ENGRAVE = "engrave"
    LOANER = "loaner"
    VIEWING = "viewing"
    ATELIER_CALL = "atelier_call"
    OTHER = "other"


WORDS = {
    WayKind.RESIZE: "Resize",
    WayKind.RECOLOUR: "Recolour",
    WayKind.RE_SET: "Re-set",
    WayKind.ENGRAVE: "Engrave",
    WayKind.LOANER: "Loaner",
    WayKind.VIEWING: "Private viewing",
    WayKind.ATELIER_CALL: "Atelier call",
    WayKind.OTHER: "Something else",
}
WEEK = timedelta(days=7)
WEEKS_AHEAD = 26


@dataclass(frozen=True)
class Fit:
    """Who may have it: these kinds of piece (none stands for all), worth at least so much, sold there."""

    kinds: Collection[str] = ()
    from_cents: int = 0
    currency: str = ""
    boutique_ids: Collection[int] = ()

    def takes(self, *, kind: str, value_cents: int, currency: str, boutique_ids: Collection[int | None] = ()) -> bool:
        """Whether it is for such a piece. A floor in another currency cannot be compared, and so is not reached."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.boutique_ids and not set(self.boutique_ids) & set(boutique_ids):
            return False
        return not self.from_cents or (currency == self.currency and value_cents >= self.from_cents)


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def ready_on(week: date, *, today: date, lead_days: int) -> date:
    """When it is ready that is begun in that week: counted from its Monday, or from today in a week that has begun."""
    return max(week, today) + timedelta(days=lead_days)
