"""Hours in which nobody is texted, by their own clock. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class QuietHours:
    """Minutes from midnight in `zone`, past midnight when `until` is the smaller; equal ones for never."""

    begins: int
    until: int
    zone: str

    def after(self, now: datetime) -> datetime:
        """`now`, or the first minute after the quiet hours that are running there."""
        return after_quiet(now, zone=self.zone, quiet=(self.begins, self.until))

    def as_text(self) -> str:
        """As a row keeps it: "1260 480 Europe/Paris"."""
        return f"{self.begins} {self.until} {self.zone}"

    @classmethod
    def of_text(cls, text: str) -> "QuietHours | None":
        """What as_text wrote; None of ""."""
        if not text:
            return None
        begins, until, zone = text.split(" ", 2)
        return cls(int(begins), int(until), zone)


def after_quiet(now: datetime, *, zone: str, quiet: tuple[int, int]) -> datetime:
    """`quiet` are minutes from midnight there, past midnight when the second is the smaller; equal ones for never."""
    begins, ends = quiet
    if begins == ends:
        return now
    here = now.astimezone(ZoneInfo(zone))
    minute = here.hour * 60 + here.minute
    inside = begins <= minute < ends if begins < ends else minute >= begins or minute < ends
    if not inside:
        return now
    day = here.date() + timedelta(days=1 if minute >= ends else 0)
    wall = datetime.combine(day, time(ends // 60 % 24, ends % 60), tzinfo=ZoneInfo(zone))
    return wall.astimezone(now.tzinfo)
